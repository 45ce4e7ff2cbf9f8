# SPDX-License-Identifier: Apache-2.0
"""JSON in option strings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from ..errors import Rejected
from ..messages import shown, shown_type
from ..secrets import MaskedText, Secret
from .characters import has_surrogate
from .scalars import is_writable, plain_number

__all__ = ["SecretInside", "plain_json", "read_json", "read_json_flat", "read_json_object", "write_json", "write_parsed_json"]

_MAX_LEVELS: Final = 200
"""The deepest nesting of JSON, as a string or as a mapping."""
_TOO_DEEP: Final = f"JSON of at most {_MAX_LEVELS} levels"
_NO_OBJECT: Final = "a JSON object with each name once"
# An unclosed string literal matches up to the end of the input, so that the scan takes linear time.
_JSON_LEVELS: Final = r'(?s)"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]'


def _refuse_constant(name: str) -> Any:
    # Python's reader accepts NaN and infinities, which JSON does not have.
    raise Rejected(name)


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Rejected(_NO_OBJECT)
    return result


@cache
def _decoder(object_hook: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    # Cached: with hooks, `json.loads` makes a decoder per call. Imported late: few programs read JSON.
    from json import JSONDecoder

    return JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=object_hook)


class SecretInside(Rejected):
    """A value contains a `Secret`, which JSON cannot hold."""


def _refuse_secret(_: object) -> Any:
    raise SecretInside("a value that JSON can carry, without a Secret inside")


@cache
def _encode() -> Callable[[object], str]:
    from json import JSONEncoder

    return JSONEncoder(default=_refuse_secret).encode


def write_parsed_json(value: object) -> str:
    """As `write_json`, but without checks: for a value that was read from JSON, or that `plain_json` returned.

    Raises:
        SecretInside: if it contains a `Secret`.
    """
    return _encode()(value)


def _is_too_deep(string: str) -> bool:
    """Whether the nesting of a JSON string is over `_MAX_LEVELS`."""
    if string.count("{") + string.count("[") <= _MAX_LEVELS:
        return False
    level = 0
    for found in re.finditer(_JSON_LEVELS, string):
        mark = found[0]
        level += (mark in "[{") - (mark in "]}")
        if level > _MAX_LEVELS:
            return True
    return False


def read_json(string: str, object_hook: Callable[[list[tuple[str, Any]]], Any] = _unique_names) -> Any:
    """The value of a JSON string; None if it is not JSON, an object has a name twice, or the nesting is over `_MAX_LEVELS`.

    Args:
        string: the JSON.
        object_hook: makes an object of its pairs of name and value; only the default one refuses a repeated name.
    """
    if _is_too_deep(string):
        return None
    decoder = _decoder(object_hook)
    # Nesting is limited: a RecursionError means that the caller's stack is nearly full.
    failures = (ValueError, RecursionError)
    try:
        # A fast path for a value without blanks around it.
        value, end = decoder.scan_once(string, 0)
        if end == len(string):
            return value
    except (*failures, StopIteration):
        pass
    try:
        return decoder.decode(string)
    except failures:
        return None


def read_json_object(string: str) -> dict[str, Any]:
    """The object of a JSON string."""
    value = read_json(string)
    if not isinstance(value, dict):
        raise Rejected(_TOO_DEEP if _is_too_deep(string) else _NO_OBJECT)
    return value


def read_json_flat(string: str) -> dict[str, Any]:
    """As `read_json_object`, but an inner object becomes a tuple; this is faster if objects in it are not allowed."""
    # `tuple` is faster than any hook in Python.
    pairs = read_json(string, tuple)
    if type(pairs) is tuple:
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
    raise Rejected(_TOO_DEEP if _is_too_deep(string) else _NO_OBJECT)


def write_json(value: object) -> str:
    """*value* as JSON.

    Raises:
        Rejected: if JSON cannot carry a value; the message names the first one.
    """
    return _encode()(plain_json(value))


def plain_json(value: object) -> Any:
    """A copy of *value* in Python's own dicts, lists, strings and numbers; a `Secret` in it is kept.

    Raises:
        Rejected: if JSON cannot carry a value; the message names the first one.
    """
    try:
        return _plain(value, (), ())
    except Rejected:
        raise
    except RecursionError:
        # Nesting is limited: this means that the caller's stack is nearly full.
        raise Rejected(_TOO_DEEP) from None
    except Exception:  # noqa: BLE001
        # A third-party mapping or number may raise any exception.
        raise Rejected("a value that can be read") from None


def _plain(value: object, path: tuple[object, ...], above: tuple[int, ...]) -> object:
    """A copy of *value* in Python's own dicts, lists, strings and numbers.

    Args:
        value: the value.
        path: the keys and indexes that lead to it from the top.
        above: the ids of the containers that contain it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if isinstance(value, MaskedText):
            # JSON would contain the masked form.
            raise _unwritable(path, "a partly masked string")
        string = str.__str__(value)
        if has_surrogate(string):
            raise _unwritable(path, "a string with a lone surrogate")
        return string
    if isinstance(value, (Mapping, list, tuple)):
        if id(value) in above:
            raise _unwritable(path, "a container that holds itself")
        if len(path) >= _MAX_LEVELS:
            raise _unwritable(path[:3], f"more than {_MAX_LEVELS} levels")
        above = (*above, id(value))
        if not isinstance(value, Mapping):
            return [_plain(item, (*path, step), above) for step, item in enumerate(value)]
        result = {}
        for name, item in value.items():
            if not isinstance(name, str):
                raise _unwritable(path, f"a name of type {type(name).__name__}")
            if has_surrogate(plain_name := str.__str__(name)):
                raise _unwritable(path, "a name with a lone surrogate")
            result[plain_name] = _plain(item, (*path, plain_name), above)
        return result
    if isinstance(value, Secret):
        return value
    number = plain_number(value)
    if number is None:
        raise _unwritable(path, shown_type(value))
    if not math.isfinite(number) if isinstance(number, float) else not is_writable(number):
        raise _unwritable(path, str(number) if isinstance(number, float) else "an int of so many digits")
    return number


def _unwritable(path: tuple[object, ...], reason: str) -> Rejected:
    where = "".join(f"[{shown(step)}]" for step in path)
    return Rejected(f"a value that JSON can carry{f' at {where}' if where else ''}, not {reason}")
