# SPDX-License-Identifier: Apache-2.0
"""The tokens of Flink's SQL.

Source: the lexer of Flink's SQL parser, run on Flink 2.1 to 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from ..errors import Problem, Rejected
from .locations import location_of
from .reserved_words import RESERVED

__all__ = ["Misread", "Token", "tokens"]

Kind = Literal["word", "name", "string", "prefixed", "number", "sign", "end"]
_SHOWN: Final = {
    "word": "a bare word",
    "name": "a name in backticks",
    "string": "a string in quotes",
    "prefixed": "a string with a prefix",
    "number": "a number",
    "end": "the end",
}
_OTHER_KEYWORDS: Final = frozenset(("CATALOG", "DATABASE", "IF", "INPUT", "MODEL", "OUTPUT", "REPLACE", "TEMPORARY", "VIEW"))
# The letters of bare words; digits may follow the first one.
_LETTER: Final = (
    r"$A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2d00-\u2d25"
    r"\u3040-\u318f\u3300-\u337f\u3400-\u3d2d\u4e00-\u9fff\uf900-\ufaff"
)
_QUOTED: Final = r"'[^']*(?:''[^']*)*'"
# Tokens follow each other directly. A backslash is an escape only in E'...'. Comments do not nest, a hint (/*+) is not a comment,
# and a dollar sign alone is not a word. The length of a string's prefix is limited, so that the scan takes linear time.
_TOKEN: Final = (
    r"(?P<blank>[ \t\n\r\f]+|(?:--|//)[^\n\r]*|/\*\*/|/\*\*[^/](?s:.*?)\*/|/\*(?![*+])(?s:.*?)\*/)"
    rf"|(?P<string>{_QUOTED})"
    rf"|(?P<prefixed>(?i:U&|N|X|_[A-Z0-9][-:.A-Z0-9_]{{0,99}}){_QUOTED}|[eE]'(?s:[^'\\]|\\.|'')*')"
    r"|(?P<name>`(?:[^`\n\r]|``)+`)"
    rf"|(?P<word>(?!\$(?![{_LETTER}0-9]))[{_LETTER}][{_LETTER}0-9]*)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<sign>(?!/\*)[!$%&(-/:-@\[-^{-~])"
)


class Misread(Rejected):
    """The error for SQL that cannot be parsed at the character at *index*."""

    def __init__(self, index: int, expected: str, *, got: str = "", hint: str = "") -> None:
        super().__init__(expected, hint=hint)
        self.index = index
        self.got = got

    def problem(self, option: str, sql: str) -> Problem:
        """The problem of an argument with this *sql*; its location is shown unless it is the first character."""
        line, column = location_of(sql, self.index)
        at = f" at line {line}, column {column}" if "\n" in sql else f" at column {column}" if column > 1 else ""
        return Problem(option, self.expected, got=f"{self.got or 'something else'}{at}", hint=self.hint, code="sql-syntax")


class Token(NamedTuple):
    """A token of a statement."""

    kind: Kind
    """A bare word, a name in backticks, a string, a string with a prefix, a number, any other character, or the end."""
    value: str
    """Its characters; those of a name or string are without quotes."""
    start: int
    """Index of its first character."""
    end: int
    """Index after its last character."""

    @property
    def keyword(self) -> str:
        """A bare word in upper case, for comparing it to keywords; empty for any other token."""
        return self.value.upper() if self.kind == "word" and self.value.isascii() else ""

    def __str__(self) -> str:
        """A description of the token for a message. Its characters are not shown: they may be a secret with wrong quotes."""
        if self.kind == "sign":
            return repr(self.value)
        if self.keyword in RESERVED or self.keyword in _OTHER_KEYWORDS:
            return self.keyword
        return _SHOWN[self.kind]


def tokens(sql: str) -> Iterator[Token]:
    """The tokens of *sql*; the last one is its end.

    Raises:
        Misread: if no token begins at a character.
    """
    index = 0
    match = re.compile(_TOKEN).match
    while index < len(sql):
        found = match(sql, index)
        if found is None:
            raise _no_token(sql, index)
        kind, value, start, index = found.lastgroup, found[0], index, found.end()
        if kind == "blank":
            continue
        if kind in {"string", "name"}:
            value = value[1:-1].replace(value[0] * 2, value[0])
        yield Token(kind, value, start, index)  # type: ignore[arg-type]
    yield Token("end", "", index, index)


def _no_token(sql: str, index: int) -> Misread:
    """The error for characters that do not begin a token. They are not shown: they may be a secret without quotes."""
    if sql.startswith("/*", index):
        if sql.startswith("/*+", index):
            return Misread(index, "no hint", hint="Flink accepts none in CREATE MODEL")
        return Misread(index, "a comment that ends with */")
    if sql[index] == "'":
        return Misread(index, "a string that ends with a quote", hint="a quote within a string is written twice")
    if sql[index] == "`":
        hint = "a backtick within a name is written twice"
        return Misread(index, "a name of one line that ends with a backtick and is not empty", hint=hint)
    if sql[index] == '"':
        hint = "write strings in single quotes and names in backticks"
        return Misread(index, "no double quote", got="one", hint=hint)
    hint = "write names that have other letters in backticks"
    return Misread(index, "a character of SQL", got=f"U+{ord(sql[index]):04X}", hint=hint)
