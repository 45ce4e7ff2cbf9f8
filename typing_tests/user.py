# SPDX-License-Identifier: Apache-2.0
"""A user's file, which type checkers read and which is never run. Each line that they must refuse has a `type: ignore`.

A line that ends in `# not ty` is refused by every other checker. docs/guides/type-checkers.md shows some of the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

import attrs
from typing_extensions import Self, TypedDict, Unpack, assert_type

from llmproviders import (
    Catalog,
    CatalogDiff,
    Change,
    DashScopeProvider,
    Details,
    GenericProvider,
    OpenAICompatProvider,
    OpenAIProvider,
    OptionInfo,
    Provider,
    ProviderDiff,
    Secret,
    TritonProvider,
    between,
    duration,
    from_options,
    get_provider,
    list_providers,
    load,
    option,
    options,
    presets,
    register_provider_class,
    register_secret_resolver,
    secret,
    set_provider,
    using_provider,
)

# Composing ------------------------------------------------------------------------------------------------------------

chat = OpenAICompatProvider(
    endpoint="https://api.example.com/v1/chat/completions",
    api_key="sk",
    temperature=0.5,
    stop=["a", "b"],
    extra_body={"enable_thinking": False},
    extra_header={"X-A": "b", "X-C": ["d", "e"]},
    retry_backoff_base_interval=timedelta(seconds=2),
    content_type=["TEXT", "IMAGE_URL"],
    error_handling_strategy="IGNORE",
)
assert_type(chat, OpenAICompatProvider)
assert_type(chat.to_options(), dict[str, str])
assert_type(chat.to_options([("a", "STRING")], {"n": 1}, model="m", redact=True), dict[str, str])
assert_type(chat.endpoint, str | None)
assert_type(chat.api_key, Secret | None)
assert_type(chat.temperature, float | None)
assert_type(chat.max_tokens, int | None)
assert_type(chat.response_format, Literal["text", "json_object"] | None)
assert_type(chat.provider_name(), str)
assert_type(chat.model_option_key(), str)
assert_type(chat.fingerprint(), str)
assert_type(chat.extra_options, Mapping[str, str | Secret])

OpenAICompatProvider(api_key=Secret("sk"), endpoint="x", stop="a,b", extra_body="{}", retry_backoff_base_interval="1s")
OpenAICompatProvider(api_key=Secret.from_env("KEY"), content_type="TEXT", temperature=1, max_tokens=None)
OpenAICompatProvider(extra_options={"top_k": 5, "x": True, "y": [1]})
DashScopeProvider(task="multimodal-embedding", content_type="IMAGE_URL")
OpenAIProvider("https://api.example.com/v1/embeddings", "sk", model="m")
OpenAIProvider(endpoint="x", api_key=Secret("sk"))
TritonProvider("http://triton:8000", timeout=timedelta(seconds=1), custom_headers={"a": "b"}, auth_token="t")
TritonProvider(endpoint="x", custom_headers="a:b", default_value=[1, 2], compression="gzip")
GenericProvider("x", self=1, name=2, anything={"a": "b"}, **{"api-key": "k"})

OpenAICompatProvider(temprature=0.5)  # type: ignore[call-arg]
OpenAICompatProvider(temperature="hot")  # type: ignore[arg-type]
OpenAICompatProvider(api_key=5)  # type: ignore[arg-type]
OpenAICompatProvider(error_handling_strategy="RETYR")  # type: ignore[arg-type]
OpenAICompatProvider("https://api.example.com")  # type: ignore[arg-type, call-arg]
OpenAICompatProvider(task="multimodal")  # type: ignore[arg-type]
OpenAICompatProvider(retry_backoff_base_interval=5)  # type: ignore[arg-type]
TritonProvider()  # type: ignore[call-arg]
TritonProvider("x", "m")  # type: ignore[arg-type, call-arg]
TritonProvider("x", custom_headers={"a": 1})  # type: ignore[dict-item]
OpenAIProvider("x")  # type: ignore[call-arg]
GenericProvider()  # type: ignore[call-arg]

# Deriving -------------------------------------------------------------------------------------------------------------

assert_type(chat.with_(temperature=0.1, api_key=Secret("x"), stop=["x"], extra_body={"a": 1}), OpenAICompatProvider)
assert_type(chat.with_(retry_backoff_base_interval=timedelta(1), extra_options={"a": "b"}), OpenAICompatProvider)
assert_type(chat.without("temperature"), OpenAICompatProvider)
assert_type(chat.for_task("embeddings", dimension=8), OpenAICompatProvider)
assert_type(DashScopeProvider().with_(n=1), DashScopeProvider)
assert_type(OpenAIProvider("x", "y").with_(n=1), OpenAIProvider)
assert_type(TritonProvider("x").with_(timeout=timedelta(1), custom_headers={"a": "b"}), TritonProvider)
assert_type(TritonProvider.from_options({}), TritonProvider)
assert_type(GenericProvider("x").with_(anything=1), GenericProvider)

chat.with_(temperature="hot")  # type: ignore[arg-type]
chat.with_(temprature=0.5)  # type: ignore[call-arg]
chat.with_({"temperature": 0.5})  # type: ignore[arg-type, call-arg]
chat.for_task("embedding")  # type: ignore[arg-type]
chat.for_task("embeddings", temprature=0.5)  # type: ignore[call-arg]
TritonProvider("x").with_(endpoint=None)  # type: ignore[arg-type]
OpenAIProvider("x", "y").with_(retry_backoff_strategy="FIXED")  # type: ignore[call-arg]
chat.temperature = 0.5  # type: ignore[misc]
print(chat.no_such_option)  # type: ignore[attr-defined]

# Several at once ------------------------------------------------------------------------------------------------------

catalog = Catalog({"chat": chat}, details={"chat": Details("Chats.", tags=["eu"])})
assert_type(catalog.details, Mapping[str, Details])
assert_type(catalog["chat"], Provider)
assert_type(catalog.get_as("chat", OpenAICompatProvider), OpenAICompatProvider)
assert_type(catalog.get_as("chat", Provider), Provider)
assert_type(catalog.with_details("chat", tags=["us"]), Catalog)
assert_type(catalog.amend("chat", temperature=0), Catalog)
assert_type(catalog.map(lambda provider: provider.with_(seed=1)), Catalog)
assert_type(catalog.select("eu-*", lambda provider: provider.provider_name() == "triton", tag="eu"), Catalog)
assert_type(chat.grid(temperature=[0, 0.5], model=("a", "b")), Catalog)
assert_type(chat.grid("{model}", model=["a", "b"]), Catalog)
assert_type(chat.diff(chat), ProviderDiff)
assert_type(chat.diff(chat)[0], Change)
assert_type(chat.diff(chat).apply(chat), OpenAICompatProvider)
assert_type(catalog.diff({"chat": chat}), CatalogDiff)
assert_type(catalog.diff(catalog).apply(catalog), Catalog)

catalog.get_as("chat", Secret)  # type: ignore[type-var]
catalog.get_as("chat", chat)  # type: ignore[arg-type]
catalog.map(lambda provider: 5)  # type: ignore[arg-type, return-value]
catalog.select(5)  # type: ignore[arg-type]
chat.grid(temperature=0.5)  # type: ignore[arg-type]
chat.diff(TritonProvider("x"))  # type: ignore[arg-type]  # not ty

# Catalogs, by the class of each provider ------------------------------------------------------------------------------

found = catalog.get_as("chat", OpenAICompatProvider)
assert_type(found.with_(temperature=0), OpenAICompatProvider)
assert_type(found.for_task("embeddings", dimension=8), OpenAICompatProvider)
assert_type(found.to_options(model="m"), dict[str, str])
assert_type(catalog.get("chat"), Provider | None)

catalog.get_as("chat", OpenAICompatProvider).with_(temprature=0)  # type: ignore[call-arg]
catalog.get_as("chat", OpenAICompatProvider).with_(temperature="x")  # type: ignore[arg-type]
catalog.get_as("chat", OpenAICompatProvider).for_task("embedding")  # type: ignore[arg-type]
catalog.get_as("chat", OpenAICompatProvider).for_task("embeddings", temprature=0)  # type: ignore[call-arg]
catalog.get_as("chat", OpenAICompatProvider).grid(temprature=[0, 1])  # type: ignore[call-arg]
print(catalog.get_as("chat", OpenAICompatProvider).temprature)  # type: ignore[attr-defined]
catalog.get("chat").with_(temperature=0)  # type: ignore[union-attr]
found.grid(temperature=["x"])  # type: ignore[list-item]
found.to_options(modle="m")  # type: ignore[call-arg]
found.to_options(model=5)  # type: ignore[arg-type]

entry = catalog["chat"]
if isinstance(entry, OpenAICompatProvider):
    assert_type(entry.with_(temperature=0), OpenAICompatProvider)
    entry.with_(temprature=0)  # type: ignore[call-arg]


@attrs.frozen
class Models:
    """The providers of a job, each with its class."""

    chat: OpenAICompatProvider
    classify: TritonProvider

    @classmethod
    def load(cls, path: str) -> Self:
        """Read them from a file."""
        catalog = load(path)
        return cls(chat=catalog.get_as("chat", OpenAICompatProvider), classify=catalog.get_as("classify", TritonProvider))


models = Models.load("catalog.toml")
assert_type(models.chat.with_(temperature=0), OpenAICompatProvider)
models.chat.with_(temprature=0)  # type: ignore[call-arg]
models.chat.for_task("embedding")  # type: ignore[arg-type]
models.classify.with_(timeout=5)  # type: ignore[arg-type]
models.chta.with_(temperature=0)  # type: ignore[attr-defined]

# No checker sees these mistakes: names in strings, and options where the class is not known. They are refused when they run.

catalog["chta"]
catalog["chat"].with_(temprature=0)
catalog["chat"].for_task("embedding")
catalog.amend("chat", temprature=0)
get_provider("chat").with_(temprature=0)
set_provider("openai-compat", temprature=0)
found.without("temprature")
found.to_options(overrides={"temprature": 0})
OpenAICompatProvider.from_options({"temperature": "warm"})

# A user-defined provider ------------------------------------------------------------------------------------------------------


@register_provider_class
@attrs.frozen(kw_only=True)
class RerankProvider(Provider):
    """A provider of the user's own."""

    identifier: ClassVar[str] = "acme-rerank"

    endpoint: str = attrs.field(kw_only=False, metadata=option("endpoint", "where it is", format="url"))
    token: Secret | None = attrs.field(default=None, converter=secret, metadata=option("token"))
    patience: str | None = attrs.field(default="1s", converter=duration, metadata=option("patience", java="Duration"))
    top_k: int = attrs.field(default=10, validator=between(1, 100), metadata=option("top-k", "how many", java="Integer"))


