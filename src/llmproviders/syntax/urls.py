# SPDX-License-Identifier: Apache-2.0
"""Which URLs the HTTP client in Flink's provider jars takes.

Source: OkHttp as it is in the jars of 2.1.0 to 2.3.0, run on some thousands of URLs.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["unfit_url"]

# User and password, host, port, and the rest; a host is a name or an IPv6 address in brackets.
_URL: Final = (
    r"(?is)https?://(?:[^\s/?#\\@]*@)?(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[^\x00-\x20\x7f#%/:?@\[\\\]]+))"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?#].*)?"
)
_LABELS: Final = r"[A-Za-z0-9._~!$&'()*+,;=-]{1,253}"
MAX_PORT: Final = 65535


def unfit_url(url: str) -> str:
    """What the client expects in place of *url*; empty if it takes it."""
    if not url.lower().startswith(("http://", "https://")):
        return "a URL that begins with http:// or https://"
    found = re.fullmatch(_URL, url)
    if found is None:
        return "a URL of the form https://host:port/path"
    if found["port"] and not 1 <= int(found["port"]) <= MAX_PORT:
        return f"a URL whose port is from 1 to {MAX_PORT}"
    if found["address"]:
        return "" if _is_address(found["address"]) else "a URL with an IPv6 address in its brackets"
    return "" if _is_name(found["name"]) else "a URL with a host name"


def _is_address(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _is_name(text: str) -> bool:
    from stringprep import in_table_a1

    try:
        # This refuses empty labels, and those of more than 63 characters.
        name = text.encode("idna").decode()
    except UnicodeError:
        return False
    # What Unicode 3.2 had not, Java refuses, and Python lets pass.
    return re.fullmatch(_LABELS, name) is not None and not any(map(in_table_a1, text))
