# SPDX-License-Identifier: Apache-2.0
"""Providers as Flink's CREATE MODEL statements, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import attrs

from ..boundary import public, warn
from ..credentials import MASK
from ..errors import DocumentError, DocumentProblem, InvalidClassError, InvalidOptionsError, Problem, ProviderError, invalid
from ..fields.metadata import OptionInfo
from ..fields.metadata import options as describe
from ..fields.spec import EXTRAS
from ..messages import did_you_mean, shown
from ..providers.base import Provider
from ..providers.classes import OLD_IDENTIFIERS, from_options, provider_class, provider_classes
from ..providers.generic import GenericProvider
from ..runtimes.runtime import Runtime
from ..secret_policy import Secrets, checked_secrets
from ..secrets import MaskedText, Secret
from ..syntax.columns import Column, Columns, columns, read_columns, repeated
from ..syntax.scalars import has_surrogate
from ..syntax.sql import Cursor, Misread, Token, identifier, literal, place, tokens, unfit_name

__all__ = ["ModelStatement", "OldSpellingWarning", "create_model_sql", "parse_create_model", "parse_statements"]

NO_SECRET: Final = "no secret in a statement"  # noqa: S105
PROVIDER: Final = "provider"
"""The key of the option that holds the provider's identifier."""


class OldSpellingWarning(UserWarning):
    """A statement has an identifier or a key that has another name today."""


# Writing --------------------------------------------------------------------------------------------------------------


@public
def create_model_sql(
    name: str | Sequence[str],
    provider: Provider,
    *,
    input: Columns,  # noqa: A002
    output: Columns,
    model: str | None = None,
    runtime: str | Runtime | None = None,
    temporary: bool = False,
    if_not_exists: bool = False,
    comment: str | None = None,
    secrets: Secrets = "refuse",
) -> str:
    """The CREATE MODEL statement of a provider, without a semicolon at its end.

    Args:
        name: the model's name as SQL writes it, such as ``"db.chat"``, or its one to three parts as they are.
        provider: the provider whose options the model has.
        input: the model's input columns: a mapping of names to SQL types, or SQL text such as ``"text STRING"``.
        output: its output columns, likewise.
        model: the name of the service's model, if the provider does not say it.
        runtime: what shall read the statement, such as ``"flink-2.3"``: the provider and the columns are checked against
            it, and options that it does not know and nobody set are left out.
        temporary: whether the model is gone with its session.
        if_not_exists: whether a model that is there already is no error.
        comment: a comment on the model.
        secrets: what to do with a secret that is no placeholder such as ``${secret_values.key}``: refuse, write it in
            clear, or write the mask, with which no statement works.

    Raises:
        InvalidOptionsError: listing all that is wrong with the call, secrets included.
        UnknownRuntimeError: if there is no such runtime.
        SecretError: if the reference of a secret cannot be resolved.
    """
    secrets = checked_secrets(secrets)
    if not isinstance(provider, Provider):
        raise invalid("create_model_sql", [Problem("provider", "a Provider", got=shown(provider), is_type=True)])
    problems: list[Problem] = []
    path = _path(name, problems)
    given, made = _columns(input, "input", problems), _columns(output, "output", problems)
    said: object = comment
    if said is not None and not isinstance(said, str):
        problems.append(Problem("comment", "a str", got=shown(said), is_type=True))
    elif said is not None and has_surrogate(said):
        problems.append(Problem("comment", "text without lone surrogates", hint="Java cannot read them"))
    if not provider.provider_name():
        problems.append(Problem(PROVIDER, "an identifier that is not empty", got="''"))
    if PROVIDER in provider.extra_options:
        hint = "the identifier is the provider's own; take the extra option out"
        problems.append(Problem(f"{EXTRAS}.{PROVIDER}", "no such extra option", hint=hint))
    if secrets == "refuse":
        problems += _secret_options(provider)
    if runtime is not None:
        found = provider.check(runtime, model=model, input=given or None, output=made or None)
        problems += [problem for problem in found if problem.severity == "error"]
    if problems:
        raise invalid("create_model_sql", problems)
    # Options that depend on the columns are aligned with them.
    pairs = [(column.name, column.type) for column in given]
    options = provider.to_options(pairs, model=model, runtime=runtime, redact=secrets == "redact")
    head = f"CREATE {'TEMPORARY ' if temporary else ''}MODEL {'IF NOT EXISTS ' if if_not_exists else ''}"
    clauses = [
        head + ".".join(map(identifier, path)),
        f"INPUT ({', '.join(map(str, given))})",
        f"OUTPUT ({', '.join(map(str, made))})",
        *([] if comment is None else [f"COMMENT {literal(comment)}"]),
        "WITH (",
        ",\n".join(
            f"  {literal(key)} = {literal(value)}" for key, value in {PROVIDER: provider.provider_name(), **options}.items()
        ),
        ")",
    ]
    return "\n".join(clauses)


