# SPDX-License-Identifier: Apache-2.0
"""The public boundary: exceptions and warnings reach the caller without the library's frames."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

__all__ = ["public", "stripped", "warn"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def public(function: _Function) -> _Function:
    """Raise the exceptions of *function* without the library's frames: their variables hold secrets."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001
            failure = stripped(error)
        del args, kwargs
        try:
            raise failure
        finally:
            # The exception refers to this frame.
            del failure

    return cast("_Function", call)


def stripped(error: Exception) -> Exception:
    """*error* without its traceback, and without the exceptions that it came from, which have one of their own."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the line that called the library."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
