# SPDX-License-Identifier: Apache-2.0
"""No output shows a secret: each option that can hold a secret holds a marker, and no repr, message or frame shows it."""

from __future__ import annotations

import copy
import inspect
import json
import logging
import os
import pickle
import pprint
import traceback
import warnings
from collections.abc import Callable, Iterator
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import Any

import attrs
import pytest
from command_line import invoke
from own import RerankProvider

import llmproviders
from llmproviders import (
    MASK,
    Catalog,
    Column,
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    MaskedText,
    OpenAICompatProvider,
    OpenAIProvider,
    Provider,
    ProviderError,
    Rule,
    Secret,
    SecretError,
    TritonProvider,
    converter,
    create_model_sql,
    dump,
    dumps,
    from_options,
    json_headers,
    json_object,
    loads,
    option,
    options,
    parse_create_model,
    presets,
    register_provider_class,
    register_secret_resolver,
    required_secret,
    set_provider,
)
from llmproviders.fields.converters import stop_strings
from llmproviders.sql.compare import Wanted, compare
from llmproviders.sql.existing import ExistingModel

MARK = "sk-mArKeR-7f3"
OURS = (str(Path(llmproviders.__file__).parent), "<llmproviders")
"""The first characters of the file names of the library's frames, and of its generated code."""
ENDPOINT = "https://h/v1/chat/completions"
WITH_MARK = f"https://user:{MARK}@h/v1/chat/completions"


@pytest.fixture(autouse=True)
def mark(own_resolvers: None) -> None:
    """The resolver `mark` returns the marker."""
    register_secret_resolver("mark", lambda reference: MARK)


PROVIDERS: dict[str, Callable[[], Provider]] = {
    "api_key": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK),
    "Secret": lambda: DashScopeProvider(endpoint=ENDPOINT, api_key=Secret(MARK)),
    "positional": lambda: OpenAIProvider(ENDPOINT, MARK),
    "auth_token": lambda: TritonProvider("h", auth_token=MARK),
    "extra_header": lambda: OpenAICompatProvider(extra_header={"X-Anything": MARK, "B": ["x", MARK]}),
    "extra_header string": lambda: OpenAICompatProvider(extra_header=json.dumps({"a": MARK})),
    "custom_headers": lambda: TritonProvider("h", custom_headers={"X-Anything": MARK}),
    "custom_headers string": lambda: TritonProvider("h", custom_headers=f"Authorization: Bearer {MARK}"),
    "custom_headers JSON": lambda: TritonProvider("h", custom_headers=json.dumps({"a": MARK})),
    "extra_header Secret": lambda: OpenAICompatProvider(
        extra_header={"X-Note": Secret(MARK), "A": [Secret(MARK)], "Authorization": Secret.from_env("PATH")}
    ),
    "custom_headers Secret": lambda: TritonProvider("h", custom_headers={"X-Note": Secret(MARK), "A": Secret.from_env("PATH")}),
    "extra_body Secret": lambda: OpenAICompatProvider(
        extra_body={"a": [{"b": Secret(MARK)}], "url": WITH_MARK, "c": Secret.from_env("PATH")}
    ),
    "extra JSON Secret": lambda: OpenAICompatProvider(vendor={"x": [Secret(MARK)], "y": Secret.from_env("PATH")}),
    "extra headers Secret": lambda: GenericProvider("g", headers={"x": MARK, "y": Secret.from_env("PATH")}),
    "default": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=Secret.from_env("LLMPROVIDERS_NOWHERE", default=MARK)),
    "default inside": lambda: OpenAICompatProvider(
        extra_header={"X-A": [Secret.from_env("LLMPROVIDERS_NOWHERE", default=MARK)]},
        extra_body={"token": Secret.from_env("LLMPROVIDERS_NOWHERE", default=MARK)},
    ),
    "default extra": lambda: GenericProvider(
        "g", pin=Secret.from_env("LLMPROVIDERS_NOWHERE", default=MARK), vendor={"a": Secret.from_resolver("mark", "x"), "b": 1}
    ),
    "default map": lambda: TritonProvider("h", custom_headers={"A": Secret.from_env("LLMPROVIDERS_NOWHERE", default=MARK)}),
    "extra_body": lambda: OpenAICompatProvider(extra_body={"a": [{"api_key": {"x": MARK}}], "url": WITH_MARK}),
    "extra_body string": lambda: OpenAICompatProvider(extra_body=json.dumps({"password": MARK})),
    "endpoint": lambda: OpenAICompatProvider(endpoint=WITH_MARK),
    "endpoint query": lambda: OpenAICompatProvider(endpoint=f"https://h/v1?api_key={MARK}"),
    "endpoint slash": lambda: TritonProvider(f"http://user:pa/{MARK}@h:8000/v2"),
    "endpoint user": lambda: TritonProvider(f"http://{MARK}@h:8000/v2"),
    "extra": lambda: OpenAICompatProvider(**{"vendor-token": MARK}),
    "extra header": lambda: OpenAICompatProvider(extra_options={"x-headers": MARK, "custom-headers": f"a:{MARK}"}),
    "extra Secret": lambda: OpenAICompatProvider(anything=Secret(MARK)),
    "extra URL": lambda: OpenAICompatProvider(proxy=WITH_MARK),
    "extra JSON": lambda: OpenAICompatProvider(vendor={"secret": MARK}, other=json.dumps({"secret": MARK})),
    "extra JSON list": lambda: OpenAICompatProvider(vendor=[{"secret": MARK}]),
    "extra JSON string list": lambda: OpenAICompatProvider(vendor=json.dumps([{"secret": MARK}])),
    "generic": lambda: GenericProvider("g", **{"api-key": MARK, "PASSWORD": MARK, "client.secret": MARK}),
    "own": lambda: RerankProvider("h", token=MARK),
    "own url": lambda: RerankProvider(WITH_MARK),
    "with_": lambda: OpenAICompatProvider(endpoint=ENDPOINT).with_(api_key=MARK),
    "for_task": lambda: OpenAICompatProvider(endpoint=WITH_MARK, api_key=MARK).for_task("embeddings"),
    "from_options": lambda: OpenAICompatProvider.from_options({"endpoint": WITH_MARK, "api-key": MARK}),
    "preset": lambda: presets.openai(api_key=MARK),
    "structured": lambda: converter.structure({"endpoint": "h", "auth-token": MARK}, TritonProvider),
    "unpickled": lambda: pickle.loads(pickle.dumps(TritonProvider(WITH_MARK, auth_token=MARK))),
    "copied": lambda: copy.deepcopy(TritonProvider(WITH_MARK, auth_token=MARK)),
}


