# SPDX-License-Identifier: Apache-2.0
"""Statements and scripts of other members of the Flink family, after their public documentation, and the outcome of each."""

from __future__ import annotations

import warnings
from typing import Any

import attrs
import pytest

from llmproviders import (
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    OldSpellingWarning,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    TritonProvider,
    option,
    parse_create_model,
    parse_statements,
    register_provider_class,
)

URL = "https://api.example.com/v1/chat/completions"
EMBED = "https://api.example.com/v1/embeddings"
KEY = "${secret_values.key}"
IO = "INPUT (a STRING) OUTPUT (b STRING)"
OPTION = "expected an option of Apache Flink or VVR, got Confluent's"
PROVIDER = "provider: expected a provider of Apache Flink or VVR, got Confluent's"
OPENAI = "write 'provider' = 'openai' with 'endpoint', 'api-key' and 'model'"
TASK = "leave it out; the end of the endpoint determines the task"


def with_options(**options: str) -> str:
    """A statement with these options, one a line; two underscores are a dot, and one is a hyphen, but in snake case."""
    lines = [f"  '{key}' = '{value}'" for key, value in options.items()]
    return f"CREATE MODEL m {IO} WITH (\n" + ",\n".join(lines) + ")"


def confluent(provider: str, **options: str) -> str:
    """A statement of Confluent's; the options are those of the provider."""
    return with_options(provider=provider, **{f"{provider}.{key.replace('__', '.')}": value for key, value in options.items()})


