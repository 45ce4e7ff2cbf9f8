# SPDX-License-Identifier: Apache-2.0
"""The program: help, exit codes, streams and terminals; no command shows a secret."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import JSON, KEY, LITERAL, TOML, process, run, run_json

from llmproviders import cli
from llmproviders.cli.app import COMMANDS
from llmproviders.optional import install_command

BAD = {
    ("check", "bad.toml"): 1,
    ("diff", "a.toml", "b.toml"): 1,
    ("diff", "a.toml", "bad.toml"): 2,
    ("show", "bad.toml"): 2,
    ("options", "bad.toml", "chat"): 2,
    ("convert", "bad.toml", "--to", "json"): 2,
    ("sql", "bad.toml", "chat", "--input", "a STRING", "--output", "b STRING"): 2,
    ("set", "a.toml", "chat", "temperature=hot"): 2,
    ("import", "bad.toml"): 2,
    ("show", "none.toml"): 2,
    ("import", "none.sql"): 2,
    ("convert", "a.toml", "--output", "none/b.toml"): 2,
    ("show", "a.toml", "nobody"): 2,
    ("runtimes", "nowhere"): 2,
}
"""Calls that end with an exit code other than 0."""


@pytest.mark.parametrize("call", BAD)
def test_exit_codes(call: tuple[str, ...]) -> None:
    """1 is the answer of `check` and `diff`: problems or differences; 2 is trouble, as for ``diff`` of POSIX."""
    Path("b.toml").write_text(TOML.replace("0.2", "0.3"), encoding="utf-8")
    Path("bad.toml").write_text(TOML.replace("0.2", "'hot'"), encoding="utf-8")
    assert run(*call, code=BAD[call])


@pytest.mark.parametrize("call", [("show", "bad.toml"), ("options", "bad.toml", "chat"), ("diff", "a.toml", "bad.toml")])
def test_json_of_problems(call: tuple[str, ...]) -> None:
    """With --json, the problems of a file are the records of `check`, on standard output."""
    Path("bad.toml").write_text(TOML.replace("0.2", "'hot'"), encoding="utf-8")
    shown = run_json(*call, code=2)
    assert {"problems": run_json("check", "bad.toml", code=1)} == shown
    shown = run_json("options", "a.toml", "chat", "--for", "flink-2.3", code=2)
    assert ["not-on-runtime"] == [each["code"] for each in shown["problems"]]


def test_an_unknown_name_is_a_usage_error() -> None:
    """An unknown name is exit code 2, with the known names and a suggestion."""
    for call in (["show", "a.toml"], ["options", "a.toml"], ["diff", "a.toml", "a.json"]):
        assert "did you mean chat?" in run(*call, "chta", code=2)
    assert "did you mean chat?" in run("set", "a.toml", "chta", "n=1", code=2)
    Path("empty.json").write_text('{"providers": {}}', encoding="utf-8")
    assert "it has: none" in run("set", "empty.json", "x", "n=1", code=2)


@pytest.mark.parametrize(
    "call",
    [
        ("set", "a.toml", "chat", f"{KEY}=1", f"{KEY}=2"),
        ("set", "a.toml", "chat", f"--unset={KEY}", f"--unset={KEY}"),
        ("show", "a.toml", "-o", f"chat.{KEY}=1", "-o", f"chat.{KEY}=2"),
        ("explain", KEY),
        ("providers", KEY),
        ("runtimes", "flink-2.3", KEY),
    ],
)
def test_a_key_in_place_of_a_name(call: tuple[str, ...]) -> None:
    """A key that is given in place of a name, such as by a wrong paste, is not repeated."""
    assert KEY not in run(*call, code=2)


def test_no_command_shows_a_literal_secret() -> None:
    """Values, problems and differences show no literal secret unless the call allows it."""
    other = LITERAL.replace(KEY, f"{KEY}-two")
    Path("other.toml").write_text(other, encoding="utf-8")
    Path("bad.toml").write_text(LITERAL + "temperature = 'hot'\n", encoding="utf-8")
    shown = [
        run("show", "secret.toml"),
        run("show", "secret.toml", "--json"),
        run("options", "secret.toml", "chat"),
        run("options", "secret.toml", "chat", "--json"),
        run("diff", "secret.toml", "other.toml", code=1),
        run("diff", "secret.toml", "other.toml", "--json", code=1),
        run("check", "bad.toml", code=1),
        run("check", "bad.toml", "--json", code=1),
        run("convert", "secret.toml", "--to", "json", code=2),
        run("convert", "secret.toml", "--to", "json", "--secrets", "redact"),
        run("set", "secret.toml", "chat", "temperature=1"),
        run("set", "secret.toml", "chat", "temperature=hot", code=2),
        run("set", "secret.toml", "chat", f"api_key={KEY}-two", code=2),
        run("set", "secret.toml", "chat", f"extra_options.other-token={KEY}", code=2),
    ]
    assert [text for text in shown if KEY in text] == []
    assert KEY in run("options", "secret.toml", "chat", "--reveal")
    assert KEY in run("convert", "secret.toml", "--to", "json", "--secrets", "reveal")


@pytest.mark.parametrize("command", ["check", "options", "sql"])
def test_an_empty_model_name_is_a_usage_error(command: str) -> None:
    """An empty name of a model is refused; it may come from an unset variable of the shell."""
    more = {
        "check": ("--against", "flink-2.3"),
        "options": ("chat",),
        "sql": ("chat", "--input", "a STRING", "--output", "b STRING"),
    }
    assert "expected a name, got an empty string" in run(command, "a.toml", *more[command], "--model", "", code=2)


def test_version_and_help() -> None:
    """The help of every command has its examples."""
    assert run("--version") == f"llmproviders {llmproviders_version()}\n"
    assert "llmproviders check providers.toml" in run("--help")
    for command in COMMANDS:
        shown = run(command.name, "-h")
        assert command.examples
        assert all(part in shown for part in command.examples[0].split())
    assert "--install-completion" in run("--help")


def llmproviders_version() -> str:
    from importlib.metadata import version

    return version("llmproviders")


def test_a_wrong_call_is_exit_code_2() -> None:
    """Unknown commands and options, and missing arguments, are exit code 2."""
    assert run("chekc", code=2)
    assert run("check", "--nope", code=2)
    assert run("options", "a.toml", code=2)


def test_colours_only_in_a_terminal() -> None:
    """Output has colours only in a terminal, and not if NO_COLOR is set."""
    colour = "\x1b[33m"
    arguments = ("diff", "a.toml", "b.toml")
    Path("b.toml").write_text(TOML.replace("0.2", "0.3"), encoding="utf-8")
    assert "\x1b" not in run(*arguments, code=1)
    assert colour in run(*arguments, code=1, FORCE_COLOR="1", TERM="xterm")
    assert colour not in run(*arguments, code=1, FORCE_COLOR="1", TERM="xterm", NO_COLOR="1")


def test_as_a_process() -> None:
    """``python -m llmproviders`` uses exit codes and both streams; importing the module does nothing."""
    importlib.import_module("llmproviders.__main__")
    good, bad, wrong = process("check", "a.toml"), process("check", "none.toml"), process("show", "a.toml", "x")
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "1 file, no problems\n")
    assert (bad.returncode, bad.stdout[:13], bad.stderr) == (1, "none.toml:1:1", "")
    assert (wrong.returncode, wrong.stdout, wrong.stderr[:15]) == (2, "", "the catalog has")


def test_in_a_terminal_without_unicode() -> None:
    """A character that the terminal cannot encode is printed as an escape; JSON is always UTF-8."""
    Path("u.json").write_text(JSON.replace('"extends": "base",', '"extends": "base", "model": "你好",'), encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    shown = process("show", "u.json", "base", env=env)
    assert (shown.returncode, shown.stderr) == (0, "")
    shown = process("options", "u.json", "chat", env=env)
    assert r"model = \u4f60\u597d" in shown.stdout
    assert json.loads(process("options", "u.json", "chat", "--json", env=env, encoding="utf-8").stdout)["model"] == "你好"


def test_a_closed_pipe() -> None:
    """A closed pipe ends a command with exit code 2, without a traceback."""
    for arguments in (["providers", "--json"], ["providers", "triton"]):
        read, write = os.pipe()
        os.close(read)
        command = [sys.executable, "-m", "llmproviders", *arguments]
        with os.fdopen(write, "w") as closed:
            result = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
        assert (2, "") == (result.returncode, result.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
def test_output_to_a_full_disk() -> None:
    """An error of the output is one line."""
    command = [sys.executable, "-m", "llmproviders", "providers", "--json"]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (2, "output: No space left on device\n") == (result.returncode, result.stderr)


def test_without_typer() -> None:
    """Without typer, the program prints the command that installs it, and ends with exit code 2."""
    code = "import sys; sys.modules['typer'] = None; from llmproviders.cli import main; sys.exit(main())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    message = f"the command line needs the package typer; install it with: {install_command('cli')}\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", message)


def test_replaced_streams(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A program that replaces the streams gets the same output."""
    import io

    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "argv", ["llmproviders", "check", "a.toml"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert (ended.value.code, stream.getvalue()) == (0, "1 file, no problems\n")
