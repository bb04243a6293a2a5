"""Videos: sample clips, a file of a visitor's own, or the webcam."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from s2s_demo import tasks
from s2s_demo.prediction import Grid, Prediction
from s2s_demo.task import Task
from s2s_demo.ui.input_kind import Controls, InputKind, few_ticks
from s2s_demo.ui.inputs import _film as film
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.film_view import FilmView
from s2s_demo.ui.words import T, mistake
from s2s_demo.video import files, pose

# Small frames: a browser asked for all its camera has cannot encode thirty of them a second.
WEBCAM = {"video": {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}}}
MOST_CLIPS = 4
"""Clips that stay in memory."""


def video_input(task: Task) -> Controls:
    """The player, whose value is the path of a file; the button that asks; and a button for each sample clip."""
    with gr.Row(elem_classes="video-row"):
        with gr.Column(scale=3, min_width=300):
            # With sound kept and no format asked for, nothing is converted and no ffmpeg program is needed: video.files decodes.
            video = gr.Video(
                label=T(f"task.{task.name}.asks"),
                sources=["upload", "webcam"],
                include_audio=True,
                webcam_options=gr.WebcamOptions(mirror=True, constraints=WEBCAM),
                buttons=[],
                interactive=True,
                elem_id=f"x-{task.name}",
                elem_classes="video-in",
            )
        with gr.Column(scale=2, min_width=260):
            gr.Markdown(T("clip.samples"), elem_classes="quiet")
            with gr.Row(elem_classes="samples", elem_id=f"examples-{task.name}"):
                samples = {
                    name: gr.Button(
                        T(f"clip.{task.name}.{name}"), size="md", min_width=60, elem_id=f"{task.name}-{name}"
                    )
                    for name in task.clips
                }
            gr.Markdown(T("clip.info"), elem_classes="quiet")
            if not pose.available():
                gr.Markdown(T("clip.no-pose"), elem_classes="quiet")
            go = gr.Button(T("answer"), variant="primary", elem_id=f"go-{task.name}")
    events = [video.upload, video.stop_recording]
    return Controls(video, go, events, [video.clear], samples, {"player": f"x-{task.name}"})


def read(task: Task, path: str | None) -> Any:
    """The clip of a file. The last few stay in memory, so that choosing another engine does not decode again.

    Raises:
        UserError: there is no file, or it is no video.
    """
    if not path:
        raise mistake("clip.none")
    try:
        stat = Path(path).stat()
    except (OSError, ValueError):
        return task.read(path)
    return _read(task.name, path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=MOST_CLIPS)
def _read(task: str, path: str, changed: int, size: int) -> Any:
    return tasks.get(task).read(path)


@user_errors_only
def sample(task: Task, name: str) -> str:
    """The path of a sample clip, drawn when it is first asked for.

    Raises:
        UserError: its data is not there; the sentence says what to do.
    """
    return _drawn(task.name, name)


@lru_cache(maxsize=64)
def _drawn(task: str, name: str) -> str:
    """Two visitors at once may both draw it; the file of either is whole, as it has its place only when it is written."""
    film = tasks.get(task).film
    assert film is not None, task
    folder = Path(_folder().name) / task
    folder.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".mp4", delete=False) as file:
        place = Path(file.name)
    return str(files.write_video(film(name), place).replace(folder / f"{name}.mp4"))


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Gone when the page stops."""
    return tempfile.TemporaryDirectory(prefix="s2s-samples-")


def middle(task: Task, answer: Prediction) -> int:
    """The frame in the middle."""
    return len(answer.x) // 2


def same_frames(answer: Prediction, before: Prediction) -> bool:
    """Whether both answers are of the same pictures."""
    return np.array_equal(answer.x.frames, before.x.frames)


def ticks(grid: Grid) -> Grid:
    """Each stretch of frames named once, and a few of the times."""
    firsts = tuple(name if i == 0 or name != grid.rows[i - 1] else "" for i, name in enumerate(grid.rows))
    return replace(grid, rows=firsts, columns=few_ticks(grid.columns))


INPUT = InputKind(
    "video",
    video_input,
    read,
    FilmView,
    film.view_data,
    film.summary,
    middle,
    same_frames,
    ticks,
    sample,
    order=2,
)
