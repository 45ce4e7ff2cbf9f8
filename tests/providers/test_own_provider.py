# SPDX-License-Identifier: Apache-2.0
"""What a user's own provider class gets, and what it may look like."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import Enum, IntEnum
from typing import Any, ClassVar, Literal, Optional

import attrs
import pytest
from own import Mode, RerankProvider

from llmproviders import (
    InvalidClassError,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Option,
    Problem,
    Provider,
    Rule,
    Secret,
    TritonProvider,
    at_least,
    converter,
    duration,
    option,
    options,
    provider_classes,
    register_provider_class,
    required_secret,
    secret,
)
from llmproviders.fields.converters import fallback, flink_map, json_headers, json_object, stop_strings, url
from llmproviders.providers.openai_compat import content_types


def test_all_of_it() -> None:
    """Declared once, an own class does what the library's do."""
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
def test_strictness(name: str, bad: tuple[Any, ...]) -> None:
    """An option takes what its annotation and validators say, and no more."""
    for value in bad:
        with pytest.raises(InvalidOptionsError) as caught:
            RerankProvider(**{"endpoint": "h", name: value})
        assert [name] == [problem.option for problem in caught.value.problems], value


@pytest.mark.parametrize("text", ["quick-one", "QUICK-ONE", "Quick_One", "quick", "QUICK", Mode.QUICK])
def test_enums(text: Any) -> None:
    """A member, its value or its name, in any letter case."""
    assert Mode.QUICK is RerankProvider("h", mode=text).mode
    assert "deep-thought" == RerankProvider("h", mode="DEEP_THOUGHT").to_options()["mode"]


def test_durations_of_timedelta() -> None:
    """A duration text is read where it is exact in a `timedelta`, and refused where it is not."""
    assert timedelta(days=1) == RerankProvider.from_options({"endpoint": "h", "patience": "1 d"}).patience
    for text, expected in (
        ("1ns", "a duration in whole microseconds"),
        ("106751991167300d", "a duration that a timedelta can hold"),
        ("soon", "a duration such as '30s', '500 ms' or '2min'"),
    ):
        with pytest.raises(InvalidOptionsError) as caught:
            RerankProvider.from_options({"endpoint": "h", "patience": text})
        assert [expected] == [problem.expected for problem in caught.value.problems]


def test_described_as_data() -> None:
    """`options` tells all there is to know of each option."""
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
    """Fields that are not keyword-only may be positional, and no others."""
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
    """A private field belongs to the provider and never to Flink; its argument is named as attrs names it."""

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
    """An option that attrs knows by another name is given by that name, as type checkers want it."""

    @attrs.frozen
    class Aliased(Provider):
        identifier = "aliased"
        size: int = attrs.field(default=1, kw_only=True, alias="length", metadata=option("size-of"))

    assert {"size-of": "5"} == Aliased(length=5).to_options()
    assert 6 == attrs.evolve(Aliased(length=5), length=6).size


def test_fields_that_would_be_lost() -> None:
    """A field that is neither an option nor private is a mistake of the class, and so is a class that attrs did not make."""

    @attrs.frozen
    class Forgetful(Provider):
        identifier = "forgetful"
        size: int = attrs.field(default=1, kw_only=True)

    text = "Forgetful.size would not reach Flink: give it metadata=option(...), or a private name"
    with pytest.raises(TypeError) as caught:
        Forgetful()
    assert InvalidClassError is type(caught.value)
    assert text == str(caught.value)

    class Undecorated(Provider):
        identifier = "undecorated"
        size: int = attrs.field(default=1, kw_only=True, metadata=option("size"))

    text = "Undecorated has options but is not an attrs class: decorate it with @attrs.frozen(kw_only=True)"
    with pytest.raises(TypeError) as caught:
        Undecorated()
    assert text == str(caught.value)


def test_converters_of_the_library() -> None:
    """The converters serve fields of any class: None stays None, and what is canonical stays as it is."""
    converters = (secret, duration, url, json_object, json_headers, flink_map, stop_strings, fallback, content_types)
    assert [None] * len(converters) == [convert(None) for convert in converters]
    with pytest.raises(TypeError, match="expected a str or a Secret"):
        required_secret(None)  # type: ignore[arg-type]
    assert Secret("x") == required_secret("x") == secret(Secret("x"))

    @attrs.frozen
    class Ordinary:
        span: str | None = attrs.field(default=None, converter=duration)

    assert (None, "2s") == (Ordinary().span, Ordinary(timedelta(seconds=2)).span)


