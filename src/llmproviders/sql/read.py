# SPDX-License-Identifier: Apache-2.0
"""CREATE MODEL statements as providers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from ..boundary import public, warn
from ..errors import DocumentError, DocumentProblem, Problem, invalid
from ..messages import shown
from ..providers.base import Provider
from ..syntax.columns import Column
from ..syntax.cursor import Cursor
from ..syntax.locations import locations_in
from ..syntax.tokens import Misread, Token, tokens
from .dialects import cdc_problem
from .grammar import Create, read_create
from .options import make_provider
from .reports import Report
from .script import read_script

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ModelStatement", "OldSpellingWarning", "Script", "parse_create_model", "parse_statements", "read_statements"]


class OldSpellingWarning(UserWarning):
    """A CREATE MODEL statement has an old name of an identifier or a key."""


@attrs.frozen(kw_only=True)
class ModelStatement:
    """The content of a CREATE MODEL statement."""

    path: tuple[str, ...]
    """The parts of the model's name; the last one is the name without catalog and database."""
    provider: Provider
    """The provider of its options; old names are replaced by current ones."""
    input: tuple[Column, ...] = ()
    """The input columns; empty if the statement has none."""
    output: tuple[Column, ...] = ()
    """The output columns; empty if the statement has none."""
    comment: str | None = None
    """The comment; None if the statement has none."""
    temporary: bool = False
    """Whether Flink drops the model at the end of its session."""
    if_not_exists: bool = False
    """Whether Flink ignores the statement if the model exists."""
    warnings: tuple[DocumentProblem, ...] = attrs.field(default=(), eq=False)
    """Problems that Flink accepts: old names and probable mistakes."""
    line: int = attrs.field(default=1, eq=False)
    """The line of the statement in its source, counted from 1."""
    column: int = attrs.field(default=1, eq=False)
    """Its column, counted from 1."""


class Script(tuple[ModelStatement, ...]):  # noqa: SLOT001
    """The models at the end of a script, in the order of their creation, as a tuple.

    The attribute ``warnings`` is a tuple with every warning of the script as a `DocumentProblem`, also for models that are
    dropped.
    """

    warnings: tuple[DocumentProblem, ...]

    def __new__(  # noqa: D102
        cls, models: Iterable[ModelStatement] = (), warnings: Iterable[DocumentProblem] = ()
    ) -> Self:
        script = super().__new__(cls, models)
        script.warnings = tuple(warnings)
        return script


@public
def parse_create_model(sql: str, *, source: str = "sql") -> ModelStatement:
    """Read one CREATE MODEL statement, also in the form that SHOW CREATE MODEL prints.

    It accepts the statements that Flink's parser accepts, except strings with a prefix, such as ``U&'...'`` or ``E'...'``. Old
    identifiers and keys are replaced by current ones, with an `OldSpellingWarning`.

    >>> statement = parse_create_model("CREATE MODEL db.chat WITH ('provider' = 'triton', 'endpoint' = 'http://triton:8000')")
    >>> statement.path, statement.provider.endpoint
    (('db', 'chat'), 'http://triton:8000')

    Args:
        sql: the statement; it may end with a semicolon.
        source: the name of its source, for messages.

    Raises:
        DocumentError: with every problem of the statement, each with line and column.
    """
    _check_arguments("parse_create_model", sql, source)
    report = Report(source, locations_in(sql))
    statement = None
    if (found := cdc_problem(sql)) is None:
        statement = _read_one(sql, report)
    else:
        report.add(*found)
    if statement is None or report.problems:
        raise DocumentError(report.problems)
    _warn_of_old(report.warnings)
    return statement


@public
def parse_statements(sql: str, *, source: str = "sql") -> Script:
    """Read a script, and return the models that exist at its end.

    CREATE MODEL, ALTER MODEL and DROP MODEL are read as by `parse_create_model`, and applied in order. USE sets the current
    catalog and database for names. All other statements are skipped. ALTER MODEL and DROP MODEL of a model that the script
    does not create are skipped with a warning. The options are checked at the end of the script.

    >>> script = "SET 'a' = 'b'; CREATE MODEL m WITH ('provider' = 'g', 'x' = '1'); ALTER MODEL m SET ('x' = '2');"
    >>> [(statement.path, statement.provider.to_options()) for statement in parse_statements(script)]
    [(('m',), {'x': '2'})]

    Args:
        sql: the statements, separated by semicolons.
        source: the name of their source, such as the name of a file, for messages.

    Raises:
        DocumentError: with every problem of the statements about models, each with line and column.
    """
    _check_arguments("parse_statements", sql, source)
    script, problems = read_statements(sql, source)
    if problems:
        raise DocumentError(problems)
    _warn_of_old(script.warnings)
    return script


def read_statements(sql: str, source: str) -> tuple[Script, list[DocumentProblem]]:
    """Read a script as `parse_statements` does; return also its problems. Models with problems are left out."""
    models, reports = read_script(sql, source)
    statements = []
    for model in models:
        provider = make_provider(model.create.options, model.create.options_index, model.reports[0])
        if provider is not None:
            statements.append(_statement(model.create, model.name.path(), provider, model.reports, model.location))
    script = Script(statements, [warning for report in reports for warning in report.warnings])
    return script, [problem for report in reports for problem in report.problems]


def _read_one(sql: str, report: Report) -> ModelStatement | None:
    """The first statement of a string; None if it has problems. Problems and a second statement are reported."""
    statement = None
    try:
        first, *others = _split(list(tokens(sql)))
    except Misread as error:
        report.misread(error)
        return None
    try:
        create = read_create(Cursor(first), sql, report)
        provider = make_provider(create.options, create.options_index, report)
        if provider is not None:
            statement = _statement(create, create.path, provider, [report], report.locate(first[0].start))
    except Misread as error:
        report.misread(error)
    for other in others[:1]:
        report.error(other[0].start, "one statement", got="another", hint="parse_statements reads several")
    return statement


def _check_arguments(function: str, sql: object, source: object) -> None:
    for name, value in (("sql", sql), ("source", source)):
        if not isinstance(value, str):
            raise invalid(function, [Problem(name, "a str", got=shown(value), is_type=True)])


def _statement(
    create: Create, path: tuple[str, ...], provider: Provider, reports: Iterable[Report], location: tuple[int, int]
) -> ModelStatement:
    line, column = location
    return ModelStatement(
        path=path,
        provider=provider,
        input=create.input,
        output=create.output,
        comment=create.comment,
        temporary=create.temporary,
        if_not_exists=create.if_not_exists,
        warnings=tuple(problem for report in reports for problem in report.warnings),
        line=line,
        column=column,
    )


def _warn_of_old(warnings: Iterable[DocumentProblem]) -> None:
    """Warn of old names."""
    for found in warnings:
        if found.problem.code == "deprecated-key":
            warn(str(found), OldSpellingWarning)


def _split(given: list[Token]) -> list[list[Token]]:
    """The tokens of each statement, with an end token for each; empty statements are left out, except the first."""
    statements: list[list[Token]] = [[]]
    for token in given:
        statements[-1].append(token)
        if token.kind == "sign" and token.value == ";" and len(statements[0]) > 1:
            statements[-1][-1] = token._replace(kind="end", value="")
            statements.append([])
    return [statement for index, statement in enumerate(statements) if index == 0 or statement[0].kind != "end"]
