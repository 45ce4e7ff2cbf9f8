# SPDX-License-Identifier: Apache-2.0
"""Ratios of this library to its peers, measured in pairs that take turns; below 1, this library is faster.

A ratio is that of the medians; its spread is the quartiles of the ratios of the pairs. Wall time is never compared to a limit.
A row is left out for a peer that cannot do it. In every row, pydantic and msgspec check as many of our rules as they can, and
the dataclass checks nothing. dict is `dict.copy()` of a finished dict of options: the lower limit.
If a peer has no variants, `with_` is compared to making a new object.

Most rows are warm: the same arguments are given in every call; in the row "new JSON strings", the two JSON strings differ each
time. The cold rows are the cost of a job that makes each provider once. "first construct" and "first with_" use a set of names
that the process has not used before, one call per set, timed alone; the class and the values were used before.
"worst of the first 10 calls" is the longest of the first ten constructs with a new set of names, divided by their median; its
ratio is the median over many sets, because the machine interrupts some calls, and its spread is the quartiles.
"first use in a new process" is a construct, a `with_` and a `to_options()` after the import, compared with building the peer's
class of the same 25 options after the peer's import. pydantic has built another model before, because it searches for plugins
with the first model of a process ("pydantic's first" includes that).
"attribute access" reads every option, compared with a plain attrs class with the same slots.

"3 problems at once" includes the string of the error, and is compared with a construct, and with pydantic's error.

Rows of a catalog are times per provider: first compared with the parser of the format alone, which only makes dicts, and with
pydantic and msgspec, which read JSON in which every provider has all its options; then of
larger catalogs compared with the smallest, which stays near 1 if the time is linear in the size. Rows with "gc" include
Python's garbage collections, which visit every object that exists; the others do not. Rows of a check are times per entry,
option or file of catalogs of one shape, most of them with a problem in each: compared with the smallest, they stay near 1, too.
"""

import argparse
import gc
import importlib.metadata
import os
import platform
import statistics
import tempfile
import time
import timeit
import tracemalloc
from datetime import datetime, timezone
from functools import cache, partial
from itertools import chain, count
from types import SimpleNamespace

import attrs

from . import (
    catalogs,
    cold,
    page,
    peer_attrs,
    peer_dataclass,
    peer_llmproviders,
    peer_msgspec,
    peer_pydantic,
    peer_ververica,
    plots,
    processes,
    report,
    shapes,
    sizes,
)
from .arguments import ALL, FOUR, OURS, STRINGS, WRONG, change_of
from .sizes import PEERS_OF_JSON, plain_json

FLAT = peer_llmproviders.make(**FOUR).to_options()


def cases(name, peer):
    """The peer's functions of each row: (prepare, run). `prepare` makes the argument of one call of `run`, and is not timed."""
    if name == "dict":
        copy = (lambda: FLAT, dict.copy)
        return {"first to_options()": copy, "repeated to_options()": copy, "with_ and to_options()": copy}
    make = partial(peer.make, **FOUR)
    base = make()
    peer.to_options(base), peer.to_options(base)
    numbers = count()

    def fresh():
        number = next(numbers)
        return {**ALL, "extra_header": f'{{"X-Tenant": "shop-{number}"}}', "extra_body": f'{{"top_k": {number}}}'}

    change = change_of(peer)
    found = {
        "construct with 4 options": (lambda: None, lambda _: make()),
        "construct with all 25 options": (lambda: None, lambda _: peer.make(**ALL)),
        "the same, new JSON strings": (fresh, lambda options: peer.make(**options)),
        "first to_options()": (make, peer.to_options),
        "repeated to_options()": (lambda: base, peer.to_options),
        "with_ of one option": (lambda: base, lambda it: change(it, temperature=0.3)),
        "with_ and to_options()": (lambda: base, lambda it: peer.override(it, 0.3)),
    }
    if hasattr(peer, "read"):
        found["from_options of 12 strings"] = (lambda: STRINGS, peer.read)
    if base == make():  # ververica-flink compares by identity
        other = make()
        found["equality of two equal ones"] = (lambda: base, lambda it: it == other)
        found["hash"] = (lambda: base, hash)
    return found


@cache
def loop(case):
    """A loop for this case only: CPython specialises code for its calls, and another case would undo that."""
    prepare, run = case
    setup = "items = [prepare() for _ in range(count)]; run = call; collect()"
    names = {"prepare": prepare, "call": run, "collect": gc.collect}
    return timeit.Timer("for item in items: run(item)", setup, globals=names), names


def sample(case, count):
    """The seconds that *count* calls take."""
    timer, names = loop(case)
    names["count"] = count
    return timer.timeit(1)


def count_for(case, seconds):
    """The number of calls that take about *seconds*, after the first use."""
    sample(case, 200)
    count = 1
    while (took := sample(case, count)) < seconds / 4:
        count *= 4
    return max(1, round(count * seconds / took))


def timer(case, seconds):
    """A function that measures the microseconds of one call, as the mean of calls that take about *seconds* together."""
    count = count_for(case, seconds)
    return lambda: sample(case, count) / count * 1e6


