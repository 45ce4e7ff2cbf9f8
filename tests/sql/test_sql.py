# SPDX-License-Identifier: Apache-2.0
"""CREATE MODEL statements: what is written, what is read, and what is said of statements that are wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import CLASSES, providers

import llmproviders
from llmproviders import (
    MASK,
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    Secret,
    SecretError,
    TritonProvider,
    UnknownRuntimeError,
    from_options,
    register_provider_class,
)
from llmproviders.sql import ModelStatement, OldSpellingWarning, create_model_sql, parse_create_model, parse_statements
from llmproviders.syntax.columns import Column, columns
from llmproviders.syntax.sql import identifier, unfit_name

URL = "https://api.example.com/v1/chat/completions"
KEY = "${secret_values.key}"
CHAT = OpenAIProvider(URL, KEY, model="gpt", system_prompt="It's a test.", temperature=0.5)
MARK = "sk-mArKeR-7f3"
IN: Any = {"text": "STRING"}
OUT: Any = {"answer": "STRING"}

# Writing --------------------------------------------------------------------------------------------------------------

# What is called, and the statement.
WRITTEN: dict[str, tuple[Callable[[], str], str]] = {
    "the least": (
        lambda: create_model_sql("m", GenericProvider("g"), input=IN, output=OUT),
        "CREATE MODEL `m`\nINPUT (`text` STRING)\nOUTPUT (`answer` STRING)\nWITH (\n  'provider' = 'g'\n)",
    ),
    "the most": (
        lambda: create_model_sql(
            "cat.`my db`.chat",
            CHAT,
            input="text varchar not null comment 'it''s', `id``s` bigint",
            output=[Column("answer", "STRING", "what it says"), ("v", "float array")],
            model="gpt-5",
            temporary=True,
            if_not_exists=True,
            comment="it's",
        ),
        "CREATE TEMPORARY MODEL IF NOT EXISTS `cat`.`my db`.`chat`\n"
        "INPUT (`text` STRING NOT NULL COMMENT 'it''s', `id``s` BIGINT)\n"
        "OUTPUT (`answer` STRING COMMENT 'what it says', `v` ARRAY<FLOAT>)\n"
        "COMMENT 'it''s'\n"
        "WITH (\n"
        "  'provider' = 'openai',\n"
        "  'endpoint' = 'https://api.example.com/v1/chat/completions',\n"
        "  'api-key' = '${secret_values.key}',\n"
        "  'model' = 'gpt-5',\n"
        "  'system-prompt' = 'It''s a test.',\n"
        "  'temperature' = '0.5'\n"
        ")",
    ),
    "parts as they are": (
        lambda: create_model_sql(("a.b", "value", "it`s"), GenericProvider("g"), input=IN, output=OUT, comment=""),
        "CREATE MODEL `a.b`.`value`.`it``s`\nINPUT (`text` STRING)\nOUTPUT (`answer` STRING)\nCOMMENT ''\nWITH (\n  'provider' = 'g'\n)",
    ),
    "nothing but quotes is special": (
        lambda: create_model_sql("m", GenericProvider("g", **{"a\nb": "\\'\x00\n--/*;${x}", "": ""}), input=IN, output=OUT),
        "CREATE MODEL `m`\nINPUT (`text` STRING)\nOUTPUT (`answer` STRING)\nWITH (\n"
        "  'provider' = 'g',\n  'a\nb' = '\\''\x00\n--/*;${x}',\n  '' = ''\n)",
    ),
    "the mask": (
        lambda: create_model_sql(
            "m", TritonProvider("http://u:p@h/", auth_token="t").for_runtime("flink-2.3"), input=IN, output=OUT, secrets="redact"
        ),
        "CREATE MODEL `m`\nINPUT (`text` STRING)\nOUTPUT (`answer` STRING)\nWITH (\n"
        "  'provider' = 'triton',\n  'endpoint' = 'http://******@h/',\n  'model-version' = 'latest',\n  'timeout' = '30s',\n"
        "  'flatten-batch-dim' = 'false',\n  'sequence-start' = 'false',\n  'sequence-end' = 'false',\n  'auth-token' = '******'\n)",
    ),
    "in clear": (
        lambda: create_model_sql(
            "m",
            GenericProvider("g", token="a", key=Secret.from_env("LLMPROVIDERS_TEST_KEY")),
            input=IN,
            output=OUT,
            secrets="reveal",
        ),
        "CREATE MODEL `m`\nINPUT (`text` STRING)\nOUTPUT (`answer` STRING)\nWITH (\n"
        "  'provider' = 'g',\n  'token' = 'a',\n  'key' = 'a key of the environment'\n)",
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_written(name: str) -> None:
    """Statements to the letter; the same call writes the same statement."""
    call, expected = WRITTEN[name]
    assert expected == call() == call()


def test_runtime() -> None:
    """With a runtime, the options are those for it; one that nobody knows is an error."""
    provider = TritonProvider("http://h:8000", model_version="1")
    text = create_model_sql("m", provider, input=IN, output=OUT, runtime="flink-2.4", model="x")
    assert provider.to_options(model="x", runtime="flink-2.4") == parse_create_model(text).provider.to_options()
    with pytest.raises(UnknownRuntimeError):
        create_model_sql("m", provider, input=IN, output=OUT, runtime="flink-0.1")


def test_columns_align_options() -> None:
    """Options that depend on the columns are aligned with them."""
    provider = OpenAICompatProvider(content_type="IMAGE_URL")
    text = create_model_sql("m", provider, input="a STRING, b STRING", output="v ARRAY<FLOAT>")
    assert "'content-types' = 'IMAGE_URL;IMAGE_URL'" in text


# What is called, and what is said.
NOT_WRITTEN: dict[str, tuple[Callable[[], str], str]] = {
    "a keyword": (
        lambda: create_model_sql("db.value", CHAT, input=IN, output=OUT),
        "create_model_sql: name: expected a model's name, got 'db.value'; write `value` in backticks: it is a keyword",
    ),
    "more than a name": (
        lambda: create_model_sql("my model", CHAT, input=IN, output=OUT),
        "create_model_sql: name: expected nothing after the model's name, got 'my model'; write names with other characters in backticks",
    ),
    "a broken name": (
        lambda: create_model_sql("`m", CHAT, input=IN, output=OUT),
        "create_model_sql: name: expected a name of one line that ends with a backtick and is not empty, got '`m'; a backtick within a name is written twice",
    ),
    "too many parts": (
        lambda: create_model_sql("a.b.c.d", CHAT, input=IN, output=OUT),
        "create_model_sql: name: expected a model's name of at most three parts, got 'a.b.c.d'; write a part with dots in backticks",
    ),
    "parts that are none": (
        lambda: create_model_sql((), CHAT, input=IN, output=OUT),
        "create_model_sql: name: expected the model's name: one to three parts, got 0 parts",
    ),
    "no name": (
        lambda: create_model_sql(5, CHAT, input=IN, output=OUT),  # type: ignore[arg-type]
        "create_model_sql: name: expected the model's name: one to three parts, got a value of type int",
    ),
    "parts of another type": (
        lambda: create_model_sql(("a", 5), CHAT, input=IN, output=OUT),  # type: ignore[arg-type]
        "create_model_sql: name: expected the model's name: one to three parts, got a part of type int",
    ),
    "blank parts": (
        lambda: create_model_sql(("a", " ", "b\n"), CHAT, input=IN, output=OUT),
        "create_model_sql: 2 problems\n  name: expected a name that is not blank, got ' '\n  name: expected a name of one line, got 'b\\n'",
    ),
    "a secret": (
        lambda: create_model_sql("m", OpenAIProvider(f"https://u:{MARK}@h/embeddings", MARK), input=IN, output=OUT),
        "create_model_sql: 2 problems\n"
        '  endpoint: expected no secret in a statement, got ******; use a placeholder such as ${secret_values.key}, or pass secrets="reveal" or secrets="redact"\n'
        '  api_key: expected no secret in a statement, got ******; use a placeholder such as ${secret_values.key}, or pass secrets="reveal" or secrets="redact"',
    ),
    "a secret among the extras": (
        lambda: create_model_sql("m", OpenAICompatProvider(token=MARK, vendor=True), input=IN, output=OUT),
        "create_model_sql: extra_options.token: expected no secret in a statement, got ******; "
        'use a placeholder such as ${secret_values.key}, or pass secrets="reveal" or secrets="redact"',
    ),
    "a reference": (
        lambda: create_model_sql("m", OpenAIProvider(URL, Secret.from_env("NO_SUCH_VARIABLE")), input=IN, output=OUT),
        "create_model_sql: api_key: expected no secret in a statement, got a reference (env); "
        'a statement cannot refer to it; pass secrets="reveal" to write what it refers to, or secrets="redact"',
    ),
    "the identifier among the extras": (
        lambda: create_model_sql("m", OpenAICompatProvider(extra_options={"provider": "x"}), input=IN, output=OUT),
        "create_model_sql: extra_options.provider: expected no such extra option; the identifier is the provider's own; take the extra option out",
    ),
    "no identifier": (
        lambda: create_model_sql("m", type("Nameless", (Provider,), {"identifier": ""})(), input=IN, output=OUT),
        "create_model_sql: provider: expected an identifier that is not empty, got ''",
    ),
    "no comment": (
        lambda: create_model_sql("m", CHAT, input=IN, output=OUT, comment="\ud800"),
        "create_model_sql: comment: expected text without lone surrogates; Java cannot read them",
    ),
    "no columns, and all else": (
        lambda: create_model_sql("", CHAT, input={}, output="a foo", runtime="flink-2.1", comment="\udfff"),
        "create_model_sql: 4 problems\n"
        "  name: expected a model's name, got ''\n"
        "  input: expected at least one column, got none\n"
        "  output: expected a SQL type of Flink, got foo at column 3\n"
        "  comment: expected text without lone surrogates; Java cannot read them",
    ),
    "what the runtime refuses": (
        lambda: create_model_sql("m", CHAT, input="a INT", output=OUT, runtime="flink-2.3"),
        "create_model_sql: input: expected exactly one column, of type STRING, got a INT",
    ),
}


@pytest.mark.parametrize("name", NOT_WRITTEN)
def test_not_written(name: str) -> None:
    """Everything that is wrong with a call is said at once, and no secret with it."""
    call, expected = NOT_WRITTEN[name]
    with pytest.raises(InvalidOptionsError) as caught:
        call()
    assert expected == str(caught.value)
    assert caught.value.__context__ is None


def test_secrets_is_a_choice() -> None:
    """What to do with secrets is one of three words."""
    with pytest.raises(ValueError, match=r"\Asecrets: expected 'refuse', 'reveal' or 'redact', got 'show'\Z"):
        create_model_sql("m", CHAT, input=IN, output=OUT, secrets="show")  # type: ignore[arg-type]


def test_references_are_resolved_only_when_revealed() -> None:
    """A reference is looked up where it is written in clear, and not where it is masked."""
    provider = OpenAIProvider(URL, Secret.from_env("NO_SUCH_VARIABLE"))
    assert f"'api-key' = '{MASK}'" in create_model_sql("m", provider, input=IN, output=OUT, secrets="redact")
    with pytest.raises(SecretError, match="NO_SUCH_VARIABLE"):
        create_model_sql("m", provider, input=IN, output=OUT, secrets="reveal")


# Both ways ------------------------------------------------------------------------------------------------------------

names = st.text(min_size=1, max_size=9).filter(lambda name: not unfit_name(name))
some_columns = st.lists(
    st.builds(
        Column,
        names,
        st.sampled_from(["STRING", "ARRAY<FLOAT>", "ROW<a INT, `b``'` MAP<INT, STRING>> NOT NULL"]),
        st.text(max_size=5),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda column: column.name,
)


@pytest.mark.parametrize("cls", CLASSES)
@given(data=st.data())
def test_round_trip(cls: type[Provider], data: st.DataObject, own_class: None) -> None:
    """A statement that is written is read as what it was written from: name, columns, comment, and an equal provider."""
    provider = data.draw(providers(cls))
    path = tuple(data.draw(st.lists(names, min_size=1, max_size=3)))
    given, made = data.draw(some_columns), data.draw(some_columns)
    comment = data.draw(st.none() | st.text(max_size=9))
    flags = {name: data.draw(st.booleans()) for name in ("temporary", "if_not_exists")}
    try:
        options = provider.to_options([(column.name, column.type) for column in given])
    except InvalidOptionsError:
        assume(False)  # it does not go with so many columns
    try:
        expected = from_options(provider.provider_name(), options)
    except InvalidOptionsError:
        assume(False)  # an option that was left out has got its default, which breaks a rule with what is there
    for name in (path, ".".join(map(identifier, path))):
        text = create_model_sql(name, provider, input=given, output=made, comment=comment, secrets="reveal", **flags)
        statement = parse_create_model(text)
        assert statement == ModelStatement(
            path=path, provider=expected, input=tuple(given), output=tuple(made), comment=comment, **flags
        )
        assert [column.type for column in columns(given)] == [column.type for column in given]
        assert (statement,) == parse_statements(f"{text};\n")


@pytest.fixture(scope="module")
def own_class() -> None:
    """The class of a user of the library is known."""
    from own import RerankProvider

    register_provider_class(RerankProvider)


# Reading --------------------------------------------------------------------------------------------------------------

G = GenericProvider("g")
# A statement that Flink takes, and what it says.
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
    "literals": (
        "CREATE MODEL m WITH ('pro' 'vider'='g', U&'\\0061'=E'\\n', N'b' = _UTF8'\u65e5' -- c\n 'x', '' = '', 'd'='--')",
        ModelStatement(path=("m",), provider=GenericProvider("g", **{"a": "\n", "b": "\u65e5x", "": "", "d": "--"})),
    ),
    "names that are keywords elsewhere": ("CREATE MODEL IF WITH ('provider'='g')", ModelStatement(path=("IF",), provider=G)),
}


@pytest.mark.parametrize("name", READ)
def test_read(name: str) -> None:
    """What Flink's parser takes is read."""
    sql, expected = READ[name]
    assert expected == parse_create_model(sql)


