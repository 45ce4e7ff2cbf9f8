# SPDX-License-Identifier: Apache-2.0
"""`Provider`: what every provider can do, whatever its options are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from typing_extensions import Self

from ..boundary import outward, public
from ..errors import Problem, invalid
from ..fields.compiled import CompiledClass, compiled, construct, generated, keep_flat
from ..fields.description import FIELD, Rule, hiding
from ..fields.extras import NO_EXTRAS, Extra, ExtraOptions
from ..fields.hooks import OptionReader, converter, flattener
from ..fields.problems import collect
from ..fields.spec import EXTRAS
from ..messages import shown
from .derive import changes_of, defaults_of, model_changes, to_task, with_model
from .flatten import align, column_problems, fingerprint, flatten, redacted

if TYPE_CHECKING:
    from ..runtimes.runtime import Runtime
    from ..syntax.columns import Columns
else:
    # Few processes check against a runtime, and importing these takes as long as a class of 25 options.
    Columns = Runtime = Any

__all__ = ["Provider"]


def _extra_options(value: Mapping[str, object] | None) -> Mapping[str, Extra]:
    return ExtraOptions(value)


@attrs.frozen(kw_only=True)
class Provider(CompiledClass):
    """A typed, frozen, validated configuration of a model provider for Flink.

    Subclass it for a provider of your own: a frozen attrs class whose fields carry ``metadata=option("java-key")``, and
    its `identifier`. A keyword that is no option becomes an extra option, passed to Java as it is; a name that looks like
    a misspelled option is refused, and ``extra_options={...}`` passes it all the same. An option that is None is not
    emitted; one that is not given has its default.

    Raises:
        InvalidOptionsError: from every call that makes a provider, listing all that is wrong with the call; a
            ValueError, and a TypeError too where a type is wrong.
        InvalidClassError: if the class is declared in a way that cannot work.
    """

    identifier: ClassVar[str]
    """The identifier that Flink's factory discovery knows, for example ``openai-compat``."""
    model_key: ClassVar[str] = "model"
    """The Java key of a model name that is given per call."""
    rules: ClassVar[tuple[Rule, ...]] = ()
    """The rules that span options."""
    tasks: ClassVar[tuple[str, ...]] = ()
    """The tasks that the provider can do, if it is asked for one by its endpoint or its option ``task``."""
    refused_names: ClassVar[Mapping[str, str]] = {}
    """Names that must not become extra options, each with what to do instead."""
    relatives: ClassVar[tuple[type[Provider], ...]] = ()
    """Classes for the same kind of service, which `for_runtime` may go over to."""

    extra_options: Mapping[str, Extra] = attrs.field(default=NO_EXTRAS, converter=_extra_options)
    """Options beyond the typed ones: Java keys and strings, never second-guessed; they win over typed options."""

    if not TYPE_CHECKING:
        # Type checkers see the constructor that attrs would write.
        @generated
        def __init__(self, **options: Any) -> None:
            """Make a provider; every problem of the call is reported at once."""
            # Called by its name on this class, by the constructor of a subclass.
            self.__attrs_init__(**options)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" not in vars(cls):
            # attrs leaves a constructor alone that is there already, and writes __attrs_init__, which is set below.
            cls.__init__ = Provider.__dict__["__init__"]  # type: ignore[method-assign]
        # attrs takes what has an annotation for a field, and would drop what has none. Python 3.14 may tell only later.
        own = vars(cls)
        annotated = own.get("__annotations__", own if "__annotate_func__" in own else {})
        for field in attrs.fields(cls):
            if field.name in own and field.name not in annotated and not _is_field(own[field.name]):
                raise hiding(cls, field.name)

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Called by attrs when it has built a class."""
        if "__attrs_init__" not in vars(cls):
            # attrs was told to write the constructor all the same.
            cls.__init__ = Provider.__dict__["__init__"]  # type: ignore[method-assign]
        cls.__attrs_init__ = Provider.__dict__["__init__"]  # type: ignore[attr-defined]

    def __getstate__(self) -> dict[str, Any]:
        # attrs writes this for classes with slots only, and what it wrote for this one would not do for a class without.
        fields = {field.name: getattr(self, field.name) for field in attrs.fields(type(self)) if hasattr(self, field.name)}
        return {**getattr(self, "__dict__", {}), **fields}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)

    # Deriving ---------------------------------------------------------------------------------------------------------

    # There are positional arguments in the signature only so that subclasses may narrow it.
    @generated
    def with_(self, *args: Any, **changes: Any) -> Self:
        """A new provider of the same class with *changes*, validated like a new one.

        A name that is no option joins the extra options, by the rules of the constructor; ``extra_options={...}``
        replaces them all. None removes an extra, and makes an option not be emitted. `without` puts an option back to
        its default.

        Raises:
            InvalidOptionsError: listing everything that is wrong with the changes.
        """
        # Called by its name on this class.
        return type(self).with_(self, *args, **changes)

    @public
    def without(self, *names: str) -> Self:
        """A new provider with the named options back at their defaults, and the named extras removed.

        Raises:
            InvalidOptionsError: if a name is neither, or the option is required.
        """
        return self.with_(**defaults_of(self, names))

    @public
    def for_task(self, task: Any, /, *args: Any, **changes: Any) -> Self:
        """The variant for another task, such as ``"embeddings"``.

        If the provider has an endpoint, the task's path at its end is replaced (also between DashScope's
        compatible-mode and native paths); otherwise the option ``task`` is set. *changes* are made too, as by `with_`.

        Raises:
            InvalidOptionsError: if the class has no such task, the endpoint does not tell where the task is served, or
                an option that was set is not one of the new task (pass it as None, or `without` it first).
        """
        if args:
            raise invalid(type(self).__name__, [Problem("", "options by name only", got=f"{len(args)} without", is_type=True)])
        if problems := to_task(self, task, changes):
            raise invalid(type(self).__name__, problems)
        return self.with_(**changes)

    # Flink's side -----------------------------------------------------------------------------------------------------

    def provider_name(self) -> str:
        """The identifier that Flink's factory discovery knows."""
        return self.identifier

    def provider_identifier(self) -> str:
        """`provider_name`, by the name that VVR 11.9 calls it."""
        return self.provider_name()

    def model_option_key(self) -> str:
        """The Java key of a model name that is given per call."""
        return self.model_key

    def to_options(
        self,
        input_columns: Sequence[tuple[str, Any]] | None = None,
        overrides: Mapping[str, Any] | None = None,
        # Not by keyword only: Python takes a third more time for such a call, and this one is made again and again.
        model: str | None = None,
        runtime: str | Runtime | None = None,
        redact: bool = False,  # noqa: FBT001, FBT002
    ) -> dict[str, str]:
        """The options as Flink reads them: a new dict of Java keys and strings, in declaration order, then the extras.

        Args:
            input_columns: name and type of each input column of the model; options that depend on them are aligned.
            overrides: changes for this call, as by `with_`.
            model: the model's name for this call.
            runtime: the runtime that reads them, such as ``"flink-2.3"``: the provider is checked against it, and options
                that it does not know and nobody set are left out.
            redact: show the mask instead of secrets; references are then not resolved.

        Raises:
            SecretError: if the reference of a secret cannot be resolved.
            InvalidOptionsError: if the overrides, the model, the columns or the runtime do not go with the provider.
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
        # As `public` does it, which would take longer than the copy.
        try:
            return flatten(self) if is_plain else self._options(input_columns, overrides, model, runtime, redact=redact)
        except Exception as error:  # noqa: BLE001
            failure = outward(error, "to_options")
        del self, input_columns, overrides, model, runtime, redact
        __tracebackhide__ = True
        try:
            raise failure
        finally:
            del failure

    def _options(
        self,
        input_columns: Sequence[tuple[str, Any]] | None,
        overrides: Mapping[str, Any] | None,
        model: str | None,
        runtime: str | Runtime | None,
        *,
        redact: bool,
    ) -> dict[str, str]:
        if overrides is not None or model is not None:
            changes = {**changes_of(type(self).__name__, overrides), **model_changes(self, model)}
            return self.with_(**changes).to_options(input_columns, None, None, runtime, redact)
        problems = column_problems(input_columns)
        surplus: Collection[str] = ()
        if runtime is not None:
            from .on_runtime import errors_and_surplus

            errors, surplus = errors_and_surplus(self, runtime)
            problems += errors
        if problems:
            raise invalid(type(self).__name__, problems)
        flat = redacted(self) if redact else flatten(self)
        if input_columns is not None:
            flat = align(self, flat, [name for name, _ in input_columns])
        for key in surplus:
            del flat[key]
        return flat

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
        """What is wrong with the provider on *runtime*: what Java would say at planning, or when a task opens.

        A problem whose ``severity`` is ``"warning"`` is no reason for Java to refuse. References of secrets are not
        resolved.

        Args:
            runtime: a distribution of Flink, such as ``"flink-2.3"``; `list_runtimes` names them.
            model: the model's name, where it is given per call.
            input: the model's input columns, if they shall be checked: a mapping of names to SQL types, or SQL text.
            output: its output columns, likewise.

        Raises:
            UnknownRuntimeError: if there is no such runtime.
            InvalidOptionsError: if the model's name or the columns are none.
        """
        from .on_runtime import check

        return check(with_model(self, model), runtime, given=input, made=output)

    @public
    def for_runtime(self, runtime: str | Runtime) -> Provider:
        """The provider to use on *runtime* in place of this one, which may be of another class.

        Options that the runtime does not know, and that only hold a default of the class, are then not emitted. Where
        the runtime has no such identifier, its own one for the same kind of service is taken: on Apache Flink an
        `OpenAICompatProvider` with endpoint and key becomes an `OpenAIProvider`.

        Raises:
            InvalidOptionsError: if there is no such way without loss, listing what would be lost.
            UnknownRuntimeError: if there is no such runtime.
        """
        from .on_runtime import for_runtime

        return for_runtime(self, runtime)  # type: ignore[no-any-return]

    @classmethod
    @public
    def from_options(cls, options: Mapping[str, str]) -> Self:
        """The provider of a flat dict of Java keys and strings, such as SHOW CREATE MODEL gives.

        Strings are read as Flink reads them. Unknown keys become extra options; a key ``provider`` must be the class's.

        Raises:
            InvalidOptionsError: listing everything that is wrong with the options.
        """
        return converter.structure(options, cls)

    @classmethod
    def _structured(cls, given: dict[str, Any], extras: dict[str, str], problems: list[Problem]) -> Self:
        """The provider of what was read; every problem is reported, whether of the strings or of the provider."""
        about = compiled(cls).about
        identifier = extras.pop("provider", cls.identifier)
        if identifier != cls.identifier:
            hint = "use llmproviders.from_options(identifier, options)"
            problems.append(Problem("provider", cls.identifier, got=shown(identifier), hint=hint))
        if extras:
            given[EXTRAS] = extras
        if problems:
            problems += collect(about, given, {}, bad={problem.option for problem in problems})
            raise invalid(about.subject, problems)
        return construct(cls, given)

    @public
    def fingerprint(self) -> str:
        """16 hexadecimal digits over the identifier and the options that are not secret.

        The same in every process and on every machine, and for providers whose options are equal; changing a key does not
        change it, changing an option does.
        """
        return fingerprint(self)


Provider.__attrs_init__ = Provider.__dict__["__init__"]  # type: ignore[attr-defined]


def _is_field(value: object) -> bool:
    """Whether an attribute of a class is a field: not yet built by attrs, or built with a slot."""
    return isinstance(value, (FIELD, MemberDescriptorType))


# The hooks of provider classes ----------------------------------------------------------------------------------------


def _is_provider(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Provider)


def _structurer(cls: type[Provider]) -> Callable[[Mapping[str, str], Any], Provider]:
    read = OptionReader(compiled(cls).about.infos)

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