def _path(name: object, problems: list[Problem]) -> tuple[str, ...]:
    """The parts of a model's name."""
    expected = "the model's name: one to three parts"
    if isinstance(name, str):
        try:
            cursor = Cursor(list(tokens(name)))
            path = read_path(cursor)
            if cursor.token.kind != "end":
                raise cursor.misread("nothing after the model's name", hint="write names with other characters in backticks")
        except Misread as error:
            problems.append(Problem("name", error.expected, got=shown(name), hint=error.hint))
            return ()
        return path
    if not isinstance(name, Sequence):
        problems.append(Problem("name", expected, got=f"a value of type {type(name).__name__}", is_type=True))
        return ()
    strange = [type(part).__name__ for part in name if not isinstance(part, str)]
    if strange:
        problems.append(Problem("name", expected, got=f"a part of type {strange[0]}", is_type=True))
        return ()
    if not 1 <= len(name) <= MAX_PARTS:
        problems.append(Problem("name", expected, got=f"{len(name)} parts"))
    problems += [Problem("name", wrong, got=shown(part)) for part in name if (wrong := unfit_name(part))]
    return tuple(name)


def _columns(given: Columns, where: str, problems: list[Problem]) -> tuple[Column, ...]:
    try:
        return columns(given, where)
    except InvalidOptionsError as error:
        problems += error.problems
    return ()


def _secret_options(provider: Provider) -> Iterator[Problem]:
    """The options that a statement cannot hold unless the secret in them may be seen."""
    values = {info.name: getattr(provider, info.name) for info in describe(type(provider))}
    for option, each in {**values, **{f"{EXTRAS}.{key}": extra for key, extra in provider.extra_options.items()}}.items():
        if isinstance(each, Secret) and each.is_reference:
            hint = 'a statement cannot refer to it; pass secrets="reveal" to write what it refers to, or secrets="redact"'
            yield Problem(option, NO_SECRET, got=f"a reference ({each.source})", hint=hint)
        elif isinstance(each, MaskedText) or (isinstance(each, Secret) and each.source == "text"):
            hint = 'use a placeholder such as ${secret_values.key}, or pass secrets="reveal" or secrets="redact"'
            yield Problem(option, NO_SECRET, got=MASK, hint=hint)


# Reading --------------------------------------------------------------------------------------------------------------

MAX_PARTS: Final = 3
"""The most parts of a model's name: catalog, database, model."""


@attrs.frozen(kw_only=True)
class ModelStatement:
    """What a CREATE MODEL statement says."""

    path: tuple[str, ...]
    """The parts of the model's name: the model's own is the last."""
    provider: Provider
    """The provider of its options, under the names of today."""
    input: tuple[Column, ...] = ()
    """The input columns; empty if the statement names none."""
    output: tuple[Column, ...] = ()
    """The output columns, likewise."""
    comment: str | None = None
    """The comment; None if there is none."""
    temporary: bool = False
    """Whether the model is gone with its session."""
    if_not_exists: bool = False
    """Whether a model that is there already is no error."""
    warnings: tuple[DocumentProblem, ...] = attrs.field(default=(), eq=False)
    """What Flink takes, and the author may not want."""


@public
def parse_create_model(sql: str, *, source: str = "sql") -> ModelStatement:
    """The one CREATE MODEL statement of a text, also as SHOW CREATE MODEL prints it.

    It takes what Flink's parser takes. Identifiers and keys of the past are taken too, with an `OldSpellingWarning` that
    says what to write now; the provider has those of today.

    Args:
        sql: the statement; a semicolon may end it.
        source: where it comes from, for messages.

    Raises:
        DocumentError: listing all that is wrong with it, with line and column.
    """
    return _read_all(sql, source, only_one=True)[0]


@public
def parse_statements(sql: str, *, source: str = "sql") -> tuple[ModelStatement, ...]:
    """The CREATE MODEL statements of a text, such as a file; see `parse_create_model`.

    Args:
        sql: the statements, each ended by a semicolon but for the last; comments may stand between them.
        source: where they come from, for messages.

    Raises:
        DocumentError: listing all that is wrong with them, with line and column; any other statement is wrong.
    """
    return tuple(_read_all(sql, source))


