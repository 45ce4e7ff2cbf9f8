# SPDX-License-Identifier: Apache-2.0
"""Secret resolvers: registered, of packages and built in; in code, in files and on the command line."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from command_line import run
from documents import problems
from growth import MOST, growth
from keyrings.alt.file import PlaintextKeyring

import llmproviders
from llmproviders import (
    Catalog,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    ProviderError,
    Secret,
    SecretError,
    TritonProvider,
    check,
    create_model_sql,
    dumps,
    load,
    loads,
    register_secret_resolver,
    to_dict,
)
from llmproviders.catalogs.formats.lookup import FORMATS
from llmproviders.catalogs.schema import catalog_schema
from llmproviders.optional import install_command
from llmproviders.resolvers import known_resolvers

MARK = "sk-mArKeR-7f3"
LIBRARY = str(Path(llmproviders.__file__).parent)
ENDPOINT = "https://h/v1/chat/completions"
CALLS: list[str] = []
STORE = {"kv/llm#key": MARK}


class Called(BaseException):
    """The error of a resolver that must not be called; nothing catches it."""


def _read(reference: str) -> str:
    CALLS.append(reference)
    return STORE[reference]


def _refuse(reference: str) -> str:
    raise Called


@pytest.fixture(autouse=True)
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_resolvers: None) -> None:
    """The resolver `vault` reads `STORE`, and `untouched` must not be called."""
    monkeypatch.chdir(tmp_path)
    CALLS.clear()
    register_secret_resolver("vault", _read)
    register_secret_resolver("untouched", _refuse)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """A function that installs the package acme-vault with entry points, and with a module acme_vault."""

    def install(code: str, **entries: str) -> None:
        info = tmp_path / "acme_vault-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-vault\nVersion: 1\n", encoding="utf-8")
        lines = "".join(f"{name} = {value}\n" for name, value in entries.items())
        (info / "entry_points.txt").write_text(f"[llmproviders.secrets]\n{lines}", encoding="utf-8")
        (tmp_path / "acme_vault.py").write_text(code, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))

    yield install
    sys.modules.pop("acme_vault", None)


# In code --------------------------------------------------------------------------------------------------------------


def test_resolved_at_each_call() -> None:
    """A reference is resolved at each `to_options()`, wherever it is, and nothing is kept."""
    secret = Secret.from_resolver("vault", "kv/llm#key")
    chat = OpenAICompatProvider(
        endpoint=ENDPOINT,
        api_key=secret,
        extra_header={"Authorization": secret},
        extra_body={"token": [secret]},
        extra_options={"pin": secret, "vendor": {"a": secret}},
    )
    assert [] == CALLS
    for _ in range(2):
        options = chat.to_options()
        assert [MARK] * 2 == [options["api-key"], options["pin"]]
        assert [{"Authorization": MARK}, {"token": [MARK]}, {"a": MARK}] == [
            json.loads(options[key]) for key in ("extra-header", "extra-body", "vendor")
        ]
    assert ["kv/llm#key"] * 10 == CALLS


def test_a_secret_of_a_resolver() -> None:
    """It is shown as a reference, is equal to an equal reference, and can be copied and pickled."""
    secret = Secret.from_resolver("vault", "kv/llm#key")
    assert "Secret.from_resolver('vault', 'kv/llm#key')" == repr(secret)
    assert "******" == str(secret) == f"{secret}"
    assert ("vault", "kv/llm#key", None, True) == (secret.source, secret.reference, secret.default, secret.is_reference)
    for other in (Secret.from_resolver("vault", "kv/llm#key"), copy.deepcopy(secret), pickle.loads(pickle.dumps(secret))):
        assert secret == other
        assert hash(secret) == hash(other)
    assert secret not in (Secret.from_resolver("vault", "kv"), Secret.from_resolver("untouched", "kv/llm#key"), Secret(MARK))


def test_env_and_file_are_resolvers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two ways to write a reference to a variable or a file give the same secret."""
    monkeypatch.setenv("LLMPROVIDERS_TEST_KEY", "x")
    assert Secret.from_env("LLMPROVIDERS_TEST_KEY") == Secret.from_resolver("env", "LLMPROVIDERS_TEST_KEY")
    assert Secret.from_file("a") == Secret.from_resolver("file", "a")
    assert "Secret.from_file('a')" == repr(Secret.from_resolver("file", "a"))
    assert "x" == Secret.from_resolver("env", "LLMPROVIDERS_TEST_KEY").reveal()


