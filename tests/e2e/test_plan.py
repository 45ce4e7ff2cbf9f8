# SPDX-License-Identifier: Apache-2.0
"""Plan and apply on the running Flink."""

from __future__ import annotations

from typing import Any

import pytest
from pyflink.table import DataTypes, EnvironmentSettings, Schema, TableEnvironment
from pyflink.table.model_descriptor import ModelDescriptor

from llmproviders import (
    Catalog,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Secret,
    parse_create_model,
    parse_statements,
)
from llmproviders.flink import FlinkError, Plan, apply, create_model, plan

URL = "http://127.0.0.1:9/v1/chat/completions"
KEY = "sk-test-plan-0123456789"
CHAT = OpenAIProvider(URL, KEY, model="gpt")
COLUMNS: dict[str, Any] = {"input": "text STRING", "output": "answer STRING"}
PROVIDED = "'provider' = 'g'"
CREATE = "CREATE MODEL {} INPUT (text STRING) OUTPUT (answer STRING) WITH ({})"


@pytest.fixture
def env() -> TableEnvironment:
    """An environment of its own, whose current database is not the default one."""
    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    environment.execute_sql("CREATE DATABASE planned")
    environment.use_database("planned")
    return environment


def shown(env: TableEnvironment, name: str) -> str:
    with env.execute_sql(f"SHOW CREATE MODEL {name}").collect() as rows:
        return str(next(rows)[0])


def titles(found: Plan) -> list[str]:
    return [step.title for step in found]


