# SPDX-License-Identifier: Apache-2.0
"""The PyFlink bridge: providers on a running Flink.

This is the only module that knows PyFlink, and it asks for it when a function is called.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..boundary import unframed
from ..credentials import MASK, looks_like_credential, mask_urls
from ..errors import Problem, ProviderError, Rejected, RejectedType, UnknownProviderError, UnknownRuntimeError, invalid
from ..fields.acceptance import accept_string, choice_acceptor
from ..fields.converters import duration
from ..messages import did_you_mean, shown
from ..optional import needs
from ..providers.base import Provider
from ..providers.derive import with_model
from ..registry import get_provider
from ..runtimes.runtime import Runtime, list_runtimes
from ..runtimes.runtime import runtime as runtime_of
from ..syntax.columns import Column, Columns, columns
from ..syntax.quoting import quote_name, quote_string
from ..syntax.scalars import JAVA_BOUNDS, read_boolean, read_integer
from ..syntax.sql_types import canonical_type
from ..tasks import CHAT, EMBEDDINGS, task_of_endpoint

if TYPE_CHECKING:
    # PyFlink is large and needs no part in checking this package.
    from pyflink.table import Table, TableEnvironment  # type: ignore[import-not-found]
    from pyflink.table.model_descriptor import ModelDescriptor  # type: ignore[import-not-found]

__all__ = [
    "FlinkError",
    "as_model_provider",
    "clear_errors",
    "create_model",
    "embed",
    "ensure_jars",
    "model_descriptor",
    "predict",
    "running_runtime",
]

JARS: Final = "LLMPROVIDERS_JARS"
"""The environment variable with the folder in which provider jars are looked for, and into which they are fetched."""


class FlinkError(ProviderError):
    """What Flink, Maven or the JVM refused, in one line."""


def running_runtime() -> Runtime:
    """The runtime that PyFlink is connected to; its JVM is started if there is none yet.

    Raises:
        FlinkError: if there is no JVM that could be started.
        UnknownRuntimeError: if nothing is known of that version of Flink.
    """
    return _runtime_of_version(_jvm().org.apache.flink.runtime.util.EnvironmentInformation.getVersion())


@unframed
def model_descriptor(
    provider: Provider | str | None = None,
    *,
    input: Columns,  # noqa: A002
    output: Columns,
    model: str | None = None,
    runtime: str | Runtime | None = None,
    comment: str | None = None,
) -> ModelDescriptor:
    """A provider and the columns of its model as PyFlink's `ModelDescriptor`, which holds the secrets in clear.

    Args:
        provider: a provider, the name of a registered one, or nothing for the default.
        input: the model's input columns: a mapping of names to SQL types, or SQL text such as ``"text STRING"``.
        output: its output columns, likewise.
        model: the model's name, if the provider does not say it.
        runtime: what shall run it; by default the Flink that is running.
        comment: a comment on the model.

    Raises:
        InvalidOptionsError: if the runtime does not take the provider with such columns, listing all that is wrong.
        UnknownProviderError: if no provider is registered under that name.
        SecretError: if the reference of a secret cannot be resolved.
        FlinkError: if there is no JVM.
    """
    found = runtime_of(runtime) if runtime is not None else running_runtime()
    return _descriptor(_provider(provider), found, model, input=columns(input), output=columns(output, "output"), comment=comment)


@unframed
def create_model(
    t_env: TableEnvironment,
    name: str,
    provider: Provider | str | None = None,
    *,
    input: Columns,  # noqa: A002
    output: Columns,
    model: str | None = None,
    temporary: bool = True,
    if_not_exists: bool = False,
    comment: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    allow_sensitive: bool = False,
) -> None:
    """Create a model for ML_PREDICT.

    The secrets go to Flink in clear, and no statement with them is written. A model that is not temporary is stored in
    the catalog with them, and SHOW CREATE MODEL shows them.

    Args:
        t_env: where to create it.
        name: its name as Flink reads it, also ``catalog.database.name``.
        provider: a provider, the name of a registered one, or nothing for the default.
        input: the model's input columns: a mapping of names to SQL types, or SQL text such as ``"text STRING"``.
        output: its output columns, likewise.
        model: the name that the service knows it by, if the provider does not say it.
        temporary: whether it ends with *t_env*, rather than being stored in the catalog.
        if_not_exists: whether to leave a model of that name as it is.
        comment: a comment on it.
        overrides: changes to the provider, by Python names.
        allow_sensitive: whether the overrides may change the endpoint and secrets.

    Raises:
        InvalidOptionsError: if the running Flink does not take the provider with such columns, listing all that is wrong.
        UnknownProviderError: if no provider is registered under that name.
        SecretError: if the reference of a secret cannot be resolved.
        FlinkError: if Flink refuses it, for example because the name is taken.
    """
    found = _provider(provider).with_(**_changes(overrides, allow_sensitive=allow_sensitive))
    name = _text("name", name)
    made = _descriptor(found, running_runtime(), model, input=columns(input), output=columns(output, "output"), comment=comment)
    create = t_env.create_temporary_model if temporary else t_env.create_model
    _ask(found, lambda: create(name, made, if_not_exists))


@unframed
def predict(
    table: Table,
    *column: str,
    provider: Provider | str | None = None,
    model: str | None = None,
    output: Columns = "answer STRING",
    config: Mapping[str, Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
    allow_sensitive: bool = False,
) -> Table:
    """*table* with what a model says of each row, by ML_PREDICT.

    A provider whose endpoint is that of the embeddings API is used with the chat API of the same service, unless the
    output is an array. On Apache Flink an `OpenAICompatProvider` is used as an `OpenAIProvider`. The model is known to
    the resulting table only; nothing stays behind in a catalog. A row that Flink's own providers are given NULL of is
    not in the result.

    Args:
        table: the rows.
        column: the column that the model is asked about; several for a model of several.
        provider: a provider, the name of a registered one, or nothing for the default.
        model: the model's name, if the provider does not say it.
        output: the columns that the model adds: a mapping of names to SQL types, or SQL text.
        config: how Flink predicts: ``async``, ``max-concurrent-operations``, ``output-mode`` and ``timeout``, as Python
            values or Flink's texts.
        overrides: changes to the provider for this call, by Python names.
        allow_sensitive: whether the overrides may change the endpoint and secrets.

    Raises:
        InvalidOptionsError: if a column, the config or the overrides are wrong, or the running Flink does not take the
            provider with such columns, listing all that is wrong.
        UnknownProviderError: if no provider is registered under that name.
        SecretError: if the reference of a secret cannot be resolved.
        FlinkError: if Flink refuses it, for example because the provider's jar is missing.
    """
    changes = _changes(overrides, allow_sensitive=allow_sensitive)
    made = columns(output, "output")
    found = _provider(provider)
    no_vectors = not any("ARRAY" in each.type.upper() for each in made)
    task = CHAT if no_vectors and _task(found, changes) == EMBEDDINGS else None
    derived = found.for_task(task, **changes) if task else found.with_(**changes)
    return _predicted(table, column, derived, model, made, config)


@unframed
def embed(
    table: Table,
    column: str,
    *,
    provider: Provider | str | None = None,
    model: str | None = None,
    dimension: int | None = None,
    output: str = "embedding",
    config: Mapping[str, Any] | None = None,
    overrides: Mapping[str, Any] | None = None,
    allow_sensitive: bool = False,
) -> Table:
    """*table* with an embedding, an ARRAY<FLOAT>, of each row, by ML_PREDICT.

    A provider whose endpoint is that of the chat API is used with the embeddings API of the same service; what only
    chats take must then be dropped in *overrides*, for example ``{"temperature": None}``.

    Args:
        table: the rows.
        column: the column that is embedded.
        provider: a provider, the name of a registered one, or nothing for the default.
        model: the model's name, if the provider does not say it.
        dimension: the size of the embeddings; by default the provider's, else the model's.
        output: the name of the column that is added.
        config: as for `predict`.
        overrides: changes to the provider for this call, by Python names.
        allow_sensitive: whether the overrides may change the endpoint and secrets.

    Raises:
        InvalidOptionsError: as `predict`.
        UnknownProviderError: as `predict`.
        SecretError: as `predict`.
        FlinkError: as `predict`.
    """
    changes = _changes(overrides, allow_sensitive=allow_sensitive)
    if dimension is not None:
        changes["dimension"] = dimension
    found = _provider(provider)
    task = EMBEDDINGS if _task(found, changes) in (CHAT, None) and EMBEDDINGS in found.tasks else None
    made = columns({output: "ARRAY<FLOAT>"}, "output")
    derived = found.for_task(task, **changes) if task else found.with_(**changes)
    return _predicted(table, (column,), derived, model, made, config)


@unframed
def ensure_jars(t_env: TableEnvironment, *providers: Provider | str) -> tuple[Path, ...]:
    """Add to *t_env* the jars of the providers, in the version that goes with the running Flink, and return them.

    A jar that *t_env* or Flink's own lib folder has already is left as it is. Another is taken from the folder in the
    environment variable ``LLMPROVIDERS_JARS``, by default ``~/.cache/llmproviders/jars``; one that is not there is
    fetched with Maven, if that is installed.

    Args:
        t_env: what shall have the jars, in its option ``pipeline.jars``.
        providers: providers, names of registered ones, or identifiers such as ``"openai"``; by default the default
            provider.

    Raises:
        FlinkError: if a jar cannot be had; the message says which file to put where.
        UnknownProviderError: if there is no such provider.
    """
    runtime = running_runtime()
    config = t_env.get_config()
    added = []
    for name in dict.fromkeys(_identifier(each, runtime) for each in providers or (None,)):
        # The text of a list has one form in code, and another in configuration files: Java reads both.
        urls: list[str] = list(t_env._j_tenv.getConfig().get(_jvm().org.apache.flink.configuration.PipelineOptions.JARS) or ())
        if _has_factory(urls, name):
            continue
        jar = _jar(name, runtime)
        urls = [*urls, jar.as_uri()]
        if not _has_factory(urls, name):
            msg = f"{jar} is no jar that has the provider {name}; delete it, and it is fetched again"
            raise FlinkError(msg)
        config.set("pipeline.jars", ";".join(urls))
        added.append(jar)
    return tuple(added)


@contextmanager
def clear_errors(*providers: Provider) -> Iterator[None]:
    """Within the block, an error of Flink or of its JVM becomes a `FlinkError`: one line with the root of the matter.

    For what happens when a job runs, and when PyFlink starts::

        with clear_errors(provider):
            rows = list(table.execute().collect())

    Args:
        providers: the providers whose secrets shall not show in the line, should Flink or the service repeat them.

    Raises:
        FlinkError: for an error of PyFlink; other errors pass.
    """
    try:
        yield
    except Exception as error:
        problem = _in_one_line(error, [text for each in providers for text in _secrets(each)])
        if problem is None:
            raise
    else:
        return
    try:
        raise problem from None
    finally:
        # The block is being left by the error; it would come along with it, and with its frames.
        problem.__context__ = None


@unframed
def as_model_provider(provider: Provider | str | None = None) -> Any:
    """A provider as PyFlink's DataFrame API knows them: ``pf.set_model_provider(as_model_provider(provider))``.

    For ``ververica-flink`` 11.7 to 11.9 and Apache Flink 2.4. What that API asks of a provider is answered by the
    provider, so that overrides per call are checked, and it shows no secret.

    Args:
        provider: a provider, the name of a registered one, or nothing for the default.

    Raises:
        FlinkError: if the installed PyFlink has no such API.
        InvalidOptionsError: if the installed version does not know the provider.
        UnknownProviderError: if no provider is registered under that name.
    """
    api = _pyflink("dataframe")
    base = getattr(api, "ModelProvider", None) or api.Provider
    runtime = _runtime_of_version(_pyflink("version").__version__)
    return _model_provider_class(base)(_provider(provider).for_runtime(runtime))


@cache
def _model_provider_class(base: type) -> Callable[[Provider], Any]:
    """The class of adapters for a DataFrame API, whose own base class is *base*."""

    @attrs.frozen(slots=False, repr=False)
    class ModelProvider(base):  # type: ignore[misc]
        provider: Provider

        def provider_name(self) -> str:
            return self.provider.provider_name()

        def provider_identifier(self) -> str:
            return self.provider.provider_identifier()

        def model_option_key(self) -> str:
            return self.provider.model_option_key()

        def to_options(self, input_columns: Any = None, overrides: Any = None) -> dict[str, str]:
            return self.provider.to_options(input_columns, overrides)

        def __repr__(self) -> str:
            return f"as_model_provider({self.provider!r})"

    return ModelProvider


# The provider of a call -----------------------------------------------------------------------------------------------


def _provider(given: Provider | str | None) -> Provider:
    if isinstance(given, Provider):
        return given
    name: object = given
    if name is not None and not isinstance(name, str):
        problem = Problem("", "a provider, or the name of a registered one", got=shown(name), is_type=True)
        raise invalid("provider", [problem])
    return get_provider(given)


def _changes(overrides: Mapping[str, Any] | None, *, allow_sensitive: bool) -> dict[str, Any]:
    """The changes that a call makes, if it may."""
    changes: object = {} if overrides is None else overrides
    if not isinstance(changes, Mapping):
        problem = Problem("", "a mapping of Python names to values", got=shown(changes), is_type=True)
        raise invalid("overrides", [problem])
    names = [name for name, value in changes.items() if not allow_sensitive and _is_sensitive(name, value)]
    if names:
        expected, hint = "no change of an endpoint or secret for one call", "pass allow_sensitive=True if that is meant"
        raise invalid("overrides", [Problem(name, expected, hint=hint) for name in names])
    return dict(changes)


def _is_sensitive(name: str, value: object) -> bool:
    if name == "extra_options" and isinstance(value, Mapping):
        return any(_is_sensitive(str(each), None) for each in value)
    return name == "endpoint" or looks_like_credential(name)


def _task(provider: Provider, changes: Mapping[str, Any]) -> str | None:
    """The task that a provider is for, if that shows."""
    endpoint = changes.get("endpoint", getattr(provider, "endpoint", None))
    task = changes.get("task", getattr(provider, "task", None))
    return task or (task_of_endpoint(endpoint) if isinstance(endpoint, str) else None)


def _there(provider: Provider, runtime: Runtime, model: str | None) -> Provider:
    """The provider as the runtime knows it, with the model's name of the call."""
    return with_model(provider, model).for_runtime(runtime)


