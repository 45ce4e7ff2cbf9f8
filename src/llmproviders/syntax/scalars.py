# SPDX-License-Identifier: Apache-2.0
"""The strings that Flink's option parser reads, and no others: booleans, numbers, durations, maps.

Every ``read_*`` takes a string and returns the value that Java would see, or raises `Rejected` with what was expected.
Sources: Flink's ``ConfigurationUtils``, ``TimeUtils`` and ``StructuredOptionsSplitter``, run on Flink 1.20, 2.1 and 2.3.
"""

from __future__ import annotations

import math
import operator
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final

from ..credentials import MASK
from ..errors import Rejected
from ..messages import shown
from ..secrets import MaskedText

__all__ = [
    "JAVA_BOUNDS",
    "read_boolean",
    "read_double",
    "read_duration",
    "read_integer",
    "read_json",
    "read_json_object",
    "read_map",
    "write_duration",
    "write_json",
    "write_map",
]

JAVA_BOUNDS: Final = {
    "Integer": (-(2**31), 2**31 - 1),
    "Long": (-(2**63), 2**63 - 1),
}
"""The bounds of Java's whole numbers."""

# Java's String.trim() takes these away, and nothing else.
_BLANK: Final = "".join(map(chr, range(0x21)))

# Patterns are strings: `re` compiles each when it is first needed, and importing the package costs nothing for them.
_INTEGER: Final = r"[+-]?\d+"
_WHOLE_DOUBLE: Final = r"0|-?[1-9][0-9]{0,308}"
_DOUBLE: Final = r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[fFdD]?"
_HEX_DOUBLE: Final = r"([+-]?0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)[fFdD]?"


def read_boolean(text: str) -> bool:
    """``true`` or ``false`` in any letter case, without blanks."""
    lower = text.lower()
    if lower not in ("true", "false"):
        raise Rejected("true or false")
    return lower == "true"


def read_integer(text: str) -> int:
    """What Java's parseInt and parseLong take; their bounds are checked with the option's."""
    if len(text) < 20 and text.isascii() and text.isdigit():  # noqa: PLR2004
        return int(text)
    # Java takes digits of any script, but looks at one UTF-16 unit at a time.
    if not re.fullmatch(_INTEGER, text) or max(text) > "\uffff":
        raise Rejected("a whole number in digits")
    # Python refuses to read thousands of digits; no bounded Java number has more than these.
    digits = text.lstrip("+-").lstrip("0") or "0"
    if len(digits) > 40:  # noqa: PLR2004
        raise Rejected("a whole number within Java's bounds")
    return -int(digits) if text.startswith("-") else int(digits)


def read_double(text: str) -> float:
    """A finite number that Java's parseDouble takes; an int if it is written to the same string again."""
    # These lines only save the time of the patterns.
    if len(text) < 20 and text.isascii() and text.replace(".", "", 1).isdigit():  # noqa: PLR2004
        if "." in text:
            return float(text)
        if text[0] != "0":
            return int(text)
    if re.fullmatch(_WHOLE_DOUBLE, text) and abs(whole := int(text)) <= sys.float_info.max:
        return whole
    trimmed = text.strip(_BLANK)
    if found := re.fullmatch(_DOUBLE, trimmed):
        number = float(found[1])
    elif found := re.fullmatch(_HEX_DOUBLE, trimmed):
        try:
            number = float.fromhex(found[1])
        except OverflowError:
            number = math.inf
    else:
        raise Rejected("a finite number")
    if not math.isfinite(number):
        raise Rejected("a finite number")
    # Not -0.0, which is written otherwise and compares equal.
    return number or 0.0


_NANOS: Final[Mapping[str, int]] = {
    name: nanos
    for names, nanos in (
        ("d day days", 86_400_000_000_000),
        ("h hour hours", 3_600_000_000_000),
        ("min m minute minutes", 60_000_000_000),
        ("s sec secs second seconds", 1_000_000_000),
        ("ms milli millis millisecond milliseconds", 1_000_000),
        ("\u00b5s micro micros microsecond microseconds", 1_000),
        ("ns nano nanos nanosecond nanoseconds", 1),
    )
    for name in names.split()
}
_MAX_NANOS: Final = (2**63 - 1) * 1_000_000_000 + 999_999_999
_NUMBER_AND_UNIT: Final = r"(?s)([0-9]+)(.*)"
_ISO: Final = (
    r"(?ia)(?P<sign>[+-])?P(?:(?P<d>[+-]?[0-9]+)D)?"
    r"(?P<time>T(?:(?P<h>[+-]?[0-9]+)H)?(?:(?P<m>[+-]?[0-9]+)M)?(?:(?P<s>[+-]?[0-9]+)(?:[.,](?P<f>[0-9]{0,9}))?S)?)?"
)
_DURATION_EXPECTED: Final = "a duration such as '30s', '500 ms' or '2min'"


