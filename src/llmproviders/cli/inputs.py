# SPDX-License-Identifier: Apache-2.0
"""Input of commands: a file, or standard input if the file is ``-``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer

from ..catalogs.catalog import Catalog
from ..catalogs.formats.lookup import Format
from ..catalogs.formats.trees import MAX_CHARACTERS
from ..catalogs.layers import RawCatalog
from ..catalogs.overrides import compose_with_overrides
from ..catalogs.sources import Sources, decoded, read_file, read_text
from ..credentials import mask_value
from ..errors import DocumentError, DocumentProblem, Problem
from ..messages import names_and_hint, shown
from ..regular_files import read_start
from .command import UsageError, fail
from .printing import STDIN_SOURCE

__all__ = [
    "OVERRIDE",
    "STDIN",
    "check_inputs",
    "parse_assignments",
    "read_catalog",
    "read_sources",
    "read_stdin",
    "read_text_of",
    "select_by_tag",
    "source_of",
]

STDIN: Final = Path("-")
OVERRIDE: Final = "NAME.KEY=VALUE"
"""The form of overrides."""


def check_inputs(files: Sequence[Path], format: Format | None) -> None:  # noqa: A002
    """Check that standard input is given at most once, and ``--format`` only with it.

    Raises:
        UsageError: if not.
    """
    if files.count(STDIN) > 1:
        raise UsageError("expected - once, because standard input can be read only once")
    if STDIN in files and format is None:
        raise UsageError("-: give --format toml, json or yaml, because standard input has no suffix")
    if STDIN not in files and format is not None:
        raise UsageError("--format is for standard input (-); the suffix of a file determines its format")


def read_catalog(
    file: Path,
    format: Format | None,  # noqa: A002
    env: str | None = None,
    overrides: Sequence[str] | None = None,
) -> RawCatalog:
    """Read the catalog of a file or of standard input; problems are collected, not raised."""
    return compose_with_overrides(read_sources(file, format), env, parse_assignments(overrides or (), OVERRIDE), are_strings=True)


def parse_assignments(assignments: Sequence[str], form: str = "KEY=VALUE") -> dict[str, str]:
    """The values by key of assignments, which have the form KEY=VALUE."""
    pairs: dict[str, str] = {}
    for assignment in assignments:
        key, equals, string = assignment.partition("=")
        if not key or not equals:
            # A string without an equals sign may be the value alone, and thus an API key.
            raise UsageError(f"expected {form}, got {shown(mask_value(key))}")
        if key in pairs:
            parts = map(mask_value, key.split("."))
            raise UsageError(f"expected each key once, got {shown('.'.join(parts))} twice")
        pairs[key] = string
    return pairs


def read_sources(file: Path, format: Format | None) -> Sources:  # noqa: A002
    """Read the documents of a file or of standard input; problems are collected, not raised."""
    if file != STDIN or format is None:
        return read_file(file)
    try:
        text = read_stdin()
    except DocumentError as error:
        return Sources(problems=list(error.problems))
    # The name has no folder, so that includes are relative to the current directory.
    return read_text(text, format, Path(STDIN_SOURCE))


def select_by_tag(catalog: Catalog, tag: str | None) -> Catalog:
    """The providers of a catalog that have a tag; all of them if it is None.

    Raises:
        UsageError: if none has it.
    """
    if tag is None:
        return catalog
    if found := catalog.select(tag=tag):
        return found
    known = dict.fromkeys(each for details in catalog.details.values() for each in details.tags)
    raise UsageError(f"--tag: expected a tag of a provider, got {tag!r}; the tags are: {names_and_hint(tag, known)}")


def read_stdin() -> str:
    """Read standard input as UTF-8, up to the greatest size of a file.

    Raises:
        DocumentError: if it is larger, cannot be read, or is not UTF-8.
    """
    reason = "no open file"
    try:
        return decoded(typer.get_binary_stream("stdin").read(MAX_CHARACTERS + 1), STDIN_SOURCE)
    except OSError as error:
        reason = error.strerror or reason
    except RuntimeError:
        # typer raises a RuntimeError if there is no standard input.
        pass
    problem = Problem("", "standard input that can be read", got=reason, code="unreadable-file")
    raise DocumentError([DocumentProblem(STDIN_SOURCE, 1, 1, "", problem)])


def read_text_of(file: Path) -> str:
    """Read a file or standard input that is not a catalog.

    Raises:
        DocumentError: if it is too large, or is not UTF-8.
    """
    if file == STDIN:
        return read_stdin()
    try:
        content = read_start(str(file), MAX_CHARACTERS + 1)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    return decoded(content, str(file))


def source_of(file: Path) -> str:
    """The name of a file in messages."""
    return STDIN_SOURCE if file == STDIN else str(file)
