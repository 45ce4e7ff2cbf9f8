# SPDX-License-Identifier: Apache-2.0
"""The secrets that a provider holds, also inside its headers and bodies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import Problem, SecretError, dotted
from ..fields.compiled import compiled
from ..fields.parts import Kind, hidden_parts, kind_of
from ..fields.spec import EXTRAS
from ..secrets import MaskedText, Secret

__all__ = ["secrets_in", "unresolved_references"]


def secrets_in(provider: Any) -> Iterator[tuple[str, Secret | MaskedText]]:
    """Each secret of a provider with its location, such as ``api_key`` or ``extra_header.Authorization``."""
    values: list[tuple[str, Kind | None, object]] = [
        (info.name, kind_of(info), getattr(provider, info.name)) for info in compiled(type(provider)).description.infos
    ]
    for key, extra in provider.extra_options.items():
        # Without a reference inside, the whole string of an extra option is the secret.
        values.append((f"{EXTRAS}.{key}", "body" if isinstance(extra, MaskedText) and extra.is_reference else None, extra))
    for name, kind, value in values:
        for path, part in hidden_parts(kind, value):
            yield f"{name}.{dotted(path)}" if path else name, part


def unresolved_references(provider: Any) -> Iterator[Problem]:
    """A problem for each reference that cannot be resolved, with its location as the option."""
    for name, part in secrets_in(provider):
        try:
            part.reveal()
        except SecretError as error:
            yield Problem(name, "a secret", got="nothing", hint=str(error), code="unresolved-reference")
