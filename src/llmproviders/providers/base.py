# SPDX-License-Identifier: Apache-2.0
"""`Provider`: what every provider can do, whatever its options are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from typing_extensions import Self

from ..boundary import outward, public
from ..errors import InvalidOptionsError, Problem, ProviderError, Rejected, invalid
from ..fields.compiled import Compiled, compiled, construct, generated
from ..fields.description import FIELD, Rule, hiding
from ..fields.extras import NO_EXTRAS, Extra, ExtraOptions
from ..fields.hooks import OptionReader, converter, flattener, text_writer
from ..fields.problems import collect
from ..fields.spec import EXTRAS
from ..messages import did_you_mean, shown
from ..secrets import MASK, MaskedText, Secret, reveal, stand_in
from ..tasks import endpoint_for_task, task_of_endpoint

if TYPE_CHECKING:
    from ..runtimes.runtime import Runtime
    from ..runtimes.view import Facts
    from ..syntax.columns import Columns
else:
    # Few processes check against a runtime, and importing these takes as long as a class of 25 options.
    Columns = Runtime = Any

__all__ = ["Provider"]


class _Flat:
    """The slot of a provider's flat dict, which is no field."""

    __slots__ = ("_flat",)
    _flat: tuple[object, dict[str, str]] | None
    """The options, kept when they are first asked for, with the version of the hooks that wrote them: a job asks again and
    again, and a copy takes a tenth of the time. None before, and always if a secret is looked up at each call;
    unset in a provider that was unpickled."""


def _extra_options(value: Mapping[str, object] | None) -> Mapping[str, Extra]:
    return ExtraOptions(value)


