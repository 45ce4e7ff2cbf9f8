# SPDX-License-Identifier: Apache-2.0
"""Composition in files: amendments, lists of bases, abstract entries, environments, variables and overrides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import CLASSES, MANY, providers

from llmproviders import (
    Catalog,
    Details,
    DocumentError,
    GenericProvider,
    InvalidOptionsError,
    OpenAICompatProvider,
    Provider,
    UnknownProviderError,
    check,
    dumps,
    explain,
    from_dict,
    load,
    loads,
    register_provider_class,
    to_dict,
)

SHARED = """\
default = "chat"

[providers.service]
preset = "dashscope"
abstract = true

[providers.patient]
abstract = true
retry_num = 500
retry_backoff_strategy = "EXPONENTIAL"

[providers.chat]
extends = ["service", "patient"]
model = "qwen-plus"
temperature = 0.2

[providers.vectors]
extends = "service"
for_task = "embeddings"
model = "text-embedding-v4"

[env.dev.providers.chat]
model = "qwen-turbo"

[env.prod]
default = "vectors"

[env.prod.providers.service]
region = "ap-southeast-1"

[env.prod.providers.chat]
temperature = 0
"""
ACME = """\
include = ["shared.toml"]

[providers.chat]
extends = "chat"
max_tokens = 5

[env.prod.providers.chat]
seed = 1
"""
BEIJING, SINGAPORE = "https://dashscope.aliyuncs.com", "https://dashscope-intl.aliyuncs.com"
CHAT = "/compatible-mode/v1/chat/completions"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LLMPROVIDERS_ENV", raising=False)
    written("shared.toml", SHARED)
    written("acme.toml", ACME)


def written(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def from_json(**tree: Any) -> Catalog:
    return loads(json.dumps(tree), format="json")


def found(name: str, text: str = "", **arguments: Any) -> list[str]:
    """The problems of a file, each with its code."""
    return [f"{each} [{each.problem.code}]" for each in check(written(name, text) if text else name, **arguments)]


class TestAmendments:
    """An entry that extends its own name amends the entry of that name."""

    def test_one_option(self) -> None:
        """One option changes, others stay, and entries that extend the name inherit the change."""
        written("more.toml", 'include = ["acme.toml"]\n[providers.brief]\nextends = "chat"\nn = 2\n')
        shared, acme, more = load("shared.toml"), load("acme.toml"), load("more.toml")
        assert acme["chat"] == shared["chat"].with_(max_tokens=5)
        assert more["brief"] == acme["chat"].with_(n=2)
        assert list(shared) == list(acme) == ["chat", "vectors"]

    def test_of_a_base(self) -> None:
        """The entries of the included file that extend an amended entry follow."""
        written("own.toml", 'include = ["shared.toml"]\n[providers.service]\nextends = "service"\nretry_num = 7\n')
        shared, own = load("shared.toml"), load("own.toml")
        expected = {"chat": 500, "vectors": 7}
        assert own == Catalog({name: shared[name].with_(retry_num=each) for name, each in expected.items()}, default="chat")

    def test_of_an_entry_that_is_not_complete(self) -> None:
        """The entry that is amended need not be a valid provider by itself."""
        written("half.toml", '[providers.chat]\nprovider = "openai-compat"\napi_key = { env = "KEY" }\n')
        url = 'endpoint = "https://h/v1/chat/completions"\n'
        written("whole.toml", f'include = ["half.toml"]\n[providers.chat]\nextends = "chat"\n{url}')
        assert found("half.toml")[0].startswith("half.toml:1:1: providers.chat.endpoint: ")
        assert load("whole.toml")["chat"].to_options(redact=True)["endpoint"] == "https://h/v1/chat/completions"

    def test_in_lists(self) -> None:
        """A list of bases may contain the entry's own name; a later base overrides an earlier one."""
        written(
            "own.toml",
            'include = ["shared.toml"]\n[providers.cold]\nabstract = true\ntemperature = 0\nseed = 1\n'
            '[providers.chat]\nextends = ["cold", "chat"]\n',
        )
        assert load("own.toml")["chat"] == load("shared.toml")["chat"].with_(seed=1)

    def test_without_one_below(self) -> None:
        """An entry that extends its own name needs an included one of that name."""
        assert found("c.toml", '[providers.c]\nextends = "c"\n') == [
            "c.toml:2:1: providers.c.extends: expected the name of an entry to amend, got 'c'; "
            "no included file has an entry of this name [unknown-base]"
        ]

    def test_cycles_through_an_amendment(self) -> None:
        """An entry below may extend others, but not one that extends the upper one."""
        text = '[providers.chat]\nextends = ["chat", "brief"]\n[providers.brief]\nextends = "chat"\n'
        assert found("own.toml", f'include = ["shared.toml"]\n{text}') == [
            "own.toml:5:1: providers.brief.extends: expected entries that do not extend each other in a cycle, "
            "got chat -> brief -> chat [extends-cycle]"
        ]

    def test_details(self) -> None:
        """An amendment keeps the description, the tags and the ignored codes; an entry that extends another only the codes."""
        written(
            "d.toml",
            '[providers.chat]\npreset = "deepseek"\ndescription = "Talks."\ntags = ["eu", "chat"]\nignore = ["literal-secret"]\n',
        )
        written(
            "e.toml",
            'include = ["d.toml"]\n[providers.chat]\nextends = "chat"\ntags = ["us"]\nignore = ["empty-secret"]\n'
            '[providers.brief]\nextends = "chat"\n',
        )
        assert load("d.toml").details == {"chat": Details("Talks.", ["eu", "chat"], ["literal-secret"])}
        codes = ["empty-secret", "literal-secret"]
        assert load("e.toml").details == {"chat": Details("Talks.", ["us"], codes), "brief": Details(ignore=codes)}

    def test_problems_of_details(self) -> None:
        """Details of a wrong type are reported together."""
        text = '[providers.c]\npreset = "deepseek"\nabstract = 1\ndescription = 2\ntags = ["a", "a", ""]\nignore = ["nope"]\n'
        assert [each.split(": expected ")[1] for each in found("c.toml", text)] == [
            "true or false, got a number [wrong-type]",
            "a string, got a number [wrong-type]",
            "tags that are not empty, got '' [invalid-value]",
            "each tag once, got 'a' several times [invalid-value]",
            "a code of problems (llmproviders explain lists them), got 'nope' [unknown-code]",
        ]


