# SPDX-License-Identifier: Apache-2.0
"""Ratios of this library to its peers, measured in pairs that take turns; below 1 this library is the faster one.

A ratio is that of the medians, its spread the quartiles of the ratios of the pairs. No wall time is ever asserted.
What a peer cannot do is left empty. pydantic and msgspec check what they can of our rules in every row; the dataclass
checks nothing; dict is `dict.copy()` of a finished dict of options, the limit of what can be done.
Where a peer has no variants, `with_` is compared to making the object anew.

The same texts are given again and again, as a job does; where "new JSON texts" is said, the two JSON texts differ each
time. Rows of a catalog are times per provider: first against the parser of the format alone, which only makes dicts; then
of larger catalogs against the smallest, which stays near 1 where the time is linear in the size. Rows with "gc" include
Python's garbage collections, which walk all that was made so far; the others do not.
"""

import argparse
import gc
import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
import tracemalloc
from contextlib import suppress
from datetime import datetime, timezone
from functools import cache, partial
from itertools import chain, count
from types import SimpleNamespace

from . import catalogs, peer_dataclass, peer_llmproviders, peer_msgspec, peer_pydantic, peer_ververica, report

OURS = "llmproviders"
FOUR = {"endpoint": "https://api.deepseek.com/chat/completions", "api_key": "sk-1", "model": "deepseek-chat", "temperature": 0.7}
ALL = {
    **FOUR,
    "task": None,
    "system_prompt": "Answer briefly.",
    "user_prompt": "Classify:",
    "top_p": 0.9,
    "max_tokens": 512,
    "stop": "END,STOP",
    "presence_penalty": 0.5,
    "n": 1,
    "seed": 42,
    "content_type": "IMAGE_URL",
    "response_format": "json_object",
    "dimension": 1024,
    "max_context_size": 8192,
    "context_overflow_action": "skipped",
    "error_handling_strategy": "IGNORE",
    "retry_num": 3,
    "retry_backoff_strategy": "EXPONENTIAL",
    "retry_backoff_base_interval": "500ms",
    "retry_fallback_strategy": "IGNORE",
    "extra_header": '{"X-Tenant": "shop"}',
    "extra_body": '{"top_k": 20}',
}
TEXTS = {
    "endpoint": FOUR["endpoint"],
    "api-key": "sk-1",
    "model": "deepseek-chat",
    "system-prompt": "Answer briefly.",
    "temperature": "0.7",
    "top-p": "0.9",
    "max-tokens": "512",
    "content-type": "TEXT",
    "error-handling-strategy": "IGNORE",
    "retry-num": "3",
    "retry-backoff-base-interval": "500ms",
    "retry-fallback-strategy": "IGNORE",
}
FLAT = peer_llmproviders.make(**FOUR).to_options()
WRONG = {"endpoint": FOUR["endpoint"], "temprature": 0.7, "top_p": 7, "max_tokens": "many"}
IMPORTS = {
    OURS: "import llmproviders",
    "attrs and cattrs": "import attrs, cattrs",
    "pydantic": "import benchmarks.peer_pydantic",
    "msgspec": "import benchmarks.peer_msgspec",
}


def cases(name, peer):
    """What the peer does in each row: (prepare, run). `prepare` makes what one call of `run` gets, outside the clock."""
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

    change = getattr(peer, "change", None) or (lambda base, **changes: peer.make(**{**FOUR, **changes}))
    found = {
        "construct with 4 options": (lambda: None, lambda _: make()),
        "construct with all 25 options": (lambda: None, lambda _: peer.make(**ALL)),
        "the same, new JSON texts": (fresh, lambda options: peer.make(**options)),
        "first to_options()": (make, peer.to_options),
        "repeated to_options()": (lambda: base, peer.to_options),
        "with_ of one option": (lambda: base, lambda it: change(it, temperature=0.3)),
        "with_ and to_options()": (lambda: base, lambda it: peer.override(it, 0.3)),
    }
    if hasattr(peer, "read"):
        found["from_options of 12 texts"] = (lambda: TEXTS, peer.read)
    if base == make():  # ververica-flink compares by identity
        other = make()
        found["equality of two equal ones"] = (lambda: base, lambda it: it == other)
        found["hash"] = (lambda: base, hash)
    return found


