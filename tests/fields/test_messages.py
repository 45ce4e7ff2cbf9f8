# SPDX-License-Identifier: Apache-2.0
"""What people read when something is wrong, to the letter."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest
from own import RerankProvider

from llmproviders import (
    DashScopeProvider,
    DocumentError,
    DocumentProblem,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Problem,
    Provider,
    ProviderError,
    Rejected,
    RejectedType,
    Rule,
    SecretError,
    TritonProvider,
    UnknownProviderError,
    UnknownRuntimeError,
    at_least,
    between,
    converter,
    duration,
    from_options,
    option,
    options,
    register_provider_class,
    secret,
    set_provider,
)
from llmproviders.errors import ExtraOptionWarning, InvalidClassError

URL = "https://api.example.com/v1/chat/completions"
CHAT = OpenAICompatProvider(endpoint=URL, api_key="k", temperature=0.5)

# What is called, the class of the exception, its text.
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
    "a text for a number": (
        lambda: OpenAICompatProvider(temperature="hot"),
        InvalidTypeError,
        "OpenAICompatProvider: temperature: expected a finite number, got 'hot' (str)",
    ),
    "a bool for a number": (
        lambda: OpenAICompatProvider(max_tokens=True),
        InvalidTypeError,
        "OpenAICompatProvider: max_tokens (max-tokens): expected an int of at least 1, got True (bool)",
    ),
    "a number for a text": (
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
        "TritonProvider: timeout: expected a duration such as '30s', '500 ms' or '2min', or a timedelta, got 5 (int); write its unit: '5s'",
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
    "a header that is no text": (
        lambda: OpenAICompatProvider(extra_header={"a": 1}),
        InvalidOptionsError,
        "OpenAICompatProvider: extra_header (extra-header): expected header values that are strings or lists of strings, got a value of type dict; see header 'a'",
    ),
    "a body that is no JSON": (
        lambda: OpenAICompatProvider(extra_body={"a": {1}}),
        InvalidOptionsError,
        "OpenAICompatProvider: extra_body (extra-body): expected a value that JSON can carry at ['a'], not a value of type set, got a value of type dict",
    ),
    "a body text that is no JSON": (
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
        "TritonProvider: custom_headers (custom-headers): expected a mapping from str to str, got a value of type dict",
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
    "a comma in a stop text": (
        lambda: OpenAICompatProvider(stop=["a,b"]),
        InvalidOptionsError,
        "OpenAICompatProvider: stop: expected stop sequences without a comma, got a value of type list; Java splits the string at commas and has no escape, see 'a,b'",
    ),
    "no stop texts": (
        lambda: OpenAICompatProvider(stop=[]),
        InvalidOptionsError,
        "OpenAICompatProvider: stop: expected at least one stop sequence, and no empty one, got a value of type list; leave stop out for no stop sequences",
    ),
    "a number for stop texts": (
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
        "OpenAICompatProvider: api_key (api-key): expected the real value, got ****** (str); this is the mask of a redacted value; use the original or Secret.from_env",
    ),
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
    "a body for a task without": (
        lambda: DashScopeProvider(task="multimodal-embedding", content_type="IMAGE_URL", extra_body={}),
        InvalidOptionsError,
        "DashScopeProvider: extra_body (extra-body): expected no extra_body for task multimodal-embedding; leave it out",
    ),
    "an extra of no text": (
        lambda: OpenAICompatProvider(vendor={1}),
        InvalidTypeError,
        "OpenAICompatProvider: vendor: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'vendor', got a value of type set",
    ),
    "an extra key that is no text": (
        lambda: OpenAICompatProvider(extra_options={1: "x"}),
        InvalidTypeError,
        "OpenAICompatProvider: extra_options: expected option names that are str",
    ),
    "extras that are no mapping": (
        lambda: OpenAICompatProvider(extra_options="x"),
        InvalidTypeError,
        "OpenAICompatProvider: extra_options: expected a mapping from Java keys to values, got 'x' (str)",
    ),
    "an extra value of no text": (
        lambda: OpenAICompatProvider(extra_options={"vendor": {1}}),
        InvalidTypeError,
        "OpenAICompatProvider: extra_options: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'vendor'",
    ),
    "an extra that is no number": (
        lambda: OpenAICompatProvider(vendor=math.inf),
        InvalidOptionsError,
        "OpenAICompatProvider: vendor: expected a finite number for option 'vendor', got inf",
    ),
    "a long text": (
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
    "with_": (
        lambda: CHAT.with_(temperatur=1, n=0),
        InvalidOptionsError,
        "OpenAICompatProvider: 2 problems\n  n: expected an int of at least 1, got 0\n  temperatur: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature? (extra_options={...} passes any name)",
    ),
    "without a misspelled name": (
        lambda: CHAT.without("temperatur"),
        InvalidOptionsError,
        "OpenAICompatProvider: temperatur: expected the name of an option or extra of this OpenAICompatProvider; did you mean temperature?",
    ),
    "without several": (
        lambda: TritonProvider("h").without("endpoint", "modelname"),
        InvalidOptionsError,
        "TritonProvider: 2 problems\n  endpoint: expected a value; it is required and has no default to go back to\n  modelname: expected the name of an option or extra of this TritonProvider; did you mean model_name?",
    ),
    "without what a rule needs": (
        lambda: CHAT.without("endpoint"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected the URL of the service that api_key is for, got none; give both or neither",
    ),
    "without what is not there": (
        lambda: CHAT.without("zzzz"),
        InvalidOptionsError,
        "OpenAICompatProvider: zzzz: expected the name of an option or extra of this OpenAICompatProvider",
    ),
    "for a misspelled task": (
        lambda: CHAT.for_task("embedding"),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 'embedding'; did you mean embeddings?",
    ),
    "for a task of another class": (
        lambda: CHAT.for_task("multimodal-embedding"),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 'multimodal-embedding'; did you mean embeddings?",
    ),
    "for a task of a class without": (
        lambda: TritonProvider("h").for_task("embeddings"),
        InvalidOptionsError,
        "TritonProvider: task: expected a provider that has tasks, got 'embeddings'",
    ),
    "for a task without an option": (
        lambda: CHAT.for_task("embeddings"),
        InvalidOptionsError,
        "OpenAICompatProvider: temperature: expected no such option for task embeddings, got 0.5; pass temperature=None to drop it",
    ),
    "for a task from an unknown endpoint": (
        lambda: OpenAICompatProvider(endpoint="https://h/v1").for_task("embeddings"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected an endpoint that ends with chat/completions or embeddings, got 'https://h/v1'; pass endpoint=... of the service's embeddings API",
    ),
    "for a task with an endpoint of another": (
        lambda: CHAT.for_task("embeddings", temperature=None, endpoint=URL),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected an endpoint of task embeddings, got one of task chat/completions",
    ),
    "for a native task from elsewhere": (
        lambda: DashScopeProvider(endpoint=URL).for_task("multimodal-embedding"),
        InvalidOptionsError,
        "DashScopeProvider: endpoint: expected an endpoint of DashScope, whose path is /compatible-mode/v1/chat/completions, got 'https://api.example.com/v1/chat/completions'; pass endpoint=... of the service's multimodal-embedding API",
    ),
    "for a task without a content type": (
        lambda: OpenAICompatProvider(content_type="IMAGE_URL").for_task("embeddings"),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type (content-type): expected TEXT alone for task embeddings, got IMAGE_URL; pass content_type='TEXT'",
    ),
    "for a task that is no text": (
        lambda: CHAT.for_task(5),
        InvalidOptionsError,
        "OpenAICompatProvider: task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 5",
    ),
    "for a task with an unknown endpoint": (
        lambda: CHAT.for_task("embeddings", temperature=None, endpoint="https://h/none"),
        InvalidOptionsError,
        "OpenAICompatProvider: endpoint: expected an endpoint that ends with chat/completions or embeddings, got 'https://h/none'; pass endpoint=... of the service's embeddings API",
    ),
    "texts of numbers": (
        lambda: OpenAICompatProvider.from_options({"max-tokens": "many", "temperature": "hot", "retry-num": "1.0", "n": "0"}),
        InvalidOptionsError,
        "OpenAICompatProvider: 4 problems\n  max_tokens (max-tokens): expected a whole number in digits, got 'many'\n  temperature: expected a finite number, got 'hot'\n  retry_num (retry-num): expected a whole number in digits, got '1.0'\n  n: expected an int of at least 1, got 0",
    ),
    "texts of other types": (
        lambda: TritonProvider.from_options({"endpoint": "h", "sequence-start": "yes", "timeout": "soon"}),
        InvalidOptionsError,
        "TritonProvider: 2 problems\n  sequence_start (sequence-start): expected true or false, got 'yes'\n  timeout: expected a duration such as '30s', '500 ms' or '2min', got 'soon'",
    ),
    "a text that is none": (
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
    "a dict without what is required": (
        lambda: from_options("triton", {}),
        InvalidTypeError,
        "TritonProvider: endpoint: expected a value, got nothing; it is required",
    ),
    "a text that is no choice": (
        lambda: OpenAICompatProvider.from_options({"error-handling-strategy": "NEVER"}),
        InvalidOptionsError,
        "OpenAICompatProvider: error_handling_strategy (error-handling-strategy): expected RETRY, FAILOVER or IGNORE, got 'NEVER'",
    ),
    "no dict at all": (
        lambda: GenericProvider.from_options([]),
        InvalidTypeError,
        "GenericProvider: options: expected a mapping of Java keys to strings, got a value of type list",
    ),
    "a model that is no text": (
        lambda: CHAT.to_options(model=5),
        InvalidTypeError,
        "OpenAICompatProvider: model: expected a str, got 5 (int)",
    ),
    "other input columns": (
        lambda: OpenAICompatProvider(content_type=["TEXT", "TEXT"]).to_options([("a", "S")]),
        InvalidOptionsError,
        "OpenAICompatProvider: content_type: expected as many as input columns, 1 (a), got 2 (TEXT, TEXT)",
    ),
    "several input columns for one": (
        lambda: OpenAICompatProvider(task="embeddings").to_options([("a", "S"), ("b", "S")]),
        InvalidOptionsError,
        "OpenAICompatProvider: input_columns: expected one input column for task embeddings, got 2 (a, b)",
    ),
    "an option of no text": (
        lambda: GenericProvider("g", x={1}),
        InvalidTypeError,
        "GenericProvider: extra_options: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'x'",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """The text says option, Java key, what was expected, what was got and what to do; the class says if a type is wrong."""
    call, kind, text = MESSAGES[name]
    with pytest.raises(ProviderError) as caught:
        call()
    assert text == str(caught.value)
    assert kind is type(caught.value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, TypeError) == any(problem.is_type for problem in caught.value.problems)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


MISUSES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "by position": (
        lambda: OpenAICompatProvider(URL),
        TypeError,
        "OpenAICompatProvider.__init__() takes 1 positional argument but 2 were given",
    ),
    "too many by position": (
        lambda: TritonProvider("h", "m"),
        TypeError,
        "TritonProvider.__init__() takes from 1 to 2 positional arguments but 3 were given",
    ),
    "one argument twice": (
        lambda: TritonProvider("h", endpoint="g"),
        TypeError,
        "TritonProvider.__init__() got multiple values for argument 'endpoint'",
    ),
    "with_": (
        lambda: CHAT.with_({"n": 1}),
        TypeError,
        "OpenAICompatProvider.with_() takes 1 positional argument but 2 were given",
    ),
    "for_task": (
        lambda: CHAT.for_task("embeddings", 1, 2),
        InvalidTypeError,
        "OpenAICompatProvider: expected options by name only, got 2 without",
    ),
    "abstract": (
        Provider,
        InvalidClassError,
        "Provider is abstract: use a subclass that has an identifier, or GenericProvider",
    ),
    "register": (
        lambda: register_provider_class(5),  # type: ignore[type-var]
        InvalidClassError,
        "register_provider_class(): expected a Provider class that has an identifier, got 5",
    ),
    "set_provider": (
        lambda: set_provider(5),  # type: ignore[arg-type]
        InvalidTypeError,
        "set_provider: expected set_provider(provider), set_provider(name, provider) or set_provider(identifier, **options)",
    ),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuses(name: str) -> None:
    """Calls that cannot be are TypeErrors that say how to call; that of a wrong call shape is Python's own."""
    call, kind, text = MISUSES[name]
    with pytest.raises(TypeError) as caught:
        call()
    assert text == str(caught.value)
    assert kind is type(caught.value)


