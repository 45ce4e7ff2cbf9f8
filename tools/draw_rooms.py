# SPDX-License-Identifier: Apache-2.0
"""Draw the rooms of the package, by its imports, into docs/architecture.md; ``--check`` only compares.

A room is a folder, or a file beside the folders. `tests/test_architecture.py` has the order of rooms that imports must follow.
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
BEGIN, END = "<!-- rooms: written by tools/draw_rooms.py -->\n", "<!-- end of rooms -->\n"


@cache
def modules(root: Path) -> Mapping[str, Path]:
    """The files of the modules, by their names without the package; the name of the package itself is empty."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room(name: str) -> str:
    """The room of a module."""
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


def rooms(root: Path) -> dict[str, set[str]]:
    """The rooms that each room imports from."""
    found: dict[str, set[str]] = {room(name): set() for name in modules(root)}
    for name in modules(root):
        found[room(name)] |= {room(other) for other in imports(name, root)} - {room(name)}
    return found


def floors(below: Mapping[str, set[str]]) -> list[list[str]]:
    """The rooms from top to bottom: each is one floor above the highest room that it imports from."""
    left, found = dict(below), list[list[str]]()
    while left:
        floor = sorted(name for name, others in left.items() if not others & left.keys())
        if not floor:
            sys.exit(f"expected no cycle of imports, got one among these rooms: {', '.join(sorted(left))}")
        found.append(floor)
        left = {name: others for name, others in left.items() if name not in floor}
    return found[::-1]


def subject(name: str, root: Path) -> str:
    """The first line of a room's docstring."""
    path = modules(root)["" if name == "__init__" else name]
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def picture(root: Path) -> str:
    """The rooms as Markdown: a line for each floor, then the subject and the imports of each."""
    below = rooms(root)
    order = floors(below)
    drawn = ["```text", *("   ".join(floor) for floor in order), "```"]
    rows = (
        f"| `{name}` | {subject(name, root)} | {', '.join(f'`{other}`' for floor in order for other in floor if other in below[name])} |"
        for floor in order
        for name in floor
    )
    return "\n".join([*drawn, "", "| Room | Subject | Imports from |", "|---|---|---|", *rows, ""])


def page(text: str, root: Path) -> str:
    """The page *text* with the picture of the package in the folder *root*."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{picture(root)}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    old = TARGET.read_text(encoding="utf-8")
    new = page(old, SOURCE)
    if "--check" in sys.argv:
        sys.exit(f"{TARGET.name} is out of date: run tools/draw_rooms.py" if new != old else 0)
    if new != old:
        TARGET.write_text(new, encoding="utf-8", newline="\n")
