# SPDX-License-Identifier: Apache-2.0
"""Promises of LICENSE and SECURITY.md that the source must keep."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import llmproviders

ROOT = Path(__file__).parent.parent
PACKAGE = Path(llmproviders.__file__).parent
FOLDERS = ("src", "tests", "typing_tests", "tools", "benchmarks", "examples", "docs", "scripts", ".ci", ".github")
SOURCES = {".py", ".java", ".css", ".js", ".yml", ".yaml", ""}
NETWORK = {
    "asyncio",
    "ftplib",
    "http",
    "httpx",
    "multiprocessing",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib3",
}
UNSAFE = {"marshal", "pickle", "runpy", "shelve"}


def source_files() -> Iterator[Path]:
    yield from ROOT.glob(".*.yaml")
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in SOURCES and path.is_file() and path.name != "py.typed":
                yield path


def imports(path: Path) -> set[str]:
    """The modules that a file imports, and the names that it imports from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_licence() -> None:
    """Each source file names its licence in one of its first two lines."""
    expected = "SPDX-License-Identifier: Apache-2.0"
    without = [path for path in source_files() if expected not in "".join(path.read_text(encoding="utf-8").splitlines()[:2])]
    assert [] == without


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports(path: Path) -> None:
    """The package opens no connection, and reads no format that runs code; only the file about jars runs a program, Maven."""
    found = imports(path)
    assert set() == {name for name in found if name.partition(".")[0] in NETWORK | UNSAFE}
    assert {name for name in found if name.startswith("urllib.request")} <= {"urllib.request.url2pathname"}
    assert ("subprocess" in found) == (path == PACKAGE / "flink" / "jars.py")
