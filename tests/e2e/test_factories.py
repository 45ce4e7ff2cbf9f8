# SPDX-License-Identifier: Apache-2.0
"""`Provider.check` and the real factories agree, for thousands of random providers, valid ones and others."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import pytest
from py4j.protocol import Py4JJavaError
from strategies import UGLY

from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    OpenAIProvider,
    Problem,
    Provider,
    TritonProvider,
    from_options,
    options,
)
from llmproviders.runtimes.runtime import runtime
from llmproviders.syntax.urls import expected_url

Columns = Sequence[tuple[str, str]]

TEXT: Columns = (("text", "STRING"),)
ANSWER: Columns = (("answer", "STRING"),)
VECTOR: Columns = (("vector", "ARRAY<FLOAT>"),)

PLANNING = "planning"
OPENING = "opening"

# The error of the Triton jar of 2.3.0 for every column type: its condition is inverted. The factory checks all else first.
TRITON_REFUSES_ALL = "should be null, but is"


@attrs.frozen
class Refusal:
    """The stage at which Java refuses a model, and the reason."""

    stage: str
    reason: str


class Factories:
    """The factories of the JVM, called as at planning and at the opening of a task."""

    def __init__(self, t_env: Any) -> None:
        from pyflink.java_gateway import get_gateway

        jvm = get_gateway().jvm
        table = jvm.org.apache.flink.table
        self._t_env = t_env._j_tenv
        self._loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
        self._schemas: dict[Columns, tuple[Any, Any]] = {}
        self._schema, self._model, self._resolved = (
            table.api.Schema,
            table.catalog.CatalogModel,
            table.catalog.ResolvedCatalogModel,
        )
        self._create = table.factories.FactoryUtil.createModelProvider
        self._name = table.catalog.ObjectIdentifier.of("default_catalog", "default_database", "m")
        self._context = table.functions.FunctionContext(None)
        # JSON, because Py4J would send a dict entry by entry.
        self._json = jvm.org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper()
        self._map = jvm.java.util.HashMap().getClass()

    def _columns(self, columns: Columns) -> tuple[Any, Any]:
        if columns not in self._schemas:
            builder = self._schema.newBuilder()
            for name, kind in columns:
                builder.column(name, kind)
            schema = builder.build()
            self._schemas[columns] = schema, self._t_env.getCatalogManager().getSchemaResolver().resolve(schema)
        return self._schemas[columns]

    def refusal(self, flat: Mapping[str, str], input: Columns, output: Columns, *, opens: bool = True) -> Refusal | None:
        """Why Java refuses a model of these options and columns; None if it accepts it. *opens* includes the opening of a task."""
        (given, resolved_input), (made, resolved_output) = self._columns(input), self._columns(output)
        stage = PLANNING
        try:
            model = self._model.of(given, made, self._json.readValue(json.dumps(flat), self._map), "")
            resolved = self._resolved.of(model, resolved_input, resolved_output)
            provider = self._create(None, self._name, resolved, self._t_env.getConfig(), self._loader, False)
            if not opens:
                return None
            stage = OPENING
            function = provider.createAsyncPredictFunction(None)
            function.open(self._context)
            function.close()
        except Py4JJavaError as error:
            cause = error.java_exception
            while (next_cause := cause.getCause()) is not None:
                cause = next_cause
            return Refusal(stage, f"{cause.getClass().getSimpleName()}: {cause.getMessage()}")
        return None


@pytest.fixture(scope="session")
def java(t_env: Any) -> Factories:
    return Factories(t_env)


def is_accepted(refusal: Refusal | None) -> bool:
    """Whether Java accepts the options, even if the defective Triton factory then refuses the column."""
    return refusal is None or TRITON_REFUSES_ALL in refusal.reason


def errors(provider: Provider, runtime_name: str, **columns: Columns) -> list[Problem]:
    """The errors of `check`, except the defect of the Triton factory, and placeholders, which Java sends to the service."""
    found = [problem for problem in provider.check(runtime_name, **columns) if problem.severity == "error"]
    return [problem for problem in found if problem.code not in ("broken-factory", "unfilled-placeholder")]


def emitted(provider: Provider, runtime_name: str) -> dict[str, str]:
    """The options that the provider's factory on the runtime gets, even if the factory is defective."""
    factory = runtime(runtime_name).factories[provider.provider_name()]
    flat = {key: text for key, text in provider.to_options().items() if factory.option(key)}
    # Options with a placeholder are refused.
    if provider.provider_name() == "openai" and not any("${" in text for text in flat.values()):
        assert flat == provider.to_options(runtime=runtime_name)
    return {"provider": provider.provider_name(), **flat}


