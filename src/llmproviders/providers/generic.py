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

__all__ = ["GenericProvider", "merged"]


def _identifier(name: str) -> str:
    if name == "":
        raise Rejected("an identifier that is not empty")
    return name


@attrs.frozen(kw_only=True, init=False)
class GenericProvider(Provider):
    """A provider of any identifier, whose options are passed to Java unchanged.

    For example: ``GenericProvider("my-provider", endpoint="...", **{"api-key": "..."})``.

    Args:
        provider: the identifier of the factory in Flink.
        options: Java keys and values; any key except ``provider``. A mapping as ``extra_options`` adds more. Values that are not
            strings are written as Java writes them (booleans, numbers) or as JSON (containers). None is left out. The value
            of a key that looks like a credential is masked.

    Raises:
        InvalidOptionsError: if values cannot be written, with a problem for each.
    """

    identifier: ClassVar[str] = ""
    _provider: str = attrs.field(kw_only=False, converter=_identifier)

    @public
    def __init__(self, /, provider: str, **options: Any) -> None:
        self.__attrs_init__(provider, extra_options=merged({}, options))

    def provider_name(self) -> str:
        """Return the identifier of the factory in Flink, as it was given."""
        return self._provider

    @public
    def with_(self, /, **changes: Any) -> Self:
        """Return a new provider with *changes*; None removes an option, and ``extra_options={...}`` replaces all options."""
        named = {"provider": changes.pop("provider")} if "provider" in changes else {}
        before = {} if EXTRAS in changes else self.extra_options
        # In a class with slots, super() without arguments does not work in a decorated method.
        return super(GenericProvider, self).with_(**named, extra_options=merged(before, changes))

    @classmethod
    def _structured(cls, given: dict[str, Any], extras: dict[str, str], problems: list[Problem]) -> Self:
        name = extras.pop("provider", "")
        if not (name or problems):
            hint = "use llmproviders.from_options(identifier, options)"
            problems.append(Problem("provider", "the identifier", got="nothing", hint=hint, code="missing-option"))
        if problems:
            raise invalid(cls.__name__, problems)
        return cls(name, **{EXTRAS: extras})


def merged(before: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options *before*, changed by those of the mapping ``extra_options`` and then by those given by name."""
    more = options.get(EXTRAS)
    if more is None or isinstance(more, Mapping):
        options = {**(more or {}), **{key: value for key, value in options.items() if key != EXTRAS}}
    return {**before, **options}
