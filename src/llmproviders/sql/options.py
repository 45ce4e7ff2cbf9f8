# SPDX-License-Identifier: Apache-2.0
"""The options of a statement as a provider."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import InvalidClassError, InvalidOptionsError, Problem, ProviderError
from ..fields.metadata import OptionInfo
from ..fields.metadata import options as options_of
from ..messages import shown, shown_name
from ..providers.base import Provider
from ..providers.classes import OLD_IDENTIFIERS, from_options, provider_class, provider_classes
from ..similar_names import did_you_mean
from .dialects import OLD_KEYS, confluent_provider, dialect_problems, old_dialect, unused_task
from .grammar import GivenOption
from .names import PROVIDER
from .reports import Report

__all__ = ["make_provider"]


def make_provider(given: Mapping[str, GivenOption], index: int, report: Report) -> Provider | None:
    """The provider of the options of a statement; None if there are problems, which are reported.

    Args:
        given: the options.
        index: the index of WITH.
        report: collects problems and warnings.
    """
    options = dict(given)
    named = options.pop(PROVIDER, None)
    identifier = named.value if named else ""
    is_known = identifier in provider_classes()
    new = OLD_IDENTIFIERS.get(identifier)
    infos: tuple[OptionInfo, ...] = ()
    if named and new is not None and not is_known:
        _warn_of_old(report, named.value_index, PROVIDER, new, f"'{PROVIDER}' = '{new}'", old_dialect(identifier, PROVIDER))
        identifier, is_known = new, True
    if named and identifier:
        try:
            cls = provider_class(identifier)
            infos = options_of(cls)
        except ProviderError as error:
            _report_class(report, named.value_index, error)
            return None
    if _report_other_dialects(identifier or None, infos, options, named, report):
        return None
    if not named or not identifier:
        hint = "such as 'provider' = 'openai-compat'"
        if other := next((key for key in options if key.lower() == PROVIDER), None):
            hint = f"write the key {other} in lower case"
        problem = Problem(PROVIDER, "the provider's identifier", got="none", hint=hint, code="missing-option")
        report.add(named.value_index if named else index, problem)
        return None
    if not is_known:
        _warn_of_unknown_identifier(report, named.value_index, identifier)
    return _read(identifier, infos, _rename_old_keys(identifier, infos, options, report), named, index, report)


def _report_other_dialects(
    identifier: str | None,
    infos: tuple[OptionInfo, ...],
    options: Mapping[str, GivenOption],
    named: GivenOption | None,
    report: Report,
) -> bool:
    """Report the options of other dialects; return whether there are any."""
    known = {key for info in infos for key in (info.key, info.sequence_key)}
    values = {key: each.value for key, each in options.items()}
    found = False
    for key, problem in dialect_problems(identifier, values, known):
        found = True
        report.add(named.value_index if named and key == PROVIDER else options[key].key_index, problem)
    return found


def _read(
    identifier: str,
    infos: tuple[OptionInfo, ...],
    options: dict[str, GivenOption],
    named: GivenOption,
    index: int,
    report: Report,
) -> Provider | None:
    try:
        return from_options(identifier, {key: given.value for key, given in options.items()})
    except InvalidClassError as error:
        _report_class(report, named.value_index, error)
    except InvalidOptionsError as error:
        keys = {info.name: (info.key, info.sequence_key) for info in infos}
        # For an extra option, only `expected` contains the name of the option.
        extras = {shown(key): key for key in reversed(options)}
        for problem in error.problems:
            found = keys.get(problem.option) or (extras.get(problem.expected.partition(" for option ")[2], ""),)
            indexes = [options[key].value_index for key in found if key in options]
            report.add(indexes[0] if indexes else index, problem)
    return None


def _rename_old_keys(
    identifier: str, infos: tuple[OptionInfo, ...], options: Mapping[str, GivenOption], report: Report
) -> dict[str, GivenOption]:
    """The options by their current keys. As in Flink, a current key overrides an old one."""
    known = {key for info in infos for key in (info.key, info.sequence_key)}
    old = {key: info.key for info in infos for key in info.deprecated_keys}
    old |= OLD_KEYS.get(identifier, {})
    found: dict[str, GivenOption] = {}
    for key, given in options.items():
        if key == "task" and unused_task(identifier, given.value):
            hint = "leave it out; the end of the endpoint determines the task"
            report.warn(given.key_index, key, "no task", got="VERA's completions", hint=hint, code="deprecated-key")
            continue
        new = old.get(key) or re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", key)
        if key in known or new not in known:
            found[key] = given
            if key not in known:
                expected = f"an option of {identifier}"
                _warn_of_unknown(report, given.key_index, shown_name(key), key, expected, sorted(known - {""}))
            continue
        _warn_of_old(report, given.key_index, shown_name(key), new, f"'{new}' = ...", old_dialect(identifier, key))
        if new in options:
            report.warn(given.key_index, shown_name(key), f"{new} alone", got="both", hint=f"Flink uses {new}")
        else:
            found.setdefault(new, given)
    return found


def _report_class(report: Report, index: int, error: ProviderError) -> None:
    problem = Problem(PROVIDER, "an identifier with a usable class", hint=str(error), code="unusable-class")
    report.add(index, problem)


def _warn_of_unknown_identifier(report: Report, index: int, identifier: str) -> None:
    if (problem := confluent_provider(identifier)) is not None:
        report.add(index, problem)
    else:
        _warn_of_unknown(report, index, PROVIDER, identifier, "a known identifier", list(provider_classes()))


def _warn_of_unknown(report: Report, index: int, option: str, name: str, expected: str, known: list[str]) -> None:
    """Warn of a name that is passed to Java unchanged, if it is similar to a known one."""
    if hint := did_you_mean(name, known):
        report.warn(index, option, expected, got="an unknown name", hint=hint, code="unknown-option")


def _warn_of_old(report: Report, index: int, option: str, new: str, write: str, got: str) -> None:
    report.warn(index, option, new, got=got, hint=f"write {write}", code="deprecated-key")
