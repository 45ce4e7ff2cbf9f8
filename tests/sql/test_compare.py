# SPDX-License-Identifier: Apache-2.0
"""The comparison of existing with wanted models, and the plans that it makes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import pytest
from flink_models import Models
from growth import MOST, growth
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import MANY, every_provider

from llmproviders import (
    GenericProvider,
    InvalidOptionsError,
    InvalidTypeError,
    OpenAICompatProvider,
    OpenAIProvider,
    Problem,
    Provider,
    ProviderError,
    Secret,
    TritonProvider,
    option,
    register_secret_resolver,
    runtime,
)
from llmproviders.runtimes.runtime import Runtime
from llmproviders.sql.compare import Comparison, ExistingModels, Wanted, compare
from llmproviders.sql.existing import ExistingModel, read_models
from llmproviders.sql.meaning import Meaning
from llmproviders.sql.plan import Plan, Step
from llmproviders.syntax.columns import Column, columns

URL = "https://api.example.com/v1/chat/completions"
KEY = "sk-mArKeR-7f3-0123456789"
CHAT = OpenAIProvider(URL, KEY, model="gpt")
FLINK = runtime("flink-2.3")
IN, OUT = columns("a STRING"), columns("b STRING")


def existing_model(name: str, options: Mapping[str, str], **more: Any) -> ExistingModel:
    """A model of these options."""
    return ExistingModel(**{"path": (name,), "options": options, "input": IN, "output": OUT, **more})


def written(provider: Provider, **changes: str | None) -> dict[str, str]:
    """The options of the model of a provider, changed; a key has an underscore for each hyphen."""
    given = {key.replace("_", "-"): value for key, value in changes.items()}
    options = {"provider": provider.provider_name(), **provider.to_options(), **given}
    return {key: value for key, value in options.items() if value is not None}


def compared(
    existing: Mapping[str, Mapping[str, str]],
    wanted: Mapping[str, Provider],
    *,
    runtime: Runtime | None = FLINK,
    with_columns: bool = False,
    **arguments: Any,
) -> Comparison:
    """The comparison of models of these options with these providers."""
    pair = (IN, OUT) if with_columns else ((), ())
    return compare(
        {name: existing_model(name, options) for name, options in existing.items()},
        [Wanted(name=name, provider=provider, input=pair[0], output=pair[1]) for name, provider in wanted.items()],
        runtime=runtime,
        **arguments,
    )


def planned(*args: Any, **arguments: Any) -> Plan:
    """The plan of a comparison without problems."""
    found = compared(*args, **arguments)
    assert {} == found.problems
    return found.plan


def assert_done(existing: ExistingModels, wanted: Sequence[Wanted], **arguments: Any) -> None:
    """Assert that the existing models are as they are wanted."""
    found = compare(existing, wanted, **arguments)
    assert {} == found.problems
    assert "" == str(found.plan)
    assert Plan() == found.plan


def messages(found: Comparison) -> list[str]:
    return [f"{name}: {problem}" for name, problems in found.problems.items() for problem in problems]


# Options --------------------------------------------------------------------------------------------------------------


def test_nothing_to_do() -> None:
    """A plan of equal models is empty and false."""
    plan = planned({"chat": written(CHAT)}, {"chat": CHAT})
    assert (False, 0, "", (), "<Plan: no changes>", Plan()) == (bool(plan), len(plan), str(plan), plan.sql(), repr(plan), plan)


def test_changed_options() -> None:
    """Only keys that differ are set, keys that are not wanted are reset, and secrets are masked."""
    existing = {"chat": written(CHAT, api_key="sk-old-0123456789", seed="5", temperature="0.2", n="2")}
    plan = planned(existing, {"chat": CHAT.with_(temperature=0.7, n=2)}, database=("c", "d b"))
    assert (
        "~ chat.api-key: ****** -> ****** (another value)\n~ chat.temperature: 0.2 -> 0.7\n- chat.seed: 5",
        "<Plan: set chat, reset chat>",
        [("set", "chat", ("api-key", "temperature")), ("reset", "chat", ("seed",))],
    ) == (str(plan), repr(plan), [(step.kind, step.model, step.keys) for step in plan])
    assert (
        f"ALTER MODEL `c`.`d b`.`chat` SET (\n  'api-key' = '{KEY}',\n  'temperature' = '0.7'\n)",
        "ALTER MODEL `c`.`d b`.`chat` RESET ('seed')",
    ) == plan.sql(secrets="reveal")
    assert "'api-key' = '******'" in plan.sql(secrets="redact")[0]
    with pytest.raises(InvalidOptionsError) as caught:
        plan.sql()
    hint = 'pass secrets="reveal" or secrets="redact"'
    assert f"Plan.sql: chat.api_key: expected no secret in a statement, got ******; {hint}" == str(caught.value)
    with pytest.raises(InvalidOptionsError) as caught:
        plan[0].sql()
    assert f"set chat: api_key: expected no secret in a statement, got ******; {hint}" == str(caught.value)
    assert plan[1].sql() == plan.sql(secrets="reveal")[1]
    assert "<Step: set chat>" == repr(plan[0])
    assert (plan[0],) == plan[:1]
    with pytest.raises(InvalidTypeError, match=r"^secrets: expected 'refuse', 'reveal' or 'redact', got a value of type list"):
        plan.sql(secrets=[])  # type: ignore[arg-type]


TRITON = TritonProvider("http://triton:8000", model_name="m", timeout="1 s", custom_headers={"A": "b", "C": "d"})
SAME: dict[str, tuple[Provider, dict[str, str | None], str]] = {
    "a number": (CHAT.with_(temperature=0.5), {"temperature": "5e-1"}, "flink-2.3"),
    "a number with zeros": (CHAT.with_(n=5), {"n": "005"}, "flink-2.3"),
    "an enum": (CHAT.with_(response_format="text"), {"response-format": "TEXT"}, "flink-2.3"),
    "a default that is there": (CHAT, {"retry-num": "100"}, "flink-2.3"),
    "a default that is not there": (CHAT.with_(retry_num=100), {"retry-num": None}, "flink-2.3"),
    "an old key": (CHAT.with_(max_tokens=9), {"max-tokens": None, "maxTokens": "9"}, "flink-2.3"),
    "an old key that is not read": (CHAT.with_(max_tokens=9), {"maxTokens": "8"}, "flink-2.3"),
    "a duration": (TRITON, {"timeout": "1000 ms"}, "vvr-11.9"),
    "a boolean": (TRITON.with_(flatten_batch_dim=True), {"flatten-batch-dim": "TRUE"}, "vvr-11.9"),
    "a map": (TRITON, {"custom-headers": "C:d,A:b"}, "vvr-11.9"),
    "a map by entries": (TRITON, {"custom-headers": None, "custom-headers.A": "b", "custom-headers.C": "d"}, "vvr-11.9"),
    "a map, not its entries": (TRITON, {"custom-headers.A": "z"}, "vvr-11.9"),
    "a duration of an unknown runtime": (TRITON, {"timeout": "1000 ms"}, ""),
    "an own factory": (GenericProvider("own", a="1"), {}, "flink-2.3"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_meaning(name: str) -> None:
    """Strings that Flink reads as the same value are no change."""
    provider, changes, on = SAME[name]
    existing = {"m": written(provider)}
    for key, value in changes.items():
        existing["m"].pop(key, None)
        if value is not None:
            existing["m"][key] = value
    wanted = {"m": provider}
    found = compared(existing, wanted, runtime=runtime(on) if on else None)
    assert ("", {}) == (str(found.plan), found.problems)


def test_other_meanings() -> None:
    """A key is compared as its factory reads it; another spelling of a changed option is reset."""
    existing = {"chat": written(CHAT, max_tokens="8", maxTokens="7", x="1", retry_num="warm")}
    plan = planned(existing, {"chat": CHAT.with_(max_tokens=9)})
    assert ("~ chat.max-tokens: ****** -> 9\n- chat.maxTokens: ******\n- chat.x: ******\n- chat.retry-num: ******") == str(plan)
    found = planned({"m": written(TRITON, custom_headers=None)}, {"m": TRITON}, runtime=None)
    assert "+ m.custom-headers: A:b,C:d" == str(found)
    # The defaults of an unknown runtime are not known.
    assert "- chat.retry-num: 100" == str(planned({"chat": written(CHAT, retry_num="100")}, {"chat": CHAT}, runtime=None))


def test_another_provider() -> None:
    """The identifier is an option too; the others are compared as the new factory reads them."""
    plan = planned({"chat": {**written(CHAT), "provider": "mine"}}, {"chat": CHAT})
    assert "~ chat.provider: mine -> openai" == str(plan)
    assert ("ALTER MODEL `chat` SET (\n  'provider' = 'openai'\n)",) == plan.sql()
    plan = planned({"chat": {"a": "b"}}, {"chat": GenericProvider("g")})
    assert "+ chat.provider: g\n- chat.a: ******" == str(plan)


def test_provider_of_the_runtime() -> None:
    """A provider becomes that of the runtime, as `for_runtime` makes it."""
    compat = OpenAICompatProvider(endpoint=URL, api_key=KEY, model="gpt")
    assert not planned({"chat": written(CHAT)}, {"chat": compat})
    found = compared({"chat": written(CHAT)}, {"chat": compat.with_(content_type="IMAGE_URL")})
    [message] = messages(found)
    assert message.startswith("chat: content_type (content-type): expected an option that openai has on flink-2.3")


def test_masked_values() -> None:
    """Values that exist are masked as those of their class, and hidden if the class cannot read them."""

    @attrs.frozen
    class Licensed(Provider):
        identifier = "licensed"
        licence: str = attrs.field(default="", metadata=option("licence", secret=True))
        size: int = attrs.field(default=1, metadata=option("size"))

    existing = {"m": {"provider": "licensed", "licence": KEY, "size": "2", "other": "x", "api-key": KEY}}
    plan = planned(existing, {"m": Licensed(licence="new one", size=3)}, runtime=None)
    assert ("~ m.licence: ****** -> ****** (another value)\n~ m.size: 2 -> 3\n- m.other: x\n- m.api-key: ******") == str(plan)
    existing["m"]["size"] = f"two {KEY}"
    shown = str(planned(existing, {"m": Licensed(size=3)}, runtime=None))
    assert "~ m.licence: ****** -> ****** (another value)\n~ m.size: ****** -> 3\n- m.other: ******\n- m.api-key: ******" == shown
    headers = {"provider": "openai-compat", "endpoint": f"https://me:{KEY}@h/", "extra-header": f'{{"X-Token": "{KEY}"}}'}
    everything = [planned({"m": each}, {"m": GenericProvider("g")}, drop=True) for each in (headers, {"provider": KEY})]
    assert [False] * 4 == [KEY in text for plan in everything for text in (str(plan), repr(plan))]


def test_placeholders() -> None:
    """A placeholder may be in a statement, for a script that fills it in; Flink itself does not."""
    provider = CHAT.with_(api_key="${secret_values.key}")
    assert "'${secret_values.key}'" in planned({}, {"m": provider}, with_columns=True, accept_placeholders=True).sql()[0]
    [message] = messages(compared({}, {"m": provider}, with_columns=True))
    assert message.startswith("m: api_key (api-key): expected the value itself, got ${secret_values.key}")
    vvr = OpenAICompatProvider(endpoint=URL, api_key=KEY)
    with pytest.raises(InvalidOptionsError, match=r"use a placeholder such as \$\{secret_values.key\}, or pass secrets"):
        planned({}, {"m": vvr}, with_columns=True, runtime=runtime("vvr-11.9")).sql()


def test_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """References are compared by the secret that they refer to; one that cannot be resolved is a problem."""
    provider = CHAT.with_(api_key=Secret.from_env("LLMPROVIDERS_PLANNED"))
    monkeypatch.setenv("LLMPROVIDERS_PLANNED", KEY)
    assert not planned({"m": written(CHAT)}, {"m": provider})
    monkeypatch.setenv("LLMPROVIDERS_PLANNED", "another")
    plan = planned({"m": written(CHAT)}, {"m": provider})
    assert "~ m.api-key: ****** -> ****** (another value)" == str(plan)
    assert "'another'" in plan.sql(secrets="reveal")[0]
    monkeypatch.delenv("LLMPROVIDERS_PLANNED")
    # The secret of the plan is masked in errors of Flink also when the reference has another value, or none.
    assert [CHAT.with_(api_key="another")] == [step.provider for step in plan]
    [message] = messages(compared({"m": written(CHAT)}, {"m": provider}))
    assert message.startswith("m: api_key: expected a secret, got nothing; environment variable LLMPROVIDERS_PLANNED")
    # With `drop`, a model to create is looked at twice, and its problems are reported once.
    assert [message] == messages(compared({}, {"m": provider}, with_columns=True, drop=True))


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.usefixtures("own_resolvers")
def test_references_are_resolved_once(drop: bool) -> None:
    """A reference is resolved once for a plan, so that all its steps have the same secret."""
    calls: list[str] = []

    def resolve(reference: str) -> str:
        calls.append(reference)
        return f"{KEY}-{len(calls)}"

    register_secret_resolver("planned-count", resolve)
    header = {"X-Id": Secret.from_resolver("planned-count", "id")}
    wanted = {
        name: OpenAICompatProvider(endpoint=URL, api_key=Secret.from_resolver("planned-count", name), extra_header=header)
        for name in "abc"
    }
    existing = {name: {"provider": "openai-compat", "api-key": "x"} for name in "abd"}
    rename = {"a": "b", "b": "a"}
    plan = planned(existing, wanted, runtime=runtime("vvr-11.9"), rename=rename, drop=drop, with_columns=True)
    assert (["a", "b", "c", "id", "id", "id"], 3) == (sorted(calls), sum(step.provider is not None for step in plan))
    # The provider of a step has the secrets of its statement, and shows none.
    for step in plan:
        assert step.provider is None or step.provider.to_options()["api-key"] in step.sql(secrets="reveal")
        assert KEY not in repr(step.provider)
    assert 6 == len(calls)


# Columns --------------------------------------------------------------------------------------------------------------


def test_columns() -> None:
    """Without columns in the call, a model keeps its columns; with other columns, it is created again with its comment."""
    existing = {"m": existing_model("m", written(CHAT), input=columns({"x": "VARCHAR(2147483647)"}), comment="it's")}
    assert not compare(existing, [Wanted(name="m", provider=CHAT)], runtime=FLINK).plan
    wanted = [Wanted(name="m", provider=CHAT, input=(Column("x", "string", "a comment"),), output=OUT)]
    assert not compare(existing, wanted, runtime=FLINK).plan
    plan = compare(existing, [Wanted(name="m", provider=CHAT, input=IN, output=OUT)], runtime=FLINK).plan
    assert "- m: openai (Flink cannot change its columns)\n+ m: openai" == str(plan)
    drop, create = plan.sql(secrets="reveal")
    assert ("DROP MODEL `m`", "CREATE MODEL `m`\nINPUT (`a` STRING)\nOUTPUT (`b` STRING)\nCOMMENT 'it''s'") == (
        drop,
        create.partition("\nWITH")[0],
    )


def test_metadata_columns() -> None:
    """No statement declares a metadata column: a model that has some stays, but none is created or created again with some."""
    output = columns("b STRING, `error-string` STRING METADATA VIRTUAL", "output")
    there = {"chat": existing_model("chat", written(CHAT), output=output)}
    assert_done(there, [Wanted(name="chat", provider=CHAT, input=IN, output=output)], runtime=FLINK)
    hint = "Flink's SQL cannot declare it; llmproviders.flink.create_model can"
    expected = f"output.error-string: expected a physical column, got a metadata column; {hint}"
    for existing in ({}, {"chat": existing_model("chat", written(CHAT))}):
        found = compare(existing, [Wanted(name="chat", provider=CHAT, input=IN, output=output)], runtime=FLINK)
        assert [expected] == list(map(str, found.problems["chat"]))


def test_models_without_columns() -> None:
    """A new model needs columns; a model that has none in Flink may stay as it is."""
    found = compared({}, {"m": GenericProvider("g")})
    assert ["m: input: expected columns of a model that does not exist yet, got none; give its input and output columns"] == (
        messages(found)
    )
    bare = {"m": existing_model("m", {"provider": "g", "a": "b"}, input=(), output=())}
    assert "- m.a: b" == str(compare(bare, [Wanted(name="m", provider=GenericProvider("g"))]).plan)


def test_options_that_depend_on_columns() -> None:
    """Options are those for the columns that the model has."""
    provider = OpenAICompatProvider(endpoint=URL, api_key=KEY)
    both = columns("a STRING, b STRING")
    options = {"provider": "openai-compat", **provider.to_options([(each.name, each.type) for each in both])}
    assert "content-types" in options
    existing = {"m": existing_model("m", options, input=both)}
    assert not compare(existing, [Wanted(name="m", provider=provider)], runtime=runtime("vvr-11.9")).plan


def test_problems() -> None:
    """All problems of all models are found."""
    wanted = [
        Wanted(name="a", provider=CHAT.with_(endpoint="h"), input=IN, output=columns("b INT")),
        Wanted(name="b\n", provider=GenericProvider("g", extra_options={}), input=IN, output=OUT),
        Wanted(name="c", provider=OpenAICompatProvider(endpoint=URL, content_type=["TEXT", "TEXT"]), input=IN, output=OUT),
    ]
    assert [
        "a: endpoint: expected a URL that ends with /chat/completions or /embeddings, got 'h'; "
        "write the whole path, such as .../v1/chat/completions",
        "a: output: expected exactly one column, of type STRING, got b INT",
        "b\n: name: expected a name of one line, got 'b\\n'",
        "c: content_type (content-types): expected an option that openai has on flink-2.3, got 'TEXT;TEXT'; "
        "without('content_type') drops it",
        "c: api_key (api-key): expected a value, got nothing; it is required",
    ] == messages(compare({}, wanted, runtime=FLINK))
    # With columns, a check and the making of options find the same problem.
    found = compare({}, [Wanted(name="m", provider=wanted[2].provider, input=IN, output=OUT)], runtime=runtime("vvr-11.9"))
    [message] = messages(found)
    assert message.startswith("m: content_type: expected as many as input columns, 1 (a)")


@pytest.mark.usefixtures("own_resolvers")
def test_secrets_that_fail() -> None:
    """A resolver that fails once is a problem, not an error."""
    calls: list[str] = []

    def resolve(reference: str) -> str:
        calls.append(reference)
        if len(calls) == 1:
            raise OSError("no network")
        return KEY

    register_secret_resolver("planned-once", resolve)
    [message] = messages(compared({"m": written(CHAT)}, {"m": CHAT.with_(api_key=Secret.from_resolver("planned-once", "k"))}))
    assert message.startswith("m: expected a secret, got nothing; ")


def test_models_that_cannot_be_used() -> None:
    """A model that cannot be read, or is temporary, is a problem only if it is wanted; a temporary one is not dropped."""
    unread = Problem("", "a model that can be read", got="another")
    existing = {"a": unread, "b": existing_model("b", {}, temporary=True), "c": None}
    wanted = [Wanted(name=name, provider=CHAT) for name in "ab"]
    found = compare(existing, wanted, runtime=FLINK)
    assert [
        "a: expected a model that can be read, got another",
        "b: expected a model that is not temporary; drop the temporary model of this name, which hides any other",
    ] == messages(found)
    plan = compare(existing, [], drop=True).plan
    assert ("DROP MODEL `a`", "DROP MODEL `c`") == plan.sql()
    assert "- a: a model\n- c: a model" == str(plan)


# Renames and drops ----------------------------------------------------------------------------------------------------


ONE, TWO, THREE = (GenericProvider("g", a=each) for each in "123")


def titles(plan: Sequence[Step]) -> list[str]:
    return [step.title for step in plan]


def test_renames() -> None:
    """A rename comes before everything else; what differs is changed after it, under the new name."""
    plan = planned({"old": written(ONE)}, {"new": TWO, "old": THREE}, rename={"old": "new"}, with_columns=True)
    assert ["rename old to new", "set new", "create old"] == titles(plan)
    assert "~ old -> new\n~ new.a: 1 -> 2\n+ old: g" == str(plan)
    assert "ALTER MODEL `old` RENAME TO `new`" == plan.sql()[0]


def test_order_of_renames() -> None:
    """A name must be free before a model gets it; a swap of names uses a temporary name."""
    existing = {name: written(provider) for name, provider in {"a": ONE, "b": TWO, "c": THREE}.items()}
    plan = planned(existing, {"b": ONE, "c": TWO, "d": THREE}, rename={"a": "b", "b": "c", "c": "d"})
    assert ["rename c to d", "rename b to c", "rename a to b"] == titles(plan)
    third = "llmproviders_rename_1"
    plan = planned(existing, {"b": ONE, "a": TWO, "c": THREE}, rename={"a": "b", "b": "a", "c": "c"})
    assert [f"rename b to {third}", "rename a to b", f"rename {third} to a"] == titles(plan)
    plan = planned({**existing, third: {}}, {"b": ONE, "c": TWO, "a": THREE}, rename={"b": "c", "c": "a", "a": "b"})
    third = "llmproviders_rename_2"
    assert [f"rename a to {third}", "rename c to a", "rename b to c", f"rename {third} to b"] == titles(plan)


def test_renames_that_are_done() -> None:
    """A rename that is done, or whose model does not exist, is left out."""
    assert not planned({"new": written(ONE)}, {"new": ONE}, rename={"old": "new"})
    assert not planned({"a": written(ONE), "b": written(TWO)}, {"a": ONE, "b": TWO}, rename={"a": "b", "b": "a"})
    assert not planned({"b": written(ONE), "c": written(TWO)}, {"b": ONE, "c": TWO}, rename={"a": "b", "b": "c"})
    assert ["create new"] == titles(planned({}, {"new": ONE}, rename={"old": "new"}, with_columns=True))


def test_renames_whose_changes_are_left() -> None:
    """Renames that are done are not repeated, even if the statements after them were not executed."""
    existing = {"b": written(ONE, model="old"), "c": written(TWO, model="old")}
    plan = planned(existing, {"b": ONE, "c": TWO}, rename={"a": "b", "b": "c"})
    assert ["reset b", "reset c"] == titles(plan)


def test_wrong_renames() -> None:
    """A rename to a name that is not wanted or not free is a problem."""
    existing = {"a": written(ONE), "b": written(TWO)}
    hint = "drop or rename that model, or leave this rename out"
    assert [f": rename: expected a new name that no model has, got 'b'; {hint}"] == (
        messages(compared(existing, {"b": ONE}, rename={"a": "b"}))
    )
    assert [
        ": rename: expected new names that are wanted, got 'bb'; did you mean b?",
        ": rename: expected each new name once, got 'b' twice",
    ] == messages(compared({}, {"b": ONE}, rename={"a": "bb", "c": "b", "d": "b"}, with_columns=True))
    for wrong in (["a"], {"a": 5}, 5):
        [message] = messages(compared(existing, {"b": TWO}, rename=wrong))
        assert message.startswith(": rename: expected a mapping of old names to new names, got ")


def test_drop() -> None:
    """Other models are dropped only if asked, at the end."""
    existing = {"a": written(ONE), "b": written(TWO)}
    assert [] == titles(planned(existing, {"a": ONE}))
    plan = planned(existing, {"a": TWO, "c": THREE}, drop=True, with_columns=True)
    assert ["set a", "create c", "drop b"] == titles(plan)
    assert ("DROP MODEL `b`", "- b: g") == (plan.sql()[-1], str(plan[-1]))


def test_a_drop_becomes_a_rename() -> None:
    """A model to drop with the content of one to create is renamed, if there is one of each."""
    existing = {"a": written(CHAT, temperature="0.50"), "x": written(ONE)}
    assert ["rename a to b", "drop x"] == titles(planned(existing, {"b": CHAT.with_(temperature=0.5)}, drop=True))
    plan = planned(existing, {"b": CHAT.with_(temperature=0.6)}, drop=True, with_columns=True)
    assert ["create b", "drop a", "drop x"] == titles(plan)
    two = {"a": written(ONE), "b": written(ONE)}
    assert ["create c", "drop a", "drop b"] == titles(planned(two, {"c": ONE}, drop=True, with_columns=True))
    plan = planned({"a": written(ONE)}, {"c": ONE, "d": ONE}, drop=True, with_columns=True)
    assert ["create c", "create d", "drop a"] == titles(plan)
    other = compare(
        {"a": existing_model("a", written(ONE))}, [Wanted(name="b", provider=ONE, input=OUT, output=IN)], drop=True, runtime=FLINK
    )
    assert ["create b", "drop a"] == titles(other.plan)


# Laws -----------------------------------------------------------------------------------------------------------------

_names = st.sampled_from(["a", "b", "c", "d", "`e f`"])
_raw = st.fixed_dictionaries(
    {},
    optional={
        "provider": st.sampled_from(["openai", "g", "", "o'k"]),
        "endpoint": st.just(URL),
        "api-key": st.sampled_from([KEY, "another"]),
        "model": st.sampled_from(["gpt", "it's"]),
        "temperature": st.sampled_from(["0.5", "5e-1", ".50", "warm"]),
        "max-tokens": st.sampled_from(["9", "09"]),
        "maxTokens": st.sampled_from(["9", "8"]),
        "retry-num": st.sampled_from(["100", "3"]),
        "response-format": st.sampled_from(["text", "TEXT", "json_object"]),
        "x\n'": st.sampled_from(["", "1"]),
    },
)
_columns = st.sampled_from([(IN, OUT), (columns("x VARCHAR"), OUT)])
_states = st.dictionaries(_names, st.tuples(_raw, _columns), max_size=5)
_chats = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.sampled_from([0.5, 1]),
        "max_tokens": st.just(9),
        "retry_num": st.sampled_from([100, 3]),
        "response_format": st.just("text"),
        "extra_options": st.just({"maxTokens": "8"}),
    },
).map(lambda given: CHAT.with_(**given))
_generic = st.sampled_from([GenericProvider("g", a="1"), GenericProvider("g", **{"api-key": "another", "retry-num": "3"})])
_wanted = st.dictionaries(_names, st.tuples(_chats | _generic, _columns | st.just(((), ()))), max_size=5)


@MANY
@given(state=_states, wanted=_wanted, pairs=st.dictionaries(_names, _names), drop=st.booleans(), known=st.booleans())
def test_a_second_plan_is_empty(
    state: dict[str, Any], wanted: dict[str, Any], pairs: dict[str, str], drop: bool, known: bool
) -> None:
    """The statements can be executed in their order, and then nothing is left to do; other models stay, or are dropped."""
    models = Models({name: existing_model(name, raw, input=pair[0], output=pair[1]) for name, (raw, pair) in state.items()})
    before = dict(models.found)
    asked = [Wanted(name=name, provider=each[0], input=each[1][0], output=each[1][1]) for name, each in wanted.items()]
    rename = {old: new for new, old in {new: old for old, new in pairs.items() if new in wanted}.items()}
    arguments: dict[str, Any] = {"runtime": FLINK if known else None, "rename": rename, "drop": drop}
    found = compare(models.found, asked, **arguments)
    for name, problems in found.problems.items():
        assert all(problem.option == ("input" if name else "rename") for problem in problems)
    assume(not found.problems)
    for sql in found.plan.sql(secrets="reveal"):
        models.execute(sql)
    assert_done(models.found, asked, **arguments)
    assert set(wanted) <= set(models.found)
    for name, (provider, pair) in wanted.items():
        assert models.found[name].options["provider"] == provider.provider_name()
        assert pair[0] in ((), models.found[name].input)
    others = {name: model for name, model in before.items() if name not in wanted and name not in rename}
    assert (others if not drop else {}) == {
        name: model for name, model in models.found.items() if name not in wanted and name not in rename
    }
    assert KEY not in str(found.plan) + repr(found.plan) + "".join(found.plan.sql(secrets="redact"))


@MANY
@given(raw=_raw, wanted=_chats | _generic, known=st.booleans())
def test_a_second_plan_of_options_is_empty(raw: dict[str, str], wanted: Provider, known: bool) -> None:
    """The options of one model are as wanted after the statements, in any spelling before."""
    models = Models({"m": existing_model("m", raw)})
    asked, on = [Wanted(name="m", provider=wanted)], FLINK if known else None
    for sql in compare(models.found, asked, runtime=on).plan.sql(secrets="reveal"):
        models.execute(sql)
    assert_done(models.found, asked, runtime=on)
    meaning = Meaning(wanted, on)
    assert meaning.content(written(wanted)) == meaning.content(models.found["m"].options)


@settings(max_examples=100 if os.environ.get("MANY_EXAMPLES") else 15)
@given(old=every_provider, new=every_provider)
def test_every_provider(old: Provider, new: Provider) -> None:
    """A model of any provider becomes a model of any other one."""
    try:
        options = {"provider": old.provider_name(), **old.to_options([("a", "STRING")])}
    except ProviderError:
        assume(False)
    models = Models({"m": existing_model("m", options)})
    asked = [Wanted(name="m", provider=new)]
    found = compare(models.found, asked)
    assume(not found.problems)
    for sql in found.plan.sql(secrets="reveal"):
        models.execute(sql)
    assert_done(models.found, asked)
    assert_done({"m": existing_model("m", options)}, [Wanted(name="m", provider=old)])


def test_cost() -> None:
    """The cost is linear in the number of models."""

    def make(size: int) -> dict[str, Any]:
        existing = {f"a{number}": existing_model(f"a{number}", {"provider": "g", "n": str(number)}) for number in range(size)}
        wanted = [Wanted(name=f"b{number}", provider=GenericProvider("g", n=str(number))) for number in range(size)]
        rename = {f"a{number}": f"b{number}" for number in range(0, size, 2)}
        return {"existing": existing, "wanted": wanted, "rename": rename, "drop": True}

    assert growth(make, lambda given: compare(**given), 500) <= MOST


def test_cost_of_wrong_renames() -> None:
    """The cost is linear in the number of renames to models that are not wanted."""

    def make(size: int) -> dict[str, Any]:
        wanted = [Wanted(name=f"model-{number}", provider=ONE) for number in range(size)]
        return {"existing": {}, "wanted": wanted, "rename": {f"a{number}": f"modle-{number}" for number in range(size)}}

    assert growth(make, lambda given: compare(**given), 500) <= MOST


def test_cost_of_options() -> None:
    """The cost is linear in the number of options."""

    def make(size: int) -> Any:
        new = GenericProvider("g", **{f"token-{number}": "x" for number in range(size)})
        return {"m": {"provider": "g", **{f"key-{number}": "x" for number in range(size)}}}, {"m": new}

    assert growth(make, lambda given: str(compared(*given).plan), 1000) <= MOST


def test_reading_again() -> None:
    """The statement of a new model is read back as the model."""
    [sql] = planned({}, {"m": CHAT}, with_columns=True).sql(secrets="reveal")
    assert [existing_model("m", written(CHAT))] == read_models(sql)
