# SPDX-License-Identifier: Apache-2.0
"""An entry of a document becomes a provider, or a problem with advice."""

from __future__ import annotations

import os
from pathlib import Path

import attrs
import pytest
from documents import BASE, FIRST, problems

from llmproviders import (
    DashScopeProvider,
    DocumentError,
    OpenAICompatProvider,
    Provider,
    Secret,
    check,
    from_dict,
    loads,
    option,
    provider_classes,
    register_provider_class,
)

KNOWN = ", ".join(dict.fromkeys([*provider_classes(), "acme-rerank"]))
"""The identifiers of the built-in classes, and that of the fixture `own_class`."""


class TestReading:
    """The meaning of a document."""

    def test_first_example(self) -> None:
        """The keys `extends` and `for_task` work like `with_` and `for_task` of a provider."""
        catalog = loads(FIRST, format="toml")
        assert list(catalog) == ["base", "chat", "embed"]
        assert catalog.default == "chat"
        assert BASE.with_(temperature=0.2, extra_body={"thinking": {"type": "disabled"}}) == catalog["chat"]
        assert BASE.for_task("embeddings") == catalog["embed"]

    def test_without_and_omit(self) -> None:
        """`without` resets options to their defaults, `omit` sets them to None, extra options are merged."""
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
        """A null sets an option to None, in the formats that have one."""
        catalog = loads('{"providers": {"a": {"provider": "openai-compat", "retry_num": null}}}', format="json")
        assert OpenAICompatProvider(retry_num=None) == catalog["a"]

    def test_presets(self) -> None:
        """A preset accepts its own arguments and options."""
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


class TestProblems:
    """All problems are reported at once, each with its location and advice."""

    def test_three_misspellings(self) -> None:
        """One error lists all problems of a file."""
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
            ("", "toml:1:1: providers: expected names and entries of providers, got nothing"),
            ("providers = 1", "toml:1:1: providers: expected names and entries of providers, got a number"),
            (
                "provders = {}\nproviders = {}",
                "toml:1:1: provders: expected one of the keys default, include, providers, env, default_env, got an unknown key; "
                "did you mean providers?",
            ),
            ("default = 1\nproviders = {}", "toml:1:1: default: expected the name of a provider, got a number"),
            ("include = 1\nproviders = {}", "toml:1:1: include: expected a list of file names, got a number"),
            ('include = ["x.toml"]', "toml:1:12: include.0: expected no include in a string; use load(path)"),
            ('[providers.""]\ngeneric = "g"', "toml:1:1: providers.: expected a name that is not empty"),
            ("providers.a = 1", "toml:1:1: providers.a: expected an entry: names and values of options, got a number"),
            (
                "[providers.a]\nprovder = 'x'",
                "toml:1:1: providers.a: expected one of the keys provider, generic, preset, extends, got none of them; "
                "'provder': did you mean provider?",
            ),
            (
                "[providers.a]\nx = 'x'",
                "toml:1:1: providers.a: expected one of the keys provider, generic, preset, extends, got none of them; "
                'write provider = "openai-compat", which is the usual one',
            ),
            (
                "[providers.a]\ngeneric = 'x'\nprovider = 'y'",
                "toml:1:1: providers.a: expected one of the keys provider, generic, preset, extends, got provider and generic",
            ),
            ("[providers.a]\ngeneric = 1", "toml:2:1: providers.a.generic: expected a name, got a number"),
            (
                "[providers.a]\nprovider = 'tritn'",
                f"toml:2:1: providers.a.provider: expected a known identifier ({KNOWN}), got 'tritn'; did you mean triton?",
            ),
            (
                "[providers.a]\nprovider = 'zzz'",
                f"toml:2:1: providers.a.provider: expected a known identifier ({KNOWN}), "
                "got 'zzz'; write generic = \"zzz\" for a factory of your own, or register its class",
            ),
            (
                "[providers.a]\nprovider = 'bailian'",
                f"toml:2:1: providers.a.provider: expected a known identifier ({KNOWN}), "
                "got 'bailian'; it is the older name of openai-compat",
            ),
            ("[providers.a]\npreset = 'opnai'", None),
            (
                "[providers.a]\nprovider = 'triton'",
                "toml:1:1: providers.a.endpoint: expected a value, got nothing; it is required",
            ),
            (
                "[providers.a]\nprovider = 'triton'\nendpoint = 'e'\nauth_token = { evn = 'x' }",
                "toml:4:1: providers.a.auth_token: expected a string or a reference, got another mapping; did you mean env?",
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nendpoint = 'e'\napi_key = '******'",
                "toml:4:1: providers.a.api_key: expected the real value, got ****** (str); "
                "this is the mask of a redacted value; use the original, or a reference",
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nomit = ['retry_nun']",
                "toml:3:1: providers.a.omit: expected names of options of OpenAICompatProvider that are not set here, "
                "got 'retry_nun'; did you mean retry_num?",
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nomit = 'retry_num'",
                'toml:3:1: providers.a.omit: expected a list of names, got a string; write omit = ["retry_num"]',
            ),
            (
                "[providers.a]\nprovider = 'openai-compat'\nfoo = 1",
                "toml:3:1: providers.a.foo: expected an option of OpenAICompatProvider, got an unknown name; "
                "other options go under extra_options",
            ),
            (
                "[providers.a]\ngeneric = 'g'\nextra_options = 1",
                "toml:3:1: providers.a.extra_options: expected Java keys and values, got a number",
            ),
            ("[providers.a]\nextends = 'b'", "toml:2:1: providers.a.extends: expected the name of an entry, got 'b'"),
            (
                "[providers.aa]\nextends = 'ab'\n[providers.ab]\nextends = 'ac'\n[providers.ac]\nextends = 'aa'",
                "toml:6:1: providers.ac.extends: expected entries that do not extend each other in a cycle, got aa -> ab -> ac -> aa",
            ),
            (
                "[providers.a]\ngeneric = 'g'\n[providers.b]\nextends = 'a'\nwithout = ['x']",
                "toml:5:1: providers.b.without: x: expected the name of an option or extra of this GenericProvider",
            ),
            ("a = 1\na = 2", "toml:2:6: expected TOML (cannot overwrite a value); the key is given twice"),
        ],
    )
    def test_toml(self, text: str, expected: str | None) -> None:
        """Each problem has its exact message."""
        found = problems(text)
        if expected is None:
            assert len(found) == 1
            assert found[0].endswith("got 'opnai'; did you mean openai?")
        else:
            assert [expected] == found


