"""The scoreboard as a visitor meets it: sorted, filtered, copied, kept, measured and stopped; and the dialogue that chooses."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from s2s_demo.lab.scoreboard.choose import Answers, choose
from s2s_demo.lab.scoreboard.rows import board
from s2s_demo.ui.lab.scoreboard_content import title
from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
ROWS = "#board-table tbody tr"


def enter(page: Page) -> None:
    go(page, "scoreboard")
    expect(page.locator(ROWS).first).to_be_visible(timeout=SLOW)


def pick(page: Page, name: str) -> None:
    page.locator("#board-task input").click()
    page.get_by_role("option", name=name, exact=False).first.click()


def column(page: Page, key: str) -> list[str]:
    """The cells of a column, top to bottom, without their small print."""
    return page.evaluate(
        """key => { const at = [...document.querySelectorAll('#board-table thead button')].findIndex(b => b.dataset.key === key);
        return [...document.querySelectorAll('#board-table tbody tr')].map(r => r.children[at].childNodes[r.children[at].children[0]?.tagName === 'B' ? 1 : 0].textContent); }""",
        key,
    )


def test_the_table_is_sorted_filtered_copied_and_kept(visit):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page)
    one = board("sums")
    expect(page.locator(ROWS)).to_have_count(len(one.rows) + 1)
    scores = [float(text.rstrip("%")) for text in column(page, "score")]
    assert scores == sorted(scores, reverse=True)
    page.locator("#board-table button[data-key=parameters]").click()
    numbers = [int(text.replace(",", "")) for text in column(page, "parameters")[:-1]]
    assert numbers == sorted(numbers) and column(page, "parameters")[-1] == "–"  # the baseline has none
    expect(page.locator("#board-table th[aria-sort=ascending]")).to_have_count(1)
    page.locator("#board-table button[data-key=parameters]").click()
    assert [int(text.replace(",", "")) for text in column(page, "parameters")[:-1]] == sorted(numbers, reverse=True)

    page.locator("#board-table .find").fill("lstm")
    expect(page.locator(ROWS)).to_have_count(2)
    page.locator("#board-table .copy").click()
    expect(page.locator("#board-table .done")).to_have_text(said("board.copied", "en"))
    copied = page.evaluate("navigator.clipboard.readText()").strip().split("\n")
    assert len(copied) == 4 and all(line.startswith("|") for line in copied) and "LSTM" in copied[2]
    with page.expect_download() as kept:
        page.locator("#board-table .csv").click()
    assert kept.value.suggested_filename == "scoreboard-sums.csv"
    with open(kept.value.path(), encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(io.StringIO(file.read())))
    assert [line["engine"] for line in lines] == ["lstm", "lstm"] and float(lines[0]["score"]) <= 1

    page.locator("#board-table .find").fill("no such engine")
    expect(page.locator("#board-table .none")).to_have_text(said("board.none", "en"))


def test_time_is_measured_here_can_be_stopped_and_is_kept(visit):
    page = visit(lang="ko")
    enter(page)
    expect(page.locator("#board-note")).to_contain_text("아직 재지 않았습니다", timeout=SLOW)
    page.locator("#board-measure").click()
    expect(page.locator("#board-note")).to_contain_text("재는 중", timeout=SLOW)
    page.wait_for_function(f"/ms/.test(document.querySelector('{ROWS}').innerText)", timeout=SLOW)
    page.locator("#board-stop").click()
    expect(page.locator("#board-note")).to_contain_text("답 하나씩", timeout=SLOW)
    expect(page.locator("#board-measure")).to_be_enabled()
    n = int(re.search(r"(\d+)번", page.locator("#board-note").inner_text())[1])
    assert 1 <= n < 100
    assert f"n = {n}" in page.locator(ROWS).first.inner_text()
    page.locator("#board-across").get_by_text(said("board.picture.time", "ko")).click()
    page.wait_for_function(
        "document.querySelector('#board-picture .plt')?._fullLayout?.xaxis?.title?.text?.includes('ms')", timeout=SLOW
    )
    other = visit()
    enter(other)
    assert set(column(other, "p50")) == {"–"}  # another visitor has measured nothing


def test_the_dialogue_ends_in_a_row_of_the_board_and_says_who_went_and_why(visit):
    page = visit()
    enter(page)
    pick(page, "Addition")
    expect(page.locator(ROWS)).to_have_count(9, timeout=SLOW)
    one = board("addition")
    for answers in (Answers("sequence", "server", "no", "yes"), Answers("far", "small", "yes", "no")):
        for question in ("far", "where", "stream", "reuse"):
            words = said(f"board.choose.{question}.{getattr(answers, question)}", "en")
            page.locator(f"#choose-{question}").get_by_text(words, exact=True).click()
        wanted = choose(one, answers)
        name = title(wanted.row, "en")
        expect(page.locator("#board-advice .name")).to_have_text(name, timeout=SLOW)
        expect(page.locator("#board-table tr.chosen th")).to_contain_text(name)
        expect(page.locator("#board-advice .runner")).to_contain_text(title(wanted.runner_up, "en"))
        expect(page.locator("#board-advice .steps > li")).to_have_count(4)
        removed = sum(len(step.removed) for step in wanted.steps)
        expect(page.locator("#board-advice .steps li li")).to_have_count(removed)
    page.locator("#board-advice .up").click()
    expect(page.locator("#board-table tr.chosen")).to_be_in_viewport()


@pytest.mark.parametrize("lang, dark", [("en", False), ("ko", True)])
def test_the_board_fits_a_phone(visit, lang, dark):
    page = visit(lang=lang, dark=dark, width=420)
    enter(page)
    page.wait_for_function("document.querySelector('#board-picture .plt')?._fullData?.length > 0", timeout=SLOW)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    assert page.locator("#board-table .wide").evaluate(
        "e => e.scrollWidth > e.clientWidth"
    )  # the table scrolls in its frame


def test_all_tasks_stand_in_one_table(visit):
    page = visit()
    enter(page)
    pick(page, said("board.task.all", "en"))
    expect(page.locator("#board-note")).to_have_text(said("board.pick", "en"), timeout=SLOW)
    expect(page.locator("#board-table thead button[data-key=task]")).to_be_visible()
    expect(page.locator("#board-measure")).to_be_hidden()
    assert page.locator(ROWS).count() > 70
