"""The race as a visitor meets it: it runs, is seen, stops, and is nobody else's."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from s2s_demo.ui.lab import race
from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
CURVES = "document.querySelector('#race-{} .plt')?._fullData?.length === {}"


def enter(page: Page, engines: list[str], task: str = "") -> None:
    """Goes to the race and leaves only these engines in it."""
    go(page, "race")
    if task:
        page.locator(f"#race-task input[value='{task}']").click()
    boxes = page.locator("#race-who input[type=checkbox]")
    expect(boxes).to_have_count(8, timeout=SLOW)
    for box in boxes.all():
        box.set_checked(box.get_attribute("name") in engines)


def start(page: Page) -> None:
    page.locator("#race-go").click()
    expect(page.locator("#race-field tbody tr")).to_have_count(2, timeout=SLOW)


def named(page: Page) -> list[str]:
    return [one.strip() for one in page.locator("#race-field tbody th.who span").all_inner_texts()]


def test_a_race_is_seen_stopped_and_kept(visit):
    page = visit()
    enter(page, ["gru", "lstm"], "addition")
    start(page)
    for kind in ("loss", "exact", "norm"):
        page.wait_for_function(CURVES.format(kind, 2), timeout=SLOW)
    ranges = "JSON.stringify(document.querySelector('#race-exact .plt').layout.yaxis.range)"
    assert json.loads(page.evaluate(ranges)) == [-0.02, 1.04]
    expect(page.locator("#race-field .line")).to_contain_text("s left", timeout=SLOW)
    expect(page.locator("#race-field tbody tr").first.locator("td")).to_have_count(11)
    expect(page.locator("#race-go")).to_be_disabled()
    page.locator("#race-stop").click()
    expect(page.locator("#race-field .line")).to_contain_text("Stopped after", timeout=SLOW)
    expect(page.locator("#race-table")).to_contain_text(said("race.table.lr", "en"), timeout=SLOW)
    expect(page.locator("#race-go")).to_be_enabled()
    kept = page.locator("#race-field .line").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator("#race-field .line").inner_text() == kept and not race.RACES._slots


def test_two_visitors_race_at_once_and_see_only_their_own(visit):
    one, other = visit(), visit(lang="ko")
    enter(one, ["gru", "lstm"])
    enter(other, ["transformer", "mamba"], "addition")
    start(one)
    start(other)
    expect(one.locator("#race-field .line")).to_contain_text("left", timeout=SLOW)
    expect(other.locator("#race-field .line")).to_contain_text("남음", timeout=SLOW)
    assert named(one) == ["LSTM", "GRU"] and named(other) == ["트랜스포머", "Mamba"]
    other.locator("#race-stop").click()
    expect(other.locator("#race-field .line")).to_contain_text("멈췄습니다", timeout=SLOW)
    expect(one.locator("#race-field .line")).to_contain_text("left")
    expect(one.locator("#race-stop")).to_be_enabled()
    one.close()
    other.wait_for_timeout(500)
    for _ in range(40):
        if not race.RACES._slots:
            break
        other.wait_for_timeout(500)
    assert not race.RACES._slots


def test_the_race_fits_a_phone_and_tells_what_is_missing(visit):
    page = visit(width=420, dark=True)
    enter(page, ["gru"])
    page.locator("#race-go").click()
    expect(page.locator("#race-field .line")).to_have_text(said("race.few", "en"), timeout=SLOW)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
