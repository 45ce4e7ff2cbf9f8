# SPDX-License-Identifier: Apache-2.0
"""The examples in docstrings of public names run, and print what they show."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Iterator

import pytest
from pages import reader

import llmproviders


def docstrings() -> Iterator[tuple[str, str]]:
    """The docstrings of the public names, and of the public members of public classes."""
    modules = {"llmproviders": llmproviders, "llmproviders.presets": llmproviders.presets}
    things = {f"{module}.{name}": getattr(found, name) for module, found in modules.items() for name in found.__all__}
    for name, thing in things.items():
        yield name, inspect.getdoc(thing) or ""
        if inspect.isclass(thing):
            for member in vars(thing):
                if not member.startswith("_"):
                    yield f"{name}.{member}", inspect.getdoc(getattr(thing, member)) or ""


EXAMPLES = {name: docstring for name, docstring in docstrings() if ">>>" in docstring}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_docstrings(name: str) -> None:
    """The examples of a docstring print what it shows; they start with the public names of the package."""
    public = {each: getattr(llmproviders, each) for each in llmproviders.__all__}
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name], public, name, None, None)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    with reader({}):
        assert 0 == runner.run(test, out=report.append).failed, "".join(report)


def test_there_are_examples() -> None:
    """The calls that most programs make have an example."""
    names = (
        "Provider.with_",
        "Provider.to_options",
        "Secret",
        "Catalog",
        "loads",
        "create_model_sql",
        "parse_create_model",
        "option",
    )
    assert {f"llmproviders.{name}" for name in names} <= set(EXAMPLES)
