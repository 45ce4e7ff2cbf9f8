# SPDX-License-Identifier: Apache-2.0
"""Provider classes and helpers for the tests that compare provider classes with plain attrs classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import attrs
import pytest

from llmproviders import (
    InvalidClassError,
    InvalidOptionsError,
    Provider,
    Secret,
    between,
    converter,
    option,
    secret,
)

slots_or_dict = pytest.mark.parametrize("slots", [True, False], ids=["slots", "dict"])


def frozen(slots: bool) -> Callable[[type], Any]:
    return attrs.frozen(kw_only=True, slots=slots)


def problem_names(call: Callable[[], object]) -> list[str]:
    """The options that have problems in the call."""
    with pytest.raises(InvalidOptionsError) as caught:
        call()
    return [problem.option for problem in caught.value.problems]


def refusal(make: Callable[[], Any]) -> str:
    """The message of the error that refuses the class, when it is made or at its first use; every use has the same message."""
    try:
        cls = make()
    except InvalidClassError as error:
        return str(error)
    messages = set()
    for use in (cls, lambda: cls.from_options({}), lambda: converter.structure({}, cls), cls):
        with pytest.raises(InvalidClassError) as caught:
            use()
        assert isinstance(caught.value, TypeError)
        messages.add(str(caught.value))
    assert 1 == len(messages)
    return messages.pop()


@attrs.frozen(kw_only=True)
class Slotted(Provider):
    """A class with slots."""

    identifier: ClassVar[str] = "slotted"

    model: str | None = attrs.field(default=None, metadata=option("model", "which model"))
    size: int = attrs.field(default=1, metadata=option("size", "how large"), validator=between(1, 100))
    token: Secret | None = attrs.field(default=None, converter=secret, metadata=option("token", "who we are"))
    _note: str = attrs.field(default="")


@attrs.frozen(kw_only=True, slots=False)
class Dicted(Provider):
    """The same class with a ``__dict__``."""

    identifier: ClassVar[str] = "dicted"

    model: str | None = attrs.field(default=None, metadata=option("model", "which model"))
    size: int = attrs.field(default=1, metadata=option("size", "how large"), validator=between(1, 100))
    token: Secret | None = attrs.field(default=None, converter=secret, metadata=option("token", "who we are"))
    _note: str = attrs.field(default="")


@attrs.frozen(kw_only=True)
class Larger(Slotted):
    """A class that changes a default."""

    identifier: ClassVar[str] = "larger"
    size: int = attrs.field(default=10, metadata=option("size"), validator=between(1, 100))


class Undecorated(Slotted):
    """A class that changes only the identifier."""

    identifier = "undecorated"


def assert_same(one: Provider, other: Provider) -> None:
    assert type(one) is type(other)
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)
    assert one.to_options() == other.to_options()
    assert list(one.to_options()) == list(other.to_options())
    assert one.fingerprint() == other.fingerprint()
    for field in attrs.fields(type(one)):
        assert type(getattr(one, field.name)) is type(getattr(other, field.name))
