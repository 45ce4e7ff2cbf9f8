# SPDX-License-Identifier: Apache-2.0
"""Models: the ``ModelDescriptor`` of a provider, and models with a name in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..boundary import without_frames
from ..errors import Problem, invalid
from ..messages import shown
from ..providers.base import Provider
from ..providers.derive import with_model
from ..runtimes.rules.all_factories import metadata_hint
from ..runtimes.runtime import Runtime
from ..runtimes.runtime import runtime as runtime_named
from ..syntax.columns import Column, Columns, columns
from ..syntax.sql_types import canonical_type
from .arguments import resolve_provider, validate_overrides, validate_string
from .errors import clear_errors
from .jvm import import_pyflink, java_schema_builder, running_jvm, running_runtime

if TYPE_CHECKING:
    from pyflink.table import TableEnvironment  # type: ignore[import-not-found]
    from pyflink.table.model_descriptor import ModelDescriptor  # type: ignore[import-not-found]

__all__ = ["adapt_provider", "build_descriptor", "create_model", "find_errors", "model_descriptor", "with_error_columns"]


@without_frames
def model_descriptor(
    provider: Provider | str | None = None,
    *,
    input: Columns,  # noqa: A002
    output: Columns,
    model: str | None = None,
    runtime: str | Runtime | None = None,
    comment: str | None = None,
    errors: bool = False,
) -> ModelDescriptor:
    """Return PyFlink's `ModelDescriptor` of a provider and the columns of its model. It holds the secrets in clear.

    Args:
        provider: a provider, the name of a registered one, or None for the default.
        input: the model's input columns: a mapping of names to SQL types, or a SQL string such as ``"text STRING"``.
        output: the model's output columns, in the same form.
        model: the model's name, if the provider does not set it.
        runtime: the runtime for which the model is; by default the running Flink.
        comment: a comment on the model; by default none.
        errors: whether the output also has the columns about a failed request, as for `predict`.

    Raises:
        InvalidOptionsError: with every problem, if the runtime does not accept the provider with these columns.
        UnknownProviderError: if no provider is registered under that name.
        SecretError: if the reference of a secret cannot be resolved.
        FlinkError: if the JVM cannot be started.
    """
    found = runtime_named(runtime) if runtime is not None else running_runtime()
    return _descriptor(resolve_provider(provider), found, model, columns(input), columns(output, "output"), comment, errors)


@without_frames
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
    errors: bool = False,
    overrides: Mapping[str, Any] | None = None,
    allow_sensitive: bool = False,
) -> None:
    """Create a model in Flink, for ML_PREDICT.

    Flink gets the secrets in clear, but not in a SQL statement. A model that is not temporary is stored in the catalog together
    with its secrets, and SHOW CREATE MODEL shows them.

    Args:
        t_env: the environment to create it in.
        name: the name of the model in Flink, also as ``catalog.database.name``.
        provider: a provider, the name of a registered one, or None for the default.
        input: the model's input columns: a mapping of names to SQL types, or a SQL string such as ``"text STRING"``.
        output: the model's output columns, in the same form.
        model: the model's name at the service, if the provider does not set it.
        temporary: whether the model exists only as long as *t_env*; otherwise it is stored in the catalog.
        if_not_exists: whether an existing model of that name stays, without an error.
        comment: a comment on the model; by default none.
        errors: whether the output also has the columns about a failed request, as for `predict`. Flink's SQL cannot declare them.
        overrides: changes to the provider, by Python names; by default none.
        allow_sensitive: whether the overrides may change the endpoint and secrets.

    Raises:
        InvalidOptionsError: with every problem, if the running Flink does not accept the provider with these columns.
        UnknownProviderError: if no provider is registered under that name.
        SecretError: if the reference of a secret cannot be resolved.
        FlinkError: if Flink raises an error, for example because the name already exists.
    """
    found = resolve_provider(provider).with_(**validate_overrides(overrides, allow_sensitive=allow_sensitive))
    name = validate_string("name", name)
    made = _descriptor(found, running_runtime(), model, columns(input), columns(output, "output"), comment, errors)
    create = t_env.create_temporary_model if temporary else t_env.create_model
    with clear_errors(found):
        create(name, made, if_not_exists)


def adapt_provider(provider: Provider, runtime: Runtime, model: str | None) -> Provider:
    """The provider to use on *runtime*, with the name of the model in the call."""
    return with_model(provider, model).for_runtime(runtime)


def find_errors(
    provider: Provider,
    runtime: Runtime,
    input: tuple[Column, ...] | None,  # noqa: A002
    output: tuple[Column, ...],
) -> list[Problem]:
    """The errors of a provider and the columns of its model on a runtime, without warnings."""
    return [each for each in provider.check(runtime, input=input, output=output) if each.severity == "error"]


def with_error_columns(
    output: tuple[Column, ...], errors: object, provider: Provider, runtime: Runtime
) -> tuple[tuple[Column, ...], list[Problem]]:
    """*output* with the columns for the argument *errors* of a call, and the problems of that argument."""
    if not isinstance(errors, bool):
        return output, [Problem("errors", "True or False", got=shown(errors), is_type=True)]
    factory = runtime.factories.get(provider.provider_name())
    known = factory.metadata if factory else {}
    if errors and not known:
        hint = metadata_hint(provider.provider_name())
        return output, [Problem("errors", f"False on {runtime}", got="True", hint=hint, code="not-on-runtime")]
    given = {each.name for each in output}
    added = [Column(name, kind, metadata=name) for name, kind in known.items() if errors and name not in given]
    return (*output, *added), []


def _descriptor(
    provider: Provider,
    runtime: Runtime,
    model: str | None,
    input: tuple[Column, ...],  # noqa: A002
    output: tuple[Column, ...],
    comment: str | None,
    errors: object,
) -> ModelDescriptor:
    """The descriptor of a model, after all checks."""
    provider = adapt_provider(provider, runtime, model)
    output, problems = with_error_columns(output, errors, provider, runtime)
    problems += find_errors(provider, runtime, input, output)
    if problems:
        raise invalid(f"{type(provider).__name__} on {runtime}", problems)
    comment = None if comment is None else validate_string("comment", comment)
    # PyFlink would start the JVM itself, but with less clear errors.
    running_jvm()
    with clear_errors(provider):
        return build_descriptor(provider, runtime, input, output, comment)


def build_descriptor(
    provider: Provider,
    runtime: Runtime,
    input: tuple[Column, ...],  # noqa: A002
    output: tuple[Column, ...],
    comment: str | None = None,
) -> ModelDescriptor:
    """The descriptor of a model that `find_errors` accepts."""
    builder = import_pyflink("table.model_descriptor").ModelDescriptor.for_provider(provider.provider_name())
    builder.input_schema(_schema(input)).output_schema(_schema(output))
    for key, value in provider.to_options([(each.name, each.type) for each in input], runtime=runtime).items():
        builder.option(key, value)
    return (builder if comment is None else builder.comment(comment)).build()


def _schema(given: tuple[Column, ...]) -> Any:
    builder = import_pyflink("table").Schema.new_builder()
    for each in given:
        # PyFlink reads VARCHAR as VARCHAR(1), unlike SQL. The canonical type avoids that.
        kind = canonical_type(each.type)
        if each.metadata:
            builder.column_by_metadata(each.name, kind, None if each.metadata == each.name else each.metadata, is_virtual=True)
        else:
            builder.column(each.name, kind)
        if each.comment:
            java_schema_builder(builder).withComment(each.comment)
    return builder.build()
