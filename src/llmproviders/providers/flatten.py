# SPDX-License-Identifier: Apache-2.0
"""The flat dict of a provider: for Java, redacted, or adapted to input columns; and the fingerprint."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import singledispatch
from typing import Any

from ..credentials import MASK
from ..errors import Problem, ProviderError, Rejected, SecretError, invalid
from ..fields.compiled import compiled
from ..fields.extras import ExtraOptions
from ..fields.hooks import converter, string_writer
from ..messages import shown
from ..secrets import MaskedText, Secret, literal, masked, visible_secret
from .provider_secrets import unresolved_references

__all__ = ["align", "column_problems", "fingerprint", "flatten", "flatten_as", "redacted", "resolved"]


def flatten(provider: Any) -> dict[str, str]:
    """The flat dict, made by the converter.

    Raises:
        SecretError: if the reference of a secret cannot be resolved.
        InvalidOptionsError: if a hook fails.
    """
    try:
        made = compiled(type(provider))
        if made.hook[0] is not converter.version:
            made.hook = converter.version, converter.get_unstructure_hook(type(provider))
        return made.hook[1](provider)  # type: ignore[no-any-return]
    except ProviderError as error:
        problem = next(unresolved_references(provider), None) if isinstance(error, SecretError) else None
        if problem is None or "." not in problem.option:
            raise
        # For a reference inside headers or a body, the message must say where it is.
        msg = f"{problem.option}: {problem.hint}"
        raise SecretError(msg) from None
    except Exception as error:  # noqa: BLE001
        failure = error
    problems = [*_unwritable(provider)] or [Problem("", "a hook that works", got=type(failure).__name__)]
    raise invalid(type(provider).__name__, problems)


def _unwritable(provider: Any) -> Iterator[Problem]:
    """The problems of options whose hook fails."""
    for name, spec in compiled(type(provider)).description.specs.items():
        value = getattr(provider, name, None)
        if spec.info is not None and value is not None:
            try:
                string_writer(spec.info)(value)
            except Exception as error:  # noqa: BLE001
                expected, hint = "a value that its hook can write", ""
                if isinstance(error, Rejected):
                    expected, hint = error.expected, error.hint
                got = shown(value, hidden=spec.is_hidden)
                yield Problem(spec.parameter, expected, got=got, hint=hint, key=spec.other_key)


def flatten_as(provider: Any, show: Callable[[Secret | MaskedText], str]) -> dict[str, str]:
    """The flat dict, with the result of *show* in place of each masked value."""

    def shown_value(value: Any) -> Any:
        if isinstance(value, MaskedText):
            return show(value)
        return visible_secret(show(value)) if isinstance(value, Secret) else value

    return flatten(_mapped(provider, shown_value))


def resolved(provider: Any) -> Any:
    """A copy of a provider that has the secrets themselves in place of references.

    Raises:
        SecretError: if the reference of a secret cannot be resolved.
    """

    def literal_value(value: Any) -> Any:
        if not isinstance(value, (Secret, MaskedText)) or not value.is_reference:
            return value
        return masked(value.reveal(), str(value)) if isinstance(value, MaskedText) else literal(value.reveal())

    return _mapped(provider, literal_value)


def _mapped(provider: Any, function: Callable[[Any], Any]) -> Any:
    """A copy of a provider with the results of *function* for its values, which are not checked."""
    made = compiled(type(provider))
    copy: Any = object.__new__(made.unfrozen)
    for name in made.description.specs:
        if hasattr(provider, name):
            setattr(copy, name, function(getattr(provider, name)))
    copy.extra_options = ExtraOptions(provider.extra_options).mapped(function)
    copy.__class__ = type(provider)
    return copy


def redacted(provider: Any) -> dict[str, str]:
    """The flat dict with the mask in place of secrets."""
    return flatten_as(provider, str)


@singledispatch
def align(provider: Any, flat: dict[str, str], columns: list[str]) -> dict[str, str]:
    """*flat*, adapted to the input columns of the model. Classes register functions for this.

    Raises:
        InvalidOptionsError: if the provider cannot be used with these columns.
    """
    return flat


def column_problems(columns: Any) -> list[Problem]:
    """The problem of input columns that are not pairs of a name and a type."""
    if columns is None:
        return []
    if not isinstance(columns, (list, tuple)):
        columns = [columns]
    for column in columns:
        if not isinstance(column, (tuple, list)) or len(column) != 2 or not isinstance(column[0], str):  # noqa: PLR2004
            got = f"a column of type {type(column).__name__}"
            return [Problem("input_columns", "pairs of a column's name and type", got=got, is_type=True)]
    return []


def fingerprint(provider: Any) -> str:
    """A hash of the identifier and the options that are not secret, as 16 hexadecimal digits."""
    # Imported here, because few processes call this, and the import takes longer than that of the whole library.
    import hashlib
    import json

    flat = flatten_as(provider, lambda value: MASK if isinstance(value, Secret) else str(value))
    for name, spec in compiled(type(provider)).description.specs.items():
        if spec.info is not None and spec.info.key in flat and spec.info.key not in provider.extra_options:
            flat[spec.info.key] = _number_spelling(getattr(provider, name), flat[spec.info.key])
    content = [provider.provider_name(), sorted(flat.items())]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _number_spelling(value: Any, string: str) -> str:
    """One spelling for equal numbers, such as 1, 1.0 and Decimal("1.00"); *string* for every other value."""
    if isinstance(value, bool):
        return string
    if isinstance(value, (int, float)):
        return str(int(value)) if value == int(value) else string
    # Do not import the module: if it is not imported, no value is a Decimal.
    decimal = sys.modules.get("decimal")
    if decimal is None or not isinstance(value, decimal.Decimal) or not value.is_finite():
        return string
    # With as many digits as the value has, the context does not round.
    digits = max(1, len(value.as_tuple().digits))
    context = decimal.Context(prec=digits, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
    return str(value.normalize(context)) if value else "0"
