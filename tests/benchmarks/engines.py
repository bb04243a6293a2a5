"""`make bench`: what the design promises about speed, as ratios on this machine (1 thread, medians of 7).

fused / unrolled: a training step of a recurrent engine by torch's kernel against the cell written out.
chunked / stepped: Mamba's matrix form against its recurrence.
one backward / loop: the gradient lens in one backward against one backward for every output step.
step / forward: answering one more symbol with state against running the whole sequence again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch

from s2s_demo import engines
from s2s_demo.trace import recording

B, T, D = 32, 64, 64


def main() -> None:
    """Prints one line a ratio; above 1 means the way we took is that many times faster."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    for name in ("rnn", "gru", "lstm"):
        print(f"{name:<12} fused over unrolled        x{_fused(name):.1f}")
    print(f"{'mamba':<12} chunked over stepped       x{_chunked():.1f}")
    print(f"{'transformer':<12} one backward over a loop   x{_lens('transformer'):.1f}")
    print(f"{'lstm':<12} one backward over a loop   x{_lens('lstm'):.1f}")
    for name in engines.ENGINES:
        print(f"{name:<12} step over forward again    x{_step(name):.1f}")


def _layer(name: str) -> tuple[torch.nn.Module, torch.Tensor, torch.Tensor]:
    layer = engines.get(name).layer(D, causal=True, reads=False).eval()
    return layer, torch.randn(B, T, D), torch.ones(B, T, dtype=torch.bool)


def _fused(name: str) -> float:
    layer, x, mask = _layer(name)

    def unrolled() -> None:
        with recording("state"):
            layer(x, mask).sum().backward()

    return _time(unrolled) / _time(lambda: layer(x, mask).sum().backward())


def _chunked() -> float:
    layer, x, mask = _layer("mamba")

    def stepped() -> None:
        state, out = layer.start(None, B), []
        for x_BD in x.unbind(1):
            h, state = layer.step(x_BD, state)
            out.append(h)
        torch.stack(out).sum().backward()

    return _time(stepped) / _time(lambda: layer(x, mask).sum().backward())


def _lens(name: str) -> float:
    layer, x, mask = _layer(name)
    one, once = x[:1].clone().requires_grad_(), mask[:1]

    def loop() -> None:
        y = layer(one, once)
        for k in range(T):
            torch.autograd.grad(y[0, k].sum(), one, retain_graph=True)

    def together() -> None:
        copies = one.detach().expand(T, -1, -1).clone().requires_grad_()
        k = torch.arange(T)
        torch.autograd.grad(layer(copies, once.expand(T, -1))[k, k].sum(), copies)

    return _time(loop) / _time(together)


@torch.no_grad()
def _step(name: str) -> float:
    layer, x, mask = _layer(name)
    state = layer.start(None, B)
    for x_BD in x[:, :-1].unbind(1):
        _, state = layer.step(x_BD, state)
    return _time(lambda: layer(x, mask)) / _time(lambda: layer.step(x[:, -1], state))


def _time(work: Callable[[], object]) -> float:
    """Seconds a call: the median of seven, after one that is not counted."""
    work()
    taken = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


if __name__ == "__main__":
    main()
