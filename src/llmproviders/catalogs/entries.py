# SPDX-License-Identifier: Apache-2.0
"""Providers as plain dicts, and back: what stands in a document of any format.

An entry says what it is by one of four keys: ``provider`` (an identifier with a class), ``generic`` (any identifier),
``preset`` (a well-known service) or ``extends`` (another entry). All other keys are options by their Python names,
``extra_options``, and the few in `RESERVED`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ..boundary import public
from ..credentials import MASK, is_placeholder, looks_like_credential, looks_like_key
from ..errors import DocumentError, DocumentProblem, InvalidOptionsError, Problem, ProviderError, Rejected, invalid
from ..fields.compiled import compiled, construct
from ..fields.converters import flink_map, json_headers
from ..fields.description import ALIASES, REQUEST_FIELDS, Description
from ..fields.hooks import OptionReader
from ..fields.metadata import OptionInfo
from ..fields.problems import problem_of
from ..fields.spec import EXTRAS, Spec
from ..messages import did_you_mean, shown
from ..presets import SERVICES, dashscope
from ..providers.base import Provider
from ..providers.classes import OLD_IDENTIFIERS, provider_class, provider_classes
from ..providers.derive import chosen, no_task, to_task
from ..providers.generic import GenericProvider
from ..providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from ..secret_policy import Secrets, checked_secrets
from ..secrets import MaskedText, Secret
from ..syntax.scalars import read_json_object, write_json
from .catalog import Catalog

__all__ = ["RESERVED", "from_dict", "to_dict"]

KINDS: Final = ("provider", "generic", "preset", "extends")
RESERVED: Final = (*KINDS, "for_task", "without", "omit", "place", "region", "workspace")
"""Keys of an entry that are no options: ``for_task`` moves to a task as the method does, ``without`` puts inherited
options back to their defaults, ``omit`` lists options that are not emitted (None in code), and ``place``, ``region``
and ``workspace`` go to a preset."""
_GOES_WITH: Final[Mapping[Any, str]] = {
    "for_task": "preset or extends",
    "without": "extends",
    "omit": "provider, preset or extends",
    "place": "a preset whose URL has braces",
    "region": 'preset = "dashscope"',
    "workspace": 'preset = "dashscope"',
}
TOP: Final = ("default", "include", "providers", "$schema")
"""Keys of a document; ``$schema`` is for editors, and means nothing here."""


# Writing --------------------------------------------------------------------------------------------------------------


@public
def to_dict(provider: Provider, *, secrets: Secrets = "refuse") -> dict[str, Any]:
    """The entry of a provider: what differs from its class's defaults, references as references.

    Args:
        provider: the provider to write.
        secrets: what to do with a literal secret: refuse, write it, or write the mask, which no reader accepts.

    Raises:
        DocumentError: if there is a literal secret and the call does not say what to do with it.
        InvalidOptionsError: if *provider* is none.
    """
    if not isinstance(provider, Provider):
        raise invalid("to_dict", [Problem("provider", "a Provider", got=shown(provider), is_type=True)])
    problems: list[Problem] = []
    entry = entry_of(provider, checked_secrets(secrets), problems)
    if problems:
        raise DocumentError([DocumentProblem("dict", 1, 1, "", problem) for problem in problems])
    return entry


def entry_of(provider: Provider, secrets: Secrets, problems: list[Problem]) -> dict[str, Any]:
    """The entry of a provider; the secrets that are in its way are added to *problems*."""
    if isinstance(provider, GenericProvider):
        entry: dict[str, Any] = {"generic": provider.provider_name()}
    else:
        entry = {"provider": provider.provider_name()}
    omitted = []
    specs = compiled(type(provider)).about.specs
    for name, value in chosen(provider).items():
        spec = specs[name]
        if name == EXTRAS:
            entry[EXTRAS] = {key: _extra(key, extra, secrets, problems) for key, extra in value.items()}
        elif isinstance(provider, GenericProvider) or not spec.attribute.init:
            # The identifier is there already, and a field without argument is set by the class.
            continue
        elif name in RESERVED:
            problems.append(Problem(name, "an option whose name a document can hold", hint=f"{name} is a key of the document"))
        elif spec.info is None:
            problems.append(Problem(name, "options alone", got="a private field", hint="a document has no place for it"))
        elif value is None:
            omitted.append(name)
        else:
            entry[name] = _plain(name, value, spec, secrets, problems)
    if omitted:
        entry["omit"] = omitted
    return entry


def _extra(key: str, value: Any, secrets: Secrets, problems: list[Problem]) -> Any:
    """An extra option as a document holds it; a secret that its key does not tell is a table."""
    written = _plain(f"{EXTRAS}.{key}", value, None, secrets, problems)
    is_told = (
        not isinstance(value, Secret) or looks_like_credential(key) or value.source != "text" or looks_like_key(value.reveal())
    )
    return written if is_told or secrets != "reveal" or not isinstance(written, str) else {"secret": written}


def _plain(
    name: str,
    value: Any,
    spec: Spec | None,
    secrets: Secrets,
    problems: list[Problem],
) -> Any:
    """A value as a document holds it."""
    if isinstance(value, Secret) and value.is_reference:
        return {value.source: value.reference}
    if isinstance(value, MaskedText) or (isinstance(value, Secret) and value.source == "text"):
        if secrets == "refuse":
            hint = 'use Secret.from_env or Secret.from_file, or pass secrets="reveal" or secrets="redact"'
            problems.append(Problem(name, "no literal secret in a document", got=MASK, hint=hint))
        if secrets != "reveal":
            return MASK
        value = value.reveal()
    elif isinstance(value, Secret):
        return str(value)
    if spec is not None and spec.info is not None and spec.info.format == "json":
        read = read_json_object(value)
        # As a table if that is the same text again; a null has no place in TOML.
        return read if write_json(read) == value and not _has_null(read) else value
    if isinstance(value, tuple):
        return list(value)
    return value if spec is None or type(value) in (str, bool, int, float) else spec.write(value)


def _has_null(value: object) -> bool:
    if isinstance(value, (dict, list)):
        return any(_has_null(item) for item in (value.values() if isinstance(value, dict) else value))
    return value is None


def tree_of(catalog: Catalog, secrets: Secrets, problems: list[Problem], *, inherit: bool) -> dict[str, Any]:
    """The document of a catalog; with *inherit*, each entry extends an earlier one where that is shorter."""
    entries: dict[str, dict[str, Any]] = {}
    for name, provider in catalog.items():
        found: list[Problem] = []
        entry = entry_of(provider, secrets, found)
        problems += [attrs.evolve(problem, option=f"providers.{name}.{problem.option}") for problem in found]
        entries[name] = entry
    written = _inherited(entries) if inherit else entries
    tree: dict[str, Any] = {} if catalog.default is None else {"default": catalog.default}
    tree["providers"] = written
    return tree


def _inherited(entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    written: dict[str, dict[str, Any]] = {}
    for name, entry in entries.items():
        best = entry
        for other in written:
            child = _child(other, entries[other], entry)
            if child is not None and len(str(child)) < len(str(best)):
                best = child
        written[name] = best
    return written


def _child(name: str, base: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any] | None:
    """*entry* as one that extends *base*; None if it cannot."""
    if any(base.get(kind) != entry.get(kind) for kind in KINDS):
        return None
    child: dict[str, Any] = {"extends": name}
    child.update((key, value) for key, value in entry.items() if key not in ("omit", EXTRAS) and not _same(base.get(key), value))
    omitted = [key for key in entry.get("omit", []) if key not in base.get("omit", [])]
    extras, above = entry.get(EXTRAS, {}), base.get(EXTRAS, {})
    # What the base omits and this one does not has to be written or put back.
    gone = [key for key in [*base, *base.get("omit", [])] if key not in entry and key not in entry.get("omit", [])]
    without = [key for key in gone if key not in (*KINDS, "omit", EXTRAS)]
    if list(above) != list(extras)[: len(above)]:
        # Extras that went, or moved: their order is the order of the options.
        return None
    if omitted:
        child["omit"] = omitted
    if changed := {key: value for key, value in extras.items() if key not in above or not _same(above[key], value)}:
        child[EXTRAS] = changed
    if without:
        child["without"] = without
    return child


def _same(one: object, other: object) -> bool:
    return one == other and type(one) is type(other) and repr(one) == repr(other)


# Reading --------------------------------------------------------------------------------------------------------------

Found: TypeAlias = tuple[tuple[str | int, ...], Problem]
"""A path within an entry, and what is wrong there."""


@public
def from_dict(entry: Mapping[str, Any]) -> Provider:
    """The provider of an entry, as `to_dict` makes it; ``extends`` has nothing to refer to here.

    Args:
        entry: the keys that an entry of a file has, such as ``provider``, ``preset`` and options by Python names.

    Raises:
        DocumentError: listing everything that is wrong with the entry.
    """
    found: list[Found] = []
    provider = provider_of(entry, lambda name: None, found)
    if provider is None and not found:
        found = [(("extends",), Problem("", "an entry of a catalog", got="an entry by itself", hint="write its options out"))]
    if provider is None:
        raise DocumentError([DocumentProblem("dict", 1, 1, ".".join(map(str, path)), problem) for path, problem in found])
    return provider


Base: TypeAlias = Provider | type[Provider] | None
"""What an entry extends: the provider; its class, where something else is wrong with it; None if that is not known."""


def class_of(bodies: Mapping[str, object], name: object) -> type[Provider] | None:
    """The class of an entry, by way of what it extends, also if something else is wrong with it; None if unknown."""
    for _ in bodies:
        body = bodies.get(name) if isinstance(name, str) else None
        if not isinstance(body, Mapping):
            return None
        if isinstance(kind := body.get("provider"), str):
            return provider_classes().get(kind)
        if "preset" in body:
            return DashScopeProvider if body["preset"] == "dashscope" else OpenAICompatProvider
        if "generic" in body:
            return GenericProvider
        name = body.get("extends")
    return None


def provider_of(entry: object, base_of: Callable[[str], Base], found: list[Found]) -> Provider | None:
    """The provider of an entry; None if something is wrong with it, which is added to *found*.

    *base_of* gives what the entry may extend; a base that is no provider has been complained about already.
    """
    if not isinstance(entry, Mapping):
        found.append(((), _wrong("", "an entry: a table of options", entry)))
        return None
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        hint = "" if kinds else _misspelled_kind(entry)
        got = " and ".join(kinds) if kinds else "none of them"
        found.append(((), Problem("", f"one of the keys {', '.join(KINDS)}", got=got, hint=hint)))
        return None
    kind = kinds[0]
    name = entry[kind]
    if not isinstance(name, str) or not name:
        found.append(((kind,), _wrong("", "a name", name)))
        return None
    mine: list[Found] = []
    try:
        provider = _READERS[kind](name, entry, base_of, mine)
    except InvalidOptionsError as error:
        known = {path[0] for path, _ in mine if path}
        mine += [
            ((problem.option,) if problem.option else (), attrs.evolve(problem, option="", key=""))
            for problem in error.problems
            if problem.option not in known
        ]
        provider = None
    except ProviderError as error:
        # A class that cannot be used; its message is about the class.
        mine.append(((kind,), Problem("", "an identifier whose class can be had", got=shown(name), hint=str(error))))
        provider = None
    found += mine
    return None if mine else provider


def literal_secrets(
    entry: object, cls: type[Provider] | None, provider: Provider | None
) -> Iterator[tuple[tuple[str, ...], Problem]]:
    """Where secrets are written out in an entry.

    Args:
        entry: the entry.
        cls: its class, if that is known.
        provider: its provider, if nothing is wrong with it: only then are URLs, headers and bodies looked into.
    """
    if not isinstance(entry, dict):
        return
    specs = compiled(cls).about.specs if cls is not None else {}
    values = chosen(provider) if provider is not None else {}
    for key, value in entry.items():
        spec = specs.get(key)
        if spec is not None and spec.is_secret:
            yield from _literal_secret((key,), value)
        elif isinstance(values.get(key), MaskedText):
            yield (key,), _written(_INSIDE)
        elif key == EXTRAS and isinstance(value, dict):
            held = values.get(EXTRAS, {})
            for each, extra in value.items():
                if isinstance(held.get(each), MaskedText):
                    yield (key, each), _written(_INSIDE)
                elif isinstance(extra, dict) or looks_like_credential(each) or isinstance(held.get(each), Secret):
                    yield from _literal_secret((key, each), extra)


_INSIDE: Final = "a placeholder that the platform fills in may stand here, or code may add it"
"""The hint for a secret inside a URL, a header or a body."""


def _literal_secret(path: tuple[str, ...], value: object) -> Iterator[tuple[tuple[str, ...], Problem]]:
    """The warning about a value that should be a reference, if it is none, or refers to what looks like the secret."""
    reference = 'write { env = "NAME" } or { file = "path" }'
    if value == "":
        yield path, Problem("", "a secret", got="an empty text", hint=reference, severity="warning")
    elif isinstance(value, str) and not is_placeholder(value):
        yield path, _written(reference)
    elif isinstance(value, dict) and len(value) == 1:
        if isinstance(value.get("secret"), str):
            yield path, _written(reference)
        for source, what in (("env", "the name of an environment variable"), ("file", "the path of a file")):
            if isinstance(name := value.get(source), str) and looks_like_key(name):
                expected = f"{what}, for this text looks like the secret itself"
                yield path, Problem("", expected, got=MASK, severity="warning")


def _written(hint: str) -> Problem:
    return Problem("", "a reference, for this text is a secret", got=MASK, hint=hint, severity="warning")


def _is_plain(info: OptionInfo) -> bool:
    """Whether a text in a document is the option's value, rather than the text of it."""
    return bool(info.allowed) or info.type in (bool, int, float, str, Secret)


