# SPDX-License-Identifier: Apache-2.0
"""Cost against size, for every peer that can do it: options of a call, problems of a call, providers of a file.

A line is a dict of the plot's name, its own name and its points: the size, and the microseconds at that size. The peers of
a file read each provider with all its options; this library reads entries that extend others.
"""

import gc
import json
import time
from contextlib import suppress
from functools import partial

import msgspec
from pydantic import TypeAdapter

from llmproviders import loads
from llmproviders.catalogs.formats.toml import tomllib

from . import catalogs, peer_msgspec, peer_pydantic
from .arguments import ALL, FOUR, OURS

OPTIONS = (1, 2, 4, 8, 12, 16, 20, 24)
PROBLEMS = (1, 2, 4, 8)
NUMBERS = tuple(name for name, value in ALL.items() if isinstance(value, (int, float)))
"""The options that are numbers: a list of them is a wrong value for every peer that checks."""
STOPS_AT_THE_FIRST = "msgspec, the first only"


def curves(plot, calls, repeats, number):
    """The lines of a plot, from *calls*: functions by name of the line and size. They take turns, *repeats* times.

    A point is the fastest of the loops of *number* calls.
    """
    best = {}
    for turn in range(repeats + 1):
        gc.collect()
        gc.disable()
        for key, run in calls.items():
            start = time.perf_counter_ns()
            for _ in range(number):
                run()
            took = (time.perf_counter_ns() - start) / number / 1e3
            if turn:  # The first turn warms up.
                best[key] = min(took, best.get(key, took))
        gc.enable()
    lines = dict.fromkeys(line for line, _ in calls)
    return [
        {"plot": plot, "line": line, "points": [[size, best[line, size]] for of, size in calls if of == line]} for line in lines
    ]


def options_of(count):
    """The first *count* options of `ALL` that are valid together, without those that are None."""
    return dict([(name, value) for name, value in ALL.items() if value is not None][:count])


def message_of(peer, wrong):
    """Make a call with wrong values, and its message."""
    try:
        peer.make(**wrong)
    except (ValueError, TypeError) as error:
        return str(error)
    raise AssertionError(wrong)


def measure_calls(peers, *, quick):
    """Calls with more and more options, and with more and more wrong ones."""
    repeats, number = (5, 20) if quick else (41, 200)
    makers = {name: peer for name, peer in peers.items() if name != "dict"}
    right = {(name, size): partial(peer.make, **options_of(size)) for name, peer in makers.items() for size in OPTIONS}
    wrong = {
        (line, size): partial(message_of, peers[name], {**FOUR, **{number: [] for number in NUMBERS[:size]}})
        for name, line in ((OURS, OURS), ("pydantic", "pydantic"), ("msgspec", STOPS_AT_THE_FIRST))
        for size in PROBLEMS
    }
    return curves("options", right, repeats, number) + curves("problems", wrong, repeats, number // 10)


def plain_json(count):
    """The providers of `catalogs.document` as JSON of all their options by Java key, with numbers as numbers."""
    tree = {}
    for name, provider in loads(catalogs.document(count, "json"), format="json").items():
        tree[name] = options = provider.with_(api_key="sk-1").to_options()
        for key, value in options.items():
            with suppress(ValueError):
                options[key] = json.loads(value)
    return json.dumps(tree, indent=2)


PEERS_OF_JSON = {
    "pydantic": TypeAdapter(dict[str, peer_pydantic.Provider]).validate_json,
    "msgspec": msgspec.json.Decoder(dict[str, peer_msgspec.Provider]).decode,
}
"""Functions that read `plain_json` into providers."""


def measure_files(*, quick):
    """Files with more and more providers: microseconds for each provider."""
    sizes, repeats = ((100, 300), 1) if quick else ((100, 1_000, 10_000, 30_000), 3)
    json_of, toml_of = (partial(catalogs.document, name=name) for name in ("json", "toml"))
    readers = {
        f"{OURS}, TOML": (toml_of, partial(loads, format="toml")),
        f"{OURS}, JSON": (json_of, partial(loads, format="json")),
        "tomllib.loads": (toml_of, tomllib.loads),
        **{f"{name}, JSON": (plain_json, read) for name, read in PEERS_OF_JSON.items()},
        "json.loads": (json_of, json.loads),
    }
    calls = {(name, size): partial(read, write(size)) for name, (write, read) in readers.items() for size in sizes}
    lines = curves("files", calls, repeats, 1)
    return [{**line, "points": [[size, took / size] for size, took in line["points"]]} for line in lines]
