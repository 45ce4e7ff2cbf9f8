# SPDX-License-Identifier: Apache-2.0
"""SQL types, and Flink's spelling of each.

Source: the types that INPUT and OUTPUT of CREATE MODEL accept, run on Flink 2.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ..errors import invalid
from ..similar_names import did_you_mean
from .cursor import Cursor
from .quoting import quote_name
from .tokens import Misread

__all__ = ["canonical_type", "read_type", "spell_type"]

_MAX_DEPTH: Final = 100
"""The deepest nesting of types that is read."""
_MAX_LENGTH: Final = 2**31 - 1
_EXPECTED: Final = "a SQL type of Flink"
_TOO_DEEP: Final = f"a type of at most {_MAX_DEPTH} levels"

_SIMPLE: Final[Mapping[str, str]] = {
    name: "INT" if name == "INTEGER" else name
    for name in (
        *("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DATE", "VARIANT", "BITMAP"),
        *("STRING", "BYTES", "INTEGER"),
    )
}
_LENGTHS: Final[Mapping[str, str]] = {
    "CHAR": "CHAR",
    "CHARACTER": "CHAR",
    "VARCHAR": "VARCHAR",
    "BINARY": "BINARY",
    "VARBINARY": "VARBINARY",
}
_DECIMALS: Final = ("DECIMAL", "DEC", "NUMERIC")
_NAMES: Final = (
    *_SIMPLE,
    *_LENGTHS,
    *_DECIMALS,
    *("TIME", "TIMESTAMP", "TIMESTAMP_LTZ", "ARRAY", "MULTISET", "MAP", "ROW"),
)
_INSTEAD: Final[Mapping[str, str]] = {
    "TEXT": "write STRING",
    "LONG": "write BIGINT",
    "BOOL": "write BOOLEAN",
    "REAL": "write FLOAT",
    "DATETIME": "write TIMESTAMP",
    "JSON": "write STRING",
    "INTERVAL": "no column can have this type",
    "RAW": "a model cannot use its values",
    "STRUCTURED": "write ROW",
}


def canonical_type(sql_type: str) -> str:
    """Flink's spelling of a SQL type; for example ``STRING`` for ``varchar(2147483647)``.

    Raises:
        InvalidOptionsError: if columns cannot have the type.
    """
    try:
        return spell_type(sql_type)
    except Misread as error:
        problem = error.problem("", sql_type)
    raise invalid("canonical_type", [problem])


@lru_cache(maxsize=1024)
def spell_type(sql_type: str) -> str:
    """As `canonical_type`, for callers that report the problem themselves.

    Raises:
        Misread: if columns cannot have the type.
    """
    cursor = Cursor.over(sql_type)
    found = read_type(cursor)
    if cursor.token.kind != "end":
        raise cursor.misread("nothing after the type")
    return found


def read_type(cursor: Cursor, depth: int = 0, *, is_element: bool = False) -> str:
    """Read a type, with NOT NULL if that follows; return Flink's spelling.

    Args:
        cursor: the cursor before the type.
        depth: the number of types around it.
        is_element: whether it is the element of an ARRAY or a MULTISET; then ``INT ARRAY`` is not accepted.

    Raises:
        Misread: if the next token does not begin a type.
    """
    if depth > _MAX_DEPTH:
        raise cursor.misread(_TOO_DEEP)
    found = _with_null(cursor, _read_base(cursor, depth))
    while not is_element and cursor.token.keyword in ("ARRAY", "MULTISET"):
        # INT ARRAY is an old spelling of ARRAY<INT>.
        depth += 1
        if depth > _MAX_DEPTH:
            raise cursor.misread(_TOO_DEEP)
        found = _with_null(cursor, f"{cursor.step().keyword}<{found}>")
    return found


def _with_null(cursor: Cursor, found: str) -> str:
    """The spelling of a type, with the NULL or NOT NULL that follows."""
    if cursor.accept_words("NULL"):
        return found
    if cursor.accept_words("NOT"):
        cursor.expect_words("NULL")
        return f"{found} NOT NULL"
    return found


def _read_base(cursor: Cursor, depth: int) -> str:
    name = cursor.token.keyword
    if name not in _NAMES:
        raise _no_type(cursor)
    cursor.step()
    if name in _SIMPLE:
        if name == "DOUBLE":
            cursor.accept_words("PRECISION")
        return _SIMPLE[name]
    if name in _LENGTHS:
        return _read_length(cursor, _LENGTHS[name])
    if name in _DECIMALS:
        return _read_decimal(cursor)
    if name in ("TIME", "TIMESTAMP", "TIMESTAMP_LTZ"):
        return _read_time(cursor, name)
    if name == "ROW":
        return _read_row(cursor, depth)
    cursor.expect_sign("<")
    inner = read_type(cursor, depth + 1, is_element=name != "MAP")
    if name == "MAP":
        cursor.expect_sign(",")
        inner = f"{inner}, {read_type(cursor, depth + 1)}"
    if cursor.token.keyword in ("ARRAY", "MULTISET"):
        raise cursor.misread("'>'", hint=f"write {cursor.token.keyword}<INT>, not INT {cursor.token.keyword}, as an element")
    cursor.expect_sign(">")
    return f"{name}<{inner}>"


def _no_type(cursor: Cursor) -> Misread:
    token = cursor.token
    if token.keyword in _INSTEAD:
        return Misread(token.start, _EXPECTED, got=token.keyword, hint=_INSTEAD[token.keyword])
    if token.keyword and len(token.value) <= 20:  # noqa: PLR2004  # longer than any type
        return Misread(token.start, _EXPECTED, got=token.value, hint=did_you_mean(token.value, _NAMES))
    return cursor.misread(_EXPECTED)


def _read_argument(cursor: Cursor, expected: str, low: int, high: int, default: int) -> int:
    if not cursor.accept_sign("("):
        return default
    number = cursor.expect_number(expected, low, high)
    cursor.expect_sign(")")
    return number


def _read_length(cursor: Cursor, name: str) -> str:
    if name in ("CHAR", "BINARY") and cursor.accept_words("VARYING"):
        name = f"VAR{name}"
    varying = name.startswith("VAR")
    length = _read_argument(cursor, "a length", 1, _MAX_LENGTH, _MAX_LENGTH if varying else 1)
    if varying and length == _MAX_LENGTH:
        return "STRING" if name == "VARCHAR" else "BYTES"
    return f"{name}({length})"


def _read_decimal(cursor: Cursor) -> str:
    precision, scale = 10, 0
    if cursor.accept_sign("("):
        precision = cursor.expect_number("a precision", 1, 38)
        if cursor.expect_sign(",", ")") == ",":
            scale = cursor.expect_number("a scale", 0, precision)
            cursor.expect_sign(")")
    return f"DECIMAL({precision}, {scale})"


def _read_time(cursor: Cursor, name: str) -> str:
    precision = _read_argument(cursor, "a precision", 0, 9, 0 if name == "TIME" else 6)
    if name != "TIMESTAMP_LTZ" and cursor.accept_words("WITHOUT"):
        cursor.expect_words("TIME", "ZONE")
    elif name == "TIMESTAMP" and cursor.accept_words("WITH"):
        cursor.expect_words("LOCAL", "TIME", "ZONE")
        name = "TIMESTAMP_LTZ"
    # Flink silently reduces the precision of TIME to milliseconds.
    return f"{name}({min(precision, 3) if name == 'TIME' else precision})"


def _read_row(cursor: Cursor, depth: int) -> str:
    end = ">" if cursor.expect_sign("<", "(") == "<" else ")"
    fields: dict[str, str] = {}
    more = not cursor.accept_sign(end)
    while more:
        token = cursor.token
        name = cursor.expect_name("the name of a field")
        if name in fields:
            raise Misread(token.start, "a different name for each field of a ROW", got="the same name twice")
        fields[name] = read_type(cursor, depth + 1)
        if cursor.token.kind == "string":
            cursor.step()  # a comment, which Flink ignores
        more = cursor.expect_sign(",", end) == ","
    return f"ROW<{', '.join(f'{quote_name(name)} {kind}' for name, kind in fields.items())}>"
