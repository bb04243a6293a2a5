"""`python -m tests.chromium`: makes sure there is a Chromium for the browser tests, and prints where it is.

It takes one that is installed, else playwright's own download, else the system's package (Debian and Ubuntu, as root).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium: $CHROMIUM, one on the PATH, or playwright's."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return named or _playwright_path()


def install() -> str:
    """The path of a Chromium, installed if there was none.

    Raises:
        SystemExit: none could be had; the message says what to do.
    """
    for step in ([], [sys.executable, "-m", "playwright", "install", "chromium"], *_package_steps()):
        if step:
            subprocess.run(step, check=False, timeout=600, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        found = find()
        if found:
            return found
    raise SystemExit("No Chromium could be installed: install one and set CHROMIUM to its path.")


def _package_steps() -> list[list[str]]:
    if not shutil.which("apt-get"):
        return []
    packages = ["chromium", "fonts-noto-cjk"]
    return [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]]


def _playwright_path() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  heavy, and only needed here

    with sync_playwright() as p:
        path = p.chromium.executable_path
    return path if os.path.exists(path) else None


if __name__ == "__main__":
    print(install())
