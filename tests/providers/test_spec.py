# SPDX-License-Identifier: Apache-2.0
"""The options of the built-in classes as tables, written independently of `src`, and a simple `to_options` to compare with."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import MANY, REQUIRED, arguments, build

from llmproviders import (
    DashScopeProvider,
    ExtraOptionWarning,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    Secret,
    TritonProvider,
    options,
    provider_classes,
)

OVERFLOW = "truncated-tail truncated-tail-log truncated-head truncated-head-log skipped skipped-log"
CONTENT = "TEXT IMAGE_URL AUDIO_BYTES AUDIO_URL MULTI_IMAGE_URLS"

# Python name, Java key, kind, string of the default. `string_of` writes a value by its kind; choices are listed as the kind.
CHAT_TABLE = [
    ("endpoint", "endpoint", "str", None),
    ("api_key", "api-key", "secret", None),
    ("task", "task", "str", None),
    ("model", "model", "str", None),
    ("system_prompt", "system-prompt", "str", "You are a helpful assistant."),
    ("user_prompt", "user-prompt", "str", None),
    ("temperature", "temperature", "double", None),
    ("top_p", "top-p", "double", None),
    ("max_tokens", "max-tokens", "long", None),
    ("stop", "stop", "stop", None),
    ("presence_penalty", "presence-penalty", "double", None),
    ("n", "n", "long", None),
    ("seed", "seed", "long", None),
    ("content_type", "content-type", "content", "TEXT"),
    ("response_format", "response-format", "text json_object", None),
    ("dimension", "dimension", "long", None),
    ("max_context_size", "max-context-size", "int", None),
    ("context_overflow_action", "context-overflow-action", OVERFLOW, "truncated-tail"),
    ("error_handling_strategy", "error-handling-strategy", "RETRY FAILOVER IGNORE", "RETRY"),
    ("retry_num", "retry-num", "int", "100"),
    ("retry_backoff_strategy", "retry-backoff-strategy", "FIXED EXPONENTIAL", "FIXED"),
    ("retry_backoff_base_interval", "retry-backoff-base-interval", "duration", "1s"),
    ("retry_fallback_strategy", "retry-fallback-strategy", "FAILOVER IGNORE", "FAILOVER"),
    ("extra_header", "extra-header", "json", None),
    ("extra_body", "extra-body", "json", None),
]
TRITON_TABLE = [
    ("endpoint", "endpoint", "str", None),
    ("model_name", "model-name", "str", None),
    ("model_version", "model-version", "str", "latest"),
    ("timeout", "timeout", "duration", "30s"),
    ("flatten_batch_dim", "flatten-batch-dim", "bool", "false"),
    ("priority", "priority", "int", None),
    ("sequence_id", "sequence-id", "str", None),
    ("sequence_start", "sequence-start", "bool", "false"),
    ("sequence_end", "sequence-end", "bool", "false"),
    ("compression", "compression", "gzip", None),
    ("auth_token", "auth-token", "secret", None),
    ("custom_headers", "custom-headers", "map", None),
    ("max_retries", "max-retries", "int", "0"),
    ("retry_initial_backoff", "retry-initial-backoff", "duration", "100ms"),
    ("retry_max_backoff", "retry-max-backoff", "duration", "30s"),
    ("default_value", "default-value", "any", None),
    ("health_check_enabled", "health-check-enabled", "bool", "false"),
    ("health_check_interval", "health-check-interval", "duration", "30s"),
    ("circuit_breaker_enabled", "circuit-breaker-enabled", "bool", "false"),
    ("circuit_breaker_failure_threshold", "circuit-breaker-failure-threshold", "double", "0.5"),
    ("circuit_breaker_timeout", "circuit-breaker-timeout", "duration", "60s"),
    ("circuit_breaker_half_open_requests", "circuit-breaker-half-open-requests", "int", "3"),
]
OPENAI_TABLE = [
    ("endpoint", "endpoint", "str", None),
    ("api_key", "api-key", "secret", None),
    ("model", "model", "str", None),
    ("system_prompt", "system-prompt", "str", None),
    ("temperature", "temperature", "double", None),
    ("top_p", "top-p", "double", None),
    ("stop", "stop", "stop", None),
    ("max_tokens", "max-tokens", "long", None),
    ("dimension", "dimension", "long", None),
    ("max_context_size", "max-context-size", "int", None),
    ("context_overflow_action", "context-overflow-action", OVERFLOW, None),
    ("error_handling_strategy", "error-handling-strategy", "RETRY FAILOVER IGNORE", None),
    ("retry_num", "retry-num", "int", None),
    ("retry_fallback_strategy", "retry-fallback-strategy", "FAILOVER IGNORE", None),
    ("presence_penalty", "presence-penalty", "double", None),
    ("n", "n", "long", None),
    ("seed", "seed", "long", None),
    ("response_format", "response-format", "text json_object", None),
]
TABLES: dict[type[Provider], list[tuple[str, str, str, str | None]]] = {
    OpenAICompatProvider: CHAT_TABLE,
    DashScopeProvider: CHAT_TABLE,
    TritonProvider: TRITON_TABLE,
    OpenAIProvider: OPENAI_TABLE,
    GenericProvider: [],
}
JAVA = {
    "str": "String",
    "secret": "String",
    "stop": "String",
    "json": "String",
    "any": "String",
    "double": "Double",
    "long": "Long",
    "int": "Integer",
    "bool": "Boolean",
    "duration": "Duration",
    "map": "Map",
}
CHAT, EMBEDDINGS, MULTIMODAL, ASR = "chat/completions", "embeddings", "multimodal-embedding", "audio/asr/transcription"
CHAT_ONLY = "system_prompt user_prompt temperature top_p max_tokens stop presence_penalty n seed response_format"
CHAT_TASKS = {
    **dict.fromkeys(CHAT_ONLY.split(), (CHAT,)),
    "dimension": (EMBEDDINGS, MULTIMODAL),
    "extra_body": (CHAT, EMBEDDINGS, ASR),
}
TASKS: dict[type[Provider], dict[str, tuple[str, ...]]] = {
    OpenAICompatProvider: CHAT_TASKS,
    DashScopeProvider: CHAT_TASKS,
    OpenAIProvider: {**dict.fromkeys(CHAT_ONLY.replace("user_prompt ", "").split(), (CHAT,)), "dimension": (EMBEDDINGS,)},
}
"""The tasks that have an option, where not all tasks do."""
every_table = pytest.mark.parametrize("cls", [cls for cls in TABLES if cls is not GenericProvider])


def test_every_built_in_class_has_a_table() -> None:
    """The contract of a built-in class is written down here."""
    ours = {cls for cls in provider_classes().values() if cls.__module__.startswith("llmproviders.")}
    assert ours == set(TABLES) - {GenericProvider}


@every_table
def test_options_are_those_of_the_table(cls: type[Provider]) -> None:
    """Names, Java keys, order, Java types, choices, secrets and required options are those of the contract."""
    described = []
    for name, key, kind, _ in TABLES[cls]:
        choices = CONTENT if kind == "content" else kind if kind not in JAVA else ""
        java = "Enum" if choices else JAVA[kind]
        if name == "task":
            choices = " ".join(cls.tasks)
        described.append((name, key, java, tuple(choices.split()), kind == "secret", name in REQUIRED.get(cls, {})))
    assert described == [(o.name, o.key, o.java, o.allowed, o.secret, o.required) for o in options(cls)]
    assert all(info.meaning for info in options(cls))


@every_table
def test_defaults_are_those_of_the_table(cls: type[Provider]) -> None:
    """A provider with only required options emits the defaults that are not None, in the order of the table."""
    required = REQUIRED.get(cls, {})
    expected = {key: required.get(name, default) for name, key, _, default in TABLES[cls]}
    emitted = {key: string for key, string in expected.items() if string is not None}
    assert list(emitted.items()) == list(cls(**required).to_options().items())


@every_table
def test_tasks_of_options(cls: type[Provider]) -> None:
    """The tasks of each option are those of the contract."""
    assert TASKS.get(cls, {}) == {info.name: info.tasks for info in options(cls) if info.tasks}


def test_identifiers_and_tasks() -> None:
    """Identifiers, the keys of a model given per call, and tasks are those of the contract."""
    both = ("chat/completions", "embeddings")
    assert ("openai-compat", "model", both) == (
        OpenAICompatProvider.identifier,
        OpenAICompatProvider.model_key,
        OpenAICompatProvider.tasks,
    )
    native = (*both, "multimodal-embedding", "audio/asr/transcription")
    assert ("dashscope", "model", native) == (DashScopeProvider.identifier, DashScopeProvider.model_key, DashScopeProvider.tasks)
    assert ("triton", "model-name", ()) == (TritonProvider.identifier, TritonProvider.model_key, TritonProvider.tasks)
    assert ("openai", "model", both) == (OpenAIProvider.identifier, OpenAIProvider.model_key, OpenAIProvider.tasks)
    for provider in (OpenAICompatProvider(), TritonProvider("x"), GenericProvider("other")):
        assert provider.provider_name() == provider.provider_identifier()
    assert "other" == GenericProvider("other").provider_name()
    assert "model" == GenericProvider("other").model_option_key()
    assert "model-name" == TritonProvider("x").model_option_key()


# The emitter ----------------------------------------------------------------------------------------------------------


def duration_string(value: timedelta) -> str:
    """The string of a `timedelta` in the largest unit in which it is a whole number."""
    micros = value // timedelta(microseconds=1)
    if micros == 0:
        return "0s"
    sizes = {"h": 3_600_000_000, "min": 60_000_000, "s": 1_000_000, "ms": 1000, "micros": 1}
    unit = next(unit for unit, size in sizes.items() if micros % size == 0)
    return f"{micros // sizes[unit]}{unit}"


def any_string(value: Any) -> str:
    """The string of a value whose Java type is unknown."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, str):
        return value
    if isinstance(value, timedelta):
        return duration_string(value)
    # Minus zero is written as zero, except inside JSON.
    return json.dumps(value + 0.0 if isinstance(value, float) else value)


