# SPDX-License-Identifier: Apache-2.0
"""The generated constructor and `with_`: first use, signatures, help, readable source."""

from __future__ import annotations

import inspect
import pydoc
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
from attrs_classes import Dicted, Larger, Slotted, Undecorated, frozen, problem_names, slots_or_dict
from own import RerankProvider

from llmproviders import (
    GenericProvider,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    Secret,
    TritonProvider,
    between,
    converter,
    option,
    options,
    secret,
)

MARK = "sk-mArKeR-7f3"
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
def fast_thread_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.parametrize("use", FIRST_USES)
@pytest.mark.usefixtures("fast_thread_switches")
@slots_or_dict
def test_first_use_by_many_threads(use: str, slots: bool) -> None:
    """All threads that use a new class at the same time get the same result."""
    for _ in range(3):

        @frozen(slots)
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


READABLE = [OpenAICompatProvider, OpenAIProvider, TritonProvider, RerankProvider, Slotted, Dicted, Larger, Undecorated]


@pytest.mark.parametrize("cls", READABLE)
def test_signatures(cls: Any) -> None:
    """The constructor's signature has every option with its default and annotation, positional ones first."""
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
    """`with_` has the constructor's parameters, all by keyword, so that a REPL completes them."""
    constructor = inspect.signature(cls).parameters
    parameters = list(inspect.signature(cls.with_).parameters.values())[1:]
    assert set(constructor) == {each.name for each in parameters}
    assert inspect.Parameter.VAR_KEYWORD is parameters[-1].kind
    assert {inspect.Parameter.KEYWORD_ONLY} == {each.kind for each in parameters[:-1]}


def test_signature_of_a_generic_provider() -> None:
    """The constructor of `GenericProvider` has one parameter by position, and any keyword is an option."""
    kinds = [each.kind for each in inspect.signature(GenericProvider).parameters.values()]
    assert [inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_KEYWORD] == kinds


@slots_or_dict
def test_signatures_hide_secrets(slots: bool) -> None:
    """A default that is a secret is shown as the mask, in signatures and in help."""

    @frozen(slots)
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
    """`help` shows the meaning of each option."""
    text = " ".join(pydoc.render_doc(cls, renderer=pydoc.plaintext).replace("|", " ").split())
    for info in options(cls):
        assert info.name in text
        assert " ".join(info.meaning.split()) in text, info.name
    assert "object at 0x" not in text


@pytest.mark.parametrize("cls", [*READABLE, GenericProvider])
def test_source_of_generated_code(cls: Any) -> None:
    """Debuggers find the source of the constructor that is generated for a class, with every option."""
    identifier = {"provider": "g"} if cls is GenericProvider else {}
    cls.from_options({"endpoint": "https://h/v1/chat/completions", "api-key": "k", **identifier})
    source = inspect.getsource(cls.__init__)
    assert [] == [info.name for info in options(cls) if info.name not in source]


@slots_or_dict
def test_tracebacks_show_generated_code(slots: bool) -> None:
    """Every frame between a call and a user's converter has a source line."""
    stacks: list[traceback.StackSummary] = []

    def look(value: Any) -> Any:
        stacks.append(traceback.extract_stack())
        return value

    @frozen(slots)
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


def test_methods_of_the_abstract_class() -> None:
    """`Provider.__init__` and `Provider.with_` call those of the instance's class."""

    class Explicit(OpenAICompatProvider):
        identifier = "explicit"

        def __init__(self, **options: Any) -> None:
            Provider.__init__(self, model="x", **options)

    provider = Explicit(n=2)
    assert ("x", 2) == (provider.model, provider.n)
    assert 3 == Provider.with_(provider, n=3).n
    assert ["n"] == problem_names(lambda: Explicit(n=0))


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

    assert ["Exception"] == problem_names(lambda: Own(Exception=10))
    provider = Own(Exception=2, new=3, error=4, cls=5, object=6, type=7).with_(value=8, lasting=False)
    assert ["2", "3", "x", "8", "false", "4", "5", "6", "7"] == list(provider.to_options().values())
