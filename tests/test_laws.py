# SPDX-License-Identifier: Apache-2.0
"""Laws that hold for the providers of every class, also of a user-defined one."""

from __future__ import annotations

import copy
import os
import pickle
import re
import subprocess
import sys
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import cloudpickle
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from own import RerankProvider
from strategies import CLASSES, REQUIRED, TYPED, arguments, build, every_provider, extra_names, providers

from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    MaskedText,
    OpenAICompatProvider,
    OpenAIProvider,
    Problem,
    Provider,
    Secret,
    TritonProvider,
    from_options,
    options,
    provider_classes,
    register_provider_class,
)

every_class = pytest.mark.parametrize("cls", CLASSES)
every_typed_class = pytest.mark.parametrize("cls", TYPED)


def test_every_registered_class_has_a_strategy() -> None:
    """The laws are tested for every registered class."""
    assert {"openai-compat", "dashscope", "triton", "openai"} <= set(provider_classes())
    assert {cls for cls in provider_classes().values() if cls.__module__.startswith("llmproviders.")} <= set(CLASSES)


def made(make: Any) -> Provider | frozenset[Problem]:
    """The provider that *make* returns, or the problems that it raises."""
    try:
        provider = make()
    except InvalidOptionsError as error:
        return frozenset(error.problems)
    assert isinstance(provider, Provider)
    return provider


def is_lossy(provider: Provider) -> bool:
    """Whether a flat dict loses a part of the provider: a None in place of a default, or a reference."""
    values = [getattr(provider, info.name) for info in options(type(provider)) if info.default is not None]
    secrets = [*provider.extra_options.values(), *(getattr(provider, info.name) for info in options(type(provider)))]
    return None in values or any(isinstance(value, (Secret, MaskedText)) and value.is_reference for value in secrets)


# Deriving -------------------------------------------------------------------------------------------------------------


@given(every_provider)
def test_without_changes_the_provider_is_equal(provider: Provider) -> None:
    """`with_` and `without` without arguments return an equal provider."""
    assert provider == provider.with_() == provider.without()
    assert hash(provider) == hash(provider.with_())


@every_class
@given(data=st.data())
def test_with_is_the_same_as_the_constructor(cls: type[Provider], data: st.DataObject) -> None:
    """`with_` returns or raises the same as the constructor with both sets of arguments."""
    first, second = data.draw(arguments(cls)), data.draw(arguments(cls))
    provider = build(cls, first)
    before, flat = repr(provider), provider.to_options()
    assert made(lambda: build(cls, {**first, **second})) == made(lambda: provider.with_(**second))
    assert (before, flat) == (repr(provider), provider.to_options())


@every_class
@given(data=st.data())
def test_the_last_value_applies(cls: type[Provider], data: st.DataObject) -> None:
    """Two changes are the same as one change with the later values, and the attributes have these values."""
    provider, first, second = data.draw(providers(cls)), data.draw(arguments(cls)), data.draw(arguments(cls))
    try:
        once = provider.with_(**first)
        twice = once.with_(**second)
    except InvalidOptionsError:
        assume(False)
    assert made(lambda: provider.with_(**{**first, **second})) == twice
    fresh = build(cls, second)
    for name in second:
        if name in attrs.fields_dict(cls):
            assert getattr(fresh, name) == getattr(twice, name)
            assert type(getattr(fresh, name)) is type(getattr(twice, name))
        else:
            assert fresh.extra_options.get(name) == twice.extra_options.get(name)


@every_class
@given(data=st.data())
def test_without_restores_the_default(cls: type[Provider], data: st.DataObject) -> None:
    """`without` sets an option to its default, and removes an extra option, as if it had never been given."""
    given = data.draw(arguments(cls))
    provider = build(cls, given)
    name = data.draw(st.sampled_from([*given] or [None]))
    assume(
        name is not None
        and (name in attrs.fields_dict(cls) or name in provider.extra_options)
        and name not in REQUIRED.get(cls, {})
    )
    rest = {key: value for key, value in given.items() if key != name}
    without = made(lambda: provider.without(name))
    assert made(lambda: build(cls, rest)) == without
    if isinstance(without, Provider):
        for info in options(cls):
            if info.name == name:
                assert info.default == getattr(without, name)
        assert name not in without.extra_options


