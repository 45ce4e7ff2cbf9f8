# SPDX-License-Identifier: Apache-2.0
"""A provider without declared options: `GenericProvider`."""

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
    """A provider of any identifier: its options are passed to Java unchanged, under the keys given.

    ``GenericProvider("my-provider", endpoint="...", **{"api-key": "..."})``. Values that are not strings are written as
    Java writes them (booleans, numbers) or as JSON (containers); None is left out; the value of a key that looks like a
    credential is masked. An option may have any name except ``provider``, also ``name`` and ``self``; a mapping given
    as ``extra_options`` adds options.

    Args:
        provider: the identifier of the factory in Flink.
        options: Java keys and values.

    Raises:
        InvalidOptionsError: if values cannot be written, with a problem for each.
    """

    identifier: ClassVar[str] = ""
    _provider: str = attrs.field(kw_only=False, converter=_identifier)

    @public
    def __init__(self, /, provider: str, **options: Any) -> None:
        self.__attrs_init__(provider, extra_options=merged({}, options))

    def provider_name(self) -> str:
        """Return the identifier that was given."""
        return self._provider

    @public
    def with_(self, /, **changes: Any) -> Self:
        """Return a new provider with *changes*; None removes an option, and ``extra_options={...}`` replaces all."""
        named = {"provider": changes.pop("provider")} if "provider" in changes else {}
        before = {} if EXTRAS in changes else self.extra_options
        # attrs makes super() without arguments work in classes with slots, but not in a decorated method.
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
    """All options as extra options: those of before, those of the mapping ``extra_options``, and those by name."""
    more = options.get(EXTRAS)
    if more is None or isinstance(more, Mapping):
        options = {**(more or {}), **{key: value for key, value in options.items() if key != EXTRAS}}
    return {**before, **options}
