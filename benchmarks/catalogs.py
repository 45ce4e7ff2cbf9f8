# SPDX-License-Identifier: Apache-2.0
"""Catalogs as documents, read by this library and by the parser of the format alone."""

import gc
import json
import time

from llmproviders import loads
from llmproviders.catalogs.formats.toml import tomllib

PARSERS = {"json": json.loads, "toml": tomllib.loads}


def document(count, name):
    """A catalog of *count* providers in the format *name*: one in ten is written out, the others extend it."""
    entries = {}
    for number in range(count):
        if number % 10 == 0:
            base = f"p{number}"
            entries[base] = {"provider": "openai-compat", "endpoint": f"https://{base}.example.com/v1/chat/completions"}
            entries[base] |= {"api_key": {"env": "DEEPSEEK_API_KEY"}, "model": "deepseek-chat", "max_tokens": 512}
        else:
            entries[f"p{number}"] = {"extends": base, "temperature": number / count, "stop": ["END", "STOP"]}
    if name == "json":
        return json.dumps({"providers": entries}, indent=2)
    return "".join(f"[providers.{name}]\n{_options(entry)}\n" for name, entry in entries.items())


def _options(entry):
    # Of these values, only the table is written differently in TOML and JSON.
    return "".join(
        f"{key} = {json.dumps(value).replace(': ', ' = ') if isinstance(value, dict) else json.dumps(value)}\n"
        for key, value in entry.items()
    )


def timer(run, content, count, *, collects=False):
    """A function that measures the microseconds per provider of one reading; the garbage collector runs if *collects*."""

    def measure():
        gc.collect()
        if not collects:
            gc.disable()
        try:
            start = time.perf_counter()
            run(content)
            return (time.perf_counter() - start) / count * 1e6
        finally:
            gc.enable()

    measure()
    return measure


def measures(count, name):
    """The timers of a catalog of *count* providers: this library, the parser alone, and this library with collections."""
    content = document(count, name)
    assert loads(content, format=name).keys() == PARSERS[name](content)["providers"].keys()

    def ours(it):
        return loads(it, format=name)

    collecting = timer(ours, content, count, collects=True)
    return timer(ours, content, count), timer(PARSERS[name], content, count), collecting
