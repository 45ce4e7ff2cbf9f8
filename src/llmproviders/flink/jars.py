# SPDX-License-Identifier: Apache-2.0
"""The provider jars: found in a folder or fetched with Maven, and added to a ``TableEnvironment``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

import attrs

from ..boundary import without_frames
from ..credentials import one_line
from ..errors import UnknownProviderError
from ..providers.base import Provider
from ..registry import get_provider
from ..runtimes.runtime import Runtime
from .arguments import resolve_provider
from .errors import FlinkError, clear_errors
from .jvm import import_pyflink, java_configuration, running_jvm, running_runtime
from .launch import LONGEST_LINE, java_reason

if TYPE_CHECKING:
    from pyflink.table import TableEnvironment  # type: ignore[import-not-found]

__all__ = ["JARS", "ensure_jars", "find_jar"]

JARS: Final = "LLMPROVIDERS_JARS"
"""The environment variable with the folder of provider jars; fetched jars are stored in that folder too."""
_TERMINAL_CODE: Final = r"\x1b\[[\d;]*m"
_UNHELPFUL: Final = r"$|To see the full stack trace|Re-run Maven|For more information|\[Help \d"
"""The beginning of an error line of Maven that gives no reason."""


@without_frames
def ensure_jars(t_env: TableEnvironment, *providers: Provider | str) -> tuple[Path, ...]:
    """Add the jars of providers to *t_env*, in the version of the running Flink, and return their paths.

    A jar that is already in *t_env* or in Flink's lib folder is not added; one of Apache must have the version of Flink. Jars are
    read from the folder in the environment variable ``LLMPROVIDERS_JARS``, by default ``~/.cache/llmproviders/jars``. A missing
    jar is fetched with Maven, if Maven is installed.

    Args:
        t_env: the environment; its option ``pipeline.jars`` is extended.
        providers: providers, names of registered providers, or identifiers such as ``"openai"``; without them, the default
            provider.

    Raises:
        FlinkError: if a jar is not available, with the name of the file and of the folder for it; or if Apache's jar has another
            version than the running Flink.
        UnknownProviderError: if there is no such provider.
    """
    runtime = running_runtime()
    config = t_env.get_config()
    added = []
    for name in dict.fromkeys(_identifier(each, runtime) for each in providers or (None,)):
        urls = _pipeline_jars(t_env)
        if found := _find_factory(urls, name):
            where = "pipeline.jars" if found.jar in map(_path, urls) else "the classpath of Flink"
            _check_version(found, name, runtime, f"remove it from {where}, and ensure_jars adds the right one")
            continue
        jar = find_jar(name, runtime)
        urls = [*urls, jar.as_uri()]
        advice = "delete the file, and it is fetched again"
        found = _find_factory(urls, name)
        if found is None:
            msg = f"{jar} does not contain the provider {name}; {advice}"
            raise FlinkError(msg)
        _check_version(found, name, runtime, advice)
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


@attrs.frozen
class _Factory:
    """The jar of a factory, with the title and the version in its manifest."""

    jar: str
    title: str
    version: str


def _find_factory(urls: list[str], identifier: str) -> _Factory | None:
    """The factory of an identifier in Flink's own classes or the jars at *urls*; None if there is none.

    Raises:
        FlinkError: if Flink raises an error, for example because two jars have a factory of that identifier.
    """
    gateway = import_pyflink("java_gateway").get_gateway()
    java = gateway.jvm.java
    array = gateway.new_array(java.net.URL, len(urls))
    with clear_errors():
        for position, url in enumerate(urls):
            array[position] = java.net.URL(url)
    loader = java.net.URLClassLoader(array, java.lang.ClassLoader.getSystemClassLoader())
    wanted = java.lang.Class.forName("org.apache.flink.table.factories.ModelProviderFactory")
    discover = gateway.jvm.org.apache.flink.table.factories.FactoryUtil.discoverFactory
    try:
        with clear_errors():
            # The manifest must be read before the loader is closed.
            found = discover(loader, wanted, identifier).getClass()
            title, version = found.getPackage().getImplementationTitle(), found.getPackage().getImplementationVersion()
            jar = _path(found.getProtectionDomain().getCodeSource().getLocation().toString())
    except FlinkError as error:
        if re.match("Flink has no provider|Flink: Could not find any factories", str(error)):
            return None
        raise
    else:
        return _Factory(jar, title or "", version or "")
    finally:
        loader.close()


def _path(url: str) -> str:
    return url2pathname(urlsplit(url).path)


def _check_version(found: _Factory, identifier: str, runtime: Runtime, advice: str) -> None:
    """Raise an error if a jar of Apache has another version than the runtime. The versions of other jars cannot be compared."""
    factory = runtime.factories.get(identifier)
    expected = factory.artifact.rpartition(":")[2] if factory and _is_released(factory.artifact) else ""
    if not expected or not found.title.startswith("Flink : Models") or _minor(found.version) == _minor(expected):
        return
    msg = f"{found.jar}: expected version {expected} of the provider {identifier} for {runtime}, got {found.version}; {advice}"
    raise FlinkError(msg)


def _is_released(artifact: str) -> bool:
    """Whether an artifact is one of Maven Central, written as ``group:name:version``."""
    return artifact.count(":") == 2  # noqa: PLR2004


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def find_jar(identifier: str, runtime: Runtime) -> Path:
    """The path of the jar of a provider. A missing jar is fetched.

    Raises:
        FlinkError: if there is no released jar, or it cannot be fetched.
    """
    factory = runtime.factories.get(identifier)
    artifact = factory.artifact if factory else ""
    if not _is_released(artifact):
        reason = "it is part of the platform" if factory else "it is user-defined: add its jar to pipeline.jars yourself"
        msg = f"no jar of the provider {identifier} is released for {runtime}; {reason}"
        raise FlinkError(msg)
    _, name, version = artifact.split(":")
    folder = os.environ.get(JARS) or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "llmproviders" / "jars"
    try:
        jar = Path(folder).expanduser().resolve() / f"{name}-{version}.jar"
        if jar.is_file():
            return jar
        jar.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        # pathlib raises a RuntimeError for an unknown home directory or a loop of links.
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"expected a folder of provider jars that can be used, got {folder} ({reason}); set {JARS} to another"
        raise FlinkError(msg) from None
    otherwise = f"put the file {jar.name} ({artifact} on Maven Central) into {jar.parent}"
    maven = shutil.which("mvn")
    if maven is None:
        msg = f"no jar of the provider {identifier} for {runtime}, and no Maven (mvn) to fetch it; {otherwise}"
        raise FlinkError(msg)
    _fetch(artifact, jar, maven, otherwise)
    return jar


def _fetch(artifact: str, jar: Path, maven: str, otherwise: str) -> None:
    """Store an artifact of Maven Central as *jar*."""
    # The parent POM of these artifacts is not published, and newer versions of the plugin need it.
    goal = "org.apache.maven.plugins:maven-dependency-plugin:2.10:copy"
    try:
        with tempfile.TemporaryDirectory(dir=jar.parent) as folder:
            command = [maven, "-q", "-B", goal, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, check=False, encoding="utf-8", errors="replace", cwd=folder
            )
            fetched = Path(folder) / jar.name
            if fetched.is_file():
                # This is atomic, because several processes may fetch the same jar.
                fetched.replace(jar)
                return
        reason = _maven_reason(done.stdout + done.stderr) or "no output"
    except OSError as error:
        reason = f"{error.strerror} ({error.filename})"
    msg = f"Maven cannot fetch {artifact}: {one_line(reason, longest=LONGEST_LINE)}; {otherwise}"
    raise FlinkError(msg)


def _maven_reason(printed: str) -> str:
    """The line of Maven's output with the reason of its failure; empty if there is none."""
    # Maven writes colour codes even if its output is not a terminal.
    lines = re.sub(_TERMINAL_CODE, "", printed).splitlines()
    errors = [line.removeprefix("[ERROR]").strip() for line in lines if line.startswith("[ERROR]")]
    reason = next((line for line in errors if not re.match(_UNHELPFUL, line)), "")
    if not reason:
        # Maven did not start.
        reason = java_reason("\n".join(line for line in lines if not line.startswith("[ERROR]")))
    # The line lists the chain of plugins and files first, and the cause last.
    cause = re.search(r"(?:Could not (?:find|transfer) artifact|Cannot access) .*", reason)
    return re.sub(r" -> \[Help \d+\]$", "", cause[0] if cause else reason).rstrip(",")
