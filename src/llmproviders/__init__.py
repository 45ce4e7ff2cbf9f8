# SPDX-License-Identifier: Apache-2.0
"""Typed, frozen, validated configurations of LLM and model providers for Flink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .credentials import MASK
from .errors import (
    Advice,
    DocumentError,
    DocumentProblem,
    ExtraOptionWarning,
    InvalidClassError,
    InvalidOptionsError,
    InvalidTypeError,
    Problem,
    ProviderError,
    Rejected,
    RejectedType,
    RetriesWarning,
    SecretError,
    UnknownProviderError,
    UnknownRuntimeError,
)
from .fields.bounds import at_least, between
from .fields.converters import duration, flink_map, json_headers, json_object, required_secret, secret
from .fields.description import Rule
from .fields.hooks import converter
from .fields.metadata import Option, OptionInfo, option, options
from .providers.base import Provider
from .providers.openai import OpenAIProvider
from .providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from .resolvers import register_secret_resolver
from .secrets import MaskedText, Secret

if TYPE_CHECKING:
    from . import presets
    from .catalogs.catalog import Catalog, CatalogDiff
    from .catalogs.details import Details
    from .catalogs.entries import from_dict
    from .catalogs.files import check, dump, dumps, explain, load, loads
    from .catalogs.origins import Origin
    from .catalogs.writing import to_dict
    from .providers.classes import from_options, provider_class, provider_classes, register_provider_class
    from .providers.comparison import Change, ProviderDiff
    from .providers.generic import GenericProvider
    from .providers.triton import TritonProvider
    from .registry import get_provider, list_providers, remove_provider, set_default_provider, set_provider, using_provider
    from .runtimes.retries import WorstCase
    from .runtimes.runtime import Factory, Runtime, RuntimeOption, list_runtimes, runtime
    from .sql.read import ModelStatement, OldSpellingWarning, Script, parse_create_model, parse_statements
    from .sql.write import create_model_sql
    from .syntax.columns import Column

__all__ = [
    "MASK",
    "Advice",
    "Catalog",
    "CatalogDiff",
    "Change",
    "Column",
    "DashScopeProvider",
    "Details",
    "DocumentError",
    "DocumentProblem",
    "ExtraOptionWarning",
    "Factory",
    "GenericProvider",
    "InvalidClassError",
    "InvalidOptionsError",
    "InvalidTypeError",
    "MaskedText",
    "ModelStatement",
    "OldSpellingWarning",
    "OpenAICompatProvider",
    "OpenAIProvider",
    "Option",
    "OptionInfo",
    "Origin",
    "Problem",
    "Provider",
    "ProviderDiff",
    "ProviderError",
    "Rejected",
    "RejectedType",
    "RetriesWarning",
    "Rule",
    "Runtime",
    "RuntimeOption",
    "Script",
    "Secret",
    "SecretError",
    "TritonProvider",
    "UnknownProviderError",
    "UnknownRuntimeError",
    "WorstCase",
    "at_least",
    "between",
    "check",
    "converter",
    "create_model_sql",
    "dump",
    "dumps",
    "duration",
    "explain",
    "flink_map",
    "from_dict",
    "from_options",
    "get_provider",
    "json_headers",
    "json_object",
    "list_providers",
    "list_runtimes",
    "load",
    "loads",
    "option",
    "options",
    "parse_create_model",
    "parse_statements",
    "presets",
    "provider_class",
    "provider_classes",
    "register_provider_class",
    "register_secret_resolver",
    "remove_provider",
    "required_secret",
    "runtime",
    "secret",
    "set_default_provider",
    "set_provider",
    "to_dict",
    "using_provider",
]


# Names that few programs need are imported at their first use.
_LATER: Final = {
    "Catalog": "catalogs.catalog",
    "CatalogDiff": "catalogs.catalog",
    "Change": "providers.comparison",
    "Column": "syntax.columns",
    "Details": "catalogs.details",
    "Factory": "runtimes.runtime",
    "GenericProvider": "providers.generic",
    "ModelStatement": "sql.read",
    "OldSpellingWarning": "sql.read",
    "Origin": "catalogs.origins",
    "ProviderDiff": "providers.comparison",
    "Runtime": "runtimes.runtime",
    "RuntimeOption": "runtimes.runtime",
    "Script": "sql.read",
    "TritonProvider": "providers.triton",
    "WorstCase": "runtimes.retries",
    "check": "catalogs.files",
    "create_model_sql": "sql.write",
    "dump": "catalogs.files",
    "dumps": "catalogs.files",
    "explain": "catalogs.files",
    "from_dict": "catalogs.entries",
    "from_options": "providers.classes",
    "get_provider": "registry",
    "list_providers": "registry",
    "list_runtimes": "runtimes.runtime",
    "load": "catalogs.files",
    "loads": "catalogs.files",
    "parse_create_model": "sql.read",
    "parse_statements": "sql.read",
    "presets": "presets",
    "provider_class": "providers.classes",
    "provider_classes": "providers.classes",
    "register_provider_class": "providers.classes",
    "remove_provider": "registry",
    "runtime": "runtimes.runtime",
    "set_default_provider": "registry",
    "set_provider": "registry",
    "to_dict": "catalogs.writing",
    "using_provider": "registry",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    module = import_module(f"{__name__}.{_LATER[name]}")
    found = module if name == _LATER[name] else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
