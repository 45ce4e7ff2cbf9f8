# SPDX-License-Identifier: Apache-2.0
"""Optional packages, imported when they are used."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from .credentials import mask_value
from .errors import ProviderError

__all__ = ["import_optional", "install_command"]


def import_optional(module: str, extra: str, *, advice: str = "") -> Any:
    """Import a module of an optional package.

    Args:
        module: the name of the module.
        extra: the extra of this library that installs the package.
        advice: advice in place of the command that installs the extra.

    Raises:
        ProviderError: if the package is not installed; the message has the command that installs it, or the advice.
    """
    try:
        return import_module(module)
    except ImportError:
        msg = f"this needs the package {module}; {advice or f'install it with: {install_command(extra)}'}"
    raise ProviderError(msg)


def install_command(extra: str) -> str:
    """The command that installs an extra of this library from where the library itself was installed."""
    import shlex

    options, requirement = [], ""
    # A hint never fails, whatever an installer has recorded.
    with suppress(Exception):
        *options, requirement = _origin(extra)
    if not requirement or not requirement.isprintable():
        options, requirement = [], f"llmproviders[{extra}]"
    # The shells of Windows do not know single quotes.
    quoted = f'"{requirement}"' if os.name == "nt" else shlex.quote(requirement)
    return " ".join(["pip install", *options, quoted])


def _origin(extra: str) -> list[str]:
    """The arguments of pip for the folder, file or URL that the installer has recorded (PEP 610).

    Raises:
        Exception: if nothing is recorded, as for a package of an index, or if pip cannot install from there again.
    """
    import json
    from importlib.metadata import distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    recorded = json.loads(distribution("llmproviders").read_text("direct_url.json") or "{}")
    url = urlsplit(recorded["url"])
    if url.scheme == "file":
        path = Path(url2pathname(url.path)).resolve(strict=True)
        if "dir_info" in recorded:
            options = ["-e"] if recorded["dir_info"].get("editable") else []
            return [*options, f"{'.' if path == Path.cwd() else path}[{extra}]"]
    user, _, host = url.netloc.rpartition("@")
    if url.query or "@" in url.path or any(mask_value(part) != part for part in url.path.split("/")):
        msg = "the URL may contain a token"
        raise ValueError(msg)
    # So may its user, except for the one of ssh.
    where = url._replace(netloc=url.netloc if user == "git" else host, fragment="").geturl()
    if source := recorded.get("vcs_info"):
        revision = source.get("requested_revision")
        where = f"{source['vcs']}+{where}{f'@{revision}' if revision else ''}"
    folder = recorded.get("subdirectory")
    return [f"llmproviders[{extra}] @ {where}{f'#subdirectory={folder}' if folder else ''}"]
