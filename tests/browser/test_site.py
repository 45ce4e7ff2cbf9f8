# SPDX-License-Identifier: Apache-2.0
"""The built documentation in a browser: it fits windows of every width, its search finds entries, and its links have targets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page

SITE = Path(__file__).parents[2] / "build" / "docs"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
# The theme changes its layout at 1008, 1312 and 1552 pixels, and our style sheet at 1440.
WIDTHS = (360, 390, 600, 800, 1008, 1280, 1312, 1440, 1552, 1920)

# Whatever sticks out on the right: of the window, or of the element that holds a table. Blocks of code scroll by themselves.
STICKING_OUT = """() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth) found.push(`the page: ${root.scrollWidth} > ${root.clientWidth}`);
  for (const each of document.querySelectorAll("article *")) {
    const box = each.getBoundingClientRect(), holder = each.parentElement;
    if (each.closest("pre") || !box.width) continue;
    if (box.right > root.clientWidth + 1) found.push(`${each.outerHTML.slice(0, 90)}: ${box.right} > ${root.clientWidth}`);
    if (each.tagName == "TABLE" && (box.width > holder.clientWidth + 1 || holder.scrollWidth > holder.clientWidth))
      found.push(`the table ${each.innerText.slice(0, 90)}: ${box.width} > ${holder.clientWidth}`);
  }
  return found;
}"""
# Lines of messages that are not seen whole, without scrolling.
CUT_OFF = """() => [...document.querySelectorAll("pre")].flatMap(block => {
  const end = block.getBoundingClientRect().right, language = block.closest("[class*=highlight-]").className;
  if (!/highlight-(console|text)/.test(language) && !block.querySelector(".gp")) return [];
  const wide = block.scrollWidth > block.clientWidth && !block.querySelector(".row") ? [block.innerText] : [];
  const lines = [...block.querySelectorAll("span:not(.row)")].filter(each => each.getBoundingClientRect().right > end + 1);
  return [...wide, ...lines.map(each => each.innerText)];
})"""
NARROW_MEANINGS = """() => [...document.querySelectorAll("td[data-label=Meaning]")].filter(each => {
  const box = each.getBoundingClientRect();
  return box.left < 0 || box.right > document.documentElement.clientWidth || box.width < 190;
}).map(each => `${each.getBoundingClientRect().width}: ${each.innerText}`)"""


def at_widths(browser: Page, script: str, widths: tuple[int, ...] = WIDTHS) -> dict[int, Any]:
    """The results of a script that are not empty, by the width of the window."""
    found = {}
    for width in widths:
        browser.set_viewport_size({"width": width, "height": 900})
        found[width] = browser.evaluate(script)
    return {width: result for width, result in found.items() if result}


@pytest.mark.parametrize("page", PAGES)
def test_pages_fit(browser: Page, site: str, page: str) -> None:
    """Nothing sticks out at any width, messages are seen whole, and so is the meaning in tables."""
    browser.goto(f"{site}/{page}")
    assert {} == at_widths(browser, STICKING_OUT)
    assert {} == at_widths(browser, CUT_OFF, (390, 1280))
    assert {} == at_widths(browser, NARROW_MEANINGS, (390, 1280))


# Copying --------------------------------------------------------------------------------------------------------------


# The script of the buttons writes the text into a new element, and then calls `execCommand("copy")`.
COPIED = """() => {
  let copied;
  document.execCommand = () => { copied = document.body.lastElementChild.value; return true; };
  return [...document.querySelectorAll("div.highlight pre")].map(block => {
    copied = "";
    block.parentElement.querySelector("button.copybtn").click();
    return {shown: block.innerText, copied};
  });
}"""


@pytest.mark.parametrize("page", PAGES)
def test_every_block_has_a_button(browser: Page, site: str, page: str) -> None:
    """The button of a block with prompts copies the input, without prompts; that of another block copies it as it is."""
    browser.goto(f"{site}/{page}")
    browser.wait_for_load_state()
    for block in browser.evaluate(COPIED):
        lines = block["shown"].rstrip("\n").split("\n")
        prompted = [line[len(start) :] for line in lines for start in ("$ ", "> ", ">>> ", "... ") if line.startswith(start)]
        assert "\n".join(prompted or lines).rstrip() == block["copied"].rstrip()


def test_the_button_copies(browser: Page, site: str) -> None:
    """A click copies to the clipboard."""
    browser.goto(f"{site}/index.html")
    block = browser.locator(".highlight-console").first
    block.hover()
    block.locator("button.copybtn").click()
    assert "llmproviders check catalog.toml" == browser.evaluate("navigator.clipboard.readText()")


# Search ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("retry-backoff-base-interval", "reference/options.html#openai-compat-retry-backoff-base-interval"),
        ("retry_backoff_base_interval", "reference/options.html#openai-compat-retry-backoff-base-interval"),
        ("temperature", "reference/options.html#openai-compat-temperature"),
        ("literal-secret", "reference/codes.html#literal-secret"),
        ("OpenAICompatProvider", "reference/api.html#llmproviders.OpenAICompatProvider"),
        ("using_provider", "reference/api.html#llmproviders.using_provider"),
    ],
)
def test_search(browser: Page, site: str, query: str, target: str) -> None:
    """One of the first three results leads to the row of an option or a code, or to the entry of a name."""
    browser.set_viewport_size({"width": 1280, "height": 900})
    browser.goto(f"{site}/search.html?q={query}")
    browser.locator("ul.search li a").first.wait_for()
    links = browser.locator("ul.search li a").evaluate_all("all => all.map(each => each.href)")
    assert f"{site}/{target}" in links[:3]
    browser.goto(f"{site}/{target}")
    assert browser.locator(":target").is_visible()


# Names and links ------------------------------------------------------------------------------------------------------

CONTENT = """() => ({
  title: document.title,
  names: [...document.querySelectorAll(".sidebar-tree ul")].map(list => [...list.children].map(each =>
    each.querySelector("a").innerText)),
  all: [...document.querySelectorAll(".sidebar-tree a")].map(each => each.textContent.trim()),
  ids: [...document.querySelectorAll("[id]")].map(each => each.id),
  links: [...document.querySelectorAll("a[href]")].map(each => each.href),
})"""


@pytest.fixture(scope="module")
def contents(browser: Page, site: str) -> dict[str, Any]:
    """The title, the names in the sidebar, the anchors and the links of every page."""
    found = {}
    for page in PAGES:
        browser.goto(f"{site}/{page}")
        found[f"{site}/{page}"] = browser.evaluate(CONTENT)
    return found


def repeated(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def test_names_are_distinct(contents: dict[str, Any]) -> None:
    """No two pages have the same title, and no two links of the sidebar the same name."""
    assert [] == repeated([each["title"] for each in contents.values()])
    for each in contents.values():
        assert len(each["all"]) > 20
        assert [] == repeated(each["all"])


def test_links_have_targets(contents: dict[str, Any], site: str) -> None:
    """Every link to a page of the site leads to a file, and to an anchor that the page has."""
    missing = []
    for page, content in contents.items():
        for link in content["links"]:
            target, _, anchor = link.partition("#")
            if target in contents:
                found = anchor in ("", *contents[target]["ids"]) or unquote(anchor) in contents[target]["ids"]
            else:
                found = not target.startswith(site) or (SITE / target.removeprefix(f"{site}/")).is_file()
            if not found:
                missing.append(f"{page}: {link}")
    assert [] == missing
