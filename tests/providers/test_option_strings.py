# SPDX-License-Identifier: Apache-2.0
"""The messages of from_options and to_options, to the letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from problem_messages import assert_refused

from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    TritonProvider,
    from_options,
)

CHAT = OpenAICompatProvider(temperature=0.5)


# A call, the class of its exception, and the message.
MESSAGES: dict[str, tuple[Callable[[], Any], type[InvalidOptionsError], str]] = {
    "strings of numbers": (
        lambda: OpenAICompatProvider.from_options({"max-tokens": "many", "temperature": "hot", "retry-num": "1.0", "n": "0"}),
        InvalidOptionsError,
        "OpenAICompatProvider: 4 problems\n  max_tokens (max-tokens): expected a whole number in digits, got 'many'\n  temperature: expected a finite number, got 'hot'\n  retry_num (retry-num): expected a whole number in digits, got '1.0'\n  n: expected an int of at least 1, got 0",
    ),
    "strings of other types": (
        lambda: TritonProvider.from_options({"endpoint": "h", "sequence-start": "yes", "timeout": "soon"}),
        InvalidOptionsError,
        "TritonProvider: 2 problems\n  sequence_start (sequence-start): expected true or false, got 'yes'\n  timeout: expected a duration such as '30s', '500 ms' or '2min', got 'soon'",
    ),
    "a value that is no string": (
        lambda: OpenAICompatProvider.from_options({"n": 5}),
        InvalidTypeError,
        "OpenAICompatProvider: n: expected a str, got a value of type int",
    ),
    "no flat dict": (
        lambda: OpenAICompatProvider.from_options([]),
        InvalidTypeError,
        "OpenAICompatProvider: options: expected a mapping of Java keys to strings, got a value of type list",
    ),
    "the dict of another provider": (
        lambda: OpenAICompatProvider.from_options({"provider": "triton"}),
        InvalidOptionsError,
        "OpenAICompatProvider: provider: expected openai-compat, got 'triton'; use llmproviders.from_options(identifier, options)",
    ),
    "both keys of one option": (
        lambda: OpenAICompatProvider.from_options({"content-type": "TEXT", "content-types": "TEXT;TEXT"}),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type: expected either content-type or content-types, got both",
    ),
    "a dict without identifier": (
        lambda: GenericProvider.from_options({}),
        InvalidOptionsError,
        "GenericProvider: provider: expected the identifier, got nothing; use llmproviders.from_options(identifier, options)",
    ),
    "no flat dict of a generic provider": (
        lambda: from_options("g", []),
        InvalidTypeError,
        "GenericProvider: options: expected a mapping of Java keys to strings, got a value of type list",
    ),
    "a dict without a required option": (
        lambda: from_options("triton", {}),
        InvalidTypeError,
        "TritonProvider: endpoint: expected a value, got nothing; it is required",
    ),
    "a string that is no choice": (
        lambda: OpenAICompatProvider.from_options({"error-handling-strategy": "NEVER"}),
        InvalidOptionsError,
        "OpenAICompatProvider: error_handling_strategy (error-handling-strategy): expected RETRY, FAILOVER or IGNORE, got 'NEVER'",
    ),
    "no dict for a generic class": (
        lambda: GenericProvider.from_options([]),
        InvalidTypeError,
        "GenericProvider: options: expected a mapping of Java keys to strings, got a value of type list",
    ),
    "a model that is no string": (
        lambda: CHAT.to_options(model=5),
        InvalidTypeError,
        "OpenAICompatProvider: model: expected a str, got 5 (int)",
    ),
    "other input columns": (
        lambda: OpenAICompatProvider(content_type=["TEXT", "TEXT"]).to_options([("a", "S")]),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type: expected as many as input columns, 1 (a), got 2 (TEXT, TEXT)",
    ),
    "several input columns for a task of one": (
        lambda: OpenAICompatProvider(task="embeddings").to_options([("a", "S"), ("b", "S")]),
        InvalidOptionsError,
        "OpenAICompatProvider: input_columns: expected one input column for task embeddings, got 2 (a, b)",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """Strings that cannot be read, and arguments of to_options that do not fit, are refused with the option."""
    assert_refused(*MESSAGES[name])
