"""Views: components of this page's own, on top of gr.HTML."""
