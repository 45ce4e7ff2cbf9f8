# SPDX-License-Identifier: Apache-2.0
"""Problems of files that can be loaded: literal secrets, misspelled names, and problems on a runtime."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from ..credentials import MASK, is_placeholder, looks_like_credential, looks_like_key
from ..errors import DocumentProblem, Problem, Rejected
from ..fields.compiled import compiled
from ..fields.extras import extra_value
from ..fields.masking import hide_headers, hide_json
from ..fields.parts import Kind, kind_of
from ..fields.spec import EXTRAS, Spec
from ..messages import closest
from ..providers.base import Provider
from ..runtimes.runtime import Runtime
from ..secrets import MaskedText, Secret, each_part
from .origins import located_problems
from .references import EntryProblem, read_parts
from .resolution import Resolution, class_of
from .sources import RawCatalog

__all__ = ["literal_secrets", "misspelled_replacements", "runtime_problems"]

_REFERENCE: Final = 'write { env = "NAME" } or { file = "path" }'
_INSIDE: Final = "use a placeholder that the platform fills in, or add it in code"
"""The hint for a secret inside a URL."""
_IN_STRING: Final = 'write a table, with { env = "NAME" } or { file = "path" } in place of the secret'
"""The hint for a secret in headers or a body that are a string."""


def misspelled_replacements(raw: RawCatalog) -> Iterator[DocumentProblem]:
    """A warning for each entry that was probably meant to replace an included one, but has another name."""
    extended = {entry.get("extends") for entry in raw.entries.values() if isinstance(entry, dict)}
    for name, before in raw.added.items():
        entry = raw.entries[name]
        if name in extended or not isinstance(entry, dict) or "extends" in entry:
            continue
        # A name such as chat2 is not a misspelled chat.
        candidates = [other for other in before if _digits(other) == _digits(name)]
        if meant := closest(name, candidates, cutoff=0.84):
            hint = f"did you mean {meant}?"
            problem = Problem("", "the name of an entry to replace", got="a new one", hint=hint, severity="warning")
            yield raw.problem(name, (), problem)


def _digits(name: str) -> list[str]:
    return re.findall(r"\d", name)


def runtime_problems(resolution: Resolution, runtime: str | Runtime, model: str | None) -> Iterator[DocumentProblem]:
    """The problems of each provider on a runtime, with the locations of its options."""
    for name, provider in resolution.providers.items():
        if provider is not None:
            has_model = provider.model_option_key() in provider.to_options(redact=True)
            found = provider.check(runtime, model=None if has_model else model)
            entry: Any = resolution.raw.entries[name]
            # A problem of the identifier is reported for the entry that an entry extends.
            inherits = resolution.providers.get(entry.get("extends")) is not None
            problems = [each for each in found if each.option != "provider" or not inherits]
            yield from located_problems(resolution, name, problems)


def literal_secrets(resolution: Resolution) -> Iterator[DocumentProblem]:
    """A warning for each literal secret: everybody who can read the file can read it."""
    raw = resolution.raw
    for name, entry in raw.entries.items():
        provider = resolution.providers.get(name)
        cls = class_of(raw.entries, name, resolution.classes) if provider is None else type(provider)
        for path, problem in _literal_secrets(entry, cls):
            yield raw.problem(name, path, problem)


def _literal_secrets(entry: object, cls: type[Provider] | None) -> Iterator[EntryProblem]:
    """The paths of literal secrets in an entry, which may have other problems, with a warning for each.

    Args:
        entry: the entry.
        cls: its class; None if it is unknown.
    """
    if not isinstance(entry, dict):
        return
    specs = compiled(cls).description.specs if cls is not None else {}
    for key, value in entry.items():
        if key == EXTRAS and isinstance(value, dict):
            for each, extra in value.items():
                yield from _in_extra(each, extra)
        elif (spec := specs.get(key)) is not None:
            yield from _in_option(spec, key, value)


def _in_option(spec: Spec, key: str, value: object) -> Iterator[EntryProblem]:
    kind = None if spec.info is None else kind_of(spec.info)
    if spec.is_secret:
        yield from _literal_secret((key,), value)
    elif kind is not None and isinstance(value, dict):
        yield from _in_parts(kind, (key,), value)
        if kind != "body" and len(value) == 1 and (name := next(iter(value))) in ("env", "file"):
            hint = f'a reference is the value of a header: {{ Authorization = {{ {name} = "..." }} }}'
            got = f"only a header named {name}"
            yield (key,), Problem("", "headers", got=got, hint=hint, severity="warning", code="suspect-reference")
    elif isinstance(value, str) and _is_masked(lambda: spec.accepted(value)):
        yield (key,), _literal_problem(_INSIDE if kind is None else _IN_STRING)


def _in_extra(key: str, value: object) -> Iterator[EntryProblem]:
    path, is_hidden = (EXTRAS, key), looks_like_credential(key)
    is_table = isinstance(value, dict) and list(value) in (["env"], ["file"], ["secret"])
    if isinstance(value, (dict, list)) and not is_table:
        yield from _in_parts("body", path, value, hidden=is_hidden)
    elif is_table or is_hidden:
        yield from _literal_secret(path, value)
    elif isinstance(value, str):
        if _is_masked(lambda: extra_value(key, value)):
            yield path, _literal_problem(_INSIDE)
        elif looks_like_key(value):
            yield from _literal_secret(path, value)


def _is_masked(accept: Callable[[], object]) -> bool:
    """Whether a part of the value that *accept* returns is masked; a value that is not accepted is another problem."""
    try:
        return isinstance(accept(), MaskedText)
    except Exception:  # noqa: BLE001
        # A custom converter may raise any exception.
        return False


def _in_parts(kind: Kind, path: tuple[str | int, ...], value: Any, *, hidden: bool = False) -> Iterator[EntryProblem]:
    """The literal secrets in a table of headers, a body or a map; *hidden* is whether a name above it looks like a credential."""
    # One by one, because a value that is not accepted is another problem.
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        one = {step: item} if isinstance(value, dict) else [item]
        try:
            parts = read_parts(kind, one, (), [], hidden=hidden)
            parts = hide_json(parts, hidden=hidden) if kind == "body" else hide_headers(parts)
        except Rejected:
            continue
        for below, part in each_part(parts):
            where = (*path, step, *below[1:])
            if isinstance(part, Secret):
                yield from _literal_secret(where, {part.source: part.reference} if part.is_reference else part.reveal())
            elif isinstance(part, MaskedText):
                yield where, _literal_problem(_INSIDE)


def _literal_secret(path: tuple[str | int, ...], value: object) -> Iterator[EntryProblem]:
    """A warning for a value that should be a reference but is not, or a reference that looks like the secret itself."""
    reference = _REFERENCE
    if value == "":
        yield path, Problem("", "a secret", got="an empty string", hint=reference, severity="warning")
    elif isinstance(value, str) and not is_placeholder(value):
        yield path, _literal_problem(reference)
    elif isinstance(value, dict) and len(value) == 1:
        if isinstance(value.get("secret"), str):
            yield path, _literal_problem(reference)
        for source, noun in (("env", "the name of an environment variable"), ("file", "the path of a file")):
            if isinstance(name := value.get(source), str) and looks_like_key(name):
                expected = f"{noun}, because this string looks like the secret itself"
                yield path, Problem("", expected, got=MASK, severity="warning")


def _literal_problem(hint: str) -> Problem:
    return Problem("", "a reference, because this string is a secret", got=MASK, hint=hint, severity="warning")
