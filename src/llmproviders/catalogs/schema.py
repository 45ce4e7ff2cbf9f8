# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema (2020-12) of catalogs, generated from the metadata of options; editors use it to complete and check files.

A schema cannot express everything that `load` checks: rules over several options (``api_key`` needs ``endpoint``), the targets of
``extends``, ``default`` and ``include``, the grammar inside JSON and header strings, the mask of a redacted value, the size of
a duration, the difference of ``1.0`` and a whole number, and validators of user-defined classes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..codes import CHECKS
from ..fields import converters
from ..fields.bounds import Between
from ..fields.metadata import OptionInfo, is_hidden, options
from ..fields.parts import kind_of
from ..fields.spec import EXTRAS
from ..presets import NAMES, SERVICES
from ..providers.base import Provider
from ..providers.classes import provider_classes
from ..providers.openai_compat import DashScopeProvider, OpenAICompatProvider, content_types
from ..resolvers import known_resolvers
from ..secrets import Secret
from ..syntax.scalars import JAVA_BOUNDS
from .entry_options import RESERVED
from .layers import KINDS, MAX_ENVIRONMENTS

__all__ = ["catalog_schema"]

Schema = dict[str, Any]

_VARIABLE_NAME: Final = "^[A-Za-z_][A-Za-z0-9_]*$"
_STRING: Final[Schema] = {"type": "string"}
_NAME: Final[Schema] = {"type": "string", "minLength": 1}
_NAMES: Final[Schema] = {"type": "array", "items": _STRING}
_REFERENCE: Final[Schema] = {"$ref": "#/$defs/reference"}
_RESOLVERS: Final[Mapping[str, Schema]] = {
    "env": {**_STRING, "pattern": _VARIABLE_NAME, "description": "environment variable that holds the secret"},
    "file": {**_NAME, "description": "file that holds the secret"},
    "keyring": {**_STRING, "pattern": "^.+/[^/]+$", "description": "service and user in the keyring, with a slash between them"},
}
_SECRET: Final[Schema] = {"anyOf": [_STRING, _REFERENCE]}
_LITERAL: Final[Schema] = {
    "type": "object",
    "properties": {"secret": {**_STRING, "description": "a literal secret below a name that does not look like a credential"}},
    "required": ["secret"],
    "additionalProperties": False,
}
_HEADER: Final[Schema] = {"anyOf": [_STRING, _REFERENCE, _LITERAL]}
_HEADER_VALUES: Final[Schema] = {"anyOf": [*_HEADER["anyOf"], {"type": "array", "items": _HEADER}]}
_EXTRAS: Final[Schema] = {
    "type": "object",
    "description": "additional options: Java keys and values, passed unchanged",
}
_HAS_NO_KIND: Final[Schema] = {"not": {"anyOf": [{"required": [kind]} for kind in KINDS]}}
_IS_ABSTRACT: Final[Schema] = {"properties": {"abstract": {"const": True}}, "required": ["abstract"]}
"""The condition that an entry is abstract."""
_EVERYWHERE: Final[Schema] = {
    "abstract": {"type": "boolean", "description": "whether the entry is only extended, and is not a provider"},
    "description": {**_STRING, "description": "a description for people"},
    "tags": {"type": "array", "items": _NAME, "description": "names to select entries by"},
    "ignore": {
        "type": "array",
        "items": {"enum": list(CHECKS)},
        "description": "codes of problems that checks do not report for this entry and those that extend it",
    },
}
_BLANK: Final = r"[\u0000-\u0020]*"
_DURATION: Final[Schema] = {
    "type": "string",
    "pattern": (
        rf"^{_BLANK}(?:[0-9]+{_BLANK}(?:[a-zA-Z\u00b5]+)?|\+?[pP](?:[+-]?[0-9]+[dD])?(?:[tT][-+0-9hHmMsS.,]+)?){_BLANK}$"
    ),
    "examples": ["30s", "500 ms", "2min"],
}


def _choice(choices: Sequence[str], *, exact: bool) -> Schema:
    """The schema of the strings, for completion, and if not *exact* of their other spellings."""
    listed: Schema = {"enum": list(choices)}
    if exact:
        return listed
    pattern = "|".join("".join(_letter(letter) for letter in choice) for choice in choices)
    return {"anyOf": [listed, {"type": "string", "pattern": f"^(?:{pattern})$"}]}


def _letter(letter: str) -> str:
    if letter in "-_":
        return "[-_]"
    return f"[{letter.lower()}{letter.upper()}]" if letter.isalpha() else letter


