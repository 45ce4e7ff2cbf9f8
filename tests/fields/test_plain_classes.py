# SPDX-License-Identifier: Apache-2.0
"""The converter writes and reads attrs classes that are no providers."""

from __future__ import annotations

import attrs
import pytest

from llmproviders import (
    InvalidOptionsError,
    converter,
    option,
    options,
)


def test_classes_that_are_no_providers() -> None:
    """The converter writes and reads any attrs class with options."""

    @attrs.frozen
    class Plain:
        size: int = attrs.field(default=1, metadata=option("the-size"))

    assert {"the-size": "2"} == converter.unstructure(Plain(2))
    assert Plain(2) == converter.structure({"the-size": "2"}, Plain)
    with pytest.raises(InvalidOptionsError) as caught:
        converter.structure({"the-size": "x", "more": "y"}, Plain)
    assert (
        "Plain: 2 problems\n  size (the-size): expected a whole number in digits, got 'x'\n"
        "  more: expected an option of Plain, got an unknown key"
    ) == str(caught.value)


def test_structuring_plain_classes() -> None:
    """Any attrs class with options can be read from a flat dict; values that cannot be read are named."""

    @attrs.frozen
    class Plain:
        size: int = attrs.field(metadata=option("size-of"))
        flag: bool = attrs.field(default=False, metadata=option("flag"))
        extra_options: dict[str, str] = attrs.field(factory=dict)

    assert Plain(5, flag=True) == converter.structure({"size-of": "5", "flag": "TRUE"}, Plain)
    assert Plain(5, extra_options={"x": "y"}) == converter.structure({"size-of": "5", "x": "y"}, Plain)
    assert {"size-of": "5", "flag": "false", "x": "y"} == converter.unstructure(Plain(5, extra_options={"x": "y"}))
    with pytest.raises(InvalidOptionsError) as caught:
        converter.structure({"size-of": "5.0", "flag": "yes"}, Plain)
    assert [
        "size (size-of): expected a whole number in digits, got '5.0'",
        "flag: expected true or false, got 'yes'",
    ] == [str(problem) for problem in caught.value.problems]
    assert ["size", "flag"] == [info.name for info in options(Plain)]


def test_plain_classes_with_aliases() -> None:
    """The constructor of a class that is no provider is called with the names of its arguments."""

    @attrs.frozen
    class Plain:
        _size: int = attrs.field(default=1, metadata=option("the-size"))
        made: str = attrs.field(default="m", init=False, metadata=option("made"))

    assert Plain(2) == converter.structure(converter.unstructure(Plain(2)), Plain)
