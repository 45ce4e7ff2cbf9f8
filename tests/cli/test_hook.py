# SPDX-License-Identifier: Apache-2.0
"""The hook for pre-commit, in .pre-commit-hooks.yaml."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from command_line import run

ROOT = Path(__file__).parents[2]
clientlib: Any = pytest.importorskip("pre_commit.clientlib")


def hook() -> dict[str, Any]:
    """The hook, as pre-commit reads it."""
    (found,) = clientlib.load_manifest(ROOT / ".pre-commit-hooks.yaml")
    return dict(found)


def test_the_hook_runs_a_command() -> None:
    """The entry of the hook is a command, to which pre-commit adds the files."""
    name, *arguments = shlex.split(hook()["entry"])
    assert ("llmproviders", True) == (name, hook()["pass_filenames"])
    assert "2 files, no problems\n" == run(*arguments, "a.toml", "a.yaml")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("providers.toml", True),
        ("conf/providers-prod.yml", True),
        ("conf/llmproviders.yaml", True),
        ("providers.json", True),
        ("docker-compose.yml", False),
        ("src/providers.py", False),
        ("my-providers.toml", False),
        ("providers/a.toml", False),
    ],
)
def test_files_of_the_hook(file: str, expected: bool) -> None:
    """The hook gets files with a name of catalogs; other documents of a repository are not reported."""
    assert expected == bool(re.search(hook()["files"], file))
