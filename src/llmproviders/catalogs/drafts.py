# SPDX-License-Identifier: Apache-2.0
"""Drafts: entries with all that they inherit, and the entry that sets each value."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import attrs

from ..errors import DocumentProblem, Problem
from ..fields.compiled import compiled
from ..fields.parts import kind_of, parts_in
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from .details import NO_DETAILS, Details
from .entry_options import own_problems, read_option, variable_in
from .layers import Entry
from .references import EntryProblem

__all__ = ["SET_BY_PRESETS", "Draft", "Setter", "inherited", "joined", "merged", "with_parts", "without_variable"]

SET_BY_PRESETS: Final = ("endpoint", "api_key", "content_type")
"""The options to which presets give values."""
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Setter(NamedTuple):
    """The entry that sets the value of an option, and the key there, such as ``preset``; empty for the option itself."""

    entry: Entry
    key: str = ""

    def path(self, option: str) -> tuple[str, ...]:
        """The path of the value in the entry; the option is a name, or ``extra_options.KEY``."""
        name, dot, extra = option.partition(".")
        return (self.key,) if self.key else (name, extra) if dot else (name,)

    def variable(self, option: str) -> str:
        """The environment variable that has the value; empty if the document has it."""
        body: Any = self.entry.body
        value = body.get(self.path(option)[0])
        parts = [value, *value.values()] if isinstance(value, dict) and self.key == "place" else [value]
        names = [name for part in parts if (name := variable_in(part)) and os.environ.get(name)]
        return names[0] if names else ""


def without_variable(problem: Problem, setter: Setter | None, option: str) -> Problem:
    """*problem*, without the value if it is that of an environment variable: a wrong variable may hold a secret."""
    variable = "" if setter is None else setter.variable(option)
    if not variable or not problem.got:
        return problem
    got = f"the value of the environment variable {variable}"
    return attrs.evolve(problem, got=got, hint="", in_document=None)


@attrs.define(weakref_slot=False)
class Draft:
    """An entry with all that it inherits."""

    cls: type[Provider] | None = None
    """Its class; None if it is not known, or if the entries that extend it determine the class."""
    values: Mapping[str, Any] = _NOTHING
    """The values of its options, by name of the field; None is not emitted. Without a class, they are as in the document."""
    setters: Mapping[str, Setter] = _NOTHING
    """The setter of each value, by name of the option, or ``extra_options.KEY``; and that of the values of a preset."""
    preset: str = ""
    arguments: Mapping[str, Any] = _NOTHING
    """The arguments of the preset that are not options."""
    provider: Provider | None = None
    """The provider; None if the entry has a problem, or is incomplete, as an abstract or amended entry may be."""
    is_abstract: bool = False
    has_problems: bool = False
    """Whether the entry, or one that it extends, has a problem."""
    details: Details = NO_DETAILS

    def set(self, entry: Entry, values: Mapping[str, Any], key: str = "") -> None:
        """Set values of options; extra options are added.

        Args:
            entry: the entry that sets them.
            values: the values, by name of the field.
            key: the key that sets them; empty if each has a key of its own.
        """
        # The dicts are replaced, not changed: drafts share them, because chains of entries may be long.
        setter = Setter(entry, key)
        setters = {name: setter for name in values if name != EXTRAS}
        if EXTRAS in values:
            setters |= {f"{EXTRAS}.{name}": setter for name in values[EXTRAS]}
            values = {**values, EXTRAS: {**self.values.get(EXTRAS, {}), **values[EXTRAS]}}
        self.values = {**self.values, **values}
        self.setters = {**self.setters, **setters}

    @property
    def has_pending_preset(self) -> bool:
        """Whether the preset has not given its values to the options yet."""
        return bool(self.preset) and "endpoint" not in self.values


def inherited(base: Draft) -> Draft:
    """The draft of an entry with all that it inherits from its base."""
    return Draft(base.cls, base.values, base.setters, base.preset, base.arguments, has_problems=base.has_problems)


def joined(cls: type[Provider] | None, bases: Sequence[Draft], report: list[DocumentProblem]) -> Draft:
    """All that an entry inherits from several bases; a later base overrides an earlier one.

    Args:
        cls: the class of the bases; None if no base has a class.
        bases: the drafts of the entries that it extends.
        report: the list to which problems of bases without a class are added.
    """
    draft = Draft(cls, has_problems=any(base.has_problems for base in bases))
    values: dict[str, Any] = {}
    extras: dict[str, Any] = {}
    setters: dict[str, Setter] = {}
    for base in bases:
        own = base.values
        if base.cls is None and cls is not None:
            own, problems = _typed(cls, base)
            report += problems
            draft.has_problems |= bool(problems)
        if base.has_pending_preset:
            for name in SET_BY_PRESETS:
                values.pop(name, None)
        values.update(own)
        extras.update(own.get(EXTRAS, {}))
        if base.preset:
            draft.preset, draft.arguments = base.preset, base.arguments
        setters.update(base.setters)
    draft.values, draft.setters = (values | {EXTRAS: extras} if extras else values), setters
    return draft


def _typed(cls: type[Provider], base: Draft) -> tuple[dict[str, Any], list[DocumentProblem]]:
    """The values of a base without a class that are options of a class, read for it; and their problems."""
    description = compiled(cls).description
    values = dict(base.values)
    problems: list[DocumentProblem] = []
    for name, value in base.values.items():
        if name == EXTRAS or name not in description.specs:
            continue
        setter, found = base.setters[name], list[EntryProblem]()
        if value is not None:
            values[name] = read_option(description, name, value, setter.path(name), found)
            own_problems(description, {name: values[name]}, found)
        problems += [setter.entry.problem(path, problem) for path, problem in found]
    return values, problems


def with_parts(cls: type[Provider], name: str, inherited: Any, parts: Any) -> Any:
    """The inherited headers or body, with *parts* merged into them."""
    spec = compiled(cls).description.specs[name]
    kind = None if spec.info is None else kind_of(spec.info)
    try:
        above = None if kind is None or inherited is None else parts_in(kind, spec.accepted(inherited))
    except Exception:  # noqa: BLE001
        # A value that is not accepted is another problem; a custom converter may raise any exception.
        above = None
    return merged(above, parts)


def merged(above: Any, parts: Any) -> Any:
    """A copy of *above*, with *parts* merged into it recursively."""
    if not (isinstance(above, dict) and isinstance(parts, dict)):
        return parts
    return {**above, **{name: merged(above.get(name), part) for name, part in parts.items()}}
