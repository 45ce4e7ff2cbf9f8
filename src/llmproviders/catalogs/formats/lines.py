# SPDX-License-Identifier: Apache-2.0
"""Lines of a document that is edited: line breaks, and the lines that belong to a part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

__all__ = [
    "TextEdit",
    "above_comments",
    "apply_edits",
    "has_blank_above",
    "indent_of",
    "line_below",
    "line_break",
    "line_start",
    "lines_around",
    "rstripped",
    "with_breaks",
    "with_end_of",
]

TextEdit: TypeAlias = tuple[int, int, str]
"""A text edit: the start and the end of a range of a document, and the characters that replace the range."""

_COMMENT: Final = re.compile(r"([ \t]*)#")


def line_break(text: str) -> str:
    """The line break that a document uses."""
    return "\r\n" if "\r\n" in text else "\n"


def with_breaks(edits: Iterable[TextEdit], text: str) -> list[TextEdit]:
    """Edits whose new lines have the line breaks of the document."""
    sign = line_break(text)
    return [(start, end, new.replace("\n", sign)) for start, end, new in edits]


def line_start(text: str, index: int) -> int:
    """The start of the line of a character."""
    return text.rfind("\n", 0, index) + 1


def line_below(text: str, index: int) -> int:
    """The start of the line below a character; the end of the document if there is none."""
    return text.find("\n", index) + 1 or len(text)


def indent_of(text: str, index: int) -> str:
    """The indentation of the line of a character, up to that character."""
    line = text[line_start(text, index) : index]
    return line[: len(line) - len(line.lstrip(" \t"))]


def above_comments(text: str, start: int) -> int:
    """The start of the comment directly above a line and with its indentation, unless the comment begins the document."""
    rest = text[start : line_below(text, start)]
    indent = rest[: len(rest) - len(rest.lstrip(" \t"))]
    first = start
    while first and (found := _COMMENT.match(text, line_start(text, first - 1))) and found[1] == indent:
        first = found.start()
    return first or start


def has_blank_above(text: str, start: int) -> bool:
    """Whether a blank line is above a line, or above the comment directly above it."""
    first = above_comments(text, start)
    return first > 0 and not text[line_start(text, first - 1) : first].strip()


def lines_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The start and end of lines with the blank lines below them, unless these separate the lines above and below."""
    below, above = end, start
    while below < len(text) and not text[below : line_below(text, below)].strip():
        below = line_below(text, below)
    while above and not text[line_start(text, above - 1) : above].strip():
        above = line_start(text, above - 1)
    if below == len(text):
        return above, below
    return start, below if above < start or start == 0 else end


def with_end_of(old: str, new: str) -> str:
    """The new document, without line breaks at its end if the old one had none."""
    if not old or old.endswith("\n") or not new.endswith("\n"):
        return new
    return new.rstrip("\r\n")


def rstripped(text: str, index: int) -> int:
    """The index after the last character before *index* that is not a blank or a line break."""
    while index and text[index - 1].isspace():
        index -= 1
    return index


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The document after edits. If edits overlap, all their ranges are removed, and all their new characters are kept.

    New characters for the same place are in the order of the edits.
    """
    pieces = []
    index = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[index:start], new]
        index = max(index, end)
    return "".join([*pieces, text[index:]])
