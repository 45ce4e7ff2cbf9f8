# SPDX-License-Identifier: Apache-2.0
"""Presets of entries: their classes, and the keys and values that they have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..errors import Problem
from ..fields.spec import EXTRAS
from ..messages import shown
from ..presets import NAMES, SERVICES, dashscope
from ..providers.base import Provider
from ..providers.derive import non_defaults
from ..providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from ..similar_names import did_you_mean
from .drafts import SET_BY_PRESETS, Draft, Setter
from .entry_options import Unset

__all__ = ["PLACES", "class_of_preset", "make_preset", "places_of", "unknown_preset", "unset_arguments"]

PLACES: Final = ("place", "region", "workspace")
"""The keys of entries that say where a service is."""
_KEYS: Final = ("preset", "for_task", *PLACES)
"""The keys from which a preset makes the values of options."""


def class_of_preset(name: str) -> type[Provider] | None:
    """The class of the providers of a preset; None if there is no such preset."""
    if name == "dashscope":
        return DashScopeProvider
    return OpenAICompatProvider if name in SERVICES else None


def unknown_preset(name: str) -> Problem:
    """The problem of a preset that does not exist."""
    hint = did_you_mean(name, NAMES)
    return Problem("", f"a preset ({', '.join(NAMES)})", got=shown(name), hint=hint, code="unknown-preset")


def places_of(preset: str) -> tuple[str, ...]:
    """The keys of an entry that are arguments of a preset; empty if *preset* is empty."""
    if not preset:
        return ()
    return ("region", "workspace") if preset == "dashscope" else ("place",)


def unset_arguments(draft: Draft) -> Iterator[tuple[tuple[str, ...], Unset]]:
    """The variables that are not set in the arguments of a preset, each with its path."""
    for key, value in draft.arguments.items():
        parts = {(key, name): each for name, each in value.items()} if isinstance(value, dict) else {(key,): value}
        yield from ((path, each) for path, each in parts.items() if isinstance(each, Unset))


def make_preset(draft: Draft) -> None:
    """Make the provider of a preset. The values of entries replace its own.

    Raises:
        InvalidOptionsError: if an argument or an option is wrong.
    """
    maker: Any = dashscope if draft.preset == "dashscope" else SERVICES[draft.preset]
    setters = draft.setters
    options = {
        name: value
        for name, value in draft.values.items()
        if name == EXTRAS or name not in setters or setters[name].key not in _KEYS
    }
    provider = maker(**draft.arguments, **options)
    # A preset takes None for an option that is not given.
    if omitted := {name: None for name in SET_BY_PRESETS if options.get(name, name) is None}:
        provider = provider.with_(**omitted)
    draft.provider = provider
    made = {name: value for name, value in non_defaults(provider).items() if name in SET_BY_PRESETS and name not in options}
    preset = setters["provider"]
    own: Setter = setters.get("preset", preset)
    draft.values = {**options, **made}
    draft.setters = {**setters, **{name: preset if name == "api_key" else own for name in made}}
