# SPDX-License-Identifier: Apache-2.0
"""The formats, by name and by suffix of a file."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from ...errors import DocumentError, DocumentProblem, Problem, invalid
from ...messages import shown

__all__ = ["FORMATS", "SUFFIXES", "Format", "check_format", "format_module", "format_of"]

Format: TypeAlias = Literal["toml", "json", "yaml"]
FORMATS: Final = ("toml", "json", "yaml")
SUFFIXES: Final[Mapping[str, Format]] = {".toml": "toml", ".json": "json", ".yaml": "yaml", ".yml": "yaml"}


def check_format(name: object) -> Format:
    """Check the argument ``format`` of a call, and return it.

    Raises:
        InvalidOptionsError: if it is not the name of a format.
    """
    if not isinstance(name, str) or name not in FORMATS:
        raise invalid("format", [Problem("", ", ".join(FORMATS), got=shown(name), is_type=not isinstance(name, str))])
    return name  # type: ignore[return-value]


def format_of(path: Path) -> Format:
    """The format of a file, by its suffix.

    Raises:
        DocumentError: if no format has this suffix.
    """
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        hint = "llmproviders import reads SQL, and llmproviders sql writes it" if path.suffix.lower() == ".sql" else ""
        expected = f"a file that ends with {', '.join(SUFFIXES)}"
        problem = Problem("", expected, got=ascii(path.suffix), hint=hint, code="unknown-format")
        raise DocumentError([DocumentProblem(str(path), 1, 1, "", problem)])
    return found


def format_module(name: Format) -> Any:
    """Import and return the module of a format."""
    return import_module(f"{__package__}.{name}")
