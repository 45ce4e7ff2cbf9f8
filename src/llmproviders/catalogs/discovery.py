# SPDX-License-Identifier: Apache-2.0
"""The catalogs in a folder: files of the three formats that have the keys of a catalog."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final, NoReturn

from ..errors import ProviderError
from ..regular_files import read_start
from .formats.lookup import SUFFIXES, format_module, format_of
from .formats.trees import MAX_CHARACTERS

__all__ = ["catalogs_in"]

_SKIPPED: Final = ("node_modules",)
_KEY: Final = re.compile(r"providers[\"']?[ \t]*[:=.\]]|include[\"']?[ \t]*[:=]")
"""A key of a catalog in any format; the brackets and quotes before it are stripped."""


def catalogs_in(folder: Path) -> list[Path]:
    """The catalogs in a folder and the folders below it, sorted; hidden folders and links to folders are skipped.

    A catalog is a file with a suffix of a format whose document has the key ``providers``, an ``include`` of such files, or
    environments with providers. A document with a syntax error counts as a catalog if a line begins with such a key.

    Raises:
        OSError: if a folder cannot be read.
    """
    found: list[Path] = []
    # Links to folders are not followed, so that there are no loops.
    for here, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        found += (path for name in sorted(files) if _is_catalog(path := Path(here, name)))
    return found


def _raise(error: OSError) -> NoReturn:
    raise error


def _is_catalog(path: Path) -> bool:
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return False
    try:
        text = read_start(str(path), MAX_CHARACTERS).decode("utf-8-sig", "replace")
    except OSError:
        # The caller reads the file again, and reports the reason.
        return True
    if "providers" not in text and "include" not in text:
        return False
    try:
        tree, _ = format_module(format_of(path)).read(text)
    except ProviderError:
        return any(_KEY.match(line.lstrip(" \t[{\"'")) for line in text.splitlines())
    return isinstance(tree, dict) and (
        "providers" in tree or _includes_catalogs(tree.get("include")) or _has_environments(tree.get("env"))
    )


def _has_environments(tables: object) -> bool:
    """Whether the key ``env`` of a document has environments of a catalog, and not variables of another program."""
    return isinstance(tables, dict) and any(isinstance(table, dict) and "providers" in table for table in tables.values())


def _includes_catalogs(names: object) -> bool:
    """Whether the key ``include`` of a document names a catalog, and not patterns or folders of another program."""
    listed = names if isinstance(names, list) else [names]
    return any(isinstance(name, str) and name.lower().endswith(tuple(SUFFIXES)) for name in listed)
