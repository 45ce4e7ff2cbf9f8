# SPDX-License-Identifier: Apache-2.0
"""The page on benchmarks, its plots and the table of the README agree with the results: run ``python -m benchmarks --docs``."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import page, plots
from benchmarks.report import GOALS

FOUND = page.read()


@pytest.mark.parametrize("path", page.PAGES, ids=lambda path: path.name)
def test_tables_agree_with_the_results(path: Path) -> None:
    """The tables of a page are those of the results."""
    text = path.read_text(encoding="utf-8")
    assert page.filled(text, FOUND) == text


def test_the_page_has_every_table() -> None:
    """Each table stands once in the page."""
    text = page.PAGES[0].read_text(encoding="utf-8")
    assert sorted(page.TABLES) == sorted(name for _, name, _ in page.BLOCK.findall(text))


@pytest.mark.parametrize("plot", plots.PLOTS)
def test_plots_agree_with_the_results(plot: str) -> None:
    """A plot was drawn from the results, is small, and the page shows it."""
    for theme in plots.THEMES:
        path = plots.path_of(plot, theme)
        text = path.read_text(encoding="utf-8")
        assert f"data: {plots.digest_of(plot, FOUND)}" in text
        assert len(text) < 40_000
        assert f"](benchmarks/{path.name}){{.only-{theme}}}" in page.PAGES[0].read_text(encoding="utf-8")


def test_equal_data_give_equal_plots(tmp_path: Path) -> None:
    """Drawing twice gives the same bytes, without a date."""
    pytest.importorskip("matplotlib")
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        plots.write(FOUND, folder)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert sorted(path.name for path in page.FOLDER.glob("*.svg")) == names
    for name in names:
        drawn = (tmp_path / "a" / name).read_text(encoding="utf-8")
        assert drawn == (tmp_path / "b" / name).read_text(encoding="utf-8")
        assert not re.search(r"dc:date|/home/|/root/|/tmp/", drawn)


def test_every_goal_and_row_was_measured() -> None:
    """The results have each row that has a goal, and each row of the README, of a run that was not quick."""
    measured = {(each["row"], each["peer"]) for each in FOUND["results"]}
    assert set() == set(GOALS) - measured
    assert set() == set(page.README) - {row for row, _ in measured}
    assert FOUND["quick"] is False


def test_names_on_a_plot_do_not_overlap() -> None:
    """Names at the ends of lines keep a distance, and their order."""
    moved = plots.apart({"a": 0.0, "b": 0.01, "c": 5.0, "d": 0.02}, 1)
    assert ["a", "b", "d", "c"] == sorted(moved, key=moved.__getitem__)
    places = sorted(moved.values())
    assert all(high - low > 0.99 for low, high in pairwise(places))
