# SPDX-License-Identifier: Apache-2.0
"""Replace a file: whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ..errors import DocumentError, DocumentProblem, Problem

__all__ = ["replace_file"]


def replace_file(path: Path, text: str, *, private: bool) -> None:
    """Write *text* to a temporary file beside *path*, and rename that, so that a failure leaves the old file unchanged.

    Args:
        path: the file; a symbolic link stays one.
        text: the new content.
        private: whether only the owner may read the file.

    Raises:
        DocumentError: if it cannot be written.
    """
    from tempfile import mkstemp

    path = Path(os.path.realpath(path))
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    try:
        handle, temporary = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o600 if private else mode)
        Path(temporary).replace(path)
    except BaseException as error:
        # Windows does not remove a read-only file.
        with suppress(OSError):
            Path(temporary).chmod(0o600)
        Path(temporary).unlink()
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _unwritable(path: Path, error: OSError) -> DocumentError:
    problem = Problem("", "a file that can be written", got=error.strerror or type(error).__name__, code="unwritable-file")
    return DocumentError([DocumentProblem(str(path), 1, 1, "", problem)])


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
