# SPDX-License-Identifier: Apache-2.0
"""Edits of YAML documents that keep all other characters: a value is replaced, a member is added, removed or renamed.

The result may have another meaning than intended, for example where values share an anchor. The caller must check it.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from .lines import (
    TextEdit,
    above_comments,
    apply_edits,
    has_blank_above,
    indent_of,
    line_below,
    line_break,
    line_start,
    lines_around,
)
from .locations import Path
from .trees import ENTRY_DEPTHS, Tree, by_parent

__all__ = ["spliced", "with_key"]


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

    positions: dict[str | int, int] = attrs.field(factory=dict, init=False)
    """The positions of the members of a mapping, by key."""

    def member(self, position: int) -> tuple[_Node, _Node]:
        """The key and the value of a member of a mapping."""
        return self.children[2 * position], self.children[2 * position + 1]


def spliced(
    text: str,
    parse: Callable[[str], Iterable[Any]],
    changes: Mapping[Path, Tree],
    write: Callable[[Tree], str],
    write_block: Callable[[Tree], str],
) -> str:
    """The document with new values by path, where None removes a value.

    Args:
        text: the document.
        parse: a function that returns the events of its parser.
        changes: the new values by path; only the last key of a path may be new.
        write: a function that writes a value as YAML on one line.
        write_block: a function that writes a mapping as YAML on lines of its own.
    """
    if wanted := by_parent(path for path, value in changes.items() if value is not None):
        nodes = _nodes(text, parse(text))
        edits: list[TextEdit] = []
        for path, names in wanted.items():
            key, mapping = _mapping(nodes[0], path)
            values = {name: changes[(*path, name)] for name in names}
            old = [name for name in names if name in mapping.positions]
            edits += [_replacement(text, *mapping.member(mapping.positions[name]), write(values.pop(name))) for name in old]
            if values:
                edits += _added(text, path, key, mapping, values, write, write_block)
        text = _apply_edits(text, nodes, edits)
    # Members are removed last, because a mapping without members is written in braces.
    if unwanted := by_parent(path for path, value in changes.items() if value is None):
        nodes = _nodes(text, parse(text))
        edits = [edit for path, names in unwanted.items() for edit in _removed(text, nodes[0], path, names)]
        text = _apply_edits(text, nodes, edits)
    return text


def _removed(text: str, whole: _Node, path: Path, names: Iterable[Any]) -> list[TextEdit]:
    """The edits that remove some members of the mapping at *path*."""
    key, mapping = _mapping(whole, path)
    positions = sorted(mapping.positions[name] for name in names if name in mapping.positions)
    if mapping.is_flow:
        return _flow_members(text, mapping, positions)
    if 2 * len(positions) == len(mapping.children):
        # A mapping without members would be a null.
        return [_replacement(text, key, mapping, "{}")] if positions else []
    return [_lines_of_member(text, mapping, position) for position in positions]


def _added(
    text: str,
    path: Path,
    key: _Node | None,
    mapping: _Node,
    members: Mapping[Any, Tree],
    write: Callable[[Tree], str],
    write_block: Callable[[Tree], str],
) -> list[TextEdit]:
    """The edits that add members to the mapping at *path*, whose own key is *key*."""
    top = path[0] if path else next(iter(members))
    is_block = len(path) < ENTRY_DEPTHS.get(top, 0) and all(isinstance(value, dict) for value in members.values())
    # An entry is written as its neighbours are.
    has_braces = bool(path) and any(each.is_flow and each.children for each in mapping.children[1::2])
    if is_block and not has_braces:
        if mapping.is_flow and not mapping.children:
            return _first_block(text, key, mapping, write_block(members))
        if not mapping.is_flow:
            last = mapping.children[2:][-2:-1]
            is_apart = any(has_blank_above(text, line_start(text, each.start)) for each in last)
            return _added_blocks(text, mapping, [write_block({name: each}) for name, each in members.items()], is_apart=is_apart)
    return _added_lines(text, mapping, [f"{write(name)}: {write(value)}" for name, value in members.items()])


def with_key(text: str, events: Iterable[Any], path: Path, name: str) -> str:
    """The document with another name for the last key of *path*."""
    nodes = _nodes(text, events)
    _, mapping = _mapping(nodes[0], path[:-1])
    if path[-1] not in mapping.positions:
        return text
    key, _ = mapping.member(mapping.positions[path[-1]])
    return _apply_edits(text, nodes, [(key.start, key.end, name)])


def _mapping(whole: _Node, path: Path) -> tuple[_Node | None, _Node]:
    """The key and the mapping at *path*; if an alias is on the path, the alias."""
    key, mapping = None, whole
    for step in path:
        if step not in mapping.positions:
            # An alias has no members.
            break
        key, mapping = mapping.member(mapping.positions[step])
    return key, mapping


def _apply_edits(text: str, nodes: list[_Node], edits: list[TextEdit]) -> str:
    """The document after edits; anchors in them move to their first aliases."""
    moved = [(alias.start, alias.end, anchored) for alias, anchored in _moved_anchors(text, nodes, edits)]
    return apply_edits(text, [*edits, *moved])


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
                outer = collections[-1]
                if outer.is_mapping and len(outer.children) % 2 == 0:
                    outer.positions.setdefault(node.value, len(outer.children) // 2)
                outer.children.append(node)
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
    """Set the location of an empty value to that of its colon; the parser reports that of the next key."""
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


def _replacement(text: str, key: _Node | None, old: _Node, new: str) -> TextEdit:
    """The edit that replaces a value by a new one; *key* is None for the whole document."""
    colon = old.start if key is None else _after_colon(text, key)
    between = text[colon : old.start]
    is_empty = old.start == old.end
    if "\n" not in between and not is_empty:
        return old.start, old.end, new
    # A value below its key is moved to the line of the key; comments between the two are kept.
    sign = "" if text[:colon].endswith(":") else ":"
    return colon, max(colon, old.end), f"{sign} {new}{'' if is_empty else between.rstrip()}"


def _lines_of_member(text: str, mapping: _Node, position: int) -> TextEdit:
    """The edit that removes a member on lines of its own, and a block with the comment above it and the blank lines around it."""
    key, value = mapping.member(position)
    start, end = line_start(text, key.start), value.next_line
    above = text[start : key.start]
    if above.strip(" \t?"):
        # The line begins with the colon of an explicit key, which stays.
        return start + len(above.rstrip()), end, line_break(text)
    if not value.is_mapping or value.is_flow:
        return start, end, ""
    start, end = lines_around(text, above_comments(text, start), end)
    if position == 0 and start:
        while end < len(text) and text[end].isspace():
            end += 1
        end = line_start(text, end)
    return start, end, ""


def _flow_members(text: str, mapping: _Node, positions: list[int]) -> list[TextEdit]:
    """The edits that remove members within braces, with the commas that belong to them."""
    count = len(mapping.children) // 2
    gone = set(positions)
    first = count
    while first - 1 in gone:
        first -= 1
    edits = [(mapping.member(each)[0].start, mapping.member(each + 1)[0].start, "") for each in positions if each < first]
    if first == count:
        return edits
    start = mapping.member(first)[0].start
    if first == 0:
        return [(start, mapping.end - 1, "")]
    before, end = (_end_of_member(text, *mapping.member(each)) for each in (first - 1, count - 1))
    if text[before:start].strip() == ",":
        # YAML does not read a brace right after a colon.
        return [*edits, (before, end, " " if text[before - 1] == ":" else "")]
    # Comments above the member are kept, and so is the comma above them: it may become the last one.
    after = re.compile(r"\s*,").match(text, end)
    return [*edits, (start, after.end() if after else end, "")]


def _end_of_member(text: str, key: _Node, value: _Node) -> int:
    return max(value.end, _after_colon(text, key))


def _added_lines(text: str, mapping: _Node, members: list[str]) -> list[TextEdit]:
    """The edit that adds members, each on one line: below the last one, or after it within braces."""
    if mapping.is_flow:
        end = _end_of_member(text, *mapping.member(-1)) if mapping.children else mapping.end - 1
        # YAML does not read a comma right after a colon.
        comma = " , " if text[end - 1] == ":" else ", "
        return [(end, end, f"{comma if mapping.children else ''}{', '.join(members)}")]
    return _added_blocks(text, mapping, [f"{member}\n" for member in members])


def _added_blocks(text: str, mapping: _Node, blocks: list[str], *, is_apart: bool = False) -> list[TextEdit]:
    """The edit that adds lines below the last member of a mapping, with its indentation, below a blank line if *is_apart*."""
    if not mapping.children:
        # The mapping is an alias.
        return []
    index = mapping.next_line
    end = "" if index and text[index - 1] == "\n" else line_break(text)
    blank = line_break(text) if is_apart else ""
    indent = _indent_of_members(text, mapping)
    return [(index, index, end + "".join(f"{blank}{_indented(block, indent, text)}" for block in blocks))]


def _indent_of_members(text: str, mapping: _Node) -> str:
    """The indentation of the members of a block; the first one may follow a ``:`` of an explicit key, or a ``?`` of its own."""
    start = mapping.children[0].start
    above = re.sub(r"\?[ \t]*\Z", "", text[line_start(text, start) : start])
    return re.sub(r"[^ \t]", " ", above)


def _first_block(text: str, key: _Node | None, mapping: _Node, lines: str) -> list[TextEdit]:
    """The edits that put lines in place of a mapping without members."""
    if key is None:
        return [(mapping.start, len(text) - len(text[mapping.end :].lstrip(" \t\r\n")), _indented(lines, "", text))]
    indent = indent_of(text, key.start) + "  "
    index = line_below(text, mapping.end)
    end = "" if text[index - 1] == "\n" else line_break(text)
    return [(_after_colon(text, key), mapping.end, ""), (index, index, end + _indented(lines, indent, text))]


def _indented(lines: str, indent: str, text: str) -> str:
    """New lines with an indentation and the line breaks of the document."""
    return "".join(f"{indent}{line}{line_break(text)}" for line in lines.splitlines())


def _moved_anchors(text: str, nodes: list[_Node], edits: list[TextEdit]) -> Iterator[tuple[_Node, str]]:
    """The first alias of each anchor in the ranges of edits, with the anchored value that replaces it."""
    ends: list[tuple[int, int]] = []
    """The starts of the edits in order, each with the largest end of the edits up to it."""
    for start, end, _ in sorted(edits):
        ends.append((start, max(end, ends[-1][1] if ends else 0)))
    anchored: dict[str, _Node] = {}
    for node in nodes:
        if node.anchor is None:
            continue
        place = bisect(ends, (node.start, len(text))) - 1
        is_replaced = place >= 0 and node.start < ends[place][1]
        if is_replaced and not node.is_alias:
            anchored[node.anchor] = node
        elif not is_replaced and (source := anchored.pop(node.anchor, None)) is not None and node.is_alias:
            yield node, text[source.start : source.end]
