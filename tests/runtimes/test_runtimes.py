# SPDX-License-Identifier: Apache-2.0
"""Providers held against runtimes: the data, every rule to the letter, and the laws of check, to_options and for_runtime."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from own import RerankProvider
from strategies import CLASSES, providers

import llmproviders
from llmproviders import (
    DashScopeProvider,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    Secret,
    TritonProvider,
    option,
    options,
)
from llmproviders.runtimes.checks import RULES
from llmproviders.runtimes.runtime import Runtime, list_runtimes, runtime

RUNTIMES = [runtime(name) for name in list_runtimes()]
CHAT = OpenAIProvider("https://api.example.com/v1/chat/completions", "k", model="gpt-4o")
COMPAT = OpenAICompatProvider(endpoint="https://api.example.com/v1/chat/completions", api_key="k", model="gpt-4o")
TRITON = TritonProvider("https://triton.example.com", model_name="m", model_version="1")

# What is checked, against what, with which columns or model, and every problem: "!" before a warning.
CASES: dict[str, tuple[Provider, str, dict[str, Any], list[str]]] = {
    "nothing wrong": (CHAT, "flink-2.3", {}, []),
    "everything given": (
        CHAT.with_(temperature=0.5, max_context_size=100, retry_num=3),
        "flink-2.3",
        {"input": "t STRING", "output": {"a": "STRING"}},
        [],
    ),
    "an identifier of the vendor": (
        COMPAT,
        "flink-2.3",
        {},
        [
            "provider: expected an identifier that flink-2.3 has (openai, triton), got 'openai-compat'; openai-compat is in vvr-11.7, vvr-11.8, vvr-11.9; here it is openai: provider = \"openai\" in a file, for_runtime('flink-2.3') in code"
        ],
    ),
    "an identifier of Apache": (
        CHAT,
        "vvr-11.9",
        {},
        [
            "provider: expected an identifier that vvr-11.9 has (openai-compat, dashscope, triton), got 'openai'; openai is in flink-2.1, flink-2.2, flink-2.3, flink-2.4; here it is openai-compat: provider = \"openai-compat\" in a file, for_runtime('vvr-11.9') in code"
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
    "an identifier of nobody": (
        GenericProvider("acme"),
        "flink-2.3",
        {},
        [
            "!provider: expected an identifier that flink-2.3 has (openai, triton), got 'acme'; it is not checked: its factory is in a jar of your own"
        ],
    ),
    "a misspelled identifier": (
        GenericProvider("opnai"),
        "flink-2.3",
        {},
        ["provider: expected an identifier that flink-2.3 has (openai, triton), got 'opnai'; did you mean openai?"],
    ),
    "an option that came later": (
        CHAT.with_(seed=1),
        "flink-2.1",
        {},
        ["seed: expected an option that openai has on flink-2.1; seed is in flink-2.2, flink-2.3, flink-2.4"],
    ),
    "an option of another version of the vendor": (
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
    "an option of nobody": (
        CHAT.with_(extra_options={"x": "1"}),
        "flink-2.3",
        {},
        ["x: expected an option that openai has on flink-2.3; leave it out"],
    ),
    "an option of nobody, for the vendor": (
        COMPAT.with_(extra_options={"x": "1"}),
        "vvr-11.9",
        {},
        [
            "!x: expected an option that openai-compat has on vvr-11.9, got one that no class of VVR declares; it goes to Java unchecked"
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
        ["!maxTokens: expected the key max-tokens, got its older name maxTokens"],
    ),
    "an older key that is not there yet": (
        GenericProvider("openai", endpoint=CHAT.endpoint, model="m", **{"api-key": "k", "maxTokens": "5"}),
        "flink-2.1",
        {},
        ["maxTokens: expected an option that openai has on flink-2.1; maxTokens is in flink-2.2, flink-2.3, flink-2.4"],
    ),
    "what is required": (
        GenericProvider("openai"),
        "flink-2.3",
        {},
        [
            "api-key: expected a value, got nothing; openai requires it on flink-2.3",
            "endpoint: expected a value, got nothing; openai requires it on flink-2.3",
            "model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...",
        ],
    ),
    "a model that comes per call": (
        CHAT.with_(model=None),
        "flink-2.3",
        {},
        ["model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=..."],
    ),
    "a model that came": (CHAT.with_(model=None), "flink-2.3", {"model": "gpt-4o"}, []),
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
            "endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/chat/completions?api-version=1'; Flink takes no query string and no fragment: it looks at how the whole text ends"
        ],
    ),
    "a path in other letters": (
        CHAT.with_(endpoint="https://api.example.com/v1/Chat/Completions"),
        "flink-2.3",
        {},
        [
            "endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/Chat/Completions'; write the path in lower case: Flink recognizes it, and then does not take it off the URL"
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
    "a key over plain http": (
        CHAT.with_(endpoint="http://api.example.com/v1/chat/completions"),
        "flink-2.3",
        {},
        [
            "!endpoint: expected an https URL, got 'http://api.example.com/v1/chat/completions'; over plain http anyone on the way reads api_key"
        ],
    ),
    "a host that is none": (
        CHAT.with_(endpoint="https://[x/v1/chat/completions"),
        "flink-2.3",
        {},
        ["endpoint: expected a URL of the form https://host:port/path, got 'https://[x/v1/chat/completions'"],
    ),
    "a key over plain http to an odd host": (
        TRITON.with_(endpoint="http://[x", auth_token="x"),
        "vvr-11.9",
        {},
        [
            "!endpoint: expected a URL of the form https://host:port/path, got 'http://[x'",
            "!endpoint: expected an https URL, got 'http://[x'; over plain http anyone on the way reads auth_token",
        ],
    ),
    "a key over plain http to this host": (CHAT.with_(endpoint="http://127.0.0.1:8000/v1/chat/completions"), "flink-2.3", {}, []),
    "two columns": (
        CHAT,
        "flink-2.3",
        {"input": "a STRING, b STRING", "output": "c INT"},
        [
            "input: expected exactly one column, of type STRING, got 2 columns",
            "output: expected exactly one column, of type STRING, got c INT",
        ],
    ),
    "a column that is not null": (
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
    "retries that are not made": (
        CHAT.with_(error_handling_strategy="IGNORE", retry_num=5, retry_fallback_strategy="IGNORE"),
        "flink-2.3",
        {},
        [
            "!retry_num (retry-num): expected error-handling-strategy RETRY beside it, got '5'; it is ignored with error-handling-strategy IGNORE",
            "!retry_fallback_strategy (retry-fallback-strategy): expected error-handling-strategy RETRY beside it, got 'IGNORE'; it is ignored with error-handling-strategy IGNORE",
        ],
    ),
    "a stop text that is empty": (
        CHAT.with_(stop="a,"),
        "flink-2.3",
        {},
        ["!stop: expected no empty stop text, got 'a,'; Java drops empty ones at the end, and sends those before"],
    ),
    "stop texts that are right": (CHAT.with_(stop="a,b"), "flink-2.3", {}, []),
    "stop texts": (
        CHAT.with_(stop="a, b,,"),
        "flink-2.3",
        {},
        [
            "!stop: expected stop texts without blanks around them, got 'a, b,,'; Java does not trim what it splits at commas",
            "!stop: expected no empty stop text, got 'a, b,,'; Java drops empty ones at the end, and sends those before",
        ],
    ),
    "options of another task": (
        CHAT.with_(endpoint="https://api.example.com/v1/embeddings", temperature=1),
        "flink-2.3",
        {},
        ["!temperature: expected no such option for task embeddings, got '1'; it is ignored"],
    ),
    "no service": (
        OpenAICompatProvider(),
        "vvr-11.9",
        {},
        [
            "!endpoint: expected an endpoint with its api_key, or a task, got neither; task alone means the platform's built-in AI service"
        ],
    ),
    "the built-in service": (OpenAICompatProvider(task="embeddings"), "vvr-11.9", {}, []),
    "the built-in service before it was there": (
        OpenAICompatProvider(task="embeddings"),
        "vvr-11.7",
        {},
        [
            "task: expected an option that openai-compat has on vvr-11.7; task is in vvr-11.8, vvr-11.9",
            "api_key (api-key): expected a value, got nothing; openai-compat requires it on vvr-11.7",
            "endpoint: expected a value, got nothing; openai-compat requires it on vvr-11.7",
        ],
    ),
    "the newest version of a model": (
        TRITON.with_(model_version=None),
        "flink-2.4",
        {},
        [
            "model_version (model-version): expected a version's number, such as '1', got 'latest'; Flink asks Triton for a version of that very name, and Triton answers 404"
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
    "sequences without one": (
        TRITON.with_(sequence_start=True, sequence_end=True),
        "flink-2.4",
        {},
        ["!sequence_id (sequence-id): expected a sequence where sequence-start is true, got nothing"],
    ),
    "sequences": (
        TRITON.with_(sequence_start=True, sequence_id="a"),
        "flink-2.4",
        {},
        [
            "!sequence_id (sequence-id): expected a model that needs no sequence, got 'a'; Flink sends it as the request's id, and Triton refuses requests of a sequence without a correlation id"
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
            "endpoint: expected a URL without a query string or fragment, got 'https://triton.example.com?a=b'; Flink adds the model's path at the end of the whole text"
        ],
    ),
    "a timeout that is too long": (
        TRITON.with_(timeout="25 d"),
        "flink-2.4",
        {},
        ["timeout: expected at most 2147483647 ms, got '25 d'"],
    ),
    "a timeout that nobody can read": (
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
            "custom_headers (custom-headers): expected header names of ASCII characters without blanks, got others",
            "custom_headers (custom-headers): expected header values of ASCII characters, got others",
        ],
    ),
    "headers that nobody can read": (
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
            "!custom-headers.c: expected either custom-headers or its entries, got both; Flink reads custom-headers alone where both are given"
        ],
    ),
    "sequences that count": (
        TRITON.with_(extra_options={"sequence-id-auto-increment": "true"}),
        "flink-2.4",
        {},
        ["sequence_id (sequence-id): expected a sequence where sequence-id-auto-increment is true, got nothing"],
    ),
    "retries": (
        TRITON.with_(max_retries=3, retry_initial_backoff="1 min"),
        "flink-2.4",
        {},
        ["retry_max_backoff (retry-max-backoff): expected at least retry-initial-backoff (1 min), got '30s'"],
    ),
    "retries, for the vendor": (
        TRITON.with_(max_retries=3, retry_initial_backoff="0 s"),
        "vvr-11.9",
        {},
        ["!retry_initial_backoff (retry-initial-backoff): expected more than 0 where max-retries is, got '0 s'"],
    ),
    "retries in order": (TRITON.with_(max_retries=3), "flink-2.4", {}, []),
    "retries that nobody can read": (
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
    "delays that nobody can read": (
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
    "columns that Triton has not": (
        TRITON,
        "flink-2.4",
        {"input": "a ARRAY<ARRAY<INT>>", "output": "b INT, c INT"},
        [
            "input: expected exactly one column, of type BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, STRING, VARCHAR, or an ARRAY of one of them, got a ARRAY<ARRAY<INT>>",
            "output: expected exactly one column, of type BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, STRING, VARCHAR, or an ARRAY of one of them, got 2 columns",
        ],
    ),
    "a default for a text": (TRITON.with_(default_value="FAILED"), "flink-2.4", {"output": "b STRING"}, []),
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
    "a server without a scheme, for the vendor": (
        COMPAT.with_(endpoint="api.example.com/v1/chat/completions"),
        "vvr-11.9",
        {},
        ["!endpoint: expected a URL that begins with http:// or https://, got 'api.example.com/v1/chat/completions'"],
    ),
    "a column of any length": (CHAT, "flink-2.3", {"input": "a VARCHAR", "output": {"b": "varchar(2147483647)"}}, []),
    "a default that is null": (TRITON.with_(default_value="null"), "flink-2.4", {"output": "b ARRAY<INT>"}, []),
    "headers one by one": (
        GenericProvider("triton", endpoint="https://t", **{"model-name": "m", "model-version": "1", "custom-headers.X-A": "1"}),
        "flink-2.4",
        {},
        [],
    ),
    "keys of Flink itself": (
        GenericProvider("triton", endpoint="https://t", **{"model-name": "m", "model-version": "1", "property-version": "1"}),
        "flink-2.4",
        {},
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_check(case: str) -> None:
    """Every problem to the letter, in order; nothing else."""
    provider, name, given, expected = CASES[case]
    found = provider.check(name, **given)
    assert expected == ["!" * (problem.severity == "warning") + str(problem) for problem in found]


# The data -------------------------------------------------------------------------------------------------------------


def test_every_file_is_a_runtime() -> None:
    """The files beside the module are the runtimes that it lists."""
    found = sorted(
        each.name.removesuffix(".json") for each in files("llmproviders.runtimes").iterdir() if each.name.endswith(".json")
    )
    assert sorted(list_runtimes()) == found
    assert list_runtimes() == [each.name for each in RUNTIMES]


def test_rules_of_the_data() -> None:
    """Every rule that a file names is there, and every rule is named."""
    assert set(RULES) == {rule for each in RUNTIMES for factory in each.factories.values() for rule in factory.rules}


@pytest.mark.parametrize("each", RUNTIMES, ids=str)
def test_data_is_complete(each: Runtime) -> None:
    """What a file says can be used: keys that are told apart, defaults and choices that go together."""
    assert each.title
    assert each.sources
    for identifier, factory in each.factories.items():
        assert identifier == factory.identifier
        assert factory.artifact
        keys = [key for one in factory.options.values() for key in (one.key, *one.deprecated_keys)]
        assert len(set(keys)) == len(keys)
        for key, one in factory.options.items():
            assert key == one.key
            assert one is factory.option(key)
            assert bool(one.type) == each.exhaustive
            assert not (one.required and one.default is not None)


def test_only_one_is_not_released() -> None:
    """Flink 2.4 is not, and says so."""
    assert ["flink-2.4"] == [each.name for each in RUNTIMES if not each.released]


@pytest.mark.parametrize("cls", [OpenAIProvider, OpenAICompatProvider, DashScopeProvider, TritonProvider])
def test_classes_and_data_say_the_same(cls: type[Provider]) -> None:
    """Every option of a class is one of its newest runtime, with the class's type and choices, and the other way round."""
    newest = [each for each in RUNTIMES if cls.identifier in each.factories]
    factories = [each.factories[cls.identifier] for each in newest]
    known = {key: one for factory in factories for key, one in factory.options.items()}
    # Only master has it, and who wants it can pass it as an extra.
    known.pop("sequence-id-auto-increment", None)
    infos = {key: info for info in options(cls) for key in (info.key, info.sequence_key) if key}
    assert sorted(known) == sorted(infos)
    for key, info in infos.items():
        if known[key].type not in ("", "String"):
            assert info.java == known[key].type
        if known[key].type == "Enum":
            assert list(info.allowed) == list(known[key].choices)


