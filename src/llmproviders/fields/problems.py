# SPDX-License-Identifier: Apache-2.0
"""The problems of a call that failed, found by a second pass over its arguments; this pass never returns a provider."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..boundary import error_for_caller
from ..credentials import MASK, mask_value, one_line
from ..errors import InvalidOptionsError, Problem, ProviderError, Rejected, invalid
from ..messages import shown
from ..secrets import known_strings
from .description import Description, Rule
from .extras import NO_EXTRAS, ExtraOptions, extra_value
from .spec import EXTRAS, Spec

__all__ = ["accept_argument", "collect", "explain", "message_of", "problem_of"]


def explain(
    description: Description, base: Any, instance: Any, values: tuple[Any, ...], more: Mapping[str, Any], failure: Exception
) -> Exception:
    """The exception to raise for a call that failed.

    Args:
        description: the class of the call.
        base: the provider whose `with_` was called; None for the constructor.
        instance: the provider that was being filled.
        values: the arguments in the order of the parameters, including those that were not given.
        more: the arguments that are not parameters.
        failure: the exception of the first pass; it is raised if this pass finds no problem.
    """
    # Freeze it again: a user-defined constructor may have kept it.
    object.__setattr__(instance, "__class__", description.cls)
    if isinstance(failure, Warning):
        # The user has configured warnings as errors.
        return error_for_caller(failure, description.subject)
    try:
        return _explanation(description, base, instance, values, more, failure)
    except Exception as error:  # noqa: BLE001
        return error_for_caller(error, description.subject)


def _explanation(
    description: Description, base: Any, instance: Any, values: tuple[Any, ...], more: Mapping[str, Any], failure: Exception
) -> Exception:
    given = {
        spec.name: value
        for spec, value in zip(description.parameters, values, strict=True)
        if value is not (spec.parameter_default if base is None else attrs.NOTHING)
    }
    problems = collect(description, given, more, base=base, instance=instance)
    if not problems:
        problems = _of_instance(description, instance)
    if not problems:
        if isinstance(failure, ProviderError):
            return error_for_caller(failure, description.subject)
        got = f"{type(failure).__name__} ({message_of(failure, _secrets(description, instance))})"
        expected = f"values that {_hook(failure) or 'the class itself'} accepts"
        problems = [Problem("", expected, got=got, is_type=isinstance(failure, TypeError))]
    # A name of another client is only a warning in a call that succeeds. Here it may explain why an option is missing.
    known = {problem.option for problem in problems}.union(() if base is None else base.extra_options)
    for name, value in more.items():
        if value is not None and name not in known and (hint := description.advice(name)):
            problems.append(
                Problem(name, f"an option of {description.subject}", got="an unknown name", hint=hint, code="unknown-option")
            )
    return invalid(description.subject, problems)


def _hook(failure: Exception) -> str:
    """The name of the attrs hook that failed, such as ``__attrs_post_init__``; empty if no hook failed."""
    from traceback import walk_tb

    names = [frame.f_code.co_name for frame, _ in walk_tb(failure.__traceback__)]
    return next((name for name in names if name in ("__attrs_pre_init__", "__attrs_post_init__")), "")


def collect(
    description: Description,
    given: Mapping[str, Any],
    more: Mapping[str, Any],
    *,
    base: Any = None,
    instance: Any = None,
    bad: Collection[str] = (),
) -> list[Problem]:
    """Every problem of arguments.

    Args:
        description: the class.
        given: values by name of the field.
        more: values by names that are not options.
        base: the provider that has the values of the other options; None if these are the defaults of the class.
        instance: the provider that the first pass was filling. Its values are not accepted a second time, because an iterator
            can be read only once.
        bad: names whose problems are known.
    """
    bad = set(bad)
    problems: list[Problem] = []
    accepted: dict[str, Any] = {}
    for name, value in given.items():
        try:
            held = _held(instance, name)
            accepted[name] = description.specs[name].accepted(value) if held is attrs.NOTHING else held
        except Exception as error:  # noqa: BLE001
            # A custom converter may raise any exception.
            problems += _of_extras(description, value) if name == EXTRAS else [problem_of(description, name, value, error)]
            bad.add(name)
    extras = accepted.get(EXTRAS, NO_EXTRAS if base is None else base.extra_options)
    for name, value in more.items():
        if name in extras and EXTRAS in given:
            problems.append(Problem(name, "one value", got=f"one by name and one in {EXTRAS}", code="conflicting-options"))
        elif (problem := description.refused(name, value, extras)) is not None:
            problems.append(problem)
    if base is None:
        for name in description.required:
            if name not in given and name not in bad:
                spec, hint = description.specs[name], "it is required"
                problems.append(
                    Problem(
                        spec.parameter,
                        "a value",
                        got="nothing",
                        hint=hint,
                        key=spec.other_key,
                        is_type=True,
                        code="missing-option",
                    )
                )
                bad.add(name)
    for rule in description.rules:
        if bad.isdisjoint(rule.options) and (base is None or not given.keys().isdisjoint(rule.options)):
            defaults = [description.specs[name].default if base is None else getattr(base, name) for name in rule.options]
            operands = [accepted.get(name, default) for name, default in zip(rule.options, defaults, strict=True)]
            if (problem := _broken(description, rule, operands)) is not None:
                problems.append(problem)
    return problems


def accept_argument(description: Description, spec: Spec | None, name: str, value: Any) -> Any:
    """Accept one argument of a call, without the rules over several options, and return the value that a provider holds.

    Args:
        description: the class.
        spec: the specification of the option; None if the argument is an extra option, whose name is not checked.
        name: the name of the argument.
        value: its value.

    Raises:
        InvalidOptionsError: with every problem of the value.
    """
    if spec is None:
        problem = description.refused(name, value, {name: value})
        if problem is None:
            return None if value is None else extra_value(name, value)
        raise invalid(description.subject, [problem])
    try:
        return spec.accepted(value)
    except Exception as error:  # noqa: BLE001
        # A custom converter may raise any exception.
        failure = error
    problems = _of_extras(description, value) if spec.name == EXTRAS else [problem_of(description, spec.name, value, failure)]
    raise invalid(description.subject, problems)


def _of_extras(description: Description, value: object) -> list[Problem]:
    """The problems of each extra option."""
    problems: list[Problem] = []
    for extras in [{key: item} for key, item in value.items()] if isinstance(value, Mapping) else [value]:
        try:
            description.specs[EXTRAS].accepted(extras)
        except Rejected as error:
            got = "" if isinstance(extras, Mapping) else shown(extras, with_type=error.is_type)
            problems.append(Problem(EXTRAS, error.expected, got=got, hint=error.hint, is_type=error.is_type))
    return problems


def _held(instance: Any, name: str) -> Any:
    """The value of a field, without calling a ``__getattr__`` of the class; NOTHING if it is unset."""
    try:
        return object.__getattribute__(instance, name)
    except AttributeError:
        return attrs.NOTHING


def _broken(description: Description, rule: Rule, operands: list[Any]) -> Problem | None:
    """The problem that a rule finds; None if it holds."""
    try:
        problem: object = rule.check(description.cls, *operands)
    except Exception as error:  # noqa: BLE001
        # A user-defined rule may raise any exception.
        expected = f"values that the rule over {' and '.join(rule.options)} accepts"
        got = f"its {type(error).__name__}"
        if not any(description.specs[name].is_hidden for name in rule.options):
            got += f" ({message_of(error, (each for operand in operands for each in _hidden_strings(operand)))})"
        problem = Problem(rule.options[0], expected, got=got, code="conflicting-options")
    if problem is None:
        return None
    if not isinstance(problem, Problem):
        problem = Problem(rule.options[0], "a rule that returns a Problem or None", got=shown(problem))
    if problem.key or problem.option not in description.specs:
        return problem
    return attrs.evolve(problem, key=description.specs[problem.option].other_key)


def _of_instance(description: Description, instance: Any) -> list[Problem]:
    """The problems that attrs' validators find, which need the whole instance."""
    problems: list[Problem] = []
    if attrs.validators.get_disabled():
        return problems
    for name, spec in description.specs.items():
        validator: Callable[..., Any] | None = spec.attribute.validator
        value = _held(instance, name)
        if validator is not None and value is not attrs.NOTHING:
            try:
                validator(instance, spec.attribute, value)
            except Exception as error:  # noqa: BLE001
                problems.append(problem_of(description, name, value, error))
    return problems


