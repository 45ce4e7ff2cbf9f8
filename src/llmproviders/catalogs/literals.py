# SPDX-License-Identifier: Apache-2.0
"""The literal secrets of providers, and references in their place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..credentials import MASK, looks_like_key, mask_urls
from ..fields.compiled import compiled
from ..fields.parts import Kind, kind_of, parts_in
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..providers.provider_secrets import SecretPath
from ..secrets import MaskedText, Secret, mapped

__all__ = ["Variables", "is_literal", "with_references", "without_keys"]


def is_literal(part: Secret | MaskedText) -> bool:
    """Whether a secret, or a part of a masked string, is a literal."""
    return not part.is_reference and not (isinstance(part, Secret) and part.source == "placeholder")


def with_references(provider: Provider, references: Mapping[SecretPath, Secret]) -> Provider:
    """The provider with references in place of secrets, by path; a path must be that of a whole `Secret`."""
    inside: dict[SecretPath, dict[SecretPath, Secret]] = {}
    for path, reference in references.items():
        depth = 2 if path[0] == EXTRAS else 1
        inside.setdefault(path[:depth], {})[path[depth:]] = reference
    specs = compiled(type(provider)).description.specs
    changes: dict[str, Any] = {}
    extras: dict[str, Any] = dict(provider.extra_options)
    for option, below in inside.items():
        if option[0] == EXTRAS:
            key = str(option[1])
            extras[key] = changes[EXTRAS] = _replaced("body", extras[key], below)
        else:
            spec = specs[str(option[0])]
            kind = None if spec.info is None else kind_of(spec.info)
            changes[spec.parameter] = _replaced(kind, getattr(provider, spec.attribute.name), below)
    if EXTRAS in changes:
        changes[EXTRAS] = extras
    return provider.with_(**changes) if changes else provider


def _replaced(kind: Kind | None, value: object, references: Mapping[SecretPath, Secret]) -> Any:
    """A value with references at some paths in it; the empty path is the value itself."""
    if () in references:
        return references[()]

    def replaced(path: SecretPath, part: Any) -> Any:
        # The provider masks the string again; it does not accept a masked one.
        return references.get(path) or (part.reveal() if isinstance(part, MaskedText) else part)

    assert kind is not None
    return mapped(parts_in(kind, value), replaced)


class Variables:
    """Unique names for environment variables.

    Args:
        taken: names that must not be used.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        # On Windows, names that differ only in case are equal.
        self._taken = {name.upper() for name in taken}
        self._numbers: Counter[str] = Counter()

    def name(self, entry: str, path: SecretPath) -> str:
        """A name for the secret at a path of an entry, such as ``CHAT_API_KEY``."""
        steps = path[1:] if path[0] == EXTRAS else path
        words = [_word(entry), *map(_word, map(str, steps))]
        if not words[0][:1].isalpha():
            words.insert(0, "MODEL")
        name = base = "_".join(filter(None, words))
        while name in self._taken:
            self._numbers[base] += 1
            name = f"{base}_{self._numbers[base] + 1}"
        self._taken.add(name)
        return name


def _word(string: str) -> str:
    """The letters, digits and underscores of a name; a name may be an API key in the wrong place."""
    return "SECRET" if looks_like_key(string) else re.sub(r"[^A-Z0-9]+", "_", string.upper()).strip("_")


def without_keys(text: str, keys: Iterable[str], others: frozenset[str] = frozenset()) -> str:
    """A string for people, with secrets and credentials in URLs masked.

    Args:
        text: the string.
        keys: secrets that are masked everywhere.
        others: secrets that are masked only as whole words, like every word that looks like an API key.
    """
    # The last word of a header is the credential, as in ``Bearer sk-...``.
    known = {part for key in keys if key.strip() for part in (key.strip(), key.split()[-1])}
    for key in sorted(known, key=len, reverse=True):
        # Shorter secrets occur inside other words: they are masked only as whole words.
        text = text.replace(key, MASK) if len(key) > 3 else text  # noqa: PLR2004
    # A word has no padding, such as that of Base64.
    words = {key.strip("=.") for key in known}

    def masked(found: re.Match[str]) -> str:
        word = found[0].strip(".")
        return MASK if word in words or word in others or looks_like_key(word) else found[0]

    return re.sub(r"[\w.+/-]+", masked, mask_urls(text))
