"""The long-range room as a visitor meets it: three problems, a cell that trains, stops and stays, two visitors at once."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from s2s_demo import engines
from s2s_demo.lab.long_range.problems import PROBLEMS
from s2s_demo.lab.long_range.runs import train_cell
from s2s_demo.ui.lab import long_range
from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
DRAWN = "document.querySelector('{} .plt')?._fullData?.length > {}"


def enter(page: Page) -> None:
    go(page, "long-range")
    page.wait_for_function(DRAWN.format("#longrange-numbers", 0), timeout=SLOW)


def choose(page: Page, what: str, words: str) -> None:
    page.locator(f"#longrange-{what}").get_by_text(words, exact=True).click()


def train(page: Page, engine: str) -> None:
    choose(page, "engine", engine)
    page.locator("#longrange-train").click()
    expect(page.locator("#longrange-meter .told")).to_contain_text(f"{engine} · seed", timeout=SLOW)


def test_three_problems_and_a_cell_that_stops_and_stays(visit):
    page = visit()
    enter(page)
    choose(page, "problem", said("longrange.addition", "en"))
    expect(page.locator("#longrange-chips .tok").first).to_contain_text("+", timeout=SLOW)
    page.wait_for_function(DRAWN.format("#longrange-figure", 9), timeout=SLOW)
    expect(page.locator("#longrange-says")).to_contain_text("At 5,000 digits")
    expect(page.locator("#longrange-train")).to_have_count(0)
    choose(page, "problem", said("longrange.recall", "en"))
    expect(page.locator("#longrange-chips .tok em").first).to_contain_text("v", timeout=SLOW)
    before = page.locator("#longrange-chips").inner_text()
    page.locator("#longrange-another").click()
    expect(page.locator("#longrange-chips")).not_to_have_text(before, timeout=SLOW)
    train(page, "Vanilla RNN")
    page.wait_for_function(DRAWN.format("#longrange-curves", 2), timeout=SLOW)
    page.locator("#longrange-stop").click()
    expect(page.locator("#longrange-result")).to_contain_text("Stopped and kept", timeout=SLOW)
    expect(page.locator("#longrange-result")).to_contain_text("Vanilla RNN, 4 pairs: share right")
    expect(page.locator("#longrange-train")).to_be_enabled(timeout=SLOW)
    told = page.locator("#longrange-meter .told").inner_text()
    page.wait_for_timeout(1_000)
    assert page.locator("#longrange-meter .told").inner_text() == told, "it goes on after the stop"


def test_a_closed_tab_stops_its_run(visit, monkeypatch):
    steps = []

    def counted(*cell, **options):
        for moment in train_cell(*cell, **options):
            steps.append(moment.step)
            yield moment

    monkeypatch.setattr(long_range, "train_cell", counted)
    page = visit()
    enter(page)
    train(page, "Vanilla RNN")
    page.close()
    for _ in range(20):
        before = len(steps)
        time.sleep(2)
        if len(steps) == before:
            break
    assert steps and len(steps) == before and steps[-1] < PROBLEMS["adding"].steps


def test_two_visitors_train_at_once_and_each_stops_their_own(visit):
    first, second = visit(), visit(lang="ko", width=420)
    for page in (first, second):
        enter(page)
    train(first, "Vanilla RNN")
    choose(second, "engine", engines.get("independent").title.ko)
    second.locator("#longrange-train").click()
    expect(second.locator("#longrange-meter .told")).to_contain_text("독립 (단계마다 따로) · 시드", timeout=SLOW)
    first.locator("#longrange-stop").click()
    expect(first.locator("#longrange-result")).to_contain_text("Stopped and kept", timeout=SLOW)
    expect(second.locator("#longrange-result")).to_have_text("")
    at = second.locator("#longrange-meter .told").inner_text()
    expect(second.locator("#longrange-meter .told")).not_to_have_text(at, timeout=SLOW)
    assert second.evaluate("document.documentElement.scrollWidth") <= 420
    second.locator("#longrange-stop").click()
    expect(second.locator("#longrange-result")).to_contain_text(said("longrange.done.asked", "ko"), timeout=SLOW)
