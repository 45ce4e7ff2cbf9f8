# SPDX-License-Identifier: Apache-2.0
"""Secrets inside headers, bodies, maps and extra options, in code: hidden in every output, and resolved by `to_options` only."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from llmproviders import (
    MASK,
    GenericProvider,
    InvalidOptionsError,
    MaskedText,
    OpenAICompatProvider,
    Provider,
    ProviderError,
    Secret,
    SecretError,
    TritonProvider,
    create_model_sql,
    flink_map,
    json_headers,
    json_object,
    option,
)
from llmproviders.syntax.maps import read_map

ENV = Secret.from_env("LLMPROVIDERS_INSIDE")
MARK = "mArKeR '\"\\: , words"
ENDPOINT = "https://h/v1/chat/completions"

# Providers with a reference inside, and a function that finds its string in the options.
REFERRING: dict[str, tuple[Callable[[], Provider], Callable[[dict[str, str]], Any]]] = {
    "header": (
        lambda: OpenAICompatProvider(extra_header={"Authorization": ENV, "X-Tenant": "acme"}),
        lambda flat: json.loads(flat["extra-header"])["Authorization"],
    ),
    "header of another name": (
        lambda: OpenAICompatProvider(extra_header={"X-Tenant": ENV}),
        lambda flat: json.loads(flat["extra-header"])["X-Tenant"],
    ),
    "header list": (
        lambda: OpenAICompatProvider(extra_header={"X-A": ("a", ENV)}),
        lambda flat: json.loads(flat["extra-header"])["X-A"][1],
    ),
    "body": (
        lambda: OpenAICompatProvider(extra_body={"a": [{"b": {"c": ENV}}], "url": "https://u:p@h", "n": 1.0, "no": None}),
        lambda flat: json.loads(flat["extra-body"])["a"][0]["b"]["c"],
    ),
    "map": (
        lambda: TritonProvider("h", custom_headers={"Authorization": ENV, "X-Tenant": "acme"}),
        lambda flat: read_map(flat["custom-headers"])["Authorization"],
    ),
    "extra": (
        lambda: OpenAICompatProvider(extra_options={"vendor": {"a": [ENV]}}),
        lambda flat: json.loads(flat["vendor"])["a"][0],
    ),
    "extra list": (lambda: GenericProvider("g", vendor=[ENV]), lambda flat: json.loads(flat["vendor"])[0]),
    "extra headers": (
        lambda: GenericProvider("g", headers={"Authorization": ENV, "n": 1}),
        lambda flat: json.loads(flat["headers"])["Authorization"],
    ),
}
referring = pytest.mark.parametrize("name", REFERRING)


@referring
def test_references_are_resolved_at_each_call(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`to_options` resolves a reference inside each time, so that a rotated key takes effect."""
    make, find = REFERRING[name]
    provider = make()
    for text in (MARK, "rotated"):
        monkeypatch.setenv("LLMPROVIDERS_INSIDE", text)
        assert text == find(provider.to_options())
        assert text == find(provider.to_options(overrides={}))


