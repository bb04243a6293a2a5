"""Where a finished training goes: a folder of its own under runs/, and a place in checkpoints/ only if that is free, asked for or earned.

So that a short try never takes away the model the page shows.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from s2s_demo.prediction import UserError

RUNS, MADE = Path("runs"), "checkpoint"


def promote(made: Path, place: Path, *, dev: float | None, there: float | None, asked: bool) -> str:
    """Copies the folder `made` to `place` if it may stand there, and says in one line what came of it.

    dev, there: the dev score of the model that was made and of the one in `place`, None where it is not known. asked: it takes the
    place whatever the scores.

    Raises:
        UserError: `place` cannot be written; what was made is kept.
    """
    scores = f"dev score {_score(dev)}, there it is {_score(there)}"
    free = not place.exists()
    if not free and not asked and (dev is None or there is None or dev < there):
        known = f": {scores}" if (dev, there) != (None, None) else ""
        return f"kept in {made}; {place} stays as it was{known} (--keep takes its place)"
    try:
        _moved_in(made, place)
    except OSError as e:
        raise UserError(
            f"‘{place}’에 쓸 수 없습니다. 학습한 모델은 {made}에 있습니다.",
            f"‘{place}’ cannot be written: the trained model is kept in {made}.",
        ) from e
    why = "nothing was there" if free else "as asked" if asked else f"at least as good: {scores}"
    return f"kept in {place} ({why})"


def _score(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"


def _moved_in(made: Path, place: Path) -> None:
    """The old folder is gone only when the new one is whole, and nobody sees a mixture; test scores of the old one go with it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".incoming-", dir=place.parent))
    new, old = aside / "new", aside / "old"
    try:
        shutil.copytree(made, new)
        if place.exists():
            place.rename(old)
        new.rename(place)
    except OSError:
        if old.exists() and not place.exists():
            old.rename(place)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
