# SPDX-License-Identifier: Apache-2.0
"""Type checkers accept the right lines of a user's file, and refuse each wrong line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

USER = Path(__file__).parent / "user.py"
IGNORE = re.compile(r"  # type: ignore\[([\w, -]+)\]$")
EXPECTED = {
    number: set(ignored[1].split(", "))
    for number, line in enumerate(USER.read_text(encoding="utf-8").splitlines(), 1)
    if (ignored := IGNORE.search(line))
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The errors of mypy and pyright by line, for the user's file with and without its ignores; both checkers run at once."""
    folder = tmp_path_factory.mktemp("types")
    stripped = folder / "stripped.py"
    stripped.write_text(
        "".join(f"{IGNORE.sub('', line)}\n" for line in USER.read_text(encoding="utf-8").splitlines()), encoding="utf-8"
    )
    files = [str(USER), str(stripped)]
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-version",
        "3.10",
        "--config-file",
        "",
        "--cache-dir",
        str(folder / "cache"),
    ]
    commands = {
        "mypy": [*mypy, "--no-error-summary", "--no-color-output", *files],
        "pyright": [
            sys.executable,
            "-m",
            "pyright",
            "--outputjson",
            "--pythonversion",
            "3.10",
            "--pythonpath",
            sys.executable,
            *files,
        ],
    }
    running = {
        name: subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
        for name, command in commands.items()
    }
    outputs = {name: process.communicate() for name, process in running.items()}
    assert "" == outputs["mypy"][1]
    lines: dict[str, dict[str, dict[int, set[str]]]] = {"mypy": {}, "pyright": {}}
    for line in outputs["mypy"][0].splitlines():
        if match := re.fullmatch(r"(.*):(\d+): error: .*\[([\w-]+)\]", line):
            lines["mypy"].setdefault(Path(match[1]).name, {}).setdefault(int(match[2]), set()).add(match[3])
        else:
            assert re.fullmatch(r"(.*):(\d+): note: .*", line), line
    report = json.loads(outputs["pyright"][0])
    assert report["summary"]["filesAnalyzed"] == 2
    for problem in report["generalDiagnostics"]:
        if problem["severity"] == "error":
            line = problem["range"]["start"]["line"] + 1
            lines["pyright"].setdefault(Path(problem["file"]).name, {}).setdefault(line, set()).add(problem["message"])
    return lines


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_users_file_is_clean(found: dict[str, Any], checker: str) -> None:
    """The file is accepted, and mypy finds no `type: ignore` that is not needed."""
    assert {} == found[checker].get("user.py", {})


def test_mypy_refuses_wrong_lines(found: dict[str, Any]) -> None:
    """Without the ignores, mypy finds exactly the errors that they name."""
    assert EXPECTED == found["mypy"]["stripped.py"]


def test_pyright_refuses_wrong_lines(found: dict[str, Any]) -> None:
    """Without the ignores, pyright finds an error on exactly the same lines."""
    wrong = found["pyright"]["stripped.py"]
    assert sorted(EXPECTED) == sorted(wrong), wrong
