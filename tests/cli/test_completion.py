# SPDX-License-Identifier: Apache-2.0
"""Completion: the words that shells get, and bash, zsh and fish themselves."""

from __future__ import annotations

import functools
import os
import re
import select
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import JSON, TOML, run

from llmproviders import provider_classes
from llmproviders.cli.app import COMMANDS
from llmproviders.cli.completion import code_names
from llmproviders.codes import CODES
from llmproviders.runtimes.runtime import list_runtimes

PAGE = Path(__file__).parents[2] / "docs/guides/command-line.md"


def completed(line: str) -> list[str]:
    """The words that bash gets for a command line, of which the last word is being typed."""
    words = bash_words(line)
    env = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1), "_LLMPROVIDERS_COMPLETE": "complete_bash"}
    return run(code=0, **env).split()


def bash_words(line: str) -> list[str]:
    """The words of a line as bash splits them: equals signs and colons are words of their own."""
    return re.findall(r"[=:]|[^\s=:]+", line) + ([""] if line.endswith(" ") else [])


@pytest.mark.parametrize(
    "command", ["show", "options", "sql", "set", "remove", "rename", "diff a.yaml"], ids=lambda command: str(command).split()[0]
)
def test_entries(command: str) -> None:
    """A name of an entry is completed with those of the file."""
    assert ["base", "chat", "embed"] == completed(f"llmproviders {command} a.toml ")
    assert ["chat"] == completed(f"llmproviders {command} a.toml c")


def test_keys() -> None:
    """`set` offers the options of the class that are not given yet; `add` offers the kind of an entry first."""
    keys = completed("llmproviders set a.toml chat ")
    assert {"temperature=", "extra_options.", "for_task="} < set(keys)
    assert "temperature=" not in completed("llmproviders set a.toml chat seed=5 temperature=0.2 ")
    assert ["top_p="] == completed("llmproviders set a.toml chat seed=5 top")
    assert ["provider=", "generic=", "preset=", "extends="] == completed("llmproviders add new.toml x ")
    assert "max_tokens=" in completed("llmproviders add new.toml x preset=deepseek ")
    assert "flatten_batch_dim=" in completed("llmproviders add new.toml x provider=triton ")
    assert "temperature=" in completed("llmproviders add a.toml x extends=base ")
    others = ["abstract", "description", "tags", "for_task", "omit", "without", "ignore"]
    assert [*(f"{key}=" for key in others), "extra_options."] == completed("llmproviders add a.toml x generic=mine ")
    assert "extra_options." in completed("llmproviders add a.toml x generic=mine extra_options.api_key=env:KEY ")


def test_values() -> None:
    """Choices, booleans, references, and the values of the keys of an entry are completed."""
    policies = completed("llmproviders set a.toml chat retry_fallback_strategy=")
    assert ["FAILOVER", "IGNORE"] == policies
    assert ["IGNORE"] == completed("llmproviders set a.toml chat seed=5 retry_fallback_strategy=I")
    assert ["true", "false"] == completed("llmproviders add n.toml x provider=triton flatten_batch_dim=")
    assert ["env:", "file:", "keyring:", "test-vault:"] == completed("llmproviders set a.toml chat api_key=")
    assert ["chat/completions", "embeddings"] == completed("llmproviders set a.toml chat for_task=")
    assert ["base", "chat", "embed"] == completed("llmproviders add a.toml x extends=")
    assert ["triton"] == completed("llmproviders add a.toml x provider=tri")
    assert {"deepseek", "dashscope"} < set(completed("llmproviders add a.toml x preset="))
    for none in ("temperature=", "extra_options.x=", "api_key=env:", "nope=", "api_key=env:K"):
        assert [] == completed(f"llmproviders set a.toml chat {none}")
    assert [] == completed("llmproviders add a.toml x for_task=")


