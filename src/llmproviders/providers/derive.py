# SPDX-License-Identifier: Apache-2.0
"""Variants of a provider: the values that are not defaults, and the changes for another model or task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import singledispatch
from itertools import islice
from typing import Any, Final, TypeVar

from ..errors import Advice, Problem, Rejected, invalid
from ..fields.compiled import compiled
from ..fields.spec import EXTRAS
from ..messages import shown
from ..secrets import reveal
from ..similar_names import did_you_mean
from ..tasks import endpoint_for_task, task_of_endpoint

__all__ = [
    "changes_of",
    "defaults_of",
    "model_changes",
    "no_task",
    "non_defaults",
    "not_for_task",
    "task_defaults",
    "to_task",
    "with_model",
]

_Provider = TypeVar("_Provider", bound=Any)


def non_defaults(provider: Any) -> dict[str, Any]:
    """The fields whose values are not the defaults of the class, by name; extra options are last."""
    specs = compiled(type(provider)).description.specs
    found = {name: (getattr(provider, name, None), spec.default) for name, spec in specs.items()}
    # 1 and 1.0 are equal, but written differently.
    return {
        name: value
        for name, (value, default) in found.items()
        if value is not default and (value != default or repr(value) != repr(default))
    }


def changes_of(subject: str, overrides: object) -> dict[str, Any]:
    """The overrides of a call, as arguments of `with_`.

    Raises:
        InvalidOptionsError: if they are not a mapping with names as keys.
    """
    if overrides is None:
        return {}
    if not isinstance(overrides, Mapping):
        expected = "a mapping of Python names to values"
        raise invalid(subject, [Problem("overrides", expected, got=shown(overrides), is_type=True)])
    if others := [key for key in overrides if not isinstance(key, str)]:
        raise invalid(
            subject, [Problem("overrides", "names that are str", got=shown(key, with_type=True), is_type=True) for key in others]
        )
    return dict(overrides)


def defaults_of(cls: Any, extra_options: Mapping[str, Any], names: Iterable[object]) -> dict[str, Any]:
    """The changes that reset the named options of a class to their defaults, and remove the named extra options.

    Raises:
        InvalidOptionsError: if a name is neither an option of the class nor an extra option, or the option is required.
    """
    description = compiled(cls).description
    options = {spec.parameter: spec for spec in description.specs.values() if spec.attribute.init}
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    extras = dict(extra_options)
    for given in names:
        if not isinstance(given, str):
            problems.append(Problem("", "names that are str", got=shown(given), is_type=True))
            continue
        name = str.__str__(given)
        if name in options and options[name].required:
            problems.append(
                Problem(name, "a value", hint="it is required and has no default to go back to", code="missing-option")
            )
        elif name in options:
            changes[name] = options[name].fresh_default()
        elif name in extras:
            del extras[name]
        else:
            expected = f"the name of an option or extra of this {description.subject}"
            # Each name is compared to at most 100 extra options, because there may be thousands of both.
            known = [*options, *islice(extras, 100)]
            problems.append(Problem(name, expected, hint=did_you_mean(name, known), code="unknown-option"))
    if problems:
        raise invalid(description.subject, problems)
    return {EXTRAS: extras, **changes}


def model_changes(provider: Any, model: str | None) -> dict[str, Any]:
    """The changes that set the name of the model; none if it is None."""
    if model is None:
        return {}
    key = provider.model_option_key()
    for spec in compiled(type(provider)).description.specs.values():
        if spec.info is not None and spec.info.key == key:
            return {spec.parameter: model}
    return {EXTRAS: {**provider.extra_options, key: model}}


def with_model(provider: _Provider, model: str | None) -> _Provider:
    """The provider with *model* as the model's name; the same provider if it is None."""
    if model is None:
        return provider
    variant: _Provider = provider.with_(**model_changes(provider, model))
    return variant


@singledispatch
def _task_defaults(values: object, task: str) -> dict[str, Any]:
    return {}


register_task_defaults: Final = _task_defaults.register
"""A decorator that registers the function that `task_defaults` calls for a class."""


def task_defaults(cls: Any, values: Mapping[str, Any], task: str) -> dict[str, Any]:
    """New values for options whose default is not valid for *task*."""
    function: Callable[[Mapping[str, Any], str], dict[str, Any]] = _task_defaults.dispatch(cls)
    return function(values, task)


def to_task(cls: Any, given: Mapping[str, Any], task: Any, changes: dict[str, Any]) -> list[Problem]:
    """Add the changes that move a provider to *task* to *changes*, and return the problems that prevent the move.

    Args:
        cls: the class of the provider.
        given: its values that are not defaults, by name of the field.
        task: the task.
        changes: other changes.
    """
    specs = compiled(cls).description.specs
    if not isinstance(task, str) or task not in cls.tasks:
        return [no_task(cls, task)]
    if changes.get("task", task) != task:
        return [
            Problem(
                "task", f"no other task than {task}", got=shown(changes["task"]), hint="leave it out", code="conflicting-options"
            )
        ]
    values = {**{name: spec.default for name, spec in specs.items()}, **given}
    endpoint = changes.get("endpoint", values.get("endpoint"))
    if isinstance(endpoint, str):
        endpoint = reveal(endpoint)
        try:
            moved = endpoint_for_task(endpoint, task)
        except Rejected as error:
            return [Problem("endpoint", error.expected, got=shown(endpoint), hint=error.hint)]
        if "endpoint" in changes and moved != endpoint:
            got = f"one of task {task_of_endpoint(endpoint)}"
            return [Problem("endpoint", f"an endpoint of task {task}", got=got, code="conflicting-options")]
        changes["endpoint"] = moved
        if values.get("task") is not None:
            changes.setdefault("task", task)
    else:
        changes["task"] = task
    for name, value in task_defaults(cls, values, task).items():
        changes.setdefault(name, value)
    # Defaults are not checked: an option that the new task does not have may keep its default.
    return not_for_task(cls, task, {**given, **changes})


def not_for_task(cls: Any, task: str, values: Mapping[str, Any]) -> list[Problem]:
    """The problems of *values* of options that a task does not have."""
    return [
        Problem(
            name,
            f"no such option for task {task}",
            got=shown(values[name], hidden=spec.is_hidden),
            hint=f"pass {name}=None to drop it",
            in_document=Advice("write {} to drop it", (("omit", [name]),)),
            code="not-for-task",
        )
        for name, spec in compiled(cls).description.specs.items()
        if spec.info and spec.info.tasks and task not in spec.info.tasks and values.get(name) is not None
    ]


def no_task(cls: Any, task: object) -> Problem:
    """The problem of a task that the class does not have."""
    name = cls.__name__
    expected = f"a task of {name} ({', '.join(cls.tasks)})" if cls.tasks else "a provider that has tasks"
    return Problem(
        "task",
        expected,
        got=shown(task),
        hint=did_you_mean(task, cls.tasks) if isinstance(task, str) else "",
        code="unknown-task",
    )
