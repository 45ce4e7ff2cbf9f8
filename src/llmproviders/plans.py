# SPDX-License-Identifier: Apache-2.0
"""The one place of generated code: a function for names that are given together again and again.

It does what `Table.store` does without looking anything up: accept each value, put the values in the order of the shape,
check the rules. What is out of the ordinary it leaves to `Table.store`: an option at its default, a rule that is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from .flat import as_is
from .secrets import reveal

if TYPE_CHECKING:
    from .table import Shape, Table

__all__ = ["USES", "Flatten", "Plan", "Plans", "compiled", "flattener"]

USES: Final = 4
"""How often the same names must be given before a function for them is worth compiling."""

MAX_PLANS: Final = 1024
"""How many of them are remembered for a shape; past that it starts anew."""

Read = Callable[[str], Any]
Flatten = Callable[[tuple[Any, ...]], "dict[str, str] | None"]
NO_READS: Final[Mapping[str, Read]] = {}

Plan = tuple[Callable[[tuple[Any, ...], Iterable[Any]], "tuple[Any, ...] | None"], "Shape"]
"""The function, and the shape of what it returns.

It takes the values that are there already and the new ones, and returns all of them, or None if it leaves them to others.
"""


class Plans:
    """Plans by what is given, each made once that is given often enough."""

    __slots__ = ("_known", "_make")

    def __init__(self, make: Callable[[tuple[str, ...]], Plan | None]) -> None:
        self._make = make
        self._known: dict[tuple[str, ...], int | Plan | None] = {}

    def get(self, given: tuple[str, ...]) -> Plan | None:
        """The plan for *given*; None if there is none, or none yet."""
        found = self._known.get(given, 0)
        return self._counted(given, found) if type(found) is int else found  # type: ignore[return-value]

    def _counted(self, given: tuple[str, ...], uses: int) -> Plan | None:
        if len(self._known) >= MAX_PLANS:
            self._known.clear()
        made = self._make(given) if uses >= USES else None
        self._known[given] = made if uses >= USES else uses + 1
        return made


def compiled(table: Table, base: Shape, names: tuple[str, ...], reads: Mapping[str, Read] = NO_READS) -> Plan | None:
    """The plan for giving *names* to what has the shape *base*; None if these names are no matter of routine.

    Args:
        table: the tables of the class.
        base: the shape of what is there already.
        names: the names in the order in which their values come.
        reads: for each name, how its text becomes its value, where the values come as texts; empty where they do not.
    """
    specs = table.specs
    if not names or not specs.keys() >= set(names) or table.post_init is not None:
        return None
    shape = table.shape((*base.names, *names))
    if shape.validated or shape.missing:
        return None
    world: dict[str, Any] = {"cls": table.cls}
    lines = ["def make(base, given):", f"    {''.join(f'g_{name}, ' for name in names)}= given"]
    for name in names:
        default = specs[name].default
        world[f"a_{name}"], world[f"d_{name}"] = specs[name].accept, default
        value = f"g_{name}"
        if name in reads:
            lines.append(f"    if type({value}) is not str: return None")
            if reads[name] is not as_is:
                world[f"t_{name}"] = reads[name]
                value = f"t_{name}({value})"
        lines.append(f"    v_{name} = a_{name}({value})")
        # None where there is a default is a value of its own: not a matter of routine either.
        is_default = f"v_{name} is None" if default is None else f"v_{name} == d_{name} or g_{name} is None"
        lines.append(f"    if {is_default}: return None")
    sources = {name: f"base[{position}]" for name, position in base.index.items()} | {name: f"v_{name}" for name in names}
    for number, rule in enumerate(table.rules):
        if set(names).isdisjoint(rule.options):
            continue
        world[f"r_{number}"] = rule.check
        world.update((f"d_{option}", table.defaults[option]) for option in rule.options)
        operands = ", ".join(sources.get(option, f"d_{option}") for option in rule.options)
        lines.append(f"    if r_{number}(cls, {operands}) is not None: return None")
    lines.append(f"    return ({''.join(f'{sources[name]}, ' for name in shape.names)})")
    exec("\n".join(lines), world)  # noqa: S102
    return world["make"], shape


def flattener(template: Mapping[str, str], entries: Mapping[str, tuple[int, Callable[[Any], str]]]) -> Flatten:
    """A function that writes *template* with the texts of *entries*, by key, in their places; None where a value is None."""
    world: dict[str, Any] = {}
    items = []
    lines = ["def flatten(values):"]
    for number, (key, text) in enumerate(template.items()):
        if key not in entries:
            items.append(f"{key!r}: {str.__str__(text)!r}")
            continue
        position, world[f"w_{number}"] = entries[key]
        lines += [f"    v_{number} = values[{position}]", f"    if v_{number} is None: return None"]
        # A text is its own text, unless its type has a hook that writes it otherwise.
        as_it_is = f"v_{number} if type(v_{number}) is str else " if world[f"w_{number}"] in (str, reveal) else ""
        items.append(f"{key!r}: {as_it_is}w_{number}(v_{number})")
    lines.append(f"    return {{{', '.join(items)}}}")
    exec("\n".join(lines), world)  # noqa: S102
    return world["flatten"]  # type: ignore[no-any-return]
