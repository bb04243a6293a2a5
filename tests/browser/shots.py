"""`make shots`: the pictures of the README and the documentation, taken from the page as it is today."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.site import address, go
from tests.chromium import install
from tests.serving import served

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
DRAWN = "document.querySelector('{} .plt')?._fullData?.length > 0"


def main() -> None:
    """Writes nine pictures into docs/."""
    DOCS.mkdir(exist_ok=True)
    with served() as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=install(), args=["--no-sandbox"])
        en, ko = f"{url}?lang=en", f"{url}?lang=ko"
        for address, width, task, text, name in (
            (en, 1280, "arithmetic", "38*45", "arithmetic-en-light"),
            (ko, 420, "arithmetic", "38*45", "arithmetic-ko-phone"),
            (en, 1280, "pos-en", "The old man the boats, but she don't like fishing.", "pos-en-light"),
            (f"{ko}&__theme=dark", 1280, "intent-ko", "내가 그걸 어떻게 알아", "intent-ko-dark"),
            (en, 1280, "swing", "", "swing-en-light"),
            (f"{ko}&__theme=dark", 1280, "exercises", "", "exercises-ko-dark"),
        ):
            page = _asked(browser, address, width, task, text)
            page.screenshot(path=DOCS / f"{name}.png")
            page.close()
        page = _asked(browser, en, 1280, "addition", "99999999+1")
        page.locator("#all-addition").click()
        page.wait_for_function(DRAWN.format("#curves-addition"), timeout=60_000)
        page.wait_for_timeout(1500)
        page.evaluate("document.querySelector('#all-addition').scrollIntoView()")
        page.wait_for_timeout(500)
        page.screenshot(path=DOCS / "compare-en-light.png")
        page.close()
        _gradients(browser, en)
        _own(browser, en)
        browser.close()


def _gradients(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1100})
    page.goto(url)
    go(page, "gradients")
    page.wait_for_function("document.querySelectorAll('#lab-gradients .js-plotly-plot').length > 1", timeout=60_000)
    page.wait_for_timeout(2500)
    page.screenshot(path=DOCS / "gradients-en-light.png")
    page.close()


def _own(browser: Browser, url: str) -> None:
    """The ready example of reversed words, trained as the page suggests."""
    page = browser.new_page(viewport={"width": 1280, "height": 1250})
    page.goto(url)
    go(page, "own")
    page.locator("#own-ready input").first.click()
    page.locator("#own-told li").first.wait_for(timeout=60_000)
    page.locator("#own-next").click()
    page.locator("#own-advice strong").first.wait_for(timeout=60_000)
    page.locator("#own-go").click()
    page.get_by_text("steps are done").first.wait_for(timeout=300_000)
    page.wait_for_timeout(2500)
    page.screenshot(path=DOCS / "own-en-light.png")
    page.close()


def _asked(browser: Browser, url: str, width: int, task: str, text: str) -> Page:
    """The page with the answer to `text` in the room of `task`."""
    scheme = "dark" if "dark" in url else "light"
    page = browser.new_page(viewport={"width": width, "height": 1350}, color_scheme=scheme)
    base, _, query = url.partition("?")
    page.goto(address(base, task, query))
    page.wait_for_function(DRAWN.format(f"#curve-{task}"), timeout=60_000)
    if (
        not text
    ):  # a video: the first sample is answered by itself; the player shows the chosen frame once a key has moved there
        for key in ("ArrowRight", "ArrowLeft"):
            page.locator(f"#answer-{task} .strip").press(key)
        page.wait_for_timeout(2500)
        return page
    page.fill(f"#x-{task} textarea", text)
    page.locator(f"#go-{task}").click()
    last = text.split()[-1].strip(".")[-1]
    page.locator(f"#answer-{task} .xs .tok", has_text=last).first.wait_for(timeout=30_000)
    page.wait_for_timeout(2500)
    return page


if __name__ == "__main__":
    main()
