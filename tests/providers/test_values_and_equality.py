# SPDX-License-Identifier: Apache-2.0
"""Numbers and equality: equal providers have equal hashes and fingerprints, and no difference."""

from __future__ import annotations

import copy
import enum
import numbers
import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from own import RerankProvider
from strategies import every_provider

from llmproviders import (
    Catalog,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    Secret,
    TritonProvider,
    converter,
    create_model_sql,
    dumps,
    loads,
    option,
    parse_create_model,
    provider_class,
    provider_classes,
)

ENDPOINT = "https://h/v1/chat/completions"


@attrs.frozen(kw_only=True)
class Numbered(Provider):
    """A class with a number of each kind."""

    identifier: ClassVar[str] = "numbered"
    share: float = attrs.field(default=1.0, metadata=option("share"))
    maybe: float | None = attrs.field(default=None, metadata=option("maybe"))
    count: int | None = attrs.field(default=None, metadata=option("count"))


class Whole(numbers.Integral):
    """A whole number that is no `int`, as numpy has them; it has no arithmetic."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value

    __int__ = __index__


class Part(numbers.Real):
    """A number that is no `float`, as numpy has them."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value


for _cls in (Whole, Part):
    _cls.__abstractmethods__ = frozenset()


# Numbers --------------------------------------------------------------------------------------------------------------

FLOATS: list[tuple[Any, type, str]] = [
    (1, int, "1"),
    (0, int, "0"),
    (1.0, float, "1.0"),
    (0.1, float, "0.1"),
    (1e22, float, "1e+22"),
    (-0.0, float, "0.0"),
    (Whole(1), int, "1"),
    (Part(0.5), float, "0.5"),
    (Part(-0.0), float, "0.0"),
    (Fraction(1, 2), float, "0.5"),
]
float_options = pytest.mark.parametrize(
    ("make", "name", "key"),
    [
        (OpenAICompatProvider, "temperature", "temperature"),
        (OpenAICompatProvider, "top_p", "top-p"),
        (lambda **given: OpenAIProvider(ENDPOINT, "k", **given), "presence_penalty", "presence-penalty"),
        (lambda **given: RerankProvider("h", **given), "cutoff", "cutoff"),
        (Numbered, "share", "share"),
        (Numbered, "maybe", "maybe"),
    ],
    ids=["temperature", "top_p", "presence_penalty", "cutoff", "share", "maybe"],
)


@float_options
@pytest.mark.parametrize(("value", "kind", "string"), FLOATS, ids=range(len(FLOATS)))
def test_numbers_of_float_options(make: Any, name: str, key: str, value: Any, kind: type, string: str) -> None:
    """An `int` is emitted as it was given and a `float` as its repr, without minus zero."""
    if string == "1e+22" and name in ("top_p", "presence_penalty"):
        value, string = 0.25, "0.25"
    provider = make(**{name: value})
    for each in (provider, make().with_(**{name: value}), attrs.evolve(provider), pickle.loads(pickle.dumps(provider))):
        assert string == each.to_options()[key]
        assert kind is type(getattr(each, name))
    assert string == make().to_options(overrides={name: value})[key]
    assert provider == type(provider).from_options(provider.to_options())
    assert provider.to_options() == type(provider).from_options(provider.to_options()).to_options()


def test_zero_has_no_sign() -> None:
    """Minus zero becomes zero, however it is given."""
    for provider in (Numbered(share=-0.0), Numbered.from_options({"share": "-0.0"}), Numbered().with_(share=-0.0)):
        assert "0.0" == provider.to_options()["share"]
        assert "share=0.0" in repr(provider)
        assert Numbered(share=0.0) == provider
        assert Numbered(share=0).fingerprint() == provider.fingerprint()


