# SPDX-License-Identifier: Apache-2.0
"""Problems for programs: records, and the reports of `check` that CI systems read. Paths are relative to the repository."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote

import attrs

from ..codes import CODES
from ..errors import DocumentProblem, printable
from .explanations import markdown, published_page
from .printing import STDIN_SOURCE

__all__ = ["REPORTS", "Checked", "OutputFormat", "record"]

OutputFormat: TypeAlias = Literal["text", "json", "github", "gitlab", "sarif", "junit"]

_SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@attrs.frozen
class Checked:
    """The files that were checked, and their problems."""

    files: tuple[str, ...]
    problems: tuple[DocumentProblem, ...]
    is_strict: bool
    """Whether warnings are failures too."""

    @property
    def failures(self) -> list[DocumentProblem]:
        """The problems for which `check` fails."""
        return [each for each in self.problems if self.is_strict or each.problem.severity == "error"]


def record(problem: DocumentProblem) -> dict[str, Any]:
    """A problem as a record."""
    inner = problem.problem
    return {
        "file": problem.source,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "code": inner.code,
        "option": inner.option,
        "key": inner.key,
        "expected": inner.expected,
        "got": inner.got,
        "hint": inner.hint,
        "severity": inner.severity,
    }


def _json(checked: Checked) -> str:
    """A list of records."""
    return _dumped([record(each) for each in checked.problems])


def _github(checked: Checked) -> str:
    """Workflow commands of GitHub Actions, which it shows as annotations of the lines."""
    lines = []
    for each in checked.problems:
        inner = each.problem
        values = {"file": _relative(each.source), "line": each.line, "col": each.column, "title": inner.code}
        properties = ",".join(f"{name}={_property(printable(str(value)))}" for name, value in values.items())
        lines.append(f"::{inner.severity} {properties}::{_data(_message(each))}\n")
    return "".join(lines)


def _data(string: str) -> str:
    """Escape the message of a workflow command. It has no line breaks, because `printable` escapes them."""
    return string.replace("%", "%25")


def _property(string: str) -> str:
    return _data(string).replace(":", "%3A").replace(",", "%2C")


def _gitlab(checked: Checked) -> str:
    """A Code Quality report of GitLab."""
    severities = {"error": "major", "warning": "minor"}
    return _dumped(
        [
            {
                "description": _message(each),
                "check_name": each.problem.code,
                "fingerprint": fingerprint,
                "severity": severities[each.problem.severity],
                "location": {"path": _relative(each.source), "lines": {"begin": each.line}},
            }
            for each, fingerprint in _with_fingerprints(checked.problems)
        ]
    )


def _sarif(checked: Checked) -> str:
    """A SARIF 2.1.0 log."""
    from importlib.metadata import version

    page = published_page()
    rules = [
        {
            "id": code.name,
            "shortDescription": {"text": code.meaning},
            "fullDescription": {"text": f"{code.meaning} {code.solution}"},
            "help": {"text": code.solution, "markdown": markdown(code)},
            **({"helpUri": f"{page}#{code.name}"} if page else {}),
        }
        for code in CODES.values()
    ]
    results = [
        {
            "ruleId": each.problem.code,
            "level": each.problem.severity,
            "message": {"text": _message(each)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": _artifact(each.source),
                        "region": {"startLine": each.line, "startColumn": each.column},
                    }
                }
            ],
            "partialFingerprints": {"problem/v1": fingerprint},
        }
        for each, fingerprint in _with_fingerprints(checked.problems)
    ]
    tool = {"driver": {"name": "llmproviders", "version": version("llmproviders"), "rules": rules}}
    run = {"tool": tool, "columnKind": "unicodeCodePoints", "results": results}
    return _dumped({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _artifact(source: str) -> dict[str, str]:
    # Surrogates in a name cannot be encoded.
    source = printable(source)
    path = _relative(source)
    if path.startswith("../") or Path(path).is_absolute():
        return {"uri": Path(source).absolute().as_uri()}
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}


def _junit(checked: Checked) -> str:
    """JUnit XML: a suite for each file, with a case for each problem, or one case that passes."""
    from xml.etree import ElementTree as ET

    by_file: dict[str, list[DocumentProblem]] = {file: [] for file in checked.files}
    for each in checked.problems:
        by_file.setdefault(each.source, []).append(each)
    failures = {id(each) for each in checked.failures}
    top = ET.Element("testsuites", name="llmproviders")
    for file, problems in by_file.items():
        name = printable(_relative(file))
        suite = ET.SubElement(top, "testsuite", name=name)
        for each in problems:
            title = ": ".join(filter(None, (each.path, each.problem.option, each.problem.code)))
            case = ET.SubElement(suite, "testcase", classname=name, name=printable(title))
            line = f"{name}:{each.line}:{each.column}: {_message(each)}"
            if id(each) in failures:
                ET.SubElement(case, "failure", type=each.problem.code, message=_message(each)).text = line
            else:
                ET.SubElement(case, "system-out").text = f"{each.problem.severity}: {line}"
        if not problems:
            ET.SubElement(suite, "testcase", classname=name, name="check")
    for element in (top, *top):
        counts = {"tests": "testcase", "failures": "failure"}
        element.attrib.update({name: str(len(list(element.iter(tag)))) for name, tag in counts.items()}, errors="0")
    ET.indent(top)
    return f"{ET.tostring(top, encoding='utf-8', xml_declaration=True).decode()}\n"


REPORTS: Final[Mapping[OutputFormat, Callable[[Checked], str]]] = {
    "json": _json,
    "github": _github,
    "gitlab": _gitlab,
    "sarif": _sarif,
    "junit": _junit,
}
"""The formats for programs."""


def _dumped(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _message(problem: DocumentProblem) -> str:
    """A problem without its location, in one line."""
    where = f"{problem.path}: " if problem.path else ""
    return printable(f"{where}{problem.problem}")


def _relative(source: str) -> str:
    """The path of a file, relative to the repository folder that the CI system names, else to the current directory."""
    if source == STDIN_SOURCE:
        return source
    top = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or os.curdir
    try:
        return Path(os.path.relpath(source, top)).as_posix()
    except ValueError:
        # Windows: another drive.
        return Path(source).absolute().as_posix()


def _with_fingerprints(problems: Iterable[DocumentProblem]) -> Iterator[tuple[DocumentProblem, str]]:
    """Each problem with a digest that is unique, and stays the same when other lines of the file change."""
    seen: Counter[str] = Counter()
    for each in problems:
        key = "\n".join((_relative(each.source), each.path, each.problem.option, each.problem.code))
        number = seen[key]
        seen[key] += 1
        yield each, hashlib.sha256(f"{key}\n{number}".encode("utf-8", "backslashreplace")).hexdigest()
