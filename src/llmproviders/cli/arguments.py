# SPDX-License-Identifier: Apache-2.0
"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..catalogs.formats.lookup import Format
from ..catalogs.layers import VARIABLE
from ..secret_policy import Secrets
from .completion import entry_names, environment_names, file_names, overrides_of

__all__ = [
    "AnyName",
    "CheckedEnvs",
    "DryRun",
    "EditedEnv",
    "EditedFile",
    "Env",
    "EnvFile",
    "Envs",
    "File",
    "Force",
    "InputFormat",
    "Json",
    "LiteralSecrets",
    "Model",
    "Name",
    "Out",
    "Overrides",
    "Tag",
    "not_stdin",
]


def _model(name: str | None) -> str | None:
    if name is not None and not name.strip():
        raise typer.BadParameter("expected a name, got an empty string")
    return name


def _load_variables(file: Path | None) -> Path | None:
    if file is not None:
        from dotenv import load_dotenv

        if not file.is_file():
            msg = f"expected a file that can be read, got {file}"
            raise typer.BadParameter(msg)
        try:
            # Without interpolation, a placeholder such as ${secret_values.key} is kept.
            load_dotenv(file, interpolate=False)
        except (OSError, ValueError):
            msg = f"expected a file of lines NAME=VALUE in UTF-8, got {file}"
            raise typer.BadParameter(msg) from None
    return file


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


def _environment(help: str) -> Any:  # noqa: A002
    return typer.Option("--env", metavar="ENV", help=help, show_default=False, autocompletion=environment_names)


Env = Annotated[
    str | None, _environment(f"Environment of the catalog; by default that of the variable {VARIABLE}, else its default_env.")
]
EditedEnv = Annotated[
    str | None, _environment("Environment whose entry is changed; by default the entry outside of the environments.")
]
Envs = Annotated[list[str] | None, _environment("Environment of the catalog; may be repeated.")]
CheckedEnvs = Annotated[
    list[str] | None,
    _environment("Environment to check; may be repeated. By default all, and also without one if there is no default_env."),
]
EnvFile = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        metavar="FILE",
        help="A file with environment variables, such as .env; it changes no variable that is set.",
        callback=_load_variables,
        is_eager=True,
        show_default=False,
        autocompletion=file_names,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        "-o",
        metavar="NAME.KEY=VALUE",
        help="A value for this call; NAME may be a pattern such as '*'; may be repeated.",
        show_default=False,
        autocompletion=overrides_of,
    ),
]
Tag = Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only the providers with this tag.", show_default=False)]
Out = Annotated[Path | None, typer.Option("--output", "-O", metavar="OUT", help="New output file; by default standard output.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the output file if it exists.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print how the file would change, and write nothing.")]
LiteralSecrets = Annotated[Secrets, typer.Option("--secrets", help="What to do with literal secrets.")]
