# SPDX-License-Identifier: Apache-2.0
"""Acceptance of values: what is taken, what is masked, that what was masked never loads, and that nothing else is raised."""

from __future__ import annotations

import copy
import json
import math
import pickle
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import Enum, IntEnum
from fractions import Fraction
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llmproviders import MASK, InvalidOptionsError, InvalidTypeError, MaskedText, Rejected, RejectedType, Secret, between
from llmproviders.credentials import is_redacted, looks_like_key, mask_urls, mask_value
from llmproviders.fields.acceptance import accept_string, choice_acceptor, enum_acceptor, number_acceptor, string_of
from llmproviders.fields.converters import (
    Remembered,
    duration,
    fallback,
    flink_map,
    json_headers,
    json_object,
    required_secret,
    secret,
    stop_strings,
    url,
)
from llmproviders.fields.extras import ExtraOptions, extra_value
from llmproviders.messages import did_you_mean, shown
from llmproviders.secrets import reveal
from llmproviders.syntax.scalars import read_double, read_json, read_map

HUGE = 10**5000
KEY = "sk-0123456789abcdef"
REDACTED = "this is the mask of a redacted value"


class Word(str, Enum):
    ONE = "one"


class Whole(IntEnum):
    TWO = 2


class ForeignInt:
    """As NumPy's: registered, no subclass of int."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value

    def __float__(self) -> float:
        return float(self.value)


class ForeignFloat:
    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value


class Broken:
    def __float__(self) -> float:
        raise RuntimeError(KEY)


Integral.register(ForeignInt)
Real.register(ForeignFloat)
Real.register(Broken)


# Numbers --------------------------------------------------------------------------------------------------------------


def same(expected: object, found: object) -> bool:
    return (type(expected), repr(expected)) == (type(found), repr(found))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1, 1),
        (0, 0),
        (0.5, 0.5),
        (-0.0, 0.0),
        (ForeignFloat(-0.0), 0.0),
        (ForeignInt(3), 3),
        (Whole.TWO, 2),
        (Fraction(1, 4), 0.25),
        (10**300, 10**300),
    ],
    ids=range(9),
)
def test_numbers_stay_what_they_are(given: Any, expected: float) -> None:
    """An int stays an int where a float is expected, there is no -0.0, and other numbers become Python's own."""
    assert same(expected, number_acceptor("Double", None)(given))
    # The slow way of a subclass, and the rule, make no difference.
    assert same(expected, number_acceptor("Double", between(-(10.0**301), 10.0**301))(given))


@pytest.mark.parametrize("java", ["Integer", "Long", "Double"])
@pytest.mark.parametrize("given", [True, "1", None, Broken(), [], 1j], ids=["bool", "str", "None", "broken", "list", "complex"])
def test_no_numbers(java: str, given: Any) -> None:
    """Booleans and strings are no numbers, and neither is a complex number."""
    with pytest.raises(RejectedType):
        number_acceptor(java, None)(given)


@pytest.mark.parametrize("given", [5.0, Fraction(5), ForeignFloat(5.0)], ids=["float", "Fraction", "foreign"])
def test_no_ints(given: Any) -> None:
    """No float is an int, even if it is a whole number."""
    with pytest.raises(RejectedType, match="^expected an int$"):
        number_acceptor("Long", None)(given)
    assert same(5.0, number_acceptor("Double", None)(given))


@pytest.mark.parametrize(
    "given", [HUGE, -HUGE, ForeignInt(HUGE), Fraction(HUGE), math.inf, math.nan, ForeignFloat(math.nan)], ids=range(7)
)
def test_numbers_beyond_all_bounds(given: Any) -> None:
    """They are refused by our own error, not by that of Python, which does not print thousands of digits."""
    with pytest.raises(Rejected, match="^expected a finite number$"):
        number_acceptor("Double", None)(given)
    with pytest.raises(Rejected, match="^expected (an int|an int within Java's int .*)$"):
        number_acceptor("Integer", None)(given)
    for accept in (string_of, duration, fallback, lambda value: extra_value("x", value), lambda value: json_object({"a": value})):
        with pytest.raises(Rejected):
            accept(given)