# Valid providers ------------------------------------------------------------------------------------------------------

MODELS = ("gpt-4o", "gpt-4", "gpt-3.5-turbo", "text-embedding-3-small", "gpt-4o-2024-08-06")
HOSTS = (
    "https://api.example.com/v1",
    "http://localhost:8000",
    "https://h",
    "http://127.0.0.1:1/a b/\u00e9%20",
    "HTTPS://[::1]:65535/x",
)


def _texts(chance: random.Random) -> str:
    return chance.choice((*UGLY, "".join(chance.choices("ab'\"`\\\n\x00\u00e9\U0001f600 ,:;{}", k=chance.randrange(12)))))


def _spelled(choices: Sequence[str]) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice((str, str.lower, str.upper))(chance.choice(choices))


def _duration(chance: random.Random) -> str:
    # The micro sign becomes another letter in upper case.
    return chance.choice((_spelled(("30s", "5", " 1 min", "PT1.5S", "0", "7d"))(chance), "1\u00b5s"))


def _count(chance: random.Random) -> int:
    return chance.choice((1, 2, 1000, 2**31 - 1, chance.randrange(1, 2**31)))


def _flag(chance: random.Random) -> bool:
    return chance.random() < 0.5


OPENAI: dict[str, Callable[[random.Random], Any]] = {
    "system_prompt": _texts,
    "temperature": lambda chance: chance.choice((0, 0.7, -0.5, 1e300, 5e-324, chance.random() * 2)),
    "top_p": lambda chance: chance.choice((0, 1, chance.random())),
    "stop": _texts,
    "max_tokens": _count,
    "dimension": lambda chance: chance.choice((1, 2**63 - 1)),
    "max_context_size": _count,
    "context_overflow_action": _spelled(("truncated-tail", "truncated-tail-log", "truncated-head", "skipped", "skipped-log")),
    "error_handling_strategy": _spelled(("RETRY", "FAILOVER", "IGNORE")),
    "retry_num": lambda chance: chance.choice((0, 3, 2**31 - 1)),
    "retry_fallback_strategy": _spelled(("FAILOVER", "IGNORE")),
    "presence_penalty": lambda chance: chance.uniform(-2, 2),
    "n": _count,
    "seed": lambda chance: chance.randrange(-(2**63), 2**63),
    "response_format": _spelled(("text", "json_object")),
}
TRITON: dict[str, Callable[[random.Random], Any]] = {
    "timeout": _duration,
    "flatten_batch_dim": _flag,
    "priority": lambda chance: chance.randrange(256),
    "sequence_start": _flag,
    "sequence_end": _flag,
    "compression": _spelled(("gzip",)),
    "auth_token": lambda chance: chance.choice(("t", "a b", "\u00e9")),
    "custom_headers": lambda chance: {
        "".join(chance.choices("aB-'\"{,:", k=3)): "".join(chance.choices("xy:,'\" {}#", k=chance.randrange(6)))
        for _ in range(chance.randrange(3))
    },
}


def _openai(chance: random.Random, known: Sequence[str]) -> dict[str, Any]:
    names = chance.sample(sorted({*known} - {"max_context_size"}), chance.randrange(7))
    # Rare, because a task that counts tokens takes a tenth of a second to open.
    if "max_context_size" in known and chance.random() < 0.02:
        names.append("max_context_size")
    given = {name: OPENAI[name](chance) for name in names}
    suffix = chance.choice(("chat/completions", "embeddings")) + "/" * chance.randrange(3)
    model = chance.choice(MODELS) if "max_context_size" in given else chance.choice((*MODELS, "qwen-plus", _texts(chance) or "m"))
    return {
        "endpoint": f"{chance.choice(HOSTS)}/{suffix}",
        "api_key": chance.choice(("k", "sk-\u00e9'", "a b")),
        "model": model,
        **given,
    }


def _known(cls: type[Provider], names: Mapping[str, Any], runtime_name: str) -> list[str]:
    """The options of a class that its factory on the runtime has too."""
    known = runtime(runtime_name).factories["openai" if cls is OpenAICompatProvider else cls.identifier].options
    return [info.name for info in options(cls) if info.key in known and info.name in names]


def _valid_openai(cls: type[Provider], runtime_name: str) -> Callable[[random.Random], Provider]:
    known = _known(cls, OPENAI, runtime_name)
    return lambda chance: cls(**_openai(chance, known))