def logged(value: Any) -> str:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("llmproviders.test")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    logger.info("%s %r", value, value)
    logger.error("%s", value)
    logger.removeHandler(handler)
    return stream.getvalue()


def shows(value: Any) -> Iterator[str]:
    """The results of every way to show a value."""
    yield from (
        repr(value),
        str(value),
        format(value),
        f"{value}",
        f"{value!r}",
        f"{value!s}",
        f"{value!a}",
        "%s %r" % (value, value),  # noqa: UP031
    )
    yield "{} {!r} {:>3}".format(value, value, str(value))  # noqa: UP032
    yield from (pprint.pformat(value), logged(value), json.dumps([value], default=str))
    if attrs.has(type(value)):
        yield repr(attrs.asdict(value))
        yield repr(attrs.asdict(value, recurse=False))
        yield repr(attrs.astuple(value))
        yield json.dumps(attrs.asdict(value), default=str)
        yield json.dumps(attrs.asdict(value), default=repr)
    if isinstance(value, str):
        joined = "".join([value, ""])  # noqa: FLY002
        yield from (value + "", "" + value, joined, value.upper(), value[:], str(value.encode()), f"{value:>99}")
        yield from (value.replace("x", "x"), value.casefold(), *value.split("/"), "".join(iter(value)), ascii(value))


@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_shows_a_secret(name: str) -> None:
    """No way to show a provider, or a part of it, shows the secret; only `to_options` returns it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        provider = PROVIDERS[name]()
    assert [] == [str(warning.message) for warning in caught]
    assert any(MARK in text for text in provider.to_options().values())
    parts = [provider, *(getattr(provider, field.name) for field in attrs.fields(type(provider)))]
    parts += [*provider.extra_options.values(), provider.to_options(redact=True), type(provider)]
    emptied = provider.without(*(info.name for info in options(type(provider)) if not info.required), *provider.extra_options)
    parts += [emptied.diff(provider), provider.diff(emptied), Catalog({"a": emptied}).diff({"a": provider})]
    parts += [*provider.grid(zz=[1, 2]), *GenericProvider("g").grid(**{"api-key": [MARK], "yy": [MARK]})]
    for part in parts:
        for text in shows(part):
            assert MARK not in text
            assert MARK.upper() not in text
    assert MARK not in provider.fingerprint()
    assert any(MASK in text for text in provider.to_options(redact=True).values())
    assert MASK in repr(provider)


@pytest.mark.parametrize("name", PROVIDERS)
def test_no_plan_shows_a_secret(name: str) -> None:
    """Only `sql(secrets="reveal")` returns the secrets of a plan; a pickle has them too."""
    wanted = [Wanted(name="m", provider=PROVIDERS[name](), input=COLUMNS, output=COLUMNS)]
    [created] = compare({}, wanted).plan
    existing = {"m": ExistingModel(path=("m",), options={"a": MARK, "provider": "g"}, input=COLUMNS, output=COLUMNS)}
    plan = compare(existing, wanted).plan
    for part in (plan, created, *plan, *plan[0].changes, existing["m"], existing["m"].options, created.provider):
        for text in shows(part):
            assert MARK not in text
    for each in (created, plan[0]):
        assert MARK in each.sql(secrets="reveal")
        assert MARK not in each.sql(secrets="redact")
        again = pickle.loads(pickle.dumps(each))
        assert (str(each), each.sql(secrets="reveal")) == (str(again), again.sql(secrets="reveal"))


# Exceptions -----------------------------------------------------------------------------------------------------------


def library_frames(error: BaseException) -> Iterator[str]:
    """The library's frames with their variables, and the exception with its causes and contexts, as strings."""
    seen: BaseException | None = error
    while seen is not None:
        yield from (str(seen), repr(seen), repr(seen.args), repr(vars(seen)), repr(getattr(seen, "__notes__", "")))
        found = traceback.TracebackException.from_exception(seen, capture_locals=True)
        found.stack = traceback.StackSummary.from_list([frame for frame in found.stack if frame.filename.startswith(OURS)])
        found.__cause__ = found.__context__ = None
        yield "".join(found.format())
        seen = seen.__cause__ or seen.__context__


def assert_hidden(call: Callable[[], Any], kind: type[BaseException] | tuple[type[BaseException], ...] = ProviderError) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(kind) as caught:
            call()
    for text in library_frames(caught.value):
        assert MARK not in text
        assert ascii(MARK)[1:-1] not in text


COLUMNS = (Column("a", "STRING"),)
BASE = OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK, extra_options={"vendor-token": MARK})
GENERIC = GenericProvider("g", **{"api-key": MARK})
BAD_JSON = f'{{"a": "{MARK}", "a": 1}}'

