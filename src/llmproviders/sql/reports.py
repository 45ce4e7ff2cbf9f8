# SPDX-License-Identifier: Apache-2.0
"""The problems and warnings of a statement, with their locations in the script."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import DocumentProblem, Problem
from ..syntax.locations import Location
from ..syntax.tokens import Misread

__all__ = ["Report"]


class Report:
    """Collects the problems and warnings of one statement.

    Args:
        source: the name of the script.
        locate: a function that finds the location of a character of the script by its index.
        start: the index of the first character of the statement.
    """

    def __init__(self, source: str, locate: Callable[[int], Location], start: int = 0) -> None:
        self.source = source
        self.locate = locate
        self.start = start
        self.problems: list[DocumentProblem] = []
        self.warnings: list[DocumentProblem] = []

    def add(self, index: int, problem: Problem) -> None:
        """Add a problem or a warning at the character at *index*."""
        found = DocumentProblem(self.source, *self.locate(index), "", problem)
        (self.problems if problem.severity == "error" else self.warnings).append(found)

    def misread(self, error: Misread) -> None:
        """Add the problem of a statement that cannot be read further."""
        self.add(self.start + error.index, Problem("", error.expected, got=error.got, hint=error.hint, code="sql-syntax"))

    def error(self, index: int, expected: str, *, got: str = "", hint: str = "", code: str = "sql-syntax") -> None:
        """Add a problem of the statement."""
        self.add(index, Problem("", expected, got=got, hint=hint, code=code))

    def warn(self, index: int, option: str, expected: str, *, got: str = "", hint: str, code: str = "ignored-option") -> None:
        """Add a warning."""
        self.add(index, Problem(option, expected, got=got, hint=hint, severity="warning", code=code))
