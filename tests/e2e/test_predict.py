# SPDX-License-Identifier: Apache-2.0
"""`predict` and `embed` on PyFlink's mini-cluster, with Flink's own provider jar, against a service on loopback."""

from __future__ import annotations

import json
import struct
from datetime import timedelta
from typing import Any

import pytest
from openai_server import CHAT, EMBEDDINGS, OpenAIServer, answer, vector
from pytest_httpserver import HTTPServer

from llmproviders import (
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Secret,
    SecretError,
    UnknownProviderError,
    registry,
    set_default_provider,
    set_provider,
    using_provider,
)
from llmproviders.flink import FlinkError, clear_errors, embed, predict
from llmproviders.flink.ml_predict import execution_mode_problems
from llmproviders.runtimes.runtime import runtime

UGLY = ["plain", "", 'it\'s "quoted"', "Grüße, 世界 🎉", "line\nbreak\ttab", "`tick` \\ ${x} -- /* ; */", "x" * 20_000]


@pytest.fixture(scope="session")
def env(flink_version: str, request: pytest.FixtureRequest) -> Any:
    """A TableEnvironment that can plan ML_PREDICT: a batch one from Flink 2.3 on, else a streaming one."""
    return request.getfixturevalue("streaming_env" if flink_version in ("2.1", "2.2") else "t_env")


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a registry of its own."""
    monkeypatch.setattr(registry, "registered", registry.Registered())


@pytest.fixture
def has_strategies(flink_version: str) -> None:
    """The options of retries and errors came with Flink 2.2."""
    if flink_version == "2.1":
        pytest.skip("Flink 2.1 has no error-handling-strategy")


@pytest.fixture
def questions(env: Any) -> Any:
    """A table of questions and numbers."""
    return table(env, [("one", 1), ("two", 2)])


def table(env: Any, rows: list[tuple[Any, ...]], types: str = "question STRING, id INT") -> Any:
    from pyflink.table import DataTypes

    fields = [each.strip().split(" ") for each in types.split(",")]
    return env.from_elements(rows, DataTypes.ROW([DataTypes.FIELD(name, getattr(DataTypes, kind)()) for name, kind in fields]))


def rows(result: Any) -> list[tuple[Any, ...]]:
    with result.execute().collect() as found:
        return sorted(tuple(each) for each in found)


def float32(numbers: list[float]) -> list[float]:
    """*numbers* as Java floats; PyFlink returns the shortest decimal of the same float."""
    return list(struct.unpack(f"{len(numbers)}f", struct.pack(f"{len(numbers)}f", *numbers)))


def chat_service(server: OpenAIServer, key: str, **options: Any) -> OpenAIProvider:
    """A provider with a key of its own: Flink shares a client, and its retries, between equal URLs and keys."""
    return OpenAIProvider(server.chat, f"sk-test-{key}", model="gpt-4o-mini", **options)


# Requests -------------------------------------------------------------------------------------------------------------


def test_chat(env: Any, openai_server: OpenAIServer, flink_version: str) -> None:
    """Every option of a chat is in the request; every question and every answer arrives unchanged."""
    newer = {} if flink_version == "2.1" else {"presence_penalty": -0.5, "seed": -7, "n": 1, "response_format": "json_object"}
    provider = chat_service(
        openai_server,
        "chat",
        system_prompt="Be brief: «ja» or 'nein'.",
        temperature=0.25,
        top_p=0.5,
        max_tokens=77,
        stop=["END", "STOP"],
        **newer,
    )
    asked = table(env, [*((text, number) for number, text in enumerate(UGLY)), (None, 99)])
    result = predict(asked, "question", provider=provider)
    assert ["question", "id", "answer"] == list(result.get_resolved_schema().get_column_names())
    # The row of NULL is not sent, and not in the result.
    assert sorted((text, number, answer(text)) for number, text in enumerate(UGLY)) == rows(result)

    assert sorted(UGLY) == sorted(openai_server.prompts)
    expected = {
        "model": "gpt-4o-mini",
        "temperature": 0.25,
        "top_p": 0.5,
        "max_tokens": 77,
        "stop": ["END", "STOP"],
    }
    if newer:
        expected |= {"presence_penalty": -0.5, "seed": -7, "n": 1, "response_format": {"type": "json_object"}}
    for request in openai_server.requests:
        assert CHAT == request.path
        assert "Bearer sk-test-chat" == request.headers["Authorization"]
        assert [
            {"role": "system", "content": "Be brief: «ja» or 'nein'."},
            {"role": "user", "content": request.prompt},
        ] == request.body.pop("messages")
        assert expected == request.body
    assert "sk-test-chat" not in result.explain()


def test_embeddings(env: Any, openai_server: OpenAIServer) -> None:
    """A chat provider of VVR embeds with the same service, key and model, without options of chats."""
    provider = OpenAICompatProvider(endpoint=openai_server.chat, api_key="sk-test-embed", model="text-embedding-3-small")
    texts = [text for text in UGLY if text]
    asked = table(env, [(text, number) for number, text in enumerate(texts)])
    result = embed(asked, "question", provider=provider, dimension=4, output="vec")
    found = rows(result)
    assert sorted((text, number) for number, text in enumerate(texts)) == [each[:2] for each in found]
    assert [float32(vector(each[0], 4)) for each in found] == [float32(each[2]) for each in found]
    for request in openai_server.requests:
        assert EMBEDDINGS == request.path
        assert "Bearer sk-test-embed" == request.headers["Authorization"]
        wanted = {"model": "text-embedding-3-small", "dimensions": 4, "input": request.prompt}
        assert wanted == {key: value for key, value in request.body.items() if key != "encoding_format"}


def test_a_string_of_any_length(env: Any, questions: Any, openai_server: OpenAIServer) -> None:
    """VARCHAR is STRING, as in SQL, and not PyFlink's VARCHAR(1)."""
    provider = chat_service(openai_server, "varchar")
    found = rows(predict(questions, "question", provider=provider, output={"answer": "VARCHAR"}))
    assert ["one", "two"] == [each[0] for each in found]
    assert all(len(each[2]) > 1 for each in found)


