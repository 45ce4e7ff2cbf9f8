# SPDX-License-Identifier: Apache-2.0
"""Write the results: lines and JSON."""

import json
from pathlib import Path

# The limit of each ratio, by row and peer.
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
    ("bytes of a variant, of 100000", "ververica"): 0.46,
    ("bytes of a variant, of 100000", "pydantic"): 0.3,
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


def rounded(value):
    """The value with four digits in each float of it."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write_json(path, found):
    """Write all that was measured, with the versions and the machine: one result in a line."""
    lists = {key: value for key, value in found.items() if isinstance(value, list)}
    head = {key: value for key, value in found.items() if key not in lists}
    parts = [f'  "{key}": {json.dumps(value)}' for key, value in head.items()]
    for key, values in lists.items():
        lines = ",\n".join(f"    {json.dumps(value)}" for value in values)
        parts.append(f'  "{key}": [\n{lines}\n  ]')
    Path(path).write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8", newline="\n")
