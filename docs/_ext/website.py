# SPDX-License-Identifier: Apache-2.0
"""The Sphinx extension of the website: tables for narrow windows, long lines of output, and a search that finds single entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.writers.html5 import HTML5Translator

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

# A line of a printed table: a rule, or columns with at least three blanks between them.
ROW = re.compile(r'<span class="go">(?=[^<]*(?:[─━│]|\S {3,}\S))')


class Translator(HTML5Translator):
    """Writes what the style sheet needs: the column's title at each cell, where names may break, and the rows of printed tables."""

    def starttag(self, node: Any, tagname: str, suffix: str = "\n", empty: bool = False, **attributes: Any) -> str:
        if tagname == "td" and isinstance(node, nodes.entry):
            titles = next(node.parent.parent.parent.findall(nodes.thead), None)
            if titles is not None:
                attributes["data-label"] = titles[0][node.parent.index(node)].astext()
        return str(super().starttag(node, tagname, suffix, empty, **attributes))

    def visit_Text(self, node: nodes.Text) -> None:
        start = len(self.body)
        super().visit_Text(node)
        if self.protect_literal_text:
            self.body[start:] = [part.replace("_", "_<wbr>") for part in self.body[start:]]

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        try:
            super().visit_literal_block(node)
        finally:
            self.body[-1] = ROW.sub('<span class="go row">', self.body[-1])


class Entries(Domain):
    """Code with an anchor, such as the name of an option in its row, as objects: the search links to them."""

    name = "entry"
    label = "Reference"
    object_types: ClassVar = {"entry": ObjType("entry")}
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}}

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        self.data["pages"][docname] = [(_name(node), node["ids"][0]) for node in document.findall(nodes.literal) if node["ids"]]

    def clear_doc(self, docname: str) -> None:
        self.data["pages"].pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        self.data["pages"].update({name: otherdata["pages"][name] for name in docnames})

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        for docname, found in self.data["pages"].items():
            # The priority 0 puts them above pages that have the words anywhere.
            yield from ((name, name, "entry", docname, anchor, 0) for name, anchor in found)


def _name(node: nodes.literal) -> str:
    """The code, after the title of its section below the page's."""
    section: Any = node
    while not isinstance(section, (nodes.section, nodes.document)):
        section = section.parent
    is_page = isinstance(section.parent, nodes.document)
    return node.astext() if is_page else f"{section[0].astext()}.{node.astext()}"


def draw_architecture(app: Sphinx, docname: str, source: list[str]) -> None:
    """Replace the picture of the components, which is text in the repository, by boxes with links to the rows of the table below."""
    before, mark, after = source[0].partition("<!-- components: written by tools/draw_architecture.py -->\n")
    if mark:
        picture, _, rest = after.partition("```\n\n")
        lines = picture.partition("```text\n")[2].splitlines()
        boxes = ("".join(f'<a href="#component-{component}">{component}</a>' for component in line.split()) for line in lines)
        layers = "\n".join(f"<div>{each}</div>" for each in boxes)
        rows = re.sub(r"^\| `(\w+)` ", r'| <span id="component-\1"></span>`\1` ', rest, flags=re.MULTILINE)
        source[0] = f'{before}<div class="components">\n{layers}\n</div>\n\n{rows}'


def setup(app: Sphinx) -> dict[str, Any]:
    app.set_translator("html", Translator)
    app.add_domain(Entries)
    app.connect("source-read", draw_architecture)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