def _misspelled_kind(entry: Mapping[str, Any]) -> str:
    for key in entry:
        if isinstance(key, str) and (hint := did_you_mean(key, KINDS)):
            return f"{key!r}: {hint}"
    return 'provider = "openai-compat" is the usual one'


def _read_provider(name: str, entry: Mapping[str, Any], _: object, found: list[Found]) -> Provider | None:
    cls = provider_class(name)
    if cls is GenericProvider:
        old = OLD_IDENTIFIERS.get(name)
        hint = f"that is the older name of {old}" if old else did_you_mean(name, list(provider_classes()))
        hint = hint or f'generic = "{name}" takes any identifier'
        expected = f"a known identifier ({', '.join(provider_classes())})"
        found.append((("provider",), Problem("", expected, got=shown(name), hint=hint)))
        return None
    return _made(cls, None, _options(cls, entry, ("provider", "omit"), found))


def _read_generic(name: str, entry: Mapping[str, Any], _: object, found: list[Found]) -> Provider | None:
    given = _options(GenericProvider, entry, ("generic",), found)
    return GenericProvider(name, extra_options=given.get(EXTRAS, {}))


def _read_preset(name: str, entry: Mapping[str, Any], _: object, found: list[Found]) -> Provider | None:
    maker: Any = dashscope if name == "dashscope" else SERVICES.get(name)
    if maker is None:
        known = [*SERVICES, "dashscope"]
        hint = did_you_mean(name, known)
        found.append((("preset",), Problem("", f"a preset ({', '.join(known)})", got=shown(name), hint=hint)))
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
        problems = [_in_a_preset(problem, entry) for problem in error.problems]
    raise invalid(f"presets.{name}", problems)


