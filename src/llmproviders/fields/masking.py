# SPDX-License-Identifier: Apache-2.0
"""Masking inside values: the credentials in JSON and in request headers."""

from __future__ import annotations

from typing import Any

from ..credentials import MASK, is_open, is_redacted, looks_like_credential, looks_like_credential_header, mask_urls, mask_value
from ..errors import Rejected
from ..secrets import MaskedText
from ..syntax.json import write_parsed_json

__all__ = ["mask_json", "masked_header", "refuse_redacted"]


def refuse_redacted(text: str) -> None:
    """Refuse a string that a redacted provider shows in place of the real one."""
    if is_redacted(text):
        raise Rejected("the real value", hint="this is the mask of a redacted value; use the original or Secret.from_env")


def mask_json(text: str, read: object) -> str:
    """JSON with its credentials masked.

    Args:
        text: the JSON.
        read: the value of the JSON; it is changed.
    """
    shown = _mask_leaves(read)
    return text if shown is None else MaskedText(text, write_parsed_json(shown))


def _mask_leaves(read: Any) -> object | None:
    """*read* with its credentials masked in place; None if it has none."""
    root = [read]
    # Containers, and whether a name above them looks like a credential.
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


def _masked_leaf(text: str, *, hidden: bool) -> str:
    """The form in which a string in JSON is shown."""
    # Redaction masks a hidden string as a whole, and any other in part.
    if hidden == (text == MASK):
        refuse_redacted(text)
    if not hidden:
        return mask_urls(text)
    return text if is_open(text) else MASK


def masked_header(name: str, text: str) -> str:
    """The form in which the value of a request header is shown."""
    refuse_redacted(text)
    if is_open(text):
        return text
    return MASK if looks_like_credential_header(name) else mask_value(text)
