"""The site: every page under its bar, what programs may ask, and how it is launched."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes import Soft

from s2s_demo import checkpoints, device, engines, tasks
from s2s_demo.prediction import UserError
from s2s_demo.ui import server, site, start
from s2s_demo.ui.bar import bar, switch
from s2s_demo.ui.custom import panel as custom
from s2s_demo.ui.custom import run_model
from s2s_demo.ui.server.blocks import SteadyBlocks
from s2s_demo.ui.server.memory import few_arenas
from s2s_demo.ui.site import Page
from s2s_demo.ui.task import answering
from s2s_demo.ui.words import I18N, LEFT_OUT, T, mistake
from s2s_demo.video import files

LOG = logging.getLogger(__name__)
FONTS = ["system-ui", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", "sans-serif"]
CSS = Path(__file__).with_name("page.css")
JS = Path(__file__).with_name("js")
SCRIPTS = ("answers_due.js", "bar.js", "links.js", "answer_view.js", "film_view.js")
"""What stands in the page's head, once: Gradio repeats what a component is given wherever the component stands."""


def build() -> gr.Blocks:
    """The site, ready to launch: a route for every page, so that a visitor's browser loads no more than what is shown."""
    few_arenas()
    _log_what_is_missing()
    pages = site.pages()
    with SteadyBlocks(title="Seq2Seq Lab", delete_cache=(3600, 86400)) as blocks:
        _page(pages[0], pages, blocks)
        gr.api(  # pyright: ignore[reportPrivateImportUsage]
            answer, api_name="predict", concurrency_id="gpu", concurrency_limit=2
        )
        gr.api(  # pyright: ignore[reportPrivateImportUsage]
            answer_own, api_name="own", concurrency_id="own", concurrency_limit=2
        )
    for page in pages[1:]:
        with blocks.route(page.inner, f"/{page.inner}", show_in_navbar=False):
            _page(page, pages, blocks)
    _without_formulas(blocks)
    return blocks.queue(api_open=False)


def _page(page: Page, pages: list[Page], blocks: gr.Blocks) -> None:
    """One page: the bar, notes on what is left out, the tasks of its room, and its content."""
    bar(page, pages)
    _left_out()
    switch(page, pages)
    with gr.Column(elem_id=page.elem_id, elem_classes="page"):
        page.build([blocks.load])


def _without_formulas(page: gr.Blocks) -> None:
    """Gradio sets what stands between two "$$" in Markdown as a formula, after all that is escaped; the page has none of its own."""
    for block in page.blocks.values():
        if isinstance(block, gr.Markdown):
            block.latex_delimiters = []


def _left_out() -> None:
    """A note for each file of an engine or a task that has a mistake in it; the log has it too."""
    for number, _ in enumerate(LEFT_OUT):
        note = f"<p>{T(f'left.out.{number}')}</p>"
        gr.HTML(note, elem_id=f"left-out-{number}", elem_classes="quiet", js_on_load=None, apply_default_css=False)


def _log_what_is_missing() -> None:
    for fault in LEFT_OUT:
        LOG.warning(fault.en)
    told = device.chosen().note
    if told is not None:
        LOG.warning(told.en)


def answer(task: str, engine: str, x: str, approach: str = "") -> str:
    """The answer of one model as JSON.

    Args:
        task: one of {tasks}.
        engine: one of {engines}.
        x: the input as a person types it, for example 347+589.
        approach: encoder-only, encoder-decoder or decoder-only; empty for the task's natural one.
    """
    try:
        if not tasks.get(task).typed:
            raise mistake("clip.api")
        found = answering.answer(tasks.get(task), engine, approach, x, look=False)
    except UserError as e:
        return json.dumps({"error": e.words.en, "error_ko": e.words.ko}, ensure_ascii=False)
    y = tasks.get(task).answer(found.y)
    return json.dumps({"x": found.x, "y": y, "confidence": [round(float(p), 4) for p in found.confidence]})


_TYPED = ", ".join(name for name, task in tasks.TASKS.items() if task.typed)
answer.__doc__ = (answer.__doc__ or "").replace("{tasks}", _TYPED).replace("{engines}", ", ".join(engines.ENGINES))


def answer_own(run: str, x: str) -> str:
    """The answer of a model that was trained on pairs of one's own, as JSON.

    Args:
        run: the name in the link of the training.
        x: an input as it stood in the pairs; of numbers, sounds and clips the rows, for example 0.5 2 ; 0.6 1.
    """
    try:
        found = run_model.answer(run, x)
    except UserError as e:
        return json.dumps({"error": e.words.en, "error_ko": e.words.ko}, ensure_ascii=False)
    told = {"x": found.x, "y": found.y, "confidence": [round(float(p), 4) for p in found.confidence]}
    return json.dumps(told, ensure_ascii=False)


def _first_answer() -> None:
    """One answer that nobody asked for: whatever torch and the models load at their first use is there for the first visitor."""
    task = next(iter(tasks.TASKS.values()))
    for entry in checkpoints.available(task.name)[:1]:
        answering.answer(task, entry.engine, entry.approach, task.examples[0])


def _scripts() -> str:
    return "\n".join((JS / name).read_text(encoding="utf-8") for name in SCRIPTS)


def launch_options() -> dict[str, Any]:
    """What `launch` takes, the same for the app, the tests and the screenshots."""
    options = server.app_options(site.addresses(), at_start=[_first_answer, *start.WARM])
    return {
        "theme": Soft(font=FONTS, font_mono=["ui-monospace", "monospace"], text_size="lg"),
        "css_paths": [CSS],
        "head": f"<script>{_scripts()}</script>",
        "i18n": I18N,
        "ssr_mode": False,
        "run_history": False,
        "footer_links": ["api", "settings"],
        "show_error": False,
        "enable_monitoring": False,
        "max_file_size": f"{files.MEGABYTES}mb",
        "app_kwargs": {**options, "lifespan": custom.scheduled(options["lifespan"])},
    }
