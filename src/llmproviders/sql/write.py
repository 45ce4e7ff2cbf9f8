# SPDX-License-Identifier: Apache-2.0
"""Providers as CREATE MODEL statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ..boundary import public
from ..credentials import MASK
from ..errors import Problem, invalid
from ..fields.spec import EXTRAS
from ..messages import shown
from ..providers.base import Provider
from ..providers.provider_secrets import secrets_in
from ..runtimes.runtime import Runtime
from ..runtimes.suspect_values import fills_placeholders
from ..secret_policy import Secrets, check_secrets
from ..secrets import MaskedText, Secret
from ..syntax.characters import has_surrogate
from ..syntax.columns import Column, Columns, accept_columns
from ..syntax.quoting import quote_name, quote_string
from .names import PROVIDER, accept_path

__all__ = [
    "NO_SECRET",
    "create_model_sql",
    "identifier_problems",
    "metadata_problems",
    "placeholder_hint",
    "quote_options",
    "quote_path",
    "statement",
]

_NO_METADATA: Final = "Flink's SQL cannot declare it; llmproviders.flink.create_model can"
NO_SECRET: Final = "no secret in a statement"  # noqa: S105


@public
def create_model_sql(
    name: str | Sequence[str],
    provider: Provider,
    *,
    input: Columns,  # noqa: A002
    output: Columns,
    model: str | None = None,
    runtime: str | Runtime | None = None,
    temporary: bool = False,
    if_not_exists: bool = False,
    comment: str | None = None,
    secrets: Secrets = "refuse",
) -> str:
    """Write the CREATE MODEL statement of a provider, without a semicolon at its end.

    >>> chat = OpenAIProvider("https://h/v1/chat/completions", "${secret_values.key}", model="gpt-4o")
    >>> print(create_model_sql("mood", chat, input="review STRING", output="mood STRING"))
    CREATE MODEL `mood`
    INPUT (`review` STRING)
    OUTPUT (`mood` STRING)
    WITH (
      'provider' = 'openai',
      'endpoint' = 'https://h/v1/chat/completions',
      'api-key' = '${secret_values.key}',
      'model' = 'gpt-4o'
    )

    Args:
        name: the model's name as SQL, such as ``"db.chat"``, or a sequence of its one to three parts.
        provider: the provider with the options of the model.
        input: the model's input columns: a mapping of names to SQL types, or SQL such as ``"text STRING"``.
        output: the model's output columns, in the same form.
        model: the name of the model at the service, if the provider does not set it.
        runtime: the runtime that reads the statement, such as ``"flink-2.3"``: the provider and the columns are checked
            against it, and defaults that it does not know are left out. By default, they are not checked.
        temporary: whether Flink drops the model at the end of its session.
        if_not_exists: whether Flink ignores the statement if the model exists.
        comment: a comment on the model.
        secrets: how to write a secret that is not a placeholder such as ``${secret_values.key}``: ``"refuse"`` raises an error,
            ``"reveal"`` writes it in clear, and ``"redact"`` writes the mask, with which the statement does not work.

    Raises:
        InvalidOptionsError: with every problem of the call, including refused secrets.
        UnknownRuntimeError: if there is no such runtime.
        SecretError: if the reference of a secret cannot be resolved.
    """
    secrets = check_secrets(secrets)
    if not isinstance(provider, Provider):
        raise invalid("create_model_sql", [Problem("provider", "a Provider", got=shown(provider), is_type=True)])
    problems: list[Problem] = []
    path = accept_path(name, problems)
    inputs, outputs = accept_columns(input, "input", problems), accept_columns(output, "output", problems)
    problems += metadata_problems(outputs)
    problems += _comment_problems(comment)
    problems += identifier_problems(provider)
    if secrets == "refuse":
        problems += _secret_problems(provider, None if runtime is None else str(runtime))
    if runtime is not None:
        found = provider.check(runtime, model=model, input=inputs or None, output=outputs or None)
        # A deployment script may replace the placeholders before Flink reads the statement.
        problems += [problem for problem in found if problem.severity == "error" and problem.code != "unfilled-placeholder"]
    if problems:
        raise invalid("create_model_sql", problems)
    # Some options depend on the columns.
    pairs = [(column.name, column.type) for column in inputs]
    written = provider if runtime is None else provider.for_runtime(runtime)
    options = written.to_options(pairs, model=model, redact=secrets == "redact")
    head = f"CREATE {'TEMPORARY ' if temporary else ''}MODEL {'IF NOT EXISTS ' if if_not_exists else ''}"
    options = {PROVIDER: provider.provider_name(), **options}
    return statement(head, path, options, input=inputs, output=outputs, comment=comment)


def statement(
    head: str,
    path: Sequence[str],
    options: Mapping[str, str],
    *,
    input: tuple[Column, ...],  # noqa: A002
    output: tuple[Column, ...],
    comment: str | None,
) -> str:
    """The CREATE MODEL statement of checked parts; *head* is everything before the model's name."""
    clauses = [
        head + quote_path(path),
        f"INPUT ({', '.join(map(str, input))})",
        f"OUTPUT ({', '.join(map(str, output))})",
        *([] if comment is None else [f"COMMENT {quote_string(comment)}"]),
        f"WITH {quote_options(options)}",
    ]
    return "\n".join(clauses)


