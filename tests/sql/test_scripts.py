# SPDX-License-Identifier: Apache-2.0
"""Whole scripts: their statements are split as in Flink, those about models are applied in order, and all others are skipped."""

from __future__ import annotations

import contextlib
import pickle
import warnings
from collections.abc import Callable

import pytest
from growth import MOST, growth
from hypothesis import given
from hypothesis import strategies as st
from strategies import providers

from llmproviders import (
    DocumentError,
    GenericProvider,
    ModelStatement,
    OpenAIProvider,
    Script,
    create_model_sql,
    from_options,
    parse_create_model,
    parse_statements,
)

WITH = "WITH ('provider' = 'g')"
G = GenericProvider("g")


def read(sql: str) -> Script:
    """The models of a script; warnings about old names are not shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parse_statements(sql, source="job.sql")


def problems(sql: str) -> list[str]:
    """The problems of a script, without its name."""
    with pytest.raises(DocumentError) as caught:
        read(sql)
    return [str(each).removeprefix("job.sql:") for each in caught.value.problems]


def models(sql: str) -> dict[str, dict[str, str]]:
    """The options of each model, by its name."""
    return {".".join(each.path): each.provider.to_options() for each in read(sql)}


# Splitting --------------------------------------------------------------------------------------------------------------

SKIPPED = [
    *("SELECT 1", "SET 'a' = 'b'", "SET dir = s3://bucket/a", "RESET", "ADD JAR '/a;b.jar'", "USE MODULES x, y", "SHOW MODELS"),
    *(
        "SHOW CREATE MODEL m",
        "SHOW\nCREATE MODEL m",
        "DESCRIBE MODEL m",
        "EXPLAIN SELECT 1",
        "QUIT",
        "",
        "#",
        "\U0001f600 \x00 \\",
        "$",
        "a$$b",
    ),
    *(
        'SELECT "a;b", "it\'s"',
        "SELECT 'it''s; \"'",
        "SELECT `a;b'`",
        "SELECT 1 -- it's; x\n",
        "SELECT 1 /* it's; x */",
        "SELECT 7 / 2 - -1",
    ),
    *(
        "CREATE TABLE model (a INT) WITH ('a' = 'CREATE MODEL m')",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE model",
        "ALTER TABLE model ADD a INT",
    ),
    *(
        "INSERT INTO t /*+ OPTIONS('a' = 'b;') */ SELECT 1",
        "CREATE FUNCTION f AS 'a.B' LANGUAGE PYTHON",
        "/*+ hint */",
        "CREATE DATABASE MODEL",
    ),
    "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO t SELECT 2; END",
    "CREATE FUNCTION f AS $$\ndef f(): return 'it' // \"s; DROP TABLE\n$$",
    "/* CREATE MODEL in a comment;\nCREATE MODEL n */ SELECT 1",
    "-- CREATE MODEL n;\nSELECT 1",
    "// CREATE MODEL n; it's\nSELECT 1",
    "SELECT 1\n-- CREATE MODEL n\n",
    "SELECT 'CREATE MODEL n'",
]


@pytest.mark.parametrize("statement", SKIPPED)
def test_other_statements_are_skipped(statement: str) -> None:
    """A statement that is not about models is never a problem, and does not change the models."""
    script = read(f"CREATE MODEL a {WITH};\n{statement};\nCREATE MODEL b {WITH}\n;{statement}")
    assert [("a",), ("b",)] == [each.path for each in script]
    assert () == script.warnings


def test_locations() -> None:
    """A model has the location of its CREATE MODEL; problems have those of the script."""
    script = read(f"SELECT 'a\nb'; /* c\n*/ CREATE MODEL a {WITH}; DROP MODEL x;")
    assert [(3, 4)] == [(each.line, each.column) for each in script]
    assert ["job.sql:3:55: expected a model of this script, got 'x'; this DROP MODEL is skipped"] == [*map(str, script.warnings)]
    assert () == script[0].warnings


def test_a_statement_about_models_is_read_strictly() -> None:
    """Only statements about models may have no hints, double quotes and other characters; each is a problem."""
    assert [
        "1:33: expected no double quote, got one; write strings in single quotes and names in backticks",
        "2:15: expected no hint; Flink accepts none in CREATE MODEL",
        "3:1: expected no hint; Flink accepts none in CREATE MODEL",
        "4:13: expected the end of the statement, got ','",
    ] == problems(
        f"SELECT \"a\"; CREATE MODEL a ('b' \"c\");\nALTER MODEL m /*+ a */ SET ('a' = 'b');\n/*+ a */ CREATE MODEL m {WITH};\nDROP MODEL m, n"
    )


def test_the_slashes_of_a_comment() -> None:
    """Two slashes begin a comment in front of and within a statement about models, as in Flink's parser."""
    assert {"m": {}} == models(f"// it's; a\nCREATE MODEL m // it's; b\n{WITH} // c")