def quoted(string: str) -> str:
    return "'" + string.replace("'", "''") + "'"


def map_string(value: Mapping[str, str]) -> str:
    harmless = re.compile(r"(?! )[-A-Za-z0-9_./+=;()~$^?< ]+(?<! )")
    # Flink may read a map that does not begin with a quote as YAML.
    plain = all(harmless.fullmatch(name) and harmless.fullmatch(each) for name, each in value.items())
    return ",".join(f"{name}:{each}" if plain else quoted(quoted(name) + ":" + quoted(each)) for name, each in value.items())


def revealed(value: Any) -> Any:
    """A value with the strings of the secrets inside."""
    if isinstance(value, dict):
        return {name: revealed(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [revealed(item) for item in value]
    return value.reveal() if isinstance(value, Secret) else value


def string_of(kind: str, value: Any) -> str:
    """The string of an option's value for Java."""
    if isinstance(value, Secret) or kind in ("json", "map"):
        value = revealed(value)
    if kind == "double":
        # An int stays an int, and minus zero is written as zero.
        return str(int(value)) if isinstance(value, int) else repr(float(value) + 0.0)
    if kind in ("int", "long"):
        return str(int(value))
    if kind == "bool":
        return str(value).lower()
    if kind == "duration" and isinstance(value, timedelta):
        return duration_string(value)
    if kind == "stop" and not isinstance(value, str):
        return ",".join(value)
    if kind == "json" and not isinstance(value, str):
        return json.dumps(value)
    if kind == "map" and not isinstance(value, str):
        return map_string(value)
    if kind == "any":
        return any_string(value)
    if kind not in JAVA:
        (value,) = (choice for choice in kind.split() if re.fullmatch(re.sub("[-_]", "[-_]", choice), value, re.IGNORECASE))
    assert isinstance(value, str)
    return value


def emitted(cls: type[Provider], given: Mapping[str, Any]) -> dict[str, str]:
    """The options that the class emits, by the tables of the contract alone."""
    flat: dict[str, str] = {}
    names = set()
    for name, key, kind, default in TABLES[cls]:
        names.add(name)
        value = given.get(name, default)
        if value is None:
            continue
        if kind == "content":
            types = [string_of(CONTENT, each) for each in ([value] if isinstance(value, str) else value)]
            flat["content-type" if types in (["TEXT"], ["IMAGE_URL"]) else "content-types"] = ";".join(types)
        else:
            flat[key] = string_of(kind, value)
    flat |= {name: any_string(value) for name, value in given.items() if name not in names and value is not None}
    return flat


def as_items(flat: dict[str, str]) -> list[tuple[str, str]]:
    assert all(type(part) is str for item in flat.items() for part in item)
    return list(flat.items())


@pytest.mark.parametrize("cls", TABLES)
@MANY
@given(data=st.data())
def test_classes_emit_as_their_tables(cls: type[Provider], data: st.DataObject) -> None:
    """Valid arguments give exactly the dict of the contract, in its order; a generic provider emits them as given."""
    given = data.draw(arguments(cls))
    assert as_items(emitted(cls, given)) == as_items(build(cls, given).to_options())


# Rules ----------------------------------------------------------------------------------------------------------------

URL = "https://api.example.com/v1/chat/completions"
DASHSCOPE = "https://dashscope.aliyuncs.com"
NATIVE = f"{DASHSCOPE}/api/v1/services/embeddings/multimodal-embedding/multimodal-embedding"
ASR = f"{DASHSCOPE}/api/v1/services/audio/asr/transcription"
NO_NUMBERS: tuple[Any, ...] = (True, False, "1", b"1", [1], 1j, Decimal(1))
NO_INTS: tuple[Any, ...] = (*NO_NUMBERS, 1.0, Fraction(1))
NO_DURATIONS = ("soon", "", " ", "-1s", "1.5s", "1w", "1us", "1h30m", "P1Y", timedelta(seconds=-1))

BAD_VALUES: list[tuple[type[Provider], str, tuple[Any, ...]]] = [
    (OpenAICompatProvider, "temperature", (math.nan, math.inf, -math.inf, 10**400)),
    (OpenAICompatProvider, "top_p", (-0.01, 1.01, 7, math.nan, Fraction(3, 2))),
    (OpenAICompatProvider, "presence_penalty", (-2.01, 2.01, math.nan)),
    (OpenAICompatProvider, "max_tokens", (0, -1, 2**63)),
    (OpenAICompatProvider, "n", (0, -1, 2**63)),
    (OpenAICompatProvider, "dimension", (0, -1, 2**63)),
    (OpenAICompatProvider, "seed", (2**63, -(2**63) - 1)),
    (OpenAICompatProvider, "max_context_size", (0, -1, 2**31)),
    (OpenAICompatProvider, "retry_num", (-1, -5, 2**31)),
    (OpenAICompatProvider, "stop", ([], [""], ["a,b"], ["a", "\ud800"])),
    (OpenAICompatProvider, "content_type", ("PDF", [], ["TEXT", "PDF"], "")),
    (OpenAICompatProvider, "response_format", ("xml", "")),
    (OpenAICompatProvider, "context_overflow_action", ("cut", "")),
    (OpenAICompatProvider, "error_handling_strategy", ("fail", " RETRY")),
    (OpenAICompatProvider, "retry_backoff_strategy", ("linear",)),
    (OpenAICompatProvider, "retry_fallback_strategy", ("RETRY",)),
    (OpenAICompatProvider, "retry_backoff_base_interval", NO_DURATIONS),
    (
        OpenAICompatProvider,
        "extra_header",
        ("", "[]", "{", '"a"', {"a": 1}, {"a": None}, {"a": [1]}, {"a": {}}, '{"a": NaN}', {"a": "\ud800"}),
    ),
    (OpenAICompatProvider, "extra_body", ("", "[]", "1", "nope", '{"a": 1, "a": 2}', {"a": math.nan}, {"a": {1}}, {1: 2})),
    (OpenAICompatProvider, "task", ("chat", "Embeddings", "multimodal-embedding", "")),
    (DashScopeProvider, "task", ("audio", "MULTIMODAL-EMBEDDING")),
    (OpenAICompatProvider, "model", ("\ud800",)),
    (OpenAICompatProvider, "system_prompt", ("\udfff",)),
    (OpenAICompatProvider, "endpoint", (NATIVE, ASR, "\ud800")),
    (TritonProvider, "priority", (-1, 256)),
    (TritonProvider, "compression", ("zstd", "")),
    (TritonProvider, "custom_headers", ("a", "a:b:c", "a:b\n", "a:b,a:c", {"a": "b\r"}, {"a": "\ud800"}, '{"a": "\\ud800"}')),
    (TritonProvider, "max_retries", (-1, 2**31)),
    (TritonProvider, "default_value", (math.nan, math.inf, [math.nan], {"a": {1, 2}}, {1: 2}, "\ud800")),
    (TritonProvider, "circuit_breaker_failure_threshold", (0, 0.0, -0.5, 1.01, math.nan)),
    (TritonProvider, "circuit_breaker_half_open_requests", (0, -1, 2**31)),
    *[
        (TritonProvider, name, NO_DURATIONS)
        for name in ("timeout", "retry_initial_backoff", "retry_max_backoff", "health_check_interval", "circuit_breaker_timeout")
    ],
    (OpenAIProvider, "top_p", (-0.01, 1.01)),
    (OpenAIProvider, "max_tokens", (0, 2**63)),
    (OpenAIProvider, "retry_num", (-1, 2**31)),
    (OpenAIProvider, "presence_penalty", (3,)),
    (OpenAIProvider, "n", (0,)),
    (OpenAIProvider, "dimension", (0,)),
    (OpenAIProvider, "max_context_size", (0,)),
]


@every_table
def test_every_bound_has_values_out_of_bounds(cls: type[Provider]) -> None:
    """Each option with bounds has a row of wrong values, of the class or of one with the same table."""
    rows = {name for each, name, _ in BAD_VALUES if TABLES[each] is TABLES[cls]}
    assert {info.name for info in options(cls) if info.rule} <= rows


@pytest.mark.parametrize(("cls", "name", "values"), BAD_VALUES, ids=range(len(BAD_VALUES)))
def test_hard_errors(cls: type[Provider], name: str, values: tuple[Any, ...]) -> None:
    """A value that no service or Java type accepts is refused with the option, by the constructor and by `with_`."""
    good = cls(**REQUIRED.get(cls, {}))
    for value in values:
        with pytest.raises(InvalidOptionsError) as caught:
            cls(**{**REQUIRED.get(cls, {}), name: value})
        assert [(name,)] == [(problem.option,) for problem in caught.value.problems], value
        with pytest.raises(InvalidOptionsError):
            good.with_(**{name: value})


@every_table
def test_wrong_types(cls: type[Provider]) -> None:
    """No option accepts a value of another type: a bool is no number, 1.0 no int, a number no string."""
    wrong: dict[str, tuple[Any, ...]] = {
        "str": (1, True, b"x", ["x"], object()),
        "secret": (1, b"x", ["x"]),
        "double": NO_NUMBERS,
        "int": NO_INTS,
        "long": NO_INTS,
        "bool": (0, 1, "true", "", object()),
        "duration": (1, 1.5, b"1s"),
        "json": (1, [], b"{}"),
        "map": (1, [], {"a": 1}, {1: "a"}),
        "stop": (1, [1], b"x", {"a"}),
        "any": ({1}, b"x", object(), 1j),
        "content": (1, [1], {"TEXT"}),
    }
    for name, _, kind, _ in TABLES[cls]:
        for value in wrong.get(kind, (1, True, ["gzip"])):
            with pytest.raises(InvalidTypeError) as caught:
                cls(**{**REQUIRED.get(cls, {}), name: value})
            assert isinstance(caught.value, TypeError)
            assert isinstance(caught.value, ValueError)
            assert [(name, True)] == [(problem.option, problem.is_type) for problem in caught.value.problems], value


class Level(IntEnum):
    """An enum of ints."""

    ONE = 1


class Style(str, Enum):
    """An enum of strings."""

    IGNORE = "IGNORE"


class Strategy(Enum):
    """A user's enum whose members have the names of Java's."""

    RETRY = "retry"


def test_values_of_subclasses_and_enums() -> None:
    """Values of subclasses of int, float and str, and members of enums, are accepted as the value they have."""
    provider = OpenAICompatProvider(
        n=Level.ONE,
        temperature=Level.ONE,
        top_p=Fraction(1, 2),
        model=Style.IGNORE,
        retry_fallback_strategy=Style.IGNORE,
        error_handling_strategy=Strategy.RETRY,
    )
    flat = provider.to_options()
    expected = {"n": "1", "temperature": "1", "top-p": "0.5", "model": "IGNORE", "retry-fallback-strategy": "IGNORE"}
    assert expected == {key: flat[key] for key in expected}
    assert "RETRY" == flat["error-handling-strategy"]
    assert [int, int, str] == [type(value) for value in (provider.n, provider.temperature, provider.model)]
    assert '{"a": [1]}' == OpenAICompatProvider(extra_body=MappingProxyType({"a": (1,)})).to_options()["extra-body"]


@pytest.mark.parametrize(
    "given",
    [
        {"api_key": "k"},
        {"api_key": "k", "endpoint": " \t"},
        {"api_key": "k", "endpoint": URL, "task": "chat/completions"},
        {"api_key": "k", "task": "embeddings"},
    ],
    ids=range(4),
)
@pytest.mark.parametrize("cls", [OpenAICompatProvider, DashScopeProvider])
def test_key_needs_an_endpoint_and_no_task(cls: type[Provider], given: dict[str, Any]) -> None:
    """An api_key needs an endpoint, and is refused beside a task."""
    with pytest.raises(InvalidOptionsError):
        cls(**given)


def test_no_hard_bound_for_temperature() -> None:
    """Any finite temperature is accepted, because services differ."""
    assert ["-0.5", "99"] == [OpenAICompatProvider(temperature=t).to_options()["temperature"] for t in (-0.5, 99)]


def test_java_bounds_belong_to_the_type() -> None:
    """The smallest and largest numbers of Java's int and long are accepted."""
    flat = OpenAICompatProvider(seed=-(2**63), n=2**63 - 1, retry_num=2**31 - 1).to_options()
    assert ["-9223372036854775808", "9223372036854775807", "2147483647"] == [flat[key] for key in ("seed", "n", "retry-num")]


# What VVR 11.9 added --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("text", {"content-type": "TEXT"}),
        ("Image_Url", {"content-type": "IMAGE_URL"}),
        (["TEXT"], {"content-type": "TEXT"}),
        ("AUDIO_BYTES", {"content-types": "AUDIO_BYTES"}),
        ("audio_url", {"content-types": "AUDIO_URL"}),
        ("MULTI_IMAGE_URLS", {"content-types": "MULTI_IMAGE_URLS"}),
        (("text", "image_url"), {"content-types": "TEXT;IMAGE_URL"}),
        (["TEXT", "TEXT"], {"content-types": "TEXT;TEXT"}),
        (None, {}),
    ],
    ids=range(9),
)
def test_content_types(given: Any, expected: dict[str, str]) -> None:
    """One TEXT or IMAGE_URL is emitted under content-type, anything else under content-types."""
    flat = OpenAICompatProvider(content_type=given).to_options()
    assert expected == {key: text for key, text in flat.items() if key.startswith("content-type")}