def _in_a_preset(problem: Problem, entry: Mapping[str, Any]) -> Problem:
    """What a preset says of its arguments, said of the keys of an entry."""
    if problem.option == "task" and "for_task" in entry:
        # In code there is a function to call.
        hint = (
            "write provider and endpoint in place of the preset" if problem.hint.startswith("pass the endpoint") else problem.hint
        )
        return attrs.evolve(problem, option="for_task", hint=hint)
    if problem.option == "place" and problem.hint.startswith("pass "):
        return attrs.evolve(problem, hint=re.sub(r'pass place=\{"(\w+)": "..."\}', r'write place = { \1 = "..." }', problem.hint))
    return problem


def _read_extends(name: str, entry: Mapping[str, Any], base_of: Callable[[str], Base], found: list[Found]) -> Provider | None:
    base = base_of(name)
    if base is None:
        return None
    reserved = ("extends", "for_task", "without", "omit")
    if isinstance(base, type):
        _alone(base, entry, reserved, found)
        return None
    given = _options(type(base), entry, reserved, found)
    if "without" in entry:
        names = _names(entry["without"], "without", found)
        try:
            base = base.without(*names)
        except InvalidOptionsError as failure:
            found += [(("without",), problem) for problem in failure.problems]
    if EXTRAS in given:
        given[EXTRAS] = {**base.extra_options, **given[EXTRAS]}
    if "for_task" in entry:
        for problem in to_task(base, entry["for_task"], given):
            path = ("for_task",) if problem.option == "task" else (problem.option,)
            # A file has no None.
            dropping = problem.hint == f"pass {problem.option}=None to drop it"
            hint = f'omit = ["{problem.option}"] drops it' if dropping else problem.hint.replace("pass ", "write ", 1)
            found.append((path, attrs.evolve(problem, option="", hint=hint)))
    return _made(type(base), base, given)


