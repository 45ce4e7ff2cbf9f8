# SPDX-License-Identifier: Apache-2.0
"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..catalogs.formats.lookup import Format
from ..secret_policy import Secrets
from .completion import entry_names, file_names

__all__ = [
    "AnyName",
    "DryRun",
    "EditedFile",
    "File",
    "InputFormat",
    "Json",
    "LiteralSecrets",
    "Model",
    "Name",
    "Out",
    "not_stdin",
]


def _model(name: str | None) -> str | None:
    if name is not None and not name.strip():
        raise typer.BadParameter("expected a name, got an empty string")
    return name


def not_stdin(file: Path) -> Path:
    """The file, unless it is standard input."""
    if file == Path("-"):
        raise typer.BadParameter("expected a file to change, got - (standard input)")
    return file


File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A catalog: .toml, .json, .yaml or .yml; - is standard input.",
        show_default=False,
        autocompletion=file_names,
    ),
]
EditedFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A catalog, which is changed: .toml, .json, .yaml or .yml.",
        callback=not_stdin,
        show_default=False,
        autocompletion=file_names,
    ),
]
InputFormat = Annotated[Format | None, typer.Option("--format", help="The format of standard input.", show_default=False)]
Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="A provider of the catalog.", show_default=False, autocompletion=entry_names),
]
AnyName = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]", help="One provider; without it, all of them.", show_default=False, autocompletion=entry_names
    ),
]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="MODEL", callback=_model, help="Name of the service's model, if the file has none."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Out = Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help="Output file; by default standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print how the file would change, and write nothing.")]
LiteralSecrets = Annotated[Secrets, typer.Option("--secrets", help="What to do with literal secrets.")]
