# SPDX-License-Identifier: Apache-2.0
"""`Origin`, the source of the value of an option; and problems of providers with the locations of their options."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..errors import Advice, DocumentProblem, Problem
from ..fields.metadata import options
from ..fields.spec import EXTRAS
from ..providers.derive import non_defaults
from ..secrets import MaskedText, Secret
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
    chain: list[str] = []
    each: str | None = name
    while each is not None and each not in resolution.origins:
        chain.append(each)
        each = _base(resolution, each)
    for entry in reversed(chain):
        resolution.origins[entry] = _origins(resolution, entry)
    return resolution.origins[name]


def _base(resolution: Resolution, entry: str) -> str | None:
    """The entry that an entry without problems extends."""
    body: Any = resolution.raw.entries[entry]
    base: str | None = body.get("extends")
    return base


def _origins(resolution: Resolution, name: str) -> dict[str, Origin]:
    """The origins for an entry whose base has its origins; entries share what they inherit, because chains may be long."""
    provider, base = resolution.provider(name), _base(resolution, name)
    names = [info.name for info in options(type(provider))]
    names += [f"{EXTRAS}.{key}" for key in provider.extra_options]
    values = non_defaults(provider)
    above = {} if base is None else resolution.origins[base]
    default = Origin("", 0, name, "")
    body: Any = resolution.raw.entries[name]
    document = resolution.raw.documents[name]
    found: dict[str, Origin] = {}
    for option in names:
        if path := _path_in(body, option, is_non_default=option in values):
            line = document.locate(("providers", name, *path)).line
            found[option] = Origin(document.source, line, name, path[0])
        else:
            found[option] = above.get(option, default)
    return found


def _setter(resolution: Resolution, name: str, option: str, *, is_non_default: bool) -> tuple[str, tuple[str, ...]]:
    """The entry that sets an option, and the path in it; for a default, the last entry of the chain, and an empty path.

    Args:
        resolution: all entries; the results are kept there, so that a chain of entries is followed once.
        name: the entry of the provider.
        option: name of the option, or ``extra_options.KEY``.
        is_non_default: whether the value is not the default, so that a key such as ``preset`` may have set it.
    """
    walked = []
    found: tuple[str, tuple[str, ...]] | None = None
    entry: str | None = name
    while found is None and entry is not None:
        key = entry, option, is_non_default
        walked.append(key)
        body: Any = resolution.raw.entries[entry]
        base = _base(resolution, entry)
        path = _path_in(body, option, is_non_default=is_non_default)
        found = resolution.setters.get(key) or ((entry, path) if path or base is None else None)
        entry = base
    assert found is not None
    resolution.setters.update(dict.fromkeys(walked, found))
    return found


def _path_in(body: Mapping[str, Any], option: str, *, is_non_default: bool) -> tuple[str, ...]:
    """The path in an entry without problems that sets an option; empty if the entry does not set it."""
    extra = option.removeprefix(f"{EXTRAS}.")
    if extra != option:
        if extra in body.get(EXTRAS, {}):
            return EXTRAS, extra
    elif option in body:
        return (option,)
    elif option == "provider":
        return tuple(kind for kind in ("generic", "preset") if kind in body)
    for key in ("without", "omit"):
        if option in body.get(key, []):
            return (key,)
    if is_non_default and "for_task" in body and option in ("endpoint", "task", "content_type"):
        return ("for_task",)
    if is_non_default and "preset" in body and option in ("endpoint", "api_key", "content_type"):
        return ("preset",)
    return ()


def _whole_and_part(option: str, names: Collection[str], longest: int) -> tuple[str, tuple[str, ...]]:
    """The name of an option, and the path of a header or a field in it; names of extra options and headers may contain dots.

    Args:
        option: the name, or the name and the path with dots between them.
        names: the names of all options.
        longest: the length of the longest one.
    """
    end = len(option)
    while end > 0:
        if end <= longest and (whole := option[:end]) in names:
            return whole, tuple(option[end + 1 :].split(".")) if end < len(option) else ()
        end = option.rfind(".", 0, min(end, longest + 1))
    return option, ()


def _without_preset(advice: Advice, provider: Any) -> Advice:
    """The advice to write another identifier, with the options that a preset sets."""
    pieces = list(advice.pieces)
    if not isinstance(provider.endpoint, MaskedText):
        pieces.append(("endpoint", provider.endpoint))
    if isinstance(provider.api_key, Secret) and provider.api_key.is_reference:
        pieces.append(("api_key", {provider.api_key.source: provider.api_key.reference}))
    listed = ", ".join("{}" for _ in pieces)
    return Advice(advice.sentence.replace("{} here", f"{listed} in place of the preset"), tuple(pieces))


def located_problems(resolution: Resolution, name: str, problems: Iterable[Problem]) -> Iterator[DocumentProblem]:
    """Problems of the options of a provider, each with the location of its option."""
    raw, provider = resolution.raw, resolution.provider(name)
    names = {info.name for info in options(type(provider))}
    all_names = names.union(provider.extra_options)
    longest = max(map(len, all_names), default=0)
    values = non_defaults(provider)
    for problem in problems:
        option = problem.option.removeprefix(f"{EXTRAS}.")
        option, below = _whole_and_part(option, all_names, longest)
        option = option if option in names or option == "provider" else f"{EXTRAS}.{option}"
        entry, path = _setter(resolution, name, option, is_non_default=option in values)
        entry = entry if path else name
        # The path contains the name of the option.
        found = attrs.evolve(problem, option="", key="") if path else problem
        if path == ("preset",) and found.code == "wrong-runtime" and found.in_document is not None:
            found = attrs.evolve(found, in_document=_without_preset(found.in_document, provider))
        yield raw.problem(entry, (*path, *below) if path else path, found)
