"""`python -m tests.benchmarks.lens`: how long the lens takes for an input of 50 steps and 50 outputs, for every engine of `pos-en`.

"click": what a click on an output step asks of the server once the answer is there, the figure as text included. The others: one
lens computed and drawn for the first time. Measured, never asserted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from s2s_demo import checkpoints, tasks
from s2s_demo.lenses import KINDS
from s2s_demo.ui.task import answering, curves, lens_view

STEPS, TIMES = 50, 5
TASK = tasks.get("pos-en")


def milliseconds(run: Callable[[], Any]) -> float:
    """The median of a few runs, after one that warms up."""
    run()
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)[TIMES // 2]


def main() -> None:
    """One line an engine."""
    words = " ".join(TASK.examples).split(" ")
    x = " ".join((words * STEPS)[:STEPS])
    for entry in checkpoints.available(TASK.name):
        answer = answering.answer(TASK, entry.engine, entry.approach, x)
        asked = entry.engine, entry.approach

        def click(answer: Any = answer, engine: str = entry.engine) -> Any:
            figure = curves.one_curve(TASK, answer, engine, STEPS // 2, "en")
            return figure and figure.to_json()

        def look(kind: str, answer: Any = answer, asked: tuple[str, str] = asked) -> Any:
            fresh = replace(answer, trace=replace(answer.trace, grids=answer.trace.of("gradient")))
            found = lens_view.with_lens(TASK, fresh, *asked, kind)
            figure = lens_view.picture(TASK, lens_view.grid_at(found, kind, ""), "en")
            return figure and figure.to_json()

        there = [kind for kind in KINDS if lens_view.with_lens(TASK, answer, *asked, kind).trace.of(kind)]
        told = [f"{kind} {milliseconds(lambda kind=kind: look(kind)):6.1f} ms" for kind in there]
        told.insert(0, f"click {milliseconds(click):6.1f} ms")
        print(f"{entry.engine:<12} {len(answer.x_pieces)} × {len(answer.y_pieces)}  {'  '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
