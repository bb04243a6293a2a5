"""The sentences of one panel of the laboratory in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.gradients": Words("기울기 실험실", "Gradients"),
    "lab.gradients.about": Words("…", "…"),
}