@referring
def test_nothing_else_resolves_references(name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """No other call resolves a reference inside, and none shows its string; the variable does not exist."""
    monkeypatch.delenv("LLMPROVIDERS_INSIDE", raising=False)
    provider = REFERRING[name][0]()
    again = REFERRING[name][0]()
    assert provider == again == provider.with_() == copy.deepcopy(provider) == pickle.loads(pickle.dumps(provider))
    assert hash(provider) == hash(again) == hash(pickle.loads(pickle.dumps(provider)))
    assert provider.fingerprint() == again.fingerprint()
    assert attrs.asdict(provider)["extra_options"] == provider.extra_options
    values = {field.name: getattr(provider, field.name) for field in attrs.fields(type(provider)) if field.init}
    if not isinstance(provider, GenericProvider):
        assert provider == type(provider)(**values) == provider.with_(**values)
    assert MASK in json.dumps(provider.to_options(redact=True))
    for runtime in ("flink-2.3", "vvr-11.9"):
        provider.check(runtime)
    logging.getLogger().warning("%s %r", provider, provider)
    if name != "extra headers":
        assert "Secret.from_env('LLMPROVIDERS_INSIDE')" in repr(provider)
        assert "Secret.from_env('LLMPROVIDERS_INSIDE')" in caplog.text
    with pytest.raises(SecretError) as caught:
        provider.to_options()
    assert "environment variable LLMPROVIDERS_INSIDE is not set or empty; set it where the job is submitted" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda secret: OpenAICompatProvider(extra_header={"a": "b", "Authorization": secret}), "extra_header.Authorization"),
        (lambda secret: OpenAICompatProvider(extra_header={"A": ["x", secret]}), "extra_header.A.1"),
        (lambda secret: OpenAICompatProvider(extra_body={"a": [{"b": secret}]}), "extra_body.a.0.b"),
        (lambda secret: TritonProvider("h", custom_headers={"Cookie": secret}), "custom_headers.Cookie"),
        (lambda secret: OpenAICompatProvider(extra_options={"v": {"b": secret}}), "extra_options.v.b"),
    ],
    ids=range(5),
)
def test_the_error_names_the_part(make: Callable[[Secret], Provider], where: str, tmp_path: Path) -> None:
    """The error of a reference inside names the option and the header or field, in one line."""
    for secret, reason in (
        (Secret.from_env("LLMPROVIDERS_NONE"), "environment variable LLMPROVIDERS_NONE is not set or empty"),
        (Secret.from_file(tmp_path / "none"), f"secret file {tmp_path / 'none'} cannot be read"),
    ):
        with pytest.raises(SecretError) as caught:
            make(secret).to_options()
        assert str(caught.value).startswith(f"{where}: {reason}")
        with pytest.raises(SecretError):
            create_model_sql("m", make(secret), input="a STRING", output="b STRING", secrets="reveal")
    text = getattr(make(ENV), where.partition(".")[0])
    text = text["v"] if "options" in where else text
    with pytest.raises(SecretError, match=f"^{where.partition('.')[2].replace('v.', '')}: environment"):
        text.reveal()


def test_references_are_equal_if_they_are_the_same() -> None:
    """Texts are equal if they have the same parts in the same order; a text with a reference is equal to no string."""
    one = json_headers({"Authorization": ENV, "a": "b"})
    assert isinstance(one, MaskedText)
    assert one.is_reference
    assert one == json_headers({"Authorization": Secret.from_env("LLMPROVIDERS_INSIDE"), "a": "b"})
    others: list[Any] = [
        json_headers({"a": "b", "Authorization": ENV}),
        json_headers({"Authorization": Secret.from_env("OTHER"), "a": "b"}),
        json_headers({"Authorization": Secret.from_file("LLMPROVIDERS_INSIDE"), "a": "b"}),
        json_headers({"Authorization": "x", "a": "b"}),
        flink_map({"Authorization": ENV, "a": "b"}),
        json_object({"Authorization": ENV, "a": "b", "n": 1}),
        str(one),
        None,
    ]
    for other in others:
        assert one != other
        assert other != one
    assert json_object({"token": ENV, "n": 1}) != json_object({"token": ENV, "n": True})
    assert len({one, *others}) == len(others) + 1


def test_literal_secrets_inside() -> None:
    """A literal `Secret` is masked whatever its name is; the text is equal to that with the plain string."""
    headers = json_headers({"X-Note": Secret("plain words"), "B": [Secret("more"), "b"], "C": Secret("${secret_values.k}")})
    assert '{"X-Note": "******", "B": ["******", "b"], "C": "${secret_values.k}"}' == str(headers)
    assert headers == json_headers({"X-Note": "plain words", "B": ["more", "b"], "C": "${secret_values.k}"})
    # It stays hidden in a variant, and as another option.
    provider = OpenAICompatProvider(extra_header=headers)
    assert str(headers) == str(provider.with_(extra_header=provider.extra_header).extra_header)
    assert '{"X-Note": "******"}' == str(json_object(json_headers({"X-Note": Secret("plain words")})))
    assert "X-Note:******" == str(flink_map({"X-Note": Secret("plain words")}))
    assert "X-Note:plain words" == flink_map({"X-Note": Secret("plain words")})
    assert '{"a": {"b": "******"}}' == str(json_object({"a": {"b": Secret("plain words")}}))
    extra = GenericProvider("g", v={"b": Secret("plain words")}, headers={"a": Secret("plain words")}).extra_options
    assert "{'v': '{\"b\": \"******\"}', 'headers': Secret('******')}" == repr(extra)
    assert "${k}" == GenericProvider("g", v=Secret("${k}")).to_options()["v"]
    assert '["${k}"]' == GenericProvider("g", v=[Secret("${k}")]).to_options()["v"]


