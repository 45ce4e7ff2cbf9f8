# SPDX-License-Identifier: Apache-2.0
"""Providers by name, derived from others: amended, mapped, selected, and changed as another catalog was changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs

from ..errors import InvalidOptionsError, Problem, invalid
from ..fields.problems import message_of
from ..messages import shown, shown_name, shown_type
from ..providers.base import Provider
from ..providers.comparison import ProviderDiff
from ..providers.provider_secrets import secrets_in
from ..secrets import known_strings
from ..similar_names import matching
from .comparison import Edit

__all__ = ["amended", "edited", "located", "mapped", "selected"]


def amended(catalog: Mapping[str, Provider], name: str, changes: Mapping[str, Any]) -> Provider:
    """The provider *name* with *changes*."""
    provider = catalog[name]
    try:
        return provider.with_(**changes)
    except InvalidOptionsError as error:
        problems = located(name, error)
    raise invalid("Catalog.amend", problems)


def mapped(catalog: Mapping[str, Provider], function: object) -> dict[str, Provider]:
    """The results of *function* for each provider, by the same names."""
    results, problems = _called("Catalog.map", catalog, function)
    for name, result in results.items():
        if not isinstance(result, Provider):
            problems.append(Problem(shown_name(name), "a function that returns a provider", got=shown_type(result), is_type=True))
    if problems:
        raise invalid("Catalog.map", problems)
    return results


def selected(catalog: Mapping[str, Provider], wanted: Collection[object]) -> list[str]:
    """The names that one of *wanted* selects, in the order of the catalog; all names if that is empty.

    Args:
        catalog: the providers.
        wanted: names, patterns of names, and functions of a provider.
    """
    problems = [
        Problem("", "names, patterns of names, or functions of a provider", got=shown(each), is_type=True)
        for each in wanted
        if not (isinstance(each, str) or callable(each))
    ]
    if problems:
        raise invalid("Catalog.select", problems)
    found: set[str] = set() if wanted else {*catalog}
    for each in wanted:
        if not isinstance(each, str):
            results, failures = _called("Catalog.select", catalog, each)
            problems += failures
            found |= {name for name, result in results.items() if result}
        elif each in catalog or (names := matching(each, catalog)) is None:
            catalog[each]  # raises an error for an unknown name
            found.add(each)
        else:
            found.update(names)
    if problems:
        raise invalid("Catalog.select", problems)
    return [name for name in catalog if name in found]


def edited(catalog: Mapping[str, Provider], edits: Iterable[tuple[str, Edit]]) -> dict[str, Provider]:
    """The providers with *edits*."""
    providers = dict(catalog)
    problems: list[Problem] = []
    for name, edit in edits:
        if edit is None:
            providers.pop(name, None)
        elif isinstance(edit, ProviderDiff):
            provider = catalog[name]
            try:
                providers[name] = edit.apply(provider)
            except InvalidOptionsError as error:
                problems += located(name, error)
        else:
            providers[name] = edit
    if problems:
        raise invalid("CatalogDiff.apply", problems)
    return providers


def _called(subject: str, catalog: Mapping[str, Provider], function: object) -> tuple[dict[str, Any], list[Problem]]:
    """The results of a user's function for each provider, and the problems of the calls that failed."""
    if not callable(function):
        raise invalid(subject, [Problem("function", "a function of a provider", got=shown(function), is_type=True)])
    results: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, provider in catalog.items():
        try:
            results[name] = function(provider)
        except InvalidOptionsError as error:
            problems += located(name, error)
        except Exception as error:  # noqa: BLE001
            secrets = (string for _, part in secrets_in(provider) for string in known_strings(part))
            got = f"{type(error).__name__} ({message_of(error, secrets)})"
            problems.append(Problem(shown_name(name), "a function that accepts this provider", got=got))
    return results, problems


def located(name: str, error: InvalidOptionsError) -> list[Problem]:
    """The problems of an error; the name of the provider is put before each option."""
    where = shown_name(name)
    return [attrs.evolve(problem, option=f"{where}.{problem.option}" if problem.option else where) for problem in error.problems]
