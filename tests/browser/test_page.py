"""The page as a visitor meets it: type, choose, look, compare; in two languages, light and dark, wide and narrow, offline."""

from __future__ import annotations

import plotly
import pytest
from playwright.sync_api import Page, expect

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.ui.task import answering
from s2s_demo.ui.words import said
from tests.browser.site import address, go
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
HOSTILE = [
    "",
    "   ",
    "abc",
    "1++2",
    "0*-7",
    "9" * 10_000,
    "${document.body.remove()}",
    "<img src=x onerror=window.hit=1>",
]


def room(page: Page, task: str) -> None:
    go(page, task)
    expect(page.locator(f"#answer-{task} .ys .tok").first).to_be_visible(timeout=SLOW)


def ask(page: Page, task: str, text: str) -> None:
    page.fill(f"#x-{task} textarea", text)
    page.wait_for_timeout(150)  # no hand is so fast that the page has not yet taken what was typed
    page.locator(f"#go-{task}").click()


def choose(page: Page, group: str, label: str) -> None:
    page.locator(group).get_by_text(label, exact=True).click()


def drawn(page: Page, selector: str) -> int:
    """How many traces a figure shows, once it is drawn."""
    page.wait_for_function(f"document.querySelector('{selector} .plt')?._fullData?.length > 0", timeout=SLOW)
    return page.evaluate(f"document.querySelector('{selector} .plt')._fullData.length")


@pytest.mark.parametrize("task", ["arithmetic", "addition"])
def test_each_engine_answers_with_a_gradient_lens_and_attention_where_it_exists(visit, task):
    page = visit()
    room(page, task)
    for number, engine in enumerate(engines.ENGINES.values()):
        a, b = 340 + number, 580 + number
        choose(page, f"#lens-kind-{task}", said("lens.gradient", "en"))
        choose(page, f"#engine-{task}", engine.title.en)
        ask(page, task, f"{a}+{b}")
        expect(page.locator(f"#answer-{task} .said")).to_contain_text(f"{a} + {b} = ", timeout=SLOW)
        expect(page.locator(f"#answer-{task} .verdict")).to_contain_text("ms", timeout=SLOW)
        assert drawn(page, f"#lens-{task}") == 2
        choose(page, f"#lens-kind-{task}", said("lens.attention", "en"))
        note = page.locator(f"#lens-note-{task}")
        if engine.attends:
            page.wait_for_function(
                f"document.querySelector('#lens-{task} .plt')._fullData?.[1]?.zmax === 1", timeout=SLOW
            )
        else:
            expect(note).to_contain_text("has no attention", timeout=SLOW)


def test_both_approaches_give_the_answers_of_their_own_models(visit):
    page = visit()
    task = tasks.get("arithmetic")
    for approach in task.approaches:
        choose(page, "#approach-arithmetic", said(f"approach.{approach.value}", "en"))
        expected = answering.answer(task, "transformer", approach.value, "12+7")
        shown = answering.view_data(task, expected, None, 0, "en")["said"]
        ask(page, "arithmetic", "12+7")
        expect(page.locator("#answer-arithmetic .said")).to_have_text(shown, timeout=SLOW)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_bad_input_is_one_sentence_in_the_visitors_language(visit, lang):
    page = visit(lang=lang)
    for text in HOSTILE:
        ask(page, "arithmetic", text)
        shown = page.locator("#answer-arithmetic .answer.bad .said")
        expect(shown).not_to_be_empty(timeout=SLOW)
        told = shown.inner_text()
        assert ("가" <= max(told) <= "힣") == (lang == "ko"), told
        ask(page, "arithmetic", "3+4")
        expect(page.locator("#answer-arithmetic .said")).to_have_text("3 + 4 = 7", timeout=SLOW)
    assert page.evaluate("window.hit") is None
    assert page.locator("#answer-arithmetic img").count() == 0


def test_other_ways_to_write_a_number_are_read(visit):
    page = visit()
    for text, said_so in (
        ("３４７＋５８９", "347 + 589 = 936"),
        ("٣٤٧+٥٨٨", "347 + 588 = 935"),
        (" 347 + 587 = ?", "347 + 587 = 934"),
    ):
        ask(page, "arithmetic", text)
        expect(page.locator("#answer-arithmetic .said")).to_have_text(said_so, timeout=SLOW)