class TestSeveralBases:
    """`extends` may be a list; a later base overrides an earlier one."""

    def test_the_later_one_wins(self) -> None:
        """Values of a later base replace those of an earlier one, extra options are merged, and the entry's own are last."""
        base = {"preset": "deepseek", "temperature": 0.1, "top_p": 0.1, "extra_options": {"a": "1", "b": "1"}}
        policy = {"abstract": True, "temperature": 0.2, "omit": ["retry_num"], "extra_options": {"b": "2", "c": "2"}}
        both = {"extends": ["base", "policy"], "n": 3, "extra_options": {"c": "3"}}
        catalog = from_json(providers={"base": base, "policy": policy, "both": both})
        expected = catalog["base"].with_(temperature=0.2, retry_num=None, n=3, extra_options={"a": "1", "b": "2", "c": "3"})
        assert catalog["both"] == expected
        assert list(catalog) == ["base", "both"]

    def test_whole_providers(self) -> None:
        """Bases may be providers of one class; what the later one writes replaces the first, also where it is the default."""
        one = {"provider": "triton", "endpoint": "http://one:8000", "max_retries": 3, "timeout": "1 s"}
        two = {"provider": "triton", "endpoint": "http://two:8000", "timeout": "30 s"}
        catalog = from_json(providers={"one": one, "two": two, "both": {"extends": ["one", "two"]}})
        assert catalog["both"] == catalog["one"].with_(endpoint="http://two:8000", timeout="30 s")

    def test_of_different_classes(self) -> None:
        """Bases of different classes are refused."""
        entries = {"a": {"preset": "deepseek"}, "b": {"provider": "triton", "endpoint": "http://h"}, "c": {"extends": ["a", "b"]}}
        with pytest.raises(DocumentError, match="extends: expected entries of one class, got OpenAICompatProvider and Triton"):
            from_json(providers=entries)

    @pytest.mark.parametrize("value", [[], ["a", 1], [""], {}, 3, ""])
    def test_of_a_wrong_type(self, value: object) -> None:
        """Anything but a name or names is refused."""
        with pytest.raises(DocumentError, match=r"providers\.b\.extends: expected a name, or a list of names"):
            from_json(providers={"a": {"preset": "deepseek"}, "b": {"extends": value}})

    def test_each_missing_one(self) -> None:
        """Each base that does not exist is reported."""
        text = '[providers.a]\npreset = "deepseek"\n[providers.b]\nextends = ["a", "x", "y"]\n'
        assert [each.split(", ")[1] for each in found("c.toml", text)] == ["got 'x' [unknown-base]", "got 'y' [unknown-base]"]

    def test_a_removed_extra_option(self) -> None:
        """An extra option that a later base removes is gone, also from a generic provider."""
        for kind in ({"generic": "g"}, {"preset": "deepseek"}):
            a = {**kind, "extra_options": {"k": "1", "l": "2"}}
            tree = {"a": a, "b": {"extends": "a", "without": ["k"]}, "c": {"extends": ["a", "b"]}, "d": {"extends": "b"}}
            catalog = from_json(providers=tree)
            assert [{"k": "1", "l": "2"}, *[{"l": "2"}] * 3] == [each.extra_options for each in catalog.values()]

    def test_the_origin_of_another_preset(self) -> None:
        """The place of one preset is not that of a later one."""
        path = written(
            "p.toml",
            '[providers.a]\npreset = "azure_openai"\nplace = { resource = "r" }\n[providers.b]\npreset = "openai"\n'
            '[providers.c]\nextends = ["a", "b"]\n',
        )
        origins = explain(path)[1]
        assert ("a", "place") == (origins["a"]["endpoint"].entry, origins["a"]["endpoint"].key)
        assert ("b", "preset") == (origins["c"]["endpoint"].entry, origins["c"]["endpoint"].key)


class TestAbstract:
    """An abstract entry is no provider, and need not be complete."""

    def test_incomplete(self) -> None:
        """Single values of an abstract entry are checked; rules over several options are checked in entries that extend it."""
        base = {"provider": "openai-compat", "abstract": True, "api_key": {"env": "K"}, "n": 2}
        catalog = from_json(providers={"base": base, "chat": {"extends": "base", "endpoint": "https://h/v1/chat/completions"}})
        assert list(catalog) == ["chat"]
        assert found("w.toml", '[providers.a]\nprovider = "triton"\nabstract = true\npriority = "x"\ntimeout = "1 parsec"\n') == [
            "w.toml:4:1: providers.a.priority: expected an int from 0 to 255, got 'x' (str) [wrong-type]",
            "w.toml:5:1: providers.a.timeout: expected a duration such as '30s', '500 ms' or '2min', got '1 parsec' [invalid-value]",
        ]
        text = (
            '[providers.a]\nprovider = "openai-compat"\nabstract = true\napi_key = { env = "K" }\n[providers.b]\nextends = "a"\n'
        )
        assert found("c.toml", text)[0].startswith("c.toml:5:1: providers.b.endpoint: ")

    def test_without_a_class(self) -> None:
        """An abstract entry without a kind gets its class from those that extend it, and its problems are told once."""
        text = """
[providers.policy]
abstract = true
retry_num = "many"
temprature = 1
stop = ["a", 1]
[providers.a]
extends = ["service", "policy"]
[providers.b]
extends = ["service", "policy"]
[providers.service]
preset = "deepseek"
"""
        assert found("c.toml", text) == [
            "c.toml:5:1: providers.policy.temprature: expected an option of a provider, got an unknown name; "
            "did you mean temperature? [unknown-option]",
        ]
        assert found("c.toml", text.replace("temprature", "temperature")) == [
            "c.toml:4:1: providers.policy.retry_num: expected an int of at least 0, got 'many' (str) [wrong-type]",
            "c.toml:6:1: providers.policy.stop: expected a str, or a list or tuple of str, got a value of type list [wrong-type]",
        ]
        with pytest.raises(
            DocumentError,
            match=r"x\.extends: expected entries with options of TritonProvider, got retry_num of p; leave out p, or write ",
        ):
            from_json(
                providers={
                    "p": {"abstract": True, "retry_num": 3},
                    "t": {"provider": "triton", "endpoint": "http://h"},
                    "x": {"extends": ["t", "p"]},
                }
            )

    def test_never_with_a_class(self) -> None:
        """An entry that extends only entries without a class is no provider."""
        assert found("c.toml", '[providers.a]\nabstract = true\nn = 2\n[providers.b]\nextends = "a"\n') == [
            "c.toml:5:1: providers.b.extends: expected an entry with a class, got only entries without one; "
            "extend an entry with one of the keys provider, generic and preset too [unknown-base]"
        ]

    def test_a_preset(self) -> None:
        """A preset that lacks an argument gets it from an entry that extends it."""
        azure = {"preset": "azure_openai", "abstract": True, "model": "gpt-4o"}
        entries = {"azure": azure, **{name: {"extends": "azure", "place": {"resource": name}} for name in ("eu", "us")}}
        catalog = from_json(providers=entries)
        assert [f"https://{name}.openai.azure.com/openai/v1/chat/completions" for name in catalog] == [
            each.to_options(redact=True)["endpoint"] for each in catalog.values()
        ]
        with pytest.raises(DocumentError, match=r"providers\.bad\.place: expected your resource, got nothing"):
            from_json(providers={"azure": azure, "bad": {"extends": "azure"}})

    def test_is_no_provider(self) -> None:
        """An abstract entry is neither the default nor loaded by name; an amendment may make it a provider."""
        assert (
            "expected the name of a provider, got the name of an abstract entry"
            in found("c.toml", 'default = "a"\n[providers.a]\npreset = "deepseek"\nabstract = true\n')[0]
        )
        with pytest.raises(
            UnknownProviderError, match="the entry 'service' is abstract, and no provider; the catalog has: chat, vectors"
        ):
            load("shared.toml", only=["service"])
        written("own.toml", 'include = ["shared.toml"]\n[providers.service]\nextends = "service"\nabstract = false\n')
        assert list(load("own.toml")) == ["service", "chat", "vectors"]
        with pytest.raises(DocumentError, match="abstract: expected an entry that is a provider"):
            from_dict({"preset": "deepseek", "abstract": True})