def _refused(
    provider: Provider,
    runtime: Runtime,
    input: tuple[Column, ...] | None,  # noqa: A002
    output: tuple[Column, ...],
) -> list[Problem]:
    """What the runtime would refuse of a provider and its model's columns."""
    return [each for each in provider.check(runtime, input=input, output=output) if each.severity == "error"]


def _descriptor(
    provider: Provider,
    runtime: Runtime,
    model: str | None,
    *,
    input: tuple[Column, ...],  # noqa: A002
    output: tuple[Column, ...],
    comment: str | None = None,
) -> ModelDescriptor:
    """What PyFlink makes a model of, if the runtime takes it."""
    provider = _there(provider, runtime, model)
    problems = _refused(provider, runtime, input, output)
    if problems:
        raise invalid(f"{type(provider).__name__} on {runtime}", problems)
    comment = None if comment is None else _text("comment", comment)
    _jvm()

    def build() -> ModelDescriptor:
        builder = _pyflink("table.model_descriptor").ModelDescriptor.for_provider(provider.provider_name())
        builder.input_schema(_schema(input)).output_schema(_schema(output))
        for key, text in provider.to_options([(each.name, each.type) for each in input], runtime=runtime).items():
            builder.option(key, text)
        return (builder if comment is None else builder.comment(comment)).build()

    return _ask(provider, build)


