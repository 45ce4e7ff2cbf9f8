# SPDX-License-Identifier: Apache-2.0
"""References in headers, bodies and maps of documents: read, written, shown, set, and written as SQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from command_line import run
from documents import problems

from llmproviders import (
    Catalog,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    Provider,
    Secret,
    TritonProvider,
    create_model_sql,
    dumps,
    from_dict,
    load,
    loads,
    option,
    register_provider_class,
    to_dict,
)
from llmproviders.catalogs.formats.lookup import FORMATS

formats = pytest.mark.parametrize("format", FORMATS)
TOKEN, KEY = Secret.from_env("TOKEN"), Secret.from_file("/run/key")

DOCUMENTS: dict[Any, str] = {
    "toml": """
[providers.chat]
provider = "openai-compat"
extra_header = { Authorization = { env = "TOKEN" }, X-Tenant = "acme", X-B = ["a", { file = "/run/key" }] }
extra_body = { a = [{ api_key = { env = "TOKEN" } }], metadata = { env = "prod" }, n = 1 }
extra_options = { vendor = { token = { file = "/run/key" }, x = { file = "y" } }, list = [{ token = { env = "TOKEN" } }] }
[providers.triton]
provider = "triton"
endpoint = "http://h"
custom_headers = { Cookie = { env = "TOKEN" }, env = "prod" }
""",
    "yaml": """
providers:
  chat:
    provider: openai-compat
    extra_header: {Authorization: {env: TOKEN}, X-Tenant: acme, X-B: [a, {file: /run/key}]}
    extra_body: {a: [{api_key: {env: TOKEN}}], metadata: {env: prod}, n: 1}
    extra_options: {vendor: {token: {file: /run/key}, x: {file: y}}, list: [{token: {env: TOKEN}}]}
  triton:
    provider: triton
    endpoint: http://h
    custom_headers: {Cookie: {env: TOKEN}, env: prod}
