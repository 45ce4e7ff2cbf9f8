# SPDX-License-Identifier: Apache-2.0
"""The command `import`: references in place of literal secrets, names of entries, and merging into a catalog."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import TEXTS, invoke, run
from growth import MOST, growth
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import CLASSES, providers

from llmproviders import InvalidOptionsError, Provider, Secret, from_options, load, loads
from llmproviders.catalogs import sources
from llmproviders.catalogs.formats.lookup import FORMATS, Format
from llmproviders.catalogs.literals import is_literal, with_references
from llmproviders.catalogs.revision import Revision
from llmproviders.providers.provider_secrets import secret_parts

URL = "https://api.example.com/v1/chat/completions"
KEY = "sk-literal-0123456789"


def quote(string: str) -> str:
    """A string literal of SQL."""
    return "'{}'".format(string.replace("'", "''"))


def statement(name: str, /, *, comment: str = "", **options: str) -> str:
    """A CREATE MODEL statement of `openai-compat`, with quotes as SQL writes them."""
    given = {"provider": "openai-compat", "endpoint": URL, **{key.replace("_", "-"): value for key, value in options.items()}}
    pairs = ", ".join(f"{quote(key)} = {quote(value)}" for key, value in given.items())
    described = f"COMMENT '{comment}' " if comment else ""
    return f"CREATE MODEL {name} {described}WITH ({pairs});\n"


def write(*statements: str) -> None:
    """Write the file that is imported."""
    Path("job.sql").write_text("".join(statements), encoding="utf-8")


def catalog(text: str, name: str = "c.toml") -> None:
    """Write a catalog by hand."""
    Path(name).write_text(text, encoding="utf-8", newline="")


def read(name: str = "c.toml") -> str:
    """The content of a catalog."""
    return Path(name).read_bytes().decode()


MOOD = """\
[providers.mood]
provider = "openai-compat"
endpoint = "https://api.example.com/v1/chat/completions"
api_key = {env = "MOOD_API_KEY"}
"""
OR = ", or choose another with --secret"
NOW = f'job.sql: mood.api_key becomes {{ env = "MOOD_API_KEY" }}; set MOOD_API_KEY to the value in the statement{OR}\n'


# The catalog ----------------------------------------------------------------------------------------------------------


def test_import() -> None:
    """`import` writes a catalog; an old spelling is a warning, and the new one is written; a placeholder stays."""
    text = (
        "-- an old job\n"
        "CREATE MODEL `chat` INPUT (`text` STRING) OUTPUT (`answer` STRING) WITH (\n"
        "  'provider' = 'bailian',\n"
        "  'endpoint' = 'https://api.example.com/v1/chat/completions',\n"
        "  'apiKey' = '${secret_values.key}'\n"
        ");\n"
        "CREATE TEMPORARY MODEL db.embed WITH ('provider' = 'openai', 'endpoint' = 'https://api.example.com/v1/embeddings',\n"
        "  'api-key' = '${secret_values.other}');\n"
    )
    write(text)
    shown = run("import", "job.sql")
    assert (
        "[providers.chat]\n"
        'provider = "openai-compat"\n'
        'endpoint = "https://api.example.com/v1/chat/completions"\n'
        'api_key = "${secret_values.key}"\n'
        "\n"
        "[providers.embed]\n"
        'provider = "openai"\n'
        'endpoint = "https://api.example.com/v1/embeddings"\n'
        'api_key = "${secret_values.other}"\n'
        "job.sql:3:16: warning: provider: expected openai-compat, got VVR's old name; write 'provider' = 'openai-compat'\n"
        "job.sql:5:3: warning: apiKey: expected api-key, got VVR's old spelling; write 'api-key' = ...\n"
    ) == shown
    run("import", "job.sql", "--output", "out.yaml")
    assert ["chat", "embed"] == list(load("out.yaml"))
    assert run("import", "job.sql", "--to", "yaml").startswith(read("out.yaml"))


def test_comments_become_descriptions() -> None:
    """The comment of a model is the description of its entry."""
    write(statement("mood", comment="It''s for moods; docs: https://u:p@h.example/"))
    assert 'description = "It\'s for moods; docs: https://******@h.example/"\n' in run("import", "job.sql")
    assert "https://u:p@h.example/" in run("import", "job.sql", "--secrets", "reveal")


@pytest.mark.parametrize(
    "key", ["p@ss:w0rd!longer", 'it\'s "quoted"', "a=b=", "https://u:p@h.example/x?y#z", "k", "a.b", "-.-.-", "密钥:1"]
)
def test_no_key_leaves_in_a_comment(key: str) -> None:
    """A description has a mask in place of each key of its model, whatever characters the key has."""
    header = json.dumps({"Authorization": f"Bearer {key}"})
    write(statement("mood", comment=f"the key is {key}, or ({key})".replace("'", "''"), api_key=key, extra_header=header))
    entry = json.loads(invoke("import", "job.sql", "--to", "json").stdout)["providers"]["mood"]
    assert entry["description"] == "the key is ******, or (******)"


def test_nothing_to_import() -> None:
    """A file without models is an error, and so are files that cannot be read."""
    for text in ("", "-- nothing\n", "SELECT 1", "DROP MODEL IF EXISTS m"):
        write(text)
        assert "job.sql: expected a model at the end of the script, got none\n" == run("import", "job.sql", code=2)
    assert "nope.sql: No such file or directory\n" == run("import", "nope.sql", code=2)
    Path("job.sql").write_bytes(b"\xff")
    assert "job.sql:1:1: expected UTF-8 text, got byte 0xff; save it as UTF-8\n" == run("import", "job.sql", code=2)


def test_import_reads_regular_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory, a FIFO or a device is refused at once, and so is a file that is too large."""
    assert run("import", str(tmp_path), code=2) == f"{tmp_path}: Is a directory\n"
    file = tmp_path / "a.sql"
    file.write_text(statement("chat"), encoding="utf-8")
    monkeypatch.setattr(sources, "MAX_CHARACTERS", 9)
    assert run("import", str(file), code=2) == f"{file}:1:1: expected a document of at most 9 bytes\n"
    if os.name == "posix":
        os.mkfifo(tmp_path / "fifo")
        assert run("import", str(tmp_path / "fifo"), code=2) == f"{tmp_path / 'fifo'}: Is a FIFO\n"


