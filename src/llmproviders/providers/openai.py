# SPDX-License-Identifier: Apache-2.0
"""Apache Flink's own ``openai`` factory: `OpenAIProvider`.

Source of the rules: ``OpenAIOptions`` of Apache Flink 2.1 to 2.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import attrs

from ..fields.bounds import at_least, between
from ..fields.converters import required_secret, stop_strings
from ..fields.metadata import option
from ..secrets import Secret
from ..tasks import CHAT, EMBEDDINGS, Task
from .base import Provider

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .changes import OpenAIChanges

__all__ = ["OpenAIProvider"]

_CHAT_ONLY: Final = (CHAT,)


@attrs.frozen(kw_only=True)
class OpenAIProvider(Provider):
    """A service with the OpenAI API on Apache Flink 2.1 and later.

    Identifier ``openai``. ``endpoint`` and ``api_key`` are required and may be positional. Only what is set is emitted:
    the rest is Flink's own default. Source of its rules: the options of Apache Flink's ``openai`` factory, 2.1 to 2.3.
    """

    identifier: ClassVar[str] = "openai"
    tasks: ClassVar[tuple[str, ...]] = (CHAT, EMBEDDINGS)

    endpoint: str = attrs.field(
        kw_only=False,
        metadata=option("endpoint", "full URL of the service, ending in chat/completions or embeddings", format="url"),
    )
    api_key: Secret = attrs.field(kw_only=False, converter=required_secret, metadata=option("api-key", "key of the service"))
    model: str | None = attrs.field(default=None, metadata=option("model", "model name; may come per call"))
    system_prompt: str | None = attrs.field(
        default=None,
        metadata=option("system-prompt", "system message", tasks=_CHAT_ONLY, deprecated_keys=("systemPrompt",)),
    )
    temperature: float | None = attrs.field(
        default=None, metadata=option("temperature", "randomness; typical 0.0 to 1.0", tasks=_CHAT_ONLY)
    )
    top_p: float | None = attrs.field(
        default=None,
        validator=between(0, 1),
        metadata=option("top-p", "probability cut-off", tasks=_CHAT_ONLY, deprecated_keys=("topP",)),
    )
    stop: str | None = attrs.field(
        default=None,
        converter=stop_strings,
        metadata=option("stop", "stop sequences, comma-separated; Java splits at commas and does not trim", tasks=_CHAT_ONLY),
    )
    max_tokens: int | None = attrs.field(
        default=None,
        validator=at_least(1),
        metadata=option("max-tokens", "most tokens generated", tasks=_CHAT_ONLY, deprecated_keys=("maxTokens",)),
    )
    dimension: int | None = attrs.field(
        default=None,
        validator=at_least(1),
        metadata=option("dimension", "size of the embedding", tasks=(EMBEDDINGS,)),
    )
    max_context_size: int | None = attrs.field(
        default=None,
        validator=at_least(1),
        metadata=option("max-context-size", "token limit of the context", java="Integer"),
    )
    context_overflow_action: (
        Literal["truncated-tail", "truncated-tail-log", "truncated-head", "truncated-head-log", "skipped", "skipped-log"] | None
    ) = attrs.field(default=None, metadata=option("context-overflow-action", "what to do with input over max_context_size"))
    error_handling_strategy: Literal["RETRY", "FAILOVER", "IGNORE"] | None = attrs.field(
        default=None,
        metadata=option("error-handling-strategy", "retry, fail the job, or skip the input when a request fails"),
    )
    retry_num: int | None = attrs.field(
        default=None, validator=at_least(0), metadata=option("retry-num", "retries", java="Integer")
    )
    retry_fallback_strategy: Literal["FAILOVER", "IGNORE"] | None = attrs.field(
        default=None, metadata=option("retry-fallback-strategy", "what to do when the retries are used up")
    )
    presence_penalty: float | None = attrs.field(
        default=None,
        validator=between(-2, 2),
        metadata=option("presence-penalty", "penalty for tokens that were there already", tasks=_CHAT_ONLY),
    )
    n: int | None = attrs.field(
        default=None, validator=at_least(1), metadata=option("n", "completions per input", tasks=_CHAT_ONLY)
    )
    seed: int | None = attrs.field(
        default=None, metadata=option("seed", "best-effort repeatable sampling; any sign", tasks=_CHAT_ONLY)
    )
    response_format: Literal["text", "json_object"] | None = attrs.field(
        default=None, metadata=option("response-format", "format of the answer", tasks=_CHAT_ONLY)
    )

    if TYPE_CHECKING:

        def with_(self, **changes: Unpack[OpenAIChanges]) -> Self:  # noqa: D102
            ...

        def for_task(self, task: Task, /, **changes: Unpack[OpenAIChanges]) -> Self:  # noqa: D102
            ...
