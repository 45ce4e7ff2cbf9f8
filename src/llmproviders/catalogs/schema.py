# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema (2020-12) of catalogs, generated from the metadata of options, with which editors complete and check files.

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
from ..fields.spec import EXTRAS
from ..presets import SERVICES
from ..providers.base import Provider
from ..providers.classes import provider_classes
from ..providers.openai_compat import DashScopeProvider, OpenAICompatProvider, content_types
from ..resolvers import known_resolvers
from ..secrets import Secret
from ..syntax.scalars import JAVA_BOUNDS
from .entries import KINDS, RESERVED

__all__ = ["catalog_schema"]

Schema = dict[str, Any]

_STRING: Final[Schema] = {"type": "string"}
_NAME: Final[Schema] = {"type": "string", "minLength": 1}
_NAMES: Final[Schema] = {"type": "array", "items": _STRING}
_REFERENCE: Final[Schema] = {"$ref": "#/$defs/reference"}
_RESOLVERS: Final[Mapping[str, Schema]] = {
    "env": {**_STRING, "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "description": "environment variable that holds the secret"},
    "file": {**_NAME, "description": "file that holds the secret"},
    "keyring": {**_STRING, "pattern": "^.+/[^/]+$", "description": "service and user in the keyring, with a slash between them"},
}
_SECRET: Final[Schema] = {"anyOf": [_STRING, _REFERENCE]}
_LITERAL: Final[Schema] = {
    "type": "object",
    "properties": {"secret": {**_STRING, "description": "the secret itself, where its name does not tell that it is one"}},
    "required": ["secret"],
    "additionalProperties": False,
}
_HEADER: Final[Schema] = {"anyOf": [_STRING, _REFERENCE, _LITERAL]}
_HEADER_VALUES: Final[Schema] = {"anyOf": [*_HEADER["anyOf"], {"type": "array", "items": _HEADER}]}
_EXTRAS: Final[Schema] = {
    "type": "object",
    "description": "options beyond the typed ones: Java keys and values, passed as they are",
}
_IGNORE: Final[Schema] = {
    "type": "array",
    "items": {"enum": list(CHECKS)},
    "description": "codes of problems that checks do not report for this entry and those that extend it",
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
    if not info.required:
        schema = {"anyOf": [schema, {"type": "null"}]}
    described = {**schema, "description": f"{info.meaning} ({info.key})" if info.meaning else info.key}
    # A default that may contain a secret is not shown.
    if isinstance(info.default, (str, bool, int, float)) and not is_hidden(info):
        described["default"] = str(info.default) if isinstance(info.default, str) else info.default
    return described


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
    properties["ignore"] = _IGNORE
    properties.update((key, _MORE[key]) for key in more)
    return {
        "title": title,
        "type": "object",
        "properties": properties,
        "required": [*kind, *required],
        "additionalProperties": False,
    }


_MORE: Final[Mapping[str, Schema]] = {
    "omit": {**_NAMES, "description": "options that are not emitted, so that Java's own default applies"},
    "without": {
        **_NAMES,
        "description": "inherited options that are reset to their defaults, and inherited extras that are removed",
    },
    "for_task": {**_NAME, "description": "task to move to, as the method for_task does"},
    "place": {"type": "object", "additionalProperties": _STRING, "description": "values for the braces in the preset's URL"},
    "region": {**_NAME, "description": "region of DashScope"},
    "workspace": {**_NAME, "description": "workspace of DashScope"},
}


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
    extends = {"extends": {**_NAME, "description": "name of the entry whose options this entry inherits"}}
    entries += [
        _entry("GenericProvider", generic, []),
        _entry("preset", services, [OpenAICompatProvider], "omit", "for_task", "place"),
        _entry("preset-dashscope", dashscope, [DashScopeProvider], "omit", "for_task", "region", "workspace"),
        _entry("extends", extends, list(classes.values()), "omit", "without", "for_task"),
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Catalog of model providers",
        "type": "object",
        "properties": {
            "$schema": {**_STRING, "description": "location of this schema, for editors"},
            "default": {**_NAME, "description": "name of the provider to use where none is given"},
            "include": {
                **_NAMES,
                "description": "files whose providers are included; a provider of this file replaces one of the same name",
            },
            "providers": {
                "type": "object",
                "description": "providers by name",
                "propertyNames": {"minLength": 1},
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "provider": {"enum": list(classes), "description": "identifier of the provider"},
                        "preset": {"enum": [*SERVICES, "dashscope"], "description": "a well-known service"},
                        **generic,
                        **extends,
                    },
                    "oneOf": [{"required": [kind]} for kind in KINDS],
                    # One condition for each kind, so that an editor marks the option and not the entry.
                    "allOf": [{"if": _is_of_kind(entry), "then": {"$ref": f"#/$defs/{entry['title']}"}} for entry in entries],
                },
            },
        },
        "anyOf": [{"required": ["providers"]}, {"required": ["include"]}],
        "additionalProperties": False,
        "$defs": {"reference": _references(), **{entry["title"]: entry for entry in entries}},
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
