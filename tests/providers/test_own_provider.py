# SPDX-License-Identifier: Apache-2.0
"""A user-defined provider class: its methods, its description, and its forms."""

from __future__ import annotations

import inspect
from datetime import timedelta
from enum import Enum
from typing import Any, ClassVar

import attrs
import pytest
from own import Mode, RerankProvider

from llmproviders import (
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Option,
    Provider,
    Secret,
    TritonProvider,
    converter,
    option,
    options,
)


def test_a_user_defined_class() -> None:
    """A user-defined class is read, written, shown and masked like those of the library."""
    provider = RerankProvider(
        "https://me:pw@h", token="t", top_k=3, mode="deep-thought", patience=timedelta(minutes=2), vendor="x"
    )
    flat = {
        "endpoint": "https://me:pw@h",
        "auth": "t",
        "top-k": "3",
        "normalize": "false",
        "mode": "deep-thought",
        "patience": "2min",
        "level": "low",
        "cutoff": "0.25",
        "vendor": "x",
    }
    assert list(flat.items()) == list(provider.to_options().items())
    assert provider == RerankProvider.from_options(flat) == converter.structure(flat, RerankProvider)
    assert (
        "RerankProvider(extra_options={'vendor': 'x'}, endpoint='https://******@h', token=Secret('******'), top_k=3, seed=None, "
        "normalize=False, mode=<Mode.DEEP_THOUGHT: 'deep-thought'>, patience=datetime.timedelta(seconds=120), level='low', "
        "label=None, cutoff=0.25)"
    ) == repr(provider)
    assert {**flat, "reranker": "m"} == provider.to_options(model="m")
    assert flat == provider.to_options([("a", "STRING")])
    assert {**flat, "endpoint": "https://******@h", "auth": "******"} == provider.to_options(redact=True)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("top_k", (0, 1001, "1", True, 1.0)),
        ("normalize", (1, "true")),
        ("mode", ("slow", 1, "")),
        ("patience", ("5s", 5, timedelta(-1))),
        ("level", ("mid", 1)),
        ("label", ("a b", "a" * 10, 5)),
        ("cutoff", (-2, "x", True)),
        ("token", (5, ["t"])),
        ("seed", (2**63, 1.5)),
        ("endpoint", (None, 5)),
    ],
    ids=lambda value: value if isinstance(value, str) else "bad",
)
def test_refused_values(name: str, bad: tuple[Any, ...]) -> None:
    """An option accepts only values that fit its annotation and validators."""
    for value in bad:
        with pytest.raises(InvalidOptionsError) as caught:
            RerankProvider(**{"endpoint": "h", name: value})
        assert [name] == [problem.option for problem in caught.value.problems], value


def test_durations_of_timedelta() -> None:
    """The string of a duration is read if a `timedelta` can hold it exactly, and is refused otherwise."""
    assert timedelta(days=1) == RerankProvider.from_options({"endpoint": "h", "patience": "1 d"}).patience
    for string, expected in (
        ("1ns", "a duration in whole microseconds"),
        ("106751991167300d", "a duration that a timedelta can hold"),
        ("soon", "a duration such as '30s', '500 ms' or '2min'"),
    ):
        with pytest.raises(InvalidOptionsError) as caught:
            RerankProvider.from_options({"endpoint": "h", "patience": string})
        assert [expected] == [problem.expected for problem in caught.value.problems]


def test_the_description_of_options() -> None:
    """`options` describes each option with its key, type, default, rule and meaning."""
    described = {info.name: info for info in options(RerankProvider)}
    assert ["endpoint", "token", "top_k", "seed", "normalize", "mode", "patience", "level", "label", "cutoff"] == list(described)
    top_k, mode, token, endpoint = (described[name] for name in ("top_k", "mode", "token", "endpoint"))
    assert ("top-k", int, "Integer", 10, False, "from 1 to 1000", "how many", False) == (
        top_k.key,
        top_k.type,
        top_k.java,
        top_k.default,
        top_k.required,
        top_k.rule,
        top_k.meaning,
        top_k.secret,
    )
    assert (Mode, "Enum", Mode.QUICK, ("quick-one", "deep-thought")) == (mode.type, mode.java, mode.default, mode.allowed)
    assert (Secret, "String", True, None) == (token.type, token.java, token.secret, token.default)
    assert (str, "String", True, None, "url") == (
        endpoint.type,
        endpoint.java,
        endpoint.required,
        endpoint.default,
        endpoint.format,
    )
    assert ("Long", "Double", "Boolean", "Duration", "Enum", "String") == tuple(
        described[name].java for name in ("seed", "cutoff", "normalize", "patience", "level", "label")
    )
    assert ("low", "high") == described["level"].allowed
    assert int is described["seed"].type
    assert attrs.fields(RerankProvider).seed is described["seed"].field
    record = attrs.fields(RerankProvider).top_k.metadata["llmproviders"]
    assert Option("top-k", meaning="how many", java="Integer") == record


def test_positional_arguments() -> None:
    """Only fields that are not keyword-only can be given by position."""
    assert RerankProvider(endpoint="h") == RerankProvider("h")
    with pytest.raises(TypeError, match="takes from 1 to 2 positional arguments but 3 were given"):
        RerankProvider("h", "t")  # type: ignore[misc]
    parameters = inspect.signature(RerankProvider).parameters
    assert "endpoint" == next(iter(parameters))
    assert inspect.Parameter.POSITIONAL_OR_KEYWORD is parameters["endpoint"].kind
    assert inspect.Parameter.KEYWORD_ONLY is parameters["top_k"].kind
    assert 10 == parameters["top_k"].default
    assert inspect.Parameter.empty is parameters["endpoint"].default
    assert inspect.Parameter.VAR_KEYWORD is list(parameters.values())[-1].kind


