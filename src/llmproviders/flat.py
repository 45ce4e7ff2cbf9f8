# SPDX-License-Identifier: Apache-2.0
"""The cattrs converter between classes with options and flat dicts of Java keys and texts.

It knows types, not classes: booleans, numbers, texts, secrets, enums and tuples have a text each, and a class is the
sum of its options. Register a pair of hooks with `converter` to give a type of your own a text.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, Literal, NoReturn

import attrs
from cattrs import Converter
from cattrs.errors import StructureHandlerNotFoundError

from .errors import Problem, Rejected, RejectedType, invalid
from .flinktext import read_boolean, read_double, read_duration, read_integer, write_duration
from .records import METADATA_KEY, OptionInfo, options
from .routines import routine
from .secrets import MASK, Secret, mask_urls, reveal

__all__ = ["converter", "has_options", "text_reader", "text_writer"]


def _no_hook(hint: Any) -> NoReturn:
    # Older cattrs would hand out a hook that fails when it is used.
    msg = f"no structure hook for {hint!r}"
    raise StructureHandlerNotFoundError(msg, hint)


converter: Final = Converter(structure_fallback_factory=_no_hook)
"""The cattrs converter: it unstructures any attrs class with options to ``dict[str, str]``, and structures it back.

Register a pair of hooks with it to give a type of your own a text.
"""


def _is_timedelta(hint: Any) -> bool:
    # Told by its name: who has one has imported it, and nobody else should pay for that.
    return getattr(hint, "__module__", "") == "datetime" and getattr(hint, "__qualname__", "") == "timedelta"


def _read_timedelta(text: str, hint: Any) -> Any:
    nanos = read_duration(text)
    if nanos % 1_000:
        raise Rejected("a duration in whole microseconds")
    try:
        return hint(microseconds=nanos // 1_000)
    except OverflowError:
        raise Rejected("a duration that a timedelta can hold") from None


class _Reads:
    """A structure hook for types that `read` alone knows how to read."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        self.read = read

    def __call__(self, text: str, _: object) -> Any:
        return self.read(text)


def as_is(text: str) -> str:
    """How the text of a text is read."""
    return text


routine(as_is, "True")


_AS_TEXT: Final = _Reads(as_is)
_PLAIN_READERS: Final = {bool: _Reads(read_boolean), int: _Reads(read_integer), float: _Reads(read_double), str: _AS_TEXT}
_PLAIN_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    str: reveal,
}
for _type in _PLAIN_READERS:
    converter.register_structure_hook(_type, _PLAIN_READERS[_type])
    converter.register_unstructure_hook(_type, _PLAIN_WRITERS[_type])
converter.register_structure_hook(Secret, _AS_TEXT)
converter.register_structure_hook_func(_is_timedelta, _read_timedelta)
converter.register_unstructure_hook(Secret, Secret.reveal)
converter.register_unstructure_hook_func(_is_timedelta, write_duration)


def _is_literal(hint: Any) -> bool:
    origin: object = typing.get_origin(hint)
    return origin is Literal


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _choice_reader(_: Any) -> Callable[[str, Any], str]:
    # Letter case and Java's spelling are the option's business, in code as in text.
    return _AS_TEXT


def _literal_writer(_: Any) -> Callable[[str], str]:
    return str


def _enum_writer(_: Any) -> Callable[[Enum], str]:
    return lambda member: str(member.value)


def _without_text(info: OptionInfo) -> TypeError:
    kind = getattr(info.type, "__name__", str(info.type))
    msg = f"{info.name}: expected a type that has a text, got {kind}; register its hooks with llmproviders.converter"
    return TypeError(msg)


def text_writer(info: OptionInfo) -> Callable[[Any], str]:
    """How a value of the option becomes its Java text."""
    if info.sequence_key:
        return lambda value: value if isinstance(value, str) else ";".join(value)
    hook: Callable[[Any], Any] = converter.get_unstructure_hook(info.type)
    if _is_enum(info.type) and hook in _PLAIN_WRITERS.values():
        # A member that is a str or a number as well is no text yet: what prints it may print its name.
        return _enum_writer(info.type)
    if info.type in (bool, int, float, str, Secret) or _is_literal(info.type) or _is_enum(info.type) or _is_timedelta(info.type):
        return hook

    def write(value: Any) -> str:
        text = hook(value)
        if type(text) is not str:
            raise RejectedType("a type that has a text", hint="register its hooks with llmproviders.converter")
        return text

    return write


