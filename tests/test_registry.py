# SPDX-License-Identifier: Apache-2.0
"""Providers by name, for the process and for a block of code; classes by identifier, from others too."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.machinery
import importlib.metadata
import re
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from enum import Enum
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from own import RerankProvider

from llmproviders import (
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
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
from llmproviders.blocks import blocks_in_generators, open_blocks
from llmproviders.errors import InvalidClassError
from llmproviders.providers.classes import Classes

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
    with pytest.raises(InvalidTypeError) as caught:
        call()
    expected = "set_provider(provider), set_provider(name, provider) or set_provider(identifier, **options)"
    assert f"set_provider: expected {expected}" == str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert [] == list_providers()


class Nameless(Provider):
    """A provider whose author left its identifier empty."""

    identifier = ""


def test_empty_names() -> None:
    """A name has at least one character."""
    with pytest.raises(ProviderError, match="^GenericProvider: provider: expected an identifier that is not empty, got ''$"):
        set_provider("")
    for call in (lambda: set_provider("", A), lambda: set_provider(Nameless())):
        with pytest.raises(ProviderError, match="^set_provider: name: expected a name that is not empty, got ''$"):
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


JUNK: list[tuple[Any, str]] = [
    (5, "5"),
    (10**5000, "a number of more than 30 digits"),
    ([], "a value of type list"),
    ({}, "a value of type dict"),
    (b"chat", "a value of type bytes"),
    (1.5, "1.5"),
    ("", "''"),
    ("\ud800", r"'\ud800'"),
    ("a\nb", r"'a\nb'"),
    ("x" * 10_000, f"'{'x' * 57}...'"),
    ("https://u:MARK@h", "'https://******@h'"),
]


@pytest.mark.parametrize(("name", "text"), JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize(
    "call", [get_provider, remove_provider, set_default_provider, lambda name: using_provider(name).__enter__()], ids=range(4)
)
def test_names_of_any_type(call: Callable[[Any], Any], name: Any, text: str) -> None:
    """A name of any type and length is one that is not registered, shown in a short line."""
    set_provider("chat", A)
    with pytest.raises(UnknownProviderError) as caught:
        call(name)
    assert f"no provider is registered as {text}; registered: chat" == str(caught.value)
    assert ["chat"] == list_providers()
    assert A is get_provider()


@given(name=st.text() | st.integers() | st.floats() | st.binary() | st.none() | st.lists(st.integers()))
def test_messages_of_any_name(name: Any) -> None:
    """Whatever the name is, the error is the library's, and can be printed."""
    for call in (remove_provider, set_default_provider):
        with pytest.raises(UnknownProviderError) as caught:
            call(name)
        assert str(caught.value).isprintable()
        str(caught.value).encode()


def test_awkward_names_that_are_registered() -> None:
    """Messages list the names of 20 providers, those that are long or cannot be printed as Python writes them."""
    for name in ("a\nb", "\ud800", "x" * 100, "\u0447\u0430\u0442"):
        set_provider(name, A)
        assert A is get_provider(name)
    with pytest.raises(UnknownProviderError) as caught:
        get_provider("a\nc")
    names = rf"'a\nb', '\ud800', '{'x' * 57}...', " + "\u0447\u0430\u0442"
    assert rf"no provider is registered as 'a\nc'; registered: {names}" == str(caught.value)
    with pytest.raises(UnknownProviderError) as caught:
        get_provider()
    assert f"several providers are registered ({names}); name one, or call set_default_provider()" == str(caught.value)
    for number in range(30):
        set_provider(f"n{number}", A)
    with pytest.raises(UnknownProviderError, match="n14, n15 and 14 more; did you mean n7\\?$"):
        get_provider("n7 ")


class Name(str, Enum):
    """Names as constants."""

    CHAT = "chat"


def test_names_that_are_members() -> None:
    """A member of an enum of strings is the string."""
    set_provider(Name.CHAT, A)
    assert [str] == [type(name) for name in list_providers()]
    assert A is get_provider("chat") is get_provider(Name.CHAT)
    set_default_provider(Name.CHAT)
    assert A is remove_provider(Name.CHAT)


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


# For a block in a generator -------------------------------------------------------------------------------------------


T = TypeVar("T")


