# SPDX-License-Identifier: Apache-2.0
"""Tables and lists in terminals: no word is broken, and no line is longer than the terminal unless a word is."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from command_line import JSON, in_terminal, run
from rich.cells import cell_len

URL = "https://" + "a-long-host." * 8 + "example/v1/chat/completions?with=parameters&and=more"
CALLS = [
    ["show", "a.toml"],
    ["show", "long.json", "chat", "--all"],
    ["providers"],
    ["providers", "openai-compat"],
    ["providers", "triton"],
    ["presets"],
    ["runtimes"],
    ["runtimes", "flink-2.3"],
    ["runtimes", "vvr-11.9", "dashscope"],
    ["explain"],
]


def words(output: str) -> list[str]:
    """The words of a table or list, without lines and labels."""
    return re.findall(r"[^\s─]+", output)


@pytest.fixture(autouse=True)
def long(here: Path) -> None:
    """A catalog with a URL and a string that are longer than a line."""
    changes = {"endpoint": URL, "system_prompt": "Be brief. 请保持简短。 " * 20, "model": "m\nn"}
    Path("long.json").write_text(JSON.replace('"temperature": 0.2', json.dumps(changes)[1:-1]), encoding="utf-8")


@pytest.mark.parametrize("columns", [40, 80, 100])
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_no_word_is_broken(call: list[str], columns: int) -> None:
    """Every word of the output in a pipe is a word in a terminal; a line that is too long has one word, and its label."""
    shown = in_terminal(*call, columns=columns)
    in_pipe = run(*call)
    titles = {line.rstrip() for line in in_pipe.splitlines() if line.endswith(")")}
    for line in map(str.rstrip, shown.splitlines()):
        assert cell_len(line) <= columns or len(line.split()) <= 2 or line in titles
    # A list has no header, but a colon after the first cell and after each label.
    header = {word for line in in_pipe.splitlines() if line.startswith((" option ", " name ", " identifier ", " runtime ", " key ", " code "))
              for word in words(line)}  # fmt: skip
    assert {word.removesuffix(":") for word in words(in_pipe)} - header <= {word.removesuffix(":") for word in words(shown)}


def test_show_is_a_table_if_it_fits() -> None:
    """`show` prints a table where it fits, and a list where it does not."""
    assert "option" in in_terminal("show", "a.toml", "chat", columns=120).splitlines()[2]
    assert [
        "chat (openai-compat, the default)",
        "",
        "endpoint: https://api.deepseek.com/chat/completions",
        "    from: a.toml:6 (base)",
    ] == in_terminal("show", "a.toml", "chat").splitlines()[:4]


def test_a_value_is_wrapped_at_blanks() -> None:
    """A long value continues with an indentation; a URL stays whole, so that it can be copied."""
    lines = in_terminal("show", "long.json", "chat").splitlines()
    assert f"    {URL}" in lines or f"endpoint: {URL}" in lines
    first = next(number for number, line in enumerate(lines) if line.startswith("system_prompt: Be brief."))
    assert lines[first + 1].startswith(("    Be brief.", "    brief.", "    请保持简短。"))
    assert "model: m\\nn" in lines


def test_one_line_for_each_option_in_a_pipe() -> None:
    """In a pipe each option is one line with its value and its origin."""
    lines = [line.split() for line in run("show", "long.json", "chat").splitlines()]
    assert ["endpoint", URL, "long.json:13"] in lines


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")
def test_in_a_pseudo_terminal() -> None:
    """In a real terminal of 80 columns no URL is broken."""
    import fcntl
    import os
    import pty
    import struct
    import termios

    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover
        os.execve(
            sys.executable, [sys.executable, "-m", "llmproviders", "show", "long.json", "chat"], {**os.environ, "TERM": "xterm"}
        )
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 80, 0, 0))
    output = b""
    # The end of a terminal is an error on Linux, and an empty string elsewhere.
    try:
        while part := os.read(terminal, 65_536):
            output += part
    except OSError:
        pass
    assert 0 == os.waitpid(pid, 0)[1]
    assert URL in re.sub(r"\x1b\[[0-9;]*m", "", output.decode())
    assert b"\x1b[36mendpoint\x1b[0m" in output
