"""`python -m tests.benchmarks.gradients`: what one move of a control of the gradient laboratory costs, medians of 9.

redraw: eight engines measured by one forward and one backward pass each, the condition, both figures as JSON, cards and table, at width
32 and 8 sequences, in double precision, on one thread (with matrices so small two threads wait for each other). Wall-clock time, and
time on the processor, which is what a quiet machine would take on one core. Beside it the measurement of each engine as a share of
all, and the redraw over the measurement alone: where the time goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch

from s2s_demo import engines
from s2s_demo.lab.gradients import clipping
from s2s_demo.lab.gradients.measure import DecaySettings, measure_all, measure_decay
from s2s_demo.ui.lab import gradients_content


def main() -> None:
    """Prints the redraw at three lengths, then where the time goes at T = 100."""
    torch.set_num_threads(1)
    for length in (60, 100, 200):
        wall, whole = _time(lambda length=length: _redrawn(DecaySettings(length=length)))
        alone = _time(lambda length=length: measure_all(DecaySettings(length=length)))[1]
        print(
            f"T = {length:<4} redraw {wall:.2f} s ({whole:.2f} s of processor), over the measurement x{whole / alone:.2f}"
        )
    parts = {
        name: _time(lambda name=name: measure_decay(name, DecaySettings(length=100)))[1] for name in engines.ENGINES
    }
    for name, seconds in parts.items():
        print(f"{name:<12} {seconds / sum(parts.values()):.0%} of the measurement")
    print(
        f"clipping     {_time(lambda: clipping.compare_clipping(1.5, 2.0))[1]:.2f} s of processor for two trainings of {clipping.STEPS} steps"
    )


def _redrawn(setting: DecaySettings) -> int:
    live = gradients_content.decay_view(setting, "en")
    return len(live.inputs.to_json() + live.states.to_json())


def _time(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds a call, by the clock and on the processor: the medians of nine, after one that is not counted."""
    work()
    taken = []
    for _ in range(9):
        began, busy = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began, time.process_time() - busy))
    clock, processor = zip(*taken, strict=True)
    return median(clock), median(processor)


if __name__ == "__main__":
    main()
