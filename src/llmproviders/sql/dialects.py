# SPDX-License-Identifier: Apache-2.0
"""Options and statements of other dialects (Confluent, VERA, Flink CDC and others), and hints about what to write instead.

Sources: the documentation of Confluent Cloud, Confluent Manager for Apache Flink (CMF), Ververica (VERA) and Alibaba Cloud (VVR),
and the classes of Flink CDC.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

import attrs

from ..credentials import mask_value
from ..errors import Problem
from ..messages import shown_name

__all__ = [
    "OLD_KEYS",
    "DialectProblem",
    "cdc_problem",
    "confluent_provider",
    "confluent_version",
    "dialect_problems",
    "old_dialect",
    "unused_task",
]

_OTHER: Final = "other-dialect"
_OPENAI: Final = "write 'provider' = 'openai' with 'endpoint', 'api-key' and 'model'"
_ITS_API: Final = f"{_OPENAI} of its OpenAI-compatible API"
_NO_API: Final = f"{_OPENAI}, if the service has an OpenAI-compatible API"
_CONFLUENT: Final[Mapping[str, str]] = {
    "openai": _OPENAI,
    "azureopenai": f"{_OPENAI} of its v1 API, whose URL has no query string",
    "anthropic": _ITS_API,
    "bedrock": _ITS_API,
    "fireworksai": _ITS_API,
    "googleai": _ITS_API,
    "vertexai": _ITS_API,
    "azureml": _NO_API,
    "sagemaker": _NO_API,
    "confluent": f"only Confluent Cloud has its managed models; {_OPENAI} of another service",
}
"""Hints by Confluent's name of a provider."""
_CONFLUENT_TASKS: Final = ("classification", "clustering", "embedding", "regression", "text_generation")
_CONFLUENT_KEYS: Final[Mapping[str, str]] = {
    "connection": "write 'endpoint' and 'api-key'",
    "endpoint": "write 'endpoint'",
    "api_key": "write 'api-key'",
    "model_version": "write 'model'",
    "model": "write 'model'",
    "system_prompt": "write 'system-prompt'",
    "params.temperature": "write 'temperature'",
    "params.top_p": "write 'top-p'",
    "params.max_tokens": "write 'max-tokens'",
    "params.max_completion_tokens": "write 'max-tokens'",
    "params.stop": "write 'stop'",
    "params.model": "write 'model'",
    "model_id": "write 'model'",
    "system_instruction": "write 'system-prompt'",
    "client_timeout": "leave it out; ML_PREDICT has MAP['timeout', '30 s']",
}
"""Hints by Confluent's key, without the prefix with the name of the provider; other keys have no counterpart."""
_CDC: Final[Mapping[str, str]] = {
    "openai.host": "write 'endpoint', with /chat/completions or /embeddings at its end",
    "openai.apikey": "write 'api-key'",
    "openai.model": "write 'model'",
    "openai.chat.prompt": "write 'system-prompt'",
    "class-name": "write 'provider' = 'openai', and the task as the end of the endpoint",
}
"""Hints by key of a model of Flink CDC."""

OLD_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "triton": {"retry-backoff": "retry-initial-backoff"},
    "openai": {"apiKey": "api-key", "api_key": "api-key", "system_prompt": "system-prompt"},
}
"""By identifier, current keys by old keys, and by keys of other dialects, which are not in the deprecated keys of options."""
_DIALECTS: Final[Mapping[tuple[str, str], str]] = {
    ("openai", "apiKey"): "VERA's spelling",
    ("openai", "system_prompt"): "VERA's spelling",
    ("openai-compat", "apiKey"): "VVR's old spelling",
    ("dashscope", "apiKey"): "VVR's old spelling",
    ("bailian", "provider"): "VVR's old name",
}


class DialectProblem(NamedTuple):
    """A problem of an option of another dialect."""

    key: str
    """The key of the option as it is written."""
    problem: Problem


def old_dialect(identifier: str, key: str) -> str:
    """A description of an old key or identifier for a message, such as "VVR's old spelling"."""
    return _DIALECTS.get((identifier, key), "an old spelling")


def unused_task(identifier: str, task: str) -> bool:
    """Whether *task* is the option of VERA that Apache Flink does not need: there, the endpoint determines the task."""
    return identifier == "openai" and task == "completions"


