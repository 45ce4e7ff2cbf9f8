# SPDX-License-Identifier: Apache-2.0
"""Strict acceptance of Python values by type, converters, and rules for one value.

A function here takes a value, returns its canonical form (accepting it again changes nothing), or raises `Rejected`.
"""

from __future__ import annotations

import math
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import Enum, Flag
from typing import Any, Final

import attrs

from ..errors import Rejected, RejectedType
from ..messages import did_you_mean, fold, listed, shown
from ..secrets import (
    MASK,
    MaskedText,
    Secret,
    is_open,
    is_redacted,
    literal,
    looks_like_credential,
    looks_like_credential_header,
    mask_urls,
    mask_value,
    masked,
)
from ..syntax.characters import has_surrogate
from ..syntax.durations import read_duration, write_duration
from ..syntax.json import read_json_flat, read_json_object, write_json, write_parsed_json
from ..syntax.maps import read_map, write_map, write_masked_map
from ..syntax.scalars import JAVA_BOUNDS, is_writable, plain_number

__all__ = [
    "Between",
    "at_least",
    "between",
    "duration",
    "flink_map",
    "json_headers",
    "json_object",
    "secret",
    "stop_texts",
]

Accept = Callable[[Any], Any]


class Remembered(dict[int, str]):
    """Results for strings that were accepted, masked, by the hash of the string.

    No string with credentials may outlive the providers that hold it, so the strings themselves are not kept. Python's
    hash has 64 bits and is salted in each process.
    """

    __slots__ = ()

    MAX_STRINGS: Final = 512
    MAX_LENGTH: Final = 4_096

    def keep(self, given: str, result: str) -> str:
        """Remember what *result* shows, and return it."""
        # Acceptance of subclasses is not only a matter of their characters.
        if type(given) is str and len(given) <= self.MAX_LENGTH:
            if len(self) >= self.MAX_STRINGS:
                self.clear()
            self[hash(given)] = str.__str__(result)
        return result


# Rules for one value -------------------------------------------------------------------------------------------------


@attrs.frozen
class Between:
    """A field validator: the number lies between two bounds, which belong to it unless *open_low*."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False

    @property
    def expected(self) -> str:
        """The rule in words, for messages and documentation."""
        if self.high == math.inf:
            return f"greater than {self.low}" if self.open_low else f"of at least {self.low}"
        return f"greater than {self.low} and at most {self.high}" if self.open_low else f"from {self.low} to {self.high}"

    def holds(self, value: float) -> bool:
        """Whether *value* is within."""
        return self.low <= value <= self.high and not (self.open_low and value == self.low)

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        """As attrs calls a validator; None, which is unset, passes."""
        if value is not None and not self.holds(value):
            raise Rejected(f"a number {self.expected}")


def between(low: float, high: float, *, open_low: bool = False) -> Between:
    """A validator for `attrs.field`: the number is from *low* (itself excluded if *open_low*) to *high*; None passes."""
    return Between(low, high, open_low)


def at_least(low: float) -> Between:
    """A validator for `attrs.field`: the number is *low* or more; None passes."""
    return Between(low)


# Acceptance by type --------------------------------------------------------------------------------------------------


def accept_text(value: Any) -> str:
    """A `str` that can reach Java."""
    if type(value) is str and value.isascii():
        return value
    if not isinstance(value, str):
        raise RejectedType("a str")
    if has_surrogate(_real(value)):
        raise Rejected("text without lone surrogates", hint="Java cannot read them")
    # A plain str even of an enum member or another subclass, but the mask must not be lost.
    return value if isinstance(value, MaskedText) else str.__str__(value)


def _real(value: str) -> str:
    return value.reveal() if isinstance(value, MaskedText) else str.__str__(value)


def accept_boolean(value: Any) -> bool:
    """`True` or `False`, nothing that is merely true."""
    if value is True or value is False:
        return value
    raise RejectedType("True or False")


def number_acceptor(java: str, rule: Between | None) -> Accept:
    """Acceptance of an int within Java's bounds (`Integer`, `Long`) or of a finite number (`Double`), and *rule*.

    An int stays an int, also where a float is expected.
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
        # Like attrs' own validators, the rule can be switched off.
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
            # Not -0.0, which is written otherwise and compares equal.
            return value or 0.0
        # `accept_int` again, without the call.
        return value if type(value) is int and first <= value <= last else accept_any(value)

    return accept_int if whole else accept_float


def choice_acceptor(choices: Sequence[str], *, exact: bool = False) -> Accept:
    """Acceptance of one of *choices*, in any letter case or Java's spelling unless *exact*; the result is as listed."""
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
        text = str.__str__(value)
        if text in known:
            return text
        if fold(text) in folded:
            return folded[fold(text)]
        raise Rejected(expected, hint=did_you_mean(text, choices))

    return accept


