# SPDX-License-Identifier: Apache-2.0
"""The command line: what each command prints, how it ends, and what it leaves in files."""

from __future__ import annotations

import difflib
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from typer.testing import CliRunner

import llmproviders
from llmproviders import Provider, ProviderError, Secret, cli, option
from llmproviders.catalogs import files
from llmproviders.registry import _classes

TOML = """\
# the team's providers
default = "chat"

[providers.base]
provider = "openai-compat"  # any service with the OpenAI API
endpoint = "https://api.deepseek.com/chat/completions"
api_key = { env = "DEEPSEEK_API_KEY" }

# for chatting
[providers.chat]
extends = "base"
temperature = 0.2  # low
extra_body = { thinking = { type = "disabled" } }

# for vectors
[providers.embed]
extends = "base"
for_task = "embeddings"
"""
YAML = """\
# the team's providers
default: chat
providers:
  base:
    provider: openai-compat   # any service with the OpenAI API
    endpoint: "https://api.deepseek.com/chat/completions"
    api_key: {env: DEEPSEEK_API_KEY}

  # for chatting
  chat:
    extends: base
    temperature: 0.2  # low
    extra_body:
      thinking:
        type: disabled

  # for vectors
  embed:
    extends: base
    for_task: embeddings
"""
JSON = """\
{
  "default": "chat",
  "providers": {
    "base": {
      "provider": "openai-compat",
      "endpoint": "https://api.deepseek.com/chat/completions",
      "api_key": {
        "env": "DEEPSEEK_API_KEY"
      }
    },
    "chat": {
      "extends": "base",
      "temperature": 0.2,
      "extra_body": {
        "thinking": {
          "type": "disabled"
        }
      }
    },
    "embed": {
      "extends": "base",
      "for_task": "embeddings"
    }
  }
}
"""
TEXTS = {"toml": TOML, "yaml": YAML, "json": JSON}
KEY = "sk-literal-0123456789"
LITERAL = f"""\
[providers.chat]
provider = "openai-compat"
endpoint = "https://me:{KEY}@h.example/chat/completions?api_key={KEY}"
api_key = "{KEY}"
extra_header = '{{"Authorization": "Bearer {KEY}"}}'
extra_body = {{ password = "{KEY}" }}
extra_options = {{ my-token = "{KEY}", plain = "p" }}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the catalog in the three formats, and a plain terminal."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "DEEPSEEK_API_KEY", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for suffix, text in TEXTS.items():
        Path(f"a.{suffix}").write_text(text, encoding="utf-8", newline="")
    Path("secret.toml").write_text(LITERAL, encoding="utf-8")
    return tmp_path


def run(*arguments: str, code: int = 0, **env: str) -> str:
    """What a command prints to standard output, with what it prints to standard error after it."""
    result = CliRunner().invoke(cli.app(), list(arguments), env=env)
    shown = result.stdout + result.stderr
    assert (result.exit_code, isinstance(result.exception, (SystemExit, type(None)))) == (code, True), shown
    return shown


def run_json(*arguments: str, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", code=code))


def diff_of(suffix: str, new: str | None = None) -> list[str]:
    """The lines that went and came in a catalog's file."""
    now = Path(f"a.{suffix}").read_bytes().decode() if new is None else new
    lines = difflib.unified_diff(TEXTS[suffix].splitlines(), now.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "llmproviders", *arguments], capture_output=True, text=True, check=False, **options
    )


# check ----------------------------------------------------------------------------------------------------------------


def test_check_finds_nothing_in_good_files() -> None:
    """A good file is no line on standard output, and exit code 0."""
    assert run("check", "a.toml", "a.yaml", "a.json") == "3 files, no problems\n"
    assert run("check", "a.toml") == "1 file, no problems\n"
    assert run_json("check", "a.toml") == []


def test_check_prints_every_problem_of_every_file() -> None:
    """One line for each, with file, line and column; files that are not there or of no format are problems too."""
    Path("bad.toml").write_text(
        TOML.replace("temperature", "temprature").replace('for_task = "e', 'for_task = "x'), encoding="utf-8"
    )
    lines = run("check", "bad.toml", "missing.json", "a.txt", code=1).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["bad.toml:12:1:", "bad.toml:18:1:", "missing.json:1:1:", "a.txt:1:1:"]
    assert "providers.chat.temprature: expected" in lines[0]
    assert "did you mean temperature?" in lines[0]


def test_check_says_a_shared_problem_once() -> None:
    """A problem of a file that two files include is one problem."""
    Path("bad.toml").write_text("[providers.x]\nprovider = 'nope'\n", encoding="utf-8")
    for name in "one.toml", "two.toml":
        Path(name).write_text('include = ["bad.toml"]\n', encoding="utf-8")
    assert len(run("check", "one.toml", "two.toml", code=1).splitlines()) == 1


def test_check_json() -> None:
    """Problems as records."""
    Path("bad.toml").write_text(TOML.replace("0.2", '"hot"'), encoding="utf-8")
    (record,) = run_json("check", "bad.toml", code=1)
    assert set(record) == {"file", "line", "column", "path", "option", "key", "expected", "got", "hint", "severity"}
    assert (record["file"], record["line"], record["column"], record["path"]) == ("bad.toml", 12, 1, "providers.chat.temperature")


def test_check_names_a_format_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is said for the file that needs it; the others are checked all the same."""
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    shown = run("check", "a.yaml", "missing.toml", code=1).splitlines()
    assert "pip install 'llmproviders[yaml]'" in shown[0]
    assert shown[1].startswith("missing.toml:1:1:")
    assert "pip install 'llmproviders[yaml]'" in run("show", "a.yaml", code=1)


AGAINST = """\
[providers.base]
provider = "openai"
endpoint = "https://api.example.com/v1/chat/completions?v=1"
api_key = { env = "DEEPSEEK_API_KEY" }

[providers.chat]
extends = "base"
stop = ["a ", "b"]
max_context_size = 100
extra_options = { x = "y" }

[providers.embed]
extends = "chat"
endpoint = "https://api.example.com/v1/embeddings"
without = ["x"]
omit = ["stop"]