def test_reprs() -> None:
    """The repr of a text with a reference is the mapping that makes an equal one; its other forms are masked."""
    body = json_object({"a": [ENV], "token": "x", "url": "https://u:p@h", "n": 1})
    assert (
        "{'a': [Secret.from_env('LLMPROVIDERS_INSIDE')], 'token': Secret('******'), 'url': 'https://******@h', 'n': 1}"
        == repr(body)
    )
    shown = '{"a": ["******"], "token": "******", "url": "https://******@h", "n": 1}'
    assert [shown] * 4 == [str(each) for each in (body, f"{body}", f"{body:s}", f"{body:<5}")]
    assert shown.encode() == (body or "").encode()
    hidden = GenericProvider("g", headers={"a": ENV, "pin": 1234}).extra_options
    assert "{'headers': '******'}" == repr(hidden)


def test_maps_with_references_are_read_by_all_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A map with a reference has the same form as one with the string itself, and no line break."""
    provider = TritonProvider("h", custom_headers={"Authorization": ENV, "X-T": "a:b"})
    for text in ("Bearer abc", 'it\'s "x", y:z', "a,b"):
        monkeypatch.setenv("LLMPROVIDERS_INSIDE", text)
        expected = TritonProvider("h", custom_headers={"Authorization": text, "X-T": "a:b"})
        assert expected.to_options() == provider.to_options()
        assert expected.fingerprint() == provider.fingerprint()
    monkeypatch.setenv("LLMPROVIDERS_INSIDE", "a\nb")
    with pytest.raises(SecretError, match="^a header has a line break; check the secret that it refers to$"):
        provider.to_options()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OpenAICompatProvider(extra_header={"a": {"b": ENV}}), "header values that are strings or lists of strings"),
        (lambda: OpenAICompatProvider(extra_header={"a": [ENV, 1]}), "header values that are strings or lists of strings"),
        (lambda: OpenAICompatProvider(extra_header={"a": [[ENV]]}), "header values that are strings or lists of strings"),
        (lambda: OpenAICompatProvider(extra_header=ENV), "a JSON object, as a mapping or a string"),
        (lambda: OpenAICompatProvider(extra_body={ENV: 1}), "a name of type Secret"),
        (lambda: OpenAICompatProvider(extra_body={"a": Secret(MASK)}), "the real value"),
        (lambda: OpenAICompatProvider(extra_body={"a": ENV, "b": MASK}), "the real value"),
        (lambda: OpenAICompatProvider(extra_header={"a": ENV, "b": MASK}), "the real value"),
        (lambda: OpenAICompatProvider(extra_header={"a": Secret("\ud800")}), "a string without lone surrogates"),
        (lambda: TritonProvider("h", custom_headers={"a": [ENV]}), "a mapping from str to str"),
        (lambda: TritonProvider("h", custom_headers={ENV: "a"}), "a mapping from str to str"),
        (lambda: TritonProvider("h", custom_headers={1: ENV}), "a mapping from str to str"),
        (lambda: TritonProvider("h", custom_headers={"a": ENV, "b": 1}), "a mapping from str to str"),
        (lambda: TritonProvider("h", custom_headers={"a": ENV, "b": "c\nd"}), "headers without line breaks"),
        (lambda: TritonProvider("h", custom_headers={"a": Secret("c\rd")}), "headers without line breaks"),
        (lambda: TritonProvider("h", custom_headers={"a\ud800": ENV}), "a string without lone surrogates"),
        (lambda: TritonProvider("h", default_value={"a": ENV}), "a value that JSON can carry, without a Secret inside"),
        (lambda: OpenAICompatProvider(endpoint=json_headers({"a": ENV})), "a string without references inside"),
        (lambda: OpenAICompatProvider(model=json_headers({"a": ENV})), "a string without references inside"),
        (lambda: OpenAICompatProvider(stop=[json_headers({"a": ENV})]), "a string without references inside"),
        (lambda: OpenAICompatProvider(extra_body=GenericProvider("g", v=[ENV]).extra_options["v"]), "a mapping"),
        (lambda: TritonProvider("h", custom_headers=json_headers({"a": ["b", ENV]})), "a mapping from str to str"),
        (lambda: OpenAICompatProvider.from_options({"extra-header": json_headers({"a": ENV})}), "a str"),
        (lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=json_headers({"a": ENV})), "a string without references inside"),
    ],
    ids=range(24),
)
def test_refused(make: Callable[[], Provider], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets in other places are refused; the message shows no string of them."""
    monkeypatch.setenv("LLMPROVIDERS_INSIDE", MARK)
    with pytest.raises(InvalidOptionsError) as caught:
        make()
    assert f"expected {message}" in str(caught.value) or message in str(caught.value)
    assert MARK not in str(caught.value)
    with pytest.raises(ProviderError):
        make()


