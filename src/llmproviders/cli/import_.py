# SPDX-License-Identifier: Apache-2.0
"""The command ``import``: CREATE MODEL statements as a catalog, with references in place of literal secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from ..catalogs.formats.lookup import Format, format_module, format_of
from ..catalogs.merging import Merger
from ..catalogs.writing import tree_of
from ..credentials import mask_value
from ..errors import DocumentError, Problem
from ..messages import names_of, shown
from .arguments import DryRun, Force, Out, not_stdin
from .command import UsageError, command, fail
from .completion import file_names
from .inputs import read_text_of, source_of
from .outputs import check_output, write_output
from .printing import print_warnings
from .references import FORM, Model, Policy, References, given_references
from .set import finish

if TYPE_CHECKING:
    from ..sql.read import Script

__all__ = ["import_"]


@command(
    "import",
    "llmproviders import job.sql",
    "llmproviders import job.sql --to yaml --secret api_key=env:DEEPSEEK_API_KEY",
    "llmproviders import job.sql --output providers.toml",
    "llmproviders import job.sql --into providers.toml --dry-run",
)
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A file with CREATE MODEL statements; - is standard input.",
            show_default=False,
            autocompletion=file_names,
        ),
    ],
    to: Annotated[
        Format | None, typer.Option("--to", help="The format; by default that of OUT, else toml.", show_default=False)
    ] = None,
    out: Out = None,
    force: Force = False,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="CATALOG",
            help="A catalog to add the entries to; comments and layout are kept, and a missing file is created.",
            callback=lambda file: None if file is None else not_stdin(file),
            show_default=False,
            autocompletion=file_names,
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="With --into: replace entries that have other options.")] = False,
    dry_run: DryRun = False,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar=FORM,
            help="The reference for a literal secret, such as api_key=env:NAME or chat.api_key=file:PATH; may be repeated.",
            show_default=False,
        ),
    ] = None,
    secrets: Annotated[
        Policy, typer.Option("--secrets", help="What to do with literal secrets; by default, references replace them.")
    ] = "reference",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors: nothing is written.")] = False,
) -> None:
    """Write CREATE MODEL statements, or outputs of SHOW CREATE MODEL with semicolons, as a catalog; columns are left out."""
    _check_call(to, out, into, secrets, force=force, replace=replace, dry_run=dry_run)
    source = source_of(file)
    statements = _statements(file, source, strict=strict)
    merger = None if into is None else Merger(into)
    models = _models(statements, source, merger)
    references = References(source, models, merger, given_references(secret or ()))
    same, differing = references.compared()
    if differing and not replace:
        full_names = {name: mask_value(models[name].full_name) for name in differing}
        names = names_of(name if name == full else f"{name} (the model {full})" for name, full in full_names.items())
        fail(
            f"{into} has other options for {names}; pass --replace to change them as follows, or rename the model",
            *(str(change) for changes in differing.values() for change in changes),
        )
    catalog = references.catalog([name for name in models if name not in same], secrets)
    format_ = merger.format if merger is not None else to or (format_of(out) if out is not None else "toml")
    problems: list[Problem] = []
    tree = tree_of(catalog, "refuse" if secrets == "reference" else secrets, problems, inherit=False)
    if problems:
        fail(*(f"{source}: {_unwritten(each)}" for each in problems))
    if merger is None:
        write_output(format_module(format_).write(tree), out, private=secrets == "reveal")
        references.print_references(format_)
        return
    revision = merger.revision(tree["providers"], catalog)
    references.print_kept(str(into), same)
    finish(revision, dry_run=dry_run, private=secrets == "reveal")
    references.print_references(format_)


def _check_call(
    to: Format | None, out: Path | None, into: Path | None, secrets: Policy, *, force: bool, replace: bool, dry_run: bool
) -> None:
    """Check that the options of the call can be combined.

    Raises:
        UsageError: if not.
    """
    if into is None:
        for is_given, name in ((replace, "--replace"), (dry_run, "--dry-run")):
            if is_given:
                raise UsageError(f"{name} is for --into")
        check_output(out, force=force, hint=f"--into {out} to add to it, or ")
        return
    for is_given, name in ((out is not None, "--output"), (to is not None, "--to"), (force, "--force")):
        if is_given:
            raise UsageError(f"{name} is for a new catalog, and --into for one that may exist; give one of them")
    if secrets == "redact":
        raise UsageError("--secrets redact writes masks, and a catalog with masks does not load; leave it out with --into")


def _statements(file: Path, source: str, *, strict: bool) -> Script:
    """The statements of a file; warnings are printed, and are errors if *strict*."""
    from ..sql.read import read_statements

    statements, problems = read_statements(read_text_of(file), source)
    print_warnings(statements.warnings)
    if problems:
        raise DocumentError(problems)
    if strict and statements.warnings:
        fail(f"{source}: nothing is written, because --strict makes warnings errors")
    if not statements:
        fail(f"{source}: expected a model at the end of the script, got none")
    return statements


def _models(statements: Script, source: str, merger: Merger | None) -> dict[str, Model]:
    """The models of statements, by the names of their entries."""
    names = _names([statement.path for statement in statements], merger)
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        fail(
            *(
                f"{source}: expected models of different names, got {shown(name)} twice; rename one of them in the script"
                for name in twice
            )
        )
    models = (Model(".".join(each.path), each.provider, each.comment or "") for each in statements)
    return dict(zip(names, models, strict=True))


def _names(paths: Sequence[Sequence[str]], merger: Merger | None) -> list[str]:
    """The last part of the name of each model; the full name if the catalog has it, or if others have the same last part."""
    counts = Counter(path[-1] for path in paths)
    names = []
    for path in paths:
        full = ".".join(path)
        is_full = counts[path[-1]] > 1 or (merger is not None and merger.has(full))
        names.append(full if is_full else path[-1])
    return names


def _unwritten(problem: Problem) -> Problem:
    """*problem* with a hint for the command: the document cannot hold the option."""
    hints = {
        "literal-secret": "remove this default, or pass --secrets reveal",
        "unwritable-option": "change it in the statement, or pass --secrets reveal",
    }
    return attrs.evolve(problem, option=problem.option.removeprefix("providers."), hint=hints[problem.code])
