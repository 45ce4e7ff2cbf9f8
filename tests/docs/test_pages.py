# SPDX-License-Identifier: Apache-2.0
"""The runner of the documentation's blocks runs them, and fails where it should."""

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


def run(tmp_path: Path, *blocks: str, service: str = "") -> dict[str, object]:
    """The namespace of a page of such blocks, each given as its language, a line break, and its content."""
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


def test_what_runs(tmp_path: Path) -> None:
    """Blocks share a folder, which has the named files, a namespace and an environment; all of it is gone afterwards."""
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
        ("console\n$ echo a\nb", "Got:\na"),
        ("console\n$ echo a", "Got:\na"),
        ("console\n$ llmproviders --version\n1", "Got:\nllmproviders "),
        ("console\necho a", "expected '$ command' first"),
        ("python\n>>> 1 + 1\n2\n>>> 1 + 1\n3", "Got:\n    2"),
        ("sql\nSELECT 1", "expected a first line with a file name"),
    ],
)
def test_what_fails(tmp_path: Path, block: str, message: str) -> None:
    """Different output, and content that does not fit its language."""
    with pytest.raises(SybilFailure) as caught:
        run(tmp_path, block)
    assert message in str(caught.value)


@pytest.mark.parametrize("block", ["toml\na = ", "json\n{", "yaml\na: {", "python\n# job.py\ndef", "pyhton\n1", "python\n1 / 0"])
def test_what_is_no_text_of_its_language(tmp_path: Path, block: str) -> None:
    """Also a language that is misspelled, which would not be run otherwise."""
    with pytest.raises(Exception, match=r"."):
        run(tmp_path, block)


def test_on_flink(tmp_path: Path) -> None:
    """There the blocks that need it run."""
    with pytest.raises(SybilFailure):
        run(tmp_path, SKIP, "python\n>>> service\n''", service="http://localhost:1/v1")


def test_the_registry_of_others(tmp_path: Path, empty_registry: None) -> None:
    """Providers that were registered before are not there in a page, and are there after it."""
    set_provider("mine", set_provider("acme", a="b"))
    run(tmp_path, "python\nfrom llmproviders import list_providers\nassert list_providers() == []")
    assert ["acme", "mine"] == list_providers()
