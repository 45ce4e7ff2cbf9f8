# SPDX-License-Identifier: Apache-2.0
"""Hypothesis strategies for constructor arguments and providers of every class, also of a user-defined one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from own import Mode, RerankProvider

from llmproviders import (
    MASK,
    DashScopeProvider,
    GenericProvider,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    Secret,
    TritonProvider,
)

# For laws with many different inputs. The first run of CI sets the variable, for more examples.
MANY = settings(max_examples=300 if os.environ.get("MANY_EXAMPLES") else 40)

UGLY = (
    "",
    " ",
    "null",
    "None",
    "true",
    "it's",
    '"',
    "a,b;c:d",
    "line\nbreak\r\n\ttab",
    "\x00\x7f\x85\u2028\ufeff\ufffe",
    "\U0001f600\u00e9\u0661",
    "--; drop /* x */",
    "${secret_values.x}",
    "{",
    "{}",
    '{"a": 1,}',
    "%s {0} \\",
    "https://user:pass@host/path?token=abc&x=y",
)

# Hypothesis also tries constants of the tested code, and the mask is refused as a secret.
texts = (st.text(max_size=20) | st.sampled_from(UGLY)).filter(lambda text: MASK not in text)
references = st.sampled_from(
    [
        Secret.from_env("LLMPROVIDERS_TEST_KEY"),
        Secret.from_env("LLMPROVIDERS_NO_SUCH_KEY", default="a default"),
        Secret.from_env("LLMPROVIDERS_NO_SUCH_KEY", default="${secret_values.default}"),
        Secret.from_resolver("test-vault", "kv/llm#key"),
    ]
)
secrets = texts | texts.map(Secret) | st.just("${secret_values.key}") | references

longs = st.integers(-(2**63), 2**63 - 1)
ints = st.integers(-(2**31), 2**31 - 1)
counts = st.integers(1, 2**31 - 1)
retries = st.integers(0, 2**31 - 1)
finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = finite | st.integers(-(10**20), 10**20) | st.fractions()


def numbers_between(low: int, high: int) -> SearchStrategy[float | Fraction]:
    """Finite numbers of several types between *low* and *high*."""
    return st.floats(low, high) | st.integers(low, high) | st.fractions(low, high)


def spelled(*choices: str) -> SearchStrategy[str]:
    """One of *choices*, in any letter case, or as the name of a Java enum constant."""
    ways: list[Callable[[str], str]] = [str, str.lower, str.upper, str.title, lambda text: text.replace("-", "_").upper()]
    return st.builds(lambda choice, way: way(choice), st.sampled_from(choices), st.sampled_from(ways))


UNITS = (
    *("d", "day", "days", "h", "hour", "hours", "min", "m", "minute", "minutes"),
    *("s", "sec", "secs", "second", "seconds", "ms", "milli", "millis", "millisecond", "milliseconds"),
    *("\u00b5s", "micro", "micros", "microsecond", "microseconds", "ns", "nano", "nanos", "nanosecond", "nanoseconds"),
)
_blanks = st.text(" \t\n\x00\x1f", max_size=2)
duration_texts = st.one_of(
    st.builds(
        lambda a, zeros, number, b, unit, c: f"{a}{zeros}{number}{b}{unit}{c}",
        _blanks,
        st.sampled_from(["", "0", "000"]),
        st.integers(0, 10**9),
        _blanks,
        st.sampled_from(["", *UNITS]).flatmap(lambda unit: st.sampled_from([unit, unit.upper(), unit.title()])),
        _blanks,
    ).filter(lambda text: "\u039c" not in text),  # the upper-case micro sign is another letter
    st.builds("PT{}H{}M{}.{:03}S".format, *[st.integers(0, 99)] * 3, st.integers(0, 999)),
    st.builds("p{}dt{}h".format, *[st.integers(0, 99)] * 2),
)
timedeltas = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=100_000_000)),
    st.integers(0, 10**6).flatmap(
        lambda n: st.sampled_from([timedelta(hours=n), timedelta(minutes=n), timedelta(seconds=n), timedelta(milliseconds=n)])
    ),
)
durations = duration_texts | timedeltas

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | finite | texts,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(texts, json_values, max_size=4)
names = texts | st.sampled_from(["token", "X-Api-Key", "env", "file", "secret", "default", "test-vault"])
# A document holds a secret of a body only below a name that looks like a credential, and no null beside a reference.
bodies_with_secrets = st.builds(
    lambda body, hidden: {**body, "token": hidden},
    st.dictionaries(st.text(max_size=3), texts | st.integers(0, 9) | st.lists(texts, max_size=2), max_size=2),
    secrets | st.lists(secrets, max_size=2) | st.dictionaries(st.text(max_size=3), secrets, max_size=2),
)
objects_like_references = st.dictionaries(names, st.dictionaries(names, texts, max_size=1), max_size=2)
bodies = (
    json_objects
    | json_objects.map(json.dumps)
    | json_objects.map(lambda body: json.dumps(body, ensure_ascii=False, indent=1))
    | bodies_with_secrets
    | objects_like_references
)
_header_values = texts | st.lists(texts, max_size=2) | st.tuples(texts, texts)
_json_headers = st.dictionaries(texts, _header_values, max_size=3)
_secret_headers = st.dictionaries(names, secrets | st.lists(secrets, max_size=2), max_size=3)
json_headers = _json_headers | _json_headers.map(json.dumps) | _secret_headers
_one_line = texts.filter(lambda text: "\n" not in text and "\r" not in text)
_line_secrets = secrets.filter(
    lambda secret: isinstance(secret, Secret) and (secret.is_reference or not {"\n", "\r"} & {*secret.reveal()})
)
header_maps = st.dictionaries(_one_line, _one_line | _line_secrets, max_size=3)
map_texts = st.sampled_from(
    ["", "a:b", "a:b,c:d", "X-A: 1,X-B: 2", "'a:b,c',d:e", "a:'b:c'", '{"a": "b"}', "Authorization: Bearer x"]
)
headers = header_maps | map_texts

stops = (
    texts
    | st.lists(st.text(min_size=1, max_size=5).filter(lambda text: "," not in text), min_size=1, max_size=3)
    | st.tuples(st.just("END"))
)
fallbacks = texts | st.booleans() | st.integers(-(10**30), 10**30) | finite | st.lists(json_values, max_size=2) | json_objects

# Names that are similar to no option; some look like the name of a credential.
extra_names = st.one_of(
    st.sampled_from(["zz-vendor-flag", "zz.vendor.token", "zz-vendor-api-key", "zz-vendor-password", "zz vendor", "best-of"]),
    st.text(max_size=8).map("zz-vendor-{}".format),
)
extra_values = fallbacks | timedeltas | st.none()
extras = st.dictionaries(extra_names, extra_values, max_size=3)

CONTENT_TYPES = ("TEXT", "IMAGE_URL", "AUDIO_BYTES", "AUDIO_URL", "MULTI_IMAGE_URLS")
OVERFLOW = ("truncated-tail", "truncated-tail-log", "truncated-head", "truncated-head-log", "skipped", "skipped-log")
SUFFIXES = {
    "chat/completions": "chat/completions",
    "embeddings": "embeddings",
    "multimodal-embedding": "services/embeddings/multimodal-embedding/multimodal-embedding",
    "audio/asr/transcription": "services/audio/asr/transcription",
}
_TYPES_OF = {"embeddings": "TEXT", "multimodal-embedding": "IMAGE_URL", "audio/asr/transcription": "AUDIO_URL"}

_openai: dict[str, SearchStrategy[Any]] = {
    "model": texts,
    "system_prompt": texts,
    "temperature": numbers,
    "top_p": numbers_between(0, 1),
    "max_tokens": counts,
    "stop": stops,
    "presence_penalty": numbers_between(-2, 2),
    "n": counts,
    "seed": longs,
    "response_format": spelled("text", "json_object"),
    "dimension": counts,
    "max_context_size": counts,
    "context_overflow_action": spelled(*OVERFLOW),
    "error_handling_strategy": spelled("RETRY", "FAILOVER", "IGNORE"),
    "retry_num": retries,
    "retry_fallback_strategy": spelled("FAILOVER", "IGNORE"),
}
_chat: dict[str, SearchStrategy[Any]] = {
    **_openai,
    "user_prompt": texts,
    "retry_backoff_strategy": spelled("FIXED", "EXPONENTIAL"),
    "retry_backoff_base_interval": durations,
    "extra_header": json_headers,
}
_triton: dict[str, SearchStrategy[Any]] = {
    "model_name": texts,
    "model_version": texts,
    "timeout": durations,
    "flatten_batch_dim": st.booleans(),
    "priority": st.integers(0, 255),
    "sequence_id": texts,
    "sequence_start": st.booleans(),
    "sequence_end": st.booleans(),
    "compression": spelled("gzip"),
    "auth_token": secrets,
    "custom_headers": headers,
    "max_retries": retries,
    "retry_initial_backoff": durations,
    "retry_max_backoff": durations,
    "default_value": fallbacks,
    "health_check_enabled": st.booleans(),
    "health_check_interval": durations,
    "circuit_breaker_enabled": st.booleans(),
    "circuit_breaker_failure_threshold": st.floats(0, 1, exclude_min=True),
    "circuit_breaker_timeout": durations,
    "circuit_breaker_half_open_requests": counts,
}
_own: dict[str, SearchStrategy[Any]] = {
    "token": secrets,
    "top_k": st.integers(1, 1000),
    "seed": longs,
    "normalize": st.booleans(),
    "mode": st.sampled_from(Mode) | spelled("quick-one", "deep-thought", "quick"),
    "patience": timedeltas,
    "level": spelled("low", "high"),
    "label": st.text("abc\u00e9'\n", max_size=9),
    "cutoff": st.floats(-1, 5),
}
_urls = st.builds(
    "{}{}{}".format,
    st.sampled_from(["https://", "http://", "https://user:pass@", ""]),
    st.sampled_from(["api.example.com/", "localhost:8000/", "dashscope.aliyuncs.com/compatible-mode/v1/", "h/?token=abc/"]),
    st.text(max_size=5),
)
_task_urls = st.builds("{}{}".format, _urls, st.sampled_from(["chat/completions", "Embeddings/", ""]))
_slashes = st.sampled_from(["", "/", "//"])


def _some(options: dict[str, SearchStrategy[Any]], none: set[str]) -> SearchStrategy[dict[str, Any]]:
    """At most 5 of *options*; those in *none* are sometimes None."""
    full = {name: value | st.none() if name in none else value for name, value in options.items()}
    return st.sets(st.sampled_from(sorted(full)), max_size=5).flatmap(
        lambda names: st.fixed_dictionaries({name: full[name] for name in sorted(names)})
    )


_some_chat = _some(_chat, set(_chat))


@st.composite
def _chat_arguments(draw: st.DrawFn, cls: type[Provider]) -> dict[str, Any]:
    given = draw(_some_chat)
    given |= draw(extras)
    task = draw(st.sampled_from([None, *cls.tasks]))
    builtin = draw(st.booleans())
    if builtin:
        if draw(st.booleans()) or task is not None:
            given["task"] = task
        if draw(st.booleans()):
            given["endpoint"] = None
    else:
        url = draw(_urls.filter(lambda text: not text.lower().rstrip("/").endswith(tuple(SUFFIXES.values()))))
        path = SUFFIXES[task] if task else "elsewhere"
        given["endpoint"] = url + draw(st.sampled_from([path, path.upper(), path.title()])) + draw(_slashes)
        if draw(st.booleans()):
            given["api_key"] = draw(secrets)
    if task in _TYPES_OF:
        wanted = draw(spelled(_TYPES_OF[task]))
        if task != "embeddings" or draw(st.booleans()):
            given["content_type"] = draw(st.sampled_from([wanted, [wanted], None]))
    elif draw(st.booleans()):
        one = spelled(*CONTENT_TYPES)
        given["content_type"] = draw(one | st.lists(one, min_size=1, max_size=3) | st.tuples(one) | st.none())
    if task != "multimodal-embedding" and draw(st.booleans()):
        given["extra_body"] = draw(bodies | st.none())
    order = draw(st.permutations(sorted(given)))
    return {name: given[name] for name in order}


def _arguments(
    options: dict[str, SearchStrategy[Any]], never_none: set[str], **required: SearchStrategy[Any]
) -> SearchStrategy[Any]:
    none = set(options) - never_none
    return st.builds(
        lambda first, some, more: {**first, **some, **more}, st.fixed_dictionaries(required), _some(options, none), extras
    )


_generic_options = st.dictionaries(
    st.sampled_from(["name", "self", "api-key", "model", "temperature", "x y", ""]) | extra_names, extra_values, max_size=4
)

_ARGUMENTS: dict[type[Provider], SearchStrategy[dict[str, Any]]] = {
    OpenAICompatProvider: _chat_arguments(OpenAICompatProvider),
    DashScopeProvider: _chat_arguments(DashScopeProvider),
    OpenAIProvider: _arguments(_openai, set(), endpoint=_task_urls, api_key=secrets),
    TritonProvider: _arguments(_triton, set(), endpoint=_urls | texts),
    RerankProvider: _arguments(_own, set(), endpoint=_urls),
    GenericProvider: _generic_options,
}
REQUIRED: dict[type[Provider], dict[str, str]] = {
    OpenAIProvider: {"endpoint": "https://api.openai.com/v1/embeddings", "api_key": "sk"},
    TritonProvider: {"endpoint": "http://triton:8000"},
    RerankProvider: {"endpoint": "https://h"},
}
"""Values of the required options, for the classes that have some."""
CLASSES = tuple(_ARGUMENTS)
TYPED = tuple(cls for cls in CLASSES if cls is not GenericProvider)


def arguments(cls: type[Provider]) -> SearchStrategy[dict[str, Any]]:
    """Valid keyword arguments of the class, with extra options; for `GenericProvider` all arguments after its name."""
    return _ARGUMENTS[cls]


def build(cls: type[Provider], given: dict[str, Any]) -> Provider:
    """The provider of these arguments."""
    return GenericProvider("some-provider", **given) if cls is GenericProvider else cls(**given)


def providers(cls: type[Provider]) -> SearchStrategy[Provider]:
    """Providers of the class."""
    return arguments(cls).map(lambda given: build(cls, given))


every_provider = st.sampled_from(CLASSES).flatmap(providers)