SWALLOWED = {
    "SELECT 'it's';\nCREATE MODEL a @;": "1:13: expected the end of this string before the CREATE MODEL of line 2, got none; a quote within a string is written twice",
    "SELECT `a;\nCREATE MODEL a @;": "1:8: expected the end of this string before the CREATE MODEL of line 2, got none; a quote within a string is written twice",
    "USE 'a;\ndrop model a": "1:5: expected the end of this string before the DROP MODEL of line 2, got none; a quote within a string is written twice",
    "SELECT 1; /* a\n;CREATE MODEL a @;": "1:11: expected the end of this comment before the CREATE MODEL of line 2, got none",
    "SELECT 1\nCREATE MODEL a @": "2:1: expected a semicolon, or nothing, before CREATE MODEL, got other characters",
    "\ufeffCREATE MODEL a @": "1:2: expected a semicolon, or nothing, before CREATE MODEL, got other characters",
    "SQL> CREATE MODEL a @": "1:6: expected a semicolon, or nothing, before CREATE MODEL, got other characters",
    "INSERT INTO t SELECT 1 CREATE MODEL a @": "1:24: expected a semicolon, or nothing, before CREATE MODEL, got other characters",
    "CREATE MODEL a @; EXPLAIN CREATE MODEL b @; SHOW CREATE MODEL a; SELECT 'a CREATE MODEL b', '": "",
    "CREATE MODEL a @; SELECT '": "",
    "CREATE MODEL a @; SELECT 'a CREATE MODEL b": "",
    "CREATE MODEL a WITH ('provider' = 'g); DROP MODEL a;": "1:35: expected a string that ends with a quote; a quote within a string is written twice",
}


@pytest.mark.parametrize("sql", SWALLOWED)
def test_statements_that_another_one_swallows(sql: str) -> None:
    """An accident in a skipped statement is reported if it hides a statement about models."""
    script = sql.replace("@", WITH)
    if SWALLOWED[sql]:
        assert [SWALLOWED[sql]] == problems(script)
    else:
        assert {"a": {}} == models(script)


def test_a_statement_in_a_string() -> None:
    """A statement about models inside a string that ends is a warning."""
    script = read(
        f"INSERT INTO t VALUES ('a');INSERT INTO t VALUES ('\nCREATE MODEL b {WITH.replace(chr(39), chr(34))}');CREATE MODEL a {WITH};"
    )
    assert [("a",)] == [each.path for each in script]
    assert [
        "job.sql:1:50: expected no CREATE MODEL inside a string, got one in line 2; it is not read, because it is part of the string; look for a quote that is missing"
    ] == [*map(str, script.warnings)]


# Applying ---------------------------------------------------------------------------------------------------------------

