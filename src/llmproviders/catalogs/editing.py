# SPDX-License-Identifier: Apache-2.0
"""Edits of one entry in its file, and new entries: values get the types of options, and an error prevents all edits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..credentials import looks_like_credential
from ..errors import DocumentError, Problem
from ..fields.compiled import compiled
from ..fields.hooks import string_reader
from ..fields.metadata import OptionInfo, options
from ..fields.spec import EXTRAS
from ..messages import did_you_mean, with_hint
from ..providers.base import Provider
from ..providers.generic import GenericProvider
from .entries import RESERVED
from .formats.locations import Path as TreePath
from .formats.lookup import Format, format_module
from .formats.trees import SyntaxProblem, Tree, changed, has_null
from .resolution import Resolution, class_of
from .revision import EditError, Original, Revision, edited, read_original
from .writing import entry_of

__all__ = ["EditError", "EntryEdit", "NewEntry"]


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

    def set(self, option: str, string: str) -> None:
        """Set an option, or ``extra_options.KEY``, to the value that *string* means."""
        self._changes[self._path(option)] = _typed(self._cls, option, string)

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
        problems = []
        for problem in found:
            path = self._path(problem.option)
            if path in self._changes:
                info = infos.get(problem.option)
                # A header, body or URL that contains a secret cannot be a reference.
                can_refer = info is None or info.secret
                hint = "write KEY=env:NAME or KEY=file:PATH, or pass --reveal" if can_refer else "pass --reveal"
                problem = attrs.evolve(problem, option="", hint=hint)  # noqa: PLW2901
                problems.append(after.raw.problem(self._name, path[2:], problem))
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
            tree = changed(tree, each, value)
            text = text if text is None else format_.edit(text, each, value)
        return (format_.write(tree) if text is None else text), tree


def _typed(cls: type[Provider], option: str, string: str) -> Tree:
    """The value of an option that *string* means: a value of the type of the option if possible, else the string itself."""
    extra = option.removeprefix(f"{EXTRAS}.")
    info = next((info for info in options(cls) if info.name == option), None)
    if (info and info.secret) or (extra != option and looks_like_credential(extra)):
        source, colon, reference = string.partition(":")
        if colon and source in ("env", "file"):
            return {source: reference}
    if info is None:
        literal = _literal(string)
        return literal if option in RESERVED and isinstance(literal, (list, dict)) else string
    return _typed_option(cls, info, string)


def _typed_option(cls: type[Provider], info: OptionInfo, string: str) -> Tree:
    if info.type in (bool, int, float):
        read = string_reader(info) or str
        try:
            return read(string)
        except ValueError:
            return string
    if info.java == "Duration" and string.isdecimal():
        # As a number, it is refused with a hint to write the unit.
        return int(string)
    literal = _literal(string)
    if info.secret and isinstance(literal, dict):
        return literal
    if not isinstance(literal, (str, list, dict)):
        return string
    try:
        compiled(cls).description.specs[info.name].accepted(literal)
    except Exception:  # noqa: BLE001
        # A custom converter may raise any exception.
        return string
    return literal


def _literal(string: str) -> Tree:
    """The value of *string* as JSON or TOML; None if it is not one of them, or contains a null."""
    if string[:1] not in ("{", "[", '"', "'"):
        return None
    documents: dict[Format, str] = {"json": f'{{"value": {string}}}', "toml": f"value = {string}"}
    for format_, document in documents.items():
        try:
            tree = format_module(format_).read(document)[0]
        except SyntaxProblem:
            continue
        if list(tree) == ["value"] and not has_null(tree):
            return tree["value"]
    return None
