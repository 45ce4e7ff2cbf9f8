# SPDX-License-Identifier: Apache-2.0
"""Warnings about values that are probably wrong on every runtime: placeholders that nothing fills in, and base URLs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal

import attrs

from ..credentials import MASK, is_unfilled, mask_value
from ..errors import Advice, Problem, Rejected, advice_to_write
from ..syntax.json import read_json_flat
from ..syntax.maps import read_map
from ..syntax.urls import expected_url, whole_url
from ..tasks import CHAT, EMBEDDINGS
from .runtime import NAMES, runtime
from .view import Facts

__all__ = [
    "DOCUMENTED",
    "base_url_problem",
    "fills_placeholders",
    "placeholders",
    "suspect_value_problems",
    "whole_url_advice",
]

DOCUMENTED: Final = "${secret_values.NAME}"
"""The placeholder that VVR documents."""
_DOCUMENTED: Final = r"\$\{secret_values\.[^{}]+\}"
_ANY: Final = r"\$\{[^{}]*\}"
_READERS: Final[Mapping[str, Callable[[str], Mapping[str, object]]]] = {
    "extra-header": read_json_flat,
    "custom-headers": read_map,
}
"""Readers of options with headers, by Java key."""
_TEXTS: Final = ("system-prompt", "user-prompt", "extra-body", "default-value", "stop")
"""Options whose values are prose or data, in which a placeholder may be meant literally."""


def fills_placeholders(identifier: str, runtime_name: str | None) -> bool:
    """Whether the runtime fills in placeholders; if it is not known, whether any runtime with the identifier does."""
    names = [name for name in NAMES if name.startswith("vvr-")]
    return runtime_name in names if runtime_name else any(identifier in runtime(name).factories for name in names)


@attrs.frozen
class Placeholder:
    """A value with a placeholder such as ``${NAME}``."""

    facts: Facts
    key: str
    """The Java key of the option."""
    part: str
    """The name of the header; empty if the value is that of the option."""
    string: str
    """The value."""

    @property
    def is_documented(self) -> bool:
        """Whether each placeholder has the form that VVR documents."""
        return all(re.fullmatch(_DOCUMENTED, each) for each in re.findall(_ANY, self.string))

    def problem(self, expected: str, hint: str, severity: Literal["error", "warning"], *, refers: bool) -> Problem:
        """The problem of the placeholder; with *refers*, the hint for a secret is to write a reference."""
        is_alone = is_unfilled(self.string)
        advice = None
        if refers and is_alone and (self.part or self.key in self.facts.hidden):
            variable = re.search(r"\$\{(\w+)\}", self.string, re.ASCII)
            name = self.part or self.facts.names.get(self.key, self.key)
            advice = advice_to_write(name, {"env": variable[1] if variable else "NAME"})
        return self.facts.problem(
            self.key,
            expected,
            part=self.part,
            got=self.string if is_alone else MASK if self.part else None,
            hint=hint,
            in_document=advice,
            severity=severity,
            code="unfilled-placeholder",
        )


def placeholders(facts: Facts) -> Iterator[Placeholder]:
    """The placeholders in the options. In an option with prose or data, only a value that is a placeholder as a whole counts."""
    for key, value in facts.flat.items():
        if "${" not in value:
            continue
        for part, string in _parts(key, value):
            if re.search(_ANY, string) and (is_unfilled(string) or key not in _TEXTS):
                yield Placeholder(facts, key, part, string)


def _parts(key: str, value: str) -> Iterator[tuple[str, str]]:
    """The names and values of headers; for any other option, an empty name and the value."""
    try:
        headers = _READERS[key](value) if key in _READERS else {"": value}
    except Rejected:
        headers = {"": value}
    for name, item in headers.items():
        yield from ((name, each) for each in (item if isinstance(item, list) else [item]) if isinstance(each, str))


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
    endpoint = facts.flat.get("endpoint", "")
    if CHAT not in facts.class_tasks or "endpoint" not in facts.names or "@" in base or mask_value(endpoint) != endpoint:
        # A string that messages mask may be an API key.
        return None
    is_embedding = EMBEDDINGS in facts.class_tasks and "embed" in facts.flat.get(facts.model_key, "").lower()
    url = whole_url(base, f"/{EMBEDDINGS if is_embedding else CHAT}")
    return None if url is None else advice_to_write("endpoint", url)


def suspect_value_problems(facts: Facts) -> Iterator[Problem]:
    """Warnings for a provider whose runtime is not known."""
    is_on_vvr = fills_placeholders(facts.identifier, None)
    for each in placeholders(facts):
        if not (each.is_documented and is_on_vvr):
            expected = f"the value itself, or {DOCUMENTED} on VVR" if is_on_vvr else "the value itself"
            yield each.problem(expected, "nothing fills in this placeholder", "warning", refers=True)
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
