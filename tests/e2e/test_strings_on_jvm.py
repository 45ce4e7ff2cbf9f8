# SPDX-License-Identifier: Apache-2.0
"""Our parsers read option strings as Flink's own do: generated and ugly ones."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import MEASURED
from py4j.protocol import Py4JJavaError
from strategies import OVERFLOW, duration_texts, finite, longs, texts, timedeltas

from llmproviders import InvalidOptionsError, OpenAIProvider, Rejected
from llmproviders.syntax.durations import read_duration, write_duration
from llmproviders.syntax.maps import read_map, write_map
from llmproviders.syntax.scalars import read_boolean, read_double, read_integer

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

    def read(self, kind: str, string: str) -> Any:
        """The value of a string, in the form of our parsers; None if Java refuses the string."""
        self._configuration.setString("key", string)
        try:
            value = self._configuration.get(self._options[kind])
        except Py4JJavaError:
            return None
        if kind == "Duration":
            return value.getSeconds() * 10**9 + value.getNano()
        # A Java map is fetched in one call as JSON.
        return json.loads(self._json.writeValueAsString(value)) if kind == "Map" else value

    def constant(self, enum: Any, string: str) -> str | None:
        """The option string of the constant that Flink reads; None if Java refuses the string."""
        self._configuration.setString(enum.key(), string)
        try:
            return self._configuration.get(enum).toString()
        except Py4JJavaError:
            return None


@pytest.fixture(scope="session")
def java(t_env: Any) -> Parser:
    """The parser; the environment puts the provider jars into the JVM."""
    from pyflink.java_gateway import get_gateway

    return Parser(get_gateway().jvm)


def whole(bits: int) -> Callable[[str], int]:
    """Our parser of integers, with the bounds that an option adds to it."""

    def read(string: str) -> int:
        value = read_integer(string)
        if not -(2**bits) <= value < 2**bits:
            raise Rejected("a number within bounds")
        return value

    return read


OURS: dict[str, Callable[[str], Any]] = {
    "Boolean": read_boolean,
    "Integer": whole(31),
    "Long": whole(63),
    # `read_double` reads whole numbers as int.
    "Double": lambda string: float(read_double(string)),
    "Duration": read_duration,
    "Map": read_map,
}

# The strings that Java reads and we refuse, with the reasons.
STRICTER: dict[str, Callable[[str, Any], bool]] = {
    # Java compares in upper case, where a long s is an S.
    "Boolean": lambda string, value: not string.isascii(),
    # No service accepts infinities or NaN; Java reads 1e400 as an infinity.
    "Double": lambda string, value: not math.isfinite(value),
    # YAML changes strings: 1.10 becomes 1.1. And Flink 1.20 may be configured not to read YAML.
    "Map": lambda string, value: re.search(r":(\s|\Z)|\{", string) is not None,
}

_SPACES = " \t\n\r\x00\x0b\x1c\x85\xa0\u2028\u3000"
_DIGITS = "0123456789\u0661\uff11\U0001d7cf"
UGLY: dict[str, tuple[list[str], str]] = {
    "Boolean": (["true", "false", "yes", "1", ""], "trueTRUEfalsFALS\u017f\u0131\u0130\u212a" + _SPACES),
    "Integer": ([string for string, _ in MEASURED["scalars"]["int"]], _DIGITS + "+-_.,eELxX" + _SPACES),
    "Long": ([string for string, _ in MEASURED["scalars"]["long"]], _DIGITS + "+-_.,eELxX" + _SPACES),
    "Double": ([string for string, _ in MEASURED["scalars"]["double"]], _DIGITS + "+-._eEfFdDxXpPNaInfity" + _SPACES),
    "Duration": (
        [string for string, _ in MEASURED["durations"]]
        + ["PT1H30M2.5S", "P1DT-1H", "-PT-1M-2S", "PT1M-30.5S", "P9223372036854775807D", "PT9223372036854775807H-1S", "3 hours"],
        _DIGITS + "dhmsnocuaDHMSPTpt.,+-\u00b5\u03bc\u0130" + _SPACES,
    ),
    "Map": (
        [string for string, *_ in MEASURED["maps"]]
        + ["Authorization: Bearer x:y", "X-A: 1,X-B: 2", "'''a'':''x: y''',b:c", ",,a:b"],
        "ab1.:,:,'\"'\"{}[]#&*!|>-?%@`~\\=;\u00e9\x01\x7f\x80\ufeff" + _SPACES,
    ),
}


def mutants(kind: str, count: int) -> list[str]:
    """Strings of a kind, most with small changes; the same in every run."""
    chance = random.Random(kind)
    seeds, alphabet = UGLY[kind]
    found = dict.fromkeys(seeds)
    while len(found) < count:
        string = chance.choice(seeds)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            at, char = chance.randrange(len(string) + 1), chance.choice(alphabet)
            string = chance.choice(
                (
                    string[:at] + char + string[at:],
                    string[:at] + char + string[at + 1 :],
                    string[:at] + string[at + 1 :],
                    string[:at] + chance.choice(seeds) + string[at:],
                )
            )
        found[string] = None
    return list(found)


@pytest.mark.parametrize(("kind", "count", "least"), [(kind, 3000, 5 if kind == "Boolean" else 100) for kind in OURS])
def test_ugly_strings(java: Parser, kind: str, count: int, least: int) -> None:
    """Java reads every string that we read, to the same value; the others that it reads are in `STRICTER`."""
    differences, read = [], 0
    for string in mutants(kind, count):
        seen = java.read(kind, string)
        try:
            ours = OURS[kind](string)
        except Rejected:
            ours = None
        read += ours is not None
        if ours is None and seen is not None and kind in STRICTER and STRICTER[kind](string, seen):
            continue
        if ours != seen:
            differences.append(f"{string!a}: Java {seen!a}, we {ours!a}")
    assert [] == differences
    assert read >= least


@pytest.mark.parametrize(
    ("kind", "string", "value"),
    [
        ("Boolean", "fal\u017fe", False),
        ("Double", "1e400", math.inf),
        ("Double", "-Infinity", -math.inf),
        ("Map", "X-Version: 1.10", {"X-Version": "1.1"}),
        ("Map", "{a: b}", {"a": "b"}),
        ("Map", "a: b # c", {"a": "b"}),
    ],
)
def test_where_we_are_stricter(java: Parser, kind: str, string: str, value: Any) -> None:
    """Java reads these strings, and we refuse them: one for each reason."""
    assert value == java.read(kind, string)
    with pytest.raises(Rejected):
        OURS[kind](string)


# Writing --------------------------------------------------------------------------------------------------------------


@many
@given(string=duration_texts)
def test_duration_texts(java: Parser, string: str) -> None:
    """Java reads the same time from every duration of Flink's grammar and of ISO-8601."""
    assert read_duration(string) == java.read("Duration", string)