APPLIED: dict[str, dict[str, dict[str, str]]] = {
    "": {},
    "CREATE MODEL m @; DROP MODEL m": {},
    "CREATE MODEL m @; DROP MODEL m; CREATE MODEL m WITH ('provider' = 'g', 'a' = '1')": {"m": {"a": "1"}},
    "CREATE MODEL m @; CREATE MODEL IF NOT EXISTS m WITH ('provider' = 'openai')": {"m": {}},
    "CREATE MODEL m @; ALTER MODEL m SET ('a' = '1', 'b' '2' = '2' 'x'); ALTER MODEL IF EXISTS m RESET ('a', 'c')": {
        "m": {"b2": "2x"}
    },
    "CREATE MODEL m @; CREATE MODEL n @; ALTER MODEL m RENAME TO o; CREATE MODEL m @": {"o": {}, "n": {}, "m": {}},
    "CREATE MODEL m @; CREATE TEMPORARY MODEL m @; DROP TEMPORARY MODEL m": {"m": {}},
    "CREATE TEMPORARY MODEL m @; CREATE MODEL m @; DROP MODEL m; DROP TEMPORARY MODEL IF EXISTS n": {"m": {}},
    "DROP MODEL IF EXISTS m; ALTER MODEL IF EXISTS m SET ('a' = 'b'); ALTER MODEL IF EXISTS m RENAME TO n": {},
    "CREATE MODEL m WITH ('provider' = 'openai', 'a' = 'b'); DROP MODEL m": {},
    # Names
    "USE CATALOG c; USE d; CREATE MODEL m @; CREATE MODEL e.m @; CREATE MODEL f.e.m @": {"c.d.m": {}, "c.e.m": {}, "f.e.m": {}},
    "USE d; CREATE MODEL m @; USE c.d; CREATE MODEL m @; USE CATALOG c; CREATE MODEL m @": {"d.m": {}, "c.d.m": {}, "m": {}},
    "USE `C`.d; USE MODULES x; CREATE MODEL m @": {"C.d.m": {}},
    "USE c.d; USE x y z; CREATE MODEL m @; USE CATALOG c.d; CREATE MODEL n @; USE a.b.c": {"m": {}, "n": {}},
    "CREATE MODEL m @; ALTER MODEL c.d.m SET ('a' = '1')": {"m": {"a": "1"}},
    "CREATE MODEL m @; CREATE MODEL d.m @; ALTER MODEL m SET ('a' = '1')": {"m": {"a": "1"}, "d.m": {}},
    "CREATE MODEL d.m @; USE c.e; CREATE MODEL m @; ALTER MODEL d.m SET ('a' = '1'); DROP MODEL m": {"d.m": {"a": "1"}},
    "USE c.d; CREATE MODEL m @; ALTER MODEL m RENAME TO n; DROP MODEL c.d.n": {},
    # IF EXISTS may mean a model of another database, which the script did not create.
    "CREATE MODEL d.m @; DROP MODEL IF EXISTS m; ALTER MODEL IF EXISTS m SET ('a' = '1'); CREATE MODEL m @": {"d.m": {}, "m": {}},
    "CREATE MODEL `m$2` @; ALTER MODEL m$2 SET ('a' = '1')": {"m$2": {"a": "1"}},
}


@pytest.mark.parametrize("sql", APPLIED)
def test_applying(sql: str) -> None:
    """The models are those at the end of the script, in the order of their creation, with names as full as the script tells."""
    found = models(sql.replace("@", WITH))
    assert APPLIED[sql] == found
    assert [*APPLIED[sql]] == [*found]