@every_typed_class
@given(data=st.data())
def test_attributes_are_arguments(cls: type[Provider], data: st.DataObject) -> None:
    """The attributes of a provider are arguments that make an equal one; `attrs.evolve` makes an equal one too."""
    provider = data.draw(providers(cls))
    values = {field.name: getattr(provider, field.name) for field in attrs.fields(cls)}
    again = cls(**values)
    assert provider == again == attrs.evolve(provider)
    assert values == {name: getattr(again, name) for name in values}
    assert provider.to_options() == again.to_options()


# Flat dicts -----------------------------------------------------------------------------------------------------------


@every_class
@given(data=st.data())
def test_flat_dicts(cls: type[Provider], data: st.DataObject) -> None:
    """Keys and values are exactly `str`; options in the order of their fields come before extras; every dict is new."""
    provider = data.draw(providers(cls))
    flat = provider.to_options()
    for shown in (flat, provider.to_options(redact=True)):
        assert type(shown) is dict
        assert {str} == {type(part) for item in shown.items() for part in item} | {str}
    keys = [key for info in options(cls) for key in (info.key, info.sequence_key)]
    typed = [key for key in flat if key in keys]
    assert sorted(typed, key=keys.index) == typed
    assert [*typed, *provider.extra_options] == list(flat)
    flat.clear()
    flat["x"] = "y"
    assert flat != provider.to_options()
    assert list(provider.to_options()) == list(provider.to_options(redact=True))


@every_class
@given(data=st.data())
def test_round_trip(cls: type[Provider], data: st.DataObject) -> None:
    """A flat dict gives an equal flat dict, and an equal provider unless the dict loses a part of it."""
    provider = data.draw(providers(cls))
    # A content type that is left out becomes TEXT again, which only some tasks accept.
    assume(getattr(provider, "content_type", "") is not None)
    flat = provider.to_options()
    again = from_options("some-provider", flat) if cls is GenericProvider else cls.from_options(flat)
    for key, text in flat.items():
        assert text == again.to_options()[key]
    if not is_lossy(provider):
        assert provider == again
        assert flat == again.to_options()


@every_typed_class
@given(data=st.data())
def test_from_options_adds_defaults(cls: type[Provider], data: st.DataObject) -> None:
    """A part of a valid dict gives a provider whose dict has that part and the defaults of the class."""
    flat = data.draw(providers(cls)).to_options()
    keys = {info.key for info in options(cls) if info.required} | {"endpoint", "content-types", "content-type"}
    part = {key: text for key, text in flat.items() if key in keys or data.draw(st.booleans())}
    defaults = cls(**REQUIRED.get(cls, {})).to_options()
    if "content-types" in part:
        del defaults["content-type"]
    try:
        again = cls.from_options(part).to_options()
    except InvalidOptionsError:
        assume(False)
    assert {**defaults, **part} == again


# Values ---------------------------------------------------------------------------------------------------------------


@every_class
@given(data=st.data())
def test_equality(cls: type[Provider], data: st.DataObject) -> None:
    """Equal arguments in any order make equal providers with equal hashes; different flat dicts are different providers."""
    given = data.draw(arguments(cls))
    provider, other = build(cls, given), data.draw(providers(cls))
    same = build(cls, dict(reversed(given.items())))
    assert provider == same
    assert hash(provider) == hash(same)
    assert 1 == len({provider, same})
    if provider.to_options() != other.to_options():
        assert provider != other
    if provider == other:
        assert provider.to_options() == other.to_options()
    assert provider != object()
    assert provider != build(OpenAICompatProvider if cls is not OpenAICompatProvider else GenericProvider, {})