[providers.named]
extends = "embed"
model = "gpt-4o"
"""


def test_check_against_a_runtime() -> None:
    """Every problem at the place of its option, of the entry where that does not say it; a warning says so."""
    Path("b.toml").write_text(AGAINST, encoding="utf-8")
    assert (
        "b.toml:1:1: providers.base: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
        "b.toml:3:1: providers.base.endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/chat/completions?v=1'; Flink accepts no query string and no fragment: it compares the end of the whole URL\n"
        "b.toml:6:1: providers.chat: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
        "b.toml:8:1: warning: providers.chat.stop: expected stop strings without leading or trailing blanks, got 'a ,b'; Java splits at commas and does not trim\n"
        "b.toml:10:1: providers.chat.extra_options.x: expected an option that openai has on flink-2.3; leave it out\n"
        "b.toml:12:1: providers.embed: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
    ) == run("check", "b.toml", "--against", "flink-2.3", code=1)
    lines = run("check", "b.toml", "--against", "flink-2.3", "--model", "m", code=1).splitlines()
    assert ["b.toml:3:1:", "b.toml:8:1:", "b.toml:9:1:", "b.toml:10:1:"] == [line.partition(" ")[0] for line in lines]
    severities = [each["severity"] for each in run_json("check", "b.toml", "--against", "flink-2.3", "--model", "m", code=1)]
    assert ["error", "warning", "error", "error"] == severities


def test_check_against_a_runtime_that_takes_all() -> None:
    """Warnings alone are no reason to fail."""
    assert run("check", "a.toml", "--against", "vvr-11.9") == "1 file, no problems on vvr-11.9\n"
    assert run_json("check", "a.toml", "--against", "vvr-11.9") == []
    Path("b.toml").write_text(
        "[providers.x]\nprovider = 'openai-compat'\ntask = 'chat/completions'\nstop = 'a, b'\n", encoding="utf-8"
    )
    lines = run("check", "b.toml", "--against", "vvr-11.9").splitlines()
    assert "1 file, no problems on vvr-11.9, 1 warning" == lines[-1]
    assert "b.toml:4:1: warning: providers.x.stop: " in lines[0]


def test_one_bad_entry_hides_nothing() -> None:
    """What is wrong with an entry is said beside what a runtime says of the others."""
    Path("b.toml").write_text(f"{AGAINST}\n[providers.bad]\nprovider = 'triton'\ntimeout = 'soon'\n", encoding="utf-8")
    lines = run("check", "b.toml", "--against", "flink-2.3", "--model", "m", code=1).splitlines()
    assert ["b.toml:3:1:", "b.toml:8:1:", "b.toml:9:1:", "b.toml:10:1:"] == [line.partition(" ")[0] for line in lines[:4]]
    assert "providers.bad: endpoint: " in "".join(lines[4:]) or "providers.bad.endpoint: " in "".join(lines[4:])
    assert "b.toml:24:1: providers.bad.timeout: " in "".join(lines[4:])


def test_check_against_what_is_not_there() -> None:
    """Runtimes that nobody knows, and a model for nothing, are wrong calls; a bad file is a bad file."""
    assert "no runtime 'flink-9'; known: flink-2.1, " in run("check", "a.toml", "--against", "flink-9", code=2)
    both = ("--against", "flink-2.3", "--against", "vvr-11.9")
    assert run("check", "a.toml", "--against", "flink-2.3", code=1) == run("check", "a.toml", *both, code=1)
    assert "1 file, no problems on vvr-11.8, vvr-11.9\n" == run(
        "check", "a.toml", "--against", "vvr-11.8", "--against", "vvr-11.9"
    )
    assert "--model goes with --against RUNTIME\n" == run("check", "a.toml", "--model", "m", code=2)
    assert run("check", "a.txt", code=1) == run("check", "a.txt", "--against", "flink-2.3", code=1)


def test_runtimes() -> None:
    """What is known of each, from all of them down to one provider."""
    lines = [line.split() for line in run("runtimes").splitlines()]
    assert ["flink-2.4", "openai,", "triton", "not", "released", "Apache", "Flink", "2.4"] in lines
    assert ["vvr-11.7", "openai-compat", "Realtime", "Compute", "for", "Apache", "Flink,", "VVR", "11.7"] in lines
    shown = run("runtimes", "flink-2.3")
    assert "openai on flink-2.3 (org.apache.flink:flink-model-openai:2.3.0)" in shown
    assert "triton on flink-2.3 (org.apache.flink:flink-model-triton:2.3.0)" in shown
    assert 'it does not work: it refuses every column at planning ("input column x should be null")' in shown
    lines = [line.split() for line in run("runtimes", "flink-2.3", "openai").splitlines()]
    assert ["api-key", "String", "required"] in lines
    assert ["retry-num", "Integer", "100"] in lines
    assert ["error-handling-strategy", "Enum", "RETRY", "RETRY,", "FAILOVER,", "IGNORE"] in lines
    assert not any("triton" in line for line in lines)
    message = "flink-2.3 has no provider 'opnai'; it has: openai, triton; did you mean openai?\n"
    assert message == run("runtimes", "flink-2.3", "opnai", code=2)
    assert "no runtime 'x'; known: " in run("runtimes", "x", code=2)


def test_runtimes_json() -> None:
    """The data as it is kept."""
    (record,) = run_json("runtimes", "flink-2.3", "openai")
    assert ("flink-2.3", "Apache Flink 2.3", True, True) == tuple(
        record[key] for key in ("runtime", "title", "released", "exhaustive")
    )
    (openai,) = record["providers"].values()
    assert "org.apache.flink:flink-model-openai:2.3.0" == openai["artifact"]
    (option,) = (each for each in openai["options"] if each["key"] == "top-p")
    expected = {"type": "Double", "required": False, "default": None, "choices": [], "deprecated_keys": ["topP"]}
    assert {"key": "top-p", **expected} == option
    assert [each.name for each in map(llmproviders.runtime, llmproviders.list_runtimes())] == [
        each["runtime"] for each in run_json("runtimes")
    ]


def test_options_for_a_runtime() -> None:
    """What it takes, or every reason why it does not."""
    Path("b.toml").write_text(AGAINST, encoding="utf-8")
    shown = run("options", "b.toml", "chat", "--for", "flink-2.3", code=1)
    assert [
        "b.toml:3:1: providers.base.endpoint: expected a URL that ends with /chat/completions or /embeddings",
        "b.toml:6:1: providers.chat: model: expected a value",
        "b.toml:10:1: providers.chat.extra_options.x: expected an option that openai has on flink-2.3; leave it out",
    ] == [line.partition(",")[0] for line in shown.splitlines()]
    assert "no runtime 'x'" in run("options", "b.toml", "chat", "--for", "x", code=2)
    Path("b.toml").write_text(AGAINST.replace("?v=1", "").replace("max_context_size = 100", ""), encoding="utf-8")
    assert "model = m\n" in run("options", "b.toml", "base", "--for", "flink-2.3", "--model", "m")


SQL = """\
-- what an old job has
CREATE MODEL `chat` INPUT (`text` STRING) OUTPUT (`answer` STRING) WITH (
  'provider' = 'bailian',
  'endpoint' = 'https://api.example.com/v1/chat/completions',
  'apiKey' = '${secret_values.key}'
);
CREATE TEMPORARY MODEL db.embed WITH ('provider' = 'openai', 'endpoint' = 'https://api.example.com/v1/embeddings',
  'api-key' = 'sk-hush');
