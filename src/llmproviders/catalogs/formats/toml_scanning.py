# SPDX-License-Identifier: Apache-2.0
"""The parts of a valid TOML document and their locations, from one pass over its tokens."""

from __future__ import annotations

import re
import sys
from typing import Any, Final, NamedTuple

import attrs

from ...optional import import_optional
from .locations import Part
from .trees import MAX_DEPTH

__all__ = ["Statement", "TomlPart", "has_long_key", "scan", "tomllib"]

tomllib: Any = import_optional("tomllib" if sys.version_info >= (3, 11) else "tomli", "toml")

# An unclosed string extends to the end of its line or of the document, so that the scan takes linear time.
_STRING_OR_COMMENT: Final = (
    r'"""[^"\\]*(?:(?:\\.|""?(?!"))[^"\\]*)*(?:"{3,5}|\\?\Z)'
    r"|'''[^']*(?:''?(?!')[^']*)*(?:'{3,5}|\Z)"
    r'|"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*(?:"|\\?(?=\n)|\\?\Z)'
    r"|'[^'\n]*'?"
    r"|#[^\n]*"
)
_TOKEN: Final = re.compile(_STRING_OR_COMMENT + r"""|[\[\]{}=,.\n]|[^\s\[\]{}=,."'#]+""", re.DOTALL)
_MARK: Final = re.compile(_STRING_OR_COMMENT + r"|([\[\]{}=,.])", re.DOTALL)


@attrs.define(eq=False, weakref_slot=False)
class TomlPart(Part):
    """A part of a document."""

    value: int | None = attrs.field(default=None, init=False)
    """The start of its value; None for a table that headers or dotted keys make."""
    end: int = attrs.field(default=0, init=False)
    """The end of its value."""
    keys: list[tuple[int, int]] = attrs.field(factory=list, init=False)
    """The start and end of its key, at each place where that is written."""
    is_array: bool = attrs.field(default=False, init=False)


class Statement(NamedTuple):
    """A header, or a key with its value; both are alone on their lines."""

    start: int
    part: TomlPart
    """The part that it opens or sets."""
    table: TomlPart
    """The table that contains the part; for a header, the table that it opens."""
    header_end: int
    """The end of a header; 0 for a key with its value."""

    @property
    def end(self) -> int:
        """The index after its last character."""
        return self.header_end or self.part.end


def has_long_key(text: str) -> bool:
    """Whether a dotted key in any string has over `MAX_DEPTH` parts; the parser's time is quadratic in their number."""
    if not any(line.count(".") > MAX_DEPTH for line in text.split("\n")):
        return False
    return "." * (MAX_DEPTH + 1) in "".join(_MARK.findall(text))


def scan(text: str) -> tuple[TomlPart, list[Statement]]:
    """The document as a part, and its statements."""
    scanner = _Scanner(text)
    for token in _TOKEN.finditer(text):
        if token[0][0] != "#":
            scanner.add(token)
    return scanner.whole, scanner.statements


class _Scanner:
    """The state between two tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.whole = self.table = TomlPart(0)
        self.statements: list[Statement] = []
        self.containers: list[TomlPart] = []
        """The arrays and inline tables that are open."""
        self.keys: list[re.Match[str]] = []
        """The parts of the key that is being read."""
        self.header: int | None = None
        """The start of the header that is being read."""
        self.current: TomlPart | None = None
        """The part whose value is being read."""

    def add(self, token: re.Match[str]) -> None:
        """Add the next token."""
        sign = token[0]
        if sign == "\n":
            if not self.containers:
                self.current = None
        elif sign == ",":
            self.current = None
        elif sign in ("]", "}") and self.containers:
            self.current = self.containers.pop()
            self.current.end = token.end()
        elif self.current is None and not (self.containers and self.containers[-1].is_array):
            self._add_to_key(token)
        else:
            self._add_to_value(token)

    def _add_to_key(self, token: re.Match[str]) -> None:
        sign = token[0]
        if sign == "[":
            self.header = token.start() if self.header is None else self.header
        elif sign == "=":
            start = self.keys[0].start()
            self.current = _part_at_key(self.containers[-1] if self.containers else self.table, self.keys, start)
            if not self.containers:
                self.statements.append(Statement(start, self.current, self.table, 0))
            self.keys = []
        elif sign not in ("]", "."):
            self.keys.append(token)
        elif sign == "]" and self.header is not None:
            is_double = self.text.startswith("[[", self.header)
            part = self.table = _part_at_key(self.whole, self.keys, self.header)
            if is_double:
                part.is_array = True
                self.table = part.parts[len(part.parts)] = TomlPart(self.header)
            self.statements.append(Statement(self.header, part, self.table, token.end() + is_double))
            self.keys, self.header = [], None

    def _add_to_value(self, token: re.Match[str]) -> None:
        if self.current is None:
            array = self.containers[-1]
            self.current = array.parts[len(array.parts)] = TomlPart(token.start())
        if self.current.value is None:
            self.current.value = token.start()
        self.current.end = token.end()
        if token[0] in ("[", "{"):
            self.current.is_array = token[0] == "["
            self.containers.append(self.current)
            self.current = None


def _part_at_key(part: TomlPart, keys: list[re.Match[str]], start: int) -> TomlPart:
    """The part at a dotted key below *part*; missing parts are created, with their location at *start*."""
    for key in keys:
        if part.is_array:
            # In a header, the name of an array of tables means its last table.
            part = part.parts[len(part.parts) - 1]
        part = part.parts.setdefault(_name(key[0]), TomlPart(start))
        part.keys.append(key.span())
    return part


def _name(key: str) -> str:
    if key[0] not in "\"'":
        return key
    if "\\" not in key:
        return key[1:-1]
    (name,) = tomllib.loads(f"{key} = 0")
    return str(name)
