# SPDX-License-Identifier: Apache-2.0
"""The argument ``secrets`` of functions that write documents or SQL: refuse, reveal or redact literal secrets."""

from __future__ import annotations

from typing import Literal, TypeAlias

from .errors import Problem, invalid
from .messages import shown

__all__ = ["Secrets", "check_secrets"]

Secrets: TypeAlias = Literal["refuse", "reveal", "redact"]


def check_secrets(secrets: object) -> Secrets:
    """Check the argument ``secrets`` of a call, and return it.

    Raises:
        InvalidOptionsError: if it has another value.
    """
    if not isinstance(secrets, str) or secrets not in ("refuse", "reveal", "redact"):
        is_type = not isinstance(secrets, str)
        raise invalid("secrets", [Problem("", "'refuse', 'reveal' or 'redact'", got=shown(secrets), is_type=is_type)])
    return secrets  # type: ignore[return-value]
