# SPDX-License-Identifier: Apache-2.0
"""Hints about extras: the command installs from where the library was installed."""

from __future__ import annotations

import json
import os
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from llmproviders.optional import install_command

INDEX = "pip install 'llmproviders[yaml]'"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the quotes are those of a Unix shell")


def hint(recorded: Any) -> str:
    """The command for the extra yaml, if the installer has written *recorded* into direct_url.json."""
    text = recorded if recorded is None or isinstance(recorded, str) else json.dumps(recorded)
    installed = SimpleNamespace(read_text={"direct_url.json": text}.get)
    with mock.patch("importlib.metadata.distribution", return_value=installed):
        return install_command("yaml")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder whose name needs quotes."""
    folder = tmp_path / "it's a clone"
    folder.mkdir()
    return folder


def test_index() -> None:
    """A package of an index is installed by its name."""
    assert hint(None) == INDEX


def test_without_metadata() -> None:
    """So is one without metadata, as with PYTHONPATH."""
    with mock.patch("importlib.metadata.distribution", side_effect=PackageNotFoundError):
        assert install_command("yaml") == INDEX


def test_folder(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is named by its path, and the current one by a dot; an editable installation stays editable."""
    recorded: dict[str, Any] = {"url": clone.as_uri(), "dir_info": {}}
    editable = {**recorded, "dir_info": {"editable": True}}
    quoted = str(clone).replace("'", "'\"'\"'")
    assert hint(recorded) == f"pip install '{quoted}[yaml]'"
    assert hint(editable) == f"pip install -e '{quoted}[yaml]'"
    monkeypatch.chdir(clone)
    assert hint(recorded) == "pip install '.[yaml]'"
    assert hint(editable) == "pip install -e '.[yaml]'"


def test_file(tmp_path: Path) -> None:
    """A wheel is named by its URL, as long as it is there."""
    wheel = tmp_path / "llmproviders-0.1.0-py3-none-any.whl"
    recorded = {"url": wheel.as_uri(), "archive_info": {}}
    assert hint(recorded) == INDEX
    wheel.touch()
    assert hint(recorded) == f"pip install 'llmproviders[yaml] @ {wheel.as_uri()}'"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://forge.example/a/b.git", "git+https://forge.example/a/b.git"),
        ("ssh://git@forge.example/a/b.git", "git+ssh://git@forge.example/a/b.git"),
        ("https://token@forge.example:8443/a/b.git", "git+https://forge.example:8443/a/b.git"),
        ("https://me:p@ss/word@forge.example/a/b.git", None),
        ("https://git:pass@forge.example/a/b.git", "git+https://forge.example/a/b.git"),
        ("https://forge.example/a/b.git?private_token=MARK", None),
        ("https://forge.example/sk-1234567890abcdefghij1234567890/b.git", None),
    ],
)
def test_repository(url: str, expected: str | None) -> None:
    """A repository is named by its URL, without a user, and not at all if the URL may contain a token."""
    shown = hint({"url": url, "vcs_info": {"vcs": "git", "commit_id": "0" * 40}})
    assert shown == (INDEX if expected is None else f"pip install 'llmproviders[yaml] @ {expected}'")


def test_revision_and_subdirectory() -> None:
    """The branch or tag that was asked for, and the folder in the repository, are kept."""
    vcs = {"vcs": "git", "commit_id": "0" * 40, "requested_revision": "v0.1"}
    shown = hint({"url": "https://forge.example/a.git", "vcs_info": vcs, "subdirectory": "python"})
    assert shown == "pip install 'llmproviders[yaml] @ git+https://forge.example/a.git@v0.1#subdirectory=python'"


@pytest.mark.parametrize(
    "recorded",
    [
        "{",
        "[]",
        "5",
        {},
        {"url": 5},
        {"url": "file:///a\0b", "dir_info": {}},
        {"url": "http://[", "vcs_info": {}},
        {"url": "a", "vcs_info": 5},
    ],
    ids=str,
)
def test_junk(recorded: Any) -> None:
    """A record that cannot be read is no record."""
    assert hint(recorded) == INDEX


def test_line_break(tmp_path: Path) -> None:
    """A hint is one line."""
    folder = tmp_path / "a\nb"
    folder.mkdir()
    assert hint({"url": folder.as_uri(), "dir_info": {}}) == INDEX
    vcs = {"vcs": "git", "requested_revision": "a\nb"}
    assert hint({"url": "https://forge.example/a.git", "vcs_info": vcs}) == INDEX
