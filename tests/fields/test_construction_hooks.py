# SPDX-License-Identifier: Apache-2.0
"""The hooks that attrs or Python calls when an instance or a class is made."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import attrs
import cloudpickle
import pytest
from attrs_classes import frozen, problem_names, slots_or_dict

import llmproviders
from llmproviders import (
    InvalidOptionsError,
    OpenAICompatProvider,
    Provider,
    between,
    converter,
    option,
)

MARK = "sk-mArKeR-7f3"


@slots_or_dict
def test_pre_init(slots: bool) -> None:
    """``__attrs_pre_init__`` is called once for each new provider, before it has values."""
    seen: list[bool] = []

    @frozen(slots)
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


@slots_or_dict
def test_post_init(slots: bool) -> None:
    """A value that ``__attrs_post_init__`` sets with `object.__setattr__` is read, written, compared and copied."""

    @frozen(slots)
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


@slots_or_dict
def test_post_init_sees_all_and_runs_once(slots: bool) -> None:
    """``__attrs_post_init__`` runs once for each provider, after all values and extra options are validated."""
    seen: list[tuple[int, dict[str, Any]]] = []

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=int, validator=between(1, 9), metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            seen.append((self.size, dict(self.extra_options)))

    Own(size="2", zz="x").with_(size=3).without("zz")
    Own.from_options({"size": "4"})
    assert [(2, {"zz": "x"}), (3, {"zz": "x"}), (3, {}), (4, {})] == seen
    assert ["size"] == problem_names(lambda: Own(size=10))
    assert 4 == len(seen)


@slots_or_dict
def test_post_init_that_raises(slots: bool) -> None:
    """An exception of ``__attrs_post_init__`` becomes a problem of the call, unless it is an error of the library."""

    @frozen(slots)
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


@slots_or_dict
@pytest.mark.usefixtures("own_classes")
def test_post_init_that_raises_in_documents(slots: bool) -> None:
    """An exception of ``__attrs_post_init__`` becomes an error of the document or statement that has the provider."""

    @llmproviders.register_provider_class
    @frozen(slots)
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


@slots_or_dict
@pytest.mark.usefixtures("own_classes")
def test_an_unusable_class_in_documents(slots: bool) -> None:
    """A document or statement that names an unusable class raises an error of the library."""

    @llmproviders.register_provider_class
    @frozen(slots)
    class Own(Provider):
        identifier = "own-unfit"
        size: int = attrs.field(default=attrs.Factory(lambda self: 1, takes_self=True), metadata=option("size"))

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


def test_post_init_without_validators() -> None:
    """While validators are switched off, an exception of ``__attrs_post_init__`` is reported, and theirs are not."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, validator=[between(1, 3)], metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            if self.size > 5:
                raise Unprintable

    with attrs.validators.disabled(), pytest.raises(InvalidOptionsError) as caught:
        Own(size=6)
    assert "Own: expected values that __attrs_post_init__ accepts, got Unprintable (Unprintable)" == str(caught.value)
    assert ["size"] == problem_names(lambda: Own(size=6))


class Unprintable(Exception):
    """An exception that has no message."""

    def __str__(self) -> str:
        raise RuntimeError


def test_an_init_subclass_without_super() -> None:
    """A base class may have an ``__init_subclass__`` that does not call super()."""

    class Ending:
        def __init_subclass__(cls, **kwargs: object) -> None:
            pass

    OpenAICompatProvider()

    @attrs.frozen(kw_only=True)
    class Own(Ending, OpenAICompatProvider):
        identifier = "own"
        x: str | None = attrs.field(default=None, metadata=option("x"))

    assert ("a", "m") == (Own(x="a", model="m").x, Own(x="a").with_(model="m").model)


def test_the_instance_of_a_failed_call_is_frozen() -> None:
    """The instance of a constructor call that failed cannot be changed."""
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
