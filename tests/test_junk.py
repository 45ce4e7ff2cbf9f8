# SPDX-License-Identifier: Apache-2.0
"""For any argument a public call raises only errors of the library, and no error shows a secret of the call."""

from __future__ import annotations

import enum
import inspect
import json
import numbers
import pickle
import sys
import threading
import types
import warnings
from collections import UserDict, UserString
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import attrs
import pytest
from own import RerankProvider

import llmproviders
from llmproviders import (
    Catalog,
    CatalogDiff,
    DashScopeProvider,
    Details,
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderDiff,
    ProviderError,
    Rejected,
    Secret,
    TritonProvider,
    converter,
    option,
    options,
    presets,
)

MARK = "sk-mArKeR-7f3-4d9c"
TESTS = str(Path(__file__).parent)
ENDPOINT = "https://h/v1/chat/completions"
WITH_MARK = f"https://user:{MARK}@h/v1/chat/completions"


# Junk -----------------------------------------------------------------------------------------------------------------


class Word(str, enum.Enum):
    """An enum whose members are strings, like `enum.StrEnum`."""

    A = "a"


class Number(enum.IntEnum):
    """An enum whose members are ints."""

    ONE = 1


class Plain(enum.Enum):
    """An enum whose members are plain objects."""

    A = object()


class Whole(numbers.Integral):
    """An integer like those of NumPy, which is no `int`."""

    def __index__(self) -> int:
        return 7

    __int__ = __index__


class Half(numbers.Real):
    """A real number like those of NumPy, which is no `float`."""

    def __float__(self) -> float:
        return 0.5


class BadNumber(numbers.Real):
    """A number that cannot be converted."""

    def __float__(self) -> float:
        raise RuntimeError("no number")

    __index__ = __float__


for _cls in (Whole, Half, BadNumber):
    _cls.__abstractmethods__ = frozenset()


def _fails(self: object, *args: object) -> NoReturn:
    raise RuntimeError("junk")


def _evil(*names: str, base: type = object) -> type:
    return type(f"Evil{base.__name__}", (base,), dict.fromkeys(names, _fails))


class BadMapping(Mapping[Any, Any]):
    """A mapping that cannot be read."""

    def __getitem__(self, key: object) -> Any:
        raise RuntimeError("junk")

    def __iter__(self) -> Iterator[Any]:
        return iter(["endpoint"])

    def __len__(self) -> int:
        return 1

    def items(self) -> NoReturn:
        raise RuntimeError("junk")

    keys = values = items  # type: ignore[assignment]


class BadPath:
    """A path that cannot be read."""

    def __fspath__(self) -> str:
        raise RuntimeError("junk")


def _deep(kind: Callable[[Any], Any]) -> Any:
    value: Any = "x"
    for _ in range(3000):
        value = kind(value)
    return value


def _self_list() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def _self_dict() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["a"] = value
    return value


