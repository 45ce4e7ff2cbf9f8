# SPDX-License-Identifier: Apache-2.0
"""The metadata and the types of options that the classes in `openai` and `openai_compat` share.

Each class has its own defaults, order and required options.
"""

from __future__ import annotations

from typing import Final, Literal

from ..fields.metadata import option
from ..tasks import CHAT

__all__ = [
    "CHAT_ONLY",
    "CONTEXT_OVERFLOW_ACTION",
    "ERROR_HANDLING_STRATEGY",
    "MAX_CONTEXT_SIZE",
    "PRESENCE_PENALTY",
    "RESPONSE_FORMAT",
    "RETRY_FALLBACK_STRATEGY",
    "RETRY_NUM",
    "SEED",
    "STOP",
    "TEMPERATURE",
    "ContextOverflowAction",
    "ErrorHandlingStrategy",
    "N",
    "ResponseFormat",
    "RetryFallbackStrategy",
]

ContextOverflowAction = Literal[
    "truncated-tail", "truncated-tail-log", "truncated-head", "truncated-head-log", "skipped", "skipped-log"
]
ErrorHandlingStrategy = Literal["RETRY", "FAILOVER", "IGNORE"]
ResponseFormat = Literal["text", "json_object"]
RetryFallbackStrategy = Literal["FAILOVER", "IGNORE"]

CHAT_ONLY: Final = (CHAT,)

TEMPERATURE: Final = option("temperature", "randomness; typical 0.0 to 1.0", tasks=CHAT_ONLY)
STOP: Final = option("stop", "stop sequences, comma-separated; Java splits at commas and does not trim", tasks=CHAT_ONLY)
PRESENCE_PENALTY: Final = option("presence-penalty", "penalty for tokens that have already appeared", tasks=CHAT_ONLY)
N: Final = option("n", "completions per input", tasks=CHAT_ONLY)
SEED: Final = option("seed", "best-effort repeatable sampling; any sign", tasks=CHAT_ONLY)
RESPONSE_FORMAT: Final = option("response-format", "format of the answer", tasks=CHAT_ONLY)
MAX_CONTEXT_SIZE: Final = option("max-context-size", "token limit of the context", java="Integer")
CONTEXT_OVERFLOW_ACTION: Final = option("context-overflow-action", "what to do with input over max_context_size")
ERROR_HANDLING_STRATEGY: Final = option("error-handling-strategy", "retry, fail the job, or skip the input when a request fails")
RETRY_NUM: Final = option("retry-num", "retries", java="Integer")
RETRY_FALLBACK_STRATEGY: Final = option("retry-fallback-strategy", "what to do when the retries are used up")
