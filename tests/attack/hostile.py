"""Values that no browser of ours would send, the same for the same seed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from tests.attack.process import ROOT

DEEP, DEEPER = "\x02deep\x02", "\x02deeper\x02"
"""Stand for nested lists until the body is written, since writing them would need the depth as well."""
FILES = (
    "/etc/passwd",
    "/proc/self/environ",
    "../../../../etc/passwd",
    str(ROOT / "app.py"),
    "/",
    "",
    "\x00",
    "~/.netrc",
)
TEXTS = (
    "",
    " ",
    "\x00",
    "\ud800",
    "a" * 100_000,
    "가" * 5_000,
    "\u202e\u0301\u200b" * 50,
    "{x}",
    "{0.__class__.__mro__}",
    "{n:>100000000}",
    "%(x)s%n",
    "{{7*7}}",
    "${document.body.remove()}",
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE runs; --",
    "=cmd|' /C calc'!A0",
    "1" * 400,
    "9" * 30_000 + "+1",
    "(" * 5_000,
    "\n" * 5_000,
    "a\tb\n" * 3_000,
    "nan",
    "-0",
    "true",
    "engine.lstm",
    "../../checkpoints",
)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    10**400,
    1e308,
    -1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
    0.5,
    [],
    {},
    [None],
    [[]],
    [[1, 2], [3]],
    ["a"] * 3_000,
    {"a": {"b": {"c": []}}},
    {"value": "x", "__type__": "update"},
    {"choices": [["a", "b"]], "__type__": "update", "value": "b"},
    {"_type": "gradio.FileData"},
    {"path": None, "meta": {"_type": "gradio.FileData"}},
    {"path": 5, "meta": {"_type": "gradio.FileData"}},
    {"url": "http://127.0.0.1:1/x", "meta": {"_type": "gradio.FileData"}},
    {"path": "http://127.0.0.1:1/x.csv", "meta": {"_type": "gradio.FileData"}},
    {"headers": ["x"], "data": [[1]], "metadata": None},
    DEEP,
    DEEPER,
)


def value(rng: random.Random) -> Any:
    """Something that does not belong there."""
    if rng.random() < 0.35:
        return rng.choice(TEXTS)
    if rng.random() < 0.2:
        return forged(rng.choice(FILES))
    return rng.choice(ODD)


def forged(path: str | Path) -> dict[str, Any]:
    """A file that was never uploaded, given as one that was."""
    return {"path": str(path), "orig_name": "a.csv", "size": 5, "meta": {"_type": "gradio.FileData"}}


def written(body: Any) -> bytes:
    """The body as JSON, or what this page may take for it."""
    text = json.dumps(body)
    for mark, depth in ((DEEP, 200), (DEEPER, 20_000)):
        text = text.replace(json.dumps(mark), "[" * depth + "]" * depth)
    return text.encode()
