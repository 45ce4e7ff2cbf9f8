# SPDX-License-Identifier: Apache-2.0
"""Provider classes by identifier, also from installed packages; flat dicts by identifier."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from own import RerankProvider

from llmproviders import (
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    TritonProvider,
    from_options,
    loads,
    option,
    parse_create_model,
    provider_class,
    provider_classes,
    register_provider_class,
    set_provider,
)
from llmproviders.errors import InvalidClassError
from llmproviders.providers.classes import Classes

pytestmark = pytest.mark.usefixtures("empty_registry", "own_classes")

A, B, C = OpenAICompatProvider(model="a"), OpenAICompatProvider(model="b"), TritonProvider("c")


def test_known_classes() -> None:
    """The classes of the library are known by their identifiers; any other identifier is generic."""
    known = {cls.identifier: cls for cls in (OpenAICompatProvider, DashScopeProvider, TritonProvider, OpenAIProvider)}
    assert known.items() <= provider_classes().items()
    assert known == {identifier: provider_class(identifier) for identifier in known}
    assert GenericProvider is provider_class("no such identifier")
    provider_classes().clear()
    assert known.items() <= provider_classes().items()


def test_registering_a_class(own_classes: Classes) -> None:
    """A registered class is used for its identifier in every call; the last registered one wins."""
    own_classes.known.pop("acme-rerank", None)
    assert GenericProvider is provider_class("acme-rerank")
    assert RerankProvider is register_provider_class(RerankProvider)
    assert RerankProvider("h", top_k=3) == set_provider("acme-rerank", endpoint="h", top_k=3)
    assert RerankProvider("h", top_k=3) == from_options("acme-rerank", {"endpoint": "h", "top-k": "3"})

    @register_provider_class
    class Other(RerankProvider):
        """The same identifier, another class."""

    assert Other is provider_class("acme-rerank")


@pytest.mark.parametrize("cls", [5, int, Provider, GenericProvider, RerankProvider("h"), None], ids=range(6))
def test_unfit_classes(cls: Any) -> None:
    """Only a Provider class that has an identifier can be registered."""
    expected = r"^register_provider_class\(\): expected a Provider class that has an identifier, got "
    with pytest.raises(InvalidClassError, match=expected):
        register_provider_class(cls)


@pytest.mark.parametrize("identifier", [5, "", None, b"x"], ids=range(4))
def test_classes_with_unfit_identifiers(identifier: Any) -> None:
    """A class whose identifier is no string, or is empty, cannot be registered."""
    with pytest.raises(InvalidClassError):
        register_provider_class(type("Own", (Provider,), {"identifier": identifier}))


def test_classes_that_attrs_has_not_built() -> None:
    """A class without the decorator of attrs is refused, and the message says where to write it."""

    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size-of"))

    with pytest.raises(InvalidClassError) as caught:
        register_provider_class(Own)
    assert "Own is not an attrs class yet: write @register_provider_class above @attrs.frozen(kw_only=True)" == str(caught.value)
    assert GenericProvider is provider_class("own")


@pytest.mark.parametrize("identifier", [5, [], {}, None, b"x", 10**5000], ids=range(6))
def test_identifiers_of_other_types(identifier: Any) -> None:
    """An identifier that is no string is refused as a wrong type."""
    calls: dict[str, Callable[[], Any]] = {
        "provider_class": lambda: provider_class(identifier),
        "from_options": lambda: from_options(identifier, {"api-key": "MARK"}),
    }
    for name, call in calls.items():
        with pytest.raises(InvalidTypeError, match=f"^{name}: identifier: expected a str, got "):
            call()


def entry_points(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    """Replace the installed entry points; the returned list grows with each look-up."""
    looks: list[str] = []

    def found(*, group: str) -> list[EntryPoint]:
        looks.append(group)
        return [EntryPoint(name, value, group) for name, value in values.items()]

    monkeypatch.setattr(importlib.metadata, "entry_points", found)
    return looks


def test_entry_points(monkeypatch: pytest.MonkeyPatch, own_classes: Classes) -> None:
    """Classes of installed packages are known without registration, looked up once and only if needed."""
    own_classes.known.pop("acme-rerank", None)
    looks = entry_points(monkeypatch, **{"acme-rerank": "own:RerankProvider", "triton": "own:NoSuchClass"})
    assert TritonProvider is provider_class("triton")
    assert [] == looks
    assert RerankProvider is provider_class("acme-rerank")
    assert RerankProvider("h") == set_provider("acme-rerank", endpoint="h")
    assert RerankProvider is provider_classes()["acme-rerank"]
    # An entry point of a known identifier is not even loaded.
    assert TritonProvider is provider_class("triton")
    assert GenericProvider is provider_class("x")
    assert ["llmproviders.providers"] == looks


BROKEN = {
    "own:Mode": "own:Mode",
    "own:NoSuchClass": "own:NoSuchClass, which raises AttributeError: module 'own' has no attribute 'NoSuchClass'",
    "no_such_module:X": "no_such_module:X, which raises ModuleNotFoundError: No module named 'no_such_module'",
    "own:RerankProvider": "own:RerankProvider, whose identifier is 'acme-rerank'",
    "llmproviders:Provider": "llmproviders:Provider, which has no identifier",
    "llmproviders:GenericProvider": "llmproviders:GenericProvider, which has no identifier",
    "stub_exits:X": "stub_exits:X, which raises SystemExit: 3",
    "stub_exits_silently:X": "stub_exits_silently:X, which raises SystemExit",
    "stub_leaks:X": "stub_leaks:X, which raises ValueError: https://******@h ****** two lines",
    "stub_talks:X": f"stub_talks:X, which raises ValueError: {'x' * 197}...",
    "stub_cannot_say:X": "stub_cannot_say:X, which raises Unprintable",
    "stub_unbuilt:X": "stub_unbuilt:X, where X is not an attrs class: decorate it with @attrs.frozen(kw_only=True)",
    "not a reference": "not a reference, which raises AttributeError: 'NoneType' object has no attribute 'group'",
}


class Unprintable(Exception):
    """An exception whose message fails."""

    def __str__(self) -> str:
        raise ZeroDivisionError


class Unbuilt(Provider):
    """A class without the decorator of attrs."""

    identifier = "acme"
    size: int = attrs.field(default=1, metadata=option("size-of"))


Unbuilt.__name__ = "X"


FAILURES: dict[str, BaseException] = {
    "stub_exits": SystemExit(3),
    "stub_exits_silently": SystemExit(),
    "stub_leaks": ValueError("https://user:MARK@h sk-MARKMARKMARK\ntwo  lines"),
    "stub_talks": ValueError("x" * 10_000),
    "stub_cannot_say": Unprintable(),
    "stub_interrupted": KeyboardInterrupt(),
}


class _Finder:
    """Finds modules whose import fails, and one whose class attrs has not built."""

    def find_spec(self, name: str, *_: object) -> Any:
        return importlib.machinery.ModuleSpec(name, self) if name.startswith("stub_") else None  # type: ignore[arg-type]

    def create_module(self, spec: object) -> None:
        """None: the import system makes the module."""

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in FAILURES:
            raise FAILURES[module.__name__]
        module.X = Unbuilt  # type: ignore[attr-defined]


@pytest.fixture
def stubs() -> Iterator[None]:
    """The modules of `_Finder` can be found."""
    finder: Any = _Finder()
    sys.meta_path.append(finder)
    yield
    sys.meta_path.remove(finder)
    sys.modules.pop("stub_unbuilt", None)


@pytest.mark.parametrize("value", BROKEN)
def test_bad_entry_points(value: str, monkeypatch: pytest.MonkeyPatch, own_classes: Classes, stubs: None) -> None:
    """A class that cannot be loaded is an error in each call that names it, and does not affect other classes."""
    entry_points(monkeypatch, acme=value)
    expected = f"entry point acme: expected a Provider class with the identifier 'acme', got {BROKEN[value]}"
    calls: list[Callable[[], Any]] = [
        lambda: provider_class("acme"),
        lambda: from_options("acme", {"a": "b"}),
        lambda: set_provider("acme", a="b"),
    ]
    for call in calls:
        with pytest.raises(ProviderError, match=f"^{re.escape(expected)}$"):
            call()
    with pytest.raises(DocumentError) as caught:
        loads('{"providers": {"a": {"provider": "acme", "key": "x"}}}', format="json")
    assert f"json:1:34: providers.a.provider: expected an identifier with a usable class, got 'acme'; {expected}" == str(
        caught.value
    )
    with pytest.raises(DocumentError) as caught:
        parse_create_model("CREATE MODEL m WITH ('provider' = 'acme', 'key' = 'x')")
    assert f"sql:1:35: provider: expected an identifier with a usable class; {expected}" == str(caught.value)
    assert TritonProvider is provider_class("triton")
    assert "acme" not in provider_classes()
    register_provider_class(attrs.make_class("Acme", [], bases=(TritonProvider,), class_body={"identifier": "acme"}, frozen=True))
    assert provider_class("acme").__name__ == "Acme"


def test_interrupted_entry_points(monkeypatch: pytest.MonkeyPatch, own_classes: Classes, stubs: None) -> None:
    """Only a KeyboardInterrupt leaves the look-up, and the next look-up is complete."""
    own_classes.known.pop("acme-rerank", None)
    entry_points(monkeypatch, **{"acme": "stub_interrupted:X", "acme-rerank": "own:RerankProvider"})
    with pytest.raises(KeyboardInterrupt):
        provider_class("acme-rerank")
    monkeypatch.setitem(FAILURES, "stub_interrupted", SystemExit())
    assert RerankProvider is provider_class("acme-rerank")


def test_entry_points_of_packages(monkeypatch: pytest.MonkeyPatch, own_classes: Classes, tmp_path: Path) -> None:
    """The message about a broken entry point names its package."""
    info = tmp_path / "acme_pack-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-pack\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[llmproviders.providers]\nacme = no_such_module:X\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ProviderError, match="^entry point acme of package acme-pack: expected a Provider class"):
        provider_class("acme")


def test_from_options() -> None:
    """A flat dict is read as the class of its identifier, or as a generic provider."""
    assert A == from_options("openai-compat", {"model": "a"})
    assert A == from_options("openai-compat", {"model": "a", "provider": "openai-compat"})
    assert GenericProvider("g", model="a") == from_options("g", {"model": "a", "provider": "g"})
    assert GenericProvider("g", model="a") == GenericProvider.from_options({"provider": "g", "model": "a"})
    assert OpenAICompatProvider(zz="x") == from_options("openai-compat", {"zz": "x"})


def test_older_keys() -> None:
    """Keys that Flink has deprecated are read; if both keys are given, the new one wins, in any order."""
    required = {"endpoint": "http://h/embeddings", "api-key": "k"}
    assert 5 == OpenAIProvider.from_options({**required, "maxTokens": "5"}).max_tokens
    assert 6 == OpenAIProvider.from_options({**required, "maxTokens": "5", "max-tokens": "6"}).max_tokens
    assert 6 == OpenAIProvider.from_options({**required, "max-tokens": "6", "maxTokens": "5"}).max_tokens
    assert {"max-tokens", "top-p", "system-prompt"} <= set(
        OpenAIProvider.from_options({**required, "maxTokens": "5", "topP": "1", "systemPrompt": "x"}).to_options()
    )


def test_both_keys_of_content_types() -> None:
    """content-type and content-types together are refused, in any order."""
    for order in (1, -1):
        flat = dict([("content-type", "TEXT"), ("content-types", "TEXT;TEXT")][::order])
        with pytest.raises(InvalidOptionsError, match="expected either content-type or content-types, got both"):
            OpenAICompatProvider.from_options(flat)
    assert ("TEXT", "IMAGE_URL") == OpenAICompatProvider.from_options({"content-types": "text;image_url"}).content_type


def test_strings_are_read_as_flink_reads_them() -> None:
    """Strings are read as Flink reads them: booleans in any case, numbers with Java's signs and suffixes."""
    flat = {"endpoint": "h", "sequence-start": "TRUE", "max-retries": "+05", "circuit-breaker-failure-threshold": " 1e-1f "}
    provider = TritonProvider.from_options({**flat, "compression": "GZIP", "timeout": "1 Min"})
    assert (True, 5, 0.1, "gzip", "1 Min") == (
        provider.sequence_start,
        provider.max_retries,
        provider.circuit_breaker_failure_threshold,
        provider.compression,
        provider.timeout,
    )


