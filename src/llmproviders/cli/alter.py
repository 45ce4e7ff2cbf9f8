# SPDX-License-Identifier: Apache-2.0
"""``sql --alter-from``: the statements that bring models in line with a catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from ..catalogs.details import NO_DETAILS
from ..catalogs.origins import located_problems
from ..catalogs.resolution import Resolution, sort_problems
from ..catalogs.usage import located_errors
from ..errors import DocumentError, DocumentProblem, InvalidOptionsError, Problem, invalid
from ..messages import names_of, shown_name
from ..providers.derive import with_model
from ..runtimes.runtime import runtime as runtime_named
from ..runtimes.suspect_values import DOCUMENTED, fills_placeholders
from ..secret_policy import Secrets
from ..sql.compare import Wanted, compare
from ..sql.existing import ExistingModel, read_models
from ..sql.names import models_of_entries
from ..sql.plan import Plan, Step
from ..syntax.columns import accept_columns
from .command import UsageError, fail
from .inputs import read_text_of, source_of
from .printing import print_error, print_exactly, print_warnings

__all__ = ["read_shown_models", "secrets_hint", "write_alterations"]


def read_shown_models(file: Path) -> list[ExistingModel]:
    """Read the models of a file, or of standard input, with outputs of SHOW CREATE MODEL; they are of one database."""
    source = source_of(file)
    models = read_models(read_text_of(file), source)
    if others := sorted({".".join(each.path[:-1]) for each in models})[1:]:
        fail(f"{source}: expected models of one database, got also models of {names_of(others)}")
    counts = Counter(each.path[-1] for each in models)
    if twice := [name for name, count in counts.items() if count > 1]:
        fail(*(f"{source}: expected each model once, got {shown_name(name)} twice" for name in twice))
    return models


def write_alterations(
    resolution: Resolution,
    models: Iterable[ExistingModel],
    *,
    input: str | None,  # noqa: A002
    output: str | None,
    model: str | None,
    runtime: str | None,
    rename: dict[str, str],
    drop: bool,
    is_whole: bool,
    secrets: Secrets,
) -> None:
    """Print the statements that bring *models* in line with the entries of a catalog; *is_whole* if it has all its entries."""
    if (input is None) != (output is None):
        raise UsageError("sql: give both --input and --output, or neither")
    problems: list[Problem] = []
    inputs, outputs = (
        () if given is None else accept_columns(given, option, problems, prefix="--")
        for option, given in (("input", input), ("output", output))
    )
    if problems:
        raise invalid("sql", problems)
    existing = {each.path[-1]: each for each in models}
    database = next((each.path[:-1] for each in existing.values()), ())
    names, wrong = models_of_entries(resolution.catalog(), database)
    if wrong:
        raise DocumentError(sort_problems(_located(resolution, ((name, [problem]) for name, problem in wrong.items()))))
    entries = {model: name for name, model in names.items()}
    catalog = resolution.catalog()
    wanted = []
    for name, provider in catalog.items():
        with located_errors(resolution, name):
            adapted = with_model(provider, model)
        description = catalog.details.get(name, NO_DETAILS).description
        wanted.append(Wanted(name=names[name], provider=adapted, input=inputs, output=outputs, comment=description or None))
    found = compare(
        existing,
        wanted,
        database=database,
        runtime=None if runtime is None else runtime_named(runtime),
        rename=rename,
        drop=drop,
        # A deployment script may replace the placeholders before Flink reads the statement.
        accept_placeholders=True,
    )
    if wrong_renames := found.problems.pop("", []):
        raise invalid("sql", [attrs.evolve(each, option=f"--{each.option}") for each in wrong_renames])
    if found.problems:
        if inputs and len(wanted) > 1:
            found.problems.update({name: [*map(_with_advice_on_columns, each)] for name, each in found.problems.items()})
        raise DocumentError(sort_problems(_located(resolution, ((entries[each], one) for each, one in found.problems.items()))))
    print_exactly("".join(f"{statement};\n" for statement in _statements(resolution, entries, found.plan, runtime, secrets)))
    if not found.plan:
        print_error("no changes")
    if is_whole and not drop:
        others = [each for name, each in existing.items() if name not in entries and name not in rename and not each.temporary]
        if others:
            names_of_others = names_of(each.path[-1] for each in others)
            print_error(f"not in the catalog: {names_of_others}; --drop drops {'it' if len(others) == 1 else 'them'}")
    if runtime is not None:
        # Errors were raised above: only warnings are left.
        changed = {entries[step.model]: step.provider for step in found.plan if step.provider is not None}
        checks = [(name, list(provider.check(runtime))) for name, provider in changed.items()]
        print_warnings(sort_problems(_located(resolution, checks)))


def secrets_hint(identifier: str, runtime: str | None) -> str:
    """The hint for a secret that a statement would contain."""
    hint = "pass --secrets reveal or --secrets redact"
    return f"write a placeholder such as {DOCUMENTED}, or {hint}" if fills_placeholders(identifier, runtime) else hint


def _statements(
    resolution: Resolution, entries: Mapping[str, str], plan: Plan, runtime: str | None, secrets: Secrets
) -> list[str]:
    """The statements of a plan.

    Raises:
        DocumentError: with the location of every secret that is refused.
    """
    statements: list[str] = []
    refused: list[tuple[str, list[Problem]]] = []
    for step in plan:
        try:
            statements.append(step.sql(secrets=secrets))
        except InvalidOptionsError as error:
            refused.append((entries[step.model], [attrs.evolve(each, hint=_hint_of(step, runtime)) for each in error.problems]))
    if refused:
        raise DocumentError(sort_problems(_located(resolution, refused)))
    return statements


def _with_advice_on_columns(problem: Problem) -> Problem:
    if problem.option not in ("input", "output") or problem.hint:
        return problem
    return attrs.evolve(problem, hint="--input and --output are those of all models of the call; select one with NAME")


def _hint_of(step: Step, runtime: str | None) -> str:
    assert step.provider is not None
    return secrets_hint(step.provider.provider_name(), runtime)


def _located(resolution: Resolution, problems: Iterable[tuple[str, list[Problem]]]) -> list[DocumentProblem]:
    """The problems of entries with their locations; those of columns are about options of the command."""
    found: list[DocumentProblem] = []
    for name, each in problems:
        own = [attrs.evolve(one, option=f"--{one.option}") if one.option in ("input", "output") else one for one in each]
        found += located_problems(resolution, name, own)
    return found
