# SPDX-License-Identifier: Apache-2.0
"""Defaults of fields: factories, decorated defaults, fields without one."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import attrs
import pytest
from attrs_classes import frozen, refusal, slots_or_dict

from llmproviders import (
    InvalidOptionsError,
    InvalidTypeError,
    Provider,
    option,
)


@slots_or_dict
def test_factories_run_per_instance(slots: bool) -> None:
    """A factory is called once for each provider that is not given the option, and copies keep its value."""
    numbers = itertools.count()

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        serial: str = attrs.field(factory=lambda: f"n{next(numbers)}", metadata=option("serial"))
        size: int = attrs.field(default=1, metadata=option("size"))

    Own()
    before = next(numbers)
    made = [Own().serial for _ in range(5)]
    assert [f"n{before + 1 + number}" for number in range(5)] == made
    provider = Own()
    assert provider.serial == provider.serial == provider.to_options()["serial"]
    assert provider.serial == provider.with_(size=2).serial == attrs.evolve(provider).serial
    assert provider == copy.deepcopy(provider) == provider.with_()
    before = next(numbers)
    assert "given" == Own(serial="given").serial
    assert before + 1 == next(numbers)
    assert provider.serial != Own.from_options({}).serial != Own.from_options({}).serial
    assert provider.serial != provider.without("serial").serial


@slots_or_dict
def test_factories_of_mutable_values(slots: bool) -> None:
    """No two providers share the list that a factory makes."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        _seen: list[str] = attrs.field(factory=list, eq=False, repr=False)

    providers = [Own() for _ in range(5)]
    assert 5 == len({id(provider._seen) for provider in providers})
    providers[0]._seen.append("x")
    assert [["x"], [], [], [], []] == [provider._seen for provider in providers]


@slots_or_dict
def test_decorated_defaults(slots: bool) -> None:
    """``@field.default`` is a factory that takes the instance, and is refused."""

    def make() -> Any:
        @frozen(slots)
        class Own(Provider):
            identifier = "own"
            size: int = attrs.field(metadata=option("size"))

            @size.default
            def _size(self) -> int:
                return 1

        return Own

    message = refusal(make)
    assert "Own" in message
    assert "size" in message


@slots_or_dict
def test_factories_that_take_self(slots: bool) -> None:
    """A factory that takes the instance is refused; the message has the class, the field, and what to write instead."""

    def make() -> Any:
        @frozen(slots)
        class Dependent(Provider):
            identifier = "dependent"
            size: int = attrs.field(default=attrs.Factory(lambda self: 1, takes_self=True), metadata=option("size"))

        return Dependent

    message = refusal(make)
    assert "Dependent" in message
    assert "size" in message
    assert "__attrs_post_init__" in message or "factory=" in message or "Factory" in message


def test_fields_without_a_value() -> None:
    """A private field without argument and default may stay unset."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"))
        _cache: int = attrs.field(init=False)

    provider = Own(size=2).with_(size=3)
    assert {"size": "3"} == provider.to_options() == provider.to_options(redact=True)
    assert not hasattr(provider, "_cache")


def test_required_options_with_converters() -> None:
    """An option without a default is required, whatever its converter accepts."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        x: str = attrs.field(converter=str, metadata=option("x"))
        _y: object = attrs.field()

    for call in (Own, lambda: Own(x=attrs.NOTHING, y=attrs.NOTHING)):  # type: ignore[arg-type]
        with pytest.raises(InvalidTypeError) as caught:
            call()  # type: ignore[operator]
        assert (
            "Own: 2 problems\n  x: expected a value, got nothing; it is required\n  y: expected a value, got nothing; it is required"
        ) == str(caught.value)
    assert "5" == Own(x=5, y=None).x  # type: ignore[arg-type]


def test_defaults_that_fail() -> None:
    """A factory or converter that fails for the default is a problem only if the option is not given."""

    def fail() -> str:
        raise LookupError("none")

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        x: str = attrs.field(factory=fail, metadata=option("x"))
        y: str | None = attrs.field(default=None, converter=lambda text: text.strip(), metadata=option("y"))

    assert {"x": "a", "y": "b"} == Own(x="a", y=" b ").to_options()
    with pytest.raises(InvalidOptionsError, match="LookupError"):
        Own(y="b")
