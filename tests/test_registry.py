# SPDX-License-Identifier: Apache-2.0
"""Providers by name, for the process and for a block of code; classes by identifier, from others too."""

from __future__ import annotations

import asyncio
import importlib.metadata
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint
from typing import Any

import attrs
import pytest
from own import RerankProvider

from llmproviders import (
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    TritonProvider,
    UnknownProviderError,
    from_options,
    get_provider,
    list_providers,
    loads,
    option,
    parse_create_model,
    provider_class,
    provider_classes,
    register_provider_class,
    remove_provider,
    set_default_provider,
    set_provider,
    using_provider,
)
from llmproviders.registry import _Classes

pytestmark = pytest.mark.usefixtures("empty_registry", "own_classes")

A, B, C = OpenAICompatProvider(model="a"), OpenAICompatProvider(model="b"), TritonProvider("c")


# By name --------------------------------------------------------------------------------------------------------------


def test_names() -> None:
    """A provider is registered under its identifier or a name; several names may share an identifier."""
    assert [] == list_providers()
    assert A is set_provider(A)
    assert B is set_provider("chat", B)
    assert C is set_provider(C)
    assert ["openai-compat", "chat", "triton"] == list_providers()
    assert (A, B, C) == (get_provider("openai-compat"), get_provider("chat"), get_provider("triton"))


def test_by_options() -> None:
    """With options, the identifier's class is built, or a generic provider if there is none."""
    made = set_provider("openai-compat", model="a")
    assert A == made == get_provider("openai-compat")
    assert DashScopeProvider() == set_provider("dashscope")
    generic = set_provider("some-identifier", **{"api-key": "k", "self": "x"})
    assert GenericProvider("some-identifier", **{"api-key": "k", "self": "x"}) == generic
    assert ["openai-compat", "dashscope", "some-identifier"] == list_providers()
    with pytest.raises(InvalidOptionsError, match="did you mean temperature"):
        set_provider("openai-compat", temprature=1)
    with pytest.raises(InvalidOptionsError):
        set_provider("other", x={1})
    with pytest.raises(InvalidOptionsError):
        set_provider("triton")
    assert ["openai-compat", "dashscope", "some-identifier"] == list_providers()


def test_options_with_awkward_names() -> None:
    """The function's own parameter names are free to be options."""
    flat = set_provider("g", provider="x", name_or_provider="y", options="z", name="n").to_options()
    assert {"provider": "x", "name_or_provider": "y", "options": "z", "name": "n"} == flat


def test_registering_again() -> None:
    """A name that is registered again keeps its place; the default stays by name."""
    set_provider("x", A)
    set_provider("y", B)
    set_default_provider("x")
    set_provider("x", C)
    assert ["x", "y"] == list_providers()
    assert C is get_provider()


@pytest.mark.parametrize(
    "call",
    [
        lambda: set_provider(5),  # type: ignore[arg-type]
        lambda: set_provider(A, B),
        lambda: set_provider(A, model="x"),
        lambda: set_provider("x", A, model="x"),
        lambda: set_provider("x", "y"),  # type: ignore[arg-type]
        lambda: set_provider(OpenAICompatProvider),  # type: ignore[arg-type]
    ],
    ids=range(6),
)
def test_other_calls(call: Any) -> None:
    """There are three ways to call, and no other."""
    with pytest.raises(TypeError, match=r"^expected set_provider\(provider\), set_provider\(name, provider\) or"):
        call()
    assert [] == list_providers()


class Nameless(Provider):
    """A provider whose author left its identifier empty."""

    identifier = ""


def test_empty_names() -> None:
    """A name has at least one character."""
    with pytest.raises(ProviderError, match="^GenericProvider: name: expected an identifier that is not empty, got ''$"):
        set_provider("")
    for call in (lambda: set_provider("", A), lambda: set_provider(Nameless())):
        with pytest.raises(ProviderError, match="^set_provider\\(\\): expected a name that is not empty$"):
            call()


