# SPDX-License-Identifier: Apache-2.0
"""Unusable classes are refused; the message has the class, the field, and what to write instead."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any, Optional

import attrs
import pytest
from attrs_classes import frozen, slots_or_dict

from llmproviders import (
    DocumentError,
    InvalidClassError,
    OpenAICompatProvider,
    Provider,
    Rule,
    at_least,
    from_dict,
    option,
    options,
    parse_create_model,
    provider_classes,
    register_provider_class,
)

MARK = "sk-mArKeR-7f3"


@pytest.mark.parametrize("name", ["with_", "to_options", "check", "without", "for_task", "from_options", "fingerprint"])
@slots_or_dict
def test_names_of_methods(name: str, slots: bool) -> None:
    """A field that would hide a method of every provider is refused; the message has the class and the field."""

    def make() -> Any:
        namespace = {
            "identifier": "hiding",
            "__annotations__": {name: int},
            name: attrs.field(default=1, metadata=option("size")),
            "__module__": __name__,
        }
        return frozen(slots)(type("Hiding", (Provider,), namespace))

    message = hiding_refusal(make)
    assert "Hiding" in message
    assert name in message


def hiding_refusal(make: Callable[[], Any]) -> str:
    """The message that refuses the class; unlike `refusal`, this calls no method that may be hidden."""
    with pytest.raises(InvalidClassError) as caught:
        make()()
    return str(caught.value)


def own_class(**namespace: Any) -> Callable[[], Any]:
    """A function that uses a new class with one option, ``size``; *namespace* adds to its body or replaces parts of it."""
    body = {
        "identifier": "own",
        "__annotations__": {"size": "int"},
        "size": attrs.field(default=1, metadata=option("size")),
        "__module__": __name__,
    }
    return lambda: attrs.frozen(kw_only=True)(type("Own", (Provider,), {**body, **namespace}))()  # noqa: PLW0108


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "pre-init": (
        own_class(__attrs_pre_init__=lambda self, size: None),
        "Own.__attrs_pre_init__: expected no parameter but self; write __attrs_post_init__",
    ),
    "alias": (
        own_class(size=attrs.field(default=1, alias="more_options", metadata=option("size"))),
        "Own.size: expected another alias, got 'more_options'",
    ),
    "alias of generated code": (
        own_class(size=attrs.field(default=1, alias="_cls", metadata=option("size"))),
        "Own.size: expected another alias, got '_cls'",
    ),
    "no annotation": (
        own_class(__annotations__={}),
        "Own.size: expected an annotation; write size: ... = attrs.field(...)",
    ),
    "no argument": (
        own_class(size=attrs.field(default=1, init=False, metadata=option("size"))),
        "Own.size: expected an option that can be given, got init=False; remove it",
    ),
    "own slot": (
        own_class(__annotations__={"size": "int", "_flat": "int"}, _flat=attrs.field(default=1)),
        "Own._flat hides CompiledClass._flat: expected another name",
    ),
    "secret number": (
        own_class(size=attrs.field(default=1, metadata=option("size", secret=True))),
        "Own.size: expected a secret of type Secret or str, got int",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_classes(name: str) -> None:
    """An unusable class is refused with the class, the field, and what to write instead."""
    use, expected = REFUSED[name]
    with pytest.raises(InvalidClassError) as caught:
        use()
    assert expected == str(caught.value)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (None, "Own.rules: expected a tuple of Rule, got None"),
        ((len,), "Own.rules: expected a tuple of Rule, got a value of type builtin_function_or_method in it"),
        ((Rule((), len),), "Own: expected rules over a tuple of names, got a value of type tuple"),
        ((Rule("size", len),), "Own: expected rules over a tuple of names, got 'size'"),  # type: ignore[arg-type]
        ((Rule(("nope",), len),), "Own: expected rules over its options, got one over nope"),
    ],
)
def test_refused_rules(rules: Any, expected: str) -> None:
    """A class whose rules have another form is refused."""
    with pytest.raises(InvalidClassError) as caught:
        own_class(rules=rules)()
    assert expected == str(caught.value)


@pytest.mark.usefixtures("own_classes")
def test_a_refused_class_in_documents() -> None:
    """A document or statement that names an unusable class is refused with the location."""

    @register_provider_class
    @attrs.frozen(kw_only=True)
    class Bad(Provider):
        identifier = "bad"
        size: int | None = attrs.field(default=None, metadata=option("size"))
        rules = (5,)  # type: ignore[assignment]

    with pytest.raises(DocumentError) as caught:
        parse_create_model("CREATE MODEL m WITH ('provider' = 'bad', 'size' = '1')")
    assert (
        "sql:1:35: provider: expected an identifier with a usable class; Bad.rules: expected a tuple of Rule, got 5 in it"
        == str(caught.value)
    )
    with pytest.raises(
        DocumentError, match=r"^dict:1:1: provider: .*, got 'bad'; Bad.rules: expected a tuple of Rule, got 5 in it"
    ):
        from_dict({"provider": "bad", "size": 1})


def test_fields_that_would_be_lost() -> None:
    """A class is refused if a field is neither an option nor private, or if attrs did not build it."""

    @attrs.frozen
    class Forgetful(Provider):
        identifier = "forgetful"
        size: int = attrs.field(default=1, kw_only=True)

    message = "Forgetful.size would not reach Flink: give it metadata=option(...), or a private name"
    with pytest.raises(TypeError) as caught:
        Forgetful()
    assert InvalidClassError is type(caught.value)
    assert message == str(caught.value)

    class Undecorated(Provider):
        identifier = "undecorated"
        size: int = attrs.field(default=1, kw_only=True, metadata=option("size"))

    message = "Undecorated has options but is not an attrs class: decorate it with @attrs.frozen(kw_only=True)"
    with pytest.raises(TypeError) as caught:
        Undecorated()
    assert message == str(caught.value)


def test_one_key_for_two_options() -> None:
    """Two options with the same key are refused, also if the key is an older one of either."""

    @attrs.frozen(kw_only=True)
    class Twice(Provider):
        identifier = "twice"
        size: int = attrs.field(default=1, metadata=option("size"))
        length: int = attrs.field(default=1, metadata=option("length", deprecated_keys=("size",)))

    for use in (Twice, lambda: options(Twice)):
        with pytest.raises(InvalidClassError, match="^Twice: expected one option with the key 'size', got size and length$"):
            use()


def test_older_keys_of_an_option() -> None:
    """As in Flink, the newest key of an option that is given counts, and the values of the others are not read."""

    @attrs.frozen(kw_only=True)
    class Renamed(Provider):
        identifier = "renamed"
        length: int = attrs.field(default=1, metadata=option("length", deprecated_keys=("size", "len")))

    assert Renamed(length=2) == Renamed.from_options({"size": "2", "len": "3"})
    assert Renamed(length=3) == Renamed.from_options({"size": "many", "length": "3", "len": "none"})


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
        "default": (
            own(**field("int", default=0, validator=at_least(1))),
            "Faulty.n: default: expected an int of at least 1, got 0",
        ),
        "secret default": (
            own(**field("str", default=f'{{"key": "{MARK}"', metadata=option("n", format="json"))),
            "Faulty.n: default: expected a JSON object with each name once, got ****** (str)",
        ),
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"java": "Intger"},
            "java: expected String, Boolean, Integer, Long, Double, Duration, Enum or Map, got 'Intger'; did you mean Integer?",
        ),
        ({"java": int}, "java: expected String, Boolean, Integer, Long, Double, Duration, Enum or Map, got a value of type type"),
        ({"format": "uri"}, "format: expected json or url, got 'uri'; did you mean url?"),
        ({"format": None}, "format: expected json or url, got None"),
        ({"format": ["url"]}, "format: expected json or url, got a value of type list"),
    ],
)
def test_unknown_types_and_formats(arguments: Any, message: str) -> None:
    """`option` refuses a Java type or a format that it does not know, and names those that it knows."""
    with pytest.raises(InvalidClassError) as caught:
        option("size", **arguments)
    assert f"option(): {message}" == str(caught.value)


@pytest.mark.parametrize("name", _faulty())
def test_faulty_classes(name: str) -> None:
    """The message about a faulty class has the class, the option and the reason."""
    make, expected = _faulty()[name]
    for _ in range(2):
        with pytest.raises(InvalidClassError) as caught:
            make()
        assert expected == str(caught.value)


def test_decorators_in_the_other_order() -> None:
    """A class that is registered before attrs builds it is refused, because attrs then makes another class."""
    expected = "^Early is not an attrs class yet: write @register_provider_class above @attrs.frozen\\(kw_only=True\\)$"
    with pytest.raises(InvalidClassError, match=expected):

        @attrs.frozen(kw_only=True)
        @register_provider_class
        class Early(Provider):
            identifier = "early"
            size: int = attrs.field(default=1, metadata=option("size"))

    assert "early" not in provider_classes()


def test_without_identifier() -> None:
    """A class without an identifier is abstract; its subclass with one is not."""

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


def test_annotations_that_are_names() -> None:
    """Annotations that are strings are resolved when the class is first used, not when it is made."""
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
