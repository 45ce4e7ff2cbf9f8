# SPDX-License-Identifier: Apache-2.0
"""Catalogs in documents: round trips, inheritance, secrets, strict reading, writing to files."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from own import RerankProvider
from strategies import CLASSES, providers

from llmproviders import (
    Catalog,
    DashScopeProvider,
    DocumentError,
    GenericProvider,
    OpenAICompatProvider,
    Provider,
    ProviderError,
    Secret,
    TritonProvider,
    check,
    dump,
    dumps,
    explain,
    from_dict,
    load,
    loads,
    option,
    register_provider_class,
    to_dict,
)
from llmproviders.catalogs.files import FORMATS

FIRST = """\
default = "chat"

[providers.base]
provider = "openai-compat"
endpoint = "https://api.deepseek.com/chat/completions"
api_key = { env = "DEEPSEEK_API_KEY" }

[providers.chat]
extends = "base"
temperature = 0.2
extra_body = { thinking = { type = "disabled" } }

[providers.embed]
extends = "base"
for_task = "embeddings"
"""

BASE = OpenAICompatProvider(endpoint="https://api.deepseek.com/chat/completions", api_key=Secret.from_env("DEEPSEEK_API_KEY"))


@pytest.fixture(autouse=True)
def own_class(own_classes: object) -> None:
    """Documents know the test's own class by its identifier."""
    register_provider_class(RerankProvider)


def problems(text: str, format: Any = "toml") -> list[str]:
    """What is wrong with a text, one line each."""
    with pytest.raises(DocumentError) as caught:
        loads(text, format=format)
    return [str(problem) for problem in caught.value.problems]


any_provider = st.sampled_from(CLASSES).flatmap(providers)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
catalogs = st.dictionaries(names, any_provider, max_size=4).flatmap(
    lambda content: st.builds(Catalog, st.just(content), default=st.sampled_from([None, *content]))
)


class TestRoundTrip:
    """What is loaded is what was dumped."""

    @pytest.mark.parametrize("format", FORMATS)
    @given(catalog=catalogs, inherit=st.booleans())
    def test_law(self, format: Any, catalog: Catalog, inherit: bool) -> None:
        """loads(dumps(x)) == x, resolved or by inheritance."""
        text = dumps(catalog, format=format, secrets="reveal", inherit=inherit)
        assert catalog == loads(text, format=format)

    @given(any_provider)
    def test_dict(self, provider: Provider) -> None:
        """from_dict(to_dict(x)) == x, and the dict is plain JSON."""
        entry = to_dict(provider, secrets="reveal")
        assert provider == from_dict(entry)
        assert provider == from_dict(json.loads(json.dumps(entry)))

    @pytest.mark.parametrize("format", FORMATS)
    @pytest.mark.parametrize(
        "prompt", ["", "x" * 10_000, "a\nb\n", "a\r\nb", " a ", "é\u2028😀\x7f\x85", "'''\"\"\"\\", "no", "1e-3", "#", "\ufeff"]
    )
    def test_prompts(self, format: Any, prompt: str) -> None:
        """Prompts of every kind come back as they were."""
        catalog = Catalog({"p": OpenAICompatProvider(system_prompt=prompt)})
        assert catalog == loads(dumps(catalog, format=format), format=format)

    @pytest.mark.parametrize("format", FORMATS)
    def test_empty(self, format: Any) -> None:
        """A catalog without providers is one."""
        assert Catalog() == loads(dumps(Catalog(), format=format), format=format)

    def test_inherit_is_shorter(self) -> None:
        """With inherit=True an entry has only what differs from another."""
        catalog = Catalog({"a": BASE, "b": BASE.with_(temperature=0.5), "c": BASE.with_(temperature=0.5).without("api_key")})
        assert dumps(catalog, format="toml", inherit=True) == (
            '[providers.a]\nprovider = "openai-compat"\nendpoint = "https://api.deepseek.com/chat/completions"\n'
            'api_key = {env = "DEEPSEEK_API_KEY"}\n\n'
            '[providers.b]\nextends = "a"\ntemperature = 0.5\n\n'
            '[providers.c]\nextends = "b"\nwithout = ["api_key"]\n'
        )

    def test_extras_in_another_order(self) -> None:
        """Extras keep their order, also where another entry has them in another."""
        catalog = Catalog({"a": GenericProvider("g", x="1", y="2"), "b": GenericProvider("g", y="2", x="1")})
        again = loads(dumps(catalog, format="json", inherit=True), format="json")
        assert list(again["b"].to_options()) == ["y", "x"]


