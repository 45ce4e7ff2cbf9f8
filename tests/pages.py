# SPDX-License-Identifier: Apache-2.0
"""Run the blocks of README.md and of docs/ as a reader would: in order, in a new folder for each page.

- ``python``: run in one namespace per page; with ``>>>`` as a doctest. ``skip: next`` skips the whole block.
- ``toml``, ``yaml``, ``json``, ``sql``, ``python`` whose first line is a comment with a file name: written to that file.
  JSON has no comments, so that the line, such as ``// catalog.json``, is not written to the file.
- ``toml``, ``yaml``, ``json`` without a file name: parsed. ``sql`` without a file name: read as CREATE MODEL statements.
- ``console``: each ``$ command`` is run, and its output is compared; a line ``...`` matches any number of lines, and a command
  continues on the next line after a backslash.
- ``<!--- invisible-code-block: python ... -->``: run, and not shown. ``<!--- skip: next -->`` skips the next block.

Two names are defined at the start: ``flink`` is true if the end-to-end tests run the page on PyFlink. ``service`` is then the
root URL of their service with the OpenAI API, such as ``http://localhost:8000/v1``; otherwise it is an empty string.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from sybil import Document, Example, Region
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import SkipParser
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, FencedCodeBlockLexer

from llmproviders import optional, parse_statements, registry
from llmproviders.catalogs.formats.lookup import format_module
from llmproviders.providers.classes import known_classes
from llmproviders.resolvers import Resolvers, known_resolvers

ENVIRONMENT = {"DEEPSEEK_API_KEY": "sk-demo", "DASHSCOPE_API_KEY": "sk-demo", "COLUMNS": "100", "TERMINAL_WIDTH": "100"}
COLOURS = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "PY_COLORS",
    "GITHUB_ACTIONS",
    "PYTHONWARNINGS",
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
)
# Languages of blocks that are only shown. Every other language must be in EVALUATORS; so a misspelled one is an error.
SHOWN = {"text", "shell", "markdown", "diff", "xml", "java"}


@contextmanager
def reader(namespace: dict[str, Any], *, service: str = "") -> Iterator[None]:
    """The reader's environment: an empty folder, demo keys, output of 100 columns, and nothing registered."""
    home = Path.cwd()
    # Leave out the classes that other tests registered.
    ours = {name: cls for name, cls in known_classes.known.items() if cls.__module__.startswith("llmproviders.")}
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict(os.environ, ENVIRONMENT),
        mock.patch.object(registry, "registered", registry.Registered()),
        mock.patch.dict(known_classes.known, ours, clear=True),
        mock.patch.multiple(known_resolvers, known=dict(Resolvers().known), entries=None),
        mock.patch.object(sys, "path", [folder, *sys.path]),
        # The reader has installed from the folder of a clone.
        mock.patch.object(optional, "install_command", lambda extra: f"pip install '.[{extra}]'"),
    ):
        for name in COLOURS:
            os.environ.pop(name, None)
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        namespace.update(flink=bool(service), service=service, __name__="__main__")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(home)


# Blocks ---------------------------------------------------------------------------------------------------------------

_run_python = PythonEvaluator()


def _python(example: Example) -> str | None:
    if not example.parsed.startswith(">>>"):
        return _run_python(example)
    examples = doctest.DocTestParser().get_examples(example.parsed, example.path)
    test = doctest.DocTest(examples, {}, Path(example.path).name, example.path, example.line, None)
    test.globs = example.namespace
    output: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=output.append, clear_globs=False)
    return "".join(output)


def _sql(example: Example) -> str | None:
    if not re.match(r"(?i)\s*CREATE\s+(TEMPORARY\s+)?MODEL\b", example.parsed):
        return "expected a first line with a file name, such as '-- models.sql', CREATE MODEL, or <!--- skip: next --> above it"
    parse_statements(example.parsed)
    return None


def _tree(language: Any) -> Callable[[Example], None]:
    return lambda example: format_module(language).read(example.parsed) and None


def _console(example: Example) -> str | None:
    wanted: list[tuple[str, list[str]]] = []
    for line in example.parsed.splitlines():
        if line.startswith("$ "):
            wanted.append((line[2:], []))
        elif wanted and wanted[-1][0].endswith("\\") and not wanted[-1][1]:
            wanted[-1] = (f"{wanted[-1][0]}\n{line.removeprefix('> ')}", [])
        elif wanted:
            wanted[-1][1].append(line)
        else:
            return f"expected '$ command' first, got {line!r}"
    for command, lines in wanted:
        got = "\n".join(line.rstrip() for line in _output(command).rstrip().splitlines())
        expected = "\n".join(lines).rstrip()
        pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in expected.splitlines())
        if not re.fullmatch(pattern, got + "\n" if got else ""):
            return f"$ {command}\nExpected:\n{expected}\nGot:\n{got}\n"
    return None


EVALUATORS: dict[str, Callable[[Example], str | None]] = {
    "python": _python,
    "console": _console,
    "sql": _sql,
    **{language: _tree(language) for language in ("toml", "yaml", "json")},
}

# Files ----------------------------------------------------------------------------------------------------------------

_NAMED = re.compile(r"(?:#|--|//) ([\w./-]+\.[a-z]+)\n")


def _write(example: Example) -> None:
    language, text = example.region.lexemes["arguments"], example.parsed
    name = _NAMED.match(text)[1]
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.partition("\n")[2] if language == "json" else text, encoding="utf-8")
    if language == "python":
        compile(text, name, "exec", dont_inherit=True)
        # A module of the same name may have been imported before.
        sys.modules.pop(file.stem, None)


# Commands -------------------------------------------------------------------------------------------------------------


def _output(command: str) -> str:
    """The output of a command; our own command runs in this process if it needs no shell, which is 20 times as fast."""
    if export := re.fullmatch(r"export (\w+)=(\S+)", command):
        os.environ[export[1]] = export[2]
        return ""
    # The command without the quoted strings that a shell does not change.
    plain = re.sub(r"""'[^']*'|"[^"$`\\]*\"""", "", command)
    if command.startswith("llmproviders ") and not re.search(r"[|&;<>()$`*?~\\\n\[{#]", plain):
        return _in_process(shlex.split(command)[1:])
    shell = ["bash", "-c", command]
    done = subprocess.run(shell, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
    return done.stdout.decode()


def _in_process(arguments: list[str]) -> str:
    from command_line import invoke

    with mock.patch.multiple("typer.rich_utils", MAX_WIDTH=100, FORCE_TERMINAL=False):
        result = invoke(*arguments, prog_name="llmproviders")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


# Parsers for Sybil ----------------------------------------------------------------------------------------------------


def _blocks(document: Document) -> Iterable[Region]:
    for region in FencedCodeBlockLexer(".+", {"language": "arguments", "source": "source"})(document):
        language = region.lexemes["arguments"]
        region.parsed = region.lexemes["source"]
        named = language != "console" and _NAMED.match(region.parsed)
        if named or language in EVALUATORS:
            region.evaluator = _write if named else EVALUATORS[language]
            yield region
        elif language not in SHOWN and not language.startswith("{"):
            raise ValueError(f"{document.path}: expected a block of {', '.join([*EVALUATORS, *SHOWN])}, got {language!r}")
    for region in DirectiveInHTMLCommentLexer("invisible-code(-block)?", "python")(document):
        region.parsed = region.lexemes["source"]
        region.evaluator = _python
        yield region


def parsers() -> list[Callable[[Document], Iterable[Region]]]:
    """The parsers that find the blocks of a page."""
    return [_blocks, SkipParser()]
