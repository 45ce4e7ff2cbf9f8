# SPDX-License-Identifier: Apache-2.0
"""Tokens of SQL: quoting, locations, reserved words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llmproviders.syntax.locations import location_of
from llmproviders.syntax.quoting import quote_name, quote_string
from llmproviders.syntax.reserved_words import RESERVED
from llmproviders.syntax.tokens import Misread, tokens


@given(st.text(), st.text(min_size=1).filter(lambda name: "\n" not in name and "\r" not in name))
def test_quoting(string: str, name: str) -> None:
    """A quoted string is one token whose value is the string; the same holds for a name."""
    given, end = tokens(quote_string(string))
    assert ("string", string, 0, end.start) == given
    given, end = tokens(quote_name(name))
    assert ("name", name, 0, end.start) == given


@given(st.text(alphabet="aE'`\"\\\n-/*+;(_$1.\u00e9\u00a0", max_size=12))
def test_tokens_leave_nothing_out(sql: str) -> None:
    """Only blanks and comments are between tokens, and the only error is `Misread`."""
    try:
        found = list(tokens(sql))
    except Misread as error:
        assert 0 <= error.index < len(sql)
        return
    assert found[-1] == ("end", "", len(sql), len(sql))
    assert [token.start for token in found] == sorted(token.start for token in found)
    between = [sql[before.end : after.start] for before, after in zip([found[0]._replace(end=0), *found], found, strict=False)]
    assert not [each for each in between if each.strip(" \t\n\r\f") and each.lstrip(" \t\n\r\f")[:2] not in ("--", "//", "/*")]


def test_locations() -> None:
    """Lines and columns are counted from 1."""
    assert (1, 1) == location_of("", 0)
    assert (2, 3) == location_of("a\nbcd", 4)
    assert (2, 1) == location_of("a\nbcd", 2)


def test_keywords() -> None:
    """Keywords of the grammar that may also be names are not reserved."""
    assert RESERVED.isdisjoint({"MODEL", "INPUT", "OUTPUT", "IF", "KEY", "ENFORCED", "REPLACE", "TEMPORARY", "A"})
    assert {"VALUE", "USER", "TIMESTAMP", "WITH"} <= RESERVED
