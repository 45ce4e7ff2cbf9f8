# SPDX-License-Identifier: Apache-2.0
"""The bridge without predictions, on the real PyFlink: models, errors, jars, and missing parts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openai_server import OpenAIServer, answer
from own_factories import IDENTIFIERS, build_jar
from py4j.protocol import Py4JError

from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    ProviderError,
    UnknownProviderError,
    flink,
    registry,
    set_provider,
)
from llmproviders.errors import UnknownRuntimeError
from llmproviders.flink import FlinkError, as_model_provider, clear_errors, create_model, ensure_jars, model_descriptor, predict
from llmproviders.flink.jars import JARS, find_jar
from llmproviders.flink.jvm import running_jvm, runtime_of_version
from llmproviders.runtimes.runtime import runtime

PROVIDER = OpenAIProvider("http://127.0.0.1:9/v1/chat/completions", "sk-test-bridge", model="gpt-4o-mini")
COLUMNS: dict[str, Any] = {"input": "text STRING", "output": "answer STRING"}


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a registry of its own."""
    monkeypatch.setattr(registry, "registered", registry.Registered())


@pytest.fixture
def bare_env(jars: Mapping[str, Path]) -> Any:
    """A TableEnvironment that has no jars."""
    from pyflink.table import EnvironmentSettings, TableEnvironment

    t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    t_env.get_config().set("parallelism.default", "1")
    return t_env


