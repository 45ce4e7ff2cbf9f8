# SPDX-License-Identifier: Apache-2.0
"""`TritonProvider` on NVIDIA's Triton Inference Server and the jar of Flink: which options each of them accepts."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from py4j.protocol import Py4JJavaError
from pyflink.table import TableEnvironment
from pytest_httpserver import HTTPServer
from strategies import providers
from triton_clients import TYPES, Client, Column, InferenceError, Jar, MinimalClient, causes, mended
from werkzeug import Request, Response

from llmproviders import TritonProvider
from llmproviders import options as options_of
from llmproviders.syntax.durations import read_duration
from llmproviders.syntax.maps import read_map
from llmproviders.syntax.scalars import read_boolean, read_integer

HERE = Path(__file__).parent
TEXT, ANSWER = Column("text", "STRING"), Column("answer", "STRING")

# Types of Flink without a counterpart in Triton.
OTHER_TYPES = (
    *("CHAR(3)", "DECIMAL(10, 2)", "DATE", "TIME(0)", "TIMESTAMP(3)", "TIMESTAMP_LTZ(3)", "BYTES", "BINARY(4)", "VARIANT"),
    *("MAP<STRING, STRING>", "MULTISET<STRING>", "ROW<`a` INT>", "ARRAY<DECIMAL(10, 2)>"),
)
TRITON_TYPES = (
    *TYPES,
    *(f"ARRAY<{each}>" for each in TYPES),
    *("VARCHAR(10)", "STRING NOT NULL", "BIGINT NOT NULL", "ARRAY<FLOAT NOT NULL>", "ARRAY<FLOAT> NOT NULL"),
)
VALUES: dict[str, list[Any]] = {
    "BOOLEAN": [True, False],
    "TINYINT": [-128, 127],
    "SMALLINT": [-32768, 32767],
    "INT": [-(2**31), 2**31 - 1],
    "BIGINT": [-(2**63), 2**63 - 1],
    "FLOAT": [0.5, -2.25, 0.0],
    "DOUBLE": [0.1, 1e300, -5e-324],
    "STRING": ["h\u00e9llo", "", 'it\'s "quoted"\n', "\U0001f600"],
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Triton server with the models of triton_models.py."""
    python = os.environ.get("TRITON_PYTHON")
    if not python:
        pytest.fail("expected the Python that has nvidia-pytriton in TRITON_PYTHON; scripts/test-e2e sets it")
    folder = tmp_path_factory.mktemp("triton")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        command = [python, str(HERE / "triton_models.py"), str(folder), str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/v2/health/ready", process, folder / "log")
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        with requests.Session() as session:
            session.trust_env = False
            try:
                if session.get(url, timeout=5).ok:
                    return
            except requests.ConnectionError:
                pass
        time.sleep(0.2)
    pytest.fail(f"the Triton server does not start; the end of its log:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def released(jars: Mapping[str, Path]) -> Jar:
    """The released jar, unchanged."""
    return Jar(jars["triton"])


@pytest.fixture(scope="session")
def mended_jar(jars: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Jar:
    """The jar without the defect that refuses every statement."""
    return Jar(mended(jars["triton"], tmp_path_factory.mktemp("mended")))


@pytest.fixture(params=["minimal client", "mended jar"])
def client(request: pytest.FixtureRequest) -> Client:
    """The two clients: tests expect the same of both."""
    return MinimalClient() if request.param == "minimal client" else request.getfixturevalue("mended_jar")


def provider(server: str, model: str, **more: Any) -> TritonProvider:
    return TritonProvider(server, **{"model_name": model, "model_version": "1", **more})


def java_options(provider: TritonProvider, jar: Jar) -> dict[str, str]:
    """The options of a provider that the jar has."""
    return {key: text for key, text in provider.to_options().items() if key in {**jar.required, **jar.optional}}


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def create_model(name: str, options: Mapping[str, str], asked: Column, wanted: Column) -> str:
    pairs = ", ".join(f"{quoted(key)} = {quoted(text)}" for key, text in {"provider": "triton", **options}.items())
    columns = f"INPUT (`{asked.name}` {asked.type}) OUTPUT (`{wanted.name}` {wanted.type})"
    return f"CREATE TEMPORARY MODEL `{name}` {columns} WITH ({pairs})"


class TestReleased:
    """The jar of Flink 2.3.0, unchanged."""

    @pytest.mark.parametrize("type", ["STRING", "BIGINT", "ARRAY<FLOAT>"])
    def test_no_statement_can_be_planned(self, t_env: TableEnvironment, released: Jar, type: str) -> None:
        """CREATE MODEL stores the model, and every query with it fails, for columns of every type."""
        options = java_options(TritonProvider("http://127.0.0.1:1", model_name="m", model_version="1"), released)
        t_env.execute_sql(create_model("triton", options, Column("x", type), ANSWER))
        query = f"SELECT * FROM ML_PREDICT((SELECT CAST(NULL AS {type}) AS x), MODEL `triton`, DESCRIPTOR(x))"
        with pytest.raises(Py4JJavaError) as caught:
            t_env.sql_query(query).explain()
        t_env.execute_sql("DROP TEMPORARY MODEL `triton`")
        assert causes(caught.value)[-1] == (
            f"java.lang.IllegalArgumentException: input column x should be null, but is a {type}."
        )

    @pytest.mark.parametrize("type", [*TRITON_TYPES, *OTHER_TYPES, "ARRAY<ARRAY<FLOAT>>"])
    def test_no_type_is_taken(self, released: Jar, type: str) -> None:
        """The expected type is null for every column: the condition is inverted."""
        for asked, wanted in ((Column("x", type), ANSWER), (Column("x", "INT"), Column("y", type))):
            with pytest.raises(Py4JJavaError) as caught:
                released.function({"endpoint": "http://h", "model-name": "m"}, asked, wanted)
            # The name of the type in EXPLAIN.
            summary = released.data_type(asked.type).getLogicalType().asSummaryString()
            assert causes(caught.value)[1:] == [
                f"java.lang.IllegalArgumentException: input column x should be null, but is a {summary}."
            ]

    def test_the_options(self, released: Jar) -> None:
        """The provider has every option with the same default; its further options came after 2.3.0."""
        required, optional = released.required, released.optional
        ours = {info.key: info for info in options_of(TritonProvider)}
        assert required == {"endpoint": None, "model-name": None}
        emitted = TritonProvider("http://h").to_options()
        for key, default in optional.items():
            if key == "timeout":
                assert read_duration(emitted[key]) == read_duration(default)
            else:
                assert emitted.get(key) == default
        assert sorted(ours.keys() - required.keys() - optional.keys()) == [
            *("circuit-breaker-enabled", "circuit-breaker-failure-threshold", "circuit-breaker-half-open-requests"),
            *("circuit-breaker-timeout", "default-value", "health-check-enabled", "health-check-interval", "max-retries"),
            *("retry-initial-backoff", "retry-max-backoff"),
        ]
        assert required.keys() | optional.keys() <= ours.keys()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"max-retries": "0"}, "Unsupported options found for 'triton'.\n\nUnsupported options:\n\nmax-retries"),
            ({"priority": "high"}, "Invalid value for option 'priority'."),
            ({"priority": "2147483648"}, "Invalid value for option 'priority'."),
            ({"timeout": "soon"}, "Invalid value for option 'timeout'."),
            ({"sequence-start": "yes"}, "Invalid value for option 'sequence-start'."),
            ({"custom-headers": "no colon"}, "Invalid value for option 'custom-headers'."),
            ({"model-name": None}, "One or more required options are missing.\n\nMissing required options are:\n\nmodel-name"),
            # Java checks no range and accepts entries of a map: the next error is that of the types.
            ({"priority": "-1"}, "input column text should be null, but is a STRING."),
            ({"compression": "deflate"}, "input column text should be null, but is a STRING."),
            ({"timeout": "1000 d"}, "input column text should be null, but is a STRING."),
            ({"custom-headers.X-Team": "a"}, "input column text should be null, but is a STRING."),
        ],
    )
    def test_what_the_factory_says_first(self, released: Jar, options: dict[str, str | None], message: str) -> None:
        full = {"endpoint": "http://h", "model-name": "m", **options}
        with pytest.raises(Py4JJavaError) as caught:
            released.function({key: text for key, text in full.items() if text is not None}, TEXT, ANSWER)
        assert f": {message}" in causes(caught.value)[1]


