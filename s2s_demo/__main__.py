"""The page, started: `seq2seq-lab` where this is installed, `python app.py` in the repository."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

import s2s_demo
from s2s_demo.prediction import UserError

if TYPE_CHECKING:
    from gradio import Blocks

# before torch, gradio and huggingface_hub are imported, which read them then
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# two visitors are answered at once, and threads that wait for each other are slower than one
os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 2) // 2)))


def built(*, alone: bool) -> tuple[Blocks, int | None]:
    """The page, and the port it was asked to listen on; a setting that cannot be meant ends the program with one sentence.

    Args:
        alone: whether it is started here; else by somebody who imports it and chooses the port himself.
    """
    try:
        from s2s_demo.ui.address import asked_port  # noqa: PLC0415  each import here reads what those before it have settled

        port = asked_port() if alone else None  # before gradio, which reads the same variable at its import

        import s2s_demo.ui.gpu  # noqa: F401, PLC0415  before CUDA is used, as ZeroGPU asks
        from s2s_demo.ui.page import build  # noqa: PLC0415

        return build(), port
    except UserError as e:
        sys.exit(str(e))


def launch(page: Blocks, port: int | None) -> None:
    """Serves the page until it is ended."""
    from s2s_demo.checkpoints import NONE, available  # noqa: PLC0415
    from s2s_demo.ui.page import launch_options  # noqa: PLC0415

    if not available():
        print(NONE.format(command="python -m train TASK").en, file=sys.stderr)
    page.launch(**launch_options(), server_port=port)


def main(words: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="seq2seq-lab",
        description="Starts the page. GRADIO_SERVER_PORT and GRADIO_SERVER_NAME say where it listens, S2S_CHECKPOINTS where its models lie.",
    )
    parser.add_argument("--version", action="version", version=f"Seq2Seq Lab {s2s_demo.__version__}")
    parser.parse_args(words)
    launch(*built(alone=True))


if __name__ == "__main__":
    main()