@cache
def loop(case):
    """A loop of the case's own, as each place of a program is: what CPython learns of its calls is not unlearned by the next."""
    prepare, run = case
    setup = "items = [prepare() for _ in range(count)]; run = call; collect()"
    world = {"prepare": prepare, "call": run, "collect": gc.collect}
    return timeit.Timer("for item in items: run(item)", setup, globals=world), world


def sample(case, count):
    """Seconds of *count* calls."""
    timer, world = loop(case)
    world["count"] = count
    return timer.timeit(1)


def enough(case, seconds):
    """How many calls take about that long, once whatever is made on first use is made."""
    sample(case, 200)
    count = 1
    while (took := sample(case, count)) < seconds / 4:
        count *= 4
    return max(1, round(count * seconds / took))


def timer(case, seconds):
    """A function that measures the microseconds of one call, over as many as take about *seconds*."""
    count = enough(case, seconds)
    return lambda: sample(case, count) / count * 1e6


def compare(row, peer, ours, theirs, pairs, *, unit):
    """One line of the result: *ours* and *theirs* measured in turn, each at its first place half of the time."""
    mine, others = [], []
    for number in range(pairs):
        for measure, results in ((ours, mine), (theirs, others))[:: 1 if number % 2 else -1]:
            results.append(measure())
    low, _, high = statistics.quantiles([a / b for a, b in zip(mine, others, strict=True)])
    a, b = statistics.median(mine), statistics.median(others)
    return {"row": row, "peer": peer, "ratio": a / b, "low": low, "high": high, "ours": a, "theirs": b, "unit": unit}


def bytes_each(peer, count):
    """Memory of each of *count* variants of one base, kept in a list."""
    base = peer.make(**FOUR)
    change = getattr(peer, "change", None) or (lambda _, **changes: peer.make(**{**FOUR, **changes}))
    change(base, temperature=0.1)
    gc.collect()
    tracemalloc.start()
    kept = [change(base, temperature=number / count) for number in range(count)]
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used / len(kept)


def variants_timer(count):
    """A function that measures the microseconds of a variant, where *count* of them are kept."""
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


def refused():
    """A call with three problems, one of them with a suggestion."""
    with suppress(ValueError):
        peer_llmproviders.make(**WRONG)


