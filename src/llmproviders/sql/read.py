# SPDX-License-Identifier: Apache-2.0
"""CREATE MODEL statements as providers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import attrs

from ..boundary import public, warn
from ..errors import DocumentError, DocumentProblem, InvalidClassError, InvalidOptionsError, Problem, ProviderError, invalid
from ..fields.metadata import OptionInfo
from ..fields.metadata import options as options_of
from ..messages import shown, shown_name
from ..providers.base import Provider
from ..providers.classes import OLD_IDENTIFIERS, from_options, provider_class, provider_classes
from ..providers.generic import GenericProvider
from ..similar_names import did_you_mean
from ..syntax.columns import Column, read_columns, repeated_names
from ..syntax.cursor import Cursor
from ..syntax.locations import Location, locations_in
from ..syntax.tokens import Misread, Token, tokens
from .names import PROVIDER, read_path

__all__ = ["ModelStatement", "OldSpellingWarning", "parse_create_model", "parse_statements"]

_ONLY_MODELS: Final = "only CREATE MODEL statements are read"
_OLD_KEYS: Final[Mapping[str, Mapping[str, str]]] = {"triton": {"retry-backoff": "retry-initial-backoff"}}
"""Old keys by identifier, beyond the deprecated keys of options."""


class OldSpellingWarning(UserWarning):
    """A CREATE MODEL statement has an old name of an identifier or a key."""


@attrs.frozen(kw_only=True)
class ModelStatement:
    """The content of a CREATE MODEL statement."""

    path: tuple[str, ...]
    """The parts of the model's name; the last one is the name without catalog and database."""
    provider: Provider
    """The provider of its options; old names are replaced by those of today."""
    input: tuple[Column, ...] = ()
    """The input columns; empty if the statement has none."""
    output: tuple[Column, ...] = ()
    """The output columns; empty if the statement has none."""
    comment: str | None = None
    """The comment; None if the statement has none."""
    temporary: bool = False
    """Whether Flink drops the model at the end of its session."""
    if_not_exists: bool = False
    """Whether Flink ignores the statement if the model exists."""
    warnings: tuple[DocumentProblem, ...] = attrs.field(default=(), eq=False)
    """Problems that Flink accepts: old names and probable mistakes."""


@public
def parse_create_model(sql: str, *, source: str = "sql") -> ModelStatement:
    """Read one CREATE MODEL statement, also in the form that SHOW CREATE MODEL prints.

    It accepts the statements that Flink's parser accepts, except strings with a prefix, such as ``U&'...'`` or ``E'...'``. For
    old identifiers and keys, it uses those of today, and gives an `OldSpellingWarning` with them.

    >>> statement = parse_create_model("CREATE MODEL db.chat WITH ('provider' = 'triton', 'endpoint' = 'http://triton:8000')")
    >>> statement.path, statement.provider.endpoint
    (('db', 'chat'), 'http://triton:8000')

    Args:
        sql: the statement; it may end with a semicolon.
        source: the name of its source, for messages.

    Raises:
        DocumentError: with every problem of the statement, each with line and column.
    """
    return _read_all(sql, source, only_one=True)[0]


@public
def parse_statements(sql: str, *, source: str = "sql") -> tuple[ModelStatement, ...]:
    """Read the CREATE MODEL statements of a string, each as by `parse_create_model`.

    Args:
        sql: the statements, separated by semicolons; comments are allowed.
        source: the name of their source, such as the name of a file, for messages.

    Raises:
        DocumentError: with every problem of the statements, each with line and column; a statement of another kind is a problem.
    """
    return tuple(_read_all(sql, source))


def _read_all(sql: str, source: str, *, only_one: bool = False) -> list[ModelStatement]:
    """Read the statements, and warn of old names."""
    for name, value in (("sql", sql), ("source", source)):
        if not isinstance(value, str):
            raise invalid("parse_create_model", [Problem(name, "a str", got=shown(value), is_type=True)])
    found: list[ModelStatement] = []
    problems: list[DocumentProblem] = []
    old_spellings: list[DocumentProblem] = []
    locate = locations_in(sql)
    try:
        for index, statement in enumerate(_split(list(tokens(sql)))):
            reader = _Reader(sql, source, locate, statement)
            if index and only_one:
                hint = "parse_statements reads several"
                reader.report(statement[0].start, Problem("", "one statement", got="another", hint=hint, code="sql-syntax"))
            elif (model := reader.read()) is not None:
                found.append(model)
            problems += reader.problems
            old_spellings += reader.old_spellings
    except Misread as error:
        problems.append(_misread_problem(source, locate, error))
    if problems:
        raise DocumentError(problems)
    for problem in old_spellings:
        warn(str(problem), OldSpellingWarning)
    return found