JUNK: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "zero": lambda: 0,
    "minus": lambda: -1,
    "large int": lambda: 2**63,
    "huge int": lambda: 10**5000,
    "minus huge int": lambda: -(10**5000),
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "minus zero": lambda: -0.0,
    "small": lambda: 5e-324,
    "complex": lambda: 1j,
    "Decimal": lambda: Decimal("1.0"),
    "huge Decimal": lambda: Decimal("1E+400"),
    "Decimal NaN": lambda: Decimal("sNaN"),
    "Fraction": lambda: Fraction(1, 3),
    "huge Fraction": lambda: Fraction(10**400),
    "Integral": Whole,
    "Real": Half,
    "bad Real": BadNumber,
    "timedelta": lambda: timedelta(days=-1),
    "date": lambda: date(2000, 1, 1),
    "bytes": lambda: b"x",
    "bytearray": lambda: bytearray(b"x"),
    "memoryview": lambda: memoryview(b"x"),
    "empty": lambda: "",
    "blank": lambda: " ",
    "word": lambda: "word",
    "surrogate": lambda: "a\ud800",
    "NUL": lambda: "\x00",
    "line breaks": lambda: "a\r\n\u2028b",
    "long": lambda: "x" * 20_000,
    "long digits": lambda: "9" * 5_000,
    "deep brackets": lambda: "[" * 600 + "]" * 600,
    "deep braces": lambda: '{"a":' * 600 + "1" + "}" * 600,
    "JSON": lambda: '{"a": [1e999, "\\ud800", NaN]}',
    "mask": lambda: "******",
    "masked URL": lambda: "https://******@h",
    "placeholder": lambda: "${secret_values.x}",
    "quotes": lambda: "'\"`;--/*",
    "UserString": lambda: UserString("x"),
    "str enum": lambda: Word.A,
    "int enum": lambda: Number.ONE,
    "enum": lambda: Plain.A,
    "list": list,
    "list of junk": lambda: [None, 1, b"x", object()],
    "tuple": lambda: ("a", 1),
    "deep list": lambda: _deep(lambda value: [value]),
    "deep dict": lambda: _deep(lambda value: {"a": value}),
    "deep tuple": lambda: _deep(lambda value: (value,)),
    "list in itself": _self_list,
    "dict in itself": _self_dict,
    "dict": dict,
    "dict of int": lambda: {1: 2},
    "dict of None": lambda: {None: None},
    "dict of tuple": lambda: {("a", 1): "x"},
    "dict of bytes": lambda: {b"a": b"b"},
    "dict of objects": lambda: {"a": object(), "b": {1}},
    "dict of surrogates": lambda: {"a\ud800": "b\ud800"},
    "dict of huge int": lambda: {"a": 10**5000},
    "dict of nan": lambda: {"a": float("nan")},
    "dict of members": lambda: {Word.A: Word.A},
    "UserDict": lambda: UserDict(a="b"),
    "bad mapping": BadMapping,
    "proxy": lambda: types.MappingProxyType({"a": 1}),
    "set": lambda: {1},
    "frozenset": lambda: frozenset("a"),
    "range": lambda: range(3),
    "generator": lambda: (each for each in "ab"),
    "bad generator": lambda: (1 // 0 for _ in "a"),
    "iterator": lambda: iter([1]),
    "object": object,
    "class": lambda: int,
    "provider class": lambda: Provider,
    "lambda": lambda: lambda: None,
    "module": lambda: sys,
    "exception": lambda: ValueError("x"),
    "lock": threading.Lock,
    "Ellipsis": lambda: ...,
    "path": lambda: Path("nowhere") / "x.json",
    "bad path": BadPath,
    "reference": lambda: Secret.from_env("LLMPROVIDERS_NO_SUCH_KEY"),
    "evil eq": _evil("__eq__"),
    "evil repr": _evil("__repr__", "__str__", "__format__"),
    "evil hash": _evil("__hash__"),
    "evil len": _evil("__len__", "__bool__", "__iter__", "__getitem__", "__contains__"),
    "evil all": _evil(
        "__eq__", "__ne__", "__lt__", "__repr__", "__str__", "__hash__", "__len__", "__bool__", "__iter__", "__index__"
    ),
    "evil str": lambda: _evil("__repr__", "__str__", "__format__", base=str)("x"),
    "evil int": lambda: _evil("__repr__", "__str__", "__format__", base=int)(5),
    "evil float": lambda: _evil("__repr__", "__str__", "__float__", base=float)(0.5),
    "evil list": lambda: _evil("__iter__", "__len__", "__repr__", base=list)(["a"]),
    "evil dict": lambda: _evil("items", "keys", "__iter__", "__len__", "__repr__", base=dict)(a="b"),
}


# Calls ----------------------------------------------------------------------------------------------------------------

COMPAT: dict[str, Any] = {
    "endpoint": WITH_MARK,
    "api_key": MARK,
    "extra_header": {"Authorization": f"Bearer {MARK}"},
    "extra_body": {"token": MARK},
    "extra_options": {"vendor-token": MARK, "vendor-url": WITH_MARK},
}
FLAT = {"endpoint": WITH_MARK, "api-key": MARK, "vendor-token": MARK, "temperature": "0.5"}
ENTRY: dict[str, Any] = {"provider": "openai-compat", "endpoint": WITH_MARK, "api_key": MARK, "extra_options": {"a-token": MARK}}
TEXT = json.dumps({"providers": {"a": ENTRY}})
OVERRIDDEN = json.dumps({"providers": {"a": ENTRY, "t": {"provider": "triton", "endpoint": "http://h:8000"}}})
SQL = f"CREATE MODEL m WITH ('provider'='openai', 'endpoint'='{WITH_MARK}', 'api-key'='{MARK}')"


def _compat() -> OpenAICompatProvider:
    return OpenAICompatProvider(**COMPAT)


def _generic() -> GenericProvider:
    return GenericProvider("g", **{"api-key": MARK, "a": "b"})


def _catalog() -> Catalog:
    return Catalog({"a": _compat(), "b": _generic()}, default="a")


@attrs.frozen
class Call:
    """A public callable with valid arguments; a test replaces each argument by junk in turn."""

    function: Callable[..., Any]
    given: Mapping[str, Any]
    also: type[Exception] = ProviderError


@attrs.frozen(kw_only=True)
class Local(Provider):
    """A class for `register_provider_class`."""

    identifier = "local"
    size: int = attrs.field(default=1, metadata=option("size"))


def _resolved(result: Any) -> str:
    """The secret of a resolver that returns *result*."""
    llmproviders.register_secret_resolver("junk", lambda reference: result)
    return Secret.from_resolver("junk", "x").reveal()


def _options_of(cls: Any, **valid: Any) -> dict[str, Call]:
    """A call for each option of a class; the other options are valid, and hold secrets."""
    calls = {}
    for field in attrs.fields(cls):
        name = field.alias or field.name
        given = {**valid, "vendor_token": MARK, name: valid.get(name)}
        # Only one argument is replaced, so that there are fewer calls.
        calls[f"{cls.__name__}({name})"] = Call(
            lambda value, cls=cls, given=given, name=name: cls(**{**given, name: value}), {"value": given[name]}
        )
    valid.pop("extra_options", None)
    calls[f"{cls.__name__}(**more)"] = Call(
        lambda value, extra, cls=cls: cls(**valid, vendor_token=MARK, vendor=value, extra_options={"x": extra}),
        {"value": "x", "extra": "y"},
    )
    return calls