REFUSED: dict[str, list[str]] = {
    "CREATE MODEL m @;\nCREATE MODEL m @;": [
        "2:1: expected a model that does not exist yet, got 'm'; line 1 creates it; write IF NOT EXISTS, or drop it before"
    ],
    "CREATE MODEL m @; CREATE MODEL n @;\nALTER MODEL m RENAME TO n;": [
        "2:13: expected a model that does not exist yet, got 'n'; line 1 creates it"
    ],
    "CREATE TEMPORARY MODEL m @;\nALTER MODEL IF EXISTS m SET ('a' = 'b');\nDROP MODEL m": [
        "2:23: expected a model that is not temporary, got 'm'; Flink alters no temporary model",
        "3:12: expected a model that is not temporary, got 'm'; write DROP TEMPORARY MODEL",
    ],
    "CREATE MODEL m @;\nDROP TEMPORARY MODEL m": ["2:22: expected a model that is temporary, got 'm'; write DROP MODEL"],
    "CREATE MODEL m @; CREATE MODEL d.m @;\nDROP MODEL c.d.m": [
        "2:12: expected the name of one model, got 'c.d.m', which may be 'd.m' and 'm'; write the name with catalog and database, here and where they are created"
    ],
    "CREATE MODEL m @;\nDROP MODEL m$all; DROP MODEL IF EXISTS m$all; ALTER MODEL `m$2` SET ('a' = 'b')": [
        "2:12: expected a model of Apache Flink or VVR, got Confluent's version of 'm'; write DROP MODEL with the name alone; models have no versions",
        "2:59: expected a model of Apache Flink or VVR, got Confluent's version of 'm'; write ALTER MODEL with the name alone; models have no versions",
    ],
    "ALTER MODEL m SET ();\nALTER MODEL m RESET ();\nALTER MODEL m ADD x;\nALTER TEMPORARY MODEL m SET ('a' = 'b');\nALTER MODEL m RENAME n;\nDROP MODEL;\nDROP SYSTEM MODEL m": [
        "1:20: expected the key of an option as a string in quotes, got ')'",
        "2:22: expected the key of an option as a string in quotes, got ')'",
        "3:15: expected SET, RESET or RENAME TO, got a bare word",
        "4:7: expected MODEL, got TEMPORARY",
        "5:22: expected TO, got a bare word",
        "6:11: expected a model's name, got the end",
        "7:6: expected MODEL, got SYSTEM",
    ],
    "CREATE MODEL m WITH ('provider' = 'openai', 'api-key' = 'k');\nALTER MODEL m SET ('temperature' = 'hot', 'a' = 'b',\n'endpoint' = 'https://h/embeddings')": [
        "2:36: temperature: expected a finite number, got 'hot'"
    ],
    "CREATE MODEL m @\nCREATE MODEL n @": ["2:1: expected the end of the statement, got CREATE; write a semicolon before it"],
    "CREATE MODEL m @; ALTER MODEL m RESET ('provider')": [
        "1:16: provider: expected the provider's identifier, got none; such as 'provider' = 'openai-compat'"
    ],
    "CREATE MODEL a.b$c @;\nCREATE MODEL a . b$c @; CREATE MODEL `a`.c$c @; CREATE MODEL a.b$1 @;\nCREATE MODEL a.$b @": [
        "1:16: expected a model's name; write it in backticks, because there is a $ in it",
        "3:16: expected a model's name; write it in backticks, because there is a $ in it",
    ],
}


@pytest.mark.parametrize("sql", REFUSED)
def test_refused(sql: str) -> None:
    """A statement that Flink refuses is a problem, and does not hide the next one."""
    assert REFUSED[sql] == problems(sql.replace("@", WITH))


