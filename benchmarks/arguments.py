# SPDX-License-Identifier: Apache-2.0
"""The name of this library, the arguments for every peer, and the way that a peer makes a variant."""

OURS = "llmproviders"
FOUR = {"endpoint": "https://api.deepseek.com/chat/completions", "api_key": "sk-1", "model": "deepseek-chat", "temperature": 0.7}
ALL = {
    **FOUR,
    "task": None,
    "system_prompt": "Answer briefly.",
    "user_prompt": "Classify:",
    "top_p": 0.9,
    "max_tokens": 512,
    "stop": "END,STOP",
    "presence_penalty": 0.5,
    "n": 1,
    "seed": 42,
    "content_type": "IMAGE_URL",
    "response_format": "json_object",
    "dimension": 1024,
    "max_context_size": 8192,
    "context_overflow_action": "skipped",
    "error_handling_strategy": "IGNORE",
    "retry_num": 3,
    "retry_backoff_strategy": "EXPONENTIAL",
    "retry_backoff_base_interval": "500ms",
    "retry_fallback_strategy": "IGNORE",
    "extra_header": '{"X-Tenant": "shop"}',
    "extra_body": '{"top_k": 20}',
}
STRINGS = {
    "endpoint": FOUR["endpoint"],
    "api-key": "sk-1",
    "model": "deepseek-chat",
    "system-prompt": "Answer briefly.",
    "temperature": "0.7",
    "top-p": "0.9",
    "max-tokens": "512",
    "content-type": "TEXT",
    "error-handling-strategy": "IGNORE",
    "retry-num": "3",
    "retry-backoff-base-interval": "500ms",
    "retry-fallback-strategy": "IGNORE",
}
WRONG = {"endpoint": FOUR["endpoint"], "temprature": 0.7, "top_p": 7, "max_tokens": "many"}


def change_of(peer):
    """The peer's own way to change options; a peer without variants makes a new object of `FOUR`."""
    return getattr(peer, "change", None) or (lambda _, **changes: peer.make(**{**FOUR, **changes}))
