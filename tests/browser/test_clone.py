"""A clone alone, without a data folder and offline: every sample, example, drawer and laboratory page gives its answer.

Whoever would fetch a set fails; a sentence of trouble, a toast of an error or a word on the console fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pooch
import pytest
from playwright.sync_api import Page, expect

from s2s_demo import datasets, engines, tasks
from s2s_demo.custom import examples
from s2s_demo.tasks import exercises, swing
from s2s_demo.ui.inputs import video
from s2s_demo.ui.lab import race, race_content
from s2s_demo.ui.words import said
from tests.browser.site import go
from tests.conftest import forget_sets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SLOW = 90_000
TYPED = [task for task in tasks.TASKS.values() if task.input == "text"]
SHOWN = [task for task in tasks.TASKS.values() if task.input == "video"]
DRAWN = "[...document.querySelectorAll({!r})].some(e => e._fullData?.length > 0)"
TROUBLE = ".answer.bad .said, .film.bad .said, .toast-body.error, .shapes > .said"


@pytest.fixture(autouse=True)
def alone(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page of this process finds no set, and fetches none."""

    def fetched(*args: Any, **options: Any) -> None:
        raise AssertionError("the page fetches nothing")

    monkeypatch.delenv("S2S_DATA", raising=False)
    monkeypatch.setattr(datasets, "CACHE", tmp_path / "none")
    monkeypatch.setattr(pooch, "retrieve", fetched)
    for task in (swing, exercises):  # each clip of an ablation is drawn anew, frame by frame
        monkeypatch.setattr(task, "COUNTS", {**task.COUNTS, "dev": 2})
    video._drawn.cache_clear()
    forget_sets()
    yield
    video._drawn.cache_clear()
    forget_sets()


def enter(page: Page, task: Any) -> None:
    go(page, task.name)
    answered(page, task)


def answered(page: Page, task: Any) -> None:
    """The answer is there, and whole."""
    expect(page.locator(f"#answer-{task.name} .verdict")).to_contain_text("ms", timeout=SLOW)
    expect(page.locator(f"#answer-{task.name}").locator(".ys .tok, .mine .run").first).to_be_visible(timeout=SLOW)
    untroubled(page)


def untroubled(page: Page) -> None:
    told = [text for text in page.locator(TROUBLE).filter(visible=True).all_inner_texts() if text.strip()]
    assert not told and said("problem", "en") not in page.locator("body").inner_text(), told


def drawn(page: Page, *selectors: str) -> None:
    """Each of these holds a figure with something in it."""
    for selector in selectors:
        page.wait_for_function(DRAWN.format(f"{selector} .plt"), timeout=SLOW)


def wiped(page: Page, selector: str) -> None:
    """So that what is read next was written since; of a view that writes its own text alone."""
    page.locator(selector).evaluate_all("all => all.forEach(e => { e.textContent = '' })")


def drawers(page: Page, task: Any) -> None:
    """Every drawer of a task opens on something: heads and what is lost without one, broken attention, the theatre, map, card."""
    name = task.name
    page.locator(f"#engine-{name}").get_by_text(engines.get("transformer").title.en, exact=True).click()
    page.locator(f"#lens-kind-{name}").get_by_text(said("lens.attention", "en"), exact=True).click()
    expect(page.locator(f"#lens-note-{name}")).to_have_text(said("lens.told.attention", "en"), timeout=SLOW)
    folds = page.locator(f"#task-{name} button.label-wrap:not(.open)")
    folds.evaluate_all("all => all.filter(e => e.checkVisibility()).forEach(e => e.click())")
    page.locator(f"#ablate-{name}").click()
    expect(page.locator(f"#lost-{name}")).to_contain_text("development examples", timeout=SLOW)
    page.locator(f"#breaks-{name}").click()
    expect(page.locator(f"#broken-{name} .verdict")).not_to_be_empty(timeout=SLOW)
    expect(page.locator(f"#broken-{name}").locator(".ys .tok, .mine .run").first).to_be_visible(timeout=SLOW)
    if page.locator(f"#curtain-{name}").count():
        page.locator(f"#curtain-{name}").click()
        expect(page.locator(f"#stage-{name} .tok").first).to_be_visible(timeout=SLOW)
    page.locator(f"#all-{name}").click()
    drawn(page, f"#lens-{name}", f"#thumbs-{name}", f"#training-{name}", f"#curves-{name}")
    if page.locator(f"#map-{name}").is_visible():
        drawn(page, f"#map-{name}")
    expect(page.locator(f"#card-{name}").get_by_text("python -m train").filter(visible=True).first).to_be_visible()
    untroubled(page)


