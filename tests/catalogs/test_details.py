# SPDX-License-Identifier: Apache-2.0
"""The details of the providers of a catalog: kept by its methods, and in files."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from problem_messages import assert_refused

from llmproviders import (
    Catalog,
    Details,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    UnknownProviderError,
    dumps,
    loads,
)

G = GenericProvider("g")
CODES = ("endpoint-url", "unchecked-factory")
ALL = Details("Answers customers.", tags=["eu", "chat"], ignore=CODES)


@pytest.fixture
def catalog() -> Catalog:
    return Catalog({"a": G, "b": G}, details={"a": ALL, "b": Details()})


def test_values() -> None:
    """Codes are sorted and tags keep their order; details are values, which can be hashed and pickled."""
    given = Details("x", tags=(tag for tag in ["b", "a"]), ignore=[*reversed(CODES), CODES[0]])
    assert ("x", ("b", "a"), CODES) == (given.description, given.tags, given.ignore)
    assert 1 == len({given, Details("x", ["b", "a"], CODES), pickle.loads(pickle.dumps(given))})
    assert f"Details(description='x', tags=('b', 'a'), ignore={CODES})" == repr(given)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "types": (
        {"description": 5, "tags": "eu", "ignore": None},
        "Details: 3 problems\n  description: expected a str, got 5\n  tags: expected a list of tags, got 'eu'\n"
        "  ignore: expected a list of codes of problems, got None",
    ),
    "tags": (
        {"tags": ["a", "", "a", 6]},
        "Details: 3 problems\n  tags: expected a str, got 6\n  tags: expected tags that are not empty, got ''\n"
        "  tags: expected each tag once, got 'a' several times",
    ),
    "surrogates": (
        {"description": "\ud800", "tags": ["\ud800"]},
        "Details: 2 problems\n"
        + "\n".join(f"  {name}: expected a string without lone surrogates, got '\\ud800'" for name in ("description", "tags")),
    ),
    "codes": (
        {"ignore": ["endpoint-urls"]},
        "Details: ignore: expected a code of problems (llmproviders explain lists them), got 'endpoint-urls'; "
        "did you mean endpoint-url?",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_details(case: str) -> None:
    """Every problem of the arguments is in one error."""
    arguments, message = WRONG[case]
    assert_refused(lambda: Details(**arguments), InvalidTypeError if case in ("types", "tags") else InvalidOptionsError, message)


def test_of_a_catalog(catalog: Catalog) -> None:
    """A provider without details is not listed, the mapping is read-only, and the repr has it."""
    assert {"a": ALL} == catalog.details
    assert f"details={{'a': {ALL!r}}})" in repr(catalog)
    assert "details" not in repr(Catalog())
    with pytest.raises(TypeError):
        catalog.details["b"] = ALL  # type: ignore[index]


def test_equality(catalog: Catalog) -> None:
    """Details are compared and hashed, but they are no difference of options."""
    without = Catalog({"a": G, "b": G})
    assert catalog != without
    assert catalog == without.with_details("a", description="Answers customers.", tags=["eu", "chat"], ignore=CODES)
    assert 1 == len({catalog, pickle.loads(pickle.dumps(catalog))})
    assert not catalog.diff(without)


def test_methods_keep_them(catalog: Catalog) -> None:
    """Every method keeps the details of the names that stay."""
    for same in (
        catalog.with_provider("a", GenericProvider("h")),
        catalog.with_default("a"),
        catalog.amend("a", x=1),
        catalog.map(lambda provider: provider.with_(x=1)),
        catalog.select("a"),
        catalog.diff({"a": GenericProvider("h")}).apply(catalog),
        catalog | {"b": G},
        catalog | Catalog({"b": G}),
        Catalog({"c": G}) | catalog,
        pickle.loads(pickle.dumps(catalog)),
    ):
        assert {"a": ALL} == same.details
    assert {} == catalog.without("a").details
    assert {} == catalog.select("b").details
    assert {} == (catalog | {"a": G}).details


def test_with_details(catalog: Catalog) -> None:
    """An argument that is not given leaves that detail as it is; empty details are removed."""
    assert Details("x", ALL.tags, CODES) == catalog.with_details("a", description="x").details["a"]
    assert Details(ALL.description, ["us"], []) == catalog.with_details("a", tags=["us"], ignore=[]).details["a"]
    assert Details(tags=["us"]) == catalog.with_details("b", tags=["us"]).details["b"]
    assert {} == catalog.with_details("a", description="", tags=(), ignore=()).details
    assert catalog == catalog.with_details("a")
    with pytest.raises(UnknownProviderError, match="the catalog has no provider 'c'"):
        catalog.with_details("c", description="x")
    assert_refused(
        lambda: catalog.with_details("a", tags=[""]),
        InvalidOptionsError,
        "Details: tags: expected tags that are not empty, got ''",
    )


def test_wrong_arguments_of_a_catalog() -> None:
    """Details of another type and of unknown names are refused."""
    wrong: Any = ["a"]
    assert_refused(
        lambda: Catalog({"a": G}, details=wrong),
        InvalidTypeError,
        "Catalog: details: expected a mapping of names to Details, got a value of type list",
    )
    wrong = {"a": ["plain-http"], "b": 5}
    assert_refused(
        lambda: Catalog({"a": G, "b": G}, details=wrong),
        InvalidTypeError,
        "Catalog: 2 problems\n  a: expected Details, got a value of type list\n  b: expected Details, got 5",
    )
    with pytest.raises(UnknownProviderError):
        Catalog({"a": G}, details={"b": Details()})


@pytest.mark.parametrize("format_", ["toml", "yaml", "json"])
@pytest.mark.parametrize("inherit", [True, False])
def test_documents_keep_codes(format_: Any, inherit: bool) -> None:
    """A catalog that is written and read ignores the same codes."""
    providers = {name: GenericProvider("g", a=1, b=2, c=name) for name in "abcd"}
    codes = {"b": ["endpoint-url"], "c": ["endpoint-url", "plain-http"]}
    catalog = Catalog(providers, details={name: Details(ignore=each) for name, each in codes.items()})
    assert catalog == loads(dumps(catalog, format=format_, inherit=inherit), format=format_)


@pytest.mark.parametrize("inherit", [True, False])
def test_documents_have_descriptions_and_tags(inherit: bool) -> None:
    """They follow the kind of an entry, and no entry inherits them."""
    provider = GenericProvider("g", a=1, b=2, c=3)
    details = {"a": Details("One.", ["t"], ["plain-http"]), "b": Details("One.", ["t"], ["plain-http"]), "c": Details(tags=["u"])}
    text = dumps(Catalog(dict.fromkeys("abc", provider), details=details), format="yaml", inherit=inherit)
    own = '    extra_options:\n      a: "1"\n      b: "2"\n      c: "3"\n'
    first = f"    generic: g\n    description: One.\n    tags:\n    - t\n{own}    ignore:\n    - plain-http\n"
    child = "    extends: a\n    description: One.\n    tags:\n    - t\n"
    last = f"    generic: g\n    tags:\n    - u\n{own}"
    assert f"providers:\n  a:\n{first}  b:\n{child if inherit else first}  c:\n{last}" == text


def test_inherited_codes() -> None:
    """An entry ignores the codes of the entry that it extends, and its own."""
    text = """
        [providers]
        a = { generic = "g", ignore = ["plain-http"] }
        b = { extends = "a" }
        c = { extends = "b", ignore = ["endpoint-url"] }
    """
    codes = {"a": ["plain-http"], "b": ["plain-http"], "c": ["endpoint-url", "plain-http"]}
    assert {name: Details(ignore=each) for name, each in codes.items()} == loads(text, format="toml").details


def test_an_entry_does_not_extend_one_that_ignores_more() -> None:
    """An entry never inherits codes that it does not ignore."""
    provider = GenericProvider("g", a=1, b=2, c=3)
    for name, is_shorter in (("a", False), ("b", True)):
        catalog = Catalog({"a": provider, "b": provider}, details={name: Details(ignore=["plain-http"])})
        text = dumps(catalog, format="toml", inherit=True)
        assert is_shorter == ("extends" in text)
        assert catalog == loads(text, format="toml")