class TestAdvice:
    """Problems give advice in the terms of a file."""

    def test_keys_of_other_entries(self) -> None:
        """The advice for a key that does not fit the entry names the keys that it goes with."""
        text = "[providers.a]\nprovider = 'openai-compat'\nfor_task = 'embeddings'"
        assert problems(text) == [
            "toml:3:1: providers.a.for_task: expected no such key in this entry; for_task goes with preset or extends"
        ]

    def test_dropping_in_a_file(self) -> None:
        """The advice for an option that does not fit the task names `omit`, not an argument of a call."""
        text = FIRST.replace("api_key", "seed = 1\napi_key")
        assert problems(text) == [
            'toml:14:1: providers.embed.seed: expected no such option for task embeddings, got 1; write omit = ["seed"] to drop it'
        ]


class TestOtherEntries:
    """Entries with presets, user-defined checks and tables as extra options."""

    def test_preset_with_a_wrong_option(self) -> None:
        """The options of a preset are checked as those of the class."""
        text = "[providers.a]\npreset = 'openai'\ntop_p = 7"
        assert ["toml:3:1: providers.a.top_p: expected a finite number from 0 to 1, got 7"] == problems(text)

    def test_class_with_a_failing_post_init(self) -> None:
        """An error of a user-defined `__attrs_post_init__` is reported without a secret of the provider."""

        @register_provider_class
        @attrs.frozen(kw_only=True)
        class Failing(Provider):
            identifier = "failing"
            token: str = attrs.field(metadata=option("token", secret=True))

            def __attrs_post_init__(self) -> None:
                raise RuntimeError(self.token)

        with pytest.raises(DocumentError) as caught:
            from_dict({"provider": "failing", "token": "MARK"})
        expected = "dict:1:1: expected values that __attrs_post_init__ accepts, got RuntimeError (******)"
        assert expected == str(caught.value)

    def test_extras_may_be_tables(self) -> None:
        """A table as an extra option is JSON, unless it is a reference."""
        provider = from_dict({"generic": "g", "extra_options": {"a": {"b": 1}}})
        assert {"a": '{"b": 1}'} == provider.to_options()


def test_a_problem_is_reported_once() -> None:
    """A problem of an option is reported by the document or by the class, not by both."""
    with pytest.raises(DocumentError) as caught:
        from_dict({"provider": "openai", "endpoint": "e", "api_key": {"x": "y"}})
    assert str(caught.value) == (
        "dict:1:1: api_key: expected a string or a reference, got another mapping; "
        'register a resolver of this name, or write "api_key": {"env": "NAME"} or {"file": "path"}'
    )