def using(provider: Provider) -> Iterator[Provider]:
    """Yields, in a block, the provider that is meant, four times."""
    with using_provider(provider):
        for _ in range(4):
            yield get_provider()


def meant() -> Provider | None:
    """The provider that is meant without a name."""
    try:
        return get_provider()
    except UnknownProviderError:
        return None


@contextlib.contextmanager
def own_manager(provider: Provider) -> Iterator[Provider | None]:
    """As a user wraps it."""
    with using_provider(provider):
        yield meant()


class OwnManager:
    """As a user wraps it in a class."""

    def __init__(self, provider: Provider) -> None:
        self.manager: Any = using_provider(provider)

    def __enter__(self) -> None:
        self.manager.__enter__()

    def __exit__(self, *error: object) -> None:
        self.manager.__exit__(*error)


@contextlib.contextmanager
def own_stack(provider: Provider) -> Iterator[None]:
    """As a user wraps it together with others."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(using_provider(provider))
        yield


WRAPPERS: dict[str, Callable[[Provider], contextlib.AbstractContextManager[Any]]] = {
    "plain": using_provider,
    "contextmanager": own_manager,
    "class": OwnManager,
    "stack": own_stack,
}


@pytest.fixture(autouse=True)
def no_block_left() -> Iterator[None]:
    """No test leaves a block open."""
    yield
    if blocks_in_generators:
        gc.collect()
    assert () == open_blocks.get()
    assert {} == dict(blocks_in_generators)


def test_generators_do_not_leak() -> None:
    """The code that consumes a generator is not within the generator's block, the generator and what it calls are."""
    set_provider("x", A)
    for provider in using(B):
        assert (B, A) == (provider, get_provider())
    assert A is get_provider()


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_wrapped_in_generators(wrapper: str) -> None:
    """However the block is opened, it does not leak, and it holds in the body."""
    set_provider("x", A)

    def generator() -> Iterator[Provider]:
        with WRAPPERS[wrapper](B):
            yield get_provider()
            yield from [get_provider()]
            with WRAPPERS[wrapper](C):
                yield get_provider()
            yield get_provider()
        yield get_provider()

    assert [(B, A), (B, A), (C, A), (B, A), (A, A)] == [(provider, get_provider()) for provider in generator()]


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_wrapped(wrapper: str) -> None:
    """A user's own context manager holds for the body of its ``with`` statement, also by a stack."""
    set_provider("x", A)
    with WRAPPERS[wrapper](B):
        assert B is get_provider()
        with contextlib.ExitStack() as stack:
            stack.enter_context(WRAPPERS[wrapper](C))
            assert C is get_provider()
        assert B is get_provider()
    assert A is get_provider()
    with own_manager(B) as inside:
        assert B is inside


@pytest.mark.parametrize("turns", ["1212121212", "1122121212", "2111112222", "1112222211"])
def test_interleaved_generators(turns: str) -> None:
    """Generators that take turns keep their own providers, and leave nothing behind."""
    set_provider("x", A)
    generators = {"1": using(B), "2": using(C)}
    for turn in turns:
        assert next(generators[turn], None) in ({"1": B, "2": C}[turn], None)
        assert A is get_provider()


@given(st.lists(st.integers(0, 5), max_size=40))
def test_any_turns(turns: list[int]) -> None:
    """Whatever the order of the turns, each block means its own provider."""
    providers = [OpenAICompatProvider(model=str(number)) for number in range(6)]
    generators = [using(provider) for provider in providers]
    for turn in turns:
        with using_provider(A):
            assert next(generators[turn], providers[turn]) is providers[turn]
            assert A is get_provider()
        assert meant() is None
    for generator in generators:
        generator.close()  # type: ignore[attr-defined]


def test_blocks_around_generators() -> None:
    """The block of a generator is nearer to its code than those of its consumer, whichever was opened last."""
    generator = using(B)
    assert B is next(generator)
    with using_provider(A):
        assert [B, B, B] == list(generator)
        assert A is get_provider()

    def without_block() -> Iterator[Provider | None]:
        while True:
            yield meant()

    other = without_block()
    assert next(other) is None
    with using_provider(A):
        assert A is next(other)
    assert next(other) is None