def read_duration(text: str) -> int:
    """Nanoseconds of a Flink duration: a whole number with a unit (none: ms), or ISO-8601 (Flink 2.1 and later)."""
    trimmed = text.strip(_BLANK)
    if found := re.fullmatch(_NUMBER_AND_UNIT, trimmed):
        digits, unit = found[1].lstrip("0") or "0", found[2].strip(_BLANK).lower() or "ms"
        if unit not in _NANOS:
            raise Rejected(_DURATION_EXPECTED)
        nanos = int(digits[:40]) * _NANOS[unit]
    else:
        nanos = _iso_nanos(trimmed)
    if not 0 <= nanos <= _MAX_NANOS:
        raise Rejected(_DURATION_EXPECTED)
    return nanos


def _iso_nanos(text: str) -> int:
    found = re.fullmatch(_ISO, text)
    if found is None or all(found[part] is None for part in "dhms") or (found["time"] or "").lower() == "t":
        raise Rejected(_DURATION_EXPECTED)
    whole = sum(int((found[part] or "0")[:40]) * _NANOS[part] for part in "dhms")
    fraction = int((found["f"] or "").ljust(9, "0"))
    total = whole + (-fraction if (found["s"] or "").startswith("-") else fraction)
    return -total if found["sign"] == "-" else total


def write_duration(value: timedelta) -> str:
    """A `timedelta` in the largest unit that is exact, in a form that every runtime reads.

    Raises:
        ValueError: if it is negative.
    """
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    if micros < 0:
        raise Rejected("a duration that is not negative")
    for unit in ("h", "min", "s", "ms"):
        amount, rest = divmod(micros * 1_000, _NANOS[unit])
        if amount and not rest:
            return f"{amount}{unit}"
    if micros >= 2**63:
        # Flink 1.20 reads a Java long of the unit.
        raise Rejected("a duration that Java's long can hold in microseconds", hint="round it to milliseconds")
    return f"{micros}micros" if micros else "0s"


MAX_LEVELS: Final = 200
"""How deeply JSON may nest, as a string or as a mapping."""
_TOO_DEEP: Final = f"JSON of at most {MAX_LEVELS} levels"
_NO_OBJECT: Final = "a JSON object with each name once"
# A string that does not end runs to the end, so that nothing is looked at twice.
_JSON_LEVELS: Final = r'(?s)"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]'


def _no_constant(name: str) -> Any:
    # JSON has no NaN and no infinities, whatever Python's reader thinks.
    raise Rejected(name)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Rejected(_NO_OBJECT)
    return result


