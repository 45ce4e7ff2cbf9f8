# SPDX-License-Identifier: Apache-2.0
"""Completion in shells: names and values for arguments. Problems of a file are ignored; there are only fewer completions."""

from __future__ import annotations

import functools
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import typer

from ..catalogs.drafts import Draft
from ..catalogs.layers import KINDS, Entry, RawCatalog, compose, environments
from ..catalogs.resolution import draft_with
from ..catalogs.sources import Document, Sources, read_file
from ..codes import CHECKS, CODES
from ..fields.metadata import OptionInfo, options
from ..fields.parts import kind_of
from ..fields.spec import EXTRAS
from ..presets import NAMES
from ..providers.base import Provider
from ..providers.classes import provider_classes
from ..providers.generic import GenericProvider
from ..resolvers import known_resolvers
from ..runtimes.runtime import list_runtimes, runtime
from ..syntax.locations import Location

__all__ = [
    "assignments_of",
    "code_lists",
    "code_names",
    "entry_names",
    "environment_names",
    "factory_names",
    "file_names",
    "identifiers",
    "options_of_entry",
    "overrides_of",
    "runtime_names",
]

_WORD: Final = r"[\w.,:=+@%/-]+"
"""A word that needs no quotes in any shell; only such words are offered."""
_OTHER_KEYS: Final = {
    "abstract": "whether it is only extended",
    "description": "a description for people",
    "tags": "names to select entries by",
    "for_task": "another task",
    "omit": "options without a value",
    "without": "inherited options to reset",
    "ignore": "codes of problems",
}
_LISTS: Final = ("omit", "without", "ignore", "tags")
"""Keys of an entry whose values are names with commas between them."""

Candidate: TypeAlias = "tuple[str, str]"
"""A word, and its meaning."""


