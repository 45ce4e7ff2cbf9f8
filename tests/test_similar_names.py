# SPDX-License-Identifier: Apache-2.0
"""Hints with the name that was probably meant."""

from __future__ import annotations

import difflib

import pytest
from growth import MOST, growth
from hypothesis import given
from hypothesis import strategies as st

from llmproviders import similar_names
from llmproviders.similar_names import SimilarNames, closest, did_you_mean, fold


def test_hints_of_long_names() -> None:
    """A very long name has no hint, and is no hint."""
    assert "did you mean temperature?" == did_you_mean("temprature", ["temperature", "x" * 999])
    assert "" == did_you_mean("t" * 201, ["t" * 200])


names = st.lists(st.text("abc_-X1", max_size=20), max_size=8)


@given(names, st.text("abc_-X1", min_size=1, max_size=20), st.sampled_from([0.6, 0.84]))
def test_the_first_searches_are_those_of_difflib(known: list[str], given_name: str, cutoff: float) -> None:
    """The first searches find the name that `difflib` finds, and the same again for the same name."""
    spellings = [fold(name) for name in known]
    found = difflib.get_close_matches(fold(given_name), spellings, 1, cutoff)
    expected = known[spellings.index(found[0])] if found else None
    similar = SimilarNames(known, cutoff=cutoff)
    assert [expected] * 2 == [similar.closest(given_name), similar.closest(given_name)]
    assert expected == closest(given_name, known, cutoff=cutoff)


def _edits(name: str) -> set[str]:
    """The name in another case, and with one character more, less or another, or two swapped, near its ends."""
    edits = {name.upper()}
    for place in (place for place in range(len(name)) if not 11 <= place < len(name) - 11):
        edits |= {name[:place] + name[place + 1 :], f"{name[:place]}~{name[place + 1 :]}", f"{name[:place]}~{name[place:]}"}
        edits.add(name[:place] + name[place : place + 2][::-1] + name[place + 2 :])
    return edits


class TestTheIndexOfSimilarNames:
    """Searches after the first ones find names by an index."""

    NAMES = ("chat", "support-chat", "embed_all", "production-summary-of-calls-1")

    @pytest.fixture(autouse=True)
    def _no_comparison(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(similar_names, "MAX_COMPARED", 0)

    @pytest.mark.parametrize("name", NAMES)
    def test_one_edit(self, name: str) -> None:
        """Every name with one edit near its ends is found."""
        similar = SimilarNames(self.NAMES)
        assert {name} == {similar.closest(each) for each in _edits(name)}

    def test_others(self) -> None:
        """Names that differ more are not found, nor those that are too short to be similar, or come later than asked."""
        similar = SimilarNames([*self.NAMES, "a", "x" * 201])
        assert [None] * 5 == [similar.closest(each) for each in ("chtaa~", "~", "", "x" * 200, "x" * 201)]
        assert None is SimilarNames(self.NAMES, cutoff=0.84).closest("chxt")
        assert ["support-chat", None] == [similar.closest("suport-chat", among=count) for count in (2, 1)]
        assert None is SimilarNames([]).closest("chat")

    def test_hints(self) -> None:
        """A name of which the given one is the only beginning is a hint."""
        similar = SimilarNames(self.NAMES)
        assert ["did you mean production-summary-of-calls-1?", ""] == [similar.hint("Prod"), similar.hint("su")]

    def test_many_names(self) -> None:
        """Many searches among many names, also among very similar ones, cost linear time."""

        def search(size: int) -> None:
            similar = SimilarNames(f"{'a' * (number % 180)}{number}" for number in range(size))
            for number in range(size):
                similar.hint(f"{'a' * (number % 181)}{number}")

        assert growth(lambda size: size, search, 1_000) <= MOST
