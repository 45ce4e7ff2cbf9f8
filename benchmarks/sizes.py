# SPDX-License-Identifier: Apache-2.0
"""Cost against size, for every peer that can do it: options of a call, problems of a call, providers of a file.

A curve is a dict of the plot's name, the line's name and the points: the size, and the microseconds at that size. The peers of
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


def fastest(run, repeats, number):
    """The microseconds of a call in the fastest of *repeats* loops of *number* calls."""

    def once():
        start = time.perf_counter_ns()
        for _ in range(number):
            run()
        return (time.perf_counter_ns() - start) / number / 1e3

    gc.collect()
    gc.disable()
    try:
        once()
        return min(once() for _ in range(repeats))
    finally:
        gc.enable()


def curve(plot, line, measure, sizes):
    """One line of a plot; *measure* returns the microseconds of a size."""
    return {"plot": plot, "line": line, "points": [[size, measure(size)] for size in sizes]}


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
    for name, peer in makers.items():
        # api_key needs the endpoint: one option is the endpoint, and no peer gets the key alone.
        yield curve(
            "options", name, lambda size, peer=peer: fastest(partial(peer.make, **options_of(size)), repeats, number), OPTIONS
        )
    for name, line in ((OURS, OURS), ("pydantic", "pydantic"), ("msgspec", STOPS_AT_THE_FIRST)):

        def problems(size, peer=peers[name]):
            wrong = {**FOUR, **{number: [] for number in NUMBERS[:size]}}
            return fastest(partial(message_of, peer, wrong), repeats, max(1, number // 10))

        yield curve("problems", line, problems, PROBLEMS)


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
    readers = {
        f"{OURS}, TOML": (lambda size: catalogs.document(size, "toml"), partial(loads, format="toml")),
        f"{OURS}, JSON": (lambda size: catalogs.document(size, "json"), partial(loads, format="json")),
        "tomllib.loads": (lambda size: catalogs.document(size, "toml"), tomllib.loads),
        **{f"{name}, JSON": (plain_json, read) for name, read in PEERS_OF_JSON.items()},
        "json.loads": (lambda size: catalogs.document(size, "json"), json.loads),
    }
    for name, (write, read) in readers.items():

        def each(size, write=write, read=read):
            content = write(size)
            return fastest(partial(read, content), repeats, 1) / size

        yield curve("files", name, each, sizes)