@attrs.frozen(kw_only=True)
class _Own(Provider):
    """A class with headers that have a default, as a secret, and of types with hooks."""

    identifier = "own-inside"
    head: Any = attrs.field(default={"Authorization": ENV}, converter=json_headers, metadata=option("head", format="json"))
    body: str | None = attrs.field(default=None, metadata=option("body", format="json"))
    whole: str | None = attrs.field(default=None, converter=json_headers, metadata=option("whole", secret=True))


@attrs.frozen(kw_only=True)
class _Failing(Provider):
    """A class whose own hook shows a value."""

    identifier = "failing-inside"
    head: str | None = attrs.field(default=None, converter=json_headers, metadata=option("head"))

    def __attrs_post_init__(self) -> None:
        msg = f"no {MARK} and no plain words"
        raise RuntimeError(msg)


def test_messages_of_hooks_hide_literal_secrets() -> None:
    """The message of a failing hook shows no literal secret, also beside a reference, which is not resolved."""
    with pytest.raises(InvalidOptionsError, match=r"RuntimeError \(no .* and no \*{6}\)") as caught:
        _Failing(head={"a": Secret("plain words"), "b": ENV})
    assert "plain words" not in str(caught.value)


def test_a_text_that_is_hidden_as_a_whole() -> None:
    """Every part of a string that is masked as a whole stays hidden."""
    for convert in (json_object, json_headers):
        assert '{"a": "******", "b": ["******"]}' == str(convert(MaskedText('{"a": "x", "b": ["y"]}', MASK)))
        assert MASK == str(convert(MaskedText("{}", MASK)))
        assert '{"a": "x", "b": "******"}' == str(convert(MaskedText('{"a": "x", "b": "y"}', '{"a": "x", "b": "******"}')))
    assert '{"a": "https://h/******"}' == str(json_object(MaskedText('{"a": "https://h/x"}', '{"a": "https://h/******"}')))
    assert '{"a": ["******"]}' == str(json_object(MaskedText('{"a": ["x"]}', '{"a": "******"}')))


def test_classes_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields of one's own accept secrets inside, also in a default; an option that is a secret as a whole does not."""
    monkeypatch.setenv("LLMPROVIDERS_INSIDE", "x")
    provider = _Own(body={"a": ENV})
    assert {"head": '{"Authorization": "x"}', "body": '{"a": "x"}'} == provider.to_options()
    monkeypatch.setenv("LLMPROVIDERS_INSIDE", "y")
    assert {"head": '{"Authorization": "y"}', "body": '{"a": "y"}'} == provider.to_options()
    with pytest.raises(InvalidOptionsError, match="expected a string without references inside"):
        _Own(whole={"a": ENV})


def test_deriving() -> None:
    """Variants, other tasks and other runtimes keep references."""
    chat = OpenAICompatProvider(endpoint=ENDPOINT, api_key=ENV, model="m", extra_body={"a": ENV}, retry_num=3)
    assert chat.extra_body == chat.for_task("embeddings").extra_body
    assert chat.extra_body == chat.for_runtime("vvr-11.9").extra_body  # type: ignore[attr-defined]
    assert chat.without("extra_body").extra_body is None
    header = chat.with_(extra_body=None, extra_header={"a": ENV})
    assert header.extra_header == header.with_(temperature=1).extra_header
