# SPDX-License-Identifier: Apache-2.0
"""The blocks of README.md and docs/ that need PyFlink run, and so does the example."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from unittest import SkipTest

import pytest
from openai_server import OpenAIServer
from pages import parsers, reader
from sybil import Document

ROOT = Path(__file__).parent.parent.parent
CONDITION = "if(not flink"
NEWEST = "2.3"
PAGES = {
    str(page.relative_to(ROOT)): page
    for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
    if CONDITION in page.read_text(encoding="utf-8")
}


@pytest.mark.parametrize("name", PAGES)
def test_page_runs(
    name: str, openai_server: OpenAIServer, jars: Mapping[str, Path], flink_version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every block runs on the pages that need PyFlink; the README runs on every version."""
    if name != "README.md" and flink_version != NEWEST:
        pytest.skip(f"docs/ is written for Flink {NEWEST}")
    document = Document.parse(str(PAGES[name]), *parsers())
    with reader(document.namespace, service=openai_server.chat.removesuffix("/chat/completions")):
        for example in document.examples():
            with suppress(SkipTest):
                example.evaluate()
    if name == "README.md":
        lines = capsys.readouterr().out.splitlines()
        assert ["arrived late", "fits well"] == sorted(line.partition(": ")[0] for line in lines)
        assert all(line.partition(": ")[2] for line in lines)


def test_example_runs(jars: Mapping[str, Path]) -> None:
    """It prints each question and its answer."""
    command = [sys.executable, str(ROOT / "examples/flink_chat.py")]
    found = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert 0 == found.returncode, found.stderr
    lines = found.stdout.splitlines()
    assert 6 == len(lines)
    assert {"What is a watermark?", "Why is the sky blue?", "Was ist ein Fluss? 🌊"} == set(lines[::2])
    assert all(line.startswith("  A model would answer these ") for line in lines[1::2])
