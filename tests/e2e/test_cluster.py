# SPDX-License-Identifier: Apache-2.0
"""The steps of docs/guides/cluster.md, on clusters whose JobManager, TaskManagers and SQL Gateway are processes."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fast_service import FastService, answer
from flink_cluster import FlinkCluster
from pages import parsers, reader
from sybil import Document

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "cluster.md"
KEY = "sk-test-of-the-cluster"
ROWS = 5_000
# Starting Java takes most of the time, and less with its first compiler alone.
QUICK = "-XX:TieredStopAtLevel=1"


@pytest.fixture(scope="module")
def cluster(jars: Mapping[str, Path], flink_version: str) -> Iterator[FlinkCluster]:
    """A cluster without the provider jars, whose client does not log its variables."""
    (gateway,) = jars["openai"].parent.glob(f"flink-sql-gateway-{flink_version}.*.jar")
    with FlinkCluster(gateway_jar=gateway, java_options=QUICK) as running:
        with (running.home / "conf" / "log4j-cli.properties").open("a", encoding="utf-8") as file:
            file.write("\n" + page_block("text", "logger"))
        yield running


@pytest.fixture(scope="module")
def _service() -> Iterator[FastService]:
    with FastService() as running:
        yield running


@pytest.fixture
def service(_service: FastService) -> FastService:
    """A service that answers in 10 ms, and has seen no request."""
    _service.reset()
    _service.delay = 0.01
    return _service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of the page, and with the questions in two files."""
    document = Document.parse(str(PAGE), *parsers())
    with reader(document.namespace):
        for example in document.examples():
            example.evaluate()
        shutil.copytree(Path.cwd(), tmp_path, dirs_exist_ok=True)
    (tmp_path / "questions").mkdir()
    for number in range(2):
        with (tmp_path / "questions" / f"{number}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((row, question(row)) for row in range(number, ROWS, 2))
    return tmp_path


def question(row: int) -> str:
    return f"Question {row}, please"


def rows_in(folder: Path) -> list[tuple[int, str, str]]:
    """The rows of the committed files: names of the others begin with a dot."""
    found = []
    for part in folder.glob("[!.]*"):
        with part.open(encoding="utf-8", newline="") as file:
            found += [(int(row), asked, answered) for row, asked, answered in csv.reader(file)]
    return sorted(found)


EXPECTED = [(row, question(row), answer(question(row))) for row in range(ROWS)]


def page_block(language: str, start: str) -> str:
    """The block of the page in a language that begins with *start*."""
    (found,) = re.findall(rf"```{language}\n *({re.escape(start)}.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found


def page_command(block: str, folder: Path) -> str:
    """A command of the page, by its first words, with our folder for its data."""
    return page_block("shell", block).replace("file:///data", folder.as_uri())


@pytest.fixture
def variables(cluster: FlinkCluster, service: FastService, jars: Mapping[str, Path]) -> dict[str, str]:
    """The variables of a client. Only its process has the key."""
    return {
        "JOBMANAGER": cluster.address,
        "SQL_GATEWAY": cluster.gateway,
        "JAR": str(jars["openai"]),
        "DEEPSEEK_API_KEY": KEY,
        "CHAT_ENDPOINT": service.endpoint,
    }


FLINK_RUN = "flink run --jobmanager"


def test_flink_run(cluster: FlinkCluster, service: FastService, variables: dict[str, str], folder: Path) -> None:
    """The client submits the jar and the key with the job: each row is asked once, and answered once."""
    assert not list((cluster.home / "lib").glob("flink-model-*"))
    cluster.start_client("flink-run", page_command(FLINK_RUN, folder), folder, variables)
    cluster.wait_for_client("flink-run")
    assert EXPECTED == rows_in(folder / "answers")
    assert {KEY: ROWS} == service.keys
    assert {question(row): 1 for row in range(ROWS)} == service.asked
    # The page says so: at most five by each TaskManager.
    assert service.most_at_once <= 10


def test_sql_gateway(cluster: FlinkCluster, service: FastService, variables: dict[str, str], folder: Path) -> None:
    """The gateway executes what ``llmproviders sql`` prints, and the model answers each row."""
    cluster.start_client("sql", page_command("llmproviders sql", folder), folder, variables)
    cluster.wait_for_client("sql")
    assert EXPECTED == rows_in(folder / "answers")
    assert {KEY: ROWS} == service.keys


def test_a_task_manager_is_killed(cluster: FlinkCluster, service: FastService, variables: dict[str, str], folder: Path) -> None:
    """A TaskManager is killed after a checkpoint, while rows flow: the result has no row twice, and none is lost."""
    # The job takes ten seconds: each of the two TaskManagers asks at most five rows at once.
    service.delay = 0.02
    cluster.start_client("flink-run-2", page_command(FLINK_RUN, folder), folder, variables)
    # A checkpoint commits rows.
    cluster.wait("rows in the result", lambda: rows_in(folder / "answers"))
    (job,) = (each["id"] for each in cluster.rest("/jobs")["jobs"] if each["status"] == "RUNNING")
    cluster.kill("taskmanager-1")
    assert sum(service.asked.values()) < ROWS
    cluster.wait_for_client("flink-run-2")
    assert cluster.rest(f"/jobs/{job}/checkpoints")["counts"]["restored"]
    assert EXPECTED == rows_in(folder / "answers")


def test_application_mode(service: FastService, folder: Path) -> None:
    """The JobManager runs the job, and reads the key from a file, so that no log has it."""
    (folder / "key").write_text(KEY, encoding="utf-8")
    catalog = (folder / "catalog.toml").read_text(encoding="utf-8")
    assert "/run/secrets/llm/deepseek" in catalog
    (folder / "catalog.toml").write_text(catalog.replace("/run/secrets/llm/deepseek", str(folder / "key")), encoding="utf-8")
    (folder / "questions" / "1.csv").unlink()
    command = page_command('mkdir -p "$FLINK_HOME/usrlib"', folder)

    def job_manager(cluster: FlinkCluster) -> None:
        cluster.start_client("jobmanager", command, folder, {"CHAT_ENDPOINT": service.endpoint})

    with FlinkCluster(1, java_options=QUICK, job_manager=job_manager) as cluster:
        cluster.wait_for_client("jobmanager")
        assert [] == cluster.files_with(KEY)
    assert EXPECTED[::2] == rows_in(folder / "answers")
    assert {KEY: ROWS // 2} == service.keys


def test_nothing_shows_the_key(cluster: FlinkCluster) -> None:
    """After these jobs, the key is in no file of the cluster, such as logs and checkpoints, and in no answer about jobs."""
    jobs = [f"/jobs/{each['id']}" for each in cluster.rest("/jobs")["jobs"]]
    answers = [job + part for job in jobs for part in ("", "/plan", "/config", "/exceptions", "/checkpoints")]
    assert [] == [path for path in answers if KEY in cluster.rest_text(path)]
    assert [] == cluster.files_with(KEY)
