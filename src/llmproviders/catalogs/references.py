# SPDX-License-Identifier: Apache-2.0
"""Secrets in documents, read and written: by themselves, and inside headers and bodies.

A reference is a table whose only key is the name of a resolver, such as ``env`` or ``file``, with a string; ``env`` may have the
key ``default`` beside it. A table in headers is always a reference. A table in a body is a reference only below a name that
looks like a credential; elsewhere it is a JSON object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ..credentials import MASK, looks_like_credential, mask_value
from ..errors import Advice, InvalidOptionsError, Problem, advice_to_write, dotted
from ..fields.masking import masked_header
from ..fields.parts import Kind, parts_in, text_of
from ..resolvers import expected_reference, is_name, known_resolvers
from ..secret_policy import Secrets
from ..secrets import MaskedText, Parts, PartsPath, Secret, mapped, reveal
from ..similar_names import did_you_mean
from .formats.trees import has_null

__all__ = [
    "EntryProblem",
    "literal_refused",
    "read_parts",
    "read_secret",
    "reference_advice",
    "resolver_of",
    "write_parts",
    "write_reference",
]

EntryProblem = tuple[tuple[str | int, ...], Problem]
"""A path within an entry, and a problem there."""

_MAX_LEVELS: Final = 200
"""The deepest nesting of a body."""


# Reading --------------------------------------------------------------------------------------------------------------


def read_secret(value: Mapping[str, Any], path: tuple[str | int, ...], found: list[EntryProblem], *, only: bool) -> Any:
    """The secret that a table refers to. With *only*, any other table is a problem; else it is returned unchanged."""
    if list(value) == ["secret"] and isinstance(value["secret"], str):
        return Secret(value["secret"])
    if (resolver := resolver_of(value)) is not None:
        reference = value[resolver]
        if expected := expected_reference(resolver, reference):
            found.append((path, _reference_problem(resolver, reference, expected)))
            return None
        if "default" not in value:
            return Secret.from_resolver(resolver, reference)
        try:
            return Secret.from_env(reference, default=value["default"])
        except InvalidOptionsError as error:
            found += [((*path, "default"), attrs.evolve(each, option="", code="invalid-reference")) for each in error.problems]
            return None
    if only:
        found.append((path, _no_reference(value, path[-1])))
        return None
    return value


def resolver_of(value: object) -> str | None:
    """The resolver of a reference, which may be one that the resolver does not accept; None for any other value."""
    if not isinstance(value, Mapping) or not 0 < len(value) <= 2:  # noqa: PLR2004
        return None
    resolver, *others = sorted(value, key=lambda key: key == "default")
    is_reference = isinstance(value[resolver], str) and resolver in known_resolvers
    has_others = others and (resolver, others[0]) != ("env", "default")
    return resolver if is_reference and not has_others else None


def _no_reference(value: Mapping[str, Any], option: str | int) -> Problem:
    """The problem of a table that is not a reference, but should be one; its key may be the secret itself."""
    hint, advice, is_unknown = "", reference_advice(option), False
    key, item = next(iter(value.items()), (None, None))
    if len(value) == 1 and isinstance(key, str) and key != "default" and key not in known_resolvers:
        resolvers = known_resolvers.names()
        hint = did_you_mean(key, resolvers)
        is_unknown = bool(hint) or (isinstance(item, str) and is_name(key))
        if key.startswith(tuple(f"{each}:" for each in resolvers)):
            hint, is_unknown = "write a blank after the colon", False
        elif is_unknown:
            advice = Advice(f"register a resolver of this name, or {advice.sentence}", advice.pieces)
    elif len(value) == 2 and "default" in value and "env" not in value:  # noqa: PLR2004
        hint = "only env has a default"
    return Problem(
        "",
        "a string or a reference",
        got="another mapping" if value else "an empty mapping",
        hint=hint,
        in_document=None if hint else advice,
        code="unknown-resolver" if is_unknown else "invalid-reference",
    )


def reference_advice(option: str | int) -> Advice:
    """The advice to write a reference for an option; an item of a list has no name."""
    # A name may be the secret itself.
    is_shown = isinstance(option, str) and mask_value(option) == option
    return advice_to_write(str(option) if is_shown else "", {"env": "NAME"}, {"file": "path"})


def _reference_problem(resolver: str, reference: str, expected: str) -> Problem:
    """The problem of a reference that is not valid; it may be the secret itself."""
    got, hint = MASK, ""
    if not reference:
        got = "an empty string"
    elif resolver == "file":
        got = "a name that no file can have"
    elif resolver == "env":
        bare = reference.strip().removeprefix("$").removeprefix("{").removesuffix("}")
        is_variable = not expected_reference(resolver, bare)
        hint = "write only the name, without blanks, $ and braces" if is_variable else "do not write the secret itself here"
    return Problem("", expected, got=got, hint=hint, code="invalid-reference")


def read_parts(kind: Kind, value: Any, path: tuple[str | int, ...], found: list[EntryProblem], *, hidden: bool = False) -> Any:
    """The headers, the body or the map of a document, with secrets in place of tables that refer to them.

    Args:
        kind: the kind of the value.
        value: the value in the document.
        path: its path in the entry.
        found: the list to which problems are added.
        hidden: whether a name above a body looks like a credential.
    """
    if kind == "body":
        return _read_body(value, path, found, hidden=hidden)
    return {name: _read_header(item, (*path, name), found) for name, item in value.items()}


def _read_header(value: Any, path: tuple[str | int, ...], found: list[EntryProblem]) -> Any:
    if isinstance(value, list):
        return [_read_header(item, (*path, index), found) if isinstance(item, dict) else item for index, item in enumerate(value)]
    return read_secret(value, path, found, only=True) if isinstance(value, dict) else value


def _read_body(value: Any, path: tuple[str | int, ...], found: list[EntryProblem], *, hidden: bool) -> Any:
    if not isinstance(value, (dict, list)) or len(path) > _MAX_LEVELS:
        return value
    if isinstance(value, list):
        return [_read_body(item, (*path, index), found, hidden=hidden) for index, item in enumerate(value)]
    if hidden and resolver_of(value):
        return read_secret(value, path, found, only=True)
    return {
        name: _read_body(item, (*path, name), found, hidden=hidden or (isinstance(name, str) and looks_like_credential(name)))
        for name, item in value.items()
    }


# Writing --------------------------------------------------------------------------------------------------------------


def literal_refused(name: str) -> Problem:
    """The problem of writing a literal secret at the location *name*."""
    hint = 'use Secret.from_env or Secret.from_file, or pass secrets="reveal" or secrets="redact"'
    return Problem(name, "no literal secret in a document", got=MASK, hint=hint, code="literal-secret")


def write_reference(name: str, secret: Secret, secrets: Secrets, problems: list[Problem]) -> dict[str, str]:
    """The table of a reference at the location *name*; its default may be a literal secret."""
    table = {secret.source: secret.reference}
    if secret.default is not None:
        is_literal = secret.default.source == "text"
        if is_literal and secrets == "refuse":
            problems.append(literal_refused(f"{name}.default"))
        table["default"] = secret.default.reveal() if secrets == "reveal" else str(secret.default)
    return table


def write_parts(name: str, kind: Kind, value: str, secrets: Secrets, problems: list[Problem], *, hidden: bool = False) -> Any:
    """A value with parts, as a document can hold it: a table if reading it gives the same value, else a string.

    Args:
        name: the location of the value.
        kind: the kind of the value.
        value: the string that a provider holds.
        secrets: how to write a literal secret.
        problems: the list to which problems are added.
        hidden: whether a name above a body looks like a credential.
    """
    parts = parts_in(kind, value)
    if parts is None:
        return None
    # TOML has no null. A table that looks like a reference would be read as one.
    needs_string = has_null(parts) or (kind == "body" and _is_ambiguous(parts, hidden=hidden))
    writer = _Writer(name, kind, secrets, problems, hidden=hidden)
    table = mapped(parts, writer)
    if isinstance(value, MaskedText) and value.is_reference:
        if needs_string:
            expected = "a body that a document can hold, with references but without null and without { env = ... } as an object"
            problems.append(Problem(name, expected, hint="add it in code", code="unwritable-option"))
        return table
    if not needs_string and text_of(kind, mapped(parts, lambda _, part: reveal(part))) == reveal(value):
        return table
    return reveal(value) if secrets == "reveal" else str(value)


class _Writer:
    """Writes each scalar of a value with parts."""

    def __init__(self, name: str, kind: Kind, secrets: Secrets, problems: list[Problem], *, hidden: bool) -> None:
        self.name, self.kind, self.problems, self.hidden = name, kind, problems, hidden
        self.secrets: Secrets = secrets

    def __call__(self, path: PartsPath, part: Any) -> Any:
        if not isinstance(part, (Secret, MaskedText)):
            return part
        below_credential = self.hidden or any(isinstance(step, str) and looks_like_credential(step) for step in path)
        if isinstance(part, Secret) and part.is_reference:
            if self.kind == "body" and not below_credential:
                self._refuse_name(path)
            return write_reference(f"{self.name}.{dotted(path)}", part, self.secrets, self.problems)
        if self.secrets == "refuse":
            self.problems.append(literal_refused(f"{self.name}.{dotted(path)}"))
        if self.secrets != "reveal":
            return str(part)
        real = part.reveal()
        if isinstance(part, MaskedText):
            return real
        if self.kind == "body":
            if not below_credential:
                self._refuse_name(path)
            return real
        return real if masked_header(str(path[0]), real) == MASK else {"secret": real}

    def _refuse_name(self, path: PartsPath) -> None:
        expected = "a secret below a name that looks like a credential, such as token"
        hint = "in a document, it would not be a secret; add it in code"
        self.problems.append(Problem(f"{self.name}.{dotted(path)}", expected, hint=hint, code="unwritable-option"))


def _refers(part: object) -> bool:
    return isinstance(part, Secret) and part.is_reference


def _is_ambiguous(parts: Parts, *, hidden: bool) -> bool:
    """Whether an object in a body, written as a table, would be read as a reference."""
    todo: list[tuple[Any, bool]] = [(parts, hidden)]
    while todo:
        node, below = todo.pop()
        if isinstance(node, list):
            todo += [(item, below) for item in node]
        elif isinstance(node, dict):
            # Below a name that looks like a credential, a string is a `Secret`.
            read = {name: "" if isinstance(item, (str, Secret)) and not _refers(item) else item for name, item in node.items()}
            if below and resolver_of(read):
                return True
            todo += [(item, below or looks_like_credential(name)) for name, item in node.items()]
    return False
