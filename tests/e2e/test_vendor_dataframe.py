# SPDX-License-Identifier: Apache-2.0
"""`as_model_provider` in the DataFrame API of the real ``ververica-flink`` packages.

Their package is named ``pyflink`` like Apache's: each is unpacked into a folder of its own and precedes Apache's in a
process of its own. Their Python code registers and resolves providers and makes the options and the name of a model; it
runs unchanged. Later steps need the platform's JVM, which is not available.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import pytest

CACHE = Path(__file__).parents[2] / ".cache" / "ververica"
VERSIONS = ("11.8.0", "11.9.0")
OLDER = "11.7.0"


def unpacked(version: str) -> Path:
    """The folder of an unpacked package, which is fetched once."""
    folder = CACHE / version
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as room:
            # The wheel of one version of Python; the code used here is equal in all.
            wheel = ["--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"]
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *wheel]
            command += ["--platform", "manylinux1_x86_64", "--dest", room, f"ververica-flink=={version}"]
            subprocess.run(command, check=True, timeout=300)
            (found,) = Path(room).glob("*.whl")
            with zipfile.ZipFile(found) as archive:
                archive.extractall(Path(room) / "unpacked")
            (Path(room) / "unpacked").rename(folder)
    return folder


def run(version: str, script: str) -> Any:
    """The variable ``result`` of *script*, run with that version."""
    prologue = """
        import json
        from pathlib import Path

        import pyflink.version
        assert pyflink.version.__version__ == "1.20+vvr.VERSION", pyflink.version.__version__
        import pyflink.dataframe as pf
        import pyflink.dataframe.ai.llm as llm
        from llmproviders import *
        from llmproviders.flink import as_model_provider

        URL = "https://api.example.com/v1/chat/completions"
        chat = OpenAICompatProvider(endpoint=URL, api_key="sk-test-vendor", model="m", temperature=0.5, stop=["a", "b"])
        """
    script = textwrap.dedent(prologue).replace("VERSION", version) + textwrap.dedent(script) + "\nprint(json.dumps(result))"
    environment = {**os.environ, "PYTHONPATH": str(unpacked(version))}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("version", VERSIONS)
def test_registered(version: str) -> None:
    """An adapted provider has their type, is found as the only one and by name, and shows no secret."""
    result = run(
        version,
        """
        adapter = as_model_provider(chat)
        set_provider("ours", chat)
        pf.set_model_provider(adapter)
        only = llm._resolve_provider()
        pf.set_model_provider("embed", as_model_provider(chat.without("temperature", "stop").for_task("embeddings")))
        pf.set_default_model_provider("embed")
        result = {
            "is one": isinstance(adapter, pf.ModelProvider),
            "only": only,
            "list": pf.list_model_providers(),
            "default": llm._resolve_provider(),
            "identifier": llm._provider_registry["embed"].provider_identifier(),
            "endpoint": llm._provider_registry["embed"].to_options()["endpoint"],
            "key": adapter.model_option_key(),
            "repr": repr(adapter) == f"as_model_provider({chat!r})",
            "shown": "sk-test-vendor" in repr(adapter),
            "equal": adapter == as_model_provider("ours") == as_model_provider(),
            "hash": hash(adapter) == hash(as_model_provider("ours")),
            "differ": adapter == as_model_provider(chat.with_(temperature=1)),
        }
        """,
    )
    assert {
        "is one": True,
        "only": "openai-compat",
        "list": ["openai-compat", "embed"],
        "default": "embed",
        "identifier": "openai-compat",
        "endpoint": "https://api.example.com/v1/embeddings",
        "key": "model",
        "repr": True,
        "shown": False,
        "equal": True,
        "hash": True,
        "differ": False,
    } == result


@pytest.mark.parametrize("version", VERSIONS)
def test_options(version: str) -> None:
    """Every class gives the same options and model name as theirs, also with overrides of a call."""
    result = run(
        version,
        """
        TEXT, TWO = [("text", "STRING")], [("text", "STRING"), ("image", "STRING")]
        triton = {"endpoint": "http://t:8000", "model_name": "m", "timeout": "5 s", "priority": 3, "default_value": [1, 2]}
        dash = {"task": "multimodal-embedding", "model": "m", "content_type": "IMAGE_URL"}
        same = {"endpoint": URL, "api_key": "sk-test-vendor", "temperature": 0.5, "extra_body": '{"a": 1}'}
        cases = [
            (OpenAICompatProvider(**same), pf.OpenAICompatProvider(**same), TEXT, None),
            (OpenAICompatProvider(**same), pf.OpenAICompatProvider(**same), TEXT, {"temperature": None, "max_tokens": 5}),
            (OpenAICompatProvider(**same), pf.OpenAICompatProvider(**same), TWO, {"content_type": ["TEXT", "IMAGE_URL"]}),
            (OpenAICompatProvider(task="embeddings"), pf.OpenAICompatProvider(task="embeddings"), TEXT, {"dimension": 8}),
            (DashScopeProvider(**dash), pf.DashScopeProvider(**dash), TEXT, None),
            (TritonProvider(**triton), pf.TritonProvider(**triton), TEXT, {"priority": 4}),
            (GenericProvider("x", a="1"), pf.GenericProvider("x", a="1"), TEXT, {"b": "2", "a": None}),
        ]
        result = []
        for ours, theirs, columns, overrides in cases:
            pair = []
            for provider in (as_model_provider(ours), theirs):
                options = provider.to_options(columns, overrides=overrides)
                name = llm._model_descriptor_digest(
                    provider.provider_identifier(), options, provider.model_option_key(), "name", columns, TEXT
                )
                pair.append([sorted(options.items()), name])
            result.append(pair)
        """,
    )
    assert 7 == len(result)
    for ours, theirs in result:
        assert theirs == ours


@pytest.mark.parametrize("version", VERSIONS)
def test_what_theirs_lets_through(version: str) -> None:
    """A misspelled override is refused without a secret in the message; a provider of Apache becomes the platform's."""
    result = run(
        version,
        """
        adapter = as_model_provider(chat)
        try:
            adapter.to_options([("text", "STRING")], overrides={"temprature": 1})
        except InvalidOptionsError as error:
            said = str(error)
        moved = as_model_provider(OpenAIProvider(URL, "sk-test-vendor", model="m", seed=1))
        result = [said, moved.provider_identifier(), moved.to_options()["seed"]]
        """,
    )
    hint = "did you mean temperature? (extra_options={...} passes any name)"
    said = f"OpenAICompatProvider: temprature: expected an option of OpenAICompatProvider, got an unknown name; {hint}"
    assert [said, "openai-compat", "1"] == result


