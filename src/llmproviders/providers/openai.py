# SPDX-License-Identifier: Apache-2.0
"""Apache Flink's own ``openai`` factory: `OpenAIProvider`.

Source of the rules: ``OpenAIOptions`` of Apache Flink 2.1 to 2.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from ..fields.bounds import at_least, between
from ..fields.converters import required_secret, stop_strings
from ..fields.metadata import option
from ..secrets import Secret
from ..tasks import CHAT, EMBEDDINGS, Task
from . import openai_options as shared
from .base import Provider

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ..catalogs.catalog import Catalog
    from .changes import OpenAIChanges, OpenAILists

__all__ = ["OpenAIProvider"]


@attrs.frozen(kw_only=True)
class OpenAIProvider(Provider):
    """A service with the OpenAI API on Apache Flink 2.1 and later.

    Identifier ``openai``. ``endpoint`` and ``api_key`` are required and may be positional. Only options that are given are
    emitted; Flink has its own defaults. Source of its rules: the options of Apache Flink's ``openai`` factory, 2.1 to 2.3.
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
        metadata=option("system-prompt", "system message", tasks=shared.CHAT_ONLY, deprecated_keys=("systemPrompt",)),
    )
    temperature: float | None = attrs.field(default=None, metadata=shared.TEMPERATURE)
    top_p: float | None = attrs.field(
        default=None,
        validator=between(0, 1),
        metadata=option("top-p", "probability cut-off", tasks=shared.CHAT_ONLY, deprecated_keys=("topP",)),
    )
    stop: str | None = attrs.field(default=None, converter=stop_strings, metadata=shared.STOP)
    max_tokens: int | None = attrs.field(
        default=None,
        validator=at_least(1),
        metadata=option("max-tokens", "most tokens generated", tasks=shared.CHAT_ONLY, deprecated_keys=("maxTokens",)),
    )
    dimension: int | None = attrs.field(
        default=None,
        validator=at_least(1),
        metadata=option("dimension", "size of the embedding", tasks=(EMBEDDINGS,)),
    )
    max_context_size: int | None = attrs.field(default=None, validator=at_least(1), metadata=shared.MAX_CONTEXT_SIZE)
    context_overflow_action: shared.ContextOverflowAction | None = attrs.field(
        default=None, metadata=shared.CONTEXT_OVERFLOW_ACTION
    )
    error_handling_strategy: shared.ErrorHandlingStrategy | None = attrs.field(
        default=None, metadata=shared.ERROR_HANDLING_STRATEGY
    )
    retry_num: int | None = attrs.field(default=None, validator=at_least(0), metadata=shared.RETRY_NUM)
    retry_fallback_strategy: shared.RetryFallbackStrategy | None = attrs.field(
        default=None, metadata=shared.RETRY_FALLBACK_STRATEGY
    )
    presence_penalty: float | None = attrs.field(default=None, validator=between(-2, 2), metadata=shared.PRESENCE_PENALTY)
    n: int | None = attrs.field(default=None, validator=at_least(1), metadata=shared.N)
    seed: int | None = attrs.field(default=None, metadata=shared.SEED)
    response_format: shared.ResponseFormat | None = attrs.field(default=None, metadata=shared.RESPONSE_FORMAT)

    if TYPE_CHECKING:

        def with_(self, **changes: Unpack[OpenAIChanges]) -> Self:  # noqa: D102
            ...

        def for_task(self, task: Task, /, **changes: Unpack[OpenAIChanges]) -> Self:  # noqa: D102
            ...

        # Narrower than that of `Provider`, which takes any name.
        def grid(self, template: str | None = None, /, **lists: Unpack[OpenAILists]) -> Catalog:  # type: ignore[override]  # noqa: D102
            ...
