# SPDX-License-Identifier: Apache-2.0
"""The constructor and `with_` of a provider class, generated when the class is first used.

Both have a parameter for each option, fill the slots of a provider, check the rules, and report every problem of a call.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Container, Mapping
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn, TypeVar

import attrs

from ..boundary import error_for_caller, warn
from ..errors import ExtraOptionWarning
from .description import Description
from .extras import ExtraOptions
from .generate import compile_source
from .problems import explain
from .spec import EXTRAS, Spec

__all__ = ["CompiledClass", "compiled", "construct", "generated", "keep_flat"]

_lock: Final = threading.RLock()


class Unfrozen:
    """A mixin that makes the unfrozen subclass of a provider class.

    The ``__class__`` of a provider is this subclass while generated code sets its fields; after that, it is the provider class. A
    plain assignment is several times as fast as object.__setattr__, which a frozen class would need.
    """

    __slots__ = ()
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__

    def __init_subclass__(cls) -> None:
        """Do not call the ``__init_subclass__`` of provider classes."""


class Broken(Exception):
    """Raised to end the first pass: an option is missing, a rule does not hold, or a name is refused."""


def _raise_missing() -> NoReturn:
    raise Broken


class Compiled:
    """The description of a class, and the functions generated for it."""

    def __init__(self, cls: Any) -> None:
        self.description = description = Description(cls)
        self.unfrozen: Any = type(cls)(cls.__name__, (Unfrozen, cls), {"__slots__": (), "__module__": cls.__module__})
        self.hook: tuple[object, Any] = None, None
        """The version of cattrs' hooks, and the class's unstructure hook of that version."""
        names = _names(description, self.unfrozen)
        functions = compile_source("methods", cls, [*_init_source(description), "", "", *_with_source(description)], names)
        self.init = _finished(
            description, functions["__init__"], "Make a provider; every problem of the call is reported at once.", None
        )
        self.with_ = _finished(
            description, functions["with_"], "Make a variant; an option that is not given stays as it is.", cls
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # For a class that is pickled by value: it is compiled again after unpickling.
        return type(None), ()


class CompiledClass:
    """The base class of `Provider`, with the attributes of generated code that are not fields."""

    __slots__ = ("_flat",)
    _compiled: ClassVar[Compiled | None] = None
    _flat: tuple[object, dict[str, str]] | None
    """A cache of the flat dict, with the version of the hooks that wrote it: a copy takes a tenth of the time. It is None before
    the first call of `to_options`, and always if a secret is a reference. It is unset after unpickling."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._compiled = None


keep_flat: Final[Callable[[Any, Any], None]] = CompiledClass.__dict__["_flat"].__set__
"""A function that sets the cached flat dict of a provider."""


def _names(description: Description, unfrozen: type) -> dict[str, Any]:
    """The global names of the generated functions. They begin with an underscore, so that no option has the same name."""
    names: dict[str, Any] = {
        "_description": description,
        "_become": object.__setattr__,
        "_Broken": Broken,
        # An option may have the name of a built-in class.
        "_Exception": Exception,
        "_cls": description.cls,
        "_create": object.__new__,
        "_explain": explain,
        "_clear_flat": _clear_flat,
        "_join": _join,
        "_raise_missing": _raise_missing,
        "_NOTHING": attrs.NOTHING,
        "_unfrozen": unfrozen,
        "_validate": attrs.validate,
        "_warn": _warn,
    }
    for number, rule in enumerate(description.rules):
        names[f"_rule_{number}"] = rule.check
    for name, spec in description.specs.items():
        names[f"_accept_{name}"] = spec.accept
        names[f"_default_{name}"] = spec.parameter_default
        names[f"_fresh_{name}"] = spec.fresh_default
    return names


def _init_source(description: Description) -> list[str]:
    """The lines of the constructor."""
    return [
        f"def __init__({', '.join(_parameters(description, lambda spec: f'_default_{spec.name}'))}):",
        "    try:",
        *_lines_before_fields(description, "self"),
        *[f"        self.{name} = {_initial(spec)}" for name, spec in description.specs.items() if _is_set(spec)],
        "        self._flat = None",
        *_lines_after_fields(description, "self", None),
        "        return",
        *_lines_of_failure(description, "None", "self"),
    ]


