# SPDX-License-Identifier: Apache-2.0
"""The command ``explain``: the codes of problems."""

from __future__ import annotations

import textwrap
from typing import Annotated, Final

import attrs
import typer

from ..codes import CODES, GROUPS
from ..messages import shown, with_hint
from ..similar_names import did_you_mean
from .arguments import Json
from .command import UsageError, command
from .completion import code_names
from .explanations import built_page, examples, parts, published_page
from .printing import console, print_json, print_table, styled

__all__ = ["explain"]

_INDENT: Final = "    "


@command(
    "explain",
    "llmproviders explain literal-secret",
    "llmproviders explain literal-secret --open",
    "llmproviders explain",
    needs_arguments=False,
)
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]", help="One code; without it, all of them.", show_default=False, autocompletion=code_names
        ),
    ] = None,
    is_opened: Annotated[bool, typer.Option("--open", help="Open the documentation of the code in the browser.")] = False,
    as_json: Json = False,
) -> None:
    """Explain the codes that check prints in brackets: the meaning of each, an example, and the solution."""
    if code is not None and code not in CODES:
        hint = did_you_mean(code, list(CODES)) or "llmproviders explain lists all codes"
        raise UsageError(with_hint(f"no problem has the code {shown(code)}", hint))
    if is_opened and as_json:
        raise UsageError("expected --open or --json, got both")
    if is_opened:
        _open(code)
    elif as_json:
        print_json([_record(name) for name in CODES if code in (None, name)])
    elif code is None:
        for title, codes in GROUPS.items():
            print_table(title, ("code", "meaning"), [(each.name, each.meaning) for each in codes], prose=("meaning",))
    else:
        _print_explanation(code)


def _record(name: str) -> dict[str, object]:
    group = next(title for title, codes in GROUPS.items() if CODES[name] in codes)
    return {"group": group, **attrs.asdict(CODES[name]), "example": attrs.asdict(examples()[name])}


def _print_explanation(name: str) -> None:
    """Print the parts of an explanation; in a terminal, all but code is wrapped at blanks."""
    output = console()
    output.print(styled(name, "bold"))
    for language, text in parts(CODES[name]):
        # Sentences are apart from the code above and below them.
        output.print()
        indent, style = (_INDENT, "cyan") if language else ("", "")
        for line in text.splitlines():
            lines = [line] if language not in ("", "text") else _wrapped(line, output.width - len(indent))
            for each in lines:
                output.print(styled(f"{indent}{each}".rstrip(), style), soft_wrap=True)


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


def _open(code: str | None) -> None:
    """Open the page about codes in the browser, at the section of a code if there is one."""
    import webbrowser

    page = published_page() or built_page()
    if page is None:
        raise UsageError("the documentation is not on this machine; in a clone, build it: bash scripts/docs")
    address = f"{page}#{code}" if code else page
    if not webbrowser.open(address):
        raise UsageError(f"no browser can be started; the page is {address}")