@pytest.fixture
def jar_folder(jars: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library looks for jars in the folder of the jars."""
    folder = jars["openai"].parent
    monkeypatch.setenv(JARS, str(folder))
    return folder


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script in a process, and a JVM, of its own."""
    command = [sys.executable, "-c", textwrap.dedent(script)]
    # PyFlink has set FLINK_HOME and others.
    inherited = {name: each for name, each in os.environ.items() if not name.startswith("FLINK_")}
    return subprocess.run(command, capture_output=True, text=True, env={**inherited, **environment}, check=False, timeout=300)


# Models ---------------------------------------------------------------------------------------------------------------


def test_running_runtime(t_env: Any, runtime_name: str) -> None:
    """The runtime comes from the JVM."""
    assert runtime(runtime_name) == flink.running_runtime()
    with pytest.raises(UnknownRuntimeError, match=r"^expected a supported version of Flink \(.*\), got 1\.20\.3$"):
        runtime_of_version("1.20.3")


def test_model_descriptor(t_env: Any) -> None:
    """PyFlink gets the secret in clear, the columns and their comments, and no default of VVR."""
    provider = OpenAICompatProvider(endpoint=PROVIDER.endpoint, api_key="sk-test-bridge", temperature=0.5)
    columns = [("text", "STRING", "what is asked, isn't it")]
    made = model_descriptor(provider, input=columns, output={"answer": "STRING"}, model="m", comment="it's one")
    assert {
        "provider": "openai",
        "endpoint": "http://127.0.0.1:9/v1/chat/completions",
        "api-key": "sk-test-bridge",
        "model": "m",
        "temperature": "0.5",
    } == dict(made.get_options())
    assert "it's one" == made.get_comment()
    assert "`text` [STRING] COMMENT 'what is asked, isn''t it'" in str(made.get_input_schema())
    assert "`answer` [STRING]" in str(made.get_output_schema())


def test_model_descriptor_for_another_runtime(t_env: Any) -> None:
    """A descriptor can be for a runtime other than the running one."""
    provider = OpenAICompatProvider(endpoint=PROVIDER.endpoint, api_key="sk-test-bridge", model="m")
    made = model_descriptor(provider, **COLUMNS, runtime="vvr-11.9")
    assert "openai-compat" == made.get_options()["provider"]
    with pytest.raises(InvalidOptionsError, match=r"^OpenAIProvider: seed: expected an option that openai has on flink-2\.1; "):
        model_descriptor(PROVIDER.with_(seed=1), **COLUMNS, runtime="flink-2.1")


def test_create_model(t_env: Any, openai_server: OpenAIServer, flink_version: str, streaming_env: Any) -> None:
    """SQL uses a temporary model like any other; an existing name is an error, unless if_not_exists keeps it."""
    env = streaming_env if flink_version in ("2.1", "2.2") else t_env
    set_provider("bridge", PROVIDER.with_(endpoint=openai_server.chat))
    create_model(env, "asked", "bridge", **COLUMNS, overrides={"temperature": 0.5})
    try:
        env.create_temporary_view("asks", env.sql_query("SELECT 'x' AS q"))
        query = "SELECT answer FROM ML_PREDICT(TABLE asks, MODEL asked, DESCRIPTOR(q))"
        with env.execute_sql(query).collect() as rows:
            assert [answer("x")] == [each[0] for each in rows]
        assert [0.5] == [each.body["temperature"] for each in openai_server.requests]
        with pytest.raises(FlinkError) as caught:
            create_model(env, "asked", PROVIDER, **COLUMNS)
        text = "Flink: Temporary model '`default_catalog`.`default_database`.`asked`' already exists (ValidationException)"
        assert text == str(caught.value)
        assert None is caught.value.__context__
        create_model(env, "asked", PROVIDER, **COLUMNS, if_not_exists=True)
    finally:
        env.drop_temporary_view("asks")
        env.drop_temporary_model("asked")


def test_create_model_in_a_catalog(t_env: Any) -> None:
    """A model that is not temporary is in the catalog, and SHOW CREATE MODEL writes it."""
    create_model(t_env, "default_catalog.default_database.stored", PROVIDER, **COLUMNS, temporary=False, comment="it's stored")
    try:
        with t_env.execute_sql("SHOW CREATE MODEL stored").collect() as rows:
            (statement,) = (each[0] for each in rows)
        assert "CREATE MODEL `default_catalog`.`default_database`.`stored`" in statement
        assert "COMMENT 'it''s stored'" in statement
        assert "'api-key' = 'sk-test-bridge'" in statement
        with pytest.raises(FlinkError, match="Model default_database.stored already exists in Catalog default_catalog"):
            create_model(t_env, "stored", PROVIDER, **COLUMNS, temporary=False)
    finally:
        t_env.drop_model("stored")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": "a b"}, r"^Flink: Invalid SQL identifier a b"),
        ({"name": "\ud800"}, r"^model: name: expected a string without lone surrogates, got '\\ud800'; Java cannot read them$"),
        ({"comment": 5}, r"^model: comment: expected a str, got 5$"),
        ({"input": "text INT"}, r"input: expected exactly one column, of type STRING, got text INT$"),
        ({"overrides": {"api_key": "sk-other"}}, r"^overrides: api_key: expected no change of an endpoint or secret"),
        ({"overrides": {"endpoint": "http://x/v1"}, "allow_sensitive": True}, r"endpoint: expected a URL that ends with"),
        (
            {"provider": GenericProvider("acme-rerank"), "input": "text NOTHING"},
            r"^columns: input: expected a SQL type of Flink, got NOTHING",
        ),
    ],
)
def test_models_that_cannot_be(arguments: dict[str, Any], error: str, t_env: Any) -> None:
    """Each mistake is a ProviderError in one line."""
    with pytest.raises(ProviderError, match=error) as caught:
        create_model(t_env, **{"name": "m", "provider": PROVIDER, **COLUMNS, **arguments})
    assert "\n" not in str(caught.value)
    assert "sk-" not in str(caught.value)


# Errors in one line ---------------------------------------------------------------------------------------------------


def test_clear_errors(t_env: Any) -> None:
    """Errors of Flink become one line, without the providers' secrets; other errors and results pass."""
    provider = GenericProvider("nope", **{"api-key": "sk-test-shown", "headers": '{"x": "ab-secret"}', "short-key": "T"})
    with clear_errors(provider):
        assert "1" == t_env.get_config().get("parallelism.default", "")
    with pytest.raises(KeyError), clear_errors(provider):
        {}["sk-test-shown"]
    with pytest.raises(FlinkError) as caught, clear_errors(provider):
        t_env.execute_sql("SELECT 'sk-test-shown' FROM `ab-secret` WHERE 'http://user:pw-secret@host/' = " + "x" * 1_000)
    assert str(caught.value).startswith("Flink: ")
    assert str(caught.value).endswith("... (SqlParserException)") or len(str(caught.value)) < 600
    assert "secret" not in str(caught.value)
    assert "sk-test" not in str(caught.value)
    assert None is caught.value.__context__ is caught.value.__cause__
    with pytest.raises(FlinkError, match="^Flink: .*noSuchMethod"), clear_errors():
        t_env._j_tenv.noSuchMethod()
    with pytest.raises(FlinkError, match=r"^Flink: java\.lang\.System\.noSuchField does not exist in the JVM$"), clear_errors():
        _ = running_jvm().java.lang.System.noSuchField


