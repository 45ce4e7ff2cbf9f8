# SPDX-License-Identifier: Apache-2.0
"""Presets: the providers of known services, compared with a second table that is written here."""

from __future__ import annotations

from typing import Any

import pytest

from llmproviders import (
    DashScopeProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    Secret,
    SecretError,
    presets,
)

CHAT, EMBEDDINGS = "chat/completions", "embeddings"

# Name, base URL, whether it documents embeddings, variable of the key, values for the braces in the URL.
SERVICES: list[tuple[str, str, bool, str, dict[str, str]]] = [
    ("openai", "https://api.openai.com/v1", True, "OPENAI_API_KEY", {}),
    ("azure_openai", "https://mine.openai.azure.com/openai/v1", True, "AZURE_OPENAI_API_KEY", {"resource": "mine"}),
    ("deepseek", "https://api.deepseek.com", False, "DEEPSEEK_API_KEY", {}),
    ("moonshot", "https://api.moonshot.ai/v1", False, "MOONSHOT_API_KEY", {}),
    ("moonshot_cn", "https://api.moonshot.cn/v1", False, "MOONSHOT_API_KEY", {}),
    ("zhipu", "https://open.bigmodel.cn/api/paas/v4", False, "ZAI_API_KEY", {}),
    ("zai", "https://api.z.ai/api/paas/v4", False, "ZAI_API_KEY", {}),
    ("mistral", "https://api.mistral.ai/v1", True, "MISTRAL_API_KEY", {}),
    ("groq", "https://api.groq.com/openai/v1", False, "GROQ_API_KEY", {}),
    ("together", "https://api.together.ai/v1", True, "TOGETHER_API_KEY", {}),
    ("gemini", "https://generativelanguage.googleapis.com/v1beta/openai", False, "GEMINI_API_KEY", {}),
    ("nvidia", "https://integrate.api.nvidia.com/v1", True, "NVIDIA_API_KEY", {}),
    ("snowflake", "https://ab-12.snowflakecomputing.com/api/v2/cortex/v1", False, "", {"account": "ab-12"}),
    ("ollama", "http://localhost:11434/v1", True, "", {}),
]


def test_every_service_is_in_the_table() -> None:
    """Every service has a row in the table, and is a function of its name."""
    assert [row[0] for row in SERVICES] == list(presets.SERVICES)
    assert all(getattr(presets, name) is service for name, service in presets.SERVICES.items())
    assert {*presets.SERVICES, "dashscope", "Service", "SERVICES", "NAMES"} == set(presets.__all__)


@pytest.mark.parametrize(("name", "base", "embeds", "variable", "place"), SERVICES, ids=[row[0] for row in SERVICES])
def test_service(name: str, base: str, embeds: bool, variable: str, place: dict[str, str]) -> None:
    """The provider of a service has the endpoint of each documented task, and a reference to the service's variable."""
    service = presets.SERVICES[name]
    given: dict[str, Any] = {"place": place} if place else {}
    key: Any = Secret.from_env(variable) if variable else "ollama" if name == "ollama" else "k"
    if not variable and name != "ollama":
        given["api_key"] = "k"
    expected = OpenAICompatProvider(endpoint=f"{base}/chat/completions", api_key=key, model="m", vendor="x")
    made = service(model="m", vendor="x", **given)
    assert expected == made
    assert OpenAICompatProvider is type(made)
    assert variable == service.variable
    if embeds:
        assert f"{base}/embeddings" == service(task=EMBEDDINGS, **given).endpoint
        assert made.for_task(EMBEDDINGS).endpoint == f"{base}/embeddings"
    else:
        with pytest.raises(InvalidOptionsError) as caught:
            service(task=EMBEDDINGS, **given)
        text = (
            f"presets.{name}: task: expected chat/completions, as {name} documents, got 'embeddings'; "
            "pass the endpoint to OpenAICompatProvider yourself"
        )
        assert text == str(caught.value)


