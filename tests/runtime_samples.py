# SPDX-License-Identifier: Apache-2.0
"""Providers and runtimes for the tests of `tests/runtimes`, and how a case of a check is compared."""

from __future__ import annotations

from typing import Any

from llmproviders import OpenAICompatProvider, OpenAIProvider, Provider, TritonProvider
from llmproviders.runtimes.runtime import list_runtimes, runtime

RUNTIMES = [runtime(name) for name in list_runtimes()]
CHAT = OpenAIProvider("https://api.example.com/v1/chat/completions", "k", model="gpt-4o")
COMPAT = OpenAICompatProvider(endpoint="https://api.example.com/v1/chat/completions", api_key="k", model="gpt-4o")
TRITON = TritonProvider("https://triton.example.com", model_name="m", model_version="1")

Case = tuple[Provider, str, dict[str, Any], list[str]]
"""A provider, a runtime, further arguments of `check`, and every problem that it finds; a warning begins with "!"."""


def found(case: Case) -> list[str]:
    """The problems that the check of a case finds, written as in the case."""
    provider, name, arguments, _ = case
    return ["!" * (problem.severity == "warning") + str(problem) for problem in provider.check(name, **arguments)]
