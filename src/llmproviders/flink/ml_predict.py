# SPDX-License-Identifier: Apache-2.0
"""Predictions of a model for the rows of a table, by Flink's ML_PREDICT."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..boundary import warn, without_frames
from ..errors import Problem, Rejected, RejectedType, RetriesWarning, invalid
from ..fields.acceptance import accept_string, choice_acceptor
from ..fields.converters import duration
from ..messages import shown
from ..providers.base import Provider
from ..providers.worst_case import retries_problem
from ..runtimes.runtime import Runtime
from ..similar_names import did_you_mean
from ..syntax.columns import Column, Columns, columns
from ..syntax.quoting import quote_name, quote_string
from ..syntax.scalars import JAVA_BOUNDS, read_boolean, read_integer
from ..tasks import CHAT, EMBEDDINGS, task_of_endpoint
from .arguments import resolve_provider, validate_overrides
from .errors import clear_errors
from .jvm import environment_of, import_pyflink, java_columns, running_runtime
from .models import adapt_provider, build_descriptor, find_errors, with_error_columns

if TYPE_CHECKING:
    from pyflink.table import Table  # type: ignore[import-not-found]

__all__ = ["embed", "execution_mode_problems", "predict"]

_calls: Final = itertools.count(1)


@without_frames
def predict(
    table: Table,
    *column: str,
    provider: Provider | str | None = None,
    model: str | None = None,
    output: Columns = "answer STRING",
    errors: bool = False,
    config: Mapping[str, Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
    allow_sensitive: bool = False,
) -> Table:
    """Return *table* with a model's prediction for each row, by ML_PREDICT.

    If the provider's endpoint is the embeddings API, the chat API of the same service is used, unless an output column is an
    array. On Apache Flink, an `OpenAICompatProvider` is used as an `OpenAIProvider`. The model exists only for the resulting
    table, and is not in a catalog. With Flink's own providers, the result has no row for an input of NULL.

    If a request fails, ``error_handling_strategy="IGNORE"`` leaves the row out of the result, and so does
    ``retry_fallback_strategy="IGNORE"`` after the last retry. With *errors*, the row stays: its output is NULL, and the columns
    that are added say why.

    Args:
        table: the rows.
        column: the name of the input column; several names for a model with several inputs.
        provider: a provider, the name of a registered one, or None for the default.
        model: the model's name, if the provider does not set it.
        output: the columns that the model adds: a mapping of names to SQL types, or a SQL string.
        errors: whether to add three columns about failed requests: ``error-string``, a STRING; ``http-status-code``, an INT; and
            ``http-headers-map``, a MAP<STRING, ARRAY<STRING>>. They are NULL if the request succeeded.
        config: the configuration of ML_PREDICT, as Python values or strings in Flink's syntax; keys are ``async``,
            ``max-concurrent-operations``, ``output-mode`` and ``timeout``.
        overrides: changes to the provider for this call, by Python names.
        allow_sensitive: whether the overrides may change the endpoint and secrets.

    Raises:
        InvalidOptionsError: with every problem: of a column, the config or the overrides, or if the running Flink does not accept
            the provider with these columns.
        UnknownProviderError: if no provider is registered under that name.
        SecretError: if the reference of a secret cannot be resolved.
        FlinkError: if Flink raises an error, for example because the provider's jar is missing.
    """
    changes = validate_overrides(overrides, allow_sensitive=allow_sensitive)
    made = columns(output, "output")
    found = resolve_provider(provider)
    has_vectors = any("ARRAY" in each.type.upper() for each in made if not each.metadata)
    task = CHAT if not has_vectors and _task(found, changes) == EMBEDDINGS else None
    derived = found.for_task(task, **changes) if task else found.with_(**changes)
    return _predict(table, column, derived, model, made, errors, config)


@without_frames
def embed(
    table: Table,
    column: str,
    *,
    provider: Provider | str | None = None,
    model: str | None = None,
    dimension: int | None = None,
    output: str = "embedding",
    errors: bool = False,
    config: Mapping[str, Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
    allow_sensitive: bool = False,
) -> Table:
    """Return *table* with an embedding, an ARRAY<FLOAT>, of each row, by ML_PREDICT.

    If the provider's endpoint is the chat API, the embeddings API of the same service is used; *overrides* must then unset
    the options that only chats accept, for example ``{"temperature": None}``.

    Args:
        table: the rows.
        column: the name of the column to embed.
        provider: a provider, the name of a registered one, or None for the default.
        model: the model's name, if the provider does not set it.
        dimension: the size of the embeddings; by default the provider's, else the model's.
        output: the name of the column that is added.
        errors: as for `predict`.
        config: as for `predict`.
        overrides: changes to the provider for this call, by Python names.
        allow_sensitive: whether the overrides may change the endpoint and secrets.

    Raises:
        InvalidOptionsError: as `predict`.
        UnknownProviderError: as `predict`.
        SecretError: as `predict`.
        FlinkError: as `predict`.
    """
    changes = validate_overrides(overrides, allow_sensitive=allow_sensitive)
    if dimension is not None:
        changes["dimension"] = dimension
    found = resolve_provider(provider)
    task = EMBEDDINGS if _task(found, changes) in (CHAT, None) and EMBEDDINGS in found.tasks else None
    made = columns({output: "ARRAY<FLOAT>"}, "output")
    derived = found.for_task(task, **changes) if task else found.with_(**changes)
    return _predict(table, (column,), derived, model, made, errors, config)


def _task(provider: Provider, changes: Mapping[str, Any]) -> str | None:
    """The task of a provider with *changes*; None if neither its options nor its endpoint determine it."""
    endpoint = changes.get("endpoint", getattr(provider, "endpoint", None))
    task = changes.get("task", getattr(provider, "task", None))
    return task or (task_of_endpoint(endpoint) if isinstance(endpoint, str) else None)


def _predict(
    table: Table,
    names: tuple[str, ...],
    provider: Provider,
    model: str | None,
    output: tuple[Column, ...],
    errors: object,
    config: Mapping[str, Any] | None,
) -> Table:
    """*table* with the output of a model.

    PyFlink 2.1 to 2.3 have no other public API for ML_PREDICT than SQL. Flink resolves the view and the model when it parses the
    statement. They are dropped right after that, because they contain the secrets.
    """
    t_env, runtime = environment_of(table), running_runtime()
    provider = adapt_provider(provider, runtime, model)
    parameters, problems = _read_config(config)
    output, more = with_error_columns(output, errors, provider, runtime)
    problems += more
    input_columns, column_problems = _input_columns(table, names, output)
    problems += column_problems
    problems += find_errors(provider, runtime, None if column_problems else input_columns, output)
    is_known = provider.provider_name() in runtime.factories
    if parameters.get("async") == "false" and runtime.released and is_known:
        hint = f"on {runtime}, {provider.provider_name()} predicts only asynchronously"
        problems.append(Problem("config['async']", "True, or unset", got=repr(parameters["async"]), hint=hint))
    problems += execution_mode_problems(runtime, t_env.get_config().get("execution.runtime-mode", ""))
    if problems:
        raise invalid(f"{type(provider).__name__} on {runtime}", problems)
    timeout = parameters.get("timeout") or t_env.get_config().get("table.exec.async-ml-predict.timeout", "3 min")
    if problem := retries_problem(provider, runtime, timeout):
        warn(f"{type(provider).__name__}: {problem}", RetriesWarning)
    name = f"llmproviders_{next(_calls)}"
    # Flink merges two ML_PREDICT calls that differ only in the model. An unknown key of the config makes them different.
    parameters["llmproviders"] = name
    arguments = [
        f"TABLE `{name}`",
        f"MODEL `{name}`",
        f"DESCRIPTOR({', '.join(map(quote_name, names))})",
        f"MAP[{', '.join(quote_string(part) for pair in parameters.items() for part in pair)}]",
    ]
    # In Flink 2.1, an input of NULL makes the job fail; newer versions leave the row out.
    fails_at_null = runtime.name == "flink-2.1" and is_known
    rows = table.where(import_pyflink("table.expressions").col(names[0]).is_not_null) if fails_at_null else table
    with clear_errors(provider):
        t_env.create_temporary_model(name, build_descriptor(provider, runtime, input_columns, output))
        try:
            t_env.create_temporary_view(name, rows)
            try:
                return t_env.sql_query(f"SELECT * FROM ML_PREDICT({', '.join(arguments)})")  # noqa: S608  # all is quoted
            finally:
                t_env.drop_temporary_view(name)
        finally:
            t_env.drop_temporary_model(name)


def execution_mode_problems(runtime: Runtime, mode: str) -> list[Problem]:
    """The problem of ``execution.runtime-mode``, if the runtime does not support that mode."""
    if mode != "BATCH" or runtime.name not in ("flink-2.1", "flink-2.2"):
        return []
    hint = f"{runtime} cannot plan ML_PREDICT in batch mode, flink-2.3 can"
    return [Problem("table", "a table of a streaming TableEnvironment", got="one of a batch TableEnvironment", hint=hint)]


def _input_columns(table: Table, names: tuple[str, ...], output: tuple[Column, ...]) -> tuple[tuple[Column, ...], list[Problem]]:
    """The model's input columns for the columns *names* of the table, and the problems of these names."""
    known = {each.getName(): each for each in java_columns(table)}
    problems = [] if names else [Problem("column", "the name of a column of the table", got="none", code="invalid-columns")]
    problems += [
        Problem(
            "column",
            "the name of a column of the table",
            got=shown(name),
            hint=did_you_mean(str(name), list(known)),
            code="invalid-columns",
        )
        for name in names
        if name not in known
    ]
    problems += [
        Problem(
            "output",
            "a name that no column of the table has",
            got=shown(each.name),
            hint="rename that column: Flink sets the name of this one" if each.metadata else "choose another name",
            code="invalid-columns",
        )
        for each in output
        if each.name in known
    ]
    return tuple(Column(name, _input_type(known[name])) for name in names if name in known), problems