def test_runtime_by_name() -> None:
    """A runtime is one object, found by its name, and passed through; an unknown name is an error with the names."""
    found = runtime("flink-2.3")
    assert found is runtime(found)
    assert found is runtime("flink-2.3")
    assert "flink-2.3" == str(found)
    with pytest.raises(llmproviders.UnknownRuntimeError) as caught:
        runtime("flink2.3")
    names = ", ".join(list_runtimes())
    assert f"no runtime 'flink2.3'; known: {names}; did you mean flink-2.3?" == str(caught.value)
    with pytest.raises(llmproviders.UnknownRuntimeError) as caught:
        runtime(None)  # type: ignore[arg-type]
    assert f"no runtime None; known: {names}" == str(caught.value)


# Options for a runtime ------------------------------------------------------------------------------------------------


def test_options_leave_out_what_a_runtime_does_not_know() -> None:
    """Defaults that Java would refuse go; the rest stays as it was, in its order."""
    triton = attrs.evolve(runtime("flink-2.3").factories["triton"], defects=())
    mended = attrs.evolve(runtime("flink-2.3"), factories={"triton": triton})
    assert {
        "endpoint": "https://triton.example.com",
        "model-name": "m",
        "model-version": "1",
        "timeout": "30s",
        "flatten-batch-dim": "false",
        "sequence-start": "false",
        "sequence-end": "false",
    } == TRITON.to_options(runtime=mended)
    assert TRITON.to_options(runtime=mended) == TRITON.for_runtime("flink-2.3").to_options()
    assert TRITON.to_options() == TRITON.to_options(runtime="flink-2.4")