def _with_source(description: Description) -> list[str]:
    """The lines of `with_`."""
    lines = [
        f"def with_({', '.join(_parameters(description, lambda _: '_NOTHING', positional=False))}):",
        "    _new = _create(_cls)",
        "    try:",
        *_lines_before_fields(description, "_new"),
    ]
    for name, spec in description.specs.items():
        if not spec.attribute.init:
            lines += [f"        _new.{name} = {_initial(spec)}"] if _is_set(spec) else []
            continue
        accepted = f"_accept_{name}({spec.parameter})"
        if spec.is_nullable:
            accepted = f"None if {spec.parameter} is None else {accepted}"
        lines.append(f"        _new.{name} = self.{name} if {spec.parameter} is _NOTHING else {accepted}")
    lines.append("        _new._flat = None")
    return [
        *lines,
        *_lines_after_fields(description, "_new", "_NOTHING"),
        "        return _new",
        *_lines_of_failure(description, "self", "_new"),
    ]


def _parameters(description: Description, default: Callable[[Spec], str], *, positional: bool = True) -> list[str]:
    """The parameters: positional parameters first, extra options by name last."""
    given = [f"{spec.parameter}={default(spec)}" for spec in description.parameters]
    count = sum(not spec.attribute.kw_only for spec in description.parameters) if positional else 0
    return ["self", "/", *given[:count], "*", *given[count:], "**more_options"]


def _lines_before_fields(description: Description, new: str) -> list[str]:
    """The lines before the fields."""
    pre_init = [f"        {new}.__attrs_pre_init__()"] if hasattr(description.cls, "__attrs_pre_init__") else []
    return [*pre_init, f"        _become({new}, '__class__', _unfrozen)"]


def _is_set(spec: Spec) -> bool:
    """Whether the constructor sets the field; `__attrs_post_init__` sets a field that has neither a parameter nor a default."""
    return spec.attribute.init or spec.attribute.default is not attrs.NOTHING


def _initial(spec: Spec) -> str:
    """The expression for the value of a field of a new provider. Defaults are not checked again: `Spec` has checked them."""
    name, given = spec.name, spec.parameter
    if not spec.attribute.init:
        return f"_accept_{name}(_fresh_{name}())" if spec.has_factory or spec.has_custom_converter else f"_default_{name}"
    if spec.parameter_default is attrs.NOTHING and not spec.required:
        accepted = f"_accept_{name}(_fresh_{name}() if {given} is _NOTHING else {given})"
        return f"None if {given} is None else {accepted}" if spec.is_nullable else accepted
    if spec.required:
        return f"_accept_{name}({given}) if {given} is not _NOTHING else _raise_missing()"
    if spec.has_custom_converter:
        return f"_accept_{name}({given})"
    none = f" or {given} is None" if spec.is_nullable and spec.default is not None else ""
    return f"{given} if {given} is _default_{name}{none} else _accept_{name}({given})"


def _lines_after_fields(description: Description, new: str, untouched: str | None) -> list[str]:
    """The lines after the fields: extra options, rules, and the hooks of attrs.

    Args:
        description: the class.
        new: the variable of the provider.
        untouched: the name of the default of parameters of `with_`, which marks them as not given. A rule is skipped if none of
            its options is given. None for the constructor.
    """
    is_given = "True" if untouched is None else f"{EXTRAS} is not {untouched}"
    lines = [f"        if more_options: {new}.{EXTRAS} = _join(_description, {new}.{EXTRAS}, more_options, {is_given})"]
    for number, rule in enumerate(description.rules):
        operands = ", ".join(f"{new}.{name}" for name in rule.options)
        touched = [description.specs[name].parameter for name in rule.options if description.specs[name].attribute.init]
        condition = "" if untouched is None else f"not ({' is '.join([*touched, untouched])}) and "
        lines.append(f"        if {condition}_rule_{number}(_cls, {operands}) is not None: raise _Broken")
    lines.append(f"        {new}.__class__ = _cls")
    if any(spec.is_validated for spec in description.specs.values()):
        lines.append(f"        _validate({new})")
    if hasattr(description.cls, "__attrs_post_init__"):
        lines += [f"        {new}.__attrs_post_init__()", f"        _clear_flat({new})"]
    return [
        *lines,
        f"        if more_options: _warn(_description, more_options, {'()' if untouched is None else 'self.' + EXTRAS})",
    ]


def _lines_of_failure(description: Description, base: str, new: str) -> list[str]:
    """The lines for a call that failed; they delete the variables of the frame, which may hold secrets."""
    names = [spec.parameter for spec in description.parameters]
    gone = ", ".join(dict.fromkeys(["self", new, *names, "_values", "more_options"]))
    return [
        "    except _Exception as _error:",
        f"        _values = ({''.join(f'{name}, ' for name in names)})",
        f"        _failure = _explain(_description, {base}, {new}, _values, more_options, _error)",
        f"    del {gone}",
        "    __tracebackhide__ = True",
        "    try: raise _failure",
        "    finally: del _failure",
    ]


