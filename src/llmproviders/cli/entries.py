# SPDX-License-Identifier: Apache-2.0
"""The commands ``remove`` and ``rename``: whole entries."""

from __future__ import annotations

from typing import Annotated

import typer

from ..catalogs.restructuring import removal, renaming
from .arguments import DryRun, EditedEnv, EditedFile, EnvFile, Name
from .command import command
from .printing import print_changes
from .set import finish

__all__ = ["remove", "rename"]


@command("remove", "llmproviders remove providers.toml brief", "llmproviders remove providers.toml brief --dry-run")
def remove(file: EditedFile, name: Name, env: EditedEnv = None, env_file: EnvFile = None, dry_run: DryRun = False) -> None:
    """Remove an entry from its file; refused while other entries extend it, or while it is the default."""
    finish(removal(file, name, env or ""), env or "", dry_run=dry_run)


@command("rename", "llmproviders rename providers.toml chat talk", "llmproviders rename providers.toml chat talk --dry-run")
def rename(
    file: EditedFile,
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.", show_default=False)],
    env_file: EnvFile = None,
    dry_run: DryRun = False,
) -> None:
    """Rename an entry of a file, and change its name in every extends and default of the file."""
    revision, references = renaming(file, name, new)
    if dry_run:
        finish(revision, dry_run=True)
        return
    revision.write(private=False)
    print_changes([f"~ {name} -> {new}", *references])
