# SPDX-License-Identifier: Apache-2.0
"""The data of the runtimes: complete, consistent with the classes, and found by name."""

from __future__ import annotations

from importlib.resources import files

import pytest
from runtime_samples import RUNTIMES

import llmproviders
from llmproviders import DashScopeProvider, OpenAICompatProvider, OpenAIProvider, Provider, TritonProvider, options
from llmproviders.runtimes.checks import RULES
from llmproviders.runtimes.runtime import Runtime, list_runtimes, runtime

NOT_IN_CLASSES = {"sequence-id-auto-increment"}
"""Keys of runtimes that no class has: only the master branch of Flink has it, and it can be given as an extra option."""
UNRELEASED: set[str] = set()
"""Keys of options of a class that no released runtime has yet."""


def test_every_file_is_a_runtime() -> None:
    """The JSON files are the listed runtimes."""
    found = sorted(
        each.name.removesuffix(".json") for each in files("llmproviders.runtimes").iterdir() if each.name.endswith(".json")
    )
    assert sorted(list_runtimes()) == found
    assert list_runtimes() == [each.name for each in RUNTIMES]


def test_rules_of_the_data() -> None:
    """Every rule that a file names exists, and every rule is named."""
    assert set(RULES) == {rule for each in RUNTIMES for factory in each.factories.values() for rule in factory.rules}


@pytest.mark.parametrize("each", RUNTIMES, ids=str)
def test_data_is_complete(each: Runtime) -> None:
    """Every file is consistent: keys are unique, and required options have no default."""
    assert each.title
    assert each.sources
    for identifier, factory in each.factories.items():
        assert identifier == factory.identifier
        assert factory.artifact
        keys = [key for one in factory.options.values() for key in (one.key, *one.deprecated_keys)]
        assert len(set(keys)) == len(keys)
        for key, one in factory.options.items():
            assert key == one.key
            assert one is factory.option(key)
            assert bool(one.type) == each.exhaustive
            assert not (one.required and one.default is not None)


def test_released() -> None:
    """All runtimes except Flink 2.4 are released."""
    assert ["flink-2.4"] == [each.name for each in RUNTIMES if not each.released]


@pytest.mark.parametrize("cls", [OpenAIProvider, OpenAICompatProvider, DashScopeProvider, TritonProvider])
def test_classes_and_data_agree(cls: type[Provider]) -> None:
    """A class and the runtimes have the same options, with the same types and choices."""
    newest = [each for each in RUNTIMES if cls.identifier in each.factories]
    factories = [each.factories[cls.identifier] for each in newest]
    known = {key: one for factory in factories for key, one in factory.options.items()}
    for key in NOT_IN_CLASSES:
        known.pop(key, None)
    infos = {key: info for info in options(cls) for key in (info.key, info.sequence_key) if key and key not in UNRELEASED}
    assert sorted(known) == sorted(infos)
    for key, info in infos.items():
        if known[key].type not in ("", "String"):
            assert info.java == known[key].type
        if known[key].type == "Enum":
            assert list(info.allowed) == list(known[key].choices)


def test_runtime_by_name() -> None:
    """A name always gives the same object, and a runtime gives itself; the error of an unknown name lists the names."""
    found = runtime("flink-2.3")
    assert found is runtime(found)
    assert found is runtime("flink-2.3")
    assert "flink-2.3" == str(found)
    with pytest.raises(llmproviders.UnknownRuntimeError) as caught:
        runtime("flink2.3")
    names = ", ".join(list_runtimes())
    assert f"no runtime 'flink2.3'; known: {names}; did you mean flink-2.3?" == str(caught.value)
    with pytest.raises(llmproviders.UnknownRuntimeError) as caught:
        runtime(None)  # type: ignore[arg-type]
    assert f"no runtime None; known: {names}" == str(caught.value)
