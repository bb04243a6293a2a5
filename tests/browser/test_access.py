"""Who hears the page, or reaches it by keyboard, or sees little: names, headings, contrast and focus, in every tab.

Contrast is that of WCAG 2.2, 1.4.3: at least 4.5, for large text 3, computed from the colours on the screen.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
ROOMS = ["arithmetic", "pos", "intent", "video", "lab"]
CONTROLS = {"button", "textbox", "combobox", "radio", "checkbox", "slider", "tab", "link", "searchbox", "spinbutton"}
PATIENCE = 60
FAINT = """() => {
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const rgba = text => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1); pen.fillStyle = text; pen.fillRect(0, 0, 1, 1);
      const d = pen.getImageData(0, 0, 1, 1).data; known.set(text, [d[0], d[1], d[2], d[3] / 255]);
    }
    return known.get(text);
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = colour => {
    const [r, g, b] = colour.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg, video, .plt, script, style, [disabled], [aria-disabled=true]')) continue;
    if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join(' ').trim();
    const box = e.getBoundingClientRect();
    if (!text || box.width < 2 || box.height < 2) continue;
    const grounds = []; let drawn = false, opacity = 1;
    for (let a = e; a; a = a.parentElement) {
      const style = getComputedStyle(a), ground = rgba(style.backgroundColor); opacity *= +style.opacity;
      if (style.backgroundImage !== 'none') drawn = true;
      if (ground[3] > 0) grounds.push(ground);
      if (ground[3] === 1 || drawn) break;
    }
    if (drawn) continue;  // over a picture there is no one ground
    const style = getComputedStyle(e), colour = rgba(style.color), size = parseFloat(style.fontSize);
    const ground = grounds.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
    const ink = over([...colour.slice(0, 3), colour[3] * opacity], ground);
    const [bright, dim] = [light(ink), light(ground)].sort((x, y) => y - x), ratio = (bright + .05) / (dim + .05);
    const large = size >= 24 || size >= 18.66 && +style.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} ${e.tagName} ${style.color} on ${ground.map(Math.round)}: ${text.slice(0, 40)}`);
  }
  return faint;
}"""
UNTOLD = """() => [...document.querySelectorAll('[role=img], img, figure')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1 && !e.closest('[aria-hidden=true]'))
  .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('alt') || e.title || e.getAttribute('aria-labelledby')))
  .map(e => e.outerHTML.slice(0, 120))"""
LEVELS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(e => e.checkVisibility()).map(e => +e.tagName[1])"""
SEEN = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const look = () => { const all = []; for (let a = e, i = 0; a && i < 3; a = a.parentElement, i++) {
    const s = getComputedStyle(a); all.push([s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor].join()); } return all.join('|'); };
  const focused = look(); e.blur(); const not = look(); e.focus();
  return [e.outerHTML.slice(0, 120), focused !== not];
}"""


def tabs(page: Page, room: str) -> list[str]:
    """The ids of a room's tabs, the room being open."""
    page.locator(f"#room-{room}-button").click()
    ids = page.locator(f"#tasks-{room} button[role=tab]").evaluate_all("all => all.map(e => e.id)")
    return [name for name in ids if name.startswith(("task-", "lab-"))]


def settled(page: Page, script: str) -> Any:
    """What a script finds once the page has come to rest: what is still being computed is drawn faint, and goes."""
    found = page.evaluate(script)
    for _ in range(PATIENCE):
        if not found:
            break
        page.wait_for_timeout(400)
        found = page.evaluate(script)
    return found


def unnamed(page: Page) -> list[str]:
    """The controls that a screen reader meets and that have no name."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    met = [node for node in nodes if not node.get("ignored") and node["role"]["value"] in CONTROLS]
    assert len(met) > 10
    return [node["role"]["value"] for node in met if not node.get("name", {}).get("value", "").strip()]


@pytest.mark.parametrize("room", ROOMS)
def test_every_tab_can_be_heard_and_read(visit, room):
    page = visit()
    for tab in tabs(page, room):
        page.locator(f"#{tab}").click()
        page.wait_for_timeout(500)
        assert settled(page, FAINT) == [], tab
        assert unnamed(page) == [], tab
        assert settled(page, UNTOLD) == [], tab
        levels = page.evaluate(LEVELS)
        assert levels[0] == 1 and levels.count(1) == 1, tab
        assert all(next_ - level <= 1 for level, next_ in pairwise(levels)), (tab, levels)
        page.locator("#tools button").click()
        page.wait_for_timeout(300)
        assert settled(page, FAINT) == [], f"{tab} in the dark"
        page.locator("#tools button").click()
        page.wait_for_timeout(300)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("room, tab, stops", [("arithmetic", "task-arithmetic", 22), ("lab", "lab-board", 45)])
def test_what_the_keyboard_is_on_can_be_seen(visit, room, tab, stops, dark):
    page = visit(dark=dark)
    tabs(page, room)
    page.locator(f"#{tab}-button").click()
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
