# SPDX-License-Identifier: Apache-2.0
"""What each distribution and version of Flink accepts, as data: one file a runtime, beside this one.

The files say where each fact is from. ``tools/refresh_runtimes.py`` writes what can be read off released artifacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import attrs

from ..boundary import public
from ..errors import UnknownRuntimeError
from ..messages import did_you_mean, shown

__all__ = ["Factory", "Runtime", "RuntimeOption", "list_runtimes", "runtime"]

NAMES: Final = ("flink-2.1", "flink-2.2", "flink-2.3", "flink-2.4", "vvr-11.7", "vvr-11.8", "vvr-11.9")


@attrs.frozen(kw_only=True)
class RuntimeOption:
    """One option that a factory takes."""

    key: str
    """Java key."""
    type: str = ""
    """Java type: String, Boolean, Integer, Long, Double, Duration, Enum or Map; empty where the source does not say."""
    required: bool = False
    """Whether Flink refuses a model without it."""
    default: str | None = None
    """What holds when it is not given, as Java prints it; None if nothing does."""
    choices: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    """The only texts taken, whatever their letter case; empty if there is no such list."""
    deprecated_keys: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    """Older keys that are taken too."""


@attrs.frozen(kw_only=True)
class Tokenizer:
    """The model names for which a factory can count tokens."""

    names: tuple[str, ...] = attrs.field(converter=tuple)
    prefixes: tuple[str, ...] = attrs.field(converter=tuple)

    def knows(self, model: str) -> bool:
        """Whether tokens can be counted for *model*."""
        return model in self.names or model.startswith(self.prefixes)


@attrs.frozen(kw_only=True)
class Factory:
    """The model provider factory of one identifier, in one runtime."""

    identifier: str
    """The identifier that Flink's factory discovery knows."""
    artifact: str
    """What it was read off: Maven coordinates of the jar, or the requirement of a Python package."""
    rules: tuple[str, ...]
    """Names of the rules beyond keys and types that `Provider.check` holds a provider against."""
    defects: tuple[str, ...] = ()
    """Why no model can run on it, whatever its options are; empty where models run."""
    options: Mapping[str, RuntimeOption]
    """Its options, by Java key."""
    tokenizer: Tokenizer | None = None
    """What its option ``max-context-size`` works with; None if it counts no tokens."""

    def option(self, key: str) -> RuntimeOption | None:
        """The option that *key* sets, also by an older key or as one entry of a map; None if there is none."""
        if key in self.options:
            return self.options[key]
        for option in self.options.values():
            if key in option.deprecated_keys or (option.type == "Map" and key.startswith(f"{option.key}.")):
                return option
        return None


@attrs.frozen(kw_only=True)
class Runtime:
    """A distribution of Flink in one version."""

    name: str
    """For example ``flink-2.3`` or ``vvr-11.9``."""
    title: str
    """Its name in words."""
    released: bool
    """Whether it can be had; what is said of one that is not may change."""
    exhaustive: bool
    """Whether its factories take nothing but the options listed; otherwise Java may know more than the source."""
    sources: tuple[str, ...] = attrs.field(converter=tuple)
    """Where the data is from."""
    factories: Mapping[str, Factory]
    """Its model provider factories, by identifier."""

    def __str__(self) -> str:
        return self.name


def list_runtimes() -> list[str]:
    """The names of the runtimes that are known, oldest first: Apache Flink's, then VVR's."""
    return list(NAMES)


@public
def runtime(name: str | Runtime) -> Runtime:
    """What is known of a runtime.

    Args:
        name: such as ``"flink-2.3"`` or ``"vvr-11.9"``; a `Runtime` is given back.

    Raises:
        UnknownRuntimeError: if there is none; the message lists the names.
    """
    if isinstance(name, Runtime):
        return name
    if not isinstance(name, str) or name not in NAMES:
        hint = did_you_mean(name, NAMES) if isinstance(name, str) else ""
        raise UnknownRuntimeError(f"no runtime {shown(name)}; known: {', '.join(NAMES)}{f'; {hint}' if hint else ''}")
    return _read(str.__str__(name))


@cache
def _read(name: str) -> Runtime:
    # Few processes ask for a runtime.
    import json
    from importlib.resources import files

    data = json.loads(files("llmproviders.runtimes").joinpath(f"{name}.json").read_text("utf-8"))
    factories = {identifier: _factory(identifier, record) for identifier, record in data.pop("factories").items()}
    return Runtime(factories=factories, **data)


def _factory(identifier: str, record: Mapping[str, Any]) -> Factory:
    options = {key: RuntimeOption(key=key, **each) for key, each in record["options"].items()}
    tokenizer = Tokenizer(**record["tokenizer"]) if "tokenizer" in record else None
    return Factory(
        identifier=identifier,
        artifact=record["artifact"],
        rules=tuple(record["rules"]),
        defects=tuple(record.get("defects", ())),
        options=options,
        tokenizer=tokenizer,
    )
