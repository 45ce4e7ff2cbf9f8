# SPDX-License-Identifier: Apache-2.0
"""Environments, overrides and entries without a class on the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from command_line import run

from llmproviders import explain, load

CATALOG = """\
[providers.policy]
abstract = true
retry_num = 10

[providers.qwen]
preset = "dashscope"

[providers.chat]
extends = ["qwen", "policy"]
for_task = "chat/completions"

[env.prod.providers.qwen]
region = "us-east-1"
"""


@pytest.fixture(autouse=True)
def catalogs() -> None:
    """A catalog with an environment, and one without."""
    Path("team.toml").write_text(CATALOG, encoding="utf-8")
    Path("plain.toml").write_text('[providers.chat]\npreset = "deepseek"\n', encoding="utf-8")


def test_the_variable_of_a_catalog_without_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalog without environments ignores LLMPROVIDERS_ENV, as in `load`."""
    monkeypatch.setenv("LLMPROVIDERS_ENV", "prod")
    assert run("show", "plain.toml").startswith("chat (openai-compat)")


def test_an_unknown_environment_of_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error about an environment names the variable if it is from there."""
    monkeypatch.setenv("LLMPROVIDERS_ENV", "prd")
    assert run("show", "team.toml", code=2).startswith("team.toml: LLMPROVIDERS_ENV: expected an environment")


def test_check_in_an_unknown_environment() -> None:
    """`check --env` with an unknown name is a wrong call."""
    message = "team.toml: env: expected an environment of the catalog, got 'prd'; it has: prod; did you mean prod?\n"
    assert message == run("check", "team.toml", "--env", "prd", code=2)


def test_override_of_an_entry_without_a_class() -> None:
    """An override of an entry without a class gets the type of the option."""
    assert "retry-num = 3\n" in run("options", "team.toml", "chat", "-o", "policy.retry_num=3")


@pytest.mark.parametrize("more", [(), ("--env", "prod")])
def test_set_in_an_entry_without_a_class(more: tuple[str, ...]) -> None:
    """`set` of an entry without a class writes a value of the option's type."""
    assert run("set", "team.toml", "policy", "retry_num=3", *more).endswith("~ chat.retry-num: 10 -> 3\n")
    assert "retry_num = 3\n" in Path("team.toml").read_text("utf-8")


def test_a_list_in_an_entry_without_a_class() -> None:
    """`set` of an entry without a class writes a list as a list."""
    run("set", "team.toml", "policy", 'stop=["END"]')
    assert 'stop = ["END"]\n' in Path("team.toml").read_text("utf-8")


def test_add_an_amendment_for_an_environment() -> None:
    """`add --env` of an entry that amends another writes values of the option's type."""
    run("add", "team.toml", "chat", "temperature=0", "--env", "prod")
    assert "[env.prod.providers.chat]\ntemperature = 0\n" in Path("team.toml").read_text("utf-8")


def test_add_an_abstract_entry() -> None:
    """`add abstract=true` writes a boolean, and numbers of options as numbers."""
    run("add", "team.toml", "short", "abstract=true", "max_tokens=5")
    assert "[providers.short]\nabstract = true\nmax_tokens = 5\n" in Path("team.toml").read_text("utf-8")


def test_the_option_task_is_not_for_task() -> None:
    """`show` has no row for an option without a value, such as `task` of an entry of a preset with `for_task`."""
    assert "\n task " not in run("show", "team.toml", "chat")


def test_the_origin_of_an_endpoint_of_another_region() -> None:
    """The origin of an endpoint, which an amended region changes, is the region."""
    origin = explain("team.toml", env="prod")[1]["chat"]["endpoint"]
    assert ("qwen", "region", "prod") == (origin.entry, origin.key, origin.environment)


def test_the_hint_of_an_unknown_provider() -> None:
    """An abstract entry is no provider, and is not among the names of these."""
    with Path("team.toml").open("a", encoding="utf-8") as file:
        file.write("[providers.other]\nabstract = true\n")
    shown = run("show", "team.toml", "policy", code=2)
    assert "the entry 'policy' is abstract, and no provider; the catalog has: qwen, chat\n" == shown
    assert "'chta'; it has: qwen, chat; did you mean chat?\n" in run("show", "team.toml", "chta", code=2)


