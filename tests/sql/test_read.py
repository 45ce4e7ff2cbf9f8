# SPDX-License-Identifier: Apache-2.0
"""Reading CREATE MODEL statements, and the problems of other statements."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from growth import MOST, growth

import llmproviders
from llmproviders import (
    Column,
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    ModelStatement,
    OldSpellingWarning,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    TritonProvider,
    parse_create_model,
    parse_statements,
    register_provider_class,
)

URL = "https://api.example.com/v1/chat/completions"
KEY = "${secret_values.key}"
MARK = "sk-mArKeR-7f3"

G = GenericProvider("g")


# A statement that Flink accepts, and its content.
READ: dict[str, tuple[str, ModelStatement]] = {
    "the least": ("create model m with ('provider'='g')", ModelStatement(path=("m",), provider=G)),
    "all clauses": (
        "-- c\n/* d */ CREATE /**/ TEMPORARY // e\nMODEL IF NOT EXISTS `c``at` . db./**x*/model INPUT(`a b`STRING NOT NULL COMMENT'it''s',\tPRIMARY KEY(x)NOT ENFORCED)"
        "OUTPUT(b INT)COMMENT'c'WITH('provider'='g');;\n--",
        ModelStatement(
            path=("c`at", "db", "model"),
            provider=G,
            input=(Column("a b", "STRING NOT NULL", "it's"),),
            output=(Column("b", "INT"),),
            comment="c",
            temporary=True,
            if_not_exists=True,
        ),
    ),
    "as SHOW CREATE MODEL prints it": (
        "CREATE MODEL `default_catalog`.`default_database`.`m`\nINPUT (`a` VARCHAR(2147483647))\nOUTPUT (`b` VARCHAR(2147483647))\n"
        "WITH (\n  'api-key' = '${x}',\n  'endpoint' = 'https://h/embeddings',\n  'provider' = 'openai'\n)\n",
        ModelStatement(
            path=("default_catalog", "default_database", "m"),
            provider=OpenAIProvider("https://h/embeddings", "${x}"),
            input=(Column("a", "STRING"),),
            output=(Column("b", "STRING"),),
        ),
    ),
    "metadata columns as SHOW CREATE MODEL prints them": (
        "CREATE TEMPORARY MODEL `m`\nINPUT (`a` VARCHAR(2147483647))\nOUTPUT (`b` VARCHAR(2147483647), "
        "`error-string` VARCHAR(2147483647) METADATA VIRTUAL, `e` INT METADATA FROM 'http-status-code')\nWITH (\n  'provider' = 'g'\n)\n",
        ModelStatement(
            path=("m",),
            provider=G,
            input=(Column("a", "STRING"),),
            output=(
                Column("b", "STRING"),
                Column("error-string", "STRING", metadata="error-string"),
                Column("e", "INT", metadata="http-status-code"),
            ),
            temporary=True,
        ),
    ),
    "literals": (
        "CREATE MODEL m WITH ('pro' 'vider'='g', 'a'='\\n' -- c\n 'x', '' = '', 'd'='--')",
        ModelStatement(path=("m",), provider=GenericProvider("g", **{"a": "\\nx", "": "", "d": "--"})),
    ),
    "names that are keywords elsewhere": ("CREATE MODEL IF WITH ('provider'='g')", ModelStatement(path=("IF",), provider=G)),
}


@pytest.mark.parametrize("name", READ)
def test_read(name: str) -> None:
    """Statements that Flink's parser accepts are read."""
    sql, expected = READ[name]
    assert expected == parse_create_model(sql)


def test_several_statements() -> None:
    """A file may hold several statements, some of them empty."""
    sql = "CREATE MODEL a WITH ('provider' = 'g;');\n\n;-- c\nCREATE MODEL b WITH ('provider' = 'g');"
    assert [("a",), ("b",)] == [statement.path for statement in parse_statements(sql)]
    assert GenericProvider("g;") == parse_statements(sql)[0].provider


WITH = "WITH ('provider' = 'g')"