@pytest.mark.parametrize(
    ("string", "kind", "again"),
    [
        ("1", int, "1"),
        ("0", int, "0"),
        ("10", int, "10"),
        ("1.0", float, "1.0"),
        ("0.5", float, "0.5"),
        ("01", float, "1.0"),
        ("00", float, "0.0"),
        ("1e3", float, "1000.0"),
        ("1.", float, "1.0"),
        (" 1 ", float, "1.0"),
    ],
)
def test_strings_of_float_options(string: str, kind: type, again: str) -> None:
    """A string of plain digits is read as an `int`, so that it is written again as it was; others are read as in Java."""
    provider = OpenAICompatProvider.from_options({"temperature": string})
    assert kind is type(provider.temperature)
    assert again == provider.to_options()["temperature"]
    assert float(string) == provider.temperature


@pytest.mark.parametrize("value", [True, False, "1", b"1", 1j, [1], object], ids=repr)
def test_other_types_are_no_numbers(value: Any) -> None:
    """A bool, a string and other types are refused where a number is expected."""
    for name in ("share", "count"):
        with pytest.raises(InvalidTypeError) as caught:
            Numbered(**{name: value})
        assert [name] == [problem.option for problem in caught.value.problems]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Part(float("nan")), 10**400, 10**5000], ids=range(5))
def test_numbers_that_no_double_holds(value: Any) -> None:
    """A number that no Java double holds is refused with a short message, however large it is."""
    for call in (lambda: Numbered(share=value), lambda: Numbered().with_(share=value)):
        with pytest.raises(InvalidOptionsError) as caught:
            call()
        assert ["share"] == [problem.option for problem in caught.value.problems]
        assert len(str(caught.value)) < 1000


def test_huge_ints() -> None:
    """An int of 5,000 digits is refused, as an option and as an extra option."""
    with pytest.raises(InvalidOptionsError) as caught:
        Numbered(count=10**5000)
    assert "count" in str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        Numbered(extra_options={"vendor": 10**5000})
    assert "vendor" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "string"),
    [(Whole(5), "5"), (Part(0.5), "0.5"), (5, "5"), (0.5, "0.5"), (1.0, "1.0"), (Fraction(1, 4), "0.25")],
    ids=range(6),
)
@pytest.mark.parametrize("make", [GenericProvider, lambda _, **given: Numbered(**given)], ids=["generic", "own"])
def test_numbers_in_extras(make: Any, value: Any, string: str) -> None:
    """Extra options accept the numbers that options accept."""
    assert string == make("g", vendor=value).to_options()["vendor"]
    assert string == make("g").with_(vendor=value).to_options()["vendor"]
    assert string == make("g", extra_options={"a": value}).to_options()["a"]


def test_numbers_of_numpy() -> None:
    """numpy's numbers become Python's in options and extras alike, and its bool is no number."""
    numpy = pytest.importorskip("numpy")
    provider = Numbered(share=numpy.float64(0.5), maybe=numpy.float32(0.25), count=numpy.int64(5))
    assert {"share": "0.5", "maybe": "0.25", "count": "5"} == provider.to_options()
    assert (float, float, int) == (type(provider.share), type(provider.maybe), type(provider.count))
    assert "1" == Numbered(share=numpy.int32(1)).to_options()["share"]
    assert {"a": "5", "b": "0.5", "c": "0.25"} == GenericProvider(
        "g", a=numpy.int64(5), b=numpy.float64(0.5), c=numpy.float32(0.25)
    ).to_options()
    for name in ("share", "count"):
        with pytest.raises(InvalidTypeError):
            Numbered(**{name: numpy.bool_(True)})


@pytest.mark.parametrize("format", ["toml", "json", "yaml"])
@pytest.mark.parametrize("value", [1, 1.0, 0, -0.0, 0.5, 1e22, 5e-324])
def test_numbers_in_documents(format: Any, value: float) -> None:
    """A number in a document is read back with the same value and type."""
    catalog = Catalog({"a": OpenAICompatProvider(temperature=value)})
    again = loads(dumps(catalog, format=format), format=format)
    assert catalog == again
    assert catalog["a"].to_options() == again["a"].to_options()


@pytest.mark.parametrize("value", [1, 1.0, 0.5, -0.0])
def test_numbers_in_statements(value: float) -> None:
    """A number in a statement is read back with the same value and type."""
    provider = OpenAIProvider(ENDPOINT, "${secret_values.k}", temperature=value)
    again = parse_create_model(create_model_sql("m", provider, input="a STRING", output="b STRING")).provider
    assert provider == again
    assert provider.to_options() == again.to_options()