def _valid_triton(chance: random.Random) -> Provider:
    given = {name: TRITON[name](chance) for name in chance.sample(sorted(TRITON), chance.randrange(6))}
    if chance.random() < 0.5 or given.get("sequence_start") or given.get("sequence_end"):
        given["sequence_id"] = chance.choice(("s", "1", "\u00e9 x"))
    return TritonProvider(
        endpoint=chance.choice((*HOSTS, "http://h:8000/v2/models/")),
        model_name="m\u00e9",
        model_version=chance.choice("123"),
        **given,
    )


def _generic(valid: Callable[[random.Random], Provider], runtime_name: str) -> Callable[[random.Random], Provider]:
    def provider(chance: random.Random) -> Provider:
        typed = valid(chance)
        flat = emitted(typed, runtime_name)
        return GenericProvider(flat.pop("provider"), **flat)

    return provider


def valid(kind: str, runtime_name: str) -> Callable[[random.Random], Provider]:
    """A function that makes valid providers."""
    makers = {
        "OpenAIProvider": lambda: _valid_openai(OpenAIProvider, runtime_name),
        "OpenAICompatProvider": lambda: _valid_openai(OpenAICompatProvider, runtime_name),
        "TritonProvider": lambda: _valid_triton,
        "GenericProvider openai": lambda: _generic(_valid_openai(OpenAIProvider, runtime_name), runtime_name),
        "GenericProvider triton": lambda: _generic(_valid_triton, runtime_name),
    }
    return makers[kind]()


VALID = ("OpenAIProvider", "OpenAICompatProvider", "TritonProvider", "GenericProvider openai", "GenericProvider triton")


@pytest.mark.parametrize("kind", VALID)
def test_valid_providers(java: Factories, jars: Mapping[str, Any], runtime_name: str, kind: str) -> None:
    """2,000 random valid providers of the class: `check` finds no error, and the factory accepts their options.

    For every fourth provider a task is opened too, which creates the client.
    """
    if "triton" in kind.lower() and "triton" not in jars:
        provider = TritonProvider("http://h:8000", model_name="m", model_version="1")
        assert ["provider"] == [problem.option for problem in errors(provider, runtime_name)]
        assert "Could not find any factory" in str(java.refusal({"provider": "triton", **provider.to_options()}, TEXT, ANSWER))
        return
    chance, make = random.Random(kind), valid(kind, runtime_name)
    for index in range(2000):
        provider = make(chance)
        if kind == "OpenAICompatProvider":
            provider = provider.for_runtime(runtime_name)
            assert type(provider) is OpenAIProvider
        flat = emitted(provider, runtime_name)
        output = VECTOR if "embeddings" in flat["endpoint"] else ANSWER
        found = errors(provider, runtime_name, input=TEXT, output=output)
        refusal = java.refusal(flat, TEXT, output, opens=index % 4 == 0)
        assert ([], True) == (found, is_accepted(refusal)), f"{provider!r}: {refusal}"


# Any providers --------------------------------------------------------------------------------------------------------


@attrs.frozen
class Stricter:
    """Values that the library refuses and Java accepts: the reason, the factory and keys, the condition, and an example."""

    reason: str
    identifier: str
    keys: tuple[str, ...]
    when: Callable[[str], bool]
    example: str


def _number(text: str) -> float:
    try:
        return float(text.strip().rstrip("fFdD"))
    except ValueError:
        return 0.0


