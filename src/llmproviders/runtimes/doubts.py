# SPDX-License-Identifier: Apache-2.0
"""Values that are probably not the intended ones, whatever the runtime: placeholders that nothing fills in, and base URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..credentials import is_placeholder, is_unfilled
from ..errors import Advice, Problem, writing
from ..syntax.urls import expected_url, whole_url
from ..tasks import CHAT, EMBEDDINGS
from .runtime import NAMES, runtime
from .view import Facts

__all__ = ["DOCUMENTED", "base_url_problem", "doubts", "placeholder_advice", "placeholders", "whole_url_advice"]

DOCUMENTED: Final = "${secret_values.NAME}"
"""The placeholder that VVR documents."""
_DOCUMENTED: Final = r"\$\{secret_values\.[^{}]+\}"
_TEXTS: Final = ("system-prompt", "user-prompt", "extra-body", "default-value", "stop")
"""Options whose values are prose or data, in which a placeholder may be meant literally."""


def placeholders(facts: Facts) -> Iterator[tuple[str, bool]]:
    """The keys of the options with a placeholder, and whether each placeholder has the form that VVR documents."""
    for key, value in facts.flat.items():
        found = re.findall(r"\$\{[^{}]*\}", value)
        if found and (key not in _TEXTS or is_unfilled(value)):
            yield key, all(re.fullmatch(_DOCUMENTED, each) for each in found)


def placeholder_advice(facts: Facts, key: str) -> Advice | None:
    """The advice to write a reference in place of the placeholder of a secret; None for another option."""
    found = re.fullmatch(r"\$\{(\w+)\}", facts.flat[key], re.ASCII)
    if key not in facts.hidden or not is_placeholder(facts.flat[key]):
        return None
    return writing(facts.names.get(key, key), {"env": found[1] if found else "NAME"})


def base_url_problem(facts: Facts) -> Problem | None:
    """The problem of an endpoint that is probably only the base URL of a service; a warning."""
    endpoint = facts.flat.get("endpoint", "")
    if whole_url_advice(facts, endpoint) is None or not endpoint.lower().startswith(("http://", "https://")):
        return None
    return facts.problem(
        "endpoint",
        "the whole URL of the service",
        hint="write the whole path, such as .../v1/chat/completions",
        in_document=whole_url_advice(facts, endpoint),
        severity="warning",
        code="endpoint-url",
    )


def whole_url_advice(facts: Facts, base: str) -> Advice | None:
    """The advice to write the whole URL of the model in place of a base URL; None if *base* is not one."""
    if CHAT not in facts.class_tasks or "endpoint" not in facts.names or "@" in base:
        return None
    is_embedding = EMBEDDINGS in facts.class_tasks and "embed" in facts.flat.get(facts.model_key, "").lower()
    url = whole_url(base, f"/{EMBEDDINGS if is_embedding else CHAT}")
    return None if url is None else writing("endpoint", url)


def doubts(facts: Facts) -> Iterator[Problem]:
    """Warnings for a provider whose runtime is not known."""
    is_on_vvr = any(facts.identifier in runtime(name).factories for name in NAMES if name.startswith("vvr-"))
    for key, is_documented in placeholders(facts):
        if not (is_documented and is_on_vvr):
            got = facts.flat[key] if is_placeholder(facts.flat[key]) else None
            expected = f"the value itself, or {DOCUMENTED} on VVR" if is_on_vvr else "the value itself"
            yield facts.problem(
                key,
                expected,
                got=got,
                hint="nothing fills in this placeholder",
                in_document=placeholder_advice(facts, key),
                severity="warning",
                code="unfilled-placeholder",
            )
    endpoint = facts.flat.get("endpoint")
    if endpoint is None or "endpoint" not in facts.names or "${" in endpoint:
        return
    if "://" not in endpoint and (expected := expected_url(endpoint)):
        advice = whole_url_advice(facts, f"https://{endpoint}")
        yield facts.problem("endpoint", expected, in_document=advice, severity="warning", code="endpoint-url")
    elif expected := expected_url(endpoint):
        yield facts.problem("endpoint", expected, severity="warning", code="endpoint-url")
    elif problem := base_url_problem(facts):
        yield problem
