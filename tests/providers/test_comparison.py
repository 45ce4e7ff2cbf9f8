# SPDX-License-Identifier: Apache-2.0
"""`Provider.diff`: the differences between two providers, shown and applied."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problem_messages import assert_refused
from strategies import CLASSES, MANY, every_provider, providers

from llmproviders import (
    Catalog,
    Change,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Provider,
    Secret,
    TritonProvider,
    option,
)

KEY = "sk-mArKeR-7f3-4d9c"
CHAT = OpenAICompatProvider(
    endpoint="https://h/v1/chat/completions",
    api_key=KEY,
    temperature=0.2,
    extra_header={"X-Tenant": "acme", "Authorization": Secret.from_env("ONE"), "X-Same": "s"},
    extra_body={"a": {"b": 1, "c": None, "token": "x"}, "d": [1], "user": f"https://u:{KEY}@h"},
    extra_options={"zz": {"a": 1, "token": KEY}, "yy": "1"},
)
OTHER = CHAT.with_(
    api_key="another",
    temperature=None,
    extra_header={"X-Tenant": "other", "Authorization": Secret("Bearer x"), "X-Same": "s", "X-New": "n"},
    extra_body={"a": {"b": True, "token": "y"}, "d": [{"token": "z"}], "user": f"https://u:{KEY}@h"},
    extra_options={"zz": {"a": 2, "token": KEY}},
)
LINES = [
    "~ api-key: ****** -> ****** (another value)",
    "- temperature: 0.2",
    "~ extra-header.X-Tenant: acme -> other",
    "~ extra-header.Authorization: env:ONE -> ******",
    "+ extra-header.X-New: n",
    "~ extra-body.a.b: 1 -> true",
    "- extra-body.a.c: null",
    "~ extra-body.a.token: ****** -> ****** (another value)",
    '~ extra-body.d: [1] -> [{"token": "******"}]',
    "~ zz.a: 1 -> 2",
    "- yy: 1",
]


def test_a_diff_is_a_sequence() -> None:
    """It has a `Change` for each option or part, prints one in each line, and is false if there is none."""
    diff = CHAT.diff(OTHER)
    assert LINES == [*map(str, diff)] == str(diff).split("\n")
    assert Change("", "temperature", "0.2", None) == diff[1]
    assert (tuple(diff)[-2:], len(LINES)) == (diff[-2:], len(diff))
    assert f"<ProviderDiff: {', '.join(LINES)}>" == repr(diff)
    assert "<ProviderDiff: no changes>" == repr(CHAT.diff(CHAT))
    assert not CHAT.diff(CHAT.with_(temperature=0.2))
    assert not CHAT.with_(temperature=1).diff(CHAT.with_(temperature=1.0))


def test_a_diff_is_a_value() -> None:
    """It can be compared, hashed, copied and pickled, and cannot be changed; secrets are compared, but not shown."""
    diff = CHAT.diff(OTHER)
    assert 1 == len({diff, OTHER.diff(CHAT).apply(OTHER).diff(OTHER), pickle.loads(pickle.dumps(diff)), copy.deepcopy(diff)})
    assert diff != CHAT.diff(OTHER.with_(api_key="a third"))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        diff.more = 1  # type: ignore[attr-defined]
    for shown in (repr(diff), str(diff), f"{diff!s}", repr([*diff]), repr(attrs.astuple(diff, recurse=False))):
        assert KEY not in shown
        assert "another'" not in shown


@pytest.mark.parametrize("cls", CLASSES)
@MANY
@given(data=st.data())
def test_applying_a_diff_gives_the_other(cls: type[Provider], data: st.DataObject) -> None:
    """``a.diff(b).apply(a)`` equals ``b``, and the diff is false if and only if both are equal."""
    one, two = data.draw(providers(cls)), data.draw(providers(cls))
    diff = one.diff(two)
    assert two == diff.apply(one)
    assert two == pickle.loads(pickle.dumps(diff)).apply(one)
    assert (one == two) is not bool(diff)
    assert one == two.diff(one).apply(two)


@given(every_provider)
def test_applying_no_difference_changes_nothing(provider: Provider) -> None:
    """The diff of a provider to itself changes nothing."""
    assert provider == provider.diff(provider).apply(provider)


def test_applying_to_a_third_provider() -> None:
    """Only the options and parts that differ are changed; secrets and references inside are kept."""
    third = OpenAICompatProvider(
        endpoint="https://other/v1/chat/completions",
        temperature=0.9,
        seed=1,
        extra_header={
            "X-Third": "t",
            "X-Tenant": "acme",
            "Authorization": Secret.from_env("THIRD"),
            "Cookie": Secret.from_file("/c"),
        },
        extra_body={"a": {"c": 5, "more": {"token": KEY}}, "url": f"https://u:{KEY}@h"},
        extra_options={"zz": {"b": KEY}, "yy": "2", "xx": "3"},
    )
    expected = OpenAICompatProvider(
        endpoint="https://other/v1/chat/completions",
        api_key="another",
        seed=1,
        extra_header={
            "X-Third": "t",
            "X-Tenant": "other",
            "Authorization": Secret("Bearer x"),
            "Cookie": Secret.from_file("/c"),
            "X-New": "n",
        },
        extra_body={
            "a": {"more": {"token": KEY}, "b": True, "token": "y"},
            "url": f"https://u:{KEY}@h",
            "d": [{"token": "z"}],
        },
        extra_options={"zz": {"b": KEY, "a": 2}, "xx": "3"},
    )
    changed = CHAT.diff(OTHER).apply(third)
    assert expected == changed
    assert repr(expected) == repr(changed)
    assert not CHAT.diff(OTHER).apply(OTHER).diff(OTHER)


def test_values_without_parts() -> None:
    """A value is set as a whole where one of the three has no parts."""
    one, two = (CHAT.with_(extra_body=body) for body in (None, {"a": 1}))
    assert '{"a": 1}' == one.diff(two).apply(CHAT).extra_body
    assert '{"a": 2}' == CHAT.diff(CHAT.with_(extra_body={"a": 2})).apply(one).extra_body
    # A body that is written differently.
    assert '{"a":1}' == two.diff(CHAT.with_(extra_body='{"a":1}')).apply(two).extra_body
    # A part that is an object in the two, and not in the third.
    one, two = (CHAT.with_(extra_body={"a": {"b": number}}) for number in (1, 2))
    assert '{"a": {"b": 2}}' == one.diff(two).apply(CHAT.with_(extra_body={"a": 5})).extra_body
    maps = [TritonProvider("h", custom_headers=headers) for headers in ({"a": "b"}, {"a": "c"}, {"d": "e", "a": "f"})]
    assert "d:e,a:c" == maps[0].diff(maps[1]).apply(maps[2]).custom_headers


def test_identifiers() -> None:
    """The identifier of a generic provider is an option of CREATE MODEL."""
    one, two = GenericProvider("x", a="1"), GenericProvider("y", a="1")
    assert "~ provider: x -> y" == str(one.diff(two))
    assert GenericProvider("y", b="2") == one.diff(two).apply(GenericProvider("z", b="2"))


@attrs.frozen(kw_only=True)
class Own(OpenAICompatProvider):
    """A class of the user's own, with a field that is no option."""

    identifier = "own-chat"
    label: str = attrs.field(default="", eq=False, metadata=option("label"))
    _note: str = ""
    _length: int = attrs.field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_length", len(self._note))


