# SPDX-License-Identifier: Apache-2.0
"""Output: tables, JSON and lines; styles are used only in a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from ..catalogs.comparison import Change
from ..errors import DocumentProblem

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "console",
    "counted",
    "print_changes",
    "print_error",
    "print_exactly",
    "print_json",
    "print_problem",
    "print_table",
    "print_warnings",
    "styled",
]


def console() -> Console:
    """Standard output; lines are folded only in a terminal, because programs search them."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, emoji=False, width=1_000_000)


def styled(string: str, style: str = "") -> Any:
    """*string* for the console, escaped."""
    from rich.text import Text

    return Text(escaped(string), style=style)


def escaped(string: str) -> str:
    """*string* with line breaks and control characters as escapes, so that it cannot control a terminal."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in string)


def print_table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Print a table below a title, which may be empty."""
    from rich import box
    from rich.table import Table

    if title:
        # rich would fold the title of a table to the width of the table.
        console().print(styled(title, "bold"), soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(styled, row))
    console().print(table)


def print_changes(changes: Iterable[Change]) -> None:
    """Print changes, one in each line."""
    output = console()
    for change in changes:
        line = str(change)
        output.print(styled(line, {"+": "green", "-": "red"}.get(line[:1], "yellow")), soft_wrap=True)


def print_warnings(problems: Iterable[DocumentProblem]) -> None:
    """Print problems that are only warnings on standard error."""
    for problem in problems:
        where, rest = _parts(problem)
        print_error(f"{where} warning:{rest}")


def print_problem(problem: DocumentProblem) -> None:
    """Print a problem on standard output."""
    where, rest = _parts(problem)
    kind = styled(" warning:" if problem.problem.severity == "warning" else "", "yellow")
    console().print(styled(where, "bold") + kind + styled(rest), soft_wrap=True)


def _parts(problem: DocumentProblem) -> tuple[str, str]:
    """The location of a problem, and the rest of its line."""
    where = f"{problem.source}:{problem.line}:{problem.column}:"
    return where, str(problem).removeprefix(where)


def print_error(message: str) -> None:
    """Print a line on standard error."""
    typer.echo(escaped(message), err=True)


def print_json(value: object) -> None:
    """Print a value as JSON."""
    print_exactly(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_exactly(text: str) -> None:
    """Print *text* in UTF-8, independently of the encoding of the terminal."""
    typer.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def counted(number: int, noun: str) -> str:
    """A number and its noun: ``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
