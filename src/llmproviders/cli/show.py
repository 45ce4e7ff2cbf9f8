# SPDX-License-Identifier: Apache-2.0
"""The commands ``show``, ``options`` and ``diff``: the options of providers, and their differences."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import attrs
import typer

from ..catalogs.catalog import Catalog
from ..catalogs.details import Details
from ..catalogs.display import option_string
from ..catalogs.formats.lookup import SUFFIXES
from ..catalogs.origins import Origin, origins_of
from ..catalogs.overrides import compose_with_overrides
from ..catalogs.resolution import resolve
from ..catalogs.usage import located_errors, provider_for
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from .arguments import AnyName, Env, EnvFile, Envs, File, InputFormat, Json, Model, Name, Overrides, Tag
from .command import FOUND, UsageError, command
from .completion import file_names, runtime_names
from .inputs import OVERRIDE, STDIN, check_inputs, parse_assignments, read_catalog, read_sources, select_by_tag
from .printing import console, print_changes, print_json, print_table, styled

__all__ = ["diff", "options", "show"]

_BOTH: Final = 2
"""The number of environments that `diff` compares."""


@command("show", "llmproviders show providers.toml", "llmproviders show providers.toml chat --all")
def show(
    file: File,
    name: AnyName = None,
    every: Annotated[bool, typer.Option("--all", "-a", help="Also options that have no value.")] = False,
    as_json: Json = False,
    tag: Tag = None,
    env: Env = None,
    overrides: Overrides = None,
    env_file: EnvFile = None,
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Show the options of providers, and where each comes from; secrets are masked."""
    check_inputs([file], format)
    resolution = resolve(read_catalog(file, format, env, overrides), None if name is None else [name])
    catalog = select_by_tag(resolution.catalog(), tag)
    shown = list(catalog)
    rows = {each: _rows(catalog[each], origins_of(resolution, each), every=every) for each in shown}

    def details(provider: str) -> Details:
        return catalog.details.get(provider, Details())

    if as_json:
        print_json(
            [
                {
                    "provider": each,
                    "identifier": catalog[each].provider_name(),
                    "default": each == catalog.default,
                    "description": details(each).description,
                    "tags": details(each).tags,
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
        if details(each).tags:
            title += f", tags {', '.join(details(each).tags)}"
        if details(each).description:
            title += f": {details(each).description}"
        body = [(option, "" if value is None else value, _origin(each, option, origin)) for option, value, origin in rows[each]]
        print_table(title, ("option", "value", "from"), body)


@command(
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
        str | None,
        typer.Option(
            "--for", metavar="RUNTIME", help="Runtime that reads them, such as flink-2.3.", autocompletion=runtime_names
        ),
    ] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show secrets; references are resolved.")] = False,
    as_json: Json = False,
    env: Env = None,
    overrides: Overrides = None,
    env_file: EnvFile = None,
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Print the Java keys and strings that Flink gets; secrets are masked unless --reveal is given."""
    check_inputs([file], format)
    resolution = resolve(read_catalog(file, format, env, overrides), [name])
    provider = resolution.catalog()[name]
    with located_errors(resolution, name):
        flat = provider_for(provider, runtime).to_options(model=model, runtime=runtime, redact=not reveal)
    if as_json:
        print_json(flat)
        return
    output = console()
    for key, value in flat.items():
        output.print(styled(key, "cyan") + styled(f" = {value}"), soft_wrap=True)


@command(
    "diff",
    "llmproviders diff old.toml new.yaml",
    "llmproviders diff old.toml new.toml chat",
    "llmproviders diff providers.toml --env dev --env prod",
)
def diff(
    file_a: File,
    file_b: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="A second catalog; needed unless there are two environments.",
            show_default=False,
            autocompletion=file_names,
        ),
    ] = None,
    name: AnyName = None,
    as_json: Json = False,
    envs: Envs = None,
    overrides: Overrides = None,
    tag: Tag = None,
    env_file: EnvFile = None,
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Print the differences between two files or environments, option by option; exit with 1 if there are any."""
    environments: list[str | None] = list(envs) if envs else [None]
    if len(environments) > _BOTH:
        raise UsageError("diff: expected at most two environments")
    if len(environments) == _BOTH and file_b is not None and name is None and not _is_catalog(file_b):
        file_b, name = None, str(file_b)
    if file_b is None and len(environments) < _BOTH:
        raise UsageError("diff: give a second file, or two environments: --env dev --env prod")
    files = [file_a] if file_b is None else [file_a, file_b]
    check_inputs(files, format)
    sources = [read_sources(file, format) for file in files]
    given = parse_assignments(overrides or (), OVERRIDE)
    pairs = ((sources[0], environments[0]), (sources[-1], environments[-1]))
    old, new = (resolve(compose_with_overrides(each, env, given, are_strings=True)).catalog() for each, env in pairs)
    if tag is not None:
        both = [each.select(tag=tag) for each in (old, new)]
        old, new = both if any(both) else (select_by_tag(each, tag) for each in (old, new))
    if name is not None:
        if name not in old:
            new[name]  # this raises an error if neither file has the provider
        old, new = (Catalog({name: each[name]} if name in each else {}) for each in (old, new))
    changes = old.diff(new)
    if as_json:
        print_json([attrs.asdict(change) for change in changes])
    else:
        print_changes(changes)
    if changes:
        raise typer.Exit(FOUND)


def _is_catalog(file: Path) -> bool:
    """Whether an argument is the name of a catalog, and not of an entry."""
    return file == STDIN or file.suffix.lower() in SUFFIXES


def _rows(provider: Provider, origins: Mapping[str, Origin], *, every: bool) -> list[tuple[str, str | None, Origin]]:
    """Option, value and origin of each option; *every* includes the options that are not set and have no value."""
    rows = []
    for option, origin in origins.items():
        value = option_string(provider, option)
        if value is not None or origin.source or every:
            rows.append((option, value, origin))
    return rows


def _origin(name: str, option: str, origin: Origin) -> str:
    """The origin of an option, with its entry, environment and key if they differ from those of the provider *name*."""
    if origin.source == "":
        return str(origin)
    more = [origin.entry] if origin.entry != name else []
    more += [f"in {origin.environment}"] if origin.environment else []
    by = f" by {origin.key}" if origin.key not in (option, EXTRAS) else ""
    variable = f" from ${origin.variable}" if origin.variable else ""
    where = f" ({', '.join(more)})" if more else ""
    return f"{origin}{where}{by}{variable}"
