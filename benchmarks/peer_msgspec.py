# SPDX-License-Identifier: Apache-2.0
"""A frozen msgspec Struct with the same options, and the rules that msgspec can express; `convert` checks them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Long = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    endpoint: str | None = None
    api_key: str | None = None
    task: Literal["chat/completions", "embeddings"] | None = None
    model: str | None = None
    system_prompt: str | None = "You are a helpful assistant."
    user_prompt: str | None = None
    temperature: float | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    max_tokens: Count | None = None
    stop: str | None = None
    presence_penalty: Annotated[float, Meta(ge=-2, le=2)] | None = None
    n: Count | None = None
    seed: Long | None = None
    content_type: Literal["TEXT", "IMAGE_URL", "AUDIO_BYTES", "AUDIO_URL", "MULTI_IMAGE_URLS"] | None = "TEXT"
    response_format: Literal["text", "json_object"] | None = None
    dimension: Count | None = None
    max_context_size: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    context_overflow_action: (
        Literal["truncated-tail", "truncated-tail-log", "truncated-head", "truncated-head-log", "skipped", "skipped-log"] | None
    ) = "truncated-tail"
    error_handling_strategy: Literal["RETRY", "FAILOVER", "IGNORE"] | None = "RETRY"
    retry_num: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = 100
    retry_backoff_strategy: Literal["FIXED", "EXPONENTIAL"] | None = "FIXED"
    retry_backoff_base_interval: Annotated[str, Meta(pattern=r"^\d+ *[a-z]*$")] | None = "1s"
    retry_fallback_strategy: Literal["FAILOVER", "IGNORE"] | None = "FAILOVER"
    extra_header: str | None = None
    extra_body: str | None = None

    def __post_init__(self):
        if self.api_key is not None and (not self.endpoint or self.task is not None):
            raise ValueError("api_key needs an endpoint and no task")


_KEYS = dict(zip(Provider.__struct_fields__, Provider.__struct_encode_fields__, strict=True))


def make(**options):
    return msgspec.convert({_KEYS[name]: value for name, value in options.items()}, Provider)


def read(options):
    return msgspec.convert(options, Provider, strict=False)


def to_options(provider):
    values = msgspec.to_builtins(provider)
    return {key: str(value) for key, value in values.items() if value is not None}


def change(provider, **changes):
    # structs.replace does not validate.
    return msgspec.convert({**msgspec.to_builtins(provider), **{_KEYS[name]: value for name, value in changes.items()}}, Provider)


def override(provider, temperature):
    return to_options(change(provider, temperature=temperature))
