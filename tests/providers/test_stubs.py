# SPDX-License-Identifier: Apache-2.0
"""The declarations of `with_`, `for_task` and `grid` that a user pastes into the module of a class."""

# Annotations are no strings here: those of classes without the future import are types.
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import attrs
import pytest
from command_line import run
from own import RerankProvider

from llmproviders import OpenAICompatProvider, Provider, duration, flink_map, option, register_provider_class
from llmproviders.providers.classes import Classes
from llmproviders.providers.stubs import keywords, stubs


def _from_mapping(value: Mapping[str, Literal["a.b", "c"]]) -> str:
    return ",".join(value)


@attrs.frozen(kw_only=True)
class AcmeProvider(Provider):
    """Options with every kind of annotation and converter."""

    identifier = "acme-stubs"
    tasks = ("rank",)
    size: int = attrs.field(default=1, metadata=option("size"))
    level: Literal["low", "v1.5"] | None = attrs.field(default=None, metadata=option("level"))
    when: timedelta | None = attrs.field(default=None, metadata=option("when", java="Duration"))
    limit: str | None = attrs.field(default=None, converter=duration, metadata=option("limit", java="Duration"))
    headers: str | None = attrs.field(default=None, converter=flink_map, metadata=option("headers", java="Map"))
    words: str = attrs.field(default="", converter=attrs.Converter(_from_mapping), metadata=option("words"))  # type: ignore[misc]
    untyped: str = attrs.field(default="", converter=str.strip, metadata=option("untyped"))  # type: ignore[misc]
    number: int = attrs.field(default=0, converter=int, metadata=option("number"))
    kind: str = attrs.field(default="", alias="type", metadata=option("kind"))
    _cached: int = attrs.field(default=0, init=False)


def test_types_of_the_keywords() -> None:
    """A keyword has the name of the parameter, and the type that its converter or else its field accepts."""
    found = keywords(AcmeProvider)
    expected = {
        "size": "int",
        "level": 'Optional[Literal["low", "v1.5"]]',
        "when": "timedelta | None",
        "limit": "str | timedelta | None",
        "headers": "str | Mapping[str, str | Secret] | None",
        "words": 'Mapping[str, Literal["a.b", "c"]]',
        "untyped": "Any",
        "type": "str",
        "extra_options": "Mapping[str, object] | None",
    }
    assert expected == {name: kind for name, kind in found.items() if name != "number"}
    # The signature of a built-in class depends on the version of Python.
    assert "number" in found


def test_methods() -> None:
    """`for_task` is declared for a class with tasks, and all names of the source are imported."""
    source = stubs(AcmeProvider)
    assert 'def for_task(self, task: Literal["rank"], /, **changes: Unpack[AcmeChanges]) -> Self: ...' in source
    assert "    from typing import Any, Literal, Optional\n" in source
    assert "for_task" not in stubs(RerankProvider)


def test_a_subclass_of_a_built_in_class() -> None:
    """The declarations of a subclass have the options of its base, and accept every task, as those of the base."""

    @attrs.frozen(kw_only=True)
    class Ours(OpenAICompatProvider):
        identifier = "ours"

    source = stubs(Ours)
    assert "        retry_num: int | None\n" in source
    assert 'task: Literal["chat/completions", "embeddings", ' in source


def test_the_command(own_classes: Classes) -> None:
    """`providers IDENTIFIER --stubs` prints the declarations."""
    register_provider_class(AcmeProvider)
    assert stubs(AcmeProvider) == run("providers", "acme-stubs", "--stubs")


@pytest.mark.parametrize("arguments", [["--stubs"], ["triton", "--stubs", "--json"]])
def test_wrong_calls(arguments: list[str]) -> None:
    """`--stubs` needs one class, and has no JSON."""
    given: Any = ["providers", *arguments]
    assert "--stubs needs an identifier, and no --json\n" == run(*given, code=2)