def test_looking_up() -> None:
    """Without a name: the default, else the only one, else an error that lists the names."""
    with pytest.raises(UnknownProviderError) as caught:
        get_provider()
    assert "no provider is registered; call set_provider() first" == str(caught.value)
    set_provider("x", A)
    assert A is get_provider()
    set_provider("yy", B)
    with pytest.raises(UnknownProviderError) as caught:
        get_provider()
    assert "several providers are registered (x, yy); name one, or call set_default_provider()" == str(caught.value)
    set_default_provider("yy")
    assert B is get_provider()
    assert A is get_provider("x")


def test_unknown_names() -> None:
    """A name that is not there is an error, a LookupError, with the names and a guess."""
    with pytest.raises(UnknownProviderError) as caught:
        get_provider("chat")
    assert "no provider is registered as 'chat'; registered: none" == str(caught.value)
    set_provider("chat", A)
    set_provider("embed", B)
    for call in (get_provider, set_default_provider, remove_provider):
        with pytest.raises(LookupError) as found:
            call("chta")
        assert "no provider is registered as 'chta'; registered: chat, embed; did you mean chat?" == str(found.value)
    with pytest.raises(UnknownProviderError) as caught, using_provider("zzzz"):
        raise AssertionError
    assert "no provider is registered as 'zzzz'; registered: chat, embed" == str(caught.value)
    with pytest.raises(UnknownProviderError, match="no provider is registered as 5;"):
        get_provider(5)  # type: ignore[arg-type]


def test_removing() -> None:
    """What is removed is returned; a default that is removed is the default no more."""
    set_provider("x", A)
    set_provider("y", B)
    set_default_provider("x")
    assert B is remove_provider("y")
    assert A is get_provider()
    set_provider("y", B)
    assert A is remove_provider("x")
    assert ["y"] == list_providers()
    assert B is get_provider()
    set_provider("x", A)
    with pytest.raises(UnknownProviderError):
        get_provider()


def test_the_list_is_a_copy() -> None:
    """Changing what `list_providers` gave changes nothing."""
    set_provider(A)
    list_providers().clear()
    assert ["openai-compat"] == list_providers()


# For a block ----------------------------------------------------------------------------------------------------------


def test_using() -> None:
    """Within the block its provider is meant; blocks nest, and end also by an exception."""
    set_provider("x", A)
    with using_provider(B) as inner:
        assert B is inner is get_provider()
        assert A is get_provider("x")
        with using_provider("x"):
            assert A is get_provider()
        assert B is get_provider()
        with pytest.raises(ZeroDivisionError), using_provider(C):
            raise ZeroDivisionError
        assert B is get_provider()
    assert A is get_provider()
    assert ["x"] == list_providers()


def test_using_wins_over_the_default() -> None:
    """The block is nearer than the process."""
    set_provider("x", A)
    set_default_provider("x")
    with using_provider(B):
        assert B is get_provider()
    assert A is get_provider()


def test_using_as_decorator() -> None:
    """As a decorator it holds for each call of the function."""

    @using_provider(B)
    def function() -> Provider:
        return get_provider()

    assert [B, B] == [function(), function()]
    with pytest.raises(UnknownProviderError):
        get_provider()


def test_threads() -> None:
    """A block is its thread's own."""
    set_provider("x", A)
    inside, outside = threading.Barrier(2, timeout=10), threading.Barrier(2, timeout=10)

    def other(provider: Provider) -> list[Provider]:
        with using_provider(provider):
            inside.wait()
            seen = get_provider()
            outside.wait()
        return [seen, get_provider()]

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(other, [B, C]))
    assert [[B, A], [C, A]] == results


def test_many_threads_register() -> None:
    """Registering, looking up and removing from many threads leaves nothing half done."""
    names = [f"n{number}" for number in range(50)]

    def work(name: str) -> Provider:
        set_provider(name, A)
        set_provider(name, B)
        assert name in list_providers()
        assert B is get_provider(name)
        return remove_provider(name)

    with ThreadPoolExecutor(8) as pool:
        assert [B] * 50 == list(pool.map(work, names))
    assert [] == list_providers()


