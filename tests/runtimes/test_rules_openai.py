# SPDX-License-Identifier: Apache-2.0
"""The rules of the factory `openai`."""

from __future__ import annotations

import pytest
from runtime_samples import CHAT, Case, found

CASES: dict[str, Case] = {
    "no problem": (CHAT, "flink-2.3", {}, []),
    "no problem with columns": (
        CHAT.with_(temperature=0.5, max_context_size=100, retry_num=3),
        "flink-2.3",
        {"input": "t STRING", "output": {"a": "STRING"}},
        [],
    ),
    "no path": (
        CHAT.with_(endpoint="https://api.example.com/v1"),
        "flink-2.3",
        {},
        [
            "endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1'; write the whole path, such as .../v1/chat/completions"
        ],
    ),
    "a query string": (
        CHAT.with_(endpoint="https://api.example.com/v1/chat/completions?api-version=1"),
        "flink-2.3",
        {},
        [
            "endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/chat/completions?api-version=1'; Flink accepts no query string and no fragment: it compares the end of the whole URL"
        ],
    ),
    "a path in another case": (
        CHAT.with_(endpoint="https://api.example.com/v1/Chat/Completions"),
        "flink-2.3",
        {},
        [
            "endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/Chat/Completions'; write the path in lower case: Flink recognizes it in any case, but removes it from the URL only in lower case"
        ],
    ),
    "a path without its slash": (
        CHAT.with_(endpoint="https://api.example.com/v1/myembeddings"),
        "flink-2.3",
        {},
        [
            "endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/myembeddings'; write the whole path, such as .../v1/chat/completions"
        ],
    ),
    "slashes at the end": (CHAT.with_(endpoint="https://api.example.com/v1/chat/completions//"), "flink-2.3", {}, []),
    "no scheme": (
        CHAT.with_(endpoint="api.example.com/v1/chat/completions"),
        "flink-2.3",
        {},
        ["endpoint: expected a URL that begins with http:// or https://, got 'api.example.com/v1/chat/completions'"],
    ),
    "an invalid host": (
        CHAT.with_(endpoint="https://[x/v1/chat/completions"),
        "flink-2.3",
        {},
        ["endpoint: expected a URL of the form https://host:port/path, got 'https://[x/v1/chat/completions'"],
    ),
    "two columns": (
        CHAT,
        "flink-2.3",
        {"input": "a STRING, b STRING", "output": "c INT"},
        [
            "input: expected exactly one column, of type STRING, got 2 columns",
            "output: expected exactly one column, of type STRING, got c INT",
        ],
    ),
    "a column that is NOT NULL": (
        CHAT,
        "flink-2.3",
        {"input": "a STRING NOT NULL", "output": "b VARCHAR(10)"},
        [
            "input: expected exactly one column, of type STRING, got a STRING NOT NULL; leave NOT NULL out",
            "output: expected exactly one column, of type STRING, got b VARCHAR(10)",
        ],
    ),
    "vectors": (CHAT.for_task("embeddings"), "flink-2.3", {"input": "a STRING", "output": "b ARRAY<FLOAT>"}, []),
    "vectors of doubles": (
        CHAT.for_task("embeddings"),
        "flink-2.3",
        {"output": "b ARRAY<DOUBLE>"},
        ["output: expected exactly one column, of type ARRAY<FLOAT>, got b ARRAY<DOUBLE>"],
    ),
    "a model without a tokenizer": (
        CHAT.with_(model="qwen-max", max_context_size=100),
        "flink-2.3",
        {},
        [
            "max_context_size (max-context-size): expected a model whose tokens Flink can count, such as gpt-4o or text-embedding-3-small, got model 'qwen-max'; leave it out for other models"
        ],
    ),
    "retries without their strategy": (
        CHAT.with_(error_handling_strategy="IGNORE", retry_num=5, retry_fallback_strategy="IGNORE"),
        "flink-2.3",
        {},
        [
            "!retry_num (retry-num): expected error-handling-strategy RETRY with it, got '5'; it is ignored with error-handling-strategy IGNORE",
            "!retry_fallback_strategy (retry-fallback-strategy): expected error-handling-strategy RETRY with it, got 'IGNORE'; it is ignored with error-handling-strategy IGNORE",
        ],
    ),
    "a column of any length": (CHAT, "flink-2.3", {"input": "a VARCHAR", "output": {"b": "varchar(2147483647)"}}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_check(case: str) -> None:
    """Every problem, word for word and in order."""
    assert CASES[case][-1] == found(CASES[case])