def test_output_that_exists() -> None:
    """A file that exists is replaced only with --force."""
    write(statement("mood", api_key=KEY))
    expected = "a.toml exists already; pass --into a.toml to add to it, or --force to replace it\n"
    assert expected == run("import", "job.sql", "--output", "a.toml", code=2)
    assert TEXTS["toml"] == read("a.toml")
    assert run("import", "job.sql", "--output", "a.toml", "--force") == NOW
    assert read("a.toml") == MOOD


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--dry-run"], "--dry-run is for --into"),
        (["--replace"], "--replace is for --into"),
        (["--force"], "--force is for a file (--output)"),
        (["--into", "c.toml", "--to", "toml"], "--to is for a new catalog, and --into for one that may exist; give one of them"),
        (["--into", "c.toml", "--output", "d.toml"], "--output is for a new catalog"),
        (["--into", "c.toml", "--force"], "--force is for a new catalog"),
        (["--into", "c.toml", "--secrets", "redact"], "--secrets redact writes masks, and a catalog with masks does not load"),
        (["--into", "-"], "expected a file to change, got - (standard input)"),
        (["--into", "c.txt"], "expected a file that ends with .toml, .json, .yaml, .yml, got '.txt'"),
    ],
)
def test_options_that_do_not_go_together(options: list[str], expected: str) -> None:
    """Options that would be ignored are refused."""
    write(statement("mood"))
    assert expected in " ".join(run("import", "job.sql", *options, code=2).replace("│", "").split())
    assert not Path("c.toml").exists()


# Secrets --------------------------------------------------------------------------------------------------------------

EVERYWHERE = statement(
    "mood",
    comment=f"Needs {KEY}.",
    api_key=KEY,
    extra_header=json.dumps({"Authorization": f"Bearer {KEY}", "X-Tenant": "acme"}),
    extra_body=json.dumps({"metadata": [{"password": KEY, "n": 1}]}),
    my_token=KEY,
    note=json.dumps({"secret": KEY, "a": [True]}),
)


@pytest.mark.parametrize(
    ("format_", "notation"),
    [
        ("toml", '{{ env = "{}" }}'),
        ("yaml", "{{env: {}}}"),
        ("json", '{{"env": "{}"}}'),
    ],
)
def test_references_take_the_place_of_literal_secrets(format_: Format, notation: str) -> None:
    """Each literal secret becomes a variable, equal ones the same; each has one line, in the notation of the format."""
    write(EVERYWHERE, statement("brief", api_key=KEY), statement("other", api_key="another"))
    shown = run("import", "job.sql", "--to", format_, "--output", f"c.{format_}")
    same = "mood.api_key, mood.extra_body.metadata.0.password, mood.extra_options.my-token, mood.extra_options.note.secret, brief.api_key"
    lines = {
        "MOOD_API_KEY": f"{same} become",
        "MOOD_EXTRA_HEADER_AUTHORIZATION": "mood.extra_header.Authorization becomes",
        "OTHER_API_KEY": "other.api_key becomes",
    }
    expected = "".join(
        f"job.sql: {subject} {notation.format(name)}; set {name} to the value in the statement{OR}\n"
        for name, subject in lines.items()
    )
    found = [line for line in shown.splitlines(keepends=True) if "warning" not in line]
    # The literals of a provider are in the order of its options.
    assert sorted(expected) == sorted("".join(found))
    assert sorted(expected.splitlines()[1:]) == sorted("".join(found).splitlines()[1:])
    mood = load(f"c.{format_}").get_as("mood", Provider)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOOD_API_KEY", KEY)
        patch.setenv("MOOD_EXTRA_HEADER_AUTHORIZATION", f"Bearer {KEY}")
        options = mood.to_options()
    assert (KEY, KEY) == (options["api-key"], options["my-token"])
    assert {"Authorization": f"Bearer {KEY}", "X-Tenant": "acme"} == json.loads(options["extra-header"])
    assert {"metadata": [{"password": KEY, "n": 1}]} == json.loads(options["extra-body"])
    assert {"secret": KEY, "a": [True]} == json.loads(options["note"])


