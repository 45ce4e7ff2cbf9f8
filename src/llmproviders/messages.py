# SPDX-License-Identifier: Apache-2.0
"""Values and names in messages: masked, short, in ASCII."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from .credentials import MASK, has_credential_name, mask_value
from .secrets import MaskedText, Secret
from .similar_names import did_you_mean

__all__ = [
    "listed",
    "names_and_hint",
    "names_of",
    "shown",
    "shown_cycle",
    "shown_name",
    "shown_path",
    "shown_type",
    "with_hint",
]

MAX_SHOWN: Final = 60
"""The greatest length of a string or name in a message; a longer one is shortened."""
MAX_LISTED: Final = 20
"""The most names that a message lists."""
MAX_CYCLE: Final = 8
"""The most names of a cycle that a message lists."""
MAX_PATH: Final = 400
"""The greatest length of a path in a message; a longer one is shortened."""


def shown(value: object, *, with_type: bool = False, hidden: bool = False) -> str:
    """A value for a message.

    Args:
        value: the value. Strings, numbers, booleans and None are shown; for any other value, its type is shown.
        with_type: whether to add the name of the type.
        hidden: whether the value may be or contain a secret; a `Secret` is always masked.
    """
    kind = _type_name(value)
    if isinstance(value, (Secret, MaskedText)) or (hidden and isinstance(value, str)):
        return f"{MASK} ({kind})"
    if value is None:
        return "None"
    if isinstance(value, str):
        string = _shown_string(str.__str__(value))
    elif isinstance(value, (bool, int, float)) and not hidden:
        # Subclasses may have any repr.
        string = _shown_number(value)
    else:
        return shown_type(value)
    return f"{string} ({kind})" if with_type else string


def shown_type(value: object) -> str:
    """The type of a value for a message, where the value itself is not shown."""
    return f"a value of type {_type_name(value)}"


def shown_name(name: str) -> str:
    """A name for a message, without quotes if it is short and printable; an API key in place of a name is masked."""
    return mask_value(name) if _is_plain(name) else shown(name)


def shown_path(path: str) -> str:
    """A path for a message: without quotes if it is printable and not very long."""
    return path if path.isprintable() and len(path) <= MAX_PATH else shown(path)


def _type_name(value: object) -> str:
    return type(value).__name__.encode("ascii", "backslashreplace").decode()


def _shown_string(string: str) -> str:
    masked = MASK if string.lstrip()[:1] in ("{", "[") and has_credential_name(string) else mask_value(string)
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


def listed(choices: Sequence[str]) -> str:
    """*choices* as a phrase: ``a, b or c``."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def shown_cycle(names: Sequence[str], start: int = 0) -> str:
    """A cycle of names, from the one at *start* back to it; a long cycle is shortened to the first three names and the last."""
    count = len(names) - start
    first = names[start : start + 3]
    several = [*first, f"... {count - 4} more ...", names[-1]] if count > MAX_CYCLE else names[start:]
    return " -> ".join([*map(shown_name, several), shown_name(names[start])])


def with_hint(message: str, hint: str) -> str:
    """*message*, followed by *hint* if that is not empty."""
    return f"{message}; {hint}" if hint else message


def names_and_hint(name: object, known: Iterable[str]) -> str:
    """The *known* names, and a hint with the one that *name* probably means."""
    known = list(known)
    plain = [each for each in known if _is_plain(each)]
    hint = did_you_mean(name, plain) if isinstance(name, str) and _is_plain(name) else ""
    return with_hint(names_of(known), hint)


def names_of(known: Iterable[str]) -> str:
    """The first `MAX_LISTED` of the *known* names, and the number of the others."""
    names = [*map(shown_name, known)]
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more or "none"


def _is_plain(name: str) -> bool:
    return len(name) <= MAX_SHOWN and name.isprintable()