def compare(row, peer, ours, theirs, pairs, *, unit):
    """One line of the result: *ours* and *theirs* measured in turn; each comes first in half of the pairs."""
    mine, others = [], []
    for number in range(pairs):
        for measure, results in ((ours, mine), (theirs, others))[:: 1 if number % 2 else -1]:
            results.append(measure())
    low, _, high = statistics.quantiles([a / b for a, b in zip(mine, others, strict=True)])
    a, b = statistics.median(mine), statistics.median(others)
    return {"row": row, "peer": peer, "ratio": a / b, "low": low, "high": high, "ours": a, "theirs": b, "unit": unit}


def bytes_each(peer, count):
    """The bytes of each of *count* variants of one base, kept in a list."""
    base, change = peer.make(**FOUR), change_of(peer)
    change(base, temperature=0.1)
    gc.collect()
    tracemalloc.start()
    kept = [change(base, temperature=number / count) for number in range(count)]
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used / len(kept)


def variants_timer(count):
    """A function that measures the microseconds of a variant, while *count* of them are kept."""
    base = peer_llmproviders.make(**FOUR)

    def measure():
        gc.collect()
        gc.disable()
        try:
            start = time.perf_counter()
            kept = [base.with_(temperature=number / count) for number in range(count)]
            return (time.perf_counter() - start) / len(kept) * 1e6
        finally:
            gc.enable()

    measure()
    return measure


def refused(peer):
    """Make a call with three problems, one of them a misspelled name, and its message."""
    try:
        peer.make(**WRONG)
    except ValueError as error:
        return str(error)
    raise AssertionError(peer)


def reads_timer(provider, seconds):
    """A function that measures the nanoseconds of reading an attribute, as the mean of reads of about *seconds* together."""
    reads = [f"it.{name}" for name in ALL] * 4
    timer = timeit.Timer("; ".join(reads), "it = provider", globals={"provider": provider})
    count = max(1, round(100 * seconds / timer.timeit(100)))
    return lambda: timer.timeit(count) / count / len(reads) * 1e9


