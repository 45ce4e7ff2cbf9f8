# SPDX-License-Identifier: Apache-2.0
"""The cattrs converter between classes with options and flat dicts of Java keys and strings.

Each type of options has a pair of hooks: one writes a value as a string, the other reads it. For a user-defined type, register
a pair of hooks with `converter`.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from enum import Enum
from types import FunctionType
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
from .metadata import METADATA_KEY, OptionInfo, options, type_name

__all__ = ["OptionReader", "converter", "flattener", "string_reader", "string_writer"]


class OptionConverter(Converter):
    """A cattrs converter whose version changes when a hook is registered, to invalidate cached flat dicts."""

    version: object = object()

    def register_unstructure_hook(self, *args: Any, **kwargs: Any) -> Any:
        """Register a hook, as in cattrs, and change the version."""
        try:
            return super().register_unstructure_hook(*args, **kwargs)
        finally:
            self.version = object()

    def register_unstructure_hook_func(self, *args: Any, **kwargs: Any) -> Any:
        """Register a hook, as in cattrs, and change the version."""
        try:
            return super().register_unstructure_hook_func(*args, **kwargs)
        finally:
            self.version = object()

    def register_unstructure_hook_factory(self, *args: Any, **kwargs: Any) -> Any:
        """Register a hook factory, as in cattrs, and change the version."""
        try:
            return super().register_unstructure_hook_factory(*args, **kwargs)
        finally:
            self.version = object()


def _no_hook(hint: Any) -> NoReturn:
    # Older versions of cattrs return a hook that fails only when it is called.
    msg = f"no structure hook for {hint!r}"
    raise StructureHandlerNotFoundError(msg, hint)


converter: Final = OptionConverter(structure_fallback_factory=_no_hook)
"""The cattrs converter of the library: it unstructures attrs classes with options to ``dict[str, str]``, and structures these.

