# SPDX-License-Identifier: Apache-2.0
"""Compilation of generated source, so that debuggers and tracebacks show it."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from typing import Any

__all__ = ["compile_source"]


def compile_source(subject: str, cls: type, lines: Iterable[str], names: dict[str, Any]) -> dict[str, Any]:
    """Compile generated source, and return its functions by name.

    Args:
        subject: the kind of source, for the name of its file.
        cls: the class for which it is generated.
        lines: its lines.
        names: its global names.
    """
    # The name is stable, so that `linecache` has one entry if the class is compiled again.
    file = f"<llmproviders {subject} of {cls.__module__}.{cls.__qualname__} at {id(cls):#x}>"
    text = "\n".join([*lines, ""])
    # With this module name, warnings skip its frames and point to the caller.
    functions = {"__name__": __name__, **names}
    exec(compile(text, file, "exec"), functions)  # noqa: S102
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    return functions
