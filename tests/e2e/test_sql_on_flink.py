# SPDX-License-Identifier: Apache-2.0
"""Written and read SQL, compared with the parser and the catalog of the running Flink."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyflink
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from py4j.protocol import Py4JJavaError
from pyflink.java_gateway import get_gateway
from pyflink.table import TableEnvironment
from pyflink.util.exceptions import JavaException
from sql_types import NO_TYPES, TYPES
from strategies import CLASSES, UGLY, providers

from llmproviders import (
    Column,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    ModelStatement,
    Provider,
    create_model_sql,
    from_options,
    parse_create_model,
)
from llmproviders.syntax.quoting import expected_name, quote_name
from llmproviders.syntax.reserved_words import RESERVED
from llmproviders.syntax.sql_types import canonical_type

# Statements that Flink accepts or refuses -------------------------------------------------------------------------------

# fmt: off
WITH = "WITH ('provider' = 'x')"
IO = "INPUT (a STRING) OUTPUT (b STRING)"

STRINGS = [
    *("'x'", "''", "''''", "'\\'", "'\\''", "'a\nb'", "'a\tb'", "'\x00'", "'--'", "'/*'", "';'", "'${a}'", '"x"', "`x`", "'x", "'\u00e9'"),
    *("'\U0001f600'", "'\u2028'", "'1' '2'", "'1'\n'2'", "'1' -- c\n'2'", "'1' /* c */ '2'", "'1' /* c \n */ '2'", "'1'\r'2'", "'1'\f'2'", "'1''2'"),
    *("'1'\n'2'\n'3'", "'1'\n'2' '3'", "'1\n' '2'", "'1'\nU&'2'", "'1'\nE'2'", "'1'\nN'2'", "'1'\n_UTF8'2'", "'1'\nX'41'", "'x' UESCAPE '!'", "'a' 'b'\n'c'"),
    *("U& 'a'", "U &'a'", "E 'a'", "E'\\'", "N 'a'", "_UTF8 'x'", "_'x'", "_foo'x'", "X'41'", "x'41'", "B'01'", 'U&"x"', "U&'a' E'b'", "aE'x'", "1E'x'", "E'x'y", "_UTF8\n'x'"),
    *("DATE '2020-01-01'", "1", "-1", "1.5", "TRUE", "NULL", "('x')", "'a'||'b'", "CAST('a' AS STRING)", "?", ":x", "INTERVAL '1' DAY", "r'x'", "R'x'", "b'x'"),
    *("$$x$$", "'''x'''", '"""x"""', "{fn x}", "'a' COLLATE x", "", "'a',", "'x'y"),
]
PREFIXED = [
    *("U&'a'", "u&'a'", "U&'\\00e9'\n'\\00e9'", "U&'a''b'", "U&'!00e9' UESCAPE '!'", "U&'x' uescape '-'", "E'a'", "e'a'", "E'\\''", "E'\\\\'", "E'a''b'", "E'\\\\'''", "E'\n'"),
    *("N'a'", "n'a'", "N'a''b'", "_UTF8'x'", "_utf-8'\u00e9'", "_latin1'x'", "_ISO-8859-1'x'", "_UTF-16LE'\u65e5'"),
]
PREFIXED_KEYS = ["U&'a'", "E'a'", "N'a'", "_UTF8'a'"]
KEYS = [*PREFIXED_KEYS, "X'41'", "'a'\n'b'", "a", "`a`", '"a"', "''", "' '", "'a b'", "'it''s'", "'\u00e9'", "1"]
NAMES = [
    *("m", "M", "`m`", "`a b`", "` m `", "``", "` `", "`\t`", "`\u00a0`", "`a\nb`", "`a\rb`", "`a``b`", "````", "`a.b`", "db.m", "`default_database`.m"),
    *("default_catalog.default_database.m", "a.b.c.d", "`default_catalog`.`default_database`.`m`", "default_database . m", "default_database\n.\nm", "default_database/* c */.m"),
    *("nodb.m", "nocat.default_database.m", ".m", "m.", "default_database..m", '"m"', "'m'", "[m]", "1m", "_m", "$m", "m$", "m-1", "\u00e9", "\u65e5\u672c", "m1", "m_1", "`1`", "model", "value", "`value`"),
    *("user", "table", "if", "`if`", "IF", "exists", "input", "output", "with", "comment", "*", "m.*", "\U0001f600", "`\U0001f600`", "a\u0660", "\u0660a", "\u00aa", "\u2160", "a\u0301"),
    *("`" + "x" * 128 + "`", "`" + "x" * 129 + "`", "`" + "x" * 256 + "`", "`" + "x" * 257 + "`", "x" * 200, "x" * 129, 'U&"m"', "U&`m`", "`\x00`", "`;`", "`--`", "`/*`", "`a\\b`", "`'`"),
    *("x$y", "default_database.x$y", "default_database.$y", "default_database.b$$", "default_database.y$", "default_database.b$1", "default_database.b1$c", "default_database . x$y"),
    *("`default_database`.x$y", "default_database.`x$y`", "default_catalog.default_database.x$y", "default_catalog.`default_database`.x$y", "default_database./**/x$y"),
    *('`"`', "system.m", "default_database.`value`", "default_database.value", "`\u2028`", "`\x0b`", "`\x85`", "`\u3000`", "`\ufeff`", "`\x1f`", "` a`", "\u0130", "a\u212a", "default_database.` `", "default_database.``", "`default_database.m`"),
]
COLUMNS = [
    *("a STRING", "a STRING,", "a", "a STRING b STRING", "a STRING, a INT", "a STRING, A INT", "`a` STRING", "`a b` STRING", "`` STRING", "` ` STRING", "a.b STRING", "`a.b` STRING"),
    *("a STRING NOT NULL", "a STRING NULL", "a STRING COMMENT 'c'", "a STRING NOT NULL COMMENT 'c'", "a STRING COMMENT 'c' NOT NULL", "a STRING COMMENT ''"),
    *("a STRING COMMENT 'a'\n'b'", "a STRING COMMENT U&'\\00e9'", "a STRING COMMENT E'\\n'", "a STRING COMMENT c", "a STRING 'c'", "a STRING PRIMARY KEY NOT ENFORCED", "a STRING PRIMARY KEY"),
    *("a STRING NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'c'", "a STRING PRIMARY KEY NOT ENFORCED NOT NULL", "a STRING COMMENT 'c' PRIMARY KEY NOT ENFORCED", "a STRING, PRIMARY KEY (a) NOT ENFORCED"),
    *("a STRING, PRIMARY KEY (a)", "a STRING, PRIMARY KEY (b) NOT ENFORCED", "a STRING, PRIMARY KEY (a, a) NOT ENFORCED", "a STRING, PRIMARY KEY () NOT ENFORCED", "a STRING, CONSTRAINT pk PRIMARY KEY (a) NOT ENFORCED"),
    *("a STRING CONSTRAINT pk PRIMARY KEY NOT ENFORCED", "PRIMARY KEY (a) NOT ENFORCED, a STRING", "PRIMARY KEY (a) NOT ENFORCED", "a STRING PRIMARY KEY NOT ENFORCED, PRIMARY KEY (a) NOT ENFORCED"),
    *("a STRING PRIMARY KEY NOT ENFORCED, b STRING PRIMARY KEY NOT ENFORCED", "a STRING, UNIQUE (a)", "a STRING UNIQUE", "a STRING UNIQUE NOT ENFORCED", "a STRING, UNIQUE (a) NOT ENFORCED", "a STRING, PRIMARY KEY (a) ENFORCED"),
    *("a STRING PRIMARY KEY ENFORCED", "a STRING METADATA", "a STRING METADATA VIRTUAL", "a STRING METADATA FROM 'x'", "a AS 1", "a STRING, b AS a", "a TIMESTAMP(3), WATERMARK FOR a AS a", "a STRING DEFAULT 'x'"),
    *("a STRING, CHECK (a > 1)", "a STRING, WATERMARK FOR b AS b", "", "value STRING", "`value` STRING", "user STRING", "input STRING", "output STRING", "content STRING", "timestamp STRING"),
    *("a STRING, PRIMARY KEY (a, b) NOT ENFORCED, b STRING", "*", "a STRING, *", "a `STRING`", "a STRING PRIMARY KEY NOT ENFORCED UNIQUE", "model STRING"),
    *("a STRING, PRIMARY KEY(`a`) NOT ENFORCED, PRIMARY KEY(`a`) NOT ENFORCED", "a ROW< >", "a ROW<>", "a ROW()", "a ROW<b INT> NOT NULL", "a ARRAY<INT>>", "a ROW(b INT 'c' 'd')", "a ROW<b INT 'c'\n'd'>", "a ROW<b INT U&'c'>"),
    *("a TIME(9)", "a TIME(10)", "a TIMESTAMP_LTZ(9)", "a TIMESTAMP_LTZ(10)", "a BINARY(0)", "a VARBINARY(0)", "a DECIMAL(0)", "a DECIMAL(40)", "a CHAR(2147483647)", "a VARCHAR(2147483646)", "a DECIMAL(38,38)", "a DECIMAL(38,39)", "a DECIMAL(39,39)", "a TIMESTAMP(99)"),
    *("a STRUCTURED<'', b INT>", "a STRUCTURED<'F'>", "a STRUCTURED<'F', b INT>", "a STRUCTURED<'F', b INT, b INT>", "a STRUCTURED<U&'F', b INT>", "a STRUCTURED('F', b INT)", "a STRUCTURED<F, b INT>", "a STRUCTURED<'F' b INT>"),
    *("a MULTISET<INT> NOT NULL MULTISET NULL ARRAY", "a FLOAT PRECISION", "a TIMESTAMP WITH LOCAL TIME ZONE(3)", "a TIMESTAMP(3)WITH LOCAL TIME ZONE", "a TIMESTAMP_LTZ WITHOUT TIME ZONE", "a CHAR VARYING", "a CHARACTER VARYING"),
    *("a BINARY VARYING", "a CHARACTER", "a VARCHAR VARYING", "a DEC", "a MAP<INT,INT> ARRAY", "a MAP(INT,INT)", "a ARRAY(INT)", "a ROW<b INT>, c ROW<b INT>", "a ROW<B INT, b INT>", "a ROW<`` INT>", "a ROW<` ` INT>", "a ROW<` b` INT>"),
    *("a ROW<`b\nc` INT>", "` a ` STRING", "a STRING, `a ` STRING", "a STRING,, b STRING", "(a STRING)", "a VARCHAR()", "a DECIMAL(1,2,3)", "a VARCHAR(\uff11)", "a VARCHAR('1')", "a VARCHAR(+1)", "a VARCHAR(1.0)", "a ARRAY<INT COMMENT 'x'>"),
    *("a ROW<b INT NOT NULL 'x'>", "a ROW<b INT 'x' NOT NULL>", "a BITMAP", "a VARIANT", "a ROW<b INT, PRIMARY KEY (b) NOT ENFORCED>", "a ROW<b c INT>", "a ROW<b.c INT>", "a STRING NOT", "a NOT NULL", "a STRING NOT NULL NOT NULL", "1 STRING", "'a' STRING"),
    *("a ARRAY<INT ARRAY>", "a ARRAY<INT MULTISET >", "a MULTISET<INT ARRAY>", "a MAP<INT ARRAY, INT MULTISET>", "a ROW<x INT ARRAY>", "a ROW(x INT ARRAY NOT NULL MULTISET)", "a ARRAY<INT NOT NULL ARRAY>"),
    *("a ARRAY<ARRAY<INT> ARRAY>", "a ARRAY<ROW<x INT ARRAY>>", "a ARRAY<MAP<INT, INT ARRAY>>", "a ARRAY<INT NULL>", "a ARRAY<INT>ARRAY", "a ARRAY<STRING ARRAY NOT NULL>"),
    "a" + " ARRAY" * 3, "a INT" + " ARRAY" * 3, "a " + "ARRAY<" * 3 + "INT" + ">" * 3, "a ARRAY<INT", "a ROW<b INT, >", "a DECIMAL(10 , 2 )", "a DECIMAL(10,)", "a CHAR(5) VARYING", "a VARCHAR(10) CHARACTER SET UTF16", "a VARCHAR(10) CHARACTER SET x", "a DOUBLE  PRECISION", "a TIMESTAMP WITHOUT LOCAL TIME ZONE", "a TIMESTAMP WITH LOCAL ZONE",
    "a STRING -- c\n, b INT // d\n", "a STRING PRIMARY KEY NOT ENFORCED CONSTRAINT x UNIQUE", "CONSTRAINT a STRING", "CONSTRAINT PRIMARY KEY (a) NOT ENFORCED, a STRING", "a STRING, CONSTRAINT `p q` PRIMARY KEY (a) NOT ENFORCED", "primary STRING", "key STRING", "a STRING, CONSTRAINT p.q PRIMARY KEY (a) NOT ENFORCED", "a.b STRING, PRIMARY KEY (a.b) NOT ENFORCED", "a STRING, PRIMARY KEY (A) NOT ENFORCED", "a.b STRING, `a.b` INT", "a.b STRING, a.c INT",
]
METADATA = ["c STRING METADATA", "c STRING METADATA VIRTUAL", "c STRING METADATA FROM 'x'", "c STRING METADATA FROM 'x' VIRTUAL COMMENT 'd'"]
STATEMENTS = [
    *(f"CREATE MODEL m {WITH}", f"create model m {WITH};", f"CREATE MODEL m {WITH};;", f"CREATE MODEL m {WITH} ; ", f"; CREATE MODEL m {WITH}"),
    *(f"CREATE MODEL m {IO} {WITH}", f"CREATE MODEL m INPUT (a STRING) {WITH}", f"CREATE MODEL m OUTPUT (a STRING) {WITH}", f"CREATE MODEL m OUTPUT (b STRING) INPUT (a STRING) {WITH}"),
    *(f"CREATE TEMPORARY MODEL m {IO} {WITH}", f"CREATE TEMPORARY SYSTEM MODEL m {IO} {WITH}", f"CREATE OR REPLACE MODEL m {IO} {WITH}", f"CREATE OR REPLACE TEMPORARY MODEL m {IO} {WITH}", f"CREATE TEMPORARY OR REPLACE MODEL m {IO} {WITH}"),
    *(f"CREATE MODEL IF NOT EXISTS m {IO} {WITH}", f"CREATE OR REPLACE MODEL IF NOT EXISTS m {IO} {WITH}", f"CREATE TEMPORARY MODEL IF NOT EXISTS m {IO} {WITH}"),
    *(f"CREATE MODEL m {IO} COMMENT 'c' {WITH}", f"CREATE MODEL m {IO} {WITH} COMMENT 'c'", f"CREATE MODEL m COMMENT 'c' {IO} {WITH}", f"CREATE MODEL m COMMENT 'c' {WITH}"),
    *(f"CREATE MODEL m {IO} COMMENT {c} {WITH}" for c in ("U&'\\00e9'", "E'a\\nb'", "N'a'", "'a'\n'b'", "c", "''", "X'41'", "_UTF8'\u65e5'", "'it''s'")),
    *(f"CREATE MODEL m {IO}", f"CREATE MODEL m {IO} WITH ()", f"CREATE MODEL m {IO} WITH ('provider'='x',)", f"CREATE MODEL m {IO} WITH 'provider'='x'", f"CREATE MODEL m {IO} WITH (,'provider'='x')"),
    *(f"CREATE MODEL m {IO} WITH ({o})" for o in ("'provider' 'x'", "'provider'='x' 'a'='b'", "'provider'=='x'", "'provider':'x'", "'a'='b'", "'provider'=''", "'provider'=' '", "'PROVIDER'='x'", "''='x'", "'provider'='x','provider'='y'", "'provider'='x','a'='1','a'='2'", "'provider'", "'provider'=", "'provider'='x'='y'", "('provider'='x')", "'provider' = 'x' , 'a' = 'b'")),
    *(f"{c}CREATE MODEL m {WITH}" for c in ("-- c\n", "// c\n", "/* c */", "/** c **/", "/* a /* b */ c */", "/* a /* b */", "/**/", "/***/", "/*/", "/*/*/", "/*+ c */", "/*\n+ x */", "/*+*/", "\ufeff", "\u00a0", "\x0b", "#c\n", "-c\n", "/ c\n")),
    *(f"CREATE MODEL m {WITH}{c}" for c in (" /*+ OPTIONS('a'='b') */", " -- c", " // c", " /* c", " /* c */", "; -- c", " -", " --\r-- x", "\x00", "\x1a", " #c", "; CREATE MODEL n WITH ('provider'='x')", " AS SELECT 1", " .", "/*", "*/", "/**", "/", "///", "//*", "/*//*/", "--*/", "\u00a0", "\x0b", "; x", "; --", " LIKE n", ")")),
    *(f"CREATE MODEL m{c}{WITH}" for c in ("--\r", "--x\u2028", "--x\u2028\n", "--x\x85\n", "--x\x0b\n", "--x\x0c\n", "\t", "\r\n", "\f", "/**/", "", "/*+ OPTIONS('a'='b') */", " m ", " () ")),
    f"CREATE /*+ c */ MODEL m {WITH}", f"CREATE\u00a0MODEL m {WITH}", f"CREATE\x0bMODEL m {WITH}", "", ";", "-- c", "CREATE MODEL", "CREATE MODEL m", "CREATE", f"CREATE MODEL m {IO} {WITH} AS SELECT 1", f"EXPLAIN CREATE MODEL m {WITH}",
    "CREATE MODEL m INPUT(a STRING)OUTPUT(b STRING)COMMENT'c'WITH('provider'='x')", "CREATE MODEL`m`INPUT(`a`STRING)OUTPUT(`b`STRING)WITH('provider'='x')",
    *(f"CREATE MODEL IF NOT EXISTS {WITH}", f"CREATE MODEL IF EXISTS m {WITH}", f"CREATE MODEL IF m {WITH}", f"CREATE MODELS m {WITH}", f"CREATE MODEL m \u0131NPUT (a STRING) OUTPUT (b STRING) {WITH}", f"CREATE MODEL m INPUT (a \u017ftring) OUTPUT (b STRING) {WITH}"),
    *(f"CREATE MODEL m INPUT (a STRING) OUTPUT ({c}) {WITH}" for c in ("a STRING", "b STRING PRIMARY KEY NOT ENFORCED", "b STRING, PRIMARY KEY (b) NOT ENFORCED", "b STRING NOT NULL COMMENT 'x'", "")),
    *(f"CREATE MODEL m INPUT (a STRING) OUTPUT (b STRING, {c}) {WITH}" for c in METADATA), *(f"CREATE MODEL m INPUT (a STRING) OUTPUT (b STRING, {c}) {WITH}" for c in ("c STRING METADATA PRIMARY KEY NOT ENFORCED", "c STRING METADATA FROM '' VIRTUAL", "c AS b", "c STRING VIRTUAL")),
    f"CREATE MODEL m INPUT a STRING OUTPUT b STRING {WITH}", f"CREATE MODEL m INPUT (a STRING), OUTPUT (b STRING) {WITH}", f"CREATE MODEL m INPUT (a STRING) INPUT (a STRING) OUTPUT (b STRING) {WITH}",
]
TEMPLATED = [
    *(f"CREATE MODEL m {IO} WITH ('provider'='x','a'={each})" for each in [*STRINGS, *PREFIXED]),
    *(f"CREATE MODEL m {IO} WITH ({each}='x','provider'='y')" for each in KEYS),
    *(f"CREATE MODEL {each} {IO} {WITH}" for each in NAMES),
    *(f"CREATE MODEL m INPUT ({each}) OUTPUT (o STRING) {WITH}" for each in COLUMNS),
]
CORPUS = [*STATEMENTS, *TEMPLATED]
# fmt: on
_REASONS = {
    "Flink creates a model without a provider, which nothing can use": [
        f"CREATE MODEL m {IO} WITH ({options})" for options in ("'a'='b'", "'provider'=''", "'PROVIDER'='x'", "''='x'")
    ],
    "nobody writes a string with a prefix, and Flink prints none": [
        *(f"CREATE MODEL m {IO} WITH ('provider'='x','a'={each})" for each in PREFIXED),
        *(f"CREATE MODEL m {IO} WITH ({each}='x','provider'='y')" for each in PREFIXED_KEYS),
    ],
    "nobody writes names as Unicode escapes in double quotes": [f'CREATE MODEL U&"m" {IO} {WITH}'],
    "Flink's parser accepts the name, but the database does not exist": [
        f"CREATE MODEL {name} {IO} {WITH}" for name in ("db.m", "nodb.m", "nocat.default_database.m")
    ],
    "a column without a visible name is a mistake": [f"CREATE MODEL m INPUT (` ` STRING) OUTPUT (o STRING) {WITH}"],
    "Flink keeps the first part of the name and silently drops the rest": [
        f"CREATE MODEL m INPUT ({text}) OUTPUT (o STRING) {WITH}" for text in ("a.b STRING", "a.b STRING, `a.b` INT")
    ],
    "Flink silently drops the watermark": [
        f"CREATE MODEL m INPUT ({text}) OUTPUT (o STRING) {WITH}"
        for text in ("a TIMESTAMP(3), WATERMARK FOR a AS a", "a STRING, WATERMARK FOR b AS b")
    ],
    "Flink silently uses another length or precision, or cannot show the type": [
        f"CREATE MODEL m INPUT (a {text}) OUTPUT (o STRING) {WITH}"
        for text in ("TIME(10)", "TIMESTAMP_LTZ(10)", "TIMESTAMP(99)", "DECIMAL(40)", "BINARY(0)", "VARBINARY(0)")
    ],
    "types that mean nothing to a model, or that nobody writes": [
        f"CREATE MODEL m INPUT (a {text}) OUTPUT (o STRING) {WITH}"
        for text in (
            "STRUCTURED<'F'>",
            "STRUCTURED<'F', b INT>",
            "STRUCTURED<'F', b INT, b INT>",
            "STRUCTURED<U&'F', b INT>",
            "VARCHAR(10) CHARACTER SET UTF16",
        )
    ],
}
_REASONS["Flink cannot declare metadata columns in SQL, but SHOW CREATE MODEL prints them"] = [
    f"CREATE MODEL m INPUT (a STRING) OUTPUT (b STRING, {text}) {WITH}" for text in METADATA
]
EXCEPTIONS = {sql: reason for reason, statements in _REASONS.items() for sql in statements}
"""The statements that only one of Flink and the library accepts, each with the reason."""


NEWER = {
    f"CREATE MODEL m INPUT ({text}) OUTPUT (o STRING) {WITH}"
    for text in (
        "a STRING COMMENT U&'\\00e9'",
        "a STRING COMMENT E'\\n'",
        "a TIME(9)",
        "a BITMAP",
        "a ROW<b INT NOT NULL 'x'>",
    )
}
"""The statements that Flink 2.1 and 2.2 read otherwise than 2.3; the library reads them as 2.3."""
NEWER_TYPES = ("BITMAP", "TIME(3)", "ROW<`a` INT, `b c` STRING NOT NULL>")
"""The types that Flink 2.1 or 2.2 lacks, or changes."""

REFUSALS = (Py4JJavaError, JavaException)
"""The exceptions of PyFlink for a refusal of Flink."""


class Held(NamedTuple):
    """A model in Flink's catalog."""

    input: list[tuple[str, str, str]]
    output: list[tuple[str, str, str]]
    options: dict[str, str]
    comment: str
    temporary: bool


