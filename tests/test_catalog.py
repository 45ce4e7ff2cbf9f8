# SPDX-License-Identifier: Apache-2.0
"""`Catalog`: an immutable mapping with a default."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from llmproviders import (
    Catalog,
    Change,
    GenericProvider,
    OpenAICompatProvider,
    ProviderError,
    Secret,
    UnknownProviderError,
    get_provider,
    list_providers,
)

A = OpenAICompatProvider(endpoint="https://a/chat/completions", api_key="k", temperature=0.5)
B = GenericProvider("b", x="1")
CATALOG = Catalog({"a": A, "b": B}, default="b")


def test_mapping() -> None:
    """It is a mapping in order, and says what it has when asked for something else."""
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
    """It equals by content, order and default; it is hashable, and copies and pickles to itself."""
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
    """Nothing of it changes, and the dict that it was made of may."""
    content = {"a": A}
    catalog = Catalog(content)
    content["b"] = B  # type: ignore[assignment]
    assert ["a"] == list(catalog)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        catalog.x = 1  # type: ignore[attr-defined]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del catalog._default


def test_bad_content() -> None:
    """Names are texts, values are providers."""
    with pytest.raises(ProviderError, match=r"^a catalog has names that are not empty texts, got ''$"):
        Catalog({"": A})
    with pytest.raises(ProviderError, match=r"^a catalog has providers, got one of type int as 'x'$"):
        Catalog({"x": 1})  # type: ignore[dict-item]


def test_derived() -> None:
    """with_provider, without, with_default and | make new catalogs."""
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
    """Its providers and its default become the registry's."""
    CATALOG.register()
    assert ["a", "b"] == list_providers()
    assert B == get_provider()
    Catalog({"c": A}).register()
    assert B == get_provider()


def test_diff() -> None:
    """Option by option, without a secret."""
    other = Catalog({"a": A.with_(temperature=None, seed=7), "c": B, "d": A}, default="c")
    mine = CATALOG.with_provider("d", A.with_(api_key="other"))
    assert mine.diff(other) == (
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
        "~ d.api-key: ****** -> ******",
        "+ c: b",
        "~ (default): b -> c",
    ]
    assert Catalog({"x": B}).diff({"x": GenericProvider("c", x="1")}) == (Change("x", "", "b", "c"),)
    assert CATALOG.diff(CATALOG) == ()


def test_diff_of_references() -> None:
    """References are no secret, so they show."""
    one = Catalog({"a": A.with_(api_key=Secret.from_env("ONE"), my_token=Secret.from_file("/one"))})
    two = Catalog({"a": A.with_(api_key=Secret.from_env("TWO"), my_token="x")})
    assert [str(change) for change in one.diff(two)] == [
        "~ a.api-key: env:ONE -> env:TWO",
        "~ a.my_token: file:/one -> ******",
    ]
