# SPDX-License-Identifier: Apache-2.0
"""Keywords that are no options become extra options, with a warning if they look like a mistake."""

from __future__ import annotations

import copy
import pickle
import time
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import attrs
import pytest

from llmproviders import (
    Catalog,
    DashScopeProvider,
    ExtraOptionWarning,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    Secret,
    TritonProvider,
    dumps,
    from_dict,
    from_options,
    loads,
    option,
    parse_create_model,
    presets,
    set_provider,
    to_dict,
)

ENDPOINT = "https://h/v1/chat/completions"
MARK = "sk-mArKeR-7f3"
KEY = "sk-abcdefghijklmnop0123456789"

# Keywords that are no options of a chat service's class, and what the warning proposes.
MEANT = {
    "modle_name": "extra_options={'modle-name': ...}",
    "vendor_flag": "extra_options={'vendor-flag': ...}",
    "frequency_penalty": "extra_body={'frequency_penalty': ...}",
    "top_k": "extra_body={'top_k': ...}",
    "thinking_budget": "extra_body={'thinking_budget': ...}",
    "model_name": "model=...",
    "api_token": "api_key=...",
    "openai_api_key": "api_key=...",
    "system": "system_prompt=...",
    "temp": "temperature=...",
    "api_base": "endpoint=..., the full URL",
    "base_url": "endpoint=..., the full URL",
    "url": "endpoint=..., the full URL",
    "headers": "extra_header=...",
    "custom_headers": "extra_header=...",
    "max_completion_tokens": "max_tokens=...",
}
UNSUSPICIOUS = ("vendor", "best-of", "vendor.flag", "vendor-flag", "x y")


class Own(OpenAICompatProvider):
    """A subclass with a constructor of its own."""

    identifier = "own"

    def __init__(self, **given: Any) -> None:
        super().__init__(model="m", **given)


@attrs.frozen(kw_only=True)
class Small(Provider):
    """A class with one option."""

    identifier: ClassVar[str] = "small"
    size: int = attrs.field(default=1, metadata=option("size"))


def _warned(call: Callable[[], object]) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return caught


def _line(call: Callable[[], object]) -> int:
    """The line of a function that is one expression."""
    return call.__code__.co_firstlineno  # type: ignore[attr-defined,no-any-return]


def test_the_name_of_a_model() -> None:
    """`model` may be a Java key, but not beside the option `model_name`."""
    [warned] = _warned(lambda: TritonProvider(endpoint="http://h", model="m"))
    assert "TritonProvider: model is not an option, and is passed to Java unchanged; write model_name=..." in str(warned.message)
    assert [] == _warned(lambda: Small(model="m"))


@pytest.mark.parametrize("name", MEANT)
@pytest.mark.parametrize("cls", [OpenAICompatProvider, DashScopeProvider])
def test_a_suspicious_keyword(cls: Any, name: str) -> None:
    """A suspicious keyword becomes an extra option, and a warning says what to write."""
    caught = _warned(lambda: cls(**{name: "x"}))
    assert [ExtraOptionWarning] == [each.category for each in caught]
    message = str(caught[0].message)
    passes = f"(extra_options={{{name!r}: ...}} passes it without this warning)"
    beginning = f"{cls.__name__}: {name} is not an option, and is passed to Java unchanged; "
    assert message in [
        f"{beginning}write {MEANT[name]} {passes}",
        f"{beginning}Java keys have hyphens: write {MEANT[name]} {passes}",
    ]
    with pytest.warns(ExtraOptionWarning):
        provider = cls(**{name: "x"})
    assert [name] == list(provider.extra_options)
    assert "x" == provider.to_options()[name]


def test_the_warning_is_a_user_warning() -> None:
    """The warning is a `UserWarning`, which Python shows by default."""
    assert issubclass(ExtraOptionWarning, UserWarning)


@pytest.mark.parametrize("name", UNSUSPICIOUS)
@pytest.mark.parametrize("cls", [OpenAICompatProvider, Small])
def test_other_keywords(cls: Any, name: str) -> None:
    """A keyword that may be a Java key causes no warning."""
    assert [] == _warned(lambda: cls(**{name: "x"}))
    assert [] == _warned(lambda: cls().with_(**{name: "x"}))
    assert "x" == cls(**{name: "x"}).to_options()[name]