def test_options_for_a_runtime_that_refuses_them() -> None:
    """Every error of the check, and no warning; before any reference is looked up."""
    provider = OpenAIProvider(CHAT.endpoint, Secret.from_env("NO_SUCH_KEY"), stop="a, b", seed=1)
    with pytest.raises(InvalidOptionsError) as caught:
        provider.to_options(runtime="flink-2.1")
    assert (
        "OpenAIProvider: 2 problems\n"
        "  seed: expected an option that openai has on flink-2.1; seed is in flink-2.2, flink-2.3, flink-2.4\n"
        "  model: expected a value, got nothing; openai requires it on flink-2.1; give it here, or with the call as model=..."
    ) == str(caught.value)
    expected = {"endpoint": CHAT.endpoint, "api-key": "******", "model": "m", "stop": "a, b"}
    assert expected == provider.to_options(runtime="flink-2.1", model="m", overrides={"seed": None}, redact=True)


def test_options_for_a_runtime_and_columns() -> None:
    """Columns and runtime are both looked at."""
    with pytest.raises(InvalidOptionsError) as caught:
        COMPAT.to_options([1], runtime="flink-2.3")  # type: ignore[list-item]
    assert ["input_columns", "provider"] == [problem.option for problem in caught.value.problems]
    expected = {**COMPAT.to_options(), "content-types": "TEXT;TEXT"}
    del expected["content-type"]
    assert expected == COMPAT.to_options([("a", "STRING"), ("b", "STRING")], runtime="vvr-11.9")


