# SPDX-License-Identifier: Apache-2.0
"""The rules of every factory: identifiers, keys, values, required options, tasks, plain http."""

from __future__ import annotations

import pytest
from runtime_samples import CHAT, COMPAT, TRITON, Case, found

from llmproviders import GenericProvider, OpenAICompatProvider, OpenAIProvider

CASES: dict[str, Case] = {
    "an identifier of VVR": (
        COMPAT,
        "flink-2.3",
        {},
        [
            "provider: expected an identifier that flink-2.3 has (openai, triton), got 'openai-compat'; openai-compat is in vvr-11.7, vvr-11.8, vvr-11.9; for_runtime('flink-2.3') gives the provider to use here, openai"
        ],
    ),
    "an identifier of Apache": (
        CHAT,
        "vvr-11.9",
        {},
        [
            "provider: expected an identifier that vvr-11.9 has (openai-compat, dashscope, triton), got 'openai'; openai is in flink-2.1, flink-2.2, flink-2.3, flink-2.4; for_runtime('vvr-11.9') gives the provider to use here, openai-compat"
        ],
    ),
    "an identifier that came later": (
        TRITON,
        "flink-2.2",
        {},
        [
            "provider: expected an identifier that flink-2.2 has (openai), got 'triton'; triton is in flink-2.3, flink-2.4, vvr-11.8, vvr-11.9"
        ],
    ),
    "an unknown identifier": (
        GenericProvider("acme"),
        "flink-2.3",
        {},
        [
            "!provider: expected an identifier that flink-2.3 has (openai, triton), got 'acme'; it is not checked: its factory is user-defined"
        ],
    ),
    "a misspelled identifier": (
        GenericProvider("opnai"),
        "flink-2.3",
        {},
        [
            "!provider: expected an identifier that flink-2.3 has (openai, triton), got 'opnai'; it is not checked: its factory is user-defined; did you mean openai?"
        ],
    ),
    "an option that came later": (
        CHAT.with_(seed=1),
        "flink-2.1",
        {},
        ["seed: expected an option that openai has on flink-2.1; seed is in flink-2.2, flink-2.3, flink-2.4"],
    ),
    "an option of another version of VVR": (
        COMPAT.with_(content_type=["AUDIO_URL"]),
        "vvr-11.7",
        {},
        [
            "content_type (content-types): expected an option that openai-compat has on vvr-11.7; content-types is in vvr-11.8, vvr-11.9"
        ],
    ),
    "a value that came later": (
        COMPAT.with_(content_type=["AUDIO_URL"]),
        "vvr-11.8",
        {},
        ["content_type (content-types): expected IMAGE_URL, MULTI_IMAGE_URLS or TEXT, got 'AUDIO_URL'"],
    ),
    "an unknown option": (
        CHAT.with_(extra_options={"x": "1"}),
        "flink-2.3",
        {},
        ["x: expected an option that openai has on flink-2.3; leave it out"],
    ),
    "an unknown option, on VVR": (
        COMPAT.with_(extra_options={"x": "1"}),
        "vvr-11.9",
        {},
        [
            "!x: expected an option that openai-compat has on vvr-11.9, got one that no class of VVR declares; it is passed to Java unchecked"
        ],
    ),
    "a misspelled key": (
        GenericProvider("openai", **{"endpoint": CHAT.endpoint, "api-key": "k", "model": "m", "temprature": "1"}),
        "flink-2.3",
        {},
        ["temprature: expected an option that openai has on flink-2.3; did you mean temperature?"],
    ),
    "values that Java cannot read": (
        GenericProvider(
            "openai",
            endpoint=CHAT.endpoint,
            model="gpt-4o",
            **{"api-key": "k", "temperature": "hot", "n": "1.5", "retry-num": "2147483648", "response-format": "json"},
        ),
        "flink-2.3",
        {},
        [
            "temperature: expected a finite number, got 'hot'",
            "n: expected a whole number in digits, got '1.5'",
            "retry-num: expected a whole number from -2147483648 to 2147483647, got '2147483648'",
            "response-format: expected text or json_object, got 'json'",
        ],
    ),
    "an older key": (
        GenericProvider("openai", endpoint=CHAT.endpoint, model="m", **{"api-key": "k", "maxTokens": "5"}),
        "flink-2.3",
        {},
        ["!maxTokens: expected the key max-tokens, got its deprecated name maxTokens"],
    ),
    "an older key that does not exist yet": (
        GenericProvider("openai", endpoint=CHAT.endpoint, model="m", **{"api-key": "k", "maxTokens": "5"}),
        "flink-2.1",
        {},
        ["maxTokens: expected an option that openai has on flink-2.1; maxTokens is in flink-2.2, flink-2.3, flink-2.4"],
    ),
    "required options": (
        GenericProvider("openai"),
        "flink-2.3",
        {},
        [
            "api-key: expected a value, got nothing; openai requires it on flink-2.3",
            "endpoint: expected a value, got nothing; openai requires it on flink-2.3",
            "model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...",
        ],
    ),
    "no model": (
        CHAT.with_(model=None),
        "flink-2.3",
        {},
        ["model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=..."],
    ),
    "a model of the call": (CHAT.with_(model=None), "flink-2.3", {"model": "gpt-4o"}, []),
    "a key over plain http": (
        CHAT.with_(endpoint="http://api.example.com/v1/chat/completions"),
        "flink-2.3",
        {},
        [
            "!endpoint: expected an https URL, got 'http://api.example.com/v1/chat/completions'; over plain http, api_key is readable on the network"
        ],
    ),
    "a key over plain http to an invalid host": (
        TRITON.with_(endpoint="http://[x", auth_token="x"),
        "vvr-11.9",
        {},
        [
            "!endpoint: expected a URL of the form https://host:port/path, got 'http://[x'",
            "!endpoint: expected an https URL, got 'http://[x'; over plain http, auth_token is readable on the network",
        ],
    ),
    "a key over plain http to this host": (CHAT.with_(endpoint="http://127.0.0.1:8000/v1/chat/completions"), "flink-2.3", {}, []),
    "options of another task": (
        CHAT.with_(endpoint="https://api.example.com/v1/embeddings", temperature=1),
        "flink-2.3",
        {},
        ["!temperature: expected no such option for task embeddings, got '1'; it is ignored"],
    ),
    "the built-in service before it existed": (
        OpenAICompatProvider(task="embeddings"),
        "vvr-11.7",
        {},
        [
            "task: expected an option that openai-compat has on vvr-11.7; task is in vvr-11.8, vvr-11.9",
            "api_key (api-key): expected a value, got nothing; openai-compat requires it on vvr-11.7",
            "endpoint: expected a value, got nothing; openai-compat requires it on vvr-11.7",
        ],
    ),
    "a factory that does not work": (
        TRITON,
        "flink-2.3",
        {},
        [
            'provider: expected a triton factory that works, got flink-model-triton 2.3.0: it refuses every column at planning ("input column x should be null"), and its function cannot be serialized (NotSerializableException: java.io.ByteArrayOutputStream); triton is also in flink-2.4, vvr-11.8, vvr-11.9'
        ],
    ),
    "keys of Flink itself": (
        GenericProvider("triton", endpoint="https://t", **{"model-name": "m", "model-version": "1", "property-version": "1"}),
        "flink-2.4",
        {},
        [],
    ),
    "every metadata column, in any order": (
        CHAT,
        "flink-2.2",
        {
            "output": "`http-status-code` INTEGER METADATA, a STRING, `error-string` VARCHAR METADATA VIRTUAL,"
            " `http-headers-map` MAP<STRING, ARRAY<STRING>> METADATA FROM 'http-headers-map' VIRTUAL"
        },
        [],
    ),
    "metadata columns of an embedding": (
        CHAT.for_task("embeddings"),
        "flink-2.4",
        {"output": "a ARRAY<FLOAT>, `error-string` STRING METADATA"},
        [],
    ),
    "metadata columns that cannot be": (
        CHAT,
        "flink-2.3",
        {"output": "e STRING METADATA FROM 'error-string', `error-string` STRING NOT NULL METADATA, `http-status-code` INT"},
        [
            "output: expected a metadata column error-string, http-status-code or http-headers-map, got e STRING METADATA; its name has to be the key",
            "output: expected error-string of type STRING, got error-string STRING NOT NULL METADATA",
            "output: expected a physical column of another name, got http-status-code INT; Flink knows a metadata column by the name http-status-code",
            "output: expected exactly one column, of type STRING, got http-status-code INT",
        ],
    ),
    "another metadata column under a known name": (
        CHAT,
        "flink-2.3",
        {"output": "a STRING, `error-string` STRING METADATA FROM 'x'"},
        [
            "output: expected a metadata column error-string, http-status-code or http-headers-map, got error-string STRING METADATA; its name has to be the key"
        ],
    ),
    "metadata columns on an older runtime": (
        CHAT,
        "flink-2.1",
        {"output": "a STRING, `error-string` STRING METADATA"},
        [
            "output: expected no metadata column, got error-string STRING METADATA; openai has metadata columns in flink-2.2, flink-2.3, flink-2.4"
        ],
    ),
    "metadata columns of another factory": (
        TRITON,
        "flink-2.4",
        {"output": "a STRING, `error-string` STRING METADATA"},
        [
            "output: expected no metadata column, got error-string STRING METADATA; triton has metadata columns in no known runtime"
        ],
    ),
    "metadata columns that Java may know": (
        COMPAT,
        "vvr-11.9",
        {"output": "a STRING, `error-string` STRING METADATA"},
        [
            "!output: expected no metadata column, got error-string STRING METADATA; openai-compat has metadata columns in no known runtime"
        ],
    ),
    "metadata columns of a user-defined factory": (
        GenericProvider("acme"),
        "flink-2.3",
        {"output": "a STRING, b STRING METADATA"},
        [
            "!provider: expected an identifier that flink-2.3 has (openai, triton), got 'acme'; it is not checked: its factory is user-defined"
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_check(case: str) -> None:
    """Every problem, word for word and in order."""
    assert CASES[case][-1] == found(CASES[case])


def test_only_vvr_resolves_placeholders() -> None:
    """Apache Flink sends placeholders unchanged, which is an error."""
    placeholder = OpenAIProvider("https://h/v1/chat/completions", "${secret_values.k}", model="m")
    assert [
        (
            "error",
            "api_key (api-key): expected the value itself, got ${secret_values.k}; Flink fills in no placeholder; only VVR does",
        )
    ] == [(each.severity, str(each)) for each in placeholder.check("flink-2.3")]
    on_vvr = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key="${secret_values.k}", model="m")
    assert () == on_vvr.check("vvr-11.9")
