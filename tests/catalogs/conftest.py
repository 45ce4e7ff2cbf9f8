# SPDX-License-Identifier: Apache-2.0
"""The tests of catalogs use a user-defined class too."""

from __future__ import annotations

import pytest
from own import RerankProvider

from llmproviders import register_provider_class


@pytest.fixture(autouse=True)
def own_class(own_classes: object) -> None:
    """Register the user-defined class, so that documents can use its identifier."""
    register_provider_class(RerankProvider)