NAMES = "the name of a secret resolver: env, file, keyring, test-vault, vault, untouched"


@pytest.mark.parametrize(
    ("name", "reference", "message"),
    [
        ("valt", "x", f"name: expected {NAMES}; did you mean vault?"),
        (MARK, "x", f"name: expected {NAMES}; register_secret_resolver adds others"),
        (5, "x", f"name: expected {NAMES}; register_secret_resolver adds others"),
        ("vault", "", "reference: expected a reference: a printable string without credentials in it"),
        ("vault", "a\nb", "reference: expected a reference: a printable string without credentials in it"),
        ("vault", "\ud800", "reference: expected a reference: a printable string without credentials in it"),
        ("vault", f"https://u:{MARK}@h", "reference: expected a reference: a printable string without credentials in it"),
        ("vault", 5, "reference: expected a reference: a printable string without credentials in it"),
        ("keyring", "user", "reference: expected a service and a user with a slash between them"),
        ("keyring", "service/", "reference: expected a service and a user with a slash between them"),
        ("env", MARK, "reference: expected the name of an environment variable (letters, digits and underscores)"),
        ("file", "\0", "reference: expected the path of a file"),
    ],
    ids=range(12),
)
def test_wrong_references(name: Any, reference: Any, message: str) -> None:
    """An unknown resolver, and a reference that it does not accept, are refused without showing them."""
    with pytest.raises(InvalidOptionsError) as caught:
        Secret.from_resolver(name, reference)
    assert f"Secret.from_resolver(): {message}" == str(caught.value)
    assert isinstance(caught.value, InvalidTypeError) is not (isinstance(name, str) and isinstance(reference, str))


@pytest.mark.parametrize("name", ["env", "file", "keyring", "secret", "text", "placeholder", "default", "Vault", "a b", "", 5])
def test_names_that_cannot_be_registered(name: Any) -> None:
    """The built-in resolvers and words with another meaning are refused, with every problem of the call."""
    with pytest.raises(InvalidTypeError) as caught:
        register_secret_resolver(name, "no function")  # type: ignore[arg-type]
    assert ["name", "function"] == [each.option for each in caught.value.problems]


def test_a_resolver_is_replaced() -> None:
    """The function that was registered last is called."""
    register_secret_resolver("vault", lambda reference: f"other {reference}")
    assert "other kv" == Secret.from_resolver("vault", "kv").reveal()


# Failures -------------------------------------------------------------------------------------------------------------


class _Str(str):
    __slots__ = ()


def _raising(error: Exception) -> Callable[[str], str]:
    def resolve(reference: str) -> str:
        token = MARK
        raise error from ValueError(token)

    return resolve


