# SPDX-License-Identifier: Apache-2.0
"""Shared by all tests: import paths of their helpers, profiles of hypothesis, and isolated registries."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from llmproviders import registry
from llmproviders.providers import classes

# The strategies make references to this variable.
os.environ["LLMPROVIDERS_TEST_KEY"] = "a key of the environment"

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("default", deadline=None, max_examples=40, suppress_health_check=_SLOW)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No provider is registered at the start of the test, and its own providers are gone after it."""
    monkeypatch.setattr(registry, "registered", registry.Registered())


@pytest.fixture
def own_classes(monkeypatch: pytest.MonkeyPatch) -> classes.Classes:
    """The classes that the test registers are gone after it, and entry points are looked up again."""
    own = classes.Classes(classes.known_classes.known)
    monkeypatch.setattr(classes, "known_classes", own)
    return own