def test_rules_of_numbers() -> None:
    """A rule is part of acceptance, unless validators are switched off; the bounds of Java's types always hold."""
    share = number_acceptor("Double", between(0, 1, open_low=True))
    count = number_acceptor("Integer", between(1, 10))
    for accept, value in ((share, 0), (share, 0.0), (share, 2), (share, 1.5), (count, 0), (count, 11)):
        with pytest.raises(Rejected, match="a finite number greater than 0 and at most 1|an int from 1 to 10"):
            accept(value)
        with attrs.validators.disabled():
            assert same(value, accept(value))
    assert [1, 0.5, 10] == [share(1), share(0.5), count(10)]
    with attrs.validators.disabled():
        for value in (2**31, HUGE):
            with pytest.raises(Rejected, match="Java's int"):
                count(value)
        with pytest.raises(Rejected, match="a finite number"):
            share(math.inf)


def test_numpy() -> None:
    """NumPy's numbers are numbers, its booleans are not."""
    numpy = pytest.importorskip("numpy")
    double = number_acceptor("Double", None)
    assert same(5, number_acceptor("Long", None)(numpy.int64(5)))
    assert [True] * 3 == [
        same(5, double(numpy.uint8(5))),
        same(0.5, double(numpy.float32(0.5))),
        same(0.5, double(numpy.float64(0.5))),
    ]
    assert {"a": "5", "b": "0.5", "c": '{"x": [1, 0.5]}'} == ExtraOptions(
        {"a": numpy.int64(5), "b": numpy.float32(0.5), "c": {"x": [numpy.int16(1), numpy.float64(0.5)]}}
    )
    for accept in (double, string_of):
        with pytest.raises(RejectedType):
            accept(numpy.bool_(True))


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**299), 10**299))
@example(-0.0)
def test_numbers_survive_their_text(number: float) -> None:
    """Of an accepted number the text is read as that number, of the same type."""
    accept = number_acceptor("Double", None)
    number = accept(number)
    again = accept(read_double(string_of(number)))
    assert (string_of(number), number) == (string_of(again), again)
    assert type(number) is type(again)


# Masks ----------------------------------------------------------------------------------------------------------------

url_parts = st.sampled_from(
    [
        "http://",
        "https://",
        "://",
        "user",
        "p@ss",
        ":",
        "@",
        "/",
        "?",
        "&",
        "=",
        "#",
        "key",
        "token=",
        MASK,
        "8080",
        " ",
        "h",
        "a=b",
    ]
)
url_texts = st.lists(url_parts, max_size=12).map("".join)


@given(url_texts)
@example("http://h&token=ab/c:d@e&x@y")
@example("?http://u:p=1@key=zz")
@example("?token=http://")
@example(
    "?://token=?key=a/b:c@dh&b&token=ab/c:d@e&&token=ab/c:d@e&x@yh&token=ab/c:d@e&token=ab/c:d@e"
    ":///8080key=&x@ya=@key=://a=key=/?key=a/b:c@d&x@y:u&@"
)
def test_masking_is_idempotent(text: str) -> None:
    """What is masked is masked, and is known as redacted."""
    masked = mask_urls(text)
    assert masked == mask_urls(masked)
    assert mask_value(text) == mask_value(mask_value(text))
    assert is_redacted(masked) or masked == text


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
def test_redacted_never_loads(convert: Callable[[Any], Any], values: st.SearchStrategy[Any]) -> None:
    """What shows otherwise than it is, is refused as it shows; what shows as it is, is taken as it shows."""

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
            with pytest.raises(Rejected, match="^expected the real text") as caught:
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
    ids=range(22),
)
def test_redacted_values(convert: Callable[[Any], Any], value: Any) -> None:
    """The mask is refused in every place that could be masked."""
    with pytest.raises(Rejected, match="^expected the real text") as caught:
        convert(value)
    assert caught.value.hint == "this is the mask of a redacted value; use the original or Secret.from_env"


