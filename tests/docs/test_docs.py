# SPDX-License-Identifier: Apache-2.0
"""The documentation is complete: public names have docstrings, pages are listed, and links have targets."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

import llmproviders
from llmproviders import Provider, flink, presets
from llmproviders.cli.app import COMMANDS
from llmproviders.cli.explanations import parts
from llmproviders.codes import CODES
from llmproviders.runtimes import checks

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {page.relative_to(ROOT).as_posix(): page for page in [*DOCS.glob("*.md"), *DOCS.glob("[!_]*/*.md")]}
# The pages beside README.md, which are read in the repository.
FORGE = {page.name: page for page in ROOT.glob("*.md")}
TEXTS = {**PAGES, **FORGE}

sys.path.insert(0, str(DOCS / "_ext"))

generated = importlib.import_module("generated")


# Docstrings -----------------------------------------------------------------------------------------------------------


def public_things() -> Iterator[tuple[str, Any]]:
    """Every public class and function, and the public members of classes, by name."""
    for module in (llmproviders, flink, presets):
        prefix = module.__name__.removeprefix("llmproviders").lstrip(".")
        for name in module.__all__:
            thing = getattr(module, name)
            if not isinstance(thing, type) and not inspect.isfunction(thing):
                continue  # a constant has its docstring below it
            where = f"{prefix}.{name}".lstrip(".")
            yield where, thing
            for member, item in vars(thing).items() if isinstance(thing, type) else ():
                if not member.startswith("_") and (inspect.isfunction(item) or isinstance(item, (classmethod, property))):
                    yield f"{where}.{member}", getattr(thing, member)


THINGS = dict(public_things())


@pytest.mark.parametrize("name", THINGS)
def test_public_things_have_docstrings(name: str) -> None:
    """A public class, function or member has a docstring with a sentence."""
    text = inspect.getdoc(THINGS[name]) or ""
    assert re.match(r"[A-Z`*\"'0-9].*[.:]", text, re.DOTALL), text


@pytest.mark.parametrize("name", [name for name, thing in THINGS.items() if callable(thing) and not isinstance(thing, type)])
def test_parameters_are_documented(name: str) -> None:
    """The docstring of a function with several parameters names each of them."""
    function: Callable[..., Any] = THINGS[name]
    parameters = inspect.signature(function).parameters.values()
    # The positional ones of with_() are for type checkers only.
    names = [each.name for each in parameters if each.name not in ("self", "cls") and each.kind is not each.VAR_POSITIONAL]
    text = inspect.getdoc(function) or ""
    assert len(names) < 2 or [] == [each for each in names if not re.search(rf"\b{each}\b", text)]


def fields_without_docstring(cls: type) -> list[str]:
    """Annotated names in a class's body that no docstring follows."""
    source = ast.parse(inspect.getsource(sys.modules[cls.__module__]))
    (body,) = (node.body for node in ast.walk(source) if isinstance(node, ast.ClassDef) and node.name == cls.__name__)
    return [
        node.target.id
        for node, after in zip(body, [*body[1:], None], strict=True)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and not node.target.id.startswith("_")
        and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant))
    ]


@pytest.mark.parametrize(
    "cls",
    # The fields of a provider are options, which have meanings; those of an Option are documented as parameters of option().
    [each for each in THINGS.values() if attrs.has(each) and each is not llmproviders.Option and not issubclass(each, Provider)],
    ids=lambda cls: cls.__name__,
)
def test_fields_have_docstrings(cls: type) -> None:
    """Every field of a public record has a docstring."""
    assert [] == fields_without_docstring(cls)


@pytest.mark.parametrize("name", {**checks.EVERYWHERE, **checks.RULES})
def test_rules_have_sources(name: str) -> None:
    """The docstring of a rule names its source."""
    assert "Source: " in inspect.getdoc({**checks.EVERYWHERE, **checks.RULES}[name])


# The reference --------------------------------------------------------------------------------------------------------


def test_every_option_is_in_the_reference() -> None:
    """Every option has a meaning, an anchor and one row in the reference."""
    rows = list(generated.provider_options())
    ours = {name: cls for name, cls in llmproviders.provider_classes().items() if cls.__module__.startswith("llmproviders.")}
    for identifier, cls in ours.items():
        for info in llmproviders.options(cls):
            assert info.meaning, f"{identifier}: {info.name}"
            (row,) = [row for row in rows if f"{{#{identifier}-{info.name}}}" in row]
            assert generated.plain(info.meaning) in row


def test_every_runtime_is_in_the_reference() -> None:
    """The reference has every option of every factory, and every rule once."""
    text = "\n".join(generated.runtime_factories())
    for name in llmproviders.list_runtimes():
        for identifier, factory in llmproviders.runtime(name).factories.items():
            part = text.partition(f"({name}-{identifier})=")[2].partition("\n## ")[0]
            assert all(f"| `{key}`" in part for key in factory.options)
    rules = "\n".join(generated.runtime_rules())
    assert all(1 == rules.count(f"(rule-{rule})=") for rule in checks.RULES)


