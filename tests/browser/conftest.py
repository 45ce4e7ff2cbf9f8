# SPDX-License-Identifier: Apache-2.0
"""The built documentation in a browser: scripts/browser builds it, and sets CHROMIUM."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, sync_playwright

SITE = Path(__file__).parents[2] / "build" / "docs"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Do not log requests."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The URL of the built documentation. From a server, because browsers do not let pages of files read other files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser(site: str) -> Iterator[Page]:
    """One page of a browser, for all tests: opening another one is slower than loading another address."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
        context = chromium.new_context(reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
        yield context.new_page()
        chromium.close()