class Flink:
    """The running Flink."""

    def __init__(self, t_env: TableEnvironment) -> None:
        self.tables = t_env._j_tenv
        self.catalogs = self.tables.getCatalogManager()
        self.parser = self.tables.getParser()
        self.of = get_gateway().jvm.org.apache.flink.table.catalog.ObjectIdentifier.of

    def execute(self, sql: str) -> bool:
        """Whether Flink accepts a statement."""
        try:
            self.tables.executeSql(sql)
        except REFUSALS:
            return False
        return True

    def show(self, name: str) -> str:
        """The output of SHOW CREATE MODEL."""
        return str(self.tables.executeSql(f"SHOW CREATE MODEL {quote_name(name)}").collect().next().getField(0))

    def held(self, name: str) -> Held:
        """The model of that name in the default database."""
        found = self.catalogs.getModel(self.of("default_catalog", "default_database", name)).get()
        model = found.getResolvedModel()
        return Held(
            list(_columns(model.getResolvedInputSchema())),
            list(_columns(model.getResolvedOutputSchema())),
            dict(model.getOptions()),
            model.getComment() or "",
            found.isTemporary(),
        )

    def drop(self, name: str) -> None:
        """Drop all models of that name."""
        self.tables.executeSql(f"DROP TEMPORARY MODEL IF EXISTS {quote_name(name)}")
        self.tables.executeSql(f"DROP MODEL IF EXISTS {quote_name(name)}")


