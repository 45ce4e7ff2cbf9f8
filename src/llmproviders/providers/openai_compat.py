# SPDX-License-Identifier: Apache-2.0
"""The OpenAI chat-completions and embeddings APIs on VVR: `OpenAICompatProvider` and `DashScopeProvider`.

Sources of the rules: the classes of the same names in ``pyflink.dataframe`` of VVR 11.7 to 11.9, the documentation of
Model Studio, and the option classes of Apache Flink's ``openai`` factory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import attrs

from ..errors import Problem, Rejected, RejectedType, invalid
from ..fields.acceptance import choice_acceptor
from ..fields.bounds import at_least, between
from ..fields.converters import BUILT_IN_CONVERTERS, duration, json_headers, json_object, secret, stop_strings
from ..fields.description import Rule
from ..fields.metadata import option
from ..secrets import Secret
from ..tasks import ASR, CHAT, EMBEDDINGS, MULTIMODAL, ContentType, Task, task_of_endpoint
from . import openai_options as shared
from .base import Provider
from .derive import register_task_defaults
from .flatten import align
from .openai import OpenAIProvider

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ..catalogs.catalog import Catalog
    from .changes import ChatChanges, ChatLists

__all__ = ["DashScopeProvider", "OpenAICompatProvider", "content_types"]

ContentTypes = ContentType | tuple[ContentType, ...]

_CONTENT_TYPES: Final = ("TEXT", "IMAGE_URL", "AUDIO_BYTES", "AUDIO_URL", "MULTI_IMAGE_URLS")
_SCALAR: Final = ("TEXT", "IMAGE_URL")
"""The types that Java accepts as a single value; it accepts any other type only in a list."""
_TASK_CONTENT_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    CHAT: _CONTENT_TYPES,
    EMBEDDINGS: ("TEXT",),
    MULTIMODAL: ("IMAGE_URL",),
    ASR: ("AUDIO_URL",),
}
_accept_content_type: Final = choice_acceptor(_CONTENT_TYPES)
_EMBEDDINGS_ONLY: Final = (EMBEDDINGS, MULTIMODAL)


def content_types(value: ContentType | Sequence[ContentType] | None) -> ContentTypes | None:
    """One content type, or one for each input column: a string for a single TEXT or IMAGE_URL, else a tuple."""
    if value is None or (type(value) is str and value in _SCALAR):
        return value
    if not isinstance(value, (str, list, tuple)):
        raise RejectedType(f"{', '.join(_CONTENT_TYPES)}, or a list of them")
    types = (value,) if isinstance(value, str) else tuple(value)
    if not types:
        raise Rejected("at least one content type")
    types = tuple(_accept_content_type(each) for each in types)
    return types[0] if len(types) == 1 and types[0] in _SCALAR else types


BUILT_IN_CONVERTERS.add(content_types)


def _as_tuple(types: ContentTypes | None) -> tuple[str, ...]:
    if types is None:
        return ()
    return (types,) if isinstance(types, str) else types


def _check_service(cls: type[Provider], endpoint: str | None, api_key: Secret | None, task: str | None) -> Problem | None:
    if api_key is not None:
        if endpoint is None or not endpoint.strip():
            got = "none" if endpoint is None else "a blank one"
            expected = "the URL of the service that api_key is for"
            return Problem("endpoint", expected, got=got, hint="give both or neither", code="conflicting-options")
        if task is not None:
            return Problem(
                "task",
                "no task together with api_key",
                got=repr(task),
                hint="the endpoint determines the task; task is for the built-in AI service",
                code="conflicting-options",
            )
    return None


def _check_content(
    cls: type[Provider], endpoint: str | None, task: str | None, types: ContentTypes | None, extra_body: str | None
) -> Problem | None:
    task = task or (task_of_endpoint(endpoint) if endpoint else None)
    if task is None or task == CHAT:
        return None
    if task not in cls.tasks:
        expected = f"an endpoint of {' or '.join(cls.tasks)}"
        return Problem("endpoint", expected, got=f"one of {task}", hint="use DashScopeProvider", code="unknown-task")
    allowed = _TASK_CONTENT_TYPES[task]
    given = _as_tuple(types)
    if given and given != allowed:
        return Problem(
            "content_type",
            f"{allowed[0]} alone for task {task}",
            got=";".join(given),
            hint=f"pass content_type={allowed[0]!r}",
            code="conflicting-options",
        )
    if task == MULTIMODAL and extra_body is not None:
        return Problem("extra_body", f"no extra_body for task {task}", hint="leave it out", code="not-for-task")
    return None


@attrs.frozen(kw_only=True)
class _ChatProvider(Provider):
    """The options of `OpenAICompatProvider` and `DashScopeProvider`."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(("endpoint", "api_key", "task"), _check_service),
        Rule(("endpoint", "task", "content_type", "extra_body"), _check_content),
    )
    refused_names: ClassVar[Mapping[str, str]] = {
        "audio_format": "it is a prediction option: pass config={'<audio-column>.format': 'mp3'} to predict()",
    }

    endpoint: str | None = attrs.field(
        default=None, metadata=option("endpoint", "full URL of the service; needed with api_key", format="url")
    )
    api_key: Secret | None = attrs.field(
        default=None,
        converter=secret,
        metadata=option("api-key", "key of the service; needs an endpoint, never together with task"),
    )
    task: Task | None = attrs.field(
        default=None,
        metadata=option(
            "task",
            "task of the platform's built-in AI service, without endpoint and api_key",
            java="String",
            choices="tasks",
        ),
    )
    model: str | None = attrs.field(default=None, metadata=option("model", "model name or version"))
    system_prompt: str | None = attrs.field(
        default="You are a helpful assistant.",
        metadata=option("system-prompt", "system message; an empty string switches it off", tasks=shared.CHAT_ONLY),
    )
    user_prompt: str | None = attrs.field(
        default=None,
        metadata=option("user-prompt", "prompt in the user's role; an empty string switches it off", tasks=shared.CHAT_ONLY),
    )
    temperature: float | None = attrs.field(default=None, metadata=shared.TEMPERATURE)
    top_p: float | None = attrs.field(
        default=None,
        validator=between(0, 1),
        metadata=option("top-p", "probability cut-off; usually this or temperature, not both", tasks=shared.CHAT_ONLY),
    )
    max_tokens: int | None = attrs.field(
        default=None,
        validator=at_least(1),
        metadata=option("max-tokens", "most tokens generated", tasks=shared.CHAT_ONLY),
    )
    stop: str | None = attrs.field(default=None, converter=stop_strings, metadata=shared.STOP)
    presence_penalty: float | None = attrs.field(default=None, validator=between(-2, 2), metadata=shared.PRESENCE_PENALTY)
    n: int | None = attrs.field(default=None, validator=at_least(1), metadata=shared.N)
    seed: int | None = attrs.field(default=None, metadata=shared.SEED)
    content_type: ContentTypes | None = attrs.field(
        default="TEXT",
        converter=content_types,
        metadata=option(
            "content-type",
            "content of the input: one type, or one for each input column",
            java="Enum",
            choices=_CONTENT_TYPES,
            sequence_key="content-types",
        ),
    )
    response_format: shared.ResponseFormat | None = attrs.field(default=None, metadata=shared.RESPONSE_FORMAT)
    dimension: int | None = attrs.field(
        default=None,
        validator=at_least(1),
        metadata=option("dimension", "size of the embedding", tasks=_EMBEDDINGS_ONLY),
    )
    max_context_size: int | None = attrs.field(default=None, validator=at_least(1), metadata=shared.MAX_CONTEXT_SIZE)
    context_overflow_action: shared.ContextOverflowAction | None = attrs.field(
        default="truncated-tail", metadata=shared.CONTEXT_OVERFLOW_ACTION
    )
    error_handling_strategy: shared.ErrorHandlingStrategy | None = attrs.field(
        default="RETRY", metadata=shared.ERROR_HANDLING_STRATEGY
    )
    retry_num: int | None = attrs.field(default=100, validator=at_least(0), metadata=shared.RETRY_NUM)
    retry_backoff_strategy: Literal["FIXED", "EXPONENTIAL"] | None = attrs.field(
        default="FIXED", metadata=option("retry-backoff-strategy", "how the delay between retries grows")
    )
    retry_backoff_base_interval: str | None = attrs.field(
        default="1s",
        converter=duration,
        metadata=option("retry-backoff-base-interval", "first delay and base of the later ones", java="Duration"),
    )
    retry_fallback_strategy: shared.RetryFallbackStrategy | None = attrs.field(
        default="FAILOVER", metadata=shared.RETRY_FALLBACK_STRATEGY
    )
    extra_header: str | None = attrs.field(
        default=None,
        converter=json_headers,
        metadata=option("extra-header", "request headers: strings or lists of strings, as JSON", format="json"),
    )
    extra_body: str | None = attrs.field(
        default=None,
        converter=json_object,
        metadata=option("extra-body", "more fields of the request body, as JSON", format="json", tasks=(CHAT, EMBEDDINGS, ASR)),
    )

    if TYPE_CHECKING:

        def with_(self, **changes: Unpack[ChatChanges]) -> Self: ...

        def for_task(self, task: Task, /, **changes: Unpack[ChatChanges]) -> Self: ...

        # Narrower than that of `Provider`, which takes any name.
        def grid(self, template: str | None = None, /, **lists: Unpack[ChatLists]) -> Catalog:  # type: ignore[override]
            ...