NO_REFERENCE: Any = {"extra_header": {"A": MARK}, "extra_options": {"z-key": Secret.from_env("LLMPROVIDERS_NO_SUCH_KEY")}}
FAILURES: dict[str, Callable[[], Any]] = {
    "another option": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK, temperature="hot"),
    "its own type": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=[MARK]),
    "bytes": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK.encode()),
    "surrogate": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK + "\ud800"),
    "mask": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_key=MARK, extra_options={"other": MASK}),
    "rule": lambda: OpenAICompatProvider(api_key=MARK),
    "rule with task": lambda: OpenAICompatProvider(endpoint=WITH_MARK, api_key=MARK, task="embeddings"),
    "content rule": lambda: OpenAICompatProvider(endpoint=f"https://u:{MARK}@h/embeddings", content_type="IMAGE_URL"),
    "dashscope endpoint": lambda: OpenAICompatProvider(endpoint=f"https://u:{MARK}@h/services/audio/asr/transcription"),
    "misspelled": lambda: OpenAICompatProvider(endpoint=ENDPOINT, api_kye=MARK),
    "Java key": lambda: OpenAICompatProvider(**{"api-key": MARK}),
    "refused name": lambda: OpenAICompatProvider(audio_format=MARK),
    "extra surrogate": lambda: OpenAICompatProvider(**{"vendor-token": MARK + "\ud800"}),
    "extra type": lambda: OpenAICompatProvider(**{"vendor-token": {MARK}}),
    "extra mapping": lambda: OpenAICompatProvider(extra_options={"vendor_token": {MARK}}),
    "extra body": lambda: OpenAICompatProvider(vendor={"token": MARK, "x": {1}}),
    "extras no mapping": lambda: OpenAICompatProvider(extra_options=[("token", MARK)]),
    "extra URL": lambda: OpenAICompatProvider(proxy=WITH_MARK + "\ud800"),
    "endpoint surrogate": lambda: OpenAICompatProvider(endpoint=WITH_MARK + "\ud800"),
    "endpoint type": lambda: TritonProvider([WITH_MARK]),
    "endpoint long": lambda: TritonProvider("x" * 30 + WITH_MARK + "\ud800" * 60),
    "header value": lambda: OpenAICompatProvider(extra_header={"a": {MARK: 1}}),
    "header JSON": lambda: OpenAICompatProvider(extra_header=BAD_JSON),
    "header string": lambda: OpenAICompatProvider(extra_header=MARK),
    "header type": lambda: OpenAICompatProvider(extra_header=[MARK]),
    "body JSON": lambda: OpenAICompatProvider(extra_body=BAD_JSON),
    "body string": lambda: OpenAICompatProvider(extra_body=f"token={MARK}"),
    "body type": lambda: OpenAICompatProvider(extra_body=[MARK]),
    "body value": lambda: OpenAICompatProvider(extra_body={"token": MARK, "x": {1}}),
    "map string": lambda: TritonProvider("h", custom_headers=f"Authorization {MARK}"),
    "map break": lambda: TritonProvider("h", custom_headers=f"Authorization:{MARK}\n"),
    "map duplicate": lambda: TritonProvider("h", custom_headers=f"a:{MARK},a:{MARK}"),
    "map value": lambda: TritonProvider("h", custom_headers={"a": [MARK]}),
    "missing": lambda: OpenAIProvider(api_key=MARK),
    "with_ other": lambda: BASE.with_(temperature="hot"),
    "with_ it": lambda: BASE.with_(api_key=[MARK], n=0),
    "with_ rule": lambda: BASE.with_(api_key=MARK, endpoint=None),
    "without": lambda: BASE.without("endpoint"),
    "without name": lambda: BASE.without("no such"),
    "for_task": lambda: BASE.for_task("embedings", api_key=MARK),
    "for_task endpoint": lambda: BASE.with_(endpoint=f"https://u:{MARK}@h/x").for_task("embeddings"),
    "for_task rule": lambda: BASE.for_task("embeddings", endpoint=None, api_key=MARK),
    "for_task given": lambda: BASE.for_task("embeddings", endpoint=WITH_MARK),
    "for_task option": lambda: BASE.with_(temperature=1).for_task("embeddings", api_key=MARK),
    "grid": lambda: BASE.grid(api_key=[MARK, [MARK]], temperature=["hot"], extra_header=[{"a": 5, "b": MARK}]),
    "grid without lists": lambda: BASE.grid(api_key=MARK, model=MARK, extra_header={"a": MARK}),
    "grid template": lambda: BASE.grid(f"{{{MARK}}}{{model:{MARK}}}", api_key=[MARK], model=["a"]),
    "grid conflict": lambda: BASE.grid(api_key=[MARK], extra_options=[{"zz": MARK}], zz=[MARK]),
    "grid equal": lambda: BASE.grid(api_key=[MARK, MARK], zz=[MARK]),
    "diff": lambda: BASE.diff(GENERIC),  # type: ignore[arg-type]
    "ProviderDiff.apply": lambda: BASE.diff(BASE.with_(api_key=MARK)).apply(GENERIC),
    "ProviderDiff.apply rule": lambda: BASE.diff(BASE.with_(content_type="IMAGE_URL")).apply(
        OpenAICompatProvider(endpoint=f"https://u:{MARK}@h/embeddings", api_key=MARK)
    ),
    "CatalogDiff.apply": lambda: Catalog({"a": BASE}).diff({"a": BASE.with_(api_key="x")}).apply(Catalog({"a": GENERIC})),
    "Catalog.amend": lambda: Catalog({"a": BASE}).amend("a", api_key=[MARK], temperature="hot", vendor_token=MARK),
    "Catalog.map": lambda: Catalog({"a": BASE}).map(lambda provider: _leaky(provider.api_key)),  # type: ignore[attr-defined]
    "Catalog.select": lambda: Catalog({"a": BASE}).select(lambda provider: _leaky(provider.api_key)),  # type: ignore[attr-defined]
    "Catalog.get_as": lambda: Catalog({"a": BASE}).get_as("a", TritonProvider),
    "overrides": lambda: BASE.to_options(overrides={"api_key": MARK, "temperature": "hot"}),
    "overrides redacted": lambda: BASE.to_options(overrides={"api_key": [MARK]}, redact=True),
    "model": lambda: BASE.to_options(model=5),
    "columns": lambda: BASE.with_(content_type=["TEXT", "TEXT"]).to_options([("a", "")]),
    "from_options": lambda: OpenAICompatProvider.from_options({"api-key": MARK, "endpoint": WITH_MARK, "n": "x"}),
    "from_options type": lambda: OpenAICompatProvider.from_options({"api-key": [MARK]}),
    "from_options none": lambda: OpenAICompatProvider.from_options([MARK]),
    "from_options rule": lambda: OpenAICompatProvider.from_options({"api-key": MARK}),
    "from_options provider": lambda: OpenAICompatProvider.from_options({"provider": "x", "api-key": MARK}),
    "from_options function": lambda: from_options("openai", {"api-key": MARK}),
    "from_options generic": lambda: from_options("g", {"api-key": MARK, "x": 5}),
    "from_options no name": lambda: GenericProvider.from_options({"api-key": MARK}),
    "structure": lambda: converter.structure({"auth-token": MARK}, TritonProvider),
    "set_provider": lambda: set_provider("openai-compat", api_key=MARK),
    "set_provider generic": lambda: set_provider("g", **{"api-key": MARK, "x": {1}}),
    "set_provider no name": lambda: set_provider("", **{"api-key": MARK}),
    "generic": lambda: GenericProvider("g", **{"api-key": MARK, "x": {1}}),
    "generic it": lambda: GenericProvider("g", **{"api-key": {MARK}}),
    "generic name": lambda: GenericProvider(5, **{"api-key": MARK}),
    "generic with_": lambda: GENERIC.with_(**{"api-key": {MARK}}),
    "generic without": lambda: GENERIC.without("x"),
    "preset": lambda: presets.openai(api_key=MARK, temperature="hot"),
    "preset task": lambda: presets.deepseek(api_key=MARK, task="embeddings"),
    "preset place": lambda: presets.snowflake(api_key=MARK),
    "preset other place": lambda: presets.openai(api_key=[MARK]),
    "dashscope": lambda: presets.dashscope(api_key=MARK, temperature="hot"),
    "dashscope region": lambda: presets.dashscope(api_key=MARK, region="mars"),
    "for_runtime": lambda: BASE.for_runtime("flink-2.3"),
    "for_runtime generic": lambda: GenericProvider("openai", **{"api-key": MARK, "x-token": MARK}).for_runtime("flink-2.3"),
    "for_runtime triton": lambda: TritonProvider(WITH_MARK, auth_token=MARK, max_retries=1).for_runtime("flink-2.3"),
    "to_options runtime": lambda: BASE.to_options(runtime="flink-2.3"),
    "to_options runtime values": lambda: GenericProvider("openai", **{"api-key": MARK, "n": "x"}).to_options(runtime="flink-2.3"),
    "to_options reference": lambda: BASE.with_(**NO_REFERENCE).to_options(),
    "to_options reference, overrides": lambda: BASE.to_options(overrides=NO_REFERENCE),
    "to_options reference, columns": lambda: BASE.with_(**NO_REFERENCE, content_type=["AUDIO_URL"]).to_options([("a", "STRING")]),
    "create_model_sql reference": lambda: create_model_sql("m", BASE.with_(**NO_REFERENCE), input="a STRING", output="b STRING"),
    "create_model_sql": lambda: create_model_sql("m", BASE, input="a STRING", output="b STRING", runtime="flink-2.3"),
    "Plan.sql": lambda: compare({}, [Wanted(name="m", provider=BASE, input=COLUMNS, output=COLUMNS)]).plan.sql(),  # noqa: PLW0108
    "parse_create_model": lambda: parse_create_model(f"CREATE MODEL m WITH ('provider'='openai', 'api-key'='{MARK}')"),
    "own": lambda: RerankProvider("h", token=MARK, top_k=0),
    "own validator": lambda: RerankProvider(WITH_MARK, token=MARK, label="a b"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_no_failure_shows_a_secret(name: str) -> None:
    """No message, argument, chained exception or variable in the library's frames shows the secret."""
    assert_hidden(FAILURES[name])


MISUSES: dict[str, Callable[[], Any]] = {
    "too many": lambda: OpenAIProvider(ENDPOINT, MARK, MARK),
    "by position and name": lambda: OpenAIProvider(ENDPOINT, MARK, api_key=MARK),
    "by position": lambda: OpenAICompatProvider(ENDPOINT, MARK),
    "with_": lambda: BASE.with_({"api_key": MARK}),
    "for_task": lambda: BASE.for_task("embeddings", MARK),
    "set_provider": lambda: set_provider("x", {"api-key": MARK}),  # type: ignore[arg-type]
    "set_provider mapping": lambda: set_provider({"api-key": MARK}),  # type: ignore[arg-type]
    "set_provider both": lambda: set_provider("x", BASE, api_key=MARK),
    "Secret": lambda: Secret([MARK]),  # type: ignore[arg-type]
    "abstract": lambda: Provider(api_key=MARK),
    "unhashable": lambda: BASE.to_options(overrides=[MARK]),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", MISUSES)
def test_no_misuse_shows_a_secret(name: str) -> None:
    """The error of a call with wrong arguments shows no secret."""
    assert_hidden(MISUSES[name], (TypeError, AttributeError, ProviderError))


def _leaky(*args: Any) -> Any:
    value = args[-1]
    if value is None:
        return None
    raise ValueError(f"bad {value.reveal() if isinstance(value, Secret) else value}")


def _leaky_type(*args: Any) -> Any:
    if args[-1] is None:
        return None
    raise TypeError(*args)


def _chained(value: Any) -> Any:
    try:
        return _leaky(value)
    except ValueError as error:
        raise KeyError(str(error)) from error


_KEY = option("zz-key")


@attrs.frozen
class LeakyValidator(Provider):
    identifier = "leaky-validator"
    token: Secret | None = attrs.field(default=None, metadata=_KEY, kw_only=True, validator=_leaky)


@attrs.frozen
class LeakyConverter(Provider):
    identifier = "leaky-converter"
    token: Secret | None = attrs.field(default=None, metadata=_KEY, kw_only=True, converter=_leaky)


@attrs.frozen
class LeakyType(Provider):
    identifier = "leaky-type"
    token: Secret | None = attrs.field(default=None, metadata=_KEY, kw_only=True, converter=_leaky_type)


@attrs.frozen
class LeakyChain(Provider):
    identifier = "leaky-chain"
    token: Secret | None = attrs.field(default=None, metadata=_KEY, kw_only=True, converter=_chained)


@attrs.frozen
class MarkedSecret(Provider):
    identifier = "marked"
    token: str | None = attrs.field(
        default=None, metadata=option("zz", secret=True), validator=attrs.validators.optional(attrs.validators.max_len(3))
    )


@attrs.frozen(kw_only=True)
class LeakyEnd(Provider):
    identifier = "leaky-end"
    token: Secret = attrs.field(metadata=_KEY)
    lead: str = attrs.field(default="", metadata=option("lead"))

    def __attrs_post_init__(self) -> None:
        raise RuntimeError(f"{self.lead}{self.token.reveal()}")


LEAKY = [LeakyValidator, LeakyConverter, LeakyType, LeakyChain, MarkedSecret]


@pytest.mark.parametrize("cls", LEAKY)
def test_failing_checks_of_a_secret(cls: Any) -> None:
    """If a user-defined validator or converter puts the secret into its message, the error does not show it."""
    assert_hidden(lambda: cls(token=MARK))
    assert_hidden(lambda: cls(token=Secret(MARK)))
    assert_hidden(lambda: cls().with_(token=MARK))
    keys = {info.name: info.key for info in options(cls)}
    assert_hidden(lambda: cls.from_options({keys["token"]: MARK}))
    assert_hidden(lambda: cls(extra_options={"token": MARK}).with_(token=MARK, zz=1))


@pytest.mark.parametrize("lead", ["", "x" * 190])
def test_failing_post_init(lead: str) -> None:
    """If a user-defined `__attrs_post_init__` fails, the message shows no part of the secret."""
    assert_hidden(lambda: LeakyEnd(token=MARK, lead=lead), InvalidOptionsError)
    with pytest.raises(InvalidOptionsError) as caught:
        LeakyEnd(token=MARK, lead=lead)
    assert MARK[:5] not in str(caught.value)


def test_marked_secret_of_another_type() -> None:
    """An option that is marked as secret is masked in messages, also if its type is wrong."""
    assert_hidden(lambda: MarkedSecret(token=[MARK]))


def test_marked_secret_is_masked() -> None:
    """A string option that is marked as secret is shown as the mask, and Flink gets the real value."""

    @attrs.frozen(kw_only=True)
    class Marked(Provider):
        identifier = "marked-text"
        token: str | None = attrs.field(default=None, metadata=option("zz", secret=True))

    marked = Marked(token=MARK)
    assert {"zz": MARK} == marked.to_options()
    assert {"zz": MASK} == marked.to_options(redact=True)
    assert f"Marked(extra_options={{}}, token='{MASK}')" == repr(marked)
    assert marked == Marked.from_options({"zz": MARK}) == copy.deepcopy(marked) == marked.with_()
    assert marked.fingerprint() == Marked(token="other").fingerprint()
    assert Marked() == Marked(token=None) == marked.without("token")


# Masks ----------------------------------------------------------------------------------------------------------------


def test_redacted_options() -> None:
    """`redact=True` returns all options, with masks in place of secrets."""
    provider = OpenAICompatProvider(
        endpoint="https://me:pw@h/v1/chat/completions",
        api_key="k",
        extra_header={"a": "b", "c": ["d", "Bearer e"], "X-Token": "f"},
        extra_body={"token": "t", "b": [1, {"x": "y"}]},
        **{"vendor-token": "t", "vendor-url": "http://me@h?key=1&b=2"},
    )
    expected = {
        **OpenAICompatProvider().to_options(),
        "endpoint": "https://******@h/v1/chat/completions",
        "api-key": "******",
        "extra-header": '{"a": "b", "c": ["d", "******"], "X-Token": "******"}',
        "extra-body": '{"token": "******", "b": [1, {"x": "y"}]}',
        "vendor-token": "******",
        "vendor-url": "http://******@h?key=******&b=2",
    }
    assert expected == provider.to_options(redact=True)
    headers = TritonProvider("h", custom_headers={"a": "b", "cookie": "d"}).to_options(redact=True)
    assert "a:b,cookie:******" == headers["custom-headers"]
    redacted = provider.to_options(overrides={"api_key": "other"}, redact=True)
    assert expected == redacted


@pytest.mark.parametrize(
    ("cls", "given"),
    [
        (OpenAICompatProvider, {"endpoint": "https://******@h/x"}),
        (OpenAICompatProvider, {"endpoint": ENDPOINT, "api_key": MASK}),
        (OpenAICompatProvider, {"extra_header": f'{{"a": "{MASK}"}}'}),
        (OpenAICompatProvider, {"extra_body": f'{{"token": "{MASK}"}}'}),
        (OpenAICompatProvider, {"vendor-token": MASK}),
        (TritonProvider, {"endpoint": "h", "custom_headers": f"a:{MASK}"}),
        (OpenAICompatProvider, {"extra_body": MASK}),
        (OpenAICompatProvider, {"extra_header": MASK}),
    ],
    ids=range(8),
)
def test_masks_are_no_secrets(cls: type[Provider], given: dict[str, Any]) -> None:
    """A mask is refused as the value of a secret."""
    with pytest.raises(ProviderError, match="this is the mask of a redacted value; use the original, or a reference"):
        cls(**given)


def test_secret_values() -> None:
    """A `Secret` is shown as one constant mask, is equal by its string, and only `reveal` returns it."""
    secret = Secret(MARK)
    assert ("******", "Secret('******')", "******  ") == (str(secret), repr(secret), f"{secret:<8}")
    assert (MARK, "text", "", False) == (secret.reveal(), secret.source, secret.reference, secret.is_reference)
    assert secret == Secret(MARK) == copy.copy(secret) == copy.deepcopy(secret) == pickle.loads(pickle.dumps(secret))
    assert hash(secret) == hash(Secret(MARK))
    assert secret != Secret("x")
    assert secret != MARK
    assert secret != Secret.from_env("MARK")
    for change in (lambda: setattr(secret, "is_reference", True), lambda: delattr(secret, "is_reference")):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            change()
    with pytest.raises(TypeError, match=r"^Secret\(\): expected a str, got int$"):
        Secret(5)  # type: ignore[arg-type]


def test_masked_texts() -> None:
    """A `MaskedText` has the characters of its masked form, and equality and hash of the real string."""
    text = OpenAICompatProvider(endpoint=WITH_MARK).endpoint
    assert isinstance(text, MaskedText)
    assert "https://******@h/v1/chat/completions" == str(text)
    assert WITH_MARK == text.reveal()
    assert text == WITH_MARK
    assert WITH_MARK == text
    assert (text != WITH_MARK) is False
    assert text != str(text)
    assert text != 5
    assert hash(WITH_MARK) == hash(text)
    assert text == MaskedText(WITH_MARK, "other")
    again = pickle.loads(pickle.dumps(text))
    assert (WITH_MARK, str(text)) == (again.reveal(), str(again))
    for change in (lambda: setattr(text, "reveal", str), lambda: delattr(text, "reveal")):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            change()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://h:8000/v2", None),
        ("http://h/a@b", None),
        ("http://h:80/a:b@c", None),
        ("user@host", None),
        ("user:password@host/v1", "******@host/v1"),
        ("sk-abcdefgh12345678", "******"),
        ("http://h?model=x&b=@", None),
        ("http://u:p@h/x", "http://******@h/x"),
        ("http://u@h", "http://******@h"),
        ("http://u:a/b@h", "http://******@h"),
        ("http://u:a?b#c@h", "http://******@h"),
        ("a http://u:p@h b https://x:y@z", "a http://******@h b https://******@z"),
        ("http://h?api-key=x&model=y&access_token=z#f", "http://h?api-key=******&model=y&access_token=******#f"),
    ],
    ids=range(13),
)
def test_urls(text: str, shown: str | None) -> None:
    """Only the user part and the credential parameters of a URL are masked."""
    endpoint = TritonProvider(text).endpoint
    assert (shown or text) == str(endpoint)
    assert text == TritonProvider(text).to_options()["endpoint"]
    assert (MaskedText if shown else str) is type(endpoint)


