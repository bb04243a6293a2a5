"""Training runs of a page: started, looked at, stopped, gone on with, and deleted after a day.

A run is a folder with a name that cannot be guessed; whoever has the name sees the run, nobody else does. It trains in a process
of its own (`work`), so a closed tab changes nothing and a crash of it harms nobody.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from s2s_demo import checkpoint
from s2s_demo.model import Seq2Seq
from s2s_demo.own import folder as files
from s2s_demo.own import turns
from s2s_demo.own.plan import Plan
from s2s_demo.own.setting import task_for
from s2s_demo.own.status import HOURS, TOLD, Example, Status, no_run, status_in
from s2s_demo.own.suggest import Suggestion, longer
from s2s_demo.prediction import UserError
from s2s_demo.task import Pair

__all__ = [
    "TOLD",
    "Example",
    "Status",
    "forget",
    "forget_old",
    "go_on",
    "laid_out",
    "model_folder",
    "model_of",
    "start",
    "status",
    "status_in",
    "stop",
]
MOST_RUNS, MOST_WAITING, MOST_STEPS = 100, 20, 50_000
_GOING_ON = Lock()  # two clicks must not start one run twice


def start(pairs: list[Pair], plan: Plan, suggestion: Suggestion, seed: int = 0) -> str:
    """Puts a run into the queue and returns its name; what is older than a day is deleted on the way.

    Raises:
        UserError: the pairs do not fit, too many runs wait already, or the disk is full.
    """
    task_for(pairs, plan, suggestion.recipe)
    forget_old()
    kept, waiting = len(turns.folders()), len(turns.queue()[1])
    if waiting >= MOST_WAITING or kept >= MOST_RUNS:
        raise UserError(
            f"지금 학습 {kept}개가 있고 {waiting}개가 기다립니다. 잠시 뒤에 다시 시작하세요.",
            f"There are {kept} runs, {waiting} of them waiting: start again in a while.",
        )
    folder = None
    try:
        folder = files.new_folder()
        laid_out(folder, pairs, plan, suggestion, seed)
    except OSError as e:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise files.refused(e) from e
    turns.advance()
    return folder.name


def laid_out(folder: Path, pairs: list[Pair], plan: Plan, suggestion: Suggestion, seed: int) -> None:
    """Writes what a run is asked into its folder and puts it into the queue; a run that lies there already can be gone on with.

    Raises:
        OSError: the disk is full.
    """
    files.write_spare(folder)
    files.write_asked(folder, pairs, plan, suggestion, seed)
    _queue(folder, suggestion, files.read_json(folder / "status.json") or {"step": 0, "seconds": 0.0})


def status(run: str) -> Status:
    """How it goes now. Looking also starts whichever run's turn has come.

    Raises:
        UserError: there is no such run (any more).
    """
    folder = _folder(run)
    turns.advance()
    return status_in(folder)


def stop(run: str) -> None:
    """Ends it at its next step and keeps what it has learnt; one that waits is taken out of the queue. Twice is as once.

    Raises:
        UserError: there is no such run, or the disk is full.
    """
    folder = _folder(run)
    state, data = turns.state_of(folder)
    try:
        if state == "waiting" and turns.claim(folder):
            files.write_json(folder / "status.json", {**data, "state": "stopped"})
        elif state in ("waiting", "starting", "running"):
            (folder / "stop").touch()
    except OSError as e:
        raise files.refused(e) from e


def go_on(run: str, steps: int = 0) -> None:
    """Trains on: a run that stopped, failed or died from its last save, with the losses it would have had; one that waits or trains
    is left alone.

    One that was done gets more steps (0: half as many again). Its learning rate then follows the cosine of the longer run, so it
    rises once more and falls again: a warm restart (Loshchilov & Hutter 2017), not what a run planned as long from the start does.

    Raises:
        UserError: there is no such run, it has had all the steps there may be, or the disk is full.
    """
    folder = _folder(run)
    with _GOING_ON:
        state, data = turns.state_of(folder)
        if state in ("waiting", "starting", "running"):
            return
        suggestion, seed = files.asked_of(folder)
        if state == "done":
            suggestion = _more(suggestion, steps, float(data["seconds"]))
        try:
            files.write_spare(folder)
            files.write_json(folder / "recipe.json", {**_plain(suggestion), "seed": seed})
            _queue(folder, suggestion, data)
        except OSError as e:
            raise files.refused(e) from e
    turns.advance()


def model_of(run: str) -> Seq2Seq:
    """The model a run has left, in eval mode on the CPU.

    Raises:
        UserError: there is no such run, or it has not kept a model yet.
    """
    return checkpoint.load_from(model_folder(run), "cpu")


def model_folder(run: str) -> Path:
    """The folder of its checkpoint: `checkpoint.facts_of` and `checkpoint.history_of` read it.

    Raises:
        UserError: there is no such run, or it has not kept a model yet.
    """
    folder = _folder(run) / "model"
    if not (folder / "config.json").exists():
        raise UserError(
            "아직 저장된 모델이 없습니다. 학습이 끝나거나 멈추면 생깁니다.",
            "There is no model yet: it is kept when training ends or is stopped.",
        )
    return folder


def forget(run: str) -> None:
    """Deletes a run and all that was given to it, and ends it first if it trains.

    Raises:
        UserError: there is no such run.
    """
    folder = _folder(run)
    turns.claim(folder)
    turns.end_worker(folder)
    shutil.rmtree(folder, ignore_errors=True)


def forget_old(hours: float = HOURS) -> int:
    """Deletes runs that neither train nor wait and in which nothing was written for `hours`; returns how many."""
    count, now = 0, time.time()
    for folder in turns.folders():
        state, _ = turns.state_of(folder)
        if state in ("waiting", "starting", "running"):
            continue
        with contextlib.suppress(OSError):
            newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
            if now - newest >= hours * 3600:
                shutil.rmtree(folder, ignore_errors=True)
                count += 1
    return count


def _more(suggestion: Suggestion, steps: int, seconds: float) -> Suggestion:
    """The same with more steps. seconds: what it took so far."""
    before = suggestion.recipe.steps
    wanted = min(MOST_STEPS, before + (steps or max(1, before // 2)))
    if wanted <= before:
        raise UserError(
            f"이미 {before:,}단계를 학습했습니다. 더는 이어 갈 수 없습니다.",
            f"It has had {before:,} steps already, as many as there may be.",
        )
    return replace(suggestion, recipe=longer(suggestion.recipe, wanted), seconds=seconds / before * wanted)


def _queue(folder: Path, suggestion: Suggestion, before: dict[str, Any]) -> None:
    """The claim goes last: until then nobody takes the run."""
    steps = max(1, suggestion.recipe.steps)
    left = suggestion.seconds * (1 - min(1.0, before.get("step", 0) / steps))
    fresh = {"state": "waiting", "told": None, "queued": time.time(), "left": max(1.0, left)}
    files.write_json(folder / "status.json", {**before, **fresh})
    turns.release(folder)


def _plain(suggestion: Suggestion) -> dict[str, Any]:
    return {**vars(suggestion), "recipe": vars(suggestion.recipe), "reason": vars(suggestion.reason)}


def _folder(run: str) -> Path:
    if not files.is_id(run) or not (files.root() / run / "status.json").exists():
        raise no_run()
    return files.root() / run
