# SPDX-License-Identifier: Apache-2.0
"""Options of entries, read from values of documents. Problems name an option as the document does."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

import attrs

from ..credentials import looks_like_credential, mask_value
from ..errors import Problem, Rejected, advice_to_write
from ..fields.compiled import compiled
from ..fields.converters import fallback
from ..fields.description import ALIASES, REQUEST_FIELDS, Description
from ..fields.hooks import OptionReader
from ..fields.metadata import OptionInfo
from ..fields.parts import kind_of
from ..fields.problems import problem_of
from ..fields.spec import EXTRAS, Spec
from ..messages import listed, shown
from ..providers.base import Provider
from ..providers.classes import usable_classes
from ..secrets import Secret
from ..similar_names import did_you_mean
from .formats.trees import shown_kind
from .layers import KINDS
from .references import EntryProblem, read_parts, read_secret, resolver_of

__all__ = [
    "EVERYWHERE",
    "RESERVED",
    "Unset",
    "own_problems",
    "read_names",
    "read_option",
    "read_options",
    "read_place",
    "specs_of",
    "type_problem",
    "unknown_option",
    "variable_in",
]

EVERYWHERE: Final = ("abstract", "description", "tags", "ignore")
"""Keys that every entry may have."""
RESERVED: Final = (*KINDS, "for_task", "without", "omit", "place", "region", "workspace", *EVERYWHERE)
"""Keys of an entry that are not options: ``for_task`` is the task to move to, ``without`` lists inherited
options to reset to their defaults, ``omit`` lists options that are not emitted (None in code), ``place``, ``region`` and
``workspace`` are arguments of a preset. ``abstract`` is whether the entry is only extended and no provider, ``description`` and
``tags`` are for people, and ``ignore`` lists codes of problems that checks do not report."""
_GOES_WITH: Final[Mapping[Any, str]] = {
    "for_task": "preset or extends",
    "without": "extends",
    "omit": "provider, preset or extends",
    "place": "a preset whose URL has braces",
    "region": "the preset dashscope",
    "workspace": "the preset dashscope",
}


def read_options(
    cls: type[Provider] | None, body: Mapping[str, Any], reserved: Collection[str], found: list[EntryProblem]
) -> dict[str, Any]:
    """The own options of an entry, by name of the field.

    Args:
        cls: its class; None if only the entries that extend it determine the class, so that values stay as in the document.
        body: the entry.
        reserved: the keys that it may have and that are not options.
        found: the list to which problems are added.
    """
    description = None if cls is None else compiled(cls).description
    known = specs_of(cls)
    given: dict[str, Any] = {}
    for key, value in body.items():
        if key in reserved:
            continue
        if key == EXTRAS:
            given[EXTRAS] = _extras(value, found)
        elif not isinstance(key, str) or key not in known or known[key].info is None or key in RESERVED:
            found.append(((key,), unknown_option(cls, key, [*reserved, *known])))
        else:
            given[key] = value if description is None else read_option(description, key, value, (key,), found)
    for name in read_names(body["omit"], "omit", found) if "omit" in reserved and "omit" in body else ():
        if name in given or name not in known or name == EXTRAS:
            subject = "a class" if cls is None else cls.__name__
            hint = "remove it here, or the option itself" if name in given else did_you_mean(name, list(known))
            expected = f"names of options of {subject} that are not set here"
            found.append((("omit",), Problem("", expected, got=shown(name), hint=hint, code="unknown-option")))
        else:
            given[name] = None
    return given


def specs_of(cls: type[Provider] | None) -> Mapping[str, Spec]:
    """The fields of a class by name; without a class, those of all classes. A secret field replaces others of its name."""
    if cls is not None:
        return compiled(cls).description.specs
    found: dict[str, Spec] = {}
    for each in usable_classes():
        for name, spec in compiled(each).description.specs.items():
            if name not in found or spec.is_secret:
                found[name] = spec
    return found


def own_problems(description: Description, given: Mapping[str, Any], found: list[EntryProblem]) -> None:
    """Add the problems of single values; this is for an entry that does not become a provider."""
    bad = {path[0] for path, _ in found if path}
    for name, value in given.items():
        if name in bad or isinstance(value, Unset):
            continue
        try:
            description.specs[name].accepted(value)
        except Exception as error:  # noqa: BLE001
            found.append(((name,), attrs.evolve(problem_of(description, name, value, error), option="", key="")))


def read_option(description: Description, name: str, value: Any, path: tuple[str, ...], found: list[EntryProblem]) -> Any:
    """The argument of the constructor for the value of an option in a document."""
    spec = description.specs[name]
    info = spec.info
    assert info is not None
    if isinstance(value, str):
        if info.type in (bool, int, float):
            found.append((path, _string_problem(description, name, value)))
            return None
        # A value of another type is written as the string that Java reads.
        is_plain = info.allowed or info.type in (str, Secret)
        return value if is_plain else _read_string(info, value, path, found)
    if not isinstance(value, dict):
        return value
    if info.secret:
        return read_secret(value, path, found, only=True)
    if (kind := kind_of(info)) is not None:
        own: list[EntryProblem] = []
        parts = read_parts(kind, value, path, own)
        found += own
        return None if own else parts
    if variable_in(value) is not None:
        return _read_variable(description, info, value, path, found)
    convert: Any = info.field.converter
    # A table is a valid value of a fallback option.
    if not spec.has_custom_converter and convert is not fallback and (hint := _hint_on_variables(value)):
        expected = "the value itself, or a reference to an environment variable"
        found.append((path, Problem("", expected, got="another mapping", hint=hint, code="invalid-reference")))
        return None
    return value


def _hint_on_variables(value: dict[str, Any]) -> str:
    """A hint on a table that is probably meant to be a reference to a variable; else empty."""
    if resolver_of(value) is not None:
        return "an option that is not secret accepts only env"
    others = [key for key in value if key != "env" and isinstance(key, str)]
    if len(others) != 1:
        return ""
    if "env" in value:
        return did_you_mean(others[0], ["default"])
    return did_you_mean(others[0], ["env"]) if len(value) == 1 else ""


def _read_string(info: OptionInfo, string: str, path: tuple[str, ...], found: list[EntryProblem]) -> Any:
    """The value of an option for the string that Java reads."""
    given, _, problems = OptionReader((info,))({info.key: string})
    found += [(path, attrs.evolve(problem, option="", key="")) for problem in problems]
    return given.get(info.name)


def _string_problem(description: Description, key: str, value: str) -> Problem:
    """The problem of a string in place of a number or a boolean, with a hint to write that."""
    spec = description.specs[key]
    error: Exception = Rejected("another value")
    try:
        spec.accept(value)
    except Rejected as rejection:
        error = rejection
    problem = problem_of(description, key, value, error)
    if spec.info is not None and spec.info.type is bool:
        return attrs.evolve(problem, option="", key="", hint="write true or false")
    number = re.fullmatch(r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?", value)
    return attrs.evolve(problem, option="", key="", hint="write it without quotes" if number else problem.hint)


def unknown_option(cls: type[Provider] | None, key: object, known: list[str]) -> Problem:
    """The problem of a key that is none of the *known* ones."""
    if key in _GOES_WITH:
        return Problem("", "no such key in this entry", hint=f"{key} goes with {_GOES_WITH[key]}", code="misplaced-key")
    if not isinstance(key, str):
        hint = ""
    elif meant := next((each for each in ALIASES.get(key, ()) if each in known), None):
        hint = f"did you mean {meant}?"
    elif key in REQUEST_FIELDS and "extra_body" in known:
        hint = "it goes under extra_body"
    else:
        hint = did_you_mean(key, known) or _elsewhere(key)
    expected, hint = f"an option of {cls.__name__ if cls else 'a provider'}", hint or f"other options go under {EXTRAS}"
    return Problem("", expected, got="an unknown name", hint=hint, code="unknown-option")


def _elsewhere(key: str) -> str:
    """A hint with the identifiers whose classes have an option; empty if there are none."""
    identifiers = [cls.identifier for cls in usable_classes() if key in compiled(cls).description.specs]
    return f"it is an option of {listed(identifiers)}" if identifiers else ""


def _extras(value: object, found: list[EntryProblem]) -> dict[str, Any]:
    if not isinstance(value, dict):
        found.append(((EXTRAS,), type_problem("Java keys and values", value)))
        return {}
    return {key: _extra(key, item, found) for key, item in value.items()}


def _extra(key: Any, value: object, found: list[EntryProblem]) -> Any:
    if isinstance(value, dict):
        value = read_secret(value, (EXTRAS, key), found, only=False)
    return read_parts("body", value, (EXTRAS, key), found, hidden=isinstance(key, str) and looks_like_credential(key))


def read_names(value: object, key: str, found: list[EntryProblem]) -> list[str]:
    """The names that the value of a key such as ``omit`` lists."""
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return value
    # Any other string may be or contain an API key.
    is_name = isinstance(value, str) and re.fullmatch(r"[\w-]+", value) is not None and mask_value(value) == value
    advice = advice_to_write(key, [value]) if is_name else None
    found.append(((key,), attrs.evolve(type_problem("a list of names", value), in_document=advice)))
    return []


def type_problem(expected: str, value: object) -> Problem:
    """The problem of a value of a wrong type."""
    return Problem("", expected, got=shown_kind(value), is_type=True)


# Environment variables ------------------------------------------------------------------------------------------------


@attrs.frozen
class Unset:
    """A marker for the value of an unset variable; it is a problem unless another entry overrides the option."""

    problem: Problem


def variable_in(value: object) -> str | None:
    """The environment variable that a value of a document refers to, as ``{ env = "NAME", default = ... }``; else None."""
    return value["env"] if resolver_of(value) == "env" else None  # type: ignore[index]


def _read_variable(
    description: Description, info: OptionInfo, value: dict[str, Any], path: tuple[str, ...], found: list[EntryProblem]
) -> Any:
    """The value of an option from an environment variable, read as Flink reads a string; else the default of the reference."""
    string = _string_of_variable(value, path, found)
    if isinstance(string, Unset):
        return string
    if string is None:
        return read_option(description, info.name, value["default"], (*path, "default"), found) if "default" in value else None
    own: list[EntryProblem] = []
    read = _read_string(info, string, path, own)
    if not own and read is not None:
        own_problems(description, {info.name: read}, own)
    # The string is not shown: it may be a secret if the name of the variable is wrong.
    got = f"another string in the environment variable {value['env']}"
    found += [(path, attrs.evolve(problem, got=got, hint="", in_document=None)) for _, problem in own]
    return read


def _string_of_variable(value: dict[str, Any], path: tuple[str, ...], found: list[EntryProblem]) -> str | Unset | None:
    """The string of an environment variable. If it is unset or empty: None if there is a default, else `Unset`."""
    name = value["env"]
    if not (name.isascii() and name.isidentifier()):
        # An invalid name gives the same problem as in a reference to a secret.
        read_secret({"env": name}, path, found, only=True)
        return None
    string = os.environ.get(name, "")
    if not string and "default" not in value:
        expected, hint = f"the environment variable {name}", "set it, or write a default beside env"
        return Unset(Problem("", expected, got="none", hint=hint, code="unset-variable"))
    return string or None


def read_place(key: str, value: Any, path: tuple[str, ...], found: list[EntryProblem]) -> Any:
    """The value of ``region``, ``workspace`` or ``place`` for a preset."""
    if key == "place" and len(path) == 1:
        if variable_in(value) is not None:
            found.append((path, Problem("", "names, each with its value or a variable", got="a variable for all", is_type=True)))
            return {}
        if not isinstance(value, dict):
            return value
        return {name: read_place(name, each, (*path, name), found) for name, each in value.items()}
    if variable_in(value) is None:
        return value
    string = _string_of_variable(value, path, found)
    return value.get("default") if string is None else string