def _columns(schema: Any) -> Iterator[tuple[str, str, str]]:
    for column in schema.getColumns():
        yield column.getName(), column.getDataType().getLogicalType().asSummaryString(), column.getComment().orElse("")


def ours(columns: tuple[Column, ...]) -> list[tuple[str, str, str]]:
    """Columns in the form of `Held`."""
    return [(column.name, canonical_type(column.type), column.comment) for column in columns]


def read(sql: str) -> tuple[ModelStatement | None, str]:
    """The statement that the library reads, or its problems."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse_create_model(sql), ""
    except DocumentError as error:
        return None, str(error)


@pytest.fixture(scope="session")
def flink(t_env: TableEnvironment) -> Flink:
    """The running Flink."""
    return Flink(t_env)


def test_corpus(flink: Flink, flink_version: str) -> None:
    """Flink and the library accept the same statements, and the catalog holds the model that the library reads."""
    assert len(set(CORPUS)) > 500
    assert set(EXCEPTIONS) | NEWER <= set(CORPUS)
    differ = {}
    for sql in CORPUS:
        if sql in NEWER and flink_version < "2.3":
            continue
        (statement, _), taken = read(sql), flink.execute(sql)
        name = statement.path[-1] if statement else "m"
        if sql in EXCEPTIONS:
            if taken == (statement is not None):
                differ[sql] = "no exception any more"
        elif taken != (statement is not None):
            differ[sql] = "Flink accepts it" if taken else "we accept it"
        elif statement:
            held = flink.held(name)
            options = {"provider": statement.provider.provider_name(), **statement.provider.to_options()}
            expected = Held(ours(statement.input), ours(statement.output), options, statement.comment or "", statement.temporary)
            if expected != held:
                differ[sql] = f"{held} is not {expected}"
        flink.drop(name)
    assert {} == differ


# Writing ---------------------------------------------------------------------------------------------------------------

names = st.text(min_size=1, max_size=12).filter(lambda name: not expected_name(name))
ugly = st.text(max_size=12) | st.sampled_from(UGLY)
columns = st.lists(
    st.builds(Column, names, st.sampled_from([text for text, spelled in TYPES.items() if spelled not in NEWER_TYPES]), ugly),
    min_size=1,
    max_size=3,
    unique_by=lambda column: column.name,
)
many = settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None, database=None)


def written(flink: Flink, data: st.DataObject, provider: Provider) -> None:
    """Write a model's statement, execute it, and compare with the model in the catalog and in SHOW CREATE MODEL."""
    name, comment = data.draw(names), data.draw(st.none() | ugly)
    given, made = data.draw(columns), data.draw(columns)
    temporary = data.draw(st.booleans())
    try:
        options = provider.to_options([(column.name, column.type) for column in given])
    except InvalidOptionsError:
        assume(False)
    sql = create_model_sql((name,), provider, input=given, output=made, comment=comment, temporary=temporary, secrets="reveal")
    assert flink.execute(sql), sql
    try:
        held = flink.held(name)
        options = {"provider": provider.provider_name(), **options}
        assert Held(ours(tuple(given)), ours(tuple(made)), options, comment or "", temporary) == held
        shown, _ = read(flink.show(name))
        try:
            expected = from_options(provider.provider_name(), options)
        except InvalidOptionsError:
            assert shown is None  # an option that was left out has got its default, which breaks a rule with what is there
            return
        assert shown is not None
        assert expected == shown.provider
        assert (("default_catalog", "default_database", name), temporary) == (shown.path, shown.temporary)
        assert [column[:2] for column in held.input] == [column[:2] for column in ours(shown.input)]
        assert [column[:2] for column in held.output] == [column[:2] for column in ours(shown.output)]
    finally:
        flink.drop(name)


