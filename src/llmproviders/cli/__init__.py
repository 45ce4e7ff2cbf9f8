# SPDX-License-Identifier: Apache-2.0
"""The command line: ``llmproviders``, also ``python -m llmproviders`` (the extra ``cli``)."""

from __future__ import annotations

import io
import sys

from ..optional import install_command

__all__ = ["main"]


def main() -> int:
    """Run the command in ``sys.argv``; this is the console entry point."""
    try:
        import typer  # noqa: F401
    except ImportError:
        sys.stderr.write(f"the command line needs the package typer; install it with: {install_command('cli')}\n")
        return 2
    from .app import application

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the terminal cannot show is printed as an escape; it does not raise an error.
            stream.reconfigure(errors="backslashreplace")
    # Typer ends the process itself.
    return int(application()())
