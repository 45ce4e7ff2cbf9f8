# SPDX-License-Identifier: Apache-2.0
"""The rooms of the house: imports only go down, importing is cheap, and what is public is pinned and documented."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import llmproviders

ROOT = Path(llmproviders.__file__).parent

# Lowest first; modules of one line know nothing of one another.
LAYERS = [
    ["errors"],
    ["boundary"],
    ["secrets"],
    ["messages"],
    ["runtimes", "runtimes.runtime", "syntax", "syntax.scalars", "syntax.sql", "syntax.urls", "tasks"],
    ["syntax.columns", "fields.values"],
    ["fields", "fields.extras", "fields.generate", "fields.metadata"],
    ["fields.hooks"],
    ["fields.spec"],
    ["fields.description"],
    ["fields.problems"],
    ["fields.compiled"],
    ["runtimes.checks"],
    ["providers", "providers.base"],
    ["providers.generic", "providers.openai", "providers.triton"],
    ["providers.openai_compat"],
    ["providers.changes"],
    ["registry"],
    ["catalogs", "catalogs.catalog", "catalogs.formats", "presets"],
    ["catalogs.formats.tree"],
    ["catalogs.entries", "catalogs.formats.json", "catalogs.formats.toml", "catalogs.formats.yaml"],
    ["catalogs.files", "catalogs.schema", "sql"],
    [""],
    ["flink"],
    ["cli"],
    ["__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# What type checkers read goes both ways: the options of `with_` are generated from the classes.
TYPES_ONLY = {
    ("providers.openai", "providers.changes"),
    ("providers.openai_compat", "providers.changes"),
    ("providers.triton", "providers.changes"),
}
PUBLIC = [
    "Catalog",
    "Change",
    "Column",
    "ModelStatement",
    "OldSpellingWarning",
    "create_model_sql",
    "parse_create_model",
    "parse_statements",
    "DocumentError",
    "DocumentProblem",
    "Origin",
    "dump",
    "dumps",
    "explain",
    "flink_map",
    "from_dict",
    "load",
    "loads",
    "to_dict",
    "MASK",
    "DashScopeProvider",
    "ExtraOptionWarning",
    "GenericProvider",
    "InvalidClassError",
    "InvalidOptionsError",
    "InvalidTypeError",
    "MaskedText",
    "OpenAICompatProvider",
    "OpenAIProvider",
    "Option",
    "OptionInfo",
    "Problem",
    "Provider",
    "ProviderError",
    "Rejected",
    "RejectedType",
    "Rule",
    "Secret",
    "SecretError",
    "TritonProvider",
    "UnknownProviderError",
    "UnknownRuntimeError",
    "Factory",
    "Runtime",
    "RuntimeOption",
    "list_runtimes",
    "runtime",
    "check",
    "at_least",
    "between",
    "converter",
    "duration",
    "from_options",
    "get_provider",
    "json_headers",
    "json_object",
    "list_providers",
    "option",
    "options",
    "presets",
    "provider_class",
    "provider_classes",
    "register_provider_class",
    "remove_provider",
    "required_secret",
    "secret",
    "set_default_provider",
    "set_provider",
    "using_provider",
]


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def imports(name: str) -> Iterator[tuple[str, bool]]:
    """Modules of the package that a module names, anywhere in it, and whether only type checkers read it."""
    path = MODULES[name]
    package = ["llmproviders", *path.relative_to(ROOT).parent.parts]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = [*start, *(node.module.split(".") if node.module else [])]
            found = [".".join([*base, alias.name]) for alias in node.names]
            found = [each if each.removeprefix("llmproviders.") in MODULES else ".".join(base) for each in found]
        for each in found:
            if each.split(".")[0] == "llmproviders":
                yield each.removeprefix("llmproviders").removeprefix("."), id(node) in for_types


def test_every_module_has_its_layer() -> None:
    """A new module must be given its place here."""
    assert sorted(LEVEL) == sorted(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down(name: str) -> None:
    """A module names only modules below it, also within functions and for type checkers."""
    for other, types_only in imports(name):
        if (name, other) in TYPES_ONLY:
            assert types_only, f"{name} imports {other}, which is for type checkers only"
        else:
            assert LEVEL[other] < LEVEL[name], f"{name} imports {other}, which is not below it"


def test_the_layers_are_read() -> None:
    """The test above sees imports of every kind."""
    assert ("providers.changes", True) in set(imports("providers.triton"))
    assert ("messages", False) in set(imports("registry"))
    assert ("presets", True) in set(imports(""))
    assert {"errors", "secrets", "tasks"} <= {other for other, _ in imports("presets")}


def modules_after(statement: str) -> set[str]:
    command = [sys.executable, "-I", "-c", f"import sys\n{statement}\nprint(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


def test_importing_is_cheap() -> None:
    """`import llmproviders` brings in nothing that is not needed yet, beyond what attrs and cattrs bring in."""
    more = modules_after("import llmproviders") - modules_after("import attrs, cattrs")
    foreign = {name.split(".")[0] for name in more} - {"llmproviders"}
    assert "llmproviders.providers.openai_compat" in more
    assert set() == {name for name in more if name.startswith(("importlib.metadata", "email"))}
    unwanted = {"yaml", "tomllib", "tomli", "tomli_w", "pyflink", "difflib", "sqlite3", "argparse", "unittest", "asyncio"}
    unwanted |= {"hashlib", "json", "logging", "typing_extensions", "decimal", "fractions", "urllib", "tempfile"}
    assert set() == foreign & unwanted


def test_public_names() -> None:
    """What is public is this list, and no more."""
    assert sorted(PUBLIC) == sorted(llmproviders.__all__) == sorted(dir(llmproviders))
    assert len(set(PUBLIC)) == len(PUBLIC)
    for name in PUBLIC:
        assert hasattr(llmproviders, name)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_documented(name: str) -> None:
    """Every public name says what it is, and so does every public member of a public class."""
    value = getattr(llmproviders, name)
    if name in ("MASK", "converter"):
        source = MODULES[{"MASK": "secrets", "converter": "fields.hooks"}[name]].read_text(encoding="utf-8")
        tree = ast.parse(source).body
        place = next(
            number for number, node in enumerate(tree) if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name
        )
        following = tree[place + 1]
        assert isinstance(following, ast.Expr)
        assert isinstance(following.value, ast.Constant)
        return
    assert inspect.getdoc(value)
    if not isinstance(value, type):
        return
    for member, item in vars(value).items():
        if not member.startswith("_") and (inspect.isfunction(item) or isinstance(item, (classmethod, property))):
            assert inspect.getdoc(getattr(value, member)), f"{name}.{member}"


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is(name: str) -> None:
    """Licence line first, then a docstring; public modules list their names, all of which exist."""
    text = MODULES[name].read_text(encoding="utf-8")
    assert text.startswith("# SPDX-License-Identifier: Apache-2.0\n")
    assert ast.get_docstring(ast.parse(text))


def test_typed() -> None:
    """The package says that it is typed."""
    assert (ROOT / "py.typed").is_file()
