"""How the page's listeners run, said once for all panels."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
"""Drawing and bookkeeping: at once, unseen."""
ASKED: dict[str, Any] = {
    "concurrency_id": "gpu",
    "concurrency_limit": 2,
    "api_visibility": "private",
    "show_progress": "minimal",
}
"""Whatever asks a model: two visitors at a time, the others wait."""
