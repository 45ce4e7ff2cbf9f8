# SPDX-License-Identifier: Apache-2.0
"""Laws of edits and renames in each format: the tree of the result is the changed tree, and comments and line breaks stay."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from llmproviders import ProviderError
from llmproviders.catalogs.formats.lookup import FORMATS, Format, format_module
from llmproviders.catalogs.formats.trees import renamed, with_value

names = st.one_of(st.sampled_from(["a", "b", "c"]), st.text(st.characters(codec="utf-8"), max_size=4))
strings = st.one_of(
    st.sampled_from(["x", "no", "1", "# x", "a: b", "'\"", "two\nlines"]), st.text(st.characters(codec="utf-8"), max_size=6)
)
scalars = st.one_of(strings, st.integers(-9, 2**40), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.dictionaries(names, scalars, max_size=3))
entries = st.dictionaries(names, values, max_size=4)
trees = st.dictionaries(names, entries, max_size=4).map(lambda providers: {"default": "a", "providers": providers})


@st.composite
def documents(draw: st.DrawFn, format_: Format) -> tuple[str, dict[str, Any]]:
    """A document with comments and blank lines, and its tree."""
    tree = draw(trees)
    text = format_module(format_).write(tree)
    if format_ != "json" and '"""' not in text:
        lines = ["# The document."]
        for number, line in enumerate(text.split("\n")[:-1]):
            indent = re.match(" *", line)
            assert indent is not None
            lines += draw(st.sampled_from([[], [], [""], [f"{indent[0]}# c{number}"], ["", f"{indent[0]}# c{number}"]]))
            lines.append(line + draw(st.sampled_from(["", f" # d{number}"])) * (not line.endswith((":", "-"))))
        text = "\n".join([*lines, ""])
    text = text.removesuffix("\n") if draw(st.booleans()) else text
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text, tree


def comments(text: str) -> set[str]:
    """The comments that `documents` writes."""
    return set(re.findall(r"# [cd]\d+(?=\r?\n|\Z)", text))


def check(old: str, new: str) -> None:
    """Check that a document has the line breaks and the end of the old one."""
    assert old.endswith("\n") == new.endswith("\n")
    if "\n" in old:
        assert ("\r\n" in old) == ("\r\n" in new) or "\n" not in new
        assert "\r\n" not in old or not re.search(r"(?<!\r)\n", new)


@pytest.mark.parametrize("format_", FORMATS)
@given(st.data())
def test_edits(format_: Format, data: st.DataObject) -> None:
    """A value that is set, added or removed: only that changes, and all comments of other entries stay."""
    text, tree = data.draw(documents(format_))
    module = format_module(format_)
    assert tree == module.read(text)[0]
    entry = data.draw(st.sampled_from([*tree["providers"], "new"]))
    options = list(tree["providers"].get(entry, {}))
    path = ("providers", entry, *data.draw(st.sampled_from([(), *((option,) for option in [*options, "added"])])))
    exists = path[1] in tree["providers"] and (len(path) == 2 or path[2] in options)
    value = data.draw(st.one_of(*[st.none()] * exists, values if len(path) == 3 else entries))
    new = module.edit(text, {path: value})
    assert with_value(tree, path, value) == module.read(new)[0]
    check(text, new)
    if exists and value is None and len(path) == 2:
        assert comments(new) <= comments(text)
    elif not exists:
        assert comments(new) == comments(text)


@pytest.mark.parametrize("format_", FORMATS)
@given(st.data())
def test_several_edits(format_: Format, data: st.DataObject) -> None:
    """Values that are set, added and removed at once, at several places: only these change."""
    text, tree = data.draw(documents(format_))
    module = format_module(format_)
    changes: dict[Any, Any] = {("providers", "newer"): data.draw(entries)} if data.draw(st.booleans()) else {}
    expected = tree
    for name, entry in tree["providers"].items():
        if data.draw(st.integers(0, 3)) == 0:
            changes["providers", name] = data.draw(st.one_of(st.none(), entries))
            continue
        for key in (*entry, "added", "more"):
            if data.draw(st.booleans()):
                changes["providers", name, key] = data.draw(st.one_of(*[st.none()] * (key in entry), values))
    changes = dict(data.draw(st.permutations(list(changes.items()))))
    one_by_one = text
    try:
        for path, value in changes.items():
            one_by_one = module.edit(one_by_one, {path: value})
            expected = with_value(expected, path, value)
    except ProviderError:
        assume(False)  # a key is written in a way that no edit can keep
    new = module.edit(text, changes)
    assert expected == module.read(new)[0]
    check(text, new)
    assert comments(new) <= comments(text)
    if all(len(path) == 3 and path[2] not in tree["providers"][path[1]] for path in changes):
        assert comments(new) == comments(text)


@pytest.mark.parametrize("format_", FORMATS)
@given(st.data())
def test_additions(format_: Format, data: st.DataObject) -> None:
    """Entries, and options of an entry, that are added at once are added as one by one."""
    text, tree = data.draw(documents(format_))
    added = data.draw(st.lists(entries, min_size=1, max_size=3))
    assert_added(format_, text, ("providers",), added)
    for name in list(tree["providers"])[:1]:
        assert_added(format_, text, ("providers", name), data.draw(st.lists(values, min_size=1, max_size=3)))


def assert_added(format_: Format, text: str, path: tuple[str, ...], added: list[Any]) -> None:
    """Check that members that are added at once are added as one by one, or that both are refused."""
    module = format_module(format_)
    changes = {(*path, f"new {number}"): value for number, value in enumerate(added)}
    try:
        expected = text
        for one, value in changes.items():
            expected = module.edit(expected, {one: value})
    except ProviderError:
        with pytest.raises(ProviderError):
            module.edit(text, changes)
    else:
        assert expected == module.edit(text, changes)


@pytest.mark.parametrize("format_", FORMATS)
@given(st.data())
def test_renames(format_: Format, data: st.DataObject) -> None:
    """A key that is renamed: only that changes; a name that is taken is refused."""
    text, tree = data.draw(documents(format_))
    module = format_module(format_)
    entry = data.draw(st.sampled_from([*tree["providers"], None]))
    path = ("providers",) if entry is None else ("providers", entry)
    parent = tree if entry is None else tree["providers"]
    name = data.draw(names)
    if name in parent:
        with pytest.raises(ProviderError, match="is in the file already"):
            module.rename(text, path, name)
        return
    new = module.rename(text, path, name)
    assert renamed(tree, path, name) == module.read(new)[0]
    check(text, new)
    assert comments(new) == comments(text)
    assert len(text.split("\n")) == len(new.split("\n"))
    # Renaming it again gives the old document, up to the quotes of the name.
    back = module.rename(new, (*path[:-1], name), path[-1])
    assert tree == module.read(back)[0]