def test_tokens_and_matrix_are_linked(visit):
    page = visit()
    ask(page, "arithmetic", "11+11")
    expect(page.locator("#answer-arithmetic .said")).to_have_text("11 + 11 = 22", timeout=SLOW)
    drawn(page, "#lens-arithmetic")
    ticks = page.evaluate("document.querySelector('#lens-arithmetic .plt')._fullLayout.xaxis.ticktext")
    assert ticks == ["1", "1", "+", "1", "1"]
    cells = page.locator("#answer-arithmetic .ys .tok")
    cells.nth(3).click()
    expect(cells.nth(3)).to_have_attribute("aria-pressed", "true")
    chosen = "document.querySelector('#lens-arithmetic .plt').layout.shapes?.[0]?.y0"
    page.wait_for_function(f"{chosen} === 2.5", timeout=SLOW)
    cells.nth(3).press("ArrowRight")
    page.wait_for_function(f"{chosen} === 3.5", timeout=SLOW)
    expect(cells.nth(4)).to_be_focused()
    before = page.locator("#answer-arithmetic .xs .tok").first.get_attribute("style")
    cells.nth(0).hover()
    assert page.locator("#answer-arithmetic .xs .tok").first.get_attribute("style") != before
    page.locator("#lens-arithmetic .plt").scroll_into_view_if_needed()
    box = page.locator("#lens-arithmetic .plt .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    expect(page.locator("#answer-arithmetic .xs .tok.hov")).to_have_count(1)


def test_a_chosen_step_has_its_own_curve(visit):
    page = visit()
    room(page, "addition")
    drawn(page, "#curve-addition")
    first = page.evaluate("document.querySelector('#curve-addition .plt')._fullData[0].y.length")
    values = "JSON.stringify(document.querySelector('#curve-addition .plt')._fullData[0].y)"
    before = page.evaluate(values)
    page.locator("#answer-addition .ys .tok").nth(1).click()
    page.wait_for_function(f"{values} !== {before!r}", timeout=SLOW)
    assert first == 4


def test_all_engines_stand_on_one_axis_with_a_table(visit):
    page = visit()
    page.locator("#all-arithmetic").click()
    page.wait_for_function("document.querySelector('#curves-arithmetic .plt')?._fullData?.length >= 8", timeout=60_000)
    for engine in engines.ENGINES.values():
        expect(
            page.locator("#table-arithmetic").get_by_text(engine.title.en, exact=True).filter(visible=True).first
        ).to_be_visible()


def test_training_norms_map_and_card_open(visit):
    page = visit()
    for key, selector in (("training", "#training-arithmetic"), ("map", "#map-arithmetic")):
        page.get_by_role("button", name=said(key, "en")).first.click()
        assert drawn(page, selector) >= 1
    page.get_by_role("button", name=said("card", "en"), exact=False).first.click()
    expect(page.locator("#card-arithmetic").get_by_text("python -m train").filter(visible=True).first).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_in_both_languages_light_and_dark(visit, lang, dark):
    page = visit(lang=lang, dark=dark, width=420)
    expect(page).to_have_title(f"{said('tab.arithmetic', lang)} · Seq2Seq Lab")
    expect(page.locator("#go-arithmetic")).to_have_text(said("answer", lang))
    drawn(page, "#lens-arithmetic")
    expect(page.locator(".nav-holder")).to_be_hidden()
    fits = "document.scrollingElement.scrollWidth <= window.innerWidth"
    assert page.evaluate(fits)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("document.querySelector('#lens-arithmetic .plt')._fullLayout.width > 420", timeout=SLOW)
    assert page.evaluate(fits)
    assert page.evaluate("document.body.classList.contains('dark')") == dark
    ink = page.evaluate("document.querySelector('#lens-arithmetic .plt')._fullLayout.font.color")
    assert ink == page.evaluate("getComputedStyle(document.body).getPropertyValue('--body-text-color').trim()")


def test_the_figures_are_drawn_by_the_plotly_of_the_wheel(visit):
    page = visit()
    drawn(page, "#lens-arithmetic")
    bundled = page.evaluate("window.Plotly.version")
    script = (plotly.__path__[0], "package_data", "plotly.min.js")
    with open("/".join(script), encoding="utf-8") as file:
        assert f"v{bundled}" in file.read(300)


CLOSES_LATE = """(() => {
  const plain = window.fetch;
  window.fetch = async (where, how) => {
    const reply = await plain(where, how);
    if (!String(where.url || where).includes('queue/data')) return reply;
    const late = new TransformStream({async transform(chunk, out) {
      if (new TextDecoder().decode(chunk).includes('close_stream')) await new Promise(on => setTimeout(on, 700));
      out.enqueue(chunk);
    }});
    return new Response(reply.body.pipeThrough(late), reply);
  };
})()"""


def test_a_question_asked_while_the_stream_of_answers_ends_is_answered(chromium, url):
    page = chromium.new_page()
    page.add_init_script(CLOSES_LATE)
    page.goto(address(url, "arithmetic", "lang=en"))
    for a in range(5):
        expect(page.locator("#answer-arithmetic .said")).not_to_be_empty(timeout=60_000)
        ask(page, "arithmetic", f"{a}+1")
        expect(page.locator("#answer-arithmetic .said")).to_have_text(f"{a} + 1 = {a + 1}", timeout=SLOW)
    page.close()


def test_of_figures_that_come_faster_than_they_are_drawn_the_newest_is(visit):
    page = visit()
    drawn(page, "#lens-arithmetic")
    page.wait_for_timeout(500)
    inks = page.evaluate("""async () => {
      const react = window.Plotly.react, inks = [], wait = t => new Promise(done => setTimeout(done, t));
      window.Plotly.react = async (div, figure) => {
        if (!div.closest('#lens-arithmetic')) return react(div, figure);
        inks.push(figure.layout.font.color);
        await wait(300);
      };
      for (let i = 1; i <= 40; i++) {
        document.body.style.setProperty('--body-text-color', `rgb(0, 0, ${i})`);
        document.body.classList.toggle('s2s-again');
        await wait(10);
      }
      await wait(2500);
      window.Plotly.react = react;
      return inks;
    }""")
    assert 2 <= len(inks) <= 10 and inks[-1] == "rgb(0, 0, 40)", inks


def test_a_drawing_that_does_not_end_does_not_stop_the_others(visit):
    page = visit()
    drawn(page, "#lens-arithmetic")
    page.evaluate("""() => {
      const react = window.Plotly.react;
      window.Plotly.react = (div, figure) => div.closest('#lens-arithmetic') ? new Promise(() => {}) : react(div, figure);
      document.body.classList.toggle('s2s-again');
    }""")
    page.get_by_role("button", name=said("map", "en")).first.click()
    assert drawn(page, "#map-arithmetic") >= 1


def test_two_visitors_see_their_own(visit):
    one, two = visit(), visit(lang="ko")
    ask(one, "arithmetic", "1+2")
    ask(two, "arithmetic", "50-8")
    expect(one.locator("#answer-arithmetic .said")).to_have_text("1 + 2 = 3", timeout=SLOW)
    expect(two.locator("#answer-arithmetic .said")).to_have_text("50 − 8 = 42", timeout=SLOW)
    one.locator("#answer-arithmetic .ys .tok").nth(2).click()
    expect(two.locator("#answer-arithmetic .ys .tok").nth(2)).to_have_attribute("aria-pressed", "false")


def test_a_damaged_and_a_missing_checkpoint_disable_their_engine_alone(visit, monkeypatch, tmp_path):
    for name in ("lstm", "gru"):
        entry = checkpoints.ROOT / "addition" / name
        (tmp_path / "addition" / name).mkdir(parents=True)
        for path in entry.iterdir():
            (tmp_path / "addition" / name / path.name).write_bytes(path.read_bytes())
    (tmp_path / "addition" / "gru" / "model.safetensors").write_bytes(b"not a model")
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    with served() as address:
        page = visit(at=address)
        expect(page.locator("#answer-arithmetic .answer.bad .said")).to_contain_text(
            "python -m train arithmetic --engine lstm", timeout=SLOW
        )
        go(page, "addition")
        expect(page.locator("#answer-addition .said")).to_have_text("347 + 589 = 936", timeout=SLOW)
        choose(page, "#engine-addition", "GRU")
        expect(page.locator("#answer-addition .answer.bad .said")).to_contain_text("damaged", timeout=SLOW)
        choose(page, "#engine-addition", "LSTM")
        expect(page.locator("#answer-addition .said")).to_have_text("347 + 589 = 936", timeout=SLOW)
        page.goto("about:blank")  # so that nothing is still asked for when this server stops


def test_on_a_phone_the_legend_stands_beneath_the_words_of_the_axis(visit):
    page = visit("intent-en", width=390)
    page.locator("#all-intent-en").click()
    page.wait_for_function("document.querySelector('#curves-intent-en .plt')?._fullData?.length >= 8", timeout=60_000)
    title, legend = (page.locator(f"#curves-intent-en .{part}").first for part in ("xtitle", "legend"))
    expect(legend).to_be_visible(timeout=SLOW)
    upper, lower = title.bounding_box(), legend.bounding_box()
    assert upper and lower and lower["y"] >= upper["y"] + upper["height"]
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