def test_the_name_of_a_generic_provider() -> None:
    """A wrong name is called what the user calls it."""
    with pytest.raises(InvalidTypeError) as caught:
        GenericProvider(5)  # type: ignore[arg-type]
    assert "GenericProvider: provider: expected a str, got 5 (int)" == str(caught.value)


def test_messages_can_be_printed() -> None:
    """A name or value with a lone surrogate does not make a message that cannot be written."""
    for given in ({"\ud800": "x"}, {"model": "\ud800"}, {"extra_header": {"\ud800": "x"}}, {"extra_options": {"\ud800": "x"}}):
        with pytest.raises(InvalidOptionsError) as caught:
            OpenAICompatProvider(**given)
        str(caught.value).encode()


def test_problems() -> None:
    """The problems of an error are data: one record each, in the order of the text."""
    with pytest.raises(InvalidTypeError) as caught:
        OpenAICompatProvider(temprature=1, top_p=7, max_tokens="5", api_key="k")
    hint = "did you mean temperature? (extra_options={...} passes any name)"
    assert (
        Problem("top_p", "a finite number from 0 to 1", got="7", key="top-p"),
        Problem("max_tokens", "an int of at least 1", got="'5' (str)", key="max-tokens", is_type=True),
        Problem("temprature", "an option of OpenAICompatProvider", got="an unknown name", hint=hint),
        Problem("endpoint", "the URL of the service that api_key is for", got="none", hint="give both or neither"),
    ) == caught.value.problems
    assert "OpenAICompatProvider" == caught.value.subject
    assert str(caught.value).splitlines()[1:] == [f"  {problem}" for problem in caught.value.problems]


