# SPDX-License-Identifier: Apache-2.0
"""Masking of credentials inside JSON and request headers."""

from __future__ import annotations

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
from ..secrets import MaskedText
from ..syntax.json import write_parsed_json

__all__ = ["mask_json", "masked_header", "refuse_redacted"]


def refuse_redacted(string: str) -> None:
    """Raise `Rejected` for a string that a redacted provider shows in place of the real one."""
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
    # Redaction replaces a hidden string by the mask, and masks only parts of any other string.
    if hidden == (string == MASK):
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
