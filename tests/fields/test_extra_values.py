# SPDX-License-Identifier: Apache-2.0
"""The mapping of extra options, and the values that it accepts."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_values import LOOP, Broken, ForeignInt, Own, Whole, Word, nested, url_parts

from llmproviders import MASK, MaskedText, Rejected, Secret
from llmproviders.fields.extras import ExtraOptions, extra_value
from llmproviders.secrets import reveal

HUGE = 10**5000
KEY = "sk-0123456789abcdef"
url_texts = st.lists(url_parts, max_size=12).map("".join)


def test_extras_are_a_mapping() -> None:
    """Extra options are an immutable, hashable mapping: equal in any order, the same after pickling, with plain keys."""
    extras = ExtraOptions({"b": 1, Word.ONE: True, "none": None, "api-key": "k"})
    assert ["b", "one", "api-key"] == list(extras)
    assert all(type(key) is str for key in extras)
    other = ExtraOptions({"api-key": "k", "one": "true", "b": "1"})
    assert (extras, hash(extras)) == (other, hash(other))
    assert extras == {"one": "true", "b": "1", "api-key": Secret("k")}
    assert extras != {"b": "1"}
    assert extras != 5
    assert extras == pickle.loads(pickle.dumps(extras)) == copy.deepcopy(extras) == copy.copy(extras)
    assert list(extras) == list(pickle.loads(pickle.dumps(extras)))
    assert ExtraOptions(extras) is extras
    assert extras.changed({}) is extras
    changed = extras.changed({"b": "2", Word.ONE: None, "c": 3})
    assert [("b", "2"), ("api-key", Secret("k")), ("c", "3")] == list(changed.items())
    assert ["b", "one", "api-key"] == list(extras)
    assert "{'b': '1', 'one': 'true', 'api-key': Secret('******')}" == repr(extras)
    for change in (lambda: setattr(extras, "_options", {}), lambda: delattr(extras, "_options")):
        with pytest.raises(AttributeError):
            change()
    with pytest.raises(KeyError):
        extras["none"]


def test_values_that_look_like_keys() -> None:
    """A value that looks like a key is a secret under any name, and is one again when its string is read."""
    extras = ExtraOptions({"app_id": Secret(KEY), "other": KEY, "model": "Meta-Llama-3-70B-Instruct-Turbo"})
    assert [Secret(KEY), Secret(KEY), "Meta-Llama-3-70B-Instruct-Turbo"] == list(extras.values())
    assert extras == ExtraOptions({key: reveal(value) for key, value in extras.items()})


class Unreadable(Mapping[str, object]):
    """A mapping that raises when its value is read."""

    def __getitem__(self, key: str) -> object:
        raise RuntimeError(KEY)

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


ODD = [
    *("", "[" * 600, '{"a":' * 600, "\ud800", f"https://{MASK}@h", "{", f"['{KEY}'", Own("x"), Word.ONE, Whole.TWO),
    *(
        HUGE,
        -HUGE,
        10**400,
        math.nan,
        LOOP,
        nested(300),
        Unreadable(),
        object(),
        b"x",
        {1: 2},
        {"a": {1}},
        Secret("\ud800"),
        None,
    ),
    *(MaskedText("\ud800", MASK), MaskedText(MASK, MASK), Secret.from_env("X"), Broken(), ForeignInt(HUGE), 1j, {"token": HUGE}),
]


@pytest.mark.parametrize("key", ["x", "api-key", Word.ONE, Own("x"), "\ud800", "", 5, None, HUGE, KEY, "x" * 9999], ids=range(11))
@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_any_extra_is_accepted_or_rejected(key: Any, value: Any) -> None:
    """Any key and value are accepted or rejected; the message is short and shows no secret."""
    for make in (
        lambda: extra_value(key, value),
        lambda: ExtraOptions({key: value}),
        lambda: ExtraOptions().changed({key: value}),
    ):
        try:
            make()
        except Rejected as error:
            assert KEY not in str(error)
            assert len(str(error)) < 200
            assert str(error).isascii()


@given(st.text() | url_texts, st.recursive(st.text() | st.integers() | st.floats() | url_texts, st.lists))
def test_accepted_extras(key: str, value: Any) -> None:
    """An accepted value is a plain string or a secret, and does not change when it is accepted again."""
    try:
        made = extra_value(key, value)
    except Rejected:
        return
    assert type(made) in (str, MaskedText, Secret)
    assert made == extra_value(key, made) == extra_value(key, reveal(made))
    assert type(made) is type(extra_value(key, made))
