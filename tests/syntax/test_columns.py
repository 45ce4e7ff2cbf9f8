# SPDX-License-Identifier: Apache-2.0
"""The columns of a model: the accepted arguments, and the problems of others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sql_types import names, types

from llmproviders import Column, InvalidOptionsError, InvalidTypeError
from llmproviders.syntax.columns import columns


def test_forms_of_columns() -> None:
    """A mapping, pairs, columns and SQL give the same columns."""
    expected = (Column("text", "STRING"), Column("id", "BIGINT NOT NULL", "the key"))
    assert expected == columns("text STRING, `id` BIGINT NOT NULL COMMENT 'the key'")
    assert expected == columns(expected) == columns(list(expected))
    assert expected == columns([("text", "STRING"), Column("id", "BIGINT NOT NULL", "the key")])
    assert (
        (Column("a", "INT"), Column("b", "INT")) == columns({"a": "INT", "b": " INT "}) == columns((("a", "INT"), ["b", "INT"]))
    )  # type: ignore[arg-type]
    assert "INT" == columns({"b": " INT\n"})[0].type


def test_columns_of_sql() -> None:
    """SQL is accepted as in the parentheses of INPUT; as in Flink, comments and keys are dropped."""
    text = (
        "a STRING -- x\n, b ROW<x INT /* y */> NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'it''s', c INT UNIQUE,"
        " CONSTRAINT `k` PRIMARY KEY (a, b) NOT ENFORCED, UNIQUE (c) ENFORCED"
    )
    assert columns(text) == (Column("a", "STRING"), Column("b", "ROW<x INT> NOT NULL", "it's"), Column("c", "INT"))
    assert [column.type for column in columns(text)] == ["STRING", "ROW<x INT /* y */> NOT NULL", "INT"]


def test_columns_are_equal_by_type() -> None:
    """The spelling of a type makes no difference, also to the hash; a wrong type stays as it is."""
    assert Column("a", "varchar") == Column("a", "STRING") != Column("a", "STRING NOT NULL")
    assert hash(Column("a", "varchar")) == hash(Column("a", "STRING"))
    assert Column("a", "STRNG") == Column("a", "STRNG") != Column("a", "strng")
    assert "`a``b` STRING COMMENT 'it''s'" == str(Column("a`b", "varchar", "it's"))
    assert "`a` foo" == str(Column("a", "foo"))


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "columns: input: expected at least one column, got none"),
    "no SQL": (" -- nothing", "columns: input: expected at least one column, got none"),
    "no columns": (5, "columns: input: expected a mapping of names to SQL types, pairs of them, or SQL, got int"),
    "no pair": ([5], "columns: input: expected a name and a SQL type, both str, got an item of type int"),
    "no type": ([("a",)], "columns: input: expected a name and a SQL type, both str, got an item of type tuple"),
    "no string for a type": ({"a": None}, "columns: input: expected a name and a SQL type, both str, got an item of type tuple"),
    "twice": ("a INT, a STRING", "columns: input: expected a different name for each column, got 'a' twice"),
    "a surrogate": (
        [("a", "INT", "\ud800")],
        "columns: input.a: expected a comment without lone surrogates; Java cannot read them",
    ),
    "all at once": (
        {"": "INT", " \u3000": "INT", "a\nb": "INT", "\ud800": "INT", "\U0001f600" * 129: "INT", "x": "", "y": "foo"},
        "columns: 7 problems\n"
        "  input: expected a name that is not blank, got ''\n"
        "  input: expected a name that is not blank, got ' \\u3000'\n"
        "  input: expected a name of one line, got 'a\\nb'\n"
        "  input: expected a name without lone surrogates, got '\\ud800'\n"
        "  input: expected a name of at most 256 characters, got '\\U0001f600\\U0001f600\\U0001f600\\U0001f600\\U0001f600\\U0001f60\n"
        "  input.x: expected a SQL type of Flink, got the end\n"
        "  input.y: expected a SQL type of Flink, got foo",
    ),
    "a keyword": (
        "value STRING",
        "columns: input: expected the name of a column, got VALUE; write `value` in backticks: it is a reserved word",
    ),
    "no name": ("5 STRING", "columns: input: expected the name of a column, got a number"),
    "a name with a dot": (
        "a.b STRING",
        "columns: input: expected a SQL type, got '.' at column 2; write a name with dots in backticks; Flink would read `a`",
    ),
    "a metadata column": (
        "a INT METADATA",
        "columns: input: expected a physical column, got a bare word at column 7; only the output of a model has metadata columns",
    ),
    "a watermark": (
        "a INT, WATERMARK FOR a AS a",
        "columns: input: expected a column, got WATERMARK at column 8; a model has no watermarks, and Flink drops this one",
    ),
    "no comment": (
        "a INT COMMENT E'x'",
        "columns: input: expected a string without a prefix, got a string with a prefix at column 15; write it as '...'",
    ),
    "no comma": ("a INT b INT", "columns: input: expected ',', got a bare word at column 7"),
    "a comma": ("a INT,", "columns: input: expected the name of a column, got the end at column 7"),
    "no key": ("a INT, CONSTRAINT x CHECK (a > 1)", "columns: input: expected PRIMARY KEY or UNIQUE, got CHECK at column 21"),
    "no columns of a key": ("a INT, PRIMARY KEY ()", "columns: input: expected the name of a column, got ')' at column 21"),
    "half a key": ("a INT PRIMARY", "columns: input: expected KEY, got the end at column 14"),
    "half a constraint": ("a INT UNIQUE NOT NULL", "columns: input: expected ENFORCED, got NULL at column 18"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_columns(name: str) -> None:
    """Other arguments are refused; the message shows the location and the reason."""
    given, message = REFUSED[name]
    with pytest.raises(InvalidOptionsError) as caught:
        columns(given)
    assert message == str(caught.value)
    assert caught.value.__context__ is None


def test_the_role_of_columns() -> None:
    """The message shows the role of the columns; a wrong type is a TypeError."""
    with pytest.raises(InvalidTypeError, match=r"\Acolumns: output: expected a mapping"):
        columns(5, "output")  # type: ignore[arg-type]


def test_metadata_columns() -> None:
    """An output has metadata columns, as SHOW CREATE MODEL prints them; without FROM, the name is the key."""
    expected = (
        Column("a", "STRING"),
        Column("error-string", "STRING", metadata="error-string"),
        Column("code", "INT NOT NULL", "it's", "http-status-code"),
    )
    sql = "a STRING, `error-string` STRING METADATA VIRTUAL, code INT NOT NULL METADATA FROM 'http-status-code' COMMENT 'it''s'"
    assert expected == columns(sql, "output") == columns(expected, "output")
    assert [
        "`a` STRING",
        "`error-string` STRING METADATA VIRTUAL",
        "`code` INT NOT NULL METADATA FROM 'http-status-code' VIRTUAL COMMENT 'it''s'",
    ] == [str(column) for column in expected]
    assert Column("a", "INT") != Column("a", "INT", metadata="a")


REFUSED_METADATA: dict[str, tuple[Any, str, str]] = {
    "of an input": (
        [Column("a", "INT", metadata="a")],
        "input",
        "columns: input.a: expected a physical column, got a metadata column; only the output of a model has metadata columns",
    ),
    "a surrogate": (
        [Column("a", "INT", metadata="\ud800")],
        "output",
        "columns: output.a: expected a metadata key without lone surrogates; Java cannot read them",
    ),
    "no string": (
        [Column("a", "INT", metadata=5)],  # type: ignore[arg-type]
        "output",
        "columns: output: expected a name and a SQL type, both str, got an item of type Column",
    ),
    "four parts": (
        [("a", "INT", "", "a")],
        "output",
        "columns: output: expected a name and a SQL type, both str, got an item of type tuple",
    ),
    "an empty key": (
        "a INT METADATA FROM ''",
        "output",
        "columns: output: expected a key that is not empty, got '' at column 21",
    ),
    "no key": (
        "a INT METADATA FROM VIRTUAL",
        "output",
        "columns: output: expected the key of the metadata as a string in quotes, got a bare word at column 21; write it in single quotes",
    ),
    "a primary key": ("a INT METADATA PRIMARY KEY", "output", "columns: output: expected ',', got PRIMARY at column 16"),
}


@pytest.mark.parametrize("name", REFUSED_METADATA)
def test_refused_metadata_columns(name: str) -> None:
    """The message states what a metadata column needs."""
    given, option, message = REFUSED_METADATA[name]
    with pytest.raises(InvalidOptionsError) as caught:
        columns(given, option)
    assert message == str(caught.value)


@given(
    st.lists(
        st.builds(Column, names, types, st.text(max_size=5), st.text(max_size=5)),
        min_size=1,
        unique_by=lambda column: column.name,
    )
)
def test_columns_round_trip(made: list[Column]) -> None:
    """Columns come back from their SQL."""
    assert tuple(made) == columns(", ".join(map(str, made)), "output")
