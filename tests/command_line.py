# SPDX-License-Identifier: Apache-2.0
"""Catalogs in the three formats, and functions that run a command, for the tests of the command line."""

from __future__ import annotations

import difflib
import functools
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer.testing
from typer.main import get_command

from llmproviders.cli.app import application

# Typer builds all commands again at each call of a runner, which takes most of the time of a test.
typer.testing._get_command = functools.cache(get_command)  # type: ignore[attr-defined]

TOML = """\
# the team's providers
default = "chat"

[providers.base]
provider = "openai-compat"  # any service with the OpenAI API
endpoint = "https://api.deepseek.com/chat/completions"
api_key = { env = "DEEPSEEK_API_KEY" }

# for chatting
[providers.chat]
extends = "base"
temperature = 0.2  # low
extra_body = { thinking = { type = "disabled" } }

# for vectors
[providers.embed]
extends = "base"
for_task = "embeddings"
"""


YAML = """\
# the team's providers
default: chat
providers:
  base:
    provider: openai-compat   # any service with the OpenAI API
    endpoint: "https://api.deepseek.com/chat/completions"
    api_key: {env: DEEPSEEK_API_KEY}

  # for chatting
  chat:
    extends: base
    temperature: 0.2  # low
    extra_body:
      thinking:
        type: disabled

  # for vectors
  embed:
    extends: base
    for_task: embeddings
"""


JSON = """\
{
  "default": "chat",
  "providers": {
    "base": {
      "provider": "openai-compat",
      "endpoint": "https://api.deepseek.com/chat/completions",
      "api_key": {
        "env": "DEEPSEEK_API_KEY"
      }
    },
    "chat": {
      "extends": "base",
      "temperature": 0.2,
      "extra_body": {
        "thinking": {
          "type": "disabled"
        }
      }
    },
    "embed": {
      "extends": "base",
      "for_task": "embeddings"
    }
  }
}
"""


TEXTS = {"toml": TOML, "yaml": YAML, "json": JSON}


KEY = "sk-literal-0123456789"


LITERAL = f"""\
[providers.chat]
provider = "openai-compat"
endpoint = "https://me:{KEY}@h.example/chat/completions?api_key={KEY}"
api_key = "{KEY}"
extra_header = '{{"Authorization": "Bearer {KEY}"}}'
extra_body = {{ password = "{KEY}" }}
extra_options = {{ my-token = "{KEY}", plain = "p" }}
"""


def invoke(*arguments: str, **options: Any) -> Any:
    """The result of a command in this process."""
    return typer.testing.CliRunner().invoke(application(), arguments, **options)


def run(*arguments: str, code: int = 0, stdin: str | bytes | None = None, **env: str) -> str:
    """The standard output of a command, followed by its standard error."""
    result = invoke(*arguments, input=stdin, env=env)
    shown = result.stdout + result.stderr
    assert (result.exit_code, isinstance(result.exception, (SystemExit, type(None)))) == (code, True), shown
    return shown


def run_json(*arguments: str, code: int = 0, stdin: str | bytes | None = None) -> Any:
    return json.loads(run(*arguments, "--json", code=code, stdin=stdin))


def in_terminal(*arguments: str, columns: int = 80, code: int = 0) -> str:
    """The output in a terminal, without colours."""
    shown = run(*arguments, code=code, FORCE_COLOR="1", TERM="xterm", COLUMNS=str(columns))
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


def diff_of(suffix: str, new: str | None = None) -> list[str]:
    """The lines that were removed from or added to a catalog's file."""
    now = Path(f"a.{suffix}").read_bytes().decode() if new is None else new
    lines = difflib.unified_diff(TEXTS[suffix].splitlines(), now.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "llmproviders", *arguments], capture_output=True, text=True, check=False, **options
    )


AGAINST = """\
[providers.base]
provider = "openai"
endpoint = "https://api.example.com/v1/chat/completions?v=1"
api_key = { env = "DEEPSEEK_API_KEY" }

[providers.chat]
extends = "base"
stop = ["a ", "b"]
max_context_size = 100
extra_options = { x = "y" }

[providers.embed]
extends = "chat"
endpoint = "https://api.example.com/v1/embeddings"
without = ["x"]
omit = ["stop"]

[providers.named]
extends = "embed"
model = "gpt-4o"
"""
