# SPDX-License-Identifier: Apache-2.0
"""The exceptions of the library: their messages, attributes and copies."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from llmproviders import (
    DocumentError,
    DocumentProblem,
    InvalidClassError,
    InvalidOptionsError,
    InvalidTypeError,
    Problem,
    ProviderError,
    Rejected,
    RejectedType,
    SecretError,
    UnknownProviderError,
    UnknownRuntimeError,
)
from llmproviders.errors import ExtraOptionWarning


def test_messages_of_problems() -> None:
    """The message of a problem has only the parts that are given."""
    assert "expected x" == str(Problem("", "x"))
    assert "o: expected x" == str(Problem("o", "x"))
    assert "o (k): expected x, got g; h" == str(Problem("o", "x", got="g", hint="h", key="k"))


def test_rejections() -> None:
    """A rejection has the expected value and a hint, and is a ValueError; that of a wrong type is a TypeError too."""
    rejected = Rejected("a day", hint="of the week")
    assert ("expected a day", "a day", "of the week", False) == (
        str(rejected),
        rejected.expected,
        rejected.hint,
        rejected.is_type,
    )
    assert isinstance(rejected, ValueError)
    assert isinstance(RejectedType("x"), TypeError)
    assert RejectedType("x").is_type


_PROBLEM = Problem("o", "x", got="g", hint="h", key="k", is_type=True)
ERRORS: list[tuple[Exception, str]] = [
    (Rejected("a day", hint="of the week"), "expected a day"),
    (RejectedType("a day"), "expected a day"),
    (ProviderError("x"), "x"),
    (InvalidOptionsError("C", [_PROBLEM]), "C: o (k): expected x, got g; h"),
    (InvalidTypeError("C", iter([_PROBLEM] * 2)), "C: 2 problems\n  o (k): expected x, got g; h\n  o (k): expected x, got g; h"),
    (InvalidClassError("C is abstract"), "C is abstract"),
    (DocumentError([DocumentProblem("f", 1, 2, "a.b", _PROBLEM)]), "f:1:2: a.b: o (k): expected x, got g; h"),
    (SecretError("x"), "x"),
    (UnknownProviderError("no 'x'"), "no 'x'"),
    (UnknownRuntimeError("no 'x'"), "no 'x'"),
    (ExtraOptionWarning("x"), "x"),
]
every_error = pytest.mark.parametrize(("error", "message"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])


@every_error
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))], ids=range(3))
def test_errors_are_copied(error: Exception, message: str, again: Callable[[Any], Any]) -> None:
    """A copied or pickled error has the same message and attributes."""
    new = again(error)
    assert message == str(error) == str(new)
    assert type(error) is type(new)
    assert error.__dict__ == new.__dict__
    assert repr(error) == repr(new)


@every_error
def test_errors_are_pickled(error: Exception, message: str) -> None:
    """In every protocol, a pickled error has the same message and attributes."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(error) is type(again)
        assert message == str(again)
        assert vars(error) == vars(again)
    assert message == str(copy.copy(error)) == str(copy.deepcopy(error))


def test_kinds_of_errors() -> None:
    """The error of an unusable class is a TypeError; the warning is a UserWarning."""
    assert issubclass(InvalidClassError, ProviderError)
    assert issubclass(InvalidClassError, TypeError)
    assert issubclass(ExtraOptionWarning, UserWarning)
