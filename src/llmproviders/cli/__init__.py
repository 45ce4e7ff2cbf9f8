# SPDX-License-Identifier: Apache-2.0
"""The command line: ``llmproviders``, also ``python -m llmproviders`` (the extra ``cli``)."""

from __future__ import annotations

import functools
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import attrs

from ..catalogs.catalog import Catalog, Change
from ..catalogs.entries import RESERVED, class_of, entry_of
from ..catalogs.files import Format, Origin, _Reading, dumps, explain, format_module, format_of, in_order, load, replace_file
from ..catalogs.files import check as check_file
from ..catalogs.formats.tree import SyntaxProblem, changed
from ..credentials import MASK, looks_like_credential
from ..errors import (
    DocumentError,
    DocumentProblem,
    InvalidOptionsError,
    Problem,
    ProviderError,
    SecretError,
    UnknownProviderError,
    UnknownRuntimeError,
)
from ..fields.compiled import compiled
from ..fields.hooks import string_reader
from ..fields.metadata import OptionInfo
from ..fields.metadata import options as options_of
from ..fields.spec import EXTRAS
from ..messages import did_you_mean
from ..presets import DASHSCOPE_HOSTS, DASHSCOPE_TASKS, SERVICES, dashscope
from ..providers.base import Provider
from ..providers.classes import provider_classes
from ..providers.generic import GenericProvider
from ..runtimes.runtime import Runtime, RuntimeOption, list_runtimes
from ..runtimes.runtime import runtime as runtime_named
from ..secret_policy import Secrets
from ..secrets import MaskedText, Secret
from ..tasks import CHAT

if TYPE_CHECKING:
    import typer
    from rich.console import Console
else:
    try:
        import typer
    except ImportError:
        typer = None

_MISSING: Final[bool] = globals()["typer"] is None

__all__ = ["main"]

FOUND: Final = 1
"""Exit code where problems, or differences, are found."""
USAGE: Final = 2
"""Exit code where the call is wrong."""

_Command = Callable[..., None]
_commands: Final[list[tuple[str, _Command, tuple[str, ...]]]] = []


class _UsageError(Exception):
    """The call is wrong."""


def main() -> int:
    """Run the command of ``sys.argv``: the console entry point."""
    if _MISSING:
        sys.stderr.write("the command line needs the package typer; install it with: pip install 'llmproviders[cli]'\n")
        return USAGE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the terminal has no character for is shown as an escape, not as a traceback.
            stream.reconfigure(errors="backslashreplace")
    # Typer ends the process itself.
    return int(app()())


@functools.cache
def app() -> Any:
    """The typer application."""
    made = typer.Typer(
        name="llmproviders",
        help="Providers of LLMs and models for Flink, in files: check them, show them, change them.",
        epilog=_examples(
            "llmproviders check providers.toml",
            "llmproviders show providers.toml chat",
            "llmproviders set providers.toml chat temperature=0.2",
            "llmproviders COMMAND --help has examples of each.",
        ),
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_common)
    for name, command, examples in _commands:
        made.command(name, epilog=_examples(*examples), no_args_is_help=name not in _WITHOUT_ARGUMENTS)(command)
    return made


_WITHOUT_ARGUMENTS: Final = ("schema", "providers", "presets", "runtimes")


def _examples(*lines: str) -> str:
    # Lines that typer keeps apart.
    return "\n\n".join(("Examples:", *lines))


def _command(name: str, *examples: str) -> Callable[[_Command], _Command]:
    """Make a function the command *name*, which ends with a message and an exit code whatever the library raises."""

    def register(function: _Command) -> _Command:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            try:
                function(*args, **kwargs)
                sys.stdout.flush()
            except BrokenPipeError:
                # Who reads has enough. What is left in the buffer must not fail again when Python ends.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                _exit(FOUND)
            except DocumentError as error:
                _exit(FOUND, *map(str, error.problems))
            except (UnknownProviderError, UnknownRuntimeError, _UsageError) as error:
                _exit(USAGE, str(error))
            except OSError as error:
                _exit(FOUND, f"{error.filename or 'output'}: {error.strerror or error}")
            except ProviderError as error:
                _exit(FOUND, *str(error).splitlines())

        _commands.append((name, run, examples))
        return run

    return register


