# SPDX-License-Identifier: Apache-2.0
"""Environments, overrides and entries without a class on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run

from llmproviders import explain

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


@pytest.mark.xfail(strict=True, reason="it is reported as a file that cannot be read")
def test_check_in_an_unknown_environment() -> None:
    """`check --env` with an unknown name is a wrong call."""
    message = "team.toml: env: expected an environment of the catalog, got 'prd'; it has: prod; did you mean prod?\n"
    assert message == run("check", "team.toml", "--env", "prd", code=2)


@pytest.mark.xfail(strict=True, reason="a string is not typed without a class")
def test_override_of_an_entry_without_a_class() -> None:
    """An override of an entry without a class gets the type of the option."""
    assert "retry-num = 3\n" in run("options", "team.toml", "chat", "-o", "policy.retry_num=3")


@pytest.mark.xfail(strict=True, reason="a string is not typed without a class")
@pytest.mark.parametrize("more", [(), ("--env", "prod")])
def test_set_in_an_entry_without_a_class(more: tuple[str, ...]) -> None:
    """`set` of an entry without a class writes a value of the option's type."""
    assert run("set", "team.toml", "policy", "retry_num=3", *more).endswith("~ chat.retry-num: 10 -> 3\n")
    assert "retry_num = 3\n" in Path("team.toml").read_text("utf-8")


@pytest.mark.xfail(strict=True, reason="a string is not typed without a class")
def test_a_list_in_an_entry_without_a_class() -> None:
    """`set` of an entry without a class writes a list as a list."""
    run("set", "team.toml", "policy", 'stop=["END"]')
    assert 'stop = ["END"]\n' in Path("team.toml").read_text("utf-8")


@pytest.mark.xfail(strict=True, reason="a string is not typed without a class")
def test_add_an_amendment_for_an_environment() -> None:
    """`add --env` of an entry that amends another writes values of the option's type."""
    run("add", "team.toml", "chat", "temperature=0", "--env", "prod")
    assert "[env.prod.providers.chat]\ntemperature = 0\n" in Path("team.toml").read_text("utf-8")


@pytest.mark.xfail(strict=True, reason="strings are written for booleans and numbers")
def test_add_an_abstract_entry() -> None:
    """`add abstract=true` writes a boolean, and numbers of options as numbers."""
    run("add", "team.toml", "short", "abstract=true", "max_tokens=5")
    assert "[providers.short]\nabstract = true\nmax_tokens = 5\n" in Path("team.toml").read_text("utf-8")


@pytest.mark.xfail(strict=True, reason="the key for_task is taken for the option task")
def test_the_option_task_is_not_for_task() -> None:
    """`show` has no row for an option without a value, such as `task` of an entry of a preset with `for_task`."""
    assert "\n task " not in run("show", "team.toml", "chat")


@pytest.mark.xfail(strict=True, reason="for_task is the origin even if a region was set later")
def test_the_origin_of_an_endpoint_of_another_region() -> None:
    """The origin of an endpoint, which an amended region changes, is the region."""
    origin = explain("team.toml", env="prod")[1]["chat"]["endpoint"]
    assert ("qwen", "region", "prod") == (origin.entry, origin.key, origin.environment)


def test_the_hint_of_an_unknown_provider() -> None:
    """The names in the hint of an unknown provider are those of providers, not of abstract entries."""
    with Path("team.toml").open("a", encoding="utf-8") as file:
        file.write("[providers.other]\nabstract = true\n")
    assert "it has: qwen, chat\n" in run("show", "team.toml", "policy", code=2)
