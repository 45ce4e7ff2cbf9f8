# SPDX-License-Identifier: Apache-2.0
"""Checks of a provider against a runtime. They find errors that Java raises at planning, when a task opens, or for a row.

The data of a runtime has the keys and types of each factory, and the names of the rules in `RULES` that apply to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ..errors import Advice, Problem
from ..messages import shown, with_hint
from ..similar_names import did_you_mean
from ..syntax.columns import Column
from .rules import all_factories, openai, shared, triton
from .runtime import NAMES, Runtime
from .runtime import runtime as runtime_named
from .view import Facts, View

__all__ = ["EVERYWHERE", "RULES", "key_errors", "lost_option", "problems", "unknown_defaults"]

_Rule = Callable[[View], Iterator[Problem]]

RULES: Final[Mapping[str, _Rule]] = {
    "openai-endpoint": openai.check_endpoint,
    "http-url": shared.check_http_url,
    "openai-columns": openai.check_columns,
    "openai-tokenizer": openai.check_tokenizer,
    "openai-retries": openai.check_retries,
    "service": shared.check_service,
    "stop-strings": shared.check_stop_strings,
    "retries-timeout": shared.check_timeout,
    "triton-columns": triton.check_columns,
    "triton-default": triton.check_default,
    "triton-latest": triton.check_model_version,
    "triton-requests": triton.check_requests,
    "triton-retries": triton.check_retries,
    "triton-sequence": triton.check_sequence,
}
"""The rules by the names that the data of factories has."""

_FIRST: Final[Mapping[str, _Rule]] = {
    "works": all_factories.check_defects,
    "keys": all_factories.check_keys,
    "required": all_factories.check_required,
    "metadata": all_factories.check_metadata,
}
_LAST: Final[Mapping[str, _Rule]] = {
    "ignored": all_factories.check_task,
    "unfilled": all_factories.check_placeholders,
    "plain-http": all_factories.check_plain_http,
}
EVERYWHERE: Final[Mapping[str, _Rule]] = {**_FIRST, **_LAST}
"""The rules that apply to every factory; they run before and after those of `RULES`."""


def problems(
    facts: Facts,
    runtime: Runtime,
    *,
    input: tuple[Column, ...] | None,  # noqa: A002
    output: tuple[Column, ...] | None,
) -> tuple[Problem, ...]:
    """The problems of a provider on a runtime, errors and warnings.

    Args:
        facts: the facts of the provider.
        runtime: the runtime to check against.
        input: the model's input columns, if they are known.
        output: the model's output columns, if they are known.
    """
    factory = runtime.factories.get(facts.identifier)
    if factory is None:
        return (_no_factory_problem(facts, runtime), *all_factories.placeholder_problems(facts, runtime))
    view = View(facts=facts, runtime=runtime, factory=factory, input=input, output=output)
    rules = [*_FIRST.values(), *(RULES[name] for name in factory.rules), *_LAST.values()]
    return tuple(problem for rule in rules for problem in rule(view))


def key_errors(facts: Facts, runtime: Runtime) -> tuple[Problem, ...]:
    """The errors of a provider's identifier and keys on a runtime; values are not checked."""
    factory = runtime.factories.get(facts.identifier)
    if factory is None:
        found = [_no_factory_problem(facts, runtime)]
    else:
        view = View(facts=facts, runtime=runtime, factory=factory, input=None, output=None)
        keys = [key for key in facts.flat if key in facts.non_defaults and not all_factories.is_known_key(factory, key)]
        found = [all_factories.unknown_key_problem(view, key) for key in keys]
    return tuple(problem for problem in found if problem.severity == "error")


def unknown_defaults(facts: Facts, runtime: Runtime) -> frozenset[str]:
    """The keys of defaults that the runtime does not know; they can be left out without loss."""
    factory = runtime.factories.get(facts.identifier)
    if factory is None:
        return frozenset()
    return frozenset(key for key in facts.flat if key not in facts.non_defaults and not all_factories.is_known_key(factory, key))


def lost_option(facts: Facts, key: str, identifier: str, runtime: Runtime) -> Problem:
    """The problem of an option that would be lost, because the factory of another identifier does not have it."""
    name = facts.names.get(key, key)
    return Problem(
        name,
        f"an option that {identifier} has on {runtime}",
        got=shown(facts.flat[key], hidden=key in facts.hidden),
        hint="only VVR has the built-in AI service" if key == "task" else f"without({name!r}) drops it",
        in_document=None if key == "task" else Advice("leave it out, or use an entry without it", ()),
        key=key if key != name else "",
        code="not-on-runtime",
    )


def _no_factory_problem(facts: Facts, runtime: Runtime) -> Problem:
    """The problem of an identifier that the runtime does not have."""
    others = [name for name in NAMES if facts.identifier in runtime_named(name).factories]
    expected = f"an identifier that {runtime} has ({', '.join(runtime.factories)})"
    got = shown(facts.identifier)
    if not others:
        close = did_you_mean(facts.identifier, list(runtime.factories))
        hint = with_hint("it is not checked: its factory is user-defined", close)
        return Problem("provider", expected, got=got, hint=hint, severity="warning", code="unchecked-factory")
    hint = f"{facts.identifier} is in {', '.join(others)}"
    in_document = None
    here = next((each for each in facts.relatives if each in runtime.factories), None)
    if here is not None:
        in_document = Advice(f"{hint}; write {{}} here", (("provider", here),))
        hint += f"; for_runtime({runtime.name!r}) gives the provider to use here, {here}"
    return Problem("provider", expected, got=got, hint=hint, in_document=in_document, code="wrong-runtime")