def test_create_and_alter(env: TableEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are created, then changed; nothing is left to do after it."""
    monkeypatch.setenv("PLANNED_KEY", KEY)
    chat = OpenAICompatProvider(endpoint=URL, api_key=Secret.from_env("PLANNED_KEY"), model="gpt", temperature=0.5)
    catalog = Catalog({"chat": chat, "the mood": CHAT.with_(system_prompt="It's\none \\ word.")})
    made = plan(env, catalog, **COLUMNS)
    assert ["create chat", "create the mood"] == titles(made)
    assert ["create chat", "create the mood"] == titles(plan(env, catalog, **COLUMNS))
    apply(env, made)
    assert ["chat", "the mood"] == env.list_models()
    for again in (plan(env, catalog, **COLUMNS), plan(env, catalog), plan(env, dict(catalog), drop=True, database="planned")):
        assert Plan() == again
    catalog = catalog.amend("chat", temperature=None, max_tokens=9, api_key="another key")
    changes = plan(env, catalog)
    assert "~ chat.api-key: ****** -> ****** (another value)\n+ chat.max-tokens: 9\n- chat.temperature: 0.5" == str(changes)
    apply(env, changes)
    assert not plan(env, catalog)
    model = parse_create_model(shown(env, "chat"))
    assert CHAT.with_(max_tokens=9, api_key="another key") == model.provider
    assert ("default_catalog", "planned", "chat") == model.path
    apply(env, plan(env, {"chat": GenericProvider("own", a="b")}))
    assert "WITH (\n  'a' = 'b',\n  'provider' = 'own'\n)" in shown(env, "chat")


def test_models_of_others(env: TableEnvironment) -> None:
    """Options that the library cannot read are compared as they are; equal values in other spellings are no change."""
    options = {**CHAT.to_options(), "provider": "openai", "temperature": "5e-1", "system-prompt": "You are a helpful assistant."}
    env.execute_sql(CREATE.format("a", ", ".join(f"'{key}' = '{value}'" for key, value in options.items())))
    env.execute_sql(CREATE.format("b", f"'temperature'='warm', 'api-key'='{KEY}'"))
    wanted = {"a": CHAT.with_(temperature=0.5), "b": CHAT}
    found = plan(env, wanted)
    assert ["set b", "reset b"] == titles(found)
    assert KEY not in str(found) + repr(found)
    apply(env, found)
    assert not plan(env, wanted)
    assert CHAT == parse_create_model(shown(env, "b")).provider


def test_renames(env: TableEnvironment) -> None:
    """Models are renamed and swapped, also in another database than the current one."""
    one, two = GenericProvider("g", n="1"), GenericProvider("g", n="2")
    apply(env, plan(env, {"a": one, "b": two}, **COLUMNS))
    env.use_database("default_database")
    renames = {"a": "b", "b": "a"}
    swap = plan(env, {"a": two, "b": one}, database=["planned"], rename=renames)
    assert ["rename", "rename", "rename"] == [step.kind for step in swap]
    apply(env, swap)
    assert not plan(env, {"a": two, "b": one}, database="planned", rename=renames)
    moved = plan(env, {"c d": one, "a": two}, database="default_catalog.planned", drop=True)
    assert ["rename b to c d"] == titles(moved)
    apply(env, moved)
    env.use_database("planned")
    assert ["a", "c d"] == env.list_models()
    assert "'n' = '1'" in shown(env, "`c d`")


def test_columns_and_drop(env: TableEnvironment) -> None:
    """A model with other columns is made again; other permanent models are dropped only if asked."""
    env.execute_sql("CREATE MODEL a INPUT (x INT) OUTPUT (y INT) COMMENT 'it''s' WITH ('provider' = 'g')")
    env.execute_sql(CREATE.format("b", "'provider' = 'g'"))
    env.execute_sql(CREATE.replace("MODEL", "TEMPORARY MODEL").format("t", "'provider' = 'g'"))
    assert not plan(env, {"a": GenericProvider("g")})
    again = plan(env, {"a": GenericProvider("g")}, columns={"a": ("text STRING", {"answer": "STRING"})}, drop=True)
    assert ["drop a", "create a", "drop b"] == titles(again)
    apply(env, again)
    model = parse_create_model(shown(env, "a"))
    assert ("it's", "text") == (model.comment, model.input[0].name)
    assert (["a"], ["t"]) == (env.list_models(), env.list_temporary_models())
    assert ["drop a"] == titles(plan(env, {}, drop=True))


def test_columns_of_a_script(env: TableEnvironment) -> None:
    """The columns of the statements of a script are those of the models to create."""
    text = f"{CREATE.format('a', PROVIDED)}; CREATE MODEL b INPUT (x INT COMMENT 'c') OUTPUT (y ARRAY<INT>) WITH ({PROVIDED});"
    columns: Any = {model.path[-1]: (model.input, model.output) for model in parse_statements(text)}
    wanted = {"a": GenericProvider("g"), "b": GenericProvider("g")}
    apply(env, plan(env, wanted, columns=columns))
    assert not plan(env, wanted, columns=columns)
    assert "INPUT (`x` INT COMMENT 'c')\nOUTPUT (`y` ARRAY<INT>)" in shown(env, "b")


def test_failing_step(env: TableEnvironment) -> None:
    """The error of a step names the steps that are done, and shows no secret; a new plan has the rest."""
    env.execute_sql(CREATE.format("a", "'provider' = 'g'"))
    wanted = {"a": CHAT, "b": CHAT, "c": CHAT}
    found = plan(env, wanted, **COLUMNS)
    env.execute_sql(CREATE.format("b", "'provider' = 'g'"))
    with pytest.raises(FlinkError) as caught:
        apply(env, found)
    assert (
        "step 2 of 3 (create b): Flink: Model planned.b already exists in Catalog default_catalog. "
        "(ModelAlreadyExistException); done before it: set a"
    ) == str(caught.value)
    assert caught.value.__context__ is None
    with pytest.raises(FlinkError, match=r"^step 1 of 1 \(create c\): .*; nothing was changed$"):
        apply(env, Plan((_create_c(env),)))
    apply(env, plan(env, wanted, **COLUMNS))
    assert not plan(env, wanted)


def _create_c(env: TableEnvironment) -> Any:
    [step] = plan(env, {"c": CHAT}, **COLUMNS)
    env.execute_sql(CREATE.format("c", "'provider' = 'g'"))
    return step


def test_temporary_models(env: TableEnvironment) -> None:
    """A temporary model would hide the permanent one of its name."""
    create_model(env, "a", CHAT, **COLUMNS)
    env.execute_sql(CREATE.format("b", "'provider' = 'g'"))
    create_model(env, "b", CHAT, **COLUMNS)
    with pytest.raises(InvalidOptionsError) as caught:
        plan(env, {"a": CHAT, "b": CHAT}, **COLUMNS)
    assert [
        "a: expected a name that no temporary model has; drop the temporary model of this name, which would hide it",
        "b: expected a model that is not temporary; drop the temporary model of this name, which hides any other",
    ] == [str(problem) for problem in caught.value.problems]


def test_models_that_cannot_be_read(env: TableEnvironment) -> None:
    """A model of the Table API that SHOW CREATE MODEL prints in no readable form does not prevent a plan of others."""
    columns = Schema.new_builder().column("a", DataTypes.STRING()).build()
    odd = Schema.new_builder().column("b", DataTypes.INTERVAL(DataTypes.SECOND())).build()
    descriptor = ModelDescriptor.for_provider("g").input_schema(columns).output_schema(odd).build()
    env.create_model("odd", descriptor)
    assert ["create a", "drop odd"] == titles(plan(env, {"a": CHAT}, **COLUMNS, drop=True))
    with pytest.raises(InvalidOptionsError) as caught:
        plan(env, {"odd": GenericProvider("g", a="b")})
    [problem] = caught.value.problems
    assert ("odd", "a model that can be read") == (problem.option, problem.expected)
    assert "SHOW CREATE MODEL:3:13: expected a SQL type of Flink" in problem.got


def test_names_of_other_databases(env: TableEnvironment) -> None:
    """A name may begin with that of the database; one of another database is an error."""
    current = f"{env.get_current_catalog()}.{env.get_current_database()}"
    assert ["create a"] == titles(plan(env, {f"{current}.a": CHAT}, **COLUMNS))
    with pytest.raises(InvalidOptionsError, match=f"^plan: shop.a: expected an entry for a model of {current}, got 'shop.a'"):
        plan(env, {"shop.a": CHAT}, **COLUMNS)


def test_problems(env: TableEnvironment, runtime_name: str) -> None:
    """All problems of a call are in one error."""
    wrong: Any = {"a": ("a STRNG", None), "b": 5, "x": ("a INT", "b INT")}
    with pytest.raises(InvalidTypeError) as caught:
        plan(env, {"a": CHAT, "b": CHAT}, input="text STRING", columns=wrong, database="a.b.c")
    assert [
        "output: expected columns, because those of the other side are given, got none",
        "columns.a.input: expected a SQL type of Flink, got STRNG at column 3; did you mean STRING?",
        "columns.a.output: expected columns, because those of the other side are given, got none",
        "columns.b: expected a mapping of names to pairs of input and output columns, got 5",
        "columns: expected names of the catalog, got 'x'",
        "database: expected the name of a database, such as db or catalog.db, got 'a.b.c'",
    ] == [str(problem) for problem in caught.value.problems]
    for database in (5, ["a", 5], ["a"] * 3, []):
        with pytest.raises(InvalidOptionsError, match="^plan: database: expected the name of a database"):
            plan(env, {}, database=database)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="^plan: columns: expected a mapping of names to pairs"):
        plan(env, {}, columns=[])  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="^plan: catalog: expected a mapping of names to providers"):
        plan(env, CHAT)  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionsError) as other:
        plan(env, {"a": CHAT.with_(endpoint="h"), "b": CHAT}, rename={"b": "x"}, columns={"a": ("a STRING", "b STRING")})
    assert [
        "rename: expected new names that are wanted, got 'x'",
        "a.endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'h'; "
        "write the whole path, such as .../v1/chat/completions",
        "b.input: expected columns of a model that does not exist yet, got none; give its input and output columns",
    ] == [str(problem) for problem in other.value.problems]
    assert str(other.value).startswith(f"plan on {runtime_name}: 3 problems\n")
    with pytest.raises(InvalidTypeError, match="rename: expected a mapping of old names to new names, got 5"):
        plan(env, {}, rename=5)  # type: ignore[arg-type]
    with pytest.raises(FlinkError, match=r"^Flink: Database nope does not exist"):
        plan(env, {}, database="nope")
    with pytest.raises(InvalidTypeError, match="^apply: plan: expected a Plan, got a value of type list"):
        apply(env, [])  # type: ignore[arg-type]
