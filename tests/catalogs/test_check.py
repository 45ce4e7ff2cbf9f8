# SPDX-License-Identifier: Apache-2.0
"""`check`: values that are probably wrong, codes that are selected or ignored, and references; `load` of a part of a catalog."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llmproviders import Catalog, check, explain, load
from llmproviders.errors import (
    DocumentError,
    DocumentProblem,
    InvalidOptionsError,
    InvalidTypeError,
    UnknownProviderError,
)

URL = "https://h/chat/completions"
COMPAT: Mapping[str, Any] = {"provider": "openai-compat", "endpoint": URL, "api_key": {"env": "KEY"}, "model": "m"}
OPENAI: Mapping[str, Any] = {**COMPAT, "provider": "openai"}
TRITON: Mapping[str, Any] = {"provider": "triton", "endpoint": "http://h:8000", "model_name": "m"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.json"


def write(path: Path, **entries: object) -> Path:
    path.write_text(json.dumps({"providers": entries}), encoding="utf-8")
    return path


def brief(found: tuple[DocumentProblem, ...]) -> list[str]:
    """Severity, code and path of each problem."""
    return [f"{each.problem.severity} {each.problem.code} {each.path.removeprefix('providers.')}" for each in found]


DOUBTS: dict[str, tuple[Mapping[str, Any], dict[str | None, list[str]]]] = {
    "a placeholder for the model": (
        {**COMPAT, "model": "${LLM_MODEL}"},
        {None: ["warning unfilled-placeholder c.model"], "vvr-11.9": ["warning unfilled-placeholder c.model"]},
    ),
    "a placeholder that VVR documents": (
        {**COMPAT, "api_key": "${secret_values.key}"},
        {None: [], "vvr-11.9": []},
    ),
    "a placeholder that VVR does not document": (
        {**COMPAT, "api_key": "${DASHSCOPE_API_KEY}"},
        {None: ["warning unfilled-placeholder c.api_key"], "vvr-11.9": ["warning unfilled-placeholder c.api_key"]},
    ),
    "a placeholder for a provider that only Apache Flink has": (
        {**OPENAI, "api_key": "${secret_values.key}"},
        {None: ["warning unfilled-placeholder c.api_key"], "flink-2.3": ["error unfilled-placeholder c.api_key"]},
    ),
    "a placeholder within a value": (
        {**OPENAI, "endpoint": "https://${HOST}/chat/completions"},
        {None: ["warning unfilled-placeholder c.endpoint"]},
    ),
    "a placeholder within a header": (
        {**TRITON, "custom_headers": "Authorization:Bearer ${TOKEN}"},
        {None: ["warning unfilled-placeholder c.custom_headers.Authorization"]},
    ),
    "a placeholder in headers that cannot be read": (
        {"generic": "g", "extra_options": {"extra-header": "${TOKEN}"}},
        {None: ["warning unfilled-placeholder c.extra_options.extra-header"]},
    ),
    "a placeholder within a text": (
        {**COMPAT, "system_prompt": "Replace ${name} by the name.", "stop": "${", "extra_body": {"a": "x ${b}"}},
        {None: [], "vvr-11.9": []},
    ),
    "a placeholder for the endpoint": ({**COMPAT, "endpoint": "${secret_values.url}"}, {None: [], "vvr-11.9": []}),
    "a base URL": (
        {**COMPAT, "endpoint": "https://api.deepseek.com/v1"},
        {None: ["warning endpoint-url c.endpoint"], "vvr-11.9": ["warning endpoint-url c.endpoint"]},
    ),
    "a base URL with a password": (
        {**OPENAI, "endpoint": "https://u:p@api.deepseek.com"},
        {"flink-2.3": ["warning literal-secret c.endpoint", "error endpoint-url c.endpoint"]},
    ),
    "a URL without scheme": (
        {**COMPAT, "endpoint": "deepseek.com"},
        {None: ["warning endpoint-url c.endpoint"], "vvr-11.9": ["warning endpoint-url c.endpoint"]},
    ),
    "another scheme": ({**COMPAT, "endpoint": "ftp://h/x"}, {None: ["warning endpoint-url c.endpoint"]}),
    "an unusual path": ({**COMPAT, "endpoint": "https://h/llm/proxy"}, {None: [], "vvr-11.9": []}),
    "a query string": ({**COMPAT, "endpoint": "https://h/v1?a=b"}, {None: [], "vvr-11.9": []}),
    "the base URL of Triton": (TRITON, {None: []}),
    "Triton without scheme": ({**TRITON, "endpoint": "triton:8000"}, {None: ["warning endpoint-url c.endpoint"]}),
    "an identifier of a factory of one's own": (
        {"generic": "openai2", "extra_options": {"endpoint": "x"}},
        {None: [], "flink-2.3": ["warning unchecked-factory c.generic"], "vvr-11.9": ["warning unchecked-factory c.generic"]},
    ),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_values_that_are_probably_wrong(name: str, path: Path) -> None:
    """Each doubtful value has its problem on each runtime, and without one."""
    entry, expected = DOUBTS[name]
    write(path, c=entry)
    for runtime, problems in expected.items():
        assert problems == brief(check(path, runtime=runtime))
    assert isinstance(load(path), Catalog)


def test_codes_are_selected_or_ignored(path: Path) -> None:
    """Problems with which a catalog does not load are always reported."""
    write(path, a={**COMPAT, "api_key": "MARK", "model": "${M}"}, b={**COMPAT, "top_p": 7})
    literal, unfilled, wrong = (
        "warning literal-secret a.api_key",
        "warning unfilled-placeholder a.model",
        "error invalid-value b.top_p",
    )
    assert [unfilled, wrong, literal] == sorted(brief(check(path)), key=[unfilled, wrong, literal].index)
    assert [unfilled, wrong] == sorted(brief(check(path, ignore=["literal-secret"])), key=[unfilled, wrong].index)
    assert [literal, wrong] == brief(check(path, select={"literal-secret"}))
    assert [wrong] == brief(check(path, select=["literal-secret"], ignore=["literal-secret"]))
    assert [wrong] == brief(check(path, select=[]))


def test_wrong_codes(path: Path) -> None:
    """Codes to select or ignore are strings of the table, in a list."""
    write(path)
    with pytest.raises(InvalidOptionsError, match="did you mean literal-secret"):
        check(path, ignore=["literal-secrets"])
    with pytest.raises(
        InvalidOptionsError, match="got 'invalid-value'; a problem of this code is an error, which is always reported"
    ):
        check(path, ignore=["invalid-value"])
    with pytest.raises(InvalidTypeError, match="a list of codes"):
        check(path, select="literal-secret")
    with pytest.raises(InvalidTypeError, match="a list of codes"):
        check(path, ignore=[5])  # type: ignore[list-item]


def test_an_entry_ignores_codes(path: Path) -> None:
    """Those that extend it ignore them too, and their own."""
    own = {**COMPAT, "model": "${M}", "api_key": "MARK"}
    write(path, a={**own, "ignore": ["literal-secret"]}, b={"extends": "a", "ignore": ["unfilled-placeholder"]}, c=own)
    assert {
        "warning unfilled-placeholder a.model",
        "warning literal-secret c.api_key",
        "warning unfilled-placeholder c.model",
    } == {*brief(check(path))}
    write(path, a={"generic": "my-own", "ignore": ["unchecked-factory"]})
    assert [] == brief(check(path, runtime="flink-2.3"))


@pytest.mark.parametrize(
    ("ignore", "expected"),
    [
        (
            ["literal-secrets"],
            "expected a code of problems (llmproviders explain lists them), got 'literal-secrets'; did you mean literal-secret?",
        ),
        ("literal-secret", 'expected a list of names, got a string; write "ignore": ["literal-secret"]'),
        ([5], "expected a list of names, got a list"),
    ],
)
def test_wrong_codes_of_an_entry(ignore: object, expected: str, path: Path) -> None:
    """The key `ignore` of an entry is a list of codes."""
    write(path, a={**COMPAT, "ignore": ignore})
    assert [f"{path}:1:{path.read_text().index('ignore') + 10}: providers.a.ignore: {expected}"] == [*map(str, check(path))]


def test_ignored_codes_are_no_option_of_the_provider(path: Path) -> None:
    """The key `ignore` makes no other provider."""
    write(path, a={**COMPAT, "ignore": ["literal-secret"]}, b=COMPAT)
    catalog = load(path)
    assert catalog["a"] == catalog["b"]


def test_references_are_resolved_on_request(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References that cannot be resolved are problems only if that is asked for, each at its entry."""
    monkeypatch.setenv("KEY", "MARK")
    write(path, a=COMPAT, b={**COMPAT, "api_key": {"env": "NO_KEY"}}, c={"extends": "b"})
    assert [] == brief(check(path))
    found = check(path, resolve_references=True)
    assert ["error unresolved-reference b.api_key"] == brief(tuple(dict.fromkeys(found)))
    assert "NO_KEY" in str(found[0])
    assert "MARK" not in str(found)


