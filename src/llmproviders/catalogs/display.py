# SPDX-License-Identifier: Apache-2.0
"""Values of options as strings for people: secrets are masked, and references are shown as ``env:NAME``."""

from __future__ import annotations

from typing import Any

from ..credentials import MASK
from ..fields.compiled import compiled
from ..fields.metadata import OptionInfo
from ..fields.spec import EXTRAS
from ..providers.base import Provider
from ..secrets import MaskedText, Secret, mapped, parts_of
from ..syntax.json import write_parsed_json

__all__ = ["default_string", "option_string", "part_string"]


def _reference_string(secret: Secret) -> str:
    """A reference, in the form that the command ``set`` accepts; a default, which is masked, follows it."""
    default = "" if secret.default is None else f", default {secret.default}"
    return f"{secret.source}:{secret.reference}{default}"


def part_string(part: Any) -> str:
    """A value, or a part of one, with secrets masked and references in the form that the command ``set`` accepts."""
    if isinstance(part, MaskedText) and part.is_reference:
        # The mask of the whole value hides the numbers in it too.
        is_hidden = str(part) == MASK
        return write_parsed_json(mapped(parts_of(part), lambda _, each: _shown_scalar(each, is_hidden=is_hidden)))
    shown = mapped(part, lambda _, each: _shown_scalar(each, is_hidden=False))
    return shown if isinstance(shown, str) else write_parsed_json(shown)


def _shown_scalar(part: Any, *, is_hidden: bool) -> Any:
    if isinstance(part, Secret) and part.is_reference:
        return _reference_string(part)
    return MASK if is_hidden else str(part) if isinstance(part, (Secret, MaskedText)) else part


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
