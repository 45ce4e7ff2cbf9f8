# SPDX-License-Identifier: Apache-2.0
"""Generated files are up to date."""

from __future__ import annotations

import json
from pathlib import Path

import compare_with_ververica
import draw_architecture
import generate_changes

import llmproviders

PACKAGE = Path(llmproviders.__file__).parent


def test_the_types_of_changes() -> None:
    """The TypedDicts of `with_` have the fields of the classes: run tools/generate_changes.py."""
    assert generate_changes.module() == (PACKAGE / "providers/changes.py").read_text(encoding="utf-8")


def test_the_picture_of_the_components() -> None:
    """docs/architecture.md shows the components with their imports: run tools/draw_architecture.py."""
    text = draw_architecture.TARGET.read_text(encoding="utf-8")
    assert draw_architecture.page(text, PACKAGE) == text


def test_the_differences_from_ververica(empty_registry: None) -> None:
    """The guide to migration has every difference: run tools/compare_with_ververica.py."""
    text = compare_with_ververica.TARGET.read_text(encoding="utf-8")
    recorded = json.loads(compare_with_ververica.RECORD.read_text(encoding="utf-8"))
    assert compare_with_ververica.page(text, recorded) == text