"""
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
    """The statement of a provider, as the runtime wants it."""
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
    """Secrets unless somebody says so, in the words of the command line; and all else that is wrong."""
    hint = "write a placeholder such as ${secret_values.key}, or pass --secrets reveal or --secrets redact"
    assert (
        "a.toml:4:1: providers.base: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=...\n"
        f"a.toml:7:1: providers.base.api_key: expected no secret in a statement, got a reference (env); {hint}\n"
    ) == run("sql", "a.toml", "base", "--input", "text STRING", "--output", "a STRING", "--for", "flink-2.3", code=1)
    shown = run("sql", "secret.toml", "chat", "--input", "text STRNG", "--output", "a STRING", code=1)
    assert (
        "secret.toml:1:1: providers.chat: --input: expected a SQL type of Flink, got STRNG at column 6; did you mean STRING?\n"
        in shown
    )
    assert f"got ******; {hint}" in shown
    assert "has no provider 'x'" in run("sql", "a.toml", "x", "--input", "text STRING", "--output", "a STRING", code=2)


@pytest.mark.parametrize("command", ["options", "sql"])
def test_secrets_that_are_not_there(command: str) -> None:
    """Each reference that cannot be looked up is told at its place, all of them at once."""
    text = TEXTS["toml"].replace("temperature = 0.2", 'extra_options = { a-token = { file = "no/such/key" } }')
    Path("away.toml").write_text(text, encoding="utf-8")
    more = {"options": ("--reveal",), "sql": ("--input", "a STRING", "--output", "b STRING", "--secrets", "reveal")}
    shown = run(command, "away.toml", "chat", *more[command], code=1, DEEPSEEK_API_KEY="")
    assert (
        "away.toml:7:1: providers.base.api_key: expected a secret, got nothing; "
        "environment variable DEEPSEEK_API_KEY is not set or empty; set it where the job is submitted\n"
        "away.toml:12:1: providers.chat.extra_options.a-token: expected a secret, got nothing; "
        "secret file no/such/key cannot be read: No such file or directory; check the path and its permissions\n"
    ) == shown


def test_what_another_class_has_not() -> None:
    """An option that would be lost on the way to a runtime is told in the words of files."""
    Path("lost.toml").write_text(TEXTS["toml"].replace("temperature = 0.2", 'content_type = "IMAGE_URL"'), encoding="utf-8")
    for command in (("options",), ("sql", "--input", "text STRING", "--output", "a STRING")):
        shown = run(command[0], "lost.toml", "chat", *command[1:], "--for", "flink-2.3", code=1)
        assert (
            "lost.toml:12:1: providers.chat.content_type: expected an option that openai has on flink-2.3, got 'IMAGE_URL'; "
            "leave it out, or use an entry without it\n"
        ) in shown


def test_sql_warns() -> None:
    """What a runtime takes, and nobody may want, is said beside the statement."""
    text = TEXTS["toml"].replace('{ env = "DEEPSEEK_API_KEY" }', '"${secret_values.key}"')
    text = text.replace("openai-compat", "openai").replace("extra_body", "# extra_body")
    Path("held.toml").write_text(text, encoding="utf-8")
    columns = ("--input", "text STRING", "--output", "answer STRING", "--model", "m")
    shown = run("sql", "held.toml", "base", *columns, "--for", "flink-2.3")
    assert shown.startswith("CREATE MODEL `base`")
    assert "held.toml:7:1: warning: providers.base.api_key: expected " in shown.splitlines()[-1]
    assert "warning" not in run("sql", "held.toml", "base", *columns)


def test_import() -> None:
    """A catalog of the statements; what has another name today is said, and written in that."""
    Path("model.sql").write_text(SQL.replace("sk-hush", "${secret_values.other}"), encoding="utf-8")
    shown = run("import", "model.sql")
    assert (
        "[providers.chat]\n"
        'provider = "openai-compat"\n'
        'endpoint = "https://api.example.com/v1/chat/completions"\n'
        'api_key = "${secret_values.key}"\n'
        "\n"
        "[providers.embed]\n"
        'provider = "openai"\n'
        'endpoint = "https://api.example.com/v1/embeddings"\n'
        'api_key = "${secret_values.other}"\n'
        "model.sql:3:16: warning: provider: expected openai-compat, got an old spelling; write 'provider' = 'openai-compat'\n"
        "model.sql:5:3: warning: apiKey: expected api-key, got an old spelling; write 'api-key' = ...\n"
    ) == shown
    run("import", "model.sql", "-o", "out.yaml")
    assert ["chat", "embed"] == list(files.load("out.yaml"))
    assert run("import", "model.sql", "--to", "yaml").startswith(Path("out.yaml").read_text(encoding="utf-8"))


def test_import_refuses() -> None:
    """Literal secrets unless somebody says so, models of one name, and what is no statement, each with its place."""
    Path("model.sql").write_text(SQL, encoding="utf-8")
    shown = run("import", "model.sql", code=1)
    hint = "write a placeholder such as ${secret_values.key} for it, or pass --secrets reveal or --secrets redact"
    assert f"model.sql: providers.embed.api_key: expected no literal secret in a document, got ******; {hint}\n" in shown
    assert "sk-hush" not in shown
    assert 'api_key = "sk-hush"' in run("import", "model.sql", "--secrets", "reveal")
    Path("model.sql").write_text(SQL + SQL, encoding="utf-8")
    lines = run("import", "model.sql", code=1).splitlines()
    assert [
        "model.sql: expected models of different names, got 'chat' twice",
        "model.sql: expected models of different names, got 'embed' twice",
    ] == lines[-2:]
    Path("model.sql").write_text("SELECT 1", encoding="utf-8")
    assert run("import", "model.sql", code=1).startswith("model.sql:1:1: expected CREATE MODEL")
    assert "nope.sql: No such file or directory\n" == run("import", "nope.sql", code=1)
    Path("model.sql").write_bytes(b"\xff")
    assert "model.sql: expected UTF-8 text; save it as UTF-8\n" == run("import", "model.sql", code=1)


def test_a_problem_is_one_line_and_commands_no_terminal() -> None:
    """Line breaks and escape sequences of a file are shown as escapes."""
    Path("bad.json").write_text(json.dumps({"providers": {"x\n\x1b[2J": {}}}), encoding="utf-8")
    (line,) = run("check", "bad.json", code=1).splitlines()
    assert "providers.x\\n\\x1b[2J" in line


# show -----------------------------------------------------------------------------------------------------------------


def test_show_says_where_values_come_from() -> None:
    """File and line, the entry where it is inherited, the key that implied it, or that it is the default."""
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
    """The same as records."""
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
    }


def test_show_an_option_that_is_omitted() -> None:
    """An option that is not emitted is shown, empty."""
    Path("b.toml").write_text(TOML.replace("temperature = 0.2", 'omit = ["retry_num"]'), encoding="utf-8")
    assert re.search(r"^ *retry_num +b\.toml:12 by omit *$", run("show", "b.toml", "chat"), re.MULTILINE)


def test_a_table_in_a_pipe_is_never_cut() -> None:
    """A long value is whole on its line, its line breaks as escapes."""
    Path("b.json").write_text(
        JSON.replace('"temperature": 0.2', json.dumps({"system_prompt": "x\n" * 3000})[1:-1]), encoding="utf-8"
    )
    assert "x\\n" * 3000 in run("show", "b.json", "chat")


def test_a_table_in_a_terminal_is_folded() -> None:
    """In a terminal every character of a long value is there too."""
    Path("b.json").write_text(
        JSON.replace('"temperature": 0.2', json.dumps({"system_prompt": "x" * 3000})[1:-1]), encoding="utf-8"
    )
    assert run("show", "b.json", "chat", FORCE_COLOR="1", COLUMNS="60").count("x") >= 3000


@attrs.frozen(kw_only=True)
class _Own(Provider):
    """A provider with a credential that is a plain string."""

    identifier = "own"
    password: str = attrs.field(default="changeit", metadata=option("password", secret=True))


def test_show_masks_a_credential_that_is_a_string(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the record calls a secret is masked, in values and in defaults."""
    monkeypatch.setitem(_classes._known, "own", _Own)
    Path("own.toml").write_text(f'[providers.x]\nprovider = "own"\npassword = "{KEY}"\n', encoding="utf-8")
    shown = run("show", "own.toml") + run("providers", "own") + run("providers", "own", "--json")
    assert KEY not in shown
    assert "changeit" not in shown
    assert shown.count("******") == 3