@attrs.frozen(kw_only=True)
class Provider(_Flat):
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
    _compiled: ClassVar[Compiled | None] = None

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
        cls._compiled = None
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
        about = compiled(type(self)).about
        options = {spec.parameter: spec for spec in about.specs.values() if spec.attribute.init}
        problems: list[Problem] = []
        changes: dict[str, Any] = {}
        extras = dict(self.extra_options)
        for each in names:
            given: object = each
            if not isinstance(given, str):
                problems.append(Problem("", "names that are str", got=shown(given), is_type=True))
                continue
            name = str.__str__(given)
            if name in options and options[name].required:
                problems.append(Problem(name, "a value", hint="it is required and has no default to go back to"))
            elif name in options:
                changes[name] = options[name].fresh_default()
            elif name in extras:
                del extras[name]
            else:
                expected = f"the name of an option or extra of this {about.subject}"
                # Not among thousands of extras for each of thousands of names.
                known = [*options, *islice(extras, 100)]
                problems.append(Problem(name, expected, hint=did_you_mean(name, known)))
        if problems:
            raise invalid(about.subject, problems)
        return self.with_(**{EXTRAS: extras, **changes})

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
        if problems := self._to_task(task, changes):
            raise invalid(type(self).__name__, problems)
        return self.with_(**changes)

    def _to_task(self, task: str, changes: dict[str, Any]) -> list[Problem]:
        """Add to *changes* what the move to *task* takes; what is in its way is returned."""
        specs = compiled(type(self)).about.specs
        if not isinstance(task, str) or task not in self.tasks:
            return [no_task(type(self), task)]
        if changes.get("task", task) != task:
            return [Problem("task", f"no other task than {task}", got=shown(changes["task"]), hint="leave it out")]
        endpoint = changes.get("endpoint", getattr(self, "endpoint", None))
        if isinstance(endpoint, str):
            endpoint = reveal(endpoint)
            try:
                moved = endpoint_for_task(endpoint, task)
            except Rejected as error:
                return [Problem("endpoint", error.expected, got=shown(endpoint), hint=error.hint)]
            if "endpoint" in changes and moved != endpoint:
                got = f"one of task {task_of_endpoint(endpoint)}"
                return [Problem("endpoint", f"an endpoint of task {task}", got=got)]
            changes["endpoint"] = moved
            if getattr(self, "task", None) is not None:
                changes.setdefault("task", task)
        else:
            changes["task"] = task
        for name, value in self._task_defaults(task).items():
            changes.setdefault(name, value)
        # Defaults that nobody chose go along.
        values = self._chosen() | changes
        return [
            Problem(
                name,
                f"no such option for task {task}",
                got=shown(values[name], hidden=spec.is_opaque),
                hint=f"pass {name}=None to drop it",
            )
            for name, spec in specs.items()
            if spec.info and spec.info.tasks and task not in spec.info.tasks and values.get(name) is not None
        ]

    def _task_defaults(self, task: str) -> dict[str, Any]:
        """What options at their defaults become for *task*, where the class's defaults are not for it."""
        return {}

    def _chosen(self) -> dict[str, Any]:
        """The fields that differ from the class's defaults, extra options last."""
        found = {name: (getattr(self, name, None), spec.default) for name, spec in compiled(type(self)).about.specs.items()}
        # 1 and 1.0 are equal, and each is written as it was given.
        return {
            name: value
            for name, (value, default) in found.items()
            if value is not default and (value != default or repr(value) != repr(default))
        }

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
            return self._flatten() if is_plain else self._options(input_columns, overrides, model, runtime, redact=redact)
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
            changes = {**_changes(type(self).__name__, overrides), **self._model(model)}
            return self.with_(**changes)._options(input_columns, None, None, runtime, redact=redact)
        problems = _of_columns(input_columns)
        unwanted: Collection[str] = ()
        if runtime is not None:
            from ..runtimes.checks import surplus

            runtime = runtime_of(runtime)
            problems += [problem for problem in self.check(runtime) if problem.severity == "error"]
            unwanted = surplus(self._facts(), runtime)
        if problems:
            raise invalid(type(self).__name__, problems)
        flat = self._flatten_as(str) if redact else self._flatten()
        if input_columns is not None:
            flat = self._align(flat, [name for name, _ in input_columns])
        for key in unwanted:
            del flat[key]
        return flat

    def _flatten(self) -> dict[str, str]:
        """The flat dict, as the converter makes it."""
        try:
            made = self._compiled or compiled(type(self))
            if made.hook[0] is not converter.version:
                made.hook = converter.version, converter.get_unstructure_hook(type(self))
            return made.hook[1](self)  # type: ignore[no-any-return]
        except ProviderError:
            raise
        except Exception as error:  # noqa: BLE001
            failure = error
        problems = [*self._unwritable()] or [Problem("", "a hook that works", got=type(failure).__name__)]
        raise invalid(type(self).__name__, problems)

    def _unwritable(self) -> Iterator[Problem]:
        """The options whose hook fails."""
        for name, spec in compiled(type(self)).about.specs.items():
            value = getattr(self, name, None)
            if spec.info is not None and value is not None:
                try:
                    text_writer(spec.info)(value)
                except Exception as error:  # noqa: BLE001
                    expected, hint = "a value that its hook can write", ""
                    if isinstance(error, Rejected):
                        expected, hint = error.expected, error.hint
                    got = shown(value, hidden=spec.is_opaque)
                    yield Problem(spec.parameter, expected, got=got, hint=hint, key=spec.other_key)

    def _flatten_as(self, show: Callable[[Secret | MaskedText], str]) -> dict[str, str]:
        """The flat dict with what *show* makes of values that are masked."""

        def seen(value: Any) -> Any:
            if isinstance(value, MaskedText):
                return show(value)
            return stand_in(show(value)) if isinstance(value, Secret) else value

        copy: Any = object.__new__(compiled(type(self)).unfrozen)
        for name in compiled(type(self)).about.specs:
            if hasattr(self, name):
                setattr(copy, name, seen(getattr(self, name)))
        copy.extra_options = ExtraOptions(self.extra_options).mapped(seen)
        copy.__class__ = type(self)
        return copy._flatten()  # type: ignore[no-any-return]

    def _model(self, model: str | None) -> dict[str, Any]:
        """The change that gives the provider a model's name."""
        if model is None:
            return {}
        key = self.model_option_key()
        for spec in compiled(type(self)).about.specs.values():
            if spec.info is not None and spec.info.key == key:
                return {spec.parameter: model}
        return {EXTRAS: {**self.extra_options, key: model}}

    def _align(self, flat: dict[str, str], columns: list[str]) -> dict[str, str]:
        """*flat* for a model with these input columns.

        Raises:
            InvalidOptionsError: if the provider does not go with them.
        """
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
        from ..runtimes.checks import problems
        from ..syntax.columns import columns

        provider = self if model is None else self.with_(**self._model(model))
        given, made = (None if each is None else columns(each) for each in (input, output))
        facts = provider._facts()
        found = problems(facts, runtime_of(runtime), input=given, output=made)
        if given is not None:
            try:
                provider._align(dict(facts.flat), [column.name for column in given])
            except InvalidOptionsError as error:
                found += error.problems
        return found

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
        from ..runtimes.checks import lost
        from ..runtimes.view import ALWAYS

        runtime = runtime_of(runtime)
        cls = next((each for each in self._relatives() if each.identifier in runtime.factories), type(self))
        if cls is type(self) or self.provider_name() in runtime.factories:
            return self._without_surplus(runtime)
        task = getattr(self, "task", None) or task_of_endpoint(getattr(self, "endpoint", None) or "")
        if task is not None and task not in cls.tasks:
            expected = f"a task that {cls.identifier} has ({', '.join(cls.tasks)})"
            raise invalid(type(self).__name__, [Problem("task", expected, got=task, hint=f"{runtime} has no other")])
        facts, factory, specs = self._facts(), runtime.factories[cls.identifier], compiled(cls).about.specs
        given: dict[str, Any] = {}
        extras: dict[str, Any] = {}
        problems: list[Problem] = []
        for key in facts.flat:
            name, option = facts.names.get(key, key), factory.option(key)
            if name in specs and option is not None:
                if key in facts.chosen or option.default != facts.flat[key]:
                    given[name] = getattr(self, name)
            elif key in self.extra_options and (option is not None or key in ALWAYS):
                extras[key] = self.extra_options[key]
            elif key in facts.chosen:
                problems.append(lost(facts, key, cls.identifier, runtime))
        try:
            new = construct(cls, {**given, EXTRAS: extras})
        except InvalidOptionsError as error:
            raise invalid(type(self).__name__, [*problems, *error.problems]) from None
        if problems:
            raise invalid(type(self).__name__, problems)
        return new

    @classmethod
    def _relatives(cls) -> tuple[type[Provider], ...]:
        """The relatives of the class's identifier; a subclass with one of its own does not inherit them."""
        owner = next(base for base in cls.__mro__ if "relatives" in vars(base))
        return cls.relatives if getattr(owner, "identifier", None) == cls.identifier else ()

    def _without_surplus(self, runtime: Runtime) -> Provider:
        """This provider without the defaults that the runtime does not know."""
        from ..runtimes.checks import identity, surplus

        facts = self._facts()
        if problems := identity(facts, runtime):
            raise invalid(type(self).__name__, problems)
        return self.with_(**dict.fromkeys(facts.names[key] for key in surplus(facts, runtime)))

    def _facts(self) -> Facts:
        """What the checks against a runtime look at."""
        from ..runtimes.view import Facts

        infos, chosen = compiled(type(self)).about.infos, self._chosen()
        keys = {key: info for info in infos for key in (info.key, info.sequence_key) if key}
        opaque = {key for key, info in keys.items() if info.secret or info.format == "json" or info.java == "Map"}
        return Facts(
            identifier=self.provider_name(),
            flat=self._flatten_as(_as_java_sees),
            chosen=frozenset(key for key, info in keys.items() if info.name in chosen) | self.extra_options.keys(),
            names={key: info.name for key, info in keys.items()},
            tasks={key: info.tasks for key, info in keys.items() if info.tasks},
            hidden=opaque | {key for key, extra in self.extra_options.items() if type(extra) is not str},
            model_key=self.model_option_key(),
            relatives=tuple(each.identifier for each in self._relatives()),
        )

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
        # Few processes ask for it, and these two cost more to import than all of this package.
        import hashlib
        import json

        flat = self._flatten_as(lambda value: MASK if isinstance(value, Secret) else str(value))
        for name, spec in compiled(type(self)).about.specs.items():
            if spec.info is not None and spec.info.key in flat and spec.info.key not in self.extra_options:
                flat[spec.info.key] = number_spelling(getattr(self, name), flat[spec.info.key])
        content = [self.provider_name(), sorted(flat.items())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


Provider.__attrs_init__ = Provider.__dict__["__init__"]  # type: ignore[attr-defined]


def _is_field(value: object) -> bool:
    """Whether an attribute of a class is a field: not yet built by attrs, or built with a slot."""
    return isinstance(value, (FIELD, MemberDescriptorType))


def _changes(subject: str, overrides: object) -> dict[str, Any]:
    """The overrides of a call as arguments."""
    if overrides is None:
        return {}
    if not isinstance(overrides, Mapping):
        expected = "a mapping of Python names to values"
        raise invalid(subject, [Problem("overrides", expected, got=shown(overrides), is_type=True)])
    if strange := [key for key in overrides if not isinstance(key, str)]:
        raise invalid(
            subject, [Problem("overrides", "names that are str", got=shown(key, with_type=True), is_type=True) for key in strange]
        )
    return dict(overrides)


def _of_columns(columns: Any) -> list[Problem]:
    """The problem of pairs of names and types, if there is one."""
    if columns is None:
        return []
    if not isinstance(columns, (list, tuple)):
        columns = [columns]
    for column in columns:
        if not isinstance(column, (tuple, list)) or len(column) != 2 or not isinstance(column[0], str):  # noqa: PLR2004
            got = f"a column of type {type(column).__name__}"
            return [Problem("input_columns", "pairs of a column's name and type", got=got, is_type=True)]
    return []


def number_spelling(value: Any, text: str) -> str:
    """One spelling for equal numbers, such as 1, 1.0 and Decimal("1.00"); *text* for everything else."""
    if isinstance(value, bool):
        return text
    if isinstance(value, (int, float)):
        return str(int(value)) if value == int(value) else text
    # A value can be a Decimal only if its module is there.
    decimal = sys.modules.get("decimal")
    if decimal is None or not isinstance(value, decimal.Decimal) or not value.is_finite():
        return text
    # With as many digits as it has, nothing is rounded.
    digits = max(1, len(value.as_tuple().digits))
    context = decimal.Context(prec=digits, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
    return str(value.normalize(context)) if value else "0"


def _as_java_sees(value: Secret | MaskedText) -> str:
    """A masked value as the checks see it: its string, if that is known before the job is submitted."""
    return str(value) if isinstance(value, Secret) and value.source != "text" else value.reveal()


def runtime_of(name: str | Runtime) -> Runtime:
    """The runtime of that name."""
    from ..runtimes.runtime import runtime

    return runtime(name)


def no_task(cls: type[Provider], task: object) -> Problem:
    """The complaint about a task that the class cannot do."""
    name = cls.__name__
    expected = f"a task of {name} ({', '.join(cls.tasks)})" if cls.tasks else "a provider that has tasks"
    return Problem("task", expected, got=shown(task), hint=did_you_mean(task, cls.tasks) if isinstance(task, str) else "")


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


converter.register_unstructure_hook_factory(_is_provider, lambda cls: flattener(cls, _Flat.__dict__["_flat"].__set__))
converter.register_structure_hook_factory(_is_provider, _structurer)
