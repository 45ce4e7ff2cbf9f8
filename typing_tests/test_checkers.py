# SPDX-License-Identifier: Apache-2.0
"""Type checkers accept the right lines of a user's file, and refuse each wrong line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmproviders import Catalog, OpenAICompatProvider, ProviderError, get_provider, remove_provider, set_provider

USER = Path(__file__).parent / "user.py"
PAGE = Path(__file__).parents[1] / "docs/guides/type-checkers.md"
LINES = USER.read_text(encoding="utf-8").splitlines()
IGNORE = re.compile(r"  # type: ignore\[([\w, -]+)\](?:  # not (\w+))?$")
IGNORES = {number: ignored for number, line in enumerate(LINES, 1) if (ignored := IGNORE.search(line))}
CODES = {number: set(ignored[1].split(", ")) for number, ignored in IGNORES.items()}
COMMANDS = {
    "mypy": ("--strict", "--python-version=3.10", "--config-file=", "--no-error-summary", "--no-color-output"),
    "pyright": ("--outputjson", "--pythonversion=3.10", f"--pythonpath={sys.executable}"),
    "basedpyright": ("--outputjson", "--pythonversion=3.10", f"--pythonpath={sys.executable}"),
    "ty": ("check", "--python-version=3.10", f"--python={sys.prefix}", "--output-format=concise", "--color=never"),
}
"""The arguments of each checker. pyright is in its default mode, and basedpyright in its own, which is stricter."""
IGNORING = ("mypy", "pyright")
"""The checkers that heed the codes of mypy in a `type: ignore`."""
# The file, the line, and the code if there is one.
MYPY, TY = re.compile(r"(.*):(\d+): error: .*\[([\w-]+)\]"), re.compile(r"(.*):(\d+):\d+: error\[([\w-]+)\] .*")
OTHER = re.compile(r".*:\d+: note: .*|.*:\d+:\d+: (warning|info)\[.*|Found \d+ diagnostics|All checks passed!")


def errors(checker: str, output: str) -> Iterator[tuple[str, int, str]]:
    """The errors of a checker: the name of the file, the line, and the code."""
    if checker in {"mypy", "ty"}:
        for line in output.splitlines():
            if match := (MYPY if checker == "mypy" else TY).fullmatch(line):
                yield Path(match[1]).name, int(match[2]), match[3]
            else:
                assert OTHER.fullmatch(line), line
        return
    report = json.loads(output)
    assert report["summary"]["filesAnalyzed"] == 2
    for problem in report["generalDiagnostics"]:
        if problem["severity"] == "error":
            yield Path(problem["file"]).name, problem["range"]["start"]["line"] + 1, problem.get("rule", problem["message"])


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[int, set[str]]]]:
    """The errors of each checker by file and line, for the user's file with and without its ignores; all run at once."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "user.py").write_text("".join(f"{line}\n" for line in LINES), encoding="utf-8")
    (folder / "stripped.py").write_text("".join(f"{IGNORE.sub('', line)}\n" for line in LINES), encoding="utf-8")
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", name, *arguments, "user.py", "stripped.py"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=folder,
        )
        for name, arguments in COMMANDS.items()
    }
    lines: dict[str, dict[str, dict[int, set[str]]]] = {name: {"user.py": {}, "stripped.py": {}} for name in COMMANDS}
    for name, process in running.items():
        for file, line, code in errors(name, process.communicate()[0]):
            lines[name][file].setdefault(line, set()).add(code)
    return lines


@pytest.mark.parametrize("checker", IGNORING)
def test_a_users_file_is_clean(found: dict[str, dict[str, dict[int, set[str]]]], checker: str) -> None:
    """The file is accepted, and mypy finds no `type: ignore` that is not needed."""
    assert {} == found[checker]["user.py"]


@pytest.mark.parametrize("checker", COMMANDS)
def test_wrong_lines_are_refused(found: dict[str, dict[str, dict[int, set[str]]]], checker: str) -> None:
    """Without the ignores, each checker finds an error on exactly the lines that have one."""
    expected = [number for number, ignored in IGNORES.items() if ignored[2] != checker]
    assert expected == sorted(found[checker]["stripped.py"]), found[checker]["stripped.py"]


def test_mypy_names_the_codes(found: dict[str, dict[str, dict[int, set[str]]]]) -> None:
    """Without the ignores, mypy finds exactly the errors that they name."""
    assert CODES == found["mypy"]["stripped.py"]


def lists_of_the_page() -> list[list[str]]:
    """The lines in the lists of the guide: those that all checkers refuse, all but ty, and none."""
    lists = re.findall(r"(?:^- `.*`\n)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.findall("`(.*)`", each) for each in lists]


def test_the_page_says_who_sees_which_mistake(found: dict[str, dict[str, dict[int, set[str]]]]) -> None:
    """The lists of the guide have lines of the user's file."""
    lines = [IGNORE.sub("", line).strip() for line in LINES]
    for shown, checkers in zip(lists_of_the_page(), (set(COMMANDS), set(COMMANDS) - {"ty"}, set()), strict=True):
        for line in shown:
            number = lines.index(line) + 1
            assert (line, checkers) == (line, {each for each in COMMANDS if number in found[each]["stripped.py"]})


@pytest.mark.parametrize("line", lists_of_the_page()[2])
def test_the_other_mistakes_are_refused_when_they_run(line: str) -> None:
    """A line that no checker refuses is refused when it runs."""
    chat = OpenAICompatProvider(endpoint="https://api.example.com/v1/chat/completions", api_key="sk")
    names = {each.__name__: each for each in (OpenAICompatProvider, get_provider, set_provider)}
    set_provider("chat", chat)
    try:
        with pytest.raises(ProviderError):
            eval(line, {**names, "catalog": Catalog({"chat": chat}), "found": chat})
    finally:
        remove_provider("chat")