# Providers for a runtime ----------------------------------------------------------------------------------------------


def test_openai_compat_becomes_openai() -> None:
    """On Apache Flink, with what was set and nothing else."""
    provider = COMPAT.with_(temperature=0.5, retry_num=3, extra_options={"property-version": "1"})
    expected = CHAT.with_(temperature=0.5, retry_num=3, extra_options={"property-version": "1"})
    assert expected == provider.for_runtime("flink-2.3")
    assert () == expected.check("flink-2.3")
    assert CHAT == COMPAT.for_runtime("flink-2.1")
    assert CHAT == DashScopeProvider.from_options(COMPAT.to_options()).for_runtime("flink-2.3")


def test_a_default_that_differs_is_kept() -> None:
    """Where the class's default is not Java's, it is written out."""

    class Other(OpenAICompatProvider):
        system_prompt: str | None = attrs.field(default="Be brief.", metadata=option("system-prompt"))

    other = attrs.frozen(kw_only=True)(Other)(endpoint=CHAT.endpoint, api_key="k", model="gpt-4o")
    assert CHAT.with_(system_prompt="Be brief.") == other.for_runtime("flink-2.3")


def test_openai_becomes_openai_compat() -> None:
    """On VVR; and back again nothing has changed."""
    provider = CHAT.with_(temperature=0.5, seed=1)
    assert COMPAT.with_(temperature=0.5, seed=1) == provider.for_runtime("vvr-11.9")
    assert provider == provider.for_runtime("vvr-11.9").for_runtime("flink-2.3")