def test_several_statements() -> None:
    """A file may hold several statements, some of them empty."""
    sql = "CREATE MODEL a WITH ('provider' = 'g;');\n\n;-- c\nCREATE MODEL b WITH ('provider' = 'g');"
    assert [("a",), ("b",)] == [statement.path for statement in parse_statements(sql)]
    assert GenericProvider("g;") == parse_statements(sql)[0].provider


WITH = "WITH ('provider' = 'g')"
# A statement, and what is said of it; the same by both functions.
NOT_READ: dict[str, tuple[str, str]] = {
    "nothing": ("", "sql:1:1: expected CREATE MODEL, got the end; only CREATE MODEL statements are read"),
    "nothing but a comment": ("-- x\n ", "sql:2:2: expected CREATE MODEL, got the end; only CREATE MODEL statements are read"),
    "a semicolon": (f";CREATE MODEL m {WITH}", "sql:1:1: expected CREATE MODEL, got ';'; only CREATE MODEL statements are read"),
    "another statement": ("DROP MODEL m", "sql:1:1: expected CREATE MODEL, got DROP; only CREATE MODEL statements are read"),
    "a word": (f"{MARK}", "sql:1:1: expected CREATE MODEL, got a bare word; only CREATE MODEL statements are read"),
    "a table": ("CREATE TABLE t (a INT)", "sql:1:8: expected MODEL, got TABLE; only CREATE MODEL statements are read"),
    "no name": (
        f"CREATE MODEL {WITH}",
        "sql:1:14: expected a model's name, got WITH; write `WITH` in backticks: it is a keyword",
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
        "2 problems\n  sql:2:2: input: expected a name for each column, got 'a' twice\n  sql:2:24: output: expected a name for each column, got 'b' twice",
    ),
    "a comment of two texts": (f"CREATE MODEL m COMMENT 'a' 'b' {WITH}", "sql:1:28: expected WITH, got a text in quotes"),
    "no options": ("CREATE MODEL m INPUT (a INT) OUTPUT (b INT)", "sql:1:44: expected WITH, got the end"),
    "empty options": ("CREATE MODEL m WITH ()", "sql:1:22: expected the key of an option as a text in quotes, got ')'"),
    "a comma at the end": (
        "CREATE MODEL m WITH ('provider' = 'g',)",
        "sql:1:39: expected the key of an option as a text in quotes, got ')'",
    ),
    "a name for a key": (
        "CREATE MODEL m WITH (provider = 'g')",
        "sql:1:22: expected the key of an option as a text in quotes, got a bare word; values are texts in single quotes",
    ),
    "no quotes": (
        f"CREATE MODEL m WITH ('api-key' = {MARK})",
        "sql:1:34: expected the option's value as a text in quotes, got a bare word; values are texts in single quotes",
    ),
    "a number": (
        "CREATE MODEL m WITH ('provider' = 5)",
        "sql:1:35: expected the option's value as a text in quotes, got a number; values are texts in single quotes",
    ),
    "a single quote in a secret": (
        f"CREATE MODEL m WITH ('api-key' = 'it's {MARK}')",
        "sql:1:53: expected a text that ends with a quote; a quote within a text is written twice",
    ),
    "two quotes in a secret": (
        f"CREATE MODEL m WITH ('api-key' = 'it's {MARK}'s')",
        "sql:1:38: expected ',' or ')', got a bare word",
    ),
    "double quotes": (
        f'CREATE MODEL m WITH ("api-key" = "{MARK}")',
        "sql:1:22: expected no double quote, got one; write texts in single quotes and names in backticks",
    ),
    "more": (f"CREATE MODEL m {WITH} {MARK}", "sql:1:40: expected the end of the statement, got a bare word"),
    "a query": (
        f"CREATE MODEL m {WITH} AS SELECT 1",
        "sql:1:40: expected the end of the statement, got AS; Flink has no CREATE MODEL AS SELECT",
    ),
    "no provider": (
        "CREATE MODEL m\nWITH ('Provider' = 'g')",
        "sql:2:1: provider: expected the provider's identifier, got none; such as 'provider' = 'openai-compat'",
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
        "this is the mask of a redacted value; use the original or Secret.from_env\n"
        "  sql:1:30: endpoint: expected a value, got nothing; it is required",
    ),
    "a wrong extra of another alphabet": (
        "CREATE MODEL m WITH ('provider' = 'g', 'cl\u00e9-token' =\n '******')",
        "sql:2:2: extra_options: expected the real value for option 'cl\\xe9-token'; "
        "this is the mask of a redacted value; use the original or Secret.from_env",
    ),
    "a wrong extra": (
        "CREATE MODEL m WITH ('provider' = 'g', 'the-token' =\n '******')",
        "sql:2:2: extra_options: expected the real value for option 'the-token'; "
        "this is the mask of a redacted value; use the original or Secret.from_env",
    ),
}