def test_secrets_that_cannot_be_read(t_env: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that cannot be resolved does not hide the error of Flink."""
    from llmproviders import Secret

    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with pytest.raises(FlinkError, match="^Flink: "), clear_errors(PROVIDER.with_(api_key=Secret.from_env("NO_SUCH_KEY"))):
        t_env.execute_sql("SELECT")


# Jars -----------------------------------------------------------------------------------------------------------------


def test_ensure_jars(bare_env: Any, jars: Mapping[str, Path], jar_folder: Path, tmp_path: Path) -> None:
    """The jar of the running version is appended once, under any name of the provider."""
    other = tmp_path / "with a blank.jar"
    # An empty zip file.
    other.write_bytes(b"PK\x05\x06" + bytes(18))
    bare_env.get_config().set("pipeline.jars", other.as_uri())
    compat = OpenAICompatProvider(endpoint=PROVIDER.endpoint, api_key="k")
    set_provider("chat", compat)
    assert (jars["openai"],) == ensure_jars(bare_env)
    assert f"{other.as_uri()};{jars['openai'].as_uri()}" == bare_env.get_config().get("pipeline.jars", "")
    assert () == ensure_jars(bare_env, compat, PROVIDER, "chat", "openai")
    set_provider("openai", compat)
    assert () == ensure_jars(bare_env, "openai")
    with pytest.raises(UnknownProviderError):
        ensure_jars(bare_env, "opneai")


def test_fetching_a_jar(bare_env: Any, jars: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing jar is fetched with Maven into the user's cache."""
    monkeypatch.delenv(JARS, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (jar,) = ensure_jars(bare_env, "openai")
    assert tmp_path / "llmproviders" / "jars" / jars["openai"].name == jar
    assert jars["openai"].read_bytes() == jar.read_bytes()
    assert [jar.name] == [each.name for each in jar.parent.iterdir()]


def test_no_maven(bare_env: Any, jars: Mapping[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Maven, the message names the file and the folder; for a file that is no jar, the remedy."""
    monkeypatch.setenv(JARS, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    version = jars["openai"].stem.rpartition("-")[2]
    name = f"flink-model-openai-{version}.jar"
    with pytest.raises(FlinkError) as caught:
        ensure_jars(bare_env, "openai")
    assert (
        f"no jar of the provider openai for {flink.running_runtime()}, and no Maven (mvn) to fetch it; "
        f"put the file {name} (org.apache.flink:flink-model-openai:{version} on Maven Central) into {tmp_path}"
    ) == str(caught.value)
    (tmp_path / name).write_text("not found")
    with pytest.raises(FlinkError) as caught:
        ensure_jars(bare_env, "openai")
    assert f"{tmp_path / name} does not contain the provider openai; delete the file, and it is fetched again" == str(
        caught.value
    )


def test_jars_that_do_not_exist(bare_env: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreleased version, a provider of a platform, and a user-defined one."""
    monkeypatch.setenv(JARS, str(tmp_path))
    with pytest.raises(FlinkError) as caught:
        find_jar("openai", runtime("flink-2.4"))
    assert str(caught.value).startswith("Maven cannot fetch org.apache.flink:flink-model-openai:2.4.0: ")
    assert str(caught.value).endswith(f"(org.apache.flink:flink-model-openai:2.4.0 on Maven Central) into {tmp_path}")
    assert [] == list(tmp_path.iterdir())
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    for command, printed in (("echo '[ERROR]'; echo no JDK >&2", "no JDK"), ("true", "no output")):
        maven.write_text(f"#!/bin/sh\n{command}\n")
        maven.chmod(0o700)
        monkeypatch.setenv("PATH", str(maven.parent), prepend=os.pathsep)
        with pytest.raises(FlinkError, match=f": {printed}; put the file"):
            find_jar("openai", runtime("flink-2.4"))
    with pytest.raises(
        FlinkError, match=r"no jar of the provider dashscope is released for vvr-11\.9; it is part of the platform"
    ):
        find_jar("dashscope", runtime("vvr-11.9"))
    with pytest.raises(
        FlinkError, match="the provider acme-rerank is released for .*; it is user-defined: add its jar to pipeline.jars"
    ):
        ensure_jars(bare_env, GenericProvider("acme-rerank"))


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("file.jar", "File exists"),
        ("file.jar/below", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("~nobody-has-this-name/jars", "Could not determine home directory."),
    ],
)
def test_folders_that_cannot_be_used(folder: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable may name a file, or a folder that cannot be made."""
    (tmp_path / "file.jar").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(JARS, folder)
    with pytest.raises(FlinkError) as caught:
        find_jar("openai", runtime("flink-2.3"))
    assert f"expected a folder of provider jars that can be used, got {folder} ({reason}); set {JARS} to another" == str(
        caught.value
    )


MAVEN = "Maven cannot fetch org.apache.flink:flink-model-openai:2.4.0: "


def test_a_maven_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cause is shown, in whichever way Maven writes it."""
    mirror = "<mirror><id>none</id><mirrorOf>*</mirrorOf><url>http://127.0.0.1:9/</url></mirror>"
    (tmp_path / "settings.xml").write_text(f"<settings><mirrors>{mirror}</mirrors></settings>")
    real = shutil.which("mvn")
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    monkeypatch.setenv(JARS, str(tmp_path))
    monkeypatch.setenv("PATH", str(maven.parent), prepend=os.pathsep)
    local = f"-s {tmp_path}/settings.xml -Dmaven.repo.local={tmp_path}/repository"
    plugin = "org.apache.maven.plugins:maven-dependency-plugin"
    for option, reason in (
        ("-Dstyle.color=always", rf"Could not transfer artifact {plugin}:pom:2\.10 from/to none .* Connection refused"),
        ("-Dstyle.color=never", rf"Could not transfer artifact {plugin}:pom:2\.10 from/to none .* Connection refused"),
        (
            "-o",
            rf"Cannot access none \(http://127\.0\.0\.1:9/\) in offline mode and the artifact {plugin}:[a-z]+:2\.10 has not been",
        ),
    ):
        maven.write_text(f'#!/bin/sh\nexec {real} {local} {option} "$@"\n')
        maven.chmod(0o700)
        with pytest.raises(FlinkError, match=f"^{MAVEN}{reason}") as caught:
            find_jar("openai", runtime("flink-2.4"))
        assert "[Help" not in str(caught.value)
        assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            '#!/bin/sh\nJAVA_HOME=/none exec {real} "$@"\n',
            r"The JAVA_(HOME|COMMAND) environment variable is not defined correctly",
        ),
        ('#!/bin/sh\nMAVEN_OPTS=--nope exec {real} "$@"\n', "Unrecognized option: --nope"),
        ("#!/none/sh\n", r"No such file or directory \(.*/bin/mvn\)"),
    ],
)
def test_a_maven_that_does_not_start(script: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of the script, of its JVM or of the system is shown."""
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    maven.write_text(script.format(real=shutil.which("mvn")))
    maven.chmod(0o700)
    monkeypatch.setenv(JARS, str(tmp_path))
    monkeypatch.setenv("PATH", str(maven.parent), prepend=os.pathsep)
    with pytest.raises(FlinkError, match=f"^{MAVEN}{reason}; put the file"):
        find_jar("openai", runtime("flink-2.4"))


def test_jars_of_another_version(jars: Mapping[str, Path], runtime_name: str, tmp_path: Path) -> None:
    """Apache's jars must have the version of Flink; jars of one's own have any version, and two are not told apart."""
    released = jars["openai"].stem.rpartition("-")[2]

    def built(name: str, **manifest: str) -> Path:
        (tmp_path / name).mkdir()
        return build_jar(tmp_path / name, "openai", **manifest)

    apache = "Flink : Models : OpenAI"
    old, own = built("old one", title=apache, version="2.0.9"), built("own")
    patched = built("patched", title=apache, version=f"{released}.1")
    folder = tmp_path / "folder"
    folder.mkdir()
    kept = shutil.copy(old, folder / jars["openai"].name)
    given = [old.as_uri(), patched.as_uri(), own.as_uri(), f"{own.as_uri()};{jars['openai'].as_uri()}", "own.jar", "", "half"]
    done = run(
        f"""
        from pyflink.table import EnvironmentSettings, TableEnvironment
        from llmproviders import flink

        t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        # PyFlink's own method would add each jar to the classes of the process.
        configuration = t_env._j_tenv.getConfig().getConfiguration()
        for jars in {given}:
            if jars == "half":
                jars = ""
                with open({str(jars["openai"])!r}, "rb") as whole, open({str(kept)!r}, "wb") as file:
                    file.write(whole.read(100_000))
            configuration.setString("pipeline.jars", jars)
            try:
                print(flink.ensure_jars(t_env, "openai"))
            except flink.FlinkError as error:
                print(error)
        """,
        **{JARS: str(folder)},
    )
    expected = f"expected version {released} of the provider openai for {runtime_name}, got 2.0.9"
    lines = done.stdout.splitlines()
    multiple = next((line for line in lines if line.startswith("Flink: Multiple factories for identifier 'openai'")), "")
    assert [
        f"{old}: {expected}; remove it from pipeline.jars, and ensure_jars adds the right one",
        "()",
        "()",
        multiple,
        "Flink: no protocol: own.jar (MalformedURLException); a jar in pipeline.jars is a URL, such as file:///folder/name.jar",
        f"{kept}: {expected}; delete the file, and it is fetched again",
        f"{kept} does not contain the provider openai; delete the file, and it is fetched again",
    ] == lines, done.stderr


def test_own_factories(jars: Mapping[str, Path], tmp_path: Path) -> None:
    """A factory of one's own runs, also if its identifier is similar to one of Flink; the error about a misspelled one has a hint."""
    own = build_jar(tmp_path, *IDENTIFIERS)
    done = run(
        f"""
        from functools import reduce
        from pyflink.table import EnvironmentSettings, TableEnvironment
        from llmproviders import GenericProvider, flink

        t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        t_env.get_config().set("pipeline.jars", "{own.as_uri()}")
        asked = t_env.sql_query("SELECT 'x' AS q")
        providers = [GenericProvider(each, ending="!") for each in {IDENTIFIERS}]
        assert flink.ensure_jars(t_env, *providers) == ()
        tables = [flink.predict(asked, "q", provider=each) for each in providers]
        with reduce(lambda one, other: one.union_all(other), tables).execute().collect() as rows:
            print(*sorted(each[1] for each in rows), sep=", ")
        flink.create_model(t_env, "m", providers[0], input="q STRING", output="a STRING")
        with t_env.execute_sql("SELECT a FROM ML_PREDICT(TABLE " + str(asked) + ", MODEL m, DESCRIPTOR(q))").collect() as rows:
            print(*(each[0] for each in rows))
        for provider in (GenericProvider("opnay"), GenericProvider("acme"), GenericProvider("genai", endng="!")):
            try:
                flink.predict(asked, "q", provider=provider)
            except flink.FlinkError as error:
                print(error)
        """
    )
    has = f"(it has: {', '.join(sorted(IDENTIFIERS))})"
    assert [
        ", ".join(sorted(f"{each}: x!" for each in IDENTIFIERS)),
        "openai2: x!",
        f"Flink has no provider opnay {has}; did you mean opnai?",
        f"Flink has no provider acme {has}; add its jar to pipeline.jars",
        "Flink: Unsupported options found for 'genai'. Unsupported options: endng Supported options: ending property-version provider "
        "(ValidationException); is it misspelled, or does the provider's jar have another version than Flink? "
        "ensure_jars(t_env) compares the versions",
    ] == done.stdout.splitlines(), done.stderr


def test_a_missing_jar(jars: Mapping[str, Path], runtime_name: str) -> None:
    """In a JVM without the jar, the error names `ensure_jars`, which then helps."""
    done = run(
        """
        from pyflink.table import EnvironmentSettings, TableEnvironment
        from llmproviders import OpenAIProvider, flink

        t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        provider = OpenAIProvider("http://127.0.0.1:9/v1/chat/completions", "sk-test", model="m")
        asked = t_env.sql_query("SELECT 'x' AS q")
        try:
            flink.predict(asked, "q", provider=provider)
        except flink.FlinkError as error:
            print(error)
        flink.ensure_jars(t_env, provider)
        print(*flink.predict(asked, "q", provider=provider).get_resolved_schema().get_column_names())
        """,
        **{JARS: str(jars["openai"].parent)},
    )
    assert [
        "Flink: Could not find any factories that implement 'org.apache.flink.table.factories.ModelProviderFactory' "
        "in the classpath. (ValidationException); ensure_jars(t_env) adds the provider's jar",
        "q answer",
    ] == done.stdout.splitlines(), done.stderr


def test_a_released_provider_without_its_jar() -> None:
    """The error names the call that adds the jar."""
    message = "Could not find any factory for identifier 'triton' ...\n\nAvailable factory identifiers are:\n\nopenai"
    with pytest.raises(FlinkError) as caught, clear_errors():
        raise Py4JError(message)
    assert "Flink has no provider triton (it has: openai); ensure_jars(t_env, 'triton') adds its jar" == str(caught.value)


def test_an_unknown_provider(streaming_env: Any) -> None:
    """A provider without a factory is named in the error, with the available ones."""
    asked = streaming_env.sql_query("SELECT 'x' AS q")
    with pytest.raises(FlinkError) as caught:
        predict(asked, "q", provider=GenericProvider("acme-rerank"))
    assert str(caught.value).startswith("Flink has no provider acme-rerank (it has: openai")
    assert str(caught.value).endswith("); add its jar to pipeline.jars")


def test_a_job_without_the_jar(bare_env: Any, t_env: Any) -> None:
    """A jar that only another environment of the JVM has is not in the job."""
    result = predict(bare_env.sql_query("SELECT 'x' AS q"), "q", provider=PROVIDER)
    with pytest.raises(FlinkError) as caught, clear_errors(PROVIDER):
        result.execute().wait()
    assert "ClassNotFoundException); ensure_jars(t_env) adds the provider's jar to the job" in str(caught.value)


# Missing parts -------------------------------------------------------------------------------------------------------


RUNNING = """
    from llmproviders import flink

    try:
        flink.running_runtime()
    except flink.FlinkError as error:
        print(error)
    """
OPTIONS = "the options of the JVM are in JVM_ARGS, FLINK_ENV_JAVA_OPTS, and env.java.opts.all of Flink's configuration"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"JAVA_HOME": "none"}, "expected Java 11 or newer, found none at none/bin/java; install a JDK, or set JAVA_HOME"),
        (
            {"JVM_ARGS": "-javaagent:none.jar"},
            f"the JVM of PyFlink did not start: Error opening zip file or JAR manifest missing : none.jar; {OPTIONS}",
        ),
        # The JVM prints this error on standard output, which PyFlink does not read.
        ({"JVM_ARGS": "-Xmx1k"}, "the JVM of PyFlink did not start: see its output"),
        (
            {"FLINK_HOME": ""},
            "the JVM of PyFlink did not start, because it found no Flink: "
            f"expected flink-python-*.jar in {Path.cwd() / 'opt'} and flink-dist-*.jar in {Path.cwd() / 'lib'}; correct or unset FLINK_HOME, FLINK_OPT_DIR and FLINK_LIB_DIR",
        ),
        (
            {"PYFLINK_GATEWAY_PORT": "1"},
            "Flink: An error occurred while trying to connect to the Java server (127.0.0.1:1); "
            "has the JVM of PyFlink ended, or is PYFLINK_GATEWAY_PORT wrong?",
        ),
        (
            {"PYFLINK_GATEWAY_PORT": "one"},
            "PYFLINK_GATEWAY_PORT: expected the port of a running JVM; unset it, and PyFlink starts one",
        ),
        ({"SUBMIT_ARGS": "none"}, "the JVM of PyFlink did not start: 2 (SystemExit)"),
    ],
)
def test_a_jvm_that_does_not_start(environment: dict[str, str], expected: str) -> None:
    """The reason is one line."""
    done = run(RUNNING, **environment)
    assert expected == done.stdout.splitlines()[-1], done.stderr


