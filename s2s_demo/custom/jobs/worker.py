"""python -m s2s_demo.custom.jobs.worker FOLDER: trains the run in that folder, from its last save if it has one, and tells how it goes.

One process, one thread, of low priority, for at most twenty minutes. Whatever goes wrong ends in status.json as one sentence; what was
kept stays. Training is seeded by step, so a run that was killed and goes on has the losses of one that was not.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from s2s_demo import checkpoints
from s2s_demo.custom.evaluation import Baseline, Evaluator, data_facts, measure_baselines
from s2s_demo.custom.jobs import job_queue, processes
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.saved_state import card, extend_steps
from s2s_demo.custom.suggest import SCORED, Suggestion
from s2s_demo.custom.training_setup import new_model, sample_evenly, task_for
from s2s_demo.faults import place_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Template, UserError, Words
from s2s_demo.recipe import Progress
from s2s_demo.task import Task
from s2s_demo.training import fit
from s2s_demo.training_state import STATE_FILE

MOST_SECONDS = job_queue.MOST_SECONDS
WRITE_SECONDS = 0.5
SHOWN = 10
FINAL_SCORED = 1000
STOPPED = Template(
    "{step:,}/{steps:,}단계에서 멈추었고, 배운 것은 저장했습니다. 이어서 학습할 수 있습니다.",
    "Stopped at step {step:,} of {steps:,}; what was learnt is kept. You can go on.",
)
TIMED_OUT = Template(
    "{minutes}분이 다 되어 {step:,}/{steps:,}단계에서 멈추었고, 배운 것은 저장했습니다. 이어서 학습할 수 있습니다.",
    "The {minutes} minutes of a run are over: stopped at step {step:,} of {steps:,}, what was learnt is kept. You can go on.",
)
DONE = Template("{steps:,}단계를 모두 학습했습니다.", "All {steps:,} steps are done.")
DIVERGED = Template(
    "{step:,}단계에서 손실이 수가 아니게 되었습니다(기울기 폭발). 더 작은 크기나 다른 엔진으로 다시 시작하세요.",
    "At step {step:,} the loss was no number any more (the gradient exploded): start again, smaller or with another engine.",
)
CRASHED = Words(
    "예상하지 못한 오류로 멈추었습니다. 이어서 학습해 보세요.", "It stopped by an unexpected error: try to go on."
)


class ActiveRun:
    """A run while it trains: the content of its status.json, which `on_update` is given after every step as well."""

    def __init__(self, folder: Path, on_update: Callable[[dict[str, Any]], None] = lambda data: None) -> None:
        self.folder, self.on_update = folder, on_update
        before = files.status_of(folder) or {"step": 0, "seconds": 0.0}
        self.data: dict[str, Any] = {**before, "state": "running", "told": None}
        self.written, self.began = 0.0, time.time()
        with contextlib.suppress(OSError):
            self.began = (folder / "claim").stat().st_mtime

    def update(self, *, now: bool = False, **facts: Any) -> None:
        """Updates status.json, throttled to one write every `WRITE_SECONDS` unless `now`."""
        self.data |= facts
        if now or time.monotonic() - self.written >= WRITE_SECONDS:
            files.write_json(self.folder / "status.json", self.data)
            self.written = time.monotonic()
        self.on_update(self.data)

    def finish(self, state: str, told: Words) -> None:
        """Writes the final status. `took`: seconds from leaving the queue until now, by which later waits are estimated."""
        took = max(0.0, round(time.time() - self.began, 1))
        files.write_final_status(self.folder, {**self.data, "state": state, "told": vars(told), "took": took})


def train_run(
    folder: Path,
    stop_requested: Callable[[], bool] = lambda: False,
    on_update: Callable[[dict[str, Any]], None] = lambda data: None,
    seconds: float = MOST_SECONDS,
) -> None:
    """Trains the run to its end, until it is stopped, or until its seconds are over. Never raises: what went wrong is its last status.

    Args:
        folder: of the run.
        stop_requested: asked after every step, beside the file "stop" in the folder.
        on_update: called with the content of status.json after every step.
        seconds: how long it may train.
    """
    finish_with_status(
        ActiveRun(folder, on_update), lambda run: _train(run, stop_requested, time.monotonic() + seconds)
    )


def finish_with_status(run: ActiveRun, train: Callable[[ActiveRun], None]) -> None:
    """Lets `train` have the run; whatever it raises becomes the last status."""
    try:
        train(run)
    except UserError as e:
        run.finish("failed", e.words)
    except (OSError, SafetensorError) as e:
        (run.folder / f"{STATE_FILE}.part").unlink(missing_ok=True)
        print(place_of(e), file=sys.stderr)
        run.finish("failed", files.disk_error_message(e))
    except (
        Exception
    ) as e:  # nobody waits for what a run raises: unless it is written down, the page would show it running for ever
        print(place_of(e), file=sys.stderr)
        run.finish("failed", CRASHED)


def _train(run: ActiveRun, asked: Callable[[], bool], until: float) -> None:
    course = Trainer(run)
    course.measure_baselines()
    flag = run.folder / "stop"
    if course.fit(lambda: flag.exists() or asked() or time.monotonic() > until):
        course.save()
        course.finish(late=time.monotonic() > until)


class Trainer:
    """Model, task and evaluator of a run, rebuilt from its folder: the same again each time."""

    def __init__(self, run: ActiveRun) -> None:
        run.update(now=True)
        self.run, folder = run, run.folder
        (self.suggestion, self.seed), self.plan = files.suggestion_of(folder), files.plan_of(folder)
        self.recipe = self.suggestion.recipe
        self.task = task_for(files.pairs_of(folder), self.plan, self.recipe)
        self.train, self.held = (list(self.task.pairs(split, self.seed)) for split in ("train", "test"))
        self.model = new_model(self.task, self.suggestion.engine, self.suggestion.approach, self.recipe, self.seed)
        self.judge = Evaluator(self.task, sample_evenly(self.held, SCORED), self.recipe)
        facts = {**data_facts(self.model, self.train, self.held), "clip": self.recipe.clip}
        run.update(scored=len(self.judge.held), facts=facts)

    def measure_baselines(self) -> None:
        """Measures what needs no model, once a run."""
        if "baselines" not in self.run.data:
            rows = measure_baselines(self.train, sample_evenly(self.held, FINAL_SCORED), self.plan)
            self.run.update(now=True, baselines=[asdict(row) for row in rows])

    def fit(self, stop: Callable[[], bool], pause: Callable[[], bool] = lambda: False, *, cpu: bool = True) -> bool:
        """Trains from the last save, if there is one, until all steps are done, `stop` or `pause`. False: the loss was no number,
        which the run has been told."""
        run, folder, recipe = self.run, self.run.folder, self.recipe
        resume, last = (folder / STATE_FILE).exists(), None
        if resume:
            extend_steps(folder / STATE_FILE, recipe)
        kept = files.history_of(folder) if resume else []
        history = self.history = [line for _, line in kept]
        how: dict[str, Any] = {"seed": self.seed, "folder": folder, "resume": resume, "score": self.judge, "cpu": cpu}
        for last in fit(self.model, self.task, recipe, stop=stop, pause=pause, **how):
            if not isfinite(last.loss):
                run.finish("failed", DIVERGED.format(step=last.step))
                return False
            if last.step == 1 or last.scores or last.step % recipe.log_every == 0:
                kept = [(row, line) for row, line in kept if row["step"] < last.step]
                kept.append((last.row(), last.to_json()))
                history[:] = [line for _, line in kept]
                files.write_text(folder / "history.jsonl", "\n".join(history) + "\n")
            run.update(**_progress_facts(last, self.judge))
        if last is None:  # every step was saved before the process ended
            run.update(step=recipe.steps)
        return True

    def save(self, machine: str = "1 CPU thread") -> None:
        """The checkpoint, and the score of the model as it is stored."""
        _keep(self.run, self.model, self.task, self.suggestion, self.seed, self.history, machine)

    def finish(self, *, late: bool) -> None:
        """The last word of a run that is done, was stopped, or was late."""
        step, steps = self.run.data["step"], self.recipe.steps
        if step >= steps:
            self.run.finish("done", DONE.format(steps=steps))
        elif late:
            self.run.finish("stopped", TIMED_OUT.format(minutes=MOST_SECONDS // 60, step=step, steps=steps))
        else:
            self.run.finish("stopped", STOPPED.format(step=step, steps=steps))


def _progress_facts(progress: Progress, judge: Evaluator) -> dict[str, Any]:
    found: dict[str, Any] = {k: getattr(progress, k) for k in ("step", "seconds", "left", "loss", "grad_norm")}
    if progress.scores:
        found |= {"scores": progress.scores, "examples": judge.examples}
    return found


def _keep(
    run: ActiveRun, model: Seq2Seq, task: Task, suggestion: Suggestion, seed: int, history: list[str], machine: str
) -> None:
    """The checkpoint, and the score of the model as it is stored, which may be rounded."""
    folder, recipe = run.folder / "model", suggestion.recipe
    model.eval()
    facts = run.data["facts"]
    known: dict[str, Any] = {
        "seed": seed,
        "steps": run.data["step"],
        "of_steps": recipe.steps,
        "batch": recipe.batch,
        "lr": recipe.lr,
        "clip": recipe.clip,
        "seconds": round(run.data["seconds"], 1),
        "minutes": round(run.data["seconds"] / 60, 2),
        "machine": machine,
        "command": f"python -m train pairs FILE --engine {suggestion.engine}",
        "name": task.name,
        "rows": facts["rows"],
        "held": facts["held"],
        "measure": task.measure,
    }
    if run.data["baselines"]:
        best = Baseline(**run.data["baselines"][0])
        known |= {"baseline": best.scores[task.measure], "baseline_name": best.name}
    checkpoints.save(model, folder, known, history, "")
    judge = Evaluator(task, sample_evenly(list(task.pairs("test", seed)), FINAL_SCORED), recipe)
    stored = checkpoints.load_from(folder, "cpu")
    scores = judge(stored)
    known |= {"dev": {k: v for k, v in scores.items() if k != "held_loss"}, "score": scores[task.measure]}
    checkpoints.save(model, folder, known, history, card(task, stored, known))
    run.update(now=True, left=0.0, scores=scores, scored=len(judge.held), examples=judge.examples)


def _limit_resources() -> None:
    """One thread, low priority, and an end by the system should the loop itself hang."""
    torch.set_num_threads(1)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  not on every system

        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS + 120, MOST_SECONDS + 180))


def main(folder: Path) -> None:
    """Trains the run; the scheduler of the page then starts the next."""
    wishes: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: wishes.append(number))
    _limit_resources()
    with contextlib.suppress(OSError):  # the page has noted it already
        processes.note_worker(folder, os.getpid())
    train_run(folder, lambda: bool(wishes))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
