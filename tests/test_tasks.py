# SPDX-License-Identifier: Apache-2.0
"""`for_task`: changes the endpoint of a provider if it has one, else its option; no option is dropped silently."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SUFFIXES, providers

from llmproviders import (
    DashScopeProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    Secret,
    TritonProvider,
    option,
)
from llmproviders.tasks import task_of_endpoint

CHAT, EMBEDDINGS, MULTIMODAL, ASR = SUFFIXES
HOST = "https://dashscope.aliyuncs.com"
COMPATIBLE = f"{HOST}/compatible-mode/v1"
NATIVE = f"{HOST}/api/v1"
ENDPOINTS = {
    CHAT: f"{COMPATIBLE}/chat/completions",
    EMBEDDINGS: f"{COMPATIBLE}/embeddings",
    MULTIMODAL: f"{NATIVE}/services/embeddings/multimodal-embedding/multimodal-embedding",
    ASR: f"{NATIVE}/services/audio/asr/transcription",
}


@pytest.mark.parametrize(
    ("endpoint", "task"),
    [
        ("http://h/v1/chat/completions", CHAT),
        ("http://h/v1/Chat/COMPLETIONS///", CHAT),
        ("http://h/embeddings/", EMBEDDINGS),
        (ENDPOINTS[MULTIMODAL], MULTIMODAL),
        (ENDPOINTS[ASR].upper(), ASR),
        ("http://h/multimodal-embedding", None),
        ("http://h/asr/transcription", None),
        ("http://h/v1/chat/completions?x=y", None),
        ("http://h/v1", None),
        ("", None),
    ],
    ids=range(10),
)
def test_task_of_an_endpoint(endpoint: str, task: str | None) -> None:
    """The end of the path determines the task; trailing slashes and letter case do not matter."""
    assert task == task_of_endpoint(endpoint)


@pytest.mark.parametrize("old", ENDPOINTS)
@pytest.mark.parametrize("new", ENDPOINTS)
def test_endpoints_of_dashscope(old: str, new: str) -> None:
    """DashScope serves all tasks below two base URLs; each endpoint determines the endpoints of all other tasks."""
    provider = DashScopeProvider(endpoint=ENDPOINTS[old], content_type=None, api_key="k").for_task(new)
    assert ENDPOINTS[new] == provider.endpoint
    assert "k" == provider.to_options()["api-key"]


@pytest.mark.parametrize("cls", [OpenAICompatProvider, OpenAIProvider, DashScopeProvider])
@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://api.deepseek.com/chat/completions", "https://api.deepseek.com/embeddings"),
        ("https://h/v1/Chat/Completions//", "https://h/v1/embeddings"),
        ("https://u:p@h:80/v1/chat/completions", "https://u:p@h:80/v1/embeddings"),
    ],
    ids=range(3),
)
def test_chat_to_embeddings_and_back(cls: Any, endpoint: str, expected: str) -> None:
    """The task's path at the end of the endpoint is replaced for every service; all other options stay."""
    provider = cls(endpoint=endpoint, api_key=Secret.from_env("LLMPROVIDERS_TEST_KEY"), model="m", vendor="x")
    moved = provider.for_task(EMBEDDINGS)
    assert expected == moved.to_options()["endpoint"]
    assert {**provider.to_options(), "endpoint": expected} == moved.to_options()
    assert moved is not provider
    assert provider.endpoint == endpoint
    assert moved == moved.for_task(EMBEDDINGS)
    assert endpoint.lower().rstrip("/") == moved.for_task(CHAT).to_options()["endpoint"].lower()


def test_the_same_task_leaves_the_endpoint_as_it_is() -> None:
    """The task that a provider already has changes nothing in its endpoint, not even slashes."""
    provider = OpenAICompatProvider(endpoint="http://h/CHAT/completions//", temperature=1)
    assert provider == provider.for_task(CHAT)


def test_task_without_an_endpoint() -> None:
    """Without an endpoint, `for_task` sets the option `task`."""
    provider = OpenAICompatProvider(model="m")
    assert {**provider.to_options(), "task": EMBEDDINGS} == provider.for_task(EMBEDDINGS).to_options()
    assert CHAT == OpenAICompatProvider(task=EMBEDDINGS).for_task(CHAT).task
    given = OpenAICompatProvider(endpoint="http://h/chat/completions").for_task(EMBEDDINGS, endpoint=None)
    assert (None, EMBEDDINGS) == (given.endpoint, given.task)