# The options of a statement, and its problems by line and column.
REFUSED: dict[str, tuple[str, list[str]]] = {
    "Confluent, openai": (
        with_options(
            **{
                "provider": "openai",
                "task": "text_generation",
                "openai.connection": "openai-chat-connection",
                "openai.client_timeout": "120",
                "openai.model_version": "gpt-3.5-turbo",
                "openai.system_prompt": "Analyze the sentiment.",
            }
        ),
        [
            f"3:3: task: expected a task of Apache Flink or VVR, got Confluent's text_generation; {TASK}",
            f"4:3: openai.connection: {OPTION}; write 'endpoint' and 'api-key'",
            f"5:3: openai.client_timeout: {OPTION}; leave it out; ML_PREDICT has MAP['timeout', '30 s']",
            f"6:3: openai.model_version: {OPTION}; write 'model'",
            f"7:3: openai.system_prompt: {OPTION}; write 'system-prompt'",
        ],
    ),
    "Confluent, parameters": (
        confluent(
            "openai", PARAMS__temperature="0.2", params__top_p="1", PARAMS__max_tokens="9", PARAMS__stop="x", params__user="u"
        ),
        [
            f"3:3: openai.PARAMS.temperature: {OPTION}; write 'temperature'",
            f"4:3: openai.params.top_p: {OPTION}; write 'top-p'",
            f"5:3: openai.PARAMS.max_tokens: {OPTION}; write 'max-tokens'",
            f"6:3: openai.PARAMS.stop: {OPTION}; write 'stop'",
            f"7:3: openai.params.user: {OPTION}; leave it out",
        ],
    ),
    "Confluent, azureopenai": (
        confluent("azureopenai", connection="c", model_version="2025-08-07", PARAMS__max_completion_tokens="4096"),
        [
            f"2:16: {PROVIDER} azureopenai; in place of 'azureopenai.connection', {OPENAI} of its v1 API, whose URL has no query string",
            f"4:3: azureopenai.model_version: {OPTION}; write 'model'",
            f"5:3: azureopenai.PARAMS.max_completion_tokens: {OPTION}; write 'max-tokens'",
        ],
    ),
    "Confluent, azureopenai embeddings": (
        with_options(
            **{
                "azureopenai.connection": "c",
                "azureopenai.input_format": "OPENAI-EMBED",
                "provider": "azureopenai",
                "task": "classification",
            }
        ),
        [
            f"4:16: {PROVIDER} azureopenai; in place of 'azureopenai.connection', {OPENAI} of its v1 API, whose URL has no query string",
            f"3:3: azureopenai.input_format: {OPTION}; leave it out",
            "5:3: task: expected a task of Apache Flink or VVR, got Confluent's classification; leave it out; write the task into 'system-prompt'",
        ],
    ),
    "an early proposal for Flink": (
        with_options(**{"provider": "openai", "type": "remote", "openai.endpoint": URL, "openai.api_key": KEY}),
        [
            "3:3: type: expected an option of Apache Flink or VVR, got that of an early proposal; leave it out",
            f"4:3: openai.endpoint: {OPTION}; write 'endpoint'",
            f"5:3: openai.api_key: {OPTION}; write 'api-key'",
        ],
    ),
    "Confluent, keys of Bedrock": (
        with_options(**{"provider": "bedrock", "bedrock.model_id": "m"}),
        [
            f"2:16: {PROVIDER} bedrock; {OPENAI} of its OpenAI-compatible API",
            f"3:3: bedrock.model_id: {OPTION}; write 'model'",
        ],
    ),
    "Confluent, bedrock": (
        confluent("bedrock", connection="c", params__max_tokens="300"),
        [
            f"2:16: {PROVIDER} bedrock; in place of 'bedrock.connection', {OPENAI} of its OpenAI-compatible API",
            f"4:3: bedrock.params.max_tokens: {OPTION}; write 'max-tokens'",
        ],
    ),
    "Confluent, googleai": (
        with_options(**{"googleai.connection": "g", "GOOGLEAI.SYSTEM_PROMPT": "\nx", "provider": "googleai"}),
        [
            f"5:16: {PROVIDER} googleai; in place of 'googleai.connection', {OPENAI} of its OpenAI-compatible API",
            f"3:3: GOOGLEAI.SYSTEM_PROMPT: {OPTION}; write 'system-prompt'",
        ],
    ),
    "Confluent, vertexai": (
        with_options(**{"provider": "vertexai", "vertexai.connection": "g", "task": "text-generation"}),
        [
            f"2:16: {PROVIDER} vertexai; in place of 'vertexai.connection', {OPENAI} of its OpenAI-compatible API",
            f"4:3: task: expected a task of Apache Flink or VVR, got Confluent's text-generation; {TASK}",
        ],
    ),
    "Confluent, sagemaker": (
        confluent("sagemaker", connection="c", output_format="JSON:Output", inference_id="i"),
        [
            f"2:16: {PROVIDER} sagemaker; in place of 'sagemaker.connection', {OPENAI}, if the service has an OpenAI-compatible API",
            f"4:3: sagemaker.output_format: {OPTION}; leave it out",
            f"5:3: sagemaker.inference_id: {OPTION}; leave it out",
        ],
    ),
    "Confluent, azureml": (
        confluent("azureml", deployment_name="d"),
        [
            f"2:16: {PROVIDER} azureml; {OPENAI}, if the service has an OpenAI-compatible API",
            f"3:3: azureml.deployment_name: {OPTION}; leave it out",
        ],
    ),
    "Confluent, anthropic": (
        confluent("anthropic", connection="c", params__model="claude", model_version="x"),
        [
            f"2:16: {PROVIDER} anthropic; in place of 'anthropic.connection', {OPENAI} of its OpenAI-compatible API",
            f"4:3: anthropic.params.model: {OPTION}; write 'model'",
            f"5:3: anthropic.model_version: {OPTION}; write 'model'",
        ],
    ),
    "Confluent, fireworksai": (
        confluent("fireworksai", connection="c"),
        [f"2:16: {PROVIDER} fireworksai; in place of 'fireworksai.connection', {OPENAI} of its OpenAI-compatible API"],
    ),
    "Confluent, managed": (
        with_options(**{"provider": "confluent", "task": "EMBEDDING", "confluent.model": "BAAI/bge-large-en-v1.5"}),
        [
            f"2:16: {PROVIDER} confluent; only Confluent Cloud has its managed models; {OPENAI} of another service",
            f"3:3: task: expected a task of Apache Flink or VVR, got Confluent's embedding; {TASK}",
            f"4:3: confluent.model: {OPTION}; write 'model'",
        ],
    ),
    "Confluent, tools": (
        with_options(**{"provider": "openai", "openai.connection": "c", "mcp.connection": "d"}),
        [
            f"3:3: openai.connection: {OPTION}; write 'endpoint' and 'api-key'",
            f"4:3: mcp.connection: {OPTION}; leave it out",
        ],
    ),
    "Confluent, a version": (
        with_options(**{"provider": "openai", "default_version": "2", "endpoint": URL, "api-key": KEY}),
        [f"3:3: default_version: {OPTION}; leave it out; models have no versions"],
    ),
    "Confluent, USING CONNECTION": (
        f"CREATE MODEL m {IO}\nUSING CONNECTION c WITH ('provider' = 'openai')",
        ["2:1: expected WITH, got USING; USING CONNECTION is Confluent's; write 'endpoint' and 'api-key' into WITH"],
    ),
    "CMF": (
        with_options(**{"provider": "openai", "model": "gpt-4o-mini", "credentials-secret-id": "openai"}),
        [
            "4:3: credentials-secret-id: expected an option of Apache Flink or VVR, got that of Confluent Manager for Apache Flink; "
            "write 'endpoint' and 'api-key' of the secret"
        ],
    ),
    "Flink CDC, the old form": (
        with_options(
            **{
                "model-name": "m",
                "class-name": "OpenAIChatModel",
                "openai.host": URL,
                "openai.apiKey": "k",
                "openai.chat.prompt": "p",
            }
        ),
        [
            "3:3: class-name: expected an option of Apache Flink or VVR, got Flink CDC's; write 'provider' = 'openai', and the task as the end of the endpoint",
            "4:3: openai.host: expected an option of Apache Flink or VVR, got Flink CDC's; write 'endpoint', with /chat/completions or /embeddings at its end",
            "5:3: openai.apiKey: expected an option of Apache Flink or VVR, got Flink CDC's; write 'api-key'",
            "6:3: openai.chat.prompt: expected an option of Apache Flink or VVR, got Flink CDC's; write 'system-prompt'",
        ],
    ),
    "Flink CDC, the new form": (
        with_options(**{"type": "openai-compatible", "endpoint": "https://h/v1", "api-key": "k", "model": "m"}),
        ["2:3: type: expected an option of Apache Flink or VVR, got Flink CDC's openai-compatible; write 'provider' = 'openai'"],
    ),
    "Flink CDC, a pipeline": (
        "# it's a pipeline\n---\nsource:\n  type: mysql\n\npipeline:\n  name: 'sync\n  model:\n    - name: m\n      type: openai-compatible\n",
        [
            "8:3: expected SQL, got a pipeline of Flink CDC; write a CREATE MODEL statement with 'provider' = 'openai', 'endpoint', 'api-key' "
            "and 'model' for each model"
        ],
    ),
    "Flink CDC, a pipeline without models": (
        "pipeline: # p\n  parallelism: 1\n",
        [
            "1:1: expected SQL, got a pipeline of Flink CDC; write a CREATE MODEL statement with 'provider' = 'openai', 'endpoint', 'api-key' "
            "and 'model' for each model"
        ],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("read", [parse_create_model, parse_statements])
def test_refused(name: str, read: Any) -> None:
    """A statement of another dialect is named as such, in one line for each of its options, with what to write."""
    sql, expected = REFUSED[name]
    with pytest.raises(DocumentError) as caught:
        read(sql, source="job.sql")
    assert expected == [str(each).removeprefix("job.sql:") for each in caught.value.problems]
    assert {"other-dialect", "sql-syntax"} >= {each.problem.code for each in caught.value.problems}


# The options of a statement, the provider, and the warnings.
READ: dict[str, tuple[dict[str, str], Provider, list[str]]] = {
    "Apache": (
        {"provider": "openai", "endpoint": URL, "api-key": KEY, "model": "m", "systemPrompt": "s"},
        OpenAIProvider(URL, KEY, model="m", system_prompt="s"),
        ["systemPrompt: expected system-prompt, got an old spelling; write 'system-prompt' = ..."],
    ),
    "CMF": (
        {"provider": "openai", "endpoint": URL, "api-key": KEY, "model": "m", "system-prompt": "s"},
        OpenAIProvider(URL, KEY, model="m", system_prompt="s"),
        [],
    ),
    "VERA": (
        {"provider": "openai", "endpoint": URL, "apiKey": KEY, "model": "m", "system_prompt": "s", "task": "completions"},
        OpenAIProvider(URL, KEY, model="m", system_prompt="s"),
        [
            "apiKey: expected api-key, got VERA's spelling; write 'api-key' = ...",
            "system_prompt: expected system-prompt, got VERA's spelling; write 'system-prompt' = ...",
            "task: expected no task, got VERA's completions; leave it out; the end of the endpoint determines the task",
        ],
    ),
    "VVR 11.1": (
        {"provider": "bailian", "endpoint": "${ENDPOINT}", "model": "qwen-turbo", "apiKey": "${KEY}"},
        OpenAICompatProvider(endpoint="${ENDPOINT}", model="qwen-turbo", api_key="${KEY}"),
        [
            "provider: expected openai-compat, got VVR's old name; write 'provider' = 'openai-compat'",
            "apiKey: expected api-key, got VVR's old spelling; write 'api-key' = ...",
        ],
    ),
    "VVR, placeholders": (
        {"provider": "openai-compat", "endpoint": "${secret_values.x}", "api-key": KEY, "model": "m"},
        OpenAICompatProvider(endpoint="${secret_values.x}", api_key=KEY, model="m"),
        [],
    ),
    "VVR, the built-in service": (
        {"provider": "openai-compat", "task": "chat/completions", "model": "m"},
        OpenAICompatProvider(task="chat/completions", model="m"),
        [],
    ),
    "VVR, DashScope": (
        {"provider": "dashscope", "task": "multimodal-embedding", "model": "m", "content-type": "IMAGE_URL"},
        DashScopeProvider(task="multimodal-embedding", model="m", content_type="IMAGE_URL"),
        [],
    ),
    "VVR, Triton": (
        {"provider": "triton", "endpoint": "${secret_values.x}", "model-name": "m", "retry-backoff": "1s"},
        TritonProvider("${secret_values.x}", model_name="m", retry_initial_backoff="1s"),
        ["retry-backoff: expected retry-initial-backoff, got an old spelling; write 'retry-initial-backoff' = ..."],
    ),
    "a factory of one's own": (
        {"provider": "bedrock", "region": "eu", "model.name": "m"},
        GenericProvider("bedrock", **{"region": "eu", "model.name": "m"}),
        [
            "provider: expected a provider of Apache Flink or VVR, got a name of Confluent's, bedrock; "
            f"{OPENAI} of its OpenAI-compatible API, unless you have a factory of this name"
        ],
    ),
    "Confluent's azureopenai alone": (
        {"provider": "azureopenai"},
        GenericProvider("azureopenai"),
        [
            "provider: expected a provider of Apache Flink or VVR, got a name of Confluent's, azureopenai; "
            f"{OPENAI} of its v1 API, whose URL has no query string, unless you have a factory of this name"
        ],
    ),
    "keys of a factory of one's own": (
        {"provider": "g", "class-name": "a", "a.connection": "c", "type": "openai-compatible", "default_version": "1"},
        GenericProvider("g", **{"class-name": "a", "a.connection": "c", "type": "openai-compatible", "default_version": "1"}),
        [],
    ),
}


@pytest.mark.parametrize("name", READ)
def test_read(name: str) -> None:
    """A statement that Apache Flink or VVR accepts, or whose spelling is safe, is read; the dialect is in the warning."""
    options, expected, messages = READ[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OldSpellingWarning)
        statement = parse_create_model(with_options(**options))
    assert expected == statement.provider
    assert messages == [str(each.problem) for each in statement.warnings]


def test_a_class_of_ones_own(own_classes: None) -> None:
    """The options of a class whose identifier is a name of Confluent's are its own."""

    @register_provider_class
    @attrs.frozen(kw_only=True, slots=False, eq=False, repr=False)
    class Bedrock(Provider):
        """A factory of one's own."""

        identifier = "bedrock"
        region: str | None = attrs.field(default=None, metadata=option("bedrock.region"))

    statement = parse_create_model(with_options(**{"provider": "bedrock", "bedrock.region": "eu", "bedrock.connection": "c"}))
    assert {"bedrock.region": "eu", "bedrock.connection": "c"} == statement.provider.to_options()


def test_the_spelling_of_vera_is_an_old_spelling() -> None:
    """The spellings of VERA that are read give an OldSpellingWarning."""
    options = READ["VERA"][0]
    with pytest.warns(OldSpellingWarning, match="VERA's") as caught:
        parse_create_model(with_options(**options))
    assert 3 == len(caught)


VVR: dict[str, tuple[dict[str, str], str]] = {
    "an endpoint that is a placeholder": ({"endpoint": "${secret_values.x}", "api-key": KEY, "model": "m"}, "STRING"),
    "a host that is a placeholder": ({"endpoint": "${secret_values.x}/chat/completions", "api-key": KEY, "model": "m"}, "STRING"),
    "a placeholder in a URL": (
        {"endpoint": "https://${secret_values.x}/v1/chat/completions", "api-key": KEY, "model": "m"},
        "STRING",
    ),
    "AI functions": ({"endpoint": URL, "api-key": KEY, "model": "m"}, "VARIANT"),
    "the built-in service": ({"task": "chat/completions", "model": "m"}, "VARIANT"),
    "embeddings": ({"task": "embeddings", "model": "m"}, "ARRAY<FLOAT>"),
}


@pytest.mark.parametrize("name", VVR)
@pytest.mark.parametrize("identifier", ["openai-compat", "dashscope"])
def test_vvr_as_documented(name: str, identifier: str) -> None:
    """The statements of VVR's documentation have no warnings there; on Apache Flink they are errors."""
    options, output = VVR[name]
    sql = with_options(provider=identifier, **options).replace("b STRING", f"b {output}")
    statement = parse_create_model(sql)
    assert () == statement.warnings
    assert () == statement.provider.check("vvr-11.9", input=statement.input, output=statement.output)
    found = statement.provider.check("flink-2.3", input=statement.input, output=statement.output)
    assert "error" in {each.severity for each in found}


def test_a_script_of_confluent() -> None:
    """Every statement of a script is named, each with its location."""
    sql = (
        "CREATE CONNECTION `openai-c`\n  WITH ('type' = 'openai', 'endpoint' = 'https://h/v1/chat/completions', 'api-key' = 'sk-secret');\n"
        "SET 'sql.state-ttl' = '1 HOURS';\n"
        "CREATE MODEL summary INPUT (`text` STRING) OUTPUT (s STRING) COMMENT 'it''s'\nWITH ('task'='text_generation','provider'='openai',\n'openai.connection'='openai-c');\n"
        "CREATE MODEL `env`.`cluster`.other INPUT (prompt STRING) OUTPUT (r STRING)\nWITH ('provider' = 'googleai', 'googleai.connection' = 'g');\n"
        "ALTER MODEL summary SET ('default_version' = '2');\nDROP MODEL summary$all;\n"
        "SELECT * FROM t, LATERAL TABLE(ML_PREDICT('summary', text));\n"
    )
    with pytest.raises(DocumentError) as caught:
        parse_statements(sql, source="job.sql")
    assert [
        f"job.sql:5:7: task: expected a task of Apache Flink or VVR, got Confluent's text_generation; {TASK}",
        f"job.sql:6:1: openai.connection: {OPTION}; write 'endpoint' and 'api-key'",
        f"job.sql:9:26: default_version: {OPTION}; leave it out; models have no versions",
        f"job.sql:8:20: {PROVIDER} googleai; in place of 'googleai.connection', {OPENAI} of its OpenAI-compatible API",
        "job.sql:10:12: expected a model of Apache Flink or VVR, got Confluent's version of 'summary'; write DROP MODEL with the name alone; models have no versions",
    ] == [str(each) for each in caught.value.problems]
    assert "sk-secret" not in str(caught.value)


def test_a_script_of_vvr() -> None:
    """The statements of a script of VVR's documentation are read; all others are skipped."""
    sql = (
        "CREATE TEMPORARY TABLE docs (id BIGINT, `text` STRING) WITH ('connector' = 'sls', 'accessKey' = '${secret_values.ak}');\n"
        "CREATE TEMPORARY MODEL classify INPUT (`input` STRING) OUTPUT (`content` VARIANT)\n"
        "WITH ('provider' = 'openai-compat', 'task' = 'chat/completions', 'model' = 'qwen-plus');\n"
        "CREATE MODEL `vvp`.`default`.embed INPUT (`input` STRING COMMENT '输入') OUTPUT (e ARRAY<FLOAT>)\n"
        f"WITH ('provider' = 'dashscope', 'endpoint' = '{EMBED}', 'api-key' = '{KEY}', 'model' = 'text-embedding-v4');\n"
        "BEGIN STATEMENT SET;\nINSERT INTO s SELECT * FROM ML_PREDICT(TABLE docs, MODEL embed, DESCRIPTOR(`text`));\nEND;\n"
    )
    script = parse_statements(sql)
    assert [("classify",), ("vvp", "default", "embed")] == [each.path for each in script]
    assert [OpenAICompatProvider, DashScopeProvider] == [type(each.provider) for each in script]
    assert () == script.warnings
