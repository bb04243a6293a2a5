"""The sentences of one panel of the laboratory in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.board": Words("점수판", "Scoreboard"),
    "lab.board.about": Words("…", "…"),
}
