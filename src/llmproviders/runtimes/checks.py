# SPDX-License-Identifier: Apache-2.0
"""A provider held against a runtime: what Java would refuse at planning, when a task opens, or row by row.

The runtime's data says which keys and types there are, and names the rules below that go with a factory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal

import attrs

from ..credentials import MASK, is_placeholder
from ..errors import Problem, Rejected
from ..messages import did_you_mean, listed, shown
from ..syntax.columns import Column
from ..syntax.durations import read_duration
from ..syntax.maps import read_map
from ..syntax.scalars import JAVA_BOUNDS, read_boolean, read_double, read_integer
from ..syntax.sql_types import canonical_type
from ..syntax.urls import unfit_url
from ..tasks import task_of_endpoint
from .runtime import NAMES, Factory, Runtime, RuntimeOption
from .runtime import runtime as runtime_of

__all__ = ["Facts", "identity", "lost", "problems", "surplus"]

ALWAYS: Final = ("provider", "property-version")
"""The keys that Flink itself takes for every provider."""


@attrs.frozen(kw_only=True)
class Facts:
    """A provider as its checks see it."""

    identifier: str
    """What Flink's factory discovery looks for."""
    flat: Mapping[str, str] = attrs.field(repr=False)
    """The options by Java key: references of secrets as the mask, everything else as it is."""
    chosen: Collection[str]
    """The keys that somebody set; the others hold what is the class's default."""
    names: Mapping[str, str]
    """Python names of the typed options, by Java key."""
    tasks: Mapping[str, tuple[str, ...]]
    """The tasks that take an option, by Java key, where not all do."""
    hidden: Collection[str]
    """The keys whose values are never shown."""
    model_key: str
    """The Java key of the model's name."""
    relatives: tuple[str, ...]
    """The identifiers of the same kind of service elsewhere."""


def surplus(facts: Facts, runtime: Runtime) -> frozenset[str]:
    """The keys that the runtime does not know and that only hold a class's default: they can go without loss."""
    factory = runtime.factories.get(facts.identifier)
    if factory is None:
        return frozenset()
    return frozenset(key for key in facts.flat if key not in facts.chosen and not _known(factory, key))


def problems(
    facts: Facts,
    runtime: Runtime,
    *,
    input: tuple[Column, ...] | None,  # noqa: A002
    output: tuple[Column, ...] | None,
) -> tuple[Problem, ...]:
    """What is wrong with a provider on a runtime, errors and warnings, in the order of its options.

    Args:
        facts: the provider.
        runtime: the distribution of Flink that shall take it.
        input: the model's input columns, if they are known.
        output: the model's output columns, if they are known.
    """
    factory = runtime.factories.get(facts.identifier)
    if factory is None:
        return (_no_factory(facts, runtime),)
    view = _View(facts=facts, runtime=runtime, factory=factory, input=input, output=output)
    found = [*_defects(view), *_keys(view), *_missing(view)]
    for name in factory.rules:
        found += RULES[name](view)
    found += [*_ignored(view), *_unfilled(view), *_plain_http(view)]
    return tuple(found)


def identity(facts: Facts, runtime: Runtime) -> tuple[Problem, ...]:
    """What keeps a provider from being used on a runtime as it is, whatever its values are."""
    factory = runtime.factories.get(facts.identifier)
    if factory is None:
        found = _no_factory(facts, runtime)
        return (found,) if found.severity == "error" else ()
    view = _View(facts=facts, runtime=runtime, factory=factory, input=None, output=None)
    keys = [key for key in facts.flat if key in facts.chosen and not _known(factory, key)]
    return tuple(found for key in keys if (found := _unknown_key(view, key)).severity == "error")


def lost(facts: Facts, key: str, identifier: str, runtime: Runtime) -> Problem:
    """The complaint about an option that another identifier does not have."""
    name = facts.names.get(key, key)
    return Problem(
        name,
        f"an option that {identifier} has on {runtime}",
        got=shown(facts.flat[key], with_type=False, hidden=key in facts.hidden),
        hint="the built-in AI service is VVR's" if key == "task" else f"without({name!r}) drops it",
        key=key if key != name else "",
    )