def test_task_beside_an_endpoint() -> None:
    """With an endpoint and the option `task`, `for_task` changes both."""
    provider = OpenAICompatProvider(endpoint="http://h/chat/completions", task=CHAT)
    moved = provider.for_task(EMBEDDINGS)
    assert ("http://h/embeddings", EMBEDDINGS) == (moved.endpoint, moved.task)


def test_content_types_change_with_the_task() -> None:
    """A default content type that the new task does not accept becomes the default of that task."""
    chat = DashScopeProvider(endpoint=ENDPOINTS[CHAT], api_key="k")
    assert "IMAGE_URL" == chat.for_task(MULTIMODAL).content_type
    assert ("AUDIO_URL",) == chat.for_task(ASR).content_type
    assert "TEXT" == chat.for_task(EMBEDDINGS).content_type
    assert "IMAGE_URL" == DashScopeProvider().for_task(MULTIMODAL).content_type
    assert ("AUDIO_URL",) == chat.for_task(ASR, content_type="audio_url").content_type
    with pytest.raises(InvalidOptionsError, match="expected IMAGE_URL alone for task multimodal-embedding"):
        chat.for_task(MULTIMODAL, content_type="TEXT")
    with pytest.raises(InvalidOptionsError, match="expected TEXT alone for task embeddings"):
        chat.with_(content_type="IMAGE_URL").for_task(EMBEDDINGS)


CHAT_OPTIONS: dict[str, Any] = {
    "system_prompt": "x",
    "user_prompt": "x",
    "temperature": 1,
    "top_p": 1,
    "max_tokens": 1,
    "stop": "x",
    "presence_penalty": 1,
    "n": 1,
    "seed": 1,
    "response_format": "text",
}


@pytest.mark.parametrize("name", CHAT_OPTIONS)
def test_options_of_chat_only(name: str) -> None:
    """An option that the new task does not accept is a problem; None in the call, or `without` before it, drops it."""
    provider = OpenAICompatProvider(endpoint="http://h/chat/completions", api_key="k", **{name: CHAT_OPTIONS[name]})
    with pytest.raises(InvalidOptionsError) as caught:
        provider.for_task(EMBEDDINGS)
    assert [name] == [problem.option for problem in caught.value.problems]
    assert f"pass {name}=None to drop it" == caught.value.problems[0].hint
    assert getattr(provider.for_task(EMBEDDINGS, **{name: None}), name) is None
    assert "http://h/embeddings" == provider.without(name).for_task(EMBEDDINGS).endpoint


def test_all_options_that_do_not_fit_are_reported() -> None:
    """Each option that the task does not accept is one problem."""
    provider = OpenAICompatProvider(**CHAT_OPTIONS)
    with pytest.raises(InvalidOptionsError) as caught:
        provider.for_task(EMBEDDINGS)
    assert [*CHAT_OPTIONS] == [problem.option for problem in caught.value.problems]
    assert "task" in provider.for_task(EMBEDDINGS, **dict.fromkeys(CHAT_OPTIONS)).to_options()


def test_options_of_embeddings_only() -> None:
    """Chat does not accept `dimension`, and multimodal embeddings do not accept `extra_body`."""
    embeddings = DashScopeProvider(endpoint=ENDPOINTS[EMBEDDINGS], dimension=8)
    with pytest.raises(InvalidOptionsError, match="dimension: expected no such option for task chat/completions, got 8"):
        embeddings.for_task(CHAT)
    assert "8" == embeddings.for_task(MULTIMODAL).to_options()["dimension"]
    with pytest.raises(InvalidOptionsError, match="expected no such option for task multimodal-embedding"):
        embeddings.with_(extra_body={}).for_task(MULTIMODAL)
    assert "{}" == embeddings.with_(extra_body={}, dimension=None).for_task(ASR).to_options()["extra-body"]