_READERS: Final[Mapping[str, Callable[..., Provider | None]]] = {
    "provider": _read_provider,
    "generic": _read_generic,
    "preset": _read_preset,
    "extends": _read_extends,
}


def _made(cls: type[Provider], base: Provider | None, given: Mapping[str, Any]) -> Provider:
    """The provider of values by name of the field: a new one, or a variant of *base*."""
    if not given and base is not None:
        return base
    if base is None:
        return construct(cls, dict(given))
    return base.with_(**compiled(cls).about.arguments(dict(given)))


def _options(cls: type[Provider], entry: Mapping[str, Any], reserved: Sequence[str], found: list[Found]) -> dict[str, Any]:
    """The values of an entry's options, by name of the field; *reserved* are the keys that are none but may be there."""
    about = compiled(cls).about
    specs = about.specs
    given: dict[str, Any] = {}
    for key, value in entry.items():
        if key in reserved:
            continue
        spec = specs.get(key) if isinstance(key, str) else None
        if key == EXTRAS:
            given[EXTRAS] = _extras(value, found)
        elif spec is None or spec.info is None or key in RESERVED:
            found.append(((key,), _unknown(cls, key, [*reserved, *specs])))
        elif isinstance(value, str) and spec.info.type in (bool, int, float):
            found.append(((key,), _not_a_string(about, key, value)))
        else:
            given[key] = _value(spec.info, value, found)
    for name in _names(entry.get("omit", []), "omit", found) if "omit" in reserved else ():
        if name in given or name not in specs or name == EXTRAS:
            expected = f"names of options of {cls.__name__} that are not set here"
            found.append((("omit",), Problem("", expected, got=shown(name), hint=did_you_mean(name, list(specs)))))
        else:
            given[name] = None
    return given


