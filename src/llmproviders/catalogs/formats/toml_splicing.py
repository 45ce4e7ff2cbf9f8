# SPDX-License-Identifier: Apache-2.0
"""Edits of TOML documents that keep all other characters: a value is replaced, a key is added, removed or renamed.

The result may have another meaning than intended, for example where a table is defined twice. The caller must check it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .lines import (
    Cut,
    above_comments,
    has_blank_above,
    indent_of,
    line_below,
    line_break,
    line_start,
    lines_around,
    with_breaks,
    with_cuts,
)
from .locations import Path
from .toml_scanning import Statement, TomlPart, scan
from .trees import ENTRY_DEPTHS, Tree

__all__ = ["spliced", "with_key", "with_members"]


def spliced(text: str, path: Path, value: Tree, write: Callable[[Tree], str], write_tables: Callable[[Tree], str]) -> str:
    """The document with *value* at *path*, or without the value there if it is None.

    Args:
        text: the document.
        path: the path of the value; only its last key may be new.
        value: the new value.
        write: a function that writes a value as it stands on the right of an equals sign.
        write_tables: a function that writes a document, in which entries are tables with headers.
    """
    whole, statements = scan(text)
    parts = _parts(whole, path)
    if len(parts) > len(path):
        part = parts[-1]
        if value is not None and part.value is not None:
            return text[: part.value] + with_breaks(write(value), text) + text[part.end :]
        text = _without(text, statements, path, parts)
        whole, statements = scan(text)
        parts = _parts(whole, path)
    if value is None:
        return text
    return _with_members(text, statements, path[:-1], parts, {path[-1]: value}, write, write_tables)


def with_members(
    text: str, path: Path, members: Mapping[str, Tree], write: Callable[[Tree], str], write_tables: Callable[[Tree], str]
) -> str:
    """The document with new members of the table at a path, which it has; the functions are those of `spliced`."""
    whole, statements = scan(text)
    return _with_members(text, statements, path, _parts(whole, path), members, write, write_tables)


def with_key(text: str, path: Path, name: str) -> str:
    """The document with another name for the last key of *path*, wherever it is written."""
    part = _parts(scan(text)[0], path)[-1]
    return with_cuts(text, [(start, end, _key(name)) for start, end in part.keys])


def _parts(whole: TomlPart, path: Path) -> list[TomlPart]:
    """The parts on a path, from the whole document to the last one that exists."""
    parts = [whole]
    for step in path:
        if step in parts[-1].parts:
            parts.append(parts[-1].parts[step])
    return parts


def _with_members(
    text: str,
    statements: list[Statement],
    path: Path,
    parts: list[TomlPart],
    members: Mapping[Any, Tree],
    write: Callable[[Tree], str],
    write_tables: Callable[[Tree], str],
) -> str:
    """The document with new members of the table at *path*; *parts* are those on the path."""
    parent = parts[-1]
    lines = [f"{_key(name)} = {write(value)}" for name, value in members.items()]
    if parent.value is not None:
        return _with_inline(text, parent, ", ".join(lines))
    top = path[0] if path else next(iter(members))
    levels = ENTRY_DEPTHS.get(top, 0) - len(path)
    if levels > 0 and _is_tables(members, levels + 1) and not any(map(_is_inline, parent.parts.values())):
        tables = []
        for name, value in members.items():
            for step in reversed((*path, name)):
                value = {step: value}  # noqa: PLW2901
            tables.append(write_tables(value))
        return _with_tables(text, statements, parent, tables)
    return _with_keys(text, statements, path, parts, lines)


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


def _statements_of(statements: list[Statement], part: TomlPart) -> list[int]:
    """The positions of the statements that make a table, or add to it at any depth."""
    inside = set(map(id, _below(part)))
    return [position for position, each in enumerate(statements) if id(each.part) in inside]


def _with_lines(text: str, index: int, lines: str) -> str:
    """The document with new lines at the start of a line, or at its end."""
    before = text[:index]
    end = "" if not before or before.endswith("\n") else line_break(text)
    return f"{before}{end}{with_breaks(lines, text)}{text[index:]}"


def _with_tables(text: str, statements: list[Statement], parent: TomlPart, tables: list[str]) -> str:
    """The document with new tables below those of *parent*."""
    positions = _statements_of(statements, parent)
    last = positions[-1] if positions else len(statements) - 1
    if last >= 0 and last + 1 < len(statements) and not statements[last + 1].header_end:
        # Keys of the whole document follow, which the header would take.
        last = len(statements) - 1
    index = line_below(text, statements[last].end) if last >= 0 else len(text)
    is_apart = bool(text[:index].strip())
    if len(parent.parts) > 1:
        first = statements[_statements_of(statements, list(parent.parts.values())[-1])[0]]
        is_apart = not first.header_end or has_blank_above(text, line_start(text, first.start))
    return _with_lines(text, index, "".join(f"\n{table}" if is_apart else table for table in tables))


def _with_keys(text: str, statements: list[Statement], path: Path, parts: list[TomlPart], keys: list[str]) -> str:
    """The document with more keys of the table at *path*, each with its value on a line of its own."""
    parent = parts[-1]
    lines = "".join(f"{key}\n" for key in keys)
    if own := [each for each in statements if each.table is parent]:
        last = own[-1]
        indent = indent_of(text, last.start)
        return _with_lines(text, line_below(text, last.end), "".join(f"{indent}{key}\n" for key in keys))
    inside = [statements[position] for position in _statements_of(statements, parent)]
    dotted = [each for each in inside if not each.header_end and each.table in parts]
    if dotted:
        last = dotted[-1]
        prefix = next(text[last.start : end] for start, end in parent.keys if last.start <= start < last.end)
        indent = indent_of(text, last.start)
        return _with_lines(text, line_below(text, last.end), "".join(f"{indent}{prefix}.{key}\n" for key in keys))
    if len(parts) > 1:
        index = line_below(text, inside[-1].end)
        return _with_lines(text, index, f"\n[{'.'.join(map(_key, path))}]\n{lines}")
    if not statements:
        return _with_lines(text, len(text), lines)
    index = above_comments(text, line_start(text, statements[0].start))
    return _with_lines(text, index, f"{lines}\n")


def _with_inline(text: str, table: TomlPart, members: str) -> str:
    """The document with more members of an inline table."""
    assert table.value is not None
    if not table.parts:
        return f"{text[: table.value]}{{{members}}}{text[table.end :]}"
    end = len(text[: table.end - 1].rstrip())
    return f"{text[:end]}, {members}{text[end:]}"


def _without(text: str, statements: list[Statement], path: Path, parts: list[TomlPart]) -> str:
    """The document without a value that it has, or without the table that headers and dotted keys make."""
    *above, part = parts
    if any(each.value is not None for each in above):
        return with_cuts(text, _member_cuts(text, part))
    positions = _statements_of(statements, part)
    cuts: list[Cut] = []
    for before, position in zip([-1, *positions], positions, strict=False):
        statement = statements[position]
        start, end = line_start(text, statement.start), line_below(text, statement.end)
        if cuts and before == position - 1:
            # Comments between two statements of the table go with it.
            start = cuts.pop()[0]
        elif statement.header_end:
            start = above_comments(text, start)
        cuts.append((start, end, ""))
    first = statements[positions[0]]
    if first.header_end:
        cuts = [(*lines_around(text, start, end), "") for start, end, _ in cuts]
    if len(above) > 1 and len(positions) == len(_statements_of(statements, above[-1])):
        # The table that it was in stays, and is empty.
        start, end, _ = cuts[0]
        cuts[0] = start, end, with_breaks(_empty(text, first, path[:-1], above[-1]), text)
    return with_cuts(text, cuts)


def _empty(text: str, first: Statement, path: Path, table: TomlPart) -> str:
    """The line that makes a table without keys, in place of the first statement in it."""
    if first.header_end:
        return f"[{'.'.join(map(_key, path))}]\n"
    end = next(end for start, end in table.keys if start >= first.start)
    return f"{text[line_start(text, first.start) : end]} = {{}}\n"


def _member_cuts(text: str, part: TomlPart) -> list[Cut]:
    """The cuts of a member of an inline table, or of several if dotted keys make it, with the commas that belong to them."""
    members = sorted((each for each in _below(part) if each.value is not None), key=lambda each: each.start)
    cuts: list[Cut] = []
    for member in members:
        start, end = member.start, member.end
        if cuts and end <= cuts[-1][1]:
            # It is part of the value before.
            continue
        if comma := re.compile(r"\s*,\s*").match(text, end):
            end = comma.end()
        else:
            while cuts and cuts[-1][1] == start:
                start = cuts.pop()[0]
            before = text[:start].rstrip()
            start = len(before) - 1 if before.endswith(",") else start
        cuts.append((start, end, ""))
    return cuts
