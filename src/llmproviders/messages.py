# SPDX-License-Identifier: Apache-2.0
"""How messages show values and names: masked, short, ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .secrets import MASK, MaskedText, Secret, has_credential_name, mask_value

__all__ = ["closest", "did_you_mean", "fold", "listed", "shown", "with_hint"]

MAX_SHOWN: Final = 60
"""The longest string that a message shows whole."""
MAX_NAME: Final = 200
"""The longest name that is compared to others; the time is the product of the two lengths."""


def shown(value: object, *, with_type: bool = False, hidden: bool = False) -> str:
    """How a message shows a value.

    Args:
        value: anything; only strings, numbers, booleans and None are shown, of everything else its type.
        with_type: whether the name of its type is added.
        hidden: whether the value may be or hold a secret, which is not seen from the value itself.
    """
    kind = type(value).__name__.encode("ascii", "backslashreplace").decode()
    if isinstance(value, (Secret, MaskedText)) or (hidden and isinstance(value, str)):
        return f"{MASK} ({kind})"
    if value is None:
        return "None"
    if isinstance(value, str):
        text = _shown_text(str.__str__(value))
    elif isinstance(value, (bool, int, float)) and not hidden:
        # Subclasses may have any repr.
        text = _shown_number(value)
    else:
        return f"a value of type {kind}"
    return f"{text} ({kind})" if with_type else text


def _shown_text(text: str) -> str:
    masked = MASK if text.lstrip()[:1] in ("{", "[") and has_credential_name(text) else mask_value(text)
    if len(masked) <= MAX_SHOWN:
        return ascii(masked)
    cut = ascii(masked[: MAX_SHOWN - 3])
    return f"{cut[:-1]}...{cut[-1]}"


def _shown_number(value: float) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return int.__repr__(value) if -(10**30) < value < 10**30 else "a number of more than 30 digits"
    return float.__repr__(value)


def fold(text: str) -> str:
    """How the spellings of an enum are compared: without case, and with Java's underscores as hyphens."""
    return text.lower().replace("_", "-")


def listed(choices: Sequence[str]) -> str:
    """*choices* as a sentence has them."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def closest(text: str, names: Sequence[str], *, cutoff: float = 0.6) -> str | None:
    """The name that is most similar to *text*, compared as `fold` writes them; None if all are below the *cutoff*."""
    if len(text) > MAX_NAME:
        return None
    # Only a mistake pays for this import.
    from difflib import get_close_matches

    folded: dict[str, str] = {}
    for name in names:
        if len(name) <= MAX_NAME:
            folded.setdefault(fold(name), name)
    found = get_close_matches(fold(text), list(folded), n=1, cutoff=cutoff)
    return folded[found[0]] if found else None


def did_you_mean(text: str, names: Sequence[str]) -> str:
    """A hint with the name that is close to *text*, or nothing."""
    # A beginning that is unique is as good as a small mistake.
    begun = [name for name in names if 2 < len(text) <= len(name) <= MAX_NAME and fold(name).startswith(fold(text))]  # noqa: PLR2004
    found = begun[0] if len(begun) == 1 else closest(text, names)
    return f"did you mean {found}?" if found else ""


def with_hint(text: str, hint: str) -> str:
    """*text* with what to do about it, if there is a hint."""
    return f"{text}; {hint}" if hint else text
