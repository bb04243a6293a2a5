"""What stands for `spaces` on ZeroGPU, as its 0.51 does it: a function runs in a forked process, its arguments and its result are pickled,
of an exception only the class's name comes back unless it is a gr.Error, a refused quota is a gr.Error with a title, and who takes longer
than was asked for is ended. In the forked process there is a GPU: `tests.pretend_accelerator`.
"""

from __future__ import annotations

import multiprocessing
import pickle
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any

import gradio as gr

from s2s_demo import device

QUOTA = "You have exceeded your free ZeroGPU quota (40s requested vs. 12s left). Try again in 1:23:45. "


class ZeroGPU:
    """refuses: of which calls, from 1, the quota is used up. limit: seconds a call may take, whatever was asked for."""

    def __init__(self, refuses: Any = (), limit: float = 120.0) -> None:
        self.refuses, self.limit = refuses, limit
        self.lent: list[str] = []
        self.calls = 0

    def GPU(self, duration: float) -> Any:
        """The decorator."""
        return self._lend

    def _lend(self, task: Any) -> Any:
        self.lent.append(task.__name__)

        @wraps(task)
        def handler(*args: Any) -> Any:
            self.calls += 1
            if self.calls in self.refuses:
                raise gr.Error(QUOTA, title="ZeroGPU quota exceeded")
            fork = multiprocessing.get_context("fork")
            receives, sends = fork.Pipe(duplex=False)
            process = fork.Process(target=_worker, args=(task, pickle.dumps(args), sends), daemon=True)
            process.start()
            sends.close()
            try:
                if not receives.poll(self.limit):
                    raise gr.Error("GPU task aborted", title="ZeroGPU worker error")
                kind, value = pickle.loads(receives.recv_bytes())
            except EOFError as e:
                raise gr.Error("GPU task aborted", title="ZeroGPU worker error") from e
            finally:
                process.kill()
                process.join()
            if kind == "ok":
                return value
            raise gr.Error(value, title="ZeroGPU worker error")

        return handler


def _worker(task: Any, packed: bytes, sends: Any) -> None:
    import tests.pretend_accelerator as pretend  # noqa: PLC0415  once a process: here it is the GPU

    device.allocated_gpu = partial(device.allocated_gpu, pretend.NAME)
    with ThreadPoolExecutor(1) as executor:  # the lender too runs it in a thread
        try:
            found = ("ok", executor.submit(task, *pickle.loads(packed)).result())
            told = pickle.dumps(found)
        except Exception as e:
            traceback.print_exc()  # as the lender does, in the Space's log
            told = pickle.dumps(("error", type(e).__name__))
    sends.send_bytes(told)
