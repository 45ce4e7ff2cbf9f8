# SPDX-License-Identifier: Apache-2.0
"""The specification of one field of a provider class: the values that it accepts, and its default."""

from __future__ import annotations

import inspect
import typing
from enum import Enum
from functools import lru_cache
from types import FunctionType
from typing import Any, Final

import attrs

from ..credentials import MASK
from ..errors import InvalidClassError, Rejected, RejectedType
from ..messages import shown
from ..secrets import MaskedText, Secret, reveal
from ..syntax.scalars import JAVA_BOUNDS
from .acceptance import (
    Accept,
    accept_boolean,
    accept_string,
    choice_acceptor,
    enum_acceptor,
    instance_acceptor,
    number_acceptor,
    real_string,
)
from .bounds import Between
from .converters import BUILT_IN_CONVERTERS, json_object, required_secret, url
from .hooks import string_reader, string_writer
from .metadata import OptionInfo, default_of, is_hidden, type_name, without_none

__all__ = ["EXTRAS", "Spec"]

EXTRAS: Final = "extra_options"
"""The field of the options beyond the typed ones."""


class Spec:
    """The specification of one field: the function that accepts its values, and its default.

    Raises:
        InvalidClassError: if the field is declared in a way that cannot work.
    """

    __slots__ = (
        "accept",
        "attribute",
        "default",
        "has_custom_converter",
        "hint",
        "info",
        "is_nullable",
        "name",
        "parameter",
        "parameter_default",
        "required",
    )

    def __init__(self, cls: type, attribute: attrs.Attribute[Any], info: OptionInfo | None, hint: Any) -> None:
        self.name: str = attribute.name
        self.parameter: str = attribute.alias or attribute.name
        self.attribute = attribute
        self.info = info
        self.hint = hint
        self.required = attribute.default is attrs.NOTHING and attribute.init
        convert: Any = attribute.converter
        # Our converters check their results. A custom converter is called for every value and default, as in attrs.
        self.has_custom_converter = convert is not None and self.name != EXTRAS and not _is_built_in(convert)
        self.is_nullable = not (self.required or self.has_custom_converter or self.name == EXTRAS)
        if info is not None:
            # Raises an error if the type has no hooks.
            string_reader(info, cls)
        self.accept = _acceptor(cls, attribute, info, without_none(hint), is_custom=self.has_custom_converter)
        self.default = self._default(cls)
        self.parameter_default = self._parameter_default()

    def _default(self, cls: type) -> Any:
        """The default in the form that providers hold, checked once for all providers."""
        if self.attribute.default is attrs.NOTHING:
            return None
        # `options` has called a factory already.
        default = self.info.default if self.info is not None and self.has_factory else default_of(cls, self.attribute)
        try:
            return self.accepted(default)
        except Exception as error:  # noqa: BLE001
            if self.has_custom_converter or self.has_factory:
                # The default is made or converted again for each provider.
                return default
            # The message of another exception may show the default, which may be a secret.
            reason = error.expected if isinstance(error, Rejected) else f"one that it accepts ({type(error).__name__})"
            got = shown(default, with_type=isinstance(error, Rejected) and error.is_type, hidden=self.is_hidden)
        raise InvalidClassError(f"{cls.__name__}.{self.name}: default: expected {reason}, got {got}")

    def _parameter_default(self) -> Any:
        """The default of the constructor's parameter; NOTHING if the constructor must make the default."""
        if self.required or self.has_factory or (self.has_custom_converter and self.is_secret):
            return attrs.NOTHING
        # A custom converter is called with the default each time, as attrs does it.
        return self.attribute.default if self.has_custom_converter else self.default

    def accepted(self, value: Any) -> Any:
        """The value as providers hold it; None means that the option is not emitted.

        Raises:
            Rejected: if the option does not accept it; a custom converter or hook may raise any exception.
        """
        return None if value is None and self.is_nullable else self.accept(value)

    def fresh_default(self) -> Any:
        """The declared default; a factory makes a new value."""
        default: Any = self.attribute.default
        return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]

    @property
    def has_factory(self) -> bool:
        """Whether a factory makes a default for each provider."""
        return isinstance(self.attribute.default, attrs.Factory)  # type: ignore[arg-type]

    @property
    def is_validated(self) -> bool:
        """Whether attrs must call the validator; bounds of numbers are checked together with the type."""
        is_number = without_none(self.hint) in (int, float)
        return self.attribute.validator is not None and not (is_number and isinstance(self.attribute.validator, Between))

    @property
    def parameter_type(self) -> Any:
        """The annotation of the constructor's parameter: the annotation of the converter's argument, or of the field."""
        convert: Any = self.attribute.converter
        if isinstance(convert, attrs.Converter):
            convert = convert.converter  # type: ignore[attr-defined]
        if convert is None:
            return self.hint
        return _known_argument_type(convert) if _is_built_in(convert) else _argument_type(convert)

    @property
    def default_string(self) -> str | None:
        """The string of the default, masked if it is or contains a secret; None if there is no default."""
        if self.default is None or isinstance(self.default, (Secret, MaskedText)):
            return None if self.default is None else str(self.default)
        return self.write(self.default)

    def write(self, value: Any) -> str:
        """The string of a value for Java."""
        return string_writer(self.info)(value) if self.info else str(value)

    @property
    def is_secret(self) -> bool:
        """Whether the value is a secret."""
        return self.info is not None and self.info.secret

    @property
    def is_hidden(self) -> bool:
        """Whether messages must not show the value, because it may be or contain a credential."""
        return self.info is not None and is_hidden(self.info)

    @property
    def other_key(self) -> str:
        """The Java key if it differs from the name, else empty."""
        return self.info.key if self.info is not None and self.info.key != self.name else ""


