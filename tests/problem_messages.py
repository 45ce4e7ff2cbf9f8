# SPDX-License-Identifier: Apache-2.0
"""The check of a message that refuses a call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llmproviders import (
    InvalidOptionsError,
    ProviderError,
)


def assert_refused(call: Callable[[], object], kind: type[ProviderError], message: str) -> None:
    """The call raises an error of that class with that message, which is a TypeError only if a type is wrong."""
    with pytest.raises(InvalidOptionsError) as caught:
        call()
    assert message == str(caught.value)
    assert kind is type(caught.value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, TypeError) == any(problem.is_type for problem in caught.value.problems)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