def test_dashscope_before_it_was_there() -> None:
    """VVR 11.7 has the compatible class only."""
    provider = DashScopeProvider(endpoint=CHAT.endpoint, api_key="k", model="gpt-4o")
    assert COMPAT == provider.for_runtime("vvr-11.7")
    assert provider == provider.for_runtime("vvr-11.8")


def test_defaults_that_java_refuses_are_dropped() -> None:
    """What plain to_options() gives is then what the runtime takes."""
    moved = TRITON.for_runtime("flink-2.3")
    assert moved.max_retries is None
    assert "max-retries" not in moved.to_options()
    assert TRITON == TRITON.for_runtime("flink-2.4")


LOST: dict[str, tuple[Provider, str, str]] = {
    "options of the vendor": (
        COMPAT.with_(user_prompt="x", extra_header={"a": "b"}, extra_options={"y": "z", "a-secret": "w"}),
        "flink-2.3",
        "OpenAICompatProvider: 4 problems\n"
        "  user_prompt (user-prompt): expected an option that openai has on flink-2.3, got 'x'; without('user_prompt') drops it\n"
        "  extra_header (extra-header): expected an option that openai has on flink-2.3, got ****** (str); without('extra_header') drops it\n"
        "  y: expected an option that openai has on flink-2.3, got 'z'; without('y') drops it\n"
        "  a-secret: expected an option that openai has on flink-2.3, got ****** (str); without('a-secret') drops it",
    ),
    "the built-in service": (
        OpenAICompatProvider(task="embeddings"),
        "flink-2.3",
        "OpenAICompatProvider: 3 problems\n"
        "  task: expected an option that openai has on flink-2.3, got 'embeddings'; the built-in AI service is VVR's\n"
        "  endpoint: expected a value, got nothing; it is required\n"
        "  api_key (api-key): expected a value, got nothing; it is required",
    ),
    "no key": (
        OpenAICompatProvider(endpoint=CHAT.endpoint),
        "flink-2.3",
        "OpenAICompatProvider: api_key (api-key): expected a value, got nothing; it is required",
    ),
    "what came later": (
        TRITON.with_(max_retries=1),
        "flink-2.3",
        "TritonProvider: max_retries (max-retries): expected an option that triton has on flink-2.3; max-retries is in flink-2.4, vvr-11.8, vvr-11.9",
    ),
    "no such factory": (
        TRITON,
        "flink-2.2",
        "TritonProvider: provider: expected an identifier that flink-2.2 has (openai), got 'triton'; triton is in flink-2.3, flink-2.4, vvr-11.8, vvr-11.9",
    ),
}


