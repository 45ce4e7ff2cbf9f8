# SPDX-License-Identifier: Apache-2.0
"""The commands `add`, `remove` and `rename`."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import KEY, TEXTS, diff_of, run

from llmproviders import Secret, load


@pytest.mark.parametrize(
    ("suffix", "lines"),
    [
        ("toml", ["+", "+[providers.two]", '+preset = "deepseek"', "+temperature = 0.2"]),
        ("yaml", ["+", "+  two:", "+    preset: deepseek", "+    temperature: 0.2"]),
        ("json", ["+    },", '+    "two": {', '+      "preset": "deepseek",', '+      "temperature": 0.2']),
    ],
)
def test_add(suffix: str, lines: list[str]) -> None:
    """A new entry follows the others, and all other lines stay; its values have the types of the options."""
    assert "+ two: openai-compat\n" == run("add", f"a.{suffix}", "two", "preset=deepseek", "temperature=0.2")
    assert diff_of(suffix) == lines
    # The names of preset and class determine the types, wherever they are given.
    run("add", f"a.{suffix}", "three", "temperature=1", "extends=two", "api_key=env:K", "extra_options.x.y=z")
    provider = load(f"a.{suffix}")["three"]
    assert provider == load(f"a.{suffix}")["two"].with_(temperature=1, api_key=Secret.from_env("K"), extra_options={"x.y": "z"})


@pytest.mark.parametrize("suffix", TEXTS)
def test_add_to_a_new_file(suffix: str) -> None:
    """The first entry makes the file; --default makes an entry the default."""
    name = f"new.{suffix}"
    run("add", name, "chat", "preset=deepseek", "--dry-run")
    assert not Path(name).exists()
    assert "+ chat: openai-compat\n" == run("add", name, "chat", "preset=deepseek")
    assert [
        "+ brief: openai-compat",
        "+ (default): brief",
    ] == run("add", name, "brief", "extends=chat", "max_tokens=5", "--default").splitlines()
    catalog = load(name)
    assert (["chat", "brief"], "brief") == (list(catalog), catalog.default)
    assert Path(name).read_text(encoding="utf-8").endswith("\n")


def test_add_refuses_an_entry_of_an_environment() -> None:
    """The hint on an entry of an environment has the environment, and each hint works."""
    Path("e.toml").write_text(
        'default_env = "dev"\n[providers.chat]\npreset = "deepseek"\n'
        '[env.dev.providers.chat]\nn = 2\n[env.dev.providers.own]\npreset = "openai"\n',
        encoding="utf-8",
    )
    start = "e.toml has an entry 'chat' already; change it with: llmproviders "
    for given, hint in (
        (["seed=1", "--env", "dev"], "set e.toml chat --env dev"),
        (["preset=openai", "--env", "dev"], "set e.toml chat --env dev"),
        (["preset=openai", "--env", "prod"], "add e.toml chat --env prod"),
        (["preset=openai"], "set e.toml chat"),
    ):
        assert f"{start}{hint} KEY=VALUE\n" == run("add", "e.toml", "chat", *given, code=2)
        run(*hint.split(), "seed=1", "--dry-run")
    # An entry of another environment is no obstacle.
    run("add", "e.toml", "own", "preset=openai", "--env", "prod")
    run("add", "e.toml", "own", "preset=openai")


def test_add_refuses() -> None:
    """A name that is taken, an entry with problems, a literal secret and a missing folder are refused; nothing is written."""
    before = Path("a.toml").read_bytes()
    hint = "a.toml has an entry 'chat' already; change it with: llmproviders set a.toml chat KEY=VALUE\n"
    assert hint == run("add", "a.toml", "chat", "preset=deepseek", code=2)
    Path("i.toml").write_text('include = ["a.toml"]\n', encoding="utf-8")
    assert hint == run("add", "i.toml", "chat", "preset=deepseek", code=2)
    assert hint.replace("set a.toml chat", "add i.toml chat --env dev") == run(
        "add", "i.toml", "chat", "preset=deepseek", "--env", "dev", code=2
    )
    shown = run("add", "a.toml", "x", "temperature=0.2", code=2)
    assert "providers.x: expected one of the keys provider, generic, preset, extends, got none of them" in shown
    shown = run("add", "a.toml", "x", "preset=deepsek", "extends=y", code=2)
    assert "got preset and extends" in shown
    shown = run("add", "a.toml", "x", "preset=deepseek", "temprature=1", "n=0", code=2)
    assert 2 == shown.count("providers.x.")
    shown = run("add", "a.toml", "x", "preset=openai", f"api_key={KEY}", code=2)
    assert "write api_key=env:NAME or api_key=file:PATH, or pass --reveal" in shown
    assert KEY not in shown
    assert "no/such.toml" in run("add", "no/such.toml", "x", "preset=deepseek", code=2)
    assert run("add", "a.txt", "x", "preset=deepseek", code=2).startswith("a.txt:1:1: expected a file that ends with .toml")
    for wrong in (["", "preset=deepseek"], ["x", "preset"], ["x", "preset=a", "preset=b"]):
        assert run("add", "a.toml", *wrong, code=2)
    assert Path("a.toml").read_bytes() == before


def test_add_with_a_literal_secret() -> None:
    """With --reveal a literal secret is written, the file is private, and the secret is not shown."""
    assert KEY not in run("add", "new.toml", "x", "preset=openai", f"api_key={KEY}", "--reveal", "--dry-run")
    assert KEY not in run("add", "new.toml", "x", "preset=openai", f"api_key={KEY}", "--reveal")
    assert KEY in Path("new.toml").read_text(encoding="utf-8")
    assert 0 == Path("new.toml").stat().st_mode & 0o077


@pytest.mark.parametrize("content", ["", "[providers", "[]", "\xff"])
def test_add_to_a_file_that_is_no_catalog(content: str) -> None:
    """A file without providers gets its first entry; one that cannot be read is refused."""
    Path("b.json").write_text(content, encoding="latin-1")
    assert run("add", "b.json", "x", "preset=deepseek", code=2) == run("show", "b.json", code=2)
    Path("b.toml").write_text("# empty\n", encoding="utf-8")
    assert "b.toml had problems before, and is valid now\n" == run("add", "b.toml", "x", "preset=deepseek")
    assert Path("b.toml").read_text(encoding="utf-8").startswith("# empty\n")


@pytest.mark.parametrize(
    ("suffix", "lines"),
    [
        ("toml", ["-", "-# for vectors", "-[providers.embed]", '-extends = "base"', '-for_task = "embeddings"']),
        ("yaml", ["-", "-  # for vectors", "-  embed:", "-    extends: base", "-    for_task: embeddings"]),
        ("json", ["-    },", '-    "embed": {', '-      "extends": "base",', '-      "for_task": "embeddings"']),
    ],
)
def test_remove(suffix: str, lines: list[str]) -> None:
    """`remove` removes the lines of the entry, and the comment above it."""
    assert "- embed: openai-compat\n" == run("remove", f"a.{suffix}", "embed")
    assert diff_of(suffix) == lines


def test_remove_refuses() -> None:
    """An entry that is used is not removed, and the message names all uses."""
    before = Path("a.toml").read_bytes()
    assert run("remove", "a.toml", "base", code=2) == (
        "the entry 'base' is still named by extends of chat, extends of embed; change that first\n"
    )
    assert "the entry 'chat' is still named by default; change that first\n" == run("remove", "a.toml", "chat", code=2)
    assert "did you mean chat?" in run("remove", "a.toml", "chta", code=2)
    Path("i.toml").write_text('include = ["a.toml"]\n', encoding="utf-8")
    assert "the entry 'chat' is in a.toml; remove it there\n" == run("remove", "i.toml", "chat", code=2)
    assert Path("a.toml").read_bytes() == before
    Path("one.json").write_text('{"providers": {"x": {"preset": "deepseek"}}}', encoding="utf-8")
    assert "'x' is the only one" in run("remove", "one.json", "x", code=2)


def test_remove_an_entry_that_replaces_an_included_one() -> None:
    """The included entry takes its place, so that others may still extend it."""
    Path("i.toml").write_text(
        'include = ["a.toml"]\n[providers.base]\npreset = "deepseek"\n\n[providers.x]\nextends = "base"\n', encoding="utf-8"
    )
    run("remove", "i.toml", "base")
    assert load("i.toml")["base"] == load("a.toml")["base"]


@pytest.mark.parametrize(
    ("suffix", "lines"),
    [
        (
            "toml",
            [
                "-[providers.base]",
                "+[providers.core]",
                '-extends = "base"',
                '+extends = "core"',
                '-extends = "base"',
                '+extends = "core"',
            ],
        ),
        (
            "yaml",
            ["-  base:", "+  core:", "-    extends: base", "+    extends: core", "-    extends: base", "+    extends: core"],
        ),
        (
            "json",
            [
                '-    "base": {',
                '+    "core": {',
                '-      "extends": "base",',
                '+      "extends": "core",',
                '-      "extends": "base",',
                '+      "extends": "core",',
            ],
        ),
    ],
)
def test_rename(suffix: str, lines: list[str]) -> None:
    """`rename` changes the name of the entry, each `extends` and the default, and no other character."""
    assert [
        "~ base -> core",
        "~ chat.extends: base -> core",
        "~ embed.extends: base -> core",
    ] == run("rename", f"a.{suffix}", "base", "core").splitlines()
    assert diff_of(suffix) == lines
    run("rename", f"a.{suffix}", "core", "base")
    assert "~ chat -> talk\n~ (default): chat -> talk\n" == run("rename", f"a.{suffix}", "chat", "talk")
    assert "talk" == load(f"a.{suffix}").default
    assert "1 file, no problems\n" == run("check", f"a.{suffix}")


def test_rename_refuses() -> None:
    """A name that is taken or empty, an included entry, and a name that an included file needs are refused."""
    before = Path("a.toml").read_bytes()
    assert "a.toml has an entry 'base' already\n" == run("rename", "a.toml", "chat", "base", code=2)
    assert "expected a name that is not empty\n" == run("rename", "a.toml", "chat", "", code=2)
    assert "did you mean chat?" in run("rename", "a.toml", "chta", "x", code=2)
    Path("i.toml").write_text('include = ["a.toml"]\n', encoding="utf-8")
    assert "the entry 'chat' is in a.toml; rename it there\n" == run("rename", "i.toml", "chat", "x", code=2)
    assert Path("a.toml").read_bytes() == before
    Path("low.toml").write_text('[providers.child]\nextends = "top"\n', encoding="utf-8")
    Path("top.toml").write_text('include = ["low.toml"]\n[providers.top]\npreset = "deepseek"\n', encoding="utf-8")
    assert "low.toml:2:1: providers.child.extends" in run("rename", "top.toml", "top", "x", code=2)


def test_problems_that_were_there_before() -> None:
    """Entries with problems do not keep others from being changed; but the changed entry must be right."""
    Path("b.toml").write_text(TEXTS["toml"].replace("0.2", "'hot'"), encoding="utf-8")
    rest = "b.toml still has 1 problem elsewhere; llmproviders check b.toml lists them\n"
    assert run("add", "b.toml", "two", "preset=deepseek") == rest
    assert run("set", "b.toml", "two", "seed=5") == rest
    assert "providers.chat.temperature" in run("set", "b.toml", "chat", "seed=5", code=2)
    run("rename", "b.toml", "chat", "talk")
    assert 'default = "talk"' in Path("b.toml").read_text(encoding="utf-8")
    assert run("remove", "b.toml", "embed") == rest


@pytest.mark.parametrize("suffix", TEXTS)
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("has_last", [True, False])
@pytest.mark.parametrize(
    "call",
    [
        ["set", "chat", "temperature=0.5", "model=m", "user_prompt=two\nlines"],
        ["set", "embed", "model=m", 'extra_body={"a": {"b": "c"}}'],
        ["set", "embed", "--unset", "for_task"],
        ["add", "two", "preset=deepseek", 'stop=["a"]', "extra_options.x=y"],
        ["remove", "embed"],
        ["rename", "embed", "vectors"],
    ],
    ids=" ".join,
)
def test_line_ends_are_kept(suffix: str, ends: str, has_last: bool, call: list[str]) -> None:
    """A file keeps its kind of line ends, and ends with one only if it did before."""
    text = TEXTS[suffix] if has_last else TEXTS[suffix].rstrip("\n")
    file = Path(f"x.{suffix}")
    file.write_text(text, encoding="utf-8", newline=ends)
    run(call[0], file.name, *call[1:])
    new = file.read_bytes().decode()
    assert (new.count("\r"), new.endswith("\n")) == (new.count("\n") if ends == "\r\n" else 0, has_last)
    assert new.replace("\r\n", "\n") != text


def test_add_with_parts() -> None:
    """Parts of headers and bodies may be given; those that the entry would inherit are copied."""
    run("add", "a.toml", "x", "extends=base", "extra_header.X-Tenant=acme", "extra_header.Authorization=env:TOKEN")
    assert 'extra_header = {X-Tenant = "acme", Authorization = {env = "TOKEN"}}' in Path("a.toml").read_text(encoding="utf-8")
    run("add", "a.toml", "y", "extends=chat", "extra_body.a=1")
    assert 'extra_body = {thinking = {type = "disabled"}, a = 1}' in Path("a.toml").read_text(encoding="utf-8")
    shown = run("add", "a.toml", "z", "preset=deepseek", "extra_body.a=1", "extra_body.a.b=2", code=2)
    assert shown == "extra_body.a.b cannot be set, because a value above it is not a mapping; set extra_body as a whole\n"


@pytest.mark.parametrize(
    ("suffix", "text", "is_apart"),
    [
        ("yaml", "providers:\n  a:\n    preset: deepseek\n\n  # for b\n  b:\n    preset: deepseek\n", True),
        ("yaml", "providers:\n  a:\n    preset: deepseek\n  # for b\n  b:\n    preset: deepseek\n", False),
        ("yaml", "providers:\n  a:\n    preset: deepseek\n", False),
        ("toml", '[providers.a]\npreset = "deepseek"\n\n# for b\n[providers.b]\npreset = "deepseek"\n', True),
        ("toml", '[providers.a]\npreset = "deepseek"\n[providers.b]\npreset = "deepseek"\n', False),
        ("toml", '[providers]\na.preset = "deepseek"\nb.preset = "deepseek"\n', True),
        ("toml", '[providers.a]\npreset = "deepseek"\n', True),
    ],
)
def test_add_keeps_the_blank_lines(suffix: str, text: str, is_apart: bool) -> None:
    """A blank line is above the new entry if one is between its siblings."""
    file = Path(f"b.{suffix}")
    for ends in ("\n", "\r\n"):
        file.write_text(text, encoding="utf-8", newline=ends)
        run("add", file.name, "x", "preset=deepseek")
        added = file.read_bytes().decode().removeprefix(text.replace("\n", ends))
        assert added.startswith(ends) == is_apart
        assert added.strip().startswith(("x:", "[providers.x]"))


@pytest.mark.parametrize("call", ["set - chat n=1", "add - x preset=deepseek", "remove - chat", "rename - chat talk"])
def test_standard_input_cannot_be_changed(call: str) -> None:
    """`-` is a usage error, and the help does not offer it."""
    assert "expected a file to change, got - (standard input)" in run(*call.split(), code=2)
    assert "standard input" not in run(call.partition(" ")[0], "--help")