# Equality -------------------------------------------------------------------------------------------------------------

same_numbers = [0, 0.0, -0.0, Fraction(0), 1, 1.0, Fraction(1), Whole(1), Part(1.0), 0.5, Fraction(1, 2), Part(0.5), 2, 2.0]


def _number(value: Any) -> float:
    return value.value if isinstance(value, (Whole, Part)) else float(value)


@given(one=st.sampled_from(same_numbers), other=st.sampled_from(same_numbers))
def test_numbers_are_equal_by_value(one: Any, other: Any) -> None:
    """`==`, `hash`, `fingerprint` and `Catalog.diff` compare numbers by value, whatever their type."""
    first, second = (OpenAICompatProvider(temperature=value, extra_options={"a": "b"}) for value in (one, other))
    equal = _number(one) == _number(other)
    assert equal is (first == second)
    assert equal is (first.fingerprint() == second.fingerprint())
    assert equal != bool(Catalog({"a": first}).diff(Catalog({"a": second})))
    assert equal is (Catalog({"a": first}) == Catalog({"a": second}))
    if equal:
        assert hash(first) == hash(second)


@given(one=every_provider, other=every_provider)
def test_equality_agrees_with_itself(one: Provider, other: Provider) -> None:
    """Equal providers have the same fingerprint and hash, and no difference; a copy is equal."""
    for first, second in ((one, other), (one, copy.deepcopy(one)), (one, pickle.loads(pickle.dumps(one)).with_())):
        assert (first == second) is (second == first)
        different = Catalog({"a": first}).diff({"a": second})
        if first == second:
            assert not different
            assert hash(first) == hash(second)
            assert first.fingerprint() == second.fingerprint()
        else:
            assert different


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), ("1", 1), ("1.0", 1.0), (True, "true"), (0.0, -0.0), ({"a": 1}, '{"a": 1}'), ({"a": 1}, {"a": 1.0}), (1, 2)],
    ids=range(8),
)
def test_extras_are_equal_by_string(one: Any, other: Any) -> None:
    """Extra options are equal if their strings are, because their types are unknown."""
    first, second = (GenericProvider("g", vendor=value) for value in (one, other))
    equal = first.to_options() == second.to_options()
    assert equal is (first == second)
    assert equal is (first.fingerprint() == second.fingerprint())
    assert equal != bool(Catalog({"a": first}).diff({"a": second}))


@pytest.mark.parametrize(
    "make",
    [
        lambda key: OpenAICompatProvider(endpoint=ENDPOINT, api_key=key),
        lambda key: OpenAIProvider(ENDPOINT, key),
        lambda key: TritonProvider("h", auth_token=key),
        lambda key: GenericProvider("g", **{"api-key": key}),
        lambda key: OpenAICompatProvider(extra_options={"vendor-token": key}),
    ],
    ids=["compat", "openai", "triton", "generic", "extra"],
)
def test_fingerprints_without_keys(make: Callable[[Any], Provider]) -> None:
    """Providers that differ only in the key, literal, placeholder or reference, have the same fingerprint."""
    keys = ["first", "second", "${secret_values.key}", "${secret_values.other}"]
    keys += [Secret("x"), Secret.from_env("LLMPROVIDERS_TEST_KEY"), Secret.from_file("/nowhere")]  # type: ignore[list-item]
    assert 1 == len({make(key).fingerprint() for key in keys})
    assert 7 == len({make(key) for key in keys})


# Other inputs ---------------------------------------------------------------------------------------------------------


class Key(str, enum.Enum):
    """Keys as members of an enum of strings."""

    SIZE = "size"
    VENDOR = "vendor"


