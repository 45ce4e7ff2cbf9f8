# SPDX-License-Identifier: Apache-2.0
"""The commands `convert` and `sql`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import TEXTS, run

from llmproviders import load, loads

STATEMENT = """\
CREATE MODEL `base`
INPUT (`text` STRING)
OUTPUT (`answer` STRING)
WITH (
  'provider' = 'openai',
  'endpoint' = 'https://api.deepseek.com/chat/completions',
  'api-key' = 'sk-hush',
  'model' = 'm'
);
"""


def test_sql() -> None:
    """`sql` prints the statement of a provider for a runtime, with the given options."""
    columns = ("--input", "text STRING", "--output", "answer STRING")
    shown = run(
        "sql", "a.toml", "base", *columns, "--for", "flink-2.3", "--model", "m", "--secrets", "reveal", DEEPSEEK_API_KEY="sk-hush"
    )
    assert STATEMENT == shown
    more = ("--name", "db.`x y`", "--temporary", "--if-not-exists", "--comment", "it's")
    lines = run("sql", "a.toml", "chat", *columns, *more, "--secrets", "redact").splitlines()
    assert "CREATE TEMPORARY MODEL IF NOT EXISTS `db`.`x y`" == lines[0]
    assert "COMMENT 'it''s'" in lines
    assert "  'api-key' = '******'," in lines


def test_sql_refuses() -> None:
    """`sql` refuses secrets unless the call allows them, and prints all problems in terms of the command line."""
    hint = "pass --secrets reveal or --secrets redact"
    assert (
        "a.toml:4:1: providers.base: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
        f"a.toml:7:1: providers.base.api_key: expected no secret in a statement, got a reference (env); {hint}\n"
    ) == run("sql", "a.toml", "base", "--input", "text STRING", "--output", "a STRING", "--for", "flink-2.3", code=2)
    shown = run("sql", "secret.toml", "chat", "--input", "text STRNG", "--output", "a STRING", code=2)
    assert (
        "secret.toml:1:1: providers.chat: --input: expected a SQL type of Flink, got STRNG at column 6; did you mean STRING?\n"
        in shown
    )
    assert f"got ******; write a placeholder such as ${{secret_values.NAME}}, or {hint}" in shown
    assert "has no provider 'x'" in run("sql", "a.toml", "x", "--input", "text STRING", "--output", "a STRING", code=2)


@pytest.mark.parametrize("command", ["options", "sql"])
def test_references_that_cannot_be_resolved(command: str) -> None:
    """All references that cannot be resolved are reported, each at its location."""
    text = TEXTS["toml"].replace("temperature = 0.2", 'extra_options = { a-token = { file = "no/such/key" } }')
    Path("away.toml").write_text(text, encoding="utf-8")
    more = {"options": ("--reveal",), "sql": ("--input", "a STRING", "--output", "b STRING", "--secrets", "reveal")}
    shown = run(command, "away.toml", "chat", *more[command], code=2, DEEPSEEK_API_KEY="")
    assert (
        "away.toml:7:1: providers.base.api_key: expected a secret, got nothing; "
        "environment variable DEEPSEEK_API_KEY is not set or empty; set it where the job is submitted\n"
        "away.toml:12:19: providers.chat.extra_options.a-token: expected a secret, got nothing; "
        "secret file no/such/key cannot be read: No such file or directory; check the path and its permissions\n"
    ) == shown


def test_options_that_the_runtime_does_not_have() -> None:
    """An option that a runtime does not have is reported at its location, with advice for a file."""
    Path("lost.toml").write_text(TEXTS["toml"].replace("temperature = 0.2", 'content_type = "IMAGE_URL"'), encoding="utf-8")
    for command in (("options",), ("sql", "--input", "text STRING", "--output", "a STRING")):
        shown = run(command[0], "lost.toml", "chat", *command[1:], "--for", "flink-2.3", code=2)
        assert (
            "lost.toml:12:1: providers.chat.content_type: expected an option that openai has on flink-2.3, got 'IMAGE_URL'; "
            "leave it out, or use an entry without it\n"
        ) in shown


def test_sql_warns() -> None:
    """Warnings of a runtime are printed after the statement."""
    text = TEXTS["toml"].replace('{ env = "DEEPSEEK_API_KEY" }', '"${secret_values.key}"')
    text = text.replace("openai-compat", "openai").replace("extra_body", "# extra_body")
    Path("held.toml").write_text(text, encoding="utf-8")
    columns = ("--input", "text STRING", "--output", "answer STRING", "--model", "m")
    shown = run("sql", "held.toml", "base", *columns, "--for", "flink-2.3")
    assert shown.startswith("CREATE MODEL `base`")
    assert "held.toml:7:1: warning: providers.base.api_key: expected " in shown.splitlines()[-1]
    assert "warning" not in run("sql", "held.toml", "base", *columns)


@pytest.mark.parametrize("to", ["toml", "yaml", "json"])
def test_convert_keeps_the_catalog(to: str) -> None:
    """`convert` writes an equal catalog to standard output, or to a file whose suffix gives the format."""
    catalog = load("a.toml")
    assert loads(run("convert", "a.toml", "--to", to), format=to) == catalog  # type: ignore[arg-type]
    assert run("convert", "a.toml", "--inherit", "--output", f"out.{to}") == ""
    assert load(f"out.{to}") == catalog
    assert "extends" in Path(f"out.{to}").read_text(encoding="utf-8")


def test_convert_without_a_format() -> None:
    """A call with neither --to nor -o, or an unknown format, is an error."""
    assert run("convert", "a.toml", code=2).startswith("convert: give --to")
    assert run("convert", "a.toml", "--to", "xml", code=2)
    assert "expected a file that ends with" in run("convert", "a.toml", "--output", "out.txt", code=2)


def test_convert_to_the_input_file() -> None:
    """The input file as output is refused, because comments, includes and inheritance would be lost."""
    shown = run("convert", "a.toml", "--output", "./a.toml", code=2)
    assert "convert: the output is the input file; use set to change its values, or name another file with --output\n" == shown
    assert TEXTS["toml"] == Path("a.toml").read_text(encoding="utf-8")


def test_convert_to_a_file_that_exists() -> None:
    """A file is replaced only with --force, which is only for files."""
    shown = run("convert", "a.toml", "--output", "a.yaml", code=2)
    assert "a.yaml exists already; pass --force to replace it\n" == shown
    assert TEXTS["yaml"] == Path("a.yaml").read_text(encoding="utf-8")
    run("convert", "a.toml", "--output", "a.yaml", "--force")
    assert load("a.yaml") == load("a.toml")
    assert "--force is for a file (--output)\n" == run("convert", "a.toml", "--to", "yaml", "--force", code=2)


def test_convert_refuses_literal_secrets() -> None:
    """`convert` refuses literal secrets with advice; only the owner can read a file with revealed ones."""
    lines = run("convert", "secret.toml", "--output", "out.json", code=2).splitlines()
    assert lines[0].startswith("secret.toml: providers.chat.")
    assert all("--secrets reveal or --secrets redact" in line for line in lines)
    assert not Path("out.json").exists()
    run("convert", "secret.toml", "--output", "out.json", "--secrets", "reveal")
    assert load("out.json") == load("secret.toml")
    assert os.name == "nt" or Path("out.json").stat().st_mode & 0o777 == 0o600


def test_convert_to_a_file_that_cannot_be_written() -> None:
    """An error of the operating system is one line."""
    shown = run("convert", "a.toml", "--output", "no/such/folder/out.json", code=2)
    assert "no/such/folder/out.json:1:1: expected a file that can be written, got No such file or directory\n" == shown


def test_convert_to_an_unknown_suffix(tmp_path: Path) -> None:
    """An output file with an unknown suffix is an error, without advice about secrets."""
    source = tmp_path / "a.json"
    source.write_text('{"providers": {}}')
    command = [sys.executable, "-m", "llmproviders", "convert", str(source), "--output", str(tmp_path / "out.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout)
    assert f"{tmp_path / 'out.txt'}:1:1: expected a file that ends with .toml, .json, .yaml, .yml, got '.txt'\n" == done.stderr
