# SPDX-License-Identifier: Apache-2.0
"""The statements of a script.

Source: ``ScriptExecutor`` of Flink's SQL gateway, and Flink's parser. A semicolon ends a statement outside of strings, names in
backticks or double quotes, and comments; quotes are not escaped, and comments do not nest. ``//`` begins a comment only for the
parser. So it is a comment only in statements about models: ``SET 'dir' = s3://bucket;`` ends at its semicolon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

__all__ = ["StatementSpan", "find_inner_statement", "split_script"]

Kind = Literal["create", "alter", "drop", "use", "connection", "other"]

_BLANKS: Final = r"(?:[ \t\n\r\f]+|(?:--|//)[^\n\r]*|/\*(?s:.*?)\*/)*"
_BLANK: Final = re.compile(_BLANKS.replace(r"/\*", r"/\*(?!\+)"))
_BLANK_OR_HINT: Final = re.compile(_BLANKS)
_WORD: Final = re.compile("[A-Za-z_]+")
_KINDS: Final[dict[str, Kind]] = {"CREATE": "create", "ALTER": "alter", "DROP": "drop", "USE": "use"}
_MODIFIERS: Final = ("OR", "REPLACE", "TEMPORARY", "SYSTEM")
_QUOTES: Final = ("'", '"', "`", "$$")
_COMMENTS: Final = ("--", "/*")
# Strings, comments, and what is between them. Flink has no $$...$$, but other platforms write Python in it.
_CHUNK: Final = (
    r"[^;'\"`/$-]+|'[^']*'|\"[^\"]*\"|`[^`]*`|--[^\n\r]*|/\*(?s:.*?)\*/"
    r"|(?<![$\w])\$\$(?s:.*?)\$\$|\$+[\w$]*|/(?!\*)|-"
)
_SKIPPED: Final = re.compile(_CHUNK)
_READ: Final = re.compile(rf"//[^\n\r]*|{_CHUNK}")
# The beginning of a statement about models. The first group matches if it begins a line or follows a semicolon.
_BEGINNING: Final = re.compile(
    r"((?:^|;)[^\w\n;'\"`/*-]*)?\b((?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:TEMPORARY\s+)?MODEL)\b",
    re.MULTILINE | re.IGNORECASE,
)


class StatementSpan(NamedTuple):
    """A statement of a script."""

    kind: Kind
    """CREATE, ALTER or DROP MODEL, USE, a statement about a connection, or any other statement."""
    start: int
    """Index of its first character that is not blank."""
    end: int
    """Index of its semicolon, or the end of the script."""
    unclosed: int | None
    """Index of the quote or the comment that has no end; None if there is none."""


def split_script(script: str) -> Iterator[StatementSpan]:
    """The statements of a script, without empty ones."""
    index = 0
    while True:
        start = end = _end(_BLANK, script, index)
        if start >= len(script):
            return
        kind = _kind(script, start)
        pattern = _READ if kind in ("create", "alter", "drop") else _SKIPPED
        unclosed = None
        while end < len(script) and script[end] != ";":
            found = pattern.match(script, end)
            if found is None:
                end, unclosed = len(script), end
            else:
                end = found.end()
        if end > start:
            yield StatementSpan(kind, start, end, unclosed)
        index = end + 1


def find_inner_statement(script: str, span: StatementSpan) -> tuple[int, int] | None:
    """Find a statement about models inside *span*; return the index of the quote or comment around it, and its own index.

    The indexes are equal if there is no quote or comment: then a semicolon is missing. Closed comments are not searched.
    """
    index = span.start
    chunk = ""
    start = index
    word = _WORD.match(script, span.start)
    is_about_others = word is not None and word[0].upper() in ("SHOW", "EXPLAIN")
    for found in _BEGINNING.finditer(script, span.start, span.end):
        place = found.start(2)
        begins_line = found[1] is not None
        if span.unclosed is not None and place > span.unclosed:
            if begins_line:
                return span.unclosed, place
            continue
        while index <= place:
            start, index = index, _end(_SKIPPED, script, index)
            chunk = script[start : start + 2]
        if chunk.startswith(_QUOTES):
            if begins_line:
                return start, place
        elif not chunk.startswith(_COMMENTS) and not is_about_others:
            return place, place
    return None


def _end(pattern: re.Pattern[str], script: str, index: int) -> int:
    found = pattern.match(script, index)
    return found.end() if found else index


def _kind(script: str, start: int) -> Kind:
    """The kind of the statement that begins at *start*."""
    index = _end(_BLANK_OR_HINT, script, start)
    words: list[str] = []
    while len(words) < len(_MODIFIERS) + 2 and (found := _WORD.match(script, index)):
        words.append(found[0].upper())
        if words[0] not in _KINDS or (len(words) > 1 and words[-1] not in _MODIFIERS):
            break
        index = _end(_BLANK_OR_HINT, script, found.end())
    kind = _KINDS.get(words[0]) if words else None
    if kind is None:
        return "other"
    if words[-1] == "CONNECTION":
        return "connection"
    return kind if kind == "use" or words[-1] == "MODEL" else "other"
