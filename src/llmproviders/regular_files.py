# SPDX-License-Identifier: Apache-2.0
"""Reading of regular files, with a limit of the size. Other files are refused: reading a FIFO or a device might never end."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

__all__ = ["NotRegularError", "check_name", "check_regular", "identity_of", "read_start"]

_CHUNK: Final = 65_536
_KINDS: Final[tuple[tuple[Callable[[int], bool], str], ...]] = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
)
# Windows has neither flag; it has no FIFO in folders.
_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


class NotRegularError(OSError):
    """The error for a path that leads to a directory, a FIFO, a socket or a device."""

    def __init__(self, status: os.stat_result) -> None:
        kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "a device")
        super().__init__(errno.EINVAL, f"Is {kind}")
        self.is_fifo = stat.S_ISFIFO(status.st_mode)


def check_name(path: str) -> None:
    """Raise an `OSError` if no file can have that name: it has a NUL, or a surrogate that the system cannot encode."""
    try:
        encoded = os.fsencode(path)
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise OSError(errno.EINVAL, "no file can have that name")


def check_regular(status: os.stat_result) -> None:
    """Raise a `NotRegularError` if *status* is not that of a regular file."""
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError(status)


def identity_of(path: str) -> tuple[int, int]:
    """The device and number of a regular file: equal for all paths that lead to it.

    Raises:
        OSError: if there is no such file, or it is not regular.
    """
    check_name(path)
    status = Path(path).stat()
    check_regular(status)
    return status.st_dev, status.st_ino


def read_start(path: str, limit: int) -> bytes:
    """Read a regular file, but at most *limit* bytes.

    Raises:
        OSError: if it cannot be read, or is not regular.
    """
    # The check is before opening: opening a device may have side effects.
    identity_of(path)
    parts = []
    with open(path, "rb", buffering=0, opener=lambda name, flags: os.open(name, flags | _NO_WAIT)) as file:
        # Checked again: the file may have been replaced after the first check.
        check_regular(os.fstat(file.fileno()))
        while limit > 0 and (part := file.read(min(limit, _CHUNK))):
            parts.append(part)
            limit -= len(part)
    return b"".join(parts)
