# SPDX-License-Identifier: Apache-2.0
"""The generated parts of the reference, from the metadata that the library itself reads.

In a page, ``<!-- generated: NAME -->`` is replaced by the Markdown of the function ``NAME``. The functions do not need Sphinx,
so that the tests can compare their results with the library. Between ``<!-- in the repository -->`` and ``<!-- end -->`` is a note for
readers of the repository, who see the page without these parts.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from llmproviders import OptionInfo, Provider, list_runtimes, options, presets, provider_classes, runtime
from llmproviders.catalogs.layers import KINDS
from llmproviders.catalogs.schema import catalog_schema
from llmproviders.cli.explanations import markdown
from llmproviders.codes import GROUPS
from llmproviders.fields.compiled import compiled
from llmproviders.runtimes import checks

# Markdown -------------------------------------------------------------------------------------------------------------


def code(text: object, anchor: str = "") -> str:
    """Inline code that is valid in a cell of a table; an anchor makes it the target of a link."""
    shown = f"`{text}`".replace("|", r"\|")
    return f"{shown}{{#{anchor}}}" if anchor else shown


def codes(texts: Iterable[object]) -> str:
    return ", ".join(map(code, texts))


def plain(text: str) -> str:
    """Markdown of a string whose only markup is code in backticks; options of commands become code too."""
    parts = re.split(r"(``.+?``|`.+?`)", re.sub(r"(?<!\S)--[a-z-]+", r"`\g<0>`", " ".join(text.split())))
    escaped = (re.sub(r"([\\*_\[\]<>|{}$#])", r"\\\1", part) for part in parts[::2])
    quoted = (code(part.strip("`")) for part in [*parts[1::2], "``"])
    return "".join(text + (quote if quote != "``" else "") for text, quote in zip(escaped, quoted, strict=True))


def table(columns: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table; *columns* is its first line, with ``|`` between the titles."""
    yield from ("", f"| {columns} |", f"|{'---|' * (columns.count('|') + 1)}")
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def section(level: int, title: str, anchor: str) -> Iterator[str]:
    yield from ("", f"({anchor})=", f"{'#' * level} {title}", "")


def documented(thing: object) -> str:
    """A docstring up to its first section."""
    return re.split(r"\n\n(?:Raises|Args):", inspect.getdoc(thing) or "")[0]


# Options --------------------------------------------------------------------------------------------------------------


@cache
def factories(identifier: str) -> Mapping[str, Any]:
    """The factories of an identifier, by runtime."""
    every = {name: runtime(name).factories.get(identifier) for name in list_runtimes()}
    return {name: factory for name, factory in every.items() if factory is not None}


def provider_options() -> Iterator[str]:
    """For every class: where it runs, its tasks, and a row for each option."""
    for identifier, cls in provider_classes().items():
        yield from section(2, code(identifier), identifier)
        yield from (f"{{class}}`llmproviders.{cls.__name__}`: {plain(documented(cls).partition('.')[0])}.", "")
        runtimes = ", ".join(f"[{name}](runtimes.md#{name}-{identifier})" for name in factories(identifier))
        yield f"- Runtimes: {runtimes or 'none'}."
        yield f"- Tasks: {codes(cls.tasks) or 'none'}."
        yield f"- Java key of the model's name: {code(cls.model_key)}."
        yield from table("Option, Java key | Values | Meaning", (option_row(cls, info) for info in options(cls)))


def option_row(cls: type[Provider], info: OptionInfo) -> Iterator[str]:
    """A row: the names, the values, and the meaning; then the tasks and the runtimes, if only some have the option."""
    older = f"; deprecated: {codes(info.deprecated_keys)}" if info.deprecated_keys else ""
    several = ""
    if info.sequence_key:
        taken = [name for name, factory in factories(cls.identifier).items() if factory.option(info.sequence_key) is not None]
        several = f"<br>for several, joined by `;`: {code(info.sequence_key)} ({', '.join(taken)})"
    # A search for the Java key finds the Python name if the two differ only in hyphens.
    key = code(info.key, "" if info.key.replace("-", "_") == info.name else f"{cls.identifier}-key-{info.key}")
    yield f"**{code(info.name, f'{cls.identifier}-{info.name}')}**<br>{key}{several}{older}"
    default = compiled(cls).description.specs[info.name].default_string
    accepted = (plain(info.rule), codes(info.allowed), {"json": "JSON object", "url": "URL"}.get(info.format, ""))
    values = [f"{info.java}{', secret' if info.secret else ''}", *accepted]
    values.append("required" if info.required else "" if default is None else f"default {code(default)}")
    yield "<br>".join(filter(None, values))
    known = [name for name, factory in factories(cls.identifier).items() if factory.option(info.key) is not None]
    only = [f"Only for {codes(info.tasks)}."] if info.tasks else []
    if len(known) < len(factories(cls.identifier)):
        only.append(f"Only on {', '.join(known)}." if known else "On no runtime.")
    yield "<br>".join(filter(None, [plain(info.meaning), " ".join(only)]))


