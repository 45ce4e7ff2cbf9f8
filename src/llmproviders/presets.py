# SPDX-License-Identifier: Apache-2.0
"""Providers for well-known services: the right endpoint, and the key from the service's environment variable.

``presets.deepseek(model="deepseek-chat")`` is an `OpenAICompatProvider` like any other. Every preset takes ``api_key``
(a text or a `Secret`; without it the provider refers to the service's variable), ``task`` (``"chat/completions"`` or
``"embeddings"``), and the options of the class it makes. Only endpoints that the services themselves document are here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from .errors import Problem, invalid
from .providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from .secrets import Secret
from .tasks import CHAT, EMBEDDINGS, MULTIMODAL, endpoint_for_task
from .values import did_you_mean

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .providers._changes import PresetOptions

__all__ = [
    "SERVICES",
    "Service",
    "azure_openai",
    "dashscope",
    "deepseek",
    "gemini",
    "groq",
    "mistral",
    "moonshot",
    "moonshot_cn",
    "nvidia",
    "ollama",
    "openai",
    "snowflake",
    "together",
    "zai",
    "zhipu",
]


_HOST_PART: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"


@attrs.frozen(kw_only=True)
class Service:
    """A service with the OpenAI API; call it to make its provider."""

    name: str = attrs.field(kw_only=False)
    """The preset's name."""
    base: str = attrs.field(kw_only=False)
    """URL before the task; names in braces are arguments of the call."""
    variable: str = ""
    """Environment variable of the key; empty if the service has none of its own."""
    key: str = ""
    """Key that is as good as any, where the service wants none."""
    tasks: tuple[str, ...] = (CHAT,)
    """The tasks that the service documents."""
    note: str = ""
    """What to know before using it."""

    def __call__(
        self,
        *,
        api_key: str | Secret | None = None,
        task: str = CHAT,
        place: Mapping[str, str] | None = None,
        **options: Unpack[PresetOptions],
    ) -> OpenAICompatProvider:
        """The service's provider.

        Args:
            api_key: the key; by default a reference to the service's environment variable.
            task: ``"chat/completions"`` or ``"embeddings"``.
            place: what the braces in the service's URL stand for, for example ``{"resource": "my-resource"}``.
            options: options of `OpenAICompatProvider`.

        Raises:
            InvalidOptionsError: if the service has no such task, or an option is wrong.
        """
        endpoint, problems = self.endpoint(task, place or {})
        if api_key is None:
            if self.variable:
                api_key = Secret.from_env(self.variable)
            elif self.key:
                api_key = self.key
            else:
                problems.append(Problem("api_key", "a str or a Secret", got="nothing", hint=f"{self.name} has no usual variable"))
        if problems:
            del api_key, options
            raise invalid(f"presets.{self.name}", problems)
        given: dict[str, Any] = {"endpoint": endpoint, "api_key": api_key, **options}
        provider, error = OpenAICompatProvider.made(given)
        if error is not None:
            del api_key, options, given
            raise error
        return provider

    def endpoint(self, task: str, place: Mapping[str, str]) -> tuple[str, list[Problem]]:
        """URL of a *task*, with *place* for what its braces stand for; and what is wrong with asking for it."""
        problems = []
        if task not in self.tasks:
            hint = did_you_mean(task, self.tasks) if isinstance(task, str) else ""
            expected = f"{' or '.join(self.tasks)}, which is what {self.name} documents"
            problems.append(
                Problem("task", expected, got=ascii(task)[:60], hint=hint or "pass the endpoint to a provider yourself")
            )
        wanted = re.findall(r"\{(\w+)\}", self.base)
        if not isinstance(place, Mapping) or set(place) - set(wanted):
            expected = f"a mapping with {', '.join(wanted)}" if wanted else "nothing, for the URL has no braces"
            problems.append(Problem("place", expected, got=ascii(place)[:60], hint=f"see {self.base}"))
            place = {}
        for name in wanted:
            value = place.get(name)
            if not isinstance(value, str) or not re.fullmatch(_HOST_PART, value):
                got = "nothing" if value is None else ascii(value)[:60]
                problems.append(Problem("place", f"the {name} that is yours", got=got, hint=f'pass place={{"{name}": "..."}}'))
        if problems:
            return "", problems
        return f"{self.base.format_map(place)}/{task}", problems


_BOTH: Final = (CHAT, EMBEDDINGS)

