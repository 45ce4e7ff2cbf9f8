# SPDX-License-Identifier: Apache-2.0
"""The grammar of statements about models, and of USE."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import attrs

from ..messages import shown_name
from ..syntax.columns import Column, read_columns, repeated_names
from ..syntax.cursor import Cursor
from ..syntax.tokens import Misread
from .names import read_path
from .reports import Report

__all__ = ["ONLY_MODELS", "Alter", "Create", "Drop", "GivenOption", "Use", "read_alter", "read_create", "read_drop", "read_use"]

ONLY_MODELS: Final = "only CREATE MODEL statements are read"
"""The hint for any other statement."""
_FIRST_WORDS: Final = ("ALTER", "BEGIN", "CREATE", "DROP", "EXECUTE", "INSERT", "SELECT", "SET", "SHOW", "USE")
"""The keywords that probably begin another statement."""
_BIGQUERY: Final = ("OPTIONS", "REMOTE", "TRANSFORM")
_KEY: Final = "the key of an option as a string in quotes"


class GivenOption(NamedTuple):
    """An option of a statement."""

    value: str
    key_index: int
    """Index of its key in the script."""
    value_index: int


Options: TypeAlias = dict[str, GivenOption]


@attrs.frozen(kw_only=True)
class Create:
    """A CREATE MODEL statement."""

    path: tuple[str, ...]
    input: tuple[Column, ...]
    output: tuple[Column, ...]
    comment: str | None
    temporary: bool
    if_not_exists: bool
    options: Options
    options_index: int
    """Index of WITH in the script."""


class Alter(NamedTuple):
    """An ALTER MODEL statement."""

    path: tuple[str, ...]
    path_index: int
    if_exists: bool
    set: Options
    reset: tuple[str, ...]
    rename: tuple[str, ...]


class Drop(NamedTuple):
    """A DROP MODEL statement."""

    path: tuple[str, ...]
    path_index: int
    if_exists: bool
    temporary: bool


class Use(NamedTuple):
    """A USE statement."""

    catalog: str | None
    database: str | None


def read_create(cursor: Cursor, sql: str, report: Report, *, is_shown: bool = False) -> Create:
    """Read a CREATE MODEL statement; problems that do not stop the reading are reported.

    Args:
        cursor: the tokens of the statement.
        sql: their source.
        report: collects problems and warnings.
        is_shown: whether SHOW CREATE MODEL printed it. Then another statement may follow, and WITH may be missing.

    Raises:
        Misread: if the statement cannot be read further.
    """
    temporary = _read_head(cursor, report)
    if_not_exists = cursor.accept_words("IF", "NOT", "EXISTS")
    path = read_path(cursor)
    index = cursor.token.start
    inputs, outputs = _read_columns(cursor, sql, report, "INPUT"), _read_columns(cursor, sql, report, "OUTPUT")
    if bool(inputs) != bool(outputs):
        got = "INPUT only" if inputs else "OUTPUT only"
        report.error(report.start + index, "INPUT and OUTPUT with columns each, or neither", got=got)
    comment = cursor.expect_string("the comment as a string in quotes") if cursor.accept_words("COMMENT") else None
    index = cursor.token.start
    if cursor.token.keyword == "USING":
        raise cursor.misread("WITH", hint="USING CONNECTION is Confluent's; write 'endpoint' and 'api-key' into WITH")
    if cursor.token.keyword in _BIGQUERY:
        raise cursor.misread("WITH", hint=f"{cursor.token.keyword} is BigQuery's; write the options of Flink into WITH")
    options: Options = {}
    if not is_shown or cursor.token.keyword == "WITH":
        cursor.expect_words("WITH")
        options = _read_options(cursor, report, may_be_empty=is_shown)
    if not is_shown:
        _expect_end(cursor, hint="Flink has no CREATE MODEL AS SELECT" if cursor.token.keyword == "AS" else "")
    return Create(
        path=path,
        input=inputs,
        output=outputs,
        comment=comment,
        temporary=temporary,
        if_not_exists=if_not_exists,
        options=options,
        options_index=report.start + index,
    )


def read_alter(cursor: Cursor, report: Report) -> Alter:
    """Read an ALTER MODEL statement.

    Raises:
        Misread: if the statement cannot be read.
    """
    cursor.expect_words("ALTER", "MODEL")
    if_exists = cursor.accept_words("IF", "EXISTS")
    index = report.start + cursor.token.start
    path = read_path(cursor)
    given: Options = {}
    keys: tuple[str, ...] = ()
    rename: tuple[str, ...] = ()
    if cursor.accept_words("RENAME"):
        cursor.expect_words("TO")
        rename = read_path(cursor)
    elif cursor.accept_words("SET"):
        given = _read_options(cursor, report)
    elif cursor.accept_words("RESET"):
        keys = _read_keys(cursor)
    else:
        raise cursor.misread("SET, RESET or RENAME TO")
    _expect_end(cursor)
    return Alter(path, index, if_exists, given, keys, rename)


def read_drop(cursor: Cursor, report: Report) -> Drop:
    """Read a DROP MODEL statement.

    Raises:
        Misread: if the statement cannot be read.
    """
    cursor.expect_words("DROP")
    temporary = cursor.accept_words("TEMPORARY")
    cursor.expect_words("MODEL")
    if_exists = cursor.accept_words("IF", "EXISTS")
    index = report.start + cursor.token.start
    path = read_path(cursor)
    _expect_end(cursor)
    return Drop(path, index, if_exists, temporary)


def read_use(cursor: Cursor) -> Use | None:
    """Read a USE statement; None if it is USE MODULES.

    Raises:
        Misread: if the statement cannot be read.
    """
    cursor.expect_words("USE")
    if cursor.accept_words("MODULES"):
        return None
    is_catalog = cursor.accept_words("CATALOG")
    path = read_path(cursor, "a name")
    _expect_end(cursor)
    if len(path) > (1 if is_catalog else 2):
        raise Misread(0, "a catalog" if is_catalog else "a database")
    if is_catalog:
        return Use(path[0], None)
    return Use(path[0] if path[1:] else None, path[-1])


def _expect_end(cursor: Cursor, *, hint: str = "") -> None:
    if cursor.token.kind != "end":
        is_another = cursor.token.keyword in _FIRST_WORDS
        raise cursor.misread("the end of the statement", hint="write a semicolon before it" if is_another else hint)


def _read_head(cursor: Cursor, report: Report) -> bool:
    """Read the words before the name, and return whether the model is temporary."""
    if not cursor.accept_words("CREATE"):
        raise cursor.misread("CREATE MODEL", hint=ONLY_MODELS)
    index = cursor.token.start
    if cursor.accept_words("OR", "REPLACE"):
        hint = "Flink ignores it: the statement fails if the model exists"
        report.warn(report.start + index, "", "no OR REPLACE", hint=hint)
    temporary = cursor.accept_words("TEMPORARY")
    if not cursor.accept_words("MODEL"):
        raise cursor.misread("MODEL", hint=ONLY_MODELS)
    return temporary


def _read_columns(cursor: Cursor, sql: str, report: Report, keyword: str) -> tuple[Column, ...]:
    if not cursor.accept_words(keyword):
        return ()
    cursor.expect_sign("(")
    found = list(read_columns(cursor, sql, keyword.lower()))
    columns = tuple(column for _, column in found)
    for index, problem in repeated_names(columns, keyword.lower()):
        report.add(report.start + found[index][0], problem)
    return columns


def _read_options(cursor: Cursor, report: Report, *, may_be_empty: bool = False) -> Options:
    cursor.expect_sign("(")
    options: Options = {}
    more = not (may_be_empty and cursor.accept_sign(")"))
    while more:
        key_index = report.start + cursor.token.start
        key = cursor.expect_strings(_KEY)
        cursor.expect_sign("=")
        value_index = report.start + cursor.token.start
        if key in options:
            report.warn(key_index, shown_name(key), "each key once", got="twice", hint="Flink uses the last one")
        options[key] = GivenOption(cursor.expect_strings("the option's value as a string in quotes"), key_index, value_index)
        more = cursor.expect_sign(",", ")") == ","
    return options


def _read_keys(cursor: Cursor) -> tuple[str, ...]:
    """Read the keys of RESET."""
    cursor.expect_sign("(")
    keys = [cursor.expect_strings(_KEY)]
    while cursor.expect_sign(",", ")") == ",":
        keys.append(cursor.expect_strings(_KEY))
    return tuple(keys)