def test_lists() -> None:
    """Codes and names of options are completed, also below others and a comma."""
    assert ["literal-secret"] == completed("llmproviders set a.toml chat ignore=literal-")
    assert [] == completed("llmproviders set a.toml chat ignore=literal-secret,literal-")
    assert ["literal-secret,empty-secret"] == completed("llmproviders set a.toml chat ignore=literal-secret,empty-")
    assert ["temperature"] == completed("llmproviders set a.toml chat omit=te")
    assert ["seed,temperature"] == completed("llmproviders set a.toml chat without=seed,te")
    assert ["literal-secret"] == completed("llmproviders check --select literal-")
    assert ["literal-secret,empty-secret"] == completed("llmproviders check --ignore literal-secret,empty-")


def test_parts() -> None:
    """Headers and fields that the entry has, or one that it extends, are completed."""
    run("set", "a.toml", "base", "extra_header.X-Tenant=acme", "extra_header.X-User=me", "extra_options.k=v")
    assert ["extra_header.X-Tenant=", "extra_header.X-User="] == completed("llmproviders set a.toml chat extra_header.")
    assert ["extra_header.X-Tenant="] == completed("llmproviders set a.toml chat extra_header.X-T")
    assert ["extra_body.thinking="] == completed("llmproviders set a.toml chat extra_body.")
    assert ["extra_body.thinking="] == completed("llmproviders add a.toml x extends=chat extra_body.")
    assert ["extra_options.", "extra_options.k="] == completed("llmproviders set a.toml chat extra_options.")
    Path("c.toml").write_text('[providers.x]\nextends = "x"\nextra_body = { a = 1 }\n', encoding="utf-8")
    assert ["extra_options."] == completed("llmproviders set c.toml x extra_o")


