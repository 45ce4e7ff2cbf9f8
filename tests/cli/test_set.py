# SPDX-License-Identifier: Apache-2.0
"""The command `set`: its changes of a file, and the changes that it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command_line import KEY, TEXTS, TOML, diff_of, run

from llmproviders import OpenAICompatProvider, Secret, load
from llmproviders.catalogs.formats.lookup import format_module


def test_set_gives_advice() -> None:
    """A refused change has advice in terms of the command line, and the file is unchanged."""
    Path("x.toml").write_text(TEXTS["toml"], encoding="utf-8")
    shown = run("set", "x.toml", "chat", 'extra_header={"Authorization": "Bearer x"}', code=2)
    assert shown.endswith(
        "providers.chat.extra_header.Authorization: expected no literal secret in a document, got ******; "
        "write extra_header.Authorization=env:NAME or extra_header.Authorization=file:PATH, or pass --reveal\n"
    )
    shown = run("set", "x.toml", "chat", "retry_backoff_base_interval=5", code=2)
    assert (
        "a duration such as '30s', '500 ms' or '2min', or a timedelta, got 5 (int); write its unit: \"5ms\", as Flink reads it, or \"5s\""
        in shown
    )
    shown = run("set", "x.toml", "chat", "--unset", "temprature", code=2)
    assert "--unset: the entry 'chat' has no temprature of its own; did you mean temperature?\n" == shown
    shown = run("set", "x.toml", "chat", "--unset", "endpoint", code=2)
    assert (
        "--unset: the entry 'chat' has no endpoint of its own; 'without=[\"endpoint\"]' resets an inherited one to its default\n"
    ) == shown
    assert "--unset: the entry 'base' has no seed of its own\n" == run("set", "x.toml", "base", "--unset", "seed", code=2)
    assert TEXTS["toml"] == Path("x.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("suffix", "lines"),
    [
        ("toml", ["-temperature = 0.2  # low", "+temperature = 0.5  # low"]),
        ("yaml", ["-    temperature: 0.2  # low", "+    temperature: 0.5  # low"]),
        ("json", ['-      "temperature": 0.2,', '+      "temperature": 0.5,']),
    ],
)
def test_set_changes_one_line(suffix: str, lines: list[str]) -> None:
    """A change of an option changes one line, keeps its comment, and is printed."""
    assert "~ chat.temperature: 0.2 -> 0.5\n" == run("set", f"a.{suffix}", "chat", "temperature=0.5")
    assert diff_of(suffix) == lines


@pytest.mark.parametrize(
    ("suffix", "lines"),
    [
        ("toml", ['+model = "qwen-max"']),
        ("yaml", ["+    model: qwen-max"]),
        ("json", ["-      }", "+      },", '+      "model": "qwen-max"']),
    ],
)
def test_set_adds_one_line(suffix: str, lines: list[str]) -> None:
    """A new option is one line below the entry's last option; in JSON the line before it gets a comma."""
    run("set", f"a.{suffix}", "chat", "model=qwen-max")
    assert diff_of(suffix) == lines


@pytest.mark.parametrize(
    ("suffix", "line"),
    [("toml", "-temperature = 0.2  # low"), ("yaml", "-    temperature: 0.2  # low"), ("json", '-      "temperature": 0.2,')],
)
def test_set_removes_one_line(suffix: str, line: str) -> None:
    """--unset removes the option's line."""
    assert "- chat.temperature: 0.2\n" == run("set", f"a.{suffix}", "chat", "--unset", "temperature")
    assert diff_of(suffix) == [line]


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_and_unset_restore_the_file(suffix: str) -> None:
    """The file is the same after options are added and removed again."""
    added = ("model=m", "extra_options.a.b=c", "top_p=0.5", 'stop=["x", "y"]', 'user_prompt=two\nlines: "quoted" # ü 你好')
    run("set", f"a.{suffix}", "chat", *added)
    provider: Any = load(f"a.{suffix}")["chat"]
    assert (provider.model, provider.top_p, provider.stop) == ("m", 0.5, "x,y")
    assert provider.user_prompt == 'two\nlines: "quoted" # ü 你好'
    assert provider.extra_options == {"a.b": "c"}
    gone = ("model", "extra_options", "top_p", "stop", "user_prompt")
    run("set", f"a.{suffix}", "chat", *(part for key in gone for part in ("--unset", key)))
    assert diff_of(suffix) == []


