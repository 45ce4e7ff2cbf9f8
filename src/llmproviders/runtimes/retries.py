# SPDX-License-Identifier: Apache-2.0
"""Retries: the requests and seconds that a row can take, for each factory.

Sources:

- ``openai``: ``flink-model-openai`` 2.1.0, 2.2.0 and 2.3.0 with the OpenAI SDK 1.6.1 and OkHttp 4.12.0 in them, run against a
  server that counts; 2.4 is assumed to be the same. The SDK repeats a request after an exception of the connection and the
  statuses 408, 409, 429 and 500 or more, unless the header X-Should-Retry decides otherwise. It waits 0.5 s, then twice as long
  each time, at most 8 s, and shortens each wait by up to a quarter; the headers Retry-After-Ms and Retry-After of an answer
  replace the wait if they are at most a minute. A request ends after 10 minutes.
- ``triton``: ``flink-model-triton`` 2.3.0, which does not retry, and the source of 2.4, which halves a wait at most. Its
  timeout is that of connecting, and of each pause while writing or reading, not of the whole request.
- VVR: the documentation of its classes, not run. A wait of the strategy EXPONENTIAL is assumed to double without a limit.

OkHttp itself repeats a request once, at once, after the status 408, or 503 with Retry-After: 0. It also follows redirects, and
answers that alternate between the two statuses, up to 20 times, which is not counted here.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import attrs

from ..errors import Advice, InvalidOptionsError, Problem, Rejected, invalid
from ..syntax.durations import read_duration
from ..syntax.scalars import JAVA_BOUNDS, read_integer
from .view import View

__all__ = ["DEFAULT_TIMEOUT", "Retries", "WorstCase", "retries_of", "timeout_problem"]

DEFAULT_TIMEOUT: Final = 180.0
"""The default of ``table.exec.async-ml-predict.timeout`` in Flink and VVR, in seconds."""

_REQUESTS_OF_AN_ATTEMPT: Final = 2
_LONGEST_ADVICE: Final = 3600
"""The longest timeout in seconds that a hint proposes."""
_YEAR: Final = 365 * 86_400

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class WorstCase:
    """The most requests and the longest time that a row can take. Without a limit, a number of seconds is infinite."""

    attempts: int
    """The first request, and the retries: the number of requests if the service is down, or refuses each."""
    requests: int
    """The most requests: the client itself repeats a request once after the status 408, or 503 with ``Retry-After: 0``.

    Redirects are not counted.
    """
    seconds: float
    """The longest time from the first request to the answer, or to ML_PREDICT's timeout, which fails the job.

    Without a timeout, the time in which a row waits for other rows is not included: OkHttp sends five requests at once.
    """
    shortest_waits: float
    """The least total of the waits between attempts, in seconds, if no answer has a header ``Retry-After``."""
    longest_waits: float
    """The greatest total of these waits, in seconds."""
    timeout: float
    """The seconds of ML_PREDICT's timeout; infinite if it is 0."""

    @property
    def outlasts_timeout(self) -> bool:
        """Whether ML_PREDICT's timeout may end before the retries of a service that is down: the job then fails."""
        return self.timeout < math.inf and self.longest_waits >= self.timeout

    def __str__(self) -> str:
        attempts = "1 attempt" if self.attempts == 1 else f"{self.attempts} attempts"
        time = "" if math.isinf(self.seconds) else f" and {_seconds(self.seconds)}"
        line = f"at most {attempts} ({self.requests} requests){time} per row"
        if self.seconds == self.timeout < math.inf:
            line += ", when ML_PREDICT's timeout fails the job"
        if self.attempts > 1:
            line += f"; if the service is down, the retries wait {_range(self.shortest_waits, self.longest_waits)}"
        if self.outlasts_timeout:
            may = "" if self.shortest_waits >= self.timeout else "may "
            line += f", and the timeout {may}end{'' if may else 's'} them first"
        return line


@attrs.frozen(kw_only=True)
class Retries:
    """The retries of a factory with the options of a provider."""

    keys: tuple[str, ...]
    """The keys of the options; the first is that of the number of retries. Empty if the runtime has no options of retries."""
    number: int
    first: float = 0.0
    """The first wait in seconds; each further one is twice as long."""
    longest: float = 0.0
    """The longest wait in seconds."""
    certain: float = 1.0
    """The shortest wait as a fraction of the computed wait; the client shortens waits at random."""
    asked: float = 0.0
    """The longest wait in seconds that the service can demand, as with ``Retry-After``."""
    request: float = math.inf
    """The longest time of a request in seconds."""

    def waits(self, number: int) -> float:
        """The greatest total of the first *number* waits, in seconds."""
        total, wait = 0.0, self.first
        # The loop ends: a float is infinite after about 2000 doublings.
        while number and 0 < wait < self.longest:
            total, wait, number = total + wait, wait * 2, number - 1
        return total + number * min(wait, self.longest) if number else total

    def worst_case(self, timeout: float) -> WorstCase:
        """The worst case with a timeout of ML_PREDICT, in seconds."""
        attempts, longest = self.number + 1, self.waits(self.number)
        return WorstCase(
            attempts=attempts,
            requests=attempts * _REQUESTS_OF_AN_ATTEMPT,
            seconds=min(timeout, attempts * self.request + max(longest, self.number * self.asked)),
            shortest_waits=longest * self.certain,
            longest_waits=longest,
            timeout=timeout,
        )