def test_options_that_are_not_compared() -> None:
    """A diff counts every option, also those that ``==`` leaves out."""
    first, second = (Own(label=label) for label in "ab")
    assert first == second
    assert "~ label: a -> b" == str(first.diff(second))
    assert "b" == first.diff(second).apply(first).label


def test_subclasses() -> None:
    """A diff can be applied to a provider of a subclass, and includes fields that are no options."""
    one = OpenAICompatProvider(task="chat/completions")
    assert 1 == one.diff(one.with_(temperature=1)).apply(Own(task="chat/completions")).temperature
    first, second = Own(note="a"), Own(note="bc")
    assert second == first.diff(second).apply(first)


def test_other_classes_are_refused() -> None:
    """Providers of another class have other options."""
    other: Any = TritonProvider("h")
    expected = "expected a provider of class OpenAICompatProvider, got a value of type"
    assert_refused(lambda: CHAT.diff(other), InvalidTypeError, f"OpenAICompatProvider.diff: other: {expected} TritonProvider")
    assert_refused(lambda: CHAT.diff(Own()), InvalidTypeError, f"OpenAICompatProvider.diff: other: {expected} Own")
    apply = CHAT.diff(OTHER).apply
    assert_refused(lambda: apply(other), InvalidTypeError, f"ProviderDiff.apply: provider: {expected} TritonProvider")