def test_set_to_the_same_value_writes_nothing() -> None:
    """An option that already has the value is not written, and the file is not replaced."""
    before = Path("a.toml").stat()
    assert "no changes\n" == run("set", "a.toml", "chat", "temperature=0.2")
    assert Path("a.toml").stat().st_mtime_ns == before.st_mtime_ns
    assert Path("a.toml").stat().st_ino == before.st_ino


@pytest.mark.parametrize("suffix", TEXTS)
def test_a_refused_set_writes_nothing(suffix: str) -> None:
    """All problems of a refused change are printed, and the file has the same bytes."""
    before = Path(f"a.{suffix}").read_bytes()
    lines = run("set", f"a.{suffix}", "chat", "temperature=hot", "tempature=1", "n=0", "model=m", code=2).splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"a.{suffix}:") for line in lines)
    assert Path(f"a.{suffix}").read_bytes() == before
    # An edit that breaks another entry is refused too.
    assert "providers.embed." in run("set", f"a.{suffix}", "base", "user_prompt=x", code=2)
    assert Path(f"a.{suffix}").read_bytes() == before


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_keeps_line_ends_and_byte_order_mark(suffix: str) -> None:
    """A file keeps its line ends of Windows and its byte order mark."""
    path = Path(f"a.{suffix}")
    path.write_bytes(b"\xef\xbb\xbf" + TEXTS[suffix].replace("\n", "\r\n").encode())
    run("set", f"a.{suffix}", "chat", "temperature=0.5", "model=m")
    new = path.read_bytes().decode()
    assert new.startswith("\ufeff")
    assert new.count("\n") == new.count("\r\n") >= TEXTS[suffix].count("\n")
    assert len(diff_of(suffix, new.removeprefix("\ufeff"))) <= 5


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_secrets(suffix: str) -> None:
    """A secret is a reference by env: or file: or a table; a literal secret needs --reveal, and makes the file private."""
    name = f"a.{suffix}"
    for text, expected in {
        "env:OTHER": Secret.from_env("OTHER"),
        "file:/run/key": Secret.from_file("/run/key"),
        '{"env": "THIRD"}': Secret.from_env("THIRD"),
        "${secret_values.key}": Secret("${secret_values.key}"),
    }.items():
        run("set", name, "base", f"api_key={text}")
        provider: Any = load(name)["chat"]
        assert provider.api_key == expected
    before = Path(name).read_bytes()
    shown = run("set", name, "base", f"api_key={KEY}", code=2)
    assert "api_key: expected no literal secret in a document, got ******; write api_key=env:NAME" in shown
    assert Path(name).read_bytes() == before
    assert "expected" in run("set", name, "base", "api_key=******", "--reveal", code=2)
    assert KEY not in run("set", name, "base", f"api_key={KEY}", "--reveal")
    assert os.name == "nt" or Path(name).stat().st_mode & 0o777 == 0o600
    run("set", name, "chat", "extra_options.my-token=env:TOKEN", "extra_options.place=env:x")
    assert load(name)["chat"].extra_options == {"my-token": Secret.from_env("TOKEN"), "place": "env:x"}


def test_set_to_an_inherited_value() -> None:
    """A line that changes no provider is written, and the output says so."""
    assert run("set", "a.toml", "chat", "endpoint=https://api.deepseek.com/chat/completions") == (
        "a.toml is written; the value of no option has changed\n"
    )
    assert diff_of("toml") == ['+endpoint = "https://api.deepseek.com/chat/completions"']