@pytest.mark.parametrize(
    ("key", "is_secret"),
    [
        *[
            (key, True)
            for key in ("api-key", "apiKey", "API_KEY", "token", "auth-tokens", "Authorization", "client.secret", "Passwd")
        ],
        *[
            (key, True)
            for key in ("db-pwd", "set-cookie", "x-headers", "fs.azure.account.key.x", "jaas.config", "aws_access_key_id")
        ],
        *[(key, False) for key in ("max-tokens", "tokens", "keyboard", "model", "top_k", "monkey-business", "")],
    ],
    ids=range(21),
)
def test_names_of_credentials(key: str, is_secret: bool) -> None:
    """Only extra options whose key looks like the name of a credential are secrets."""
    value = GenericProvider("g", **{key: "x"}).extra_options[key]
    assert (Secret if is_secret else str) is type(value)


# References -----------------------------------------------------------------------------------------------------------


def test_placeholders_are_shown() -> None:
    """A placeholder of the platform is shown unmasked in every option that holds secrets."""
    text = "${secret_values.key}"
    provider = OpenAICompatProvider(endpoint=ENDPOINT, api_key=text, **{"vendor-token": text})
    assert isinstance(provider.api_key, Secret)
    assert ("placeholder", text, text, False) == (
        provider.api_key.source,
        provider.api_key.reference,
        provider.api_key.reveal(),
        provider.api_key.is_reference,
    )
    assert f"api_key=Secret('{text}')" in repr(provider)
    for flat in (provider.to_options(), provider.to_options(redact=True)):
        assert [text, text] == [flat["api-key"], flat["vendor-token"]]
    assert MASK == str(Secret("${a}" + MARK))
    assert MASK == str(Secret("${" + MARK))


