# SPDX-License-Identifier: Apache-2.0
"""The command `explain`."""

from __future__ import annotations

from command_line import run, run_json

from llmproviders.codes import CODES


def test_explain_a_code() -> None:
    """With a code, its meaning and the solution are printed."""
    assert (
        "literal-secret\nA secret is written out, so that everybody who can read the file can read it.\nWrite a reference.\n"
        "A catalog with it loads, and it can be ignored.\n"
    ) == run("explain", "literal-secret")
    assert run("explain", "unknown-key").endswith("\nIt is an error, which cannot be ignored.\n")
    assert [{"name", "meaning", "cure", "is_check"}] == [set(each) for each in run_json("explain", "literal-secret")]


def test_explain_all_codes() -> None:
    """Without a code, all are listed in the order of the table."""
    lines = run("explain").splitlines()
    assert list(CODES) == [line.split()[0] for line in lines if line.split() and line.split()[0] in CODES]
    assert list(CODES) == [each["name"] for each in run_json("explain")]


def test_explain_an_unknown_code() -> None:
    """An unknown code is a usage error with advice."""
    assert "no problem has the code 'literal-secrets'; did you mean literal-secret?\n" == run(
        "explain", "literal-secrets", code=2
    )
    assert "no problem has the code '9'; llmproviders explain lists all codes\n" == run("explain", "9", code=2)
