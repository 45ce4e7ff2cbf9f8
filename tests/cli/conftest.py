# SPDX-License-Identifier: Apache-2.0
"""Every test of the command line runs in its own folder with catalogs."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import LITERAL, TEXTS


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a catalog in the three formats, and without variables that change the output."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "DEEPSEEK_API_KEY", "COLUMNS", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    for suffix, text in TEXTS.items():
        Path(f"a.{suffix}").write_text(text, encoding="utf-8", newline="")
    Path("secret.toml").write_text(LITERAL, encoding="utf-8")
    return tmp_path
