# SPDX-License-Identifier: Apache-2.0
"""What the README and the example say of Flink is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from openai_server import OpenAIServer

from llmproviders import OpenAICompatProvider

ROOT = Path(__file__).parent.parent.parent


def test_readme_runs(openai_server: OpenAIServer, jars: Mapping[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The block prints a line for each row, and the vectors are there."""
    (block,) = re.findall(
        r"<!--- skip: next -->\n\n```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    chat = OpenAICompatProvider(endpoint=openai_server.chat, api_key="sk-demo", model="demo", temperature=0.7)
    world = {"chat": chat}
    exec(compile(block, "README.md", "exec"), world)
    lines = capsys.readouterr().out.splitlines()
    assert ["arrived late", "fits well"] == sorted(line.partition(": ")[0] for line in lines)
    assert all(line.partition(": ")[2] for line in lines)
    vectors = list(world["vectors"].execute().collect())
    assert 2 == len(vectors)
    assert all(isinstance(number, float) for row in vectors for number in row[1])


def test_example_runs(jars: Mapping[str, Path], flink_version: str) -> None:
    """It prints each question and its answer; where Flink lacks an option that it sets, it says which."""
    command = [sys.executable, str(ROOT / "examples/flink_chat.py")]
    found = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    if flink_version == "2.1":
        assert 1 == found.returncode
        assert "retry_num (retry-num): expected an option that openai has on flink-2.1" in found.stderr
        return
    assert 0 == found.returncode, found.stderr
    lines = found.stdout.splitlines()
    assert 6 == len(lines)
    assert {"What is a watermark?", "Why is the sky blue?", "Was ist ein Fluss? 🌊"} == set(lines[::2])
    assert all(line.startswith("  A model would answer these ") for line in lines[1::2])
