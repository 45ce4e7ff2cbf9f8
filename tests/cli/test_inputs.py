# SPDX-License-Identifier: Apache-2.0
"""Standard input in place of a file."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import JSON, KEY, TEXTS, TOML, YAML, run, run_json

from llmproviders import loads
from llmproviders.catalogs import sources
from llmproviders.cli import inputs

SQL = "CREATE MODEL chat WITH ('provider' = 'triton', 'endpoint' = 'http://triton:8000'{more});"
COLUMNS = ("--input", "text STRING", "--output", "answer STRING", "--secrets", "redact")


@pytest.mark.parametrize("name", TEXTS)
def test_commands_read_standard_input(name: str) -> None:
    """Every command that reads a catalog reads standard input as a file of that format."""
    stdin, file, given = ("-", "--format", name), f"a.{name}", TEXTS[name]
    Path("-").mkdir()
    assert "1 file, no problems\n" == run("check", *stdin, stdin=given)
    for command, *more in (["options", "chat"], ["sql", "chat", *COLUMNS]):
        assert run(command, file, *more) == run(command, *stdin, *more, stdin=given)
    assert run("convert", file, "--to", "json") == run("convert", *stdin, "--to", "json", stdin=given)


def test_show_of_standard_input() -> None:
    """The origins of options are in <stdin>."""
    (record,) = run_json("show", "-", "chat", "--format", "json", stdin=JSON)
    assert {"source": "<stdin>", "line": 13} == {
        key: each[key] for each in record["options"] if each["option"] == "temperature" for key in ("source", "line")
    }


def test_diff_of_standard_input() -> None:
    """One of the files of `diff` may be standard input."""
    assert "" == run("diff", "-", "a.toml", "--format", "yaml", stdin=YAML)
    assert "~ chat.temperature: 0.2 -> 0.3\n" == run(
        "diff", "a.yaml", "-", "--format", "toml", stdin=TOML.replace("0.2", "0.3"), code=1
    )
    shown = run("diff", "-", "-", "--format", "yaml", stdin=YAML, code=2)
    assert "expected - once, because standard input can be read only once\n" == shown


def test_the_format_of_standard_input() -> None:
    """Standard input needs --format, and a file has its suffix."""
    for command in (["check"], ["show"], ["options", "chat"], ["diff", "a.toml"], ["convert"], ["sql", "chat", *COLUMNS]):
        arguments = [command[0], "-", *command[1:]]
        shown = run(*arguments, code=2)
        assert "-: give --format toml, json or yaml, because standard input has no suffix\n" == shown
        arguments[1] = "a.toml"
        shown = run(*arguments, "--format", "toml", code=2)
        assert "--format is for standard input (-); the suffix of a file determines its format\n" == shown
    assert "xml" in run("check", "-", "--format", "xml", code=2)


def test_problems_of_standard_input() -> None:
    """A problem has the name <stdin> and its location there; other files are checked too."""
    lines = run("check", "none.toml", "-", "--format", "toml", stdin=TOML.replace("temp", "tmp"), code=1).splitlines()
    assert ["none.toml:1:1:", "<stdin>:12:1:"] == [line.partition(" ")[0] for line in lines]
    assert run("options", "-", "chat", "--format", "toml", stdin="x = ", code=2).startswith("<stdin>:1:5: expected TOML")
    for output_format, name in {
        "github": "file=<stdin>,",
        "sarif": '"%3Cstdin%3E"',
        "gitlab": '"<stdin>"',
        "junit": "&lt;",
    }.items():
        shown = run("check", "-", "--format", "json", "--output-format", output_format, stdin="{}", code=1, CI_PROJECT_DIR="/")
        assert name in shown


def test_includes_of_standard_input() -> None:
    """Included files are relative to the current directory."""
    Path("conf").mkdir()
    Path("conf/base.json").write_text(JSON, encoding="utf-8")
    text = "include: [conf/base.json]\nproviders: {mine: {extends: chat, n: 2}}\n"
    assert "n = 2\n" in run("options", "-", "mine", "--format", "yaml", stdin=text)


@pytest.mark.parametrize("command", ["check", "show", "import"])
def test_standard_input_that_cannot_be_read(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, and bytes that are not UTF-8, are problems with a location."""
    code = 1 if command == "check" else 2
    arguments = [command, "-", *(["--format", "json"] if command != "import" else [])]
    monkeypatch.setattr(sources, "MAX_CHARACTERS", 9)
    shown = run(*arguments, stdin="é" * 5, code=code)
    assert shown.startswith("<stdin>:1:1: expected a document of at most 9 bytes")
    shown = run(*arguments, stdin=b"{\n \xff", code=code)
    assert shown.startswith("<stdin>:2:2: expected UTF-8 text, got byte 0xff; save it as UTF-8")


class Unreadable(io.RawIOBase):
    """A stream such as a folder in place of a file."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise IsADirectoryError(21, "Is a directory")


@pytest.mark.parametrize(
    ("stream", "reason"), [(None, "no open file"), (io.TextIOWrapper(io.BufferedReader(Unreadable())), "Is a directory")]
)
def test_standard_input_that_is_not_open(stream: Any, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed standard input, and an error of the operating system, are problems."""
    monkeypatch.setattr(sys, "stdin", stream)
    (problem,) = inputs.read_catalog(Path("-"), "toml").problems
    assert f"<stdin>:1:1: expected standard input that can be read, got {reason}" == str(problem)
    assert "unreadable-file" == problem.problem.code


def test_import_of_standard_input() -> None:
    """`import -` reads statements, whose source is named in messages."""
    assert "http://triton:8000" == loads(run("import", "-", stdin=SQL.format(more="")), format="toml")["chat"].endpoint  # type: ignore[attr-defined]
    assert "http://triton:8000" in run("import", "-", "--to", "json", stdin=f"\ufeff{SQL.format(more='')}")
    assert "<stdin>: expected a model at the end of the script, got none\n" == run("import", "-", stdin="SELECT 1", code=2)
    shown = run("import", "-", stdin=SQL.format(more=f", 'auth-token' = '{KEY}'"))
    assert shown.splitlines()[-1].startswith("<stdin>: chat.auth_token becomes ")
    assert KEY not in shown


def test_convert_of_standard_input_to_a_file() -> None:
    """`convert` writes a new file from standard input."""
    run("convert", "-", "--format", "json", "--output", "new.yaml", stdin=JSON)
    run("convert", "-", "--format", "json", "--output", "new.yaml", "--force", stdin=JSON)
    assert "" == run("diff", "new.yaml", "a.json")


def test_a_replaced_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of standard input are read; it may have the encoding of the locale."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("# 模型".encode()), encoding="ascii"))
    assert "# 模型" == inputs.read_stdin()


def test_json_of_problems_of_standard_input() -> None:
    """With --json, the problems of a catalog are records on standard output."""
    shown = json.loads(run("show", "-", "--format", "toml", "--json", stdin="providers = 5", code=2))
    assert ["<stdin>", "not-a-catalog"] == [shown["problems"][0][key] for key in ("file", "code")]
