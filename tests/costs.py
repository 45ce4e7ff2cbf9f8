# SPDX-License-Identifier: Apache-2.0
"""The cost of a call: how its CPU time grows with its input, and its memory."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any


def growth(call: Callable[[Any], object], small: Any, large: Any) -> float:
    """The CPU time for a large input as a multiple of that for a small one; the least of several runs each."""
    times: dict[bool, list[float]] = {False: [], True: []}
    gc.disable()
    try:
        for _ in range(5):
            for is_large in (False, True):
                start = time.process_time()
                call(large if is_large else small)
                times[is_large].append(time.process_time() - start)
    finally:
        gc.enable()
    return min(times[True]) / min(times[False])


def peak_memory(call: Callable[[], object]) -> int:
    """The most bytes that a call holds at once."""
    gc.collect()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
