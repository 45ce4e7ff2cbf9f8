# SPDX-License-Identifier: Apache-2.0
"""Values of unusual types, to test which values are accepted."""

from __future__ import annotations

from enum import Enum, IntEnum
from numbers import Integral, Real
from typing import Any

from hypothesis import strategies as st

from llmproviders import MASK

KEY = "sk-0123456789abcdef"


class Word(str, Enum):
    ONE = "one"


class Whole(IntEnum):
    TWO = 2


class ForeignInt:
    """An integer as NumPy has them: registered as `Integral`, but no subclass of int."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value

    def __float__(self) -> float:
        return float(self.value)


class ForeignFloat:
    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value


class Broken:
    def __float__(self) -> float:
        raise RuntimeError(KEY)


Integral.register(ForeignInt)
Real.register(ForeignFloat)
Real.register(Broken)


url_parts = st.sampled_from(
    [
        "http://",
        "https://",
        "://",
        "user",
        "p@ss",
        ":",
        "@",
        "/",
        "?",
        "&",
        "=",
        "#",
        "key",
        "token=",
        MASK,
        "8080",
        " ",
        "h",
        "a=b",
    ]
)


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


class Own(str):
    __slots__ = ()

    def isascii(self) -> bool:
        raise RuntimeError(KEY)

    def __str__(self) -> str:
        raise RuntimeError(KEY)


LOOP: dict[str, Any] = {}

LOOP["a"] = [LOOP]