openai: Final = Service("openai", "https://api.openai.com/v1", variable="OPENAI_API_KEY", tasks=_BOTH)
azure_openai: Final = Service(
    "azure_openai",
    "https://{resource}.openai.azure.com/openai/v1",
    variable="AZURE_OPENAI_API_KEY",
    tasks=_BOTH,
    note="the v1 API; the older deployment URLs carry ?api-version= and cannot work",
)
deepseek: Final = Service("deepseek", "https://api.deepseek.com", variable="DEEPSEEK_API_KEY")
moonshot: Final = Service("moonshot", "https://api.moonshot.ai/v1", variable="MOONSHOT_API_KEY")
moonshot_cn: Final = Service("moonshot_cn", "https://api.moonshot.cn/v1", variable="MOONSHOT_API_KEY")
zhipu: Final = Service("zhipu", "https://open.bigmodel.cn/api/paas/v4", variable="ZAI_API_KEY")
zai: Final = Service("zai", "https://api.z.ai/api/paas/v4", variable="ZAI_API_KEY")
mistral: Final = Service("mistral", "https://api.mistral.ai/v1", variable="MISTRAL_API_KEY", tasks=_BOTH)
groq: Final = Service("groq", "https://api.groq.com/openai/v1", variable="GROQ_API_KEY")
together: Final = Service("together", "https://api.together.ai/v1", variable="TOGETHER_API_KEY", tasks=_BOTH)
gemini: Final = Service("gemini", "https://generativelanguage.googleapis.com/v1beta/openai", variable="GEMINI_API_KEY")
nvidia: Final = Service("nvidia", "https://integrate.api.nvidia.com/v1", variable="NVIDIA_API_KEY", tasks=_BOTH)
snowflake: Final = Service("snowflake", "https://{account}.snowflakecomputing.com/api/v2/cortex/v1")
ollama: Final = Service(
    "ollama",
    "http://localhost:11434/v1",
    key="ollama",
    tasks=_BOTH,
    note="localhost is the TaskManager's host: pass endpoint to a provider yourself if Ollama runs elsewhere",
)

SERVICES: Final[Mapping[str, Service]] = {
    service.name: service
    for service in (
        openai,
        azure_openai,
        deepseek,
        moonshot,
        moonshot_cn,
        zhipu,
        zai,
        mistral,
        groq,
        together,
        gemini,
        nvidia,
        snowflake,
        ollama,
    )
}
"""The services by name; `dashscope` is a function of its own."""

_DASHSCOPE_HOSTS: Final = {
    "cn-beijing": "dashscope.aliyuncs.com",
    "ap-southeast-1": "dashscope-intl.aliyuncs.com",
    "us-east-1": "dashscope-us.aliyuncs.com",
}
_DASHSCOPE_TASKS: Final = {
    "cn-beijing": (CHAT, EMBEDDINGS, MULTIMODAL),
    "ap-southeast-1": (CHAT, EMBEDDINGS),
}
"""What is documented beyond chat."""


def dashscope(
    *,
    region: str = "cn-beijing",
    workspace: str | None = None,
    api_key: str | Secret | None = None,
    task: str = CHAT,
    **options: Unpack[PresetOptions],
) -> DashScopeProvider:
    """The `DashScopeProvider` of Alibaba Cloud Model Studio.

    Args:
        region: ``"cn-beijing"``, ``"ap-southeast-1"`` (Singapore) or ``"us-east-1"`` (Virginia).
        workspace: the workspace, for an endpoint of its own (``https://{workspace}.{region}.maas.aliyuncs.com``); any
            region is taken then.
        api_key: the key; by default a reference to ``DASHSCOPE_API_KEY``.
        task: ``"chat/completions"``, ``"embeddings"``, or in Beijing ``"multimodal-embedding"``.
        options: options of `DashScopeProvider`.

    Raises:
        InvalidOptionsError: if the region is not known or has no such task, or an option is wrong.
    """
    problems: list[Problem] = []
    if workspace is not None:
        for name, value in (("workspace", workspace), ("region", region)):
            if not isinstance(value, str) or not re.fullmatch(_HOST_PART, value):
                problems.append(Problem(name, f"the name of a {name}", got=ascii(value)[:60]))
    if workspace is None:
        host = _DASHSCOPE_HOSTS.get(region) if isinstance(region, str) else None
        tasks = (CHAT,) if host is None else _DASHSCOPE_TASKS.get(region, (CHAT,))
    else:
        host, tasks = f"{workspace}.{region}.maas.aliyuncs.com", (CHAT,)
    if host is None:
        expected = " or ".join(_DASHSCOPE_HOSTS)
        hint = did_you_mean(str(region), list(_DASHSCOPE_HOSTS)) or "other regions need a workspace"
        problems.append(Problem("region", expected, got=ascii(region)[:60], hint=hint))
    elif task not in tasks:
        where = "a workspace" if workspace is not None else f"region {region}"
        expected = f"{' or '.join(tasks)}, which is what is documented for {where}"
        problems.append(Problem("task", expected, got=ascii(task)[:60], hint="pass the endpoint to DashScopeProvider yourself"))
    if problems:
        del api_key, options
        raise invalid("presets.dashscope", problems)
    given: dict[str, Any] = {
        "endpoint": endpoint_for_task(f"https://{host}/compatible-mode/v1/{CHAT}", task),
        "api_key": Secret.from_env("DASHSCOPE_API_KEY") if api_key is None else api_key,
        **({"content_type": "IMAGE_URL"} if task == MULTIMODAL else {}),
        **options,
    }
    provider, error = DashScopeProvider.made(given)
    if error is not None:
        del api_key, options, given
        raise error
    return provider
