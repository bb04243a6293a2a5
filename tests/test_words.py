"""One word for one idea, the field's own: no module, class, function, method or field is called by a private word."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# fmt: off
PRIVATE = {
    "broken", "claim", "course", "cutting", "dealt", "doctor", "eyes", "far_live", "far_story", "flag", "footage",
    "foretold", "ills", "judge", "judged", "lent", "lesson", "lives", "looked", "looking", "lopsided", "mend", "mended",
    "number_ills", "parted", "plainly", "puppet", "quiet", "raised", "redrawn", "saves", "seen", "seldom", "shares",
    "shelf", "shelved", "sieve", "sifted", "sized", "standing", "stepped", "strange", "strangeness", "sure", "ticket",
    "ways", "whoever", "wish",
}
# fmt: on
"""auxiliary loss, available checkpoints, long range, snapshots, data checks, issue, fix, job queue, filter, confidence, fraction,
tokenizer, evaluate, permuted, matched, rendered and the like stand in their place."""


def named(path: Path) -> list[str]:
    """What a module calls itself and what it defines for others to see."""
    names = [path.stem]
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        if isinstance(node, ast.ClassDef):
            names += [one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
            fields = [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
            names += [one.id for one in fields if isinstance(one, ast.Name)]
    return names


def words(name: str) -> set[str]:
    parts = re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
    return {part.lower() for part in parts} | {name.lower().strip("_")}


def test_nothing_is_called_by_a_private_word():
    paths = [path for folder in ("s2s_demo", "train") for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(paths) > 200
    assert [f"{path.name}: {name}" for path in paths for name in named(path) if words(name) & PRIVATE] == []


def test_the_words_are_looked_for():
    assert words("is_lopsided") & PRIVATE and words("SieveOf") & PRIVATE and not words("measure") & PRIVATE
