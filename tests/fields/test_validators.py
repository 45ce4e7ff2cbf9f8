# SPDX-License-Identifier: Apache-2.0
"""Validators of fields are called as attrs documents it, and all their problems are reported."""

from __future__ import annotations

import functools
from typing import Any

import attrs
import pytest
from attrs_classes import frozen, problem_names, slots_or_dict
from hypothesis import given
from hypothesis import strategies as st
from own import RerankProvider

from llmproviders import (
    InvalidOptionsError,
    InvalidTypeError,
    Problem,
    Provider,
    Rule,
    between,
    duration,
    option,
)


def _even(instance: Any, attribute: Any, value: Any) -> None:
    if value is not None and value % 2:
        raise ValueError(f"{attribute.name} is odd")


_and_optional = attrs.validators.and_(attrs.validators.instance_of(int), attrs.validators.ge(0))


VALIDATORS: dict[str, tuple[Any, Any, list[Any], list[Any]]] = {
    "in_": (str | None, attrs.validators.in_(["EU", "US"]), ["EU", "US"], ["mars", "", None]),
    "optional": (str | None, attrs.validators.optional(attrs.validators.in_(["EU"])), ["EU", None], ["mars"]),
    "instance_of": (int | None, attrs.validators.instance_of(int), [1, 0], [None]),
    "instance_of None": (int | None, attrs.validators.instance_of((int, type(None))), [1, None], []),
    "and_": (int | None, _and_optional, [0, 5], [-1, None]),
    "optional and_": (int | None, attrs.validators.optional(_and_optional), [0, None], [-1]),
    "or_": (int | None, attrs.validators.or_(attrs.validators.lt(3), attrs.validators.gt(9)), [1, 10], [5]),
    "not_": (int | None, attrs.validators.not_(attrs.validators.in_([5])), [1, None], [5]),
    "matches_re": (str | None, attrs.validators.matches_re("[a-z]+"), ["abc"], ["1", ""]),
    "max_len": (str | None, attrs.validators.max_len(3), ["abc"], ["abcd"]),
    "list": (int | None, [attrs.validators.optional(attrs.validators.ge(0)), _even], [2, None], [-2, 3]),
    "own": (int | None, _even, [2, None], [3]),
    "between": (int | None, between(1, 5), [1, 5, None], [0, 6]),
    "deep": (
        tuple[str, ...] | None,
        attrs.validators.deep_iterable(attrs.validators.in_(["a", "b"]), attrs.validators.instance_of(tuple)),
        [("a",), ("a", "b"), ()],
        [("c",), None],
    ),
}


def _with_validator(kind: Any, validator: Any, slots: bool, default: Any) -> Any:
    metadata = option("x") if kind != (tuple[str, ...] | None) else {}
    name = "x" if metadata else "_x"
    namespace = {
        "identifier": "validated",
        "__annotations__": {name: kind},
        name: attrs.field(default=default, validator=validator, metadata=metadata),
        "__module__": __name__,
    }
    return frozen(slots)(type("Validated", (Provider,), namespace))


@slots_or_dict
@pytest.mark.parametrize("name", VALIDATORS)
def test_validators(name: str, slots: bool) -> None:
    """Validators of attrs and of users check every value, None included, however the provider is made."""
    kind, validator, good, bad = VALIDATORS[name]
    cls = _with_validator(kind, validator, slots, good[0])
    field = attrs.fields(cls)[-1].name
    for value in good:
        assert value == getattr(cls(x=value), field) == getattr(cls().with_(x=value), field)
        attrs.validate(cls(x=value))
    for value in bad:
        for call in (lambda v=value: cls(x=v), lambda v=value: cls().with_(x=v), lambda v=value: attrs.evolve(cls(), x=v)):
            assert ["x"] == [name.lstrip("_") for name in problem_names(call)], value


@slots_or_dict
@pytest.mark.parametrize("name", VALIDATORS)
def test_disabled_validators(name: str, slots: bool) -> None:
    """`attrs.validators.disabled` switches validators off, `between` included; types are still checked."""
    kind, validator, good, bad = VALIDATORS[name]
    cls = _with_validator(kind, validator, slots, good[0])
    field = attrs.fields(cls)[-1].name
    with attrs.validators.disabled():
        made = [cls(x=value) for value in bad] + [cls().with_(x=value) for value in bad]
        assert [*bad, *bad] == [getattr(provider, field) for provider in made]
        if field == "x":
            with pytest.raises(InvalidTypeError):
                cls(x=b"bytes")
    for provider in made:
        with pytest.raises((ValueError, TypeError)):
            attrs.validate(provider)


@functools.cache
def _cached(name: str, slots: bool) -> Any:
    kind, validator, good, _ = VALIDATORS[name]
    return _with_validator(kind, validator, slots, good[0])


@given(
    name=st.sampled_from([name for name in VALIDATORS if name not in ("deep", "or_", "matches_re", "max_len", "and_")]),
    slots=st.booleans(),
    value=st.none() | st.integers(-3, 12) | st.sampled_from(["EU", "US", "mars", ""]),
)
def test_the_constructor_agrees_with_attrs_validate(name: str, slots: bool, value: Any) -> None:
    """The constructor refuses a value of the right type if and only if `attrs.validate` does."""
    cls = _cached(name, slots)
    try:
        with attrs.validators.disabled():
            provider = cls(x=value)
    except InvalidTypeError:
        with pytest.raises(InvalidTypeError):
            cls(x=value)
        return
    try:
        attrs.validate(provider)
    except (ValueError, TypeError):
        assert ["x"] == problem_names(lambda: cls(x=value))
    else:
        assert provider == cls(x=value)