@register_task_defaults(_ChatProvider)
def _(values: Mapping[str, Any], task: str) -> dict[str, Any]:
    types = _as_tuple(values["content_type"])
    allowed = _TASK_CONTENT_TYPES[task]
    return {"content_type": allowed[0]} if types == ("TEXT",) and "TEXT" not in allowed else {}


@align.register(_ChatProvider)
def _(provider: _ChatProvider, flat: dict[str, str], columns: list[str]) -> dict[str, str]:
    """Give one content type for each input column, as VVR 11.9 requires."""
    key, keys = "content-type", "content-types"
    types = (flat.get(keys) or flat.get(key) or "").split(";")
    task = provider.task or (task_of_endpoint(provider.endpoint) if provider.endpoint else None)
    several = f"{len(columns)} ({', '.join(columns)})"
    if task not in (None, CHAT) and len(columns) > 1:
        problem = Problem("input_columns", f"one input column for task {task}", got=several, code="invalid-columns")
        raise invalid(type(provider).__name__, [problem])
    if types == [""]:
        return flat
    if len(types) == 1 and len(columns) > 1:
        types *= len(columns)
    if len(types) != len(columns):
        got = f"{len(types)} ({', '.join(types)})"
        problem = Problem("content_type", f"as many as input columns, {several}", got=got, code="invalid-columns")
        raise invalid(type(provider).__name__, [problem])
    scalar = len(types) == 1 and types[0] in _SCALAR
    entry = (key if scalar else keys, ";".join(types))
    return dict(entry if name in (key, keys) else (name, value) for name, value in flat.items())


