# SPDX-License-Identifier: Apache-2.0
"""The exceptions of the library and how a problem reads."""

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
    """One thing that is wrong with one option (or with the call, if ``option`` is empty)."""

    option: str
    """Python name of the option, as the user wrote it."""
    expected: str
    """What would have been right."""
    got: str = attrs.field(default="", kw_only=True)
    """What was given, never showing a secret; empty where there is nothing to show."""
    hint: str = attrs.field(default="", kw_only=True)
    """What to do about it; empty if ``expected`` says it all."""
    key: str = attrs.field(default="", kw_only=True)
    """Java key of the option; empty if it is none or equals ``option``."""
    is_type: bool = attrs.field(default=False, kw_only=True)
    """Whether the type is wrong rather than the value."""
    severity: Literal["error", "warning"] = attrs.field(default="error", kw_only=True)
    """A warning is what Flink takes, and the user may not want."""

    def __str__(self) -> str:
        where = f"{self.option} ({self.key})" if self.key else self.option
        text = f"{where}: expected {self.expected}" if where else f"expected {self.expected}"
        if self.got:
            text += f", got {self.got}"
        text = f"{text}; {self.hint}" if self.hint else text
        # A name may hold what no terminal and no log can show.
        return text.encode("utf-8", "backslashreplace").decode()


class ProviderError(Exception):
    """Root of everything that the library raises on purpose."""


class InvalidOptionsError(ProviderError, ValueError):
    """A provider cannot be built, or used so; a `ValueError`.

    Its attribute ``problems`` is a tuple with a `Problem` for everything that is wrong with the call, and ``subject`` says
    whose call it was, such as the name of the class.
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
    """A keyword that is no option became an extra option, and probably should not have."""


def invalid(subject: str, problems: Iterable[Problem]) -> InvalidOptionsError:
    """The one exception for *problems*, catchable as TypeError where a type is wrong."""
    problems = tuple(problems)
    kind = InvalidTypeError if any(p.is_type for p in problems) else InvalidOptionsError
    return kind(subject, problems)


class Rejected(ValueError):
    """A value that an option cannot take: raised by converters and validators, and reported by the provider as a `Problem`.

    Args:
        expected: what would have been right, never what was given; it may be a secret.
        hint: what to do about it.
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
    """As `Rejected`, for a value of a type that the option cannot take; a `TypeError`."""

    is_type = True


@attrs.frozen
class DocumentProblem:
    """One thing that is wrong with a document, and where it stands; as a text it is one line."""

    source: str
    """Name of the file, or of the format where the text came without one."""
    line: int
    """The line, counted from 1."""
    column: int
    """The column, counted from 1."""
    path: str
    """Keys from the top, for example ``providers.chat.temperature``."""
    problem: Problem
    """What is wrong there."""

    def __str__(self) -> str:
        text = str(self.problem)
        where = f"{self.path}: " if self.path else ""
        return f"{self.source}:{self.line}:{self.column}: {where}{text}"


class DocumentError(ProviderError, ValueError):
    """A document or a statement cannot be read or written; a `ValueError`.

    Its attribute ``problems`` is a tuple with a `DocumentProblem` for everything that is wrong with it.
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
    """No provider is registered, or in the catalog, under that name; a `KeyError`."""

    # A KeyError shows the repr of its argument, which is made for keys and not for sentences.
    __str__ = Exception.__str__


class UnknownRuntimeError(ProviderError, KeyError):
    """No runtime of that name is known; a `KeyError`."""

    # As above.
    __str__ = Exception.__str__