def test_every_public_name_is_in_the_reference() -> None:
    """The page of the API has an entry for every public name, and the page of presets one for every service."""
    entries = re.findall(r"auto(?:class|exception|function|data):: ([\w.]+)", PAGES["docs/reference/api.md"].read_text("utf-8"))
    assert sorted({*llmproviders.__all__} - {"presets"}) == sorted(each for each in entries if "." not in each)
    assert len(set(entries)) == len(entries)
    assert all(f"`{name}`" in "\n".join(generated.services()) for name in presets.SERVICES)


def test_every_command_is_in_the_reference() -> None:
    """The reference has every command with its description and examples."""
    text = "\n".join(generated.commands())
    for command in COMMANDS:
        assert f"## {command.name}\n" in text
        assert generated.plain(inspect.getdoc(command.run)) in text
        assert all(example in text for example in command.examples)


def test_every_key_of_a_file_is_in_the_reference() -> None:
    """The reference has every key of a file and of its entries."""
    text = "\n".join([*generated.file_keys(), *generated.file_entries()])
    assert all(
        f"`{key}`" in text for key in ("providers", "default", "include", "env", *llmproviders.catalogs.entry_options.RESERVED)
    )


def test_a_secret_can_be_a_reference() -> None:
    """The reference of the file format says that an entry can have a reference for a secret, but not for other options."""
    rows = {row.partition("`]")[0]: row for row in generated.file_entries()}
    assert "| string or [reference](" in rows["| [`api_key"]
    assert "| string |" in rows["| [`model"]


def test_every_code_is_in_the_reference() -> None:
    """The reference has a section for every code, with its anchor, and a link to it at the top."""
    overview, *sections = re.split(r"^\((\S+)\)=$", "\n".join(generated.problem_codes()), flags=re.MULTILINE)
    assert list(CODES) == sections[::2] == re.findall(r"\]\(#(\S+)\)", overview)
    for code, text in zip(CODES.values(), sections[1::2], strict=True):
        assert text.startswith(f"\n### `{code.name}`\n\n{code.meaning}\n")
        assert all(f"\n{part}" in text for _, part in parts(code))


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if "<!-- generated:" in page.read_text("utf-8")])
def test_generated_pages_have_a_note(name: str) -> None:
    """A page with generated parts says so in the repository, above them, and how to see them; the built page does not."""
    text = PAGES[name].read_text("utf-8")
    note = re.search(r"<!-- in the repository -->\n(> .+)\n<!-- end -->", text.partition("<!-- generated:")[0])[1]
    assert "not in this file" in note
    assert "`bash scripts/docs`" in note
    assert note not in generated.fill_in(text)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_every_page_is_listed() -> None:
    """Every page is in one table of contents."""
    listed = [
        (page.parent / line).relative_to(DOCS).as_posix()
        for page in PAGES.values()
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        for line in tree.splitlines()
        if line and not line.startswith(":")
    ]
    assert sorted(listed) == sorted(name.removeprefix("docs/").removesuffix(".md") for name in PAGES if name != "docs/index.md")


def slugs(text: str) -> set[str]:
    """The anchors that forges, such as GitHub, make from headings."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)}


@cache
def headings(page: Path) -> set[str]:
    """The anchors of a built page: those of headings, and targets, also generated ones."""
    text = page.read_text("utf-8")
    if included := re.match(r"```\{include\} (\S+)", text):
        text = (page.parent / included[1]).read_text("utf-8")
    text = generated.fill_in(text)
    return slugs(text) | set(re.findall(r"^\((\S+)\)=$", text, re.MULTILINE)) | set(re.findall(r"\{#([^}]+)\}", text))


def links(text: str) -> Iterator[tuple[str, str]]:
    """The path and the anchor of every link to a file of the repository."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", text)):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            yield path, anchor


@pytest.mark.parametrize("name", TEXTS)
def test_links_have_targets(name: str) -> None:
    """The file of every relative link exists, and has the anchor."""
    for path, anchor in links(generated.fill_in(TEXTS[name].read_text("utf-8"))):
        target = TEXTS[name].parent / path if path else TEXTS[name]
        assert target.exists(), path
        assert not anchor or anchor in headings(target), f"{path}#{anchor}"


@pytest.mark.parametrize("name", FORGE)
def test_links_have_targets_on_a_forge(name: str) -> None:
    """The anchors of links in README.md and the pages beside it are headings of files as they are in the repository."""
    for path, anchor in links(FORGE[name].read_text("utf-8")):
        target = ROOT / path if path else FORGE[name]
        assert not anchor or anchor in slugs(target.read_text("utf-8")), f"{path}#{anchor}"