def _text(name: str, value: Any) -> str:
    """A text that can reach Java."""
    try:
        return accept_string(value)
    except Rejected as error:
        problem = Problem(name, error.expected, got=shown(value), hint=error.hint, is_type=error.is_type)
    raise invalid("model", [problem])


def _schema(given: tuple[Column, ...]) -> Any:
    builder = _pyflink("table").Schema.new_builder()
    for each in given:
        # PyFlink reads types by another parser than SQL's, to which VARCHAR is VARCHAR(1): it gets the one spelling.
        builder.column(each.name, canonical_type(each.type))
        if each.comment:
            # PyFlink has no method for it.
            builder._j_builder.withComment(each.comment)
    return builder.build()


# Predicting -----------------------------------------------------------------------------------------------------------


_calls: Final = itertools.count(1)


def _predicted(
    table: Table,
    names: tuple[str, ...],
    provider: Provider,
    model: str | None,
    output: tuple[Column, ...],
    config: Mapping[str, Any] | None,
) -> Table:
    """*table* with the output of a model.

    SQL is the one way to ML_PREDICT that Flink 2.1 to 2.3 share, and that PyFlink has in public. Flink resolves the
    view and the model while it reads the statement: both can go when it has, and with them the secrets.
    """
    t_env, runtime = table._t_env, running_runtime()
    provider = _there(provider, runtime, model)
    texts, problems = _config(config)
    given, more = _input_columns(table, names, output)
    problems += more
    problems += _refused(provider, runtime, None if more else given, output)
    if texts.get("async") == "false" and runtime.released and provider.provider_name() in runtime.factories:
        hint = f"on {runtime}, {provider.provider_name()} predicts in no other way"
        problems.append(Problem("config['async']", "True, or not given", got=repr(texts["async"]), hint=hint))
    problems += _mode_problems(runtime, t_env.get_config().get("execution.runtime-mode", ""))
    if problems:
        raise invalid(f"{type(provider).__name__} on {runtime}", problems)
    name = f"llmproviders_{next(_calls)}"
    # Flink's planner takes two calls for one that differ in nothing but the model, and gives both the answers of the first.
    # What it does not know in the config it ignores, but compares.
    texts["llmproviders"] = name
    arguments = [
        f"TABLE `{name}`",
        f"MODEL `{name}`",
        f"DESCRIPTOR({', '.join(map(quote_name, names))})",
        f"MAP[{', '.join(quote_string(part) for pair in texts.items() for part in pair)}]",
    ]

    # Flink 2.1 fails the job at a text that is NULL; from 2.2 on it leaves the row out.
    leaves_out = runtime.name == "flink-2.1" and provider.provider_name() in runtime.factories
    asked = table.where(_pyflink("table.expressions").col(names[0]).is_not_null) if leaves_out else table

    def build() -> Table:
        t_env.create_temporary_model(name, _descriptor(provider, runtime, None, input=given, output=output))
        try:
            t_env.create_temporary_view(name, asked)
            try:
                return t_env.sql_query(f"SELECT * FROM ML_PREDICT({', '.join(arguments)})")  # noqa: S608  # all is quoted
            finally:
                t_env.drop_temporary_view(name)
        finally:
            t_env.drop_temporary_model(name)

    return _ask(provider, build)


