# SPDX-License-Identifier: Apache-2.0
"""First calls with a set of option names that the process has not used before; the class was used before.

A job makes each of its providers once, so its cost is that of the first call. Each set of names is measured in one pair of
calls, with the same values for both sides; the values were used before, but not together. Calls are timed one by one.
"""

import gc
import random
import statistics
import time
from itertools import combinations

from .arguments import ALL, FOUR, change_of

SERVICE = {name: FOUR[name] for name in ("endpoint", "api_key")}
OTHERS = tuple(name for name in ALL if name not in {*FOUR, "task"})
"""The options that are valid together in any combination."""


def new_options():
    """Sets of four of the `OTHERS` with their values, in a shuffled order that is the same in every run."""
    sets = list(combinations(OTHERS, 4))
    random.Random(0).shuffle(sets)
    for names in sets:
        yield {name: ALL[name] for name in names}


def microseconds(run, *arguments, **options):
    """The time of one call, without the garbage collector."""
    gc.disable()
    try:
        start = time.perf_counter_ns()
        run(*arguments, **options)
        return (time.perf_counter_ns() - start) / 1e3
    finally:
        gc.enable()


def warm_up(peer, sets):
    """Use the peer's class with *sets*, as often as CPython needs to optimise its code."""
    base, change = peer.make(**FOUR), change_of(peer)
    for options in sets:
        for _ in range(20):
            microseconds(peer.make, **SERVICE, **options)
            microseconds(change, base, **options)


def construct_timer(peer, sets):
    """A function that measures a construct with six options: the `SERVICE`, and the next of *sets* at each call."""
    remaining = iter(sets)
    return lambda: microseconds(peer.make, **SERVICE, **next(remaining))


def change_timer(peer, sets):
    """A function that measures a variant of a provider with `FOUR`, with the next of *sets* at each call."""
    base, change, remaining = peer.make(**FOUR), change_of(peer), iter(sets)
    return lambda: microseconds(change, base, **next(remaining))


def first_calls(peer, sets):
    """For each of *sets*, the longest and the median time of its first ten constructs."""
    for options in sets:
        times = [microseconds(peer.make, **SERVICE, **options) for _ in range(10)]
        yield max(times), statistics.median(times)


def measure_first(peers, sets, count):
    """For each peer, the median microseconds of the first and of the tenth call with a set of names; no set is used twice."""
    for name, peer in peers.items():
        if name == "dict":
            continue
        base, change = peer.make(**FOUR), change_of(peer)
        calls = {
            "construct with 6 options": lambda options, make=peer.make: microseconds(make, **SERVICE, **options),
            "with_ of 4 options": lambda options, change=change, base=base: microseconds(change, base, **options),
        }
        for call, run in calls.items():
            times = [[run(options) for _ in range(10)] for options in (next(sets) for _ in range(count))]
            first, later = statistics.median(each[0] for each in times), statistics.median(each[-1] for each in times)
            yield {"call": call, "peer": name, "first": first, "later": later}
