# SPDX-License-Identifier: Apache-2.0
"""The description of a provider class: its fields, its rules, and the names that may be extra options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MemberDescriptorType
from typing import Any, Final

import attrs

from ..credentials import looks_like_credential
from ..errors import InvalidClassError, Problem, Rejected
from ..messages import listed, shown
from ..similar_names import closest, fold
from .extras import extra_value
from .metadata import OptionInfo, options, resolve_annotations
from .spec import EXTRAS, Spec

__all__ = ["ALIASES", "FIELD", "REQUEST_FIELDS", "Description", "Rule", "hidden_field_error", "is_unbuilt"]

FIELD: Final = type(attrs.field())
"""The type of a field in the body of a class, before attrs builds the class."""

RESERVED_PARAMETERS: Final = ("self", "more_options")
"""The parameters that every constructor has."""
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "model": ("model_name",),
    "model_name": ("model",),
    "api_key": ("auth_token",),
    "api_token": ("api_key", "auth_token"),
    "openai_api_key": ("api_key",),
    "system": ("system_prompt",),
    "temp": ("temperature",),
    "base_url": ("endpoint",),
    "api_base": ("endpoint",),
    "url": ("endpoint",),
    "headers": ("extra_header", "custom_headers"),
    "custom_headers": ("extra_header",),
    "extra_header": ("custom_headers",),
    "default_headers": ("extra_header", "custom_headers"),
    "extra_headers": ("extra_header", "custom_headers"),
    "max_completion_tokens": ("max_tokens",),
    "max_output_tokens": ("max_tokens",),
    "dimensions": ("dimension",),
    "max_retries": ("retry_num",),
}
"""Names of options in other clients and classes, and the options that may be meant; a class has at most one of them."""
REQUEST_FIELDS: Final = (
    *("frequency_penalty", "top_k", "min_p", "logprobs", "top_logprobs", "logit_bias", "stream", "tools", "tool_choice"),
    *("reasoning_effort", "enable_thinking", "thinking", "thinking_budget", "repetition_penalty", "encoding_format"),
    *("parallel_tool_calls", "service_tier", "user", "metadata"),
)
"""Fields of a request for which there is no option; the option ``extra_body`` can add them."""


# Rules are compared by identity, as functions are.
@attrs.frozen(eq=False, repr=False)
class Rule:
    """A rule over several options, for `Provider.rules`.

    Its function is called when a provider is made or changed, after each option was accepted.
    """

    options: tuple[str, ...]
    """The Python names of its options."""
    check: Callable[..., Problem | None]
    """A function of the class and the values of the options, in their order, including None and defaults. It returns a `Problem`,
    or None if the rule holds."""


class Description:
    """The fields, the rules and the names of a provider class, checked when the class is first used.

    Raises:
        InvalidClassError: if the class is declared in a way that cannot work.
    """

    def __init__(self, cls: Any) -> None:
        self.cls = cls
        self.subject: str = cls.__name__
        for base in cls.__mro__:
            if is_unbuilt(base):
                raise InvalidClassError(
                    f"{base.__name__} has options but is not an attrs class: decorate it with @attrs.frozen(kw_only=True)"
                )
        if getattr(cls, "identifier", None) is None:
            raise InvalidClassError(f"{self.subject} is abstract: use a subclass that has an identifier, or GenericProvider")
        pre_init = getattr(cls, "__attrs_pre_init__", None)
        if pre_init is not None and len(inspect.signature(pre_init).parameters) > 1:
            raise InvalidClassError(
                f"{self.subject}.__attrs_pre_init__: expected no parameter but self; write __attrs_post_init__"
            )
        types_of = resolve_annotations(cls)
        self.infos: tuple[OptionInfo, ...] = options(cls)
        infos = {info.name: info for info in self.infos}
        for attribute in attrs.fields(cls):
            self._check(attribute, infos)
        self.specs: dict[str, Spec] = {
            attribute.name: Spec(cls, attribute, infos.get(attribute.name), types_of[attribute.name])
            # Extra options are always last.
            for attribute in sorted(attrs.fields(cls), key=lambda attribute: attribute.name == EXTRAS)
        }
        self.parameters = tuple(
            sorted((spec for spec in self.specs.values() if spec.attribute.init), key=lambda spec: bool(spec.attribute.kw_only))
        )
        self.required = tuple(name for name, spec in self.specs.items() if spec.required)
        self.renamed = {spec.name: spec.parameter for spec in self.parameters if spec.name != spec.parameter}
        self.rules: tuple[Rule, ...] = cls.rules
        if not isinstance(self.rules, tuple):
            raise InvalidClassError(f"{self.subject}.rules: expected a tuple of Rule, got {shown(self.rules)}")
        for rule in self.rules:
            if not isinstance(rule, Rule):
                raise InvalidClassError(f"{self.subject}.rules: expected a tuple of Rule, got {shown(rule)} in it")
            if not (isinstance(rule.options, tuple) and rule.options):
                raise InvalidClassError(f"{self.subject}: expected rules over a tuple of names, got {shown(rule.options)}")
            if unknown := [name for name in rule.options if name not in self.specs]:
                raise InvalidClassError(f"{self.subject}: expected rules over its options, got one over {listed(unknown)}")
        # The search for a misspelling takes longer than the rest of a call, and calls repeat the same names.
        self._cached_refusal = lru_cache(maxsize=256)(self._refusal)

    def _check(self, attribute: attrs.Attribute[Any], infos: Mapping[str, OptionInfo]) -> None:
        """Refuse a field that cannot work."""
        name, parameter = attribute.name, attribute.alias or attribute.name
        where = f"{self.subject}.{name}"
        for base in self.cls.__mro__[1:]:
            if name in vars(base) and not (attrs.has(base) and name in attrs.fields_dict(base)):
                raise InvalidClassError(f"{where} hides {base.__name__}.{name}: expected another name")
        if name in infos and not attribute.init:
            raise InvalidClassError(f"{where}: expected an option that can be given, got init=False; remove it")
        if name not in infos and name != EXTRAS and not name.startswith("_"):
            raise InvalidClassError(f"{where} would not reach Flink: give it metadata=option(...), or a private name")
        # Names in generated code begin with an underscore.
        if attribute.init and (parameter[0] == "_" or parameter in RESERVED_PARAMETERS):
            raise InvalidClassError(f"{where}: expected another alias, got {parameter!r}")
        if name in vars(self.cls) and not isinstance(vars(self.cls)[name], MemberDescriptorType):
            raise hidden_field_error(self.cls, name)

    def arguments(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values by name of the field as arguments of the constructor."""
        return {self.renamed.get(name, name): value for name, value in values.items()} if self.renamed else values

    def refused(self, name: str, value: object, extras: Mapping[str, object]) -> Problem | None:
        """The problem of a name or of its value as an extra option; None if both are accepted."""
        if name not in extras and (problem := self.refusal(name)) is not None:
            return problem
        try:
            if value is not None:
                extra_value(name, value)
        except Rejected as error:
            # `expected` contains the name of the option.
            got = shown(value, with_type=error.is_type, hidden=looks_like_credential(name))
            return Problem(name, error.expected, got=got, hint=error.hint, is_type=error.is_type)
        return None

    def refusal(self, name: str) -> Problem | None:
        """The problem of *name* as an extra option; None if it is accepted."""
        return self._cached_refusal(name) if len(name) <= 100 else self._refusal(name)  # noqa: PLR2004  # long names are not cached

    def _refusal(self, name: str) -> Problem | None:
        if name in self.cls.refused_names:
            return Problem(name, "an option of the provider", hint=self.cls.refused_names[name], code="unknown-option")
        for spec in self.specs.values():
            info = spec.info
            if name == spec.name or (info and name in (info.key, info.sequence_key, *info.deprecated_keys)):
                got = "a Java key" if name != spec.name else "another name"
                return Problem(
                    name, f"the Python name {spec.parameter}", got=got, hint=f"write {spec.parameter}=...", code="not-python-name"
                )
        if (close := self._close(name)) is None:
            return None
        hint = f"did you mean {close}? (extra_options={{...}} passes any name)"
        return Problem(name, f"an option of {self.subject}", got="an unknown name", hint=hint, code="unknown-option")

    def _close(self, name: str) -> str | None:
        """The option that *name* probably means; None if there is none."""
        names = [spec.parameter for spec in self.specs.values() if spec.info]
        letters = fold(name).replace("-", "")
        for known in names:
            others = known.replace("_", "")
            # Long names are not sorted.
            if letters == others or (len(name) > 3 and len(letters) == len(others) and sorted(letters) == sorted(others)):  # noqa: PLR2004
                return known
        # 0.84 finds temprature and stp, but not names such as top_k, which other services have.
        return closest(name, names, cutoff=0.84, spelling=str.lower)

    def advice(self, name: str) -> str:
        """Advice on a name that other clients use; empty if there is none."""
        meant = next((each for each in ALIASES.get(name, ()) if each in self.specs), None)
        if meant is not None:
            return f"write {meant}=..." + (", the full URL" if meant == "endpoint" else "")
        if name in REQUEST_FIELDS and "extra_body" in self.specs:
            return f"write extra_body={{{name!r}: ...}}"
        return ""

    def warning(self, name: str) -> str:
        """The warning for an extra option that Java probably does not know; empty if there is none."""
        instead = self.advice(name)
        # `model` is a Java key of many factories.
        if not instead and name != "model" and name in (*ALIASES, *REQUEST_FIELDS):
            instead = f"{self.subject} has no such option"
        elif not instead and name.isidentifier() and "_" in name.strip("_"):
            instead = f"Java keys have hyphens: write extra_options={{{name.replace('_', '-')!r}: ...}}"
        if not instead:
            return ""
        passes = f"extra_options={{{name!r}: ...}} passes it without this warning"
        return f"{self.subject}: {name} is not an option, and is passed to Java unchanged; {instead} ({passes})"


def is_unbuilt(cls: type) -> bool:
    """Whether a class has fields that attrs has not built yet."""
    return any(isinstance(value, FIELD) for value in vars(cls).values())


def hidden_field_error(cls: type, name: str) -> InvalidClassError:
    """The error for an attribute that hides a field."""
    return InvalidClassError(
        f"{cls.__name__}.{name} hides the option {name}: declare it as a field, {name}: ... = attrs.field(...)"
    )
