# SPDX-License-Identifier: Apache-2.0
"""Entries, which are dicts in documents of any format, and how an entry becomes a provider.

One of four keys determines the kind of an entry: ``provider`` (an identifier with a class), ``generic`` (any identifier),
``preset`` (a well-known service) or ``extends`` (other entries). An entry that amends another, or is abstract, may have none.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import attrs

from ..boundary import public
from ..credentials import mask_value
from ..errors import Advice, DocumentError, DocumentProblem, InvalidOptionsError, Problem, ProviderError
from ..fields.compiled import compiled, construct
from ..fields.parts import kind_of, parts_in
from ..fields.spec import EXTRAS
from ..messages import shown
from ..presets import SERVICES, dashscope
from ..providers.base import Provider
from ..providers.classes import OLD_IDENTIFIERS, provider_class, provider_classes
from ..providers.derive import defaults_of, no_task, non_defaults, to_task
from ..providers.generic import GenericProvider
from ..providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from ..similar_names import did_you_mean
from ..syntax.locations import Location
from .details import NO_DETAILS, Details
from .entry_options import (
    EVERYWHERE,
    Unset,
    own_problems,
    read_names,
    read_option,
    read_options,
    read_place,
    type_problem,
    unknown_option,
)
from .formats.trees import shown_kind
from .layers import KINDS, Entry, kinds_of
from .references import EntryProblem
from .sources import Document

__all__ = ["Draft", "Setter", "draft_of", "from_dict"]

_PRESET_KEYS: Final = ("preset", "for_task", "place", "region", "workspace")
"""The keys from which a preset makes the values of options."""
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_SET_BY_PRESETS: Final = ("endpoint", "api_key", "content_type")


class Setter(NamedTuple):
    """The entry that sets the value of an option, and the key there, such as ``preset``; empty for the option itself."""

    entry: Entry
    key: str = ""

    def path(self, option: str) -> tuple[str, ...]:
        """The path of the value in the entry; the option is a name, or ``extra_options.KEY``."""
        name, dot, extra = option.partition(".")
        return (self.key,) if self.key else (name, extra) if dot else (name,)


@attrs.define(weakref_slot=False)
class Draft:
    """An entry with all that it inherits."""

    cls: type[Provider] | None = None
    """Its class; None if it is not known, or if the entries that extend it determine the class."""
    values: Mapping[str, Any] = _NOTHING
    """The values of its options, by name of the field; None is not emitted. Without a class, they are as in the document."""
    setters: Mapping[str, Setter] = _NOTHING
    """The setter of each value, by name of the option, or ``extra_options.KEY``."""
    preset: str = ""
    arguments: Mapping[str, Any] = _NOTHING
    """The arguments of the preset that are not options."""
    provider: Provider | None = None
    """The provider; None if the entry is abstract, amended by another, or has a problem."""
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
        # Drafts share their dicts, because chains of entries may be long.
        setter = Setter(entry, key)
        setters = {name: setter for name in values if name != EXTRAS}
        if EXTRAS in values:
            setters |= {f"{EXTRAS}.{name}": setter for name in values[EXTRAS]}
            values = {**values, EXTRAS: {**self.values.get(EXTRAS, {}), **values[EXTRAS]}}
        self.values = {**self.values, **values}
        self.setters = {**self.setters, **setters}


@public
def from_dict(entry: Mapping[str, Any]) -> Provider:
    """Make the provider of an entry, such as `to_dict` returns.

    Args:
        entry: keys and values as in an entry of a file: ``provider`` or ``preset``, and Python names of options. ``extends`` is
            refused, because there is no other entry.

    Raises:
        DocumentError: with every problem of the entry.
    """
    body = dict(entry) if isinstance(entry, Mapping) else entry
    only = Entry("", body, Document("dict", "json", {}, lambda path: Location(1, 1)), ())
    found: list[DocumentProblem] = []
    provider = None
    if only.extends:
        hint = "write all its options here"
        problem = Problem("", "an entry of a catalog", got="a single entry", hint=hint, code="unknown-base")
        found.append(only.problem(("extends",), problem))
    else:
        provider = draft_of(only, [], found).provider
    if provider is None and not found:
        problem = Problem("", "an entry that is a provider", got="an abstract one", hint="leave abstract out")
        found.append(only.problem(("abstract",), problem))
    if provider is None:
        raise DocumentError(found)
    return provider


def draft_of(entry: Entry, bases: Sequence[Draft], report: list[DocumentProblem], *, is_amended: bool = False) -> Draft:
    """Read an entry.

    Args:
        entry: the entry.
        bases: the drafts of the entries that it extends; one that does not exist has no class, and a problem.
        report: the list to which problems are added.
        is_amended: whether another entry amends it, so that it is no provider by itself.
    """
    reader = _Reader(entry, bases, report, is_amended=is_amended)
    draft = reader.read()
    if reader.found or draft.has_problems:
        report += [entry.problem(path, problem) for path, problem in reader.found]
        # Only the class counts for entries that extend this one.
        return Draft(draft.cls, is_abstract=draft.is_abstract, has_problems=True)
    return draft


class _Reader:
    """Reads one entry, which extends *bases*; problems in other entries are added to *report*."""

    def __init__(self, entry: Entry, bases: Sequence[Draft], report: list[DocumentProblem], *, is_amended: bool) -> None:
        self.entry = entry
        self.is_amended = is_amended
        self.bases = bases
        self.report = report
        self.body: dict[str, Any] = entry.body if isinstance(entry.body, dict) else {}
        self.extends = entry.extends
        self.found: list[EntryProblem] = []
        """The problems of the entry."""

    def read(self) -> Draft:
        """Read the entry."""
        if not isinstance(self.entry.body, dict):
            self.found.append(((), type_problem("an entry: names and values of options", self.entry.body)))
            return Draft()
        kinds = [] if self.extends else kinds_of(self.body)
        if len(kinds) > 1 or not (kinds or self.extends or self.body.get("abstract") is True):
            self.found.append(((), _problem_of_kind(self.body, kinds)))
            return Draft()
        draft = self._joined() if self.extends else self._started(kinds[0]) if kinds else Draft()
        self._read_details(draft)
        if draft.cls is not None:
            self._read_options(draft, draft.cls)
        elif not (self.found or draft.has_problems):
            self._read_mixin(draft)
        return draft

    # The beginning ----------------------------------------------------------------------------------------------------

    def _started(self, kind: str) -> Draft:
        """The draft of an entry that extends none, still without its own options."""
        name, draft = self.body[kind], Draft()
        if kind == "extends":
            got = "a list with other values" if isinstance(name, list) and name else shown_kind(name) if name else "an empty one"
            self.found.append(((kind,), Problem("", "a name, or a list of names", got=got, is_type=True)))
            return draft
        if not isinstance(name, str) or not name:
            self.found.append(((kind,), type_problem("a name", name)))
            return draft
        problem: Problem | None = None
        if kind == "generic":
            draft.cls, draft.values = GenericProvider, {"_provider": name}
        elif kind == "preset":
            draft.cls, draft.preset = _class_of_preset(name), name
            problem = None if draft.cls else _unknown_preset(name)
        else:
            draft.cls, problem = _class_of_identifier(name)
        if problem is not None:
            self.found.append(((kind,), problem))
        draft.setters = {"provider": Setter(self.entry, kind)}
        return draft

    def _joined(self) -> Draft:
        """The draft with all that the entry inherits; of several bases, a later one wins."""
        if len(self.bases) == 1:
            (base,) = self.bases
            return Draft(base.cls, base.values, base.setters, base.preset, base.arguments, has_problems=base.has_problems)
        draft = Draft(has_problems=any(base.has_problems for base in self.bases))
        classes = {base.cls: None for base in self.bases if base.cls is not None}
        draft.cls = next(iter(classes), None)
        if len(classes) > 1:
            got = " and ".join(cls.__name__ for cls in classes)
            self.found.append((("extends",), Problem("", "entries of one class", got=got, code="conflicting-bases")))
            draft.cls = None
            return draft
        values: dict[str, Any] = {}
        extras: dict[str, Any] = {}
        setters: dict[str, Setter] = {}
        for base in self.bases:
            own = base.values
            if base.cls is None and draft.cls is not None:
                own, problems = _typed(draft.cls, base)
                self.report += problems
                draft.has_problems |= bool(problems)
            values.update(own)
            extras.update(own.get(EXTRAS, {}))
            setters.update(base.setters)
            if base.preset:
                draft.preset, draft.arguments = base.preset, base.arguments
        draft.values, draft.setters = (values | {EXTRAS: extras} if extras else values), setters
        return draft

    def _read_details(self, draft: Draft) -> None:
        """Read the keys that are not about options; an entry that amends another has those of that one."""
        above = NO_DETAILS
        if self.entry.name in self.extends:
            amended = self.bases[self.extends.index(self.entry.name)]
            draft.is_abstract, above = amended.is_abstract, amended.details
        draft.details = above
        if "abstract" in self.body:
            draft.is_abstract = self.body["abstract"] is True
            if not isinstance(self.body["abstract"], bool):
                self.found.append((("abstract",), type_problem("true or false", self.body["abstract"])))
        ignore = {code: None for base in self.bases for code in base.details.ignore}
        if not (ignore or "description" in self.body or "tags" in self.body or "ignore" in self.body):
            return
        description, tags = self.body.get("description", above.description), above.tags
        if not isinstance(description, str):
            self.found.append((("description",), type_problem("a string", description)))
            description = ""
        if "tags" in self.body:
            tags = tuple(read_names(self.body["tags"], "tags", self.found))
        own = read_names(self.body["ignore"], "ignore", self.found) if "ignore" in self.body else []
        try:
            draft.details = Details(description, tags, [*ignore, *own])
        except InvalidOptionsError as error:
            self.found += [((each.option,), attrs.evolve(each, option="")) for each in error.problems]

    # Options ----------------------------------------------------------------------------------------------------------

    def _read_mixin(self, draft: Draft) -> None:
        """Read the options of an entry without a class."""
        reserved = ("extends", "omit") if self.extends else ("omit",)
        draft.set(self.entry, read_options(None, self.body, (*reserved, *EVERYWHERE), self.found))
        if not draft.is_abstract:
            hint = "extend an entry with one of the keys provider, generic and preset too"
            self.found.append((("extends",), Problem("", "an entry with a class", hint=hint, code="unknown-base")))

    def _read_options(self, draft: Draft, cls: type[Provider]) -> None:
        """Read the options of the entry, and make its provider unless it is abstract or a base has a problem."""
        places = _places(draft.preset)
        kind = "extends" if self.extends else "preset" if draft.preset else "generic" if cls is GenericProvider else "provider"
        given = read_options(cls, self.body, _keys(kind, places), self.found)
        if draft.has_problems:
            own_problems(compiled(cls).description, given, self.found)
            task = self.body.get("for_task", cls.tasks[0] if cls.tasks else None)
            if task is not None and task not in cls.tasks:
                self.found.append((("for_task",), attrs.evolve(no_task(cls, task), option="")))
            return
        try:
            self._apply(draft, cls, given, {key: self.body[key] for key in places if key in self.body})
        except InvalidOptionsError as error:
            known = {path[0] for path, _ in self.found if path}
            for problem in error.problems:
                if problem.option not in known:
                    self._locate(problem, draft)

    def _apply(self, draft: Draft, cls: type[Provider], given: dict[str, Any], places: Mapping[str, Any]) -> None:
        """Change a draft as the entry says, and make its provider unless it is abstract."""
        base = self.bases[0].provider if len(self.bases) == 1 else None
        changes = self._reset(draft, cls) if "without" in self.body else {}
        for name in self.entry.added_parts:
            if name in given:
                given[name] = _with_parts(cls, name, draft.values.get(name), given[name])
        is_new_preset = bool(draft.preset) and (bool(places) or "endpoint" not in draft.values)
        own = {key: read_place(key, value, (key,), self.found) for key, value in places.items()} if places else {}
        moved: dict[str, Any] = {}
        if "for_task" in self.body:
            if draft.preset:
                own["task"] = self.body["for_task"]
            if not is_new_preset:
                moved = self._moved(draft, cls, self.body["for_task"], given)
        if own:
            draft.arguments = {**draft.arguments, **own}
            # The last one that changes a preset sets what it makes.
            key = next(iter(own)) if places else "for_task"
            draft.setters = {**draft.setters, "preset": Setter(self.entry, key)}
        if given:
            draft.set(self.entry, given)
        if moved:
            draft.set(self.entry, moved, "for_task")
        if "omit" in self.body:
            draft.set(self.entry, {name: None for name in given if name not in self.body}, "omit")
        if draft.is_abstract or self.is_amended:
            own_problems(compiled(cls).description, given, self.found)
            return
        if Unset in map(type, draft.values.values()):
            own_problems(compiled(cls).description, given, self.found)
            for name, value in draft.values.items():
                if isinstance(value, Unset):
                    self._locate(attrs.evolve(value.problem, option=name), draft)
        elif is_new_preset:
            self._make_preset(draft)
        elif base is None:
            draft.provider = construct(cls, dict(draft.values))
        else:
            changes |= {**given, **moved}
            if EXTRAS in changes:
                changes[EXTRAS] = draft.values[EXTRAS]
            # A variant shares with its base all that it does not change.
            draft.provider = base.with_(**compiled(cls).description.arguments(changes)) if changes else base

    def _reset(self, draft: Draft, cls: type[Provider]) -> dict[str, Any]:
        """Reset the inherited options that the entry lists to their defaults, and return these."""
        names = read_names(self.body["without"], "without", self.found)
        try:
            defaults = defaults_of(cls, draft.values.get(EXTRAS, {}), names)
        except InvalidOptionsError as failure:
            self.found += [
                (("without",), attrs.evolve(problem, option=mask_value(problem.option))) for problem in failure.problems
            ]
            return {}
        draft.values = {**draft.values, **defaults}
        gone = {f"{EXTRAS}.{name}" for name in names}
        setters = {name: Setter(self.entry, "without") for name in defaults if name != EXTRAS}
        draft.setters = {name: setter for name, setter in draft.setters.items() if name not in gone} | setters
        return defaults

    def _moved(self, draft: Draft, cls: type[Provider], task: object, given: dict[str, Any]) -> dict[str, Any]:
        """The values that the key ``for_task`` changes."""
        specs = compiled(cls).description.specs
        inherited = {
            name: specs[name].accepted(value)
            for name, value in draft.values.items()
            if name != EXTRAS and not isinstance(value, Unset)
        }
        # Defaults that the new task does not have may stay.
        inherited = {name: value for name, value in inherited.items() if value != specs[name].default}
        changes = dict(given)
        problems = to_task(cls, inherited, task, changes)
        unknown = [each.option for each in problems if each.code == "not-for-task" and each.option not in self.body]
        # One list of all, because a key is written once.
        omit = self.body.get("omit")
        kept = [name for name in omit if isinstance(name, str) and name in given] if isinstance(omit, list) else []
        pronoun = "it" if len(unknown) == 1 else "them"
        advice = Advice(f"write {{}} to drop {pronoun}", (("omit", [*kept, *unknown]),))
        for problem in problems:
            if problem.option in unknown:
                self.found.append(((problem.option,), attrs.evolve(problem, option="", in_document=advice)))
            else:
                self._locate(problem, Draft())
        return {name: value for name, value in changes.items() if name not in given and value != inherited.get(name)}

    def _make_preset(self, draft: Draft) -> None:
        """Make the provider of a preset, whose own values give way to the options of entries."""
        maker: Any = dashscope if draft.preset == "dashscope" else SERVICES[draft.preset]
        setters = draft.setters
        options = {
            name: value
            for name, value in draft.values.items()
            if name == EXTRAS or name not in setters or setters[name].key not in _PRESET_KEYS
        }
        provider = draft.provider = maker(**draft.arguments, **options)
        made = {name: value for name, value in non_defaults(provider).items() if name in _SET_BY_PRESETS and name not in options}
        preset = setters["provider"]
        own = setters.get("preset", preset)
        draft.values = {**options, **made}
        draft.setters = {**setters, **{name: preset if name == "api_key" else own for name in made}}

    def _locate(self, problem: Problem, draft: Draft) -> None:
        """Add a problem of an option, in the entry that sets it."""
        option = "for_task" if problem.option == "task" and "for_task" in self.body else problem.option
        setter = draft.setters.get(option)
        value = draft.values.get(option)
        if problem.code == "not-for-task" and option in self.body:
            problem = attrs.evolve(problem, in_document=Advice("remove it", ()))
        elif problem.expected == "a str" and isinstance(value, (int, float)):
            problem = attrs.evolve(problem, hint="write it in quotes")
        problem = attrs.evolve(problem, option="", key="")
        if setter is None or setter.entry is self.entry or setter.key:
            self.found.append(((option,) if option else (), problem))
        else:
            draft.has_problems = True
            self.report.append(setter.entry.problem(setter.path(option), problem))


def _typed(cls: type[Provider], base: Draft) -> tuple[dict[str, Any], list[DocumentProblem]]:
    """The values of a base without a class, read for a class; and their problems."""
    description = compiled(cls).description
    specs = description.specs
    values = dict(base.values)
    problems: list[DocumentProblem] = []
    for name, value in base.values.items():
        if name == EXTRAS:
            continue
        setter, found = base.setters[name], list[EntryProblem]()
        if name not in specs:
            found.append((setter.path(name), unknown_option(cls, name, list(specs))))
        elif value is not None:
            values[name] = read_option(description, name, value, setter.path(name), found)
            own_problems(description, {name: values[name]}, found)
        problems += [setter.entry.problem(path, problem) for path, problem in found]
    return values, problems


def _problem_of_kind(body: Mapping[str, Any], kinds: Sequence[str]) -> Problem:
    hint = "" if kinds else _misspelled_kind(body)
    usual = None if kinds or hint else Advice("write {}, which is the usual one", (("provider", "openai-compat"),))
    got = " and ".join(kinds) if kinds else "none of them"
    expected = f"one of the keys {', '.join(KINDS)}"
    return Problem("", expected, got=got, hint=hint, in_document=usual, code="invalid-entry")


def _misspelled_kind(body: Mapping[str, Any]) -> str:
    for key in body:
        if isinstance(key, str) and (hint := did_you_mean(key, KINDS)):
            return f"{key!r}: {hint}"
    return ""


def _class_of_preset(name: str) -> type[Provider] | None:
    if name == "dashscope":
        return DashScopeProvider
    return OpenAICompatProvider if name in SERVICES else None


def _unknown_preset(name: str) -> Problem:
    known = [*SERVICES, "dashscope"]
    hint = did_you_mean(name, known)
    return Problem("", f"a preset ({', '.join(known)})", got=shown(name), hint=hint, code="unknown-preset")


def _places(preset: str) -> tuple[str, ...]:
    """The keys of an entry that are arguments of a preset."""
    if not preset:
        return ()
    return ("region", "workspace") if preset == "dashscope" else ("place",)


@functools.cache
def _keys(kind: str, places: tuple[str, ...]) -> dict[str, None]:
    """The keys that an entry of a kind may have and that are not options."""
    own = {"extends": ("for_task", "without", "omit"), "preset": ("for_task", "omit"), "provider": ("omit",), "generic": ()}
    return dict.fromkeys((kind, *own[kind], *places, *EVERYWHERE))


def _class_of_identifier(name: str) -> tuple[type[Provider] | None, Problem | None]:
    """The class of an identifier, or the problem if there is none."""
    try:
        cls = provider_class(name)
        compiled(cls)
    except ProviderError as error:
        # The class cannot be used; the message says why.
        expected = "an identifier with a usable class"
        return None, Problem("", expected, got=shown(name), hint=str(error), code="unusable-class")
    if cls is not GenericProvider:
        return cls, None
    old = OLD_IDENTIFIERS.get(name)
    hint = f"it is the older name of {old}" if old else did_you_mean(name, list(provider_classes()))
    # A name that is not shown may be a key.
    generic = None if hint or shown(name) != repr(name) else Advice("write {} for a factory of your own", (("generic", name),))
    expected = f"a known identifier ({', '.join(provider_classes())})"
    return None, Problem("", expected, got=shown(name), hint=hint, in_document=generic, code="unknown-provider")


def _with_parts(cls: type[Provider], name: str, inherited: Any, parts: Any) -> Any:
    """The headers or the body that an entry inherits, with other parts."""
    spec = compiled(cls).description.specs[name]
    kind = None if spec.info is None else kind_of(spec.info)
    try:
        above = None if kind is None or inherited is None else parts_in(kind, spec.accepted(inherited))
    except Exception:  # noqa: BLE001
        # A value that is not accepted is another problem; a custom converter may raise any exception.
        above = None
    return _merged(above, parts)


def _merged(above: Any, parts: Any) -> Any:
    """A copy of a dict with other values, also in the dicts in it."""
    if not (isinstance(above, dict) and isinstance(parts, dict)):
        return parts
    return {**above, **{name: _merged(above.get(name), part) for name, part in parts.items()}}
