# SPDX-License-Identifier: Apache-2.0
"""Edits of one entry in its file, and new entries: values get the types of options, and an error prevents all edits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from ..credentials import looks_like_credential
from ..errors import DocumentError, Problem
from ..fields.compiled import compiled
from ..fields.hooks import string_reader
from ..fields.metadata import OptionInfo, options
from ..fields.parts import Kind, kind_of
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

_SCALAR: Final = r"true|false|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"


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
        """Set an option, ``extra_options.KEY``, or a part such as ``extra_header.NAME``, to the value that *string* means.

        Raises:
            EditError: if it is a part of a value that the entry inherits.
        """
        kind, (_, _, *path) = _kind_of_part(self._cls, option), self._path(option)
        if kind is None:
            self._changes[self._path(option)] = _typed(self._cls, option, string)
            return
        self._refuse_inherited(path[0])
        self._changes[self._path(option)] = _typed_part(kind, path[1:], string)

    def _refuse_inherited(self, name: str) -> None:
        """Raise an error if headers or a body are inherited: a part of them in this entry would replace all of them."""
        if isinstance(self._body, Mapping) and name not in self._body and "extends" in self._body:
            # A new entry has no provider yet.
            providers = self._original.before.providers
            provider = providers.get(self._name) or providers.get(str(self._body["extends"]))
            if getattr(provider, name, None) is not None:
                msg = f"the entry {self._name!r} inherits {name}, and a part here would replace all of it; set all of {name}"
                raise EditError(msg)

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
        if (kind := _kind_of_part(self._cls, option)) is not None:
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
            if any(path[: len(each)] == each[: len(path)] for each in self._changes):
                info = infos.get(problem.option)
                # A URL that contains a secret cannot be a reference.
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
            # This refuses a document whose `providers` is no table.
            text = text if text is None else format_.edit(text, each, value)
            tree = changed(tree, each, value)
        return (format_.write(tree) if text is None else text), tree


def _kind_of_part(cls: type[Provider], option: str) -> Kind | None:
    """The kind of an option with parts, if *option* is one of its parts, such as ``extra_header.NAME``."""
    name, dot, _ = option.partition(".")
    return next((kind_of(info) for info in options(cls) if dot and info.name == name), None)


def _typed_part(kind: Kind, path: Sequence[str], string: str) -> Tree:
    """The value of a header or of a field of a body."""
    source, colon, reference = string.partition(":")
    if colon and source in ("env", "file") and (kind != "body" or any(map(looks_like_credential, path))):
        return {source: reference}
    literal = _literal(string, scalars=kind == "body")
    return string if literal is None or (kind != "body" and not isinstance(literal, (list, dict))) else literal


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


def _literal(string: str, *, scalars: bool = False) -> Tree:
    """The value of *string* as JSON or TOML, with *scalars* also a number or a boolean; None for others, or if it has a null."""
    if string[:1] not in ("{", "[", '"', "'") and not (scalars and re.fullmatch(_SCALAR, string)):
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
