# SPDX-License-Identifier: Apache-2.0
"""Columns about failed requests: a row that Flink would leave out stays, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openai_server import OpenAIServer, answer, vector
from py4j.protocol import Py4JJavaError

from llmproviders import Column, GenericProvider, InvalidOptionsError, InvalidTypeError, OpenAIProvider, parse_create_model
from llmproviders.flink import FlinkError, clear_errors, create_model, embed, model_descriptor, predict
from llmproviders.runtimes.runtime import runtime

REASON = "com.openai.errors.UnexpectedStatusCodeException: 402: as it was told to"
ADDED = ["error-string", "http-status-code", "http-headers-map"]
SUCCESS = (None, None, None)


@pytest.fixture(scope="session")
def env(flink_version: str, request: pytest.FixtureRequest) -> Any:
    """A TableEnvironment that can plan ML_PREDICT: a batch one from Flink 2.3 on, else a streaming one."""
    return request.getfixturevalue("streaming_env" if flink_version in ("2.1", "2.2") else "t_env")


@pytest.fixture
def has_columns(flink_version: str) -> None:
    """These columns came with Flink 2.2."""
    if flink_version == "2.1":
        pytest.skip("Flink 2.1 has no metadata columns")


@pytest.fixture
def service(openai_server: OpenAIServer) -> OpenAIServer:
    """A service that answers "one" with 402, and with a header of its own."""
    openai_server.fail(None, 402, prompt="one", headers={"X-Reason": "balance"})
    return openai_server


def ignoring(server: OpenAIServer, key: str, **options: Any) -> OpenAIProvider:
    """A provider that ignores failed requests."""
    options = {"error_handling_strategy": "IGNORE", **options}
    return OpenAIProvider(server.chat, f"sk-test-{key}", model="gpt-4o-mini", **options)


def table(env: Any, *questions: str | None, column: str = "question") -> Any:
    from pyflink.table import DataTypes

    return env.from_elements([(each,) for each in questions], DataTypes.ROW([DataTypes.FIELD(column, DataTypes.STRING())]))


def rows(result: Any) -> dict[str, tuple[Any, ...]]:
    """The rows by their first column, without the headers that every answer has."""
    with result.execute().collect() as found:
        return {each[0]: tuple(_without_common(value) for value in each[1:]) for each in found}


def _without_common(value: Any) -> Any:
    return {"X-Reason": value["X-Reason"]} if isinstance(value, dict) else value


FAILURE = (None, REASON, 402, {"X-Reason": ["balance"]})


# Predictions ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("has_columns")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"error_handling_strategy": "RETRY", "retry_num": 1, "retry_fallback_strategy": "IGNORE"},
    ],
    ids=["IGNORE", "RETRY, then IGNORE"],
)
def test_a_failed_row_stays(env: Any, service: OpenAIServer, options: dict[str, Any]) -> None:
    """The row has the message, the status and the headers of the answer; they are NULL in other rows."""
    provider = ignoring(service, f"stays-{len(options)}", **options)
    result = predict(table(env, "one", "two"), "question", provider=provider, errors=True)
    assert ["question", "answer", *ADDED] == list(result.get_resolved_schema().get_column_names())
    assert {"one": FAILURE, "two": (answer("two"), *SUCCESS)} == rows(result)
    assert {"two": (answer("two"),)} == rows(predict(table(env, "one", "two"), "question", provider=provider))


@pytest.mark.usefixtures("has_columns")
def test_other_strategies(env: Any, service: OpenAIServer) -> None:
    """FAILOVER fails the job, columns or not; a job without failures has NULL in each."""
    provider = ignoring(service, "failover", error_handling_strategy="FAILOVER")
    assert {"two": (answer("two"), *SUCCESS)} == rows(predict(table(env, "two"), "question", provider=provider, errors=True))
    with pytest.raises(FlinkError, match=r"^Flink: 402: as it was told to"), clear_errors(provider):
        rows(predict(table(env, "one"), "question", provider=provider, errors=True))


@pytest.mark.usefixtures("has_columns")
def test_embeddings(env: Any, service: OpenAIServer) -> None:
    """Embeddings have the same columns."""
    result = embed(table(env, "one", "two"), "question", provider=ignoring(service, "embed"), dimension=2, errors=True)
    assert {"one": FAILURE, "two": (pytest.approx(vector("two", 2)), *SUCCESS)} == rows(result)


@pytest.mark.usefixtures("has_columns")
def test_no_response(env: Any) -> None:
    """A request without a response has a message, and neither a status nor headers."""
    provider = OpenAIProvider("http://127.0.0.1:9/v1/chat/completions", "k", model="m", error_handling_strategy="IGNORE")
    result = predict(table(env, "one"), "question", provider=provider, errors=True)
    assert {"one": (None, "com.openai.errors.OpenAIIoException: Request failed", None, None)} == rows(result)


@pytest.mark.usefixtures("has_columns")
def test_rows_that_are_left_out_all_the_same(env: Any, service: OpenAIServer) -> None:
    """An input of NULL, and one that is too long for the context, are not sent, and not in the result."""
    provider = ignoring(service, "left-out", max_context_size=5, context_overflow_action="skipped")
    result = predict(table(env, None, "a " * 20, "one"), "question", provider=provider, errors=True)
    assert {"one": FAILURE} == rows(result)


@pytest.mark.usefixtures("has_columns")
def test_a_timeout_of_flink(env: Any, openai_server: OpenAIServer) -> None:
    """The timeout of the config fails the job, because it is not a failed request."""
    openai_server.delay = 3
    provider = ignoring(openai_server, "timeout")
    with pytest.raises(FlinkError, match=r"^Flink: Async function call has timed out"), clear_errors(provider):
        rows(predict(table(env, "two"), "question", provider=provider, errors=True, config={"timeout": "300 ms"}))


@pytest.mark.usefixtures("has_columns")
def test_some_of_the_columns(env: Any, service: OpenAIServer) -> None:
    """An output may have some of the columns, in any order; `errors` adds the others."""
    output = "`http-status-code` INT METADATA VIRTUAL, answer STRING"
    result = predict(table(env, "one", "two"), "question", provider=ignoring(service, "some"), output=output)
    assert {"one": (402, None), "two": (None, answer("two"))} == rows(result)
    result = predict(table(env, "one"), "question", provider=ignoring(service, "some"), output=output, errors=True)
    names = ["question", "http-status-code", "answer", "error-string", "http-headers-map"]
    assert names == list(result.get_resolved_schema().get_column_names())
    # The array in the map of headers does not make it an embedding.
    embedding = ignoring(service, "some").for_task("embeddings")
    output = "answer STRING, `http-headers-map` MAP<STRING, ARRAY<STRING>> METADATA"
    assert {"one": (None, FAILURE[-1])} == rows(predict(table(env, "one"), "question", provider=embedding, output=output))


# Models ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def model(env: Any) -> Iterator[str]:
    """The name of a model, which is dropped at the end."""
    yield "dead"
    env.drop_temporary_model("dead")


@pytest.mark.usefixtures("has_columns")
def test_a_model_for_sql(env: Any, service: OpenAIServer, model: str) -> None:
    """SQL uses the columns, and the printed statement reads as the model: its columns make the same model again."""
    provider = ignoring(service, "sql")
    create_model(env, model, provider, input="q STRING", output="a STRING", errors=True)
    env.create_temporary_view("asked", table(env, "one", "two", column="q"))
    try:
        query = f"SELECT q, a, `error-string` FROM ML_PREDICT(TABLE asked, MODEL {model}, DESCRIPTOR(q))"
        assert {"one": (None, REASON), "two": (answer("two"), None)} == rows(env.sql_query(query))
    finally:
        env.drop_temporary_view("asked")

    printed = show(env, model)
    statement = parse_create_model(printed)
    assert (Column("a", "STRING"), *(Column(name, kind, metadata=name) for name, kind in TYPES.items())) == statement.output
    env.drop_temporary_model(model)
    create_model(env, model, statement.provider, input=statement.input, output=statement.output)
    assert printed == show(env, model)


TYPES = runtime("flink-2.3").factories["openai"].metadata


def show(env: Any, name: str) -> str:
    with env.execute_sql(f"SHOW CREATE MODEL {name}").collect() as found:
        (statement,) = (each[0] for each in found)
    return str(statement)


@pytest.mark.usefixtures("has_columns")
def test_keys_are_passed_on(env: Any, model: str) -> None:
    """A user-defined factory may have columns of any name and key, with comments."""
    output = (Column("a", "STRING"), Column("b", "INT", "it's", "key of 'b'"))
    create_model(env, model, GenericProvider("acme"), input="q STRING", output=output)
    # Flink 2.2 and 2.3 print the comment.
    assert output == parse_create_model(show(env, model)).output


def test_descriptors_of_a_runtime() -> None:
    """A descriptor for a newer Flink has the columns, one for Flink 2.1 has none."""
    provider = OpenAIProvider("http://127.0.0.1:9/v1/chat/completions", "k", model="m")
    columns = {"input": "q STRING", "output": "a STRING"}
    made = model_descriptor(provider, **columns, runtime="flink-2.2", errors=True)  # type: ignore[arg-type]
    assert ["a", *ADDED] == [each.getName() for each in made._j_model_descriptor.getOutputSchema().get().getColumns()]
    with pytest.raises(InvalidOptionsError) as caught:
        model_descriptor(provider, **columns, runtime="flink-2.1", errors=True)  # type: ignore[arg-type]
    assert NOT_ON_21 == str(caught.value)


# Errors of the call ---------------------------------------------------------------------------------------------------


NOT_ON_21 = (
    "OpenAIProvider on flink-2.1: errors: expected False on flink-2.1, got True; "
    "openai has metadata columns in flink-2.2, flink-2.3, flink-2.4"
)


def test_flink_without_the_columns(env: Any, flink_version: str, openai_server: OpenAIServer) -> None:
    """Flink 2.1 refuses metadata columns, and each function says so."""
    if flink_version != "2.1":
        return
    provider = OpenAIProvider(openai_server.chat, "sk-test-old", model="m")
    calls = [
        lambda: predict(table(env, "one"), "question", provider=provider, errors=True),
        lambda: embed(table(env, "one"), "question", provider=provider, errors=True),
        lambda: create_model(env, "m", provider, input="q STRING", output="a STRING", errors=True),
    ]
    for call in calls:
        with pytest.raises(InvalidOptionsError) as caught:
            call()
        assert NOT_ON_21 == str(caught.value)
    # Without our check, Flink refuses the columns at planning.
    made = model_descriptor(provider, input="q STRING", output="a STRING", runtime="flink-2.2", errors=True)
    env.create_temporary_model("dead", made)
    env.create_temporary_view("asked", table(env, "one", column="q"))
    try:
        with pytest.raises(Py4JJavaError, match="Model should have exactly one output column, but actually has 4 columns"):
            env.sql_query("SELECT * FROM ML_PREDICT(TABLE asked, MODEL dead, DESCRIPTOR(q))")
    finally:
        env.drop_temporary_view("asked")
        env.drop_temporary_model("dead")


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no bool": ({"errors": "yes"}, ["errors: expected True or False, got 'yes'"]),
    "a column of the table with that name": (
        {"errors": True},
        [
            "output: expected a name that no column of the table has, got 'error-string'; rename that column: Flink sets the name of this one"
        ],
    ),
    "a wrong type": (
        {"output": "answer STRING, `http-status-code` STRING METADATA"},
        ["output: expected http-status-code of type INT, got http-status-code STRING METADATA"],
    ),
}


@pytest.mark.usefixtures("has_columns")
@pytest.mark.parametrize("name", REFUSED)
def test_refused(env: Any, name: str) -> None:
    """The call reports the problem before Flink sees the table."""
    arguments, problems = REFUSED[name]
    column = "error-string" if arguments.get("errors") is True else "question"
    provider = OpenAIProvider("http://127.0.0.1:9/v1/chat/completions", "k", model="m")
    with pytest.raises(InvalidOptionsError) as caught:
        predict(table(env, "one", column=column), column, provider=provider, **arguments)
    assert problems == [str(each) for each in caught.value.problems]


def test_a_provider_without_the_columns(env: Any, runtime_name: str) -> None:
    """Triton and user-defined factories have none; a value that is no bool is a TypeError in each function."""
    with pytest.raises(InvalidOptionsError) as caught:
        create_model(env, "m", GenericProvider("acme"), input="q STRING", output="a STRING", errors=True)
    problem = f"errors: expected False on {runtime_name}, got True; acme has metadata columns in no known runtime"
    assert f"GenericProvider on {runtime_name}: {problem}" == str(caught.value)
    with pytest.raises(InvalidTypeError, match=r"errors: expected True or False, got 1$"):
        create_model(env, "m", GenericProvider("acme"), input="q STRING", output="a STRING", errors=1)  # type: ignore[arg-type]
