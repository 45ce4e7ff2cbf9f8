# SPDX-License-Identifier: Apache-2.0
"""`Provider.for_runtime`: the provider to use on a runtime, without loss."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime_samples import CHAT, COMPAT, RUNTIMES, TRITON
from strategies import CLASSES, providers

from llmproviders import (
    DashScopeProvider,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    Provider,
    option,
)
from llmproviders.runtimes.runtime import Runtime


def test_openai_compat_becomes_openai() -> None:
    """On Apache Flink, the result has exactly the options that were set."""
    provider = COMPAT.with_(temperature=0.5, retry_num=3, extra_options={"property-version": "1"})
    expected = CHAT.with_(temperature=0.5, retry_num=3, extra_options={"property-version": "1"})
    assert expected == provider.for_runtime("flink-2.3")
    assert () == expected.check("flink-2.3")
    assert CHAT == COMPAT.for_runtime("flink-2.1")
    assert CHAT == DashScopeProvider.from_options(COMPAT.to_options()).for_runtime("flink-2.3")


def test_a_default_that_differs_is_kept() -> None:
    """A default of the class that differs from Java's is set."""

    class Other(OpenAICompatProvider):
        system_prompt: str | None = attrs.field(default="Be brief.", metadata=option("system-prompt"))

    other = attrs.frozen(kw_only=True)(Other)(endpoint=CHAT.endpoint, api_key="k", model="gpt-4o")
    assert CHAT.with_(system_prompt="Be brief.") == other.for_runtime("flink-2.3")


def test_openai_becomes_openai_compat() -> None:
    """On VVR, the result has the same options; converting it back gives an equal provider."""
    provider = CHAT.with_(temperature=0.5, seed=1)
    assert COMPAT.with_(temperature=0.5, seed=1) == provider.for_runtime("vvr-11.9")
    assert provider == provider.for_runtime("vvr-11.9").for_runtime("flink-2.3")


def test_dashscope_before_it_was_there() -> None:
    """VVR 11.7 has only the compatible class."""
    provider = DashScopeProvider(endpoint=CHAT.endpoint, api_key="k", model="gpt-4o")
    assert COMPAT == provider.for_runtime("vvr-11.7")
    assert provider == provider.for_runtime("vvr-11.8")


def test_defaults_that_java_refuses_are_dropped() -> None:
    """The result of plain to_options() is then valid on the runtime."""
    moved = TRITON.for_runtime("flink-2.3")
    assert moved.max_retries is None
    assert "max-retries" not in moved.to_options()
    assert TRITON == TRITON.for_runtime("flink-2.4")


LOST: dict[str, tuple[Provider, str, str]] = {
    "options of the vendor": (
        COMPAT.with_(user_prompt="x", extra_header={"a": "b"}, extra_options={"y": "z", "a-secret": "w"}),
        "flink-2.3",
        "OpenAICompatProvider: 4 problems\n"
        "  user_prompt (user-prompt): expected an option that openai has on flink-2.3, got 'x'; without('user_prompt') drops it\n"
        "  extra_header (extra-header): expected an option that openai has on flink-2.3, got ****** (str); without('extra_header') drops it\n"
        "  y: expected an option that openai has on flink-2.3, got 'z'; without('y') drops it\n"
        "  a-secret: expected an option that openai has on flink-2.3, got ****** (str); without('a-secret') drops it",
    ),
    "the built-in service": (
        OpenAICompatProvider(task="embeddings"),
        "flink-2.3",
        "OpenAICompatProvider: 3 problems\n"
        "  task: expected an option that openai has on flink-2.3, got 'embeddings'; only VVR has the built-in AI service\n"
        "  endpoint: expected a value, got nothing; it is required\n"
        "  api_key (api-key): expected a value, got nothing; it is required",
    ),
    "no key": (
        OpenAICompatProvider(endpoint=CHAT.endpoint),
        "flink-2.3",
        "OpenAICompatProvider: api_key (api-key): expected a value, got nothing; it is required",
    ),
    "an option that came later": (
        TRITON.with_(max_retries=1),
        "flink-2.3",
        "TritonProvider: max_retries (max-retries): expected an option that triton has on flink-2.3; max-retries is in flink-2.4, vvr-11.8, vvr-11.9",
    ),
    "no such factory": (
        TRITON,
        "flink-2.2",
        "TritonProvider: provider: expected an identifier that flink-2.2 has (openai), got 'triton'; triton is in flink-2.3, flink-2.4, vvr-11.8, vvr-11.9",
    ),
}


@pytest.mark.parametrize("case", LOST)
def test_no_way_without_loss(case: str) -> None:
    """The error names everything that would be lost, and shows no secret."""
    provider, name, expected = LOST[case]
    with pytest.raises(InvalidOptionsError) as caught:
        provider.for_runtime(name)
    assert expected == str(caught.value)


def test_a_user_defined_class_fits_every_runtime() -> None:
    """The library does not know its factory."""
    provider = GenericProvider("acme", x=1)
    assert provider == provider.for_runtime("flink-2.3")
    assert {"x": "1"} == provider.to_options(runtime="vvr-11.9")


def test_a_task_that_the_runtime_does_not_have() -> None:
    """It is the only problem, because dropping options would not help."""
    endpoint = "https://dashscope.aliyuncs.com/api/v1/services/embeddings/multimodal-embedding/multimodal-embedding"
    provider = DashScopeProvider(endpoint=endpoint, api_key="k", content_type="IMAGE_URL")
    with pytest.raises(InvalidOptionsError) as caught:
        provider.for_runtime("flink-2.3")
    assert (
        "DashScopeProvider: task: expected a task that openai has (chat/completions, embeddings), got multimodal-embedding; "
        "flink-2.3 has no other"
    ) == str(caught.value)


@given(st.sampled_from(CLASSES).flatmap(providers), st.sampled_from(RUNTIMES))
def test_the_provider_for_a_runtime(provider: Provider, each: Runtime) -> None:
    """It does not change again, and emits only options that the runtime has."""
    try:
        moved = provider.for_runtime(each)
    except InvalidOptionsError:
        return
    assert moved == moved.for_runtime(each)
    factory = each.factories.get(moved.provider_name())
    # The data has no user-defined factories.
    assert factory is not None or not any(moved.provider_name() in runtime.factories for runtime in RUNTIMES)
    if each.exhaustive and factory is not None:
        assert all(factory.option(key) or key in ("provider", "property-version") for key in moved.to_options(redact=True))