""",
    "json": json.dumps(
        {
            "providers": {
                "chat": {
                    "provider": "openai-compat",
                    "extra_header": {
                        "Authorization": {"env": "TOKEN"},
                        "X-Tenant": "acme",
                        "X-B": ["a", {"file": "/run/key"}],
                    },
                    "extra_body": {"a": [{"api_key": {"env": "TOKEN"}}], "metadata": {"env": "prod"}, "n": 1},
                    "extra_options": {
                        "vendor": {"token": {"file": "/run/key"}, "x": {"file": "y"}},
                        "list": [{"token": {"env": "TOKEN"}}],
                    },
                },
                "triton": {
                    "provider": "triton",
                    "endpoint": "http://h",
                    "custom_headers": {"Cookie": {"env": "TOKEN"}, "env": "prod"},
                },
            }
        }
    ),
}
CHAT = OpenAICompatProvider(
    extra_header={"Authorization": TOKEN, "X-Tenant": "acme", "X-B": ["a", KEY]},
    extra_body={"a": [{"api_key": TOKEN}], "metadata": {"env": "prod"}, "n": 1},
    extra_options={"vendor": {"token": KEY, "x": {"file": "y"}}, "list": [{"token": TOKEN}]},
)
CATALOG = Catalog({"chat": CHAT, "triton": TritonProvider("http://h", custom_headers={"Cookie": TOKEN, "env": "prod"})})


@formats
def test_read_and_written(format: Any) -> None:
    """References inside are read and written in every format; a document needs no permission for them, and redacts none."""
    assert CATALOG == loads(DOCUMENTS[format], format=format)
    for secrets in ("refuse", "reveal", "redact"):
        text = dumps(CATALOG, format=format, secrets=secrets)
        assert CATALOG == loads(text, format=format)
        assert "***" not in text
    assert CATALOG == loads(dumps(CATALOG, format=format, inherit=True), format=format)


def test_ordinary_values_are_tables() -> None:
    """Headers, bodies and maps are tables; a string that a table would not give again stays a string."""
    chat = OpenAICompatProvider(extra_header={"X-Tenant": "acme"}, extra_body={"a": [1]})
    assert {"provider": "openai-compat", "extra_header": {"X-Tenant": "acme"}, "extra_body": {"a": [1]}} == to_dict(chat)
    triton = TritonProvider("http://h", custom_headers="X-Tenant:acme")
    assert {"X-Tenant": "acme"} == to_dict(triton)["custom_headers"]
    assert "X-Tenant: acme" == to_dict(TritonProvider("http://h", custom_headers="X-Tenant: acme"))["custom_headers"]
    for body in ('{"a":1}', '{"a": null}', '{"token": {"env": "x"}}', '{"a": [{"key": [{"file": "x"}]}]}'):
        provider = OpenAICompatProvider(extra_body=body)
        assert to_dict(provider, secrets="reveal")["extra_body"] == body
        assert from_dict(to_dict(provider, secrets="reveal")) == provider
    for body in ({"env": "x"}, {"a": {"env": "x"}}, {"token": {"env": 1}}, {"token": {"env": {"env": TOKEN}}}):
        provider = OpenAICompatProvider(extra_body=body)
        assert isinstance(to_dict(provider)["extra_body"], dict)
        assert from_dict(to_dict(provider)) == provider


LITERAL = OpenAICompatProvider(
    extra_header={"Authorization": "Bearer MARK", "X-Tenant": "acme", "X-B": ["a", Secret("MARK")], "X": "https://u:MARK@h"},
    extra_body={"a": [{"token": "MARK"}], "b": {"key": TOKEN}},
)


@formats
def test_literal_secrets_are_refused_one_by_one(format: Any) -> None:
    """Only literal secrets are refused, revealed or masked; a redacted document does not load."""
    catalog = Catalog({"chat": LITERAL})
    with pytest.raises(DocumentError) as caught:
        dumps(catalog, format=format)
    assert [
        "providers.chat.extra_header.Authorization",
        "providers.chat.extra_header.X-B.1",
        "providers.chat.extra_header.X",
        "providers.chat.extra_body.a.0.token",
    ] == [each.path for each in caught.value.problems]
    assert {"literal-secret"} == {each.problem.code for each in caught.value.problems}
    revealed = dumps(catalog, format=format, secrets="reveal")
    again = loads(revealed, format=format)
    assert catalog == again
    assert repr(catalog) == repr(again)
    redacted = dumps(catalog, format=format, secrets="redact")
    assert "MARK" not in redacted
    assert "acme" in redacted
    assert "TOKEN" in redacted
    with pytest.raises(DocumentError, match="mask of a redacted value"):
        loads(redacted, format=format)


def test_a_secret_of_another_name_is_written_as_a_secret() -> None:
    """A header that is a secret without looking like one is a table that says so."""
    provider = OpenAICompatProvider(extra_header={"X-Note": Secret("plain"), "Cookie": "c"})
    entry = to_dict(provider, secrets="reveal")
    assert {"X-Note": {"secret": "plain"}, "Cookie": "c"} == entry["extra_header"]
    assert repr(from_dict(entry)) == repr(provider)


@pytest.mark.parametrize(
    ("provider", "path", "secrets"),
    [
        (OpenAICompatProvider(extra_body={"a": [TOKEN]}), "extra_body.a.0", "refuse"),
        (OpenAICompatProvider(extra_body={"a": [TOKEN]}), "extra_body.a.0", "redact"),
        (OpenAICompatProvider(extra_body={"a": Secret("x")}), "extra_body.a", "reveal"),
        (OpenAICompatProvider(extra_body={"token": TOKEN, "a": None}), "extra_body", "refuse"),
        (OpenAICompatProvider(extra_body={"token": [TOKEN, {"file": "x"}]}), "extra_body", "reveal"),
        (GenericProvider("g", v={"a": TOKEN}), "extra_options.v.a", "refuse"),
        (GenericProvider("g", v={"a": Secret("x")}), "extra_options.v", "reveal"),
    ],
    ids=range(7),
)
def test_not_written(provider: Provider, path: str, secrets: Any) -> None:
    """A body that a document cannot hold is a problem at its place."""
    with pytest.raises(DocumentError) as caught:
        to_dict(provider, secrets=secrets)
    assert [path] == [each.problem.option for each in caught.value.problems if each.problem.code == "unwritable-option"]


@attrs.frozen(kw_only=True)
class _Own(Provider):
    """A class with an option that is said to be a map, and may be any string."""

    identifier = "own-references"
    text: str = attrs.field(default="", metadata=option("text", java="Map"))


def test_options_without_parts(own_classes: object) -> None:
    """A string that cannot be read is written as it is."""
    register_provider_class(_Own)
    provider = _Own(text="no map")
    assert {"provider": "own-references", "text": "no map"} == to_dict(provider)
    assert from_dict(to_dict(provider)) == provider
    assert ["~ a.text: no map -> x"] == [str(each) for each in Catalog({"a": provider}).diff({"a": _Own(text="x")})]


def test_hidden_extras() -> None:
    """An extra option that is hidden as a whole is written with its references."""
    provider = GenericProvider("g", headers={"Authorization": TOKEN})
    assert {"headers": {"Authorization": {"env": "TOKEN"}}} == to_dict(provider)["extra_options"]
    assert from_dict(to_dict(provider)) == provider
    assert Catalog({"p": provider}) == loads(dumps(Catalog({"p": provider}), format="toml"), format="toml")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "extra_header = { Authorization = { evn = 'MARK' } }",
            "extra_header.Authorization: expected a string or a reference",
        ),
        ("extra_header = { Authorization = {} }", "extra_header.Authorization: expected a string or a reference"),
        ("extra_header = { A = ['x', { env = 'MA RK' }] }", "extra_header.A.1: expected the name of an environment variable"),
        ("extra_header = { A = { file = '' } }", "extra_header.A: expected the path of a file, got an empty string"),
        ("extra_header = { A = { env = 'X', file = 'Y' } }", "extra_header.A: expected a string"),
        ("extra_body = { token = { env = '$MARK' } }", "extra_body.token: expected the name of an environment variable"),
        (
            "extra_options = { v = { token = { env = '' } } }",
            "extra_options.v.token: expected the name of an environment variable",
        ),
    ],
    ids=range(7),
)
def test_wrong_references(entry: str, message: str) -> None:
    """A wrong reference is one problem at its place, which shows no name; it is found beside other problems."""
    text = f"[providers.p]\nprovider = 'openai-compat'\n{entry}\n"
    (found,) = problems(text, "toml")
    assert message in found
    assert "MARK" not in found
    assert 2 == len(problems(f"{text}temperature = 'x'\n", "toml"))


def test_nesting_without_end() -> None:
    """A body that contains itself, or is nested very deeply, is a problem."""
    body: dict[str, Any] = {}
    body["a"] = [body]
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for value in (body, {"a": deep}):
        with pytest.raises(DocumentError):
            from_dict({"provider": "openai-compat", "extra_body": value})


def test_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement has ordinary headers; a secret inside is refused by its name, resolved or masked."""
    ordinary = OpenAICompatProvider(extra_header={"X-Tenant": "acme"})
    assert """'extra-header' = '{"X-Tenant": "acme"}'""" in create_model_sql("m", ordinary, input="a STRING", output="b STRING")
    provider = ordinary.with_(extra_header={"Authorization": TOKEN, "X-Key": "MARK", "X-Tenant": "acme"})
    with pytest.raises(InvalidOptionsError) as caught:
        create_model_sql("m", provider, input="a STRING", output="b STRING")
    assert [
        "extra_header.Authorization: expected no secret in a statement, got a reference (env); "
        'a statement cannot refer to it; pass secrets="reveal" to write what it refers to, or secrets="redact"',
        "extra_header.X-Key: expected no secret in a statement, got ******; "
        'use a placeholder such as ${secret_values.key}, or pass secrets="reveal" or secrets="redact"',
    ] == [str(each) for each in caught.value.problems]
    redacted = create_model_sql("m", provider, input="a STRING", output="b STRING", secrets="redact")
    assert """'{"Authorization": "******", "X-Key": "******", "X-Tenant": "acme"}'""" in redacted
    monkeypatch.setenv("TOKEN", "it's")
    revealed = create_model_sql("m", provider, input="a STRING", output="b STRING", secrets="reveal")
    assert """'{"Authorization": "it''s", "X-Key": "MARK", "X-Tenant": "acme"}'""" in revealed


