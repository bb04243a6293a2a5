"""A copy of the project with the three example files in it and nothing else changed, and what is done with them there.

Run as a script in such a copy it prints, as JSON, what training, scoring, asking, racing and the laboratory make of them; with the
word "serve" it shows the copy's page.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENGINE, TASK, LENS = "mingru", "plural", "product"
OURS = ("s2s_demo/engines/add_engine.py", "s2s_demo/tasks/add_task.py", "s2s_demo/lenses/add_lens.py")


def copy_into(place: Path, **more: str) -> Path:
    """The package, the commands and links to all checkpoints, with the example files as a newcomer would copy them.

    more: the text of further modules of engines/ by their name.
    """
    for folder in ("s2s_demo", "train"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in OURS:
        shutil.copy(ROOT / "examples" / Path(path).name, place / path)
    for name, text in more.items():
        (place / "s2s_demo" / "engines" / f"{name}.py").write_text(text, "utf-8")
    (place / "checkpoints").mkdir()
    for folder in (ROOT / "checkpoints").iterdir():
        (place / "checkpoints" / folder.name).symlink_to(folder)
    return place


def run(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A Python command in the copy."""
    options: dict[str, Any] = {"cwd": place, "env": _env(place), "capture_output": True, "text": True}
    return subprocess.run([sys.executable, *words], check=False, **options)


def _env(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("S2S_CHECKPOINTS", "PYTHONPATH")}
    own = {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "S2S_DEVICE": "cpu"}
    return {**kept, **own, "GRADIO_ANALYTICS_ENABLED": "False"}


@contextmanager
def served(place: Path) -> Iterator[tuple[str, Path]]:
    """The address of the copy's page, in a process of its own until the block ends, and the file of its log."""
    log = place / "page.log"
    with log.open("w") as errors:
        words = [sys.executable, str(Path(__file__).resolve()), "serve"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors, "text": True}
        process = subprocess.Popen(words, cwd=place, env=_env(place), **pipes)
        try:
            assert process.stdout is not None
            address = next((line[4:].strip() for line in process.stdout if line.startswith("URL ")), "")
            assert address, log.read_text("utf-8")[-2000:]
            yield address, log
        finally:
            process.communicate(timeout=60)


def serve() -> None:
    """Shows the page of the copy until there is no more input."""
    from s2s_demo.ui import page  # noqa: PLC0415  that of the copy

    demo = page.build()
    demo.launch(**page.launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    print(f"URL {demo.local_url}", flush=True)
    sys.stdin.read()
    demo.close()


def main() -> None:
    """Does everything once and prints what came of it."""
    from s2s_demo import checkpoints, engines, lenses, tasks  # noqa: PLC0415  those of the copy
    from s2s_demo.custom.plan import guess_plan  # noqa: PLC0415
    from s2s_demo.custom.suggest import suggest_training  # noqa: PLC0415
    from s2s_demo.lab.gradients import measure  # noqa: PLC0415
    from s2s_demo.lab.long_range import problems, runs  # noqa: PLC0415
    from s2s_demo.lab.race import race  # noqa: PLC0415
    from s2s_demo.lab.scoreboard.rows import board  # noqa: PLC0415
    from s2s_demo.lenses import KINDS  # noqa: PLC0415
    from s2s_demo.prediction import UserError  # noqa: PLC0415
    from s2s_demo.ui import rooms, site  # noqa: PLC0415
    from s2s_demo.ui.lab import gradients_content, race_content, scoreboard_content  # noqa: PLC0415
    from s2s_demo.ui.task import answering, card, curves, lens_view  # noqa: PLC0415
    from train.__main__ import main as command  # noqa: PLC0415

    found: dict[str, Any] = {"faults": [fault.en for fault in (*engines.FAULTS, *tasks.FAULTS, *lenses.FAULTS)]}
    found["there"] = [ENGINE in engines.ENGINES, TASK in tasks.TASKS, TASK in rooms.rooms(), site.__file__]
    task = tasks.get(TASK)
    approach = task.approaches[0].value

    def told(ask: Any) -> str:
        try:
            return f"answered {ask()}"
        except UserError as e:
            return f"{e.words.en} | {e.words.ko}"

    found["untrained"] = told(lambda: answering.answer(task, ENGINE, approach, "cat"))
    found["untrained card"] = told(lambda: card.card(tasks.get("addition"), ENGINE, "encoder-only", "en"))
    found["none trained"] = told(lambda: curves.all_curves(task, approach, "cat", 0, "en"))
    found["codes"] = [command([TASK, "--engine", f"{ENGINE},lstm", "--steps", "3"])]
    found["codes"] += [command(["addition", "--engine", ENGINE, "--steps", "2", "--out", "elsewhere"])]
    found["codes"] += [command(["evaluate", TASK, "--json"]), command(["predict", TASK, "cat", "--engine", ENGINE])]
    found["codes"] += [command(["list"]), command(["evaluate", TASK, "--keep"])]
    found["shelf"] = [entry.engine for entry in checkpoints.available(TASK)]
    answer = answering.answer(task, ENGINE, approach, "cat")
    answer = lens_view.with_lens(task, answer, ENGINE, approach, *KINDS)
    found["lenses"] = [kind for kind in KINDS if answer.trace.of(kind)]
    grid = lens_view.grid_at(answer, LENS, "")
    picture = lens_view.picture(task, grid, "en")
    found["lens"] = [
        lens_view.places(answer, LENS, "en"),
        picture and picture.to_dict()["data"][1]["colorbar"]["title"]["text"],
    ]
    found["notes"] = [lens_view.note(answer, kind, ENGINE, lang) for kind in KINDS for lang in ("ko", "en")]
    found["verdict"] = answering.view_data(task, answer, None, 0, "en")["verdict"]
    found["card"] = card.card(task, ENGINE, approach, "en")
    found["compared"] = [row[0] for row in curves.all_curves(task, approach, "cat", 0, "en")[1]]
    found["board"] = [len(board(TASK).rows), len(scoreboard_content.board_table([board(TASK)], "ko")["rows"])]
    moments = list(race.race(TASK, [ENGINE, "gru"], most_steps=3))
    found["race"] = [[one.engine, one.step, one.parameters] for one in moments[-1].leaderboard]
    found["field"] = [row["title"] for row in race_content.field(TASK, moments[-1], "", "en")["rows"]]
    found["told"] = [race_content.description(TASK, lang) for lang in ("ko", "en")]
    for problem in problems.PROBLEMS.values():
        *_, last = runs.train_cell(problem, ENGINE, problem.distances[0], steps=2)
        assert last.run is not None
        found[problem.name] = [last.run.steps, last.run.parameters]
    live = gradients_content.decay_view(measure.DecaySettings(length=10), "en")
    found["decay"] = [[card["engine"], card["colour"]] for card in live.cards["cards"]]
    pairs = [(x, y) for x, y in task.pairs("train", 0)]
    found["own"] = suggest_training(pairs, guess_plan(pairs), engine=ENGINE).engine
    print("FOUND " + json.dumps(found))


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