def _split(given: list[Token]) -> list[list[Token]]:
    """The tokens of each statement, with an end token for each; empty statements are left out, except the first."""
    statements: list[list[Token]] = [[]]
    for token in given:
        statements[-1].append(token)
        if token.kind == "sign" and token.value == ";" and len(statements[0]) > 1:
            statements[-1][-1] = token._replace(kind="end", value="")
            statements.append([])
    return [statement for index, statement in enumerate(statements) if index == 0 or statement[0].kind != "end"]


_Locate: TypeAlias = Callable[[int], Location]


def _misread_problem(source: str, locate: _Locate, error: Misread) -> DocumentProblem:
    problem = Problem("", error.expected, got=error.got, hint=error.hint, code="sql-syntax")
    return DocumentProblem(source, *locate(error.index), "", problem)


class _Given(NamedTuple):
    """An option of a statement."""

    value: str
    key_index: int
    value_index: int


class _Reader:
    """Reads one statement, and collects the problems that do not stop the reading."""

    def __init__(self, sql: str, source: str, locate: _Locate, given: list[Token]) -> None:
        self.sql = sql
        self.source = source
        self.locate = locate
        self.cursor = Cursor(given)
        self.problems: list[DocumentProblem] = []
        self.warnings: list[DocumentProblem] = []
        self.old_spellings: list[DocumentProblem] = []

    def report(self, index: int, problem: Problem) -> None:
        to = self.problems if problem.severity == "error" else self.warnings
        to.append(DocumentProblem(self.source, *self.locate(index), "", problem))

    def warn(self, index: int, option: str, expected: str, *, got: str = "", hint: str, code: str = "ignored-option") -> None:
        self.report(index, Problem(option, expected, got=got, hint=hint, severity="warning", code=code))

    def read(self) -> ModelStatement | None:
        """Read the statement; None if it has problems."""
        cursor = self.cursor
        try:
            temporary = self._read_head()
            if_not_exists = cursor.accept_words("IF", "NOT", "EXISTS")
            path = read_path(cursor)
            index = cursor.token.start
            inputs, outputs = self._read_columns("INPUT"), self._read_columns("OUTPUT")
            if bool(inputs) != bool(outputs):
                got = "INPUT only" if inputs else "OUTPUT only"
                self.report(index, Problem("", "INPUT and OUTPUT with columns each, or neither", got=got, code="sql-syntax"))
            comment = cursor.expect_string("the comment as a string in quotes") if cursor.accept_words("COMMENT") else None
            index = cursor.token.start
            options = self._read_options()
            if cursor.token.kind != "end":
                hint = "Flink has no CREATE MODEL AS SELECT" if cursor.token.keyword == "AS" else ""
                raise cursor.misread("the end of the statement", hint=hint)
        except Misread as error:
            self.problems.append(_misread_problem(self.source, self.locate, error))
            return None
        provider = self._make_provider(options, index)
        if provider is None or self.problems:
            return None
        return ModelStatement(
            path=path,
            provider=provider,
            input=inputs,
            output=outputs,
            comment=comment,
            temporary=temporary,
            if_not_exists=if_not_exists,
            warnings=tuple(self.warnings),
        )

    def _read_head(self) -> bool:
        """Read the words before the name, and return whether the model is temporary."""
        cursor = self.cursor
        if not cursor.accept_words("CREATE"):
            raise cursor.misread("CREATE MODEL", hint=_ONLY_MODELS)
        index = cursor.token.start
        if cursor.accept_words("OR", "REPLACE"):
            self.warn(index, "", "no OR REPLACE", hint="Flink ignores it: the statement fails if the model exists")
        temporary = cursor.accept_words("TEMPORARY")
        if not cursor.accept_words("MODEL"):
            raise cursor.misread("MODEL", hint=_ONLY_MODELS)
        return temporary

    def _read_columns(self, keyword: str) -> tuple[Column, ...]:
        if not self.cursor.accept_words(keyword):
            return ()
        self.cursor.expect_sign("(")
        found = list(read_columns(self.cursor, self.sql, keyword.lower()))
        columns = tuple(column for _, column in found)
        for index, problem in repeated_names(columns, keyword.lower()):
            self.report(found[index][0], problem)
        return columns

    def _read_options(self) -> dict[str, _Given]:
        cursor = self.cursor
        cursor.expect_words("WITH")
        cursor.expect_sign("(")
        options: dict[str, _Given] = {}
        more = True
        while more:
            key_index = cursor.token.start
            key = cursor.expect_strings("the key of an option as a string in quotes")
            cursor.expect_sign("=")
            value_index = cursor.token.start
            if key in options:
                self.warn(key_index, shown_name(key), "each key once", got="twice", hint="Flink uses the last one")
            options[key] = _Given(cursor.expect_strings("the option's value as a string in quotes"), key_index, value_index)
            more = cursor.expect_sign(",", ")") == ","
        return options

    def _make_provider(self, options: dict[str, _Given], index: int) -> Provider | None:
        """The provider of the options; None if there are problems.

        Args:
            options: the options of the statement.
            index: the index of WITH.
        """
        named = options.pop(PROVIDER, None)
        if named is None or not named.value:
            hint = "such as 'provider' = 'openai-compat'"
            self.report(
                named.value_index if named else index,
                Problem(PROVIDER, "the provider's identifier", got="none", hint=hint, code="missing-option"),
            )
            return None
        identifier = named.value
        new = OLD_IDENTIFIERS.get(identifier)
        if new is not None and identifier not in provider_classes():
            self._warn_of_old(named.value_index, PROVIDER, new, f"'{PROVIDER}' = '{new}'")
            identifier = new
        try:
            cls = provider_class(identifier)
            infos = () if cls is GenericProvider else options_of(cls)
        except ProviderError as error:
            self.report(
                named.value_index, Problem(PROVIDER, "an identifier with a usable class", hint=str(error), code="unusable-class")
            )
            return None
        if cls is GenericProvider:
            self._warn_of_unknown(named.value_index, PROVIDER, identifier, "a known identifier", list(provider_classes()))
        options = self._rename_old_keys(identifier, infos, options)
        try:
            return from_options(identifier, {key: given.value for key, given in options.items()})
        except InvalidClassError as error:
            self.report(
                named.value_index, Problem(PROVIDER, "an identifier with a usable class", hint=str(error), code="unusable-class")
            )
        except InvalidOptionsError as error:
            keys = {info.name: (info.key, info.sequence_key) for info in infos}
            # A problem of an extra option has the name of the option only in its description.
            extras = {shown(key): key for key in reversed(options)}
            for problem in error.problems:
                found = keys.get(problem.option) or (extras.get(problem.expected.partition(" for option ")[2], ""),)
                indexes = [options[key].value_index for key in found if key in options]
                self.report(indexes[0] if indexes else index, problem)
        return None

    def _rename_old_keys(self, identifier: str, infos: tuple[OptionInfo, ...], options: dict[str, _Given]) -> dict[str, _Given]:
        """The options by their keys of today. As in Flink, a key of today wins over an old one."""
        known = {key for info in infos for key in (info.key, info.sequence_key)}
        old = {key: info.key for info in infos for key in info.deprecated_keys}
        old |= _OLD_KEYS.get(identifier, {})
        found: dict[str, _Given] = {}
        for key, given in options.items():
            new = old.get(key) or re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", key)
            if key in known or new not in known:
                found[key] = given
                if key not in known:
                    expected = f"an option of {identifier}"
                    self._warn_of_unknown(given.key_index, shown_name(key), key, expected, sorted(known - {""}))
                continue
            self._warn_of_old(given.key_index, shown_name(key), new, f"'{new}' = ...")
            if new in options:
                self.warn(given.key_index, shown_name(key), f"{new} alone", got="both", hint=f"Flink uses {new}")
            else:
                found.setdefault(new, given)
        return found

    def _warn_of_unknown(self, index: int, option: str, name: str, expected: str, known: list[str]) -> None:
        """Warn of a name that is passed to Java unchanged, if it is similar to a known one."""
        if hint := did_you_mean(name, known):
            self.warn(index, option, expected, got="an unknown name", hint=hint, code="unknown-option")

    def _warn_of_old(self, index: int, option: str, new: str, write: str) -> None:
        self.warn(index, option, new, got="an old spelling", hint=f"write {write}", code="deprecated-key")
        self.old_spellings.append(self.warnings[-1])
