# SPDX-License-Identifier: Apache-2.0
"""Hints are in the format of the document, and the document loads if they are pasted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llmproviders import DocumentError, DocumentProblem, Problem, check, from_dict, load, loads
from llmproviders.catalogs.formats.lookup import FORMATS
from llmproviders.catalogs.formats.notation import in_format
from llmproviders.errors import advice_to_write

URL = "https://api.deepseek.com/chat/completions"
BASE: Mapping[str, Any] = {"provider": "openai-compat", "endpoint": URL, "model": "m"}

# The code of the problem, the entry `c`, the runtime, and the hint in TOML.
CASES: dict[str, tuple[str, Mapping[str, Any], str | None, str]] = {
    "a literal secret": (
        "literal-secret",
        {**BASE, "api_key": "MARK"},
        None,
        'write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "an empty secret": (
        "empty-secret",
        {**BASE, "api_key": ""},
        None,
        'write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "another table": (
        "invalid-reference",
        {**BASE, "api_key": {"sk-MARK": 1}},
        None,
        'write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "an unknown resolver": (
        "unknown-resolver",
        {**BASE, "api_key": {"aws": "kv"}},
        None,
        'register a resolver of this name, or write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "a placeholder that nothing fills in": (
        "unfilled-placeholder",
        {**BASE, "api_key": "${DEEPSEEK_API_KEY}"},
        None,
        'write api_key = { env = "DEEPSEEK_API_KEY" }',
    ),
    "a placeholder on Apache Flink": (
        "unfilled-placeholder",
        {"provider": "openai", "endpoint": URL, "model": "m", "api_key": "${secret_values.key}"},
        "flink-2.3",
        'write api_key = { env = "NAME" }',
    ),
    "a string in place of names": (
        "wrong-type",
        {**BASE, "omit": "retry_num"},
        None,
        'write omit = ["retry_num"]',
    ),
    "an option that the task does not have": (
        "not-for-task",
        {"extends": "base", "for_task": "embeddings"},
        None,
        'write omit = ["seed"] to drop it',
    ),
    "a reference in place of headers": (
        "suspect-reference",
        {**BASE, "extra_header": {"env": "TOKEN"}},
        None,
        'write extra_header = { Authorization = { env = "NAME" } }',
    ),
    "no kind": (
        "invalid-entry",
        {"endpoint": URL},
        None,
        'write provider = "openai-compat", which is the usual one',
    ),
    "an identifier of one's own": (
        "unknown-provider",
        {"provider": "my-own"},
        None,
        'write generic = "my-own" for a factory of your own, or register its class',
    ),
    "a place": (
        "missing-option",
        {"preset": "azure_openai", "model": "m"},
        None,
        'write place = { resource = "my-resource" }',
    ),
    "a base URL": (
        "endpoint-url",
        {**BASE, "endpoint": "https://api.deepseek.com/v1"},
        None,
        'write endpoint = "https://api.deepseek.com/v1/chat/completions"',
    ),
    "a base URL of embeddings": (
        "endpoint-url",
        {**BASE, "endpoint": "https://api.openai.com/v1/", "model": "text-embedding-3-small"},
        "vvr-11.9",
        'write endpoint = "https://api.openai.com/v1/embeddings"',
    ),
    "a base URL on Apache Flink": (
        "endpoint-url",
        {"provider": "openai", "endpoint": "https://api.openai.com", "api_key": {"env": "KEY"}, "model": "m"},
        "flink-2.3",
        'write endpoint = "https://api.openai.com/v1/chat/completions"',
    ),
    "a URL without scheme": (
        "endpoint-url",
        {**BASE, "endpoint": "api.deepseek.com"},
        None,
        'write endpoint = "https://api.deepseek.com/v1/chat/completions"',
    ),
    "an identifier of another runtime": (
        "wrong-runtime",
        {"provider": "openai", "endpoint": URL, "api_key": {"env": "KEY"}, "model": "m"},
        "vvr-11.9",
        'write provider = "openai-compat" here',
    ),
    "a duration without unit": (
        "wrong-type",
        {**BASE, "retry_backoff_base_interval": 5},
        None,
        'write its unit: "5ms", as Flink reads it, or "5s"',
    ),
    "a number in quotes": ("wrong-type", {**BASE, "max_tokens": "5"}, None, "write it without quotes"),
    "a boolean in quotes": (
        "wrong-type",
        {"provider": "triton", "endpoint": "https://h", "flatten_batch_dim": "true"},
        None,
        "write true or false",
    ),
}


def _line(format_: str, name: str, value: Any) -> str:
    if format_ == "toml":
        table = isinstance(value, dict)
        return f"{name} = " + (
            "{ " + ", ".join(_line("toml", *each) for each in value.items()) + " }" if table else json.dumps(value)
        )
    return f"    {json.dumps(name)}: {json.dumps(value)}," if format_ == "json" else f"    {name}: {json.dumps(value)}"


def _document(format_: str, entry: Mapping[str, Any]) -> list[str]:
    """The lines of a document with the entries `base` and `c`, an option in each."""
    entries = {"base": {**BASE, "seed": 1, "api_key": {"env": "KEY"}}, "c": entry}
    lines = {"toml": [], "yaml": ["providers:"], "json": ["{", '"providers": {']}[format_]
    for name, body in entries.items():
        lines.append({"toml": f"[providers.{name}]", "yaml": f"  {name}:", "json": f"  {json.dumps(name)}: {{"}[format_])
        lines += [_line(format_, *each) for each in body.items()]
        if format_ == "json":
            lines[-1] = lines[-1].removesuffix(",")
            lines.append("  }" if name == "c" else "  },")
    return lines + (["}}"] if format_ == "json" else [])


def _pasted(format_: str, lines: list[str], problem: DocumentProblem) -> list[str]:
    """The document after an editor did what the hint says."""
    hint = problem.problem.hint
    index, old = problem.line - 1, lines[problem.line - 1]
    comma = "," if old.endswith(",") else ""
    if hint == "write it without quotes":
        new = re.sub(r'"([0-9]+)"', r"\1", old)
    elif hint == "write true or false":
        new = old.replace('"true"', "true")
    elif unit := re.fullmatch(r'write its unit: ("5ms"), as Flink reads it, or "5s"', hint):
        new = re.sub(r"5(?=,?$)", unit[1], old)
    else:
        found = re.search(r"write (.+?)(?: or [{\[].*| to drop it| here|, which.*| for a factory.*)?$", hint)
        assert found is not None
        new = ("" if format_ == "toml" else "    ") + found[1] + comma
        key = re.split(r" = |: ", found[1])[0]
        if not old.strip().startswith((key, "provider", '"provider')):
            # The entry has no such key: a new line at its beginning.
            head = next(number for number, line in enumerate(lines) if re.match(r'\s*(\[providers\.c\]|c:|"c": )', line))
            return [*lines[: head + 1], new + ("," if format_ == "json" and not comma else ""), *lines[head + 1 :]]
    return [*lines[:index], new, *lines[index + 1 :]]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", CASES)
def test_hints_can_be_pasted(name: str, format_: str, tmp_path: Path) -> None:
    """The document with the hint in the place of the mistake does not have the problem."""
    code, entry, runtime, in_toml = CASES[name]
    lines = _document(format_, entry)
    path = tmp_path / f"c.{format_}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problem = next(each for each in check(path, runtime=runtime) if each.problem.code == code)
    assert "MARK" not in str(problem)
    if format_ == "toml":
        assert problem.problem.hint.endswith(in_toml)
    path.write_text("\n".join(_pasted(format_, lines, problem)) + "\n", encoding="utf-8")
    assert [] == [str(each) for each in check(path, runtime=runtime) if each.problem.code == code and ".c" in each.path]
    load(path)


@pytest.mark.parametrize(
    ("format_", "hint"),
    [
        ("toml", 'write api_key = { env = "NAME" } or { file = "path" }'),
        ("yaml", "write api_key: {env: NAME} or {file: path}"),
        ("json", 'write "api_key": {"env": "NAME"} or {"file": "path"}'),
    ],
)
def test_the_notation_of_each_format(format_: str, hint: str, tmp_path: Path) -> None:
    """A hint has the notation of the format of its file."""
    path = tmp_path / f"c.{format_}"
    path.write_text("\n".join(_document(format_, {**BASE, "api_key": "MARK"})), encoding="utf-8")
    assert [hint] == [each.problem.hint for each in check(path)]


def test_names_and_values_that_need_quotes(tmp_path: Path) -> None:
    """Names and values in hints are in quotes where the format needs them."""
    path = tmp_path / "c.yaml"
    path.write_text("providers:\n  c: {generic: g, extra_options: {'yes': {env: KEY}, 'a token': MARK}}\n", encoding="utf-8")
    assert ['write "a token": {env: NAME} or {file: path}'] == [each.problem.hint for each in check(path)]
    path = tmp_path / "c.toml"
    path.write_text("[providers.c]\ngeneric = 'g'\nextra_options = { 'a token' = 'MARK' }\n", encoding="utf-8")
    assert ['write "a token" = { env = "NAME" } or { file = "path" }'] == [each.problem.hint for each in check(path)]


def test_numbers_and_booleans_in_hints() -> None:
    """Numbers and booleans are written alike in all formats."""
    problem = Problem("", "another value", in_document=advice_to_write("x", 1, [True, 0.5]))
    assert {"write x = 1 or [true, 0.5]", "write x: 1 or [true, 0.5]", 'write "x": 1 or [true, 0.5]'} == {
        in_format(format_, problem).hint for format_ in FORMATS
    }


def test_a_dict_has_the_notation_of_python() -> None:
    """The hints for a dict are in JSON, which Python reads too."""
    with pytest.raises(DocumentError) as caught:
        from_dict({**BASE, "omit": "seed"})
    assert 'write "omit": ["seed"]' == caught.value.problems[0].problem.hint


@pytest.mark.parametrize("format_", FORMATS)
def test_an_include_that_is_no_list(format_: str, tmp_path: Path) -> None:
    """The hint for an include that is a string shows the list."""
    text = {"toml": "include = 'b.toml'\n", "yaml": "include: b.toml\n", "json": '{"include": "b.toml"}'}[format_]
    hint = {"toml": 'include = ["b.toml"]', "yaml": "include: [b.toml]", "json": '"include": ["b.toml"]'}[format_]
    path = tmp_path / f"c.{format_}"
    path.write_text(text, encoding="utf-8")
    assert [f"write {hint}"] == [each.problem.hint for each in check(path)]
    (tmp_path / "b.toml").write_text("[providers.a]\ngeneric = 'g'\n", encoding="utf-8")
    path.write_text(f"{{{hint}}}" if format_ == "json" else hint, encoding="utf-8")
    assert ["a"] == list(load(path))


def _hints(path: Path, text: str, runtime: str | None = None) -> dict[str, str]:
    """The hint of each problem, by its path."""
    path.write_text(text, encoding="utf-8")
    return {each.path: each.problem.hint for each in check(path, runtime=runtime)}


def test_several_options_that_the_task_does_not_have(tmp_path: Path) -> None:
    """The hints have one list of all, with the names that it has already; an option of the entry itself is removed."""
    path = tmp_path / "c.yaml"
    base = "providers:\n  a: {preset: openai, model: m, seed: 1, stop: END, temperature: 0.5}\n"
    text = f"{base}  b: {{extends: a, for_task: embeddings, omit: [n], max_tokens: 5}}\n"
    inherited = 'write omit: ["n", temperature, stop, seed] to drop them'
    assert {
        "providers.b.temperature": inherited,
        "providers.b.stop": inherited,
        "providers.b.seed": inherited,
        "providers.b.max_tokens": "remove it",
    } == _hints(path, text)
    assert {} == _hints(path, text.replace("omit: [n]", "omit: [n, temperature, stop, seed]").replace(", max_tokens: 5", ""))
    text = f"{base}  b: {{extends: a, for_task: embeddings, omit: [max_tokens], max_tokens: 5}}\n"
    assert "remove it here, or the option itself" == _hints(path, text)["providers.b.omit"]


@pytest.mark.parametrize(
    ("entry", "option", "hint"),
    [
        ("{provider: triton, endpoint: 'http://h', model_version: 1}", "model_version", "write it in quotes"),
        ("{provider: triton, endpoint: 'http://h', api_key: {env: KEY}}", "api_key", "did you mean auth_token?"),
        ("{provider: triton, endpoint: 'http://h', headers: {a: b}}", "headers", "did you mean custom_headers?"),
        (
            "{provider: triton, endpoint: 'http://h', custom_headers: {X-Num: 5}}",
            "custom_headers",
            "write the value of 'X-Num' in quotes",
        ),
        ("{preset: openai, extra_header: {X-Num: 5}}", "extra_header", "write the value of 'X-Num' in quotes"),
        (
            "{provider: openai, endpoint: x, api_key: {env: KEY}, retry_backoff_base_interval: 1s}",
            "retry_backoff_base_interval",
            "it is an option of openai-compat or dashscope",
        ),
        ("{preset: openai, api_key: {env:NAME}}", "api_key", "write a blank after the colon"),
        ("{preset: openai, api_key: {env: [NAME]}}", "api_key", "write api_key: {env: NAME} or {file: path}"),
        ("{preset: openai, api_key: {env: NAME, file: x}}", "api_key", "write api_key: {env: NAME} or {file: path}"),
        (
            "{preset: openai, extra_header: {Authorization: 'Bearer ${GATEWAY}'}}",
            "extra_header.Authorization",
            "write Authorization: {env: GATEWAY}",
        ),
        (
            "{preset: openai, extra_header: {env: HEADER}}",
            "extra_header",
            "write extra_header: {Authorization: {env: NAME}}",
        ),
        ("{provider: tritton, auth_token: sk-MARK}", "auth_token", "write auth_token: {env: NAME} or {file: path}"),
        (
            "{provider: tritton, extra_header: {X-A: b, Cookie: MARK}}",
            "extra_header.Cookie",
            "write Cookie: {env: NAME} or {file: path}",
        ),
        ("{preset: openai, api_kee: MARK}", "api_kee", "did you mean api_key?"),
    ],
)
def test_hints_in_yaml(entry: str, option: str, hint: str, tmp_path: Path) -> None:
    assert hint == _hints(tmp_path / "c.yaml", f"providers:\n  c: {entry}\n")[f"providers.c.{option}"]


def test_an_include_that_is_no_list_hides_no_entries(tmp_path: Path) -> None:
    """The entries that it has are not reported as missing."""
    assert ["include"] == list(_hints(tmp_path / "c.yaml", "include: b.yaml\nproviders:\n  c: {extends: b}\n"))


def test_a_preset_on_another_runtime(tmp_path: Path) -> None:
    """The hint has all that the preset sets."""
    path = tmp_path / "c.yaml"
    (hint,) = _hints(path, "providers:\n  c:\n    preset: deepseek\n    model: m\n", "flink-2.3").values()
    pieces = f'provider: openai, endpoint: "{URL}", api_key: {{env: DEEPSEEK_API_KEY}}'
    assert hint.endswith(f"; write {pieces} in place of the preset")
    lines = "".join(f"    {piece}\n" for piece in pieces.split(", "))
    assert {} == _hints(path, f"providers:\n  c:\n{lines}    model: m\n", "flink-2.3")


@pytest.mark.parametrize("value", ["sk-MARKabcd1234", "https://user:MARK@h/v1"])
def test_no_hint_with_a_secret(value: str) -> None:
    """A hint does not write a string again that may be a secret, and neither do names and keys that are one."""
    document = {
        "include": value,
        value: 1,
        "providers": {
            "a": {**BASE, "omit": value, "ignore": value, value: 1},
            "b": {"extends": "c", "without": [value]},
            "c": BASE,
        },
    }
    with pytest.raises(DocumentError) as caught:
        loads(json.dumps(document), format="json")
    assert len(caught.value.problems) == 6
    assert "MARK" not in f"{caught.value}{caught.value!r}"


def test_an_endpoint_with_a_password_is_not_shown(tmp_path: Path) -> None:
    """The hint leaves out an endpoint that the entry has in place of that of the preset, if it has a secret."""
    entry = "{preset: deepseek, model: m, endpoint: 'https://u:MARK@h/chat/completions'}"
    hints = _hints(tmp_path / "c.yaml", f"providers:\n  c: {entry}\n", "flink-2.3")
    assert hints["providers.c.preset"].endswith(
        "; write provider: openai, api_key: {env: DEEPSEEK_API_KEY} in place of the preset"
    )
    assert "MARK" not in str(hints)


@pytest.mark.parametrize("runtime", [None, "vvr-11.9", "flink-2.3"])
def test_a_key_in_place_of_the_endpoint_is_not_shown(runtime: str | None, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    identifier = "openai" if runtime == "flink-2.3" else "openai-compat"
    for key in ("sk-MARKabcdefgh12345678", "https://h/v1?api_key=MARK"):
        entry = f"{{provider: {identifier}, model: m, endpoint: '{key}', api_key: {{env: KEY}}}}"
        assert "MARK" not in str(_hints(path, f"providers:\n  c: {entry}\n", runtime))


def test_an_omit_that_is_wrong_is_not_repeated(tmp_path: Path) -> None:
    """The hint for options of another task has only names of options."""
    base = "providers:\n  a: {preset: openai, model: m, seed: 1}\n"
    for omit in ("sk-MARKabcdefgh12345678", "[sk-MARKabcdefgh12345678, 5, {a: b}]"):
        hints = _hints(tmp_path / "c.yaml", f"{base}  b: {{extends: a, for_task: embeddings, omit: {omit}}}\n")
        assert "write omit: [seed] to drop it" == hints["providers.b.seed"]
        assert "MARK" not in str(hints)
