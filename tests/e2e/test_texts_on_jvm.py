# SPDX-License-Identifier: Apache-2.0
"""The library and Flink parse and write the values of options alike: generated and difficult strings."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py4j.protocol import Py4JJavaError
from strategies import OVERFLOW, duration_texts, finite, longs, texts, timedeltas

from llmproviders import InvalidOptionsError, OpenAIProvider, Rejected
from llmproviders.syntax.scalars import (
    read_boolean,
    read_double,
    read_duration,
    read_integer,
    read_map,
    write_duration,
    write_map,
)

MEASURED: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data/flink_texts.json").read_text(encoding="utf-8"))

many = settings(max_examples=1000, deadline=None)


class Parser:
    """Flink's option parser on the JVM of the running PyFlink."""

    def __init__(self, jvm: Any) -> None:
        shaded = jvm.org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind
        options = jvm.org.apache.flink.configuration.ConfigOptions.key("key")
        self._configuration = jvm.org.apache.flink.configuration.Configuration()
        self._json = shaded.ObjectMapper()
        self._options = {
            "Boolean": options.booleanType().noDefaultValue(),
            "Integer": options.intType().noDefaultValue(),
            "Long": options.longType().noDefaultValue(),
            "Double": options.doubleType().noDefaultValue(),
            "Duration": options.durationType().noDefaultValue(),
            "Map": options.mapType().noDefaultValue(),
        }

    def read(self, kind: str, text: str) -> Any:
        """Java's value of *text*, in the form of the library's parsers; None if Java refuses it."""
        self._configuration.setString("key", text)
        try:
            value = self._configuration.get(self._options[kind])
        except Py4JJavaError:
            return None
        if kind == "Duration":
            return value.getSeconds() * 10**9 + value.getNano()
        # JSON sends a Java map in one piece.
        return json.loads(self._json.writeValueAsString(value)) if kind == "Map" else value

    def constant(self, enum: Any, text: str) -> str | None:
        """The name in options of the enum constant that Java reads from *text*; None if Java refuses it."""
        self._configuration.setString(enum.key(), text)
        try:
            return self._configuration.get(enum).toString()
        except Py4JJavaError:
            return None


@pytest.fixture(scope="session")
def java(t_env: Any) -> Parser:
    """The parser; the environment adds the provider jars to the JVM."""
    from pyflink.java_gateway import get_gateway

    return Parser(get_gateway().jvm)


def whole(bits: int) -> Callable[[str], int]:
    """The library's parser of integers, with the bounds of an option."""

    def read(text: str) -> int:
        value = read_integer(text)
        if not -(2**bits) <= value < 2**bits:
            raise Rejected("a number within bounds")
        return value

    return read


OURS: dict[str, Callable[[str], Any]] = {
    "Boolean": read_boolean,
    "Integer": whole(31),
    "Long": whole(63),
    # Whole numbers are read as int, so that they are written unchanged.
    "Double": lambda text: float(read_double(text)),
    "Duration": read_duration,
    "Map": read_map,
}

# The values that only Java reads, and why.
STRICTER: dict[str, Callable[[str, Any], bool]] = {
    # Java compares in upper case, where a long s equals an S.
    "Boolean": lambda text, value: not text.isascii(),
    # No service accepts an infinity or NaN, and Java reads 1e400 as infinity.
    "Double": lambda text, value: not math.isfinite(value),
    # YAML is ambiguous: 1.10 becomes 1.1, and Flink 1.20 can be configured not to read it.
    "Map": lambda text, value: re.search(r":(\s|\Z)|\{", text) is not None,
}

_SPACES = " \t\n\r\x00\x0b\x1c\x85\xa0\u2028\u3000"
_DIGITS = "0123456789\u0661\uff11\U0001d7cf"
UGLY: dict[str, tuple[list[str], str]] = {
    "Boolean": (["true", "false", "yes", "1", ""], "trueTRUEfalsFALS\u017f\u0131\u0130\u212a" + _SPACES),
    "Integer": ([text for text, _ in MEASURED["scalars"]["int"]], _DIGITS + "+-_.,eELxX" + _SPACES),
    "Long": ([text for text, _ in MEASURED["scalars"]["long"]], _DIGITS + "+-_.,eELxX" + _SPACES),
    "Double": ([text for text, _ in MEASURED["scalars"]["double"]], _DIGITS + "+-._eEfFdDxXpPNaInfity" + _SPACES),
    "Duration": (
        [text for text, _ in MEASURED["durations"]]
        + ["PT1H30M2.5S", "P1DT-1H", "-PT-1M-2S", "PT1M-30.5S", "P9223372036854775807D", "PT9223372036854775807H-1S", "3 hours"],
        _DIGITS + "dhmsnocuaDHMSPTpt.,+-\u00b5\u03bc\u0130" + _SPACES,
    ),
    "Map": (
        [text for text, *_ in MEASURED["maps"]] + ["Authorization: Bearer x:y", "X-A: 1,X-B: 2", "'''a'':''x: y''',b:c", ",,a:b"],
        "ab1.:,:,'\"'\"{}[]#&*!|>-?%@`~\\=;\u00e9\x01\x7f\x80\ufeff" + _SPACES,
    ),
}


