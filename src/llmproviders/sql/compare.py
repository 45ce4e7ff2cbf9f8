# SPDX-License-Identifier: Apache-2.0
"""The comparison of the models that exist in a database with those that are wanted; it needs no Flink."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import attrs

from ..errors import InvalidOptionsError, Problem, SecretError
from ..messages import shown
from ..providers.base import Provider
from ..providers.held import unresolved_references
from ..runtimes.runtime import Runtime
from ..similar_names import did_you_mean
from ..syntax.columns import Column
from ..syntax.quoting import expected_name
from .differences import Target, create_step, drop_step, have_equal_columns, option_steps, rename_step
from .meaning import Meaning
from .names import PROVIDER
from .plan import Plan, Step
from .renames import in_order, pending
from .stored import StoredModel
from .write import identifier_problems, metadata_problems

__all__ = ["Comparison", "Existing", "Wanted", "compare"]

Existing = Mapping[str, StoredModel | Problem | None]
"""The models of a database by name: a problem if it cannot be read; None if it was not read, because it is not needed."""


@attrs.frozen(kw_only=True)
class Wanted:
    """A model that is wanted."""

    name: str
    """Its name, without catalog and database."""
    provider: Provider
    """Its provider."""
    input: tuple[Column, ...] = ()
    """Its input columns; empty to keep those that it has."""
    output: tuple[Column, ...] = ()
    """Its output columns; empty to keep those that it has."""
    comment: str | None = None
    """The comment, if it is created; the comment of a model that exists stays."""


class Comparison(NamedTuple):
    """The result of `compare`; the plan is only right if there are no problems."""

    plan: Plan
    problems: dict[str, list[Problem]]
    """The problems by the name of the wanted model; those of renames have an empty name."""


def compare(
    existing: Existing,
    wanted: Sequence[Wanted],
    *,
    database: Sequence[str] = (),
    runtime: Runtime | None = None,
    rename: object = None,
    drop: bool = False,
    accept_placeholders: bool = False,
) -> Comparison:
    """Compare the models that exist with those that are wanted.

    Args:
        existing: the models of the database.
        wanted: the models that are wanted.
        database: the catalog and the database in the statements; empty for none.
        runtime: the runtime; None if it is not known, so that nothing is checked against it.
        rename: new names by old ones.
        drop: whether to drop the models that are not wanted.
        accept_placeholders: whether something fills in the placeholders of statements before Flink reads them.
    """
    work = _Work(existing, wanted, tuple(database), runtime, accept_placeholders=accept_placeholders)
    renames = work.renames(rename)
    if drop:
        renames |= work.equal_models(renames)
    steps = [*work.rename_steps(renames), *work.model_steps(renames)]
    if drop:
        kept = {*work.wanted, *renames}
        steps += [drop_step(work.path(name), work.readable(name)) for name in existing if name not in kept]
    return Comparison(Plan(tuple(steps)), {name: work.problems[name] for name in ("", *work.wanted) if name in work.problems})


class _Work:
    """The comparison of one call."""

    def __init__(
        self,
        existing: Existing,
        wanted: Sequence[Wanted],
        database: tuple[str, ...],
        runtime: Runtime | None,
        *,
        accept_placeholders: bool,
    ) -> None:
        self.existing = existing
        self.wanted = {each.name: each for each in wanted}
        self.database = database
        self.runtime = runtime
        self.accept_placeholders = accept_placeholders
        self.problems: dict[str, list[Problem]] = {}
        self.providers = {name: provider for name, each in self.wanted.items() if (provider := self.adapted(each))}

    def report(self, name: str, *problems: Problem) -> None:
        if problems:
            self.problems.setdefault(name, []).extend(problems)

    def path(self, name: str) -> tuple[str, ...]:
        return (*self.database, name)

    def readable(self, name: str) -> StoredModel | None:
        """The model of a name, if it exists and was read."""
        found = self.existing.get(name)
        return found if isinstance(found, StoredModel) and not found.temporary else None

    def adapted(self, each: Wanted) -> Provider | None:
        """The provider of a wanted model for the runtime; None if there are problems, which are reported."""
        problems = [*identifier_problems(each.provider)]
        if instead := expected_name(each.name):
            problems.append(Problem("name", instead, got=shown(each.name)))
        provider = each.provider
        if self.runtime is not None:
            try:
                provider = provider.for_runtime(self.runtime)
            except InvalidOptionsError as error:
                problems += error.problems
        self.report(each.name, *problems)
        return None if problems else provider

    # Renames ----------------------------------------------------------------------------------------------------------

    def renames(self, given: object) -> dict[str, str]:
        """The renames of a call that are left to do; their problems are reported."""
        renames = self.checked(given)
        left = pending(renames, self.existing, self.is_done)
        for new in left.values():
            if new in self.existing and new not in left:
                hint = "drop or rename that model, or leave this rename out"
                self.report("", Problem("rename", "a new name that no model has", got=shown(new), hint=hint))
        return left

    def checked(self, given: object) -> dict[str, str]:
        """The argument ``rename`` of a call without those that are wrong, which are reported."""
        if given is None:
            return {}
        if not isinstance(given, Mapping) or not all(isinstance(each, str) for each in chain(given, given.values())):
            self.report("", Problem("rename", "a mapping of old names to new names", got=shown(given), is_type=True))
            return {}
        found: dict[str, str] = {}
        news: set[str] = set()
        for old, new in given.items():
            if new not in self.wanted:
                hint = did_you_mean(new, list(self.wanted))
                self.report("", Problem("rename", "new names that are wanted", got=shown(new), hint=hint))
            elif new in news:
                self.report("", Problem("rename", "each new name once", got=f"{shown(new)} twice"))
            elif old != new:
                found[old] = new
            news.add(new)
        return found

    def is_done(self, name: str) -> bool:
        """Whether the model of a name exists as it is wanted."""
        stored, target = self.readable(name), None
        if stored is not None:
            target, _ = self.target(self.wanted[name], stored)
        return (
            stored is not None
            and target is not None
            and have_equal_columns(stored, target)
            and not any(option_steps(stored, target))
        )

    def equal_models(self, renames: Mapping[str, str]) -> dict[str, str]:
        """The renames that spare a drop: one model that is not wanted has the content of one that does not exist."""
        news = set(renames.values())
        missing: dict[Hashable, list[Target]] = {}
        meanings: dict[str, Meaning] = {}
        for name, each in self.wanted.items():
            if name in news or (name in self.existing and name not in renames):
                continue
            target, _ = self.target(each, None)
            if target is not None:
                missing.setdefault(target.meaning.content(target.options), []).append(target)
                meanings[target.options[PROVIDER]] = target.meaning
        unwanted: dict[Hashable, list[tuple[str, StoredModel]]] = {}
        for name in self.existing:
            stored = None if name in self.wanted or name in renames else self.readable(name)
            meaning = meanings.get(stored.options.get(PROVIDER, "")) if stored else None
            if stored and meaning:
                unwanted.setdefault(meaning.content(stored.options), []).append((name, stored))
        found = {}
        for content, targets in missing.items():
            models = unwanted.get(content, [])
            if len(models) == len(targets) == 1:
                [(name, stored)], [target] = models, targets
                if not target.input or have_equal_columns(stored, target):
                    found[name] = target.name
        return found

    # Steps ------------------------------------------------------------------------------------------------------------

    def rename_steps(self, renames: Mapping[str, str]) -> Iterator[Step]:
        for old, new in in_order(renames, {*self.existing, *self.wanted}):
            yield rename_step(self.path(old), self.path(new))

    def model_steps(self, renames: Mapping[str, str]) -> list[Step]:
        """The steps after the renames: first those that change models, then those that create some."""
        sources = {new: old for old, new in renames.items()}
        changes: list[Step] = []
        creations: list[Step] = []
        for name, each in self.wanted.items():
            source = sources.get(name, name)
            if source not in self.existing or (source == name and name in renames):
                creations += self.creation(each)
                continue
            stored = self.stored(name, source)
            target = None if stored is None else self.checked_target(each, stored)
            if stored is None or target is None:
                continue
            if have_equal_columns(stored, target):
                changes += option_steps(stored, target)
            else:
                creations.append(drop_step(target.path, stored, "Flink cannot change its columns"))
                creations.append(self.create_step(target, stored.comment))
        return [*changes, *creations]

    def creation(self, each: Wanted) -> Iterator[Step]:
        """The step that creates a model."""
        if not each.input:
            hint = "give its input and output columns"
            expected = "columns of a model that does not exist yet"
            self.report(each.name, Problem("input", expected, got="none", hint=hint, code="invalid-columns"))
        target = self.checked_target(each, None)
        if target is not None:
            yield self.create_step(target, each.comment)

    def create_step(self, target: Target, comment: str | None) -> Step:
        self.report(target.name, *metadata_problems(target.output))
        return create_step(target, comment)

    def stored(self, name: str, source: str) -> StoredModel | None:
        """The model that becomes the model *name*; None if it cannot be used, which is reported."""
        found = self.existing[source]
        if isinstance(found, Problem):
            self.report(name, found)
        elif found is not None and found.temporary:
            hint = "drop the temporary model of this name, which hides any other"
            self.report(name, Problem("", "a model that is not temporary", hint=hint))
        return self.readable(source)

    def checked_target(self, each: Wanted, stored: StoredModel | None) -> Target | None:
        target, problems = self.target(each, stored)
        self.report(each.name, *problems)
        return target

    def target(self, each: Wanted, stored: StoredModel | None) -> tuple[Target | None, list[Problem]]:
        """A wanted model with the columns that it gets, and its problems; None if there are any."""
        provider = self.providers.get(each.name)
        if provider is None:
            # Its problems are reported already.
            return None, []
        input, output = each.input, each.output  # noqa: A001
        if stored is not None and not input:
            input, output = stored.input, stored.output  # noqa: A001
        problems: list[Problem] = []
        both: list[dict[str, str]] = []
        if self.runtime is not None:
            problems += provider.check(self.runtime, input=input or None, output=output or None)
            problems = [problem for problem in problems if problem.severity == "error"]
            if self.accept_placeholders:
                problems = [problem for problem in problems if problem.code != "unfilled-placeholder"]
        pairs = [(column.name, column.type) for column in input] or None
        try:
            both = [provider.to_options(pairs, redact=redact) for redact in (False, True)]
        except InvalidOptionsError as error:
            # A check with columns has found some of them already.
            problems = list(dict.fromkeys([*problems, *error.problems]))
        except SecretError as error:
            failure = Problem("", "a secret", got="nothing", hint=str(error), code="unresolved-reference")
            problems += [*unresolved_references(provider)] or [failure]
        if problems:
            return None, problems
        clear, masked = ({PROVIDER: provider.provider_name(), **options} for options in both)
        target = Target(
            path=self.path(each.name),
            provider=provider,
            options=clear,
            masked=masked,
            input=input,
            output=output,
            meaning=Meaning(provider, self.runtime),
            runtime_name=None if self.runtime is None else self.runtime.name,
        )
        return target, []
