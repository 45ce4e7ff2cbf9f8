# SPDX-License-Identifier: Apache-2.0
"""The differences between two providers, option by option: shown with secrets masked, and applied to a provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar, overload

import attrs

from ..boundary import public
from ..credentials import MASK
from ..errors import Problem, invalid
from ..fields.compiled import compiled
from ..fields.metadata import options
from ..fields.parts import Kind, kind_of, part_string, parts_in
from ..fields.spec import EXTRAS
from ..messages import shown_type
from ..secrets import MaskedText, Parts, Secret, mapped

__all__ = ["Change", "Diff", "ProviderDiff", "changes_between", "diff_of"]

_Provider = TypeVar("_Provider", bound=Any)
_Edit = tuple[str, Any, Any]
"""A name, the old value and the new value."""

_UNSET: Final = (None, None, None)
_MISSING: Final = object()


@attrs.frozen
class Change:
    """One difference between providers or catalogs, with secrets masked; ``str()`` is like ``~ chat.temperature: 0.7 -> 0.9``."""

    provider: str
    """The name of the provider; empty for `Provider.diff`, and for the default of a catalog."""
    option: str
    """The Java key, with the name of a header or field as in ``extra-header.X-Tenant``; empty if a whole provider or its class
    differs."""
    old: str | None
    """The first value; None if there is none."""
    new: str | None
    """The second value; None if there is none."""

    def __str__(self) -> str:
        where = ".".join(filter(None, [self.provider, self.option])) or "(default)"
        if self.old is None:
            return f"+ {where}: {self.new}"
        if self.new is None:
            return f"- {where}: {self.old}"
        # Two secrets have the same mask.
        return f"~ {where}: {self.old} -> {self.new}{' (another value)' if self.old == self.new else ''}"


@attrs.frozen(repr=False)
class Diff(Sequence[Change]):
    """A frozen sequence of `Change`. It holds the real values, and shows them with secrets masked."""

    _changes: tuple[Change, ...]

    @overload
    def __getitem__(self, index: int) -> Change: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Change, ...]: ...

    def __getitem__(self, index: int | slice) -> Change | tuple[Change, ...]:
        return self._changes[index]

    def __len__(self) -> int:
        return len(self._changes)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(map(str, self)) or 'no changes'}>"

    def __str__(self) -> str:
        return "\n".join(map(str, self))


@attrs.frozen(repr=False)
class ProviderDiff(Diff):
    """The differences between two providers of the same class: a frozen sequence of `Change`, made by `Provider.diff`.

    It is false if there are none. ``str()`` writes one in each line, with secrets masked; a pickle of it holds the secrets.
    """

    _cls: type
    _options: tuple[_Edit, ...]
    """By name of the field."""
    _extras: tuple[_Edit, ...]
    """By Java key; None for an extra option that is missing."""

    @public
    def apply(self, provider: _Provider) -> _Provider:
        """Return a new provider with the changes, validated as by `Provider.with_`.

        ``a.diff(b).apply(a)`` equals ``b``. Another provider gets the new values of the changed options, and keeps its others. In
        headers, bodies and maps, only the changed parts are set, if both values of the option have parts.

        >>> chat = OpenAICompatProvider(task="chat/completions", temperature=0.2)
        >>> chat.diff(chat.with_(temperature=0.9)).apply(chat.with_(seed=1)).temperature
        0.9

        Args:
            provider: a provider of the class of both, or of a subclass.

        Raises:
            InvalidOptionsError: if the provider is of another class, or the changes do not fit its other options.
        """
        if not isinstance(provider, self._cls):
            expected = f"a provider of class {self._cls.__name__}"
            raise invalid("ProviderDiff.apply", [Problem("provider", expected, got=shown_type(provider), is_type=True)])
        given: Any = provider
        specs = compiled(type(given)).description.specs
        changes: dict[str, Any] = {}
        for name, old, new in self._options:
            info = specs[name].info
            kind = None if info is None else kind_of(info)
            changes[specs[name].parameter] = _applied(kind, old, new, getattr(given, name))
        if self._extras:
            extras = given.extra_options
            changes[EXTRAS] = {**extras, **{key: _applied("body", old, new, extras.get(key)) for key, old, new in self._extras}}
        changed: _Provider = given.with_(**changes)
        return changed


def diff_of(old: Any, new: Any, name: str = "") -> ProviderDiff:
    """The differences between two providers of the same class, whose name in a catalog is *name*."""
    cls = type(old)
    edits = []
    for field, spec in compiled(cls).description.specs.items():
        if field != EXTRAS and spec.attribute.init:
            before, after = getattr(old, field), getattr(new, field)
            if before != after:
                edits.append((field, before, after))
    keys = {**old.extra_options, **new.extra_options}
    extras = [(key, old.extra_options.get(key), new.extra_options.get(key)) for key in keys]
    extras = [(key, before, after) for key, before, after in extras if before != after]
    return ProviderDiff(tuple(changes_between(name, old, new)), cls, tuple(edits), tuple(extras))


def _applied(kind: Kind | None, old: Any, new: Any, current: Any) -> Any:
    """The value of an option after a change from *old* to *new*."""
    if kind is None or current is old or current == old:
        return new
    parts = [parts_in(kind, each) for each in (old, new, current)]
    if not all(isinstance(each, dict) for each in parts):
        return new
    # The provider masks the string again; it does not accept a masked one.
    return mapped(_merged(*parts), lambda _, part: part.reveal() if isinstance(part, MaskedText) else part)


def _merged(old: dict[str, Parts], new: dict[str, Parts], current: dict[str, Parts]) -> dict[str, Parts]:
    """The parts *current* with the differences from *old* to *new*. It is recursive; JSON has at most 200 levels."""
    merged = dict(current)
    for name in {**old, **new}:
        before, after, here = (each.get(name, _MISSING) for each in (old, new, current))
        if isinstance(before, dict) and isinstance(after, dict) and isinstance(here, dict):
            merged[name] = _merged(before, after, here)
        elif after is _MISSING:
            merged.pop(name, None)
        elif _differ(before, after):
            merged[name] = after
    return merged


def changes_between(name: str, old: Any, new: Any) -> Iterator[Change]:
    """The differences between two providers of any classes, whose name in a catalog is *name*."""
    if old.provider_name() != new.provider_name():
        # The identifier has the key `provider` in CREATE MODEL.
        yield Change(name, "" if name else "provider", old.provider_name(), new.provider_name())
    old_options, new_options = _options(old), _options(new)
    for key in {**old_options, **new_options}:
        (old_string, old_value, old_parts), (new_string, new_value, new_parts) = (
            old_options.get(key, _UNSET),
            new_options.get(key, _UNSET),
        )
        if old_value == new_value:
            continue
        if isinstance(old_parts, dict) and isinstance(new_parts, dict):
            found = [Change(name, each, *strings) for each, *strings in _changed_parts(key, old_parts, new_parts)]
            yield from found or [Change(name, key, old_string, new_string)]
        # Equal numbers may be written differently, and different secrets have the same mask.
        elif old_string != new_string or MASK in str(old_string):
            yield Change(name, key, old_string, new_string)


def _changed_parts(where: str, old: Parts, new: Parts) -> Iterator[tuple[str, str | None, str | None]]:
    """The location of each header or field that differs, with both strings; None for one that is missing."""
    for name in {**old, **new}:
        before, after = old.get(name, _MISSING), new.get(name, _MISSING)
        location = f"{where}.{name}"
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _changed_parts(location, before, after)
        elif _differ(before, after):
            strings = [None if each is _MISSING else part_string(each) for each in (before, after)]
            yield location, strings[0], strings[1]


def _differ(before: Parts, after: Parts) -> bool:
    # 1 and True are equal in Python.
    return before != after or part_string(before) != part_string(after)


def _options(provider: Any) -> dict[str, tuple[str | None, object, Parts]]:
    """The masked string, the value and the parts of each option, by Java key."""
    values: dict[str, tuple[object, Kind | None]] = {}
    for info in options(type(provider)):
        values[info.key] = values[info.sequence_key] = getattr(provider, info.name), kind_of(info)
    values.update((key, (extra, "body")) for key, extra in provider.extra_options.items())
    shown: dict[str, tuple[str | None, object, Parts]] = {}
    for key, string in provider.to_options(redact=True).items():
        value, kind = values.get(key, (string, None))
        if isinstance(value, (Secret, MaskedText)) and value.is_reference:
            string = part_string(value)  # noqa: PLW2901
        shown[key] = (string, value, None if kind is None or string == MASK else parts_in(kind, value))
    return shown