# options --------------------------------------------------------------------------------------------------------------


def test_options_is_what_flink_gets() -> None:
    """Java keys and texts, masked; the model of the call."""
    lines = run("options", "a.toml", "chat", "--model", "m-1").splitlines()
    assert "api-key = ******" in lines
    assert "temperature = 0.2" in lines
    assert "model = m-1" in lines
    flat = run_json("options", "a.toml", "chat")
    assert flat == files.load("a.toml")["chat"].to_options(redact=True)


def test_options_reveals_when_asked() -> None:
    """References are looked up then; one that leads nowhere is said, with exit code 1."""
    assert f"api-key = {KEY}" in run("options", "a.toml", "chat", "--reveal", DEEPSEEK_API_KEY=KEY)
    assert "environment variable DEEPSEEK_API_KEY is not set" in run("options", "a.toml", "chat", "--reveal", code=1)


def test_an_unknown_name_is_a_usage_error() -> None:
    """Exit code 2, with the names there are and the one that is close."""
    for call in (["show", "a.toml"], ["options", "a.toml"], ["diff", "a.toml", "a.json"]):
        assert "did you mean chat?" in run(*call, "chta", code=2)
    assert "did you mean chat?" in run("set", "a.toml", "chta", "n=1", code=2)
    assert (
        "it has: none" in run("set", "empty.json", "x", "n=1", code=2)
        if Path("empty.json").write_text('{"providers": {}}')
        else ""
    )


# Secrets --------------------------------------------------------------------------------------------------------------


def test_no_command_shows_a_literal_secret() -> None:
    """Neither in values, nor in problems, nor in differences."""
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
        run("convert", "secret.toml", "--to", "json", code=1),
        run("convert", "secret.toml", "--to", "json", "--secrets", "redact"),
        run("set", "secret.toml", "chat", "temperature=1"),
        run("set", "secret.toml", "chat", "temperature=hot", code=1),
        run("set", "secret.toml", "chat", f"api_key={KEY}-two", code=1),
        run("set", "secret.toml", "chat", f"extra_options.other-token={KEY}", code=1),
    ]
    assert [text for text in shown if KEY in text] == []
    assert KEY in run("options", "secret.toml", "chat", "--reveal")
    assert KEY in run("convert", "secret.toml", "--to", "json", "--secrets", "reveal")


# diff -----------------------------------------------------------------------------------------------------------------


def test_diff() -> None:
    """Exit code 0 without differences whatever the format, else 1."""
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
    """Only what is different in it; it may be in one of the files only."""
    Path("b.toml").write_text(TOML.replace("0.2", "0.3").replace("providers.embed", "providers.vectors"), encoding="utf-8")
    assert run("diff", "a.toml", "b.toml", "base") == ""
    assert run("diff", "a.toml", "b.toml", "chat", code=1) == "~ chat.temperature: 0.2 -> 0.3\n"
    assert run("diff", "a.toml", "b.toml", "embed", code=1) == "- embed: openai-compat\n"
    assert run("diff", "a.toml", "b.toml", "vectors", code=1) == "+ vectors: openai-compat\n"


