"""The gradient laboratory as a visitor meets it: the story without a click, controls that redraw, fresh beside trained, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from s2s_demo import engines
from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
FIGURES = ("inputs", "states", "clip-norms", "clip-losses", "fresh", "learned", "gate-map", "gate-means")


def enter(page: Page) -> None:
    go(page, "gradients")
    for figure in FIGURES:
        page.wait_for_function(f"document.querySelector('#gr-{figure} .plt')?._fullData?.length > 0", timeout=SLOW)


def card(page: Page, engine: str) -> str:
    return page.locator(f"#gr-cards li[data-name={engine}] b").inner_text()


def steps(page: Page, figure: str) -> int:
    return page.evaluate(f"document.querySelector('#gr-{figure} .plt')._fullData[0].x.length")


def test_the_story_is_told_without_a_click_and_every_control_redraws(visit):
    page = visit()
    enter(page)
    expect(page.locator("#gr-cards li")).to_have_count(len(engines.ENGINES))
    assert card(page, "conv") == card(page, "independent") == said("gradients.none", "en")
    assert "10⁻²" in card(page, "rnn") and "10" not in card(page, "transformer")
    names = page.evaluate("document.querySelector('#gr-inputs .plt')._fullData.map(t => t.name)")
    assert names[:8] == [e.title.en for e in engines.ENGINES.values()] and steps(page, "inputs") == 60

    lstm = card(page, "lstm")
    page.fill("#gr-bias input[type=number]", "3")
    page.locator("#gr-bias input[type=number]").press("Tab")
    expect(page.locator("#gr-cards li[data-name=lstm] b")).not_to_have_text(lstm, timeout=SLOW)
    for typed, kept in (("999", 200), ("30", 30)):
        page.fill("#gr-length input[type=number]", typed)
        page.locator("#gr-length input[type=number]").press("Tab")
        drawn = f"document.querySelector('#gr-inputs .plt')._fullData[0].x.length === {kept}"
        page.wait_for_function(drawn, timeout=SLOW)
        expect(page.locator("#gr-cards .said")).to_contain_text(f"{kept - 1} steps", timeout=SLOW)
    page.locator("#gr-init").get_by_text(said("gradients.init.orthogonal", "en"), exact=True).click()
    expect(page.locator("#gr-theory")).to_contain_text("= 1.000", timeout=SLOW)
    page.locator("#gr-loss").get_by_text(said("gradients.loss.all", "en"), exact=True).click()
    expect(page.locator("#gr-note")).to_contain_text("That hides vanishing", timeout=SLOW)

    page.fill("#gr-seed input", "12345")
    page.locator("#gr-seed input").press("Tab")
    expect(page.locator("#gr-note")).to_contain_text("a seed of 0 to 9999", timeout=SLOW)


def test_fresh_and_trained_share_an_axis_and_gates_follow_the_example(visit):
    page = visit(lang="ko", dark=True)
    enter(page)
    ranges = page.evaluate(
        "['fresh', 'learned'].map(n => JSON.stringify(document.querySelector(`#gr-${n} .plt`)._fullLayout.yaxis.range))"
    )
    assert ranges[0] == ranges[1]
    page.fill("#gr-text textarea", "<img src=x onerror=window.hit=1> move my money")
    page.wait_for_timeout(150)  # no hand is so fast that the page has not yet taken what was typed
    page.locator("#gr-go").click()
    ticks = "document.querySelector('#gr-gate-map .plt')._fullLayout.xaxis.ticktext"
    page.wait_for_function(f"{ticks}?.at(-1) === 'money' && {ticks}.at(-2) === 'my'", timeout=SLOW)
    assert page.evaluate("window.hit") is None and page.locator("#gr-gate-map img").count() == 0
    page.locator("#gr-gate-engine").get_by_text("GRU", exact=True).click()
    expect(page.locator("#gr-gate")).to_contain_text(said("gradients.gate.reset", "ko"), timeout=SLOW)
    page.wait_for_function(
        f"document.querySelector('#gr-gate-means .plt')._fullData.at(-1).name === '{said('gradients.gate.reset', 'ko')}'",
        timeout=SLOW,
    )
    page.fill("#gr-text textarea", "a " * 80)
    page.wait_for_timeout(150)
    page.locator("#gr-go").click()
    told = page.locator("#gr-beside-note")
    expect(told).to_contain_text("64단계", timeout=SLOW)


def test_the_panel_fits_a_phone(visit):
    page = visit(width=420)
    enter(page)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
