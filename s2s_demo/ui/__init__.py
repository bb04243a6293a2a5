"""The page. Only this package knows gradio."""
