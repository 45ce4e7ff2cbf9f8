# SPDX-License-Identifier: Apache-2.0
"""The command `check`: its output and exit codes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from command_line import AGAINST, KEY, TOML, in_terminal, run, run_json

from llmproviders.cli import printing
from llmproviders.optional import install_command


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


def test_the_command_that_explains() -> None:
    """In a terminal, the last line is the command that explains the first problem; elsewhere there is none."""
    Path("bad.toml").write_text(TOML.replace("temperature", "temprature"), encoding="utf-8")
    assert (
        "more about a problem: llmproviders explain unknown-option" == in_terminal("check", "bad.toml", code=1).splitlines()[-1]
    )
    assert "explain" not in run("check", "bad.toml", code=1)
    assert "explain" not in in_terminal("check", "a.toml")
    for output_format in ("json", "github", "gitlab", "junit"):
        assert "explain" not in in_terminal("check", "bad.toml", "--output-format", output_format, code=1)


def test_check_json() -> None:
    """With --json, problems are records."""
    Path("bad.toml").write_text(TOML.replace("0.2", '"hot"'), encoding="utf-8")
    (record,) = run_json("check", "bad.toml", code=1)
    assert {"file", "line", "column", "path", "code", "option", "key", "expected", "got", "hint", "severity"} == set(record)
    assert (record["file"], record["line"], record["column"], record["path"]) == ("bad.toml", 12, 1, "providers.chat.temperature")


def test_check_names_a_format_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is a problem of the file that needs it; the other files are checked."""
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    shown = run("check", "a.yaml", "missing.toml", code=1).splitlines()
    assert install_command("yaml") in shown[0]
    assert shown[1].startswith("missing.toml:1:1:")
    assert install_command("yaml") in run("show", "a.yaml", code=2)


