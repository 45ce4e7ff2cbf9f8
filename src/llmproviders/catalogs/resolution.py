# SPDX-License-Identifier: Apache-2.0
"""Raw entries resolved into providers: each with the entries that it extends, and each problem with its location."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

import attrs

from ..errors import DocumentError, DocumentProblem, Problem, UnknownProviderError
from ..fields.spec import EXTRAS
from ..messages import names_and_hint, shown, shown_cycle
from ..providers.base import Provider
from ..similar_names import SimilarNames
from .catalog import Catalog, unknown_name
from .details import NO_DETAILS
from .drafts import Draft, Setter
from .entries import draft_of
from .layers import KINDS, Entry, RawCatalog

__all__ = ["Resolution", "draft_with", "drafts_of", "resolve", "sort_problems"]

MAX_INHERITED: Final = 10_000_000
"""The most characters of options that all entries of a catalog may inherit: a short file must not need much memory."""
EXTRA_SIZE: Final = 100
"""The size of an extra option, in characters."""
PART_SIZE: Final = 20
"""The size of a mapping, a list, a number or a boolean, in characters."""


_EMPTY: Final = Draft()


@attrs.define
class _Path:
    """The stack of entries that are being resolved; each extends the next one."""

    positions: dict[Entry, int] = attrs.field(factory=dict)
    names: list[str] = attrs.field(factory=list)
    bases: list[list[Entry | None]] = attrs.field(factory=list)
    """For each entry, the entries that it extends."""

    def push(self, entry: Entry, bases: list[Entry | None]) -> None:
        """Add an entry at the end."""
        self.positions[entry] = len(self.names)
        self.names.append(entry.name)
        self.bases.append(bases)

    def pop(self, entry: Entry) -> list[Entry | None]:
        """Remove the last entry, and return what it extends."""
        del self.positions[entry]
        self.names.pop()
        return self.bases.pop()


@attrs.define
class Resolution:
    """The providers of a raw catalog."""

    raw: RawCatalog
    names: Collection[str]
    """The entries that are resolved, in order; others are resolved only if these extend them."""
    drafts: dict[Entry, Draft] = attrs.field(factory=dict)
    """The entries with all that they inherit."""
    problems: list[DocumentProblem] = attrs.field(factory=list)
    """All problems, including those of reading."""
    origins: dict[tuple[Setter, str], Any] = attrs.field(factory=dict)
    """A cache of the origins of values, filled by `origins`; entries share inherited origins."""
    joins: dict[tuple[int, ...], Draft] = attrs.field(factory=dict)
    """A cache of drafts for lists of several bases, by the identities of their drafts."""
    sizes: dict[Entry, int] = attrs.field(factory=dict)
    """The sizes of the entries that others extend, in characters."""
    inherited: int = 0
    """The number of characters that entries inherit."""
    path: _Path = attrs.field(factory=_Path)
    """The entries whose resolution has begun."""
    similar: SimilarNames = attrs.field(
        init=False, default=attrs.Factory(lambda self: SimilarNames(self.raw.entries), takes_self=True)
    )
    """The names of all entries, for hints."""

    def catalog(self) -> Catalog:
        """The catalog of the entries `names` that are not abstract.

        Raises:
            DocumentError: if there is any problem.
        """
        if self.problems:
            raise DocumentError(sort_problems(self.problems))
        drafts = {name: draft for name in self.names if not (draft := self.draft(name)).is_abstract}
        providers = {name: draft.provider for name, draft in drafts.items() if draft.provider is not None}
        details = {name: draft.details for name, draft in drafts.items() if draft.details != NO_DETAILS}
        return Catalog(providers, default=self.raw.default if self.raw.default in providers else None, details=details)

    def draft(self, name: str) -> Draft:
        """An entry with all that it inherits; an empty one if it is not resolved."""
        entry = self.raw.entries.get(name)
        return _EMPTY if entry is None else self.drafts.get(entry, _EMPTY)

    def provider(self, name: str) -> Provider:
        """The provider of an entry without problems."""
        provider = self.draft(name).provider
        assert provider is not None
        return provider


def sort_problems(problems: Iterable[DocumentProblem]) -> list[DocumentProblem]:
    """Problems without repetitions, sorted by location; entries that extend the same one repeat its problems."""
    return sorted(dict.fromkeys(problems), key=lambda each: (each.source, each.line, each.column))


def resolve(raw: RawCatalog, only: Iterable[str] | None = None) -> Resolution:
    """Make the providers of the entries; problems are collected, not raised.

    Args:
        raw: the entries.
        only: the names of the entries to resolve, with those that they extend; by default all.

    Raises:
        UnknownProviderError: if there is no entry of a name, although all files could be read.
    """
    wanted = None if only is None else dict.fromkeys(only)
    if wanted is not None and not raw.problems:
        for name in wanted:
            if name not in raw.entries:
                raise unknown_name(name, _providers(raw))
    names = raw.entries if wanted is None else [name for name in raw.entries if name in wanted]
    resolution = Resolution(raw, names, problems=list(raw.problems))
    for name in names:
        _resolve_entry(resolution, raw.entries[name])
    if wanted is None and raw.default is not None and raw.default_at is not None and not raw.sources.is_incomplete:
        document, path = raw.default_at
        problem = None
        if raw.default not in raw.entries:
            hint = resolution.similar.hint(raw.default)
            problem = Problem("", "the name of a provider", got=shown(raw.default), hint=hint, code="unknown-default")
        elif resolution.draft(raw.default).is_abstract:
            problem = Problem("", "the name of a provider", got="the name of an abstract entry", code="unknown-default")
        if problem is not None:
            resolution.problems.append(document.problem(path, problem))
    if wanted is not None and not resolution.problems:
        for name in wanted:
            if resolution.draft(name).is_abstract:
                known = names_and_hint(name, _providers(raw))
                raise UnknownProviderError(f"the entry {shown(name)} is abstract, and no provider; the catalog has: {known}")
    return resolution


def _providers(raw: RawCatalog) -> list[str]:
    """The names of the entries that are not abstract."""
    return [name for name, draft in drafts_of(raw, raw.entries).items() if not draft.is_abstract]


def draft_with(raw: RawCatalog, entry: Entry) -> Draft:
    """The draft of a new entry of a catalog, with all that it inherits; its problems are dropped."""
    resolution = Resolution(attrs.evolve(raw, entries={**raw.entries, entry.name: entry}), ())
    _resolve_entry(resolution, entry)
    return resolution.draft(entry.name)


def drafts_of(raw: RawCatalog, names: Iterable[str]) -> dict[str, Draft]:
    """The drafts of entries, with all that they inherit; their problems are dropped."""
    resolution = Resolution(raw, ())
    for name in names:
        _resolve_entry(resolution, raw.entries[name])
    return {name: resolution.draft(name) for name in names}


def _resolve_entry(resolution: Resolution, entry: Entry) -> None:
    """Resolve an entry after the entries that it extends: with a stack, not recursion, because chains may be long."""
    drafts, path = resolution.drafts, resolution.path
    rest = [entry]
    while rest:
        last = rest.pop()
        if last in drafts:
            continue
        if last in path.positions:
            bases = path.pop(last)
        else:
            bases = _bases(resolution, last, path)
            if missing := [base for base in bases if base is not None and base not in drafts]:
                path.push(last, bases)
                rest += [last, *reversed(missing)]
                continue
        inherited = [_inherited(resolution, last, base) for base in bases]
        is_amended = resolution.raw.entries[last.name] is not last
        drafts[last] = draft_of(last, inherited, resolution.problems, resolution.joins, is_amended=is_amended)


def _bases(resolution: Resolution, entry: Entry, path: _Path) -> list[Entry | None]:
    """The entries that the last entry of a path extends; None for an unknown entry, and for one that is in the path already."""
    bases: list[Entry | None] = []
    if not entry.extends:
        return bases
    path.names.append(entry.name)
    for name in entry.extends:
        base = entry.below if name == entry.name else resolution.raw.entries.get(name)
        problem = None
        if base is None:
            problem = _no_base(resolution, entry, name)
        elif base in path.positions:
            expected = "entries that do not extend each other in a cycle"
            problem = Problem("", expected, got=shown_cycle(path.names, path.positions[base]), code="extends-cycle")
            base = None
        if problem is not None:
            where = ("extends",) if isinstance(entry.body, dict) and "extends" in entry.body else ()
            resolution.problems.append(entry.problem(where, problem))
        bases.append(base)
    path.names.pop()
    return bases


def _no_base(resolution: Resolution, entry: Entry, name: str) -> Problem | None:
    """The problem of an entry that extends an unknown *name*; None if a file that could not be read may have that entry."""
    if resolution.raw.sources.is_incomplete:
        return None
    if name != entry.name:
        return Problem("", "the name of an entry", got=shown(name), hint=resolution.similar.hint(name), code="unknown-base")
    meant = resolution.similar.closest(name, among=resolution.raw.added.get(name, 0))
    hint = f"did you mean {meant}?" if meant else f"a new entry needs one of the keys {', '.join(KINDS)}"
    if not entry.is_partial:
        hint = "no included file has an entry of this name"
    return Problem("", "the name of an entry to amend", got=shown(name), hint=hint, code="unknown-base")


def _inherited(resolution: Resolution, entry: Entry, base: Entry | None) -> Draft:
    """The draft of an entry that another one extends; one with a problem if it does not exist."""
    if base is None:
        return Draft(has_problems=True)
    draft = resolution.drafts[base]
    if base not in resolution.sizes:
        resolution.sizes[base] = _size(draft)
    resolution.inherited += resolution.sizes[base]
    if resolution.inherited <= MAX_INHERITED:
        return draft
    expected = f"entries that inherit options of at most {MAX_INHERITED} characters together"
    problem = Problem("", expected, hint="write them in the entries that need them", code="document-limit")
    resolution.problems.append(entry.problem(("extends",), problem))
    return Draft(has_problems=True)


def _size(draft: Draft) -> int:
    """The size of the values of an entry, in characters; an extra option counts as `EXTRA_SIZE`."""
    rest: list[Any] = [value for name, value in draft.values.items() if name != EXTRAS and not name.startswith("_")]
    size = EXTRA_SIZE * len(draft.values.get(EXTRAS, ()))
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            rest += [*value, *value.values()]
        elif isinstance(value, list):
            rest += value
        # Any other value has a size too: each entry converts it again.
        size += len(value) if isinstance(value, str) else PART_SIZE
    return size
