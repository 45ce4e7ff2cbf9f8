# SPDX-License-Identifier: Apache-2.0
"""The difference between an existing model and a wanted one, and the steps that make them equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from ..credentials import MASK, mask_value
from ..errors import Problem, ProviderError
from ..fields.metadata import options as options_of
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..providers.classes import from_options
from ..providers.comparison import Change
from ..providers.generic import GenericProvider
from ..runtimes.runtime import Runtime
from ..syntax.columns import Column
from ..syntax.quoting import quote_string
from .existing import ExistingModel, MaskedOptions
from .meaning import Meaning
from .names import PROVIDER
from .plan import Step
from .write import NO_SECRET, placeholder_hint, quote_options, quote_path, statement

__all__ = ["Target", "create_step", "drop_step", "have_equal_columns", "option_steps", "rename_step"]


@attrs.frozen(kw_only=True)
class Target:
    """A wanted model with its final options and columns."""

    path: tuple[str, ...]
    """The parts of its name."""
    provider: Provider
    """The provider for the runtime, without references."""
    options: Mapping[str, str] = attrs.field(converter=MaskedOptions)
    """The options and the identifier, with secrets in clear."""
    masked: Mapping[str, str]
    """The same with secrets masked."""
    input: tuple[Column, ...]
    """The input columns; empty if they are not known."""
    output: tuple[Column, ...]
    """The output columns; empty if they are not known."""
    meaning: Meaning
    """The meaning of its options."""
    runtime: Runtime | None
    """The runtime; None if it is not known."""

    @property
    def name(self) -> str:
        """The name of the model, without catalog and database."""
        return self.path[-1]

    def secrets(self, keys: Iterable[str]) -> Iterator[Problem]:
        """A problem for each of the options *keys* that holds a secret."""
        names = {key: info.name for info in options_of(type(self.provider)) for key in (info.key, info.sequence_key)}
        placeholder = placeholder_hint(self.provider, None if self.runtime is None else self.runtime.name)
        hint = f'{placeholder}pass secrets="reveal" or secrets="redact"'
        for key in keys:
            if self.options[key] != self.masked[key]:
                yield Problem(names.get(key, f"{EXTRAS}.{key}"), NO_SECRET, got=MASK, hint=hint, code="literal-secret")


def have_equal_columns(existing: ExistingModel, target: Target) -> bool:
    """Whether the columns are equal; comments on them are not compared, because they change nothing."""
    pairs = ((existing.input, target.input), (existing.output, target.output))
    return all(_plain(before) == _plain(after) for before, after in pairs)


def _plain(columns: tuple[Column, ...]) -> list[Column]:
    return [attrs.evolve(column, comment="") for column in columns]


def option_steps(existing: ExistingModel, target: Target) -> Iterator[Step]:
    """The steps that change the options of an existing model, which has the name of the target; none if the meaning is equal."""
    to_set, to_reset = _changed_keys(existing, target)
    if not to_set and not to_reset:
        return
    old = _masked(existing, target)
    if to_set:
        # The order is that of the target: the identifier is first.
        keys = [key for key in target.options if key in to_set]
        head = f"ALTER MODEL {quote_path(target.path)} SET "
        yield Step(
            kind="set",
            model=target.name,
            keys=tuple(keys),
            changes=tuple(Change(target.name, key, old.get(key), target.masked[key]) for key in keys),
            provider=target.provider,
            sql=head + quote_options({key: target.options[key] for key in keys}),
            masked_sql=head + quote_options({key: target.masked[key] for key in keys}),
            secrets=tuple(target.secrets(keys)),
        )
    if to_reset:
        sql = f"ALTER MODEL {quote_path(target.path)} RESET ({', '.join(map(quote_string, to_reset))})"
        changes = tuple(Change(target.name, key, old[key], None) for key in to_reset)
        yield Step(kind="reset", model=target.name, keys=tuple(to_reset), changes=changes, sql=sql, masked_sql=sql)


def _changed_keys(existing: ExistingModel, target: Target) -> tuple[set[str], list[str]]:
    """The keys to set and the keys to reset."""
    to_set: set[str] = set()
    to_reset: list[str] = []
    if existing.options.get(PROVIDER) != target.options[PROVIDER]:
        to_set.add(PROVIDER)
    old, new = target.meaning.groups(existing.options), target.meaning.groups(target.options)
    for key in {**old, **new}:
        before, after = old.get(key, {}), new.get(key, {})
        if target.meaning.of(key, before) != target.meaning.of(key, after):
            to_set.update(each for each in after if before.get(each) != after[each])
            to_reset += [each for each in before if each not in after]
    return to_set, to_reset


def _masked(existing: ExistingModel, target: Target) -> dict[str, str]:
    """The masked options of an existing model. Options that its class does not read may be secrets: they are hidden."""
    read = _provider_of(existing.options, target)
    known = {} if read is None else read.to_options(redact=True)
    found = {key: mask_value(known.get(key, MASK)) for key in existing.options if key != PROVIDER}
    identifier = existing.options.get(PROVIDER)
    return found if identifier is None else {PROVIDER: mask_value(identifier), **found}


def _provider_of(options: Mapping[str, str], target: Target) -> Provider | None:
    """The provider of a model's options; None if they are not valid. If the identifiers are equal, it has the target's class."""
    options = dict(options)
    identifier = options.pop(PROVIDER, "")
    cls = type(target.provider)
    try:
        if identifier == target.options[PROVIDER] and cls is not GenericProvider:
            return cls.from_options(options)
        return from_options(identifier, options) if identifier else None
    except ProviderError:
        return None


def create_step(target: Target, comment: str | None) -> Step:
    """The step that creates the model of a target."""
    sql, masked = (
        statement("CREATE MODEL ", target.path, options, input=target.input, output=target.output, comment=comment)
        for options in (target.options, target.masked)
    )
    return Step(
        kind="create",
        model=target.name,
        changes=(Change(target.name, "", None, target.options[PROVIDER]),),
        provider=target.provider,
        sql=sql,
        masked_sql=masked,
        secrets=tuple(target.secrets(target.options)),
    )


def drop_step(path: Sequence[str], existing: ExistingModel | None, reason: str = "") -> Step:
    """The step that drops a model; *existing* is None if it was not read."""
    identifier = "a model" if existing is None else mask_value(existing.options.get(PROVIDER, "no provider"))
    sql = f"DROP MODEL {quote_path(path)}"
    change = Change(path[-1], "", f"{identifier} ({reason})" if reason else identifier, None)
    return Step(kind="drop", model=path[-1], changes=(change,), sql=sql, masked_sql=sql)


def rename_step(path: Sequence[str], new: Sequence[str]) -> Step:
    """The step that renames a model within its database."""
    sql = f"ALTER MODEL {quote_path(path)} RENAME TO {quote_path(new)}"
    return Step(kind="rename", model=path[-1], new_name=new[-1], sql=sql, masked_sql=sql)
