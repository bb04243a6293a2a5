"""First step of one's own pairs: paste, file, example or dataset; columns, shape, and the data doctor."""

from __future__ import annotations

from typing import Any

import gradio as gr

from s2s_demo.custom import examples, tokenization
from s2s_demo.custom.plan import Plan
from s2s_demo.prediction import UserError
from s2s_demo.task import Shape
from s2s_demo.ui.custom import reading as own_mine
from s2s_demo.ui.custom import text as own_text
from s2s_demo.ui.custom.file import OwnFile
from s2s_demo.ui.custom.reading import Mine
from s2s_demo.ui.events import MODEL_QUEUE
from s2s_demo.ui.words import T, lang_of, said

READ = {**MODEL_QUEUE, "concurrency_id": "own"}


def step_one(mine: gr.State) -> gr.Button:
    """Builds the step; `mine` holds the visitor's pairs. Returns the button that leads on."""
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            text = gr.Textbox(label=T("own.paste"), lines=6, max_lines=12, elem_id="own-text")
        with gr.Column(scale=2, min_width=280):
            file = OwnFile(label=T("own.file"), type="filepath", height=170, elem_id="own-file")
            gr.Markdown(T("own.kinds"), elem_classes="quiet")
            choices = [(T(f"own.ready.{name}"), name) for name in examples.EXAMPLES]
            ready = gr.Radio(choices, value=None, label=T("own.examples"), elem_id="own-ready")
            dataset = gr.Textbox(label=T("own.hub"), max_lines=1, elem_id="own-hub")
    read = gr.Button(T("own.read"), variant="primary", elem_id="own-read")
    problem = gr.Markdown(elem_id="own-problem")
    with gr.Column(visible=False, elem_id="own-below") as below:
        told = gr.Markdown(elem_id="own-told")
        row = gr.Radio(
            [(T(f"own.row.{what}"), what) for what in ("pair", "step")], label=T("own.row"), elem_id="own-row"
        )
        numbers = gr.Dropdown([], label=T("own.numbers"), multiselect=True, visible=False, elem_id="own-numbers")
        with gr.Row():
            sequence = gr.Dropdown([], label=T("own.sequence"), visible=False, elem_id="own-sequence")
            x, y = (gr.Dropdown([], label=T(f"own.{side}"), elem_id=f"own-{side}") for side in "xy")
        shown = gr.Dataframe(
            headers=["x", "y"], interactive=False, wrap=True, label=T("own.preview"), elem_id="own-preview"
        )
        with gr.Row():
            shape = gr.Radio([(s.name, s.name) for s in Shape], label=T("own.shape"), elem_id="own-shape")
            by_x, by_y = (
                gr.Radio([(T(f"own.by.{by}"), by) for by in kinds], label=T(f"own.by_{side}"), elem_id=f"own-by-{side}")
                for side, kinds in (
                    ("x", (*tokenization.WAYS, tokenization.NUMBERS)),
                    ("y", (*tokenization.WAYS, tokenization.LABEL)),
                )
            )
        reason = gr.Markdown(elem_id="own-reason")
        cut = gr.Markdown(elem_id="own-cut")
        gr.Markdown(T("own.doctor"), elem_classes="heading")
        healthy = gr.Markdown(T("own.healthy"), visible=False, elem_id="own-healthy")
        ill = gr.Dataframe(interactive=False, wrap=True, show_label=False, elem_id="own-ill")
        what = gr.CheckboxGroup([], label=T("own.mend"), elem_id="own-mend")
        mend = gr.Button(T("own.mending"), elem_id="own-mending")
        next_step = gr.Button(T("own.next"), variant="primary", elem_id="own-next")

    everything = [mine, problem, below, told, row, numbers, sequence, x, y, shown]
    everything += [shape, by_x, by_y, reason, cut, healthy, ill, what, mend]

    def shown_of(found: Mine, lang: str) -> list[Any]:
        rows, mends = own_mine.findings(found, lang)
        heads = [said(f"own.{key}", lang) for key in ("found", "many", "example")]
        columns = [(name, i) for i, name in enumerate(found.table.header)]
        plan, steps = found.plan, found.steps
        nobody = [(said("own.no_sequence", lang), -1)]
        return [
            found,
            "",
            gr.Column(visible=True, elem_classes=[]),
            own_mine.told(found, lang),
            gr.Radio(value="step" if steps else "pair", visible=not found.table.made),
            gr.Dropdown(choices=columns, value=list(steps.numbers) if steps else [], visible=steps is not None),
            gr.Dropdown(choices=[*nobody, *columns], value=steps.sequence if steps else -1, visible=steps is not None),
            gr.Dropdown(choices=columns, value=found.columns[0], visible=steps is None),
            gr.Dropdown(choices=columns, value=steps.label if steps else found.columns[1]),
            own_mine.preview(found),
            plan.shape.name,
            *ways(plan, lang),
            own_text.plain(plan.reason.say(lang)),
            own_mine.cut(found, lang),
            gr.Markdown(visible=not rows),
            gr.Dataframe(value=rows, headers=heads, visible=bool(rows)),
            gr.CheckboxGroup(choices=mends, value=[kind for _, kind in mends], visible=bool(mends)),
            gr.Button(visible=bool(mends)),
        ]

    def ways(plan: Plan, lang: str) -> list[Any]:
        """The ways to cut x and y that the shape offers, and in one sentence why subwords are not among them."""
        found = []
        of_x, of_y = tokenization.offered(plan.shape)
        for by, offered in ((plan.by_x, (*of_x, tokenization.NUMBERS)), (plan.by_y, of_y)):
            why = tokenization.WHY_NOT[plan.shape].say(lang) if "subword" not in offered and not plan.numbers else ""
            choices = [(said(f"own.by.{way}", lang), way) for way in offered]
            found.append(gr.Radio(choices=choices, value="char" if by == "syllable" else by, info=why or None))
        return found

    def failed(error: UserError, lang: str) -> list[Any]:
        """A sentence; what was read before stays."""
        return [gr.skip(), own_text.plain(error.words.say(lang)), *[gr.skip()] * (len(everything) - 2)]

    def unread(error: UserError, before: Mine | None, lang: str) -> list[Any]:
        """A sentence; what was read before is not lost, but greyed, and it is said that it is that."""
        told, *rest = failed(error, lang)[1:]
        if before is None:
            return [gr.skip(), told, *rest]
        told += "  \n" + said("own.before", lang)
        return [gr.skip(), told, gr.Column(visible=True, elem_classes=["before"]), *rest[1:]]

    def take(text: str, path: str | None, name: str, mine: Mine | None, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            if not path and not text.strip() and name.strip():
                return shown_of(own_mine.fetched(name), lang)
            return shown_of(own_mine.read(text, path), lang)
        except UserError as e:
            return unread(e, mine, lang)

    def take_ready(mine: Mine | None, name: str | None, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        if not name:
            return [gr.skip()] * len(everything)
        try:
            return shown_of(own_mine.ready(name), lang)
        except UserError as e:
            return unread(e, mine, lang)

    def columns(mine: Mine | None, numbers: list[int], sequence: int, x: int, y: int, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            return (
                shown_of(own_mine.recut(mine, numbers, sequence, x, y), lang)
                if mine and None not in (sequence if mine.steps else -1, x if not mine.steps else 0, y)
                else [gr.skip()] * len(everything)
            )
        except UserError as e:
            return failed(e, lang)

    def row_is(mine: Mine | None, what: str, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            return shown_of(own_mine.row_is(mine, what), lang) if mine else [gr.skip()] * len(everything)
        except UserError as e:
            return failed(e, lang)

    def plan(mine: Mine | None, shape: str, by_x: str, by_y: str, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            return shown_of(own_mine.planned(mine, shape, by_x, by_y), lang) if mine else [gr.skip()] * len(everything)
        except UserError as e:
            return failed(e, lang)

    def heal(mine: Mine | None, kinds: list[str], request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            return shown_of(own_mine.mended(mine, kinds), lang) if mine else [gr.skip()] * len(everything)
        except UserError as e:
            return failed(e, lang)

    reading = {**READ, "show_progress_on": [problem, shown]}
    gr.on([read.click, file.upload, dataset.submit], take, [text, file, dataset, mine], everything, **reading)
    ready.input(take_ready, [mine, ready], everything, **reading)
    row.input(row_is, [mine, row], everything, trigger_mode="always_last", **reading)
    gr.on(
        [numbers.input, sequence.input, x.input, y.input],
        columns,
        [mine, numbers, sequence, x, y],
        everything,
        trigger_mode="always_last",
        **reading,
    )
    gr.on(
        [shape.input, by_x.input, by_y.input],
        plan,
        [mine, shape, by_x, by_y],
        everything,
        trigger_mode="always_last",
        **reading,
    )
    mend.click(heal, [mine, what], everything, **reading)
    return next_step