def test_fields_that_are_no_options() -> None:
    """A private field is no option; its argument has the name that attrs gives it."""

    @attrs.frozen(kw_only=True)
    class Base(Provider):
        identifier = "base"
        size: int = attrs.field(default=1, metadata=option("size-of"))
        _note: str | None = attrs.field(default=None)

    base = Base(note="x")
    assert {"size-of": "1"} == base.to_options()
    assert "x" == base._note
    assert base != Base()
    assert "y" == base.with_(note="y")._note
    assert base == Base().with_(note="x") == attrs.evolve(base)
    with pytest.raises(InvalidTypeError):
        Base(note=5)  # type: ignore[arg-type]
    assert ["size"] == [info.name for info in options(Base)]


def test_aliases() -> None:
    """An option with an alias is given by the alias, as type checkers expect."""

    @attrs.frozen
    class Aliased(Provider):
        identifier = "aliased"
        size: int = attrs.field(default=1, kw_only=True, alias="length", metadata=option("size-of"))

    assert {"size-of": "5"} == Aliased(length=5).to_options()
    assert 6 == attrs.evolve(Aliased(length=5), length=6).size


class Point:
    """A user-defined type."""

    def __init__(self, x: int) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and self.x == other.x

    def __hash__(self) -> int:
        return self.x


converter.register_unstructure_hook(Point, lambda point: f"@{point.x}")
converter.register_structure_hook(Point, lambda text, _: Point(int(text[1:])))


@attrs.frozen
class Pointed(Provider):
    """Options of types that the library does not know."""

    identifier: ClassVar[str] = "pointed"
    at: Point = attrs.field(metadata=option("at-point"))
    many: Any = attrs.field(default=None, kw_only=True, metadata=option("many"))


def test_user_defined_types() -> None:
    """A pair of hooks writes and reads a user's type; without hooks the option is refused with a hint."""
    assert {"at-point": "@5"} == Pointed(Point(5)).to_options()
    assert Pointed(Point(5)) == Pointed.from_options({"at-point": "@5"})
    with pytest.raises(InvalidTypeError, match=r"at \(at-point\): expected a Point, got 5 \(int\)"):
        Pointed(5)  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionsError) as caught:
        Pointed.from_options({"at-point": "@x"})
    assert "Pointed: at (at-point): expected the string of a Point, got '@x'" == str(caught.value)
    with pytest.raises(InvalidTypeError) as untold:
        Pointed(Point(1), many=["a"])
    assert (
        "Pointed: many: expected a value that its hook converts to a str, got a value of type list; "
        "register its hooks with llmproviders.converter" == str(untold.value)
    )


def test_methods_of_the_class() -> None:
    """A `__repr__` that the class defines is kept."""

    @attrs.frozen(repr=False, eq=False)
    class Quiet(Provider):
        identifier = "quiet"

        def __repr__(self) -> str:
            return "quiet!"

    assert "quiet!" == repr(Quiet())
    assert Quiet() == Quiet()


def test_keys_that_are_members() -> None:
    """A key may be a member of an enum of strings."""

    class Key(str, Enum):
        SIZE = "max-size"

    @attrs.frozen(kw_only=True)
    class Sized(Provider):
        identifier = "sized"
        size: int = attrs.field(default=1, metadata=option(Key.SIZE))

    flat = Sized(size=2).to_options()
    assert {"max-size": "2"} == flat
    assert [str] == [type(key) for key in flat]
    assert 2 == Sized.from_options(flat).size


def test_an_alias_and_its_name() -> None:
    """The option is given by its alias; the name of the field is refused with the alias to write."""

    @attrs.frozen(kw_only=True)
    class Aliased(Provider):
        identifier = "aliased"
        size: int = attrs.field(default=1, alias="length", metadata=option("size"))

    expected = "^Aliased: size: expected the Python name length, got another name; write length=...$"
    for given in ({"size": 3}, {"length": 2, "size": 3}):
        with pytest.raises(InvalidOptionsError, match=expected):
            Aliased(**given)


def test_subclasses_on_other_runtimes() -> None:
    """`for_runtime` keeps a subclass with another identifier, and converts a subclass with the same one."""

    @attrs.frozen(kw_only=True)
    class Tiered(OpenAICompatProvider):
        identifier = "tiered"
        tier: str = attrs.field(default="gold", metadata=option("tier"))

    class Same(OpenAICompatProvider):
        __slots__ = ()

    given: Any = {"endpoint": "https://h/v1/chat/completions", "api_key": "k", "model": "m"}
    assert Tiered(**given) == Tiered(**given).for_runtime("flink-2.3")
    assert "openai" == Same(**given).for_runtime("flink-2.3").provider_name()


def test_no_extra_options() -> None:
    """``extra_options=None`` removes all extra options."""
    provider = TritonProvider("h", extra_options={"a": "b"})
    assert TritonProvider("h") == provider.with_(extra_options=None) == TritonProvider("h", extra_options=None)
    assert "a" not in provider.with_(extra_options=None).to_options()
