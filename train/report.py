"""The result tables of the documentation, made from the scores that `evaluate --keep` left beside the checkpoints.

`python -m train report` writes them between the marks in `RESULTS`; a test holds the two equal.
"""

from __future__ import annotations

import re
from pathlib import Path
from statistics import mean
from typing import Any

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.lab.scoreboard.rows import facts_by_engine
from s2s_demo.prediction import UserError
from train import budget

MEASURES = {
    "pos-en": ["accuracy", "exact"],
    "pos-ko": ["accuracy", "exact"],
    "intent-en": ["accuracy", "oos_recall", "oos_precision", "accuracy_at_threshold"],
    "intent-ko": ["accuracy_test", "macro_f1_test", "accuracy_test_new"],
    "swing": ["accuracy", "edit", "f1_50", "pce"],
    "exercises": ["accuracy", "edit", "f1_50"],
}
RESULTS = Path(__file__).resolve().parent.parent / "docs" / "results.md"
Rows = dict[tuple[str, str], list[dict[str, Any]]]


def write(page: Path = RESULTS) -> None:
    """Puts today's tables between the marks.

    Raises:
        UserError: there is no such page, as where this was installed without its repository.
    """
    if not page.exists():
        raise UserError(
            "결과 표는 저장소의 docs/results.md에 씁니다. 저장소를 복제한 폴더에서 실행하세요.",
            "The result tables stand in docs/results.md of the repository: run this in a clone of it.",
        )
    page.write_text(filled(page.read_text("utf-8")), "utf-8")


def filled(text: str) -> str:
    """The text with the tables between its marks as the scores say."""
    tables = {
        "sums": sums(),
        "addition": addition(),
        "arithmetic": arithmetic(),
        **{name: plain(name) for name in MEASURES},
    }
    for name, table in tables.items():
        block = f"<!-- table {name} -->\n{table}\n<!-- end -->"
        text = re.sub(rf"<!-- table {name} -->.*?<!-- end -->", lambda _, b=block: b, text, flags=re.S)
    return text


def sums() -> str:
    """Exact answers, one row for each engine and approach, the mean over seeds and the worst seed in brackets: at one equal budget of
    steps (`python -m train budget sums`), and as the checkpoints are, trained until dev no longer rose."""
    runs = budget.read_rows(checkpoints.ROOT / "sums" / budget.FILE)
    heads = ["engine", "approach", "parameters", f"exact at {budget.budget_of('sums'):,} steps", "CPU seconds"]
    lines = [_line([*heads, "exact, converged", "steps", "seeds"]), _line(["---", "---", *["---:"] * 6])]
    found = _rows("sums")
    for (engine, approach), rows in found.items():
        equal = [run for run in runs if (run["engine"], run["approach"]) == (engine, approach)]
        seconds = f"{mean(run['seconds'] for run in equal):.0f}" if equal else "–"
        cells = [_cost(rows)[0], _spread([run["exact"] for run in equal]), seconds]
        cells += [_spread([row["scores"].get("exact") for row in rows]), f"{rows[0]['steps']:,}", str(len(rows))]
        lines.append(_line([engines.get(engine).title.en, approach, *cells]))
    base = _spread([next(iter(found.values()))[0]["scores"].get("baseline")])
    return "\n".join([*lines, _line(["*baseline: no carries*", "", "0", base, "", base, "", ""])])


def addition() -> str:
    """Exact answers by length, the mean over seeds and the worst seed in brackets where they differ."""
    from s2s_demo.tasks.addition import LENGTHS  # noqa: PLC0415  a mistake in that file is this command's alone

    kinds = ("random", "chain")
    heads = [f"{n:,}" if kind == "random" else f"{n:,} chain" for kind in kinds for n in LENGTHS]
    lines = [_line(["engine", "parameters", "minutes", *heads]), _line(["---", *["---:"] * (2 + len(heads))])]
    found = _rows("addition")
    for (engine, _), rows in found.items():
        cells = [_spread([row["scores"].get(f"exact_{kind}_{n}") for row in rows]) for kind in kinds for n in LENGTHS]
        lines.append(_line([engines.get(engine).title.en, *_cost(rows), *cells]))
    first = next(iter(found.values()))[0]["scores"]
    base = [_spread([first.get(f"baseline_{kind}_{n}")]) for kind in kinds for n in LENGTHS]
    return "\n".join([*lines, _line(["*baseline: no carries*", "0", "0", *base])])


def arithmetic() -> str:
    """Exact answers by sign, one row for each engine and approach."""
    heads = ["all", "+", "−", "×", "3 × 3 digits"]
    keys = ["exact", "exact_add", "exact_subtract", "exact_multiply", "exact_3x3"]
    lines = [_line(["engine", "approach", "parameters", "minutes", *heads]), _line(["---", "---", *["---:"] * 7])]
    found = _rows("arithmetic")
    for (engine, approach), rows in found.items():
        cells = [_spread([row["scores"].get(key) for row in rows]) for key in keys]
        lines.append(_line([engines.get(engine).title.en, approach, *_cost(rows), *cells]))
    base = _spread([next(iter(found.values()))[0]["scores"].get("baseline")])
    return "\n".join([*lines, _line(["*baseline: no carries*", "", "0", "0", base, "", "", "", ""])])


def plain(task: str) -> str:
    """The measures of a task as they are named in scores.json, one row for each engine and each learned baseline."""
    keys, found = MEASURES[task], _rows(task)
    lines = [_line(["engine", "parameters", "minutes", *keys]), _line(["---", *["---:"] * (2 + len(keys))])]
    for (engine, _), rows in found.items():
        cells = [_spread([row["scores"].get(key) for row in rows]) for key in keys]
        lines.append(_line([engines.get(engine).title.en, *_cost(rows), *cells]))
    scores = next(iter(found.values()))[0]["scores"] if found else {}
    for name in tasks.get(task).baselines:
        taken = [scores.get(key.replace("accuracy", f"baseline_{name}")) if "accuracy" in key else None for key in keys]
        cells = [_spread([share]) for share in taken]
        lines.append(_line([f"*baseline: {name}*", "", "", *cells]))
    return "\n".join(lines)


def _rows(task: str) -> Rows:
    scored = {key: [facts for facts in seeds if facts["scores"]] for key, seeds in facts_by_engine(task).items()}
    return {key: seeds for key, seeds in scored.items() if seeds}


def _cost(rows: list[dict[str, Any]]) -> list[str]:
    return [f"{rows[0]['parameters']:,}", f"{mean(row['minutes'] for row in rows):.1f}"]


def _spread(shares: list[float | None]) -> str:
    known = [share for share in shares if share is not None]
    if not known:
        return "–"
    worst = "" if max(known) - min(known) < 5e-5 else f" ({100 * min(known):.1f})"
    digits = 2 if 0.985 < mean(known) < 1 else 1
    return f"{100 * mean(known):.{digits}f}{worst}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
