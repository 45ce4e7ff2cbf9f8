# SPDX-License-Identifier: Apache-2.0
"""`using_provider`: the provider of a block of code, in threads, tasks and generators."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

import pytest
from growth import MOST, growth
from hypothesis import given
from hypothesis import strategies as st

from llmproviders import (
    OpenAICompatProvider,
    Provider,
    TritonProvider,
    UnknownProviderError,
    get_provider,
    list_providers,
    remove_provider,
    set_default_provider,
    set_provider,
    using_provider,
)
from llmproviders.blocks import blocks_in_generators, open_blocks

pytestmark = pytest.mark.usefixtures("empty_registry", "own_classes")

A, B, C = OpenAICompatProvider(model="a"), OpenAICompatProvider(model="b"), TritonProvider("c")


def test_using() -> None:
    """`get_provider` returns the provider of the innermost block; an exception ends a block too."""
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


def test_using_takes_precedence_over_the_default() -> None:
    """The provider of a block takes precedence over the default of the process."""
    set_provider("x", A)
    set_default_provider("x")
    with using_provider(B):
        assert B is get_provider()
    assert A is get_provider()


def test_using_as_decorator() -> None:
    """As a decorator, `using_provider` opens a block for each call of the function."""

    @using_provider(B)
    def function() -> Provider:
        return get_provider()

    assert [B, B] == [function(), function()]
    with pytest.raises(UnknownProviderError):
        get_provider()


def test_threads() -> None:
    """A block applies only in its own thread."""
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
    """Many threads can register, look up and remove providers at the same time."""
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
    """A block applies only in its own task, and in the tasks that start inside the block."""

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


T = TypeVar("T")


def using(provider: Provider) -> Iterator[Provider]:
    """Yield the current provider four times, from inside a block."""
    with using_provider(provider):
        for _ in range(4):
            yield get_provider()


def current() -> Provider | None:
    """The current provider, or None if there is none."""
    try:
        return get_provider()
    except UnknownProviderError:
        return None


@contextlib.contextmanager
def own_manager(provider: Provider) -> Iterator[Provider | None]:
    """A user-defined wrapper of `using_provider`: a function."""
    with using_provider(provider):
        yield current()


class OwnManager:
    """A user-defined wrapper of `using_provider`: a class."""

    def __init__(self, provider: Provider) -> None:
        self.manager: Any = using_provider(provider)

    def __enter__(self) -> None:
        self.manager.__enter__()

    def __exit__(self, *error: object) -> None:
        self.manager.__exit__(*error)


@contextlib.contextmanager
def own_stack(provider: Provider) -> Iterator[None]:
    """A user-defined wrapper of `using_provider`: an exit stack."""
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
    assert None is open_blocks.get()
    assert {} == dict(blocks_in_generators)


def test_generators_do_not_leak() -> None:
    """A generator's block applies in the generator and in functions that it calls, but not in the code that consumes it."""
    set_provider("x", A)
    for provider in using(B):
        assert (B, A) == (provider, get_provider())
    assert A is get_provider()


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_wrapped_in_generators(wrapper: str) -> None:
    """A block that a wrapper opens in a generator applies in the body, and does not leak."""
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
    """A block that a wrapper opens applies in the body of the ``with`` statement, also on an exit stack."""
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
    """Generators that take turns keep their own providers, and do not leak."""
    set_provider("x", A)
    generators = {"1": using(B), "2": using(C)}
    for turn in turns:
        assert next(generators[turn], None) in ({"1": B, "2": C}[turn], None)
        assert A is get_provider()


@given(st.lists(st.integers(0, 5), max_size=40))
def test_interleaved_generators_in_any_order(turns: list[int]) -> None:
    """Generators keep their own providers for every order of turns."""
    providers = [OpenAICompatProvider(model=str(number)) for number in range(6)]
    generators = [using(provider) for provider in providers]
    for turn in turns:
        with using_provider(A):
            assert next(generators[turn], providers[turn]) is providers[turn]
            assert A is get_provider()
        assert current() is None
    for generator in generators:
        generator.close()  # type: ignore[attr-defined]


