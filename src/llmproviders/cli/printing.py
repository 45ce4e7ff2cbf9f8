# SPDX-License-Identifier: Apache-2.0
"""Output: tables, JSON and lines; styles are used only in a terminal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

import typer

from ..errors import DocumentProblem, printable
from ..providers.comparison import Change

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = [
    "DELAY",
    "STDIN_SOURCE",
    "console",
    "counted",
    "print_changes",
    "print_diff",
    "print_error",
    "print_exactly",
    "print_json",
    "print_problems",
    "print_table",
    "print_warnings",
    "styled",
    "tracked",
]

_Item = TypeVar("_Item")
_GAP: Final = 3
"""The width between two columns of a table."""
_NARROW: Final = 20
"""The width to which a column may be wrapped."""
_INDENT: Final = "    "
_NAME: Final = "cyan"
DELAY: Final = 1.0
"""The seconds after which a progress bar is shown."""
STDIN_SOURCE: Final = "<stdin>"
"""The name of standard input in messages."""


def console() -> Console:
    """Standard output. Lines are wrapped only in a terminal: programs such as grep need whole lines."""
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> None:
            # Rich would exit with code 1. `command` handles the error instead.
            raise  # noqa: PLE0704

    console = Output(highlight=False, markup=False, emoji=False)
    return console if console.is_terminal else Output(highlight=False, markup=False, emoji=False, width=1_000_000)


def styled(string: str, style: str = "") -> Text:
    """*string* for the console; with escapes, so that it cannot control a terminal."""
    from rich.text import Text

    # As a span, the style applies only to this part if others are appended.
    return Text().append(printable(string), style=style)


def print_table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]], *, prose: Collection[str] = ()) -> None:
    """Print a table below a title, which may be empty. No word is broken: a table that is too wide is printed as a list.

    Args:
        title: the title.
        columns: the names of the columns.
        rows: the cells of each row.
        prose: the columns whose cells may be wrapped at blanks.
    """
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    output = console()
    if title:
        # rich would fold the title of a table to the width of the table.
        output.print(styled(title, "bold"), soft_wrap=True)
    cells = [tuple(map(printable, row)) for row in rows]
    needed = 1
    for column, texts in zip(columns, zip(columns, *cells, strict=True), strict=True):
        width = max(map(cell_len, texts))
        longest = max(cell_len(word) for text in texts for word in text.split(" "))
        needed += _GAP + (max(longest, min(width, _NARROW)) if column in prose else width)
    if not output.is_terminal:
        # The output is that of rich, in a fraction of the time: there may be thousands of tables.
        print_exactly(_plain_table([columns, *cells]))
        return
    if needed > output.width:
        _print_list(output, columns, cells)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=column not in prose, style="" if number else _NAME, header_style="bold")
    for row in cells:
        table.add_row(*map(styled, row))
    output.print(table)


def _plain_table(rows: Sequence[Sequence[str]]) -> str:
    """A table without styles, whose first row is its header."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    gap = " " * _GAP
    lines = [gap.join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "─" * (sum(widths) + _GAP * (len(widths) - 1)))
    return "\n" + "".join(f" {line.rstrip()}\n" for line in lines) + "\n"


def _print_list(output: Console, columns: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    """Print each row as ``first: second``, and each other cell on a line of its own; they are wrapped at blanks."""
    output.print()
    for first, second, *others in rows:
        start, *rest = _wrapped(f"{first}: {second}" if second else first, output.width)
        output.print(styled(start[: len(first)], _NAME) + styled(start[len(first) :]), soft_wrap=True)
        for column, cell in zip(columns[2:], others, strict=True):
            rest += [_INDENT + line for line in _wrapped(f"{column}: {cell}", output.width - len(_INDENT))] if cell else []
        for line in rest:
            output.print(styled(line), soft_wrap=True)
    output.print()


def _wrapped(string: str, width: int) -> list[str]:
    """The lines of a string, wrapped at blanks and indented from the second line on; long words are not broken."""
    from rich.cells import cell_len

    first, *words = string.split(" ")
    lines, used = [first], cell_len(first)
    for word in words:
        used += 1 + cell_len(word)
        if used <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(_INDENT + word)
            used = len(_INDENT) + cell_len(word)
    return lines


def print_diff(lines: Iterable[str]) -> None:
    """Print the lines of a unified diff: exactly, so that it can be applied, but in a terminal with colors and escapes."""
    output = console()
    if not output.is_terminal:
        print_exactly("".join(lines))
        return
    for line in lines:
        kind = "bold" if line.startswith(("--- ", "+++ ")) else {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        output.print(styled(line.rstrip("\r\n").expandtabs(), kind), soft_wrap=True)


def print_changes(changes: Iterable[Change | str]) -> None:
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


def print_problems(problems: Iterable[DocumentProblem]) -> None:
    """Print problems and their codes on standard output, one in each line."""
    output = console()
    for problem in problems:
        where, rest = _parts(problem)
        kind = styled(" warning:" if problem.problem.severity == "warning" else "", "yellow")
        code = styled(f" [{problem.problem.code}]", "dim")
        output.print(styled(where, "bold") + kind + styled(rest) + code, soft_wrap=True)


def _parts(problem: DocumentProblem) -> tuple[str, str]:
    """The location of a problem, and the rest of its line."""
    where = printable(f"{problem.location}:")
    return where, str(problem).removeprefix(where)


def print_error(message: str) -> None:
    """Print a line on standard error."""
    typer.echo(printable(message), err=True)


def print_json(value: object) -> None:
    """Print a value as JSON."""
    print_exactly(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_exactly(text: str) -> None:
    """Print *text* in UTF-8, independently of the encoding of the terminal."""
    typer.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def tracked(items: Sequence[_Item]) -> Iterator[_Item]:
    """Yield the items; show a progress bar on standard error if it is a terminal and the loop takes longer than `DELAY`."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress

    begun = time.monotonic()
    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task("checking", total=len(items))
    try:
        for each in items:
            yield each
            bar.advance(task)
            if time.monotonic() - begun > DELAY:
                bar.start()
    finally:
        bar.stop()


def counted(number: int, noun: str) -> str:
    """A number and its noun: ``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
