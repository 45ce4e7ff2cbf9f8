# SPDX-License-Identifier: Apache-2.0
"""Optional packages, imported when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .errors import ProviderError

__all__ = ["import_optional"]


def import_optional(module: str, extra: str) -> Any:
    """Import a module of an optional package.

    Args:
        module: the name of the module.
        extra: the extra of this library that installs the package.

    Raises:
        ProviderError: if the package is not installed; the message has the command that installs it.
    """
    try:
        return import_module(module)
    except ImportError:
        msg = f"this needs the package {module}; install it with: pip install 'llmproviders[{extra}]'"
    raise ProviderError(msg)
