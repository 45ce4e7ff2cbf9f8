# SPDX-License-Identifier: Apache-2.0
"""Bounds of numbers: `between` and `at_least`."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import attrs
import pytest
from attrs_classes import problem_names

from llmproviders import (
    Provider,
    Rejected,
    at_least,
    between,
    option,
)


@pytest.mark.parametrize(
    ("rule", "expected", "good", "bad"),
    [
        (between(0, 1), "from 0 to 1", (0, 0.5, 1), (-1, 1.1)),
        (between(0, 1, open_low=True), "greater than 0 and at most 1", (0.1, 1), (0, 1.1)),
        (at_least(3), "of at least 3", (3, 4), (2,)),
        (between(3, math.inf, open_low=True), "greater than 3", (4,), (3,)),
    ],
    ids=range(4),
)
def test_bounds(rule: Any, expected: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    """A bound has an expectation in words, and is a validator for any attrs class."""
    assert expected == rule.expected

    @attrs.frozen
    class Plain:
        x: float | None = attrs.field(validator=rule)

    for value in (*good, None):
        Plain(value)
    for value in bad:
        with pytest.raises(Rejected) as caught:
            Plain(value)
        assert f"expected a number {expected}" == str(caught.value)
    assert rule == attrs.evolve(rule)


def test_bounds_of_other_numbers() -> None:
    """`between` validates every type that can be compared."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        wait: timedelta = attrs.field(
            default=timedelta(seconds=1),
            validator=between(timedelta(0), timedelta(seconds=5)),  # type: ignore[arg-type]
            metadata=option("wait"),
        )

    assert ["wait"] == problem_names(lambda: Own(wait=timedelta(seconds=6)))
    assert {"wait": "5s"} == Own(wait=timedelta(seconds=5)).to_options()
