# SPDX-License-Identifier: Apache-2.0
"""The cattrs converter between classes with options and flat dicts of Java keys and strings.

Each type has a pair of hooks: one writes a value as a string, the other reads it. A class is written option by option.
Register a pair of hooks with `converter` for a user-defined type.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Literal, NoReturn

import attrs
from cattrs import Converter
from cattrs.errors import StructureHandlerNotFoundError

from ..boundary import public
from ..errors import InvalidClassError, Problem, Rejected, RejectedType, invalid
from ..messages import shown
from ..secrets import MaskedText, Secret, reveal
from ..syntax.durations import read_duration, write_duration
from ..syntax.scalars import read_boolean, read_double, read_integer
from .generate import compile_source
from .metadata import METADATA_KEY, OptionInfo, options

__all__ = ["OptionReader", "converter", "string_reader", "string_writer"]


class OptionConverter(Converter):
    """A cattrs converter whose version changes with its hooks: the flat dicts that providers keep are then out of date."""

    version: object = object()

    def register_unstructure_hook(self, *args: Any, **kwargs: Any) -> Any:
        """As cattrs documents it."""
        try:
            return super().register_unstructure_hook(*args, **kwargs)
        finally:
            self.version = object()

    def register_unstructure_hook_func(self, *args: Any, **kwargs: Any) -> Any:
        """As cattrs documents it."""
        try:
            return super().register_unstructure_hook_func(*args, **kwargs)
        finally:
            self.version = object()

    def register_unstructure_hook_factory(self, *args: Any, **kwargs: Any) -> Any:
        """As cattrs documents it."""
        try:
            return super().register_unstructure_hook_factory(*args, **kwargs)
        finally:
            self.version = object()


def _no_hook(hint: Any) -> NoReturn:
    # Older cattrs would return a hook that fails when it is called.
    msg = f"no structure hook for {hint!r}"
    raise StructureHandlerNotFoundError(msg, hint)


converter: Final = OptionConverter(structure_fallback_factory=_no_hook)
"""The cattrs converter: it unstructures any attrs class with options to ``dict[str, str]``, and structures it back.

