# SPDX-License-Identifier: Apache-2.0
"""The one place of generated code: functions for what is done again and again.

A plan does what `Table.accept` and `Table.held` do, for names that are given together, without looking anything up:
accept each value, put the values in the order of the shape, check the rules. A flattener does what `Table.flatten` does
for one shape. What is out of the ordinary they leave to those: a rule that is broken, an option that is not emitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from .routines import routine_of
from .secrets import REFERENCES, Secret, reveal

if TYPE_CHECKING:
    from .table import Shape, Table

__all__ = ["USES", "Flatten", "Plan", "Plans", "flattener", "plan"]

USES: Final = 4
"""How often the same names must be given before a function for them is worth compiling."""

MAX_PLANS: Final = 1024
"""How many of them are remembered for a shape; past that it starts anew."""

MAX_NAMES: Final = 64
"""More names than these, given together, are no matter of routine."""

MAX_ENDINGS: Final = 16
"""How many patterns of defaults a plan knows."""

Read = Callable[[str], Any]
NO_READS: Final[Mapping[str, Read]] = {}

Plan = Callable[[Any, "tuple[Any, ...]", Iterable[Any]], bool]
"""Makes a provider without content that of the values that are there already and the new ones, or leaves it to others."""

Flatten = Callable[["tuple[Any, ...]"], "tuple[dict[str, str], bool] | None"]
"""The flat dict of values, and whether it is the same each time; None to leave it to others."""


class Plans(dict[tuple[str, ...], Plan | None]):
    """Plans by the names that are given, each made once that they are given often enough; None until then."""

    __slots__ = ("_make", "_uses")

    def __init__(self, make: Callable[[tuple[str, ...]], Plan | None]) -> None:
        self._make = make
        self._uses: dict[tuple[str, ...], int] = {}

    def __missing__(self, given: tuple[str, ...]) -> Plan | None:
        if len(given) > MAX_NAMES:
            return None
        if len(self) + len(self._uses) >= MAX_PLANS:
            self.clear()
            self._uses.clear()
        uses = self._uses.pop(given, 0)
        if uses < USES:
            self._uses[given] = uses + 1
            return None
        made = self[given] = self._make(given)
        return made


class _Source:
    """The source of a function, and the world that it runs in."""

    def __init__(self, head: str) -> None:
        self.lines = [head]
        self.world: dict[str, Any] = {}

    def add(self, line: str, **names: Any) -> None:
        self.lines.append(line)
        self.world |= names

    def become(self, name: str, function: Callable[[Any], Any], value: str, *, none: str = "", after: str = "") -> None:
        """Let a variable become what *function* makes of it, without the call where the function says how.

        Args:
            name: what to call the function.
            function: the function.
            value: the variable.
            none: what to do instead where it is None; nothing special if this is empty.
            after: what to do after the call; nothing if this is empty.
        """
        when, result = "False", value
        if (routine := routine_of(function)) is not None:
            own = {key: f"{key}_of_{name}" for key in routine.names}
            self.world |= {own[key]: each for key, each in routine.names.items()}
            when, result = (part.format(value=value, **own) for part in (routine.when, routine.result))
        self.add(f"  if {when}: {f'{value} = {result}' if result != value else 'pass'}", **{name: function})
        if none:
            self.add(f"  elif {value} is None: {none}")
        self.add("  else:")
        self.add(f"   {value} = {name}({value})")
        if after:
            self.add(f"   {after}")

    def compiled(self, name: str) -> Any:
        exec("\n".join(self.lines), self.world)  # noqa: S102
        return self.world[name]


def plan(table: Table, base: Shape, names: tuple[str, ...], reads: Mapping[str, Read] = NO_READS) -> Plan | None:
    """The plan for giving *names* to what has the shape *base*; None if these names are no matter of routine.

    Args:
        table: the tables of the class.
        base: the shape of what is there already.
        names: the names in the order in which their values come.
        reads: for each name, how its text becomes its value, where the values come as texts; empty where they do not.
    """
    specs = table.specs
    if not names or not specs.keys() >= set(names) or table.post_init is not None or not table.cls.has_own_names:
        return None
    # What is not ours to run twice is not run here: the plain path would get what is left of an iterable.
    if any(specs[name].validator for name in (*base.names, *names)) or any(specs[name].is_foreign for name in names):
        return None
    if table.shape((*base.names, *names)).missing:
        return None
    # A rule that wants options is held against what has none of them.
    if any(set(rule.options).isdisjoint((*base.names, *names)) for rule in table.wanting):
        return None
    # One bit for each name whose value is its default: the shape is without it then.
    endings = _Endings(table, base, names)
    source = _Source("def make(new, base, given, type=type, str=str):")
    source.add(" try:")
    source.add(f"  {''.join(f'{_variable(name)}, ' for name in names)}= given")
    source.add("  pattern = 0", others=endings)
    for bit, name in enumerate(names):
        spec, value = specs[name], _variable(name)
        if name in reads:
            source.add(f"  if type({value}) is not str: return False")
            source.become(f"read_{name}", reads[name], value)
        at_default = f"pattern |= {1 << bit}"
        if spec.required:
            source.become(f"accept_{name}", spec.accept, value, none="return False", after=f"if {value} is None: return False")
        elif spec.default is None:
            source.become(f"accept_{name}", spec.accept, value, none=at_default, after=f"if {value} is None: {at_default}")
        else:
            source.become(f"accept_{name}", spec.accept, value, none="pass" if spec.keeps_none else "")
            source.add(f"  if {value} == default_{name}: {at_default}", **{f"default_{name}": spec.default})
    source.add(f"  if pattern: return others[pattern](new, base, {', '.join(map(_variable, names))})")
    endings.add(source, "  ", set())
    # Whatever is wrong: the careful path finds it again, and all else.
    source.add(" except Exception: return False")
    return source.compiled("make")  # type: ignore[no-any-return]


class _Endings(dict[int, Callable[..., bool]]):
    """What remains to be done once the values are accepted, by which of them are defaults."""

    def __init__(self, table: Table, base: Shape, names: tuple[str, ...]) -> None:
        self._table = table
        self._base = base
        self._names = names

    def __missing__(self, pattern: int) -> Callable[..., bool]:
        if len(self) >= MAX_ENDINGS:
            # Where ever other values are defaults, nothing is routine, and the plain path is faster than to compile more.
            return _leave
        made = self[pattern] = self._made({name for bit, name in enumerate(self._names) if pattern >> bit & 1})
        return made

    def _made(self, gone: set[str]) -> Callable[..., bool]:
        source = _Source(f"def end(new, base, {', '.join(map(_variable, self._names))}):")
        self.add(source, " ", gone)
        return source.compiled("end")  # type: ignore[no-any-return]

    def add(self, source: _Source, indent: str, gone: set[str]) -> None:
        """Add to *source* what remains to be done where the values of *gone* are defaults."""
        table, base, names = self._table, self._base, self._names
        shape = table.shape(tuple(name for name in dict.fromkeys((*base.names, *names)) if name not in gone))
        values = {name: f"base[{position}]" for name, position in base.index.items()} | {name: _variable(name) for name in names}
        for number, rule in enumerate(table.rules):
            if not set(names).isdisjoint(rule.options):
                defaults = {f"default_{option}": table.defaults[option] for option in rule.options if option not in shape.index}
                operands = ", ".join(values[name] if name in shape.index else f"default_{name}" for name in rule.options)
                source.add(
                    f"{indent}if rule_{number}(cls, {operands}) is not None: return False", **{f"rule_{number}": rule.check}
                )
                source.world |= {"cls": table.cls, **defaults}
        setters = {f"set{name}": getattr(table.cls, name).__set__ for name in ("_shape", "_values", "_flat")}
        source.add(f"{indent}set_shape(new, shape)", shape=shape, **setters)
        source.add(f"{indent}set_values(new, ({''.join(f'{values[name]}, ' for name in shape.names)}))")
        source.add(f"{indent}set_flat(new, None)")
        source.add(f"{indent}return True")


def _leave(*_: object) -> bool:
    return False


def _variable(name: str) -> str:
    # No name of an option is one of those that the functions use themselves.
    return f"v_{name}"


def flattener(
    template: Mapping[str, str], entries: Mapping[str, tuple[int, Callable[[Any], str]]], extras: int | None = None
) -> Flatten:
    """A function that writes *template* with the texts of *entries*, by key, in their places; None where a value is None.

    Args:
        template: every key in its place, and the texts of those that are not in *entries*.
        entries: the position of a key's value, and what writes it.
        extras: the position of the extra options; None if there are none.
    """
    source = _Source("def flatten(values):")
    source.add(" lasting = True", Secret=Secret, REFERENCES=REFERENCES)
    # To copy a dict and put texts into it is faster than to build one.
    source.add(" flat = copy()", copy=dict(template).copy)
    for number, (key, (position, write)) in enumerate(entries.items()):
        writer = f"w_{number}"
        source.add(f" v = values[{position}]", **{writer: write})
        source.add(" if v is None: return None")
        # A text is its own text, unless its type has a hook that writes it otherwise.
        if write in (str, reveal):
            source.add(f" flat[{key!r}] = v if type(v) is str else {writer}(v)")
        elif write is Secret.reveal:
            source.add(" if v._source in REFERENCES: lasting = False")
            source.add(f" flat[{key!r}] = v._text if lasting else v.reveal()")
        else:
            source.add(f" flat[{key!r}] = {writer}(v)")
    if extras is not None:
        source.add(f" for key, extra in values[{extras}]._items:")
        source.add("  flat[key] = extra if type(extra) is str else extra.reveal()")
        source.add("  if type(extra) is Secret and extra._source in REFERENCES: lasting = False")
    source.add(" return flat, lasting")
    return source.compiled("flatten")  # type: ignore[no-any-return]
