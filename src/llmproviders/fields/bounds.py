# SPDX-License-Identifier: Apache-2.0
"""Bounds of numbers: the field validators `between` and `at_least`."""

from __future__ import annotations

import math
from typing import Any

import attrs

from ..errors import Rejected

__all__ = ["Between", "at_least", "between"]


@attrs.frozen
class Between:
    """A validator for `attrs.field`: the number is from *low* to *high*, but not *low* itself if *open_low*; None passes."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False

    @property
    def expected(self) -> str:
        """The rule in words, for messages and documentation."""
        if self.high == math.inf:
            return f"greater than {self.low}" if self.open_low else f"of at least {self.low}"
        return f"greater than {self.low} and at most {self.high}" if self.open_low else f"from {self.low} to {self.high}"

    def holds(self, value: float) -> bool:
        """Whether *value* lies within the bounds."""
        return self.low <= value <= self.high and not (self.open_low and value == self.low)

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Raise `Rejected` for a value that is not within the bounds; None passes."""
        if value is not None and not self.holds(value):
            raise Rejected(f"a number {self.expected}")


def between(low: float, high: float, *, open_low: bool = False) -> Between:
    """Return a validator for `attrs.field`: the number is from *low* to *high*; None passes.

    Args:
        low: the lower bound.
        high: the upper bound, included.
        open_low: whether the lower bound is excluded; by default it is included.
    """
    return Between(low, high, open_low)


def at_least(low: float) -> Between:
    """Return a validator for `attrs.field`: the number is *low* or more; None passes."""
    return Between(low)
