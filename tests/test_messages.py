# SPDX-License-Identifier: Apache-2.0
"""How messages show values and hints."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from odd_values import LOOP, Own, Whole

from llmproviders import MaskedText, Rejected, RejectedType, Secret
from llmproviders.messages import did_you_mean, shown

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


def test_rejections_are_pickled() -> None:
    """A pickled or copied rejection is the same."""
    for error in (Rejected("a", hint="b"), RejectedType("c")):
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert (type(error), str(error), error.expected, error.hint) == (type(again), str(again), again.expected, again.hint)
