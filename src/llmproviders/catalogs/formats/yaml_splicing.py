# SPDX-License-Identifier: Apache-2.0
"""Edits of YAML documents that keep all other characters: a value is replaced, a member is added or removed.

The result may have another meaning than intended, for example where values share an anchor. The caller must check it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import attrs

from .locations import Path, line_break
from .trees import Tree

__all__ = ["spliced"]


@attrs.define(eq=False)
class _Node:
    """A part of the document, from the index *start* to before *end*, without trailing blanks and comments."""

    start: int
    end: int
    next_line: int
    """The start of the line below the node, and below blank lines that belong to a block scalar."""
    value: str
    """The value of a scalar."""
    anchor: str | None
    """Its anchor; for an alias, the anchor that it refers to."""
    is_alias: bool
    is_mapping: bool
    is_flow: bool
    """Whether it is a collection within braces or brackets."""
    children: list[_Node] = attrs.field(factory=list)
    """The items of a sequence; the keys and values of a mapping in turn."""

    @property
    def members(self) -> list[tuple[_Node, _Node]]:
        """The keys and values of a mapping."""
        return list(zip(self.children[::2], self.children[1::2], strict=True))

    def position(self, key: str | int) -> int | None:
        """The position of the member of a mapping with this key; None if there is none."""
        return next((number for number, member in enumerate(self.members) if member[0].value == key), None)


def spliced(text: str, events: Iterable[Any], path: Path, value: Tree, write: Callable[[Tree], str]) -> str:
    """The document with *value* at *path*, or without the value there if it is None.

    Args:
        text: the document.
        events: the events of its parser.
        path: the path of the value; only its last key may be new.
        value: the new value.
        write: a function that writes a value as YAML on one line.
    """
    nodes = _nodes(text, events)
    key, mapping = None, nodes[0]
    for step in path[:-1]:
        if (position := mapping.position(step)) is None:
            # The mapping is an alias.
            return text
        key, mapping = mapping.members[position]
    position = mapping.position(path[-1])
    if position is None:
        return text if value is None else _with_member(text, mapping, f"{write(path[-1])}: {write(value)}")
    if value is not None:
        start, end, new = _replacement(text, *mapping.members[position], write(value))
    elif mapping.is_flow:
        start, end, new = _flow_member(text, mapping, position)
    elif len(mapping.members) == 1:
        # A mapping without members would be a null.
        start, end, new = _replacement(text, key, mapping, "{}")
    else:
        start, end, new = _lines_of_member(text, *mapping.members[position])
    # From the end of the document, so that the indexes stay valid.
    for alias, anchored in reversed(_moved_anchors(text, nodes, start, end)):
        text = text[: alias.start] + anchored + text[alias.end :]
    return text[:start] + new + text[end:]


def _nodes(text: str, events: Iterable[Any]) -> list[_Node]:
    """All nodes of a document in the order of their start; the first one is the whole document."""
    nodes: list[_Node] = []
    collections: list[_Node] = []
    for event in events:
        kind = type(event).__name__
        if kind in ("MappingStartEvent", "SequenceStartEvent", "ScalarEvent", "AliasEvent"):
            node = _node(text, event)
            nodes.append(node)
            if collections:
                collections[-1].children.append(node)
                if kind == "ScalarEvent" and node.start == node.end:
                    _place_empty_value(text, collections[-1])
            if kind.endswith("StartEvent"):
                collections.append(node)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            node = collections.pop()
            if node.is_flow:
                node.end = event.end_mark.index
                node.next_line = _line_below(text, node.end)
            else:
                node.end, node.next_line = node.children[-1].end, node.children[-1].next_line
    return nodes


def _place_empty_value(text: str, collection: _Node) -> None:
    """Move an empty value to its colon; the parser reports it at the next key."""
    children = collection.children
    if collection.is_mapping and len(children) % 2 == 0:
        index = _after_colon(text, children[-2])
        children[-1].start = children[-1].end = index
        children[-1].next_line = _line_below(text, index)


def _node(text: str, event: Any) -> _Node:
    """The node that an event starts; the end of a collection is not known yet."""
    start, end = event.start_mark.index, event.end_mark.index
    content = text[start:end]
    # Blank lines below a block scalar belong to it only if its header has a plus.
    is_block = getattr(event, "style", None) in ("|", ">")
    keeps = is_block and re.search(r"[|>]\d?\+", content.partition("\n")[0])
    trimmed = start + len(content.rstrip())
    return _Node(
        start=start,
        end=trimmed,
        next_line=end if keeps else _line_below(text, trimmed),
        value=getattr(event, "value", ""),
        anchor=event.anchor,
        is_alias=type(event).__name__ == "AliasEvent",
        is_mapping=type(event).__name__ == "MappingStartEvent",
        is_flow=bool(getattr(event, "flow_style", False)),
    )


def _line_below(text: str, index: int) -> int:
    """The start of the line below a character; the end of the document if there is none."""
    return text.find("\n", index) + 1 or len(text)


def _after_colon(text: str, key: _Node) -> int:
    """The index after the colon of a key, or after a key without a colon."""
    colon = re.compile(r"(?:\s|#[^\n]*\n)*:").match(text, key.end)
    return colon.end() if colon else key.end


_Cut: TypeAlias = tuple[int, int, str]
"""A start, an end, and the characters that replace those between them."""


def _replacement(text: str, key: _Node | None, old: _Node, new: str) -> _Cut:
    """The cut that replaces a value by a new one; *key* is None for the whole document."""
    colon = old.start if key is None else _after_colon(text, key)
    between = text[colon : old.start]
    is_empty = old.start == old.end
    if "\n" not in between and not is_empty:
        return old.start, old.end, new
    # A value on the lines below its key moves up to the key; comments between the two stay.
    sign = "" if text[:colon].endswith(":") else ":"
    return colon, max(colon, old.end), f"{sign} {new}{'' if is_empty else between.rstrip()}"


def _lines_of_member(text: str, key: _Node, value: _Node) -> _Cut:
    return text.rfind("\n", 0, key.start) + 1, value.next_line, ""


def _flow_member(text: str, mapping: _Node, position: int) -> _Cut:
    """The cut of a member within braces, with the comma that belongs to it."""
    members = mapping.members
    start = members[position][0].start
    if position + 1 < len(members):
        return start, members[position + 1][0].start, ""
    if position == 0:
        return start, mapping.end - 1, ""
    before, end = (_end_of_member(text, *member) for member in members[-2:])
    if text[before:start].strip() == ",":
        # YAML does not read a brace right after a colon.
        return before, end, " " if text[before - 1] == ":" else ""
    # Comments above the member stay, and the comma above them, which may be the last one.
    after = re.compile(r"\s*,").match(text, end)
    return start, after.end() if after else end, ""


def _end_of_member(text: str, key: _Node, value: _Node) -> int:
    return max(value.end, _after_colon(text, key))


def _with_member(text: str, mapping: _Node, member: str) -> str:
    """The document with one more member: below the last one, or after it within braces."""
    members = mapping.members
    if mapping.is_flow:
        end = _end_of_member(text, *members[-1]) if members else mapping.end - 1
        # YAML does not read a comma right after a colon.
        comma = " , " if text[end - 1] == ":" else ", "
        return f"{text[:end]}{comma if members else ''}{member}{text[end:]}"
    if not members:
        # The mapping is an alias.
        return text
    line = text[text.rfind("\n", 0, members[0][0].start) + 1 :]
    indent = line[: len(line) - len(line.lstrip(" "))]
    end_of_line = line_break(text)
    above, below = text[: mapping.next_line], text[mapping.next_line :]
    return f"{above}{'' if above.endswith(end_of_line) else end_of_line}{indent}{member}{end_of_line}{below}"


def _moved_anchors(text: str, nodes: list[_Node], start: int, end: int) -> list[tuple[_Node, str]]:
    """The first alias of each anchor in a cut, with the anchored value that replaces it."""
    anchored = {node.anchor: node for node in nodes if node.anchor and not node.is_alias and start <= node.start < end}
    moved: dict[str, tuple[_Node, str]] = {}
    for node in nodes:
        if node.is_alias and node.start >= end and node.anchor in anchored and node.anchor not in moved:
            source = anchored[node.anchor]
            moved[node.anchor] = node, text[source.start : source.end]
    return list(moved.values())