STRICTER = [
    Stricter(
        "JSON has no such numbers: the request fails, row by row",
        "openai",
        ("temperature", "top-p", "presence-penalty"),
        lambda text: not math.isfinite(_number(text)),
        "1e400",
    ),
    Stricter(
        "no service accepts less than one",
        "openai",
        ("n", "max-tokens", "dimension", "max-context-size"),
        lambda text: _number(text) < 1,
        "0",
    ),
    Stricter("the client accepts it, and never retries", "openai", ("retry-num",), lambda text: _number(text) < 0, "-1"),
    Stricter("no service accepts a share outside 0 to 1", "openai", ("top-p",), lambda text: not 0 <= _number(text) <= 1, "7"),
    Stricter(
        "no service accepts a penalty outside -2 to 2",
        "openai",
        ("presence-penalty",),
        lambda text: not -2 <= _number(text) <= 2,
        "-5",
    ),
    Stricter(
        "Java removes the path only in lower case, and requests .../Chat/Completions/chat/completions",
        "openai",
        ("endpoint",),
        lambda text: not text.rstrip("/").endswith(("/chat/completions", "/embeddings")),
        "https://h/v1/Chat/Completions",
    ),
    Stricter(
        "Java accepts any string with this end, and requests another path",
        "openai",
        ("endpoint",),
        lambda text: not text.rstrip("/").endswith(("/chat/completions", "/embeddings")),
        "https://h/v1/xchat/completions",
    ),
    Stricter(
        "the client turns a string that is no URL into an unexpected one",
        "openai",
        ("endpoint",),
        lambda text: re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/[!-~]*", text) is None or "?" in text,
        " http:h/chat/completions",
    ),
    Stricter(
        "the client refuses such a URL at the first row",
        "triton",
        ("endpoint",),
        # The tests of the other factory compare expected_url to the client.
        lambda text: bool(expected_url(text)) or "?" in text or "#" in text,
        "localhost:8000",
    ),
    Stricter(
        "Triton has no version of that name: 404", "triton", ("model-version",), lambda text: text in ("", "latest"), "latest"
    ),
    Stricter("it fails at the first row", "triton", ("compression",), lambda text: text.lower() != "gzip", "zip"),
    Stricter("Triton's own limit", "triton", ("priority",), lambda text: not 0 <= _number(text) <= 255, "256"),
    Stricter("the client keeps milliseconds in an int", "triton", ("timeout",), lambda text: text.endswith("d"), "25 d"),
    Stricter(
        "YAML, and not JSON that every Flink reads",
        "triton",
        ("custom-headers",),
        lambda text: text.startswith("{"),
        '{"a": null}',
    ),
    Stricter("no client sends headers with line breaks", "triton", ("custom-headers",), lambda text: "\n" in text, "a:b\nc"),
]


_INFOS = {cls.identifier: options(cls) for cls in (OpenAIProvider, TritonProvider)}


def explained(identifier: str, problem: Problem, flat: Mapping[str, str]) -> bool:
    """Whether `STRICTER` has the problem."""
    info = next(
        (info for info in _INFOS[identifier] if (problem.key or problem.option) in (info.key, *info.deprecated_keys)), None
    )
    if info is None:
        return False
    text = next((flat[key] for key in (info.key, *info.deprecated_keys) if key in flat), "")
    return any(each.identifier == identifier and info.key in each.keys and each.when(text) for each in STRICTER)


@pytest.mark.parametrize("each", STRICTER, ids=lambda each: f"{each.identifier} {each.keys[0]} {each.example}")
def test_where_we_are_stricter(java: Factories, jars: Mapping[str, Any], runtime_name: str, each: Stricter) -> None:
    """Java accepts the example if it has the option, and the library refuses it."""
    for key in each.keys:
        flat = {
            "openai": {"endpoint": "http://h/chat/completions", "api-key": "k", "model": "gpt-4o"},
            "triton": {"endpoint": "http://h", "model-name": "m", "model-version": "1"},
        }[each.identifier]
        flat[key] = each.example
        factory = runtime(runtime_name).factories.get(each.identifier)
        try:
            problems = errors(from_options(each.identifier, flat), runtime_name)
        except InvalidOptionsError as error:
            problems = list(error.problems)
        assert problems
        if factory is not None and factory.option(key):
            assert [key] == list({problem.key or problem.option for problem in problems})
            assert all(explained(each.identifier, problem, flat) for problem in problems)
            assert is_accepted(java.refusal({"provider": each.identifier, **flat}, TEXT, ANSWER))


