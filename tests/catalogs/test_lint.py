# SPDX-License-Identifier: Apache-2.0
"""Warnings about files that load."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmproviders import (
    check,
    load,
)


@pytest.mark.parametrize(
    ("entries", "warned"),
    [
        ("[providers.servce]\ngeneric = 'g'", True),
        ("[providers.service]\ngeneric = 'g'", False),
        ("[providers.service2]\ngeneric = 'g'", False),
        ("[providers.servce]\nextends = 'service'", False),
        ("[providers.servce]\ngeneric = 'g'\n[providers.b]\nextends = 'servce'", False),
        ("[providers.other]\ngeneric = 'g'", False),
    ],
)
def test_an_entry_that_replaces_nothing(entries: str, warned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelled name in the file of an environment leaves the included entry as it is."""
    monkeypatch.chdir(tmp_path)
    Path("shared.toml").write_text("[providers.service]\ngeneric = 'g'\n")
    Path("prod.toml").write_text(f"include = ['shared.toml']\n{entries}\n")
    expected = "prod.toml:2:1: providers.servce: expected the name of an entry to replace, got a new one; did you mean service?"
    found = check("prod.toml")
    assert ([expected] if warned else []) == [str(problem) for problem in found]
    assert all(problem.problem.severity == "warning" for problem in found)


def test_a_secret_that_is_written_out_is_a_warning(tmp_path: Path) -> None:
    """The file loads all the same, and what extends the entry is not warned of again."""
    path = tmp_path / "c.toml"
    path.write_text(
        "[providers.a]\nprovider = 'openai'\nendpoint = 'https://h'\napi_key = 'MARK'\n[providers.b]\nextends = 'a'\n"
    )
    assert ["warning"] == [each.problem.severity for each in check(path)]
    assert ["a", "b"] == list(load(path))


def test_secrets_are_found_in_entries_that_are_wrong(tmp_path: Path) -> None:
    """A mistake beside it hides no secret; URLs, headers and bodies are looked into where nothing is wrong."""
    path = tmp_path / "c.json"
    entries = {
        "wrong": {"preset": "deepseek", "api_key": "MARK", "temprature": 1},
        "no entry": 5,
        "other": {"provider": "no-such", "api_key": "MARK", "extra_options": {"a-token": "MARK"}},
        "none": {
            "provider": "openai-compat",
            "endpoint": "https://h",
            "api_key": "${secret_values.k}",
            "extra_header": {"X-A": "b"},
        },
        "all": {
            "provider": "openai-compat",
            "endpoint": "https://u:MARK@h",
            "extra_header": {"Authorization": "MARK"},
            "extra_body": {"token": "MARK"},
        },
        "map": {"provider": "triton", "endpoint": "https://h", "custom_headers": {"Cookie": "MARK"}},
    }
    path.write_text(json.dumps({"providers": entries}), encoding="utf-8")
    found = [each for each in check(path) if each.problem.severity == "warning"]
    assert [
        "providers.wrong.api_key",
        "providers.other.extra_options.a-token",
        "providers.all.endpoint",
        "providers.all.extra_header",
        "providers.all.extra_body",
        "providers.map.custom_headers",
    ] == [each.path for each in found]
    assert {
        "expected a reference, because this string is a secret, got ******; "
        "use a placeholder that the platform fills in, or add it in code"
    } == {str(each.problem) for each in found[2:]}
    assert "MARK" not in "".join(map(str, check(path)))
