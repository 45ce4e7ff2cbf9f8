# SPDX-License-Identifier: Apache-2.0
"""The Sphinx extension of the reference: it fills in generated Markdown, and makes links in docstrings and signatures."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

from generated import fill_in
from sphinx.addnodes import pending_xref
from sphinx.pycode import ModuleAnalyzer

import llmproviders
from llmproviders import flink, presets

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# The targets of names in docstrings.
TARGETS = {
    **{name: f"llmproviders.{name}" for name in llmproviders.__all__},
    **{f"presets.{name}": f"llmproviders.presets.{name}" for name in presets.__all__},
    **{name: f"llmproviders.flink.{name}" for name in flink.__all__},
}
MODULES = [each.name for each in walk_packages(llmproviders.__path__, "llmproviders.") if not each.name.endswith("__main__")]
FIELDS = {"Args:": "param", "Raises:": "raises"}


def link(text: str, within: str) -> str:
    """A name in single backticks, as a link if the reference has it, otherwise as code; *within* is the documented name."""
    name = text.removesuffix("()")
    first, _, member = name.partition(".")
    owner = within.split(".")[1] if "." in within else ""
    for cls, attribute in ((first, member), (owner, name)):
        found = getattr(llmproviders, cls, None)
        if (
            name not in TARGETS
            and isinstance(found, type)
            and attribute
            and not attribute.startswith("_")
            and hasattr(found, attribute)
        ):
            return f":py:obj:`{text} <llmproviders.{cls}.{attribute}>`"
    return f":py:obj:`{text} <{TARGETS[name]}>`" if name in TARGETS else f"``{text}``"


def fields(lines: list[str]) -> Iterator[str]:
    """The sections ``Args:`` and ``Raises:`` as fields of reStructuredText."""
    field = ""
    for line in lines:
        if line in FIELDS:
            field = FIELDS[line]
        elif not field or (line and not line.startswith(" ")):
            field = ""
            yield line
        elif entry := re.match(r"    ([\w*]+): (.*)", line):
            yield f":{field} {entry[1]}: {entry[2]}"
        else:
            yield line


def process_docstring(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    if what == "data":
        # The documentation of an imported name is in the module that defines it.
        key = ("", name.rpartition(".")[2])
        found = (
            ModuleAnalyzer.for_module(each).find_attr_docs().get(key)
            for each in MODULES
            if vars(sys.modules[each]).get(key[1]) is obj
        )
        lines[:] = next((docs for docs in found if docs), lines)
    linked = (re.sub(r"(?<![`:])`([^`<>]+)`(?!`)", lambda found: link(found[1], name), line) for line in lines)
    lines[:] = fields(list(linked))


def process_signature(app: Sphinx, what: str, name: str, obj: Any, options: Any, given: str | None, returned: str | None) -> Any:
    """Hide the options, which have a reference of their own, and positional parameters that exist for type checkers only."""
    shown = re.sub(r"\*\*options: .*?(?=, \w+:|\))", "**options", given or "")
    return given and re.sub(r"\*args: [\w.~]+, ", "", shown), returned


def drop_links(app: Sphinx, doctree: Any) -> None:
    """Drop links to Python's `type`, which would lead to an attribute of that name, and to names without an entry."""
    for node in list(doctree.findall(pending_xref)):
        if node.get("reftype") == "class" and node.get("reftarget") in ("type", "JavaType", "TextFormat"):
            node.replace_self(node.children)


def resolve_types(module: Any) -> None:
    """Execute the imports under TYPE_CHECKING, so that signatures can be resolved; a missing package is replaced by stubs."""
    for node in ast.parse(getsource(module)).body:
        for statement in node.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" else ():
            if isinstance(statement, ast.ImportFrom):
                try:
                    exec(ast.unparse(statement), vars(module))
                except ModuleNotFoundError:
                    vars(module).update(
                        (each.name, type(each.name, (), {"__module__": statement.module})) for each in statement.names
                    )


def generate(app: Sphinx, docname: str, source: list[str]) -> None:
    source[0] = fill_in(source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    for name in MODULES:
        resolve_types(import_module(name))
    app.connect("source-read", generate)
    app.connect("autodoc-process-docstring", process_docstring)
    app.connect("autodoc-process-signature", process_signature)
    app.connect("doctree-read", drop_links)
    return {"parallel_read_safe": True}
