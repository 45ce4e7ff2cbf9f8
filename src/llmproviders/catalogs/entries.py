# SPDX-License-Identifier: Apache-2.0
"""Entries, which are dicts in documents of any format, and how an entry becomes a provider.

One of four keys determines the kind of an entry: ``provider`` (an identifier with a class), ``generic`` (any identifier),
``preset`` (a well-known service) or ``extends`` (another entry). All other keys are Python names of options,
``extra_options``, and those in `RESERVED`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ..boundary import public
from ..credentials import looks_like_credential, mask_value
from ..errors import (
    Advice,
    DocumentError,
    DocumentProblem,
    InvalidOptionsError,
    Problem,
    ProviderError,
    Rejected,
    dotted,
    invalid,
    writing,
)
from ..fields.compiled import compiled, construct
from ..fields.description import ALIASES, REQUEST_FIELDS, Description
from ..fields.hooks import OptionReader
from ..fields.metadata import OptionInfo
from ..fields.parts import kind_of
from ..fields.problems import problem_of
from ..fields.spec import EXTRAS
from ..messages import listed, shown
from ..presets import SERVICES, dashscope
from ..providers.base import Provider
from ..providers.classes import OLD_IDENTIFIERS, provider_class, provider_classes
from ..providers.derive import no_task, to_task
from ..providers.generic import GenericProvider
from ..providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from ..secrets import Secret
from ..similar_names import did_you_mean
from .arguments import unknown_codes
from .formats.notation import in_format
from .formats.trees import shown_kind
from .references import EntryProblem, read_parts, read_secret

__all__ = ["KINDS", "RESERVED", "Base", "EntryProblem", "extended_name", "from_dict", "provider_of"]

KINDS: Final = ("provider", "generic", "preset", "extends")
RESERVED: Final = (*KINDS, "for_task", "without", "omit", "place", "region", "workspace", "ignore")
"""Keys of an entry that are not options: ``for_task`` is the task to move to, ``without`` lists inherited
options to reset to their defaults, ``omit`` lists options that are not emitted (None in code), ``place``, ``region`` and
``workspace`` are arguments of a preset, and ``ignore`` lists codes of problems that checks do not report."""
_GOES_WITH: Final[Mapping[Any, str]] = {
    "for_task": "preset or extends",
    "without": "extends",
    "omit": "provider, preset or extends",
    "place": "a preset whose URL has braces",
    "region": "the preset dashscope",
    "workspace": "the preset dashscope",
}


@public
def from_dict(entry: Mapping[str, Any]) -> Provider:
    """Make the provider of an entry, such as `to_dict` returns.

    Args:
        entry: keys and values as in an entry of a file: ``provider`` or ``preset``, and Python names of options. ``extends`` is
            refused, because there is no other entry.

    Raises:
        DocumentError: with every problem of the entry.
    """
    found: list[EntryProblem] = []
    provider = provider_of(entry, lambda name: None, found)
    if provider is None and not found:
        found = [
            (
                ("extends",),
                Problem(
                    "", "an entry of a catalog", got="a single entry", hint="write all its options here", code="unknown-base"
                ),
            )
        ]
    if provider is None:
        raise DocumentError([DocumentProblem("dict", 1, 1, dotted(path), in_format("json", problem)) for path, problem in found])
    return provider


Base: TypeAlias = Provider | type[Provider] | None
"""The provider of the entry that an entry extends. If that has a problem: its class, or None if the class is unknown."""


def extended_name(entry: object) -> str | None:
    """The name of the entry that *entry* extends; None if it does not extend one."""
    if not isinstance(entry, Mapping) or [kind for kind in KINDS if kind in entry] != ["extends"]:
        return None
    name = entry["extends"]
    return name if isinstance(name, str) and name else None


def provider_of(entry: object, base_of: Callable[[str], Base], found: list[EntryProblem]) -> Provider | None:
    """The provider of an entry; None if it has problems.

    Args:
        entry: the entry.
        base_of: a function that finds the `Base` of a name; it reports an unknown name itself.
        found: the list to which problems are added.
    """
    if not isinstance(entry, Mapping):
        found.append(((), _type_problem("", "an entry: names and values of options", entry)))
        return None
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        hint = "" if kinds else _misspelled_kind(entry)
        usual = None if kinds or hint else Advice("write {}, which is the usual one", (("provider", "openai-compat"),))
        got = " and ".join(kinds) if kinds else "none of them"
        expected = f"one of the keys {', '.join(KINDS)}"
        found.append(((), Problem("", expected, got=got, hint=hint, in_document=usual, code="invalid-entry")))
        return None
    kind = kinds[0]
    name = entry[kind]
    if not isinstance(name, str) or not name:
        found.append(((kind,), _type_problem("", "a name", name)))
        return None
    own: list[EntryProblem] = []
    if "ignore" in entry:
        own += [(("ignore",), problem) for problem in unknown_codes(_names(entry["ignore"], "ignore", own))]
    try:
        provider = _READERS[kind](name, entry, base_of, own)
    except InvalidOptionsError as error:
        known = {path[0] for path, _ in own if path}
        own += [_located(problem, entry) for problem in error.problems if problem.option not in known]
        provider = None
    except ProviderError as error:
        # The class cannot be used; the message says why.
        own.append(
            ((kind,), Problem("", "an identifier with a usable class", got=shown(name), hint=str(error), code="unusable-class"))
        )
        provider = None
    found += own
    return None if own else provider


def _located(problem: Problem, entry: Mapping[str, Any]) -> EntryProblem:
    """A problem of an option with its path in the entry, and advice for documents."""
    path = (problem.option,) if problem.option else ()
    if problem.code == "not-for-task" and problem.option in entry:
        problem = attrs.evolve(problem, in_document=Advice("remove it", ()))
    elif problem.expected == "a str" and isinstance(entry.get(problem.option), (int, float)):
        problem = attrs.evolve(problem, hint="write it in quotes")
    return path, attrs.evolve(problem, option="", key="")


def _is_plain(info: OptionInfo) -> bool:
    """Whether a string in a document is the value of the option itself, and not the string that Java reads."""
    return bool(info.allowed) or info.type in (bool, int, float, str, Secret)


def _misspelled_kind(entry: Mapping[str, Any]) -> str:
    for key in entry:
        if isinstance(key, str) and (hint := did_you_mean(key, KINDS)):
            return f"{key!r}: {hint}"
    return ""


def _read_provider(name: str, entry: Mapping[str, Any], _: object, found: list[EntryProblem]) -> Provider | None:
    cls = provider_class(name)
    if cls is GenericProvider:
        old = OLD_IDENTIFIERS.get(name)
        hint = f"it is the older name of {old}" if old else did_you_mean(name, list(provider_classes()))
        # A name that is not shown may be a key.
        generic = (
            None if hint or shown(name) != repr(name) else Advice("write {} for a factory of your own", (("generic", name),))
        )
        expected = f"a known identifier ({', '.join(provider_classes())})"
        problem = Problem("", expected, got=shown(name), hint=hint, in_document=generic, code="unknown-provider")
        found.append((("provider",), problem))
        return None
    return _construct(cls, None, _options(cls, entry, ("provider", "omit"), found))


def _read_generic(name: str, entry: Mapping[str, Any], _: object, found: list[EntryProblem]) -> Provider | None:
    given = _options(GenericProvider, entry, ("generic",), found)
    return GenericProvider(name, extra_options=given.get(EXTRAS, {}))


def _read_preset(name: str, entry: Mapping[str, Any], _: object, found: list[EntryProblem]) -> Provider | None:
    maker: Any = dashscope if name == "dashscope" else SERVICES.get(name)
    if maker is None:
        known = [*SERVICES, "dashscope"]
        hint = did_you_mean(name, known)
        found.append(
            (("preset",), Problem("", f"a preset ({', '.join(known)})", got=shown(name), hint=hint, code="unknown-preset"))
        )
        return None
    own = ("region", "workspace") if name == "dashscope" else ("place",)
    cls = DashScopeProvider if name == "dashscope" else OpenAICompatProvider
    given = _options(cls, entry, ("preset", "for_task", "omit", *own), found)
    given.update((key, entry[key]) for key in own if key in entry)
    if "for_task" in entry:
        given["task"] = entry["for_task"]
    try:
        return maker(**given)  # type: ignore[no-any-return]
    except InvalidOptionsError as error:
        problems = [_as_problem_of_entry(problem, entry) for problem in error.problems]
    raise invalid(f"presets.{name}", problems)


def _as_problem_of_entry(problem: Problem, entry: Mapping[str, Any]) -> Problem:
    """A problem of the arguments of a preset, with the keys of entries in place of arguments."""
    return attrs.evolve(problem, option="for_task") if problem.option == "task" and "for_task" in entry else problem


def _read_extends(
    name: str, entry: Mapping[str, Any], base_of: Callable[[str], Base], found: list[EntryProblem]
) -> Provider | None:
    base = base_of(name)
    if base is None:
        return None
    reserved = ("extends", "for_task", "without", "omit")
    if isinstance(base, type):
        _check_own_options(base, entry, reserved, found)
        return None
    given = _options(type(base), entry, reserved, found)
    if "without" in entry:
        names = _names(entry["without"], "without", found)
        try:
            base = base.without(*names)
        except InvalidOptionsError as failure:
            found += [(("without",), attrs.evolve(problem, option=mask_value(problem.option))) for problem in failure.problems]
    if EXTRAS in given:
        given[EXTRAS] = {**base.extra_options, **given[EXTRAS]}
    if "for_task" in entry:
        problems = to_task(base, entry["for_task"], given)
        inherited = [each.option for each in problems if each.code == "not-for-task" and each.option not in entry]
        # One list of all, because a key is written once.
        pronoun = "it" if len(inherited) == 1 else "them"
        omit = entry.get("omit")
        kept = [name for name in omit if isinstance(name, str) and name in given] if isinstance(omit, list) else []
        omitted = Advice(f"write {{}} to drop {pronoun}", (("omit", [*kept, *inherited]),))
        for problem in problems:
            if problem.option in inherited:
                found.append(((problem.option,), attrs.evolve(problem, option="", in_document=omitted)))
            else:
                found.append(_located(_as_problem_of_entry(problem, entry), entry))
    return _construct(type(base), base, given)


_READERS: Final[Mapping[str, Callable[..., Provider | None]]] = {
    "provider": _read_provider,
    "generic": _read_generic,
    "preset": _read_preset,
    "extends": _read_extends,
}


def _construct(cls: type[Provider], base: Provider | None, given: Mapping[str, Any]) -> Provider:
    """A provider with values by name of the field: a new one, or a variant of *base*."""
    if not given and base is not None:
        return base
    if base is None:
        return construct(cls, dict(given))
    return base.with_(**compiled(cls).description.arguments(dict(given)))


def _options(cls: type[Provider], entry: Mapping[str, Any], reserved: Sequence[str], found: list[EntryProblem]) -> dict[str, Any]:
    """The values of the options of an entry, by name of the field; *reserved* are the other keys that it may have."""
    description = compiled(cls).description
    specs = description.specs
    given: dict[str, Any] = {}
    for key, value in entry.items():
        if key in reserved or key == "ignore":
            continue
        spec = specs.get(key) if isinstance(key, str) else None
        if key == EXTRAS:
            given[EXTRAS] = _extras(value, found)
        elif spec is None or spec.info is None or key in RESERVED:
            found.append(((key,), _unknown_key(cls, key, [*reserved, "ignore", *specs])))
        elif isinstance(value, str) and spec.info.type in (bool, int, float):
            found.append(((key,), _string_problem(description, key, value)))
        else:
            given[key] = _value(spec.info, value, found)
    for name in _names(entry["omit"], "omit", found) if "omit" in reserved and "omit" in entry else ():
        if name in given or name not in specs or name == EXTRAS:
            expected = f"names of options of {cls.__name__} that are not set here"
            hint = "remove it here, or the option itself" if name in given else did_you_mean(name, list(specs))
            found.append((("omit",), Problem("", expected, got=shown(name), hint=hint, code="unknown-option")))
        else:
            given[name] = None
    return given


def _check_own_options(cls: type[Provider], entry: Mapping[str, Any], reserved: Sequence[str], found: list[EntryProblem]) -> None:
    """Add the problems of the own options of an entry, if the entry that it extends has problems."""
    description = compiled(cls).description
    for name, value in _options(cls, entry, reserved, found).items():
        try:
            description.specs[name].accepted(value)
        except Exception as error:  # noqa: BLE001
            found.append(((name,), attrs.evolve(problem_of(description, name, value, error), option="", key="")))
    task = entry.get("for_task", cls.tasks[0] if cls.tasks else None)
    if task is not None and task not in cls.tasks:
        found.append((("for_task",), attrs.evolve(no_task(cls, task), option="")))


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


def _unknown_key(cls: type[Provider], key: object, known: list[str]) -> Problem:
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
    expected, hint = f"an option of {cls.__name__}", hint or f"other options go under {EXTRAS}"
    return Problem("", expected, got="an unknown name", hint=hint, code="unknown-option")


def _elsewhere(key: str) -> str:
    """A hint with the identifiers whose classes have an option; empty if there are none."""
    identifiers = [identifier for identifier, cls in provider_classes().items() if key in compiled(cls).description.specs]
    return f"it is an option of {listed(identifiers)}" if identifiers else ""


def _extras(value: object, found: list[EntryProblem]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        found.append(((EXTRAS,), _type_problem("", "Java keys and values", value)))
        return {}
    return {key: _extra(key, item, found) for key, item in value.items()}


def _extra(key: Any, value: object, found: list[EntryProblem]) -> Any:
    if isinstance(value, Mapping):
        value = read_secret(value, (EXTRAS, key), found, only=False)
    return read_parts("body", value, (EXTRAS, key), found, hidden=isinstance(key, str) and looks_like_credential(key))


def _value(info: OptionInfo, value: Any, found: list[EntryProblem]) -> Any:
    """The argument of the constructor for a value in a document."""
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and _is_plain(info)):
        return value
    if isinstance(value, Mapping) and info.secret:
        return read_secret(value, (info.name,), found, only=True)
    if isinstance(value, dict) and (kind := kind_of(info)) is not None:
        own: list[EntryProblem] = []
        parts = read_parts(kind, value, (info.name,), own)
        found += own
        return None if own else parts
    if isinstance(value, str):
        # A value of any other type is written as the string that Java reads.
        given, _, problems = OptionReader((info,))({info.key: value})
        found += [((info.name,), attrs.evolve(problem, option="", key="")) for problem in problems]
        return given.get(info.name)
    return value


def _names(value: object, key: str, found: list[EntryProblem]) -> list[str]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return value
    # A string that is not shown may be a key.
    advice = writing(key, [value]) if isinstance(value, str) and mask_value(value) == value else None
    found.append(((key,), attrs.evolve(_type_problem("", "a list of names", value), in_document=advice)))
    return []


def _type_problem(option: str, expected: str, value: object) -> Problem:
    return Problem(option, expected, got=shown_kind(value), is_type=True)