def _same(provider: Provider) -> Provider:
    return provider


def _entered(manager: Any) -> Any:
    with manager as found:
        return found


def _positional(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **given: function(*given.values())


def _calls() -> dict[str, Call]:
    """The calls, by public name; a second word tells which arguments are replaced."""
    path = "catalog.json"
    columns = {"input": {"text": "STRING"}, "output": "answer STRING"}
    return {
        **_options_of(OpenAICompatProvider, **COMPAT),
        "OpenAIProvider": Call(
            OpenAIProvider,
            {"endpoint": WITH_MARK, "api_key": MARK, "top_p": 1, "error_handling_strategy": "RETRY", "vendor": "x"},
        ),
        **_options_of(TritonProvider, endpoint=WITH_MARK, auth_token=MARK),
        **_options_of(RerankProvider, endpoint=WITH_MARK, token=MARK),
        "DashScopeProvider": Call(
            DashScopeProvider, {**COMPAT, "task": None, "content_type": "TEXT", "temperature": 1, "vendor": "x"}
        ),
        "GenericProvider": Call(
            lambda name, **given: GenericProvider(name, **given, **{"api-key": MARK}),
            {"name": "g", "a": "b", "url": WITH_MARK, "extra_options": {"z-token": MARK}},
        ),
        "Provider.with_": Call(
            lambda **given: _compat().with_(**given),
            {"api_key": MARK, "temperature": 1, "stop": "x", "extra_options": {"x-token": MARK}, "vendor": "x"},
        ),
        "Provider.with_ generic": Call(
            lambda **given: _generic().with_(**given), {"a": "x", "api_key": MARK, "extra_options": {}}
        ),
        "Provider.without": Call(lambda name, other: _compat().without(name, other), {"name": "api_key", "other": "endpoint"}),
        "Provider.for_task": Call(
            lambda task, **given: _compat().for_task(task, **given),
            {"task": "embeddings", "endpoint": "https://h/embeddings", "api_key": MARK, "dimension": 5, "vendor": "x"},
        ),
        "Provider.grid": Call(
            lambda template, **lists: _compat().grid(template, **lists),
            {"template": "{temperature}", "temperature": [1], "api_key": [MARK], "extra_options": [{}], "vendor": ["x"]},
        ),
        "Provider.grid values": Call(
            lambda **given: _compat().grid(**{name: [value] for name, value in given.items()}),
            {"temperature": 1, "api_key": MARK, "stop": "x", "extra_options": {"x-token": MARK}, "vendor": "x"},
        ),
        "Provider.grid generic": Call(lambda a: _generic().grid(a=[a, MARK]), {"a": "x"}),
        "Provider.diff": Call(lambda other: _compat().diff(other), {"other": _compat().with_(temperature=1)}),
        "Provider.diff values": Call(
            lambda value: _compat().diff(_compat().with_(api_key="x", vendor=value)).apply(_compat()), {"value": {"a": MARK}}
        ),
        "ProviderDiff.apply": Call(
            lambda provider: _compat().diff(_compat().with_(temperature=1)).apply(provider), {"provider": _compat()}
        ),
        "Provider.to_options": Call(
            lambda **given: _compat().to_options(**given),
            {
                "input_columns": [("a", "STRING")],
                "overrides": {"api_key": MARK},
                "model": "m",
                "runtime": "vvr-11.9",
                "redact": False,
            },
        ),
        "Provider.to_options overrides": Call(
            lambda **given: _compat().to_options(overrides={"api_key": MARK, **given}),
            {"temperature": 1, "n": 1, "extra_body": None, "vendor": "x", "extra_options": {}},
        ),
        "Provider.to_options keys": Call(
            lambda key: _compat().to_options(overrides={"api_key": MARK, key: "x"} if _hashable(key) else {}), {"key": "model"}
        ),
        "Provider.to_options columns": Call(
            lambda name, kind: _compat().to_options([(name, kind), ("b", "STRING")]), {"name": "a", "kind": "STRING"}
        ),
        "Provider.check": Call(
            lambda runtime, **given: _compat().check(runtime, **given), {"runtime": "flink-2.3", "model": "m", **columns}
        ),
        "Provider.worst_case": Call(lambda **given: _compat().worst_case(**given), {"timeout": "3 min", "runtime": "vvr-11.9"}),
        "Provider.worst_case values": Call(
            lambda name, value: GenericProvider("openai", **{"retry-num": value, "api-key": MARK}).with_(name=name).worst_case(),
            {"name": "x", "value": "3"},
        ),
        "Provider.for_runtime": Call(lambda runtime: _compat().for_runtime(runtime), {"runtime": "vvr-11.9"}),
        "Provider.from_options": Call(OpenAICompatProvider.from_options, {"options": FLAT}),
        "Provider.from_options values": Call(
            lambda **given: OpenAICompatProvider.from_options(
                {**FLAT, **{key.replace("_", "-"): each for key, each in given.items()}}
            ),
            {"temperature": "1", "max_tokens": "5", "content_type": "TEXT", "vendor": "x", "provider": "openai-compat"},
        ),
        "Provider.from_options keys": Call(
            lambda key: OpenAICompatProvider.from_options({**FLAT, key: "x"} if _hashable(key) else FLAT), {"key": "a"}
        ),
        "Provider.from_options generic": Call(GenericProvider.from_options, {"options": {"provider": "g", **FLAT}}),
        "Provider.fingerprint": Call(lambda extra: GenericProvider("g", x=extra).fingerprint(), {"extra": "x"}),
        "Provider.provider_name": Call(lambda: _compat().provider_name(), {}),
        "Provider.provider_identifier": Call(lambda: _compat().provider_identifier(), {}),
        "Provider.model_option_key": Call(lambda: _compat().model_option_key(), {}),
        "Catalog": Call(
            lambda providers, default: Catalog(providers, default=default), {"providers": _catalog(), "default": "a"}
        ),
        "Catalog items": Call(
            lambda name, provider: Catalog({name if _hashable(name) else "a": provider}), {"name": "a", "provider": _compat()}
        ),
        "Catalog.get": Call(lambda name: _catalog().get(name), {"name": "a"}),
        "Catalog.__getitem__": Call(lambda name: _catalog()[name], {"name": "a"}),
        "Catalog.__contains__": Call(lambda name: name in _catalog(), {"name": "a"}),
        "Catalog.with_provider": Call(
            lambda name, provider: _catalog().with_provider(name, provider), {"name": "a", "provider": _compat()}
        ),
        "Catalog.without": Call(lambda name: _catalog().without(name), {"name": "a"}),
        "Catalog.with_default": Call(lambda name: _catalog().with_default(name), {"name": "a"}),
        "Catalog.diff": Call(lambda other: _catalog().diff(other), {"other": _catalog()}),
        "Catalog.diff items": Call(lambda provider: _catalog().diff({"a": provider}), {"provider": _generic()}),
        "Catalog.__or__": Call(
            lambda name, provider: _catalog() | {name if _hashable(name) else "a": provider}, {"name": "a", "provider": _compat()}
        ),
        "Catalog.register": Call(lambda: _catalog().register(), {}),
        "Catalog.default": Call(lambda: _catalog().default, {}),
        "Catalog.details": Call(lambda: _catalog().details, {}),
        "Catalog details": Call(
            lambda details, each: (Catalog(details=details), Catalog({"a": _generic()}, details={"a": each})),
            {"details": {}, "each": Details("x")},
        ),
        "Details": Call(Details, {"description": "x", "tags": ["x"], "ignore": ["plain-http"]}),
        "Catalog.with_details": Call(
            lambda name, **given: _catalog().with_details(name, **given),
            {"name": "a", "description": "x", "tags": ["x"], "ignore": ["plain-http"]},
        ),
        "Catalog.amend": Call(
            lambda name, **given: _catalog().amend(name, **given),
            {"name": "a", "api_key": MARK, "temperature": 1, "extra_options": {}, "vendor": "x"},
        ),
        "Catalog.map": Call(lambda function: _catalog().map(function), {"function": _same}),
        "Catalog.map result": Call(lambda result: _catalog().map(lambda _: result), {"result": _generic()}),
        "Catalog.select": Call(lambda wanted, tag: _catalog().select(wanted, tag=tag), {"wanted": "*", "tag": "x"}),
        "Catalog.select result": Call(lambda result: _catalog().select(lambda _: result), {"result": True}),
        "Catalog.get_as": Call(lambda name, cls: _catalog().get_as(name, cls), {"name": "a", "cls": OpenAICompatProvider}),
        "CatalogDiff.apply": Call(
            lambda catalog: _catalog().diff(Catalog({"a": _compat().with_(temperature=1)})).apply(catalog),
            {"catalog": _catalog()},
        ),
        "Catalog.items": Call(lambda: _catalog().items(), {}),
        "Catalog.keys": Call(lambda: _catalog().keys(), {}),
        "Catalog.values": Call(lambda: _catalog().values(), {}),
        "Secret": Call(Secret, {"text": MARK}),
        "Secret.from_env": Call(
            lambda name, default: Secret.from_env(name, default=default).reveal(),
            {"name": "LLMPROVIDERS_NO_SUCH_KEY", "default": MARK},
        ),
        "Secret.from_file": Call(Secret.from_file, {"path": path}),
        "Secret.from_file, reveal": Call(lambda path: Secret.from_file(path).reveal(), {"path": path}),
        "Secret.from_resolver": Call(Secret.from_resolver, {"name": "test-vault", "reference": "kv/llm#key"}),
        "Secret.from_resolver, reveal": Call(_resolved, {"result": MARK}),
        "Secret.default": Call(lambda: Secret(MARK).default, {}),
        "Secret.reveal": Call(lambda: Secret(MARK).reveal(), {}),
        "Secret.source": Call(lambda: Secret(MARK).source, {}),
        "Secret.is_reference": Call(lambda: Secret(MARK).is_reference, {}),
        "Secret.reference": Call(lambda: Secret(MARK).reference, {}),
        "at_least": Call(_positional(llmproviders.at_least), {"low": 0}),
        "between": Call(
            lambda low, high, open_low: llmproviders.between(low, high, open_low=open_low),
            {"low": 0, "high": 1, "open_low": False},
        ),
        "check": Call(
            llmproviders.check,
            {
                "path": path,
                "runtime": "flink-2.3",
                "model": "m",
                "select": ["plain-http"],
                "ignore": ["plain-http"],
                "resolve_references": True,
                "env": "",
                "overrides": {},
            },
        ),
        "converter.structure": Call(lambda flat: converter.structure(flat, OpenAICompatProvider), {"flat": FLAT}),
        "converter.unstructure": Call(lambda: converter.unstructure(_compat()), {}),
        "create_model_sql": Call(
            llmproviders.create_model_sql,
            {
                "name": "db.m",
                "provider": _compat(),
                **columns,
                "model": "m",
                "runtime": "vvr-11.9",
                "temporary": False,
                "if_not_exists": False,
                "comment": "c",
                "secrets": "reveal",
            },
        ),
        "create_model_sql columns": Call(
            lambda name, kind: llmproviders.create_model_sql(
                ["m", name] if isinstance(name, str) else ["m"],
                _compat(),
                input={name if _hashable(name) else "a": kind},
                output=[(name, kind)],
                secrets="reveal",
            ),
            {"name": "a", "kind": "STRING"},
        ),
        "dump": Call(
            llmproviders.dump,
            {"catalog": _catalog(), "path": "written.json", "secrets": "reveal", "inherit": False},
        ),
        "dumps": Call(llmproviders.dumps, {"catalog": _catalog(), "format": "json", "secrets": "reveal", "inherit": False}),
        "duration": Call(llmproviders.duration, {"value": "1s"}, Rejected),
        "explain": Call(llmproviders.explain, {"path": path, "only": ["a"], "env": "", "overrides": {}}),
        "flink_map": Call(llmproviders.flink_map, {"value": "a:b"}, Rejected),
        "from_dict": Call(llmproviders.from_dict, {"entry": ENTRY}),
        "from_dict values": Call(
            lambda **given: llmproviders.from_dict({**ENTRY, **given}),
            {
                "temperature": 1,
                "extra_body": {"token": MARK},
                "omit": ["seed"],
                "extra_options": {"a-token": MARK},
                "provider": "openai-compat",
            },
        ),
        "from_dict keys": Call(lambda key: llmproviders.from_dict({**ENTRY, key: 1} if _hashable(key) else ENTRY), {"key": "n"}),
        "from_dict generic": Call(
            lambda **given: llmproviders.from_dict({**given, "extra_options": {"a-token": MARK}}), {"generic": "g"}
        ),
        "from_dict preset": Call(
            lambda **given: llmproviders.from_dict({"api_key": MARK, **given}),
            {"preset": "openai", "task": "embeddings", "place": {}, "model": "m"},
        ),
        "from_options": Call(llmproviders.from_options, {"identifier": "openai-compat", "options": FLAT}),
        "from_options generic": Call(
            lambda identifier, a: llmproviders.from_options(identifier, {"api-key": MARK, "a": a}), {"identifier": "g", "a": "b"}
        ),
        "get_provider": Call(_positional(llmproviders.get_provider), {"name": "known"}),
        "json_headers": Call(llmproviders.json_headers, {"value": {"a": "b"}}, Rejected),
        "json_object": Call(llmproviders.json_object, {"value": {"a": "b"}}, Rejected),
        "list_providers": Call(llmproviders.list_providers, {}),
        "list_runtimes": Call(llmproviders.list_runtimes, {}),
        "load": Call(llmproviders.load, {"path": path, "only": ["a"], "env": "", "overrides": {}}),
        "loads": Call(llmproviders.loads, {"text": TEXT, "format": "json", "env": "", "overrides": {}}),
        "loads overrides": Call(
            lambda key, **given: llmproviders.loads(
                OVERRIDDEN,
                format="json",
                overrides={
                    "a.api_key": MARK,
                    **({key: 1} if _hashable(key) else {}),
                    **{f"{'a' if name[0] == 'a' else 't'}.{name[2:]}": value for name, value in given.items()},
                },
            ),
            {
                "key": "*.retry_num",
                **dict.fromkeys(("a_temperature", "a_model", "a_extra_header", "a_extra_body"), None),
                "a_omit": ["seed"],
                "a_without": ["n"],
                "a_for_task": "chat/completions",
                "a_abstract": False,
                "a_description": "d",
                "a_tags": ["t"],
                "a_ignore": ["plain-http"],
                "a_extra_options": {"x": 1},
                **dict.fromkeys(("t_timeout", "t_priority", "t_default_value", "t_custom_headers", "t_auth_token"), None),
            },
        ),
        "from_dict keys of all": Call(
            lambda **given: llmproviders.from_dict({**ENTRY, **given}),
            {"abstract": False, "description": "d", "tags": ["t"], "ignore": ["plain-http"]},
        ),
        "loads toml": Call(
            lambda text: llmproviders.loads(text, format="toml"),
            {"text": f"[providers.a]\ngeneric = 'g'\nextra_options.token = '{MARK}'"},
        ),
        "loads yaml": Call(lambda text: llmproviders.loads(text, format="yaml"), {"text": TEXT}),
        "option": Call(
            option,
            {
                "key": "k",
                "meaning": "m",
                "java": "String",
                "format": "",
                "secret": False,
                "choices": ("a",),
                "tasks": (),
                "deprecated_keys": ("o",),
                "sequence_key": "",
            },
        ),
        "options": Call(options, {"cls": OpenAICompatProvider}),
        "parse_create_model": Call(llmproviders.parse_create_model, {"sql": SQL, "source": "s"}),
        "parse_statements": Call(llmproviders.parse_statements, {"sql": SQL, "source": "s"}),
        "presets.dashscope": Call(
            presets.dashscope,
            {
                "region": "us-east-1",
                "workspace": None,
                "api_key": MARK,
                "task": "chat/completions",
                "temperature": 1,
                "vendor": "x",
            },
        ),
        "presets.dashscope workspace": Call(
            presets.dashscope, {"region": "us-east-1", "workspace": "w", "api_key": MARK, "vendor_token": MARK}
        ),
        **{
            f"presets.{name}": Call(
                service,
                {
                    "api_key": MARK,
                    "task": "chat/completions",
                    "place": {part: "x" for part in ("resource", "account") if f"{{{part}}}" in service.base} or None,
                    "temperature": 1,
                    "vendor_token": MARK,
                },
            )
            for name, service in presets.SERVICES.items()
            if name in ("openai", "azure_openai", "ollama")
        },
        "provider_class": Call(llmproviders.provider_class, {"identifier": "openai-compat"}),
        "provider_classes": Call(llmproviders.provider_classes, {}),
        "register_secret_resolver": Call(llmproviders.register_secret_resolver, {"name": "junk", "function": str}),
        "register_provider_class": Call(_positional(llmproviders.register_provider_class), {"cls": Local}),
        "remove_provider": Call(lambda name: (_registered(), llmproviders.remove_provider(name)), {"name": "known"}),
        "required_secret": Call(llmproviders.required_secret, {"value": MARK}, Rejected),
        "runtime": Call(llmproviders.runtime, {"name": "flink-2.3"}),
        "secret": Call(llmproviders.secret, {"value": MARK}, Rejected),
        "set_default_provider": Call(llmproviders.set_default_provider, {"name": "known"}),
        "set_provider": Call(_positional(llmproviders.set_provider), {"name": "n", "provider": _compat()}),
        "set_provider provider": Call(_positional(llmproviders.set_provider), {"provider": _compat()}),
        "set_provider options": Call(
            lambda identifier, vendor, **given: llmproviders.set_provider(identifier, vendor_flag=vendor, **given),
            {"identifier": "openai-compat", **COMPAT, "vendor": "x"},
        ),
        "to_dict": Call(llmproviders.to_dict, {"provider": _compat(), "secrets": "reveal"}),
        "using_provider": Call(lambda given: _entered(llmproviders.using_provider(given)), {"given": "known"}),
    }


def _hashable(value: Any) -> bool:
    """Whether *value* can be a key of a mapping; otherwise no call can have it as a key."""
    try:
        return value in {value: 1}
    except Exception:
        return False


def _registered() -> None:
    llmproviders.set_provider("known", _generic())


# Names that users only read; they have no call of their own that accepts junk.
NO_CALLS = {
    *("MASK", "presets", "converter", "MaskedText", "Rule"),
    *("Advice", "Change", "Column", "DocumentProblem", "Factory", "ModelStatement", "Option", "OptionInfo", "Origin", "Problem"),
    *("Runtime", "RuntimeOption", "Script", "WorstCase"),
}
TABLE = _calls()
CASES = [(name, argument) for name, call in TABLE.items() for argument in call.given]


@pytest.fixture(autouse=True)
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_registry: None, own_classes: object, own_resolvers: None
) -> Path:
    """A working directory with a catalog, a registry with one provider, and isolated classes and resolvers."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.json").write_text(TEXT, encoding="utf-8")
    (tmp_path / "folder.json").mkdir()
    _registered()
    return tmp_path


def _shown(value: object) -> str:
    """The repr of a variable, as a tool that prints variables makes it."""
    try:
        return repr(value)
    except Exception:
        return "no repr"


def _visible(error: BaseException) -> Iterator[str]:
    """Everything that an error shows: itself, its causes and contexts, and the variables of frames outside the tests."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or each in seen:
            continue
        seen.append(each)
        yield from (str(each), repr(each), _shown(each.args), _shown(vars(each)), _shown(getattr(each, "__notes__", "")))
        trace = each.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            if not frame.f_code.co_filename.startswith(TESTS):
                yield f"{frame.f_code.co_name}: {_shown(dict(frame.f_locals))}"
            trace = trace.tb_next
        waiting += [each.__cause__, each.__context__]