@pytest.mark.parametrize("format_", FORMATS)
def test_no_literal_leaves_the_statement(format_: Format) -> None:
    """A literal secret is neither printed nor written, unless it is revealed; then only the owner can read the file."""
    write(EVERYWHERE)
    out = f"out.{format_}"
    shown = run("import", "job.sql", "--to", format_)
    for policy, code in {"reference": 0, "redact": 0, "refuse": 2}.items():
        shown += run("import", "job.sql", "--output", f"{policy}.{format_}", "--secrets", policy, code=code)
    shown += run("import", "job.sql", "--into", out, "--dry-run") + run("import", "job.sql", "--into", out)
    write(EVERYWHERE.replace("'X-Tenant'", "'X-Other'").replace(KEY, KEY + "1").replace("acme", "other"))
    shown += run("import", "job.sql", "--into", out, code=2)
    shown += run("import", "job.sql", "--into", out, "--replace", "--dry-run")
    shown += run("import", "job.sql", "--into", out, "--replace")
    shown += run("import", "job.sql", "--secret", f"api_key={KEY}", code=2)
    shown += run("import", "job.sql", "--secret", KEY, code=2)
    shown += run("import", "job.sql", "--secret", f"{KEY}=env:X", code=2)
    assert f"refuse.{format_}" not in os.listdir()
    files = "".join(read(each) for each in (out, f"reference.{format_}", f"redact.{format_}"))
    assert KEY not in shown
    assert KEY not in files
    assert run("import", "job.sql", "--to", format_, "--secrets", "reveal").count(KEY) >= 6
    run("import", "job.sql", "--output", f"reveal.{format_}", "--secrets", "reveal")
    assert os.name == "nt" or Path(f"reveal.{format_}").stat().st_mode & 0o777 == 0o600
    assert KEY in load(f"reveal.{format_}")["mood"].to_options()["api-key"]


def test_refuse() -> None:
    """With --secrets refuse, each literal secret is an error."""
    write(statement("mood", api_key=KEY), statement("brief", secret_x=KEY))
    hint = "leave out --secrets refuse, or pass --secrets reveal or --secrets redact"
    expected = "expected no literal secret in a document, got ******"
    shown = run("import", "job.sql", "--secrets", "refuse", code=2)
    assert f"job.sql: mood.api_key: {expected}; {hint}\njob.sql: brief.extra_options.secret-x: {expected}; {hint}\n" == shown


def test_secrets_that_no_reference_can_replace() -> None:
    """An empty secret, a secret in a URL or in a list, and one beside a null are errors with advice."""
    write(
        statement("a", endpoint="https://u:p@api.example.com/v1/chat/completions", api_key="", note='[{"token": "x"}]'),
    )
    advice = "a reference cannot replace it; remove the secret from the statement, or pass --secrets reveal"
    literal = "expected no literal secret in a document, got ******"
    assert (
        f"job.sql: a.endpoint: {literal}; {advice}\n"
        "job.sql: a.api_key: expected a secret, got an empty string; pass --secret a.api_key=env:NAME\n"
        f"job.sql: a.extra_options.note: {literal}; {advice}\n"
    ) == run("import", "job.sql", code=2)
    assert "https://u:p@api.example.com" in run("import", "job.sql", "--secrets", "reveal")
    write(statement("a", extra_body='{"token": "x", "stop": null}'))
    shown = run("import", "job.sql", code=2)
    assert shown.startswith("job.sql: a.extra_body: expected a body that a document can hold, ")
    assert shown.endswith("; change it in the statement, or pass --secrets reveal\n")


def test_strict() -> None:
    """With --strict, a warning is an error, and nothing is written."""
    write(statement("mood", temprature="0.2"))
    warning = "warning: temprature: expected an option of openai-compat, got an unknown name; did you mean temperature?"
    last = "job.sql: nothing is written, because --strict makes warnings errors\n"
    for options in (["--output", "new.toml"], ["--into", "new.toml"], []):
        shown = run("import", "job.sql", "--strict", *options, code=2)
        assert (warning in shown, shown.endswith(last), shown.count("\n")) == (True, True, 2)
    assert not Path("new.toml").exists()
    write(statement("mood", temperature="0.2"))
    assert "temperature = 0.2" in run("import", "job.sql", "--strict")


def test_warnings_beside_errors() -> None:
    """One call prints the warnings and the errors of a script."""
    write(statement("mood", temprature="0.2", max_tokens="many"), "DROP MODEL other;\n")
    shown = run("import", "job.sql", code=2).splitlines()
    assert ["warning: temprature", "warning", "max_tokens (max-tokens)"] == [
        line.partition(": expected")[0].partition(": ")[2] for line in shown
    ]