class TestEnvironments:
    """`env` has tables with what differs in an environment."""

    @pytest.mark.parametrize(
        ("env", "model", "temperature", "host", "default"),
        [
            (None, "qwen-plus", 0.2, BEIJING, "chat"),
            ("", "qwen-plus", 0.2, BEIJING, "chat"),
            ("dev", "qwen-turbo", 0.2, BEIJING, "chat"),
            ("prod", "qwen-plus", 0, SINGAPORE, "vectors"),
        ],
    )
    def test_of_a_file(self, env: str | None, model: str, temperature: float, host: str, default: str) -> None:
        """The entries of an environment amend entries of the same name, and entries that extend these; the default is its own."""
        catalog = load("shared.toml", env=env)
        chat = catalog.get_as("chat", OpenAICompatProvider.__mro__[1])  # type: ignore[type-abstract]
        assert (chat.model, chat.temperature, chat.endpoint) == (model, temperature, f"{host}{CHAT}")  # type: ignore[attr-defined]
        assert chat.retry_num == 500  # type: ignore[attr-defined]
        assert str(catalog["vectors"].endpoint).startswith(host)  # type: ignore[attr-defined]
        assert catalog.default == default

    def test_of_included_files(self) -> None:
        """Environments of a file apply before a file that includes it, whose own environments apply last."""
        expected = load("shared.toml", env="prod")["chat"].with_(max_tokens=5, seed=1)
        assert load("acme.toml", env="prod")["chat"] == expected

    def test_an_entry_of_its_own_kind(self) -> None:
        """In an environment, an entry with a kind replaces the entry of its name, or is a new one."""
        catalog = json.loads(dumps(load("shared.toml"), format="json"))
        catalog["env"] = {"local": {"providers": {"chat": {"preset": "ollama"}, "new": {"extends": "vectors", "n": 2}}}}
        local = loads(json.dumps(catalog), format="json", env="local")
        assert local["chat"] == loads('{"providers": {"x": {"preset": "ollama"}}}', format="json")["x"]
        assert local["new"] == local["vectors"].with_(n=2)
        assert list(loads(json.dumps(catalog), format="json")) == ["chat", "vectors"]

    def test_the_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The variable chooses where the call does not; catalogs without environments ignore it."""
        monkeypatch.setenv("LLMPROVIDERS_ENV", "prod")
        assert load("acme.toml") == load("acme.toml", env="prod")
        assert load("acme.toml", env="dev") != load("acme.toml", env="prod")
        assert load("acme.toml", env="").default == "chat"
        assert list(from_json(providers={"x": {"preset": "ollama"}})) == ["x"]
        monkeypatch.setenv("LLMPROVIDERS_ENV", "prd")
        with pytest.raises(InvalidOptionsError) as caught:
            load("acme.toml")
        assert str(caught.value) == (
            "acme.toml: LLMPROVIDERS_ENV: expected an environment of the catalog, got 'prd'; "
            "it has: dev, prod; did you mean prod?"
        )

    def test_an_unknown_one(self) -> None:
        """An environment that no file has is refused."""
        with pytest.raises(
            InvalidOptionsError, match=r"^acme.toml: env: expected an environment of the catalog, got 'x'; it has: "
        ):
            load("acme.toml", env="x")
        with pytest.raises(InvalidOptionsError, match="got 'prod'; it has: none"):
            loads('{"providers": {}}', format="json", env="prod")
        with pytest.raises(InvalidOptionsError, match="env: expected the name of an environment, got 3"):
            load("acme.toml", env=3)  # type: ignore[arg-type]

    def test_that_only_one_has(self) -> None:
        """An environment of an unknown name is no problem of its own if an included file cannot be read."""
        lines = found("c.toml", 'include = ["none.toml"]\ndefault_env = "dev"\n[providers.a]\npreset = "deepseek"\n')
        assert ["c.toml:1:12"] == [each.split(": ")[0] for each in lines]

    def test_a_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """`default_env` is for calls that name none; a check is then in the environments only."""
        base = '[providers.chat]\nprovider = "openai-compat"\napi_key = { env = "K" }\n'
        env = '[env.dev.providers.chat]\nendpoint = "https://h/v1/chat/completions"\n'
        written("c.toml", f'default_env = "dev"\n{base}{env}')
        assert [] == found("c.toml")
        assert load("c.toml") == load("c.toml", env="dev")
        with pytest.raises(DocumentError, match=r"providers\.chat\.endpoint: expected the URL"):
            load("c.toml", env="")
        written("d.toml", f'include = ["c.toml"]\ndefault_env = "prod"\n{env.replace("dev", "prod")}seed = 1\n')
        assert 1 == load("d.toml")["chat"].seed  # type: ignore[attr-defined]
        monkeypatch.setenv("LLMPROVIDERS_ENV", "dev")
        assert load("d.toml") == load("c.toml")
        assert found("e.toml", f'default_env = "deb"\n{base}{env}')[0] == (
            "e.toml:1:1: default_env: expected an environment of the catalog, got 'deb'; it has: dev; did you mean dev? "
            "[unknown-environment]"
        )
        assert (
            "default_env: expected an environment of the catalog, got a number" in found("e.toml", f"default_env = 3\n{base}")[0]
        )

    def test_problems_of_tables(self) -> None:
        """Wrong tables of environments are reported, in whichever environment the catalog is loaded."""
        text = """\
