# SPDX-License-Identifier: Apache-2.0
"""Per-class tables, compiled once from the attrs fields: what is accepted, how it is stored, how it flattens.

A provider stores only what differs from its class's defaults: a tuple of values, and a `Shape` that says which options
they are. Providers with the same set of options share the shape.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import attrs

from . import plans
from .errors import InvalidOptionsError, Problem, Rejected, invalid
from .extras import NO_EXTRAS, ExtraOptions, extra_value
from .flat import FlatReader, text_writer
from .plans import Flatten, Plan, Plans, flattener, plan
from .records import OptionInfo, default_of, hints, options, without_none
from .secrets import MASK, MaskedText, Secret, looks_like_credential, mask_urls, reveal
from .values import (
    CANONICAL,
    Accept,
    Between,
    accept_boolean,
    accept_text,
    choice_acceptor,
    enum_acceptor,
    fold,
    instance_acceptor,
    json_object,
    listed,
    number_acceptor,
    required_secret,
    secret,
    url,
)

__all__ = ["Rule", "Shape", "Table"]

EXTRAS: Final = "extra_options"
MAX_SHAPES: Final = 4096
"""How many sets of options a class remembers the shape of; past that it starts anew."""


# What it holds is functions, which have no equality of their own: two rules are one only if they are the same.
@attrs.frozen(eq=False, repr=False)
class Rule:
    """A rule that spans options, for `Provider.rules`."""

    options: tuple[str, ...]
    """Python names of the options that it is about."""
    check: Callable[..., Problem | None]
    """Called with the class and the options' values in their order; returns the `Problem`, or None if all is well."""


class Spec:
    """How one field of a class is accepted, checked and written."""

    __slots__ = ("accept", "default", "field", "info", "keeps_none", "required", "validator", "write")

    def __init__(self, field: attrs.Attribute[Any], info: OptionInfo | None, hint: Any) -> None:
        self.field = field
        self.info = info
        self.required = field.default is attrs.NOTHING
        # No extra options are an empty mapping; any other option that is None is not handed over.
        self.keeps_none = not self.required and field.name != EXTRAS
        self.validator = None if isinstance(field.validator, Between) else field.validator
        self.accept = _acceptor(field, info, hint)
        self.write = text_writer(info) if info else str  # what is no option is never written
        default = default_of(field)
        self.default = default if default is None else self.accept(default)

    @property
    def is_secret(self) -> bool:
        return self.info is not None and self.info.secret

    @property
    def default_text(self) -> str | None:
        """The text of the default, masked where that is or holds a secret; None if there is none."""
        if self.default is None or isinstance(self.default, (Secret, MaskedText)):
            return None if self.default is None else str(self.default)
        return self.write(self.default)

    @property
    def is_foreign(self) -> bool:
        """Whether its converter is not ours: it may take what can be read only once."""
        convert: Any = self.field.converter
        return convert is not None and self.field.name != EXTRAS and convert not in CANONICAL


def _acceptor(field: attrs.Attribute[Any], info: OptionInfo | None, hint: Any) -> Accept:
    convert: Any = _plain_converter(field)
    if field.name == EXTRAS or (convert in CANONICAL and (hint is Secret or info is None or not info.secret)):
        return convert  # type: ignore[no-any-return]
    if convert in CANONICAL:
        return lambda value: _hidden(convert(value))
    by_type = _type_acceptor(field, info, hint)
    checked = by_type if convert is None else lambda value: by_type(convert(value))
    # A secret that is kept as plain text shows as the mask all the same.
    return (lambda value: _hidden(checked(value))) if info is not None and info.secret else checked


def _plain_converter(field: attrs.Attribute[Any]) -> Accept | None:
    """The field's converter, as a function of the value alone."""
    convert: Any = field.converter
    if isinstance(convert, attrs.Converter):
        whole: Any = convert
        if whole.takes_self or whole.takes_field:
            msg = f"{field.name}: expected a converter that takes the value alone"
            raise TypeError(msg)
        convert = whole.converter
    return convert  # type: ignore[no-any-return]


