# SPDX-License-Identifier: Apache-2.0
"""Unusable classes are refused; the message has the class, the field, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from attrs_classes import frozen

from llmproviders import (
    DocumentError,
    InvalidClassError,
    InvalidOptionsError,
    Provider,
    Rule,
    Secret,
    from_dict,
    option,
    parse_create_model,
    register_provider_class,
)

either = pytest.mark.parametrize("slots", [True, False], ids=["slots", "dict"])


MARK = "sk-mArKeR-7f3"


@pytest.mark.parametrize("name", ["with_", "to_options", "check", "without", "for_task", "from_options", "fingerprint"])
@either
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


@attrs.frozen(kw_only=True)
class Ruled(Provider):
    """A class whose rule does not return a `Problem`."""

    identifier = "ruled"
    key: Secret | None = attrs.field(default=None, metadata=option("key"))
    x: str | None = attrs.field(default=None, metadata=option("x"))
    rules = (Rule(("x",), lambda cls, x: f"not {x}" if x == "bad" else None),)  # type: ignore[arg-type, return-value]


def test_rules_that_return_something_else() -> None:
    """A rule that returns neither a `Problem` nor None is reported."""
    with pytest.raises(InvalidOptionsError) as caught:
        Ruled(key=MARK, x="bad")
    assert "Ruled: x: expected a rule that returns a Problem or None, got 'not bad'" == str(caught.value)


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
