# SPDX-License-Identifier: Apache-2.0
"""Public functions raise exceptions without the library's frames, and are otherwise unchanged."""

from __future__ import annotations

import gc
import inspect
import pickle
import traceback
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from llmproviders import OpenAIProvider, Provider, from_options, loads
from llmproviders.boundary import public

LIBRARY: dict[str, Any] = {"__name__": "llmproviders.elsewhere"}
exec(
    """
def fail(secret):
    raise ValueError("library")

def fail_in_handler(secret):
    try:
        fail(secret)
    except ValueError:
        raise KeyError("second")

def fail_from(secret):
    try:
        fail(secret)
    except ValueError as error:
        raise KeyError("second") from error
""",
    LIBRARY,
)


def frames(error: BaseException | None) -> Iterator[tuple[str, dict[str, object]]]:
    """Module and variables of every frame of *error*, its causes and its contexts."""
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            yield frame.f_globals["__name__"], frame.f_locals
        error = error.__cause__ or error.__context__


def raised(function: Callable[..., Any], *args: Any, **kwargs: Any) -> BaseException:
    try:
        function(*args, **kwargs)
    except Exception as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("name", ["fail", "fail_in_handler", "fail_from"])
def test_no_frame_of_the_library(name: str) -> None:
    """No frame of the exception, its causes and its contexts has a variable of the library."""
    secret = "MARK"
    found = list(frames(raised(public(LIBRARY[name]), secret)))
    assert {"llmproviders.boundary", __name__} == {module for module, _ in found}
    assert not [variables for module, variables in found if module != __name__ and secret in map(str, variables.values())]
    assert [{"function", "leave", "__tracebackhide__"}] == [
        set(variables) for module, variables in found if module == "llmproviders.boundary"
    ]


def test_context_of_the_caller() -> None:
    """An exception that the caller handles stays the context of the new one."""
    try:
        int("handled")
    except ValueError as handled:
        assert handled is raised(public(LIBRARY["fail_in_handler"]), "MARK").__context__


def test_results_and_signatures() -> None:
    """A decorated function keeps its result, name, docstring and signature, and can be pickled."""

    def function(one: int, *, two: str = "") -> str:
        """Documented."""
        return two * one

    wrapped = public(function)
    assert "xx" == wrapped(2, two="x")
    assert ("function", "Documented.") == (wrapped.__name__, wrapped.__doc__)
    assert inspect.signature(function) == inspect.signature(wrapped)
    assert from_options is pickle.loads(pickle.dumps(from_options))


def test_methods() -> None:
    """The decorator works on methods, also below classmethod and staticmethod."""

    class Example:
        @public
        def method(self, secret: str) -> object:
            return LIBRARY["fail"](secret) if secret else self

        @classmethod
        @public
        def of_class(cls, secret: str) -> object:
            return LIBRARY["fail"](secret) if secret else cls

        @staticmethod
        @public
        def static(secret: str) -> object:
            return LIBRARY["fail"](secret) if secret else None

    example = Example()
    assert (example, Example, None) == (example.method(""), example.of_class(""), Example.static(""))
    for call in (example.method, Example.of_class, example.static):
        assert "llmproviders.elsewhere" not in {module for module, _ in frames(raised(call, "MARK"))}


def test_wrong_calls() -> None:
    """A call with a wrong number of arguments raises Python's own error, and no frame holds the arguments."""
    error = raised(public(LIBRARY["fail"]), "MARK", "MARK")
    assert "fail() takes 1 positional argument but 2 were given" == str(error)
    assert [{"function", "leave", "__tracebackhide__"}] == [
        set(variables) for module, variables in frames(error) if module == "llmproviders.boundary"
    ]


PROVIDER = OpenAIProvider("https://h/v1/chat/completions", "k", model="m")


FAILING: dict[str, Callable[[], object]] = {
    "constructor": lambda: OpenAIProvider(n=0),
    "with_": lambda: PROVIDER.with_(n=0),
    "loads": lambda: loads("x", format="toml"),
    "abstract": Provider,
    "to_options": lambda: PROVIDER.to_options(runtime="none"),
}


@pytest.mark.parametrize("name", FAILING)
def test_pytest_shows_the_line_of_the_caller(name: str) -> None:
    """Every frame of the library is hidden from pytest's tracebacks."""
    found = [variables for module, variables in frames(raised(FAILING[name])) if module != __name__]
    assert found
    assert all(variables.get("__tracebackhide__") for variables in found)


def test_no_cycle_of_references() -> None:
    """The exception and the frame that raises it do not keep each other alive."""

    class Error(Exception):
        """An exception that can have weak references."""

    def function() -> None:
        raise Error

    gc.disable()
    try:
        seen = weakref.ref(raised(public(function)))
        assert seen() is None
    finally:
        gc.enable()
