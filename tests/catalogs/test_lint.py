# SPDX-License-Identifier: Apache-2.0
"""Warnings of `check` about files that can be loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmproviders import check, load


@pytest.mark.parametrize(
    ("entries", "warned"),
    [
        ("[providers.servce]\ngeneric = 'g'", True),
        ("[providers.service]\ngeneric = 'g'", False),
        ("[providers.service2]\ngeneric = 'g'", False),
        ("[providers.servce]\nextends = 'service'", False),
        ("[providers.servce]\ngeneric = 'g'\n[providers.b]\nextends = 'servce'", False),
        ("[providers.server]\ngeneric = 'g'", False),
        ("[providers.other]\ngeneric = 'g'", False),
    ],
)
def test_names_similar_to_those_of_included_entries(
    entries: str, warned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unused new entry whose name is similar to that of an included entry is a warning: it probably should replace it."""
    monkeypatch.chdir(tmp_path)
    Path("shared.toml").write_text("[providers.service]\ngeneric = 'g'\n")
    Path("prod.toml").write_text(f"include = ['shared.toml']\n{entries}\n")
    expected = "prod.toml:2:1: providers.servce: expected the name of an entry to replace, got a new one; did you mean service?"
    found = check("prod.toml")
    assert ([expected] if warned else []) == [str(problem) for problem in found]
    assert all(problem.problem.severity == "warning" for problem in found)


def test_a_literal_secret_is_a_warning(tmp_path: Path) -> None:
    """A literal secret is one warning, also if another entry inherits it, and the file can be loaded."""
    path = tmp_path / "c.toml"
    path.write_text(
        "[providers.a]\nprovider = 'openai'\nendpoint = 'https://h/chat/completions'\napi_key = 'MARK'\n[providers.b]\nextends = 'a'\n"
    )
    assert ["warning"] == [each.problem.severity for each in check(path)]
    assert ["a", "b"] == list(load(path))


def test_secrets_are_found_in_entries_with_problems(tmp_path: Path) -> None:
    """Literal secrets are found in entries with other problems, and in URLs, headers and bodies of valid entries."""
    path = tmp_path / "c.json"
    entries = {
        "wrong": {
            "preset": "deepseek",
            "api_key": "MARK",
            "temprature": 1,
            "response_format": "x",
            "extra_header": {"X-Bad": 1, "X-A": "b", "Authorization": ["ok", "Bearer MARK"], "Cookie": {"env": "gsk_MARK5678"}},
            "extra_body": {
                "a": [{"token": "MARK", "key": {"env": "FINE"}}],
                "hook": "https://u:MARK@h",
                "bad": "https://******@h",
            },
            "extra_options": {
                "v": {"a": {"password": "MARK"}, "b": 1},
                "w": [{"token": "MARK"}],
                "headers": {"X-A": "MARK", "X-B": {"env": "B"}},
                "n": 5,
            },
        },
        "no entry": 5,
        "other": {"provider": "no-such", "api_key": "MARK", "extra_options": {"a-token": "MARK"}},
        "none": {
            "provider": "openai-compat",
            "endpoint": "https://h/chat/completions",
            "api_key": "${secret_values.k}",
            "extra_header": {"X-A": "b"},
        },
        "all": {
            "provider": "openai-compat",
            "endpoint": "https://u:MARK@h/chat/completions",
            "extra_header": {"Authorization": "MARK"},
            "extra_body": {"token": "MARK"},
        },
        "map": {
            "provider": "triton",
            "endpoint": "https://h",
            "custom_headers": {"Cookie": "MARK", "X": {"secret": "MARK"}, "E": {"secret": ""}},
        },
        "strings": {"provider": "openai-compat", "extra_header": '{"Cookie": "MARK"}', "extra_body": '{"token": "MARK"}'},
    }
    path.write_text(json.dumps({"providers": entries}), encoding="utf-8")
    found = [each for each in check(path) if each.problem.severity == "warning"]
    assert [
        "providers.wrong.api_key",
        "providers.wrong.extra_header.Authorization.0",
        "providers.wrong.extra_header.Authorization.1",
        "providers.wrong.extra_header.Cookie",
        "providers.wrong.extra_body.a.0.token",
        "providers.wrong.extra_body.hook",
        "providers.wrong.extra_options.v.a.password",
        "providers.wrong.extra_options.w.0.token",
        "providers.wrong.extra_options.headers.X-A",
        "providers.other.api_key",
        "providers.other.extra_options.a-token",
        "providers.all.endpoint",
        "providers.all.extra_header.Authorization",
        "providers.all.extra_body.token",
        "providers.map.custom_headers.Cookie",
        "providers.map.custom_headers.X",
        "providers.map.custom_headers.E",
        "providers.strings.extra_header",
        "providers.strings.extra_body",
    ] == [each.path for each in found]
    hints = {each.path.removeprefix("providers."): each.problem.hint for each in found}
    assert {"use a placeholder that the platform fills in, or add it in code"} == {
        hints[path] for path in ("all.endpoint", "wrong.extra_body.hook")
    }
    paths = ("all.extra_header.Authorization", "wrong.extra_body.a.0.token", "map.custom_headers.X")
    reference = '{"env": "NAME"} or {"file": "path"}'
    assert [f'write "{path.rpartition(".")[2]}": {reference}' for path in paths] == [hints[path] for path in paths]
    assert {f"write a mapping, with {reference} in place of the secret"} == {
        hints[path] for path in ("strings.extra_header", "strings.extra_body")
    }
    assert "MARK" not in "".join(map(str, check(path)))
