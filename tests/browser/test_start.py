"""The start page as a visitor meets it: a picture that answers, an engine changed, a shape changed, a way on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from s2s_demo.ui.words import said

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
FITS = "document.scrollingElement.scrollWidth <= window.innerWidth"


def tiles(page, kind):
    return page.locator(f"#picture .stage .tile.{kind}")


def test_the_picture_answers_and_everything_in_it_can_be_changed(visit):
    page = visit("")
    expect(tiles(page, "y")).to_have_text(["9", "3", "6"], timeout=SLOW)
    expect(page.locator("#picture .case")).to_have_text("N = 7 → M = 3 · N2M")
    page.locator("#picture").get_by_role("button", name="Transformer").click()
    expect(page.locator("#picture .engine strong")).to_have_text("Transformer", timeout=SLOW)
    expect(tiles(page, "y")).to_have_text(["9", "3", "6"])
    page.locator("#picture input.x").fill("12+30")
    page.keyboard.press("Enter")
    expect(tiles(page, "y")).to_have_text(["4", "2"], timeout=SLOW)
    page.locator("#picture").get_by_role("button", name=said("start.scene.tags", "en")).click()
    expect(tiles(page, "y").first).to_have_text("NOUN", timeout=SLOW)
    expect(page.locator("#picture .engine strong")).to_have_text("Transformer")
    page.locator("#picture input.x").fill("<img src=x onerror=window.hit=1>")
    page.keyboard.press("Enter")
    expect(tiles(page, "x").first).to_contain_text("<", timeout=SLOW)
    assert page.evaluate("window.hit") is None


def test_look_inside_opens_the_same_answer_in_its_room(visit):
    page = visit("", leaves=True)
    page.locator("#picture").get_by_role("button", name="GRU").click()
    expect(page.locator("#picture .engine strong")).to_have_text("GRU", timeout=SLOW)
    page.locator("#picture input.x").fill("12+30")
    page.keyboard.press("Enter")
    expect(tiles(page, "y")).to_have_text(["4", "2"], timeout=SLOW)
    page.locator("#picture a.into").click()
    expect(page.locator("#answer-sums .said")).to_have_text("12 + 30 = 42", timeout=SLOW)
    assert page.locator("#engine-sums input[value=gru]").is_checked()


def test_every_card_and_door_leads_on(visit):
    page = visit("", lang="ko")
    links = page.locator("#rooms a.card")
    expect(links.first).to_be_visible(timeout=SLOW)
    addresses = links.evaluate_all("all => all.map(one => one.href)")
    assert len(addresses) >= 7 and all("lang=ko" in one for one in addresses)
    assert {page.request.get(one).status for one in addresses} == {200}


@pytest.mark.parametrize("lang, dark, width", [("en", False, 1280), ("ko", True, 420), ("ko", False, 1920)])
def test_the_answer_stands_on_the_first_screen(visit, lang, dark, width):
    page = visit("", lang=lang, dark=dark, width=width)
    page.set_viewport_size({"width": width, "height": 720})
    expect(tiles(page, "y").first).to_be_in_viewport(timeout=SLOW)
    assert page.evaluate(FITS)
