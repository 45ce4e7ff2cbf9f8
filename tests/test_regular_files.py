# SPDX-License-Identifier: Apache-2.0
"""Only regular files are read, as a catalog, as an included file and as the file of a secret; nothing else makes a call wait."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from llmproviders import (
    Catalog,
    DocumentError,
    InvalidOptionsError,
    Secret,
    SecretError,
    check,
    dump,
    load,
    loads,
)
from llmproviders.catalogs.editing import EntryEdit
from llmproviders.regular_files import NotRegularError, read_start

no_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFO in folders")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _fifo(name: str) -> None:
    os.mkfifo(name)


def _socket(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)


def _loop(name: str) -> None:
    Path(name).symlink_to(name)


KINDS: dict[str, tuple[Callable[[str], object], str]] = {
    "FIFO": (_fifo, "Is a FIFO"),
    "socket": (_socket, "Is a socket"),
    "directory": (os.mkdir, "Is a directory"),
    "device": (lambda name: Path(name).symlink_to(os.devnull), "Is a device"),
    "loop": (_loop, "Too many levels of symbolic links"),
    "missing": (lambda name: None, "No such file or directory"),
}


@no_fifo
@pytest.mark.parametrize("kind", KINDS)
class TestKinds:
    """A file that is not regular is an error with its kind, without waiting."""

    def test_catalog(self, kind: str) -> None:
        """A catalog."""
        make, reason = KINDS[kind]
        make("c.json")
        hint = "; the command line reads standard input if the file is -" if kind == "FIFO" else ""
        assert [f"c.json:1:1: expected a file that can be read, got {reason}{hint}"] == list(map(str, check("c.json")))
        with pytest.raises(DocumentError, match=reason):
            load("c.json")

    def test_include(self, kind: str) -> None:
        """An included file: the problem is at its name."""
        make, reason = KINDS[kind]
        make("b.json")
        Path("c.json").write_text('{"providers": {},\n "include": ["b.json"]}')
        expected = f"include.0: expected a file that can be read, got b.json: {reason}"
        (problem,) = check("c.json")
        assert ("include.0", "unreadable-file") == (problem.path, problem.problem.code)
        assert expected in str(problem)

    def test_secret(self, kind: str) -> None:
        """The file of a secret."""
        make, reason = KINDS[kind]
        make("key")
        with pytest.raises(SecretError) as caught:
            Secret.from_file("key").reveal()
        assert f"secret file key cannot be read: {reason}; check the path and its permissions" == str(caught.value)

    def test_writing(self, kind: str) -> None:
        """A catalog is written in the place of none of them, and nothing is left behind."""
        make, reason = KINDS[kind]
        if kind == "missing":
            return
        make("c.json")
        before = os.lstat("c.json")
        with pytest.raises(DocumentError) as caught:
            dump(Catalog(), "c.json")
        assert f"c.json:1:1: expected a file that can be written, got {reason}" == str(caught.value)
        assert ["c.json"] == os.listdir()
        assert before == os.lstat("c.json")


@no_fifo
def test_a_file_that_is_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A FIFO that takes the place of a file after it was looked at is refused, too."""
    os.mkfifo("fifo")
    monkeypatch.setattr("llmproviders.regular_files.identity_of", lambda path: (0, 0))
    with pytest.raises(NotRegularError, match="Is a FIFO"):
        read_start("fifo", 10)


NAMES = {"NUL": "a\0.json", "surrogate": "a\ud800.json", "long": f"{'x' * 300}.json", "deep": f"{'x/' * 3_000}x.json"}


