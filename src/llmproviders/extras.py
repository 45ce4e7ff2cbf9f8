# SPDX-License-Identifier: Apache-2.0
"""Options beyond the typed ones: an immutable mapping of Java keys to texts, credentials masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .errors import Rejected, RejectedType
from .flinktext import has_surrogate, read_json
from .secrets import MASK, MaskedText, Secret, has_credential_name, looks_like_credential, mask_urls, masked
from .values import mask_json, secret, text_of

__all__ = ["NO_EXTRAS", "ExtraOptions"]

Extra = str | Secret


class ExtraOptions(Mapping[str, Extra]):
    """Java keys and texts in the order given; the value of a key that looks like a credential is a `Secret`.

    Raises:
        Rejected: if a key or value cannot reach Java; the message names the key.
    """

    __slots__ = ("_items",)
    _items: tuple[tuple[str, Extra], ...]

    def __new__(cls, options: Mapping[str, object] | None = None) -> ExtraOptions:  # noqa: PYI034
        """Take *options*; a value of None is left out, and values that are no text are written as Java writes them."""
        if isinstance(options, ExtraOptions):
            return options
        if not isinstance(options, (Mapping, type(None))):
            raise RejectedType("a mapping from Java keys to values")
        self = super().__new__(cls)
        items = ((key, extra_value(key, value)) for key, value in (options or {}).items() if value is not None)
        object.__setattr__(self, "_items", tuple(items))
        return self

    def __getitem__(self, key: str) -> Extra:
        for name, value in self._items:
            if name == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        # The order reaches nothing that Flink reads, so it makes no difference.
        return dict(self) == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._items))

    def __repr__(self) -> str:
        return repr(dict(self._items))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        return ExtraOptions, (dict(self._items),)

    def changed(self, changes: Mapping[str, object]) -> ExtraOptions:
        """These options with *changes*; None removes one, a changed one keeps its place."""
        return ExtraOptions({**dict(self._items), **changes}) if changes else self


def extra_value(key: object, value: object) -> Extra:
    """The text of one option, as `Secret` if its key looks like a credential."""
    if not isinstance(key, str):
        raise RejectedType("option names that are str")
    if has_surrogate(key):
        raise Rejected("option names without lone surrogates", hint="Java cannot read them")
    try:
        if isinstance(value, (Secret, MaskedText)):
            return value
        text = text_of(value)
        if looks_like_credential(key):
            protected = secret(text)
            return protected if protected is not None else text
        if text.lstrip()[:1] in ("{", "["):
            read = read_json(text)
            # What cannot be read cannot be masked in part.
            shown = MASK if has_credential_name(text) else mask_urls(text)
            return masked(text, shown) if read is None else mask_json(text, read)
        return masked(text, mask_urls(text)) if type(text) is str else text
    except Rejected as error:
        kind = type(error)
        problem = kind(f"{error.expected} for option {key!r}", hint=error.hint)
    raise problem


NO_EXTRAS: Final = ExtraOptions()
