# SPDX-License-Identifier: Apache-2.0
"""Entries that extend others."""

from __future__ import annotations

import json

import pytest
from documents import problems

from llmproviders import GenericProvider, loads


class TestChildren:
    """The problems of an entry are reported even if the entry that it extends has problems."""

    def test_all_at_once(self) -> None:
        """The problems of a base, of its child and of the child's child are reported together."""
        text = """
        [providers.base]
        provider = "openai-compat"
        n = "x"
        [providers.chat]
        extends = "base"
        temprature = 0.2
        top_p = 7
        for_task = "embedding"
        [providers.more]
        extends = "chat"
        seed = "1"
        """
        assert [each.split(": ", 1)[1] for each in problems(text)] == [
            "providers.base.n: expected an int of at least 1, got 'x' (str)",
            "providers.chat.temprature: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature?",
            "providers.chat.top_p: expected a finite number from 0 to 1, got 7",
            "providers.chat.for_task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 'embedding'; "
            "did you mean embeddings?",
            "providers.more.seed: expected an int, got '1' (str); write it without quotes",
        ]

    @pytest.mark.parametrize(
        ("base", "expected"),
        [
            ("preset = 'openai'\nn = 0", ["providers.b.x"]),
            ("preset = 'dashscope'\nn = 0", ["providers.b.x"]),
            ("generic = 'g'\nn = 0", ["providers.b.x"]),
            ("provider = 'triton'", ["providers.b.x"]),
            ("provider = 'nonsense'", []),
            ("nonsense = 1", []),
        ],
    )
    def test_of_every_kind(self, base: str, expected: list[str]) -> None:
        """A child is checked by the class of its base, if the base has a known class."""
        found = problems(f"[providers.a]\n{base}\n[providers.b]\nextends = 'a'\nx = 1")
        assert expected == [each.split(": ")[1] for each in found if "providers.b" in each]

    def test_a_long_chain(self) -> None:
        """A chain of entries may be longer than Python's stack."""
        entries = {f"p{number}": {"extends": f"p{number - 1}"} for number in range(2000, 0, -1)} | {"p0": {"generic": "g"}}
        catalog = loads(json.dumps({"providers": entries}), format="json")
        assert {GenericProvider("g")} == set(catalog.values())
        entries["p0"] = {"extends": "p2000"}
        (problem,) = problems(json.dumps({"providers": entries}), "json")
        assert (
            ": providers.p0.extends: expected entries that do not extend each other in a cycle, got p2000 -> p1999 -> " in problem
        )
