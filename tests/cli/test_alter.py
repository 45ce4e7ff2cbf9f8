# SPDX-License-Identifier: Apache-2.0
"""The command `sql --alter-from`: statements that bring models in line with a catalog."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run

CATALOG = """\
[providers.chat]
provider = "openai"
endpoint = "https://api.example.com/v1/chat/completions"
api_key = { env = "PLANNED_KEY" }
model = "gpt"
temperature = 0.7

[providers.mood]
extends = "chat"
system_prompt = "One word."
"""
SHOWN = """\
CREATE MODEL `default_catalog`.`default_database`.`chat`
INPUT (`text` VARCHAR(2147483647))
OUTPUT (`answer` VARCHAR(2147483647))
WITH (
  'api-key' = 'sk-hush',
  'endpoint' = 'https://api.example.com/v1/chat/completions',
  'model' = 'gpt',
  'provider' = 'openai',
  'seed' = '5',
  'temperature' = '0.2'
)
CREATE MODEL `default_catalog`.`default_database`.`feeling`
INPUT (`text` VARCHAR(2147483647))
OUTPUT (`answer` VARCHAR(2147483647))
WITH (
  'api-key' = 'sk-hush',
  'endpoint' = 'https://api.example.com/v1/chat/completions',
  'model' = 'gpt',
  'provider' = 'openai',
  'system-prompt' = 'One word.',
  'temperature' = '0.70'
)
"""
ALTERED = """\
ALTER MODEL `default_catalog`.`default_database`.`feeling` RENAME TO `default_catalog`.`default_database`.`mood`;
ALTER MODEL `default_catalog`.`default_database`.`chat` SET (
  'temperature' = '0.7'
);
ALTER MODEL `default_catalog`.`default_database`.`chat` RESET ('seed');
"""


@pytest.fixture(autouse=True)
def files() -> None:
    """A catalog and a file with outputs of SHOW CREATE MODEL."""
    Path("c.toml").write_text(CATALOG, encoding="utf-8")
    Path("show.sql").write_text(SHOWN, encoding="utf-8")


def altered(*arguments: str, code: int = 0, stdin: str | None = None, key: str = "sk-hush") -> str:
    return run("sql", "c.toml", *arguments, code=code, stdin=stdin, PLANNED_KEY=key)


def test_alter() -> None:
    """All entries are compared; statements are in the order to run them."""
    assert ALTERED == altered("--alter-from", "show.sql", "--drop", "--for", "flink-2.3")
    assert ALTERED == altered("--alter-from", "show.sql", "--rename", "feeling=mood")
    assert ALTERED == altered("--alter-from", "-", "--rename", "feeling=mood", stdin=SHOWN)


def test_nothing_to_do() -> None:
    """Without changes, only standard error has a line."""
    shown = SHOWN.replace("feeling", "mood").replace("0.2", "7e-1").replace("  'seed' = '5',\n", "")
    Path("show.sql").write_text(shown, encoding="utf-8")
    assert "no changes\n" == altered("--alter-from", "show.sql", "--for", "flink-2.3", "--drop")


def test_one_entry() -> None:
    """A name restricts the comparison to one entry; columns are for a model that is created."""
    shown = altered("chat", "--alter-from", "show.sql")
    assert "".join(line + "\n" for line in ALTERED.splitlines()[1:]) == shown
    columns = ("--input", "text STRING", "--output", "answer STRING")
    shown = altered("mood", "--alter-from", "show.sql", *columns, "--secrets", "redact", "--model", "other")
    assert shown.startswith("CREATE MODEL `default_catalog`.`default_database`.`mood`\nINPUT (`text` STRING)\n")
    assert ("'api-key' = '******'", "'model' = 'other'") == tuple(line.strip(" ,") for line in shown.splitlines()[6:8])
    Path("show.sql").write_text("", encoding="utf-8")
    assert altered("mood", "--alter-from", "show.sql", *columns, "--secrets", "reveal").startswith("CREATE MODEL `mood`\n")


def test_models_that_the_catalog_lacks() -> None:
    """Without --drop, a line names the models without an entry, but not temporary ones, and not if NAME selects one."""
    columns = ("--input", "text STRING", "--output", "answer STRING", "--secrets", "redact")
    last = "not in the catalog: feeling; --drop drops it"
    assert last == altered("--alter-from", "show.sql", *columns).splitlines()[-1]
    assert "not in the catalog" not in altered("chat", "--alter-from", "show.sql")
    more = SHOWN + "CREATE MODEL `default_catalog`.`default_database`.`more`\nWITH ('provider' = 'own');\n"
    Path("show.sql").write_text(more, encoding="utf-8")
    assert "not in the catalog: feeling, more; --drop drops them" in altered("--alter-from", "show.sql", *columns)
    assert "catalog: more;" in altered("--alter-from", "show.sql", "--rename", "feeling=mood")
    Path("show.sql").write_text(more.replace("CREATE", "CREATE TEMPORARY").replace("TEMPORARY ", "", 1), encoding="utf-8")
    assert "not in the catalog" not in altered("--alter-from", "show.sql", *columns)


def test_columns_are_those_of_all_models() -> None:
    """The problem of a column that only some models can have has a hint on the selection of one."""
    columns = ("--alter-from", "show.sql", "--input", "text INT", "--output", "answer STRING", "--for", "flink-2.3")
    hint = "; --input and --output are those of all models of the call; select one with NAME"
    shown = altered(*columns, code=2).splitlines()
    assert [("c.toml:1:1", True), ("c.toml:8:1", True)] == [(line.split(": ")[0], line.endswith(hint)) for line in shown]
    assert hint not in altered("mood", *columns, code=2)
    lines = altered(*columns, "-o", "chat.extra_options.x=1", code=2).splitlines()
    assert [True] == [not line.endswith(hint) for line in lines if ".x: " in line]


def test_temporary_models() -> None:
    """A temporary model is never dropped."""
    shown = (
        SHOWN.replace("`feeling`", "`chat too`").replace("CREATE", "CREATE TEMPORARY").replace("CREATE TEMPORARY", "CREATE", 1)
    )
    Path("show.sql").write_text(shown, encoding="utf-8")
    changed = altered("chat", "--alter-from", "show.sql")
    columns = ("--input", "text STRING", "--output", "answer STRING")
    everything = altered("--alter-from", "show.sql", "--drop", "--secrets", "reveal", *columns)
    assert everything.startswith(changed + "CREATE MODEL `default_catalog`.`default_database`.`mood`\n")
    assert "DROP" not in everything


def test_secrets_are_refused() -> None:
    """A statement with a secret is refused at the location of the secret, unless the call allows it."""
    shown = altered("--alter-from", "show.sql", "--rename", "feeling=mood", code=2, key="sk-new")
    hint = "pass --secrets reveal or --secrets redact"
    # The second entry has the secret of the first.
    assert f"c.toml:4:1: providers.chat.api_key: expected no secret in a statement, got ******; {hint}\n" == shown
    assert "'api-key' = 'sk-new'" in altered("chat", "--alter-from", "show.sql", "--secrets", "reveal", key="sk-new")
    vvr = CATALOG.replace('"openai"', '"openai-compat"')
    Path("c.toml").write_text(vvr, encoding="utf-8")
    shown = altered("chat", "--alter-from", "show.sql", "--for", "vvr-11.9", code=2, key="sk-new")
    assert f"write a placeholder such as ${{secret_values.NAME}}, or {hint}" in shown


def test_problems() -> None:
    """Problems of entries have their locations, and are about the options of the command."""
    shown = altered("--alter-from", "show.sql", code=2)
    assert (
        "c.toml:8:1: providers.mood: --input: expected columns of a model that does not exist yet, got none; "
        "give its input and output columns\n"
    ) == shown
    assert "environment variable PLANNED_KEY is not set or empty" in altered("chat", "--alter-from", "show.sql", code=2, key="")
    shown = altered("--alter-from", "show.sql", "--rename", "chat=mod", code=2)
    assert "sql: --rename: expected new names that are wanted, got 'mod'; did you mean mood?\n" == shown
    shown = altered("--alter-from", "show.sql", "--input", "a STRNG", "--output", "b STRING", code=2)
    assert "sql: --input: expected a SQL type of Flink, got STRNG at column 3; did you mean STRING?\n" == shown


def test_warnings() -> None:
    """The warnings of the runtime for changed models are printed after the statements."""
    text = CATALOG.replace('{ env = "PLANNED_KEY" }', '"${secret_values.key}"')
    Path("c.toml").write_text(text, encoding="utf-8")
    lines = altered("chat", "--alter-from", "show.sql", "--for", "flink-2.3").splitlines()
    assert "  'api-key' = '${secret_values.key}'," == lines[1]
    assert lines[-1].startswith("c.toml:4:1: warning: providers.chat.api_key: expected the value itself")


def test_wrong_files() -> None:
    """The file must have models of one database, each once."""
    missing = altered("--alter-from", "no.sql", code=2)
    assert "no.sql: No such file or directory\n" == missing
    Path("show.sql").write_text("CREATE MODEL a.m WITH () CREATE MODEL m WITH () CREATE MODEL b.m WITH ()", encoding="utf-8")
    assert "show.sql: expected models of one database, got also models of a, b\n" == altered("--alter-from", "show.sql", code=2)
    Path("show.sql").write_text("CREATE MODEL m WITH () CREATE MODEL m WITH ()", encoding="utf-8")
    assert "show.sql: expected each model once, got m twice\n" == altered("--alter-from", "show.sql", code=2)
    Path("show.sql").write_text("+---+", encoding="utf-8")
    assert altered("--alter-from", "show.sql", code=2).startswith("show.sql:1:1: expected CREATE MODEL, got '+'")


MISUSES = {
    (
        "--alter-from",
        "s.sql",
        "--name",
        "x",
    ): "--name, --temporary, --if-not-exists and --comment cannot be used with --alter-from",
    (
        "chat",
        "--alter-from",
        "s.sql",
        "--drop",
    ): "--drop cannot be used with NAME, because it drops the models of all other names",
    ("chat", "--drop"): "--rename and --drop need --alter-from",
    (): "give NAME, --input and --output; or --alter-from, with NAME or without",
    ("chat", "--input", "a STRING"): "give NAME, --input and --output; or --alter-from, with NAME or without",
    ("--alter-from", "show.sql", "--input", "a STRING"): "give both --input and --output, or neither",
}


@pytest.mark.parametrize("arguments", MISUSES)
def test_misuses(arguments: tuple[str, ...]) -> None:
    """Options that do not fit each other are an error."""
    assert f"sql: {MISUSES[arguments]}\n" == altered(*arguments, code=2)


def test_abstract_entries() -> None:
    """An abstract entry is no model."""
    text = CATALOG.replace("[providers.chat]", "[providers.chat]\nabstract = true")
    Path("c.toml").write_text(text, encoding="utf-8")
    assert "the entry 'chat' is abstract, and no provider" in altered("chat", "--alter-from", "show.sql", code=2)


def test_standard_input_twice() -> None:
    """Standard input is read once."""
    shown = run("sql", "-", "--format", "toml", "--alter-from", "-", code=2, stdin=CATALOG)
    assert "expected - once, because standard input can be read only once\n" == shown


def test_full_names() -> None:
    """An entry with a full name is the model of that name; one of another database, or a second one of a model, is an error."""
    shown = "CREATE MODEL `hive`.`sales`.`mood` WITH ('provider' = 'own', 'a' = '1');"
    Path("shown.sql").write_text(shown, encoding="utf-8")
    entry = '[providers."{}"]\ngeneric = "own"\nextra_options = {{a = "2"}}\n'
    changed = "ALTER MODEL `hive`.`sales`.`mood` SET (\n  'a' = '2'\n);\n"
    for name in ("mood", "sales.mood", "hive.sales.mood"):
        Path("c.toml").write_text(entry.format(name), encoding="utf-8")
        assert changed == run("sql", "c.toml", "--alter-from", "shown.sql")
    columns = ("--input", "a STRING", "--output", "b STRING")
    assert run("sql", "c.toml", "hive.sales.mood", *columns).startswith("CREATE MODEL `hive`.`sales`.`mood`\n")
    Path("c.toml").write_text("".join(map(entry.format, ("other.mood", "mood", "sales.mood"))), encoding="utf-8")
    assert [
        "c.toml:1:1: providers.other.mood: expected an entry for a model of hive.sales, got 'other.mood'; "
        "select the entries of one database, and name it",
        "c.toml:7:1: providers.sales.mood: expected one entry for the model 'mood', got 'mood' and 'sales.mood'; "
        "select one of them",
    ] == run("sql", "c.toml", "--alter-from", "shown.sql", code=2).splitlines()


def test_description() -> None:
    """The description of an entry is the comment of a model that is created."""
    catalog = '[providers.m]\nprovider = "triton"\nendpoint = "http://t:8000"\nmodel_name = "n"\ndescription = "it\'s"\n'
    Path("c.toml").write_text(catalog, encoding="utf-8")
    Path("shown.sql").write_text("", encoding="utf-8")
    columns = ("--input", "a STRING", "--output", "b STRING")
    assert "COMMENT 'it''s'\n" in run("sql", "c.toml", "m", *columns)
    assert "COMMENT 'other'\n" in run("sql", "c.toml", "m", *columns, "--comment", "other")
    assert "COMMENT 'it''s'\n" in run("sql", "c.toml", "--alter-from", "shown.sql", *columns)
