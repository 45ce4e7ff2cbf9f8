# SPDX-License-Identifier: Apache-2.0
"""URLs that Flink's HTTP client accepts, and the reason why others are refused."""

from __future__ import annotations

import pytest

from llmproviders.syntax.urls import expected_url

SCHEME = "a URL that begins with http:// or https://"
FORM = "a URL of the form https://host:port/path"
PORT = "a URL whose port is from 1 to 65535"
ADDRESS = "a URL with an IPv6 address in its brackets"
NAME = "a URL with a host name"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example.com", ""),
        ("HTTP://user:password@h:65535/v1?a=b#c", ""),
        ("http://[::1]:8000/v1", ""),
        ("http://b\u00fccher.example/v1", ""),
        ("http://a_b.svc", ""),
        ("http://h?x", ""),
        ("", SCHEME),
        ("api.example.com/v1", SCHEME),
        ("ftp://h", SCHEME),
        ("http://", FORM),
        ("http:///v1", FORM),
        ("http://h:/v1", FORM),
        ("http://h:x/v1", FORM),
        ("http://h:\u0661/v1", FORM),
        ("http://a b/v1", FORM),
        ("http://[::1/v1", FORM),
        ("http://[fe80::1%25en0]/v1", FORM),
        ("http://h:0/v1", PORT),
        ("http://h:99999/v1", PORT),
        ("http://[1:2]/v1", ADDRESS),
        ("http://a..b/v1", NAME),
        (f"http://{'a' * 64}.b/v1", NAME),
        ("http://" + ".".join(["a" * 60] * 5), NAME),
        ("http://a\u20bdb/v1", NAME),
        ('http://a"b/v1', NAME),
    ],
    ids=range(25),
)
def test_urls(url: str, expected: str) -> None:
    """The expectation is one phrase for a wrong URL, and empty for a good one."""
    assert expected == expected_url(url)