def test_names_of_variables() -> None:
    """The name of a variable is of its entry and option; it is a name in every shell, and different secrets never share one."""
    names = ["`a-b`", "`a.b`", "a_b", "`a b`", "`4o`", "`聊天`", "`你好`", f"`{KEY}`", "MODEL"]
    write(*(statement(name, api_key=f"key {number}") for number, name in enumerate(names)))
    found = loads(invoke("import", "job.sql", "--to", "json").stdout, format="json")
    keys = [getattr(each, "api_key").reference for each in found.values()]  # noqa: B009
    assert [
        "A_B_API_KEY",
        "A_B_API_KEY_2",
        "A_B_API_KEY_3",
        "A_B_API_KEY_4",
        "MODEL_4O_API_KEY",
        "MODEL_API_KEY",
        "MODEL_API_KEY_2",
        "SECRET_API_KEY",
        "MODEL_API_KEY_3",
    ] == keys
    write(statement("a_b", api_key="x", A_B_API_KEY_2="sk-yyyyyyyyyyyy"), statement("a-b".join("``"), api_key="z"))
    catalog('[providers.x]\npreset = "deepseek"\napi_key = { env = "A_B_API_KEY" }\n')
    run("import", "job.sql", "--into", "c.toml")
    assert ["A_B_API_KEY", "A_B_API_KEY_2", "A_B_API_KEY_3"] == [
        each.api_key.reference  # type: ignore[attr-defined]
        for each in load("c.toml").values()
    ]


def test_chosen_references() -> None:
    """--secret chooses the reference of an option, or that of one entry; equal secrets share it, and no name is used twice."""
    write(statement("mood", api_key="a"), statement("brief", api_key="b", my_token="a"), statement("x", api_key="c"))
    shown = run(
        "import",
        "job.sql",
        "--secret",
        "mood.api_key=env:X_API_KEY",
        "--secret",
        "brief.api_key=file:/run/key",
        "--output",
        "c.toml",
    )
    assert [
        'job.sql: mood.api_key, brief.extra_options.my-token become { env = "X_API_KEY" }; '
        "set X_API_KEY to the value in the statement",
        'job.sql: brief.api_key becomes { file = "/run/key" }',
        f'job.sql: x.api_key becomes {{ env = "X_API_KEY_2" }}; set X_API_KEY_2 to the value in the statement{OR}',
    ] == [line for line in shown.splitlines() if "warning" not in line]
    found = load("c.toml")
    assert Secret.from_file("/run/key") == found["brief"].api_key  # type: ignore[attr-defined]
    assert Secret.from_env("X_API_KEY") == found["brief"].extra_options["my-token"]
    write(statement("a", api_key="a"), statement("b", api_key="a"))
    shown = run("import", "job.sql", "--secret", "api_key=env:X", "--secrets", "refuse", "--to", "yaml")
    assert shown.endswith("job.sql: a.api_key, b.api_key become {env: X}; set X to the value in the statement\n")


def test_references_that_cannot_be_chosen() -> None:
    """A --secret that is no reference, that no entry has a secret for, or that would be for several secrets, is an error."""
    write(statement("mood", api_key=KEY), statement("brief", api_key="b"))

    def shown(*given: str) -> str:
        return run("import", "job.sql", *(each for string in given for each in ("--secret", string)), code=2)

    assert "--secret: expected [NAME.]KEY=RESOLVER:REFERENCE\n" == shown("api_key")
    assert "--secret: expected each key once, got 'api_key' twice\n" == shown("api_key=env:A", "api_key=env:B")
    assert "--secret: expected a reference for 'api_key', such as env:NAME or file:PATH\n" == shown(f"api_key={KEY}")
    variable = "the name of an environment variable (letters, digits and underscores)"
    assert f"--secret: 'api_key': expected {variable}\n" == shown("api_key=env:a b")
    assert (
        "--secret: expected an option with a literal secret, got 'mood.api_ky'; "
        "these have one: mood.api_key, brief.api_key; did you mean mood.api_key?\n"
    ) == shown("mood.api_ky=env:A")
    assert ("--secret: 'api_key' matches secrets with different values; give each one as NAME.KEY=REFERENCE\n") == shown(
        "api_key=env:A"
    )
    assert "--secret: env:A is given for different keys: mood.api_key, brief.api_key\n" == shown(
        "mood.api_key=env:A", "brief.api_key=env:A"
    )
    assert (
        shown("mood.api_key=env:A", "api_key=env:A")
        == "--secret: env:A is given for different keys: mood.api_key, brief.api_key\n"
    )


def test_a_key_for_all_entries_that_each_have_their_own() -> None:
    """A key of --secret for all entries may be one that no entry needs, because each has its own."""
    write(statement("mood", api_key=KEY))
    given = ("--secret", "api_key=env:A", "--secret", "mood.api_key=env:B")
    assert 'api_key = {env = "B"}\n' in run("import", "job.sql", *given)