env = { "" = {}, a = 3, b = { defualt = "x", providers = 3, default = 3 }, c = { providers = { "" = {}, chta = {}, x = 3 } } }
[providers.chat]
preset = "deepseek"
"""
        assert [each.split(": ", 1)[1] for each in found("c.toml", text)] == [
            "env.: expected a name that is not empty [invalid-environment]",
            "env.a: expected a table of an environment, got a number [invalid-environment]",
            "env.b.defualt: expected one of the keys default, providers, got an unknown key; did you mean default? [unknown-key]",
            "env.b.providers: expected names and entries of providers, got a number [invalid-environment]",
            "env.b.default: expected the name of a provider, got a number [unknown-default]",
            "env.c.providers.: expected a name that is not empty [invalid-entry]",
            "env.c.providers.chta: expected the name of an entry to amend, got 'chta'; did you mean chat? [unknown-base]",
            "env.c.providers.x: expected an entry: names and values of options, got a number [wrong-type]",
        ]
        assert ["c.toml:1:1: env: expected names and tables of environments, got a list [invalid-environment]"] == found(
            "c.toml", 'env = []\n[providers.chat]\npreset = "deepseek"\n'
        )
        many = "".join(f"[env.e{number}]\n" for number in range(101))
        assert found("c.toml", f'[providers.chat]\npreset = "deepseek"\n{many}') == [
            "c.toml:3:1: env: expected at most 100 environments, got more [document-limit]"
        ]

    def test_a_new_name_needs_a_kind(self) -> None:
        """The hint on a new entry without a kind names the kinds."""
        text = '[providers.chat]\npreset = "deepseek"\n[env.e.providers.translator]\nn = 1\n'
        assert found("c.toml", text)[0].endswith(
            "got 'translator'; a new entry needs one of the keys provider, generic, preset, extends [unknown-base]"
        )

    def test_a_misspelled_replacement(self) -> None:
        """An entry with a kind whose name is nearly that of another was probably meant to replace it."""
        text = '[providers.service]\npreset = "deepseek"\n[env.e.providers.servce]\npreset = "ollama"\n'
        assert found("c.toml", text)[0].endswith("got a new one; did you mean service? [misspelled-entry]")

    def test_check_of_every_one(self) -> None:
        """A check is without an environment and in each; it says where a problem is only in some of them."""
        text = """\
[providers.service]
provider = "openai-compat"
api_key = { env = "K" }
top_p = 7
[providers.chat]
extends = "service"
[env.dev.providers.service]
endpoint = "https://h/v1/chat/completions"
[env.prod.providers.service]
endpoint = "https://h/v1/chat/completions"
[env.prod.providers.chat]
temperature = "0"
"""
        lines = found("c.toml", text)
        assert lines[1] == "c.toml:4:1: providers.service.top_p: expected a finite number from 0 to 1, got 7 [invalid-value]"
        text = text.replace("top_p = 7\n", "")
        lines = found("c.toml", text)
        assert lines[0].startswith("c.toml:1:1: providers.service.endpoint (only without an environment): expected ")
        assert lines[-1] == (
            "c.toml:11:1: env.prod.providers.chat.temperature: expected a finite number, got '0' (str); "
            "write it without quotes [wrong-type]"
        )
        assert [] == found("c.toml", env="dev")
        assert lines[-1:] == found("c.toml", env="prod")
        with pytest.raises(InvalidOptionsError, match="env: expected an environment of the catalog, got 'dve'"):
            check("c.toml", env="dve")


class TestVariables:
    """`{ env = "NAME", default = ... }` in options that are no secrets."""

    @pytest.mark.parametrize(
        ("option", "string", "value"),
        [
            ("temperature", "0.5", 0.5),
            ("max_tokens", "007", 7),
            ("stop", "a,b", "a,b"),
            ("model", "m", "m"),
            ("retry_backoff_base_interval", "2 s", "2 s"),
            ("retry_fallback_strategy", "ignore", "IGNORE"),
            ("endpoint", "https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ],
    )
    def test_as_flink_reads_it(self, monkeypatch: pytest.MonkeyPatch, option: str, string: str, value: object) -> None:
        """The string is read as Flink reads the string of an option of its type."""
        monkeypatch.setenv("VALUE", string)
        catalog = from_json(providers={"c": {"preset": "deepseek", option: {"env": "VALUE", "default": None}}})
        assert getattr(catalog["c"], option) == value

    @pytest.mark.parametrize("string", [None, ""])
    def test_a_default(self, monkeypatch: pytest.MonkeyPatch, string: str | None) -> None:
        """If a variable is unset or empty, the default is used; it is checked like any value."""
        monkeypatch.delenv("VALUE", raising=False)
        if string is not None:
            monkeypatch.setenv("VALUE", string)
        text = '[providers.c]\npreset = "deepseek"\ntemperature = { env = "VALUE", default = 0.5 }\nn = { env = "VALUE", default = "x" }\n'
        assert found("c.toml", text) == [
            "c.toml:4:22: providers.c.n.default: expected an int of at least 1, got 'x' (str) [wrong-type]"
        ]
        assert (
            loads(text.replace('"x"', "2"), format="toml")["c"]
            == loads('[providers.c]\npreset = "deepseek"\ntemperature = 0.5\nn = 2\n', format="toml")["c"]
        )

    def test_problems(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A variable without a value, one with a wrong value, which is not shown, and wrong tables are errors with their places."""
        monkeypatch.setenv("HOT", "sk-very-hot")
        text = """\
[providers.c]
preset = "deepseek"
temperature = { env = "HOT" }
n = { env = "UNSET_VALUE" }
seed = { env = "no name" }
model = { evn = "X" }
top_p = { file = "/x" }
max_tokens = { x = 1 }
"""
        assert [each.split(": ", 1)[1] for each in found("c.toml", text)] == [
            "providers.c.temperature: expected a finite number, got another string in the environment variable HOT [invalid-value]",
            "providers.c.n: expected the environment variable UNSET_VALUE, got none; "
            "set it, or write a default beside env [unset-variable]",
            "providers.c.seed: expected the name of an environment variable (letters, digits and underscores), got ******; "
            "do not write the secret itself here [invalid-reference]",
            "providers.c.model: expected the value itself, or a reference to an environment variable, got another mapping; "
            "did you mean env? [invalid-reference]",
            "providers.c.top_p: expected the value itself, or a reference to an environment variable, got another mapping; "
            "an option that is not secret accepts only env [invalid-reference]",
            "providers.c.max_tokens: expected an int of at least 1, got a value of type dict [wrong-type]",
        ]

    def test_one_that_is_replaced(self) -> None:
        """A variable without a value is no problem where an amendment replaces it, nor in an abstract entry."""
        text = '[providers.c]\npreset = "deepseek"\nn = { env = "UNSET_VALUE" }\n[env.dev.providers.c]\nn = 2\n'
        assert 2 == loads(text, format="toml", env="dev")["c"].n  # type: ignore[attr-defined]
        assert 3 == loads(text, format="toml", overrides={"c.n": 3})["c"].n  # type: ignore[attr-defined]
        assert "(only without an environment)" in found("c.toml", text)[0]
        abstract = (
            '[providers.c]\nabstract = true\npreset = "deepseek"\nn = { env = "UNSET_VALUE" }\n[providers.d]\nextends = "c"\n'
        )
        assert ["c.toml:4:1"] == [each.split(": ")[0] for each in found("c.toml", abstract)]
        assert 1 == loads(f"{abstract}n = 1\n", format="toml")["d"].n  # type: ignore[attr-defined]

    def test_arguments_of_presets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """`region`, `workspace` and the values of `place` may be variables."""
        monkeypatch.setenv("REGION", "ap-southeast-1")
        entries = {
            "a": {"preset": "dashscope", "region": {"env": "REGION"}},
            "b": {"preset": "azure_openai", "place": {"resource": {"env": "UNSET_VALUE", "default": "shop"}}},
        }
        endpoints = [each.to_options(redact=True)["endpoint"] for each in from_json(providers=entries).values()]
        assert endpoints == [f"{SINGAPORE}{CHAT}", "https://shop.openai.azure.com/openai/v1/chat/completions"]
        entries["b"]["place"] = {"resource": {"env": "UNSET_VALUE"}}
        with pytest.raises(
            DocumentError, match=r"providers.b.place.resource: expected the environment variable UNSET_VALUE, got"
        ):
            from_json(providers=entries)