def test_tasks_of_asyncio() -> None:
    """A block is its task's own, and a task that starts within a block is within it too."""

    async def using(provider: Provider, turn: asyncio.Event, other: asyncio.Event) -> list[Provider]:
        with using_provider(provider):
            turn.set()
            await other.wait()
            started = asyncio.create_task(child())
            return [get_provider(), await started]

    async def child() -> Provider:
        await asyncio.sleep(0)
        return get_provider()

    async def main() -> list[list[Provider]]:
        first, second = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(using(A, first, second), using(B, second, first))

    assert [[A, A], [B, B]] == asyncio.run(main())


# Classes --------------------------------------------------------------------------------------------------------------


def test_known_classes() -> None:
    """The library's own classes are known by their identifiers, any other identifier is generic."""
    known = {cls.identifier: cls for cls in (OpenAICompatProvider, DashScopeProvider, TritonProvider, OpenAIProvider)}
    assert known.items() <= provider_classes().items()
    assert known == {identifier: provider_class(identifier) for identifier in known}
    assert GenericProvider is provider_class("no such identifier")
    provider_classes().clear()
    assert known.items() <= provider_classes().items()


def test_registering_a_class(own_classes: _Classes) -> None:
    """A class that is registered is built for its identifier, and read for it; the last registered wins."""
    own_classes._known.pop("acme-rerank", None)
    assert GenericProvider is provider_class("acme-rerank")
    assert RerankProvider is register_provider_class(RerankProvider)
    assert RerankProvider("h", top_k=3) == set_provider("acme-rerank", endpoint="h", top_k=3)
    assert RerankProvider("h", top_k=3) == from_options("acme-rerank", {"endpoint": "h", "top-k": "3"})

    @register_provider_class
    class Other(RerankProvider):
        """The same identifier, another class."""

    assert Other is provider_class("acme-rerank")


@pytest.mark.parametrize("cls", [5, int, Provider, GenericProvider, RerankProvider("h"), None], ids=range(6))
def test_what_is_no_class(cls: Any) -> None:
    """Only a Provider class that has an identifier can be registered."""
    with pytest.raises(TypeError, match=r"^register_provider_class\(\) takes a Provider class that has an identifier$"):
        register_provider_class(cls)