def test_variables_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is the value of a variable of the catalog gets this variable."""
    monkeypatch.setenv("TEAM_KEY", KEY)
    catalog(HAND)
    write(statement("fresh", api_key=KEY), statement("other", api_key="another"))
    run("import", "job.sql", "--into", "c.toml")
    found = load("c.toml")
    assert Secret.from_env("TEAM_KEY") == found["fresh"].api_key  # type: ignore[attr-defined]
    assert Secret.from_env("OTHER_API_KEY") == found["other"].api_key  # type: ignore[attr-defined]


# Names ----------------------------------------------------------------------------------------------------------------


def test_names_of_entries() -> None:
    """An entry has the last part of the model's name, or as many parts as make it different from others."""
    names = ["m", "x.n", "chat", "db.chat", "a.b.q", "c.b.q", "a.c.q", "`k.l`"]
    write(*map(statement, names))
    assert ["m", "n", "chat", "db.chat", "a.b.q", "c.b.q", "a.c.q", "k.l"] == list(
        loads(run("import", "job.sql", "--to", "json"), format="json")
    )
    write(statement("`a.b`.c"), statement("a.b.c"), statement("b.c"))
    assert "job.sql: expected models of different names, got 'a.b.c' twice; rename one of them in the script\n" == run(
        "import", "job.sql", code=2
    )


def test_an_entry_with_the_full_name() -> None:
    """A model is compared with the entry that has its full name; the error names the model."""
    entry = f'provider = "openai-compat"\nendpoint = "{URL}"\n'
    prod = f"[providers.mood]\n{entry}seed = 1\n"
    text = f'{prod}\n[providers."hive.sales.mood"]\n{entry}seed = 2\n'
    catalog(text)
    write(statement("hive.sales.mood", seed="3"))
    advice = "pass --replace to change them as follows, or rename the model"
    assert f"c.toml has other options for hive.sales.mood; {advice}\n~ hive.sales.mood.seed: 2 -> 3\n" == run(
        "import", "job.sql", "--into", "c.toml", code=2
    )
    run("import", "job.sql", "--into", "c.toml", "--replace")
    assert text.replace("seed = 2", "seed = 3") == read()
    catalog(prod)
    assert f"c.toml has other options for mood (the model hive.sales.mood); {advice}\n~ mood.seed: 1 -> 3\n" == run(
        "import", "job.sql", "--into", "c.toml", code=2
    )


ODD = ("db.chat", "a b", 'it\'s "x"', "💥", "聊天", "a=b", "*", "[x]", "\x01", "no", "1", "-x")


@pytest.mark.parametrize("format_", FORMATS)
def test_odd_names(format_: Format) -> None:
    """Every name that a model can have is that of an entry, which `show`, `set`, `only=` and overrides find."""
    write(*(statement(f"`{name.replace('`', '``')}`", api_key=f"k{name}", temperature="0.5") for name in ODD))
    out = f"c.{format_}"
    run("import", "job.sql", "--into", out)
    assert list(ODD) == list(load(out))
    shown = run("import", "job.sql", "--into", out)
    assert shown.endswith("no changes\n")
    for name in ODD:
        assert "0.5" in run("show", out, "--", name)
        run("set", out, "--", name, "temperature=0.25")
    assert list(load(out, only=ODD[::2])) == list(ODD[::2])
    changed = load(out, overrides={f"{name}.top_p": 0.75 for name in ODD})
    assert [each.to_options(redact=True)["temperature"] for each in changed.values()] == ["0.25"] * len(ODD)
    assert [each.to_options(redact=True)["top-p"] for each in changed.values()] == ["0.75"] * len(ODD)


# Merging --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
def test_merging_twice_changes_nothing(format_: Format) -> None:
    """A catalog that does not exist is made; the second time, nothing is written."""
    write(EVERYWHERE, statement("brief", api_key="b"))
    out = f"c.{format_}"
    shown = run("import", "job.sql", "--into", out)
    assert shown.startswith("+ mood: openai-compat\n+ brief: openai-compat\n")
    text, status = read(out), Path(out).stat()
    more = statement("third", api_key="b")
    lines = run("import", "job.sql", "--into", out).splitlines()
    assert [
        f"{out}: unchanged: mood, brief",
        f"{out}: references stay, and were not compared with the secrets in job.sql: mood.api_key",
        "no changes",
    ] == [line.partition(", mood.extra")[0] for line in lines if "warning" not in line]
    assert (text, status.st_mtime_ns) == (read(out), Path(out).stat().st_mtime_ns)
    # The value of brief is not known, so that a further model has a variable of its own; unless the variable is set.
    for name, variable in {"third": "THIRD_API_KEY", "fourth": "BRIEF_API_KEY"}.items():
        write(EVERYWHERE, statement("brief", api_key="b"), more.replace("third", name))
        run("import", "job.sql", "--into", out, BRIEF_API_KEY="b" if name == "fourth" else "")
        assert Secret.from_env(variable) == load(out)[name].api_key  # type: ignore[attr-defined]


HAND = """\
# by hand
default = "mood"

[providers.base]
abstract = true
provider = "openai-compat"
endpoint = "https://api.example.com/v1/chat/completions"
api_key = { env = "TEAM_KEY" }  # of the team

[providers.mood]  # moody
extends = "base"
tags = ["a"]
temperature = 0.2  # low
seed = 5
"""