# convert --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["toml", "yaml", "json"])
def test_convert_keeps_the_catalog(to: str) -> None:
    """To standard output, and to a file whose suffix tells the format."""
    catalog = files.load("a.toml")
    assert files.loads(run("convert", "a.toml", "--to", to), format=to) == catalog  # type: ignore[arg-type]
    assert run("convert", "a.toml", "--inherit", "-o", f"out.{to}") == ""
    assert files.load(f"out.{to}") == catalog
    assert "extends" in Path(f"out.{to}").read_text(encoding="utf-8")


def test_convert_wants_a_format() -> None:
    """Neither --to nor a suffix is a usage error."""
    assert run("convert", "a.toml", code=2).startswith("convert: give --to")
    assert run("convert", "a.toml", "--to", "xml", code=2)
    assert "expected a file that ends with" in run("convert", "a.toml", "-o", "out.txt", code=1)


def test_convert_onto_the_file_itself() -> None:
    """It would lose comments, and what is included and inherited."""
    shown = run("convert", "a.toml", "-o", "./a.toml", code=2)
    assert "convert: the output is the file that is read; set changes values in it, -o takes another file\n" == shown
    assert TEXTS["toml"] == Path("a.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["check", "options", "sql"])
def test_a_model_without_a_name(command: str) -> None:
    """Such as a variable of the shell that is not set."""
    more = {
        "check": ("--against", "flink-2.3"),
        "options": ("chat",),
        "sql": ("chat", "--input", "a STRING", "--output", "b STRING"),
    }
    assert "expected a name, got an empty text" in run(command, "a.toml", *more[command], "--model", "", code=2)


def test_set_says_what_to_do() -> None:
    """Hints that can be followed."""
    Path("x.toml").write_text(TEXTS["toml"], encoding="utf-8")
    shown = run("set", "x.toml", "chat", 'extra_header={"Authorization": "Bearer x"}', code=1)
    assert shown.endswith("providers.chat.extra_header: expected no literal secret in a document, got ******; pass --reveal\n")
    shown = run("set", "x.toml", "chat", "retry_backoff_base_interval=5", code=1)
    assert "a duration such as '30s', '500 ms' or '2min', or a timedelta, got 5 (int); write its unit: '5s'" in shown
    shown = run("set", "x.toml", "chat", "--unset", "temprature", code=2)
    assert "--unset: the entry 'chat' has no temprature of its own; did you mean temperature?\n" == shown
    shown = run("set", "x.toml", "chat", "--unset", "endpoint", code=2)
    assert (
        "--unset: the entry 'chat' has no endpoint of its own; 'without=[\"endpoint\"]' puts one that it inherits back to its default\n"
    ) == shown
    assert "--unset: the entry 'base' has no seed of its own\n" == run("set", "x.toml", "base", "--unset", "seed", code=2)
    assert TEXTS["toml"] == Path("x.toml").read_text(encoding="utf-8")


def test_convert_refuses_literal_secrets() -> None:
    """It names each and the ways out; revealed they are in a file that only its owner reads."""
    lines = run("convert", "secret.toml", "-o", "out.json", code=1).splitlines()
    assert lines[0].startswith("secret.toml: providers.chat.")
    assert all("--secrets reveal or --secrets redact" in line for line in lines)
    assert not Path("out.json").exists()
    run("convert", "secret.toml", "-o", "out.json", "--secrets", "reveal")
    assert files.load("out.json") == files.load("secret.toml")
    assert os.name == "nt" or Path("out.json").stat().st_mode & 0o777 == 0o600


def test_convert_to_where_nothing_can_be_written() -> None:
    """An error of the system is one line."""
    shown = run("convert", "a.toml", "-o", "no/such/folder/out.json", code=1)
    file = Path("no/such/folder/out.json").resolve()
    assert f"{file}:1:1: expected a file that can be written, got No such file or directory\n" == shown


# set ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "lines"),
    [
        ("toml", ["-temperature = 0.2  # low", "+temperature = 0.5  # low"]),
        ("yaml", ["-    temperature: 0.2  # low", "+    temperature: 0.5  # low"]),
        ("json", ['-      "temperature": 0.2,', '+      "temperature": 0.5,']),
    ],
)
def test_set_changes_one_line(suffix: str, lines: list[str]) -> None:
    """One option changed is one line changed, its comment kept, and what it means is printed."""
    assert run("set", f"a.{suffix}", "chat", "temperature=0.5") == "~ chat.temperature: 0.2 -> 0.5\n"
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
    """A new option is a line below the entry's last one, above what belongs to the next; JSON wants a comma before it."""
    run("set", f"a.{suffix}", "chat", "model=qwen-max")
    assert diff_of(suffix) == lines


@pytest.mark.parametrize(
    ("suffix", "line"),
    [("toml", "-temperature = 0.2  # low"), ("yaml", "-    temperature: 0.2  # low"), ("json", '-      "temperature": 0.2,')],
)
def test_set_takes_one_line_out(suffix: str, line: str) -> None:
    """--unset removes the option's line."""
    assert run("set", f"a.{suffix}", "chat", "--unset", "temperature") == "- chat.temperature: 0.2\n"
    assert diff_of(suffix) == [line]


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_and_unset_again_leaves_the_file_as_it_was(suffix: str) -> None:
    """Adding options and taking them out is nothing."""
    added = ("model=m", "extra_options.a.b=c", "top_p=0.5", 'stop=["x", "y"]', 'user_prompt=two\nlines: "quoted" # ü 你好')
    run("set", f"a.{suffix}", "chat", *added)
    provider: Any = files.load(f"a.{suffix}")["chat"]
    assert (provider.model, provider.top_p, provider.stop) == ("m", 0.5, "x,y")
    assert provider.user_prompt == 'two\nlines: "quoted" # ü 你好'
    assert provider.extra_options == {"a.b": "c"}
    gone = ("model", "extra_options", "top_p", "stop", "user_prompt")
    run("set", f"a.{suffix}", "chat", *(part for key in gone for part in ("--unset", key)))
    assert diff_of(suffix) == []


