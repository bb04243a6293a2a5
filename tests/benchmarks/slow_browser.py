"""`python -m tests.benchmarks.slow_browser`: how soon "stop" is heard while a training is drawn, in a browser 1, 4 and 6 times slower than here.

Chromium slows its own processor down (DevTools, Emulation.setCPUThrottlingRate); four times is about a telephone of the middle class.
Seconds from the click to the page's answer, for one cell of the long-range room and for a race of eight. Measured, never asserted.
"""

from __future__ import annotations

import time

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import install
from tests.serving import served

RATES, WATCHED, PATIENCE = (1, 4, 6), 8_000, 120_000


def main() -> None:
    """A line a rate."""
    with served() as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=install(), args=["--no-sandbox"])
        for rate in RATES:
            told = [
                f"{what} {seconds:.1f} s"
                for what, seconds in (("long range", longrange(browser, url, rate)), ("race", race(browser, url, rate)))
            ]
            print(f"{rate} times slower: {', '.join(told)}", flush=True)
        browser.close()


def longrange(browser: Browser, url: str, rate: int) -> float:
    """Seconds until a cell that trains says that it was stopped."""
    page = entered(browser, url, "long-range")
    page.wait_for_function("document.querySelector('#longrange-numbers .plt')?._fullData?.length > 0", timeout=PATIENCE)
    page.locator("#longrange-engine").get_by_text("Vanilla RNN", exact=True).click()
    slowed(page, rate)
    page.locator("#longrange-train").click(timeout=PATIENCE)
    expect(page.locator("#longrange-meter .told")).to_contain_text("seed", timeout=PATIENCE)
    return stopped(page, "#longrange-stop", "#longrange-result", "Stopped")


def race(browser: Browser, url: str, rate: int) -> float:
    """Seconds until a race of eight says that it was stopped."""
    page = entered(browser, url, "race")
    slowed(page, rate)
    page.locator("#race-go").click(timeout=PATIENCE)
    expect(page.locator("#race-field tbody tr")).to_have_count(8, timeout=PATIENCE)
    return stopped(page, "#race-stop", "#race-field .line", "Stopped")


def entered(browser: Browser, url: str, room: str) -> Page:
    """A fresh visit to a room of the laboratory."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}{room}?lang=en")
    return page


def slowed(page: Page, rate: int) -> None:
    """From now on the page's processor is so many times slower."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})


def stopped(page: Page, button: str, told: str, word: str) -> float:
    """Watches for a while, then stops; seconds from the click to the page's word."""
    page.wait_for_timeout(WATCHED)
    began = time.perf_counter()
    page.locator(button).click(timeout=PATIENCE)
    expect(page.locator(told)).to_contain_text(word, timeout=PATIENCE)
    seconds = time.perf_counter() - began
    page.context.close()
    return seconds


if __name__ == "__main__":
    main()