def test_merging_keeps_what_is_there() -> None:
    """New entries are added below; an entry that resolves to the same options stays as it is, with its reference."""
    catalog(HAND)
    new = statement("fresh", api_key="f", comment="New.", max_tokens="5")
    write(statement("mood", api_key=KEY, temperature="0.20", seed="5"), new)
    added = (
        '\n[providers.fresh]\nprovider = "openai-compat"\ndescription = "New."\n'
        f'endpoint = "{URL}"\napi_key = {{env = "FRESH_API_KEY"}}\nmax_tokens = 5\n'
    )
    expected = (
        "c.toml: unchanged: mood\n"
        "c.toml: references stay, and were not compared with the secrets in job.sql: mood.api_key\n"
        f'job.sql: fresh.api_key becomes {{ env = "FRESH_API_KEY" }}; set FRESH_API_KEY to the value in the statement{OR}\n'
    )
    shown = run("import", "job.sql", "--into", "c.toml", "--dry-run")
    assert shown.startswith("--- c.toml\n+++ c.toml\n")
    assert "".join(f"+{line}\n" for line in added.splitlines()) in shown
    assert shown.endswith(expected)
    assert read() == HAND
    assert f"+ fresh: openai-compat\n{expected}" == run("import", "job.sql", "--into", "c.toml")
    assert HAND + added == read()


def test_entries_that_differ() -> None:
    """An entry with other options is an error that lists them, unless it is to be replaced; then only these change."""
    catalog(HAND)
    write(statement("fresh", api_key="n"), statement("mood", api_key=KEY, temperature="0.7", top_p="0.5"))
    assert (
        "c.toml has other options for mood; pass --replace to change them as follows, or rename the model\n"
        "~ mood.temperature: 0.2 -> 0.7\n"
        "- mood.seed: 5\n"
        "+ mood.top-p: 0.5\n"
    ) == run("import", "job.sql", "--into", "c.toml", code=2).replace(
        "+ mood.top-p: 0.5\n- mood.seed: 5\n", "- mood.seed: 5\n+ mood.top-p: 0.5\n"
    )
    assert HAND == read()
    write(statement("mood", api_key=KEY, temperature="0.7", top_p="0.5", comment="Moods."))
    run("import", "job.sql", "--into", "c.toml", "--replace")
    expected = HAND.replace("0.2 ", "0.7 ").replace("seed = 5\n", 'top_p = 0.5\ndescription = "Moods."\n')
    assert expected == read()
    assert run("import", "job.sql", "--into", "c.toml").endswith("no changes\n")
    write(statement("mood", api_key=KEY, comment="Other."))
    run("import", "job.sql", "--into", "c.toml", "--replace")
    assert HAND.replace("temperature = 0.2  # low\nseed = 5\n", 'description = "Moods."\n') == read()


def test_replacing_inherited_options() -> None:
    """If inherited options would stay, the entry no longer extends another one; it keeps its tags, and its reference."""
    catalog(HAND.replace("abstract = true\n", "abstract = true\nn = 2\n"))
    write(statement("mood", api_key=KEY, temperature="0.2"))
    shown = run("import", "job.sql", "--into", "c.toml", "--replace")
    assert shown.startswith(("- mood.n: 2\n- mood.seed: 5\n", "- mood.seed: 5\n- mood.n: 2\n"))
    mood = loads(read(), format="toml")
    assert ("a",) == mood.details["mood"].tags
    assert Secret.from_env("TEAM_KEY") == mood["mood"].api_key  # type: ignore[attr-defined]
    assert "extends" not in read()
    assert "temperature = 0.2  # low" in read()


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        ('provider = "triton"\nendpoint = "http://t:8000"\n', "~ mood: triton -> openai-compat\n"),
        ('abstract = true\nprovider = "openai-compat"\n', "~ mood: no complete provider -> openai-compat\n"),
        ('extends = "nothing"\n', "~ mood: no complete provider -> openai-compat\n"),
        (
            f'provider = "openai-compat"\nendpoint = "{URL}"\napi_key = "sk-other-0123456789"\n',
            "~ mood.api-key: ****** -> ******",
        ),
        (f'provider = "openai-compat"\nendpoint = "{URL}"\napi_key = "${{secret_values.x}}"\n', "~ mood.api-key: ${"),
    ],
)
def test_replacing_another_kind_of_entry(entry: str, change: str) -> None:
    """An entry of another class, one that is no provider, and one with another secret are replaced only on request."""
    catalog(f'[providers.a]\npreset = "deepseek"\n\n[providers.mood]\n{entry}')
    write(statement("mood", api_key=KEY))
    assert change in run("import", "job.sql", "--into", "c.toml", code=2)
    run("import", "job.sql", "--into", "c.toml", "--replace")
    assert Secret.from_env("MOOD_API_KEY") == load("c.toml")["mood"].api_key  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("identifiers", "key"), [(("open-ai", "openai"), "extra_options.api-key"), (("openai", "open-ai"), "api_key")]
)
def test_the_reference_of_another_class_stays(identifiers: tuple[str, str], key: str) -> None:
    """If only the class changes, the entry keeps its references, also those that become or were extra options."""
    old, new = (statement("mood", api_key=KEY).replace("openai-compat", each) for each in identifiers)
    write(old)
    run("import", "job.sql", "--into", "c.toml", "--secret", f"{key}=env:K")
    write(new)
    shown = run("import", "job.sql", "--into", "c.toml", "--replace")
    assert "references stay" in shown
    assert "set " not in shown
    assert f'"{identifiers[1]}"' in read()
    assert read().count('env = "K"') == 1


