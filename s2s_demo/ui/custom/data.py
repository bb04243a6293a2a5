"""The data step: a text, a file, an example or a data set of the Hub; its columns, shape and units; the data checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from s2s_demo.custom import examples, tokenization
from s2s_demo.custom.plan import Plan
from s2s_demo.prediction import UserError
from s2s_demo.task import Shape
from s2s_demo.ui.custom import reading
from s2s_demo.ui.custom.file import UploadFile
from s2s_demo.ui.custom.reading import CustomData
from s2s_demo.ui.custom.text import escape_markdown
from s2s_demo.ui.events import MODEL_QUEUE
from s2s_demo.ui.words import T, lang_of, said

CUSTOM_QUEUE = {**MODEL_QUEUE, "concurrency_id": "own"}
"""Reads a file or asks a visitor's model: a queue of its own, so that the tasks of the page never wait for it."""
OUTPUTS = 19
"""How many values a handler of this step returns: those of `_shown`."""


def step_one(data: gr.State) -> gr.Button:
    """Builds the step; `data` holds the visitor's `CustomData`. Returns the button that leads to training."""
    text, file, example, dataset, read = _build_inputs()
    problem = gr.Markdown(elem_id="own-problem")
    with gr.Column(visible=False, elem_id="own-below") as below:
        table = _, row, numbers, sequence, x, y, preview = _build_table()
        plan = shape, by_x, by_y, *_ = _build_plan()
        checks = *_, kinds, fix = _build_checks()
        next_step = gr.Button(T("own.next"), variant="primary", elem_id="own-next")
    outputs = [data, problem, below, *table, *plan, *checks]
    options = {**CUSTOM_QUEUE, "show_progress_on": [problem, preview]}
    latest = {**options, "trigger_mode": "always_last"}
    gr.on([read.click, file.upload, dataset.submit], read_data, [text, file, dataset, data], outputs, **options)
    example.input(read_example, [data, example], outputs, **options)
    row.input(change_rows, [data, row], outputs, **latest)
    columns = [numbers, sequence, x, y]
    gr.on([one.input for one in columns], change_columns, [data, *columns], outputs, **latest)
    gr.on([one.input for one in (shape, by_x, by_y)], change_plan, [data, shape, by_x, by_y], outputs, **latest)
    fix.click(fix_issues, [data, kinds], outputs, **options)
    return next_step


def _build_inputs() -> tuple[gr.Textbox, gr.File, gr.Radio, gr.Textbox, gr.Button]:
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            text = gr.Textbox(label=T("own.paste"), lines=6, max_lines=12, elem_id="own-text")
        with gr.Column(scale=2, min_width=280):
            file = UploadFile(label=T("own.file"), type="filepath", height=170, elem_id="own-file")
            gr.Markdown(T("own.kinds"), elem_classes="quiet")
            choices = [(T(f"own.ready.{name}"), name) for name in examples.EXAMPLES]
            example = gr.Radio(choices, value=None, label=T("own.examples"), elem_id="own-ready")
            dataset = gr.Textbox(label=T("own.hub"), max_lines=1, elem_id="own-hub")
    read = gr.Button(T("own.read"), variant="primary", elem_id="own-read")
    return text, file, example, dataset, read


def _build_table() -> tuple[gr.Markdown, gr.Radio, gr.Dropdown, gr.Dropdown, gr.Dropdown, gr.Dropdown, gr.Dataframe]:
    notes = gr.Markdown(elem_id="own-told")
    kinds = [(T(f"own.row.{kind}"), kind) for kind in ("pair", "step")]
    row = gr.Radio(kinds, label=T("own.row"), elem_id="own-row")
    numbers = gr.Dropdown([], label=T("own.numbers"), multiselect=True, visible=False, elem_id="own-numbers")
    with gr.Row():
        sequence = gr.Dropdown([], label=T("own.sequence"), visible=False, elem_id="own-sequence")
        x, y = (gr.Dropdown([], label=T(f"own.{side}"), elem_id=f"own-{side}") for side in "xy")
    preview = gr.Dataframe(
        headers=["x", "y"], interactive=False, wrap=True, label=T("own.preview"), elem_id="own-preview"
    )
    return notes, row, numbers, sequence, x, y, preview


def _build_plan() -> tuple[gr.Radio, gr.Radio, gr.Radio, gr.Markdown, gr.Markdown]:
    units = {"x": (*tokenization.UNITS, tokenization.NUMBERS), "y": (*tokenization.UNITS, tokenization.LABEL)}
    with gr.Row():
        shape = gr.Radio([(s.name, s.name) for s in Shape], label=T("own.shape"), elem_id="own-shape")
        by_x, by_y = (
            gr.Radio([(T(f"own.by.{by}"), by) for by in some], label=T(f"own.by_{side}"), elem_id=f"own-by-{side}")
            for side, some in units.items()
        )
    return shape, by_x, by_y, gr.Markdown(elem_id="own-reason"), gr.Markdown(elem_id="own-cut")


def _build_checks() -> tuple[gr.Markdown, gr.Dataframe, gr.CheckboxGroup, gr.Button]:
    gr.Markdown(T("own.doctor"), elem_classes="heading")
    healthy = gr.Markdown(T("own.healthy"), visible=False, elem_id="own-healthy")
    issues = gr.Dataframe(interactive=False, wrap=True, show_label=False, elem_id="own-ill")
    kinds = gr.CheckboxGroup([], label=T("own.mend"), elem_id="own-mend")
    return healthy, issues, kinds, gr.Button(T("own.mending"), elem_id="own-mending")


