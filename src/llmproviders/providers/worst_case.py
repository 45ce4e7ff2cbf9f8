# SPDX-License-Identifier: Apache-2.0
"""The worst case of a row with a provider: how many requests, and how long."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from ..errors import Problem, Rejected, invalid
from ..fields.converters import duration
from ..messages import shown
from ..runtimes.retries import DEFAULT_TIMEOUT, WorstCase, retries_of, timeout_problem
from ..runtimes.runtime import NAMES, Runtime
from ..runtimes.runtime import runtime as runtime_named
from ..runtimes.view import View
from ..syntax.durations import read_duration
from .on_runtime import facts_of

__all__ = ["retries_problem", "worst_case"]


def worst_case(provider: Any, timeout: str | timedelta | None, runtime: str | Runtime | None) -> WorstCase:
    """The worst case of a row. The defaults are Flink's timeout, and the newest released runtime with the identifier."""
    subject, identifier = f"{type(provider).__name__}.worst_case", provider.provider_name()
    try:
        seconds = DEFAULT_TIMEOUT if timeout is None else _seconds(duration(timeout) or "")
    except Rejected as error:
        got = shown(timeout, with_type=error.is_type)
        problem = Problem("timeout", error.expected, got=got, hint=error.hint, is_type=error.is_type)
        raise invalid(subject, [problem]) from None
    if runtime is None:
        released = [each for each in map(runtime_named, NAMES) if each.released and identifier in each.factories]
        runtime = released[-1] if released else NAMES[0]
    runtime = runtime_named(runtime)
    if identifier not in runtime.factories:
        provider = provider.for_runtime(runtime)
    view = _view(provider, runtime)
    retries = None if view is None else retries_of(view)
    if retries is None:
        expected = "the identifier of a factory whose retries are known (openai, triton, openai-compat, dashscope)"
        raise invalid(subject, [Problem("provider", expected, got=shown(identifier), code="unchecked-factory")])
    return retries.worst_case(seconds)


def retries_problem(provider: Any, runtime: Runtime, timeout: str) -> Problem | None:
    """The warning of `timeout_problem`, for a timeout of ML_PREDICT in Flink's syntax."""
    view = _view(provider, runtime)
    try:
        return None if view is None else timeout_problem(view, _seconds(timeout))
    except Rejected:
        return None  # Flink reports it


def _view(provider: Any, runtime: Runtime) -> View | None:
    factory = runtime.factories.get(provider.provider_name())
    if factory is None:
        return None
    return View(facts=facts_of(provider), runtime=runtime, factory=factory, input=None, output=None)


def _seconds(timeout: str) -> float:
    """The seconds of ML_PREDICT's timeout; 0 means that there is none. Source: Flink's AsyncWaitOperator, run."""
    return read_duration(timeout) / 1_000_000_000 or math.inf
