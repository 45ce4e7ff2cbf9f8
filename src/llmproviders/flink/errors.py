# SPDX-License-Identifier: Apache-2.0
"""Errors of Flink and its JVM: one line with the root cause, without secrets."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ..credentials import MASK, one_line
from ..errors import ProviderError
from ..messages import with_hint
from ..providers.base import Provider
from ..providers.provider_secrets import secrets_in
from ..runtimes.runtime import NAMES, runtime
from ..similar_names import did_you_mean
from .launch import LONGEST_LINE, start_problem

__all__ = ["FlinkError", "clear_errors"]

_CAUSE: Final = r"(?:\A|\n)(?:: |Caused by: )?((?:[a-z]\w*\.)+[\w.$]+): (.*?)(?=\n\s*(?:at |\.\.\. |Caused by: )|\Z)"
_NO_FACTORY: Final = (
    r"Could not find any factory for identifier '([^']*)'.*?Available factory identifiers are:\s*(.*?)(?=\n\s*at |\Z)"
)
_NO_CLASS: Final = "Could not found the Java class"
"""The beginning of PyFlink's TypeError for a class that the JVM does not have."""
_LINKAGE: Final = (
    rf"does not exist in the JVM|{_NO_CLASS}|Method [^\n]* does not exist|NoSuch(?:Method|Field)Error|NoClassDefFoundError"
)
_HINTS: Final = (
    ("ConnectException|UnknownHostException|NoRouteToHostException", "is the service up, and reachable from Flink?"),
    ("UnauthorizedException", "is the API key correct?"),
    ("metadataHandlerProvider", "Flink plans only in the thread that created the TableEnvironment"),
    ("Could not find any factories that implement .*ModelProviderFactory", "ensure_jars(t_env) adds the provider's jar"),
    (r"ClassNotFoundException: org\.apache\.flink\.model\.", "ensure_jars(t_env) adds the provider's jar to the job"),
    (
        "Unsupported options found for '",
        "is it misspelled, or does the provider's jar have another version than Flink? ensure_jars(t_env) compares the versions",
    ),
    ("MalformedURLException", "a jar in pipeline.jars is a URL, such as file:///folder/name.jar"),
    (
        "Answer from Java side is empty|connect to the Java server",
        "has the JVM of PyFlink ended, or is PYFLINK_GATEWAY_PORT wrong?",
    ),
    (
        "Async function call has timed out",
        (
            "is the service up? a lower retry_num (Flink 2.2 and newer) shows the service's error, "
            "config={'timeout': ...} waits longer"
        ),
    ),
)
"""Hints by a pattern of the whole error, which includes Java's stack trace."""


class FlinkError(ProviderError):
    """An error of Flink, Maven or the JVM, in one line."""

    # Tracebacks and pickles name the public module.
    __module__ = "llmproviders.flink"


@contextmanager
def clear_errors(*providers: Provider) -> Iterator[None]:
    """Return a context manager that turns errors of Flink or its JVM into a `FlinkError`: one line with the root cause.

    It is for errors of running jobs, and of the start of PyFlink::

        with clear_errors(provider):
            rows = list(table.execute().collect())

    Args:
        providers: the providers whose secrets are masked, if the message of Flink or the service contains them.

    Raises:
        FlinkError: for an error of PyFlink; other errors pass unchanged.
    """
    try:
        yield
    # PyFlink ends the process if it finds no Flink.
    except (Exception, SystemExit) as error:
        problem = _flink_error(error, [secret for each in providers for secret in _secrets(each)])
        if problem is None:
            raise
    else:
        return
    try:
        raise problem from None
    finally:
        # Python sets the original error as the context, which has frames with secrets.
        problem.__context__ = None