def test_the_record() -> None:
    """The recorded results of 11.9 and the guide to migration are up to date: run tools/compare_with_ververica.py --fetch."""
    tool = Path(__file__).parents[2] / "tools/compare_with_ververica.py"
    command = [sys.executable, str(tool), "--check", "--from", str(unpacked("11.9.0"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_the_guide_to_migration(version: str) -> None:
    """The job before the migration and the job after it register the same options."""
    page = (Path(__file__).parents[2] / "docs/guides/migrating.md").read_text(encoding="utf-8")
    registered = "\nresult = [{n: p.to_options() for n, p in llm._provider_registry.items()}, llm._default_provider]"
    before, after = (
        run(version, "import os\nos.environ['DEEPSEEK_API_KEY'] = 'sk-demo'\n" + code + registered)
        for code in re.findall(r"^```python\n# (?:before|after)\.py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    )
    assert ["chat", "brief"] == list(before[0])
    assert before == after


@pytest.mark.parametrize("version", VERSIONS)
def test_a_catalog_of_the_guide(version: str, tmp_path: Path) -> None:
    """The providers of a catalog are registered by their names."""
    page = (Path(__file__).parents[2] / "docs/guides/migrating.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n# from_catalog\.py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "catalog.toml").write_text('[providers.chat]\npreset = "deepseek"\nmodel = "m"', encoding="utf-8")
    setup = f"import os\nos.chdir({str(tmp_path)!r})\nos.environ['DEEPSEEK_API_KEY'] = 'sk-demo'\n"
    result = run(version, f"{setup}{code}\nresult = {{n: p.to_options()['api-key'] for n, p in llm._provider_registry.items()}}")
    assert {"chat": "sk-demo"} == result


@pytest.mark.parametrize("version", [OLDER, *VERSIONS])
def test_the_versions_of_the_guide(version: str) -> None:
    """The names and the requirements of each version are those in the guide to migration."""
    result = run(
        version,
        """
        import inspect

        class Base:
            Provider = getattr(pf, "Provider", None) or pf.ModelProvider
        register = getattr(pf, "set_provider", None) or pf.set_model_provider
        def is_refused(**options):
            try:
                pf.OpenAICompatProvider(**options)
            except (TypeError, ValueError):
                return True
            return False
        register("openai-compat", endpoint=URL, api_key="k")
        made = llm._provider_registry["openai-compat"]
        try:
            register(as_model_provider(chat))
            again = True
        except ValueError:
            again = False
        result = {
            "classes": sorted(name for name in dir(pf) if name.endswith("Provider")),
            "identifier": [name for name in ("provider_name", "provider_identifier") if hasattr(Base.Provider, name)],
            "arguments": list(inspect.signature(Base.Provider.to_options).parameters)[1:],
            "required": is_refused(task="embeddings"),
            "several": not is_refused(task="chat/completions", content_type=["TEXT", "IMAGE_URL"]),
            "audio": not is_refused(task="chat/completions", content_type="AUDIO_URL"),
            "registry": [name for name in dir(pf) if name.startswith("set_") and "provider" in name and "default" not in name],
            "made": type(made).__name__,
            "again": again,
        }
        """,
    )
    newer = version != OLDER
    classes = ["DashScopeProvider", "GenericProvider", "ModelProvider", "OpenAICompatProvider", "TritonProvider"]
    assert {
        "classes": classes if newer else ["GenericProvider", "OpenAICompatProvider", "Provider"],
        "identifier": ["provider_identifier"] if newer else ["provider_name"],
        "arguments": ["input_columns", "overrides"] if newer else [],
        "required": not newer,
        "several": newer,
        "audio": version == VERSIONS[-1],
        "registry": ["set_model_provider"] if newer else ["set_provider"],
        "made": "OpenAICompatProvider" if newer else "GenericProvider",
        "again": not newer,
    } == result


def test_the_version_before() -> None:
    """11.7 has other names for the base class and its methods."""
    result = run(
        OLDER,
        """
        adapter = as_model_provider(chat)
        pf.set_provider(adapter)
        registered = llm._provider_registry["openai-compat"]
        theirs = pf.OpenAICompatProvider(endpoint=URL, api_key="sk-test-vendor", model="m", temperature=0.5, stop="a,b")
        result = {
            "is one": isinstance(adapter, pf.Provider),
            "name": registered.provider_name(),
            "differ": sorted(set(theirs.to_options().items()) ^ set(registered.to_options().items())),
        }
        """,
    )
    # The only string that differs: they use the name of Java's constant.
    differ = [["context-overflow-action", "TRUNCATED_TAIL"], ["context-overflow-action", "truncated-tail"]]
    assert {"is one": True, "name": "openai-compat", "differ": differ} == result


@pytest.mark.parametrize("version", [OLDER, *VERSIONS])
def test_pickles(version: str) -> None:
    """An adapter is pickled with each protocol, and by the cloudpickle of PyFlink; a reference stays one."""
    result = run(
        version,
        """
        import copy, pickle
        import cloudpickle

        adapter = as_model_provider(chat.with_(api_key=Secret.from_env("NO_SUCH_KEY")))
        copies = [pickle.loads(pickle.dumps(adapter, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
        copies += [cloudpickle.loads(cloudpickle.dumps(adapter)), copy.deepcopy(adapter)]
        result = [each == adapter and type(each) is type(adapter) and repr(each) == repr(adapter) for each in copies]
        """,
    )
    assert [True] * 6 == result


def test_a_pickle_without_the_api() -> None:
    """If the API is not installed, loading the pickle raises an error that says so."""
    made = run(VERSIONS[-1], "import pickle\nresult = pickle.dumps(as_model_provider(chat)).hex()")
    script = f"import pickle; pickle.loads(bytes.fromhex({made!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert "FlinkError: expected a PyFlink with the DataFrame API" in done.stderr.splitlines()[-1]
