# SPDX-License-Identifier: Apache-2.0
"""A program that runs SQL on PyFlink with one jar: ``python triton_predict.py JAR`` reads a JSON object with statements
and queries, and prints the rows or the error of each query, as a JSON array.

It has a JVM of its own, because the tests load another jar with classes of the same names.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JJavaError
from pyflink.table import EnvironmentSettings, TableEnvironment
from triton_clients import causes


def run(jar: Path, statements: list[str], queries: list[str]) -> list[Any]:
    t_env = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
    t_env.get_config().set("pipeline.jars", jar.as_uri())
    t_env.get_config().set("parallelism.default", "1")
    for statement in statements:
        t_env.execute_sql(statement)
    results: list[Any] = []
    for query in queries:
        try:
            with t_env.execute_sql(query).collect() as rows:
                results.append([list(row) for row in rows])
        except Py4JJavaError as error:
            results.append("\n".join(causes(error)))
    return results


if __name__ == "__main__":
    json.dump(run(Path(sys.argv[1]), **json.load(sys.stdin)), sys.stdout)
