# SPDX-License-Identifier: Apache-2.0
"""The command ``check``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ..catalogs.files import check as check_file
from ..errors import DocumentProblem, Problem, ProviderError, UnknownRuntimeError
from .arguments import Json, Model
from .command import FOUND, UsageError, command
from .printing import counted, print_json, print_problem

__all__ = ["check"]


@command(
    "check",
    "llmproviders check providers.toml",
    "llmproviders check providers.toml --against flink-2.3 --model gpt-4o",
    "llmproviders check conf/*.yaml --strict --json",
)
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Catalogs.", show_default=False)],
    as_json: Json = False,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against", metavar="RUNTIME", help="Runtime to check the providers for, such as flink-2.3; may be repeated."
        ),
    ] = None,
    model: Model = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
) -> None:
    """Print every problem of every file, one a line; exit with 1 if there is an error."""
    if model is not None and not against:
        raise UsageError("--model needs --against RUNTIME")
    # Several files may include the same file, and runtimes share rules: each problem is printed once.
    names: Sequence[str | None] = against or (None,)
    found = (_problems(file, name, model) for file in files for name in names)
    problems = list(dict.fromkeys(problem for each in found for problem in each))
    errors = [problem for problem in problems if problem.problem.severity == "error"]
    if as_json:
        print_json([_record(problem) for problem in problems])
    else:
        for problem in problems:
            print_problem(problem)
    if errors or (strict and problems):
        raise typer.Exit(FOUND)
    if not as_json:
        warnings = f", {counted(len(problems), 'warning')}" if problems else ""
        runtimes = f" on {', '.join(against)}" if against else ""
        typer.echo(f"{counted(len(files), 'file')}, no problems{runtimes}{warnings}", err=True)


def _problems(file: Path, against: str | None, model: str | None) -> Iterable[DocumentProblem]:
    try:
        return check_file(file, runtime=against, model=model)
    except UnknownRuntimeError:
        raise
    except ProviderError as error:
        # For example, the package of a format is not installed.
        return [DocumentProblem(str(file), 1, 1, "", Problem("", "a file that can be read", hint=str(error)))]


def _record(problem: DocumentProblem) -> dict[str, Any]:
    inner = problem.problem
    return {
        "file": problem.source,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "option": inner.option,
        "key": inner.key,
        "expected": inner.expected,
        "got": inner.got,
        "hint": inner.hint,
        "severity": inner.severity,
    }
