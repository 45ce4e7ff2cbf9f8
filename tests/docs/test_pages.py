# SPDX-License-Identifier: Apache-2.0
"""tests/pages.py runs the blocks of a page, and reports blocks that fail."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from unittest import SkipTest

import pytest
from pages import parsers, reader
from sybil import Document
from sybil.example import SybilFailure

from llmproviders import list_providers, set_provider

FENCE = "```"
needs_bash = pytest.mark.skipif(os.name == "nt", reason="the commands are written for bash")


def run(tmp_path: Path, *blocks: str, service: str = "") -> dict[str, object]:
    """Run a page with these blocks, each a language, a line break and its content, and return its namespace."""
    page = tmp_path / "page.md"
    page.write_text("\n\n".join(block if block.startswith("<!") else f"{FENCE}{block}\n{FENCE}" for block in blocks), "utf-8")
    document = Document.parse(str(page), *parsers())
    with reader(document.namespace, service=service):
        for example in document.examples():
            with suppress(SkipTest):
                example.evaluate()
    return document.namespace


SKIP = '<!--- skip: next if(not flink, reason="needs PyFlink") -->'
CATALOG = 'toml\n# a.toml\n[providers.a]\npreset = "ollama"'


@needs_bash
def test_blocks_share_a_folder(tmp_path: Path) -> None:
    """Blocks share a folder with the named files, a namespace and an environment, which are gone after the page."""
    home = Path.cwd()
    namespace = run(
        tmp_path,
        CATALOG,
        'json\n// conf/b.json\n{"a": 1}',
        "python\n# job.py\nprint('job')",
        "<!--- invisible-code-block: python\nfrom llmproviders import load, set_provider\n-->",
        "python\n>>> list(load('a.toml'))\n['a']\n>>> provider = set_provider('a', load('a.toml')['a'])",
        "console\n$ export PLACE=here\n$ llmproviders check a.toml\n1 file, no problems\n$ python job.py\njob\n"
        '$ cat conf/*.json\n...\n$ echo "$PLACE" \\\n> there\nhere there',
        SKIP,
        "python\n>>> 1 / 0\n>>> 2 / 0",
        "sql\nCREATE MODEL m WITH ('provider' = 'x')",
        "python\nend = flink, service",
    )
    assert (False, "") == namespace["end"]
    assert (home, None, []) == (Path.cwd(), os.environ.get("PLACE"), list_providers())


@pytest.mark.parametrize(
    ("block", "message"),
    [
        pytest.param("console\n$ echo a\nb", "Got:\na", marks=needs_bash),
        pytest.param("console\n$ echo a", "Got:\na", marks=needs_bash),
        ("console\n$ llmproviders --version\n1", "Got:\nllmproviders "),
        ("console\necho a", "expected '$ command' first"),
        ("python\n>>> 1 + 1\n2\n>>> 1 + 1\n3", "Got:\n    2"),
        ("sql\nSELECT 1", "expected a first line with a file name"),
    ],
)
def test_blocks_that_fail(tmp_path: Path, block: str, message: str) -> None:
    """Other output than expected, and a block of a wrong form, are failures with a message."""
    with pytest.raises(SybilFailure) as caught:
        run(tmp_path, block)
    assert message in str(caught.value)


@pytest.mark.parametrize("block", ["toml\na = ", "json\n{", "yaml\na: {", "python\n# job.py\ndef", "pyhton\n1", "python\n1 / 0"])
def test_invalid_blocks(tmp_path: Path, block: str) -> None:
    """A block that is invalid in its language, or whose language is misspelled, is a failure."""
    with pytest.raises(Exception, match=r"."):
        run(tmp_path, block)


def test_on_flink(tmp_path: Path) -> None:
    """With a service, blocks that need Flink run and the name `service` has its URL."""
    with pytest.raises(SybilFailure):
        run(tmp_path, SKIP, "python\n>>> service\n''", service="http://localhost:1/v1")


def test_the_registry_outside_of_a_page(tmp_path: Path, empty_registry: None) -> None:
    """A page starts with an empty registry, and the registry is restored after it."""
    set_provider("mine", set_provider("acme", a="b"))
    run(tmp_path, "python\nfrom llmproviders import list_providers\nassert list_providers() == []")
    assert ["acme", "mine"] == list_providers()
