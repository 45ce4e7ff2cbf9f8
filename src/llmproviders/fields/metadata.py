# SPDX-License-Identifier: Apache-2.0
"""The metadata that makes a field an option, and the options of a class as data."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, Union, get_args
from weakref import WeakKeyDictionary

import attrs

from ..boundary import public
from ..credentials import mask_urls
from ..errors import InvalidClassError
from ..messages import listed, shown, with_hint
from ..secrets import Secret, masked
from ..similar_names import did_you_mean

__all__ = [
    "METADATA_KEY",
    "Option",
    "OptionInfo",
    "default_of",
    "is_hidden",
    "option",
    "options",
    "resolve_annotations",
    "type_name",
    "without_none",
]

if TYPE_CHECKING:
    Attribute: TypeAlias = attrs.Attribute[Any]
else:
    # It is generic for type checkers only.
    Attribute = attrs.Attribute

METADATA_KEY: Final = "llmproviders"
"""The key of the `Option` in the metadata of a field."""

JavaType = Literal["String", "Boolean", "Integer", "Long", "Double", "Duration", "Enum", "Map"]
TextFormat = Literal["", "json", "url"]

_JAVA_TYPES: Final[Mapping[object, JavaType]] = {bool: "Boolean", int: "Long", float: "Double"}


@attrs.frozen(kw_only=True)
class Option:
    """The metadata of a field that is an option; `option` makes it, and documents the attributes."""

    key: str = attrs.field(kw_only=False)
    meaning: str = ""
    java: JavaType | None = None
    format: TextFormat = ""
    secret: bool = False
    choices: str | tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    deprecated_keys: tuple[str, ...] = ()
    sequence_key: str = ""


@public
def option(
    key: str,
    meaning: str = "",
    *,
    java: JavaType | None = None,
    format: TextFormat = "",  # noqa: A002
    secret: bool = False,
    choices: str | tuple[str, ...] = (),
    tasks: tuple[str, ...] = (),
    deprecated_keys: tuple[str, ...] = (),
    sequence_key: str = "",
) -> dict[str, Option]:
    """Return metadata for `attrs.field` that makes the field an option of its provider.

    >>> import attrs
    >>> @attrs.frozen(kw_only=True)
    ... class Reranker(Provider):
    ...     identifier = "acme-rerank"
    ...     top_n: int | None = attrs.field(default=None, validator=at_least(1), metadata=option("top-n", "documents kept"))
    >>> Reranker(top_n=3).to_options()
    {'top-n': '3'}

    Args:
        key: the Java key, for example ``"max-tokens"``.
        meaning: one line for help and documentation.
        java: the Java type; by default that of the field's annotation.
        format: ``"url"`` for a URL, or ``"json"`` for a JSON object as a string or mapping; credentials in it are masked.
        secret: whether the value is a credential; a field annotated with `Secret` always is.
        choices: the only strings allowed, or the name of a class attribute with them; empty means any string.
        tasks: the tasks that have the option; empty means every task.
        deprecated_keys: older Java keys that `from_options` reads too.
        sequence_key: the Java key for a value that is a tuple; empty means *key*.

    Raises:
        InvalidClassError: if a key is empty, a key or choice is not a `str`, or *java* or *format* is not one of the known ones.
    """
    for argument, value, known in (("java", java, (None, *get_args(JavaType))), ("format", format, get_args(TextFormat))):
        if value not in known:
            names = [each for each in known if each]
            hint = did_you_mean(value, names) if isinstance(value, str) else ""
            msg = f"option(): {argument}: expected {listed(names)}, got {shown(value)}"
            raise InvalidClassError(with_hint(msg, hint))
    keys = (key, sequence_key, *_strings("deprecated_keys", deprecated_keys))
    if not (isinstance(key, str) and key and isinstance(sequence_key, str)):
        raise InvalidClassError(f"option(): expected keys that are str, got {', '.join(map(shown, keys))}")
    record = Option(
        # A member of an enum becomes a plain string: its repr could not be part of generated code.
        str.__str__(key),
        meaning=meaning,
        java=java,
        format=format,
        secret=secret,
        choices=choices if isinstance(choices, str) else _strings("choices", choices),
        tasks=tasks,
        deprecated_keys=_strings("deprecated_keys", deprecated_keys),
        sequence_key=str.__str__(sequence_key),
    )
    return {METADATA_KEY: record}


def _strings(argument: str, values: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(values, (tuple, list)) and all(isinstance(value, str) for value in values):
        return tuple(map(str.__str__, values))
    raise InvalidClassError(f"option(): {argument}: expected a tuple of str, got {shown(values)}")


@attrs.frozen(kw_only=True)
class OptionInfo:
    """One option of a provider class, described as data."""

    name: str
    """Python name."""
    key: str
    """Java key."""
    type: Any
    """Python type of the value, without None."""
    java: JavaType
    """Java type."""
    format: TextFormat
    """The format of a string: ``"json"`` or ``"url"``; empty if it has no special format."""
    required: bool
    """Whether it must be given."""
    default: Any
    """The default; None also if it is required."""
    allowed: tuple[str, ...]
    """The only strings allowed; empty if any string is."""
    rule: str
    """The bounds of a number in words; empty if there are none."""
    secret: bool
    """Whether its value is a secret, which is masked."""
    tasks: tuple[str, ...]
    """The tasks that have it; empty if every task has it."""
    deprecated_keys: tuple[str, ...]
    """Older Java keys, which `Provider.from_options` reads too."""
    sequence_key: str
    """The Java key for a value that is a tuple; empty if it is `key`."""
    meaning: str
    """One line for help and documentation."""
    field: Attribute = attrs.field(repr=False, eq=False)
    """The attrs field that declares it."""


# Each class is described once. The references are weak, so that classes can be garbage-collected.
_annotations: WeakKeyDictionary[type, dict[str, Any]] = WeakKeyDictionary()
_infos: WeakKeyDictionary[type, tuple[OptionInfo, ...]] = WeakKeyDictionary()


def resolve_annotations(cls: type) -> dict[str, Any]:
    """The resolved annotations of a class's fields.

    Raises:
        InvalidClassError: if a name in an annotation is not defined, or a field has no annotation.
    """
    if cls in _annotations:
        return _annotations[cls]
    try:
        found = typing.get_type_hints(cls)
    except Exception as error:  # noqa: BLE001
        reason = f"{type(error).__name__} ({error})"
    else:
        for field in attrs.fields(cls):
            if found.setdefault(field.name, field.type) is None:
                hint = f"write {field.name}: ... = attrs.field(...)"
                raise InvalidClassError(f"{cls.__name__}.{field.name}: expected an annotation; {hint}")
        _annotations[cls] = found
        return found
    raise InvalidClassError(f"{cls.__name__}: expected annotations that can be resolved, got one with {reason}")


def type_name(hint: Any) -> str:
    """The name of a type for a message."""
    return getattr(hint, "__name__", str(hint))


def without_none(hint: Any) -> Any:
    """*hint* without ``| None``."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        rest = tuple(part for part in typing.get_args(hint) if part is not type(None))
        return rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007
    return hint