def test_problem_texts() -> None:
    """A problem leaves out what it has not."""
    assert "expected x" == str(Problem("", "x"))
    assert "o: expected x" == str(Problem("o", "x"))
    assert "o (k): expected x, got g; h" == str(Problem("o", "x", got="g", hint="h", key="k"))


def test_rejections() -> None:
    """What a converter or validator raises says what was expected, and is a ValueError, or a TypeError too."""
    rejected = Rejected("a day", hint="of the week")
    assert ("expected a day", "a day", "of the week", False) == (
        str(rejected),
        rejected.expected,
        rejected.hint,
        rejected.is_type,
    )
    assert isinstance(rejected, ValueError)
    assert isinstance(RejectedType("x"), TypeError)
    assert RejectedType("x").is_type


_PROBLEM = Problem("o", "x", got="g", hint="h", key="k", is_type=True)
ERRORS: list[tuple[Exception, str]] = [
    (Rejected("a day", hint="of the week"), "expected a day"),
    (RejectedType("a day"), "expected a day"),
    (ProviderError("x"), "x"),
    (InvalidOptionsError("C", [_PROBLEM]), "C: o (k): expected x, got g; h"),
    (InvalidTypeError("C", iter([_PROBLEM] * 2)), "C: 2 problems\n  o (k): expected x, got g; h\n  o (k): expected x, got g; h"),
    (InvalidClassError("C is abstract"), "C is abstract"),
    (DocumentError([DocumentProblem("f", 1, 2, "a.b", _PROBLEM)]), "f:1:2: a.b: o (k): expected x, got g; h"),
    (SecretError("x"), "x"),
    (UnknownProviderError("no 'x'"), "no 'x'"),
    (UnknownRuntimeError("no 'x'"), "no 'x'"),
    (ExtraOptionWarning("x"), "x"),
]


