# SPDX-License-Identifier: Apache-2.0
"""A provider whose options nobody declared: `GenericProvider`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from ..errors import Problem, Rejected, invalid
from ..table import EXTRAS
from .base import Provider, fill, not_a_mapping

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["GenericProvider"]


def _identifier(name: str) -> str:
    if name == "":
        raise Rejected("an identifier that is not empty")
    return name


@attrs.frozen(kw_only=True, slots=False, eq=False, repr=False, init=False)
class GenericProvider(Provider):
    """Any provider of the Java side: options go to Java as they are, under the keys given.

    ``GenericProvider("my-provider", endpoint="...", **{"api-key": "..."})``. Values that are no text are written as
    Java writes them (booleans, numbers) or as JSON (containers); None is left out; the value of a key that looks like a
    credential is masked. Every name is free to be an option's, also ``name`` and ``self``; a mapping given as
    ``extra_options`` is more options.

    Args:
        name: the identifier that Flink's factory discovery looks for.
        options: Java keys and values.

    Raises:
        InvalidOptionsError: if a value has no text, listing each.
    """

    __slots__ = ()

    identifier: ClassVar[str] = ""
    has_own_names: ClassVar[bool] = False
    # Its alias is no name that an option could have; only the constructor below takes it.
    _name: str = attrs.field(kw_only=False, alias="_name", converter=_identifier)

    def __init__(self, name: str, /, **options: Any) -> None:
        error = fill(self, self._table(), _given({"_name": name}, {}, options), {}, None, [])
        if error is not None:
            del options
            raise error

    def provider_name(self) -> str:
        """The identifier that it was made with."""
        return self._name

    @classmethod
    def named_with(cls, name: str, options: Mapping[str, Any]) -> tuple[Self, Exception | None]:
        """The provider *name* of options by name, or the error that there is none."""
        return super().made(_given({"_name": name}, {}, options))

    def _derived(self, changes: Mapping[str, Any]) -> tuple[Self, Exception | None]:
        return super()._derived(_given({}, self.extra_options, changes))

    @classmethod
    def _read(cls, options: Mapping[str, str]) -> tuple[Self, Exception | None]:
        if not_a_mapping(options) is None and "provider" not in options:
            hint = "use llmproviders.from_options(identifier, options)"
            return object.__new__(cls), invalid(cls.__name__, [Problem("provider", "the identifier", got="nothing", hint=hint)])
        return cls.named(options["provider"] if not_a_mapping(options) is None else "", options)

    @classmethod
    def named(cls, name: str, options: Mapping[str, str]) -> tuple[Self, Exception | None]:
        """The provider *name* of the *options* of a flat dict, or the error that there is none."""
        new = object.__new__(cls)
        if (problem := not_a_mapping(options)) is not None:
            return new, invalid(cls.__name__, [problem])
        table = cls._table()
        _, extras, problems = table.reader(options)
        if extras.pop("provider", name) != name:
            problems.append(Problem("provider", ascii(name)[:60], got=ascii(options["provider"])[:60]))
        return new, fill(new, table, {"_name": name, EXTRAS: extras}, {}, None, problems)

    def _shown(self) -> str:
        options = dict(self.extra_options)
        named = "".join(f", {key}={value!r}" for key, value in options.items() if key.isidentifier())
        rest = {key: value for key, value in options.items() if not key.isidentifier()}
        return f"GenericProvider({self._name!r}{named}{f', **{rest!r}' if rest else ''})"


def _given(fields: dict[str, Any], extras: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """What `fill` accepts for options that are all extras."""
    more = options.get(EXTRAS)
    named = dict(options)
    if isinstance(more, Mapping):
        del named[EXTRAS]
        named = {**more, **named}
    return {**fields, EXTRAS: {**extras, **named}}
