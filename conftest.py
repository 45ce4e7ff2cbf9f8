# SPDX-License-Identifier: Apache-2.0
"""Run the blocks of README.md and of docs/ as tests, as described in tests/pages.py."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil

sys.path.insert(0, str(Path(__file__).parent / "tests"))

from pages import parsers, reader

# The catalogs of tests and pages are loaded without an environment.
os.environ.pop("LLMPROVIDERS_ENV", None)

_world = ExitStack()


def _setup(namespace: dict[str, Any]) -> None:
    _world.enter_context(reader(namespace))


def _teardown(namespace: dict[str, Any]) -> None:
    _world.close()


pytest_collect_file = Sybil(
    parsers=parsers(), filenames=["README.md"], patterns=["docs/*.md", "docs/**/*.md"], setup=_setup, teardown=_teardown
).pytest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the pages on Windows, where ``bash`` may start a Linux without this environment."""
    if os.name == "nt":
        for item in items:
            if item.path.suffix == ".md":
                item.add_marker(pytest.mark.skip(reason="the commands in the pages are written for bash"))