def test_changes_in_the_call() -> None:
    """Options in the call are changed and checked as by `with_`."""
    provider = OpenAICompatProvider(endpoint="http://h/chat/completions", model="a")
    moved = provider.for_task(EMBEDDINGS, model="b", dimension=3, vendor=1)
    assert provider.with_(endpoint="http://h/embeddings", model="b", dimension=3, vendor=1) == moved
    with pytest.raises(InvalidOptionsError, match="did you mean dimension"):
        provider.for_task(EMBEDDINGS, dimensoin=3)
    other = provider.for_task(EMBEDDINGS, endpoint="http://other/v2/embeddings")
    assert "http://other/v2/embeddings" == other.endpoint


@pytest.mark.parametrize("cls", [OpenAICompatProvider, DashScopeProvider, OpenAIProvider])
@given(data=st.data())
def test_for_task_changes_only_the_task(cls: Any, data: st.DataObject) -> None:
    """`for_task` changes only the options that determine the task; if it fails, the provider is unchanged."""
    provider = data.draw(providers(cls))
    task = data.draw(st.sampled_from(cls.tasks))
    before = provider.to_options()
    try:
        moved = provider.for_task(task)
    except InvalidOptionsError:
        assert before == provider.to_options()
        return
    changed = {"endpoint", "task", "content-type", "content-types"}
    flat = moved.to_options()
    assert {k: v for k, v in before.items() if k not in changed} == {k: v for k, v in flat.items() if k not in changed}
    assert task == (flat.get("task") or task_of_endpoint(flat["endpoint"]))
    assert moved == moved.for_task(task)


def test_native_tasks_need_an_endpoint_of_dashscope() -> None:
    """Only the paths of DashScope determine the endpoints of its native tasks."""
    for endpoint in (
        "https://h/v1/chat/completions",
        f"{HOST}/proxy/compatible-mode/v1/chat/completions",
        "/compatible-mode/v1/chat/completions",
        "https://h/compatible-mode/v1/x/chat/completions",
    ):
        with pytest.raises(InvalidOptionsError) as caught:
            DashScopeProvider(endpoint=endpoint).for_task(MULTIMODAL)
        assert ["endpoint"] == [problem.option for problem in caught.value.problems]
    own = "https://w.cn-beijing.maas.aliyuncs.com/compatible-mode/v1/"
    moved = DashScopeProvider(endpoint=f"{own}embeddings").for_task(ASR)
    assert "https://w.cn-beijing.maas.aliyuncs.com/api/v1/services/audio/asr/transcription" == moved.endpoint


def test_classes_without_tasks() -> None:
    """Triton has no tasks; a user-defined class has those that it lists."""
    with pytest.raises(InvalidOptionsError, match="expected a provider that has tasks"):
        TritonProvider("http://h/embeddings").for_task(EMBEDDINGS)

    class Own(Provider):
        identifier = "own-tasks"
        tasks = ("translate",)

    with pytest.raises(InvalidOptionsError):
        Own().for_task(EMBEDDINGS)
    # Without an option of that name, the task becomes an extra option.
    assert {"task": "translate"} == Own().for_task("translate").to_options()

    @attrs.frozen
    class Served(Own):
        endpoint: str = attrs.field(metadata=option("endpoint"))

    with pytest.raises(InvalidOptionsError, match="expected an endpoint that ends with"):
        Served("http://h/embeddings").for_task("translate")


def test_the_real_endpoint_determines_the_task() -> None:
    """Rules read the real URL, not its masked form."""
    endpoint = "https://h/v1?token=x/embeddings"
    with pytest.raises(InvalidOptionsError, match="expected TEXT alone"):
        OpenAICompatProvider(endpoint=endpoint, content_type="IMAGE_URL")


def test_options_in_the_call_are_checked_too() -> None:
    """An option in the call that the new task does not accept is refused too."""
    chat = OpenAICompatProvider(endpoint="https://h/v1/chat/completions", api_key="k")
    with pytest.raises(InvalidOptionsError) as caught:
        chat.for_task("embeddings", temperature=0.5)
    assert str(caught.value) == (
        "OpenAICompatProvider: temperature: expected no such option for task embeddings, got 0.5; pass temperature=None to drop it"
    )
    assert 3 == chat.for_task("embeddings", dimension=3).dimension
