# SPDX-License-Identifier: Apache-2.0
"""YAML 1.2 by its core schema, read from the events of ruamel.yaml (the extra ``yaml``), which also keeps comments.

No tag makes an object, an alias counts as often as it is used, and what two YAML versions read differently is refused.
"""

from __future__ import annotations

import io
import re
from typing import Any, Final

from ...errors import ProviderError
from ...messages import shown
from ...optional import needs
from .tree import MAX_DEPTH, Locate, Path, Place, SyntaxProblem, Tree, changed, nearest, place_of, wrapped

__all__ = ["edit", "read", "write"]

MAX_NODES: Final = 2_000_000
"""The largest document, in nodes, with aliases counted as often as they are used."""

_HINTS: Final = {
    "mapping values are not allowed": "quote a string that has a colon and a blank in it",
    "'\\t'": "indent with blanks",
    "'@'": "quote a string that begins so",
    "'`'": "quote a string that begins so",
    "'%'": "quote a string that begins so",
}
"""What to do about what the reader says."""
# A message may quote a character or one of the reader's tokens, but no part of the document: that may be a secret.
_QUOTED: Final = (
    r"""('(?:\\?.|\\x..|\\u.{4}|\\U.{8}|<[a-z ]+>)'|"'")"""
    r"""|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
)
_NULL: Final = ("", "~", "null", "Null", "NULL")
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT: Final = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_FITS: Final = {"int": ("int",), "float": ("int", "float"), "bool": ("bool",), "null": ("NoneType",), "map": (), "seq": ()}
_TAGS: Final = {f"tag:yaml.org,2002:{name}" for name in ("str", *_FITS)}


def read(text: str) -> tuple[Tree, Locate]:
    """The tree of a document; an empty one is None.

    Raises:
        SyntaxProblem: if it is no YAML, names a key twice, is nested too deeply, or grows too large by its aliases.
    """
    yaml = needs("ruamel.yaml", "yaml")
    reader = _Reader()
    try:
        for event in yaml.YAML(typ="safe", pure=True).parse(io.StringIO(text)):
            reader.take(event)
    except SyntaxProblem:
        raise
    except yaml.error.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        said = re.sub(_QUOTED, lambda found: found[1] or "...", error.problem or error.context or "it cannot be read")
        hint = next((hint for part, hint in _HINTS.items() if part in said), "")
        problem = SyntaxProblem(place, f"YAML ({said})", hint=hint)
    except yaml.reader.ReaderError as error:
        problem = SyntaxProblem(place_of(text, error.position), f"YAML (character #x{error.character:04x} is not allowed)")
    except (yaml.error.YAMLError, ValueError):
        problem = SyntaxProblem(Place(1, 1), "YAML (it cannot be read)")
    else:
        return reader.tree, nearest(reader.places)
    # Outside of `except`: the reader's error holds parts of the document.
    raise problem


def write(tree: Tree) -> str:
    """The document of a tree."""
    yaml = _round_trip()
    stream = io.StringIO()
    yaml.dump(_quoted(tree), stream)
    return stream.getvalue()


def edit(text: str, path: Path, value: Tree) -> str:
    """The document with one value set, or taken out if it is None, everything else left as it is.

    Raises:
        ProviderError: if other values would change with it, for they are the same by an anchor.
    """
    tree, _ = read(text)
    path, value = wrapped(tree, path, value)
    expected = repr(changed(tree, path, value))
    for way in (_spliced, _dumped):
        try:
            new = way(text, path, value)
            if new is not None and repr(read(new)[0]) == expected:
                return new
        except (ValueError, needs("ruamel.yaml", "yaml").error.YAMLError):
            # No YAML came out, or ruamel.yaml takes a string for what it is not, such as a date.
            continue
    where = ".".join(map(str, path))
    msg = f"{where} cannot be set without changing something else (is it shared by an anchor?); edit the file by hand"
    raise ProviderError(msg)


def _dumped(text: str, path: Path, value: Tree) -> str:
    """The edit by way of ruamel.yaml, which writes the whole document anew, comments included."""
    yaml = _round_trip()
    document = yaml.load(text)
    node: Any = document
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = _quoted(value)
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().replace("\n", "\r\n" if "\r\n" in text else "\n")


def _spliced(text: str, path: Path, value: Tree) -> str | None:
    """The edit that touches no other character; None where that takes more than replacing a value or adding a line."""
    node = _round_trip().compose(io.StringIO(text))
    for step in path[:-1]:
        node = next(item for name, item in node.value if name.value == step)
    found = next(((name, item) for name, item in node.value if name.value == path[-1]), None)
    if found is None:
        return _with_member(text, node, path[-1], value)
    key, item = found
    start, end = item.start_mark.index, _end(text, item)
    if start < key.end_mark.index:
        # An alias: the mark is that of its anchor.
        return None
    colon = text.find(":", key.end_mark.index) + 1
    if "\n" in text[colon:start] or start >= end:
        start, end = colon, max(colon, end)
    if value is not None:
        blank = " " if start == colon else ""
        return text[:start] + blank + _inline(value) + text[end:]
    line = text.rfind("\n", 0, key.start_mark.index) + 1
    after = text.find("\n", end)
    if text[line : key.start_mark.index].strip() or after < 0:
        return None
    return text[:line] + text[after + 1 :]


def _end(text: str, node: Any) -> int:
    """Where a node ends, without the comments and blank lines after it."""
    while isinstance(node.value, list) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node.value[-1], tuple) else node.value[-1]
    return len(text[: node.end_mark.index].rstrip())


def _with_member(text: str, node: Any, name: Any, value: Tree) -> str | None:
    """The text with one more member of a mapping, below the last one or, within braces, after it."""
    member = f"{_inline(name)}: {_inline(value)}"
    if not node.value:
        return text[: node.start_mark.index + 1] + member + text[node.start_mark.index + 1 :] if node.flow_style else None
    end = _end(text, node.value[-1][1])
    if node.flow_style:
        return f"{text[:end]}, {member}{text[end:]}"
    indent = " " * node.value[0][0].start_mark.column
    line_break = "\r\n" if "\r\n" in text else "\n"
    after = text.find("\n", end)
    if after < 0:
        return f"{text}{line_break}{indent}{member}{line_break}"
    return f"{text[: after + 1]}{indent}{member}{line_break}{text[after + 1 :]}"


def _inline(value: Tree) -> str:
    """A value on one line."""
    yaml = _round_trip()
    yaml.default_flow_style = True
    stream = io.StringIO()
    yaml.dump({"k": _quoted(value)}, stream)
    return stream.getvalue().strip().removeprefix("{k: ").removesuffix("}")


def _round_trip() -> Any:
    yaml = needs("ruamel.yaml", "yaml").YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 2**31
    yaml.allow_unicode = True
    # Its warning shows the anchor, and two of one name are read as YAML says.
    yaml.composer.warn_double_anchors = False
    return yaml


def _quoted(tree: Tree) -> Tree:
    """Strings that some YAML version reads as something else, or could not show, in double quotes."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(tree, dict):
        return {_quoted(name): _quoted(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_quoted(value) for value in tree]
    if isinstance(tree, str) and not re.fullmatch(r"[A-Za-z_/][\w./ -]*[\w./]|[A-Za-z_/]", tree, re.ASCII):
        return DoubleQuotedScalarString(tree)
    if isinstance(tree, str) and tree.lower() in ("y", "n", "yes", "no", "on", "off", "true", "false", "null"):
        return DoubleQuotedScalarString(tree)
    return tree


class _Frame:
    """A collection that is being read."""

    def __init__(self, node: Any, path: Path, anchor: str | None) -> None:
        self.node = node
        self.path = path
        self.anchor = anchor
        self.size = 1
        self.key: str | None = None


class _Reader:
    """Builds the tree from events, without recursion."""

    def __init__(self) -> None:
        self.tree: Tree = None
        self.places: dict[Path, Place] = {}
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.documents = 0

    def take(self, event: Any) -> None:
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                raise SyntaxProblem(place, "one document", hint="this is where a second one starts")
        elif kind == "ScalarEvent":
            value = _scalar(event, place)
            self._put(value, 1, place)
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
        elif kind == "AliasEvent":
            if event.anchor not in self.anchors:
                hint = "quote a string that begins with *"
                raise SyntaxProblem(place, "an anchor before its alias, and not around it", hint=hint)
            self._put(*self.anchors[event.anchor], place)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            _known_tag(event, place)
            if len(self.frames) >= MAX_DEPTH:
                raise SyntaxProblem(place, "a document that is not nested so deeply")
            node: Any = {} if kind == "MappingStartEvent" else []
            path = self._path(place)
            self.places[path] = self.places.get(path, place)
            self.frames.append(_Frame(node, path, event.anchor))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            frame = self.frames.pop()
            if frame.anchor:
                self.anchors[frame.anchor] = (frame.node, frame.size)
            self._put(frame.node, frame.size, place, placed=True)

    def _path(self, place: Place) -> Path:
        """The path of the node that comes next."""
        if not self.frames:
            return ()
        frame = self.frames[-1]
        if isinstance(frame.node, list):
            return (*frame.path, len(frame.node))
        if frame.key is None:
            raise SyntaxProblem(place, "a key that is a string", hint="quote a string that begins with a brace or bracket")
        return (*frame.path, frame.key)

    def _put(self, value: Any, size: int, place: Place, *, placed: bool = False) -> None:
        """*value* where the next node belongs."""
        if not self.frames:
            self.tree = value
            self.places[()] = Place(1, 1)
            return
        frame = self.frames[-1]
        frame.size += size
        if frame.size > MAX_NODES:
            raise SyntaxProblem(place, f"a document of at most {MAX_NODES} nodes, aliases counted as often as used")
        if isinstance(frame.node, list):
            self.places.setdefault((*frame.path, len(frame.node)), place)
            frame.node.append(value)
        elif frame.key is None and not placed:
            if not isinstance(value, str):
                raise SyntaxProblem(place, "a key that is a string", hint="quote it")
            if value in frame.node:
                raise SyntaxProblem(place, f"each key once, got {shown(value)} twice")
            frame.key = value
            self.places[(*frame.path, value)] = place
        else:
            frame.node[frame.key] = value
            frame.key = None


def _known_tag(event: Any, place: Place) -> None:
    if event.tag is not None and str(event.tag) not in (*_TAGS, "!"):
        raise SyntaxProblem(place, "a document without tags of its own", hint="quote a string that begins with !")


def _scalar(event: Any, place: Place) -> Any:
    _known_tag(event, place)
    text: str = event.value
    tag = str(event.tag).rpartition(":")[2] if event.tag is not None else ""
    if tag in ("str", "!") or (not tag and event.style is not None):
        return text
    value = _plain(text, place)
    if tag and type(value).__name__ not in _FITS[tag]:
        raise SyntaxProblem(place, f"a value that fits its tag !!{tag}")
    return value


def _plain(text: str, place: Place) -> Any:
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if re.fullmatch(_INTEGER, text):
        if re.fullmatch(r"[-+]?0[0-9]+", text):
            hint = "YAML 1.1 reads it as octal; write a quoted string if it is none"
            raise SyntaxProblem(place, "a number without a leading zero", hint=hint)
        if len(text) > 40:  # noqa: PLR2004
            raise SyntaxProblem(place, "a number of at most 40 digits", hint="write a quoted string if it is none")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if re.fullmatch(_FLOAT, text):
        special = text.lower().replace(".inf", "inf").replace(".nan", "nan")
        return float(special)
    return text