def test_blocks_within_generators() -> None:
    """A function that a generator calls may open a block of its own, in which other generators run."""

    def function() -> list[Provider | None]:
        with using_provider(C):
            return [get_provider(), *using(A), get_provider(), *(meant() for _ in range(1))]

    def generator() -> Iterator[list[Provider | None]]:
        with using_provider(B):
            yield [get_provider()]
            yield function()
            yield [get_provider()]

    with using_provider(A):
        assert [[B], [C, A, A, A, A, C, C], [B]] == list(generator())


def test_nested_generators() -> None:
    """The nearest generator on the call stack counts, also where its block was opened first."""

    def outer(inner: Iterator[Provider]) -> Iterator[tuple[Provider, Provider]]:
        with using_provider(B):
            for provider in inner:
                yield provider, get_provider()

    inner = using(C)
    next(inner)
    assert [(C, B)] * 3 == list(outer(inner))
    assert [(C, B)] * 4 == list(outer(using(C)))


def test_delegating_generators() -> None:
    """A block around ``yield from`` holds for the generator that is delegated to."""

    def inner() -> Iterator[Provider | None]:
        yield meant()
        with using_provider(C):
            yield meant()
        yield meant()

    def outer() -> Iterator[Provider | None]:
        with using_provider(B):
            yield from inner()

    assert [(B, None), (C, None), (B, None)] == [(provider, meant()) for provider in outer()]


def test_unfinished_generators() -> None:
    """A generator that is closed or collected leaves nothing behind, nor does its provider stay alive."""
    generator = using(B)
    next(generator)
    assert 1 == len(blocks_in_generators)
    del generator
    assert 0 == len(blocks_in_generators)

    generator = using(B)
    next(generator)
    generator.close()  # type: ignore[attr-defined]
    assert 0 == len(blocks_in_generators)

    class Job:
        def __init__(self) -> None:
            self.rows = self.run()

        def run(self) -> Iterator[Provider]:
            with using_provider(B):
                yield from using(C)

    job = Job()
    assert C is next(job.rows)
    seen = weakref.ref(job)
    del job
    gc.collect()
    assert seen() is None
    assert 0 == len(blocks_in_generators)


def test_failing_generators() -> None:
    """A block in a generator ends by an exception, from inside or outside."""

    def generator() -> Iterator[Provider | None]:
        with contextlib.suppress(ZeroDivisionError), using_provider(B):
            yield meant()
        yield meant()
        with using_provider(C):
            raise ValueError

    running: Any = generator()
    assert B is next(running)
    assert running.throw(ZeroDivisionError()) is None
    with pytest.raises(ValueError):
        next(running)


def test_blocks_that_outlive_their_generator() -> None:
    """A stack of somebody else keeps the block, which no longer counts anywhere."""

    def generator(stack: contextlib.ExitStack) -> Iterator[Provider | None]:
        stack.enter_context(using_provider(B))
        yield meant()

    with contextlib.ExitStack() as stack:
        assert [B] == list(generator(stack))
        assert meant() is None
        assert [C] * 4 == list(using(C))


def test_left_in_another_order() -> None:
    """Leaving a block removes that block, and no other."""
    first, second, third = using_provider(A), using_provider(B), using_provider(C)
    for manager in (first, second, third):
        manager.__enter__()
    second.__exit__(None, None, None)
    assert C is get_provider()
    third.__exit__(None, None, None)
    assert A is get_provider()
    first.__exit__(None, None, None)
    assert meant() is None

    def generator() -> Iterator[Provider | None]:
        first, second = using_provider(A), using_provider(B)
        first.__enter__()
        second.__enter__()
        yield meant()
        first.__exit__(None, None, None)
        yield meant()
        second.__exit__(None, None, None)
        yield meant()

    assert [B, B, None] == list(generator())


def test_left_in_another_context() -> None:
    """A block that is entered in one context and left in another is no error."""
    manager = using_provider(A)
    context = copy_context()
    assert A is context.run(manager.__enter__)
    assert meant() is None
    manager.__exit__(None, None, None)


def test_generators_in_other_threads() -> None:
    """A generator that is resumed in another thread, or another context, is still within its block."""
    with ThreadPoolExecutor(1) as pool:
        generator = using(B)
        seen = [next(generator), pool.submit(next, generator).result(), copy_context().run(next, generator), next(generator)]
        assert [B] * 4 == seen
        assert pool.submit(meant).result() is None


