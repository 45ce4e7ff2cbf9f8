# SPDX-License-Identifier: Apache-2.0
"""Checks beyond single rules: options for a runtime, columns, and the laws of `check`."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime_samples import CHAT, COMPAT, RUNTIMES, TRITON
from strategies import CLASSES, providers

from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    Secret,
)
from llmproviders.runtimes.runtime import Runtime, runtime

every_runtime = st.sampled_from(RUNTIMES)
every_provider = st.sampled_from(CLASSES).flatmap(providers)


def test_options_leave_out_what_a_runtime_does_not_know() -> None:
    """Defaults that Java would refuse are dropped; the rest stays unchanged and in order."""
    triton = attrs.evolve(runtime("flink-2.3").factories["triton"], defects=())
    mended = attrs.evolve(runtime("flink-2.3"), factories={"triton": triton})
    assert {
        "endpoint": "https://triton.example.com",
        "model-name": "m",
        "model-version": "1",
        "timeout": "30s",
        "flatten-batch-dim": "false",
        "sequence-start": "false",
        "sequence-end": "false",
    } == TRITON.to_options(runtime=mended)
    assert TRITON.to_options(runtime=mended) == TRITON.for_runtime("flink-2.3").to_options()
    assert TRITON.to_options() == TRITON.to_options(runtime="flink-2.4")


def test_options_for_a_runtime_that_refuses_them() -> None:
    """Every error of the check is reported, and no warning; references are not resolved before."""
    provider = OpenAIProvider(CHAT.endpoint, Secret.from_env("NO_SUCH_KEY"), stop="a, b", seed=1)
    with pytest.raises(InvalidOptionsError) as caught:
        provider.to_options(runtime="flink-2.1")
    assert (
        "OpenAIProvider: 2 problems\n"
        "  seed: expected an option that openai has on flink-2.1; seed is in flink-2.2, flink-2.3, flink-2.4\n"
        "  model: expected a value, got nothing; openai requires it on flink-2.1; give it here, or with the call as model=..."
    ) == str(caught.value)
    expected = {"endpoint": CHAT.endpoint, "api-key": "******", "model": "m", "stop": "a, b"}
    assert expected == provider.to_options(runtime="flink-2.1", model="m", overrides={"seed": None}, redact=True)


def test_options_for_a_runtime_and_columns() -> None:
    """Columns and runtime are both checked."""
    with pytest.raises(InvalidOptionsError) as caught:
        COMPAT.to_options([1], runtime="flink-2.3")  # type: ignore[list-item]
    assert ["input_columns", "provider"] == [problem.option for problem in caught.value.problems]
    expected = {**COMPAT.to_options(), "content-types": "TEXT;TEXT"}
    del expected["content-type"]
    assert expected == COMPAT.to_options([("a", "STRING"), ("b", "STRING")], runtime="vvr-11.9")


def test_content_types_of_other_columns() -> None:
    """A check, like a call, expects as many content types as input columns."""
    provider = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key="k", content_type=["TEXT", "IMAGE_URL"])
    assert ["content_type: expected as many as input columns, 1 (a), got 2 (TEXT, IMAGE_URL)"] == [
        str(each) for each in provider.check("vvr-11.9", input="a STRING")
    ]
    assert () == provider.check("vvr-11.9", input="a STRING, b STRING")


@given(every_provider, every_runtime)
def test_options_for_a_runtime_are_options(provider: Provider, each: Runtime) -> None:
    """The options for a runtime exist if and only if `check` finds no error; each is an option of the provider and the runtime."""
    errors = [problem for problem in provider.check(each) if problem.severity == "error"]
    if errors:
        with pytest.raises(InvalidOptionsError) as caught:
            provider.to_options(runtime=each)
        assert tuple(errors) == caught.value.problems
        return
    flat = provider.to_options(runtime=each)
    assert flat.items() <= provider.to_options().items()
    factory = each.factories.get(provider.provider_name())
    if each.exhaustive and factory is not None:
        assert all(factory.option(key) or key in ("provider", "property-version") for key in flat)


@given(every_provider, every_runtime, st.sampled_from([None, "m"]))
def test_problems_show_no_secret(provider: Provider, each: Runtime, model: str | None) -> None:
    """No problem shows a secret."""
    secret = "zq-secret-zq"
    name = {"openai": "api_key", "openai-compat": "api_key", "dashscope": "api_key", "triton": "auth_token"}
    if provider.provider_name() not in name or isinstance(provider, GenericProvider):
        return
    try:
        provider = provider.with_(**{name[provider.provider_name()]: secret})
    except ProviderError:
        return
    assert secret not in json.dumps([str(problem) for problem in provider.check(each, model=model)])
