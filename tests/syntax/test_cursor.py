# SPDX-License-Identifier: Apache-2.0
"""A cursor over tokens: the strings that it reads."""

from __future__ import annotations

import pytest

from llmproviders.syntax.cursor import Cursor
from llmproviders.syntax.tokens import Misread, tokens

# A key or value as SQL, and the string that it stands for.
STRINGS = {
    "'x'": "x",
    "''": "",
    "'it''s'": "it's",
    "'\\n'": "\\n",
    "'a' 'b'\n'c' -- d\n 'e'": "abce",
}
NO_STRINGS = {
    "x": "a key, got a bare word; write it in single quotes",
    "5": "a key, got a number; write it in single quotes",
    "$": "a key, got '$'",
    "`x`": "a key, got a name in backticks",
    ")": "a key, got ')'",
    "": "a key, got WITH; write it in single quotes",
}
# Strings with a prefix; in those with E, a backslash is an escape.
PREFIXED = (
    *("U&'\\00e9'", "u&'a''b' UESCAPE '!'", "N'a' 'b'", "n'a'", "X'41'", "x'41'", "_UTF8'\u65e5'", "_utf-16LE'a''b'", "_x'a'"),
    *("E'a'", "e'\\''", "E'\\\\'", "E'\\''''", "E'a''b\\n'"),
)


def read(sql: str) -> str:
    """The string at the start of *sql*; the tokens after it are not read."""
    cursor = Cursor([*list(tokens(sql))[:-1], *tokens("WITH")])
    string = cursor.expect_strings("a key")
    assert "WITH" == cursor.token.keyword
    return string


def problem(sql: str) -> str:
    """The problem of *sql*, whose location is its first character."""
    with pytest.raises(Misread) as caught:
        read(sql)
    assert 0 == caught.value.index
    return str(caught.value.problem("", sql))


@pytest.mark.parametrize("sql", STRINGS)
def test_strings(sql: str) -> None:
    """Only a quote is special in a string; adjacent strings are one string."""
    assert STRINGS[sql] == read(sql)


@pytest.mark.parametrize("sql", NO_STRINGS)
def test_other_tokens_are_no_strings(sql: str) -> None:
    """A token that is no string is refused."""
    assert f"expected {NO_STRINGS[sql]}" == problem(sql)


@pytest.mark.parametrize("sql", PREFIXED)
def test_strings_with_a_prefix(sql: str) -> None:
    """A string with a prefix is one token, and is refused."""
    assert "expected a string without a prefix, got a string with a prefix; write it as '...'" == problem(sql)
    first, *others = tokens(sql)
    assert "prefixed" == first.kind
    assert {"word", "string", "end"} >= {token.kind for token in others}
