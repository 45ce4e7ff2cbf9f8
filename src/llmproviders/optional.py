# SPDX-License-Identifier: Apache-2.0
"""Optional packages: imported when they are needed; a missing one is named with the command that installs it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .errors import ProviderError

__all__ = ["needs"]


def needs(module: str, extra: str) -> Any:
    """An optional package, or the error that says how to install it.

    Raises:
        ProviderError: if it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        msg = f"this needs the package {module}; install it with: pip install 'llmproviders[{extra}]'"
    raise ProviderError(msg)