class TestOverrides:
    """Overrides: values by NAME.OPTION replace those of a file."""

    def test_of_one_entry(self) -> None:
        """An override replaces the value of an environment too; entries that extend the entry inherit the override."""
        catalog = load(
            "acme.toml",
            env="prod",
            overrides={"chat.temperature": 1, "service.n": 3, "service.retry_num": 3, "chat.region": "cn-beijing"},
        )
        expected = load("acme.toml", env="prod")["chat"].with_(temperature=1, n=3, endpoint=f"{BEIJING}{CHAT}")
        assert catalog["chat"] == expected
        # An embedding has no n.
        assert (None, 3) == (catalog["vectors"].n, catalog["vectors"].retry_num)  # type: ignore[attr-defined]

    def test_of_patterns(self) -> None:
        """A pattern is for the entries whose class has the option; a later override wins."""
        tree = {"chat": {"preset": "deepseek"}, "a.b": {"preset": "ollama"}, "t": {"provider": "triton", "endpoint": "http://h"}}
        text = json.dumps({"providers": tree})
        overrides = {"*.retry_num": 3, "a.*.retry_num": 4, "a.b.n": 5, "[ct]*.extra_options.x.y": "z"}
        catalog = loads(text, format="json", overrides=overrides)
        plain = loads(text, format="json")
        assert catalog == Catalog(
            {
                "chat": plain["chat"].with_(retry_num=3, extra_options={"x.y": "z"}),
                "a.b": plain["a.b"].with_(retry_num=4, n=5),
                "t": plain["t"].with_(extra_options={"x.y": "z"}),
            }
        )

    def test_of_parts(self) -> None:
        """Parts of headers and bodies are added to those that the entry has; a whole value replaces them."""
        body = {"thinking": {"type": "disabled"}, "top_k": 5}
        tree = {"a": {"preset": "deepseek", "extra_header": {"X-A": "1"}, "extra_body": json.dumps(body)}, "b": {"extends": "a"}}
        text = json.dumps({"providers": tree})
        overrides = {"a.extra_header.X.B": "2", "a.extra_body.thinking.type": "enabled", "b.extra_header": {"X-C": "3"}}
        catalog = loads(text, format="json", overrides={**overrides, "b.extra_header.X-D": {"env": "K"}})
        header, parts = {"X-A": "1", "X.B": "2"}, {"thinking": {"type": "enabled"}, "top_k": 5}
        assert catalog["a"] == loads(text, format="json")["a"].with_(extra_header=header, extra_body=parts)
        assert json.loads(catalog["b"].to_options(redact=True)["extra-header"]) == {"X-C": "3", "X-D": "******"}

    def test_problems(self) -> None:
        """Wrong names, options and values are reported together with those of the file."""
        overrides: dict[str, object] = {
            "chta.n": 1,
            "*.retry_nm": 3,
            "chat.temprature": 0,
            "chat.top_p": 7,
            "chat": 3,
            ".n": 3,
            "chat.extends": "chat",
        }
        with pytest.raises(DocumentError) as caught:
            load("acme.toml", overrides=overrides)
        assert [str(each) for each in caught.value.problems] == [
            "override: chta.n: expected the name of an entry before the dot, got 'chta'; did you mean chat?",
            "override: chat: expected NAME.OPTION, got 'chat'; for example \"chat.temperature\"",
            "override: .n: expected NAME.OPTION, got '.n'; for example \"chat.temperature\"",
            "override: *.retry_nm: expected an option of these entries, got 'retry_nm'; did you mean retry_num?",
            "override: chat.extends: expected an option, got the key extends; "
            "an entry has the same kind in every call; an environment may have another one",
            "override: chat.temprature: expected an option of DashScopeProvider, got an unknown name; did you mean temperature?",
            "override: chat.top_p: expected a finite number from 0 to 1, got 7",
        ]
        (one,) = check("acme.toml", overrides={"*.n": "many"}, env="dev")
        assert str(one) == "override: *.n: expected an int of at least 1, got 'many' (str)"
        assert 3 == len(check("acme.toml", env="", overrides={"chta.n": 1, "chat.n": 0, "x.n": 1}))
        for wrong in ([], {1: 2}):
            with pytest.raises(InvalidOptionsError, match="overrides: expected "):
                load("acme.toml", overrides=wrong)  # type: ignore[arg-type]

    def test_origins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each value says its file, its entry, its environment and its variable; an override says that it is one."""
        monkeypatch.setenv("TOKENS", "9")
        written("v.toml", 'include = ["acme.toml"]\n[providers.chat]\nextends = "chat"\nmax_tokens = { env = "TOKENS" }\n')
        origins = explain("v.toml", env="prod", overrides={"*.n": 2})[1]["chat"]
        shown = {
            option: (str(each), each.entry, each.key, each.environment, each.variable)
            for option, each in origins.items()
            if each.source
        }
        assert shown == {
            "endpoint": ("shared.toml:29", "service", "region", "prod", ""),
            "api_key": ("shared.toml:4", "service", "preset", "", ""),
            "model": ("shared.toml:14", "chat", "model", "", ""),
            "temperature": ("shared.toml:32", "chat", "temperature", "prod", ""),
            "max_tokens": ("v.toml:4", "chat", "max_tokens", "", "TOKENS"),
            "n": ("override", "chat", "n", "", ""),
            "seed": ("acme.toml:8", "chat", "seed", "prod", ""),
            "retry_num": ("shared.toml:9", "patient", "retry_num", "", ""),
            "retry_backoff_strategy": ("shared.toml:10", "patient", "retry_backoff_strategy", "", ""),
        }


class TestMisspelledEnvironments:
    """An environment with nearly the name of one of an included file."""

    @pytest.mark.parametrize(
        ("name", "is_reported"), [("prdo", True), ("pro", True), ("prods", True), ("prod2", False), ("eu", False)]
    )
    def test_of_an_including_file(self, name: str, is_reported: bool) -> None:
        """Two letters exchanged, or one more or less, are a warning; another digit or another word is not."""
        text = f'include = ["shared.toml"]\n[env.{name}.providers.chat]\nn = 2\n'
        expected = (
            f"c.toml:2:1: env.{name}: expected the name of an environment of an included file, got a new one; "
            "did you mean prod? [misspelled-environment]"
        )
        assert found("c.toml", text) == ([expected] if is_reported else [])

    def test_one_file(self) -> None:
        """Environments of one file are not compared."""
        assert [] == found("c.toml", f"{SHARED}[env.prdo.providers.chat]\nn = 2\n")


def test_misspelled_keys_of_variables() -> None:
    """The second key of a variable is the default."""
    text = '[providers.c]\npreset = "deepseek"\nn = { env = "N", defualt = 3 }\nseed = { env = 3 }\n'
    assert found("c.toml", text) == [
        "c.toml:3:1: providers.c.n: expected the value itself, or a reference to an environment variable, got another mapping; "
        "did you mean default? [invalid-reference]",
        "c.toml:4:1: providers.c.seed: expected an int, got a value of type dict [wrong-type]",
    ]


class TestVariablesInMessages:
    """No message has the value of a variable."""

    @pytest.mark.parametrize(
        "text",
        [
            'preset = "dashscope"\nregion = { env = "HIDDEN" }\n',
            'preset = "azure_openai"\nplace = { resource = { env = "HIDDEN" } }\n',
            'preset = "azure_openai"\nplace = { env = "HIDDEN" }\n',
            'provider = "openai-compat"\nendpoint = { env = "HIDDEN" }\n',
            'preset = "deepseek"\nresponse_format = { env = "HIDDEN" }\n',
        ],
    )
    def test_of_a_value(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        """The message names the variable in its place."""
        monkeypatch.setenv("HIDDEN", "https://h.example.com/hunter2/v1")
        lines = found("c.toml", f"[providers.c]\n{text}")
        assert lines
        assert "hunter2" not in "".join(lines)
        assert all("HIDDEN" in line or "a variable for all" in line for line in lines)

    def test_of_an_inherited_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same applies to a value that another task does not have."""
        monkeypatch.setenv("HIDDEN", "hunter2")
        text = '[providers.a]\npreset = "openai"\nuser_prompt = { env = "HIDDEN" }\nseed = 1\n'
        lines = found("c.toml", f'{text}[providers.b]\nextends = "a"\nfor_task = "embeddings"\n')
        assert lines
        assert "hunter2" not in "".join(lines)


