# SPDX-License-Identifier: Apache-2.0
"""`Provider`: what every provider can do, whatever its options are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from ..errors import InvalidOptionsError, Problem, Rejected, invalid
from ..extras import NO_EXTRAS, Extra, ExtraOptions
from ..flat import converter
from ..records import default_of
from ..secrets import MaskedText, Secret, mask_urls, reveal
from ..table import EXTRAS, Rule, Shape, Table, shown
from ..tasks import endpoint_for_task, task_of_endpoint
from ..values import did_you_mean

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..checks import Facts
    from ..columns import Columns
    from ..runtimes import Runtime

__all__ = ["Provider"]


class _Stored:
    """Reads a field of a provider: its value if the provider stores one, else the class's default."""

    __slots__ = ("default", "name")

    def __init__(self, name: str, default: object = None) -> None:
        self.name = name
        self.default = default

    def __get__(self, instance: Provider | None, owner: type) -> Any:
        if instance is None:
            return self
        position = instance._shape.index.get(self.name)
        return self.default if position is None else instance._values[position]


def _extra_options(options: Mapping[str, object]) -> Mapping[str, Extra]:
    return ExtraOptions(options)


class _Signature:
    """The signature of a class's constructor, made when somebody asks."""

    def __get__(self, instance: object, owner: type[Provider]) -> Any:
        from inspect import Parameter, Signature

        parameters = []
        # The table's defaults are masked; a class that is abstract has none.
        specs = {} if owner._unfit() else owner._table().specs
        for field in sorted(attrs.fields(owner), key=lambda field: (bool(field.kw_only), field.name == EXTRAS)):
            kind = Parameter.KEYWORD_ONLY if field.kw_only else Parameter.POSITIONAL_OR_KEYWORD
            default = (
                Parameter.empty if field.default is attrs.NOTHING else (specs[field.name].default if specs else default_of(field))
            )
            parameters.append(Parameter((field.alias or field.name).lstrip("_"), kind, default=default, annotation=field.type))
        return Signature([*parameters, Parameter("more_options", Parameter.VAR_KEYWORD)])


class _Content:
    """What a provider holds: not a slot a field, so that a variant costs only what differs from the defaults."""

    __slots__ = ("__weakref__", "_flat", "_shape", "_values")
    _flat: dict[str, str] | None
    """The options, kept from their second use on: most variants are made for one use. Empty after the first."""
    _shape: Shape
    _values: tuple[Any, ...]

    def __replace__(self, /, **changes: Any) -> Any:
        """What `copy.replace` of Python 3.13 calls."""
        return self.with_(**changes)  # type: ignore[attr-defined]


NO_OPTIONS: Final[dict[str, str]] = {}
_set_flat = _Content.__dict__["_flat"].__set__
_set_shape = _Content.__dict__["_shape"].__set__
_set_values = _Content.__dict__["_values"].__set__


