# SPDX-License-Identifier: Apache-2.0
"""`explain`: the origins of options."""

from __future__ import annotations

from pathlib import Path

from documents import FIRST

from llmproviders import Origin, explain

TASKS = ("embeddings", "chat/completions")


class TestExplain:
    """The origin of an option's value."""

    def test_origins(self, tmp_path: Path) -> None:
        """An origin is the entry itself, its base, `for_task`, a preset, `omit`, `without`, or the default."""
        path = tmp_path / "c.toml"
        more = (
            '[providers.p]\npreset = "openai"\nomit = ["retry_num"]\n[providers.g]\ngeneric = "g"\nextra_options = { a = "1" }\n'
        )
        path.write_text(FIRST + more + '[providers.h]\nextends = "p"\nwithout = ["retry_num"]\n')
        catalog, origins = explain(path)
        assert list(catalog) == list(origins)

        def of(name: str, key: str) -> tuple[str, str, str]:
            origin = origins[name][key]
            return str(origin).removeprefix(str(path)), origin.entry, origin.key

        assert of("chat", "temperature") == (":10", "chat", "temperature")
        assert of("embed", "api_key") == (":6", "base", "api_key")
        assert of("embed", "endpoint") == (":15", "embed", "for_task")
        assert of("p", "api_key") == (":17", "p", "preset")
        assert of("p", "retry_num") == (":18", "p", "omit")
        assert of("h", "retry_num") == (":24", "h", "without")
        assert of("g", "extra_options.a") == (":21", "g", "extra_options")
        assert of("p", "top_p")[0] == "default"

    def test_inherited_extras_have_an_origin(self, tmp_path: Path) -> None:
        """The origin of an inherited extra option is the base."""
        path = tmp_path / "c.toml"
        path.write_text("[providers.a]\ngeneric = 'g'\nextra_options = { x = '1' }\n[providers.b]\nextends = 'a'\n")
        origin = explain(path)[1]["b"]["extra_options.x"]
        assert (3, "a") == (origin.line, origin.entry)

    def test_a_task_that_is_moved_back(self, tmp_path: Path) -> None:
        """An entry that moves back to the first task has the endpoint from where it is written."""
        path = tmp_path / "c.toml"
        tasks = "".join(f'[providers.p{n}]\nextends = "p{n - 1}"\nfor_task = "{task}"\n' for n, task in enumerate(TASKS, 1))
        path.write_text(f'[providers.p0]\npreset = "openai"\nmodel = "m"\nomit = ["content_type"]\n{tasks}', encoding="utf-8")
        origins = explain(path)[1]
        assert ["preset", "for_task", "for_task"] == [origins[f"p{n}"]["endpoint"].key for n in range(3)]
        assert [("p0", "omit")] * 3 == [(each["content_type"].entry, each["content_type"].key) for each in origins.values()]

    def test_long_chains(self, tmp_path: Path) -> None:
        """In a chain of 2000 entries, the last one to set an option is its origin, and a default has no line."""
        path = tmp_path / "c.toml"
        chain = "".join(f'[providers.p{n}]\nextends = "p{n + 1}"\n' for n in range(2000))
        path.write_text(f'{chain}[providers.p2000]\npreset = "deepseek"\ntop_p = 0.5\n', encoding="utf-8")
        origins = explain(path)[1]
        for name in ("p0", "p1999", "p2000"):
            assert Origin(str(path), 4003, "p2000", "top_p") == origins[name]["top_p"]
            assert Origin("", 0, name, "") == origins[name]["seed"]
