# SPDX-License-Identifier: Apache-2.0
"""`Origin`, the source of the value of an option; and problems of providers with the locations of their options."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import attrs

from ..errors import Advice, DocumentProblem, Problem
from ..fields.compiled import compiled
from ..fields.metadata import options
from ..fields.parts import kind_of
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..secrets import MaskedText, Secret
from .drafts import Setter, without_variable
from .resolution import Resolution

__all__ = ["Origin", "located_problems", "origins_of"]


@attrs.frozen
class Origin:
    """The source of the value of an option: a line of a file, an override, or a default of the class."""

    source: str
    """The file, or ``override``; empty for a default of the class."""
    line: int
    """The line in the file, counted from 1; 0 for an override or a default."""
    entry: str
    """The entry that sets it; if it is inherited, not the entry of the provider."""
    key: str
    """The key of the entry that sets it: the option itself, or another one such as ``preset``, ``region`` or ``omit``."""
    environment: str = ""
    """The environment for which it is set; empty for all."""
    variable: str = ""
    """The environment variable that has the value; empty if the value is in the file, or is a reference to a secret."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source or "default"


def origins_of(resolution: Resolution, name: str) -> dict[str, Origin]:
    """The origin of each option of a provider."""
    provider, draft = resolution.provider(name), resolution.draft(name)
    names = [info.name for info in options(type(provider))]
    names += [f"{EXTRAS}.{key}" for key in provider.extra_options]
    origins = resolution.origins
    found: dict[str, Origin] = {}
    for option in names:
        setter = draft.setters.get(option)
        if setter is None:
            found[option] = Origin("", 0, name, "")
            continue
        if (setter, option) not in origins:
            origins[setter, option] = _origin(setter, option, type(provider))
        found[option] = origins[setter, option]
    return found


def _can_refer(cls: type[Provider], option: str) -> bool:
    """Whether the value of the option may be a reference to an environment variable that is resolved when the file is loaded."""
    spec = compiled(cls).description.specs.get(option)
    return spec is not None and spec.info is not None and not spec.info.secret and kind_of(spec.info) is None


def _origin(setter: Setter, option: str, cls: type[Provider]) -> Origin:
    entry, path = setter.entry, setter.path(option)
    line = entry.document.locate((*entry.path, *path)).line
    variable = setter.variable(option) if _can_refer(cls, option) else ""
    return Origin(entry.document.source, line, entry.name, path[0], entry.environment, variable)


def _split_option(option: str, names: Collection[str], longest: int) -> tuple[str, tuple[str, ...]]:
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
    raw, draft, provider = resolution.raw, resolution.draft(name), resolution.provider(name)
    names = {info.name for info in options(type(provider))}
    all_names = names.union(provider.extra_options)
    longest = max(map(len, all_names), default=0)
    for problem in problems:
        option = problem.option.removeprefix(f"{EXTRAS}.")
        option, below = _split_option(option, all_names, longest)
        option = option if option in names or option == "provider" else f"{EXTRAS}.{option}"
        setter = draft.setters.get(option)
        problem = without_variable(problem, setter, option) if _can_refer(type(provider), option) else problem  # noqa: PLW2901
        entry, path = (setter.entry, setter.path(option)) if setter is not None else (raw.entries[name], ())
        # The path contains the name of the option.
        found = attrs.evolve(problem, option="", key="") if path else problem
        if path == ("preset",) and found.code == "wrong-runtime" and found.in_document is not None:
            found = attrs.evolve(found, in_document=_without_preset(found.in_document, provider))
        yield entry.problem((*path, *below) if path else path, found)
