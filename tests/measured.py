# SPDX-License-Identifier: Apache-2.0
"""Option strings and the values that Flink's parser read from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llmproviders import Rejected

MEASURED: dict[str, Any] = json.loads((Path(__file__).parent / "data/flink_strings.json").read_text(encoding="utf-8"))


def outcome(read: Callable[[str], Any], string: str) -> Any:
    """The value that *read* returns; None if it refuses the string."""
    try:
        return read(string)
    except Rejected:
        return None