def _type_acceptor(field: attrs.Attribute[Any], info: OptionInfo | None, hint: Any) -> Accept:
    if hint is Secret:
        return secret
    if isinstance(hint, type) and hasattr(hint, "__members__"):
        return enum_acceptor(hint)
    if info is not None and info.allowed:
        # A list that the class holds (the tasks) is compared to the letter, for Java compares it so.
        return choice_acceptor(info.allowed, exact=info.java != "Enum")
    if hint is bool:
        return accept_boolean
    if hint in (int, float):
        java = info.java if info else ("Long" if hint is int else "Double")
        return number_acceptor(java, field.validator if isinstance(field.validator, Between) else None)
    if hint is str:
        return {"url": url, "json": json_object}.get(info.format if info else "", accept_text)
    accept = instance_acceptor(hint)
    write = text_writer(info) if info else lambda _: ""

    def accept_with_text(value: Any) -> Any:
        value = accept(value)
        write(value)
        return value

    return accept_with_text


def _hidden(value: Any) -> Any:
    return MaskedText(reveal(required_secret(reveal(value))), MASK) if isinstance(value, str) else value


class Shape:
    """A set of options that are not at their defaults, and what follows from it."""

    __slots__ = (
        "entries",
        "flatten",
        "hidden",
        "index",
        "missing",
        "names",
        "pick",
        "plans",
        "recipes",
        "rules",
        "secrets",
        "sequences",
        "template",
        "uses",
        "validated",
    )

    def __init__(self, table: Table, names: Iterable[str]) -> None:
        given = frozenset(names)
        specs = table.specs
        self.plans = Plans(lambda names: plan(table, self, names))
        # What documents remember of entries that are read again and again.
        self.recipes: dict[tuple[str, ...], Any] = {}
        self.names = tuple(name for name in specs if name in given)
        self.pick = picker(self.names)
        self.index = {name: position for position, name in enumerate(self.names)}
        self.missing = tuple(name for name, spec in specs.items() if spec.required and name not in given)
        # A rule holds where all of its options are at their defaults, unless it wants some of them.
        self.rules = tuple(
            self._rule(table, rule) for rule in table.rules if rule in table.wanting or not given.isdisjoint(rule.options)
        )
        self.validated = tuple((position, specs[name]) for name, position in self.index.items() if specs[name].validator)
        # What the flat dict looks like before the values are written into it: every key in its place.
        self.template: dict[str, str] = {}
        # Defaults whose texts are masked, or looked up each time.
        self.hidden: list[tuple[str, Secret | MaskedText, Callable[[Any], str]]] = []
        for name, spec in specs.items():
            if spec.info is not None:
                if name in given:
                    self.template[spec.info.key] = ""
                    if spec.info.sequence_key:
                        self.template[spec.info.sequence_key] = ""
                elif isinstance(spec.default, (Secret, MaskedText)):
                    self.template[spec.info.key] = ""
                    self.hidden.append((spec.info.key, spec.default, spec.write))
                elif spec.default is not None:
                    self.template[spec.info.key] = spec.write(spec.default)
        written = [(position, specs[name].info, specs[name].write) for name, position in self.index.items()]
        self.entries = tuple((position, info.key, write) for position, info, write in written if info and not info.sequence_key)
        self.sequences = tuple((position, info, write) for position, info, write in written if info and info.sequence_key)
        self.secrets = tuple(position for position, info, _ in written if info and info.secret)
        # Once it is used often enough, a function that flattens providers of this shape.
        self.uses = 0
        self.flatten: Flatten = self._not_yet

    def _not_yet(self, values: tuple[Any, ...]) -> None:
        self.uses += 1
        if self.uses < plans.USES:
            return
        if self.sequences or self.hidden:
            self.flatten = lambda _: None
        else:
            entries = {key: (position, write) for position, key, write in self.entries}
            self.flatten = flattener(self.template, entries, self.index.get(EXTRAS))

    def _rule(self, table: Table, rule: Rule) -> tuple[frozenset[str], Rule, Callable[[Any], tuple[Any, ...]], tuple[Any, ...]]:
        """A rule, and how to get its operands from the values followed by their defaults."""
        defaults = tuple(table.defaults[name] for name in rule.options)
        positions = [self.index.get(name, len(self.names) + place) for place, name in enumerate(rule.options)]
        return frozenset(rule.options), rule, picker(positions), defaults


