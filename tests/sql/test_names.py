# SPDX-License-Identifier: Apache-2.0
"""The name of a database, which is an argument of `plan`."""

from __future__ import annotations

import pytest

from llmproviders import Problem
from llmproviders.sql.names import accept_database

EXPECTED = "the name of a database, such as db or catalog.db"


def test_accepted() -> None:
    """A name is SQL or a sequence of parts."""
    problems: list[Problem] = []
    found = [accept_database(name, problems) for name in ("db", "a.`b c`", ["a.b"], ("a", "b"))]
    assert ([("db",), ("a", "b c"), ("a.b",), ("a", "b")], []) == (found, problems)


@pytest.mark.parametrize(
    ("name", "got", "is_type"),
    [
        ("a.b.c", "'a.b.c'", False),
        ("a b", "'a b'", False),
        ("", "''", False),
        (["a", "b", "c"], "3 parts", False),
        ([], "0 parts", False),
        ([" "], "' '", False),
        (5, "a value of type int", True),
        (["a", 5], "a part of type int", True),
    ],
)
def test_refused(name: object, got: str, is_type: bool) -> None:
    """Anything else is one problem."""
    problems: list[Problem] = []
    assert () == accept_database(name, problems)
    assert [Problem("database", EXPECTED, got=got, is_type=is_type)] == problems
