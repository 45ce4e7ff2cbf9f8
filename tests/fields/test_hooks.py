# SPDX-License-Identifier: Apache-2.0
"""Values become strings, and strings values, by the hooks of the cattrs converter only."""

# Annotations are no strings here, because types that are local to a test cannot be found by name.
import enum
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, Optional, Union

import attrs
import pytest
from attrs_classes import slots_or_dict
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
    flink_map,
    from_dict,
    option,
    register_provider_class,
    to_dict,
)
from llmproviders.catalogs.catalog import Catalog


def _own(kind: Any, *, default: Any = None, slots: bool = True, **more: Any) -> Any:
    """A class with an option ``value`` of the type *kind*, and an option ``size``."""
    namespace = {
        "identifier": "hooked",
        "__annotations__": {"value": kind, "size": int},
        "value": attrs.field(**{"default": default, "metadata": option("the-value"), **more}),
        "size": attrs.field(default=1, metadata=option("size")),
        "__module__": __name__,
    }
    return attrs.frozen(kw_only=True, slots=slots)(type("Hooked", (Provider,), namespace))


def _point() -> Any:
    """A new type without hooks."""

    @attrs.frozen
    class Point:
        x: int

        @classmethod
        def parse(cls, string: str) -> "Point":
            return cls(int(string.removeprefix("@")))

    return Point


def _money() -> Any:
    """A new subclass of `Decimal`."""

    class Money(Decimal):
        pass

    return Money


def _register(kind: Any, write: Callable[[Any], Any], read: Callable[[str], Any] | None = None) -> None:
    converter.register_unstructure_hook(kind, write)
    if read is not None:
        converter.register_structure_hook(kind, lambda string, _: read(string))


@given(provider=every_provider)
def test_to_options_is_unstructure(provider: Provider) -> None:
    """`to_options` gives the result of the converter's unstructure, for built-in and user-defined classes."""
    assert list(provider.to_options().items()) == list(converter.unstructure(provider).items())
    assert {str} == {type(part) for item in converter.unstructure(provider).items() for part in item} | {str}


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls is not GenericProvider])
@given(data=st.data())
def test_from_options_is_structure(cls: Any, data: st.DataObject) -> None:
    """`from_options` gives the result of the converter's structure, errors included."""
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


