# SPDX-License-Identifier: Apache-2.0
"""Check the spelling of the pages, as they are built, and of the docstrings, by the American dictionary of Hunspell.

Code is not checked. Names and terms that the dictionary does not have are in docs/words.txt, in lower case.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from spylls.hunspell import Dictionary  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

from generated import fill_in  # noqa: E402

WORDS = ROOT / "docs" / "words.txt"
# Words, also with hyphens or an apostrophe. Names, addresses and paths have other characters too, and are not checked.
WORDS_ONLY = re.compile(r"[A-Za-z]+(?:[-'][A-Za-z]+)*")


def prose(markdown: str) -> Iterator[str]:
    """The text of each paragraph, heading and cell, without code, comments, and targets of links."""
    for block in MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown):
        if block.type == "inline":
            yield " ".join(each.content for each in block.children or () if each.type == "text")


def docstrings(source: str) -> Iterator[str]:
    """The docstrings of a module, also those of attributes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def texts(root: Path) -> Iterator[tuple[Path, str]]:
    """The pages and the docstrings of the project, each with its file."""
    for path in [
        *(root / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *sorted((root / "docs").rglob("*.md")),
    ]:
        yield path, fill_in(path.read_text(encoding="utf-8"))
    for path in sorted((root / "src").rglob("*.py")):
        yield from ((path, text) for text in docstrings(path.read_text(encoding="utf-8")))


def misspelled(markdown: str, dictionary: Dictionary, known: Collection[str]) -> Iterator[str]:
    """The words that neither the dictionary nor the list has, each with the words around it."""
    for text in prose(markdown):
        tokens = text.split()
        for position, token in enumerate(tokens):
            stripped = token.strip(".,:;!?()[]'\"")
            for word in stripped.removesuffix("'s").split("-") if WORDS_ONLY.fullmatch(stripped) else ():
                is_camel_case = re.search("[a-z][A-Z]", word)
                if word.lower() not in known and not is_camel_case and not dictionary.lookup(word):
                    yield f"{word} in '{' '.join(tokens[max(position - 4, 0) : position + 5])}'"


def main() -> None:
    known = set(WORDS.read_text(encoding="utf-8").split())
    dictionary = Dictionary.from_files("en_US")
    wrong = [f"{path.relative_to(ROOT)}: {each}" for path, text in texts(ROOT) for each in misspelled(text, dictionary, known)]
    if wrong:
        sys.exit("\n".join([*wrong, f"correct these words, or add them to {WORDS.relative_to(ROOT)}"]))


if __name__ == "__main__":
    main()