def _alone(cls: type[Provider], entry: Mapping[str, Any], reserved: Sequence[str], found: list[Found]) -> None:
    """Add what is wrong with the options of an entry by themselves, if what it extends is of no use."""
    about = compiled(cls).about
    for name, value in _options(cls, entry, reserved, found).items():
        try:
            about.specs[name].accepted(value)
        except Exception as error:  # noqa: BLE001
            found.append(((name,), attrs.evolve(problem_of(about, name, value, error), option="", key="")))
    task = entry.get("for_task", cls.tasks[0] if cls.tasks else None)
    if task is not None and task not in cls.tasks:
        found.append((("for_task",), attrs.evolve(no_task(cls, task), option="")))


def _not_a_string(about: Description, key: str, value: str) -> Problem:
    """The complaint about a string where something else belongs, with what to write instead."""
    spec = about.specs[key]
    error: Exception = Rejected("another value")
    try:
        spec.accept(value)
    except Rejected as rejection:
        error = rejection
    problem = problem_of(about, key, value, error)
    if spec.info is not None and spec.info.type is bool:
        return attrs.evolve(problem, option="", key="", hint="write true or false")
    number = re.fullmatch(r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?", value)
    return attrs.evolve(problem, option="", key="", hint="write it without quotes" if number else problem.hint)


def _unknown(cls: type[Provider], key: object, known: list[str]) -> Problem:
    if key in _GOES_WITH:
        return Problem("", "no such key in this entry", hint=f"{key} goes with {_GOES_WITH[key]}")
    if not isinstance(key, str):
        hint = ""
    elif ALIASES.get(key) in known:
        hint = f"did you mean {ALIASES[key]}?"
    elif key in REQUEST_FIELDS and "extra_body" in known:
        hint = "it goes under extra_body"
    else:
        hint = did_you_mean(key, known)
    return Problem("", f"an option of {cls.__name__}", got="an unknown name", hint=hint or f"other options go under {EXTRAS}")


def _extras(value: object, found: list[Found]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        found.append(((EXTRAS,), _wrong("", "a table of Java keys and values", value)))
        return {}
    return {key: _secret_value(item, (EXTRAS, key), found) if isinstance(item, Mapping) else item for key, item in value.items()}


_HEADERS: Final[tuple[object, ...]] = (json_headers, flink_map)


def _value(info: OptionInfo, value: Any, found: list[Found]) -> Any:
    """What the constructor takes for a value in a document."""
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and _is_plain(info)):
        return value
    if isinstance(value, Mapping) and info.secret:
        return _secret_value(value, (info.name,), found)
    if isinstance(value, dict) and info.field.converter in _HEADERS and len(value) == 1 and not {"env", "file"}.isdisjoint(value):
        hint = "only a secret can be a reference; a header of that name goes into a text"
        found.append(((info.name,), Problem("", "headers", got=f"a table of {next(iter(value))} alone", hint=hint)))
        return None
    if isinstance(value, str):
        # A type with a text of its own is written by its text.
        given, _, problems = OptionReader((info,))({info.key: value})
        found += [((info.name,), attrs.evolve(problem, option="", key="")) for problem in problems]
        return given.get(info.name)
    return value


def _secret_value(value: Mapping[str, Any], path: tuple[str | int, ...], found: list[Found]) -> Any:
    """The secret that a table refers to; any other table stays what it is."""
    source = next(iter(value), None)
    if len(value) == 1 and source in ("env", "file", "secret") and isinstance(name := value[source], str):
        try:
            return {"env": Secret.from_env, "file": Secret.from_file, "secret": Secret}[source](name)
        except ValueError:
            found.append((path, _no_name(source, name)))
            return None
    if len(path) == 1:
        # A key of the table may be the secret.
        hint = did_you_mean(source, ("env", "file")) if isinstance(source, str) else ""
        got = "a table of something else" if value else "an empty table"
        found.append((path, Problem("", 'a text, { env = "NAME" } or { file = "path" }', got=got, hint=hint)))
        return None
    return value


def _no_name(source: str, name: str) -> Problem:
    """The complaint about a reference to *name*, which may be the secret."""
    if source == "file":
        return Problem("", "the path of a file", got="an empty text")
    expected = "the name of an environment variable (letters, digits and underscores)"
    if not name:
        return Problem("", expected, got="an empty text")
    bare = name.strip().removeprefix("$").removeprefix("{").removesuffix("}")
    if bare.isascii() and bare.isidentifier():
        return Problem("", expected, got=MASK, hint="write the name alone, without blanks, $ and braces")
    return Problem("", expected, got=MASK, hint="a secret itself does not belong here")


def _names(value: object, key: str, found: list[Found]) -> list[str]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return value
    found.append(((key,), _wrong("", "a list of names", value)))
    return []


def _wrong(option: str, expected: str, value: object) -> Problem:
    return Problem(option, expected, got=f"a value of type {type(value).__name__}", is_type=True)
