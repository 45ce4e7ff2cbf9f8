# SPDX-License-Identifier: Apache-2.0
"""The commands ``schema``, ``providers``, ``presets`` and ``runtimes``: lists of the things that catalogs can use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import attrs
import typer

from ..catalogs.display import default_string
from ..catalogs.schema import catalog_schema
from ..credentials import mask_value
from ..errors import ProviderError
from ..fields.metadata import OptionInfo
from ..fields.metadata import options as options_of
from ..messages import shown, with_hint
from ..presets import DASHSCOPE_HOSTS, DASHSCOPE_TASKS, SERVICES, dashscope
from ..providers.base import Provider
from ..providers.classes import provider_classes, unusable_classes
from ..providers.stubs import stubs as stubs_of
from ..runtimes.runtime import Runtime, RuntimeOption, list_runtimes
from ..runtimes.runtime import runtime as runtime_named
from ..similar_names import did_you_mean
from ..tasks import CHAT
from .arguments import Json
from .command import UsageError, command
from .completion import factory_names, identifiers, runtime_names
from .printing import console, print_exactly, print_json, print_table, styled

__all__ = ["option_record", "presets", "providers", "runtimes", "schema"]


@command("schema", "llmproviders schema > providers.schema.json", needs_arguments=False)
def schema() -> None:
    """Print the JSON Schema of catalogs, which editors use to complete and check them."""
    print_json(catalog_schema())


@command(
    "providers",
    "llmproviders providers",
    "llmproviders providers openai-compat",
    "llmproviders providers acme-rerank --stubs",
    needs_arguments=False,
)
def providers(
    identifier: Annotated[
        str | None,
        typer.Argument(help="One class; without it, all of them.", show_default=False, autocompletion=identifiers),
    ] = None,
    stubs: Annotated[
        bool,
        typer.Option("--stubs", help="Print the declarations of with_, for_task and grid, for the source of the class."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the provider classes, or the options of one of them."""
    if stubs and (identifier is None or as_json):
        raise UsageError("--stubs needs an identifier, and no --json")
    classes = provider_classes()
    unusable = unusable_classes()
    if identifier in unusable:
        raise ProviderError(unusable[identifier])
    if identifier is not None and identifier not in classes:
        generic = f'in a file, generic = "{mask_value(identifier)}" accepts any identifier'
        hint = did_you_mean(identifier, list(classes)) or generic
        raise UsageError(f"no class has the identifier {shown(identifier)}; known: {', '.join(classes)}; {hint}")
    if stubs and identifier is not None:
        print_exactly(stubs_of(classes[identifier]))
        return
    names = [*dict.fromkeys((*classes, *unusable))] if identifier is None else [identifier]
    records = [_class_record(each, classes.get(each), unusable.get(each, "")) for each in names]
    if as_json:
        print_json(records)
    elif identifier is None:
        rows = [
            (each["identifier"], each["class"], "", f"cannot be used: {each['problem']}")
            if each["problem"]
            else (each["identifier"], each["class"], str(len(each["options"])), _first_line(classes[each["identifier"]]))
            for each in records
        ]
        print_table("", ("identifier", "class", "options", "what it is"), rows, prose=("what it is",))
    else:
        columns = ("name", "key", "type", "default", "rule", "meaning")
        table = records[0]["options"]
        title = f"{identifier} ({records[0]['class']})"
        cells = [tuple(_cell(column, each) for column in columns) for each in table]
        print_table(title, columns, cells, prose=("rule", "meaning"))


@command("presets", "llmproviders presets", "llmproviders presets --json", needs_arguments=False)
def presets(as_json: Json = False) -> None:
    """Show the services that an entry can use as its preset."""
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
        print_json(rows)
        return
    columns = ("name", "url", "variable", "tasks", "note")
    cells = [tuple(_plain(each[column]) for column in columns) for each in rows]
    print_table("", columns, cells, prose=("tasks", "note"))


@command(
    "runtimes",
    "llmproviders runtimes",
    "llmproviders runtimes flink-2.3",
    "llmproviders runtimes flink-2.3 openai",
    needs_arguments=False,
)
def runtimes(
    name: Annotated[
        str | None,
        typer.Argument(help="One runtime; without it, all of them.", show_default=False, autocompletion=runtime_names),
    ] = None,
    identifier: Annotated[
        str | None, typer.Argument(help="One of its providers.", show_default=False, autocompletion=factory_names)
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the known distributions of Flink, the providers of each, and their options."""
    found = [runtime_named(each) for each in (list_runtimes() if name is None else (name,))]
    if identifier is not None and identifier not in found[0].factories:
        known = list(found[0].factories)
        hint = did_you_mean(identifier, known)
        raise UsageError(with_hint(f"{name} has no provider {shown(identifier)}; it has: {', '.join(known)}", hint))
    if as_json:
        print_json([_runtime_record(each, identifier) for each in found])
    elif name is None:
        rows = [(each.name, ", ".join(each.factories), "" if each.released else "not released", each.title) for each in found]
        print_table("", ("runtime", "providers", "note", "what it is"), rows, prose=("providers", "note", "what it is"))
    else:
        for each, factory in found[0].factories.items():
            if identifier in (None, each):
                options = [_runtime_option_record(option) for option in factory.options.values()]
                columns = ("key", "type", "default", "choices")
                table = [
                    tuple(_plain("required" if c == "default" and o["required"] else o[c]) for c in columns) for o in options
                ]
                print_table(f"{each} on {name} ({factory.artifact})", columns, table, prose=("choices",))
                for defect in factory.defects:
                    console().print(styled(f"it does not work: {defect}", "red"), soft_wrap=True)


def _class_record(identifier: str, cls: type[Provider] | None, problem: str) -> dict[str, Any]:
    """A class as a record; its *problem* is empty if it can be used. Without a class, it cannot be loaded."""
    options = [] if cls is None or problem else [option_record(cls, info) for info in options_of(cls)]
    return {"identifier": identifier, "class": "" if cls is None else cls.__name__, "options": options, "problem": problem}


def option_record(cls: type[Provider], info: OptionInfo) -> dict[str, Any]:
    """An option of a class as a record."""
    return {
        "name": info.name,
        "key": info.key,
        "type": info.java,
        "format": info.format,
        "required": info.required,
        "default": default_string(cls, info),
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
        # Any string is accepted as a URL.
        form = option["format"] if option["format"] != "url" else ""
        parts = [", ".join(option["allowed"]), option["rule"], form, "secret" if option["secret"] else ""]
        return "; ".join(part for part in parts if part)
    return _plain(option[column])


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


def _runtime_record(runtime: Runtime, identifier: str | None) -> dict[str, Any]:
    factories = {
        each: {
            "artifact": factory.artifact,
            "defects": list(factory.defects),
            "rules": list(factory.rules),
            "options": [_runtime_option_record(option) for option in factory.options.values()],
            "metadata": dict(factory.metadata),
        }
        for each, factory in runtime.factories.items()
        if identifier in (None, each)
    }
    sources = list(runtime.sources)
    facts = {"runtime": runtime.name, "title": runtime.title, "released": runtime.released, "exhaustive": runtime.exhaustive}
    return {**facts, "sources": sources, "providers": factories}


def _runtime_option_record(option: RuntimeOption) -> dict[str, Any]:
    record = attrs.asdict(option)
    return {**record, "choices": list(option.choices), "deprecated_keys": list(option.deprecated_keys)}
