"""Training runs of a page: started, looked at, stopped, gone on with, and deleted a day after their last use.

A run is a folder with a name that cannot be guessed; whoever has the name sees the run, nobody else does. It trains in a process
of its own (`worker`), so a closed tab changes nothing and a crash of it harms nobody.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from s2s_demo import checkpoints
from s2s_demo.custom.jobs import job_queue, processes, retention
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.scheduler import SCHEDULER
from s2s_demo.custom.jobs.status import Status, no_such_run, status_in
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion, with_steps
from s2s_demo.custom.training_setup import task_for
from s2s_demo.file_format import UnknownFormat
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Pair
from s2s_demo.training_state import STATE_FILE

MOST_STEPS = 50_000
PRIVATE_FILES = ("pairs.json", "history.jsonl", "status.json", STATE_FILE, "model", "model.zip")
NOT_DELETED = Words(
    "이 학습을 다 지우지 못했습니다. 다시 지워 주세요.",
    "Not all of this training could be deleted: try again.",
)
DAMAGED_MODEL = Words(
    "이 학습의 모델 파일이 손상되었습니다. ‘이어서 학습’을 누르면 마지막 저장본에서 다시 만듭니다.",
    "The model files of this run are damaged: go on training, and it is made again from the last save.",
)


def start(pairs: list[Pair], plan: Plan, suggestion: Suggestion, seed: int = 0, session: str = "") -> str:
    """Puts a run into the queue and returns its name; where room is needed, the longest unused finished runs go.

    session: of the visitor who starts it, for whom there are bounds; "" for nobody in particular.

    Raises:
        UserError: the pairs do not fit, too many runs wait already, or the disk is full.
    """
    task_for(pairs, plan, suggestion.recipe)
    visitor, folder = retention.visitor_digest(session), None
    retention.check_limits(visitor)
    try:
        folder = files.new_folder()
        retention.write_visitor(folder, visitor)
        files.write_reserve(folder)
        files.write_inputs(folder, pairs, plan, suggestion, seed)
        with job_queue.locked():  # until its status is written, the run is not there
            retention.check_limits(visitor)
            retention.make_room(visitor, retention.needed_by(folder, suggestion.parameters))
            _enqueue(folder, suggestion, {})
    except (OSError, UserError) as e:
        if folder is not None:
            retention.delete(folder)
        if isinstance(e, OSError):
            raise files.disk_error(e) from e
        raise
    _advance_queue()
    return folder.name


def prepare(folder: Path, pairs: list[Pair], plan: Plan, suggestion: Suggestion, seed: int) -> None:
    """Writes what a run is asked into its folder and puts it into the queue; a run that lies there already can be gone on with.

    Raises:
        OSError: the disk is full.
    """
    files.write_reserve(folder)
    files.write_inputs(folder, pairs, plan, suggestion, seed)
    _enqueue(folder, suggestion, files.status_of(folder) or {})


def status(run: str) -> Status:
    """How it goes now. Looking counts as use.

    Raises:
        UserError: there is no such run (any more), or what it was given is damaged.
    """
    return status_in(_folder(run))


def stop(run: str) -> None:
    """Ends it at its next step and keeps what it has learnt; one that waits is taken out of the queue. Twice is as once.

    Raises:
        UserError: there is no such run, or the disk is full.
    """
    folder = _folder(run)
    state, data = job_queue.state_of(folder)
    try:
        if state == "waiting" and job_queue.acquire(folder):
            files.write_json(folder / "status.json", {**data, "state": "stopped"})
        elif state in job_queue.UNFINISHED:
            (folder / "stop").touch()
    except OSError as e:
        raise files.disk_error(e) from e


def resume(run: str, steps: int = 0) -> None:
    """Trains on: a run that stopped, failed or died from its last save, with the losses it would have had; one that waits or trains
    is left alone.

    One that was done gets more steps (0: half as many again). Its learning rate then follows the cosine of the longer run, so it
    rises once more and falls again: a warm restart (Loshchilov & Hutter 2017), not what a run planned as long from the start does.

    Raises:
        UserError: there is no such run, it has had all the steps there may be, too many wait already, what it was given is damaged,
            or the disk is full.
    """
    folder = _folder(run)
    if job_queue.state_of(folder)[0] in job_queue.UNFINISHED:
        return
    _ = files.plan_of(folder), files.pairs_of(folder)  # refused here and not by a worker
    try:
        with job_queue.locked():  # two clicks must not start one run twice, here or in another process
            state, data = job_queue.state_of(folder)
            if state in job_queue.UNFINISHED:
                return
            suggestion, seed = files.suggestion_of(folder)
            retention.check_limits(files.visitor_of(folder))
            if state == "done":
                suggestion = _with_more_steps(suggestion, steps, float(data["seconds"]))
            files.write_reserve(folder)
            files.write_json(folder / "recipe.json", {**_plain(suggestion), "seed": seed})
            _enqueue(folder, suggestion, data)
    except OSError as e:
        raise files.disk_error(e) from e
    _advance_queue()


def model_of(run: str) -> Seq2Seq:
    """The model a run has left, in eval mode on the CPU.

    Raises:
        UserError: there is no such run, it has not kept a model yet, or that is damaged.
    """
    folder = model_folder(run)
    try:
        return checkpoints.load_from(folder, "cpu")
    except UnknownFormat:
        raise
    except UserError as e:
        raise UserError(DAMAGED_MODEL.ko, DAMAGED_MODEL.en) from e


def model_folder(run: str) -> Path:
    """The folder of its checkpoint: `checkpoints.facts_of` and `checkpoints.history_of` read it.

    Raises:
        UserError: there is no such run, or it has not kept a model yet.
    """
    folder = _folder(run) / "model"
    if not files.exists(folder / "config.json"):
        raise UserError(
            "아직 저장된 모델이 없습니다. 학습이 끝나거나 멈추면 생깁니다.",
            "There is no model yet: it is kept when training ends or is stopped.",
        )
    return folder


def facts_of(run: str) -> dict[str, Any]:
    """What the checkpoint of a run says of itself; see `checkpoints.facts_of`.

    Raises:
        UserError: there is no such run, it has not kept a model yet, or that is damaged.
    """
    folder = model_folder(run)
    try:
        facts = checkpoints.facts_of(folder)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as e:
        raise UserError(DAMAGED_MODEL.ko, DAMAGED_MODEL.en) from e
    return facts


def delete(run: str) -> None:
    """Deletes a run and all that was given to it, takes it out of the queue, and ends it first if it trains.

    Raises:
        UserError: there is no such run, or some of it could not be deleted.
    """
    folder = _folder(run)
    with contextlib.suppress(UserError, OSError), job_queue.locked():  # not between its claim and its launch
        job_queue.acquire(folder)
    processes.end_worker(folder)
    # A thread that trains it, where GPUs are lent by the slice, may write once more; it then deletes what it wrote.
    if not any(retention.delete(folder) for _ in range(3)) and any(
        files.exists(folder / name) for name in PRIVATE_FILES
    ):
        raise UserError(NOT_DELETED.ko, NOT_DELETED.en)
    _advance_queue()


def delete_unused(hours: float = retention.HOURS) -> int:
    """Deletes runs that neither train nor wait and were not used for `hours`; returns how many. The scheduler does so by the clock.

    Raises:
        UserError: others held the lock of the queue for too long.
    """
    try:
        with job_queue.locked():
            return retention.delete_unused(hours)
    except OSError as e:
        raise files.disk_error(e) from e


def _advance_queue() -> None:
    """Lets the queue move now and not at the scheduler's next tick; a run that was queued stays queued if it cannot."""
    SCHEDULER.wake()
    with contextlib.suppress(UserError, OSError):
        job_queue.advance()


