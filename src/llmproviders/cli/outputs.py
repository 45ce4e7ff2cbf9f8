# SPDX-License-Identifier: Apache-2.0
"""Output of commands: a new file, or standard output."""

from __future__ import annotations

from pathlib import Path

from ..catalogs.atomic import replace_file
from .command import UsageError
from .printing import print_exactly

__all__ = ["check_output", "write_output"]


def check_output(out: Path | None, *, force: bool, hint: str = "") -> None:
    """Check that an existing file is replaced only with ``--force``.

    Args:
        out: the output file; None for standard output.
        force: whether a file may be replaced.
        hint: an option to pass in place of ``--force``.

    Raises:
        UsageError: if the file exists.
    """
    if out is None and force:
        raise UsageError("--force is for a file (--output)")
    if out is not None and not force and out.exists():
        raise UsageError(f"{out} exists already; pass {hint}--force to replace it")


def write_output(text: str, out: Path | None, *, private: bool) -> None:
    """Write *text* to a file, or to standard output."""
    if out is None:
        print_exactly(text)
    else:
        replace_file(out, text, private=private)