def test_set_in_an_unknown_environment() -> None:
    """`set` makes no new environment, because its name may be misspelled; `add` does."""
    before = Path("team.toml").read_bytes()
    assert run("set", "team.toml", "chat", "n=2", "--env", "prdo", code=2) == (
        "team.toml has no environment 'prdo'; it has: prod; did you mean prod?; llmproviders add makes a new one\n"
    )
    assert before == Path("team.toml").read_bytes()
    run("add", "team.toml", "chat", "n=2", "--env", "dev")
    assert Path("team.toml").read_text("utf-8").endswith("[env.dev.providers.chat]\nn = 2\n")


def test_remove_from_an_environment() -> None:
    """`remove --env` removes the amendment only."""
    run("set", "team.toml", "chat", "n=2", "--env", "prod")
    assert run("remove", "team.toml", "chat", "--env", "prod").startswith("- chat.n: 2")
    assert CATALOG == Path("team.toml").read_text("utf-8")
    shown = run("remove", "team.toml", "chat", "--env", "prod", code=2)
    assert "the environment 'prod' of team.toml has no entry 'chat'\n" == shown
    shown = run("remove", "team.toml", "qwen", code=2)
    assert "the entry 'qwen' is still named by extends of chat, the environment prod; change that first\n" == shown


def test_rename_in_environments() -> None:
    """`rename` renames an entry in the environments and lists of the file too, and keeps the meaning."""
    Path("team.toml").write_text(f'{CATALOG}[env.prod]\ndefault = "chat"\n[env.dev.providers.chat]\nn = 2\n', encoding="utf-8")
    before = {env: load("team.toml", env=env) for env in ("", "dev", "prod")}
    for old, new in (("policy", "rules"), ("qwen", "service"), ("chat", "talk")):
        run("rename", "team.toml", old, new)
    for env, catalog in before.items():
        after = load("team.toml", env=env)
        assert list(after) == ["service", "talk"]
        assert list(after.values()) == list(catalog.values())
    assert load("team.toml", env="prod").default == "talk"


def test_values_of_variables() -> None:
    """`env:NAME` is a variable for every option without parts, also in overrides."""
    shown = run("set", "team.toml", "chat", "model=env:MODEL", "temperature=env:TEMPERATURE")
    assert "team.toml still has 2 problems elsewhere; llmproviders check team.toml lists them\n" == shown
    assert "api_key: expected no literal secret" in run("set", "team.toml", "chat", "api_key=sk-1", code=2)
    assert 'model = {env = "MODEL"}\ntemperature = {env = "TEMPERATURE"}\n' in Path("team.toml").read_text("utf-8")
    shown = run("options", "team.toml", "chat", "-o", "chat.n=env:COUNT", COUNT="3", MODEL="m", TEMPERATURE="0.5")
    assert {"n = 3", "model = m", "temperature = 0.5"} < set(shown.splitlines())


def test_diff_of_environments() -> None:
    """`diff` compares two environments of a file, of all providers or of one, or two files in their environments."""
    shown = run("diff", "team.toml", "--env", "prod", "--env", "", code=1)
    assert shown.count("dashscope-us.aliyuncs.com") == 2
    assert run("diff", "team.toml", "chat", "--env", "prod", "--env", "", code=1).count("~") == 1
    assert "" == run("diff", "team.toml", "team.toml", "--env", "prod")
    assert run("diff", "team.toml", "team.toml", "chat", "--env", "", "--env", "prod", code=1).count("~") == 1
    assert "diff: give a second file, or two environments" in run("diff", "team.toml", "--env", "prod", code=2)
    assert "diff: expected at most two environments" in run("diff", "team.toml", *["--env", "prod"] * 3, code=2)


