# SPDX-License-Identifier: Apache-2.0
"""The codes of problems are those of the table, and every code of the table is in use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import llmproviders
from llmproviders import Problem
from llmproviders.codes import CHECKS, CODES, GROUPS

SOURCES = sorted(Path(llmproviders.__file__).parent.rglob("*.py"))


def _strings(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _codes_in(paths: Iterable[Path]) -> set[str]:
    """The strings of each argument and default that is named code."""
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code":
                found |= _strings(node.value)
            elif isinstance(node, ast.FunctionDef):
                arguments = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                found.update(*(_strings(default) for argument, default in arguments if argument.arg == "code" and default))
    return found


def test_every_code_is_in_the_table_and_in_use() -> None:
    """The codes of the source and of the table are the same."""
    defaults = {Problem("", "", is_type=is_type).code for is_type in (True, False)}
    assert set(CODES) == _codes_in(SOURCES) | defaults


def test_codes_of_checks() -> None:
    """The rules of runtimes, and the checks of files, give codes that can be ignored, but for columns of a call."""
    checks = [path for path in SOURCES if "runtimes" in path.parts or path.name == "lint.py"]
    assert {"invalid-columns"} == {code for code in _codes_in(checks) if not CODES[code].is_check}


def test_groups() -> None:
    """Each code is in one group; those of the last two can be ignored, as the page about codes says."""
    assert len(CODES) == sum(map(len, GROUPS.values()))
    files, runtimes = list(GROUPS.values())[-2:]
    assert [*CHECKS] == [code.name for code in (*files, *runtimes)]


def test_codes_are_words_in_kebab_case_with_a_meaning_and_a_cure() -> None:
    """A code can be written in a list, and each has two sentences."""
    for name, code in CODES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert name == code.name
        assert code.meaning.endswith(".")
        assert code.solution.endswith(".")
