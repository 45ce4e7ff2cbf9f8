# SPDX-License-Identifier: Apache-2.0
"""A user-defined provider class has the methods, copies, comparisons and fields that attrs documents for a frozen class."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

import attrs
import cloudpickle
import pytest
from attrs_classes import Dicted, Larger, Slotted, Undecorated, assert_same, frozen, problem_names, slots_or_dict
from own import RerankProvider

from llmproviders import (
    GenericProvider,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    Secret,
    TritonProvider,
    between,
    option,
)

MARK = "sk-mArKeR-7f3"


class Chosen(Slotted):
    """A class whose constructor sets one option and calls super()."""

    def __init__(self, **options: Any) -> None:
        super().__init__(model="x", **options)


class ChosenDicted(Dicted):
    """The same class without slots."""

    def __init__(self, **options: Any) -> None:
        super().__init__(model="x", **options)


@attrs.frozen(kw_only=True)
class Addressed(Provider):
    """A class whose constructor has a parameter of its own and calls ``__attrs_init__``, as attrs documents it."""

    identifier: ClassVar[str] = "addressed"
    host: str = attrs.field(metadata=option("host"))
    port: int = attrs.field(default=80, metadata=option("port"), validator=between(1, 65535))

    def __init__(self, address: str, **options: Any) -> None:
        host, _, port = address.partition(":")
        self.__attrs_init__(host=host, port=int(port or 80), **options)


@attrs.frozen(kw_only=True, slots=False)
class AddressedDicted(Provider):
    """The same class without slots."""

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


@every_provider
@pytest.mark.parametrize("flattened", [False, True], ids=["new", "after to_options"])
def test_copies(name: str, flattened: bool) -> None:
    """Pickle in all protocols, `copy`, `deepcopy` and cloudpickle give an equal provider, whose variants are equal too."""
    provider = PROVIDERS[name]().with_()
    if flattened:
        provider.to_options()
        provider.to_options(redact=True)
    copies = [pickle.loads(pickle.dumps(provider, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    copies += [copy.copy(provider), copy.deepcopy(provider), cloudpickle.loads(cloudpickle.dumps(provider))]
    for again in copies:
        assert_same(provider, again)
        assert_same(provider.with_(**{"zz-more": "x"}), again.with_(**{"zz-more": "x"}))


def test_copies_before_and_after_to_options() -> None:
    """Copies made before and after the first `to_options` have equal variants."""
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
    assert_same(provider, replace(provider))
    assert_same(provider.with_(extra_options={"zz": "new"}), replace(provider, extra_options={"zz": "new"}))
    assert ["size"] == problem_names(lambda: replace(Slotted(), size=0))


@pytest.mark.parametrize("name", [name for name in PROVIDERS if not name.startswith(("chosen", "addressed"))])
def test_evolve(name: str) -> None:
    """`attrs.evolve` calls the constructor with every field, and gives an equal provider."""
    provider = PROVIDERS[name]()
    assert_same(provider, attrs.evolve(provider))
    assert_same(provider.with_(extra_options={"zz": "1"}), attrs.evolve(provider, extra_options={"zz": "1"}))


def test_evolve_of_a_generic_provider() -> None:
    """The identifier of a generic provider is a field, whatever the names of its options."""
    provider = GenericProvider("x", a="b", name="n", provider_name="p")
    assert_same(provider, attrs.evolve(provider))
    assert GenericProvider("x", c="d") == attrs.evolve(provider, extra_options={"c": "d"})
    assert "y" == attrs.evolve(provider, provider="y").provider_name()


def test_evolve_by_alias() -> None:
    """`attrs.evolve` accepts a private field under the name of its argument, and validates."""
    assert "m" == attrs.evolve(Slotted(size=3), note="m")._note
    assert ["size"] == problem_names(lambda: attrs.evolve(Slotted(), size=0))


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


@slots_or_dict
def test_asdict_filters(slots: bool) -> None:
    """`attrs.asdict` takes filters and serializers."""
    provider = (Slotted if slots else Dicted)(size=3, token=MARK)
    assert {"size": 3} == attrs.asdict(provider, filter=attrs.filters.include(int))
    shown = attrs.asdict(provider, value_serializer=lambda instance, field, value: str(value))
    assert ("3", "******") == (shown["size"], shown["token"])
    assert MARK not in repr(attrs.asdict(provider))


@every_provider
def test_weak_references(name: str) -> None:
    """A weak reference to a provider can be made."""
    provider = PROVIDERS[name]().with_(**{"zz-weak": "x"})
    reference = weakref.ref(provider)
    assert provider is reference()
    del provider
    gc.collect()
    assert None is reference()


@slots_or_dict
def test_match_statements(slots: bool) -> None:
    """A provider matches patterns of its options; only positional fields match by position."""
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
    """A class with slots, such as the built-in ones, has no ``__dict__``; a class without slots has one."""
    for provider in (make() for make in PROVIDERS.values()):
        has_dict = isinstance(provider, (Dicted, AddressedDicted, Undecorated, Chosen))
        assert has_dict is hasattr(provider, "__dict__"), type(provider)


@slots_or_dict
def test_frozen(slots: bool) -> None:
    """Attributes can be neither assigned nor deleted."""
    provider: Any = (Slotted if slots else Dicted)(size=3)
    for name in ("size", "extra_options", "_note", "other"):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(provider, name, 1)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(provider, name)
    assert {"size": "3"} == provider.to_options()


def test_inheritance() -> None:
    """A subclass may have another default, another identifier or another constructor, and does not equal its base."""
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
    """A class whose constructor calls super() is derived, written, read and validated like any other class."""
    provider = cls(size=2)
    assert {"model": "x", "size": "2"} == provider.to_options()
    assert {"model": "y", "size": "2"} == provider.with_(model="y").to_options()
    assert {"model": "x", "size": "1"} == provider.without("size").to_options()
    assert_same(provider, provider.with_())
    assert_same(provider, cls.from_options(provider.to_options()))
    assert_same(provider.with_(model="z"), cls.from_options({"model": "z", "size": "2"}))
    assert ["size"] == problem_names(lambda: cls(size=0))
    assert ["size"] == problem_names(lambda: provider.with_(size=0))
    assert {"zz": "x"} == dict(cls(extra_options={"zz": "x"}).extra_options)


@pytest.mark.parametrize("cls", [Addressed, AddressedDicted])
def test_constructors_that_call_attrs_init(cls: Any) -> None:
    """``__attrs_init__`` is the constructor that attrs would write, with conversion, validation and extra options."""
    provider = cls("h:8000", zz="x")
    assert {"host": "h", "port": "8000", "zz": "x"} == provider.to_options()
    assert ("h", 8000) == (provider.host, provider.port)
    assert cls("h:81", zz="x") == provider.with_(port=81)
    assert cls("h", zz="x") == provider.without("port")
    assert provider == cls.from_options({"host": "h", "port": "8000", "zz": "x"})
    assert_same(provider, pickle.loads(pickle.dumps(provider)))
    assert ["port"] == problem_names(lambda: cls("h:0"))
    assert ["port"] == problem_names(lambda: provider.with_(port=0))
    assert problem_names(lambda: cls("h:0", host_="x"))
    with pytest.raises(TypeError):
        cls()


@slots_or_dict
def test_repr(slots: bool) -> None:
    """The repr is that of attrs: each field in order, shown as its declaration asks."""

    @frozen(slots)
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


@slots_or_dict
def test_eq_by_key(slots: bool) -> None:
    """A field with ``eq=key`` is compared and hashed by the result of the key function."""

    @frozen(slots)
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


@slots_or_dict
def test_eq_off(slots: bool) -> None:
    """A field with ``eq=False`` is neither compared nor hashed."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        label: str = attrs.field(default="", eq=False, metadata=option("label"))
        size: int = attrs.field(default=1, metadata=option("size"))

    assert Own(label="a") == Own(label="b")
    assert hash(Own(label="a")) == hash(Own(label="b"))
    assert Own(label="a") != Own(label="a", size=2)
    assert {"label": "a", "size": "1"} == Own(label="a").to_options()


@slots_or_dict
def test_hash_follows_eq(slots: bool) -> None:
    """A field with ``hash=False`` is compared and not hashed."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        label: str = attrs.field(default="", hash=False, metadata=option("label"))

    assert Own(label="a") != Own(label="b")
    assert hash(Own(label="a")) == hash(Own(label="b"))


def test_attributes_that_are_no_fields() -> None:
    """In a class without slots, an attribute that is no field is copied and pickled, as in any attrs class."""
    provider = Dicted(size=3)
    object.__setattr__(provider, "cache", [1])
    assert [1] == copy.copy(provider).cache == pickle.loads(pickle.dumps(provider)).cache  # type: ignore[attr-defined]


def test_dynamic_attributes() -> None:
    """A ``__getattr__`` of the class does not replace values that were refused."""

    class Dynamic(OpenAICompatProvider):
        identifier = "dynamic"

        def __getattr__(self, name: str) -> Any:
            return "anything"

    assert ["top_p", "n"] == problem_names(lambda: Dynamic(top_p=7, n=0))
