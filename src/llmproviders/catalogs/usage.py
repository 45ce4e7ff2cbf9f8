# SPDX-License-Identifier: Apache-2.0
"""Use of a provider from a file: errors have the locations of its options, and hints for files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import DocumentError, InvalidOptionsError, Problem, SecretError
from ..providers.base import Provider
from ..providers.provider_secrets import unresolved_references
from ..runtimes.runtime import runtime as runtime_named
from .origins import located_problems
from .resolution import Resolution, sort_problems

__all__ = ["located_errors", "provider_for"]


def provider_for(provider: Provider, runtime: str | None) -> Provider:
    """The provider to use on a runtime; it has another class if the runtime does not have the identifier."""
    if runtime is None or provider.provider_name() in runtime_named(runtime).factories:
        return provider
    return provider.for_runtime(runtime)


@contextmanager
def located_errors(resolution: Resolution, name: str) -> Iterator[None]:
    """Within the block, turn the errors of a provider into a `DocumentError` with the locations of its options."""
    problems: list[Problem]
    try:
        yield
    except InvalidOptionsError as error:
        problems = list(error.problems)
    except SecretError as error:
        # The second call of the resolver may succeed: then the first error is reported.
        failure = Problem("", "a secret", got="nothing", hint=str(error), code="unresolved-reference")
        problems = [*unresolved_references(resolution.provider(name))] or [failure]
    else:
        return
    raise DocumentError(sort_problems(located_problems(resolution, name, problems)))
