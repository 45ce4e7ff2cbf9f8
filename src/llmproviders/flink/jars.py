# SPDX-License-Identifier: Apache-2.0
"""The provider jars: found in a folder or fetched with Maven, and added to a ``TableEnvironment``."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..boundary import unframed
from ..credentials import one_line
from ..errors import UnknownProviderError
from ..providers.base import Provider
from ..registry import get_provider
from ..runtimes.runtime import Runtime
from .arguments import resolve_provider
from .errors import LONGEST_LINE, FlinkError, clear_errors
from .jvm import import_pyflink, java_configuration, running_jvm, running_runtime

if TYPE_CHECKING:
    from pyflink.table import TableEnvironment  # type: ignore[import-not-found]

__all__ = ["JARS", "ensure_jars", "find_jar"]

JARS: Final = "LLMPROVIDERS_JARS"
"""The environment variable with the folder of provider jars; fetched jars are stored in that folder too."""


@unframed
def ensure_jars(t_env: TableEnvironment, *providers: Provider | str) -> tuple[Path, ...]:
    """Add the jars of providers to *t_env*, in the version of the running Flink, and return their paths.

    A jar that is already in *t_env* or in Flink's lib folder is not added. Jars are read from the folder in the environment
    variable ``LLMPROVIDERS_JARS``, by default ``~/.cache/llmproviders/jars``. A missing jar is fetched with Maven, if Maven is
    installed.

    Args:
        t_env: the environment; its option ``pipeline.jars`` is extended.
        providers: providers, names of registered providers, or identifiers such as ``"openai"``; without them, the default
            provider.

    Raises:
        FlinkError: if a jar is not available; the message has the name of the file and of the folder for it.
        UnknownProviderError: if there is no such provider.
    """
    runtime = running_runtime()
    config = t_env.get_config()
    added = []
    for name in dict.fromkeys(_identifier(each, runtime) for each in providers or (None,)):
        urls = _pipeline_jars(t_env)
        if _has_factory(urls, name):
            continue
        jar = find_jar(name, runtime)
        urls = [*urls, jar.as_uri()]
        if not _has_factory(urls, name):
            msg = f"{jar} does not contain the provider {name}; delete the file, and it is fetched again"
            raise FlinkError(msg)
        config.set("pipeline.jars", ";".join(urls))
        added.append(jar)
    return tuple(added)


def _pipeline_jars(t_env: TableEnvironment) -> list[str]:
    # Java parses the option, because code and configuration files write lists in different ways.
    option = running_jvm().org.apache.flink.configuration.PipelineOptions.JARS
    return list(java_configuration(t_env).get(option) or ())


def _identifier(given: Provider | str | None, runtime: Runtime) -> str:
    """The identifier of the factory that a provider needs."""
    if isinstance(given, str) and given in runtime.factories:
        try:
            return get_provider(given).for_runtime(runtime).provider_name()
        except UnknownProviderError:
            return given
    return resolve_provider(given).for_runtime(runtime).provider_name()


def _has_factory(urls: list[str], identifier: str) -> bool:
    """Whether Flink's own classes, or the jars at *urls*, have the factory of an identifier."""
    gateway = import_pyflink("java_gateway").get_gateway()
    java = gateway.jvm.java
    array = gateway.new_array(java.net.URL, len(urls))
    for position, url in enumerate(urls):
        array[position] = java.net.URL(url)
    loader = java.net.URLClassLoader(array, java.lang.ClassLoader.getSystemClassLoader())
    wanted = java.lang.Class.forName("org.apache.flink.table.factories.ModelProviderFactory")
    try:
        with clear_errors():
            gateway.jvm.org.apache.flink.table.factories.FactoryUtil.discoverFactory(loader, wanted, identifier)
    except FlinkError:
        return False
    else:
        return True
    finally:
        loader.close()


def find_jar(identifier: str, runtime: Runtime) -> Path:
    """The path of the jar of a provider. A missing jar is fetched.

    Raises:
        FlinkError: if there is no released jar, or it cannot be fetched.
    """
    factory = runtime.factories.get(identifier)
    artifact = factory.artifact if factory else ""
    if artifact.count(":") != 2:  # noqa: PLR2004
        reason = "it is part of the platform" if factory else "it is user-defined: add its jar to pipeline.jars yourself"
        msg = f"no jar of the provider {identifier} is released for {runtime}; {reason}"
        raise FlinkError(msg)
    _, name, version = artifact.split(":")
    cache_folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get(JARS) or Path(cache_folder) / "llmproviders" / "jars").expanduser().resolve()
    jar = folder / f"{name}-{version}.jar"
    if jar.is_file():
        return jar
    otherwise = f"put the file {jar.name} ({artifact} on Maven Central) into {folder}"
    maven = shutil.which("mvn")
    if maven is None:
        msg = f"no jar of the provider {identifier} for {runtime}, and no Maven (mvn) to fetch it; {otherwise}"
        raise FlinkError(msg)
    _fetch(artifact, jar, maven, otherwise)
    return jar


def _fetch(artifact: str, jar: Path, maven: str, otherwise: str) -> None:
    """Store an artifact of Maven Central as *jar*."""
    jar.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=jar.parent) as folder:
        # The parent POM of these artifacts is not published, and newer versions of the plugin need it.
        goal = "org.apache.maven.plugins:maven-dependency-plugin:2.10:copy"
        command = [maven, "-q", "-B", goal, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
        done = subprocess.run(command, capture_output=True, check=False, text=True, cwd=folder)  # noqa: S603
        fetched = Path(folder) / jar.name
        if not fetched.is_file():
            lines = sorted((done.stdout + done.stderr).splitlines(), key=lambda line: not line.startswith("[ERROR]"))
            printed = next(filter(None, (line.removeprefix("[ERROR]").strip() for line in lines)), "no output")
            msg = f"Maven cannot fetch {artifact}: {one_line(printed, longest=LONGEST_LINE)}; {otherwise}"
            raise FlinkError(msg)
        # This is atomic, because several processes may fetch the same jar.
        fetched.replace(jar)