def test_decorated_generators() -> None:
    """As a decorator it holds for the call, which for a generator function runs nothing yet."""

    @using_provider(B)
    def function() -> Provider | None:
        return meant()

    @using_provider(B)
    def generator() -> Iterator[Provider | None]:
        yield meant()

    assert [B, B] == [function(), function()]
    assert [None] == list(generator())


async def using_later(provider: Provider) -> AsyncIterator[Provider]:
    """As `using`, asynchronously."""
    with using_provider(provider):
        yield get_provider()
        await asyncio.sleep(0)
        yield await later(get_provider)
    yield await later(get_provider)


async def later(function: Callable[[], T]) -> T:
    return function()


def test_asynchronous_generators() -> None:
    """They do not leak into the task that consumes them, nor into one another."""
    set_provider("x", A)

    async def consume(provider: Provider) -> list[tuple[Provider, Provider]]:
        return [(found, get_provider()) async for found in using_later(provider)]

    async def main() -> list[Any]:
        one, two = using_later(B), using_later(C)
        turns = [await anext(one), get_provider(), await anext(two), get_provider(), await anext(one), await anext(two)]
        for generator in (one, two):
            assert A is await anext(generator)
            assert await anext(generator, None) is None
        return [turns, *await asyncio.gather(consume(B), consume(C))]

    assert [[B, A, C, A, B, C], [(B, A), (B, A), (A, A)], [(C, A), (C, A), (A, A)]] == asyncio.run(main())


@pytest.mark.parametrize("finished", [False, True])
def test_unfinished_asynchronous_generators(finished: bool) -> None:
    """One that is finalized by the loop, in another task, raises nothing and leaves nothing behind."""
    failures: list[Any] = []

    async def first() -> Provider:
        generator = using_later(B)
        try:
            return await anext(generator)
        finally:
            if finished:
                await asyncio.create_task(generator.aclose())  # type: ignore[attr-defined]

    async def main() -> tuple[Provider, Provider | None]:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
        found = await first()
        await asyncio.sleep(0.01)
        return found, meant()

    assert (B, None) == asyncio.run(main())
    assert [] == failures


def test_asynchronous_managers() -> None:
    """A user's own asynchronous context manager holds for its body, and for tasks that start there."""

    @contextlib.asynccontextmanager
    async def manager(provider: Provider) -> AsyncIterator[None]:
        with using_provider(provider):
            await asyncio.sleep(0)
            yield

    async def consume() -> AsyncIterator[Provider | None]:
        async with manager(C), contextlib.AsyncExitStack() as stack:
            yield meant()
            await stack.enter_async_context(manager(A))
            yield meant()

    async def main() -> list[Any]:
        async with manager(B):
            inner = [(found, meant()) async for found in consume()]
            started = asyncio.create_task(later(meant))
            inside = [meant(), await asyncio.to_thread(meant)]
        return [inner, inside, meant(), await started]

    assert [[(C, B), (A, B)], [B, B], None, B] == asyncio.run(main())


def test_tasks_within_generators() -> None:
    """A coroutine that an asynchronous generator awaits may open a block, which holds in threads and tasks too."""

    async def work() -> list[Provider | None]:
        with using_provider(C):
            return [meant(), await asyncio.to_thread(meant), await asyncio.create_task(later(meant))]

    async def generator() -> AsyncIterator[list[Provider | None]]:
        with using_provider(B):
            yield await work()
            yield [meant()]

    async def main() -> list[list[Provider | None]]:
        return [found async for found in generator()]

    assert [[C, C, C], [B]] == asyncio.run(main())


@pytest.fixture
def fixture_with_a_block() -> Iterator[Provider]:
    """What the documentation of `using_provider` warns of."""
    with using_provider(B) as provider:
        yield provider


def test_fixtures(fixture_with_a_block: Provider) -> None:
    """A fixture is a generator that rests while its test runs; the error says so."""
    hint = "; using_provider() in a generator, such as a fixture, holds only while the generator runs"
    with pytest.raises(UnknownProviderError) as caught:
        get_provider()
    assert f"no provider is registered; call set_provider() first{hint}" == str(caught.value)
    set_provider("x", A)
    assert A is get_provider()
    set_provider("y", A)
    with pytest.raises(UnknownProviderError) as caught:
        get_provider()
    assert f"several providers are registered (x, y); name one, or call set_default_provider(){hint}" == str(caught.value)


