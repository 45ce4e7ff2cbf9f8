# SPDX-License-Identifier: Apache-2.0
"""Optional packages, imported when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .errors import ProviderError

__all__ = ["needs"]


def needs(module: str, extra: str) -> Any:
    """Import an optional module of the extra that has it.

    Raises:
        ProviderError: if it is not installed, with the command that installs it.
    """
    try:
        return import_module(module)
    except ImportError:
        msg = f"this needs the package {module}; install it with: pip install 'llmproviders[{extra}]'"
    raise ProviderError(msg)
