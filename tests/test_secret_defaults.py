# SPDX-License-Identifier: Apache-2.0
"""Defaults of environment variables that hold secrets: used, masked, written, checked and refused."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from pathlib import Path
from typing import Any

import attrs
import pytest
from command_line import run
from documents import problems

import llmproviders
from llmproviders import (
    Catalog,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Provider,
    Secret,
    SecretError,
    TritonProvider,
    check,
    dumps,
    flink_map,
    from_dict,
    loads,
    option,
    to_dict,
)
from llmproviders.catalogs.formats.lookup import FORMATS
from llmproviders.fields.converters import url

MARK = "sk-mArKeR-7f3"
NAME = "LLMPROVIDERS_NOWHERE"
KEY = Secret.from_env(NAME, default=MARK)
OPEN = Secret.from_env(NAME, default="${secret_values.key}")
LIBRARY = str(Path(llmproviders.__file__).parent)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own for each test."""
    monkeypatch.chdir(tmp_path)


def test_used_if_the_variable_is_unset_or_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable wins at each call; without it, the default is used."""
    provider = TritonProvider("h", auth_token=KEY)
    assert MARK == provider.to_options()["auth-token"]
    monkeypatch.setenv(NAME, "x")
    assert "x" == provider.to_options()["auth-token"]
    monkeypatch.setenv(NAME, "")
    assert MARK == provider.to_options()["auth-token"]
    assert "${secret_values.key}" == OPEN.reveal()
    monkeypatch.setenv(NAME, "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"))
    with pytest.raises(SecretError, match=f"^environment variable {NAME} is not UTF-8 text$"):
        KEY.reveal()


def test_part_of_the_secret() -> None:
    """It is shown masked unless it is a placeholder, and is part of equality, copies and pickles."""
    assert f"Secret.from_env('{NAME}', default='******')" == repr(KEY)
    assert f"Secret.from_env('{NAME}', default='${{secret_values.key}}')" == repr(OPEN)
    assert "******" == str(KEY) == str(OPEN)
    assert (Secret(MARK), "env", NAME, True) == (KEY.default, KEY.source, KEY.reference, KEY.is_reference)
    assert Secret.from_env(NAME).default is Secret(MARK).default is Secret("${x}").default is None
    for other in (Secret.from_env(NAME, default=Secret(MARK)), copy.deepcopy(KEY), pickle.loads(pickle.dumps(KEY))):
        assert (KEY, hash(KEY), MARK) == (other, hash(other), other.reveal())
    assert KEY not in (OPEN, Secret.from_env(NAME), Secret.from_env(NAME, default="other"), Secret(MARK))


@pytest.mark.parametrize(
    ("default", "kind", "message"),
    [
        ("", InvalidOptionsError, "default: expected a string that is not empty, without surrogates"),
        ("a\ud800", InvalidOptionsError, "default: expected a string that is not empty, without surrogates"),
        (5, InvalidTypeError, "default: expected a str"),
        (MARK.encode(), InvalidTypeError, "default: expected a str"),
        (Secret.from_env("X"), InvalidOptionsError, "default: expected a literal secret or a placeholder, got a reference"),
        (
            "******",
            InvalidOptionsError,
            "default: expected the real value; this is the mask of a redacted value; use the original, or a reference",
        ),
    ],
    ids=range(6),
)
def test_defaults_that_are_refused(default: Any, kind: type[Exception], message: str) -> None:
    """A default that could not be used is refused, beside a wrong name, and no frame holds it."""
    with pytest.raises(kind) as caught:
        Secret.from_env(NAME, default=default)
    assert f"Secret.from_env(): {message}" == str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        Secret.from_env(MARK, default=default)
    assert 2 == len(caught.value.problems)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert MARK not in str([frame.locals for frame in shown.stack if frame.filename.startswith(LIBRARY)])


def test_masked_strings_keep_their_real_string() -> None:
    """A masked string as the default is the real string."""
    masked = url(f"https://u:{MARK}@h")
    assert masked is not None
    assert f"https://u:{MARK}@h" == Secret.from_env(NAME, default=masked).reveal()
    inside = OpenAICompatProvider(extra_header={"A": KEY}).extra_header
    assert inside is not None
    with pytest.raises(InvalidOptionsError, match="got a reference"):
        Secret.from_env(NAME, default=inside)


PROVIDERS: dict[str, Provider] = {
    "api_key.default": OpenAICompatProvider(endpoint="https://h/chat/completions", api_key=KEY),
    "extra_header.Authorization.default": OpenAICompatProvider(extra_header={"Authorization": KEY, "X": "y"}),
    "extra_header.A.1.default": OpenAICompatProvider(extra_header={"A": ["x", KEY]}),
    "extra_body.token.default": OpenAICompatProvider(extra_body={"token": KEY, "n": 1}),
    "custom_headers.A.default": TritonProvider("h", custom_headers={"A": KEY}),
    "extra_options.pin.default": GenericProvider("g", pin=KEY),
    "extra_options.vendor.token.default": GenericProvider("g", vendor={"token": KEY}),
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("where", PROVIDERS)
def test_written_as_a_literal_secret(where: str, format: Any) -> None:
    """It is refused at its place, revealed or masked, and a redacted document does not load."""
    catalog = Catalog({"p": PROVIDERS[where]})
    with pytest.raises(DocumentError) as caught:
        dumps(catalog, format=format)
    (found,) = caught.value.problems
    assert (f"providers.p.{where}", "literal-secret") == (found.path, found.problem.code)
    assert MARK not in str(found)
    assert catalog == loads(dumps(catalog, format=format, secrets="reveal"), format=format)
    redacted = dumps(catalog, format=format, secrets="redact")
    assert MARK not in redacted
    assert NAME in redacted
    with pytest.raises(DocumentError, match="this is the mask of a redacted value") as caught:
        loads(redacted, format=format)
    assert [f"providers.p.{where}"] == [each.path for each in caught.value.problems]


@pytest.mark.parametrize("where", PROVIDERS)
def test_checked_and_compared(where: str) -> None:
    """`check` warns at its place, `show` and `diff` mask it, and `check --resolve` finds no problem."""
    catalog = Catalog({"p": PROVIDERS[where]})
    Path("c.toml").write_text(dumps(catalog, format="toml", secrets="reveal"), encoding="utf-8")
    (found,) = (each for each in check("c.toml", resolve_references=True) if each.problem.code == "literal-secret")
    assert f"providers.p.{where}" == found.path
    assert (
        "expected a reference, because this string is a secret, got ******; "
        "leave the default out, or use a placeholder that the platform fills in" == str(found.problem)
    )
    shown = run("show", "c.toml", "p") + run("show", "c.toml", "p", "--json") + run("options", "c.toml", "p")
    assert MARK not in shown
    assert f"env:{NAME}" in shown
    assert "default ******" in shown
    other = Catalog({"p": loads(dumps(catalog, format="toml", secrets="reveal").replace(MARK, f"{MARK}-2"), format="toml")["p"]})
    (change,) = catalog.diff(other)
    assert MARK not in str(change)
    assert "(another value)" in str(change)
    assert catalog["p"].fingerprint() == other["p"].fingerprint()


@pytest.mark.parametrize("format", FORMATS)
def test_a_placeholder_is_no_secret(format: Any) -> None:
    """A default that is a placeholder is written, and there is no warning."""
    catalog = Catalog({"p": TritonProvider("https://h", auth_token=OPEN, custom_headers={"A": OPEN})})
    for secrets in ("refuse", "redact", "reveal"):
        written = dumps(catalog, format=format, secrets=secrets)
        assert catalog == loads(written, format=format)
    Path(f"c.{format}").write_text(written, encoding="utf-8")
    assert "1 file, no problems\n" == run("check", "--strict", f"c.{format}")
    assert f"env:{NAME}, default ${{secret_values.key}}" in run("show", f"c.{format}", "p")


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ('{ default = "", env = "A" }', "auth_token.default", "expected a string that is not empty, without surrogates"),
        ('{ env = "A", default = 5 }', "auth_token.default", "expected a str"),
        ('{ env = "A", default = { env = "B" } }', "auth_token.default", "expected a str"),
        ('{ default = "x" }', "auth_token", "expected a string or a reference, got another mapping; write auth_token"),
        ('{ file = "x", default = "y" }', "auth_token", "expected a string or a reference, got another mapping; only env has a"),
        (
            '{ env = "A", default = "y", file = "z" }',
            "auth_token",
            "expected a string or a reference, got another mapping; write",
        ),
        ('{ env = "a b", default = "y" }', "auth_token", "expected the name of an environment variable (letters, digits and"),
    ],
    ids=range(7),
)
def test_wrong_defaults_in_files(value: str, path: str, message: str) -> None:
    """A wrong default is a problem at its place."""
    (found,) = problems(f'[providers.p]\nprovider = "triton"\nendpoint = "h"\nauth_token = {value}\n')
    assert f"providers.p.{path}: {message}" in found


def test_a_body_below_another_name() -> None:
    """In a body, it is a reference only below a name that looks like a credential."""
    entry = {"provider": "openai-compat", "extra_body": {"metadata": {"env": "prod", "default": "x"}}}
    provider = from_dict(entry)
    assert entry == to_dict(provider)
    assert {"metadata": {"env": "prod", "default": "x"}} == json.loads(provider.to_options()["extra-body"])


YAML = """\
providers:
  p:
    provider: triton
    endpoint: https://h
    auth_token:
      env: LLMPROVIDERS_NOWHERE
      default: sk-mArKeR-7f3
    custom_headers:
      X-A:
        env: LLMPROVIDERS_NOWHERE
        default: plain secret
      X-B: x
