# SPDX-License-Identifier: Apache-2.0
"""Run the code of README.md as tests."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any
from unittest import mock

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

from llmproviders import registry

_world = ExitStack()


def _setup(namespace: dict[str, Any]) -> None:
    """The reader's environment: a demo key, and nothing registered."""
    _world.enter_context(mock.patch.dict(os.environ, DEEPSEEK_API_KEY="sk-demo"))
    _world.enter_context(mock.patch.dict(registry._providers, clear=True))
    _world.enter_context(mock.patch.dict(registry._classes._known))
    _world.enter_context(mock.patch.object(registry, "_default", None))


def _teardown(namespace: dict[str, Any]) -> None:
    _world.close()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    filenames=["README.md"],
    setup=_setup,
    teardown=_teardown,
).pytest()