FAILURES: dict[str, tuple[Callable[[str], Any], str]] = {
    "error": (_raising(KeyError(MARK)), "cannot be resolved: the resolver raised KeyError"),
    "secret error": (_raising(SecretError(MARK)), "cannot be resolved: the resolver raised SecretError"),
    "odd error": (_raising(type("A\nB", (Exception,), {})(MARK)), r"cannot be resolved: the resolver raised A\nB"),
    "warning": (_raising(UserWarning(MARK)), "cannot be resolved: the resolver raised UserWarning"),
    "itself": (lambda reference: Secret.from_resolver("vault", reference).reveal(), "cannot be resolved: the resolver raised "),
    "bytes": (lambda _: MARK.encode(), "cannot be resolved: the resolver returned a value of type bytes, expected a str"),
    "dict": (lambda _: {"key": MARK}, "cannot be resolved: the resolver returned a value of type dict, expected a str"),
    "None": (lambda _: None, "cannot be resolved: the resolver returned a value of type NoneType, expected a str"),
    "subclass": (lambda _: _Str(MARK), "cannot be resolved: the resolver returned a value of type _Str, expected a str"),
    "empty": (lambda _: "", "cannot be resolved: the resolver returned an empty string"),
    "surrogate": (lambda _: f"{MARK}\ud800", "is not UTF-8 text"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each failure of a resolver is one line with the reference; no message, cause, frame or record has the secret."""
    function, message = FAILURES[name]
    register_secret_resolver("vault", function)
    secret = Secret.from_resolver("vault", "kv/llm#key")
    calls: dict[str, Callable[[], Any]] = {
        "": secret.reveal,
        " ": TritonProvider("h", auth_token=secret).to_options,
        "custom_headers.A: ": TritonProvider("h", custom_headers={"A": secret}).to_options,
    }
    for where, call in calls.items():
        with pytest.raises(SecretError) as caught:
            call()
        assert str(caught.value).startswith(f"{where.strip()}{' ' if where.strip() else ''}secret vault:kv/llm#key {message}")
        assert "\n" not in str(caught.value)
        assert caught.value.__cause__ is caught.value.__context__ is None
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        ours = [str(frame.locals) for frame in shown.stack if frame.filename.startswith(LIBRARY)]
        assert MARK not in str(ours)
        with caplog.at_level(logging.ERROR):
            logging.getLogger("x").error("failed", exc_info=caught.value)
    assert MARK not in caplog.text.replace(f'MARK = "{MARK}"', "")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, Called])
def test_base_exceptions_pass(error: type[BaseException]) -> None:
    """A `BaseException` that is not an `Exception` is not changed."""

    def resolve(reference: str) -> str:
        raise error

    register_secret_resolver("vault", resolve)
    with pytest.raises(error):
        TritonProvider("h", custom_headers={"A": Secret.from_resolver("vault", "x")}).to_options()


def test_a_resolver_that_fails_once() -> None:
    """A resolver that works when the location is searched is one problem all the same."""
    failing = [True]
    register_secret_resolver("vault", lambda _: "" if failing and failing.pop() else "x")
    Path("c.toml").write_text('[providers.p]\nprovider = "triton"\nendpoint = "h"\nauth_token = { vault = "kv" }\n')
    with pytest.raises(SecretError, match="secret vault:kv cannot be resolved"):
        load("c.toml")["p"].to_options()
    failing.append(True)
    assert run("options", "c.toml", "p", "--reveal", code=2) == (
        "c.toml:1:1: providers.p: expected a secret, got nothing; secret vault:kv cannot be resolved: "
        "the resolver returned an empty string\n"
    )


# Packages -------------------------------------------------------------------------------------------------------------


def test_entry_points(package: Callable[..., None]) -> None:
    """A resolver of a package is known at once, and its module is imported at its first use."""
    package("def read(reference):\n    return f'the key of {reference}'\n", acme="acme_vault:read", other="acme_vault:other")
    text = '[providers.p]\nprovider = "triton"\nendpoint = "h"\nauth_token = { acme = "kv" }\n'
    provider = loads(text, format="toml")["p"]
    assert TritonProvider("h", auth_token=Secret.from_resolver("acme", "kv")) == provider
    assert "acme" in str(catalog_schema()["$defs"]["reference"])
    assert "acme_vault" not in sys.modules
    assert "the key of kv" == provider.to_options()["auth-token"]
    assert "acme_vault" in sys.modules
    with pytest.raises(InvalidOptionsError, match=r"did you mean acme\?"):
        Secret.from_resolver("acne", "kv")
    register_secret_resolver("acme", lambda _: "registered")
    assert "registered" == provider.to_options()["auth-token"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (f"raise RuntimeError('{MARK}')", "acme_vault:read, which raises RuntimeError: ******"),
        ("raise SystemExit", "acme_vault:read, which raises SystemExit"),
        ("import no_such_module", "acme_vault:read, which raises ModuleNotFoundError: No module named 'no_such_module'"),
        ("read = 5", "acme_vault:read"),
    ],
    ids=range(4),
)
def test_broken_entry_points(code: str, reason: str, package: Callable[..., None]) -> None:
    """A broken package is an error that names it, at each use, and breaks no other resolver."""
    package(code, acme="acme_vault:read", good="json:dumps", env="json:dumps", Bad="json:dumps")
    secret = Secret.from_resolver("acme", "kv")
    for _ in range(2):
        with pytest.raises(SecretError) as caught:
            secret.reveal()
        expected = f"entry point acme of package acme-vault: expected a function, got {reason}"
        assert f"secret acme:kv cannot be resolved: {expected}" == str(caught.value)
    assert '"kv"' == Secret.from_resolver("good", "kv").reveal()
    assert "Bad" not in known_resolvers
    with pytest.raises(SecretError, match="environment variable LLMPROVIDERS_NOWHERE is not set"):
        Secret.from_env("LLMPROVIDERS_NOWHERE").reveal()


def test_a_resolver_that_is_gone() -> None:
    """A reference that was pickled where its resolver is known names it where it is not."""
    pickled = pickle.dumps(Secret.from_resolver("vault", "kv"))
    del known_resolvers.known["vault"]
    with pytest.raises(SecretError) as caught:
        pickle.loads(pickled).reveal()
    assert "secret vault:kv cannot be resolved: there is no secret resolver vault; did you mean test-vault?" == str(caught.value)
    del known_resolvers.known["test-vault"]
    with pytest.raises(SecretError, match="no secret resolver vault; register it, or install its package$"):
        pickle.loads(pickled).reveal()


# The keyring ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[None]:
    """A keyring in a file has a password for the user ``me`` of the service ``https://h/llm``."""
    before = keyring.get_keyring()
    backend = PlaintextKeyring()
    backend.file_path = str(tmp_path / "keyring.cfg")
    keyring.set_keyring(backend)
    keyring.set_password("https://h/llm", "me", MARK)
    yield
    keyring.set_keyring(before)


def test_keyring(stored: None) -> None:
    """A reference has the service and the user; a missing password is named."""
    text = '[providers.p]\nprovider = "triton"\nendpoint = "h"\nauth_token = { keyring = "https://h/llm/me" }\n'
    assert MARK == loads(text, format="toml")["p"].to_options()["auth-token"]
    expected = "^secret keyring:llm/you is not in the keyring, or empty; store it with: keyring set SERVICE USER$"
    with pytest.raises(SecretError, match=expected):
        Secret.from_resolver("keyring", "llm/you").reveal()


def test_keyring_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the command that installs it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SecretError) as caught:
        Secret.from_resolver("keyring", "llm/me").reveal()
    assert (
        "secret keyring:llm/me cannot be resolved: this needs the package keyring; "
        f"install it with: {install_command('keyring')}" == str(caught.value)
    )


# In files -------------------------------------------------------------------------------------------------------------

DOCUMENTS: dict[Any, str] = {
    "toml": """
[providers.chat]
provider = "openai-compat"
endpoint = "https://h/v1/chat/completions"
api_key = { untouched = "kv/llm#key" }
extra_header = { Authorization = { untouched = "a" }, X-B = ["a", { untouched = "b" }] }
extra_body = { token = { untouched = "c" }, meta = { untouched = "no reference" } }
extra_options = { pin = { untouched = "d" }, vendor = { token = { untouched = "e" } } }
""",
    "yaml": """
providers:
  chat:
    provider: openai-compat
    endpoint: https://h/v1/chat/completions
    api_key: {untouched: kv/llm#key}
    extra_header: {Authorization: {untouched: a}, X-B: [a, {untouched: b}]}
    extra_body: {token: {untouched: c}, meta: {untouched: no reference}}
    extra_options: {pin: {untouched: d}, vendor: {token: {untouched: e}}}
""",
    "json": """
{"providers": {"chat": {
  "provider": "openai-compat",
  "endpoint": "https://h/v1/chat/completions",
  "api_key": {"untouched": "kv/llm#key"},
  "extra_header": {"Authorization": {"untouched": "a"}, "X-B": ["a", {"untouched": "b"}]},
  "extra_body": {"token": {"untouched": "c"}, "meta": {"untouched": "no reference"}},
  "extra_options": {"pin": {"untouched": "d"}, "vendor": {"token": {"untouched": "e"}}}
}}}
""",
}


def _untouched(reference: str) -> Secret:
    return Secret.from_resolver("untouched", reference)


@pytest.mark.parametrize("format", FORMATS)
def test_files_call_no_resolver(format: Any) -> None:
    """References are read, compared, written and checked, and no resolver is called."""
    catalog = Catalog(
        {
            "chat": OpenAICompatProvider(
                endpoint=ENDPOINT,
                api_key=_untouched("kv/llm#key"),
                extra_header={"Authorization": _untouched("a"), "X-B": ["a", _untouched("b")]},
                extra_body={"token": _untouched("c"), "meta": {"untouched": "no reference"}},
                extra_options={"pin": _untouched("d"), "vendor": {"token": _untouched("e")}},
            )
        }
    )
    assert catalog == loads(DOCUMENTS[format], format=format)
    for secrets in ("refuse", "reveal", "redact"):
        for inherit in (False, True):
            assert catalog == loads(dumps(catalog, format=format, secrets=secrets, inherit=inherit), format=format)
    file = Path(f"c.{format}")
    file.write_text(DOCUMENTS[format], encoding="utf-8")
    assert {"unverified-option"} == {each.problem.code for each in check(file, runtime="vvr-11.9")}
    assert "1 file, no problems\n" == run("check", "--strict", str(file))
    assert "untouched:kv/llm#key" in run("show", str(file), "chat")
    assert '"X-B": ["a", "untouched:b"]' in run("show", str(file), "chat").replace("\n", "")
    assert not catalog.diff(load(file))
    chat = catalog["chat"]
    assert chat.fingerprint() == chat.with_(api_key="sk").fingerprint()
    assert "******" == chat.to_options(redact=True)["api-key"]
    redacted = create_model_sql("m", chat, input="a STRING", output="b STRING", secrets="redact")
    assert "'api-key' = '******'" in redacted
    with pytest.raises(InvalidOptionsError, match=r"api_key: expected no secret in a statement, got a reference \(untouched\)"):
        create_model_sql("m", chat, input="a STRING", output="b STRING")
    with pytest.raises(Called):
        create_model_sql("m", chat, input="a STRING", output="b STRING", secrets="reveal")


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ('{ valt = "kv" }', "unknown-resolver", "expected a string or a reference, got another mapping; did you mean vault?"),
        (
            '{ aws = "kv" }',
            "unknown-resolver",
            "expected a string or a reference, got another mapping; "
            'register a resolver of this name, or write auth_token = { env = "NAME" } or { file = "path" }',
        ),
        ('{ vault = "" }', "invalid-reference", "expected a reference: a printable string without credentials in it, got an emp"),
        (f'{{ vault = "https://x:{MARK}@h" }}', "invalid-reference", "expected a reference: a printable string without creden"),
        ('{ keyring = "me" }', "invalid-reference", "expected a service and a user with a slash between them, got ******"),
        (
            '{ vault = "kv", default = "x" }',
            "invalid-reference",
            "expected a string or a reference, got another mapping; only env has a default",
        ),
        (f'{{ {MARK} = "kv" }}', "invalid-reference", "expected a string or a reference, got another mapping; write auth_token"),
        ('{ vault = "kv", env = "x" }', "invalid-reference", "expected a string or a reference, got another mapping; write"),
        ("{ vault = 5 }", "invalid-reference", "expected a string or a reference, got another mapping; write auth_token"),
    ],
    ids=range(9),
)
def test_wrong_references_in_files(value: str, code: str, message: str) -> None:
    """A wrong reference is a problem at its place, with a hint and without the secret."""
    text = f'[providers.p]\nprovider = "triton"\nendpoint = "h"\nauth_token = {value}\n'
    with pytest.raises(DocumentError) as caught:
        loads(text, format="toml")
    (found,) = caught.value.problems
    assert str(found).startswith(f"toml:4:1: providers.p.auth_token: {message}")
    assert code == found.problem.code
    assert MARK not in str(found)
    header = f'[providers.p]\nprovider = "openai-compat"\nextra_header = {{ A = {value} }}\n'
    (line,) = problems(header)
    assert line.startswith("toml:3:18: providers.p.extra_header.A: ")


