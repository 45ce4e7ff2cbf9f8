# SPDX-License-Identifier: Apache-2.0
"""The worst case of a row, compared with the requests that a service gets from PyFlink's mini-cluster."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from openai_server import OpenAIServer

from llmproviders import OpenAIProvider, RetriesWarning
from llmproviders.flink import FlinkError, clear_errors, predict

ROWS = 2


@pytest.fixture
def env(streaming_env: Any) -> Iterator[Any]:
    """A TableEnvironment in which every version plans ML_PREDICT; its timeout is reset after the test."""
    yield streaming_env
    streaming_env.get_config().set("table.exec.async-ml-predict.timeout", "3 min")


@pytest.fixture
def has_retries(flink_version: str) -> None:
    """The options of retries came with Flink 2.2."""
    if flink_version == "2.1":
        pytest.skip("Flink 2.1 has no retry-num")


def chat(server: OpenAIServer, key: str, **options: Any) -> OpenAIProvider:
    """A provider with a key of its own, because Flink shares clients, and their retries, between equal URLs and keys."""
    return OpenAIProvider(server.chat, f"sk-test-{key}", model="m", **options)


def prediction(env: Any, provider: OpenAIProvider, config: Mapping[str, Any] | None = None, rows: int = ROWS) -> Any:
    table = env.from_elements([(f"row {number}",) for number in range(rows)], ["question"])
    return predict(table, "question", provider=provider, config=config)


def run(env: Any, provider: OpenAIProvider, config: Mapping[str, Any] | None = None, rows: int = ROWS) -> list[Any]:
    """The rows of a job; an error of Flink in one line."""
    with clear_errors(provider), prediction(env, provider, config, rows).execute().collect() as found:
        return list(found)


def span(server: OpenAIServer) -> float:
    """The seconds from the first request to the last."""
    return server.requests[-1].time - server.requests[0].time


@pytest.mark.usefixtures("has_retries")
@pytest.mark.parametrize(("retries", "status"), [(0, 500), (1, 409), (2, 503), (4, 429)])
def test_attempts(env: Any, openai_server: OpenAIServer, runtime_name: str, retries: int, status: int) -> None:
    """If every request fails, each row has as many as the worst case has attempts; then the fallback applies."""
    provider = chat(openai_server, f"attempts-{retries}-{status}", retry_num=retries, retry_fallback_strategy="IGNORE")
    openai_server.fail(None, status)
    assert [] == run(env, provider)
    worst = provider.worst_case(runtime=runtime_name)
    assert {f"row {number}": worst.attempts for number in range(ROWS)} == Counter(openai_server.prompts)
    assert span(openai_server) <= worst.seconds


@pytest.mark.usefixtures("has_retries")
@pytest.mark.parametrize(("status", "headers"), [(408, {"Retry-After-Ms": "1"}), (503, {"Retry-After": "0"})])
def test_requests(env: Any, openai_server: OpenAIServer, runtime_name: str, status: int, headers: dict[str, str]) -> None:
    """If the HTTP client repeats each request too, each row has as many as the worst case has requests."""
    provider = chat(openai_server, f"requests-{status}", retry_num=3, retry_fallback_strategy="IGNORE")
    openai_server.fail(None, status, headers=headers)
    assert [] == run(env, provider)
    worst = provider.worst_case(runtime=runtime_name)
    assert {f"row {number}": worst.requests for number in range(ROWS)} == Counter(openai_server.prompts)


@pytest.mark.usefixtures("has_retries")
@pytest.mark.parametrize("status", [400, 404])
def test_other_statuses_are_not_retried(env: Any, openai_server: OpenAIServer, status: int) -> None:
    """Other statuses below 500 are final."""
    openai_server.fail(None, status)
    assert [] == run(env, chat(openai_server, f"final-{status}", retry_fallback_strategy="IGNORE", retry_num=3), rows=1)
    assert 1 == len(openai_server.requests)


@pytest.mark.usefixtures("has_retries")
def test_waits(env: Any, openai_server: OpenAIServer, runtime_name: str) -> None:
    """The waits of the client are at least the shortest of the worst case; a busy machine may be late."""
    provider = chat(openai_server, "waits", retry_num=3, retry_fallback_strategy="IGNORE")
    openai_server.fail(None, headers={})
    assert [] == run(env, provider, rows=1)
    worst = provider.worst_case(runtime=runtime_name)
    assert worst.attempts == len(openai_server.requests)
    # The client drops fractions of milliseconds.
    assert worst.shortest_waits - 0.01 <= span(openai_server) <= worst.seconds


@pytest.mark.usefixtures("has_retries")
def test_the_service_asks_for_a_longer_wait(env: Any, openai_server: OpenAIServer) -> None:
    """A header Retry-After is obeyed, but not one of more than a minute."""
    for key, seconds in ("obeyed", 2), ("ignored", 61):
        openai_server.reset()
        openai_server.fail(1, headers={"Retry-After": str(seconds)})
        assert 1 == len(run(env, chat(openai_server, key, retry_num=1), rows=1))
        assert (seconds <= span(openai_server)) is (key == "obeyed")


@pytest.mark.usefixtures("has_retries")
def test_the_timeout_ends_first(env: Any, openai_server: OpenAIServer, runtime_name: str) -> None:
    """When the timeout ends before the retries, the job fails in spite of IGNORE, and sends no more requests."""
    provider = chat(openai_server, "timeout", retry_num=50, retry_fallback_strategy="IGNORE")
    openai_server.fail(None, headers={"Retry-After-Ms": "300"})
    with pytest.warns(RetriesWarning), pytest.raises(FlinkError, match="Async function call has timed out"):
        run(env, provider, {"timeout": "4 s"}, rows=1)
    worst = provider.worst_case(timeout="4 s", runtime=runtime_name)
    sent = len(openai_server.requests)
    assert sent < worst.attempts
    assert span(openai_server) <= worst.seconds
    time.sleep(1)
    assert sent == len(openai_server.requests)


@pytest.mark.usefixtures("has_retries")
def test_no_timeout(env: Any, openai_server: OpenAIServer) -> None:
    """With a timeout of 0, a row may take any time; five requests are sent at once."""
    openai_server.delay = 2.0
    assert 8 == len(run(env, chat(openai_server, "none"), {"timeout": "0"}, rows=8))
    assert openai_server.most_at_once <= 5


def test_retries_of_flink_2_1(env: Any, openai_server: OpenAIServer, flink_version: str) -> None:
    """Flink 2.1 has no option of retries, and retries 1000 times."""
    if flink_version != "2.1":
        pytest.skip("a test of Flink 2.1")
    provider = chat(openai_server, "no-option")
    openai_server.fail(None)
    with pytest.raises(FlinkError):
        run(env, provider, rows=1)
    assert provider.worst_case(runtime="flink-2.1").attempts == len(openai_server.requests)


@pytest.mark.usefixtures("has_retries")
def test_warning(env: Any, openai_server: OpenAIServer) -> None:
    """`predict` warns at the caller's line of retries that its timeout ends: that of the config, else of the environment."""
    provider = chat(openai_server, "warning", retry_num=5)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RetriesWarning)
        prediction(env, provider)
        prediction(env, chat(openai_server, "default"), {"timeout": "10 s"})
        with pytest.raises(RetriesWarning, match=r"timeout of 10 s, got '5'; .*: lower retry_num to 4"):
            prediction(env, provider, {"timeout": "10 s"})
        env.get_config().set("table.exec.async-ml-predict.timeout", "5 s")
        with pytest.raises(RetriesWarning, match=r"OpenAIProvider: retry_num .* timeout of 5 s, got '5'; .* to 3"):
            prediction(env, provider)
        prediction(env, provider, {"timeout": "1 min"})
        prediction(env, provider, {"timeout": "0"})
    with pytest.warns(RetriesWarning) as caught:
        prediction(env, provider)
    assert [__file__] == [each.filename for each in caught]