class TestReading:
    """What a document means."""

    def test_first_example(self) -> None:
        """The keys extends and for_task are with_ and for_task."""
        catalog = loads(FIRST, format="toml")
        assert list(catalog) == ["base", "chat", "embed"]
        assert catalog.default == "chat"
        assert BASE.with_(temperature=0.2, extra_body={"thinking": {"type": "disabled"}}) == catalog["chat"]
        assert BASE.for_task("embeddings") == catalog["embed"]

    def test_without_and_omit(self) -> None:
        """The key without puts back to the default, omit is None, extras join."""
        text = """
        [providers.a]
        provider = "openai-compat"
        temperature = 0.5
        omit = ["retry_num"]
        extra_options = { x = 1, y = true }
        [providers.b]
        extends = "a"
        without = ["temperature", "y"]
        omit = ["system_prompt"]
        extra_options = { z = { env = "Z" } }
        """
        catalog = loads(text, format="toml")
        a = OpenAICompatProvider(temperature=0.5, retry_num=None, extra_options={"x": 1, "y": True})
        assert a == catalog["a"]
        assert (
            a.with_(extra_options={"x": 1, "z": Secret.from_env("Z")}, system_prompt=None).without("temperature") == catalog["b"]
        )

    def test_null_omits(self) -> None:
        """A null, where the format has one, is None."""
        catalog = loads('{"providers": {"a": {"provider": "openai-compat", "retry_num": null}}}', format="json")
        assert OpenAICompatProvider(retry_num=None) == catalog["a"]

    def test_presets(self) -> None:
        """A preset takes its own arguments and options."""
        text = """
        [providers.a]
        preset = "openai"
        for_task = "embeddings"
        dimension = 3
        [providers.b]
        preset = "azure_openai"
        place = { resource = "mine" }
        api_key = { file = "/key" }
        [providers.c]
        preset = "dashscope"
        region = "ap-southeast-1"
        """
        catalog = loads(text, format="toml")
        key = Secret.from_env("OPENAI_API_KEY")
        assert OpenAICompatProvider(endpoint="https://api.openai.com/v1/embeddings", api_key=key, dimension=3) == catalog["a"]
        azure = "https://mine.openai.azure.com/openai/v1/chat/completions"
        assert OpenAICompatProvider(endpoint=azure, api_key=Secret.from_file("/key")) == catalog["b"]
        dashscope = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions"
        assert DashScopeProvider(endpoint=dashscope, api_key=Secret.from_env("DASHSCOPE_API_KEY")) == catalog["c"]

    def test_include(self, tmp_path: Path) -> None:
        """An including file has the included entries, may extend them, and wins."""
        (tmp_path / "common.yaml").write_text("providers:\n  base: {provider: openai-compat, model: m}\n  x: {generic: g}\n")
        main = tmp_path / "main.toml"
        main.write_text('include = ["common.yaml"]\n[providers.a]\nextends = "base"\nseed = 1\n[providers.x]\ngeneric = "h"\n')
        expected = {
            "base": OpenAICompatProvider(model="m"),
            "x": GenericProvider("h"),
            "a": OpenAICompatProvider(model="m", seed=1),
        }
        assert expected == dict(load(main))
        main.write_text('include = ["common.yaml"]')
        assert list(load(main)) == ["base", "x"]

    def test_byte_order_mark(self, tmp_path: Path) -> None:
        """A byte order mark, which some editors write, is no part of the text."""
        path = tmp_path / "a.json"
        path.write_bytes(b"\xef\xbb\xbf" + b'{"providers": {}}')
        assert Catalog() == load(path)

    def test_yaml_core_schema(self) -> None:
        """1e-3 is a number, as YAML 1.2 says, and so are its other spellings of scalars."""
        text = (
            "providers: {a: {provider: openai-compat, temperature: 1e-3, seed: 0x10, n: !!int 2, model: !!str 5, user_prompt: ~}}"
        )
        assert OpenAICompatProvider(temperature=0.001, seed=16, n=2, model="5") == loads(text, format="yaml")["a"]

    def test_yaml_aliases(self) -> None:
        """An anchor may be used again."""
        text = "providers:\n  a: &a {provider: triton, endpoint: &e http://h}\n  b: *a\n  c: {provider: triton, endpoint: *e}\n"
        assert [TritonProvider("http://h")] * 3 == list(loads(text, format="yaml").values())


