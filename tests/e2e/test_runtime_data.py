# SPDX-License-Identifier: Apache-2.0
"""The data of the runtimes equals that of the released jars and wheels."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def refresh(*arguments: str, tool: Path = ROOT / "tools/refresh_runtimes.py") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(tool), "--cache", str(ROOT / ".cache/runtimes"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_data_equals_the_artifacts() -> None:
    """The data has every fact of the artifacts, and no other."""
    found = refresh("--check")
    assert (0, "runtimes: no differences\n") == (found.returncode, found.stdout), found.stdout + found.stderr


def test_differences_are_found_and_fixed(tmp_path: Path) -> None:
    """An extra option, a missing one and another default are differences, and writing fixes them."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    folder = tmp_path / "src/llmproviders/runtimes"
    folder.mkdir(parents=True)
    tool = tmp_path / "tools/refresh_runtimes.py"
    for name in ("flink-2.3.json", "vvr-11.9.json"):
        data = json.loads((ROOT / "src/llmproviders/runtimes" / name).read_text(encoding="utf-8"))
        for factory in data["factories"].values():
            factory["options"]["made-up"] = {}
            del factory["options"]["endpoint"]
        (folder / name).write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    data = json.loads((folder / "flink-2.3.json").read_text(encoding="utf-8"))
    data["factories"]["openai"]["options"]["retry-num"]["default"] = "3"
    data["factories"]["openai"]["metadata"]["http-status-code"] = "STRING"
    data["factories"]["triton"]["metadata"] = {"error-string": "STRING"}
    (folder / "flink-2.3.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    found = refresh("--check", tool=tool)
    assert 1 == found.returncode, found.stderr
    assert 5 == found.stdout.count('-        "made-up": {}')
    assert 5 == found.stdout.count('+        "endpoint": {')
    assert '-          "default": "3"' in found.stdout
    assert '-        "http-status-code": "STRING"' in found.stdout
    assert '-        "error-string": "STRING"' in found.stdout
    assert 0 == refresh(tool=tool).returncode
    for name in ("flink-2.3.json", "vvr-11.9.json"):
        assert (folder / name).read_bytes() == (ROOT / "src/llmproviders/runtimes" / name).read_bytes()
