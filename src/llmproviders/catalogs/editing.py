# SPDX-License-Identifier: Apache-2.0
"""Edits of one entry in its file, and new entries; an error prevents all edits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

from ..errors import DocumentError, DocumentProblem, Problem, dotted
from ..fields.compiled import compiled
from ..fields.metadata import options
from ..fields.parts import Kind
from ..messages import with_hint
from ..providers.generic import GenericProvider
from ..similar_names import did_you_mean
from ..syntax.locations import Location
from .drafts import Draft, merged
from .entry_options import RESERVED
from .formats.locations import Path as TreePath
from .formats.lookup import format_module
from .formats.notation import in_shell
from .formats.trees import Tree, value_at, with_value, with_values
from .layers import Entry, extended_names
from .lint import literals_of
from .references import literal_refused, write_parts
from .resolution import Resolution, draft_with
from .revision import EditError, Original, Revision, read_original
from .sources import Document
from .values import Unreadable, kind_of_part, parse_value, path_of
from .writing import entry_of

__all__ = ["EntryEdit", "NewEntry"]


def _path_of_entry(name: str, environment: str) -> TreePath:
    return ("env", environment, "providers", name) if environment else ("providers", name)


class EntryEdit:
    """Changes of one entry, which are collected and then written.

    Args:
        file: the file that has the entry.
        name: the name of the entry.
        environment: the environment for which it is changed; empty for all. If the file does not have the entry in that
            environment, it gets an amendment of the catalog's entry.

    Raises:
        DocumentError: if the file cannot be read.
        EditError: if the file does not have the entry; for an environment, if the catalog lacks the environment or the entry.
    """

    def __init__(self, file: Path, name: str, environment: str = "") -> None:
        original = read_original(file)
        if environment:
            original.check_environment(environment)
            original.check_known(name, environment)
        else:
            original.check_own(name, f"amend it here with llmproviders add {file} {name} extends={name} KEY=VALUE, or change")
        body = original.own_body(_path_of_entry(name, environment))
        resolution = original.before.in_environment(environment)
        self._start(original, name, environment, {} if body is None else body, resolution.draft(name))

    def _start(self, original: Original, name: str, environment: str, body: object, draft: Draft) -> None:
        """Begin the edit of an entry.

        Args:
            original: the file.
            name: the name of the entry.
            environment: its environment.
            body: the entry as it is; empty if the file does not have it.
            draft: the entry, or what it inherits, with the values that parts are added to.
        """
        self._original = original
        self._name = name
        self._environment = environment
        self._at = _path_of_entry(name, environment)
        self._body = body
        self._draft = draft
        self._cls = draft.cls
        self._changes: dict[TreePath, Tree] = {}
        self._refused: list[DocumentProblem] = []

    def set(self, option: str, string: str) -> None:
        """Set an option, ``extra_options.KEY``, or a part such as ``extra_header.NAME``, to the value that *string* means.

        A part of inherited headers or of an inherited body is set in a copy, which becomes the entry's own value.

        Raises:
            EditError: if the part is inside of a value without parts, or the entry inherits a value that cannot be copied.
        """
        path = self._path(option)
        try:
            value = parse_value(self._cls, option, string)
        except Unreadable as error:
            problem = in_shell(error.problem, path[len(self._at) :])
            self._refused.append(DocumentProblem(str(self._original.file), 0, 0, dotted(path), problem))
            return
        kind = kind_of_part(self._cls, option)
        if path in self._changes:
            raise EditError(f"{option} and a part of it cannot be changed at once")
        depth = len(self._at) + 1
        whole, name = path[:depth], str(path[depth - 1])
        if kind is not None and whole not in self._changes and not self._has_own(name):
            self._changes[whole] = self._inherited(name, kind)
        if kind is None or whole not in self._changes:
            self._changes[path] = value
            return
        node = self._changes[whole]
        for step in path[depth:-1]:
            node = node.setdefault(step, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise EditError(f"{option} cannot be set, because a value above it is not a mapping; set {name} as a whole")
        node[path[-1]] = value

    def _has_own(self, name: str) -> bool:
        return isinstance(self._body, Mapping) and name in self._body

    def _inherited(self, name: str, kind: Kind) -> dict[str, Any]:
        """A copy of the headers or the body that the entry inherits; empty if it inherits none.

        Raises:
            EditError: if they cannot be copied.
        """
        if self._draft.has_problems and (self._environment or extended_names(self._body)):
            msg = f"the entry {self._name!r} may inherit {name}, but has problems; correct them first, or set {name} as a whole"
            raise EditError(msg)
        value = self._draft.values.get(name)
        if value is None:
            return {}
        if self._cls is None:
            # Without a class, values are as in the document.
            return merged(value, {}) if isinstance(value, dict) else {}
        value = compiled(self._cls).description.specs[name].accepted(value)
        problems: list[Problem] = []
        copy = write_parts(name, kind, value, "reveal", problems)
        if problems or not isinstance(copy, dict):
            msg = f"the entry {self._name!r} inherits {name}, and a part of it cannot be changed here; set {name} as a whole"
            raise EditError(msg)
        return copy

    def unset(self, option: str) -> None:
        """Remove an option, or ``extra_options.KEY``, from the entry.

        Raises:
            EditError: if the entry does not have it.
        """
        path = self._path(option)
        node: Any = self._body
        for step in path[len(self._at) :]:
            node = node.get(step) if isinstance(node, Mapping) else None
        if node is None:
            body = self._body if isinstance(self._body, Mapping) else {}
            hint = did_you_mean(option, [each for each in body if each not in RESERVED])
            inherits = "extends" in body or self._environment
            if not hint and inherits and self._cls is not None and option in compiled(self._cls).description.specs:
                hint = f"'without=[\"{option}\"]' resets an inherited one to its default"
            raise EditError(with_hint(f"the entry {self._name!r} has no {option} of its own", hint))
        self._changes[path] = None

    def _path(self, option: str) -> TreePath:
        """The path of an option in the document."""
        return (*self._at, *path_of(self._cls, option))

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
                raise EditError(f"{dotted(path[len(self._at) :])} and a part of it cannot be changed at once")
        text, tree = self._edited()
        made = self._original.revised(text, tree, entry=self._at, environment=self._environment)
        if not reveal:
            self._refuse_secrets(made.after.in_environment(self._environment), value_at(tree, self._at))
        return made

    def _edited(self) -> tuple[str, Tree]:
        """The new document and its tree."""
        text = self._original.text
        assert text is not None
        changes: dict[TreePath, Tree] = dict(self._changes.items())
        tree, _ = with_values(self._original.tree, changes)
        return format_module(self._original.format).edit(text, changes), tree

    def _refuse_secrets(self, after: Resolution, body: Tree) -> None:
        """Raise an error if the options that changed have literal secrets."""
        draft, document = after.draft(self._name), after.raw.sources.documents[-1]
        found: list[Problem] = []
        if draft.provider is not None and after.raw.entries[self._name].path == self._at:
            entry_of(draft.provider, "refuse", found)
        else:
            # Without a provider, the entry itself is searched.
            literals = [path for path, each in literals_of(body, draft.cls) if each.code == "literal-secret"]
            found = [literal_refused(dotted(path)) for path in literals]
        infos = {} if self._cls is None else {info.name: info for info in options(self._cls)}
        # The location of an item of a list, or of a default, begins with the name that was given.
        given = [f"{dotted(path[len(self._at) :])}." for path in self._changes]
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
                problems.append(self._original.unlocated(document.problem(path, problem)))
        if problems:
            raise DocumentError(problems)


class NewEntry(EntryEdit):
    """A new entry, whose options are collected and then written; the file is made if it does not exist.

    Args:
        file: the file.
        name: the name of the entry.
        kind: the keys of the kind of the entry, such as ``{"preset": "deepseek"}``.
        environment: the environment that has the entry; empty for all.
        is_default: whether it becomes the default of the catalog.

    Raises:
        DocumentError: if the file or a value of *kind* cannot be read.
        EditError: if the catalog has an entry of that name, which the new one does not amend.
    """

    def __init__(self, file: Path, name: str, kind: Mapping[str, str], environment: str = "", *, is_default: bool) -> None:
        original = read_original(file, may_be_new=True)
        raw = original.before.in_environment(environment).raw
        below = raw.entries.get(name)
        while below is not None and below.environment not in ("", environment):
            # This is an entry of the default environment.
            below = below.below
        try:
            body: dict[str, Any] = {key: parse_value(GenericProvider, key, string) for key, string in kind.items()}
        except Unreadable as error:
            problem = in_shell(error.problem, ("extends",))
            raise DocumentError([DocumentProblem(str(file), 0, 0, dotted(("providers", name, "extends")), problem)]) from None
        if below is not None:
            source = below.document.source
            is_own = original.own_body(_path_of_entry(name, environment)) is not None
            amends = name in extended_names(body) or (environment and not body)
            if is_own or not amends:
                command = f"llmproviders set {source} {name}"
                if environment:
                    # `set` needs an environment that exists; without a kind, `add` amends the entry.
                    command = f"llmproviders {'set' if is_own else 'add'} {file} {name} --env {environment}"
                raise EditError(f"{source} has an entry {name!r} already; change it with: {command} KEY=VALUE")
        self._is_default = is_default
        self._start(original, name, environment, body, Draft())
        document = Document(str(file), original.format, {}, lambda path: Location(0, 0))
        # As an abstract entry, it need not be complete yet.
        new = Entry(name, {**body, "abstract": True}, document, self._at[:-1], below, environment, is_partial=bool(environment))
        self._draft = draft_with(raw, new)
        self._cls = self._draft.cls

    def _edited(self) -> tuple[str, Tree]:
        format_ = format_module(self._original.format)
        entry = self._body
        for option, value in self._changes.items():
            entry = with_value(entry, option[len(self._at) :], value)
        tree, text = self._original.tree, self._original.text
        changes: dict[TreePath, Tree] = {}
        if self._is_default:
            changes[(*self._at[:-2], "default")] = self._name
        changes[self._at] = entry
        # This refuses a document in which a parent is no table.
        tree, _ = with_values(tree, changes)
        return (format_.write(tree) if text is None else format_.edit(text, changes)), tree