class TestProblems:
    """Everything that is wrong is said at once, with its place and what to do."""

    def test_three_misspellings(self) -> None:
        """One error for all of the file."""
        text = FIRST.replace("temperature", "temprature").replace('"embeddings"', '"embedding"').replace('"chat"', '"chta"', 1)
        assert problems(text) == [
            "toml:1:1: default: expected the name of a provider, got 'chta'; did you mean chat?",
            "toml:10:1: providers.chat.temprature: expected an option of OpenAICompatProvider, got an unknown name; "
            "did you mean temperature?",
            "toml:15:1: providers.embed.for_task: expected a task of OpenAICompatProvider (chat/completions, embeddings), "
            "got 'embedding'; did you mean embeddings?",
        ]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "toml:1:1: providers: expected a table of providers, got nothing"),
            ("providers = 1", "toml:1:1: providers: expected a table of providers, got a value of type int"),
            (
                "provders = {}\nproviders = {}",
                "toml:1:1: provders: expected one of the keys default, include, providers, got an unknown key; "
                "did you mean providers?",
            ),
            ("default = 1\nproviders = {}", "toml:1:1: default: expected the name of a provider, got a value of type int"),
            ("include = 1\nproviders = {}", "toml:1:1: include: expected a list of file names, got a value of type int"),
            ('include = ["x.toml"]', "toml:1:1: include.0: expected no include in a text that is not in a file; use load(path)"),
            ('[providers.""]\ngeneric = "g"', "toml:1:1: providers.: expected a name that is not empty"),
            ("providers.a = 1", "toml:1:1: providers.a: expected an entry: a table of options, got a value of type int"),
            (
                "[providers.a]\nprovder = 'x'",
                "toml:1:1: providers.a: expected one of the keys provider, generic, preset, extends, got none of them; "
                "'provder': did you mean provider?",
            ),
            (
                "[providers.a]\nx = 'x'",
                "toml:1:1: providers.a: expected one of the keys provider, generic, preset, extends, got none of them; "
                'provider = "openai-compat" is the usual one',
            ),
            (
                "[providers.a]\ngeneric = 'x'\nprovider = 'y'",
                "toml:1:1: providers.a: expected one of the keys provider, generic, preset, extends, got provider and generic",
            ),
            ("[providers.a]\ngeneric = 1", "toml:2:1: providers.a.generic: expected a name, got a value of type int"),
            (
                "[providers.a]\nprovider = 'tritn'",
                "toml:2:1: providers.a.provider: expected a known identifier (openai-compat, dashscope, triton, openai, acme-rerank), "
                "got 'tritn'; did you mean triton?",
            ),
            (
                "[providers.a]\nprovider = 'zzz'",
                "toml:2:1: providers.a.provider: expected a known identifier (openai-compat, dashscope, triton, openai, acme-rerank), "
                "got 'zzz'; generic = \"zzz\" takes any identifier",
            ),
            (
                "[providers.a]\nprovider = 'bailian'",
                "toml:2:1: providers.a.provider: expected a known identifier (openai-compat, dashscope, triton, openai, acme-rerank), "
                "got 'bailian'; that is the older name of openai-compat",
            ),
            ("[providers.a]\npreset = 'opnai'", None),
            (
                "[providers.a]\nprovider = 'triton'",
                "toml:1:1: providers.a.endpoint: expected a value, got nothing; it is required",
            ),
            (
                "[providers.a]\nprovider = 'triton'\nendpoint = 'e'\nauth_token = { evn = 'x' }",
                'toml:4:1: providers.a.auth_token: expected a text, { env = "NAME" } or { file = "path" }, '
                "got a table of something else; did you mean env?",
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nendpoint = 'e'\napi_key = '******'",
                "toml:4:1: providers.a.api_key: expected the real value, got ****** (str); "
                "this is the mask of a redacted value; use the original or Secret.from_env",
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nomit = ['retry_nun']",
                "toml:3:1: providers.a.omit: expected names of options of OpenAICompatProvider that are not set here, "
                "got 'retry_nun'; did you mean retry_num?",
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nomit = 'retry_num'",
                "toml:3:1: providers.a.omit: expected a list of names, got a value of type str",
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nfoo = 1",
                "toml:3:1: providers.a.foo: expected an option of OpenAICompatProvider, got an unknown name; "
                "other options go under extra_options",
            ),
            (
                "[providers.a]\ngeneric = 'g'\nextra_options = 1",
                "toml:3:1: providers.a.extra_options: expected a table of Java keys and values, got a value of type int",
            ),
            ("[providers.a]\nextends = 'b'", "toml:2:1: providers.a.extends: expected the name of an entry, got 'b'"),
            (
                "[providers.aa]\nextends = 'ab'\n[providers.ab]\nextends = 'ac'\n[providers.ac]\nextends = 'aa'",
                "toml:6:1: providers.ac.extends: expected entries that end somewhere, got aa -> ab -> ac -> aa",
            ),
            (
                "[providers.a]\ngeneric = 'g'\n[providers.b]\nextends = 'a'\nwithout = ['x']",
                "toml:5:1: providers.b.without: x: expected the name of an option or extra of this GenericProvider",
            ),
            ("a = 1\na = 2", "toml:2:6: expected TOML (cannot overwrite a value); a key stands there twice"),
        ],
    )
    def test_toml(self, text: str, expected: str | None) -> None:
        """Each mistake by itself, to the letter."""
        found = problems(text)
        if expected is None:
            assert len(found) == 1
            assert found[0].endswith("got 'opnai'; did you mean openai?")
        else:
            assert [expected] == found

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "yaml:1:1: expected a catalog, got an empty document; a catalog has a table `providers`"),
            (
                "providers: {a: {provider: triton, endpoint: e, sequence_start: no}}",
                "yaml:1:48: providers.a.sequence_start: expected True or False, got 'no' (str); write true or false",
            ),
            (
                "providers: {a: {provider: triton, endpoint: e, max_retries: 0777}}",
                "yaml:1:61: expected a number without a leading zero; YAML 1.1 reads it as octal; write a quoted string if it is none",
            ),
            ("a: 1\na: 2", "yaml:2:1: expected each key once, got 'a' twice"),
            ("1: 1", "yaml:1:1: expected a key that is a string; quote it"),
            ("[a]: 1", "yaml:1:1: expected a key that is a string; quote a string that begins with a brace or bracket"),
            ("a: !!int x", "yaml:1:4: expected a value that fits its tag !!int"),
            ("a: 1\n---\nb: 2", "yaml:2:1: expected one document; this is where a second one starts"),
            ("a: &a [*a]", "yaml:1:8: expected an anchor before its alias, and not around it; quote a string that begins with *"),
            (
                "a: !!python/object:x 1",
                "yaml:1:4: expected a document without tags of its own; quote a string that begins with !",
            ),
        ],
    )
    def test_yaml(self, text: str, expected: str) -> None:
        """What only YAML can get wrong."""
        assert [expected] == problems(text, "yaml")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('{"providers": {"a": 1, "a": 2}}', "json:1:29: expected each key once, got 'a' twice"),
            ('{"providers": }', "json:1:15: expected JSON (expecting value)"),
            ('{"x": [[1], {"y": 2}, 1, Infinity]}', "json:1:26: expected a number that JSON knows, got Infinity"),
            ('{"x": {"a": 1, "a": 2}, y}', "json:1:25: expected JSON (expecting property name enclosed in double quotes)"),
            ('{"x": [1, NaN]}', "json:1:11: expected a number that JSON knows, got NaN"),
            ("[1]", "json:1:1: expected a catalog, got a value of type list; a catalog has a table `providers`"),
            ("[" * 100_000, "json:1:1: expected a document that is not nested so deeply"),
        ],
    )
    def test_json(self, text: str, expected: str) -> None:
        """What only JSON can get wrong."""
        assert [expected] == problems(text, "json")

    def test_places_in_json(self) -> None:
        """Values have their place, also deep in a document."""
        text = '{\n "providers": {\n  "a": {"provider": "openai-compat",\n   "top_p": 7}\n }\n}'
        assert problems(text, "json") == ["json:4:13: providers.a.top_p: expected a finite number from 0 to 1, got 7"]

    @pytest.mark.parametrize("format", FORMATS)
    def test_bombs(self, format: Any) -> None:
        """Nesting and aliases that grow without bound end in an error."""
        bombs = {
            "toml": ["a = " + "[" * 5000 + "]" * 5000, "a = " + "[" * 150 + "]" * 150],
            "json": ["[" * 150 + "]" * 150],
            "yaml": ["[" * 150, "\n".join(f"k{i}: &k{i} [{','.join([f'*k{i - 1}'] * 20) if i else 1}]" for i in range(12))],
        }
        for bomb in bombs[format]:
            assert len(problems(bomb, format)) == 1

    def test_files(self, tmp_path: Path) -> None:
        """A file that is missing, of no format, not UTF-8, or includes itself."""
        missing, other, latin, circle = (tmp_path / name for name in ("m.toml", "o.ini", "l.yaml", "c.toml"))
        other.write_text("")
        latin.write_bytes(b"providers:\n  \xe9: 1")
        circle.write_text('include = ["c.toml"]\nproviders = {}')
        for path, expected in (
            (missing, f"{missing}:1:1: expected a file that can be read, got No such file or directory"),
            (other, f"{other}:1:1: expected a file that ends with .toml, .json, .yaml, .yml, got '.ini'"),
            (latin, f"{latin}:2:3: expected UTF-8 text, got byte 0xe9; save it as UTF-8"),
            (circle, f"{circle}:1:1: include.0: expected files that do not include each other in a circle, got c.toml -> c.toml"),
        ):
            with pytest.raises(DocumentError) as caught:
                load(path)
            assert expected == str(caught.value)

    def test_unknown_format(self) -> None:
        """A format that is none is the caller's mistake."""
        with pytest.raises(ValueError, match="^format: expected toml, json, yaml, got 'xml'$"):
            loads("", format="xml")  # type: ignore[arg-type]


