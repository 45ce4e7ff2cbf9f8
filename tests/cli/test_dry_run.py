# SPDX-License-Identifier: Apache-2.0
"""--dry-run: a unified diff that can be applied, in which no literal secret is shown."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from command_line import KEY, LITERAL, TEXTS, invoke, run

from llmproviders.catalogs.formats.lookup import FORMATS, Format, format_module
from llmproviders.catalogs.layers import compose
from llmproviders.catalogs.masked_diff import Side, masked_diff
from llmproviders.catalogs.resolution import resolve
from llmproviders.catalogs.sources import read_file
from llmproviders.credentials import MASK

CALLS = [
    ["set", "chat", "temperature=0.5", "model=m"],
    ["add", "two", "preset=deepseek", "extra_options.x=y"],
    ["remove", "embed"],
    ["rename", "base", "core"],
]


def test_the_diff() -> None:
    """The diff has the names of the file and the lines around the change; nothing is written."""
    shown = run("set", "a.toml", "chat", "temperature=0.5", "--dry-run")
    assert [
        "--- a.toml",
        "+++ a.toml",
        "@@ -9,7 +9,7 @@",
        " # for chatting",
        " [providers.chat]",
        ' extends = "base"',
        "-temperature = 0.2  # low",
        "+temperature = 0.5  # low",
        ' extra_body = { thinking = { type = "disabled" } }',
        " ",
        " # for vectors",
    ] == shown.splitlines()
    assert Path("a.toml").read_text(encoding="utf-8") == TEXTS["toml"]
    assert "no changes\n" == run("set", "a.toml", "chat", "temperature=0.2", "--dry-run")
    assert run("add", "new.yaml", "x", "preset=deepseek", "--dry-run") == (
        "--- /dev/null\n+++ new.yaml\n@@ -0,0 +1,3 @@\n+providers:\n+  x:\n+    preset: deepseek\n"
    )


@pytest.mark.parametrize("suffix", TEXTS)
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("has_last", [True, False])
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_the_diff_can_be_applied(suffix: str, ends: str, has_last: bool, call: list[str]) -> None:
    """Applied to the file, the diff gives the file that the command writes: line ends and a missing last one included."""
    text = TEXTS[suffix] if has_last else TEXTS[suffix].rstrip("\n")
    file = Path(f"x.{suffix}")
    file.write_text(text, encoding="utf-8", newline=ends)
    # `run` has no carriage returns.
    result = invoke(call[0], file.name, *call[1:], "--dry-run")
    shown = result.stdout_bytes.decode()
    assert file.read_bytes() == text.replace("\n", ends).encode()
    applied = _applied(file.read_bytes().decode(), shown)
    run(call[0], file.name, *call[1:])
    assert applied == file.read_bytes().decode()


def _applied(text: str, diff: str) -> str:
    """*text* with the hunks of a diff."""
    old = re.findall(r"[^\n]*\n|[^\n]+", text)
    new: list[str] = []
    done = 0
    lines = re.findall(r"[^\n]*\n", diff)[2:]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        content = line[1:-1] if following.startswith("\\") else line[1:]
        if found := re.match(r"@@ -(\d+)", line):
            start = int(found[1]) - 1
            new += old[done:start]
            done = start
        elif line[0] in " -":
            assert old[done] == content
            done += 1
            new += [content] * (line[0] == " ")
        elif line[0] == "+":
            new.append(content)
    return "".join([*new, *old[done:]])


def test_the_diff_in_a_terminal() -> None:
    """In a terminal the lines are coloured, and control characters are escapes."""
    Path("a.toml").write_text(TEXTS["toml"].replace("# low", "# low\u202e\tx"), encoding="utf-8", newline="\r\n")
    shown = run("set", "a.toml", "chat", "temperature=0.5", "--dry-run", FORCE_COLOR="1", TERM="xterm", COLUMNS="80")
    assert "\x1b[1m--- a.toml\x1b[0m\n" in shown
    assert "\x1b[36m@@ -9,7 +9,7 @@\x1b[0m\n" in shown
    assert re.search(r"\x1b\[31m-temperature = 0\.2  # low\\u202e +x\x1b\[0m\n", shown)
    assert "\r" not in shown


def test_a_comment_beside_a_credential() -> None:
    """The comment on the line of a credential is masked, because it may be an older one."""
    Path("c.toml").write_text('[providers.a]\npreset = "deepseek"\napi_key = "pw-1"  # before: pw-2\n', encoding="utf-8")
    shown = run("set", "c.toml", "a", "api_key=env:KEY", "--dry-run")
    assert shown.splitlines()[-2:] == ["-api_key = ******", '+api_key = {env = "KEY"}  # ******']


SECRET = "pw"
"""A secret that no pattern recognizes."""
YAML = f"""\
# api_key: {SECRET}-comment
default: chat
x-note: {SECRET}-unknown-key
providers:
  chat:
    provider: openai-compat
    endpoint: https://me:{SECRET}-url@h.example/chat/completions
    api_key: "{SECRET}-\\x70w-escaped"
    temperature: 0.2  # token: {SECRET}-comment
    extra_header: >
      {{"Authorization":

      "Bearer {SECRET}-folded"}}
    extra_body:
      password: {SECRET}-body
      lines:
        - {SECRET}:list
    extra_options: {{my-token: {SECRET}-flow, plain: shown,
      other-token: '{SECRET}-flow
      two'}}
    model: gpt-4o  # {KEY}
  broken:
    provider: openai-compat
    api_kee: {SECRET}-misspelled
    temperature: {SECRET}-wrong
    endpoint: https://shown.example/chat/completions
    extra_options: {{plain: {SECRET}-doubtful}}
    place: {{token: {SECRET}-place}}
  nothing: {SECRET}-entry
"""


def test_no_secret_in_the_diff() -> None:
    """Every value that is or may be a secret is masked, in each of the lines that it has."""
    Path("s.yaml").write_text(YAML, encoding="utf-8")
    shown = run("add", "s.yaml", "two", "extends=chat", "--dry-run")
    assert shown.startswith("--- s.yaml")
    whole = run("rename", "s.yaml", "chat", "talk", "--dry-run")
    assert "+  talk:" in whole
    for diff in (shown, whole):
        assert SECRET not in diff
        assert KEY not in diff
    # Make every line part of the diff.
    Path("s.yaml").write_text(YAML.replace("\n", " \n"), encoding="utf-8")
    changes = ["temperature=1", "model=m", "seed=5"]
    assert SECRET not in run("set", "s.yaml", "chat", *changes, "--dry-run")


@pytest.mark.parametrize("old", TEXTS)
def test_no_literal_secret_in_any_format(old: str) -> None:
    """The literal secrets of a catalog are masked in its diff, before and after a change of a secret."""
    Path("l.toml").write_text(LITERAL, encoding="utf-8")
    run("convert", "l.toml", "--secrets", "reveal", "--output", f"l2.{old}")
    shown = run("set", f"l2.{old}", "chat", "temperature=1", f"api_key={KEY}-two", "--reveal", "--dry-run")
    assert KEY not in shown
    api_key = {"toml": "api_key = ******", "yaml": "    api_key: ******", "json": '      "api_key": ******'}[old]
    assert [f"-{api_key}", f"+{api_key}"] == [line for line in shown.splitlines() if "api_key" in line and line[0] in "-+"]
    assert "temperature" in shown


MIXED = {
    "X-Tenant": "acme",
    "X-Several": ["one", {"env": "TWO"}],
    "Authorization": {"env": "GATEWAY"},
    "Cookie": {"file": "/run/cookie"},
}
"""Headers without a literal secret."""


def whole_diff(file: str, suffix: Format, entries: dict[str, object]) -> str:
    """The diff in which every line of a catalog of these entries is new."""
    tree = {"providers": entries}
    Path(file).write_text(format_module(suffix).write(tree), encoding="utf-8")
    after = resolve(compose(read_file(Path(file))))
    drafts = {entry.path: draft for entry, draft in after.drafts.items()}
    old, new = Side("", {}, {}), Side(Path(file).read_text("utf-8"), drafts, tree)
    return "".join(masked_diff(Path(file), suffix, old, new, is_new=True))


@pytest.mark.parametrize("suffix", FORMATS)
def test_references_and_ordinary_headers_are_shown(suffix: Format) -> None:
    """Only literal secrets are masked: not the headers beside them, and no reference."""
    file = f"m.{suffix}"
    entry = {"preset": "deepseek", "extra_header": MIXED, "extra_body": {"a": {"token": {"env": "B"}}, "n": 1}}
    shown = whole_diff(file, suffix, {"x": entry})
    assert MASK not in shown
    for each in ("acme", "one", "TWO", "GATEWAY", "/run/cookie"):
        assert each in shown
    shown = whole_diff(file, suffix, {"x": {**entry, "extra_header": {"X-Tenant": "acme", "Cookie": SECRET}}})
    assert "acme" in shown
    assert MASK in shown
    assert SECRET not in shown
    arguments = [f"extra_header={json.dumps(MIXED)}", "--dry-run"]
    shown = run("add", file, "z", "preset=deepseek", *arguments)
    assert "GATEWAY" in shown
    # In an entry with another problem, only the value that may be anything is masked.
    shown = whole_diff(file, suffix, {"x": {**entry, "seed": "s"}})
    assert "GATEWAY" in shown
    assert MASK in shown


@pytest.mark.parametrize(
    "entry",
    [
        {"extra_header": {"X-Tenant": {"secret": SECRET}, "X-Other": "shown"}},
        {"extra_header": {"X-Several": ["shown", {"secret": SECRET}]}},
        {"extra_header": {"Cookie": {"env": KEY}}},
        {"extra_header": {"X-Url": f"https://me:{SECRET}@h/", "Authorization": {"env": "A"}}},
        {"extra_header": {"Authorization": {"envv": SECRET}}},
        {"extra_header": {"Authorization": 5, "Cookie": SECRET}},
        {"extra_body": {"token": {"a": SECRET, "b": {"env": "A"}}}},
        {"extra_body": {"list": [{"token": SECRET}, {"token": {"env": "A"}}]}},
        {"extra_body": {"token": [SECRET]}, "seed": "wrong"},
        {"extra_options": {"my-token": {"deep": SECRET}, "other": {"token": SECRET, "x": "shown"}}},
        {"api_key": {"envv": SECRET}},
    ],
    ids=str,
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_no_literal_secret_beside_references(suffix: Format, entry: dict[str, object]) -> None:
    """A literal secret is masked wherever it is, in an entry with problems too."""
    shown = whole_diff(f"m.{suffix}", suffix, {"x": {"preset": "deepseek", **entry}})
    assert SECRET not in shown
    assert KEY not in shown
    assert MASK in shown


def test_a_minified_document() -> None:
    """In a document of one line, everything behind the first secret is masked."""
    Path("m.json").write_text(
        '{"default": "a", "providers": {"a": {"preset": "openai", "api_key": "k1", "model": "m"}}}', encoding="utf-8"
    )
    shown = run("set", "m.json", "a", "model=n", "--dry-run").splitlines()
    assert [
        '-{"default": "a", "providers": {"a": {"preset": "openai", "api_key": ******',
        "\\ No newline at end of file",
        '+{"default": "a", "providers": {"a": {"preset": "openai", "api_key": ******',
        "\\ No newline at end of file",
    ] == shown[3:]


def test_git_applies_the_diff(tmp_path: Path) -> None:
    """`git apply` reads the diff."""
    Path("x.toml").write_text(TEXTS["toml"].rstrip("\n"), encoding="utf-8")
    diff = run("add", "x.toml", "two", "preset=deepseek", "--dry-run")
    command = ["git", "apply", "-p0", "-"]
    applied = subprocess.run(command, input=diff, text=True, capture_output=True, check=False, cwd=tmp_path)
    assert (0, "") == (applied.returncode, applied.stderr)
    assert "1 file, no problems\n" == run("check", "x.toml")
