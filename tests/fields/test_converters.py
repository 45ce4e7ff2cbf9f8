# SPDX-License-Identifier: Apache-2.0
"""Converters of fields: those of the library, of attrs and of users."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import Any

import attrs
import pytest
from attrs_classes import frozen, problem_names, refusal, slots_or_dict

from llmproviders import (
    InvalidOptionsError,
    Provider,
    Secret,
    duration,
    option,
    required_secret,
    secret,
)
from llmproviders.fields.converters import fallback, flink_map, json_headers, json_object, stop_strings, url
from llmproviders.providers.openai_compat import content_types


def test_converters_of_the_library() -> None:
    """The converters of the library work in any attrs class: None stays None, and converted values stay the same."""
    converters = (secret, duration, url, json_object, json_headers, flink_map, stop_strings, fallback, content_types)
    assert [None] * len(converters) == [convert(None) for convert in converters]
    with pytest.raises(TypeError, match="expected a str or a Secret"):
        required_secret(None)  # type: ignore[arg-type]
    assert Secret("x") == required_secret("x") == secret(Secret("x"))

    @attrs.frozen
    class Ordinary:
        span: str | None = attrs.field(default=None, converter=duration)

    assert (None, "2s") == (Ordinary().span, Ordinary(timedelta(seconds=2)).span)


def _by_name(value: Any, field: attrs.Attribute[Any]) -> str:
    return f"{field.name}:{value}"


@slots_or_dict
def test_converters(slots: bool) -> None:
    """Converters of every documented kind convert the given values and the defaults."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        plain: str = attrs.field(default="eu", converter=str.upper, metadata=option("plain"))
        wrapped: int = attrs.field(default="3", converter=attrs.Converter(int), metadata=option("wrapped"))
        named: str = attrs.field(default="x", converter=attrs.Converter(_by_name, takes_field=True), metadata=option("named"))
        maybe: int | None = attrs.field(default=None, converter=attrs.converters.optional(int), metadata=option("maybe"))
        piped: str = attrs.field(default="a", converter=[str.strip, str.upper], metadata=option("piped"))
        pipe: str = attrs.field(default="a", converter=attrs.converters.pipe(str.strip, str.upper), metadata=option("pipe"))
        filled: str = attrs.field(default=None, converter=attrs.converters.default_if_none("d"), metadata=option("filled"))
        made: str = attrs.field(default=None, converter=attrs.converters.default_if_none(factory=str), metadata=option("made"))
        flag: bool = attrs.field(default="no", converter=attrs.converters.to_bool, metadata=option("flag"))

    defaults = {
        "plain": "EU",
        "wrapped": "3",
        "named": "named:x",
        "piped": "A",
        "pipe": "A",
        "filled": "d",
        "made": "",
        "flag": "false",
    }
    assert defaults == Own().to_options()
    provider = Own(plain="us", wrapped="5", named="y", maybe="7", piped=" b ", pipe=" c ", filled=None, made=None, flag="yes")
    expected: dict[str, str] = {
        "plain": "US",
        "wrapped": "5",
        "named": "named:y",
        "maybe": "7",
        "piped": "B",
        "pipe": "C",
        "filled": "d",
        "made": "",
        "flag": "true",
    }
    assert expected == provider.to_options()
    assert {**expected, "plain": "DE"} == provider.with_(plain="de").to_options()
    assert None is Own(maybe=5).with_(maybe=None).maybe
    assert ["wrapped"] == problem_names(lambda: Own(wrapped="x"))


@slots_or_dict
def test_results_of_converters(slots: bool) -> None:
    """The result of a converter must have the annotated type."""

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=lambda value: value if value != "x" else "y", metadata=option("size"))

    assert ["size"] == problem_names(lambda: Own(size="x"))
    assert 5 == Own(size=5).size


@slots_or_dict
def test_converters_that_take_self(slots: bool) -> None:
    """A converter that takes the instance is refused; the message has the class and the field."""

    def make() -> Any:
        @frozen(slots)
        class Dependent(Provider):
            identifier = "dependent"
            size: int = attrs.field(
                default=1,
                converter=attrs.Converter(lambda value, instance: value, takes_self=True),
                metadata=option("size"),
            )

        return Dependent

    message = refusal(make)
    assert "Dependent" in message
    assert "size" in message


def test_converters_without_a_signature() -> None:
    """In the signature, an option whose converter has no annotation accepts `Any`."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, converter=int, metadata=option("size"))
        token: str | None = attrs.field(default=None, converter=lambda text: text or None, metadata=option("token", secret=True))

    assert [Any, Any] == [inspect.signature(Own).parameters[name].annotation for name in ("size", "token")]
    assert {"size": "1"} == Own(token="").to_options()
    assert "******" == str(Own(token="t").token)


def test_converters_that_raise_errors_of_the_library() -> None:
    """An error of the library that a converter raises is a problem of its option."""

    @attrs.frozen(kw_only=True)
    class Own(Provider):
        identifier = "own"
        token: Secret = attrs.field(default="t", converter=Secret, metadata=option("token"))

    with pytest.raises(InvalidOptionsError) as caught:
        Own(token=5)
    assert "Own: token: expected a str, got int" == str(caught.value)


def test_converters_of_users() -> None:
    """Any exception of a user's converter is a problem of its option."""

    @attrs.frozen
    class Parsed(Provider):
        identifier = "parsed"
        size: int = attrs.field(default=1, kw_only=True, converter=int, metadata=option("size-of"))
        unit: str = attrs.field(
            default="a", kw_only=True, converter=lambda value: {"a": "a", "b": "b"}[value], metadata=option("unit")
        )
        key: Any = attrs.field(default=None, kw_only=True, converter=secret, metadata=option("key"))

    assert {"size-of": "7", "unit": "b"} == Parsed(size="7", unit="b").to_options()
    with pytest.raises(InvalidOptionsError) as caught:
        Parsed(size="x", unit="c")
    assert [
        "size (size-of): expected a value that passes its check (invalid literal for int() with base 10: 'x'), got 'x'",
        "unit: expected a value that passes its check ('c'), got 'c'",
    ] == [str(problem) for problem in caught.value.problems]


def test_json_without_a_converter() -> None:
    """An option of the format JSON is validated and masked as JSON, also without a converter."""

    @attrs.frozen(kw_only=True)
    class Body(Provider):
        identifier = "body"
        body: str | None = attrs.field(default=None, metadata=option("body", format="json"))

    assert '{"a": 1}' == Body(body={"a": 1}).body
    assert "MARK" not in repr(Body(body='{"api_key": "MARK"}'))
    with pytest.raises(
        InvalidOptionsError, match=r"^Body: body: expected a JSON object with each name once, got \*\*\*\*\*\* \(str\)$"
    ):
        Body(body="{")
