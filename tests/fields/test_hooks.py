# SPDX-License-Identifier: Apache-2.0
"""There is one way from values to texts and back: the hooks of the cattrs converter."""

# Types that are local to a test cannot be found by name, so annotations here are no strings.
import enum
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, Optional, Union

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CLASSES, every_provider, providers

from llmproviders import (
    GenericProvider,
    InvalidClassError,
    InvalidOptionsError,
    OpenAICompatProvider,
    Provider,
    ProviderError,
    Secret,
    converter,
    dumps,
    from_dict,
    option,
    register_provider_class,
    to_dict,
)
from llmproviders.catalogs.catalog import Catalog

either = pytest.mark.parametrize("slots", [True, False], ids=["slots", "dict"])


def _own(kind: Any, *, default: Any = None, slots: bool = True, **more: Any) -> Any:
    """A class with one option of a type."""
    namespace = {
        "identifier": "hooked",
        "__annotations__": {"value": kind, "size": int},
        "value": attrs.field(default=default, metadata=option("the-value"), **more),
        "size": attrs.field(default=1, metadata=option("size")),
        "__module__": __name__,
    }
    return attrs.frozen(kw_only=True, slots=slots)(type("Hooked", (Provider,), namespace))


def _point() -> Any:
    """A type that no other test knows, with its hooks not yet registered."""

    @attrs.frozen
    class Point:
        x: int

        @classmethod
        def parse(cls, text: str) -> "Point":
            return cls(int(text.removeprefix("@")))

    return Point


def _money() -> Any:
    """A `Decimal` that no other test knows."""

    class Money(Decimal):
        pass

    return Money


def _register(kind: Any, write: Callable[[Any], Any], read: Callable[[str], Any] | None = None) -> None:
    converter.register_unstructure_hook(kind, write)
    if read is not None:
        converter.register_structure_hook(kind, lambda text, _: read(text))


@given(provider=every_provider)
def test_one_way_to_texts(provider: Provider) -> None:
    """`to_options` is the converter's unstructure, of built-in and own classes."""
    assert list(provider.to_options().items()) == list(converter.unstructure(provider).items())
    assert {str} == {type(part) for item in converter.unstructure(provider).items() for part in item} | {str}


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls is not GenericProvider])
@given(data=st.data())
def test_one_way_back(cls: Any, data: st.DataObject) -> None:
    """`from_options` is the converter's structure, errors included."""
    flat = data.draw(providers(cls)).to_options()
    for key in data.draw(st.lists(st.sampled_from([*flat, "size", "seed"]), max_size=2)) if flat else ():
        flat[key] = data.draw(st.sampled_from(["x", "", "1", "true"]))
    try:
        made: object = cls.from_options(flat)
    except InvalidOptionsError as error:
        with pytest.raises(InvalidOptionsError) as caught:
            converter.structure(flat, cls)
        assert set(error.problems) == set(caught.value.problems)
    else:
        assert made == converter.structure(flat, cls)


