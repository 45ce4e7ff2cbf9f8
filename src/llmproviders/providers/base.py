# SPDX-License-Identifier: Apache-2.0
"""`Provider`, the base class of all providers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from typing_extensions import Self

from ..boundary import error_for_caller, public
from ..errors import Problem, invalid
from ..fields.compiled import CompiledClass, compiled, construct, generated, keep_flat
from ..fields.description import FIELD, Rule, hidden_field_error
from ..fields.extras import NO_EXTRAS, Extra, ExtraOptions
from ..fields.hooks import OptionReader, converter, flattener
from ..fields.problems import collect
from ..fields.spec import EXTRAS
from ..messages import shown, shown_type
from .calls import call_options
from .derive import defaults_of, non_defaults, to_task, with_model
from .flatten import fingerprint, flatten

if TYPE_CHECKING:
    from ..catalogs.catalog import Catalog
    from ..runtimes.retries import WorstCase
    from ..runtimes.runtime import Runtime
    from ..syntax.columns import Columns
    from .comparison import ProviderDiff
else:
    # Imported only for type checkers: few processes need these types, and their import takes time.
    Catalog = Columns = ProviderDiff = Runtime = WorstCase = Any

__all__ = ["Provider"]


def _extra_options(value: Mapping[str, object] | None) -> Mapping[str, Extra]:
    return ExtraOptions(value)


@attrs.frozen(kw_only=True)
class Provider(CompiledClass):
    """A typed, frozen, validated configuration of a model provider for Flink.

    For a user-defined provider, write a subclass: a frozen attrs class with an `identifier`, whose fields have
    ``metadata=option("java-key")``. A keyword that is not an option becomes an extra option, which is passed to Java unchanged.
    A name that looks like a misspelled option is refused; ``extra_options={...}`` accepts any name. An option that is not given
    has its default. An option that is None is not emitted.

    Raises:
        InvalidOptionsError: from every call that makes a provider, with every problem of the call; an `InvalidTypeError` if a
            type is wrong.
        InvalidClassError: if the class is declared in a way that cannot work.
    """

    identifier: ClassVar[str]
    """The identifier of the factory in Flink, for example ``openai-compat``."""
    model_key: ClassVar[str] = "model"
    """The Java key of the model's name, for calls that give that name."""
    rules: ClassVar[tuple[Rule, ...]] = ()
    """The rules over several options."""
    tasks: ClassVar[tuple[str, ...]] = ()
    """The tasks of the class. The endpoint of a provider, or its option ``task``, determines its task."""
    refused_names: ClassVar[Mapping[str, str]] = {}
    """Names that must not become extra options, each with a hint."""
    relatives: ClassVar[tuple[type[Provider], ...]] = ()
    """Classes for the same kind of service; `for_runtime` uses one of them if the runtime does not have the identifier."""

    extra_options: Mapping[str, Extra] = attrs.field(default=NO_EXTRAS, converter=_extra_options)
    """Options beyond the typed ones: Java keys and strings, passed on unchanged. They override typed options of the same key."""

    if not TYPE_CHECKING:
        # Type checkers see the constructor that attrs would write.
        @generated
        def __init__(self, **options: Any) -> None:
            """Make a provider; every problem of the call is reported at once."""
            # This runs if the constructor of a subclass calls Provider.__init__.
            self.__attrs_init__(**options)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" not in vars(cls):
            # attrs keeps an existing constructor, and writes __attrs_init__, which is replaced below.
            cls.__init__ = Provider.__dict__["__init__"]  # type: ignore[method-assign]
        # attrs makes fields only of annotated attributes, and ignores the others. Python 3.14 may evaluate annotations later.
        own = vars(cls)
        annotated = own.get("__annotations__", own if "__annotate_func__" in own else {})
        for field in attrs.fields(cls):
            if field.name in own and field.name not in annotated and not _is_field(own[field.name]):
                raise hidden_field_error(cls, field.name)

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Set the generated constructor; attrs calls this hook after it built a class."""
        if "__attrs_init__" not in vars(cls):
            # attrs wrote the constructor because the decorator has init=True.
            cls.__init__ = Provider.__dict__["__init__"]  # type: ignore[method-assign]
        cls.__attrs_init__ = Provider.__dict__["__init__"]  # type: ignore[attr-defined]

    def __getstate__(self) -> dict[str, Any]:
        # attrs generates this method only for classes with slots; it would skip the __dict__ of a subclass without slots.
        fields = {field.name: getattr(self, field.name) for field in attrs.fields(type(self)) if hasattr(self, field.name)}
        return {**getattr(self, "__dict__", {}), **fields}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)

    # Deriving ---------------------------------------------------------------------------------------------------------

    # With *args in the signature, type checkers accept a narrower signature in subclasses.
    @generated
    def with_(self, *args: Any, **changes: Any) -> Self:
        """Return a new provider of the same class with *changes*, validated as by the constructor.

        A name that is not an option is added to the extra options, as by the constructor; ``extra_options={...}`` replaces all
        of them. An option that is None is not emitted, and an extra option that is None is removed. `without` resets an option
        to its default.

        >>> chat = OpenAICompatProvider(task="chat/completions", temperature=0.2)
        >>> chat.with_(temperature=0.9, top_p=0.5).temperature
        0.9

        Raises:
            InvalidOptionsError: with every problem of the changes.
        """
        # This runs for Provider.with_(provider, ...).
        return type(self).with_(self, *args, **changes)

    @public
    def without(self, *names: str) -> Self:
        """Return a new provider with the named options reset to their defaults, and the named extra options removed.

        >>> OpenAICompatProvider(temperature=0.2).without("temperature").temperature is None
        True

        Args:
            names: Python names of options, and Java keys of extra options.

        Raises:
            InvalidOptionsError: if a name is not an option of the provider, or the option is required.
        """
        return self.with_(**defaults_of(type(self), self.extra_options, names))

    @public
    def for_task(self, task: Any, /, *args: Any, **changes: Any) -> Self:
        """Return a new provider of the same class for another task, such as ``"embeddings"``.

        If the provider has an endpoint, the path of the task at its end is replaced (also between DashScope's
        compatible-mode and native paths); otherwise the option ``task`` is set. *changes* are further changes, as
        for `with_`.

        >>> chat = OpenAICompatProvider(endpoint="https://api.example.com/v1/chat/completions", api_key="sk-1")
        >>> chat.for_task("embeddings").endpoint
        'https://api.example.com/v1/embeddings'

        Raises:
            InvalidOptionsError: if the class has no such task, the URL of the new task cannot be derived from the endpoint, or
                an option is set that the new task does not have (pass it as None, or call `without` first).
        """
        if args:
            raise invalid(type(self).__name__, [Problem("", "options by name only", got=f"{len(args)} without", is_type=True)])
        if problems := to_task(type(self), non_defaults(self), task, changes):
            raise invalid(type(self).__name__, problems)
        return self.with_(**changes)

    @public
    def grid(self, template: str | None = None, /, **lists: Iterable[Any]) -> Catalog:
        """Return a catalog of the variants with each combination of values; the last option varies fastest.

        >>> chat = OpenAICompatProvider(task="chat/completions")
        >>> list(chat.grid(model=["a", "b"], temperature=[0, 0.5]))
        ['model=a,temperature=0', 'model=a,temperature=0.5', 'model=b,temperature=0', 'model=b,temperature=0.5']
        >>> list(chat.grid("{model}-t{temperature}", model=["a"], temperature=[0, 0.5]))
        ['a-t0', 'a-t0.5']

        Args:
            template: the names, with ``{option}`` in place of a value. Values that are secret, long or structured are numbered:
                ``#1``.
            lists: the values of each option, as for `with_`.

        Raises:
            InvalidOptionsError: with every wrong value, or if variants or their names are equal, or too many.
        """
        from ..catalogs.grids import grid

        return grid(self, template, lists)

    @public
    def diff(self, other: Self) -> ProviderDiff:
        """Return the differences from this provider to *other*, which can be applied to a third one; secrets are masked.

        >>> chat = OpenAICompatProvider(task="chat/completions", temperature=0.2)
        >>> print(chat.diff(chat.with_(temperature=0.9, seed=1)))
        ~ temperature: 0.2 -> 0.9
        + seed: 1

        Equal numbers, such as ``1`` and ``1.0``, are not a difference.

        Args:
            other: the second provider, of the same class.

        Raises:
            InvalidOptionsError: if *other* is not of the same class.
        """
        from .comparison import diff_of

        if type(other) is not type(self):
            problem = Problem("other", f"a provider of class {type(self).__name__}", got=shown_type(other), is_type=True)
            raise invalid(f"{type(self).__name__}.diff", [problem])
        return diff_of(self, other)

    # Flink's side -----------------------------------------------------------------------------------------------------

    def provider_name(self) -> str:
        """Return the identifier of the factory in Flink."""
        return self.identifier

    def provider_identifier(self) -> str:
        """Return `provider_name`, for VVR 11.9, which calls this method."""
        return self.provider_name()

    def model_option_key(self) -> str:
        """Return the Java key of the model's name, for calls that give that name."""
        return self.model_key

    def to_options(
        self,
        input_columns: Sequence[tuple[str, Any]] | None = None,
        overrides: Mapping[str, Any] | None = None,
        # Not keyword-only: that would make a call slower by a third, and jobs make many calls.
        model: str | None = None,
        runtime: str | Runtime | None = None,
        redact: bool = False,  # noqa: FBT001, FBT002
    ) -> dict[str, str]:
        """Return the options for Flink: a new dict of Java keys and strings, in declaration order, extra options last.

        >>> chat = OpenAIProvider("https://h/v1/chat/completions", "sk-1", temperature=0.2)
        >>> chat.to_options()
        {'endpoint': 'https://h/v1/chat/completions', 'api-key': 'sk-1', 'temperature': '0.2'}
        >>> chat.to_options(overrides={"temperature": None}, model="gpt-4o", redact=True)
        {'endpoint': 'https://h/v1/chat/completions', 'api-key': '******', 'model': 'gpt-4o'}

        Args:
            input_columns: the name and type of each input column of the model; options that depend on the columns are adapted.
            overrides: changes for this call, as for `with_`.
            model: the model's name for this call.
            runtime: the runtime that reads the options, such as ``"flink-2.3"``: the provider is checked against it, and
                defaults that it does not know are left out.
            redact: whether secrets are replaced by the mask; references are then not resolved.

        Raises:
            SecretError: if the reference of a secret cannot be resolved.
            InvalidOptionsError: if the provider cannot be used with the overrides, the model, the columns or the runtime.
            UnknownRuntimeError: if there is no such runtime.
        """
        is_plain = input_columns is None and overrides is None and model is None and runtime is None and redact is False
        if is_plain:
            try:
                kept = self._flat
            except AttributeError:
                kept = None
            if kept is not None and kept[0] is converter.version:
                return kept[1].copy()
        # `public` is inlined, because calling it takes longer than the copy.
        try:
            return flatten(self) if is_plain else call_options(self, input_columns, overrides, model, runtime, redact=redact)
        except Exception as error:  # noqa: BLE001
            failure = error_for_caller(error, "to_options")
        del self, input_columns, overrides, model, runtime, redact
        __tracebackhide__ = True
        try:
            raise failure
        finally:
            del failure

    # Against a runtime ------------------------------------------------------------------------------------------------

    @public
    def check(
        self,
        runtime: str | Runtime,
        *,
        model: str | None = None,
        input: Columns | None = None,  # noqa: A002
        output: Columns | None = None,
    ) -> tuple[Problem, ...]:
        """Return the problems of the provider on *runtime*: errors that Java would raise at planning or in a task, and warnings.

        A problem with the severity ``"warning"`` does not stop Java. References of secrets are not resolved.

        >>> chat = OpenAIProvider("https://h/v1", "sk-1", model="gpt-4o")
        >>> [problem.option for problem in chat.check("flink-2.3")]
        ['endpoint']

        Args:
            runtime: a distribution of Flink, such as ``"flink-2.3"``; `list_runtimes` names them.
            model: the model's name, if calls give it.
            input: the model's input columns, to check them too: a mapping of names to SQL types, or a string of SQL.
            output: the model's output columns, in the same form.

        Raises:
            UnknownRuntimeError: if there is no such runtime.
            InvalidOptionsError: if the model's name or the columns are not valid.
        """
        from .on_runtime import check

        return check(with_model(self, model), runtime, input=input, output=output)

    @public
    def worst_case(self, *, timeout: str | timedelta | None = None, runtime: str | Runtime | None = None) -> WorstCase:
        """Return the most requests and the longest time that a row can take in ML_PREDICT.

        >>> chat = OpenAIProvider("https://h/v1/chat/completions", "sk-1", retry_num=0)
        >>> print(chat.worst_case())
        at most 1 attempt (2 requests) and 180 s per row, when ML_PREDICT's timeout fails the job

        Flink shares a client between models with the same URL and API key: the retries of the first model apply to all of them. A
        restarted job begins again.

        Args:
            timeout: ML_PREDICT's timeout, a string in Flink's syntax or a `timedelta`; 0 means no timeout. The default is Flink's
                own, 3 min.
            runtime: a distribution of Flink; by default the newest released one that has the identifier.

        Raises:
            InvalidOptionsError: if *timeout* is no duration, the runtime has no such provider, or its factory is user-defined.
            UnknownRuntimeError: if there is no such runtime.
        """
        from .worst_case import worst_case

        return worst_case(self, timeout, runtime)

    @public
    def for_runtime(self, runtime: str | Runtime) -> Provider:
        """Return the provider to use on *runtime* in place of this one.

        It does not emit defaults that the runtime does not know. If the runtime does not have the identifier, the result is of
        another class, for the same kind of service: on Apache Flink, an `OpenAICompatProvider` with endpoint and key becomes an
        `OpenAIProvider`.

        Args:
            runtime: a distribution of Flink, such as ``"flink-2.3"``.

        Raises:
            InvalidOptionsError: if options would be lost, with a problem for each.
            UnknownRuntimeError: if there is no such runtime.
        """
        from .on_runtime import for_runtime

        return for_runtime(self, runtime)  # type: ignore[no-any-return]

    @classmethod
    @public
    def from_options(cls, options: Mapping[str, str]) -> Self:
        """Return the provider of a flat dict of Java keys and strings, such as those that SHOW CREATE MODEL prints.

        >>> TritonProvider.from_options({"endpoint": "http://triton:8000", "timeout": "30 s"}).timeout
        '30 s'

        Args:
            options: strings in Flink's syntax by Java key. Unknown keys become extra options; ``provider`` must be the
                identifier of the class.

        Raises:
            InvalidOptionsError: with every problem of the options.
        """
        return converter.structure(options, cls)

    @classmethod
    def _structured(cls, given: dict[str, Any], extras: dict[str, str], problems: list[Problem]) -> Self:
        """The provider of parsed values. Problems of parsing and problems of values are raised together."""
        description = compiled(cls).description
        identifier = extras.pop("provider", cls.identifier)
        if identifier != cls.identifier:
            hint = "use llmproviders.from_options(identifier, options)"
            problems.append(Problem("provider", cls.identifier, got=shown(identifier), hint=hint, code="conflicting-options"))
        if extras:
            given[EXTRAS] = extras
        if problems:
            problems += collect(description, given, {}, bad={problem.option for problem in problems})
            raise invalid(description.subject, problems)
        return construct(cls, given)

    @public
    def fingerprint(self) -> str:
        """Return a hash of the identifier and the options that are not secret, in 16 hexadecimal digits.

        Providers with equal options have the same hash in every process and on every machine. The hash changes if an option
        changes, but not if only a secret changes.
        """
        return fingerprint(self)


Provider.__attrs_init__ = Provider.__dict__["__init__"]  # type: ignore[attr-defined]


def _is_field(value: object) -> bool:
    """Whether an attribute of a class is a field: an ``attrs.field`` before attrs builds the class, or a slot after that."""
    return isinstance(value, (FIELD, MemberDescriptorType))


# The hooks of provider classes ----------------------------------------------------------------------------------------


def _is_provider(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Provider)


def _structurer(cls: type[Provider]) -> Callable[[Mapping[str, str], Any], Provider]:
    read = OptionReader(compiled(cls).description.infos)

    @public
    def structure(flat: Any, _: Any) -> Provider:
        if type(flat) is not dict and not isinstance(flat, Mapping):
            problem = Problem("options", "a mapping of Java keys to strings", got=shown(flat), is_type=True)
            raise invalid(cls.__name__, [problem])
        given, extras, problems = read(flat)
        return construct(cls, given) if given and not (extras or problems) else cls._structured(given, extras, problems)

    return structure


converter.register_unstructure_hook_factory(_is_provider, lambda cls: flattener(cls, keep_flat))
converter.register_structure_hook_factory(_is_provider, _structurer)