@pytest.mark.parametrize("warm", [False, True], ids=["first use", "used"])
def test_keys_that_are_members(warm: bool) -> None:
    """`from_options` accepts keys of a subclass of `str`, at first use of the class and later."""

    @attrs.frozen(kw_only=True)
    class Sized(Provider):
        identifier = "sized"
        size: int = attrs.field(default=1, metadata=option("size"))

    if warm:
        for _ in range(6):
            Sized.from_options({"size": "5", "vendor": "x"})
    for _ in range(6):
        provider = Sized.from_options({Key.SIZE: "5", Key.VENDOR: "x"})
        assert {"size": "5", "vendor": "x"} == provider.to_options()
        assert {str} == {type(key) for key in provider.to_options()}
        assert Sized(size=5, vendor="x") == provider


@pytest.mark.parametrize("given", [{"endpoint": ENDPOINT, "api_key": "k"}, {"task": "chat/completions"}, {}], ids=range(3))
def test_tasks_that_contradict(given: dict[str, Any]) -> None:
    """`for_task` refuses an argument `task` that is another task."""
    provider = OpenAICompatProvider(**given)
    with pytest.raises(InvalidOptionsError, match="task"):
        provider.for_task("embeddings", task="chat/completions")
    if "endpoint" not in given:
        assert "embeddings" == provider.for_task("embeddings", task="embeddings").to_options()["task"]


def test_masked_values_are_validated() -> None:
    """A masked value of one option is validated again when it is given to another."""
    endpoint = OpenAICompatProvider(endpoint="https://u:p@h/v1/chat/completions", api_key="k").endpoint
    calls: tuple[Callable[[], object], ...] = (
        lambda: OpenAICompatProvider(extra_body=endpoint),
        lambda: OpenAICompatProvider(extra_header=endpoint),
        lambda: OpenAICompatProvider().with_(extra_body=endpoint),
        lambda: OpenAICompatProvider(retry_backoff_base_interval=endpoint),
        lambda: OpenAICompatProvider(response_format=endpoint),
    )
    for call in calls:
        with pytest.raises(InvalidOptionsError) as caught:
            call()
        assert ":p@" not in str(caught.value)


# Errors ---------------------------------------------------------------------------------------------------------------


# Classes of installed packages ----------------------------------------------------------------------------------------


class Entry:
    """An entry point that loads its class by a given function."""

    dist = None
    value = "package.module:Class"

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name = name
        self.load = load


@attrs.frozen(kw_only=True)
class Abstract(Provider):
    """A class without an identifier."""

    size: int = attrs.field(default=1, metadata=option("size"))


def _exits() -> Any:
    raise SystemExit(3)


@pytest.fixture(params=["abstract", "no class", "exits", "raises"])
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, own_classes: object) -> str:
    loads = {"abstract": lambda: Abstract, "no class": lambda: 5, "exits": _exits, "raises": lambda: 1 // 0}
    entries = [Entry("broken", loads[request.param]), Entry("numbered", lambda: Numbered)]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries)
    param: str = request.param
    return param


def test_broken_entry_points(broken: str) -> None:
    """An entry point that cannot be loaded does not affect other classes."""
    assert Numbered is provider_class("numbered")
    assert "broken" not in provider_classes()
    assert {"openai", "triton", "numbered"} <= set(provider_classes())
    with pytest.raises(ProviderError, match="entry point broken"):
        provider_class("broken")
    with pytest.raises(DocumentError):
        parse_create_model("CREATE MODEL m WITH ('provider'='broken', 'a'='b')")


def test_decimals() -> None:
    """A `Decimal` with user's hooks is compared by its value, and written as it was given."""

    class Money(Decimal):
        pass

    converter.register_unstructure_hook(Money, str)
    converter.register_structure_hook(Money, lambda string, _: Money(string))
    cls = attrs.frozen(kw_only=True)(
        type(
            "Priced",
            (Provider,),
            {
                "identifier": "priced",
                "__annotations__": {"price": Money},
                "price": attrs.field(default=Money(1), metadata=option("price")),
                "__module__": __name__,
            },
        )
    )
    one, other = cls(), cls(price=Money("1.00"))
    assert one == other
    assert ("1", "1.00") == (one.to_options()["price"], other.to_options()["price"])
    assert one.fingerprint() == other.fingerprint()
    assert not Catalog({"a": one}).diff({"a": other})
    assert one.fingerprint() != cls(price=Money("1.01")).fingerprint()