def read_data(text: str, path: str | None, name: str, before: CustomData | None, request: gr.Request) -> list[Any]:
    """What was uploaded or pasted; where there is neither, the data set with this name."""
    from_hub = not path and not text.strip() and name.strip()
    return _read(lambda: reading.load_dataset(name) if from_hub else reading.read_input(text, path), before, request)


def read_example(before: CustomData | None, name: str | None, request: gr.Request) -> list[Any]:
    """One of the ready examples."""
    return _read(lambda: reading.load_example(name), before, request) if name else _unchanged()


def change_rows(data: CustomData | None, kind: str, request: gr.Request) -> list[Any]:
    """The same table, a row being a "pair" or a "step" of a series."""
    return _changed(data, lambda data: reading.with_rows_as(data, kind), request)


def change_columns(
    data: CustomData | None, numbers: list[int], sequence: int, x: int, y: int, request: gr.Request
) -> list[Any]:
    """The same table by other columns; nothing changes while one that is needed is not chosen."""
    if data and None in (sequence if data.series else -1, x if not data.series else 0, y):
        return _unchanged()
    return _changed(data, lambda data: reading.with_columns(data, numbers, sequence, x, y), request)


def change_plan(data: CustomData | None, shape: str, by_x: str, by_y: str, request: gr.Request) -> list[Any]:
    """The same pairs with another shape or other units."""
    return _changed(data, lambda data: reading.with_plan(data, shape, by_x, by_y), request)


def fix_issues(data: CustomData | None, kinds: list[str], request: gr.Request) -> list[Any]:
    """The pairs after the chosen fixes."""
    return _changed(data, lambda data: reading.with_fixes(data, kinds), request)


def _unchanged() -> list[Any]:
    return [gr.skip()] * OUTPUTS


def _changed(data: CustomData | None, change: Callable[[CustomData], CustomData], request: gr.Request) -> list[Any]:
    """The step after a change; where that is refused, the sentence that says why beside the data as it was."""
    if data is None:
        return _unchanged()
    lang = lang_of(request)
    try:
        return _shown(change(data), lang)
    except UserError as e:
        return [gr.skip(), escape_markdown(e.words.say(lang)), *[gr.skip()] * (OUTPUTS - 2)]


def _read(read: Callable[[], CustomData], before: CustomData | None, request: gr.Request) -> list[Any]:
    """The step after reading; where that fails, what was read before stays, greyed out and called that."""
    lang = lang_of(request)
    try:
        return _shown(read(), lang)
    except UserError as e:
        sentence, column = escape_markdown(e.words.say(lang)), gr.skip()
        if before is not None:
            sentence += "  \n" + said("own.before", lang)
            column = gr.Column(visible=True, elem_classes=["before"])
        return [gr.skip(), sentence, column, *[gr.skip()] * (OUTPUTS - 3)]


def _shown(data: CustomData, lang: str) -> list[Any]:
    """The value of every output of the step, in the order of `step_one`."""
    issues, fixes = reading.issue_rows(data, lang)
    heads = [said(f"own.{key}", lang) for key in ("found", "many", "example")]
    columns = [(name, i) for i, name in enumerate(data.table.header)]
    plan, series = data.plan, data.series
    sequences = [(said("own.no_sequence", lang), -1), *columns]
    return [
        data,
        "",
        gr.Column(visible=True, elem_classes=[]),
        reading.reading_notes(data, lang),
        gr.Radio(value="step" if series else "pair", visible=not data.table.made),
        gr.Dropdown(choices=columns, value=list(series.numbers) if series else [], visible=series is not None),
        gr.Dropdown(choices=sequences, value=series.sequence if series else -1, visible=series is not None),
        gr.Dropdown(choices=columns, value=data.columns[0], visible=series is None),
        gr.Dropdown(choices=columns, value=series.label if series else data.columns[1]),
        reading.preview(data),
        plan.shape.name,
        *_unit_choices(plan, lang),
        escape_markdown(plan.reason.say(lang)),
        reading.tokenization_preview(data, lang),
        gr.Markdown(visible=not issues),
        gr.Dataframe(value=issues, headers=heads, visible=bool(issues)),
        gr.CheckboxGroup(choices=fixes, value=[kind for _, kind in fixes], visible=bool(fixes)),
        gr.Button(visible=bool(fixes)),
    ]


def _unit_choices(plan: Plan, lang: str) -> list[gr.Radio]:
    """The units that the shape offers for x and for y, and one sentence where subwords are not among them."""
    of_x, of_y = tokenization.units_for(plan.shape)
    radios = []
    for by, units in ((plan.by_x, (*of_x, tokenization.NUMBERS)), (plan.by_y, of_y)):
        reason = None if "subword" in units or plan.numbers else tokenization.NO_SUBWORDS[plan.shape].say(lang)
        choices = [(said(f"own.by.{unit}", lang), unit) for unit in units]
        radios.append(gr.Radio(choices=choices, value="char" if by == "syllable" else by, info=reason))
    return radios