@slots_or_dict
def test_hooks_before_first_use(slots: bool) -> None:
    """A pair of hooks writes and reads a user's type."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = _own(point | None, slots=slots)
    provider = cls(value=point(5))
    assert {"the-value": "@5", "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert provider == cls.from_options({"the-value": "@5"}) == converter.structure({"the-value": "@5"}, cls)
    assert {"size": "1"} == cls().to_options()
    with pytest.raises(InvalidOptionsError):
        cls(value="@5")


@slots_or_dict
@pytest.mark.parametrize("used", ["class", "instance", "instance twice", "read"])
def test_hooks_after_first_use(used: str, slots: bool) -> None:
    """Hooks that are registered after the first use of the class are used everywhere."""
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
    _register(point, lambda value: f"#{value.x + 1}", lambda string: point(int(string[1:]) - 1))
    for provider in (old, cls(value=point(5)), old.with_(), old.with_(size=1)):
        assert {"the-value": "#6", "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert "#6" == old.to_options(redact=True)["the-value"]
    assert old == cls.from_options({"the-value": "#6"}) == converter.structure({"the-value": "#6"}, cls)
    assert old == cls.from_options(old.to_options())


@slots_or_dict
def test_hooks_of_decimals(slots: bool) -> None:
    """A hook for a subclass of `Decimal` decides how it is written."""
    money = _money()
    _register(money, lambda value: f"{value:f}", money)
    cls = _own(money | None, slots=slots)
    assert "0.0000001" == cls(value=money("1E-7")).to_options()["the-value"]
    assert money("0.50") == cls.from_options({"the-value": "0.50"}).value
    assert cls(value=money("1.00")).to_options() == cls.from_options({"the-value": "1.00"}).to_options()


def test_a_default_is_written_as_given() -> None:
    """A value that equals the default but is written differently keeps its own string."""
    money = _money()
    _register(money, str, money)
    cls = _own(money | None, default=money(1))
    assert "1.00" == cls(value=money("1.00")).to_options()["the-value"]
    assert "1.00" == cls().with_(value=money("1.00")).to_options()["the-value"]
    assert "1.00" == cls.from_options({"the-value": "1.00"}).to_options()["the-value"]
    assert "1" == cls(value=money("1.00")).without("value").to_options()["the-value"]
    assert cls(value=money("1.00")) == cls()
    assert cls(value=money("1.00")).fingerprint() == cls().fingerprint()


@slots_or_dict
def test_a_hook_for_a_provider_class(slots: bool) -> None:
    """`to_options` gives the result of a hook for the provider class itself."""
    cls = _own(str | None, slots=slots)
    old = cls(value="x")
    old.to_options()
    converter.register_unstructure_hook(cls, lambda provider: {"all": f"{provider.value}-{provider.size}"})
    for provider in (old, cls(value="x"), old.with_()):
        assert {"all": "x-1"} == converter.unstructure(provider) == provider.to_options()
    assert {"all": "x-2"} == old.to_options(overrides={"size": 2})


@slots_or_dict
def test_a_structure_hook_for_a_provider_class(slots: bool) -> None:
    """`from_options` gives the result of a structure hook for the provider class itself."""
    cls = _own(str | None, slots=slots)
    old = cls.from_options({"the-value": "x"})
    converter.register_structure_hook(cls, lambda flat, _: cls(value=flat["all"]))
    assert old == converter.structure({"all": "x"}, cls) == cls.from_options({"all": "x"})


ERRORS = [ValueError("bad"), TypeError("bad"), KeyError("bad"), RuntimeError("bad"), RecursionError("bad"), ProviderError("bad")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_structure_hook_that_raises(error: Exception) -> None:
    """Any exception of a hook is a problem of its option, beside the problems of other options."""
    point = _point()

    def read(string: str) -> Any:
        raise error

    _register(point, str, read)
    cls = _own(point | None)
    for call in (cls.from_options, lambda flat: converter.structure(flat, cls)):
        with pytest.raises(InvalidOptionsError) as caught:
            call({"the-value": "x", "size": "y"})
        assert {"value", "size"} == {problem.option for problem in caught.value.problems}


def test_a_structure_hook_with_another_result() -> None:
    """The result of a hook must have the annotated type, like any other value."""
    point = _point()
    _register(point, str, lambda string: f"no point: {string}")
    cls = _own(point | None)
    with pytest.raises(InvalidOptionsError) as caught:
        cls.from_options({"the-value": "x"})
    assert ["value"] == [problem.option for problem in caught.value.problems]


def _writing_calls(cls: Any, value: Any) -> list[Callable[[], Any]]:
    """The calls that write a value; each also makes the provider, which may be refused."""
    return [
        lambda: cls(value=value).to_options(),
        lambda: cls(value=value).to_options(redact=True),
        lambda: converter.unstructure(cls(value=value)),
        lambda: cls(value=value).fingerprint(),
        lambda: cls().to_options(overrides={"value": value}),
        lambda: cls().with_(value=value).to_options(),
    ]


@pytest.mark.parametrize("result", [5, None, b"x", ["x"], 1.5, {"a": "b"}], ids=repr)
def test_an_unstructure_hook_without_a_string(result: Any) -> None:
    """A hook whose result is no `str` is an error that names the option."""
    point = _point()
    _register(point, lambda value: result, lambda string: point(int(string)))
    for call in _writing_calls(_own(point | None), point(5)):
        with pytest.raises(ProviderError, match="value"):
            call()


def test_an_unstructure_hook_that_raises() -> None:
    """An exception of a hook becomes an error of the library that names the option."""
    point = _point()

    def write(value: Any) -> str:
        raise RuntimeError("no ink")

    _register(point, write, lambda string: point(int(string)))
    for call in _writing_calls(_own(point | None), point(5)):
        with pytest.raises(ProviderError, match="value"):
            call()


def test_a_hook_that_gives_a_subclass_of_str() -> None:
    """If the result of a hook is a member of an enum of strings, a plain `str` is written."""

    class Word(str, enum.Enum):
        A = "a"

    point = _point()
    _register(point, lambda value: Word.A, lambda string: point(1))
    cls = _own(point | None)
    flat = cls(value=point(1)).to_options()
    assert str is type(flat["the-value"])
    assert "a" == flat["the-value"]


def test_a_copy_of_the_converter() -> None:
    """`converter.copy()` works with providers, and hooks of the copy do not change the original."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = _own(point | None)
    provider = cls(value=point(5))
    copied = converter.copy()
    assert provider.to_options() == copied.unstructure(provider)
    assert provider == copied.structure(provider.to_options(), cls)
    copied.register_unstructure_hook(point, lambda value: f"#{value.x}")
    copied.register_structure_hook(point, lambda string, _: point(int(string[1:])))
    assert "@5" == provider.to_options()["the-value"] == converter.unstructure(provider)["the-value"]
    assert provider == cls.from_options({"the-value": "@5"})
    with pytest.raises(InvalidOptionsError):
        copied.structure({"the-value": "@5", "size": "x"}, cls)


