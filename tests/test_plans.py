# SPDX-License-Identifier: Apache-2.0
"""The generated functions do what the plain path does, for what is given once as for what is given often."""

from __future__ import annotations

import gc
import sys
import tracemalloc
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
    MaskedText,
    OpenAICompatProvider,
    Provider,
    Secret,
    TritonProvider,
    documents,
    flat,
    flinktext,
    option,
    plans,
    routines,
    to_dict,
    values,
)
from llmproviders.documents import provider_by_routine, provider_of
from llmproviders.providers import openai_compat
from llmproviders.secrets import reveal

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
    plain = provider._table().flatten(provider._shape, provider._values)
    for _ in range(plans.USES + 2):
        flat = provider._flatten()
        assert list(plain.items()) == list(flat.items())
    assert flat is not provider._flatten()
    assert provider._table().is_lasting(provider._shape, provider._values) == (provider._flat is not None)


@given(st.data())
def test_entries(data: st.DataObject) -> None:
    """An entry of a document is the same provider, or has the same problems, each time."""
    cls = data.draw(st.sampled_from([cls for cls in CLASSES if cls is not GenericProvider]))
    base, other = data.draw(providers(cls)), data.draw(providers(cls))
    entries = [to_dict(other, secrets="reveal")]
    entries.append({"extends": "base", **{key: value for key, value in entries[0].items() if key not in ("provider", "omit")}})
    for entry in entries:
        wrong = dict.fromkeys(data.draw(st.lists(st.sampled_from(sorted(entry)), max_size=1)), data.draw(WRONG))
        for each in (entry, entry | wrong):
            plain = shown(provider_of(each, lambda name: base)[0])
            for _ in range(plans.USES + 2):
                routine = provider_by_routine(each, {"base": base})
                assert routine is None or shown(routine) == plain


WRONG = st.sampled_from([None, True, -1, 1.5, "", "x", "RETRY", [], ["a", 1], {}, {"env": "LLMPROVIDERS_TEST_KEY"}, {"a": "b"}])


def test_entries_of_the_usual_kind_are_routine() -> None:
    """What a catalog is full of needs no second look."""
    provider = {
        "provider": "openai-compat",
        "endpoint": "https://h/v1/chat/completions",
        "api_key": {"env": "LLMPROVIDERS_TEST_KEY"},
        "n": 2,
    }
    for entry in (provider, {"extends": "base", "stop": ["END"], "temperature": 0.5}):
        made = [provider_by_routine(entry, {"base": CHAT}) for _ in range(plans.USES + 1)]
        assert made[-1] is not None
        assert shown(made[-1]) == shown(provider_of(entry, lambda name: CHAT)[0])


def test_what_documents_remember_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries of ever new keys fill no memory."""
    monkeypatch.setattr(documents, "MAX_PLANS", 2)
    names = ["temperature", "top_p", "n", "seed", "model"]
    for name in names:
        for _ in range(plans.USES + 1):
            provider_by_routine({"extends": "base", name: None}, {"base": CHAT})
    assert 1 <= len(CHAT._shape.recipes) <= 2


FUNCTIONS = {
    "accept_text": values.accept_text,
    "accept_boolean": values.accept_boolean,
    "an int": values.number_acceptor("Integer", values.at_least(1)),
    "a float": values.number_acceptor("Double", values.between(0, 1, open_low=True)),
    "a choice": values.choice_acceptor(["RETRY", "IGNORE"]),
    "secret": values.secret,
    "required_secret": values.required_secret,
    "url": values.url,
    "duration": values.duration,
    "json_object": values.json_object,
    "json_headers": values.json_headers,
    "stop_texts": values.stop_texts,
    "content_types": openai_compat.content_types,
}
READERS = {
    "read_boolean": flinktext.read_boolean,
    "read_integer": flinktext.read_integer,
    "read_double": flinktext.read_double,
    "as_is": flat.as_is,
    "sequence": flat._read_sequence,
}
TEXTS = st.one_of(
    st.text(max_size=6),
    st.text("0123456789.+-eEtrufals;@?&$*{}", max_size=20),
    st.integers().map(str),
    st.floats().map(repr),
    st.sampled_from(
        ["true", "false", "TEXT", "IMAGE_URL", "RETRY", "1s", "2 min", '{"a": 1}', '{"X-A": "b"}', '{"a_key": "b"}', "x" * 5000]
    ),
    st.sampled_from(["https://h/p", "https://u:p@h", "https://h?api_key=x", "${a.b}", "sk-1", "******", "\u0665", "a" * 400]),
)
ANY = st.one_of(TEXTS, TEXTS.map(lambda text: MaskedText(text, "x")), st.integers(), st.floats(), st.booleans(), st.none())


def result(function: Callable[[Any], Any], value: Any) -> Any:
    """What a function returns, with its type and what is masked; None where it raises."""
    try:
        found = function(value)
    except (ValueError, TypeError):
        return None
    return type(found), str(found), reveal(found) if isinstance(found, (str, Secret)) else found


@pytest.mark.parametrize("name", [*FUNCTIONS, *READERS])
@given(data=st.data())
def test_what_is_known_without_a_call(name: str, data: st.DataObject) -> None:
    """Where a function's result is said to be known, the function returns it, before and after it remembers texts."""
    function = {**FUNCTIONS, **READERS}[name]
    value = data.draw(TEXTS if name in READERS else ANY)
    routine = routines.routine_of(function)
    assert routine is not None
    when, known = (
        eval(f"lambda value: {part.format(value='value', **{each: each for each in routine.names})}", dict(routine.names))
        for part in routine[:2]
    )
    for _ in range(2):
        expected = result(function, value)
        if when(value):
            assert expected is not None
            assert expected == result(known, value)


