"""The input side of a panel for videos: sample clips, a file of one's own, or the webcam."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import gradio as gr

from s2s_demo import tasks
from s2s_demo.task import Task
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import T
from s2s_demo.video import files, pose

# Small frames: a browser asked for all its camera has cannot encode thirty of them a second.
WEBCAM = {"video": {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}}}


def player_id(task: Task) -> str:
    """The element id of a task's player."""
    return f"x-{task.name}"


def video_input(task: Task) -> tuple[gr.Video, gr.Button, dict[str, gr.Button]]:
    """The player, whose value is the path of a file; the button that asks; and a button for each sample clip by its name."""
    with gr.Row(elem_classes="video-row"):
        with gr.Column(scale=3, min_width=300):
            # With sound kept and no format asked for, nothing is converted and no ffmpeg program is needed: footage decodes.
            video = gr.Video(
                label=T(f"task.{task.name}.asks"),
                sources=["upload", "webcam"],
                include_audio=True,
                webcam_options=gr.WebcamOptions(mirror=True, constraints=WEBCAM),
                buttons=[],
                interactive=True,
                elem_id=player_id(task),
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
    return video, go, samples


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
    return str(files.write(film(name), place).replace(folder / f"{name}.mp4"))


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Gone when the page stops."""
    return tempfile.TemporaryDirectory(prefix="s2s-samples-")
