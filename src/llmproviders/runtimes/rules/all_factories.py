# SPDX-License-Identifier: Apache-2.0
"""Rules of every factory: keys, types, required options, the task, placeholders, plain http."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, Final

from ...credentials import MASK
from ...errors import Problem, Rejected
from ...messages import listed
from ...similar_names import did_you_mean
from ...syntax.durations import read_duration
from ...syntax.maps import read_map
from ...syntax.scalars import JAVA_BOUNDS, read_boolean, read_double, read_integer
from ...syntax.sql_types import canonical_type
from ..runtime import NAMES, Factory, Runtime, RuntimeOption, runtime
from ..suspect_values import DOCUMENTED, placeholders
from ..view import ALWAYS, Facts, View

__all__ = [
    "check_defects",
    "check_keys",
    "check_metadata",
    "check_placeholders",
    "check_plain_http",
    "check_required",
    "check_task",
    "is_known_key",
    "metadata_hint",
    "placeholder_problems",
    "unknown_key_problem",
]


def check_defects(view: View) -> Iterator[Problem]:
    """The factory has no defect that prevents every model from running. Source: the artifacts, run on PyFlink."""
    if view.factory.defects:
        working = [name for name in NAMES if (other := runtime(name).factories.get(view.facts.identifier)) and not other.defects]
        artifact = view.factory.artifact.partition(":")[2].replace(":", " ")
        yield Problem(
            "provider",
            f"a {view.facts.identifier} factory that works",
            got=f"{artifact}: {', and '.join(view.factory.defects)}",
            hint=f"{view.facts.identifier} is also in {', '.join(working)}",
            code="broken-factory",
        )


def check_keys(view: View) -> Iterator[Problem]:
    """The factory has every key that is given, and Java can read its value.

    On VVR, a key that no known version has is a warning, because Java may have it. A deprecated key is always a warning.
    Source: Flink's ``FactoryUtil`` and ``ConfigurationUtils``, and the factory's options.
    """
    for key, value in view.facts.flat.items():
        if key in ALWAYS:
            continue
        option = view.factory.option(key)
        if option is None:
            if key in view.facts.non_defaults:
                yield unknown_key_problem(view, key)
        elif value != MASK and (expected := _expected_value(option, key, value)):
            yield view.problem(key, expected)
        elif key in option.deprecated_keys:
            yield view.problem(
                key, f"the key {option.key}", got=f"its deprecated name {key}", severity="warning", code="deprecated-key"
            )


def is_known_key(factory: Factory, key: str) -> bool:
    """Whether the factory, or Flink itself, has the key."""
    return key in ALWAYS or factory.option(key) is not None


def unknown_key_problem(view: View, key: str) -> Problem:
    """The problem of a key that the factory does not have."""
    identifier = view.facts.identifier
    elsewhere = [name for name in NAMES if (other := runtime(name).factories.get(identifier)) and is_known_key(other, key)]
    hint = f"{key} is in {', '.join(elsewhere)}" if elsewhere else _similar_key(key, *view.factory.options)
    # The data of VVR is from its Python classes; its Java classes may have more keys.
    is_certain = view.runtime.exhaustive or bool(elsewhere)
    return view.problem(
        key,
        f"an option that {identifier} has on {view.runtime}",
        got="" if is_certain else "one that no class of VVR declares",
        hint=hint or ("leave it out" if is_certain else "it is passed to Java unchecked"),
        severity="error" if is_certain else "warning",
        code="not-on-runtime" if is_certain else "unverified-option",
    )


@lru_cache(maxsize=4_096)
def _similar_key(key: str, *known: str) -> str:
    """The hint with a similar key. It is cached, because many entries of a catalog may inherit the same key."""
    return did_you_mean(key, known)


def _expected_value(option: RuntimeOption, key: str, value: str) -> str:
    """A description of the values that Java accepts, if it does not accept *value*; else an empty string."""
    if option.choices:
        given = value.split(";") if key == "content-types" else [value]
        # Java compares in upper case, which differs from lower case for some letters.
        choices = {choice.upper() for choice in option.choices}
        return "" if all(each.upper() in choices for each in given) else listed(option.choices)
    if key != option.key and key not in option.deprecated_keys:
        return ""  # an entry of a map may be any string
    try:
        _READERS.get(option.type, str)(value)
    except Rejected as error:
        return error.expected
    return ""


def _read_bounded(java: str, value: str) -> None:
    low, high = JAVA_BOUNDS[java]
    if not low <= read_integer(value) <= high:
        raise Rejected(f"a whole number from {low} to {high}")


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "Boolean": read_boolean,
    "Integer": partial(_read_bounded, "Integer"),
    "Long": partial(_read_bounded, "Long"),
    "Double": read_double,
    "Duration": read_duration,
    "Map": read_map,
}
"""Readers of values, by Java type; a type that is not listed accepts any string."""


def check_required(view: View) -> Iterator[Problem]:
    """Every required option is given; the name of the model may be given with the call. Source: ``requiredOptions()``."""
    for option in view.factory.options.values():
        if option.required and not any(key in view.facts.flat for key in (option.key, *option.deprecated_keys)):
            hint = f"{view.facts.identifier} requires it on {view.runtime}"
            if option.key == view.facts.model_key:
                hint += "; give it here, or with the call as model=..."
            yield view.problem(option.key, "a value", got="nothing", hint=hint, code="missing-on-runtime")


def check_metadata(view: View) -> Iterator[Problem]:
    """The factory has the metadata columns of the output, by name, key and type; no physical column has the name of one.

    Source: the model functions of ``flink-model-openai``, at planning. They find metadata columns only by name, and compare
    types exactly.
    """
    known = view.factory.metadata
    for column in view.output or ():
        wanted = known.get(column.name)
        if not column.metadata and wanted:
            expected, hint = "a physical column of another name", f"Flink knows a metadata column by the name {column.name}"
        elif column.metadata and not known:
            expected, hint = "no metadata column", metadata_hint(view.facts.identifier)
        elif column.metadata and (not wanted or column.metadata != column.name):
            expected, hint = f"a metadata column {listed(list(known))}", "its name has to be the key"
        elif column.metadata and canonical_type(column.type) != wanted:
            expected, hint = f"{column.name} of type {wanted}", ""
        else:
            continue
        got = f"{column.name} {canonical_type(column.type)}{' METADATA' if column.metadata else ''}"
        yield Problem("output", expected, got=got, hint=hint, severity=view.severity, code="invalid-columns")


def metadata_hint(identifier: str) -> str:
    """The runtimes whose factory of that identifier has metadata columns, in words."""
    having = [name for name in NAMES if (other := runtime(name).factories.get(identifier)) and other.metadata]
    return f"{identifier} has metadata columns in {', '.join(having) or 'no known runtime'}"


def check_task(view: View) -> Iterator[Problem]:
    """The task of the provider has every option that is given; a warning. Source: the tasks in the metadata of options."""
    task = view.task
    for key, tasks in view.facts.tasks.items():
        if key in view.facts.non_defaults and task is not None and task not in tasks:
            yield view.problem(
                key, f"no such option for task {task}", hint="it is ignored", severity="warning", code="ignored-option"
            )


def check_placeholders(view: View) -> Iterator[Problem]:
    """No value is a placeholder, except ``${secret_values.NAME}`` on VVR, where other placeholders are a warning.

    Source: the documentation of VVR, which resolves placeholders; Apache Flink sends them unchanged.
    """
    yield from placeholder_problems(view.facts, view.runtime)


def placeholder_problems(facts: Facts, runtime: Runtime) -> Iterator[Problem]:
    """The problems of placeholders, also for a factory that the runtime does not have."""
    is_vvr = runtime.name.startswith("vvr-")
    for each in placeholders(facts):
        if not is_vvr:
            yield each.problem("the value itself", "Flink fills in no placeholder; only VVR does", "error", refers=True)
        elif not each.is_documented:
            expected = f"the value itself, or {DOCUMENTED}"
            yield each.problem(expected, "VVR documents no other placeholder", "warning", refers=False)


def check_plain_http(view: View) -> Iterator[Problem]:
    """A key is sent over https, or to this host; a warning. Source: this library; Flink sends keys over plain http too."""
    from urllib.parse import urlsplit

    endpoint = view.value("endpoint") or ""
    key = next((each for each in ("api-key", "auth-token") if each in view.facts.flat), None)
    if key is None or not endpoint.lower().startswith("http://"):
        return
    try:
        host = urlsplit(endpoint).hostname or ""
    except ValueError:
        host = ""
    if host not in ("localhost", "::1") and not host.startswith("127."):
        hint = f"over plain http, {view.facts.names.get(key, key)} is readable on the network"
        yield view.problem("endpoint", "an https URL", hint=hint, severity="warning", code="plain-http")
