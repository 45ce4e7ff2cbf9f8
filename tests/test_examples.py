# SPDX-License-Identifier: Apache-2.0
"""The examples of the explanations: each wrong input gives its code and message, and the right one has no problem.

No example needs Flink or a server: every code is given by a check, a call or a script that is read.
"""

from __future__ import annotations

import os
import re
import shlex
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from pages import reader

from llmproviders import DocumentError, DocumentProblem, InvalidOptionsError, check, parse_statements
from llmproviders.cli.explanations import Example, examples
from llmproviders.codes import CODES

CHECKED = [name for name, code in CODES.items() if code.is_check]


@pytest.fixture(autouse=True)
def _reader() -> Iterator[None]:
    """An empty folder, and nothing registered."""
    with reader({}):
        yield


def prepared(name: str) -> Example:
    """An example, after its files are written."""
    example = examples()[name]
    for file, text in example.files.items():
        Path(file).write_text(text, encoding="utf-8")
    return example


def output(command: str, text: str, code: int = 0) -> str:
    """The output of a command, whose input is written to its file first."""
    arguments = shlex.split(command)[1:]
    Path(arguments[1]).write_text(text, encoding="utf-8")
    return run(*arguments, code=code)


def problems_of_script(text: str) -> tuple[DocumentProblem, ...]:
    try:
        return tuple(parse_statements(text, source="models.sql").warnings)
    except DocumentError as error:
        return error.problems


def test_every_code_has_an_example() -> None:
    """The examples are in the order of the table."""
    assert list(CODES) == list(examples())


@pytest.mark.parametrize("name", [name for name, each in examples().items() if each.language == "toml"])
def test_catalogs(name: str) -> None:
    """`check` prints the message, whose code is this one alone, and has nothing to say about the right catalog."""
    example = prepared(name)
    is_warning = " warning: " in example.message
    shown = output(example.command, example.wrong, code=0 if is_warning else 1)
    assert example.message == "".join(line for line in shown.splitlines(keepends=True) if not line.startswith("1 file"))
    assert [name] == re.findall(r"\[([a-z-]+)\]\n", example.message)
    assert re.fullmatch(r"1 file, no problems( on [\w.-]+)?\n", output(example.command_of_right, example.right))


@pytest.mark.parametrize("name", [name for name, each in examples().items() if each.language == "sql"])
def test_scripts(name: str) -> None:
    """`import` prints the message, and has no problem with the right script."""
    example = prepared(name)
    (problem,) = problems_of_script(example.wrong)
    assert name == problem.problem.code
    is_error = problem.problem.severity == "error"
    assert example.message in output(example.command, example.wrong, code=2 if is_error else 0)
    assert example.message.endswith(f": {problem.problem}\n")
    assert () == problems_of_script(example.right)
    output(example.command_of_right, example.right)


@pytest.mark.parametrize("name", [name for name, each in examples().items() if each.language == "python"])
def test_calls(name: str) -> None:
    """The call raises an exception with the message, and the right one raises nothing and warns of nothing."""
    example = prepared(name)
    with pytest.raises((InvalidOptionsError, DocumentError)) as caught:
        exec(example.wrong, {"__name__": "__main__"})
    # Windows writes the path of a file with backslashes.
    assert example.message == f"{caught.value}\n".replace(os.sep, "/")
    (problem,) = caught.value.problems
    assert name == (problem.problem if isinstance(problem, DocumentProblem) else problem).code
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(example.right, {"__name__": "__main__"})


@pytest.mark.parametrize("name", CHECKED)
def test_ignored(name: str) -> None:
    """A code that can be ignored is, by `--ignore` and by the entry if it is about an entry."""
    example = prepared(name)
    assert f"[{name}]" not in output(f"{example.command} --ignore {name}", example.wrong)
    in_entry = re.sub(r"(?m)^(\[.*providers\..*\]\n)", rf'\1ignore = ["{name}"]\n', example.wrong)
    assert example.is_of_entry == (f"[{name}]" not in output(example.command, in_entry))


def test_not_ignored() -> None:
    """The other codes cannot be ignored, as their explanation says."""
    others = [name for name in CODES if name not in CHECKED]
    with pytest.raises(InvalidOptionsError) as caught:
        check("catalog.toml", ignore=others)
    assert [repr(name) for name in others] == [each.got for each in caught.value.problems]


def test_inputs_are_short() -> None:
    """An input has at most twelve lines of at most 100 characters."""
    for example in examples().values():
        for text in (example.wrong, example.right, *example.files.values()):
            assert len(text.splitlines()) <= 12
            assert max(map(len, text.splitlines())) <= 100