def _ignore_errors(function: Callable[..., Iterable[Candidate]]) -> Callable[..., list[Candidate]]:
    """Make a function ignore exceptions and return no words: a message would break the command line that the user types."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> list[Candidate]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return [each for each in function(*args, **kwargs) if re.fullmatch(_WORD, each[0])]
            except Exception:  # noqa: BLE001
                return []

    return run


def file_names() -> list[str]:
    """Nothing, so that the shell completes names of files."""
    return []


@_ignore_errors
def entry_names(ctx: typer.Context) -> Iterator[Candidate]:
    """The entries of the files of the command."""
    return ((name, "") for name in dict.fromkeys(name for file in _files(ctx) for name in _catalog(ctx, file).entries))


@_ignore_errors
def environment_names(ctx: typer.Context) -> Iterator[Candidate]:
    """The environments of the files of the command."""
    return ((name, "") for name in dict.fromkeys(name for file in _files(ctx) for name in environments(_sources(file))))


@_ignore_errors
def overrides_of(ctx: typer.Context, incomplete: str) -> Iterator[Candidate]:
    """The options of all entries as ``NAME.KEY=``."""
    raw = _catalog(ctx, _files(ctx)[0])
    name = incomplete.partition(".")[0]
    if name not in raw.entries:
        yield from ((f"{each}.", "") for each in raw.entries)
        return
    for key, meaning in _keys(_draft(raw, name).cls, {"extends": name}).items():
        yield f"{name}.{key}" if key.endswith(".") else f"{name}.{key}=", meaning


@_ignore_errors
def options_of_entry(ctx: typer.Context) -> Iterator[Candidate]:
    """The options that the entry itself has."""
    file, name = _file_and_name(ctx)
    raw = _catalog(ctx, file)
    entry: Any = raw.entries[name].body
    for key, value in entry.items():
        names = [f"{key}.{each}" for each in value] if key == EXTRAS else [key]
        yield from ((name, "") for name in names)


@_ignore_errors
def runtime_names() -> Iterator[Candidate]:
    """The runtimes."""
    return ((name, runtime(name).title) for name in list_runtimes())


@_ignore_errors
def factory_names(ctx: typer.Context) -> Iterator[Candidate]:
    """The providers of the runtime of the command."""
    return ((name, factory.artifact) for name, factory in runtime(ctx.params["name"]).factories.items())


@_ignore_errors
def identifiers() -> Iterator[Candidate]:
    """The identifiers of provider classes."""
    return ((name, cls.__name__) for name, cls in provider_classes().items())


@_ignore_errors
def code_names() -> Iterator[Candidate]:
    """The codes of problems."""
    return ((code.name, code.meaning) for code in CODES.values())


@_ignore_errors
def code_lists(incomplete: str) -> Iterator[Candidate]:
    """The codes of problems, also after other codes and a comma."""
    return ((word, CODES[name].meaning) for name, word in _listed(CHECKS, incomplete))


@_ignore_errors
def assignments_of(ctx: typer.Context, incomplete: str) -> Iterator[Candidate]:
    """The options of the entry as ``KEY=``, and the values of an option as ``KEY=VALUE``."""
    words: Sequence[str] = ctx.params.get("assignments") or ()
    given = _given(words)
    file, name = _file_and_name(ctx)
    raw = _catalog(ctx, file)
    entries = raw.entries
    if name not in entries and ctx.info_name != "add":
        return
    body = entries[name].body if name in entries else {key: value for key, value in given.items() if key in KINDS}
    draft = _draft(raw, name, body)
    cls = draft.cls
    key, prefix = _key_of_value(words, incomplete)
    if key:
        values = _values(cls, key, entries)
        if key in _LISTS:
            values = [word for _, word in _listed(values, incomplete.removeprefix(prefix))]
        yield from ((f"{prefix}{value}", "") for value in values)
        return
    meanings = {**_keys(cls, body), **dict.fromkeys(_parts(draft), "")}
    keys = {key: meaning for key, meaning in meanings.items() if key not in given and key.startswith(incomplete)}
    if len(keys) == 1 and (values := _values(cls, key := next(iter(keys)), entries)):
        # A shell adds a space after a single word, but not after the beginning of several.
        yield from ((f"{key}={value}", "") for value in values)
    for key, meaning in keys.items():
        yield key if key.endswith(".") else f"{key}=", meaning


def _files(ctx: typer.Context) -> list[Path]:
    """The files of the command. If the last word is an option without its value, typer has not parsed them."""
    given = [ctx.params[parameter] for parameter in ("file", "file_a", "file_b") if ctx.params.get(parameter)]
    return [*given, *(ctx.params.get("files") or ())] or [Path(word) for word in ctx.args]


def _file_and_name(ctx: typer.Context) -> tuple[Path, str]:
    """The file and the entry of the command. If the last word is an option without its value, typer has not parsed them."""
    if ctx.params.get("name") is not None:
        return ctx.params["file"], ctx.params["name"]
    return Path(ctx.args[0]), ctx.args[1]


def _sources(file: Path) -> Sources:
    """The documents of a file; ``~`` and variables in its name are expanded, as a shell does it."""
    path = Path(os.path.expandvars(file)).expanduser()
    return read_file(path) if path.is_file() else Sources()


def _catalog(ctx: typer.Context, file: Path) -> RawCatalog:
    """The catalog of a file, in the environment of the command."""
    environment = ctx.params.get("env") or ""
    return compose(_sources(file), environment if isinstance(environment, str) else "")


def _draft(raw: RawCatalog, name: str, body: object = None) -> Draft:
    """An entry of a catalog, or a new one, with all that it inherits."""
    entry = raw.entries.get(name) or Entry(name, body, Document("", "json", {}, lambda path: Location(0, 0)), ())
    return draft_with(raw, entry)


def _given(words: Sequence[str]) -> dict[str, str]:
    """The values by key of complete assignments. In bash, an equals sign is a separate word."""
    pairs: dict[str, str] = {}
    for number, word in enumerate(words):
        if word == "=" and 0 < number < len(words) - 1:
            pairs[words[number - 1]] = words[number + 1]
        elif "=" in word:
            key, _, pairs[key] = word.partition("=")
    return pairs


def _key_of_value(words: Sequence[str], incomplete: str) -> tuple[str, str]:
    """The key of the value that the user types, and the part of the assignment within the word; empty if the user types a key."""
    key, equals, _ = incomplete.partition("=")
    if equals:
        return key, f"{key}="
    before = ["", "", *words]
    if before[-1] == "=":
        return before[-2], ""
    # In bash, KEY= at the end is two words; typer drops the second one, the equals sign.
    is_key = not incomplete and before[-1] and "=" not in before[-1] and before[-2] not in ("=", ":")
    return (before[-1] if is_key else ""), ""


def _keys(cls: type[Provider] | None, body: object) -> dict[str, str]:
    """The keys that an entry may have, with their meaning."""
    if not isinstance(body, Mapping) or not any(kind in body for kind in KINDS):
        return dict.fromkeys(KINDS, "the kind of the entry")
    names = {info.name: info.meaning for info in options(cls or GenericProvider)}
    return {**names, **_OTHER_KEYS, f"{EXTRAS}.": "a Java key"}


def _parts(draft: Draft) -> Iterator[str]:
    """The headers, the fields of bodies and the extra options that an entry has or inherits."""
    names = [info.name for info in options(draft.cls or GenericProvider) if kind_of(info) is not None]
    for name in (*names, EXTRAS):
        if isinstance(parts := draft.values.get(name), Mapping):
            yield from (f"{name}.{part}" for part in parts)


def _listed(names: Iterable[str], incomplete: str) -> Iterator[tuple[str, str]]:
    """Each name with the word that completes to it: the names typed so far, a comma, and the name."""
    done = incomplete[: incomplete.rfind(",") + 1]
    return ((name, f"{done}{name}") for name in names if name not in done.split(","))


def _values(cls: type[Provider] | None, key: str, entries: Iterable[str]) -> Sequence[str]:
    """The values of an option, if they can be listed."""
    if key == "provider":
        return list(provider_classes())
    if key == "preset":
        return NAMES
    if key == "extends":
        return list(entries)
    if key == "ignore":
        return CHECKS
    if cls is None:
        return ()
    if key == "for_task":
        return cls.tasks
    if key in ("omit", "without"):
        return [info.name for info in options(cls)]
    info = next((info for info in options(cls) if info.name == key), None)
    return _values_of_option(info) if info is not None else ()


def _values_of_option(info: OptionInfo) -> Sequence[str]:
    if info.secret:
        return [f"{name}:" for name in known_resolvers.names()]
    return ("true", "false") if info.type is bool else info.allowed
