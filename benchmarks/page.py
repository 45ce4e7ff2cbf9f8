# SPDX-License-Identifier: Apache-2.0
"""Write the tables of docs/benchmarks.md and README.md from the results; it needs no peer.

A table stands between ``<!-- benchmarks: NAME -->`` and ``<!-- end of benchmarks -->``; `TABLES` has the names.
"""

import json
import re
from pathlib import Path

from .report import GOALS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/benchmarks"
RESULTS = FOLDER / "results.json"
PAGES = (ROOT / "docs/benchmarks.md", ROOT / "README.md")
BLOCK = re.compile(r"(<!-- benchmarks: (\w+) -->\n).*?(<!-- end of benchmarks -->)", re.DOTALL)
NONE = ""

README = {
    "construct with 4 options": "construct with 4 options",
    "first construct, 6 new names": "**first** construct with 6 names never given before",
    "with_ of one option": "`with_()` of one option",
    "first with_ of 4 new names": "**first** `with_()` of 4 names never given before",
    "with_ and to_options()": "`with_()` and `to_options()`",
    "from_options of 12 strings": "`from_options()` of 12 strings",
    "equality of two equal ones": "equality",
    "3 problems at once": "error with 3 problems",
    "catalog of 10000, json": "JSON file of 10 000 providers",
    "first use in a new process": "**first** use of a class in a process",
    "import": "`import`",
}
"""The rows of the README: the row of the results, and its label."""
README_PEERS = ("ververica", "pydantic", "msgspec")
PEERS = (*README_PEERS, "dataclass", "attrs", "dict")


def read():
    """The results that are committed."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def ratio(value):
    """A ratio with two digits."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:#.2g}"


def microseconds(value):
    """A time with its unit."""
    return f"{value / 1000:.3g} ms" if value >= 1000 else f"{value:.3g} µs"


def rows(header, align, lines):
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, align, *lines))


def about(found):
    """The versions, the machine and the date."""
    versions = dict(found["about"])
    date, python, machine = versions.pop("date"), versions.pop("CPython"), versions.pop("on")
    others = ", ".join(f"{name} {version}" for name, version in versions.items())
    quality = " This was a quick run: the figures are imprecise." if found["quick"] else ""
    return f"Measured on {date}: CPython {python} on {machine}; {others}.{quality}"


def readme(found):
    """The rows of the README, with a column for each of its peers."""
    ratios = {(each["row"], each["peer"]): each["ratio"] for each in found["results"]}
    lines = [
        [label, *(ratio(ratios[row, peer]) if (row, peer) in ratios else NONE for peer in README_PEERS)]
        for row, label in README.items()
    ]
    return rows(["", *README_PEERS], ["---", *["--:"] * len(README_PEERS)], lines)


def calls(found):
    """Every row with a peer: our time or size, and the ratios."""
    by_row = {}
    for each in found["results"]:
        if each["peer"] in PEERS:
            by_row.setdefault(each["row"], {})[each["peer"]] = each
    lines = []
    for row, by_peer in by_row.items():
        first = next(iter(by_peer.values()))
        ours = microseconds(first["ours"]) if first["unit"] == "us" else f"{first['ours']:.0f} bytes"
        lines.append([row, ours, *(ratio(by_peer[peer]["ratio"]) if peer in by_peer else NONE for peer in PEERS)])
    return rows(["Row", "ours", *PEERS], ["---", *["--:"] * (len(PEERS) + 1)], lines)


def first(found):
    """The first and the tenth call of every library."""
    by_peer = {}
    for each in found["first"]:
        by_peer.setdefault(each["peer"], []).append(f"{each['first']:.2f} / {each['later']:.2f}")
    calls = dict.fromkeys(each["call"] for each in found["first"])
    return rows(
        ["First / tenth, µs", *calls], ["---", *["--:"] * len(calls)], [[peer, *times] for peer, times in by_peer.items()]
    )


def goals(found):
    """Every row with a goal; those that are missed come first."""
    with_goals = [(GOALS[each["row"], each["peer"]], each) for each in found["results"] if (each["row"], each["peer"]) in GOALS]
    lines = [
        [each["row"], each["peer"], ratio(each["ratio"]), f"{ratio(each['low'])} to {ratio(each['high'])}", f"{goal}", met]
        for met, keep in (("**missed**", False), ("met", True))
        for goal, each in with_goals
        if (each["ratio"] <= goal) is keep
    ]
    return rows(["Row", "beside", "ratio", "quartiles", "goal", ""], ["---", "---", "--:", "--:", "--:", "---"], lines)


def growth(found):
    """The time for each item of the largest and the smallest size of each line of growth."""
    largest = {}
    for each in found["results"]:
        if "size" in each:
            largest[each["line"]] = each
    lines = [
        [
            line,
            f"{each['low_size']:,}",
            microseconds(each["theirs"]),
            f"{each['size']:,}",
            microseconds(each["ours"]),
            ratio(each["ratio"]),
        ]
        for line, each in largest.items()
    ]
    return rows(["Line", "smallest", "each", "largest", "each", "ratio"], ["---", *["--:"] * 5], lines)


TABLES = {"about": about, "readme": readme, "calls": calls, "first": first, "goals": goals, "growth": growth}


def filled(text, found):
    """The text of a page with its tables."""
    return BLOCK.sub(lambda match: f"{match[1]}\n{TABLES[match[2]](found)}\n\n{match[3]}", text)


def write(found):
    """Write the tables into the pages."""
    for path in PAGES:
        path.write_text(filled(path.read_text(encoding="utf-8"), found), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(read())