@pytest.mark.parametrize("name", NOT_READ)
@pytest.mark.parametrize("read", [parse_create_model, parse_statements])
def test_not_read(name: str, read: Callable[[str], Any]) -> None:
    """What is wrong is said with its place, all of it if the statement can be read on, and no secret with it."""
    sql, expected = NOT_READ[name]
    with pytest.raises(DocumentError) as caught:
        read(sql)
    assert expected == str(caught.value)
    assert caught.value.__context__ is None


def test_one_statement() -> None:
    """`parse_create_model` reads one statement; what is wrong with it is said, too."""
    sql = f"CREATE MODEL m WITH ('a'='b');\nCREATE MODEL n {WITH}"
    with pytest.raises(DocumentError) as caught:
        parse_create_model(sql, source="x.sql")
    assert (
        "2 problems\n"
        "  x.sql:1:16: provider: expected the provider's identifier, got none; such as 'provider' = 'openai-compat'\n"
        "  x.sql:2:1: expected one statement, got another; parse_statements reads several"
    ) == str(caught.value)


def test_problems_of_all_statements() -> None:
    """What is wrong with one statement does not hide what is wrong with another."""
    sql = f"CREATE MODEL m;\nDROP MODEL m;\nCREATE MODEL n {WITH};\nCREATE MODEL o WITH ('a' = 'b');"
    with pytest.raises(DocumentError) as caught:
        parse_statements(sql, source="x.sql")
    assert [1, 2, 4] == [problem.line for problem in caught.value.problems]