def test_only_some_entries(path: Path) -> None:
    """The other entries may have problems, unless these extend them."""
    write(path, bad={**COMPAT, "top_p": 7}, base=COMPAT, a={"extends": "base"}, c={"extends": "bad"})
    catalog = load(path, only=["a"])
    assert ["a"] == list(catalog)
    assert ["base", "a"] == list(load(path, only=["a", "base", "a"]))
    assert [] == list(load(path, only=[]))
    assert ["a"] == list(explain(path, only=("a",))[1])
    with pytest.raises(DocumentError, match=r"providers\.bad\.top_p"):
        load(path, only=["c"])
    with pytest.raises(UnknownProviderError, match="did you mean base"):
        load(path, only=["bas"])
    with pytest.raises(InvalidTypeError, match="a list of names"):
        load(path, only="a")


def test_only_some_entries_of_a_file_that_cannot_be_read(path: Path) -> None:
    """A file that cannot be read is a problem also for some entries, because it may have them."""
    path.write_text('{"include": ["none.json"], "providers": {}}')
    with pytest.raises(DocumentError, match=r"none\.json"):
        load(path, only=["a"])


def test_the_default_of_some_entries(path: Path) -> None:
    """The default of a file counts if it is one of the entries, and is not a problem else."""
    path.write_text(json.dumps({"default": "a", "providers": {"a": COMPAT, "b": COMPAT}}))
    assert "a" == load(path, only=["a"]).default
    assert load(path, only=["b"]).default is None
    path.write_text(json.dumps({"default": "x", "providers": {"a": COMPAT}}))
    assert load(path, only=["a"]).default is None


def test_inherited_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem of an option that several entries inherit is reported once."""
    monkeypatch.delenv("KEY", raising=False)
    path = tmp_path / "a.toml"
    path.write_text(
        """
[providers.a]
provider = "openai-compat"
endpoint = "https://h/v1"
api_key = { env = "KEY" }
model = "m"
[providers.b]
extends = "a"
[providers.c]
extends = "b"
""",
        encoding="utf-8",
    )
    for runtime in (None, "vvr-11.9"):
        found = check(path, runtime=runtime, resolve_references=True)
        assert ["endpoint-url", "unresolved-reference"] == [each.problem.code for each in found]
