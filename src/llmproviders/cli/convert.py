# SPDX-License-Identifier: Apache-2.0
"""The commands ``convert`` and ``sql``: providers in other forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import attrs
import typer

from ..catalogs.catalog import Catalog
from ..catalogs.details import NO_DETAILS
from ..catalogs.files import dumps
from ..catalogs.formats.lookup import Format, format_of
from ..catalogs.origins import located_problems
from ..catalogs.resolution import resolve, sort_problems
from ..catalogs.usage import located_errors, provider_for
from ..errors import DocumentError, InvalidOptionsError, invalid
from ..secret_policy import Secrets
from .arguments import Env, EnvFile, File, Force, InputFormat, LiteralSecrets, Model, Out, Overrides, Tag
from .command import UsageError, command, fail
from .completion import entry_names, runtime_names
from .inputs import STDIN, check_inputs, parse_assignments, read_catalog, select_by_tag, source_of
from .outputs import check_output, write_output
from .printing import print_exactly, print_warnings

__all__ = ["convert", "sql"]


@command(
    "convert",
    "llmproviders convert providers.toml --to yaml",
    "llmproviders convert providers.toml --inherit --output providers.yaml",
)
def convert(
    file: File,
    to: Annotated[Format | None, typer.Option("--to", help="The format; by default that of OUT.", show_default=False)] = None,
    inherit: Annotated[bool, typer.Option("--inherit", help="Let entries extend others if that is shorter.")] = False,
    secrets: LiteralSecrets = "refuse",
    out: Out = None,
    force: Force = False,
    env: Env = None,
    overrides: Overrides = None,
    tag: Tag = None,
    env_file: EnvFile = None,
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Write a catalog in another format; includes, inheritance, environments and overrides are resolved."""
    check_inputs([file], format)
    if to is None and out is None:
        raise UsageError("convert: give --to, or an output file with the suffix of a format")
    if out is not None and file != STDIN and out.exists() and out.samefile(file):
        raise UsageError(
            "convert: the output is the input file; use set to change its values, or name another file with --output"
        )
    check_output(out, force=force)
    catalog = select_by_tag(resolve(read_catalog(file, format, env, overrides)).catalog(), tag)
    text = _written(file, catalog, to or format_of(out or file), secrets, inherit=inherit)
    write_output(text, out, private=secrets == "reveal")