def test_set_to_what_it_is_writes_nothing() -> None:
    """The file is not even replaced."""
    before = Path("a.toml").stat()
    assert run("set", "a.toml", "chat", "temperature=0.2") == ""
    assert Path("a.toml").stat().st_mtime_ns == before.st_mtime_ns
    assert Path("a.toml").stat().st_ino == before.st_ino


@pytest.mark.parametrize("suffix", TEXTS)
def test_a_refused_set_writes_nothing(suffix: str) -> None:
    """Every problem is printed, and the file is the same byte for byte."""
    before = Path(f"a.{suffix}").read_bytes()
    lines = run("set", f"a.{suffix}", "chat", "temperature=hot", "tempature=1", "n=0", "model=m", code=1).splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"a.{suffix}:") for line in lines)
    assert Path(f"a.{suffix}").read_bytes() == before
    # What breaks another entry is refused too.
    assert "providers.embed." in run("set", f"a.{suffix}", "base", "user_prompt=x", code=1)
    assert Path(f"a.{suffix}").read_bytes() == before


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_keeps_line_ends_and_byte_order_mark(suffix: str) -> None:
    """A file as some editors write it stays one."""
    path = Path(f"a.{suffix}")
    path.write_bytes(b"\xef\xbb\xbf" + TEXTS[suffix].replace("\n", "\r\n").encode())
    run("set", f"a.{suffix}", "chat", "temperature=0.5", "model=m")
    new = path.read_bytes().decode()
    assert new.startswith("\ufeff")
    assert new.count("\n") == new.count("\r\n") >= TEXTS[suffix].count("\n")
    assert len(diff_of(suffix, new.removeprefix("\ufeff"))) <= 5


@pytest.mark.parametrize("suffix", TEXTS)
def test_set_secrets(suffix: str) -> None:
    """References by env: and file:, or as a table; a literal one only with --reveal, in a private file."""
    name = f"a.{suffix}"
    for text, expected in {
        "env:OTHER": Secret.from_env("OTHER"),
        "file:/run/key": Secret.from_file("/run/key"),
        '{"env": "THIRD"}': Secret.from_env("THIRD"),
        "${secret_values.key}": Secret("${secret_values.key}"),
    }.items():
        run("set", name, "base", f"api_key={text}")
        provider: Any = files.load(name)["chat"]
        assert provider.api_key == expected
    before = Path(name).read_bytes()
    shown = run("set", name, "base", f"api_key={KEY}", code=1)
    assert "api_key: expected no literal secret in a document, got ******; write KEY=env:NAME" in shown
    assert Path(name).read_bytes() == before
    assert "expected" in run("set", name, "base", "api_key=******", "--reveal", code=1)
    assert KEY not in run("set", name, "base", f"api_key={KEY}", "--reveal")
    assert os.name == "nt" or Path(name).stat().st_mode & 0o777 == 0o600
    run("set", name, "chat", "extra_options.my-token=env:TOKEN", "extra_options.place=env:x")
    assert files.load(name)["chat"].extra_options == {"my-token": Secret.from_env("TOKEN"), "place": "env:x"}


def test_set_by_type() -> None:
    """A text becomes a value of the option's type where it can be one."""
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
        run("set", "t.toml", "t", assignment, code=0 if line else 1)
        assert line is None or line in Path("t.toml").read_text(encoding="utf-8").splitlines()
    run("set", "a.toml", "chat", "extra_body={a = {b = 1}}")
    assert "extra_body = {a = {b = 1}}" in Path("a.toml").read_text(encoding="utf-8")
    run("set", "a.toml", "chat", 'extra_body={"a": [null]}', "system_prompt=")
    provider: Any = files.load("a.toml")["chat"]
    assert (provider.extra_body, provider.system_prompt) == ('{"a": [null]}', "")


def test_set_in_entries_of_every_kind() -> None:
    """The class is known by provider, preset, what is extended, or not at all."""
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
    assert files.load("k.json")["gen"].to_options() == {"seed": "5"}
    assert "seed" in run("set", "k.json", "gen", "seed=5", code=1)


def test_set_mends_a_file() -> None:
    """A file may be wrong before, even in a circle, if it is right after."""
    Path("b.toml").write_text(
        TOML.replace('[providers.base]\nprovider = "openai-compat"', '[providers.base]\nextends = "chat"'), encoding="utf-8"
    )
    assert "end somewhere" in run("set", "b.toml", "base", "n=1", code=1)
    Path("b.toml").write_text(TOML.replace("0.2", "'hot'"), encoding="utf-8")
    assert run("set", "b.toml", "chat", "temperature=1") == "b.toml was not valid before, and is now\n"
    assert run("check", "b.toml") == "1 file, no problems\n"


def test_set_where_it_cannot() -> None:
    """Files that cannot be read, entries that stand elsewhere or are no table."""
    Path("i.toml").write_text('include = ["a.toml"]\n', encoding="utf-8")
    assert "stands in a.toml; change it there" in run("set", "i.toml", "chat", "n=1", code=2)
    assert "missing.toml:1:1:" in run("set", "missing.toml", "chat", "n=1", code=1)
    for suffix, text in {
        "toml": "[providers]\nx = 5\n",
        "yaml": "providers:\n  x: 5\n",
        "json": '{"providers": {"x": 5}}',
    }.items():
        Path(f"n.{suffix}").write_text(text, encoding="utf-8")
        assert "providers.x is no table" in run("set", f"n.{suffix}", "x", "n=1", code=1)