def _with_more_steps(suggestion: Suggestion, steps: int, seconds: float) -> Suggestion:
    """The same with more steps. seconds: what it took so far."""
    before = suggestion.recipe.steps
    wanted = min(MOST_STEPS, before + (steps or max(1, before // 2)))
    if wanted <= before:
        raise UserError(
            f"이미 {before:,}단계를 학습했습니다. 더는 이어 갈 수 없습니다.",
            f"It has had {before:,} steps already, as many as there may be.",
        )
    return replace(suggestion, recipe=with_steps(suggestion.recipe, wanted), seconds=seconds / before * wanted)


def _enqueue(folder: Path, suggestion: Suggestion, before: dict[str, Any]) -> None:
    """The claim goes last: until then nobody takes the run."""
    steps = max(1, suggestion.recipe.steps)
    left = max(1.0, suggestion.seconds * (1 - min(1.0, before.get("step", 0) / steps)))
    fresh = {"state": "waiting", "told": None, "queued": time.time(), "left": left, "estimate": left}
    files.write_json(folder / "status.json", {"step": 0, "seconds": 0.0, **before, **fresh})
    job_queue.release(folder)


def _plain(suggestion: Suggestion) -> dict[str, Any]:
    return {**vars(suggestion), "recipe": vars(suggestion.recipe), "reason": vars(suggestion.reason)}


def _folder(run: str) -> Path:
    """The folder of a run, which is used by being asked for."""
    if not files.is_run_name(run) or not files.exists(files.root() / run / "status.json"):
        raise no_such_run()
    retention.mark_used(files.root() / run)
    return files.root() / run