def test_providers_of_a_call(env: Any, questions: Any, openai_server: OpenAIServer) -> None:
    """None is the default provider, a name is that of a registered one, and overrides apply to one call."""
    set_provider("first", chat_service(openai_server, "first", temperature=0.5))
    set_provider("second", chat_service(openai_server, "second", system_prompt=""))
    set_default_provider("first")
    sensitive = {"api_key": "sk-test-third", "temperature": None, "model": "overridden"}
    results = [
        predict(questions, "question"),
        predict(questions, "question", provider="second", model="of-the-call", overrides={"max_tokens": 3}),
        predict(questions, "question", overrides=sensitive, allow_sensitive=True),
    ]
    with using_provider("second"):
        results.append(predict(questions, "question", model="of-the-block"))
    every = results[0].union_all(results[1]).union_all(results[2]).union_all(results[3])
    assert sorted(4 * [("one", 1, answer("one")), ("two", 2, answer("two"))]) == rows(every)

    bodies = {
        (each.key, each.body["model"]): {key: value for key, value in each.body.items() if key not in ("model", "messages")}
        for each in openai_server.requests
    }
    assert {
        ("sk-test-first", "gpt-4o-mini"): {"temperature": 0.5},
        ("sk-test-second", "of-the-call"): {"max_tokens": 3},
        ("sk-test-third", "overridden"): {},
        ("sk-test-second", "of-the-block"): {},
    } == bodies
    assert 8 == len(openai_server.requests)


def test_models_that_differ_only_in_the_key(env: Any, openai_server: OpenAIServer) -> None:
    """Two models for one table: Flink's planner would merge the calls without the name in the config."""
    asked = table(env, [("one", 1)])
    results = [predict(asked, "question", provider=chat_service(openai_server, key)) for key in ("tenant-1", "tenant-2")]
    assert 2 * [("one", 1, answer("one"))] == rows(results[0].union_all(results[1]))
    assert ["sk-test-tenant-1", "sk-test-tenant-2"] == sorted(each.key for each in openai_server.requests)


