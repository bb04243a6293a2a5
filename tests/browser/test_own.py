"""One's own pairs from the paste to the zip, as a visitor does it; two visitors; a link followed; hostile input."""

from __future__ import annotations

import re
import zipfile
from random import Random

import pytest
from playwright.sync_api import Page, expect

from s2s_demo.custom import error_analysis
from s2s_demo.custom.jobs import job_queue, runs, worker
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.status import no_such_run
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.ui.custom import errors
from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(480)]
SLOW, TRAINED = 60_000, 360_000


def words(count: int = 5_000) -> str:
    """Made-up words and their reverse, x<TAB>y."""
    rng = Random(0)
    found = {"".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(4, 9))) for _ in range(2 * count)}
    return "\n".join(f"{word}\t{word[::-1]}" for word in sorted(found)[:count])


def entered(page: Page, text: str) -> None:
    go(page, "own")
    if (
        len(text) > 10_000
    ):  # what is typed for a person goes in line by line, which takes Chromium half a minute; a paste does not
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        page.locator("#own-text textarea").click()
        page.keyboard.press("Control+V")
    else:
        page.fill("#own-text textarea", text)
    page.wait_for_timeout(150)
    page.locator("#own-read").click()


def test_pasted_pairs_become_a_model_that_answers_and_can_be_taken_away(visit, tmp_path):
    page = visit()
    entered(page, words())
    expect(page.locator("#own-reason")).to_contain_text("equal length in 100 %", timeout=SLOW)
    expect(page.locator("#own-shape input[value=N2N]")).to_be_checked()
    page.locator("#own-next").click()
    expect(page.locator("#own-advice")).to_contain_text("RNN + attention", timeout=SLOW)
    page.locator("#own-go").click()
    expect(page.locator("#own-field tbody td").first).to_be_visible(timeout=SLOW)
    page.wait_for_function(
        "new URL(location).searchParams.get('run')", timeout=SLOW
    )  # a reload keeps the training in view
    link = page.locator("#own-link a").get_attribute("href") or ""
    expect(page.locator("#own-field .line")).to_contain_text("steps are done", timeout=TRAINED)
    expect(page.locator("#own-baseline")).to_contain_text("Better than the baseline", timeout=SLOW)
    score = page.locator("#own-field tbody tr").first.get_by_text(re.compile(r"^[\d.]+%$")).inner_text()
    assert float(score.rstrip("%")) >= 99
    other = visit(lang="ko")
    go(other, "own")
    expect(other.locator("#own-field tbody td")).to_have_count(0)
    other.goto(other.url.partition("/arithmetic")[0] + "/" + link)
    go(other, "own")
    other.locator("#own-step-train-button").click()
    expect(other.locator("#own-field .line")).to_contain_text("steps are done", timeout=SLOW)
    page.locator("#own-step-use-button").click()
    page.fill("#own-x-try textarea", "lecture")
    page.wait_for_timeout(150)
    page.locator("#own-ask").click()
    expect(page.locator("#own-answer .said")).to_have_text("lecture = erutcel", timeout=SLOW)
    expect(page.locator("#own-truth")).to_contain_text("true alignment", timeout=SLOW)
    page.locator("#own-zip").click()
    expect(page.locator("#own-download")).to_be_enabled(timeout=SLOW)
    with page.expect_download(timeout=SLOW) as downloaded:
        page.locator("#own-download").click()
    downloaded.value.save_as(tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as archive:
        assert {"predict.py", "config.json", "model.safetensors", "README.md"} <= set(archive.namelist())


def test_what_is_no_pairs_gets_a_sentence(visit):
    page = visit(lang="ko")
    one = "열이 하나뿐입니다"
    for text, sentence in (("\x00\x01\x02", one), ("", "쌍을 한 줄에 하나씩 넣어 주세요"), ("one column\nonly", one)):
        entered(page, text)
        expect(page.locator("#own-problem")).to_contain_text(sentence, timeout=SLOW)
        assert "Traceback" not in page.locator("#own-problem").inner_text()


def test_a_cell_is_never_markup_and_a_korean_file_is_read(visit, tmp_path):
    page = visit(width=420)
    entered(page, "\n".join(f"<img src=x onerror=window.hit={i}>{i}\t=1+{i}" for i in range(30)))
    expect(page.locator("#own-told li").first).to_be_visible(timeout=SLOW)
    assert page.evaluate("window.hit") is None
    file = tmp_path / "spacing.csv"
    file.write_bytes("\n".join(f"나는{i}번갔다,나는 {i}번 갔다" for i in range(40)).encode("cp949"))
    page.locator("#own-file input[type=file]").set_input_files(file)
    expect(page.locator("#own-told")).to_contain_text("CP949", timeout=SLOW)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")


def test_the_errors_are_sifted_sorted_and_copied(visit):
    run = labelled_run()
    page = visit(width=420)
    page.goto(page.url + f"&run={run}")
    go(page, "own")
    page.locator("#own-step-train-button").click()
    expect(page.locator("#own-field .line")).to_contain_text("steps are done", timeout=SLOW)
    page.locator("#own-step-use-button").click()
    page.locator("#own-errors > button").click()
    page.locator("#own-show").click()
    count, rows = page.locator("#own-table .count"), page.locator("#own-table tbody tr")
    cases = errors.cases(run)
    wrong = [case for case in cases if not case.right]
    assert 0 < len(wrong) < len(cases), "the model of this test should be right and wrong"
    expect(count).to_have_text(f"{len(wrong)} of {len(cases)} pairs", timeout=SLOW)
    page.locator("#own-wrong input").uncheck()
    expect(count).to_have_text(f"{len(cases)} of {len(cases)} pairs", timeout=SLOW)
    page.locator("#own-length input[value=long]").focus()
    page.keyboard.press("Space")
    long = error_analysis.filter_cases(cases, error_analysis.CaseFilter(False, length="long"))
    expect(count).to_have_text(f"{len(long)} of {len(cases)} pairs", timeout=SLOW)
    page.locator("#own-table thead button[data-key=sure]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#own-table th[aria-sort=descending]")).to_contain_text("Sure")
    surest = max(long, key=lambda case: case.confidence)
    expect(rows.first.locator("td").nth(2)).to_have_text(f"{surest.confidence:.0%}")
    page.locator("#own-table .find").fill("=1")
    expect(rows).to_have_count(sum("=1" in case.x for case in long))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#own-table .copy").click()
    expect(page.locator("#own-table .done")).to_have_text(said("board.copied", "en"))
    copied = page.evaluate("navigator.clipboard.readText()").strip().splitlines()
    assert copied[0] == "x,y,answer,sure,right" and len(copied) == 1 + sum("=1" in case.x for case in long)
    assert all(line.startswith("\"'=") for line in copied[1:]) and len(copied) > 1
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")


