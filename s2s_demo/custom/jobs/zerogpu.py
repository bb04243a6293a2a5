"""Training where a GPU is lent for seconds at a time (ZeroGPU): slice after slice, each from where the last one ended.

A slice runs in a process of the lender's, of which nothing remains but what it returns; so it takes the state of `training.fit` and
gives it back. Since that state resumes digit for digit, slices train as one run does. A thread of the page asks for one slice after
another, whoever has closed a tab meanwhile. Where a slice is refused, fails or takes too long, the run goes on from its last state as
it would anywhere else, in a process on the CPU, and says so. Imported only where there is ZeroGPU.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from safetensors.torch import load_file

from s2s_demo import device
from s2s_demo.custom.jobs import job_queue, processes
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.worker import DIVERGED, MOST_SECONDS, ActiveRun, Trainer, finish_with_status
from s2s_demo.device import GPUUnavailable
from s2s_demo.faults import place_of
from s2s_demo.prediction import Template, UserError, Words
from s2s_demo.training_state import STATE_FILE

LOG = logging.getLogger(__name__)
SLICE_SECONDS, GPU_SECONDS = 20.0, 40
"""How long a slice trains, and how long a GPU is asked for: building the model and a scoring come on top."""
REFUSED = Template(
    "GPU를 빌리지 못했거나 쓰는 중에 문제가 생겨 {step:,}/{steps:,}단계에서 멈추었고, 배운 것은 저장했습니다. 잠시 뒤에 이어서 학습하세요.",
    "A slice of GPU time was refused or failed: stopped at step {step:,} of {steps:,}, what was learnt is kept. Go on in a while.",
)
NOT_STARTED = Words(
    "GPU를 빌리지 못했거나 쓰는 중에 문제가 생겨 아직 시작하지 못했습니다. 잠시 뒤에 이어서 학습하세요.",
    "A slice of GPU time was refused or failed, so it has not begun: go on in a while.",
)
FAILED = Words("빌린 GPU를 쓰는 중에 문제가 생겼습니다.", "A slice of GPU time was refused or failed.")
ON_CPU = Template("{step:,}단계 다음부터는 CPU로 학습합니다.", "After step {step:,} the CPU trains it.")
STOPPED_BEFORE_START = Words(
    "시작하기 전에 멈추었습니다. 이어서 학습할 수 있습니다.", "Stopped before it began. You can go on."
)


@dataclass(frozen=True)
class Slice:
    """What one slice gives back. state: training.safetensors as it is now. data: what status.json says. history: history.jsonl.

    problem: why it cannot be gone on with.
    """

    state: bytes
    data: dict[str, Any]
    history: str
    problem: Words | None = None


RunSlice = Callable[[str, bytes, float], Slice]


def train_slice(folder: str, state: bytes, seconds: float) -> Slice:
    """Trains the run in `folder` for `seconds`, from `state` or, where that is empty, from the beginning; on a GPU if there is one.

    Whoever looks at the run meanwhile sees it go on, since status.json is written here as well.
    """
    run = ActiveRun(Path(folder))
    until = time.monotonic() + seconds
    _write_state(run.folder, state)
    try:
        with device.allocated_gpu():
            sound = Trainer(run).fit(lambda: _stop_wanted(run.folder), lambda: time.monotonic() > until, cpu=False)
        problem = None if sound else DIVERGED.format(step=run.data["step"] + 1)
    except UserError as e:  # it would not come back as what it is
        problem = e.words
    return Slice(_read_state(run.folder), run.data, "\n".join(_read_history(run.folder)) + "\n", problem)


def train_in_slices(folder: Path, run_slice: RunSlice, on_cpu: Callable[[Path], None] | None = None) -> None:
    """Trains the run in slices until it is done, is stopped, is refused a slice, or its time is over. Never raises.

    Args:
        folder: of the run.
        run_slice: `train_slice`, run where a GPU is.
        on_cpu: trains the run to its end where a slice is refused; without it the run stops there.
    """
    finish_with_status(ActiveRun(folder), lambda run: _train(run, run_slice, on_cpu))
    if not _exists(folder):  # forgotten meanwhile: nothing of it may stay
        shutil.rmtree(folder, ignore_errors=True)


def _train(run: ActiveRun, lend: RunSlice, on_cpu: Callable[[Path], None] | None) -> None:
    folder, until, refused = run.folder, time.monotonic() + MOST_SECONDS, None
    run.update(note=None)
    course = Trainer(run)
    course.measure_baselines()
    while run.data["step"] < course.recipe.steps and not _stop_wanted(folder) and time.monotonic() < until:
        before = run.data["step"]
        try:
            one = lend(str(folder), _read_state(folder), SLICE_SECONDS)
        except GPUUnavailable as e:
            refused = e.words
            break
        except Exception as e:  # one kind stands for no quota and for a fault in the slice: the sentence claims neither
            LOG.error("a slice was refused or failed\n%s", place_of(e))
            refused = FAILED
            break
        if not _exists(folder):
            return
        run.update(now=True, **one.data)
        if one.problem is not None:
            run.finish("failed", one.problem)
            return
        _write_state(folder, one.state)
        files.write_text(folder / "history.jsonl", one.history)
        if run.data["step"] <= before:
            refused = FAILED
            break
    if refused and on_cpu is not None and not _stop_wanted(folder):
        more = ON_CPU.format(step=run.data["step"])
        note = Words(f"{refused.ko} {more.ko}", f"{refused.en} {more.en}")
        run.update(now=True, note=vars(note))
        on_cpu(folder)
    elif _exists(folder):
        _end(run, course, refused is not None, time.monotonic() >= until)


def _end(run: ActiveRun, course: Trainer, refused: bool, late: bool) -> None:
    """Keeps what there is, then says why it ended."""
    step, steps = run.data["step"], course.recipe.steps
    if not _read_state(run.folder):
        run.finish("stopped", NOT_STARTED if refused else STOPPED_BEFORE_START)
        return
    part = "mean." if course.recipe.average else "model."
    weights = load_file(run.folder / STATE_FILE)
    course.model.load_state_dict({k.removeprefix(part): v for k, v in weights.items() if k.startswith(part)})
    course.history = _read_history(run.folder)
    course.save("a GPU lent in slices")
    if refused:
        run.finish("stopped", REFUSED.format(step=step, steps=steps))
    else:
        course.finish(late=late)


def train_in_process(folder: Path) -> None:
    """Trains the run to its end in a process of its own on the CPU, and waits for it. Whoever forgets the run ends it."""
    env = {**os.environ, **job_queue.ONE_THREAD, "CUDA_VISIBLE_DEVICES": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "s2s_demo.custom.jobs.worker", str(folder.resolve())]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=job_queue.PROJECT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    processes.note_worker(folder, process.pid)
    process.wait()


def launcher(run_slice: RunSlice) -> Callable[[Path, Context], None]:
    """What begins a run whose turn has come: a thread, in the context of who asked for the run, by which a lender counts quota."""

    def begin(folder: Path, context: Context) -> None:
        processes.note_worker(folder, os.getpid())
        Thread(
            target=context.run, args=(_train_and_advance, folder, run_slice), name=f"run-{folder.name[:6]}", daemon=True
        ).start()

    return begin


def _train_and_advance(folder: Path, lend: RunSlice) -> None:
    train_in_slices(folder, lend, train_in_process)
    job_queue.advance()


def _stop_wanted(folder: Path) -> bool:
    return (folder / "stop").exists() or not _exists(folder)


def _exists(folder: Path) -> bool:
    return (folder / "pairs.json").exists()


def _read_history(folder: Path) -> list[str]:
    path = folder / "history.jsonl"
    return path.read_text("utf-8").splitlines() if path.exists() else []


def _read_state(folder: Path) -> bytes:
    path = folder / STATE_FILE
    return path.read_bytes() if path.exists() else b""


def _write_state(folder: Path, state: bytes) -> None:
    """Makes this the saved state, in one move, where it is not already."""
    if state and state != _read_state(folder):
        half = folder / f"{STATE_FILE}.part"
        half.write_bytes(state)
        os.replace(half, folder / STATE_FILE)
