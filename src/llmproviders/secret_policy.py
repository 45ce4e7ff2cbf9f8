# SPDX-License-Identifier: Apache-2.0
"""The argument ``secrets`` of calls that write: it refuses, reveals or redacts literal secrets."""

from __future__ import annotations

from typing import Literal, TypeAlias

from .errors import Problem, invalid
from .messages import shown

__all__ = ["Secrets", "checked_secrets"]

Secrets: TypeAlias = Literal["refuse", "reveal", "redact"]


def checked_secrets(secrets: object) -> Secrets:
    """The argument ``secrets`` of a call, checked.

    Raises:
        InvalidOptionsError: if it is no such value.
    """
    if not isinstance(secrets, str) or secrets not in ("refuse", "reveal", "redact"):
        is_type = not isinstance(secrets, str)
        raise invalid("secrets", [Problem("", "'refuse', 'reveal' or 'redact'", got=shown(secrets), is_type=is_type)])
    return secrets  # type: ignore[return-value]
