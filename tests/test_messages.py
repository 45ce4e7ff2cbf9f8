# SPDX-License-Identifier: Apache-2.0
"""Values, names and paths in messages."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from odd_values import LOOP, Own, Whole

from llmproviders import MaskedText, Rejected, RejectedType, Secret
from llmproviders.messages import shown, shown_cycle, shown_path

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


def test_cycles() -> None:
    """A cycle of many names has the first three and the last; a name that looks like a key is masked."""
    assert "a -> b -> a" == shown_cycle("ab")
    assert "a -> b -> c -> ... 5 more ... -> i -> a" == shown_cycle("abcdefghi")
    assert f"{KEY[:2]} -> '{'x' * 57}...' -> {KEY[:2]}" == shown_cycle([KEY[:2], "x" * 61])


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
