"""Starts the page with a command, waits until it answers, and ends it: `python .ci/answers.py python app.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PORT, SECONDS = "7899", 600


def main() -> None:
    """Exits with the page's own words if it ends or is silent for ten minutes."""
    env = {**os.environ, "GRADIO_SERVER_PORT": PORT}
    with tempfile.TemporaryFile() as log, subprocess.Popen(sys.argv[1:], stdout=log, stderr=log, env=env) as app:
        try:
            for _ in range(SECONDS):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=5).close()
                    print("the page answers")
                    return
                except (urllib.error.URLError, OSError):
                    time.sleep(1)
                if app.poll() is not None:
                    break
        finally:
            app.terminate()
        log.seek(0)
        raise SystemExit(f"the page did not start:\n{log.read()[-4000:].decode('utf-8', 'replace')}")


if __name__ == "__main__":
    main()
