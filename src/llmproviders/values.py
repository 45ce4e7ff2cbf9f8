# SPDX-License-Identifier: Apache-2.0
"""What an option takes: strict acceptance of Python values by type, converters, and rules for one value.

A function here takes a value, returns its canonical form (accepting it again changes nothing), or raises `Rejected`.
"""

from __future__ import annotations

import math
import operator
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeGuard

import attrs

from .errors import Rejected, RejectedType
from .flinktext import (
    has_surrogate,
    read_duration,
    read_json_flat,
    read_json_object,
    read_map,
    write_duration,
    write_json,
    write_map,
    write_read_json,
)
from .routines import MAX_KNOWN, Remembered, routine
from .secrets import MASK, URL_MARKS, MaskedText, Secret, held, is_placeholder, looks_like_credential, mask_urls, masked, reveal

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["Between", "at_least", "between", "duration", "flink_map", "json_headers", "json_object", "secret", "stop_texts"]

Accept = Callable[[Any], Any]

JAVA_BOUNDS: Final = {
    "Integer": (-(2**31), 2**31 - 1),
    "Long": (-(2**63), 2**63 - 1),
}


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

_IS_TEXT: Final = "type({value}) is str and {value}.isascii()"


def accept_text(value: Any) -> str:
    """A `str` that can reach Java."""
    if not isinstance(value, str):
        raise RejectedType("a str")
    if has_surrogate(value):
        raise Rejected("text without lone surrogates", hint="Java cannot read them")
    # A plain str even of an enum member or another subclass, but the mask must not be lost.
    return value if isinstance(value, MaskedText) else str.__str__(value)


routine(accept_text, _IS_TEXT)


def accept_boolean(value: Any) -> bool:
    """`True` or `False`, nothing that is merely true."""
    if value is True or value is False:
        return value
    raise RejectedType("True or False")


routine(accept_boolean, "{value} is True or {value} is False")


_SMALL: Final = 2**30 - 1


def number_acceptor(java: str, rule: Between | None) -> Accept:
    """Acceptance of a whole number within Java's bounds (`Integer`, `Long`) or a finite one (`Double`), and *rule*."""
    whole = java in JAVA_BOUNDS
    bounds: tuple[float, float] = JAVA_BOUNDS.get(java, (-sys.float_info.max, sys.float_info.max))
    lowest, highest = low, high = bounds
    noun = words = "an int" if whole else "a finite number"
    if rule is not None:
        low = max(low, math.nextafter(rule.low, math.inf) if rule.open_low else rule.low)
        high = min(high, rule.high)
        words = f"{noun} {rule.expected}"
    if not whole:
        low, high = float(low), float(high)

    def accept(value: Any) -> Any:
        if isinstance(value, bool):
            raise RejectedType(words)
        try:
            number: float = operator.index(value) if whole else _to_float(value)
        except (TypeError, OverflowError):
            raise RejectedType(words) from None
        if low <= number <= high:
            return number
        if whole and not lowest <= number <= highest:
            raise Rejected(f"an int within Java's {'int' if java == 'Integer' else 'long'} ({lowest} to {highest})")
        raise Rejected(words)

    # CPython is quick to compare numbers of the same type, and of these ints that are small.
    usual = (max(low, -_SMALL), min(high, _SMALL)) if whole else (low, high)
    when = f"type({{value}}) is {{exact}} and {usual[0]!r} <= {{value}} <= {usual[1]!r}"
    return routine(accept, when, exact=int if whole else float)