def test_several_tables(env: Any, openai_server: OpenAIServer) -> None:
    """Predictions are tables: one reads the answers of another, and is joined with an embedding."""
    provider = chat_service(openai_server, "tables")
    questions = table(env, [("one", 1), ("two", 2)])
    first = predict(questions, "question", provider=provider, output={"reply to it": "STRING"})
    second = predict(first, "reply to it", provider=provider, output={"again`s": "STRING"})
    vectors = embed(table(env, [("uno", 1), ("dos", 2)], "text STRING, number INT"), "text", provider=provider, dimension=2)
    joined = second.join(vectors).where(second.id == vectors.number).drop_columns(vectors.number)
    assert [
        ("one", 1, answer("one"), answer(answer("one")), "uno", float32(vector("uno", 2))),
        ("two", 2, answer("two"), answer(answer("two")), "dos", float32(vector("dos", 2))),
    ] == [(*each[:-1], float32(each[-1])) for each in rows(joined)]
    # Nothing remains in the catalog.
    assert [] == [name for name in env.list_temporary_views() if name.startswith("llmproviders")]
    assert [] == [name for name in env.list_temporary_models() if name.startswith("llmproviders")]


def test_a_thousand_rows(env: Any, openai_server: OpenAIServer) -> None:
    """Every row is sent once and answered once, in order, with at most the configured number at a time."""
    openai_server.delay = 0.01
    asked = table(env, [(f"question {number}", number) for number in range(1_000)])
    config = {"async": True, "max-concurrent-operations": 20, "output-mode": "ordered", "timeout": timedelta(minutes=2)}
    result = predict(asked, "question", provider=chat_service(openai_server, "many"), config=config)
    with result.execute().collect() as answered:
        found = [tuple(each) for each in answered]
    assert [(f"question {number}", number, answer(f"question {number}")) for number in range(1_000)] == found
    assert 1_000 == len(openai_server.requests) == len(set(openai_server.prompts))
    assert 1 < openai_server.most_at_once <= 20


def test_config_reaches_flink(env: Any, openai_server: OpenAIServer) -> None:
    """The config limits concurrent requests, and is in the plan."""
    openai_server.delay = 0.05
    asked = table(env, [(f"question {number}", number) for number in range(10)])
    config = {"max-concurrent-operations": "1", "output-mode": "ALLOW_UNORDERED"}
    result = predict(asked, "question", provider=chat_service(openai_server, "config"), config=config)
    assert 10 == len(rows(result))
    assert 1 == openai_server.most_at_once
    assert "ALLOW_UNORDERED" in result.explain()


# Failures of the service ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("has_strategies")
def test_retries(env: Any, openai_server: OpenAIServer) -> None:
    """A request that fails with 429, and then with 500, is retried until it succeeds."""
    openai_server.fail(1, 429, prompt="one")
    openai_server.fail(1, 500, prompt="one")
    provider = chat_service(openai_server, "retries", error_handling_strategy="RETRY", retry_num=5)
    assert [("one", 1, answer("one")), ("two", 2, answer("two"))] == rows(
        predict(table(env, [("one", 1), ("two", 2)]), "question", provider=provider)
    )
    assert ["one", "one", "one", "two"] == sorted(openai_server.prompts)


@pytest.mark.usefixtures("has_strategies")
def test_ignoring(env: Any, openai_server: OpenAIServer) -> None:
    """IGNORE leaves the row out: at once, or after the last retry."""
    openai_server.fail(None, 500, prompt="one")
    ignoring = chat_service(openai_server, "ignore", error_handling_strategy="IGNORE")
    trying = chat_service(openai_server, "ignore-later", retry_num=2, retry_fallback_strategy="IGNORE")
    questions = table(env, [("one", 1), ("two", 2)])
    results = [predict(questions, "question", provider=each) for each in (ignoring, trying)]
    assert 2 * [("two", 2, answer("two"))] == rows(results[0].union_all(results[1]))
    keys = [each.key for each in openai_server.requests if each.prompt == "one"]
    assert 1 == keys.count("sk-test-ignore")
    assert 3 == keys.count("sk-test-ignore-later")