COMMON = {
    "a preset's task": (
        "[providers.c]\npreset = 'deepseek'\nfor_task = 'embeddings'\n",
        "c.toml:3:1: providers.c.for_task: expected chat/completions, as deepseek documents, got 'embeddings'; "
        'write provider = "openai-compat" and endpoint in place of the preset',
    ),
    "a preset's place": (
        "[providers.c]\npreset = 'azure_openai'\n",
        'c.toml:1:1: providers.c.place: expected your resource, got nothing; write place = { resource = "my-resource" }',
    ),
    "an entry that extends itself": (
        "[providers.c]\nextends = 'c'\n",
        "c.toml:2:1: providers.c.extends: expected the name of an entry to amend, got 'c'; "
        "no included file has an entry of this name",
    ),
    "a string without quotes": (
        "[providers.c]\nextends = deepseek\n",
        "c.toml:2:11: expected TOML (invalid value); write strings in quotes",
    ),
    "a literal secret": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = 'MARK'\n",
        "c.toml:4:1: providers.c.api_key: expected a reference, because this string is a secret, got ******; "
        'write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "a header that looks like a reference": (
        "[providers.c]\nprovider = 'openai-compat'\nextra_header = { env = 'HDR' }\n",
        "c.toml:3:1: providers.c.extra_header: expected headers whose values may be references, "
        'got only a header named env; write extra_header = { Authorization = { env = "NAME" } }',
    ),
    "an empty secret": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = ''\n",
        'c.toml:4:1: providers.c.api_key: expected a secret, got an empty string; write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "a secret as the name of its variable": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = { env = 'gsk_MARK5678' }\n",
        "c.toml:4:1: providers.c.api_key: expected the name of an environment variable, because this string looks like the secret itself, "
        "got ******",
    ),
    "a secret as the path of its file": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { pass = { file = 'Abcdefghijklmnopqrs9' } }\n",
        "c.toml:3:19: providers.c.extra_options.pass: expected the path of a file, because this string looks like the secret itself, "
        "got ******",
    ),
    "a variable in shell syntax": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = { env = '${MARK} ' }\n",
        "c.toml:4:1: providers.c.api_key: expected the name of an environment variable (letters, digits and underscores), got ******; "
        "write only the name, without blanks, $ and braces",
    ),
    "a variable without a name": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = { env = '' }\n",
        "c.toml:4:1: providers.c.api_key: expected the name of an environment variable (letters, digits and underscores), "
        "got an empty string",
    ),
    "a file without a name": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = { file = '' }\n",
        "c.toml:4:1: providers.c.api_key: expected the path of a file, got an empty string",
    ),
    "a secret as a key of the table": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = { sk-MARK = 1 }\n",
        "c.toml:4:1: providers.c.api_key: expected a string or a reference, got another mapping; "
        'write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "an empty table": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/chat/completions'\napi_key = {}\n",
        "c.toml:4:1: providers.c.api_key: expected a string or a reference, got an empty mapping; "
        'write api_key = { env = "NAME" } or { file = "path" }',
    ),
    "an endpoint without a task": (
        "[providers.c]\nprovider = 'openai-compat'\nendpoint = 'https://h/v2/chat'\n"
        "[providers.d]\nextends = 'c'\nfor_task = 'embeddings'\n",
        "c.toml:4:1: providers.d.endpoint: expected an endpoint that ends with chat/completions or embeddings, got 'https://h/v2/chat'; "
        "give the endpoint of the service's embeddings API",
    ),
    "a missing file": (
        "include = ['nope.toml']\ndefault = 'a'\n[providers.c]\nextends = 'b'\n",
        "c.toml:1:12: include.0: expected a file that can be read, got nope.toml: No such file or directory",
    ),
    "a pattern": (
        "include = ['x/*.toml']\nproviders = {}\n",
        "c.toml:1:12: include.0: expected a file that can be read, got x/*.toml: No such file or directory; "
        "list each file, because patterns are not expanded",
    ),
    "one file without brackets": (
        "include = 'b.toml'\nproviders = {}\n",
        'c.toml:1:1: include: expected a list of file names, got a string; write include = ["b.toml"]',
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
        "c.toml:3:19: providers.c.extra_options.a: expected a reference, because this string is a secret, got ******; "
        'write a = { env = "NAME" } or { file = "path" }',
    ),
    "an extra that is marked as a secret": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { a = { secret = 'MARK' } }\n",
        "c.toml:3:19: providers.c.extra_options.a: expected a reference, because this string is a secret, got ******; "
        'write a = { env = "NAME" } or { file = "path" }',
    ),
    "a secret inside an extra": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { a = 'https://u:MARK@h' }\n",
        "c.toml:3:19: providers.c.extra_options.a: expected a reference, because this string is a secret, got ******; "
        "use a placeholder that the platform fills in, or add it in code",
    ),
    "an extra that is a literal secret": (
        "[providers.c]\ngeneric = 'g'\nextra_options = { a-token = 'MARK', b-token = { env = 'B' }, c = 'd' }\n",
        "c.toml:3:19: providers.c.extra_options.a-token: expected a reference, because this string is a secret, got ******; "
        'write a-token = { env = "NAME" } or { file = "path" }',
    ),
}


@pytest.mark.parametrize("name", COMMON)
def test_common_problems(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A common problem is reported at the key in the file, with advice."""
    if name == "a pattern" and os.name == "nt":
        pytest.skip("Windows reports another reason, because no file name can contain *")
    monkeypatch.chdir(tmp_path)
    text, expected = COMMON[name]
    Path("c.toml").write_text(text, encoding="utf-8")
    found = [str(problem) for problem in check("c.toml")]
    assert [expected] == found
    assert "MARK" not in str(found)
