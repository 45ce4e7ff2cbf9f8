# SPDX-License-Identifier: Apache-2.0
"""Removal and renaming of entries in their file."""

from __future__ import annotations

from pathlib import Path

from ..messages import shown_name
from ..providers.comparison import Change
from .entries import extended_name
from .formats.locations import Path as TreePath
from .formats.lookup import format_module
from .formats.trees import Tree, changed
from .resolution import resolve
from .revision import EditError, Revision, edited, read_original
from .sources import read_text

__all__ = ["removal", "renaming"]


def removal(file: Path, name: str) -> Revision:
    """The file without an entry.

    Raises:
        DocumentError: if the file cannot be read, or the catalog would have new problems.
        EditError: if the file does not have the entry, or if it is used: extended, the default, or the only one.
    """
    original = read_original(file)
    original.check_own(name, "remove")
    path = ("providers", name)
    text = format_module(original.format).edit(original.text, path, None)
    tree = changed(original.tree, path, None)
    raw = original.before.raw
    # An included entry of the same name may take its place.
    if name not in resolve(read_text(text, original.format, file)).raw.entries:
        if len(raw.entries) == 1:
            raise EditError(f"the entry {name!r} is the only one; remove the file, or add another entry first")
        users = [f"extends of {shown_name(other)}" for other, entry in raw.entries.items() if extended_name(entry) == name]
        if raw.default == name:
            users.append("default")
        if users:
            raise EditError(f"the entry {name!r} is still named by {', '.join(users)}; change that first")
    return original.revised(text, tree)


def renaming(file: Path, old: str, new: str) -> tuple[Revision, list[Change]]:
    """The file with another name for an entry, also where entries of the file extend it, and where it is the default.

    Returns:
        The revision, and the changes of the names that refer to the entry.

    Raises:
        DocumentError: if the file cannot be read, or the catalog would have new problems.
        EditError: if the file does not have the entry, or the catalog has one with the new name.
    """
    original = read_original(file)
    original.check_own(old, "rename")
    if not new:
        raise EditError("expected a name that is not empty")
    if new in original.before.raw.entries:
        raise EditError(f"{original.before.raw.documents[new].source} has an entry {new!r} already")
    format_ = format_module(original.format)
    providers: dict[str, Tree] = {new if name == old else name: entry for name, entry in original.tree["providers"].items()}
    tree = {**original.tree, "providers": providers}
    values: dict[TreePath, Tree] = {}
    references = []
    if tree.get("default") == old:
        values["default",] = new
        references.append(Change("", "", old, new))
    for name, entry in providers.items():
        if extended_name(entry) == old:
            values["providers", name, "extends"] = new
            references.append(Change(name, "extends", old, new))
    text, tree = edited(format_, format_.rename(original.text, ("providers", old), new), tree, values)
    return original.revised(text, tree, renamed=(old, new)), references
