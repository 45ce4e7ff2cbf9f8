# SPDX-License-Identifier: Apache-2.0
"""The command ``set``."""

from __future__ import annotations

from typing import Annotated

import typer

from ..catalogs.editing import EditError, EntryEdit
from .arguments import File, Name
from .command import UsageError, command
from .printing import print_changes, print_error

__all__ = ["set_"]


@command(
    "set",
    "llmproviders set providers.toml chat temperature=0.2 model=qwen-max",
    "llmproviders set providers.toml base api_key=env:DEEPSEEK_API_KEY",
    'llmproviders set providers.toml chat \'stop=["END", "STOP"]\' --unset top_p',
    "llmproviders set providers.toml chat extra_options.some-java-key=text",
)
def set_(
    file: File,
    name: Name,
    assignments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE", help="An option and its value; env:NAME or file:PATH for a secret.", show_default=False
        ),
    ] = None,
    unset: Annotated[list[str] | None, typer.Option("--unset", metavar="KEY", help="Remove an option from the entry.")] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Write literal secrets; then only you can read the file (not on Windows).")
    ] = False,
) -> None:
    """Change options of an entry in its file, which keeps its comments and layout; nothing is written if anything is wrong."""
    if not assignments and not unset:
        raise UsageError("set: give KEY=VALUE, or --unset KEY")
    edit = EntryEdit(file, name)
    keys: set[str] = set()
    for assignment in assignments or []:
        key, equals, string = assignment.partition("=")
        if not key or not equals:
            raise UsageError(f"expected KEY=VALUE, got {key!r}")
        _add_once(keys, key)
        edit.set(key, string)
    for key in unset or []:
        _add_once(keys, key)
        try:
            edit.unset(key)
        except EditError as error:
            raise UsageError(f"--unset: {error}") from None
    changes = edit.save(reveal=reveal)
    if changes is None:
        print_error(f"{file} had problems before, and is valid now")
    else:
        print_changes(changes)


def _add_once(keys: set[str], key: str) -> None:
    if key in keys:
        raise UsageError(f"expected each key once, got {key!r} twice")
    keys.add(key)