class TestMixins:
    """Entries without a class."""

    TEXT = '[providers.m]\nabstract = true\nseed = 1\nn = 2\nextra_options = { k = "1", l = "2" }\n'

    def test_amended(self) -> None:
        """`without` and `omit` of an amendment hold for those that extend the entry."""
        written("m.toml", f'{self.TEXT}[providers.s]\npreset = "deepseek"\n[providers.c]\nextends = ["s", "m"]\n')
        written("o.toml", 'include = ["m.toml"]\n[providers.m]\nextends = "m"\nwithout = ["seed", "k"]\nomit = ["retry_num"]\n')
        catalog = load("o.toml")
        assert catalog["c"] == load("m.toml")["s"].with_(n=2, retry_num=None, extra_options={"l": "2"})
        origin = explain("o.toml")[1]["c"]["retry_num"]
        assert ("m", "omit", "o.toml") == (origin.entry, origin.key, origin.source)

    def test_of_other_classes(self) -> None:
        """The message names the entry, and all of its options that the class does not have."""
        text = f'{self.TEXT}[providers.t]\nprovider = "triton"\nendpoint = "http://h"\n[providers.c]\nextends = ["t", "m"]\n'
        assert found("c.toml", text) == [
            "c.toml:10:1: providers.c.extends: expected entries with options of TritonProvider, got seed and n of m; "
            "leave out m, or write its other options in another entry [unknown-option]"
        ]

    def test_with_a_class_that_cannot_be_used(self, own_classes: None) -> None:
        """A registered class that cannot be used does not matter for other entries, nor for hints."""

        @attrs.frozen(kw_only=True)
        class Unusable(Provider):
            identifier = "unusable"
            public: int = attrs.field(default=1)

        register_provider_class(Unusable)
        written("m.toml", f'{self.TEXT}[providers.c]\nextends = ["s", "m"]\n[providers.s]\npreset = "deepseek"\n')
        assert list(load("m.toml", overrides={"m.n": 3})) == ["c", "s"]
        text = '[providers.a]\npreset = "deepseek"\npriority = 3\n'
        assert "got an unknown name; it is an option of triton" in found("u.toml", text)[0]


