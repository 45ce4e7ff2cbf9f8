# SPDX-License-Identifier: Apache-2.0
"""The columns of a model's input and output.

Source: the columns that INPUT and OUTPUT of CREATE MODEL accept and SHOW CREATE MODEL prints, run on Flink 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

from ..errors import InvalidOptionsError, Problem, invalid
from .characters import has_surrogate
from .cursor import Cursor
from .quoting import expected_name, quote_name, quote_string
from .sql_types import read_type, spell_type
from .tokens import Misread

__all__ = ["Column", "Columns", "accept_columns", "columns", "read_columns", "repeated_names"]

_ONLY_OUTPUT: Final = "only the output of a model has metadata columns"


def _spelling(sql_type: str) -> str:
    """Flink's spelling of a type; a string that is not a type stays unchanged."""
    try:
        return spell_type(sql_type)
    except Misread:
        return sql_type


@attrs.frozen
class Column:
    """A column of a model's input or output; types are compared in Flink's spelling.

    The constructor does not check the values; functions that accept columns do.
    """

    name: str
    """Its name, without backticks."""
    type: str = attrs.field(eq=_spelling)
    """Its SQL type as written, such as ``STRING`` or ``ARRAY<FLOAT> NOT NULL``."""
    comment: str = ""
    """A comment on it; empty if there is none."""
    metadata: str = ""
    """The key of the metadata that it holds, such as ``error-string``; empty for a physical column."""

    def __str__(self) -> str:
        """The column in a statement, its type in Flink's spelling."""
        source = "" if self.metadata == self.name else f" FROM {quote_string(self.metadata)}"
        metadata = f" METADATA{source} VIRTUAL" if self.metadata else ""
        comment = f" COMMENT {quote_string(self.comment)}" if self.comment else ""
        return f"{quote_name(self.name)} {_spelling(self.type)}{metadata}{comment}"


Columns: TypeAlias = str | Mapping[str, str] | Sequence[Column | tuple[str, str]]
"""The argument of `columns`."""


def columns(given: Columns, option: str = "input") -> tuple[Column, ...]:
    """The columns of a mapping of names to SQL types, of pairs of both, or of SQL such as ``"text STRING, id BIGINT NOT NULL"``.

    Args:
        given: the columns in order; an item may be a `Column` in place of a pair.
        option: the name of the argument in messages: ``"input"`` or ``"output"``.

    Raises:
        InvalidOptionsError: with every problem of the columns.
    """
    problems: list[Problem] = []
    found = list(_from_sql(given, option, problems) if isinstance(given, str) else _from_items(given, option, problems))
    if not found and not problems:
        problems.append(Problem(option, "at least one column", got="none", code="invalid-columns"))
    problems += [problem for _, problem in repeated_names(found, option)]
    if problems:
        raise invalid("columns", problems)
    return tuple(found)


def accept_columns(given: Columns, option: str, problems: list[Problem], *, prefix: str = "") -> tuple[Column, ...]:
    """The result of `columns`; empty if there are problems, which are added to *problems*, with *prefix* before their options."""
    try:
        return columns(given, option)
    except InvalidOptionsError as error:
        problems += [attrs.evolve(each, option=f"{prefix}{each.option}") for each in error.problems]
    return ()


def repeated_names(given: Iterable[Column], option: str) -> Iterator[tuple[int, Problem]]:
    """The indexes of columns that repeat the name of an earlier column, each with its problem."""
    names: set[str] = set()
    for index, column in enumerate(given):
        if column.name in names:
            yield (
                index,
                Problem(
                    option, "a different name for each column", got=f"{ascii(column.name)[:60]} twice", code="invalid-columns"
                ),
            )
        names.add(column.name)


def _from_sql(sql: str, option: str, problems: list[Problem]) -> Iterator[Column]:
    try:
        cursor = Cursor.over(sql)
        if cursor.token.kind != "end":
            yield from (column for _, column in read_columns(cursor, sql, option, "end"))
    except Misread as error:
        problems.append(error.problem(option, sql))


