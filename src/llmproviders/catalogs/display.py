# SPDX-License-Identifier: Apache-2.0
"""Values of options as strings for people: secrets are masked, and references are shown as ``env:NAME``."""

from __future__ import annotations

from typing import Any

from ..credentials import MASK
from ..fields.compiled import compiled
from ..fields.metadata import OptionInfo
from ..fields.parts import part_string
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..secrets import MaskedText, Secret

__all__ = ["default_string", "option_string"]


def option_string(provider: Provider, option: str) -> str | None:
    """The value of an option, or of ``extra_options.KEY``; None if it has no value."""
    if option.startswith(f"{EXTRAS}."):
        value: Any = provider.extra_options[option.removeprefix(f"{EXTRAS}.")]
        spec = None
    else:
        value = getattr(provider, option)
        spec = compiled(type(provider)).description.specs[option]
    if value is None:
        return None
    if isinstance(value, (Secret, MaskedText)) and value.is_reference:
        return part_string(value)
    if spec is None or isinstance(value, (Secret, MaskedText)):
        return str(value)
    return MASK if spec.is_secret else spec.write(value)


def default_string(cls: type[Provider], info: OptionInfo) -> str | None:
    """The default of an option; None if it has no default."""
    return compiled(cls).description.specs[info.name].default_string