own = RerankProvider("https://acme.example", token="t", patience=timedelta(1), top_k=3)
assert_type(own, RerankProvider)
assert_type(own.with_(top_k=5), RerankProvider)
assert_type(own.token, Secret | None)
assert_type(own.top_k, int)
RerankProvider()  # type: ignore[call-arg]
RerankProvider("x", topk=3)  # type: ignore[call-arg]
RerankProvider("x", top_k="3")  # type: ignore[arg-type]
own.top_k = 5  # type: ignore[misc]
own.with_(topk=3)  # `with_` of a user-defined class takes any name, if the class does not say more.


class EchoChanges(TypedDict, total=False, closed=True):
    """The arguments of `EchoProvider.with_`."""

    times: int | None
    extra_options: Mapping[str, object] | None


class EchoLists(TypedDict, total=False, closed=True):
    """The arguments of `EchoProvider.grid`."""

    times: Iterable[int | None]
    extra_options: Iterable[Mapping[str, object] | None]


@attrs.frozen(kw_only=True)
class EchoProvider(Provider):
    """A provider whose `with_` has types."""

    identifier: ClassVar[str] = "acme-echo"

    times: int | None = attrs.field(default=None, metadata=option("times"))

    if TYPE_CHECKING:

        def with_(self, **changes: Unpack[EchoChanges]) -> Self: ...

        def grid(self, template: str | None = None, /, **lists: Unpack[EchoLists]) -> Catalog: ...  # type: ignore[override]