@pytest.mark.parametrize(
    ("convert", "value"),
    [
        (accept_string, f"say {MASK}"),
        (accept_string, MASK),
        (url, f"https://h/{MASK}"),
        (url, f"https://h?note={MASK}"),
        (secret, f"abc{MASK}"),
        (json_object, f'{{"prompt": "say {MASK}", "n": "{MASK}", "api_key": "${{k}}"}}'),
        (json_headers, f'{{"X-Note": "say {MASK}"}}'),
        (flink_map, {"note": f"say {MASK}"}),
        (lambda value: extra_value("prompt", value), f"say {MASK}"),
        (lambda value: extra_value("body", value), f'{{"say": "{MASK}"}}'),
    ],
    ids=range(10),
)
def test_masks_in_ordinary_places(convert: Callable[[Any], Any], value: Any) -> None:
    """Elsewhere six asterisks are six asterisks."""
    made = convert(value)
    assert "mask of" not in str(made)
    assert type(made) in (str, Secret)


def test_a_mask_beside_a_secret() -> None:
    """A prompt with asterisks is no redacted value because there is a secret beside it."""
    body = json_object({"prompt": f"say {MASK}", "token": "x", "note": MASK})
    assert isinstance(body, MaskedText)
    assert '{"prompt": "say ******", "token": "******", "note": "******"}' == str(body)
    assert '{"prompt": "say ******", "token": "x", "note": "******"}' == body.reveal()


@pytest.mark.parametrize(
    ("text", "shown"),
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
def test_masked_urls(text: str, shown: str) -> None:
    """The user part and the credential parameters of URLs are masked, and nothing else."""
    assert shown == mask_urls(text)


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
    """Inputs that took seconds take milliseconds; a second leaves room for a busy machine."""
    start = time.process_time()
    with suppress(Rejected):
        run()
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "is_key"),
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
def test_what_looks_like_a_key(text: str, is_key: bool) -> None:
    """Keys of services do, names of models and identifiers of requests do not."""
    assert is_key is looks_like_key(text)


# Headers --------------------------------------------------------------------------------------------------------------


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
    """Only headers with a credential-like name or value are masked; a string without any is a plain str."""
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
    """Each value of a list is masked for itself."""
    made = json_headers({"Cookie": ["a", "${x}"], "X-A": ["b", KEY]})
    assert {"Cookie": [MASK, "${x}"], "X-A": ["b", MASK]} == json.loads(str(made))


def test_the_masked_map() -> None:
    """It is quoted only where the map itself has to be."""
    assert "Authorization:******,X-Tenant:acme" == str(flink_map({"Authorization": "Bearer x", "X-Tenant": "acme"}))


def test_masked_strings_of_other_options() -> None:
    """A masked string is validated as its real one, and hides no less than before."""
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
    # Where only the characters that show would be taken, it is refused.
    with pytest.raises(Rejected, match=r"at \['a'\], not a string of which a part is masked"):
        json_object({"a": endpoint})
    with pytest.raises(RejectedType):
        flink_map({"a": endpoint})
    stop = stop_strings(["a", MaskedText("hidden", MASK)])
    assert ("a,******", "a,hidden") == (str(stop), reveal(stop or ""))


def test_remembered_strings() -> None:
    """It holds hashes and masked forms, and not too many."""
    known = Remembered()
    for number in range(Remembered.MAX_STRINGS + 1):
        known.keep(f"text {number}", MaskedText(f"text {number}", MASK))
    assert [MASK] == list(known.values())
    known.keep("x" * 5000, "x")
    known.keep(Word.ONE, "x")
    assert 1 == len(known)


# JSON -----------------------------------------------------------------------------------------------------------------


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