# Runtimes -------------------------------------------------------------------------------------------------------------


def runtime_overview() -> Iterator[str]:
    """The runtimes, and the identifiers of each."""
    found = [runtime(name) for name in list_runtimes()]
    rows = (
        (
            f"[{each.name}](#{each.name})",
            plain(each.title) + ("" if each.released else ", not released"),
            ", ".join(f"[{identifier}](#{each.name}-{identifier})" for identifier in each.factories),
            "an error" if each.exhaustive else "an error if another runtime has the key, else a warning",
        )
        for each in found
    )
    yield from table("Runtime | Title | Factories | An unknown key is", rows)


def runtime_factories() -> Iterator[str]:
    """For every runtime and factory: its source, its defects, its rules, and a row for each option."""
    for name in list_runtimes():
        found = runtime(name)
        yield from section(2, name, name)
        yield from (f"{plain(found.title)}. Sources:", "", *(f"- {plain(source)}" for source in found.sources))
        for identifier, factory in found.factories.items():
            yield from section(3, f"{code(identifier)} on {name}", f"{name}-{identifier}")
            yield from (f"Read from {code(factory.artifact)}.", "")
            yield from (f"- It cannot run any model: {plain(defect)}." for defect in factory.defects)
            yield f"- Rules: {', '.join(f'[{rule}](#rule-{rule})' for rule in factory.rules) or 'only those of every runtime'}."
            if factory.tokenizer is not None:
                prefixes = (f"{prefix}…" for prefix in factory.tokenizer.prefixes)
                yield f"- Models whose tokens it can count: {codes([*factory.tokenizer.names, *prefixes])}."
            if factory.metadata:
                columns = ", ".join(f"{code(name)} {kind}" for name, kind in factory.metadata.items())
                yield f"- Metadata columns that the output can have: {plain(columns)}."
            if not any(option.type for option in factory.options.values()):
                yield "- Its artifact does not tell the types of the options."
            yield from table("Java key | Values | Option", _factory_rows(identifier, factory.options.values()))


def _factory_rows(identifier: str, found: Iterable[Any]) -> Iterator[list[str]]:
    known = options(provider_classes()[identifier])
    names = {key: info.name for info in known for key in (info.key, info.sequence_key)}
    for option in found:
        name = names.get(option.key)
        default = "required" if option.required else "" if option.default is None else f"default {code(option.default)}"
        yield [
            code(option.key) + (f"; deprecated: {codes(option.deprecated_keys)}" if option.deprecated_keys else ""),
            "<br>".join(filter(None, (option.type, codes(option.choices), default))),
            f"[{code(name)}](options.md#{identifier}-{name})" if name else "",
        ]


def runtime_rules() -> Iterator[str]:
    """The rules beyond keys and types: those of every runtime, then those that the data names."""
    for name, rule in {**checks.EVERYWHERE, **checks.RULES}.items():
        named = [each for each in list_runtimes() if any(name in found.rules for found in runtime(each).factories.values())]
        where = ", ".join(named) or "every runtime"
        yield from (f"(rule-{name})=", code(name), f": {plain(documented(rule))} On {where}.", "")


# Files ----------------------------------------------------------------------------------------------------------------


def file_keys() -> Iterator[str]:
    """The keys of a whole file, from its JSON Schema."""
    yield from table("Key | Value | Meaning", _key_rows(catalog_schema()))


def file_entries() -> Iterator[str]:
    """The keys of each kind of entry, and the values of each option of a class in a file."""
    every = {info.name for cls in provider_classes().values() for info in options(cls)}
    for title, entry in catalog_schema()["$defs"].items():
        if title == "reference":
            continue
        kind = next((key for key in entry["properties"] if key in KINDS), "")
        identifier = entry["properties"][kind].get("const", "") if kind else ""
        name = code(kind) if kind else "Entries without a kind"
        yield from section(3, f"{code(kind)}: {code(identifier)}" if identifier else name, f"entry-{title}")
        if kind in ("preset", "extends", ""):
            yield from ("The options of the provider, by their Python names, and these keys:", "")
        yield from table("Key | Value | Meaning", _key_rows(entry, identifier, () if kind == "provider" else every))