def enum_acceptor(cls: type[Enum]) -> Accept:
    """Acceptance of a member of *cls*, or of its value or name as a string in any letter case."""
    # A value that is another member's name is the value.
    members = {fold(member.name): member for member in cls} | {fold(str(member.value)): member for member in cls}
    accept_spelling = choice_acceptor([str(member.value) for member in cls])
    is_flag = issubclass(cls, Flag)

    def accept(value: Any) -> Enum:
        # A combination of flags has no string.
        if isinstance(value, cls) and (not is_flag or value in members.values()):
            return value
        if isinstance(value, str) and (found := members.get(fold(str.__str__(value)))) is not None:
            return found
        return cls(accept_spelling(value))

    return accept


def instance_acceptor(hint: Any) -> Accept:
    """Acceptance of instances of *hint* if it is a class, of anything if it is a more complex annotation."""
    # On Python 3.10 list[str] says that it is a class.
    if not isinstance(hint, type) or typing.get_origin(hint) is not None or hint in (object, Any):
        return lambda value: value

    def accept(value: Any) -> Any:
        if isinstance(value, hint):
            return value
        raise RejectedType(f"a {hint.__name__}")

    return accept


# Converters for fields: they widen what the constructor takes --------------------------------------------------------


def secret(value: str | Secret | None) -> Secret | None:
    """A converter for `attrs.field`: a `Secret` from a string; the mask of a redacted provider is no secret."""
    if type(value) is str and value.isascii() and "*" not in value and "$" not in value:
        return literal(value)
    if value is None:
        return None
    if not isinstance(value, (str, Secret)):
        raise RejectedType("a str or a Secret")
    if isinstance(value, Secret) and value.source != "text":
        return value
    real = value.reveal() if isinstance(value, Secret) else _real(value)
    _refuse_redacted(real)
    if has_surrogate(real):
        raise Rejected("text without lone surrogates", hint="Java cannot read them")
    return value if isinstance(value, Secret) else Secret(real)


def required_secret(value: str | Secret) -> Secret:
    """As `secret`, for an option that must be given: None is refused."""
    found = secret(value)
    if found is None:
        raise RejectedType("a str or a Secret")
    return found


def _refuse_redacted(text: str) -> None:
    if is_redacted(text):
        raise Rejected("the real text", hint="this is the mask of a redacted value; use the original or Secret.from_env")


def _kept_hidden(given: object, result: str) -> str:
    """*result*, or what was given if that hides something and the result does not."""
    return given if isinstance(given, MaskedText) and not isinstance(result, MaskedText) else result


def url(value: str | None) -> str | None:
    """A URL whose credentials, if it has any, are masked."""
    if type(value) is str and value.isascii() and not ("@" in value or "?" in value or "&" in value or "*" in value):
        return value
    if value is None:
        return None
    text = _real(accept_text(value))
    _refuse_redacted(text)
    return _kept_hidden(value, masked(text, mask_urls(text)))


_durations: Final = Remembered()


def duration(value: str | timedelta | None) -> str | None:
    """A converter for `attrs.field`: a Flink duration as a string.

    A string is checked as Flink reads it, and kept as it is written: ``"30s"``, ``"500 ms"``, ``"2min"``, ``"PT1.5S"``. A
    `timedelta` is written in the largest unit that is exact; numbers are refused, for their unit is not told.
    """
    if type(value) is str and hash(value) in _durations:
        return value
    if value is None:
        return None
    given: object = value
    if not isinstance(given, str):
        if isinstance(given, timedelta):
            return write_duration(given)
        hint = f"write its unit: '{given}s'" if type(given) is int and abs(given) < JAVA_BOUNDS["Long"][1] else ""
        raise RejectedType("a duration such as '30s', '500 ms' or '2min', or a timedelta", hint=hint)
    text = accept_text(given)
    read_duration(_real(text))
    return _durations.keep(text, text)


_json_objects: Final = Remembered()


def json_object(value: str | Mapping[str, Any] | None) -> str | None:
    """A JSON object from such a string or a mapping; what looks like a credential inside is masked."""
    if type(value) is str and (known := _json_objects.get(hash(value))) is not None:
        return value if known == value else masked(value, known)
    if value is None:
        return None
    text = _json_text(value)
    return _kept_hidden(value, _json_objects.keep(text, mask_json(text, read_json_object(text))))


def _json_text(value: Any) -> str:
    if not isinstance(value, str):
        if not isinstance(value, Mapping):
            raise RejectedType("a JSON object, as a mapping or text")
        return write_json(value)
    text = _real(accept_text(value))
    if text == MASK:
        _refuse_redacted(text)
    return text


def mask_json(text: str, read: object) -> str:
    """JSON whose credentials, if it has any, are masked.

    Args:
        text: the JSON.
        read: its value, which is not needed any more.
    """
    shown = _mask_leaves(read)
    return text if shown is None else MaskedText(text, write_parsed_json(shown))


def _mask_leaves(read: Any) -> object | None:
    """*read* with its credentials masked in place; None if it has none."""
    root = [read]
    # Containers, and whether a name above them looks like a credential.
    todo: list[tuple[Any, bool]] = [(root, False)]
    hides = False
    while todo:
        container, below = todo.pop()
        is_object = isinstance(container, dict)
        items: Any = container.items() if is_object else enumerate(container)
        for step, item in items:
            hidden = below or (is_object and looks_like_credential(step))
            if isinstance(item, str):
                if item != (leaf := _masked_leaf(item, hidden=hidden)):
                    hides = True
                    container[step] = leaf
            elif isinstance(item, (dict, list)):
                todo.append((item, hidden))
    return root[0] if hides else None