def test_changes_that_do_not_fit() -> None:
    """The provider with the changes is validated."""
    one = OpenAICompatProvider(task="chat/completions")
    diff = one.diff(one.with_(content_type="IMAGE_URL"))
    with pytest.raises(InvalidOptionsError, match="^OpenAICompatProvider: content_type .*embeddings"):
        diff.apply(OpenAICompatProvider(task="embeddings"))


# Catalogs -------------------------------------------------------------------------------------------------------------

catalogs = st.builds(
    lambda content, default: Catalog(content, default=next(iter(content), None) if default else None),
    st.dictionaries(st.sampled_from("abc"), every_provider, max_size=3),
    st.booleans(),
)


@given(catalogs, catalogs)
def test_applying_a_diff_gives_the_other_catalog(one: Catalog, two: Catalog) -> None:
    """``a.diff(b).apply(a)`` has the providers and the default of ``b``."""
    diff = one.diff(two)
    changed = pickle.loads(pickle.dumps(diff)).apply(one)
    assert (dict(two), two.default) == (dict(changed), changed.default)
    assert bool(diff) is ((dict(one), one.default) != (dict(two), two.default))


def test_applying_to_a_third_catalog() -> None:
    """Other names and options stay, new names are last, and the diff shows no secret."""
    old = Catalog({"a": CHAT, "b": GenericProvider("b"), "c": CHAT}, default="a")
    new = Catalog({"a": OTHER, "c": TritonProvider("h"), "d": CHAT}, default="d")
    diff = old.diff(new)
    assert [*(f"{line[:2]}a.{line[2:]}" for line in LINES), "- b: b", "~ c: openai-compat -> triton"] == [*map(str, diff)][:13]
    assert ["+ d: openai-compat", "~ (default): a -> d"] == [*map(str, diff)][-2:]
    assert KEY not in repr(diff)
    third = Catalog({"x": CHAT, "a": CHAT.with_(seed=1)}, default="x")
    assert Catalog({"x": CHAT, "a": OTHER.with_(seed=1), "c": TritonProvider("h"), "d": CHAT}, default="d") == diff.apply(third)
    # A default that does not differ is not changed.
    assert third.with_default("a") == old.diff(old).apply(third.with_default("a"))


def test_catalogs_that_do_not_fit() -> None:
    """Every provider that cannot be changed is in one error, with its name."""
    old = Catalog({"a": CHAT, "b": CHAT})
    diff = old.diff(Catalog({"a": OTHER, "b": OTHER}))
    with pytest.raises(Exception, match="^the catalog has no provider 'b'; it has: a$"):
        diff.apply(old.without("b"))
    expected = "expected a provider of class OpenAICompatProvider, got a value of type TritonProvider"
    assert_refused(
        lambda: diff.apply(Catalog(dict.fromkeys("ab", TritonProvider("h")))),
        InvalidTypeError,
        f"CatalogDiff.apply: 2 problems\n  a.provider: {expected}\n  b.provider: {expected}",
    )
    other: Any = {"a": CHAT}
    assert_refused(
        lambda: diff.apply(other), InvalidTypeError, "CatalogDiff.apply: catalog: expected a Catalog, got a value of type dict"
    )
