# SPDX-License-Identifier: Apache-2.0
"""Removal and renaming of entries in their file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..messages import shown, shown_name
from ..providers.comparison import Change
from .formats.locations import Path as TreePath
from .formats.lookup import format_module
from .formats.trees import Tree, renamed, value_at, with_value, with_values
from .layers import compose, environments, extended_names
from .revision import EditError, Revision, read_original
from .sources import Sources, read_text

__all__ = ["removal", "renaming"]


def removal(file: Path, name: str, environment: str = "") -> Revision:
    """The file without an entry.

    Args:
        file: the file.
        name: the entry.
        environment: the environment from which it is removed; empty to remove the entry itself.

    Raises:
        DocumentError: if the file cannot be read, or the catalog would have new problems.
        EditError: if the file does not have the entry, or if it is used: extended, the default, or the only one.
    """
    original = read_original(file)
    raw = original.before.resolutions[0].raw
    if environment:
        if environment not in _environments_with(original.tree, name):
            raise EditError(f"the environment {environment!r} of {file} has no entry {shown(name)}")
        place: TreePath = ("env", environment, "providers", name)
        elsewhere = environments(Sources(raw.sources.documents[:-1]))
        # A table that becomes empty is removed too, except the environment itself if no included file has it.
        least = 1 if environment in elsewhere else 3
        while len(place) > least and len(value_at(original.tree, place[:-1])) == 1:
            place = place[:-1]
        text = format_module(original.format).edit(original.text, {place: None})
        return original.revised(text, with_value(original.tree, place, None))
    original.check_own(name, "remove")
    path = ("providers", name)
    text = format_module(original.format).edit(original.text, {path: None})
    tree = with_value(original.tree, path, None)
    # An included entry of the same name may take its place.
    if name not in compose(read_text(text, original.format, file)).entries:
        if len(raw.entries) == 1:
            raise EditError(f"the entry {name!r} is the only one; remove the file, or add another entry first")
        users = [f"extends of {shown_name(other)}" for other, entry in raw.entries.items() if name in entry.extends]
        if raw.default == name:
            users.append("default")
        users += [f"the environment {shown_name(each)}" for each in _environments_with(original.tree, name)]
        if users:
            raise EditError(f"the entry {name!r} is still named by {', '.join(users)}; change that first")
    return original.revised(text, tree)


def renaming(file: Path, old: str, new: str) -> tuple[Revision, list[Change]]:
    """The file with another name for an entry, also in every ``extends`` and ``default`` that names it.

    Returns:
        The revision, and the changes of the names that refer to the entry.

    Raises:
        DocumentError: if the file cannot be read, or the catalog would have new problems.
        EditError: if the file does not have the entry, or the catalog has one with the new name.
    """
    original = read_original(file)
    if not new:
        raise EditError("expected a name that is not empty")
    text, tree = str(original.text), original.tree
    tables = [path for path, table in _tables(tree) if value_at(table, ("providers", old)) is not None]
    if not tables:
        original.check_own(old, "rename")
    # If the included entry was renamed first, an amendment of it may get the name of that entry.
    amends = all(path or old in extended_names(value_at(tree, ("providers", old))) for path in tables)
    for each in original.before.resolutions:
        entry = each.raw.entries.get(new)
        if entry is not None and not (amends and entry.document.source != str(file)):
            raise EditError(f"{entry.document.source} has an entry {new!r} already")
    format_ = format_module(original.format)
    for table in tables:
        text = format_.rename(text, (*table, "providers", old), new)
        tree = renamed(tree, (*table, "providers", old), new)
    values: dict[TreePath, Tree] = {}
    references = []
    for path, default in _defaults(tree):
        if default == old:
            values[path] = new
            references.append(Change("", "", old, new))
    for path, name, body in _bodies(tree):
        if old in extended_names(body):
            value = body["extends"]
            values[(*path, "extends")] = new if value == old else [new if each == old else each for each in value]
            references.append(Change(name, "extends", old, new))
    tree, _ = with_values(tree, values)
    return original.revised(format_.edit(text, values), tree, renamed=(old, new)), references


def _tables(tree: Tree) -> Iterator[tuple[TreePath, Tree]]:
    """The document and the environments in it, each with its path."""
    yield (), tree
    tables = tree.get("env")
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict):
            yield ("env", name), table


def _bodies(tree: Tree) -> Iterator[tuple[TreePath, str, Tree]]:
    """The path, the name and the body of each entry."""
    for path, table in _tables(tree):
        providers = table.get("providers")
        for name, body in providers.items() if isinstance(providers, dict) else ():
            yield (*path, "providers", name), name, body


def _defaults(tree: Tree) -> Iterator[tuple[TreePath, Tree]]:
    return (((*path, "default"), table.get("default")) for path, table in _tables(tree))


def _environments_with(tree: Tree, name: str) -> list[str]:
    """The environments that have an entry."""
    return [str(path[1]) for path, each, _ in _bodies(tree) if each == name and path[0] == "env"]