def test_bodies_that_look_like_references() -> None:
    """An object of a body that a document would read as a reference is written as a string."""
    for body in ({"token": {"vault": "x"}}, {"token": {"env": "x", "default": "y"}}, {"token": {"env": "x", "default": 1}}):
        provider = OpenAICompatProvider(extra_body=body)
        written = to_dict(provider, secrets="reveal")
        assert isinstance(written["extra_body"], str)
        assert provider == llmproviders.from_dict(written)
    Path("c.json").write_text(
        '{"providers": {"p": {"provider": "openai-compat", "extra_body": {"token": {"evn": "x"}}}}}', "utf-8"
    )
    assert ["providers.p.extra_body.token.evn"] == [each.path for each in check("c.json")]
    provider = OpenAICompatProvider(extra_body={"token": {"env": "x", "other": "y"}})
    assert isinstance(to_dict(provider, secrets="reveal")["extra_body"], dict)


def test_suspect_references() -> None:
    """`check` warns of a reference that looks like the secret, and of headers that are a reference as a whole."""
    Path("c.toml").write_text(
        '[providers.p]\nprovider = "triton"\nendpoint = "https://h"\nauth_token = { vault = "sk-0123456789abcdef" }\n'
        'custom_headers = { vault = "kv" }\n',
        encoding="utf-8",
    )
    assert [
        "c.toml:4:1: providers.p.auth_token: expected a reference, because this string looks like the secret itself, got ******",
        "c.toml:5:1: providers.p.custom_headers: expected headers whose values may be references, got only a header named "
        'vault; write custom_headers = { Authorization = { vault = "REFERENCE" } }',
    ] == [str(each) for each in check("c.toml")]