@pytest.mark.usefixtures("has_strategies")
def test_failover(env: Any, questions: Any, openai_server: OpenAIServer) -> None:
    """FAILOVER fails the job; Flink's error of two hundred lines becomes one line."""
    openai_server.fail(None, 500)
    provider = chat_service(openai_server, "failover", error_handling_strategy="FAILOVER")
    result = predict(questions, "question", provider=provider)
    with pytest.raises(FlinkError) as caught, clear_errors(provider):
        rows(result)
    assert str(caught.value).startswith("Flink: 500: ")
    assert "as it was told to" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert None is caught.value.__context__
    assert {"sk-test-failover"} == {each.key for each in openai_server.requests}
    assert len({each.prompt for each in openai_server.requests}) == len(openai_server.requests)


@pytest.mark.usefixtures("has_strategies")
def test_a_wrong_key(questions: Any, httpserver: HTTPServer) -> None:
    """A service refuses the key and repeats it: the line masks it."""
    error = {"error": {"message": "Incorrect API key provided: sk-test-wrong.", "type": "invalid_request_error"}}
    httpserver.expect_request(CHAT).respond_with_json(error, status=401)
    provider = OpenAIProvider(httpserver.url_for(CHAT), "sk-test-wrong", model="m", error_handling_strategy="FAILOVER")
    with pytest.raises(FlinkError) as caught, clear_errors(provider):
        rows(predict(questions, "question", provider=provider))
    assert "Flink: 401: Incorrect API key provided: ******. (UnauthorizedException); is the API key correct?" == str(caught.value)


@pytest.mark.usefixtures("has_strategies")
def test_an_unreachable_service(env: Any, questions: Any) -> None:
    """The error names an unreachable endpoint."""
    provider = OpenAIProvider("http://127.0.0.1:9/v1/chat/completions", "sk-test-nobody", model="m", retry_num=0)
    with pytest.raises(FlinkError) as caught, clear_errors(provider):
        rows(predict(questions, "question", provider=provider))
    assert (
        "Flink: Failed to connect to /127.0.0.1:9: Connection refused (ConnectException); is the service up, and reachable from Flink?"
    ) == str(caught.value)


def test_a_slow_service(env: Any, questions: Any, openai_server: OpenAIServer) -> None:
    """Flink applies the timeout of the config."""
    openai_server.delay = 3
    provider = chat_service(openai_server, "slow")
    with pytest.raises(FlinkError) as caught, clear_errors(provider):
        rows(predict(questions, "question", provider=provider, config={"timeout": "300 ms"}))
    assert (
        "Flink: Async function call has timed out. (TimeoutException); "
        "is the service up? a lower retry_num (Flink 2.2 and newer) shows the service's error, config={'timeout': ...} waits longer"
    ) == str(caught.value)


# Errors of the call --------------------------------------------------------------------------------------------------


