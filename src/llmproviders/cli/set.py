# SPDX-License-Identifier: Apache-2.0
"""The commands ``set`` and ``add``: options of an entry, and new entries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..catalogs.editing import EntryEdit, NewEntry
from ..catalogs.layers import KINDS
from ..catalogs.revision import EditError, Revision
from ..messages import shown
from .arguments import DryRun, EditedEnv, EditedFile, EnvFile, Name, not_stdin
from .command import UsageError, command
from .completion import assignments_of, file_names, options_of_entry
from .inputs import parse_assignments
from .printing import counted, print_changes, print_diff, print_error

__all__ = ["add", "finish", "set_"]

_Reveal = Annotated[
    bool, typer.Option("--reveal", help="Write literal secrets; then only you can read the file (not on Windows).")
]
_ASSIGNMENT = "An option and its value; env:NAME or file:PATH for a secret."


@command(
    "set",
    "llmproviders set providers.toml chat temperature=0.2 model=qwen-max",
    "llmproviders set providers.toml base api_key=env:DEEPSEEK_API_KEY",
    'llmproviders set providers.toml chat \'stop=["END", "STOP"]\' --unset top_p --dry-run',
    "llmproviders set providers.toml chat extra_options.some-java-key=text",
)
def set_(
    file: EditedFile,
    name: Name,
    assignments: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help=_ASSIGNMENT, show_default=False, autocompletion=assignments_of),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option("--unset", metavar="KEY", help="Remove an option from the entry.", autocompletion=options_of_entry),
    ] = None,
    reveal: _Reveal = False,
    env: EditedEnv = None,
    env_file: EnvFile = None,
    dry_run: DryRun = False,
) -> None:
    """Change options of an entry in its file; comments and layout are kept, and if there is an error, nothing is written."""
    if not assignments and not unset:
        raise UsageError("set: give KEY=VALUE, or --unset KEY")
    edit = EntryEdit(file, name, env or "")
    given = parse_assignments(assignments or [])
    for key, string in given.items():
        edit.set(key, string)
    for key in unset or []:
        if key in given or (unset or []).count(key) > 1:
            raise UsageError(f"expected each key once, got {shown(key)} twice")
        try:
            edit.unset(key)
        except EditError as error:
            raise UsageError(f"--unset: {error}") from None
    finish(edit.revision(reveal=reveal), env or "", dry_run=dry_run, private=reveal)


@command(
    "add",
    "llmproviders add providers.toml chat preset=deepseek temperature=0.2",
    "llmproviders add providers.toml brief extends=chat max_tokens=50 --default",
)
def add(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A catalog: .toml, .json, .yaml or .yml; it is made if it does not exist.",
            callback=not_stdin,
            show_default=False,
            autocompletion=file_names,
        ),
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the new entry.", show_default=False)],
    assignments: Annotated[
        list[str],
        typer.Argument(
            metavar="KEY=VALUE",
            help=f"One of {', '.join(KINDS)}, unless --env amends an entry; and options. {_ASSIGNMENT}",
            show_default=False,
            autocompletion=assignments_of,
        ),
    ],
    default: Annotated[bool, typer.Option("--default", help="Make it the default of the catalog.")] = False,
    reveal: _Reveal = False,
    env: EditedEnv = None,
    env_file: EnvFile = None,
    dry_run: DryRun = False,
) -> None:
    """Add an entry to a file; comments and layout are kept, and if there is an error, nothing is written."""
    if not name:
        raise UsageError("add: expected a name that is not empty")
    given = parse_assignments(assignments)
    kinds = {key: string for key, string in given.items() if key in KINDS}
    entry = NewEntry(file, name, kinds, env or "", is_default=default)
    for key, string in given.items():
        if key not in kinds:
            entry.set(key, string)
    finish(entry.revision(reveal=reveal), env or "", dry_run=dry_run, private=reveal)


def finish(revision: Revision, environment: str = "", *, dry_run: bool, private: bool = False) -> None:
    """Write a revision and print the changes of the catalog; with *dry_run*, only print the diff of the file."""
    if revision.text == revision.original.text:
        print_error("no changes")
        return
    if dry_run:
        print_diff(revision.diff())
        return
    revision.write(private=private)
    file, catalogs = revision.original.file, revision.catalogs(environment)
    if catalogs is not None:
        changes = catalogs[0].diff(catalogs[1])
        print_changes(changes)
        if not changes:
            print_error(f"{file} is written; the value of no option has changed")
    elif rest := len(revision.after.problems):
        print_error(f"{file} still has {counted(rest, 'problem')} elsewhere; llmproviders check {file} lists them")
    else:
        print_error(f"{file} had problems before, and is valid now")
