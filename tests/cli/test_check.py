# SPDX-License-Identifier: Apache-2.0
"""The command `check`: its output and exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from command_line import AGAINST, KEY, TOML, run, run_json


def test_check_of_valid_files() -> None:
    """For valid files `check` prints only a summary, and ends with exit code 0."""
    assert run("check", "a.toml", "a.yaml", "a.json") == "3 files, no problems\n"
    assert run("check", "a.toml") == "1 file, no problems\n"
    assert run_json("check", "a.toml") == []


def test_check_prints_every_problem_of_every_file() -> None:
    """Each problem is one line with file, line and column; a missing file or an unknown format is a problem too."""
    Path("bad.toml").write_text(
        TOML.replace("temperature", "temprature").replace('for_task = "e', 'for_task = "x'), encoding="utf-8"
    )
    lines = run("check", "bad.toml", "missing.json", "a.txt", code=1).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["bad.toml:12:1:", "bad.toml:18:1:", "missing.json:1:1:", "a.txt:1:1:"]
    assert "providers.chat.temprature: expected" in lines[0]
    assert "did you mean temperature?" in lines[0]


def test_check_prints_a_shared_problem_once() -> None:
    """A problem of a file that two files include is printed once."""
    Path("bad.toml").write_text("[providers.x]\nprovider = 'nope'\n", encoding="utf-8")
    for name in "one.toml", "two.toml":
        Path(name).write_text('include = ["bad.toml"]\n', encoding="utf-8")
    assert len(run("check", "one.toml", "two.toml", code=1).splitlines()) == 1


def test_check_json() -> None:
    """With --json, problems are records."""
    Path("bad.toml").write_text(TOML.replace("0.2", '"hot"'), encoding="utf-8")
    (record,) = run_json("check", "bad.toml", code=1)
    assert set(record) == {"file", "line", "column", "path", "option", "key", "expected", "got", "hint", "severity"}
    assert (record["file"], record["line"], record["column"], record["path"]) == ("bad.toml", 12, 1, "providers.chat.temperature")


def test_check_names_a_format_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is a problem of the file that needs it; the other files are checked."""
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    shown = run("check", "a.yaml", "missing.toml", code=1).splitlines()
    assert "pip install 'llmproviders[yaml]'" in shown[0]
    assert shown[1].startswith("missing.toml:1:1:")
    assert "pip install 'llmproviders[yaml]'" in run("show", "a.yaml", code=1)


def test_check_against_a_runtime() -> None:
    """A problem has the location of its option, or of the entry if that does not set the option; warnings are marked."""
    Path("b.toml").write_text(AGAINST, encoding="utf-8")
    assert (
        "b.toml:1:1: providers.base: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
        "b.toml:3:1: providers.base.endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/chat/completions?v=1'; Flink accepts no query string and no fragment: it compares the end of the whole URL\n"
        "b.toml:6:1: providers.chat: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
        "b.toml:8:1: warning: providers.chat.stop: expected stop strings without leading or trailing blanks, got 'a ,b'; Java splits at commas and does not trim\n"
        "b.toml:10:19: providers.chat.extra_options.x: expected an option that openai has on flink-2.3; leave it out\n"
        "b.toml:12:1: providers.embed: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
    ) == run("check", "b.toml", "--against", "flink-2.3", code=1)
    lines = run("check", "b.toml", "--against", "flink-2.3", "--model", "m", code=1).splitlines()
    assert ["b.toml:3:1:", "b.toml:8:1:", "b.toml:9:1:", "b.toml:10:19:"] == [line.partition(" ")[0] for line in lines]
    severities = [each["severity"] for each in run_json("check", "b.toml", "--against", "flink-2.3", "--model", "m", code=1)]
    assert ["error", "warning", "error", "error"] == severities


def test_check_against_a_runtime_without_errors() -> None:
    """Without errors the exit code is 0, also with warnings."""
    assert run("check", "a.toml", "--against", "vvr-11.9") == "1 file, no problems on vvr-11.9\n"
    assert run_json("check", "a.toml", "--against", "vvr-11.9") == []
    Path("b.toml").write_text(
        "[providers.x]\nprovider = 'openai-compat'\ntask = 'chat/completions'\nstop = 'a, b'\n", encoding="utf-8"
    )
    lines = run("check", "b.toml", "--against", "vvr-11.9").splitlines()
    assert "1 file, no problems on vvr-11.9, 1 warning" == lines[-1]
    assert "b.toml:4:1: warning: providers.x.stop: " in lines[0]


def test_an_entry_with_problems_hides_no_others() -> None:
    """The other entries are checked against a runtime, even if one entry has problems."""
    Path("b.toml").write_text(f"{AGAINST}\n[providers.bad]\nprovider = 'triton'\ntimeout = 'soon'\n", encoding="utf-8")
    lines = run("check", "b.toml", "--against", "flink-2.3", "--model", "m", code=1).splitlines()
    assert ["b.toml:3:1:", "b.toml:8:1:", "b.toml:9:1:", "b.toml:10:19:"] == [line.partition(" ")[0] for line in lines[:4]]
    assert "providers.bad: endpoint: " in "".join(lines[4:]) or "providers.bad.endpoint: " in "".join(lines[4:])
    assert "b.toml:24:1: providers.bad.timeout: " in "".join(lines[4:])


def test_check_with_wrong_options() -> None:
    """An unknown runtime, and a model without a runtime, are usage errors."""
    assert "no runtime 'flink-9'; known: flink-2.1, " in run("check", "a.toml", "--against", "flink-9", code=2)
    both = ("--against", "flink-2.3", "--against", "vvr-11.9")
    assert run("check", "a.toml", "--against", "flink-2.3", code=1) == run("check", "a.toml", *both, code=1)
    assert "1 file, no problems on vvr-11.8, vvr-11.9\n" == run(
        "check", "a.toml", "--against", "vvr-11.8", "--against", "vvr-11.9"
    )
    assert "--model needs --against RUNTIME\n" == run("check", "a.toml", "--model", "m", code=2)
    assert run("check", "a.txt", code=1) == run("check", "a.txt", "--against", "flink-2.3", code=1)


def test_a_problem_is_one_line_of_printable_characters() -> None:
    """Line breaks and control characters of a file are printed as escapes."""
    Path("bad.json").write_text(json.dumps({"providers": {"x\n\x1b[2J": {}}}), encoding="utf-8")
    (line,) = run("check", "bad.json", code=1).splitlines()
    assert "providers.x\\n\\x1b[2J" in line


def test_check_strict() -> None:
    """With --strict, a warning is exit code 1; so CI can refuse literal secrets."""
    Path("key.toml").write_text(f'[providers.a]\npreset = "deepseek"\napi_key = "{KEY}"\n', encoding="utf-8")
    assert "key.toml:3:1: warning: providers.a.api_key: expected a reference" in run("check", "key.toml")
    assert KEY not in run("check", "--strict", "key.toml", code=1)