def _use(result: object) -> None:
    """Write, pickle and compare the result of a call, to see that it is valid."""
    if isinstance(result, (list, tuple)):
        for each in result:
            _use(each)
    elif isinstance(result, Provider):
        flat = result.to_options(redact=True)
        assert {str} == {type(part) for item in flat.items() for part in item} | {str}
        assert result == pickle.loads(pickle.dumps(result)) == result.with_()
        assert hash(result) == hash(result.with_())
        assert isinstance(repr(result), str)
        result.fingerprint()
    elif isinstance(result, (ProviderDiff, CatalogDiff, Details)):
        assert result == pickle.loads(pickle.dumps(result))
        assert isinstance(hash(result), int)
        assert isinstance(repr(result) + str(result), str)
    elif isinstance(result, Catalog):
        assert result == pickle.loads(pickle.dumps(result))
        assert isinstance(repr(result), str)
        _use([*result.values()])


def _fault(call: Call, given: Mapping[str, Any]) -> str:
    """The fault of a call that fails in a wrong way or has an invalid result; empty if there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = call.function(**given)
    except (ProviderError, call.also) as error:
        try:
            found = [text for text in _visible(error) if MARK in text]
        except Exception as failure:
            return f"{type(error).__name__} cannot be printed: {type(failure).__name__}"
        return f"{type(error).__name__} shows the secret: {found[0][:200]}" if found else ""
    except BaseException as error:
        return f"{type(error).__name__}: {str(error)[:100]}"
    try:
        _use(result)
    except Exception as error:
        return f"its result: {type(error).__name__}: {str(error)[:100]}"
    return ""


@pytest.mark.parametrize("name", TABLE)
def test_the_calls_are_valid(name: str) -> None:
    """Each call of the table succeeds with its own arguments."""
    call = TABLE[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _use(call.function(**call.given))


@pytest.mark.parametrize(("name", "argument"), CASES, ids=lambda part: part)
def test_junk(name: str, argument: str) -> None:
    """For any value of the argument the call works or raises an error of the library that shows no secret."""
    call = TABLE[name]
    faults = {}
    for junk, make in JUNK.items():
        if found := _fault(call, {**call.given, argument: make()}):
            faults[junk] = found
    assert {} == faults


FILES: dict[str, Callable[[Any], Any]] = {
    "load": llmproviders.load,
    "check": llmproviders.check,
    "explain": llmproviders.explain,
    "dump": lambda path: llmproviders.dump(_catalog(), path, secrets="reveal"),
    "dump, redacted": lambda path: llmproviders.dump(_catalog(), path, secrets="redact"),
    "Secret.from_file": lambda path: Secret.from_file(path).reveal(),
}
PATHS = (
    "folder.json",
    "missing/catalog.json",
    "catalog.json/catalog.json",
    "catalog.xml",
    "catalog",
    ".",
    "",
    "/",
    "a\x00.json",
    "\ud800.json",
    f"{'x' * 300}.json",
    f"{'x/' * 3000}.json",
    b"catalog.json",
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ascii(path)[:30])
@pytest.mark.parametrize("name", FILES)
def test_paths(name: str, path: Any) -> None:
    """A path that cannot be read or written is an error of the library or a problem, and shows no secret."""
    assert "" == _fault(Call(FILES[name], {}), {"path": path})


@pytest.mark.parametrize("path", ["folder.json", "missing/catalog.json", "catalog.json/catalog.json"])
def test_files_that_cannot_be_written(path: str) -> None:
    """`dump` refuses a path that cannot be written, and leaves no file there."""
    before = sorted(Path().rglob("*"))
    with pytest.raises(ProviderError):
        llmproviders.dump(_catalog(), path, secrets="reveal")
    assert before == sorted(Path().rglob("*"))


MISUSES: dict[str, tuple[Callable[[], Any], type[ProviderError]]] = {
    "loads format": (lambda: llmproviders.loads("", format="xml"), InvalidOptionsError),  # type: ignore[arg-type]
    "loads format type": (lambda: llmproviders.loads("", format=5), InvalidTypeError),  # type: ignore[arg-type]
    "dumps format": (lambda: llmproviders.dumps(_catalog(), format="xml"), InvalidOptionsError),  # type: ignore[arg-type]
    "to_dict secrets": (lambda: llmproviders.to_dict(_compat(), secrets="x"), InvalidOptionsError),  # type: ignore[arg-type]
    "dumps secrets": (
        lambda: llmproviders.dumps(_catalog(), format="json", secrets="x"),  # type: ignore[arg-type]
        InvalidOptionsError,
    ),
    "create_model_sql secrets": (
        lambda: llmproviders.create_model_sql("m", _compat(), input="a STRING", output="b STRING", secrets="x"),  # type: ignore[arg-type]
        InvalidOptionsError,
    ),
    "overrides": (lambda: _compat().to_options(overrides=5), InvalidTypeError),  # type: ignore[arg-type]
    "set_provider": (lambda: llmproviders.set_provider(5), InvalidTypeError),  # type: ignore[arg-type]
    "Secret": (lambda: Secret(5), InvalidTypeError),  # type: ignore[arg-type]
    "Secret.from_env": (lambda: Secret.from_env("a b"), InvalidOptionsError),
    "Secret.from_resolver": (lambda: Secret.from_resolver("nowhere", "x"), InvalidOptionsError),
    "Secret.from_resolver type": (lambda: Secret.from_resolver("test-vault", 5), InvalidTypeError),  # type: ignore[arg-type]
    "register_secret_resolver": (lambda: llmproviders.register_secret_resolver("env", str), InvalidOptionsError),
    "Secret.from_env type": (lambda: Secret.from_env(5), InvalidTypeError),  # type: ignore[arg-type]
    "Secret.from_file": (lambda: Secret.from_file(""), InvalidOptionsError),
    "loads": (lambda: llmproviders.loads(5, format="json"), InvalidTypeError),  # type: ignore[arg-type]
    "create_model_sql provider": (
        lambda: llmproviders.create_model_sql("m", 5, input="a STRING", output="b STRING"),  # type: ignore[arg-type]
        InvalidTypeError,
    ),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse(name: str) -> None:
    """A wrong type raises an `InvalidTypeError`, which is a `TypeError` and a `ValueError`; a wrong value a `ValueError`."""
    call, kind = MISUSES[name]
    with pytest.raises(ProviderError) as caught:
        call()
    assert kind is type(caught.value)
    assert caught.value.problems  # type: ignore[attr-defined]
    assert isinstance(caught.value, TypeError) is (kind is InvalidTypeError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("depth", [200, 201, 600, 100_000])
@pytest.mark.parametrize(
    "make",
    [
        lambda text, value: OpenAICompatProvider(extra_body=text),
        lambda text, value: OpenAICompatProvider(extra_body=value),
        lambda text, value: OpenAICompatProvider(note=value),
        lambda text, value: OpenAICompatProvider.from_options({"extra-body": text}),
        lambda text, value: OpenAICompatProvider().to_options(overrides={"extra_body": value}),
    ],
    ids=["text", "mapping", "extra", "from_options", "overrides"],
)
def test_depth(make: Callable[[str, Any], Any], depth: int) -> None:
    """JSON of at most 200 levels is accepted, and the message has the limit."""
    value: Any = {}
    for _ in range(depth - 1):
        value = {"a": value}
    text = '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)
    try:
        if depth <= 200:
            _use(make(text, value))
        else:
            with pytest.raises(InvalidOptionsError, match="200"):
                make(text, value)
    finally:
        while value:
            value = value.pop("a")


def _names_in_table(prefix: str) -> set[str]:
    return {name.removeprefix(prefix).split("(")[0].split(" ")[0].split(",")[0] for name in TABLE if name.startswith(prefix)}


def test_the_table_is_complete() -> None:
    """Every public name has calls in the table, or is in the list of those without calls."""
    tried = {name.split(".")[0] for name in _names_in_table("")}
    for name in llmproviders.__all__:
        value = getattr(llmproviders, name)
        if isinstance(value, type) and issubclass(value, (Exception, Warning)):
            continue
        assert (name in tried) is not (name in NO_CALLS) or name in ("presets", "converter"), name
    assert {Provider, OpenAICompatProvider} <= {getattr(llmproviders, name) for name in tried if name in llmproviders.__all__}


@pytest.mark.parametrize("cls", [Provider, Catalog, Secret])
def test_the_methods_are_complete(cls: type) -> None:
    """Every public method has calls in the table."""
    tried = _names_in_table(f"{cls.__name__}.")
    for base in cls.__mro__[:-1]:
        if base.__module__.startswith("llmproviders"):
            for name, value in vars(base).items():
                if not name.startswith("_") and (inspect.isroutine(value) or isinstance(value, property)):
                    assert name in tried, name


def test_the_presets_are_complete() -> None:
    """Every preset has calls in the table, except services, which are all alike."""
    tried = _names_in_table("presets.")
    for name in presets.__all__:
        value = getattr(presets, name)
        if callable(value) and not isinstance(value, type):
            assert name in tried or type(value) is type(presets.openai), name


def test_the_junk_is_as_named() -> None:
    """The values are as their names tell, and made anew for each call."""
    assert {*JUNK} >= {"deep list", "list in itself", "huge int", "surrogate", "NUL", "evil repr", "bad mapping"}
    with pytest.raises(RuntimeError):
        repr(JUNK["evil repr"]())
    with pytest.raises(RuntimeError):
        hash(JUNK["evil hash"]())
    with pytest.raises(RuntimeError):
        JUNK["bad mapping"]().items()
    assert JUNK["list of junk"]() is not JUNK["list of junk"]()
