# SPDX-License-Identifier: Apache-2.0
"""The typer application with all commands."""

from __future__ import annotations

import functools
from typing import Annotated, Any, Final

import typer

from .check import check
from .command import Command
from .convert import convert, sql
from .entries import remove, rename
from .explain import explain
from .import_ import import_
from .listings import presets, providers, runtimes, schema
from .set import add, set_
from .show import diff, options, show

__all__ = ["COMMANDS", "application"]

COMMANDS: Final[tuple[Command, ...]] = (
    *(check, show, options, diff, set_, add, remove, rename, convert, sql, import_),
    *(explain, schema, providers, presets, runtimes),
)
"""The commands in the order of the help."""


@functools.cache
def application() -> Any:
    """The typer application."""
    made = typer.Typer(
        name="llmproviders",
        help="Providers of LLMs and models for Flink, in files: check them, show them, change them.",
        epilog=_examples(
            "llmproviders check providers.toml",
            "llmproviders show providers.toml chat",
            "llmproviders set providers.toml chat temperature=0.2",
            "llmproviders COMMAND --help has examples of each.",
        ),
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_common)
    for each in COMMANDS:
        made.command(each.name, epilog=_examples(*each.examples), no_args_is_help=each.needs_arguments)(each.run)
    return made


def _examples(*lines: str) -> str:
    # Typer joins lines without a blank line between them.
    return "\n\n".join(("Examples:", *lines))


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"llmproviders {version('llmproviders')}")
        raise typer.Exit


def _common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    pass