WARNED: dict[str, list[str]] = {
    "ALTER MODEL m SET ('a' = '1');\nDROP MODEL n; DROP TEMPORARY MODEL o": [
        "1:13: expected a model of this script, got 'm'; this ALTER MODEL is skipped; "
        "change an entry of a catalog with llmproviders set",
        "2:12: expected a model of this script, got 'n'; this DROP MODEL is skipped",
        "2:36: expected a model of this script, got 'o'; this DROP MODEL is skipped",
    ],
    "CREATE MODEL mood @;\nALTER MODEL moo SET ('a' = '1'); DROP MODEL moood": [
        "2:13: expected a model of this script, got 'moo'; this ALTER MODEL is skipped; did you mean mood?",
        "2:45: expected a model of this script, got 'moood'; this DROP MODEL is skipped; did you mean mood?",
    ],
    "CREATE MODEL `sk-0123456789abcdef0123456789` @;\nDROP MODEL `sk-0123456789abcdef012345678`": [
        "2:12: expected a model of this script, got '******'; this DROP MODEL is skipped"
    ],
    "CREATE TEMPORARY MODEL m @;\nDROP MODEL IF EXISTS m": [
        "2:22: expected a model that is not temporary, got 'm'; write DROP TEMPORARY MODEL"
    ],
    "CREATE MODEL m @;\nALTER MODEL m RENAME TO d.n": [
        "2:13: expected RENAME TO with a name alone; Flink ignores the database, and the model stays in its own"
    ],
    "USE c.d; CREATE MODEL m @; ALTER MODEL m RENAME TO d.n": [],
    "CREATE MODEL m @;\nALTER MODEL m SET ('a' = '1', 'a' = '2')": [
        "2:31: a: expected each key once, got twice; Flink uses the last one"
    ],
    "CREATE MODEL d.m @;\nDROP MODEL IF EXISTS m": [
        "2:22: expected the name of one model, got 'm', which may be 'd.m'; this DROP MODEL is skipped; "
        "write the name with catalog and database, here and where they are created"
    ],
    "CREATE CONNECTION c WITH ('type' = 'openai');\nDROP CONNECTION c": [
        "1:1: expected no connection, got a statement of Confluent's; write 'endpoint' and 'api-key' into the models that use it",
        "2:1: expected no connection, got a statement of Confluent's; write 'endpoint' and 'api-key' into the models that use it",
    ],
}


@pytest.mark.parametrize("sql", WARNED)
def test_warned(sql: str) -> None:
    """A statement that Flink accepts, or that another script explains, is a warning of the script."""
    assert WARNED[sql] == [str(each).removeprefix("job.sql:") for each in read(sql.replace("@", WITH)).warnings]


def test_warnings_of_a_model() -> None:
    """A model has the warnings of the statements that create and alter it."""
    script = read(f"CREATE OR REPLACE MODEL m {WITH}; ALTER MODEL m SET ('a' = '1', 'a' = '2'); DROP MODEL n")
    assert ["", "a", ""] == [each.problem.option for each in script.warnings]
    assert script.warnings[:2] == script[0].warnings


def test_a_script_is_a_tuple() -> None:
    """The result is equal to a tuple of its models, and can be pickled with its warnings."""
    script = read(f"CREATE MODEL m {WITH}; DROP MODEL n")
    assert (ModelStatement(path=("m",), provider=G),) == script
    again = pickle.loads(pickle.dumps(script))
    assert (script, script.warnings) == (again, again.warnings)
    assert () == Script() == Script().warnings


def test_a_secret_is_not_shown() -> None:
    """A name that looks like a key is masked in messages."""
    key = "sk-" + "aB3" * 12
    assert key not in problems(f"CREATE MODEL `{key}` {WITH}; CREATE MODEL `{key}` {WITH}")[0]
    assert key not in problems(f"DROP MODEL `{key}$all`")[0]
    assert key not in problems(f"CREATE MODEL m WITH ('provider' = 'openai', 'openai.{key}' = 'a')")[0]


def test_an_old_key_beside_the_new_one() -> None:
    """The value of an old key beside the new one is not read, as in Flink."""
    options = {"endpoint": "https://h/embeddings", "api-key": "k", "max-tokens": "5"}
    expected = OpenAIProvider("https://h/embeddings", "k", max_tokens=5)
    for mixed in ({**options, "maxTokens": "none"}, {"maxTokens": "none", **options}):
        assert expected == from_options("openai", mixed)
        given = ", ".join(f"'{key}' = '{value}'" for key, value in mixed.items())
        assert (expected,) == tuple(each.provider for each in read(f"CREATE MODEL m WITH ('provider' = 'openai', {given})"))


