"""The table of held-out pairs and their answers: found by what is typed, sorted by its heads, copied or kept as CSV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from s2s_demo.custom import error_analysis
from s2s_demo.custom.error_analysis import HEAD, Case, csv_line
from s2s_demo.custom.jobs import runs
from s2s_demo.ui.custom import run_model
from s2s_demo.ui.custom import text as own_text
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.board_view import BoardView
from s2s_demo.ui.words import said

LONGEST, MOST_ERRORS, MOST_CONFUSIONS = 200, 500, 50
Choice = tuple[str, str]
_CSS = """
td.text, tbody th { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 7rem; font-weight: 400; background: none; }
thead th:first-child, tbody th { position: static; max-width: none; }
@media (max-width: 600px) { td.text, tbody th { min-width: 4rem; } }
.wide { max-height: 32rem; overflow: auto; }
thead th { position: sticky !important; top: 0; z-index: 1; }
tr.wrong td:last-child { color: color-mix(in srgb, #D32F2F 65%, var(--body-text-color)); font-weight: 700; }
"""


class ErrorsView(BoardView):
    """What `table` makes."""

    css_template = BoardView.css_template + _CSS


@user_errors_only
def cases(run: str) -> tuple[Case, ...]:
    """The first 500 held-out pairs with the answers of a run's model; asked once for each model that is kept.

    Raises:
        UserError: there is no model yet.
    """
    return _cases(run, (runs.model_folder(run) / "config.json").stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _cases(run: str, changed: int) -> tuple[Case, ...]:
    held = list(islice(run_model.task_of(run).pairs("test", 0), MOST_ERRORS))
    return tuple(error_analysis.make_cases(held, run_model.predictions(run, [x for x, _ in held], False)))


def forget_cases() -> None:
    """Drops the answers that are remembered, as a run was deleted."""
    _cases.cache_clear()


@user_errors_only
def label_choices(found: Sequence[Case], lang: str) -> tuple[list[Choice], list[Choice]]:
    """(name, value) of the true labels, and of what was taken for what, the most frequent first; the value of a confusion is JSON."""
    true = [
        (said("own.label.one", lang, label=own_text.short(y), wrong=wrong, n=n), y)
        for y, wrong, n in error_analysis.missed_labels(found)
    ]
    taken = [
        (said("own.taken.one", lang, y=own_text.short(y), answer=own_text.short(a), n=n), json.dumps([y, a]))
        for (y, a), n in error_analysis.confusions(found)[:MOST_CONFUSIONS]
    ]
    every = (said("own.any", lang), "")
    return [every, *true], [every, *taken]


@user_errors_only
def filter_cases(found: Sequence[Case], wrong: bool, length: str, sure: str, label: str, taken: str) -> list[Case]:
    """Those that are asked for; taken: a value of `labels`, or ""."""
    pair = tuple(map(str, json.loads(taken))) if taken else None
    return error_analysis.filter_cases(found, error_analysis.CaseFilter(wrong, length, sure, label, pair))  # type: ignore[arg-type]


@user_errors_only
def table_data(cases: Sequence[Case], of: int, lang: str) -> dict[str, Any]:
    """What `ErrorsView` draws of these cases, in their order. of: how many there are in all."""
    names = {"x": "x", "y": "y"} | {key: said(f"own.col.{key}", lang) for key in HEAD[2:]}
    words = {key: said(f"own.rows.{key}", lang) for key in ("find", "copy", "none", "table")}
    words |= {key: said(f"board.{key}", lang) for key in ("copied", "csv", "sort")}
    return {
        "columns": [
            {"key": k, "name": n, "text": k in ("x", "y", "answer"), "high": k == "sure"} for k, n in names.items()
        ],
        "rows": [_row(case) for case in cases],
        "csv": ",".join(HEAD),
        "markdown": [",".join(HEAD)],
        "foot": said("own.rows.foot", lang),
        "file": "held-out-pairs",
        "words": words | {"count": said("own.rows.count", lang, n="{n}", of=of)},
    }


def _row(case: Case) -> dict[str, Any]:
    line = csv_line(case)
    return {
        "cells": [
            *({"t": own_text.cell(text), "v": text.casefold()[:LONGEST]} for text in (case.x, case.y, case.answer)),
            {"t": f"{case.confidence:.0%}", "v": case.confidence},
            {"t": "✓" if case.right else "✗", "v": int(case.right)},
        ],
        "look": "" if case.right else "wrong",
        "find": f"{case.x}\n{case.y}".lower(),
        "csv": line,
        "markdown": line,  # what is copied are the same lines
    }
