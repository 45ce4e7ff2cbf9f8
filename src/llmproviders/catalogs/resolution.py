# SPDX-License-Identifier: Apache-2.0
"""Raw entries resolved into providers: each with the entry that it extends, and each problem with its location."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import attrs

from ..errors import DocumentError, DocumentProblem, Problem
from ..fields.metadata import options
from ..messages import circle, shown
from ..providers.base import Provider
from ..providers.classes import provider_classes
from ..providers.generic import GenericProvider
from ..providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from ..similar_names import SimilarNames
from .catalog import Catalog, unknown_name
from .details import Details
from .entries import Base, EntryProblem, extended_name, provider_of
from .sources import RawCatalog

__all__ = ["Resolution", "class_of", "ignored_codes", "in_order", "resolve"]

MAX_INHERITED: Final = 10_000_000
"""The most characters of options that the entries of a catalog inherit together: a short file could else become very large."""
EXTRA_SIZE: Final = 100
"""The characters as which an extra option counts."""


@attrs.define
class Resolution:
    """The providers of a raw catalog."""

    raw: RawCatalog
    names: Collection[str]
    """The entries of the catalog, in order; others are resolved only if these extend them."""
    providers: dict[str, Provider | None] = attrs.field(factory=dict)
    """None for an entry with a problem."""
    problems: list[DocumentProblem] = attrs.field(factory=list)
    """All problems, including those of reading."""
    classes: dict[str, type[Provider] | None] = attrs.field(factory=dict)
    """The classes that `class_of` found."""
    ignored: dict[str, frozenset[str]] = attrs.field(factory=dict)
    """The codes that checks do not report, by entry, as `ignored_codes` has found them."""
    setters: dict[tuple[str, str, bool], tuple[str, tuple[str, ...]]] = attrs.field(factory=dict)
    """Entries and paths that set options, as `origins` has found them."""
    origins: dict[str, dict[str, Any]] = attrs.field(factory=dict)
    """The origins of options, as `origins` has found them."""
    sizes: dict[str, int] = attrs.field(factory=dict)
    """The sizes of the entries that others extend, in characters."""
    inherited: int = 0
    """The number of characters that entries inherit."""
    similar: SimilarNames = attrs.field(
        init=False, default=attrs.Factory(lambda self: SimilarNames(self.raw.entries), takes_self=True)
    )
    """The names of all entries, for hints."""

    def catalog(self) -> Catalog:
        """The catalog of the entries `names`.

        Raises:
            DocumentError: if there is any problem.
        """
        if self.problems:
            raise DocumentError(in_order(self.problems))
        providers = {name: provider for name in self.names if (provider := self.providers[name]) is not None}
        details = {}
        if any(isinstance(entry, dict) and "ignore" in entry for entry in self.raw.entries.values()):
            details = {name: Details(ignore=codes) for name in providers if (codes := ignored_codes(self, name))}
        return Catalog(providers, default=self.raw.default if self.raw.default in providers else None, details=details)

    def provider(self, name: str) -> Provider:
        """The provider of an entry without problems."""
        provider = self.providers[name]
        assert provider is not None
        return provider


def in_order(problems: Iterable[DocumentProblem]) -> list[DocumentProblem]:
    """Problems in the order of their locations."""
    return sorted(problems, key=lambda each: (each.source, each.line, each.column))


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
                raise unknown_name(name, raw.entries)
    names = raw.entries if wanted is None else [name for name in raw.entries if name in wanted]
    resolution = Resolution(raw, names, problems=list(raw.problems))
    for name in names:
        for each in _unresolved_chain(resolution, name):
            resolution.providers[each] = _provider(resolution, each)
    default, document = raw.default, raw.default_document
    if wanted is None and default is not None and document is not None and default not in raw.entries and not raw.is_incomplete:
        hint = resolution.similar.hint(default)
        problem = Problem("", "the name of a provider", got=shown(default), hint=hint, code="unknown-default")
        resolution.problems.append(document.problem(("default",), problem))
    return resolution


def ignored_codes(resolution: Resolution, name: str) -> frozenset[str]:
    """The codes that checks do not report for an entry without problems: its own, and those of the entries that it extends."""
    known = resolution.ignored
    chain = []
    each: str | None = name
    while each is not None and each not in known:
        chain.append(each)
        each = extended_name(resolution.raw.entries[each])
    codes = frozenset() if each is None else known[each]
    for entry in reversed(chain):
        body: Any = resolution.raw.entries[entry]
        codes = known[entry] = codes.union(own) if (own := body.get("ignore")) else codes
    return codes


def _unresolved_chain(resolution: Resolution, name: str) -> list[str]:
    """An entry and the entries that it extends, if they are not resolved yet; the entry itself is last."""
    chain: dict[str, None] = {}
    each: str | None = name
    while each in resolution.raw.entries and each not in resolution.providers and each not in chain:
        chain[each] = None
        each = extended_name(resolution.raw.entries[each])
    return list(chain)[::-1]


def _provider(resolution: Resolution, name: str) -> Provider | None:
    """The provider of an entry whose base is resolved; None if it has a problem."""
    raw = resolution.raw

    def base_of(base: str) -> Base:
        if base not in raw.entries:
            hint = resolution.similar.hint(base)
            problem = Problem("", "the name of an entry", got=shown(base), hint=hint, code="unknown-base")
            if not raw.is_incomplete:
                resolution.problems.append(raw.problem(name, ("extends",), problem))
            return None
        if base not in resolution.providers:
            hint = "give it another name to extend an included entry of this name" if base == name else ""
            problem = Problem(
                "", "entries that do not extend each other in a circle", got=_circle(raw, base), hint=hint, code="extends-circle"
            )
            resolution.problems.append(raw.problem(name, ("extends",), problem))
            return None
        provider = resolution.providers[base]
        if provider is not None:
            if base not in resolution.sizes:
                resolution.sizes[base] = _size(provider)
            resolution.inherited += resolution.sizes[base]
        if resolution.inherited > MAX_INHERITED:
            expected = f"entries that inherit options of at most {MAX_INHERITED} characters together"
            problem = Problem("", expected, hint="write them in the entries that need them", code="document-limit")
            resolution.problems.append(raw.problem(name, ("extends",), problem))
            return None
        return class_of(raw.entries, base, resolution.classes) if provider is None else provider

    found: list[EntryProblem] = []
    provider = provider_of(raw.entries[name], base_of, found)
    resolution.problems += [raw.problem(name, path, problem) for path, problem in found]
    return provider


def _size(provider: Provider) -> int:
    """The size of the options of a provider, in characters; an extra option counts as `EXTRA_SIZE`."""
    values = (getattr(provider, info.name) for info in options(type(provider)))
    return EXTRA_SIZE * len(provider.extra_options) + sum(len(value) for value in values if isinstance(value, str))


def _circle(raw: RawCatalog, name: str) -> str:
    """The entries that extend each other in a circle, from *name* to *name*."""
    names = [name]
    while (following := str(extended_name(raw.entries[names[-1]]))) != name:
        names.append(following)
    return circle(names)


def class_of(entries: Mapping[str, object], name: str, known: dict[str, type[Provider] | None]) -> type[Provider] | None:
    """The class of an entry, or of the entry that it extends, even if the entry has problems; None if it is unknown.

    Args:
        entries: all entries.
        name: the entry.
        known: the classes that were found before; those of this call are added, so that each entry is looked up once.
    """
    found = None
    chain: dict[str, None] = {}
    each: object = name
    while found is None and isinstance(each, str) and each not in chain:
        chain[each] = None
        found, each = (known[each], None) if each in known else _class_or_base(entries.get(each))
    known.update(dict.fromkeys(chain, found))
    return found


def _class_or_base(entry: object) -> tuple[type[Provider] | None, object]:
    """The class of an entry, if its kind determines it; else None, and the name that it extends."""
    if not isinstance(entry, Mapping):
        return None, None
    if isinstance(identifier := entry.get("provider"), str):
        return provider_classes().get(identifier), None
    if "preset" in entry:
        return (DashScopeProvider if entry["preset"] == "dashscope" else OpenAICompatProvider), None
    if "generic" in entry:
        return GenericProvider, None
    return None, entry.get("extends")
