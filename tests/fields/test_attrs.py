# SPDX-License-Identifier: Apache-2.0
"""An own provider class has all that attrs documents for a frozen class, and refuses loudly what it cannot have."""

from __future__ import annotations

import copy
import enum
import functools
import gc
import inspect
import itertools
import json
import os
import pickle
import pydoc
import subprocess
import sys
import threading
import traceback
import typing
import weakref
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import attrs
import cloudpickle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from own import RerankProvider

import llmproviders
from llmproviders import (
    Catalog,
    DocumentError,
    GenericProvider,
    InvalidClassError,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Problem,
    Provider,
    Rule,
    Secret,
    TritonProvider,
    between,
    converter,
    flink,
    from_dict,
    option,
    options,
    parse_create_model,
    presets,
    register_provider_class,
    secret,
)

either = pytest.mark.parametrize("slots", [True, False], ids=["slots", "dict"])
MARK = "sk-mArKeR-7f3"


def _frozen(slots: bool) -> Callable[[type], Any]:
    return attrs.frozen(kw_only=True, slots=slots)


def _names(call: Callable[[], object]) -> list[str]:
    """The options that the call complains about."""
    with pytest.raises(InvalidOptionsError) as caught:
        call()
    return [problem.option for problem in caught.value.problems]


def _refused(make: Callable[[], Any]) -> str:
    """What the class is refused with, at the latest where it is first used; each use says the same."""
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


# Classes of modules ---------------------------------------------------------------------------------------------------


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
    """Another identifier, and nothing else."""

    identifier = "undecorated"


class Chosen(Slotted):
    """A constructor that gives one option itself, as classes in Python do."""

    def __init__(self, **options: Any) -> None:
        super().__init__(model="x", **options)


class ChosenDicted(Dicted):
    """The same without slots."""

    def __init__(self, **options: Any) -> None:
        super().__init__(model="x", **options)


@attrs.frozen(kw_only=True)
class Addressed(Provider):
    """A constructor with arguments of its own, as attrs documents for ``__attrs_init__``."""

    identifier: ClassVar[str] = "addressed"
    host: str = attrs.field(metadata=option("host"))
    port: int = attrs.field(default=80, metadata=option("port"), validator=between(1, 65535))

    def __init__(self, address: str, **options: Any) -> None:
        host, _, port = address.partition(":")
        self.__attrs_init__(host=host, port=int(port or 80), **options)


@attrs.frozen(kw_only=True, slots=False)
class AddressedDicted(Provider):
    """The same without slots."""

    identifier: ClassVar[str] = "addressed-dicted"
    host: str = attrs.field(metadata=option("host"))
    port: int = attrs.field(default=80, metadata=option("port"), validator=between(1, 65535))

    def __init__(self, address: str, **options: Any) -> None:
        host, _, port = address.partition(":")
        self.__attrs_init__(host=host, port=int(port or 80), **options)


PROVIDERS: dict[str, Callable[[], Provider]] = {
    "slots": lambda: Slotted(size=3, token="t", note="n", extra_options={"zz": "x", "zz-token": "y"}),
    "dict": lambda: Dicted(size=3, token="t", note="n", extra_options={"zz": "x"}),
    "default": Slotted,
    "None": lambda: Slotted(model=None, token=None),
    "larger": lambda: Larger(model="m"),
    "undecorated": lambda: Undecorated(size=2),
    "chosen": lambda: Chosen(size=2),
    "chosen, dict": lambda: ChosenDicted(size=2),
    "addressed": lambda: Addressed("h:8000", extra_options={"zz": "x"}),
    "addressed, dict": lambda: AddressedDicted("h:8000"),
    "own": lambda: RerankProvider("https://u:p@h", token="t", mode="quick"),
    "OpenAICompatProvider": lambda: OpenAICompatProvider(
        endpoint="https://u:p@h/v1/chat/completions", api_key="k", extra_header={"Authorization": "Bearer x", "X-Tenant": "acme"}
    ),
    "OpenAIProvider": lambda: OpenAIProvider(
        "https://h/v1/chat/completions", Secret.from_env("LLMPROVIDERS_TEST_KEY"), temperature=1
    ),
    "TritonProvider": lambda: TritonProvider("h", auth_token="t", custom_headers={"X-Tenant": "acme"}),
    "GenericProvider": lambda: GenericProvider("g", name="n", self="s", **{"api-key": "k"}),
}
every_provider = pytest.mark.parametrize("name", PROVIDERS)


def _same(one: Provider, other: Provider) -> None:
    assert type(one) is type(other)
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)
    assert one.to_options() == other.to_options()
    assert list(one.to_options()) == list(other.to_options())
    assert one.fingerprint() == other.fingerprint()
    for field in attrs.fields(type(one)):
        assert type(getattr(one, field.name)) is type(getattr(other, field.name))