@attrs.frozen(kw_only=True, slots=False, eq=False, repr=False)
class Provider(_Content):
    """A typed, frozen, validated configuration of a model provider for Flink.

    Subclass it for a provider of your own: a frozen attrs class whose fields carry ``metadata=option("java-key")``, and
    its `identifier`. Names that are no option become extra options, passed to Java as they are; a name that looks like
    a misspelled option is refused, and ``extra_options={...}`` is the way to pass it all the same. An option that is
    None is not emitted; one that is not given has its default.

    Raises:
        InvalidOptionsError: from every call that makes a provider, listing all that is wrong with the call; a
            ValueError, and a TypeError too where a type is wrong.
    """

    __slots__ = ()

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
    """Options beyond the typed ones: Java keys and texts, never second-guessed; they win over typed options."""

    has_own_names: ClassVar[bool] = True
    """Whether a name that is given always means the option of that name."""
    _compiled: ClassVar[Any] = None
    __signature__ = _Signature()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Compiled on first use, when every name in the annotations can be resolved.
        cls._compiled = None
        # attrs takes what has an annotation for a field, and would drop what has none. Python 3.14 may tell only later.
        own = vars(cls)
        annotated = own.get("__annotations__", own if "__annotate_func__" in own else {})
        for name in own.keys() - annotated.keys():
            if isinstance(getattr(super(cls, cls), name, None), _Stored) and not isinstance(own[name], _Stored):
                raise _hides(cls, name)

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Called by attrs when it has built a class: store its fields our way, and undo what attrs wrote for its own."""
        _take_over(cls)

    @classmethod
    def _table(cls) -> Table:
        """The class's tables."""
        if cls._compiled is None:
            if getattr(cls, "identifier", None) is None:
                msg = f"{cls.__name__} is abstract: use a subclass that has an identifier, or GenericProvider"
                raise TypeError(msg)
            for base in cls.__mro__:
                if is_unbuilt(base):
                    msg = f"{base.__name__} has options but is no attrs class: decorate it with @attrs.frozen(kw_only=True)"
                    raise TypeError(msg)
            table = Table(cls)
            for name, default in table.defaults.items():
                stored = getattr(cls, name)
                if not isinstance(stored, _Stored):
                    raise _hides(cls, name)
                if stored.default is not default:
                    setattr(cls, name, _Stored(name, default))
            cls._compiled = table
        return cls._compiled  # type: ignore[no-any-return]

    @classmethod
    def _unfit(cls) -> Exception | None:
        """Why the class has no tables, as an error for the caller to raise; None if it has."""
        try:
            cls._table()
        except Exception as error:  # noqa: BLE001
            # Such as the NameError of an annotation.
            return error.with_traceback(None)
        return None

    def __init__(self, /, *args: Any, **given: Any) -> None:
        table: Any = self._compiled
        if table is None:
            if (unfit := self._unfit()) is not None:
                del args, given
                raise unfit
            table = self._table()
        if not args and (plan := table.empty.plans[tuple(given)]) is not None and plan(self, (), given.values()):
            return
        problems: list[Problem] = []
        if args:
            given, problems = _bind(table, args, given)
        error = fill(self, table, given, {}, None, problems)
        if error is not None:
            # Nothing that holds a secret may stay in a frame that a traceback shows with its variables.
            del args, given
            raise error

    @classmethod
    def made(cls, given: Mapping[str, Any]) -> tuple[Self, Exception | None]:
        """A provider of arguments by name, or the error that there is none, for callers that hold secrets."""
        new = object.__new__(cls)
        return new, cls._unfit() or fill(new, cls._table(), given, {}, None, [])

    # Deriving ---------------------------------------------------------------------------------------------------------

    def with_(self, /, *args: Any, **changes: Any) -> Self:
        """A new provider of the same class with *changes*, validated like a new one.

        A name that is no option joins the extra options, by the rules of the constructor; ``extra_options={...}``
        replaces them all. None removes an extra, and makes an option not be emitted. `without` puts an option back to
        its default.

        Raises:
            InvalidOptionsError: listing everything that is wrong with the changes.
        """
        if args:
            # There are positional arguments in the signature only so that subclasses may narrow it.
            count = len(args)
            del args, changes
            raise TypeError(f"with_() takes options by name only, got {count} without")
        if (plan := self._shape.plans[tuple(changes)]) is not None:
            new = object.__new__(type(self))
            if plan(new, self._values, changes.values()):
                return new
        new, error = self._derived(changes)
        if error is None:
            return new
        del changes
        raise error

    def without(self, *names: str) -> Self:
        """A new provider with the named options back at their defaults, and the named extras removed.

        Raises:
            InvalidOptionsError: if a name is neither, or the option is required.
        """
        table = self._table()
        state, problems = self._state(), []
        extras: dict[str, Any] = {}
        for name in names:
            spec = table.specs.get(name)
            if spec is not None and spec.required:
                problems.append(Problem(name, "a value", hint="it is required and has no default to go back to"))
            elif spec is not None:
                state.pop(name, None)
            elif name in self.extra_options:
                extras[name] = None
            else:
                known = [*table.specs, *self.extra_options]
                expected = f"the name of an option or extra of this {table.subject}"
                problems.append(Problem(name, expected, hint=did_you_mean(name, known)))
        new = object.__new__(type(self))
        error = fill(new, table, extras, state, {*names, *extras}, problems)
        if error is not None:
            raise error
        return new

    def for_task(self, task: Any, /, *args: Any, **changes: Any) -> Self:
        """The variant for another task, such as ``"embeddings"``.

        If the provider has an endpoint, the task's path at its end is replaced (also between DashScope's
        compatible-mode and native paths); otherwise the option ``task`` is set. *changes* are made too, as by `with_`.

        Raises:
            InvalidOptionsError: if the class has no such task, the endpoint does not tell where the task is served, or
                an option that was set is not one of the new task (pass it as None, or `without` it first).
        """
        if args:
            count = len(args)
            del args, changes
            raise TypeError(f"for_task() takes options by name only, got {count} without")
        problems = self._to_task(task, changes)
        new, error = (self, invalid(type(self).__name__, problems)) if problems else self._derived(changes)
        if error is not None:
            del changes
            raise error
        return new

    def _to_task(self, task: str, changes: dict[str, Any]) -> list[Problem]:
        """Add to *changes* what the move to *task* takes; what is in its way is returned."""
        table = self._table()
        if task not in self.tasks:
            return [no_task(type(self), task)]
        endpoint = changes.get("endpoint", getattr(self, "endpoint", None))
        if isinstance(endpoint, str):
            endpoint = reveal(endpoint)
            try:
                moved = endpoint_for_task(endpoint, task)
            except Rejected as error:
                return [Problem("endpoint", error.expected, got=ascii(mask_urls(endpoint)), hint=error.hint)]
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
        return [
            Problem(
                name,
                f"no such option for task {task}",
                got=shown(changes.get(name, getattr(self, name)), with_type=False, hidden=info.format == "json"),
                hint=f"pass {name}=None to drop it",
            )
            for name in dict.fromkeys((*self._shape.names, *(name for name in changes if name in table.specs)))
            if (info := table.specs[name].info) and info.tasks and task not in info.tasks and changes.get(name, name) is not None
        ]

    def _task_defaults(self, task: str) -> dict[str, Any]:
        """What options at their defaults become for *task*, where the class's defaults are not for it."""
        return {}

    def _derived(self, changes: Mapping[str, Any]) -> tuple[Self, Exception | None]:
        new = object.__new__(type(self))
        if (plan := self._shape.plans[tuple(changes)]) is not None and plan(new, self._values, changes.values()):
            return new, None
        return new, fill(new, self._table(), changes, self._state(), changes, [])

    def _state(self) -> dict[str, Any]:
        """What differs from the defaults."""
        return dict(zip(self._shape.names, self._values))  # noqa: B905  # they are as long as each other

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
        """The options as Flink reads them: a new dict of Java keys and texts, in declaration order, then the extras.

        Args:
            input_columns: name and type of each input column of the model; options that depend on them are aligned.
            overrides: changes for this call, as by `with_`.
            model: the model's name for this call.
            runtime: what shall read them, such as ``"flink-2.3"``: the provider is checked against it, and options that
                it does not know and nobody set are left out.
            redact: show the mask instead of secrets; references are then not resolved.

        Raises:
            SecretError: if the reference of a secret cannot be resolved.
            InvalidOptionsError: if the overrides, the model, the columns or the runtime do not go with the provider.
            UnknownRuntimeError: if there is no such runtime.
        """
        if input_columns is None and overrides is None and model is None and runtime is None and not redact:
            flat = self._flat
            return flat.copy() if flat else self._flatten()
        provider = self
        if overrides is not None and not_a_mapping(overrides) is not None:
            del overrides
            msg = "overrides: expected a mapping of Python names to values"
            raise TypeError(msg)
        if overrides is not None or model is not None:
            provider, error = self._derived({**(overrides or {}), **self._model(model)})
            # What may hold a secret is not kept beyond its use.
            overrides = None
            if error is not None:
                raise error
        names, problems = ([], []) if input_columns is None else _column_names(input_columns)
        unwanted: Collection[str] = ()
        if runtime is not None:
            from ..checks import surplus

            runtime = runtime_of(runtime)
            problems += [problem for problem in provider.check(runtime) if problem.severity == "error"]
            unwanted = surplus(provider._facts(), runtime)
        if problems:
            raise invalid(type(self).__name__, problems)
        flat = provider._table().flatten(provider._shape, provider._values, show=str) if redact else provider._flatten()
        if input_columns is not None:
            flat, problems = provider._align(flat, names)
            if problems:
                del flat
                raise invalid(type(self).__name__, problems)
        for key in unwanted:
            del flat[key]
        return flat

    def _flatten(self) -> dict[str, str]:
        try:
            made = self._shape.flatten(self._values)
            if made is None:
                table = self._table()
                made = table.flatten(self._shape, self._values), table.is_lasting(self._shape, self._values)
        except Exception as error:  # noqa: BLE001
            # Its frames hold the secrets that came before it.
            failure = error.with_traceback(None)
        else:
            flat, lasting = made
            if lasting:
                _set_flat(self, NO_OPTIONS if self._flat is None else flat.copy())
            return flat
        raise failure

    def _model(self, model: str | None) -> dict[str, Any]:
        if model is None:
            return {}
        key = self.model_option_key()
        for name, spec in self._table().specs.items():
            if spec.info is not None and spec.info.key == key:
                return {name: model}
        return {EXTRAS: {**self.extra_options, key: model}}

    def _align(self, flat: dict[str, str], columns: list[str]) -> tuple[dict[str, str], list[Problem]]:
        """*flat* for a model with these input columns, and what is wrong with them."""
        return flat, []

    # Against a runtime ------------------------------------------------------------------------------------------------

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
        from ..checks import problems
        from ..columns import columns

        provider = self if model is None else self.with_(**self._model(model))
        given, made = (None if each is None else columns(each) for each in (input, output))
        facts = provider._facts()
        found = problems(facts, runtime_of(runtime), input=given, output=made)
        if given is not None:
            found += tuple(provider._align(dict(facts.flat), [column.name for column in given])[1])
        return found

    def for_runtime(self, runtime: str | Runtime) -> Provider:
        """The provider to use on *runtime* in place of this one, which may be of another class.

        Options that the runtime does not know, and that only hold a default of the class, are then not emitted. Where
        the runtime has no such identifier, its own one for the same kind of service is taken: on Apache Flink an
        `OpenAICompatProvider` with endpoint and key becomes an `OpenAIProvider`.

        Raises:
            InvalidOptionsError: if there is no such way without loss, listing what would be lost.
            UnknownRuntimeError: if there is no such runtime.
        """
        from ..checks import ALWAYS, lost

        runtime = runtime_of(runtime)
        cls = next((each for each in self._relatives() if each.identifier in runtime.factories), type(self))
        if cls is type(self) or self.provider_name() in runtime.factories:
            return self._without_surplus(runtime)
        task = getattr(self, "task", None) or task_of_endpoint(getattr(self, "endpoint", None) or "")
        if task is not None and task not in cls.tasks:
            expected = f"a task that {cls.identifier} has ({', '.join(cls.tasks)})"
            raise invalid(type(self).__name__, [Problem("task", expected, got=task, hint=f"{runtime} has no other")])
        facts, factory, table = self._facts(), runtime.factories[cls.identifier], cls._table()
        given: dict[str, Any] = {}
        extras: dict[str, Any] = {}
        problems: list[Problem] = []
        for key in facts.flat:
            name, option = facts.names.get(key, key), factory.option(key)
            if name in table.specs and option is not None:
                if key in facts.chosen or option.default != facts.flat[key]:
                    given[name] = getattr(self, name)
            elif key in self.extra_options and (option is not None or key in ALWAYS):
                extras[key] = self.extra_options[key]
            elif key in facts.chosen:
                problems.append(lost(facts, key, cls.identifier, runtime))
        new, error = cls.made({**given, EXTRAS: extras})
        if problems and isinstance(error, InvalidOptionsError):
            problems += error.problems
        if problems:
            error = invalid(type(self).__name__, problems)
        if error is not None:
            del given, extras, facts
            raise error
        return new

    @classmethod
    def _relatives(cls) -> tuple[type[Provider], ...]:
        """The relatives of the class's identifier; a subclass with one of its own does not inherit them."""
        owner = next(base for base in cls.__mro__ if "relatives" in vars(base))
        return cls.relatives if getattr(owner, "identifier", None) == cls.identifier else ()

    def _without_surplus(self, runtime: Runtime) -> Provider:
        """This provider without the defaults that the runtime does not know."""
        from ..checks import identity, surplus

        facts = self._facts()
        problems = identity(facts, runtime)
        if problems:
            del facts
            raise invalid(type(self).__name__, problems)
        return self.with_(**dict.fromkeys(facts.names[key] for key in surplus(facts, runtime)))

    def _facts(self) -> Facts:
        """What the checks against a runtime look at."""
        from ..checks import Facts

        infos = [spec.info for spec in self._table().specs.values() if spec.info]
        keys = {key: info for info in infos for key in (info.key, info.sequence_key) if key}
        opaque = {key for key, info in keys.items() if info.secret or info.format == "json" or info.java == "Map"}
        return Facts(
            identifier=self.provider_name(),
            flat=self._table().flatten(self._shape, self._values, show=_as_java_sees),
            chosen=frozenset(key for key, info in keys.items() if info.name in self._shape.index) | self.extra_options.keys(),
            names={key: info.name for key, info in keys.items()},
            tasks={key: info.tasks for key, info in keys.items() if info.tasks},
            hidden=opaque | {key for key, extra in self.extra_options.items() if type(extra) is not str},
            model_key=self.model_option_key(),
            relatives=tuple(each.identifier for each in self._relatives()),
        )

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Self:
        """The provider of a flat dict of Java keys and texts, such as SHOW CREATE MODEL gives.

        Texts are read as Flink reads them. Unknown keys become extra options; a key ``provider`` must be the class's.

        Raises:
            InvalidOptionsError: listing everything that is wrong with the options.
        """
        new, error = cls._read(options)
        if error is not None:
            del options
            raise error
        return new

    @classmethod
    def _read(cls, options: Mapping[str, str]) -> tuple[Self, Exception | None]:
        new = object.__new__(cls)
        if cls._compiled is None and (unfit := cls._unfit()) is not None:
            return new, unfit
        table: Any = cls._compiled
        if (problem := not_a_mapping(options)) is not None:
            return new, invalid(table.subject, [problem])
        if (plan := table.reading[tuple(options)]) is not None and plan(new, (), options.values()):
            return new, None
        given, extras, problems = table.reader(options)
        identifier = extras.pop("provider", cls.identifier)
        if identifier != cls.identifier:
            hint = "use llmproviders.from_options(identifier, options)"
            problems.append(Problem("provider", cls.identifier, got=ascii(identifier)[:60], hint=hint))
        if extras:
            given[EXTRAS] = extras
        return new, fill(new, table, given, {}, None, problems)

    def fingerprint(self) -> str:
        """16 hexadecimal digits over the identifier and the options that are not secret.

        The same in every process and on every machine; changing a key does not change it, changing an option does.
        """
        # Few processes ask for it, and these two cost more to import than all of this package.
        import hashlib
        import json

        content = [self.provider_name(), sorted(self.to_options(redact=True).items())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    # A value among values ---------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._shape.names == other._shape.names and self._values == other._values

    def __hash__(self) -> int:
        return hash((type(self), self._shape.names, self._values))

    def __repr__(self) -> str:
        # A traceback may show a provider that could not be made.
        return self._shown() if hasattr(self, "_shape") else f"<{type(self).__name__} without content>"

    def _shown(self) -> str:
        specs = self._table().specs
        shown = (f"{name}={value!r}" for name, value in self._state().items() if specs[name].field.repr)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self._state())


