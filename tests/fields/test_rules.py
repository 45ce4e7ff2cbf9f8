# SPDX-License-Identifier: Apache-2.0
"""Rules that span options of a user-defined class."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from llmproviders import (
    InvalidClassError,
    InvalidOptionsError,
    Problem,
    Provider,
    Rule,
    Secret,
    at_least,
    option,
)

MARK = "sk-mArKeR-7f3"


def test_own_rules() -> None:
    """A user's rules that span options are checked with everything else, and their problems are reported."""

    def ordered(cls: type[Provider], low: int, high: int) -> Problem | None:
        return None if low <= high else Problem("low_mark", f"at most high_mark of {cls.__name__}", got=str(low))

    def even(cls: type[Provider], low: int) -> Problem | None:
        return Problem("", "an even mark") if low % 2 else None

    @attrs.frozen
    class Marks(Provider):
        identifier = "marks"
        rules = (Rule(("low_mark", "high_mark"), ordered), Rule(("low_mark",), even))
        low_mark: int = attrs.field(default=0, kw_only=True, metadata=option("low-mark"))
        high_mark: int = attrs.field(default=10, kw_only=True, metadata=option("high-mark"), validator=at_least(1))

    with pytest.raises(InvalidOptionsError) as caught:
        Marks(low_mark=11)
    problems = ["low_mark (low-mark): expected at most high_mark of Marks, got 11", "expected an even mark"]
    assert problems == [str(problem) for problem in caught.value.problems]
    # A rule over an option that is wrong is not called.
    with pytest.raises(InvalidOptionsError) as caught:
        Marks(low_mark=12, high_mark=0)
    assert "Marks: high_mark (high-mark): expected an int of at least 1, got 0" == str(caught.value)
    with pytest.raises(InvalidOptionsError):
        Marks(low_mark=4).with_(high_mark=2)
    with pytest.raises(InvalidOptionsError):
        Marks(low_mark=12, high_mark=20).without("high_mark")
    assert Marks(low_mark=4) == Marks(high_mark=4, low_mark=2).with_(low_mark=4, high_mark=10)


def _one_of(cls: type, a: str | None, b: str | None) -> Problem | None:
    return Problem("a", "one of a and b", got="neither") if a is None and b is None else None


@attrs.frozen(kw_only=True)
class Needy(Provider):
    """A class whose rule fails if no option is given."""

    identifier = "wanting"
    rules = (Rule(("a", "b"), _one_of),)
    a: str | None = attrs.field(default=None, metadata=option("a"))
    b: str | None = attrs.field(default=None, metadata=option("b"))
    size: int = attrs.field(default=1, metadata=option("size"))


WAYS_WITHOUT_OPTIONS: dict[str, Callable[[], object]] = {
    "nothing": Needy,
    "None": lambda: Needy(a=None),
    "another option": lambda: Needy(size=2),
    "an extra": lambda: Needy(vendor="x"),
    "extra_options": lambda: Needy(extra_options={"vendor": "x"}),
    "from_options": lambda: Needy.from_options({}),
    "from_options, another": lambda: Needy.from_options({"size": "2"}),
    "with_": lambda: Needy(a="x").with_(a=None),
    "with_, and another": lambda: Needy(a="x").with_(a=None, size=2),
    "without": lambda: Needy(a="x").without("a"),
}


@pytest.mark.parametrize("way", WAYS_WITHOUT_OPTIONS)
def test_a_rule_that_needs_an_option(way: str) -> None:
    """A rule is checked for every provider, however it is made."""
    with pytest.raises(InvalidOptionsError, match="^Needy: a: expected one of a and b, got neither$"):
        WAYS_WITHOUT_OPTIONS[way]()
    assert {"a": "x", "size": "2"} == Needy(a="x", size=2).to_options()
    assert 2 == Needy(b="x").with_(size=2).size