class TestSecrets:
    """Nothing secret reaches a document unless the caller says so."""

    LEAKY = OpenAICompatProvider(
        endpoint="https://user:MARK@h/chat/completions",
        api_key="MARK",
        extra_header={"X-Token": "MARK"},
        extra_body={"a": {"token": "MARK"}},
        extra_options={"my-token": "MARK"},
    )

    @pytest.mark.parametrize("format", FORMATS)
    def test_refused(self, format: Any) -> None:
        """A literal secret is refused, naming the option and the ways out."""
        with pytest.raises(DocumentError) as caught:
            dumps(Catalog({"p": self.LEAKY}), format=format)
        assert "MARK" not in str(caught.value)
        assert [problem.path.removeprefix("providers.p.") for problem in caught.value.problems] == [
            "endpoint",
            "api_key",
            "extra_header",
            "extra_body",
            "extra_options.my-token",
        ]
        assert str(caught.value.problems[1]) == (
            f"{format}:1:1: providers.p.api_key: expected no literal secret in a document, got ******; "
            'use Secret.from_env or Secret.from_file, or pass secrets="reveal" or secrets="redact"'
        )

    @pytest.mark.parametrize("format", FORMATS)
    def test_redacted_does_not_load(self, format: Any) -> None:
        """A redacted document has no secret, and says so when it is loaded."""
        text = dumps(Catalog({"p": self.LEAKY}), format=format, secrets="redact")
        assert "MARK" not in text
        found = problems(text, format)
        assert len(found) == 5
        assert all("mask of a redacted value" in each for each in found)

    @pytest.mark.parametrize("format", FORMATS)
    def test_revealed(self, format: Any) -> None:
        """What was revealed on purpose loads."""
        catalog = Catalog({"p": self.LEAKY})
        assert catalog == loads(dumps(catalog, format=format, secrets="reveal"), format=format)

    def test_placeholders_and_references(self) -> None:
        """Neither is secret."""
        provider = TritonProvider("http://h", auth_token="${secret_values.t}")
        assert to_dict(provider) == {"provider": "triton", "endpoint": "http://h", "auth_token": "${secret_values.t}"}
        assert to_dict(provider.with_(auth_token=Secret.from_file("/t")))["auth_token"] == {"file": "/t"}

    def test_dicts_complain_as_documents_do(self) -> None:
        """to_dict and from_dict name what is wrong."""
        with pytest.raises(DocumentError, match=r"^dict:1:1: api_key: expected no literal secret"):
            to_dict(OpenAICompatProvider(endpoint="e", api_key="MARK"))
        with pytest.raises(DocumentError, match=r"^dict:1:1: top_p: expected a finite number from 0 to 1, got 7$"):
            from_dict({"provider": "openai-compat", "top_p": 7})
        with pytest.raises(DocumentError, match=r"^dict:1:1: extends: expected an entry of a catalog"):
            from_dict({"extends": "a"})
        with pytest.raises(ValueError, match="^secrets: expected 'refuse', 'reveal' or 'redact', got 'no'$"):
            to_dict(BASE, secrets="no")  # type: ignore[arg-type]