def import_timer(statement, folder):
    """A function that measures what an import takes in a fresh process; compiled modules are kept in *folder*."""
    code = f"import time; start = time.perf_counter(); {statement}; print((time.perf_counter() - start) * 1e6)"
    # Modules are compiled once, before anything is measured, whatever the caller's environment says of that.
    world = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    world["PYTHONPYCACHEPREFIX"] = folder
    run = partial(subprocess.run, [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=world)
    run()
    return lambda: float(run().stdout)


def measure(peers, *, quick):
    """Every row against every peer."""
    pairs, seconds, many = (5, 0.0005, 2_000) if quick else (41, 0.004, 1_000_000)
    done = {name: cases(name, peer) for name, peer in peers.items()}
    mine = done.pop(OURS)
    for row, case in mine.items():
        for name, theirs in done.items():
            if row in theirs:
                us, them = timer(case, seconds), timer(theirs[row], seconds)
                yield compare(row, name, us, them, pairs, unit="us")
    happy = (lambda: None, lambda _: peer_llmproviders.make(**FOUR))
    error = timer((lambda: None, lambda _: refused()), seconds)
    yield compare("3 problems at once", "a construct", error, timer(happy, seconds), pairs, unit="us")
    low = min(1_000, many // 10)
    smallest = variants_timer(low)
    for size in (low * 10, low * 100, low * 1_000):
        if size <= many:
            result = compare(f"a variant, of {size}", f"one of {low}", variants_timer(size), smallest, 5, unit="us")
            yield {**result, "line": "variants by with_()", "size": size, "low_size": low}
    sizes = {name: bytes_each(peer, many) for name, peer in peers.items() if name != "dict"}
    for name, size in sizes.items():
        if name != OURS:
            ratio = sizes[OURS] / size
            row = {"row": f"bytes of a variant, of {many}", "peer": name, "ratio": ratio, "low": ratio, "high": ratio}
            yield {**row, "ours": sizes[OURS], "theirs": size, "unit": "B"}
    with tempfile.TemporaryDirectory() as folder:
        imports = {name: import_timer(statement, folder) for name, statement in IMPORTS.items()}
        for name, them in imports.items():
            if name != OURS:
                yield compare("import", name, imports[OURS], them, 3 if quick else 21, unit="us")


def measure_catalogs(*, quick):
    """Catalogs from texts, against the parser of the format, and large ones against small ones."""
    (low, *sizes), pairs = ((100, 300, 1_000), 3) if quick else ((1_000, 3_000, 10_000, 30_000), 5)
    for name, parser in catalogs.PARSERS.items():
        of = {size: catalogs.measures(size, name) for size in (low, *sizes)}
        against = f"{parser.__module__.partition('.')[0]}.loads"
        yield compare(f"catalog of {sizes[-2]}, {name}", against, *of[sizes[-2]][:2], pairs, unit="us")
        for size in sizes:
            result = compare(f"catalog of {size}, {name}", f"one of {low}", of[size][0], of[low][0], pairs, unit="us")
            yield {**result, "line": f"a catalog in {name.upper()}", "size": size, "low_size": low}
        with_gc = of[sizes[-1]][2], of[low][2]
        yield compare(f"catalog of {sizes[-1]}, {name}, gc", f"one of {low}, gc", *with_gc, pairs, unit="us")


def versions(peers):
    """What was measured, where, and when."""
    names = (OURS, "attrs", "cattrs", "pydantic", "msgspec")
    found = {name: importlib.metadata.version(name) for name in names}
    if "ververica" in peers:
        found["ververica-flink"] = peer_ververica.REQUIREMENT.partition("==")[2]
    machine = f"{platform.system()} {platform.machine()}"
    return {"date": f"{datetime.now(timezone.utc):%Y-%m-%d}", "CPython": platform.python_version(), "on": machine, **found}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only show that it runs: few pairs, noisy ratios")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--plot", metavar="FILE", help="draw cost against size there (.svg, .png)")
    parser.add_argument("--markdown", action="store_true", help="print the table of the README at the end")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--ververica", metavar="PATH", help="compare with that wheel of ververica-flink, or its providers.py")
    source.add_argument(
        "--fetch", action="store_true", help=f"compare with {peer_ververica.REQUIREMENT}, downloaded for this run"
    )
    arguments = parser.parse_args()

    peers = {OURS: peer_llmproviders}
    if arguments.ververica or arguments.fetch:
        peers["ververica"] = peer_ververica.peer(arguments.ververica)
    peers |= {"pydantic": peer_pydantic, "msgspec": peer_msgspec, "dataclass": peer_dataclass, "dict": SimpleNamespace()}

    about = versions(peers)
    print(", ".join(f"{name} {version}" for name, version in about.items()))
    print(report.HEADER)
    results = []
    for result in chain(measure(peers, quick=arguments.quick), measure_catalogs(quick=arguments.quick)):
        results.append(result)
        print(report.line(result), flush=True)
    if arguments.json:
        report.write_json(arguments.json, about, results, quick=arguments.quick)
    if arguments.plot:
        report.plot(arguments.plot, results)
    if arguments.markdown:
        print(f"\n{report.markdown(about, results)}")


if __name__ == "__main__":
    main()