def _masked_leaf(text: str, *, hidden: bool) -> str:
    """A string in JSON as it is shown."""
    # Hidden ones are masked as a whole, others in part.
    if hidden == (text == MASK):
        _refuse_redacted(text)
    if not hidden:
        return mask_urls(text)
    return text if is_open(text) else MASK


_headers: Final = Remembered()


def json_headers(value: str | Mapping[str, str | Sequence[str]] | None) -> str | None:
    """Request headers as a JSON object of strings or lists of strings; those that hold credentials are masked."""
    if type(value) is str and (known := _headers.get(hash(value))) is not None:
        return value if known == value else masked(value, known)
    if value is None:
        return None
    text = _json_text(value)
    read = read_json_flat(text)
    seen: dict[str, str | list[str]] = {}
    for name, item in read.items():
        if type(item) is str:
            seen[name] = _masked_header(name, item)
        elif type(item) is list and all(type(each) is str for each in item):
            seen[name] = [_masked_header(name, each) for each in item]
        else:
            raise Rejected("header values that are strings or lists of strings", hint=f"see header {shown(name)}")
    return _kept_hidden(value, _headers.keep(text, text if seen == read else MaskedText(text, write_parsed_json(seen))))


def _masked_header(name: str, text: str) -> str:
    """The value of a request header as it is shown."""
    _refuse_redacted(text)
    if is_open(text):
        return text
    return MASK if looks_like_credential_header(name) else mask_value(text)


def _pairs(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The items of a mapping, which somebody else may have written."""
    try:
        return list(value.items())
    except Exception:  # noqa: BLE001
        raise Rejected("a mapping that can be read") from None


_maps: Final = Remembered()


def flink_map(value: str | Mapping[str, str] | None) -> str | None:
    """HTTP headers as a Flink map, from such a string or a mapping; those that hold credentials are masked."""
    if type(value) is str and (known := _maps.get(hash(value))) is not None:
        return value if known == value else masked(value, known)
    if value is None:
        return None
    if isinstance(value, Mapping):
        pairs = _pairs(value)
        if not all(isinstance(part, str) and not isinstance(part, MaskedText) for pair in pairs for part in pair):
            raise RejectedType("a mapping from str to str")
        text = accept_text(write_map({str.__str__(name): str.__str__(item) for name, item in pairs}))
    elif isinstance(value, str):
        text = _real(accept_text(value))
    else:
        raise RejectedType("a Flink map such as 'name:value,other:value', or a mapping")
    if text == MASK:
        _refuse_redacted(text)
    if "\n" in text or "\r" in text:
        raise Rejected("headers without line breaks")
    read = read_map(text)
    seen = {name: _masked_header(name, item) for name, item in read.items()}
    return _kept_hidden(value, _maps.keep(text, text if seen == read else MaskedText(text, write_masked_map(seen))))


def stop_texts(value: str | Sequence[str] | None) -> str | None:
    """Stop sequences, joined by commas; a string is kept as it is written."""
    if value is None:
        return None
    if isinstance(value, str):
        return accept_text(value)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise RejectedType("a text, or a list or tuple of texts")
    if {*map(type, value)} == {str} and all(value) and (joined := ",".join(value)).isascii() and joined.count(",") < len(value):
        return joined
    texts = [_real(item) for item in value]
    if not texts or not all(texts):
        raise Rejected("at least one stop text, none of them empty", hint="leave stop out to have none")
    joined = ",".join(texts)
    if joined.count(",") >= len(texts):
        text = next(item for item in value if "," in item)
        hint = f"Java splits the texts at commas and knows no escape, see {shown(text)}"
        raise Rejected("stop texts without a comma", hint=hint)
    return accept_text(masked(joined, ",".join(map(str.__str__, value))))


def fallback(value: Any) -> str | None:
    """The string of a default value: strings as they are, booleans and numbers in digits, containers as JSON."""
    if value is None:
        return None
    return text_of(value)


def text_of(value: object) -> str:
    """The string of a value whose Java type is not known."""
    if isinstance(value, str):
        return accept_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if (number := plain_number(value)) is not None:
        return _digits(number)
    if isinstance(value, timedelta):
        return write_duration(value)
    if isinstance(value, (Mapping, list, tuple)):
        return write_json(value)
    raise RejectedType("a str, bool, number, timedelta, or what JSON can carry")


def _digits(number: float) -> str:
    if isinstance(number, int):
        if not is_writable(number):
            raise Rejected("a number of fewer digits")
        return str(number)
    if not math.isfinite(number):
        raise Rejected("a finite number")
    return repr(number or 0.0)


CANONICAL: Final[set[Accept]] = {
    secret,
    required_secret,
    url,
    duration,
    json_object,
    json_headers,
    flink_map,
    stop_texts,
    fallback,
}
"""Converters that check their result themselves; add to it where one is written elsewhere."""