def test_the_cost_is_linear(package: Callable[..., None]) -> None:
    """The installed resolvers are looked up once for all references, known, unknown and misspelled."""
    package("", acme="acme_vault:read")

    def document(size: int) -> str:
        names = ("vault", "acme", "valt", "nowhere")
        entries = {
            f"p{number}": {"provider": "triton", "endpoint": "h", "auth_token": {names[number % 4]: f"kv{number}"}}
            for number in range(size)
        }
        return json.dumps({"providers": entries})

    def read(text: str) -> None:
        with pytest.raises(DocumentError):
            loads(text, format="json")

    assert growth(document, read, 300) <= MOST


# The command line -----------------------------------------------------------------------------------------------------

TOML = '[providers.p]\nprovider = "triton"\nendpoint = "https://h"\nauth_token = { vault = "kv/llm#key" }\n'


def test_commands() -> None:
    """`set`, `add`, `show` and `diff` write ``vault:REFERENCE``; only --resolve and --reveal call the resolver."""
    Path("c.toml").write_text(TOML, encoding="utf-8")
    assert "~ p.auth-token: vault:kv/llm#key -> vault:other\n" == run("set", "c.toml", "p", "auth_token=vault:other")
    assert '+ p.custom-headers: {"A": "vault:a"}\n' == run("set", "c.toml", "p", "custom_headers.A=vault:a")
    assert "+ p.custom-headers.B: vault:a\n" == run("set", "c.toml", "p", "custom_headers.B=vault:a")
    assert "+ p.x-token: vault:b\n" == run("set", "c.toml", "p", 'extra_options.x-token={"vault": "b"}')
    run("add", "c.toml", "q", "provider=triton", "endpoint=https://h", "auth_token=vault:kv/llm#key")
    text = Path("c.toml").read_text(encoding="utf-8")
    assert 'auth_token = {vault = "other"}' in text.replace("{ ", "{").replace(" }", "}")
    assert "vault:kv/llm#key" in run("show", "c.toml", "q")
    assert MARK not in run("options", "c.toml", "q")
    assert [] == CALLS
    assert MARK in run("options", "c.toml", "q", "--reveal")
    shown = run("check", "--resolve", "c.toml", code=1)
    assert 4 == shown.count("[unresolved-reference]")
    assert shown.startswith(
        "c.toml:4:1: providers.p.auth_token: expected a secret, got nothing; "
        "secret vault:other cannot be resolved: the resolver raised KeyError [unresolved-reference]\n"
    )
    assert "expected no literal secret in a document" in run("set", "c.toml", "q", "auth_token=valt:kv", code=2)


