# SPDX-License-Identifier: Apache-2.0
"""Commands: errors of the library become messages and exit codes."""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn

import attrs
import typer

from ..catalogs.editing import EditError
from ..errors import DocumentError, ProviderError, UnknownProviderError, UnknownRuntimeError
from .printing import print_error

__all__ = ["FOUND", "Command", "UsageError", "command", "fail"]

FOUND: Final = 1
"""The exit code if problems or differences are found."""
USAGE: Final = 2
"""The exit code if the call is wrong."""


class UsageError(Exception):
    """The error for a wrong call."""


@attrs.frozen
class Command:
    """A command of the application."""

    name: str
    examples: tuple[str, ...]
    needs_arguments: bool
    """Whether a call without arguments shows the help."""
    run: Callable[..., None]


def command(name: str, *examples: str, needs_arguments: bool = True) -> Callable[[Callable[..., None]], Command]:
    """Make a function a command: every error of the library becomes a message and an exit code."""

    def register(function: Callable[..., None]) -> Command:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            try:
                function(*args, **kwargs)
                sys.stdout.flush()
            except DocumentError as error:
                fail(FOUND, *map(str, error.problems))
            except (UnknownProviderError, UnknownRuntimeError, EditError, UsageError) as error:
                fail(USAGE, str(error))
            except OSError as error:
                if _is_closed_pipe(error):
                    # Silence the final flush.
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                    fail(FOUND)
                fail(FOUND, f"{error.filename or 'output'}: {error.strerror or error}")
            except ProviderError as error:
                fail(FOUND, *str(error).splitlines())

        return Command(name, examples, needs_arguments, run)

    return register


def _is_closed_pipe(error: OSError) -> bool:
    # Windows reports a closed pipe as an invalid argument.
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL and error.filename is None)


def fail(code: int, *messages: str) -> NoReturn:
    """End the process with messages, one in each line."""
    for message in messages:
        print_error(message)
    raise typer.Exit(code)