# The schemas of values that converters accept beyond the type of their field.
_CONVERTED: Final[Mapping[Any, Callable[[OptionInfo], Schema]]] = {
    converters.secret: lambda _: _SECRET,
    converters.required_secret: lambda _: _SECRET,
    converters.duration: lambda _: _DURATION,
    converters.json_object: lambda _: {"type": ["object", "string"]},
    converters.json_headers: lambda _: {"anyOf": [_STRING, {"type": "object", "additionalProperties": _HEADER_VALUES}]},
    converters.flink_map: lambda _: {"anyOf": [_STRING, {"type": "object", "additionalProperties": _HEADER}]},
    converters.stop_strings: lambda _: {
        "anyOf": [_STRING, {"type": "array", "minItems": 1, "items": {**_NAME, "pattern": "^[^,]*$"}}],
    },
    converters.fallback: lambda _: {"type": ["string", "boolean", "number", "array", "object"]},
    content_types: lambda info: {
        "anyOf": [
            _choice(info.allowed, exact=False),
            {"type": "array", "minItems": 1, "items": _choice(info.allowed, exact=False)},
        ]
    },
}


def _value(info: OptionInfo) -> Schema:
    """The schema of an option's value."""
    schema = _known_value(info)
    others = [] if info.required else [{"type": "null"}]
    if not info.secret and kind_of(info) is None:
        others.append(_variable(schema))
    if others:
        schema = {"anyOf": [schema, *others]}
    described = {**schema, "description": f"{info.meaning} ({info.key})" if info.meaning else info.key}
    # A default that may contain a secret is not shown.
    if isinstance(info.default, (str, bool, int, float)) and not is_hidden(info):
        described["default"] = str(info.default) if isinstance(info.default, str) else info.default
    return described


def _variable(default: Schema) -> Schema:
    """The schema of a reference to an environment variable for an option that is no secret."""
    return {
        "type": "object",
        "properties": {
            "env": {**_STRING, "pattern": _VARIABLE_NAME, "description": "environment variable that has the value"},
            "default": {**default, "description": "the value if the variable is not set"},
        },
        "required": ["env"],
        "additionalProperties": False,
    }


def _known_value(info: OptionInfo) -> Schema:
    convert: Any = info.field.converter
    if convert in _CONVERTED:
        return _CONVERTED[convert](info)
    if info.allowed:
        return _choice(info.allowed, exact=info.java != "Enum")
    if info.type is bool:
        return {"type": "boolean"}
    if info.type in (int, float):
        return _number(info)
    if info.type is Secret:
        return _SECRET
    if getattr(info.type, "__qualname__", "") == "timedelta":
        return _DURATION
    return _STRING if info.type is str or convert is None else {}


def _number(info: OptionInfo) -> Schema:
    schema: Schema = {"type": "integer" if info.type is int else "number"}
    bounds = JAVA_BOUNDS.get(info.java)
    if bounds is not None:
        schema["minimum"], schema["maximum"] = bounds
    rule = info.field.validator
    if isinstance(rule, Between):
        bounded = {"exclusiveMinimum" if rule.open_low else "minimum": rule.low, "maximum": rule.high}
        schema.update((key, bound) for key, bound in bounded.items() if math.isfinite(bound))
    return schema


def _entry(title: str, kind: Schema, of: Sequence[type[Provider]], *more: str, required: Sequence[str] = ()) -> Schema:
    """The schema of an entry with the options of some classes; an option of several classes accepts the values of each."""
    found: dict[str, list[Schema]] = {}
    for cls in of:
        for info in options(cls):
            if info.name not in RESERVED and (value := _value(info)) not in found.setdefault(info.name, []):
                found[info.name].append(value)
    properties: Schema = dict(kind)
    properties.update((name, each[0] if len(each) == 1 else {"anyOf": each}) for name, each in found.items())
    properties[EXTRAS] = _EXTRAS
    properties.update((key, _MORE[key]) for key in more)
    properties.update(_EVERYWHERE)
    schema: Schema = {"title": title, "type": "object", "properties": properties, "additionalProperties": False}
    if kind:
        schema["required"] = list(kind)
    if required:
        schema |= {"if": _IS_ABSTRACT, "else": {"required": list(required)}}
    return schema


_MORE: Final[Mapping[str, Schema]] = {
    "omit": {**_NAMES, "description": "options that are not emitted, so that Java's own default applies"},
    "without": {
        **_NAMES,
        "description": "inherited options that are reset to their defaults, and inherited extras that are removed",
    },
    "for_task": {**_NAME, "description": "task of the provider; the endpoint changes with it, as by the method for_task"},
    "place": {
        "type": "object",
        "additionalProperties": {"anyOf": [_STRING, _variable(_STRING)]},
        "description": "values for the braces in the preset's URL",
    },
    "region": {"anyOf": [_NAME, _variable(_NAME)], "description": "region of DashScope"},
    "workspace": {"anyOf": [_NAME, _variable(_NAME)], "description": "workspace of DashScope"},
}
_PLACES: Final = ("place", "region", "workspace")