def _known(factory: Factory, key: str) -> bool:
    return key in ALWAYS or factory.option(key) is not None


def _no_factory(facts: Facts, runtime: Runtime) -> Problem:
    others = [name for name in NAMES if facts.identifier in runtime_of(name).factories]
    expected = f"an identifier that {runtime} has ({', '.join(runtime.factories)})"
    got = repr(facts.identifier)[:60]
    if not others:
        close = did_you_mean(facts.identifier, list(runtime.factories))
        if close:
            return Problem("provider", expected, got=got, hint=close)
        hint = "it is not checked: its factory is in a jar of your own"
        return Problem("provider", expected, got=got, hint=hint, severity="warning")
    hint = f"{facts.identifier} is in {', '.join(others)}"
    here = next((each for each in facts.relatives if each in runtime.factories), None)
    if here is not None:
        hint += f'; here it is {here}: provider = "{here}" in a file, for_runtime({runtime.name!r}) in code'
    return Problem("provider", expected, got=got, hint=hint)


@attrs.frozen(kw_only=True)
class _View:
    """What a rule looks at."""

    facts: Facts
    runtime: Runtime
    factory: Factory
    input: tuple[Column, ...] | None
    output: tuple[Column, ...] | None

    def value(self, key: str) -> str | None:
        """What Java sees under *key*: what is given, else its default."""
        option = self.factory.options.get(key)
        return self.facts.flat.get(key, option.default if option else None)

    def problem(
        self, key: str, expected: str, *, hint: str = "", got: str | None = None, severity: Literal["error", "warning"] = "error"
    ) -> Problem:
        """A complaint about the option under *key*."""
        name = self.facts.names.get(key, key)
        if got is None:
            value = self.value(key)
            got = "" if value is None else shown(value, with_type=False, hidden=key in self.facts.hidden)
        return Problem(name, expected, got=got, hint=hint, key=key if key != name else "", severity=severity)

    @property
    def severity(self) -> Literal["error", "warning"]:
        """How sure a rule is: what Apache's code says need not hold for VVR's."""
        return "error" if self.runtime.exhaustive else "warning"

    @property
    def task(self) -> str | None:
        """The task, where the provider tells one."""
        endpoint = self.value("endpoint")
        return self.value("task") or (task_of_endpoint(endpoint) if endpoint else None)


def _defects(view: _View) -> Iterator[Problem]:
    """The factory works at all. Source: both artifacts run on PyFlink; the data of the runtime has the defects."""
    if view.factory.defects:
        working = [
            name for name in NAMES if (other := runtime_of(name).factories.get(view.facts.identifier)) and not other.defects
        ]
        artifact = view.factory.artifact.partition(":")[2].replace(":", " ")
        yield Problem(
            "provider",
            f"a {view.facts.identifier} factory that works",
            got=f"{artifact}: {', and '.join(view.factory.defects)}",
            hint=f"{view.facts.identifier} is also in {', '.join(working)}",
        )


# Keys and types -------------------------------------------------------------------------------------------------------


def _keys(view: _View) -> Iterator[Problem]:
    """Every key that was set is one that the factory has, and its text one that Java can read.

    A key that no version of VVR is known to have is a warning there, for Java may have it. So is the older name of a key.
    Source: Flink's ``FactoryUtil`` and ``ConfigurationUtils``, and the factory's options.
    """
    for key, text in view.facts.flat.items():
        if key in ALWAYS:
            continue
        option = view.factory.option(key)
        if option is None:
            if key in view.facts.chosen:
                yield _unknown_key(view, key)
        elif text != MASK and (expected := _unreadable(option, key, text)):
            yield view.problem(key, expected)
        elif key in option.deprecated_keys:
            yield view.problem(key, f"the key {option.key}", got=f"its older name {key}", severity="warning")


