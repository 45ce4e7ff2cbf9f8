# SPDX-License-Identifier: Apache-2.0
"""Commands: errors of the library become messages and exit codes."""

from __future__ import annotations

import errno
import functools
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

import attrs
import typer

from ..catalogs.revision import EditError
from ..errors import DocumentError, DocumentProblem, ProviderError, UnknownProviderError, UnknownRuntimeError
from .printing import print_error, print_json
from .reports import record

__all__ = ["FOUND", "Command", "UsageError", "command", "fail"]

FOUND: Final = 1
"""The exit code if `check` finds problems, or `diff` finds differences."""
TROUBLE: Final = 2
"""The exit code if the call is wrong, or a file cannot be used or written, as for ``diff`` of POSIX."""


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
                try:
                    function(*args, **kwargs)
                except DocumentError as error:
                    _fail_with_problems(error.problems, as_json=kwargs.get("as_json") or kwargs.get("output_format") == "json")
                sys.stdout.flush()
            except (UnknownProviderError, UnknownRuntimeError, EditError, UsageError) as error:
                fail(str(error))
            except OSError as error:
                if _is_closed_pipe(error):
                    # Silence the final flush.
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                    fail()
                fail(f"{error.filename or 'output'}: {error.strerror or error}")
            except ProviderError as error:
                fail(*str(error).splitlines())

        return Command(name, examples, needs_arguments, run)

    return register


def _is_closed_pipe(error: OSError) -> bool:
    # Windows reports a closed pipe as an invalid argument.
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL and error.filename is None)


def _fail_with_problems(problems: Iterable[DocumentProblem], *, as_json: bool) -> NoReturn:
    """End the process with the problems of a file."""
    if not as_json:
        fail(*map(str, problems))
    print_json({"problems": [record(each) for each in problems]})
    fail()


def fail(*messages: str) -> NoReturn:
    """End the process with messages, one in each line."""
    for message in messages:
        print_error(message)
    raise typer.Exit(TROUBLE)
