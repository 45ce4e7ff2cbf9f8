# SPDX-License-Identifier: Apache-2.0
"""The messages of constructor calls that fail, to the letter."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from problem_messages import assert_refused

from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Problem,
    TritonProvider,
)

URL = "https://api.example.com/v1/chat/completions"


# A call, the class of its exception, and the message.
MESSAGES: dict[str, tuple[Callable[[], Any], type[InvalidOptionsError], str]] = {
    "a misspelled name": (
        lambda: OpenAICompatProvider(temprature=0.7),
        InvalidOptionsError,
        "OpenAICompatProvider: temprature: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature? (extra_options={...} passes any name)",
    ),
    "a name in another style": (
        lambda: OpenAICompatProvider(MaxTokens=0.7),
        InvalidOptionsError,
        "OpenAICompatProvider: MaxTokens: expected an option of OpenAICompatProvider, got an unknown name; did you mean max_tokens? (extra_options={...} passes any name)",
    ),
    "a Java key": (
        lambda: OpenAICompatProvider(**{"max-tokens": 5}),
        InvalidOptionsError,
        "OpenAICompatProvider: max-tokens: expected the Python name max_tokens, got a Java key; write max_tokens=...",
    ),
    "an older Java key": (
        lambda: OpenAIProvider(URL, "k", maxTokens=5),
        InvalidOptionsError,
        "OpenAIProvider: maxTokens: expected the Python name max_tokens, got a Java key; write max_tokens=...",
    ),
    "a Java key of several values": (
        lambda: OpenAICompatProvider(**{"content-types": "TEXT"}),
        InvalidOptionsError,
        "OpenAICompatProvider: content-types: expected the Python name content_type, got a Java key; write content_type=...",
    ),
    "a refused name": (
        lambda: OpenAICompatProvider(audio_format="mp3"),
        InvalidOptionsError,
        "OpenAICompatProvider: audio_format: expected an option of the provider; it is a prediction option: pass config={'<audio-column>.format': 'mp3'} to predict()",
    ),
    "a string for a number": (
        lambda: OpenAICompatProvider(temperature="hot"),
        InvalidTypeError,
        "OpenAICompatProvider: temperature: expected a finite number, got 'hot' (str)",
    ),
    "a bool for a number": (
        lambda: OpenAICompatProvider(max_tokens=True),
        InvalidTypeError,
        "OpenAICompatProvider: max_tokens (max-tokens): expected an int of at least 1, got True (bool)",
    ),
    "a number for a string": (
        lambda: OpenAICompatProvider(model=5),
        InvalidTypeError,
        "OpenAICompatProvider: model: expected a str, got 5 (int)",
    ),
    "None for a required option": (
        lambda: TritonProvider(None),
        InvalidTypeError,
        "TritonProvider: endpoint: expected a str, got None",
    ),
    "past the upper bound": (
        lambda: OpenAICompatProvider(top_p=7),
        InvalidOptionsError,
        "OpenAICompatProvider: top_p (top-p): expected a finite number from 0 to 1, got 7",
    ),
    "below the lower bound": (
        lambda: OpenAICompatProvider(retry_num=-5),
        InvalidOptionsError,
        "OpenAICompatProvider: retry_num (retry-num): expected an int of at least 0, got -5",
    ),
    "at an open bound": (
        lambda: TritonProvider("h", circuit_breaker_failure_threshold=0.0),
        InvalidOptionsError,
        "TritonProvider: circuit_breaker_failure_threshold (circuit-breaker-failure-threshold): expected a finite number greater than 0 and at most 1, got 0.0",
    ),
    "past a Java long": (
        lambda: OpenAICompatProvider(n=2**70),
        InvalidOptionsError,
        "OpenAICompatProvider: n: expected an int within Java's long (-9223372036854775808 to 9223372036854775807), got 1180591620717411303424",
    ),
    "past a Java int": (
        lambda: OpenAICompatProvider(retry_num=2**31),
        InvalidOptionsError,
        "OpenAICompatProvider: retry_num (retry-num): expected an int within Java's int (-2147483648 to 2147483647), got 2147483648",
    ),
    "no number": (
        lambda: OpenAICompatProvider(temperature=math.nan),
        InvalidOptionsError,
        "OpenAICompatProvider: temperature: expected a finite number, got nan",
    ),
    "a number too long to show": (
        lambda: OpenAICompatProvider(n=10**100),
        InvalidOptionsError,
        "OpenAICompatProvider: n: expected an int within Java's long (-9223372036854775808 to 9223372036854775807), got a number of more than 30 digits",
    ),
    "a misspelled choice": (
        lambda: OpenAICompatProvider(error_handling_strategy="RETRYY"),
        InvalidOptionsError,
        "OpenAICompatProvider: error_handling_strategy (error-handling-strategy): expected RETRY, FAILOVER or IGNORE, got 'RETRYY'; did you mean RETRY?",
    ),
    "part of a choice": (
        lambda: OpenAICompatProvider(context_overflow_action="truncated"),
        InvalidOptionsError,
        "OpenAICompatProvider: context_overflow_action (context-overflow-action): expected truncated-tail, truncated-tail-log, truncated-head, truncated-head-log, skipped or skipped-log, got 'truncated'; did you mean truncated-tail?",
    ),
    "no choice": (
        lambda: OpenAICompatProvider(response_format="zzz"),
        InvalidOptionsError,
        "OpenAICompatProvider: response_format (response-format): expected text or json_object, got 'zzz'",
    ),
    "not the one choice": (
        lambda: TritonProvider("h", compression="zip"),
        InvalidOptionsError,
        "TritonProvider: compression: expected gzip, got 'zip'; did you mean gzip?",
    ),
    "a misspelled task": (
        lambda: OpenAICompatProvider(task="embedding"),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected chat/completions or embeddings, got 'embedding'; did you mean embeddings?",
    ),
    "no content type": (
        lambda: OpenAICompatProvider(content_type="PICTURE"),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type (content-type): expected TEXT, IMAGE_URL, AUDIO_BYTES, AUDIO_URL or MULTI_IMAGE_URLS, got 'PICTURE'",
    ),
    "a number for a content type": (
        lambda: OpenAICompatProvider(content_type=5),
        InvalidTypeError,
        "OpenAICompatProvider: content_type (content-type): expected TEXT, IMAGE_URL, AUDIO_BYTES, AUDIO_URL, MULTI_IMAGE_URLS, or a list of them, got 5 (int)",
    ),
    "no content types": (
        lambda: OpenAICompatProvider(content_type=[]),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type (content-type): expected at least one content type, got a value of type list",
    ),
    "no duration": (
        lambda: TritonProvider("h", timeout="soon"),
        InvalidOptionsError,
        "TritonProvider: timeout: expected a duration such as '30s', '500 ms' or '2min', got 'soon'",
    ),
    "a number for a duration": (
        lambda: TritonProvider("h", timeout=5),
        InvalidTypeError,
        "TritonProvider: timeout: expected a duration such as '30s', '500 ms' or '2min', or a timedelta, got 5 (int); "
        'write its unit: "5ms", as Flink reads it, or "5s"',
    ),
    "a negative duration": (
        lambda: TritonProvider("h", timeout=timedelta(-1)),
        InvalidOptionsError,
        "TritonProvider: timeout: expected a duration that is not negative, got a value of type timedelta",
    ),
    "a number for a bool": (
        lambda: TritonProvider("h", sequence_start=1),
        InvalidTypeError,
        "TritonProvider: sequence_start (sequence-start): expected True or False, got 1 (int)",
    ),
    "a header that is no string": (
        lambda: OpenAICompatProvider(extra_header={"a": 1}),
        InvalidOptionsError,
        "OpenAICompatProvider: extra_header (extra-header): expected header values that are strings or lists of strings, got a value of type dict; write the value of 'a' in quotes",
    ),
    "a body that is no JSON": (
        lambda: OpenAICompatProvider(extra_body={"a": {1}}),
        InvalidOptionsError,
        "OpenAICompatProvider: extra_body (extra-body): expected a value that JSON can carry at ['a'], not a value of type set, got a value of type dict",
    ),
    "a body string that is no JSON": (
        lambda: OpenAICompatProvider(extra_body="x"),
        InvalidOptionsError,
        "OpenAICompatProvider: extra_body (extra-body): expected a JSON object with each name once, got ****** (str)",
    ),
    "headers that are no map": (
        lambda: TritonProvider("h", custom_headers="a"),
        InvalidOptionsError,
        "TritonProvider: custom_headers (custom-headers): expected a Flink map such as 'name:value,other:value', got ****** (str)",
    ),
    "headers with a number": (
        lambda: TritonProvider("h", custom_headers={"a": 1}),
        InvalidTypeError,
        "TritonProvider: custom_headers (custom-headers): expected a mapping from str to str, got a value of type dict; write the value of 'a' in quotes",
    ),
    "a number for headers": (
        lambda: TritonProvider("h", custom_headers=5),
        InvalidTypeError,
        "TritonProvider: custom_headers (custom-headers): expected a Flink map such as 'name:value,other:value', or a mapping, got a value of type int",
    ),
    "headers with a line break": (
        lambda: TritonProvider("h", custom_headers="a:b\n"),
        InvalidOptionsError,
        "TritonProvider: custom_headers (custom-headers): expected headers without line breaks, got ****** (str)",
    ),
    "a comma in a stop sequence": (
        lambda: OpenAICompatProvider(stop=["a,b"]),
        InvalidOptionsError,
        "OpenAICompatProvider: stop: expected stop sequences without a comma, got a value of type list; Java splits the string at commas and has no escape, see 'a,b'",
    ),
    "no stop sequences": (
        lambda: OpenAICompatProvider(stop=[]),
        InvalidOptionsError,
        "OpenAICompatProvider: stop: expected at least one stop sequence, and no empty one, got a value of type list; leave stop out for no stop sequences",
    ),
    "a number for stop sequences": (
        lambda: OpenAICompatProvider(stop=5),
        InvalidTypeError,
        "OpenAICompatProvider: stop: expected a str, or a list or tuple of str, got 5 (int)",
    ),
    "a lone surrogate": (
        lambda: OpenAICompatProvider(model="\ud800"),
        InvalidOptionsError,
        "OpenAICompatProvider: model: expected a string without lone surrogates, got '\\ud800'; Java cannot read them",
    ),
    "a number for a secret": (
        lambda: OpenAICompatProvider(endpoint=URL, api_key=5),
        InvalidTypeError,
        "OpenAICompatProvider: api_key (api-key): expected a str or a Secret, got a value of type int",
    ),
    "the mask for a secret": (
        lambda: OpenAICompatProvider(endpoint=URL, api_key="******"),
        InvalidOptionsError,
        "OpenAICompatProvider: api_key (api-key): expected the real value, got ****** (str); this is the mask of a redacted value; use the original, or a reference",
    ),
    "an extra of another type": (
        lambda: OpenAICompatProvider(vendor={1}),
        InvalidTypeError,
        "OpenAICompatProvider: vendor: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'vendor', got a value of type set",
    ),
    "an extra key that is no string": (
        lambda: OpenAICompatProvider(extra_options={1: "x"}),
        InvalidTypeError,
        "OpenAICompatProvider: extra_options: expected option names that are str",
    ),
    "extras that are no mapping": (
        lambda: OpenAICompatProvider(extra_options="x"),
        InvalidTypeError,
        "OpenAICompatProvider: extra_options: expected a mapping from Java keys to values, got 'x' (str)",
    ),
    "an extra value of another type": (
        lambda: OpenAICompatProvider(extra_options={"vendor": {1}}),
        InvalidTypeError,
        "OpenAICompatProvider: extra_options: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'vendor'",
    ),
    "an extra that is no number": (
        lambda: OpenAICompatProvider(vendor=math.inf),
        InvalidOptionsError,
        "OpenAICompatProvider: vendor: expected a finite number for option 'vendor', got inf",
    ),
    "a long string": (
        lambda: OpenAICompatProvider(response_format="x" * 100),
        InvalidOptionsError,
        "OpenAICompatProvider: response_format (response-format): expected text or json_object, got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'",
    ),
    "several missing": (
        OpenAIProvider,
        InvalidTypeError,
        "OpenAIProvider: 2 problems\n  endpoint: expected a value, got nothing; it is required\n  api_key (api-key): expected a value, got nothing; it is required",
    ),
    "one missing": (
        TritonProvider,
        InvalidTypeError,
        "TritonProvider: endpoint: expected a value, got nothing; it is required",
    ),
    "several problems": (
        lambda: OpenAICompatProvider(temprature=1, top_p=7, max_tokens="5", api_key="k", zz=1),
        InvalidTypeError,
        "OpenAICompatProvider: 4 problems\n  top_p (top-p): expected a finite number from 0 to 1, got 7\n  max_tokens (max-tokens): expected an int of at least 1, got '5' (str)\n  temprature: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature? (extra_options={...} passes any name)\n  endpoint: expected the URL of the service that api_key is for, got none; give both or neither",
    ),
    "an option of another type": (
        lambda: GenericProvider("g", x={1}),
        InvalidTypeError,
        "GenericProvider: extra_options: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'x'",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """The message has the option, its Java key, the expected value, the given value and a hint; a wrong type is a TypeError."""
    assert_refused(*MESSAGES[name])


def test_messages_can_be_printed() -> None:
    """A message about a name or value with a lone surrogate can be encoded."""
    for given in ({"\ud800": "x"}, {"model": "\ud800"}, {"extra_header": {"\ud800": "x"}}, {"extra_options": {"\ud800": "x"}}):
        with pytest.raises(InvalidOptionsError) as caught:
            OpenAICompatProvider(**given)
        str(caught.value).encode()


def test_problems() -> None:
    """The problems of an error are records, in the order of the message."""
    with pytest.raises(InvalidTypeError) as caught:
        OpenAICompatProvider(temprature=1, top_p=7, max_tokens="5", api_key="k")
    hint = "did you mean temperature? (extra_options={...} passes any name)"
    service, both = "the URL of the service that api_key is for", "give both or neither"
    assert (
        Problem("top_p", "a finite number from 0 to 1", got="7", key="top-p"),
        Problem("max_tokens", "an int of at least 1", got="'5' (str)", key="max-tokens", is_type=True),
        Problem("temprature", "an option of OpenAICompatProvider", got="an unknown name", hint=hint, code="unknown-option"),
        Problem("endpoint", service, got="none", hint=both, code="conflicting-options"),
    ) == caught.value.problems
    assert "OpenAICompatProvider" == caught.value.subject
    assert str(caught.value).splitlines()[1:] == [f"  {problem}" for problem in caught.value.problems]
