# SPDX-License-Identifier: Apache-2.0
"""Write the results: lines, JSON, the table of the README, a plot."""

import json
from pathlib import Path

# The limit of each ratio, by row and peer. The README shows these rows.
GOALS = {
    ("construct with 4 options", "ververica"): 0.55,
    ("construct with 4 options", "pydantic"): 1,
    ("first construct, 6 new names", "ververica"): 0.9,
    ("worst of the first 10 calls", "their median"): 5,
    ("construct with all 25 options", "ververica"): 0.8,
    ("with_ of one option", "ververica"): 0.3,
    ("with_ of one option", "pydantic"): 0.5,
    ("first with_ of 4 new names", "ververica"): 0.5,
    ("with_ and to_options()", "ververica"): 0.4,
    ("first to_options()", "ververica"): 0.3,
    ("repeated to_options()", "ververica"): 0.04,
    ("from_options of 12 strings", "pydantic"): 1.2,
    ("equality of two equal ones", "pydantic"): 1,
    ("hash", "pydantic"): 1,
    ("bytes of a variant, of 1000000", "ververica"): 0.46,
    ("bytes of a variant, of 1000000", "pydantic"): 0.3,
    ("a variant, of 1000000", "one of 1000"): 1.15,
    ("first use in a new process", "pydantic"): 1,
    ("first use in a new process", "pydantic's first"): 1,
    ("import", "attrs and cattrs"): 1.25,
    ("import", "pydantic"): 1,
    ("attribute access", "plain attrs slots"): 1.5,
    ("3 problems at once", "a construct"): 10,
    ("catalog of 10000, json", "json.loads"): 4,
    ("catalog of 10000, toml", "tomllib.loads"): 1.5,
}
HEADER = f"{'row':<36}{'peer':<18}{'ratio':>8}{'goal':>7}   {'spread (quartiles)':<20} ours to theirs"


def line(result):
    """A result as one printed line."""
    goal = GOALS.get((result["row"], result["peer"]), "")
    spread = f"{result['low']:.3g} to {result['high']:.3g}"
    sides = f"{result['ours']:.4g} to {result['theirs']:.4g} {result['unit']}"
    return f"{result['row']:<36}{result['peer']:<18}{result['ratio']:>8.3g}{goal:>7}   {spread:<20} {sides}"


def write_json(path, about, results, *, quick):
    """Write all results, with the versions and the machine, to a file."""
    text = json.dumps({"about": about, "quick": quick, "results": results}, indent=2)
    Path(path).write_text(f"{text}\n", encoding="utf-8")


def markdown(about, results):
    """The rows that have a goal, as the README shows them."""
    lines = ["| | beside | ratio | spread | goal |", "|---|---|--:|---|--:|"]
    for each in results:
        if (goal := GOALS.get((each["row"], each["peer"]))) is not None:
            row = each["row"].replace("000000", " 000 000").replace("0000", "0 000")
            lines.append(f"| {row} | {each['peer']} | {each['ratio']:.3g} | {each['low']:.3g} to {each['high']:.3g} | {goal} |")
    return "\n".join([*lines, "", ", ".join(f"{name} {value}" for name, value in about.items())])


def plot(path, results):
    """Draw cost against size, for the rows of several sizes: a level line is a cost that does not depend on the size."""
    from matplotlib.figure import Figure

    lines = {}
    for each in results:
        if "size" in each:
            lines.setdefault(each["line"], {}).update({each["size"]: each["ours"], each["low_size"]: each["theirs"]})
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, points in lines.items():
        sizes = sorted(points)
        axes.plot(sizes, [points[size] for size in sizes], marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="number of providers, options or files", ylabel="microseconds for each")
    axes.legend(fontsize="small")
    figure.savefig(path)