def test_blocks_around_generators() -> None:
    """In a generator its own block takes precedence over the consumer's block, in whatever order they were opened."""
    generator = using(B)
    assert B is next(generator)
    with using_provider(A):
        assert [B, B, B] == list(generator)
        assert A is get_provider()

    def without_block() -> Iterator[Provider | None]:
        while True:
            yield current()

    other = without_block()
    assert next(other) is None
    with using_provider(A):
        assert A is next(other)
    assert next(other) is None


def test_blocks_within_generators() -> None:
    """A function that a generator calls may open a block of its own, and run other generators in it."""

    def function() -> list[Provider | None]:
        with using_provider(C):
            return [get_provider(), *using(A), get_provider(), *(current() for _ in range(1))]

    def generator() -> Iterator[list[Provider | None]]:
        with using_provider(B):
            yield [get_provider()]
            yield function()
            yield [get_provider()]

    with using_provider(A):
        assert [[B], [C, A, A, A, A, C, C], [B]] == list(generator())


def test_nested_generators() -> None:
    """The block of the nearest generator on the call stack applies, even if it was opened first."""

    def outer(inner: Iterator[Provider]) -> Iterator[tuple[Provider, Provider]]:
        with using_provider(B):
            for provider in inner:
                yield provider, get_provider()

    inner = using(C)
    next(inner)
    assert [(C, B)] * 3 == list(outer(inner))
    assert [(C, B)] * 4 == list(outer(using(C)))


def test_delegating_generators() -> None:
    """A block around ``yield from`` applies in the generator that is delegated to."""

    def inner() -> Iterator[Provider | None]:
        yield current()
        with using_provider(C):
            yield current()
        yield current()

    def outer() -> Iterator[Provider | None]:
        with using_provider(B):
            yield from inner()

    assert [(B, None), (C, None), (B, None)] == [(provider, current()) for provider in outer()]


def test_unfinished_generators() -> None:
    """A generator that is closed or collected leaves no open block, and its objects are freed."""
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
    """An exception from inside or outside ends a block in a generator."""

    def generator() -> Iterator[Provider | None]:
        with contextlib.suppress(ZeroDivisionError), using_provider(B):
            yield current()
        yield current()
        with using_provider(C):
            raise ValueError

    running: Any = generator()
    assert B is next(running)
    assert running.throw(ZeroDivisionError()) is None
    with pytest.raises(ValueError):
        next(running)


def test_blocks_that_outlive_their_generator() -> None:
    """A block that an exit stack of the consumer holds does not apply after its generator has ended."""

    def generator(stack: contextlib.ExitStack) -> Iterator[Provider | None]:
        stack.enter_context(using_provider(B))
        yield current()

    with contextlib.ExitStack() as stack:
        assert [B] == list(generator(stack))
        assert current() is None
        assert [C] * 4 == list(using(C))


def test_blocks_that_end_in_another_order() -> None:
    """The end of a block ends only that block."""
    first, second, third = using_provider(A), using_provider(B), using_provider(C)
    for manager in (first, second, third):
        manager.__enter__()
    second.__exit__(None, None, None)
    assert C is get_provider()
    third.__exit__(None, None, None)
    assert A is get_provider()
    first.__exit__(None, None, None)
    assert current() is None

    def generator() -> Iterator[Provider | None]:
        first, second = using_provider(A), using_provider(B)
        first.__enter__()
        second.__enter__()
        yield current()
        first.__exit__(None, None, None)
        yield current()
        second.__exit__(None, None, None)
        yield current()

    assert [B, B, None] == list(generator())


def test_blocks_that_end_in_another_context() -> None:
    """A block may be entered in one context and left in another."""
    manager = using_provider(A)
    context = copy_context()
    assert A is context.run(manager.__enter__)
    assert current() is None
    manager.__exit__(None, None, None)


