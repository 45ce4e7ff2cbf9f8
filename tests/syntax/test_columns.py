# SPDX-License-Identifier: Apache-2.0
"""Columns, the spellings of their types, and the words of SQL below both."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmproviders import InvalidOptionsError, InvalidTypeError
from llmproviders.syntax.columns import Column, canonical_type, columns
from llmproviders.syntax.sql import RESERVED, Cursor, Misread, identifier, literal, place, tokens, unfit_name

# A type as people write it, and as Flink spells it.
TYPES = {
    "STRING": "STRING",
    "string": "STRING",
    " String ": "STRING",
    "VARCHAR": "STRING",
    "varchar(2147483647)": "STRING",
    "CHAR VARYING": "STRING",
    "CHARACTER VARYING(2147483647)": "STRING",
    "VARCHAR ( 010 )": "VARCHAR(10)",
    "CHARACTER VARYING(5)": "VARCHAR(5)",
    "CHAR": "CHAR(1)",
    "CHARACTER(5)": "CHAR(5)",
    "BYTES": "BYTES",
    "VARBINARY": "BYTES",
    "VARBINARY(2147483647)": "BYTES",
    "BINARY VARYING": "BYTES",
    "BINARY VARYING(3)": "VARBINARY(3)",
    "BINARY": "BINARY(1)",
    "BINARY(3)": "BINARY(3)",
    "BOOLEAN": "BOOLEAN",
    "TINYINT": "TINYINT",
    "SMALLINT": "SMALLINT",
    "INT": "INT",
    "INTEGER": "INT",
    "BIGINT": "BIGINT",
    "DECIMAL": "DECIMAL(10, 0)",
    "DEC(5,1)": "DECIMAL(5, 1)",
    "NUMERIC(5)": "DECIMAL(5, 0)",
    "DECIMAL(38,38)": "DECIMAL(38, 38)",
    "FLOAT": "FLOAT",
    "DOUBLE": "DOUBLE",
    "Double  Precision": "DOUBLE",
    "DATE": "DATE",
    "TIME": "TIME(0)",
    "TIME(3) WITHOUT TIME ZONE": "TIME(3)",
    "TIME(9)": "TIME(3)",
    "TIMESTAMP": "TIMESTAMP(6)",
    "TIMESTAMP(3) WITHOUT TIME ZONE": "TIMESTAMP(3)",
    "TIMESTAMP WITH LOCAL TIME ZONE": "TIMESTAMP_LTZ(6)",
    "TIMESTAMP(9) WITH LOCAL TIME ZONE": "TIMESTAMP_LTZ(9)",
    "TIMESTAMP_LTZ": "TIMESTAMP_LTZ(6)",
    "TIMESTAMP_LTZ(3)": "TIMESTAMP_LTZ(3)",
    "VARIANT": "VARIANT",
    "BITMAP": "BITMAP",
    "ARRAY<FLOAT>": "ARRAY<FLOAT>",
    "FLOAT ARRAY": "ARRAY<FLOAT>",
    "array < varchar >": "ARRAY<STRING>",
    "INT NOT NULL ARRAY NOT NULL MULTISET NULL": "MULTISET<ARRAY<INT NOT NULL> NOT NULL>",
    "MULTISET<INT>": "MULTISET<INT>",
    "MAP<STRING,ARRAY<FLOAT NOT NULL>>": "MAP<STRING, ARRAY<FLOAT NOT NULL>>",
    "ROW<a INT, `b c` STRING NOT NULL>": "ROW<`a` INT, `b c` STRING NOT NULL>",
    "ROW(a INT NULL 'a comment', A ROW<`x``y` DEC>)": "ROW<`a` INT, `A` ROW<`x``y` DECIMAL(10, 0)>>",
    "ROW<>": "ROW<>",
    "ROW()": "ROW<>",
    "STRING NULL": "STRING",
    "STRING not null": "STRING NOT NULL",
    "STRING -- a comment\n /* one */ NOT // and one\n NULL": "STRING NOT NULL",
}
# A text that is no type, and what is said of it.
NO_TYPES = {
    "": "expected a SQL type of Flink, got the end",
    "STRNG": "expected a SQL type of Flink, got STRNG; did you mean STRING?",
    "Text": "expected a SQL type of Flink, got TEXT; write STRING",
    "REAL": "expected a SQL type of Flink, got REAL; write FLOAT",
    "INTERVAL DAY": "expected a SQL type of Flink, got INTERVAL; no column of a table or model has one",
    "RAW('a', 'b')": "expected a SQL type of Flink, got RAW; its values mean nothing to a model",
    "STRUCTURED<'F', a INT>": "expected a SQL type of Flink, got STRUCTURED; write ROW",
    "uuid": "expected a SQL type of Flink, got uuid",
    "a_word_that_is_longer_than_any_type": "expected a SQL type of Flink, got a bare word",
    "\u00e9": "expected a SQL type of Flink, got a bare word",
    "`STRING`": "expected a SQL type of Flink, got a name in backticks",
    "'STRING'": "expected a SQL type of Flink, got a text in quotes",
    "5": "expected a SQL type of Flink, got a number",
    "STRING(5)": "expected nothing after the type, got '(' at column 7",
    "INT[]": "expected nothing after the type, got '[' at column 4",
    "STRING\nNOT NUL": "expected NULL, got a bare word at line 2, column 5",
    "STRING NULL NOT NULL": "expected nothing after the type, got NOT at column 13",
    "VARCHAR(0)": "expected a length from 1 to 2147483647, got 0 at column 9",
    "VARCHAR(99999999999)": "expected a length from 1 to 2147483647, got 99999999999 at column 9",
    "VARCHAR(x)": "expected a length, got a bare word at column 9",
    "VARCHAR(5": "expected ')', got the end at column 10",
    "DECIMAL(39)": "expected a precision from 1 to 38, got 39 at column 9",
    "DECIMAL(5,6)": "expected a scale from 0 to 5, got 6 at column 11",
    "DECIMAL(5,1,1)": "expected ')', got ',' at column 12",
    "TIMESTAMP(10)": "expected a precision from 0 to 9, got 10 at column 11",
    "TIMESTAMP WITH TIME ZONE": "expected LOCAL, got TIME at column 16",
    "ARRAY": "expected '<', got the end at column 6",
    "MAP<STRING>": "expected ',', got '>' at column 11",
    "ROW<a INT, a INT>": "expected a name for each field of a ROW, got one of them twice at column 12",
    "ROW<value INT>": "expected the name of a field, got VALUE at column 5; write `value` in backticks: it is a keyword",
    "ROW<` ` INT>": "expected the name of a field: a name that is not blank, got something else at column 5",
    "ROW<a INT": "expected ',' or '>', got the end at column 10",
    "ARRAY<" * 101 + "INT" + ">" * 101: "expected a type that is not nested so deeply, got INT at column 607",
    "INT" + " ARRAY" * 101: "expected a type that is not nested so deeply, got ARRAY at column 605",
    'ROW<"a" INT>': "expected no double quote, got one at column 5; write texts in single quotes and names in backticks",
    "ROW<`` INT>": (
        "expected a name of one line that ends with a backtick and is not empty, got something else at column 5; "
        "a backtick within a name is written twice"
    ),
    "STRING /* x": "expected a comment that ends with */, got something else at column 8",
    "STRING /*+ x */": "expected no hint, got something else at column 8; Flink takes none in CREATE MODEL",
    "ROW<a INT 'x>": (
        "expected a text that ends with a quote, got something else at column 11; a quote within a text is written twice"
    ),
    "STRING\u00a0": "expected a character of SQL, got U+00A0 at column 7; write names that have other letters in backticks",
    "STRING #": "expected a character of SQL, got U+0023 at column 8; write names that have other letters in backticks",
}


@pytest.mark.parametrize("text", TYPES)
def test_types(text: str) -> None:
    """Each type has one spelling, which is its own."""
    assert TYPES[text] == canonical_type(text) == canonical_type(TYPES[text])


@pytest.mark.parametrize("text", NO_TYPES)
def test_no_types(text: str) -> None:
    """What is no type is refused, and the message says what is wrong."""
    with pytest.raises(InvalidOptionsError) as caught:
        canonical_type(text)
    assert f"canonical_type: {NO_TYPES[text]}" == str(caught.value)
    assert caught.value.__context__ is None


names = st.text(max_size=8).filter(lambda name: not unfit_name(name))
types = st.recursive(
    st.sampled_from([text for text in TYPES if "--" not in text]),
    lambda inner: st.one_of(
        inner.map("ARRAY<{}>".format),
        st.builds("MAP<{}, {}>".format, inner, inner),
        st.builds("{}ROW<{} {}>".format, st.just(""), names.map(identifier), inner),
    ),
    max_leaves=4,
)


@given(types)
def test_spelling_again_changes_nothing(text: str) -> None:
    """The one spelling of a type is its own one spelling, however types are nested."""
    assert canonical_type(text) == canonical_type(canonical_type(text))


# Columns --------------------------------------------------------------------------------------------------------------


def test_columns_of_everything() -> None:
    """A mapping, pairs, columns and SQL text say the same."""
    expected = (Column("text", "STRING"), Column("id", "BIGINT NOT NULL", "the key"))
    assert expected == columns("text STRING, `id` BIGINT NOT NULL COMMENT 'the key'")
    assert expected == columns(expected) == columns(list(expected))
    assert expected == columns([("text", "STRING"), Column("id", "BIGINT NOT NULL", "the key")])
    assert (
        (Column("a", "INT"), Column("b", "INT")) == columns({"a": "INT", "b": " INT "}) == columns((("a", "INT"), ["b", "INT"]))
    )  # type: ignore[arg-type]
    assert "INT" == columns({"b": " INT\n"})[0].type


def test_columns_of_sql() -> None:
    """SQL text is what stands between the parentheses of INPUT: comments are dropped, and keys are, as Flink does."""
    text = (
        "a STRING -- x\n, b ROW<x INT /* y */> NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'it''s', c INT UNIQUE,"
        " CONSTRAINT `k` PRIMARY KEY (a, b) NOT ENFORCED, UNIQUE (c) ENFORCED"
    )
    assert columns(text) == (Column("a", "STRING"), Column("b", "ROW<x INT> NOT NULL", "it's"), Column("c", "INT"))
    assert [column.type for column in columns(text)] == ["STRING", "ROW<x INT /* y */> NOT NULL", "INT"]


def test_columns_are_equal_by_type() -> None:
    """How a type is spelled makes no difference, also to the hash; a type that is none is itself."""
    assert Column("a", "varchar") == Column("a", "STRING") != Column("a", "STRING NOT NULL")
    assert hash(Column("a", "varchar")) == hash(Column("a", "STRING"))
    assert Column("a", "STRNG") == Column("a", "STRNG") != Column("a", "strng")
    assert "`a``b` STRING COMMENT 'it''s'" == str(Column("a`b", "varchar", "it's"))
    assert "`a` foo" == str(Column("a", "foo"))


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "columns: input: expected at least one column, got none"),
    "no text": (" -- nothing", "columns: input: expected at least one column, got none"),
    "no columns": (5, "columns: input: expected a mapping of names to SQL types, pairs of them, or SQL text, got int"),
    "no pair": ([5], "columns: input: expected a name and a SQL type, both str, got an item of type int"),
    "no type": ([("a",)], "columns: input: expected a name and a SQL type, both str, got an item of type tuple"),
    "no text for a type": ({"a": None}, "columns: input: expected a name and a SQL type, both str, got an item of type tuple"),
    "twice": ("a INT, a STRING", "columns: input: expected a name for each column, got 'a' twice"),
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
        "columns: input: expected the name of a column, got VALUE; write `value` in backticks: it is a keyword",
    ),
    "no name": ("5 STRING", "columns: input: expected the name of a column, got a number"),
    "a name with a dot": (
        "a.b STRING",
        "columns: input: expected a SQL type, got '.' at column 2; write a name with dots in backticks; Flink would read `a`",
    ),
    "a metadata column": (
        "a INT METADATA",
        "columns: input: expected a physical column, got a bare word at column 7; a model has no metadata columns",
    ),
    "a watermark": (
        "a INT, WATERMARK FOR a AS a",
        "columns: input: expected a column, got WATERMARK at column 8; a model has no watermarks, and Flink drops this one",
    ),
    "no comment": (
        "a INT COMMENT E'x'",
        "columns: input: expected the comment as one text without a prefix, got a text with a prefix at column 15",
    ),
    "no comma": ("a INT b INT", "columns: input: expected ',', got a bare word at column 7"),
    "a comma": ("a INT,", "columns: input: expected the name of a column, got the end at column 7"),
    "no key": ("a INT, CONSTRAINT x CHECK (a > 1)", "columns: input: expected PRIMARY KEY or UNIQUE, got CHECK at column 21"),
    "no columns of a key": ("a INT, PRIMARY KEY ()", "columns: input: expected the name of a column, got ')' at column 21"),
    "half a key": ("a INT PRIMARY", "columns: input: expected KEY, got the end at column 14"),
    "not what": ("a INT UNIQUE NOT NULL", "columns: input: expected ENFORCED, got NULL at column 18"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_columns(name: str) -> None:
    """What are no columns is refused; the message says where and why."""
    given, message = REFUSED[name]
    with pytest.raises(InvalidOptionsError) as caught:
        columns(given)
    assert message == str(caught.value)
    assert caught.value.__context__ is None


def test_where() -> None:
    """The message says which columns they are, and a wrong type is a TypeError."""
    with pytest.raises(InvalidTypeError, match=r"\Acolumns: output: expected a mapping"):
        columns(5, "output")  # type: ignore[arg-type]


@given(st.lists(st.builds(Column, names, types, st.text(max_size=5)), min_size=1, unique_by=lambda column: column.name))
def test_columns_round_trip(made: list[Column]) -> None:
    """Columns as SQL text are the same columns."""
    assert tuple(made) == columns(", ".join(map(str, made)))


# Words ----------------------------------------------------------------------------------------------------------------


@given(st.text(), st.text(min_size=1).filter(lambda name: "\n" not in name and "\r" not in name))
def test_quoting(text: str, name: str) -> None:
    """A quoted text is one token that stands for the text, and so is a name in backticks."""
    given, end = tokens(literal(text))
    assert ("text", text, 0, end.start) == given
    given, end = tokens(identifier(name))
    assert ("name", name, 0, end.start) == given


@given(st.text(alphabet="aE'`\"\\\n-/*+;(_$1.\u00e9\u00a0", max_size=12))
def test_tokens_leave_nothing_out(text: str) -> None:
    """Between tokens there are only blanks and comments, and reading never fails in another way."""
    try:
        found = list(tokens(text))
    except Misread as error:
        assert 0 <= error.index < len(text)
        return
    assert found[-1] == ("end", "", len(text), len(text))
    assert [token.start for token in found] == sorted(token.start for token in found)
    between = [text[before.end : after.start] for before, after in zip([found[0]._replace(end=0), *found], found, strict=False)]
    assert not [each for each in between if each.strip(" \t\n\r\f") and each.lstrip(" \t\n\r\f")[:2] not in ("--", "//", "/*")]


def test_places() -> None:
    """Lines and columns are counted from 1."""
    assert (1, 1) == place("", 0)
    assert (2, 3) == place("a\nbcd", 4)
    assert (2, 1) == place("a\nbcd", 2)


def test_keywords() -> None:
    """Keywords of the grammar that are names elsewhere are no reserved words."""
    assert RESERVED.isdisjoint({"MODEL", "INPUT", "OUTPUT", "IF", "KEY", "ENFORCED", "REPLACE", "TEMPORARY", "A"})
    assert {"VALUE", "USER", "TIMESTAMP", "WITH"} <= RESERVED


# A literal of an option, and what it stands for; None if it is none.
LITERALS = {
    "'x'": "x",
    "''": "",
    "'it''s'": "it's",
    "'\\n'": "\\n",
    "'a' 'b'\n'c' -- d\n 'e'": "abce",
    "N'\u00e9' 'a'": "\u00e9a",
    "n'a'": "a",
    "N'\u65e5'": None,
    "_UTF8'\u65e5'": "\u65e5",
    "_utf-16LE'\u65e5' 'a''b'": "\u65e5a'b",
    "_LATIN1'\u00e9'": "\u00e9",
    "_iso-8859-1'\u65e5'": None,
    "_x'a'": None,
    "_UTF8 'a'": None,
    "U&'a''b'": "a'b",
    "u&'\\00e9' '\\0041'": "\u00e9A",
    "U&'\\\\00e9'": "\\00e9",
    "U&'\\d83d\\de00'": "\U0001f600",
    "U&'\\d83d' '\\de00'": "\U0001f600",
    "U&'\\d83d'": None,
    "U&'\\00' 'e9'": None,
    "U&'\\+01F600'": "\x1f600",
    "U&'\\00g0'": None,
    "U&'\\'": None,
    "U&'!00e9\\00e9!!' UESCAPE '!'": "\u00e9\\00e9!",
    "U&'x' UESCAPE ''": None,
    "U&'x' UESCAPE '!!'": None,
    "U&'x' UESCAPE 'a'": None,
    "U&'x' UESCAPE ' '": None,
    "U&'x' UESCAPE '\U0001f600'": None,
    "U&'x' UESCAPE x": None,
    "E'\\b\\f\\n\\r\\t\\'\\\\''a'": "\b\f\n\r\t'\\'a",
    "e'\\1\\101\\1234\\09\\400'": "\x01AS4\x009\\400",
    "E'\\x41\\x4\\x\\xg\\x411'": "A\x04xxgA1",
    "E'\\u00e9\\U0001F600\\ud83d\\ude00'": "\u00e9\U0001f600\U0001f600",
    "E'\\q\\\"\\8\\X41\\N'": '\\q\\"\\8\\X41\\N',
    "E'\\\n'": "\\\n",
    "E'\\u00e'": None,
    "E'\\U0001'": None,
    "E'\\U00110000'": None,
    "E'\\ud83d'": None,
    "X'41'": None,
    "x": None,
    "5": None,
    "$": None,
    "`x`": None,
    ")": None,
}


@pytest.mark.parametrize("text", LITERALS)
def test_literals(text: str) -> None:
    """Every kind of string literal stands for what it stands for in Flink, and what follows it is not read."""
    cursor = Cursor([*list(tokens(text))[:-1], *tokens("WITH")])
    try:
        found = cursor.expect_text("a text")
    except Misread:
        assert LITERALS[text] is None
    else:
        assert LITERALS[text] == found
        assert cursor.token.keyword == "WITH"
