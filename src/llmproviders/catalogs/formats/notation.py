# SPDX-License-Identifier: Apache-2.0
"""Pieces of documents in messages, in the notation of each format: ``model = "x"``, ``model: x``, ``"model": "x"``.

For commands that edit a document, the notation is that of a shell: ``model=x``.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...errors import Problem
from ...resolvers import known_resolvers
from .locations import Path
from .lookup import Format

__all__ = ["in_format", "in_shell", "written"]

# Names and values in these forms need no quotes.
_TOML_KEY: Final = r"[A-Za-z0-9_-]+"
_YAML_WORD: Final = r"(?!(?i:y|n|yes|no|on|off|true|false|null)$)[A-Za-z_][\w./-]*"


def in_format(format: Format, problem: Problem) -> Problem:  # noqa: A002
    """*problem* with its hint for documents, whose pieces are in the notation of *format*."""
    advice = problem.in_document
    if advice is None:
        return problem
    hint = advice.sentence.format(*(_member(format, name, value) for name, value in advice.pieces))
    return attrs.evolve(problem, hint=hint, in_document=None)


def in_shell(problem: Problem, path: Path, *, prefix: str = "") -> Problem:
    """*problem* of the part at *path* of an entry, with its hint for documents, whose pieces are arguments of a command.

    The names of options begin with *prefix*.
    """
    advice = problem.in_document
    if advice is None:
        return problem
    hint = advice.sentence.format(*(_argument(path, name, value, prefix) for name, value in advice.pieces))
    return attrs.evolve(problem, hint=hint, in_document=None)


def _argument(path: Path, name: str, value: Any, prefix: str) -> str:
    """A piece in the form that the command ``set`` accepts, quoted for a shell."""
    is_item = any(isinstance(step, int) for step in path)
    if isinstance(value, Mapping) and len(value) == 1 and (source := next(iter(value))) in known_resolvers and not is_item:
        string = f"{source}:{value[source]}"
    else:
        string = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if name:
        # For a header or a field, *name* is only the last step of the path.
        string = f"{prefix}{'.'.join(map(str, path)) if path and path[-1] == name else name}={string}"
    return shlex.quote(string)


def _member(format: Format, name: str, value: Any) -> str:  # noqa: A002
    if not name:
        return written(format, value)
    between = " = " if format == "toml" else ": "
    return f"{_name(format, name)}{between}{written(format, value)}"


def _name(format: Format, name: str) -> str:  # noqa: A002
    plain = {"toml": _TOML_KEY, "yaml": _YAML_WORD}.get(format)
    return name if plain and re.fullmatch(plain, name, re.ASCII) else _quoted(name)


def written(format: Format, value: Any) -> str:  # noqa: A002
    """A value as *format* writes it on one line."""
    if isinstance(value, Mapping):
        members = ", ".join(_member(format, name, each) for name, each in value.items())
        return f"{{ {members} }}" if format == "toml" else f"{{{members}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(written(format, each) for each in value)}]"
    if isinstance(value, str):
        return _name(format, value) if format == "yaml" else _quoted(value)
    return json.dumps(value)


def _quoted(string: str) -> str:
    return json.dumps(string, ensure_ascii=False)