HEADERS = {"X-Tenant": "acme", "Authorization": {"env": "A"}}


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_with_references_inside(suffix: str) -> None:
    """Headers, maps and bodies are given as JSON or TOML, with references as the file has them."""
    name = f"a.{suffix}"
    body = {"auth": {"token": {"env": "B"}}, "n": 1}
    run("set", name, "chat", f"extra_header={json.dumps(HEADERS)}", f"extra_body={json.dumps(body)}")
    tree = format_module(suffix).read(Path(name).read_text(encoding="utf-8"))[0]  # type: ignore[arg-type]
    assert (tree["providers"]["chat"]["extra_header"], tree["providers"]["chat"]["extra_body"]) == (HEADERS, body)
    assert "no changes\n" == run("set", name, "chat", 'extra_header={X-Tenant = "acme", Authorization = {env = "A"}}')
    run("set", name, "chat", 'extra_options.my-token={"env": "T"}', 'extra_options.other={"env": "T"}')
    assert load(name)["chat"].extra_options == {"my-token": Secret.from_env("T"), "other": '{"env": "T"}'}
    triton = ["provider=triton", "endpoint=http://h", "model_name=m", f"custom_headers={json.dumps(HEADERS)}"]
    run("add", name, "t", *triton)
    tree = format_module(suffix).read(Path(name).read_text(encoding="utf-8"))[0]  # type: ignore[arg-type]
    assert tree["providers"]["t"]["custom_headers"] == HEADERS
    # A string in it is a string, as in a file.
    shown = run("set", name, "chat", 'extra_header={"Authorization": "env:A"}', code=2)
    assert f"{name}: providers.chat.extra_header.Authorization: expected no literal secret in a document" in shown
    shown = run("set", name, "chat", 'extra_body={"list": [{"token": "env:A"}]}', code=2)
    assert "extra_body.list.0.token: expected no literal secret in a document, got ******; pass --reveal" in shown


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_a_part_of_an_inherited_value(suffix: str) -> None:
    """The entry gets a copy of the inherited headers with the part changed; only the part is printed."""
    name = f"a.{suffix}"
    run("set", name, "base", f"extra_header={json.dumps(HEADERS)}", 'extra_body={"a": {"b": 1}}')
    changes = ["extra_header.X-Tenant=other", "extra_header.X-User=me", "extra_body.a.c=2"]
    assert run("set", name, "embed", *changes).splitlines() == [
        "~ embed.extra-header.X-Tenant: acme -> other",
        "+ embed.extra-header.X-User: me",
        "+ embed.extra-body.a.c: 2",
    ]
    tree = format_module(suffix).read(Path(name).read_text(encoding="utf-8"))[0]  # type: ignore[arg-type]
    assert tree["providers"]["embed"]["extra_header"] == {**HEADERS, "X-Tenant": "other", "X-User": "me"}
    assert tree["providers"]["embed"]["extra_body"] == {"a": {"b": 1, "c": 2}}
    assert "~ embed.extra-header.X-Tenant: other -> third\n" == run("set", name, "embed", "extra_header.X-Tenant=third")


