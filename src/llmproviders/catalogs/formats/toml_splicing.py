# SPDX-License-Identifier: Apache-2.0
"""Edits of TOML documents that keep all other characters: a value is replaced, a key is added, removed or renamed.

The result may have another meaning than intended, for example where a table is defined twice. The caller must check it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .lines import (
    TextEdit,
    above_comments,
    apply_edits,
    has_blank_above,
    indent_of,
    line_below,
    line_start,
    lines_around,
    rstripped,
    with_breaks,
)
from .locations import Path, part_at
from .toml_scanning import Statement, TomlPart, scan
from .trees import ENTRY_DEPTHS, Tree, by_parent

__all__ = ["spliced", "with_key"]


def spliced(text: str, changes: Mapping[Path, Tree], write: Callable[[Tree], str], write_tables: Callable[[Tree], str]) -> str:
    """The document with new values by path, where None removes a value.

    Args:
        text: the document.
        changes: the new values by path; only the last key of a path may be new.
        write: a function that writes a value as it stands on the right of an equals sign.
        write_tables: a function that writes a document, in which entries are tables with headers.
    """
    whole = scan(text)[0]
    edits: list[TextEdit] = []
    added: list[Path] = []
    removed: list[Path] = []
    for path, value in changes.items():
        part = part_at(whole, path)
        if value is None or (part is not None and part.value is None):
            # A table with headers is removed, and its new value is added.
            removed.append(path)
        elif part is not None:
            edits.append((part.value, part.end, write(value)))
        if value is not None and (part is None or part.value is None):
            added.append(path)
    text = apply_edits(text, with_breaks(edits, text))
    if removed:
        document = _Document(text)
        edits = [edit for path, names in by_parent(removed).items() for edit in _without(document, path, names)]
        text = apply_edits(text, with_breaks(edits, text))
    if added:
        document = _Document(text)
        members = {path: {name: changes[(*path, name)] for name in names} for path, names in by_parent(added).items()}
        edits = [_added(document, path, each, write, write_tables) for path, each in members.items()]
        text = apply_edits(text, with_breaks(edits, text))
    return text


def with_key(text: str, path: Path, name: str) -> str:
    """The document with another name for the last key of *path*, at each place where that key is written."""
    part = part_at(scan(text)[0], path)
    return apply_edits(text, [(start, end, _key(name)) for start, end in part.keys])


class _Document:
    """A document with its parts, and the positions of the statements that make them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.whole, self.statements = scan(text)
        self._positions: dict[int, list[int]] = {}
        self._last: dict[int, Statement] = {}
        for position, each in enumerate(self.statements):
            self._positions.setdefault(id(each.part), []).append(position)
            self._last[id(each.table)] = each

    def parts(self, path: Path) -> list[TomlPart]:
        """The parts on a path, from the whole document."""
        parts = [self.whole]
        for step in path:
            parts.append(parts[-1].parts[step])
        return parts

    def positions(self, part: TomlPart) -> list[int]:
        """The positions of the statements that make a table, or add to it at any depth."""
        return sorted(position for each in _below(part) for position in self._positions.get(id(each), ()))

    def last_of(self, table: TomlPart) -> Statement | None:
        """The last statement that is a key of a table, or its header."""
        return self._last.get(id(table))


def _added(
    document: _Document,
    path: Path,
    members: Mapping[Any, Tree],
    write: Callable[[Tree], str],
    write_tables: Callable[[Tree], str],
) -> TextEdit:
    """The edit that adds members to the table at *path*."""
    parts = document.parts(path)
    parent = parts[-1]
    lines = [f"{_key(name)} = {write(value)}" for name, value in members.items()]
    if parent.value is not None:
        return _added_inline(document.text, parent, ", ".join(lines))
    top = path[0] if path else next(iter(members))
    levels = ENTRY_DEPTHS.get(top, 0) - len(path)
    if levels > 0 and _is_tables(members, levels + 1) and not any(map(_is_inline, parent.parts.values())):
        tables = []
        for name, value in members.items():
            for step in reversed((*path, name)):
                value = {step: value}  # noqa: PLW2901
            tables.append(write_tables(value))
        return _added_tables(document, parent, tables)
    return _added_keys(document, path, parts, lines)


def _is_tables(value: Tree, levels: int) -> bool:
    """Whether a value is a table, and in it are tables, for a number of levels."""
    return levels == 0 or (isinstance(value, dict) and all(_is_tables(each, levels - 1) for each in value.values()))


def _is_inline(part: TomlPart) -> bool:
    return part.value is not None and bool(part.parts) and not part.is_array


