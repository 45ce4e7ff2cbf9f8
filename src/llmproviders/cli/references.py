# SPDX-License-Identifier: Apache-2.0
"""References in place of the literal secrets of models that are imported."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..catalogs.catalog import Catalog
from ..catalogs.details import Details
from ..catalogs.formats.lookup import Format
from ..catalogs.formats.notation import written
from ..catalogs.literals import Variables, is_literal, with_references, without_keys
from ..catalogs.merging import Merger
from ..catalogs.values import reference_of
from ..credentials import MASK, mask_value
from ..errors import InvalidOptionsError, Problem, dotted
from ..fields.metadata import options
from ..fields.spec import EXTRAS
from ..messages import names_and_hint, names_of, shown
from ..providers.base import Provider
from ..providers.comparison import Change
from ..providers.provider_secrets import SecretPath, secret_parts
from ..secrets import MaskedText, Secret
from .command import UsageError, fail
from .printing import print_error

__all__ = ["FORM", "Model", "Policy", "References", "given_references"]

Policy: TypeAlias = Literal["reference", "reveal", "refuse", "redact"]
FORM: Final = "[NAME.]KEY=RESOLVER:REFERENCE"
"""The form of ``--secret``."""


@attrs.frozen
class Model:
    """The part of a statement that goes into a catalog."""

    full_name: str
    """The model's name, with catalog and database if the script gives them."""
    provider: Provider
    comment: str


def given_references(assignments: Iterable[str]) -> dict[str, Secret]:
    """The references of ``--secret``, by the option, or by the entry and the option."""
    found: dict[str, Secret] = {}
    for assignment in assignments:
        key, equals, string = assignment.partition("=")
        # A string without an equals sign may be the secret itself.
        if not key or not equals:
            raise UsageError(f"--secret: expected {FORM}")
        if key in found:
            raise UsageError(f"--secret: expected each key once, got {shown(key)} twice")
        table = reference_of(string)
        if table is None:
            raise UsageError(f"--secret: expected a reference for {shown(key)}, such as env:NAME or file:PATH")
        try:
            found[key] = Secret.from_resolver(*next(iter(table.items())))
        except InvalidOptionsError as error:
            raise UsageError(f"--secret: {shown(key)}: expected {error.problems[0].expected}") from None
    return found


def _by_java_key(provider: Provider, paths: Iterable[SecretPath]) -> dict[SecretPath, SecretPath]:
    """The paths of secrets, by the same paths with Java keys: an extra option of one class may be an option of another."""
    keys = {info.name: info.key for info in options(type(provider))}
    return {path[1:] if path[0] == EXTRAS else (keys[str(path[0])], *path[1:]): path for path in paths}


def _location(name: str, path: SecretPath) -> str:
    """The location of a secret for messages; a name may be an API key in the wrong place."""
    return dotted(mask_value(step) if isinstance(step, str) else step for step in (name, *path))