@pytest.mark.parametrize("cls", CLASSES)
@many
@given(data=st.data())
def test_providers(flink: Flink, cls: type[Provider], data: st.DataObject) -> None:
    """Flink executes every written statement, and the model has the provider's options."""
    written(flink, data, data.draw(providers(cls)))


@many
@given(data=st.data())
def test_ugly_strings(flink: Flink, data: st.DataObject) -> None:
    """Keys and values may be any strings."""
    options = data.draw(st.dictionaries(ugly.filter(lambda key: key != "provider"), ugly, max_size=4))
    written(flink, data, GenericProvider(data.draw(ugly.filter(bool)), **options))


# Reading ---------------------------------------------------------------------------------------------------------------

_SEEDS = [
    "CREATE TEMPORARY MODEL IF NOT EXISTS `a b`.c.m INPUT (a STRING NOT NULL COMMENT 'it''s', `b``c` ARRAY<ROW<x INT 'y'>>) "
    "OUTPUT (v DECIMAL(10, 2)) COMMENT 'c' WITH ('provider' = 'g', 'a' = '\u00e9' 'b', 'c' = '\\''', 'd' = 'x');",
    "CREATE MODEL m /* c */ INPUT (a MAP<STRING, DOUBLE PRECISION>, PRIMARY KEY (a) NOT ENFORCED) -- d\n"
    "OUTPUT (b TIMESTAMP(3) WITH LOCAL TIME ZONE) WITH ('provider'='g')",
    "CREATE OR REPLACE MODEL m INPUT (a INT MULTISET) OUTPUT (b VARCHAR(5)) WITH ('provider'='g', 'x' = '') // e",
]
_PIECES = [
    *("'", "''", "`", '"', "\\", "\n", "\t", " ", "\r", "/*", "*/", "--", "//", "/*+", ";", ",", "(", ")", "<", ">", "=", "."),
    *("U&", "E", "N", "_UTF8", "X", "UESCAPE", "0", "9", "10", "\u00e9", "\U0001f600", "\u00a0", "\x00", "$", "#", "-", "+", "{"),
    *("NOT", "NULL", "COMMENT", "INPUT", "OUTPUT", "WITH", "AS", "IF", "ROW", "ARRAY", "INT", "STRING", "value", "m", "key"),
    *("PRIMARY", "UNIQUE", "CONSTRAINT", "ENFORCED", "TIME", "ZONE", "LOCAL", "TEMPORARY", "MODEL", "'provider'='g'"),
]


