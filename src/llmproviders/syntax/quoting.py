# SPDX-License-Identifier: Apache-2.0
"""Strings and names in quotes, for SQL and for maps."""

from __future__ import annotations

from typing import Final

from .characters import WHITESPACE, has_surrogate

__all__ = ["expected_name", "quote_name", "quote_string"]

_MAX_NAME: Final = 256
"""The longest name that Flink's parser accepts, in UTF-16 units."""


def quote_string(string: str) -> str:
    """*string* in single quotes; single quotes inside are doubled, and no other character is escaped."""
    return "'" + string.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """*name* in backticks; backticks inside are doubled."""
    return "`" + name.replace("`", "``") + "`"


def expected_name(name: str) -> str:
    """A description of the names that Flink accepts in backticks, if it does not accept *name*; else an empty string."""
    if not name.strip(WHITESPACE):
        return "a name that is not blank"
    if "\n" in name or "\r" in name:
        return "a name of one line"
    if has_surrogate(name):
        return "a name without lone surrogates"
    if len(name.encode("utf-16-le")) > 2 * _MAX_NAME:
        return f"a name of at most {_MAX_NAME} characters"
    return ""
