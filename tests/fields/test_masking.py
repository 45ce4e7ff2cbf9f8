# SPDX-License-Identifier: Apache-2.0
"""Credentials inside values are masked, and a masked value never loads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from odd_values import Word, url_parts

from llmproviders import MASK, MaskedText, Rejected, RejectedType, Secret
from llmproviders.credentials import is_redacted, looks_like_key, mask_urls, mask_value
from llmproviders.fields.acceptance import accept_string
from llmproviders.fields.converters import (
    AcceptedStrings,
    flink_map,
    json_headers,
    json_object,
    required_secret,
    secret,
    stop_strings,
    url,
)
from llmproviders.fields.extras import ExtraOptions, extra_value
from llmproviders.messages import shown
from llmproviders.secrets import reveal
from llmproviders.similar_names import did_you_mean
from llmproviders.syntax.maps import read_map
from llmproviders.syntax.scalars import read_double

KEY = "sk-0123456789abcdef"
REDACTED = "this is the mask of a redacted value"
url_texts = st.lists(url_parts, max_size=12).map("".join)


@given(url_texts)
@example("http://h&token=ab/c:d@e&x@y")
@example("?http://u:p=1@key=zz")
@example("?token=http://")
@example(
    "?://token=?key=a/b:c@dh&b&token=ab/c:d@e&&token=ab/c:d@e&x@yh&token=ab/c:d@e&token=ab/c:d@e"
    ":///8080key=&x@ya=@key=://a=key=/?key=a/b:c@d&x@y:u&@"
)
def test_masking_is_idempotent(string: str) -> None:
    """Masking a masked string again changes nothing, and the string is known as redacted."""
    masked = mask_urls(string)
    assert masked == mask_urls(masked)
    assert mask_value(string) == mask_value(mask_value(string))
    assert is_redacted(masked) or masked == string


headers = st.dictionaries(
    st.sampled_from(["Authorization", "X-Tenant", "X-Api-Key", "Cookie", "X-Proxy", "it's", "a:b"]),
    st.sampled_from(
        ["acme", KEY, "Bearer abc", "Basic YTpi", "https://u:p@h", "http://h?token=x", "${k}", "Bearer ${k}", "a ****** b"]
    ),
    max_size=4,
)


bodies = st.dictionaries(
    st.sampled_from(["token", "prompt", "api_key", "nested", "url"]),
    st.recursive(
        st.sampled_from(["x", "say ******", "https://u:p@h", "http://h?token=x", "${k}", 5, None]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["secret", "b"]), inner, max_size=2),
        max_leaves=4,
    ),
    max_size=4,
)


@pytest.mark.parametrize(
    ("convert", "values"),
    [
        (url, url_texts),
        (json_object, bodies),
        (json_headers, headers),
        (flink_map, headers),
        (lambda v: extra_value("x", v), bodies),
    ],
    ids=["url", "json_object", "json_headers", "flink_map", "extra"],
)
def test_redacted_values_are_never_accepted(convert: Callable[[Any], Any], values: st.SearchStrategy[Any]) -> None:
    """The shown form of a value is refused if a part of it is masked, and is accepted otherwise."""

    @given(values)
    def check(value: Any) -> None:
        try:
            made = convert(value)
        except Rejected as error:
            assert REDACTED in error.hint
            return
        if str(made) == reveal(made):
            assert made == convert(str(made))
        else:
            with pytest.raises(Rejected, match="^expected the real value") as caught:
                convert(str(made))
            assert REDACTED in caught.value.hint
        assert made == convert(made)
        assert str(made) == str(convert(made)) == str(convert(reveal(made)))

    check()


@pytest.mark.parametrize(
    ("convert", "value"),
    [
        (secret, MASK),
        (required_secret, Secret(MASK)),
        (secret, f"https://{MASK}@h"),
        (url, MASK),
        (url, f"https://{MASK}@h/v1"),
        (url, f"https://h/v1?a=b&api_key={MASK}&c=d"),
        (json_object, MASK),
        (json_object, {"token": MASK}),
        (json_object, {"a": [{"password": {"x": [MASK]}}]}),
        (json_object, {"a": f"https://{MASK}@h"}),
        (json_object, {"n": MASK}),
        (json_object, {"n": Secret(MASK), "other": Secret("x")}),
        (json_object, {"a": f"see http://h?token={MASK}"}),
        (json_headers, {"X-Tenant": MASK}),
        (json_headers, {"A": ["b", MASK]}),
        (json_headers, {"A": f"https://{MASK}@h"}),
        (flink_map, f"a:{MASK}"),
        (flink_map, {"a": f"https://{MASK}@h"}),
        (lambda value: extra_value("proxy", value), MASK),
        (lambda value: extra_value("proxy", value), Secret(MASK)),
        (lambda value: extra_value("proxy", value), f"https://{MASK}@h"),
        (lambda value: extra_value("token", value), MASK),
        (lambda value: extra_value("body", value), {"password": MASK}),
        (lambda value: extra_value("body", value), f'{{"broken": "https://{MASK}@h",}}'),
    ],
    ids=range(24),
)
def test_the_mask_is_refused(convert: Callable[[Any], Any], value: Any) -> None:
    """The mask is refused in every part of a value that could be masked."""
    with pytest.raises(Rejected, match="^expected the real value") as caught:
        convert(value)
    assert "this is the mask of a redacted value; use the original, or a reference" == caught.value.hint


@pytest.mark.parametrize(
    ("convert", "value"),
    [
        (accept_string, f"say {MASK}"),
        (accept_string, MASK),
        (url, f"https://h/{MASK}"),
        (url, f"https://h?note={MASK}"),
        (secret, f"abc{MASK}"),
        (json_object, f'{{"prompt": "say {MASK}", "api_key": "${{k}}"}}'),
        (json_headers, f'{{"X-Note": "say {MASK}"}}'),
        (flink_map, {"note": f"say {MASK}"}),
        (lambda value: extra_value("prompt", value), f"say {MASK}"),
        (lambda value: extra_value("body", value), f'{{"say": "say {MASK}"}}'),
    ],
    ids=range(10),
)
def test_asterisks_elsewhere(convert: Callable[[Any], Any], value: Any) -> None:
    """Six asterisks in a longer string that is never masked are accepted."""
    made = convert(value)
    assert "mask of" not in str(made)
    assert type(made) in (str, Secret)


def test_a_mask_beside_a_secret() -> None:
    """A prompt with asterisks is accepted, also beside a secret."""
    body = json_object({"prompt": f"say {MASK}", "token": "x"})
    assert isinstance(body, MaskedText)
    assert '{"prompt": "say ******", "token": "******"}' == str(body)
    assert '{"prompt": "say ******", "token": "x"}' == body.reveal()


@pytest.mark.parametrize(
    ("string", "shown"),
    [
        ("http://u:p@h/x", "http://******@h/x"),
        ("http://u:p@s@h/x", "http://******@h/x"),
        ("http://u:pa/ss@h", "http://******@h"),
        ("http://h:8080/a@b", "http://h:8080/a@b"),
        ("http://h:8x/a@b", "http://******@b"),
        ("http://@h", "http://******@h"),
        ("http://h/?a=b&token=x#f", "http://h/?a=b&token=******#f"),
        ("http://h/?token=&key=1", "http://h/?token=&key=******"),
        ("http://h/??key=x&&token=y?z", "http://h/??key=******&&token=******"),
        ("see http://u@h, then http://v@i now", "see http://******@h, then http://******@i now"),
        ("user:pass@host?token=x", "user:pass@host?token=x"),
        ("", ""),
    ],
)
def test_masked_urls(string: str, shown: str) -> None:
    """Only the user part and the credential parameters of URLs are masked."""
    assert shown == mask_urls(string)


@pytest.mark.parametrize(
    "run",
    [
        lambda: mask_urls("http://h/" + "?" * 16_000),
        lambda: mask_urls("?" + "://a:" * 20_000),
        lambda: mask_urls("?" + "://a:@" * 20_000),
        lambda: is_redacted(MASK + "?" + "://a:" * 20_000),
        lambda: looks_like_key("aB1-" * 20_000 + "!"),
        lambda: read_map("'a':b," * 20_000),
        lambda: read_map("a: b" + " x" * 20_000 + "\x01"),
        lambda: read_double("1" * 50_000 + "x"),
        lambda: extra_value("x", "[" * 50_000),
        lambda: extra_value("x", '["\\"' * 20_000),
        lambda: ExtraOptions({f"k{number}": "v" for number in range(9_000)}),
        lambda: did_you_mean("a" * 100_000, ["b" * 100_000]),
        lambda: shown("?" + "://a:" * 20_000),
    ],
    ids=range(13),
)
def test_time_is_linear(run: Callable[[], object]) -> None:
    """Long inputs take milliseconds; the limit of a second leaves room for a busy machine."""
    start = time.process_time()
    with suppress(Rejected):
        run()
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("string", "is_key"),
    [
        (KEY, True),
        ("sk-short", False),
        ("d41d8cd98f00b204e9800998ecf8427e", True),
        ("AIzaSyD9tSrke72PouQMnMXa7eZSW0jkFMBWY", True),
        ("abcDEF123456abcDEF123456\n", True),
        ("Meta-Llama-3-70B-Instruct-Turbo", False),
        ("Qwen2-5-72B-Instruct-2024-Preview", False),
        ("123e4567-e89b-12d3-a456-426614174000", False),
        ("", False),
    ],
)
def test_strings_that_look_like_a_key(string: str, is_key: bool) -> None:
    """Keys of services look like keys; names of models and identifiers of requests do not."""
    assert is_key is looks_like_key(string)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("X-Tenant", "acme", "acme"),
        ("X-Custom-Header", "acme", "acme"),
        ("Authorization", "anything", MASK),
        ("X-Api-Key", "anything", MASK),
        ("X-Tenant", KEY, MASK),
        ("X-Tenant", "Bearer abc", MASK),
        ("X-Tenant", "basic YTpi", MASK),
        ("X-Proxy", "https://u:p@h", "https://******@h"),
        ("Authorization", "${secret_values.key}", "${secret_values.key}"),
        ("Authorization", "Bearer ${secret_values.key}", "Bearer ${secret_values.key}"),
        ("Authorization", "mysecret ${secret_values.key}", MASK),
    ],
)
def test_headers_are_masked_one_by_one(name: str, value: str, shown: str) -> None:
    """Only headers with a credential-like name or value are masked; without any, the result is a plain `str`."""
    for _ in range(2):
        made = json_headers(json.dumps({name: value, "X-Other": "x"}))
        assert {name: shown, "X-Other": "x"} == json.loads(str(made))
        assert (str if shown == value else MaskedText) is type(made)
        assert {name: [shown, "x"]} == json.loads(str(json_headers({name: [value, "${x}"]}))) | {name: [shown, "x"]}
        made = flink_map({name: value, "X-Other": "x"})
        assert {name: shown, "X-Other": "x"} == read_map(str(made))
        assert (str if shown == value else MaskedText) is type(made)
        made = flink_map(reveal(made or ""))
        assert {name: shown, "X-Other": "x"} == read_map(str(made))


def test_lists_of_header_values() -> None:
    """Each value of a list is masked on its own."""
    made = json_headers({"Cookie": ["a", "${x}"], "X-A": ["b", KEY]})
    assert {"Cookie": [MASK, "${x}"], "X-A": ["b", MASK]} == json.loads(str(made))


def test_the_masked_map() -> None:
    """The masked form of a map is quoted only if the map itself is."""
    assert "Authorization:******,X-Tenant:acme" == str(flink_map({"Authorization": "Bearer x", "X-Tenant": "acme"}))


def test_masked_strings_of_other_options() -> None:
    """A masked string is validated like the string that it hides, and stays masked."""
    endpoint = url("https://u:p@h")
    for convert in (json_object, json_headers, flink_map):
        with pytest.raises(Rejected):
            convert(endpoint)
    body = json_object({"token": "x"})
    assert str(body) == str(json_headers(body)) == '{"token": "******"}'
    assert MASK == str(url(MaskedText("https://h/path", MASK)))
    with pytest.raises(Rejected, match="lone surrogates"):
        url(MaskedText("\ud800", MASK))
    assert MASK == str(extra_value("x", MaskedText("hidden", MASK)))
    # A converter that would keep only the shown characters refuses it.
    with pytest.raises(Rejected, match=r"at \['a'\], not a partly masked string"):
        json_object({"a": endpoint})
    with pytest.raises(RejectedType):
        flink_map({"a": endpoint})
    stop = stop_strings(["a", MaskedText("hidden", MASK)])
    assert ("a,******", "a,hidden") == (str(stop), reveal(stop or ""))


def test_remembered_strings() -> None:
    """`AcceptedStrings` keeps a limited number of masked forms, and only of short plain strings."""
    known = AcceptedStrings()
    for number in range(AcceptedStrings.MAX_STRINGS + 1):
        known.keep(f"text {number}", MaskedText(f"text {number}", MASK))
    assert [MASK] == list(known.values())
    known.keep("x" * 5000, "x")
    known.keep(Word.ONE, "x")
    assert 1 == len(known)