@given(every_provider)
def test_copies(provider: Provider) -> None:
    """Pickle, copy and deepcopy return an equal provider."""
    assert provider == copy.copy(provider) == copy.deepcopy(provider)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(provider, protocol))
        assert provider == again
        assert hash(provider) == hash(again)
        assert repr(provider) == repr(again)
        assert provider.to_options() == again.to_options()
    assert provider == cloudpickle.loads(cloudpickle.dumps(provider))


EXAMPLES: list[Provider] = [
    OpenAICompatProvider(
        endpoint="https://u:p@h/embeddings", api_key="k", extra_header={"a": ["b"]}, extra_options={"zz-token": "t"}, zz="u"
    ),
    TritonProvider("h", custom_headers={"a": "b"}, auth_token=Secret.from_env("X"), timeout="1 d"),
    GenericProvider("g", **{"self": 1, "api-key": "k"}),
    RerankProvider("h", mode="quick", token="t"),
]


def test_across_processes() -> None:
    """A provider that is unpickled in another process has the same fingerprint there, and `with_` works."""
    script = (
        "import pickle, sys\n"
        "for provider, derived, digest in pickle.load(sys.stdin.buffer):\n"
        "    assert provider.with_(flag=1) == derived\n"
        "    assert provider.fingerprint() == digest, provider\n"
        "print('all well')"
    )

    class Local(RerankProvider):
        """A class that is pickled by value, because no module holds it."""

        identifier = "local"

    content = [(p, p.with_(flag=1), p.fingerprint()) for p in [*EXAMPLES, Local("h", top_k=3)]]
    env = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, input=cloudpickle.dumps(content), env=env, capture_output=True, check=False)
    assert (b"all well", b"") == (done.stdout.strip(), done.stderr)