# The command line -----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own for each test."""
    monkeypatch.chdir(tmp_path)
    for format, text in DOCUMENTS.items():
        Path(f"c.{format}").write_text(text, encoding="utf-8")


@formats
def test_set(format: Any) -> None:
    """`set` and --unset change one header, or one field of a body."""
    name = f"c.{format}"
    assert run("set", name, "chat", "extra_header.X-Tenant=other", "extra_header.X-Api-Key=env:OTHER") == (
        "~ chat.extra-header.X-Tenant: acme -> other\n+ chat.extra-header.X-Api-Key: env:OTHER\n"
    )
    assert run("set", name, "chat", "extra_body.temperature=0.5", "extra_body.a.b=x", code=2).startswith(
        "providers.chat.extra_body.a"
    )
    assert run("set", name, "chat", "extra_body.temperature=0.5", "extra_body.x.on=true", 'extra_body.l=["a"]') == (
        '+ chat.extra-body.temperature: 0.5\n+ chat.extra-body.x: {"on": true}\n+ chat.extra-body.l: ["a"]\n'
    )
    run("set", name, "chat", "extra_body.my.token=file:/t", "extra_body.note=env:x", 'extra_header.L=["a", "b"]')
    body = to_dict(load(name)["chat"])["extra_body"]
    assert {"token": {"file": "/t"}} == body["my"]
    assert "env:x" == body["note"]
    assert run("set", name, "chat", "--unset", "extra_header.L", "--unset", "extra_body.note") == (
        '- chat.extra-header.L: ["a", "b"]\n- chat.extra-body.note: env:x\n'
    )
    assert "+ triton.custom-headers.X-Dotted.Name: 1\n" == run("set", name, "triton", "custom_headers.X-Dotted.Name=1")
    before = Path(name).read_bytes()
    assert "extra_header.Cookie: expected no literal secret in a document" in run(
        "set", name, "chat", "extra_header.Cookie=x", code=2
    )
    assert "extra_header.Cookie.1: expected no literal secret in a document, got ******; pass --reveal" in run(
        "set", name, "chat", 'extra_header.Cookie=[{"env": "TOKEN"}, "x"]', code=2
    )
    assert "no extra_header.None of its own" in run("set", name, "chat", "--unset", "extra_header.None", code=2)
    assert before == Path(name).read_bytes()
    run("set", name, "chat", "extra_header.Cookie=x", "--reveal")