def _input_type(column: Any) -> str:
    """The type of the model's input for a column: STRING for all string types, and without NOT NULL."""
    with clear_errors():
        sql = str(column.getDataType().getLogicalType().asSerializableString()).removesuffix(" NOT NULL")
    return "STRING" if sql.startswith(("CHAR(", "VARCHAR(")) else sql


# The configuration of ML_PREDICT --------------------------------------------------------------------------------------


def _accept_count(value: Any) -> str:
    number = read_integer(value) if isinstance(value, str) else value
    if not isinstance(number, int) or isinstance(number, bool):
        raise RejectedType("an int of at least 1")
    if not 1 <= number <= JAVA_BOUNDS["Integer"][1]:
        raise Rejected("an int of at least 1")
    return str(number)


def _accept_boolean(value: Any) -> str:
    if not isinstance(value, (bool, str)):
        raise RejectedType("True or False")
    return str(value if isinstance(value, bool) else read_boolean(value)).lower()


def _accept_duration(value: Any) -> str:
    # The converter accepts None, but the config does not.
    return accept_string(duration("" if value is None else value))


_CONFIG: Final[Mapping[str, Callable[[Any], str]]] = {
    "async": _accept_boolean,
    "max-concurrent-operations": _accept_count,
    "output-mode": choice_acceptor(("ORDERED", "ALLOW_UNORDERED")),
    "timeout": _accept_duration,
}
"""The keys that ML_PREDICT reads, and functions that convert their values to strings."""


def _read_config(given: Mapping[str, Any] | None) -> tuple[dict[str, str], list[Problem]]:
    """The keys and strings of a config, and its problems."""
    config: object = {} if given is None else given
    if not isinstance(config, Mapping):
        return {}, [Problem("config", "a mapping of Flink's keys to values", got=shown(given), is_type=True)]
    parameters, problems = {}, []
    for key, value in config.items():
        if key not in _CONFIG:
            hint = did_you_mean(str(key), list(_CONFIG)) or "Flink would ignore it"
            problems.append(Problem("config", f"one of {', '.join(_CONFIG)}", got=shown(key), hint=hint))
            continue
        try:
            parameters[key] = _CONFIG[key](value)
        except Rejected as error:
            got = shown(value, with_type=error.is_type)
            problems.append(Problem(f"config[{key!r}]", error.expected, got=got, hint=error.hint, is_type=error.is_type))
    return parameters, problems