class References:
    """The references that take the place of the literal secrets of models.

    Args:
        source: the name of the file of the models.
        models: the models by name.
        merger: the catalog to merge them into; None for a new one.
        given: the references of the call.

    Raises:
        UsageError: if a reference of the call matches no literal secret, or secrets with different values.
    """

    def __init__(self, source: str, models: Mapping[str, Model], merger: Merger | None, given: Mapping[str, Secret]) -> None:
        self._source = source
        self._models = models
        self._merger = merger
        self._literals = {
            name: {path: part for path, part in secret_parts(model.provider) if is_literal(part)}
            for name, model in models.items()
        }
        self._keys = frozenset(part.reveal() for _, _, part in self._each())
        self._kept = {name: dict(self._references_there(name)) for name in models}
        self._given = self._located(given)
        environment = dict(os.environ)
        self._by_value: dict[str, Secret] = {}
        # References that the catalog already has are kept without comparison: they may resolve to other values.
        for (name, path), reference in self._given.items():
            self._by_value.setdefault(self._literals[name][path].reveal(), reference)
        for variable in merger.variables() if merger else ():
            if value := environment.get(variable):
                self._by_value.setdefault(value, Secret.from_env(variable))
        taken = [*(merger.variables() if merger else ()), *(each.reference for each in given.values() if each.source == "env")]
        self._variables = Variables(taken)
        self._used: dict[Secret, list[str]] = {}

    def _each(self) -> Iterator[tuple[str, SecretPath, Secret | MaskedText]]:
        for name, literals in self._literals.items():
            for path, part in literals.items():
                yield name, path, part

    def _references_there(self, name: str) -> Iterator[tuple[SecretPath, Secret]]:
        """The references that the catalog already has for the literal secrets of a model, also if its entry has another class."""
        provider = None if self._merger is None else self._merger.provider(name)
        if provider is None:
            return
        wanted = _by_java_key(self._models[name].provider, self._literals[name])
        for key, path in _by_java_key(provider, found := dict(secret_parts(provider))).items():
            part, own = found[path], wanted.get(key)
            if isinstance(part, Secret) and part.is_reference and own and isinstance(self._literals[name][own], Secret):
                yield own, part

    def _located(self, given: Mapping[str, Secret]) -> dict[tuple[str, SecretPath], Secret]:
        """The references of the call, by entry and path."""
        found: dict[tuple[str, SecretPath], Secret] = {}
        values: dict[Secret, tuple[str, str, str]] = {}
        used: set[str] = set()
        for name, path, part in self._each():
            if not isinstance(part, Secret):
                continue
            option = dotted(path)
            keys = [key for key in (f"{name}.{option}", option) if key in given]
            if not keys:
                continue
            # A key without NAME counts as used even if a key with NAME takes precedence in every entry.
            used.update(keys)
            key = keys[0]
            found[name, path] = reference = given[key]
            other, value, location = values.setdefault(reference, (key, part.reveal(), _location(name, path)))
            if value == part.reveal():
                continue
            if other == key:
                msg = f"--secret: {shown(key)} matches secrets with different values; give each one as NAME.KEY=REFERENCE"
                raise UsageError(msg)
            string = mask_value(f"{reference.source}:{reference.reference}")
            raise UsageError(f"--secret: {string} is given for different keys: {names_of([location, _location(name, path)])}")
        for key in given:
            if key not in used:
                known = [_location(name, path) for name, path, part in self._each() if isinstance(part, Secret)]
                raise UsageError(
                    f"--secret: expected an option with a literal secret, got {shown(key)}; "
                    f"these have one: {names_and_hint(key, known)}"
                )
        return found

    def _reference(self, name: str, path: SecretPath) -> Secret | None:
        return self._given.get((name, path)) or self._kept[name].get(path)

    def compared(self) -> tuple[set[str], dict[str, list[Change]]]:
        """The names of unchanged entries of the catalog, and the changes of the other existing entries."""
        same: set[str] = set()
        differing: dict[str, list[Change]] = {}
        for name, model in self._models.items():
            if self._merger is None or not self._merger.has(name):
                continue
            references = {path: found for path in self._literals[name] if (found := self._reference(name, path)) is not None}
            changes = self._merger.changes(name, with_references(model.provider, references))
            if changes:
                differing[name] = changes
            else:
                same.add(name)
        return same, differing

    def catalog(self, names: Iterable[str], policy: Policy) -> Catalog:
        """A catalog of the named models; with the default *policy*, references replace literal secrets."""
        providers: dict[str, Provider] = {}
        details: dict[str, Details] = {}
        problems: list[str] = []
        for name in names:
            model, literals = self._models[name], self._literals[name]
            references: dict[SecretPath, Secret] = {}
            for path, part in literals.items():
                reference = self._reference(name, path)
                if reference is None and policy == "reference" and isinstance(part, Secret) and part.reveal():
                    reference = self._by_value.get(part.reveal()) or self._new(name, path, part)
                if reference is not None:
                    references[path] = reference
                    if path not in self._kept[name] or (name, path) in self._given:
                        self._used.setdefault(reference, []).append(_location(name, path))
                elif policy in ("reference", "refuse"):
                    problems.append(f"{self._source}: {_problem(_location(name, path), part, policy)}")
            providers[name] = with_references(model.provider, references)
            comment = model.comment
            if policy != "reveal":
                comment = without_keys(comment, [part.reveal() for part in literals.values()], self._keys)
            details[name] = Details(comment)
        if problems:
            fail(*problems)
        return Catalog(providers, details=details)

    def _new(self, name: str, path: SecretPath, part: Secret) -> Secret:
        self._by_value[part.reveal()] = reference = Secret.from_env(self._variables.name(name, path))
        return reference

    def print_references(self, format_: Format) -> None:
        """Print the new references, and the variables to set."""
        for reference, locations in self._used.items():
            table: dict[str, Any] = {reference.source: reference.reference}
            verb = "becomes" if len(locations) == 1 else "become"
            line = f"{self._source}: {names_of(locations)} {verb} {written(format_, table)}"
            if reference.source == "env":
                line += f"; set {reference.reference} to the value in the statement"
                line += "" if reference in self._given.values() else ", or choose another with --secret"
            print_error(line)

    def print_kept(self, file: str, same: set[str]) -> None:
        """Print the names of unchanged entries, and the locations of references that are kept."""
        if same:
            print_error(f"{file}: unchanged: {names_of(name for name in self._models if name in same)}")
        kept = [_location(name, path) for name, each in self._kept.items() for path in each if (name, path) not in self._given]
        if kept:
            print_error(f"{file}: references stay, and were not compared with the secrets in {self._source}: {names_of(kept)}")


def _problem(location: str, part: Secret | MaskedText, policy: Policy) -> Problem:
    """The problem of a literal secret that the policy refuses to write."""
    if isinstance(part, Secret) and not part.reveal():
        hint = f"pass --secret {location}=env:NAME"
        return Problem(location, "a secret", got="an empty string", hint=hint, code="empty-secret")
    hint = "leave out --secrets refuse, or pass --secrets reveal or --secrets redact"
    if policy == "reference":
        hint = "a reference cannot replace it; remove the secret from the statement, or pass --secrets reveal"
    return Problem(location, "no literal secret in a document", got=MASK, hint=hint, code="literal-secret")
