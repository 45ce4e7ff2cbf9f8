# SPDX-License-Identifier: Apache-2.0
"""Models that exist in Flink, read from the output of SHOW CREATE MODEL; their options stay as they are."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ..errors import DocumentError, DocumentProblem, Problem
from ..syntax.columns import Column, read_columns
from ..syntax.cursor import Cursor
from ..syntax.locations import locations_in
from ..syntax.tokens import Misread
from .names import read_path

__all__ = ["StoredModel", "read_models"]


@attrs.frozen(kw_only=True)
class StoredModel:
    """A model that exists in Flink. Its options need not be valid, and may hold secrets in clear."""

    path: tuple[str, ...]
    """The parts of its name."""
    options: Mapping[str, str] = attrs.field(repr=False)
    """Its options by Java key, with the identifier of its provider."""
    input: tuple[Column, ...] = ()
    """The input columns; empty if it has none."""
    output: tuple[Column, ...] = ()
    """The output columns; empty if it has none."""
    comment: str | None = None
    """The comment; None if it has none."""
    temporary: bool = False
    """Whether Flink drops it at the end of its session."""


def read_models(sql: str, source: str = "sql") -> list[StoredModel]:
    """Read the models of outputs of SHOW CREATE MODEL, one after the other; semicolons between them are allowed.

    Raises:
        DocumentError: if there is anything else.
    """
    locate = locations_in(sql)
    try:
        cursor = Cursor.over(sql)
        found: list[StoredModel] = []
        while True:
            while cursor.accept_sign(";"):
                pass
            if cursor.token.kind == "end":
                return found
            found.append(_read_model(cursor, sql))
    except Misread as error:
        problem = Problem("", error.expected, got=error.got, hint=error.hint, code="sql-syntax")
        failure = DocumentError([DocumentProblem(source, *locate(error.index), "", problem)])
    raise failure


def _read_model(cursor: Cursor, sql: str) -> StoredModel:
    """Read one CREATE MODEL statement, as `sql.read` does; but its options may be anything, also none."""
    if not cursor.accept_words("CREATE"):
        raise cursor.misread("CREATE MODEL", hint="only the output of SHOW CREATE MODEL is read")
    temporary = cursor.accept_words("TEMPORARY")
    cursor.expect_words("MODEL")
    cursor.accept_words("IF", "NOT", "EXISTS")
    path = read_path(cursor)
    found: dict[str, tuple[Column, ...]] = {}
    for keyword in ("INPUT", "OUTPUT"):
        if cursor.accept_words(keyword):
            cursor.expect_sign("(")
            found[keyword] = tuple(column for _, column in read_columns(cursor, sql, keyword.lower()))
    comment = cursor.expect_string("the comment as a string in quotes") if cursor.accept_words("COMMENT") else None
    return StoredModel(
        path=path,
        options=_read_options(cursor),
        input=found.get("INPUT", ()),
        output=found.get("OUTPUT", ()),
        comment=comment,
        temporary=temporary,
    )


def _read_options(cursor: Cursor) -> dict[str, str]:
    options: dict[str, str] = {}
    cursor.expect_words("WITH")
    cursor.expect_sign("(")
    # Flink prints an empty list if all options were reset.
    more = not cursor.accept_sign(")")
    while more:
        key = cursor.expect_strings("the key of an option as a string in quotes")
        cursor.expect_sign("=")
        options[key] = cursor.expect_strings("the option's value as a string in quotes")
        more = cursor.expect_sign(",", ")") == ","
    return options
