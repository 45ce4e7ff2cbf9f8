# SPDX-License-Identifier: Apache-2.0
"""The table ``[tool.llmproviders]`` of ``pyproject.toml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmproviders import DocumentError
from llmproviders.catalogs.settings import Settings, find_settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, path: str = "pyproject.toml") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def problems(text: str) -> list[str]:
    write(text)
    with pytest.raises(DocumentError) as caught:
        find_settings(Path())
    return [str(each) for each in caught.value.problems]


def test_all_settings(here: Path) -> None:
    """All keys are read; paths are relative to the file."""
    write("""\
[tool.llmproviders]
catalogs = ["conf/providers.toml", "more/"]
against = ["flink-2.3"]
model = "m"
strict = true
select = ["literal-secret"]
ignore = ["plain-http", "empty-secret"]
""")
    settings = Settings(
        catalogs=(Path("conf/providers.toml"), Path("more")),
        against=("flink-2.3",),
        model="m",
        strict=True,
        select=("literal-secret",),
        ignore=("plain-http", "empty-secret"),
    )
    assert settings == find_settings(Path())


def test_the_nearest_file_with_the_table(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest file that has the table counts, and paths in it are shown from the current directory."""
    write('[tool.llmproviders]\ncatalogs = ["conf/a.toml"]')
    write("[tool.ruff]", "sub/pyproject.toml")
    write("this is not TOML", "sub/deep/pyproject.toml")
    Path("sub/deep/empty/pyproject.toml").mkdir(parents=True)
    monkeypatch.chdir("sub/deep/empty")
    assert (Path("../../../conf/a.toml"),) == find_settings(Path()).catalogs
    write("[tool.llmproviders]\n", "../../pyproject.toml")
    assert Settings() == find_settings(Path())


@pytest.mark.parametrize("text", ["", "[tool]\n# llmproviders", "tool = 'llmproviders'", "[project]\nname = 'llmproviders'"])
def test_a_file_without_the_table(text: str) -> None:
    """Without the table, all settings have their defaults."""
    write(text)
    assert Settings() == find_settings(Path())


def test_an_absolute_path(here: Path) -> None:
    """An absolute path is shown from the current directory, too."""
    write(f"[tool.llmproviders]\ncatalogs = ['{here / 'a.toml'}']")
    assert (Path("a.toml"),) == find_settings(Path()).catalogs


def test_another_drive(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, a catalog on another drive has no relative path."""

    def relpath(*arguments: object) -> str:
        raise ValueError("path is on mount 'C:', start on mount 'D:'")

    write('[tool.llmproviders]\ncatalogs = ["a.toml"]')
    monkeypatch.setattr("llmproviders.catalogs.settings.os.path.relpath", relpath)
    assert (here / "a.toml",) == find_settings(Path()).catalogs


def test_wrong_settings() -> None:
    """All problems of the table are reported, each with its location and a hint."""
    runtimes = "flink-2.1, flink-2.2, flink-2.3, flink-2.4, vvr-11.7, vvr-11.8, vvr-11.9"
    assert [
        "pyproject.toml:2:1: tool.llmproviders.catalog: expected one of the keys catalogs, against, model, strict, select, ignore, "
        "got an unknown key; did you mean catalogs?",
        "pyproject.toml:3:1: tool.llmproviders.catalogs: expected a list of strings, got a value of type str; put it in brackets",
        f"pyproject.toml:4:1: tool.llmproviders.against: expected a runtime ({runtimes}), got 'flink-9'; did you mean flink-2.4?",
        "pyproject.toml:5:1: tool.llmproviders.model: expected a name, got ' '",
        "pyproject.toml:6:1: tool.llmproviders.strict: expected true or false, got 'yes'",
        "pyproject.toml:7:1: tool.llmproviders.select: expected a list of strings, got a value of type list",
        "pyproject.toml:8:1: tool.llmproviders.ignore: expected a code of problems (llmproviders explain lists them), got 'plain-htp'; did you mean plain-http?",
    ] == problems("""\
[tool.llmproviders]
catalog = []
catalogs = "a.toml"
against = ["flink-2.3", "flink-9"]
model = " "
strict = "yes"
select = [5]
ignore = ["plain-http", "plain-htp"]
""")
    assert ["pyproject.toml:2:1: tool.llmproviders: expected a table, got a value of type int"] == problems(
        "[tool]\nllmproviders = 5"
    )


def test_a_file_that_cannot_be_read() -> None:
    """A syntax error, bytes that are not UTF-8 and an unreadable file are problems of the file."""
    assert ["pyproject.toml:2:10: expected TOML (invalid value); write strings in quotes"] == problems(
        "[tool.llmproviders]\nstrict = yes\n".replace("yes", "sure")
    )
    Path("pyproject.toml").write_bytes(b"\xff")
    with pytest.raises(
        DocumentError, match=r"pyproject.toml:1:1: expected a file that can be read, got bytes that are not UTF-8"
    ):
        find_settings(Path())


def test_a_file_without_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the operating system is a problem of the file."""

    def refuse(self: Path, **options: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    write("[tool.llmproviders]")
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(DocumentError, match=r"pyproject.toml:1:1: expected a file that can be read, got Permission denied"):
        find_settings(Path())
