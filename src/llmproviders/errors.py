# SPDX-License-Identifier: Apache-2.0
"""The exceptions of the library, and the problems that they list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

__all__ = [
    "DocumentError",
    "DocumentProblem",
    "ExtraOptionWarning",
    "InvalidClassError",
    "InvalidOptionsError",
    "InvalidTypeError",
    "Problem",
    "ProviderError",
    "Rejected",
    "RejectedType",
    "SecretError",
    "UnknownProviderError",
    "UnknownRuntimeError",
]


@attrs.frozen
class Problem:
    """One problem of an option, or of the call if ``option`` is empty."""

    option: str
    """The Python name of the option, as it was given."""
    expected: str
    """A description of the values that are accepted."""
    got: str = attrs.field(default="", kw_only=True)
    """The value that was given, with secrets masked; empty if it is not shown."""
    hint: str = attrs.field(default="", kw_only=True)
    """Advice on the solution; empty if ``expected`` is enough."""
    key: str = attrs.field(default="", kw_only=True)
    """The Java key of the option; empty if there is none or it equals ``option``."""
    is_type: bool = attrs.field(default=False, kw_only=True)
    """Whether the type is wrong, not only the value."""
    severity: Literal["error", "warning"] = attrs.field(default="error", kw_only=True)
    """``"warning"`` if Flink accepts it, but probably not with the result that was wanted."""

    def __str__(self) -> str:
        where = f"{self.option} ({self.key})" if self.key else self.option
        text = f"{where}: expected {self.expected}" if where else f"expected {self.expected}"
        if self.got:
            text += f", got {self.got}"
        text = f"{text}; {self.hint}" if self.hint else text
        # Surrogates in a name cannot be encoded, and so cannot be printed.
        return text.encode("utf-8", "backslashreplace").decode()


class ProviderError(Exception):
    """The base class of the exceptions of the library."""


class InvalidOptionsError(ProviderError, ValueError):
    """A provider cannot be made or used with the values given; a `ValueError`.

    Its attribute ``problems`` is a tuple with every `Problem` of the call, and ``subject`` names the class or function that was
    called.
    """

    def __init__(self, subject: str, problems: Iterable[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(subject, self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return f"{self.subject}: {self.problems[0]}"
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        return f"{self.subject}: {len(self.problems)} problems{lines}"


class InvalidTypeError(InvalidOptionsError, TypeError):
    """An `InvalidOptionsError` in which at least one problem is a wrong type; a `TypeError` too."""


class InvalidClassError(ProviderError, TypeError):
    """A provider class cannot be used as it is declared; a `TypeError`."""


class ExtraOptionWarning(UserWarning):
    """A keyword that is not an option became an extra option, and Java probably does not know it."""


def invalid(subject: str, problems: Iterable[Problem]) -> InvalidOptionsError:
    """The exception for *problems*; also a TypeError if a type is wrong."""
    problems = tuple(problems)
    kind = InvalidTypeError if any(p.is_type for p in problems) else InvalidOptionsError
    return kind(subject, problems)


class Rejected(ValueError):
    """An option does not accept a value: raised by converters and validators, and reported by the provider as a `Problem`.

    Args:
        expected: a description of the values that are accepted. It must not show the value given, which may be a secret.
        hint: advice on the solution.
    """

    is_type = False

    def __init__(self, expected: str, *, hint: str = "") -> None:
        self.expected = expected
        self.hint = hint
        # Pickling and copying call the class with these arguments again.
        super().__init__(expected)

    def __str__(self) -> str:
        return f"expected {self.expected}"


class RejectedType(Rejected, TypeError):
    """An option does not accept the type of a value: as `Rejected`, and a `TypeError`."""

    is_type = True


@attrs.frozen
class DocumentProblem:
    """One problem of a document, with its location; ``str()`` of it is one line."""

    source: str
    """The name of the file, or of the format if the document is a string."""
    line: int
    """The line, counted from 1."""
    column: int
    """The column, counted from 1."""
    path: str
    """The keys from the top, for example ``providers.chat.temperature``."""
    problem: Problem
    """The problem at that location."""

    def __str__(self) -> str:
        text = str(self.problem)
        where = f"{self.path}: " if self.path else ""
        return f"{self.source}:{self.line}:{self.column}: {where}{text}"


class DocumentError(ProviderError, ValueError):
    """A document or a statement cannot be read or written; a `ValueError`.

    Its attribute ``problems`` is a tuple with every `DocumentProblem`.
    """

    def __init__(self, problems: Iterable[DocumentProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        return f"{len(self.problems)} problems" + "".join(f"\n  {problem}" for problem in self.problems)


class SecretError(ProviderError):
    """A secret's reference (environment variable, file) cannot be resolved."""


class UnknownProviderError(ProviderError, KeyError):
    """The registry or the catalog has no provider of that name; a `KeyError`."""

    # KeyError.__str__ shows the repr of the message.
    __str__ = Exception.__str__


class UnknownRuntimeError(ProviderError, KeyError):
    """There is no runtime of that name; a `KeyError`."""

    # As above.
    __str__ = Exception.__str__
