# SPDX-License-Identifier: Apache-2.0
"""A standalone session cluster of Flink on loopback, made from PyFlink's package. Each part is a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyflink

if TYPE_CHECKING:
    from typing_extensions import Self

HOST = "127.0.0.1"
SLOTS = 2
"""The slots of each TaskManager."""
PATIENCE = 300.0
"""Seconds until something that should happen is an error. Nothing takes so long, except on a machine that does much else."""
# Run a command, and kill its group when the pipe of its standard input closes: this process may be killed itself.
_WITH_US = 'exec 3<&0 </dev/null; (read -r _ <&3; kill -KILL 0) & exec 3<&-; exec "$@"'


class FlinkCluster:
    """A JobManager, TaskManagers and a SQL Gateway, started by Flink's own scripts; a context manager.

    ``address`` is the host and port of the JobManager's REST API, ``gateway`` the URL of the SQL Gateway's. ``home`` is its
    FLINK_HOME, in a temporary folder. ``java_options`` are options of every Java process, clients included. ``job_manager``
    starts the process "jobmanager" of an application cluster.
    """

    def __init__(
        self,
        task_managers: int = 2,
        *,
        gateway_jar: Path | None = None,
        java_options: str = "",
        job_manager: Callable[[FlinkCluster], None] | None = None,
    ) -> None:
        self._count, self._gateway_jar = task_managers, gateway_jar
        self._java_options, self._job_manager = java_options, job_manager
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="flink-cluster-")).resolve()
        self.home = self._folder / "flink"
        try:
            self._make_home()
            if self._job_manager:
                self._job_manager(self)
            else:
                self._start_server("jobmanager", "jobmanager.sh")
            for number in range(self._count):
                self.start_task_manager(f"taskmanager-{number + 1}")
            if self._gateway_jar:
                self._start_server("gateway", "sql-gateway.sh")
            self.wait("the TaskManagers", lambda: len(self.rest("/taskmanagers")["taskmanagers"]) == self._count)
            if self._gateway_jar:
                self.wait("the SQL Gateway", lambda: _read(f"{self.gateway}/info"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        for name in list(self._processes):
            self.kill(name)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_home(self) -> None:
        package = Path(pyflink.__file__).parent
        for name in ("bin", "conf"):
            shutil.copytree(package / name, self.home / name)
        # The scripts do not follow links to folders; links to files save 300 MB.
        for name in ("lib", "opt"):
            (self.home / name).mkdir()
            for jar in (package / name).glob("*.jar"):
                (self.home / name / jar.name).symlink_to(jar)
        if self._gateway_jar:
            (self.home / "opt" / self._gateway_jar.name).symlink_to(self._gateway_jar)
        (self.home / "plugins").mkdir()
        (self.home / "log").mkdir()
        rpc_port, rest_port, gateway_port = _free_ports(3)
        self.address, self.gateway = f"{HOST}:{rest_port}", f"http://{HOST}:{gateway_port}/v1"
        config = {
            "jobmanager.rpc.address": HOST,
            "jobmanager.rpc.port": rpc_port,
            "jobmanager.bind-host": HOST,
            "jobmanager.memory.process.size": "900m",
            "rest.address": HOST,
            "rest.bind-address": HOST,
            "rest.port": rest_port,
            "taskmanager.host": HOST,
            "taskmanager.bind-host": HOST,
            "taskmanager.numberOfTaskSlots": SLOTS,
            "taskmanager.load-balance.mode": "SLOTS",
            "taskmanager.memory.process.size": "1100m",
            "taskmanager.memory.managed.size": "64m",
            "sql-gateway.endpoint.rest.address": HOST,
            "sql-gateway.endpoint.rest.bind-address": HOST,
            "sql-gateway.endpoint.rest.port": gateway_port,
            # A killed TaskManager is noticed after these, and not after the default of 50 seconds. Until then, restarts fail.
            "heartbeat.interval": "1 s",
            "heartbeat.timeout": "8 s",
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": 60,
            "restart-strategy.fixed-delay.delay": "1 s",
            "execution.checkpointing.dir": (self._folder / "checkpoints").as_uri(),
            "io.tmp.dirs": str(self._folder),
            "env.pid.dir": str(self._folder),
        }
        standard = (self.home / "conf" / "config.yaml").read_text(encoding="utf-8")
        java_options = next(line.strip() for line in standard.splitlines() if line.strip().startswith("all:"))
        config["env.java.opts.all"] = java_options.removeprefix("all:").strip()
        lines = [f"{key}: {json.dumps(value)}" for key, value in config.items()]
        (self.home / "conf" / "config.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    # Processes --------------------------------------------------------------------------------------------------------

    def _start_server(self, name: str, script: str, *arguments: str) -> None:
        command = [str(self.home / "bin" / script), "start-foreground", *arguments]
        self._start(name, command, self._folder, self._environment({}))

    def _start(self, name: str, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        with (self.home / "log" / f"{name}.out").open("wb") as out:
            self._processes[name] = subprocess.Popen(
                ["bash", "-c", _WITH_US, "bash", *command],
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                # Its own group, so that all that the script started can be killed.
                start_new_session=True,
            )

    def start_client(self, name: str, command: str, folder: Path, variables: Mapping[str, str]) -> None:
        """Start a command of bash in *folder*, with the variables of a client and *variables*; its output is in the log."""
        self._start(name, ["bash", "-c", f"set -eo pipefail\n{command}"], folder, self._environment(variables))

    def wait_for_client(self, name: str) -> None:
        """Wait for the end of a client.

        Raises:
            AssertionError: if it fails.
        """
        process = self._processes[name]
        self.wait(name, lambda: process.poll() is not None)
        self.kill(name)
        assert process.returncode == 0, f"{name}: exit status {process.returncode}\n{self.last_lines()}"

    def start_task_manager(self, name: str) -> None:
        """Start a TaskManager, whose identifier is *name*."""
        self._start_server(name, "taskmanager.sh", "-D", f"taskmanager.resource-id={name}")

    def kill(self, name: str) -> None:
        """Kill a process at once, as ``kill -9`` does."""
        process = self._processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # This also closes the pipe.
        process.communicate()

    def _environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        # This process may have a Flink of its own.
        others = {name: value for name, value in os.environ.items() if not name.startswith(("FLINK_", "_FLINK_", "PYFLINK_"))}
        return {
            **others,
            "FLINK_HOME": str(self.home),
            "JAVA_TOOL_OPTIONS": self._java_options,
            "PATH": os.pathsep.join([str(self.home / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
            **variables,
        }

    # Looking at it ----------------------------------------------------------------------------------------------------

    def rest(self, path: str) -> Any:
        """The answer of the JobManager's REST API."""
        return json.loads(self.rest_text(path))

    def rest_text(self, path: str) -> str:
        """The same as a string."""
        return _read(f"http://{self.address}{path}")

    def wait(self, subject: str, condition: Callable[[], Any]) -> Any:
        """The first true result of *condition*.

        Raises:
            AssertionError: if a process has ended, or after `PATIENCE` seconds, with the last lines of all logs.
        """
        end = time.monotonic() + PATIENCE
        reason = f"not there after {PATIENCE:.0f} s"
        while time.monotonic() < end:
            with suppress(OSError):
                if result := condition():
                    return result
            ended = [name for name, process in self._processes.items() if process.poll() is not None]
            if ended:
                reason = f"{', '.join(ended)} ended"
                break
            time.sleep(0.1)
        raise AssertionError(f"{subject}: {reason}\n{self.last_lines()}")

    def files_with(self, text: str) -> list[str]:
        """The files of the cluster that contain *text*: logs, checkpoints, and whatever else its processes stored."""
        files = [file for file in self._folder.rglob("*") if file.is_file() and not file.is_symlink()]
        return [str(file) for file in files if text.encode() in file.read_bytes()]

    def last_lines(self, count: int = 25) -> str:
        """The last lines that each process printed."""
        return "\n".join(
            line
            for file in sorted((self.home / "log").glob("*.out"))
            for line in [f"--- {file.name}", *file.read_text("utf-8", "replace").splitlines()[-count:]]
        )


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
        return reply.read().decode()


def _free_ports(count: int) -> list[int]:
    """Different free ports; all are taken before the first is released."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind((HOST, 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
