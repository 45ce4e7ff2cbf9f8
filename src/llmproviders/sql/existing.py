# SPDX-License-Identifier: Apache-2.0
"""Models that exist in Flink, read from the output of SHOW CREATE MODEL, with their options unchanged and unchecked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from ..credentials import MASK
from ..errors import DocumentError
from ..syntax.columns import Column
from ..syntax.cursor import Cursor
from ..syntax.locations import locations_in
from ..syntax.tokens import Misread
from .grammar import ONLY_MODELS, Create, read_create
from .reports import Report
from .splitting import split_script

__all__ = ["ExistingModel", "MaskedOptions", "read_models"]


class MaskedOptions(Mapping[str, str]):
    """Options of a model, whose strings may be secrets. They are masked where the mapping is shown."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = dict(options)

    def __getitem__(self, key: str) -> str:
        return self._options[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)

    def __repr__(self) -> str:
        return repr(dict.fromkeys(self._options, MASK))


@attrs.frozen(kw_only=True)
class ExistingModel:
    """A model that exists in Flink. Its options need not be valid, and may hold secrets in clear."""

    path: tuple[str, ...]
    """The parts of its name."""
    options: Mapping[str, str] = attrs.field(converter=MaskedOptions)
    """Its options by Java key, with the identifier of its provider."""
    input: tuple[Column, ...] = ()
    """The input columns; empty if it has none."""
    output: tuple[Column, ...] = ()
    """The output columns; empty if it has none."""
    comment: str | None = None
    """The comment; None if it has none."""
    temporary: bool = False
    """Whether Flink drops it at the end of its session."""


def read_models(sql: str, source: str = "sql") -> list[ExistingModel]:
    """Read the models of outputs of SHOW CREATE MODEL, one after the other; semicolons between them are allowed.

    Raises:
        DocumentError: if the string contains anything else.
    """
    report = Report(source, locations_in(sql))
    found: list[ExistingModel] = []
    try:
        cursor = _cursor(sql)
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


def _cursor(sql: str) -> Cursor:
    """A cursor over outputs of SHOW CREATE MODEL.

    Raises:
        Misread: at the first statement that is not CREATE MODEL, or at characters that begin no token, whichever is first.
    """
    try:
        return Cursor.over(sql)
    except Misread as error:
        other = next((span.start for span in split_script(sql) if span.kind != "create"), error.index)
        if other >= error.index:
            raise
    raise Misread(other, "CREATE MODEL", got="another statement", hint=ONLY_MODELS)


def _model(create: Create) -> ExistingModel:
    return ExistingModel(
        path=create.path,
        options={key: given.value for key, given in create.options.items()},
        input=create.input,
        output=create.output,
        comment=create.comment,
        temporary=create.temporary,
    )
