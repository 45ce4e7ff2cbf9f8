# SPDX-License-Identifier: Apache-2.0
"""Masking of credentials inside JSON and request headers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..credentials import (
    MASK,
    is_redacted,
    is_unfilled,
    looks_like_credential,
    looks_like_credential_header,
    mask_urls,
    mask_value,
)
from ..errors import Rejected
from ..messages import shown
from ..secrets import MaskedText, Parts, Secret, each_part, literal, mapped, masked, parts_of, reveal, with_references
from ..syntax.characters import refuse_surrogates
from ..syntax.json import write_parsed_json

__all__ = [
    "format_parts",
    "hide_headers",
    "hide_json",
    "mask_json",
    "masked_header",
    "parse_parts",
    "refuse_redacted",
]


def refuse_redacted(string: str) -> None:
    """Raise `Rejected` if *string* is the mask, or a URL with a masked credential."""
    if is_redacted(string):
        raise Rejected("the real value", hint="this is the mask of a redacted value; use the original, or a reference")


def mask_json(string: str, read: object) -> str:
    """JSON with its credentials masked.

    Args:
        string: the JSON.
        read: the value that was read from it; it is changed in place.
    """
    shown = _mask_leaves(read)
    return string if shown is None else MaskedText(string, write_parsed_json(shown))


def _mask_leaves(read: Any) -> object | None:
    """*read* with its credentials masked in place; None if it has none."""
    root = [read]
    # Pairs of a container and whether a name above it looks like a credential.
    todo: list[tuple[Any, bool]] = [(root, False)]
    hides = False
    while todo:
        container, below = todo.pop()
        is_object = isinstance(container, dict)
        items: Any = container.items() if is_object else enumerate(container)
        for step, item in items:
            hidden = below or (is_object and looks_like_credential(step))
            if isinstance(item, str):
                if item != (leaf := _masked_leaf(item, hidden=hidden)):
                    hides = True
                    container[step] = leaf
            elif isinstance(item, (dict, list)):
                todo.append((item, hidden))
    return root[0] if hides else None


def _masked_leaf(string: str, *, hidden: bool) -> str:
    """The form in which a string in JSON is shown."""
    # Redaction writes the mask for a hidden string, and masks only parts of others: both forms are refused.
    if string == MASK or not hidden:
        refuse_redacted(string)
    if not hidden:
        return mask_urls(string)
    return string if is_unfilled(string) else MASK


def masked_header(name: str, string: str) -> str:
    """The form in which the value of a request header is shown."""
    refuse_redacted(string)
    if is_unfilled(string):
        return string
    return MASK if looks_like_credential_header(name) else mask_value(string)


# Parts ----------------------------------------------------------------------------------------------------------------


def hide_headers(headers: dict[str, Any]) -> dict[str, Any]:
    """Request headers with credentials hidden: strings, secrets, or lists of them.

    Raises:
        Rejected: if a value is of another type, or is the mask of a redacted one.
    """
    result: dict[str, Any] = {}
    for name, item in headers.items():
        items = item if isinstance(item, list) else [item]
        if not all(isinstance(each, (str, Secret)) for each in items):
            raise Rejected("header values that are strings or lists of strings", hint=f"see header {shown(name)}")
        hidden = [_hidden(each, partial(masked_header, name)) for each in items]
        result[name] = hidden if isinstance(item, list) else hidden[0]
    return result


def hide_json(parts: Parts, *, hidden: bool = False) -> Parts:
    """A value of JSON with credentials hidden.

    Args:
        parts: the value, which may contain secrets.
        hidden: whether a name above it looks like a credential.

    Raises:
        Rejected: if a string is the mask of a redacted one.
    """
    if isinstance(parts, dict):
        return {name: hide_json(part, hidden=hidden or looks_like_credential(name)) for name, part in parts.items()}
    if isinstance(parts, list):
        return [hide_json(part, hidden=hidden) for part in parts]
    return _hidden(parts, lambda string: _masked_leaf(string, hidden=hidden))


def _hidden(part: Any, mask: Callable[[str], str]) -> Any:
    """*part* as a `Secret` if *mask* hides it, or as a `MaskedText` if *mask* hides a part of it; else *part* unchanged."""
    if not isinstance(part, (str, Secret)) or (isinstance(part, Secret) and part.is_reference):
        return part
    real = reveal(part)
    if isinstance(part, Secret) and part.source == "text":
        refuse_redacted(real)
        refuse_surrogates(real)
        return part
    text = masked(real, mask(real))
    if str(text) == MASK:
        return literal(real)
    return text if isinstance(text, MaskedText) else part


def format_parts(
    parts: Parts,
    write: Callable[[Any], str],
    write_masked: Callable[[Any], str] = write_parsed_json,
    string: str | None = None,
) -> str:
    """Write *parts* as a string; the string is a `MaskedText` if a part is hidden.

    Args:
        parts: the parts, in which secrets are hidden.
        write: a function that writes the parts with their real strings.
        write_masked: a function that writes the parts with masks.
        string: the real string, if the parts were read from one; it is kept unchanged.
    """
    hidden = [part for _, part in each_part(parts) if isinstance(part, (Secret, MaskedText))]
    shown = write_masked(mapped(parts, _shown)) if hidden else None
    if shown is not None and any(part.is_reference for part in hidden):
        return with_references(parts, write, shown)
    real = write(mapped(parts, lambda _, part: reveal(part))) if string is None else string
    return real if shown is None else masked(real, shown)


def _shown(_: object, part: Any) -> Any:
    return str(part) if isinstance(part, (Secret, MaskedText)) else part


def parse_parts(text: str, read: Callable[[str], Any]) -> Parts:
    """Parse a string with *read*, and hide the parts that are masked in *text*.

    Raises:
        Rejected: if *read* cannot read it.
    """
    if not isinstance(text, MaskedText):
        return read(text)
    if text.is_reference:
        return parts_of(text)
    real = read(text.reveal())
    try:
        shown = read(str(text))
    except Rejected:
        shown = MASK
    return _compared(real, shown)


def _compared(real: Any, shown: Any) -> Parts:
    """The parts of *real*; those that differ in the masked form *shown* are hidden."""
    if isinstance(real, dict):
        pairs = shown if isinstance(shown, dict) and shown.keys() == real.keys() else dict.fromkeys(real, MASK)
        return {name: _compared(part, pairs[name]) for name, part in real.items()}
    if isinstance(real, list):
        items = shown if isinstance(shown, list) and len(shown) == len(real) else [MASK] * len(real)
        return [_compared(part, item) for part, item in zip(real, items, strict=True)]
    if not isinstance(real, str) or real == shown:
        return real
    return MaskedText(real, shown) if isinstance(shown, str) and shown != MASK else literal(real)