class TestOverridesAndTasks:
    """An override for many entries leaves out options that a task does not have."""

    def test_patterns(self) -> None:
        """An embedding gets no temperature, neither by itself nor by the entry that it extends."""
        text = """
[providers.qwen]
preset = "dashscope"
[providers.vectors]
extends = "qwen"
for_task = "embeddings"
[providers.moved]
preset = "dashscope"
for_task = "embeddings"
"""
        catalog = loads(text, format="toml", overrides={"*.temperature": 0.5, "*.retry_num": 3})
        assert [0.5, None, None] == [each.temperature for each in catalog.values()]  # type: ignore[attr-defined]
        assert {3} == {each.retry_num for each in catalog.values()}  # type: ignore[attr-defined]

    def test_an_abstract_base(self) -> None:
        """An option inherited from an abstract entry is a problem if the task does not have it, as from any other entry."""
        text = """
[providers.qwen]
preset = "dashscope"
abstract = true
[providers.cold]
abstract = true
temperature = 0
[providers.vectors]
extends = ["qwen", "cold"]
for_task = "embeddings"
"""
        assert found("c.toml", text) == [
            "c.toml:8:1: providers.vectors.temperature: expected no such option for task embeddings, got 0; "
            'write omit = ["temperature"] to drop it [not-for-task]'
        ]
        azure = text.replace('"dashscope"', '"azure_openai"')
        assert 'write omit = ["temperature"] to drop it' in found("c.toml", f'{azure}place = {{ resource = "r" }}\n')[0]

    def test_hints_of_patterns(self) -> None:
        """A pattern that is for no entry says why."""
        tree = {"v": {"preset": "dashscope", "for_task": "embeddings"}, "m": {"abstract": True, "n": 2}}
        text = json.dumps({"providers": tree})
        for pattern, hint in (
            ("v*.temperature", "their tasks do not have it"),
            ("m*.n", "a pattern is not for entries without a class"),
        ):
            with pytest.raises(DocumentError, match=f"expected an option of these entries, got .*; {hint}"):
                loads(text, format="json", overrides={pattern: 1})

    def test_the_task_itself(self) -> None:
        """A task can be overridden too, of an entry that is abstract as well."""
        text = (
            '[providers.q]\npreset = "azure_openai"\nabstract = true\n[providers.v]\nextends = "q"\nplace = { resource = "r" }\n'
        )
        catalog = loads(text, format="toml", overrides={"q.for_task": "embeddings", "q.model": "m"})
        assert str(catalog["v"].endpoint).endswith("/embeddings")  # type: ignore[attr-defined]

    def test_parts_of_a_mixin(self) -> None:
        """A part is added to what an entry without a class has."""
        text = (
            '[providers.m]\nabstract = true\nextra_header = { A = "1" }\n[providers.s]\npreset = "deepseek"\n'
            '[providers.c]\nextends = ["s", "m"]\n'
        )
        catalog = loads(text, format="toml", overrides={"m.extra_header.B": "2"})
        assert json.loads(catalog["c"].extra_header) == {"A": "1", "B": "2"}  # type: ignore[attr-defined]

    def test_beside_other_problems(self) -> None:
        """If the file cannot be read, an unknown name is no problem; a key that ends with a dot is one."""
        text = 'include = ["none.toml"]\n[providers.a]\npreset = "deepseek"\n'
        assert ["c.toml:1:12"] == [each.split(": ")[0] for each in found("c.toml", text, overrides={"b.n": 2})]
        lines = found("c.toml", text, overrides={"a.": 2})
        assert "override: a.: expected NAME.OPTION, got 'a.'; for example \"chat.temperature\" [invalid-value]" in lines

    def test_places_of_patterns(self) -> None:
        """A pattern with a key of some presets is for the entries of these."""
        text = json.dumps({"providers": {"a": {"preset": "dashscope"}, "b": {"preset": "deepseek"}}})
        catalog = loads(text, format="json", overrides={"*.region": "ap-southeast-1"})
        assert str(catalog["a"].endpoint).startswith(SINGAPORE)  # type: ignore[attr-defined]

    def test_a_part_of_what_has_none(self) -> None:
        """A part cannot be added to a value without parts."""
        text = '{"providers": {"a": {"preset": "deepseek"}}}'
        for name, value in (("extra_body", 3), ("extra_header", "x")):
            expected = (
                f"override: a.{name}.b: expected a mapping that can have this part, got another value above it; "
                "write that value as a mapping"
            )
            with pytest.raises(DocumentError) as caught:
                loads(text, format="json", overrides={f"a.{name}": value, f"a.{name}.b": 2})
            assert expected in map(str, caught.value.problems)
        with pytest.raises(DocumentError, match="extra_header"):
            loads(
                '{"providers": {"a": {"preset": "deepseek", "extra_header": "x"}}}',
                format="json",
                overrides={"a.extra_header.c": "d"},
            )


# Laws -----------------------------------------------------------------------------------------------------------------


def entry(provider: Provider) -> dict[str, Any]:
    return to_dict(provider, secrets="reveal")


def options_of(provider: Provider) -> dict[str, Any]:
    """The entry of a provider without its kind."""
    return {key: value for key, value in entry(provider).items() if key not in ("provider", "generic")}


def loaded(tree: dict[str, Any], **arguments: Any) -> Catalog | None:
    """The catalog of a tree; None if it has problems."""
    try:
        return loads(json.dumps(tree), format="json", **arguments)
    except DocumentError:
        return None


any_class = st.sampled_from(CLASSES)
pairs = any_class.flatmap(lambda cls: st.tuples(providers(cls), providers(cls)))
documents = st.dictionaries(st.sampled_from("abcd"), pairs, min_size=1, max_size=3).map(
    lambda found: {
        "providers": {name: entry(base) for name, (base, _) in found.items()}
        | {f"{name}-child": {"extends": name} for name in found},
        "env": {"one": {"providers": {name: options_of(other) for name, (_, other) in found.items()}}, "two": {}},
    }
)


@MANY
@given(documents)
def test_round_trips_in_every_environment(tree: dict[str, Any]) -> None:
    """A catalog that is loaded, dumped and loaded again is equal, with and without inheritance."""
    for env in ("", "one", "two"):
        catalog = loaded(tree, env=env)
        if catalog is not None:
            for inherit in (False, True):
                text = dumps(catalog, format="json", secrets="reveal", inherit=inherit)
                assert loads(text, format="json") == catalog
    assert loaded(tree, env="two") == loaded(tree, env="")


@MANY
@given(documents)
def test_amending_with_nothing_changes_nothing(tree: dict[str, Any]) -> None:
    """Empty amendments change no provider."""
    tree["env"]["none"] = {"providers": {name: {} for name in tree["providers"]}}
    before = loaded(tree, env="")
    assert before is not None
    assert loaded(tree, env="none") == before


@MANY
@given(pairs)
def test_overriding_equals_amending(pair: tuple[Provider, Provider]) -> None:
    """Overrides give what an environment with the same values gives, and what `amend` gives."""
    base, other = pair
    assume(not isinstance(base, GenericProvider))
    changes = {key: value for key, value in options_of(other).items() if key != "extra_options"}
    tree = {"providers": {"a.b": entry(base)}, "env": {"e": {"providers": {"a.b": changes}}}}
    amended = loaded(tree, env="e")
    assert amended == loaded(tree, env="", overrides={f"a.b.{key}": value for key, value in changes.items()})
    plain = loaded(tree, env="")
    assert plain is not None
    if amended is not None:
        given = {key: getattr(amended["a.b"], key) for key in changes if key != "omit"}
        given |= dict.fromkeys(changes.get("omit", []))
        assert amended == plain.amend("a.b", **given)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents)
def test_every_value_has_an_origin(tree: dict[str, Any]) -> None:
    """Each option that is no default says the file, in every environment."""
    path = written("c.json", json.dumps(tree))
    for env in ("", "one"):
        if loaded(tree, env=env) is None:
            continue
        catalog, origins = explain(path, env=env)
        for name, provider in catalog.items():
            assert set(options_of(provider)) - {"omit", "extra_options"} <= {
                option for option, origin in origins[name].items() if origin.source == path and origin.line
            }


