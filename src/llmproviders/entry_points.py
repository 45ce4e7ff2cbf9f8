# SPDX-License-Identifier: Apache-2.0
"""Entry points of installed packages, loaded one by one: a broken package does not prevent the use of others."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from .credentials import MASK, looks_like_key, one_line
from .errors import ProviderError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["installed", "load", "shown_entry", "shown_target"]


def installed(group: str) -> list[EntryPoint]:
    """The entry points of a group, in the order in which their packages are found."""
    # Imported here: its import takes longer than that of the whole library.
    from importlib.metadata import entry_points

    return list(entry_points(group=group))


def load(entry: EntryPoint) -> object:
    """Load the object of an entry point.

    Raises:
        ProviderError: if it cannot be loaded; the message describes it in a few words.
    """
    try:
        return entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001
        kind, message = type(error).__name__, ""
        with suppress(Exception):
            message = _shortened(str(error))
    raise ProviderError(f"{shown_target(entry)}, which raises {kind}{message and ': '}{message}")


def shown_entry(entry: EntryPoint) -> str:
    """The entry point for a message: its name and its package."""
    package = ""
    with suppress(Exception):
        package = f" of package {_shortened(str(entry.dist.name))}" if entry.dist is not None else ""
    return f"entry point {_shortened(entry.name)}{package}"


def shown_target(entry: EntryPoint) -> str:
    """The module and the object of an entry point, for a message."""
    return _shortened(entry.value)


def _shortened(message: str) -> str:
    """A third-party string in one line, with credentials masked."""
    message = re.sub(r"[\w-]+", lambda word: MASK if looks_like_key(word[0]) else word[0], message)
    return one_line(message).encode("utf-8", "backslashreplace").decode()