def test_set_a_part_of_an_inherited_secret() -> None:
    """A literal secret is copied only with --reveal, and a string without parts is not copied."""
    Path("l.toml").write_text(
        '[providers.a]\npreset = "deepseek"\n'
        f'extra_header = {{ Authorization = "{KEY}" }}\nextra_body = \'{{"a": null}}\'\n\n[providers.b]\nextends = "a"\n',
        encoding="utf-8",
    )
    shown = run("set", "l.toml", "b", "extra_header.X-Tenant=acme", code=2)
    assert shown == (
        "l.toml: providers.b.extra_header.Authorization: expected no literal secret in a document, got ******; "
        "write extra_header.Authorization=env:NAME or extra_header.Authorization=file:PATH, or pass --reveal\n"
    )
    both = ["extra_header.X-Tenant=acme", "extra_header.Authorization=env:A"]
    assert KEY not in run("set", "l.toml", "b", *both, "--dry-run")
    assert KEY not in run("set", "l.toml", "b", "extra_header.X-Tenant=acme", "--reveal")
    shown = run("set", "l.toml", "b", "extra_body.c=1", code=2)
    assert shown == "the entry 'b' inherits extra_body, and a part of it cannot be changed here; set extra_body as a whole\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["extra_body.a=1", "extra_body.a.b=2"], "extra_body.a and a part of it cannot be changed at once"),
        (["extra_body.a=1", 'extra_body={"b": 2}'], "extra_body and a part of it cannot be changed at once"),
        (["extra_body.a=1", "--unset", "extra_body"], "extra_body and a part of it cannot be changed at once"),
        (
            ['extra_body={"a": 1}', "extra_body.a.b=2"],
            "extra_body.a.b cannot be set, because a value above it is not a mapping; set extra_body as a whole",
        ),
        (["extra_header.X=1", 'extra_header={"Y": "2"}'], "extra_header and a part of it cannot be changed at once"),
    ],
    ids=str,
)
def test_changes_that_contradict_each_other(changes: list[str], message: str) -> None:
    """A value and a part of it are not changed at once; nothing is written."""
    before = Path("a.toml").read_bytes()
    assert f"{message}\n" == run("set", "a.toml", "chat", *changes, code=2)
    assert Path("a.toml").read_bytes() == before
    run("set", "a.toml", "chat", 'extra_body={"a": {"x": 1}}', "extra_body.a.b=2")
    provider: Any = load("a.toml")["chat"]
    assert provider.extra_body == '{"a": {"x": 1, "b": 2}}'


@pytest.mark.parametrize(
    ("assignment", "rest"),
    [
        ("stop=[END, STOP]", 'a list, as JSON or TOML, got a string that begins with [; write \'stop=["END", "STOP"]\''),
        (f"stop=[{KEY}]", "a list, as JSON or TOML, got a string that begins with [; write 'stop=[\"******\"]'"),
        ("stop=[", "a list, as JSON or TOML, got a string that begins with [; write 'stop=[\"VALUE\"]'"),
        ('stop=["a", null]', "a list, as JSON or TOML without null"),
        ('stop={"a": 1}', "a str, or a list or tuple of str, got a value of type dict"),
        ("content_type=[TEXT]", "a list, as JSON or TOML, got a string that begins with [; write 'content_type=[\"TEXT\"]'"),
        ("omit=[retry_num]", "a list, as JSON or TOML, got a string that begins with [; write 'omit=[\"retry_num\"]'"),
        ("ignore=[literal-secret]", "write 'ignore=[\"literal-secret\"]'"),
        ("without={x}", "a list, as JSON or TOML, got a string that begins with {; write 'without=[\"x\"]'"),
        ("place={region: x}", 'a mapping, as JSON or TOML, got a string that begins with {; write \'place={"NAME": "VALUE"}\''),
        ("extra_header={A: pw}", 'write \'extra_header={"NAME": "VALUE"}\''),
        ("extra_body={a: pw}", 'write \'extra_body={"NAME": "VALUE"}\''),
        ("extra_body.token={a: pw}", 'write \'extra_body.token={"NAME": "VALUE"}\''),
        ("extra_body.token=[pw", "write 'extra_body.token=[\"VALUE\"]'"),
        ('extra_body.a={"b": null}', "a mapping, as JSON or TOML without null"),
    ],
)
def test_a_list_or_mapping_that_cannot_be_read(assignment: str, rest: str) -> None:
    """A wrong list or mapping is an error, not a string; the hint shows the form for a shell, and no secret."""
    before = Path("a.toml").read_bytes()
    shown = run("set", "a.toml", "chat", assignment, code=2)
    assert shown.startswith(f"a.toml: providers.chat.{assignment.partition('=')[0]}: expected ")
    assert shown.endswith(f"{rest}\n")
    assert KEY not in shown
    assert "pw" not in shown
    assert Path("a.toml").read_bytes() == before