PROVIDER = OpenAIProvider("http://127.0.0.1:9/v1/chat/completions", "sk-test-none", model="gpt-4o-mini")
REFUSED: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "an unknown column": (
        "questoin",
        {},
        ["column: expected the name of a column of the table, got 'questoin'; did you mean question?"],
    ),
    "a column that is no string": ("id", {}, ["input: expected exactly one column, of type STRING, got id INT"]),
    "an output of another type": (
        "question",
        {"output": {"answer": "INT"}},
        ["output: expected exactly one column, of type STRING, got answer INT"],
    ),
    "an output with the name of a column": (
        "question",
        {"output": {"id": "STRING"}},
        ["output: expected a name that no column of the table has, got 'id'; choose another name"],
    ),
    "unknown keys of the config": (
        "question",
        {"config": {"max-concurrent-operation": 5, "cache": 1}},
        [
            "config: expected one of async, max-concurrent-operations, output-mode, timeout, got 'max-concurrent-operation'; did you mean max-concurrent-operations?",
            "config: expected one of async, max-concurrent-operations, output-mode, timeout, got 'cache'; Flink would ignore it",
        ],
    ),
    "wrong values of the config": (
        "question",
        {"config": {"async": 1, "max-concurrent-operations": "0", "output-mode": "random", "timeout": 30}},
        [
            "config['async']: expected True or False, got 1 (int)",
            "config['max-concurrent-operations']: expected an int of at least 1, got '0'",
            "config['output-mode']: expected ORDERED or ALLOW_UNORDERED, got 'random'",
            "config['timeout']: expected a duration such as '30s', '500 ms' or '2min', or a timedelta, got 30 (int); write its unit: \"30ms\", as Flink reads it, or \"30s\"",
        ],
    ),
    "wrong types in the config": (
        "question",
        {"config": {"max-concurrent-operations": 2.0, "timeout": None}},
        [
            "config['max-concurrent-operations']: expected an int of at least 1, got 2.0 (float)",
            "config['timeout']: expected a duration such as '30s', '500 ms' or '2min', got None",
        ],
    ),
    "no mapping": (
        "question",
        {"config": [1]},
        ["config: expected a mapping of Flink's keys to values, got a value of type list"],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, questions: Any) -> None:
    """The call reports every problem at once, also those that Flink finds late or never."""
    column, arguments, problems = REFUSED[name]
    with pytest.raises(InvalidOptionsError) as caught:
        predict(questions, column, provider=PROVIDER, **arguments)
    assert problems == [str(each) for each in caught.value.problems]
    assert "sk-test" not in str(caught.value)


def test_refused_at_once(questions: Any, runtime_name: str) -> None:
    """Problems of different kinds are in one error."""
    with pytest.raises(InvalidTypeError) as caught:
        predict(
            questions, "id", provider=PROVIDER.with_(model=None), output="answer BIGINT", config={"timeout": 1, "async": "FALSE"}
        )
    assert f"OpenAIProvider on {runtime_name}" == caught.value.subject
    assert ["config['timeout']", "model", "input", "output", "config['async']"] == [each.option for each in caught.value.problems]
    assert (
        f"config['async']: expected True, or unset, got 'false'; on {runtime_name}, openai predicts only asynchronously"
    ) == str(caught.value.problems[-1])


def test_no_column(questions: Any) -> None:
    """A model needs an input column."""
    with pytest.raises(InvalidOptionsError) as caught:
        predict(questions, provider=PROVIDER)
    assert "column: expected the name of a column of the table, got none" == str(caught.value.problems[0])


def test_batch_mode(flink_version: str, t_env: Any, openai_server: OpenAIServer) -> None:
    """Flink 2.1 and 2.2 cannot plan ML_PREDICT in batch mode: the call reports it. Streaming works everywhere."""
    problem = (
        "table: expected a table of a streaming TableEnvironment, got one of a batch TableEnvironment; "
        "flink-2.2 cannot plan ML_PREDICT in batch mode, flink-2.3 can"
    )
    assert [problem] == [str(each) for each in execution_mode_problems(runtime("flink-2.2"), "BATCH")]
    questions = table(t_env, [("one", 1)])
    if flink_version not in ("2.1", "2.2"):
        assert "ML_PREDICT" in predict(questions, "question", provider=PROVIDER).explain()
        return
    with pytest.raises(InvalidOptionsError) as caught:
        predict(questions, "question", provider=PROVIDER)
    assert problem.replace("flink-2.2", f"flink-{flink_version}") == str(caught.value.problems[0])


def test_streaming_mode(streaming_env: Any, openai_server: OpenAIServer) -> None:
    """Tables of a streaming environment work too."""
    result = predict(table(streaming_env, [("one", 1)]), "question", provider=chat_service(openai_server, "streaming"))
    assert [("one", 1, answer("one"))] == rows(result)


