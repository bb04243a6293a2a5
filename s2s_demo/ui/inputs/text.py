"""Text: a box to type in, with examples below that are answered when chosen."""

from __future__ import annotations

import gradio as gr

from s2s_demo.task import Task
from s2s_demo.ui.input_kind import Controls, InputKind
from s2s_demo.ui.words import T


def text_box(task: Task) -> Controls:
    """The box, the button that asks, and the examples."""
    with gr.Row(equal_height=True):
        x = gr.Textbox(
            label=T(f"task.{task.name}.asks"),
            info=T("x.info"),
            value=task.examples[0],
            max_lines=3,
            scale=5,
            elem_id=f"x-{task.name}",
        )
        go = gr.Button(T("answer"), variant="primary", scale=1, min_width=120, elem_id=f"go-{task.name}")
    rows = [[example] for example in task.examples]
    examples = gr.Examples(rows, [x], label=T("examples"), elem_id=f"examples-{task.name}")
    return Controls(x, go, [x.submit], fills=[examples.load_input_event])


INPUT = InputKind("text", text_box, order=1)