@pytest.mark.parametrize("case", LOST)
def test_no_way_without_loss(case: str) -> None:
    """Everything that would be lost is named, and nothing secret shown."""
    provider, name, expected = LOST[case]
    with pytest.raises(InvalidOptionsError) as caught:
        provider.for_runtime(name)
    assert expected == str(caught.value)


def test_a_class_of_ones_own_goes_anywhere() -> None:
    """Its factory is in a jar that the library does not know."""
    provider = GenericProvider("acme", x=1)
    assert provider == provider.for_runtime("flink-2.3")
    assert {"x": "1"} == provider.to_options(runtime="vvr-11.9")


# Laws -----------------------------------------------------------------------------------------------------------------

every_runtime = st.sampled_from(RUNTIMES)
every_provider = st.sampled_from(CLASSES).flatmap(providers)


@given(every_provider, every_runtime)
def test_options_for_a_runtime_are_options(provider: Provider, each: Runtime) -> None:
    """They are there exactly where the check finds no error; they are part of all options, and the runtime knows each."""
    errors = [problem for problem in provider.check(each) if problem.severity == "error"]
    if errors:
        with pytest.raises(InvalidOptionsError) as caught:
            provider.to_options(runtime=each)
        assert tuple(errors) == caught.value.problems
        return
    flat = provider.to_options(runtime=each)
    assert flat.items() <= provider.to_options().items()
    factory = each.factories.get(provider.provider_name())
    if each.exhaustive and factory is not None:
        assert all(factory.option(key) or key in ("provider", "property-version") for key in flat)


