# SPDX-License-Identifier: Apache-2.0
"""Type checkers check the calls of an installed package that is written as in docs/guides/own-providers.md."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import llmproviders
from llmproviders.providers.stubs import stubs

PAGE = Path(__file__).parents[1] / "docs/guides/own-providers.md"
USER = """\
from datetime import timedelta

from acme import Mode, RerankProvider
from llmproviders import Catalog, Secret
from typing_extensions import assert_type

rerank = RerankProvider(endpoint="x", api_key="k", mode=Mode.DEEP, timeout=timedelta(1), filters={"a": [1]})
assert_type(rerank, RerankProvider)
assert_type(rerank.with_(api_key=Secret("k"), filters="{}", extra_options={"a": 1}), RerankProvider)
assert_type(rerank.grid(batch_size=[1, 2], timeout=["1s", timedelta(2)]), Catalog)
RerankProvider(endpoint="x", batchsize=3)  # wrong
RerankProvider(endpoint="x", mode="deep")  # wrong
rerank.with_(batchsize=3)  # wrong
rerank.with_(timeout=3)  # wrong
rerank.grid(batchsize=[3])  # wrong
rerank.grid(batch_size=["3"])  # wrong
"""
WRONG = [number for number, line in enumerate(USER.splitlines(), 1) if line.endswith("# wrong")]


def source_of_the_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The module of the page, with the declarations that the command prints for its class."""
    page = PAGE.read_text(encoding="utf-8")
    found = re.search(r"^```python\n# acme-providers/src/acme/__init__\.py\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    source = found[1]
    (folder / "acme_of_the_page.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    above, inside = stubs(importlib.import_module("acme_of_the_page").RerankProvider).split("# In the class:\n")
    source = source.replace("from typing import ClassVar\n", "from typing import TYPE_CHECKING, ClassVar\n")
    decorator = "@attrs.frozen(kw_only=True)\nclass RerankProvider"
    return source.replace(decorator, f"{above}\n\n{decorator}") + inside


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Python of an environment in which the package of the page is installed."""
    source = source_of_the_page(tmp_path, monkeypatch)
    environment = tmp_path / "env"
    venv.create(environment, symlinks=sys.platform != "win32")
    packages = next(environment.rglob("site-packages"))
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "shared.pth").write_text("\n".join([*shared, str(Path(llmproviders.__file__).parents[1])]), encoding="utf-8")
    (packages / "acme").mkdir()
    (packages / "acme/__init__.py").write_text(source, encoding="utf-8")
    (packages / "acme/py.typed").touch()
    (tmp_path / "user.py").write_text(USER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return next(path for path in environment.glob("*/python*") if path.stem == "python")


def output_of(*command: str) -> str:
    """The output of a checker."""
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, encoding="utf-8", check=False)
    return done.stdout + done.stderr


def mypy(python: Path, *paths: str) -> str:
    """The output of mypy, which finds the packages of *python*."""
    return output_of("mypy", "--strict", "--config-file=", "--no-error-summary", f"--python-executable={python}", *paths)


def test_mypy(installed: Path) -> None:
    """mypy accepts the module of the page, and refuses the wrong lines of a program that uses the package."""
    (package,) = installed.parents[1].rglob("acme")
    assert "" == mypy(installed, str(package))
    assert WRONG == [int(line) for line in re.findall(r"^user\.py:(\d+): error: ", mypy(installed, "user.py"), re.MULTILINE)]


def test_mypy_needs_the_marker(installed: Path) -> None:
    """Without `py.typed`, mypy reads no types of the package."""
    (package,) = installed.parents[1].rglob("acme")
    (package / "py.typed").unlink()
    assert "[import-untyped]" in mypy(installed, "user.py")


def test_pyright(installed: Path) -> None:
    """pyright accepts the module of the page, and refuses the wrong lines of a program that uses the package."""
    (package,) = installed.parents[1].rglob("acme")
    arguments = ("pyright", f"--pythonpath={installed}")
    assert "0 errors, 0 warnings, 0 informations" in output_of(*arguments, str(package / "__init__.py"))
    lines = re.findall(r"user\.py:(\d+):\d+ - error: ", output_of(*arguments, "user.py"))
    assert WRONG == [int(line) for line in lines]