class TestOddCombinations:
    """Combinations of bases, presets, environments and overrides that have gone wrong."""

    def test_bad_values_of_a_base_without_a_class_for_another_task(self) -> None:
        """A wrong value of such a base is one problem, with its line, if the entry moves to another task too."""
        policy = "[providers.policy]\nabstract = true\nretry_num = -1\n"
        text = f'[providers.base]\npreset = "dashscope"\n{policy}[providers.c]\nextends = ["base", "policy"]\nfor_task = "embeddings"\n'
        assert found("c.toml", text) == [
            "c.toml:5:1: providers.policy.retry_num: expected an int of at least 0, got -1 [invalid-value]"
        ]

    @pytest.mark.parametrize("extends", [False, True])
    def test_a_task_twice_on_a_preset(self, extends: bool) -> None:
        """The option `task` beside `for_task` is a problem of the entry, not a crash."""
        both = {"task": "chat/completions", "for_task": "chat/completions"}
        child = {"extends": "a", **both}
        entries = (
            {"a": {"preset": "dashscope", "abstract": True}, "b": child} if extends else {"b": {"preset": "dashscope", **both}}
        )
        with pytest.raises(DocumentError, match=r"providers\.b\.(task|for_task): "):
            from_json(providers=entries)

    @pytest.mark.parametrize("change", [{"omit": ["api_key"]}, {"without": ["api_key"]}, {"api_key": None}])
    def test_a_preset_without_its_key(self, change: dict[str, Any]) -> None:
        """An environment takes the key of a preset back, as an entry that extends it does."""
        tree = {"providers": {"a": {"preset": "deepseek"}, "b": {"extends": "a", **change}}}
        assert from_json(**tree)["b"].api_key is None  # type: ignore[attr-defined]
        text = json.dumps({"providers": {"a": {"preset": "deepseek"}}, "env": {"e": {"providers": {"a": change}}}})
        assert loads(text, format="json", env="e")["a"].api_key is None  # type: ignore[attr-defined]

    def test_a_key_that_was_taken_back_before_the_region_changes(self) -> None:
        """Another region does not bring the key of the preset back."""
        entries = {
            "a": {"preset": "dashscope"},
            "b": {"extends": "a", "omit": ["api_key"]},
            "c": {"extends": "b", "region": "ap-southeast-1"},
        }
        assert from_json(providers=entries)["c"].api_key is None  # type: ignore[attr-defined]

    def test_an_abstract_preset_as_a_later_base(self) -> None:
        """The endpoint and the key of a later preset win, whether it is abstract or not."""
        own = {"provider": "openai-compat", "endpoint": "https://own/v1/chat/completions", "api_key": {"env": "OWN"}}
        made = [
            from_json(providers={"own": own, "service": {"preset": "deepseek", **more}, "c": {"extends": ["own", "service"]}})[
                "c"
            ]
            for more in ({}, {"abstract": True})
        ]
        assert made[0] == made[1]

    def test_without_extras_in_a_list_of_bases(self) -> None:
        """If a later base has removed an extra option or reset an option, an entry with several bases inherits that."""
        entries = {
            "a": {"preset": "deepseek", "n": 2, "extra_options": {"k": "1"}},
            "b": {"extends": "a", "without": ["n", "k"]},
            "c": {"extends": ["a", "b"]},
        }
        assert from_json(providers=entries)["c"] == from_json(providers=entries)["b"]

    def test_the_origin_of_an_omission_of_a_base_without_a_class(self) -> None:
        """An option that an abstract entry without a class omits comes from the line of `omit`."""
        path = written(
            "c.toml", '[providers.m]\nabstract = true\nomit = ["n"]\n[providers.c]\nextends = ["s", "m"]\n[providers.s]\n'
        )
        Path(path).write_text(Path(path).read_text(encoding="utf-8") + 'preset = "deepseek"\nn = 2\n', encoding="utf-8")
        origin = explain(path)[1]["c"]["n"]
        assert (origin.line, origin.key) == (3, "omit")

    def test_the_origin_of_a_default_of_a_variable(self) -> None:
        """A value that is the default in the file does not come from the variable."""
        path = written("c.toml", '[providers.c]\npreset = "deepseek"\nn = { env = "UNSET_VALUE", default = 2 }\n')
        assert explain(path)[1]["c"]["n"].variable == ""

    def test_the_origin_of_a_region_in_a_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The endpoint says the variable of the region that determines it."""
        monkeypatch.setenv("REGION", "ap-southeast-1")
        path = written("c.toml", '[providers.c]\npreset = "dashscope"\nregion = { env = "REGION" }\n')
        assert explain(path)[1]["c"]["endpoint"].variable == "REGION"

    @pytest.mark.parametrize(
        "lines",
        [
            'preset = "dashscope"\nregion = { env = "WRONG_NAME" }\n',
            'preset = "azure_openai"\nmodel = "m"\nplace = { env = "WRONG_NAME" }\n',
            'provider = "openai-compat"\nendpoint = { env = "WRONG_NAME" }\n',
            'preset = "dashscope"\nsystem_prompt = { env = "WRONG_NAME" }\n[providers.d]\nextends = "c"\nfor_task = "embeddings"\n',
        ],
    )
    def test_no_message_shows_the_value_of_a_variable(self, lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A variable whose name is wrong may hold a secret, so that no problem shows its value."""
        monkeypatch.setenv("WRONG_NAME", "hunter2-secret")
        problems = found("c.toml", f"[providers.c]\n{lines}")
        assert problems
        assert "hunter2-secret" not in "\n".join(problems)

    def test_parts_over_an_override_that_is_a_string(self) -> None:
        """A part is added to a body or to headers that another override gives as a string."""
        text = json.dumps({"providers": {"a": {"preset": "deepseek"}}})
        overrides = {"a.extra_body": '{"a": 1}', "a.extra_body.b": 2, "a.extra_header": '{"X-A": "1"}', "a.extra_header.X-B": "2"}
        made = loads(text, format="json", overrides=overrides)["a"]
        expected = loads(text, format="json")["a"].with_(extra_body={"a": 1, "b": 2}, extra_header={"X-A": "1", "X-B": "2"})
        assert made == expected

    def test_parts_of_an_abstract_entry_without_a_class(self) -> None:
        """An override sets a header of an entry that has no class of its own."""
        entries = {"a": {"preset": "deepseek"}, "m": {"abstract": True, "n": 2}, "c": {"extends": ["a", "m"]}}
        made = loads(json.dumps({"providers": entries}), format="json", overrides={"m.extra_header.X-A": "1"})["c"]
        assert made == from_json(providers=entries)["c"].with_(extra_header={"X-A": "1"})

    def test_a_class_that_cannot_be_used(self) -> None:
        """A registered class that cannot be used does not prevent entries without a class."""

        @register_provider_class
        @attrs.frozen(kw_only=True)
        class Unusable(Provider):
            identifier: ClassVar[str] = "unusable-in-composition"
            public: str | None = None

        entries = {"a": {"preset": "deepseek"}, "m": {"abstract": True, "n": 2}, "c": {"extends": ["a", "m"]}}
        assert from_json(providers=entries)["c"] == from_json(providers=entries)["a"].with_(n=2)
