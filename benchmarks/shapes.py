# SPDX-License-Identifier: Apache-2.0
"""Catalog files of shapes whose cost could grow faster than their size: long chains, many files, many problems of one kind."""

import gc
import json
import time
from pathlib import Path

from llmproviders import check


def _one_file(entries):
    """A function that writes a file with the entries of a number."""

    def write(folder, count):
        path = Path(folder, f"{count}.json")
        path.write_text(json.dumps({"providers": entries(count)}), encoding="utf-8")
        return path

    return write


def _included_files(folder, count):
    folder = Path(folder, str(count))
    folder.mkdir(exist_ok=True)
    for number in range(count):
        tree = {
            "include": [f"{number + 1}.json"] * 2 if number < count - 1 else [],
            "providers": {f"p{number}": {"generic": "g"}},
        }
        Path(folder, f"{number}.json").write_text(json.dumps(tree), encoding="utf-8")
    return folder / "0.json"


SHAPES = {
    "a long chain": _one_file(
        lambda count: {f"p{n}": {"extends": f"p{n + 1}"} for n in range(count)} | {f"p{count}": {"preset": "deepseek"}}
    ),
    "many included files": _included_files,
    "many missing bases": _one_file(lambda count: {f"name{n}": {"extends": f"nmae{n}"} for n in range(count)}),
    "many unknown options": _one_file(lambda count: {"p": {"preset": "deepseek"} | {f"temprature{n}": 1 for n in range(count)}}),
    "many literal secrets": _one_file(lambda count: {f"p{n}": {"preset": "deepseek", "api_key": "x"} for n in range(count)}),
}
"""Functions that write a file, or several, of a number of entries, options or files, and return the path of the first one."""


def timer(path, count):
    """A function that measures the microseconds of one check, divided by *count*."""

    def measure():
        gc.collect()
        gc.disable()
        try:
            start = time.perf_counter()
            check(path)
            return (time.perf_counter() - start) / count * 1e6
        finally:
            gc.enable()

    measure()
    return measure
