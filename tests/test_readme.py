"""The README tells the truth: its tree exists, its Python runs, its tables are those of the kept scores, its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import gradio

from train import report

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text("utf-8")


def test_every_path_of_the_tree_exists():
    tree = re.search(r"## The house\n\n```\n(.*?)```", TEXT, re.S)[1]
    folder = ""
    for line in tree.splitlines():
        name = line.split()[0]
        folder = "" if not line.startswith(" ") else folder
        assert (ROOT / folder / name).exists(), folder + name
        folder = name if name == "s2s_demo/" else folder


def test_every_python_block_runs():
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_the_tables_are_those_of_the_kept_scores():
    assert report.filled(TEXT) == TEXT
    for name in ("sums", "addition", "arithmetic", *report.MEASURES):
        table = re.search(rf"<!-- table {name} -->\n(.*?)<!-- end -->", TEXT, re.S)[1]
        assert len(table.splitlines()) >= 2 + 8 + 1


def test_every_picture_is_there():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", TEXT)
    assert pictures
    assert all((ROOT / picture).stat().st_size > 10_000 for picture in pictures)


def test_spaces_and_requirements_pin_the_same_gradio():
    pinned = re.search(r"^sdk_version: (\S+)$", TEXT, re.M)[1]
    assert f"gradio=={pinned}" in (ROOT / "requirements.txt").read_text("utf-8")
    assert gradio.__version__ == pinned


def test_both_commands_are_marked_for_the_ci():
    for tag in ("start", "test"):
        assert f"<!-- {tag} -->\n```bash\n" in TEXT


def test_a_baseline_row_shows_only_what_was_scored():
    for name in report.MEASURES:
        for line in report.plain(name).splitlines():
            if line.startswith("| *baseline"):
                cells = [cell.strip() for cell in line.strip("|").split("|")][3:]
                scored = ["accuracy" in key and "threshold" not in key for key in report.MEASURES[name]]
                assert [cell != "–" for cell in cells] == scored
