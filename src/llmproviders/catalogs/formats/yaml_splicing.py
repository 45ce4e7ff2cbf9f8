# SPDX-License-Identifier: Apache-2.0
"""Edits of YAML documents that keep all other characters: a value is replaced, a member is added, removed or renamed.

The result may have another meaning than intended, for example where values share an anchor. The caller must check it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from .lines import (
    Cut,
    above_comments,
    has_blank_above,
    indent_of,
    line_below,
    line_break,
    line_start,
    lines_around,
    with_cuts,
)
from .locations import Path
from .trees import ENTRY_DEPTHS, Tree

__all__ = ["spliced", "with_key", "with_members", "with_scalars"]


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


def spliced(
    text: str,
    events: Iterable[Any],
    path: Path,
    value: Tree,
    write: Callable[[Tree], str],
    write_block: Callable[[Tree], str],
) -> str:
    """The document with *value* at *path*, or without the value there if it is None.

    Args:
        text: the document.
        events: the events of its parser.
        path: the path of the value; only its last key may be new.
        value: the new value.
        write: a function that writes a value as YAML on one line.
        write_block: a function that writes a mapping as YAML on lines of its own.
    """
    nodes = _nodes(text, events)
    found = _mapping(nodes[0], path)
    if found is None:
        return text
    key, mapping = found
    name = path[-1]
    position = mapping.position(name)
    if position is None:
        if value is None:
            return text
        return _with_members(text, path[:-1], key, mapping, {name: value}, write, write_block)
    if value is not None:
        cut = _replacement(text, *mapping.members[position], write(value))
    elif mapping.is_flow:
        cut = _flow_member(text, mapping, position)
    elif len(mapping.members) == 1:
        # A mapping without members would be a null.
        cut = _replacement(text, key, mapping, "{}")
    else:
        cut = _lines_of_member(text, mapping, position)
    return _with_cut(text, nodes, cut)


def with_members(
    text: str,
    events: Iterable[Any],
    path: Path,
    members: Mapping[str, Tree],
    write: Callable[[Tree], str],
    write_block: Callable[[Tree], str],
) -> str:
    """The document with new members of the mapping at a path, which it has; the arguments are those of `spliced`."""
    found = _mapping(_nodes(text, events)[0], (*path, ""))
    return text if found is None else _with_members(text, path, *found, members, write, write_block)


def _with_members(
    text: str,
    path: Path,
    key: _Node | None,
    mapping: _Node,
    members: Mapping[Any, Tree],
    write: Callable[[Tree], str],
    write_block: Callable[[Tree], str],
) -> str:
    """The document with new members of the mapping at *path*, whose own key is *key*."""
    top = path[0] if path else next(iter(members))
    is_block = len(path) < ENTRY_DEPTHS.get(top, 0) and all(isinstance(value, dict) for value in members.values())
    # An entry is written as its neighbours are.
    has_braces = bool(path) and any(each.is_flow and each.children for each in mapping.children[1::2])
    if is_block and not has_braces:
        if mapping.is_flow and not mapping.children:
            return _with_first_block(text, key, mapping, write_block(members))
        if not mapping.is_flow:
            last = mapping.children[-2:-1] if len(mapping.members) > 1 else []
            is_apart = any(has_blank_above(text, line_start(text, each.start)) for each in last)
            return _with_blocks(text, mapping, [write_block({name: value}) for name, value in members.items()], is_apart=is_apart)
    return _with_lines(text, mapping, [f"{write(name)}: {write(value)}" for name, value in members.items()])


def with_key(text: str, events: Iterable[Any], path: Path, name: str) -> str:
    """The document with another name for the last key of *path*."""
    nodes = _nodes(text, events)
    found = _mapping(nodes[0], path)
    position = found[1].position(path[-1]) if found else None
    if found is None or position is None:
        return text
    key, _ = found[1].members[position]
    return _with_cut(text, nodes, (key.start, key.end, name))


def with_scalars(
    text: str, events: Iterable[Any], changes: Mapping[Path, Tree], write: Callable[[Tree], str]
) -> tuple[str, dict[Path, Tree]]:
    """The document with new values in place of scalars without anchors; and the changes that are left."""
    known: dict[int, dict[str, tuple[_Node, _Node]]] = {}
    cuts, rest = [], {}
    whole = _nodes(text, events)[0]
    for path, value in changes.items():
        key, old = None, whole
        for step in path:
            if id(old) not in known:
                known[id(old)] = {member[0].value: member for member in old.members} if old.is_mapping else {}
            key, old = known[id(old)].get(str(step), (None, whole))
            if key is None:
                break
        if key is None or value is None or old.children or old.is_flow or old.is_mapping or old.is_alias or old.anchor:
            rest[path] = value
        else:
            cuts.append(_replacement(text, key, old, write(value)))
    return with_cuts(text, sorted(cuts)), rest


def _mapping(whole: _Node, path: Path) -> tuple[_Node | None, _Node] | None:
    """The mapping that has the last key of *path*, with its own key; None if it is an alias or in one."""
    key, mapping = None, whole
    for step in path[:-1]:
        if (position := mapping.position(step)) is None:
            return None
        key, mapping = mapping.members[position]
    return key, mapping


def _with_cut(text: str, nodes: list[_Node], cut: Cut) -> str:
    """The document after a cut; anchors in it move to their first aliases."""
    start, end, _ = cut
    moved = [(alias.start, alias.end, anchored) for alias, anchored in _moved_anchors(text, nodes, start, end)]
    return with_cuts(text, [cut, *moved])


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
                node.next_line = line_below(text, node.end)
            else:
                node.end, node.next_line = node.children[-1].end, node.children[-1].next_line
    return nodes


def _place_empty_value(text: str, collection: _Node) -> None:
    """Move an empty value to its colon; the parser reports it at the next key."""
    children = collection.children
    if collection.is_mapping and len(children) % 2 == 0:
        index = _after_colon(text, children[-2])
        children[-1].start = children[-1].end = index
        children[-1].next_line = line_below(text, index)


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
        next_line=end if keeps else line_below(text, trimmed),
        value=getattr(event, "value", ""),
        anchor=event.anchor,
        is_alias=type(event).__name__ == "AliasEvent",
        is_mapping=type(event).__name__ == "MappingStartEvent",
        is_flow=bool(getattr(event, "flow_style", False)),
    )


def _after_colon(text: str, key: _Node) -> int:
    """The index after the colon of a key, or after a key without a colon."""
    colon = re.compile(r"(?:\s|#[^\n]*\n)*:").match(text, key.end)
    return colon.end() if colon else key.end


def _replacement(text: str, key: _Node | None, old: _Node, new: str) -> Cut:
    """The cut that replaces a value by a new one; *key* is None for the whole document."""
    colon = old.start if key is None else _after_colon(text, key)
    between = text[colon : old.start]
    is_empty = old.start == old.end
    if "\n" not in between and not is_empty:
        return old.start, old.end, new
    # A value on the lines below its key moves up to the key; comments between the two stay.
    sign = "" if text[:colon].endswith(":") else ":"
    return colon, max(colon, old.end), f"{sign} {new}{'' if is_empty else between.rstrip()}"


def _lines_of_member(text: str, mapping: _Node, position: int) -> Cut:
    """The cut of a member on lines of its own; a block goes with the comment above it and the blank lines around it."""
    key, value = mapping.members[position]
    start, end = line_start(text, key.start), value.next_line
    if not value.is_mapping or value.is_flow:
        return start, end, ""
    start, end = lines_around(text, above_comments(text, start), end)
    if position == 0 and start:
        end += len(text[end:]) - len(text[end:].lstrip())
        end = line_start(text, end)
    return start, end, ""


def _flow_member(text: str, mapping: _Node, position: int) -> Cut:
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


def _with_lines(text: str, mapping: _Node, members: list[str]) -> str:
    """The document with more members, each on one line: below the last one, or after it within braces."""
    if mapping.is_flow:
        end = _end_of_member(text, *mapping.members[-1]) if mapping.members else mapping.end - 1
        # YAML does not read a comma right after a colon.
        comma = " , " if text[end - 1] == ":" else ", "
        return f"{text[:end]}{comma if mapping.members else ''}{', '.join(members)}{text[end:]}"
    return _with_blocks(text, mapping, [f"{member}\n" for member in members])


def _with_blocks(text: str, mapping: _Node, blocks: list[str], *, is_apart: bool = False) -> str:
    """The document with lines below the last member of a mapping, with its indentation, and below a blank line if *is_apart*."""
    if not mapping.members:
        # The mapping is an alias.
        return text
    index = mapping.next_line
    end = "" if text[:index].endswith("\n") else line_break(text)
    blank = line_break(text) if is_apart else ""
    indent = indent_of(text, mapping.members[0][0].start)
    lines = "".join(f"{blank}{_indented(block, indent, text)}" for block in blocks)
    return f"{text[:index]}{end}{lines}{text[index:]}"


def _with_first_block(text: str, key: _Node | None, mapping: _Node, lines: str) -> str:
    """The document with lines in place of a mapping without members."""
    if key is None:
        return text[: mapping.start] + _indented(lines, "", text) + text[mapping.end :].lstrip(" \t\r\n")
    indent = indent_of(text, key.start) + "  "
    start = _after_colon(text, key)
    index = line_below(text, mapping.end)
    rest = text[mapping.end : index]
    end = "" if rest.endswith("\n") else line_break(text)
    return f"{text[:start]}{rest}{end}{_indented(lines, indent, text)}{text[index:]}"


def _indented(lines: str, indent: str, text: str) -> str:
    """New lines with an indentation and the line breaks of the document."""
    return "".join(f"{indent}{line}{line_break(text)}" for line in lines.splitlines())


def _moved_anchors(text: str, nodes: list[_Node], start: int, end: int) -> list[tuple[_Node, str]]:
    """The first alias of each anchor in a cut, with the anchored value that replaces it."""
    anchored = {node.anchor: node for node in nodes if node.anchor and not node.is_alias and start <= node.start < end}
    moved: dict[str, tuple[_Node, str]] = {}
    for node in nodes:
        if node.is_alias and node.start >= end and node.anchor in anchored and node.anchor not in moved:
            source = anchored[node.anchor]
            moved[node.anchor] = node, text[source.start : source.end]
    return list(moved.values())