def picker(keys: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """An itemgetter that gives a tuple, however many keys there are."""
    return itemgetter(*keys) if len(keys) > 1 else lambda items: tuple([items[key] for key in keys])


class Table:
    """Everything that is the same for all providers of one class."""

    def __reduce__(self) -> tuple[Any, ...]:
        # A class that is pickled by value compiles its tables anew where it arrives.
        return type(None), ()

    def __init__(self, cls: Any) -> None:
        self.cls = cls
        self.subject: str = cls.__name__
        types_of = hints(cls)
        infos = {info.name: info for info in options(cls)}
        fields = attrs.fields(cls)
        for field in fields:
            if not field.eq:
                msg = f"{cls.__name__}.{field.name}: expected a field that counts in comparisons, got eq=False"
                raise TypeError(msg)
            if field.name not in infos and field.name != EXTRAS and not field.name.startswith("_"):
                msg = f"{cls.__name__}.{field.name} would not reach Flink: give it metadata=option(...), or a private name"
                raise TypeError(msg)
        self.specs = {
            field.name: self._spec(field, infos.get(field.name), without_none(types_of[field.name]))
            # Extra options come last in every listing.
            for field in sorted(fields, key=lambda field: field.name == EXTRAS)
        }
        self.positional = tuple(field.name for field in fields if field.init and not field.kw_only)
        self.aliases = {
            field.alias: field.name for field in fields if field.alias != field.name and not field.name.startswith("__")
        }
        self.defaults = {name: spec.default for name, spec in self.specs.items()}
        self.rules: tuple[Rule, ...] = cls.rules
        self.wanting = [rule for rule in self.rules if self._wants(rule)]
        self.post_init = getattr(cls, "__attrs_post_init__", None)
        self.shapes: dict[tuple[str, ...], Shape] = {}
        self.empty = self.shape(())
        self.reader = FlatReader(cls)
        self.reading = Plans(self._reading)
        self.refusal = lru_cache(maxsize=256)(self._refusal)

    def _spec(self, field: attrs.Attribute[Any], info: OptionInfo | None, hint: Any) -> Spec:
        try:
            return Spec(field, info, hint)
        except Exception as error:
            if isinstance(error, TypeError) and not isinstance(error, Rejected):
                raise
            # Such as a default that the option does not take; it may be a secret.
            reason = f"default: {error}" if isinstance(error, Rejected) else f"its {type(error).__name__} ({error})"
            msg = f"{self.subject}.{field.name}: {reason}"
        raise TypeError(msg)

    def shape(self, names: tuple[str, ...]) -> Shape:
        """The shape of a set of options, given in any order."""
        shape = self.shapes.get(names)
        if shape is None:
            if len(self.shapes) >= MAX_SHAPES:
                self.shapes.clear()
            shape = Shape(self, names)
            # One shape for all orders, so that equal providers share it.
            shape = self.shapes[names] = self.shapes.setdefault(shape.names, shape)
        return shape

    def _reading(self, keys: tuple[str, ...]) -> Plan | None:
        """The plan for the texts of *keys*; None if one of them is no option's, or two are of the same."""
        entries = [self.reader.entries[key] for key in keys if key in self.reader.entries]
        reads = {info.name: read for info, read in entries}
        return plan(self, self.empty, tuple(reads), reads) if len(reads) == len(keys) else None

    # The happy path: the first problem ends it, and `gather` finds them all.

    def held(self, state: Mapping[str, Any], touched: Collection[str] | None) -> tuple[Shape | None, tuple[Any, ...]]:
        """The shape and values of *state*, or no shape where something is missing or a rule over one of *touched* is broken."""
        shape, values = self.shaped(state)
        if shape.missing:
            return None, ()
        for names, rule, operands, defaults in shape.rules:
            if (touched is None or not names.isdisjoint(touched)) and rule.check(self.cls, *operands(values + defaults)):
                return None, ()
        return shape, values

    def accept(self, given: Mapping[str, Any], state: dict[str, Any]) -> None:
        """Accept *given* into *state*; raises whatever the first problem raises."""
        for name, value in given.items():
            self.accept_one(name, value, state)

    def accept_one(self, name: str, value: Any, state: dict[str, Any]) -> None:
        """Accept one value into *state*."""
        spec = self.specs[name]
        default = spec.default
        if value is not None or not spec.keeps_none:
            value = spec.accept(value)
        if value is default or (default is not None and value == default):
            state.pop(name, None)
        else:
            state[name] = value

    def shaped(self, state: Mapping[str, Any]) -> tuple[Shape, tuple[Any, ...]]:
        """The shape of *state*, and its values in the order of the shape."""
        shape = self.shape(tuple(state))
        return shape, shape.pick(state)

    def flatten(
        self, shape: Shape, values: tuple[Any, ...], *, show: Callable[[Secret | MaskedText], str] | None = None
    ) -> dict[str, str]:
        """The flat dict of Java keys and texts; *show* makes the texts of what is masked, which otherwise are the real ones."""
        flat = shape.template.copy()
        for position, key, write in shape.entries:
            value = values[position]
            if value is None:
                del flat[key]
            elif show is not None and type(value) in (Secret, MaskedText):
                flat[key] = show(value)
            else:
                flat[key] = write(value)
        for key, default, write in shape.hidden:
            flat[key] = write(default) if show is None else show(default)
        for position, info, write in shape.sequences:
            value = values[position]
            single = value is None or isinstance(value, str)
            if value is None or not single:
                del flat[info.key]
            if single:
                del flat[info.sequence_key]
            if value is not None:
                flat[info.key if single else info.sequence_key] = write(value)
        if EXTRAS in shape.index:
            extras = values[shape.index[EXTRAS]].items()
            flat.update((key, reveal(each) if show is None or type(each) is str else show(each)) for key, each in extras)
        return flat

    def is_lasting(self, shape: Shape, values: tuple[Any, ...]) -> bool:
        """Whether the flat dict is the same each time, for no secret in it is a reference."""
        known = [values[position] for position in shape.secrets] + [default for _, default, _ in shape.hidden]
        if EXTRAS in shape.index:
            known += values[shape.index[EXTRAS]].values()
        return not any(type(value) is Secret and value.is_reference for value in known)

    # The careful path.

    def gather(self, given: Mapping[str, Any], state: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
        """Accept what can be accepted of *given* into *state*, and add what is wrong to *problems*."""
        bad = {problem.option for problem in problems}
        unknown: dict[str, Any] = {}
        for given_name, value in given.items():
            name = self.aliases.get(given_name, given_name)
            if name != given_name and name in given:
                problems.append(Problem(given_name, "one value", got=f"one as {given_name} and one as {name}"))
                continue
            if name not in self.specs:
                unknown[name] = value
                continue
            try:
                self.accept_one(name, value, state)
            except Exception as error:  # noqa: BLE001
                # A converter that is not ours may raise anything; its message may show a secret.
                problems.append(self.problem(name, value, error))
                bad.add(name)
        if unknown:
            extras = given.get(EXTRAS)
            twice = [name for name in unknown if isinstance(extras, dict) and name in extras]
            problems += [Problem(name, "one value", got=f"one by name and one in {EXTRAS}") for name in twice]
            self._gather_extras(unknown, state, problems)
        for name in self.shape(tuple(state)).missing:
            if name not in bad:
                info = self.specs[name].info
                problems.append(
                    Problem(name, "a value", got="nothing", hint="it is required", key=_other_key(name, info), is_type=True)
                )
                bad.add(name)
        for rule in self.rules:
            if not bad.isdisjoint(rule.options) or (rule not in self.wanting and state.keys().isdisjoint(rule.options)):
                continue
            if (problem := self._broken(rule, state)) is not None:
                info = self.specs[problem.option].info if problem.option in self.specs else None
                problems.append(attrs.evolve(problem, key=problem.key or _other_key(problem.option, info)))
        return state

    def _wants(self, rule: Rule) -> bool:
        """Whether a rule wants some of its options, that is, does not hold where all of them are at their defaults."""
        if unknown := [name for name in rule.options if name not in self.specs]:
            msg = f"{self.subject}: expected rules over its options, got one over {listed(unknown)}"
            raise TypeError(msg)
        try:
            return rule.check(self.cls, *[self.defaults[name] for name in rule.options]) is not None
        except Exception:  # noqa: BLE001
            # It is for values that are given.
            return False

    def _broken(self, rule: Rule, state: Mapping[str, Any]) -> Problem | None:
        """What a rule says of *state*."""
        try:
            return rule.check(self.cls, *[state.get(name, self.defaults[name]) for name in rule.options])
        except Exception as error:  # noqa: BLE001
            # A rule that is not ours may raise anything, and its frames would show secrets.
            return Problem(
                rule.options[0], f"what the rule over {listed(rule.options)} can take", got=f"its {type(error).__name__}"
            )

    def _gather_extras(self, unknown: Mapping[str, Any], state: dict[str, Any], problems: list[Problem]) -> None:
        extras: ExtraOptions = state.get(EXTRAS, NO_EXTRAS)
        taken: dict[str, Any] = {}
        for name, value in unknown.items():
            problem = None if name in extras else self.refusal(name)
            try:
                taken[name] = None if value is None else extra_value(name, value)
            except Rejected as error:
                problem = problem or self.problem(name, value, error)
            if problem is not None:
                problems.append(problem)
                taken.pop(name, None)
        if taken:
            self.accept_one(EXTRAS, extras.changed(taken), state)

    def _refusal(self, name: str) -> Problem | None:
        """Why *name* cannot be an extra option; None if it can."""
        if name in self.cls.refused_names:
            return Problem(name, "an option of the provider", hint=self.cls.refused_names[name])
        infos = [spec.info for spec in self.specs.values() if spec.info]
        for info in infos:
            if name in (info.key, info.sequence_key, *info.deprecated_keys):
                return Problem(name, f"the Python name {info.name}", got="a Java key", hint=f"write {info.name}=...")
        close = _close(name, [info.name for info in infos])
        if close is None:
            return None
        hint = f"did you mean {close}? (extra_options={{...}} passes any name)"
        return Problem(name, f"an option of {self.subject}", got="an unknown name", hint=hint)

    def problem(self, name: str, value: object, error: Exception) -> Problem:
        """What *error*, raised by *value*, says of the option."""
        spec = self.specs.get(name)
        info = spec.info if spec else None
        key = _other_key(name, info)
        name = ((spec.field.alias if spec else None) or name).lstrip("_")
        hidden = (spec is not None and spec.is_secret) or (info is None and looks_like_credential(name))
        # Anything but plain values may hold what must not be shown, as may headers and bodies.
        opaque = hidden or (info is not None and (info.format == "json" or info.java == "Map"))
        if isinstance(error, Rejected):
            # What is wrong with one of the extra options is said with its name; the mapping as a whole says nothing.
            got = "" if name == EXTRAS and isinstance(value, Mapping) else shown(value, with_type=error.is_type, hidden=opaque)
            return Problem(name, error.expected, got=got, hint=error.hint, key=key, is_type=error.is_type)
        # What attrs' own validators raise has a sentence first, and then the field and its value.
        said = error.args[0] if len(error.args) > 1 and isinstance(error.args[0], str) else str(error)
        message = "a valid value" if opaque else mask_urls(" ".join(said.split()))[:200]
        return Problem(
            name,
            f"a value that passes its check ({message})" if not opaque else message,
            got=shown(value, with_type=False, hidden=opaque),
            key=key,
            is_type=isinstance(error, TypeError),
        )

    def error(self, problems: Iterable[Problem]) -> InvalidOptionsError:
        """The one exception for *problems*."""
        return invalid(self.subject, problems)

    def check_instance(self, instance: Any, shape: Shape, values: tuple[Any, ...]) -> list[Problem]:
        """What validators that are not ours, and want the instance, say."""
        problems = []
        for position, spec in shape.validated:
            # What has a default takes None: it is then not handed over.
            if values[position] is None and spec.keeps_none:
                continue
            try:
                spec.validator(instance, spec.field, values[position])  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001
                problems.append(self.problem(spec.field.name, values[position], error))
        return problems


def _other_key(name: str, info: OptionInfo | None) -> str:
    """The Java key, where it says more than the name."""
    return info.key if info is not None and info.key != name else ""


def _close(name: str, names: list[str]) -> str | None:
    """The option that *name* probably means."""
    letters = fold(name).replace("-", "")
    for known in names:
        if letters == known.replace("_", "") or (len(name) > 3 and sorted(letters) == sorted(known.replace("_", ""))):  # noqa: PLR2004
            return known
    from difflib import get_close_matches

    # 0.84 takes temprature and stp, and leaves alone names such as top_k that other services know.
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.84)
    return found[0] if found else None


def shown(value: object, *, with_type: bool, hidden: bool = False) -> str:
    """How a message shows a value."""
    kind = type(value).__name__
    if isinstance(value, (Secret, MaskedText)) or (hidden and isinstance(value, str)):
        return f"{MASK} ({kind})"
    if hidden and value is not None:
        return f"a value of type {kind}"
    if value is None or isinstance(value, (bool, int, float)):
        text = repr(value) if not isinstance(value, int) or abs(value) < 10**30 else "a number of more than 30 digits"
    elif isinstance(value, str):
        text = ascii(mask_urls(value)) if len(value) <= 60 else f"{ascii(mask_urls(value)[:57])[:-1]}...'"  # noqa: PLR2004
    else:
        return f"a value of type {kind}"
    return f"{text} ({kind})" if with_type and value is not None else text
