# SPDX-License-Identifier: Apache-2.0
"""Environments, overrides and entries without a class on the command line."""

from __future__ import annotations

import json
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