def entry_points(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    """Installed packages name these classes; what is returned grows with each look."""
    looks: list[str] = []

    def found(*, group: str) -> list[EntryPoint]:
        looks.append(group)
        return [EntryPoint(name, value, group) for name, value in values.items()]

    monkeypatch.setattr(importlib.metadata, "entry_points", found)
    return looks


def test_entry_points(monkeypatch: pytest.MonkeyPatch, own_classes: _Classes) -> None:
    """Classes of installed packages are known without a call, looked up once and only when they are needed."""
    own_classes._known.pop("acme-rerank", None)
    looks = entry_points(monkeypatch, **{"acme-rerank": "own:RerankProvider", "triton": "own:NoSuchClass"})
    assert TritonProvider is provider_class("triton")
    assert [] == looks
    assert RerankProvider is provider_class("acme-rerank")
    assert RerankProvider("h") == set_provider("acme-rerank", endpoint="h")
    assert RerankProvider is provider_classes()["acme-rerank"]
    # What was registered by a call is not replaced, nor even loaded.
    assert TritonProvider is provider_class("triton")
    assert GenericProvider is provider_class("x")
    assert ["llmproviders.providers"] == looks


BROKEN = {
    "own:Mode": "own:Mode",
    "own:NoSuchClass": "own:NoSuchClass, which fails with AttributeError: module 'own' has no attribute 'NoSuchClass'",
    "no_such_module:X": "no_such_module:X, which fails with ModuleNotFoundError: No module named 'no_such_module'",
    "own:RerankProvider": "own:RerankProvider, whose identifier is 'acme-rerank'",
}


@pytest.mark.parametrize("value", BROKEN)
def test_bad_entry_points(value: str, monkeypatch: pytest.MonkeyPatch, own_classes: _Classes, empty_registry: None) -> None:
    """A class that cannot be had is an error where it is named, each time, and in nobody else's way."""
    entry_points(monkeypatch, acme=value)
    expected = f"entry point acme: expected a Provider class with the identifier 'acme', got {BROKEN[value]}"
    calls: list[Callable[[], Any]] = [
        lambda: provider_class("acme"),
        lambda: from_options("acme", {"a": "b"}),
        lambda: set_provider("acme", a="b"),
    ]
    for call in calls:
        with pytest.raises(ProviderError, match=f"^{re.escape(expected)}$"):
            call()
    with pytest.raises(DocumentError) as caught:
        loads('{"providers": {"a": {"provider": "acme", "key": "x"}}}', format="json")
    assert f"json:1:34: providers.a.provider: expected an identifier whose class can be had, got 'acme'; {expected}" == str(
        caught.value
    )
    with pytest.raises(DocumentError) as caught:
        parse_create_model("CREATE MODEL m WITH ('provider' = 'acme', 'key' = 'x')")
    assert f"sql:1:35: provider: expected an identifier whose class can be had; {expected}" == str(caught.value)
    assert TritonProvider is provider_class("triton")
    assert "acme" not in provider_classes()


# Flat dicts by identifier ---------------------------------------------------------------------------------------------


def test_from_options() -> None:
    """A flat dict and its identifier give the typed provider, or a generic one."""
    assert A == from_options("openai-compat", {"model": "a"})
    assert A == from_options("openai-compat", {"model": "a", "provider": "openai-compat"})
    assert GenericProvider("g", model="a") == from_options("g", {"model": "a", "provider": "g"})
    assert GenericProvider("g", model="a") == GenericProvider.from_options({"provider": "g", "model": "a"})
    assert OpenAICompatProvider(zz="x") == from_options("openai-compat", {"zz": "x"})


def test_older_keys() -> None:
    """Keys that Flink has deprecated are read; where both are there, the new one counts, in any order."""
    required = {"endpoint": "http://h/embeddings", "api-key": "k"}
    assert 5 == OpenAIProvider.from_options({**required, "maxTokens": "5"}).max_tokens
    assert 6 == OpenAIProvider.from_options({**required, "maxTokens": "5", "max-tokens": "6"}).max_tokens
    assert 6 == OpenAIProvider.from_options({**required, "max-tokens": "6", "maxTokens": "5"}).max_tokens
    assert {"max-tokens", "top-p", "system-prompt"} <= set(
        OpenAIProvider.from_options({**required, "maxTokens": "5", "topP": "1", "systemPrompt": "x"}).to_options()
    )


def test_both_keys_of_content_types() -> None:
    """One of the two keys, whichever order they come in."""
    for order in (1, -1):
        flat = dict([("content-type", "TEXT"), ("content-types", "TEXT;TEXT")][::order])
        with pytest.raises(InvalidOptionsError, match="expected either content-type or content-types, got both"):
            OpenAICompatProvider.from_options(flat)
    assert ("TEXT", "IMAGE_URL") == OpenAICompatProvider.from_options({"content-types": "text;image_url"}).content_type


def test_texts_are_read_as_flink_reads_them() -> None:
    """Not as Python would: booleans in any case, numbers with Java's signs and suffixes."""
    flat = {"endpoint": "h", "sequence-start": "TRUE", "max-retries": "+05", "circuit-breaker-failure-threshold": " 1e-1f "}
    provider = TritonProvider.from_options({**flat, "compression": "GZIP", "timeout": "1 Min"})
    assert (True, 5, 0.1, "gzip", "1 Min") == (
        provider.sequence_start,
        provider.max_retries,
        provider.circuit_breaker_failure_threshold,
        provider.compression,
        provider.timeout,
    )


def test_identifier_in_the_dict_of_a_generic_provider() -> None:
    """An identifier in the dict that is another than the one asked for is an error for every class."""
    with pytest.raises(InvalidOptionsError):
        from_options("g", {"provider": "other", "model": "a"})


def test_own_registration_in_few_lines(own_classes: _Classes) -> None:
    """What the documentation shows: declare, register, use."""

    @register_provider_class
    @attrs.frozen
    class Acme(Provider):
        identifier = "acme"
        size: int = attrs.field(default=1, metadata=option("size-of"), kw_only=True)

    assert {"size-of": "2"} == set_provider("acme", size=2).to_options()
