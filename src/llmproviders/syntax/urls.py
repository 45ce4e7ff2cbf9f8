# SPDX-License-Identifier: Apache-2.0
"""The URLs that the HTTP client in Flink's provider jars accepts.

Source: the OkHttp of the jars 2.1.0 to 2.3.0, run on thousands of URLs.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["expected_url", "whole_url"]

# User and password, host, port, and the rest. A host is a name, or an IPv6 address in brackets.
_URL: Final = (
    r"(?is)https?://(?:[^\s/?#\\@]*@)?(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[^\x00-\x20\x7f#%/:?@\[\\\]]+))"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?#].*)?"
)
_LABELS: Final = r"[A-Za-z0-9._~!$&'()*+,;=-]{1,253}"
_MAX_PORT: Final = 65535


def expected_url(url: str) -> str:
    """A description of the URLs that the client accepts, if it does not accept *url*; else an empty string."""
    if not url.lower().startswith(("http://", "https://")):
        return "a URL that begins with http:// or https://"
    found = re.fullmatch(_URL, url)
    if found is None:
        return "a URL of the form https://host:port/path"
    if found["port"] and not 1 <= int(found["port"]) <= _MAX_PORT:
        return f"a URL whose port is from 1 to {_MAX_PORT}"
    if found["address"]:
        return "" if _is_address(found["address"]) else "a URL with an IPv6 address in its brackets"
    return "" if _is_name(found["name"]) else "a URL with a host name"


def whole_url(base: str, path: str) -> str | None:
    """The full URL of an API, with *path* at its end, if *base* is probably only the base URL of a service; else None.

    >>> whole_url("https://api.deepseek.com/v1", "/chat/completions")
    'https://api.deepseek.com/v1/chat/completions'
    """
    start, _, rest = base.rstrip("/").partition("://")
    host, _, before = rest.partition("/")
    last = before.rpartition("/")[2]
    if not host or any(mark in rest for mark in "?#{"):
        return None
    if re.fullmatch(r"v\d+[a-z0-9]*|openai", last):
        return f"{start}://{rest}{path}"
    return f"{start}://{rest}/v1{path}" if last in ("", "api", "compatible-mode") else None


def _is_address(string: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(string)
    except AddressValueError:
        return False
    return True


def _is_name(string: str) -> bool:
    from stringprep import in_table_a1

    try:
        # The codec refuses empty labels, and labels of more than 63 characters.
        name = string.encode("idna").decode()
    except UnicodeError:
        return False
    # Java refuses characters that are not in Unicode 3.2; Python's codec accepts them.
    return re.fullmatch(_LABELS, name) is not None and not any(map(in_table_a1, string))