def test_strings_of_all_types(env: Any) -> None:
    """A column of any string type can be the input, nullable or not."""
    typed = env.sql_query(
        "SELECT CAST('a' AS CHAR(3)) AS c, CAST('b' AS VARCHAR(5)) AS v, CAST(NULL AS STRING) AS s, 'x' AS `my``col`"
    )
    for name in ("c", "v", "s", "my`col"):
        assert "answer" in predict(typed, name, provider=PROVIDER).get_resolved_schema().get_column_names()


def test_sensitive_overrides(questions: Any) -> None:
    """Overrides change the endpoint and secrets only with allow_sensitive."""
    overrides = {"endpoint": "http://elsewhere/v1/chat/completions", "api_key": "sk-other", "temperature": 1}
    with pytest.raises(InvalidOptionsError) as caught:
        predict(questions, "question", provider=PROVIDER, overrides=overrides)
    text = "expected no change of an endpoint or secret for one call; pass allow_sensitive=True if that is intended"
    assert f"overrides: 2 problems\n  endpoint: {text}\n  api_key: {text}" == str(caught.value)
    with pytest.raises(InvalidOptionsError, match="extra_options: expected no change"):
        embed(questions, "question", provider=PROVIDER, overrides={"extra_options": {"x-api-key": "sk-other"}})
    with pytest.raises(TypeError, match="overrides: expected a mapping of Python names to values"):
        predict(questions, "question", provider=PROVIDER, overrides=["temperature"])  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionsError, match="did you mean temperature"):
        predict(questions, "question", provider=PROVIDER, overrides={"temprature": 1, "extra_options": {"x": "y"}})


def test_tasks(questions: Any, runtime_name: str) -> None:
    """Each function changes the provider to its own task, and reports options that would be lost; an array keeps embeddings."""
    embeddings = PROVIDER.for_task("embeddings")
    assert "answer" in predict(questions, "question", provider=embeddings).get_resolved_schema().get_column_names()
    array = predict(questions, "question", provider=embeddings, output={"vec": "ARRAY<FLOAT>"})
    assert "vec" in array.get_resolved_schema().get_column_names()
    with pytest.raises(InvalidOptionsError) as caught:
        embed(questions, "question", provider=PROVIDER.with_(temperature=1))
    text = "OpenAIProvider: temperature: expected no such option for task embeddings, got 1; pass temperature=None to drop it"
    assert text == str(caught.value)
    embed(questions, "question", provider=PROVIDER.with_(temperature=1), overrides={"temperature": None})
    with pytest.raises(InvalidOptionsError, match="^columns: output: expected "):
        embed(questions, "question", provider=PROVIDER, output="")
    with pytest.raises(InvalidOptionsError, match="give the endpoint of the service"):
        embed(questions, "question", provider=PROVIDER.with_(endpoint="http://127.0.0.1:9/v1"))


def test_providers_that_are_none(questions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unregistered name, no default, another type, and a secret that is not set."""
    with pytest.raises(UnknownProviderError, match="no provider is registered as 'caht'; registered: none"):
        predict(questions, "question", provider="caht")
    with pytest.raises(UnknownProviderError, match="no provider is registered; call set_provider"):
        predict(questions, "question")
    with pytest.raises(TypeError, match="expected a provider, or the name of a registered one, got a value of type dict"):
        predict(questions, "question", provider={"endpoint": "x"})  # type: ignore[arg-type]
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with pytest.raises(SecretError, match="environment variable NO_SUCH_KEY is not set or empty"):
        predict(questions, "question", provider=PROVIDER.with_(api_key=Secret.from_env("NO_SUCH_KEY")))


def test_json_answers(env: Any, openai_server: OpenAIServer) -> None:
    """SQL can process answers."""
    openai_server.answer = lambda prompt: json.dumps({"length": len(prompt)})
    result = predict(table(env, [("one", 1), ("three", 2)]), "question", provider=chat_service(openai_server, "json"))
    env.create_temporary_view("json_answers", result)
    lengths = env.sql_query("SELECT JSON_VALUE(answer, '$.length') FROM json_answers")
    assert [("3",), ("5",)] == rows(lengths)
    env.drop_temporary_view("json_answers")
