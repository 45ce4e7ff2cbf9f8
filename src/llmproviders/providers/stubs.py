# SPDX-License-Identifier: Apache-2.0
"""Declarations of `with_`, `for_task` and `grid` for type checkers, as source that is pasted into the module of a class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args, get_origin

import attrs

from ..fields.compiled import compiled
from ..tasks import Task
from .base import Provider

__all__ = ["keywords", "lists", "stubs", "typed_dict"]

_IMPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "collections.abc": ("Iterable", "Mapping", "Sequence"),
    "datetime": ("timedelta",),
    "typing": ("Any", "Literal", "Optional", "Union"),
    "typing_extensions": ("Self", "TypedDict", "Unpack"),
    "llmproviders": ("Catalog", "Secret"),
}
"""The names that the source may need, by module. The module of the class has all others."""


def keywords(cls: type[Provider]) -> dict[str, str]:
    """The keywords of `with_` with the source of their types."""
    return {spec.parameter: _annotation(cls, spec.attribute) for spec in compiled(cls).description.parameters}


def _annotation(cls: type, field: attrs.Attribute[Any]) -> str:
    """The type that the constructor accepts for a field: that of its converter's argument, or its own."""
    convert: Any = field.converter
    if isinstance(convert, attrs.Converter):
        convert = convert.converter  # type: ignore[attr-defined]
    found: Any = Any
    if convert is not None:
        try:
            found = next(iter(inspect.signature(convert).parameters.values())).annotation
        except (TypeError, ValueError, StopIteration):
            # A class such as int may have no signature.
            found = Any
    else:
        found = next(inspect.get_annotations(base)[field.name] for base in cls.__mro__ if _declares(base, field.name))
    if found is inspect.Parameter.empty:
        found = Any
    # On Python 3.10, isinstance(list[str], type) is true.
    is_class = isinstance(found, type) and get_origin(found) is None
    source = found if isinstance(found, str) else found.__name__ if is_class else _without_modules(repr(found))
    return source if '"' in source else source.replace("'", '"')


def _declares(cls: type, name: str) -> bool:
    return name in inspect.get_annotations(cls)


def _without_modules(annotation: str) -> str:
    """An annotation without the modules of its names; strings in it are kept."""
    return re.sub(r"""('[^']*'|"[^"]*")|(?:\w+\.)+(?=\w)""", lambda part: part[1] or "", annotation)


def lists(keys: Mapping[str, str]) -> dict[str, str]:
    """The keywords of `grid` for those of `with_`."""
    return {key: f"Iterable[{kind}]" for key, kind in keys.items()}


def typed_dict(name: str, keys: Mapping[str, str], base: str = "TypedDict") -> str:
    """The source of a TypedDict; it also has the keys of *base*."""
    # Without `closed`, ty lets a misspelled keyword pass.
    closed = "" if name.startswith("_") else ", closed=True"
    lines = [f"    {key}: {kind}\n" for key, kind in keys.items()] or ["    pass\n"]
    return f"class {name}({base}, total=False{closed}):\n{''.join(lines)}"


def stubs(cls: type[Provider]) -> str:
    """The source of the stubs of a class, and of the TypedDicts that they use."""
    keys, name = keywords(cls), cls.__name__.removesuffix("Provider")
    dicts = [typed_dict(f"{name}Changes", keys), typed_dict(f"{name}Lists", lists(keys))]
    methods = [f"def with_(self, **changes: Unpack[{name}Changes]) -> Self: ...\n"]
    if cls.tasks:
        # The built-in classes accept any task here.
        tasks = ", ".join(f'"{task}"' for task in (cls.tasks if Provider in cls.__bases__ else get_args(Task)))
        methods.append(f"def for_task(self, task: Literal[{tasks}], /, **changes: Unpack[{name}Changes]) -> Self: ...\n")
    # That of `Provider` takes any name.
    grid = f"def grid(self, template: str | None = None, /, **lists: Unpack[{name}Lists]) -> Catalog: ..."
    methods.append(f"{grid}  # type: ignore[override]\n")
    above = [_imports("".join((*dicts, *methods))), *dicts]
    return (
        f"# Above the class:\n\nif TYPE_CHECKING:\n{_indented(above, '    ')}\n"
        f"# In the class:\n\n    if TYPE_CHECKING:\n\n{_indented(methods, '        ')}"
    )


def _imports(source: str) -> str:
    """Imports of the names in *source*."""
    words = set(re.findall(r"\w+", source))
    found = {module: sorted(words.intersection(names)) for module, names in _IMPORTS.items()}
    return "".join(f"from {module} import {', '.join(names)}\n" for module, names in found.items() if names)


def _indented(parts: Iterable[str], indent: str) -> str:
    """*parts* with an empty line between them; each line is indented."""
    return "\n".join("".join(f"{indent}{line}" for line in part.splitlines(keepends=True)) for part in parts)
