# SPDX-License-Identifier: Apache-2.0
"""The command `explain`."""

from __future__ import annotations

import importlib.metadata
import webbrowser
from email.message import Message
from pathlib import Path

import pytest
from command_line import in_terminal, run, run_json

from llmproviders.cli import explanations
from llmproviders.cli.explanations import examples
from llmproviders.codes import CODES, GROUPS


def published_at(monkeypatch: pytest.MonkeyPatch, *urls: str) -> None:
    """Let the metadata of the package have these URLs of the project."""
    metadata = Message()
    for url in urls:
        metadata["Project-URL"] = url
    monkeypatch.setattr(importlib.metadata, "metadata", lambda name: metadata)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the browser is given."""
    addresses: list[str] = []

    def open_(address: str) -> bool:
        addresses.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", open_)
    return addresses


def test_explain_a_code() -> None:
    """With a code, its meaning, an example, the message and the solution are printed."""
    assert """\
literal-secret

The file contains a literal secret, which everybody who can read the file can see.

For example, `catalog.toml`:

    [providers.chat]
    preset = "deepseek"
    api_key = "sk-demo"

`llmproviders check catalog.toml` prints:

    catalog.toml:3:1: warning: providers.chat.api_key: expected a reference, because this string is a secret, got ******; \
write api_key = { env = "NAME" } or { file = "path" } [literal-secret]

Write a reference instead.

    [providers.chat]
    preset = "deepseek"
    api_key = { env = "DEEPSEEK_API_KEY" }

A catalog with it loads. It can be ignored: `llmproviders check --ignore literal-secret`, or \
`ignore = ["literal-secret"]` in the entry.
""" == run("explain", "literal-secret")


def test_explain_an_error() -> None:
    """A code that cannot be ignored says so, and an example has all its files."""
    shown = run("explain", "unknown-environment")
    assert shown.endswith("\nIt cannot be ignored.\n")
    assert "\nBeside it, `catalog.toml`:\n\n    [providers.chat]\n" in shown
    assert "\nThe message of the exception:\n\n    catalog.toml: env: expected an environment of the catalog, got 'prd'" in shown


def test_explain_another_command_for_the_solution() -> None:
    """If the solution is another runtime, its command is printed."""
    assert "`llmproviders check catalog.toml --against vvr-11.9` has no problem." in run("explain", "broken-factory")


@pytest.mark.parametrize("name", CODES)
def test_explain_in_a_terminal(name: str) -> None:
    """In a terminal of 80 columns, sentences and messages are wrapped, and code is not."""
    shown = in_terminal("explain", name)
    example = examples()[name]
    lines = {line.strip() for line in (example.wrong + example.right).splitlines()}
    assert [] == [line for line in shown.splitlines() if len(line) > 80 and line.strip() not in lines]
    assert lines <= {line.strip() for line in shown.splitlines()}
    assert " ".join(example.message.split()) in " ".join(shown.split())


def test_explain_all_codes() -> None:
    """Without a code, all are listed by group in the order of the table."""
    lines = [line.strip() for line in run("explain").splitlines()]
    assert [*GROUPS] == [line for line in lines if line in GROUPS]
    assert list(CODES) == [line.split()[0] for line in lines if line and line.split()[0] in CODES]


def test_explain_as_json() -> None:
    """With --json, a code is a record with its group and its example."""
    assert list(CODES) == [each["name"] for each in run_json("explain")]
    (found,) = run_json("explain", "literal-secret")
    assert {"group", "name", "meaning", "solution", "is_check", "example"} == set(found)
    assert ("Checks of files", "toml") == (found["group"], found["example"]["language"])


def test_explain_an_unknown_code() -> None:
    """An unknown code is a usage error with advice, also with --open."""
    for option in ([], ["--open"]):
        assert "no problem has the code 'literal-secrets'; did you mean literal-secret?\n" == run(
            "explain", "literal-secrets", *option, code=2
        )
        assert "no problem has the code '9'; llmproviders explain lists all codes\n" == run("explain", "9", *option, code=2)


def test_open_the_published_page(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """--open opens the anchor of the code at the address that the metadata of the package names."""
    published_at(monkeypatch, "Source, https://example.com/source", "Documentation, https://example.com/docs/")
    assert "" == run("explain", "literal-secret", "--open")
    assert "" == run("explain", "--open")
    page = "https://example.com/docs/reference/codes.html"
    assert [f"{page}#literal-secret", page] == opened


def test_open_the_built_page(opened: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without such an address, --open opens the page that is built in the clone; if it is not built, it says how."""
    published_at(monkeypatch)
    monkeypatch.setattr(explanations, "_CLONE", tmp_path)
    hint = "the documentation is not on this machine; in a clone, build it: bash scripts/docs\n"
    assert hint == run("explain", "literal-secret", "--open", code=2)
    page = tmp_path / "build" / "docs" / "reference" / "codes.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert "" == run("explain", "literal-secret", "--open")
    assert [f"{page.as_uri()}#literal-secret"] == opened


def test_open_without_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without a browser, --open prints the address."""
    published_at(monkeypatch, "Documentation, https://example.com")
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    address = "https://example.com/reference/codes.html#plain-http"
    assert f"no browser can be started; the page is {address}\n" == run("explain", "plain-http", "--open", code=2)


def test_open_and_json() -> None:
    """--open prints nothing, so that --json has no meaning with it."""
    assert "expected --open or --json, got both\n" == run("explain", "--open", "--json", code=2)
