# SPDX-License-Identifier: Apache-2.0
"""Classes that exist in one process only, pickled to another."""

from __future__ import annotations

import enum
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import cloudpickle
import pytest
from attrs_classes import assert_same, frozen, slots_or_dict

import llmproviders
from llmproviders import (
    Provider,
    option,
)

DEFINES = '''
import sys
from pathlib import Path

import attrs, cloudpickle
from llmproviders import Provider, Secret, between, option, secret

folder = Path(sys.argv[1])
for slots in (True, False):
    for used in (True, False):

        @attrs.frozen(kw_only=True, slots=slots)
        class Own(Provider):
            """A class that exists in this process only."""

            identifier = "own"
            size: int = attrs.field(default=1, metadata=option("size", "how large"), validator=between(1, 9))
            token: Secret | None = attrs.field(default=None, converter=secret, metadata=option("token"))
            label: str = attrs.field(default="l", metadata=option("label"))

            @property
            def doubled(self):
                return 2 * self.size

        class Sub(Own):
            identifier = "sub"

        content = [Own, Sub]
        if used:
            provider = Own(size=3, token="t", zz="x")
            provider.with_(size=4).to_options()
            provider.to_options()
            Own.from_options({"size": "5"})
            content += [provider, Sub(size=2)]
        (folder / f"{slots}-{used}").write_bytes(cloudpickle.dumps(content))
'''


READS = """
import json, pickle, sys
from pathlib import Path

from llmproviders import InvalidOptionsError

found = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix:
        continue
    try:
        Own, Sub, *providers = pickle.loads(path.read_bytes())
        try:
            Own(size=10)
        except InvalidOptionsError as error:
            refused = [problem.option for problem in error.problems]
        provider = providers[0] if providers else Own(size=3, token="t", zz="x")
        sub = providers[1] if providers else Sub(size=2)
        assert provider == Own(size=3, token="t", zz="x") == Own.from_options(provider.to_options())
        found[path.name] = [
            provider.to_options(),
            provider.with_(size=4).to_options(),
            provider.doubled,
            refused,
            [sub.provider_name(), sub.to_options()],
            repr(provider),
        ]
    except Exception as error:
        found[path.name] = repr(error)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The results of a process that unpickles the classes and providers of another process's ``__main__``."""
    folder = tmp_path_factory.mktemp("main")
    env = {**os.environ, "PYTHONPATH": str(Path(llmproviders.__file__).parent.parent)}
    output = ""
    for name, source in (("defines.py", DEFINES), ("reads.py", READS)):
        (folder / name).write_text(source, encoding="utf-8")
        command = [sys.executable, str(folder / name), str(folder)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert (0, "") == (done.returncode, done.stderr)
        output = done.stdout
    found: dict[str, Any] = json.loads(output)
    return found


@pytest.mark.parametrize("used", [True, False], ids=["used", "unused"])
@slots_or_dict
def test_cloudpickle_from_main(elsewhere: dict[str, Any], slots: bool, used: bool) -> None:
    """A class of ``__main__`` works in the process that it is sent to, used before or not."""
    flat = {"size": "3", "token": "t", "label": "l", "zz": "x"}
    assert [
        flat,
        {**flat, "size": "4"},
        6,
        ["size"],
        ["sub", {"size": "2", "label": "l"}],
        "Own(extra_options={'zz': 'x'}, size=3, token=Secret('******'), label='l')",
    ] == elsewhere[f"{slots}-{used}"]


@slots_or_dict
def test_cloudpickle_of_local_classes(slots: bool) -> None:
    """A local class is pickled by value, and in the same process its copy is the same class."""

    class Color(enum.Enum):
        RED = "red"

    @frozen(slots)
    class Own(Provider):
        identifier = "own"
        size: int = attrs.field(default=1, metadata=option("size"))

    assert {"size": "2"} == cloudpickle.loads(cloudpickle.dumps(Own))(size=2).to_options()
    provider = Own(size=2)
    provider.to_options()
    again = cloudpickle.loads(cloudpickle.dumps(SimpleNamespace(provider=provider, color=Color.RED))).provider
    assert_same(provider, again)
