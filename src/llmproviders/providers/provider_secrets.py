# SPDX-License-Identifier: Apache-2.0
"""The secrets that a provider holds, also inside its headers and bodies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from ..errors import Problem, SecretError, dotted
from ..fields.compiled import compiled
from ..fields.parts import hidden_parts, kind_of
from ..fields.spec import EXTRAS
from ..secrets import MaskedText, Secret

__all__ = ["SecretPath", "secret_parts", "secrets_in", "unresolved_references"]


SecretPath: TypeAlias = "tuple[str | int, ...]"
"""The path of a secret in a provider, such as ``("api_key",)`` or ``("extra_options", "my-token")``."""


def secret_parts(provider: Any, *, opens_extras: bool = True) -> Iterator[tuple[SecretPath, Secret | MaskedText]]:
    """Each secret of a provider with its path. If the parts of an option are not known, its value is one secret.

    Args:
        provider: the provider.
        opens_extras: whether to look inside extra options without references; otherwise, their whole string is one secret.
    """
    for info in compiled(type(provider)).description.infos:
        for path, part in hidden_parts(kind_of(info), getattr(provider, info.name)):
            yield (info.name, *path), part
    for key, extra in provider.extra_options.items():
        is_open = opens_extras or (isinstance(extra, MaskedText) and extra.is_reference)
        for path, part in hidden_parts("body" if is_open else None, extra):
            yield (EXTRAS, key, *path), part


def secrets_in(provider: Any) -> Iterator[tuple[str, Secret | MaskedText]]:
    """Each secret of a provider with its location, such as ``api_key`` or ``extra_header.Authorization``."""
    return ((dotted(path), part) for path, part in secret_parts(provider, opens_extras=False))


def unresolved_references(provider: Any) -> Iterator[Problem]:
    """A problem for each reference that cannot be resolved, with its location as the option."""
    for name, part in secrets_in(provider):
        try:
            part.reveal()
        except SecretError as error:
            yield Problem(name, "a secret", got="nothing", hint=str(error), code="unresolved-reference")