def test_free_text_may_begin_with_a_bracket() -> None:
    """Only options that accept lists or mappings are read as such."""
    run("set", "a.toml", "chat", "system_prompt=[INST] be brief", "extra_options.x=[a", "extra_header.X-List=[a")
    provider: Any = load("a.toml")["chat"]
    assert (provider.system_prompt, provider.extra_options) == ("[INST] be brief", {"x": "[a"})
    assert provider.extra_header == '{"X-List": "[a"}'


def test_lists_of_names() -> None:
    """Names are given with commas, or as JSON."""
    run("set", "a.toml", "chat", "ignore=literal-secret, empty-secret", "omit=seed,top_p", "without=api_key")
    for line in ('ignore = ["literal-secret", "empty-secret"]', 'omit = ["seed", "top_p"]', 'without = ["api_key"]'):
        assert line in Path("a.toml").read_text(encoding="utf-8").splitlines()
    run("set", "a.toml", "chat", "ignore=[]", "omit=")
    assert "ignore = []\nomit = []\n" in Path("a.toml").read_text(encoding="utf-8")
    run("add", "a.toml", "azure", "preset=azure_openai", 'place={"resource": "r"}', "model=m")
    assert 'place = {resource = "r"}' in Path("a.toml").read_text(encoding="utf-8").splitlines()
    assert "expected a mapping with resource, got 'r'" in run("set", "a.toml", "azure", "place=r", code=2)


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("n=1.5", "providers.base.n: expected an int of at least 1, got 1.5 (float)"),
        ("temperature=true", "providers.base.temperature: expected a finite number, got True (bool)"),
        ("n=many", "providers.base.n: expected an int of at least 1, got 'many' (str)"),
        ('api_key={"a": "b"}', "got another mapping; register a resolver of this name, or write api_key=env:NAME or file:path"),
        (
            'extra_header={"A": {"b": "c"}}',
            "got another mapping; register a resolver of this name, or write extra_header.A=env:NAME or file:path",
        ),
        (
            'extra_header={"A": [{"b": "c"}]}',
            'got another mapping; register a resolver of this name, or write \'{"env": "NAME"}\' or \'{"file": "path"}\'',
        ),
        ("user_prompt=x", "a.toml: providers.embed"),
    ],
)
def test_hints_are_for_the_shell(assignment: str, message: str) -> None:
    """A hint shows an argument of the command, and no line that the file does not have."""
    shown = run("set", "a.toml", "base", assignment, code=2)
    assert message in shown
    assert "quotes" not in shown
    assert all(line.startswith("a.toml: ") for line in shown.splitlines())


def test_set_by_type() -> None:
    """A value is written with the type of its option, if it can be read as that type."""
    Path("t.toml").write_text('[providers.t]\nprovider = "triton"\nendpoint = "http://h"\n', encoding="utf-8")
    given = {
        "flatten_batch_dim=true": "flatten_batch_dim = true",
        "priority=7": "priority = 7",
        "circuit_breaker_failure_threshold=1": "circuit_breaker_failure_threshold = 1",
        "model_version=3": 'model_version = "3"',
        'model_name="quoted"': 'model_name = "quoted"',
        "timeout=5s": 'timeout = "5s"',
        "default_value=1.50": 'default_value = "1.50"',
        'custom_headers={"not": "one"': None,
        'omit=["compression"]': 'omit = ["compression"]',
        "sequence_id=[1": 'sequence_id = "[1"',
        "sequence_id={a=1}": 'sequence_id = "{a=1}"',
        "sequence_id=[null]": 'sequence_id = "[null]"',
    }
    for assignment, line in given.items():
        run("set", "t.toml", "t", assignment, code=0 if line else 2)
        assert line is None or line in Path("t.toml").read_text(encoding="utf-8").splitlines()
    run("set", "a.toml", "chat", "extra_body={a = {b = 1}}")
    assert "extra_body = {a = {b = 1}}" in Path("a.toml").read_text(encoding="utf-8")
    run("set", "a.toml", "chat", 'extra_body={"a": [null]}', "system_prompt=")
    provider: Any = load("a.toml")["chat"]
    assert (provider.extra_body, provider.system_prompt) == ('{"a": [null]}', "")


