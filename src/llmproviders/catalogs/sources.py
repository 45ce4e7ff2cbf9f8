# SPDX-License-Identifier: Apache-2.0
"""Files and the files that they include, read into raw entries: each with its document, and each problem with its location."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import Final

import attrs

from ..errors import DocumentError, DocumentProblem, Problem
from ..messages import did_you_mean, shown_type
from .formats.locations import Locate, Location, location_of
from .formats.locations import Path as TreePath
from .formats.lookup import Format, format_module, format_of
from .formats.trees import MAX_CHARACTERS, SyntaxProblem, Tree

__all__ = ["RawCatalog", "read_file", "read_text"]

_KEYS: Final = ("default", "include", "providers")
_IGNORED: Final = ("$schema",)
"""Keys that only editors read."""
_BLOCK: Final = 1024 * 1024
"""The number of bytes that are read at once."""


@attrs.frozen
class Document:
    """A file, or a string, that was read."""

    source: str
    """The name of the file; for a string, the name of its format."""
    locate: Locate = attrs.field(repr=False)

    def problem(self, path: TreePath, problem: Problem) -> DocumentProblem:
        """A problem, with the location of the part at *path*."""
        return _located(self.source, self.locate(path), path, problem)


@attrs.define
class RawCatalog:
    """The entries of a document and of the documents that it includes, before they are resolved."""

    entries: dict[str, object] = attrs.field(factory=dict)
    documents: dict[str, Document] = attrs.field(factory=dict)
    """The document of each entry."""
    default: str | None = None
    default_document: Document | None = None
    added: dict[str, list[str]] = attrs.field(factory=dict)
    """The new entries of documents that include others, each with the names of the included entries."""
    is_incomplete: bool = False
    """Whether a file could not be read; it may have the entries that are missing."""
    problems: list[DocumentProblem] = attrs.field(factory=list)

    def problem(self, name: str, path: TreePath, problem: Problem) -> DocumentProblem:
        """A problem of an entry, with the location of its part at *path*."""
        return self.documents[name].problem(("providers", name, *path), problem)


def read_file(path: Path) -> RawCatalog:
    """Read a file and the files that it includes; problems are collected, not raised."""
    raw = RawCatalog()
    _read_file(raw, path, (), None)
    return raw


def read_text(text: str, format: Format, path: Path | None = None) -> RawCatalog:  # noqa: A002
    """Read a document, which may include files only if it has a *path*; problems are collected, not raised."""
    raw = RawCatalog()
    _read_text(raw, text, format, path, ())
    return raw


def _located(source: str, location: Location, path: TreePath, problem: Problem) -> DocumentProblem:
    return DocumentProblem(source, location.line, location.column, ".".join(map(str, path)), problem)


def _read_file(raw: RawCatalog, path: Path, above: tuple[Path, ...], included: tuple[Document, TreePath] | None) -> None:
    """Add the entries of a file.

    Args:
        raw: the entries that were read before; the new ones are added.
        path: the file.
        above: the files that include it, directly or indirectly.
        included: the document that includes it, and the path of its name there; None for the first file.
    """
    source = str(path)
    content = b""
    try:
        name = format_of(path)
        with path.open("rb") as file:
            # Python allocates the whole buffer of a large read before it reads.
            content = b"".join(islice(iter(lambda: file.read(_BLOCK), b""), MAX_CHARACTERS // _BLOCK + 1))
        text = content.decode("utf-8-sig")
    except DocumentError as error:
        raw.problems += error.problems
    except OSError as error:
        reason = error.strerror or str(error)
        raw.is_incomplete = True
        if included is None:
            problem = Problem("", "a file that can be read", got=reason)
            raw.problems.append(_located(source, Location(1, 1), (), problem))
        else:
            document, where = included
            hint = "list each file, because patterns are not expanded" if "*" in source else ""
            problem = Problem("", "a file that can be read", got=f"{source}: {reason}", hint=hint)
            raw.problems.append(document.problem(where, problem))
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        problem = Problem("", "UTF-8 text", got=f"byte 0x{content[error.start]:02x}", hint="save it as UTF-8")
        raw.problems.append(_located(source, location_of(before, len(before)), (), problem))
    else:
        _read_text(raw, text, name, path, above)


def _read_text(raw: RawCatalog, text: str, name: Format, path: Path | None, above: tuple[Path, ...]) -> None:
    """Add the entries of a document."""
    source = name if path is None else str(path)
    top = Location(1, 1)
    if len(text) > MAX_CHARACTERS:
        problem = Problem("", f"a document of at most {MAX_CHARACTERS} characters")
        raw.problems.append(_located(source, top, (), problem))
        return
    try:
        tree, locate = format_module(name).read(text)
    except SyntaxProblem as error:
        problem = Problem("", error.expected, hint=error.hint)
        raw.problems.append(_located(source, error.location, (), problem))
        return
    if not isinstance(tree, dict):
        got = "an empty document" if tree is None else shown_type(tree)
        problem = Problem("", "a catalog", got=got, hint="a catalog has a table `providers`", is_type=True)
        raw.problems.append(_located(source, top, (), problem))
        return
    document = Document(source, locate)
    for key in tree:
        if key not in (*_KEYS, *_IGNORED):
            hint = did_you_mean(key, _KEYS) or "providers go under the key providers"
            problem = Problem("", f"one of the keys {', '.join(_KEYS)}", got="an unknown key", hint=hint)
            raw.problems.append(document.problem((key,), problem))
    _read_included(raw, document, tree.get("include", []), path, above)
    _add_entries(raw, document, tree)
    if (default := tree.get("default")) is not None:
        if isinstance(default, str):
            raw.default, raw.default_document = default, document
        else:
            problem = Problem("", "the name of a provider", got=shown_type(default))
            raw.problems.append(document.problem(("default",), problem))


def _add_entries(raw: RawCatalog, document: Document, tree: dict[str, Tree]) -> None:
    """Add the entries of one document; they replace included ones of the same name."""
    providers = tree.get("providers")
    if not isinstance(providers, dict):
        if providers is not None or "include" not in tree:
            got = "nothing" if providers is None else shown_type(providers)
            raw.problems.append(document.problem(("providers",), Problem("", "a table of providers", got=got)))
        return
    if "" in providers:
        raw.problems.append(document.problem(("providers", ""), Problem("", "a name that is not empty")))
        del providers[""]
    if "include" in tree:
        before = list(raw.entries)
        raw.added.update((name, before) for name in providers if name not in raw.entries)
    raw.entries.update(providers)
    raw.documents.update(dict.fromkeys(providers, document))


def _read_included(raw: RawCatalog, document: Document, names: object, path: Path | None, above: tuple[Path, ...]) -> None:
    """Add the entries of the files that a document includes."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        hint = "put it in brackets" if isinstance(names, str) else ""
        problem = Problem("", "a list of file names", got=shown_type(names), hint=hint)
        raw.problems.append(document.problem(("include",), problem))
        return
    here = () if path is None else (*above, Path(os.path.realpath(path)))
    for position, name in enumerate(names):
        where = ("include", position)
        if path is None:
            problem = Problem("", "no include in a string", hint="use load(path)")
            raw.problems.append(document.problem(where, problem))
        elif (again := Path(os.path.realpath(path.parent / name))) in here:
            circle = " -> ".join(each.name for each in (*here[here.index(again) :], again))
            problem = Problem("", "files that do not include each other in a circle", got=circle)
            raw.problems.append(document.problem(where, problem))
        else:
            _read_file(raw, path.parent / name, here, (document, where))
