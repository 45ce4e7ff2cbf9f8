# SPDX-License-Identifier: Apache-2.0
"""The public boundary: exceptions and warnings reach the caller without the library's frames."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from .errors import Problem, ProviderError, invalid

__all__ = ["error_for_caller", "public", "warn", "without_frames"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def public(function: _Function) -> _Function:
    """Decorate a function: it raises only `ProviderError`, without the library's frames, because their variables hold secrets."""
    return _guarded(function, lambda error: error_for_caller(error, function.__name__))


def without_frames(function: _Function) -> _Function:
    """Decorate a function: its exceptions keep their type, without the library's frames, because their variables hold secrets."""
    return _guarded(function, _strip_frames)


def error_for_caller(error: Exception, subject: str) -> Exception:
    """The exception to raise to the caller of *subject* in place of *error*."""
    traceback = error.__traceback__
    # A process may turn warnings into errors. A traceback of one frame means that Python refused the arguments.
    if not isinstance(error, (ProviderError, Warning)) and traceback is not None and traceback.tb_next is not None:
        # An argument of a third-party class may raise any exception.
        return invalid(subject, [Problem("", "arguments that can be read", got=type(error).__name__)])
    return _strip_frames(error)


def _strip_frames(error: Exception) -> Exception:
    # The causes have frames too.
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _guarded(function: _Function, leave: Callable[[Exception], Exception]) -> _Function:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001
            failure = leave(error)
        del args, kwargs
        __tracebackhide__ = True  # pytest shows the caller's line
        try:
            raise failure
        finally:
            # Break the reference cycle of the exception and this frame.
            del failure

    return cast("_Function", call)


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the line that called the library."""
    level, frame = 1, inspect.currentframe()
    # Frames of attrs are skipped too: attrs.evolve calls the constructor.
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in (__package__, "attr"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
