"""The time machine as a visitor meets it: scrub, and everything goes back together."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
MARK = "document.querySelector('#time-learning .plt')?.layout?.shapes?.[0]?.x0"
LENS = "JSON.stringify(document.querySelector('#time-lens .plt')?._fullData?.[1]?.z ?? null)"


def enter(page: Page) -> None:
    go(page, "time-machine")
    page.wait_for_function("document.querySelector('#time-inside .plt')?._fullData?.length > 0", timeout=SLOW)


def scrub(page: Page, key: str) -> None:
    page.locator("#time-moment input[type=range]").press(key)


def test_scrubbing_takes_answer_lens_curve_and_mark_along(visit):
    page = visit()
    enter(page)
    expect(page.locator("#time-answer .said")).to_contain_text("=", timeout=SLOW)
    scrub(page, "End")
    expect(page.locator("#time-answer .said")).to_have_text("47 + 38 = 85", timeout=SLOW)
    page.wait_for_function(f"{MARK} === 3000", timeout=SLOW)
    trained = page.evaluate(LENS)
    scrub(page, "Home")
    expect(page.locator("#time-heading")).to_contain_text("After 0 of 3,000", timeout=SLOW)
    page.wait_for_function(f"{MARK} === 0.5 && {LENS} !== {trained!r}", timeout=SLOW)
    expect(page.locator("#time-answer .said")).not_to_have_text("47 + 38 = 85", timeout=SLOW)
    page.locator("#time-play").click()
    expect(page.locator("#time-play")).to_have_text(said("time.pause", "en"), timeout=SLOW)
    page.wait_for_function(f"{MARK} > 10", timeout=SLOW)
    page.locator("#time-play").click()
    expect(page.locator("#time-play")).to_have_text(said("time.play", "en"), timeout=SLOW)


def test_another_task_an_input_of_ones_own_and_a_training_from_inside(visit):
    page = visit(lang="ko", width=420, dark=True)
    enter(page)
    page.locator("#time-task input[value='intent-ko']").click()
    expect(page.locator("#time-answer .xs .tok").first).to_be_visible(timeout=SLOW)
    page.fill("#time-x textarea", "<img src=x onerror=window.hit=1> 지금 몇 시야")
    page.wait_for_timeout(150)
    page.locator("#time-x textarea").press("Enter")
    expect(page.locator("#time-answer .xs .tok").last).to_contain_text("시야", timeout=SLOW)
    assert page.evaluate("window.hit") is None and page.locator("#time-answer img").count() == 0
    page.locator("#time-model input").click()
    page.get_by_role("option").nth(1).click()
    expect(page.locator("#time-unrecorded")).to_contain_text("기록하지 않았습니다", timeout=SLOW)
    page.fill("#time-x textarea", "")
    page.wait_for_timeout(150)
    page.locator("#time-x textarea").press("Enter")
    expect(page.locator("#time-answer .answer.bad .said")).not_to_be_empty(timeout=SLOW)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