# Classes --------------------------------------------------------------------------------------------------------------


def test_known_classes() -> None:
    """The library's own classes are known by their identifiers, any other identifier is generic."""
    known = {cls.identifier: cls for cls in (OpenAICompatProvider, DashScopeProvider, TritonProvider, OpenAIProvider)}
    assert known.items() <= provider_classes().items()
    assert known == {identifier: provider_class(identifier) for identifier in known}
    assert GenericProvider is provider_class("no such identifier")
    provider_classes().clear()
    assert known.items() <= provider_classes().items()


def test_registering_a_class(own_classes: Classes) -> None:
    """A class that is registered is built for its identifier, and read for it; the last registered wins."""
    own_classes.known.pop("acme-rerank", None)
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
    expected = r"^register_provider_class\(\): expected a Provider class that has an identifier, got "
    with pytest.raises(InvalidClassError, match=expected):
        register_provider_class(cls)


@pytest.mark.parametrize("identifier", [5, "", None, b"x"], ids=range(4))
def test_classes_with_unfit_identifiers(identifier: Any) -> None:
    """An identifier is a string."""
    with pytest.raises(InvalidClassError):
        register_provider_class(type("Own", (Provider,), {"identifier": identifier}))


def test_classes_that_attrs_has_not_built() -> None:
    """The message says where the decorator goes."""

    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size-of"))

    with pytest.raises(InvalidClassError) as caught:
        register_provider_class(Own)
    assert "Own is no attrs class yet: write @register_provider_class above @attrs.frozen(kw_only=True)" == str(caught.value)
    assert GenericProvider is provider_class("own")


@pytest.mark.parametrize("identifier", [5, [], {}, None, b"x", 10**5000], ids=range(6))
def test_identifiers_of_other_types(identifier: Any) -> None:
    """An identifier that is no string is a wrong type."""
    calls: dict[str, Callable[[], Any]] = {
        "provider_class": lambda: provider_class(identifier),
        "from_options": lambda: from_options(identifier, {"api-key": "MARK"}),
    }
    for name, call in calls.items():
        with pytest.raises(InvalidTypeError, match=f"^{name}: identifier: expected a str, got "):
            call()


def entry_points(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    """Installed packages name these classes; what is returned grows with each look."""
    looks: list[str] = []

    def found(*, group: str) -> list[EntryPoint]:
        looks.append(group)
        return [EntryPoint(name, value, group) for name, value in values.items()]

    monkeypatch.setattr(importlib.metadata, "entry_points", found)
    return looks


def test_entry_points(monkeypatch: pytest.MonkeyPatch, own_classes: Classes) -> None:
    """Classes of installed packages are known without a call, looked up once and only when they are needed."""
    own_classes.known.pop("acme-rerank", None)
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
    "llmproviders:Provider": "llmproviders:Provider, which has no identifier",
    "llmproviders:GenericProvider": "llmproviders:GenericProvider, which has no identifier",
    "stub_exits:X": "stub_exits:X, which fails with SystemExit: 3",
    "stub_exits_silently:X": "stub_exits_silently:X, which fails with SystemExit",
    "stub_leaks:X": "stub_leaks:X, which fails with ValueError: https://******@h ****** two lines",
    "stub_talks:X": f"stub_talks:X, which fails with ValueError: {'x' * 197}...",
    "stub_cannot_say:X": "stub_cannot_say:X, which fails with Unsayable",
    "stub_unbuilt:X": "stub_unbuilt:X, where X is no attrs class: decorate it with @attrs.frozen(kw_only=True)",
    "not a reference": "not a reference, which fails with AttributeError: 'NoneType' object has no attribute 'group'",
}


class Unsayable(Exception):
    """An exception whose message fails."""

    def __str__(self) -> str:
        raise ZeroDivisionError


class Unbuilt(Provider):
    """A class whose decorator was forgotten."""

    identifier = "acme"
    size: int = attrs.field(default=1, metadata=option("size-of"))


Unbuilt.__name__ = "X"
FAILURES: dict[str, BaseException] = {
    "stub_exits": SystemExit(3),
    "stub_exits_silently": SystemExit(),
    "stub_leaks": ValueError("https://user:MARK@h sk-MARKMARKMARK\ntwo  lines"),
    "stub_talks": ValueError("x" * 10_000),
    "stub_cannot_say": Unsayable(),
    "stub_interrupted": KeyboardInterrupt(),
}


