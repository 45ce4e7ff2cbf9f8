# SPDX-License-Identifier: Apache-2.0
"""SQL types: each has one spelling, and other strings are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from sql_types import NO_TYPES, TYPES, types

from llmproviders import InvalidOptionsError
from llmproviders.syntax.sql_types import canonical_type


@pytest.mark.parametrize("sql_type", TYPES)
def test_types(sql_type: str) -> None:
    """Each type has one spelling, which is spelled as itself."""
    assert TYPES[sql_type] == canonical_type(sql_type) == canonical_type(TYPES[sql_type])


@pytest.mark.parametrize("sql_type", NO_TYPES)
def test_refused_types(sql_type: str) -> None:
    """Other strings are refused, and the message names the problem."""
    with pytest.raises(InvalidOptionsError) as caught:
        canonical_type(sql_type)
    assert f"canonical_type: {NO_TYPES[sql_type]}" == str(caught.value)
    assert caught.value.__context__ is None


@given(types)
def test_spelling_again_changes_nothing(sql_type: str) -> None:
    """Spelling a type twice changes nothing, also for nested types."""
    assert canonical_type(sql_type) == canonical_type(canonical_type(sql_type))