"""


def test_edited_with_masks() -> None:
    """`set` refuses a literal default without --reveal, and the diff of a file masks it."""
    Path("c.yaml").write_text(YAML, encoding="utf-8")
    shown = run("set", "c.yaml", "p", "custom_headers.X-B=z", "endpoint=https://i", "--dry-run")
    assert "sk-mArKeR-7f3" not in shown
    assert "plain secret" not in shown
    assert "X-B: z" in shown
    refused = run("set", "c.yaml", "p", f'auth_token={{"env": "{NAME}", "default": "{MARK}"}}', code=2)
    assert refused == (
        "c.yaml: providers.p.auth_token.default: expected no literal secret in a document, got ******; pass --reveal\n"
    )
    for where in ("extra_options.x-token", "custom_headers.X-C"):
        refused = run("set", "c.yaml", "p", f'{where}={{"env": "{NAME}", "default": "{MARK}"}}', code=2)
        assert f"providers.p.{where}.default: expected no literal secret in a document" in refused
    accepted = run("set", "c.yaml", "p", f'auth_token={{"env": "{NAME}", "default": "${{secret_values.key}}"}}')
    assert accepted == f"~ p.auth-token: env:{NAME}, default ****** -> env:{NAME}, default ${{secret_values.key}}\n"


def test_a_line_break_in_a_header() -> None:
    """A default that no header can hold is an error when it is used."""
    text: Any = flink_map({"A": Secret.from_env(NAME, default="a\nb")})
    with pytest.raises(SecretError, match="a header has a line break; check the secret that it refers to"):
        text.reveal()


def test_masked_in_the_messages_of_rules() -> None:
    """A third-party message that repeats the default is masked."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own-default"
        token: Secret | None = attrs.field(default=None, metadata=option("token"))

        def __attrs_post_init__(self) -> None:
            if self.token is not None:
                raise ValueError(f"another token than {self.token.reveal()}")

    with pytest.raises(InvalidOptionsError, match=r"another token than \*{6}") as caught:
        Own(token=KEY)
    assert MARK not in str(caught.value)
