"""The page of a copy in which the example engine and task lie, and an engine with a mistake in it: every tab opens with them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from s2s_demo import tasks
from tests.added import ENGINE, LENS, TASK, copy_into, run, served
from tests.browser.conftest import LEFT
from tests.browser.site import address, go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SLOW = 60_000
DRAWN = "document.querySelector('{} .plt')?._fullData?.length > {}"
BROKEN = "from s2s_demo.engine import Engine\n\n<img src=x onerror=window.hit=1>\n"


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """(address, log) of the page; the task has two models, after three steps each."""
    place = copy_into(tmp_path_factory.mktemp("copy"), broken=BROKEN)
    done = run(place, "-m", "train", TASK, "--engine", f"{ENGINE},lstm", "--steps", "3")
    assert done.returncode == 0, done.stderr[-2000:]
    with served(place) as page:
        yield page


@pytest.fixture
def visit(chromium, copied):
    """The page, opened; at the end its console is clean and its log tells of the one file that was left out, and of nothing else."""
    wrong: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.on(
        "console", lambda m: wrong.append(m.text) if m.type == "error" and not any(w in m.text for w in LEFT) else None
    )
    page.on("pageerror", lambda e: wrong.append(str(e)) if not any(w in str(e) for w in LEFT) else None)
    page.goto(address(f"{copied[0]}", "arithmetic", "lang=en"))
    expect(page.locator("#answer-arithmetic .said")).not_to_be_empty(timeout=SLOW)
    yield page
    page.close()
    told = [line for line in copied[1].read_text("utf-8").splitlines() if line.strip()]
    assert not wrong and told == ["engines/broken.py: line 3, SyntaxError: invalid syntax"], (wrong, told)


def choose(page: Page, group: str, value: str) -> None:
    page.locator(f"{group} input[value='{value}']").click()


def test_every_tab_opens_with_an_engine_and_a_task_of_one_file_each(visit):
    page = visit
    bar = page.locator("#bar nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert any(f"/{TASK}?" in address for address in bar) and len(bar) > 10
    expect(page.locator("#left-out-0")).to_contain_text("engines/broken.py: line 3, SyntaxError")
    assert page.evaluate("window.hit") is None
    for task in [*tasks.TASKS, TASK]:
        go(page, task)
        answers_or_tells(page, task)
    laboratories(page)
    go(page, "own")
    expect(page.locator("#own-text")).to_be_visible(timeout=SLOW)
    page.locator("#bar a.lang[data-lang=ko]").click()
    expect(page.locator("#left-out-0")).to_contain_text("engines/broken.py: 3번째 줄", timeout=SLOW)
    page.locator("#bar summary").first.click()
    expect(page.locator(f"#bar a[href*='/{TASK}?']")).to_have_text("영어 복수형")


def answers_or_tells(page: Page, task: str) -> None:
    """The added engine, chosen on a task: an answer where it was trained, else the command that trains it."""
    said = page.locator(f"#answer-{task} .said")
    page.wait_for_function(
        f"document.querySelectorAll('#answer-{task} .verdict')[0]?.textContent.includes('ms')", timeout=SLOW
    )
    choose(page, f"#engine-{task}", ENGINE)
    if task != TASK:
        expect(said).to_contain_text(f"python -m train {task} --engine {ENGINE}", timeout=SLOW)
        expect(page.locator(f"#engine-{task}")).to_contain_text("minGRU (not trained yet)")
        expect(page.locator(f"#engine-{task}")).not_to_contain_text("LSTM (not trained yet)")
        return
    expect(said).to_contain_text(" = ", timeout=SLOW)
    expect(page.locator(f"#engine-{task}")).to_contain_text("GRU (not trained yet)")
    page.wait_for_function(DRAWN.format(f"#lens-{task}", 0), timeout=SLOW)
    choose(page, f"#lens-kind-{task}", LENS)
    expect(page.locator(f"#lens-note-{task}")).to_contain_text("gradient times input", timeout=SLOW)
    page.locator(f"#all-{task}").click()
    expect(page.locator(f"#table-{task}")).to_contain_text("minGRU", timeout=SLOW)
    choose(page, f"#engine-{task}", "conv")
    expect(said).to_contain_text(f"python -m train {task} --engine conv", timeout=SLOW)


def laboratories(page: Page) -> None:
    """Each laboratory in turn, with the added engine and task where one can choose them."""
    go(page, "shapes")
    expect(page.locator(".shapes .shape").first).to_be_visible(timeout=SLOW)
    go(page, "gradients")
    expect(page.locator(f"#gr-cards li[data-name={ENGINE}]")).to_be_visible(timeout=SLOW)
    go(page, "time-machine")
    page.wait_for_function(DRAWN.format("#time-inside", 0), timeout=SLOW)
    go(page, "long-range")
    page.wait_for_function(DRAWN.format("#longrange-numbers", 0), timeout=SLOW)
    expect(page.locator("#longrange-says")).to_contain_text("not trained yet: minGRU")
    choose(page, "#longrange-engine", ENGINE)
    page.locator("#longrange-train").click()
    expect(page.locator("#longrange-meter .told")).to_contain_text("minGRU · seed", timeout=SLOW)
    page.locator("#longrange-stop").click()
    expect(page.locator("#longrange-result")).to_contain_text("minGRU", timeout=SLOW)
    go(page, "scoreboard")
    expect(page.locator("#board-table tbody tr").first).to_be_visible(timeout=SLOW)
    page.locator("#board-task input").click()
    page.get_by_role("option", name="English plurals", exact=False).first.click()
    expect(page.locator("#board-table tbody tr")).to_have_count(2, timeout=SLOW)
    expect(page.locator("#board-table tbody")).to_contain_text("minGRU")
    go(page, "race")
    race(page)


def race(page: Page) -> None:
    choose(page, "#race-task", TASK)
    expect(page.locator("#race-told")).to_contain_text("English plurals", timeout=SLOW)
    boxes = page.locator("#race-who input[type=checkbox]")
    assert sum(box.is_checked() for box in boxes.all()) == 8 and boxes.count() == 9
    for box in boxes.all():
        box.set_checked(box.get_attribute("name") in (ENGINE, "conv"))
    page.locator("#race-go").click()
    expect(page.locator("#race-field tbody tr")).to_have_count(2, timeout=SLOW)
    page.wait_for_function(DRAWN.format("#race-loss", 1), timeout=SLOW)
    page.locator("#race-stop").click()
    expect(page.locator("#race-table")).to_contain_text("minGRU", timeout=SLOW)