def quote_path(path: Sequence[str]) -> str:
    """The name of a model in a statement."""
    return ".".join(map(quote_name, path))


def quote_options(options: Mapping[str, str]) -> str:
    """Options in a statement, each on a line."""
    lines = ",\n".join(f"  {quote_string(key)} = {quote_string(value)}" for key, value in options.items())
    return f"(\n{lines}\n)"


def identifier_problems(provider: Provider) -> Iterator[Problem]:
    """The problems of the identifier of a provider; a statement writes it as an option."""
    if not provider.provider_name():
        yield Problem(PROVIDER, "an identifier that is not empty", got="''", code="missing-option")
    if PROVIDER in provider.extra_options:
        hint = "the provider has an identifier; remove the extra option"
        yield Problem(f"{EXTRAS}.{PROVIDER}", "no such extra option", hint=hint, code="conflicting-options")


def metadata_problems(output: Iterable[Column]) -> Iterator[Problem]:
    """A problem for each metadata column, because no statement can declare one."""
    for each in output:
        if each.metadata:
            option = f"output.{each.name}"
            yield Problem(option, "a physical column", got="a metadata column", hint=_NO_METADATA, code="invalid-columns")


def _comment_problems(comment: object) -> Iterator[Problem]:
    if comment is None:
        return
    if not isinstance(comment, str):
        yield Problem("comment", "a str", got=shown(comment), is_type=True)
    elif has_surrogate(comment):
        yield Problem("comment", "a string without lone surrogates", hint="Java cannot read them")


def _secret_problems(provider: Provider, runtime: str | None) -> Iterator[Problem]:
    """A problem for each secret that the statement would contain."""
    placeholder = placeholder_hint(provider, runtime)
    for option, each in secrets_in(provider):
        if isinstance(each, Secret) and each.is_reference:
            hint = 'a statement cannot refer to it; pass secrets="reveal" to write what it refers to, or secrets="redact"'
            yield Problem(option, NO_SECRET, got=f"a reference ({each.source})", hint=hint, code="literal-secret")
        elif isinstance(each, MaskedText) or (isinstance(each, Secret) and each.source == "text"):
            hint = f'{placeholder}pass secrets="reveal" or secrets="redact"'
            yield Problem(option, NO_SECRET, got=MASK, hint=hint, code="literal-secret")


def placeholder_hint(provider: Provider, runtime: str | None) -> str:
    """The hint to write a placeholder; empty if the runtime does not fill in placeholders."""
    is_filled = fills_placeholders(provider.provider_name(), runtime)
    return "use a placeholder such as ${secret_values.key}, or " if is_filled else ""