def test_set_in_entries_of_every_kind() -> None:
    """`set` works for entries with provider, preset, extends and generic."""
    entries = {
        "deep": {"preset": "deepseek"},
        "dash": {"preset": "dashscope"},
        "gen": {"generic": "mine"},
        "child": {"extends": "deep"},
    }
    Path("k.json").write_text(json.dumps({"providers": entries}, indent=2), encoding="utf-8")
    for name in ("deep", "dash", "child"):
        run("set", "k.json", name, "seed=5")
        assert json.loads(Path("k.json").read_text(encoding="utf-8"))["providers"][name]["seed"] == 5
    run("set", "k.json", "gen", "extra_options.seed=5")
    assert load("k.json")["gen"].to_options() == {"seed": "5"}
    assert "seed" in run("set", "k.json", "gen", "seed=5", code=2)


def test_set_repairs_a_file() -> None:
    """A file may have problems before the change, but not after it."""
    Path("b.toml").write_text(
        TOML.replace('[providers.base]\nprovider = "openai-compat"', '[providers.base]\nextends = "chat"'), encoding="utf-8"
    )
    assert "in a cycle" in run("set", "b.toml", "base", "n=1", code=2)
    Path("b.toml").write_text(TOML.replace("0.2", "'hot'"), encoding="utf-8")
    assert "b.toml had problems before, and is valid now\n" == run("set", "b.toml", "chat", "temperature=1")
    assert "1 file, no problems\n" == run("check", "b.toml")


def test_set_of_entries_that_cannot_be_changed() -> None:
    """A missing file, an entry of an included file, and an entry that is no table are errors."""
    Path("i.toml").write_text('include = ["a.toml"]\n', encoding="utf-8")
    assert "is in a.toml; amend it here with llmproviders add i.toml chat extends=chat KEY=VALUE, or change it there" in run(
        "set", "i.toml", "chat", "n=1", code=2
    )
    assert "missing.toml:1:1:" in run("set", "missing.toml", "chat", "n=1", code=2)
    Path("j.toml").write_text('include = ["missing.toml"]\n[providers.x]\npreset = "deepsek"\n', encoding="utf-8")
    assert "j.toml:1:12: include.0: expected a file" in run("set", "j.toml", "chat", "n=1", code=2)
    for suffix, text in {
        "toml": "[providers]\nx = 5\n",
        "yaml": "providers:\n  x: 5\n",
        "json": '{"providers": {"x": 5}}',
    }.items():
        Path(f"n.{suffix}").write_text(text, encoding="utf-8")
        assert "providers.x is not a mapping" in run("set", f"n.{suffix}", "x", "n=1", code=2)


def test_set_refuses_an_edit_with_side_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit that would also change other values, or have no effect, is refused."""
    shared = "providers:\n  a: &a {generic: x}\n  b: *a\n"
    Path("s.yaml").write_text(shared, encoding="utf-8")
    assert "edit the file by hand" in run("set", "s.yaml", "b", "extra_options.k=v", code=2)
    assert Path("s.yaml").read_text(encoding="utf-8") == shared
    module = format_module("json")
    for wrong in ("{}", "{"):
        monkeypatch.setattr(module, "edit", lambda text, changes, wrong=wrong: wrong)
        assert "edit the file by hand" in run("set", "a.json", "chat", "n=1", code=2)


@pytest.mark.parametrize(
    "arguments",
    [[], ["temperature"], ["=1"], ["n=1", "n=2"], ["n=1", "--unset", "n"], ["--unset", "n"], ["--unset", "extends.x"]],
    ids=" ".join,
)
def test_set_usage(arguments: list[str]) -> None:
    """A call without changes, or with changes that contradict each other, is a usage error."""
    before = Path("a.toml").read_bytes()
    assert run("set", "a.toml", "chat", *arguments, code=2)
    assert Path("a.toml").read_bytes() == before


def test_unset_an_extra_option() -> None:
    """--unset removes an extra option by the name that sets it."""
    run("set", "a.json", "chat", "extra_options.k=v", "extra_options.l=w")
    assert "- chat.k: v\n" == run("set", "a.json", "chat", "--unset", "extra_options.k")
    assert run("set", "a.json", "chat", "--unset", "extra_options.k", code=2)


@pytest.mark.parametrize("value", ["0.2", '"chat"', '["chat"]'])
def test_add_where_providers_is_no_table(value: str) -> None:
    """A file whose key `providers` is not a table is refused with a message."""
    Path("p.json").write_text(f'{{"providers": {value}}}', encoding="utf-8")
    assert "providers" in run("add", "p.json", "chat", "preset=deepseek", code=2)


def written(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


MIXIN = """\
[providers.chat]
preset = "deepseek"