GOOD: Mapping[str, tuple[str, ...]] = {
    "String": (*UGLY, "m", "gpt-4o"),
    "Boolean": ("true", "FALSE", "tRuE"),
    "Integer": ("1", "+5", "007", "2147483647", "\u0661\uff12"),
    "Long": ("1", "+5", "007", "9223372036854775807", "\u0661\uff12"),
    "Double": ("0.5", "1", "-0", "1e-3", " 1 ", "1f", "0x1p-1", "1.", ".5", "\t+1\n"),
    "Duration": ("30s", "5", "PT1.5S", " 1 Min\x00", "7 d", "1\u00b5s"),
    "Map": ("a:b", "", "'a:b,c',d:e", '{"a": "b"}', "Authorization: Bearer x"),
}
BAD: Mapping[str, tuple[str, ...]] = {
    "String": UGLY,
    "Boolean": ("yes", "1", "", " true", "null", "True "),
    "Integer": ("1.0", "", "5 ", "1_0", "2147483648", "-2147483649", "0x10", "1e3", "0", "-1", "\U0001d7cf"),
    "Long": ("1.0", "", " 5", "1_0", "9223372036854775808", "0x10", "1e3", "0", "-1", "\U0001d7cf"),
    "Double": ("", "1,5", "nan", "NaN", "1e400", "-Infinity", "1_0", "0x10", "\u0661", "7", "-5", "."),
    "Duration": ("1h30m", "-1s", "soon", "", "1 us", "1w", "P1Y", "9223372036854775807d", "1.5s"),
    "Map": ("a", "a:b,a:c", "a:", "'a:b'c", "a:b:c", '{"a": null}', ",,a:b"),
}
ENDPOINTS = (
    *("http://h/v1/chat/completions", "https://h/embeddings", "http://h:8000/v1/chat/completions//", "http://h/v1", "http://h"),
    *("http://h/v1/chat/completions?api-version=1", "http://h/v1/chat/completions#x", "http://h/v1/Chat/Completions", "", " "),
    *(
        "h/chat/completions",
        "chat/completions",
        "/chat/completions",
        "embeddings",
        "ftp://h/chat/completions",
        "file:///chat/completions",
    ),
    *(
        "http://h:99999/chat/completions",
        "http://h:0/chat/completions",
        "http://h:x/chat/completions",
        "http:///chat/completions",
    ),
    *("http://a b/chat/completions", "http://[::1/chat/completions", "http://a..b/embeddings", "http://\u00e9/chat/completions"),
    *("http://h\x00/chat/completions", "${E}/chat/completions", "http://user:pass@h/embeddings", "http://h/chat/completions "),
    *(
        "HTTP://H/chat/completions",
        "http://chat/completions",
        "http://embeddings",
        "https:h/chat/completions",
        "http://h/xchat/completions",
    ),
    *(
        " http://h/chat/completions",
        "http://h/chat/completions/embeddings",
        "http://h/a b/chat/completions",
        "http://h?x=/embeddings",
    ),
    *(
        "http://h:/chat/completions",
        "http://h:+80/chat/completions",
        "http://%41/chat/completions",
        "http://[fe80::1%25en0]/embeddings",
    ),
    *("http://" + "a" * 64 + "/embeddings", "http://a_b/embeddings", "http://-/embeddings", "http://h:\u0661/embeddings"),
)
TYPES = (
    *("STRING", "VARCHAR(2147483647)", "VARCHAR(100)", "STRING NOT NULL", "CHAR(5)", "INT", "BIGINT", "FLOAT", "DOUBLE", "BYTES"),
    *("ARRAY<FLOAT>", "ARRAY<DOUBLE>", "ARRAY<FLOAT NOT NULL>", "ARRAY<FLOAT> NOT NULL", "ARRAY<STRING>", "MAP<STRING, STRING>"),
    *("DECIMAL(10, 2)", "TIMESTAMP(3)", "ROW<a INT>", "varchar(2147483647)", "array<float>", "string not null"),
)


def _spoilt(chance: random.Random, key: str) -> str:
    head, *rest = key.split("-")
    return chance.choice(
        (key.upper(), head + "".join(map(str.title, rest)), key.replace("-", "_"), key[:-1], f"{key}.x", f" {key}", "zz")
    )


def _value(chance: random.Random, info: Any) -> str:
    if chance.random() < 0.75:
        return _spelled(info.allowed)(chance) if info.allowed else chance.choice(GOOD[info.java])
    if info.allowed:
        return chance.choice(
            (
                "",
                "none",
                *(
                    spoil(choice)
                    for choice in info.allowed
                    for spoil in (" {}".format, lambda text: text.replace("-", "_"), lambda text: text.replace("k", "\u212a"))
                ),
            )
        )
    return chance.choice(BAD[info.java])


def _columns(chance: random.Random, name: str, kinds: Sequence[str]) -> Columns:
    if chance.random() < 0.8:
        return ((name, chance.choice(kinds)),)
    return tuple((f"{name}{index}", chance.choice(TYPES)) for index in range(chance.choice((1, 1, 2))))


