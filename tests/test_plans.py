# SPDX-License-Identifier: Apache-2.0
"""The generated functions do what the plain path does, for what is given once as for what is given often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from own import RerankProvider
from strategies import CLASSES, arguments, build, providers

import llmproviders
from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    Provider,
    Secret,
    TritonProvider,
    option,
    plans,
)

CHAT = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key="k", temperature=0.5)


def outcome(make: Callable[[], Any]) -> Any:
    """What a call gives: its result, or all that is wrong with it."""
    try:
        return make()
    except InvalidOptionsError as error:
        return str(error)


def often(make: Callable[[], Any]) -> Any:
    """What the last of many calls gives, which a generated function answers, if any does; the first gave the same."""
    first = outcome(make)
    for _ in range(plans.USES + 1):
        last = outcome(make)
    assert first == last
    return last


def shown(provider: Any) -> Any:
    """Everything of a provider that can be told."""
    return (
        (provider, provider._shape.names, provider._values, provider.to_options()) if isinstance(provider, Provider) else provider
    )


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "USES", 1)


@given(st.data())
def test_made(data: st.DataObject) -> None:
    """A provider of the same arguments is the same each time."""
    cls = data.draw(st.sampled_from(CLASSES))
    given_ = data.draw(arguments(cls))
    assert shown(build(cls, given_)) == shown(often(lambda: build(cls, given_)))


@given(st.data())
def test_changed(data: st.DataObject) -> None:
    """A variant with the same changes is the same each time, whether they are right or wrong."""
    cls = data.draw(st.sampled_from([cls for cls in CLASSES if cls is not GenericProvider]))
    base = data.draw(providers(cls))
    changes = data.draw(arguments(cls))
    names = data.draw(st.sets(st.sampled_from(sorted(changes)))) if changes else set()
    picked = {name: value for name, value in changes.items() if name in names}
    assert shown(outcome(lambda: base.with_(**picked))) == shown(often(lambda: base.with_(**picked)))


@given(st.data())
def test_read(data: st.DataObject) -> None:
    """The provider of the same texts is the same each time."""
    cls = data.draw(st.sampled_from([cls for cls in CLASSES if cls is not GenericProvider]))
    flat = data.draw(providers(cls)).to_options()
    assert shown(outcome(lambda: cls.from_options(flat))) == shown(often(lambda: cls.from_options(flat)))


@given(st.data())
def test_flat(data: st.DataObject) -> None:
    """Options are the same each time, each time a dict of its own."""
    provider = data.draw(st.sampled_from(CLASSES).flatmap(providers))
    table = provider._table()
    first = table.flatten(provider._shape, provider._values)
    for _ in range(plans.USES + 2):
        assert list(first.items()) == list(table.flatten(provider._shape, provider._values).items())
    assert first is not table.flatten(provider._shape, provider._values)


CALLS: dict[str, Callable[[], Any]] = {
    "a wrong value": lambda: OpenAICompatProvider(endpoint="e", temperature="hot"),
    "a value at its default": lambda: OpenAICompatProvider(endpoint="e", retry_num=100),
    "a value that goes back to its default": lambda: CHAT.with_(retry_num=5).with_(retry_num=100),
    "an option that is not emitted": lambda: CHAT.with_(retry_num=None),
    "an option that goes": lambda: CHAT.with_(temperature=None),
    "a broken rule": lambda: OpenAICompatProvider(api_key="k", task="embeddings"),
    "a rule that a change breaks": lambda: CHAT.with_(task="embeddings"),
    "an unknown name": lambda: OpenAICompatProvider(endpoint="e", temprature=1),
    "an extra option": lambda: OpenAICompatProvider(endpoint="e", top_k=1),
    "extra options": lambda: OpenAICompatProvider(endpoint="e", extra_options={"top_k": 1}),
    "what is required": lambda: TritonProvider(model_name="m"),
    "by position": lambda: TritonProvider("http://t"),
    "no change": CHAT.with_,
    "a text that is none": lambda: OpenAICompatProvider.from_options({"endpoint": "e", "model": 1}),
    "a text that cannot be read": lambda: OpenAICompatProvider.from_options({"endpoint": "e", "n": "x"}),
    "an unknown key": lambda: OpenAICompatProvider.from_options({"endpoint": "e", "x": "1"}),
    "two keys of one option": lambda: OpenAICompatProvider.from_options({"content-type": "TEXT", "content-types": "TEXT;TEXT"}),
    "validators of ones own": lambda: RerankProvider(endpoint="http://h", top_n=5),
}


@pytest.mark.parametrize("call", CALLS)
def test_what_is_out_of_the_ordinary(call: str) -> None:
    """It is left to the plain path, which says the same each time."""
    assert shown(outcome(CALLS[call])) == shown(often(CALLS[call]))


def test_a_text_with_a_hook_of_its_own() -> None:
    """It is written by the hook, also where its value is a plain text."""
    assert {"word": "HUSH", "tone": "low"} == plans.flattener({"word": "", "tone": "low"}, {"word": (0, str.upper)})(("hush",))


def test_references_are_looked_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generated function keeps no text of a secret."""
    provider = CHAT.with_(api_key=Secret.from_env("LLMPROVIDERS_TEST_KEY"))
    for key in ("one", "two", "three", "four"):
        monkeypatch.setenv("LLMPROVIDERS_TEST_KEY", key)
        assert key == provider.to_options()["api-key"]


def test_a_class_that_has_the_last_word() -> None:
    """A class with a hook after its making is made by the plain path."""
    made = []

    @attrs.frozen(kw_only=True)
    class Counted(Provider):
        identifier = "counted"
        size: int = attrs.field(default=1, metadata=option("size"))

        def __attrs_post_init__(self) -> None:
            made.append(self.size)

    for _ in range(plans.USES + 2):
        Counted(size=3).with_(size=4)
    assert [3, 4] * (plans.USES + 2) == made


def test_plans_are_not_hoarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered for a shape is bounded."""
    monkeypatch.setattr(plans, "MAX_PLANS", 2)
    known = plans.Plans(lambda given: None)
    for name in "abcdef":
        assert known.get((name,)) is None
    assert len(known._known) <= 2


def test_the_converter_reads_texts() -> None:
    """The hook that reading passes over is there all the same."""
    assert "a" == llmproviders.converter.structure("a", str)