BASE = OpenAICompatProvider(endpoint=ENDPOINT, api_key="k")
WAYS: dict[str, Callable[[], object]] = {
    "constructor": lambda: OpenAICompatProvider(vendor_flag="x"),
    "with an option": lambda: OpenAICompatProvider(temperature=1, vendor_flag="x", n=1),
    "positional": lambda: OpenAIProvider(ENDPOINT, "k", vendor_flag="x"),
    "triton": lambda: TritonProvider("h", vendor_flag="x"),
    "own": lambda: Small(vendor_flag="x"),
    "with_": lambda: BASE.with_(vendor_flag="x"),
    "with_ and an option": lambda: BASE.with_(temperature=1, vendor_flag="x"),
    "for_task": lambda: BASE.for_task("embeddings", vendor_flag="x"),
    "to_options": lambda: BASE.to_options(overrides={"vendor_flag": "x"}),
    "preset": lambda: presets.openai(api_key="k", vendor_flag="x"),
    "dashscope": lambda: presets.dashscope(api_key="k", vendor_flag="x"),
    "set_provider": lambda: set_provider("openai-compat", vendor_flag="x"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("empty_registry")
def test_the_line_of_the_caller(way: str) -> None:
    """One warning names the keyword, and points at the line of the call."""
    (found,) = _warned(WAYS[way])
    assert ExtraOptionWarning is found.category
    assert "vendor_flag" in str(found.message)
    assert (__file__, _line(WAYS[way])) == (found.filename, found.lineno)


@pytest.mark.usefixtures("empty_registry")
def test_the_line_stays_the_same() -> None:
    """The warning points at the line of the call, however often it runs."""
    for _ in range(8):
        for way, call in WAYS.items():
            assert [(__file__, _line(call))] == [(each.filename, each.lineno) for each in _warned(call)], way


def test_a_constructor_that_calls_super() -> None:
    """In a subclass with a constructor, the warning points at the call or at its call of ``super()``."""
    call = lambda: Own(vendor_flag="x")  # noqa: E731
    (found,) = _warned(call)
    assert ExtraOptionWarning is found.category
    assert __file__ == found.filename
    assert found.lineno in (_line(call), Own.__init__.__code__.co_firstlineno + 1)


def test_several_suspicious_keywords() -> None:
    """All suspicious keywords of a call are named."""
    caught = _warned(lambda: OpenAICompatProvider(vendor_flag="x", temp="y"))
    messages = " ".join(str(each.message) for each in caught)
    assert {ExtraOptionWarning} == {each.category for each in caught}
    assert "vendor_flag" in messages
    assert "temp" in messages


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    HELD = OpenAICompatProvider(endpoint=ENDPOINT, api_key="${secret_values.k}", extra_options={"vendor_flag": "x", "temp": "y"})
DOCUMENT = dumps(Catalog({"a": HELD}), format="json")
SILENT: dict[str, Callable[[], Any]] = {
    "extra_options": lambda: OpenAICompatProvider(extra_options={"vendor_flag": "x", "temp": "y", "base_url": "z"}),
    "with_ extra_options": lambda: BASE.with_(extra_options={"vendor_flag": "x"}),
    "overrides": lambda: BASE.to_options(overrides={"extra_options": {"vendor_flag": "x"}}),
    "preset": lambda: presets.openai(api_key="k", extra_options={"vendor_flag": "x"}),
    "for_task": lambda: HELD.for_task("embeddings"),
    "generic": lambda: GenericProvider("g", vendor_flag="x", temp="y", base_url="z", headers="w"),
    "generic with_": lambda: GenericProvider("g").with_(vendor_flag="x"),
    "generic set_provider": lambda: set_provider("some-generic", vendor_flag="x"),
    "evolve": lambda: attrs.evolve(HELD, temperature=1),
    "pickle": lambda: pickle.loads(pickle.dumps(HELD)),
    "copy": lambda: copy.deepcopy(HELD),
    "with_": lambda: HELD.with_(temperature=1),
    "without": lambda: HELD.with_(temperature=1).without("temperature"),
    "to_options": HELD.to_options,
    "to_options with overrides": lambda: HELD.to_options(overrides={"temperature": 1}, model="m"),
    "for_runtime": lambda: HELD.for_runtime("vvr-11.9"),
    "from_options": lambda: OpenAICompatProvider.from_options({"vendor_flag": "x", "temp": "y"}),
    "from_options function": lambda: from_options("openai-compat", {"vendor_flag": "x"}),
    "dumps": lambda: dumps(Catalog({"a": HELD}), format="toml"),
    "loads": lambda: loads(DOCUMENT, format="json"),
    "to_dict, from_dict": lambda: from_dict(to_dict(HELD)),
    "statement": lambda: parse_create_model("CREATE MODEL m WITH ('provider'='openai-compat', 'vendor_flag'='x')"),
}


@pytest.mark.parametrize("way", SILENT)
@pytest.mark.usefixtures("empty_registry")
def test_no_warning(way: str) -> None:
    """A name from extra_options, from the provider itself or from a document causes no warning."""
    assert [] == [str(each.message) for each in _warned(SILENT[way])]


def test_removing_an_extra() -> None:
    """None removes an extra option, without a warning."""
    assert [] == _warned(lambda: HELD.with_(vendor_flag=None))
    assert ["temp"] == list(HELD.with_(vendor_flag=None).extra_options)


@pytest.mark.parametrize(
    "make",
    [
        lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK, vendor_token=MARK),
        lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK).with_(vendor_token=MARK, base_url=f"https://u:{MARK}@h"),
        lambda: OpenAICompatProvider().to_options(overrides={"headers": {"Authorization": f"Bearer {MARK}"}}),
        lambda: presets.openai(api_key=MARK, vendor_token=MARK),
        lambda: Own(vendor_token=MARK),
    ],
    ids=range(5),
)
def test_a_warning_that_is_an_error(make: Callable[[], object]) -> None:
    """If warnings are errors, neither the error nor its frames show a secret."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ExtraOptionWarning) as caught:
            make()
    assert MARK not in str(caught.value)
    assert MARK not in repr(caught.value)
    trace = caught.value.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            assert MARK not in repr(dict(trace.tb_frame.f_locals))
        trace = trace.tb_next


REFUSED = [
    ("temprature", 1, "temperature"),
    ("tempreature", 1, "temperature"),
    ("max-tokens", 1, "max_tokens"),
    ("api-key", "k", "api_key"),
    ("max_token", 1, "max_tokens"),
    ("sytem_prompt", "x", "system_prompt"),
    ("audio_format", "mp3", "predict"),
]


@pytest.mark.parametrize(("name", "value", "meant"), REFUSED)
def test_names_that_are_refused(name: str, value: Any, meant: str) -> None:
    """A misspelled option and the Java key of an option are errors that say what to write."""
    for call in (
        lambda: OpenAICompatProvider(**{name: value}),
        lambda: BASE.with_(**{name: value}),
        lambda: BASE.to_options(overrides={name: value}),
        lambda: presets.openai(api_key="k", **{name: value}),
    ):
        with pytest.raises(InvalidOptionsError) as caught:
            call()
        assert name in str(caught.value)
        assert meant in str(caught.value)
    assert str(value) == OpenAICompatProvider(extra_options={name: value}).to_options()[name]


def test_one_option_twice() -> None:
    """An extra option given by keyword and in `extra_options` is refused; `with_` changes an existing one."""
    with pytest.raises(InvalidOptionsError) as caught:
        OpenAICompatProvider(extra_options={"a-b": "1"}, **{"a-b": "2"})
    assert "OpenAICompatProvider: a-b: expected one value, got one by name and one in extra_options" == str(caught.value)
    assert {"a-b": "2"} == OpenAICompatProvider(extra_options={"a-b": "1"}).with_(**{"a-b": "2"}).extra_options


def test_a_suspicious_keyword_in_a_failing_call() -> None:
    """The error of a failing call names a suspicious keyword that may stand for a missing option."""
    with pytest.raises(InvalidOptionsError) as caught:
        OpenAIProvider(base_url="https://h/v1", model="m", vendor_flag="x")
    assert (
        "OpenAIProvider: 3 problems\n"
        "  endpoint: expected a value, got nothing; it is required\n"
        "  api_key (api-key): expected a value, got nothing; it is required\n"
        "  base_url: expected an option of OpenAIProvider, got an unknown name; write endpoint=..., the full URL"
    ) == str(caught.value)


@pytest.mark.parametrize("value", [None, "y"])
def test_a_suspicious_keyword_that_exists(value: str | None) -> None:
    """The error of a failing call does not name a keyword that changes or removes an extra option."""
    provider = OpenAICompatProvider(extra_options={"base_url": "x"})
    with pytest.raises(InvalidOptionsError) as caught:
        provider.with_(base_url=value, n=0)
    assert "OpenAICompatProvider: n: expected an int of at least 1, got 0" == str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        OpenAICompatProvider(base_url=None, n=0)
    assert "OpenAICompatProvider: n: expected an int of at least 1, got 0" == str(caught.value)


def test_proposals_are_options_of_the_class() -> None:
    """The warning proposes no option that the class does not have."""
    (found,) = _warned(lambda: TritonProvider("h", max_completion_tokens=5))
    assert "TritonProvider has no such option" in str(found.message)


# The mapping ----------------------------------------------------------------------------------------------------------


def test_many_extras() -> None:
    """9,000 extra options are accepted, read, changed and written in linear time."""
    given = {f"key-{number}": str(number) for number in range(9_000)}
    begin = time.process_time()
    provider = GenericProvider("g", **given)
    assert given == provider.to_options() == provider.to_options(redact=True)
    assert given == dict(provider.extra_options)
    assert all(given[key] == provider.extra_options[key] for key in given)
    assert {**given, "key-5": "x"} == provider.with_(**{"key-5": "x"}).to_options()
    assert provider == GenericProvider("g", extra_options=provider.extra_options)
    assert time.process_time() - begin < 2


def test_values_that_look_like_keys() -> None:
    """The value of an extra option that looks like a key is a secret, whatever the name of the option."""
    provider = GenericProvider("g", app=KEY, other="sk-8", name="a-name-of-a-model-2024")
    assert (Secret, str, str) == tuple(map(type, provider.extra_options.values()))
    assert KEY not in repr(provider)
    assert "******" == provider.to_options(redact=True)["app"]
    assert KEY == provider.to_options()["app"]
    again = from_options("g", provider.to_options())
    assert provider == again
    assert KEY not in repr(again)


def test_extras_given_as_secrets() -> None:
    """A value given as `Secret` stays one in every copy."""
    provider = OpenAICompatProvider(extra_options={"app-id": Secret(MARK)})
    for each in (provider, provider.with_(temperature=1), attrs.evolve(provider), pickle.loads(pickle.dumps(provider))):
        assert Secret(MARK) == each.extra_options["app-id"]
        assert MARK not in repr(each)
        assert MARK == each.to_options()["app-id"]
