# SPDX-License-Identifier: Apache-2.0
"""A provider on a runtime: the checks of a provider, and `for_runtime`.

`base` imports this module at its first use, because few processes need a runtime, and importing the checks takes as long as
describing a class of 25 options.
"""

from __future__ import annotations

from typing import Any

from ..errors import InvalidOptionsError, Problem, invalid
from ..fields.compiled import compiled, construct
from ..fields.metadata import is_hidden
from ..fields.spec import EXTRAS
from ..runtimes.checks import key_errors, lost_option, problems, unknown_defaults
from ..runtimes.runtime import Runtime
from ..runtimes.runtime import runtime as runtime_named
from ..runtimes.suspect_values import suspect_value_problems
from ..runtimes.view import ALWAYS, Facts
from ..secrets import MaskedText, Secret
from ..syntax.columns import Columns, columns
from ..tasks import task_of_endpoint
from .derive import non_defaults
from .flatten import align, flatten_as

__all__ = ["check", "errors_and_unknown_defaults", "for_runtime", "warnings_without_runtime"]


def check(
    provider: Any,
    runtime: str | Runtime,
    *,
    input: Columns | None,  # noqa: A002
    output: Columns | None,
) -> tuple[Problem, ...]:
    """The problems of a provider on a runtime.

    Args:
        provider: the provider.
        runtime: the distribution of Flink, or its name.
        input: the model's input columns, if they are known.
        output: the model's output columns, if they are known.
    """
    input_columns = None if input is None else columns(input)
    output_columns = None if output is None else columns(output, "output")
    facts = facts_of(provider)
    found = problems(facts, runtime_named(runtime), input=input_columns, output=output_columns)
    if input_columns is not None:
        try:
            align(provider, dict(facts.flat), [column.name for column in input_columns])
        except InvalidOptionsError as error:
            found += error.problems
    return found


def warnings_without_runtime(provider: Any) -> tuple[Problem, ...]:
    """The warnings for a provider whose runtime is not known."""
    return tuple(suspect_value_problems(facts_of(provider)))


def errors_and_unknown_defaults(provider: Any, runtime: str | Runtime) -> tuple[list[Problem], frozenset[str]]:
    """The errors of a provider on a runtime, and the keys of its defaults that the runtime does not know."""
    runtime = runtime_named(runtime)
    errors = [problem for problem in provider.check(runtime) if problem.severity == "error"]
    return errors, unknown_defaults(facts_of(provider), runtime)


def facts_of(provider: Any) -> Facts:
    """The facts of a provider that the checks need."""
    infos, given = compiled(type(provider)).description.infos, non_defaults(provider)
    keys = {key: info for info in infos for key in (info.key, info.sequence_key) if key}
    hidden = {key for key, info in keys.items() if is_hidden(info)}
    return Facts(
        identifier=provider.provider_name(),
        flat=flatten_as(provider, _known_string),
        non_defaults=frozenset(key for key, info in keys.items() if info.name in given) | provider.extra_options.keys(),
        names={key: info.name for key, info in keys.items()},
        tasks={key: info.tasks for key, info in keys.items() if info.tasks},
        hidden=hidden | {key for key, extra in provider.extra_options.items() if type(extra) is not str},
        model_key=provider.model_option_key(),
        relatives=tuple(each.identifier for each in _relatives(type(provider))),
        class_tasks=type(provider).tasks,
    )


def _known_string(value: Secret | MaskedText) -> str:
    """The string of a literal secret; the masked form of a reference, and a placeholder unchanged."""
    return str(value) if value.is_reference or (isinstance(value, Secret) and value.source != "text") else value.reveal()


def _relatives(cls: Any) -> tuple[Any, ...]:
    """The related classes of a class; a subclass with another identifier does not inherit them."""
    owner = next(base for base in cls.__mro__ if "relatives" in vars(base))
    return cls.relatives if getattr(owner, "identifier", None) == cls.identifier else ()


def for_runtime(provider: Any, runtime: str | Runtime) -> Any:
    """The provider to use on a runtime in place of this one.

    Raises:
        InvalidOptionsError: if options would be lost, or the runtime has no provider for the same kind of service.
        UnknownRuntimeError: if there is no such runtime.
    """
    runtime, own = runtime_named(runtime), type(provider)
    cls = next((each for each in _relatives(own) if each.identifier in runtime.factories), own)
    if cls is own or provider.provider_name() in runtime.factories:
        return _without_unknown_defaults(provider, runtime)
    return _as_related_class(provider, cls, runtime)


def _without_unknown_defaults(provider: Any, runtime: Runtime) -> Any:
    """The provider without the defaults that the runtime does not know."""
    facts = facts_of(provider)
    if found := key_errors(facts, runtime):
        raise invalid(type(provider).__name__, found)
    return provider.with_(**dict.fromkeys(facts.names[key] for key in unknown_defaults(facts, runtime)))


def _as_related_class(provider: Any, cls: Any, runtime: Runtime) -> Any:
    """The provider of another class with the same options."""
    subject = type(provider).__name__
    task = getattr(provider, "task", None) or task_of_endpoint(getattr(provider, "endpoint", None) or "")
    if task is not None and task not in cls.tasks:
        expected = f"a task that {cls.identifier} has ({', '.join(cls.tasks)})"
        raise invalid(subject, [Problem("task", expected, got=task, hint=f"{runtime} has no other", code="unknown-task")])
    facts, factory, specs = facts_of(provider), runtime.factories[cls.identifier], compiled(cls).description.specs
    given: dict[str, Any] = {}
    extras: dict[str, Any] = {}
    found: list[Problem] = []
    for key in facts.flat:
        name, option = facts.names.get(key, key), factory.option(key)
        if name in specs and option is not None:
            if key in facts.non_defaults or option.default != facts.flat[key]:
                given[name] = getattr(provider, name)
        elif key in provider.extra_options and (option is not None or key in ALWAYS):
            extras[key] = provider.extra_options[key]
        elif key in facts.non_defaults:
            found.append(lost_option(facts, key, cls.identifier, runtime))
    try:
        new = construct(cls, {**given, EXTRAS: extras})
    except InvalidOptionsError as error:
        raise invalid(subject, [*found, *error.problems]) from None
    if found:
        raise invalid(subject, found)
    return new