class OpenAICompatProvider(_ChatProvider):
    """A service with the OpenAI chat-completions or embeddings API: OpenAI, DeepSeek, Model Studio, and others.

    Identifier ``openai-compat`` (VVR). All options are keyword arguments. Give either ``endpoint`` and ``api_key``, or only
    ``task``, for the platform's built-in AI service. Sources of its rules: the class of the same name in VVR 11.7 to
    11.9, and Apache Flink's ``openai`` factory.
    """

    __slots__ = ()

    identifier: ClassVar[str] = "openai-compat"
    tasks: ClassVar[tuple[str, ...]] = (CHAT, EMBEDDINGS)
    relatives: ClassVar[tuple[type[Provider], ...]] = (OpenAIProvider,)


class DashScopeProvider(_ChatProvider):
    """Alibaba Cloud DashScope: chat and embeddings, multimodal embedding, and audio transcription.

    Identifier ``dashscope`` (VVR 11.8 and later). It has the options of `OpenAICompatProvider`, and two more tasks.
    Sources of its rules: the class of the same name in VVR 11.8 and 11.9, and the documentation of Model Studio.
    """

    __slots__ = ()

    identifier: ClassVar[str] = "dashscope"
    tasks: ClassVar[tuple[str, ...]] = (CHAT, EMBEDDINGS, MULTIMODAL, ASR)
    relatives: ClassVar[tuple[type[Provider], ...]] = (OpenAICompatProvider, OpenAIProvider)


# Set here, because this class does not exist yet when OpenAIProvider is declared.
OpenAIProvider.relatives = (OpenAICompatProvider,)
