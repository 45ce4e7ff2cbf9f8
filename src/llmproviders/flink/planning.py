# SPDX-License-Identifier: Apache-2.0
"""Plan and apply: bring the models of a running Flink in line with a catalog."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ..boundary import without_frames
from ..catalogs.arguments import accept_providers
from ..catalogs.catalog import Catalog
from ..catalogs.details import NO_DETAILS
from ..errors import DocumentError, Problem, invalid
from ..messages import names_of, shown, shown_name
from ..providers.base import Provider
from ..similar_names import SimilarNames
from ..sql.compare import ExistingModels, Wanted, compare
from ..sql.existing import ExistingModel, read_models
from ..sql.names import accept_database, models_of_entries
from ..sql.plan import Plan
from ..sql.write import quote_path
from ..syntax.columns import Column, Columns, accept_columns
from .errors import FlinkError, clear_errors
from .jvm import running_runtime

if TYPE_CHECKING:
    from pyflink.table import TableEnvironment  # type: ignore[import-not-found]

__all__ = ["apply", "plan"]


@without_frames
def plan(
    t_env: TableEnvironment,
    catalog: Mapping[str, Provider],
    *,
    input: Columns | None = None,  # noqa: A002
    output: Columns | None = None,
    columns: Mapping[str, tuple[Columns, Columns]] | None = None,
    database: str | Sequence[str] | None = None,
    rename: Mapping[str, str] | None = None,
    drop: bool = False,
) -> Plan:
    """Compare the models of Flink with the providers of a catalog, and return the steps that bring them in line.

    Each provider becomes the permanent model of its name in one database; the name may begin with that of the database. Options
    are compared as Flink reads them, with references resolved. Columns are compared only if they are given: Flink cannot change
    the columns of a model, so a model with other columns is dropped and created again. Comments are not changed; a new model
    gets the description of its entry. Nothing is changed before `apply`.

    Args:
        t_env: the environment with the models.
        catalog: a catalog, or a mapping of names to providers; ``catalog.select(...)`` selects some.
        input: the input columns of all models: a mapping of names to SQL types, or a SQL string such as ``"text STRING"``. A
            model that does not exist yet needs columns.
        output: the output columns of all models, in the same form.
        columns: the input and the output columns of single models, by name.
        database: the name of the database as SQL, such as ``"catalog.db"``, or a sequence of its parts; by default the current
            one.
        rename: new names by old ones. A rename is skipped if it was done before, or the old model does not exist.
        drop: whether to drop all other permanent models of the database. A model is renamed instead if exactly one model to
            create has the same content.

    Raises:
        InvalidOptionsError: with every problem of the call, if the running Flink does not accept a provider with its columns,
            a secret cannot be resolved, or a model cannot be read.
        FlinkError: if Flink raises an error, for example because there is no such database.
    """
    problems: list[Problem] = []
    entries = _entries(accept_providers("plan", "catalog", catalog), input, output, columns, problems)
    path = () if database is None else accept_database(database, problems)
    if problems:
        raise invalid("plan", problems)
    runtime = running_runtime()
    with clear_errors():
        current = (t_env.get_current_catalog(), t_env.get_current_database())
    path = (*current[:1], *path)[-2:] if path else current
    names, wrong = models_of_entries([each.name for each in entries], path)
    if wrong:
        raise invalid("plan", _named({name: [problem] for name, problem in wrong.items()}))
    details = catalog.details if isinstance(catalog, Catalog) else {}
    wanted = [
        attrs.evolve(each, name=names[each.name], comment=details.get(each.name, NO_DETAILS).description or None)
        for each in entries
    ]
    needed = {each.name for each in wanted}.union(rename if isinstance(rename, Mapping) else ())
    existing = _existing(t_env, path, None if drop else needed)
    if path == current:
        with clear_errors():
            hidden = {*t_env.list_temporary_models()}
        hint = "drop the temporary model of this name, which would hide it"
        problem = Problem("", "a name that no temporary model has", hint=hint)
        existing = {**{each.name: problem for each in wanted if each.name in hidden}, **existing}
    found = compare(existing, wanted, database=path, runtime=runtime, rename=rename, drop=drop)
    if found.problems:
        raise invalid(f"plan on {runtime}", _named(found.problems))
    return found.plan


@without_frames
def apply(t_env: TableEnvironment, plan: Plan) -> None:
    """Execute the steps of a plan. Flink gets the secrets in clear, and SHOW CREATE MODEL shows them.

    Args:
        t_env: the environment with the models.
        plan: the plan, made by `plan`.

    Raises:
        FlinkError: if a step fails, with the steps that are done; a new plan has the steps that are left.
    """
    if not isinstance(plan, Plan):
        raise invalid("apply", [Problem("plan", "a Plan", got=shown(plan), is_type=True)])
    for index, step in enumerate(plan):
        try:
            with clear_errors(*([] if step.provider is None else [step.provider])):
                t_env.execute_sql(step.sql(secrets="reveal"))
            continue
        except FlinkError as error:
            reason = str(error)
        done = f"done before it: {names_of(each.title for each in plan[:index])}" if index else "nothing was changed"
        msg = f"step {index + 1} of {len(plan)} ({step.title}): {reason}; {done}"
        raise FlinkError(msg)


def _entries(
    providers: Mapping[str, Provider],
    input: Columns | None,  # noqa: A002
    output: Columns | None,
    columns: object,
    problems: list[Problem],
) -> list[Wanted]:
    """The wanted models, with the names of their entries; problems of columns are added to *problems*."""
    for_all = _pair("", input, output, problems)
    single: dict[str, tuple[tuple[Column, ...], tuple[Column, ...]]] = {}
    expected = "a mapping of names to pairs of input and output columns"
    if columns is not None and not isinstance(columns, Mapping):
        problems.append(Problem("columns", expected, got=shown(columns), is_type=True))
    else:
        similar = SimilarNames(providers)
        for name, pair in (columns or {}).items():
            if name not in providers:
                hint = similar.hint(str(name))
                problems.append(Problem("columns", "names of the catalog", got=shown(name), hint=hint))
            elif not isinstance(pair, (tuple, list)) or len(pair) != 2:  # noqa: PLR2004
                problems.append(Problem(f"columns.{shown_name(name)}", expected, got=shown(pair), is_type=True))
            else:
                single[name] = _pair(f"columns.{shown_name(name)}.", pair[0], pair[1], problems)
    return [
        Wanted(name=name, provider=provider, input=pair[0], output=pair[1])
        for name, provider in providers.items()
        for pair in (single.get(name, for_all),)
    ]


def _pair(
    where: str,
    input: Columns | None,  # noqa: A002
    output: Columns | None,
    problems: list[Problem],
) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The input and the output columns; two empty tuples if none are given."""
    if input is None and output is None:
        return (), ()
    found: list[tuple[Column, ...]] = []
    for option, given in (("input", input), ("output", output)):
        if given is None:
            expected = "columns, because those of the other side are given"
            problems.append(Problem(f"{where}{option}", expected, got="none", code="invalid-columns"))
            found.append(())
        else:
            found.append(accept_columns(given, option, problems, prefix=where))
    return found[0], found[1]


