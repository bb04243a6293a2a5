"""A running page and a Chromium. Without a Chromium these tests fail: `python -m tests.chromium` gets one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from s2s_demo import tasks
from tests.browser.site import address
from tests.chromium import find
from tests.serving import shared

LEFT = ("AbortError: signal is aborted", "Connection errored out")
"""What a browser says of requests that were under way when its visitor went to another page."""
LOCAL = ("http://127.0.0.1", "http://localhost", "data:", "blob:")


@pytest.fixture(scope="session")
def url() -> str:
    return shared()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find()
    assert path, "no Chromium: run `python -m tests.chromium`"
    with sync_playwright() as p:
        camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        browser = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", *camera])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """One profile of the browser for the first visitor of every test, for whom the site's scripts are loaded and compiled once."""
    context = chromium.new_context()
    yield context
    context.close()


def cleared(profile: BrowserContext, url: str) -> Page:
    """A new page of the profile, in which nothing is left of an earlier test but the site's scripts."""
    profile.clear_cookies()
    profile.clear_permissions()
    page = profile.new_page()
    everything = {"origin": url.rstrip("/"), "storageTypes": "all"}
    profile.new_cdp_session(page).send("Storage.clearDataForOrigin", everything)
    return page


@pytest.fixture
def visit(chromium: Browser, profile: BrowserContext, url: str) -> Iterator[object]:
    """visit(where, lang=, dark=, width=, at=, more=) opens a page of the site, with more in its address.

    where: a task, answered before the page is given, or another address. Whoever comes second is another visitor. leaves: the test
    goes on to another page while this one still asks. At the end nothing went outside and the console is clean.
    """
    pages: list[Page] = []
    wrong: list[str] = []

    def opened(
        where: str = "arithmetic",
        *,
        lang: str = "en",
        dark: bool = False,
        width: int = 1280,
        at: str = "",
        more: str = "",
        leaves: bool = False,
    ) -> Page:
        def left(told: str) -> bool:
            gone = leaves or getattr(page, "leaves", False)
            return gone and any(words in told for words in LEFT)

        page = chromium.new_page() if pages else cleared(profile, url)
        page.set_viewport_size({"width": width, "height": 900})
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" and not left(m.text) else None)
        page.on("pageerror", lambda e: wrong.append(str(e)) if not left(str(e)) else None)
        page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(LOCAL) else None)
        page.goto(address(at or url, where, f"lang={lang}" + ("&__theme=dark" if dark else "") + more))
        if where in tasks.TASKS and tasks.get(where).input == "text":
            answered = page.locator(f"#answer-{where}").locator(".said:not(:empty), .ys .tok").first
            expect(answered).to_be_visible(timeout=60_000)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert not wrong, wrong
