# SPDX-License-Identifier: Apache-2.0
"""A provider whose options nobody declared: `GenericProvider`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
from typing_extensions import Self

from ..boundary import public
from ..errors import Problem, Rejected, invalid
from ..fields.spec import EXTRAS
from .base import Provider

__all__ = ["GenericProvider"]


def _identifier(name: str) -> str:
    if name == "":
        raise Rejected("an identifier that is not empty")
    return name


@attrs.frozen(kw_only=True, init=False)
class GenericProvider(Provider):
    """Any provider of the Java side: options go to Java as they are, under the keys given.

    ``GenericProvider("my-provider", endpoint="...", **{"api-key": "..."})``. Values that are no strings are written as
    Java writes them (booleans, numbers) or as JSON (containers); None is left out; the value of a key that looks like a
    credential is masked. Every name but ``provider`` is free to be an option's, also ``name`` and ``self``; a mapping given
    as ``extra_options`` is more options.

    Args:
        provider: the identifier that Flink's factory discovery looks for.
        options: Java keys and values.

    Raises:
        InvalidOptionsError: if a value cannot be written, listing each.
    """

    identifier: ClassVar[str] = ""
    _provider: str = attrs.field(kw_only=False, converter=_identifier)

    @public
    def __init__(self, /, provider: str, **options: Any) -> None:
        self.__attrs_init__(provider, extra_options=merged({}, options))

    def provider_name(self) -> str:
        """The identifier that it was made with."""
        return self._provider

    @public
    def with_(self, /, **changes: Any) -> Self:
        """A new provider with *changes*; None removes an option, and ``extra_options={...}`` replaces them all."""
        named = {"provider": changes.pop("provider")} if "provider" in changes else {}
        before = {} if EXTRAS in changes else self.extra_options
        # The decorator hides this method from attrs, which makes super() work in classes with slots.
        return super(GenericProvider, self).with_(**named, extra_options=merged(before, changes))

    @classmethod
    def _structured(cls, given: dict[str, Any], extras: dict[str, str], problems: list[Problem]) -> Self:
        name = extras.pop("provider", "")
        if not (name or problems):
            hint = "use llmproviders.from_options(identifier, options)"
            problems.append(Problem("provider", "the identifier", got="nothing", hint=hint))
        if problems:
            raise invalid(cls.__name__, problems)
        return cls(name, **{EXTRAS: extras})


def merged(before: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """All options as extra options: those that were there, a mapping of more, and those by name."""
    more = options.get(EXTRAS)
    if more is None or isinstance(more, Mapping):
        options = {**(more or {}), **{key: value for key, value in options.items() if key != EXTRAS}}
    return {**before, **options}