# A statement, and its problems, which both functions report.
NOT_READ: dict[str, tuple[str, str]] = {
    "nothing": ("", "sql:1:1: expected CREATE MODEL, got the end; only CREATE MODEL statements are read"),
    "nothing but a comment": ("-- x\n ", "sql:2:2: expected CREATE MODEL, got the end; only CREATE MODEL statements are read"),
    "a semicolon": (f";CREATE MODEL m {WITH}", "sql:1:1: expected CREATE MODEL, got ';'; only CREATE MODEL statements are read"),
    "another statement": ("DROP MODEL m", "sql:1:1: expected CREATE MODEL, got DROP; only CREATE MODEL statements are read"),
    "a word": (f"{MARK}", "sql:1:1: expected CREATE MODEL, got a bare word; only CREATE MODEL statements are read"),
    "a table": ("CREATE TABLE t (a INT)", "sql:1:8: expected MODEL, got TABLE; only CREATE MODEL statements are read"),
    "no name": (
        f"CREATE MODEL {WITH}",
        "sql:1:14: expected a model's name, got WITH; write `WITH` in backticks: it is a reserved word",
    ),
    "a blank name": (f"CREATE MODEL ` ` {WITH}", "sql:1:14: expected a model's name: a name that is not blank"),
    "four parts": (
        f"CREATE MODEL a.b.c.d {WITH}",
        "sql:1:20: expected a model's name of at most three parts; write a part with dots in backticks",
    ),
    "no columns": (f"CREATE MODEL m INPUT () {WITH}", "sql:1:23: expected the name of a column, got ')'"),
    "no parenthesis": (f"CREATE MODEL m INPUT a INT {WITH}", "sql:1:22: expected '(', got a bare word"),
    "input only": (
        f"CREATE MODEL m INPUT (a INT) {WITH}",
        "sql:1:16: expected INPUT and OUTPUT with columns each, or neither, got INPUT only",
    ),
    "output only": (
        f"CREATE MODEL m INPUT (PRIMARY KEY (a)) OUTPUT (a INT) {WITH}",
        "sql:1:16: expected INPUT and OUTPUT with columns each, or neither, got OUTPUT only",
    ),
    "columns twice": (
        f"CREATE MODEL m INPUT (a INT,\n a INT) OUTPUT (b INT, `b` INT) {WITH}",
        "2 problems\n  sql:2:2: input: expected a different name for each column, got 'a' twice\n  sql:2:24: output: expected a different name for each column, got 'b' twice",
    ),
    "a comment of two strings": (f"CREATE MODEL m COMMENT 'a' 'b' {WITH}", "sql:1:28: expected WITH, got a string in quotes"),
    "no options": ("CREATE MODEL m INPUT (a INT) OUTPUT (b INT)", "sql:1:44: expected WITH, got the end"),
    "empty options": ("CREATE MODEL m WITH ()", "sql:1:22: expected the key of an option as a string in quotes, got ')'"),
    "a comma at the end": (
        "CREATE MODEL m WITH ('provider' = 'g',)",
        "sql:1:39: expected the key of an option as a string in quotes, got ')'",
    ),
    "a name for a key": (
        "CREATE MODEL m WITH (provider = 'g')",
        "sql:1:22: expected the key of an option as a string in quotes, got a bare word; write it in single quotes",
    ),
    "no quotes": (
        f"CREATE MODEL m WITH ('api-key' = {MARK})",
        "sql:1:34: expected the option's value as a string in quotes, got a bare word; write it in single quotes",
    ),
    "a number": (
        "CREATE MODEL m WITH ('provider' = 5)",
        "sql:1:35: expected the option's value as a string in quotes, got a number; write it in single quotes",
    ),
    "a single quote in a secret": (
        f"CREATE MODEL m WITH ('api-key' = 'it's {MARK}')",
        "sql:1:53: expected a string that ends with a quote; a quote within a string is written twice",
    ),
    "two quotes in a secret": (
        f"CREATE MODEL m WITH ('api-key' = 'it's {MARK}'s')",
        "sql:1:38: expected ',' or ')', got a bare word",
    ),
    "a string with a prefix": (
        f"CREATE MODEL m WITH ('a' = 'b',\n'api-key' = E'it\\'s {MARK}')",
        "sql:2:13: expected a string without a prefix, got a string with a prefix; write it as '...'",
    ),
    "a key with a prefix": (
        "CREATE MODEL m WITH (U&'api-key' UESCAPE '!' = 'x')",
        "sql:1:22: expected a string without a prefix, got a string with a prefix; write it as '...'",
    ),
    "a comment with a prefix": (
        f"CREATE MODEL m COMMENT N'c' {WITH}",
        "sql:1:24: expected a string without a prefix, got a string with a prefix; write it as '...'",
    ),
    "a string continued by one with a prefix": (
        "CREATE MODEL m WITH ('provider' = 'g'\n_UTF8'x')",
        "sql:2:1: expected ',' or ')', got a string with a prefix",
    ),
    "double quotes": (
        f'CREATE MODEL m WITH ("api-key" = "{MARK}")',
        "sql:1:22: expected no double quote, got one; write strings in single quotes and names in backticks",
    ),
    "a word after the statement": (
        f"CREATE MODEL m {WITH} {MARK}",
        "sql:1:40: expected the end of the statement, got a bare word",
    ),
    "a query": (
        f"CREATE MODEL m {WITH} AS SELECT 1",
        "sql:1:40: expected the end of the statement, got AS; Flink has no CREATE MODEL AS SELECT",
    ),
    "no provider": (
        "CREATE MODEL m\nWITH ('Provider' = 'g')",
        "sql:2:1: provider: expected the provider's identifier, got none; write the key Provider in lower case",
    ),
    "BigQuery's options": (
        "CREATE MODEL m OPTIONS (a = 'b')",
        "sql:1:16: expected WITH, got a bare word; OPTIONS is BigQuery's; write the options of Flink into WITH",
    ),
    "an empty provider": (
        "CREATE MODEL m\nWITH ('a' = 'b', 'provider' =\n'')",
        "sql:3:1: provider: expected the provider's identifier, got none; such as 'provider' = 'openai-compat'",
    ),
    "wrong values": (
        "CREATE MODEL m INPUT (a INT) WITH (\n  'provider' = 'openai',\n  'temperature' = 'hot',\n  'max-tokens' = '0', 'api-key' = '******')",
        "5 problems\n"
        "  sql:1:16: expected INPUT and OUTPUT with columns each, or neither, got INPUT only\n"
        "  sql:3:19: temperature: expected a finite number, got 'hot'\n"
        "  sql:4:18: max_tokens (max-tokens): expected an int of at least 1, got 0\n"
        "  sql:4:35: api_key (api-key): expected the real value, got ****** (str); "
        "this is the mask of a redacted value; use the original, or a reference\n"
        "  sql:1:30: endpoint: expected a value, got nothing; it is required",
    ),
    "a wrong extra of another alphabet": (
        "CREATE MODEL m WITH ('provider' = 'g', 'cl\u00e9-token' =\n '******')",
        "sql:2:2: extra_options: expected the real value for option 'cl\\xe9-token'; "
        "this is the mask of a redacted value; use the original, or a reference",
    ),
    "a wrong extra": (
        "CREATE MODEL m WITH ('provider' = 'g', 'the-token' =\n '******')",
        "sql:2:2: extra_options: expected the real value for option 'the-token'; "
        "this is the mask of a redacted value; use the original, or a reference",
    ),
}


