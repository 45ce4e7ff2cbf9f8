# SPDX-License-Identifier: Apache-2.0
"""Imports go only down, importing is cheap, and the public names are fixed and documented."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import draw_architecture
import pytest
from draw_architecture import component, imports, modules

import llmproviders

ROOT = Path(llmproviders.__file__).parent

# A component is a folder, or a file beside the folders. Components import only from components on lower lines; those on the same line do not
# import each other.
COMPONENTS = """
    __main__
    cli
    flink
    __init__
    catalogs  sql
    presets  registry
    blocks
    providers
    fields  runtimes
    syntax
    secret_policy
    messages  tasks
    secrets
    resolvers
    boundary  entry_points  optional
    errors  credentials  codes  regular_files  similar_names
"""

# The same inside each folder; the __init__ of a folder may import all its files.
FILES = {
    "catalogs": """
        files  editing  merging  restructuring  usage  discovery  settings
        revision  overrides  grids
        lint  masked_diff  literals
        origins
        resolution  writing  schema
        inheritance  entries
        entry_presets
        drafts  catalog
        entry_options  composition  details
        layers  values
        comparison  references  arguments  sources
        display  atomic
        formats.yaml  formats.toml  formats.notation
        formats.toml_splicing
        formats.yaml_reading  formats.yaml_splicing  formats.json  formats.toml_scanning
        formats.trees  formats.lookup
        formats.locations  formats.lines
    """,
    "cli": """
        app
        entries  import_
        check  convert  explain  listings  set  show
        alter  references
        inputs  outputs
        command  arguments
        reports
        printing  completion  explanations
    """,
    "providers": """
        classes  stubs
        openai_compat
        openai  triton  generic
        changes  base
        calls  comparison  worst_case
        openai_options  on_runtime
        derive  flatten
        provider_secrets
    """,
    "fields": """
        compiled
        problems
        description
        spec
        hooks  parts
        metadata  generate  extras
        converters
        acceptance  masking
        bounds
    """,
    "runtimes": """
        checks
        rules.openai  rules.triton
        rules.all_factories  rules.shared
        suspect_values  retries
        view
        runtime
    """,
    "sql": """
        compare
        differences
        read  write  plan  meaning  renames  existing
        script  options
        splitting  dialects  grammar
        names  reports
    """,
    "flink": """
        ml_predict
        models  jars  dataframe  planning
        arguments  jvm
        errors
        launch
    """,
    "syntax": """
        columns
        sql_types
        cursor
        tokens
        maps
        json
        durations  scalars  quoting
        characters  locations  reserved_words  urls
    """,
}
PUBLIC = [
    "Catalog",
    "CatalogDiff",
    "Change",
    "Details",
    "ProviderDiff",
    "Column",
    "ModelStatement",
    "Script",
    "OldSpellingWarning",
    "create_model_sql",
    "parse_create_model",
    "parse_statements",
    "DocumentError",
    "Advice",
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
    "RetriesWarning",
    "Rule",
    "Secret",
    "SecretError",
    "TritonProvider",
    "UnknownProviderError",
    "UnknownRuntimeError",
    "WorstCase",
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
    "register_secret_resolver",
    "remove_provider",
    "required_secret",
    "secret",
    "set_default_provider",
    "set_provider",
    "using_provider",
]


MODULES = modules(ROOT)


def levels(picture: str) -> dict[str, int]:
    """The line number of each name in a picture, counted from the top."""
    return {name: layer for layer, line in enumerate(picture.split("\n")) for name in line.split()}


def test_every_module_is_in_the_picture() -> None:
    """Every component, and every file in a component, is in its picture."""
    assert sorted(levels(COMPONENTS)) == sorted({component(name) for name in MODULES})
    assert sorted(FILES) == sorted({component(name) for name in MODULES if "." in name})
    for folder, picture in FILES.items():
        inside = [name.removeprefix(f"{folder}.") for name in MODULES if name.startswith(f"{folder}.")]
        packages = {name for name in inside if any(other.startswith(f"{name}.") for other in inside)}
        assert sorted(set(inside) - packages) == sorted(levels(picture)), folder


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down(name: str) -> None:
    """A module imports only modules below it, also inside functions and for type checkers."""
    layers, here = levels(COMPONENTS), component(name)
    inside = levels(FILES.get(here, ""))
    for other in imports(name, ROOT):
        if component(other) != here:
            assert layers[here] < layers[component(other)], f"{name} imports {other}, which is not below it"
        elif name != here:
            mine, theirs = name.removeprefix(f"{here}."), other.removeprefix(f"{here}.")
            assert inside[mine] < inside[theirs], f"{name} imports {other}, which is not below it"


def test_upward_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exceptions are imports that exist, and that are made when they are used."""
    pairs = draw_architecture.UPWARD
    monkeypatch.setattr(draw_architecture, "UPWARD", ())
    assert set() == {(name, other) for name, other in pairs if other not in imports(name, ROOT)}
    assert set() == {f"llmproviders.{other}" for _, other in pairs} & modules_after("import llmproviders")


def test_imports_are_read() -> None:
    """The test above sees imports of every kind."""
    assert "providers.changes" in set(imports("providers.triton", ROOT))
    assert "messages" in set(imports("registry", ROOT))
    assert "presets" in set(imports("", ROOT))
    assert {"errors", "secrets", "tasks"} <= set(imports("presets", ROOT))


def modules_after(statement: str) -> set[str]:
    command = [sys.executable, "-I", "-c", f"import sys\n{statement}\nprint(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


def test_importing_is_cheap() -> None:
    """`import llmproviders` imports no module that is not needed yet, except those that attrs and cattrs import."""
    more = modules_after("import llmproviders") - modules_after("import attrs, cattrs")
    foreign = {name.split(".")[0] for name in more} - {"llmproviders"}
    assert "llmproviders.providers.openai_compat" in more
    assert set() == {name for name in more if name.startswith(("importlib.metadata", "email"))}
    unwanted = {"yaml", "tomllib", "tomli", "tomli_w", "pyflink", "difflib", "sqlite3", "argparse", "unittest", "asyncio"}
    unwanted |= {"hashlib", "json", "logging", "typing_extensions", "decimal", "fractions", "urllib", "tempfile"}
    assert set() == foreign & unwanted


def test_public_names() -> None:
    """The public names are exactly those of the list."""
    assert sorted(PUBLIC) == sorted(llmproviders.__all__) == sorted(dir(llmproviders))
    assert len(set(PUBLIC)) == len(PUBLIC)
    for name in PUBLIC:
        assert hasattr(llmproviders, name)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_documented(name: str) -> None:
    """Every public name, and every public member of a public class, has a docstring."""
    value = getattr(llmproviders, name)
    if name in ("MASK", "converter"):
        source = MODULES[{"MASK": "credentials", "converter": "fields.hooks"}[name]].read_text(encoding="utf-8")
        tree = ast.parse(source).body
        position = next(
            number for number, node in enumerate(tree) if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name
        )
        following = tree[position + 1]
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
def test_modules_have_a_licence_and_a_docstring(name: str) -> None:
    """A module starts with the licence line, and has a docstring."""
    text = MODULES[name].read_text(encoding="utf-8")
    assert text.startswith("# SPDX-License-Identifier: Apache-2.0\n")
    assert ast.get_docstring(ast.parse(text))


def test_typed() -> None:
    """The package has the marker file of a typed package."""
    assert (ROOT / "py.typed").is_file()
