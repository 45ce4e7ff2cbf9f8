# SPDX-License-Identifier: Apache-2.0
"""Read the options of each runtime's model provider factories from the released artifacts, and write the data files.

    python tools/refresh_runtimes.py            # writes src/llmproviders/runtimes/*.json
    python tools/refresh_runtimes.py --check    # writes nothing; prints the differences, and then exits with 1

Apache's jars need a JDK 11 or newer and Maven, VVR's wheels need pip; the folder of ``--cache`` keeps them. The file of
an unreleased runtime is not changed. To add a release, copy the file of the previous one and change its artifacts.
"""

from __future__ import annotations

import argparse
import difflib
import inspect
import json
import os
import shutil
import subprocess
import sys
import types
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DATA = ROOT / "src/llmproviders/runtimes"
DESCRIBE = Path(__file__).parent / "DescribeFactories.java"
# The parent POM of the model jars is not published, which newer versions of the plugin do not accept.
COPY = "org.apache.maven.plugins:maven-dependency-plugin:2.10:copy"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something differs")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache/runtimes", help="the folder for fetched artifacts")
    args = parser.parse_args()
    different = False
    for path in sorted(DATA.glob("*.json")):
        old = path.read_text(encoding="utf-8")
        new = json.dumps(refreshed(json.loads(old), args.cache), indent=2) + "\n"
        if new == old:
            continue
        different = True
        names = f"{path.name}, current", f"{path.name}, from the artifacts"
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), *names))
        if not args.check:
            path.write_text(new, encoding="utf-8", newline="\n")
    if not different:
        print("runtimes: no differences")
    return 1 if different and args.check else 0


def refreshed(runtime: dict[str, Any], cache: Path) -> dict[str, Any]:
    """A runtime's data with the options of its artifacts."""
    if not runtime["released"]:
        return runtime
    for identifier, factory in runtime["factories"].items():
        artifact = factory["artifact"]
        described = of_wheel(artifact, cache) if "==" in artifact else of_jar(artifact, cache)
        if sorted(described) != sorted(name for name, each in runtime["factories"].items() if each["artifact"] == artifact):
            sys.exit(f"{runtime['name']}: expected the factories of {artifact} that its file names, got {', '.join(described)}")
        for fact in ("tokenizer", "metadata"):
            factory.pop(fact, None)
        factory.update(described[identifier])
    return runtime


# Apache: the factories of a jar ---------------------------------------------------------------------------------------


def of_jar(artifact: str, cache: Path) -> dict[str, dict[str, Any]]:
    """The factories of a model jar, such as ``org.apache.flink:flink-model-openai:2.3.0``."""
    version = artifact.rpartition(":")[2]
    names = ("flink-core", "flink-core-api", "flink-annotations", "flink-table-common")
    needed = [
        *(f"org.apache.flink:{name}:{version}" for name in names),
        "org.slf4j:slf4j-nop:1.7.36",
        "org.slf4j:slf4j-api:1.7.36",
    ]
    paths = [jar(each, cache) for each in (*needed, artifact)]
    command = [tool("java"), "-cp", os.pathsep.join(map(str, paths)), str(DESCRIBE)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return dict(factories(line.split("\t") for line in lines))


def jar(artifact: str, cache: Path) -> Path:
    """The jar, from the cache or fetched with Maven."""
    _, name, version = artifact.split(":")
    path = cache / f"{name}-{version}.jar"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = [tool("mvn"), "-q", "-B", COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={cache.resolve()}"]
        found = subprocess.run(command, check=False, capture_output=True, text=True)
        if found.returncode or not path.exists():
            sys.exit(f"Maven cannot fetch {artifact}:\n{found.stdout[-2000:]}")
    return path


def tool(name: str) -> str:
    return shutil.which(name) or sys.exit(f"{name} not found; a JDK 11 or newer and Maven are needed")


def factories(facts: Iterator[list[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The factories that DescribeFactories prints, by identifier."""
    known: dict[str, dict[str, Any]] = {}
    for kind, identifier, *rest in facts:
        if kind == "factory":
            known[identifier] = {"options": {}}
        elif kind == "option":
            needed, key, java, default, choices, deprecated = rest
            option: dict[str, Any] = {"type": java}
            if needed == "required":
                option["required"] = True
            if default:
                option["default"] = default.removeprefix("=")
            if choices:
                option["choices"] = choices.split(",")
            if deprecated:
                option["deprecated_keys"] = deprecated.split(",")
            known[identifier]["options"][key] = option
        elif kind == "metadata":
            known[identifier].setdefault("metadata", {})[rest[0]] = rest[1]
        else:
            known[identifier].setdefault("tokenizer", {}).setdefault({"name": "names", "prefix": "prefixes"}[rest[0]], []).append(
                rest[1]
            )
    for identifier, factory in known.items():
        factory["options"] = ordered(factory["options"])
        yield identifier, factory


def ordered(options: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The required options first, both parts in alphabetical order, because Java has no order."""
    return dict(sorted(options.items(), key=lambda item: (not item[1].get("required", False), item[0])))


# VVR: the classes of a wheel -------------------------------------------------------------------------------------------


def of_wheel(requirement: str, cache: Path) -> dict[str, dict[str, Any]]:
    """The provider classes of a wheel, such as ``ververica-flink==11.9.0``."""
    name, _, version = requirement.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if not list(cache.glob(pattern)):
        # The module is plain Python, so the wheel of any platform will do.
        options = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.11", "--platform", "manylinux1_x86_64"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "--dest", str(cache), requirement]
        subprocess.run(command, check=True)
    with zipfile.ZipFile(next(cache.glob(pattern))) as wheel:
        source = wheel.read("pyflink/dataframe/ai/providers.py")
    module = types.ModuleType("providers")
    exec(compile(source, f"{requirement}/providers.py", "exec"), vars(module))
    classes = [each for each in vars(module).values() if isinstance(each, type) and hasattr(each, "_OPTION_MAP")]
    return dict(map(of_class, classes))


def of_class(cls: Any) -> tuple[str, dict[str, Any]]:
    """Identifier and options of a provider class."""
    parameters = inspect.signature(cls).parameters
    needed = [name for name, each in parameters.items() if each.default is each.empty and each.kind is each.KEYWORD_ONLY]
    made = cls(**dict.fromkeys(needed, "x"))
    defaults = made.to_options()
    options: dict[str, dict[str, Any]] = {}
    for name, key in cls._OPTION_MAP.items():
        option: dict[str, Any] = {"required": True} if name in needed else {}
        if key in defaults and name not in needed:
            option["default"] = defaults[key]
        if choices := choices_of(cls, name):
            option["choices"] = choices
        options[key] = option
    identifier = made.provider_identifier() if hasattr(made, "provider_identifier") else made.provider_name()
    return identifier, {"options": ordered(options)}


def choices_of(cls: Any, name: str) -> list[str]:
    """The values that the module lists for an option."""
    known = cls.__init__.__globals__
    if name in ("content_type", "content_types"):
        return sorted(known.get("_CONTENT_TYPES", ()))
    if name == "task":
        return sorted(getattr(cls, "_SUPPORTED_TASK_CONTENT_TYPES", ()))
    if name == "context_overflow_action":
        return sorted(known.get("_CONTEXT_OVERFLOW_ACTIONS", ()))
    return []


if __name__ == "__main__":
    sys.exit(main())
