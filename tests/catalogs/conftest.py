# SPDX-License-Identifier: Apache-2.0
"""Documents know the tests' own class."""

from __future__ import annotations

import pytest
from own import RerankProvider

from llmproviders import (
    register_provider_class,
)


@pytest.fixture(autouse=True)
def own_class(own_classes: object) -> None:
    """Documents know the test's own class by its identifier."""
    register_provider_class(RerankProvider)