class Point:
    """A type of the user's own."""

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
    many: Sequence[str] | None = attrs.field(default=None, kw_only=True, metadata=option("many"))


def test_types_of_ones_own() -> None:
    """A pair of hooks gives a type a string; without them the option is refused, and the message says what to do."""
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


class Color(str, Enum):
    """An enum that is text as well."""

    RED = "red"


def test_choices() -> None:
    """The texts that an option takes may be listed, also by a class attribute, which is compared to the letter."""

    @attrs.frozen
    class Chosen(Provider):
        identifier = "chosen"
        sizes: ClassVar[tuple[str, ...]] = ("S", "M")
        size: str | None = attrs.field(default=None, kw_only=True, metadata=option("size", choices="sizes", java="String"))
        kind: str | None = attrs.field(default=None, kw_only=True, metadata=option("kind", choices=("a-b", "c"), java="Enum"))
        color: Color = attrs.field(default=Color.RED, kw_only=True, metadata=option("color"))
        one: Literal["only"] = attrs.field(default="only", kw_only=True, metadata=option("one"))

    chosen = Chosen(size="M", kind="A_B", color="RED", one="ONLY")  # type: ignore[arg-type]
    assert {"size": "M", "kind": "a-b", "color": "red", "one": "only"} == chosen.to_options()
    assert [("S", "M"), ("a-b", "c"), ("red",), ("only",)] == [info.allowed for info in options(Chosen)]
    assert chosen == Chosen.from_options({"size": "M", "kind": "A-b", "color": "RED", "one": "Only"})
    for given in ({"size": "m"}, {"kind": "ab"}, {"color": "blue"}, {"one": "other"}):
        with pytest.raises(InvalidOptionsError):
            Chosen(**given)


def test_a_class_of_its_own_words() -> None:
    """What a class writes itself is left alone."""

    @attrs.frozen(repr=False, eq=False)
    class Quiet(Provider):
        identifier = "quiet"

        def __repr__(self) -> str:
            return "quiet!"

    assert "quiet!" == repr(Quiet())
    assert Quiet() == Quiet()


def test_annotations_that_are_names() -> None:
    """Annotations are resolved when the class is first used, not when it is made."""
    namespace: dict[str, Any] = {"Provider": Provider, "attrs": attrs, "option": option, "__name__": "later"}
    exec(
        "from __future__ import annotations\n"
        "@attrs.frozen\n"
        "class Later(Provider):\n"
        "    identifier = 'later'\n"
        "    size: Optional[int] = attrs.field(default=None, kw_only=True, metadata=option('size'))\n",
        namespace,
    )
    module = types.ModuleType("later")
    sys.modules["later"] = module
    try:
        vars(module).update(namespace, Optional=Optional)
        assert {"size": "5"} == namespace["Later"](size=5).to_options()
    finally:
        del sys.modules["later"]


def test_without_identifier() -> None:
    """A class without an identifier is abstract, and its subclass need not be."""

    @attrs.frozen
    class Abstract(Provider):
        size: int = attrs.field(default=1, kw_only=True, metadata=option("size"))

    with pytest.raises(
        InvalidClassError, match="^Abstract is abstract: use a subclass that has an identifier, or GenericProvider$"
    ):
        Abstract()
    with pytest.raises(InvalidClassError, match="^Abstract is abstract"):
        Abstract.from_options({})

    class Concrete(Abstract):
        identifier = "concrete"

    assert {"size": "1"} == Concrete().to_options()


def test_one_key_for_two_options() -> None:
    """Two options that Java would read as one are refused, also where one has the other's older key."""

    @attrs.frozen(kw_only=True)
    class Twice(Provider):
        identifier = "twice"
        size: int = attrs.field(default=1, metadata=option("size"))
        length: int = attrs.field(default=1, metadata=option("length", deprecated_keys=("size",)))

    for use in (Twice, lambda: options(Twice)):
        with pytest.raises(InvalidClassError, match="^Twice: expected one option with the key 'size', got size and length$"):
            use()


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


def _one_of(cls: type, a: str | None, b: str | None) -> Problem | None:
    return Problem("a", "one of a and b", got="neither") if a is None and b is None else None


