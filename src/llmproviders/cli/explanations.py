# SPDX-License-Identifier: Apache-2.0
"""Explanations of codes: an example of each, from ``examples.toml``, and the page of the documentation about them."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import attrs

from ..catalogs.formats.lookup import format_module
from ..codes import Code

__all__ = ["Example", "built_page", "examples", "markdown", "parts", "published_page"]

_PAGE: Final = "reference/codes.html"
"""The page about codes; each has an anchor of its name."""
_CLONE: Final = Path(__file__).resolve().parents[3]
"""The top folder, if this is a clone."""
_COMMANDS: Final = {"toml": "llmproviders check catalog.toml", "sql": "llmproviders import models.sql"}
"""The usual commands, by the language of the file that they read."""


@attrs.frozen(kw_only=True)
class Example:
    """An input with a problem, and the same without it. Each ends with a line break."""

    language: Literal["toml", "sql", "python"]
    """``toml`` for a catalog, ``sql`` for a script, ``python`` for a call."""
    wrong: str
    """The input with the problem."""
    message: str
    """The output of the command about the problem, or the message of the exception."""
    right: str
    """The input without it."""
    command: str = attrs.field(default=attrs.Factory(lambda self: _COMMANDS.get(self.language, ""), takes_self=True))
    """The command that reads the input; empty for a call."""
    command_of_right: str = attrs.field(default=attrs.Factory(lambda self: self.command, takes_self=True))
    """The command that reads the input without the problem, if it is another one."""
    files: Mapping[str, str] = attrs.field(factory=dict)
    """Other files, by name."""
    is_of_entry: bool = True
    """Whether the problem is one of an entry, so that the entry can ignore it if it may be ignored."""


@functools.cache
def examples() -> Mapping[str, Example]:
    """The example of each code."""
    tree, _ = format_module("toml").read(files("llmproviders.cli").joinpath("examples.toml").read_text("utf-8"))
    return {name: Example(**values) for name, values in tree.items()}


def parts(code: Code) -> Iterator[tuple[str, str]]:
    """The explanation of a code: a language and a block in it, or an empty string and a sentence."""
    example = examples()[code.name]
    yield "", code.meaning
    yield "", f"For example, `{example.command.split()[2]}`:" if example.command else "For example:"
    yield example.language, example.wrong
    for name, text in example.files.items():
        yield "", f"Beside it, `{name}`:"
        yield "toml" if name.endswith(".toml") else "text", text
    yield "", f"`{example.command}` prints:" if example.command else "The message of the exception:"
    yield "text", example.message
    yield "", code.solution
    yield example.language, example.right
    if example.command_of_right != example.command:
        yield "", f"`{example.command_of_right}` has no problem."
    yield "", _effect(code, example)


def _effect(code: Code, example: Example) -> str:
    if not code.is_check:
        return "It cannot be ignored."
    entry = f', or `ignore = ["{code.name}"]` in the entry' if example.is_of_entry else ""
    return f"A catalog with it loads. It can be ignored: `llmproviders check --ignore {code.name}`{entry}."


def markdown(code: Code) -> str:
    """The explanation of a code as Markdown."""
    return "\n\n".join(f"```{language}\n{text}```" if language else text for language, text in parts(code)) + "\n"


def published_page() -> str | None:
    """The address of the page in the published documentation; None if the metadata of the package names none."""
    from importlib.metadata import metadata

    urls = dict(each.split(", ", 1) for each in metadata("llmproviders").get_all("Project-URL", ()))
    return f"{urls['Documentation'].rstrip('/')}/{_PAGE}" if "Documentation" in urls else None


def built_page() -> str | None:
    """The address of the page that ``scripts/docs`` has built in a clone; None if it is not built."""
    page = _CLONE / "build" / "docs" / _PAGE
    return page.as_uri() if page.is_file() else None
