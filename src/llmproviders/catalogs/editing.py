# SPDX-License-Identifier: Apache-2.0
"""Edits of one entry in its file, and new entries; an error prevents all edits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

from ..errors import DocumentError, DocumentProblem, Problem
from ..fields.compiled import compiled
from ..fields.metadata import options
from ..fields.parts import Kind
from ..fields.spec import EXTRAS
from ..messages import with_hint
from ..providers.generic import GenericProvider
from ..similar_names import did_you_mean
from .entries import RESERVED
from .formats.locations import Path as TreePath
from .formats.lookup import format_module
from .formats.notation import in_shell
from .formats.trees import Tree, changed
from .references import write_parts
from .resolution import Resolution, class_of
from .revision import EditError, Original, Revision, edited, read_original
from .values import Unreadable, kind_of_part, typed
from .writing import entry_of

__all__ = ["EntryEdit", "NewEntry"]


class EntryEdit:
    """Changes of one entry, which are collected and then written.

    Args:
        file: the file that has the entry.
        name: the name of the entry.

    Raises:
        DocumentError: if the file cannot be read.
        EditError: if the file does not have the entry.
    """

    def __init__(self, file: Path, name: str) -> None:
        original = read_original(file)
        original.check_own(name, "change")
        self._start(original, name, original.before.raw.entries[name])

    def _start(self, original: Original, name: str, body: object) -> None:
        self._original = original
        self._name = name
        self._body = body
        self._cls = class_of({**original.before.raw.entries, name: body}, name, {}) or GenericProvider
        self._changes: dict[tuple[str, ...], Tree] = {}
        self._refused: list[DocumentProblem] = []

    def set(self, option: str, string: str) -> None:
        """Set an option, ``extra_options.KEY``, or a part such as ``extra_header.NAME``, to the value that *string* means.

        A part of headers or of a body that the entry inherits is set in a copy of these, which becomes the entry's own.

        Raises:
            EditError: if the part is inside of a value without parts, or the entry inherits a value that cannot be copied.
        """
        path = self._path(option)
        try:
            value = typed(self._cls, option, string)
        except Unreadable as error:
            problem = in_shell(error.problem, path[2:])
            self._refused.append(DocumentProblem(str(self._original.file), 0, 0, ".".join(path), problem))
            return
        kind = kind_of_part(self._cls, option)
        if path in self._changes:
            raise EditError(f"{option} and a part of it cannot be changed at once")
        whole = path[:3]
        if kind is not None and whole not in self._changes and not self._has_own(path[2]):
            self._changes[whole] = self._inherited(path[2], kind)
        if kind is None or whole not in self._changes:
            self._changes[path] = value
            return
        node = self._changes[whole]
        for step in path[3:-1]:
            node = node.setdefault(step, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise EditError(f"{option} is below a value without parts; set {path[2]} as a whole")
        node[path[-1]] = value

    def _has_own(self, name: str) -> bool:
        return isinstance(self._body, Mapping) and name in self._body

    def _inherited(self, name: str, kind: Kind) -> dict[str, Any]:
        """A copy of the headers or the body that the entry inherits; empty if it inherits none.

        Raises:
            EditError: if they cannot be copied.
        """
        if not self._has_own("extends"):
            return {}
        # A new entry has no provider yet.
        providers, body = self._original.before.providers, self._body
        assert isinstance(body, Mapping)
        value = getattr(providers.get(self._name) or providers.get(str(body["extends"])), name, None)
        if value is None:
            return {}
        problems: list[Problem] = []
        copy = write_parts(name, kind, value, "reveal", problems)
        if problems or not isinstance(copy, dict):
            msg = f"the entry {self._name!r} inherits {name}, of which no part can be changed here; set {name} as a whole"
            raise EditError(msg)
        return copy

    def unset(self, option: str) -> None:
        """Remove an option, or ``extra_options.KEY``, from the entry.

        Raises:
            EditError: if the entry does not have it.
        """
        path = self._path(option)
        node: Any = self._body
        for step in path[2:]:
            node = node.get(step) if isinstance(node, Mapping) else None
        if node is None:
            body = self._body if isinstance(self._body, Mapping) else {}
            hint = did_you_mean(option, [each for each in body if each not in RESERVED])
            if not hint and option in compiled(self._cls).description.specs and "extends" in body:
                hint = f"'without=[\"{option}\"]' resets an inherited one to its default"
            raise EditError(with_hint(f"the entry {self._name!r} has no {option} of its own", hint))
        self._changes[path] = None

    def _path(self, option: str) -> tuple[str, ...]:
        """The path of an option in the document."""
        if (kind := kind_of_part(self._cls, option)) is not None:
            whole, _, part = option.partition(".")
            # The name of a header may contain dots.
            return ("providers", self._name, whole, *(part.split(".") if kind == "body" else (part,)))
        extra = option.removeprefix(f"{EXTRAS}.")
        return ("providers", self._name, *((option,) if extra == option else (EXTRAS, extra)))

    def revision(self, *, reveal: bool) -> Revision:
        """The new version of the file.

        Args:
            reveal: whether literal secrets are accepted.

        Raises:
            DocumentError: if the entry would have problems, or the catalog new ones, or if a literal secret is not accepted.
            ProviderError: if the file cannot be edited without other changes.
        """
        if self._refused:
            raise DocumentError(self._refused)
        paths = sorted(self._changes)
        for path, following in pairwise(paths):
            if following[: len(path)] == path:
                raise EditError(f"{'.'.join(path[2:])} and a part of it cannot be changed at once")
        made = self._original.revised(*self._edited(), entry=self._name)
        if not reveal:
            self._refuse_secrets(made.after)
        return made

    def _edited(self) -> tuple[str, Tree]:
        """The new document and its tree."""
        text = self._original.text
        assert text is not None
        changes: dict[TreePath, Tree] = dict(self._changes.items())
        return edited(format_module(self._original.format), text, self._original.tree, changes)

    def _refuse_secrets(self, after: Resolution) -> None:
        """Raise an error if the options that changed have literal secrets."""
        provider = after.provider(self._name)
        found: list[Problem] = []
        entry_of(provider, "refuse", found)
        infos = {info.name: info for info in options(type(provider))}
        # An item of a list and a default are located below the name that was given.
        given = [".".join(path[2:]) + "." for path in self._changes]
        problems = []
        for problem in found:
            path = self._path(problem.option)
            where = f"{problem.option}."
            if any(where.startswith(each) or each.startswith(where) for each in given):
                info = infos.get(problem.option)
                # A URL that contains a secret cannot be a reference, and an item of a list has no name.
                can_refer = (info is None or info.secret) and not any(
                    step.isdecimal() or step == "default" for step in where.split(".")[1:]
                )
                key = problem.option
                hint = f"write {key}=env:NAME or {key}=file:PATH, or pass --reveal" if can_refer else "pass --reveal"
                problem = attrs.evolve(problem, option="", hint=hint)  # noqa: PLW2901
                problems.append(self._original.unlocated(after.raw.problem(self._name, path[2:], problem)))
        if problems:
            raise DocumentError(problems)


class NewEntry(EntryEdit):
    """A new entry, whose options are collected and then written; the file is made if it does not exist.

    Args:
        file: the file.
        name: the name of the entry.
        kind: the keys of the kind of the entry, such as ``{"preset": "deepseek"}``.
        is_default: whether it becomes the default of the catalog.

    Raises:
        DocumentError: if the file cannot be read.
        EditError: if the catalog has an entry of that name.
    """

    def __init__(self, file: Path, name: str, kind: Mapping[str, str], *, is_default: bool) -> None:
        original = read_original(file, may_be_new=True)
        raw = original.before.raw
        if name in raw.entries:
            source = raw.documents[name].source
            raise EditError(f"{source} has an entry {name!r} already; change it with: llmproviders set {source} {name} KEY=VALUE")
        self._start(original, name, dict(kind))
        self._is_default = is_default

    def _edited(self) -> tuple[str, Tree]:
        format_ = format_module(self._original.format)
        path, entry = ("providers", self._name), self._body
        for option, value in self._changes.items():
            entry = changed(entry, option[2:], value)
        tree, text = self._original.tree, self._original.text
        changes: dict[tuple[str, ...], Tree] = {("default",): self._name} if self._is_default else {}
        changes[path] = entry
        for each, value in changes.items():
            # This refuses a document whose `providers` is no table.
            text = text if text is None else format_.edit(text, each, value)
            tree = changed(tree, each, value)
        return (format_.write(tree) if text is None else text), tree
