# SPDX-License-Identifier: Apache-2.0
"""Checks of arguments that several functions of catalogs share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..codes import CHECKS, CODES
from ..errors import Problem, invalid
from ..messages import shown, shown_type
from ..providers.base import Provider
from ..similar_names import did_you_mean

__all__ = [
    "accept_codes",
    "accept_environment",
    "accept_names",
    "accept_path",
    "accept_providers",
    "problems_of_name",
    "problems_of_provider",
    "unknown_codes",
]


def accept_codes(argument: str, codes: object) -> frozenset[str]:
    """Check an argument with codes of problems, and return it."""
    given = _strings(argument, "codes of problems", codes)
    if problems := list(unknown_codes(given)):
        raise invalid(argument, problems)
    return frozenset(given)


def unknown_codes(codes: Iterable[str]) -> Iterator[Problem]:
    """A problem for each string that is not a code to select or to ignore."""
    for code in codes:
        if code in CODES and code not in CHECKS:
            hint = "a problem of this code is an error, which is always reported"
            yield Problem("", "a code of warnings", got=shown(code), hint=hint, code="unknown-code")
        elif code not in CODES:
            expected = "a code of problems (llmproviders explain lists them)"
            yield Problem("", expected, got=shown(code), hint=did_you_mean(code, CHECKS), code="unknown-code")


def accept_names(names: object) -> list[str] | None:
    """Check the argument ``only`` of a call, and return it."""
    return None if names is None else _strings("only", "names of providers", names)


def accept_environment(env: object) -> str | None:
    """Check the argument ``env`` of a call, and return it."""
    if env is None or isinstance(env, str):
        return env
    raise invalid("env", [Problem("", "the name of an environment", got=shown(env), is_type=True)])


def accept_path(path: object) -> Path:
    """Check the argument ``path`` of a call, and return it."""
    if isinstance(path, (str, os.PathLike)) and isinstance(name := os.fspath(path), str):
        return Path(name)
    raise invalid("path", [Problem("", "the path of a file", got=shown(path), is_type=True)])


def _strings(argument: str, expected: str, values: object) -> list[str]:
    if isinstance(values, Iterable) and not isinstance(values, str):
        found = list(values)
        if all(isinstance(value, str) for value in found):
            return found
    raise invalid(argument, [Problem("", f"a list of {expected}", got=shown(values), is_type=True)])


def accept_providers(subject: str, argument: str, providers: object) -> dict[str, Provider]:
    """Check a mapping from names to providers, and return a copy."""
    if not isinstance(providers, Mapping):
        problem = Problem(argument, "a mapping of names to providers", got=shown(providers), is_type=True)
        raise invalid(subject, [problem])
    content = {str.__str__(name) if isinstance(name, str) else name: provider for name, provider in providers.items()}
    problems = [problem for name in content for problem in problems_of_name(argument, name)]
    others = {name: provider for name, provider in content.items() if not isinstance(provider, Provider)}
    problems += [problem for name, provider in others.items() for problem in problems_of_provider(shown(name), provider)]
    if problems:
        raise invalid(subject, problems)
    return content


def problems_of_name(argument: str, name: object) -> list[Problem]:
    """The problem of a name that no provider can have."""
    if isinstance(name, str) and name:
        return []
    return [Problem(argument, "a name that is not empty", got=shown(name), is_type=not isinstance(name, str))]


def problems_of_provider(argument: str, provider: object) -> list[Problem]:
    """The problem of an argument that is not a provider."""
    if isinstance(provider, Provider):
        return []
    # Only its type is shown, because it may be an API key.
    return [Problem(argument, "a provider", got=shown_type(provider), is_type=True)]