assert_type(EchoProvider().with_(times=3), EchoProvider)
assert_type(EchoProvider().with_(extra_options={"a": 1}), EchoProvider)
assert_type(EchoProvider().grid("{times}", times=[1, None]), Catalog)
EchoProvider().with_(tiems=3)  # type: ignore[call-arg]
EchoProvider().grid(tiems=[3])  # type: ignore[call-arg]
EchoProvider().grid(times=["3"])  # type: ignore[list-item]
EchoProvider().with_(times="3")  # type: ignore[arg-type]
catalog.get_as("echo", EchoProvider).with_(tiems=3)  # type: ignore[call-arg]

# The rest -------------------------------------------------------------------------------------------------------------

assert_type(options(RerankProvider), tuple[OptionInfo, ...])
assert_type(from_options("triton", {"endpoint": "x"}), Provider)
assert_type(set_provider("chat", chat), Provider)
assert_type(set_provider("openai-compat", temperature=1), Provider)
assert_type(get_provider(), Provider)
assert_type(get_provider("chat"), Provider)
assert_type(list_providers(), list[str])
with using_provider("chat") as current:
    assert_type(current, Provider)
assert_type(presets.deepseek(api_key="k", model="deepseek-chat"), OpenAICompatProvider)
assert_type(presets.dashscope(region="ap-southeast-1"), DashScopeProvider)
assert_type(Secret("x").reveal(), str)
assert_type(Secret.from_env("KEY", default="x").default, Secret | None)
assert_type(Secret.from_resolver("vault", "kv/llm#key"), Secret)
register_secret_resolver("vault", str.upper)
register_secret_resolver("vault", 5)  # type: ignore[arg-type]

Secret(5)  # type: ignore[arg-type]
get_provider(5)  # type: ignore[arg-type]
presets.deepseek("k")  # type: ignore[call-arg]
presets.deepseek(temprature=0)  # type: ignore[call-arg]
presets.deepseek(temperature="x")  # type: ignore[arg-type]
presets.deepsek(temperature=0)  # type: ignore[attr-defined]
from_options("triton", {"endpoint": 5})  # type: ignore[dict-item]