def _unknown_key(view: _View, key: str) -> Problem:
    identifier, options = view.facts.identifier, list(view.factory.options)
    elsewhere = [name for name in NAMES if _takes(runtime_of(name).factories.get(identifier), key)]
    hint = f"{key} is in {', '.join(elsewhere)}" if elsewhere else did_you_mean(key, options)
    # Of VVR only the Python classes are known: what no version of them has may be there all the same.
    surely = view.runtime.exhaustive or bool(elsewhere)
    got = "" if surely else "one that no class of VVR declares"
    return view.problem(
        key,
        f"an option that {identifier} has on {view.runtime}",
        got=got,
        hint=hint or ("leave it out" if surely else "it goes to Java unchecked"),
        severity="error" if surely else "warning",
    )


def _takes(factory: Factory | None, key: str) -> bool:
    return factory is not None and factory.option(key) is not None


def _unreadable(option: RuntimeOption, key: str, text: str) -> str:
    """What Java wants to read under *key* instead of *text*; empty if it can read that."""
    if option.choices:
        given = text.split(";") if key == "content-types" else [text]
        # Java compares upper case, which some letters share that share no lower case.
        known = {choice.upper() for choice in option.choices}
        return "" if all(each.upper() in known for each in given) else listed(option.choices)
    if key != option.key and key not in option.deprecated_keys:
        return ""  # one entry of a map is any text
    try:
        _READ.get(option.type, str)(text)
    except Rejected as error:
        return error.expected
    return ""


def _whole(java: str, text: str) -> None:
    low, high = JAVA_BOUNDS[java]
    if not low <= read_integer(text) <= high:
        raise Rejected(f"a whole number from {low} to {high}")


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "Boolean": read_boolean,
    "Integer": partial(_whole, "Integer"),
    "Long": partial(_whole, "Long"),
    "Double": read_double,
    "Duration": read_duration,
    "Map": read_map,
}


def _missing(view: _View) -> Iterator[Problem]:
    """Every option that the factory requires is given; the model's name may come with the call. Source: ``requiredOptions()``."""
    for option in view.factory.options.values():
        if option.required and not any(key in view.facts.flat for key in (option.key, *option.deprecated_keys)):
            hint = f"{view.facts.identifier} requires it on {view.runtime}"
            if option.key == view.facts.model_key:
                hint += "; give it here, or with the call as model=..."
            yield view.problem(option.key, "a value", got="nothing", hint=hint)


# Rules that the data names --------------------------------------------------------------------------------------------


def _openai_endpoint(view: _View) -> Iterator[Problem]:
    """The endpoint ends with ``/chat/completions`` or ``/embeddings``, in lower case, and the rest is a URL.

    Source: the model functions of ``flink-model-openai``, which compare the end of the whole text without letter case, and
    then cut it off with it; so a query string fails at planning. OkHttp, their HTTP client, refuses other URLs when a task opens.
    """
    endpoint = view.value("endpoint")
    if endpoint is None:
        return
    path = endpoint.rstrip("/")
    if not path.endswith(("/chat/completions", "/embeddings")):
        if "?" in path or "#" in path:
            hint = "Flink takes no query string and no fragment: it looks at how the whole text ends"
        elif path.lower().endswith(("/chat/completions", "/embeddings")):
            hint = "write the path in lower case: Flink recognizes it, and then does not take it off the URL"
        else:
            hint = "write the whole path, such as .../v1/chat/completions"
        yield view.problem("endpoint", "a URL that ends with /chat/completions or /embeddings", hint=hint)
    elif expected := unfit_url(path.removesuffix("/chat/completions").removesuffix("/embeddings")):
        yield view.problem("endpoint", expected)


def _openai_columns(view: _View) -> Iterator[Problem]:
    """One input column, a STRING, and one output column: a STRING for chats, an ARRAY<FLOAT> for embeddings.

    Source: the same model functions at planning; they compare types to the letter, so that STRING NOT NULL is another.
    """
    wanted = "ARRAY<FLOAT>" if (view.value("endpoint") or "").rstrip("/").lower().endswith("embeddings") else "STRING"
    yield from _one_column("input", view.input, ("STRING",))
    yield from _one_column("output", view.output, (wanted,))