@public
def options(cls: type) -> tuple[OptionInfo, ...]:
    """Return the options of a provider class, in the order of their declaration.

    >>> [info.key for info in options(OpenAIProvider)][:3]
    ['endpoint', 'api-key', 'model']

    Args:
        cls: an attrs class whose fields have the metadata of `option`.

    Raises:
        InvalidClassError: if it is not an attrs class, a default depends on the instance, or two options have the same Java key.
    """
    if not isinstance(cls, type) or not attrs.has(cls):
        raise InvalidClassError(f"options(): expected an attrs class, got {shown(cls)}")
    if cls not in _infos:
        _infos[cls] = _describe(cls)
    return _infos[cls]


def is_hidden(info: OptionInfo) -> bool:
    """Whether messages must not show values of the option, because they may be or contain a credential."""
    return info.secret or info.format == "json" or info.java == "Map"


def _describe(cls: type) -> tuple[OptionInfo, ...]:
    types_of = resolve_annotations(cls)
    infos = tuple(_info(cls, field, types_of[field.name]) for field in attrs.fields(cls) if METADATA_KEY in field.metadata)
    owners = {"provider": "its identifier"}
    for info in infos:
        for key in filter(None, (info.key, info.sequence_key, *info.deprecated_keys)):
            if (owner := owners.setdefault(key, info.name)) != info.name:
                msg = f"{cls.__name__}: expected one option with the key {key!r}, got {owner} and {info.name}"
                raise InvalidClassError(msg)
    return infos


def _info(cls: type, field: attrs.Attribute[Any], hint: Any) -> OptionInfo:
    record: Option = field.metadata[METADATA_KEY]
    hint = without_none(hint)
    allowed = _allowed(cls, field.name, record, hint)
    secret = record.secret or hint is Secret
    return OptionInfo(
        name=field.name,
        key=record.key,
        type=hint,
        java=record.java or ("Enum" if allowed else _JAVA_TYPES.get(hint, "String")),
        format=record.format,
        required=field.default is attrs.NOTHING,
        default=_masked(default_of(cls, field), secret=secret),
        allowed=allowed,
        rule=getattr(field.validator, "expected", ""),
        secret=secret,
        tasks=record.tasks,
        deprecated_keys=record.deprecated_keys,
        sequence_key=record.sequence_key,
        meaning=record.meaning,
        field=field,
    )


def default_of(cls: type, field: attrs.Attribute[Any]) -> Any:
    """The default of a field, made by its factory if it has one; None if it has no default.

    Raises:
        InvalidClassError: if the factory needs the instance.
    """
    default: Any = field.default
    if default is attrs.NOTHING:
        return None
    if not isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return default
    if default.takes_self:
        hint = "write factory=..., or set it in __attrs_post_init__"
        raise InvalidClassError(f"{cls.__name__}.{field.name}: expected a default that does not depend on the instance; {hint}")
    try:
        return default.factory()
    except Exception:  # noqa: BLE001
        # The factory is called again for each provider that needs the default.
        return None


def _masked(default: Any, *, secret: bool) -> Any:
    """A default, masked if it is or contains a secret."""
    if type(default) is not str:
        return default
    return Secret(default) if secret else masked(default, mask_urls(default))


def _allowed(cls: type, name: str, record: Option, hint: Any) -> tuple[str, ...]:
    if record.choices:
        if not isinstance(record.choices, str):
            return record.choices
        found = getattr(cls, record.choices, None)
        if found is None:
            msg = f"{cls.__name__}.{name}: expected choices that the class has, got {record.choices}"
            raise InvalidClassError(msg)
        return tuple(found)
    if typing.get_origin(hint) is Literal:
        return typing.get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(str(member.value) for member in hint)
    return ()
