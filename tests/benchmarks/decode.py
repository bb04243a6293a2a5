"""`python -m tests.benchmarks.decode`: what one more output token costs after 16, 64, 256 and 1,024 of them, for each engine.

us: microseconds of one `step` with state (1 thread, median of 15). bytes: of that state. flat: time at 1,024 over time at 16.
rerun: how many times longer it takes to run the whole prefix of 256 again (`forward`) than to take one `step`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch

from s2s_demo import engines
from s2s_demo.lab.scoreboard.structure import bytes_of

LENGTHS = (16, 64, 256, 1024)
DIM = 128


def main() -> None:
    """One line an engine."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    heads = "".join(f"{f'{n} us':>10}{f'{n} bytes':>12}" for n in LENGTHS)
    print(f"{'engine':<12}{heads}{'flat':>8}{'rerun':>8}")
    for name in engines.ENGINES:
        with torch.no_grad():
            print(_line(name), flush=True)


def _line(name: str) -> str:
    layer = engines.get(name).layer(DIM, causal=True, reads=False).eval()
    x_1TD = torch.randn(1, max(LENGTHS) + 1, DIM)
    state, at = layer.start(None, 1), {}
    for t in range(max(LENGTHS) + 1):
        if t in LENGTHS:
            at[t] = (_time(lambda s=state, t=t: layer.step(x_1TD[:, t], s)), bytes_of(state))
        _, state = layer.step(x_1TD[:, t], state)
    prefix_1TD = x_1TD[:, :256]
    again = _time(lambda: layer(prefix_1TD, torch.ones(1, 256, dtype=torch.bool)))
    cells = "".join(f"{1e6 * at[n][0]:>10.0f}{at[n][1]:>12,}" for n in LENGTHS)
    return f"{name:<12}{cells}{at[1024][0] / at[16][0]:>8.2f}{again / at[256][0]:>8.1f}"


def _time(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(15):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


if __name__ == "__main__":
    main()