def _one_column(where: str, columns: tuple[Column, ...] | None, types: tuple[str, ...]) -> Iterator[Problem]:
    """Exactly one column, whose type is one of *types* to the letter; a column that is NOT NULL has another type."""
    expected = f"exactly one column, of type {' or '.join(types)}"
    if columns is None:
        return
    if len(columns) != 1:
        yield Problem(where, expected, got=f"{len(columns)} columns")
    elif (found := canonical_type(columns[0].type)) not in types:
        hint = "leave NOT NULL out" if found.removesuffix(" NOT NULL") in types else ""
        yield Problem(where, expected, got=f"{columns[0].name} {found}", hint=hint)


def _openai_tokenizer(view: _View) -> Iterator[Problem]:
    """``max-context-size`` goes with a model whose tokens Flink can count. Source: the jar's tokenizer, when a task opens."""
    model, tokenizer = view.value("model"), view.factory.tokenizer
    if "max-context-size" in view.facts.flat and model is not None and tokenizer is not None and not tokenizer.knows(model):
        expected = "a model whose tokens Flink can count, such as gpt-4o or text-embedding-3-small"
        got = f"model {shown(model, with_type=False)}"
        yield view.problem("max-context-size", expected, got=got, hint="leave it out for other models")


def _openai_retries(view: _View) -> Iterator[Problem]:
    """Options of retries go with the strategy RETRY; a warning. Source: Flink reads them with that strategy only."""
    strategy = view.value("error-handling-strategy") or ""
    for key in ("retry-num", "retry-fallback-strategy"):
        if key in view.facts.chosen and strategy.upper() != "RETRY":
            hint = f"it is ignored with error-handling-strategy {strategy}"
            yield view.problem(key, "error-handling-strategy RETRY beside it", hint=hint, severity="warning")


def _stop_texts(view: _View) -> Iterator[Problem]:
    """Stop texts have no blanks around them, and none is empty; a warning.

    Source: Java's ``split(",")``, which does not trim, and drops empty texts at the end only.
    """
    stop = view.facts.flat.get("stop")
    if stop is None:
        return
    parts = stop.split(",")
    if any(part != part.strip() for part in parts):
        hint = "Java does not trim what it splits at commas"
        yield view.problem("stop", "stop texts without blanks around them", hint=hint, severity="warning")
    if not all(parts):
        hint = "Java drops empty ones at the end, and sends those before"
        yield view.problem("stop", "no empty stop text", hint=hint, severity="warning")


def _http_url(view: _View) -> Iterator[Problem]:
    """The endpoint is a URL that the HTTP client takes. Source: OkHttp, as it is in Apache Flink's jars."""
    endpoint = view.value("endpoint")
    if endpoint is not None and (expected := unfit_url(endpoint)):
        yield view.problem("endpoint", expected, severity=view.severity)


def _service(view: _View) -> Iterator[Problem]:
    """An endpoint with its key is given, or a task of the built-in AI service; a warning.

    Source: the classes of VVR, whose task alone means that service.
    """
    if "endpoint" not in view.facts.flat and "task" not in view.facts.flat:
        hint = "task alone means the platform's built-in AI service"
        yield view.problem("endpoint", "an endpoint with its api_key, or a task", got="neither", hint=hint, severity="warning")


def _triton_latest(view: _View) -> Iterator[Problem]:
    """The model has a version's number.

    Source: Flink puts the text into the URL, also its default ``latest``, and Triton answers 404.
    """
    if view.value("model-version") == "latest":
        hint = "Flink asks Triton for a version of that very name, and Triton answers 404"
        got = None if "model-version" in view.facts.chosen else "its default 'latest'"
        yield view.problem("model-version", "a version's number, such as '1'", got=got, hint=hint)


_TRITON_SCALARS: Final = ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING", "VARCHAR")