def _join(description: Description, extras: ExtraOptions, more: Mapping[str, Any], is_given: bool) -> ExtraOptions:  # noqa: FBT001
    """The extra options, changed by those given by name; None removes an option."""
    for name in more:
        if name in extras:
            if is_given:
                raise Broken
        elif description.refusal(name) is not None:
            raise Broken
    return extras.changed(more)


def _warn(description: Description, more: Mapping[str, Any], known: Container[str]) -> None:
    """Warn of new extra options that Java probably does not know."""
    for name, value in more.items():
        if value is not None and name not in known and (message := description.warning(name)):
            warn(message, ExtraOptionWarning)


def _clear_flat(provider: Any) -> None:
    """Clear the cached flat dict of a provider: `__attrs_post_init__` may have changed the provider."""
    keep_flat(provider, None)


def _finished(description: Description, function: Any, summary: str, result: type | None) -> Any:
    """A generated function with the documentation and the signature that `help` and editors show."""
    function.__qualname__ = f"{description.cls.__qualname__}.{function.__name__}"
    function.__module__ = description.cls.__module__
    meanings = [
        f"    {spec.parameter}: {spec.info.meaning}{spec.info.meaning and ' '}({spec.info.key})"
        for spec in description.parameters
        if spec.info
    ]
    more = ["    extra_options: Java keys and values beyond the options", "    more_options: the same by name"]
    function.__doc__ = "\n".join([summary, "", "Args:", *meanings, *more])
    function.__annotations__ = {spec.parameter: spec.parameter_type for spec in description.parameters} | {"return": result}
    if any(spec.required for spec in description.parameters) and function.__name__ == "__init__":
        signature = inspect.signature(function)
        required = {spec.parameter for spec in description.parameters if spec.required}
        parameters = [
            each.replace(default=inspect.Parameter.empty) if each.name in required else each
            for each in signature.parameters.values()
        ]
        function.__signature__ = signature.replace(parameters=parameters)
    return function


def compiled(cls: Any) -> Compiled:
    """The `Compiled` of a provider class, made at the first use: then all names in annotations can be resolved.

    Raises:
        InvalidClassError: if the class is declared in a way that cannot work.
    """
    found: Compiled | None = cls._compiled
    # If the __init_subclass__ of a base does not call ours, the class inherits the `Compiled` of that base.
    if found is None or found.description.cls is not cls:
        with _lock:
            found = cls._compiled
            if found is None or found.description.cls is not cls:
                found = cls._compiled = Compiled(cls)
    return found


_Class = TypeVar("_Class")


def construct(cls: type[_Class], values: dict[str, Any]) -> _Class:
    """Make a provider from values by name of the field, without calling a user-defined ``__init__``; `with_` does so too."""
    made = compiled(cls)
    new = object.__new__(cls)
    made.init(new, **made.description.arguments(values))
    return new


if TYPE_CHECKING:
    _Function = TypeVar("_Function", bound=Callable[..., Any])

    def generated(function: _Function) -> _Function:
        """A method that is generated for each class."""
        return function

else:

    class generated:  # noqa: N801
        """A method that is generated for each class at its first use; *function* documents it for abstract classes."""

        def __init__(self, function: Callable[..., Any]) -> None:
            self.__func__ = function
            self.name = function.__name__.removeprefix("__").removesuffix("__")
            self.__doc__ = function.__doc__

        def __get__(self, instance: Any, owner: Any) -> Any:
            if instance is None:
                return self._of(owner)
            found = instance._compiled  # noqa: SLF001  # `CompiledClass` above declares it
            if found is not None and found.description.cls is instance.__class__:
                return MethodType(getattr(found, self.name), instance)
            try:
                # inspect.signature of newer Pythons passes the class as the instance.
                is_class = isinstance(instance, type)
                return MethodType(self._of(instance) if is_class else getattr(compiled(owner), self.name), instance)
            except Exception as error:  # noqa: BLE001
                failure = error_for_caller(error, owner.__name__)
            # A provider whose fields are not set has no repr: a traceback that shows variables would fail.
            del instance
            __tracebackhide__ = True
            raise failure

        def _of(self, cls: Any) -> Any:
            """The generated function of a class; for an abstract class, the function that documents it."""
            return self.__func__ if getattr(cls, "identifier", None) is None else getattr(compiled(cls), self.name)
