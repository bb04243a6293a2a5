"""A file input of the page alone: what the API would say of it is left out, since it is 4 KB a component and no event of it is public."""

from __future__ import annotations

from typing import Any

import gradio as gr


class UploadFile(gr.File):
    """As `gr.File`, with next to nothing told to the API."""

    is_template = True  # the browser draws it as what it inherits from

    def api_info(self) -> dict[str, Any]:
        """What goes in and out, as JSON schema."""
        return {"type": "string"}