def _secrets(description: Description, instance: Any) -> Iterator[str]:
    """The strings of a provider that messages do not show."""
    values = {name: _held(instance, name) for name in description.specs}
    extras = values.pop(EXTRAS)
    for value in (*values.values(), *(extras.values() if isinstance(extras, ExtraOptions) else ())):
        yield from _hidden_strings(value)


def _hidden_strings(value: object) -> Iterator[str]:
    """The strings of a value that messages do not show: its secrets, and the string itself if it looks like a key."""
    yield from known_strings(value)
    if isinstance(value, str) and mask_value(value) == MASK:
        yield value


def problem_of(description: Description, name: str, value: object, error: Exception) -> Problem:
    """The problem of an option whose *value* raised *error*."""
    spec = description.specs[name]
    if isinstance(error, InvalidOptionsError) and error.problems:
        return attrs.evolve(error.problems[0], option=spec.parameter, key=spec.other_key)
    if isinstance(error, Rejected):
        got = shown(value, with_type=error.is_type, hidden=spec.is_hidden)
        return Problem(spec.parameter, error.expected, got=got, hint=error.hint, key=spec.other_key, is_type=error.is_type)
    return Problem(
        spec.parameter,
        "a valid value" if spec.is_hidden else f"a value that passes its check ({message_of(error, _hidden_strings(value))})",
        got=shown(value, hidden=spec.is_hidden),
        key=spec.other_key,
        is_type=isinstance(error, TypeError),
    )


def message_of(error: Exception, secrets: Iterable[str] = ()) -> str:
    """The message of a third-party exception in one line, with *secrets* masked; if it is empty, the type of the exception."""
    try:
        # The first argument of the exceptions of attrs' own validators is the message; the others are the field and its value.
        message = error.args[0] if len(error.args) > 1 and isinstance(error.args[0], str) else str(error)
    except Exception:  # noqa: BLE001
        message = ""
    return one_line(message, secrets) or type(error).__name__
