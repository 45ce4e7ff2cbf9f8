# SPDX-License-Identifier: Apache-2.0
"""Comparison of the existing models of a database with the wanted ones, without Flink."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import attrs

from ..errors import InvalidOptionsError, Problem, SecretError
from ..messages import shown
from ..providers.base import Provider
from ..providers.flatten import resolved
from ..providers.provider_secrets import unresolved_references
from ..runtimes.runtime import Runtime
from ..similar_names import SimilarNames
from ..syntax.columns import Column
from ..syntax.quoting import expected_name
from .differences import Target, create_step, drop_step, have_equal_columns, option_steps, rename_step
from .existing import ExistingModel
from .meaning import Meaning
from .names import PROVIDER
from .plan import Plan, Step
from .renames import order_renames, pending_renames
from .write import identifier_problems, metadata_problems

__all__ = ["Comparison", "ExistingModels", "Wanted", "compare"]

ExistingModels = Mapping[str, ExistingModel | Problem | None]
"""The models of a database by name. A model is a problem if it cannot be read, and None if it was not needed and not read."""


@attrs.frozen(kw_only=True)
class Wanted:
    """A model that is wanted."""

    name: str
    """Its name, without catalog and database."""
    provider: Provider
    """Its provider."""
    input: tuple[Column, ...] = ()
    """Its input columns; empty to keep the columns of an existing model."""
    output: tuple[Column, ...] = ()
    """Its output columns; empty to keep the columns of an existing model."""
    comment: str | None = None
    """The comment of a new model; the comment of an existing model is not changed."""


class Comparison(NamedTuple):
    """The result of `compare`; the plan may be used only if there are no problems."""

    plan: Plan
    problems: dict[str, list[Problem]]
    """The problems by the name of the wanted model; problems of renames are under an empty name."""


def compare(
    existing: ExistingModels,
    wanted: Sequence[Wanted],
    *,
    database: Sequence[str] = (),
    runtime: Runtime | None = None,
    rename: object = None,
    drop: bool = False,
    accept_placeholders: bool = False,
) -> Comparison:
    """Compare the existing models with the wanted ones.

    Args:
        existing: the models of the database; temporary ones are not changed.
        wanted: the models that are wanted.
        database: the catalog and the database in the statements; empty for none.
        runtime: the runtime to check against; None if it is not known.
        rename: new names by old ones.
        drop: whether to drop the models that are not wanted.
        accept_placeholders: whether placeholders are accepted, because a deployment script may replace them.
    """
    work = _Comparer(existing, wanted, tuple(database), runtime, accept_placeholders=accept_placeholders)
    renames = work.renames(rename)
    if drop:
        renames |= work.equal_models(renames)
    steps = [*work.rename_steps(renames), *work.model_steps(renames)]
    if drop:
        kept = {*work.wanted, *renames}
        steps += [drop_step(work.path(name), work.readable(name)) for name in work.permanent() if name not in kept]
    return Comparison(Plan(tuple(steps)), {name: work.problems[name] for name in ("", *work.wanted) if name in work.problems})


class _Comparer:
    """The state of one call of `compare`."""

    def __init__(
        self,
        existing: ExistingModels,
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
        # References are resolved once, so that all steps have the same secrets.
        self.resolved = {name: _resolved(provider) for name, provider in self.providers.items()}

    def report(self, name: str, *problems: Problem) -> None:
        if problems:
            self.problems.setdefault(name, []).extend(problems)

    def path(self, name: str) -> tuple[str, ...]:
        return (*self.database, name)

    def permanent(self) -> list[str]:
        """The names of the existing models that are not temporary."""
        return [name for name, each in self.existing.items() if not (isinstance(each, ExistingModel) and each.temporary)]

    def readable(self, name: str) -> ExistingModel | None:
        """The existing model of a name, if it was read and is not temporary."""
        found = self.existing.get(name)
        return found if isinstance(found, ExistingModel) and not found.temporary else None

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
        """The renames of a call that are not done yet; their problems are reported."""
        renames = self.checked(given)
        left = pending_renames(renames, self.existing, self.is_done)
        for new in left.values():
            if new in self.existing and new not in left:
                hint = "drop or rename that model, or leave this rename out"
                self.report("", Problem("rename", "a new name that no model has", got=shown(new), hint=hint))
        return left

    def checked(self, given: object) -> dict[str, str]:
        """The argument ``rename`` of a call without wrong renames, which are reported."""
        if given is None:
            return {}
        if not isinstance(given, Mapping) or not all(isinstance(each, str) for each in chain(given, given.values())):
            self.report("", Problem("rename", "a mapping of old names to new names", got=shown(given), is_type=True))
            return {}
        found: dict[str, str] = {}
        news: set[str] = set()
        similar = SimilarNames(self.wanted)
        for old, new in given.items():
            if new not in self.wanted:
                hint = similar.hint(new)
                self.report("", Problem("rename", "new names that are wanted", got=shown(new), hint=hint))
            elif new in news:
                self.report("", Problem("rename", "each new name once", got=f"{shown(new)} twice"))
            elif old != new:
                found[old] = new
            news.add(new)
        return found

    def is_done(self, name: str) -> bool:
        """Whether the existing model of a name equals the wanted one."""
        existing = self.readable(name)
        if existing is None:
            return False
        target = self.target(self.wanted[name], existing)
        return isinstance(target, Target) and have_equal_columns(existing, target) and not any(option_steps(existing, target))

    def equal_models(self, renames: Mapping[str, str]) -> dict[str, str]:
        """Renames in place of a drop and a create: exactly one unwanted model has the content of exactly one missing model."""
        news = set(renames.values())
        missing: dict[Hashable, list[Target]] = {}
        meanings: dict[str, Meaning] = {}
        for name, each in self.wanted.items():
            if name in news or (name in self.existing and name not in renames):
                continue
            target = self.target(each, None)
            if isinstance(target, Target):
                missing.setdefault(target.meaning.content(target.options), []).append(target)
                meanings[target.options[PROVIDER]] = target.meaning
        unwanted: dict[Hashable, list[tuple[str, ExistingModel]]] = {}
        for name in self.existing:
            existing = None if name in self.wanted or name in renames else self.readable(name)
            meaning = meanings.get(existing.options.get(PROVIDER, "")) if existing else None
            if existing and meaning:
                unwanted.setdefault(meaning.content(existing.options), []).append((name, existing))
        found = {}
        for content, targets in missing.items():
            models = unwanted.get(content, [])
            if len(models) == len(targets) == 1:
                [(name, existing)], [target] = models, targets
                if not target.input or have_equal_columns(existing, target):
                    found[name] = target.name
        return found

    # Steps ------------------------------------------------------------------------------------------------------------

    def rename_steps(self, renames: Mapping[str, str]) -> Iterator[Step]:
        for old, new in order_renames(renames, {*self.existing, *self.wanted}):
            yield rename_step(self.path(old), self.path(new))

    def model_steps(self, renames: Mapping[str, str]) -> list[Step]:
        """The steps after the renames: first the changes of models, then the creations."""
        sources = {new: old for old, new in renames.items()}
        changes: list[Step] = []
        creations: list[Step] = []
        for name, each in self.wanted.items():
            source = sources.get(name, name)
            existing = None
            if source not in self.existing or (source == name and name in renames):
                self.report(name, *_missing_columns(each))
            elif (existing := self.readable(source)) is None:
                self.report(name, self.unusable(source))
                continue
            target = self.target(each, existing)
            if not isinstance(target, Target):
                self.report(name, *target)
            elif existing is None:
                creations.append(self.create_step(target, each.comment))
            elif have_equal_columns(existing, target):
                changes += option_steps(existing, target)
            else:
                creations.append(drop_step(target.path, existing, "Flink cannot change its columns"))
                creations.append(self.create_step(target, existing.comment))
        return [*changes, *creations]

    def create_step(self, target: Target, comment: str | None) -> Step:
        self.report(target.name, *metadata_problems(target.output))
        return create_step(target, comment)

    def unusable(self, name: str) -> Problem:
        """The problem of a wanted model whose existing model cannot be read, or is temporary."""
        found = self.existing[name]
        hint = "drop the temporary model of this name, which hides any other"
        return found if isinstance(found, Problem) else Problem("", "a model that is not temporary", hint=hint)

    def target(self, each: Wanted, existing: ExistingModel | None) -> Target | list[Problem]:
        """A wanted model with its own columns, or with the columns of *existing*; or the problems of that model."""
        provider = self.providers.get(each.name)
        if provider is None:
            # `adapted` has reported its problems.
            return []
        input, output = each.input, each.output  # noqa: A001
        if existing is not None and not input:
            input, output = existing.input, existing.output  # noqa: A001
        problems: list[Problem] = []
        if self.runtime is not None:
            problems += provider.check(self.runtime, input=input or None, output=output or None)
            problems = [problem for problem in problems if problem.severity == "error"]
            if self.accept_placeholders:
                problems = [problem for problem in problems if problem.code != "unfilled-placeholder"]
        known = self.resolved[each.name]
        if not isinstance(known, Provider):
            return [*problems, *known]
        pairs = [(column.name, column.type) for column in input] or None
        both: list[dict[str, str]] = []
        try:
            both = [known.to_options(pairs, redact=redact) for redact in (False, True)]
        except InvalidOptionsError as error:
            # `check` may have found the same problems.
            problems = list(dict.fromkeys([*problems, *error.problems]))
        if problems:
            return problems
        clear, masked = ({PROVIDER: known.provider_name(), **options} for options in both)
        return Target(
            path=self.path(each.name),
            provider=known,
            options=clear,
            masked=masked,
            input=input,
            output=output,
            meaning=Meaning(known, self.runtime),
            runtime=self.runtime,
        )


def _resolved(provider: Provider) -> Provider | list[Problem]:
    """The provider with its references resolved; or the problems of references."""
    try:
        return resolved(provider)  # type: ignore[no-any-return]
    except SecretError as error:
        failure = Problem("", "a secret", got="nothing", hint=str(error), code="unresolved-reference")
    return [*unresolved_references(provider)] or [failure]


def _missing_columns(each: Wanted) -> Iterator[Problem]:
    """The problem of a model to create that has no columns."""
    if not each.input:
        expected, hint = "columns of a model that does not exist yet", "give its input and output columns"
        yield Problem("input", expected, got="none", hint=hint, code="invalid-columns")
