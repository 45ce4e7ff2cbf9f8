# SPDX-License-Identifier: Apache-2.0
"""Documents that a format refuses, and the locations of the problems."""

from __future__ import annotations

from typing import Any

import pytest
from documents import problems

from llmproviders import (
    DocumentError,
    OpenAICompatProvider,
    TritonProvider,
    loads,
)
from llmproviders.catalogs.formats.lookup import FORMATS, format_module

MERGE = "write <<: *name, and &name before the mapping with these keys"


class TestReading:
    """YAML 1.2 is read."""

    def test_yaml_core_schema(self) -> None:
        """Scalars are read as in the core schema of YAML 1.2: 1e-3 is a number."""
        text = (
            "providers: {a: {provider: openai-compat, temperature: 1e-3, seed: 0x10, n: !!int 2, model: !!str 5, user_prompt: ~}}"
        )
        assert OpenAICompatProvider(temperature=0.001, seed=16, n=2, model="5") == loads(text, format="yaml")["a"]

    def test_yaml_aliases(self) -> None:
        """Aliases are replaced by the values of their anchors."""
        text = "providers:\n  a: &a {provider: triton, endpoint: &e http://h}\n  b: *a\n  c: {provider: triton, endpoint: *e}\n"
        assert [TritonProvider("http://h")] * 3 == list(loads(text, format="yaml").values())

    def test_yaml_merge_keys(self) -> None:
        """A key << merges mappings: own keys win, then those of the first one; in quotes it is an ordinary key."""
        text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\nd: {<<: *a}\ne: {'<<': 1}\n"
        tree, locate = format_module("yaml").read(text)
        assert {"x": 1, "y": 1, "z": 3} == tree["c"]
        assert ({"x": 1, "y": 1}, {"<<": 1}) == (tree["d"], tree["e"])
        assert [(5, 3), (4, 3), (6, 5)] == [locate(path) for path in (("c", "y"), ("c", "z"), ("d", "x"))]

    def test_yaml_version(self) -> None:
        """The schema is that of YAML 1.2, whatever version the document names."""
        assert {"a": "no", "b": "2001-01-01"} == format_module("yaml").read("%YAML 1.1\n---\na: no\nb: 2001-01-01\n")[0]