@many
@given(value=timedeltas)
def test_written_durations(java: Parser, value: timedelta) -> None:
    """A `timedelta` arrives exactly."""
    assert value // timedelta(microseconds=1) * 1000 == java.read("Duration", write_duration(value))


_ugly_characters = st.text(st.sampled_from(UGLY["Map"][1]) | st.characters(codec="utf-8"), max_size=8)


@many
@given(value=st.dictionaries(_ugly_characters | texts, _ugly_characters | texts, max_size=3))
def test_written_maps(java: Parser, value: dict[str, str]) -> None:
    """Any mapping of strings arrives unchanged."""
    assert value == java.read("Map", write_map(value)) == read_map(write_map(value))


@many
@given(temperature=finite | st.integers(-(10**20), 10**20) | st.fractions(), seed=longs)
def test_written_numbers(java: Parser, temperature: Any, seed: int) -> None:
    """A number arrives unchanged, to the last bit."""
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
    """Any spelling of an enum is read as in Java, and written so that Java reads it."""
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
    for string in [
        *choices,
        *spoilt,
        "",
        "null",
        *("".join(map(chance.choice, zip(choice.upper(), choice.lower(), strict=True))) for choice in choices * 20),
    ]:
        seen = java.constant(options[key], string)
        try:
            ours = OpenAIProvider.from_options({"endpoint": "e", "api-key": "k", key: string}).to_options()[key]
        except InvalidOptionsError:
            # Java compares in upper case, where a long s is an S and a dotless i is an I.
            assert seen is None or not string.isascii(), string
            continue
        read += 1
        assert ours == java.constant(options[key], ours)
        assert seen in (None, ours)
    assert read > len(choices) * 10
