# SPDX-License-Identifier: Apache-2.0
"""The annotations of the public interface can be resolved."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

import pytest

import llmproviders
from llmproviders import (
    Catalog,
    flink,
    presets,
)

# Substitutes for PyFlink's classes, because PyFlink may not be installed.
PYFLINK = dict.fromkeys(("Table", "TableEnvironment", "ModelDescriptor", "Schema", "StatementSet"), object)


def _public(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A public object and its public methods."""
    yield name, value
    if isinstance(value, type):
        for base in value.__mro__:
            if base.__module__.startswith("llmproviders"):
                for each, member in vars(base).items():
                    member = getattr(member, "__func__", member)  # noqa: PLW2901
                    member = getattr(member, "fget", member)  # noqa: PLW2901
                    if (each == "__init__" or not each.startswith("_")) and inspect.isfunction(member):
                        yield f"{name}.{each}", member


def _annotated() -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(llmproviders, name) for name in llmproviders.__all__}
    values |= {f"flink.{name}": getattr(flink, name) for name in flink.__all__}
    values |= {f"presets.{name}": getattr(presets, name) for name in presets.__all__}
    return {
        name: each
        for key, value in values.items()
        if isinstance(value, type) or inspect.isfunction(value)
        for name, each in _public(key, value)
    }


ANNOTATED = _annotated()


@pytest.mark.parametrize("name", ANNOTATED)
def test_type_hints(name: str) -> None:
    """`typing.get_type_hints` resolves every annotation of the public interface."""
    hints = typing.get_type_hints(ANNOTATED[name], localns=PYFLINK if name.startswith("flink.") else None)
    if inspect.isfunction(ANNOTATED[name]):
        assert "return" in hints or name.endswith("__init__")


def test_public_functions_and_methods_are_found() -> None:
    """The test above sees functions, methods and the public modules."""
    assert {"loads", "Provider.to_options", "Provider.with_", "Catalog.diff", "presets.dashscope", "flink.predict"} <= set(
        ANNOTATED
    )
    assert Catalog is ANNOTATED["Catalog"]