@every_provider
@pytest.mark.parametrize("flattened", [False, True], ids=["new", "after to_options"])
def test_copies(name: str, flattened: bool) -> None:
    """Pickle in all protocols, `copy`, `deepcopy` and cloudpickle give an equal provider that derives as well."""
    provider = PROVIDERS[name]().with_()
    if flattened:
        provider.to_options()
        provider.to_options(redact=True)
    copies = [pickle.loads(pickle.dumps(provider, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    copies += [copy.copy(provider), copy.deepcopy(provider), cloudpickle.loads(cloudpickle.dumps(provider))]
    for again in copies:
        _same(provider, again)
        _same(provider.with_(**{"zz-more": "x"}), again.with_(**{"zz-more": "x"}))


def test_what_was_changed_and_copied() -> None:
    """A copy made before `to_options` was called and one made after it derive to the same."""
    provider = Slotted(size=3)
    before = pickle.loads(pickle.dumps(provider))
    provider.to_options()
    after = pickle.loads(pickle.dumps(provider))
    assert {"size": "4"} == before.with_(size=4).to_options() == after.with_(size=4).to_options()


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace came with Python 3.13")
@pytest.mark.parametrize("name", [name for name in PROVIDERS if not name.startswith(("chosen", "addressed"))])
def test_replace(name: str) -> None:
    """`copy.replace` is attrs' `evolve`, and validates as the constructor does."""
    provider = PROVIDERS[name]()
    replace: Any = getattr(copy, "replace")  # noqa: B009
    _same(provider, replace(provider))
    _same(provider.with_(extra_options={"zz": "new"}), replace(provider, extra_options={"zz": "new"}))
    assert ["size"] == _names(lambda: replace(Slotted(), size=0))


@pytest.mark.parametrize("name", [name for name in PROVIDERS if not name.startswith(("chosen", "addressed"))])
def test_evolve(name: str) -> None:
    """`attrs.evolve` calls the constructor with every field, and gives an equal provider."""
    provider = PROVIDERS[name]()
    _same(provider, attrs.evolve(provider))
    _same(provider.with_(extra_options={"zz": "1"}), attrs.evolve(provider, extra_options={"zz": "1"}))


def test_evolve_of_a_generic_provider() -> None:
    """Its name is a field, whatever its options are called."""
    provider = GenericProvider("x", a="b", name="n", provider_name="p")
    _same(provider, attrs.evolve(provider))
    assert GenericProvider("x", c="d") == attrs.evolve(provider, extra_options={"c": "d"})
    assert "y" == attrs.evolve(provider, provider="y").provider_name()


def test_evolve_by_alias() -> None:
    """`attrs.evolve` knows private fields by their argument, and validates."""
    assert "m" == attrs.evolve(Slotted(size=3), note="m")._note
    assert ["size"] == _names(lambda: attrs.evolve(Slotted(), size=0))


@every_provider
def test_attrs_functions(name: str) -> None:
    """`has`, `fields`, `fields_dict`, `asdict`, `astuple` and `validate` work as for any attrs class."""
    provider = PROVIDERS[name]()
    cls = type(provider)
    assert attrs.has(cls)
    fields = attrs.fields(cls)
    assert "extra_options" == fields[0].name
    assert [field.name for field in fields] == list(attrs.fields_dict(cls))
    values = {field.name: getattr(provider, field.name) for field in fields}
    assert values == attrs.asdict(provider, recurse=False)
    assert tuple(values.values()) == attrs.astuple(provider, recurse=False)
    assert list(values) == list(attrs.asdict(provider))
    assert len(values) == len(attrs.astuple(provider))
    attrs.validate(provider)


@either
def test_asdict_filters(slots: bool) -> None:
    """`attrs.asdict` takes filters and serializers."""
    provider = (Slotted if slots else Dicted)(size=3, token=MARK)
    assert {"size": 3} == attrs.asdict(provider, filter=attrs.filters.include(int))
    shown = attrs.asdict(provider, value_serializer=lambda instance, field, value: str(value))
    assert ("3", "******") == (shown["size"], shown["token"])
    assert MARK not in repr(attrs.asdict(provider))


@every_provider
def test_weak_references(name: str) -> None:
    """A provider can be referred to weakly."""
    provider = PROVIDERS[name]().with_(**{"zz-weak": "x"})
    reference = weakref.ref(provider)
    assert provider is reference()
    del provider
    gc.collect()
    assert None is reference()


@either
def test_match_statements(slots: bool) -> None:
    """A provider matches patterns of its options; only fields that are positional match by position."""
    provider: Any = (Slotted if slots else Dicted)(size=3, model="m")
    match provider:
        case Slotted(size=3, model=str(model)) | Dicted(size=3, model=str(model)):
            assert "m" == model
        case _:
            pytest.fail("no match")
    match provider:
        case Slotted(size=1) | Dicted(size=1) | Provider(extra_options=None):
            pytest.fail("a match")
    match RerankProvider("h", mode="quick"):
        case RerankProvider("other"):
            pytest.fail("a match")
        case RerankProvider("h", top_k=10):
            pass
        case _:
            pytest.fail("no match")


def test_slots() -> None:
    """A class in attrs' usual form has slots and no dict, and so have the built-in ones; one without slots has a dict."""
    for provider in (make() for make in PROVIDERS.values()):
        has_dict = isinstance(provider, (Dicted, AddressedDicted, Undecorated, Chosen))
        assert has_dict is hasattr(provider, "__dict__"), type(provider)


@either
def test_frozen(slots: bool) -> None:
    """Nothing can be assigned or deleted."""
    provider: Any = (Slotted if slots else Dicted)(size=3)
    for name in ("size", "extra_options", "_note", "other"):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(provider, name, 1)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(provider, name)
    assert {"size": "3"} == provider.to_options()


def test_inheritance() -> None:
    """A subclass is another class: with another default, another identifier, or a constructor of its own."""
    assert ({"size": "1"}, {"size": "10"}, {"size": "1"}) == (
        Slotted().to_options(),
        Larger().to_options(),
        Undecorated().to_options(),
    )
    assert {"size": "1"} == Larger(size=1).to_options()
    assert ("larger", "undecorated", "slotted") == (
        Larger().provider_name(),
        Undecorated().provider_name(),
        Chosen().provider_name(),
    )
    assert Slotted(size=10) != Larger()
    assert Slotted() != Undecorated()
    assert Larger(size=1) == Larger(size=1).without("size").with_(size=1)
    assert 10 == Larger(size=1).without("size").size


@pytest.mark.parametrize("cls", [Chosen, ChosenDicted])
def test_constructors_that_call_super(cls: Any) -> None:
    """They derive, go to options and come back like others, and are validated like others."""
    provider = cls(size=2)
    assert {"model": "x", "size": "2"} == provider.to_options()
    assert {"model": "y", "size": "2"} == provider.with_(model="y").to_options()
    assert {"model": "x", "size": "1"} == provider.without("size").to_options()
    _same(provider, provider.with_())
    _same(provider, cls.from_options(provider.to_options()))
    _same(provider.with_(model="z"), cls.from_options({"model": "z", "size": "2"}))
    assert ["size"] == _names(lambda: cls(size=0))
    assert ["size"] == _names(lambda: provider.with_(size=0))
    assert {"zz": "x"} == dict(cls(extra_options={"zz": "x"}).extra_options)


@pytest.mark.parametrize("cls", [Addressed, AddressedDicted])
def test_constructors_that_call_attrs_init(cls: Any) -> None:
    """``__attrs_init__`` is the constructor that attrs would have written, with conversion, validation and extra options."""
    provider = cls("h:8000", zz="x")
    assert {"host": "h", "port": "8000", "zz": "x"} == provider.to_options()
    assert ("h", 8000) == (provider.host, provider.port)
    assert cls("h:81", zz="x") == provider.with_(port=81)
    assert cls("h", zz="x") == provider.without("port")
    assert provider == cls.from_options({"host": "h", "port": "8000", "zz": "x"})
    _same(provider, pickle.loads(pickle.dumps(provider)))
    assert ["port"] == _names(lambda: cls("h:0"))
    assert ["port"] == _names(lambda: provider.with_(port=0))
    assert _names(lambda: cls("h:0", host_="x"))
    with pytest.raises(TypeError):
        cls()


# Fields ---------------------------------------------------------------------------------------------------------------


@either
def test_repr(slots: bool) -> None:
    """attrs' own repr: each field in order, each shown as its declaration says."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        plain: int = attrs.field(default=1, metadata=option("plain"))
        hidden: str = attrs.field(default=MARK, repr=False, metadata=option("hidden"))
        shown: str = attrs.field(default=MARK, repr=lambda value: f"<{len(value)}>", metadata=option("shown"))
        _note: str = attrs.field(default=MARK, repr=False)

    name = Own.__qualname__.rpartition(">.")[2]
    assert f"{name}(extra_options={{}}, plain=1, shown=<13>)" == repr(Own())
    assert f"{name}(extra_options={{'zz': 'x'}}, plain=2, shown=<3>)" == repr(Own(zz="x", plain=2, shown="abc"))
    assert MARK not in repr(Own().with_(plain=5))
    assert {"plain": "1", "hidden": MARK, "shown": MARK} == Own().to_options()


@either
def test_eq_by_key(slots: bool) -> None:
    """A field with ``eq=key`` is compared and hashed by what the key function gives."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        region: str = attrs.field(default="eu", eq=str.lower, metadata=option("region"))
        size: int = attrs.field(default=1, metadata=option("size"))

    assert Own(region="EU") == Own(region="eu") == Own()
    assert hash(Own(region="EU")) == hash(Own())
    assert 1 == len({Own(region="EU"), Own(region="eu")})
    assert Own(region="us") != Own()
    assert Own(size=2) != Own()
    assert {"region": "EU", "size": "1"} == Own(region="EU").to_options()


@either
def test_eq_off(slots: bool) -> None:
    """A field with ``eq=False`` counts neither in comparisons nor in hashes."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        label: str = attrs.field(default="", eq=False, metadata=option("label"))
        size: int = attrs.field(default=1, metadata=option("size"))

    assert Own(label="a") == Own(label="b")
    assert hash(Own(label="a")) == hash(Own(label="b"))
    assert Own(label="a") != Own(label="a", size=2)
    assert {"label": "a", "size": "1"} == Own(label="a").to_options()


@either
def test_hash_follows_eq(slots: bool) -> None:
    """A field with ``hash=False`` is compared and not hashed."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        label: str = attrs.field(default="", hash=False, metadata=option("label"))

    assert Own(label="a") != Own(label="b")
    assert hash(Own(label="a")) == hash(Own(label="b"))


@either
def test_factories_run_per_instance(slots: bool) -> None:
    """A factory is called once for each provider that is not given the value, and its value is kept in copies of it."""
    numbers = itertools.count()

    @_frozen(slots)
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


@either
def test_factories_of_mutable_values(slots: bool) -> None:
    """No two providers share the list that a factory makes."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        _seen: list[str] = attrs.field(factory=list, eq=False, repr=False)

    providers = [Own() for _ in range(5)]
    assert 5 == len({id(provider._seen) for provider in providers})
    providers[0]._seen.append("x")
    assert [["x"], [], [], [], []] == [provider._seen for provider in providers]


@either
def test_decorated_defaults(slots: bool) -> None:
    """``@field.default`` is a factory that takes the instance, and refused like one."""

    def make() -> Any:
        @_frozen(slots)
        class Own(Provider):
            identifier = "own"
            size: int = attrs.field(metadata=option("size"))

            @size.default
            def _size(self) -> int:
                return 1

        return Own

    text = _refused(make)
    assert "Own" in text
    assert "size" in text


@either
def test_factories_that_take_self(slots: bool) -> None:
    """A factory that takes the instance is refused, with the class, the field, and what to write instead."""

    def make() -> Any:
        @_frozen(slots)
        class Dependent(Provider):
            identifier = "dependent"
            size: int = attrs.field(default=attrs.Factory(lambda self: 1, takes_self=True), metadata=option("size"))

        return Dependent

    text = _refused(make)
    assert "Dependent" in text
    assert "size" in text
    assert "__attrs_post_init__" in text or "factory=" in text or "Factory" in text


# Validators and converters --------------------------------------------------------------------------------------------


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


def _tuple_text(value: Any) -> str:
    return ",".join(value)


def _with_validator(kind: Any, validator: Any, slots: bool, default: Any) -> Any:
    metadata = option("x") if kind != (tuple[str, ...] | None) else {}
    name = "x" if metadata else "_x"
    namespace = {
        "identifier": "validated",
        "__annotations__": {name: kind},
        name: attrs.field(default=default, validator=validator, metadata=metadata),
        "__module__": __name__,
    }
    return _frozen(slots)(type("Validated", (Provider,), namespace))


@either
@pytest.mark.parametrize("name", VALIDATORS)
def test_validators(name: str, slots: bool) -> None:
    """attrs' validators and own ones see every value, None included, in every way of making a provider."""
    kind, validator, good, bad = VALIDATORS[name]
    cls = _with_validator(kind, validator, slots, good[0])
    field = attrs.fields(cls)[-1].name
    for value in good:
        assert value == getattr(cls(x=value), field) == getattr(cls().with_(x=value), field)
        attrs.validate(cls(x=value))
    for value in bad:
        for call in (lambda v=value: cls(x=v), lambda v=value: cls().with_(x=v), lambda v=value: attrs.evolve(cls(), x=v)):
            assert ["x"] == [name.lstrip("_") for name in _names(call)], value


@either
@pytest.mark.parametrize("name", VALIDATORS)
def test_disabled_validators(name: str, slots: bool) -> None:
    """`attrs.validators.disabled` switches them off, `between` included; the type is still asked for."""
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
        assert ["x"] == _names(lambda: cls(x=value))
    else:
        assert provider == cls(x=value)


@either
def test_decorated_validators_see_the_instance(slots: bool) -> None:
    """A validator in decorator form compares with other fields, given or default, in whatever order they are declared."""

    @_frozen(slots)
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
        assert ["low"] == _names(call)
    provider = Own(low=1)
    with attrs.validators.disabled():
        assert -1 == provider.with_(high=-1).high


@either
def test_decorated_and_given_validators(slots: bool) -> None:
    """A validator in decorator form stands beside those that were given."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"), validator=between(1, 9))

        @size.validator
        def _odd(self, attribute: Any, value: int) -> None:
            if value % 2 == 0:
                raise ValueError("even")

    assert 3 == Own(size=3).size
    assert ["size"] == _names(lambda: Own(size=10))
    assert ["size"] == _names(lambda: Own(size=2))


@either
def test_all_problems_of_a_call(slots: bool) -> None:
    """Types, converters, validators and rules are reported together, one problem for each."""

    def no(cls: type, a: int, d: str) -> Problem | None:
        return Problem("d", "no d") if d == "bad" else None

    @_frozen(slots)
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

    assert ["a", "b", "c"] == sorted(_names(lambda: Own(a=10, b="x", c="x")))
    assert ["e", "f"] == _names(lambda: Own(e=3, f=5))
    assert ["a"] == _names(lambda: Own(a=10))
    assert ["d"] == _names(lambda: Own(a=2, d="bad"))


def _by_name(value: Any, field: attrs.Attribute[Any]) -> str:
    return f"{field.name}:{value}"


@either
def test_converters(slots: bool) -> None:
    """Converters of every documented kind run on what is given, and on defaults once."""

    @_frozen(slots)
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
    assert ["wrapped"] == _names(lambda: Own(wrapped="x"))


@either
def test_converters_are_held_to_the_type(slots: bool) -> None:
    """What a converter gives must be what the annotation says."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=lambda value: value if value != "x" else "y", metadata=option("size"))

    assert ["size"] == _names(lambda: Own(size="x"))
    assert 5 == Own(size=5).size


@either
def test_converters_that_take_self(slots: bool) -> None:
    """A converter that takes the instance is refused, with the class, the field, and what to write instead."""

    def make() -> Any:
        @_frozen(slots)
        class Dependent(Provider):
            identifier = "dependent"
            size: int = attrs.field(
                default=1,
                converter=attrs.Converter(lambda value, instance: value, takes_self=True),
                metadata=option("size"),
            )

        return Dependent

    text = _refused(make)
    assert "Dependent" in text
    assert "size" in text


# Hooks of construction ------------------------------------------------------------------------------------------------


@either
def test_pre_init(slots: bool) -> None:
    """``__attrs_pre_init__`` is called once for every provider that is made, before there are values."""
    seen: list[bool] = []

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"))

        def __attrs_pre_init__(self) -> None:
            seen.append(hasattr(self, "size"))

    provider = Own(size=5)
    calls: tuple[Callable[[], object], ...] = (
        Own,
        lambda: Own(size=2),
        lambda: Own(size=2, zz="x"),
        lambda: Own.from_options({"size": "2"}),
        lambda: attrs.evolve(provider, size=3),
        lambda: provider.with_(size=3),
    )
    for call in calls:
        seen.clear()
        call()
        assert [False] == seen


@either
def test_post_init(slots: bool) -> None:
    """What ``__attrs_post_init__`` sets with `object.__setattr__` is what is read, written, compared and copied."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        region: str = attrs.field(default="eu", metadata=option("region"))
        size: int = attrs.field(default=1, metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            self.to_options()
            self.to_options()
            object.__setattr__(self, "region", self.region.upper())

    assert ("EU", {"region": "EU", "size": "1"}) == (Own().region, Own().to_options())
    provider = Own(region="us")
    assert {"region": "US", "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert {"region": "US", "size": "2"} == provider.with_(size=2).to_options()
    assert {"region": "DE", "size": "1"} == provider.with_(region="de").to_options()
    assert {"region": "EU", "size": "1"} == provider.without("region").to_options()
    assert {"region": "DE", "size": "1"} == provider.to_options(overrides={"region": "de"})
    assert "US" == Own.from_options({"region": "us"}).region
    assert provider == Own(region="US") == attrs.evolve(provider) == copy.deepcopy(provider)
    assert hash(provider) == hash(Own(region="US"))
    assert "region='US'" in repr(provider)
    assert provider.fingerprint() == Own(region="US").fingerprint()
    assert {"region": "US", "size": "1"} == cloudpickle.loads(cloudpickle.dumps(provider)).to_options()


@either
def test_post_init_sees_all_and_runs_once(slots: bool) -> None:
    """``__attrs_post_init__`` runs once for each provider, after conversion and validation, extra options included."""
    seen: list[tuple[int, dict[str, Any]]] = []

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=int, validator=between(1, 9), metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            seen.append((self.size, dict(self.extra_options)))

    Own(size="2", zz="x").with_(size=3).without("zz")
    Own.from_options({"size": "4"})
    assert [(2, {"zz": "x"}), (3, {"zz": "x"}), (3, {}), (4, {})] == seen
    assert ["size"] == _names(lambda: Own(size=10))
    assert 4 == len(seen)


@either
def test_post_init_that_raises(slots: bool) -> None:
    """What ``__attrs_post_init__`` raises is a problem of the call, unless it is an error of the library already."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            if self.size == 5:
                raise RuntimeError("too much")
            if self.size == 6:
                raise llmproviders.SecretError("no secret")

    calls: tuple[Callable[[int], object], ...] = (
        lambda size: Own(size=size),
        lambda size: Own().with_(size=size),
        lambda size: Own.from_options({"size": str(size)}),
        lambda size: Own().to_options(overrides={"size": size}),
        lambda size: attrs.evolve(Own(), size=size),
    )
    for call in calls:
        with pytest.raises(InvalidOptionsError, match="too much|RuntimeError"):
            call(5)
        with pytest.raises(llmproviders.SecretError, match="^no secret$"):
            call(6)


@either
@pytest.mark.usefixtures("own_classes")
def test_post_init_that_raises_in_documents(slots: bool) -> None:
    """What ``__attrs_post_init__`` raises is an error of the document or the statement that asks for the provider."""

    @llmproviders.register_provider_class
    @_frozen(slots)
    class Own(Provider):
        identifier = "own-raising"
        size: int = attrs.field(default=1, metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            if self.size == 5:
                raise RuntimeError("too much")

    calls: tuple[Callable[[int], object], ...] = (
        lambda size: llmproviders.from_dict({"provider": "own-raising", "size": size}),
        lambda size: llmproviders.loads(
            json.dumps({"providers": {"a": {"provider": "own-raising", "size": size}}}), format="json"
        ),
        lambda size: llmproviders.parse_create_model(f"CREATE MODEL m WITH ('provider'='own-raising', 'size'='{size}')"),
        lambda size: llmproviders.from_options("own-raising", {"size": str(size)}),
    )
    for call in calls:
        with pytest.raises(llmproviders.ProviderError, match="too much|RuntimeError"):
            call(5)
        call(4)


@either
@pytest.mark.usefixtures("own_classes")
def test_a_class_that_cannot_be_used_in_documents(slots: bool) -> None:
    """A document or statement that names such a class gives an error of the library, unless it was never registered."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own-unfit"
        size: int = attrs.field(default=attrs.Factory(lambda self: 1, takes_self=True), metadata=option("size"))

    try:
        llmproviders.register_provider_class(Own)
    except InvalidClassError:
        assert "own-unfit" not in llmproviders.provider_classes()
        return
    entry = {"provider": "own-unfit", "size": 5, "extra_options": {"a-token": MARK}}
    calls: tuple[Callable[[], object], ...] = (
        lambda: llmproviders.from_dict(entry),
        lambda: llmproviders.loads(json.dumps({"providers": {"a": entry}}), format="json"),
        lambda: llmproviders.parse_create_model(f"CREATE MODEL m WITH ('provider'='own-unfit', 'a-token'='{MARK}')"),
        lambda: llmproviders.from_options("own-unfit", {"a-token": MARK}),
        lambda: llmproviders.set_provider("own-unfit", size=5),
    )
    for call in calls:
        with pytest.raises(llmproviders.ProviderError) as caught:
            call()
        assert MARK not in str(caught.value)


# Names that a field may not have --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["with_", "to_options", "check", "without", "for_task", "from_options", "fingerprint"])
@either
def test_names_of_methods(name: str, slots: bool) -> None:
    """A field that would hide a method of every provider is refused, with the class and the field."""

    def make() -> Any:
        namespace = {
            "identifier": "hiding",
            "__annotations__": {name: int},
            name: attrs.field(default=1, metadata=option("size")),
            "__module__": __name__,
        }
        return _frozen(slots)(type("Hiding", (Provider,), namespace))

    text = _hiding(make)
    assert "Hiding" in text
    assert name in text


def _hiding(make: Callable[[], Any]) -> str:
    """As `_refused`, for classes whose methods may be hidden."""
    with pytest.raises(InvalidClassError) as caught:
        make()()
    return str(caught.value)


# First use ------------------------------------------------------------------------------------------------------------

THREADS = 16
FIRST_USES: dict[str, Callable[[Any], Any]] = {
    "construct": lambda cls: cls(size=5, zz="x").to_options(),
    "from_options": lambda cls: cls.from_options({"size": "5", "zz": "x"}).to_options(),
    "with_": lambda cls: cls().with_(size=5, zz="x").to_options(),
    "to_options": lambda cls: cls(size=4).to_options(overrides={"size": 5, "zz": "x"}),
    "structure": lambda cls: converter.unstructure(converter.structure({"size": "5", "zz": "x"}, cls)),
    "options": lambda cls: (options(cls), cls(size=5, zz="x").to_options())[1],
}


@pytest.fixture
def hasty() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.parametrize("use", FIRST_USES)
@pytest.mark.usefixtures("hasty")
@either
def test_first_use_by_many_threads(use: str, slots: bool) -> None:
    """Threads that use a new class at once all get the same."""
    for _ in range(3):

        @_frozen(slots)
        class Own(Provider):
            identifier = "own"
            model: str | None = attrs.field(default=None, metadata=option("model"))
            size: int = attrs.field(default=1, metadata=option("size"))
            more: str = attrs.field(default="m", metadata=option("more"))

        barrier = threading.Barrier(THREADS)
        results: list[Any] = [None] * THREADS

        def run(number: int, cls: Any = Own, barrier: threading.Barrier = barrier, results: list[Any] = results) -> None:
            barrier.wait()
            try:
                results[number] = FIRST_USES[use](cls)
            except BaseException as error:
                results[number] = repr(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [{"size": "5", "more": "m", "zz": "x"}] * THREADS == results


# Reading --------------------------------------------------------------------------------------------------------------

READABLE = [OpenAICompatProvider, OpenAIProvider, TritonProvider, RerankProvider, Slotted, Dicted, Larger, Undecorated]


@pytest.mark.parametrize("cls", READABLE)
def test_signatures(cls: Any) -> None:
    """The constructor's signature has every option with its default and annotation, those by position first."""
    parameters = inspect.signature(cls).parameters
    assert inspect.Parameter.VAR_KEYWORD is list(parameters.values())[-1].kind
    named = list(parameters.values())[:-1]
    assert {(field.alias or field.name) for field in attrs.fields(cls)} == {each.name for each in named}
    positional = [field.name for field in attrs.fields(cls) if not field.kw_only]
    assert positional == [each.name for each in named if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    assert positional == [each.name for each in named[: len(positional)]]
    assert {inspect.Parameter.KEYWORD_ONLY} == {each.kind for each in named[len(positional) :]}
    for info in options(cls):
        parameter = parameters[info.field.alias or info.name]
        assert inspect.Parameter.empty is not parameter.annotation
        if info.required:
            assert inspect.Parameter.empty is parameter.default
        else:
            assert info.default == parameter.default


@pytest.mark.parametrize("cls", READABLE)
def test_signatures_of_with(cls: Any) -> None:
    """`with_` has the constructor's names, all by keyword, so that a REPL completes them."""
    constructor = inspect.signature(cls).parameters
    parameters = list(inspect.signature(cls.with_).parameters.values())[1:]
    assert set(constructor) == {each.name for each in parameters}
    assert inspect.Parameter.VAR_KEYWORD is parameters[-1].kind
    assert {inspect.Parameter.KEYWORD_ONLY} == {each.kind for each in parameters[:-1]}


def test_signature_of_a_generic_provider() -> None:
    """Every name but that of its first parameter is free for options."""
    kinds = [each.kind for each in inspect.signature(GenericProvider).parameters.values()]
    assert [inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_KEYWORD] == kinds


@either
def test_signatures_hide_secrets(slots: bool) -> None:
    """A default that is a secret is shown as the mask, in signatures and in help."""

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        token: str = attrs.field(default=MARK, metadata=option("token", secret=True))
        key: Secret = attrs.field(default=MARK, converter=secret, metadata=option("key"))
        held: Secret = attrs.field(default=Secret(MARK), metadata=option("held"))
        url: str = attrs.field(default=f"https://u:{MARK}@h", metadata=option("url", format="url"))

    assert MARK not in str(inspect.signature(Own))
    assert MARK not in str(inspect.signature(Own.with_))
    assert MARK not in pydoc.render_doc(Own, renderer=pydoc.plaintext)
    assert MARK not in inspect.getsource(Own.__init__)
    assert MARK not in repr(Own())
    assert {"token": MARK, "key": MARK, "held": MARK, "url": f"https://u:{MARK}@h"} == Own().to_options()


@pytest.mark.parametrize("cls", READABLE)
def test_help(cls: Any) -> None:
    """`help` says of each option what it means."""
    text = " ".join(pydoc.render_doc(cls, renderer=pydoc.plaintext).replace("|", " ").split())
    for info in options(cls):
        assert info.name in text
        assert " ".join(info.meaning.split()) in text, info.name
    assert "object at 0x" not in text


@pytest.mark.parametrize("cls", [*READABLE, GenericProvider])
def test_generated_code_can_be_read(cls: Any) -> None:
    """The code that is generated for a class is where debuggers look for it."""
    if cls is not GenericProvider:
        cls.from_options({"endpoint": "https://h/v1/chat/completions", "api-key": "k"})
        source = inspect.getsource(cls.__init__)
        for info in options(cls):
            assert info.name in source


@either
def test_tracebacks_show_generated_code(slots: bool) -> None:
    """Each frame between a call and a converter of the user's has its source line."""
    stacks: list[traceback.StackSummary] = []

    def look(value: Any) -> Any:
        stacks.append(traceback.extract_stack())
        return value

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=look, metadata=option("size"))

    Own()
    stacks.clear()
    provider = Own(size=2)
    provider.with_(size=3)
    Own.from_options({"size": "4"})
    assert len(stacks) >= 3
    for stack in stacks:
        names = [frame.name for frame in stack]
        inside = stack[names.index("test_tracebacks_show_generated_code") :]
        assert len(inside) > 2
        assert [] == [frame for frame in inside if not frame.line]


# Annotations ----------------------------------------------------------------------------------------------------------

# PyFlink's own classes, where PyFlink is not installed.
PYFLINK = dict.fromkeys(("Table", "TableEnvironment", "ModelDescriptor", "Schema", "StatementSet"), object)


def _public(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A public object and its public methods."""
    yield name, value
    if isinstance(value, type):
        for base in value.__mro__:
            if base.__module__.startswith("llmproviders"):
                for each, member in vars(base).items():
                    member = getattr(member, "__func__", member)  # noqa: PLW2901
                    member = getattr(member, "fget", member)  # noqa: PLW2901
                    if (each == "__init__" or not each.startswith("_")) and inspect.isfunction(member):
                        yield f"{name}.{each}", member


def _annotated() -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(llmproviders, name) for name in llmproviders.__all__}
    values |= {f"flink.{name}": getattr(flink, name) for name in flink.__all__}
    values |= {f"presets.{name}": getattr(presets, name) for name in presets.__all__}
    return {
        name: each
        for key, value in values.items()
        if isinstance(value, type) or inspect.isfunction(value)
        for name, each in _public(key, value)
    }


ANNOTATED = _annotated()


@pytest.mark.parametrize("name", ANNOTATED)
def test_type_hints(name: str) -> None:
    """`typing.get_type_hints` resolves every annotation of the public interface."""
    hints = typing.get_type_hints(ANNOTATED[name], localns=PYFLINK if name.startswith("flink.") else None)
    if inspect.isfunction(ANNOTATED[name]):
        assert "return" in hints or name.endswith("__init__")


def test_type_hints_are_of_everything() -> None:
    """The functions and methods above are the ones that people call."""
    assert {"loads", "Provider.to_options", "Provider.with_", "Catalog.diff", "presets.dashscope", "flink.predict"} <= set(
        ANNOTATED
    )
    assert Catalog is ANNOTATED["Catalog"]


# Across processes -----------------------------------------------------------------------------------------------------

DEFINES = '''
import sys
from pathlib import Path

import attrs, cloudpickle
from llmproviders import Provider, Secret, between, option, secret

folder = Path(sys.argv[1])
for slots in (True, False):
    for used in (True, False):

        @attrs.frozen(kw_only=True, slots=slots)
        class Own(Provider):
            """One that only this process has."""

            identifier = "own"
            size: int = attrs.field(default=1, metadata=option("size", "how large"), validator=between(1, 9))
            token: Secret | None = attrs.field(default=None, converter=secret, metadata=option("token"))
            label: str = attrs.field(default="l", metadata=option("label"))

            @property
            def doubled(self):
                return 2 * self.size

        class Sub(Own):
            identifier = "sub"

        content = [Own, Sub]
        if used:
            provider = Own(size=3, token="t", zz="x")
            provider.with_(size=4).to_options()
            provider.to_options()
            Own.from_options({"size": "5"})
            content += [provider, Sub(size=2)]
        (folder / f"{slots}-{used}").write_bytes(cloudpickle.dumps(content))
'''
READS = """
import json, pickle, sys
from pathlib import Path

from llmproviders import InvalidOptionsError

found = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix:
        continue
    try:
        Own, Sub, *providers = pickle.loads(path.read_bytes())
        try:
            Own(size=10)
        except InvalidOptionsError as error:
            refused = [problem.option for problem in error.problems]
        provider = providers[0] if providers else Own(size=3, token="t", zz="x")
        sub = providers[1] if providers else Sub(size=2)
        assert provider == Own(size=3, token="t", zz="x") == Own.from_options(provider.to_options())
        found[path.name] = [
            provider.to_options(),
            provider.with_(size=4).to_options(),
            provider.doubled,
            refused,
            [sub.provider_name(), sub.to_options()],
            repr(provider),
        ]
    except Exception as error:
        found[path.name] = repr(error)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What another process finds in the classes and providers that one pickled from its ``__main__``."""
    folder = tmp_path_factory.mktemp("main")
    env = {**os.environ, "PYTHONPATH": str(Path(llmproviders.__file__).parent.parent)}
    output = ""
    for name, text in (("defines.py", DEFINES), ("reads.py", READS)):
        (folder / name).write_text(text, encoding="utf-8")
        command = [sys.executable, str(folder / name), str(folder)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert (0, "") == (done.returncode, done.stderr)
        output = done.stdout
    found: dict[str, Any] = json.loads(output)
    return found


@pytest.mark.parametrize("used", [True, False], ids=["used", "unused"])
@either
def test_cloudpickle_from_main(elsewhere: dict[str, Any], slots: bool, used: bool) -> None:
    """A class of ``__main__`` works in the process that it is sent to, whether it was used before or not."""
    flat = {"size": "3", "token": "t", "label": "l", "zz": "x"}
    assert [
        flat,
        {**flat, "size": "4"},
        6,
        ["size"],
        ["sub", {"size": "2", "label": "l"}],
        "Own(extra_options={'zz': 'x'}, size=3, token=Secret('******'), label='l')",
    ] == elsewhere[f"{slots}-{used}"]


@either
def test_cloudpickle_of_local_classes(slots: bool) -> None:
    """A local class goes by value, used or not, and the copy is the same class in the same process."""

    class Color(enum.Enum):
        RED = "red"

    @_frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"))

    assert {"size": "2"} == cloudpickle.loads(cloudpickle.dumps(Own))(size=2).to_options()
    provider = Own(size=2)
    provider.to_options()
    again = cloudpickle.loads(cloudpickle.dumps(SimpleNamespace(provider=provider, color=Color.RED))).provider
    _same(provider, again)


# What is rare -----------------------------------------------------------------------------------------------------------


def test_methods_of_the_abstract_class() -> None:
    """The constructor and `with_` of `Provider` itself are those of the instance's class."""

    class Explicit(OpenAICompatProvider):
        identifier = "explicit"

        def __init__(self, **options: Any) -> None:
            Provider.__init__(self, model="x", **options)

    provider = Explicit(n=2)
    assert ("x", 2) == (provider.model, provider.n)
    assert 3 == Provider.with_(provider, n=3).n
    assert ["n"] == _names(lambda: Explicit(n=0))


def _own(**namespace: Any) -> Callable[[], Any]:
    """The first use of a class with one option, ``size``, if *namespace* does not say otherwise."""
    body = {
        "identifier": "own",
        "__annotations__": {"size": "int"},
        "size": attrs.field(default=1, metadata=option("size")),
        "__module__": __name__,
    }
    return lambda: attrs.frozen(kw_only=True)(type("Own", (Provider,), {**body, **namespace}))()  # noqa: PLW0108


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "pre-init": (
        _own(__attrs_pre_init__=lambda self, size: None),
        "Own.__attrs_pre_init__: expected no parameter but self; write __attrs_post_init__",
    ),
    "alias": (
        _own(size=attrs.field(default=1, alias="more_options", metadata=option("size"))),
        "Own.size: expected another alias, got 'more_options'",
    ),
    "alias of generated code": (
        _own(size=attrs.field(default=1, alias="_cls", metadata=option("size"))),
        "Own.size: expected another alias, got '_cls'",
    ),
    "no annotation": (
        _own(__annotations__={}),
        "Own.size: expected an annotation; write size: ... = attrs.field(...)",
    ),
    "no argument": (
        _own(size=attrs.field(default=1, init=False, metadata=option("size"))),
        "Own.size: expected an option that can be given, got init=False; take that away",
    ),
    "own slot": (
        _own(__annotations__={"size": "int", "_flat": "int"}, _flat=attrs.field(default=1)),
        "Own._flat hides CompiledClass._flat: expected another name",
    ),
    "secret number": (
        _own(size=attrs.field(default=1, metadata=option("size", secret=True))),
        "Own.size: expected a secret of type Secret or str, got int",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_classes(name: str) -> None:
    """A class that cannot work is refused with the class, the field, and what to write instead."""
    use, expected = REFUSED[name]
    with pytest.raises(InvalidClassError) as caught:
        use()
    assert expected == str(caught.value)


def test_converters_without_a_signature() -> None:
    """A converter whose argument nobody annotated takes anything, as far as the signature tells."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=int, metadata=option("size"))
        token: str | None = attrs.field(default=None, converter=lambda text: text or None, metadata=option("token", secret=True))

    assert [Any, Any] == [inspect.signature(Own).parameters[name].annotation for name in ("size", "token")]
    assert {"size": "1"} == Own(token="").to_options()
    assert "******" == str(Own(token="t").token)


def test_converters_that_raise_errors_of_the_library() -> None:
    """A problem that a converter reports is said of the option."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        token: Secret = attrs.field(default="t", converter=Secret, metadata=option("token"))

    with pytest.raises(InvalidOptionsError) as caught:
        Own(token=5)
    assert "Own: token: expected a str, got int" == str(caught.value)


def test_post_init_without_validators() -> None:
    """An exception of ``__attrs_post_init__`` is reported, and validators that are switched off are not."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, validator=[between(1, 3)], metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            if self.size > 5:
                raise _Unsayable

    with attrs.validators.disabled(), pytest.raises(InvalidOptionsError) as caught:
        Own(size=6)
    assert "Own: expected values that __attrs_post_init__ takes, got _Unsayable (_Unsayable)" == str(caught.value)
    assert ["size"] == _names(lambda: Own(size=6))


class _Unsayable(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def test_fields_that_nobody_sets() -> None:
    """A private field without argument and default may stay unset."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"))
        _cache: int = attrs.field(init=False)

    provider = Own(size=2).with_(size=3)
    assert {"size": "3"} == provider.to_options() == provider.to_options(redact=True)
    assert not hasattr(provider, "_cache")


@attrs.frozen(kw_only=True)
class Ruled(Provider):
    """Rules of every kind that goes wrong."""

    identifier = "ruled"
    key: Secret | None = attrs.field(default=None, metadata=option("key"))
    x: str | None = attrs.field(default=None, metadata=option("x"))
    rules = (Rule(("x",), lambda cls, x: f"not {x}" if x == "bad" else None),)  # type: ignore[arg-type, return-value]


def test_rules_that_return_something_else() -> None:
    """A rule that returns no `Problem` is said so."""
    with pytest.raises(InvalidOptionsError) as caught:
        Ruled(key=MARK, x="bad")
    assert "Ruled: x: expected a rule that returns a Problem or None, got 'not bad'" == str(caught.value)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (None, "Own.rules: expected a tuple of Rule, got None"),
        ((len,), "Own.rules: expected a tuple of Rule, got a value of type builtin_function_or_method in it"),
        ((Rule((), len),), "Own: expected rules over a tuple of names, got a value of type tuple"),
        ((Rule("size", len),), "Own: expected rules over a tuple of names, got 'size'"),  # type: ignore[arg-type]
        ((Rule(("nope",), len),), "Own: expected rules over its options, got one over nope"),
    ],
)
def test_refused_rules(rules: Any, expected: str) -> None:
    """Rules that are none are a mistake of the class."""
    with pytest.raises(InvalidClassError) as caught:
        _own(rules=rules)()
    assert expected == str(caught.value)


@pytest.mark.usefixtures("own_classes")
def test_a_refused_class_in_files() -> None:
    """Files and statements that name such a class say where."""

    @register_provider_class
    @attrs.frozen(kw_only=True)
    class Bad(Provider):
        identifier = "bad"
        size: int | None = attrs.field(default=None, metadata=option("size"))
        rules = (5,)  # type: ignore[assignment]

    with pytest.raises(DocumentError) as caught:
        parse_create_model("CREATE MODEL m WITH ('provider' = 'bad', 'size' = '1')")
    assert (
        "sql:1:35: provider: expected an identifier whose class can be had; Bad.rules: expected a tuple of Rule, got 5 in it"
        == str(caught.value)
    )
    with pytest.raises(
        DocumentError, match=r"^dict:1:1: provider: .*, got 'bad'; Bad.rules: expected a tuple of Rule, got 5 in it"
    ):
        from_dict({"provider": "bad", "size": 1})


def test_required_options_with_converters() -> None:
    """A required option is required whatever its converter takes."""

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


def test_defaults_that_nobody_needs() -> None:
    """A factory or converter that fails for the default does no harm to a provider that has a value."""

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


def test_names_of_builtins() -> None:
    """An option may have the name of a builtin, or of a variable of generated code."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        Exception: int = attrs.field(default=1, validator=between(0, 9), metadata=option("a"))
        new: int = attrs.field(default=1, metadata=option("b"))
        flat: str = attrs.field(default="x", metadata=option("c"))
        value: int = attrs.field(default=1, metadata=option("d"))
        lasting: bool = attrs.field(default=True, metadata=option("e"))
        error: int = attrs.field(default=1, metadata=option("f"))
        cls: int = attrs.field(default=1, metadata=option("g"))
        object: int = attrs.field(default=1, metadata=option("h"))
        type: int = attrs.field(default=1, metadata=option("i"))

    assert ["Exception"] == _names(lambda: Own(Exception=10))
    provider = Own(Exception=2, new=3, error=4, cls=5, object=6, type=7).with_(value=8, lasting=False)
    assert ["2", "3", "x", "8", "false", "4", "5", "6", "7"] == list(provider.to_options().values())


def test_a_hook_that_ends_the_chain() -> None:
    """A base may have an ``__init_subclass__`` that calls no other."""

    class Ending:
        def __init_subclass__(cls, **kwargs: object) -> None:
            pass

    OpenAICompatProvider()

    @attrs.frozen(kw_only=True)
    class Own(Ending, OpenAICompatProvider):
        identifier = "own"
        x: str | None = attrs.field(default=None, metadata=option("x"))

    assert ("a", "m") == (Own(x="a", model="m").x, Own(x="a").with_(model="m").model)


def test_bounds_of_other_numbers() -> None:
    """`between` is a validator for every type."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        wait: timedelta = attrs.field(
            default=timedelta(seconds=1),
            validator=between(timedelta(0), timedelta(seconds=5)),  # type: ignore[arg-type]
            metadata=option("wait"),
        )

    assert ["wait"] == _names(lambda: Own(wait=timedelta(seconds=6)))
    assert {"wait": "5s"} == Own(wait=timedelta(seconds=5)).to_options()


def test_what_an_instance_holds_besides() -> None:
    """Without slots, an attribute that is no field is copied and pickled, as attrs does it."""
    provider = Dicted(size=3)
    object.__setattr__(provider, "cache", [1])
    assert [1] == copy.copy(provider).cache == pickle.loads(pickle.dumps(provider)).cache  # type: ignore[attr-defined]


def test_a_failed_constructor_leaves_it_frozen() -> None:
    """Whoever keeps the instance of a call that failed cannot change it."""
    kept: list[Any] = []

    class Keeping(OpenAICompatProvider):
        identifier = "keeping"

        def __init__(self, **options: Any) -> None:
            kept.append(self)
            super().__init__(**options)

    with pytest.raises(InvalidOptionsError):
        Keeping(top_p=7)
    assert Keeping is type(kept[0])
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        kept[0].top_p = 7


def test_dynamic_attributes() -> None:
    """A class's own ``__getattr__`` does not stand in for values that were refused."""

    class Dynamic(OpenAICompatProvider):
        identifier = "dynamic"

        def __getattr__(self, name: str) -> Any:
            return "anything"

    assert ["top_p", "n"] == _names(lambda: Dynamic(top_p=7, n=0))
