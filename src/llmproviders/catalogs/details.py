# SPDX-License-Identifier: Apache-2.0
"""`Details`: the description, the tags and the ignored codes of a provider of a catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import attrs

from ..boundary import public
from ..errors import Problem, invalid
from ..messages import shown
from ..syntax.characters import has_surrogate
from .arguments import unknown_codes

__all__ = ["NO_DETAILS", "Details"]


@attrs.frozen(init=False)
class Details:
    """The description, the tags and the ignored codes of a provider of a catalog; Flink does not see them.

    >>> Details("Answers customers.", tags=["eu", "chat"])
    Details(description='Answers customers.', tags=('eu', 'chat'), ignore=())

    Args:
        description: a description for people; by default an empty one.
        tags: words by which `Catalog.select` finds the provider, each once; by default none.
        ignore: the codes of problems that checks of a file do not report for it; by default none.

    Raises:
        InvalidOptionsError: with every problem of the arguments.
    """

    description: str = ""
    """A description for people; empty if there is none."""
    tags: tuple[str, ...] = ()
    """Words by which `Catalog.select` finds the provider."""
    ignore: tuple[str, ...] = ()
    """The codes of problems that checks of a file do not report for it, sorted."""

    @public
    def __init__(self, description: str = "", tags: Iterable[str] = (), ignore: Iterable[str] = ()) -> None:
        problems: list[Problem] = []
        text = _string("description", description, problems)
        words = _strings("tags", "tags", tags, problems)
        codes = _strings("ignore", "codes of problems", ignore, problems)
        if "" in words:
            problems.append(Problem("tags", "tags that are not empty", got="''"))
        repeated = [word for word, number in Counter(words).items() if number > 1]
        problems += [Problem("tags", "each tag once", got=f"{shown(word)} several times") for word in repeated]
        problems += [attrs.evolve(problem, option="ignore") for problem in unknown_codes(codes)]
        if problems:
            raise invalid("Details", problems)
        object.__setattr__(self, "description", text)
        object.__setattr__(self, "tags", tuple(words))
        object.__setattr__(self, "ignore", tuple(sorted(set(codes))))


def _strings(argument: str, noun: str, values: object, problems: list[Problem]) -> list[str]:
    if isinstance(values, Iterable) and not isinstance(values, str):
        strings = [_string(argument, value, problems) for value in values]
        return [string for string in strings if string is not None]
    problems.append(Problem(argument, f"a list of {noun}", got=shown(values), is_type=True))
    return []


def _string(argument: str, value: object, problems: list[Problem]) -> str | None:
    """The string *value*; None if there is a problem, which is added to *problems*."""
    if not isinstance(value, str):
        problems.append(Problem(argument, "a str", got=shown(value), is_type=True))
    elif has_surrogate(value):
        problems.append(Problem(argument, "a string without lone surrogates", got=shown(value)))
    else:
        return str.__str__(value)
    return None


NO_DETAILS: Final = Details()
