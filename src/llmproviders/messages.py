# SPDX-License-Identifier: Apache-2.0
"""Values and names in messages: masked, short, in ASCII; and hints with the name that was probably meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from .credentials import MASK, has_credential_name, mask_urls, mask_value
from .secrets import MaskedText, Secret

__all__ = [
    "SimilarNames",
    "circle",
    "closest",
    "did_you_mean",
    "fold",
    "listed",
    "names_and_hint",
    "names_of",
    "one_line",
    "shown",
    "shown_name",
    "shown_path",
    "shown_type",
    "with_hint",
]

MAX_SHOWN: Final = 60
"""The greatest length of a string or name that a message shows whole."""
MAX_NAME: Final = 200
"""The greatest length of a name that is compared to others; the time grows with the product of both lengths."""
MAX_LISTED: Final = 20
"""The most names that a message lists."""
MAX_CIRCLE: Final = 8
"""The most names of a circle that a message lists."""
MAX_PATH: Final = 400
"""The greatest length of a path that a message shows whole."""
MAX_COMPARED: Final = 250_000
"""The most pairs of characters that `SimilarNames` compares before it finds names by its index alone."""
_ENDS: Final = 12
"""The number of characters at each end of a name where the index finds a mistake."""
_POSITION_BITS: Final = 24
MAX_LINE: Final = 200
"""The greatest length of a third-party message in one line."""


def shown(value: object, *, with_type: bool = False, hidden: bool = False) -> str:
    """A value for a message.

    Args:
        value: the value. Strings, numbers, booleans and None are shown; for any other value, its type is shown.
        with_type: whether to add the name of the type.
        hidden: whether the value may be or contain a secret, although its type is not one of secrets.
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
    """A name for a message, without quotes if it is short and printable."""
    return name if _is_plain(name) else shown(name)


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


def fold(name: str) -> str:
    """The form in which names are compared: in lower case, with hyphens in place of Java's underscores."""
    return name.lower().replace("_", "-")