@pytest.mark.parametrize("task", TYPED, ids=lambda task: task.name)
def test_every_example_is_answered_and_every_drawer_opens(visit, task):
    page = visit()
    enter(page, task)
    shown = page.locator(f"#examples-{task.name} tbody tr, #examples-{task.name} .gallery-item")
    expect(shown).to_have_count(len(task.examples))
    for i, example in enumerate(task.examples):
        wiped(page, f"#answer-{task.name} .verdict")
        shown.nth(i).click()
        expect(page.locator(f"#x-{task.name} textarea")).to_have_value(example)
        page.wait_for_timeout(150)
        page.locator(f"#go-{task.name}").click()
        answered(page, task)
    drawers(page, task)


@pytest.mark.parametrize("task", SHOWN, ids=lambda task: task.name)
def test_every_sample_is_answered_beside_its_truth_and_every_drawer_opens(visit, task):
    page = visit()
    enter(page, task)
    for name in task.clips:
        wiped(page, f"#answer-{task.name} .verdict")
        page.locator(f"#{task.name}-{name}").click()
        page.wait_for_function(
            f"document.querySelector('#x-{task.name} video')?.src.endsWith('/{name}.mp4')", timeout=SLOW
        )
        answered(page, task)
        expect(page.locator(f"#answer-{task.name} .band.truth .run").first).to_be_visible(timeout=SLOW)
    drawers(page, task)


def test_every_page_of_the_laboratory_shows_what_it_is_about(visit):
    page = visit("shapes")
    expect(page.locator(".shapes .shape")).to_have_count(4, timeout=SLOW)

    go(page, "gradients")
    drawn(page, "#gr-inputs", "#gr-states", "#gr-clip-norms", "#gr-clip-losses", "#gr-fresh", "#gr-learned")
    drawn(page, "#gr-gate-map", "#gr-gate-means")

    go(page, "time-machine")
    for name in page.locator("#time-task input").evaluate_all("all => all.map(e => e.value)"):
        wiped(page, "#time-answer .verdict, #time-film .verdict")
        page.locator(f"#time-task input[value='{name}']").click()
        where = "#time-film" if tasks.get(name).input == "video" else "#time-answer"
        expect(page.locator(f"{where} .verdict")).not_to_be_empty(timeout=SLOW)
        expect(page.locator(f"{where}").locator(".ys .tok, .mine .run").first).to_be_visible(timeout=SLOW)
        drawn(page, "#time-learning", "#time-lens", "#time-inside")
        untroubled(page)

    go(page, "long-range")
    says = page.locator("#longrange-says")
    expect(says).not_to_be_empty(timeout=SLOW)
    drawn(page, "#longrange-figure")
    for kind in page.locator("#longrange-problem input:not(:checked)").evaluate_all("all => all.map(e => e.value)"):
        before = says.inner_text()
        page.locator(f"#longrange-problem input[value='{kind}']").click()
        expect(says).not_to_have_text(before, timeout=SLOW)
        drawn(page, "#longrange-figure")

    go(page, "scoreboard")
    expect(page.locator("#board-table tbody tr").first).to_be_visible(timeout=SLOW)
    drawn(page, "#board-picture")
    untroubled(page)


def test_every_race_starts_with_its_pairs(visit, monkeypatch):
    monkeypatch.setattr(race, "SECONDS_A_FRAME", 0.1)
    page = visit()
    go(page, "race")
    expect(page.locator("#race-who input")).to_have_count(len(engines.ENGINES), timeout=SLOW)
    for box in page.locator("#race-who input").all():
        box.set_checked(box.get_attribute("name") in ("conv", "independent"))
    for name in race_content.names():
        page.locator(f"#race-task input[value='{name}']").click()
        told = tasks.get(name).race_note.en
        expect(page.locator("#race-told")).to_contain_text(told, timeout=SLOW)
        wiped(page, "#race-field .line")
        page.locator("#race-go").click()
        expect(page.locator("#race-field .line")).to_contain_text("left", timeout=SLOW)
        expect(page.locator("#race-field tbody tr")).to_have_count(2, timeout=SLOW)
        drawn(page, "#race-exact")
        page.locator("#race-stop").click()
        expect(page.locator("#race-field .line")).to_contain_text("Stopped after", timeout=SLOW)
        expect(page.locator("#race-go")).to_be_enabled(timeout=SLOW)
    untroubled(page)


def test_every_ready_example_of_ones_own_pairs_is_read(visit):
    page = visit()
    go(page, "own")
    shown, before = page.locator("#own-preview").get_by_role("gridcell").first, "nothing yet"
    for name in examples.EXAMPLES:
        page.locator(f"#own-ready input[value='{name}']").click()
        expect(shown).to_be_visible(timeout=SLOW)
        expect(shown).not_to_have_text(before, timeout=SLOW)
        before = shown.inner_text()
        assert not page.locator("#own-problem").inner_text()
    expect(page.locator("#own-told")).not_to_be_empty()
    untroubled(page)