def _mutated(chance: random.Random) -> str:
    sql = chance.choice(_SEEDS)
    for _ in range(chance.choice((1, 1, 2, 3))):
        # More often between words than inside words.
        parts = re.findall(r"\w+|\W", sql) if chance.random() < 0.7 else list(sql)
        start = chance.randrange(len(parts))
        end = start + chance.choice((0, 1, 1, 2, 5))
        piece = chance.choice(("", chance.choice(_PIECES), f" {chance.choice(_PIECES)} ", chance.choice(parts)))
        sql = "".join([*parts[:start], piece, *parts[end:]])
    return sql


WE_REFUSE = ("the provider's identifier", "a precision", "a length", "a name that is not blank", "without a prefix")
"""The messages of the library for statements that Flink accepts; the reasons are those of the exceptions above."""


def test_mutations(flink: Flink) -> None:
    """Of statements with small mistakes, Flink and the library accept the same ones, with the same content."""
    chance = random.Random(20261123)
    differ = {}
    both = 0
    for _ in range(6000):
        sql = _mutated(chance)
        statement, refusal = read(sql)
        try:
            operation = flink.parser.parse(sql).get(0)
        except REFUSALS as error:
            if statement:
                differ[sql] = str(error)[:300]
            continue
        if statement is None:
            if not any(reason in refusal for reason in WE_REFUSE):
                differ[sql] = refusal
            continue
        both += 1
        model = operation.getCatalogModel()
        options = {"provider": statement.provider.provider_name(), **statement.provider.to_options()}
        given = [column.getName() for column in model.getInputSchema().getColumns()]
        expected = (statement.path[-1], [column.name for column in statement.input], options, statement.temporary)
        found = (operation.getModelIdentifier().getObjectName(), given, dict(model.getOptions()), operation.isTemporary())
        if expected != found:
            differ[sql] = f"{found} is not {expected}"
    assert {} == differ
    assert both > 500


