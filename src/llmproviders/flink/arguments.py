# SPDX-License-Identifier: Apache-2.0
"""The arguments that functions of the bridge share: providers, overrides, and strings for Java."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..credentials import looks_like_credential
from ..errors import Problem, Rejected, invalid
from ..fields.acceptance import accept_string
from ..messages import shown
from ..providers.base import Provider
from ..registry import get_provider

__all__ = ["resolve_provider", "validate_overrides", "validate_string"]


def resolve_provider(given: Provider | str | None) -> Provider:
    """The provider of a call: *given* itself, the registered provider of that name, or the default."""
    if isinstance(given, Provider):
        return given
    name: object = given
    if name is not None and not isinstance(name, str):
        problem = Problem("", "a provider, or the name of a registered one", got=shown(name), is_type=True)
        raise invalid("provider", [problem])
    return get_provider(given)


def validate_overrides(overrides: Mapping[str, Any] | None, *, allow_sensitive: bool) -> dict[str, Any]:
    """The overrides of a call as a dict. Without *allow_sensitive*, they must not change the endpoint or a secret."""
    changes: object = {} if overrides is None else overrides
    if not isinstance(changes, Mapping):
        problem = Problem("", "a mapping of Python names to values", got=shown(changes), is_type=True)
        raise invalid("overrides", [problem])
    names = [name for name, value in changes.items() if not allow_sensitive and _is_sensitive(name, value)]
    if names:
        expected, hint = "no change of an endpoint or secret for one call", "pass allow_sensitive=True if that is intended"
        raise invalid("overrides", [Problem(name, expected, hint=hint) for name in names])
    return dict(changes)


def _is_sensitive(name: str, value: object) -> bool:
    if name == "extra_options" and isinstance(value, Mapping):
        return any(_is_sensitive(str(each), None) for each in value)
    return name == "endpoint" or looks_like_credential(name)


def validate_string(name: str, value: Any) -> str:
    """Return *value* if it is a string that Java can read; *name* is the name of the argument, for the error."""
    try:
        return accept_string(value)
    except Rejected as error:
        problem = Problem(name, error.expected, got=shown(value), hint=error.hint, is_type=error.is_type)
    raise invalid("model", [problem])
