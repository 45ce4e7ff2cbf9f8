# SPDX-License-Identifier: Apache-2.0
"""Edits of entries in files: many at once, and their revisions."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from llmproviders import DocumentError, load
from llmproviders.catalogs.editing import EntryEdit, NewEntry
from llmproviders.catalogs.formats.lookup import Format, format_module
from llmproviders.catalogs.formats.trees import with_values
from llmproviders.catalogs.restructuring import renaming
from llmproviders.catalogs.revision import Revision

FORMATS: tuple[Format, ...] = ("toml", "json", "yaml")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The number of calls of the functions of formats, by name."""
    counted: Counter[str] = Counter()
    for name in FORMATS:
        module = format_module(name)
        for function in ("read", "edit", "rename"):
            monkeypatch.setattr(module, function, _counted(counted, function, getattr(module, function)))
    return counted


def _counted(counted: Counter[str], name: str, function: Any) -> Any:
    def run(*arguments: Any) -> Any:
        counted[name] += 1
        return function(*arguments)

    return run


def written(revision: Revision) -> Revision:
    revision.write(private=False)
    return revision


@pytest.mark.parametrize("suffix", FORMATS)
def test_many_assignments_read_the_file_as_often_as_few(calls: Counter[str], tmp_path: Path, suffix: Format) -> None:
    """The number of times that the document is read does not depend on the number of changes."""
    file = tmp_path / f"a.{suffix}"
    file.write_text(format_module(suffix).write({"providers": {"x": {"generic": "mine"}}}), encoding="utf-8")
    numbers = []
    for value, count in (("new", 3), ("other", 200)):
        calls.clear()
        edit = EntryEdit(file, "x")
        for number in range(count):
            edit.set(f"extra_options.key{number}", value)
        written(edit.revision(reveal=False))
        numbers.append(sum(calls.values()))
        assert load(file)["x"].extra_options == {f"key{number}": value for number in range(count)}
        file.write_text(format_module(suffix).write({"providers": {"x": {"generic": "mine"}}}), encoding="utf-8")
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("suffix", FORMATS)
def test_many_references_are_renamed_in_one_pass(calls: Counter[str], tmp_path: Path, suffix: Format) -> None:
    """The number of times that the document is read does not depend on the number of entries that extend another."""
    file = tmp_path / f"a.{suffix}"
    numbers = []
    for count in (2, 50):
        children = {f"child{number}": {"extends": "base"} for number in range(count)}
        tree = {"default": "base", "providers": {"base": {"preset": "deepseek"}, **children}}
        file.write_text(format_module(suffix).write(tree), encoding="utf-8")
        calls.clear()
        revision, references = renaming(file, "base", "core")
        written(revision)
        numbers.append(sum(calls.values()))
        assert len(references) == count + 1
        catalog = load(file)
        assert (catalog.default, len(catalog), catalog["child1"]) == ("core", count + 1, catalog["core"])
    assert numbers[0] == numbers[1]


DOCUMENTS = {
    "toml": """\
[providers.x]
generic = "mine"  # a comment
extra_options = { a = "1", b = "2", c = "3" }
""",
    "json": json.dumps({"providers": {"x": {"generic": "mine", "extra_options": {"a": "1", "b": "2", "c": "3"}}}}, indent=1),
    "yaml": """\
providers:
  x:
    generic: mine  # a comment
    extra_options:
      a: "1"
      b:  # a comment
        "2"
      c: &anchor "3"
""",
}


@pytest.mark.parametrize("suffix", FORMATS)
def test_edits_of_all_kinds_at_once(tmp_path: Path, suffix: Format) -> None:
    """Values are replaced, added and removed in one edit, whose tree is that of the new document."""
    module = format_module(suffix)
    text = DOCUMENTS[suffix]
    options = ("providers", "x", "extra_options")
    changes: Any = {
        (*options, "b"): "new",
        (*options, "a"): None,
        (*options, "c"): "third",
        (*options, "d"): 4,
        ("providers", "x", "generic"): "other",
        ("providers", "y", "generic"): "second",
        ("providers", "y", "extra_options", "e"): 5,
        ("default",): "y",
    }
    new, (tree, _) = module.edit(text, changes), with_values(module.read(text)[0], changes)
    assert (
        module.read(new)[0]
        == tree
        == {
            "default": "y",
            "providers": {
                "x": {"generic": "other", "extra_options": {"b": "new", "c": "third", "d": 4}},
                "y": {"generic": "second", "extra_options": {"e": 5}},
            },
        }
    )
    assert new.count("# a comment") == text.count("# a comment")


@pytest.mark.skipif(os.name != "posix", reason="a FIFO is of POSIX")
def test_edits_of_a_fifo(tmp_path: Path) -> None:
    """An edit of a FIFO is refused at once; it does not wait for a writer."""
    path = tmp_path / "a.toml"
    os.mkfifo(path)
    with pytest.raises(DocumentError, match="Is a FIFO"):
        EntryEdit(path, "a")
    with pytest.raises(DocumentError, match="Is a FIFO"):
        NewEntry(path, "a", {"preset": "deepseek"}, is_default=False)
