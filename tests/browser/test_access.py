"""Who reaches the page by keyboard sees where they are, light and dark. Names, headings and contrast are looked for in test_axe."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SEEN = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const look = () => { const all = []; for (let a = e, i = 0; a && i < 3; a = a.parentElement, i++) {
    const s = getComputedStyle(a); all.push([s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor].join()); } return all.join('|'); };
  const focused = look(); e.blur(); const not = look(); e.focus();
  return [e.outerHTML.slice(0, 120), focused !== not];
}"""


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("where, stops", [("", 12), ("arithmetic", 32), ("scoreboard", 45)])
def test_what_the_keyboard_is_on_can_be_seen(visit, where, stops, dark):
    page = visit(where, dark=dark)
    page.wait_for_timeout(3000)
    page.evaluate("document.activeElement.blur()")
    hidden, reached = [], set()
    for _ in range(stops):
        page.keyboard.press("Tab")
        found = page.evaluate(SEEN)
        if found:
            reached.add(found[0])
            hidden += [] if found[1] else [found[0]]
    assert len(reached) > stops // 2
    assert hidden == []
