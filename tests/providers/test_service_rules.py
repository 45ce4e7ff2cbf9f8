# SPDX-License-Identifier: Apache-2.0
"""The messages of rules of OpenAI-compatible services, to the letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from problem_messages import assert_refused

from llmproviders import (
    DashScopeProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
)

URL = "https://api.example.com/v1/chat/completions"


# A call, the class of its exception, and the message.
MESSAGES: dict[str, tuple[Callable[[], Any], type[InvalidOptionsError], str]] = {
    "a key without an endpoint": (
        lambda: OpenAICompatProvider(api_key="k"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected the URL of the service that api_key is for, got none; give both or neither",
    ),
    "a key with a blank endpoint": (
        lambda: OpenAICompatProvider(api_key="k", endpoint=" "),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected the URL of the service that api_key is for, got a blank one; give both or neither",
    ),
    "a key with a task": (
        lambda: OpenAICompatProvider(api_key="k", endpoint=URL, task="embeddings"),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected no task together with api_key, got 'embeddings'; the endpoint determines the task; task is for the built-in AI service",
    ),
    "a content type of another task": (
        lambda: OpenAICompatProvider(task="embeddings", content_type="IMAGE_URL"),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type (content-type): expected TEXT alone for task embeddings, got IMAGE_URL; pass content_type='TEXT'",
    ),
    "an endpoint of another class": (
        lambda: OpenAICompatProvider(endpoint="https://h/services/audio/asr/transcription"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected an endpoint of chat/completions or embeddings, got one of audio/asr/transcription; use DashScopeProvider",
    ),
    "a body for a task without one": (
        lambda: DashScopeProvider(task="multimodal-embedding", content_type="IMAGE_URL", extra_body={}),
        InvalidOptionsError,
        "DashScopeProvider: extra_body (extra-body): expected no extra_body for task multimodal-embedding; leave it out",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """A rule that spans options names the option to change."""
    assert_refused(*MESSAGES[name])