def test_an_equal_literal_stays() -> None:
    """A literal secret that the catalog has itself is compared, and stays if it is equal."""
    text = f'[providers.mood]\nprovider = "openai-compat"\nendpoint = "{URL}"\napi_key = "{KEY}"\n'
    catalog(text)
    write(statement("mood", api_key=KEY))
    assert "c.toml: unchanged: mood\nno changes\n" == run("import", "job.sql", "--into", "c.toml")
    assert text == read()


def test_order_and_spelling_of_json_are_no_difference() -> None:
    """Headers, bodies and extra options are compared by their parts."""
    catalog(
        f'[providers.mood]\nprovider = "openai-compat"\nendpoint = "{URL}"\n'
        'extra_header = { X-A = "a", Authorization = { env = "AUTH" } }\n'
        "extra_body = { b = { c = 1, d = [true] }, a = 2 }\n"
        'extra_options = { note = { b = 1, token = { env = "NOTE" } }, plain = \'{"a": 1, "token": "t"}\' }\n'
    )
    own = {"extra_header": '{"Authorization": "k", "X-A": "a"}', "extra_body": '{"a":2, "b": {"d": [true], "c": 1}}'}
    more = {"note": '{"token": "x", "b": 1}', "plain": '{"token":"t","a":1}'}
    write(statement("mood", **own, **more))
    assert run("import", "job.sql", "--into", "c.toml").endswith("no changes\n")
    write(statement("mood", **own | {"extra_body": '{"a": true, "b": {"d": [true], "c": 1}}'}, **more))
    assert "~ mood.extra-body.a: 2 -> true\n" in run("import", "job.sql", "--into", "c.toml", code=2)


def test_merging_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """If one entry cannot be merged, or the file cannot be written, nothing changes; the file is written once."""
    catalog(HAND)
    write(statement("fresh", api_key="n"), statement("mood", endpoint="https://u:p@h.example/chat/completions"))
    assert "job.sql: mood.endpoint: " in run("import", "job.sql", "--into", "c.toml", "--replace", code=2)
    assert HAND == read()
    written: list[str] = []

    def fail(self: Revision, *, private: bool) -> None:
        written.append(self.text)
        raise OSError(28, "No space left on device", "c.toml")

    monkeypatch.setattr(Revision, "write", fail)
    write(statement("fresh", api_key="n"), statement("later", api_key="n"), statement("mood", api_key=KEY))
    assert run("import", "job.sql", "--into", "c.toml", "--replace", code=2).endswith("c.toml: No space left on device\n")
    assert (1, HAND) == (len(written), read())


def test_entries_of_included_files() -> None:
    """An entry of an included file that is equal stays; another one is not replaced from here."""
    catalog(HAND, "base.toml")
    catalog('include = ["base.toml"]\n')
    write(statement("mood", api_key=KEY, temperature="0.2", seed="5"), statement("fresh"))
    run("import", "job.sql", "--into", "c.toml")
    assert f'include = ["base.toml"]\n\n[providers.fresh]\nprovider = "openai-compat"\nendpoint = "{URL}"\n' == read()
    write(statement("mood", api_key=KEY))
    shown = run("import", "job.sql", "--into", "c.toml", "--replace", code=2)
    assert "the entry 'mood' is in base.toml; replace it there\n" == shown
    assert HAND == read("base.toml")
    Path("base.toml").unlink()
    assert run("import", "job.sql", "--into", "c.toml", code=2).startswith("c.toml:1:")


def test_the_default_of_a_variable() -> None:
    """The default of a variable, which is a secret itself, is not copied to other entries, and is not written anew."""
    text = HAND.replace('{ env = "TEAM_KEY" }', '{ env = "TEAM_KEY", default = "sk-default-0123456789" }')
    catalog(text)
    write(statement("mood", api_key=KEY, temperature="0.2", seed="5"), statement("fresh", api_key=KEY))
    run("import", "job.sql", "--into", "c.toml", TEAM_KEY=KEY)
    assert read().startswith(text)
    assert Secret.from_env("TEAM_KEY") == load("c.toml")["fresh"].api_key  # type: ignore[attr-defined]
    write(statement("mood", api_key=KEY))
    shown = run("import", "job.sql", "--into", "c.toml", "--replace", code=2)
    assert (
        "job.sql: mood.api_key.default: expected no literal secret in a document, got ******; "
        "remove this default, or pass --secrets reveal\n"
    ) == shown