def test_generators_in_other_threads() -> None:
    """A generator's block still applies when another thread or context resumes it."""
    with ThreadPoolExecutor(1) as pool:
        generator = using(B)
        seen = [next(generator), pool.submit(next, generator).result(), copy_context().run(next, generator), next(generator)]
        assert [B] * 4 == seen
        assert pool.submit(current).result() is None


def test_decorated_generators() -> None:
    """As a decorator, `using_provider` does not apply in the body of a generator, because the body runs after the call."""

    @using_provider(B)
    def function() -> Provider | None:
        return current()

    @using_provider(B)
    def generator() -> Iterator[Provider | None]:
        yield current()

    assert [B, B] == [function(), function()]
    assert [None] == list(generator())


async def using_later(provider: Provider) -> AsyncIterator[Provider]:
    """Yield the current provider three times, twice from inside a block."""
    with using_provider(provider):
        yield get_provider()
        await asyncio.sleep(0)
        yield await later(get_provider)
    yield await later(get_provider)


async def later(function: Callable[[], T]) -> T:
    return function()


def test_asynchronous_generators() -> None:
    """The blocks of asynchronous generators do not leak into the consumer or into each other."""
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
    """An asynchronous generator that another task finalizes raises no error, and leaves no open block."""
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
        return found, current()

    assert (B, None) == asyncio.run(main())
    assert [] == failures


def test_asynchronous_managers() -> None:
    """A block that an asynchronous wrapper opens applies in the body, and in tasks that start there."""

    @contextlib.asynccontextmanager
    async def manager(provider: Provider) -> AsyncIterator[None]:
        with using_provider(provider):
            await asyncio.sleep(0)
            yield

    async def consume() -> AsyncIterator[Provider | None]:
        async with manager(C), contextlib.AsyncExitStack() as stack:
            yield current()
            await stack.enter_async_context(manager(A))
            yield current()

    async def main() -> list[Any]:
        async with manager(B):
            inner = [(found, current()) async for found in consume()]
            started = asyncio.create_task(later(current))
            inside = [current(), await asyncio.to_thread(current)]
        return [inner, inside, current(), await started]

    assert [[(C, B), (A, B)], [B, B], None, B] == asyncio.run(main())


def test_tasks_within_generators() -> None:
    """A coroutine that an asynchronous generator awaits may open a block, which applies in threads and tasks too."""

    async def work() -> list[Provider | None]:
        with using_provider(C):
            return [current(), await asyncio.to_thread(current), await asyncio.create_task(later(current))]

    async def generator() -> AsyncIterator[list[Provider | None]]:
        with using_provider(B):
            yield await work()
            yield [current()]

    async def main() -> list[list[Provider | None]]:
        return [found async for found in generator()]

    assert [[C, C, C], [B]] == asyncio.run(main())


@pytest.fixture
def fixture_with_a_block() -> Iterator[Provider]:
    """A fixture with a block, which the documentation of `using_provider` warns against."""
    with using_provider(B) as provider:
        yield provider


def test_fixtures(fixture_with_a_block: Provider) -> None:
    """The block of a fixture does not apply in the test, because a fixture is a generator; the error explains this."""
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


def test_many_nested_blocks() -> None:
    """Many nested blocks cost linear time; one that ends before those within it is gone, and the others stay."""

    def nest(depth: int) -> None:
        with contextlib.ExitStack() as stack:
            for _ in range(depth):
                stack.enter_context(using_provider(A))
            assert A is get_provider()

    assert growth(lambda depth: depth, nest, 2_000) <= MOST
    outer, middle, inner = (using_provider(each) for each in (A, B, C))
    for each in (outer, middle, inner):
        each.__enter__()
    for each, expected in ((middle, C), (inner, A)):
        each.__exit__(None, None, None)
        assert expected is get_provider()
    outer.__exit__(None, None, None)
    assert None is open_blocks.get()
