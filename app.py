"""The page, started: `python app.py`, and the entry of a Hugging Face Space."""

from s2s_demo.__main__ import built, launch

demo, port = built(alone=__name__ == "__main__")

if __name__ == "__main__":
    launch(demo, port)
