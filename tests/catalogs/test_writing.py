# SPDX-License-Identifier: Apache-2.0
"""Writing providers as entries: inheritance, secrets, and options that a document cannot hold."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from documents import BASE, problems
from hypothesis import given
from hypothesis import strategies as st

from llmproviders import (
    Catalog,
    DocumentError,
    GenericProvider,
    OpenAICompatProvider,
    Provider,
    Secret,
    TritonProvider,
    dumps,
    from_dict,
    loads,
    option,
    register_provider_class,
    to_dict,
)
from llmproviders.catalogs.formats.lookup import FORMATS, Format
from llmproviders.catalogs.inheritance import shorten_by_inheritance
from llmproviders.catalogs.writing import tree_of

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "temperature": st.sampled_from([0.1, 0.2]),
    "seed": st.integers(0, 4),
    "system_prompt": st.sampled_from(["Answer with one word.", "Translate."]),
    "extra_options": st.sampled_from([{"x": "1"}, {"x": "1", "y": "2"}, {"y": "2"}]),
    "omit": st.sampled_from([["retry_num"], ["n", "retry_num"]]),
}


class TestInherit:
    """Entries extend others where this is shorter."""

    def test_inherit_is_shorter(self) -> None:
        """With inherit=True an entry has only the differences from the entry that it extends."""
        catalog = Catalog({"a": BASE, "b": BASE.with_(temperature=0.5), "c": BASE.with_(temperature=0.5).without("api_key")})
        assert dumps(catalog, format="toml", inherit=True) == (
            '[providers.a]\nprovider = "openai-compat"\nendpoint = "https://api.deepseek.com/chat/completions"\n'
            'api_key = {env = "DEEPSEEK_API_KEY"}\n\n'
            '[providers.b]\nextends = "a"\ntemperature = 0.5\n\n'
            '[providers.c]\nextends = "b"\nwithout = ["api_key"]\n'
        )

    def test_extras_in_another_order(self) -> None:
        """Extra options keep their order, also if another entry has them in another order."""
        catalog = Catalog({"a": GenericProvider("g", x="1", y="2"), "b": GenericProvider("g", y="2", x="1")})
        again = loads(dumps(catalog, format="json", inherit=True), format="json")
        assert list(again["b"].to_options()) == ["y", "x"]

    @given(st.lists(st.fixed_dictionaries({}, optional=VALUES), min_size=1, max_size=30))
    def test_nearly_as_short_as_possible(self, options: list[dict[str, Any]]) -> None:
        """The entries are nearly as short as with the best of all earlier entries as the base of each."""
        entries = {f"p{number}": {"provider": "openai-compat", **each} for number, each in enumerate(options)}
        written = shorten_by_inheritance(entries)
        best = 0
        for number, (name, entry) in enumerate(entries.items()):
            earlier = dict(list(entries.items())[:number])
            # With one earlier entry, there is no choice.
            pairs = ({other: earlier[other], name: entry} for other in earlier)
            best += min([len(str(entry)), *(len(str(shorten_by_inheritance(pair)[name])) for pair in pairs)])
        assert len(str(list(written.values()))) <= 1.1 * best + 2 * len(entries) + 2

    def test_extras_that_were_removed(self) -> None:
        """An entry does not extend one with more extra options, or with others before its own."""
        first, second = {"x": "v" * 50, "y": "w" * 50}, {"y": "w" * 50}
        options = {"a": first, "b": second, "c": {**first, "z": "3"}}
        catalog = Catalog({name: GenericProvider("g", extra_options=each) for name, each in options.items()})
        entries = tree_of(catalog, "refuse", [], inherit=True)["providers"]
        assert {"generic": "g", "extra_options": second} == entries["b"]
        assert {"extends": "a", "extra_options": {"z": "3"}} == entries["c"]


class TestSecrets:
    """A document has no secret unless the caller allows it."""

    LEAKY = OpenAICompatProvider(
        endpoint="https://user:MARK@h/chat/completions",
        api_key="MARK",
        extra_header={"X-Token": "MARK"},
        extra_body={"a": {"token": "MARK"}},
        extra_options={"my-token": "MARK"},
    )

    @pytest.mark.parametrize("format", FORMATS)
    def test_refused(self, format: Any) -> None:
        """A literal secret is refused, with the name of the option and advice."""
        with pytest.raises(DocumentError) as caught:
            dumps(Catalog({"p": self.LEAKY}), format=format)
        assert "MARK" not in str(caught.value)
        assert [problem.path.removeprefix("providers.p.") for problem in caught.value.problems] == [
            "endpoint",
            "api_key",
            "extra_header.X-Token",
            "extra_body.a.token",
            "extra_options.my-token",
        ]
        assert str(caught.value.problems[1]) == (
            f"{format}:1:1: providers.p.api_key: expected no literal secret in a document, got ******; "
            'use Secret.from_env or Secret.from_file, or pass secrets="reveal" or secrets="redact"'
        )

    @pytest.mark.parametrize("format", FORMATS)
    def test_redacted_does_not_load(self, format: Any) -> None:
        """A redacted document has no secret, and every mask is a problem when it is loaded."""
        text = dumps(Catalog({"p": self.LEAKY}), format=format, secrets="redact")
        assert "MARK" not in text
        found = problems(text, format)
        assert len(found) == 5
        assert all("mask of a redacted value" in each for each in found)

    @pytest.mark.parametrize("format", FORMATS)
    def test_revealed(self, format: Any) -> None:
        """A document with revealed secrets can be loaded."""
        catalog = Catalog({"p": self.LEAKY})
        assert catalog == loads(dumps(catalog, format=format, secrets="reveal"), format=format)

    def test_placeholders_and_references(self) -> None:
        """Placeholders and references are written, because they are no secrets."""
        provider = TritonProvider("http://h", auth_token="${secret_values.t}")
        assert to_dict(provider) == {"provider": "triton", "endpoint": "http://h", "auth_token": "${secret_values.t}"}
        assert to_dict(provider.with_(auth_token=Secret.from_file("/t")))["auth_token"] == {"file": "/t"}

    def test_dicts_report_problems_as_documents_do(self) -> None:
        """`to_dict` and `from_dict` report problems with locations."""
        with pytest.raises(DocumentError, match=r"^dict:1:1: api_key: expected no literal secret"):
            to_dict(OpenAICompatProvider(endpoint="e", api_key="MARK"))
        with pytest.raises(DocumentError, match=r"^dict:1:1: top_p: expected a finite number from 0 to 1, got 7$"):
            from_dict({"provider": "openai-compat", "top_p": 7})
        with pytest.raises(DocumentError, match=r"^dict:1:1: extends: expected an entry of a catalog"):
            from_dict({"extends": "a"})
        with pytest.raises(ValueError, match="^secrets: expected 'refuse', 'reveal' or 'redact', got 'no'$"):
            to_dict(BASE, secrets="no")  # type: ignore[arg-type]


class TestFields:
    """Fields that a document cannot hold, or does not need."""

    def test_reserved_name(self) -> None:
        """An option whose name is reserved in documents is refused, not lost."""

        @attrs.frozen(kw_only=True)
        class Odd(Provider):
            identifier = "odd"
            place: str | None = attrs.field(default=None, metadata=option("place"))

        with pytest.raises(DocumentError, match="^dict:1:1: place: expected an option whose name a document can hold"):
            to_dict(Odd(place="x"))

    def test_fields_that_are_no_options(self) -> None:
        """A private field with a value is refused; a field that the class itself sets is not written."""

        @register_provider_class
        @attrs.frozen(kw_only=True)
        class Noted(Provider):
            identifier = "noted"
            size: int = attrs.field(default=1, metadata=option("size"))
            _note: str | None = attrs.field(default=None)
            _double: int = attrs.field(default=0, init=False)

            def __attrs_post_init__(self) -> None:
                object.__setattr__(self, "_double", 2 * self.size)

        assert {"provider": "noted", "size": 2} == to_dict(Noted(size=2))
        assert Noted(size=2) == from_dict(to_dict(Noted(size=2)))
        with pytest.raises(DocumentError) as caught:
            to_dict(Noted(note="x"))
        expected = "dict:1:1: _note: expected only options, got a private field; a document cannot hold it"
        assert expected == str(caught.value)

    def test_numbers_equal_to_a_default(self) -> None:
        """A number that equals the default, but is written in another way, is kept; the default itself is left out."""

        @attrs.frozen(kw_only=True)
        class Limited(Provider):
            identifier = "limited"
            limit: float = attrs.field(default=1.0, metadata=option("limit"))

        assert {"provider": "limited", "limit": 1} == to_dict(Limited(limit=1))
        assert {"provider": "limited"} == to_dict(Limited(limit=1.0)) == to_dict(Limited())


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_of_many_digits(name: Format) -> None:
    """An int of any length that a body may have is written and read again."""
    chat = OpenAICompatProvider(
        endpoint="https://h/v1/chat/completions", api_key=Secret.from_env("K"), extra_body={"a": 10**4000}
    )
    catalog = Catalog({"chat": chat})
    assert loads(dumps(catalog, format=name), format=name) == catalog


def test_an_entry_extends_no_provider_of_another_identifier() -> None:
    catalog = Catalog({name: GenericProvider(name, a=1, b=2, c=3) for name in "gh"})
    assert "extends" not in dumps(catalog, format="toml", inherit=True)