def is_unbuilt(cls: type) -> bool:
    """Whether a class has fields that attrs has not taken up: what `attrs.field` leaves is still there."""
    return any(type(value).__name__ == "_CountingAttr" for value in vars(cls).values())


def _hides(cls: type, name: str) -> TypeError:
    return TypeError(f"{cls.__name__}.{name} hides the option {name}: declare it as a field, {name}: ... = attrs.field(...)")


def _take_over(cls: Any) -> None:
    """Undo what attrs wrote for fields stored in slots or in a dict, and read them from `_values`."""
    for name in ("__init__", "__repr__", "__eq__", "__ne__", "__hash__", "__getstate__", "__setstate__", "__replace__"):
        code = getattr(cls.__dict__.get(name), "__code__", None)
        if code is not None and (code.co_filename.startswith("<attrs generated") or code is attrs.evolve.__code__):
            delattr(cls, name)
    for field in attrs.fields(cls):
        if not isinstance(getattr(cls, field.name, None), _Stored) or field.name in cls.__dict__:
            setattr(cls, field.name, _Stored(field.name))


_take_over(Provider)


def _bind(table: Table, args: tuple[Any, ...], given: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Positional arguments under their names."""
    names = table.positional
    bound = dict(zip(names, args, strict=False))
    problems = [Problem(name, "one value", got="one by position and one by name") for name in bound if name in given]
    if len(args) > len(names):
        expected = f"at most {len(names)} arguments without a name" if names else "arguments by name only"
        problems.append(Problem("", expected, got=f"{len(args)}", is_type=True))
    return {**bound, **given}, problems


def fill(
    new: Provider, table: Table, given: Mapping[str, Any], state: dict[str, Any], touched: Any, problems: list[Problem]
) -> Exception | None:
    """Make *new* the provider of *state* changed by *given*, or say what is wrong.

    The error is returned rather than raised: only the caller can drop its variables first.

    Args:
        new: a provider without content.
        table: the tables of its class.
        given: what to accept.
        state: what is accepted already; it becomes the new provider's.
        touched: the names to check rules for; None for all.
        problems: what is wrong already.
    """
    shape, values = None, ()
    rest = given
    if given.keys() <= table.specs.keys():
        try:
            table.accept(given, state)
            # No value is accepted twice: an iterator would be empty then.
            rest = {}
            shape, values = table.held(state, touched)
        except Exception:  # noqa: BLE001
            # Whatever the first problem is: the careful path finds it again, and all others.
            shape = None
    if shape is None or problems:
        table.gather(rest, state, problems)
        if problems:
            return table.error(problems)
        shape, values = table.shaped(state)
    _set_shape(new, shape)
    _set_values(new, values)
    _set_flat(new, None)
    if shape.validated and (problems := table.check_instance(new, shape, values)):
        return table.error(problems)
    if table.post_init is not None:
        try:
            table.post_init(new)
        except Exception as error:  # noqa: BLE001
            # The class's own word, with its own frames only.
            frames = error.__traceback__
            return error.with_traceback(frames and frames.tb_next)
    return None


def _rebuilt(cls: type[Provider], state: Mapping[str, Any]) -> Provider:
    new = object.__new__(cls)
    error = fill(new, cls._table(), state, {}, None, [])
    if error is not None:
        del state
        raise error
    return new


def _as_java_sees(value: Secret | MaskedText) -> str:
    """What the checks see of a masked value: its text, if that is known before the job is submitted."""
    return str(value) if isinstance(value, Secret) and value.source != "text" else value.reveal()


def runtime_of(name: str | Runtime) -> Runtime:
    """The runtime of that name; few processes ask for one, and its data is read from a file."""
    from ..runtimes import runtime

    return runtime(name)


def no_task(cls: type[Provider], task: object) -> Problem:
    """The complaint about a task that the class cannot do."""
    name = cls.__name__
    expected = f"a task of {name} ({', '.join(cls.tasks)})" if cls.tasks else "a provider that has tasks"
    return Problem("task", expected, got=ascii(task)[:60], hint=did_you_mean(str(task), cls.tasks))


def not_a_mapping(options: object) -> Problem | None:
    """What is wrong with *options* that are no mapping."""
    if isinstance(options, Mapping):
        return None
    return Problem("options", "a mapping of Java keys to texts", got=f"a {type(options).__name__}", is_type=True)


def _column_names(columns: Sequence[Any]) -> tuple[list[str], list[Problem]]:
    """The names of pairs of names and types, or what is wrong with the pairs."""
    for column in columns:
        if not isinstance(column, (tuple, list)) or len(column) != 2 or not isinstance(column[0], str):  # noqa: PLR2004
            got = f"a column of type {type(column).__name__}"
            return [], [Problem("input_columns", "pairs of a column's name and type", got=got, is_type=True)]
    return [name for name, _ in columns], []


def _structured(options: Mapping[str, str], cls: type[Provider]) -> Provider:
    new, error = cls._read(options)
    if error is not None:
        del options
        raise error
    return new


def _is_provider(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Provider)


# A provider has a faster way than the converter's plain one; a test holds the two equal.
converter.register_unstructure_hook_func(_is_provider, lambda provider: provider.to_options())
converter.register_structure_hook_func(_is_provider, _structured)