def _mode_problems(runtime: Runtime, mode: str) -> list[Problem]:
    """What is wrong with the mode of execution."""
    if mode != "BATCH" or runtime.name not in ("flink-2.1", "flink-2.2"):
        return []
    hint = f"{runtime} cannot plan ML_PREDICT in batch mode, flink-2.3 can"
    return [Problem("table", "one of a streaming TableEnvironment", got="a batch one", hint=hint)]


def _input_columns(table: Table, names: tuple[str, ...], output: tuple[Column, ...]) -> tuple[tuple[Column, ...], list[Problem]]:
    """The model's input columns that take the table's columns, and what is wrong with the names."""
    there = {each.getName(): each for each in table._j_table.getResolvedSchema().getColumns()}
    problems = [] if names else [Problem("column", "the name of a column of the table", got="none")]
    problems += [
        Problem("column", "the name of a column of the table", got=repr(name)[:60], hint=did_you_mean(str(name), list(there)))
        for name in names
        if name not in there
    ]
    problems += [
        Problem("output", "a name that no column of the table has", got=repr(each.name)[:60], hint="choose another")
        for each in output
        if each.name in there
    ]
    return tuple(Column(name, _input_type(there[name])) for name in names if name in there), problems


def _input_type(column: Any) -> str:
    """The type with which a model takes a column: every text is STRING, and everything may be NULL."""
    text = str(_ask(None, lambda: column.getDataType().getLogicalType().asSerializableString())).removesuffix(" NOT NULL")
    return "STRING" if text.startswith(("CHAR(", "VARCHAR(")) else text