def test_levels_of_json() -> None:
    """JSON nests at most 200 levels, given as string or mapping."""
    assert nested(200) == read_json(json_object(nested(200)) or "")
    assert json_object(json.dumps(nested(200))) == json_object(nested(200))
    assert '{"a": "[[[[["}' == json_object('{"a": "[[[[["}')
    brackets = json.dumps({"a": '\\"[{' * 300})
    assert brackets == json_object(brackets)
    for value in (nested(201), nested(5000)):
        with pytest.raises(Rejected, match="more than 200 levels"):
            json_object(value)
    for text in ('{"a":' * 201 + "1" + "}" * 201, '{"a":' * 90_000):
        for convert in (json_object, json_headers):
            with pytest.raises(Rejected, match="^expected JSON of at most 200 levels$"):
                convert(text)


@pytest.mark.parametrize("levels", [201, 600, 5000])
def test_nested_brackets_are_a_string(levels: int) -> None:
    """As an extra option they are a plain string, masked as a whole if they may hold a credential."""
    text = "[" * levels + "]" * levels
    assert text == extra_value("x", text)
    assert str is type(extra_value("x", text))
    hidden = extra_value("x", text.replace("[]", '["api_key"]'))
    assert isinstance(hidden, MaskedText)
    assert MASK == str(hidden)


def test_a_full_stack() -> None:
    """Even where the caller has used up the stack, the error is ours."""

    def deep(convert: Callable[[], object]) -> object:
        try:
            return deep(convert)
        except RecursionError:
            return convert()

    text = json.dumps(nested(150))
    for convert in (lambda: json_object(text), lambda: json_object(nested(150)), lambda: extra_value("x", nested(150))):
        try:
            deep(convert)
        except Rejected:
            continue


def test_json_of_other_types() -> None:
    """Subclasses and foreign numbers become what JSON has, huge ints are refused."""
    assert '{"one": "one", "a": [2, 3, 0.5]}' == json_object(
        {Word.ONE: Word.ONE, "a": (Whole.TWO, ForeignInt(3), ForeignFloat(0.5))}
    )
    with pytest.raises(Rejected, match=r"at \['a'\], not an int of so many digits"):
        json_object({"a": HUGE})
    with pytest.raises(Rejected, match="^expected a JSON object with each name once$"):
        json_object(f'{{"a": 1{"0" * 5000}}}')


# Extras ---------------------------------------------------------------------------------------------------------------


def test_extras_are_a_mapping() -> None:
    """Immutable, hashable, equal in any order, the same after pickling, its keys plain."""
    extras = ExtraOptions({"b": 1, Word.ONE: True, "none": None, "api-key": "k"})
    assert ["b", "one", "api-key"] == list(extras)
    assert all(type(key) is str for key in extras)
    other = ExtraOptions({"api-key": "k", "one": "true", "b": "1"})
    assert (extras, hash(extras)) == (other, hash(other))
    assert extras == {"one": "true", "b": "1", "api-key": Secret("k")}
    assert extras != {"b": "1"}
    assert extras != 5
    assert extras == pickle.loads(pickle.dumps(extras)) == copy.deepcopy(extras) == copy.copy(extras)
    assert list(extras) == list(pickle.loads(pickle.dumps(extras)))
    assert ExtraOptions(extras) is extras
    assert extras.changed({}) is extras
    changed = extras.changed({"b": "2", Word.ONE: None, "c": 3})
    assert [("b", "2"), ("api-key", Secret("k")), ("c", "3")] == list(changed.items())
    assert ["b", "one", "api-key"] == list(extras)
    assert "{'b': '1', 'one': 'true', 'api-key': Secret('******')}" == repr(extras)
    for change in (lambda: setattr(extras, "_options", {}), lambda: delattr(extras, "_options")):
        with pytest.raises(AttributeError):
            change()
    with pytest.raises(KeyError):
        extras["none"]