def _key(name: object) -> str:
    """A key as TOML writes it."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", str(name)):
        return str(name)
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _below(part: TomlPart) -> Iterator[TomlPart]:
    """A part and all parts in it."""
    rest = [part]
    while rest:
        part = rest.pop()
        yield part
        rest += part.parts.values()


def _lines_at(text: str, index: int, lines: str) -> TextEdit:
    """The edit that adds lines at the start of a line, or at the end of the document."""
    end = "" if not index or text[index - 1] == "\n" else "\n"
    return index, index, f"{end}{lines}"


def _added_tables(document: _Document, parent: TomlPart, tables: list[str]) -> TextEdit:
    """The edit that adds tables below those of *parent*."""
    text, statements = document.text, document.statements
    positions = document.positions(parent)
    last = positions[-1] if positions else len(statements) - 1
    if last >= 0 and last + 1 < len(statements) and not statements[last + 1].header_end:
        # Top-level keys follow: below the new header, they would become keys of its table.
        last = len(statements) - 1
    index = line_below(text, statements[last].end) if last >= 0 else len(text)
    is_apart = bool(text[:index].strip())
    if len(parent.parts) > 1:
        first = statements[document.positions(list(parent.parts.values())[-1])[0]]
        is_apart = not first.header_end or has_blank_above(text, line_start(text, first.start))
    return _lines_at(text, index, "".join(f"\n{table}" if is_apart else table for table in tables))


def _added_keys(document: _Document, path: Path, parts: list[TomlPart], keys: list[str]) -> TextEdit:
    """The edit that adds keys to the table at *path*, each with its value on a line of its own."""
    text, statements, parent = document.text, document.statements, parts[-1]
    lines = "".join(f"{key}\n" for key in keys)
    if (last := document.last_of(parent)) is not None:
        indent = indent_of(text, last.start)
        return _lines_at(text, line_below(text, last.end), "".join(f"{indent}{key}\n" for key in keys))
    inside = [statements[position] for position in document.positions(parent)]
    dotted = [each for each in inside if not each.header_end and each.table in parts]
    if dotted:
        last = dotted[-1]
        prefix = next(text[last.start : end] for start, end in parent.keys if last.start <= start < last.end)
        indent = indent_of(text, last.start)
        return _lines_at(text, line_below(text, last.end), "".join(f"{indent}{prefix}.{key}\n" for key in keys))
    if len(parts) > 1:
        index = line_below(text, inside[-1].end)
        return _lines_at(text, index, f"\n[{'.'.join(map(_key, path))}]\n{lines}")
    if not statements:
        return _lines_at(text, len(text), lines)
    index = above_comments(text, line_start(text, statements[0].start))
    return _lines_at(text, index, f"{lines}\n")


def _added_inline(text: str, table: TomlPart, members: str) -> TextEdit:
    """The edit that adds members to an inline table."""
    assert table.value is not None
    if not table.parts:
        return table.value, table.end, f"{{{members}}}"
    end = rstripped(text, table.end - 1)
    return end, end, f", {members}"


def _without(document: _Document, path: Path, names: Iterable[Any]) -> list[TextEdit]:
    """The edits that remove some members of the table at *path*: values, or tables that headers and dotted keys make."""
    text, statements = document.text, document.statements
    above = document.parts(path)
    gone = [above[-1].parts[name] for name in names]
    if any(each.value is not None for each in above):
        return _member_edits(text, gone)
    edits: list[TextEdit] = []
    for part in gone:
        positions = document.positions(part)
        own: list[TextEdit] = []
        for before, position in zip([-1, *positions], positions, strict=False):
            statement = statements[position]
            start, end = line_start(text, statement.start), line_below(text, statement.end)
            if own and before == position - 1:
                # Comments between two statements of the table are removed too.
                start = own.pop()[0]
            elif statement.header_end:
                start = above_comments(text, start)
            own.append((start, end, ""))
        edits += [(*lines_around(text, *edit[:2]), "") for edit in own] if statements[positions[0]].header_end else own
    if len(above) > 1 and len(gone) == len(above[-1].parts) and document.last_of(above[-1]) is None:
        # The parent table is kept, although it is empty.
        edits.sort()
        first = statements[document.positions(above[-1])[0]]
        edits[0] = (*edits[0][:2], _empty(text, first, path, above[-1]))
    return edits


def _empty(text: str, first: Statement, path: Path, table: TomlPart) -> str:
    """The line that makes a table without keys, in place of the first statement in it."""
    if first.header_end:
        return f"[{'.'.join(map(_key, path))}]\n"
    end = next(end for start, end in table.keys if start >= first.start)
    return f"{text[line_start(text, first.start) : end]} = {{}}\n"


def _member_edits(text: str, parts: Iterable[TomlPart]) -> list[TextEdit]:
    """The edits that remove members of an inline table, with their commas; members may be made by dotted keys."""
    members = sorted((each for part in parts for each in _below(part) if each.value is not None), key=lambda each: each.start)
    edits: list[TextEdit] = []
    for member in members:
        start, end = member.start, member.end
        if edits and end <= edits[-1][1]:
            # This member is within the range that was removed before.
            continue
        if comma := re.compile(r"\s*,\s*").match(text, end):
            end = comma.end()
        else:
            while edits and edits[-1][1] == start:
                start = edits.pop()[0]
            before = rstripped(text, start)
            start = before - 1 if text[before - 1] == "," else start
        edits.append((start, end, ""))
    return edits
