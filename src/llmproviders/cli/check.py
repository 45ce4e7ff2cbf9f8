# SPDX-License-Identifier: Apache-2.0
"""The command ``check``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..catalogs.arguments import unknown_codes
from ..catalogs.discovery import catalogs_in
from ..catalogs.files import check_sources
from ..catalogs.formats.lookup import Format
from ..catalogs.layers import environments
from ..catalogs.settings import Settings, find_settings
from ..errors import DocumentProblem, InvalidOptionsError, Problem, ProviderError
from ..runtimes.runtime import runtime as runtime_named
from .arguments import CheckedEnvs, EnvFile, InputFormat, Json, Model, Overrides
from .command import FOUND, UsageError, command
from .completion import code_lists, runtime_names
from .inputs import OVERRIDE, STDIN, check_inputs, parse_assignments, read_sources, source_of
from .printing import console, counted, print_exactly, print_problems, tracked
from .reports import REPORTS, Checked, OutputFormat

__all__ = ["check"]


@command(
    "check",
    "llmproviders check providers.toml",
    "llmproviders check providers.toml --against flink-2.3 --model gpt-4o",
    "llmproviders check conf/ --strict --output-format github",
    "cat providers.yaml | llmproviders check - --format yaml",
    needs_arguments=False,
)
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE",
            help="Catalogs, or folders with catalogs; - is standard input. By default, the catalogs in pyproject.toml.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
    output_format: Annotated[
        OutputFormat | None,
        typer.Option("--output-format", help="The format of the report; text by default.", show_default=False),
    ] = None,
    format: InputFormat = None,  # noqa: A002
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="RUNTIME",
            help="Runtime to check the providers for, such as flink-2.3; may be repeated.",
            autocompletion=runtime_names,
        ),
    ] = None,
    model: Model = None,
    strict: Annotated[
        bool | None, typer.Option("--strict/--no-strict", help="Exit with 1 for warnings too.", show_default=False)
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="CODE", help="Report only these codes, separated by commas.", autocompletion=code_lists),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore", metavar="CODE", help="Do not report these codes, separated by commas.", autocompletion=code_lists
        ),
    ] = None,
    resolve: Annotated[bool, typer.Option("--resolve", help="Report references that cannot be resolved here.")] = False,
    envs: CheckedEnvs = None,
    overrides: Overrides = None,
    env_file: EnvFile = None,
) -> None:
    """Print every problem of every file, one a line; exit with 1 if there is an error."""
    if as_json and output_format not in (None, "json"):
        raise UsageError(f"expected --json or --output-format {output_format}, got both")
    output_format = "json" if as_json else output_format or "text"
    settings = find_settings(Path())
    named = files or _named(settings)
    check_inputs(named, format)
    against = against or list(settings.against)
    if model is not None and not against:
        raise UsageError("--model needs --against RUNTIME")
    model = settings.model if model is None else model
    paths = _catalogs(named)
    check_one = partial(
        check_sources,
        overrides=parse_assignments(overrides or (), OVERRIDE),
        are_strings=True,
        runtimes=[runtime_named(name) for name in against],
        model=model,
        select=_codes("--select", select, settings.select) or None,
        ignore=_codes("--ignore", ignore, settings.ignore),
        resolve_references=resolve,
    )
    found = (_problems(path, format, envs, check_one, is_only=len(paths) == 1) for path in tracked(paths))
    # Several files may include the same file: each problem is printed once.
    problems = tuple(dict.fromkeys(problem for each in found for problem in each))
    checked = Checked(tuple(map(source_of, paths)), problems, settings.strict if strict is None else strict)
    if output_format == "text":
        _print(checked, against, is_counted=paths != files)
    else:
        print_exactly(REPORTS[output_format](checked))
    if checked.failures:
        raise typer.Exit(FOUND)


def _named(settings: Settings) -> Sequence[Path]:
    """The files and folders that the project names."""
    if not settings.catalogs:
        raise UsageError("check: give FILE, or name the catalogs of the project in pyproject.toml: [tool.llmproviders] catalogs")
    return settings.catalogs


def _catalogs(named: Iterable[Path]) -> list[Path]:
    """The files without repetitions; a folder is replaced by the catalogs in it."""
    found: dict[Path, None] = {}
    for path in named:
        inside = catalogs_in(path) if path != STDIN and path.is_dir() else [path]
        if not inside:
            raise UsageError(f"{path}: expected a folder with catalogs, found none in it")
        found.update(dict.fromkeys(inside))
    return list(found)


def _codes(option: str, given: Sequence[str] | None, default: Sequence[str]) -> Sequence[str]:
    """The codes of an option of the command, or of the project."""
    if given is None:
        return default
    codes = [code.strip() for each in given for code in each.split(",")]
    for problem in unknown_codes(codes):
        raise UsageError(f"{option}: {problem}")
    return codes


def _problems(
    path: Path,
    input_format: Format | None,
    envs: Sequence[str] | None,
    check_one: Callable[..., Iterable[DocumentProblem]],
    *,
    is_only: bool,
) -> Iterable[DocumentProblem]:
    """The problems of a file. If there are several files, ``envs`` does not apply to a file without environments."""
    try:
        sources = read_sources(path, input_format)
        return check_one(sources, environments=envs if is_only or environments(sources) else None)
    except InvalidOptionsError as error:
        # There is no such environment.
        raise UsageError(str(error)) from None
    except ProviderError as error:
        # For example, the package of a format is not installed.
        problem = Problem("", "a file that can be read", hint=str(error), code="unreadable-file")
        return [DocumentProblem(source_of(path), 1, 1, "", problem)]


def _print(checked: Checked, against: Sequence[str], *, is_counted: bool) -> None:
    """Print the problems, a summary if there are no failures or *is_counted*, and in a terminal a hint to `explain`."""
    print_problems(checked.problems)
    warnings = sum(each.problem.severity == "warning" for each in checked.problems)
    errors = len(checked.problems) - warnings
    if not checked.failures or is_counted:
        counts = [counted(len(checked.files), "file"), counted(errors, "error") if errors else "no problems"]
        runtimes = f" on {', '.join(against)}" if against else ""
        typer.echo(", ".join(counts) + runtimes + (f", {counted(warnings, 'warning')}" if warnings else ""), err=True)
    if checked.problems and console().is_terminal:
        typer.echo(f"more about a problem: llmproviders explain {checked.problems[0].problem.code}", err=True)