class TestMended:
    """The same jar with the right condition."""

    def test_it_cannot_be_serialized(self, mended_jar: Jar) -> None:
        """The second defect: Flink cannot serialize the function for a task."""
        function = mended_jar.function({"endpoint": "http://h", "model-name": "m"}, TEXT, ANSWER)
        with pytest.raises(Py4JJavaError) as caught:
            mended_jar.java.org.apache.flink.util.InstantiationUtil.serializeObject(function)
        assert causes(caught.value) == ["java.io.NotSerializableException: java.io.ByteArrayOutputStream"]

    def test_without_both_faults_flink_runs_it(self, jars: Mapping[str, Path], server: str, tmp_path: Path) -> None:
        """Without the two defects and the default version, a job runs."""
        jar = Jar(mended(jars["triton"], tmp_path, serializable=True))
        headers = {"X-Team": "it's, a:b"}
        vector_in, vector_out = Column("x_fp32", "ARRAY<FLOAT>"), Column("y_fp32", "ARRAY<FLOAT>")
        models = {
            "upper": (provider(server, "upper"), TEXT, ANSWER),
            "request": (provider(server, "request", auth_token="sk-1", custom_headers=headers), TEXT, ANSWER),
            "vector": (provider(server, "echo-batch"), vector_in, vector_out),
            "latest": (provider(server, "upper", model_version="latest"), TEXT, ANSWER),
        }
        statements = [create_model(name, java_options(each, jar), *columns) for name, (each, *columns) in models.items()]
        texts = "(SELECT * FROM (VALUES ('h\u00e9'), ('it''s')) AS t(text))"
        vectors = "(SELECT ARRAY[CAST(0.5 AS FLOAT), CAST(-2 AS FLOAT)] AS x)"
        queries = [f"SELECT answer FROM ML_PREDICT({texts}, MODEL `{name}`, DESCRIPTOR(text))" for name in ("upper", "request")]
        queries.append(f"SELECT y_fp32 FROM ML_PREDICT({vectors}, MODEL `vector`, DESCRIPTOR(x))")
        queries.append(f"SELECT answer FROM ML_PREDICT({texts}, MODEL `latest`, DESCRIPTOR(text))")
        command = [sys.executable, str(HERE / "triton_predict.py"), str(jar.path)]
        work = json.dumps({"statements": statements, "queries": queries})
        done = subprocess.run(command, input=work, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        upper, request, vector, latest = json.loads(done.stdout)
        assert upper == [["H\u00c9"], ["IT'S"]]
        assert [json.loads(answer)["parameters"] for (answer,) in request] == [{"Authorization": "Bearer sk-1", **headers}] * 2
        assert vector == [[[0.5, -2.0]]]
        assert "TritonClientException: [HTTP 404] " in latest
        assert 'HTTP 404: {"error":"Not Found"}' in latest

    @pytest.mark.parametrize("type", TRITON_TYPES)
    def test_types_that_triton_has(self, mended_jar: Jar, type: str) -> None:
        assert mended_jar.function({"endpoint": "http://h", "model-name": "m"}, Column("x", type), Column("y", type))

    @pytest.mark.parametrize("type", OTHER_TYPES)
    def test_types_that_triton_has_not(self, mended_jar: Jar, type: str) -> None:
        for side, asked, wanted in (("input", Column("x", type), ANSWER), ("output", TEXT, Column("x", type))):
            with pytest.raises(Py4JJavaError) as caught:
                mended_jar.function({"endpoint": "http://h", "model-name": "m"}, asked, wanted)
            assert f": {side} column x has unsupported type {type} for Triton. " in causes(caught.value)[1]

    def test_arrays_of_arrays(self, mended_jar: Jar) -> None:
        with pytest.raises(Py4JJavaError) as caught:
            mended_jar.function({"endpoint": "http://h", "model-name": "m"}, Column("x", "ARRAY<ARRAY<FLOAT>>"), ANSWER)
        assert ": input column 'x' has nested array type: ARRAY<ARRAY<FLOAT>>" in causes(caught.value)[1]

    @pytest.mark.parametrize("type", [*TRITON_TYPES, *OTHER_TYPES, "ARRAY<ARRAY<FLOAT>>"])
    def test_check_takes_the_same_types(self, type: str) -> None:
        """`check` for the next version accepts the columns that the fixed jar accepts."""
        triton = TritonProvider("http://h", model_name="m", model_version="1")
        for side, (asked, wanted) in {"input": (type, "INT"), "output": ("INT", type)}.items():
            problems = triton.check("flink-2.4", input={"x": asked}, output={"y": wanted})
            assert [problem.option for problem in problems] == ([] if type in TRITON_TYPES else [side])

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(triton=providers(TritonProvider))
    def test_java_reads_what_the_provider_holds(self, mended_jar: Jar, triton: TritonProvider) -> None:
        """The factory accepts the options of every valid provider, and reads the same values."""
        options = {**java_options(triton, mended_jar)}
        options.setdefault("model-name", "m")
        function = mended_jar.function(options, TEXT, ANSWER)
        held = {key: mended_jar.field(function, _camel(key)) for key in {**options, **mended_jar.optional}}
        timeout, headers = held.pop("timeout"), held.pop("custom-headers")
        nanos = read_duration(options.pop("timeout", "30s"))
        assert divmod(nanos, 1_000_000_000) == (timeout.getSeconds(), timeout.getNano())
        custom = options.pop("custom-headers", None)
        assert (headers if headers is None else dict(headers)) == (custom if custom is None else read_map(custom))
        for key, value in held.items():
            text = options.get(key)
            if isinstance(value, bool):
                assert value == read_boolean(text or "false")
            elif isinstance(value, int):
                assert text is not None
                assert value == read_integer(text)
            else:
                assert value == ("latest" if key == "model-version" and text is None else text)

    def test_keys_below_that_of_the_headers(self, mended_jar: Jar) -> None:
        """A header can have a key of its own, and its value needs no quotes; with the map such keys are lost."""
        options = {"endpoint": "http://h", "model-name": "m", "custom-headers.X-A": "a, b:c", "custom-headers.X-B": "'"}
        function = mended_jar.function(options, TEXT, ANSWER)
        assert dict(mended_jar.field(function, "customHeaders")) == {"X-A": "a, b:c", "X-B": "'"}
        function = mended_jar.function({**options, "custom-headers": "X-C:c"}, TEXT, ANSWER)
        assert dict(mended_jar.field(function, "customHeaders")) == {"X-C": "c"}

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"endpoint": "127.0.0.1:8000"}, "Expected URL scheme 'http' or 'https' but no scheme was found for 127.0...."),
            ({"endpoint": "localhost:8000"}, "Expected URL scheme 'http' or 'https' but was 'localhost'"),
            ({"timeout": "2147483648 ms"}, "timeout too large."),
            ({"timeout": "9223372036854775807 s"}, "long overflow"),
            ({"compression": "deflate"}, "Unsupported compression algorithm: 'deflate'. Currently only 'gzip' is supported."),
            ({"auth-token": "k\n"}, "Unexpected char 0x0a at 8 in Authorization value"),
            ({"auth-token": "\u00e9"}, "Unexpected char 0xe9 at 7 in Authorization value"),
            ({"custom-headers": "X A:a"}, "Unexpected char 0x20 at 1 in header name: X A"),
            ({"custom-headers": "X-A:\u00e9"}, "Unexpected char 0xe9 at 0 in X-A value: \u00e9"),
            ({"custom-headers": '{"": "a"}'}, "name is empty"),
        ],
    )
    def test_what_java_says_late(self, mended_jar: Jar, options: dict[str, str], message: str) -> None:
        """Planning accepts these; a task fails when it opens, or at its first row."""
        full = {"endpoint": "http://127.0.0.1:1", "model-name": "m", "timeout": "30s", **options}
        assert mended_jar.function(full, TEXT, ANSWER)
        with pytest.raises(InferenceError) as caught:
            mended_jar.predict(full, TEXT, "hello", ANSWER)
        assert str(caught.value).endswith(f": {message}")