@every_class
@given(data=st.data())
def test_immutability(cls: type[Provider], data: st.DataObject) -> None:
    """No part of a provider can be changed."""
    provider = data.draw(providers(cls))
    flat, digest = provider.to_options(), hash(provider)
    frozen: list[Any] = [provider, provider.extra_options, *provider.extra_options.values()]
    for field in attrs.fields(cls):
        value = getattr(provider, field.name)
        frozen.append(value)
        for change in (lambda name=field.name: setattr(provider, name, None), lambda name=field.name: delattr(provider, name)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                change()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        provider.some_new_attribute = 1  # type: ignore[attr-defined]
    for value in frozen:
        hash(value)
        # Members of enums are user-defined; all other values are of immutable types of Python or of the library.
        if not isinstance(value, (Provider, Enum)):
            with pytest.raises((AttributeError, TypeError)):
                value.some_attribute = 1
            with pytest.raises((AttributeError, TypeError)):
                del value.some_attribute
        if isinstance(value, Provider) or type(value).__module__.startswith("llmproviders"):
            with pytest.raises(TypeError):
                vars(value)
    with pytest.raises(TypeError):
        provider.extra_options["x"] = "y"  # type: ignore[index]
    assert (flat, digest) == (provider.to_options(), hash(provider))


def test_immutability_of_own_types() -> None:
    """The library's value types refuse every assignment and deletion."""
    provider = OpenAICompatProvider(endpoint="https://u:p@h/x", api_key="k", zz="x")
    for value, name in ((provider.api_key, "is_reference"), (provider.endpoint, "reveal"), (provider.extra_options, "items")):
        for attribute in (name, "other"):
            with pytest.raises(AttributeError):
                setattr(value, attribute, "x")
            with pytest.raises(AttributeError):
                delattr(value, attribute)


def test_mutable_arguments_are_not_shared() -> None:
    """A provider does not change if the caller changes its mappings and lists after the call."""
    body, extra, stop = {"a": [1]}, {"zz": {"b": [2]}}, ["x"]
    provider = OpenAICompatProvider(extra_body=body, extra_options=extra, stop=stop)
    flat = provider.to_options()
    body["a"].append(2)
    extra["zz"]["b"].append(3)
    extra["yy"] = {}
    stop.append("y")
    assert flat == provider.to_options()


# Fingerprints ---------------------------------------------------------------------------------------------------------


@every_class
@given(data=st.data())
def test_fingerprint_depends_on_options(cls: type[Provider], data: st.DataObject) -> None:
    """Equal providers have the same fingerprint, and an option that is not secret changes it."""
    provider = data.draw(providers(cls))
    digest = provider.fingerprint()
    assert digest == provider.with_().fingerprint()
    assert re.fullmatch("[0-9a-f]{16}", digest)
    changed = provider.with_(**{"zz-vendor-added": "something"})
    assert digest != changed.fingerprint()
    assert digest == changed.without("zz-vendor-added").fingerprint()


@pytest.mark.parametrize("cls", [OpenAICompatProvider, OpenAIProvider, TritonProvider, RerankProvider, GenericProvider])
def test_fingerprint_does_not_depend_on_keys(cls: type[Provider]) -> None:
    """Another key does not change the fingerprint."""
    name = {TritonProvider: "auth_token", RerankProvider: "token", GenericProvider: "api-key"}.get(cls, "api_key")
    required = {**REQUIRED.get(cls, {}), **({"endpoint": "https://u:p@h/x"} if cls is not GenericProvider else {})}
    provider = build(cls, {**required, name: "first"})
    rotated = provider.with_(**{name: "second"})
    assert provider != rotated
    assert provider.to_options() != rotated.to_options()
    assert provider.fingerprint() == rotated.fingerprint()
    if cls is not GenericProvider:
        assert provider.fingerprint() == provider.with_(endpoint="https://u:q@h/x").fingerprint()
        assert provider.fingerprint() != provider.with_(endpoint="https://u:p@h/y").fingerprint()
    headers = provider.with_(extra_options={"zz-header": "Bearer a"})
    assert headers.fingerprint() == headers.with_(extra_options={"zz-header": "Bearer b"}).fingerprint()


def test_fingerprint_depends_on_the_identifier() -> None:
    """Providers with the same options and different identifiers have different fingerprints."""
    assert GenericProvider("a").fingerprint() != GenericProvider("b").fingerprint()


# Reading and reprs ----------------------------------------------------------------------------------------------------


@every_typed_class
@given(data=st.data())
def test_repr_reads_like_the_call(cls: type[Provider], data: st.DataObject) -> None:
    """Without secrets, the repr is a call that makes an equal provider."""
    provider = data.draw(providers(cls))
    text = repr(provider)
    assert text.startswith(f"{cls.__name__}(")
    if "***" in text or "<" in text:
        return
    scope = {cls.__name__: cls, "Secret": Secret, "datetime": SimpleNamespace(timedelta=timedelta)}
    assert provider == eval(text, scope)


@given(st.dictionaries(extra_names, st.text(max_size=5), max_size=3))
def test_extra_options_are_a_mapping(given: dict[str, str]) -> None:
    """Extra options are a mapping of strings and secrets; the order does not matter for equality."""
    extras = OpenAICompatProvider(extra_options=given).extra_options
    assert list(given) == list(extras)
    assert len(given) == len(extras)
    for name, text in given.items():
        value = extras[name]
        assert text == (value.reveal() if isinstance(value, Secret) else value)
        assert name in extras
    with pytest.raises(KeyError):
        extras["no such key"]
    backwards = OpenAICompatProvider(extra_options=dict(reversed(given.items()))).extra_options
    assert backwards == extras
    assert hash(backwards) == hash(extras)
    assert dict(extras) == extras
    assert extras != [*extras.items()]


register_provider_class(RerankProvider)
