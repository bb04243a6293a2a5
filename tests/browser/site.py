"""How a test gets to a page of the site."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page

from s2s_demo.ui import site

PLACES = {page.task or page.path: page.path for page in site.pages()}
"""What a test calls a page, a task by its name and any other by its address -> its address."""


def address(base: str, where: str, query: str) -> str:
    """The address of a page under `base` (which ends in a slash), with more in its query."""
    path = PLACES.get(where, where)
    return base + path + ("&" if "?" in path else "?") + query.lstrip("&?")


def go(page: Page, where: str, **more: str) -> None:
    """Opens another page of the same site, with the language and the shade of this one; more: further words of the query."""
    page.leaves = True  # type: ignore[attr-defined]  what was still asked for is told as an error, which is none
    page.wait_for_selector("#bar .brand[href]", state="attached")
    base = page.evaluate("document.querySelector('#bar .brand').href").partition("?")[0]
    going = ("lang", "__theme", "big", *(["run"] if where == "own" else []))
    kept = [part for part in urlsplit(page.url).query.split("&") if part.partition("=")[0] in going]
    page.goto(address(base, where, "&".join([*kept, *(f"{k}={v}" for k, v in more.items())])))