def _camel(key: str) -> str:
    first, *others = key.split("-")
    return first + "".join(other.title() for other in others)


# Requests ------------------------------------------------------------------------------------------------------------

_names = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,8}", fullmatch=True)
_values = st.from_regex(r"[!-~]([ -~]{0,9}[!-~])?", fullmatch=True)
_requests = st.fixed_dictionaries(
    {"model_name": _names, "model_version": st.integers(1, 99).map(str)},
    optional={
        "flatten_batch_dim": st.booleans(),
        "priority": st.integers(0, 255),
        "sequence_id": st.text(max_size=9),
        "sequence_start": st.booleans(),
        "sequence_end": st.booleans(),
        "compression": st.just("gzip"),
        "timeout": st.sampled_from(["0", "1 ns", "20 s", "24 d"]),
        "auth_token": st.from_regex(r"[A-Za-z0-9._~+/=-]{1,20}", fullmatch=True),
        "custom_headers": st.dictionaries(st.from_regex(r"X-[a-z0-9]{1,4}", fullmatch=True), _values, max_size=3),
    },
)
_paths = st.sampled_from(["", "/", "//", "/v2", "/v2/", "/v2/models", "/v2/models//", "/V2", "/behind/a/proxy"])
_columns = st.sampled_from(["text", "TEXT", "Text", "stra\u00dfe", "\u0131", "x y", "\u540d"])
_elements = {
    "BOOLEAN": st.booleans(),
    "TINYINT": st.integers(-(2**7), 2**7 - 1),
    "SMALLINT": st.integers(-(2**15), 2**15 - 1),
    "INT": st.integers(-(2**31), 2**31 - 1),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    # Java writes a float with its shortest digits; these are equal for a double.
    "FLOAT": st.integers(-1024, 1024).map(lambda number: number / 16),
    "DOUBLE": st.floats(allow_nan=False, allow_infinity=False),
    "STRING": st.text(max_size=9),
}


