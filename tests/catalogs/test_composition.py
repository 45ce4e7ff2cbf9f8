# SPDX-License-Identifier: Apache-2.0
"""Catalogs derived from others: amended, mapped, selected, and a provider as one of its class."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from problem_messages import assert_refused
from strategies import every_provider

from llmproviders import (
    Catalog,
    Details,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Provider,
    Secret,
    TritonProvider,
    UnknownProviderError,
)

KEY = "sk-mArKeR-7f3-4d9c"
CHAT = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key=KEY, temperature=0.7)
TRITON = TritonProvider("http://triton:8000", auth_token=KEY)
CATALOG = Catalog(
    {"eu-chat": CHAT, "us-chat": CHAT.with_(temperature=0.2), "eu-[1]": TRITON},
    default="us-chat",
    details={"eu-chat": Details("Chats.", ["chat", "eu"]), "us-chat": Details(tags=["chat"])},
)

catalogs = st.builds(
    lambda content, default, details: Catalog(
        content, default=next(iter(content), None) if default else None, details=dict.fromkeys(content, details)
    ),
    st.dictionaries(st.text(min_size=1, max_size=5), every_provider, max_size=4),
    st.booleans(),
    st.builds(Details, st.sampled_from(["", "x"]), st.sampled_from([(), ("a",)])),
)


@given(catalogs)
def test_nothing_changes(catalog: Catalog) -> None:
    """Amending with nothing, mapping with the identity and selecting everything give an equal catalog."""
    for name in catalog:
        assert catalog == catalog.amend(name)
    assert catalog == catalog.map(lambda provider: provider)
    assert catalog == catalog.select("*") == catalog.select() == catalog.select(*catalog) == catalog.select(lambda _: True)
    assert Catalog() == catalog.select(lambda _: False) == catalog.select(tag="no such tag")
    assert catalog == catalog.diff(catalog).apply(catalog)


# amend ----------------------------------------------------------------------------------------------------------------


def test_amend() -> None:
    """One provider has the changes; the order, the default, the details and the other providers stay."""
    amended = CATALOG.amend("eu-chat", temperature=0, zz="x")
    assert CATALOG.with_provider("eu-chat", CHAT.with_(temperature=0, zz="x")) == amended
    assert CATALOG.details == amended.details
    # The name is positional, so that any option can be changed.
    assert "n" == Catalog({"a": GenericProvider("g")}).amend("a", name="n", self="s")["a"].extra_options["name"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CATALOG.amend("eu-chat", top_k=1)
    assert [__file__] == [each.filename for each in caught]


def test_wrong_changes() -> None:
    """Every problem is in the error, with the name of the provider."""
    assert_refused(
        lambda: CATALOG.amend("eu-chat", temprature=0, top_p=7, api_key=5),
        InvalidTypeError,
        "Catalog.amend: 3 problems\n"
        "  eu-chat.api_key (api-key): expected a str or a Secret, got a value of type int\n"
        "  eu-chat.top_p (top-p): expected a finite number from 0 to 1, got 7\n"
        "  eu-chat.temprature: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature? "
        "(extra_options={...} passes any name)",
    )
    with pytest.raises(
        UnknownProviderError, match="^the catalog has no provider 'eu-caht'; it has: .*; did you mean eu-chat\\?$"
    ):
        CATALOG.amend("eu-caht", temperature=0)


# map ------------------------------------------------------------------------------------------------------------------


def test_map() -> None:
    """Each provider is replaced by the result of the function; names, order, default and details stay."""
    cold = CATALOG.select("*-chat").map(lambda provider: provider.with_(temperature=0))
    assert (
        Catalog(dict.fromkeys(["eu-chat", "us-chat"], CHAT.with_(temperature=0)), default="us-chat", details=CATALOG.details)
        == cold
    )
    assert CATALOG.details == CATALOG.map(lambda _: TRITON).details


def test_wrong_functions() -> None:
    """All calls that fail are in one error, with the name of the provider; no message shows a secret."""

    def strange(provider: Provider) -> Any:
        if provider is TRITON:
            raise RuntimeError(f"about {KEY}")
        return provider.with_(top_p=7, seed="x") if provider.temperature == 0.7 else KEY  # type: ignore[attr-defined]

    assert_refused(
        lambda: CATALOG.map(strange),
        InvalidTypeError,
        "Catalog.map: 4 problems\n"
        "  eu-chat.top_p (top-p): expected a finite number from 0 to 1, got 7\n"
        "  eu-chat.seed: expected an int, got 'x' (str)\n"
        "  eu-[1]: expected a function that accepts this provider, got RuntimeError (about ******)\n"
        "  us-chat: expected a function that returns a provider, got a value of type str",
    )
    wrong: Any = 5
    assert_refused(
        lambda: CATALOG.map(wrong), InvalidTypeError, "Catalog.map: function: expected a function of a provider, got 5"
    )


# select ---------------------------------------------------------------------------------------------------------------

SELECTIONS: list[tuple[tuple[Any, ...], str | None, list[str]]] = [
    (("eu-*",), None, ["eu-chat", "eu-[1]"]),
    (("[eu]?-chat",), None, ["eu-chat", "us-chat"]),
    (("us-chat", "*-[[]1]"), None, ["us-chat", "eu-[1]"]),
    # A name is itself, also with characters of patterns.
    (("eu-[1]",), None, ["eu-[1]"]),
    (("EU-*",), None, []),
    (("[z-a]", "[", "eu-chat?"), None, []),
    ((lambda provider: isinstance(provider, TritonProvider), "us-*"), None, ["us-chat", "eu-[1]"]),
    ((), "chat", ["eu-chat", "us-chat"]),
    (("eu-*",), "chat", ["eu-chat"]),
    (("eu-[1]",), "chat", []),
]


@pytest.mark.parametrize(("wanted", "tag", "names"), SELECTIONS, ids=range(len(SELECTIONS)))
def test_select(wanted: tuple[Any, ...], tag: str | None, names: list[str]) -> None:
    """The providers that one name, pattern or function fits, and that have the tag, in the order of the catalog."""
    selected = CATALOG.select(*wanted, tag=tag)
    assert names == list(selected)
    assert [CATALOG[name] for name in names] == list(selected.values())
    assert {name: each for name, each in CATALOG.details.items() if name in names} == selected.details
    assert ("us-chat" if "us-chat" in names else None) == selected.default


def test_wrong_selections() -> None:
    """A name that the catalog does not have is an error, as are arguments of other types and functions that fail."""
    with pytest.raises(
        UnknownProviderError, match="^the catalog has no provider 'eu-caht'; it has: .*; did you mean eu-chat\\?$"
    ):
        CATALOG.select("eu-*", "eu-caht")
    wrong: Any = 5
    expected = "expected names, patterns of names, or functions of a provider"
    assert_refused(
        lambda: CATALOG.select(wrong, "no-such-name", wrong),
        InvalidTypeError,
        f"Catalog.select: 2 problems\n  {expected}, got 5\n  {expected}, got 5",
    )
    assert_refused(lambda: CATALOG.select(tag=wrong), InvalidTypeError, "Catalog.select: tag: expected a str, got 5")
    assert_refused(
        lambda: CATALOG.select(lambda provider: provider.temperature > 0),  # type: ignore[attr-defined]
        InvalidOptionsError,
        "Catalog.select: eu-[1]: expected a function that accepts this provider, "
        "got AttributeError ('TritonProvider' object has no attribute 'temperature')",
    )


# get_as ---------------------------------------------------------------------------------------------------------------


def test_get_as() -> None:
    """The provider itself, if it is of the class or of a subclass."""
    assert 0.7 == CATALOG.get_as("eu-chat", OpenAICompatProvider).temperature
    assert TRITON is CATALOG.get_as("eu-[1]", Provider)


WRONG_CLASSES: dict[str, tuple[Callable[[], Any], str]] = {
    "another": (
        lambda: CATALOG.get_as("eu-chat", TritonProvider),
        "eu-chat: expected a provider of class TritonProvider, got a value of type OpenAICompatProvider",
    ),
    "no provider": (
        lambda: CATALOG.get_as("eu-chat", Secret),  # type: ignore[type-var]
        "cls: expected a provider class, got a value of type type",
    ),
    "a provider": (
        lambda: CATALOG.get_as("eu-chat", CHAT),  # type: ignore[arg-type]
        "cls: expected a provider class, got a value of type OpenAICompatProvider",
    ),
}


@pytest.mark.parametrize("case", WRONG_CLASSES)
def test_wrong_classes(case: str) -> None:
    """A provider of another class is an error that names both classes."""
    call, message = WRONG_CLASSES[case]
    assert_refused(call, InvalidTypeError, f"Catalog.get_as: {message}")
    with pytest.raises(UnknownProviderError):
        CATALOG.get_as("no-such-name", Provider)
