# SPDX-License-Identifier: Apache-2.0
"""Values and names in messages: masked, short, ASCII; and hints with the name that was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from .credentials import MASK, has_credential_name, mask_urls, mask_value
from .secrets import MaskedText, Secret

__all__ = ["closest", "did_you_mean", "fold", "listed", "names_and_hint", "names_of", "one_line", "shown", "with_hint"]

MAX_SHOWN: Final = 60
"""The greatest length of a string that a message shows whole."""
MAX_NAME: Final = 200
"""The greatest length of a name that is compared to others: the time grows with the product of both lengths."""
MAX_LISTED: Final = 20
"""The most names that a message lists."""
MAX_LINE: Final = 200
"""The greatest length of a third-party message that is shown whole."""


def shown(value: object, *, with_type: bool = False, hidden: bool = False) -> str:
    """The form of a value in a message.

    Args:
        value: strings, numbers, booleans and None are shown; of any other value its type.
        with_type: whether the name of the type is added.
        hidden: whether the value may be or contain a secret although its type does not show it.
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
    """The form in which names are compared: in lower case, with hyphens for Java's underscores."""
    return text.lower().replace("_", "-")


def listed(choices: Sequence[str]) -> str:
    """*choices* as a phrase: ``a, b or c``."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def closest(text: str, names: Sequence[str], *, cutoff: float = 0.6, spelling: Callable[[str], str] = fold) -> str | None:
    """The name that is most like *text*; None if there is none.

    Args:
        text: the name that was given.
        names: the names to choose from; those over `MAX_NAME` are ignored.
        cutoff: how alike they must be, from 0 to 1.
        spelling: applied to both before they are compared.
    """
    names = [name for name in names if len(name) <= MAX_NAME]
    if not names or len(text) > MAX_NAME:
        return None
    # Imported here: only mistakes need it.
    from difflib import get_close_matches

    spellings = [spelling(name) for name in names]
    found = get_close_matches(spelling(text), spellings, n=1, cutoff=cutoff)
    return names[spellings.index(found[0])] if found else None


def did_you_mean(text: str, names: Sequence[str]) -> str:
    """A hint with the name that is close to *text*; empty if there is none."""
    if len(text) > MAX_NAME:
        return ""
    # The beginning of one name only is a hint too.
    begun = [name for name in names if len(text) > 2 and len(name) <= MAX_NAME and fold(name).startswith(fold(text))]  # noqa: PLR2004
    name = begun[0] if len(begun) == 1 else closest(text, names)
    return f"did you mean {name}?" if name else ""


def with_hint(text: str, hint: str) -> str:
    """*text* with what to do about it, if there is a hint."""
    return f"{text}; {hint}" if hint else text


def names_and_hint(name: object, known: Iterable[str]) -> str:
    """The *known* names, and a hint with the one that *name* probably means."""
    known = list(known)
    plain = [each for each in known if _is_plain(each)]
    hint = did_you_mean(name, plain) if isinstance(name, str) and _is_plain(name) else ""
    return with_hint(names_of(known), hint)


def names_of(known: Iterable[str]) -> str:
    """The first 20 of the *known* names, and the number of the others."""
    names = [each if _is_plain(each) else shown(each) for each in known]
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more or "none"


def _is_plain(name: str) -> bool:
    return len(name) <= MAX_SHOWN and name.isprintable()


def one_line(text: str) -> str:
    """A third-party message in one line of at most 200 characters, with the credentials of its URLs masked."""
    text = mask_urls(" ".join(text.split()))
    return text if len(text) <= MAX_LINE else f"{text[: MAX_LINE - 3]}..."
