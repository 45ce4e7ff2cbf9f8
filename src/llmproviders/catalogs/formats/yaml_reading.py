# SPDX-License-Identifier: Apache-2.0
"""The tree of a YAML document and the locations of its parts, from the parser's events and by the core schema of YAML 1.2.

Tags create no objects, each use of an alias counts, and a scalar that two YAML versions read differently is refused.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ...messages import shown
from .locations import Location, Part
from .trees import MAX_DEPTH, TOO_DEEP, SyntaxProblem, Tree

__all__ = ["TreeBuilder"]

MAX_NODES: Final = 2_000_000
"""The largest document, in nodes; aliases count as often as they are used."""

_NULL: Final = ("", "~", "null", "Null", "NULL")
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT: Final = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_FITS: Final = {"int": ("int",), "float": ("int", "float"), "bool": ("bool",), "null": ("NoneType",), "map": (), "seq": ()}
_TAGS: Final = {f"tag:yaml.org,2002:{name}" for name in ("str", *_FITS)}


class _Frame:
    """A mapping or sequence that is being read."""

    def __init__(self, node: Any, part: Part, anchor: str | None) -> None:
        self.node = node
        self.part = part
        self.anchor = anchor
        self.size = 1
        self.key: str | None = None


class TreeBuilder:
    """Builds a tree from events, without recursion."""

    def __init__(self) -> None:
        self.tree: Tree = None
        self.part = Part(0)
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.documents = 0

    def add(self, event: Any) -> None:
        """Add the next event.

        Raises:
            SyntaxProblem: if it cannot be part of a tree.
        """
        location = Location(event.start_mark.line + 1, event.start_mark.column + 1)
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                raise SyntaxProblem(location, "one document", hint="this is where a second one starts")
        elif kind == "ScalarEvent":
            value = _scalar(event, location)
            self._put(value, 1, location, Part(event.start_mark.index))
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
        elif kind == "AliasEvent":
            if event.anchor not in self.anchors:
                hint = "quote a string that begins with *"
                raise SyntaxProblem(location, "an anchor before its alias, and not around it", hint=hint)
            self._put(*self.anchors[event.anchor], location, Part(event.start_mark.index))
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            _check_tag(event, location)
            if len(self.frames) >= MAX_DEPTH:
                raise SyntaxProblem(location, TOO_DEEP)
            node: Any = {} if kind == "MappingStartEvent" else []
            if self.frames and isinstance(self.frames[-1].node, dict) and self.frames[-1].key is None:
                raise SyntaxProblem(location, "a key that is a string", hint="quote a string that begins with a brace or bracket")
            self.frames.append(_Frame(node, Part(event.start_mark.index), event.anchor))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            frame = self.frames.pop()
            if frame.anchor:
                self.anchors[frame.anchor] = (frame.node, frame.size)
            self._put(frame.node, frame.size, location, frame.part)

    def _put(self, value: Any, size: int, location: Location, part: Part) -> None:
        """Put a value, or a key, at the place of the next node."""
        if not self.frames:
            self.tree = value
            self.part.parts = part.parts
            return
        frame = self.frames[-1]
        frame.size += size
        if frame.size > MAX_NODES:
            raise SyntaxProblem(location, f"a document of at most {MAX_NODES} nodes, aliases counted as often as used")
        if isinstance(frame.node, list):
            frame.part.parts[len(frame.node)] = part
            frame.node.append(value)
        elif frame.key is None:
            if not isinstance(value, str):
                raise SyntaxProblem(location, "a key that is a string", hint="quote it")
            if value in frame.node:
                raise SyntaxProblem(location, f"each key once, got {shown(value)} twice")
            frame.key = value
            frame.part.parts[value] = part
        else:
            frame.part.parts[frame.key].parts = part.parts
            frame.node[frame.key] = value
            frame.key = None


def _check_tag(event: Any, location: Location) -> None:
    if event.tag is not None and str(event.tag) not in (*_TAGS, "!"):
        raise SyntaxProblem(location, "a document without custom tags", hint="quote a string that begins with !")


def _scalar(event: Any, location: Location) -> Any:
    _check_tag(event, location)
    string: str = event.value
    tag = str(event.tag).rpartition(":")[2] if event.tag is not None else ""
    if tag in ("str", "!") or (not tag and event.style is not None):
        return string
    value = _plain(string, location)
    if tag and type(value).__name__ not in _FITS[tag]:
        raise SyntaxProblem(location, f"a value that fits its tag !!{tag}")
    return value


def _plain(string: str, location: Location) -> Any:
    if string in _NULL:
        return None
    if string in _BOOLEANS:
        return _BOOLEANS[string]
    if re.fullmatch(_INTEGER, string):
        if re.fullmatch(r"[-+]?0[0-9]+", string):
            hint = "YAML 1.1 reads it as octal; quote it if it is a string"
            raise SyntaxProblem(location, "a number without a leading zero", hint=hint)
        if len(string) > 40:  # noqa: PLR2004
            raise SyntaxProblem(location, "a number of at most 40 digits", hint="quote it if it is a string")
        return int(string, 0) if string[:2] in ("0o", "0x") else int(string)
    if re.fullmatch(_FLOAT, string):
        special = string.lower().replace(".inf", "inf").replace(".nan", "nan")
        return float(special)
    return string