class TestWriting:
    """Files are written whole or not at all."""

    def test_dump_and_load(self, tmp_path: Path) -> None:
        """All formats by their suffixes, with the mode of other files."""
        catalog = loads(FIRST, format="toml")
        (tmp_path / "plain").write_text("")
        for suffix in ("toml", "json", "yaml", "yml"):
            path = tmp_path / f"c.{suffix}"
            dump(catalog, path)
            assert catalog == load(path)
            assert (tmp_path / "plain").stat().st_mode == path.stat().st_mode
        assert len(os.listdir(tmp_path)) == 5

    def test_private(self, tmp_path: Path) -> None:
        """Revealed secrets are for the owner's eyes; other files keep their mode."""
        path = tmp_path / "c.toml"
        path.write_text("")
        path.chmod(0o640)
        dump(Catalog({"a": BASE}), path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        dump(Catalog({"a": BASE.with_(api_key="k")}), path, secrets="reveal")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_failure_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the disk fails, the old file is whole and nothing is left behind."""
        path = tmp_path / "c.toml"
        path.write_text("old")

        def fail(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(DocumentError) as caught:
            dump(Catalog(), path)
        assert f"{path}:1:1: expected a file that can be written, got No space left on device" == str(caught.value)
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["c.toml"]

    def test_interruption_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the user interrupts it, too."""
        path = tmp_path / "c.toml"
        path.write_text("old")

        def interrupt(_: int) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            dump(Catalog(), path)
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["c.toml"]

    def test_link_stays_a_link(self, tmp_path: Path) -> None:
        """Writing to a link writes what it points to."""
        real, link = tmp_path / "real.toml", tmp_path / "link.toml"
        real.write_text("")
        link.symlink_to(real)
        dump(Catalog(), link)
        assert link.is_symlink()
        assert Catalog() == load(real)

    def test_reserved_name(self) -> None:
        """An option whose name a document uses itself is refused, not lost."""

        @attrs.frozen(kw_only=True)
        class Odd(Provider):
            identifier = "odd"
            place: str | None = attrs.field(default=None, metadata=option("place"))

        with pytest.raises(DocumentError, match="^dict:1:1: place: expected an option whose name a document can hold"):
            to_dict(Odd(place="x"))


class TestExplain:
    """Where an option's value comes from."""

    def test_origins(self, tmp_path: Path) -> None:
        """Own, inherited, by for_task, by preset, default, extras, without, omit."""
        path = tmp_path / "c.toml"
        more = (
            '[providers.p]\npreset = "openai"\nomit = ["retry_num"]\n[providers.g]\ngeneric = "g"\nextra_options = { a = "1" }\n'
        )
        path.write_text(FIRST + more + '[providers.h]\nextends = "p"\nwithout = ["retry_num"]\n')
        catalog, origins = explain(path)
        assert list(catalog) == list(origins)

        def of(name: str, key: str) -> tuple[str, str, str]:
            origin = origins[name][key]
            return str(origin).removeprefix(str(path)), origin.entry, origin.key

        assert of("chat", "temperature") == (":10", "chat", "temperature")
        assert of("embed", "api_key") == (":6", "base", "api_key")
        assert of("embed", "endpoint") == (":15", "embed", "for_task")
        assert of("p", "api_key") == (":17", "p", "preset")
        assert of("p", "retry_num") == (":18", "p", "omit")
        assert of("h", "retry_num") == (":24", "h", "without")
        assert of("g", "extra_options.a") == (":21", "g", "extra_options")
        assert of("p", "top_p")[0] == "default"


class TestChildren:
    """What is wrong with an entry is said also where what it extends is wrong."""

    def test_all_at_once(self) -> None:
        """A wrong base, its child's misspelling, wrong value, and wrong task; and a child of the child."""
        text = """
        [providers.base]
        provider = "openai-compat"
        n = "x"
        [providers.chat]
        extends = "base"
        temprature = 0.2
        top_p = 7
        for_task = "embedding"
        [providers.more]
        extends = "chat"
        seed = "1"
        """
        assert [each.split(": ", 1)[1] for each in problems(text)] == [
            "providers.base.n: expected an int of at least 1, got 'x' (str)",
            "providers.chat.temprature: expected an option of OpenAICompatProvider, got an unknown name; did you mean temperature?",
            "providers.chat.top_p: expected a finite number from 0 to 1, got 7",
            "providers.chat.for_task: expected a task of OpenAICompatProvider (chat/completions, embeddings), got 'embedding'; "
            "did you mean embeddings?",
            "providers.more.seed: expected an int, got '1' (str); write it without quotes",
        ]

    @pytest.mark.parametrize(
        ("base", "expected"),
        [
            ("preset = 'openai'\nn = 0", ["providers.b.x"]),
            ("preset = 'dashscope'\nn = 0", ["providers.b.x"]),
            ("generic = 'g'\nn = 0", ["providers.b.x"]),
            ("provider = 'triton'", ["providers.b.x"]),
            ("provider = 'nonsense'", []),
            ("nonsense = 1", []),
        ],
    )
    def test_of_every_kind(self, base: str, expected: list[str]) -> None:
        """The class of a base is known by its kind, unless that is what is wrong."""
        found = problems(f"[providers.a]\n{base}\n[providers.b]\nextends = 'a'\nx = 1")
        assert expected == [each.split(": ")[1] for each in found if "providers.b" in each]

    def test_keys_of_other_entries(self) -> None:
        """A key that goes with other entries is told so."""
        text = "[providers.a]\nprovider = 'openai-compat'\nfor_task = 'embeddings'"
        assert problems(text) == [
            "toml:3:1: providers.a.for_task: expected no such key in this entry; for_task goes with preset or extends"
        ]

    def test_dropping_in_a_file(self) -> None:
        """The advice is that of a file."""
        text = FIRST.replace("api_key", "seed = 1\napi_key")
        assert problems(text) == [
            'toml:14:1: providers.embed.seed: expected no such option for task embeddings, got 1; omit = ["seed"] drops it'
        ]

    def test_schema_key(self) -> None:
        """A document may say where its schema is."""
        assert Catalog() == loads('{"$schema": "./catalog.schema.json", "providers": {}}', format="json")


class TestRare:
    """What hardly ever happens, and must not go wrong when it does."""

    def test_preset_with_a_wrong_option(self) -> None:
        """A preset's options are checked as the class's are."""
        text = "[providers.a]\npreset = 'openai'\ntop_p = 7"
        assert ["toml:3:1: providers.a.top_p: expected a finite number from 0 to 1, got 7"] == problems(text)

    def test_class_with_a_last_word(self) -> None:
        """What a class's own last check raises is told without a secret of the provider."""

        @register_provider_class
        @attrs.frozen(kw_only=True)
        class Last(Provider):
            identifier = "last"
            token: str = attrs.field(metadata=option("token", secret=True))

            def __attrs_post_init__(self) -> None:
                raise RuntimeError(self.token)

        with pytest.raises(DocumentError) as caught:
            from_dict({"provider": "last", "token": "MARK"})
        expected = "dict:1:1: expected values that __attrs_post_init__ accepts, got RuntimeError (******)"
        assert expected == str(caught.value)

    def test_fields_that_are_no_options(self) -> None:
        """A private field has no place in a document; what the class sets itself is set again when it is read."""

        @register_provider_class
        @attrs.frozen(kw_only=True)
        class Noted(Provider):
            identifier = "noted"
            size: int = attrs.field(default=1, metadata=option("size"))
            _note: str | None = attrs.field(default=None)
            _double: int = attrs.field(default=0, init=False)

            def __attrs_post_init__(self) -> None:
                object.__setattr__(self, "_double", 2 * self.size)

        assert {"provider": "noted", "size": 2} == to_dict(Noted(size=2))
        assert Noted(size=2) == from_dict(to_dict(Noted(size=2)))
        with pytest.raises(DocumentError) as caught:
            to_dict(Noted(note="x"))
        expected = "dict:1:1: _note: expected options alone, got a private field; a document has no place for it"
        assert expected == str(caught.value)

    def test_extras_may_be_tables(self) -> None:
        """A table that is no reference is JSON."""
        provider = from_dict({"generic": "g", "extra_options": {"a": {"b": 1}}})
        assert {"a": '{"b": 1}'} == provider.to_options()

    def test_large_documents(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A document over the limit is not read."""
        monkeypatch.setattr("llmproviders.catalogs.files.MAX_CHARACTERS", 10)
        assert ["toml:1:1: expected a document of at most 10 characters"] == problems("providers = {}")

    def test_long_numbers(self) -> None:
        """Numbers of very many digits are refused in every format, and never take long."""
        digits = "9" * 5000
        long = "a document without a number of thousands of digits"
        assert [f"json:1:1: expected {long}"] == problems(f'{{"a": {digits}}}', "json")
        assert [f"toml:1:1: expected {long}"] == problems(f"a = {digits}")
        assert ["yaml:1:4: expected a number of at most 40 digits; write a quoted string if it is none"] == problems(
            f"a: {digits}", "yaml"
        )

    def test_unfit_and_deep(self) -> None:
        """A number that is none, so deep that it cannot be located."""
        assert ["json:1:1: expected a number that JSON knows, got NaN"] == problems("[" * 900 + "NaN" + "]" * 900, "json")

    def test_carriage_returns(self) -> None:
        """Lines may end as Windows ends them."""
        text = "[providers.a]\r\nprovider = 'openai-compat'\r\ntop_p = 7\r\n"
        assert ["toml:3:1: providers.a.top_p: expected a finite number from 0 to 1, got 7"] == problems(text)

    def test_a_reading_shows_nothing(self, tmp_path: Path) -> None:
        """A traceback that shows variables shows no document."""
        path = tmp_path / "c.toml"
        path.write_text("[providers.a]\nprovider = 'openai-compat'\napi_key = 'MARK'")
        with pytest.raises(DocumentError) as caught:
            load(path)
        shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
        assert "MARK" not in shown

    def test_inherited_extras_have_an_origin(self, tmp_path: Path) -> None:
        """An extra of the base is told to be the base's."""
        path = tmp_path / "c.toml"
        path.write_text("[providers.a]\ngeneric = 'g'\nextra_options = { x = '1' }\n[providers.b]\nextends = 'a'\n")
        origin = explain(path)[1]["b"]["extra_options.x"]
        assert (3, "a") == (origin.line, origin.entry)


def test_missing_extra_is_named() -> None:
    """Without the package of a format, the error says how to install it."""
    code = (
        "import sys; sys.modules['ruamel.yaml'] = None\n"
        "from llmproviders import loads, ProviderError\n"
        "try: loads('a: 1', format='yaml')\n"
        "except ProviderError as error: print(error)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "this needs the package ruamel.yaml; install it with: pip install 'llmproviders[yaml]'\n"


class TestFuzz:
    """Whatever comes in, a catalog or a ProviderError comes out."""

    @given(
        st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "replace")), st.sampled_from(FORMATS)
    )
    def test_noise(self, text: str, format: Any) -> None:
        """Random texts."""
        with contextlib.suppress(ProviderError):
            loads(text, format=format)

    @given(catalogs, st.sampled_from(FORMATS), st.data())
    def test_mutated(self, catalog: Catalog, format: Any, data: st.DataObject) -> None:
        """A good document with a piece cut out, repeated, or replaced."""
        text = dumps(catalog, format=format, secrets="reveal")
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(text)))
            end = data.draw(st.integers(start, min(len(text), start + 12)))
            pieces = ["", text[start:end] * 2, '"', "[", "{", "\n", ":", "=", "x", "\x00", "&a ", "*a", "- "]
            text = text[:start] + data.draw(st.sampled_from(pieces)) + text[end:]
        with contextlib.suppress(ProviderError):
            loads(text, format=format)


