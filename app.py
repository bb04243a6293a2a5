"""The page, started: `python app.py`, and the entry of a Hugging Face Space."""

import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# two visitors are answered at once, and threads that wait for each other are slower than one
os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 2) // 2)))

from s2s_demo.prediction import UserError
from s2s_demo.ui.address import asked_port

try:
    port = (
        asked_port() if __name__ == "__main__" else None
    )  # before gradio, which reads the same variable at its import

    import s2s_demo.ui.gpu  # noqa: F401  before CUDA is used, as ZeroGPU asks
    from s2s_demo.ui.page import build, launch_options

    demo = build()
except UserError as e:  # a setting that cannot be meant: one sentence, no traceback
    sys.exit(str(e))

if __name__ == "__main__":
    demo.launch(**launch_options(), server_port=port)
