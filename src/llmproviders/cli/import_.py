# SPDX-License-Identifier: Apache-2.0
"""The command ``import``: CREATE MODEL statements as a catalog, with references in place of literal secrets."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import attrs
import typer

from ..catalogs.catalog import Catalog
from ..catalogs.details import Details
from ..catalogs.formats.lookup import Format, format_module, format_of
from ..catalogs.formats.notation import written
from ..catalogs.formats.trees import MAX_CHARACTERS
from ..catalogs.literals import Variables, is_literal, with_references, without_keys
from ..catalogs.merging import Merger
from ..catalogs.sources import decoded
from ..catalogs.values import reference_of
from ..catalogs.writing import tree_of
from ..credentials import MASK, mask_value
from ..errors import InvalidOptionsError, Problem, dotted
from ..messages import names_and_hint, names_of, shown
from ..providers.base import Provider
from ..providers.comparison import Change
from ..providers.held import SecretPath, secret_parts
from ..regular_files import read_start
from ..secrets import MaskedText, Secret
from .arguments import DryRun, Force, Out, not_stdin
from .command import UsageError, command, fail
from .completion import file_names
from .inputs import STDIN, read_stdin, source_of
from .outputs import check_output, write_output
from .printing import print_error, print_warnings
from .set import finish

__all__ = ["import_"]

_Policy: TypeAlias = Literal["reference", "reveal", "refuse", "redact"]
_FORM: Final = "[NAME.]KEY=RESOLVER:REFERENCE"


@command(
    "import",
    "llmproviders import job.sql",
    "llmproviders import job.sql --to yaml --secret api_key=env:DEEPSEEK_API_KEY",
    "llmproviders import job.sql --output providers.toml",
    "llmproviders import job.sql --into providers.toml --dry-run",
)
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A file with CREATE MODEL statements; - is standard input.",
            show_default=False,
            autocompletion=file_names,
        ),
    ],
    to: Annotated[
        Format | None, typer.Option("--to", help="The format; by default that of OUT, else toml.", show_default=False)
    ] = None,
    out: Out = None,
    force: Force = False,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="CATALOG",
            help="A catalog to add the entries to, which keeps its comments and layout; it is made if it does not exist.",
            callback=lambda file: None if file is None else not_stdin(file),
            show_default=False,
            autocompletion=file_names,
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="With --into: replace entries that have other options.")] = False,
    dry_run: DryRun = False,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            "--secret",
            metavar=_FORM,
            help="The reference for a literal secret, such as api_key=env:NAME or chat.api_key=file:PATH; may be repeated.",
            show_default=False,
        ),
    ] = None,
    secrets: Annotated[
        _Policy, typer.Option("--secrets", help="What to do with literal secrets: by default, variables take their place.")
    ] = "reference",
) -> None:
    """Write CREATE MODEL statements, or the output of SHOW CREATE MODEL, as a catalog; columns are left out."""
    _check_call(to, out, into, secrets, force=force, replace=replace, dry_run=dry_run)
    source = source_of(file)
    models = _read(file, source)
    merger = None if into is None else Merger(into)
    plan = _Plan(source, models, merger, _given(secret or ()))
    same, differing = plan.compared()
    if differing and not replace:
        fail(
            f"{into} has other options for {names_of(differing)}; pass --replace to change them as follows, or rename the model",
            *(str(change) for changes in differing.values() for change in changes),
        )
    names = [name for name in models if name not in same]
    catalog = plan.catalog(names, secrets)
    format_ = merger.format if merger is not None else to or (format_of(out) if out is not None else "toml")
    problems: list[Problem] = []
    tree = tree_of(catalog, "refuse" if secrets == "reference" else secrets, problems, inherit=False)
    if problems:
        fail(*(f"{source}: {_unwritten(each)}" for each in problems))
    if merger is None:
        write_output(format_module(format_).write(tree), out, private=secrets == "reveal")
        plan.print_references(format_)
        return
    revision = merger.revision(tree["providers"], catalog)
    plan.print_kept(str(into), same)
    finish(revision, dry_run=dry_run, private=secrets == "reveal")
    plan.print_references(format_)


def _check_call(
    to: Format | None, out: Path | None, into: Path | None, secrets: _Policy, *, force: bool, replace: bool, dry_run: bool
) -> None:
    """Check that the options of the call go together.

    Raises:
        UsageError: if not.
    """
    if into is None:
        for is_given, name in ((replace, "--replace"), (dry_run, "--dry-run")):
            if is_given:
                raise UsageError(f"{name} is for --into")
        check_output(out, force=force, hint=f"--into {out} to add to it, or ")
        return
    for is_given, name in ((out is not None, "--output"), (to is not None, "--to"), (force, "--force")):
        if is_given:
            raise UsageError(f"{name} is for a new catalog, and --into for one that may exist; give one of them")
    if secrets == "redact":
        raise UsageError("--secrets redact writes masks, with which no catalog loads; leave it out with --into")


@attrs.frozen
class _Model:
    """The content of a statement that a catalog has."""

    provider: Provider
    comment: str


def _read(file: Path, source: str) -> dict[str, _Model]:
    """The models of a file, by the names of their entries; warnings are printed."""
    from ..sql.read import OldSpellingWarning, parse_statements

    with warnings.catch_warnings():
        # The warnings of the statements include them, and are printed.
        warnings.simplefilter("ignore", OldSpellingWarning)
        text = read_stdin() if file == STDIN else _text_of(file)
        statements = parse_statements(text, source=source)
    print_warnings(statements.warnings)
    if not statements:
        fail(f"{source}: expected a CREATE MODEL statement, got none")
    names = _names([statement.path for statement in statements])
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        fail(*(f"{source}: expected models of different names, got {shown(name)} twice" for name in twice))
    models = (_Model(statement.provider, statement.comment or "") for statement in statements)
    return dict(zip(names, models, strict=True))


def _text_of(file: Path) -> str:
    """The text of a file of statements."""
    try:
        content = read_start(str(file), MAX_CHARACTERS + 1)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    return decoded(content, str(file))


def _names(paths: Sequence[Sequence[str]]) -> list[str]:
    """The last part of the name of each model; the full names of models for which it is the same."""
    counts = Counter(path[-1] for path in paths)
    return [".".join(path) if counts[path[-1]] > 1 else path[-1] for path in paths]


def _given(assignments: Iterable[str]) -> dict[str, Secret]:
    """The references of ``--secret``, by the option, or by the entry and the option."""
    found: dict[str, Secret] = {}
    for assignment in assignments:
        key, equals, string = assignment.partition("=")
        # A string without the form may be the secret itself.
        if not key or not equals:
            raise UsageError(f"--secret: expected {_FORM}")
        if key in found:
            raise UsageError(f"--secret: expected each key once, got {shown(key)} twice")
        table = reference_of(string)
        if table is None:
            raise UsageError(f"--secret: expected a reference for {shown(key)}, such as env:NAME or file:PATH")
        try:
            found[key] = Secret.from_resolver(*next(iter(table.items())))
        except InvalidOptionsError as error:
            raise UsageError(f"--secret: {shown(key)}: expected {error.problems[0].expected}") from None
    return found


def _location(name: str, path: SecretPath) -> str:
    """The location of a secret for messages; a name may be a key in the wrong place."""
    return dotted(mask_value(step) if isinstance(step, str) else step for step in (name, *path))


class _Plan:
    """The references that take the place of the literal secrets of models.

    Args:
        source: the name of the file of the models.
        models: the models by name.
        merger: the catalog to merge them into; None for a new one.
        given: the references of the call.

    Raises:
        UsageError: if one of the references of the call is for no literal secret, or for different ones.
    """

    def __init__(self, source: str, models: Mapping[str, _Model], merger: Merger | None, given: Mapping[str, Secret]) -> None:
        self._source = source
        self._models = models
        self._merger = merger
        self._literals = {
            name: {path: part for path, part in secret_parts(model.provider) if is_literal(part)}
            for name, model in models.items()
        }
        self._kept = {name: dict(self._references_there(name)) for name in models}
        self._given = self._located(given)
        self._by_value: dict[str, Secret] = {}
        for name, path, part in self._each():
            if isinstance(part, Secret) and (reference := self._reference(name, path)) is not None:
                # A default, which is a secret too, is not copied.
                self._by_value.setdefault(part.reveal(), Secret.from_resolver(reference.source, reference.reference))
        taken = [*(merger.variables() if merger else ()), *(each.reference for each in given.values() if each.source == "env")]
        self._variables = Variables(taken)
        self._used: dict[Secret, list[str]] = {}

    def _each(self) -> Iterator[tuple[str, SecretPath, Secret | MaskedText]]:
        for name, literals in self._literals.items():
            for path, part in literals.items():
                yield name, path, part

    def _references_there(self, name: str) -> Iterator[tuple[SecretPath, Secret]]:
        """The references that the catalog has in the places of literal secrets of a model."""
        provider = None if self._merger is None else self._merger.provider(name)
        for path, part in () if provider is None else secret_parts(provider):
            if isinstance(part, Secret) and part.is_reference and isinstance(self._literals[name].get(path), Secret):
                yield path, part

    def _located(self, given: Mapping[str, Secret]) -> dict[tuple[str, SecretPath], Secret]:
        """The references of the call, by entry and path."""
        found: dict[tuple[str, SecretPath], Secret] = {}
        values: dict[Secret, str] = {}
        used: set[str] = set()
        for name, path, part in self._each():
            if not isinstance(part, Secret):
                continue
            option = dotted(path)
            key = next((key for key in (f"{name}.{option}", option) if key in given), None)
            if key is None:
                continue
            used.add(key)
            found[name, path] = given[key]
            if values.setdefault(given[key], part.reveal()) != part.reveal():
                msg = f"--secret: {shown(key)} is for secrets with different values; give each as NAME.KEY its own reference"
                raise UsageError(msg)
        for key in given:
            if key not in used:
                known = [_location(name, path) for name, path, part in self._each() if isinstance(part, Secret)]
                raise UsageError(
                    f"--secret: expected an option with a literal secret, got {shown(key)}; "
                    f"these have one: {names_and_hint(key, known)}"
                )
        return found

    def _reference(self, name: str, path: SecretPath) -> Secret | None:
        return self._given.get((name, path)) or self._kept[name].get(path)

    def compared(self) -> tuple[set[str], dict[str, list[Change]]]:
        """The names that the catalog has with the same options, and the changes of those that it has with others."""
        same: set[str] = set()
        differing: dict[str, list[Change]] = {}
        for name, model in self._models.items():
            if self._merger is None or not self._merger.has(name):
                continue
            references = {path: found for path in self._literals[name] if (found := self._reference(name, path)) is not None}
            changes = self._merger.changes(name, with_references(model.provider, references))
            if changes:
                differing[name] = changes
            else:
                same.add(name)
        return same, differing

    def catalog(self, names: Iterable[str], policy: _Policy) -> Catalog:
        """The models of some names, with references for all literal secrets for which there are to be references."""
        providers: dict[str, Provider] = {}
        details: dict[str, Details] = {}
        problems: list[str] = []
        for name in names:
            model, literals = self._models[name], self._literals[name]
            references: dict[SecretPath, Secret] = {}
            for path, part in literals.items():
                reference = self._reference(name, path)
                if reference is None and policy == "reference" and isinstance(part, Secret) and part.reveal():
                    reference = self._by_value.get(part.reveal()) or self._new(name, path, part)
                if reference is not None:
                    references[path] = reference
                    if path not in self._kept[name] or (name, path) in self._given:
                        self._used.setdefault(reference, []).append(_location(name, path))
                elif policy in ("reference", "refuse"):
                    problems.append(f"{self._source}: {_problem(_location(name, path), part, policy)}")
            providers[name] = with_references(model.provider, references)
            comment = model.comment
            if policy != "reveal":
                comment = without_keys(comment, [part.reveal() for part in literals.values()])
            details[name] = Details(comment)
        if problems:
            fail(*problems)
        return Catalog(providers, details=details)

    def _new(self, name: str, path: SecretPath, part: Secret) -> Secret:
        self._by_value[part.reveal()] = reference = Secret.from_env(self._variables.name(name, path))
        return reference

    def print_references(self, format_: Format) -> None:
        """Print the new references, and the variables to set."""
        for reference, locations in self._used.items():
            table: dict[str, Any] = {reference.source: reference.reference}
            verb = "is" if len(locations) == 1 else "are"
            line = f"{self._source}: {names_of(locations)} {verb} now {written(format_, table)}"
            if reference.source == "env":
                line += f"; set {reference.reference} to the value in the statement"
            print_error(line)

    def print_kept(self, file: str, same: set[str]) -> None:
        """Print the names of entries that stay as they are, and the locations of references that do."""
        if same:
            print_error(f"{file}: unchanged: {names_of(name for name in self._models if name in same)}")
        kept = [_location(name, path) for name, each in self._kept.items() for path in each if (name, path) not in self._given]
        if kept:
            print_error(f"{file}: references stay, and were not compared with the secrets in {self._source}: {names_of(kept)}")


def _unwritten(problem: Problem) -> Problem:
    """The problem of an option that a document cannot hold, in terms of the command."""
    hints = {
        "literal-secret": "remove this default, or pass --secrets reveal",
        "unwritable-option": "change it in the statement, or pass --secrets reveal",
    }
    return attrs.evolve(problem, option=problem.option.removeprefix("providers."), hint=hints[problem.code])


def _problem(location: str, part: Secret | MaskedText, policy: _Policy) -> Problem:
    """The problem of a literal secret that is not written."""
    if isinstance(part, Secret) and not part.reveal():
        hint = "leave the option out of the statement, or pass --secrets reveal"
        return Problem(location, "a secret", got="an empty string", hint=hint, code="empty-secret")
    hint = "leave out --secrets refuse, or pass --secrets reveal or --secrets redact"
    if policy == "reference":
        hint = "no reference can take its place; take the secret out of the statement, or pass --secrets reveal"
    return Problem(location, "no literal secret in a document", got=MASK, hint=hint, code="literal-secret")