def _secrets(provider: Provider) -> list[str]:
    """The secret strings of a provider, longest first."""
    # Secrets that cannot be resolved were not passed to Flink.
    try:
        options = provider.to_options()
    except ProviderError:
        return []
    found: set[str] = set()
    for key, redacted in provider.to_options(redact=True).items():
        pattern = "(.*)".join(map(re.escape, redacted.split(MASK)))
        parts = re.fullmatch(pattern, options[key], re.DOTALL)
        found.update(parts.groups() if parts else [options[key]])
    # A message may contain a single header, or a part of a body.
    found.update(part.reveal() for _, part in secrets_in(provider))
    # Shorter strings are not secrets, and occur in every message.
    return sorted((secret for secret in found if len(secret) > 3), key=len, reverse=True)  # noqa: PLR2004


def _flink_error(error: BaseException, secrets: list[str]) -> FlinkError | None:
    """An error of PyFlink or its JVM as one line; None for other errors."""
    if problem := start_problem(error, secrets):
        return FlinkError(problem)
    message = str(error)
    if not type(error).__module__.startswith(("py4j.", "pyflink.")) and not message.startswith(_NO_CLASS):
        return None
    if found := re.search(_NO_FACTORY, message, re.DOTALL):
        available = found[2].split()
        hint = _factory_hint(found[1], available)
        return FlinkError(f"Flink has no provider {found[1]} (it has: {', '.join(available) or 'none'}); {hint}")
    causes = re.findall(_CAUSE, message, re.DOTALL)
    hint = _version_hint() if re.search(_LINKAGE, message) else ""
    hint = hint or next((hint for pattern, hint in _HINTS if re.search(pattern, message)), "")
    if not causes:
        return FlinkError(with_hint(f"Flink: {one_line(message, secrets, longest=LONGEST_LINE)}", hint))
    kind, root = _root_cause(causes)
    line = f"Flink: {one_line(root, secrets, longest=LONGEST_LINE)} ({kind.rpartition('.')[2]})"
    return FlinkError(with_hint(line, hint))


def _root_cause(causes: list[tuple[str, str]]) -> tuple[str, str]:
    """The class and the message of the last of the Java exceptions."""
    (_, above), (kind, root) = ([("", ""), *causes])[-2:]
    # Some messages begin with the class again.
    root = root.removeprefix(f"{kind}: ")
    # A message of the JDK, such as "Connection refused", is clear only after the message of the exception above it.
    if above and (kind.startswith(("java.lang.", "java.net.")) or kind.endswith("ParseException")) and root not in above:
        root = f"{above.strip().partition(chr(10))[0].rstrip('.')}: {root}"
    return kind, root


def _factory_hint(identifier: str, available: list[str]) -> str:
    """A hint about an identifier without a factory in Flink."""
    released = (runtime(name).factories.get(identifier) for name in NAMES)
    if any(factory is not None and ":" in factory.artifact for factory in released):
        return f"ensure_jars(t_env, {identifier!r}) adds its jar"
    return did_you_mean(identifier, available) or "add its jar to pipeline.jars"


def _version_hint() -> str:
    """A hint if PyFlink and the Flink of its JVM have different versions; empty if not, or if they are not known."""
    versions = []
    with suppress(Exception):
        versions.append(sys.modules["pyflink.version"].__version__)
        jvm = sys.modules["pyflink.java_gateway"].get_gateway().jvm
        versions.append(jvm.org.apache.flink.runtime.util.EnvironmentInformation.getVersion())
    minors = [".".join(each.split(".")[:2]) for each in versions]
    if len(set(minors)) < 2:  # noqa: PLR2004
        return ""
    where, advice = "", f"install apache-flink=={minors[1]}.*"
    home = os.environ.get("FLINK_HOME")
    # If the variable is not set, PyFlink sets it to its own folder.
    if home and Path(home) != Path(str(sys.modules["pyflink"].__file__)).parent:
        where, advice = f" in FLINK_HOME ({home})", f"unset FLINK_HOME, or {advice}"
    return f"PyFlink is {versions[0]}, but Flink{where} is {versions[1]}: {advice}"