def _exit(code: int, *messages: str) -> NoReturn:
    for message in messages:
        typer.echo(_shown(message), err=True)
    raise typer.Exit(code)


def _version(wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        from importlib.metadata import version

        typer.echo(f"llmproviders {version('llmproviders')}")
        raise typer.Exit


def _common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,  # noqa: FBT002
) -> None:
    pass


# What several commands take.


def _model(name: str | None) -> str | None:
    if name is not None and not name.strip():
        raise typer.BadParameter("expected a name, got an empty text")
    return name


if not _MISSING:
    File = Annotated[Path, typer.Argument(metavar="FILE", help="A catalog: .toml, .json, .yaml or .yml.", show_default=False)]
    Name = Annotated[str, typer.Argument(metavar="NAME", help="A provider of the catalog.", show_default=False)]
    AnyName = Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One provider; without it, all of them.", show_default=False)
    ]
    Model = Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", callback=_model, help="Name of the service's model, if the file has none."),
    ]
    Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@_command(
    "check",
    "llmproviders check providers.toml",
    "llmproviders check providers.toml --against flink-2.3 --model gpt-4o",
    "llmproviders check conf/*.yaml --strict --json",
)
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Catalogs.", show_default=False)],
    as_json: Json = False,  # noqa: FBT002
    against: Annotated[
        list[str] | None,
        typer.Option("--against", metavar="RUNTIME", help="What shall take the providers, such as flink-2.3; may be repeated."),
    ] = None,
    model: Model = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,  # noqa: FBT002
) -> None:
    """Print every problem of every file, one a line; exit with 1 if there is one that is more than a warning."""
    if model is not None and not against:
        raise _UsageError("--model goes with --against RUNTIME")
    # Files may include the same one, and runtimes have the same rules.
    names: Sequence[str | None] = against or (None,)
    found = (_problems(file, name, model) for file in files for name in names)
    problems = list(dict.fromkeys(problem for each in found for problem in each))
    errors = [problem for problem in problems if problem.problem.severity == "error"]
    if as_json:
        _print_json([_record(problem) for problem in problems])
    else:
        console = _console()
        for problem in problems:
            where, rest = f"{problem.source}:{problem.line}:{problem.column}:", str(problem)
            kind = _text("" if problem in errors else " warning:", "yellow")
            console.print(_text(where, "bold") + kind + _text(rest.removeprefix(where)), soft_wrap=True)
    if errors or (strict and problems):
        raise typer.Exit(FOUND)
    if not as_json:
        warnings = f", {_count(len(problems), 'warning')}" if problems else ""
        runtimes = f" on {', '.join(against)}" if against else ""
        typer.echo(f"{_count(len(files), 'file')}, no problems{runtimes}{warnings}", err=True)