@pytest.mark.parametrize(
    ("cls", "given", "good", "bad"),
    [
        (OpenAICompatProvider, {"endpoint": URL}, ["TEXT", "AUDIO_URL", ["TEXT", "IMAGE_URL"]], []),
        (OpenAICompatProvider, {"endpoint": "http://h/Embeddings//"}, ["TEXT", None], ["IMAGE_URL", ["TEXT", "TEXT"]]),
        (OpenAICompatProvider, {"task": "embeddings"}, ["TEXT"], ["AUDIO_BYTES"]),
        (DashScopeProvider, {"endpoint": NATIVE}, ["IMAGE_URL", ["image_url"], None], ["TEXT", ["IMAGE_URL", "IMAGE_URL"]]),
        (DashScopeProvider, {"task": "multimodal-embedding"}, ["IMAGE_URL"], ["MULTI_IMAGE_URLS"]),
        (DashScopeProvider, {"endpoint": ASR.upper() + "/"}, ["AUDIO_URL"], ["AUDIO_BYTES", "TEXT", ["AUDIO_URL", "AUDIO_URL"]]),
        (DashScopeProvider, {"endpoint": "https://h/none"}, ["TEXT", "AUDIO_URL", ["TEXT", "IMAGE_URL"]], []),
        (DashScopeProvider, {"endpoint": URL, "task": "embeddings"}, ["TEXT"], ["IMAGE_URL"]),
    ],
    ids=range(8),
)
def test_content_types_by_task(cls: type[Provider], given: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    """The task, or the end of the endpoint, determines the allowed content types; only chat allows several."""
    for value in good:
        cls(**given, content_type=value)
    for value in bad:
        with pytest.raises(InvalidOptionsError) as caught:
            cls(**given, content_type=value)
        assert ["content_type"] == [problem.option for problem in caught.value.problems]


def test_multimodal_embedding_takes_no_body() -> None:
    """The task multimodal-embedding, given by task or by endpoint, has no extra_body."""
    for service in ({"task": "multimodal-embedding"}, {"endpoint": NATIVE, "api_key": "k"}):
        with pytest.raises(InvalidOptionsError) as caught:
            DashScopeProvider(**service, content_type="IMAGE_URL", extra_body={})
        assert ["extra_body"] == [problem.option for problem in caught.value.problems]


COLUMNS = [("a", "STRING"), ("b", "STRING"), ("c", "STRING")]


@pytest.mark.parametrize(
    ("given", "count", "expected"),
    [
        ("TEXT", 1, {"content-type": "TEXT"}),
        ("TEXT", 2, {"content-types": "TEXT;TEXT"}),
        ("IMAGE_URL", 3, {"content-types": "IMAGE_URL;IMAGE_URL;IMAGE_URL"}),
        ("AUDIO_URL", 1, {"content-types": "AUDIO_URL"}),
        (["AUDIO_URL"], 2, {"content-types": "AUDIO_URL;AUDIO_URL"}),
        (["TEXT", "IMAGE_URL"], 2, {"content-types": "TEXT;IMAGE_URL"}),
        (None, 2, {}),
    ],
    ids=range(7),
)
def test_input_columns(given: Any, count: int, expected: dict[str, str]) -> None:
    """One content type is repeated for every input column; the other options and the order stay."""
    provider = OpenAICompatProvider(content_type=given, temperature=1)
    plain = provider.to_options()
    aligned = provider.to_options(COLUMNS[:count])
    assert expected == {key: text for key, text in aligned.items() if key.startswith("content-type")}
    assert [key.rstrip("s") for key in plain] == [key.rstrip("s") for key in aligned]
    assert provider.to_options() == plain


def test_input_columns_of_other_providers() -> None:
    """The columns change nothing for a provider whose options do not depend on them."""
    assert TritonProvider("x").to_options() == TritonProvider("x").to_options(COLUMNS)


@pytest.mark.parametrize("columns", [["a"], [("a",)], [(1, "STRING")], [("a", "STRING"), None]], ids=range(4))
def test_wrong_columns(columns: Any) -> None:
    """Columns that are no pairs of a name and a type are refused."""
    with pytest.raises(InvalidTypeError, match="input_columns: expected pairs of a column's name and type, got a column of type"):
        OpenAICompatProvider().to_options(columns)


def test_overrides() -> None:
    """Overrides have Python names and change one call only; None removes an option."""
    provider = OpenAICompatProvider(temperature=0.5, model="a", **{"vendor-flag": 1})
    flat = provider.to_options(None, {"temperature": 1, "model": None, "vendor-flag": None, "other-flag": "x"})
    expected = {**OpenAICompatProvider().to_options(), "temperature": "1", "other-flag": "x"}
    assert expected == flat
    assert "0.5" == provider.to_options()["temperature"]
    assert "AUDIO_URL;AUDIO_URL" == provider.to_options(COLUMNS[:2], {"content_type": "audio_url"})["content-types"]


def test_model_of_a_call() -> None:
    """A model given per call replaces the value of the model key."""
    assert "m" == OpenAICompatProvider(model="x").to_options(model="m")["model"]
    assert "m" == TritonProvider("e", model_name="x").to_options(model="m")["model-name"]
    assert {"model": "m", "a": "b"} == GenericProvider("g", a="b").to_options(model="m")
    assert "m" == OpenAICompatProvider().to_options(overrides={"model": "x"}, model="m")["model"]


@pytest.mark.parametrize("cls", [OpenAICompatProvider, DashScopeProvider])
def test_audio_format_is_no_option(cls: type[Provider]) -> None:
    """`audio_format` is refused as a prediction option; `extra_options` passes it."""
    with pytest.raises(InvalidOptionsError, match="it is a prediction option"):
        cls(audio_format="mp3")
    assert "mp3" == cls(extra_options={"audio_format": "mp3"}).to_options()["audio_format"]


# Extra options --------------------------------------------------------------------------------------------------------


def test_strings_of_extras() -> None:
    """Extra options are written as Java writes them, containers as JSON, in the given order, without None."""
    provider = OpenAICompatProvider(b=True, a=None, c=1.5, d=[1, None], e={"x": True}, f="", g=timedelta(1))
    expected = {"b": "true", "c": "1.5", "d": "[1, null]", "e": '{"x": true}', "f": "", "g": "24h"}
    flat = provider.to_options()
    assert list(expected.items()) == list(flat.items())[-len(expected) :]


def test_extras_win() -> None:
    """An extra option replaces a typed option of the same key, at its position."""
    plain = OpenAICompatProvider().to_options()
    flat = OpenAICompatProvider(extra_options={"retry-num": "7"}).to_options()
    assert list({**plain, "retry-num": "7"}.items()) == list(flat.items())


@pytest.mark.parametrize(
    "name", ["top-p", "max-tokens", "content-types", "retry-num", "Top_P", "topP", "temprature", "tmeperature", "stpo"]
)
def test_names_near_an_option(name: str) -> None:
    """The Java key of an option, or a misspelled name, is refused unless it is in `extra_options`."""
    with pytest.raises(InvalidOptionsError) as caught:
        OpenAICompatProvider(**{name: "1"})
    assert [name] == [problem.option for problem in caught.value.problems]
    with pytest.raises(InvalidOptionsError):
        OpenAICompatProvider().with_(**{name: "1"})
    passed = OpenAICompatProvider(extra_options={name: "1"})
    assert "1" == passed.to_options()[name]
    assert "2" == passed.with_(**{name: "2"}).to_options()[name]


@pytest.mark.parametrize(
    "name", ["top_k", "enable_thinking", "min_p", "repetition_penalty", "frequency_penalty", "logit_bias", "user"]
)
def test_names_of_other_services(name: str) -> None:
    """A parameter of other services is passed on, with a warning that says where to write it."""
    expected = (
        f"OpenAICompatProvider: {name} is not an option, and is passed to Java unchanged; write extra_body={{'{name}': ...}} "
        f"(extra_options={{'{name}': ...}} passes it without this warning)"
    )
    with pytest.warns(ExtraOptionWarning) as caught:
        provider = OpenAICompatProvider(**{name: 1})
    assert [expected] == [str(warning.message) for warning in caught]
    assert "1" == provider.to_options()[name]


def test_generic_names() -> None:
    """Any name can be an option of `GenericProvider`, also the names of its own parameters."""
    given: dict[str, Any] = {
        "name": "a",
        "self": "b",
        "api-key": "c",
        "_name": "d",
        "cls": "e",
        "extra_options": "f",
        "temprature": 1,
    }
    assert {key: str(value) for key, value in given.items()} == GenericProvider("x", **given).to_options()
    assert {"a": "1", "b": "2"} == GenericProvider("x", extra_options={"a": 0, "b": 2}, a=1).to_options()


@pytest.mark.parametrize(
    ("value", "string"),
    [
        ("null", "null"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-1.5, "-1.5"),
        (1e300, "1e+300"),
        ([], "[]"),
        ((1, "a", None), '[1, "a", null]'),
        ({"a": {"b": [True]}}, '{"a": {"b": [true]}}'),
        ("\u00e9", "\u00e9"),
        (["\u00e9"], '["\\u00e9"]'),
    ],
    ids=range(12),
)
def test_default_value(value: Any, string: str) -> None:
    """The value for a failed inference is written as it is if it is a string, otherwise as JSON."""
    assert string == TritonProvider("x", default_value=value).to_options()["default-value"]
    assert "default-value" not in TritonProvider("x", default_value=None).to_options()