def test_known_texts_are_few() -> None:
    """What is remembered of texts is bounded, in number and in length."""
    known = routines.Remembered()
    for number in range(2_000):
        known.keep(f"{number}s")
        assert len(known) <= 512
    before = len(known)
    assert known.keep("s" * 5_000) not in known
    assert len(known) == before


def test_headers_are_known_by_hash() -> None:
    """No text of a header is remembered, and no more than a few hundred hashes."""
    for number in range(1_000):
        values.json_headers(f'{{"Authorization": "MARK{number}"}}')
        assert len(values._headers_shown) <= 512
    assert {'{"Authorization": "******"}'} == set(values._headers_shown.values())
    assert all(type(each) is int for each in values._headers_shown)


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
    "no extra options": lambda: CHAT.with_(extra_options={"a": "b"}).with_(extra_options=None),
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
    flatten = plans.flattener({"word": "", "tone": "low"}, {"word": (0, str.upper)})
    assert ({"word": "HUSH", "tone": "low"}, True) == flatten(("hush",))


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
        assert known[name,] is None
        assert known[name,] is None
        assert len(known) + len(known._uses) <= 2


def test_patterns_of_defaults_are_not_hoarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same names with ever other values at their defaults fill no memory, and are right each time."""
    monkeypatch.setattr(plans, "MAX_ENDINGS", 3)
    for number in range(16):
        given_ = {
            "n": number & 1 or None,
            "seed": number & 2 or None,
            "retry_num": 100 + (number & 4),
            "model": "m" if number & 8 else None,
        }
        provider = OpenAICompatProvider(**given_)  # type: ignore[arg-type]
        assert given_ == {name: getattr(provider, name) for name in given_}
    plan: Any = OpenAICompatProvider._table().empty.plans[tuple(given_)]
    assert 1 <= len(plan.__globals__["others"]) <= 3


def test_what_is_not_ours_runs_once() -> None:
    """A converter of one's own beside a validator gets an iterable once; a text is no number; None is not given."""

    @attrs.frozen(kw_only=True)
    class Tagged(Provider):
        identifier = "tagged"
        tags: str = attrs.field(default="", converter=",".join, validator=attrs.validators.max_len(20), metadata=option("tags"))
        size: int = attrs.field(default=1, converter=int, metadata=option("size"))

    for _ in range(plans.USES + 3):
        assert "a,b" == Tagged(tags=(each for each in "ab")).tags
        with pytest.raises(InvalidOptionsError):
            Tagged(tags=["x" * 30])
        assert provider_by_routine({"extends": "base", "size": "5"}, {"base": Tagged()}) is None


def test_masked_durations_are_not_remembered() -> None:
    """What shows as a duration and is none is refused, and nothing of it is kept."""
    for _ in range(plans.USES + 3):
        with pytest.raises(InvalidOptionsError):
            OpenAICompatProvider(retry_backoff_base_interval=MaskedText("bogus", "1s"))
    assert "bogus" not in values._durations


def test_ever_more_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of unknown keys together are not remembered."""
    table = OpenAICompatProvider._table()
    given_ = tuple(f"x{number}" for number in range(100))
    assert table.reading[given_] is None
    assert given_ not in table.reading._uses


def test_a_secret_that_is_no_reference() -> None:
    """A table that refers to nothing is an error, however often it is read."""
    for entry in ({"provider": "openai-compat", "api_key": {}}, {"extends": "base", "api_key": {"evn": "A"}}):
        for _ in range(plans.USES + 2):
            assert provider_by_routine(entry, {"base": CHAT}) is None
        assert provider_of(entry, lambda name: CHAT)[1]


def test_the_converter_reads_texts() -> None:
    """The hook that reading passes over is there all the same."""
    assert "a" == llmproviders.converter.structure("a", str)


def calls(work: Callable[[], Any]) -> int:
    """How many functions of Python a piece of work calls, but for itself."""
    count = 0

    def note(frame: Any, event: str, arg: Any) -> None:
        nonlocal count
        count += event == "call"

    for _ in range(plans.USES + 2):
        work()
    # The garbage collector calls whoever asked to be told, as hypothesis does.
    gc.disable()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count - 1


FOUR: Any = {"endpoint": "https://h/v1/chat/completions", "api_key": "sk-1", "model": "m", "temperature": 0.5}
READ = OpenAICompatProvider(**FOUR, n=2, top_p=0.5, seed=1).to_options()
WORK: dict[str, tuple[int, Callable[[], Any]]] = {
    # the constructor, the plan, the secret, two rules, the task of the endpoint
    "construct": (6, lambda: OpenAICompatProvider(**FOUR)),
    "with_": (2, lambda: CHAT.with_(temperature=0.3)),
    "with_, to_options": (5, lambda: CHAT.with_(temperature=0.3).to_options()),
    "repeated to_options": (1, CHAT.to_options),
    "from_options": (11, lambda: OpenAICompatProvider.from_options(READ)),
    "an entry": (3, lambda: provider_by_routine({"extends": "base", "temperature": 0.5, "n": 2}, {"base": CHAT})),
}


@pytest.mark.parametrize("name", WORK)
def test_routine_calls_little(name: str) -> None:
    """What is done again and again calls few functions of Python: each of them would show in the benchmarks."""
    most, work = WORK[name]
    assert calls(work) <= most


def test_a_variant_is_small() -> None:
    """A variant keeps what differs from the defaults, and shares the rest."""
    kept = [CHAT.with_(temperature=0.1) for _ in range(plans.USES + 2)]
    tracemalloc.start()
    try:
        kept += [CHAT.with_(temperature=number / 1000) for number in range(1_000)]
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert used / 1_000 < 250
