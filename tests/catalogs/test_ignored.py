# SPDX-License-Identifier: Apache-2.0
"""The codes that the entries of a catalog ignore: kept by its methods, and in files."""

from __future__ import annotations

import pickle

import pytest

from llmproviders import Catalog, GenericProvider, InvalidOptionsError, UnknownProviderError, dumps, loads

G = GenericProvider("g")
CODES = ("endpoint-url", "unchecked-factory")


@pytest.fixture
def catalog() -> Catalog:
    return Catalog({"a": G, "b": G}, ignored={"a": reversed(CODES), "b": []})


def test_codes(catalog: Catalog) -> None:
    """They are sorted; a provider without codes is not listed, and the mapping is read-only."""
    assert {"a": CODES} == catalog.ignored
    assert f"ignored={{'a': {CODES}}})" in repr(catalog)
    assert "ignored" not in repr(Catalog())
    with pytest.raises(TypeError):
        catalog.ignored["b"] = ()  # type: ignore[index]


def test_methods_keep_them(catalog: Catalog) -> None:
    for same in (
        catalog.with_provider("a", G),
        catalog.with_default("a"),
        catalog | {"b": G},
        catalog | Catalog({"b": G}),
        Catalog({"c": G}) | catalog,
        pickle.loads(pickle.dumps(catalog)),
    ):
        assert {"a": CODES} == same.ignored
    assert {} == catalog.without("a").ignored
    assert {} == (catalog | {"a": G}).ignored
    assert catalog == Catalog({"a": G, "b": G})


def test_wrong_codes() -> None:
    with pytest.raises(InvalidOptionsError, match="did you mean endpoint-url"):
        Catalog({"a": G}, ignored={"a": ["endpoint-urls"]})
    with pytest.raises(InvalidOptionsError, match="a mapping of names"):
        Catalog({"a": G}, ignored=["a"])  # type: ignore[arg-type]
    with pytest.raises(UnknownProviderError):
        Catalog({"a": G}, ignored={"b": []})


@pytest.mark.parametrize("format_", ["toml", "yaml", "json"])
@pytest.mark.parametrize("inherit", [True, False])
def test_documents_keep_them(format_: str, inherit: bool) -> None:
    providers = {name: GenericProvider("g", a=1, b=2, c=name) for name in "abcd"}
    codes = {"b": ["endpoint-url"], "c": ["endpoint-url", "plain-http"]}
    catalog = Catalog(providers, ignored=codes)
    again = loads(dumps(catalog, format=format_, inherit=inherit), format=format_)  # type: ignore[arg-type]
    assert catalog == again
    assert catalog.ignored == again.ignored


def test_inherited_codes() -> None:
    """An entry ignores the codes of the entry that it extends, and its own."""
    text = """
        [providers]
        a = { generic = "g", ignore = ["plain-http"] }
        b = { extends = "a" }
        c = { extends = "b", ignore = ["endpoint-url"] }
    """
    assert {"a": ("plain-http",), "b": ("plain-http",), "c": ("endpoint-url", "plain-http")} == loads(text, format="toml").ignored


def test_an_entry_does_not_extend_one_that_ignores_more() -> None:
    provider = GenericProvider("g", a=1, b=2, c=3)
    for codes, is_shorter in (({"a": ["plain-http"]}, False), ({"b": ["plain-http"]}, True)):
        catalog = Catalog({"a": provider, "b": provider}, ignored=codes)
        text = dumps(catalog, format="toml", inherit=True)
        assert is_shorter == ("extends" in text)
        assert catalog.ignored == loads(text, format="toml").ignored
