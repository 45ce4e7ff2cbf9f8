# SPDX-License-Identifier: Apache-2.0
"""What mostly needs no call: functions whose result is known without one, for generated code, and texts that were seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

__all__ = ["Remembered", "Routine", "routine", "routine_of"]

MAX_KNOWN: Final = 512
"""How many texts are remembered; past that it starts anew."""
MAX_LENGTH: Final = 4_096
"""The longest text that is remembered."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Routine(NamedTuple):
    """When the result of a function is known; expressions, in which ``{value}`` is its argument."""

    when: str
    """True only if `result` is what the function returns."""
    result: str
    names: Mapping[str, object]
    """What else is in braces in the two."""


def routine(function: _Function, when: str, result: str = "{value}", **names: object) -> _Function:
    """Note on a *function* of one argument when its result is known; by default it is the argument."""
    vars(function)["routine"] = Routine(when, result, names)
    return function


def routine_of(function: Callable[..., Any]) -> Routine | None:
    """What is noted on a function; None if nothing is."""
    return getattr(function, "routine", None)


class Remembered(set[str]):
    """Short texts that were found to be what they should be; past `MAX_KNOWN` it starts anew.

    What has credentials in it does not belong here: nothing may outlive the providers that hold it.
    """

    __slots__ = ()

    def keep(self, text: str) -> str:
        """Remember *text*, and give it back."""
        if len(text) <= MAX_LENGTH:
            if len(self) >= MAX_KNOWN:
                self.clear()
            self.add(text)
        return text
