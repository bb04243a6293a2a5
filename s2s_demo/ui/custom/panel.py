"""Custom data: three steps, Pairs → Train → Use."""

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
    """Builds the steps inside the open Blocks and wires them. loads: the page's load, at which a link to runs is followed."""
    _use_zerogpu()
    gr.Markdown(T("own.about"))
    data, names = gr.State(None), gr.State([])
    with gr.Tabs(elem_id="own-steps", overflow_behavior="wrap") as steps:
        with gr.Tab(T("own.pairs"), id="pairs", elem_id="own-step-pairs"):
            next_step = step_one(data)
        with gr.Tab(T("own.train"), id="train", elem_id="own-step-train") as second:
            runs_view = step_two(data, names, [second.select, next_step.click], loads)
        with gr.Tab(T("own.use"), id="use", elem_id="own-step-use") as third:
            step_three(names, runs_view, [third.select, runs_view.picker.input])
    next_step.click(lambda: gr.Tabs(selected="train"), None, [steps], **NO_QUEUE)


def scheduled(lifespan: Callable[[Any], AbstractAsyncContextManager[Any]]) -> Callable[[Any], Any]:
    """The lifespan of a page's server, with the scheduler of the job queue running in it."""

    @asynccontextmanager
    async def both(app: Any) -> AsyncIterator[None]:
        async with lifespan(app):
            SCHEDULER.start()
            try:
                yield
            finally:
                await asyncio.to_thread(SCHEDULER.stop)

    return both


def _use_zerogpu() -> None:
    """On ZeroGPU runs train in time slices; anywhere else that code is not even imported."""
    if gpu.zero():
        from s2s_demo.custom.jobs import zerogpu  # noqa: PLC0415

        job_queue.use_launcher(zerogpu.launcher(gpu.on_zerogpu(zerogpu.train_slice, zerogpu.GPU_SECONDS)))