def test_other_shells_keep_assignments_together() -> None:
    """In zsh and fish an assignment is one word, and so is each completion of it."""
    line = "llmproviders set a.toml chat retry_fallback_strategy=I"
    fish = {"_LLMPROVIDERS_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": line}
    assert ["retry_fallback_strategy=IGNORE"] == run(code=0, **fish).split()
    zsh = {"_LLMPROVIDERS_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line}
    assert "_arguments '*: :((\"retry_fallback_strategy=IGNORE\"))'\n" == run(code=0, **zsh)


def test_an_only_key_is_offered_with_its_values() -> None:
    """With one key left, its values are offered too, so that the shell adds no space after the equals sign."""
    assert [
        "retry_fallback_strategy=FAILOVER",
        "retry_fallback_strategy=IGNORE",
        "retry_fallback_strategy=",
    ] == completed("llmproviders set a.toml chat retry_f")
    assert ["temperature="] == completed("llmproviders set a.toml chat tempe")


def test_other_arguments() -> None:
    """Runtimes, identifiers, options of an entry and formats are completed; files are left to the shell."""
    assert [n for n in list_runtimes() if n.startswith("flink")] == completed("llmproviders options a.toml chat --for flink-")
    assert ["vvr-11.9"] == completed("llmproviders sql a.toml chat --for vvr-11.9")
    assert completed("llmproviders runtimes ") == list(list_runtimes())
    assert ["openai", "triton"] == completed("llmproviders runtimes flink-2.3 ")
    assert [] == completed("llmproviders runtimes flink-9 ")
    assert completed("llmproviders providers ") == list(provider_classes())
    assert ["extends", "temperature", "extra_body"] == completed("llmproviders set a.toml chat --unset ")
    assert ["temperature"] == completed("llmproviders set a.toml chat seed=5 --unset temp")
    assert [] == completed("llmproviders set --unset ")
    for formats in ("convert a.toml --to ", "import a.sql --to ", "show - --format ", "check --format "):
        assert ["toml", "json", "yaml"] == completed(f"llmproviders {formats}")
    assert ["github", "gitlab"] == completed("llmproviders check --output-format g")
    assert [] == completed("llmproviders show a.t") == completed("llmproviders add a.t")
    assert [name for name, _ in code_names()] == completed("llmproviders explain ") == list(CODES)
    assert {command.name for command in COMMANDS} <= set(completed("llmproviders "))


def test_extra_options_of_an_entry() -> None:
    """--unset offers each extra option."""
    run("set", "a.toml", "chat", "extra_options.x=y", "extra_options.z=1")
    assert ["extra_options.x", "extra_options.z"] == completed("llmproviders set a.toml chat --unset extra_o")


@pytest.mark.parametrize("content", [b"", b"[providers", b"providers = 5", b"\xff\xfe", b"[[providers]]"])
@pytest.mark.parametrize(
    "call", ["show b.toml ", "set b.toml x ", "set b.toml x n=", "add b.toml x extends=", "set b.toml x --unset "]
)
def test_a_broken_file_gives_no_message(content: bytes, call: str) -> None:
    """Without a catalog, nothing is printed that could break the line."""
    Path("b.toml").write_bytes(content)
    assert [] == completed(f"llmproviders {call}")
    Path("b.toml").unlink()
    assert [] == completed(f"llmproviders {call}")


def test_entries_of_a_file_with_problems() -> None:
    """A problem in one entry does not hide the others."""
    Path("b.toml").write_text(TOML.replace("0.2", "'hot'").replace("default =", "defualt ="), encoding="utf-8")
    assert ["base", "chat", "embed"] == completed("llmproviders show b.toml ")
    assert "seed=" in completed("llmproviders set b.toml chat se")


def test_words_that_a_shell_would_read_otherwise() -> None:
    """A name with blanks, quotes or other special characters is not offered."""
    Path("b.json").write_text(JSON.replace('"embed"', '"$(rm x) \'`;&\\""'), encoding="utf-8")
    assert ["base", "chat"] == completed("llmproviders show b.json ")


def test_files_are_named_as_in_the_shell(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    """A tilde and variables in the name of the file are expanded, as the shell will do it."""
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    monkeypatch.setenv("CATALOGS", str(here))
    assert ["chat"] == completed("llmproviders show ~/a.toml c") == completed("llmproviders show $CATALOGS/a.toml c")


# Shells ---------------------------------------------------------------------------------------------------------------


def _skip_without(shell: str) -> pytest.MarkDecorator:
    # CI has bash; there the tests fail without it.
    is_required = shell == "bash" and "CI" in os.environ
    return pytest.mark.skipif(
        sys.platform == "win32" or (shutil.which(shell) is None and not is_required), reason=f"{shell} is not installed"
    )


@pytest.fixture
def program(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program `llmproviders`, which is in PATH."""
    folder = here / "bin"
    folder.mkdir()
    path = folder / "llmproviders"
    path.write_text(f"#!{sys.executable}\nimport sys\nfrom llmproviders.cli import main\nsys.exit(main())\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@functools.cache
def script(shell: str) -> str:
    """The script that the program prints for a shell."""
    env = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = ["llmproviders", "--show-completion", shell]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout


@_skip_without("bash")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("llmproviders show a.toml ", ["base", "chat", "embed"]),
        ("llmproviders set a.toml chat seed=5 retry_fallback_strategy=", ["FAILOVER", "IGNORE"]),
        ("llmproviders set a.toml chat retry_fallback_strategy=I", ["IGNORE"]),
        ("llmproviders set a.toml base api_key=env:KEY temp", ["temperature="]),
        ("llmproviders show none.toml ", []),
    ],
)
def test_in_bash(program: Path, line: str, expected: list[str]) -> None:
    """The function of the script sets COMPREPLY; bash has split the line at equals signs and colons."""
    words = bash_words(line)
    lines = (
        script("bash"),
        f"COMP_WORDS=({' '.join(map(shlex.quote, words))})",
        f"COMP_CWORD={len(words) - 1}",
        "_llmproviders_completion llmproviders",
        'printf "%s\\n" "${COMPREPLY[@]}"',
    )
    result = subprocess.run(["bash", "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    assert (expected, "") == (result.stdout.split(), result.stderr)


@_skip_without("bash")
def test_in_an_interactive_bash(program: Path, here: Path) -> None:
    """With the lines of the guide, TAB completes a key without a space after it, and then its value."""
    import pty

    source = re.search(r"```shell\n# ~/\.bashrc\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert source is not None
    (here / "rc").write_text(f"{script('bash')}\n{source[1]}\nPS1='$ '\nbind 'set bell-style none'\n", encoding="utf-8")
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover
        os.execvpe("bash", ["bash", "--noprofile", "--rcfile", "rc", "-i"], {**os.environ, "TERM": "dumb", "INPUTRC": os.devnull})
    _read_until(terminal, "$ ")
    # The echo of the bar shows where the completion ended.
    typed = {
        "llmproviders show a.toml c\t|": "llmproviders show a.toml chat |",
        "llmproviders set a.toml chat temp\t0.5|": "llmproviders set a.toml chat temperature=0.5|",
        "llmproviders set a.toml chat retry_f\tI\t|": "llmproviders set a.toml chat retry_fallback_strategy=IGNORE |",
        "llmproviders set a.toml base api_key=e\tKEY temp\t|": "llmproviders set a.toml base api_key=env:KEY temperature=|",
        "llmproviders show a.to\t|": "llmproviders show a.toml |",
    }
    for keys, expected in typed.items():
        os.write(terminal, keys.encode())
        assert expected == _read_until(terminal, "|").rpartition("$ ")[2]
        # Ctrl-U, so that the line is not run; Ctrl-C may be ignored here.
        os.write(terminal, b"\x15\n")
        _read_until(terminal, "$ ")
    os.write(terminal, b"exit\n")
    os.waitpid(pid, 0)


def _read_until(terminal: int, end: str) -> str:
    """The output of a terminal up to *end*, which must come within a minute."""
    output = ""
    while not output.endswith(end):
        assert select.select([terminal], [], [], 60)[0], output
        output += os.read(terminal, 65_536).decode()
    return output


@_skip_without("zsh")
def test_in_zsh(program: Path) -> None:
    """zsh gets the words as arguments of `_arguments`."""
    shown = _zsh("llmproviders set a.toml chat retry_fallback_strategy=I")
    assert "retry_fallback_strategy=IGNORE" in shown
    assert "chat" in _zsh("llmproviders show a.toml c")


def _zsh(line: str) -> str:
    """The arguments of `_arguments` in the function of the script."""
    function = script("zsh").replace("compdef _llmproviders_completion llmproviders", "")
    words = " ".join(map(shlex.quote, line.split()))
    lines = (
        "_arguments() { print -r -- $@ }",
        function,
        f"words=({words}); CURRENT={len(line.split())}",
        "_llmproviders_completion",
    )
    return subprocess.run(["zsh", "-f", "-c", "\n".join(lines)], capture_output=True, text=True, check=True).stdout


@_skip_without("fish")
def test_in_fish(program: Path, here: Path) -> None:
    """fish lists the words itself."""
    (here / "llmproviders.fish").write_text(script("fish"), encoding="utf-8")
    for line, expected in {
        "llmproviders show a.toml c": "chat",
        "llmproviders set a.toml chat retry_fallback_strategy=I": "retry_fallback_strategy=IGNORE",
    }.items():
        command = ["fish", "--no-config", "-c", f"source llmproviders.fish; complete -C {shlex.quote(line)}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ([expected], "") == ([each.split("\t")[0] for each in result.stdout.splitlines()], result.stderr)


def test_environments_and_overrides() -> None:
    """Values of `--env` and `-o` are completed with those of the file before them."""
    text = '[providers.chat]\npreset = "deepseek"\n[env.dev.providers.chat]\nn = 2\n[env.prod]\n'
    Path("env.toml").write_text(text, encoding="utf-8")
    for command in ("show env.toml", "check env.toml", "set env.toml chat"):
        assert ["dev", "prod"] == completed(f"llmproviders {command} --env ")
        assert ["dev"] == completed(f"llmproviders {command} --env d")
    assert ["chat."] == completed("llmproviders show env.toml -o ")
    assert "chat.temperature=" in completed("llmproviders show env.toml -o chat.t")