def test_no_failure_shows_a_secret() -> None:
    """Neither messages nor variables of the library's frames show a secret of a statement that cannot be read."""
    from test_secrecy import assert_hidden

    secret = "sk-mArKeR-7f3"
    for tail in ("", "AS SELECT 1", ", x", "'", "`", "; DROP MODEL m", "/*"):
        sql = f"CREATE MODEL m WITH ('provider' = 'openai', 'n' = 'x', 'api-key' = '{secret}', 'headers' = '{secret}') {tail}"
        for read in (parse_create_model, parse_statements):
            assert_hidden(lambda sql=sql, read=read: read(sql), DocumentError)  # type: ignore[misc]


# Spellings of the past ------------------------------------------------------------------------------------------------

# Options as they were once written, those of today, and what is said.
OLD: dict[str, tuple[Mapping[str, str], Provider, list[str]]] = {
    "an identifier": (
        {"provider": "bailian", "endpoint": URL, "apiKey": KEY, "systemPrompt": "s", "maxTokens": "5", "topP": "0.5"},
        OpenAICompatProvider(endpoint=URL, api_key=KEY, system_prompt="s", max_tokens=5, top_p=0.5),
        [
            "provider: expected openai-compat, got an old spelling; write 'provider' = 'openai-compat'",
            "apiKey: expected api-key, got an old spelling; write 'api-key' = ...",
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
            "maxTokens: expected max-tokens alone, got both; Flink takes max-tokens",
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
    "what is no old spelling": ({"provider": "g", "apiKey": KEY}, GenericProvider("g", apiKey=KEY), []),
}


@pytest.mark.parametrize("name", OLD)
def test_old_spellings(name: str) -> None:
    """Old identifiers and keys are read as those of today, and a warning says what to write now."""
    options, expected, messages = OLD[name]
    sql = "CREATE MODEL m WITH (\n" + ",\n".join(f"'{key}' = '{value}'" for key, value in options.items()) + ")"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        statement = parse_create_model(sql, source="x.sql")
    assert expected == statement.provider
    assert messages == [str(problem.problem) for problem in statement.warnings]
    old = [problem for problem in statement.warnings if problem.problem.got == "an old spelling"]
    assert [str(problem) for problem in old] == [str(warning.message) for warning in caught]
    for warning, problem in zip(caught, old, strict=True):
        assert warning.category is OldSpellingWarning
        assert Path(__file__).name == Path(warning.filename).name
        assert problem.problem.severity == "warning"
        line = 2 + list(options).index(problem.problem.option)
        assert (line, 14 if problem.problem.option == "provider" else 1) == (problem.line, problem.column)


def test_a_class_of_an_old_identifier(own_classes: Any) -> None:
    """Who has a class for an identifier of the past means that class."""

    @register_provider_class
    @attrs.frozen(kw_only=True, slots=False, eq=False, repr=False)
    class Bailian(Provider):
        """A provider of the past."""

        identifier = "bailian"

    assert Bailian() == parse_create_model("CREATE MODEL m WITH ('provider' = 'bailian')").provider


def test_other_warnings() -> None:
    """What Flink takes but does not do is said, too, and only in the statement."""
    sql = "CREATE OR REPLACE MODEL m WITH ('provider' = 'g', 'a' = '1',\n'a' = '2', 'a\n' = '', 'a\n' = '')"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        statement = parse_create_model(sql)
    assert GenericProvider("g", **{"a": "2", "a\n": ""}) == statement.provider
    assert [
        "sql:1:8: expected no OR REPLACE; Flink ignores it: a model of that name stays, and is an error",
        "sql:2:1: a: expected each key once, got twice; Flink takes the last one",
        "sql:3:9: 'a\\n': expected each key once, got twice; Flink takes the last one",
    ] == [str(problem) for problem in statement.warnings]


def test_errors_are_the_librarys() -> None:
    """Whoever catches `ProviderError` catches these."""
    assert issubclass(DocumentError, ProviderError)
    assert issubclass(OldSpellingWarning, UserWarning)
    assert llmproviders.__name__ == OldSpellingWarning.__module__.partition(".")[0]


def test_what_looks_like_a_mistake() -> None:
    """A name that is close to a known one goes to Java as it is, with a warning; any other without."""
    said = {}
    for options in (
        "'provider' = 'opnai'",
        "'provider' = 'zzz', 'temprature' = '2'",
        "'provider' = 'openai', 'endpoint' = 'e', 'api-key' = 'k', 'temprature' = '2', 'some-java-key' = 'x'",
        "'provider' = 'openai-compat', 'api_key' = 'k'",
    ):
        statement = parse_create_model(f"CREATE MODEL m WITH ({options})")
        said[options] = [str(each) for each in statement.warnings]
    assert [
        ["sql:1:35: provider: expected a known identifier, got an unknown name; did you mean openai?"],
        [],
        ["sql:1:80: temprature: expected an option of openai, got an unknown name; did you mean temperature?"],
        ["sql:1:52: api_key: expected an option of openai-compat, got an unknown name; did you mean api-key?"],
    ] == list(said.values())


def test_an_option_under_its_old_name_and_its_new_one() -> None:
    """The new one counts, as it does to Flink, and that is said."""
    with pytest.warns(OldSpellingWarning):
        statement = parse_create_model(
            "CREATE MODEL m WITH ('provider' = 'openai', 'endpoint' = 'e', 'apiKey' = 'sk-a', 'api-key' = 'sk-b')"
        )
    assert "sk-b" == statement.provider.to_options()["api-key"]
    assert [
        "sql:1:63: apiKey: expected api-key, got an old spelling; write 'api-key' = ...",
        "sql:1:63: apiKey: expected api-key alone, got both; Flink takes api-key",
    ] == [str(each) for each in statement.warnings]
