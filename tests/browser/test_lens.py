"""The lens as a visitor uses it: every way of looking, scrubbing, heads, broken attention, and the decode theatre."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from s2s_demo.lenses import KINDS
from s2s_demo.ui.words import said

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
TASK = "arithmetic"


def choose(page: Page, kind: str) -> None:
    page.locator(f"#lens-kind-{TASK}").get_by_text(said(f"lens.{kind}", "en"), exact=True).click()


def opened(page: Page, name: str) -> None:
    page.locator(f"#{name}-{TASK} > button").click()


def marked_row(page: Page) -> float:
    return page.evaluate(f"document.querySelector('#lens-{TASK} .plt').layout.shapes[0].y0 + .5")


def test_every_lens_of_an_engine_tells_what_it_is_and_the_lenses_are_compared(visit):
    page = visit()
    for kind in KINDS:
        choose(page, kind)
        there = kind not in ("hidden", "state")
        key = f"lens.told.{kind}" if there else f"lens.none.{kind}"
        told = said(key, "en", **({} if there else {"engine": "Transformer"}))
        expect(page.locator(f"#lens-note-{TASK}")).to_have_text(told, timeout=SLOW)
        expect(page.locator(f"#lens-{TASK} .plt")).to_be_visible(visible=there)
    expect(page.locator(f"#agree-{TASK}")).to_contain_text("gradient–occlusion")


def test_arrow_keys_scrub_the_output_step_in_answer_and_lens_together(visit):
    page = visit()
    cells = page.locator(f"#answer-{TASK} .ys .tok")
    page.wait_for_function(f"document.querySelector('#lens-{TASK} .plt').layout?.shapes?.length", timeout=SLOW)
    cells.nth(1).click()
    page.keyboard.press("ArrowRight")
    expect(cells.nth(2)).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(f"document.querySelector('#lens-{TASK} .plt').layout.shapes[0].y0 === 1.5", timeout=SLOW)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"document.querySelector('#lens-{TASK} .plt').layout.shapes[0].y0 === .5", timeout=SLOW)
    assert marked_row(page) == 1


def test_a_head_is_taken_out_and_the_attention_broken_for_this_visitor_alone(visit):
    page, other = visit(), visit(lang="ko")
    choose(page, "attention")
    expect(page.locator(f"#lens-note-{TASK}")).to_have_text(said("lens.told.attention", "en"), timeout=SLOW)
    opened(page, "heads")
    page.wait_for_function(
        f"document.querySelectorAll('#thumbs-{TASK} .plt .heatmaplayer').length === 12", timeout=SLOW
    )
    page.locator(f"#ablate-{TASK}").click()
    expect(page.locator(f"#lost-{TASK}")).to_contain_text("200 development examples", timeout=60_000)
    opened(page, "break")
    page.locator(f"#breaks-{TASK}").click()
    expect(page.locator(f"#broken-{TASK} .verdict")).to_contain_text("total variation", timeout=SLOW)
    assert page.locator(f"#broken-{TASK} .said").inner_text() != page.locator(f"#answer-{TASK} .said").inner_text()
    opened(other, "break")
    expect(other.locator(f"#broken-{TASK} .said")).to_be_empty()
    page.locator(f"#engine-{TASK}").get_by_text("GRU", exact=True).click()
    expect(page.locator(f"#broken-{TASK} .said")).to_be_empty(timeout=SLOW)


def test_the_theatre_shows_a_step_at_a_time(visit):
    page = visit()
    opened(page, "theatre")
    page.locator(f"#curtain-{TASK}").click()
    steps = page.locator(f"#stage-{TASK} .tok[data-row=free]")
    answer = page.locator(f"#answer-{TASK} .ys .tok")
    expect(steps).to_have_count(answer.count(), timeout=SLOW)
    steps.first.click()
    expect(page.locator(f"#stage-{TASK} .t2 li").first).to_contain_text(steps.first.locator("span").inner_text())
    page.keyboard.press("ArrowRight")
    expect(steps.nth(1)).to_have_attribute("aria-pressed", "true")
    for where in (".t0", ".t1"):
        expect(page.locator(f"#stage-{TASK} {where} li")).to_have_count(5)
    expect(page.locator(f"#beam-{TASK}")).not_to_be_empty()


def test_four_shapes_in_the_language_of_the_page_and_on_a_phone(visit):
    page = visit("shapes", lang="ko", width=420)
    expect(page.locator(".shapes .shape")).to_have_count(4, timeout=SLOW)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    page.fill("#shapes-x textarea, #shapes-x input", "하나")
    page.keyboard.press("Enter")
    expect(page.locator(".shapes .said")).to_contain_text("문장", timeout=SLOW)
    page.fill("#shapes-x textarea, #shapes-x input", "we <b> it")
    page.keyboard.press("Enter")
    expect(page.locator(".shapes .shape")).to_have_count(4, timeout=SLOW)
    assert page.locator(".shapes b b, .shapes .tok b").count() == 0
