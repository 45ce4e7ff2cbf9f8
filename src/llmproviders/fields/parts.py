# SPDX-License-Identifier: Apache-2.0
"""Options whose values have parts: request headers, bodies and maps. Some parts may be secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from ..credentials import MASK
from ..errors import Rejected
from ..secrets import MaskedText, Parts, PartsPath, Secret, each_part, mapped, parts_of
from ..syntax.json import read_json_object, write_parsed_json
from ..syntax.maps import read_map, write_map
from .converters import flink_map, json_headers, json_object
from .masking import parse_parts
from .metadata import OptionInfo

__all__ = ["Kind", "hidden_parts", "kind_of", "part_string", "parts_in", "text_of"]

Kind: TypeAlias = Literal["headers", "map", "body"]


def kind_of(info: OptionInfo) -> Kind | None:
    """The kind of parts that values of the option have; None if they have none."""
    convert: Any = info.field.converter
    if info.secret:
        return None
    if convert is json_headers:
        return "headers"
    if convert is flink_map or info.java == "Map":
        return "map"
    return "body" if convert is json_object or info.format == "json" else None


def parts_in(kind: Kind, value: object) -> Parts:
    """The parts of an option's value; None if it has none."""
    if not isinstance(value, str):
        return None
    try:
        return parse_parts(value, read_map if kind == "map" else read_json_object)
    except Rejected:
        # A user-defined converter may return any string.
        return None


def text_of(kind: Kind, parts: Any) -> str:
    """The string for Java of parts without secrets."""
    return write_map(parts) if kind == "map" else write_parsed_json(parts)


def hidden_parts(kind: Kind | None, value: object) -> Iterator[tuple[PartsPath, Secret | MaskedText]]:
    """The secrets in an option's value, each with its path; if the parts are not known, the value itself with an empty path."""
    if not isinstance(value, (Secret, MaskedText)):
        return
    parts = None if kind is None else parts_in(kind, value)
    found = [(path, part) for path, part in each_part(parts) if isinstance(part, (Secret, MaskedText))]
    yield from found or [((), value)]


def _reference_string(secret: Secret) -> str:
    """A reference in the form that the command ``set`` accepts, followed by its masked default."""
    default = "" if secret.default is None else f", default {secret.default}"
    return f"{secret.source}:{secret.reference}{default}"


def part_string(part: Any) -> str:
    """A value, or a part of one, with secrets masked and references in the form that the command ``set`` accepts."""
    if isinstance(part, MaskedText) and part.is_reference:
        # If the whole value is masked, the numbers in it are hidden too.
        is_hidden = str(part) == MASK
        return write_parsed_json(mapped(parts_of(part), lambda _, each: _shown_scalar(each, is_hidden=is_hidden)))
    shown = mapped(part, lambda _, each: _shown_scalar(each, is_hidden=False))
    return shown if isinstance(shown, str) else write_parsed_json(shown)


def _shown_scalar(part: Any, *, is_hidden: bool) -> Any:
    if isinstance(part, Secret) and part.is_reference:
        return _reference_string(part)
    return MASK if is_hidden else str(part) if isinstance(part, (Secret, MaskedText)) else part
