"""A folder of checkpoints and one of runs with a damaged file in many of them: each is that one's trouble and nobody else's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from s2s_demo.checkpoints import ROOT as SHIPPED
from tests.attack import trained
from tests.attack.client import Client
from tests.attack.process import Page
from tests.attack.report import Row, watched

DEEP = "[" * 100_000
TASKS = ("intent-en", "intent-ko", "addition", "pos-en")
X = {"intent-en": "set an alarm", "intent-ko": "지금 몇 시야", "addition": "1+1", "pos-en": "She runs ."}
Damage = Callable[[Path], Any]


def written(name: str, content: str | bytes) -> Damage:
    """The file says something else."""
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / name).write_bytes(data)


def cut(name: str) -> Damage:
    """Half of the file."""
    return lambda folder: (folder / name).write_bytes(
        (folder / name).read_bytes()[: (folder / name).stat().st_size // 2]
    )


def flipped(name: str) -> Damage:
    """One byte near the end is another."""

    def flip(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[-len(data) // 4] ^= 0x40
        (folder / name).write_bytes(bytes(data))

    return flip


def replaced(name: str, text: str, by: str) -> Damage:
    """A piece of the file is another."""
    return lambda folder: (folder / name).write_text((folder / name).read_text("utf-8").replace(text, by, 1), "utf-8")


def gone(name: str) -> Damage:
    """There is no such file."""
    return lambda folder: (folder / name).unlink(missing_ok=True)


def folder(name: str) -> Damage:
    """A folder stands in its place."""

    def make(where: Path) -> None:
        (where / name).unlink(missing_ok=True)
        (where / name).mkdir()

    return make


WEIGHTS = "model.safetensors"
CHECKPOINTS: dict[str, Damage] = {
    "scores {": written("scores.json", "{"),
    "scores []": written("scores.json", "[]"),
    "scores deep": written("scores.json", DEEP),
    "scores null": written("scores.json", "null"),
    "scores of another shape": written(
        "scores.json", '{"exact": "many", "test": [], "scores": 5, "length": {"a": []}}'
    ),
    "scores a folder": folder("scores.json"),
    "config deep": written("config.json", DEEP),
    "config null": written("config.json", "null"),
    "config []": written("config.json", "[]"),
    "config binary": written("config.json", os.urandom(500)),
    "config gone": gone("config.json"),
    "config of a huge model": replaced("config.json", '"dim":', '"dim": 1000000000, "was":'),
    "config of no engine": replaced("config.json", '"engine": "', '"engine": "../'),
    "history broken": written("history.jsonl", '{"step": 1\n[]\nnull\n{"step": "x", "loss": null}\n' + DEEP),
    "history gone": gone("history.jsonl"),
    "weights cut": cut(WEIGHTS),
    "weights flipped": flipped(WEIGHTS),
    "weights empty": written(WEIGHTS, b""),
    "weights of a huge header": written(WEIGHTS, b"\xff" * 8 + b"{}"),
    "weights gone": gone(WEIGHTS),
    "weights a pickle": written(WEIGHTS, b"cos\nsystem\n(S'true'\ntR."),
    "readme binary": written("README.md", os.urandom(500)),
}
SILENT = {"weights cut", "weights flipped", "weights empty", "weights gone", "config null", "config of no engine"}
"""Damage after which an answer would be a wrong one."""
RUNS: dict[str, Damage] = {
    **{f"status {text[:24]}": written("status.json", text) for text in ("[]", "{}", "null", "{broken", DEEP)},
    **{f"status {s}": written("status.json", f'{{"state": "{s}"}}') for s in ("waiting", "running", "done", "{x}")},
    "status of other kinds": written(
        "status.json", '{"state": "done", "step": "x", "seconds": [], "told": 5, "examples": 7}'
    ),
    "waiting for ever": written(
        "status.json", '{"state": "waiting", "queued": 1e999, "left": "x", "step": 0, "seconds": 0}'
    ),
    "worker of other kinds": written("worker.json", '{"pid": "x", "began": []}'),
    "worker is the first process": written("worker.json", '{"pid": 1, "began": 0}'),
    "history broken": written("history.jsonl", '{"step": 1\n[]\nnull\n' + DEEP),
    "pairs deep": written("pairs.json", DEEP),
    "pairs of three": written("pairs.json", '[["a", "b", "c"], 5]'),
    "plan []": written("plan.json", "[]"),
    "plan of no shape": written("plan.json", '{"shape": "N9N", "by_x": "x"}'),
    "recipe null": written("recipe.json", "null"),
    "recipe binary": written("recipe.json", os.urandom(300)),
    "weights flipped": flipped(f"model/{WEIGHTS}"),
    "config deep": written("model/config.json", DEEP),
    "status a folder": folder("status.json"),
}


def laid_out(root: Path) -> tuple[Path, dict[str, tuple[str, str]]]:
    """A folder of checkpoints with all the damage, and where each is: (task, engine)."""
    for task in sorted(SHIPPED.iterdir()):
        shutil.copytree(task, root / task.name) if task.name in TASKS else (root / task.name).symlink_to(task)
    places = [(task, one.name) for task in TASKS for one in sorted((root / task).iterdir()) if (one / WEIGHTS).exists()]
    found = dict(zip(CHECKPOINTS, places, strict=False))
    for kind, (task, engine) in found.items():
        CHECKPOINTS[kind](root / task / engine)
    return root, found


def runs_in(runs: Path, every: int = 1) -> tuple[str, dict[str, str]]:
    """A sound run and copies of it, one for every so many-th kind of damage."""
    sound = trained.run(runs)
    names = {kind: trained.copied(runs, sound) for kind in list(RUNS)[::every]}
    for kind, name in names.items():
        RUNS[kind](runs / name)
    return sound, names


def attack(page: Page, places: dict[str, tuple[str, str]], sound: str, names: dict[str, str]) -> Row:
    """Every damaged model is asked, every damaged run looked at; the sound ones must answer."""
    with watched("damaged files", page, most=1_000) as row:
        visitor = Client(page.url)
        row.expect("y" in visitor.program("own", sound, trained.X), "the sound run does not answer")
        owner = Client(page.url, query=f"lang=en&run={sound}")
        owner.nothing("follow_link")
        row.expect(".zip" in owner.nothing("prepare_download").text, "the sound run cannot be taken home")
        row.add(owner)
        for kind, (task, engine) in places.items():
            said = visitor.program("predict", task, engine, X[task], "")
            row.expect("y" in said or "error" in said, f"{kind}: neither an answer nor a sentence")
            row.expect(kind not in SILENT or "error" in said, f"{kind}: answered all the same")
        for kind, name in names.items():
            said = visitor.program("own", name, trained.X)
            row.expect("y" in said or "error" in said, f"run, {kind}: neither an answer nor a sentence")
            guest = Client(page.url, query=f"lang=en&run={name}")
            for call in [*guest.of_runs(), "end"]:
                guest.nothing(call)
            row.add(guest)
        row.expect("y" in visitor.program("own", sound, trained.X), "the sound run does not answer afterwards")
        for call in ("seen", "seen_1", "show_21", "about_24", "enter"):
            if call in visitor.functions:
                visitor.usual(call)
        row.add(visitor)
    return row
