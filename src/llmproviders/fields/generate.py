# SPDX-License-Identifier: Apache-2.0
"""Compile generated source, so that debuggers and tracebacks show it."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from typing import Any

__all__ = ["compile_source"]


def compile_source(subject: str, cls: type, lines: Iterable[str], names: dict[str, Any]) -> dict[str, Any]:
    """The functions of generated source, by name.

    Args:
        subject: what the source is, for the name of its file.
        cls: the class that it is for.
        lines: its lines.
        names: its global names.
    """
    # One file for each class, also if it is compiled again.
    file = f"<llmproviders {subject} of {cls.__module__}.{cls.__qualname__} at {id(cls):#x}>"
    text = "\n".join([*lines, ""])
    # Warnings take the module for one of the library's, and point at its caller.
    functions = {"__name__": __name__, **names}
    exec(compile(text, file, "exec"), functions)  # noqa: S102
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    return functions
