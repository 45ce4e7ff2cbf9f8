# SPDX-License-Identifier: Apache-2.0
"""Reading of files and their includes into documents, which locate problems.

A file that is included several times is read once, at its first place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from ..credentials import mask_value
from ..errors import DocumentError, DocumentProblem, Problem, advice_to_write, dotted
from ..messages import shown, shown_cycle, shown_path
from ..regular_files import NotRegularError, identity_of, read_start
from ..similar_names import did_you_mean
from ..syntax.locations import Location, location_of
from .formats.locations import Locate
from .formats.locations import Path as TreePath
from .formats.lookup import Format, format_module, format_of
from .formats.notation import in_format, in_shell
from .formats.trees import MAX_CHARACTERS, SyntaxProblem, Tree, shown_kind

__all__ = ["IGNORED", "KEYS", "Document", "Sources", "decoded", "read_file", "read_text"]

KEYS: Final = ("default", "include", "providers", "env", "default_env")
IGNORED: Final = ("$schema",)
"""Keys that only editors read."""


@attrs.frozen(eq=False)
class Document:
    """A file, or a string, that was read."""

    source: str
    """The name of the file; for a string, the name of its format."""
    format: Format
    tree: dict[str, Tree] = attrs.field(repr=False)
    locate: Locate = attrs.field(repr=False)
    edited: TreePath | None = None
    """The path of the entry that a command edits. Hints for this entry are written as arguments of the command; if the path is
    empty, they begin with the name of the entry."""

    def problem(self, path: TreePath, problem: Problem) -> DocumentProblem:
        """A problem, with the location of the part at *path*."""
        if self.edited is None or path[: len(self.edited)] != self.edited:
            hinted = in_format(self.format, problem)
        elif self.edited:
            hinted = in_shell(problem, path[len(self.edited) :])
        else:
            hinted = in_shell(problem, path[1:], prefix=f"{path[0]}.")
        return _located(self.source, self.locate(path), path, hinted)


@attrs.define
class Sources:
    """A document, after the documents that it includes, directly or indirectly."""

    documents: list[Document] = attrs.field(factory=list)
    is_incomplete: bool = False
    """Whether a file could not be read: missing entries may be in that file."""
    problems: list[DocumentProblem] = attrs.field(factory=list)


def read_file(path: Path) -> Sources:
    """Read a file and the files that it includes; problems are collected, not raised."""
    reader = _Reader()
    reader.read_file(path, None)
    return reader.finished()


def read_text(text: str, format: Format, path: Path | None = None, *, edited: TreePath | None = None) -> Sources:  # noqa: A002
    """Read a document, which may include files only if it has a *path*; problems are collected, not raised.

    Args:
        text: the document.
        format: its format.
        path: its file, which need not exist.
        edited: the path of the entry that a command edits, if hints for it are to be written as arguments of the command.
    """
    reader = _Reader()
    identity = None
    if path is not None:
        # The file need not exist.
        with suppress(OSError):
            identity = identity_of(str(path))
    reader.read_text(text, format, path, identity, edited)
    return reader.finished()


def decoded(content: bytes, source: str) -> str:
    """The string of a document in UTF-8, without its byte order mark; *source* is its name in messages.

    Raises:
        DocumentError: if it is too large, or not UTF-8.
    """
    location = Location(1, 1)
    if len(content) > MAX_CHARACTERS:
        problem = Problem("", f"a document of at most {MAX_CHARACTERS} bytes", code="document-limit")
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = content[: error.start].decode("utf-8", "replace")
            location = location_of(before, len(before))
            got = f"byte 0x{content[error.start]:02x}"
            problem = Problem("", "UTF-8 text", got=got, hint="save it as UTF-8", code="unreadable-file")
    raise DocumentError([_located(source, location, (), problem)])


def _located(source: str, location: Location, path: TreePath, problem: Problem) -> DocumentProblem:
    # A secret may stand in the place of a key.
    masked = dotted(mask_value(step) if isinstance(step, str) else step for step in path)
    return DocumentProblem(source, location.line, location.column, masked, problem)


@attrs.frozen
class _OpenDocument:
    """A document whose included files are being read."""

    document: Document
    path: Path | None
    identity: tuple[int, int] | None
    includes: Iterator[tuple[int, str]]
    """The files that are still to be read, with their positions in the list."""


class _Reader:
    """Reads documents and the files that they include: with a stack, not recursion, because chains may be long."""

    def __init__(self) -> None:
        self._sources = Sources()
        self._open: list[_OpenDocument] = []
        self._depths: dict[tuple[int, int], int] = {}
        """The position in `_open` of each file."""
        self._seen: set[tuple[int, int]] = set()
        """The files that were read, or are open."""

    def finished(self) -> Sources:
        """Read all files that are included, and return the documents."""
        while self._open:
            last = self._open[-1]
            following = next(last.includes, None)
            if following is not None:
                self._include(last, *following)
                continue
            self._open.pop()
            if last.identity is not None:
                del self._depths[last.identity]
            self._sources.documents.append(last.document)
        return self._sources

    def _include(self, including: _OpenDocument, position: int, name: str) -> None:
        """Open a file that a document includes."""
        where = ("include", position)
        if including.path is None:
            problem = Problem("", "no include in a string", hint="use load(path)", code="invalid-include")
            self._sources.problems.append(including.document.problem(where, problem))
            return
        if "://" in name:
            problem = Problem("", "the path of a file, not a URL", got=shown(name), code="invalid-include")
            self._sources.problems.append(including.document.problem(where, problem))
            return
        self.read_file(_short(including.path.parent / name), (including.document, where))

    def read_file(self, path: Path, included: tuple[Document, TreePath] | None) -> None:
        """Open a file, if it was not read before.

        Args:
            path: the file.
            included: the document that includes it, and the path of its name there; None for the first file.
        """
        source = str(path)
        try:
            name = format_of(path)
            identity = identity_of(source)
            if included is not None and identity in self._depths:
                names = [each.path.name for each in self._open[self._depths[identity] :] if each.path is not None]
                expected = "files that do not include each other in a cycle"
                problem = Problem("", expected, got=shown_cycle(names), code="include-cycle")
                self._sources.problems.append(included[0].problem(included[1], problem))
            if identity in self._seen:
                return
            self._seen.add(identity)
            text = decoded(read_start(source, MAX_CHARACTERS + 1), source)
        except DocumentError as error:
            self._sources.problems += error.problems
        except OSError as error:
            self._sources.is_incomplete = True
            self._sources.problems.append(_unreadable(source, error, included))
        else:
            self.read_text(text, name, path, identity)

    def read_text(
        self, text: str, name: Format, path: Path | None, identity: tuple[int, int] | None, edited: TreePath | None = None
    ) -> None:
        """Open a document."""
        source = name if path is None else str(path)
        top = Location(1, 1)
        if len(text) > MAX_CHARACTERS:
            problem = Problem("", f"a document of at most {MAX_CHARACTERS} characters", code="document-limit")
            self._problem_at(source, top, problem)
            return
        try:
            tree, locate = format_module(name).read(text)
        except SyntaxProblem as error:
            self._problem_at(source, error.location, Problem("", error.expected, hint=error.hint, code=error.code))
            return
        if not isinstance(tree, dict):
            got = "an empty document" if tree is None else shown_kind(tree)
            hint = "a catalog has the key `providers`"
            self._problem_at(source, top, Problem("", "a catalog", got=got, hint=hint, is_type=True, code="not-a-catalog"))
            return
        document = Document(source, name, tree, locate, edited)
        for key in tree:
            if key not in (*KEYS, *IGNORED):
                hint = did_you_mean(key, KEYS) or "providers go under the key providers"
                expected = f"one of the keys {', '.join(KEYS)}"
                problem = Problem("", expected, got="an unknown key", hint=hint, code="unknown-key")
                self._sources.problems.append(document.problem((key,), problem))
        includes = enumerate(_included(self._sources, document, tree.get("include", [])))
        if identity is not None:
            self._seen.add(identity)
            self._depths[identity] = len(self._open)
        self._open.append(_OpenDocument(document, path, identity, includes))

    def _problem_at(self, source: str, location: Location, problem: Problem) -> None:
        self._sources.problems.append(_located(source, location, (), problem))


def _short(path: Path) -> Path:
    """The path without ``..``, if it leads to the same file; so paths stay short in long chains of includes."""
    if ".." in path.parts:
        short = os.path.normpath(path)
        with suppress(OSError):
            if identity_of(short) == identity_of(str(path)):
                return Path(short)
    return path


def _unreadable(source: str, error: OSError, included: tuple[Document, TreePath] | None) -> DocumentProblem:
    reason = error.strerror or type(error).__name__
    is_fifo = isinstance(error, NotRegularError) and error.is_fifo
    if included is None:
        hint = "the command line reads standard input if the file is -" if is_fifo else ""
        problem = Problem("", "a file that can be read", got=reason, hint=hint, code="unreadable-file")
        return _located(source, Location(1, 1), (), problem)
    document, where = included
    hint = "list each file, because patterns are not expanded" if "*" in source else ""
    problem = Problem("", "a file that can be read", got=f"{shown_path(source)}: {reason}", hint=hint, code="unreadable-file")
    return document.problem(where, problem)


def _included(sources: Sources, document: Document, names: object) -> list[str]:
    """The names of the files that a document includes."""
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    sources.is_incomplete = True
    # A string that messages mask may be an API key.
    advice = advice_to_write("include", [names]) if isinstance(names, str) and mask_value(names) == names else None
    problem = Problem("", "a list of file names", got=shown_kind(names), in_document=advice, code="invalid-include")
    sources.problems.append(document.problem(("include",), problem))
    return []