def _is_built_in(convert: Any) -> bool:
    return isinstance(convert, FunctionType) and convert in BUILT_IN_CONVERTERS


def _argument_type(convert: Any) -> Any:
    """The annotation of a converter's argument; `Any` if it cannot be read."""
    try:
        types_of = typing.get_type_hints(convert)
        return types_of.get(next(iter(inspect.signature(convert).parameters)), Any)
    except Exception:  # noqa: BLE001
        # A custom converter may have no signature, or undefined names in it.
        return Any


_known_argument_type: Final = lru_cache(maxsize=64)(_argument_type)


def _acceptor(cls: type, attribute: attrs.Attribute[Any], info: OptionInfo | None, hint: Any, *, is_custom: bool) -> Accept:
    convert: Any = attribute.converter
    is_masked_str = info is not None and info.secret and hint is not Secret
    if is_masked_str and hint is not str:
        got = type_name(hint)
        raise InvalidClassError(f"{cls.__name__}.{attribute.name}: expected a secret of type Secret or str, got {got}")
    if convert is not None and not is_custom:
        accept: Accept = convert
        if attribute.default is attrs.NOTHING:
            accept = _given(accept, hint)
    else:
        accept = _type_acceptor(attribute, info, hint)
        if is_custom:
            accept = _after(_converter(cls, attribute), accept, required=attribute.default is attrs.NOTHING)
    # A secret in a field of type str is masked too.
    return (lambda value: _hidden(accept(value))) if is_masked_str else accept


def _converter(cls: type, attribute: attrs.Attribute[Any]) -> Accept:
    """The custom converter of a field, as a function of the value only."""
    convert: Any = attribute.converter
    if not isinstance(convert, attrs.Converter):
        return convert  # type: ignore[no-any-return]
    whole: Any = convert
    if whole.takes_self:
        hint = "write a Rule over several options, or set the field in __attrs_post_init__"
        raise InvalidClassError(f"{cls.__name__}.{attribute.name}: expected a converter without takes_self; {hint}")
    return (lambda value: whole.converter(value, attribute)) if whole.takes_field else whole.converter


def _after(convert: Accept, accept: Accept, *, required: bool) -> Accept:
    def converted(value: Any) -> Any:
        value = convert(value)
        return value if value is None and not required else accept(value)

    return converted


def _type_acceptor(attribute: attrs.Attribute[Any], info: OptionInfo | None, hint: Any) -> Accept:
    if hint is Secret:
        return required_secret
    if isinstance(hint, type) and issubclass(hint, Enum) and typing.get_origin(hint) is None:
        return enum_acceptor(hint)
    if info is not None and info.allowed:
        # The choices of a String are compared exactly, as Java does it.
        return choice_acceptor(info.allowed, exact=info.java != "Enum")
    if hint is bool:
        return accept_boolean
    if hint in (int, float):
        java = info.java if info and info.java in JAVA_BOUNDS else "Long" if hint is int else "Double"
        return number_acceptor(java, attribute.validator if isinstance(attribute.validator, Between) else None)
    if hint is str:
        accept_str: Accept = {"url": url, "json": json_object}.get(info.format if info else "", accept_string)
        return _given(accept_str, hint) if attribute.default is attrs.NOTHING else accept_str
    accept = instance_acceptor(hint)
    return accept if info is None else _with_hook(accept, info)


def _given(accept: Accept, hint: Any) -> Accept:
    """*accept*, but None is refused: for a required option."""

    def accept_given(value: Any) -> Any:
        value = accept(value)
        if value is None:
            raise RejectedType(f"a {getattr(hint, '__name__', 'value')}")
        return value

    return accept_given


def _with_hook(accept: Accept, info: OptionInfo) -> Accept:
    """*accept*, but values are refused that the hook of the type cannot write."""

    def accept_writable(value: Any) -> Any:
        value = accept(value)
        string_writer(info)(value)
        return value

    return accept_writable


def _hidden(value: str | None) -> str | None:
    return None if value is None else MaskedText(reveal(required_secret(real_string(value))), MASK)
