# SPDX-License-Identifier: Apache-2.0
"""Redacted providers never load, secrets stay hidden in every format, and other values are shown."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from llmproviders import (
    MASK,
    Catalog,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    OldSpellingWarning,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    Secret,
    TritonProvider,
    create_model_sql,
    dumps,
    from_dict,
    from_options,
    loads,
    parse_create_model,
    to_dict,
)

MARK = "sk-mArKeR-7f3-4d9c"
ENDPOINT = "https://h/v1/chat/completions"
FORMATS: tuple[Any, ...] = ("toml", "json", "yaml")
formats = pytest.mark.parametrize("format", FORMATS)
HEADERS = {"Authorization": f"Bearer {MARK}", "X-Tenant": "acme"}
REFERENCE = Secret.from_env("LLMPROVIDERS_TEST_KEY")

HIDDEN: dict[str, Callable[[], Provider]] = {
    "api_key": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK),
    "user part": lambda: OpenAICompatProvider(endpoint=f"https://u:{MARK}@h/v1/chat/completions"),
    "query": lambda: OpenAICompatProvider(endpoint=f"https://h/v1?api_key={MARK}&b=c"),
    "header": lambda: OpenAICompatProvider(extra_header=HEADERS),
    "header list": lambda: OpenAICompatProvider(extra_header={"X-Api-Key": [MARK, "b"], "X-Tenant": ["acme"]}),
    "header string": lambda: OpenAICompatProvider(extra_header=json.dumps(HEADERS)),
    "header value": lambda: OpenAICompatProvider(extra_header={"X-Thing": f"Bearer {MARK}"}),
    "header Basic": lambda: OpenAICompatProvider(extra_header={"X-Thing": f"Basic {MARK}"}),
    "header key": lambda: OpenAICompatProvider(extra_header={"X-Thing": MARK}),
    "header URL": lambda: OpenAICompatProvider(extra_header={"X-Proxy": f"https://u:{MARK}@h"}),
    "body": lambda: OpenAICompatProvider(extra_body={"a": [{"token": MARK}], "b": "c"}),
    "body URL": lambda: OpenAICompatProvider(extra_body={"hook": f"https://u:{MARK}@h", "b": "c"}),
    "body query": lambda: OpenAICompatProvider(extra_body={"hook": f"https://h?token={MARK}"}),
    "map": lambda: TritonProvider("h", custom_headers=HEADERS),
    "map value": lambda: TritonProvider("h", custom_headers={"X-Thing": f"Bearer {MARK}"}),
    "map string": lambda: TritonProvider("h", custom_headers=f"Authorization:Bearer {MARK},X-Tenant:acme"),
    "header Secret": lambda: OpenAICompatProvider(extra_header={"X-Note": Secret("plain words"), "X-Tenant": "acme"}),
    "header list Secret": lambda: OpenAICompatProvider(extra_header={"X-Note": ["a", Secret("plain words")]}),
    "header Secret and reference": lambda: OpenAICompatProvider(extra_header={"X-Note": Secret("plain words"), "X": REFERENCE}),
    "header reference beside a key": lambda: OpenAICompatProvider(extra_header={**HEADERS, "X": ["a", REFERENCE]}),
    "map Secret": lambda: TritonProvider("h", custom_headers={"X-Note": Secret("plain words"), "X-Tenant": "acme"}),
    "map Secret and reference": lambda: TritonProvider("h", custom_headers={"X-Note": Secret("plain words"), "X": REFERENCE}),
    "body Secret": lambda: OpenAICompatProvider(extra_body={"a": [{"token": {"b": Secret("plain words")}}], "b": "c"}),
    "body Secret and reference": lambda: OpenAICompatProvider(
        extra_body={"token": [REFERENCE, Secret("plain words")], "hook": f"https://u:{MARK}@h"}
    ),
    "extra JSON Secret": lambda: OpenAICompatProvider(extra_options={"vendor": {"password": Secret("plain words"), "b": ["c"]}}),
    "extra JSON Secret and reference": lambda: GenericProvider("g", vendor={"password": Secret("plain words"), "key": REFERENCE}),
    "extra headers Secret": lambda: GenericProvider("g", headers={"X-Note": Secret("plain words"), "X-Tenant": REFERENCE}),
    "auth_token": lambda: TritonProvider("h", auth_token=MARK),
    "extra key": lambda: OpenAICompatProvider(extra_options={"vendor-token": MARK}),
    "extra Secret": lambda: OpenAICompatProvider(extra_options={"app-id": Secret("plain words")}),
    "extra like a key": lambda: OpenAICompatProvider(extra_options={"app": MARK}),
    "extra URL": lambda: OpenAICompatProvider(extra_options={"proxy": f"https://u:{MARK}@h"}),
    "extra query": lambda: OpenAICompatProvider(extra_options={"proxy": f"https://h?api_key={MARK}&b=c"}),
    "extra JSON": lambda: OpenAICompatProvider(extra_options={"vendor": {"password": MARK, "b": ["c"]}}),
    "extra JSON URL": lambda: OpenAICompatProvider(extra_options={"vendor": {"b": f"https://u:{MARK}@h"}}),
    "extra JSON list": lambda: OpenAICompatProvider(extra_options={"vendor": [{"secret": MARK}]}),
    "generic": lambda: GenericProvider("g", **{"api-key": MARK, "a": "b"}),
    "generic URL": lambda: GenericProvider("g", proxy=f"https://u:{MARK}@h"),
    "generic Secret": lambda: GenericProvider("g", a=Secret("plain words")),
}
hidden = pytest.mark.parametrize("name", HIDDEN)
SECRETS = (MARK, "plain words")


def _from_flat(provider: Provider, flat: dict[str, str]) -> Provider:
    return from_options(provider.provider_name(), flat)


def _assert_hidden(value: object) -> None:
    for secret in SECRETS:
        assert secret not in repr(value)
        assert secret not in str(value)


# Redacted providers do not load ---------------------------------------------------------------------------------------


@hidden
def test_redacted_options_do_not_load(name: str) -> None:
    """A redacted flat dict is refused by every function that reads one."""
    provider = HIDDEN[name]()
    flat = provider.to_options(redact=True)
    assert any(MASK in text for text in flat.values())
    _assert_hidden(flat)
    calls: list[Callable[[], object]] = [
        lambda: _from_flat(provider, flat),
        lambda: type(provider).from_options({"provider": provider.provider_name(), **flat}),
    ]
    if not name.startswith(("header", "map")):
        # A class that does not know the option does not read the string as headers.
        calls += [
            lambda: GenericProvider("g", **flat),
            lambda: GenericProvider("g").with_(**flat),
            lambda: OpenAICompatProvider(extra_options={f"vendor-{key}": text for key, text in flat.items()}),
        ]
    for call in calls:
        with pytest.raises(InvalidOptionsError, match="mask"):
            call()


@hidden
@formats
def test_redacted_documents_do_not_load(name: str, format: Any) -> None:
    """A redacted document is refused in every format."""
    provider = HIDDEN[name]()
    text = dumps(Catalog({"a": provider}), format=format, secrets="redact")
    _assert_hidden(text)
    with pytest.raises(DocumentError):
        loads(text, format=format)
    with pytest.raises(DocumentError):
        from_dict(to_dict(provider, secrets="redact"))


@hidden
def test_redacted_statements_do_not_load(name: str) -> None:
    """A redacted statement is refused."""
    text = create_model_sql("m", HIDDEN[name](), input="a STRING", output="b STRING", secrets="redact")
    _assert_hidden(text)
    with pytest.raises(DocumentError):
        parse_create_model(text)


MASKED: list[dict[str, Any]] = [
    {"vendor": MASK},
    {"vendor-token": MASK},
    {"proxy": f"https://{MASK}@h"},
    {"proxy": f"see https://{MASK}@h/x"},
    {"proxy": f"https://h?api_key={MASK}"},
    {"proxy": f"https://h?a=b&token={MASK}#c"},
    {"vendor": {"token": MASK}},
    {"vendor": json.dumps([{"password": MASK}])},
    {"vendor": {"hook": f"https://{MASK}@h"}},
    {"vendor": Secret(MASK)},
]


@pytest.mark.parametrize("extra", MASKED, ids=range(len(MASKED)))
def test_masks_in_extras(extra: dict[str, Any]) -> None:
    """A mask in place of a secret is refused in extra options, in every call that accepts them."""
    calls: tuple[Callable[[], object], ...] = (
        lambda: OpenAICompatProvider(extra_options=extra),
        lambda: OpenAICompatProvider().with_(extra_options=extra),
        lambda: OpenAICompatProvider().to_options(overrides={"extra_options": extra}),
        lambda: GenericProvider("g", **extra),
        lambda: GenericProvider("g").with_(**extra),
    )
    for call in calls:
        with pytest.raises(InvalidOptionsError, match="mask"):
            call()


@pytest.mark.parametrize(
    "given",
    [
        {"endpoint": f"https://{MASK}@h/v1/chat/completions"},
        {"endpoint": f"https://h?api_key={MASK}"},
        {"extra_header": {"Authorization": MASK, "X-Tenant": "acme"}},
        {"extra_header": {"Authorization": [MASK]}},
        {"extra_header": {"X-Thing": MASK}},
        {"extra_header": {"X-Proxy": f"https://{MASK}@h"}},
        {"extra_body": {"token": MASK}},
        {"extra_body": {"a": [{"token": {"b": MASK}}]}},
        {"extra_body": {"hook": f"https://{MASK}@h"}},
        {"extra_body": {"hook": f"https://h?token={MASK}"}},
        {"extra_body": MASK},
        {"extra_header": MASK},
        {"endpoint": MASK},
        {"endpoint": ENDPOINT, "api_key": MASK},
    ],
    ids=range(14),
)
def test_masks_in_options(given: dict[str, Any]) -> None:
    """A mask in place of a secret is refused in the options that may hold secrets."""
    for call in (lambda: OpenAICompatProvider(**given), lambda: OpenAICompatProvider().with_(**given)):
        with pytest.raises(InvalidOptionsError, match="mask"):
            call()


@pytest.mark.parametrize("headers", [{"Authorization": MASK}, {"X-Thing": MASK}, f"a:b,Authorization:{MASK}"], ids=range(3))
def test_masks_in_maps(headers: Any) -> None:
    """A mask in place of a secret is refused in headers that are a map."""
    with pytest.raises(InvalidOptionsError, match="mask"):
        TritonProvider("h", custom_headers=headers)


def test_stars_that_are_no_mask() -> None:
    """Stars are accepted in a prompt, and in a string in JSON."""
    provider = OpenAICompatProvider(
        system_prompt=f"say {MASK} for passwords",
        user_prompt=f"{MASK}!",
        extra_body={"note": f"say {MASK}", "stars": "*****"},
        extra_options={"note": f"say {MASK} now"},
    )
    assert provider == OpenAICompatProvider.from_options(provider.to_options())
    assert provider.to_options() == provider.to_options(redact=True)
    assert f"say {MASK} for passwords" == provider.system_prompt
    for format in FORMATS:
        assert Catalog({"a": provider}) == loads(dumps(Catalog({"a": provider}), format=format), format=format)


# Secrets stay hidden --------------------------------------------------------------------------------------------------


@hidden
@formats
def test_documents_keep_secrets(name: str, format: Any) -> None:
    """A provider that is written with its secrets is equal when it is loaded, and shows none of them."""
    provider = HIDDEN[name]()
    _assert_hidden(provider)
    with pytest.raises(DocumentError) as caught:
        dumps(Catalog({"a": provider}), format=format)
    _assert_hidden(caught.value)
    again = loads(dumps(Catalog({"a": provider}), format=format, secrets="reveal"), format=format)["a"]
    assert provider == again
    assert provider.to_options() == again.to_options()
    assert provider.to_options(redact=True) == again.to_options(redact=True)
    _assert_hidden(again)
    _assert_hidden(again.extra_options)
    assert list(map(type, provider.extra_options.values())) == list(map(type, again.extra_options.values()))


@pytest.mark.parametrize("name", [name for name in HIDDEN if "Secret" not in name and "reference" not in name])
def test_flat_dicts_keep_secrets(name: str) -> None:
    """A provider that is made from its flat dict is equal, and shows no secret."""
    provider = HIDDEN[name]()
    again = _from_flat(provider, provider.to_options())
    assert provider == again
    _assert_hidden(again)
    assert provider.to_options(redact=True) == again.to_options(redact=True)


@hidden
def test_statements_refuse_secrets(name: str) -> None:
    """A statement with a secret is refused unless the caller allows it."""
    with pytest.raises(InvalidOptionsError) as caught:
        create_model_sql("m", HIDDEN[name](), input="a STRING", output="b STRING")
    _assert_hidden(caught.value)


def test_secrets_of_other_names_in_documents() -> None:
    """An extra option that is a `Secret` under a plain name is a `Secret` again when it is loaded."""
    provider = OpenAICompatProvider(extra_options={"app-id": Secret("plain words"), "vendor-token": "t", "a": "b"})
    entry = to_dict(provider, secrets="reveal")
    assert {"app-id": {"secret": "plain words"}, "vendor-token": "t", "a": "b"} == entry["extra_options"]
    assert provider == from_dict(entry)
    assert Secret("plain words") == from_dict(entry).extra_options["app-id"]


def test_changes_hide_secrets() -> None:
    """The difference of two catalogs shows that a secret changed, but not its values."""
    one, other = (GenericProvider("g", **{"app-id": Secret(text)}) for text in ("plain words", MARK))
    (change,) = Catalog({"a": one}).diff({"a": other})
    _assert_hidden(change)
    _assert_hidden(attrs.asdict(change))


# Headers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"X-Tenant": "acme"}, {"X-Tenant": ["acme", "b"], "Accept": "application/json"}, {}, {"X-Request-Source": "flink"}],
    ids=range(4),
)
def test_headers_that_are_no_secrets(headers: Any) -> None:
    """Headers without credentials are a `str`, and are shown and written everywhere."""
    provider = OpenAICompatProvider(extra_header=headers)
    assert str is type(provider.extra_header)
    assert provider.to_options() == provider.to_options(redact=True)
    assert headers == json.loads(provider.to_options()["extra-header"])
    assert MASK not in repr(provider)
    for format in FORMATS:
        assert Catalog({"a": provider}) == loads(dumps(Catalog({"a": provider}), format=format), format=format)
    assert headers == json.loads(
        create_model_sql("m", provider, input="a STRING", output="b STRING").split("'extra-header' = '")[1].split("'")[0]
    )


def test_maps_that_are_no_secrets() -> None:
    """A map of headers without credentials is a `str`, and is shown and written."""
    provider = TritonProvider("h", custom_headers={"X-Tenant": "acme"})
    assert str is type(provider.custom_headers)
    assert "X-Tenant:acme" == provider.to_options(redact=True)["custom-headers"]
    assert "acme" in repr(provider)
    assert provider == from_dict(to_dict(provider))


def test_masks_of_single_headers() -> None:
    """Only the headers that are credentials are masked."""
    shown = OpenAICompatProvider(extra_header={"Authorization": "Bearer x", "X-Tenant": "acme"}).to_options(redact=True)
    assert {"Authorization": MASK, "X-Tenant": "acme"} == json.loads(shown["extra-header"])
    shown = TritonProvider("h", custom_headers={"Authorization": "Bearer x", "X-Tenant": "acme"}).to_options(redact=True)
    assert f"Authorization:{MASK},X-Tenant:acme" == shown["custom-headers"]
    shown = OpenAICompatProvider(extra_header={"Authorization": "${secret_values.k}", "X-Tenant": "acme"}).to_options(redact=True)
    assert {"Authorization": "${secret_values.k}", "X-Tenant": "acme"} == json.loads(shown["extra-header"])


@pytest.mark.parametrize(
    "make",
    [
        lambda key, tenant: OpenAICompatProvider(extra_header={"Authorization": key, "X-Tenant": tenant}),
        lambda key, tenant: TritonProvider("h", custom_headers={"Authorization": key, "X-Tenant": tenant}),
    ],
    ids=["JSON", "map"],
)
def test_headers_in_fingerprints(make: Callable[[str, str], Provider]) -> None:
    """A header that is no credential changes the fingerprint; a credential does not."""
    assert make("Bearer a", "acme").fingerprint() == make("Bearer b", "acme").fingerprint()
    assert make("Bearer a", "acme").fingerprint() != make("Bearer a", "other").fingerprint()


def test_changes_of_headers() -> None:
    """A difference of headers shows the header that is no credential."""
    one, other = (OpenAICompatProvider(extra_header={"Authorization": MARK, "X-Tenant": each}) for each in ("acme", "other"))
    (change,) = Catalog({"a": one}).diff({"a": other})
    assert "acme" in str(change)
    assert "other" in str(change)
    _assert_hidden(change)


# Messages -------------------------------------------------------------------------------------------------------------

YAML = [
    "!S3cr3t-mArKeR",
    "*S3cr3t-mArKeR",
    "@S3cr3t-mArKeR",
    "%S3cr3t-mArKeR",
    "`S3cr3t-mArKeR",
    "S3cr3t: mArKeR",
    "[S3cr3t-mArKeR",
    "{S3cr3t-mArKeR",
    "'S3cr3t-mArKeR",
    '"S3cr3t-mArKeR',
    '"S3cr3t-\\mArKeR"',
    "S3cr3t-mArKeR: : x",
    "|S3cr3t-mArKeR",
    "!!S3cr3t-mArKeR x",
    "0x5ec3e7aaaaaaaaaaaaaaaa",
    "0123456789",
    "1234567890123456789012345",
    "1.5e400",
    "- S3cr3t-mArKeR",
    "? S3cr3t-mArKeR",
]


@pytest.mark.parametrize("value", YAML)
def test_yaml_errors_show_no_value(value: str) -> None:
    """No message shows a key that was not quoted, and that YAML reads as something else."""
    text = f"providers:\n  a:\n    provider: openai-compat\n    endpoint: {ENDPOINT}\n    api_key: {value}\n"
    with pytest.raises(DocumentError) as caught:
        loads(text, format="yaml")
    message = str(caught.value)
    for part in ("S3cr3t", "mArKeR", "5ec3e7", "0123456789", "123456789", "1.5e400", "2001", "e400"):
        assert part not in message
        assert part not in repr(caught.value)
    assert caught.value.__context__ is None or "S3cr3t" not in str(caught.value.__context__)


@pytest.mark.parametrize(("format", "value"), [("toml", "S3cr3t-mArKeR"), ("toml", "'S3cr3t-mArKeR"), ("json", "S3cr3t-mArKeR")])
def test_other_syntax_errors_show_no_value(format: Any, value: str) -> None:
    """A syntax error in TOML or JSON does not show the value."""
    text = f"[providers.a]\napi_key = {value}\n" if format == "toml" else f'{{"providers": {{"a": {{"api_key": {value}}}}}}}'
    with pytest.raises(DocumentError) as caught:
        loads(text, format=format)
    assert "S3cr3t" not in str(caught.value)


@pytest.mark.parametrize("length", [0, 10, 40, 50, 60, 200])
@pytest.mark.parametrize("before", ["", "x" * 40])
def test_long_values_are_masked_before_they_are_cut(before: str, length: int) -> None:
    """A URL whose credentials are longer than a message shows none of them."""
    value = f"{before}https://user:{MARK}{'m' * length}@h/path"
    calls: tuple[Callable[[], object], ...] = (
        lambda: OpenAICompatProvider.from_options({"max-tokens": value}),
        lambda: OpenAICompatProvider.from_options({"response-format": value}),
        lambda: OpenAICompatProvider(response_format=value),
        lambda: OpenAICompatProvider(max_tokens=value),
        lambda: OpenAICompatProvider(extra_body=value),
        lambda: TritonProvider("h", timeout=value),
        lambda: parse_create_model(f"CREATE MODEL m WITH ('provider'='openai-compat', 'max-tokens'='{value}')"),
        lambda: loads(json.dumps({"providers": {"a": {"provider": "openai-compat", "max_tokens": value}}}), format="json"),
        lambda: from_dict({"provider": "openai-compat", "response_format": value}),
    )
    for call in calls:
        with pytest.raises(ProviderError) as caught:
            call()
        assert "mArKeR" not in str(caught.value)
        assert "mmmm" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        f"CREATE MODEL m WITH ('provider'='bailian', 'endpoint'='{ENDPOINT}', 'apiKey'='{MARK}')",
        f"CREATE MODEL m WITH ('provider'='bailian', 'endpoint'='https://u:{MARK}@h', 'api-key'='{MARK}')",
    ],
    ids=range(2),
)
def test_old_spellings_as_errors(sql: str) -> None:
    """If the user turns warnings into errors, the error of an old spelling and its frames show no secret."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(OldSpellingWarning) as caught:
            parse_create_model(sql)
    _assert_hidden(caught.value)
    trace = caught.value.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            _assert_hidden(dict(trace.tb_frame.f_locals))
        trace = trace.tb_next


def test_redacted_with_a_reference() -> None:
    """A reference is shown as a reference, and is not resolved by `to_options` with redact=True."""
    provider = OpenAIProvider(ENDPOINT, Secret.from_env("LLMPROVIDERS_NO_SUCH_KEY"))
    assert MASK not in repr(provider)
    assert "LLMPROVIDERS_NO_SUCH_KEY" in repr(provider)
    provider.to_options(redact=True)
    with pytest.raises(ProviderError):
        provider.to_options()
