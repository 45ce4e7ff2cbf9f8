# SPDX-License-Identifier: Apache-2.0
"""The settings of a project: the table ``[tool.llmproviders]`` of ``pyproject.toml``, which `check` of the command line reads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..errors import DocumentError, DocumentProblem, Problem, dotted
from ..messages import shown, shown_type
from ..runtimes.runtime import list_runtimes
from ..similar_names import did_you_mean
from ..syntax.locations import Location
from .arguments import unknown_codes
from .formats.lookup import format_module
from .formats.trees import SyntaxProblem

__all__ = ["Settings", "find_settings"]

_FILE: Final = "pyproject.toml"
_TABLE: Final = ("tool", "llmproviders")


@attrs.frozen(kw_only=True)
class Settings:
    """The settings of `check`."""

    catalogs: tuple[Path, ...] = ()
    """The files and folders to check if the call names none."""
    against: tuple[str, ...] = ()
    """The runtimes to check against."""
    model: str | None = None
    """The model's name for providers without one."""
    strict: bool = False
    """Whether warnings count as errors."""
    select: tuple[str, ...] = ()
    """The codes of the checks to report; empty for all."""
    ignore: tuple[str, ...] = ()
    """The codes of the checks that are not reported."""


def find_settings(folder: Path) -> Settings:
    """The settings in the nearest ``pyproject.toml`` with the table, in *folder* or a folder above it.

    Raises:
        DocumentError: with every problem of the table.
    """
    folder = folder.absolute()
    for each in (folder, *folder.parents):
        file = each / _FILE
        if file.is_file() and (settings := _read(file)) is not None:
            return settings
    return Settings()


def _read(file: Path) -> Settings | None:
    """The settings of a file; None if it has none."""
    source = _shown(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
        # A file without our table is not parsed: its syntax errors do not concern us.
        if _TABLE[1] not in text:
            return None
        tree, locate = format_module("toml").read(text)
    except SyntaxProblem as error:
        raise _error(source, error.location, Problem("", error.expected, hint=error.hint, code=error.code)) from None
    except (OSError, UnicodeDecodeError) as error:
        got = (error.strerror if isinstance(error, OSError) else "") or "bytes that are not UTF-8"
        raise _error(source, Location(1, 1), Problem("", "a file that can be read", got=got, code="unreadable-file")) from None
    table: Any = tree
    for key in _TABLE:
        table = table.get(key) if isinstance(table, dict) else None
    if table is None:
        return None
    found = list(_problems(table))
    if found:
        located = ((locate((*_TABLE, *path)), (*_TABLE, *path), problem) for path, problem in found)
        raise DocumentError(
            DocumentProblem(source, location.line, location.column, dotted(path), problem) for location, path, problem in located
        )
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    values["catalogs"] = tuple(Path(_shown(file.parent / name)) for name in values.get("catalogs", ()))
    return Settings(**values)


def _problems(table: object) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
    """The problems of the table, each with its path."""
    if not isinstance(table, Mapping):
        yield (), Problem("", "a table", got=shown_type(table), is_type=True)
        return
    for key, value in table.items():
        if key in ("catalogs", "against", "select", "ignore"):
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                hint = "put it in brackets" if isinstance(value, str) else ""
                yield (key,), Problem("", "a list of strings", got=shown_type(value), hint=hint, is_type=True)
                continue
            found = _unknown_runtimes(value) if key == "against" else () if key == "catalogs" else unknown_codes(value)
            yield from (((key,), problem) for problem in found)
        elif key == "model":
            if not isinstance(value, str) or not value.strip():
                yield (key,), Problem("", "a name", got=shown(value), is_type=not isinstance(value, str))
        elif key == "strict":
            if not isinstance(value, bool):
                yield (key,), Problem("", "true or false", got=shown(value), is_type=True)
        else:
            known = [field.name for field in attrs.fields(Settings)]
            hint = did_you_mean(key, known)
            yield (key,), Problem("", f"one of the keys {', '.join(known)}", got="an unknown key", hint=hint, code="unknown-key")


def _unknown_runtimes(names: list[str]) -> Iterator[Problem]:
    known = list_runtimes()
    for name in names:
        if name not in known:
            yield Problem("", f"a runtime ({', '.join(known)})", got=shown(name), hint=did_you_mean(name, known))


def _error(source: str, location: Location, problem: Problem) -> DocumentError:
    return DocumentError([DocumentProblem(source, location.line, location.column, "", problem)])


def _shown(path: Path) -> str:
    """A path, relative to the current directory where that is possible."""
    try:
        return os.path.relpath(path)
    except ValueError:
        # Windows: another drive.
        return str(path)
