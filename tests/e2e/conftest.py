# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests: PyFlink's JVM, the provider jars of its version, a server."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

# The helpers of these tests.
sys.path.insert(0, str(Path(__file__).parent))

from openai_server import OpenAIServer

# PyFlink and its dependencies use deprecated functions, when they are imported and later.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from py4j import java_gateway
    from pyflink.table import EnvironmentSettings, TableEnvironment
    from pyflink.version import __version__ as pyflink_version

# Py4J may report a released Java object over a second connection, which gets another thread in the JVM. Flink's planner
# works only in the thread that created the TableEnvironment.
java_gateway._garbage_collect_object = lambda *_: None

JARS = "LLMPROVIDERS_JARS"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Only warnings of this library are errors here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore", "error:::llmproviders"))


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin") if home else None) is not None


@pytest.fixture(scope="session")
def flink_version() -> str:
    """Major and minor version of the running PyFlink, such as ``2.3``."""
    if not _java():
        pytest.exit("tests/e2e: expected Java 11 or newer (java on the PATH, or JAVA_HOME), found none", returncode=4)
    return ".".join(pyflink_version.split(".")[:2])


@pytest.fixture(scope="session")
def runtime_name(flink_version: str) -> str:
    """The runtime of the running PyFlink, such as ``flink-2.3``."""
    return f"flink-{flink_version}"


@pytest.fixture(scope="session")
def jars(flink_version: str) -> Mapping[str, Path]:
    """The provider jar of each identifier that was released for the Flink version."""
    folder = os.environ.get(JARS)
    if not folder:
        pytest.exit(f"tests/e2e: expected the folder of the provider jars in {JARS}; scripts/test-e2e sets it", returncode=4)
    found = {
        identifier: sorted(Path(folder).resolve().glob(f"flink-model-{identifier}-{flink_version}.*.jar"))
        for identifier in ("openai", "triton")
    }
    if not found["openai"]:
        pytest.exit(f"tests/e2e: no flink-model-openai-{flink_version}.*.jar in {folder}; run scripts/test-e2e", returncode=4)
    return {identifier: files[-1] for identifier, files in found.items() if files}


def _environment(settings: EnvironmentSettings, jars: Mapping[str, Path]) -> TableEnvironment:
    t_env = TableEnvironment.create(settings)
    t_env.get_config().set("pipeline.jars", ";".join(jar.as_uri() for jar in jars.values()))
    t_env.get_config().set("parallelism.default", "1")
    return t_env


@pytest.fixture(scope="session")
def t_env(jars: Mapping[str, Path]) -> TableEnvironment:
    """A batch TableEnvironment that has the jars."""
    return _environment(EnvironmentSettings.in_batch_mode(), jars)


@pytest.fixture(scope="session")
def streaming_env(jars: Mapping[str, Path]) -> TableEnvironment:
    """A streaming TableEnvironment that has the jars."""
    return _environment(EnvironmentSettings.in_streaming_mode(), jars)


@pytest.fixture(scope="session")
def _server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def openai_server(_server: OpenAIServer) -> OpenAIServer:
    """A service with the OpenAI API on loopback, reset for each test."""
    _server.reset()
    return _server