def test_variables_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--env-file` sets variables that are not set, among them that of the environment."""
    # So that the variable is unset again after the test.
    monkeypatch.setenv("LLMPROVIDERS_ENV", "dev")
    monkeypatch.delenv("LLMPROVIDERS_ENV")
    Path(".env").write_text("LLMPROVIDERS_ENV=prod\n", encoding="utf-8")
    assert "dashscope-us" in run("options", "team.toml", "chat", "--env-file", ".env")
    assert "none.env" in run("show", "team.toml", "--env-file", "none.env", code=2)


def test_tags() -> None:
    """`--tag` selects providers, and `show` prints the details; an unknown tag is a wrong call."""
    more = 'tags = ["eu"]\ndescription = "Talks."\n'
    Path("team.toml").write_text(CATALOG.replace("[env", f"{more}[env"), encoding="utf-8")
    assert run("show", "team.toml", "--tag", "eu").startswith("chat (dashscope), tags eu: Talks.\n")
    (shown,) = json.loads(run("show", "team.toml", "--tag", "eu", "--json"))
    assert ("Talks.", ["eu"]) == (shown["description"], shown["tags"])
    assert "tags:" in run("convert", "team.toml", "--tag", "eu", "--to", "yaml")
    assert "--tag: expected a tag of a provider, got 'eus'; the tags are: eu; did you mean eu?\n" == run(
        "diff", "team.toml", "team.toml", "--tag", "eus", code=2
    )


@pytest.mark.parametrize("suffix", ["toml", "yaml"])
def test_edits_are_undone(suffix: str) -> None:
    """`remove` restores the file after `set` has added an entry for an environment of an included file."""
    Path("own.toml").write_text('include = ["team.toml"]\n\n[providers.more]\nextends = "chat"\n', encoding="utf-8")
    Path("own.yaml").write_text("include: [team.toml]\nproviders:\n  more:\n    extends: chat\n", encoding="utf-8")
    file = f"own.{suffix}"
    before = Path(file).read_text("utf-8")
    assert run("set", file, "more", "n=2", "--env", "prod") == "+ more.n: 2\n"
    written = {
        "toml": "[env.prod.providers.more]\nn = 2\n",
        "yaml": 'env:\n  prod:\n    providers:\n      more:\n        "n": 2\n',
    }
    assert Path(file).read_text("utf-8").endswith(written[suffix])
    run("remove", file, "more", "--env", "prod")
    assert before.rstrip() == Path(file).read_text("utf-8").rstrip()
    run("add", file, "more", "n=2", "--env", "new")
    run("remove", file, "more", "--env", "new")
    assert "" == run("diff", file, "--env", "new", "--env", ""), "the environment is still there"


def test_a_default_environment() -> None:
    """Edits do not check a catalog without an environment if it has a default."""
    text = '[providers.v]\nprovider = "openai-compat"\napi_key = { env = "K" }\n'
    env = '[env.dev.providers.v]\nendpoint = "https://h/v1/chat/completions"\n[env.dev.providers.w]\npreset = "deepseek"\n'
    Path("d.toml").write_text(f'default_env = "dev"\n{text}{env}', encoding="utf-8")
    assert "+ v.seed: 1\n" == run("set", "d.toml", "v", "seed=1")
    assert "+ v.n: 2\n" == run("set", "d.toml", "v", "n=2", "--env", "dev")
    assert "api_key: expected no literal secret" in run("set", "d.toml", "v", "api_key=sk-1", code=2)
    shown = run("set", "d.toml", "w", "seed=1", code=2)
    assert "the entry 'w' is in the environment dev of d.toml; amend it here with " in shown
    Path("d.toml").write_text(f"{text.replace('api_key', '#')}{env}", encoding="utf-8")
    assert "d.toml has the entry 'w' only in environments; pass --env dev\n" == run("set", "d.toml", "w", "n=2", code=2)


def test_rename_of_an_amended_entry() -> None:
    """After a rename of the included entry, the entry that amends it can be renamed."""
    Path("own.toml").write_text('include = ["team.toml"]\n[providers.chat]\nextends = "chat"\nn = 2\n', encoding="utf-8")
    Path("late.toml").write_text('include = ["team.toml"]\n[env.prod.providers.chat]\nn = 2\n', encoding="utf-8")
    before = [load(name, env="prod")["chat"] for name in ("own.toml", "late.toml")]
    assert "no included file has an entry of this name" in run("rename", "own.toml", "chat", "talk", code=2)
    run("rename", "team.toml", "chat", "talk")
    for name in ("own.toml", "late.toml"):
        run("rename", name, "chat", "talk")
    assert before == [load(name, env="prod")["talk"] for name in ("own.toml", "late.toml")]
    assert "team.toml has an entry 'qwen' already" in run("rename", "team.toml", "talk", "qwen", code=2)


def test_parts_of_what_an_entry_inherits() -> None:
    """`set` and `add` copy the headers that an entry inherits, also if it is abstract; not if they are not known."""
    text = '[providers.a]\npreset = "deepseek"\nextra_header = { A = "1" }\n[providers.b]\nextends = "a"\nabstract = true\n'
    Path("p.toml").write_text(f"{text}[providers.m]\nabstract = true\n", encoding="utf-8")
    run("set", "p.toml", "b", "extra_header.B=2")
    assert 'extra_header = {A = "1", B = "2"}\n' in Path("p.toml").read_text("utf-8")
    run("set", "p.toml", "m", "extra_header.C=3")
    assert 'extra_header = {C = "3"}\n' in Path("p.toml").read_text("utf-8")
    run("add", "p.toml", "m2", "extends=m", "abstract=true", "extra_header.D=4")
    assert 'extra_header = {C = "3", D = "4"}\n' in Path("p.toml").read_text("utf-8")
    Path("p.toml").write_text('[providers.a]\npreset = "x"\n[providers.b]\nextends = "a"\n', encoding="utf-8")
    shown = run("set", "p.toml", "b", "extra_header.B=2", code=2)
    assert "the entry 'b' may inherit extra_header, but has problems; correct them first" in shown


def test_dry_run_shows_what_is_no_secret() -> None:
    """The values of abstract entries, of those without a class, and of environments are shown; secrets are not."""
    more = 'api_key = "sk-secret-1"\nmodel = { env = "MODEL" }\n[env.dev]\nproviders = 3\n[env.x.providers.qwen]\napi_key = "hidden-2"\n'
    Path("team.toml").write_text(CATALOG.replace("[env", f"{more}[env", 1), encoding="utf-8")
    run("set", "team.toml", "policy", "retry_num=3", "--dry-run")
    assert "env.dev.providers: expected names and entries of providers" in run("check", "team.toml", code=1)
    Path("team.toml").write_text(CATALOG.replace("[env", f"{more}[env", 1).replace("providers = 3", ""), encoding="utf-8")
    shown = run("set", "team.toml", "policy", "retry_num=3", "--dry-run")
    assert "-retry_num = 10\n+retry_num = 3\n" in shown
    assert " abstract = true\n" in shown
    assert "secret-1" not in shown + run("set", "team.toml", "chat", "n=3", "--dry-run")
    assert 'model = { env = "MODEL" }' in run("set", "team.toml", "chat", "n=3", "--dry-run")


def test_variables_of_files_that_cannot_be_read() -> None:
    """A file of variables that is no text is a wrong call; placeholders in it stay."""
    Path("bad.env").write_bytes(b"A=\xff\xfe\n")
    assert "in UTF-8" in " ".join(run("show", "team.toml", "--env-file", "bad.env", code=2).replace("\u2502", " ").split())
    Path("good.env").write_text("LLM_TEST_PLACEHOLDER=${secret_values.key}\n", encoding="utf-8")
    Path("v.toml").write_text('[providers.c]\npreset = "deepseek"\nmodel = { env = "LLM_TEST_PLACEHOLDER" }\n', encoding="utf-8")
    try:
        assert "model = ${secret_values.key}\n" in run("options", "v.toml", "c", "--env-file", "good.env")
    finally:
        os.environ.pop("LLM_TEST_PLACEHOLDER", None)


def test_overrides_that_cannot_be_read() -> None:
    """An override that looks like a list or a mapping, but is none, is reported as `set` reports it."""
    shown = run("options", "team.toml", "chat", "-o", "chat.stop=[END", code=2)
    assert shown.startswith("override: chat.stop: expected a list, as JSON or TOML, got a string that begins with [; write ")
    assert "override: *.chat.x: " in run("check", "team.toml", "-o", "*.chat.x=1", code=1)


def test_several_files_in_an_environment() -> None:
    """Of several files, one without environments is checked without them; a single one is a wrong call."""
    assert "2 files, no problems\n" == run("check", "team.toml", "plain.toml", "--env", "prod")
    assert "plain.toml: env: expected an environment of the catalog, got 'prod'; it has: none\n" == run(
        "check", "plain.toml", "--env", "prod", code=2
    )


def test_a_new_file_with_an_environment() -> None:
    """`add` makes a file with an environment alone, which can be a whole catalog."""
    run("add", "n.toml", "a", "preset=deepseek", "--env", "prod")
    assert '[env.prod.providers.a]\npreset = "deepseek"\n' == Path("n.toml").read_text("utf-8")
    assert "1 file, no problems" in run("check", "n.toml")
    run("add", "m.toml", "a", "preset=deepseek", "--env", "prod", "--default")
    text = '[env.prod]\ndefault = "a"\n\n[env.prod.providers.a]\npreset = "deepseek"\n'
    assert text == Path("m.toml").read_text("utf-8")
    shown = run("rename", "m.toml", "a", "b", "--dry-run")
    assert '-default = "a"\n+default = "b"\n' in shown
    Path("m.toml").write_text(f"{text}[env]\nx = 3\n", encoding="utf-8")
    run("rename", "m.toml", "a", "b")
    assert "[env.prod.providers.b]" in Path("m.toml").read_text("utf-8")
