"""The sentences of one panel of the laboratory in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.shapes": Words("네 가지 꼴", "Four shapes"),
    "lab.shapes.about": Words("…", "…"),
}
