# SPDX-License-Identifier: Apache-2.0
"""`Origin`, the source of the value of an option; and problems of providers with the locations of their options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..errors import DocumentProblem, Problem
from ..fields.metadata import options
from ..fields.spec import EXTRAS
from ..providers.derive import non_defaults
from .resolution import Resolution

__all__ = ["Origin", "located_problems", "origins_of"]


@attrs.frozen
class Origin:
    """The source of the value of an option: a line of a file, or a default of the class."""

    source: str
    """The file; empty for a default of the class."""
    line: int
    """The line in the file, counted from 1; 0 for a default."""
    entry: str
    """The entry that sets it; if it is inherited, not the entry of the provider."""
    key: str
    """The key of the entry that sets it: the option itself, or ``preset``, ``for_task``, ``without`` or ``omit``."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.source else "default"


def origins_of(resolution: Resolution, name: str) -> dict[str, Origin]:
    """The origin of each option of a provider."""
    provider = resolution.provider(name)
    names = [info.name for info in options(type(provider))]
    names += [f"{EXTRAS}.{key}" for key in provider.extra_options]
    values = non_defaults(provider)
    return {option: _origin(resolution, name, option, is_non_default=option in values) for option in names}


def _origin(resolution: Resolution, name: str, option: str, *, is_non_default: bool) -> Origin:
    entries = resolution.raw.entries
    found = _setter(entries, name, option, is_non_default=is_non_default)
    if found is None:
        *_, (oldest, _) = _extended(entries, name)
        return Origin("", 0, oldest, "")
    entry, path = found
    document = resolution.raw.documents[entry]
    return Origin(document.source, document.locate(("providers", entry, *path)).line, entry, path[0])


def _extended(entries: Mapping[str, object], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The names and bodies of an entry without problems and of the entries that it extends."""
    while True:
        body: Any = entries[name]
        yield name, body
        if "extends" not in body:
            return
        name = body["extends"]


def _setter(entries: Mapping[str, object], name: str, option: str, *, is_non_default: bool) -> tuple[str, tuple[str, ...]] | None:
    """The entry that sets an option, and the path in it; None if the option has its default.

    Args:
        entries: all entries.
        name: the entry of the provider.
        option: name of the option, or ``extra_options.KEY``.
        is_non_default: whether the value is not the default, so that a key such as ``preset`` may have set it.
    """
    extra = option.removeprefix(f"{EXTRAS}.")
    for entry, body in _extended(entries, name):
        if extra != option:
            if extra in body.get(EXTRAS, {}):
                return entry, (EXTRAS, extra)
        elif option in body:
            return entry, (option,)
        for key in ("without", "omit"):
            if option in body.get(key, []):
                return entry, (key,)
        if is_non_default and "for_task" in body and option in ("endpoint", "task", "content_type"):
            return entry, ("for_task",)
        if is_non_default and "preset" in body and option in ("endpoint", "api_key", "content_type"):
            return entry, ("preset",)
    return None


def located_problems(resolution: Resolution, name: str, problems: Iterable[Problem]) -> Iterator[DocumentProblem]:
    """Problems of the options of a provider, each with the location of its option."""
    raw, provider = resolution.raw, resolution.provider(name)
    names = {info.name for info in options(type(provider))}
    values = non_defaults(provider)
    for problem in problems:
        option = problem.option.removeprefix(f"{EXTRAS}.")
        option = option if option in names else f"{EXTRAS}.{option}"
        entry, path = _setter(raw.entries, name, option, is_non_default=option in values) or (name, ())
        # The path contains the name of the option.
        found = attrs.evolve(problem, option="", key="") if path else problem
        body: Any = raw.entries[entry]
        if "preset" in body:
            in_place = r"provider = \1 and endpoint in place of the preset in a file"
            found = attrs.evolve(found, hint=re.sub(r'provider = ("\w+") in a file', in_place, found.hint))
        yield raw.problem(entry, path, found)