`Provider.to_options` and `Provider.from_options` call it. Register a pair of hooks for a user-defined type; they may be
registered at any time, and apply from then on.
"""


# Types ----------------------------------------------------------------------------------------------------------------


def _read_timedelta(text: str, _: object) -> timedelta:
    nanos = read_duration(text)
    if nanos % 1_000:
        raise Rejected("a duration in whole microseconds")
    try:
        return timedelta(microseconds=nanos // 1_000)
    except OverflowError:
        raise Rejected("a duration that a timedelta can hold") from None


def _as_is(text: str, _: object) -> str:
    """The structure hook of types whose strings the constructor accepts."""
    return text


_READERS: Final[Mapping[type, Callable[[str], Any]]] = {bool: read_boolean, int: read_integer, float: read_double}
_STRUCTURE_HOOKS: Final[Mapping[type, Callable[[str, Any], Any]]] = {
    bool: lambda text, _: read_boolean(text),
    int: lambda text, _: read_integer(text),
    float: lambda text, _: read_double(text),
    str: _as_is,
}
_UNSTRUCTURE_HOOKS: Final[Mapping[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    str: reveal,
}
for _type in _STRUCTURE_HOOKS:
    converter.register_structure_hook(_type, _STRUCTURE_HOOKS[_type])
    converter.register_unstructure_hook(_type, _UNSTRUCTURE_HOOKS[_type])
converter.register_structure_hook(Secret, _as_is)
converter.register_unstructure_hook(Secret, Secret.reveal)
converter.register_structure_hook(timedelta, _read_timedelta)
converter.register_unstructure_hook(timedelta, write_duration)


def _is_literal(hint: Any) -> bool:
    origin: object = typing.get_origin(hint)
    return origin is Literal


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _write_member(member: Enum) -> str:
    return str(member.value)


# The option accepts any letter case and Java's spelling, in code and in strings alike.
converter.register_structure_hook_factory(lambda hint: _is_literal(hint) or _is_enum(hint), lambda _: _as_is)
converter.register_unstructure_hook_factory(_is_literal, lambda _: str)
converter.register_unstructure_hook_factory(_is_enum, lambda _: _write_member)


_OURS: Final = (*_UNSTRUCTURE_HOOKS.values(), Secret.reveal, write_duration, _write_member)
"""The hooks of the library, which always write a value in the same way."""


# Options --------------------------------------------------------------------------------------------------------------


def string_writer(info: OptionInfo) -> Callable[[Any], str]:
    """The function that writes a value of the option for Java: the hook of its type."""
    if info.sequence_key:
        return lambda value: value if isinstance(value, str) else ";".join(value)
    hook: Callable[[Any], Any] = converter.get_unstructure_hook(info.type)
    if _is_enum(info.type) and hook in _UNSTRUCTURE_HOOKS.values():
        # str() of a member that is a str or a number too may be its name.
        return _write_member
    if hook in _OURS:
        return hook

    def write(value: Any) -> str:
        text = hook(reveal(value) if type(value) is MaskedText else value)
        if not isinstance(text, str):
            raise RejectedType("a value that its hook converts to a str", hint="register its hooks with llmproviders.converter")
        return str.__str__(reveal(text))

    return write


def string_reader(info: OptionInfo) -> Callable[[str], Any] | None:
    """The function that reads a string of the option: the hook of its type; None if the constructor accepts the string.

    Raises:
        InvalidClassError: if the type has no hook.
    """
    if info.sequence_key:
        return lambda text: text.split(";") if ";" in text else text
    try:
        hook = converter.get_structure_hook(info.type)
    except StructureHandlerNotFoundError:
        hook = None
    if hook is None:
        kind = getattr(info.type, "__name__", str(info.type))
        hint = "register its hooks with llmproviders.converter"
        raise InvalidClassError(f"{info.name}: expected a type that has a hook, got {kind}; {hint}")
    # For enums of numbers, cattrs finds the hook of the number; older cattrs has its own hook for flags.
    is_foreign = hook not in _STRUCTURE_HOOKS.values() and not getattr(hook, "__module__", "").startswith("cattrs.")
    if hook is _as_is or (_is_enum(info.type) and not is_foreign):
        return None
    if info.type in _READERS and hook is _STRUCTURE_HOOKS[info.type]:
        return _READERS[info.type]
    return lambda text: hook(text, info.type)


class OptionReader:
    """Splits the flat dict of a class into constructor arguments, extra options, and problems."""

    def __init__(self, infos: tuple[OptionInfo, ...]) -> None:
        self.entries: dict[str, tuple[str, Callable[[str], Any] | None]] = {}
        self.infos = {info.name: info for info in infos}
        for info in infos:
            read = string_reader(info)
            for key in filter(None, (*info.deprecated_keys, info.key, info.sequence_key)):
                self.entries[key] = info.name, read

    def __call__(self, flat: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
        """Values by name of the field, extra options by Java key, and the problems of strings that cannot be read."""
        given: dict[str, Any] = {}
        entries = self.entries
        try:
            for key, text in flat.items():
                name, read = entries[key]
                if type(text) is not str:
                    break
                given[name] = text if read is None else read(text)
            if len(given) == len(flat):
                return given, {}, []
        except Exception:  # noqa: BLE001, S110
            pass
        # An extra option, an older key or a problem.
        return self._carefully(flat)

    def _carefully(self, flat: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
        given: dict[str, Any] = {}
        keys: dict[str, str] = {}
        extras: dict[str, str] = {}
        problems: list[Problem] = []
        for key, text in flat.items():
            if type(key) is not str or type(text) is not str:
                if not isinstance(key, str) or not isinstance(text, str):
                    problems.append(_not_strings(key, text))
                    continue
                key, text = str.__str__(key), reveal(text)  # noqa: PLW2901  # members of enums, and masked strings
            entry = self.entries.get(key)
            if entry is None:
                extras[key] = text
                continue
            name, read = entry
            if name in keys and self._is_older(name, key, keys[name], problems):
                continue
            keys[name] = key
            try:
                given[name] = text if read is None else read(text)
            except Exception as failure:  # noqa: BLE001
                # A third-party hook may raise anything.
                given.pop(name, None)
                problems.append(self._unreadable(name, text, failure))
        return given, extras, problems

    def _is_older(self, name: str, key: str, other: str, problems: list[Problem]) -> bool:
        """Whether *key* is an older key of the option that *other* has set; Flink uses the newer one."""
        info = self.infos[name]
        if info.sequence_key in (key, other):
            problems.append(Problem(name, f"either {info.key} or {info.sequence_key}", got="both"))
            return True
        return key in info.deprecated_keys

    def _unreadable(self, name: str, text: str, failure: Exception) -> Problem:
        info = self.infos[name]
        kind = getattr(info.type, "__name__", str(info.type))
        expected = failure.expected if isinstance(failure, Rejected) else f"the string of a {kind}"
        return Problem(name, expected, got=shown(text, hidden=info.secret), key=info.key if info.key != name else "")


def _not_strings(key: object, text: object) -> Problem:
    if isinstance(key, str):
        return Problem(str.__str__(key), "a str", got=shown(text, with_type=True, hidden=True), is_type=True)
    return Problem("", "keys that are str", got=shown(key, with_type=True), is_type=True)


# Classes --------------------------------------------------------------------------------------------------------------


def _has_options(cls: Any) -> bool:
    return isinstance(cls, type) and attrs.has(cls) and any(METADATA_KEY in field.metadata for field in attrs.fields(cls))


def flattener(cls: type, keep: Callable[[Any, Any], None] | None = None) -> Callable[[Any], dict[str, str]]:
    """The unstructure hook of a class with options, in declaration order; None is left out, and extra options are last.

    Args:
        cls: the class.
        keep: called with the instance, and a pair of the version of the hooks and the flat dict, if later calls would return
            an equal one.
    """
    names: dict[str, Any] = {"_reveal": reveal, "_Secret": Secret, "_keep": keep, "_version": converter.version}
    lines = ["def flatten(self):", "    flat, may_keep = {}, True"]
    for info in options(cls):
        write, default, key = f"_write_{info.name}", f"_default_{info.name}", repr(info.key)
        names[write], names[default] = string_writer(info), info.default
        lines.append(f"    value = self.{info.name}")
        if type(info.default) is str or (type(info.default) is info.type and info.type in (bool, int, float)):
            # A default needs no call.
            lines.append(f"    if value is {default}: flat[{key}] = {names[write](info.default)!r}")
            lines.append("    elif value is not None:")
        else:
            lines.append("    if value is not None:")
        if info.sequence_key:
            key = f"{key} if type(value) is str else {info.sequence_key!r}"
        # A str is its own string, except with a third-party hook.
        text = f"value if type(value) is str else {write}(value)" if names[write] in (reveal, str) else f"{write}(value)"
        lines.append(f"        flat[{key}] = {text}")
        if info.secret:
            lines.append("        if type(value) is _Secret and value.is_reference: may_keep = False")
    extras = attrs.fields_dict(cls).get("extra_options")
    if extras is not None:
        names["_none"] = extras.default
        lines += [
            "    if self.extra_options is not _none:",
            "        for key, value in self.extra_options.items():",
            "            flat[key] = value if type(value) is str else _reveal(value)",
            "            if type(value) is _Secret and value.is_reference: may_keep = False",
        ]
    # A value of a third-party type may change, and so may the result of its hook.
    if keep is not None and all(info.sequence_key or names[f"_write_{info.name}"] in _OURS for info in options(cls)):
        lines.append("    if may_keep: _keep(self, (_version, flat.copy()))")
    return compile_source("flatten", cls, [*lines, "    return flat"], names)["flatten"]  # type: ignore[no-any-return]


def _structurer(cls: Any) -> Callable[[Mapping[str, str], Any], Any]:
    """The structure hook of a class with options that is not a provider."""
    read = OptionReader(options(cls))

    aliases = {field.name: field.alias for field in attrs.fields(cls) if field.init}

    @public
    def structure(flat: Mapping[str, str], _: Any) -> Any:
        given, extras, problems = read(flat)
        given = {aliases[name]: value for name, value in given.items() if name in aliases}
        if extras and "extra_options" not in aliases:
            problems += [Problem(key, f"an option of {cls.__name__}", got="an unknown key") for key in extras]
        if problems:
            raise invalid(cls.__name__, problems)
        return cls(**given, extra_options=extras) if extras else cls(**given)

    return structure


converter.register_unstructure_hook_factory(_has_options, flattener)
converter.register_structure_hook_factory(_has_options, _structurer)
