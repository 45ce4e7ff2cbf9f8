# SPDX-License-Identifier: Apache-2.0
"""Rows per second on one and on two TaskManagers, by ``predict`` and by SQL that is written by hand.

``python tests/e2e/cluster_throughput.py JAR [RUNS]`` prints the table of docs/guides/cluster.md, in some minutes. JAR is the
provider jar; the best run counts.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from fast_service import FastService
from flink_cluster import FlinkCluster

ROWS = 5_000
DELAY = 0.05

TABLES = """
import sys

from pyflink.table import EnvironmentSettings, TableEnvironment

jar, endpoint, questions, answers = sys.argv[1:]
t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
t_env.get_config().set("pipeline.jars", jar)
table = "CREATE TABLE {} ({}) WITH ('connector' = 'filesystem', 'format' = 'csv', 'path' = '{}')"
t_env.execute_sql(table.format("questions", "id BIGINT, question STRING", questions))
t_env.execute_sql(table.format("answers", "id BIGINT, question STRING, answer STRING", answers))
"""
JOBS = {
    "predict": TABLES
    + """
from llmproviders import OpenAIProvider
from llmproviders.flink import predict

chat = OpenAIProvider(endpoint, "sk-demo", model="demo")
predict(t_env.from_path("questions"), "question", provider=chat).execute_insert("answers").wait()
""",
    "SQL by hand": TABLES
    + """
t_env.execute_sql(f\"\"\"
CREATE MODEL chat INPUT (question STRING) OUTPUT (answer STRING)
WITH ('provider' = 'openai', 'endpoint' = '{endpoint}', 'api-key' = 'sk-demo', 'model' = 'demo')
\"\"\")
query = "SELECT id, question, answer FROM ML_PREDICT(TABLE questions, MODEL chat, DESCRIPTOR(question))"
t_env.execute_sql(f"INSERT INTO answers {query}").wait()
""",
}


def run(cluster: FlinkCluster, folder: Path, jar: Path, job: str, parallelism: int) -> tuple[float, int]:
    """The rows per second of one run, from the first request to the last answer, and the most requests at once."""
    (folder / "job.py").write_text(job, encoding="utf-8")
    with FastService(DELAY) as service, tempfile.TemporaryDirectory() as answers:
        arguments = [jar.as_uri(), service.endpoint, (folder / "questions").as_uri(), Path(answers).as_uri()]
        command = f"flink run --jobmanager {cluster.address} --parallelism {parallelism} --python job.py {' '.join(arguments)}"
        cluster.start_client("flink-run", command, folder, {})
        cluster.wait_for_client("flink-run")
        assert sum(service.asked.values()) == ROWS
        return ROWS / (service.last - service.first), service.most_at_once


def main(jar: Path, runs: int) -> None:
    print(
        f"| TaskManagers | parallelism | requests at once | {' | '.join(JOBS)} |\n|---|---|---|{'---|' * len(JOBS)}", flush=True
    )
    with tempfile.TemporaryDirectory() as folder:
        questions = Path(folder) / "questions"
        questions.mkdir()
        for number in range(2):
            rows = [f"{row},Question {row}\n" for row in range(number, ROWS, 2)]
            (questions / f"{number}.csv").write_text("".join(rows), encoding="utf-8")
        for count, parallelism in ((1, 1), (1, 2), (2, 2)):
            with FlinkCluster(count) as cluster:
                # By turns, so that other work of the machine slows both down.
                found = [[run(cluster, Path(folder), jar, job, parallelism) for job in JOBS.values()] for _ in range(runs)]
            at_once = max(most for each in found for _, most in each)
            rates = " | ".join(f"{max(each)[0]:.0f}" for each in zip(*found, strict=True))
            print(f"| {count} | {parallelism} | {at_once} | {rates} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 2)
