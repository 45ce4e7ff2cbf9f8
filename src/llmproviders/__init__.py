# SPDX-License-Identifier: Apache-2.0
"""Typed, frozen, validated configurations of LLM and model providers for Flink."""

from __future__ import annotations

from . import presets
from .errors import (
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

__all__ = [
    "MASK",
    "DashScopeProvider",
    "GenericProvider",
    "InvalidOptionsError",
    "InvalidTypeError",
    "MaskedText",
    "OpenAICompatProvider",
    "OpenAIProvider",
    "Option",
    "OptionInfo",
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
    "duration",
    "from_options",
    "get_provider",
    "list_providers",
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
    "using_provider",
]


def __dir__() -> list[str]:
    return __all__