@either
def test_hooks_before_first_use(slots: bool) -> None:
    """A pair of hooks gives a type of the user's own a text."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = _own(point | None, slots=slots)
    provider = cls(value=point(5))
    assert {"the-value": "@5", "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert provider == cls.from_options({"the-value": "@5"}) == converter.structure({"the-value": "@5"}, cls)
    assert {"size": "1"} == cls().to_options()
    with pytest.raises(InvalidOptionsError):
        cls(value="@5")


@either
@pytest.mark.parametrize("used", ["class", "instance", "instance twice", "read"])
def test_hooks_after_first_use(used: str, slots: bool) -> None:
    """Hooks registered later are used everywhere, or refused where they are registered; they are never ignored."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = _own(point | None, slots=slots)
    old = cls(value=point(5))
    if used != "class":
        assert "@5" == old.to_options()["the-value"]
    if used == "instance twice":
        assert "@5" == old.to_options()["the-value"]
        assert "@5" == old.with_(size=2).to_options()["the-value"]
    if used == "read":
        assert old == cls.from_options({"the-value": "@5"})
    try:
        _register(point, lambda value: f"#{value.x + 1}", lambda text: point(int(text[1:]) - 1))
    except ProviderError:
        # Refused aloud: then the old pair must still be whole.
        assert "@5" == old.to_options()["the-value"]
        assert old == cls.from_options({"the-value": "@5"})
        return
    for provider in (old, cls(value=point(5)), old.with_(), old.with_(size=1)):
        assert {"the-value": "#6", "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert "#6" == old.to_options(redact=True)["the-value"]
    assert old == cls.from_options({"the-value": "#6"}) == converter.structure({"the-value": "#6"}, cls)
    assert old == cls.from_options(old.to_options())


@either
def test_hooks_of_decimals(slots: bool) -> None:
    """A hook for a kind of `Decimal` decides on its text."""
    money = _money()
    _register(money, lambda value: f"{value:f}", money)
    cls = _own(money | None, slots=slots)
    assert "0.0000001" == cls(value=money("1E-7")).to_options()["the-value"]
    assert money("0.50") == cls.from_options({"the-value": "0.50"}).value
    assert cls(value=money("1.00")).to_options() == cls.from_options({"the-value": "1.00"}).to_options()


def test_a_default_is_written_as_given() -> None:
    """A value that equals the default and has another text keeps its own text."""
    money = _money()
    _register(money, str, money)
    cls = _own(money | None, default=money(1))
    assert "1.00" == cls(value=money("1.00")).to_options()["the-value"]
    assert "1.00" == cls().with_(value=money("1.00")).to_options()["the-value"]
    assert "1.00" == cls.from_options({"the-value": "1.00"}).to_options()["the-value"]
    assert "1" == cls(value=money("1.00")).without("value").to_options()["the-value"]
    assert cls(value=money("1.00")) == cls()
    assert cls(value=money("1.00")).fingerprint() == cls().fingerprint()


@either
def test_a_hook_for_a_provider_class(slots: bool) -> None:
    """A hook for the class itself is what `to_options` gives, or it is refused where it is registered."""
    cls = _own(str | None, slots=slots)
    old = cls(value="x")
    old.to_options()
    try:
        converter.register_unstructure_hook(cls, lambda provider: {"all": f"{provider.value}-{provider.size}"})
    except ProviderError:
        assert {"the-value": "x", "size": "1"} == old.to_options()
        return
    for provider in (old, cls(value="x"), old.with_()):
        assert {"all": "x-1"} == converter.unstructure(provider) == provider.to_options()
    assert {"all": "x-2"} == old.to_options(overrides={"size": 2})


@either
def test_a_structure_hook_for_a_provider_class(slots: bool) -> None:
    """The same holds for the way back."""
    cls = _own(str | None, slots=slots)
    old = cls.from_options({"the-value": "x"})
    try:
        converter.register_structure_hook(cls, lambda flat, _: cls(value=flat["all"]))
    except ProviderError:
        assert old == cls.from_options({"the-value": "x"})
        return
    assert old == converter.structure({"all": "x"}, cls) == cls.from_options({"all": "x"})


ERRORS = [ValueError("bad"), TypeError("bad"), KeyError("bad"), RuntimeError("bad"), RecursionError("bad"), ProviderError("bad")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_structure_hook_that_raises(error: Exception) -> None:
    """Whatever a hook raises is a problem of its option, beside those of others."""
    point = _point()

    def read(text: str) -> Any:
        raise error

    _register(point, str, read)
    cls = _own(point | None)
    for call in (cls.from_options, lambda flat: converter.structure(flat, cls)):
        with pytest.raises(InvalidOptionsError) as caught:
            call({"the-value": "x", "size": "y"})
        assert {"value", "size"} == {problem.option for problem in caught.value.problems}


def test_a_structure_hook_of_another_type() -> None:
    """What a hook gives must be what the annotation says, like any other value."""
    point = _point()
    _register(point, str, lambda text: f"no point: {text}")
    cls = _own(point | None)
    with pytest.raises(InvalidOptionsError) as caught:
        cls.from_options({"the-value": "x"})
    assert ["value"] == [problem.option for problem in caught.value.problems]


def _flat_ways(cls: Any, value: Any) -> list[Callable[[], Any]]:
    """The ways from a value to its text; a provider may be refused as soon as it is made."""
    return [
        lambda: cls(value=value).to_options(),
        lambda: cls(value=value).to_options(redact=True),
        lambda: converter.unstructure(cls(value=value)),
        lambda: cls(value=value).fingerprint(),
        lambda: cls().to_options(overrides={"value": value}),
        lambda: cls().with_(value=value).to_options(),
    ]


@pytest.mark.parametrize("text", [5, None, b"x", ["x"], 1.5, {"a": "b"}], ids=repr)
def test_an_unstructure_hook_without_a_text(text: Any) -> None:
    """A hook that gives no `str` is an error that names the option."""
    point = _point()
    _register(point, lambda value: text, lambda text: point(int(text)))
    for call in _flat_ways(_own(point | None), point(5)):
        with pytest.raises(ProviderError, match="value"):
            call()


def test_an_unstructure_hook_that_raises() -> None:
    """An error of a hook is one of the library that names the option."""
    point = _point()

    def write(value: Any) -> str:
        raise RuntimeError("no ink")

    _register(point, write, lambda text: point(int(text)))
    for call in _flat_ways(_own(point | None), point(5)):
        with pytest.raises(ProviderError, match="value"):
            call()


def test_texts_of_subclasses_of_str() -> None:
    """What a hook gives as a member of an enum of texts is written as a plain `str`, or refused."""

    class Word(str, enum.Enum):
        A = "a"

    point = _point()
    _register(point, lambda value: Word.A, lambda text: point(1))
    cls = _own(point | None)
    try:
        flat = cls(value=point(1)).to_options()
    except ProviderError as error:
        assert "value" in str(error)
    else:
        assert str is type(flat["the-value"])
        assert "a" == flat["the-value"]


def test_a_copy_of_the_converter() -> None:
    """`converter.copy()` works on providers, and hooks of the copy stay with it."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = _own(point | None)
    provider = cls(value=point(5))
    copied = converter.copy()
    assert provider.to_options() == copied.unstructure(provider)
    assert provider == copied.structure(provider.to_options(), cls)
    copied.register_unstructure_hook(point, lambda value: f"#{value.x}")
    copied.register_structure_hook(point, lambda text, _: point(int(text[1:])))
    assert "@5" == provider.to_options()["the-value"] == converter.unstructure(provider)["the-value"]
    assert provider == cls.from_options({"the-value": "@5"})
    with pytest.raises(InvalidOptionsError):
        copied.structure({"the-value": "@5", "size": "x"}, cls)


def test_nested_in_other_types() -> None:
    """Where the converter meets a provider inside another type, it is its options there too."""
    cls = _own(str | None)
    provider = cls(value="x")
    assert [provider.to_options()] == converter.unstructure([provider], list[cls])
    assert {"a": provider} == converter.structure({"a": {"the-value": "x"}}, dict[str, cls])


# Types that have hooks ------------------------------------------------------------------------------------------------


def _number() -> Any:
    """An `int` that no other test knows."""

    class Number(int):
        pass

    return Number


Pair = tuple[Callable[[Any], str], Callable[[str], Any]]


def _joined(make: Callable[[Any], Any], item: Callable[[str], Any]) -> Pair:
    return lambda value: ",".join(map(str, value)), lambda text: make(item(part) for part in text.split(",") if part)


GENERICS: dict[str, Callable[[Any], tuple[Any, Pair, Any, str]]] = {
    "list": lambda number: (list[number], _joined(list, number), [number(1), number(2)], "1,2"),
    "tuple": lambda number: (tuple[number, ...], _joined(tuple, number), (number(1), number(2)), "1,2"),
    "pair": lambda number: (
        tuple[number, str],
        (lambda value: f"{value[0]}{value[1]}", lambda text: (number(text[0]), text[1:])),
        (number(1), "a"),
        "1a",
    ),
    "frozenset": lambda number: (frozenset[number], _joined(frozenset, number), frozenset({number(1)}), "1"),
    "mapping": lambda number: (
        dict[str, number],
        (
            lambda value: ",".join(f"{key}={each}" for key, each in value.items()),
            lambda text: {part.split("=")[0]: number(part.split("=")[1]) for part in text.split(",")},
        ),
        {"a": number(1)},
        "a=1",
    ),
    "union": lambda number: (
        Union[number, str],  # noqa: UP007
        (str, lambda text: number(text) if text.isdigit() else text),
        number(5),
        "5",
    ),
}


@pytest.mark.parametrize("optional", [False, True], ids=["required", "optional"])
@pytest.mark.parametrize("name", GENERICS)
def test_hooks_of_generics(name: str, optional: bool) -> None:
    """A hook may be for a list, a tuple, a mapping or a union; the option may be None all the same."""
    kind, (write, read), value, text = GENERICS[name](_number())
    is_it = lambda hint: hint == kind  # noqa: E731
    converter.register_unstructure_hook_func(is_it, write)
    converter.register_structure_hook_func(is_it, lambda text, _: read(text))
    cls = _own(Optional[kind] if optional else kind, default=None if optional else value)  # noqa: UP045
    provider = cls(value=value)
    assert {"the-value": text, "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert provider == cls.from_options(provider.to_options())
    assert value == cls.from_options({"the-value": text}).value
    assert type(value) is type(cls.from_options({"the-value": text}).value)
    if optional:
        assert {"size": "1"} == cls().to_options()


class Mode(enum.Enum):
    """A plain enum."""

    QUICK = "quick-one"


class Whole(enum.IntEnum):
    """One that is a number too."""

    ONE = 1


TYPES: dict[str, tuple[Any, Any, str]] = {
    "enum": (Mode, Mode.QUICK, "quick-one"),
    "int enum": (Whole, Whole.ONE, "1"),
    "literal": (Literal["low", "high"], "high", "high"),
    "timedelta": (timedelta, timedelta(minutes=2), "2min"),
    "Secret": (Secret, Secret("k"), "k"),
    "str": (str, "x", "x"),
    "int": (int, -5, "-5"),
    "float": (float, 0.5, "0.5"),
    "float of an int": (float, 1, "1"),
    "bool": (bool, True, "true"),
}


@either
@pytest.mark.parametrize("name", TYPES)
def test_types_that_have_texts(name: str, slots: bool) -> None:
    """Types that the library knows need no hook, and survive a round trip by each way."""
    kind, value, text = TYPES[name]
    cls = _own(kind | None if not isinstance(kind, str) else kind, slots=slots)
    provider = cls(value=value)
    assert {"the-value": text, "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert provider == cls.from_options({"the-value": text}) == converter.structure({"the-value": text}, cls)
    assert type(value) is type(cls.from_options({"the-value": text}).value)
    shown = provider.to_options(redact=True)["the-value"]
    assert ("******" if name == "Secret" else text) == shown


def test_hooks_of_types_that_have_texts() -> None:
    """A hook for an enum of the user's own goes before the library's."""

    class Tone(enum.Enum):
        WARM = 1

    cls = _own(Tone | None)
    assert "1" == cls(value=Tone.WARM).to_options()["the-value"]
    try:
        converter.register_unstructure_hook(Tone, lambda member: member.name.lower())
        converter.register_structure_hook(Tone, lambda text, _: Tone[text.upper()])
    except ProviderError:
        return
    provider = cls(value=Tone.WARM)
    assert "warm" == provider.to_options()["the-value"]
    assert provider == cls.from_options({"the-value": "warm"})


class Access(enum.Flag):
    """Members that can be combined."""

    READ = enum.auto()
    WRITE = enum.auto()


class IntAccess(enum.IntFlag):
    """The same with members that are numbers."""

    READ = 1
    WRITE = 2


@pytest.mark.parametrize("value", [*Access, Access.READ | Access.WRITE, Access(0), *IntAccess, IntAccess.READ | IntAccess.WRITE])
def test_flags(value: Any) -> None:
    """A combination of flags comes back from its text, or is refused when it is given."""
    cls = _own(type(value) | None)
    try:
        provider = cls(value=value)
    except (InvalidOptionsError, InvalidClassError):
        assert value not in list(type(value))
        return
    assert provider == cls.from_options(provider.to_options())
    assert value == cls.from_options(provider.to_options()).value


@pytest.mark.usefixtures("own_classes")
def test_hooks_in_documents() -> None:
    """A document holds the text of a type that has no form of its own there, and reads it."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = register_provider_class(_own(point | None))
    provider = cls(value=point(5))
    assert {"provider": "hooked", "value": "@5"} == to_dict(provider)
    assert provider == from_dict({"provider": "hooked", "value": "@5"})
    assert "@5" in dumps(Catalog({"a": provider}), format="json")


@either
def test_a_type_without_hooks(slots: bool) -> None:
    """A type that no hook gives a text is named when the class is first used, and works once it has hooks."""

    class Point:
        def __init__(self, x: int) -> None:
            self.x = x

    cls = _own(Point | None, slots=slots)
    for use in (cls, lambda: cls.from_options({}), cls):
        with pytest.raises(InvalidClassError, match="value.*Point"):
            use()
    _register(Point, lambda value: f"@{value.x}", lambda text: Point(int(text[1:])))
    assert {"the-value": "@5", "size": "1"} == cls(value=Point(5)).to_options()


def test_a_hook_that_fails_later() -> None:
    """A hook that fails when the options are written is a problem of the option, or of the class."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = _own(point | None)
    provider = cls(value=point(5))
    _register(point, lambda value: 1 / 0)
    with pytest.raises(InvalidOptionsError) as caught:
        provider.to_options()
    assert "Hooked: value (the-value): expected a value that its hook can write, got a value of type Point" == str(caught.value)
    _register(point, lambda value: value)
    with pytest.raises(InvalidOptionsError) as caught:
        provider.to_options()
    expected = (
        "a value that its hook converts to a str, got a value of type Point; register its hooks with llmproviders.converter"
    )
    assert f"Hooked: value (the-value): expected {expected}" == str(caught.value)
    _register(point, lambda value: "5")
    converter.register_unstructure_hook(cls, lambda value: 1 / 0)
    with pytest.raises(InvalidOptionsError) as caught:
        provider.to_options()
    assert "Hooked: expected a hook that works, got ZeroDivisionError" == str(caught.value)


def test_classes_that_are_no_providers() -> None:
    """The converter knows every attrs class with options."""

    @attrs.frozen
    class Plain:
        size: int = attrs.field(default=1, metadata=option("the-size"))

    assert {"the-size": "2"} == converter.unstructure(Plain(2))
    assert Plain(2) == converter.structure({"the-size": "2"}, Plain)
    with pytest.raises(InvalidOptionsError) as caught:
        converter.structure({"the-size": "x", "more": "y"}, Plain)
    assert (
        "Plain: 2 problems\n  size (the-size): expected a whole number in digits, got 'x'\n"
        "  more: expected an option of Plain, got an unknown key"
    ) == str(caught.value)


def test_hooks_for_strings_get_the_real_one() -> None:
    """A hook for `str` never sees, or sends, a mask."""
    before = converter.get_unstructure_hook(str)
    try:
        converter.register_unstructure_hook(str, str.upper)
        assert "HTTPS://U:P@H" == _own(str | None)(value="https://u:p@h").to_options()["the-value"]
        assert "HTTPS://U:P@H" == OpenAICompatProvider(endpoint="https://u:p@h").to_options()["endpoint"]
    finally:
        converter.register_unstructure_hook(str, before)
    assert "https://u:p@h" == OpenAICompatProvider(endpoint="https://u:p@h").to_options()["endpoint"]


def test_values_that_change() -> None:
    """What is written of a type that is not ours is asked for each time."""

    class Tags(list):  # type: ignore[type-arg]
        pass

    _register(Tags, ",".join, lambda text: Tags(text.split(",")))
    provider = _own(Tags | None)(value=Tags("a"))
    assert "a" == provider.to_options()["the-value"]
    provider.value.append("b")
    assert "a,b" == provider.to_options()["the-value"]


def test_plain_classes_with_aliases() -> None:
    """A class that is no provider is called by the names of its arguments."""

    @attrs.frozen
    class Plain:
        _size: int = attrs.field(default=1, metadata=option("the-size"))
        made: str = attrs.field(default="m", init=False, metadata=option("made"))

    assert Plain(2) == converter.structure(converter.unstructure(Plain(2)), Plain)
