# SPDX-License-Identifier: Apache-2.0
"""Messages about YAML, JSON and TOML show no part of a value: it may be a secret that was not quoted."""

from __future__ import annotations

import pytest

from llmproviders import DocumentError, loads
from llmproviders.catalogs.formats import json, toml, yaml
from llmproviders.catalogs.formats.trees import SyntaxProblem

TAG = "a document without custom tags"
ALIAS = "an alias after its anchored value, and not inside it"
MERGE = "write <<: *name, and &name before the mapping with these keys"
ZERO = "YAML 1.1 reads it as octal; quote it if it is a string"


@pytest.mark.parametrize(
    ("text", "where", "expected", "hint"),
    [
        ("api_key: !S3cr3t", (1, 10), TAG, "quote a string that begins with !; a reference is {env: NAME}"),
        ("api_key: !<S3cr3t> x", (1, 10), TAG, "quote a string that begins with !; a reference is {env: NAME}"),
        ("api_key: !!S3cr3t x", (1, 10), TAG, "quote a string that begins with !; a reference is {env: NAME}"),
        ("api_key: !e!S3cr3t x", (1, 10), "YAML (found undefined tag handle ...)", ""),
        ("api_key: !S3cr3t!x", (1, 10), "YAML (found undefined tag handle ...)", ""),
        ("%TAG !S3cr3t! a\n%TAG !S3cr3t! b\n--- a", (2, 1), "YAML (duplicate tag handle ...)", ""),
        ("api_key: *S3cr3t", (1, 10), ALIAS, "quote a string that begins with *"),
        ("api_key: &S3cr3t [*S3cr3t]", (1, 19), ALIAS, "quote a string that begins with *"),
        ("api_key: 0123456789", (1, 10), "a number without a leading zero", ZERO),
        ("api_key: " + "9" * 5000, (1, 10), "a number without thousands of digits", "quote it if it is a string"),
        ("api_key: !!int S3cr3t", (1, 10), "a value that fits its tag !!int", ""),
        (
            "api_key: @S3cr3t",
            (1, 10),
            "YAML (found character '@' that cannot start any token)",
            "quote a string that starts with this character; a reference is {env: NAME}",
        ),
        ('api_key: "S3\\cr3t"', (1, 14), "YAML (found unknown escape character 'c')", ""),
        ('api_key: "\\xS3cr3t"', (1, 13), "YAML (expected escape sequence of 2 hexdecimal numbers, but found 'S')", ""),
        ("api_key: 'S3cr3t", (1, 10), "YAML (found unexpected end of stream)", "close the quote"),
        ("api_key: {S3cr3t: x]", (1, 10), "YAML (expected ',' or '}', but got ']')", "close the bracket or brace"),
        ("api_key: S3\x00cr3t", (1, 12), "YAML (character #x0000 is not allowed)", ""),
        ("api_key: !a%FFS x", (1, 12), "YAML (... codec can't decode byte 0xff in position 0: invalid start byte)", ""),
        ("%S3cr3t", (1, 8), "YAML (expected '<document start>', but found '<stream end>')", ""),
        ("api_key: &S3cr3t &S3cr3t x", (1, 18), "YAML (expected <block end>, but found '<anchor>')", ""),
        (
            "api_key: %S3cr3t",
            (1, 10),
            "YAML (found character '%' that cannot start any token)",
            "quote a string that starts with this character",
        ),
        ("a: {<<: S3cr3t}", (1, 5), "a mapping to merge, or a list of mappings", MERGE),
        ("a: 1\na: 2", (2, 1), "each key once, got 'a' twice", ""),
        ("sk-S3cr3t0123: 1\nsk-S3cr3t0123: 2", (2, 1), "each key once, got '******' twice", ""),
    ],
    ids=range(24),
)
def test_yaml(text: str, where: tuple[int, int], expected: str, hint: str) -> None:
    """The message has the location and advice."""
    with pytest.raises(SyntaxProblem) as caught:
        yaml.read(text)
    assert (where, expected, hint) == (caught.value.location, caught.value.expected, caught.value.hint)
    assert "S3cr3t" not in str(caught.value)
    assert "0123456789" not in str(caught.value)
    # The context of the error could show it.
    assert caught.value.__context__ is None
    with pytest.raises(DocumentError) as error:
        loads(text, format="yaml")
    assert (None, None) == (error.value.__context__, error.value.__cause__)
    assert "S3cr3t" not in str(error.value) + repr(error.value)


def test_other_errors_in_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message of an unexpected error is not shown."""

    def fail(*args: object) -> None:
        raise ValueError("S3cr3t")

    monkeypatch.setattr("ruamel.yaml.YAML.parse", fail)
    with pytest.raises(SyntaxProblem, match=r"^line 1, column 1: expected YAML \(it cannot be read\)$"):
        yaml.read("a: 1")


def test_anchors_of_the_same_name() -> None:
    """Anchors of the same name are accepted without a warning of ruamel.yaml, which would show the name."""
    assert "a: &S3cr3t 1\nb: &S3cr3t 2\nc: 4\n" == yaml.edit("a: &S3cr3t 1\nb: &S3cr3t 2\nc: 3\n", {("c",): 4})


def test_json_and_toml() -> None:
    """Messages about JSON and TOML show no value, and no key that looks like a secret."""
    for module, text in (
        (json, '{"a": "S3cr3t" "b"}'),
        (json, '{"a": S3cr3t}'),
        (json, '{"sk-S3cr3t0123": 1, "sk-S3cr3t0123": 2}'),
        (toml, 'a = "S3cr3t'),
        (toml, "a = S3cr3t"),
        (toml, 'a = "S3\\cr3t"'),
        (toml, 'a = "x" S3cr3t'),
    ):
        with pytest.raises(SyntaxProblem) as caught:
            module.read(text)
        assert "S3cr3t" not in str(caught.value)
        with pytest.raises(DocumentError) as error:
            loads(text, format=module.__name__.rpartition(".")[2])  # type: ignore[arg-type]
        assert (None, None) == (error.value.__context__, error.value.__cause__)