def test_extras_that_are_keys() -> None:
    """A value that looks like a key is a secret under any name, and so it stays on its way through strings."""
    extras = ExtraOptions({"app_id": Secret(KEY), "other": KEY, "model": "Meta-Llama-3-70B-Instruct-Turbo"})
    assert [Secret(KEY), Secret(KEY), "Meta-Llama-3-70B-Instruct-Turbo"] == list(extras.values())
    assert extras == ExtraOptions({key: reveal(value) for key, value in extras.items()})


class Torn(Mapping[str, object]):
    def __getitem__(self, key: str) -> object:
        raise RuntimeError(KEY)

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


class Own(str):
    __slots__ = ()

    def isascii(self) -> bool:
        raise RuntimeError(KEY)

    def __str__(self) -> str:
        raise RuntimeError(KEY)


LOOP: dict[str, Any] = {}
LOOP["a"] = [LOOP]
ODD = [
    *("", "[" * 600, '{"a":' * 600, "\ud800", f"https://{MASK}@h", "{", f"['{KEY}'", Own("x"), Word.ONE, Whole.TWO),
    *(HUGE, -HUGE, 10**400, math.nan, LOOP, nested(300), Torn(), object(), b"x", {1: 2}, {"a": {1}}, Secret("\ud800"), None),
    *(MaskedText("\ud800", MASK), MaskedText(MASK, MASK), Secret.from_env("X"), Broken(), ForeignInt(HUGE), 1j, {"token": HUGE}),
]


@pytest.mark.parametrize("key", ["x", "api-key", Word.ONE, Own("x"), "\ud800", "", 5, None, HUGE, KEY, "x" * 9999], ids=range(11))
@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_extras_raise_nothing_else(key: Any, value: Any) -> None:
    """Whatever key and value are, they are taken or rejected, and no message shows a secret or goes on and on."""
    for make in (
        lambda: extra_value(key, value),
        lambda: ExtraOptions({key: value}),
        lambda: ExtraOptions().changed({key: value}),
    ):
        try:
            make()
        except Rejected as error:
            assert KEY not in str(error)
            assert len(str(error)) < 200
            assert str(error).isascii()


@given(st.text() | url_texts, st.recursive(st.text() | st.integers() | st.floats() | url_texts, st.lists))
def test_extras_of_any_kind(key: str, value: Any) -> None:
    """What is taken is a plain string or a secret, and taking it again changes nothing."""
    try:
        made = extra_value(key, value)
    except Rejected:
        return
    assert type(made) in (str, MaskedText, Secret)
    assert made == extra_value(key, made) == extra_value(key, reveal(made))
    assert type(made) is type(extra_value(key, made))


# Other values ---------------------------------------------------------------------------------------------------------


def test_subclasses_of_str() -> None:
    """They become plain strings by their characters, whatever they say of themselves."""
    accepts: list[Callable[[Any], Any]] = [
        accept_string,
        url,
        stop_strings,
        fallback,
        choice_acceptor(["x"]),
        duration,
        json_object,
    ]
    for accept, text in zip(accepts, ["x", "x", "x", "x", "x", "5s", "{}"], strict=True):
        found = accept(Own(text))
        assert str is type(found)
        assert text == found
    assert Secret("x") == secret(Own("x"))
    assert Word.ONE is enum_acceptor(Word)(Own("ONE"))


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (None, {}, "None"),
        (True, {"with_type": True}, "True (bool)"),
        (5, {"with_type": True}, "5 (int)"),
        (Whole.TWO, {}, "2"),
        (HUGE, {}, "a number of more than 30 digits"),
        (0.5, {}, "0.5"),
        ("x\n\u00e9", {"with_type": True}, "'x\\n\\xe9' (str)"),
        ("x" * 60, {}, f"'{'x' * 60}'"),
        ("x" * 61, {}, f"'{'x' * 57}...'"),
        ("it's" * 20, {}, f'"{("it" + chr(39) + "s") * 14}i..."'),
        (f"https://user:{KEY}{'x' * 50}@h", {}, "'https://******@h'"),
        (f"https://h/{'x' * 60}?token={KEY}", {}, f"'https://h/{'x' * 47}...'"),
        (KEY, {"with_type": True}, "'******' (str)"),
        (f"Bearer {KEY}", {}, "'******'"),
        (f'{{"token": "{KEY}"}}', {}, "'******'"),
        ("x", {"hidden": True}, "****** (str)"),
        (5, {"hidden": True}, "a value of type int"),
        (None, {"hidden": True, "with_type": True}, "None"),
        (Secret(KEY), {}, "****** (Secret)"),
        (MaskedText("x", "y"), {}, "****** (MaskedText)"),
        ([KEY], {"with_type": True}, "a value of type list"),
        (LOOP, {}, "a value of type dict"),
        (Own("x"), {}, "'x'"),
        (type("\u00c4", (), {})(), {}, "a value of type \\xc4"),
    ],
    ids=range(24),
)
def test_how_messages_show_values(value: Any, options: dict[str, bool], expected: str) -> None:
    """Masked first, then cut; in ASCII, on one line, and of foreign objects only the type."""
    assert expected == shown(value, **options)


