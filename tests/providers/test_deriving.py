# SPDX-License-Identifier: Apache-2.0
"""The messages of with_, without and for_task, to the letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from problem_messages import assert_refused

from llmproviders import (
    DashScopeProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    TritonProvider,
)

URL = "https://api.example.com/v1/chat/completions"
CHAT = OpenAICompatProvider(endpoint=URL, api_key="k", temperature=0.5)


# A call, the class of its exception, and the message.
MESSAGES: dict[str, tuple[Callable[[], Any], type[InvalidOptionsError], str]] = {
    "with_": (
        lambda: CHAT.with_(temperatur=1, n=0),
        InvalidOptionsError,
        "OpenAICompatProvider: 2 problems\n  n: expected an int of at least 1, got 0\n  temperatur: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature? (extra_options={...} passes any name)",
    ),
    "without a misspelled name": (
        lambda: CHAT.without("temperatur"),
        InvalidOptionsError,
        "OpenAICompatProvider: temperatur: expected the name of an option or extra of this OpenAICompatProvider; did you mean temperature?",
    ),
    "without several": (
        lambda: TritonProvider("h").without("endpoint", "modelname"),
        InvalidOptionsError,
        "TritonProvider: 2 problems\n  endpoint: expected a value; it is required and has no default to go back to\n  modelname: expected the name of an option or extra of this TritonProvider; did you mean model_name?",
    ),
    "without an option that a rule needs": (
        lambda: CHAT.without("endpoint"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected the URL of the service that api_key is for, got none; give both or neither",
    ),
    "without an unknown name": (
        lambda: CHAT.without("zzzz"),
        InvalidOptionsError,
        "OpenAICompatProvider: zzzz: expected the name of an option or extra of this OpenAICompatProvider",
    ),
    "for a misspelled task": (
        lambda: CHAT.for_task("embedding"),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 'embedding'; did you mean embeddings?",
    ),
    "for a task of another class": (
        lambda: CHAT.for_task("multimodal-embedding"),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 'multimodal-embedding'; did you mean embeddings?",
    ),
    "for a task of a class without tasks": (
        lambda: TritonProvider("h").for_task("embeddings"),
        InvalidOptionsError,
        "TritonProvider: task: expected a provider that has tasks, got 'embeddings'",
    ),
    "for a task without an option": (
        lambda: CHAT.for_task("embeddings"),
        InvalidOptionsError,
        "OpenAICompatProvider: temperature: expected no such option for task embeddings, got 0.5; pass temperature=None to drop it",
    ),
    "for a task from an unknown endpoint": (
        lambda: OpenAICompatProvider(endpoint="https://h/v1").for_task("embeddings"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected an endpoint that ends with chat/completions or embeddings, got 'https://h/v1'; give the endpoint of the service's embeddings API",
    ),
    "for a task with an endpoint of another": (
        lambda: CHAT.for_task("embeddings", temperature=None, endpoint=URL),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected an endpoint of task embeddings, got one of task chat/completions",
    ),
    "for a native task from another service": (
        lambda: DashScopeProvider(endpoint=URL).for_task("multimodal-embedding"),
        InvalidOptionsError,
        "DashScopeProvider: endpoint: expected an endpoint of DashScope, whose path is /compatible-mode/v1/chat/completions, got 'https://api.example.com/v1/chat/completions'; give the endpoint of the service's multimodal-embedding API",
    ),
    "for a task without a content type": (
        lambda: OpenAICompatProvider(content_type="IMAGE_URL").for_task("embeddings"),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type (content-type): expected TEXT alone for task embeddings, got IMAGE_URL; pass content_type='TEXT'",
    ),
    "for a task that is no string": (
        lambda: CHAT.for_task(5),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 5",
    ),
    "for a task with an unknown endpoint": (
        lambda: CHAT.for_task("embeddings", temperature=None, endpoint="https://h/none"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected an endpoint that ends with chat/completions or embeddings, got 'https://h/none'; give the endpoint of the service's embeddings API",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """A variant that cannot be made is refused with the option and a hint."""
    assert_refused(*MESSAGES[name])