@pytest.mark.parametrize("kind", NAMES)
class TestNames:
    """A name that no file can have is an error where it stands."""

    def test_catalog(self, kind: str) -> None:
        """The argument of a call, for reading and for writing."""
        (problem,) = check(NAMES[kind])
        assert (NAMES[kind], "unreadable-file") == (problem.source, problem.problem.code)
        for call in (load, lambda path: dump(Catalog(), path)):
            with pytest.raises(DocumentError) as caught:
                call(NAMES[kind])
            assert str(caught.value).isprintable()
        assert [] == os.listdir()

    def test_include(self, kind: str) -> None:
        """A name under `include`."""
        Path("c.json").write_text(json.dumps({"providers": {}, "include": [NAMES[kind]]}), encoding="utf-8")
        (problem,) = check("c.json")
        assert "include.0" == problem.path
        assert str(problem).isprintable()
        assert len(str(problem)) < 500

    def test_secret(self, kind: str) -> None:
        """The path of a secret: in code and in a file, or when it is read if only the system knows that it is too long."""
        text = json.dumps({"providers": {"p": {"preset": "deepseek", "api_key": {"file": NAMES[kind]}}}})
        if kind in ("NUL", "surrogate"):
            with pytest.raises(InvalidOptionsError, match="the path of a file"):
                Secret.from_file(NAMES[kind])
            with pytest.raises(DocumentError) as caught:
                loads(text, format="json")
            (problem,) = caught.value.problems
            assert ("providers.p.api_key", "a name that no file can have") == (problem.path, problem.problem.got)
        else:
            with pytest.raises(SecretError, match="File name too long"):
                loads(text, format="json")["p"].api_key.reveal()  # type: ignore[attr-defined]


class TestSecretFiles:
    """The content of the file of a secret."""

    def test_byte_order_mark(self) -> None:
        """A byte order mark is not part of the key."""
        Path("key").write_bytes(b"\xef\xbb\xbfsk-1\r\n")
        assert "sk-1" == Secret.from_file("key").reveal()
        Path("key").write_bytes(b"\xef\xbb\xbf\n")
        with pytest.raises(SecretError, match="is empty"):
            Secret.from_file("key").reveal()

    def test_size(self) -> None:
        """A key may have 1 MiB, and not more."""
        Path("key").write_bytes(b"x" * 1_048_576)
        assert 1_048_576 == len(Secret.from_file("key").reveal())
        Path("key").write_bytes(b"x" * 1_048_577)
        with pytest.raises(SecretError, match="has more than 1048576 bytes; it is not the file of a secret"):
            Secret.from_file("key").reveal()

    @pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
    def test_endless_device(self) -> None:
        """An endless device is refused."""
        with pytest.raises(SecretError, match="/dev/zero cannot be read: Is a device"):
            Secret.from_file("/dev/zero").reveal()

    def test_names_with_line_breaks(self) -> None:
        """A message has one line, also about such a path."""
        with pytest.raises(SecretError) as caught:
            Secret.from_file("a\nb").reveal()
        assert r"secret file 'a\nb' cannot be read" in str(caught.value)


class TestIncludedPaths:
    """The paths of included files."""

    def test_short_paths(self) -> None:
        """A path with `..` is shown without it if it leads to the same file."""
        for name, include in {"x/a.json": "../y/b.json", "y/b.json": "../x/c.json", "x/c.json": "../x/no.json"}.items():
            Path(name).parent.mkdir(exist_ok=True)
            Path(name).write_text(json.dumps({"providers": {}, "include": [include]}), encoding="utf-8")
        (problem,) = check("x/a.json")
        assert str(Path("x/c.json")) == problem.source

    @pytest.mark.skipif(os.name == "nt", reason="on Windows making links needs a privilege")
    def test_links_above(self) -> None:
        """After a link to a folder, `..` is the folder above its target."""
        for name in ("far/in", "near"):
            Path(name).mkdir(parents=True)
        Path("near/link").symlink_to("../far/in")
        Path("far/b.json").write_text('{"providers": {"far": {"generic": "g"}}}')
        Path("near/b.json").write_text('{"providers": {"near": {"generic": "g"}}}')
        Path("near/a.json").write_text('{"include": ["link/../b.json"]}')
        assert ["far"] == list(load("near/a.json"))

    def test_large_files(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file over the limit is not read whole, and that is the only problem of it."""
        monkeypatch.setattr("llmproviders.catalogs.sources.MAX_CHARACTERS", 30)
        Path("c.json").write_text('{"providers": {}, "\u00e9": %s}' % ("\u00e9" * 30), encoding="utf-8")
        assert ["c.json:1:1: expected a document of at most 30 bytes"] == list(map(str, check("c.json")))

    def test_a_cycle_of_the_edited_file(self) -> None:
        """A file that includes itself can be edited: it had that problem before."""
        Path("c.json").write_text('{"include": ["c.json"], "providers": {"a": {"generic": "g"}}}')
        edit = EntryEdit(Path("c.json"), "a")
        edit.set("extra_options.x", "1")
        edit.revision(reveal=False).write(private=False)
        assert '"x": "1"' in Path("c.json").read_text()
        assert ["include-cycle"] == [each.problem.code for each in check("c.json")]
