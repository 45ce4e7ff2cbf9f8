# SPDX-License-Identifier: Apache-2.0
"""Strings of the command line as values of documents: a string is parsed as the type of its option, if that is possible."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..credentials import MASK, looks_like_credential, looks_like_key
from ..errors import Problem, advice_to_write
from ..fields.compiled import compiled
from ..fields.converters import stop_strings
from ..fields.hooks import string_reader
from ..fields.metadata import OptionInfo, options
from ..fields.parts import Kind, kind_of
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..providers.classes import usable_classes
from ..providers.openai_compat import content_types
from ..resolvers import known_resolvers
from .formats.lookup import Format, format_module
from .formats.trees import SyntaxProblem, Tree, has_null
from .references import resolver_of

__all__ = ["Unreadable", "kind_of_part", "parse_value", "path_of", "reference_of"]

_SCALAR: Final = r"true|false|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_NAMES: Final = ("omit", "without", "ignore", "tags")
"""Keys of an entry that are lists of names."""
_MAPPING: Final = {"NAME": "VALUE"}


class Unreadable(Exception):
    """The error for a string that looks like a list or a mapping, but is neither JSON nor TOML."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)


def _info_of(cls: type[Provider] | None, name: str) -> tuple[type[Provider], OptionInfo | None]:
    """A class and its option *name*; if *cls* is None, the first class that has the option."""
    classes = usable_classes() if cls is None else [cls]
    return next(((each, info) for each in classes for info in options(each) if info.name == name), (classes[0], None))


def kind_of_part(cls: type[Provider] | None, option: str) -> Kind | None:
    """The kind of an option with parts, if *option* is one of its parts, such as ``extra_header.NAME``."""
    name, dot, _ = option.partition(".")
    _, info = _info_of(cls, name)
    return kind_of(info) if dot and info is not None else None


def path_of(cls: type[Provider] | None, option: str) -> tuple[str, ...]:
    """The path of an option in its entry, of ``extra_options.KEY``, or of a part such as ``extra_header.NAME``."""
    name, _, rest = option.partition(".")
    if rest and name == EXTRAS:
        return name, rest
    if (kind := kind_of_part(cls, option)) is not None:
        # The name of a header may contain dots.
        return (name, *(rest.split(".") if kind == "body" else (rest,)))
    return (option,)


def parse_value(cls: type[Provider] | None, option: str, string: str) -> Tree:
    """The value of an option, or of a part of one, parsed from *string*; the string itself if it cannot be parsed.

    Args:
        cls: the class of the entry; None if the entries that extend it determine the class.
        option: the option, ``extra_options.KEY``, a part, or another key of an entry.
        string: the string.

    Raises:
        Unreadable: if it looks like a list or a mapping where that is accepted, but cannot be read.
    """
    if (kind := kind_of_part(cls, option)) is not None:
        return _typed_part(kind, option, string)
    extra = option.removeprefix(f"{EXTRAS}.")
    cls, info = _info_of(cls, option)
    if option == "abstract" and string in ("true", "false"):
        return string == "true"
    if (info and info.secret) or (extra != option and looks_like_credential(extra)):
        literal = _literal(string)
        return reference_of(string) or (literal if isinstance(literal, dict) else string)
    if option in _NAMES:
        structure = _structure(option, [], string)
        # Names contain no commas.
        return [name.strip() for name in string.split(",") if name.strip()] if structure is None else structure
    if option == "extends":
        structure = _structure(option, [], string)
        return string if structure is None else structure
    if option == "place":
        structure = _structure(option, _MAPPING, string)
        return string if structure is None else structure
    if (info is not None or option in ("region", "workspace")) and (variable := reference_of(string)) and "env" in variable:
        return variable
    return string if info is None else _typed_option(cls, info, string)


def _typed_part(kind: Kind, option: str, string: str) -> Tree:
    """The value of a header or of a field of a body."""
    path = option.split(".")[1:]
    if (reference := reference_of(string)) and (kind != "body" or any(map(looks_like_credential, path))):
        return reference
    if kind == "body" and (structure := _structure(option, ["VALUE"] if string[:1] == "[" else _MAPPING, string)) is not None:
        return structure
    literal = _literal(string, scalars=kind == "body")
    return string if literal is None or (kind != "body" and not isinstance(literal, (list, dict))) else literal


def _typed_option(cls: type[Provider], info: OptionInfo, string: str) -> Tree:
    if (literal := _literal(string)) is not None and resolver_of(literal) == "env" and kind_of(info) is None:
        return literal
    if info.type in (bool, int, float):
        read = string_reader(info) or str
        try:
            return read(string)
        except ValueError:
            # A number gives a better error than a string: without a hint about quotes.
            literal = _literal(string, scalars=True)
            return literal if isinstance(literal, (bool, int, float)) else string
    if info.java == "Duration" and string.isdecimal():
        # A number gives a better error than a string: with a hint to write the unit.
        return int(string)
    convert: Any = info.field.converter
    kind, literal = kind_of(info), _literal(string)
    # Headers or a body with a null stay a string, because TOML has no null.
    is_string = literal is None and kind in ("headers", "body") and _is_json(string)
    example: Any = [] if convert in (stop_strings, content_types) else None if kind is None or is_string else _MAPPING
    if example is not None and (structure := _structure(info.name, example, string)) is not None:
        return structure
    if not isinstance(literal, (str, list, dict)):
        return string
    try:
        compiled(cls).description.specs[info.name].accepted(literal)
    except Exception:  # noqa: BLE001
        # A custom converter may raise any exception.
        return string
    return literal


def reference_of(string: str) -> dict[str, str] | None:
    """The table of a reference in the form ``env:NAME``, ``file:PATH`` or ``resolver:REFERENCE``; None for another string."""
    source, colon, reference = string.partition(":")
    return {source: reference} if colon and source in known_resolvers else None


def _structure(option: str, example: Any, string: str) -> Tree:
    """The list or mapping that *string* denotes; None if it does not begin with a bracket or a brace.

    Raises:
        Unreadable: if it begins with one, but cannot be read. The hint shows *example*, or the items if that is an empty list.
    """
    if string[:1] not in ("[", "{"):
        return None
    literal = _literal(string)
    if literal is not None:
        return literal
    expected = f"a {'list' if isinstance(example, list) else 'mapping'}, as JSON or TOML"
    if _is_json(string):
        raise Unreadable(Problem("", f"{expected} without null", is_type=True))
    got = f"a string that begins with {string[0]}"
    if not example:
        # Names and stop strings are no secrets.
        items = [item.strip(" []{}\"'") for item in string.split(",")]
        example = [MASK if looks_like_key(item) else item for item in items if item] or ["VALUE"]
    raise Unreadable(Problem("", expected, got=got, in_document=advice_to_write(option, example), is_type=True))


def _is_json(string: str) -> bool:
    try:
        json.loads(string)
    except (ValueError, RecursionError):
        return False
    return True


def _literal(string: str, *, scalars: bool = False) -> Tree:
    """The value of *string* as JSON or TOML; None if it is neither or has a null. Numbers and booleans need *scalars*."""
    if string[:1] not in ("{", "[", '"', "'") and not (scalars and re.fullmatch(_SCALAR, string)):
        return None
    documents: dict[Format, str] = {"json": f'{{"value": {string}}}', "toml": f"value = {string}"}
    for format_, document in documents.items():
        try:
            tree = format_module(format_).read(document)[0]
        except SyntaxProblem:
            continue
        if list(tree) == ["value"] and not has_null(tree):
            return tree["value"]
    return None