def _count(value: Any) -> str:
    number = read_integer(value) if isinstance(value, str) else value
    if not isinstance(number, int) or isinstance(number, bool):
        raise RejectedType("an int of at least 1")
    if not 1 <= number <= JAVA_BOUNDS["Integer"][1]:
        raise Rejected("an int of at least 1")
    return str(number)


def _boolean(value: Any) -> str:
    if not isinstance(value, (bool, str)):
        raise RejectedType("True or False")
    return str(value if isinstance(value, bool) else read_boolean(value)).lower()


def _timeout(value: Any) -> str:
    # None is what the converter passes through.
    return accept_string(duration("" if value is None else value))


_CONFIG: Final[Mapping[str, Callable[[Any], str]]] = {
    "async": _boolean,
    "max-concurrent-operations": _count,
    "output-mode": choice_acceptor(("ORDERED", "ALLOW_UNORDERED")),
    "timeout": _timeout,
}
"""What ML_PREDICT reads of its CONFIG; it ignores everything else."""


def _config(given: Mapping[str, Any] | None) -> tuple[dict[str, str], list[Problem]]:
    """The texts of a prediction's config, and what is wrong with it."""
    config: object = {} if given is None else given
    if not isinstance(config, Mapping):
        return {}, [Problem("config", "a mapping of Flink's names to values", got=shown(given), is_type=True)]
    texts, problems = {}, []
    for key, value in config.items():
        if key not in _CONFIG:
            hint = did_you_mean(str(key), list(_CONFIG)) or "Flink would ignore it"
            problems.append(Problem("config", f"one of {', '.join(_CONFIG)}", got=shown(key), hint=hint))
            continue
        try:
            texts[key] = _CONFIG[key](value)
        except Rejected as error:
            got = f"{value!r} ({type(value).__name__})" if error.is_type else repr(value)
            problems.append(Problem(f"config[{key!r}]", error.expected, got=got[:60], hint=error.hint, is_type=error.is_type))
    return texts, problems


