# SPDX-License-Identifier: Apache-2.0
"""The rules that several factories share."""

from __future__ import annotations

import pytest
from runtime_samples import CHAT, COMPAT, Case, found

from llmproviders import OpenAICompatProvider

CASES: dict[str, Case] = {
    "an empty stop string": (
        CHAT.with_(stop="a,"),
        "flink-2.3",
        {},
        ["!stop: expected no empty stop string, got 'a,'; Java drops empty strings at the end, and sends the others"],
    ),
    "valid stop strings": (CHAT.with_(stop="a,b"), "flink-2.3", {}, []),
    "blanks and empty stop strings": (
        CHAT.with_(stop="a, b,,"),
        "flink-2.3",
        {},
        [
            "!stop: expected stop strings without leading or trailing blanks, got 'a, b,,'; Java splits at commas and does not trim",
            "!stop: expected no empty stop string, got 'a, b,,'; Java drops empty strings at the end, and sends the others",
        ],
    ),
    "no service": (
        OpenAICompatProvider(),
        "vvr-11.9",
        {},
        [
            "!endpoint: expected an endpoint with its api_key, or a task, got neither; a task without an endpoint uses the platform's built-in AI service"
        ],
    ),
    "the built-in service": (OpenAICompatProvider(task="embeddings"), "vvr-11.9", {}, []),
    "a server without a scheme, on VVR": (
        COMPAT.with_(endpoint="api.example.com/v1/chat/completions"),
        "vvr-11.9",
        {},
        ["!endpoint: expected a URL that begins with http:// or https://, got 'api.example.com/v1/chat/completions'"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_check(case: str) -> None:
    """Every problem, word for word and in order."""
    assert CASES[case][-1] == found(CASES[case])