class TestProblems:
    """Syntax errors have locations."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "yaml:1:1: expected a catalog, got an empty document; a catalog has the key `providers`"),
            (
                "providers: {a: {provider: triton, endpoint: e, sequence_start: no}}",
                "yaml:1:48: providers.a.sequence_start: expected True or False, got 'no' (str); write true or false",
            ),
            (
                "providers: {a: {provider: triton, endpoint: e, max_retries: 0777}}",
                "yaml:1:61: expected a number without a leading zero; YAML 1.1 reads it as octal; quote it if it is a string",
            ),
            ("a: 1\na: 2", "yaml:2:1: expected each key once, got 'a' twice"),
            ("1: 1", "yaml:1:1: expected a key that is a string; quote it"),
            ("[a]: 1", "yaml:1:1: expected a key that is a string; quote a string that begins with a brace or bracket"),
            ("a: !!int x", "yaml:1:4: expected a value that fits its tag !!int"),
            ("a: 1\n---\nb: 2", "yaml:2:1: expected one document; this is where a second one starts"),
            (
                "a: &a [*a]",
                "yaml:1:8: expected an alias after its anchored value, and not inside it; quote a string that begins with *",
            ),
            ("a: {<<: [1]}", f"yaml:1:5: expected a mapping to merge, or a list of mappings; {MERGE}"),
            ("a: {<<: *b}", f"yaml:1:9: expected an alias after its anchored value, and not inside it; {MERGE}"),
            ("a: {<<: {}, <<: {}}", "yaml:1:13: expected each key once, got '<<' twice"),
            (
                f"a: x!{'y' * 50_000}",
                "yaml:1:1: expected a document without a word of over 50000 characters that contains !",
            ),
            (
                "a: !!python/object:x 1",
                "yaml:1:4: expected a document without custom tags; quote a string that begins with !; a reference is {env: NAME}",
            ),
        ],
    )
    def test_yaml(self, text: str, expected: str) -> None:
        """A problem of YAML has its exact location and message."""
        assert [expected] == problems(text, "yaml")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('{"providers": {"a": 1, "a": 2}}', "json:1:29: expected each key once, got 'a' twice"),
            ('{"providers": }', "json:1:15: expected JSON (expecting value)"),
            ('{"x": [[1], {"y": 2}, 1, Infinity]}', "json:1:26: expected a JSON number, got Infinity"),
            ('{"x": {"a": 1, "a": 2}, y}', "json:1:25: expected JSON (expecting property name enclosed in double quotes)"),
            ('{"a": 1, "a": 2, "b": NaN}', "json:1:23: expected a JSON number, got NaN"),
            ('{"x": [1e999, {"a": 1, "a": 2}]}', "json:1:29: expected each key once, got 'a' twice"),
            ('{"x": [1, NaN]}', "json:1:11: expected a JSON number, got NaN"),
            ("[1]", "json:1:1: expected a catalog, got a list; a catalog has the key `providers`"),
            ("[" * 100_000, "json:1:1: expected at most 100 levels of nesting"),
        ],
    )
    def test_json(self, text: str, expected: str) -> None:
        """A problem of JSON has its exact location and message."""
        assert [expected] == problems(text, "json")

    def test_locations_in_json(self) -> None:
        """A problem of a nested value has the location of the value."""
        text = '{\n "providers": {\n  "a": {"provider": "openai-compat",\n   "top_p": 7}\n }\n}'
        assert problems(text, "json") == ["json:4:13: providers.a.top_p: expected a finite number from 0 to 1, got 7"]

    @pytest.mark.parametrize("format", FORMATS)
    def test_bombs(self, format: Any) -> None:
        """Very deep nesting, and aliases that expand exponentially, are refused."""
        bombs = {
            "toml": [
                "a = " + "[" * 5000 + "]" * 5000,
                "a = " + "[" * 150 + "]" * 150,
                "a." * 101 + "b = 1",
                "a.b = {c." * 60 + "d = 1" + "}" * 60,
            ],
            "json": ["[" * 150 + "]" * 150],
            "yaml": [
                "[" * 150,
                "\n".join(f"k{i}: &k{i} [{','.join([f'*k{i - 1}'] * 20) if i else 1}]" for i in range(12)),
                "\n".join(f"k{i}: &k{i} [{f'*k{i - 1}' if i else 1}]" for i in range(101)),
            ],
        }
        for bomb in bombs[format]:
            assert len(problems(bomb, format)) == 1


class TestLimits:
    """Long numbers, deep nesting and line ends."""

    def test_long_numbers(self) -> None:
        """A number of thousands of digits is refused in every format."""
        digits = "9" * 5000
        long = "a document without a number of thousands of digits"
        assert [f"json:1:1: expected {long}"] == problems(f'{{"a": {digits}}}', "json")
        assert [f"toml:1:1: expected {long}"] == problems(f"a = {digits}")
        assert ["yaml:1:4: expected a number without thousands of digits; quote it if it is a string"] == problems(
            f"a: {digits}", "yaml"
        )

    def test_deeply_nested_constants(self) -> None:
        """A constant that is not JSON has its location at any depth that is read; deeper nesting is reported first."""
        too_deep = "at most 100 levels of nesting"
        assert ["json:1:101: expected a JSON number, got NaN"] == problems("[" * 100 + "NaN" + "]" * 100, "json")
        assert [f"json:1:101: expected {too_deep}"] == problems("[" * 101 + "NaN" + "]" * 101, "json")

    def test_deep_nesting_below_a_repeated_key(self) -> None:
        """Python's recursion limit is not reached where the location of another problem is looked for."""
        deep = "[" * 200_000 + "]" * 200_000
        assert ["json:1:1: expected at most 100 levels of nesting"] == problems(
            f'{{"a": {{"x": 1, "x": 2}}, "b": {deep}}}', "json"
        )

    def test_carriage_returns(self) -> None:
        """Lines may end with a carriage return and a line feed."""
        text = "[providers.a]\r\nprovider = 'openai-compat'\r\ntop_p = 7\r\n"
        assert ["toml:3:1: providers.a.top_p: expected a finite number from 0 to 1, got 7"] == problems(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("providers:\n\ta: 1", "2:1: expected YAML (found character '\\t' that cannot start any token); indent with blanks"),
        (
            "providers:\n  a:\n    system_prompt: Answer: good",
            "3:26: expected YAML (mapping values are not allowed here); quote a string that contains a colon and a blank",
        ),
        ("a: {{ secret }}", "1:5: expected a key that is a string; quote a string that begins with a brace or bracket"),
        (
            "a: @x",
            "1:4: expected YAML (found character '@' that cannot start any token); "
            "quote a string that starts with this character; a reference is {env: NAME}",
        ),
    ],
)
def test_common_problems_in_yaml(text: str, expected: str) -> None:
    """Common syntax errors have hints."""
    with pytest.raises(DocumentError) as caught:
        loads(text, format="yaml")
    assert f"yaml:{expected}" == str(caught.value)


def test_a_toml_document_without_providers() -> None:
    assert 'default = "a"\n' == format_module("toml").write({"default": "a"})


def test_a_name_that_cannot_be_written() -> None:
    """A name with a lone surrogate, which JSON can write as an escape, is refused."""
    with pytest.raises(DocumentError, match=r"expected a name that UTF-8 can encode, got '\\ud800'"):
        loads('{"providers": {"\\ud800": {"generic": "g"}}}', format="json")
