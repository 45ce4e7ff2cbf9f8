# SPDX-License-Identifier: Apache-2.0
"""The PyFlink bridge without PyFlink: it can be imported, and its functions name the command that installs PyFlink."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from growth import MOST, growth

from llmproviders import InvalidOptionsError, OpenAICompatProvider, OpenAIProvider, ProviderError, Secret, TritonProvider, flink
from llmproviders.errors import UnknownRuntimeError
from llmproviders.flink.jvm import runtime_of_version
from llmproviders.optional import install_command

PROVIDER = OpenAIProvider("https://api.example.com/v1/chat/completions", "sk-test", model="m")
CALLS: dict[str, Callable[[], Any]] = {
    "running_runtime": flink.running_runtime,
    "model_descriptor": lambda: flink.model_descriptor(PROVIDER, input="a STRING", output="b STRING"),
    "model_descriptor for a runtime": lambda: flink.model_descriptor(
        PROVIDER, input="a STRING", output="b STRING", runtime="flink-2.3"
    ),
    "create_model": lambda: flink.create_model(None, "m", PROVIDER, input="a STRING", output="b STRING"),
    "ensure_jars": lambda: flink.ensure_jars(None, PROVIDER),
    "plan": lambda: flink.plan(None, {"m": PROVIDER}, input="a STRING", output="b STRING"),
}


def test_importing() -> None:
    """The import of the bridge does not import PyFlink."""
    script = "import sys, llmproviders.flink; print(*(name for name in sys.modules if name.split('.')[0] in ('pyflink', 'py4j')))"
    done = subprocess.run([sys.executable, "-I", "-W", "error", "-c", script], capture_output=True, check=True, text=True)
    assert "" == done.stdout.strip()


@pytest.mark.parametrize("name", CALLS)
def test_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a call has the command that installs PyFlink."""
    monkeypatch.setitem(sys.modules, "pyflink", None)
    with pytest.raises(ProviderError) as caught:
        CALLS[name]()
    assert f"this needs the package pyflink; install it with: {install_command('flink')}" == str(caught.value)
    assert None is caught.value.__cause__


def test_the_adapter_needs_another_pyflink(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra `flink` installs a PyFlink without the DataFrame API, so the error does not recommend it."""
    monkeypatch.setitem(sys.modules, "pyflink", None)
    with pytest.raises(ProviderError) as caught:
        flink.as_model_provider(PROVIDER)
    advice = "its DataFrame API comes with ververica-flink 11.7 or newer, and Apache Flink 2.4"
    assert f"this needs the package pyflink; {advice}" == str(caught.value)


def test_cost_of_wrong_columns() -> None:
    """The cost of a plan with columns for names that are not in the catalog is linear; these are found without PyFlink."""

    def make(size: int) -> tuple[dict[str, Any], dict[str, Any]]:
        catalog = {f"model-{number}": PROVIDER for number in range(size)}
        return catalog, {f"modle-{number}": ("a STRING", "b STRING") for number in range(size)}

    def run(given: tuple[dict[str, Any], dict[str, Any]]) -> None:
        with pytest.raises(InvalidOptionsError, match="; did you mean model-1\\?"):
            flink.plan(None, given[0], columns=given[1])

    assert growth(make, run, 300) <= MOST


def test_clear_errors() -> None:
    """Errors that are not PyFlink's pass."""
    with flink.clear_errors(PROVIDER):
        pass
    with pytest.raises(ZeroDivisionError), flink.clear_errors(PROVIDER):
        _ = 1 / 0
    with pytest.raises(FileNotFoundError), flink.clear_errors():
        open("/no/such/file")  # noqa: PTH123, SIM115


def test_clear_errors_hide_secrets_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of Flink shows no secret of a header or a body, also one that a reference was resolved to."""
    monkeypatch.setenv("LLMPROVIDERS_INSIDE", "s3cr3t 'one'")
    reference = Secret.from_env("LLMPROVIDERS_INSIDE")
    error = type("Py4JJavaError", (Exception,), {"__module__": "py4j.protocol"})
    for provider in (
        TritonProvider("h", custom_headers={"X-A": reference, "X-B": Secret("plain words")}),
        OpenAICompatProvider(extra_header={"X-A": ["b", reference]}, extra_body={"b": Secret("plain words")}),
    ):
        with pytest.raises(flink.FlinkError) as caught, flink.clear_errors(provider):
            raise error("the service refused s3cr3t 'one' and plain words")
        assert "Flink: the service refused ****** and ******" == str(caught.value)


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("2.1.0", "flink-2.1"),
        ("2.3.1", "flink-2.3"),
        ("2.4-SNAPSHOT", "flink-2.4"),
        ("1.20-vvr-11.9.0-jdk11", "vvr-11.9"),
        ("1.20+vvr.11.8.0", "vvr-11.8"),
        ("1.20-vvr-11.7-SNAPSHOT", "vvr-11.7"),
    ],
)
def test_versions(version: str, name: str) -> None:
    """The version strings of Flink and VVR, on the JVM and in Python."""
    assert name == runtime_of_version(version).name


@pytest.mark.parametrize("version", ["1.20.3", "2.0.1", "2.30.0", "1.20-vvr-11.6.0", "3", "<unknown>"])
def test_unknown_versions(version: str) -> None:
    """The error names the version and those that are known."""
    with pytest.raises(UnknownRuntimeError) as caught:
        runtime_of_version(version)
    known = "flink-2.1, flink-2.2, flink-2.3, flink-2.4, vvr-11.7, vvr-11.8, vvr-11.9"
    assert f"expected a supported version of Flink ({known}), got {version}" == str(caught.value)


def test_public_names() -> None:
    """The public names are listed and documented."""
    public = {name for name, value in vars(flink).items() if not name.startswith("_") and callable(value)}
    assert public == set(flink.__all__)
    for name in public:
        assert inspect.getdoc(getattr(flink, name))


def test_error_has_the_public_name() -> None:
    """Tracebacks and pickles name the error where users import it."""
    assert "llmproviders.flink" == flink.FlinkError.__module__
    assert "no JVM" == str(pickle.loads(pickle.dumps(flink.FlinkError("no JVM"))))
