# SPDX-License-Identifier: Apache-2.0
"""Replacing a file: permissions, links, and failures, after which the folder is unchanged."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmproviders import Catalog, DocumentError, OpenAICompatProvider, dump, load

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no permissions of this kind")
CATALOG = Catalog({"a": OpenAICompatProvider(model="m")})
SECRET = Catalog({"a": OpenAICompatProvider(endpoint="https://h/chat/completions", api_key="MARK")})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def refusal(path: str, catalog: Catalog = CATALOG, **options: Any) -> str:
    """The message of a dump that fails; the folder is as it was before."""
    before = {each: Path(each).read_bytes() for each in sorted(os.listdir()) if Path(each).is_file()}
    names = sorted(os.listdir())
    with pytest.raises(DocumentError) as caught:
        dump(catalog, path, **options)
    assert names == sorted(os.listdir())
    assert before == {each: Path(each).read_bytes() for each in before}
    (problem,) = caught.value.problems
    assert "unwritable-file" == problem.problem.code
    return str(caught.value)


@posix
class TestPermissions:
    """The permissions of a file that is written."""

    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o027, 0o077])
    def test_new_files(self, umask: int) -> None:
        """A new file has the default permissions of the process; with revealed secrets, only its owner can read it."""
        old = os.umask(umask)
        try:
            dump(CATALOG, "c.json")
            dump(SECRET, "s.json", secrets="reveal")
        finally:
            os.umask(old)
        assert 0o666 & ~umask == mode("c.json")
        assert 0o600 == mode("s.json")

    @pytest.mark.parametrize("before", [0o600, 0o640, 0o664, 0o666, 0o755, 0o200])
    def test_replaced_files(self, before: int) -> None:
        """A file that is replaced keeps its permissions; with revealed secrets, only its owner reads it."""
        Path("c.json").write_text("")
        Path("c.json").chmod(before)
        dump(CATALOG, "c.json")
        assert before == mode("c.json")
        dump(SECRET, "c.json", secrets="reveal")
        assert 0o600 == mode("c.json")

    def test_the_umask_is_never_changed(self) -> None:
        """Files that another thread makes meanwhile have the usual permissions."""
        is_done = threading.Event()
        modes = set()

        def make() -> None:
            number = 0
            while not is_done.is_set():
                number += 1
                Path(f"t{number}").touch()
                modes.add(mode(f"t{number}"))
                Path(f"t{number}").unlink()

        old = os.umask(0o027)
        thread = threading.Thread(target=make)
        thread.start()
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.delattr(os, "umask")
                for number in range(50):
                    dump(CATALOG, f"{number % 3}.json")
        finally:
            is_done.set()
            thread.join()
            os.umask(old)
        assert {0o640} == modes

    def test_owner_and_group(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Owner and group are kept; if only the group can be kept, it is."""
        Path("c.json").write_text("")
        owner, group = Path("c.json").stat().st_uid, Path("c.json").stat().st_gid
        given: list[tuple[int, int]] = []

        def change(path: str, uid: int, gid: int) -> None:
            given.append((uid, gid))
            if uid != -1:
                raise PermissionError

        monkeypatch.setattr(os, "chown", change)
        dump(CATALOG, "c.json")
        assert [(owner, group), (-1, group)] == given

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files to others")
    def test_the_file_of_another_user(self) -> None:
        """Root keeps the owner and the group of another user."""
        Path("c.json").write_text("")
        os.chown("c.json", 12_345, 23_456)
        dump(CATALOG, "c.json")
        assert (12_345, 23_456) == (Path("c.json").stat().st_uid, Path("c.json").stat().st_gid)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files to others")
    def test_another_group(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """If the group cannot be kept, the new group gets only the rights of others."""
        Path("c.json").write_text("")
        os.chown("c.json", -1, 23_456)
        Path("c.json").chmod(0o664)

        def refuse(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(os, "chown", refuse)
        dump(CATALOG, "c.json")
        assert 0o644 == mode("c.json")


class TestLinks:
    """Symbolic links are followed; a file with several names is not replaced."""

    @posix
    def test_symbolic_links(self) -> None:
        """A link stays one; a link to no file makes the file."""
        Path("to").mkdir()
        Path("link.json").symlink_to("to/real.json")
        Path("link2.json").symlink_to("link.json")
        for _ in range(2):
            dump(CATALOG, "link2.json")
            assert CATALOG == load("to/real.json")
            assert ["real.json"] == os.listdir("to")
            assert Path("link.json").is_symlink()

    def test_hard_links(self) -> None:
        """A file with several hard links is not replaced, because the others would keep the old content."""
        Path("c.json").write_text("old")
        os.link("c.json", "d.json")
        assert refusal("c.json") == (
            "c.json:1:1: expected a file that can be written, got a file with several hard links; "
            "the other names would keep the old content; remove this one first"
        )
        Path("c.json").unlink()
        dump(CATALOG, "c.json")
        assert "old" == Path("d.json").read_text()


class TestRefusals:
    """Files that cannot be written, or must not."""

    def test_read_only(self) -> None:
        """A file without permission to write is not replaced, although its folder may be written."""
        Path("c.json").write_text("old")
        Path("c.json").chmod(0o444)
        try:
            message = "c.json:1:1: expected a file that can be written, got a read-only file; make it writable first"
            assert message == refusal("c.json")
        finally:
            Path("c.json").chmod(0o644)

    @posix
    @pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root writes to every folder and file")
    def test_permissions_of_others(self) -> None:
        """A file that only others may write is not replaced, and in a read-only folder none is made."""
        Path("c.json").write_text("old")
        Path("c.json").chmod(0o446)
        assert "a read-only file" in refusal("c.json")
        Path("x").mkdir(mode=0o500)
        assert "got Permission denied" in refusal("x/c.json")

    def test_a_missing_folder(self) -> None:
        """The message has the reason of the system."""
        assert refusal("no/c.json").startswith("no/c.json:1:1: expected a file that can be written, got ")

    def test_long_names(self) -> None:
        """A name that is as long as the system allows can be written."""
        name = f"{'x' * 250}.json"
        dump(CATALOG, name)
        assert [name] == os.listdir()

    @pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="this system has no such limit")
    def test_a_full_disk(self) -> None:
        """If there is no room for the new content, the old file is unchanged."""
        import resource

        Path("c.json").write_text("old")
        large = Catalog({"a": OpenAICompatProvider(system_prompt="x" * 100_000, api_key=None)})
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
        try:
            message = refusal("c.json", large)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert "c.json:1:1: expected a file that can be written, got File too large" == message

    @pytest.mark.parametrize("function", ["open", "fsync", "replace", "chmod"])
    @pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, PermissionError])
    def test_failures_at_each_step(self, function: str, error: type[BaseException]) -> None:
        """After an error or an interruption, the old file is unchanged, and the folder has no other file."""
        Path("c.json").write_text("old")
        real: Callable[..., Any] = getattr(os, function)

        def fail(*arguments: Any, **options: Any) -> None:
            # A file may be made before the interruption is seen.
            if function == "open":
                os.close(real(*arguments, **options))
            raise error

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, function, fail)
            with pytest.raises(BaseException) as caught:
                dump(SECRET, "c.json", secrets="reveal")
        assert (error is KeyboardInterrupt) is isinstance(caught.value, KeyboardInterrupt)
        assert "MARK" not in str(caught.value)
        assert "old" == Path("c.json").read_text()
        assert ["c.json"] == os.listdir()

    def test_text_that_cannot_be_encoded(self) -> None:
        """A lone surrogate, which no file can hold, is an error without the text."""
        from llmproviders.catalogs.atomic import replace_file

        with pytest.raises(DocumentError, match=r"^c\.json:1:1: expected text that UTF-8 can encode, got a surrogate$") as caught:
            replace_file(Path("c.json"), "MARK\ud800", private=False)
        assert caught.value.__context__ is None
        assert [] == os.listdir()
