# SPDX-License-Identifier: Apache-2.0
"""The registry: providers by name, for the whole process."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmproviders import (
    DashScopeProvider,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Provider,
    ProviderError,
    TritonProvider,
    UnknownProviderError,
    get_provider,
    list_providers,
    remove_provider,
    set_default_provider,
    set_provider,
    using_provider,
)

pytestmark = pytest.mark.usefixtures("empty_registry", "own_classes")

A, B, C = OpenAICompatProvider(model="a"), OpenAICompatProvider(model="b"), TritonProvider("c")


def test_names() -> None:
    """A provider is registered under its identifier or a name; several names may share an identifier."""
    assert [] == list_providers()
    assert A is set_provider(A)
    assert B is set_provider("chat", B)
    assert C is set_provider(C)
    assert ["openai-compat", "chat", "triton"] == list_providers()
    assert (A, B, C) == (get_provider("openai-compat"), get_provider("chat"), get_provider("triton"))


def test_by_options() -> None:
    """With options, the provider is of the identifier's class, or a `GenericProvider` if there is no class."""
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
    """Options may have the names of the function's own parameters."""
    flat = set_provider("g", provider="x", name_or_provider="y", options="z", name="n").to_options()
    assert {"provider": "x", "name_or_provider": "y", "options": "z", "name": "n"} == flat


def test_registering_again() -> None:
    """A name that is registered again keeps its position in the list, and stays the default."""
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
    """Calls other than the three documented ones are refused."""
    with pytest.raises(InvalidTypeError) as caught:
        call()
    expected = "set_provider(provider), set_provider(name, provider) or set_provider(identifier, **options)"
    assert f"set_provider: expected {expected}" == str(caught.value)
    assert isinstance(caught.value, TypeError)
    assert [] == list_providers()


class Nameless(Provider):
    """A provider class with an empty identifier."""

    identifier = ""


def test_empty_names() -> None:
    """An empty name is refused."""
    with pytest.raises(ProviderError, match="^GenericProvider: provider: expected an identifier that is not empty, got ''$"):
        set_provider("")
    for call in (lambda: set_provider("", A), lambda: set_provider(Nameless())):
        with pytest.raises(ProviderError, match="^set_provider: name: expected a name that is not empty, got ''$"):
            call()


def test_looking_up() -> None:
    """Without a name, `get_provider` returns the default or the only provider, or raises an error that lists the names."""
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
    """An unknown name is a LookupError with the known names and a suggestion."""
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
    """A name of any type and length is reported as not registered, in a short line."""
    set_provider("chat", A)
    with pytest.raises(UnknownProviderError) as caught:
        call(name)
    assert f"no provider is registered as {text}; registered: chat" == str(caught.value)
    assert ["chat"] == list_providers()
    assert A is get_provider()


@given(name=st.text() | st.integers() | st.floats() | st.binary() | st.none() | st.lists(st.integers()))
def test_messages_of_any_name(name: Any) -> None:
    """For any name the error is one of the library, and can be printed."""
    for call in (remove_provider, set_default_provider):
        with pytest.raises(UnknownProviderError) as caught:
            call(name)
        assert str(caught.value).isprintable()
        str(caught.value).encode()


def test_awkward_names_that_are_registered() -> None:
    """Messages list 20 names at most; those that are long or not printable are shown as Python literals."""
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


def test_names_that_are_enum_members() -> None:
    """A member of an enum of strings is the string."""
    set_provider(Name.CHAT, A)
    assert [str] == [type(name) for name in list_providers()]
    assert A is get_provider("chat") is get_provider(Name.CHAT)
    set_default_provider(Name.CHAT)
    assert A is remove_provider(Name.CHAT)


def test_removing() -> None:
    """`remove_provider` returns the provider; a removed default is no longer the default."""
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
    """A change of the list that `list_providers` returns does not change the registry."""
    set_provider(A)
    list_providers().clear()
    assert ["openai-compat"] == list_providers()
