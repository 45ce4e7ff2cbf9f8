# SPDX-License-Identifier: Apache-2.0
"""Write the differences from `ververica-flink` into docs/guides/migrating.md; `--check` only compares.

Both libraries make the calls of `ververica_cases.py`; `ververica_differences.py` has the advice for each difference. The
results of `ververica-flink` are recorded, so that it is not needed: `--fetch` downloads its wheel and records them again, and
`--from FOLDER` takes them from an unpacked wheel.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import json
import subprocess
import sys
import tempfile
import types
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ververica_cases import CLASSES, PREPARE, Case, cases
from ververica_differences import KINDS, NAMES, ROWS, SAME, Row

import llmproviders
from llmproviders import OpenAICompatProvider, Provider, list_providers, options, remove_provider

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs/guides/migrating.md"
RECORD = ROOT / "tests/data/ververica_flink.json"
BEGIN, END = "<!-- differences: written by tools/compare_with_ververica.py -->\n", "<!-- end of differences -->\n"
VERSION = "11.9.0"
PACKAGE = "pyflink/dataframe/ai"
"""Its modules need only the standard library, if the packages around it are left out."""

Outcome = str | dict[str, Any] | list[str] | None
"""A dict of options; the ``repr`` of another value; the class names of an exception. For a call with a value for an option: the
string of that option, or None if it is not sent, or a dict if other options change too."""


# Run ------------------------------------------------------------------------------------------------------------------


class Result(NamedTuple):
    """The result of a call."""

    outcome: Outcome
    message: str = ""
    """Of the exception, or of the first warning."""


def run(code: str, names: Mapping[str, Any]) -> Result:
    """Run a call with the names of a library."""
    namespace = {"__name__": "calls", **names}
    exec(PREPARE, namespace)
    *before, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(ast.Module(before, []), "<call>", "exec"), namespace)
            value = eval(compile(ast.Expression(last.value), "<call>", "eval"), namespace)
        except Exception as error:
            return Result([cls.__name__ for cls in type(error).__mro__[:-2]], str(error))
    message = str(caught[0].message) if caught else ""
    if isinstance(value, dict):
        return Result(value, message)
    is_plain = value is None or isinstance(value, (str, int, float, list))
    return Result(repr(value) if is_plain else f"a {type(value).__name__}", message)


def result(case: Case, names: Mapping[str, Any]) -> Result:
    """Run a call; for a value of an option, only the options that differ from the call without it."""
    got = run(case.code, names)
    if not case.base or not isinstance(got.outcome, dict):
        return got
    base = run(case.base, names).outcome
    assert isinstance(base, dict)
    changed = {key: got.outcome.get(key) for key in {**base, **got.outcome} if got.outcome.get(key) != base.get(key)}
    if changed.keys() <= {case.key}:
        return got._replace(outcome=got.outcome.get(case.key))
    return got._replace(outcome=changed)


def ours(case: Case) -> Result:
    """Run a call with this library, whose registry is empty before and after."""
    before = list_providers()
    assert not before, before
    try:
        return result(case, {name: getattr(llmproviders, name) for name in llmproviders.__all__})
    finally:
        for name in list_providers():
            remove_provider(name)


# The record of ververica-flink ----------------------------------------------------------------------------------------


def record(folder: Path) -> dict[str, Any]:
    """The public names of an unpacked `ververica-flink`, and its results of all calls."""
    for name in ("pyflink", "pyflink.dataframe", "pyflink.dataframe.ai"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder / name.replace(".", "/"))]
    providers: Any = importlib.import_module("pyflink.dataframe.ai.providers")
    llm: Any = importlib.import_module("pyflink.dataframe.ai.llm")
    source = ast.parse((folder / PACKAGE / "__init__.py").read_text("utf-8"))
    public = next(node.value for node in source.body if isinstance(node, ast.Assign))
    found = sorted(ast.literal_eval(public))
    names = {**vars(providers), **{NAMES.get(name, name): getattr(llm, name, None) or getattr(providers, name) for name in found}}
    methods = sorted(name for name in vars(providers.ModelProvider) if not name.startswith("_"))
    parameters = {cls.__name__: list(inspect.signature(getattr(providers, cls.__name__)).parameters) for cls in CLASSES}
    values: dict[str, Any] = {}
    calls: dict[str, Outcome] = {}
    for case in cases():
        llm._provider_registry.clear()
        llm._default_provider = None
        outcome = result(case, names).outcome
        outcome = outcome[:1] if isinstance(outcome, list) else outcome
        if not case.base:
            calls[case.code] = outcome
        elif (cls := case.code.partition("(")[0]) == "DashScopeProvider" and outcome == lookup(values, case):
            continue  # as OpenAICompatProvider
        else:
            values.setdefault(cls, {}).setdefault(case.option, {})[case.shown.partition("=")[2]] = outcome
    return {"version": VERSION, "names": found, "methods": methods, "parameters": parameters, "options": values, "calls": calls}


def lookup(recorded: Mapping[str, Any], case: Case) -> Any:
    """The recorded outcome of a value; DashScopeProvider has only those that differ from OpenAICompatProvider's."""
    value = case.shown.partition("=")[2]
    for cls in (case.code.partition("(")[0], OpenAICompatProvider.__name__):
        if value in recorded.get(cls, {}).get(case.option, {}):
            return recorded[cls][case.option][value]
    return "not recorded"