def test_check_against_a_runtime() -> None:
    """A problem has the location of its option, or of the entry if that does not set the option; warnings are marked."""
    Path("b.toml").write_text(AGAINST, encoding="utf-8")
    assert (
        "b.toml:1:1: providers.base: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=... [missing-on-runtime]\n"
        "b.toml:3:1: providers.base.endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'https://api.example.com/v1/chat/completions?v=1'; Flink accepts no query string and no fragment: it compares the end of the whole URL [endpoint-url]\n"
        "b.toml:6:1: providers.chat: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=... [missing-on-runtime]\n"
        "b.toml:8:1: warning: providers.chat.stop: expected stop strings without leading or trailing blanks, got 'a ,b'; Java splits at commas and does not trim [unsupported-value]\n"
        "b.toml:10:19: providers.chat.extra_options.x: expected an option that openai has on flink-2.3; leave it out [not-on-runtime]\n"
        "b.toml:12:1: providers.embed: model: expected a value, got nothing; openai requires it on flink-2.3; give it here, or with the call as model=... [missing-on-runtime]\n"
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


def test_check_prints_codes() -> None:
    """A line ends with the code of its problem, which `explain` explains."""
    Path("bad.toml").write_text(TOML.replace("temperature", "temprature"), encoding="utf-8")
    (line,) = run("check", "bad.toml", code=1).splitlines()
    assert line.endswith("; did you mean temperature? [unknown-option]")


# Folders and pyproject.toml -------------------------------------------------------------------------------------------


@pytest.fixture
def conf() -> Path:
    """A folder with two catalogs, one of which has a problem, and another file."""
    folder = Path("conf")
    (folder / "deep").mkdir(parents=True)
    (folder / "a.yaml").write_text("providers: {a: {preset: ollama}}", encoding="utf-8")
    (folder / "deep/b.toml").write_text("[providers.b]\npreset = 'olama'\n", encoding="utf-8")
    (folder / "other.yaml").write_text("services: {}", encoding="utf-8")
    return folder


def test_check_of_a_folder(conf: Path) -> None:
    """The catalogs in a folder are checked, each once, and counted."""
    problem, summary = run("check", "conf", "conf/a.yaml", code=1).splitlines()
    assert problem.startswith(f"{conf / 'deep' / 'b.toml'}:2:1: providers.b.preset: expected ")
    assert "2 files, 1 error" == summary
    (conf / "deep/b.toml").write_text(f"[providers.b]\npreset = 'ollama'\nextra_options = {{ x-token = '{KEY}' }}\n")
    assert "2 files, no problems, 1 warning" == run("check", "conf").splitlines()[-1]
    assert "2 files, no problems, 1 warning" == run("check", "conf", "--strict", code=1).splitlines()[-1]
    assert "1 file, no problems\n" == run("check", "conf/a.yaml", "conf/a.yaml")


def test_check_of_a_folder_without_catalogs(conf: Path) -> None:
    """A folder without catalogs is a usage error, because the call probably names another folder."""
    Path("empty").mkdir()
    assert "empty: expected a folder with catalogs, found none in it\n" == run("check", "conf", "empty", code=2)


def test_check_of_the_project(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without FILE, the catalogs of pyproject.toml are checked, from any folder of the project."""
    message = "check: give FILE, or name the catalogs of the project in pyproject.toml: [tool.llmproviders] catalogs\n"
    assert message == run("check", code=2)
    Path("pyproject.toml").write_text('[tool.llmproviders]\nagainst = ["vvr-11.9"]\n', encoding="utf-8")
    assert message == run("check", code=2)
    Path("pyproject.toml").write_text('[tool.llmproviders]\ncatalogs = ["conf", "a.toml"]\n', encoding="utf-8")
    assert "3 files, 1 error" == run("check", code=1).splitlines()[-1]
    monkeypatch.chdir("conf/deep")
    assert run("check", code=1).startswith(f"{Path('../deep/b.toml')}:2:1:")


def test_settings_of_the_project() -> None:
    """The settings of pyproject.toml count for files that the call names too, and the call overrides them."""
    Path("key.toml").write_text(f'[providers.a]\npreset = "deepseek"\napi_key = "{KEY}"\n', encoding="utf-8")
    Path("pyproject.toml").write_text('[tool.llmproviders]\nstrict = true\nagainst = ["flink-2.3"]\nmodel = "m"\n', "utf-8")
    found = [each["code"] for each in run_json("check", "key.toml", code=1)]
    assert {"literal-secret", "wrong-runtime"} == set(found)
    assert "missing-on-runtime" not in found
    shown = run("check", "key.toml", "--no-strict", "--against", "vvr-11.9", "--model", "n")
    assert "1 file, no problems on vvr-11.9, 1 warning" == shown.splitlines()[-1]


def test_problems_of_the_settings() -> None:
    """Problems of pyproject.toml stop the check; with a format for programs they are records."""
    Path("pyproject.toml").write_text("[tool.llmproviders]\nstrikt = true\n", encoding="utf-8")
    assert run("check", "a.toml", code=2).endswith("did you mean strict?\n")
    for arguments in (["--json"], ["--output-format", "json"]):
        shown = json.loads(run("check", "a.toml", *arguments, code=2))
        assert ["pyproject.toml", "unknown-key"] == [shown["problems"][0][key] for key in ("file", "code")]


# Progress -------------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("delay", "is_shown"), [(-1.0, True), (1e9, False)])
def test_progress(delay: float, is_shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long check shows a progress bar in a terminal, and removes it at the end."""
    monkeypatch.setattr(printing, "DELAY", delay)
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert ["a", "b"] == list(printing.tracked(["a", "b"]))
    assert is_shown == ("checking" in stream.getvalue())
    assert is_shown == stream.getvalue().endswith("\x1b[2K")


def test_no_progress_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal, nothing but problems and the summary is printed."""
    monkeypatch.setattr(printing, "DELAY", -1.0)
    assert "2 files, no problems\n" == run("check", "a.toml", "a.yaml")


# Codes ---------------------------------------------------------------------------------------------------------------

DOUBTFUL = """\
[providers.chat]
provider = "openai-compat"
endpoint = "https://api.deepseek.com/v1"
api_key = "sk-MARK"
"""


def _codes(*args: str, code: int = 0) -> list[str]:
    return [each["code"] for each in run_json("check", "doubtful.toml", *args, code=code)]


@pytest.fixture
def doubtful() -> None:
    Path("doubtful.toml").write_text(DOUBTFUL, encoding="utf-8")


@pytest.mark.usefixtures("doubtful")
def test_codes_are_selected_and_ignored() -> None:
    """Options of the command win over the settings of the project."""
    assert ["endpoint-url", "literal-secret"] == _codes()
    assert ["literal-secret"] == _codes("--ignore", "endpoint-url")
    assert [] == _codes("--ignore", "endpoint-url", "--ignore", "literal-secret", "--strict")
    assert [] == _codes("--ignore", "endpoint-url, literal-secret", "--strict")
    assert ["literal-secret"] == _codes("--select", "literal-secret", "--strict", code=1)
    assert ["endpoint-url", "literal-secret"] == sorted(_codes("--select", "endpoint-url,literal-secret"))
    Path("pyproject.toml").write_text('[tool.llmproviders]\nignore = ["literal-secret"]\n', encoding="utf-8")
    assert ["endpoint-url"] == _codes()
    assert ["literal-secret"] == _codes("--ignore", "endpoint-url")
    Path("pyproject.toml").write_text('[tool.llmproviders]\nselect = ["literal-secret"]\n', encoding="utf-8")
    assert ["literal-secret"] == _codes()
    assert ["endpoint-url"] == _codes("--select", "endpoint-url")


@pytest.mark.usefixtures("doubtful")
@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_code(option: str) -> None:
    """A code that does not exist is a usage error with a suggestion."""
    expected = f"{option}: expected a code of problems (llmproviders explain lists them), got 'literal-secrets'"
    assert f"{expected}; did you mean literal-secret?\n" == run("check", "doubtful.toml", option, "literal-secrets", code=2)


@pytest.mark.usefixtures("doubtful")
def test_references_are_resolved_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --resolve, references that cannot be resolved are errors."""
    text = DOUBTFUL.replace("/v1", "/chat/completions").replace('"sk-MARK"', '{ env = "NO_KEY" }')
    Path("doubtful.toml").write_text(text, encoding="utf-8")
    assert [] == _codes()
    assert (
        "doubtful.toml:4:1: providers.chat.api_key: expected a secret, got nothing; environment variable NO_KEY is not set or empty; "
        "set it where the job is submitted [unresolved-reference]\n"
    ) == run("check", "doubtful.toml", "--resolve", code=1)
    monkeypatch.setenv("NO_KEY", "sk-MARK")
    assert [] == _codes("--resolve")


def test_own_factories_are_ignored_for_strict_checks() -> None:
    """An own factory does not fail a strict check if its code is ignored."""
    Path("own.toml").write_text("[providers.own]\ngeneric = 'openai2'\n", encoding="utf-8")
    checked = ("check", "own.toml", "--against", "flink-2.3", "--strict")
    assert "[unchecked-factory]" in run(*checked, code=1)
    assert "1 file, no problems on flink-2.3\n" == run(*checked, "--ignore", "unchecked-factory")