def test_identifier_in_the_dict_of_a_generic_provider() -> None:
    """An identifier in the dict that differs from the given one is refused."""
    with pytest.raises(InvalidOptionsError) as caught:
        from_options("g", {"provider": "other", "model": "a"})
    assert "GenericProvider: provider: expected 'g', got 'other'" == str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        from_options("g", {"provider": 10**5000, "model": {1}})  # type: ignore[dict-item]
    assert ["model", "provider"] == [problem.option for problem in caught.value.problems]


@pytest.mark.parametrize("identifier", ["g", "openai-compat"])
@pytest.mark.parametrize("options", [5, None, [], "MARK", [("model", "a")]], ids=range(5))
def test_flat_dicts_of_other_types(identifier: str, options: Any) -> None:
    """Options that are no mapping are refused as a wrong type."""
    with pytest.raises(InvalidTypeError, match="Provider: options: expected a mapping of Java keys to "):
        from_options(identifier, options)


@pytest.mark.parametrize(
    "call",
    [
        lambda key: set_provider("openai-compat", api_key=key, temprature=1),
        lambda key: set_provider("openai-compat", A, api_key=key),
        lambda key: set_provider("g", api_key=key, other={1}),
        lambda key: from_options("openai-compat", {"api-key": key}),
        lambda key: from_options("g", {"api-key": key, "provider": "other"}),
    ],
    ids=range(5),
)
def test_no_frame_of_the_library_in_tracebacks(call: Any) -> None:
    """A traceback has no frame of the library, because their variables hold secrets."""
    with pytest.raises(InvalidOptionsError) as caught:
        call("MARK")
    modules = {entry.frame.f_globals["__name__"] for entry in caught.traceback}
    assert {__name__, "llmproviders.boundary"} == modules
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_registration_in_few_lines(own_classes: Classes) -> None:
    """A user-defined class is declared, registered and used as in the documentation."""

    @register_provider_class
    @attrs.frozen
    class Acme(Provider):
        identifier = "acme"
        size: int = attrs.field(default=1, metadata=option("size-of"), kw_only=True)

    assert {"size-of": "2"} == set_provider("acme", size=2).to_options()