def test_environment_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to a variable is resolved at each `to_options`, and is compared and shown as a reference."""
    reference = Secret.from_env("LLMPROVIDERS_ROTATED")
    provider = OpenAICompatProvider(endpoint=ENDPOINT, api_key=reference, **{"vendor-token": reference})
    for key in ("first", "second"):
        monkeypatch.setenv("LLMPROVIDERS_ROTATED", key)
        flat = provider.to_options()
        assert [key, key] == [flat["api-key"], flat["vendor-token"]]
        assert key not in repr(provider)
    assert "Secret.from_env('LLMPROVIDERS_ROTATED')" == repr(reference)
    assert ("env", "LLMPROVIDERS_ROTATED", True) == (reference.source, reference.reference, reference.is_reference)
    assert reference == Secret.from_env("LLMPROVIDERS_ROTATED")
    assert reference != Secret.from_env("OTHER")
    assert provider == pickle.loads(pickle.dumps(provider))
    for text in (None, ""):
        monkeypatch.setenv("LLMPROVIDERS_ROTATED", "") if text == "" else monkeypatch.delenv("LLMPROVIDERS_ROTATED")
        with pytest.raises(SecretError) as caught:
            provider.to_options()
        expected = "environment variable LLMPROVIDERS_ROTATED is not set or empty; set it where the job is submitted"
        assert expected == str(caught.value)
    assert MASK == provider.to_options(redact=True)["api-key"]
    assert 16 == len(provider.fingerprint())


def test_file_references(tmp_path: Path) -> None:
    """A file is read at each `to_options`; one line break at its end is not part of the secret."""
    path = tmp_path / "key"
    reference = Secret.from_file(path)
    provider = TritonProvider("h", auth_token=reference)
    for content, key in {
        "a": "a",
        "b\n": "b",
        "c\r\n": "c",
        "d\n\n": "d\n",
        " e \n": " e ",
        "f\r": "f\r",
        "\u00e9": "\u00e9",
    }.items():
        path.write_bytes(content.encode())
        assert key == provider.to_options()["auth-token"]
    assert f"Secret.from_file({str(path)!r})" == repr(reference) == repr(Secret.from_file(str(path)))
    assert reference == Secret.from_file(os.fspath(path))
    failures = {b"": "is empty; write the secret into it", b"\n": "is empty; write the secret into it"}
    failures[b"\xff" + MARK.encode()] = "cannot be read: it is not UTF-8 text; save it as UTF-8"
    for bad, message in failures.items():
        path.write_bytes(bad)
        with pytest.raises(SecretError) as caught:
            provider.to_options()
        assert f"secret file {path} {message}" == str(caught.value)
        assert not any(MARK in text for text in library_frames(caught.value))
    path.unlink()
    with pytest.raises(SecretError) as caught:
        provider.to_options()
    expected = f"secret file {path} cannot be read: No such file or directory; check the path and its permissions"
    assert expected == str(caught.value)
    with pytest.raises(SecretError, match="cannot be read: Is a directory; check the path"):
        Secret.from_file(tmp_path).reveal()


def test_cached_options_hold_no_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference is resolved again at each `to_options`, also of a derived provider."""
    monkeypatch.setenv("LLMPROVIDERS_ROTATED", "a")
    provider = GenericProvider("g", anything=Secret.from_env("LLMPROVIDERS_ROTATED"))
    assert "a" == provider.to_options()["anything"]
    monkeypatch.setenv("LLMPROVIDERS_ROTATED", "b")
    assert ["b", "b"] == [provider.to_options()["anything"], provider.with_(x=1).to_options()["anything"]]