def test_a_rule_over_an_iterator() -> None:
    """A rule over an option whose value can be read only once is checked too."""

    def need(cls: type, tags: str, region: str | None) -> Problem | None:
        return Problem("region", "a region beside tags", got="none") if tags and region is None else None

    @attrs.frozen(kw_only=True)
    class Tagged(Provider):
        identifier = "tagged"
        rules = (Rule(("tags", "region"), need),)
        tags: str = attrs.field(default="", converter=",".join, metadata=option("tags"))
        region: str | None = attrs.field(default=None, metadata=option("region"))

    with pytest.raises(InvalidOptionsError, match="^Tagged: region: expected a region beside tags, got none$"):
        Tagged(tags=(each for each in "ab"))  # type: ignore[arg-type]


def test_rules_that_fail() -> None:
    """A rule that raises is reported, and a class with a rule over unknown names is refused."""

    def larger(cls: type, a: Any, b: Any) -> Problem | None:
        return Problem("a", "at most b") if a > b else None

    @attrs.frozen(kw_only=True)
    class Failing(Provider):
        identifier = "failing"
        rules = (Rule(("a", "b"), larger),)
        a: int | None = attrs.field(default=None, metadata=option("a"))
        b: int | None = attrs.field(default=None, metadata=option("b"))

    @attrs.frozen(kw_only=True)
    class Unknown(Failing):
        identifier = "unknown"
        rules = (Rule(("a", "nope"), larger),)

    assert 1 == Failing(a=1, b=2).a
    for given in ({}, {"a": 1}):
        with pytest.raises(InvalidOptionsError) as caught:
            Failing(**given)
        got = f"its TypeError ('>' not supported between instances of '{'int' if given else 'NoneType'}' and 'NoneType')"
        assert f"Failing: a: expected values that the rule over a and b accepts, got {got}" == str(caught.value)
    with pytest.raises(InvalidClassError, match="^Unknown: expected rules over its options, got one over nope$"):
        Unknown()


def test_rules_that_raise_secrets() -> None:
    """The message of an exception of a rule is masked, and is not shown if an option of the rule may hold a secret."""

    def fail(cls: type, endpoint: str | None, other: str | None) -> None:
        raise ValueError(f"{cls.__name__}: {endpoint} {other}")

    @attrs.frozen(kw_only=True)
    class Leaking(Provider):
        identifier = "leaking"
        rules = (Rule(("endpoint", "zone"), fail),)
        endpoint: str | None = attrs.field(default=None, metadata=option("endpoint", format="url"))
        zone: str | None = attrs.field(default=None, metadata=option("zone"))

    @attrs.frozen(kw_only=True)
    class Hidden(Leaking):
        identifier = "hidden"
        rules = (Rule(("zone", "key"), fail),)
        key: Secret | None = attrs.field(default=None, metadata=option("key"))

    with pytest.raises(InvalidOptionsError) as caught:
        Leaking(endpoint=f"https://me:{MARK}@h", zone="eu")
    assert "got its ValueError (Leaking: https://******@h eu)" in str(caught.value)
    with pytest.raises(InvalidOptionsError, match=re.escape("got its ValueError (Leaking: None ******)")):
        Leaking(zone="sk-0123456789abcdef0123")
    with pytest.raises(InvalidOptionsError, match="the rule over zone and key accepts, got its ValueError$"):
        Hidden(key=MARK, zone=MARK)


@attrs.frozen(kw_only=True)
class Ruled(Provider):
    """A class whose rule does not return a `Problem`."""

    identifier = "ruled"
    key: Secret | None = attrs.field(default=None, metadata=option("key"))
    x: str | None = attrs.field(default=None, metadata=option("x"))
    rules = (Rule(("x",), lambda cls, x: f"not {x}" if x == "bad" else None),)  # type: ignore[arg-type, return-value]


def test_rules_that_return_something_else() -> None:
    """A rule that returns neither a `Problem` nor None is reported."""
    with pytest.raises(InvalidOptionsError) as caught:
        Ruled(key=MARK, x="bad")
    assert "Ruled: x: expected a rule that returns a Problem or None, got 'not bad'" == str(caught.value)
