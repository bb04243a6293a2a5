"""`make shots`: the README's pictures, taken from the page as it is today."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import install
from tests.serving import served

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
DRAWN = "document.querySelector('{} .plt')?._fullData?.length > 0"


def main() -> None:
    """Writes four pictures into docs/."""
    DOCS.mkdir(exist_ok=True)
    with served() as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=install(), args=["--no-sandbox"])
        _arithmetic(browser, f"{url}?lang=en", "arithmetic-en-light", 1200, dark=False)
        _arithmetic(browser, f"{url}?lang=ko", "arithmetic-ko-phone", 420, dark=False)
        _addition(browser, f"{url}?lang=ko&__theme=dark")
        _compare(browser, f"{url}?lang=en")
        browser.close()


def _open(browser: Browser, url: str, width: int, *, dark: bool, height: int = 1350) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", device_scale_factor=1
    )
    page.goto(url)
    page.wait_for_function(DRAWN.format("#lens-arithmetic"), timeout=60_000)
    return page


def _arithmetic(browser: Browser, url: str, name: str, width: int, *, dark: bool) -> None:
    page = _open(browser, url, width, dark=dark)
    page.fill("#x-arithmetic textarea", "38*45")
    page.locator("#go-arithmetic").click()
    page.get_by_text("38 × 45 = ", exact=False).first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=DOCS / f"{name}.png")
    page.close()


def _addition(browser: Browser, url: str) -> None:
    page = _open(browser, url, 1200, dark=True)
    page.locator("#task-addition-button").click()
    page.wait_for_function(DRAWN.format("#curve-addition"), timeout=60_000)
    page.fill("#x-addition textarea", "99999999+1")
    page.locator("#go-addition").click()
    page.get_by_text("= 100000000", exact=False).first.wait_for(timeout=30_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=DOCS / "addition-ko-dark.png")
    page.close()


def _compare(browser: Browser, url: str) -> None:
    page = _open(browser, url, 1200, dark=False)
    page.locator("#task-addition-button").click()
    page.wait_for_function(DRAWN.format("#curve-addition"), timeout=60_000)
    page.fill("#x-addition textarea", "99999999+1")
    page.locator("#go-addition").click()
    page.get_by_text("= 100000000", exact=False).first.wait_for(timeout=30_000)
    page.locator("#all-addition").click()
    page.wait_for_function(DRAWN.format("#curves-addition"), timeout=60_000)
    page.locator("#all-addition").scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    page.evaluate("document.querySelector('#all-addition').scrollIntoView()")
    page.wait_for_timeout(500)
    page.screenshot(path=DOCS / "compare-en-light.png")
    page.close()


if __name__ == "__main__":
    main()
