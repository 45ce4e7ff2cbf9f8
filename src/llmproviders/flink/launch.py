# SPDX-License-Identifier: Apache-2.0
"""Reasons why the JVM of PyFlink does not start."""

from __future__ import annotations

import os
import re
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import Final

from ..credentials import one_line
from ..messages import with_hint

__all__ = ["LONGEST_LINE", "java_reason", "start_problem"]

LONGEST_LINE: Final = 500
"""The greatest length of a message of Flink, Maven or the JVM in one line."""
_NOISE: Final = (
    r"\s*at |\s*\.\.\. \d+ more|Picked up |WARNING: |Error occurred during initialization of VM|JDWP exit error"
    "|Error: (?:A JNI error has occurred|Could not create the Java|A fatal exception has occurred|LinkageError occurred)"
)
"""The beginning of a line that does not give the reason."""
_LABEL: Final = r'\s*(?:Error: |ERROR: |Caused by: |Exception in thread "[^"]*" )?'
_EXCEPTION: Final = rf"{_LABEL}(?:[a-z]\w*\.)+[\w$]+(?:Error|Exception)\b"
_OTHER_CLASS_VERSION: Final = r"class file version (\d+)[^\n]* up to (\d+)"
_FIRST_CLASS_VERSION: Final = 44
"""The version of Java's class files minus that of Java."""
_HINTS: Final = (
    (
        "Unrecognized option|Unrecognized VM option|Error opening zip file|transport error",
        "the options of the JVM are in JVM_ARGS, FLINK_ENV_JAVA_OPTS, and env.java.opts.all of Flink's configuration",
    ),
    ("OutOfMemoryError|VM warning: .*commit_memory", "the JVM needs more memory"),
)
"""Hints by a pattern of the whole standard error of the JVM."""


def start_problem(error: BaseException, secrets: list[str]) -> str | None:
    """The message about an error of the start of PyFlink's JVM; None for other errors."""
    if isinstance(error, OSError) and Path(str(error.filename)).name in ("java", "java.exe"):
        is_missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
        found = "none" if is_missing else f"a file that does not run ({error.strerror})"
        return f"expected Java 11 or newer, found {found} at {error.filename}; install a JDK, or set JAVA_HOME"
    if not isinstance(error, RuntimeError) or "Java gateway process exited" not in str(error):
        return _python_problem(error, secrets)
    printed = str(error).partition("Stderr:")[2]
    if versions := re.search(_OTHER_CLASS_VERSION, printed):
        needed, given = (int(each) - _FIRST_CLASS_VERSION for each in versions.groups())
        return f"expected Java {needed} or newer, got Java {given}; install a JDK, or set JAVA_HOME"
    if re.search(r"ClassNotFoundException: org\.apache\.flink\.|NoClassDefFoundError: org/apache/flink/", printed):
        return f"the JVM of PyFlink did not start, because it found no Flink: {_expected_jars()}"
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, printed)), "")
    reason = one_line(java_reason(printed) or "see its output", secrets, longest=LONGEST_LINE)
    return with_hint(f"the JVM of PyFlink did not start: {reason}", hint)


def java_reason(printed: str) -> str:
    """The line of a JVM's standard error that says why it ended; empty if there is none."""
    lines = [line for line in printed.splitlines() if line.strip() and not re.match(_NOISE, line)]
    # A warning is the reason only if there is no other line.
    lines = [line for line in lines if " VM warning: " not in line] or lines
    # The last exception is the cause of the others.
    exceptions = [line for line in lines if re.match(_EXCEPTION, line)]
    reason = exceptions[-1] if exceptions else next(iter(lines), "")
    return re.sub(f"^{_LABEL}", "", reason).strip()


def _expected_jars() -> str:
    """The jars that PyFlink expects, by its environment variables, which it sets itself if they are unset."""
    home = Path(os.environ.get("FLINK_HOME", ""))
    opt, lib = (Path(os.environ.get(f"FLINK_{name.upper()}_DIR", home / name)).resolve() for name in ("opt", "lib"))
    where = f"flink-python-*.jar in {opt} and flink-dist-*.jar in {lib}"
    return f"expected {where}; correct or unset FLINK_HOME, FLINK_OPT_DIR and FLINK_LIB_DIR"


def _python_problem(error: BaseException, secrets: list[str]) -> str | None:
    """The message about an error of PyFlink itself before the JVM runs; None for other errors."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    starts = any(frame.f_code.co_name == "get_gateway" and _module(frame) == "pyflink.java_gateway" for frame in frames)
    # Py4J's own errors are about the connection to the JVM.
    if not starts or type(error).__module__.startswith("py4j."):
        return None
    if _module(frames[-1]) == "pyflink.find_flink_home":
        return "PyFlink finds no Flink: the package apache-flink-libraries is incomplete; install apache-flink again"
    if os.environ.get("PYFLINK_GATEWAY_PORT") and isinstance(error, ValueError):
        return "PYFLINK_GATEWAY_PORT: expected the port of a running JVM; unset it, and PyFlink starts one"
    reason = one_line(str(error), secrets, longest=LONGEST_LINE)
    return f"the JVM of PyFlink did not start: {reason} ({type(error).__name__})"


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))
