"""`python -m tests.benchmarks.start`: from process start to the first HTTP 200, against a page that only imports torch and gradio,
and what a question costs beyond the model itself. Medians of 3 starts and of 30 questions.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import median

import torch

from s2s_demo import checkpoints, tasks
from s2s_demo.batch import pad
from s2s_demo.explain import predict
from s2s_demo.ui.task import answering

ROOT = Path(__file__).resolve().parent.parent.parent
BARE = """
import torch, gradio as gr
with gr.Blocks() as page:
    gr.Markdown(str(torch.ones(1)))
page.launch(ssr_mode=False, enable_monitoring=False)
"""
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


def main() -> None:
    """Two starts and one overhead."""
    ours = median(_start(["app.py"], 7870 + i) for i in range(3))
    bare = median(_start(["-c", BARE], 7880 + i) for i in range(3))
    print(f"start to HTTP 200: {ours:.2f} s, bare page {bare:.2f} s, ratio {ours / bare:.2f}")
    print(f"a question beyond its model: {1000 * _overhead():.1f} ms (addition, LSTM, no lens)")


def _start(command: list[str], port: int) -> float:
    began = time.perf_counter()
    env = {**os.environ, **QUIET, "GRADIO_SERVER_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - began < 120:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                return time.perf_counter() - began
            except OSError:
                time.sleep(0.02)
        raise TimeoutError("the page did not start")
    finally:
        process.terminate()
        process.wait()


@torch.no_grad()
def _overhead() -> float:
    """Reading, encoding, decoding and drawing an answer, over the forward pass alone."""
    task, model = tasks.get("addition"), checkpoints.load("addition", "lstm")
    x_BS, mask_BS = pad([model.x_codec.encode("347+589")])
    whole, alone = [], []
    for _ in range(30):
        began = time.perf_counter()
        answer = predict(model, [task.read("347+589")])[0]
        answering.view_data(task, answer, None, 0, "en")
        whole.append(time.perf_counter() - began)
        began = time.perf_counter()
        model(x_BS, mask_BS, mask_BS)
        alone.append(time.perf_counter() - began)
    return median(whole) - median(alone)


if __name__ == "__main__":
    main()
