# SPDX-License-Identifier: Apache-2.0
"""The tree of a YAML document and the locations of its parts, from the parser's events and by the core schema of YAML 1.2.

Tags create no objects, each use of an alias counts, and a scalar that two YAML versions read differently is refused. The composer
of ruamel.yaml is not used: it resolves tags by the version that the document names, and needs twice the memory.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from ...messages import shown
from ...syntax.locations import Location
from .locations import Part
from .trees import MAX_DEPTH, TOO_DEEP, SyntaxProblem, Tree

__all__ = ["TreeBuilder"]

MIN_LIMIT: Final = 1_000_000
"""The size that aliases may add to any document: the sum of the sizes of the nodes that they refer to."""
LIMIT_FACTOR: Final = 10
"""The size that aliases may add to a longer document, as a multiple of its length."""
NODE_SIZE: Final = 40
"""The size of a node without its string, in characters; about its memory."""

_NULL: Final = ("", "~", "null", "Null", "NULL")
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT: Final = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_FITS: Final = {"int": ("int",), "float": ("int", "float"), "bool": ("bool",), "null": ("NoneType",), "map": (), "seq": ()}
_TAGS: Final = {f"tag:yaml.org,2002:{name}" for name in ("str", *_FITS)}
_HOW_TO_MERGE: Final = "write <<: *name, and &name before the mapping with these keys"


class _Node(NamedTuple):
    """A value, and the size that an alias of it adds to a document."""

    value: Tree
    size: int
    depth: int
    """The depth of the mappings and sequences in it."""


class _Frame:
    """A mapping or sequence that is being read."""

    def __init__(self, event: Any, *, is_mapping: bool) -> None:
        self.anchor: str | None = event.anchor
        self.start: int = event.start_mark.index
        self.value: Any = {} if is_mapping else []
        self.parts: Any = {} if is_mapping else []
        """The location of each key or item."""
        self.is_mapping = is_mapping
        self.size = NODE_SIZE
        self.depth = 1
        self.key: str | None = None
        """The key whose value is next."""
        self.merge: Any = None
        """The event of an unquoted key ``<<``; None if there is none."""
        self.is_merging = False
        """Whether the value of the key ``<<`` is next."""
        self.merged: list[dict[str, Tree]] = []
        """The mappings that it merges."""

    @property
    def is_at_key(self) -> bool:
        """Whether a key is next."""
        return self.is_mapping and self.key is None and not self.is_merging

    def close(self) -> tuple[_Node, Part | int]:
        """The mapping or sequence, and its part. Its own keys override merged keys, and the first merged mapping counts."""
        if self.merged:
            value: dict[str, Tree] = {}
            for each in self.merged:
                for key in each:
                    value.setdefault(key, each[key])
                    self.parts.setdefault(key, self.merge.start_mark.index)
            self.value = {**value, **self.value}
        part: Part | int = self.start
        if self.parts:
            part = Part(self.start)
            part.parts = self.parts
        return _Node(self.value, self.size, self.depth), part


class TreeBuilder:
    """Builds a tree from events, without recursion."""

    def __init__(self, length: int) -> None:
        self.tree: Tree = None
        self.whole = Part(0)
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Node] = {}
        self._has_document = False
        self._rest = max(MIN_LIMIT, LIMIT_FACTOR * length)
        """The size that aliases may still add."""

    def add(self, event: Any) -> None:
        """Add the next event.

        Raises:
            SyntaxProblem: if it cannot be part of a tree.
        """
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            if self._has_document:
                raise SyntaxProblem(_location(event), "one document", hint="this is where a second one starts")
            self._has_document = True
        elif kind == "ScalarEvent":
            node = _Node(_scalar(event), NODE_SIZE + len(event.value), 0)
            if event.anchor:
                self._anchors[event.anchor] = node
            self._add_node(node, event, event.start_mark.index)
        elif kind == "AliasEvent":
            if event.anchor not in self._anchors:
                is_merging = self._frames and self._frames[-1].is_merging
                hint = _HOW_TO_MERGE if is_merging else "quote a string that begins with *"
                raise SyntaxProblem(_location(event), "an alias after its anchored value, and not inside it", hint=hint)
            node = self._anchors[event.anchor]
            self._rest -= node.size
            if self._rest < 0:
                hint = "share options by `extends` in place of aliases"
                expected = "a document whose aliases do not multiply its size"
                raise SyntaxProblem(_location(event), expected, hint=hint, code="document-limit")
            self._add_node(node, event, event.start_mark.index)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._open(event, is_mapping=kind == "MappingStartEvent")
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            frame = self._frames.pop()
            node, part = frame.close()
            if frame.anchor:
                self._anchors[frame.anchor] = node
            self._add_node(node, event, part)

    def _open(self, event: Any, *, is_mapping: bool) -> None:
        _check_tag(event)
        if len(self._frames) >= MAX_DEPTH:
            raise SyntaxProblem(_location(event), TOO_DEEP, code="document-limit")
        if self._frames and self._frames[-1].is_at_key:
            hint = "quote a string that begins with a brace or bracket"
            raise SyntaxProblem(_location(event), "a key that is a string", hint=hint)
        self._frames.append(_Frame(event, is_mapping=is_mapping))

    def _add_node(self, node: _Node, event: Any, part: Part | int) -> None:
        """Add a value, or a key, to the innermost open mapping or sequence."""
        if not self._frames:
            self.tree = node.value
            if isinstance(part, Part):
                self.whole.parts = part.parts
            return
        frame = self._frames[-1]
        frame.size += node.size
        frame.depth = max(frame.depth, node.depth + 1)
        if len(self._frames) + node.depth > MAX_DEPTH:
            raise SyntaxProblem(_location(event), TOO_DEEP, code="document-limit")
        if not frame.is_mapping:
            frame.parts.append(part)
            frame.value.append(node.value)
        elif frame.is_at_key:
            _add_key(frame, node.value, event)
        elif frame.is_merging:
            frame.merged = _mappings(node.value, frame.merge)
            frame.is_merging = False
        else:
            if isinstance(part, Part):
                # The location of a value is that of its key.
                part.start = frame.parts[frame.key]
                frame.parts[frame.key] = part
            frame.value[frame.key] = node.value
            frame.key = None


def _add_key(frame: _Frame, key: Tree, event: Any) -> None:
    if not isinstance(key, str):
        raise SyntaxProblem(_location(event), "a key that is a string", hint="quote it")
    is_merge = key == "<<" and getattr(event, "style", "alias") is None
    if (frame.merge is not None) if is_merge else (key in frame.value):
        raise SyntaxProblem(_location(event), f"each key once, got {shown(key)} twice")
    if is_merge:
        frame.merge, frame.is_merging = event, True
    else:
        frame.key = key
        frame.parts[key] = event.start_mark.index


def _mappings(value: Tree, event: Any) -> list[dict[str, Tree]]:
    """The mappings that a key ``<<`` merges."""
    mappings = value if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) for each in mappings):
        raise SyntaxProblem(_location(event), "a mapping to merge, or a list of mappings", hint=_HOW_TO_MERGE)
    return mappings


def _location(event: Any) -> Location:
    return Location(event.start_mark.line + 1, event.start_mark.column + 1)


def _check_tag(event: Any) -> None:
    if event.tag is not None and str(event.tag) not in (*_TAGS, "!"):
        raise SyntaxProblem(
            _location(event),
            "a document without custom tags",
            hint="quote a string that begins with !; a reference is {env: NAME}",
        )


def _scalar(event: Any) -> Tree:
    _check_tag(event)
    string: str = event.value
    tag = str(event.tag).rpartition(":")[2] if event.tag is not None else ""
    if tag in ("str", "!") or (not tag and event.style is not None):
        return string
    value = _plain(string, event)
    if tag and type(value).__name__ not in _FITS[tag]:
        raise SyntaxProblem(_location(event), f"a value that fits its tag !!{tag}")
    return value


def _plain(string: str, event: Any) -> Tree:
    if string in _NULL:
        return None
    if string in _BOOLEANS:
        return _BOOLEANS[string]
    if re.fullmatch(_INTEGER, string):
        if re.fullmatch(r"[-+]?0[0-9]+", string):
            hint = "YAML 1.1 reads it as octal; quote it if it is a string"
            raise SyntaxProblem(_location(event), "a number without a leading zero", hint=hint)
        try:
            return int(string, 0) if string[:2] in ("0o", "0x") else int(string)
        except ValueError:
            # Python refuses numbers with thousands of digits.
            expected = "a number without thousands of digits"
        raise SyntaxProblem(_location(event), expected, hint="quote it if it is a string")
    if re.fullmatch(_FLOAT, string):
        special = string.lower().replace(".inf", "inf").replace(".nan", "nan")
        return float(special)
    return string