# PyFlink, its JVM and their errors ------------------------------------------------------------------------------------


def _pyflink(module: str) -> Any:
    """A module of PyFlink, which is needed now.

    Raises:
        ProviderError: if PyFlink is not installed, with the command that installs it.
        FlinkError: if it has no such module.
    """
    needs("pyflink", "flink")
    version = import_module("pyflink.version").__version__
    try:
        return import_module(f"pyflink.{module}")
    except ImportError as error:
        missing = error.name
    if missing == "pyflink.dataframe":
        msg = f"expected a PyFlink with the DataFrame API (ververica-flink 11.7 or newer, Apache Flink 2.4), got {version}"
    else:
        msg = f"PyFlink {version} is not installed completely: no module {missing}"
    raise FlinkError(msg)


def _jvm() -> Any:
    """The JVM that PyFlink is connected to; it is started if there is none yet."""
    gateway = _pyflink("java_gateway")
    return _ask(None, lambda: gateway.get_gateway().jvm)


def _runtime_of_version(version: str) -> Runtime:
    """The runtime that calls itself so, such as ``2.3.0``, ``1.20-vvr-11.9.0`` or ``1.20+vvr.11.9.0``."""
    found = re.search(r"vvr[-.](\d+\.\d+)", version)
    name = f"vvr-{found[1]}" if found else "flink-" + ".".join(version.split(".")[:2]).removesuffix("-SNAPSHOT")
    if name in list_runtimes():
        return runtime_of(name)
    msg = f"expected a Flink that this library knows ({', '.join(list_runtimes())}), got one of version {version}"
    raise UnknownRuntimeError(msg)