def test_an_old_java(tmp_path: Path) -> None:
    """The error names the Java that Flink needs: here a real JVM refuses a class of a Java of the future."""
    source = tmp_path / "PythonGatewayServer.java"
    source.write_text("package org.apache.flink.client.python; public class PythonGatewayServer {}")
    home = os.environ.get("JAVA_HOME")
    compiler = str(Path(home) / "bin" / "javac") if home else "javac"
    subprocess.run([compiler, "-d", str(tmp_path), str(source)], check=True)
    name = "org/apache/flink/client/python/PythonGatewayServer.class"
    code = bytearray((tmp_path / name).read_bytes())
    code[6:8] = (44 + 99).to_bytes(2, "big")
    (tmp_path / "opt").mkdir()
    with zipfile.ZipFile(tmp_path / "opt" / "flink-python-9.jar", "w") as archive:
        archive.writestr(name, bytes(code))
    done = run(RUNNING, FLINK_HOME=str(tmp_path))
    found = re.fullmatch(r"expected Java 99 or newer, got Java (\d+); install a JDK, or set JAVA_HOME\n", done.stdout)
    assert found is not None, done.stderr
    assert int(found[1]) >= 11


def test_no_flink_beside_pyflink() -> None:
    """PyFlink would end the process."""
    prologue = "import os, pyflink.find_flink_home as f; os.environ.pop('FLINK_HOME', 0); f._is_flink_home = lambda _: False\n"
    done = run(prologue + textwrap.dedent(RUNNING))
    expected = "PyFlink finds no Flink: the package apache-flink-libraries is incomplete; install apache-flink again"
    assert [expected] == done.stdout.splitlines(), done.stderr