[providers.policy]
abstract = true
retry_num = 3

[providers.brief]
extends = ["chat", "policy"]

[env.dev.providers.chat]
seed = 1
"""


@pytest.mark.parametrize("place", [[], ["--env", "dev"]])
@pytest.mark.parametrize(
    ("assignment", "changes"),
    [
        ("temperature=0.5", {"temperature": 0.5}),
        ("api_key=env:OTHER", {"api_key": Secret.from_env("OTHER")}),
        ('stop=["a"]', {"stop": "a"}),
        ("extra_header.X-A=1", {"extra_header": {"X-A": "1"}}),
    ],
)
def test_set_of_an_entry_without_a_class(assignment: str, changes: dict[str, Any], place: list[str]) -> None:
    """The value gets the type of the option also in an abstract entry whose class others determine."""
    env = place[-1] if place else ""
    before = load(written("m.toml", MIXIN), env=env)
    run("set", "m.toml", "policy", assignment, *place)
    assert load("m.toml", env=env)["brief"] == before["brief"].with_(**changes)


def test_add_of_an_entry_without_a_class() -> None:
    """A new abstract entry without a class has values of the types of the options."""
    written("m.toml", MIXIN)
    run("add", "m.toml", "cold", "abstract=true", "temperature=0")
    run("set", "m.toml", "brief", 'extends=["chat", "cold"]')
    assert load("m.toml").get_as("brief", OpenAICompatProvider).temperature == 0


@pytest.mark.parametrize(("assignment", "changes"), [("n=2", {"n": 2}), ("extra_header.X-A=1", {"extra_header": {"X-A": "1"}})])
def test_add_of_an_amendment_to_an_environment(assignment: str, changes: dict[str, Any]) -> None:
    """An entry that amends another in an environment has the class of that one."""
    before = load(written("m.toml", MIXIN))
    run("add", "m.toml", "chat", assignment, "--env", "new")
    assert load("m.toml", env="new")["chat"] == before["chat"].with_(**changes)


@pytest.mark.parametrize("value", ['{"env": "MODEL"}', '{ env = "MODEL", default = "m" }'])
def test_set_to_a_variable(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to an environment variable is written as a table, not as a string."""
    written("m.toml", MIXIN)
    run("set", "m.toml", "chat", f"model={value}")
    monkeypatch.setenv("MODEL", "from-variable")
    assert load("m.toml").get_as("chat", OpenAICompatProvider).model == "from-variable"


def test_a_diff_shows_names_of_abstract_and_amended_entries() -> None:
    """Keys of entries that are no secrets are shown where the entry is no provider too."""
    written("m.toml", MIXIN)
    shown = run("set", "m.toml", "policy", "--unset", "retry_num", "--dry-run")
    assert " abstract = true\n" in shown


@pytest.mark.parametrize("value", ["[1", "{a", "[chat"])
def test_add_of_bases_that_cannot_be_read(value: str) -> None:
    """A list of bases that is neither JSON nor TOML is an error with a hint."""
    written("m.toml", MIXIN)
    assert "new.extends: expected a list" in run("add", "m.toml", "new", f"extends={value}", code=2)