def _read_sequence(text: str) -> str | list[str]:
    return text.split(";") if ";" in text else text


routine(_read_sequence, "';' not in {value}")


def text_reader(info: OptionInfo) -> Callable[[str], Any]:
    """How a Java text of the option becomes what the constructor takes."""
    if info.sequence_key:
        return _read_sequence
    try:
        hook = converter.get_structure_hook(info.type)
    except StructureHandlerNotFoundError:
        raise _without_text(info) from None
    if _is_enum(info.type) and hook in _PLAIN_READERS.values():
        return as_is
    return hook.read if isinstance(hook, _Reads) else lambda text: hook(text, info.type)


def has_options(cls: Any) -> bool:
    """Whether *cls* is an attrs class with at least one option."""
    return attrs.has(cls) and any(METADATA_KEY in field.metadata for field in attrs.fields(cls))


def _flattener(cls: Any) -> Callable[[Any], dict[str, str]]:
    """The plain way to flatten: one option after the other; a value of None is left out."""
    entries = [(info, text_writer(info)) for info in options(cls)]

    def flatten(instance: Any) -> dict[str, str]:
        flat = {}
        for info, write in entries:
            value = getattr(instance, info.name)
            if value is not None:
                key = info.sequence_key if info.sequence_key and not isinstance(value, str) else info.key
                flat[key] = write(value)
        flat.update((key, reveal(value)) for key, value in getattr(instance, "extra_options", {}).items())
        return flat

    return flatten


def _structurer(cls: Any) -> Callable[[Mapping[str, str], Any], Any]:
    """Read the texts, then call the class; what the texts get wrong is reported with what the class does not take."""
    reader = FlatReader(cls)

    def structure(flat: Mapping[str, str], _: Any) -> Any:
        given, extras, problems = reader(flat)
        if problems:
            error = invalid(cls.__name__, problems)
            del given, extras, flat
            raise error
        return cls(**given, extra_options=extras) if extras else cls(**given)

    return structure


class FlatReader:
    """Splits a flat dict of a class into constructor arguments, extra options, and problems."""

    def __init__(self, cls: type) -> None:
        self.entries: dict[str, tuple[OptionInfo, Callable[[str], Any]]] = {}
        for info in options(cls):
            # Older keys first: where both are there, Flink takes the new one.
            for key in (*info.deprecated_keys, info.key, info.sequence_key):
                self.entries[key] = info, text_reader(info)
        self.entries.pop("", None)

    def __call__(self, flat: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
        """Constructor arguments by Python name, extras by Java key, and what could not be read."""
        given: dict[str, Any] = {}
        keys: dict[str, str] = {}
        extras: dict[str, str] = {}
        problems: list[Problem] = []
        for key, text in flat.items():
            if type(text) is not str or type(key) is not str:
                error: Rejected = RejectedType("option keys and texts that are str")
                problems.append(Problem(str(key), error.expected, got=type(text).__name__, is_type=True))
            elif (entry := self.entries.get(key)) is None:
                extras[key] = text
            else:
                info, read = entry
                if info.name in given and self._older(info, key, keys[info.name], problems):
                    continue
                keys[info.name] = key
                try:
                    given[info.name] = read(text)
                except Exception as failure:  # noqa: BLE001
                    # The hook of a type that is not ours may raise anything.
                    kind = getattr(info.type, "__name__", str(info.type))
                    expected = failure.expected if isinstance(failure, Rejected) else f"the text of a {kind}"
                    got = MASK if info.secret else ascii(mask_urls(text[:60]))
                    problems.append(Problem(info.name, expected, got=got, key=info.key if info.key != info.name else ""))
        return given, extras, problems

    @staticmethod
    def _older(info: OptionInfo, key: str, other: str, problems: list[Problem]) -> bool:
        """Whether *key* gives way to *other*, which was read before and means the same option."""
        if info.sequence_key in (key, other):
            problems.append(Problem(info.name, f"either {info.key} or {info.sequence_key}", got="both"))
            return True
        return key in info.deprecated_keys


converter.register_structure_hook_factory(lambda hint: _is_literal(hint) or _is_enum(hint), _choice_reader)
converter.register_unstructure_hook_factory(_is_literal, _literal_writer)
converter.register_unstructure_hook_factory(_is_enum, _enum_writer)
converter.register_structure_hook_factory(has_options, _structurer)
converter.register_unstructure_hook_factory(has_options, _flattener)