@pytest.mark.parametrize(("error", "text"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))], ids=range(3))
def test_errors_are_copied(error: Exception, text: str, again: Callable[[Any], Any]) -> None:
    """Every error crosses processes with its message and its attributes."""
    new = again(error)
    assert text == str(error) == str(new)
    assert type(error) is type(new)
    assert error.__dict__ == new.__dict__
    assert repr(error) == repr(new)


def test_kinds_of_errors() -> None:
    """A class that cannot be used is a TypeError; a warning is the user's to filter."""
    assert issubclass(InvalidClassError, ProviderError)
    assert issubclass(InvalidClassError, TypeError)
    assert issubclass(ExtraOptionWarning, UserWarning)


@pytest.mark.parametrize(
    ("rule", "expected", "good", "bad"),
    [
        (between(0, 1), "from 0 to 1", (0, 0.5, 1), (-1, 1.1)),
        (between(0, 1, open_low=True), "greater than 0 and at most 1", (0.1, 1), (0, 1.1)),
        (at_least(3), "of at least 3", (3, 4), (2,)),
        (between(3, math.inf, open_low=True), "greater than 3", (4,), (3,)),
    ],
    ids=range(4),
)
def test_rules_in_words(rule: Any, expected: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    """A rule says itself, checks, and is a validator of attrs' in classes of any kind."""
    assert expected == rule.expected

    @attrs.frozen
    class Plain:
        x: float | None = attrs.field(validator=rule)

    for value in (*good, None):
        Plain(value)
    for value in bad:
        with pytest.raises(Rejected) as caught:
            Plain(value)
        assert f"expected a number {expected}" == str(caught.value)
    assert rule == attrs.evolve(rule)


def test_own_rules() -> None:
    """Rules of a user's class that span options are checked with the rest, and say what they say."""

    def ordered(cls: type[Provider], low: int, high: int) -> Problem | None:
        return None if low <= high else Problem("low_mark", f"at most high_mark of {cls.__name__}", got=str(low))

    def even(cls: type[Provider], low: int) -> Problem | None:
        return Problem("", "an even mark") if low % 2 else None

    @attrs.frozen
    class Marks(Provider):
        identifier = "marks"
        rules = (Rule(("low_mark", "high_mark"), ordered), Rule(("low_mark",), even))
        low_mark: int = attrs.field(default=0, kw_only=True, metadata=option("low-mark"))
        high_mark: int = attrs.field(default=10, kw_only=True, metadata=option("high-mark"), validator=at_least(1))

    with pytest.raises(InvalidOptionsError) as caught:
        Marks(low_mark=11)
    problems = ["low_mark (low-mark): expected at most high_mark of Marks, got 11", "expected an even mark"]
    assert problems == [str(problem) for problem in caught.value.problems]
    # A rule over an option that is wrong itself is not asked.
    with pytest.raises(InvalidOptionsError) as caught:
        Marks(low_mark=12, high_mark=0)
    assert "Marks: high_mark (high-mark): expected an int of at least 1, got 0" == str(caught.value)
    with pytest.raises(InvalidOptionsError):
        Marks(low_mark=4).with_(high_mark=2)
    with pytest.raises(InvalidOptionsError):
        Marks(low_mark=12, high_mark=20).without("high_mark")
    assert Marks(low_mark=4) == Marks(high_mark=4, low_mark=2).with_(low_mark=4, high_mark=10)


def test_validators_of_others() -> None:
    """What a validator that is not ours says is passed on, with the value, and the value's type if that is wrong."""
    with pytest.raises(InvalidOptionsError) as caught:
        RerankProvider("h", label="a b")
    text = "RerankProvider: label: expected a value that passes its check (label of 10 holds a blank), got 'a b'"
    assert text == str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        RerankProvider("h", label="a" * 10)
    assert str(caught.value).startswith(
        "RerankProvider: label: expected a value that passes its check (Length of 'label' must be <= 9"
    )

    @attrs.frozen
    class Typed(Provider):
        identifier = "typed"
        text: Any = attrs.field(
            default=None,
            kw_only=True,
            validator=attrs.validators.optional(attrs.validators.instance_of(str)),
            metadata=option("text"),
        )
        when: str | None = attrs.field(default=None, kw_only=True, converter=duration, metadata=option("when", java="Duration"))

    with pytest.raises(InvalidTypeError):
        Typed(text=5)
    with pytest.raises(InvalidOptionsError) as caught:
        Typed(when="soon")
    assert "Typed: when: expected a duration such as '30s', '500 ms' or '2min', got 'soon'" == str(caught.value)


def test_converters_of_others() -> None:
    """A converter that fails in a way of its own is a problem of its option like any other."""

    @attrs.frozen
    class Parsed(Provider):
        identifier = "parsed"
        size: int = attrs.field(default=1, kw_only=True, converter=int, metadata=option("size-of"))
        unit: str = attrs.field(
            default="a", kw_only=True, converter=lambda value: {"a": "a", "b": "b"}[value], metadata=option("unit")
        )
        key: Any = attrs.field(default=None, kw_only=True, converter=secret, metadata=option("key"))

    assert {"size-of": "7", "unit": "b"} == Parsed(size="7", unit="b").to_options()
    with pytest.raises(InvalidOptionsError) as caught:
        Parsed(size="x", unit="c")
    assert [
        "size (size-of): expected a value that passes its check (invalid literal for int() with base 10: 'x'), got 'x'",
        "unit: expected a value that passes its check ('c'), got 'c'",
    ] == [str(problem) for problem in caught.value.problems]


def test_structuring_plain_classes() -> None:
    """Any attrs class with options can be read from a flat dict; what cannot be read is named."""

    @attrs.frozen
    class Plain:
        size: int = attrs.field(metadata=option("size-of"))
        flag: bool = attrs.field(default=False, metadata=option("flag"))
        extra_options: dict[str, str] = attrs.field(factory=dict)

    assert Plain(5, flag=True) == converter.structure({"size-of": "5", "flag": "TRUE"}, Plain)
    assert Plain(5, extra_options={"x": "y"}) == converter.structure({"size-of": "5", "x": "y"}, Plain)
    assert {"size-of": "5", "flag": "false", "x": "y"} == converter.unstructure(Plain(5, extra_options={"x": "y"}))
    with pytest.raises(InvalidOptionsError) as caught:
        converter.structure({"size-of": "5.0", "flag": "yes"}, Plain)
    assert [
        "size (size-of): expected a whole number in digits, got '5.0'",
        "flag: expected true or false, got 'yes'",
    ] == [str(problem) for problem in caught.value.problems]
    assert ["size", "flag"] == [info.name for info in options(Plain)]
