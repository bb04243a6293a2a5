"""Every state is a link: twenty links show what they say, a language switch keeps it, and what a link cannot mean is one sentence."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from s2s_demo.ui import site
from s2s_demo.ui.words import said

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SLOW = 60_000
ON = re.compile(r"\bon\b")
CONTROLS = {page.task or page.path: page.controls for page in site.pages()}
STANDS = """([id, value]) => {
  const part = document.getElementById(id), radios = [...(part?.querySelectorAll('input[type=radio]') ?? [])];
  const box = part?.querySelector('textarea, input[type=number], input[type=text]');
  return (radios.length ? radios.find(one => one.checked)?.value : box?.value) === value;
}"""
LINKS = [
    ("sums", {"x": "12+30"}, "12 + 30 = 42"),
    ("sums", {"x": "999+1", "engine": "transformer"}, "999 + 1 = 1000"),
    ("sums", {"engine": "rnn"}, "347 + 589 = 936"),
    ("sums", {"engine": "gru", "approach": "decoder-only"}, "347 + 589 = 936"),
    ("sums", {"x": "808+94", "engine": "attention", "lens": "attention", "step": "2"}, "808 + 94 = 902"),
    ("arithmetic", {"x": "1204-77", "engine": "transformer", "approach": "decoder-only"}, "1204 − 77 = 1127"),
    ("addition", {"x": "47+9", "engine": "gru"}, "47 + 9 = 56"),
    ("addition", {"engine": "independent"}, "= 826"),
    ("intent-en", {"x": "set an alarm for seven", "engine": "lstm"}, "alarm"),
    ("intent-en", {"lens": "occlusion"}, ""),
    ("intent-ko", {"x": "창문 좀 닫아 줘"}, ""),
    ("pos-en", {"x": "I can can the can .", "step": "3"}, ""),
    ("pos-ko", {"engine": "conv"}, ""),
    ("swing", {"engine": "gru"}, ""),
    ("shapes", {"x": "a b c"}, ""),
    ("shapes", {"m": "5"}, ""),
    ("gradients", {"init": "orthogonal", "width": "64"}, ""),
    ("long-range", {"problem": "recall"}, ""),
    ("time-machine", {"task": "addition"}, ""),
    ("race", {"by": "time", "seed": "7"}, ""),
]


def holds(page: Page, where: str, state: dict[str, str], answer: str) -> None:
    expect(page.locator("body")).not_to_have_class("following", timeout=SLOW)
    for name, value in state.items():
        if name == "step":
            expect(page.locator(f"#answer-{where} .ys .tok").nth(int(value) - 1)).to_have_class(ON, timeout=SLOW)
            continue
        page.wait_for_function(STANDS, arg=[CONTROLS[where][name], value], timeout=SLOW)
    if answer:
        expect(page.locator(f"#answer-{where} .said")).to_contain_text(answer, timeout=SLOW)


@pytest.mark.parametrize("at", range(0, len(LINKS), 5))
def test_links_show_their_state_and_a_language_switch_keeps_it(visit, at):
    for where, state, answer in LINKS[at : at + 5]:
        page = visit(where, more="".join(f"&{name}={quote(value)}" for name, value in state.items()), leaves=True)
        holds(page, where, state, answer)
        page.locator("#bar a.lang[data-lang=ko]").click()
        expect(page.locator("#bar a.lang.on")).to_have_text("한국어", timeout=SLOW)
        query = parse_qs(urlsplit(page.url).query)
        assert query["lang"] == ["ko"] and all(query[name] == [value] for name, value in state.items()), page.url
        holds(page, where, state, answer if "alarm" not in answer else "")
        page.close()


def test_choosing_and_typing_write_the_address(visit):
    page = visit("sums")
    page.locator("#engine-sums input[value=gru]").click()
    page.fill("#x-sums textarea", "1+2")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-sums .said")).to_have_text("1 + 2 = 3", timeout=SLOW)
    page.wait_for_function(
        "location.search.includes('engine=gru') && location.search.includes('x=1%2B2')", timeout=SLOW
    )
    page.locator("#answer-sums .ys .tok").nth(1).click()
    page.wait_for_function("location.search.includes('step=2')", timeout=SLOW)
    page.reload()
    expect(page.locator("#answer-sums .said")).to_have_text("1 + 2 = 3", timeout=SLOW)
    assert page.locator("#engine-sums input[value=gru]").is_checked()


@pytest.mark.parametrize(
    "state, told",
    [
        ({"engine": "no-such"}, "engine=no-such"),
        ({"engine": "<img src=x onerror=window.hit=1>"}, "engine=<img"),
        ({"x": "<script>window.hit=1</script>"}, ""),
        ({"step": "999"}, "step=999"),
        ({"x": "9" * 10_000}, ""),
        ({"lens": "constructor", "approach": "__proto__"}, "approach=__proto__, lens=constructor"),
    ],
)
def test_what_a_link_cannot_mean_is_one_sentence(visit, state, told):
    page = visit("sums", more="".join(f"&{name}={quote(value)}" for name, value in state.items()))
    if told:
        expect(page.locator(".link-note")).to_contain_text(said("bar.ignored", "en"), timeout=SLOW)
        expect(page.locator(".link-note")).to_contain_text(told)
        expect(page.locator("#answer-sums .said")).to_have_text("347 + 589 = 936", timeout=SLOW)
    else:
        expect(page.locator("#answer-sums .answer.bad .said")).not_to_be_empty(timeout=SLOW)
    assert page.evaluate("window.hit") is None
