# SPDX-License-Identifier: Apache-2.0
"""The name of a model in SQL, and the key of its provider."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ..errors import Problem
from ..messages import shown, shown_type
from ..syntax.cursor import Cursor
from ..syntax.quoting import expected_name
from ..syntax.tokens import Misread

__all__ = ["PROVIDER", "accept_database", "accept_path", "models_of_entries", "path_of_entry", "read_path"]

PROVIDER: Final = "provider"
"""The key of the option with the identifier of the provider."""
_MAX_PARTS: Final = 3
"""The most parts of a model's name: catalog, database, model."""
_EXPECTED: Final = "a model's name"
_FULL_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){1,2}"


def read_path(cursor: Cursor, expected: str = _EXPECTED) -> tuple[str, ...]:
    """Read a name of one to three parts, such as that of a model.

    Raises:
        Misread: if the next token does not begin a name.
    """
    path = [cursor.expect_name(expected)]
    before = cursor.last
    while cursor.accept_sign("."):
        dot, token = cursor.last, cursor.token
        path.append(cursor.expect_name(expected))
        is_joined = before.kind == token.kind == "word" and before.end == dot.start and dot.end == token.start
        if is_joined and re.search(r"\$[^0-9]", token.value):
            # Flink's lexer reads a.b$c as the name of a collation.
            raise Misread(token.start, expected, hint="write it in backticks, because there is a $ in it")
        if len(path) > _MAX_PARTS:
            hint = "write a part with dots in backticks"
            raise Misread(token.start, f"{expected} of at most three parts", hint=hint)
        before = token
    return tuple(path)


def accept_path(name: object, problems: list[Problem]) -> tuple[str, ...]:
    """The parts of a model's name, given as SQL or as a sequence; its problems are added to *problems*."""
    if isinstance(name, str):
        try:
            cursor = Cursor.over(name)
            path = read_path(cursor)
            if cursor.token.kind != "end":
                raise cursor.misread("nothing after the model's name", hint="write names with other characters in backticks")
        except Misread as error:
            problems.append(Problem("name", error.expected, got=shown(name), hint=error.hint))
            return ()
        return path
    expected = "the model's name: one to three parts"
    if not isinstance(name, Sequence):
        problems.append(Problem("name", expected, got=shown_type(name), is_type=True))
        return ()
    others = [type(part).__name__ for part in name if not isinstance(part, str)]
    if others:
        problems.append(Problem("name", expected, got=f"a part of type {others[0]}", is_type=True))
        return ()
    if not 1 <= len(name) <= _MAX_PARTS:
        problems.append(Problem("name", expected, got=f"{len(name)} parts"))
    problems += [Problem("name", instead, got=shown(part)) for part in name if (instead := expected_name(part))]
    return tuple(name)


def path_of_entry(name: str) -> tuple[str, ...]:
    """The parts of the name of an entry's model: more than one if the entry has a full name, such as ``catalog.db.chat``."""
    return tuple(name.split(".")) if re.fullmatch(_FULL_NAME, name) else (name,)


def models_of_entries(names: Iterable[str], database: Sequence[str]) -> tuple[dict[str, str], dict[str, Problem]]:
    """The names of models by entry, and the problems of entries for another database, or for a model of another entry."""
    models: dict[str, str] = {}
    problems: dict[str, Problem] = {}
    entries: dict[str, str] = {}
    for name in names:
        *parents, model = path_of_entry(name)
        if parents and parents != list(database[-len(parents) :]):
            expected = f"an entry for a model of {'.'.join(database) or 'an unknown database'}"
            problems[name] = Problem("", expected, got=shown(name), hint="select the entries of one database, and name it")
        elif model in entries:
            expected, hint = f"one entry for the model {shown(model)}", "select one of them"
            problems[name] = Problem("", expected, got=f"{shown(entries[model])} and {shown(name)}", hint=hint)
        else:
            models[name] = model
            entries[model] = name
    return models, problems


def accept_database(name: object, problems: list[Problem]) -> tuple[str, ...]:
    """The parts of a database's name, given as SQL or as a sequence; its problem is added to *problems*."""
    found: list[Problem] = []
    path = accept_path(name, found)
    if not found and len(path) < _MAX_PARTS:
        return path
    got = shown(name) if isinstance(name, str) else found[0].got if found else f"{len(path)} parts"
    is_type = any(each.is_type for each in found)
    problems.append(Problem("database", "the name of a database, such as db or catalog.db", got=got, is_type=is_type))
    return ()