def _read_all(sql: str, source: str, *, only_one: bool = False) -> list[ModelStatement]:
    """The statements; old spellings are warned of."""
    for name, value in (("sql", sql), ("source", source)):
        if not isinstance(value, str):
            raise invalid("parse_create_model", [Problem(name, "a str", got=shown(value), is_type=True)])
    found: list[ModelStatement] = []
    problems: list[DocumentProblem] = []
    old: list[DocumentProblem] = []
    try:
        for number, statement in enumerate(_split(list(tokens(sql)))):
            reader = _Reader(sql, source, statement)
            if number and only_one:
                reader.report(statement[0].start, Problem("", "one statement", got="another", hint=_ONE))
            else:
                made = reader.read()
                found += [] if made is None else [made]
            problems += reader.problems
            old += reader.old
    except Misread as error:
        problems.append(_misread(sql, source, error))
    if problems:
        raise DocumentError(problems)
    for problem in old:
        warn(str(problem), OldSpellingWarning)
    return found


def _split(given: list[Token]) -> list[list[Token]]:
    """The tokens of each statement, with an end of its own; a semicolon after a semicolon ends nothing."""
    statements: list[list[Token]] = [[]]
    for token in given:
        statements[-1].append(token)
        if token.kind == "sign" and token.text == ";" and len(statements[0]) > 1:
            statements[-1][-1] = token._replace(kind="end", text="")
            statements.append([])
    return [statement for number, statement in enumerate(statements) if number == 0 or statement[0].kind != "end"]


def _misread(sql: str, source: str, error: Misread) -> DocumentProblem:
    problem = Problem("", error.expected, got=error.got, hint=error.hint)
    return DocumentProblem(source, *place(sql, error.index), "", problem)


def read_path(cursor: Cursor) -> tuple[str, ...]:
    """Read a model's name of one to three parts.

    Raises:
        Misread: where there is none.
    """
    path = [cursor.expect_name(_NAME)]
    while cursor.sign("."):
        path.append(cursor.expect_name(_NAME))
        if len(path) > MAX_PARTS:
            raise Misread(cursor.last.start, "a model's name of at most three parts", hint=_DOTS)
    return tuple(path)


_NAME: Final = "a model's name"
_DOTS: Final = "write a part with dots in backticks"
_ONE: Final = "parse_statements reads several"
_ONLY: Final = "only CREATE MODEL statements are read"
_OLD_KEYS: Final[Mapping[str, Mapping[str, str]]] = {"triton": {"retry-backoff": "retry-initial-backoff"}}


class _Given(NamedTuple):
    """An option as a statement gives it."""

    value: str
    key_index: int
    value_index: int


