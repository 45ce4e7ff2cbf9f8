# SPDX-License-Identifier: Apache-2.0
"""The catalogs in a folder are found, and other files are left alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from llmproviders.catalogs import discovery
from llmproviders.catalogs.discovery import catalogs_in

CATALOG = "[providers.a]\npreset = 'ollama'\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in catalogs_in(folder)]


def test_catalogs_of_all_formats_are_found(tmp_path: Path) -> None:
    """Files with the keys of a catalog are found in all folders, sorted within each."""
    catalogs = {
        "a.toml": CATALOG,
        "b.JSON": '{"providers": {}}',
        "c.yaml": "providers: 5",
        "d.yml": "include: [a.toml]",
        "e.json": '{"include": "a.toml"}',
        "f.toml": "\ufeff" + CATALOG,
        "conf/a.toml": CATALOG,
        "conf/deep/a.toml": CATALOG,
        "more/a.toml": CATALOG,
    }
    write(tmp_path, catalogs)
    assert list(catalogs) == names(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", CATALOG),
        ("a.yaml", "services: {providers: {}}"),
        ("a.yaml", "- providers"),
        ("a.json", '"providers"'),
        ("tsconfig.json", '{"include": ["src/**/*"], "extends": "./base"}'),
        ("a.yaml", "include: {local: [x.toml]}"),
        (".gitlab-ci.yml", "include: [{local: a.yml}]"),
        ("a.json", '{"a": '),
        ("chart.yaml", 'metadata:\n  {{- include "labels" . | nindent 4 }}\n{{ include "x" }}\n'),
        ("a.yaml", "key: 'providers\nmy-providers: ["),
        (".git/a.toml", CATALOG),
        (".venv/lib/a.toml", CATALOG),
        ("node_modules/x/a.toml", CATALOG),
    ],
)
def test_other_files_are_left_alone(tmp_path: Path, name: str, text: str) -> None:
    """Documents of other programs, hidden folders and installed packages are skipped."""
    write(tmp_path, {name: text})
    assert [] == names(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "[providers.a]\nx = "),
        ("a.toml", "[ providers ]\nx = "),
        ("a.toml", "include=[\n"),
        ("a.json", '{\n  "providers": {'),
        ("a.json", '{"include" : ['),
        ("a.yaml", "providers: {"),
        ("a.yaml", "'providers': {"),
    ],
)
def test_catalogs_with_syntax_errors_are_found(tmp_path: Path, name: str, text: str) -> None:
    """A document that cannot be read is a catalog if a line begins with a key of catalogs."""
    write(tmp_path, {name: text})
    assert [name] == names(tmp_path)


def test_a_catalog_without_the_package_of_its_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A YAML file is found without the package that reads it, so that the check can name the package."""
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    write(tmp_path, {"a.yaml": "providers: {}", "b.yaml": "other: {}"})
    assert ["a.yaml"] == names(tmp_path)


def _link(link: Path, target: Path, *, is_folder: bool = False) -> None:
    try:
        link.symlink_to(target, target_is_directory=is_folder)
    except OSError:
        pytest.skip("links need a privilege on Windows")


def test_links(tmp_path: Path) -> None:
    """Links to files are followed; links to folders, loops of links and links to nothing are skipped."""
    write(tmp_path, {"conf/a.toml": CATALOG})
    _link(tmp_path / "conf/b.toml", tmp_path / "conf/a.toml")
    _link(tmp_path / "conf/loop", tmp_path, is_folder=True)
    _link(tmp_path / "conf/c.toml", tmp_path / "conf/c.toml")
    _link(tmp_path / "conf/d.toml", tmp_path / "none.toml")
    assert ["conf/a.toml", "conf/b.toml"] == names(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes(tmp_path: Path) -> None:
    """Only regular files are read."""
    os.mkfifo(tmp_path / "a.toml")
    assert [] == names(tmp_path)


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read counts as a catalog, so that the check reports it."""

    def refuse(path: str, limit: int) -> bytes:
        raise PermissionError(13, "Permission denied", path)

    write(tmp_path, {"a.toml": "not a catalog"})
    monkeypatch.setattr(discovery, "read_start", refuse)
    assert ["a.toml"] == names(tmp_path)


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    """An error of the operating system is raised, because there may be catalogs."""
    with pytest.raises(FileNotFoundError):
        catalogs_in(tmp_path / "none")