def _key_rows(schema: Mapping[str, Any], identifier: str = "", hidden: Iterable[str] = ()) -> Iterator[list[str]]:
    known = {info.name for info in options(provider_classes()[identifier])} if identifier in provider_classes() else ()
    for key, value in schema["properties"].items():
        if key not in hidden:
            is_required = key in schema.get("required", ()) or key in schema.get("else", {}).get("required", ())
            required = ", required" if is_required else ""
            name = f"[{code(key)}](options.md#{identifier}-{key})" if key in known else code(key)
            shown = "list of [codes](codes.md)" if key == "ignore" else words(value)
            yield [name, f"{shown}{required}", plain(value["description"])]


def words(schema: Mapping[str, Any]) -> str:
    """The values of a schema in words, without null and without other spellings of a string."""
    if "$ref" in schema:
        return "[reference](../guides/secrets.md#refer-to-a-key)"
    if "anyOf" in schema:
        shown = [each for each in schema["anyOf"] if each != {"type": "null"} and not each.get("pattern", "").startswith("^(?:[")]
        # Every option has the reference to a variable.
        shown = [each for each in shown if "default" not in each.get("properties", {})]
        return " or ".join(dict.fromkeys(map(words, shown)))
    if "const" in schema or "enum" in schema:
        return codes(schema.get("enum") or [schema["const"]])
    if "examples" in schema:
        return f"duration, such as {codes(schema['examples'])}"
    kinds = {
        "string": "string",
        "boolean": "boolean",
        "integer": "integer",
        "number": "number",
        "object": "table",
        "array": "list",
    }
    given = schema["type"]
    text = " or ".join(kinds[kind] for kind in ([given] if isinstance(given, str) else given))
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", -(2**31))), schema.get("maximum", 2**31 - 1)
    if low > -(2**31):
        text += f" of at least {low}" if high >= 2**31 - 1 else f" from {low} to {high}"
    if "properties" in schema:
        text += f" {code('{ ' + next(iter(schema['properties'])) + ' = ... }')}"
    return f"{text} of {words(schema['items']).replace('string', 'strings')}" if "items" in schema else text


# Codes ----------------------------------------------------------------------------------------------------------------


def problem_codes() -> Iterator[str]:
    """The codes of problems: links by group, and a section for each code with an example."""
    for title, group in GROUPS.items():
        yield f"- {title}: {', '.join(f'[{each.name}](#{each.name})' for each in group)}."
    for title, group in GROUPS.items():
        yield from ("", f"## {title}")
        for each in group:
            yield from section(3, code(each.name), each.name)
            yield markdown(each)


# The command line and presets -----------------------------------------------------------------------------------------


def commands() -> Iterator[str]:
    """Every command: its description, arguments, options and examples, as ``--help`` shows them."""
    import typer
    from typer.main import get_command

    from llmproviders.cli.app import application

    group: Any = get_command(application())
    top = typer.Context(group, info_name="llmproviders")
    for name, command in group.commands.items():
        context = typer.Context(command, info_name=name, parent=top)
        yield from section(2, name, f"command-{name}")
        yield from (plain(command.help), "", "```text", command.get_usage(context).removeprefix("Usage: "), "```", "")
        records = (each.get_help_record(context) for each in command.get_params(context))
        yield from table("Argument or option | Meaning", ((code(names), plain(meaning)) for names, meaning in records))
        yield from ("```shell", *command.epilog.split("\n\n")[1:], "```", "")


def services() -> Iterator[str]:
    """The services that have a preset."""
    rows = (
        (code(each.name), code(each.base), each.variable and code(each.variable), codes(each.tasks), plain(each.note))
        for each in presets.SERVICES.values()
    )
    yield from table("Preset | Base URL | Variable of the key | Tasks | Note", rows)


MAKERS: Mapping[str, Callable[[], Iterator[str]]] = {
    made.__name__: made
    for made in (
        provider_options,
        runtime_overview,
        runtime_factories,
        runtime_rules,
        file_keys,
        file_entries,
        problem_codes,
        commands,
        services,
    )
}


def fill_in(text: str) -> str:
    """A page with its generated parts, and without the note for readers of the repository."""
    text = re.sub(r"<!-- in the repository -->\n.*?<!-- end -->\n", "", text, flags=re.DOTALL)
    return re.sub(r"<!-- generated: (\w+) -->", lambda found: "\n".join(MAKERS[found[1]]()), text)
