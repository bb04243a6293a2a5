"""`python -m tests.benchmarks.throughput`: how much text each shipped model reads in a second, on this machine.

Sentences are the examples of each task, repeated; tokenising and encoding are counted, loading is not. Measured, never asserted.
"""

from __future__ import annotations

import time

from s2s_demo import checkpoint, tasks
from s2s_demo.explain import predict
from s2s_demo.model import Seq2Seq

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


def main() -> None:
    """One line a model: words a second in batches of 32 (tagging), utterances a second alone and in batches of 64 (intent)."""
    for name in ("pos-en", "pos-ko", "intent-en", "intent-ko"):
        task = tasks.get(name)
        texts = [task.read(example) for example in task.examples]
        for entry in checkpoint.shelf(name):
            model = checkpoint.load(name, entry.engine, entry.approach)
            if task.room == "pos":
                told = f"{rate(model, texts, 32)[1]:>9,.0f} words/s (32 together)"
            else:
                alone, many = rate(model, texts, 1)[0], rate(model, texts, 64)[0]
                told = f"{1000 / alone:>6.2f} ms alone   {many:>8,.0f} utterances/s (64 together)"
            print(f"{name:<10} {entry.engine:<12} {model.parameters_count:>9,} parameters {told}", flush=True)


if __name__ == "__main__":
    main()