@cache
def _json_decoder(object_hook: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    # Made once, for `json.loads` makes one a call where it has hooks; and when it is first needed.
    from json import JSONDecoder

    return JSONDecoder(parse_constant=_no_constant, object_pairs_hook=object_hook)


@cache
def _json_writer() -> Callable[[object], str]:
    from json import JSONEncoder

    return JSONEncoder().encode


def write_read_json(value: object) -> str:
    """As `write_json`, for what was read from JSON: it can be written."""
    return _json_writer()(value)


def is_too_deep(text: str) -> bool:
    """Whether a JSON string nests over `MAX_LEVELS`."""
    if text.count("{") + text.count("[") <= MAX_LEVELS:
        return False
    level = 0
    for found in re.finditer(_JSON_LEVELS, text):
        mark = found[0]
        level += (mark in "[{") - (mark in "]}")
        if level > MAX_LEVELS:
            return True
    return False


def read_json(text: str, object_hook: Callable[[list[tuple[str, Any]]], Any] = _no_duplicates) -> Any:
    """The value of a JSON string; None if it is no JSON, names something twice, or nests over `MAX_LEVELS`.

    Args:
        text: the string.
        object_hook: what makes an object of its pairs; another one than the default does not look for what is named twice.
    """
    if is_too_deep(text):
        return None
    decoder = _json_decoder(object_hook)
    # Only a caller whose own stack is nearly full sees a RecursionError.
    failures = (ValueError, RecursionError)
    try:
        # Without blanks around it the scanner is all that it takes.
        value, end = decoder.scan_once(text, 0)
        if end == len(text):
            return value
    except (*failures, StopIteration):
        pass
    try:
        return decoder.decode(text)
    except failures:
        return None


def read_json_object(text: str) -> dict[str, Any]:
    """The object that a JSON string holds."""
    value = read_json(text)
    if not isinstance(value, dict):
        raise Rejected(_TOO_DEEP if is_too_deep(text) else _NO_OBJECT)
    return value


def read_json_flat(text: str) -> dict[str, Any]:
    """As `read_json_object`, where no object is expected inside: a tuple stands for one."""
    # What takes the pairs as they are is faster than any hook of Python.
    pairs = read_json(text, tuple)
    if type(pairs) is tuple:
        result = dict(pairs)
        if len(result) == len(pairs):
            return result
    raise Rejected(_TOO_DEEP if is_too_deep(text) else _NO_OBJECT)


def write_json(value: object) -> str:
    """*value* as JSON.

    Raises:
        Rejected: naming the first element that JSON cannot carry.
    """
    try:
        return _json_writer()(_plain(value, (), ()))
    except Rejected:
        raise
    except RecursionError:
        # Only a caller whose own stack is nearly full sees it.
        raise Rejected(_TOO_DEEP) from None
    except Exception:  # noqa: BLE001
        # A mapping or number of somebody else's may raise anything.
        raise Rejected("a value that can be read") from None


def _plain(value: object, path: tuple[object, ...], above: tuple[int, ...]) -> object:
    """*value* in dicts, lists, strings and numbers of Python's own."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if isinstance(value, MaskedText):
            # JSON would hold the masked form.
            raise _not_in_json(path, "a string of which a part is masked")
        text = str.__str__(value)
        if has_surrogate(text):
            raise _not_in_json(path, "a string with a lone surrogate")
        return text
    if isinstance(value, (Mapping, list, tuple)):
        if id(value) in above:
            raise _not_in_json(path, "a container that holds itself")
        if len(path) >= MAX_LEVELS:
            raise _not_in_json(path[:3], f"more than {MAX_LEVELS} levels")
        above = (*above, id(value))
        if not isinstance(value, Mapping):
            return [_plain(item, (*path, step), above) for step, item in enumerate(value)]
        result = {}
        for name, item in value.items():
            if not isinstance(name, str):
                raise _not_in_json(path, f"a name of type {type(name).__name__}")
            if has_surrogate(plain_name := str.__str__(name)):
                raise _not_in_json(path, "a name with a lone surrogate")
            result[plain_name] = _plain(item, (*path, plain_name), above)
        return result
    number = plain_number(value)
    if number is None:
        raise _not_in_json(path, f"a value of type {type(value).__name__}")
    if not math.isfinite(number) if isinstance(number, float) else not is_writable(number):
        raise _not_in_json(path, str(number) if isinstance(number, float) else "an int of so many digits")
    return number


def _not_in_json(path: tuple[object, ...], reason: str) -> Rejected:
    where = "".join(f"[{shown(step)}]" for step in path)
    return Rejected(f"a value that JSON can carry{f' at {where}' if where else ''}, not {reason}")


def plain_number(value: object) -> int | float | None:
    """*value* as Python's own int or float; None if it is no real number, as booleans are none."""
    if isinstance(value, (int, float)):
        if isinstance(value, bool):
            return None
        return operator.index(value) if isinstance(value, int) else float(value)
    # NumPy's numbers, and others, register with these.
    from numbers import Integral, Real

    if not isinstance(value, Real):
        return None
    try:
        return operator.index(value) if isinstance(value, Integral) else float(value)
    except OverflowError:
        return math.inf
    except Exception:  # noqa: BLE001
        # It is a class of somebody else's.
        return None


def is_writable(number: int) -> bool:
    """Whether Python writes *number* in digits: it refuses thousands of them."""
    try:
        str(number)
    except ValueError:
        return False
    return True


def has_surrogate(text: str) -> bool:
    """Whether *text* has a lone surrogate, which no encoding carries to Java."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


_MAP_EXPECTED: Final = "a Flink map such as 'name:value,other:value'"
_HARMLESS: Final = r"[A-Za-z0-9_./+=;()~$^?<-]+(?: +[A-Za-z0-9_./+=;()~$^?<-]+)*"


def write_map(value: Mapping[str, str]) -> str:
    """A mapping in the one encoding that Flink 1.20, 2.1 and later read alike: as it is if harmless, else quoted twice.

    A text that begins with a quote is no map to YAML, which newer Flinks try first; any other may be.
    """
    if all(re.fullmatch(_HARMLESS, part) for pair in value.items() for part in pair):
        return ",".join(f"{name}:{text}" for name, text in value.items())
    return ",".join(_quote(f"{_quote(name)}:{_quote(text)}") for name, text in value.items())


def write_masked_map(value: Mapping[str, str]) -> str:
    """As `write_map`, where some values are the mask, which is not quoted if nothing else has to be."""
    if all(part == MASK or re.fullmatch(_HARMLESS, part) for pair in value.items() for part in pair):
        return ",".join(f"{name}:{text}" for name, text in value.items())
    return write_map(value)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# What Java's Character.isWhitespace() says: the splitter passes over it between items.
_SPACE: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
)
# A text that may be a map to YAML: a colon with a blank or nothing behind it, or braces that come late.
_YAML_SIGN: Final = r"(?s):(?:\s|\Z)|\A[^A-Za-z0-9].*\{"
# Of those, what YAML reads to the same texts as people do: one pair, such as "Authorization: Bearer x:y" ...
_YAML_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]*"
_YAML_PAIR: Final = (
    rf"(?P<name>{_YAML_NAME}): +"
    r"(?P<value>(?!(?i:true|false|null)\Z)[A-Za-z/](?:[!-9;-~]|:(?=[!-~]))*(?: +(?!#)(?:[!-9;-~]|:(?=[!-~]))+)*)"
)
# ... and what looks like several, which is none to YAML, and several to the splitter.
_YAML_PAIRS: Final = rf"{_YAML_NAME}: +{_HARMLESS}(?: *, *{_YAML_NAME}: +{_HARMLESS})+"
# What JSON may hold, and YAML reads in another way or not at all.
_NOT_IN_YAML: Final = r"[\t\x7f-\x84\x86-\x9f\ufffe\uffff]|[\n\r] *:|[ \x85\u2028\u2029][\x85\u2028\u2029]|[\x85\u2028\u2029] "
_YAML_HINT: Final = "Flink reads it as YAML, and changes it; write 'name:value' in quotes, without a blank after the colon"
MAX_NAME: Final = 1_000
"""The longest name in a JSON text that Flink's YAML reader takes for one."""


def read_map(text: str) -> dict[str, str]:
    """The map that Flink reads from *text*: by its own splitter, or, in 2.1 and later, as a JSON object or YAML pair.

    What YAML would read in another way than it is written, such as ``1.10`` as ``1.1``, is refused.
    """
    if text.strip(_BLANK).startswith("{"):
        return _read_json_map(text)
    if text.lstrip(_SPACE).startswith("'") or not re.search(_YAML_SIGN, text) or re.fullmatch(_YAML_PAIRS, text):
        return _read_pairs(text)
    if found := re.fullmatch(_YAML_PAIR, text):
        return {found["name"]: found["value"]}
    raise Rejected(_MAP_EXPECTED, hint=_YAML_HINT)


def _read_json_map(text: str) -> dict[str, str]:
    result = {}
    for name, item in read_json_object(text).items():
        if not isinstance(item, (str, bool, int)):
            raise Rejected("a JSON object of strings, whole numbers and booleans", hint="Flink reads other values as YAML")
        result[name] = item if isinstance(item, str) else str(item).lower()
        if has_surrogate(name) or has_surrogate(result[name]):
            raise Rejected("text without lone surrogates", hint="Java cannot read them")
    if re.search(_NOT_IN_YAML, text) or any(len(name) > MAX_NAME for name in result):
        raise Rejected(_MAP_EXPECTED, hint="Flink reads JSON as YAML, which has not all of it; give a mapping instead")
    return result


def _read_pairs(text: str) -> dict[str, str]:
    result: dict[str, str] = {}
    for item in _split(text, ","):
        parts = list(_split(item, ":"))
        if len(parts) != 2:  # noqa: PLR2004
            raise Rejected(_MAP_EXPECTED)
        if parts[0] in result:
            raise Rejected(f"{_MAP_EXPECTED}, each name once")
        result[parts[0]] = parts[1]
    return result


def _split(text: str, separator: str) -> Iterator[str]:
    """Items as Flink's splitter sees them: a quote counts as an item's first character only, and must end it."""
    position = _after_blanks(text, 0)
    # One separator at the start is as good as none.
    position += text[position : position + 1] == separator
    while position < len(text):
        if text[position] in _SPACE:
            position += 1
        elif text[position] in "'\"":
            item, position = _quoted(text, position)
            yield item
            position = _after_blanks(text, position)
            if position < len(text) and text[position] != separator:
                raise Rejected(f"{_MAP_EXPECTED}; a pair in quotes ends with its quote")
            position += 1
        else:
            end = text.find(separator, position)
            end = end if end >= 0 else len(text)
            yield text[position:end].strip(_BLANK)
            position = end + 1


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _quoted(text: str, start: int) -> tuple[str, int]:
    quote, position = text[start], start + 1
    while (end := text.find(quote, position)) >= 0:
        if text[end + 1 : end + 2] != quote:
            return text[start + 1 : end].replace(quote * 2, quote), end + 1
        position = end + 2
    raise Rejected(f"{_MAP_EXPECTED}; a quote that is opened must be closed")