# Laws -------------------------------------------------------------------------------------------------------------------

statements = st.builds(
    lambda name, provider: create_model_sql((name,), provider, input="a STRING", output="b STRING", secrets="reveal"),
    st.text("abc;'`\"-/* \\", min_size=1, max_size=6).filter(str.strip),
    providers(GenericProvider) | providers(OpenAIProvider),
)


skipped = st.sampled_from(SKIPPED) | st.text("SELECT abz019_.,()<>=+#\u00e9\U0001f600\n").map("INSERT {}".format)


@given(st.lists(statements, max_size=3), st.lists(skipped, min_size=4, max_size=4))
def test_skipped_statements_change_nothing(given: list[str], skipped: list[str]) -> None:
    """Statements with others between them give the models that they give one by one."""
    expected = {}
    for sql in given:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = parse_create_model(sql)
        expected.setdefault(model.path, model)
    unique = [sql for index, sql in enumerate(given) if parse_path(sql) not in map(parse_path, given[:index])]
    pieces = [piece for pair in zip(skipped, [*unique, *[""] * 4], strict=False) for piece in pair]
    assert tuple(expected.values()) == read(";\n".join(pieces))


def parse_path(sql: str) -> tuple[str, ...]:
    """The name of a model in its statement."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parse_create_model(sql).path


@given(st.text(alphabet="';`\"-/*$\\\n aCREATEMODL,().=+#\u00e9") | st.text())
def test_any_string(sql: str) -> None:
    """Any string is read, or ends in a DocumentError."""
    try:
        assert isinstance(read(sql), Script)
    except DocumentError as error:
        assert str(error)


# Costs ------------------------------------------------------------------------------------------------------------------

INPUTS: dict[str, Callable[[int], str]] = {
    "quotes": lambda size: "'" * size,
    "quotes that differ": lambda size: "'\"`" * size,
    "semicolons": lambda size: ";" * size,
    "comments": lambda size: "/**/--\n//\n" * size,
    "comments that do not end": lambda size: "/* /*" * size,
    "slashes, dashes and dollars": lambda size: "/-$ a$$ $$" * size,
    "dollars": lambda size: " $$a" * size + " $",
    "statements": lambda size: "SELECT 'a';\n" * size,
    "hidden statements": lambda size: "SELECT '\n" + "CREATE MODEL m\n" * size + "'",
    "hidden statements in comments": lambda size: "SELECT 1 /*\n" + "CREATE MODEL m\n" * size + "*/",
    "words that nearly begin a statement": lambda size: "CREATE " * size + "\n" * size,
    "models": lambda size: "".join(f"CREATE MODEL m{number} {WITH};" for number in range(size // 20)),
    "models of one name": lambda size: "".join(f"CREATE MODEL d{number}.m {WITH};DROP MODEL m;" for number in range(size // 20)),
    "alterations": lambda size: f"CREATE MODEL m {WITH};" + "ALTER MODEL m SET ('a' = 'b');" * (size // 20),
    "alterations of different keys": lambda size: (
        f"CREATE MODEL m {WITH};" + "".join(f"ALTER MODEL m SET ('a{number}' = 'b');" for number in range(size // 20))
    ),
    "drops": lambda size: f"CREATE MODEL m {WITH};DROP MODEL m;" * (size // 20),
    "renames": lambda size: f"CREATE MODEL m {WITH};" + "ALTER MODEL m RENAME TO n;ALTER MODEL n RENAME TO m;" * (size // 20),
    "blanks in front of a key of a pipeline": lambda size: " \n# a\n" * size,
}


@pytest.mark.parametrize("name", INPUTS)
def test_costs_are_linear(name: str) -> None:
    """A script that is twice as long costs twice as much."""

    def run(sql: str) -> None:
        with contextlib.suppress(DocumentError):
            read(sql)

    assert growth(INPUTS[name], run, 10_000) <= MOST
