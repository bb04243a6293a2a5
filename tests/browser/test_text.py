"""The rooms for text as a visitor meets them: tagged sentences, intents, what is unknown, and hostile input."""

from __future__ import annotations

import pytest
from playwright.sync_api import ElementHandle, Page, expect

from s2s_demo import engines
from s2s_demo.ui.words import said
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
TASKS = ["pos-en", "pos-ko", "intent-en", "intent-ko"]
TYPED = {
    "pos-en": "We don't glorpify old boats.",
    "pos-ko": "나는 어제 학교에 갔다.",
    "intent-en": "move 100 dollars from checking to savings",
    "intent-ko": "우리 내일 몇 시에 만나?",
}
CONLLU = "1\tBirds\t_\tNOUN\t_\t_\t_\t_\t_\t_\n2\tfly\t_\tVERB\t_\t_\t_\t_\t_\t_\n"
HOSTILE = [
    "",
    "   ",
    "\x00\x1b",
    "word " * 5_000,
    "x" * 25_000,
    CONLLU.replace("\tNOUN", "\tTHING").replace("Birds", ""),
]
ANSWERED = ["<img src=x onerror=window.hit=1>", "${document.body.remove()}", "a" * 1_500, "학교에 go بيت"]
EMOJI = "🙂 👍🏽"


def enter(page: Page, task: str) -> None:
    go(page, task)
    expect(page.locator(f"#answer-{task} .ys .tok").first).to_be_visible(timeout=SLOW)


def answer(page: Page, task: str) -> ElementHandle | None:
    return page.query_selector(f"#answer-{task}")


def ask(page: Page, task: str, text: str) -> None:
    """Asks, and wipes the answer that stands there, so that what is shown next is the answer to this text."""
    page.evaluate(
        "e => e.querySelectorAll('.verdict, .said').forEach(one => (one.textContent = ''))", answer(page, task)
    )
    page.fill(f"#x-{task} textarea", text)
    page.wait_for_timeout(150)  # no hand is so fast that the page has not yet taken what was typed
    page.locator(f"#go-{task}").click()


@pytest.mark.parametrize("task", TASKS)
def test_each_engine_answers_what_is_typed_with_its_lenses(visit, task):
    page = visit()
    enter(page, task)
    ask(page, task, TYPED[task])
    expect(page.locator(f"#answer-{task} .verdict")).not_to_be_empty(timeout=SLOW)
    first = TYPED[task].split()[0].lower()
    expect(page.locator(f"#answer-{task} .xs .tok").first).to_contain_text(first, ignore_case=True)
    for engine in engines.ENGINES.values():
        page.locator(f"#engine-{task}").get_by_text(engine.title.en, exact=True).click()
        page.locator(f"#lens-kind-{task}").get_by_text(said("lens.attention", "en"), exact=True).click()
        if engine.attends:
            page.wait_for_function(
                f"document.querySelector('#lens-{task} .plt')._fullData?.[1]?.zmax === 1", timeout=SLOW
            )
        else:
            expect(page.locator(f"#lens-note-{task}")).to_contain_text(f"The {engine.title.en} engine", timeout=SLOW)
        page.locator(f"#lens-kind-{task}").get_by_text(said("lens.gradient", "en"), exact=True).click()
    expect(page.locator(f"#answer-{task} .top li")).to_have_count(5)


def test_every_word_has_a_tag_whose_meaning_is_told_on_hover(visit):
    page = visit(lang="ko")
    enter(page, "pos-ko")
    ask(page, "pos-ko", "나는 어제 학교에 갔다.")
    cells = page.locator("#answer-pos-ko .ys .tok")
    expect(cells).to_have_count(5, timeout=SLOW)
    expect(cells.nth(4)).to_contain_text("PUNCT")
    assert "문장 부호" in (cells.nth(4).get_attribute("title") or "")


def test_pasted_conllu_is_read(visit):
    page = visit()
    enter(page, "pos-en")
    ask(page, "pos-en", CONLLU)
    expect(page.locator("#answer-pos-en .ys .tok em")).to_have_text(["Birds", "fly"], timeout=SLOW)


def test_what_no_intent_fits_is_said_to_be_unknown(visit):
    page = visit()
    enter(page, "intent-en")
    ask(page, "intent-en", "qwxz vrrk plomf tziddle")
    expect(page.locator("#answer-intent-en .said")).to_have_text(said("view.unknown", "en"), timeout=SLOW)
    expect(page.locator("#answer-intent-en .top li")).to_have_count(5)


@pytest.mark.parametrize("task, lang", [("pos-en", "en"), ("pos-ko", "ko"), ("intent-en", "ko"), ("intent-ko", "en")])
def test_hostile_text_is_one_sentence_or_an_answer(visit, task, lang):
    page = visit(lang=lang)
    enter(page, task)
    for text in HOSTILE[:3] if task.startswith("intent") else HOSTILE:
        ask(page, task, text)
        shown = page.locator(f"#answer-{task} .answer.bad .said")
        expect(shown).not_to_be_empty(timeout=SLOW)
        assert ("가" <= max(shown.inner_text()) <= "힣") == (lang == "ko")
        ask(page, task, TYPED[task])
        expect(page.locator(f"#answer-{task} .answer.bad")).to_have_count(0, timeout=SLOW)
    for text in ANSWERED:
        ask(page, task, text)
        expect(page.locator(f"#answer-{task} .verdict")).not_to_be_empty(timeout=SLOW)
    ask(page, task, EMOJI)  # a token to tag, but no word of an utterance
    shown = ".answer.bad .said" if task.startswith("intent") else ".verdict"
    expect(page.locator(f"#answer-{task} {shown}")).not_to_be_empty(timeout=SLOW)
    assert page.evaluate("window.hit") is None
    assert page.locator(f"#answer-{task} img").count() == 0


@pytest.mark.parametrize("task", ["pos-en", "intent-en"])
def test_the_rooms_fit_a_phone(visit, task):
    page = visit(width=420, dark=True)
    enter(page, task)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
