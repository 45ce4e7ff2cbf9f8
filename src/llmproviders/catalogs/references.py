# SPDX-License-Identifier: Apache-2.0
"""References of providers that cannot be resolved on this machine."""

from __future__ import annotations

from typing import Any

from ..errors import Problem, SecretError
from ..fields.metadata import options
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..secrets import Secret

__all__ = ["unresolved_references"]


def unresolved_references(provider: Provider) -> list[Problem]:
    """The problems of the secrets of a provider that cannot be resolved."""
    values: dict[str, Any] = {info.name: getattr(provider, info.name) for info in options(type(provider))}
    values |= {f"{EXTRAS}.{key}": extra for key, extra in provider.extra_options.items()}
    problems = []
    for option, value in values.items():
        try:
            if isinstance(value, Secret):
                value.reveal()
        except SecretError as error:
            problems.append(Problem(option, "a secret", got="nothing", hint=str(error), code="unresolved-reference"))
    return problems
