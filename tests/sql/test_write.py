# SPDX-License-Identifier: Apache-2.0
"""Writing CREATE MODEL statements, and the problems of calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from llmproviders import (
    MASK,
    Column,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    Secret,
    SecretError,
    TritonProvider,
    UnknownRuntimeError,
    create_model_sql,
    parse_create_model,
)

URL = "https://api.example.com/v1/chat/completions"
KEY = "${secret_values.key}"
CHAT = OpenAIProvider(URL, KEY, model="gpt", system_prompt="It's a test.", temperature=0.5)
MARK = "sk-mArKeR-7f3"
IN: Any = {"text": "STRING"}
OUT: Any = {"answer": "STRING"}

# A call, and its statement.
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
    "only quotes are special": (
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
    """A call writes exactly the expected statement, and writes it again."""
    call, expected = WRITTEN[name]
    assert expected == call() == call()


def test_runtime() -> None:
    """With a runtime, the options are those of the runtime; an unknown runtime is an error."""
    provider = TritonProvider("http://h:8000", model_version="1")
    sql = create_model_sql("m", provider, input=IN, output=OUT, runtime="flink-2.4", model="x")
    assert provider.to_options(model="x", runtime="flink-2.4") == parse_create_model(sql).provider.to_options()
    with pytest.raises(UnknownRuntimeError):
        create_model_sql("m", provider, input=IN, output=OUT, runtime="flink-0.1")


def test_columns_align_options() -> None:
    """Options that depend on the columns are aligned with them."""
    provider = OpenAICompatProvider(content_type="IMAGE_URL")
    sql = create_model_sql("m", provider, input="a STRING, b STRING", output="v ARRAY<FLOAT>")
    assert "'content-types' = 'IMAGE_URL;IMAGE_URL'" in sql


# A call, and its problems.
NOT_WRITTEN: dict[str, tuple[Callable[[], str], str]] = {
    "a keyword": (
        lambda: create_model_sql("db.value", CHAT, input=IN, output=OUT),
        "create_model_sql: name: expected a model's name, got 'db.value'; write `value` in backticks: it is a reserved word",
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
    "no parts": (
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
        '  endpoint: expected no secret in a statement, got ******; pass secrets="reveal" or secrets="redact"\n'
        '  api_key: expected no secret in a statement, got ******; pass secrets="reveal" or secrets="redact"',
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
        "create_model_sql: extra_options.provider: expected no such extra option; the provider has an identifier; remove the extra option",
    ),
    "no identifier": (
        lambda: create_model_sql("m", type("Nameless", (Provider,), {"identifier": ""})(), input=IN, output=OUT),
        "create_model_sql: provider: expected an identifier that is not empty, got ''",
    ),
    "no comment": (
        lambda: create_model_sql("m", CHAT, input=IN, output=OUT, comment="\ud800"),
        "create_model_sql: comment: expected a string without lone surrogates; Java cannot read them",
    ),
    "several problems": (
        lambda: create_model_sql("", CHAT, input={}, output="a foo", runtime="flink-2.1", comment="\udfff"),
        "create_model_sql: 4 problems\n"
        "  name: expected a model's name, got ''\n"
        "  input: expected at least one column, got none\n"
        "  output: expected a SQL type of Flink, got foo at column 3\n"
        "  comment: expected a string without lone surrogates; Java cannot read them",
    ),
    "columns that the runtime refuses": (
        lambda: create_model_sql("m", CHAT, input="a INT", output=OUT, runtime="flink-2.3"),
        "create_model_sql: input: expected exactly one column, of type STRING, got a INT",
    ),
    "metadata columns": (
        lambda: create_model_sql("m", CHAT, input=IN, output="a STRING, `error-string` STRING METADATA VIRTUAL"),
        "create_model_sql: output.error-string: expected a physical column, got a metadata column; "
        "Flink's SQL cannot declare it; llmproviders.flink.create_model can",
    ),
}


@pytest.mark.parametrize("name", NOT_WRITTEN)
def test_not_written(name: str) -> None:
    """All problems of a call are reported at once, without secrets."""
    call, expected = NOT_WRITTEN[name]
    with pytest.raises(InvalidOptionsError) as caught:
        call()
    assert expected == str(caught.value)
    assert caught.value.__context__ is None


def test_secrets_is_a_choice() -> None:
    """The argument `secrets` accepts three words only."""
    with pytest.raises(ValueError, match=r"\Asecrets: expected 'refuse', 'reveal' or 'redact', got 'show'\Z"):
        create_model_sql("m", CHAT, input=IN, output=OUT, secrets="show")  # type: ignore[arg-type]


def test_references_are_resolved_only_when_revealed() -> None:
    """A reference is resolved only if it is written in clear."""
    provider = OpenAIProvider(URL, Secret.from_env("NO_SUCH_VARIABLE"))
    assert f"'api-key' = '{MASK}'" in create_model_sql("m", provider, input=IN, output=OUT, secrets="redact")
    with pytest.raises(SecretError, match="NO_SUCH_VARIABLE"):
        create_model_sql("m", provider, input=IN, output=OUT, secrets="reveal")
