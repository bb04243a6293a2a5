"""Scripts of our components as they are sent: Gradio repeats a component's script wherever the component stands."""

from __future__ import annotations


def flat(script: str) -> str:
    """The script without indentation; no string of it may go over several lines."""
    return "\n".join(line.strip() for line in script.strip().splitlines())