`Provider.to_options` and `Provider.from_options` call it. For a user-defined type of options, register a pair of hooks with it
at any time; the hooks apply to later calls.
"""


# Types ----------------------------------------------------------------------------------------------------------------


def _read_timedelta(string: str, _: object) -> timedelta:
    nanos = read_duration(string)
    if nanos % 1_000:
        raise Rejected("a duration in whole microseconds")
    try:
        return timedelta(microseconds=nanos // 1_000)
    except OverflowError:
        raise Rejected("a duration that a timedelta can hold") from None


def _as_is(string: str, _: object) -> str:
    """The structure hook of types for which the constructor accepts strings."""
    return string


_READERS: Final[Mapping[type, Callable[[str], Any]]] = {bool: read_boolean, int: read_integer, float: read_double}
_STRUCTURE_HOOKS: Final[Mapping[type, Callable[[str, Any], Any]]] = {
    bool: lambda string, _: read_boolean(string),
    int: lambda string, _: read_integer(string),
    float: lambda string, _: read_double(string),
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


# The constructor accepts any letter case and Java's spelling.
converter.register_structure_hook_factory(lambda hint: _is_literal(hint) or _is_enum(hint), lambda _: _as_is)
converter.register_unstructure_hook_factory(_is_literal, lambda _: str)
converter.register_unstructure_hook_factory(_is_enum, lambda _: _write_member)


_BUILT_IN_HOOKS: Final = (*_UNSTRUCTURE_HOOKS.values(), Secret.reveal, write_duration, _write_member)
"""The hooks of the library, whose results depend only on the value."""


# Options --------------------------------------------------------------------------------------------------------------


def string_writer(info: OptionInfo) -> Callable[[Any], str]:
    """A function that converts a value of the option to a string for Java, with the hook of its type."""
    if info.sequence_key:
        return lambda value: value if isinstance(value, str) else ";".join(value)
    hook: Callable[[Any], Any] = converter.get_unstructure_hook(info.type)
    if _is_enum(info.type) and hook in _UNSTRUCTURE_HOOKS.values():
        # str() may return the name of a member that is also a str or a number.
        return _write_member
    if hook in _BUILT_IN_HOOKS:
        return hook

    def write(value: Any) -> str:
        string = hook(reveal(value) if type(value) is MaskedText else value)
        if not isinstance(string, str):
            raise RejectedType("a value that its hook converts to a str", hint="register its hooks with llmproviders.converter")
        return str.__str__(reveal(string))

    return write


def _check_hooks(info: OptionInfo, where: str) -> None:
    """Refuse an option whose type has no hooks that write its values as strings."""
    kind, hint = info.type, "register its hooks with llmproviders.converter"
    write: object = converter.get_unstructure_hook(kind)
    if _is_enum(kind):
        other = next((member.value for member in kind if not isinstance(member.value, str)), None)
        # Members that are numbers are meant as numbers, and those of other enums as names.
        if info.java == "Enum" and other is not None and write is _write_member and not issubclass(kind, (int, float)):
            hint = f"give the members the strings of Java, or {hint}"
            raise InvalidClassError(f"{where}: expected an Enum whose values are strings, got {shown(other)}; {hint}")
        return
    base = typing.get_origin(kind) or kind
    if isinstance(base, type) and issubclass(base, Collection) and base is not str and _is_of_cattrs(write):
        way = "converter=flink_map or json_object" if issubclass(base, Mapping) else "a converter that returns a str"
        hint = f"annotate the field with str and write {way}, or {hint}"
    elif _has_structure_hook(kind):
        return
    raise InvalidClassError(f"{where}: expected a type that has hooks, got {type_name(kind)}; {hint}")


def _has_structure_hook(kind: Any) -> bool:
    try:
        converter.get_structure_hook(kind)
    except StructureHandlerNotFoundError:
        return False
    return True


def _is_of_cattrs(hook: object) -> bool:
    """Whether cattrs has made a hook; the functions that it generates have no module."""
    module = getattr(hook, "__module__", None)
    return isinstance(hook, FunctionType) if module is None else module.startswith("cattrs.")


def string_reader(info: OptionInfo, owner: type | None = None) -> Callable[[str], Any] | None:
    """A function that converts a string of the option to a value, with the hook of its type; None if the constructor does that.

    Args:
        info: the option.
        owner: its class, for messages.

    Raises:
        InvalidClassError: if the type has no hooks that write its values as strings.
    """
    if info.sequence_key:
        return lambda string: string.split(";") if ";" in string else string
    _check_hooks(info, info.name if owner is None else f"{owner.__name__}.{info.name}")
    hook = converter.get_structure_hook(info.type)
    # For an enum of numbers, cattrs finds the hook of the number; older versions have their own hook for flags.
    is_custom = hook not in _STRUCTURE_HOOKS.values() and not _is_of_cattrs(hook)
    if hook is _as_is or (_is_enum(info.type) and not is_custom):
        return None
    if info.type in _READERS and hook is _STRUCTURE_HOOKS[info.type]:
        return _READERS[info.type]
    return lambda string: hook(string, info.type)


class OptionReader:
    """Splits the flat dict of a class into arguments of the constructor, extra options, and problems."""

    def __init__(self, infos: tuple[OptionInfo, ...]) -> None:
        self.entries: dict[str, tuple[str, Callable[[str], Any] | None]] = {}
        self.infos = {info.name: info for info in infos}
        for info in infos:
            read = string_reader(info)
            for key in filter(None, (*info.deprecated_keys, info.key, info.sequence_key)):
                self.entries[key] = info.name, read

    def __call__(self, flat: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
        """Return values by name of the field, extra options by Java key, and problems of strings that cannot be read."""
        given: dict[str, Any] = {}
        entries = self.entries
        try:
            for key, string in flat.items():
                name, read = entries[key]
                if type(string) is not str:
                    break
                given[name] = string if read is None else read(string)
            if len(given) == len(flat):
                return given, {}, []
        except Exception:  # noqa: BLE001, S110
            pass
        # The dict has an extra option, an older key or a problem.
        return self._read_slowly(flat)

    def _read_slowly(self, flat: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
        given: dict[str, Any] = {}
        keys: dict[str, str] = {}
        extras: dict[str, str] = {}
        problems: list[Problem] = []
        newer = {info.name for info in self.infos.values() if info.key in flat}
        for key, string in flat.items():
            if type(key) is not str or type(string) is not str:
                is_known = not isinstance(string, MaskedText) or not string.is_reference
                if not isinstance(key, str) or not isinstance(string, str) or not is_known:
                    problems.append(_not_strings(key, string))
                    continue
                key, string = str.__str__(key), reveal(string)  # noqa: PLW2901  # for members of enums and masked strings
            entry = self.entries.get(key)
            if entry is None:
                extras[key] = string
                continue
            name, read = entry
            if name in newer and key in self.infos[name].deprecated_keys:
                # Flink ignores the older key and its value.
                continue
            if name in keys:
                info = self.infos[name]
                if info.sequence_key in (key, keys[name]):
                    expected = f"either {info.key} or {info.sequence_key}"
                    problems.append(Problem(name, expected, got="both", code="conflicting-options"))
                continue
            keys[name] = key
            try:
                given[name] = string if read is None else read(string)
            except Exception as failure:  # noqa: BLE001
                # A third-party hook may raise any exception.
                given.pop(name, None)
                problems.append(self._unreadable(name, string, failure))
        return given, extras, problems

    def _unreadable(self, name: str, string: str, failure: Exception) -> Problem:
        info = self.infos[name]
        expected = failure.expected if isinstance(failure, Rejected) else f"the string of a {type_name(info.type)}"
        return Problem(name, expected, got=shown(string, hidden=info.secret), key=info.key if info.key != name else "")


def _not_strings(key: object, value: object) -> Problem:
    if isinstance(key, str):
        return Problem(str.__str__(key), "a str", got=shown(value, with_type=True, hidden=True), is_type=True)
    return Problem("", "keys that are str", got=shown(key, with_type=True), is_type=True)


# Classes --------------------------------------------------------------------------------------------------------------


def _has_options(cls: Any) -> bool:
    return isinstance(cls, type) and attrs.has(cls) and any(METADATA_KEY in field.metadata for field in attrs.fields(cls))


def flattener(cls: type, keep: Callable[[Any, Any], None] | None = None) -> Callable[[Any], dict[str, str]]:
    """The unstructure hook of a class with options: it writes them in the order of their declaration, then the extra options.

    Args:
        cls: the class.
        keep: a function that caches the result in the instance. It is called if the result cannot change, with the instance and
            a pair of the version of the hooks and the flat dict.
    """
    names: dict[str, Any] = {"_reveal": reveal, "_Masked": (Secret, MaskedText), "_keep": keep, "_version": converter.version}
    lines = ["def flatten(self):", "    flat, may_keep = {}, True"]
    for info in options(cls):
        write, default, key = f"_write_{info.name}", f"_default_{info.name}", repr(info.key)
        names[write], names[default] = string_writer(info), info.default
        lines.append(f"    value = self.{info.name}")
        if type(info.default) is str or (type(info.default) is info.type and info.type in (bool, int, float)):
            # The string of a default is computed once, here.
            lines.append(f"    if value is {default}: flat[{key}] = {names[write](info.default)!r}")
            lines.append("    elif value is not None:")
        else:
            lines.append("    if value is not None:")
        if info.sequence_key:
            key = f"{key} if type(value) is str else {info.sequence_key!r}"
        # With the hooks of the library, a str is its own string.
        if names[write] in (reveal, str):
            lines += [
                f"        if type(value) is str: flat[{key}] = value",
                "        else:",
                f"            flat[{key}] = {write}(value)",
                "            if type(value) in _Masked and value.is_reference: may_keep = False",
            ]
        else:
            lines.append(f"        flat[{key}] = {write}(value)")
            if info.secret:
                lines.append("        if type(value) in _Masked and value.is_reference: may_keep = False")
    extras = attrs.fields_dict(cls).get("extra_options")
    if extras is not None:
        names["_none"] = extras.default
        lines += [
            "    if self.extra_options is not _none:",
            "        for key, value in self.extra_options.items():",
            "            if type(value) is str: flat[key] = value",
            "            else:",
            "                flat[key] = _reveal(value)",
            "                if value.is_reference: may_keep = False",
        ]
    # The result of a third-party hook may change.
    if keep is not None and all(info.sequence_key or names[f"_write_{info.name}"] in _BUILT_IN_HOOKS for info in options(cls)):
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
            problems += [
                Problem(key, f"an option of {cls.__name__}", got="an unknown key", code="unknown-option") for key in extras
            ]
        if problems:
            raise invalid(cls.__name__, problems)
        return cls(**given, extra_options=extras) if extras else cls(**given)

    return structure


converter.register_unstructure_hook_factory(_has_options, flattener)
converter.register_structure_hook_factory(_has_options, _structurer)