def catalog_schema() -> dict[str, Any]:
    """The schema of a document for all known provider classes, including those of installed packages."""
    classes = provider_classes()
    entries = [
        _entry(
            cls.__name__,
            {"provider": {"const": identifier, "description": "identifier of the provider"}},
            [cls],
            "omit",
            required=[info.name for info in options(cls) if info.required],
        )
        for identifier, cls in classes.items()
    ]
    generic = {"generic": {**_NAME, "description": "any identifier"}}
    services = {"preset": {"enum": list(SERVICES), "description": "a well-known service"}}
    dashscope = {"preset": {"const": "dashscope", "description": "Alibaba Cloud Model Studio"}}
    bases = {"type": "array", "items": _NAME, "minItems": 1}
    description = "the entry to inherit options from, or several; a later one overrides an earlier one"
    extends = {"extends": {"anyOf": [_NAME, bases], "description": description}}
    entries += [
        _entry("GenericProvider", generic, []),
        _entry("preset", services, [OpenAICompatProvider], "omit", "for_task", "place"),
        _entry("preset-dashscope", dashscope, [DashScopeProvider], "omit", "for_task", "region", "workspace"),
        _entry("extends", extends, list(classes.values()), "omit", "without", "for_task", *_PLACES),
    ]
    # Entries without a kind: abstract entries, and amendments in environments.
    amendment = _entry("amendment", {}, list(classes.values()), "omit", "without", "for_task", *_PLACES)
    default = {**_NAME, "description": "name of the provider for calls without a name"}
    kinds: Schema = {
        "provider": {"enum": list(classes), "description": "identifier of the provider"},
        "preset": {"enum": list(NAMES), "description": "a well-known service"},
        **generic,
        **extends,
    }
    # One condition for each kind, so that an editor marks the option and not the entry.
    conditions = [{"if": _is_of_kind(entry), "then": {"$ref": f"#/$defs/{entry['title']}"}} for entry in entries]
    conditions.append({"if": _HAS_NO_KIND, "then": {"$ref": "#/$defs/amendment"}})
    of_kinds = [{"required": [kind]} for kind in KINDS]

    def providers(description: str, *others: Schema) -> Schema:
        entry = {"type": "object", "properties": kinds, "oneOf": [*of_kinds, *others], "allOf": conditions}
        return {
            "type": "object",
            "description": description,
            "propertyNames": {"minLength": 1},
            "additionalProperties": entry,
        }

    environment = {
        "type": "object",
        "properties": {
            "default": default,
            "providers": providers("providers by name; one without a kind amends the provider of its name", _HAS_NO_KIND),
        },
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Catalog of model providers",
        "type": "object",
        "properties": {
            "$schema": {**_STRING, "description": "location of this schema, for editors"},
            "default": default,
            "include": {
                **_NAMES,
                "description": "files to include; a provider of this file replaces or amends an included one of the same name",
            },
            "providers": providers("providers by name", {"allOf": [_HAS_NO_KIND, _IS_ABSTRACT]}),
            "default_env": {**_NAME, "description": "name of the default environment"},
            "env": {
                "type": "object",
                "description": "environments by name, each with the entries that differ",
                "propertyNames": {"minLength": 1},
                "maxProperties": MAX_ENVIRONMENTS,
                "additionalProperties": environment,
            },
        },
        "anyOf": [{"required": [key]} for key in ("providers", "include", "env")],
        "additionalProperties": False,
        "$defs": {"reference": _references(), **{entry["title"]: entry for entry in [*entries, amendment]}},
    }


def _references() -> Schema:
    """The schema of references for all known resolvers, including those of installed packages."""
    found = []
    for name in known_resolvers.names():
        properties = {name: _RESOLVERS.get(name, {**_NAME, "description": f"reference for the secret resolver {name}"})}
        if name == "env":
            properties["default"] = {**_NAME, "description": "secret to use if the variable is unset or empty"}
        found.append({"type": "object", "properties": properties, "required": [name], "additionalProperties": False})
    return {"anyOf": found}


def _is_of_kind(entry: Schema) -> Schema:
    """The condition that an entry is of the kind of the schema *entry*."""
    kind = next(key for key in entry["properties"] if key in KINDS)
    return {"properties": {kind: entry["properties"][kind]}, "required": [kind]}