SKIPPED = ("nothing", "nothing but a comment", "a semicolon", "another statement", "a word", "a table")
"""The statements that `parse_statements` skips, because they are about no model, or about one of another script."""


@pytest.mark.parametrize(
    ("read", "name"),
    [(parse_create_model, name) for name in NOT_READ] + [(parse_statements, name) for name in NOT_READ if name not in SKIPPED],
)
def test_not_read(name: str, read: Callable[[str], Any]) -> None:
    """Every problem up to the first unreadable token is reported with its location, and without secrets."""
    sql, expected = NOT_READ[name]
    with pytest.raises(DocumentError) as caught:
        read(sql)
    assert expected == str(caught.value)
    assert caught.value.__context__ is None


def test_one_statement() -> None:
    """`parse_create_model` refuses a second statement, beside the problems of the first."""
    sql = f"CREATE MODEL m WITH ('a'='b');\nCREATE MODEL n {WITH}"
    with pytest.raises(DocumentError) as caught:
        parse_create_model(sql, source="x.sql")
    assert (
        "2 problems\n"
        "  x.sql:1:16: provider: expected the provider's identifier, got none; such as 'provider' = 'openai-compat'\n"
        "  x.sql:2:1: expected one statement, got another; parse_statements reads several"
    ) == str(caught.value)


def test_problems_of_all_statements() -> None:
    """The problems of one statement do not hide those of another."""
    sql = f"CREATE MODEL m;\nDROP MODEL;\nCREATE MODEL n {WITH};\nCREATE MODEL o WITH ('a' = 'b');"
    with pytest.raises(DocumentError) as caught:
        parse_statements(sql, source="x.sql")
    assert [1, 2, 4] == [problem.line for problem in caught.value.problems]


