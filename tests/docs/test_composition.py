# SPDX-License-Identifier: Apache-2.0
"""The example of docs/guides/composition.md has the sizes that the page states, and `explain` knows each of its values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llmproviders import Origin, dumps, explain, load

PAGE = (Path(__file__).parents[2] / "docs" / "guides" / "composition.md").read_text("utf-8")
FILES = ("shared.toml", "acme.toml", "globex.toml")
CATALOGS = [(tenant, environment) for tenant in FILES[1:] for environment in ("dev", "staging", "prod")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of the example."""
    for name in FILES:
        found = re.search(rf"^```toml\n(# {re.escape(name)}\n.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        assert found is not None
        (tmp_path / name).write_text(found[1], encoding="utf-8")
    return tmp_path


def lines(text: str) -> int:
    """The number of lines."""
    return len(text.splitlines())


def test_sizes(folder: Path) -> None:
    """The files take under 80 lines, and copies over 300, as the page says."""
    files = sum(lines((folder / name).read_text("utf-8")) for name in FILES)
    copies = sum(lines(dumps(load(folder / tenant, env=environment), format="toml")) for tenant, environment in CATALOGS)
    assert f"The three files have {files} lines." in PAGE
    assert f"it would be {copies} lines." in PAGE
    assert files < 80
    assert copies > 300


@pytest.mark.parametrize(("tenant", "environment"), CATALOGS)
def test_every_value_has_an_origin(folder: Path, tenant: str, environment: str) -> None:
    """`explain` has a line of a file for each value that is not the default of its class."""
    catalog, origins = explain(folder / tenant, env=environment)
    for name, provider in catalog.items():
        defaults = type(provider)()
        assert [] == [
            option
            for option, origin in origins[name].items()
            if getattr(provider, option) != getattr(defaults, option) and not _is_line(origin, folder)
        ]


def _is_line(origin: Origin, folder: Path) -> bool:
    """Whether an origin is a line that exists, and has the option or the key that makes it."""
    text = (folder / Path(origin.source).name).read_text("utf-8").splitlines()
    return re.match(rf"{origin.key}\b", text[origin.line - 1]) is not None


@pytest.mark.parametrize(("tenant", "environment"), CATALOGS)
def test_round_trip(folder: Path, tenant: str, environment: str) -> None:
    """The copy of each catalog equals it."""
    catalog = load(folder / tenant, env=environment)
    (folder / "copy.toml").write_text(dumps(catalog, format="toml"), encoding="utf-8")
    assert load(folder / "copy.toml") == catalog
