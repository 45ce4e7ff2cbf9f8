# SPDX-License-Identifier: Apache-2.0
"""Merging of entries into a catalog's file, all in one revision; entries of the same name are compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from ..errors import DocumentError
from ..fields.compiled import compiled
from ..fields.parts import Kind, kind_of, parts_in
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..providers.comparison import Change, changes_between
from ..secrets import MaskedText, Secret, mapped
from .formats.locations import Path as TreePath
from .formats.lookup import Format, format_module
from .formats.trees import Tree, with_values
from .resolution import sort_problems
from .revision import Revision, read_original

__all__ = ["Merger"]

_FOR_PEOPLE: Final = ("description", "tags", "ignore")
"""Keys of an entry that are kept when its options are replaced."""


class Merger:
    """A catalog's file, which need not exist, and the entries to merge into it.

    Raises:
        DocumentError: if the file, or one that it includes, cannot be read.
    """

    def __init__(self, file: Path) -> None:
        self._original = read_original(file, may_be_new=True)
        self._resolution = self._original.before.in_environment("")
        sources = self._resolution.raw.sources
        if sources.is_incomplete:
            # The entries may be in the file that cannot be read.
            raise DocumentError(sort_problems(sources.problems))

    @property
    def format(self) -> Format:
        """The format of the file."""
        return self._original.format

    def provider(self, name: str) -> Provider | None:
        """The provider of a name; None if there is none, or if its entry is abstract or has problems."""
        draft = self._resolution.draft(name)
        return None if draft.is_abstract else draft.provider

    def has(self, name: str) -> bool:
        """Whether the catalog has an entry of a name."""
        return name in self._resolution.raw.entries

    def variables(self) -> Iterator[str]:
        """The names of the environment variables of the catalog, and perhaps other strings."""
        todo: list[Any] = [document.tree for document in self._resolution.raw.sources.documents]
        while todo:
            node = todo.pop()
            if isinstance(node, dict) and isinstance(name := node.get("env"), str):
                yield name
            if isinstance(node, (dict, list)):
                todo += node.values() if isinstance(node, dict) else node

    def changes(self, name: str, provider: Provider) -> list[Change]:
        """The differences between the catalog's provider *name* and *provider*; secrets are masked."""
        old = self.provider(name)
        if old is None:
            return [Change(name, "", "no complete provider", provider.provider_name())]
        return _changes(name, old, provider)

    def revision(self, entries: Mapping[str, Tree], providers: Mapping[str, Provider]) -> Revision:
        """The file with the new entries, and with changed options of existing entries, which keep their description and tags.

        Args:
            entries: the entries, as if the file were new.
            providers: their providers.

        Raises:
            DocumentError: if the catalog would have new problems.
            EditError: if an entry to change is in another file.
            ProviderError: if the file cannot be edited without other changes.
        """
        new = dict(entries)
        old: dict[str, tuple[Mapping[str, Tree], dict[str, Tree]]] = {}
        for name in filter(self.has, entries):
            self._original.check_own(name, "replace")
            found = self._original.own_body(("providers", name))
            # If the entry is not a mapping, the edit raises an error.
            body = found if isinstance(found, dict) else {}
            old[name] = body, {key: each for key, each in new.pop(name).items() if key not in _FOR_PEOPLE or key not in body}
        amended = {name: self._amended(name, *both, providers[name]) for name, both in old.items()}
        with suppress(DocumentError):
            made = self._revised(new, amended)
            after = made.after.in_environment("")
            if not any(_differs(after.draft(name).provider, providers[name]) for name in old):
                return made
        # Only a replacement can reset an inherited option to its default.
        return self._revised(new, {name: _replaced(*both) for name, both in old.items()})

    def _amended(self, name: str, body: Mapping[str, Tree], entry: Mapping[str, Tree], new: Any) -> Mapping[str, Tree]:
        """The changes of an entry by key: only of options that differ, if the class is the same; None removes a key."""
        old: Any = self.provider(name)
        if type(old) is not type(new):
            return _replaced(body, entry)
        new = _with_old_spelling(old, new)
        keys = [key for key in compiled(type(new)).description.specs if getattr(old, key) != getattr(new, key)]
        found = {key: entry.get(key) for key in (*keys, "omit") if key in entry or key in body}
        return found | {key: entry[key] for key in _FOR_PEOPLE if key in entry}

    def _revised(self, new: Mapping[str, Tree], changed_keys: Mapping[str, Mapping[str, Tree]]) -> Revision:
        """The revision with new entries, and with changed keys of existing ones."""
        original = self._original
        format_ = format_module(original.format)
        if original.text is None:
            tree: Tree = {"providers": dict(new)}
            return original.revised(format_.write(tree), tree)
        changes: dict[TreePath, Tree] = {("providers", name): entry for name, entry in new.items()}
        for name, keys in changed_keys.items():
            changes |= {("providers", name, key): value for key, value in keys.items()}
        tree, _ = with_values(original.tree, changes)
        return original.revised(format_.edit(original.text, changes), tree)


def _replaced(body: Mapping[str, Tree], entry: Mapping[str, Tree]) -> dict[str, Tree]:
    """The changes that make *entry* of *body*, by key; None removes a key."""
    removed = {key: None for key in body if key not in entry and key not in _FOR_PEOPLE}
    return removed | {key: value for key, value in entry.items() if body.get(key) != value}


def _changes(name: str, old: Provider, new: Provider) -> list[Change]:
    return list(changes_between(name, old, _with_old_spelling(old, new)))


def _differs(made: Provider | None, wanted: Provider) -> bool:
    return made is None or bool(_changes("", made, wanted))


def _with_old_spelling(old: Any, new: Any) -> Any:
    """The provider *new*, with the headers, bodies and maps of *old* where only the order or the spelling differs."""
    if type(old) is not type(new):
        return new
    changes: dict[str, Any] = {}
    for name, spec in compiled(type(new)).description.specs.items():
        kind = None if spec.info is None else kind_of(spec.info)
        if kind is not None and _is_same(kind, value := getattr(old, name), getattr(new, name)):
            changes[spec.parameter] = value
    extras = dict(new.extra_options)
    for key, value in old.extra_options.items():
        if key in extras and _is_same("body", value, extras[key]):
            extras[key] = changes[EXTRAS] = value
    if EXTRAS in changes:
        changes[EXTRAS] = extras
    return new.with_(**changes) if changes else new


def _is_same(kind: Kind, old: object, new: object) -> bool:
    """Whether two different values have the same parts."""
    if old == new:
        return False
    parts = [parts_in(kind, each) for each in (old, new)]
    return None not in parts and _canonical(parts[0]) == _canonical(parts[1])


def _canonical(parts: Any) -> str:
    """A string that is equal for equal parts; it has their secrets."""
    return json.dumps(mapped(parts, _scalar), sort_keys=True)


def _scalar(_: object, part: Any) -> Any:
    if isinstance(part, Secret) and part.is_reference:
        default = None if part.default is None else part.default.reveal()
        return {"": [part.source, part.reference, default]}
    return {"": part.reveal()} if isinstance(part, (Secret, MaskedText)) else part
