# SPDX-License-Identifier: Apache-2.0
"""Revisions: new versions of a catalog's file, which are checked, shown and then written, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from ..errors import DocumentError, DocumentProblem, ProviderError, dotted
from ..messages import names_and_hint, shown_name
from ..regular_files import read_start
from .atomic import replace_file
from .catalog import Catalog
from .drafts import Draft
from .formats.locations import Path as Path_
from .formats.lookup import Format, format_module, format_of
from .formats.trees import MAX_CHARACTERS, SyntaxProblem, Tree, has_tree, value_at
from .layers import Entry, checked_environments, compose, default_environment
from .masked_diff import Side, masked_diff
from .resolution import Resolution, resolve, sort_problems
from .sources import Sources, read_file, read_text

__all__ = ["EditError", "Original", "Revision", "Version", "read_original"]


class EditError(ProviderError):
    """The error for an edit of an entry or option that the file does not have."""


@attrs.frozen
class Version:
    """A catalog, resolved in each environment to check."""

    resolutions: list[Resolution]
    """The resolution for each environment; the first one is for a call that names no environment."""

    @property
    def problems(self) -> list[DocumentProblem]:
        """All problems."""
        return sort_problems(problem for each in self.resolutions for problem in each.problems)

    def in_environment(self, environment: str) -> Resolution:
        """The resolution for *environment*; if that is empty or does not exist, the resolution for a call that names none."""
        return next((each for each in self.resolutions if each.raw.environment == environment), self.resolutions[0])

    def drafts(self, file: str) -> dict[Path_, Draft]:
        """The entries of a file, by path."""
        found: dict[Path_, Draft] = {}
        for each in self.resolutions:
            for entry, draft in each.drafts.items():
                # An entry that an environment amends has a provider only in the other environments.
                if entry.document.source == file and (entry.path not in found or draft.provider is not None):
                    found[entry.path] = draft
        return found


def _version(sources: Sources) -> Version:
    names = dict.fromkeys([default_environment(sources), *checked_environments(sources)])
    return Version([resolve(compose(sources, name)) for name in names])


@attrs.frozen
class Original:
    """A catalog's file before an edit; it need not exist yet."""

    file: Path
    format: Format
    text: str | None
    """Its content without the byte order mark; None if it does not exist."""
    mark: str
    """The byte order mark, or an empty string."""
    tree: Tree
    before: Version

    def entries(self, environment: str = "") -> dict[str, Entry]:
        """The entries of the catalog in an environment."""
        return self.before.in_environment(environment).raw.entries

    def check_environment(self, name: str) -> None:
        """Check that the catalog has an environment.

        Raises:
            EditError: if it does not.
        """
        known = [each.raw.environment for each in self.before.resolutions if each.raw.environment]
        if name not in known:
            hint = f"it has: {names_and_hint(name, known)}; llmproviders add makes a new one"
            raise EditError(f"{self.file} has no environment {name!r}; {hint}")

    def check_known(self, name: str, environment: str = "") -> None:
        """Check that the catalog has the entry *name*.

        Raises:
            EditError: if it does not.
        """
        sources, entries = self.before.resolutions[0].raw.sources, self.entries(environment)
        if name not in entries:
            if sources.is_incomplete:
                raise DocumentError(sort_problems(sources.problems))
            having = [each.raw.environment for each in self.before.resolutions if name in each.raw.entries]
            if having:
                raise EditError(f"{self.file} has the entry {name!r} only in environments; pass --env {shown_name(having[0])}")
            raise EditError(f"{self.file} has no entry {name!r}; it has: {names_and_hint(name, entries)}")

    def check_own(self, name: str, verb: str) -> None:
        """Check that the file itself has the entry *name*.

        Raises:
            EditError: if it does not, or an included file has it.
        """
        self.check_known(name)
        if self.own_body(("providers", name)) is None:
            entry = self.entries()[name]
            where = f"the environment {entry.environment} of {self.file}" if entry.document.source == str(self.file) else ""
            raise EditError(f"the entry {name!r} is in {where or entry.document.source}; {verb} it there")

    def own_body(self, path: Path_) -> Tree:
        """The part of the document at a path; None if it has none."""
        return value_at(self.tree, path)

    def revised(
        self,
        new: str,
        tree: Tree,
        *,
        renamed: tuple[str, str] | None = None,
        entry: Path_ | None = None,
        environment: str = "",
    ) -> Revision:
        """The revision with the document *new*.

        Args:
            new: the new document.
            tree: the tree that it must have.
            renamed: the old and the new name, if an entry is renamed.
            entry: the path of the entry that must have no problem.
            environment: the environment of that entry.

        Raises:
            DocumentError: if the catalog would have new problems.
            ProviderError: if the document does not have the tree, because the format module cannot make this edit.
        """
        if not has_tree(format_module(self.format).read, new, tree):
            name = entry[-1] if entry else renamed[0] if renamed else "the entry"
            raise ProviderError(f"{self.file}: {name} is written in a way that cannot be edited here; edit the file by hand")
        after = _version(read_text(new, self.format, self.file, edited=entry))
        known = {_identity(problem, renamed) for problem in self.before.problems}
        # The file may be edited on a machine that does not set the variables.
        found = [problem for problem in after.problems if problem.problem.code != "unset-variable"]
        problems = [problem for problem in found if _identity(problem, None) not in known]
        if entry is not None and (draft := after.in_environment(environment).draft(str(entry[-1]))).has_problems:
            own = dotted(entry)
            problems += [each for each in found if each.path == own or each.path.startswith(f"{own}.")]
            if draft.provider is None and len(found) == len(after.problems):
                problems = problems or found
        if problems:
            raise DocumentError(map(self.unlocated, sort_problems(dict.fromkeys(problems))))
        return Revision(self, new, after)

    def unlocated(self, problem: DocumentProblem) -> DocumentProblem:
        """*problem* without its location, which is that of the new document, not of the file on disk."""
        return attrs.evolve(problem, line=0, column=0) if problem.source == str(self.file) else problem