def test_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the call is used; the default reference is resolved by `to_options`."""
    assert Secret("k") == presets.openai(api_key="k").api_key
    assert Secret("k") == presets.openai(api_key=Secret("k")).api_key
    monkeypatch.setenv("DEEPSEEK_API_KEY", "from-env")
    provider = presets.deepseek(model="deepseek-chat")
    assert "from-env" == provider.to_options()["api-key"]
    monkeypatch.delenv("DEEPSEEK_API_KEY")
    with pytest.raises(SecretError, match="environment variable DEEPSEEK_API_KEY is not set or empty"):
        provider.to_options()


MESSAGES: dict[str, tuple[Any, str]] = {
    "task": (
        lambda: presets.openai(task="embedings"),
        "presets.openai: task: expected chat/completions or embeddings, as openai documents, got 'embedings'; "
        "did you mean embeddings?",
    ),
    "task of another type": (
        lambda: presets.openai(task=5),  # type: ignore[arg-type]
        "presets.openai: task: expected chat/completions or embeddings, as openai documents, got 5; "
        "pass the endpoint to OpenAICompatProvider yourself",
    ),
    "place": (
        presets.azure_openai,
        "presets.azure_openai: place: expected your resource, got nothing; pass place={'resource': 'my-resource'}",
    ),
    "place and key": (
        lambda: presets.snowflake(place={"account": "a/b"}),
        "presets.snowflake: 2 problems\n"
        "  place: expected your account, got 'a/b'; "
        "pass place={'account': 'my-account'}\n"
        "  api_key: expected a str or a Secret, got nothing; snowflake has no usual environment variable",
    ),
    "unknown place": (
        lambda: presets.azure_openai(place={"resuorce": "mine"}),
        "presets.azure_openai: 2 problems\n"
        "  place: expected a mapping with resource, got 'resuorce'; see https://{resource}.openai.azure.com/openai/v1\n"
        "  place: expected your resource, got nothing; pass place={'resource': 'my-resource'}",
    ),
    "needless place": (
        lambda: presets.openai(place={"resource": "mine"}),
        "presets.openai: place: expected no names, because the URL has no braces, got 'resource'; see https://api.openai.com/v1",
    ),
    "place that is no mapping": (
        lambda: presets.openai(place="mine"),  # type: ignore[arg-type]
        "presets.openai: place: expected no names, because the URL has no braces, got 'mine'; see https://api.openai.com/v1",
    ),
    "option": (
        lambda: presets.groq(temperatur=1),
        "OpenAICompatProvider: temperatur: expected an option of OpenAICompatProvider, got an unknown name; "
        "did you mean temperature? (extra_options={...} passes any name)",
    ),
    "everything": (
        lambda: presets.snowflake(task="embed", place="x", temperatur=1, top_p=2),  # type: ignore[arg-type, call-arg]
        "presets.snowflake: 5 problems\n"
        "  task: expected chat/completions, as snowflake documents, got 'embed'; pass the endpoint to OpenAICompatProvider yourself\n"
        "  place: expected a mapping with account, got 'x'; see https://{account}.snowflakecomputing.com/api/v2/cortex/v1\n"
        "  api_key: expected a str or a Secret, got nothing; snowflake has no usual environment variable\n"
        "  top_p (top-p): expected a finite number from 0 to 1, got 2\n"
        "  temperatur: expected an option of OpenAICompatProvider, got an unknown name; "
        "did you mean temperature? (extra_options={...} passes any name)",
    ),
    "a key of another type": (
        lambda: presets.openai(api_key=5),  # type: ignore[arg-type]
        "OpenAICompatProvider: api_key (api-key): expected a str or a Secret, got a value of type int",
    ),
    "options of a task": (
        lambda: presets.openai(task="embed", dimension=0, extra_body={"a": 1}),
        "presets.openai: 2 problems\n"
        "  task: expected chat/completions or embeddings, as openai documents, got 'embed'; did you mean embeddings?\n"
        "  dimension: expected an int of at least 1, got 0",
    ),
    "region and task": (
        lambda: presets.dashscope(region="mars", task="multimodal", seed="x"),  # type: ignore[arg-type]
        "presets.dashscope: 3 problems\n"
        "  region: expected cn-beijing or ap-southeast-1 or us-east-1, got 'mars'; other regions need a workspace\n"
        "  task: expected chat/completions or embeddings or multimodal-embedding, as documented for DashScope, "
        "got 'multimodal'; pass the endpoint to DashScopeProvider yourself\n"
        "  seed: expected an int, got 'x' (str)",
    ),
    "region and an option of the task": (
        lambda: presets.dashscope(region="mars", task="multimodal-embedding", extra_body={}),
        "presets.dashscope: 2 problems\n"
        "  region: expected cn-beijing or ap-southeast-1 or us-east-1, got 'mars'; other regions need a workspace\n"
        "  extra_body (extra-body): expected no extra_body for task multimodal-embedding; leave it out",
    ),
    "region": (
        lambda: presets.dashscope(region="beijing"),
        "presets.dashscope: region: expected cn-beijing or ap-southeast-1 or us-east-1, got 'beijing'; did you mean cn-beijing?",
    ),
    "unknown region": (
        lambda: presets.dashscope(region="mars"),
        "presets.dashscope: region: expected cn-beijing or ap-southeast-1 or us-east-1, got 'mars'; other regions need a workspace",
    ),
    "region that is no string": (
        lambda: presets.dashscope(region=[]),  # type: ignore[arg-type]
        "presets.dashscope: region: expected cn-beijing or ap-southeast-1 or us-east-1, got a value of type list; other regions need a workspace",
    ),
    "task of a region": (
        lambda: presets.dashscope(region="ap-southeast-1", task="multimodal-embedding"),
        "presets.dashscope: task: expected chat/completions or embeddings, as documented for "
        "region ap-southeast-1, got 'multimodal-embedding'; pass the endpoint to DashScopeProvider yourself",
    ),
    "task of a workspace": (
        lambda: presets.dashscope(workspace="w", task="embeddings"),
        "presets.dashscope: task: expected chat/completions, as documented for a workspace, got 'embeddings'; "
        "pass the endpoint to DashScopeProvider yourself",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    """An argument that a service does not document is an error that shows what it documents."""
    call, text = MESSAGES[name]
    with pytest.raises(InvalidOptionsError) as caught:
        call()
    assert text == str(caught.value)


NATIVE = "https://dashscope.aliyuncs.com/api/v1/services/embeddings/multimodal-embedding/multimodal-embedding"


@pytest.mark.parametrize(
    ("given", "endpoint"),
    [
        ({}, "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions"),
        ({"task": EMBEDDINGS}, "https://dashscope.aliyuncs.com/compatible-mode/v1/embeddings"),
        ({"task": "multimodal-embedding"}, NATIVE),
        ({"region": "ap-southeast-1"}, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions"),
        ({"region": "ap-southeast-1", "task": EMBEDDINGS}, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/embeddings"),
        ({"region": "us-east-1"}, "https://dashscope-us.aliyuncs.com/compatible-mode/v1/chat/completions"),
        ({"workspace": "w"}, "https://w.cn-beijing.maas.aliyuncs.com/compatible-mode/v1/chat/completions"),
        ({"workspace": "w", "region": "mars-1"}, "https://w.mars-1.maas.aliyuncs.com/compatible-mode/v1/chat/completions"),
    ],
    ids=range(8),
)
def test_dashscope(given: dict[str, Any], endpoint: str) -> None:
    """Region, workspace and task determine the endpoint; the key is a reference unless the call has one."""
    provider = presets.dashscope(**given, model="qwen")
    assert DashScopeProvider is type(provider)
    assert (endpoint, "qwen", Secret.from_env("DASHSCOPE_API_KEY")) == (provider.endpoint, provider.model, provider.api_key)
    assert ("IMAGE_URL" if given.get("task") == "multimodal-embedding" else "TEXT") == provider.content_type
    assert Secret("k") == presets.dashscope(**given, api_key="k").api_key


@pytest.mark.parametrize("given", [{"workspace": "a/b"}, {"workspace": "w", "region": "x@y"}, {"workspace": ""}], ids=range(3))
def test_names_that_do_not_fit_into_a_host(given: dict[str, Any]) -> None:
    """A workspace, region or resource that cannot be a part of a host name is refused."""
    with pytest.raises(InvalidOptionsError):
        presets.dashscope(**given)
    for place in ({"resource": "a/b"}, {"resource": "a@b"}, {"resource": ""}, {"resource": "a\n"}):
        with pytest.raises(InvalidOptionsError):
            presets.azure_openai(place=place)


JUNK: list[Any] = [5, 10**5000, 1.5, [], {}, {"resource": 5}, {5: 5}, b"x", "\ud800", "x " * 5_000, object(), True, ""]


@pytest.mark.parametrize("value", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("name", ["region", "task", "place", "workspace", "api_key"])
def test_arguments_of_any_type(name: str, value: Any) -> None:
    """A wrong argument is a problem in a short line, and is reported together with a wrong option."""
    makers: list[Any] = [presets.dashscope] if name in ("region", "workspace") else [presets.openai, presets.azure_openai]
    if name in ("task", "api_key"):
        makers.append(presets.dashscope)
    for maker in makers:
        with pytest.raises(InvalidOptionsError) as caught:
            maker(**{name: value}, n=0)
        options = [problem.option for problem in caught.value.problems]
        fits = (
            isinstance(value, str) and value != "\ud800"
            if name == "api_key"
            else (maker, name, value) == (presets.openai, "place", {})
        )
        assert ("n" in options, name in options) == (True, not fits)
        assert all(len(str(problem)) < 300 and str(problem).isascii() for problem in caught.value.problems)
        is_wrong_type = name in ("region", "task", "workspace", "api_key") and not isinstance(value, str)
        assert isinstance(caught.value, InvalidTypeError) or not is_wrong_type


@pytest.mark.parametrize("name", ["region", "task", "place", "workspace", "api_key"])
def test_no_frame_of_the_library(name: str) -> None:
    """The traceback of an error has no frame of the library that could show an option."""
    maker: Any = presets.dashscope if name in ("region", "workspace") else presets.azure_openai
    for options in ({name: 5}, {name: 5, "top_p": 7}, {"place": {"resource": "r"}, "top_p": 7}):
        if maker is presets.dashscope:
            options.pop("place", None)
        with pytest.raises(InvalidOptionsError) as caught:
            maker(**{"api_key": "MARK", **options})
        assert {__name__, "llmproviders.boundary"} == {entry.frame.f_globals["__name__"] for entry in caught.traceback}
        assert caught.value.__context__ is None


def test_endpoints() -> None:
    """`endpoint` returns the URL of a task, or raises all problems of its arguments."""
    assert "https://mine.openai.azure.com/openai/v1/embeddings" == presets.azure_openai.endpoint(EMBEDDINGS, {"resource": "mine"})
    with pytest.raises(InvalidTypeError) as caught:
        presets.deepseek.endpoint(5, [])  # type: ignore[arg-type]
    assert str(caught.value) == (
        "presets.deepseek: 2 problems\n"
        "  task: expected chat/completions, as deepseek documents, got 5; pass the endpoint to OpenAICompatProvider yourself\n"
        "  place: expected no names, because the URL has no braces, got a value of type list; see https://api.deepseek.com"
    )
