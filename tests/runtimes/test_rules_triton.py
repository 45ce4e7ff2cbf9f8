# SPDX-License-Identifier: Apache-2.0
"""The rules of the factory `triton`."""

from __future__ import annotations

import pytest
from runtime_samples import TRITON, Case, found

from llmproviders import GenericProvider

CASES: dict[str, Case] = {
    "the newest version of a model": (
        TRITON.with_(model_version=None),
        "flink-2.4",
        {},
        [
            "model_version (model-version): expected a version number, such as '1', got 'latest'; Flink sends 'latest' as the version, and Triton answers 404"
        ],
    ),
    "sequence flags without an ID": (
        TRITON.with_(sequence_start=True, sequence_end=True),
        "flink-2.4",
        {},
        ["!sequence_id (sequence-id): expected a value because sequence-start is true, got nothing"],
    ),
    "a sequence ID": (
        TRITON.with_(sequence_start=True, sequence_id="a"),
        "flink-2.4",
        {},
        [
            "!sequence_id (sequence-id): expected a model without sequences, got 'a'; Flink sends it as the request ID, and Triton refuses sequence requests without a correlation ID"
        ],
    ),
    "a server without a scheme": (
        TRITON.with_(endpoint="triton.example.com:8000"),
        "flink-2.4",
        {},
        ["endpoint: expected a URL that begins with http:// or https://, got 'triton.example.com:8000'"],
    ),
    "a server with a query string": (
        TRITON.with_(endpoint="https://triton.example.com?a=b"),
        "flink-2.4",
        {},
        [
            "endpoint: expected a URL without a query string or fragment, got 'https://triton.example.com?a=b'; Flink appends the model's path to the whole URL"
        ],
    ),
    "a timeout that is too long": (
        TRITON.with_(timeout="25 d"),
        "flink-2.4",
        {},
        ["timeout: expected at most 2147483647 ms, got '25 d'"],
    ),
    "an unreadable timeout": (
        GenericProvider("triton", endpoint="https://t", **{"model-name": "m", "model-version": "1", "timeout": "soon"}),
        "flink-2.4",
        {},
        ["timeout: expected a duration such as '30s', '500 ms' or '2min', got 'soon'"],
    ),
    "another compression": (
        GenericProvider("triton", endpoint="https://t", **{"model-name": "m", "model-version": "1", "compression": "zstd"}),
        "flink-2.4",
        {},
        ["compression: expected gzip, got 'zstd'"],
    ),
    "headers that cannot be sent": (
        TRITON.with_(custom_headers={"X A": "b", "C": "\u00e9"}),
        "flink-2.4",
        {},
        [
            "custom_headers (custom-headers): expected header names of ASCII characters without blanks, got other characters",
            "custom_headers (custom-headers): expected header values of ASCII characters, got other characters",
        ],
    ),
    "unreadable headers": (
        GenericProvider("triton", endpoint="https://t", **{"model-name": "m", "model-version": "1", "custom-headers": "x"}),
        "flink-2.4",
        {},
        ["custom-headers: expected a Flink map such as 'name:value,other:value', got ****** (str)"],
    ),
    "headers twice": (
        TRITON.with_(custom_headers="a:b", extra_options={"custom-headers.c": "d"}),
        "flink-2.4",
        {},
        [
            "!custom-headers.c: expected either custom-headers or its entries, got both; Flink ignores the entries if custom-headers is set"
        ],
    ),
    "an incremented sequence without an ID": (
        TRITON.with_(extra_options={"sequence-id-auto-increment": "true"}),
        "flink-2.4",
        {},
        ["sequence_id (sequence-id): expected a value because sequence-id-auto-increment is true, got nothing"],
    ),
    "retries": (
        TRITON.with_(max_retries=3, retry_initial_backoff="1 min"),
        "flink-2.4",
        {},
        ["retry_max_backoff (retry-max-backoff): expected at least retry-initial-backoff (1 min), got '30s'"],
    ),
    "retries, on VVR": (
        TRITON.with_(max_retries=3, retry_initial_backoff="0 s"),
        "vvr-11.9",
        {},
        ["!retry_initial_backoff (retry-initial-backoff): expected more than 0 if max-retries is more than 0, got '0 s'"],
    ),
    "retries in order": (TRITON.with_(max_retries=3), "flink-2.4", {}, []),
    "unreadable retries": (
        GenericProvider(
            "triton",
            endpoint="https://t",
            **{"model-name": "m", "model-version": "1", "max-retries": "x", "retry-max-backoff": "soon"},
        ),
        "flink-2.4",
        {},
        [
            "max-retries: expected a whole number in digits, got 'x'",
            "retry-max-backoff: expected a duration such as '30s', '500 ms' or '2min', got 'soon'",
        ],
    ),
    "unreadable delays": (
        GenericProvider(
            "triton",
            endpoint="https://t",
            **{"model-name": "m", "model-version": "1", "max-retries": "1", "retry-initial-backoff": "soon"},
        ),
        "flink-2.4",
        {},
        ["retry-initial-backoff: expected a duration such as '30s', '500 ms' or '2min', got 'soon'"],
    ),
    "columns of Triton": (TRITON, "flink-2.4", {"input": "a ARRAY<FLOAT NOT NULL> NOT NULL", "output": "b VARCHAR(10)"}, []),
    "columns without a tensor type": (
        TRITON,
        "flink-2.4",
        {"input": "a ARRAY<ARRAY<INT>>", "output": "b INT, c INT"},
        [
            "input: expected exactly one column, of type BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, STRING, VARCHAR, or an ARRAY of one of them, got a ARRAY<ARRAY<INT>>",
            "output: expected exactly one column, of type BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, STRING, VARCHAR, or an ARRAY of one of them, got 2 columns",
        ],
    ),
    "a default for a string": (TRITON.with_(default_value="FAILED"), "flink-2.4", {"output": "b STRING"}, []),
    "a default for a number": (
        TRITON.with_(default_value="FAILED"),
        "flink-2.4",
        {"output": "b INT"},
        ["default_value (default-value): expected JSON, or null, for an output of type INT, got 'FAILED'"],
    ),
    "a default for numbers": (
        TRITON.with_(default_value=1),
        "flink-2.4",
        {"output": "b ARRAY<INT>"},
        ["default_value (default-value): expected a JSON array, or null, for an output of type ARRAY<INT>, got '1'"],
    ),
    "a default that is a number": (TRITON.with_(default_value=-1), "flink-2.4", {"output": "b INT"}, []),
    "a default that is null": (TRITON.with_(default_value="null"), "flink-2.4", {"output": "b ARRAY<INT>"}, []),
    "headers one by one": (
        GenericProvider("triton", endpoint="https://t", **{"model-name": "m", "model-version": "1", "custom-headers.X-A": "1"}),
        "flink-2.4",
        {},
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_check(case: str) -> None:
    """Every problem, word for word and in order."""
    assert CASES[case][-1] == found(CASES[case])
