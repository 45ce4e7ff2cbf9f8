# SPDX-License-Identifier: Apache-2.0
"""Layers: the entries of all documents in one environment. An entry is linked to the entry below, which it replaces or amends.

An entry replaces the entry of the same name in an included document. If it extends its own name, it amends that entry. In an
environment, an entry without a kind amends the entry of its name too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import attrs

from ..errors import DocumentProblem, Problem, invalid
from ..messages import names_and_hint, shown
from ..similar_names import did_you_mean
from ..syntax.characters import has_surrogate
from .formats.locations import Path
from .formats.trees import shown_kind
from .sources import Document, Sources

__all__ = [
    "KINDS",
    "MAX_ENVIRONMENTS",
    "VARIABLE",
    "Entry",
    "RawCatalog",
    "checked_environments",
    "compose",
    "default_environment",
    "environment_of",
    "environments",
    "extended_names",
    "kinds_of",
]

KINDS: Final = ("provider", "generic", "preset", "extends")
"""The keys that determine the kind of an entry."""
VARIABLE: Final = "LLMPROVIDERS_ENV"
"""The environment variable that names the environment of catalogs."""
MAX_ENVIRONMENTS: Final = 100
"""The most environments of a catalog: it is checked in each of them."""
_KEYS: Final = ("default", "providers")
"""The keys of an environment."""


def kinds_of(body: dict[Any, Any]) -> list[str]:
    """The keys of an entry that determine its kind."""
    return [kind for kind in KINDS if kind in body]


def extended_names(body: object) -> Sequence[str]:
    """The names that an entry extends; empty if it does not extend others, or has problems."""
    if not isinstance(body, dict) or "extends" not in body or kinds_of(body) != ["extends"]:
        return ()
    names = body["extends"]
    if isinstance(names, str):
        return [names] if names else ()
    return names if isinstance(names, list) and all(isinstance(name, str) and name for name in names) else ()


def _extended(entry: Entry) -> Sequence[str]:
    is_amendment = entry.is_partial and isinstance(entry.body, dict) and not kinds_of(entry.body)
    return [entry.name] if is_amendment else extended_names(entry.body)


# It is not frozen, because that would take twice the time.
@attrs.define(eq=False, weakref_slot=False)
class Entry:
    """An entry of a document; it is not changed."""

    name: str
    body: object = attrs.field(repr=False)
    document: Document = attrs.field(repr=False)
    table: Path
    """The path of the table with the entries of the document, or of one of its environments."""
    below: Entry | None = attrs.field(default=None, repr=False)
    """The entry of the same name that it replaces or amends."""
    environment: str = ""
    """The environment to which it belongs; empty for all environments."""
    is_partial: bool = False
    """Whether it amends the entry below if it has no kind: an entry of an environment, or an override."""
    added_parts: frozenset[str] = frozenset()
    """The options whose headers or fields are merged into the inherited ones."""

    extends: Sequence[str] = attrs.field(init=False, default=attrs.Factory(_extended, takes_self=True))
    """The names that it extends; its own name if it amends the entry below."""

    @property
    def is_override(self) -> bool:
        """Whether it holds the overrides of a call."""
        return self.is_partial and not self.environment

    @property
    def path(self) -> Path:
        """Its path in the document."""
        return (*self.table, self.name) if self.name else self.table

    def problem(self, path: Path, problem: Problem) -> DocumentProblem:
        """A problem, with the location of the part of the entry at *path*."""
        return self.document.problem((*self.path, *path), problem)


@attrs.define
class RawCatalog:
    """The entries of a catalog, before they are resolved."""

    sources: Sources
    environment: str = ""
    """The environment; empty for none."""
    entries: dict[str, Entry] = attrs.field(factory=dict)
    """The uppermost entry of each name."""
    default: str | None = None
    default_at: tuple[Document, Path] | None = None
    """The document with the default, and the path there."""
    added: dict[str, int] = attrs.field(factory=dict)
    """New entries, by name, of documents with includes and of environments; the value is the number of earlier entries."""
    problems: list[DocumentProblem] = attrs.field(factory=list)
    """The problems of reading, and of the documents as a whole."""


def environments(sources: Sources) -> list[str]:
    """The names of all environments, at most one more than the limit."""
    tables = (document.tree.get("env") for document in sources.documents)
    names = dict.fromkeys(name for table in tables if isinstance(table, dict) for name in table if name)
    return list(islice(names, MAX_ENVIRONMENTS + 1))


def checked_environments(sources: Sources) -> list[str]:
    """The environments to check: all, and also none (an empty string) if the catalog has no default environment."""
    known = environments(sources)
    return known if default_environment(sources) else ["", *known]


def default_environment(sources: Sources) -> str:
    """The environment of a call that names none; empty for none. An including document overrides an included one."""
    names = [document.tree.get("default_env") for document in sources.documents]
    known = environments(sources)
    return next((name for name in reversed(names) if isinstance(name, str) and name in known), "")


def environment_of(sources: Sources, given: str | None) -> str:
    """The environment in which to load a catalog: *given*, else that of the variable, else the default; empty for none.

    A catalog without environments ignores the variable.

    Raises:
        InvalidOptionsError: if the catalog has no such environment.
    """
    known = environments(sources)
    subject, name = ("env", given) if given is not None else (VARIABLE, os.environ.get(VARIABLE, ""))
    if given is None and not name:
        return default_environment(sources)
    if name and name not in known and (known or given) and not sources.problems:
        hint = f"it has: {names_and_hint(name, known)}"
        problem = Problem(subject, "an environment of the catalog", got=shown(name), hint=hint, code="unknown-environment")
        raise invalid(sources.documents[-1].source, [problem])
    return name if name in known else ""


def compose(sources: Sources, environment: str = "") -> RawCatalog:
    """Put the entries of all documents together; problems are collected, not raised.

    Args:
        sources: the documents.
        environment: the environment; empty for none.
    """
    raw = RawCatalog(sources, environment, problems=list(sources.problems))
    known = environments(sources)
    if len(known) > MAX_ENVIRONMENTS:
        problem = Problem("", f"at most {MAX_ENVIRONMENTS} environments", got="more", code="document-limit")
        raw.problems.append(sources.documents[-1].problem(("env",), problem))
    for document in sources.documents:
        tree = document.tree
        providers = tree.get("providers")
        if not isinstance(providers, dict) and (providers is not None or not ("include" in tree or "env" in tree)):
            got = "nothing" if providers is None else shown_kind(providers)
            problem = Problem("", "names and entries of providers", got=got, code="not-a-catalog")
            raw.problems.append(document.problem(("providers",), problem))
        if "default_env" in tree and not sources.is_incomplete:
            raw.problems += [
                document.problem(("default_env",), each) for each in _problems_of_default(tree["default_env"], known)
            ]
        _add(raw, document, (), tree, is_new="include" in tree)
        for path, problem in _problems_of_environments(tree):
            raw.problems.append(document.problem(path, problem))
        tables = tree.get("env")
        table = tables.get(environment) if environment and isinstance(tables, dict) else None
        if isinstance(table, dict):
            _add(raw, document, ("env", environment), table, is_new=True)
    return raw


def _problems_of_environments(tree: Mapping[str, Any]) -> Iterator[tuple[Path, Problem]]:
    """The problems of the environments of a document, without those of their entries."""
    tables = tree.get("env", {})
    if not isinstance(tables, dict):
        yield ("env",), Problem("", "names and tables of environments", got=shown_kind(tables), code="invalid-environment")
        return
    for name, table in islice(tables.items(), MAX_ENVIRONMENTS):
        if problem := _problem_of_name(name, "invalid-environment"):
            yield ("env", name), problem
        if not isinstance(table, dict):
            got = shown_kind(table)
            yield ("env", name), Problem("", "a table of an environment", got=got, code="invalid-environment")
            continue
        for key in table:
            if key not in _KEYS:
                hint = did_you_mean(key, _KEYS) or "its entries go under the key providers"
                expected = f"one of the keys {', '.join(_KEYS)}"
                yield ("env", name, key), Problem("", expected, got="an unknown key", hint=hint, code="unknown-key")
        if "providers" in table and not isinstance(table["providers"], dict):
            got = shown_kind(table["providers"])
            yield ("env", name, "providers"), Problem("", "names and entries of providers", got=got, code="invalid-environment")


def _problems_of_default(name: object, known: list[str]) -> Iterator[Problem]:
    """The problem of the default environment, if there is one."""
    if isinstance(name, str) and name in known:
        return
    hint = f"it has: {names_and_hint(name, known)}" if isinstance(name, str) else ""
    got = shown(name) if isinstance(name, str) else shown_kind(name)
    yield Problem("", "an environment of the catalog", got=got, hint=hint, code="unknown-environment")


def _problem_of_name(name: str, code: str) -> Problem | None:
    if not name:
        return Problem("", "a name that is not empty", code=code)
    return Problem("", "a name that UTF-8 can encode", got=shown(name), code=code) if has_surrogate(name) else None


def _add(raw: RawCatalog, document: Document, path: Path, table: Mapping[str, Any], *, is_new: bool) -> None:
    """Add the entries and the default of a document, or of an environment in it.

    Args:
        raw: the catalog.
        document: the document.
        path: the path of the table.
        table: the table with the keys ``default`` and ``providers``.
        is_new: whether an entry with a new name may be a misspelled one.
    """
    environment = str(path[-1]) if path else ""
    before, where = len(raw.entries), (*path, "providers")
    providers = table.get("providers")
    for name, body in providers.items() if isinstance(providers, dict) else ():
        if problem := _problem_of_name(name, "invalid-entry"):
            raw.problems.append(document.problem((*where, name), problem))
            continue
        below = raw.entries.get(name)
        if below is None and is_new:
            raw.added[name] = before
        raw.entries[name] = Entry(name, body, document, where, below, environment, is_partial=bool(path))
    default = table.get("default")
    if isinstance(default, str):
        raw.default, raw.default_at = default, (document, (*path, "default"))
    elif default is not None:
        problem = Problem("", "the name of a provider", got=shown_kind(default), code="unknown-default")
        raw.problems.append(document.problem((*path, "default"), problem))
