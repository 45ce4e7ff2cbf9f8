# SPDX-License-Identifier: Apache-2.0
"""Strict acceptance of Python values by type.

Each function returns the canonical form of a value, or raises `Rejected`. A canonical form is returned unchanged.
"""

from __future__ import annotations

import math
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import Enum, Flag
from typing import Any

import attrs

from ..errors import Rejected, RejectedType
from ..messages import listed
from ..secrets import MaskedText
from ..similar_names import did_you_mean, fold
from ..syntax.characters import refuse_surrogates
from ..syntax.durations import write_duration
from ..syntax.json import write_json
from ..syntax.scalars import JAVA_BOUNDS, is_writable, plain_number
from .bounds import Between

__all__ = [
    "Accept",
    "accept_boolean",
    "accept_string",
    "choice_acceptor",
    "enum_acceptor",
    "instance_acceptor",
    "number_acceptor",
    "real_string",
    "string_of",
]

Accept = Callable[[Any], Any]


def accept_string(value: Any) -> str:
    """A `str` that can reach Java."""
    if type(value) is str and value.isascii():
        return value
    if not isinstance(value, str):
        raise RejectedType("a str")
    refuse_surrogates(real_string(value))
    # A subclass of str, such as an enum member, becomes a plain str; a `MaskedText` must keep its mask.
    return value if isinstance(value, MaskedText) else str.__str__(value)


def real_string(value: str) -> str:
    """The real string of *value*, as a plain `str`.

    Raises:
        Rejected: if a part of it is a reference, which is resolved later.
    """
    if not isinstance(value, MaskedText):
        return str.__str__(value)
    if value.is_reference:
        raise Rejected("a string without references inside")
    return value.reveal()


def accept_boolean(value: Any) -> bool:
    """`True` or `False`, and no other value."""
    if value is True or value is False:
        return value
    raise RejectedType("True or False")


def number_acceptor(java: str, rule: Between | None) -> Accept:
    """A function that accepts an int within Java's bounds (`Integer`, `Long`) or a finite number (`Double`), within *rule*.

    An int stays an int, also for a `Double`.
    """
    whole = java in JAVA_BOUNDS
    lowest, highest = JAVA_BOUNDS.get(java, (-sys.float_info.max, sys.float_info.max))
    low, high = lowest, highest
    noun = expected = "an int" if whole else "a finite number"
    within = f"an int within Java's {'int' if java == 'Integer' else 'long'} ({lowest} to {highest})" if whole else noun
    if rule is not None:
        low = max(low, math.nextafter(rule.low, math.inf) if rule.open_low else rule.low)
        high = min(high, rule.high)
        expected = f"{noun} {rule.expected}"

    def accept_any(value: Any) -> Any:
        number = plain_number(value)
        if number is None or (whole and not isinstance(number, int)):
            raise RejectedType(expected)
        if not lowest <= number <= highest:
            raise Rejected(within if whole else expected)
        # The rule can be disabled, like attrs' own validators.
        if rule is not None and not rule.holds(number) and not attrs.validators.get_disabled():
            raise Rejected(expected)
        return number if isinstance(number, int) else number or 0.0

    # CPython compares numbers of the same type fastest.
    first, last = math.ceil(low), math.floor(high)
    low, high = float(low), float(high)

    def accept_int(value: Any) -> Any:
        return value if type(value) is int and first <= value <= last else accept_any(value)

    def accept_float(value: Any) -> Any:
        if type(value) is float and low <= value <= high:
            # -0.0 becomes 0.0: they are equal, and are written differently.
            return value or 0.0
        # `accept_int` is inlined, because a call takes longer.
        return value if type(value) is int and first <= value <= last else accept_any(value)

    return accept_int if whole else accept_float


def choice_acceptor(choices: Sequence[str], *, exact: bool = False) -> Accept:
    """A function that accepts one of *choices*; if not *exact*, in any letter case, and with underscores or hyphens."""
    known = frozenset(choices)
    folded = {} if exact else {fold(choice): choice for choice in choices}
    expected = listed(choices)

    def accept(value: Any) -> str:
        if type(value) is str and value in known:
            return value
        if isinstance(value, Enum) and not isinstance(value, str):
            value = value.value
        if not isinstance(value, str):
            raise RejectedType(expected)
        string = str.__str__(value)
        if string in known:
            return string
        if fold(string) in folded:
            return folded[fold(string)]
        raise Rejected(expected, hint=did_you_mean(string, choices))

    return accept


def enum_acceptor(cls: type[Enum]) -> Accept:
    """A function that accepts a member of *cls*, or its value or name as a string in any letter case."""
    # If a string is the value of one member and the name of another, it means the first one.
    members = {fold(member.name): member for member in cls} | {fold(str(member.value)): member for member in cls}
    accept_spelling = choice_acceptor([str(member.value) for member in cls])
    is_flag = issubclass(cls, Flag)

    def accept(value: Any) -> Enum:
        # A combination of flags has no name.
        if isinstance(value, cls) and (not is_flag or value in members.values()):
            return value
        if isinstance(value, str) and (found := members.get(fold(str.__str__(value)))) is not None:
            return found
        return cls(accept_spelling(value))

    return accept


def instance_acceptor(hint: Any) -> Accept:
    """A function that accepts instances of *hint*, or any value if *hint* is an annotation that is not a class."""
    # On Python 3.10, isinstance(list[str], type) is true.
    if not isinstance(hint, type) or typing.get_origin(hint) is not None or hint in (object, Any):
        return lambda value: value

    def accept(value: Any) -> Any:
        if isinstance(value, hint):
            return value
        raise RejectedType(f"a {hint.__name__}")

    return accept


def string_of(value: object) -> str:
    """The string of a value whose Java type is not known."""
    if isinstance(value, str):
        return accept_string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if (number := plain_number(value)) is not None:
        return _digits(number)
    if isinstance(value, timedelta):
        return write_duration(value)
    if isinstance(value, (Mapping, list, tuple)):
        return write_json(value)
    raise RejectedType("a str, bool, number, timedelta, or a value that JSON can hold")


def _digits(number: float) -> str:
    if isinstance(number, int):
        if not is_writable(number):
            raise Rejected("a number of fewer digits")
        return str(number)
    if not math.isfinite(number):
        raise Rejected("a finite number")
    return repr(number or 0.0)