def test_convert() -> None:
    """`convert` writes references, names the header of a literal secret, and says why it cannot write a value."""
    shown = run("convert", "c.toml", "--to", "json")
    assert CATALOG == loads(shown, format="json")
    Path("d.toml").write_text(
        "[providers.p]\nprovider = 'openai-compat'\nextra_header = { Cookie = 'x', a = 'b' }\n", encoding="utf-8"
    )
    assert run("convert", "d.toml", "--to", "yaml", code=2) == (
        "d.toml: providers.p.extra_header.Cookie: expected no literal secret in a document, got ******; "
        "make it a reference, or pass --secrets reveal or --secrets redact\n"
    )
    Path("e.json").write_text(
        json.dumps({"providers": {"p": {"provider": "openai-compat", "extra_body": {"token": {"env": "X"}, "a": None}}}})
    )
    assert "with references but without null" in run("convert", "e.json", "--to", "yaml", code=2)
    assert "add it in code" in run("convert", "e.json", "--to", "yaml", code=2)


def test_set_of_inherited_headers() -> None:
    """With a part of inherited headers, all of them are written into the entry, because they would be replaced."""
    Path("c.toml").write_text(f"{DOCUMENTS['toml']}[providers.child]\nextends = 'chat'\n", encoding="utf-8")
    before = load("c.toml")["chat"]
    assert "~ child.extra-header.X-Tenant: acme -> other\n" == run("set", "c.toml", "child", "extra_header.X-Tenant=other")
    written = {**to_dict(before)["extra_header"], "X-Tenant": "other"}
    assert written == to_dict(load("c.toml")["child"])["extra_header"]
    run("set", "c.toml", "child", 'extra_header={"X-Tenant": "other"}')
    assert "+ child.extra-header.X-B: x\n" == run("set", "c.toml", "child", "extra_header.X-B=x")
    run("set", "c.toml", "child", "--unset", "extra_header", "--unset", "extra_options.vendor", code=2)
    Path("d.toml").write_text("[providers.a]\nprovider = 'openai-compat'\n[providers.b]\nextends = 'a'\n", encoding="utf-8")
    assert '+ b.extra-header: {"X-B": "x"}\n' == run("set", "d.toml", "b", "extra_header.X-B=x")
    run("set", "c.toml", "triton", "--unset", "custom_headers")
    run("set", "c.toml", "triton", "custom_headers.X-B=x")


def test_show_and_use() -> None:
    """`show` shows references inside; an unset variable is a problem at the header."""
    shown = run("show", "c.toml", "chat")
    assert "env:TOKEN" in shown
    assert '"X-Tenant": "acme"' in shown
    assert "******" not in shown
    lines = run("options", "c.toml", "chat", "--reveal", code=2).splitlines()
    assert [
        "c.toml:4:18: providers.chat.extra_header.Authorization",
        "c.toml:4:72: providers.chat.extra_header.X-B.1",
        "c.toml:5:16: providers.chat.extra_body.a.0.api_key",
        "c.toml:6:30: providers.chat.extra_options.vendor.token",
        "c.toml:6:83: providers.chat.extra_options.list.0.token",
    ] == [line.split(": expected a secret, got nothing; ")[0] for line in lines]
    assert '"Authorization": "******"' in run("options", "c.toml", "chat")
    assert "env:TOKEN" in run("show", "c.toml", "triton")
    assert "1 file, no problems\n" == run("check", "--strict", "c.toml")