def mutants(kind: str, count: int) -> list[str]:
    """Strings of a type, most with small mistakes; the same in every run."""
    chance = random.Random(kind)
    seeds, alphabet = UGLY[kind]
    found = dict.fromkeys(seeds)
    while len(found) < count:
        text = chance.choice(seeds)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            at, char = chance.randrange(len(text) + 1), chance.choice(alphabet)
            text = chance.choice(
                (
                    text[:at] + char + text[at:],
                    text[:at] + char + text[at + 1 :],
                    text[:at] + text[at + 1 :],
                    text[:at] + chance.choice(seeds) + text[at:],
                )
            )
        found[text] = None
    return list(found)


@pytest.mark.parametrize(("kind", "count", "least"), [(kind, 3000, 5 if kind == "Boolean" else 100) for kind in OURS])
def test_ugly_texts(java: Parser, kind: str, count: int, least: int) -> None:
    """Java reads every string that the library reads, to the same value; `STRICTER` has the strings that only Java reads."""
    differences, read = [], 0
    for text in mutants(kind, count):
        seen = java.read(kind, text)
        try:
            ours = OURS[kind](text)
        except Rejected:
            ours = None
        read += ours is not None
        if ours is None and seen is not None and kind in STRICTER and STRICTER[kind](text, seen):
            continue
        if ours != seen:
            differences.append(f"{text!a}: Java {seen!a}, library {ours!a}")
    assert [] == differences
    assert read >= least


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("Boolean", "fal\u017fe", False),
        ("Double", "1e400", math.inf),
        ("Double", "-Infinity", -math.inf),
        ("Map", "X-Version: 1.10", {"X-Version": "1.1"}),
        ("Map", "{a: b}", {"a": "b"}),
        ("Map", "a: b # c", {"a": "b"}),
    ],
)
def test_where_we_are_stricter(java: Parser, kind: str, text: str, value: Any) -> None:
    """Only Java reads these: one for each reason."""
    assert value == java.read(kind, text)
    with pytest.raises(Rejected):
        OURS[kind](text)


# Writing -------------------------------------------------------------------------------------------------------------


@many
@given(text=duration_texts)
def test_duration_texts(java: Parser, text: str) -> None:
    """Both read the same time from every string of Flink's grammar for durations and of ISO 8601."""
    assert read_duration(text) == java.read("Duration", text)


@many
@given(value=timedeltas)
def test_written_durations(java: Parser, value: timedelta) -> None:
    """Java reads a written `timedelta` exactly."""
    assert value // timedelta(microseconds=1) * 1000 == java.read("Duration", write_duration(value))


_ugly_characters = st.text(st.sampled_from(UGLY["Map"][1]) | st.characters(codec="utf-8"), max_size=8)


@many
@given(value=st.dictionaries(_ugly_characters | texts, _ugly_characters | texts, max_size=3))
def test_written_maps(java: Parser, value: dict[str, str]) -> None:
    """Java reads any written mapping of strings unchanged."""
    assert value == java.read("Map", write_map(value)) == read_map(write_map(value))


@many
@given(temperature=finite | st.integers(-(10**20), 10**20) | st.fractions(), seed=longs)
def test_written_numbers(java: Parser, temperature: Any, seed: int) -> None:
    """Java reads a written number exactly."""
    flat = OpenAIProvider("https://h/chat/completions", "key", temperature=temperature, seed=seed).to_options()
    assert float(temperature) == java.read("Double", flat["temperature"])
    assert seed == java.read("Long", flat["seed"])


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("context-overflow-action", OVERFLOW),
        ("error-handling-strategy", ("RETRY", "FAILOVER", "IGNORE")),
        ("retry-fallback-strategy", ("FAILOVER", "IGNORE")),
        ("response-format", ("text", "json_object")),
    ],
)
def test_enums(java: Parser, t_env: Any, flink_version: str, key: str, choices: tuple[str, ...]) -> None:
    """In any spelling of an enum, both read the same constant, and Java reads the written one."""
    from pyflink.java_gateway import get_gateway

    jvm = get_gateway().jvm
    factory = (
        jvm.java.lang.Thread.currentThread()
        .getContextClassLoader()
        .loadClass("org.apache.flink.model.openai.OpenAIModelProviderFactory")
    )
    options = {each.key(): each for each in factory.getDeclaredConstructor(None).newInstance(None).optionalOptions()}
    if flink_version == "2.1":
        assert key not in options
        return
    chance = random.Random(key)
    spoilt = [
        choice[:at] + char + choice[at + cut :]
        for choice in choices
        for at in range(len(choice))
        for cut in (0, 1)
        for char in "-_ k\u212a\u017f\u0131"
    ]
    read = 0
    for text in [
        *choices,
        *spoilt,
        "",
        "null",
        *("".join(map(chance.choice, zip(choice.upper(), choice.lower(), strict=True))) for choice in choices * 20),
    ]:
        seen = java.constant(options[key], text)
        try:
            ours = OpenAIProvider.from_options({"endpoint": "e", "api-key": "k", key: text}).to_options()[key]
        except InvalidOptionsError:
            # Java compares in upper case, where a long s equals an S and a dotless i an I.
            assert seen is None or not text.isascii(), text
            continue
        read += 1
        assert ours == java.constant(options[key], ours)
        assert seen in (None, ours)
    assert read > len(choices) * 10
