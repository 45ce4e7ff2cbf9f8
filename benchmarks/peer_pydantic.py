# SPDX-License-Identifier: Apache-2.0
"""A frozen, strict pydantic model with the same options, and the rules that pydantic can express."""

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator


def _json_object(string: str) -> str:
    if not isinstance(json.loads(string), dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004  (pydantic collects ValueErrors, no TypeErrors)
    return string


Long = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Field(ge=1, le=2**63 - 1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
JsonObject = Annotated[str, AfterValidator(_json_object)]
ContentType = Literal["TEXT", "IMAGE_URL", "AUDIO_BYTES", "AUDIO_URL", "MULTI_IMAGE_URLS"]


class Provider(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_by_name=True,
        validate_by_alias=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    endpoint: str | None = None
    api_key: SecretStr | None = None
    task: Literal["chat/completions", "embeddings"] | None = None
    model: str | None = None
    system_prompt: str | None = "You are a helpful assistant."
    user_prompt: str | None = None
    temperature: Finite | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_tokens: Count | None = None
    stop: str | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    n: Count | None = None
    seed: Long | None = None
    content_type: ContentType | tuple[ContentType, ...] | None = "TEXT"
    response_format: Literal["text", "json_object"] | None = None
    dimension: Count | None = None
    max_context_size: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    context_overflow_action: (
        Literal["truncated-tail", "truncated-tail-log", "truncated-head", "truncated-head-log", "skipped", "skipped-log"] | None
    ) = "truncated-tail"
    error_handling_strategy: Literal["RETRY", "FAILOVER", "IGNORE"] | None = "RETRY"
    retry_num: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = 100
    retry_backoff_strategy: Literal["FIXED", "EXPONENTIAL"] | None = "FIXED"
    retry_backoff_base_interval: Annotated[str, Field(pattern=r"^\d+ *[a-z]*$")] | None = "1s"
    retry_fallback_strategy: Literal["FAILOVER", "IGNORE"] | None = "FAILOVER"
    extra_header: JsonObject | None = None
    extra_body: JsonObject | None = None

    @model_validator(mode="after")
    def _service(self):
        if self.api_key is not None and (not self.endpoint or self.task is not None):
            raise ValueError("api_key needs an endpoint and no task")
        return self


make = Provider
read = Provider.model_validate_strings


def _string(value):
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def to_options(provider):
    return {key: _string(value) for key, value in provider.model_dump(by_alias=True, exclude_none=True).items()}


def change(provider, **changes):
    # model_copy(update=...) does not validate.
    return Provider.model_validate({**provider.model_dump(exclude_unset=True), **changes})


def override(provider, temperature):
    return to_options(change(provider, temperature=temperature))