def test_no_failure_shows_a_secret() -> None:
    """Neither messages nor variables of the library's frames show a secret of a wrong statement."""
    from test_secrecy import assert_hidden

    secret = "sk-mArKeR-7f3"
    for tail in ("", "AS SELECT 1", ", x", "'", "`", "; DROP MODEL", "/*"):
        sql = f"CREATE MODEL m WITH ('provider' = 'openai', 'n' = 'x', 'api-key' = '{secret}', 'headers' = '{secret}') {tail}"
        for read in (parse_create_model, parse_statements):
            assert_hidden(lambda sql=sql, read=read: read(sql), DocumentError)  # type: ignore[misc]


# Options in old spellings, the provider that they give, and the warnings.
OLD: dict[str, tuple[Mapping[str, str], Provider, list[str]]] = {
    "an identifier": (
        {"provider": "bailian", "endpoint": URL, "apiKey": KEY, "systemPrompt": "s", "maxTokens": "5", "topP": "0.5"},
        OpenAICompatProvider(endpoint=URL, api_key=KEY, system_prompt="s", max_tokens=5, top_p=0.5),
        [
            "provider: expected openai-compat, got VVR's old name; write 'provider' = 'openai-compat'",
            "apiKey: expected api-key, got VVR's old spelling; write 'api-key' = ...",
            "systemPrompt: expected system-prompt, got an old spelling; write 'system-prompt' = ...",
            "maxTokens: expected max-tokens, got an old spelling; write 'max-tokens' = ...",
            "topP: expected top-p, got an old spelling; write 'top-p' = ...",
        ],
    ),
    "keys that Flink still reads": (
        {"provider": "openai", "endpoint": URL, "api-key": KEY, "maxTokens": "5"},
        OpenAIProvider(URL, KEY, max_tokens=5),
        ["maxTokens: expected max-tokens, got an old spelling; write 'max-tokens' = ..."],
    ),
    "both": (
        {"provider": "openai", "endpoint": URL, "api-key": KEY, "maxTokens": "5", "max-tokens": "6"},
        OpenAIProvider(URL, KEY, max_tokens=6),
        [
            "maxTokens: expected max-tokens, got an old spelling; write 'max-tokens' = ...",
            "maxTokens: expected max-tokens alone, got both; Flink uses max-tokens",
        ],
    ),
    "Triton's": (
        {"provider": "triton", "endpoint": "h", "retry-backoff": "1s", "modelName": "m"},
        TritonProvider("h", retry_initial_backoff="1s", model_name="m"),
        [
            "retry-backoff: expected retry-initial-backoff, got an old spelling; write 'retry-initial-backoff' = ...",
            "modelName: expected model-name, got an old spelling; write 'model-name' = ...",
        ],
    ),
    "several values": (
        {"provider": "dashscope", "task": "embeddings", "contentTypes": "TEXT"},
        DashScopeProvider(task="embeddings", content_type=["TEXT"]),
        ["contentTypes: expected content-types, got an old spelling; write 'content-types' = ..."],
    ),
    "no old spelling": ({"provider": "g", "apiKey": KEY}, GenericProvider("g", apiKey=KEY), []),
}


@pytest.mark.parametrize("name", OLD)
def test_old_spellings(name: str) -> None:
    """Old identifiers and keys are read as the current ones, and a warning says what to write."""
    options, expected, messages = OLD[name]
    sql = "CREATE MODEL m WITH (\n" + ",\n".join(f"'{key}' = '{value}'" for key, value in options.items()) + ")"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        statement = parse_create_model(sql, source="x.sql")
    assert expected == statement.provider
    assert messages == [str(problem.problem) for problem in statement.warnings]
    old = [problem for problem in statement.warnings if problem.problem.code == "deprecated-key"]
    assert [str(problem) for problem in old] == [str(warning.message) for warning in caught]
    for warning, problem in zip(caught, old, strict=True):
        assert warning.category is OldSpellingWarning
        assert Path(__file__).name == Path(warning.filename).name
        assert problem.problem.severity == "warning"
        line = 2 + list(options).index(problem.problem.option)
        assert (line, 14 if problem.problem.option == "provider" else 1) == (problem.line, problem.column)


