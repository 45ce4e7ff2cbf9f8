# SPDX-License-Identifier: Apache-2.0
"""Unified diffs of catalog files; every value is masked unless it is known not to be a secret."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..credentials import MASK, has_credential_name, is_placeholder, looks_like_key, mask_urls
from ..fields.parts import Kind, kind_of, parts_in
from ..fields.spec import EXTRAS, Spec
from ..providers.base import Provider
from ..secrets import MaskedText, Secret, each_part
from ..syntax.locations import Location
from .drafts import Draft
from .entry_options import RESERVED, specs_of, variable_in
from .formats.locations import Path as TreePath
from .formats.lookup import Format, format_module
from .formats.trees import Tree
from .references import read_parts, resolver_of
from .sources import IGNORED, KEYS

__all__ = ["Side", "masked_diff"]

_HARMLESS: Final = (*KEYS, *IGNORED)
_UNKNOWN: Final = object()
"""A value that may be a secret."""
_NAME_OR_NOTHING: Final = r'\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*)?'
"""The part of a line before a value that begins on it: in JSON, the name of the value."""


@attrs.frozen
class Side:
    """One of the two versions of a file."""

    text: str
    drafts: Mapping[TreePath, Draft]
    """The entries of the document, by path."""
    tree: Tree


def masked_diff(file: Path, format_: Format, old: Side, new: Side, *, is_new: bool) -> Iterator[str]:
    """The lines of a unified diff, each with its line break. A note follows a last line without a line break, as in diff(1)."""
    # Imported here: only this needs it.
    from difflib import unified_diff

    # Lines are paired with their masked forms: real lines are compared, and masked ones are printed.
    before, after = _paired(old, format_), _paired(new, format_)
    for line in unified_diff(before, after, "/dev/null" if is_new else str(file), str(file)):
        shown = line[:1] + line.partition("\0")[2] if "\0" in line else line
        yield shown if shown.endswith("\n") else f"{shown}\n\\ No newline at end of file\n"


def _paired(side: Side, format_: Format) -> list[str]:
    lines = re.findall(r"[^\n]*\n|[^\n]+", side.text)
    return [f"{line}\0{shown}" for line, shown in zip(lines, _masked_lines(lines, side, format_), strict=True)]


def _masked_lines(lines: list[str], side: Side, format_: Format) -> list[str]:
    """The lines, with a mask in place of every value that is or may be a secret."""
    locate = format_module(format_).read(side.text)[1] if side.text else lambda path: Location(1, 1)
    values = [(locate(path), is_harmless) for path, is_harmless in _values(side)]
    starts = sorted({start for start, _ in values})
    firsts: dict[int, int] = {}
    masked: set[int] = set()
    for start in sorted({start for start, is_harmless in values if not is_harmless}):
        firsts.setdefault(start.line, start.column)
        following = bisect_right(starts, start)
        end = starts[following].line if following < len(starts) else len(lines) + 1
        if start.line < end <= len(lines):
            above = lines[end - 1][: starts[following].column - 1]
            # A value may end on the line on which the next one starts.
            end += not re.fullmatch(_NAME_OR_NOTHING, above)
        masked.update(range(start.line + 1, end))
    shown = []
    for number, line in enumerate(lines, 1):
        if number in masked or number in firsts:
            column = None if number in masked else firsts[number]
            shown.append(_masked_line(line, column, format_))
        else:
            shown.append(_lexically_masked(line))
    return shown


def _masked_line(line: str, column: int | None, format_: Format) -> str:
    """A line without the value that starts at *column*, or for None, without its whole content."""
    content = line.rstrip("\r\n")
    end = line[len(content) :]
    if not content.strip():
        return line
    stop = -1
    if column is not None:
        # The location of a value is that of its key; in JSON it is its own.
        stop = content.rfind(":", 0, column - 1) if format_ == "json" else content.find("=:"[format_ == "yaml"], column - 1)
    if stop < 0:
        return f"{content[: len(content) - len(content.lstrip())]}{MASK}{end}"
    return f"{_lexically_masked(content[: stop + 1])} {MASK}{end}"


def _lexically_masked(line: str) -> str:
    """A line without words that look like keys, credentials in URLs, and values of credentials in comments."""
    start = _start_of_comment(line)
    content, hash_, comment = line[:start], line[start : start + 1], line[start + 1 :]
    if hash_ and has_credential_name(content):
        # The comment may show another credential.
        comment = re.sub(r"[^\r\n]+", f" {MASK}", comment)
    elif found := re.match(r"([^=:]*[=:]).*", comment):
        comment = f"{found[1]} {MASK}{comment[found.end() :]}" if has_credential_name(found[1]) else comment
    words = re.sub(r"[\w-]{12,}", lambda word: MASK if looks_like_key(word[0]) else word[0], content + hash_ + comment)
    return mask_urls(words)


def _start_of_comment(line: str) -> int:
    """The index of the first ``#`` outside quotes; if a quote is not closed, that of the first ``#``."""
    outside = re.match(r"""(?:[^"'#]|"[^"]*"|'[^']*')*""", line)
    end = outside.end() if outside else 0
    place = end if line[end : end + 1] == "#" else line.find("#")
    return len(line) if place < 0 or end == len(line) else place


