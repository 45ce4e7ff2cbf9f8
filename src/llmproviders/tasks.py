# SPDX-License-Identifier: Apache-2.0
"""The tasks of OpenAI-compatible services, and the endpoint path of each."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from .errors import Rejected
from .secrets import reveal

__all__ = ["ASR", "CHAT", "EMBEDDINGS", "MULTIMODAL", "ContentType", "Task", "endpoint_for_task", "task_of_endpoint"]

Task = Literal["chat/completions", "embeddings", "multimodal-embedding", "audio/asr/transcription"]
ContentType = Literal["TEXT", "IMAGE_URL", "AUDIO_BYTES", "AUDIO_URL", "MULTI_IMAGE_URLS"]

CHAT: Final = "chat/completions"
EMBEDDINGS: Final = "embeddings"
MULTIMODAL: Final = "multimodal-embedding"
ASR: Final = "audio/asr/transcription"

_SUFFIXES: Final = {
    CHAT: "chat/completions",
    EMBEDDINGS: "embeddings",
    MULTIMODAL: "services/embeddings/multimodal-embedding/multimodal-embedding",
    ASR: "services/audio/asr/transcription",
}
# On DashScope, the first two tasks have one base path, and the last two have another.
_COMPATIBLE: Final = "/compatible-mode/v1/"
_NATIVE: Final = "/api/v1/"
_BASE: Final = {CHAT: _COMPATIBLE, EMBEDDINGS: _COMPATIBLE, MULTIMODAL: _NATIVE, ASR: _NATIVE}


def task_of_endpoint(endpoint: str) -> Task | None:
    """The task whose path is at the end of *endpoint*, in any letter case and with or without slashes after it; else None."""
    # An endpoint with credentials is not cached.
    return _cached_task_of(endpoint) if type(endpoint) is str else _task_of(reveal(endpoint))


def _task_of(endpoint: str) -> Task | None:
    path = endpoint.rstrip("/").lower()
    task: Task
    for task in (CHAT, EMBEDDINGS, MULTIMODAL, ASR):
        if path.endswith(_SUFFIXES[task]):
            return task
    return None


_cached_task_of = lru_cache(maxsize=256)(_task_of)


def endpoint_for_task(endpoint: str, task: str) -> str:
    """*endpoint* with the path of *task* in place of the path of its own task.

    Raises:
        Rejected: if the URL of *task* cannot be derived from the endpoint.
    """
    old = _task_of(endpoint)
    if old == task:
        return endpoint
    hint = f"give the endpoint of the service's {task} API"
    if old is None or task not in _SUFFIXES:
        raise Rejected(f"an endpoint that ends with {' or '.join(_SUFFIXES[each] for each in (CHAT, EMBEDDINGS))}", hint=hint)
    trimmed = endpoint.rstrip("/")
    before = trimmed[: -len(_SUFFIXES[old])]
    if _BASE[old] != _BASE[task]:
        # The other base path is known only for DashScope's own paths.
        found = re.fullmatch(rf"([^/]+//[^/?#]+){re.escape(_BASE[old])}", before)
        if found is None:
            raise Rejected(f"an endpoint of DashScope, whose path is {_BASE[old]}{_SUFFIXES[old]}", hint=hint)
        before = found[1] + _BASE[task]
    return before + _SUFFIXES[task]
