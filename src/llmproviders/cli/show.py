# SPDX-License-Identifier: Apache-2.0
"""The commands ``show``, ``options`` and ``diff``: the options of providers, and their differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import attrs
import typer

from ..catalogs.catalog import Catalog
from ..catalogs.display import option_string
from ..catalogs.origins import Origin, origins_of
from ..catalogs.resolution import resolve
from ..catalogs.usage import located_errors, provider_for
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from .arguments import AnyName, File, InputFormat, Json, Model, Name
from .command import FOUND, command
from .completion import runtime_names
from .inputs import check_inputs, read_catalog
from .printing import console, print_changes, print_json, print_table, styled

__all__ = ["diff", "options", "show"]


@command("show", "llmproviders show providers.toml", "llmproviders show providers.toml chat --all")
def show(
    file: File,
    name: AnyName = None,
    every: Annotated[bool, typer.Option("--all", "-a", help="Also options that have no value.")] = False,
    as_json: Json = False,
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Show the options of providers, and where each comes from; secrets are masked."""
    check_inputs([file], format)
    resolution = resolve(read_catalog(file, format), None if name is None else [name])
    catalog = resolution.catalog()
    shown = list(catalog)
    rows = {each: _rows(catalog[each], origins_of(resolution, each), every=every) for each in shown}
    if as_json:
        print_json(
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
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Print the Java keys and strings that Flink gets; secrets are masked unless --reveal is given."""
    check_inputs([file], format)
    resolution = resolve(read_catalog(file, format), [name])
    provider = resolution.catalog()[name]
    with located_errors(resolution, name):
        flat = provider_for(provider, runtime).to_options(model=model, runtime=runtime, redact=not reveal)
    if as_json:
        print_json(flat)
        return
    output = console()
    for key, value in flat.items():
        output.print(styled(key, "cyan") + styled(f" = {value}"), soft_wrap=True)


@command("diff", "llmproviders diff old.toml new.yaml", "llmproviders diff old.toml new.toml chat")
def diff(
    file_a: File,
    file_b: File,
    name: AnyName = None,
    as_json: Json = False,
    format: InputFormat = None,  # noqa: A002
) -> None:
    """Print the differences between two files, option by option; exit with 1 if there are any."""
    check_inputs([file_a, file_b], format)
    old, new = (resolve(read_catalog(file, format)).catalog() for file in (file_a, file_b))
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


def _rows(provider: Provider, origins: Mapping[str, Origin], *, every: bool) -> list[tuple[str, str | None, Origin]]:
    """Option, value and origin of each option; *every* includes the options that are not set and have no value."""
    rows = []
    for option, origin in origins.items():
        value = option_string(provider, option)
        if value is not None or origin.source or every:
            rows.append((option, value, origin))
    return rows


def _origin(name: str, option: str, origin: Origin) -> str:
    """The origin of an option of the provider *name*; with the entry and the key if those are others."""
    inherited = f" ({origin.entry})" if origin.source and origin.entry != name else ""
    by = f" by {origin.key}" if origin.source and origin.key not in (option, EXTRAS) else ""
    return f"{origin}{inherited}{by}"