@slots_or_dict
def test_decorated_validators_see_the_instance(slots: bool) -> None:
    """A validator in decorator form sees all fields, given or default, in any order of declaration."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        low: int = attrs.field(default=0, metadata=option("low"))
        high: int = attrs.field(default=10, metadata=option("high"))

        @low.validator
        def _below(self, attribute: Any, value: int) -> None:
            if value > self.high:
                raise ValueError(f"{attribute.name} above high")

    assert (3, 3) == (Own(low=3, high=3).low, Own(high=3, low=3).high)
    calls = (
        lambda: Own(low=11),
        lambda: Own(low=5, high=4),
        lambda: Own(high=4, low=5),
        lambda: Own(high=-1),
        lambda: Own(low=5).with_(high=4),
        lambda: Own(low=11, high=20).without("high"),
        lambda: Own.from_options({"low": "5", "high": "4"}),
        lambda: Own(low=5).to_options(overrides={"high": 4}),
    )
    for call in calls:
        assert ["low"] == problem_names(call)
    provider = Own(low=1)
    with attrs.validators.disabled():
        assert -1 == provider.with_(high=-1).high


@slots_or_dict
def test_decorated_and_given_validators(slots: bool) -> None:
    """A validator in decorator form is added to those of the field."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"), validator=between(1, 9))

        @size.validator
        def _odd(self, attribute: Any, value: int) -> None:
            if value % 2 == 0:
                raise ValueError("even")

    assert 3 == Own(size=3).size
    assert ["size"] == problem_names(lambda: Own(size=10))
    assert ["size"] == problem_names(lambda: Own(size=2))


@slots_or_dict
def test_all_problems_of_a_call(slots: bool) -> None:
    """Problems of types, converters, validators and rules are reported together, one for each option."""

    def no(cls: type, a: int, d: str) -> Problem | None:
        return Problem("d", "no d") if d == "bad" else None

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        rules = (Rule(("a", "d"), no),)
        a: int = attrs.field(default=1, metadata=option("a"), validator=between(0, 9))
        b: int = attrs.field(default=1, metadata=option("b"))
        c: int = attrs.field(default=1, metadata=option("c"), converter=int)
        d: str = attrs.field(default="", metadata=option("d"))
        e: int = attrs.field(default=2, metadata=option("e"), validator=_even)
        f: int = attrs.field(default=2, metadata=option("f"), validator=_even)

        def __attrs_post_init__(self) -> None:
            pytest.fail("a provider was made")

    assert ["a", "b", "c"] == sorted(problem_names(lambda: Own(a=10, b="x", c="x")))
    assert ["e", "f"] == problem_names(lambda: Own(e=3, f=5))
    assert ["a"] == problem_names(lambda: Own(a=10))
    assert ["d"] == problem_names(lambda: Own(a=2, d="bad"))


def test_messages_of_validators() -> None:
    """attrs' validators raise a message, the field and its value; only the message is shown."""

    @attrs.frozen(kw_only=True)
    class Regional(Provider):
        identifier = "regional"
        region: str = attrs.field(default="EU", validator=attrs.validators.in_(["EU", "US"]), metadata=option("region"))

    with pytest.raises(InvalidOptionsError) as caught:
        Regional(region="mars")
    assert (
        "Regional: region: expected a value that passes its check ('region' must be in ['EU', 'US'] (got 'mars')), got 'mars'"
        == str(caught.value)
    )
    with pytest.raises(InvalidOptionsError) as caught:
        Regional(region="sk-0123456789abcdef0123")
    assert (
        "Regional: region: expected a value that passes its check ('region' must be in ['EU', 'US'] (got '******')), got '******'"
        == str(caught.value)
    )


def test_validators_of_users() -> None:
    """The message of a user's validator is shown with the value, and with the type if that is wrong."""
    with pytest.raises(InvalidOptionsError) as caught:
        RerankProvider("h", label="a b")
    message = "RerankProvider: label: expected a value that passes its check (label of 10 holds a blank), got 'a b'"
    assert message == str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        RerankProvider("h", label="a" * 10)
    assert str(caught.value).startswith(
        "RerankProvider: label: expected a value that passes its check (Length of 'label' must be <= 9"
    )

    @attrs.frozen
    class Typed(Provider):
        identifier = "typed"
        text: Any = attrs.field(
            default=None,
            kw_only=True,
            validator=attrs.validators.optional(attrs.validators.instance_of(str)),
            metadata=option("text"),
        )
        when: str | None = attrs.field(default=None, kw_only=True, converter=duration, metadata=option("when", java="Duration"))

    with pytest.raises(InvalidTypeError):
        Typed(text=5)
    with pytest.raises(InvalidOptionsError) as caught:
        Typed(when="soon")
    assert "Typed: when: expected a duration such as '30s', '500 ms' or '2min', got 'soon'" == str(caught.value)
