"""The README and the pages in docs/ tell the truth: their Python runs, their links lead somewhere, their tables are those of the kept scores."""

from __future__ import annotations

import ast
import json
import os
import re
from importlib import import_module
from pathlib import Path

import gradio
import pytest

from train import report

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings as GitHub and the site make them."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    heads = re.findall(r"^#+ (.+)$", plain, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_the_readme_fits_one_sitting():
    assert len(README.encode()) <= 8_000


def test_every_path_of_the_tree_exists():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folder, tree = "", re.search(r"## Which folder is what\n\n```\n(.*?)```", text, re.S)
    for line in tree[1].splitlines():
        name = line.split()[0]
        folder = "" if not line.startswith(" ") else folder
        assert (ROOT / folder / name).exists(), folder + name
        folder = name if name == "s2s_demo/" else folder


@pytest.mark.parametrize("name", NAMES)
def test_every_python_block_runs(name):
    for block in re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S):
        exec(compile(block, name, "exec"), {})


def test_the_readme_shows_ten_lines_of_python():
    (block,) = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(block.splitlines()) <= 10 and "look=True" in block


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name):
    """Files and pictures beside the page, and the headings that are named behind a #."""
    page = ROOT / name
    for link in LINK.findall(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        there = Path(os.path.normpath(page.parent / file)) if file else page
        assert there.is_relative_to(ROOT) and there.is_file(), link
        assert not anchor or anchor in anchors(there.read_text("utf-8")), link
        assert there.suffix != ".png" or there.stat().st_size > 10_000, link


def test_every_picture_is_shown():
    shown = "\n".join(path.read_text("utf-8") for path in PAGES)
    for picture in (ROOT / "docs").glob("*.png"):
        assert picture.name in shown


def test_the_tables_are_those_of_the_kept_scores():
    text = report.RESULTS.read_text("utf-8")
    assert report.filled(text) == text
    for name in ("sums", "addition", "arithmetic", *report.MEASURES):
        table = re.search(rf"<!-- table {name} -->\n(.*?)<!-- end -->", text, re.S)[1]
        assert len(table.splitlines()) >= 2 + 8 + 1


def test_the_command_writes_the_tables_where_they_are(tmp_path):
    page = tmp_path / "page.md"
    text = report.RESULTS.read_text("utf-8")
    page.write_text(re.sub(r"(<!-- table \S+ -->\n).*?(<!-- end -->)", r"\1\2", text, flags=re.S), "utf-8")
    report.write(page)
    assert page.read_text("utf-8") == text


def test_spaces_and_requirements_pin_the_same_gradio():
    pinned = re.search(r"^sdk_version: (\S+)$", README, re.M)[1]
    assert f"gradio=={pinned}" in (ROOT / "requirements.txt").read_text("utf-8")
    assert gradio.__version__ == pinned


def test_the_site_and_the_linters_pin_the_same_ruff():
    pins = [
        re.search(r"^ruff==(\S+)", (ROOT / f"requirements-{name}.txt").read_text("utf-8"), re.M)[1]
        for name in ("dev", "docs")
    ]
    assert pins[0] == pins[1]


def test_both_commands_are_marked_for_the_ci():
    for tag in ("start", "test"):
        assert f"<!-- {tag} -->\n```bash\n" in README


def test_a_baseline_row_shows_only_what_was_scored():
    for name in report.MEASURES:
        for line in report.plain(name).splitlines():
            if line.startswith("| *baseline"):
                cells = [cell.strip() for cell in line.strip("|").split("|")][3:]
                scored = ["accuracy" in key and "threshold" not in key for key in report.MEASURES[name]]
                assert [cell != "–" for cell in cells] == scored


def test_the_page_of_the_python_interface_names_what_there_is():
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    found = re.findall(r"^::: (\S+)\n(?:    options:\n      members: \[(.*?)\])?", text, re.M)
    assert len(found) > 5
    for path, members in found:
        try:
            there = import_module(path)
        except ModuleNotFoundError:
            module, _, name = path.rpartition(".")
            there = getattr(import_module(module), name)
        for member in filter(None, members.split(", ")):
            assert getattr(there, member).__doc__, f"{path}.{member}"


def test_every_page_of_the_site_is_in_its_menu():
    menu = (ROOT / "mkdocs.yml").read_text("utf-8")
    named = set(re.findall(r": (\S+\.md)$", menu, re.M))
    assert named == {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}


def test_the_notebook_runs_and_keeps_no_outputs(capsys):
    """Its cells in plain Python, in their order, with three steps of training instead of those of its first cell."""
    book = json.loads((ROOT / "examples" / "tour.ipynb").read_text("utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    first, *cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    (only,) = ast.parse("".join(first["source"])).body
    assert isinstance(only, ast.Assign) and ast.unparse(only.targets[0]) == "STEPS"
    found = {"STEPS": 3}
    for cell in cells:
        exec(compile("".join(cell["source"]), f"tour.ipynb, cell {cell['id']}", "exec"), found)
    told = capsys.readouterr().out
    assert found["progress"].step == 3 and "sums are right" in told
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in (first, *cells))
    assert [way for way in ("uniform", "permuted", "argmax") if way in told] == ["uniform", "permuted", "argmax"]
