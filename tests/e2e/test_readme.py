# SPDX-License-Identifier: Apache-2.0
"""The blocks of README.md and docs/ that need PyFlink run, and so do the examples."""

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


def run_example(name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples" / name)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"}
    )


def test_example_runs(jars: Mapping[str, Path]) -> None:
    """It prints each question and its answer."""
    found = run_example("flink_chat.py")
    assert 0 == found.returncode, found.stderr
    lines = found.stdout.splitlines()
    assert 6 == len(lines)
    assert {"What is a watermark?", "Why is the sky blue?", "Was ist ein Fluss? 🌊"} == set(lines[::2])
    assert all(line.startswith("  A model would answer these ") for line in lines[1::2])


def test_dead_letters(jars: Mapping[str, Path], flink_version: str) -> None:
    """Each question is in one of the two tables; on a Flink without one of the options, the example names the option."""
    found = run_example("dead_letter.py")
    if flink_version == "2.1":
        assert 1 == found.returncode
        assert "retry_num (retry-num): expected an option that openai has on flink-2.1" in found.stderr
        return
    assert 0 == found.returncode, found.stderr
    answers, _, failures = found.stdout.partition("failures:\n")
    assert {
        "answers:",
        "What is a watermark? | A model would answer these 20 characters.",
        "Why is the sky blue? | A model would answer these 20 characters.",
        "Was ist ein Schloss? \U0001f512 | A model would answer these 22 characters.",
    } == set(answers.splitlines())
    assert [
        "How do I pick a lock? | 400 | com.openai.errors.BadRequestException: 400: The content filter refuses this question."
    ] == failures.splitlines()