def labelled_run() -> str:
    """A run that has been trained for a moment: some labels it tells apart, some it does not."""
    rng, pairs = Random(0), []
    for i in range(300):
        x = "=1+" * (i % 2) + "".join(rng.choices("ab", k=rng.randint(3, 12)))
        pairs.append((x, "coin" if rng.random() < 0.3 else "sum" if i % 2 else "text"))
    plan = Plan(Shape.N21, "char", "word", Words("", ""))
    recipe = Recipe(steps=60, batch=16, lr=1e-2, dim=16, score_every=60, save_every=60)
    folder = files.new_folder()
    with job_queue.locked():  # or the page's scheduler would launch it
        runs.prepare(folder, pairs, plan, Suggestion("gru", "encoder-only", recipe, 1000, 5.0, Words("왜", "why")), 0)
        job_queue.acquire(folder)
    worker.train_run(folder)
    return folder.name


@pytest.mark.parametrize("lang, place", [("en", "train"), ("ko", "use")])
def test_a_run_is_deleted_with_the_keyboard_and_another_tab_is_told(visit, lang, place):
    run = labelled_run()
    page, other = (visit(lang=lang, more=f"&run={run}") for _ in range(2))
    for one in (page, other):
        go(one, "own")
        one.locator("#own-step-train-button").click()
        expect(one.locator("#own-field tbody td").first).to_be_visible(timeout=SLOW)
    page.locator(f"#own-step-{place}-button").click()
    page.locator(f"#own-delete-{place}").focus()
    page.keyboard.press("Enter")
    really = page.locator(f"#own-delete-really-{place}")
    expect(really).to_be_visible(timeout=SLOW)
    assert (files.root() / run).exists()
    page.keyboard.press("Tab")
    expect(really).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"#own-deleted-{place}")).to_contain_text(said("own.delete.done", lang), timeout=SLOW)
    assert not (files.root() / run).exists()
    page.locator("#own-step-train-button").click()
    expect(page.locator("#own-field tbody td")).to_have_count(0)
    other.locator("#own-step-use-button").click()
    gone = no_such_run().words.say(lang)
    expect(other.locator("#own-how")).to_have_text(gone, timeout=SLOW)
    other.locator("#own-step-train-button").click()
    expect(other.locator("#own-baseline")).to_have_text(gone, timeout=SLOW)


