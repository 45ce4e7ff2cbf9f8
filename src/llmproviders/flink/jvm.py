# SPDX-License-Identifier: Apache-2.0
"""PyFlink and its JVM, imported and started when they are needed, and the private parts of PyFlink that the bridge uses."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import UnknownRuntimeError
from ..optional import import_optional
from ..runtimes.runtime import Runtime, list_runtimes, runtime
from .errors import FlinkError, clear_errors

if TYPE_CHECKING:
    # The types of this package are checked without PyFlink, which is large.
    from pyflink.table import Table, TableEnvironment  # type: ignore[import-not-found]

__all__ = [
    "environment_of",
    "import_pyflink",
    "java_columns",
    "java_configuration",
    "java_schema_builder",
    "running_jvm",
    "running_runtime",
    "runtime_of_version",
]


def import_pyflink(module: str) -> Any:
    """Import a module of PyFlink.

    Raises:
        ProviderError: if PyFlink is not installed, with the command that installs it.
        FlinkError: if it has no such module.
    """
    import_optional("pyflink", "flink")
    version = import_module("pyflink.version").__version__
    try:
        return import_module(f"pyflink.{module}")
    except ImportError as error:
        missing = error.name
    if missing == "pyflink.dataframe":
        msg = f"expected a PyFlink with the DataFrame API (ververica-flink 11.7 or newer, Apache Flink 2.4), got {version}"
    else:
        msg = f"PyFlink {version} is not installed completely: no module {missing}"
    raise FlinkError(msg)


def running_jvm() -> Any:
    """The JVM of PyFlink; it is started if it does not run yet."""
    gateway = import_pyflink("java_gateway")
    with clear_errors():
        return gateway.get_gateway().jvm


def running_runtime() -> Runtime:
    """Return the runtime that PyFlink is connected to. The JVM of PyFlink is started if it does not run yet.

    Raises:
        FlinkError: if the JVM cannot be started.
        UnknownRuntimeError: if this library has no data about that version of Flink.
    """
    return runtime_of_version(running_jvm().org.apache.flink.runtime.util.EnvironmentInformation.getVersion())


def runtime_of_version(version: str) -> Runtime:
    """The runtime of a version string, such as ``2.3.0``, ``1.20-vvr-11.9.0`` or ``1.20+vvr.11.9.0``."""
    found = re.search(r"vvr[-.](\d+\.\d+)", version)
    name = f"vvr-{found[1]}" if found else "flink-" + ".".join(version.split(".")[:2]).removesuffix("-SNAPSHOT")
    if name in list_runtimes():
        return runtime(name)
    msg = f"expected a supported version of Flink ({', '.join(list_runtimes())}), got {version}"
    raise UnknownRuntimeError(msg)


# Private parts of PyFlink, which has no public API for these. ------------------------------------------------------------


def environment_of(table: Table) -> TableEnvironment:
    """The environment of a table. It is private in PyFlink."""
    return table._t_env  # noqa: SLF001


def java_columns(table: Table) -> Any:
    """The resolved columns of a table, as Java objects. The schema in PyFlink cannot write its types as SQL."""
    return table._j_table.getResolvedSchema().getColumns()  # noqa: SLF001


def java_configuration(t_env: TableEnvironment) -> Any:
    """The configuration of an environment, as a Java object. PyFlink reads a list option only as an unparsed string."""
    return t_env._j_tenv.getConfig()  # noqa: SLF001


def java_schema_builder(builder: Any) -> Any:
    """The Java object of a ``Schema.Builder``. PyFlink has no method for the comment of a column."""
    return builder._j_builder  # noqa: SLF001
