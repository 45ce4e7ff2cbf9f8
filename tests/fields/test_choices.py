# SPDX-License-Identifier: Apache-2.0
"""Options that accept some values only: enums, literals and listed strings."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any, ClassVar, Literal

import attrs
import pytest
from own import Mode, RerankProvider

from llmproviders import (
    InvalidOptionsError,
    Provider,
    option,
    options,
)


@pytest.mark.parametrize("given", ["quick-one", "QUICK-ONE", "Quick_One", "quick", "QUICK", Mode.QUICK])
def test_enums(given: Any) -> None:
    """An enum is given as a member, its value or its name, in any letter case."""
    assert Mode.QUICK is RerankProvider("h", mode=given).mode
    assert "deep-thought" == RerankProvider("h", mode="DEEP_THOUGHT").to_options()["mode"]


class Color(str, Enum):
    """An enum whose members are strings."""

    RED = "red"


def test_choices() -> None:
    """The strings that an option accepts may be listed; those of a class attribute are compared to the letter."""

    @attrs.frozen
    class Chosen(Provider):
        identifier = "chosen"
        sizes: ClassVar[tuple[str, ...]] = ("S", "M")
        size: str | None = attrs.field(default=None, kw_only=True, metadata=option("size", choices="sizes", java="String"))
        kind: str | None = attrs.field(default=None, kw_only=True, metadata=option("kind", choices=("a-b", "c"), java="Enum"))
        color: Color = attrs.field(default=Color.RED, kw_only=True, metadata=option("color"))
        one: Literal["only"] = attrs.field(default="only", kw_only=True, metadata=option("one"))

    chosen = Chosen(size="M", kind="A_B", color="RED", one="ONLY")  # type: ignore[arg-type]
    assert {"size": "M", "kind": "a-b", "color": "red", "one": "only"} == chosen.to_options()
    assert [("S", "M"), ("a-b", "c"), ("red",), ("only",)] == [info.allowed for info in options(Chosen)]
    assert chosen == Chosen.from_options({"size": "M", "kind": "A-b", "color": "RED", "one": "Only"})
    for given in ({"size": "m"}, {"kind": "ab"}, {"color": "blue"}, {"one": "other"}):
        with pytest.raises(InvalidOptionsError):
            Chosen(**given)


class One(int, Enum):
    ONE = 1
    TWO = 2


class Half(float, Enum):
    HALF = 0.5
    ONE = 1.0


class Whole(IntEnum):
    ONE = 1
    TWO = 2


class Crossed(Enum):
    SMALL = "m"
    M = "l"


@attrs.frozen(kw_only=True)
class Members(Provider):
    """Options of enums whose members are numbers, and of one whose values are names of other members."""

    identifier = "members"
    one: One | None = attrs.field(default=None, metadata=option("one"))
    half: Half | None = attrs.field(default=None, metadata=option("half"))
    whole: Whole | None = attrs.field(default=None, metadata=option("whole"))
    crossed: Crossed | None = attrs.field(default=None, metadata=option("crossed"))


@pytest.mark.parametrize(
    ("name", "string", "member"),
    [
        *[("one", str(each.value), each) for each in One],
        *[("half", str(each.value), each) for each in Half],
        *[("whole", str(each.value), each) for each in Whole],
        *[("crossed", each.value, each) for each in Crossed],
    ],
)
def test_unusual_members(name: str, string: str, member: Any) -> None:
    """A member is written as its value, and read back."""
    assert {name: string} == Members(**{name: member}).to_options()
    assert member is getattr(Members.from_options({name: string}), name)
    assert member is getattr(Members(**{name: member.name} if name != "crossed" else {name: member.value}), name)
