# SPDX-License-Identifier: Apache-2.0
"""Files and included files, and the problems of reading them."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import problems

from llmproviders import (
    Catalog,
    DocumentError,
    GenericProvider,
    OpenAICompatProvider,
    check,
    load,
    loads,
)


class TestReading:
    """Files that can be read."""

    def test_include(self, tmp_path: Path) -> None:
        """A file has the entries of the files that it includes, and can extend and replace them."""
        (tmp_path / "common.yaml").write_text("providers:\n  base: {provider: openai-compat, model: m}\n  x: {generic: g}\n")
        main = tmp_path / "main.toml"
        main.write_text('include = ["common.yaml"]\n[providers.a]\nextends = "base"\nseed = 1\n[providers.x]\ngeneric = "h"\n')
        expected = {
            "base": OpenAICompatProvider(model="m"),
            "x": GenericProvider("h"),
            "a": OpenAICompatProvider(model="m", seed=1),
        }
        assert expected == dict(load(main))
        main.write_text('include = ["common.yaml"]')
        assert list(load(main)) == ["base", "x"]

    def test_byte_order_mark(self, tmp_path: Path) -> None:
        """A byte order mark, which some editors write, is ignored."""
        path = tmp_path / "a.json"
        path.write_bytes(b"\xef\xbb\xbf" + b'{"providers": {}}')
        assert Catalog() == load(path)


class TestProblems:
    """Files that cannot be read."""

    def test_files(self, tmp_path: Path) -> None:
        """A file that is missing, has an unknown suffix, is not UTF-8, or includes itself is a problem."""
        names = ("m.toml", "o.ini", "s.SQL", "l.yaml", "c.toml")
        missing, other, script, latin, cycle = (tmp_path / name for name in names)
        other.write_text("")
        latin.write_bytes(b"providers:\n  \xe9: 1")
        cycle.write_text('include = ["c.toml"]\nproviders = {}')
        for path, expected in (
            (missing, f"{missing}:1:1: expected a file that can be read, got No such file or directory"),
            (other, f"{other}:1:1: expected a file that ends with .toml, .json, .yaml, .yml, got '.ini'"),
            (
                script,
                f"{script}:1:1: expected a file that ends with .toml, .json, .yaml, .yml, got '.SQL'; "
                "llmproviders import reads SQL, and llmproviders sql writes it",
            ),
            (latin, f"{latin}:2:3: expected UTF-8 text, got byte 0xe9; save it as UTF-8"),
            (
                cycle,
                f"{cycle}:1:12: include.0: expected files that do not include each other in a cycle, got c.toml -> c.toml",
            ),
        ):
            with pytest.raises(DocumentError) as caught:
                load(path)
            assert expected == str(caught.value)

    def test_schema_key(self) -> None:
        """A document may have the key `$schema`."""
        assert Catalog() == loads('{"$schema": "./catalog.schema.json", "providers": {}}', format="json")


class TestLimits:
    """Documents that are too large."""

    def test_large_documents(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A document over the limit is not read."""
        monkeypatch.setattr("llmproviders.catalogs.sources.MAX_CHARACTERS", 10)
        assert ["toml:1:1: expected a document of at most 10 characters"] == problems("providers = {}")


def test_a_url_in_an_include(tmp_path: Path) -> None:
    """A URL is no path; a password in it is masked."""
    path = tmp_path / "a.json"
    path.write_text('{"include": ["https://user:MARK@h/base.toml"]}', encoding="utf-8")
    (problem,) = check(path)
    assert f"{path}:1:14: include.0: expected the path of a file, not a URL, got 'https://******@h/base.toml'" == str(problem)