def listed(choices: Sequence[str]) -> str:
    """*choices* as a phrase: ``a, b or c``."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def circle(names: Sequence[str]) -> str:
    """Names that lead from the first one back to it; of many names only the first three and the last."""
    more = len(names) - 4
    several = [*names[:3], f"... {more} more ...", names[-1]] if len(names) > MAX_CIRCLE else names
    return " -> ".join([*map(shown_name, several), shown_name(names[0])])


class SimilarNames:
    """Names to choose from, for several searches whose cost together is linear in the number of names and searches.

    The first searches compare the given name with each of the names, as `difflib` does. After `MAX_COMPARED` pairs of characters,
    an index finds only names that differ by one character more, less or another, or by two that are swapped, among the first or
    the last `_ENDS` characters.

    Args:
        names: the names; those longer than `MAX_NAME` are never found.
        cutoff: the least similarity, from 0 to 1.
        spelling: a function that is applied to both names before they are compared.
    """

    def __init__(self, names: Iterable[str], *, cutoff: float = 0.6, spelling: Callable[[str], str] = fold) -> None:
        self._names = list(names)
        self._spellings = [spelling(name) if len(name) <= MAX_NAME else "" for name in self._names]
        self._spelling = spelling
        self._cutoff = cutoff
        self._length = sum(map(len, self._spellings))
        self._budget = MAX_COMPARED
        self._index: list[int] = []
        """For each name and each of its `_variants`: its hash, and in the last bits the position of the name; sorted."""
        self._sorted: list[int] = []
        """The positions of the names in the order of their spellings."""
        self._found: dict[tuple[str, int], int | None] = {}
        """The results of the first searches, so that a name that is given again has the same hint."""

    def closest(self, given: str, *, among: int | None = None) -> str | None:
        """The name that is most similar to *given*; None if no name is similar enough.

        Args:
            given: the name that was given.
            among: how many of the names to choose from, counted from the first; by default all.
        """
        if not 0 < len(given) <= MAX_NAME:
            return None
        count = len(self._names) if among is None else among
        cost = len(given) * self._length
        if (given, count) in self._found:
            position = self._found[given, count]
        elif cost <= self._budget:
            self._budget -= cost
            position = self._found[given, count] = self._most_similar(self._spelling(given), count)
        else:
            position = self._one_edit_away(self._spelling(given), count)
        return None if position is None else self._names[position]

    def hint(self, given: str) -> str:
        """A hint with the name that is similar to *given*, or of which it is the beginning; empty if there is no such name."""
        name = self._only_one_begun(given) or self.closest(given)
        return f"did you mean {name}?" if name else ""

    def _most_similar(self, given: str, count: int) -> int | None:
        """The position of the most similar name, among the first *count*."""
        # Imported here: only mistakes need it.
        from difflib import get_close_matches

        found = get_close_matches(given, self._spellings[:count], n=1, cutoff=self._cutoff)
        return self._spellings.index(found[0]) if found else None

    def _one_edit_away(self, given: str, count: int) -> int | None:
        """The position of a name that differs by one edit, among the first *count*."""
        if not self._index:
            self._index = sorted(
                hashed | position
                for position, name in enumerate(self._spellings)
                for hashed in {_hash(variant) for variant in _variants(name)}
            )
        for variant in _variants(given):
            hashed = _hash(variant)
            place = bisect_left(self._index, hashed)
            position = self._index[place] - hashed if place < len(self._index) else count
            # A variant may be that of two edits.
            if position < count and _similarity(given, self._spellings[position]) >= self._cutoff:
                return position
        return None

    def _only_one_begun(self, given: str) -> str | None:
        """The name that begins with *given*, if it is the only one."""
        if len(given) <= 2:  # noqa: PLR2004
            return None
        if not self._sorted:
            self._sorted = sorted(range(len(self._names)), key=self._spellings.__getitem__)
        begin = self._spelling(given)
        place = bisect_left(self._sorted, begin, key=self._spellings.__getitem__)
        begun = [position for position in self._sorted[place : place + 2] if self._spellings[position].startswith(begin)]
        return self._names[begun[0]] if len(begun) == 1 else None


def _variants(name: str) -> Iterator[str]:
    """The name, and the name without one of its first or last characters."""
    yield name
    length = len(name)
    for place in range(length):
        if place < _ENDS or place >= length - _ENDS:
            yield name[:place] + name[place + 1 :]


def _similarity(one: str, other: str) -> float:
    """The ratio of `difflib` for strings that differ by one edit, in linear time; for others it may be less."""
    least = min(len(one), len(other))
    start = next((place for place in range(least) if one[place] != other[place]), least)
    end = next((place for place in range(least - start) if one[-1 - place] != other[-1 - place]), least - start)
    between = one[start : len(one) - end], other[start : len(other) - end]
    same = start + end + (len(between[0]) == 2 and between[0] == between[1][::-1])  # noqa: PLR2004
    return 2 * same / (len(one) + len(other))


def _hash(variant: str) -> int:
    return hash(variant) % (1 << 36) << _POSITION_BITS


def closest(given: str, names: Sequence[str], *, cutoff: float = 0.6, spelling: Callable[[str], str] = fold) -> str | None:
    """The name that `SimilarNames` finds, for one search."""
    return SimilarNames(names, cutoff=cutoff, spelling=spelling).closest(given)


def did_you_mean(given: str, names: Sequence[str]) -> str:
    """The hint of `SimilarNames`, for one search."""
    return SimilarNames(names).hint(given)


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
    """The first 20 of the *known* names, and the number of the others."""
    names = [*map(shown_name, known)]
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more or "none"


def _is_plain(name: str) -> bool:
    return len(name) <= MAX_SHOWN and name.isprintable()


def one_line(message: str, secrets: Iterable[str] = (), *, longest: int = MAX_LINE) -> str:
    """A third-party message in one line of at most *longest* characters; *secrets* and credentials of URLs are masked."""
    for secret in filter(None, secrets):
        message = message.replace(secret, MASK)
    message = mask_urls(" ".join(message.split()))
    return message if len(message) <= longest else f"{message[: longest - 3]}..."
