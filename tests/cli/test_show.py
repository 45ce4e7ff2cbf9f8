# SPDX-License-Identifier: Apache-2.0
"""The commands `show`, `options` and `diff`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import attrs
from command_line import AGAINST, JSON, KEY, TOML, run, run_json

from llmproviders import Provider, load, option, register_provider_class


def test_options_for_a_runtime() -> None:
    """`options --for` prints the options for a runtime, or every problem that the runtime has with them."""
    Path("b.toml").write_text(AGAINST, encoding="utf-8")
    shown = run("options", "b.toml", "chat", "--for", "flink-2.3", code=2)
    assert [
        "b.toml:3:1: providers.base.endpoint: expected a URL that ends with /chat/completions or /embeddings",
        "b.toml:6:1: providers.chat: model: expected a value",
        "b.toml:10:19: providers.chat.extra_options.x: expected an option that openai has on flink-2.3; leave it out",
    ] == [line.partition(",")[0] for line in shown.splitlines()]
    assert "no runtime 'x'" in run("options", "b.toml", "chat", "--for", "x", code=2)
    Path("b.toml").write_text(AGAINST.replace("?v=1", "").replace("max_context_size = 100", ""), encoding="utf-8")
    assert "model = m\n" in run("options", "b.toml", "base", "--for", "flink-2.3", "--model", "m")


def test_show_has_the_origins_of_values() -> None:
    """An origin is file and line, with the entry if inherited and the key if it has another name; or the default."""
    rows = {line.split()[0]: line.split() for line in run("show", "a.toml", "embed").splitlines() if line.strip()}
    assert rows["embed"] == ["embed", "(openai-compat)"]
    assert rows["endpoint"][1:] == ["https://api.deepseek.com/embeddings", "a.toml:18", "by", "for_task"]
    assert rows["api_key"][1:] == ["env:DEEPSEEK_API_KEY", "a.toml:7", "(base)"]
    assert rows["retry_num"][1:] == ["100", "default"]
    assert "seed" not in rows


def test_show_all_providers_and_all_options() -> None:
    """Without a name every provider is shown; with --all every option."""
    shown = run("show", "a.yaml", "--all")
    assert all(title in shown for title in ("base (openai-compat)", "chat (openai-compat, the default)", "embed (openai-compat)"))
    assert shown.count(" seed ") == 3


def test_show_json() -> None:
    """With --json, providers and options are records."""
    (record,) = run_json("show", "a.json", "chat")
    assert (record["provider"], record["identifier"], record["default"]) == ("chat", "openai-compat", True)
    temperature = next(each for each in record["options"] if each["option"] == "temperature")
    assert temperature == {
        "option": "temperature",
        "value": "0.2",
        "source": "a.json",
        "line": 13,
        "entry": "chat",
        "key": "temperature",
        "environment": "",
        "variable": "",
    }


def test_show_an_option_that_is_omitted() -> None:
    """An omitted option is shown without a value."""
    Path("b.toml").write_text(TOML.replace("temperature = 0.2", 'omit = ["retry_num"]'), encoding="utf-8")
    assert re.search(r"^ *retry_num +b\.toml:12 by omit *$", run("show", "b.toml", "chat"), re.MULTILINE)


def test_a_table_in_a_pipe_is_never_cut() -> None:
    """In a pipe a long value is one line, with escapes for line breaks."""
    Path("b.json").write_text(
        JSON.replace('"temperature": 0.2', json.dumps({"system_prompt": "x\n" * 3000})[1:-1]), encoding="utf-8"
    )
    assert "x\\n" * 3000 in run("show", "b.json", "chat")


def test_a_table_in_a_terminal_is_folded() -> None:
    """In a terminal a long value is folded, and shown completely."""
    Path("b.json").write_text(
        JSON.replace('"temperature": 0.2', json.dumps({"system_prompt": "x" * 3000})[1:-1]), encoding="utf-8"
    )
    assert run("show", "b.json", "chat", FORCE_COLOR="1", COLUMNS="60").count("x") >= 3000


@attrs.frozen(kw_only=True)
class _Own(Provider):
    """A provider with a credential that is a plain string."""

    identifier = "own"
    password: str = attrs.field(default="changeit", metadata=option("password", secret=True))


def test_show_masks_a_credential_that_is_a_string(own_classes: object) -> None:
    """The value and the default of a secret option are masked."""
    register_provider_class(_Own)
    Path("own.toml").write_text(f'[providers.x]\nprovider = "own"\npassword = "{KEY}"\n', encoding="utf-8")
    shown = run("show", "own.toml") + run("providers", "own") + run("providers", "own", "--json")
    assert KEY not in shown
    assert "changeit" not in shown
    assert shown.count("******") == 3


def test_options_prints_java_keys_and_strings() -> None:
    """`options` prints the keys and masked strings of `to_options`, with the model of the call."""
    lines = run("options", "a.toml", "chat", "--model", "m-1").splitlines()
    assert "api-key = ******" in lines
    assert "temperature = 0.2" in lines
    assert "model = m-1" in lines
    flat = run_json("options", "a.toml", "chat")
    assert flat == load("a.toml")["chat"].to_options(redact=True)


def test_options_with_reveal() -> None:
    """With --reveal references are resolved; an unset variable is exit code 1."""
    assert f"api-key = {KEY}" in run("options", "a.toml", "chat", "--reveal", DEEPSEEK_API_KEY=KEY)
    assert "environment variable DEEPSEEK_API_KEY is not set" in run("options", "a.toml", "chat", "--reveal", code=2)


def test_diff() -> None:
    """`diff` compares files of any format; the exit code is 1 if there are differences."""
    assert run("diff", "a.toml", "a.json") == ""
    assert run_json("diff", "a.toml", "a.json") == []
    Path("b.toml").write_text(TOML.replace("0.2", "0.3").replace("providers.embed", "providers.vectors"), encoding="utf-8")
    assert run("diff", "a.toml", "b.toml", code=1).splitlines() == [
        "~ chat.temperature: 0.2 -> 0.3",
        "- embed: openai-compat",
        "+ vectors: openai-compat",
    ]
    assert run_json("diff", "a.toml", "b.toml", code=1)[0] == {
        "provider": "chat",
        "option": "temperature",
        "old": "0.2",
        "new": "0.3",
    }


def test_diff_of_one_provider() -> None:
    """With a name, `diff` compares one provider, which may be in only one of the files."""
    Path("b.toml").write_text(TOML.replace("0.2", "0.3").replace("providers.embed", "providers.vectors"), encoding="utf-8")
    assert run("diff", "a.toml", "b.toml", "base") == ""
    assert run("diff", "a.toml", "b.toml", "chat", code=1) == "~ chat.temperature: 0.2 -> 0.3\n"
    assert run("diff", "a.toml", "b.toml", "embed", code=1) == "- embed: openai-compat\n"
    assert run("diff", "a.toml", "b.toml", "vectors", code=1) == "+ vectors: openai-compat\n"
