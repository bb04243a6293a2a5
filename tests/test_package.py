"""What `pip install .` would bring: a wheel with all that the page needs, two commands, and no name that gets in anybody's way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

import s2s_demo
from s2s_demo import checkpoints, places, tasks
from s2s_demo.custom.export import bundle
from s2s_demo.places import DISTRIBUTION
from s2s_demo.video import encoder

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("s2s_demo", "train")
LEFT = re.compile(r"(^|/)__pycache__/|\.py[ci]$|^train/[^/]*\.md$")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel, built without a network from a copy of the sources, unpacked."""
    place = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        shutil.copytree(ROOT / name, place / "copy" / name)
    for name in ("app.py", "LICENSE", "README.md", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, place / "copy" / name)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        "made",
        "./copy",
    ]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = (place / "made").glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def needed():
    """Every file of the sources that an installed page or command may ask for, by its path."""
    found = [
        path.relative_to(ROOT).as_posix() for name in SOURCES for path in (ROOT / name).rglob("*") if path.is_file()
    ]
    return {path for path in found if not LEFT.search(path)}


def run(code, site, cwd, *more, **variables):
    """What a program prints where the wheel is installed and this repository is out of reach."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("S2S_", "GRADIO_"))}
    env |= {"PYTHONPATH": os.pathsep.join(map(str, (*more, site))), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    done = subprocess.run([sys.executable, *code], cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_the_wheel_holds_whatever_the_page_and_the_commands_read(unpacked):
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert needed() - there == set() and {name.rpartition(".")[2] for name in needed()} >= {"py", "css", "js", "jsonl"}
    assert {path.split("/")[0] for path in there} == {*SOURCES, f"s2s_demo-{s2s_demo.__version__}.dist-info"}
    assert not any(path.endswith(".pyi") or "__pycache__" in path for path in there)


def test_the_wheel_offers_two_commands_that_are_there(unpacked):
    text = (unpacked / f"s2s_demo-{s2s_demo.__version__}.dist-info" / "entry_points.txt").read_text("utf-8")
    commands = dict(line.split(" = ") for line in text.splitlines() if " = " in line)
    assert commands == {"seq2seq-lab": "s2s_demo.__main__:main", "seq2seq-train": "train.__main__:main"}


COMMANDS = """
import contextlib, io, json, sys
from train.__main__ import main
for words in json.loads(sys.argv[1]):
    said = [io.StringIO(), io.StringIO()]
    with contextlib.redirect_stdout(said[0]), contextlib.redirect_stderr(said[1]):
        code = main(words)
    print(json.dumps([code, *(one.getvalue().strip() for one in said)]))
"""
ASK = ["predict", "addition", "--engine", "rnn", "12 + 34"]


def commands(site, cwd, *lines, **variables):
    """(code, output, errors) of each command line; one process for all, since torch is slow to start."""
    code, out, err = run(["-c", COMMANDS, json.dumps(lines)], site, cwd, **variables)
    assert (code, err) == (0, "")
    return [tuple(json.loads(line)) for line in out.splitlines()]


def test_installed_elsewhere_it_answers_from_the_folder_that_is_named(unpacked, tmp_path):
    lines = [ASK, ["report"], ["space", "someone/lab"]]
    answered, *others = commands(unpacked, tmp_path, *lines, S2S_CHECKPOINTS=str(ROOT / "checkpoints"))
    assert answered == (0, "12+34\t46", "")
    for code, _, told in others:
        assert code == 1 and "clone" in told and "\n" not in told, "what only a clone has is told"
    assert run(["-m", "s2s_demo", "--version"], unpacked, tmp_path)[1] == f"Seq2Seq Lab {s2s_demo.__version__}"
    assert run(["-m", "train", "--help"], unpacked, tmp_path)[0] == 0


def test_installed_without_models_it_says_where_they_may_come_from(unpacked, tmp_path):
    ((code, out, told),) = commands(unpacked, tmp_path, ASK, S2S_CACHE=str(tmp_path / "cache"))
    assert (code, out) == (1, "")
    assert told == checkpoints.NONE.format(command="python -m train addition --engine rnn").en and "\n" not in told


def test_installed_from_a_repository_its_models_are_used(unpacked, tmp_path):
    site = shutil.copytree(unpacked, tmp_path / "site")
    where = ["-c", "from s2s_demo.places import checkpoints; print(checkpoints())"]
    cache = {"S2S_CACHE": str(tmp_path / "cache")}
    assert run(where, site, tmp_path, **cache)[1] == str(tmp_path / "cache" / "checkpoints")
    (note,) = site.glob("*.dist-info")
    (note / "direct_url.json").write_text(f'{{"url": "{ROOT.as_uri()}", "dir_info": {{}}}}', "utf-8")
    assert run(where, site, tmp_path, **cache)[1] == str(ROOT / "checkpoints")
    assert run(where, site, tmp_path, S2S_CHECKPOINTS="named")[1] == "named"


def test_one_place_for_all_models():
    assert checkpoints.ROOT == encoder.ROOT == places.checkpoints()


@pytest.mark.parametrize(
    "noted", ["", "{", "[]", '{"url": 7}', '{"url": "https://x.invalid/a.zip"}', '{"url": "file:///no/such"}']
)
def test_a_note_of_pip_that_leads_nowhere_is_no_fault(noted, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "CODE", tmp_path / "site" / "s2s_demo")
    monkeypatch.setattr(places, "distribution", lambda name: type("D", (), {"read_text": lambda self, file: noted})())
    monkeypatch.setenv("S2S_CACHE", str(tmp_path))
    monkeypatch.delenv("S2S_CHECKPOINTS", raising=False)
    assert places.checkpoints() == tmp_path / "checkpoints"


def test_the_plain_name_train_yields_to_everybody_else(unpacked, tmp_path):
    """A namespace package: modules of a user's own folder `train` are found beside ours, a module or a package of that name first."""
    (tmp_path / "apart/train").mkdir(parents=True)
    (tmp_path / "apart/train/mine.py").write_text("HERE = 1\n")
    code, out, err = run(
        ["-c", "import train.mine, importlib.util; print(importlib.util.find_spec('train.card').origin)"],
        unpacked,
        tmp_path,
        tmp_path / "apart",
    )
    assert (code, out) == (0, str(unpacked / "train" / "card.py")), err
    (tmp_path / "site").mkdir()
    (tmp_path / "site/train.py").write_text("print('the script of a user')\n")
    assert run(["-c", "import train"], unpacked, tmp_path, unpacked, tmp_path / "site")[1] == "the script of a user"


