# SPDX-License-Identifier: Apache-2.0
"""SQL types: each has one spelling, and other strings are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from sql_types import NO_TYPES, TYPES, types

from llmproviders import InvalidOptionsError
from llmproviders.syntax.sql_types import canonical_type


@pytest.mark.parametrize("text", TYPES)
def test_types(text: str) -> None:
    """Each type has one spelling, which is its own."""
    assert TYPES[text] == canonical_type(text) == canonical_type(TYPES[text])


@pytest.mark.parametrize("text", NO_TYPES)
def test_no_types(text: str) -> None:
    """What is no type is refused, and the message says what is wrong."""
    with pytest.raises(InvalidOptionsError) as caught:
        canonical_type(text)
    assert f"canonical_type: {NO_TYPES[text]}" == str(caught.value)
    assert caught.value.__context__ is None


@given(types)
def test_spelling_again_changes_nothing(text: str) -> None:
    """The one spelling of a type is its own one spelling, however types are nested."""
    assert canonical_type(text) == canonical_type(canonical_type(text))
