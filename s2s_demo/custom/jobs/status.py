"""How a run goes, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s2s_demo.custom.evaluation import MEASURES, Baseline
from s2s_demo.custom.jobs import job_queue
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.retention import HOURS
from s2s_demo.prediction import UserError, Words
from s2s_demo.training_state import STATE_FILE

ROWS = 200
WITHOUT_SAVE = {"stopped": "unbegun", "died": "unsaved", "damaged": "lost"}
"""What is said in place of the state where nothing was kept."""
MESSAGES = {
    "waiting": Words("차례를 기다립니다.", "It waits for its turn."),
    "starting": Words("곧 시작합니다.", "It is about to begin."),
    "running": Words("학습하고 있습니다.", "It is training."),
    "done": Words("학습을 마쳤습니다.", "Training is done."),
    "stopped": Words(
        "멈추었고, 배운 것은 저장했습니다. 이어서 학습할 수 있습니다.",
        "Stopped; what was learnt is kept. You can go on.",
    ),
    "unbegun": Words(
        "시작하기 전에 멈추었습니다. 아직 배운 것이 없습니다. ‘이어서 학습’을 누르면 다시 줄을 섭니다.",
        "Stopped before it began: nothing was learnt yet. Go on training, and it waits for its turn again.",
    ),
    "unsaved": Words(
        "학습하던 프로세스가 첫 저장 전에 사라졌습니다. ‘이어서 학습’을 누르면 처음부터 다시 학습합니다.",
        "The process that trained it was gone before the first save. Go on training, and it begins anew.",
    ),
    "failed": Words("학습이 실패했습니다. 이어서 학습해 보세요.", "Training failed: try to go on."),
    "died": Words(
        "학습하던 프로세스가 사라졌습니다. 마지막 저장본에서 이어서 학습할 수 있습니다.",
        "The process that trained it is gone. You can go on from the last save.",
    ),
    "lost": Words(
        "이 학습이 어디까지 갔는지 적은 파일이 손상되었고, 저장본도 없습니다. ‘이어서 학습’을 누르면 처음부터 다시 학습합니다.",
        "The file that says how far it got is damaged, and nothing was saved. Go on training, and it begins anew.",
    ),
    "damaged": Words(
        "이 학습이 어디까지 갔는지 적은 파일이 손상되었습니다. 마지막 저장본에서 이어서 학습할 수 있습니다.",
        "The file that says how far it got is damaged. You can go on from the last save.",
    ),
}


@dataclass(frozen=True)
class Example:
    """A held-out pair and the answer of the model as it is now."""

    x: str
    y: str
    answer: str
    right: bool


@dataclass(frozen=True)
class Status:
    """How a run goes.

    state: see `job_queue.state_of`. told: the sentence for it. place: in the queue, from 1 (0: it does not wait); wait: an estimate of the
    seconds until its turn. left: of the seconds until it is done. loss: plain −log p of the last step, in nats; grad_norm: before clipping.
    scores: of held-out pairs, shares from 0 to 1, and "held_loss" in nats; `scored` of them were asked, at most 200 while it trains
    and 1,000 at the end; measure: the main one. baselines: on those of the end, the best first. facts: "rows" trained on, "held",
    "leaks" (held-out xs that are also trained on), "unknown_x" and "unknown_y" (held-out pairs with a symbol never trained on),
    "clip". history: one row a logged step. stopping: it was asked to stop and has not yet.
    """

    run: str
    state: str
    message: Words
    engine: str
    approach: str
    parameters: int
    measure: str
    place: int = 0
    wait: float = 0.0
    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    left: float = 0.0
    loss: float | None = None
    grad_norm: float | None = None
    scores: dict[str, float] | None = None
    scored: int = 0
    baselines: tuple[Baseline, ...] = ()
    examples: tuple[Example, ...] = ()
    facts: dict[str, float] | None = None
    history: tuple[dict[str, Any], ...] = ()
    stopping: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in ("done", "stopped", "failed", "died", "damaged")

    @property
    def score(self) -> float | None:
        """The main measure, 0 to 1."""
        return self.scores.get(self.measure) if self.scores else None


def status_in(folder: Path) -> Status:
    """How the run in a folder goes now.

    Raises:
        UserError: it is not there (any more), or what it was given is damaged.
    """
    state, data = job_queue.state_of(folder)
    if state == "gone":
        raise no_such_run()
    suggestion, _ = files.suggestion_of(folder)
    measure = MEASURES[files.plan_of(folder).shape]
    place, wait = job_queue.place_of(folder) if state == "waiting" else (0, 0.0)
    told = (
        Words(**data["told"])
        if data.get("told") and state in job_queue.FINAL
        else MESSAGES[_message_key(folder, state)]
    )
    if note := data.get("note"):
        told = Words(f"{told.ko} {note['ko']}", f"{told.en} {note['en']}")
    known = ("step", "seconds", "left", "loss", "grad_norm", "scores", "scored", "facts")
    return Status(
        folder.name,
        state,
        told,
        suggestion.engine,
        suggestion.approach,
        suggestion.parameters,
        measure,
        place,
        wait,
        **{k: data[k] for k in known if k in data},
        steps=suggestion.recipe.steps,
        baselines=tuple(Baseline(**row) for row in data.get("baselines", ()) if measure in row["scores"]),
        examples=tuple(Example(*row) for row in data.get("examples", ())),
        history=tuple(row for row, _ in files.history_of(folder)[-ROWS:]),
        stopping=state in ("starting", "running") and files.exists(folder / "stop"),
    )


def _message_key(folder: Path, state: str) -> str:
    """The key in `TOLD`: a sentence that speaks of what was kept is said only where something was."""
    kept = files.exists(folder / STATE_FILE) or files.exists(folder / "model" / "config.json")
    return state if kept else WITHOUT_SAVE.get(state, state)


def no_such_run() -> UserError:
    """What is said of a name that is no run, or no run any more."""
    return UserError(
        f"그런 학습이 없습니다. 링크를 가진 사람이 지웠거나, {HOURS:.0f}시간 동안 쓰지 않아 지워졌습니다.",
        f"There is no such run (any more): somebody who has its link deleted it, or it was not used for {HOURS:.0f} hours.",
    )