def test_a_catalog_that_is_empty_or_broken() -> None:
    """Entries are merged into a catalog without entries, but not into a file that cannot be read."""
    for name, text in {
        "c.toml": "# nothing yet\n",
        "c.yaml": "providers: {}\n",
        "c.json": '{"default": null, "providers": {}}',
    }.items():
        catalog(text.replace('"default": null, ', ""), name)
        write(statement("m"), statement("n"))
        run("import", "job.sql", "--into", name)
        assert ["m", "n"] == list(load(name))
    catalog('{"providers": {"m": 5}}', "c.json")
    assert "providers.m is not a mapping; edit the file by hand\n" == run(
        "import", "job.sql", "--into", "c.json", "--replace", code=2
    )
    catalog("[providers", "c.toml")
    assert run("import", "job.sql", "--into", "c.toml", code=2).startswith("c.toml:1:")
    assert "[providers" == read("c.toml")


# Laws -----------------------------------------------------------------------------------------------------------------


def _meaning(options: Mapping[str, str]) -> dict[str, Any]:
    """The options, with the value in place of a string of JSON, and maps without the blanks that Flink ignores."""
    found: dict[str, Any] = {}
    for key, string in options.items():
        try:
            found[key] = json.loads(string)
        except ValueError:
            found[key] = re.sub(r"\s*([:,])\s*", r"\1", string) if key.endswith("headers") else string
    return found


@pytest.fixture(scope="module")
def own_class() -> None:
    """A user-defined class is registered."""
    from own import RerankProvider

    from llmproviders import register_provider_class

    register_provider_class(RerankProvider)


NO_REFERENCE = "a reference cannot replace it|expected a secret, got an empty string|that a document can hold"
"""The messages about options that cannot be imported."""


@pytest.mark.parametrize("cls", CLASSES)
@settings(max_examples=100 if os.environ.get("MANY_EXAMPLES") else 10)
@given(data=st.data())
def test_round_trip(cls: type[Provider], data: st.DataObject, own_class: None) -> None:
    """A statement that was written is imported as the same provider, but for its secrets, which are references."""
    provider = data.draw(providers(cls))
    format_ = data.draw(st.sampled_from(FORMATS))
    try:
        expected = from_options(provider.provider_name(), provider.to_options())
    except InvalidOptionsError:
        assume(False)  # the default of an option that was removed breaks a rule
    options = {"provider": provider.provider_name(), **provider.to_options()}
    sql = f"CREATE MODEL m WITH ({', '.join(f'{quote(key)} = {quote(value)}' for key, value in options.items())})"
    done = invoke("import", "-", "--to", format_, input=sql)
    if done.exit_code:
        assert done.exit_code == 2
        problems = [line for line in done.stderr.splitlines() if "warning: " not in line]
        assert problems
        assert all(re.search(NO_REFERENCE, line) for line in problems)
        return
    imported = loads(done.stdout, format=format_)["m"]
    literals = {path: part for path, part in secret_parts(expected) if is_literal(part) and isinstance(part, Secret)}
    assert not [path for path, part in secret_parts(imported) if is_literal(part)]
    assert set(literals) == {path for path, part in secret_parts(imported) if part.is_reference}
    revealed = with_references(imported, literals)
    assert _meaning(expected.to_options()) == _meaning(revealed.to_options())


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("option", ["--into", "--output"])
def test_time(format_: Format, option: str) -> None:
    """The time is linear in the number of models."""
    old = {
        "toml": '[providers.a]\npreset = "deepseek"\n',
        "yaml": "providers: {a: {preset: deepseek}}\n",
        "json": '{"providers": {"a": {"preset": "deepseek"}}}',
    }

    def make(count: int) -> str:
        return "".join(statement(f"`模{number}`", api_key=f"key {number}") for number in range(count))

    def run_import(sql: str) -> None:
        catalog(old[format_], f"into.{format_}")
        Path(f"new.{format_}").unlink(missing_ok=True)
        write(sql)
        run("import", "job.sql", option, f"into.{format_}" if option == "--into" else f"new.{format_}")

    assert growth(make, run_import, 60) <= MOST


@pytest.mark.parametrize("format_", FORMATS)
def test_time_of_replacing(format_: Format) -> None:
    """The time is linear in the number of entries that change, also if each gets a key and loses others."""

    def make(count: int) -> tuple[str, str]:
        models = [statement(f"m{number}", api_key=f"k{number}", seed="5", n="2") for number in range(count)]
        write(*models)
        Path(f"old.{format_}").unlink(missing_ok=True)
        run("import", "job.sql", "--into", f"old.{format_}")
        changed = [model.replace("'seed' = '5', 'n' = '2'", "'temperature' = '0.5'") for model in models]
        return read(f"old.{format_}"), "".join(changed)

    def replace(given: tuple[str, str]) -> None:
        old, new = given
        catalog(old, f"c.{format_}")
        write(new)
        run("import", "job.sql", "--into", f"c.{format_}", "--replace")

    assert growth(make, replace, 40) <= MOST
    assert "seed" not in read(f"c.{format_}")
    assert read(f"c.{format_}").count("temperature") == 40