def test_a_class_of_an_old_identifier(own_classes: Any) -> None:
    """A registered class overrides the old meaning of its identifier."""

    @register_provider_class
    @attrs.frozen(kw_only=True, slots=False, eq=False, repr=False)
    class Bailian(Provider):
        """A provider whose identifier is an old name."""

        identifier = "bailian"

    assert Bailian() == parse_create_model("CREATE MODEL m WITH ('provider' = 'bailian')").provider


def test_other_warnings() -> None:
    """Mistakes that Flink accepts are in the warnings of the statement only."""
    sql = "CREATE OR REPLACE MODEL m WITH ('provider' = 'g', 'a' = '1',\n'a' = '2', 'a\n' = '', 'a\n' = '')"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        statement = parse_create_model(sql)
    assert GenericProvider("g", **{"a": "2", "a\n": ""}) == statement.provider
    assert [
        "sql:1:8: expected no OR REPLACE; Flink ignores it: the statement fails if the model exists",
        "sql:2:1: a: expected each key once, got twice; Flink uses the last one",
        "sql:3:9: 'a\\n': expected each key once, got twice; Flink uses the last one",
    ] == [str(problem) for problem in statement.warnings]


def test_classes_of_errors_and_warnings() -> None:
    """The error is a `ProviderError`, and the warning a `UserWarning` of the library."""
    assert issubclass(DocumentError, ProviderError)
    assert issubclass(OldSpellingWarning, UserWarning)
    assert llmproviders.__name__ == OldSpellingWarning.__module__.partition(".")[0]


def test_names_that_look_like_a_mistake() -> None:
    """An unknown name is passed to Java unchanged, with a warning if it is close to a known one."""
    found = {}
    for options in (
        "'provider' = 'opnai'",
        "'provider' = 'zzz', 'temprature' = '2'",
        "'provider' = 'openai', 'endpoint' = 'e', 'api-key' = 'k', 'temprature' = '2', 'some-java-key' = 'x'",
        "'provider' = 'openai-compat', 'api_key' = 'k'",
    ):
        statement = parse_create_model(f"CREATE MODEL m WITH ({options})")
        found[options] = [str(each) for each in statement.warnings]
    assert [
        ["sql:1:35: provider: expected a known identifier, got an unknown name; did you mean openai?"],
        [],
        ["sql:1:80: temprature: expected an option of openai, got an unknown name; did you mean temperature?"],
        ["sql:1:52: api_key: expected an option of openai-compat, got an unknown name; did you mean api-key?"],
    ] == list(found.values())


def test_an_option_under_its_old_name_and_its_new_one() -> None:
    """If an option is given under its old and its new name, the new one wins with a warning, as in Flink."""
    with pytest.warns(OldSpellingWarning):
        statement = parse_create_model(
            "CREATE MODEL m WITH ('provider' = 'openai', 'endpoint' = 'e', 'apiKey' = 'sk-a', 'api-key' = 'sk-b')"
        )
    assert "sk-b" == statement.provider.to_options()["api-key"]
    assert [
        "sql:1:63: apiKey: expected api-key, got VERA's spelling; write 'api-key' = ...",
        "sql:1:63: apiKey: expected api-key alone, got both; Flink uses api-key",
    ] == [str(each) for each in statement.warnings]


GIVEN: dict[str, Any] = {
    "keys that are repeated": lambda size: ["'k' = 'v'"] * size,
    "unknown keys": lambda size: [f"'temprature-{number}' = 'v'" for number in range(size // 4)],
    "masks": lambda size: [f"'token-{number}' = '******'" for number in range(size)],
    "no prefix of a string": lambda size: [f"'a' = {'_a-' * size}"],
}


@pytest.mark.parametrize("name", GIVEN)
def test_many_problems_cost_linear_time(name: str) -> None:
    """A statement with twice as many problems costs twice as much."""

    def read(options: list[str]) -> None:
        given = ",\n".join(["'provider' = 'openai-compat'", *options])
        with contextlib.suppress(DocumentError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parse_create_model(f"CREATE MODEL m WITH ({given})")

    assert growth(GIVEN[name], read, 1_000) <= MOST


def test_problems_of_extra_options_have_the_locations_of_their_values() -> None:
    """The problem of an extra option is at its value, also if its key has the words of the message."""
    sql = "CREATE MODEL m WITH ('provider' = 'x',\n'a-token' = '******',\n'b for option token' = '******')"
    with pytest.raises(DocumentError) as caught:
        parse_create_model(sql)
    assert [(2, 13), (3, 24)] == [(each.line, each.column) for each in caught.value.problems]
