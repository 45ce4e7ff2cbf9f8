# SPDX-License-Identifier: Apache-2.0
"""The command line: ``llmproviders``, also ``python -m llmproviders`` (the extra ``cli``)."""

from __future__ import annotations

import io
import sys

__all__ = ["main"]


def main() -> int:
    """Run the command of ``sys.argv``: the console entry point."""
    try:
        import typer  # noqa: F401
    except ImportError:
        sys.stderr.write("the command line needs the package typer; install it with: pip install 'llmproviders[cli]'\n")
        return 2
    from .app import application

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the terminal does not have is shown as an escape, not as a traceback.
            stream.reconfigure(errors="backslashreplace")
    # Typer ends the process itself.
    return int(application()())