def test_training_wants_pairs_first(visit):
    page = visit()
    go(page, "own")
    page.locator("#own-step-train-button").click()
    expect(page.locator("#own-advice")).to_have_text(said("own.first", "en"), timeout=SLOW)
    page.locator("#own-step-use-button").click()
    page.fill("#own-x-try textarea", "x")
    page.locator("#own-ask").click()
    expect(page.locator("#own-answer .said")).to_have_text(said("own.untrained", "en"), timeout=SLOW)


def movements() -> str:
    """A CSV with a step a row: two numbers that tell the label but for noise, and whose step it is."""
    rng = Random(0)
    lines = ["time,left,right,phase,video"]
    for video in range(24):
        for t in range(12):
            up = t // 3 % 2
            values = f"{up + rng.gauss(0, 0.2):.3f},{1 - up + rng.gauss(0, 0.2):.3f}"
            lines.append(f"{t / 10},{values},{'up' if up else 'down'},v{video}")
    return "\n".join(lines)


def test_a_table_of_numbers_becomes_a_model_that_answers_a_step(visit, tmp_path):
    page = visit()
    go(page, "own")
    file = tmp_path / "movements.csv"
    file.write_text(movements(), "utf-8")
    page.locator("#own-file input[type=file]").set_input_files(file)
    expect(page.locator("#own-reason")).to_contain_text("‘video’ names 24 sequences", timeout=SLOW)
    expect(page.locator("#own-reason")).to_contain_text("N2N")
    expect(page.locator("#own-row input[value=step]")).to_be_checked()
    expect(page.locator("#own-preview")).to_contain_text("v0: ")
    expect(page.locator("#own-told")).to_contain_text("left out of x")
    page.locator("#own-next").click()
    expect(page.locator("#own-advice")).to_contain_text("2 numbers", timeout=SLOW)
    page.locator("#own-go").click()
    expect(page.locator("#own-field .line")).to_contain_text("steps are done", timeout=TRAINED)
    page.locator("#own-step-use-button").click()
    expect(page.locator("#own-how")).to_contain_text("left, right", timeout=SLOW)
    page.fill("#own-x-try textarea", "0 1 ; 0.1 0.9 ; 1 0 ; 0.9 0.2")
    page.wait_for_timeout(150)
    page.locator("#own-ask").click()
    expect(page.locator("#own-answer .ys .tok")).to_have_text(
        [re.compile("down"), re.compile("down"), re.compile("up"), re.compile("up")], timeout=SLOW
    )
