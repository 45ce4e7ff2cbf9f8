# SPDX-License-Identifier: Apache-2.0
"""Five providers of one job, the options of each for Flink, and a mistake that is found before the cluster starts.

No request is sent: a provider is only a configuration.
"""

from __future__ import annotations

import os
from datetime import timedelta

import attrs

from llmproviders import InvalidOptionsError, Provider, Secret, TritonProvider, at_least, duration, option, presets, secret

# The keys are not in the code: providers refer to environment variables, which are read by to_options().
for variable in ("DEEPSEEK_API_KEY", "DASHSCOPE_API_KEY", "TRITON_TOKEN", "RERANK_API_KEY"):
    os.environ.setdefault(variable, "sk-demo")


@attrs.frozen(kw_only=True)
class RerankProvider(Provider):
    """A user-defined provider, for a user-defined factory in Java."""

    identifier = "acme-rerank"

    endpoint: str = attrs.field(metadata=option("endpoint", format="url"))
    api_key: Secret | None = attrs.field(default=None, converter=secret, metadata=option("api-key"))
    top_n: int = attrs.field(default=10, validator=at_least(1), metadata=option("top-n", "documents kept"))
    timeout: str | None = attrs.field(default="5s", converter=duration, metadata=option("timeout", java="Duration"))


def providers() -> dict[str, Provider]:
    """The providers of the job, by their purpose."""
    # DeepSeek has no embeddings API, so the embeddings are derived from a chat provider of another service.
    qwen = presets.dashscope(model="qwen-plus", error_handling_strategy="IGNORE")
    return {
        "Chat (DeepSeek)": presets.deepseek(model="deepseek-chat", temperature=0.7, max_tokens=512, stop=["END", "STOP"]),
        "Embeddings (DashScope, derived from its chat provider)": qwen.for_task(
            "embeddings", model="text-embedding-v4", dimension=1024
        ),
        "Multimodal embeddings (DashScope, derived in the same way)": qwen.for_task(
            "multimodal-embedding", model="multimodal-embedding-v1"
        ),
        "A model of our own (Triton)": TritonProvider(
            "https://triton.example.com:8000",
            model_name="sentiment",
            auth_token=Secret.from_env("TRITON_TOKEN"),
            custom_headers={"X-Tenant": "shop"},
            timeout=timedelta(seconds=10),
            default_value={"label": "unknown"},
        ),
        "A provider class of our own": RerankProvider(
            endpoint="https://rerank.example.com/v1",
            api_key=Secret.from_env("RERANK_API_KEY"),
            timeout=timedelta(milliseconds=1500),
        ),
    }


def main() -> None:
    for title, provider in providers().items():
        for_flink = provider.to_options()
        shown = provider.to_options(redact=True)
        print(f"{title}\n  provider = {provider.provider_name()}")
        for key, value in shown.items():
            note = "  (masked here; Flink gets the real value)" if value != for_flink[key] else ""
            print(f"  {key} = {value!r}{note}")
        print()

    print("Mistakes, refused on the line where they were made")
    try:
        presets.deepseek(model="deepseek-chat", temprature=0.7, top_p=7, retry_backoff_base_interval="soon")
    except InvalidOptionsError as error:
        print(f"  {error}")


if __name__ == "__main__":
    main()