def _existing(t_env: TableEnvironment, path: tuple[str, ...], needed: Collection[str] | None) -> ExistingModels:
    """The permanent models of a database. Only the *needed* ones are read; None means all."""
    names = _strings(t_env, f"SHOW MODELS IN {quote_path(path)}")
    return {name: _read(t_env, (*path, name)) if needed is None or name in needed else None for name in names}


def _read(t_env: TableEnvironment, path: tuple[str, ...]) -> ExistingModel | Problem:
    try:
        [model] = read_models("".join(_strings(t_env, f"SHOW CREATE MODEL {quote_path(path)}")), "SHOW CREATE MODEL")
    except DocumentError as error:
        return Problem("", "a model that can be read", got=str(error), hint="drop it, or leave it out", code="sql-syntax")
    return model


def _strings(t_env: TableEnvironment, statement: str) -> list[str]:
    """The first column of the rows of a statement."""
    with clear_errors(), t_env.execute_sql(statement).collect() as rows:
        return [row[0] for row in rows]


def _named(problems: Mapping[str, Sequence[Problem]]) -> Iterator[Problem]:
    """The problems of models, with the name of the model."""
    for name, found in problems.items():
        for each in found:
            where = [shown_name(name)] if name else []
            yield attrs.evolve(each, option=".".join([*where, *filter(None, [each.option])]))