@given(every_provider, every_runtime)
def test_the_provider_for_a_runtime(provider: Provider, each: Runtime) -> None:
    """It is one of the runtime's own, once and for all, and emits only what the runtime knows."""
    try:
        moved = provider.for_runtime(each)
    except InvalidOptionsError:
        return
    assert moved == moved.for_runtime(each)
    factory = each.factories.get(moved.provider_name())
    # The factory of a class of one's own is in no data.
    assert factory is not None or isinstance(moved, (GenericProvider, RerankProvider))
    if each.exhaustive and factory is not None:
        assert all(factory.option(key) or key in ("provider", "property-version") for key in moved.to_options(redact=True))


@given(every_provider, every_runtime, st.sampled_from([None, "m"]))
def test_problems_show_no_secret(provider: Provider, each: Runtime, model: str | None) -> None:
    """Whatever is wrong, no secret is in what is said of it."""
    secret = "zq-secret-zq"
    name = {"openai": "api_key", "openai-compat": "api_key", "dashscope": "api_key", "triton": "auth_token"}
    if provider.provider_name() not in name or isinstance(provider, GenericProvider):
        return
    try:
        provider = provider.with_(**{name[provider.provider_name()]: secret})
    except ProviderError:
        return
    assert secret not in json.dumps([str(problem) for problem in provider.check(each, model=model)])


def test_placeholders_are_filled_in_by_vvr_only() -> None:
    """Apache Flink sends them as they are, which is a warning; the platform of VVR knows them."""
    placeholder = OpenAIProvider("https://h/v1/chat/completions", "${secret_values.k}", model="m")
    assert [
        (
            "warning",
            "api_key (api-key): expected the text that the service gets, got ****** (str); "
            "only VVR fills placeholders in, unless you do before the job is submitted",
        )
    ] == [(each.severity, str(each)) for each in placeholder.check("flink-2.3")]
    on_vvr = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key="${secret_values.k}", model="m")
    assert () == on_vvr.check("vvr-11.9")


def test_content_types_of_other_columns() -> None:
    """As many as there are input columns, in a check as in a call."""
    provider = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key="k", content_type=["TEXT", "IMAGE_URL"])
    assert ["content_type: expected as many as input columns, 1 (a), got 2 (TEXT, IMAGE_URL)"] == [
        str(each) for each in provider.check("vvr-11.9", input="a STRING")
    ]
    assert () == provider.check("vvr-11.9", input="a STRING, b STRING")


def test_a_task_that_the_runtime_has_not() -> None:
    """It is one problem, for nothing that is dropped would help."""
    endpoint = "https://dashscope.aliyuncs.com/api/v1/services/embeddings/multimodal-embedding/multimodal-embedding"
    provider = DashScopeProvider(endpoint=endpoint, api_key="k", content_type="IMAGE_URL")
    with pytest.raises(InvalidOptionsError) as caught:
        provider.for_runtime("flink-2.3")
    assert (
        "DashScopeProvider: task: expected a task that openai has (chat/completions, embeddings), got multimodal-embedding; "
        "flink-2.3 has no other"
    ) == str(caught.value)