@_command("show", "llmproviders show providers.toml", "llmproviders show providers.toml chat --all")
def show(
    file: File,
    name: AnyName = None,
    every: Annotated[bool, typer.Option("--all", "-a", help="Also options that have no value.")] = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Show the options of providers, and where each comes from; secrets are masked."""
    catalog, origins = explain(file)
    shown = [name] if name is not None else list(catalog)
    rows = {each: _rows(each, catalog[each], origins[each], every=every) for each in shown}
    if as_json:
        _print_json(
            [
                {
                    "provider": each,
                    "identifier": catalog[each].provider_name(),
                    "default": each == catalog.default,
                    "options": [
                        {"option": option, "value": value, **attrs.asdict(origin)} for option, value, origin in rows[each]
                    ],
                }
                for each in shown
            ]
        )
        return
    for each in shown:
        default = ", the default" if each == catalog.default else ""
        title = f"{each} ({catalog[each].provider_name()}{default})"
        body = [(option, "" if value is None else value, _origin(each, option, origin)) for option, value, origin in rows[each]]
        _print_table(title, ("option", "value", "from"), body)


@_command(
    "options",
    "llmproviders options providers.toml chat",
    "llmproviders options providers.toml chat --for flink-2.3",
    "llmproviders options providers.toml chat --model qwen-max --reveal --json",
)
def options(
    file: File,
    name: Name,
    model: Model = None,
    runtime: Annotated[
        str | None, typer.Option("--for", metavar="RUNTIME", help="What shall read them, such as flink-2.3.")
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show secrets, and look up those that are references.")] = False,  # noqa: FBT002
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Print what Flink gets: Java keys and texts; secrets are masked unless --reveal is given."""
    reading, catalog = _opened(file)
    try:
        flat = _of_runtime(catalog[name], runtime).to_options(model=model, runtime=runtime, redact=not reveal)
    except InvalidOptionsError as error:
        raise _placed(reading, name, error.problems) from None
    except SecretError:
        raise _placed(reading, name, _unresolved(catalog[name])) from None
    if as_json:
        _print_json(flat)
        return
    console = _console()
    for key, value in flat.items():
        console.print(_text(key, "cyan") + _text(f" = {value}"), soft_wrap=True)


@_command("diff", "llmproviders diff old.toml new.yaml", "llmproviders diff old.toml new.toml chat")
def diff(
    file_a: File,
    file_b: File,
    name: AnyName = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Print what the second file has that the first one has not, option by option; exit with 1 if there is something."""
    old, new = load(file_a), load(file_b)
    if name is not None:
        if name not in old:
            new[name]  # or there is none at all
        old, new = (Catalog({name: each[name]} if name in each else {}) for each in (old, new))
    changes = old.diff(new)
    if as_json:
        _print_json([attrs.asdict(change) for change in changes])
    else:
        _print_changes(changes)
    if changes:
        raise typer.Exit(FOUND)


@_command(
    "convert",
    "llmproviders convert providers.toml --to yaml",
    "llmproviders convert providers.toml --inherit -o providers.yaml",
)
def convert(
    file: File,
    to: Annotated[
        Format | None, typer.Option("--to", help="The format; by default what OUT ends with.", show_default=False)
    ] = None,
    inherit: Annotated[bool, typer.Option("--inherit", help="Write entries that extend others where it is shorter.")] = False,  # noqa: FBT002
    secrets: Annotated[Secrets, typer.Option("--secrets", help="What to do with literal secrets.")] = "refuse",
    out: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Where to; by default standard output.")
    ] = None,
) -> None:
    """Write a catalog in another format, with what it includes and inherits resolved."""
    if to is None and out is None:
        raise _UsageError("convert: give --to, or an output file whose suffix tells the format")
    if out is not None and out.exists() and out.samefile(file):
        raise _UsageError("convert: the output is the file that is read; set changes values in it, -o takes another file")
    _write(file, load(file), to or format_of(out or file), secrets, out, inherit=inherit)


@_command(
    "set",
    "llmproviders set providers.toml chat temperature=0.2 model=qwen-max",
    "llmproviders set providers.toml base api_key=env:DEEPSEEK_API_KEY",
    'llmproviders set providers.toml chat \'stop=["END", "STOP"]\' --unset top_p',
    "llmproviders set providers.toml chat extra_options.some-java-key=text",
)
def set_(
    file: File,
    name: Name,
    assignments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE", help="An option and its value; env:NAME or file:PATH for a secret.", show_default=False
        ),
    ] = None,
    unset: Annotated[list[str] | None, typer.Option("--unset", metavar="KEY", help="Take an option out of the entry.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Write literal secrets; only you can read the file then.")] = False,  # noqa: FBT002
) -> None:
    """Change options of an entry in its file, which keeps its comments and layout; nothing is written if anything is wrong."""
    if not assignments and not unset:
        raise _UsageError("set: give KEY=VALUE, or --unset KEY")
    before = _Reading()
    before.file(file, ())
    if name not in before.entries:
        if before.problems:
            raise DocumentError(before.problems)
        names = list(before.entries)
        hint = did_you_mean(name, names)
        raise _UsageError(f"{file} has no entry {name!r}; it has: {', '.join(names) or 'none'}{f'; {hint}' if hint else ''}")
    entry, document = before.entries[name], before.documents[name]
    if document.source != str(file):
        raise _UsageError(f"the entry {name!r} stands in {document.source}; change it there")
    format_ = format_module(format_of(file))
    text = file.read_bytes().decode()
    old = new = text.removeprefix("\ufeff")
    tree = format_.read(old)[0]
    changes = _changes(class_of(before.entries, name) or GenericProvider, name, assignments or [], unset or [], entry)
    for path, value in changes:
        new, tree = format_.edit(new, path, value), changed(tree, path, value)
    after = _Reading()
    after.text(new, format_of(file), str(file), file, ())
    catalog = after.catalog()
    if format_.read(new)[0] != tree:
        raise ProviderError(f"{file}: {name} is written in a way that cannot be edited here; edit the file by hand")
    touched = {".".join(path[2:]): path for path, _ in changes}
    found: list[Problem] = []
    if not reveal:
        entry_of(catalog[name], "refuse", found)
    secrets = [each for each in found if each.option in touched]
    if secrets:
        reference = "write KEY=env:NAME or KEY=file:PATH, or pass --reveal"
        infos = {info.name: info for info in options_of(type(catalog[name]))}
        locate = after.documents[name].locate
        raise DocumentError(
            DocumentProblem(
                str(file),
                *locate(touched[each.option]),
                f"providers.{name}.{each.option}",
                attrs.evolve(each, option="", hint=reference if _takes_reference(infos.get(each.option)) else "pass --reveal"),
            )
            for each in secrets
        )
    if new != old:
        replace_file(file, text[: len(text) - len(old)] + new, private=reveal)
    try:
        _print_changes(before.catalog().diff(catalog))
    except DocumentError:
        typer.echo(f"{file} was not valid before, and is now", err=True)


@_command(
    "sql",
    "llmproviders sql providers.toml chat --input 'text STRING' --output 'answer STRING' --model gpt-4o",
    "llmproviders sql providers.toml chat --input 'text STRING' --output 'answer STRING' --for flink-2.3 --secrets reveal",
)
def sql(
    file: File,
    name: Name,
    given: Annotated[str, typer.Option("--input", metavar="COLUMNS", help="Input columns as SQL.", show_default=False)],
    made: Annotated[str, typer.Option("--output", metavar="COLUMNS", help="Output columns as SQL.", show_default=False)],
    model: Model = None,
    title: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The model's name in SQL; NAME by default.")] = None,
    runtime: Annotated[
        str | None, typer.Option("--for", metavar="RUNTIME", help="What shall read it, such as flink-2.3.")
    ] = None,
    temporary: Annotated[bool, typer.Option("--temporary", help="A model that ends with its session.")] = False,  # noqa: FBT002
    if_not_exists: Annotated[bool, typer.Option("--if-not-exists", help="No error if there is one of that name.")] = False,  # noqa: FBT002
    comment: Annotated[str | None, typer.Option(metavar="TEXT", help="A comment on the model.")] = None,
    secrets: Annotated[Secrets, typer.Option("--secrets", help="What to do with secrets.")] = "refuse",
) -> None:
    """Print the CREATE MODEL statement of a provider."""
    from ..sql import NO_SECRET, create_model_sql

    reading, catalog = _opened(file)
    try:
        provider = _of_runtime(catalog[name], runtime)
        statement = create_model_sql(
            (name,) if title is None else title,
            provider,
            input=given,
            output=made,
            model=model,
            runtime=runtime,
            temporary=temporary,
            if_not_exists=if_not_exists,
            comment=comment,
            secrets=secrets,
        )
    except InvalidOptionsError as error:
        hint = "write a placeholder such as ${secret_values.key}, or pass --secrets reveal or --secrets redact"
        problems = [attrs.evolve(each, hint=hint) if each.expected == NO_SECRET else each for each in error.problems]
        # These are said of the command's own options.
        own = ("name", "input", "output")
        problems = [attrs.evolve(each, option=f"--{each.option}") if each.option in own else each for each in problems]
        raise _placed(reading, name, problems) from None
    except SecretError:
        raise _placed(reading, name, _unresolved(catalog[name])) from None
    _print_exactly(f"{statement};\n")
    if runtime is not None:
        # What is wrong would have been refused: these are warnings.
        reading.complain_of(name, provider.check(runtime, model=model, input=given, output=made))
        _print_warnings(in_order(reading.problems))


@_command(
    "import",
    "llmproviders import model.sql",
    "llmproviders import model.sql --to yaml",
    "llmproviders import model.sql --secrets reveal -o providers.toml",
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of CREATE MODEL statements.", show_default=False)],
    to: Annotated[
        Format | None, typer.Option("--to", help="The format; by default what OUT ends with, else toml.", show_default=False)
    ] = None,
    secrets: Annotated[Secrets, typer.Option("--secrets", help="What to do with literal secrets.")] = "refuse",
    out: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Where to; by default standard output.")
    ] = None,
) -> None:
    """Write the catalog of CREATE MODEL statements, also as SHOW CREATE MODEL prints them; columns stay in SQL."""
    import warnings

    from ..sql import OldSpellingWarning, parse_statements

    with warnings.catch_warnings():
        # They are among those of the statements, which are printed.
        warnings.simplefilter("ignore", OldSpellingWarning)
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            _exit(FOUND, f"{file}: expected UTF-8 text; save it as UTF-8")
        statements = parse_statements(text, source=str(file))
    for statement in statements:
        _print_warnings(statement.warnings)
    names = [statement.path[-1] for statement in statements]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        _exit(FOUND, *(f"{file}: expected models of different names, got {name!r} twice" for name in twice))
    catalog = Catalog(dict(zip(names, (statement.provider for statement in statements), strict=True)))
    _write(file, catalog, to or (format_of(out) if out else "toml"), secrets, out)


def _write(file: Path, catalog: Catalog, to: Format, secrets: Secrets, out: Path | None, *, inherit: bool = False) -> None:
    """Write what *file* holds to *out*, or to standard output."""
    try:
        text = dumps(catalog, format=to, secrets=secrets, inherit=inherit)
    except DocumentError as error:
        instead = "write a placeholder such as ${secret_values.key} for it" if file.suffix == ".sql" else "make it a reference"
        hint = f"{instead}, or pass --secrets reveal or --secrets redact"
        _exit(FOUND, *(f"{file}: {each.path}: {attrs.evolve(each.problem, hint=hint)}" for each in error.problems))
    if out is None:
        _print_exactly(text)
    else:
        replace_file(out, text, private=secrets == "reveal")


@_command("schema", "llmproviders schema > providers.schema.json")
def schema() -> None:
    """Print the JSON Schema of catalogs, by which editors complete and check them."""
    from ..catalogs.schema import catalog_schema

    _print_json(catalog_schema())


@_command("providers", "llmproviders providers", "llmproviders providers openai-compat")
def providers(
    identifier: Annotated[str | None, typer.Argument(help="One class; without it, all of them.", show_default=False)] = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Show the provider classes, or the options of one of them."""
    classes = provider_classes()
    if identifier is not None and identifier not in classes:
        hint = did_you_mean(identifier, list(classes)) or f'in a file, generic = "{identifier}" takes any identifier'
        raise _UsageError(f"no class has the identifier {identifier!r}; known: {', '.join(classes)}; {hint}")
    shown = classes if identifier is None else {identifier: classes[identifier]}
    if as_json:
        _print_json(
            [
                {"identifier": each, "class": cls.__name__, "options": [_described(cls, info) for info in options_of(cls)]}
                for each, cls in shown.items()
            ]
        )
    elif identifier is None:
        rows = [(each, cls.__name__, str(len(options_of(cls))), _first_line(cls)) for each, cls in shown.items()]
        _print_table("", ("identifier", "class", "options", "what it is"), rows)
    else:
        columns = ("name", "key", "type", "default", "rule", "meaning")
        table = [_described(classes[identifier], info) for info in options_of(classes[identifier])]
        title = f"{identifier} ({classes[identifier].__name__})"
        _print_table(title, columns, [tuple(_cell(column, each) for column in columns) for each in table])


@_command("presets", "llmproviders presets", "llmproviders presets --json")
def presets(as_json: Json = False) -> None:  # noqa: FBT002
    """Show the services that the key preset of an entry can name."""
    rows = [
        {"name": each.name, "url": each.base, "variable": each.variable, "tasks": list(each.tasks), "note": each.note}
        for each in SERVICES.values()
    ]
    for region in DASHSCOPE_HOSTS:
        provider: Any = dashscope(region=region)
        rows.append(
            {
                "name": "dashscope",
                "url": provider.endpoint.removesuffix(f"/{CHAT}"),
                "variable": provider.api_key.reference,
                "tasks": list(DASHSCOPE_TASKS.get(region, (CHAT,))),
                "note": f'region = "{region}"',
            }
        )
    if as_json:
        _print_json(rows)
        return
    columns = ("name", "url", "variable", "tasks", "note")
    _print_table("", columns, [tuple(_plain(each[column]) for column in columns) for each in rows])


@_command("runtimes", "llmproviders runtimes", "llmproviders runtimes flink-2.3", "llmproviders runtimes flink-2.3 openai")
def runtimes(
    name: Annotated[str | None, typer.Argument(help="One runtime; without it, all of them.", show_default=False)] = None,
    identifier: Annotated[str | None, typer.Argument(help="One of its providers.", show_default=False)] = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Show the distributions of Flink that are known, which providers each has, and their options."""
    shown = [runtime_named(each) for each in (list_runtimes() if name is None else (name,))]
    if identifier is not None and identifier not in shown[0].factories:
        known = list(shown[0].factories)
        hint = did_you_mean(identifier, known)
        raise _UsageError(f"{name} has no provider {identifier!r}; it has: {', '.join(known)}{f'; {hint}' if hint else ''}")
    if as_json:
        _print_json([_runtime_record(each, identifier) for each in shown])
    elif name is None:
        rows = [(each.name, ", ".join(each.factories), "" if each.released else "not released", each.title) for each in shown]
        _print_table("", ("runtime", "providers", "note", "what it is"), rows)
    else:
        for each, factory in shown[0].factories.items():
            if identifier in (None, each):
                options = [_option_record(option) for option in factory.options.values()]
                columns = ("key", "type", "default", "choices")
                table = [
                    tuple(_plain("required" if c == "default" and o["required"] else o[c]) for c in columns) for o in options
                ]
                _print_table(f"{each} on {name} ({factory.artifact})", columns, table)
                for defect in factory.defects:
                    _console().print(_text(f"it does not work: {defect}", "red"), soft_wrap=True)


def _runtime_record(runtime: Runtime, identifier: str | None) -> dict[str, Any]:
    factories = {
        each: {
            "artifact": factory.artifact,
            "defects": list(factory.defects),
            "rules": list(factory.rules),
            "options": [_option_record(option) for option in factory.options.values()],
        }
        for each, factory in runtime.factories.items()
        if identifier in (None, each)
    }
    sources = list(runtime.sources)
    facts = {"runtime": runtime.name, "title": runtime.title, "released": runtime.released, "exhaustive": runtime.exhaustive}
    return {**facts, "sources": sources, "providers": factories}


def _option_record(option: RuntimeOption) -> dict[str, Any]:
    record = attrs.asdict(option)
    return {**record, "choices": list(option.choices), "deprecated_keys": list(option.deprecated_keys)}


def _opened(file: Path) -> tuple[_Reading, Catalog]:
    """The catalog of a file, and what knows where its options stand."""
    reading = _Reading()
    reading.file(file, ())
    return reading, reading.catalog()


def _placed(reading: _Reading, name: str, problems: Iterable[Problem]) -> DocumentError:
    """What is wrong with the use of a provider, said of its options in the file."""
    # The same in code is a method.
    hints = {f"without({each.option!r}) drops it": "leave it out, or use an entry without it" for each in problems}
    reading.complain_of(name, [attrs.evolve(each, hint=hints.get(each.hint, each.hint)) for each in problems])
    return DocumentError(in_order(reading.problems))


def _unresolved(provider: Provider) -> list[Problem]:
    """The references of a provider that cannot be looked up."""
    held: dict[str, Any] = {info.name: getattr(provider, info.name) for info in options_of(type(provider))}
    held |= {f"{EXTRAS}.{key}": extra for key, extra in provider.extra_options.items()}
    problems = []
    for option, value in held.items():
        try:
            if isinstance(value, Secret):
                value.reveal()
        except SecretError as error:
            problems.append(Problem(option, "a secret", got="nothing", hint=str(error)))
    return problems


def _of_runtime(provider: Provider, name: str | None) -> Provider:
    """The provider, or that of the runtime's own class in its place where the runtime does not know its identifier."""
    if name is None or provider.provider_name() in runtime_named(name).factories:
        return provider
    return provider.for_runtime(name)


# Problems -------------------------------------------------------------------------------------------------------------


def _problems(file: Path, against: str | None, model: str | None) -> Iterable[DocumentProblem]:
    try:
        return check_file(file, runtime=against, model=model)
    except UnknownRuntimeError:
        raise
    except ProviderError as error:
        # For instance a format whose package is not installed.
        return [DocumentProblem(str(file), 1, 1, "", Problem("", "a file that can be read", hint=str(error)))]


def _record(problem: DocumentProblem) -> dict[str, Any]:
    inner = problem.problem
    return {
        "file": problem.source,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "option": inner.option,
        "key": inner.key,
        "expected": inner.expected,
        "got": inner.got,
        "hint": inner.hint,
        "severity": inner.severity,
    }


# What options hold ----------------------------------------------------------------------------------------------------


def _rows(name: str, provider: Provider, origins: Mapping[str, Origin], *, every: bool) -> list[tuple[str, str | None, Origin]]:
    """Option, value and origin, without options that were never set and have no value."""
    rows = []
    for option, origin in origins.items():
        value = _value(provider, option)
        if value is not None or origin.source or every:
            rows.append((option, value, origin))
    return rows


def _value(provider: Provider, option: str) -> str | None:
    """The text of an option, masked; a reference as `set` takes it."""
    if option.startswith(f"{EXTRAS}."):
        value: Any = provider.extra_options[option.removeprefix(f"{EXTRAS}.")]
        spec = None
    else:
        value = getattr(provider, option)
        spec = compiled(type(provider)).about.specs[option]
    if isinstance(value, Secret) and value.is_reference:
        return f"{value.source}:{value.reference}"
    if value is None or isinstance(value, (Secret, MaskedText)):
        return None if value is None else str(value)
    if spec is None:
        return str(value)
    return MASK if spec.is_secret else spec.write(value)


def _origin(name: str, option: str, origin: Origin) -> str:
    inherited = f" ({origin.entry})" if origin.source and origin.entry != name else ""
    by = f" by {origin.key}" if origin.source and origin.key not in (option, EXTRAS) else ""
    return f"{origin}{inherited}{by}"


def _described(cls: type[Provider], info: OptionInfo) -> dict[str, Any]:
    """An option as its record says it."""
    return {
        "name": info.name,
        "key": info.key,
        "type": info.java,
        "format": info.format,
        "required": info.required,
        "default": compiled(cls).about.specs[info.name].default_string,
        "allowed": list(info.allowed),
        "rule": info.rule,
        "secret": info.secret,
        "tasks": list(info.tasks),
        "meaning": info.meaning,
    }


def _cell(column: str, option: Mapping[str, Any]) -> str:
    if column == "default":
        return "required" if option["required"] else _plain(option["default"])
    if column == "rule":
        parts = [", ".join(option["allowed"]), option["rule"], option["format"], "secret" if option["secret"] else ""]
        return "; ".join(part for part in parts if part)
    return _plain(option[column])


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


# Changing -------------------------------------------------------------------------------------------------------------


def _changes(
    cls: type[Provider], name: str, assignments: list[str], unset: list[str], body: object
) -> list[tuple[tuple[str, ...], Any]]:
    """Paths in the document and their new values; None to take one out."""
    changes: dict[tuple[str, ...], Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not key or not equals:
            raise _UsageError(f"expected KEY=VALUE, got {key!r}")
        if _path(name, key) in changes:
            raise _UsageError(f"expected each key once, got {key!r} twice")
        changes[_path(name, key)] = _typed(cls, key, text)
    for key in unset:
        path = _path(name, key)
        if path in changes:
            raise _UsageError(f"expected each key once, got {key!r} twice")
        node: Any = body
        for step in path[2:]:
            node = node.get(step) if isinstance(node, Mapping) else None
        if node is None:
            own = [each for each in body if each not in RESERVED] if isinstance(body, Mapping) else []
            hint = did_you_mean(key, own)
            if not hint and key in compiled(cls).about.specs and isinstance(body, Mapping) and "extends" in body:
                hint = f"'without=[\"{key}\"]' puts one that it inherits back to its default"
            raise _UsageError(f"--unset: the entry {name!r} has no {key} of its own{f'; {hint}' if hint else ''}")
        changes[path] = None
    return list(changes.items())


def _takes_reference(info: OptionInfo | None) -> bool:
    """Whether the option's value can be a reference: headers, bodies and URLs with a secret inside cannot."""
    return info is None or info.secret


def _path(name: str, key: str) -> tuple[str, ...]:
    extra = key.removeprefix(f"{EXTRAS}.")
    return ("providers", name, key) if extra == key else ("providers", name, EXTRAS, extra)


def _typed(cls: type[Provider], key: str, text: str) -> Any:
    """What a text means as the value of an option: a value of its type if it can be one, else itself."""
    extra = key.removeprefix(f"{EXTRAS}.")
    info = next((info for info in options_of(cls) if info.name == key), None)
    if (info and info.secret) or (extra != key and looks_like_credential(extra)):
        source, colon, reference = text.partition(":")
        if colon and source in ("env", "file"):
            return {source: reference}
    if info is not None and info.type in (bool, int, float):
        read = string_reader(info) or str
        try:
            return read(text)
        except ValueError:
            return text
    if info is not None and info.java == "Duration" and text.isdecimal():
        # In a file it would be a number, whose unit is not told.
        return int(text)
    literal = _literal(text)
    if info is not None and info.secret and isinstance(literal, dict):
        return literal
    if info is not None and isinstance(literal, (str, list, dict)):
        try:
            compiled(cls).about.specs[key].accepted(literal)
        except Exception:  # noqa: BLE001
            # A converter that is not ours may raise anything.
            return text
        return literal
    return literal if key in RESERVED and isinstance(literal, (list, dict)) else text


def _literal(text: str) -> Any:
    """The value that a text is in JSON or TOML; None if it is none, or holds a null."""
    if text[:1] not in ("{", "[", '"', "'"):
        return None
    for name, document in (("json", f'{{"value": {text}}}'), ("toml", f"value = {text}")):
        try:
            tree = format_module(name).read(document)[0]  # type: ignore[arg-type]
        except SyntaxProblem:
            continue
        if list(tree) == ["value"] and not _has_null(tree):
            return tree["value"]
    return None


def _has_null(value: object) -> bool:
    if isinstance(value, (dict, list)):
        return any(_has_null(item) for item in (value.values() if isinstance(value, dict) else value))
    return value is None


# Printing -------------------------------------------------------------------------------------------------------------


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    # A pipe has no width: nothing is folded there that a program may look for.
    return console if console.is_terminal else Console(highlight=False, markup=False, emoji=False, width=1_000_000)


def _text(text: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(_shown(text), style=style)


def _shown(text: str) -> str:
    """*text* on one line, and with nothing in it that a terminal obeys."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _print_table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    from rich import box
    from rich.table import Table

    if title:
        # A title of the table would be folded to its width.
        _console().print(_text(title, "bold"), soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(_text, row))
    _console().print(table)


def _print_changes(changes: Iterable[Change]) -> None:
    console = _console()
    for change in changes:
        text = str(change)
        console.print(_text(text, {"+": "green", "-": "red"}.get(text[:1], "yellow")), soft_wrap=True)


def _print_warnings(problems: Iterable[DocumentProblem]) -> None:
    for problem in problems:
        where = f"{problem.source}:{problem.line}:{problem.column}:"
        typer.echo(_shown(f"{where} warning:{str(problem).removeprefix(where)}"), err=True)


def _print_json(value: object) -> None:
    _print_exactly(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _print_exactly(text: str) -> None:
    """*text* in UTF-8, whatever the terminal's encoding is."""
    typer.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