def test_set_where_an_edit_would_change_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes out is compared with what was meant before it is written."""
    shared = "providers:\n  a: &a {generic: x}\n  b: *a\n"
    Path("s.yaml").write_text(shared, encoding="utf-8")
    assert "edit the file by hand" in run("set", "s.yaml", "b", "extra_options.k=v", code=1)
    assert Path("s.yaml").read_text(encoding="utf-8") == shared
    module = files.format_module("json")
    monkeypatch.setattr(module, "edit", lambda text, path, value: text)
    assert "edit the file by hand" in run("set", "a.json", "chat", "n=1", code=1)


@pytest.mark.parametrize(
    "arguments",
    [[], ["temperature"], ["=1"], ["n=1", "n=2"], ["n=1", "--unset", "n"], ["--unset", "n"], ["--unset", "extends.x"]],
    ids=" ".join,
)
def test_set_usage(arguments: list[str]) -> None:
    """A call that means nothing is a usage error."""
    before = Path("a.toml").read_bytes()
    assert run("set", "a.toml", "chat", *arguments, code=2)
    assert Path("a.toml").read_bytes() == before


def test_unset_an_extra_option() -> None:
    """By the name that sets it."""
    run("set", "a.json", "chat", "extra_options.k=v", "extra_options.l=w")
    assert run("set", "a.json", "chat", "--unset", "extra_options.k") == "- chat.k: v\n"
    assert run("set", "a.json", "chat", "--unset", "extra_options.k", code=2)


# Edits of the formats -------------------------------------------------------------------------------------------------

CHAT = ("providers", "chat")


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("providers:\n  chat: {a: 1}", (*CHAT, "a"), 2, "providers:\n  chat: {a: 2}"),
        ("providers:\n  chat: {a: 1}", (*CHAT, "b"), ["x"], "providers:\n  chat: {a: 1, b: [x]}"),
        ("providers:\n  chat: {}\n", (*CHAT, "b"), "no", 'providers:\n  chat: {b: "no"}\n'),
        ("providers:\n  chat: {a: 1, b: 2}\n", (*CHAT, "a"), None, "providers:\n  chat: {b: 2}\n"),
        ("providers:\n  chat:\n    a:\n    b: ~\n", (*CHAT, "a"), "x", "providers:\n  chat:\n    a: x\n    b: ~\n"),
        ("providers:\n  chat:\n    a: |\n      x\n\n    b: ~\n", (*CHAT, "a"), "z", "providers:\n  chat:\n    a: z\n\n    b: ~\n"),
        ("providers:\n  chat:\n    a: !!str 1\n", (*CHAT, "a"), 2, "providers:\n  chat:\n    a: 2\n"),
        ("providers:\n  chat:\n    a: &x 1\n    b: *x\n", (*CHAT, "b"), 2, "providers:\n  chat:\n    a: &x 1\n    b: 2\n"),
        ("providers:\n  chat:\n    a: &x 1\n    b: *x\n", (*CHAT, "a"), 2, "providers:\n  chat:\n    a: 2\n    b: &x 1\n"),
        ("providers:\n  chat:\n    a:\n      b: 1 # b\n    c: 2", (*CHAT, "a"), {"d": 1}, "providers:\n  chat:\n    a: {d: 1} # b\n    c: 2"),
        ("providers:\n  chat:\n    a:\n    - 1\n    # a\n    c: 2", (*CHAT, "a"), "x", "providers:\n  chat:\n    a: x\n    # a\n    c: 2"),
        ("providers:\n  chat:\n    a: 1\n    c: 2", (*CHAT, "c"), None, "providers:\n  chat:\n    a: 1\n"),
        ("providers:\n  chat:\n    a: 1\n    c:\n    - 2", (*CHAT, "d"), 3, "providers:\n  chat:\n    a: 1\n    c:\n    - 2\n    d: 3\n"),
        ("providers:\n  chat:\n    a: |+\n      x\n\n", (*CHAT, "d"), 3, "providers:\n  chat:\n    a: |+\n      x\n\n    d: 3\n"),
    ],
)  # fmt: skip
def test_edit_yaml(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """No other character changes, but where an anchor moves or the last line goes."""
    assert files.format_module("yaml").edit(text, path, value) == expected


def test_edit_yaml_that_cannot_be_edited() -> None:
    """What ruamel.yaml cannot write anew is refused, not guessed at; a key without a colon is written anew."""
    with pytest.raises(ProviderError, match=r"providers\.chat\.a cannot be set"):
        files.format_module("yaml").edit("providers:\n  chat: {a, b: 2026-13-45}\n", (*CHAT, "a"), "x")
    assert files.format_module("yaml").edit("providers:\n  chat: {a}\n", (*CHAT, "a"), "x") == "providers:\n  chat: {a: x}\n"


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ('{"a": {"b": 1}}', ("a", "b"), {"c": [1]}, '{"a": {"b": {"c": [1]}}}'),
        ('{"a": {"b": 1}}', ("a", "c"), 2, '{"a": {"b": 1, "c": 2}}'),
        ('{"a": {}}', ("a", "c"), 2, '{"a": {"c": 2}}'),
        ('{"a": {"b": 1, "c": 2}}', ("a", "b"), None, '{"a": {"c": 2}}'),
        ('{"a": {"b": 1, "c": 2}}', ("a", "c"), None, '{"a": {"b": 1}}'),
        ('{"a": {"b": 1}}', ("a", "b"), None, '{"a": {}}'),
        ('{\n\t"a": 1e5, "b": "\\u00e9"\n}', ("c",), {"d": 1}, '{\n\t"a": 1e5, "b": "\\u00e9", "c": {\n\t\t"d": 1\n\t}\n}'),
    ],
)  # fmt: skip
def test_edit_json(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """The other values stay as they are written."""
    assert files.format_module("json").edit(text, path, value) == expected


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a.b = 1\na.c = 2\n", ("a", "b"), None, "a.c = 2\n"),
        ("a.b = 1\na.c = 2\n", ("a", "d"), 3, "a.b = 1\na.d = 3\na.c = 2\n"),
        ("[a]\nb = '''\nx\n'''\n# of c\n[c]\n", ("a", "d"), "y", "[a]\nb = '''\nx\n'''\nd = \"y\"\n# of c\n[c]\n"),
        ("[a]", ("a", "b", "c"), 1, "[a]\nb = {c = 1}\n"),
        ("[a]\r\n[b]\r\n", ("a", "c"), 1, "[a]\r\nc = 1\r\n[b]\r\n"),
    ],
)  # fmt: skip
def test_edit_toml(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """A new key stands with its table's others, above the comments of the next."""
    assert files.format_module("toml").edit(text, path, value) == expected


# schema, providers, presets -------------------------------------------------------------------------------------------


def test_schema() -> None:
    """The JSON Schema, as the library makes it."""
    from llmproviders.catalogs.schema import catalog_schema

    assert json.loads(run("schema")) == json.loads(json.dumps(catalog_schema()))