@attrs.frozen(kw_only=True)
class Wanting(Provider):
    """A rule that does not hold where nothing is given."""

    identifier = "wanting"
    rules = (Rule(("a", "b"), _one_of),)
    a: str | None = attrs.field(default=None, metadata=option("a"))
    b: str | None = attrs.field(default=None, metadata=option("b"))
    size: int = attrs.field(default=1, metadata=option("size"))


NOTHING_WANTED: dict[str, Callable[[], object]] = {
    "nothing": Wanting,
    "None": lambda: Wanting(a=None),
    "another option": lambda: Wanting(size=2),
    "an extra": lambda: Wanting(vendor="x"),
    "extra_options": lambda: Wanting(extra_options={"vendor": "x"}),
    "from_options": lambda: Wanting.from_options({}),
    "from_options, another": lambda: Wanting.from_options({"size": "2"}),
    "with_": lambda: Wanting(a="x").with_(a=None),
    "with_, and another": lambda: Wanting(a="x").with_(a=None, size=2),
    "without": lambda: Wanting(a="x").without("a"),
}


@pytest.mark.parametrize("way", NOTHING_WANTED)
def test_a_rule_that_wants_options(way: str) -> None:
    """It is held against every provider, however it is made."""
    with pytest.raises(InvalidOptionsError, match="^Wanting: a: expected one of a and b, got neither$"):
        NOTHING_WANTED[way]()
    assert {"a": "x", "size": "2"} == Wanting(a="x", size=2).to_options()
    assert 2 == Wanting(b="x").with_(size=2).size


def test_a_rule_over_what_can_be_read_once() -> None:
    """It is reported as well, though the value cannot be converted again."""

    def need(cls: type, tags: str, region: str | None) -> Problem | None:
        return Problem("region", "a region beside tags", got="none") if tags and region is None else None

    @attrs.frozen(kw_only=True)
    class Tagged(Provider):
        identifier = "tagged"
        rules = (Rule(("tags", "region"), need),)
        tags: str = attrs.field(default="", converter=",".join, metadata=option("tags"))
        region: str | None = attrs.field(default=None, metadata=option("region"))

    with pytest.raises(InvalidOptionsError, match="^Tagged: region: expected a region beside tags, got none$"):
        Tagged(tags=(each for each in "ab"))  # type: ignore[arg-type]


def test_messages_of_validators() -> None:
    """attrs' own validators raise a sentence, the field and its value; only the sentence is shown."""

    @attrs.frozen(kw_only=True)
    class Regional(Provider):
        identifier = "regional"
        region: str = attrs.field(default="EU", validator=attrs.validators.in_(["EU", "US"]), metadata=option("region"))

    with pytest.raises(InvalidOptionsError) as caught:
        Regional(region="mars")
    assert (
        "Regional: region: expected a value that passes its check ('region' must be in ['EU', 'US'] (got 'mars')), got 'mars'"
        == str(caught.value)
    )


def test_rules_that_fail() -> None:
    """A rule that raises is said so, and one over names that are no options is a mistake of the class."""

    def larger(cls: type, a: Any, b: Any) -> Problem | None:
        return Problem("a", "at most b") if a > b else None

    @attrs.frozen(kw_only=True)
    class Failing(Provider):
        identifier = "failing"
        rules = (Rule(("a", "b"), larger),)
        a: int | None = attrs.field(default=None, metadata=option("a"))
        b: int | None = attrs.field(default=None, metadata=option("b"))

    @attrs.frozen(kw_only=True)
    class Unknown(Failing):
        identifier = "unknown"
        rules = (Rule(("a", "nope"), larger),)

    assert 1 == Failing(a=1, b=2).a
    for given in ({}, {"a": 1}):
        with pytest.raises(
            InvalidOptionsError, match="^Failing: a: expected values that the rule over a or b accepts, got its TypeError$"
        ):
            Failing(**given)
    with pytest.raises(InvalidClassError, match="^Unknown: expected rules over its options, got one over nope$"):
        Unknown()


class One(int, Enum):
    ONE = 1
    TWO = 2


class Half(float, Enum):
    HALF = 0.5
    ONE = 1.0


class Whole(IntEnum):
    ONE = 1
    TWO = 2


class Crossed(Enum):
    SMALL = "m"
    M = "l"