def retries_of(view: View) -> Retries | None:
    """The retries of a provider on a runtime; None if those of the factory are not known.

    Raises:
        InvalidOptionsError: if Java cannot read an option.
    """
    reader = _READERS.get(view.factory.identifier)
    return reader(view) if reader else None


def timeout_problem(view: View, timeout: float) -> Problem | None:
    """The warning that ML_PREDICT's timeout, in seconds, may end before the retries; None if it does not.

    A provider that sets no option of retries, and not the fallback IGNORE, gets no warning.
    """
    try:
        retries = retries_of(view)
    except InvalidOptionsError:
        return None  # check_keys reports it
    if retries is None or not retries.keys:
        return None
    key, worst = retries.keys[0], retries.worst_case(timeout)
    is_ignored = (view.value("retry-fallback-strategy") or "").upper() == "IGNORE"
    is_set = is_ignored or any(each in view.facts.non_defaults for each in retries.keys)
    if not (is_set and worst.outlasts_timeout):
        return None
    name = view.facts.names.get(key, key)
    fitting = bisect_left(range(retries.number), timeout, key=retries.waits) - 1
    waits = f"if the service is down, they wait {_range(worst.shortest_waits, worst.longest_waits)}"
    minutes = worst.longest_waits // 60 + 1
    longer = f"{minutes:.0f} min" if worst.longest_waits < _LONGEST_ADVICE else ""
    return view.problem(
        key,
        f"retries that end before ML_PREDICT's timeout of {_seconds(timeout)}",
        hint=f"{waits}: lower {name} to {fitting}"
        + (f", or give ML_PREDICT a longer timeout: config={{'timeout': '{longer}'}}" if longer else ""),
        in_document=Advice(
            f"{waits}: write {{}}" + (f", or give ML_PREDICT a timeout of {longer}" if longer else ""), ((name, fitting),)
        ),
        severity="warning",
        code="retries-outlast-timeout",
    )


# The factories --------------------------------------------------------------------------------------------------------


def _openai(view: View) -> Retries:
    number = 1000  # Flink 2.1 has no option: it uses ten times the default of another option
    keys: tuple[str, ...] = ()
    if "retry-num" in view.factory.options:
        keys, number = ("retry-num",), _number(view, "retry-num")
    return Retries(keys=keys, number=number, first=0.5, longest=8, certain=0.75, asked=60, request=600)


def _vvr(view: View) -> Retries:
    keys = ("retry-num", "retry-backoff-strategy", "retry-backoff-base-interval")
    base = _duration(view, keys[2])
    longest = math.inf if (view.value(keys[1]) or "").upper() == "EXPONENTIAL" else base
    return Retries(keys=keys, number=_number(view, keys[0]), first=base, longest=longest)


def _triton(view: View) -> Retries:
    keys = ("max-retries", "retry-initial-backoff", "retry-max-backoff")
    if keys[0] not in view.factory.options:
        return Retries(keys=(), number=0)
    return Retries(
        keys=keys,
        number=_number(view, keys[0]),
        first=_duration(view, keys[1]),
        longest=_duration(view, keys[2]),
        certain=0.5,
    )


_READERS: Final[Mapping[str, Callable[[View], Retries]]] = {
    "openai": _openai,
    "triton": _triton,
    "openai-compat": _vvr,
    "dashscope": _vvr,
}
"""The readers of the options of retries, by identifier of the factory."""


def _number(view: View, key: str) -> int:
    """The number of retries; 0 if the strategy is not RETRY, or the option is negative."""
    strategy = view.value("error-handling-strategy")
    return 0 if strategy is not None and strategy.upper() != "RETRY" else max(0, _read(view, key, _read_java_int))


def _read_java_int(string: str) -> int:
    low, high = JAVA_BOUNDS["Integer"]
    if not low <= (number := read_integer(string)) <= high:
        raise Rejected(f"a whole number from {low} to {high}")
    return number


def _duration(view: View, key: str) -> float:
    return _read(view, key, read_duration) / 1_000_000_000


def _read(view: View, key: str, reader: Callable[[str], _T]) -> _T:
    try:
        return reader(view.value(key) or "")
    except Rejected as error:
        raise invalid(str(view.runtime), [view.problem(key, error.expected)]) from None


# Numbers --------------------------------------------------------------------------------------------------------------


def _range(low: float, high: float) -> str:
    if low == high or low > _YEAR:
        return _seconds(low)
    return f"{_seconds(low)} or more" if high > _YEAR else f"{_number_of(low)} to {_seconds(high)}"


def _seconds(seconds: float) -> str:
    return "more than a year" if seconds > _YEAR else f"{_number_of(seconds)} s"


def _number_of(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 100 else f"{seconds:.3g}"  # noqa: PLR2004