class _Reader:
    """Reads one statement; what is wrong with it, but does not keep it from being read on, is gathered."""

    def __init__(self, sql: str, source: str, given: list[Token]) -> None:
        self.sql = sql
        self.source = source
        self.cursor = Cursor(given)
        self.problems: list[DocumentProblem] = []
        self.warnings: list[DocumentProblem] = []
        self.old: list[DocumentProblem] = []

    def report(self, index: int, problem: Problem) -> None:
        to = self.problems if problem.severity == "error" else self.warnings
        to.append(DocumentProblem(self.source, *place(self.sql, index), "", problem))

    def read(self) -> ModelStatement | None:
        """The statement; None if there are problems."""
        cursor = self.cursor
        try:
            temporary = self._head()
            if_not_exists = cursor.words("IF", "NOT", "EXISTS")
            path = read_path(cursor)
            index = cursor.token.start
            given, made = self._columns("INPUT"), self._columns("OUTPUT")
            if bool(given) != bool(made):
                got = "INPUT only" if given else "OUTPUT only"
                self.report(index, Problem("", "INPUT and OUTPUT with columns each, or neither", got=got))
            comment = cursor.expect_plain("the comment as one text without a prefix") if cursor.words("COMMENT") else None
            index = cursor.token.start
            options = self._options()
            if cursor.token.kind != "end":
                hint = "Flink has no CREATE MODEL AS SELECT" if cursor.token.keyword == "AS" else ""
                raise cursor.misread("the end of the statement", hint=hint)
        except Misread as error:
            self.problems.append(_misread(self.sql, self.source, error))
            return None
        provider = self._provider(options, index)
        if provider is None or self.problems:
            return None
        return ModelStatement(
            path=path,
            provider=provider,
            input=given,
            output=made,
            comment=comment,
            temporary=temporary,
            if_not_exists=if_not_exists,
            warnings=tuple(self.warnings),
        )

    def _head(self) -> bool:
        """Read what comes before the name; whether the model is temporary."""
        cursor = self.cursor
        if not cursor.words("CREATE"):
            raise cursor.misread("CREATE MODEL", hint=_ONLY)
        index = cursor.token.start
        if cursor.words("OR", "REPLACE"):
            hint = "Flink ignores it: a model of that name stays, and is an error"
            self.report(index, Problem("", "no OR REPLACE", hint=hint, severity="warning"))
        temporary = cursor.words("TEMPORARY")
        if not cursor.words("MODEL"):
            raise cursor.misread("MODEL", hint=_ONLY)
        return temporary

    def _columns(self, keyword: str) -> tuple[Column, ...]:
        if not self.cursor.words(keyword):
            return ()
        self.cursor.expect_sign("(")
        found = list(read_columns(self.cursor, self.sql))
        made = tuple(column for _, column in found)
        for number, problem in repeated(made, keyword.lower()):
            self.report(found[number][0], problem)
        return made

    def _options(self) -> dict[str, _Given]:
        cursor = self.cursor
        cursor.expect_words("WITH")
        cursor.expect_sign("(")
        options: dict[str, _Given] = {}
        more = True
        while more:
            key_index = cursor.token.start
            key = cursor.expect_text("the key of an option as a text in quotes")
            cursor.expect_sign("=")
            value_index = cursor.token.start
            if key in options:
                hint = "Flink takes the last one"
                self.report(key_index, Problem(_shown(key), "each key once", got="twice", hint=hint, severity="warning"))
            options[key] = _Given(cursor.expect_text("the option's value as a text in quotes"), key_index, value_index)
            more = cursor.expect_sign(",", ")") == ","
        return options

    def _provider(self, options: dict[str, _Given], index: int) -> Provider | None:
        named = options.pop(PROVIDER, None)
        if named is None or not named.value:
            hint = "such as 'provider' = 'openai-compat'"
            self.report(
                named.value_index if named else index, Problem(PROVIDER, "the provider's identifier", got="none", hint=hint)
            )
            return None
        identifier = named.value
        new = OLD_IDENTIFIERS.get(identifier)
        if new is not None and identifier not in provider_classes():
            self._old(named.value_index, PROVIDER, new, f"'{PROVIDER}' = '{new}'")
            identifier = new
        try:
            cls = provider_class(identifier)
            infos = () if cls is GenericProvider else describe(cls)
        except ProviderError as error:
            self.report(named.value_index, Problem(PROVIDER, "an identifier whose class can be had", hint=str(error)))
            return None
        if cls is GenericProvider:
            self._doubt(named.value_index, PROVIDER, "a known identifier", did_you_mean(identifier, list(provider_classes())))
        options = self._renamed(identifier, infos, options)
        try:
            return from_options(identifier, {key: given.value for key, given in options.items()})
        except InvalidClassError as error:
            self.report(named.value_index, Problem(PROVIDER, "an identifier whose class can be had", hint=str(error)))
        except InvalidOptionsError as error:
            keys = {info.name: (info.key, info.sequence_key) for info in infos}
            for problem in error.problems:
                # What is wrong with an extra option is said of all of them, and names it.
                expected = problem.expected
                found = keys.get(problem.option) or [key for key in options if expected.endswith(f" for option {shown(key)}")]
                places = [options[key].value_index for key in found if key in options]
                self.report(places[0] if places else index, problem)
        return None

    def _renamed(self, identifier: str, infos: tuple[OptionInfo, ...], options: dict[str, _Given]) -> dict[str, _Given]:
        """The options by the keys of today; where both are there, the old one is nothing, as it is to Flink."""
        known = {key for info in infos for key in (info.key, info.sequence_key)}
        old = {key: info.key for info in infos for key in info.deprecated_keys}
        old |= _OLD_KEYS.get(identifier, {})
        found: dict[str, _Given] = {}
        for key, given in options.items():
            new = old.get(key) or re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", key)
            if key in known or new not in known:
                found[key] = given
                if key not in known:
                    self._doubt(
                        given.key_index, _shown(key), f"an option of {identifier}", did_you_mean(key, sorted(known - {""}))
                    )
                continue
            self._old(given.key_index, _shown(key), new, f"'{new}' = ...")
            if new in options:
                hint = f"Flink takes {new}"
                self.report(given.key_index, Problem(_shown(key), f"{new} alone", got="both", hint=hint, severity="warning"))
            else:
                found.setdefault(new, given)
        return found

    def _doubt(self, index: int, option: str, expected: str, hint: str) -> None:
        """Warn of what goes to Java as it is, where it looks like a mistake."""
        if hint:
            self.report(index, Problem(option, expected, got="an unknown name", hint=hint, severity="warning"))

    def _old(self, index: int, option: str, new: str, write: str) -> None:
        problem = Problem(option, new, got="an old spelling", hint=f"write {write}", severity="warning")
        self.report(index, problem)
        self.old.append(self.warnings[-1])


def _shown(key: str) -> str:
    return key if key.isprintable() and len(key) <= MAX_SHOWN else ascii(key)[:MAX_SHOWN]


MAX_SHOWN: Final = 60
"""The most of a key that a message shows."""
