# SPDX-License-Identifier: Apache-2.0
"""Measurement of cost: a linear cost doubles when the input doubles."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, TypeVar

_Input = TypeVar("_Input")

MOST = 2.5
"""The largest growth of a linear cost; that of a quadratic one is 4."""


def growth(make: Callable[[int], _Input], run: Callable[[_Input], Any], size: int) -> float:
    """The CPU time for twice the *size*, as a multiple of that for *size*; the least of several tries, because other work disturbs."""
    small, large = make(size), make(2 * size)
    run(small)
    ratio = float("inf")
    for _ in range(4):
        ratio = min(ratio, _seconds(run, large) / _seconds(run, small))
        if ratio <= MOST:
            break
    return ratio


def _seconds(run: Callable[[_Input], Any], given: _Input) -> float:
    """The least CPU time of several runs."""
    times = []
    for _ in range(2):
        gc.disable()
        try:
            start = time.thread_time()
            run(given)
            times.append(time.thread_time() - start)
        finally:
            gc.enable()
    return min(times)


def peak_memory(run: Callable[[], Any]) -> int:
    """The most bytes that Python holds during a run, beyond those of before; the result counts too."""
    run()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
