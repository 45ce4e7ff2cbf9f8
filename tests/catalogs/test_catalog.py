# SPDX-License-Identifier: Apache-2.0
"""`Catalog`: an immutable mapping with a default."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CLASSES, providers

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
    UnknownProviderError,
    converter,
    get_provider,
    list_providers,
    option,
)
from llmproviders.syntax.maps import read_map

A = OpenAICompatProvider(endpoint="https://a/chat/completions", api_key="k", temperature=0.5)
B = GenericProvider("b", x="1")
CATALOG = Catalog({"a": A, "b": B}, default="b")


def test_mapping() -> None:
    """A catalog is a mapping in order; the error for an unknown name lists the names."""
    assert A == CATALOG["a"]
    assert ["a", "b"] == list(CATALOG)
    assert len(CATALOG) == 2
    assert "a" in CATALOG
    assert "c" not in CATALOG
    assert CATALOG.get("c") is None
    with pytest.raises(UnknownProviderError, match=r"^the catalog has no provider 'zz'; it has: a, b$"):
        CATALOG["zz"]
    with pytest.raises(UnknownProviderError, match=r"^the catalog has no provider 5; it has: none$"):
        Catalog()[5]  # type: ignore[index]
    with pytest.raises(UnknownProviderError, match=r"'chta'; it has: chat; did you mean chat\?$"):
        Catalog({"chat": A}, default="chta")


def test_values() -> None:
    """Equality depends on content, order and default; a catalog can be hashed, copied and pickled."""
    assert Catalog({"a": A, "b": B}, default="b") == CATALOG
    assert hash(Catalog({"a": A, "b": B}, default="b")) == hash(CATALOG)
    assert Catalog({"b": B, "a": A}, default="b") != CATALOG
    assert Catalog({"a": A, "b": B}) != CATALOG
    assert {"a": A, "b": B} != CATALOG
    for again in (pickle.loads(pickle.dumps(CATALOG)), copy.copy(CATALOG), copy.deepcopy(CATALOG)):
        assert again == CATALOG
    assert repr(CATALOG) == f"Catalog({{'a': {A!r}, 'b': {B!r}}}, default='b')"
    assert repr(Catalog()) == "Catalog({})"


def test_immutable() -> None:
    """A catalog cannot be changed, also not by a change of the dict that it was made from."""
    content = {"a": A}
    catalog = Catalog(content)
    content["b"] = B  # type: ignore[assignment]
    assert ["a"] == list(catalog)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        catalog.x = 1  # type: ignore[attr-defined]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del catalog.default  # type: ignore[misc]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (5, "Catalog: providers: expected a mapping of names to providers, got 5"),
        ("MARK" * 100, f"Catalog: providers: expected a mapping of names to providers, got '{('MARK' * 100)[:57]}...'"),
        ([], "Catalog: providers: expected a mapping of names to providers, got a value of type list"),
        (False, "Catalog: providers: expected a mapping of names to providers, got False"),
        ({"": A}, "Catalog: providers: expected a name that is not empty, got ''"),
        ({1: A}, "Catalog: providers: expected a name that is not empty, got 1"),
        ({10**5000: A}, "Catalog: providers: expected a name that is not empty, got a number of more than 30 digits"),
        ({"x": 1}, "Catalog: 'x': expected a provider, got a value of type int"),
        ({"x": "sk-MARK"}, "Catalog: 'x': expected a provider, got a value of type str"),
        ({"x": OpenAICompatProvider}, "Catalog: 'x': expected a provider, got a value of type type"),
        (
            {"": A, "\ud800": 1},
            "Catalog: 2 problems\n  providers: expected a name that is not empty, got ''\n"
            r"  '\ud800': expected a provider, got a value of type int",
        ),
    ],
    ids=range(11),
)
def test_bad_content(content: Any, text: str) -> None:
    """All names that are no strings and all values that are no providers are reported at once."""
    with pytest.raises(InvalidOptionsError) as caught:
        Catalog(content)
    assert text == str(caught.value)
    assert isinstance(caught.value, InvalidTypeError) == (content != {"": A})
    assert {__name__, "llmproviders.boundary"} == {entry.frame.f_globals["__name__"] for entry in caught.traceback}


JUNK: list[tuple[Any, str]] = [
    (5, "5"),
    (10**5000, "a number of more than 30 digits"),
    ([], "a value of type list"),
    ({}, "a value of type dict"),
    (b"a", "a value of type bytes"),
    ("", "''"),
    ("zz", "'zz'"),
    ("\ud800", r"'\ud800'"),
    ("x" * 10_000, f"'{'x' * 57}...'"),
    (object(), "a value of type object"),
]


@pytest.mark.parametrize(("name", "shown"), JUNK, ids=range(len(JUNK)))
def test_names_of_any_type(name: Any, shown: str) -> None:
    """A name of any type and length is reported as one that the catalog does not have."""
    calls: list[Callable[[], Any]] = [
        lambda: CATALOG[name],
        lambda: CATALOG.without(name),
        lambda: CATALOG.with_default(name),
        lambda: Catalog(CATALOG, default=name),
    ]
    for call in calls:
        with pytest.raises(UnknownProviderError) as caught:
            call()
        assert f"the catalog has no provider {shown}; it has: a, b" == str(caught.value)
    assert name not in CATALOG
    assert CATALOG.get(name) is None


def test_bad_arguments() -> None:
    """Names and providers of another type are problems; only a mapping can be the right operand of |."""
    names: list[Any] = [5, [], None, ""]
    for name in names:
        with pytest.raises(
            InvalidOptionsError, match="^Catalog.with_provider: 2 problems\\n  name: expected a name that is not empty"
        ):
            CATALOG.with_provider(name, 5)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="^Catalog.diff: other: expected a mapping of names to providers, got 5$"):
        CATALOG.diff(5)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="^Catalog.diff: 'a': expected a provider, got a value of type int$"):
        CATALOG.diff({"a": 5})  # type: ignore[dict-item]
    with pytest.raises(InvalidTypeError, match="^Catalog: 'a': expected a provider, got a value of type int$"):
        CATALOG | {"a": 5}  # type: ignore[dict-item]
    others: list[Any] = [5, None, [], "x"]
    for other in others:
        with pytest.raises(TypeError, match="unsupported operand"):
            CATALOG | other


def test_derived() -> None:
    """`with_provider`, `without`, `with_default` and | return new catalogs."""
    assert Catalog({"a": B, "b": B}, default="b") == CATALOG.with_provider("a", B)
    assert Catalog({"a": A, "b": B, "c": B}, default="b") == CATALOG.with_provider("c", B)
    assert Catalog({"a": A}) == CATALOG.without("b")
    assert Catalog({"b": B}, default="b") == CATALOG.without("a")
    assert Catalog({"a": A, "b": B}, default="a") == CATALOG.with_default("a")
    assert Catalog({"a": A, "b": B}) == CATALOG.with_default(None)
    assert Catalog({"a": A, "b": A, "c": B}, default="b") == CATALOG | {"b": A, "c": B}
    assert CATALOG | Catalog({"c": B}, default="c") == Catalog({"a": A, "b": B, "c": B}, default="c")
    with pytest.raises(UnknownProviderError):
        CATALOG.without("c")
    with pytest.raises(UnknownProviderError):
        CATALOG.with_default("c")
    with pytest.raises(TypeError):
        CATALOG | 1  # type: ignore[operator]


def test_register(empty_registry: None) -> None:
    """`register` adds the providers to the registry, and sets the default if the catalog has one."""
    CATALOG.register()
    assert ["a", "b"] == list_providers()
    assert B == get_provider()
    Catalog({"c": A}).register()
    assert B == get_provider()


def test_diff() -> None:
    """`diff` lists changed options, providers and the default, and shows no secret."""
    other = Catalog({"a": A.with_(temperature=None, seed=7), "c": B, "d": A}, default="c")
    mine = CATALOG.with_provider("d", A.with_(api_key="other"))
    assert tuple(mine.diff(other)) == (
        Change("a", "temperature", "0.5", None),
        Change("a", "seed", None, "7"),
        Change("b", "", "b", None),
        Change("d", "api-key", "******", "******"),
        Change("c", "", None, "b"),
        Change("", "", "b", "c"),
    )
    assert [str(change) for change in mine.diff(other)] == [
        "- a.temperature: 0.5",
        "+ a.seed: 7",
        "- b: b",
        "~ d.api-key: ****** -> ****** (another value)",
        "+ c: b",
        "~ (default): b -> c",
    ]
    assert [Change("x", "", "b", "c")] == list(Catalog({"x": B}).diff({"x": GenericProvider("c", x="1")}))
    assert not CATALOG.diff(CATALOG)


def test_diff_of_references() -> None:
    """References are shown, because they are no secrets."""
    one = Catalog({"a": A.with_(api_key=Secret.from_env("ONE"), token=Secret.from_file("/one"))})
    two = Catalog({"a": A.with_(api_key=Secret.from_env("TWO"), token="x")})
    assert [str(change) for change in one.diff(two)] == [
        "~ a.api-key: env:ONE -> env:TWO",
        "~ a.token: file:/one -> ******",
    ]


def differences(one: Provider, two: Provider) -> list[str]:
    """The differences between two providers."""
    return [str(change) for change in Catalog({"a": one}).diff({"a": two})]


def test_diff_of_secrets() -> None:
    """Different secrets are a difference in every option, even if their masked forms are equal."""
    masks = "****** -> ****** (another value)"
    assert [f"~ a.api-key: {masks}"] == differences(A, A.with_(api_key="other"))
    assert [f"~ a.token: {masks}"] == differences(A.with_(token="x"), A.with_(token="y"))
    assert [f"~ a.api-key: {masks}"] == differences(B.with_(**{"api-key": "x"}), B.with_(**{"api-key": "y"}))
    one, two = (A.with_(extra_body={"user": "u", "password": password}) for password in "xy")
    assert [f"~ a.extra-body.password: {masks}"] == differences(one, two)
    one, two = (A.with_(endpoint=f"https://u:{password}@h/chat/completions") for password in "xy")
    url = "https://******@h/chat/completions"
    assert [f"~ a.endpoint: {url} -> {url} (another value)"] == differences(one, two)
    assert differences(A, A.with_(api_key=Secret("k"))) == []


def test_diff_of_headers_and_bodies() -> None:
    """The difference of headers and bodies is one for each header and field."""
    one = A.with_(
        extra_header={"X-Tenant": "acme", "Authorization": Secret.from_env("ONE"), "X-Gone": ["a", "b"], "X-Same": "s"},
        extra_body={"a": {"b": 1, "c": None, "token": "x"}, "d": [1]},
    )
    two = A.with_(
        extra_header={"X-Tenant": "other", "Authorization": "Bearer x", "X-Same": "s"},
        extra_body={"a": {"b": True, "c": "x", "token": "y"}, "d": [{"token": "z"}]},
    )
    assert [
        "~ a.extra-header.X-Tenant: acme -> other",
        "~ a.extra-header.Authorization: env:ONE -> ******",
        '- a.extra-header.X-Gone: ["a", "b"]',
        "~ a.extra-body.a.b: 1 -> true",
        "~ a.extra-body.a.c: null -> x",
        "~ a.extra-body.a.token: ****** -> ****** (another value)",
        '~ a.extra-body.d: [1] -> [{"token": "******"}]',
    ] == differences(one, two)
    one, two = (TritonProvider("h", custom_headers=each) for each in ({"a": "b"}, {"a": "c", "Cookie": Secret.from_file("x")}))
    assert ["~ a.custom-headers.a: b -> c", "+ a.custom-headers.Cookie: file:x"] == differences(one, two)
    assert ['+ a.custom-headers: {"a": "c", "Cookie": "file:x"}'] == differences(TritonProvider("h"), two)
    # Equal parts that are written differently.
    assert ['~ a.extra-body: {"a": 1} -> {"a":1}'] == differences(*(A.with_(extra_body=each) for each in ('{"a": 1}', '{"a":1}')))
    one, two = (A.with_(extra_options={"v": each}) for each in ({"a": "b", "token": Secret.from_env("T")}, {"a": "c"}))
    assert ["~ a.v.a: b -> c", "- a.v.token: env:T"] == differences(one, two)


def test_diff_of_sequences() -> None:
    """An option that uses another key for several values is one difference under each key."""
    assert differences(A, A.with_(content_type=("TEXT", "IMAGE_URL"))) == [
        "- a.content-type: TEXT",
        "+ a.content-types: TEXT;IMAGE_URL",
    ]


class Price(Decimal):
    """A user-defined number."""


converter.register_unstructure_hook(Price, str)
converter.register_structure_hook(Price, lambda text, _: Price(text))


@attrs.frozen(kw_only=True)
class Measured(Provider):
    """Numbers of several types."""

    identifier = "measured"
    amount: float | None = attrs.field(default=None, metadata=option("amount"))
    price: Price | None = attrs.field(default=None, metadata=option("price"))
    label: str | None = attrs.field(default=None, metadata=option("label"))


@pytest.mark.parametrize(
    ("name", "one", "two"),
    [("amount", 1, 1.0), ("amount", 0.0, -0.0), ("price", Price(1), Price("1.00")), ("price", Price(0), Price("-0.0"))],
    ids=range(4),
)
def test_diff_of_equal_numbers(name: str, one: Any, two: Any) -> None:
    """Equal numbers are no difference, also if another option differs."""
    first, second = Measured(**{name: one}), Measured(**{name: two})
    assert differences(first, second) == []
    assert differences(first, second.with_(label="x")) == ["+ a.label: x"]
    assert [change.option for change in Catalog({"a": first}).diff({"a": second.with_(**{name: type(one)(two + 1)})})] == [name]


def test_diff_of_classes() -> None:
    """Options of different classes are compared by their strings."""
    generic = GenericProvider("measured", amount="1.5", label="x")
    assert differences(Measured(amount=1.5, label="x"), generic) == []
    assert differences(Measured(amount=1.5, label="y"), generic) == ["~ a.label: y -> x"]


def parts_of_options(flat: dict[str, str], option: str) -> list[str]:
    """The strings of all parts of the redacted options whose name begins that of the difference."""
    found = []
    for key, string in flat.items():
        if option.startswith(f"{key}."):
            todo: list[object] = []
            # The key of an extra option may begin with that of another one, which is no JSON.
            with suppress(ValueError):
                todo = [read_map(string) if key == "custom-headers" else json.loads(string)]
            while todo:
                part = todo.pop()
                found.append(part if isinstance(part, str) else json.dumps(part))
                todo += part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return found


@pytest.mark.parametrize("cls", CLASSES)
@given(data=st.data())
def test_diff_of_any_providers(cls: type[Provider], data: st.DataObject) -> None:
    """`diff` is empty if and only if the providers are equal, and shows no secret."""
    one, two = data.draw(providers(cls)), data.draw(providers(cls))
    changes = Catalog({"a": one}).diff({"a": two})
    assert (one == two) == (not changes)
    assert not Catalog({"a": one}).diff({"a": pickle.loads(pickle.dumps(one))})
    flat = one.to_options(redact=True), two.to_options(redact=True)
    for change in changes:
        for side, value in zip(flat, (change.old, change.new), strict=True):
            assert "a default" not in str(value)
            if value is None or not any(each in value for each in ("env:LLMPROVIDERS_", "test-vault:kv")):
                assert value in (None, side.get(change.option), *parts_of_options(side, change.option))
