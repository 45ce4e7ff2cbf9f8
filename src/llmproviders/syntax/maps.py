# SPDX-License-Identifier: Apache-2.0
"""Maps as Flink's option parser reads them.

Source: Flink's ``ConfigurationUtils`` and ``StructuredOptionsSplitter``, run on Flink 1.20, 2.1 and 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ..credentials import MASK
from ..errors import Rejected
from .characters import TRIMMED, WHITESPACE, refuse_surrogates
from .json import read_json_object
from .quoting import quote_string

__all__ = ["read_map", "write_map", "write_masked_map"]

_EXPECTED: Final = "a Flink map such as 'name:value,other:value'"
# Names and values that need no quotes.
_UNQUOTED: Final = r"[A-Za-z0-9_./+=;()~$^?<-]+(?: +[A-Za-z0-9_./+=;()~$^?<-]+)*"
# A string that YAML may read as a map: a colon before a blank or the end, or a brace after a sign.
_YAML_SIGN: Final = r"(?s):(?:\s|\Z)|\A[^A-Za-z0-9].*\{"
# Two forms of such strings are accepted. The first is one pair, such as "Authorization: Bearer x:y", that YAML reads unchanged:
_YAML_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]*"
_YAML_PAIR: Final = (
    rf"(?P<name>{_YAML_NAME}): +"
    r"(?P<value>(?!(?i:true|false|null)\Z)[A-Za-z/](?:[!-9;-~]|:(?=[!-~]))*(?: +(?!#)(?:[!-9;-~]|:(?=[!-~]))+)*)"
)
# The second is several pairs, which YAML refuses and Flink's splitter reads:
_YAML_PAIRS: Final = rf"{_YAML_NAME}: +{_UNQUOTED}(?: *, *{_YAML_NAME}: +{_UNQUOTED})+"
# Characters in JSON that YAML refuses or reads in another way.
_NOT_IN_YAML: Final = r"[\t\x7f-\x84\x86-\x9f\ufffe\uffff]|[\n\r] *:|[ \x85\u2028\u2029][\x85\u2028\u2029]|[\x85\u2028\u2029] "
_YAML_HINT: Final = "Flink reads it as YAML, and changes it; write 'name:value' in quotes, without a blank after the colon"
_MAX_NAME: Final = 1_000
"""The longest name in JSON that Flink's YAML reader accepts."""


def write_map(value: Mapping[str, str]) -> str:
    """A map in a form that all versions of Flink read equally: without quotes if possible, else quoted twice.

    Flink 2.1 and later try to read YAML first. A string that begins with a quote is not a map in YAML.
    """
    if all(re.fullmatch(_UNQUOTED, part) for pair in value.items() for part in pair):
        return _join(value)
    return ",".join(quote_string(f"{quote_string(name)}:{quote_string(item)}") for name, item in value.items())


def write_masked_map(value: Mapping[str, str]) -> str:
    """As `write_map`, for a map with masked values: the mask needs no quotes."""
    if all(part == MASK or re.fullmatch(_UNQUOTED, part) for pair in value.items() for part in pair):
        return _join(value)
    return write_map(value)


def _join(value: Mapping[str, str]) -> str:
    return ",".join(f"{name}:{item}" for name, item in value.items())


def read_map(string: str) -> dict[str, str]:
    """The map that Flink reads: with its own splitter or, in 2.1 and later, as a JSON object or one pair of YAML.

    A string that YAML would change is refused, because YAML reads ``1.10`` as ``1.1``.
    """
    if string.strip(TRIMMED).startswith("{"):
        return _read_json_map(string)
    if string.lstrip(WHITESPACE).startswith("'") or not re.search(_YAML_SIGN, string) or re.fullmatch(_YAML_PAIRS, string):
        return _read_pairs(string)
    if found := re.fullmatch(_YAML_PAIR, string):
        return {found["name"]: found["value"]}
    raise Rejected(_EXPECTED, hint=_YAML_HINT)


def _read_json_map(string: str) -> dict[str, str]:
    result = {}
    for name, item in read_json_object(string).items():
        if not isinstance(item, (str, bool, int)):
            raise Rejected("a JSON object of strings, whole numbers and booleans", hint="Flink reads other values as YAML")
        result[name] = item if isinstance(item, str) else str(item).lower()
        refuse_surrogates(name)
        refuse_surrogates(result[name])
    if re.search(_NOT_IN_YAML, string) or any(len(name) > _MAX_NAME for name in result):
        raise Rejected(_EXPECTED, hint="Flink reads JSON as YAML, which lacks some of it; give a mapping instead")
    return result


def _read_pairs(string: str) -> dict[str, str]:
    result: dict[str, str] = {}
    for item in _split(string, ","):
        parts = list(_split(item, ":"))
        if len(parts) != 2:  # noqa: PLR2004
            raise Rejected(_EXPECTED)
        if parts[0] in result:
            raise Rejected(f"{_EXPECTED}, each name once")
        result[parts[0]] = parts[1]
    return result


def _split(string: str, separator: str) -> Iterator[str]:
    """The items that Flink's splitter finds. Quotes have a meaning only around a whole item."""
    position = _skip_whitespace(string, 0)
    # The splitter ignores one separator at the start.
    position += string[position : position + 1] == separator
    while position < len(string):
        if string[position] in WHITESPACE:
            position += 1
        elif string[position] in "'\"":
            item, position = _read_quoted(string, position)
            yield item
            position = _skip_whitespace(string, position)
            if position < len(string) and string[position] != separator:
                raise Rejected(f"{_EXPECTED}; a pair in quotes ends with its quote")
            position += 1
        else:
            end = string.find(separator, position)
            end = end if end >= 0 else len(string)
            yield string[position:end].strip(TRIMMED)
            position = end + 1


def _skip_whitespace(string: str, position: int) -> int:
    while position < len(string) and string[position] in WHITESPACE:
        position += 1
    return position


def _read_quoted(string: str, start: int) -> tuple[str, int]:
    """The content of the quotes that open at *start*, and the index after them."""
    quote, position = string[start], start + 1
    while (end := string.find(quote, position)) >= 0:
        if string[end + 1 : end + 2] != quote:
            return string[start + 1 : end].replace(quote * 2, quote), end + 1
        position = end + 2
    raise Rejected(f"{_EXPECTED}; a quote that is opened must be closed")