def test_dry_run() -> None:
    """A reference is shown in a masked diff."""
    Path("c.toml").write_text(TOML, encoding="utf-8")
    shown = run("set", "c.toml", "p", "auth_token=vault:other", "--dry-run")
    assert '+auth_token = {vault = "other"}' in shown
    assert '-auth_token = { vault = "kv/llm#key" }' in shown


def test_reports_have_no_secret() -> None:
    """No format of a report, and no exit of a command, has the message of a resolver."""
    register_secret_resolver("vault", _raising(ValueError(MARK)))
    Path("c.toml").write_text(TOML, encoding="utf-8")
    for format in ("text", "json", "github", "gitlab", "sarif", "junit"):
        shown = run("check", "--resolve", "--output-format", format, "c.toml", code=1)
        assert "the resolver raised ValueError" in shown
        assert MARK not in shown
    for command in (["options", "c.toml", "p", "--reveal"], ["options", "c.toml", "p", "--reveal", "--json"]):
        shown = run(*command, code=2)
        assert "the resolver raised ValueError" in shown
        assert MARK not in shown


def test_errors_are_of_the_library() -> None:
    """A failing reference inside a body is an error with its place, and with nothing chained."""
    register_secret_resolver("vault", _raising(ValueError(MARK)))
    provider = GenericProvider("g", vendor={"list": [{"x": Secret.from_resolver("vault", "kv")}]})
    with pytest.raises(ProviderError) as caught:
        provider.to_options()
    assert str(caught.value).startswith("extra_options.vendor.list.0.x: secret vault:kv cannot be resolved")
    assert caught.value.__context__ is None
