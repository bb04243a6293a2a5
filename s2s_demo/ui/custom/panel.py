"""One's own pairs: three steps, Pairs → Train → Use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import gradio as gr

from s2s_demo.custom.jobs import job_queue
from s2s_demo.custom.jobs.scheduler import SCHEDULER
from s2s_demo.ui import gpu
from s2s_demo.ui.custom.data import step_one
from s2s_demo.ui.custom.train import step_two
from s2s_demo.ui.custom.use import step_three
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.words import T


def panel(loads: list[Any]) -> None:
    """Builds the tab inside the open Blocks and wires it. loads: the page's load, at which a link to a run is followed."""
    _in_slices()
    gr.Markdown(T("own.about"))
    mine, going = gr.State(None), gr.State([])
    with gr.Tabs(elem_id="own-steps", overflow_behavior="wrap") as steps:
        with gr.Tab(T("own.pairs"), id="pairs", elem_id="own-step-pairs"):
            next_step = step_one(mine)
        with gr.Tab(T("own.train"), id="train", elem_id="own-step-train") as second:
            course = step_two(mine, going, [second.select, next_step.click], loads)
        with gr.Tab(T("own.use"), id="use", elem_id="own-step-use") as third:
            step_three(going, course, [third.select, course.which.input])
    next_step.click(lambda: gr.Tabs(selected="train"), None, [steps], **NO_QUEUE)


def scheduled(lifespan: Callable[[Any], AbstractAsyncContextManager[Any]]) -> Callable[[Any], Any]:
    """The same lifespan of a page's server, during which the queue of trainings also moves by itself."""

    @asynccontextmanager
    async def both(app: Any) -> AsyncIterator[None]:
        async with lifespan(app):
            SCHEDULER.start()
            try:
                yield
            finally:
                await asyncio.to_thread(SCHEDULER.stop)

    return both


def _in_slices() -> None:
    """On ZeroGPU runs train in slices; anywhere else that code is not even imported."""
    if gpu.zero():
        from s2s_demo.custom.jobs import zerogpu  # noqa: PLC0415

        job_queue.in_slices(zerogpu.launcher(gpu.on_zerogpu(zerogpu.slice_of, zerogpu.LENT)))
