"""The bar over every page: where one can go, the language, light or dark, big type, and a link to what is shown."""

from __future__ import annotations

import html
import json
from typing import Any

import gradio as gr

from s2s_demo import device
from s2s_demo.ui import gpu
from s2s_demo.ui.rooms import room_label
from s2s_demo.ui.site import Page
from s2s_demo.ui.words import LANGUAGES, said

_ON_LOAD = "window.s2sBar(element)"
NAMES = {"ko": "한국어", "en": "English"}
"""What a language calls itself; one that is not here is shown by its code."""


def bar(here: Page, pages: list[Page]) -> None:
    """Builds it inside the open Blocks. The addresses are relative, so that the site may lie under any prefix."""
    groups = {group: [p for p in pages if p.group == group] for group in ("start", "room", "more", "own", "experiment")}
    places = [_link(page, here) for page in (*groups["start"], *groups["room"])]
    places += [_menu("bar.more", groups["more"], here)] if groups["more"] else []
    places += [_link(page, here) for page in groups["own"]]
    places.append(_menu("bar.experiments", groups["experiment"], here))
    tools = [
        f"<button type='button' class='copy' {_in_all('bar.copied', 'said')}>{_said('bar.copy')}</button>",
        f"<span class='device'>{_device()}</span>",
        *[f"<a class='lang' data-lang='{lang}' href='?lang={lang}'>{NAMES.get(lang, lang)}</a>" for lang in LANGUAGES],
        f"<button type='button' class='big' {_in_all('bar.big', 'name')}>A+</button>",
        f"<button type='button' class='shade' {_in_all('shade', 'name')}>◐</button>",
    ]
    # the start page has its heading in its picture
    heading = f"<h1 class='hidden'>{_said(_label(here))}</h1>" if here.path else ""
    data = f"{_in_all(_label(here), 'title')} {_in_all('bar.ignored', 'ignored')} data-links='{_links(here)}'"
    nav = f"<nav {_in_all('bar.pages', 'label')}>{''.join(places)}</nav>"
    gr.HTML(
        f"<header {data}><a class='brand' href='./'>{_said('title')}</a>{heading}{nav}"
        f"<div class='tools'>{''.join(tools)}</div></header>",
        elem_id="bar",
        js_on_load=_ON_LOAD,
        apply_default_css=False,
    )


def switch(here: Page, pages: list[Page]) -> None:
    """The tasks that share a room, one of them chosen; nothing for a room of one."""
    shared = [page for page in pages if page.room and page.room == here.room]
    if len(shared) > 1:
        links = "".join(_link(page, here, by_task=True) for page in shared)
        gr.HTML(
            f"<nav class='tasks' {_in_all('bar.tasks', 'label')}>{links}</nav>",
            elem_id="tasks",
            js_on_load=_ON_LOAD,
            apply_default_css=False,
        )


def _link(page: Page, here: Page, by_task: bool = False) -> str:
    label = _said(page.label if by_task else _label(page))
    on = page == here or (not by_task and bool(page.room) and page.room == here.room)
    mark = " class='on' aria-current='page'" if on else ""
    return f"<a href='{html.escape(page.path) or './'}'{mark}>{label}</a>"


def _label(page: Page) -> str:
    return room_label(page.room) if page.room else page.label


def _menu(label: str, pages: list[Page], here: Page) -> str:
    on = any(page == here or (page.room and page.room == here.room) for page in pages)
    links = "".join(_link(page, here) for page in pages)
    return f"<details><summary{' class=on' if on else ''}>{_said(label)}</summary><div>{links}</div></details>"


def _links(here: Page) -> str:
    """What links.js has to know of a page, as the value of an attribute."""
    answer = f"#answer-{here.task}"
    cells = f"{answer} .ys .tok, {answer} .event"
    ready = f"{answer} :is(.said, .verdict):not(:empty), {cells}" if here.task else here.ready
    copy = "#own-link a" if here.group == "own" else ""
    told = {"controls": dict(here.controls), "ready": ready, "steps": cells if here.task else "", "copy": copy}
    return html.escape(json.dumps(told), quote=True)


def _said(key: str) -> str:
    """A sentence that bar.js puts in the language of the page: Gradio translates no more than the first in a text."""
    return f"<span {_in_all(key, 'text')}></span>"


def _in_all(key: str, name: str) -> str:
    """The sentence in each language as attributes of an element, since the browser cannot ask for one later."""
    return " ".join(f"data-{name}-{lang}='{html.escape(said(key, lang), quote=True)}'" for lang in LANGUAGES)


def _device() -> Any:
    """Where answers come from, and where trainings run if that is another place."""
    return html.escape(device.device_name() + (" · ZeroGPU" if gpu.zero() else ""))