# Words and types ------------------------------------------------------------------------------------------------------


def _keywords() -> Iterator[str]:
    """The keywords of the running parser."""
    [jar] = (Path(pyflink.__file__).parent / "lib").glob("flink-table-planner-loader-*.jar")
    with zipfile.ZipFile(jar) as outer:
        [name] = (name for name in outer.namelist() if name.endswith(".jar"))
        with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
            constants = inner.read("org/apache/flink/sql/parser/impl/FlinkSqlParserImplConstants.class")
    yield from (word.decode() for word in re.findall(rb'"([A-Z][A-Z0-9_]*)"', constants))


def test_keywords(flink: Flink, flink_version: str) -> None:
    """The reserved words are those that Flink refuses as names; the newest release refuses all of them."""
    refused = set()
    for word in _keywords():
        sql = f"CREATE MODEL {word} INPUT ({word} INT) OUTPUT (a ROW<{word} INT>) WITH ('provider' = 'g')"
        taken = flink.execute(sql)
        if taken:
            flink.drop(word)
        else:
            refused.add(word)
        assert taken or read(sql)[0] is None, word
    assert len(refused) > 400
    assert refused == RESERVED if flink_version == "2.3" else refused < RESERVED


STRICTER = {"RAW('a', 'b')", "STRUCTURED<'F', a INT>", "VARCHAR(0)", "DECIMAL(39)", "TIMESTAMP(10)"}
"""The types that only Flink accepts; see the exceptions above."""


def test_types(flink: Flink, flink_version: str) -> None:
    """The library spells a type as Flink does."""
    for text, expected in TYPES.items():
        if expected in NEWER_TYPES and flink_version < "2.3":
            continue
        assert flink.execute(f"CREATE MODEL m INPUT (a {text}) OUTPUT (b {expected}) {WITH}"), text
        held = flink.held("m")
        assert [[("a", expected, "")], [("b", expected, "")]] == [held.input, held.output]
        flink.drop("m")


def test_no_types(flink: Flink) -> None:
    """Flink refuses the types that the library refuses."""
    taken = {
        text
        for text in NO_TYPES
        if flink.execute(f"CREATE TEMPORARY MODEL IF NOT EXISTS m INPUT (a {text}\n) OUTPUT (b INT) {WITH}")
    }
    flink.drop("m")
    assert taken <= STRICTER | {text for text, message in NO_TYPES.items() if "levels" in message}