def test_an_option_is_wrong_once() -> None:
    """What the document gets wrong of an option is not said again by the class."""
    with pytest.raises(DocumentError) as caught:
        from_dict({"provider": "openai", "endpoint": "e", "api_key": {"x": "y"}})
    assert 'dict:1:1: api_key: expected a text, { env = "NAME" } or { file = "path" }, got a table of something else' == str(
        caught.value
    )


STUMBLED = {
    "a preset's task": (
        "[providers.c]\npreset = 'deepseek'\nfor_task = 'embeddings'\n",
        "c.toml:3:1: providers.c.for_task: expected chat/completions, as deepseek documents, got 'embeddings'; "
        "write provider and endpoint in place of the preset",
    ),
    "a preset's place": (
        "[providers.c]\npreset = 'azure_openai'\n",
        'c.toml:1:1: providers.c.place: expected your resource, got nothing; write place = { resource = "..." }',
    ),
    "an entry that extends itself": (
        "[providers.c]\nextends = 'c'\n",
        "c.toml:2:1: providers.c.extends: expected entries that end somewhere, got c -> c; "
        "one that replaces an included entry needs a name of its own to extend it",
    ),
    "a text without quotes": (
        "[providers.c]\nextends = deepseek\n",
        "c.toml:2:11: expected TOML (invalid value); texts are written in quotes",
    ),
    "a secret that is written out": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = 'MARK'\n",
        "c.toml:4:1: providers.c.api_key: expected a reference, for this text is a secret, got ******; "
        'write { env = "NAME" } or { file = "path" }',
    ),
    "a header that looks like a reference": (
        "[providers.c]\nprovider = 'openai-compat'\nextra_header = { env = 'HDR' }\n",
        "c.toml:3:1: providers.c.extra_header: expected headers, got a table of env alone; "
        "only a secret can be a reference; a header of that name goes into a text",
    ),
    "a key that is empty": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = ''\n",
        'c.toml:4:1: providers.c.api_key: expected a secret, got an empty text; write { env = "NAME" } or { file = "path" }',
    ),
    "a key as the name of its variable": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = { env = 'gsk_MARK5678' }\n",
        "c.toml:4:1: providers.c.api_key: expected the name of an environment variable, for this text looks like the secret itself, "
        "got ******",
    ),
    "a key as the path of its file": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { pass = { file = 'Abcdefghijklmnopqrs9' } }\n",
        "c.toml:3:1: providers.c.extra_options.pass: expected the path of a file, for this text looks like the secret itself, "
        "got ******",
    ),
    "a variable as a shell has it": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = { env = '${MARK} ' }\n",
        "c.toml:4:1: providers.c.api_key: expected the name of an environment variable (letters, digits and underscores), got ******; "
        "write the name alone, without blanks, $ and braces",
    ),
    "a variable without a name": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = { env = '' }\n",
        "c.toml:4:1: providers.c.api_key: expected the name of an environment variable (letters, digits and underscores), "
        "got an empty text",
    ),
    "a file without a name": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = { file = '' }\n",
        "c.toml:4:1: providers.c.api_key: expected the path of a file, got an empty text",
    ),
    "a key as a key": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = { sk-MARK = 1 }\n",
        'c.toml:4:1: providers.c.api_key: expected a text, { env = "NAME" } or { file = "path" }, got a table of something else',
    ),
    "no reference at all": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h'\napi_key = {}\n",
        'c.toml:4:1: providers.c.api_key: expected a text, { env = "NAME" } or { file = "path" }, got an empty table',
    ),
    "an endpoint that tells no task": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/v1'\n"
        "[providers.d]\nextends = 'c'\nfor_task = 'embeddings'\n",
        "c.toml:4:1: providers.d.endpoint: expected an endpoint that ends with chat/completions or embeddings, got 'https://h/v1'; "
        "write endpoint=... of the service's embeddings API",
    ),
    "a file that is not there": (
        "include = ['nope.toml']\ndefault = 'a'\n[providers.c]\nextends = 'b'\n",
        "c.toml:1:1: include.0: expected a file that can be read, got nope.toml: No such file or directory",
    ),
    "a pattern": (
        "include = ['x/*.toml']\nproviders = {}\n",
        "c.toml:1:1: include.0: expected a file that can be read, got x/*.toml: No such file or directory; "
        "write each file; patterns are not expanded",
    ),
    "one file without brackets": (
        "include = 'b.toml'\nproviders = {}\n",
        "c.toml:1:1: include: expected a list of file names, got a value of type str; put it in brackets",
    ),
    "Python's True": (
        "[providers.c]\nprovider = 'triton'\ncompression = True\n",
        "c.toml:3:15: expected TOML (invalid value); write true",
    ),
    "JSON's null": (
        "[providers.c]\nextends = null\n",
        "c.toml:2:11: expected TOML (invalid value); TOML has no null: leave the option out, or list it in omit",
    ),
    "a table twice": (
        "[providers.c]\ngeneric = 'g'\n[providers.c]\n",
        "c.toml:3:13: expected TOML (cannot declare providers.c twice)",
    ),
    "a name of another client": (
        "[providers.c]\nprovider = 'openai-compat'\nmodel_name = 'm'\n",
        "c.toml:3:1: providers.c.model_name: expected an option of OpenAICompatProvider, got an unknown name; did you mean model?",
    ),
    "a field of the request": (
        "[providers.c]\nprovider = 'openai-compat'\ntop_k = 5\n",
        "c.toml:3:1: providers.c.top_k: expected an option of OpenAICompatProvider, got an unknown name; it goes under extra_body",
    ),
    "an extra whose value looks like a key": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { a = 'sk-MARKefghijklmnopqrstuvwx1234' }\n",
        "c.toml:3:1: providers.c.extra_options.a: expected a reference, for this text is a secret, got ******; "
        'write { env = "NAME" } or { file = "path" }',
    ),
    "an extra that is said to be a secret": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { a = { secret = 'MARK' } }\n",
        "c.toml:3:1: providers.c.extra_options.a: expected a reference, for this text is a secret, got ******; "
        'write { env = "NAME" } or { file = "path" }',
    ),
    "a secret inside an extra": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { a = 'https://u:MARK@h' }\n",
        "c.toml:3:1: providers.c.extra_options.a: expected a reference, for this text is a secret, got ******; "
        "a placeholder that the platform fills in may stand here, or code may add it",
    ),
    "an extra that is written out": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { a-token = 'MARK', b-token = { env = 'B' }, c = 'd' }\n",
        "c.toml:3:1: providers.c.extra_options.a-token: expected a reference, for this text is a secret, got ******; "
        'write { env = "NAME" } or { file = "path" }',
    ),
}