def _triton_columns(view: _View) -> Iterator[Problem]:
    """One input and one output column, of a type that Triton's tensors have, or an ARRAY of it.

    Source: the model function of ``flink-model-triton``, but for the fault of 2.3.0 that no column gets past.
    """
    for where, columns in (("input", view.input), ("output", view.output)):
        expected = f"exactly one column, of type {', '.join(_TRITON_SCALARS)}, or an ARRAY of one of them"
        if columns is None:
            continue
        if len(columns) != 1:
            yield Problem(where, expected, got=f"{len(columns)} columns")
        elif not _triton_takes(canonical_type(columns[0].type)):
            yield Problem(where, expected, got=f"{columns[0].name} {canonical_type(columns[0].type)}")


def _triton_takes(text: str) -> bool:
    element = text.removesuffix(" NOT NULL")
    if element.startswith("ARRAY<"):
        element = element[len("ARRAY<") : -1].removesuffix(" NOT NULL")
    return element.partition("(")[0] in _TRITON_SCALARS


def _triton_retries(view: _View) -> Iterator[Problem]:
    """Where there are retries, the first delay is more than 0, and the longest no less than it.

    Source: the factory of Flink 2.4, when it is planned.
    """
    keys = ("max-retries", "retry-initial-backoff", "retry-max-backoff")
    try:
        retries = read_integer(view.value(keys[0]) or "0")
        first, most = (read_duration(view.value(key) or "0") for key in keys[1:])
    except Rejected:
        return  # which of them cannot be read is said already
    if retries > 0 and first == 0:
        yield view.problem(keys[1], "more than 0 where max-retries is", severity=view.severity)
    elif retries > 0 and most < first:
        yield view.problem(keys[2], f"at least retry-initial-backoff ({view.value(keys[1])})", severity=view.severity)


def _triton_sequence(view: _View) -> Iterator[Problem]:
    """Flags of a sequence go with its id; and an id is sent as the request's, which is a warning.

    Source: the requests that the jar sends, and what Triton answers.
    """
    if view.value("sequence-id") is not None:
        hint = "Flink sends it as the request's id, and Triton refuses requests of a sequence without a correlation id"
        yield view.problem("sequence-id", "a model that needs no sequence", hint=hint, severity="warning")
        return
    for key in ("sequence-id-auto-increment", "sequence-start", "sequence-end"):
        if (view.value(key) or "").lower() == "true":
            severity = view.severity if key == "sequence-id-auto-increment" else "warning"
            yield view.problem("sequence-id", f"a sequence where {key} is true", got="nothing", severity=severity)
            return


MAX_TIMEOUT: Final = (2**31 - 1) * 1_000_000
"""Nanoseconds; the HTTP client of the jar takes no more milliseconds than a Java int."""


def _triton_requests(view: _View) -> Iterator[Problem]:
    """What Flink takes at planning, and the HTTP client of the jar refuses with the first row.

    The endpoint is a URL without query string and fragment, the timeout at most 2147483647 ms, the compression gzip, and
    headers are ASCII text; ``custom-headers`` and its single entries do not go together. Source: OkHttp and the jar of 2.3.0.
    """
    endpoint = view.value("endpoint") or ""
    if expected := unfit_url(endpoint):
        yield view.problem("endpoint", expected)
    elif "?" in endpoint or "#" in endpoint:
        hint = "Flink adds the model's path at the end of the whole text"
        yield view.problem("endpoint", "a URL without a query string or fragment", hint=hint)
    try:
        timeout = read_duration(view.value("timeout") or "0")
    except Rejected:
        timeout = 0  # which is said already
    if timeout > MAX_TIMEOUT:
        yield view.problem("timeout", "at most 2147483647 ms")
    compression = view.value("compression")
    if compression is not None and compression.lower() != "gzip":
        yield view.problem("compression", "gzip")
    yield from _triton_headers(view)


