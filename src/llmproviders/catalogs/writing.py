# SPDX-License-Identifier: Apache-2.0
"""Providers as entries, and catalogs as trees that a format can write."""

from __future__ import annotations

from typing import Any

import attrs

from ..boundary import public
from ..credentials import MASK, looks_like_credential, looks_like_key
from ..errors import DocumentError, DocumentProblem, Problem, invalid
from ..fields.compiled import compiled
from ..fields.extras import extra_value
from ..fields.parts import kind_of
from ..fields.spec import EXTRAS, Spec
from ..messages import shown
from ..providers.base import Provider
from ..providers.derive import non_defaults
from ..providers.generic import GenericProvider
from ..secret_policy import Secrets, check_secrets
from ..secrets import MaskedText, Secret
from .catalog import Catalog
from .details import Details
from .entry_options import RESERVED
from .inheritance import shorten_by_inheritance
from .references import literal_refused, write_parts, write_reference

__all__ = ["entry_of", "to_dict", "tree_of"]


@public
def to_dict(provider: Provider, *, secrets: Secrets = "refuse") -> dict[str, Any]:
    """Return the entry of a provider, which `from_dict` reads: the options that are not defaults.

    Args:
        provider: the provider.
        secrets: how to write a literal secret: ``"refuse"`` raises an error, ``"reveal"`` writes it, and ``"redact"`` writes the
            mask, with which the entry does not load. References stay references.

    Raises:
        DocumentError: if a literal secret is refused, or an entry cannot hold an option or field.
        InvalidOptionsError: if *provider* is not a `Provider`.
    """
    if not isinstance(provider, Provider):
        raise invalid("to_dict", [Problem("provider", "a Provider", got=shown(provider), is_type=True)])
    problems: list[Problem] = []
    entry = entry_of(provider, check_secrets(secrets), problems)
    if problems:
        raise DocumentError([DocumentProblem("dict", 1, 1, "", problem) for problem in problems])
    return entry


def entry_of(provider: Provider, secrets: Secrets, problems: list[Problem]) -> dict[str, Any]:
    """The entry of a provider; problems of literal secrets, and of fields that an entry cannot hold, are added to *problems*."""
    if isinstance(provider, GenericProvider):
        entry: dict[str, Any] = {"generic": provider.provider_name()}
    else:
        entry = {"provider": provider.provider_name()}
    omitted = []
    specs = compiled(type(provider)).description.specs
    for name, value in non_defaults(provider).items():
        spec = specs[name]
        if name == EXTRAS:
            entry[EXTRAS] = {key: _extra(key, extra, secrets, problems) for key, extra in value.items()}
        elif isinstance(provider, GenericProvider) or not spec.attribute.init:
            # The entry has the identifier already. A field without a parameter is set by the class.
            continue
        elif name in RESERVED:
            problems.append(
                Problem(
                    name,
                    "an option whose name a document can hold",
                    hint=f"{name} is a key of the document",
                    code="unwritable-option",
                )
            )
        elif spec.info is None:
            problems.append(
                Problem(name, "only options", got="a private field", hint="a document cannot hold it", code="unwritable-option")
            )
        elif value is None:
            omitted.append(name)
        else:
            entry[name] = _plain(name, value, spec, secrets, problems)
    if omitted:
        entry["omit"] = omitted
    return entry


def _extra(key: str, value: Any, secrets: Secrets, problems: list[Problem]) -> Any:
    """The value of an extra option in a document. A secret becomes a table if its key does not look like a credential."""
    if isinstance(value, MaskedText) and value.is_reference:
        return write_parts(f"{EXTRAS}.{key}", "body", value, secrets, problems, hidden=looks_like_credential(key))
    if isinstance(value, MaskedText) and secrets == "reveal" and str(extra_value(key, value.reveal())) != str(value):
        hint = "in a document, a part of it would not be a secret; add it in code"
        expected = "secrets below names that look like credentials, such as token"
        problems.append(Problem(f"{EXTRAS}.{key}", expected, hint=hint, code="unwritable-option"))
    written = _plain(f"{EXTRAS}.{key}", value, None, secrets, problems)
    is_recognized = (
        not isinstance(value, Secret) or looks_like_credential(key) or value.source != "text" or looks_like_key(value.reveal())
    )
    return written if is_recognized or secrets != "reveal" or not isinstance(written, str) else {"secret": written}


def _plain(
    name: str,
    value: Any,
    spec: Spec | None,
    secrets: Secrets,
    problems: list[Problem],
) -> Any:
    """The value of an option in a document."""
    if isinstance(value, Secret) and value.is_reference:
        return write_reference(name, value, secrets, problems)
    kind = kind_of(spec.info) if spec is not None and spec.info is not None else None
    if kind is not None and isinstance(value, str):
        written = write_parts(name, kind, value, secrets, problems)
        if written is not None:
            return written
    if isinstance(value, MaskedText) or (isinstance(value, Secret) and value.source == "text"):
        if secrets == "refuse":
            problems.append(literal_refused(name))
        if secrets != "reveal":
            return MASK
        value = value.reveal()
    elif isinstance(value, Secret):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value if spec is None or type(value) in (str, bool, int, float) else spec.write(value)


def _described(entry: dict[str, Any], details: Details) -> dict[str, Any]:
    """The entry of a provider with its description and tags, after the kind."""
    kind, *rest = entry.items()
    described = {"description": details.description, "tags": list(details.tags)}
    return dict([kind, *((key, value) for key, value in described.items() if value), *rest])


def tree_of(catalog: Catalog, secrets: Secrets, problems: list[Problem], *, inherit: bool) -> dict[str, Any]:
    """The tree of a catalog; with *inherit*, an entry extends an earlier one if that is shorter."""
    entries: dict[str, dict[str, Any]] = {}
    for name, provider in catalog.items():
        found: list[Problem] = []
        entry = entry_of(provider, secrets, found)
        problems += [attrs.evolve(problem, option=f"providers.{name}.{problem.option}") for problem in found]
        if name in catalog.details and (codes := catalog.details[name].ignore):
            entry["ignore"] = list(codes)
        entries[name] = entry
    written = shorten_by_inheritance(entries) if inherit else entries
    # Descriptions and tags are not inherited.
    written |= {name: _described(written[name], details) for name, details in catalog.details.items()}
    tree: dict[str, Any] = {} if catalog.default is None else {"default": catalog.default}
    tree["providers"] = written
    return tree
