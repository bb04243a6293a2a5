"""The whole page: header with device and language, and a tab for each room."""

from __future__ import annotations

import html
import json
import logging
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes import Soft

from s2s_demo import checkpoints, device, engines, tasks
from s2s_demo.prediction import UserError
from s2s_demo.ui import gpu, server
from s2s_demo.ui.custom import answering as owning
from s2s_demo.ui.custom import panel
from s2s_demo.ui.lab import gradients, long_range, race, scoreboard, shapes, snapshots
from s2s_demo.ui.server.blocks import SteadyBlocks
from s2s_demo.ui.server.memory import few_arenas
from s2s_demo.ui.task import answering
from s2s_demo.ui.task.panel import task_panel
from s2s_demo.ui.words import FALLBACK, I18N, LABELS, LEFT_OUT, T, mistake, said
from s2s_demo.video import files

LOG = logging.getLogger(__name__)
FONTS = ["system-ui", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", "sans-serif"]
CSS = Path(__file__).with_name("page.css")
JS = Path(__file__).with_name("js")
SCRIPTS = ("answers_due.js", "answer_view.js", "film_view.js")
"""What stands in the page's head, once: Gradio repeats what a component is given wherever the component stands."""
LAB = {
    "shapes": shapes,
    "gradients": gradients,
    "time": snapshots,
    "longrange": long_range,
    "board": scoreboard,
    "race": race,
}
_SWITCH = """
element.querySelectorAll('a').forEach(a => {
  const url = new URL(window.location); url.searchParams.set('lang', a.dataset.lang); a.href = url;
  a.classList.toggle('on', document.documentElement.lang.startsWith(a.dataset.lang) ||
                           navigator.language.startsWith(a.dataset.lang));
});
const dark = element.querySelector('button');
dark.ariaLabel = dark.dataset[element.querySelector('a.on')?.dataset.lang || 'en'];
dark.onclick = () => document.body.classList.toggle('dark');
"""


def build() -> gr.Blocks:
    """The page, ready to launch."""
    few_arenas()
    with SteadyBlocks(title="Seq2Seq Lab", delete_cache=(3600, 86400)) as page:
        with gr.Row(elem_id="header"):
            gr.HTML(f"<h1>{T('title')}</h1>", elem_id="title", js_on_load=None, apply_default_css=False)
            gr.Markdown(T("thesis"), elem_id="thesis")
            gr.HTML(
                f"<span>{T('device')} <b>{_device()}</b></span>"
                "<a data-lang='ko' href='?lang=ko'>한국어</a><a data-lang='en' href='?lang=en'>English</a>"
                f"<button type='button' data-ko='{said('shade', 'ko')}' data-en='{said('shade', 'en')}'>◐</button>",
                elem_id="tools",
                js_on_load=_SWITCH,
                apply_default_css=False,
            )
        _left_out()
        with gr.Tabs(elem_id="rooms", overflow_behavior="wrap"):
            opened: list[Any] = [page.load]
            for room, names in rooms().items():
                label = T(f"tab.{room}" if f"tab.{room}" in LABELS[FALLBACK] else f"task.{names[0]}.short")
                with (
                    gr.Tab(label, id=room, elem_id=f"room-{room}") as tab,
                    gr.Tabs(elem_id=f"tasks-{room}", overflow_behavior="wrap"),
                ):
                    opened.append(tab.select)
                    for name in names:
                        with gr.Tab(T(f"task.{name}"), id=name, elem_id=f"task-{name}") as inner:
                            task_panel(tasks.get(name), [*opened, inner.select])
                        opened = []
            with gr.Tab(T("tab.own"), id="own", elem_id="room-own"):
                panel.panel([page.load])
            with (
                gr.Tab(T("tab.lab"), id="lab", elem_id="room-lab") as tab,
                gr.Tabs(elem_id="tasks-lab", overflow_behavior="wrap"),
            ):
                opened = [tab.select]
                for name, lab in LAB.items():
                    with gr.Tab(T(f"lab.{name}"), id=name, elem_id=f"lab-{name}") as inner:
                        lab.panel([*opened, inner.select])
                    opened = []
        gr.api(  # pyright: ignore[reportPrivateImportUsage]
            answer, api_name="predict", concurrency_id="gpu", concurrency_limit=2
        )
        gr.api(  # pyright: ignore[reportPrivateImportUsage]
            answer_own, api_name="own", concurrency_id="own", concurrency_limit=2
        )
    _without_formulas(page)
    return page.queue(api_open=False)


def _without_formulas(page: gr.Blocks) -> None:
    """Gradio sets what stands between two "$$" in Markdown as a formula, after all that is escaped; the page has none of its own."""
    for block in page.blocks.values():
        if isinstance(block, gr.Markdown):
            block.latex_delimiters = []


def _left_out() -> None:
    """A note for each file of an engine or a task that has a mistake in it; the log has it too."""
    for number, fault in enumerate(LEFT_OUT):
        LOG.warning(fault.en)
        note = f"<p>{T(f'left.out.{number}')}</p>"
        gr.HTML(note, elem_id=f"left-out-{number}", elem_classes="quiet", js_on_load=None, apply_default_css=False)


def _device() -> str:
    """Where answers come from, for the header, and where trainings run if that is another place; the log learns what is missing."""
    told = device.chosen().told
    if told is not None:
        LOG.warning(told.en)
    return html.escape(device.described() + (" · ZeroGPU" if gpu.zero() else ""))


def rooms() -> dict[str, list[str]]:
    """The tasks behind each tab: a tab for every task, unless it shares a room."""
    found: dict[str, list[str]] = {}
    for task in tasks.TASKS.values():
        found.setdefault(task.room or task.name, []).append(task.name)
    return found


def answer(task: str, engine: str, x: str, approach: str = "") -> str:
    """The answer of one model as JSON.

    Args:
        task: one of {tasks}.
        engine: one of {engines}.
        x: the input as a person types it, for example 347+589.
        approach: encoder-only, encoder-decoder or decoder-only; empty for the task's natural one.
    """
    try:
        if tasks.get(task).input != "text":
            raise mistake("clip.api")
        found = answering.answered(tasks.get(task), engine, approach, x, look=False)
    except UserError as e:
        return json.dumps({"error": e.words.en, "error_ko": e.words.ko}, ensure_ascii=False)
    y = tasks.get(task).answer(found.y)
    return json.dumps({"x": found.x, "y": y, "confidence": [round(float(p), 4) for p in found.confidence]})


_TYPED = ", ".join(name for name, task in tasks.TASKS.items() if task.input == "text")
answer.__doc__ = (answer.__doc__ or "").replace("{tasks}", _TYPED).replace("{engines}", ", ".join(engines.ENGINES))


def answer_own(run: str, x: str) -> str:
    """The answer of a model that was trained on pairs of one's own, as JSON.

    Args:
        run: the name in the link of the training.
        x: an input as it stood in the pairs; of numbers, sounds and clips the rows, for example 0.5 2 ; 0.6 1.
    """
    try:
        found = owning.answered(run, x)
    except UserError as e:
        return json.dumps({"error": e.words.en, "error_ko": e.words.ko}, ensure_ascii=False)
    told = {"x": found.x, "y": found.y, "confidence": [round(float(p), 4) for p in found.confidence]}
    return json.dumps(told, ensure_ascii=False)


def _first_answer() -> None:
    """One answer that nobody asked for: whatever torch and the models load at their first use is there for the first visitor."""
    task = next(iter(tasks.TASKS.values()))
    for entry in checkpoints.shelf(task.name)[:1]:
        answering.answered(task, entry.engine, entry.approach, task.examples[0])


def _scripts() -> str:
    return "\n".join((JS / name).read_text(encoding="utf-8") for name in SCRIPTS)


def launch_options() -> dict[str, Any]:
    """What `launch` takes, the same for the app, the tests and the screenshots."""
    options = server.app_options(at_start=[_first_answer])
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
        "app_kwargs": {**options, "lifespan": panel.scheduled(options["lifespan"])},
    }
