# SPDX-License-Identifier: Apache-2.0
"""The columns of a model, and the one spelling of their SQL types.

Source: the columns and types that INPUT and OUTPUT of CREATE MODEL take, run on Flink 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import attrs

from ..errors import Problem, invalid
from ..messages import did_you_mean
from .scalars import has_surrogate
from .sql import Cursor, Misread, identifier, literal, place, tokens, unfit_name

__all__ = ["Column", "Columns", "canonical_type", "columns"]


def _same_type(text: str) -> str:
    try:
        return _canonical(text)
    except Misread:
        return text


@attrs.frozen
class Column:
    """A column of a model's input or output; two are equal if their types are the same to Flink.

    It holds what it is given: `columns` is what checks it.
    """

    name: str
    """Its name, without backticks."""
    type: str = attrs.field(eq=_same_type)
    """Its SQL type as written, such as ``STRING`` or ``ARRAY<FLOAT> NOT NULL``."""
    comment: str = ""
    """A comment on it; empty if there is none."""

    def __str__(self) -> str:
        """The column as a statement has it, its type in the one spelling."""
        comment = f" COMMENT {literal(self.comment)}" if self.comment else ""
        return f"{identifier(self.name)} {_same_type(self.type)}{comment}"


Columns: TypeAlias = str | Mapping[str, str] | Sequence[Column | tuple[str, str]]
"""What `columns` takes."""


def columns(given: Columns, where: str = "input") -> tuple[Column, ...]:
    """The columns of a mapping of names to SQL types, of pairs, or of SQL text: ``"text STRING, id BIGINT NOT NULL"``.

    Args:
        given: the columns in order; `Column` objects may be among the pairs.
        where: what they are, for messages: ``"input"`` or ``"output"``.

    Raises:
        InvalidOptionsError: listing all that is wrong with them.
    """
    problems: list[Problem] = []
    made = list(_of_text(given, where, problems) if isinstance(given, str) else _of_items(given, where, problems))
    if not made and not problems:
        problems.append(Problem(where, "at least one column", got="none"))
    problems += [problem for _, problem in repeated(made, where)]
    if problems:
        raise invalid("columns", problems)
    return tuple(made)


def canonical_type(text: str) -> str:
    """The one spelling of a SQL type, which is Flink's own: ``varchar(2147483647)`` is ``STRING``.

    Raises:
        InvalidOptionsError: if it is no type that a column can have.
    """
    try:
        return _canonical(text)
    except Misread as error:
        problem = _problem("", text, error)
    raise invalid("canonical_type", [problem])


def repeated(made: Iterable[Column], where: str) -> Iterator[tuple[int, Problem]]:
    """The columns, by position, whose name another one before them has."""
    names: set[str] = set()
    for number, column in enumerate(made):
        if column.name in names:
            yield number, Problem(where, "a name for each column", got=f"{ascii(column.name)[:60]} twice")
        names.add(column.name)


def _of_text(text: str, where: str, problems: list[Problem]) -> Iterator[Column]:
    try:
        cursor = Cursor(list(tokens(text)))
        if cursor.token.kind != "end":
            yield from (column for _, column in read_columns(cursor, text, "end"))
    except Misread as error:
        problems.append(_problem(where, text, error))


def _of_items(given: object, where: str, problems: list[Problem]) -> Iterator[Column]:
    items = given.items() if isinstance(given, Mapping) else given
    if not isinstance(items, Iterable):
        expected = "a mapping of names to SQL types, pairs of them, or SQL text"
        problems.append(Problem(where, expected, got=type(given).__name__, is_type=True))
        return
    for item in items:
        if isinstance(item, Column):
            column: object = (item.name, item.type, item.comment)
        else:
            column = item
        if (
            not isinstance(column, (tuple, list))
            or len(column) not in (2, 3)
            or not all(isinstance(part, str) for part in column)
        ):
            expected = "a name and a SQL type, both str"
            problems.append(Problem(where, expected, got=f"an item of type {type(item).__name__}", is_type=True))
            continue
        made = Column(column[0], column[1].strip(), *column[2:])
        problems += _unfit(made, where)
        yield made


def _unfit(column: Column, where: str) -> Iterator[Problem]:
    if expected := unfit_name(column.name):
        yield Problem(where, expected, got=ascii(column.name)[:60])
        return
    where = f"{where}.{column.name}"
    try:
        _canonical(column.type)
    except Misread as error:
        yield _problem(where, column.type, error)
    if has_surrogate(column.comment):
        yield Problem(where, "a comment without lone surrogates", hint="Java cannot read them")


def _problem(where: str, text: str, error: Misread) -> Problem:
    line, column = place(text, error.index)
    at = f" at line {line}, column {column}" if "\n" in text else f" at column {column}" if column > 1 else ""
    return Problem(where, error.expected, got=f"{error.got or 'something else'}{at}", hint=error.hint)


# Reading --------------------------------------------------------------------------------------------------------------


def read_columns(cursor: Cursor, text: str, end: str = ")") -> Iterator[tuple[int, Column]]:
    """The columns up to the sign *end*, each with the index of its first character; keys, which Flink drops, are dropped.

    Raises:
        Misread: where Flink's parser would not read on, or would not say what it leaves out.
    """
    while True:
        start = cursor.token.start
        if not _constraint(cursor, of_table=True):
            if cursor.token.keyword == "WATERMARK":
                raise cursor.misread("a column", hint="a model has no watermarks, and Flink drops this one")
            name = cursor.expect_name("the name of a column")
            if cursor.token.text == "." and cursor.token.kind == "sign":
                raise cursor.misread("a SQL type", hint=f"write a name with dots in backticks; Flink would read `{name}`")
            first = cursor.token
            read_type(cursor)
            source = text[first.start : cursor.last.end]
            _constraint(cursor, of_table=False)
            if cursor.token.keyword == "METADATA":
                raise cursor.misread("a physical column", hint="a model has no metadata columns")
            comment = cursor.expect_plain("the comment as one text without a prefix") if cursor.words("COMMENT") else ""
            yield start, Column(name, source, comment)
        if end == "end" and cursor.token.kind == "end":
            return
        if cursor.expect_sign(",", *(() if end == "end" else (end,))) == end:
            return


def _constraint(cursor: Cursor, *, of_table: bool) -> bool:
    """Read a primary or unique key, of the table or of the column before it, if it follows."""
    named = cursor.words("CONSTRAINT")
    if named:
        cursor.expect_name("the name of a constraint")
    if cursor.words("PRIMARY"):
        cursor.expect_words("KEY")
    elif not cursor.words("UNIQUE"):
        if named:
            raise cursor.misread("PRIMARY KEY or UNIQUE")
        return False
    if of_table:
        cursor.expect_sign("(")
        cursor.expect_name("the name of a column")
        while cursor.expect_sign(",", ")") == ",":
            cursor.expect_name("the name of a column")
    if not cursor.words("ENFORCED") and cursor.words("NOT"):
        cursor.expect_words("ENFORCED")
    return True


# Types ----------------------------------------------------------------------------------------------------------------

MAX_DEPTH: Final = 100
"""The deepest nesting of types that is read."""
_MAX_LENGTH: Final = 2**31 - 1
_EXPECTED: Final = "a SQL type of Flink"

_PLAIN: Final[Mapping[str, str]] = {
    **{
        name: name for name in ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DATE", "VARIANT", "BITMAP")
    },
    "STRING": "STRING",
    "BYTES": "BYTES",
    "INTEGER": "INT",
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
    *_PLAIN,
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
    "INTERVAL": "no column of a table or model has one",
    "RAW": "its values mean nothing to a model",
    "STRUCTURED": "write ROW",
}


@lru_cache(maxsize=1024)
def _canonical(text: str) -> str:
    cursor = Cursor(list(tokens(text)))
    found = read_type(cursor)
    if cursor.token.kind != "end":
        raise cursor.misread("nothing after the type")
    return found


def read_type(cursor: Cursor, depth: int = 0) -> str:
    """Read a type, with NOT NULL if it follows; return its one spelling.

    Raises:
        Misread: where there is none.
    """
    if depth > MAX_DEPTH:
        raise cursor.misread("a type that is not nested so deeply")
    found = _null(cursor, _base(cursor, depth))
    while cursor.token.keyword in ("ARRAY", "MULTISET"):
        # The old spelling: INT ARRAY is an array of INT.
        depth += 1
        if depth > MAX_DEPTH:
            raise cursor.misread("a type that is not nested so deeply")
        found = _null(cursor, f"{cursor.step().keyword}<{found}>")
    return found


def _null(cursor: Cursor, found: str) -> str:
    if cursor.words("NULL"):
        return found
    if cursor.words("NOT"):
        cursor.expect_words("NULL")
        return f"{found} NOT NULL"
    return found


def _base(cursor: Cursor, depth: int) -> str:
    name = cursor.token.keyword
    if name not in _NAMES:
        raise _no_type(cursor)
    cursor.step()
    if name in _PLAIN:
        if name == "DOUBLE":
            cursor.words("PRECISION")
        return _PLAIN[name]
    if name in _LENGTHS:
        return _with_length(cursor, _LENGTHS[name])
    if name in _DECIMALS:
        return _decimal(cursor)
    if name in ("TIME", "TIMESTAMP", "TIMESTAMP_LTZ"):
        return _time(cursor, name)
    if name == "ROW":
        return _row(cursor, depth)
    cursor.expect_sign("<")
    inner = read_type(cursor, depth + 1)
    if name == "MAP":
        cursor.expect_sign(",")
        inner = f"{inner}, {read_type(cursor, depth + 1)}"
    cursor.expect_sign(">")
    return f"{name}<{inner}>"


def _no_type(cursor: Cursor) -> Misread:
    token = cursor.token
    if token.keyword in _INSTEAD:
        return Misread(token.start, _EXPECTED, got=token.keyword, hint=_INSTEAD[token.keyword])
    if token.keyword and len(token.text) <= 20:  # noqa: PLR2004  # longer than any type
        return Misread(token.start, _EXPECTED, got=token.text, hint=did_you_mean(token.text, _NAMES))
    return cursor.misread(_EXPECTED)


def _argument(cursor: Cursor, what: str, low: int, high: int, default: int) -> int:
    if not cursor.sign("("):
        return default
    number = cursor.expect_number(what, low, high)
    cursor.expect_sign(")")
    return number


def _with_length(cursor: Cursor, name: str) -> str:
    if name in ("CHAR", "BINARY") and cursor.words("VARYING"):
        name = f"VAR{name}"
    varying = name.startswith("VAR")
    length = _argument(cursor, "a length", 1, _MAX_LENGTH, _MAX_LENGTH if varying else 1)
    if varying and length == _MAX_LENGTH:
        return "STRING" if name == "VARCHAR" else "BYTES"
    return f"{name}({length})"


def _decimal(cursor: Cursor) -> str:
    precision, scale = 10, 0
    if cursor.sign("("):
        precision = cursor.expect_number("a precision", 1, 38)
        if cursor.expect_sign(",", ")") == ",":
            scale = cursor.expect_number("a scale", 0, precision)
            cursor.expect_sign(")")
    return f"DECIMAL({precision}, {scale})"


def _time(cursor: Cursor, name: str) -> str:
    precision = _argument(cursor, "a precision", 0, 9, 0 if name == "TIME" else 6)
    if name != "TIMESTAMP_LTZ" and cursor.words("WITHOUT"):
        cursor.expect_words("TIME", "ZONE")
    elif name == "TIMESTAMP" and cursor.words("WITH"):
        cursor.expect_words("LOCAL", "TIME", "ZONE")
        name = "TIMESTAMP_LTZ"
    # Flink has times of day in milliseconds at most, and makes them of finer ones without a word.
    return f"{name}({min(precision, 3) if name == 'TIME' else precision})"


def _row(cursor: Cursor, depth: int) -> str:
    end = ">" if cursor.expect_sign("<", "(") == "<" else ")"
    fields: dict[str, str] = {}
    more = not cursor.sign(end)
    while more:
        token = cursor.token
        name = cursor.expect_name("the name of a field")
        if name in fields:
            raise Misread(token.start, "a name for each field of a ROW", got="one of them twice")
        fields[name] = read_type(cursor, depth + 1)
        if cursor.token.kind == "text":
            cursor.step()  # a comment, which Flink drops
        more = cursor.expect_sign(",", end) == ","
    return f"ROW<{', '.join(f'{identifier(name)} {kind}' for name, kind in fields.items())}>"