def test_a_download_carries_the_licence_where_this_is_installed(monkeypatch, tmp_path):
    monkeypatch.setattr(bundle, "PACKAGE", tmp_path / "site" / "s2s_demo")
    monkeypatch.setattr(
        bundle, "distribution", lambda name: type("D", (), {"read_text": lambda self, file: f"{name} {file}"})()
    )
    assert bundle.sources()["s2s_demo/LICENSE"] == f"{DISTRIBUTION} licenses/LICENSE".encode()


def test_the_start_settles_threads_and_telemetry_before_anything_reads_them(tmp_path):
    code = (
        "import sys, os, s2s_demo.__main__; print(sorted({'torch', 'gradio', 'numpy', 'huggingface_hub'} & set(sys.modules)),"
        " os.environ['GRADIO_ANALYTICS_ENABLED'], os.environ['HF_HUB_DISABLE_TELEMETRY'], int(os.environ['OMP_NUM_THREADS']) > 0)"
    )
    assert run(["-c", code], ROOT, tmp_path)[1] == "[] False 1 True"


def test_the_lock_is_that_of_the_requirements():
    """`make lock` (pip install uv) makes it anew."""
    wanted = set()
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        name, specifier = re.fullmatch(r"([\w.-]+)([^;#\s]*).*", line).groups()
        wanted.add((name.replace("_", "-").lower(), frozenset(specifier.split(","))))
    text = (ROOT / "uv.lock").read_text("utf-8")
    (ours,) = re.findall(r'^name = "s2s-demo"$.*?^requires-dist = \[$(.*?)^\]', text, re.MULTILINE | re.DOTALL)
    rows = [line for line in ours.splitlines() if line and "extra ==" not in line]
    locked = [re.search(r'name = "([^"]+)".*specifier = "([^"]+)"', row).groups() for row in rows]
    assert {(name, frozenset(specifier.split(","))) for name, specifier in locked} == wanted
    assert set(re.findall(r'registry = "([^"]*)"', text)) == {"https://pypi.org/simple"}


def test_the_citation_names_a_paper_for_every_real_set():
    """And every file of forms for issues and for citation can be read."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited["cff-version"] == "1.2.0" and all(cited[key] for key in ("message", "title", "authors", "license"))
    papers = cited["references"]
    assert all(paper["authors"] and paper["year"] and paper["title"] and paper["type"] for paper in papers)
    for name, task in tasks.TASKS.items():
        if task.data != "synthetic" and not task.data.startswith("own"):
            assert any(re.search(rf"\b{name}\b", paper["notes"]) for paper in papers), name
    for form in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"):
        fields = yaml.safe_load(form.read_text("utf-8"))
        ids = [field["id"] for field in fields["body"]]
        assert fields["name"] and fields["description"] and len(ids) == len(set(ids)) > 2


def test_one_version_is_told_everywhere():
    version = re.escape(s2s_demo.__version__)
    assert re.search(rf"^## {version} ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert re.search(rf"^version: {version}$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