def _values(side: Side) -> Iterator[tuple[TreePath, bool]]:
    """The paths of the values of a document, and whether each is known not to be a secret."""
    for key, value in side.tree.items():
        yield (key,), key in _HARMLESS
        if key == "providers":
            yield from _values_of_entries(side, (key,), value)
        if key == "env" and isinstance(value, dict):
            for name, table in value.items():
                yield (key, name), isinstance(table, dict)
                for each, inner in table.items() if isinstance(table, dict) else ():
                    yield (key, name, each), each in _HARMLESS
                    if each == "providers":
                        yield from _values_of_entries(side, (key, name, each), inner)


def _values_of_entries(side: Side, path: TreePath, entries: Tree) -> Iterator[tuple[TreePath, bool]]:
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        yield from _values_of_entry(side.drafts, (*path, name), entry)


def _values_of_entry(drafts: Mapping[TreePath, Draft], path: TreePath, entry: Tree) -> Iterator[tuple[TreePath, bool]]:
    yield path, isinstance(entry, dict)
    if not isinstance(entry, dict):
        return
    draft = drafts.get(path, Draft())
    provider, cls = draft.provider, draft.cls
    specs = specs_of(cls)
    for key, value in entry.items():
        if key == EXTRAS and isinstance(value, dict):
            yield (*path, key), True
            for each, extra in value.items():
                held = provider.extra_options.get(each, _UNKNOWN) if provider is not None else _UNKNOWN
                yield from _values_of_option((*path, key, each), extra, "body", held)
        elif key in RESERVED:
            yield (*path, key), not draft.has_problems or isinstance(value, (str, bool))
        else:
            spec = specs.get(key)
            kind = kind_of(spec.info) if spec is not None and spec.info is not None else None
            yield from _values_of_option((*path, key), value, kind, _held(spec, kind, provider, key, value))


def _held(spec: Spec | None, kind: Kind | None, provider: Provider | None, key: str, value: Tree) -> Any:
    """The value of an option in *provider*; without a provider, the value that the option would have."""
    if spec is None or spec.info is None:
        return _UNKNOWN
    if provider is not None:
        held = getattr(provider, key)
        return _UNKNOWN if spec.is_secret and not isinstance(held, Secret) else held
    if spec.is_secret:
        return _UNKNOWN
    if kind is None and variable_in(value) is not None:
        return None
    try:
        return spec.accepted(read_parts(kind, value, (), []) if kind is not None and isinstance(value, dict) else value)
    except Exception:  # noqa: BLE001
        # A value that the option does not accept may be anything.
        return _UNKNOWN


def _values_of_option(path: TreePath, value: Tree, kind: Kind | None, held: Any) -> Iterator[tuple[TreePath, bool]]:
    """The paths of a value and of the headers or fields in it, and whether each is known not to be a secret."""
    parts = parts_in(kind, held) if kind is not None and isinstance(value, dict) else None
    if not isinstance(parts, dict):
        yield path, _is_shown(held) or _is_reference(value)
        return
    rest: list[tuple[TreePath, Tree, Any]] = [(path, value, parts)]
    # If the whole value is masked, the numbers in it are hidden too.
    is_hidden = str(held) == MASK
    while rest:
        path, value, part = rest.pop()
        if isinstance(value, dict) and isinstance(part, dict):
            yield path, True
            rest += [((*path, name), each, part.get(name, _UNKNOWN)) for name, each in value.items()]
        else:
            scalars = [each for _, each in each_part(part)]
            yield path, all(_is_shown(each) and (isinstance(each, Secret) or not is_hidden) for each in scalars)


def _is_shown(value: object) -> bool:
    """Whether a value may be shown: it is not a secret, or it is a reference."""
    if isinstance(value, Secret):
        has_literal = value.source == "text" or (value.default is not None and value.default.source == "text")
        return not has_literal and not looks_like_key(value.reference)
    return value is not _UNKNOWN and not isinstance(value, MaskedText)


def _is_reference(value: Tree) -> bool:
    if isinstance(value, dict):
        resolver = resolver_of(value)
        return resolver is not None and not looks_like_key(value[resolver]) and _is_reference(value.get("default", "${}"))
    return isinstance(value, str) and is_placeholder(value)