def dialect_problems(identifier: str | None, options: Mapping[str, str], known: Collection[str]) -> Iterator[DialectProblem]:
    """The problems of the options that belong to another dialect.

    Only identifiers of other dialects are checked, because a user-defined factory may have any options.

    Args:
        identifier: the identifier of the provider; None if there is none.
        options: the other options.
        known: the keys of the provider's class, which are not checked; empty if it has none.
    """
    name = (identifier or "").lower()
    if (identifier and name not in _CONFLUENT) or (known and name != "openai"):
        return
    others = {key: value for key, value in options.items() if key not in known}
    found = [*_cdc_options(identifier, others), *_cmf_options(others)]
    taken = {each.key for each in found}
    confluent = [*_confluent_options(name, {key: value for key, value in others.items() if key not in taken})]
    if confluent and name in _CONFLUENT and name != "openai":
        key = next((each.key for each in confluent if each.key.lower() == f"{name}.connection"), "")
        hint = (f"in place of '{name}.connection', " if key else "") + _CONFLUENT[name]
        yield DialectProblem("provider", _problem("provider", "a provider of Apache Flink or VVR", f"Confluent's {name}", hint))
        confluent = [each for each in confluent if each.key != key]
    yield from found
    yield from confluent


def _cdc_options(identifier: str | None, options: Mapping[str, str]) -> Iterator[DialectProblem]:
    for key, value in options.items():
        if instead := _CDC.get(key.lower()):
            yield _option_problem(key, "Flink CDC's", instead)
        elif key == "type" and value == "openai-compatible" and identifier is None:
            yield _option_problem(key, "Flink CDC's openai-compatible", "write 'provider' = 'openai'")


def _cmf_options(options: Mapping[str, str]) -> Iterator[DialectProblem]:
    if (key := "credentials-secret-id") in options:
        yield _option_problem(key, "that of Confluent Manager for Apache Flink", "write 'endpoint' and 'api-key' of the secret")


def _confluent_options(name: str, options: Mapping[str, str]) -> Iterator[DialectProblem]:
    for key, value in options.items():
        prefix, dot, rest = key.lower().partition(".")
        if dot and prefix in _CONFLUENT and (rest in _CONFLUENT_KEYS or prefix == name):
            yield _option_problem(key, "Confluent's", _CONFLUENT_KEYS.get(rest, "leave it out"))
        elif dot and rest == "connection":
            yield _option_problem(key, "Confluent's", "leave it out")
        elif key == "task" and value.lower().replace("-", "_") in _CONFLUENT_TASKS:
            expected = "a task of Apache Flink or VVR"
            is_known = value.lower().replace("-", "_") in ("embedding", "text_generation")
            hint = "the end of the endpoint determines the task" if is_known else "write the task into 'system-prompt'"
            hint = f"leave it out; {hint}"
            yield DialectProblem(key, _problem(key, expected, f"Confluent's {value.lower()}", hint))
        elif key == "type" and value.lower() == "remote":
            yield _option_problem(key, "that of an early proposal", "leave it out")
        elif key == "default_version":
            yield _option_problem(key, "Confluent's", "leave it out; models have no versions")


def _option_problem(key: str, whose: str, hint: str) -> DialectProblem:
    last = key.rpartition(".")[2]
    shown = shown_name(key) if mask_value(last) == last else ""
    return DialectProblem(key, _problem(shown, "an option of Apache Flink or VVR", whose, hint))


def _problem(option: str, expected: str, got: str, hint: str) -> Problem:
    return Problem(option, expected, got=got, hint=hint, code=_OTHER)


def confluent_provider(identifier: str) -> Problem | None:
    """The warning about an identifier that only Confluent has, in a statement without Confluent's options; else None."""
    name = identifier.lower()
    if name not in _CONFLUENT or name == "openai":
        return None
    hint = f"{_CONFLUENT[name]}, unless you have a factory of this name"
    problem = _problem("provider", "a provider of Apache Flink or VVR", f"a name of Confluent's, {name}", hint)
    return attrs.evolve(problem, severity="warning")


def confluent_version(name: str) -> str | None:
    """The name of the model in a name such as ``mood$2`` or ``mood$all``; None if it is not one of Confluent's."""
    found = re.fullmatch(r"(.+)\$(?:[0-9]+|all)", name, re.DOTALL)
    return found[1] if found else None


_CDC_DOCUMENT: Final = re.compile(
    r"(?:\s|#[^\n]*\n|---)*(?:source|sink|transform|route|pipeline)[ \t]*:[ \t]*(?:#[^\n]*)?$", re.MULTILINE
)
_CDC_MODEL: Final = re.compile(r"^[ \t]+model[ \t]*:", re.MULTILINE)


def cdc_problem(script: str) -> tuple[int, Problem] | None:
    """The problem of a YAML file of Flink CDC in place of SQL, and its index; None if the script is no such file."""
    if _CDC_DOCUMENT.match(script) is None:
        return None
    found = _CDC_MODEL.search(script)
    index = script.index("model", found.start()) if found else 0
    hint = "write a CREATE MODEL statement with 'provider' = 'openai', 'endpoint', 'api-key' and 'model' for each model"
    return index, Problem("", "SQL", got="a pipeline of Flink CDC", hint=hint, code=_OTHER)
