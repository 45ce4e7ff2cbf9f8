# SPDX-License-Identifier: Apache-2.0
"""The options of a provider for one call of `to_options`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import invalid
from .derive import changes_of, model_changes
from .flatten import align, column_problems, flatten, redacted

if TYPE_CHECKING:
    from ..runtimes.runtime import Runtime

__all__ = ["call_options"]


def call_options(
    provider: Any,
    input_columns: Sequence[tuple[str, Any]] | None,
    overrides: Mapping[str, Any] | None,
    model: str | None,
    runtime: str | Runtime | None,
    *,
    redact: bool,
) -> dict[str, str]:
    """The options of a provider for any arguments of `Provider.to_options`."""
    if overrides is not None or model is not None:
        changes = changes_of(type(provider).__name__, overrides)
        provider = provider.with_(**{**changes, **model_changes(provider, model)})
    problems = column_problems(input_columns)
    unknown_defaults: Collection[str] = ()
    if runtime is not None:
        from .on_runtime import errors_and_unknown_defaults

        errors, unknown_defaults = errors_and_unknown_defaults(provider, runtime)
        problems += errors
    if problems:
        raise invalid(type(provider).__name__, problems)
    flat = redacted(provider) if redact else flatten(provider)
    if input_columns is not None:
        flat = align(provider, flat, [name for name, _ in input_columns])
    for key in unknown_defaults:
        del flat[key]
    return flat