def _any(chance: random.Random, cls: type[Provider]) -> tuple[dict[str, str], Columns, Columns]:
    infos = {info.key: info for info in options(cls)}
    flat: dict[str, str] = {}
    for key in ("endpoint", "api-key", "model") if cls is OpenAIProvider else ("endpoint", "model-name"):
        if chance.random() < 0.97:
            flat[key] = "k" if key == "api-key" else chance.choice(("gpt-4o", "gpt-4", "qwen-plus", *UGLY))
    if "endpoint" in flat:
        flat["endpoint"] = chance.choice(ENDPOINTS if chance.random() < 0.4 else ENDPOINTS[:3])
    if cls is TritonProvider and chance.random() < 0.8:
        flat["model-version"] = chance.choice("12")
    for key in chance.sample(sorted(infos.keys() - flat.keys()), chance.randrange(4)):
        older = infos[key].deprecated_keys
        shown = chance.choice(older) if older and chance.random() < 0.3 else key
        flat[_spoilt(chance, key) if chance.random() < 0.06 else shown] = _value(chance, infos[key])
    wanted = "ARRAY<FLOAT>" if "embeddings" in flat.get("endpoint", "") else "STRING"
    return flat, _columns(chance, "a", ("STRING",)), _columns(chance, "b", (wanted,))


def _verdicts(
    java: Factories, runtime_name: str, cls: type[Provider], make: Callable[[dict[str, str]], Provider], count: int
) -> Iterator[tuple[str, list[Problem], Refusal | None]]:
    """Random options, the library's problems, and Java's refusal."""
    chance = random.Random(f"{cls.__name__} {count}")
    for _ in range(count):
        flat, input, output = _any(chance, cls)
        columns = {} if cls is TritonProvider else {"input": input, "output": output}
        try:
            provider = make(flat)
        except InvalidOptionsError as error:
            problems = list(error.problems)
            asked = {"provider": cls.identifier, **flat}
        else:
            problems = errors(provider, runtime_name, **columns)
            # A default of the class is not sent to a factory without the option.
            asked = {"provider": cls.identifier, **flat} if problems else emitted(provider, runtime_name)
        if cls is TritonProvider:
            input, output = TEXT, ANSWER
        refusal = java.refusal(asked, input, output)
        if not is_accepted(refusal) or not problems or not all(explained(cls.identifier, problem, flat) for problem in problems):
            yield f"{flat!a} {columns!a}", problems, refusal


