# SPDX-License-Identifier: Apache-2.0
"""Draw the components of the package, by its imports, into docs/architecture.md; ``--check`` only compares.

A component is a folder, or a file beside the folders. `tests/test_architecture.py` has the order of components that imports must follow.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

PACKAGE = "llmproviders"
SOURCE = Path(__file__).parents[1] / "src" / PACKAGE
TARGET = Path(__file__).parents[1] / "docs" / "architecture.md"
UPWARD = (
    ("providers.base", "catalogs.catalog"),
    ("providers.base", "catalogs.grids"),
    ("providers.openai", "catalogs.catalog"),
    ("providers.openai_compat", "catalogs.catalog"),
    ("providers.triton", "catalogs.catalog"),
)
"""Imports that go up, made when they are used or for type checkers: `Provider.grid` returns a catalog. They are not drawn."""
BEGIN, END = "<!-- components: written by tools/draw_architecture.py -->\n", "<!-- end of components -->\n"


@cache
def modules(root: Path) -> Mapping[str, Path]:
    """The files of the modules, by their names without the package; the name of the package itself is empty."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def component(name: str) -> str:
    """The component of a module."""
    return name.split(".", maxsplit=1)[0] or "__init__"


def imports(name: str, root: Path) -> Iterator[str]:
    """The modules of the package that a module imports, also in functions and for type checkers only."""
    path = modules(root)[name]
    package = [PACKAGE, *path.relative_to(root).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = [*start, *(node.module.split(".") if node.module else [])]
            names = [".".join([*base, alias.name]) for alias in node.names]
            found = [each if each.removeprefix(f"{PACKAGE}.") in modules(root) else ".".join(base) for each in names]
        for each in found:
            imported = each.removeprefix(PACKAGE).removeprefix(".")
            if each.split(".")[0] == PACKAGE and (name, imported) not in UPWARD:
                yield imported


def components(root: Path) -> dict[str, set[str]]:
    """The components that each component imports from."""
    found: dict[str, set[str]] = {component(name): set() for name in modules(root)}
    for name in modules(root):
        found[component(name)] |= {component(other) for other in imports(name, root)} - {component(name)}
    return found


def layers(below: Mapping[str, set[str]]) -> list[list[str]]:
    """The components from top to bottom: each is one layer above the highest component that it imports from."""
    left, found = dict(below), list[list[str]]()
    while left:
        layer = sorted(name for name, others in left.items() if not others & left.keys())
        if not layer:
            sys.exit(f"expected no cycle of imports, got one among these components: {', '.join(sorted(left))}")
        found.append(layer)
        left = {name: others for name, others in left.items() if name not in layer}
    return found[::-1]


def subject(name: str, root: Path) -> str:
    """The first line of a component's docstring."""
    path = modules(root)["" if name == "__init__" else name]
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def picture(root: Path) -> str:
    """The components as Markdown: a line for each layer, then the subject and the imports of each."""
    below = components(root)
    order = layers(below)
    drawn = ["```text", *("   ".join(layer) for layer in order), "```"]
    rows = (
        f"| `{name}` | {subject(name, root)} | {', '.join(f'`{other}`' for layer in order for other in layer if other in below[name])} |"
        for layer in order
        for name in layer
    )
    return "\n".join([*drawn, "", "| Component | Subject | Imports from |", "|---|---|---|", *rows, ""])


def page(text: str, root: Path) -> str:
    """The page *text* with the picture of the package in the folder *root*."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{picture(root)}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    old = TARGET.read_text(encoding="utf-8")
    new = page(old, SOURCE)
    if "--check" in sys.argv:
        sys.exit(f"{TARGET.name} is out of date: run tools/draw_architecture.py" if new != old else 0)
    if new != old:
        TARGET.write_text(new, encoding="utf-8", newline="\n")
