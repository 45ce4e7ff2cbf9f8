# SPDX-License-Identifier: Apache-2.0
"""Problems of files that can be loaded: literal secrets, misspelled names, and problems on a runtime."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

from ..credentials import MASK, is_placeholder, looks_like_credential, looks_like_key, mask_value
from ..errors import Advice, DocumentProblem, Problem, Rejected, advice_to_write
from ..fields.extras import extra_value
from ..fields.masking import hide_headers, hide_json
from ..fields.parts import Kind, kind_of
from ..fields.spec import EXTRAS, Spec
from ..providers.base import Provider
from ..providers.on_runtime import warnings_without_runtime
from ..providers.provider_secrets import unresolved_references
from ..runtimes.runtime import Runtime
from ..secrets import MaskedText, Secret, each_part
from ..similar_names import MAX_NAME, SimilarNames
from .entry_options import RESERVED, specs_of
from .layers import MAX_ENVIRONMENTS, RawCatalog, environments
from .origins import located_problems
from .references import EntryProblem, read_parts, reference_advice, resolver_of, write_reference
from .resolution import Resolution
from .sources import Sources

__all__ = ["lint_problems", "literals_of"]

_Found: TypeAlias = Iterator[tuple[str, DocumentProblem]]
"""Names of entries, each with a problem; the location may be in an entry that it extends."""

_INSIDE: Final = Advice("use a placeholder that the platform fills in, or add it in code", ())
"""The hint for a secret inside a URL."""
_IN_STRING: Final = Advice(
    "write a mapping, with {} or {} in place of the secret", (("", {"env": "NAME"}), ("", {"file": "path"}))
)
"""The hint for a secret in headers or a body that are a string."""
_DEFAULT: Final = Advice("leave the default out, or use a placeholder that the platform fills in", ())
"""The hint for a secret that is the default of an environment variable."""


def lint_problems(
    resolution: Resolution, runtimes: Sequence[Runtime], model: str | None, *, resolve: bool
) -> Iterator[DocumentProblem]:
    """The problems that do not prevent loading, without those that entries ignore.

    Args:
        resolution: the catalog.
        runtimes: the runtimes to check every provider on; empty if they are not known.
        model: the model's name for providers without one, if jobs give it with the call.
        resolve: whether to report references that cannot be resolved.
    """
    found = [_literal_secrets(resolution), _misspelled_replacements(resolution.raw)]
    found += [_runtime_problems(resolution, runtime, model) for runtime in runtimes]
    if not runtimes:
        found.append(_of_providers(resolution, lambda _, provider: warnings_without_runtime(provider)))
    if resolve:
        found.append(_of_providers(resolution, lambda _, provider: unresolved_references(provider)))
    yield from _misspelled_environments(resolution.raw.sources)
    for name, problem in chain.from_iterable(found):
        draft = resolution.draft(name)
        if draft.has_problems or problem.problem.code not in draft.details.ignore:
            yield problem


def _misspelled_replacements(raw: RawCatalog) -> _Found:
    """A warning for each entry that was probably meant to replace an included one, but has another name."""
    extended = {base for entry in raw.entries.values() for base in entry.extends}
    # A name such as chat2 is not a misspelled chat: names with other digits are not compared.
    positions: dict[str, list[int]] = {}
    names = list(raw.entries)
    for position, name in enumerate(names if raw.added else ()):
        positions.setdefault(_digits(name), []).append(position)
    similar = {digits: SimilarNames([names[each] for each in found], cutoff=0.84) for digits, found in positions.items()}
    for name, included in raw.added.items():
        entry = raw.entries[name]
        if name in extended or not isinstance(entry.body, dict) or "extends" in entry.body or entry.extends:
            continue
        digits = _digits(name)
        if meant := similar[digits].closest(name, among=bisect_left(positions[digits], included)):
            hint = f"did you mean {meant}?"
            expected = "the name of an entry to replace"
            problem = Problem("", expected, got="a new one", hint=hint, severity="warning", code="misspelled-entry")
            yield name, entry.problem((), problem)


def _misspelled_environments(sources: Sources) -> Iterator[DocumentProblem]:
    """A warning for each environment whose name differs from an included one by swapped letters, or by one letter."""
    if len(environments(sources)) > MAX_ENVIRONMENTS:
        return
    known: dict[str, None] = {}
    for document in sources.documents:
        tables = document.tree.get("env")
        names = [name for name in tables if name] if isinstance(tables, dict) else []
        for name in names if "include" in document.tree else ():
            if name not in known and (meant := next((each for each in known if _is_typo(name, each)), None)):
                expected, hint = "the name of an environment of an included file", f"did you mean {mask_value(meant)}?"
                problem = Problem("", expected, got="a new one", hint=hint, severity="warning", code="misspelled-environment")
                yield document.problem(("env", name), problem)
        known.update(dict.fromkeys(names))


def _is_typo(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if _digits(one) != _digits(other) or len(long) > MAX_NAME:
        return False
    if len(short) == len(long):
        return sorted(one) == sorted(other)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def _digits(name: str) -> str:
    return "".join(re.findall(r"\d", name))


def _of_providers(resolution: Resolution, problems_of: Callable[[str, Provider], Iterable[Problem]]) -> _Found:
    """The problems of each provider, with the locations of its options."""
    for name in resolution.names:
        draft = resolution.draft(name)
        provider = None if draft.is_abstract else draft.provider
        if provider is not None:
            problems = problems_of(name, provider)
            yield from ((name, problem) for problem in located_problems(resolution, name, problems))


def _runtime_problems(resolution: Resolution, runtime: Runtime, model: str | None) -> _Found:
    """The problems of each provider on a runtime."""

    def problems_of(name: str, provider: Provider) -> Iterator[Problem]:
        has_model = provider.model_option_key() in provider.to_options(redact=True)
        return iter(provider.check(runtime, model=None if has_model else model))

    return _of_providers(resolution, problems_of)


def _literal_secrets(resolution: Resolution) -> _Found:
    """A warning for each literal secret: everybody who can read the file can read it."""
    for entry, draft in resolution.drafts.items():
        for path, problem in literals_of(entry.body, draft.cls):
            yield entry.name, entry.problem(path, problem)


def literals_of(entry: object, cls: type[Provider] | None) -> Iterator[EntryProblem]:
    """The paths of literal secrets in an entry, which may have other problems, with a warning for each.

    Args:
        entry: the entry.
        cls: its class; None if it is unknown.
    """
    if not isinstance(entry, dict):
        return
    specs = specs_of(cls)
    for key, value in entry.items():
        if key == EXTRAS and isinstance(value, dict):
            for each, extra in value.items():
                yield from _in_extra((key, each), each, extra)
        elif (spec := specs.get(key)) is not None:
            yield from _in_option(spec, key, value)
        elif key not in RESERVED and isinstance(value, dict) and "header" in key:
            # The name or the class may be misspelled.
            yield from _in_parts("headers", (key,), value)
        elif key not in RESERVED:
            yield from _in_extra((key,), key, value)


def _in_option(spec: Spec, key: str, value: object) -> Iterator[EntryProblem]:
    kind = None if spec.info is None else kind_of(spec.info)
    if spec.is_secret:
        yield from _literal_secret((key,), value)
    elif kind is not None and isinstance(value, dict):
        yield from _in_parts(kind, (key,), value)
        if kind != "body" and (name := resolver_of(value)):
            # The string may be a secret.
            header = {"Authorization": {name: {"env": "NAME", "file": "path"}.get(name, "REFERENCE")}}
            problem = Problem(
                "",
                "headers whose values may be references",
                got=f"only a header named {name}",
                in_document=advice_to_write(key, header),
                severity="warning",
                code="suspect-reference",
            )
            yield (key,), problem
    elif isinstance(value, str) and _is_masked(lambda: spec.accepted(value)):
        yield (key,), _literal_problem(_INSIDE if kind is None else _IN_STRING)


def _in_extra(path: tuple[str, ...], key: str, value: object) -> Iterator[EntryProblem]:
    """The literal secrets in the value of an extra option, or of an unknown one."""
    is_hidden = looks_like_credential(key)
    is_table = isinstance(value, dict) and (list(value) == ["secret"] or resolver_of(value) is not None)
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
    """Whether the value that *accept* returns has a masked part; False if it raises an error, which is reported elsewhere."""
    try:
        return isinstance(accept(), MaskedText)
    except Exception:  # noqa: BLE001
        # A custom converter may raise any exception.
        return False


def _in_parts(kind: Kind, path: tuple[str | int, ...], value: Any, *, hidden: bool = False) -> Iterator[EntryProblem]:
    """The literal secrets in a table of headers, a body or a map; *hidden* is whether a name above it looks like a credential."""
    # The parts are tried one by one: a part that is not accepted is reported elsewhere.
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
                table = write_reference("", part, "reveal", []) if part.is_reference else None
                yield from _literal_secret(where, table or part.reveal())
            elif isinstance(part, MaskedText):
                yield where, _literal_problem(_INSIDE)


def _literal_secret(path: tuple[str | int, ...], value: object) -> Iterator[EntryProblem]:
    """A warning for a value that should be a reference but is not, or a reference that looks like the secret itself."""
    reference = reference_advice(path[-1])
    if isinstance(value, dict) and list(value) == ["secret"]:
        value = value["secret"]
    if value == "":
        yield path, Problem("", "a secret", got="an empty string", in_document=reference, severity="warning", code="empty-secret")
    elif isinstance(value, str) and not is_placeholder(value):
        yield path, _literal_problem(reference)
    elif isinstance(value, dict) and (resolver := resolver_of(value)) is not None:
        if looks_like_key(value[resolver]):
            nouns = {"env": "the name of an environment variable", "file": "the path of a file"}
            expected = f"{nouns.get(resolver, 'a reference')}, because this string looks like the secret itself"
            yield path, Problem("", expected, got=MASK, severity="warning", code="suspect-reference")
        if isinstance(default := value.get("default"), str) and default and not is_placeholder(default):
            yield (*path, "default"), _literal_problem(_DEFAULT)


def _literal_problem(advice: Advice) -> Problem:
    return Problem(
        "",
        "a reference, because this string is a secret",
        got=MASK,
        in_document=advice,
        severity="warning",
        code="literal-secret",
    )
