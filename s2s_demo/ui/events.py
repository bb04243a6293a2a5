"""How the page's listeners run, said once for all panels."""

from __future__ import annotations

from typing import Any

HIDDEN: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": [], "api_visibility": "private"}
"""No progress on any output: at every message of any listener the browser walks the page once for each component that ever had one."""
QUIET: dict[str, Any] = {**HIDDEN, "queue": False}
"""Drawing and bookkeeping: at once, unseen."""
ASKED: dict[str, Any] = {
    "concurrency_id": "gpu",
    "concurrency_limit": 2,
    "api_visibility": "private",
    "show_progress": "minimal",
}
"""Whatever asks a model: two visitors at a time, the others wait."""
UNSEEN: dict[str, Any] = {**ASKED, **HIDDEN}
"""Asks a model of its own accord, without a sign of it."""
