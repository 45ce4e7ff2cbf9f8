# SPDX-License-Identifier: Apache-2.0
"""YAML 1.2, parsed and written by ruamel.yaml (the extra ``yaml``); edits change only the characters of the edited value."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ...errors import ProviderError, dotted
from ...messages import names_of
from ...optional import import_optional
from ...syntax.locations import Location, location_of
from .lines import with_end_of
from .locations import Locate, Path, locator
from .trees import SyntaxProblem, Tree, has_tree, renamed, with_values
from .yaml_reading import TreeBuilder
from .yaml_splicing import spliced, with_key

__all__ = ["edit", "read", "rename", "write"]

MAX_TAG: Final = 50_000
"""The longest tag that the parser gets, because its time is quadratic in the length of a tag."""
_OPEN: Final = ("could not find expected ':'", "found unexpected end of stream", "expected ',' or")
"""Parts of the parser's messages about an unclosed quote, bracket or brace."""
_HINTS: Final = {
    "could not find expected ':'": "write a colon and a blank after a key",
    "found unexpected end of stream": "close the quote",
    "expected ',' or": "close the bracket or brace",
    "mapping values are not allowed": "quote a string that contains a colon and a blank",
    "'\\t'": "indent with blanks",
    "'@'": "quote a string that starts with this character; a reference is {env: NAME}",
    "'`'": "quote a string that starts with this character",
    "'%'": "quote a string that starts with this character",
}
"""Hints for parts of the parser's messages."""
# A message may quote a character or a token of the parser, but not a part of the document, which may be a secret.
_QUOTED: Final = (
    r"""('(?:\\?.|\\x..|\\u.{4}|\\U.{8}|<[a-z ]+>)'|"'")"""
    r"""|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
)


def read(text: str) -> tuple[Tree, Locate]:
    """The tree of a document; an empty one is None.

    Raises:
        SyntaxProblem: if it is not YAML, has a key twice, is nested too deeply, or multiplies its size by aliases.
    """
    yaml = import_optional("ruamel.yaml", "yaml")
    if any(len(word) > MAX_TAG and "!" in word for word in text.split()):
        raise SyntaxProblem(Location(1, 1), f"a document without a word of over {MAX_TAG} characters that contains !")
    builder = TreeBuilder(len(text))
    try:
        for event in _events(text):
            builder.add(event)
    except SyntaxProblem:
        raise
    except yaml.error.MarkedYAMLError as error:
        # The parser reports an open quote or bracket at the end, or at the next key.
        is_open = any(part in (error.problem or "") for part in _OPEN)
        mark = error.context_mark if is_open and error.context_mark else error.problem_mark or error.context_mark
        location = Location(mark.line + 1, mark.column + 1) if mark else Location(1, 1)
        reason = re.sub(_QUOTED, lambda found: found[1] or "...", error.problem or error.context or "it cannot be read")
        # The parser shows a token as a Python tuple.
        reason = re.sub(r"\(('<[a-z ]+>'),\)", r"\1", reason)
        hint = next((hint for part, hint in _HINTS.items() if part in reason), "")
        problem = SyntaxProblem(location, f"YAML ({reason})", hint=hint)
    except yaml.reader.ReaderError as error:
        problem = SyntaxProblem(location_of(text, error.position), f"YAML (character #x{error.character:04x} is not allowed)")
    except (yaml.error.YAMLError, ValueError):
        problem = SyntaxProblem(Location(1, 1), "YAML (it cannot be read)")
    else:
        return builder.tree, locator(text, lambda: builder.whole)
    # Raised outside of `except`, because the error of the parser holds parts of the document.
    raise problem


def write(tree: Tree) -> str:
    """The document of a tree."""
    return _dumped(tree, is_flow=False)


def edit(text: str, changes: Mapping[Path, Tree]) -> str:
    """The document with new values by path, where None removes a value; all other characters are kept.

    A new entry of ``providers`` becomes a block unless the other entries are in braces. A block is removed with the comments
    directly above it.

    Raises:
        ProviderError: if a path leads through a value that is not a mapping, if a value to remove does not exist, or if other
            values would change too, because they share an anchor.
    """
    tree, changes = with_values(read(text)[0], changes)
    new = with_end_of(text, spliced(text, _events, changes, _inline, write))
    return _checked(new, tree, changes)


def rename(text: str, path: Path, name: str) -> str:
    """The document with another name for the last key of a path; all other characters are kept.

    Raises:
        ProviderError: if there is no such key, another key has the name, or other values would change too, because they share an
            anchor.
    """
    tree = renamed(read(text)[0], path, name)
    return _checked(with_key(text, _events(text), path, _inline(name)), tree, [path])


def _checked(new: str, tree: Tree, paths: Iterable[Path]) -> str:
    """Return the edited document if its tree is *tree*; else raise an error."""
    if has_tree(read, new, tree):
        return new
    reason = "is it shared by an anchor, or merged?"
    msg = f"{names_of(map(dotted, paths))} cannot be set without changing other values ({reason}); edit the file by hand"
    raise ProviderError(msg)


def _events(text: str) -> Any:
    return import_optional("ruamel.yaml", "yaml").YAML(typ="safe", pure=True).parse(io.StringIO(text))


def _inline(value: Tree) -> str:
    """The YAML of a value on one line."""
    return _dumped({"k": value}, is_flow=True).strip().removeprefix("{k: ").removesuffix("}")


def _dumped(tree: Tree, *, is_flow: bool) -> str:
    yaml = import_optional("ruamel.yaml", "yaml").YAML(typ="rt", pure=True)
    yaml.default_flow_style = is_flow
    yaml.width = 2**31
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(_quoted(tree), stream)
    return stream.getvalue()


def _quoted(tree: Tree) -> Tree:
    """The tree with double quotes for strings that some YAML version reads as another value, or that need escapes."""
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