@pytest.mark.parametrize("name", STUMBLED)
def test_what_newcomers_stumbled_over(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem is said at the key that the reader wrote, with what to write instead."""
    monkeypatch.chdir(tmp_path)
    text, expected = STUMBLED[name]
    Path("c.toml").write_text(text, encoding="utf-8")
    found = [str(problem) for problem in check("c.toml")]
    assert [expected] == found
    assert "MARK" not in str(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("providers:\n\ta: 1", "2:1: expected YAML (found character '\\t' that cannot start any token); indent with blanks"),
        (
            "providers:\n  a:\n    system_prompt: Answer: good",
            "3:26: expected YAML (mapping values are not allowed here); quote a string that has a colon and a blank in it",
        ),
        ("a: {{ secret }}", "1:5: expected a key that is a string; quote a string that begins with a brace or bracket"),
        ("a: @x", "1:4: expected YAML (found character '@' that cannot start any token); quote a string that begins so"),
    ],
)
def test_what_is_often_wrong_in_yaml(text: str, expected: str) -> None:
    """What the parser says is followed by what to do."""
    with pytest.raises(DocumentError) as caught:
        loads(text, format="yaml")
    assert f"yaml:{expected}" == str(caught.value)


@pytest.mark.parametrize(
    ("entries", "warned"),
    [
        ("[providers.servce]\ngeneric = 'g'", True),
        ("[providers.service]\ngeneric = 'g'", False),
        ("[providers.service2]\ngeneric = 'g'", False),
        ("[providers.servce]\nextends = 'service'", False),
        ("[providers.servce]\ngeneric = 'g'\n[providers.b]\nextends = 'servce'", False),
        ("[providers.other]\ngeneric = 'g'", False),
    ],
)
def test_an_entry_that_replaces_nothing(entries: str, warned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelled name in the file of an environment leaves the included entry as it is."""
    monkeypatch.chdir(tmp_path)
    Path("shared.toml").write_text("[providers.service]\ngeneric = 'g'\n")
    Path("prod.toml").write_text(f"include = ['shared.toml']\n{entries}\n")
    expected = "prod.toml:2:1: providers.servce: expected the name of an entry to replace, got a new one; did you mean service?"
    found = check("prod.toml")
    assert ([expected] if warned else []) == [str(problem) for problem in found]
    assert all(problem.problem.severity == "warning" for problem in found)


def test_a_secret_that_is_written_out_is_a_warning(tmp_path: Path) -> None:
    """The file loads all the same, and what extends the entry is not warned of again."""
    path = tmp_path / "c.toml"
    path.write_text(
        "[providers.a]\nprovider = 'openai'\nendpoint = 'https://h'\napi_key = 'MARK'\n[providers.b]\nextends = 'a'\n"
    )
    assert ["warning"] == [each.problem.severity for each in check(path)]
    assert ["a", "b"] == list(load(path))


def test_secrets_are_found_in_entries_that_are_wrong(tmp_path: Path) -> None:
    """A mistake beside it hides no secret; URLs, headers and bodies are looked into where nothing is wrong."""
    path = tmp_path / "c.json"
    entries = {
        "wrong": {"preset": "deepseek", "api_key": "MARK", "temprature": 1},
        "no entry": 5,
        "other": {"provider": "no-such", "api_key": "MARK", "extra_options": {"a-token": "MARK"}},
        "none": {
            "provider": "openai-compat",
            "endpoint": "https://h",
            "api_key": "${secret_values.k}",
            "extra_header": {"X-A": "b"},
        },
        "all": {
            "provider": "openai-compat",
            "endpoint": "https://u:MARK@h",
            "extra_header": {"Authorization": "MARK"},
            "extra_body": {"token": "MARK"},
        },
        "map": {"provider": "triton", "endpoint": "https://h", "custom_headers": {"Cookie": "MARK"}},
    }
    path.write_text(json.dumps({"providers": entries}), encoding="utf-8")
    found = [each for each in check(path) if each.problem.severity == "warning"]
    assert [
        "providers.wrong.api_key",
        "providers.other.extra_options.a-token",
        "providers.all.endpoint",
        "providers.all.extra_header",
        "providers.all.extra_body",
        "providers.map.custom_headers",
    ] == [each.path for each in found]
    assert {
        "expected a reference, for this text is a secret, got ******; "
        "a placeholder that the platform fills in may stand here, or code may add it"
    } == {str(each.problem) for each in found[2:]}
    assert "MARK" not in "".join(map(str, check(path)))
