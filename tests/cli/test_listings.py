# SPDX-License-Identifier: Apache-2.0
"""The commands `schema`, `providers`, `presets` and `runtimes`."""

from __future__ import annotations

import importlib.metadata
import json
import re

import attrs
import pytest
from command_line import run, run_json

import llmproviders
from llmproviders import Provider, option, register_provider_class
from llmproviders.providers.classes import Classes


def test_runtimes() -> None:
    """`runtimes` lists all runtimes, the providers of one runtime, or one of its providers."""
    lines = [line.split() for line in run("runtimes").splitlines()]
    assert ["flink-2.4", "openai,", "triton", "not", "released", "Apache", "Flink", "2.4"] in lines
    assert ["vvr-11.7", "openai-compat", "Realtime", "Compute", "for", "Apache", "Flink,", "VVR", "11.7"] in lines
    shown = run("runtimes", "flink-2.3")
    assert "openai on flink-2.3 (org.apache.flink:flink-model-openai:2.3.0)" in shown
    assert "triton on flink-2.3 (org.apache.flink:flink-model-triton:2.3.0)" in shown
    assert 'it does not work: it refuses every column at planning ("input column x should be null")' in shown
    lines = [line.split() for line in run("runtimes", "flink-2.3", "openai").splitlines()]
    assert ["api-key", "String", "required"] in lines
    assert ["retry-num", "Integer", "100"] in lines
    assert ["error-handling-strategy", "Enum", "RETRY", "RETRY,", "FAILOVER,", "IGNORE"] in lines
    assert not any("triton" in line for line in lines)
    message = "flink-2.3 has no provider 'opnai'; it has: openai, triton; did you mean openai?\n"
    assert message == run("runtimes", "flink-2.3", "opnai", code=2)
    assert "no runtime 'x'; known: " in run("runtimes", "x", code=2)


def test_runtimes_json() -> None:
    """With --json, runtimes are records with all data."""
    (record,) = run_json("runtimes", "flink-2.3", "openai")
    assert ("flink-2.3", "Apache Flink 2.3", True, True) == tuple(
        record[key] for key in ("runtime", "title", "released", "exhaustive")
    )
    (openai,) = record["providers"].values()
    assert "org.apache.flink:flink-model-openai:2.3.0" == openai["artifact"]
    (option,) = (each for each in openai["options"] if each["key"] == "top-p")
    expected = {"type": "Double", "required": False, "default": None, "choices": [], "deprecated_keys": ["topP"]}
    assert {"key": "top-p", **expected} == option
    columns = {"error-string": "STRING", "http-status-code": "INT", "http-headers-map": "MAP<STRING, ARRAY<STRING>>"}
    assert columns == openai["metadata"]
    assert [each.name for each in map(llmproviders.runtime, llmproviders.list_runtimes())] == [
        each["runtime"] for each in run_json("runtimes")
    ]


def test_schema() -> None:
    """`schema` prints the JSON Schema of the library."""
    from llmproviders.catalogs.schema import catalog_schema

    assert json.loads(run("schema")) == json.loads(json.dumps(catalog_schema()))


def test_providers_lists_the_classes() -> None:
    """`providers` lists every class with its identifier."""
    shown = run("providers")
    assert all(f" {identifier} " in shown for identifier in llmproviders.provider_classes())
    assert [each["identifier"] for each in run_json("providers")] == list(llmproviders.provider_classes())


def test_providers_shows_the_options_of_a_class() -> None:
    """Every option is shown with its key, type, default, rule and meaning."""
    shown = run("providers", "triton")
    infos = llmproviders.options(llmproviders.TritonProvider)
    assert all(re.search(rf"^ {info.name} +{info.key} +{info.java} ", shown, re.MULTILINE) for info in infos)
    assert all(info.meaning in shown for info in infos)
    (record,) = run_json("providers", "triton")
    by_name = {each["name"]: each for each in record["options"]}
    assert list(by_name) == [info.name for info in infos]
    assert by_name["priority"]["rule"] == "from 0 to 255"
    assert by_name["compression"]["allowed"] == ["gzip"]
    assert by_name["auth_token"]["secret"]
    assert by_name["endpoint"]["required"]
    assert by_name["timeout"]["default"] == "30s"


def test_providers_of_an_unknown_identifier() -> None:
    """An unknown identifier is a usage error with a suggestion."""
    assert "did you mean triton?" in run("providers", "tritn", code=2)
    assert 'generic = "zzz"' in run("providers", "zzz", code=2)


def test_presets() -> None:
    """`presets` lists every service and region with its URL."""
    shown = run("presets")
    records = run_json("presets")
    assert {each["name"] for each in records} == {*llmproviders.presets.SERVICES, "dashscope"}
    assert all(each["url"] in shown for each in records)
    assert {"https://dashscope-us.aliyuncs.com/compatible-mode/v1"} < {each["url"] for each in records}


def test_classes_that_cannot_be_used(
    own_classes: Classes,  # the class is registered for this test only
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`providers` lists a class that is declared wrongly, or cannot be loaded, with the reason; its identifier is an error."""

    @register_provider_class
    @attrs.frozen(kw_only=True)
    class Forgetful(Provider):
        identifier = "forgetful"
        region: str = attrs.field(default="eu")

    broken = importlib.metadata.EntryPoint("acme", "no_such_module:X", "llmproviders.providers")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [broken] if group == broken.group else [])
    reasons = {
        "forgetful": "Forgetful.region would not reach Flink: give it metadata=option(...), or a private name",
        "acme": "entry point acme: expected a Provider class with the identifier 'acme', got no_such_module:X, "
        "which raises ModuleNotFoundError: No module named 'no_such_module'",
    }
    records = {each["identifier"]: each for each in run_json("providers")}
    assert reasons == {name: each["problem"] for name, each in records.items() if each["problem"]}
    assert {"identifier": "acme", "class": "", "options": [], "problem": reasons["acme"]} == records["acme"]
    shown = run("providers")
    for identifier, reason in reasons.items():
        assert re.search(rf"^ {identifier} .* cannot be used: {re.escape(reason)}$", shown, re.MULTILINE)
        assert f"{reason}\n" == run("providers", identifier, code=2)

    @register_provider_class
    @attrs.frozen(kw_only=True)
    class Acme(Provider):
        identifier = "acme"
        size: int = attrs.field(default=1, metadata=option("size"))

    # A class that the program registers is used in place of the one that cannot be loaded.
    assert "acme (Acme)" in run("providers", "acme")