def read_original(file: Path, *, may_be_new: bool = False) -> Original:
    """Read a catalog's file for an edit.

    Raises:
        DocumentError: if it cannot be read, or its document has no tree.
    """
    name = format_of(file)
    if may_be_new and not file.exists():
        return Original(file, name, None, "", {}, _version(Sources()))
    sources = read_file(file)
    try:
        content = read_start(str(file), MAX_CHARACTERS).decode()
        tree = format_module(name).read(text := content.removeprefix("\ufeff"))[0]
    except (OSError, UnicodeDecodeError, SyntaxProblem):
        raise DocumentError(sources.problems) from None
    if not isinstance(tree, dict):
        raise DocumentError(sources.problems)
    return Original(file, name, text, content[: len(content) - len(text)], tree, _version(sources))


@attrs.frozen
class Revision:
    """A new version of a catalog's file, without new problems; it is not written yet."""

    original: Original
    text: str
    """The new document."""
    after: Version

    def catalogs(self, environment: str = "") -> tuple[Catalog, Catalog] | None:
        """The catalog in an environment, before and after; None if there are problems."""
        before, after = self.original.before, self.after
        if before.problems or after.problems:
            return None
        return before.in_environment(environment).catalog(), after.in_environment(environment).catalog()

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff, with literal secrets masked; each has its line break."""
        original = self.original
        old = Side(original.text or "", original.before.drafts(str(original.file)), original.tree)
        new = Side(self.text, self.after.drafts(str(original.file)), format_module(original.format).read(self.text)[0])
        return masked_diff(original.file, original.format, old, new, is_new=original.text is None)

    def write(self, *, private: bool) -> None:
        """Replace the file.

        Args:
            private: whether only the owner may read the file.

        Raises:
            DocumentError: if it cannot be written.
        """
        replace_file(self.original.file, self.original.mark + self.text, private=private)


def _identity(problem: DocumentProblem, renamed: tuple[str, str] | None) -> tuple[Any, ...]:
    """A problem without its location; hints list names, which an edit may change."""
    path = problem.path
    if renamed is not None:
        old, new = (f"providers.{name}" for name in renamed)
        path = new + path.removeprefix(old) if path == old or path.startswith(f"{old}.") else path
    return problem.source, path, problem.problem.expected, problem.problem.got
