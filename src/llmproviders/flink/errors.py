# SPDX-License-Identifier: Apache-2.0
"""Errors of Flink and its JVM: one line with the root cause, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ..credentials import MASK, one_line
from ..errors import ProviderError
from ..messages import with_hint
from ..providers.base import Provider
from ..providers.held import secrets_in

__all__ = ["LONGEST_LINE", "FlinkError", "clear_errors"]

LONGEST_LINE: Final = 500
"""The greatest length of a message of Flink, Maven or the JVM in one line."""
_CAUSE: Final = r"(?:\A|\n)(?:: |Caused by: )?((?:[a-z]\w*\.)+[\w.$]+): (.*?)(?=\n\s*(?:at |\.\.\. |Caused by: )|\Z)"
_NO_FACTORY: Final = (
    r"Could not find any factory for identifier '([^']*)'.*?Available factory identifiers are:\s*(.*?)(?=\n\s*at |\Z)"
)
_HINTS: Final = (
    ("ConnectException|UnknownHostException|NoRouteToHostException", "is the service up, and reachable from Flink?"),
    ("UnauthorizedException", "is the key right?"),
    ("metadataHandlerProvider", "Flink plans only in the thread that created the TableEnvironment"),
    ("Could not find any factories that implement .*ModelProviderFactory", "ensure_jars(t_env) adds the provider's jar"),
    (r"ClassNotFoundException: org\.apache\.flink\.model\.", "ensure_jars(t_env) adds the provider's jar to the job"),
    (
        "Async function call has timed out",
        "is the service up? a lower retry_num shows the service's error, config={'timeout': ...} waits longer",
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
    except Exception as error:
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
    # If its secrets cannot be resolved, Flink did not get them.
    try:
        options = provider.to_options()
    except ProviderError:
        return []
    found: set[str] = set()
    for key, redacted in provider.to_options(redact=True).items():
        pattern = "(.*)".join(map(re.escape, redacted.split(MASK)))
        parts = re.fullmatch(pattern, options[key], re.DOTALL)
        found.update(parts.groups() if parts else [options[key]])
    # A message may show a header or a part of a body by itself.
    found.update(part.reveal() for _, part in secrets_in(provider))
    # Shorter strings are not secrets, and occur in every message.
    return sorted((secret for secret in found if len(secret) > 3), key=len, reverse=True)  # noqa: PLR2004


def _flink_error(error: Exception, secrets: list[str]) -> FlinkError | None:
    """An error of PyFlink or its JVM as one line; None for other errors."""
    if isinstance(error, FileNotFoundError) and "java" in str(error.filename):
        return FlinkError(f"expected Java 11 or newer, found none at {error.filename}; install a JDK, or set JAVA_HOME")
    if isinstance(error, RuntimeError) and "Java gateway process exited" in str(error):
        lines = str(error).partition("Stderr:")[2].strip().splitlines()
        reason = one_line(lines[-1], secrets, longest=LONGEST_LINE) if lines else "see its output"
        return FlinkError(f"the JVM of PyFlink did not start: {reason}")
    if not type(error).__module__.startswith(("py4j.", "pyflink.")):
        return None
    message = str(error)
    if found := re.search(_NO_FACTORY, message, re.DOTALL):
        available = ", ".join(found[2].split()) or "none"
        return FlinkError(
            f"Flink has no provider {found[1]} (it has: {available}); ensure_jars(t_env, {found[1]!r}) adds its jar"
        )
    causes = re.findall(_CAUSE, message, re.DOTALL)
    if not causes:
        return FlinkError(f"Flink: {one_line(message, secrets, longest=LONGEST_LINE)}")
    kind, root = _root_cause(causes)
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, message)), "")
    line = f"Flink: {one_line(root, secrets, longest=LONGEST_LINE)} ({kind.rpartition('.')[2]})"
    return FlinkError(with_hint(line, hint))


def _root_cause(causes: list[tuple[str, str]]) -> tuple[str, str]:
    """The class and the message of the last of the Java exceptions."""
    (_, above), (kind, root) = ([("", ""), *causes])[-2:]
    # The client of the service repeats the class in the message.
    root = root.removeprefix(f"{kind}: ")
    # Messages of the JDK, such as "Connection refused", need the message above them.
    if (kind.startswith(("java.lang.", "java.net.")) or kind.endswith("ParseException")) and root not in above:
        root = f"{above.strip().partition(chr(10))[0].rstrip('.')}: {root}"
    return kind, root