def test_providers_lists_the_classes() -> None:
    """Each with its identifier."""
    shown = run("providers")
    assert all(f" {identifier} " in shown for identifier in llmproviders.provider_classes())
    assert [each["identifier"] for each in run_json("providers")] == list(llmproviders.provider_classes())


def test_providers_shows_the_records_of_a_class() -> None:
    """Every option with its key, type, default, rule and meaning."""
    shown = run("providers", "triton")
    infos = llmproviders.options(llmproviders.TritonProvider)
    assert all(re.search(rf"^ {info.name} +{info.key} +{info.java} ", shown, re.MULTILINE) for info in infos)
    assert all(info.meaning in shown for info in infos)
    (record,) = run_json("providers", "triton")
    by_name = {each["name"]: each for each in record["options"]}
    assert list(by_name) == [info.name for info in infos]
    assert by_name["priority"]["rule"] == "from 0 to 255"
    assert by_name["compression"]["allowed"] == ["gzip"]
    assert by_name["auth_token"]["secret"]
    assert by_name["endpoint"]["required"]
    assert by_name["timeout"]["default"] == "30s"


def test_providers_of_an_unknown_identifier() -> None:
    """A usage error with what is close, or with what takes any."""
    assert "did you mean triton?" in run("providers", "tritn", code=2)
    assert 'generic = "zzz"' in run("providers", "zzz", code=2)


def test_presets() -> None:
    """Every service, with what an entry wants to know; each loads as an entry of that name."""
    shown = run("presets")
    records = run_json("presets")
    assert {each["name"] for each in records} == {*llmproviders.presets.SERVICES, "dashscope"}
    assert all(each["url"] in shown for each in records)
    assert {"https://dashscope-us.aliyuncs.com/compatible-mode/v1"} < {each["url"] for each in records}


# The program ----------------------------------------------------------------------------------------------------------


def test_version_and_help() -> None:
    """Help teaches by example, for every command."""
    assert run("--version") == f"llmproviders {llmproviders_version()}\n"
    assert "llmproviders check providers.toml" in run("--help")
    for name, _, examples in cli._commands:
        shown = run(name, "-h")
        assert examples
        assert all(part in shown for part in examples[0].split())
    assert "--install-completion" in run("--help")


def llmproviders_version() -> str:
    from importlib.metadata import version

    return version("llmproviders")


def test_a_wrong_call_is_exit_code_2() -> None:
    """As typer ends it."""
    assert run("chekc", code=2)
    assert run("check", "--nope", code=2)
    assert run("options", "a.toml", code=2)


def test_colours_only_where_they_are_wanted() -> None:
    """None in a pipe; in a terminal some, unless NO_COLOR is set."""
    colour = "\x1b[33m"
    arguments = ("diff", "a.toml", "b.toml")
    Path("b.toml").write_text(TOML.replace("0.2", "0.3"), encoding="utf-8")
    assert "\x1b" not in run(*arguments, code=1)
    assert colour in run(*arguments, code=1, FORCE_COLOR="1", TERM="xterm")
    assert colour not in run(*arguments, code=1, FORCE_COLOR="1", TERM="xterm", NO_COLOR="1")


def test_as_a_process() -> None:
    """``python -m llmproviders``, its exit codes, and its two streams; importing it does nothing."""
    importlib.import_module("llmproviders.__main__")
    good, bad, wrong = process("check", "a.toml"), process("check", "none.toml"), process("show", "a.toml", "x")
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "1 file, no problems\n")
    assert (bad.returncode, bad.stdout[:13], bad.stderr) == (1, "none.toml:1:1", "")
    assert (wrong.returncode, wrong.stdout, wrong.stderr[:15]) == (2, "", "the catalog has")


def test_in_a_terminal_without_unicode() -> None:
    """What it has no character for is an escape; JSON is UTF-8 all the same."""
    Path("u.json").write_text(JSON.replace('"extends": "base",', '"extends": "base", "model": "你好",'), encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    shown = process("show", "u.json", "base", env=env)
    assert (shown.returncode, shown.stderr) == (0, "")
    shown = process("options", "u.json", "chat", env=env)
    assert r"model = \u4f60\u597d" in shown.stdout
    assert json.loads(process("options", "u.json", "chat", "--json", env=env, encoding="utf-8").stdout)["model"] == "你好"


def test_who_reads_may_stop() -> None:
    """A closed pipe is no traceback."""
    for arguments in (["providers", "--json"], ["providers", "triton"]):
        read, write = os.pipe()
        os.close(read)
        command = [sys.executable, "-m", "llmproviders", *arguments]
        with os.fdopen(write, "w") as closed:
            result = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
        assert (result.returncode, result.stderr) == (1, "")


def test_without_typer() -> None:
    """One line with the install command, and exit code 2; importing the module is no error."""
    code = "import sys; sys.modules['typer'] = None; from llmproviders.cli import main; sys.exit(main())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    message = "the command line needs the package typer; install it with: pip install 'llmproviders[cli]'\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", message)


def test_streams_that_cannot_be_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A program that replaced the streams gets the same output."""
    import io

    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "argv", ["llmproviders", "check", "a.toml"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert (ended.value.code, stream.getvalue()) == (0, "1 file, no problems\n")


def test_convert_to_no_format(tmp_path: Path) -> None:
    """An output file whose suffix tells no format is told so, without advice about secrets."""
    source = tmp_path / "a.json"
    source.write_text('{"providers": {}}')
    command = [sys.executable, "-m", "llmproviders", "convert", str(source), "-o", str(tmp_path / "out.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (1, "") == (done.returncode, done.stdout)
    assert f"{tmp_path / 'out.txt'}:1:1: expected a file that ends with .toml, .json, .yaml, .yml, got '.txt'\n" == done.stderr


def test_check_strict() -> None:
    """A warning is an error where the caller says so: a key that is written out must not get past CI."""
    Path("key.toml").write_text(f'[providers.a]\npreset = "deepseek"\napi_key = "{KEY}"\n', encoding="utf-8")
    assert "key.toml:3:1: warning: providers.a.api_key: expected a reference" in run("check", "key.toml")
    assert KEY not in run("check", "--strict", "key.toml", code=1)
