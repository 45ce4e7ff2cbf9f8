# SPDX-License-Identifier: Apache-2.0
"""Overrides: values by ``NAME.OPTION`` that replace those of documents; NAME may be a pattern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import attrs

from ..credentials import mask_value
from ..errors import DocumentProblem, Problem, invalid
from ..fields.metadata import options
from ..fields.spec import EXTRAS
from ..messages import shown
from ..providers.base import Provider
from ..secrets import reveal
from ..similar_names import MAX_NAME, SimilarNames, did_you_mean, matching
from ..syntax.locations import Location
from ..tasks import task_of_endpoint
from .drafts import Draft, with_parts
from .entry_options import RESERVED
from .entry_presets import PLACES, places_of
from .formats.locations import Path
from .layers import KINDS, Entry, RawCatalog, compose, environment_of
from .resolution import drafts_of
from .sources import Document, Sources
from .values import Unreadable, parse_value, path_of

__all__ = ["compose_with_overrides"]

_SOURCE: Final = "override"
"""The source of overrides in problems and origins."""


def compose_with_overrides(
    sources: Sources,
    environment: str | None = None,
    overrides: Mapping[str, object] | None = None,
    *,
    are_strings: bool = False,
) -> RawCatalog:
    """Put the entries of documents together, with overrides over them; problems are collected, not raised.

    Args:
        sources: the documents.
        environment: the environment; by default that of the variable, else that of ``default_env``.
        overrides: the values by ``NAME.OPTION``; a later value overrides an earlier one.
        are_strings: whether the values are strings of the command line, each of which gets the type of its option.

    Raises:
        InvalidOptionsError: if the catalog has no such environment, or the overrides are not a mapping with `str` keys.
    """
    raw = compose(sources, environment_of(sources, environment))
    if overrides is not None:
        _Overrides(raw, are_strings=are_strings).add(_checked(overrides))
    return raw


def _checked(overrides: object) -> Mapping[str, object]:
    if not isinstance(overrides, Mapping):
        problem = Problem("overrides", "a mapping of NAME.OPTION to values", got=shown(overrides), is_type=True)
        raise invalid("load", [problem])
    if problems := [
        Problem("overrides", "keys that are str", got=shown(key), is_type=True) for key in overrides if not isinstance(key, str)
    ]:
        raise invalid("load", problems)
    return overrides


@attrs.define
class _Amendment:
    """The values of one entry."""

    cls: type[Provider] | None
    body: dict[str, Any] = attrs.field(factory=dict)
    added_parts: set[str] = attrs.field(factory=set)

    def set(self, option: str, value: Any) -> bool:
        """Set an option, or a part of one. Return False if a value above the part is not a mapping."""
        whole, *below = path_of(self.cls, option)
        if not below:
            self.added_parts.discard(whole)
            self.body[whole] = deepcopy(value)
            return True
        if whole not in self.body and whole != EXTRAS:
            self.added_parts.add(whole)
        if isinstance(self.body.get(whole), str) and self.cls is not None:
            # Headers or a body that are a string are parsed, so that a part can be added.
            self.body[whole] = with_parts(self.cls, whole, self.body[whole], {}) or self.body[whole]
        node: Any = self.body
        for step in (whole, *below[:-1]):
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                return False
        node[below[-1]] = value
        return True


@attrs.frozen(eq=False)
class _OverrideDocument(Document):
    """The overrides of a call, in place of a document: its problems name an override as it was given."""

    keys: dict[Path, str] = attrs.field(factory=dict)
    """The override of each entry and option."""

    def problem(self, path: Path, problem: Problem) -> DocumentProblem:
        """A problem of the option at *path*, which begins with the name of the entry."""
        made = super().problem(path, problem)
        key = self.keys.get(path[:2])
        return made if key is None else attrs.evolve(made, path=mask_value(key))


class _Overrides:
    """Adds overrides to a catalog."""

    def __init__(self, raw: RawCatalog, *, are_strings: bool) -> None:
        self.raw = raw
        self.are_strings = are_strings
        self.document = _OverrideDocument(_SOURCE, "json", {}, lambda path: Location(0, 0), () if are_strings else None)
        self.amendments: dict[str, _Amendment] = {}
        self.longest = max(map(len, raw.entries), default=0)
        self.similar = SimilarNames(raw.entries)

    def add(self, overrides: Mapping[str, object]) -> None:
        """Add overrides."""
        found = {key: found for key in overrides if (found := self._entries(key)) is not None}
        drafts = drafts_of(self.raw, {name: None for names, _, _ in found.values() for name in names})
        for key, (names, option, is_pattern) in found.items():
            self._set(key, overrides[key], {name: drafts[name] for name in names}, option, is_pattern=is_pattern)
        for name, amendment in self.amendments.items():
            below = self.raw.entries[name]
            parts = frozenset(amendment.added_parts)
            entry = Entry(name, amendment.body, self.document, (), below, is_partial=True, added_parts=parts)
            self.raw.entries[name] = entry

    def _problem(self, key: str, problem: Problem) -> None:
        self.raw.problems.append(self.document.problem((key,), problem))

    def _entries(self, key: str) -> tuple[list[str], str, bool] | None:
        """The entries of an override, its option, and whether NAME is a pattern; None if it matches no entry."""
        entries = self.raw.entries
        for name, option in _splits(key, max(MAX_NAME, self.longest)):
            if name in entries:
                return [name], option, False
            if names := matching(name, entries):
                return names, option, True
        name, _, option = key.partition(".")
        if not (name and option):
            self._problem(key, Problem("", "NAME.OPTION", got=shown(key), hint='for example "chat.temperature"'))
        elif not self.raw.sources.problems:
            hint, expected = self.similar.hint(name), "the name of an entry before the dot"
            self._problem(key, Problem("", expected, got=shown(name), hint=hint, code="unknown-base"))
        return None

    def _set(self, key: str, value: Any, drafts: Mapping[str, Draft], option: str, *, is_pattern: bool) -> None:
        """Set an option of entries; if they match a pattern, entries without the option are skipped."""
        first = option.partition(".")[0]
        if first in KINDS:
            hint = "an entry has the same kind in every call; an environment may have another one"
            self._problem(key, Problem("", "an option", got=f"the key {first}", hint=hint, code="misplaced-key"))
            return
        if is_pattern:
            having = {name: draft for name, draft in drafts.items() if _has(draft, first)}
            if not having:
                known = dict.fromkeys(each for draft in drafts.values() for each in _names(draft))
                hint = did_you_mean(first, list(known))
                if first in known:
                    hint = "their tasks do not have it"
                elif not known:
                    hint = "a pattern is not for entries without a class"
                self._problem(key, Problem("", "an option of these entries", got=shown(first), hint=hint, code="unknown-option"))
            drafts = having
        for name, draft in drafts.items():
            amendment = self.amendments.setdefault(name, _Amendment(draft.cls))
            try:
                string = parse_value(amendment.cls, option, value) if self.are_strings else value
            except Unreadable as error:
                self.raw.problems.append(self.document.problem((name, *path_of(amendment.cls, option)), error.problem))
                continue
            if not amendment.set(option, string):
                expected, got = "a mapping that can have this part", "another value above it"
                hint = "write that value as a mapping"
                self._problem(key, Problem("", expected, got=got, hint=hint, code="conflicting-options"))
            self.document.keys[name, first] = key


def _splits(key: str, longest: int) -> Iterator[tuple[str, str]]:
    """Each split of a key into a name and an option, the longest name first: names may contain dots.

    Args:
        key: the key.
        longest: the length of the longest name.
    """
    end = min(len(key), longest + 1)
    while (end := key.rfind(".", 0, end)) > 0:
        if end < len(key) - 1:
            yield key[:end], key[end + 1 :]


def _names(draft: Draft) -> list[str]:
    """The keys that an entry may have; empty if its class is not known."""
    if draft.cls is None:
        return []
    reserved = [key for key in RESERVED if key not in PLACES or key in places_of(draft.preset)]
    return [*(info.name for info in options(draft.cls)), EXTRAS, *reserved]


def _has(draft: Draft, name: str) -> bool:
    """Whether an entry may have a key; if the key is an option, the task must have it too."""
    if name not in _names(draft):
        return False
    provider = draft.provider
    info = next((info for info in options(draft.cls or Provider) if info.name == name), None)
    if info is None or not info.tasks or provider is None:
        return True
    endpoint = getattr(provider, "endpoint", None)
    task = getattr(provider, "task", None) or (task_of_endpoint(reveal(endpoint)) if endpoint else None)
    return task is None or task in info.tasks
