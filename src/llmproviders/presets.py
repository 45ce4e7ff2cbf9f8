# SPDX-License-Identifier: Apache-2.0
"""Providers for well-known services, with the endpoint of the service and a reference to the environment variable of its key.

``presets.deepseek(model="deepseek-chat")`` returns an `OpenAICompatProvider`. Every preset accepts ``api_key`` (a string or a
`Secret`; by default a reference to the service's environment variable), ``task`` (``"chat/completions"`` or ``"embeddings"``),
and the options of the class that it returns. The endpoints are those that the services document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard, TypeVar

import attrs
from typing_extensions import Unpack

from .boundary import public
from .errors import Advice, InvalidOptionsError, Problem, advice_to_write, invalid
from .messages import shown
from .providers.base import Provider
from .providers.changes import PresetOptions
from .providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from .secrets import Secret
from .similar_names import did_you_mean
from .tasks import CHAT, EMBEDDINGS, MULTIMODAL, endpoint_for_task

__all__ = [
    "NAMES",
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


_Provider = TypeVar("_Provider", bound=Provider)
_HOST_PART: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"


@attrs.frozen(kw_only=True)
class Service:
    """A service with the OpenAI API; call it to make its provider."""

    name: str = attrs.field(kw_only=False)
    """The name of the preset."""
    base: str = attrs.field(kw_only=False)
    """The URL without the task; the argument ``place`` gives the values for names in braces."""
    variable: str = ""
    """The environment variable of the key; empty if the service has no usual variable."""
    key: str = ""
    """The default key of a service that accepts any key; else empty."""
    tasks: tuple[str, ...] = (CHAT,)
    """The tasks that the service documents."""
    note: str = ""
    """A note for users; may be empty."""

    @public
    def __call__(
        self,
        *,
        api_key: str | Secret | None = None,
        task: str = CHAT,
        place: Mapping[str, str] | None = None,
        **options: Unpack[PresetOptions],
    ) -> OpenAICompatProvider:
        """Return a provider of the service.

        Args:
            api_key: the key; by default a reference to the service's environment variable.
            task: ``"chat/completions"``, the default, or ``"embeddings"``.
            place: values for the names in braces of the service's URL, for example ``{"resource": "my-resource"}``.
            options: options of `OpenAICompatProvider`.

        Raises:
            InvalidOptionsError: if the service has no such task, or an option is wrong.
        """
        given: Any = {} if place is None else place
        problems = list(self._problems(task, given))
        url = _placeholder_endpoint(task, self.tasks) if problems else f"{self.base.format_map(given)}/{task}"
        if api_key is None and not (self.variable or self.key):
            problems.append(
                Problem(
                    "api_key",
                    "a str or a Secret",
                    got="nothing",
                    hint=f"{self.name} has no usual environment variable",
                    code="missing-option",
                )
            )
        if api_key is None:
            api_key = Secret.from_env(self.variable) if self.variable else self.key or "stand-in"
        return _provider_of(
            OpenAICompatProvider, f"presets.{self.name}", problems, {"endpoint": url, "api_key": api_key, **options}
        )

    @public
    def endpoint(self, task: str, place: Mapping[str, str]) -> str:
        """Return the URL of a task.

        Args:
            task: one of `tasks`.
            place: values for the names in braces of the service's URL.

        Raises:
            InvalidOptionsError: if the service has no such task, or a name is missing.
        """
        if problems := list(self._problems(task, place)):
            raise invalid(f"presets.{self.name}", problems)
        return f"{self.base.format_map(place)}/{task}"

    def _problems(self, task: object, place: object) -> Iterator[Problem]:
        """The problems of the task and of the values for the names in braces."""
        if not (_is_string(task) and task in self.tasks):
            expected = f"{' or '.join(self.tasks)}, as {self.name} documents"
            hint = did_you_mean(task, self.tasks) if _is_string(task) else ""
            yield _no_task(OpenAICompatProvider, expected, task, hint)
        wanted = re.findall(r"\{(\w+)\}", self.base)
        expected = f"a mapping with {', '.join(wanted)}" if wanted else "no names, because the URL has no braces"
        if not isinstance(place, Mapping):
            yield Problem("place", expected, got=shown(place), hint=f"see {self.base}", is_type=True)
            return
        yield from (Problem("place", expected, got=shown(name), hint=f"see {self.base}") for name in place if name not in wanted)
        for name in wanted:
            value = place.get(name)
            if not _is_host_part(value):
                got = "nothing" if value is None else shown(value)
                example = {name: f"my-{name}"}
                yield Problem(
                    "place",
                    f"your {name}",
                    got=got,
                    hint=f"pass place={example}",
                    in_document=advice_to_write("place", example),
                    code="missing-option" if value is None else "invalid-value",
                )


def _no_task(cls: type[Provider], expected: str, task: object, hint: str = "") -> Problem:
    """The problem of a task that a service does not have."""
    return Problem(
        "task",
        expected,
        got=shown(task),
        hint=hint or f"pass the endpoint to {cls.__name__} yourself",
        in_document=None if hint else Advice("write {} and endpoint in place of the preset", (("provider", cls.identifier),)),
        is_type=not _is_string(task),
        code="unknown-task",
    )


def _is_string(value: object) -> TypeGuard[str]:
    """Whether *value* is a `str`. To type checkers, isinstance of an annotated argument is always true."""
    return isinstance(value, str)


def _is_host_part(value: object) -> bool:
    return _is_string(value) and re.fullmatch(_HOST_PART, value) is not None


def _placeholder_endpoint(task: object, tasks: tuple[str, ...]) -> str:
    """An endpoint to check the options with, if the real endpoint has problems."""
    return f"https://localhost/{task if _is_string(task) and task in tasks else ''}"


def _provider_of(cls: type[_Provider], subject: str, problems: list[Problem], options: dict[str, Any]) -> _Provider:
    """The provider of *options*; if there are *problems*, one error with them and the problems of the options."""
    try:
        provider = cls(**options)
    except InvalidOptionsError as error:
        raise invalid(subject, [*problems, *error.problems]) if problems else error from None
    if problems:
        raise invalid(subject, problems)
    return provider


_BOTH: Final = (CHAT, EMBEDDINGS)

openai: Final = Service("openai", "https://api.openai.com/v1", variable="OPENAI_API_KEY", tasks=_BOTH)
azure_openai: Final = Service(
    "azure_openai",
    "https://{resource}.openai.azure.com/openai/v1",
    variable="AZURE_OPENAI_API_KEY",
    tasks=_BOTH,
    note="the v1 API; the older deployment URLs need ?api-version= and cannot work",
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
"""The services by name; `dashscope` is a function and is not included."""
NAMES: Final = (*SERVICES, "dashscope")
"""The names of all presets."""

DASHSCOPE_HOSTS: Final = {
    "cn-beijing": "dashscope.aliyuncs.com",
    "ap-southeast-1": "dashscope-intl.aliyuncs.com",
    "us-east-1": "dashscope-us.aliyuncs.com",
}
DASHSCOPE_TASKS: Final = {
    "cn-beijing": (CHAT, EMBEDDINGS, MULTIMODAL),
    "ap-southeast-1": (CHAT, EMBEDDINGS),
}
"""The documented tasks of regions; a region that is not listed has only chat."""


@public
def dashscope(
    *,
    region: str = "cn-beijing",
    workspace: str | None = None,
    api_key: str | Secret | None = None,
    task: str = CHAT,
    **options: Unpack[PresetOptions],
) -> DashScopeProvider:
    """Return a `DashScopeProvider` of Alibaba Cloud Model Studio.

    Args:
        region: ``"cn-beijing"``, the default, ``"ap-southeast-1"`` (Singapore) or ``"us-east-1"`` (Virginia).
        workspace: a workspace with its own endpoint (``https://{workspace}.{region}.maas.aliyuncs.com``), in any region; by
            default none.
        api_key: the key; by default a reference to ``DASHSCOPE_API_KEY``.
        task: ``"chat/completions"``, the default, ``"embeddings"``, or in Beijing ``"multimodal-embedding"``.
        options: options of `DashScopeProvider`.

    Raises:
        InvalidOptionsError: if the region is not known or has no such task, or an option is wrong.
    """
    problems: list[Problem] = []
    host, where = "localhost", "DashScope"
    tasks: tuple[str, ...] = (CHAT, EMBEDDINGS, MULTIMODAL)
    if workspace is not None:
        for name, value in (("workspace", workspace), ("region", region)):
            if not _is_host_part(value):
                problems.append(Problem(name, f"the name of a {name}", got=shown(value), is_type=not _is_string(value)))
        host = "localhost" if problems else f"{workspace}.{region}.maas.aliyuncs.com"
        tasks, where = (CHAT,), "a workspace"
    elif _is_string(region) and region in DASHSCOPE_HOSTS:
        host, tasks, where = DASHSCOPE_HOSTS[region], DASHSCOPE_TASKS.get(region, (CHAT,)), f"region {region}"
    else:
        expected = " or ".join(DASHSCOPE_HOSTS)
        hint = did_you_mean(region, list(DASHSCOPE_HOSTS)) if _is_string(region) else ""
        hint = hint or "other regions need a workspace"
        problems.append(Problem("region", expected, got=shown(region), hint=hint, is_type=not _is_string(region)))
    if _is_string(task) and task in tasks:
        url = endpoint_for_task(f"https://{host}/compatible-mode/v1/{CHAT}", task)
    else:
        url = _placeholder_endpoint(task, ())
        expected = f"{' or '.join(tasks)}, as documented for {where}"
        problems.append(_no_task(DashScopeProvider, expected, task))
    given: dict[str, Any] = {
        "endpoint": url,
        "api_key": Secret.from_env("DASHSCOPE_API_KEY") if api_key is None else api_key,
        **({"content_type": "IMAGE_URL"} if _is_string(task) and task == MULTIMODAL else {}),
        **options,
    }
    return _provider_of(DashScopeProvider, "presets.dashscope", problems, given)
