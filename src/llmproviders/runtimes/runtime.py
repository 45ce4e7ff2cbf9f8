# SPDX-License-Identifier: Apache-2.0
"""The runtimes (versions of distributions of Flink) and the options that they accept; each has a JSON file.

The files name their sources. ``tools/refresh_runtimes.py`` writes the facts that it reads from released artifacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import attrs

from ..boundary import public
from ..errors import UnknownRuntimeError
from ..messages import shown, with_hint
from ..similar_names import did_you_mean

__all__ = ["NAMES", "Factory", "Runtime", "RuntimeOption", "list_runtimes", "runtime"]

NAMES: Final = ("flink-2.1", "flink-2.2", "flink-2.3", "flink-2.4", "vvr-11.7", "vvr-11.8", "vvr-11.9")


@attrs.frozen(kw_only=True)
class RuntimeOption:
    """An option that a factory accepts."""

    key: str
    """Java key."""
    type: str = ""
    """Java type: String, Boolean, Integer, Long, Double, Duration, Enum or Map; empty if the source does not state it."""
    required: bool = False
    """Whether it must be given."""
    default: str | None = None
    """Java's default as a string; None if it has none."""
    choices: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    """The only values accepted, in any letter case; empty if every value of the type is."""
    deprecated_keys: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    """Older keys that are accepted too."""


@attrs.frozen(kw_only=True)
class Tokenizer:
    """The models whose tokens a factory can count."""

    names: tuple[str, ...] = attrs.field(converter=tuple)
    """Names of models."""
    prefixes: tuple[str, ...] = attrs.field(converter=tuple)
    """Beginnings of names."""

    def knows(self, model: str) -> bool:
        """Whether the tokens of *model* can be counted."""
        return model in self.names or model.startswith(self.prefixes)


@attrs.frozen(kw_only=True)
class Factory:
    """The model provider factory of one identifier, in one runtime."""

    identifier: str
    """The identifier in Flink's factory discovery."""
    artifact: str
    """The source of its options: Maven coordinates of a jar, or the requirement of a Python package."""
    rules: tuple[str, ...]
    """Names of the rules that `Provider.check` applies, besides the checks of keys and types."""
    defects: tuple[str, ...] = ()
    """The defects that prevent every model from running; empty if models run."""
    options: Mapping[str, RuntimeOption]
    """Its options, by Java key."""
    tokenizer: Tokenizer | None = None
    """The models that its option ``max-context-size`` supports; None if it does not count tokens."""
    metadata: Mapping[str, str] = attrs.field(factory=dict)
    """The metadata columns that the output of a model can have besides its physical columns: their SQL types, by name."""

    def option(self, key: str) -> RuntimeOption | None:
        """Return the option of a Java key; None if there is none.

        Args:
            key: the key of the option, an older key, or the key of an entry of a map, such as ``custom-headers.NAME``.
        """
        if key in self.options:
            return self.options[key]
        for option in self.options.values():
            if key in option.deprecated_keys or (option.type == "Map" and key.startswith(f"{option.key}.")):
                return option
        return None


@attrs.frozen(kw_only=True)
class Runtime:
    """A version of a distribution of Flink."""

    name: str
    """For example ``flink-2.3`` or ``vvr-11.9``."""
    title: str
    """Its full name."""
    released: bool
    """Whether it is released; the data of an unreleased version may change."""
    exhaustive: bool
    """Whether the data has every option of its factories; if not, Java may accept more options."""
    sources: tuple[str, ...] = attrs.field(converter=tuple)
    """The sources of the data."""
    factories: Mapping[str, Factory]
    """Its model provider factories, by identifier."""

    def __str__(self) -> str:
        return self.name


def list_runtimes() -> list[str]:
    """Return the names of the known runtimes, oldest first: those of Apache Flink, then those of VVR."""
    return list(NAMES)


@public
def runtime(name: str | Runtime) -> Runtime:
    """Return the data of a runtime.

    Args:
        name: the name, such as ``"flink-2.3"`` or ``"vvr-11.9"``; a `Runtime` is returned unchanged.

    Raises:
        UnknownRuntimeError: if there is no such runtime; the message lists the names.
    """
    if isinstance(name, Runtime):
        return name
    if not isinstance(name, str) or name not in NAMES:
        hint = did_you_mean(name, NAMES) if isinstance(name, str) else ""
        raise UnknownRuntimeError(with_hint(f"no runtime {shown(name)}; known: {', '.join(NAMES)}", hint))
    return _read(str.__str__(name))


@cache
def _read(name: str) -> Runtime:
    # Imported here, because few processes need a runtime.
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
        metadata=record.get("metadata", {}),
    )
