# SPDX-License-Identifier: Apache-2.0
"""Grids: the variants of a provider with every combination of some values, as a catalog."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from itertools import islice, product
from string import Formatter
from typing import Any, Final, TypeAlias

import attrs

from ..credentials import mask_value
from ..errors import InvalidOptionsError, Problem, invalid
from ..fields.compiled import compiled
from ..fields.problems import accept_argument
from ..fields.spec import Spec
from ..messages import names_of, shown, shown_name, shown_type
from ..providers.base import Provider
from ..similar_names import did_you_mean
from .catalog import Catalog
from .composition import located

__all__ = ["grid"]

_Piece: TypeAlias = tuple[str, str | None]
"""A literal part of a name, and the option whose value follows it."""

MAX_VARIANTS: Final = 100_000
"""The most providers of a grid."""
MAX_IN_NAME: Final = 40
"""The longest value that is part of a name."""
MAX_PROBLEMS: Final = 20
"""The most problems of variants that are reported. Problems of single values are all reported."""


def grid(provider: Provider, template: object, lists: Mapping[str, object]) -> Catalog:
    """The variants of *provider* with each combination of values, in the order of `itertools.product`.

    Args:
        provider: the provider.
        template: the names of the variants, with ``{option}`` in place of a value; None for the default.
        lists: the values of each option.

    Raises:
        InvalidOptionsError: with every problem of the arguments; if they have none, with those of the first variants.
    """
    subject = f"{type(provider).__name__}.grid"
    problems: list[Problem] = []
    values = {name: _read(name, given, problems) for name, given in lists.items()}
    pieces = _pieces(template, lists, problems)
    if not lists:
        problems.append(Problem("", "options with lists of values", got="none"))
    elif not problems and (size := math.prod(map(len, values.values()))) > MAX_VARIANTS:
        raise invalid(subject, [Problem("", f"a grid of at most {MAX_VARIANTS} providers", got=shown(size))])
    strings = {name: _strings(provider, name, each, problems) for name, each in values.items()}
    if problems:
        raise invalid(subject, problems)
    variants: dict[str, Provider] = {}
    names: dict[Provider, str] = {}
    for combination, words in zip(product(*values.values()), product(*strings.values()), strict=True):
        if len(problems) >= MAX_PROBLEMS:
            break
        name = _name(pieces, dict(zip(strings, words, strict=True)))
        try:
            variant = provider.with_(**dict(zip(values, combination, strict=True)))
        except InvalidOptionsError as error:
            problems += located(name, error)
            continue
        if variant in names:
            problems.append(Problem(shown_name(name), "each provider once", got=f"one equal to {shown_name(names[variant])}"))
        elif name in variants:
            hint = "write the options that differ into the template"
            problems.append(Problem(shown_name(name), "a name for one provider", got="the name of several", hint=hint))
        variants[name] = variant
        names.setdefault(variant, name)
    if problems:
        raise invalid(subject, problems)
    return Catalog(variants)


def _read(name: str, given: object, problems: list[Problem]) -> list[Any]:
    """The values of an option."""
    if not isinstance(given, Iterable) or isinstance(given, (str, bytes, bytearray, Mapping, AbstractSet)):
        # Only its type is shown, because it may be an API key.
        hint = "a set has no order; write a list" if isinstance(given, AbstractSet) else "write [...] around one value too"
        problems.append(Problem(name, "a list of values", got=shown_type(given), hint=hint, is_type=True))
        return []
    values = [*islice(given, MAX_VARIANTS + 1)]
    if not values:
        problems.append(Problem(name, "at least one value", got="none"))
    elif len(values) > MAX_VARIANTS:
        problems.append(Problem(name, f"at most {MAX_VARIANTS} values", got="more"))
    return values


def _pieces(template: object, lists: Mapping[str, object], problems: list[Problem]) -> list[_Piece]:
    """The parts of the names of variants."""
    if template is None:
        return [(f"{',' if position else ''}{name}=", name) for position, name in enumerate(lists)]
    if not isinstance(template, str) or not template:
        expected = "a name with options in braces, such as {temperature}"
        problems.append(Problem("template", expected, got=shown(template), is_type=not isinstance(template, str)))
        return []
    try:
        parsed = [*Formatter().parse(str.__str__(template))]
    except ValueError:
        problems.append(Problem("template", "braces in pairs", hint="write {{ and }} for braces that are part of the name"))
        return []
    for _, field, spec, conversion in parsed:
        if field is None:
            continue
        if field not in lists:
            expected, hint = f"options of the grid in braces ({names_of(lists)})", did_you_mean(field, [*lists])
            problems.append(Problem("template", expected, got=shown(field), hint=hint))
        elif spec or conversion:
            problems.append(Problem("template", "options in braces without a format", got=f"one after {shown(field)}"))
    return [(literal, field) for literal, field, _, _ in parsed]


def _name(pieces: Iterable[_Piece], strings: Mapping[str, str]) -> str:
    return "".join(literal if name is None else literal + strings[name] for literal, name in pieces)


def _strings(provider: Provider, name: str, values: list[Any], problems: list[Problem]) -> list[str]:
    """The string for each value of an option in names; numbers such as ``#1`` if a value cannot be part of a name."""
    description = compiled(type(provider)).description
    spec = next((spec for spec in description.parameters if spec.parameter == name), None)
    if spec is None and name not in provider.extra_options and (refusal := description.refusal(name)):
        problems.append(refusal)
        return []
    strings = []
    for index, value in enumerate(values):
        try:
            held = accept_argument(description, spec, name, value)
        except InvalidOptionsError as error:
            problems += [attrs.evolve(problem, option=f"{name}[{index}]") for problem in error.problems]
        else:
            strings.append(_in_name(spec, held))
    return strings if all(strings) else [f"#{number}" for number, _ in enumerate(values, start=1)]


def _in_name(spec: Spec | None, held: Any) -> str:
    """The string of a value in a name; empty if it may be or contain a secret, or is long or structured."""
    if held is None:
        return "None"
    if type(held) not in (str, bool, int, float) and not isinstance(held, Enum):
        return ""
    string = str(held) if spec is None else "" if spec.is_hidden else spec.write(held)
    is_short = len(string) <= MAX_IN_NAME and string.isprintable() and string[:1] not in ("{", "[")
    return string if is_short and mask_value(string) == string else ""
