# SPDX-License-Identifier: Apache-2.0
"""Validators and converters of fields are called as attrs documents it, and all their problems are reported."""

from __future__ import annotations

import functools
import inspect
from datetime import timedelta
from typing import Any

import attrs
import pytest
from attrs_classes import frozen, problem_names, refusal
from hypothesis import given
from hypothesis import strategies as st

from llmproviders import (
    InvalidOptionsError,
    InvalidTypeError,
    Problem,
    Provider,
    Rule,
    Secret,
    between,
    option,
)

either = pytest.mark.parametrize("slots", [True, False], ids=["slots", "dict"])


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


@either
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


@either
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


@either
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


@either
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


@either
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


def _by_name(value: Any, field: attrs.Attribute[Any]) -> str:
    return f"{field.name}:{value}"


@either
def test_converters(slots: bool) -> None:
    """Converters of every documented kind convert the given values and the defaults."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        plain: str = attrs.field(default="eu", converter=str.upper, metadata=option("plain"))
        wrapped: int = attrs.field(default="3", converter=attrs.Converter(int), metadata=option("wrapped"))
        named: str = attrs.field(default="x", converter=attrs.Converter(_by_name, takes_field=True), metadata=option("named"))
        maybe: int | None = attrs.field(default=None, converter=attrs.converters.optional(int), metadata=option("maybe"))
        piped: str = attrs.field(default="a", converter=[str.strip, str.upper], metadata=option("piped"))
        pipe: str = attrs.field(default="a", converter=attrs.converters.pipe(str.strip, str.upper), metadata=option("pipe"))
        filled: str = attrs.field(default=None, converter=attrs.converters.default_if_none("d"), metadata=option("filled"))
        made: str = attrs.field(default=None, converter=attrs.converters.default_if_none(factory=str), metadata=option("made"))
        flag: bool = attrs.field(default="no", converter=attrs.converters.to_bool, metadata=option("flag"))

    defaults = {
        "plain": "EU",
        "wrapped": "3",
        "named": "named:x",
        "piped": "A",
        "pipe": "A",
        "filled": "d",
        "made": "",
        "flag": "false",
    }
    assert defaults == Own().to_options()
    provider = Own(plain="us", wrapped="5", named="y", maybe="7", piped=" b ", pipe=" c ", filled=None, made=None, flag="yes")
    expected: dict[str, str] = {
        "plain": "US",
        "wrapped": "5",
        "named": "named:y",
        "maybe": "7",
        "piped": "B",
        "pipe": "C",
        "filled": "d",
        "made": "",
        "flag": "true",
    }
    assert expected == provider.to_options()
    assert {**expected, "plain": "DE"} == provider.with_(plain="de").to_options()
    assert None is Own(maybe=5).with_(maybe=None).maybe
    assert ["wrapped"] == problem_names(lambda: Own(wrapped="x"))


@either
def test_results_of_converters(slots: bool) -> None:
    """The result of a converter must have the annotated type."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=lambda value: value if value != "x" else "y", metadata=option("size"))

    assert ["size"] == problem_names(lambda: Own(size="x"))
    assert 5 == Own(size=5).size


@either
def test_converters_that_take_self(slots: bool) -> None:
    """A converter that takes the instance is refused; the message has the class and the field."""

    def make() -> Any:
        @frozen(slots)
        class Dependent(Provider):
            identifier = "dependent"
            size: int = attrs.field(
                default=1,
                converter=attrs.Converter(lambda value, instance: value, takes_self=True),
                metadata=option("size"),
            )

        return Dependent

    message = refusal(make)
    assert "Dependent" in message
    assert "size" in message


def test_converters_without_a_signature() -> None:
    """In the signature, an option whose converter has no annotation accepts `Any`."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=int, metadata=option("size"))
        token: str | None = attrs.field(default=None, converter=lambda text: text or None, metadata=option("token", secret=True))

    assert [Any, Any] == [inspect.signature(Own).parameters[name].annotation for name in ("size", "token")]
    assert {"size": "1"} == Own(token="").to_options()
    assert "******" == str(Own(token="t").token)


def test_converters_that_raise_errors_of_the_library() -> None:
    """An error of the library that a converter raises is a problem of its option."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        token: Secret = attrs.field(default="t", converter=Secret, metadata=option("token"))

    with pytest.raises(InvalidOptionsError) as caught:
        Own(token=5)
    assert "Own: token: expected a str, got int" == str(caught.value)


def test_bounds_of_other_numbers() -> None:
    """`between` validates every type that can be compared."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        wait: timedelta = attrs.field(
            default=timedelta(seconds=1),
            validator=between(timedelta(0), timedelta(seconds=5)),  # type: ignore[arg-type]
            metadata=option("wait"),
        )

    assert ["wait"] == problem_names(lambda: Own(wait=timedelta(seconds=6)))
    assert {"wait": "5s"} == Own(wait=timedelta(seconds=5)).to_options()
