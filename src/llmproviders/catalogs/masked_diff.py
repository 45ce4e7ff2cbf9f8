# SPDX-License-Identifier: Apache-2.0
"""Unified diffs of catalog files, in which only values are shown that are known not to be secrets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

from ..credentials import MASK, has_credential_name, is_placeholder, looks_like_key, mask_urls
from ..fields.compiled import compiled
from ..fields.spec import EXTRAS, Spec
from ..providers.base import Provider
from ..secrets import MaskedText, Secret
from .entries import RESERVED
from .formats.locations import Location
from .formats.locations import Path as TreePath
from .formats.lookup import Format, format_module
from .formats.trees import Tree
from .resolution import Resolution, class_of

__all__ = ["Side", "masked_diff"]

_HARMLESS: Final = ("default", "include", "providers", "$schema")
_NAME_OR_NOTHING: Final = r'\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*)?'
"""The part of a line before a value that begins on it: in JSON, the name of the value."""


@attrs.frozen
class Side:
    """One of the two versions of a file."""

    text: str
    resolution: Resolution
    tree: Tree


def masked_diff(file: Path, format_: Format, old: Side, new: Side, *, is_new: bool) -> Iterator[str]:
    """The lines of a unified diff, each with its line break; a line that was the last one and had none is followed by a note."""
    # Imported here: only this needs it.
    from difflib import unified_diff

    # The masked line follows each line: equal masks may stand for different secrets, and only the masks are printed.
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
    content, hash_, comment = line.partition("#")
    if hash_ and has_credential_name(content):
        # The comment on a credential may be another one.
        comment = re.sub(r"[^\r\n]+", f" {MASK}", comment)
    elif found := re.match(r"([^=:]*[=:]).*", comment):
        comment = f"{found[1]} {MASK}{comment[found.end() :]}" if has_credential_name(found[1]) else comment
    words = re.sub(r"[\w-]{12,}", lambda word: MASK if looks_like_key(word[0]) else word[0], content + hash_ + comment)
    return mask_urls(words)


def _values(side: Side) -> Iterator[tuple[TreePath, bool]]:
    """The paths of the values of a document, and whether each is known not to be a secret."""
    for key, value in side.tree.items():
        yield (key,), key in _HARMLESS
        if key == "providers" and isinstance(value, dict):
            for name, entry in value.items():
                yield from _values_of_entry(side.resolution, name, entry)


def _values_of_entry(resolution: Resolution, name: str, entry: Tree) -> Iterator[tuple[TreePath, bool]]:
    path = ("providers", name)
    yield path, isinstance(entry, dict)
    if not isinstance(entry, dict):
        return
    provider = resolution.providers.get(name)
    cls = class_of(resolution.raw.entries, name, resolution.classes) if provider is None else type(provider)
    specs: Mapping[str, Spec] = compiled(cls).description.specs if cls is not None else {}
    for key, value in entry.items():
        if key == EXTRAS and isinstance(value, dict):
            yield (*path, key), True
            for each, extra in value.items():
                is_shown = provider is not None and _is_shown(provider.extra_options[each])
                yield (*path, key, each), is_shown or _is_reference(extra)
        else:
            yield (*path, key), _is_harmless(specs.get(key), provider, key, value)


def _is_harmless(spec: Spec | None, provider: Provider | None, key: str, value: Tree) -> bool:
    """Whether the value of a key of an entry is known not to be or contain a secret."""
    if key in RESERVED:
        return provider is not None or isinstance(value, str)
    if spec is None or spec.info is None:
        return False
    if spec.is_secret:
        return _is_reference(value)
    try:
        return _is_shown(spec.accepted(value) if provider is None else getattr(provider, key))
    except Exception:  # noqa: BLE001
        # A value that the option does not accept may be anything.
        return False


def _is_shown(value: object) -> bool:
    return not isinstance(value, (Secret, MaskedText))


def _is_reference(value: Tree) -> bool:
    if isinstance(value, dict):
        return len(value) == 1 and any(
            isinstance(name := value.get(source), str) and not looks_like_key(name) for source in ("env", "file")
        )
    return isinstance(value, str) and is_placeholder(value)