@st.composite
def _inputs(draw: st.DrawFn) -> tuple[Column, Any]:
    element = draw(st.sampled_from(sorted(_elements)))
    if draw(st.booleans()):
        return Column(draw(_columns), f"ARRAY<{element}>"), draw(st.lists(_elements[element], min_size=1, max_size=4))
    return Column(draw(_columns), element), draw(_elements[element])


class _Recorder:
    """A server that records the last request and answers with its data."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        data = request.get_data()
        body = json.loads(gzip.decompress(data) if request.headers.get("Content-Encoding") == "gzip" else data)
        ours = {"host", "connection", "accept", "accept-encoding", "user-agent", "content-length"}
        headers = sorted((name.lower(), text) for name, text in request.headers if name.lower() not in ours)
        self.last = (request.method, request.full_path, headers, body)
        answer = {"outputs": [{"name": body["outputs"][0]["name"], "data": body["inputs"][0]["data"]}]}
        return Response(json.dumps(answer), content_type="application/json")


@pytest.fixture(scope="session")
def recorder() -> Iterator[_Recorder]:
    with HTTPServer("127.0.0.1") as server:
        yield _Recorder(server)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=_paths, arguments=_requests, asked=_inputs(), output=_columns)
def test_both_clients_send_the_same(
    mended_jar: Jar, recorder: _Recorder, path: str, arguments: dict[str, Any], asked: tuple[Column, Any], output: str
) -> None:
    """The minimal client sends the same URL, headers and body as Flink."""
    column, value = asked
    triton = TritonProvider(f"http://127.0.0.1:{recorder.server.port}{path}", **arguments)
    options, wanted = java_options(triton, mended_jar), Column(output, column.type)
    assert mended_jar.predict(options, column, value, wanted) == value
    by_java = recorder.last
    assert MinimalClient().predict(options, column, value, wanted) == value
    assert recorder.last == by_java


# The real server -----------------------------------------------------------------------------------------------------


class TestServer:
    """NVIDIA's server, with both clients."""

    @pytest.mark.parametrize("type", TYPES)
    def test_types(self, server: str, client: Client, mended_jar: Jar, type: str) -> None:
        """Every type works as a scalar, as an array, and as an array in a batch of one."""
        dtype = TYPES[type][0]
        flat = java_options(provider(server, "echo", flatten_batch_dim=True), mended_jar)
        batch = java_options(provider(server, "echo-batch"), mended_jar)
        for value in VALUES[type]:
            assert client.predict(flat, Column(f"x_{dtype}", type), value, Column(f"y_{dtype}", type)) == value
        asked, wanted = (Column(f"{side}_{dtype}".lower(), f"ARRAY<{type}>") for side in "xy")
        for options in (flat, batch):
            assert client.predict(options, asked, VALUES[type], wanted) == VALUES[type]

    def test_texts(self, server: str, client: Client, mended_jar: Jar) -> None:
        for triton in (provider(server, "upper"), provider(f"{server}/v2/", "upper", compression="gzip")):
            options = java_options(triton, mended_jar)
            assert client.predict(options, TEXT, "it's a stra\u00dfe \U0001f600", ANSWER) == "IT'S A STRASSE \U0001f600"

    def test_what_the_server_understands(self, server: str, client: Client, mended_jar: Jar) -> None:
        """Version, request ID, flags of a sequence and headers arrive; the ID of a sequence arrives as the request ID."""
        triton = provider(
            server,
            "request",
            model_version="2",
            priority=255,
            sequence_id="s-1",
            sequence_start=True,
            sequence_end=True,
            auth_token="sk-1",
            custom_headers={"X-Team": "a, b:c", "X-Quote": "it's"},
        )
        answer = client.predict(java_options(triton, mended_jar), TEXT, "hello", ANSWER)
        assert json.loads(answer) == {
            "version": "2",
            "id": "s-1",
            "correlation_id": 0,
            "flags": 1 | 2,
            "parameters": {"Authorization": "Bearer sk-1", "X-Team": "a, b:c", "X-Quote": "it's"},
            "shape": [1],
            "text": "hello",
        }

    @pytest.mark.parametrize("timeout", ["0", "1 ns", "10s"])
    def test_timeouts_that_are_none_or_long(self, server: str, client: Client, mended_jar: Jar, timeout: str) -> None:
        """Java counts milliseconds, and 0 means no timeout."""
        options = java_options(provider(server, "sleep", timeout=timeout), mended_jar)
        assert client.predict(options, TEXT, "0.5", ANSWER) == "0.5"

    def test_a_timeout(self, server: str, client: Client, mended_jar: Jar) -> None:
        options = java_options(provider(server, "sleep", timeout="300ms"), mended_jar)
        with pytest.raises(InferenceError, match=r"timeout|timed out"):
            client.predict(options, TEXT, "1.5", ANSWER)

    def test_an_unreachable_server(self, client: Client, mended_jar: Jar) -> None:
        with pytest.raises(InferenceError, match="127.0.0.1.*[Cc]onnect"):
            client.predict(java_options(provider("http://127.0.0.1:1", "upper"), mended_jar), TEXT, "hello", ANSWER)

    @pytest.mark.parametrize("version", ["latest", "-1", "", "newest"])
    def test_only_numbers_are_versions(self, server: str, client: Client, mended_jar: Jar, version: str) -> None:
        """The server has no version `latest`, which is the default."""
        options = java_options(provider(server, "upper", model_version=version), mended_jar)
        with pytest.raises(InferenceError, match='HTTP 404: {"error":"Not Found"}'):
            client.predict(options, TEXT, "hello", ANSWER)

    @pytest.mark.parametrize(
        ("model", "asked", "value", "more", "message"),
        [
            ("upper", TEXT, "hello", {"model-version": "3"}, "HTTP 404: .*unknown model: 'upper' version 3 is not found"),
            ("nowhere", TEXT, "hello", {}, "HTTP 404: .*unknown model: 'nowhere'"),
            # The names of tensors are those of the columns in upper case.
            ("lower-case-names", TEXT, "hello", {}, "HTTP 400: .*unexpected inference output 'ANSWER'"),
            # A scalar has the shape [1], and an array [1, N], or [N] if flattened.
            ("echo-batch", Column("x_fp32", "FLOAT"), 0.5, {}, r"HTTP 400: .*unexpected shape.*Expected \[-1,-1\], got \[1\]"),
            ("echo", Column("x_fp32", "ARRAY<FLOAT>"), [0.5], {}, r"HTTP 400: .*unexpected shape.*Expected \[-1\], got \[1,1\]"),
            # The ID of a sequence is sent as the request ID.
            (
                *("sequence", TEXT, "hello", {"sequence-id": "s", "sequence-start": "true"}),
                "HTTP 400: .*must specify a non-zero or non-empty correlation ID",
            ),
            ("upper", TEXT, None, {}, "HTTP 500: .*Unable to parse JSON bytes array"),
            ("upper", TEXT, "hello", {"priority": "-1"}, "HTTP 500: .*Unable to parse 'priority'"),
        ],
    )
    def test_refused_by_the_server(
        self,
        server: str,
        client: Client,
        mended_jar: Jar,
        model: str,
        asked: Column,
        value: Any,
        more: dict[str, str],
        message: str,
    ) -> None:
        options = {**java_options(provider(server, model), mended_jar), **more}
        with pytest.raises(InferenceError, match=message):
            client.predict(options, asked, value, ANSWER if asked is TEXT else Column("y_fp32", asked.type))

    def test_priorities_beyond_255(self, server: str, client: Client, mended_jar: Jar) -> None:
        """Java and the server accept priorities that the option's description forbids, and the library refuses."""
        options = {**java_options(provider(server, "upper"), mended_jar), "priority": "300"}
        assert client.predict(options, TEXT, "hello", ANSWER) == "HELLO"