MAKERS: dict[str, tuple[type[Provider], Callable[[dict[str, str]], Provider]]] = {
    "OpenAIProvider": (OpenAIProvider, OpenAIProvider.from_options),
    "GenericProvider openai": (OpenAIProvider, lambda flat: GenericProvider("openai", **flat)),
    "TritonProvider": (TritonProvider, TritonProvider.from_options),
    "GenericProvider triton": (TritonProvider, lambda flat: GenericProvider("triton", **flat)),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_agreement(java: Factories, jars: Mapping[str, Any], runtime_name: str, kind: str) -> None:
    """The library and Java refuse the same of 2,000 random sets of options and columns."""
    cls, make = MAKERS[kind]
    differences: dict[tuple[Any, ...], str] = {}
    refused = accepted = 0
    for given, problems, refusal in _verdicts(java, runtime_name, cls, make, 2000):
        refused += not is_accepted(refusal)
        accepted += is_accepted(refusal)
        if bool(problems) == is_accepted(refusal):
            # One example of each kind is enough.
            kind_of_difference = (*(problem.option for problem in problems), refusal and refusal.reason[:50])
            differences[kind_of_difference] = f"{given}: we {[str(problem) for problem in problems]}, Java {refusal}"
    assert not differences, "\n".join(differences.values())
    assert refused > 200
    assert accepted > 200 or cls.identifier not in jars


# Traps ----------------------------------------------------------------------------------------------------------------


@attrs.frozen
class Trap:
    """Options and columns, and the stage at which Java refuses them, if it does."""

    stage: str | None
    options: Mapping[str, str] = attrs.field(factory=dict)
    input: Columns = TEXT
    output: Columns = ANSWER
    without: str = ""


TRAPS: Mapping[str, Trap] = {
    "nothing": Trap(None),
    "slashes at the end": Trap(None, {"endpoint": "https://h/v1/chat/completions//"}),
    "no path": Trap(PLANNING, {"endpoint": "https://h/v1"}),
    "a query string": Trap(PLANNING, {"endpoint": "https://h/v1/chat/completions?api-version=1"}),
    "a fragment": Trap(PLANNING, {"endpoint": "https://h/v1/chat/completions#x"}),
    "a blank at the end": Trap(PLANNING, {"endpoint": "https://h/v1/chat/completions "}),
    "a blank endpoint": Trap(PLANNING, {"endpoint": " "}),
    "no scheme": Trap(OPENING, {"endpoint": "h/v1/chat/completions"}),
    "no scheme and no host": Trap(OPENING, {"endpoint": "/chat/completions"}),
    "another scheme": Trap(OPENING, {"endpoint": "ftp://h/chat/completions"}),
    "no host": Trap(OPENING, {"endpoint": "http:///chat/completions"}),
    "no port": Trap(OPENING, {"endpoint": "http://h:99999/chat/completions"}),
    "no endpoint": Trap(PLANNING, without="endpoint"),
    "no key": Trap(PLANNING, without="api-key"),
    "no model": Trap(PLANNING, without="model"),
    "an empty key": Trap(None, {"api-key": ""}),
    "an empty model": Trap(None, {"model": ""}),
    "an empty system prompt": Trap(None, {"system-prompt": ""}),
    "an empty number": Trap(PLANNING, {"temperature": ""}),
    "a number with blanks": Trap(None, {"temperature": " 0.5 "}),
    "a long with a blank": Trap(PLANNING, {"max-tokens": "5 "}),
    "a long with a fraction": Trap(PLANNING, {"max-tokens": "5.0"}),
    "a long beyond its bounds": Trap(PLANNING, {"dimension": str(2**63)}),
    "an int beyond its bounds": Trap(PLANNING, {"retry-num": str(2**31)}),
    "an enum in another case": Trap(None, {"context-overflow-action": "TRUNCATED-TAIL"}),
    "an enum as Java names it": Trap(PLANNING, {"context-overflow-action": "TRUNCATED_TAIL"}),
    "an enum with a blank": Trap(PLANNING, {"error-handling-strategy": " RETRY"}),
    "a hyphen for an underscore": Trap(PLANNING, {"response-format": "json-object"}),
    "an unknown format": Trap(PLANNING, {"response-format": "json_schema"}),
    "no strategy to fall back to": Trap(PLANNING, {"retry-fallback-strategy": "RETRY"}),
    "stop texts": Trap(None, {"stop": "a, b,,"}),
    "a key in another case": Trap(PLANNING, {"Temperature": "1"}),
    "a key in camel case": Trap(PLANNING, {"retryNum": "1"}),
    "a key of another factory": Trap(PLANNING, {"task": "chat/completions"}),
    "an entry of what is no map": Trap(PLANNING, {"stop.x": "1"}),
    "property-version": Trap(None, {"property-version": "x"}),
    "a limit for a model that it can count": Trap(None, {"max-context-size": "100", "model": "gpt-4o"}),
    "a limit for a version of such a model": Trap(None, {"max-context-size": "100", "model": "gpt-4o-2024-08-06"}),
    "a limit for a model that it cannot count": Trap(OPENING, {"max-context-size": "100", "model": "qwen-plus"}),
    "a limit for a model in another case": Trap(OPENING, {"max-context-size": "100", "model": "GPT-4O"}),
    "two inputs": Trap(PLANNING, input=(("a", "STRING"), ("b", "STRING"))),
    "two outputs": Trap(PLANNING, output=(("a", "STRING"), ("b", "STRING"))),
    "an input of another length": Trap(PLANNING, input=(("a", "VARCHAR(100)"),)),
    "an input of STRING's length": Trap(None, input=(("a", "VARCHAR(2147483647)"),)),
    "an input that is never null": Trap(PLANNING, input=(("a", "STRING NOT NULL"),)),
    "an input that is a number": Trap(PLANNING, input=(("a", "INT"),)),
    "an output that is never null": Trap(PLANNING, output=(("a", "STRING NOT NULL"),)),
    "a vector as the answer": Trap(PLANNING, output=VECTOR),
    "an embedding": Trap(None, {"endpoint": "https://h/embeddings"}, output=VECTOR),
    "an embedding as text": Trap(PLANNING, {"endpoint": "https://h/embeddings"}),
    "an embedding of doubles": Trap(PLANNING, {"endpoint": "https://h/embeddings"}, output=(("v", "ARRAY<DOUBLE>"),)),
    "an embedding without nulls": Trap(PLANNING, {"endpoint": "https://h/embeddings"}, output=(("v", "ARRAY<FLOAT NOT NULL>"),)),
    "an embedding that is never null": Trap(
        PLANNING, {"endpoint": "https://h/embeddings"}, output=(("v", "ARRAY<FLOAT> NOT NULL"),)
    ),
}

OLDER_KEYS = {"systemPrompt": "x", "topP": "0.5", "maxTokens": "5"}


def _outcome(java: Factories, runtime_name: str, trap: Trap) -> tuple[str | None, bool]:
    flat = {"endpoint": "https://h/v1/chat/completions", "api-key": "k", "model": "m", **trap.options}
    flat.pop(trap.without, None)
    refusal = java.refusal({"provider": "openai", **flat}, trap.input, trap.output)
    found = errors(GenericProvider("openai", **flat), runtime_name, input=trap.input, output=trap.output)
    return refusal and refusal.stage, bool(found)


@pytest.mark.parametrize("name", TRAPS)
def test_traps(java: Factories, runtime_name: str, name: str) -> None:
    """`check` has an error exactly if Java fails at planning or when a task opens."""
    trap, factory = TRAPS[name], runtime(runtime_name).factories["openai"]
    known = all(key == "property-version" or factory.option(key) for key in trap.options)
    stage = trap.stage if known else PLANNING
    assert (stage, stage is not None) == _outcome(java, runtime_name, trap)


@pytest.mark.parametrize("key", OLDER_KEYS)
def test_older_keys(java: Factories, runtime_name: str, key: str) -> None:
    """From Flink 2.2 on, keys in camel case are deprecated keys; with both keys the newer one applies."""
    stage = PLANNING if runtime_name == "flink-2.1" else None
    newer = {"systemPrompt": "system-prompt", "topP": "top-p", "maxTokens": "max-tokens"}[key]
    for given in ({key: OLDER_KEYS[key]}, {key: OLDER_KEYS[key], newer: OLDER_KEYS[key]}):
        assert (stage, stage is not None) == _outcome(java, runtime_name, Trap(None, given))


def test_identifiers(java: Factories, jars: Mapping[str, Any], runtime_name: str) -> None:
    """Identifiers are compared exactly, and one of VVR is an error on Apache Flink."""
    for identifier in ("openai-compat", "dashscope", "bailian", "OpenAI", *({"triton"} - jars.keys())):
        flat = {"endpoint": "https://h/v1/chat/completions", "api-key": "k", "model": "m"}
        refusal = java.refusal({"provider": identifier, **flat}, TEXT, ANSWER)
        assert refusal is not None
        assert "Could not find any factory for identifier" in refusal.reason
        # An unknown identifier is a warning, because its factory may be user-defined.
        problems = GenericProvider(identifier, **flat).check(runtime_name)
        assert ["provider"] == [problem.option for problem in problems]


def test_every_triton_column_is_refused(java: Factories, jars: Mapping[str, Any], runtime_name: str) -> None:
    """The Triton jar of Flink 2.3 refuses columns of every type, and `check` reports it."""
    if "triton" not in jars:
        assert "triton" not in runtime(runtime_name).factories
        return
    provider = TritonProvider("http://h:8000", model_name="m", model_version="1")
    for kind in TYPES:
        columns = (("x", kind),)
        assert TRITON_REFUSES_ALL in str(java.refusal(emitted(provider, runtime_name), columns, columns))
        found = [
            problem for problem in provider.check(runtime_name, input=columns, output=columns) if problem.severity == "error"
        ]
        assert "provider" in {problem.option for problem in found}


# Statements -----------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def test_planning(java: Factories, streaming_env: Any) -> None:
    """The planner refuses a statement with ML_PREDICT for the same reason as the factory."""
    # Flink 2.1 and 2.2 plan ML_PREDICT only in streaming mode.
    chance, refused = random.Random("planning"), 0
    streaming_env.execute_sql("CREATE TEMPORARY VIEW planned AS SELECT * FROM (VALUES ('x')) AS t(text)")
    for index in range(60):
        flat, _, output = _any(chance, OpenAIProvider)
        asked = {"provider": "openai", **flat}
        options = ", ".join(f"{_quoted(key)} = {_quoted(value)}" for key, value in asked.items())
        made = ", ".join(f"`{name}` {kind}" for name, kind in output)
        streaming_env.execute_sql(f"CREATE TEMPORARY MODEL planned{index} INPUT (text STRING) OUTPUT ({made}) WITH ({options})")
        refusal = java.refusal(asked, TEXT, output)
        statement = f"SELECT * FROM ML_PREDICT(TABLE planned, MODEL planned{index}, DESCRIPTOR(text))"
        if refusal is None or refusal.stage == OPENING:
            assert "planned" in streaming_env.explain_sql(statement)
        else:
            refused += 1
            with pytest.raises(Py4JJavaError) as caught:
                streaming_env.explain_sql(statement)
            assert refusal.reason.partition(": ")[2].splitlines()[0] in str(caught.value)
    assert 10 <= refused <= 50