def _from_items(given: object, option: str, problems: list[Problem]) -> Iterator[Column]:
    items = given.items() if isinstance(given, Mapping) else given
    if not isinstance(items, Iterable):
        expected = "a mapping of names to SQL types, pairs of them, or SQL"
        problems.append(Problem(option, expected, got=type(given).__name__, is_type=True))
        return
    for item in items:
        parts: object = attrs.astuple(item, recurse=False) if isinstance(item, Column) else item
        count = (2, 3, 4) if isinstance(item, Column) else (2, 3)
        if not isinstance(parts, (tuple, list)) or len(parts) not in count or not all(isinstance(part, str) for part in parts):
            expected = "a name and a SQL type, both str"
            problems.append(Problem(option, expected, got=f"an item of type {type(item).__name__}", is_type=True))
            continue
        column = Column(parts[0], parts[1].strip(), *parts[2:])
        problems += _problems(column, option)
        yield column


def _problems(column: Column, option: str) -> Iterator[Problem]:
    if expected := expected_name(column.name):
        yield Problem(option, expected, got=ascii(column.name)[:60])
        return
    name = f"{option}.{column.name}"
    try:
        spell_type(column.type)
    except Misread as error:
        yield error.problem(name, column.type)
    for part, value in (("comment", column.comment), ("metadata key", column.metadata)):
        if has_surrogate(value):
            yield Problem(name, f"a {part} without lone surrogates", hint="Java cannot read them")
    if column.metadata and option == "input":
        yield Problem(name, "a physical column", got="a metadata column", hint=_ONLY_OUTPUT, code="invalid-columns")


def read_columns(cursor: Cursor, sql: str, option: str, end: str = ")") -> Iterator[tuple[int, Column]]:
    """The columns up to the sign *end*, each with the index of its first character. Keys are skipped: Flink ignores them.

    Args:
        cursor: the cursor before the first column.
        sql: the string that the cursor reads.
        option: ``"input"`` or ``"output"``; an input has no metadata columns.
        end: the sign after the last column, or ``"end"``.

    Raises:
        Misread: if Flink's parser would stop there, or would ignore more than a key.
    """
    while True:
        start = cursor.token.start
        if not _read_key(cursor, of_table=True):
            if cursor.token.keyword == "WATERMARK":
                raise cursor.misread("a column", hint="a model has no watermarks, and Flink drops this one")
            name = cursor.expect_name("the name of a column")
            if cursor.token.value == "." and cursor.token.kind == "sign":
                raise cursor.misread("a SQL type", hint=f"write a name with dots in backticks; Flink would read `{name}`")
            first = cursor.token
            read_type(cursor)
            sql_type = sql[first.start : cursor.last.end]
            if cursor.token.keyword == "METADATA" and option == "input":
                raise cursor.misread("a physical column", hint=_ONLY_OUTPUT)
            metadata = _read_metadata(cursor, name)
            if not metadata:
                _read_key(cursor, of_table=False)
            comment = cursor.expect_string("the comment as a string in quotes") if cursor.accept_words("COMMENT") else ""
            yield start, Column(name, sql_type, comment, metadata)
        if end == "end" and cursor.token.kind == "end":
            return
        if cursor.expect_sign(",", *(() if end == "end" else (end,))) == end:
            return


def _read_metadata(cursor: Cursor, name: str) -> str:
    """The key of the metadata column *name*, read after its type; empty for a physical column."""
    if not cursor.accept_words("METADATA"):
        return ""
    key = name
    if cursor.accept_words("FROM"):
        key = cursor.expect_string("the key of the metadata as a string in quotes")
        if not key:
            raise Misread(cursor.last.start, "a key that is not empty", got="''")
    # The word has no effect in Flink.
    cursor.accept_words("VIRTUAL")
    return key


def _read_key(cursor: Cursor, *, of_table: bool) -> bool:
    """Read a primary or unique key if it is next; return whether it is. It is a key of the table, or of the column before it."""
    named = cursor.accept_words("CONSTRAINT")
    if named:
        cursor.expect_name("the name of a constraint")
    if cursor.accept_words("PRIMARY"):
        cursor.expect_words("KEY")
    elif not cursor.accept_words("UNIQUE"):
        if named:
            raise cursor.misread("PRIMARY KEY or UNIQUE")
        return False
    if of_table:
        cursor.expect_sign("(")
        cursor.expect_name("the name of a column")
        while cursor.expect_sign(",", ")") == ",":
            cursor.expect_name("the name of a column")
    if not cursor.accept_words("ENFORCED") and cursor.accept_words("NOT"):
        cursor.expect_words("ENFORCED")
    return True