def measure(peers, *, quick):
    """Measure every warm row with every peer."""
    pairs, seconds, many = (5, 0.0005, 2_000) if quick else (41, 0.004, 1_000_000)
    done = {name: cases(name, peer) for name, peer in peers.items()}
    mine = done.pop(OURS)
    for row, case in mine.items():
        for name, theirs in done.items():
            if row in theirs:
                us, them = timer(case, seconds), timer(theirs[row], seconds)
                yield compare(row, name, us, them, pairs, unit="us")
    happy = (lambda: None, lambda _: peer_llmproviders.make(**FOUR))
    error = timer((lambda: None, lambda _: refused(peer_llmproviders)), seconds)
    yield compare("3 problems at once", "a construct", error, timer(happy, seconds), pairs, unit="us")
    theirs = timer((lambda: None, lambda _: refused(peer_pydantic)), seconds)
    yield compare("3 problems at once", "pydantic", error, theirs, pairs, unit="us")
    plain = attrs.make_class("Plain", [*ALL], frozen=True, slots=True)(**ALL)
    reads = reads_timer(peer_llmproviders.make(**ALL), seconds), reads_timer(plain, seconds)
    yield compare("attribute access", "plain attrs slots", *reads, pairs, unit="ns")
    low = min(1_000, many // 10)
    smallest = variants_timer(low)
    for size in (low * 10, low * 100, low * 1_000):
        if size <= many:
            result = compare(f"a variant, of {size}", f"one of {low}", variants_timer(size), smallest, 5, unit="us")
            yield {**result, "line": "variants by with_()", "size": size, "low_size": low}
    kept = many // 10
    used = {name: bytes_each(peer, kept) for name, peer in peers.items() if name != "dict"}
    for name, size in used.items():
        if name != OURS:
            ratio = used[OURS] / size
            row = {"row": f"bytes of a variant, of {kept}", "peer": name, "ratio": ratio, "low": ratio, "high": ratio}
            yield {**row, "ours": used[OURS], "theirs": size, "unit": "B"}


def measure_cold(peers, options, *, quick):
    """Measure first calls with new sets of names, from *options*; no set is used for two rows or two peers."""
    count = 20 if quick else 200
    others = {name: peer for name, peer in peers.items() if name not in {OURS, "dict"}}
    known = [next(options) for _ in range(10)]
    for name in (OURS, *others):
        cold.warm_up(peers[name], known)
    for row, timer_of in (
        ("first construct, 6 new names", cold.construct_timer),
        ("first with_ of 4 new names", cold.change_timer),
    ):
        for name, theirs in others.items():
            sets = [next(options) for _ in range(count)]
            yield compare(row, name, timer_of(peers[OURS], sets), timer_of(theirs, sets), count, unit="us")
    worst, medians = zip(*cold.first_calls(peers[OURS], [next(options) for _ in range(count)]), strict=True)
    low, ratio, high = statistics.quantiles([a / b for a, b in zip(worst, medians, strict=True)])
    result = {"row": "worst of the first 10 calls", "peer": "their median", "ratio": ratio, "low": low, "high": high}
    yield {**result, "ours": statistics.median(worst), "theirs": statistics.median(medians), "unit": "us"}


def measure_processes(*, quick):
    """Measure imports, and the first use of a class, each in a new process."""
    pairs = 3 if quick else 21
    with tempfile.TemporaryDirectory() as folder:
        imports = {name: processes.timer(folder, statement) for name, statement in processes.IMPORTS.items()}
        uses = {name: processes.timer(folder, use, setup) for name, (setup, use) in processes.FIRST_USES.items()}
        for row, timers in (("import", imports), ("first use in a new process", uses)):
            for name, theirs in timers.items():
                if name != OURS:
                    yield compare(row, name, timers[OURS], theirs, pairs, unit="us")


def measure_catalogs(*, quick):
    """Compare reading catalogs with the parser of the format, and large catalogs with small ones."""
    (low, *sizes), pairs = ((100, 300, 1_000), 3) if quick else ((1_000, 3_000, 10_000, 30_000), 5)
    for name, parser in catalogs.PARSERS.items():
        of = {size: catalogs.measures(size, name) for size in (low, *sizes)}
        against = f"{parser.__module__.partition('.')[0]}.loads"
        yield compare(f"catalog of {sizes[-2]}, {name}", against, *of[sizes[-2]][:2], pairs, unit="us")
        if name == "json":
            content = plain_json(sizes[-2])
            for peer, read in PEERS_OF_JSON.items():
                theirs = catalogs.timer(read, content, sizes[-2])
                yield compare(f"catalog of {sizes[-2]}, json", peer, of[sizes[-2]][0], theirs, pairs, unit="us")
        for size in sizes:
            result = compare(f"catalog of {size}, {name}", f"one of {low}", of[size][0], of[low][0], pairs, unit="us")
            yield {**result, "line": f"a catalog in {name.upper()}", "size": size, "low_size": low}
        with_gc = of[sizes[-1]][2], of[low][2]
        yield compare(f"catalog of {sizes[-1]}, {name}, gc", f"one of {low}, gc", *with_gc, pairs, unit="us")


def measure_shapes(*, quick):
    """Compare checks of large files of several shapes with small ones."""
    (low, *sizes), pairs = ((100, 300), 3) if quick else ((300, 1_000, 3_000), 5)
    with tempfile.TemporaryDirectory() as folder:
        for name, write in shapes.SHAPES.items():
            of = {size: shapes.timer(write(folder, size), size) for size in (low, *sizes)}
            for size in sizes:
                result = compare(f"check of {name}, {size}", f"one of {low}", of[size], of[low], pairs, unit="us")
                yield {**result, "line": name, "size": size, "low_size": low}


def versions(peers):
    """The measured versions, the machine and the date."""
    names = (OURS, "attrs", "cattrs", "pydantic", "msgspec")
    found = {name: importlib.metadata.version(name) for name in names}
    if "ververica" in peers:
        found["ververica-flink"] = peer_ververica.REQUIREMENT.partition("==")[2]
    machine = f"{platform.system()} {platform.machine()} with {os.cpu_count()} CPUs"
    return {"date": f"{datetime.now(timezone.utc):%Y-%m-%d}", "CPython": platform.python_version(), "on": machine, **found}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only show that it runs: few pairs, imprecise ratios")
    parser.add_argument("--json", metavar="FILE", help="also write the results to FILE")
    parser.add_argument("--docs", action="store_true", help="also write the results, plots and tables of the documentation")
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--ververica", metavar="PATH", help="compare with the wheel of ververica-flink at PATH, or its providers.py"
    )
    source.add_argument(
        "--fetch", action="store_true", help=f"compare with {peer_ververica.REQUIREMENT}, downloaded for this run"
    )
    arguments = parser.parse_args()

    peers = {OURS: peer_llmproviders}
    if arguments.ververica or arguments.fetch:
        peers["ververica"] = peer_ververica.peer(arguments.ververica)
    peers |= {"pydantic": peer_pydantic, "msgspec": peer_msgspec, "dataclass": peer_dataclass, "attrs": peer_attrs}
    peers |= {"dict": SimpleNamespace()}

    about = versions(peers)
    print(", ".join(f"{name} {version}" for name, version in about.items()))
    print(report.HEADER)
    results = []
    quick = arguments.quick
    options = cold.new_options()
    rows = (
        measure(peers, quick=quick),
        measure_cold(peers, options, quick=quick),
        measure_processes(quick=quick),
        measure_catalogs(quick=quick),
        measure_shapes(quick=quick),
    )
    for result in chain.from_iterable(rows):
        results.append(result)
        print(report.line(result), flush=True)
    measured = {
        "about": about,
        "quick": quick,
        "results": results,
        "curves": [*sizes.measure_calls(peers, quick=quick), *sizes.measure_files(quick=quick)],
        "first": list(cold.measure_first(peers, options, 20 if quick else 200)),
    }
    found = report.rounded(measured)
    if arguments.json:
        report.write_json(arguments.json, found)
    if arguments.docs:
        report.write_json(page.RESULTS, found)
        plots.write(found)
        page.write(found)


if __name__ == "__main__":
    main()