def test_secret_is_no_string() -> None:
    """A `Secret` is no `str`, so that no function can print its characters."""
    assert not isinstance(Secret("x"), str)
    assert (object,) == Secret.__bases__


def test_no_error_of_registration_shows_a_secret(own_classes: Any) -> None:
    """The error for an object that is no class does not show the object."""
    with pytest.raises(TypeError):
        register_provider_class(BASE)  # type: ignore[type-var]


def test_references_with_wrong_names() -> None:
    """A reference with a wrong name or path is refused when it is made."""
    expected = r"^Secret\.from_env\(\): expected the name of an environment variable \(letters, digits and underscores\)$"
    names: dict[Any, type[Exception]] = {
        5: TypeError,
        "": ValueError,
        "sk-" + MARK: ValueError,
        "1A": ValueError,
        "A=B": ValueError,
    }
    for name, kind in names.items():
        with pytest.raises(kind, match=expected) as caught:
            Secret.from_env(name)
        assert MARK not in str(caught.value)
    paths: dict[Any, type[Exception]] = {b"x": TypeError, "": ValueError}
    for path, kind in paths.items():
        with pytest.raises(kind, match=r"^Secret\.from_file\(\): expected the path of a file$"):
            Secret.from_file(path)


@attrs.frozen(kw_only=True)
class Defaults(Provider):
    """A user-defined class whose defaults are secrets."""

    identifier = "defaults"
    token: Secret | None = attrs.field(default=Secret(MARK), metadata=option("token"))
    key: Secret | None = attrs.field(default=Secret.from_env("LLMPROVIDERS_ROTATED"), metadata=option("key"))
    url: str = attrs.field(default=WITH_MARK, metadata=option("url", format="url"))
    size: int = attrs.field(default=1, metadata=option("size"))


