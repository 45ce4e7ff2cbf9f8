# SPDX-License-Identifier: Apache-2.0
"""The start of PyFlink's JVM fails: the line with the reason is shown, from outputs of real JVMs."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmproviders.flink import FlinkError, clear_errors

NOT_STARTED = "the JVM of PyFlink did not start: "
OPTIONS = "; the options of the JVM are in JVM_ARGS, FLINK_ENV_JAVA_OPTS, and env.java.opts.all of Flink's configuration"
JAVA_8 = """\
Error: A JNI error has occurred, please check your installation and try again
Exception in thread "main" java.lang.UnsupportedClassVersionError: org/apache/flink/client/python/PythonGatewayServer has been \
compiled by a more recent version of the Java Runtime (class file version 55.0), this version of the Java Runtime only \
recognizes class file versions up to 52.0
\tat java.lang.ClassLoader.defineClass1(Native Method)
\tat java.lang.ClassLoader.defineClass(ClassLoader.java:756)
\tat sun.launcher.LauncherHelper.checkAndLoadMain(LauncherHelper.java:601)
"""
JAVA_11 = """\
Error: LinkageError occurred while loading main class org.apache.flink.client.python.PythonGatewayServer
\tjava.lang.UnsupportedClassVersionError: org/apache/flink/client/python/PythonGatewayServer has been compiled by a more recent \
version of the Java Runtime (class file version 61.0), this version of the Java Runtime only recognizes class file versions up \
to 55.0
"""
NO_FLINK = """\
Error: Could not find or load main class org.apache.flink.client.python.PythonGatewayServer
Caused by: java.lang.ClassNotFoundException: org.apache.flink.client.python.PythonGatewayServer
"""
UNKNOWN_OPTION = """\
Picked up JAVA_TOOL_OPTIONS: -Dx=1
Unrecognized option: --nope
Error: Could not create the Java Virtual Machine.
Error: A fatal exception has occurred. Program will exit.
"""
NO_PORT = """\
ERROR: transport error 202: bind failed: Address already in use
ERROR: JDWP Transport dt_socket failed to initialize, TRANSPORT_INIT(510)
JDWP exit error AGENT_ERROR_TRANSPORT_INIT(197): No transports initialized [./src/jdk.jdwp.agent/share/native/debugInit.c:744]
"""
NO_MEMORY = """\
OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x0, 10736344498176, 0) failed; error='Not enough space' (errno=12)
"""
CAUSES = """\
OpenJDK 64-Bit Server VM warning: Options -Xverify:none and -noverify were deprecated in JDK 13
WARNING: A terminally deprecated method in java.lang.System has been called
Exception in thread "main" java.lang.RuntimeException: the first
\tat org.apache.flink.client.python.PythonGatewayServer.main(PythonGatewayServer.java:1)
Caused by: java.net.BindException: Address already in use
\tat java.base/sun.nio.ch.Net.bind0(Native Method)
\t... 1 more
"""


def shown(error: BaseException) -> str:
    """The message that `clear_errors` makes of an error."""
    with pytest.raises(FlinkError) as caught, clear_errors():
        raise error
    return str(caught.value)


def started(printed: str) -> str:
    """The message for a JVM that printed this and ended."""
    return shown(RuntimeError(f"Java gateway process exited before sending its port number.\nStderr:\n{printed}"))


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (JAVA_8, "expected Java 11 or newer, got Java 8; install a JDK, or set JAVA_HOME"),
        (JAVA_11, "expected Java 17 or newer, got Java 11; install a JDK, or set JAVA_HOME"),
        (UNKNOWN_OPTION, f"{NOT_STARTED}Unrecognized option: --nope{OPTIONS}"),
        (NO_PORT, f"{NOT_STARTED}transport error 202: bind failed: Address already in use{OPTIONS}"),
        (NO_MEMORY, f"{NOT_STARTED}{NO_MEMORY.strip()}; the JVM needs more memory"),
        (
            "java.lang.OutOfMemoryError: Metaspace\n",
            f"{NOT_STARTED}java.lang.OutOfMemoryError: Metaspace; the JVM needs more memory",
        ),
        (CAUSES, f"{NOT_STARTED}java.net.BindException: Address already in use"),
        ("", f"{NOT_STARTED}see its output"),
        ("\tat a.B.c(B.java:1)\n\n", f"{NOT_STARTED}see its output"),
    ],
)
def test_reason(printed: str, expected: str) -> None:
    """The message is the line with the reason and a hint; lines before and after it are ignored."""
    assert expected == started(printed)


def test_no_flink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that lead to no Flink are named, with the folders that they stand for."""
    monkeypatch.setenv("FLINK_HOME", "home")
    monkeypatch.delenv("FLINK_OPT_DIR", raising=False)
    monkeypatch.setenv("FLINK_LIB_DIR", "elsewhere")
    expected = f"expected flink-python-*.jar in {Path.cwd() / 'home' / 'opt'} and flink-dist-*.jar in {Path.cwd() / 'elsewhere'}"
    advice = "correct or unset FLINK_HOME, FLINK_OPT_DIR and FLINK_LIB_DIR"
    assert f"the JVM of PyFlink did not start, because it found no Flink: {expected}; {advice}" == started(NO_FLINK)


def test_no_java() -> None:
    """A ``java`` that is missing or does not run is told from files of the job, also from those in a folder named java."""
    advice = "install a JDK, or set JAVA_HOME"
    missing = f"expected Java 11 or newer, found none at jdk/bin/java; {advice}"
    assert missing == shown(FileNotFoundError(2, "No such file or directory", "jdk/bin/java"))
    assert missing == shown(NotADirectoryError(20, "Not a directory", "jdk/bin/java"))
    denied = f"expected Java 11 or newer, found a file that does not run (Permission denied) at jdk/bin/java; {advice}"
    assert denied == shown(PermissionError(13, "Permission denied", "jdk/bin/java"))
    with pytest.raises(FileNotFoundError), clear_errors():
        raise FileNotFoundError(2, "No such file or directory", "java/rows.csv")


def test_the_end_of_the_process() -> None:
    """``sys.exit`` of the job passes."""
    with pytest.raises(SystemExit), clear_errors():
        raise SystemExit(3)