def fetch(use: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """Download the wheel, and use it unpacked; it is not installed, so any version of Python works."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder]
        command += ["--python-version=3.11", "--platform=manylinux1_x86_64", f"ververica-flink=={VERSION}"]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(PACKAGE)])
        return use(Path(folder))


# Compare --------------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """A call, and both results."""

    case: Case
    theirs: Outcome
    ours: Result


def kind_of(theirs: Outcome, mine: Result) -> str:
    """The kind of a difference, or "same"."""
    if isinstance(mine.outcome, list):
        if not isinstance(theirs, list):
            return "refused"
        return "same" if theirs[0] in mine.outcome else "exception"
    if isinstance(theirs, list):
        return "accepted"
    if theirs != mine.outcome:
        return "other"
    if isinstance(theirs, dict) and isinstance(mine.outcome, dict) and list(theirs) != list(mine.outcome):
        return "other"
    return "warned" if mine.message else "same"


def compared(recorded: Mapping[str, Any]) -> dict[tuple[str, str], list[Pair]]:
    """The calls with both results, by topic and kind."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for case in cases():
        theirs = lookup(recorded["options"], case) if case.base else recorded["calls"].get(case.code, "not recorded")
        mine = ours(case)
        found.setdefault((case.topic, kind_of(theirs, mine)), []).append(Pair(case, theirs, mine))
    return found


# Write ----------------------------------------------------------------------------------------------------------------


def code(text: str) -> str:
    """Inline code for a cell of a table."""
    text = "class Own(Provider): ..." if text.startswith("class") else text.replace("\n", "; ").replace("|", r"\|") or '""'
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def concerned(pairs: list[Pair]) -> str:
    """The options that a row is about, if there are several."""
    names = list(dict.fromkeys(pair.case.option for pair in pairs if pair.case.option))
    if len(names) < 2:
        return ""
    return f" ({', '.join(map(code, names))})" if len(names) <= 5 else f" ({len(names)} options)"


def result_in_words(outcome: Outcome, message: str = "") -> str:
    """An outcome for a cell."""
    if isinstance(outcome, list):
        said = message[message.find("expected") :] if "expected" in message else message
        return f"{code(outcome[0])}: {code(said)}" if said else code(outcome[0])
    if outcome is None or outcome == "None":
        return "not sent"
    if isinstance(outcome, dict):
        return code(json.dumps(outcome, ensure_ascii=False))
    return code(ast.literal_eval(outcome) if outcome[0] in "'\"" and outcome[-1] == outcome[0] else outcome)


def row(difference: Row, pairs: list[Pair]) -> str:
    """A row of a table; its example is the first call, or the first with *example* in it."""
    case, theirs, mine = next(pair for pair in pairs if difference.example in pair.case.shown)
    given = f"{difference.title}{concerned(pairs)}:<br>{code(case.shown)}"
    cells = [given, difference.theirs or result_in_words(theirs), difference.ours or result_in_words(*mine)]
    return f"| {' | '.join([*cells, difference.advice])} |"


def names(recorded: Mapping[str, Any]) -> Iterator[str]:
    """The names of functions, classes and methods."""
    for cls in CLASSES:
        mine = {info.name for info in options(cls)}
        assert {*recorded["parameters"][cls.__name__]} == {*mine, "extra_options"}, cls
    assert all(hasattr(Provider, name) for name in recorded["methods"])
    same = [name for name in recorded["names"] if name not in NAMES]
    mine = {*llmproviders.__all__}
    assert mine.issuperset([*same, *NAMES.values()])
    methods = ", ".join(code(f"{name}()") for name in recorded["methods"])
    yield f"Both have {', '.join(map(code, same))}, the same names of arguments, and the methods {methods}. These names differ:"
    yield from ("", "| VVR 11.9 | Here |", "|---|---|")
    yield from (f"| {code(theirs)} | {code(mine)} |" for theirs, mine in NAMES.items())


def section(recorded: Mapping[str, Any]) -> Iterator[str]:
    """The generated section."""
    found = compared(recorded)
    different = {key for key in found if key[1] != "same"}
    written = {(each.topic, each.kind) for each in ROWS}
    if different != written:
        sys.exit(f"ververica_differences.py: expected advice for {different - written}, and none for {written - different}")
    if mixed := {*SAME} - {topic for topic, _ in found} | {*SAME} & {topic for topic, _ in different}:
        sys.exit(f"ververica_differences.py: expected no difference in {mixed}")
    valid = sum(len(found[topic, "same"]) for topic in SAME)
    calls = f"The comparison runs {sum(map(len, found.values())):,} calls in both libraries, with valid and invalid arguments"
    yield f"{calls}. Of these, {valid:,} calls with the following arguments have the same result, with the options in the same order:"
    yield from ("", *(f"- {title}" for title in dict.fromkeys(SAME.values())))
    yield from ("", "These tables list all differences found. A row stands for all calls of its kind, and shows one of them.")
    yield from ("", "### Names", "", *names(recorded))
    for kind, title in KINDS.items():
        yield from ("", f"### {title}", "", "| Given | VVR 11.9 | Here | Do this |", "|---|---|---|---|")
        yield from (row(each, found[each.topic, kind]) for each in ROWS if each.kind == kind)
    yield ""


def page(text: str, recorded: Mapping[str, Any]) -> str:
    """The page *text* with the section."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{chr(10).join(section(recorded))}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--fetch", action="store_true", help="record the results of ververica-flink again")
    parser.add_argument("--from", dest="folder", type=Path, help="the same, from an unpacked wheel")
    given = parser.parse_args()
    recorded = json.loads(RECORD.read_text("utf-8"))
    if given.fetch or given.folder:
        new = record(given.folder) if given.folder else fetch(record)
        if new != recorded and given.check:
            sys.exit(f"{RECORD.name} is out of date: run tools/compare_with_ververica.py --fetch")
        RECORD.write_text(json.dumps(new, indent=0) + "\n", "utf-8", newline="\n")
        recorded = new
    old = TARGET.read_text("utf-8")
    text = page(old, recorded)
    if text != old and given.check:
        sys.exit(f"{TARGET.name} is out of date: run tools/compare_with_ververica.py")
    if text != old:
        TARGET.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