def test_hints_of_long_names() -> None:
    """Only names of a sensible length are compared."""
    assert "did you mean temperature?" == did_you_mean("temprature", ["temperature", "x" * 999])
    assert "" == did_you_mean("t" * 201, ["t" * 200])


def test_rejections_are_pickled() -> None:
    """A rejection reads the same on the other side."""
    for error in (Rejected("a", hint="b"), RejectedType("c")):
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert (type(error), str(error), error.expected, error.hint) == (type(again), str(again), again.expected, again.hint)


# Secrets and the boundary ---------------------------------------------------------------------------------------------


class Fails:
    def __fspath__(self) -> str:
        raise RuntimeError(KEY)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: Secret([KEY]), InvalidTypeError, "Secret(): expected a str, got list"),  # type: ignore[arg-type]
        (lambda: Secret(text=KEY.encode()), InvalidTypeError, "Secret(): expected a str, got bytes"),  # type: ignore[arg-type]
        (lambda: Secret.from_env([KEY]), InvalidTypeError, "Secret.from_env(): expected the name of an environment variable"),  # type: ignore[arg-type]
        (lambda: Secret.from_env(KEY), InvalidOptionsError, "Secret.from_env(): expected the name of an environment variable"),
        (lambda: Secret.from_file([KEY]), InvalidTypeError, "Secret.from_file(): expected the path of a file"),  # type: ignore[arg-type]
        (lambda: Secret.from_file(KEY.encode()), InvalidTypeError, "Secret.from_file(): expected the path of a file"),  # type: ignore[arg-type]
        (lambda: Secret.from_file(Fails()), InvalidTypeError, "Secret.from_file(): expected the path of a file"),  # type: ignore[arg-type]
        (lambda: Secret.from_file(""), InvalidOptionsError, "Secret.from_file(): expected the path of a file"),
    ],
    ids=range(8),
)
def test_misuse_of_secrets(call: Callable[[], object], kind: type[Exception], message: str) -> None:
    """The error is ours, a TypeError where the type is wrong, and no frame of its traceback holds what was given."""
    with pytest.raises(kind) as caught:
        call()
    assert kind is type(caught.value)
    assert str(caught.value).startswith(message)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert KEY not in str([frame.locals for frame in shown.stack if frame.name != "test_misuse_of_secrets"])
    assert caught.value.__context__ is None


def test_secret_files_are_small(tmp_path: Path) -> None:
    """Something else than a secret is not read to its end."""
    (tmp_path / "big").write_text("x" * 1_048_577)
    with pytest.raises(Exception, match="more than 1048576 characters; it is another file than the secret's"):
        Secret.from_file(tmp_path / "big").reveal()
    with pytest.raises(Exception, match="cannot be read: no file has such a name"):
        Secret.from_file("\x00").reveal()