def test_nested_in_other_types() -> None:
    """A provider inside another type is converted to its options, and back."""
    cls = _own(str | None)
    provider = cls(value="x")
    assert [provider.to_options()] == converter.unstructure([provider], list[cls])
    assert {"a": provider} == converter.structure({"a": {"the-value": "x"}}, dict[str, cls])


# Types that have hooks ------------------------------------------------------------------------------------------------


def _number() -> Any:
    """A new subclass of `int`."""

    class Number(int):
        pass

    return Number


Pair = tuple[Callable[[Any], str], Callable[[str], Any]]


def _joined(make: Callable[[Any], Any], item: Callable[[str], Any]) -> Pair:
    return lambda value: ",".join(map(str, value)), lambda string: make(item(part) for part in string.split(",") if part)


GENERICS: dict[str, Callable[[Any], tuple[Any, Pair, Any, str]]] = {
    "list": lambda number: (list[number], _joined(list, number), [number(1), number(2)], "1,2"),
    "tuple": lambda number: (tuple[number, ...], _joined(tuple, number), (number(1), number(2)), "1,2"),
    "pair": lambda number: (
        tuple[number, str],
        (lambda value: f"{value[0]}{value[1]}", lambda string: (number(string[0]), string[1:])),
        (number(1), "a"),
        "1a",
    ),
    "frozenset": lambda number: (frozenset[number], _joined(frozenset, number), frozenset({number(1)}), "1"),
    "mapping": lambda number: (
        dict[str, number],
        (
            lambda value: ",".join(f"{key}={each}" for key, each in value.items()),
            lambda string: {part.split("=")[0]: number(part.split("=")[1]) for part in string.split(",")},
        ),
        {"a": number(1)},
        "a=1",
    ),
    "union": lambda number: (
        Union[number, str],  # noqa: UP007
        (str, lambda string: number(string) if string.isdigit() else string),
        number(5),
        "5",
    ),
}


