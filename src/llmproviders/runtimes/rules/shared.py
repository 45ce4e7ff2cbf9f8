# SPDX-License-Identifier: Apache-2.0
"""Rules of several factories."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...errors import Problem
from ...syntax.columns import Column
from ...syntax.sql_types import canonical_type
from ...syntax.urls import expected_url
from ..retries import DEFAULT_TIMEOUT, timeout_problem
from ..suspect_values import base_url_problem, whole_url_advice
from ..view import View

__all__ = ["check_http_url", "check_one_column", "check_service", "check_stop_strings", "check_timeout"]


def check_http_url(view: View) -> Iterator[Problem]:
    """The endpoint is a URL that the HTTP client accepts, and not only the base URL of a service, which is a warning.

    Source: OkHttp, the client in Apache Flink's jars; the documentation of VVR.
    """
    endpoint = view.value("endpoint")
    if endpoint is None or "${" in endpoint:
        return
    if expected := expected_url(endpoint):
        advice = None if "://" in endpoint else whole_url_advice(view.facts, f"https://{endpoint}")
        yield view.problem("endpoint", expected, in_document=advice, severity=view.severity, code="endpoint-url")
    elif problem := base_url_problem(view.facts):
        yield problem


def check_service(view: View) -> Iterator[Problem]:
    """Either an endpoint with its key is given, or a task of the built-in AI service; a warning.

    Source: the classes of VVR, where a task without an endpoint selects that service.
    """
    if "endpoint" not in view.facts.flat and "task" not in view.facts.flat:
        hint = "a task without an endpoint uses the platform's built-in AI service"
        yield view.problem(
            "endpoint",
            "an endpoint with its api_key, or a task",
            got="neither",
            hint=hint,
            severity="warning",
            code="missing-on-runtime",
        )


def check_stop_strings(view: View) -> Iterator[Problem]:
    """Stop strings have no leading or trailing blanks, and are not empty; a warning.

    Source: Java's ``split(",")``, which does not trim, and drops empty strings only at the end.
    """
    stop = view.facts.flat.get("stop")
    if stop is None:
        return
    parts = stop.split(",")
    if any(part != part.strip() for part in parts):
        hint = "Java splits at commas and does not trim"
        yield view.problem("stop", "stop strings without leading or trailing blanks", hint=hint, severity="warning")
    if not all(parts):
        hint = "Java drops empty strings at the end, and sends the others"
        yield view.problem("stop", "no empty stop string", hint=hint, severity="warning")


def check_timeout(view: View) -> Iterator[Problem]:
    """The retries that the provider sets end before ML_PREDICT's default timeout; a warning.

    Source: see `retries`. When the timeout ends, the job fails, even with the fallback IGNORE.
    """
    if problem := timeout_problem(view, DEFAULT_TIMEOUT):
        yield problem


def check_one_column(
    option: str, columns: tuple[Column, ...] | None, types: str, accepts: Callable[[str], bool]
) -> Iterator[Problem]:
    """The model has one physical input or output column, of a type that *accepts* accepts; *types* names these types."""
    expected = f"exactly one column, of type {types}"
    if columns is None:
        return
    physical = [column for column in columns if not column.metadata]
    if len(physical) != 1:
        yield Problem(option, expected, got=f"{len(physical)} columns", code="invalid-columns")
    elif not accepts(found := canonical_type(physical[0].type)):
        hint = "leave NOT NULL out" if accepts(found.removesuffix(" NOT NULL")) else ""
        yield Problem(option, expected, got=f"{physical[0].name} {found}", hint=hint, code="invalid-columns")