class _Finder:
    """Finds modules that fail, and one with a class that is not built."""

    def find_spec(self, name: str, *_: object) -> Any:
        return importlib.machinery.ModuleSpec(name, self) if name.startswith("stub_") else None  # type: ignore[arg-type]

    def create_module(self, spec: object) -> None:
        """The usual one."""

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in FAILURES:
            raise FAILURES[module.__name__]
        module.X = Unbuilt  # type: ignore[attr-defined]


@pytest.fixture
def stubs() -> Iterator[None]:
    """Modules that cannot be imported."""
    finder: Any = _Finder()
    sys.meta_path.append(finder)
    yield
    sys.meta_path.remove(finder)
    sys.modules.pop("stub_unbuilt", None)


@pytest.mark.parametrize("value", BROKEN)
def test_bad_entry_points(value: str, monkeypatch: pytest.MonkeyPatch, own_classes: Classes, stubs: None) -> None:
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
    register_provider_class(attrs.make_class("Acme", [], bases=(TritonProvider,), class_body={"identifier": "acme"}, frozen=True))
    assert provider_class("acme").__name__ == "Acme"


def test_interrupted_entry_points(monkeypatch: pytest.MonkeyPatch, own_classes: Classes, stubs: None) -> None:
    """Only the user's interruption goes through, and the next look is a whole one."""
    own_classes.known.pop("acme-rerank", None)
    entry_points(monkeypatch, **{"acme": "stub_interrupted:X", "acme-rerank": "own:RerankProvider"})
    with pytest.raises(KeyboardInterrupt):
        provider_class("acme-rerank")
    monkeypatch.setitem(FAILURES, "stub_interrupted", SystemExit())
    assert RerankProvider is provider_class("acme-rerank")


def test_entry_points_of_packages(monkeypatch: pytest.MonkeyPatch, own_classes: Classes, tmp_path: Path) -> None:
    """The package of a broken entry point is named."""
    info = tmp_path / "acme_pack-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-pack\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[llmproviders.providers]\nacme = no_such_module:X\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ProviderError, match="^entry point acme of package acme-pack: expected a Provider class"):
        provider_class("acme")


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
    with pytest.raises(InvalidOptionsError) as caught:
        from_options("g", {"provider": "other", "model": "a"})
    assert "GenericProvider: provider: expected 'g', got 'other'" == str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        from_options("g", {"provider": 10**5000, "model": {1}})  # type: ignore[dict-item]
    assert ["model", "provider"] == [problem.option for problem in caught.value.problems]


@pytest.mark.parametrize("identifier", ["g", "openai-compat"])
@pytest.mark.parametrize("options", [5, None, [], "MARK", [("model", "a")]], ids=range(5))
def test_flat_dicts_of_other_types(identifier: str, options: Any) -> None:
    """Options that are no mapping are a wrong type."""
    with pytest.raises(InvalidTypeError, match="Provider: options: expected a mapping of Java keys to "):
        from_options(identifier, options)


@pytest.mark.parametrize(
    "call",
    [
        lambda key: set_provider("openai-compat", api_key=key, temprature=1),
        lambda key: set_provider("openai-compat", A, api_key=key),
        lambda key: set_provider("g", api_key=key, other={1}),
        lambda key: from_options("openai-compat", {"api-key": key}),
        lambda key: from_options("g", {"api-key": key, "provider": "other"}),
    ],
    ids=range(5),
)
def test_no_frame_of_the_library_in_tracebacks(call: Any) -> None:
    """A traceback that shows variables shows no option."""
    with pytest.raises(InvalidOptionsError) as caught:
        call("MARK")
    modules = {entry.frame.f_globals["__name__"] for entry in caught.traceback}
    assert {__name__, "llmproviders.boundary"} == modules
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_own_registration_in_few_lines(own_classes: Classes) -> None:
    """What the documentation shows: declare, register, use."""

    @register_provider_class
    @attrs.frozen
    class Acme(Provider):
        identifier = "acme"
        size: int = attrs.field(default=1, metadata=option("size-of"), kw_only=True)

    assert {"size-of": "2"} == set_provider("acme", size=2).to_options()
