# SPDX-License-Identifier: Apache-2.0
"""The command ``explain``: the codes of problems."""

from __future__ import annotations

from typing import Annotated

import attrs
import typer

from ..codes import CODES
from ..messages import with_hint
from ..similar_names import did_you_mean
from .arguments import Json
from .command import UsageError, command
from .completion import code_names
from .printing import console, print_json, print_table, styled

__all__ = ["explain"]


@command("explain", "llmproviders explain literal-secret", "llmproviders explain", needs_arguments=False)
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]", help="One code; without it, all of them.", show_default=False, autocompletion=code_names
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain the codes that check prints in brackets: the meaning of each, and the solution."""
    if code is not None and code not in CODES:
        hint = did_you_mean(code, list(CODES)) or "llmproviders explain lists all codes"
        raise UsageError(with_hint(f"no problem has the code {code!r}", hint))
    shown = list(CODES.values()) if code is None else [CODES[code]]
    if as_json:
        print_json([attrs.asdict(each) for each in shown])
    elif code is None:
        rows = [(each.name, each.meaning, each.cure) for each in shown]
        print_table("", ("code", "meaning", "solution"), rows, prose=("meaning", "solution"))
    else:
        output = console()
        output.print(styled(code, "bold"))
        effect = (
            "A catalog with it loads, and it can be ignored." if shown[0].is_check else "It is an error, which cannot be ignored."
        )
        for line in (shown[0].meaning, shown[0].cure, effect):
            output.print(styled(line), soft_wrap=True)