@pytest.mark.parametrize("optional", [False, True], ids=["required", "optional"])
@pytest.mark.parametrize("name", GENERICS)
def test_hooks_of_generics(name: str, optional: bool) -> None:
    """A hook may be for a list, a tuple, a mapping or a union, also if the option may be None."""
    kind, (write, read), value, string = GENERICS[name](_number())
    is_kind = lambda hint: hint == kind  # noqa: E731
    converter.register_unstructure_hook_func(is_kind, write)
    converter.register_structure_hook_func(is_kind, lambda string, _: read(string))
    cls = _own(Optional[kind] if optional else kind, default=None if optional else value)  # noqa: UP045
    provider = cls(value=value)
    assert {"the-value": string, "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert provider == cls.from_options(provider.to_options())
    assert value == cls.from_options({"the-value": string}).value
    assert type(value) is type(cls.from_options({"the-value": string}).value)
    if optional:
        assert {"size": "1"} == cls().to_options()


class Mode(enum.Enum):
    """A plain enum."""

    QUICK = "quick-one"


class Whole(enum.IntEnum):
    """An enum whose members are numbers."""

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


@slots_or_dict
@pytest.mark.parametrize("name", TYPES)
def test_types_that_need_no_hook(name: str, slots: bool) -> None:
    """Types that the library knows are written and read without a hook of the user."""
    kind, value, string = TYPES[name]
    cls = _own(kind | None if not isinstance(kind, str) else kind, slots=slots)
    provider = cls(value=value)
    assert {"the-value": string, "size": "1"} == provider.to_options() == converter.unstructure(provider)
    assert provider == cls.from_options({"the-value": string}) == converter.structure({"the-value": string}, cls)
    assert type(value) is type(cls.from_options({"the-value": string}).value)
    shown = provider.to_options(redact=True)["the-value"]
    assert ("******" if name == "Secret" else string) == shown


def test_hooks_of_types_that_need_none() -> None:
    """A user's hook for an enum replaces that of the library."""

    class Tone(enum.Enum):
        WARM = 1

    cls = _own(Tone | None)
    with pytest.raises(InvalidClassError) as caught:
        cls()
    hint = "give the members the strings of Java, or register its hooks with llmproviders.converter"
    assert f"Hooked.value: expected an Enum whose values are strings, got 1; {hint}" == str(caught.value)
    converter.register_unstructure_hook(Tone, lambda member: member.name.lower())
    converter.register_structure_hook(Tone, lambda string, _: Tone[string.upper()])
    provider = cls(value=Tone.WARM)
    assert "warm" == provider.to_options()["the-value"]
    assert provider == cls.from_options({"the-value": "warm"})


class Access(enum.Flag):
    """Members that can be combined."""

    READ = enum.auto()
    WRITE = enum.auto()


class IntAccess(enum.IntFlag):
    """Flags whose members are numbers."""

    READ = 1
    WRITE = 2


@pytest.mark.parametrize("value", [*Access, Access.READ | Access.WRITE, Access(0), *IntAccess, IntAccess.READ | IntAccess.WRITE])
def test_flags(value: Any) -> None:
    """A combination of flags is read back from its string, or is refused by the constructor."""
    cls = _own(type(value) | None, metadata=option("the-value", java="Integer"))
    try:
        provider = cls(value=value)
    except (InvalidOptionsError, InvalidClassError):
        assert value not in list(type(value))
        return
    assert provider == cls.from_options(provider.to_options())
    assert value == cls.from_options(provider.to_options()).value


@pytest.mark.usefixtures("own_classes")
def test_hooks_in_documents() -> None:
    """A document has the string that a user's hook writes, and reads it."""
    point = _point()
    _register(point, lambda value: f"@{value.x}", point.parse)
    cls = register_provider_class(_own(point | None))
    provider = cls(value=point(5))
    assert {"provider": "hooked", "value": "@5"} == to_dict(provider)
    assert provider == from_dict({"provider": "hooked", "value": "@5"})
    assert "@5" in dumps(Catalog({"a": provider}), format="json")


@slots_or_dict
def test_a_type_without_hooks(slots: bool) -> None:
    """A type without hooks is named when the class is first used, and works once it has hooks."""

    class Point:
        def __init__(self, x: int) -> None:
            self.x = x

    cls = _own(Point | None, slots=slots)
    for use in (cls, lambda: cls.from_options({}), cls):
        with pytest.raises(InvalidClassError, match="value.*Point"):
            use()
    _register(Point, lambda value: f"@{value.x}", lambda string: Point(int(string[1:])))
    assert {"the-value": "@5", "size": "1"} == cls(value=Point(5)).to_options()


CONTAINERS: dict[Any, str] = {
    **dict.fromkeys((dict, dict[str, str], dict[str, str] | None), "dict"),
    Mapping[str, str]: "Mapping",
    list[str]: "list",
    set: "set",
    **dict.fromkeys((tuple[str, ...], tuple[str, int]), "tuple"),
    bytes: "bytes",
}


@pytest.mark.parametrize("kind", CONTAINERS, ids=str)
@pytest.mark.parametrize("default", [{"default": None}, {"default": attrs.Factory(dict)}, {"converter": flink_map}])
def test_containers(kind: Any, default: dict[str, Any]) -> None:
    """A container is refused when the class is first used: the hooks of cattrs do not make a string of it."""
    with pytest.raises(InvalidClassError) as caught:
        _own(kind, **default)()
    name = CONTAINERS[kind]
    way = "converter=flink_map or json_object" if name in ("dict", "Mapping") else "a converter that returns a str"
    message = f"Hooked.value: expected a type that has hooks, got {name}; annotate the field with str and write {way}, "
    assert f"{message}or register its hooks with llmproviders.converter" == str(caught.value)


def test_containers_with_hooks() -> None:
    """A container works with hooks of the user."""

    class Names(tuple[str, ...]):
        __slots__ = ()

    _register(Names, ",".join, lambda string: Names(string.split(",")))
    provider = _own(Names | None)(value=Names("ab"))
    assert "a,b" == provider.to_options()["the-value"]
    assert provider == type(provider).from_options(provider.to_options())


def test_a_hook_that_fails_later() -> None:
    """A hook that fails when the options are written is a problem of its option, or of its class."""
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


def test_hooks_for_strings_get_the_real_value() -> None:
    """A hook for `str` gets the real value, and its result is written unmasked."""
    before = converter.get_unstructure_hook(str)
    try:
        converter.register_unstructure_hook(str, str.upper)
        assert "HTTPS://U:P@H" == _own(str | None)(value="https://u:p@h").to_options()["the-value"]
        assert "HTTPS://U:P@H" == OpenAICompatProvider(endpoint="https://u:p@h").to_options()["endpoint"]
    finally:
        converter.register_unstructure_hook(str, before)
    assert "https://u:p@h" == OpenAICompatProvider(endpoint="https://u:p@h").to_options()["endpoint"]


def test_values_that_change() -> None:
    """A value of a mutable user type is written anew in each call."""

    class Tags(list):  # type: ignore[type-arg]
        pass

    _register(Tags, ",".join, lambda string: Tags(string.split(",")))
    provider = _own(Tags | None)(value=Tags("a"))
    assert "a" == provider.to_options()["the-value"]
    provider.value.append("b")
    assert "a,b" == provider.to_options()["the-value"]