def _triton_headers(view: _View) -> Iterator[Problem]:
    single = {key: text for key, text in view.facts.flat.items() if key.startswith("custom-headers.")}
    headers = {key.removeprefix("custom-headers."): text for key, text in single.items()}
    text = view.value("custom-headers")
    if text is not None:
        for key in single:
            hint = "Flink reads custom-headers alone where both are given"
            yield view.problem(key, "either custom-headers or its entries", hint=hint, got="both", severity="warning")
        try:
            headers = read_map(text)
        except Rejected:
            headers = {}  # which is said already
    if not all(name and name.isascii() and name.isprintable() and " " not in name for name in headers):
        yield view.problem("custom-headers", "header names of ASCII characters without blanks", got="others")
    if not all(value.isascii() and value.replace("\t", "").isprintable() for value in headers.values()):
        yield view.problem("custom-headers", "header values of ASCII characters", got="others")


def _triton_default(view: _View) -> Iterator[Problem]:
    """The default value is JSON that fits the output's type; a STRING takes any text, and ``null`` is SQL NULL.

    Source: the model function of Flink 2.4, which reads it when a task opens.
    """
    default = view.value("default-value")
    if default in (None, "null") or view.output is None or len(view.output) != 1:
        return
    kind = canonical_type(view.output[0].type).removesuffix(" NOT NULL")
    if kind.startswith(("STRING", "VARCHAR")):
        return
    try:
        value = json.loads(str(default))
    except ValueError:
        value = None
    if value is None or (kind.startswith("ARRAY") and not isinstance(value, list)):
        wanted = "a JSON array" if kind.startswith("ARRAY") else "JSON"
        yield view.problem("default-value", f"{wanted}, or null, for an output of type {kind}", severity=view.severity)


RULES: Final[Mapping[str, Callable[[_View], Iterator[Problem]]]] = {
    "openai-endpoint": _openai_endpoint,
    "http-url": _http_url,
    "openai-columns": _openai_columns,
    "openai-tokenizer": _openai_tokenizer,
    "openai-retries": _openai_retries,
    "service": _service,
    "stop-texts": _stop_texts,
    "triton-columns": _triton_columns,
    "triton-default": _triton_default,
    "triton-latest": _triton_latest,
    "triton-requests": _triton_requests,
    "triton-retries": _triton_retries,
    "triton-sequence": _triton_sequence,
}


# Rules of every runtime -----------------------------------------------------------------------------------------------


def _ignored(view: _View) -> Iterator[Problem]:
    """No option is set that the provider's task does not read; a warning. Source: the tasks that each option says."""
    task = view.task
    for key, tasks in view.facts.tasks.items():
        if key in view.facts.chosen and task is not None and task not in tasks:
            yield view.problem(key, f"no such option for task {task}", hint="it is ignored", severity="warning")


def _unfilled(view: _View) -> Iterator[Problem]:
    """A placeholder such as ``${secret_values.key}`` is filled in before it reaches the service; a warning.

    Source: the documentation of VVR, which fills them in; Apache Flink sends them as they are.
    """
    if str(view.runtime).startswith("vvr-"):
        return
    for key, text in view.facts.flat.items():
        if key in view.facts.hidden and is_placeholder(text):
            hint = "only VVR fills placeholders in, unless you do before the job is submitted"
            yield view.problem(key, "the text that the service gets", hint=hint, severity="warning")


def _plain_http(view: _View) -> Iterator[Problem]:
    """A key is not sent over plain http, but to this host; a warning.

    Source: ours; Flink sends it.
    """
    from urllib.parse import urlsplit

    endpoint = view.value("endpoint") or ""
    key = next((each for each in ("api-key", "auth-token") if each in view.facts.flat), None)
    if key is None or not endpoint.lower().startswith("http://"):
        return
    try:
        host = urlsplit(endpoint).hostname or ""
    except ValueError:
        host = ""
    if host not in ("localhost", "::1") and not host.startswith("127."):
        hint = f"over plain http anyone on the way reads {view.facts.names.get(key, key)}"
        yield view.problem("endpoint", "an https URL", hint=hint, severity="warning")
