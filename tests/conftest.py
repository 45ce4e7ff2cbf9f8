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

from llmproviders import register_secret_resolver, registry
from llmproviders.providers import classes
from llmproviders.resolvers import known_resolvers

# The strategies make references to this variable.
os.environ["LLMPROVIDERS_TEST_KEY"] = "a key of the environment"
register_secret_resolver("test-vault", lambda reference: f"the key of {reference}")

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
# The plain suite stays under a minute; CI runs more examples.
settings.register_profile("default", deadline=None, max_examples=25, suppress_health_check=_SLOW)
settings.register_profile("ci", settings.get_profile("default"), max_examples=40, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No provider is registered at the start of the test, and its own providers are gone after it."""
    monkeypatch.setattr(registry, "registered", registry.Registered())


@pytest.fixture
def own_resolvers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolvers that the test registers are gone after it, and entry points are looked up again."""
    monkeypatch.setattr(known_resolvers, "known", dict(known_resolvers.known))
    monkeypatch.setattr(known_resolvers, "entries", None)


@pytest.fixture
def own_classes(monkeypatch: pytest.MonkeyPatch) -> classes.Classes:
    """The classes that the test registers are gone after it, and entry points are looked up again."""
    own = classes.Classes(classes.known_classes.known)
    monkeypatch.setattr(classes, "known_classes", own)
    return own
