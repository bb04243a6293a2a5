"""`python -m tests.benchmarks.throughput`: how much text and video each shipped model reads in a second, on this machine.

Sentences are the examples of each task, repeated; tokenising and encoding are counted, loading is not. Measured, never asserted.
"""

from __future__ import annotations

import time

import numpy as np

from s2s_demo import checkpoints, tasks
from s2s_demo.explain import predict
from s2s_demo.model import Seq2Seq
from s2s_demo.video.clip import Clip

SECONDS = 1.0


def rate(model: Seq2Seq, texts: list[str], together: int) -> tuple[float, float]:
    """(texts a second, words a second) when `together` texts are answered at once."""
    batch = [texts[i % len(texts)] for i in range(together)]
    predict(model, batch)
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        predict(model, batch)
        done += together
    seconds = time.perf_counter() - began
    words = sum(len(text.split(" ")) for text in batch) / together
    return done / seconds, done * words / seconds


def frame_rate(model: Seq2Seq, frames: np.ndarray) -> float:
    """Frames a second from pictures to labels, one clip at a time: the frame encoder is counted, decoding a file is not."""
    seconds = np.arange(len(frames)) / 30
    predict(model, [Clip(frames, seconds)])
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        predict(model, [Clip(frames, seconds)])  # a new clip each time, since the vectors of an old one are kept
        done += len(frames)
    return done / (time.perf_counter() - began)


def main() -> None:
    """One line a model: words a second in batches of 32 (tagging), utterances a second alone and in batches of 64 (intent), frames."""
    film = tasks.get("swing").film
    assert film is not None
    frames = np.ascontiguousarray(film("side").pictures[:, ::4, ::4])
    for name in ("swing", "exercises"):
        for entry in checkpoints.available(name):
            if not entry.seed:
                rate_now = frame_rate(checkpoints.load(name, entry.engine, entry.approach), frames)
                print(f"{name:<10} {entry.engine:<12} {rate_now:>9,.0f} frames/s", flush=True)
    for name in ("pos-en", "pos-ko", "intent-en", "intent-ko"):
        task = tasks.get(name)
        texts = [task.read(example) for example in task.examples]
        for entry in checkpoints.available(name):
            model = checkpoints.load(name, entry.engine, entry.approach)
            if task.room == "pos":
                told = f"{rate(model, texts, 32)[1]:>9,.0f} words/s (32 together)"
            else:
                alone, many = rate(model, texts, 1)[0], rate(model, texts, 64)[0]
                told = f"{1000 / alone:>6.2f} ms alone   {many:>8,.0f} utterances/s (64 together)"
            print(f"{name:<10} {entry.engine:<12} {model.parameters_count:>9,} parameters {told}", flush=True)


if __name__ == "__main__":
    main()