def _ask(provider: Provider | None, question: Callable[[], Any]) -> Any:
    """The answer to a question to Flink; an error becomes one line, without a frame that holds a secret."""
    try:
        return question()
    except Exception as error:
        problem = _in_one_line(error, _secrets(provider) if provider else [])
        if problem is None:
            raise
    raise problem


def _secrets(provider: Provider) -> list[str]:
    """The texts that must not show, the longest first."""
    found: set[str] = set()
    # References are looked up by the real options; without them there is nothing to hide.
    try:
        real = provider.to_options()
    except ProviderError:
        return []
    for key, redacted in provider.to_options(redact=True).items():
        pattern = "(.*)".join(map(re.escape, redacted.split(MASK)))
        parts = re.fullmatch(pattern, real[key], re.DOTALL)
        found.update(parts.groups() if parts else [real[key]])
    # A shorter text is in every message, and no secret.
    return sorted((text for text in found if len(text) > 3), key=len, reverse=True)  # noqa: PLR2004


_CAUSE: Final = r"(?:\A|\n)(?:: |Caused by: )?((?:[a-z]\w*\.)+[\w.$]+): (.*?)(?=\n\s*(?:at |\.\.\. |Caused by: )|\Z)"
_NO_FACTORY: Final = (
    r"Could not find any factory for identifier '([^']*)'.*?Available factory identifiers are:\s*(.*?)(?=\n\s*at |\Z)"
)
_HINTS: Final = (
    ("ConnectException|UnknownHostException|NoRouteToHostException", "is the service up, and reachable from Flink?"),
    ("UnauthorizedException", "is the key right?"),
    ("metadataHandlerProvider", "Flink plans only in the thread in which the TableEnvironment was made"),
    ("Could not find any factories that implement .*ModelProviderFactory", "ensure_jars(t_env) adds the provider's jar"),
    (r"ClassNotFoundException: org\.apache\.flink\.model\.", "ensure_jars(t_env) adds the provider's jar to the job"),
    (
        "Async function call has timed out",
        "is the service up? a lower retry_num shows what it says, config={'timeout': ...} waits longer",
    ),
)
_LONGEST: Final = 500


def _in_one_line(error: Exception, secrets: list[str]) -> FlinkError | None:
    """An error of PyFlink or its JVM as one line; None if it is of another kind."""
    if isinstance(error, FileNotFoundError) and "java" in str(error.filename):
        return FlinkError(f"expected Java 11 or newer, found none as {error.filename}; install a JDK, or set JAVA_HOME")
    if isinstance(error, RuntimeError) and "Java gateway process exited" in str(error):
        said = str(error).partition("Stderr:")[2].strip().splitlines()
        return FlinkError(f"the JVM of PyFlink did not start: {_shortened(said[-1], secrets) if said else 'see its output'}")
    if not type(error).__module__.startswith(("py4j.", "pyflink.")):
        return None
    text = str(error)
    if found := re.search(_NO_FACTORY, text, re.DOTALL):
        there = ", ".join(found[2].split()) or "none"
        return FlinkError(f"Flink has no provider {found[1]} (it has: {there}); ensure_jars(t_env, {found[1]!r}) adds its jar")
    causes = re.findall(_CAUSE, text, re.DOTALL)
    if not causes:
        return FlinkError(f"Flink: {_shortened(text, secrets)}")
    (_, above), (kind, root) = ([("", ""), *causes])[-2:]
    # The service's client wraps its exceptions in themselves.
    root = root.removeprefix(f"{kind}: ")
    # What the JDK says alone says little: "Connection refused".
    if (kind.startswith(("java.lang.", "java.net.")) or kind.endswith("ParseException")) and root not in above:
        root = f"{above.strip().partition(chr(10))[0].rstrip('.')}: {root}"
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, text)), "")
    line = f"Flink: {_shortened(root, secrets)} ({kind.rpartition('.')[2]})"
    return FlinkError(f"{line}; {hint}" if hint else line)


