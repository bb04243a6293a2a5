"""The sentences of one panel of the laboratory in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.time": Words("타임머신", "Time machine"),
    "lab.time.about": Words("…", "…"),
}
