# SPDX-License-Identifier: Apache-2.0
"""Typed, frozen, validated configurations of LLM and model providers for Flink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .errors import (
    DocumentError,
    DocumentProblem,
    InvalidOptionsError,
    InvalidTypeError,
    Problem,
    ProviderError,
    Rejected,
    RejectedType,
    SecretError,
    UnknownProviderError,
)
from .flat import converter
from .providers.base import Provider
from .providers.generic import GenericProvider
from .providers.openai import OpenAIProvider
from .providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from .providers.triton import TritonProvider
from .records import Option, OptionInfo, option, options
from .registry import (
    from_options,
    get_provider,
    list_providers,
    provider_class,
    provider_classes,
    register_provider_class,
    remove_provider,
    set_default_provider,
    set_provider,
    using_provider,
)
from .secrets import MASK, MaskedText, Secret
from .table import Rule
from .values import at_least, between, duration, required_secret, secret

if TYPE_CHECKING:
    from . import presets
    from .catalog import Catalog, Change
    from .documents import from_dict, to_dict
    from .files import Origin, dump, dumps, explain, load, loads

__all__ = [
    "MASK",
    "Catalog",
    "Change",
    "DashScopeProvider",
    "DocumentError",
    "DocumentProblem",
    "GenericProvider",
    "InvalidOptionsError",
    "InvalidTypeError",
    "MaskedText",
    "OpenAICompatProvider",
    "OpenAIProvider",
    "Option",
    "OptionInfo",
    "Origin",
    "Problem",
    "Provider",
    "ProviderError",
    "Rejected",
    "RejectedType",
    "Rule",
    "Secret",
    "SecretError",
    "TritonProvider",
    "UnknownProviderError",
    "at_least",
    "between",
    "converter",
    "dump",
    "dumps",
    "duration",
    "explain",
    "from_dict",
    "from_options",
    "get_provider",
    "list_providers",
    "load",
    "loads",
    "option",
    "options",
    "presets",
    "provider_class",
    "provider_classes",
    "register_provider_class",
    "remove_provider",
    "required_secret",
    "secret",
    "set_default_provider",
    "set_provider",
    "to_dict",
    "using_provider",
]


# What files and presets need is imported when it is first used: providers in code should not pay for it.
_LATER: Final = {
    "Catalog": "catalog",
    "Change": "catalog",
    "Origin": "files",
    "dump": "files",
    "dumps": "files",
    "explain": "files",
    "from_dict": "documents",
    "load": "files",
    "loads": "files",
    "presets": "presets",
    "to_dict": "documents",
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
