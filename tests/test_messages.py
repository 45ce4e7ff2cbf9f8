# SPDX-License-Identifier: Apache-2.0
"""How messages show values and hints."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from growth import MOST, growth
from hypothesis import given
from hypothesis import strategies as st
from odd_values import LOOP, Own, Whole

from llmproviders import MaskedText, Rejected, RejectedType, Secret, messages
from llmproviders.messages import SimilarNames, circle, closest, did_you_mean, shown, shown_path

HUGE = 10**5000


KEY = "sk-0123456789abcdef"


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (None, {}, "None"),
        (True, {"with_type": True}, "True (bool)"),
        (5, {"with_type": True}, "5 (int)"),
        (Whole.TWO, {}, "2"),
        (HUGE, {}, "a number of more than 30 digits"),
        (0.5, {}, "0.5"),
        ("x\n\u00e9", {"with_type": True}, "'x\\n\\xe9' (str)"),
        ("x" * 60, {}, f"'{'x' * 60}'"),
        ("x" * 61, {}, f"'{'x' * 57}...'"),
        ("it's" * 20, {}, f'"{("it" + chr(39) + "s") * 14}i..."'),
        (f"https://user:{KEY}{'x' * 50}@h", {}, "'https://******@h'"),
        (f"https://h/{'x' * 60}?token={KEY}", {}, f"'https://h/{'x' * 47}...'"),
        (KEY, {"with_type": True}, "'******' (str)"),
        (f"Bearer {KEY}", {}, "'******'"),
        (f'{{"token": "{KEY}"}}', {}, "'******'"),
        ("x", {"hidden": True}, "****** (str)"),
        (5, {"hidden": True}, "a value of type int"),
        (None, {"hidden": True, "with_type": True}, "None"),
        (Secret(KEY), {}, "****** (Secret)"),
        (MaskedText("x", "y"), {}, "****** (MaskedText)"),
        ([KEY], {"with_type": True}, "a value of type list"),
        (LOOP, {}, "a value of type dict"),
        (Own("x"), {}, "'x'"),
        (type("\u00c4", (), {})(), {}, "a value of type \\xc4"),
    ],
    ids=range(24),
)
def test_how_messages_show_values(value: Any, options: dict[str, bool], expected: str) -> None:
    """Values are masked before they are cut, in ASCII and on one line; of other objects only the type is shown."""
    assert expected == shown(value, **options)


def test_hints_of_long_names() -> None:
    """A very long name has no hint, and is no hint."""
    assert "did you mean temperature?" == did_you_mean("temprature", ["temperature", "x" * 999])
    assert "" == did_you_mean("t" * 201, ["t" * 200])


names = st.lists(st.text("abc_-X1", max_size=20), max_size=8)


@given(names, st.text("abc_-X1", min_size=1, max_size=20), st.sampled_from([0.6, 0.84]))
def test_the_first_searches_are_those_of_difflib(known: list[str], given_name: str, cutoff: float) -> None:
    """The first searches find the name that `difflib` finds, and the same again for the same name."""
    import difflib

    spellings = [messages.fold(name) for name in known]
    found = difflib.get_close_matches(messages.fold(given_name), spellings, 1, cutoff)
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
        monkeypatch.setattr(messages, "MAX_COMPARED", 0)

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


def test_circles() -> None:
    """A circle of many names has the first three and the last; a name that looks like a key is masked."""
    assert "a -> b -> a" == circle("ab")
    assert "a -> b -> c -> ... 5 more ... -> i -> a" == circle("abcdefghi")
    assert f"{KEY[:2]} -> '{'x' * 57}...' -> {KEY[:2]}" == circle([KEY[:2], "x" * 61])


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a b/c.toml", "a b/c.toml"), ("a\nb", "'a\\nb'"), ("\ud800", "'\\ud800'"), ("x" * 401, f"'{'x' * 57}...'")],
    ids=range(4),
)
def test_paths(path: str, expected: str) -> None:
    """A path is shown as it is, if it is printable and not very long."""
    assert expected == shown_path(path)


def test_rejections_are_pickled() -> None:
    """A pickled or copied rejection is the same."""
    for error in (Rejected("a", hint="b"), RejectedType("c")):
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert (type(error), str(error), error.expected, error.hint) == (type(again), str(again), again.expected, again.hint)
