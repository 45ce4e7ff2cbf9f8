# SPDX-License-Identifier: Apache-2.0
"""The worst case of a row, and the warning of retries that ML_PREDICT's timeout ends."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import strategies
from hypothesis import assume, given
from hypothesis import strategies as st
from runtime_samples import CHAT, COMPAT, RUNTIMES, TRITON, Case, found

import llmproviders
from llmproviders import GenericProvider, InvalidOptionsError, InvalidTypeError, Provider, runtime
from llmproviders.providers.classes import provider_classes
from llmproviders.providers.worst_case import retries_problem

LINES: dict[str, tuple[Provider, dict[str, Any], str]] = {
    "the defaults": (
        CHAT,
        {},
        "at most 101 attempts (202 requests) and 180 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 582 to 776 s, "
        "and the timeout ends them first",
    ),
    "retries that may end": (
        CHAT.with_(retry_num=26),
        {},
        "at most 27 attempts (54 requests) and 180 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 138 to 184 s, "
        "and the timeout may end them first",
    ),
    "a longer timeout": (
        CHAT,
        {"timeout": timedelta(hours=1)},
        "at most 101 attempts (202 requests) and 3600 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 582 to 776 s",
    ),
    "no retries": (
        CHAT.with_(retry_num=0),
        {},
        "at most 1 attempt (2 requests) and 180 s per row, when ML_PREDICT's timeout fails the job",
    ),
    "a strategy without retries": (
        CHAT.with_(error_handling_strategy="IGNORE", retry_num=9),
        {"timeout": "2 s"},
        "at most 1 attempt (2 requests) and 2 s per row, when ML_PREDICT's timeout fails the job",
    ),
    # The client ends a request after 10 minutes, and waits as long as an answer asks for, at most a minute.
    "no timeout": (
        CHAT.with_(retry_num=2),
        {"timeout": "0"},
        "at most 3 attempts (6 requests) and 1920 s per row; if the service is down, the retries wait 1.12 to 1.5 s",
    ),
    "Flink 2.1, which has no option": (
        CHAT,
        {"runtime": "flink-2.1"},
        "at most 1001 attempts (2002 requests) and 180 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 5982 to 7976 s, "
        "and the timeout ends them first",
    ),
    "a negative number": (
        GenericProvider("openai", **{"retry-num": "-5"}),
        {},
        "at most 1 attempt (2 requests) and 180 s per row, when ML_PREDICT's timeout fails the job",
    ),
    "VVR": (
        COMPAT,
        {},
        "at most 101 attempts (202 requests) and 180 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 100 s",
    ),
    "VVR without a timeout": (
        COMPAT,
        {"timeout": "0 s"},
        "at most 101 attempts (202 requests) per row; if the service is down, the retries wait 100 s",
    ),
    "waits that double": (
        COMPAT.with_(retry_backoff_strategy="EXPONENTIAL", retry_num=3, retry_backoff_base_interval="500 ms"),
        {},
        "at most 4 attempts (8 requests) and 180 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 3.5 s",
    ),
    "waits of years": (
        COMPAT.with_(retry_backoff_strategy="EXPONENTIAL"),
        {"timeout": "0 s"},
        "at most 101 attempts (202 requests) per row; if the service is down, the retries wait more than a year",
    ),
    "waits of about a year": (
        TRITON.with_(max_retries=50, retry_initial_backoff="1 d", retry_max_backoff="10 d"),
        {"timeout": "0 s"},
        "at most 51 attempts (102 requests) per row; if the service is down, the retries wait 20520000 s or more",
    ),
    "the identifier of another runtime": (
        COMPAT.with_(retry_num=3),
        {"runtime": "flink-2.3"},
        "at most 4 attempts (8 requests) and 180 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 2.62 to 3.5 s",
    ),
    "Triton": (
        TRITON.with_(max_retries=3),
        {},
        "at most 4 attempts (8 requests) and 180 s per row, when ML_PREDICT's timeout fails the job; if the service is down, the retries wait 0.35 to 0.7 s",
    ),
    "Triton on Flink 2.3, which does not retry": (
        TRITON,
        {"runtime": "flink-2.3"},
        "at most 1 attempt (2 requests) and 180 s per row, when ML_PREDICT's timeout fails the job",
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_line(case: str) -> None:
    """The worst case as one line."""
    provider, arguments, line = LINES[case]
    assert line == str(provider.worst_case(**arguments))


def test_numbers() -> None:
    """The worst case as numbers, which are those of the line."""
    worst = CHAT.with_(retry_num=5).worst_case(timeout="10 s")
    assert (6, 12, 10.0) == (worst.attempts, worst.requests, worst.seconds)
    assert (0.75 * 15.5, 15.5, 10.0) == (worst.shortest_waits, worst.longest_waits, worst.timeout)
    assert worst.outlasts_timeout
    assert not CHAT.with_(retry_num=5).worst_case(timeout="0").outlasts_timeout
    assert math.inf == COMPAT.worst_case(timeout="0").seconds


ERRORS: dict[str, tuple[Provider, dict[str, Any], str]] = {
    "an unknown factory": (
        GenericProvider("own"),
        {},
        "GenericProvider.worst_case: provider: expected the identifier of a factory whose retries are known (openai, triton, openai-compat, dashscope), got 'own'",
    ),
    "an unknown factory on a runtime": (
        GenericProvider("own"),
        {"runtime": "flink-2.3"},
        "GenericProvider.worst_case: provider: expected the identifier of a factory whose retries are known (openai, triton, openai-compat, dashscope), got 'own'",
    ),
    "another runtime": (
        TRITON,
        {"runtime": "flink-2.1"},
        "TritonProvider: provider: expected an identifier that flink-2.1 has (openai), got 'triton'; triton is in flink-2.3, flink-2.4, vvr-11.8, vvr-11.9",
    ),
    "no duration": (
        CHAT,
        {"timeout": "soon"},
        "OpenAIProvider.worst_case: timeout: expected a duration such as '30s', '500 ms' or '2min', got 'soon'",
    ),
    "no number": (
        GenericProvider("openai", **{"retry-num": "many"}),
        {},
        "flink-2.3: retry-num: expected a whole number in digits, got 'many'",
    ),
    "a number that is no int of Java": (
        GenericProvider("openai", **{"retry-num": "2147483648"}),
        {},
        "flink-2.3: retry-num: expected a whole number from -2147483648 to 2147483647, got '2147483648'",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case: str) -> None:
    """A worst case that cannot be known is an error with the reason."""
    provider, arguments, message = ERRORS[case]
    with pytest.raises(InvalidOptionsError) as caught:
        provider.worst_case(**arguments)
    assert message == str(caught.value)


def test_a_timeout_without_a_unit() -> None:
    """A number is no timeout."""
    with pytest.raises(InvalidTypeError, match='got 180 \\(int\\); write its unit: "180ms", as Flink reads it, or "180s"'):
        CHAT.worst_case(timeout=180)  # type: ignore[arg-type]


# The warning ----------------------------------------------------------------------------------------------------------

CASES: dict[str, Case] = {
    "the defaults": (CHAT, "flink-2.3", {}, []),
    "an explicit default of the fallback": (CHAT.with_(retry_fallback_strategy="FAILOVER"), "flink-2.3", {}, []),
    "a fallback that is never reached": (
        CHAT.with_(retry_fallback_strategy="IGNORE"),
        "flink-2.2",
        {},
        [
            "!retry_num (retry-num): expected retries that end before ML_PREDICT's timeout of 180 s, got '100'; if the service is down, they wait 582 to 776 s: lower retry_num to 25, or give ML_PREDICT a longer timeout: config={'timeout': '13 min'}"
        ],
    ),
    "the most retries that end": (CHAT.with_(retry_fallback_strategy="IGNORE", retry_num=25), "flink-2.3", {}, []),
    "one retry more": (
        CHAT.with_(retry_num=26),
        "flink-2.4",
        {},
        [
            "!retry_num (retry-num): expected retries that end before ML_PREDICT's timeout of 180 s, got '26'; if the service is down, they wait 138 to 184 s: lower retry_num to 25, or give ML_PREDICT a longer timeout: config={'timeout': '4 min'}"
        ],
    ),
    "retries that are ignored": (
        CHAT.with_(retry_num=500, error_handling_strategy="FAILOVER"),
        "flink-2.3",
        {},
        [
            "!retry_num (retry-num): expected error-handling-strategy RETRY with it, got '500'; it is ignored with error-handling-strategy FAILOVER"
        ],
    ),
    "VVR": (COMPAT.with_(retry_fallback_strategy="IGNORE"), "vvr-11.9", {}, []),
    "a strategy with which the default number is too large": (
        COMPAT.with_(retry_backoff_strategy="EXPONENTIAL"),
        "vvr-11.7",
        {},
        [
            "!retry_num (retry-num): expected retries that end before ML_PREDICT's timeout of 180 s, got '100'; if the service is down, they wait more than a year: lower retry_num to 7"
        ],
    ),
    "a wait that is longer than the timeout": (
        COMPAT.with_(retry_backoff_base_interval="5 min", retry_num=1),
        "vvr-11.9",
        {},
        [
            "!retry_num (retry-num): expected retries that end before ML_PREDICT's timeout of 180 s, got '1'; if the service is down, they wait 300 s: lower retry_num to 0, or give ML_PREDICT a longer timeout: config={'timeout': '6 min'}"
        ],
    ),
    "Triton": (
        TRITON.with_(max_retries=20, default_value="null"),
        "vvr-11.9",
        {},
        [
            "!max_retries (max-retries): expected retries that end before ML_PREDICT's timeout of 180 s, got '20'; if the service is down, they wait 191 to 381 s: lower max_retries to 13, or give ML_PREDICT a longer timeout: config={'timeout': '7 min'}"
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_check(case: str) -> None:
    """Retries that a provider sets, and that may not end before the default timeout, are a warning."""
    assert CASES[case][-1] == found(CASES[case])


def test_the_proposals_have_no_warning() -> None:
    """The number of retries and the timeout that the warning proposes are without it."""
    provider = CHAT.with_(retry_fallback_strategy="IGNORE")
    (problem,) = provider.check("flink-2.3")
    assert "retries-outlast-timeout" == problem.code
    assert "lower retry_num to 25, " in problem.hint
    assert () == provider.with_(retry_num=25).check("flink-2.3")
    assert "'13 min'" in problem.hint
    assert None is retries_problem(provider, runtime("flink-2.3"), "13 min")
    assert None is not retries_problem(provider, runtime("flink-2.3"), "12 min")


def test_the_timeout_of_a_call() -> None:
    """The warning of a call is about its timeout; 0 is none. Flink itself reports a string that is no duration."""
    provider = CHAT.with_(retry_num=5)
    problem = retries_problem(provider, runtime("flink-2.3"), "10 s")
    assert "if the service is down, they wait 11.6 to 15.5 s: lower retry_num to 4" in str(problem)
    for timeout in ("16 s", "0", "soon"):
        assert None is retries_problem(provider, runtime("flink-2.3"), timeout)
    assert None is retries_problem(GenericProvider("own", **{"retry-num": "500"}), runtime("flink-2.3"), "10 s")
    assert None is retries_problem(CHAT, runtime("flink-2.1"), "1 s")


CATALOG = """
[providers.chat]
provider = "openai"
endpoint = "https://api.example.com/v1/chat/completions"
api_key = { env = "KEY" }
model = "m"
retry_fallback_strategy = "IGNORE"
retry_num = 50
"""


def test_in_a_document(tmp_path: Path) -> None:
    """In a document, the hint is in its format, at the line of the option; an entry can ignore it."""
    path = tmp_path / "catalog.toml"
    path.write_text(CATALOG, encoding="utf-8")
    hint = "if the service is down, they wait 282 to 376 s: write retry_num = 25, or give ML_PREDICT a timeout of 7 min"
    (problem,) = llmproviders.check(path, runtime="flink-2.3")
    assert ("providers.chat.retry_num", 8, hint) == (problem.path, problem.line, problem.problem.hint)
    path.write_text(f"{CATALOG}ignore = ['retries-outlast-timeout']", encoding="utf-8")
    assert () == llmproviders.check(path, runtime="flink-2.3")


# Laws -----------------------------------------------------------------------------------------------------------------

providers = st.sampled_from([cls for cls in provider_classes().values() if cls is not GenericProvider]).flatmap(
    strategies.providers
)
seconds = st.integers(0, 10**7).map(lambda number: f"{number} ms")


@strategies.MANY
@given(providers, st.sampled_from(RUNTIMES), seconds)
def test_every_provider_has_a_worst_case(provider: Provider, where: llmproviders.Runtime, timeout: str) -> None:
    """On every runtime that has the identifier, or another for the service, there is a consistent worst case."""
    try:
        there = provider.for_runtime(where)
    except InvalidOptionsError:
        there = provider
    assume(there.provider_name() in where.factories)
    worst = provider.worst_case(timeout=timeout, runtime=where)
    assert 1 <= worst.attempts <= worst.requests
    assert 0 <= worst.seconds <= worst.timeout
    assert 0 <= worst.shortest_waits <= worst.longest_waits
    assert str(worst).isprintable()
    assert provider.worst_case() == provider.worst_case(timeout=timedelta(minutes=3))


@strategies.MANY
@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1), st.integers(1, 10**6), st.integers(1, 10**6))
def test_monotone(one: int, other: int, short: int, long: int) -> None:
    """More retries and a longer timeout are no less requests and seconds."""
    (one, other), (short, long) = sorted((one, other)), sorted((short, long))
    samples = (CHAT, COMPAT, COMPAT.with_(retry_backoff_strategy="EXPONENTIAL"))
    for provider in samples:
        few, many = (provider.with_(retry_num=number) for number in (one, other))
        less = few.worst_case(timeout=f"{short} ms")
        for more in (many.worst_case(timeout=f"{short} ms"), few.worst_case(timeout=f"{long} ms")):
            assert less.requests <= more.requests
            assert less.seconds <= more.seconds
            assert less.shortest_waits <= more.shortest_waits
            assert less.longest_waits <= more.longest_waits


@strategies.MANY
@given(st.integers(0, 200))
def test_waits_are_their_sum(number: int) -> None:
    """The longest waits are the sum of half a second, doubled each time, at most 8 s."""
    assert sum(min(0.5 * 2**each, 8) for each in range(number)) == CHAT.with_(retry_num=number).worst_case().longest_waits
