"""axe-core over every screen with an answer on it: light and dark, Korean and English.

The wheel of axe-playwright-python 0.1.8 brings axe-core 4.12.1 (MPL-2.0), which is run and not copied. axe looks for names, roles, labels,
headings, tables and contrast (WCAG 2.2); what it cannot see, e.g. where the keyboard is, stands in test_access.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from s2s_demo.custom import examples
from s2s_demo.custom.jobs import runs
from s2s_demo.ui.custom import progress, reading
from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW, PATIENCE = 60_000, 40
SCREENS = {  # each page, the element around it, and what stands there once its answer is shown
    "": ("start", "#start a"),
    "arithmetic": ("task-arithmetic", ".ys .tok.on"),
    "sums": ("task-sums", ".ys .tok.on"),
    "addition": ("task-addition", ".ys .tok.on"),
    "pos-en": ("task-pos-en", ".ys .tok.on"),
    "pos-ko": ("task-pos-ko", ".ys .tok.on"),
    "intent-en": ("task-intent-en", ".top li"),
    "intent-ko": ("task-intent-ko", ".top li"),
    "swing": ("task-swing", ".mine .run"),
    "exercises": ("task-exercises", ".mine .run"),
    "shapes": ("lab-shapes", ".masks .mask"),
    "gradients": ("lab-gradients", "#gr-inputs .main-svg"),
    "time-machine": ("lab-time", "#time-answer .tok"),
    "long-range": ("lab-longrange", "#longrange-numbers .main-svg"),
    "scoreboard": ("lab-board", "#board-table tbody tr"),
    "race": ("lab-race", "#race-who input"),
}
TWINS = {"addition", "sums", "pos-en", "intent-en", "exercises"}  # of a page like them, so in the dark once is enough
FOLDED = {"long-range", "scoreboard"}  # whose folds are opened; those of a task are looked at once, in arithmetic
# What gradio draws and cannot be told otherwise, as (rule, selector):
GRADIOS = [
    # the field for a file calls itself "Click to upload or drop files" in every language, and shows other words
    ("label-content-name-mismatch", "#own-file .upload-container, #own-testfile .upload-container"),
]
# A tab that is not open is hidden, but axe would walk through its figures all the same, for seconds: they stand aside meanwhile.
LOOK = """async gradios => {
  const closed = [...document.querySelectorAll('[role=tabpanel]')].filter(e => !e.checkVisibility());
  const aside = closed.map(e => { const held = new DocumentFragment(); held.append(...e.childNodes); return held; });
  try {
    const found = await axe.run(document, {resultTypes: ['violations'], elementRef: true,
      rules: {'label-content-name-mismatch': {enabled: true}}});  // WCAG 2.5.3, on by itself from axe 4.14 on
    return found.violations.filter(v => v.impact !== 'minor').flatMap(v => v.nodes
      .filter(n => !gradios.some(([rule, where]) => rule === v.id && n.element.matches(where)))
      .map(n => [v.id, v.impact, n.target.join(' '), n.html.slice(0, 160), n.failureSummary].join(' | ')));
  } finally { closed.forEach((e, i) => e.append(aside[i])); }
}"""


def violations(page: Page) -> list[str]:
    """What axe has against the page once it has come to rest: what is still being computed is drawn faint, and goes."""
    found: list[str] = []
    for _ in range(PATIENCE):
        found = page.evaluate(LOOK, GRADIOS)
        if not found:
            break
        page.wait_for_timeout(400)
    return found


def unfold(page: Page, within: str) -> None:
    folds = page.locator(f"{within} button.label-wrap:not(.open)")
    folds.evaluate_all("all => all.filter(e => e.checkVisibility()).forEach(e => e.click())")


def performed(page: Page) -> None:
    """The theatre of a room, played, with everything else that opens there."""
    unfold(page, "#task-arithmetic")
    page.locator("#curtain-arithmetic").click()
    expect(page.locator("#stage-arithmetic .tok.on").first).to_be_visible(timeout=SLOW)


@pytest.fixture(scope="module")
def run() -> Iterator[str]:
    """A run of the first ready example, short enough to be done before it is looked at."""
    mine = reading.load_example(next(iter(examples.EXAMPLES)))
    one = progress.suggestion_for(mine, "gru", 1)
    name = runs.start(list(mine.pairs), mine.plan, replace(one, recipe=replace(one.recipe, steps=30)))
    yield name
    runs.delete(name)


@pytest.mark.parametrize("lang, dark", [("en", False), ("ko", True)])
def test_axe_finds_nothing(visit: Any, run: str, lang: str, dark: bool):
    page = visit(lang=lang, dark=dark)
    bad: dict[str, list[str]] = {}
    for where, (element, shown) in SCREENS.items():
        if dark and where in TWINS:
            continue
        go(page, where)
        expect(page.locator(f"#{element} {shown}" if element != "start" else shown).first).to_be_visible(timeout=SLOW)
        if where == "arithmetic":
            performed(page)
        if where in FOLDED:
            unfold(page, f"#{element}")
        page.evaluate(AXE_SCRIPT)
        bad[where] = violations(page)
    go(page, "own", run=run)
    page.evaluate(AXE_SCRIPT)
    for step in (read, trained, used):
        step(page, run, lang)
        bad[step.__name__] = violations(page)
    assert {screen: found for screen, found in bad.items() if found} == {}


def read(page: Page, run: str, lang: str) -> None:
    """The first step of one's own pairs, with something for the doctor."""
    page.fill("#own-text textarea", "ab\tba\n" * 12 + "cd\tdc\ncd\tcc\n\tx")
    page.wait_for_timeout(150)
    page.locator("#own-read").click()
    expect(page.locator("#own-ill").get_by_role("gridcell").first).to_be_visible(timeout=SLOW)


def trained(page: Page, run: str, lang: str) -> None:
    """The second, with a run that is done."""
    page.locator("#own-step-train-button").click()
    while not runs.status(run).over:
        page.wait_for_timeout(200)
    expect(page.locator("#own-field .line")).to_have_text(runs.status(run).message.say(lang), timeout=SLOW)
    expect(page.locator("#own-coach li").first).to_be_visible(timeout=SLOW)


def used(page: Page, run: str, lang: str) -> None:
    """The third, with an answer, the errors, and everything unfolded."""
    page.locator("#own-step-use-button").click()
    page.fill("#own-x-try textarea", "badge")
    page.wait_for_timeout(150)
    page.locator("#own-ask").click()
    expect(page.locator("#own-answer .tok.on")).to_be_visible(timeout=SLOW)
    unfold(page, "#own-step-use")
    page.get_by_role("button", name=said("own.show", lang)).click()
    expect(page.locator("#own-table tbody tr").first).to_be_visible(timeout=SLOW)