def _to_float(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    # Numbers that are neither, such as NumPy's, are so by the abstract class.
    from numbers import Real

    if isinstance(value, Real):
        return float(value)
    raise TypeError


def fold(text: str) -> str:
    """How the texts of an enum are compared: without case, and with Java's underscores as hyphens."""
    return text.lower().replace("_", "-")


def listed(choices: Sequence[str]) -> str:
    """*choices* as a sentence has them."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def choice_acceptor(choices: Sequence[str], *, exact: bool = False) -> Accept:
    """Acceptance of one of *choices*, in any letter case or Java's spelling unless *exact*; canonical as listed."""
    known = frozenset(choices)
    folded = {} if exact else {fold(choice): choice for choice in choices}
    expected = listed(choices)

    def accept(value: Any) -> str:
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

    return routine(accept, "type({value}) is str and {value} in {known}", known=known)


def did_you_mean(text: str, names: Sequence[str]) -> str:
    """A hint with the name that is close to *text*, or nothing."""
    # Only a mistake pays for this import.
    from difflib import get_close_matches

    # A beginning that is unique is as good as a small mistake.
    begun = [name for name in names if len(text) > 2 and fold(name).startswith(fold(text))]  # noqa: PLR2004
    if len(begun) == 1:
        return f"did you mean {begun[0]}?"
    found = get_close_matches(fold(text), [fold(name) for name in names], n=1, cutoff=0.6)
    return f"did you mean {next(name for name in names if fold(name) == found[0])}?" if found else ""


def enum_acceptor(cls: type[Enum]) -> Accept:
    """Acceptance of a member of *cls*, or of its value or name as text in any letter case."""
    # A value that is another member's name is the value.
    members = {fold(member.name): member for member in cls} | {fold(str(member.value)): member for member in cls}
    accept_spelling = choice_acceptor([str(member.value) for member in cls])

    def accept(value: Any) -> Enum:
        if isinstance(value, cls):
            return value
        if isinstance(value, str) and fold(value) in members:
            return members[fold(value)]
        return cls(accept_spelling(value))

    return routine(accept, "type({value}) is {cls}", cls=cls)


def instance_acceptor(hint: Any) -> Accept:
    """Acceptance of instances of *hint* if it is a class, of anything if it is a more complex annotation."""
    # On Python 3.10 list[str] says that it is a class.
    if not isinstance(hint, type) or typing.get_origin(hint) is not None or hint is object:
        return lambda value: value

    def accept(value: Any) -> Any:
        if isinstance(value, hint):
            return value
        raise RejectedType(f"a {hint.__name__}")

    return accept


# Converters for fields: they widen what the constructor takes --------------------------------------------------------


_IS_KEY: Final = f"{_IS_TEXT} and '{MASK[0]}' not in {{value}} and '$' not in {{value}}"


def secret(value: str | Secret | None) -> Secret | None:
    """A converter for `attrs.field`: a `Secret` from text; the mask of a redacted provider is no secret."""
    if value is None:
        return None
    if not isinstance(value, (str, Secret)):
        raise RejectedType("a str or a Secret")
    if isinstance(value, Secret) and value.source != "text":
        return value
    real = reveal(value)
    _refuse_mask(real)
    if has_surrogate(real):
        raise Rejected("text without lone surrogates", hint="Java cannot read them")
    return value if isinstance(value, Secret) else Secret(real)


routine(secret, _IS_KEY, "{held}({value})", held=held)


def required_secret(value: str | Secret) -> Secret:
    """As `secret`, for an option that must be given: None is refused."""
    found = secret(value)
    if found is None:
        raise RejectedType("a str or a Secret")
    return found


routine(required_secret, _IS_KEY, "{held}({value})", held=held)


def _refuse_mask(text: str) -> None:
    if MASK in text:
        raise Rejected("the real text", hint="this is the mask of a redacted value; use the original or Secret.from_env")


def url(value: str | None) -> str | None:
    """A URL whose credentials, if it has any, are masked."""
    if value is None:
        return None
    if type(value) is MaskedText:
        return value
    text = accept_text(value)
    _refuse_mask(text)
    return masked(text, mask_urls(text))


routine(url, " and ".join([_IS_TEXT, *(f"'{mark}' not in {{value}}" for mark in (*URL_MARKS, MASK[0]))]))


_durations: Final = Remembered()


def duration(value: str | timedelta | None) -> str | None:
    """A converter for `attrs.field`: a Flink duration as text.

    A text is checked as Flink reads it, and kept as it is written: ``"30s"``, ``"500 ms"``, ``"2min"``, ``"PT1.5S"``. A
    `timedelta` is written in the largest unit that is exact; numbers are refused, for their unit is not told.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        if _is_timedelta(value):
            return write_duration(value)
        given: object = value
        hint = f"write its unit: '{given}s'" if type(given) is int else ""
        raise RejectedType("a duration such as '30s', '500 ms' or '2min', or a timedelta", hint=hint)
    text = accept_text(value)
    read_duration(reveal(text))
    return _durations.keep(text) if type(text) is str else text


routine(duration, "type({value}) is str and {value} in {known}", known=_durations)


def _is_timedelta(value: object) -> TypeGuard[timedelta]:
    # Who has one has imported it; nobody else should pay for the import.
    from datetime import timedelta

    return isinstance(value, timedelta)


_plain_json: Final = Remembered()


def json_object(value: str | Mapping[str, Any] | None) -> str | None:
    """JSON object text from such a text or a mapping; what looks like a credential inside is masked."""
    if value is None or type(value) is MaskedText:
        return value
    text = _json_text(value)
    text = mask_json(text, read_json_object(text))
    return _plain_json.keep(text) if type(text) is str else text


routine(json_object, "type({value}) is str and {value} in {known}", known=_plain_json)


def _json_text(value: Any) -> str:
    if not isinstance(value, str):
        if not isinstance(value, Mapping):
            raise RejectedType("a JSON object, as a mapping or text")
        value = write_json(value)
    if value == MASK:
        _refuse_mask(value)
    return accept_text(value)


def mask_json(text: str, read: object) -> str:
    """JSON text whose credentials, if it has any, are masked."""
    if MASK in text and _masked_json(read, "") != read:
        _refuse_mask(text)
    shown = _masked_json(read, MASK)
    return text if shown == read else MaskedText(text, write_read_json(shown))


def _masked_json(value: object, mask: str, *, below: bool = False) -> object:
    """*value* with *mask* for the texts under names that look like credentials."""
    if isinstance(value, dict):
        items = value.items()
        return {name: _masked_json(item, mask, below=below or looks_like_credential(name)) for name, item in items}
    if isinstance(value, list):
        return [_masked_json(item, mask, below=below) for item in value]
    if isinstance(value, str):
        return mask if below and not is_placeholder(value) else mask_urls(value)
    return value


# What headers show, by the hash of their text: they hold credentials, and nothing of those may outlive its providers.
# Python's hash has 64 bits, and a salt of its own in each process.
_headers_shown: Final[dict[int, str]] = {}


def json_headers(value: str | Mapping[str, str | Sequence[str]] | None) -> str | None:
    """Request headers as a JSON object of strings or lists of strings; masked, unless the platform fills all of them in."""
    if value is None or type(value) is MaskedText:
        return value
    text = value if type(value) is str and value.isascii() else _json_text(value)
    _refuse_mask(text)
    read = read_json_flat(text)
    for name, item in read.items():
        if type(item) is not str and not (type(item) is list and all(type(each) is str for each in item)):
            raise Rejected("header values that are strings or lists of strings", hint=f"see header {name!r}")
    if "${" in text and all(type(item) is str and is_placeholder(item) for item in read.values()):
        return text
    if len(_headers_shown) >= MAX_KNOWN:
        _headers_shown.clear()
    shown = _headers_shown[hash(text)] = _masked_headers(tuple(read))
    return masked(text, shown)


@lru_cache(maxsize=256)
def _masked_headers(names: tuple[str, ...]) -> str:
    return write_read_json(dict.fromkeys(names, MASK))


routine(
    json_headers,
    "type({value}) is str and hash({value}) in {shown}",
    "{masked}({value}, {shown}[hash({value})])",
    masked=masked,
    shown=_headers_shown,
)


def flink_map(value: str | Mapping[str, str] | None) -> str | None:
    """HTTP headers as Flink map text, from such a text or a mapping; masked, unless the platform fills all of them in."""
    if value is None or type(value) is MaskedText:
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(part, str) for pair in value.items() for part in pair):
            raise RejectedType("a mapping from str to str")
        value = write_map(value)
    elif not isinstance(value, str):
        raise RejectedType("a Flink map such as 'name:value,other:value', or a mapping")
    text = accept_text(value)
    _refuse_mask(text)
    if "\n" in text or "\r" in text:
        raise Rejected("headers without line breaks")
    read = read_map(text)
    if read and all(map(is_placeholder, read.values())):
        return text
    return masked(text, ",".join(f"{name}:{MASK}" for name in read))


def stop_texts(value: str | Sequence[str] | None) -> str | None:
    """Stop sequences, joined by commas; a text is kept as it is written."""
    if value is None:
        return None
    if isinstance(value, str):
        return accept_text(value)
    if not isinstance(value, (list, tuple)):
        raise RejectedType("a text, or a list or tuple of texts")
    try:
        joined = ",".join(value)
    except TypeError:
        raise RejectedType("a text, or a list or tuple of texts") from None
    if not value or not all(value):
        raise Rejected("at least one stop text, none of them empty", hint="leave stop out to have none")
    if joined.count(",") >= len(value):
        text = next(item for item in value if "," in item)
        hint = f"Java splits the texts at commas and knows no escape, see {ascii(text)[:60]}"
        raise Rejected("stop texts without a comma", hint=hint)
    return joined if joined.isascii() else accept_text(joined)


routine(stop_texts, _IS_TEXT)


def fallback(value: Any) -> str | None:
    """The text of a default value: text as it is, booleans and numbers as text, containers as JSON."""
    if value is None:
        return None
    return text_of(value)


def text_of(value: object) -> str:
    """The text of a value whose Java type is not known."""
    if isinstance(value, str):
        return accept_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Rejected("a finite number")
        return repr(float(value))
    if _is_timedelta(value):
        return write_duration(value)
    if isinstance(value, (Mapping, list, tuple)):
        return write_json(value)
    raise RejectedType("a str, bool, number, timedelta, or what JSON can carry")


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
