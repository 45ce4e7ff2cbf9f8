# SPDX-License-Identifier: Apache-2.0
"""Extra options, beyond the typed ones: an immutable mapping of Java keys to strings, with credentials masked."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from typing import Any, Final

from ..credentials import MASK, has_credential_name, is_redacted, looks_like_credential, looks_like_key, mask_urls
from ..errors import Rejected, RejectedType
from ..messages import shown
from ..secrets import MaskedText, Parts, Secret, masked, parts_of, reveal, with_references
from ..syntax.characters import refuse_surrogates
from ..syntax.json import SecretInside, plain_json, read_json, write_parsed_json
from .acceptance import string_of
from .converters import secret
from .masking import format_parts, hide_json, mask_json

__all__ = ["NO_EXTRAS", "Extra", "ExtraOptions", "extra_value"]

Extra = str | Secret


class ExtraOptions(Mapping[str, Extra]):
    """Java keys and strings, in the order of the call; a value is a `Secret` if it or its key looks like a credential.

    Raises:
        Rejected: if a key or value cannot reach Java; the message names the key.
    """

    __slots__ = ("_options",)
    _options: dict[str, Extra]

    def __new__(cls, options: Mapping[str, object] | None = None) -> ExtraOptions:  # noqa: PYI034
        """Make them from *options*. None is left out; values that are not strings are written as Java writes them."""
        if isinstance(options, ExtraOptions):
            return options
        if not isinstance(options, (Mapping, type(None))):
            raise RejectedType("a mapping from Java keys to values")
        return cls._of({}, options or {})

    @classmethod
    def _of(cls, items: dict[str, Extra], changes: Mapping[str, object]) -> ExtraOptions:
        """The options of *items* with *changes*. The dict *items* is changed, and becomes that of the result."""
        for given, value in changes.items():
            key = extra_key(given)
            if value is None:
                items.pop(key, None)
            else:
                items[key] = extra_value(key, value)
        self = super().__new__(cls)
        object.__setattr__(self, "_options", items)
        return self

    def __getitem__(self, key: str) -> Extra:
        return self._options[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)

    def items(self) -> ItemsView[str, Extra]:
        """The keys and values; faster than those of a `Mapping`."""
        return self._options.items()

    def values(self) -> ValuesView[Extra]:
        """The values; faster than those of a `Mapping`."""
        return self._options.values()

    def __eq__(self, other: object) -> bool:
        # The order has no meaning for Flink.
        if isinstance(other, ExtraOptions):
            return self._options == other._options
        return self._options == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._options.items())) if self._options else 0

    def __repr__(self) -> str:
        return repr(self._options)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __reduce__(self) -> tuple[Any, ...]:
        return ExtraOptions, (self._options.copy(),)

    def mapped(self, function: Callable[[Extra], Extra]) -> ExtraOptions:
        """These options, with the results of *function* as values."""
        return self._of({key: function(value) for key, value in self._options.items()}, {})

    def changed(self, changes: Mapping[str, object]) -> ExtraOptions:
        """These options with *changes*; None removes an option, and a changed option keeps its position."""
        return self._of(self._options.copy(), changes) if changes else self


def extra_key(key: object) -> str:
    """A Java key as a plain `str`."""
    if not isinstance(key, str):
        raise RejectedType("option names that are str")
    plain = str.__str__(key)
    refuse_surrogates(plain, "option names")
    return plain


def extra_value(key: object, value: object) -> Extra:
    """The string of one option; a `Secret` if it or its key looks like a credential."""
    name = extra_key(key)
    try:
        return _extra_value(name, value)
    except Rejected as error:
        kind, expected, hint = type(error), error.expected, error.hint
    except Exception:  # noqa: BLE001
        # A third-party mapping or number may raise any exception.
        kind, expected, hint = Rejected, "a value that can be read", ""
    raise kind(f"{expected} for option {shown(name)}", hint=hint)


def _extra_value(key: str, value: object) -> Extra:
    if isinstance(value, Secret):
        return secret(value) or value
    if isinstance(value, MaskedText) and value.is_reference:
        return _with_secrets(key, parts_of(value))
    try:
        string = string_of(value)
    except SecretInside:
        return _with_secrets(key, plain_json(value))
    real = reveal(string)
    if is_redacted(real) or looks_like_credential(key) or looks_like_key(real):
        # `secret` refuses redacted values.
        return secret(real) or string
    if isinstance(string, MaskedText):
        return string
    if string.lstrip()[:1] not in ("{", "["):
        return masked(string, mask_urls(string))
    read = read_json(string)
    if read is None:
        # Invalid JSON cannot be masked in part.
        return masked(string, MASK if has_credential_name(string) else mask_urls(string))
    return mask_json(string, read)


def _with_secrets(key: str, parts: Parts) -> Extra:
    """The JSON of a mapping or list that contains secrets."""
    is_hidden = looks_like_credential(key)
    text = format_parts(hide_json(parts, hidden=is_hidden), write_parsed_json)
    if not is_hidden or not isinstance(text, MaskedText):
        return text
    # If the key looks like a credential, the whole value is hidden.
    return with_references(parts_of(text), write_parsed_json, MASK) if text.is_reference else Secret(text.reveal())


NO_EXTRAS: Final = ExtraOptions()
