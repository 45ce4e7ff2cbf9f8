# SPDX-License-Identifier: Apache-2.0
"""Rules of the factory ``triton`` of Apache Flink and VVR."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from ...errors import Problem, Rejected
from ...syntax.durations import read_duration
from ...syntax.maps import read_map
from ...syntax.scalars import read_integer
from ...syntax.sql_types import canonical_type
from ...syntax.urls import expected_url
from ..view import View
from .shared import check_one_column

__all__ = ["check_columns", "check_default", "check_model_version", "check_requests", "check_retries", "check_sequence"]

_SCALARS: Final = ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING", "VARCHAR")
_MAX_TIMEOUT: Final = (2**31 - 1) * 1_000_000
"""The longest timeout in nanoseconds; the HTTP client of the jar stores milliseconds in a Java int."""


def check_model_version(view: View) -> Iterator[Problem]:
    """The model has a version number.

    Source: Flink writes the version into the URL, also its default ``latest``, and Triton answers 404.
    """
    if view.value("model-version") == "latest":
        hint = "Flink sends 'latest' as the version, and Triton answers 404"
        got = None if "model-version" in view.facts.non_defaults else "its default 'latest'"
        yield view.problem("model-version", "a version number, such as '1'", got=got, hint=hint)


def check_columns(view: View) -> Iterator[Problem]:
    """The model has one input and one output column, of a type of Triton's tensors or an ARRAY of such a type.

    Source: the model function of ``flink-model-triton``, without the defect of 2.3.0 that refuses every column.
    """
    types = f"{', '.join(_SCALARS)}, or an ARRAY of one of them"
    yield from check_one_column("input", view.input, types, _is_tensor_type)
    yield from check_one_column("output", view.output, types, _is_tensor_type)


def _is_tensor_type(sql: str) -> bool:
    element = sql.removesuffix(" NOT NULL")
    if element.startswith("ARRAY<"):
        element = element[len("ARRAY<") : -1].removesuffix(" NOT NULL")
    return element.partition("(")[0] in _SCALARS


def check_retries(view: View) -> Iterator[Problem]:
    """With retries, the first delay is more than 0, and the longest delay is at least the first.

    Source: the factory of Flink 2.4, at planning.
    """
    keys = ("max-retries", "retry-initial-backoff", "retry-max-backoff")
    try:
        retries = read_integer(view.value(keys[0]) or "0")
        first, longest = (read_duration(view.value(key) or "0") for key in keys[1:])
    except Rejected:
        return  # check_keys reports it
    if retries > 0 and first == 0:
        yield view.problem(keys[1], "more than 0 if max-retries is more than 0", severity=view.severity)
    elif retries > 0 and longest < first:
        yield view.problem(keys[2], f"at least retry-initial-backoff ({view.value(keys[1])})", severity=view.severity)


def check_sequence(view: View) -> Iterator[Problem]:
    """The flags of a sequence are given only with its ID. An ID is a warning, because Flink sends it as the ID of the request.

    Source: the requests that the jar sends, and Triton's answers.
    """
    if view.value("sequence-id") is not None:
        hint = "Flink sends it as the request ID, and Triton refuses sequence requests without a correlation ID"
        yield view.problem("sequence-id", "a model without sequences", hint=hint, severity="warning")
        return
    for key in ("sequence-id-auto-increment", "sequence-start", "sequence-end"):
        if (view.value(key) or "").lower() == "true":
            severity = view.severity if key == "sequence-id-auto-increment" else "warning"
            yield view.problem(
                "sequence-id", f"a value because {key} is true", got="nothing", severity=severity, code="missing-on-runtime"
            )
            return


def check_requests(view: View) -> Iterator[Problem]:
    """The HTTP client of the jar can send a request. Flink accepts other values at planning, and then the first row fails.

    The endpoint is a URL without query string and fragment, the timeout at most 2147483647 ms, the compression gzip, and
    headers are ASCII strings. Either ``custom-headers`` is given or its single entries. Source: OkHttp and the jar of 2.3.0.
    """
    endpoint = view.value("endpoint") or ""
    if expected := expected_url(endpoint):
        yield view.problem("endpoint", expected, code="endpoint-url")
    elif "?" in endpoint or "#" in endpoint:
        hint = "Flink appends the model's path to the whole URL"
        yield view.problem("endpoint", "a URL without a query string or fragment", hint=hint, code="endpoint-url")
    try:
        timeout = read_duration(view.value("timeout") or "0")
    except Rejected:
        timeout = 0  # check_keys reports it
    if timeout > _MAX_TIMEOUT:
        yield view.problem("timeout", "at most 2147483647 ms")
    compression = view.value("compression")
    if compression is not None and compression.lower() != "gzip":
        yield view.problem("compression", "gzip")
    yield from _check_headers(view)


def _check_headers(view: View) -> Iterator[Problem]:
    entries = {key: value for key, value in view.facts.flat.items() if key.startswith("custom-headers.")}
    headers = {key.removeprefix("custom-headers."): value for key, value in entries.items()}
    given = view.value("custom-headers")
    if given is not None:
        for key in entries:
            hint = "Flink ignores the entries if custom-headers is set"
            yield view.problem(
                key, "either custom-headers or its entries", hint=hint, got="both", severity="warning", code="ignored-option"
            )
        try:
            headers = read_map(given)
        except Rejected:
            headers = {}  # check_keys reports it
    if not all(name and name.isascii() and name.isprintable() and " " not in name for name in headers):
        yield view.problem("custom-headers", "header names of ASCII characters without blanks", got="other characters")
    if not all(value.isascii() and value.replace("\t", "").isprintable() for value in headers.values()):
        yield view.problem("custom-headers", "header values of ASCII characters", got="other characters")


def check_default(view: View) -> Iterator[Problem]:
    """The default value is JSON of the output's type; a STRING accepts any string, and ``null`` is SQL NULL.

    Source: the model function of Flink 2.4, which reads it when a task opens.
    """
    default = view.value("default-value")
    if default in (None, "null") or view.output is None or len(view.output) != 1:
        return
    kind = canonical_type(view.output[0].type).removesuffix(" NOT NULL")
    if kind.startswith(("STRING", "VARCHAR")):
        return
    try:
        value = json.loads(str(default))
    except ValueError:
        value = None
    if value is None or (kind.startswith("ARRAY") and not isinstance(value, list)):
        wanted = "a JSON array" if kind.startswith("ARRAY") else "JSON"
        yield view.problem("default-value", f"{wanted}, or null, for an output of type {kind}", severity=view.severity)