def _shortened(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    text = " ".join(mask_urls(text).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


# Jars -----------------------------------------------------------------------------------------------------------------


def _identifier(given: Provider | str | None, runtime: Runtime) -> str:
    """The identifier whose factory is needed."""
    if isinstance(given, str) and given in runtime.factories:
        try:
            return get_provider(given).for_runtime(runtime).provider_name()
        except UnknownProviderError:
            return given
    return _provider(given).for_runtime(runtime).provider_name()


def _has_factory(urls: list[str], identifier: str) -> bool:
    """Whether Flink's own classes, or the jars at *urls*, have the factory of an identifier."""
    gateway = _pyflink("java_gateway").get_gateway()
    jvm = gateway.jvm
    array = gateway.new_array(jvm.java.net.URL, len(urls))
    for position, url in enumerate(urls):
        array[position] = jvm.java.net.URL(url)
    loader = jvm.java.net.URLClassLoader(array, jvm.java.lang.ClassLoader.getSystemClassLoader())
    wanted = jvm.java.lang.Class.forName("org.apache.flink.table.factories.ModelProviderFactory")
    try:
        _ask(None, lambda: jvm.org.apache.flink.table.factories.FactoryUtil.discoverFactory(loader, wanted, identifier))
    except FlinkError:
        return False
    else:
        return True
    finally:
        loader.close()


def _jar(identifier: str, runtime: Runtime) -> Path:
    """The jar of a provider, which is fetched if it is not there."""
    factory = runtime.factories.get(identifier)
    artifact = factory.artifact if factory else ""
    if artifact.count(":") != 2:  # noqa: PLR2004
        reason = "the platform brings it" if factory else "it is one of your own: add its jar to pipeline.jars yourself"
        msg = f"no jar of the provider {identifier} is released for {runtime}; {reason}"
        raise FlinkError(msg)
    _, name, version = artifact.split(":")
    cache_folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get(JARS) or Path(cache_folder) / "llmproviders" / "jars").expanduser().resolve()
    jar = folder / f"{name}-{version}.jar"
    if jar.is_file():
        return jar
    otherwise = f"put the file {jar.name} ({artifact} on Maven Central) into {folder}"
    maven = shutil.which("mvn")
    if maven is None:
        msg = f"no jar of the provider {identifier} for {runtime}, and no Maven (mvn) to fetch it; {otherwise}"
        raise FlinkError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as room:
        # The parent of these artifacts was not published, and newer versions of the plugin do not go on without it.
        goal = "org.apache.maven.plugins:maven-dependency-plugin:2.10:copy"
        command = [maven, "-q", "-B", goal, f"-Dartifact={artifact}", f"-DoutputDirectory={room}"]
        done = subprocess.run(command, capture_output=True, check=False, text=True, cwd=room)  # noqa: S603
        if not (Path(room) / jar.name).is_file():
            lines = sorted((done.stdout + done.stderr).splitlines(), key=lambda line: not line.startswith("[ERROR]"))
            said = next(filter(None, (line.removeprefix("[ERROR]").strip() for line in lines)), "nothing")
            msg = f"Maven cannot fetch {artifact}, it says: {_shortened(said, [])}; {otherwise}"
            raise FlinkError(msg)
        # Whole or not at all, also where several processes do this at once.
        (Path(room) / jar.name).replace(jar)
    return jar