@attrs.frozen(kw_only=True)
class Members(Provider):
    """Enums whose members are numbers too, and one whose values are other members' names."""

    identifier = "members"
    one: One | None = attrs.field(default=None, metadata=option("one"))
    half: Half | None = attrs.field(default=None, metadata=option("half"))
    whole: Whole | None = attrs.field(default=None, metadata=option("whole"))
    crossed: Crossed | None = attrs.field(default=None, metadata=option("crossed"))


@pytest.mark.parametrize(
    ("name", "text", "member"),
    [
        *[("one", str(each.value), each) for each in One],
        *[("half", str(each.value), each) for each in Half],
        *[("whole", str(each.value), each) for each in Whole],
        *[("crossed", each.value, each) for each in Crossed],
    ],
)
def test_members_that_are_something_else_too(name: str, text: str, member: Any) -> None:
    """They are written by their value, and read back."""
    assert {name: text} == Members(**{name: member}).to_options()
    assert member is getattr(Members.from_options({name: text}), name)
    assert member is getattr(Members(**{name: member.name} if name != "crossed" else {name: member.value}), name)


def _faulty() -> dict[str, tuple[Callable[[], Any], str]]:
    def own(**namespace: Any) -> Callable[[], Any]:
        return lambda: attrs.frozen(kw_only=True)(type("Faulty", (Provider,), {"identifier": "faulty", **namespace}))()  # noqa: PLW0108

    def field(kind: str, **arguments: Any) -> dict[str, Any]:
        name = arguments.pop("key", "n")
        return {
            "__annotations__": {"n": kind},
            "n": attrs.field(**{"metadata": option(name), **arguments}),
            "__module__": __name__,
        }

    hidden = "hides the option model: declare it as a field, model: ... = attrs.field(...)"
    return {
        "default": (own(**field("int", default=0, validator=at_least(1))), "Faulty.n: default: expected an int of at least 1"),
        "choices": (
            own(**field("str", default="a", metadata=option("n", choices="nowhere"))),
            "Faulty.n: expected choices that the class has, got nowhere",
        ),
        "key": (
            own(**field("str", default="a", key="provider")),
            "Faulty: expected one option with the key 'provider', got its identifier and n",
        ),
        "plain": (lambda: type("Plain", (OpenAICompatProvider,), {"model": "gpt"}), f"Plain.model {hidden}"),
        "annotated": (
            lambda: type("Plain", (OpenAICompatProvider,), {"model": "gpt", "__annotations__": {"model": "str"}})(),  # noqa: PLW0108
            f"Plain.model {hidden}",
        ),
    }


@pytest.mark.parametrize("name", _faulty())
def test_faulty_classes(name: str) -> None:
    """A mistake of the class names the class, the option and what is wrong."""
    make, expected = _faulty()[name]
    for _ in range(2):
        with pytest.raises(InvalidClassError) as caught:
            make()
        assert expected == str(caught.value)


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


def test_relatives_of_another_identifier() -> None:
    """A class of one's own with its own identifier goes over to no other class."""

    @attrs.frozen(kw_only=True)
    class Tiered(OpenAICompatProvider):
        identifier = "tiered"
        tier: str = attrs.field(default="gold", metadata=option("tier"))

    class Same(OpenAICompatProvider):
        __slots__ = ()

    given: Any = {"endpoint": "https://h/v1/chat/completions", "api_key": "k", "model": "m"}
    assert Tiered(**given) == Tiered(**given).for_runtime("flink-2.3")
    assert "openai" == Same(**given).for_runtime("flink-2.3").provider_name()


def test_decorators_in_the_other_order() -> None:
    """attrs makes another class of it, so that the one that is registered would never be complete."""
    expected = "^Early is not an attrs class yet: write @register_provider_class above @attrs.frozen\\(kw_only=True\\)$"
    with pytest.raises(InvalidClassError, match=expected):

        @attrs.frozen(kw_only=True)
        @register_provider_class
        class Early(Provider):
            identifier = "early"
            size: int = attrs.field(default=1, metadata=option("size"))

    assert "early" not in provider_classes()


def test_json_without_a_converter() -> None:
    """An option said to be JSON is read as such, and masked, whatever its field converts."""

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


def test_no_extra_options() -> None:
    """None for all of the extra options is none of them."""
    provider = TritonProvider("h", extra_options={"a": "b"})
    assert TritonProvider("h") == provider.with_(extra_options=None) == TritonProvider("h", extra_options=None)
    assert "a" not in provider.with_(extra_options=None).to_options()