def test_a_pyflink_of_another_version(t_env: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a class or a method is missing in the JVM, the error names both versions."""
    from pyflink import version

    jvm = running_jvm()
    real = jvm.org.apache.flink.runtime.util.EnvironmentInformation.getVersion()
    monkeypatch.setattr(version, "__version__", "2.99.0")
    install = f"install apache-flink=={'.'.join(real.split('.')[:2])}.*"
    monkeypatch.setenv("FLINK_HOME", "/opt/flink")
    with pytest.raises(FlinkError) as caught, clear_errors():
        _ = jvm.java.lang.System.noSuchField
    hint = f"PyFlink is 2.99.0, but Flink in FLINK_HOME (/opt/flink) is {real}: unset FLINK_HOME, or {install}"
    assert f"Flink: java.lang.System.noSuchField does not exist in the JVM; {hint}" == str(caught.value)
    monkeypatch.delenv("FLINK_HOME")
    with pytest.raises(FlinkError) as caught, clear_errors():
        jvm.org.apache.flink.NoSuchClass()
    assert str(caught.value).startswith("Flink: Could not found the Java class 'org.apache.flink.NoSuchClass'. ")
    assert str(caught.value).endswith(f"; PyFlink is 2.99.0, but Flink is {real}: {install}")
    with pytest.raises(FlinkError) as caught, clear_errors():
        t_env.execute_sql("SELECT")
    assert "2.99" not in str(caught.value)


def test_no_data_frames(t_env: Any) -> None:
    """PyFlink 2.1 to 2.3 has no DataFrame API."""
    from pyflink.version import __version__

    with pytest.raises(FlinkError) as caught:
        as_model_provider(PROVIDER)
    expected = "expected a PyFlink with the DataFrame API (ververica-flink 11.7 or newer, Apache Flink 2.4)"
    assert f"{expected}, got {__version__}" == str(caught.value)


def test_an_incomplete_pyflink(t_env: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing module of PyFlink is named."""
    from pyflink.version import __version__

    monkeypatch.setitem(sys.modules, "pyflink.java_gateway", None)
    with pytest.raises(FlinkError) as caught:
        flink.running_runtime()
    assert f"PyFlink {__version__} is not installed completely: no module pyflink.java_gateway" == str(caught.value)