@pytest.mark.parametrize("given", [{}, {"size": 2}, {"size": 2, "extra_options": {"a": "b"}}])
def test_defaults_that_are_secrets(given: dict[str, Any], own_classes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A default is masked, refused and resolved like a value of the call."""
    register_provider_class(Defaults)
    made = Defaults(**given)
    for number, provider in enumerate([made, made, Defaults(**given), made.with_()]):
        monkeypatch.setenv("LLMPROVIDERS_ROTATED", f"k{number}")
        flat = provider.to_options()
        assert [MARK, f"k{number}", WITH_MARK] == [flat["token"], flat["key"], flat["url"]]
        assert ["token", "key", "url", "size", *provider.extra_options] == list(flat)
    for text in (made.to_options(redact=True), made, made.check("vvr-11.9"), made.token):
        assert MARK not in str(text)
    listed = invoke("providers", "defaults", "--json")
    assert 0 == listed.exit_code
    for value in (options(Defaults), inspect.signature(Defaults), listed.output):
        assert MARK not in repr(value)
    assert made == Defaults.from_options({**made.to_options(redact=True), "token": MARK, "key": "x", "url": WITH_MARK}).without(
        "key"
    )
    columns: Any = {"input": "a STRING", "output": "b STRING"}
    with pytest.raises(InvalidOptionsError) as caught:
        create_model_sql("m", made, **columns)
    assert ["token", "key", "url"] == [problem.option for problem in caught.value.problems]
    assert MARK not in create_model_sql("m", made, secrets="redact", **columns)


def test_defaults_that_are_secrets_elsewhere(own_classes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema, the command line and the signature show no default that is a secret, and resolve no reference."""

    @register_provider_class
    @attrs.frozen(kw_only=True)
    class Held(Provider):
        identifier = "held"
        key: Secret = attrs.field(default=MARK, converter=required_secret, metadata=option("key"))
        body: str = attrs.field(default={"token": MARK}, converter=json_object, metadata=option("body", format="json"))
        url: str = attrs.field(default=WITH_MARK, metadata=option("url", format="url"))
        head: str = attrs.field(default={"a": MARK}, converter=json_headers, metadata=option("head", format="json"))
        other: Secret = attrs.field(default=Secret.from_env("LLMPROVIDERS_NOWHERE"), metadata=option("other"))

    monkeypatch.delenv("LLMPROVIDERS_NOWHERE", raising=False)
    shown = invoke("providers", "held")
    assert (0, True) == (shown.exit_code, "https://******@h/" in shown.output)
    found = invoke("providers", "held", "--json")
    schema = invoke("schema")
    assert (0, 0, True) == (found.exit_code, schema.exit_code, "Held" in schema.output)
    for text in (shown.output, found.output, schema.output, str(inspect.signature(Held))):
        assert MARK not in text


@attrs.frozen(kw_only=True)
class Whole(Provider):
    """Options of every form that are marked as secret."""

    identifier = "whole"
    body: str | None = attrs.field(default=None, converter=json_object, metadata=option("body", secret=True, format="json"))
    url: str | None = attrs.field(default=None, metadata=option("url", secret=True, format="url"))
    json: str | None = attrs.field(default=None, metadata=option("json", secret=True, format="json"))
    stop: str | None = attrs.field(default=None, converter=stop_strings, metadata=option("stop", secret=True))


@pytest.mark.parametrize(
    ("name", "text"),
    [("body", f'{{"x": "{MARK}"}}'), ("url", f"https://h/{MARK}?token=a"), ("json", f'{{"x": "{MARK}"}}'), ("stop", MARK)],
)
def test_options_that_are_secret_as_a_whole(name: str, text: str) -> None:
    """The mask hides the whole string, and `to_options` returns it."""
    provider = Whole(**{name: text})
    assert MARK not in repr(provider)
    assert {name: MASK} == provider.to_options(redact=True)
    assert {name: text} == provider.to_options()
    assert provider == Whole.from_options(provider.to_options())


def test_secret_is_final() -> None:
    """A subclass of `Secret` is refused."""
    with pytest.raises(TypeError, match="^Secret cannot be subclassed$"):
        type("Mine", (Secret,), {})


def test_secrets_are_checked_like_strings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `Secret` of a mask or a lone surrogate is refused, a `Secret` of a masked string holds it, a variable is UTF-8."""
    for text, expected in ((MASK, "the real value"), ("a\ud800", "a string without lone surrogates")):
        for key in (text, Secret(text)):
            with pytest.raises(InvalidOptionsError, match=f"api_key .api-key.: expected {expected}"):
                OpenAICompatProvider(endpoint=ENDPOINT, api_key=key)
    masked = OpenAICompatProvider(endpoint=WITH_MARK).endpoint
    assert masked is not None
    assert WITH_MARK == Secret(masked).reveal()
    monkeypatch.setenv("LLMPROVIDERS_BAD", "\udcff")
    with pytest.raises(SecretError, match="^environment variable LLMPROVIDERS_BAD is not UTF-8 text$"):
        Secret.from_env("LLMPROVIDERS_BAD").reveal()


class _Name(str, Enum):
    KEY = "LLMPROVIDERS_TEST_KEY"


def test_names_that_are_enum_members() -> None:
    """A member of an enum of strings is accepted as the name of a variable or file."""
    assert "Secret.from_env('LLMPROVIDERS_TEST_KEY')" == repr(Secret.from_env(_Name.KEY))
    assert "Secret.from_file('LLMPROVIDERS_TEST_KEY')" == repr(Secret.from_file(_Name.KEY))


@attrs.frozen(kw_only=True)
class Unresolved(Provider):
    """A class with an annotation that cannot be resolved."""

    identifier = "unresolved"
    token: "Nowhere | None" = attrs.field(default=None, metadata=option("token"))  # type: ignore[name-defined]  # noqa: F821, UP037


@attrs.frozen(kw_only=True)
class Strict(Provider):
    """A class whose rule raises."""

    identifier = "strict"
    rules = (Rule(("token", "size"), lambda cls, token, size: size > token),)
    token: Secret | None = attrs.field(default=None, metadata=option("token"))
    size: int = attrs.field(default=1, metadata=option("size"))


FAULTY: dict[str, Callable[[Path], object]] = {
    "annotation": lambda _: Unresolved(token=MARK),
    "annotation, from_options": lambda _: Unresolved.from_options({"token": MARK}),
    "rule": lambda _: Strict(token=MARK),
    "rule, from_options": lambda _: Strict.from_options({"token": MARK}),
    "no folder": lambda folder: dump(Catalog({"a": BASE.with_(api_key=MARK)}), folder / "no" / "a.toml", secrets="reveal"),
    "no format": lambda _: dumps(Catalog({"a": BASE.with_(api_key=MARK)}), format="xml", secrets="reveal"),  # type: ignore[arg-type]
    "path": lambda _: Secret.from_file(MARK.encode()),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", FAULTY)
def test_frames_of_the_library(name: str, tmp_path: Path) -> None:
    """No frame of the library in a traceback holds the secret, also for errors in the class."""
    with pytest.raises(Exception, match=r".") as caught:
        FAULTY[name](tmp_path)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if frame.filename.startswith(OURS)]
    assert ours
    assert MARK not in str([frame.locals for frame in ours])


def test_a_key_in_place_of_its_variable() -> None:
    """A key in place of the name of its variable is reported, and the message does not show the key."""
    text = f"""
[providers.chat]
provider = "openai-compat"
endpoint = "https://h/v1/chat/completions"
api_key = {{ env = "sk-{MARK}" }}

[providers.other]
generic = "g"
extra_options = {{ token = {{ env = "sk-{MARK}" }} }}
"""
    with pytest.raises(DocumentError) as caught:
        loads(text, format="toml")
    rest = (
        "expected the name of an environment variable (letters, digits and underscores), got ******; "
        "do not write the secret itself here"
    )
    assert [f"toml:5:1: providers.chat.api_key: {rest}", f"toml:9:19: providers.other.extra_options.token: {rest}"] == [
        str(problem) for problem in caught.value.problems
    ]


def test_broken_json_in_extras() -> None:
    """Invalid JSON is masked as a whole if it may hold a credential."""
    broken = GenericProvider("g", a=f'{{"token": "{MARK}",}}', b='{"plain": 1,}')
    assert MARK not in repr(broken)
    assert {"a": f'{{"token": "{MARK}",}}', "b": '{"plain": 1,}'} == broken.to_options()
    assert '{"plain": 1,}' in repr(broken)


def test_headers_of_placeholders_are_no_secrets() -> None:
    """Headers that are placeholders are shown, also if other headers are masked."""
    headers = {"X-Tenant": "${secret_values.tenant}", "X-Shop": "${secret_values.shop}"}
    assert json.dumps(headers) == str(BASE.with_(extra_header=headers).extra_header)
    assert "${secret_values.tenant}" in str(TritonProvider("http://h", custom_headers=headers).custom_headers)
    for more in ({"A": MARK}, {"Authorization": [MARK]}):
        header = str(BASE.with_(extra_header={**headers, **more}).extra_header)
        assert headers == {name: value for name, value in json.loads(header).items() if name in headers}
        assert MARK not in header
    assert '{"api_key": "${secret_values.k}", "token": "******"}' == str(
        BASE.with_(extra_body={"api_key": "${secret_values.k}", "token": MARK}).extra_body
    )
