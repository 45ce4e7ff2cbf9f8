# SPDX-License-Identifier: Apache-2.0
"""Models that exist in Flink, read from the output of SHOW CREATE MODEL; their options stay as they are."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ..errors import DocumentError
from ..syntax.columns import Column
from ..syntax.cursor import Cursor
from ..syntax.locations import locations_in
from ..syntax.tokens import Misread
from .grammar import Create, read_create
from .reports import Report

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
    report = Report(source, locations_in(sql))
    found: list[StoredModel] = []
    try:
        cursor = Cursor.over(sql)
        while True:
            while cursor.accept_sign(";"):
                pass
            if cursor.token.kind == "end":
                break
            found.append(_model(read_create(cursor, sql, report, is_shown=True)))
    except Misread as error:
        report.misread(error)
    if report.problems:
        raise DocumentError(report.problems)
    return found


def _model(create: Create) -> StoredModel:
    return StoredModel(
        path=create.path,
        options={key: given.value for key, given in create.options.items()},
        input=create.input,
        output=create.output,
        comment=create.comment,
        temporary=create.temporary,
    )
