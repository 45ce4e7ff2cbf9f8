# SPDX-License-Identifier: Apache-2.0
"""Atomic replacement of a file."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..errors import DocumentError, DocumentProblem, Problem
from ..regular_files import check_name, check_regular

__all__ = ["replace_file"]

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class _NotReplacedError(OSError):
    """The error for a file that must not be replaced, such as one with several hard links; ``hint`` is advice."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(errno.EPERM, reason)
        self.hint = hint


def replace_file(path: Path, text: str, *, private: bool) -> None:
    """Write *text* to a temporary file beside *path*, and rename that, so that a failure leaves the old file unchanged.

    The new file has the permissions of the old one and, if the system allows it, its owner and group. Without an old file, it
    has the default permissions of the process. A read-only file, and a file with several hard links, are not replaced.

    Args:
        path: the file; a symbolic link stays one, and its target is replaced.
        text: the new content.
        private: whether only the owner may read the file.

    Raises:
        DocumentError: if it cannot be written.
    """
    try:
        check_name(str(path))
        target = os.path.realpath(path)
        _write_and_rename(target, text.encode(), _replaceable(target), private=private)
    except UnicodeEncodeError:
        problem = Problem("", "text that UTF-8 can encode", got="a surrogate", code="unwritable-file")
    except OSError as error:
        hint = error.hint if isinstance(error, _NotReplacedError) else ""
        got = error.strerror or type(error).__name__
        problem = Problem("", "a file that can be written", got=got, hint=hint, code="unwritable-file")
    else:
        return
    # Raised here, because the frames of the first error hold the text.
    raise DocumentError([DocumentProblem(str(path), 1, 1, "", problem)])


def _replaceable(target: str) -> os.stat_result | None:
    """The status of the file that is replaced; None if there is no file.

    Raises:
        OSError: if it cannot be replaced, or must not.
    """
    try:
        status = Path(target).stat()
    except FileNotFoundError:
        return None
    check_regular(status)
    if status.st_nlink > 1:
        raise _NotReplacedError(
            "a file with several hard links", "the other names would keep the old content; remove this one first"
        )
    if not (status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) and os.access(target, os.W_OK)):
        raise _NotReplacedError("a read-only file", "make it writable first")
    return status


def _write_and_rename(target: str, content: bytes, old: os.stat_result | None, *, private: bool) -> None:
    """Write the temporary file, and rename it; it is removed if that fails."""
    # A short name: the name of the file may already have the greatest length.
    temporary = os.path.join(os.path.dirname(target), f".{secrets.token_hex(8)}.tmp")  # noqa: PTH118, PTH120
    try:
        # The kernel applies the umask, which a process cannot read without changing it for its other threads.
        handle = os.open(temporary, _FLAGS, 0o666 if old is None and not private else 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123
            file.write(content)
            file.flush()
            if old is not None:
                _adopt(temporary, old, private=private)
            os.fsync(handle)
        os.replace(temporary, target)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def _adopt(path: str, old: os.stat_result, *, private: bool) -> None:
    """Give a file the owner, the group and the permissions of another one, as far as the system allows it."""
    for owner in (old.st_uid, -1):
        # Only a privileged process can give a file to another owner. Windows has no owners of this kind.
        with suppress(OSError, AttributeError):
            os.chown(path, owner, old.st_gid)
            break
    mode = stat.S_IMODE(old.st_mode) & 0o777
    if Path(path).stat().st_gid != old.st_gid:
        # The old group could not be set: the new one gets only the permissions of others.
        mode = mode & ~0o070 | (mode & 0o007) << 3
    os.chmod(path, 0o600 if private else mode)  # noqa: PTH101
