# SPDX-License-Identifier: Apache-2.0
"""`Provider.grid`: every combination of values, as a catalog."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from growth import MOST, growth
from hypothesis import given
from hypothesis import strategies as st
from own import Mode, RerankProvider
from problem_messages import assert_refused

from llmproviders import (
    Catalog,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Secret,
    TritonProvider,
    option,
)

KEY = "sk-mArKeR-7f3-4d9c"
CHAT = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key=KEY, temperature=0.7)


def test_order_and_names() -> None:
    """The last option varies fastest, and the names have the changed options in the order of the call."""
    grid = CHAT.grid(temperature=[0, 0.5], model=("a", "b"))
    combinations = {
        f"temperature={temperature},model={model}": CHAT.with_(temperature=temperature, model=model)
        for temperature in (0, 0.5)
        for model in ("a", "b")
    }
    assert Catalog(combinations) == grid
    assert ["a-t0", "b}-t0", "a-t0.5", "b}-t0.5"] == list(
        CHAT.grid("{model}-t{temperature}", temperature=(each for each in [0, 0.5]), model=["a", "b}"])
    )
    assert ["{0}", "{1}"] == list(CHAT.grid("{{{seed}}}", seed=range(2)))
    assert ["one"] == list(CHAT.grid("one", seed=[1]))


lists = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.lists(st.floats(0, 2), unique=True, min_size=1, max_size=3),
        "model": st.lists(st.text(max_size=60), unique=True, min_size=1, max_size=3),
        "api_key": st.lists(st.text(min_size=1, max_size=5), unique=True, min_size=1, max_size=2),
        "seed": st.lists(st.integers(0, 9), unique=True, min_size=1, max_size=3),
        "extra_options": st.lists(st.sampled_from([{}, {"a": 1}, {"token": KEY}]), unique_by=repr, min_size=1, max_size=2),
        "zz": st.lists(st.sampled_from(["a", None, KEY]), unique=True, min_size=1, max_size=2),
    },
).filter(lambda given: given and not {"zz", "extra_options"} <= given.keys())


@given(lists)
def test_size(given: dict[str, list[Any]]) -> None:
    """The size of a grid is the product of the lists, and its variants are those of `with_`, in order."""
    grid = CHAT.grid(**given)
    assert math.prod(map(len, given.values())) == len(grid)
    expected = [CHAT.with_(**dict(zip(given, each, strict=True))) for each in itertools.product(*given.values())]
    assert expected == list(grid.values())
    assert not any(KEY in name for name in grid)


def names(**values: list[Any]) -> list[str]:
    """The names of variants of the chat, without the name of the option."""
    return [name.split("=", 1)[1] for name in CHAT.grid(**values)]


def test_values_in_names() -> None:
    """Short strings, numbers, booleans and None are in names; other values, and all values beside them, are numbered."""
    assert ["None", "0", "0.5"] == names(temperature=[None, 0, 0.5])
    assert ["failover", "IGNORE"] == [
        name.replace("FAILOVER", "failover") for name in names(retry_fallback_strategy=["failover", "ignore"])
    ]
    assert ["1.5", "true", "None"] == names(zz=[1.5, True, None])
    numbered: dict[str, list[Any]] = {
        "model": ["a", "x" * 41],
        "system_prompt": ["a", "line\nbreak"],
        "user_prompt": ["a", ""],
        "api_key": ["a", Secret.from_env("B")],
        "endpoint": [f"https://{user}@h/v1/chat/completions" for user in ("a:b", "c:d")],
        "extra_header": [{"A": "b"}, {}],
        "extra_body": ['{"a": 1}', {"b": 2}],
        "extra_options": [{"a": "b"}, {"c": "d"}],
        "zz": ["a", KEY],
        "yy": ['{"password": "p"}', "[1]"],
        "vendor-token": ["a", "b"],
    }
    for name, values in numbered.items():
        assert [f"#{number}" for number in (1, 2)] == names(**{name: values}), name
    assert ["#1", "#2"] == [
        name.split("=")[1]
        for name in OpenAICompatProvider(task="chat/completions").grid(content_type=["TEXT", ["IMAGE_URL", "TEXT"]])
    ]
    assert ["mode=quick-one", "mode=deep-thought"] == list(RerankProvider("h").grid(mode=[Mode.QUICK, "deep-thought"]))
    assert ["flatten_batch_dim=false"] == list(TritonProvider("h").grid(flatten_batch_dim=[False]))
    assert ["x,k.1=a", "x,k.1=b"] == list(
        GenericProvider("g").grid("{provider},k.1={k.1}", provider=["x"], **{"k.1": ["a", "b"]})
    )


WRONG: dict[str, tuple[tuple[Any, ...], dict[str, Any], type[InvalidOptionsError], str]] = {
    "values": (
        (),
        {
            "temperature": ["hot", 0.5, None],
            "top_p": [7, 2],
            "api_key": [KEY, 5],
            "zz": [object()],
            "extra_options": [{"a": object()}, 5],
        },
        InvalidTypeError,
        "OpenAICompatProvider.grid: 7 problems\n"
        "  temperature[0]: expected a finite number, got 'hot' (str)\n"
        "  top_p[0] (top-p): expected a finite number from 0 to 1, got 7\n"
        "  top_p[1] (top-p): expected a finite number from 0 to 1, got 2\n"
        "  api_key[1] (api-key): expected a str or a Secret, got a value of type int\n"
        "  zz[0]: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'zz', got a value of type object\n"
        "  extra_options[0]: expected a str, bool, number, timedelta, or a value that JSON can hold for option 'a'\n"
        "  extra_options[1]: expected a mapping from Java keys to values, got 5 (int)",
    ),
    "lists": (
        (5,),
        {"model": KEY, "api_key": Secret(KEY), "seed": [], "extra_header": {"a": "b"}, "n": {1, 2}, "temprature": [1, 2]},
        InvalidTypeError,
        "OpenAICompatProvider.grid: 7 problems\n"
        "  model: expected a list of values, got a value of type str; write [...] around one value too\n"
        "  api_key: expected a list of values, got a value of type Secret; write [...] around one value too\n"
        "  seed: expected at least one value, got none\n"
        "  extra_header: expected a list of values, got a value of type dict; write [...] around one value too\n"
        "  n: expected a list of values, got a value of type set; a set has no order; write a list\n"
        "  template: expected a name with options in braces, such as {temperature}, got 5\n"
        "  temprature: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature? "
        "(extra_options={...} passes any name)",
    ),
    "nothing": ((), {}, InvalidOptionsError, "OpenAICompatProvider.grid: expected options with lists of values, got none"),
    "fields": (
        ("{mdoel}{model.__class__}{model!r}{model:>9}{}{model[0]}",),
        {"model": ["a"], "seed": [1]},
        InvalidOptionsError,
        "OpenAICompatProvider.grid: 6 problems\n"
        "  template: expected options of the grid in braces (model, seed), got 'mdoel'; did you mean model?\n"
        "  template: expected options of the grid in braces (model, seed), got 'model.__class__'\n"
        "  template: expected options in braces without a format, got one after 'model'\n"
        "  template: expected options in braces without a format, got one after 'model'\n"
        "  template: expected options of the grid in braces (model, seed), got ''\n"
        "  template: expected options of the grid in braces (model, seed), got 'model[0]'; did you mean model?",
    ),
    "braces": (
        (f"{{{KEY}",),
        {"model": ["a"]},
        InvalidOptionsError,
        "OpenAICompatProvider.grid: template: expected braces in pairs; write {{ and }} for braces that are part of the name",
    ),
    "an empty template": (
        ("",),
        {"model": ["a"]},
        InvalidOptionsError,
        "OpenAICompatProvider.grid: template: expected a name with options in braces, such as {temperature}, got ''",
    ),
    "equal variants": (
        (),
        {"temperature": [0, 0.0, 0], "model": ["a"]},
        InvalidOptionsError,
        "OpenAICompatProvider.grid: 2 problems\n"
        "  temperature=0.0,model=a: expected each provider once, got one equal to temperature=0,model=a\n"
        "  temperature=0,model=a: expected each provider once, got one equal to temperature=0,model=a",
    ),
    "equal names": (
        ("{model}",),
        {"temperature": [0, 1], "model": ["a", "b"]},
        InvalidOptionsError,
        "OpenAICompatProvider.grid: 2 problems\n"
        "  a: expected a name for one provider, got the name of several; write the options that differ into the template\n"
        "  b: expected a name for one provider, got the name of several; write the options that differ into the template",
    ),
    "too many": (
        (),
        {"seed": range(1_000), "n": range(1, 102)},
        InvalidOptionsError,
        "OpenAICompatProvider.grid: expected a grid of at most 100000 providers, got 101000",
    ),
    "too many of one": (
        (),
        {"seed": itertools.count()},
        InvalidOptionsError,
        "OpenAICompatProvider.grid: seed: expected at most 100000 values, got more",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_calls(case: str) -> None:
    """Every wrong value is one problem, whatever the number of variants that have it; no message shows a secret."""
    arguments, values, kind, message = WRONG[case]
    assert_refused(lambda: CHAT.grid(*arguments, **values), kind, message)


def test_values_that_do_not_fit_each_other() -> None:
    """Rules over several options name the variant; a value that fits only with another one is accepted."""
    one = OpenAICompatProvider(task="chat/completions", temperature=None)
    with pytest.raises(InvalidOptionsError) as caught:
        one.grid("{task} {content_type}", task=["chat/completions", "embeddings"], content_type=["TEXT", "IMAGE_URL"])
    (problem,) = caught.value.problems
    assert "embeddings IMAGE_URL.content_type" == problem.option
    grid = one.with_(content_type="IMAGE_URL").grid(task=["chat/completions", "embeddings"], content_type=["TEXT"])
    assert 2 == len(grid)


def test_the_first_problems_are_enough() -> None:
    """If many variants are wrong, only the first ones are tried, so that the answer comes soon."""
    one = OpenAICompatProvider(task="embeddings")
    with pytest.raises(InvalidOptionsError) as caught:
        one.grid(content_type=["IMAGE_URL"], seed=range(50_000))
    assert 20 == len(caught.value.problems)


@attrs.frozen(kw_only=True)
class Labelled(OpenAICompatProvider):
    """A class with an option that is not compared, and one whose converter raises."""

    identifier = "labelled"
    label: str = attrs.field(default="", eq=False, metadata=option("label"))
    number: int = attrs.field(default=0, converter=lambda value: int(value, 8), metadata=option("number"))


def test_classes_of_the_user() -> None:
    """Variants that the class takes for equal are refused, and any exception of a converter is a problem."""
    with pytest.raises(InvalidOptionsError, match="label=b: expected each provider once, got one equal to label=a$"):
        Labelled(number="1").grid(label=["a", "b"])  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionsError, match=r"number\[1\]: expected a value that passes its check"):
        Labelled(number="1").grid(number=["7", "8"])  # type: ignore[arg-type]


def test_unknown_names_warn_as_in_with() -> None:
    """A name that Java probably does not know is a warning, at the line of the call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        CHAT.grid(top_k=[1, 2])
    assert [__file__] == [each.filename for each in caught]


SIZES: dict[str, Callable[[int], dict[str, Any]]] = {
    "one list": lambda size: {"seed": range(size)},
    "many lists": lambda size: {"temperature": [0, 1], "model": ["a", "b"], "seed": range(size // 4)},
    "wrong values": lambda size: {"seed": ["x"] * size},
    "equal values": lambda size: {"seed": [1] * size},
}


@pytest.mark.parametrize("name", SIZES)
def test_cost(name: str) -> None:
    """The cost is linear in the size of the grid."""

    def run(given: dict[str, Any]) -> None:
        try:
            CHAT.grid(**given)
        except InvalidOptionsError:
            assert name in ("wrong values", "equal values")

    assert growth(SIZES[name], run, 2_000) <= MOST