@command(
    "sql",
    "llmproviders sql providers.toml chat --input 'text STRING' --output 'answer STRING' --model gpt-4o",
    "llmproviders sql providers.toml chat --input 'text STRING' --output 'answer STRING' --for flink-2.3 --secrets reveal",
    "llmproviders sql providers.toml --alter-from show.sql --for flink-2.3 --secrets redact",
)
def sql(
    file: File,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="The provider. With --alter-from, it may be left out: then all providers are compared.",
            show_default=False,
            autocompletion=entry_names,
        ),
    ] = None,
    input_columns: Annotated[
        str | None, typer.Option("--input", metavar="COLUMNS", help="Input columns as SQL.", show_default=False)
    ] = None,
    output_columns: Annotated[
        str | None, typer.Option("--output", metavar="COLUMNS", help="Output columns as SQL.", show_default=False)
    ] = None,
    alter_from: Annotated[
        Path | None,
        typer.Option(
            metavar="SHOWN",
            help="Outputs of SHOW CREATE MODEL: print the statements that bring these models in line; - is standard input.",
            show_default=False,
        ),
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="With --alter-from: a model's new name; may be repeated.", show_default=False),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="With --alter-from: drop the models without an entry.")] = False,
    model: Model = None,
    model_name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The model's name in SQL; NAME by default.")
    ] = None,
    runtime: Annotated[
        str | None,
        typer.Option("--for", metavar="RUNTIME", help="Runtime that reads it, such as flink-2.3.", autocompletion=runtime_names),
    ] = None,
    temporary: Annotated[bool, typer.Option("--temporary", help="A model that exists only for its session.")] = False,
    if_not_exists: Annotated[bool, typer.Option("--if-not-exists", help="No error if a model of that name exists.")] = False,
    comment: Annotated[
        str | None, typer.Option(metavar="TEXT", help="A comment on the model; by default the description of the entry.")
    ] = None,
    secrets: Annotated[Secrets, typer.Option("--secrets", help="What to do with secrets.")] = "refuse",
    env: Env = None,
    overrides: Overrides = None,
    env_file: EnvFile = None,
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Print the CREATE MODEL statement of a provider, or the ALTER MODEL statements of models that exist."""
    from ..sql.names import path_of_entry
    from ..sql.write import create_model_sql
    from .alter import read_shown_models, secrets_hint, write_alterations

    check_inputs([file], format)
    if alter_from is not None:
        if model_name is not None or temporary or if_not_exists or comment is not None:
            raise UsageError("sql: --name, --temporary, --if-not-exists and --comment cannot be used with --alter-from")
        if name is not None and drop:
            raise UsageError("sql: --drop cannot be used with NAME, because it drops the models of all other names")
        if file == alter_from == STDIN:
            raise UsageError("expected - once, because standard input can be read only once")
        write_alterations(
            resolve(read_catalog(file, format, env, overrides), None if name is None else [name]),
            read_shown_models(alter_from),
            input=input_columns,
            output=output_columns,
            model=model,
            runtime=runtime,
            rename=parse_assignments(rename or (), "OLD=NEW"),
            drop=drop,
            is_whole=name is None,
            secrets=secrets,
        )
        return
    if rename or drop:
        raise UsageError("sql: --rename and --drop need --alter-from")
    if name is None or input_columns is None or output_columns is None:
        raise UsageError("sql: give NAME, --input and --output; or --alter-from, with NAME or without")
    resolution = resolve(read_catalog(file, format, env, overrides), [name])
    catalog = resolution.catalog()
    own = catalog[name]
    with located_errors(resolution, name), _problems_of_command(secrets_hint(own.provider_name(), runtime)):
        provider = provider_for(own, runtime)
        statement = create_model_sql(
            path_of_entry(name) if model_name is None else model_name,
            provider,
            input=input_columns,
            output=output_columns,
            model=model,
            runtime=runtime,
            temporary=temporary,
            if_not_exists=if_not_exists,
            comment=comment if comment is not None else catalog.details.get(name, NO_DETAILS).description or None,
            secrets=secrets,
        )
    print_exactly(f"{statement};\n")
    if runtime is not None:
        # Errors were raised above: only warnings are left.
        found = provider.check(runtime, model=model, input=input_columns, output=output_columns)
        print_warnings(sort_problems(located_problems(resolution, name, found)))


@contextmanager
def _problems_of_command(hint: str) -> Iterator[None]:
    """Within the block, raise problems of `create_model_sql` with the options of the command in place of its arguments.

    Args:
        hint: the advice on secrets.
    """
    try:
        yield
    except InvalidOptionsError as error:
        problems = [attrs.evolve(each, hint=hint) if each.code == "literal-secret" else each for each in error.problems]
        own = ("name", "input", "output")
        problems = [attrs.evolve(each, option=f"--{each.option}") if each.option in own else each for each in problems]
    else:
        return
    raise invalid("sql", problems)


def _written(file: Path, catalog: Catalog, to: Format, secrets: Secrets, *, inherit: bool) -> str:
    """The document of the catalog of *file*."""
    try:
        return dumps(catalog, format=to, secrets=secrets, inherit=inherit)
    except DocumentError as error:
        # Other problems have their own hints.
        hint = "make it a reference, or pass --secrets reveal or --secrets redact"
        pairs = [(each.path, each.problem) for each in error.problems]
        pairs = [
            (path, attrs.evolve(problem, hint=hint) if problem.code == "literal-secret" else problem) for path, problem in pairs
        ]
        fail(*(f"{source_of(file)}: {path}: {problem}" for path, problem in pairs))
