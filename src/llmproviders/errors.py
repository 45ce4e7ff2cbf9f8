# SPDX-License-Identifier: Apache-2.0
"""The exceptions of the library, and the problems that they list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import attrs

__all__ = [
    "Advice",
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
    "RetriesWarning",
    "SecretError",
    "UnknownProviderError",
    "UnknownRuntimeError",
    "advice_to_write",
    "dotted",
    "invalid",
    "printable",
]


@attrs.frozen
class Advice:
    """A hint that contains pieces of a document; they are written in the notation of the document's format."""

    sentence: str
    """A sentence with ``{}`` for each piece."""
    pieces: tuple[tuple[str, Any], ...]
    """The pieces: names of options, each with its value; the name is empty for a value alone."""


def advice_to_write(option: str, *values: Any) -> Advice:
    """The advice to write an option with one of *values*."""
    pieces = [("" if position else option, value) for position, value in enumerate(values)]
    return Advice("write " + " or ".join("{}" for _ in pieces), tuple(pieces))


@attrs.frozen
class Problem:
    """One problem of an option, or of the whole call if ``option`` is empty."""

    option: str
    """The Python name of the option, as it was given."""
    expected: str
    """A description of the values that are accepted."""
    got: str = attrs.field(default="", kw_only=True)
    """The value that was given, with secrets masked; empty if it is not shown."""
    hint: str = attrs.field(default="", kw_only=True)
    """Advice on the solution; empty if ``expected`` is enough."""
    key: str = attrs.field(default="", kw_only=True)
    """The Java key of the option; empty if it has no key or the key equals ``option``."""
    is_type: bool = attrs.field(default=False, kw_only=True)
    """Whether the value has the wrong type."""
    severity: Literal["error", "warning"] = attrs.field(default="error", kw_only=True)
    """``"warning"`` if Flink accepts the value, but the result is probably not the intended one."""
    in_document: Advice | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
    """The hint for documents; None if it is ``hint``, the hint for code."""
    code: str = attrs.field(
        default=attrs.Factory(lambda self: "wrong-type" if self.is_type else "invalid-value", takes_self=True), kw_only=True
    )
    """The kind of problem, a stable name such as ``unknown-option``; by default ``invalid-value`` or ``wrong-type``."""

    def __str__(self) -> str:
        where = f"{self.option} ({self.key}): " if self.key else f"{self.option}: " if self.option else ""
        got = f", got {self.got}" if self.got else ""
        hint = f"; {self.hint}" if self.hint else ""
        # Surrogates in a name cannot be encoded, and so cannot be printed.
        return f"{where}expected {self.expected}{got}{hint}".encode("utf-8", "backslashreplace").decode()


class ProviderError(Exception):
    """The base class of the exceptions of the library."""


class InvalidOptionsError(ProviderError, ValueError):
    """A provider cannot be made or used with the values given; a `ValueError`.

    The attribute ``problems`` is a tuple with every `Problem` of the call. The attribute ``subject`` is the name of the class or
    function that was called.
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
    """An `InvalidOptionsError` with at least one value of a wrong type; also a `TypeError`."""


class InvalidClassError(ProviderError, TypeError):
    """A provider class cannot be used as it is declared; a `TypeError`."""


class ExtraOptionWarning(UserWarning):
    """A keyword that is not an option became an extra option, and Java probably does not know it."""


class RetriesWarning(UserWarning):
    """ML_PREDICT's timeout may end before the retries of a model; the job then fails with any fallback."""


def invalid(subject: str, problems: Iterable[Problem]) -> InvalidOptionsError:
    """The exception for *problems*; an `InvalidTypeError` if a type is wrong."""
    problems = tuple(problems)
    kind = InvalidTypeError if any(p.is_type for p in problems) else InvalidOptionsError
    return kind(subject, problems)


class Rejected(ValueError):
    """An option does not accept a value. Converters and validators raise it, and the provider reports it as a `Problem`.

    Args:
        expected: a description of the values that are accepted. It must not show the value given, which may be a secret.
        hint: advice on the solution; empty by default.
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
    """An option does not accept the type of a value; a `Rejected` that is also a `TypeError`."""

    is_type = True


@attrs.frozen
class DocumentProblem:
    """One problem of a document, with its location; ``str()`` writes it in one line."""

    source: str
    """The name of the file, or of the format if the document is a string."""
    line: int
    """The line, counted from 1; 0 if the problem is in a document that is not written to its file."""
    column: int
    """The column, counted from 1; 0 if there is no line."""
    path: str
    """The keys from the top, for example ``providers.chat.temperature``."""
    problem: Problem
    """The problem at that location."""
    environments: tuple[str, ...] = ()
    """The environments with the problem; an empty string means no environment. Empty if all checked environments have it."""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        if self.environments and not self.path.startswith("env."):
            names = ", ".join(f"in {name}" if name else "without an environment" for name in self.environments)
            where = f"{self.path} (only {names}): "
        return f"{printable(f'{self.location}: {where}')}{self.problem}"

    @property
    def location(self) -> str:
        """The source, with the line and the column if they are known."""
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


def dotted(path: Iterable[str | int]) -> str:
    """Names and indexes in a message, with dots between them."""
    return ".".join(map(str, path))


def printable(string: str) -> str:
    """*string* as one line that can be printed: line breaks, control characters and surrogates are escaped."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in string)


class DocumentError(ProviderError, ValueError):
    """A document or a statement cannot be read or written; a `ValueError`.

    The attribute ``problems`` is a tuple with every `DocumentProblem`.
    """

    def __init__(self, problems: Iterable[DocumentProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        return f"{len(self.problems)} problems" + "".join(f"\n  {problem}" for problem in self.problems)


class SecretError(ProviderError):
    """The reference of a secret, for example to an environment variable or a file, cannot be resolved."""


class UnknownProviderError(ProviderError, KeyError):
    """The registry or the catalog has no provider of that name; a `KeyError`."""

    # KeyError.__str__ shows the repr of the message.
    __str__ = Exception.__str__


class UnknownRuntimeError(ProviderError, KeyError):
    """No runtime has that name; a `KeyError`."""

    __str__ = Exception.__str__
