# SPDX-License-Identifier: Apache-2.0
"""Calls with the wrong number or form of arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmproviders import (
    GenericProvider,
    InvalidTypeError,
    OpenAICompatProvider,
    Provider,
    TritonProvider,
    register_provider_class,
    set_provider,
)
from llmproviders.errors import InvalidClassError

URL = "https://api.example.com/v1/chat/completions"
CHAT = OpenAICompatProvider(endpoint=URL, api_key="k", temperature=0.5)


MISUSES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "by position": (
        lambda: OpenAICompatProvider(URL),
        TypeError,
        "OpenAICompatProvider.__init__() takes 1 positional argument but 2 were given",
    ),
    "too many by position": (
        lambda: TritonProvider("h", "m"),
        TypeError,
        "TritonProvider.__init__() takes from 1 to 2 positional arguments but 3 were given",
    ),
    "one argument twice": (
        lambda: TritonProvider("h", endpoint="g"),
        TypeError,
        "TritonProvider.__init__() got multiple values for argument 'endpoint'",
    ),
    "with_": (
        lambda: CHAT.with_({"n": 1}),
        TypeError,
        "OpenAICompatProvider.with_() takes 1 positional argument but 2 were given",
    ),
    "for_task": (
        lambda: CHAT.for_task("embeddings", 1, 2),
        InvalidTypeError,
        "OpenAICompatProvider: expected options by name only, got 2 without",
    ),
    "abstract": (
        Provider,
        InvalidClassError,
        "Provider is abstract: use a subclass that has an identifier, or GenericProvider",
    ),
    "register": (
        lambda: register_provider_class(5),  # type: ignore[type-var]
        InvalidClassError,
        "register_provider_class(): expected a Provider class that has an identifier, got 5",
    ),
    "set_provider": (
        lambda: set_provider(5),  # type: ignore[arg-type]
        InvalidTypeError,
        "set_provider: expected set_provider(provider), set_provider(name, provider) or set_provider(identifier, **options)",
    ),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuses(name: str) -> None:
    """A call with wrong arguments raises a TypeError that shows how to call; for a wrong number it is Python's own."""
    call, kind, message = MISUSES[name]
    with pytest.raises(TypeError) as caught:
        call()
    assert message == str(caught.value)
    assert kind is type(caught.value)


def test_the_name_of_a_generic_provider() -> None:
    """The message about a wrong identifier has the name of the parameter."""
    with pytest.raises(InvalidTypeError) as caught:
        GenericProvider(5)  # type: ignore[arg-type]
    assert "GenericProvider: provider: expected a str, got 5 (int)" == str(caught.value)
