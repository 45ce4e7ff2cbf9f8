# SPDX-License-Identifier: Apache-2.0
"""The arguments of rules: the facts of a provider, and its view on a runtime."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal

import attrs

from ..errors import Advice, Problem
from ..messages import shown
from ..syntax.columns import Column
from ..tasks import task_of_endpoint
from .runtime import Factory, Runtime

__all__ = ["ALWAYS", "Facts", "View"]

ALWAYS: Final = ("provider", "property-version")
"""The keys that Flink itself accepts for every provider."""


@attrs.frozen(kw_only=True)
class Facts:
    """The facts of a provider that checks need."""

    identifier: str
    """The identifier of its factory."""
    flat: Mapping[str, str] = attrs.field(repr=False)
    """The options by Java key; a secret that is a reference is the mask."""
    non_defaults: Collection[str]
    """The keys whose values are not defaults of the class."""
    names: Mapping[str, str]
    """Python names of the typed options, by Java key."""
    tasks: Mapping[str, tuple[str, ...]]
    """The tasks that have an option, by Java key; without the options that every task has."""
    hidden: Collection[str]
    """The keys whose values messages must not show."""
    model_key: str
    """The Java key of the model's name."""
    relatives: tuple[str, ...]
    """The identifiers that other runtimes have for the same kind of service."""
    class_tasks: tuple[str, ...]
    """The tasks of its class; empty if the class has no tasks."""

    def problem(
        self,
        key: str,
        expected: str,
        *,
        code: str,
        part: str = "",
        hint: str = "",
        in_document: Advice | None = None,
        got: str | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem of the option *key*, or of a *part* of its value; by default, *got* is the value."""
        name = self.names.get(key, key)
        if got is None:
            got = shown(self.flat[key], hidden=key in self.hidden) if key in self.flat else ""
        key = key if key != name else ""
        name = f"{name}.{part}" if part else name
        return Problem(name, expected, got=got, hint=hint, in_document=in_document, key=key, severity=severity, code=code)


@attrs.frozen(kw_only=True)
class View:
    """The argument of a rule: a provider on a runtime."""

    facts: Facts
    runtime: Runtime
    factory: Factory
    input: tuple[Column, ...] | None
    """The model's input columns; None if they are unknown."""
    output: tuple[Column, ...] | None
    """The model's output columns; None if they are unknown."""

    def value(self, key: str) -> str | None:
        """The string that Java uses for *key*: the provider's value, else Java's default; None if there is neither."""
        option = self.factory.options.get(key)
        return self.facts.flat.get(key, option.default if option else None)

    def problem(
        self,
        key: str,
        expected: str,
        *,
        code: str = "unsupported-value",
        hint: str = "",
        in_document: Advice | None = None,
        got: str | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem of the option *key*; by default, *got* is its value."""
        if got is None and key not in self.facts.flat and (default := self.value(key)) is not None:
            got = shown(default)
        return self.facts.problem(key, expected, code=code, hint=hint, in_document=in_document, got=got, severity=severity)

    @property
    def severity(self) -> Literal["error", "warning"]:
        """The severity of a rule that is derived from Apache's code; VVR's code may differ."""
        return "error" if self.runtime.exhaustive else "warning"

    @property
    def task(self) -> str | None:
        """The task of the provider; None if neither the option ``task`` nor the endpoint determines it."""
        endpoint = self.value("endpoint")
        return self.value("task") or (task_of_endpoint(endpoint) if endpoint else None)
