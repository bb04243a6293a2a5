"""A slider whose typed number is brought within its ends instead of answered with an error in one language."""

from __future__ import annotations

import gradio as gr


class Bounded(gr.Slider):
    """A gr.Slider; while a number is typed it may be nothing yet, or too large."""

    is_template = True  # drawn by the browser as its base

    def preprocess(self, payload: float) -> float:
        """The number, or the end that is nearer; the lower end for nothing."""
        number = payload if isinstance(payload, (int, float)) else self.minimum
        return min(max(number, self.minimum), self.maximum)
