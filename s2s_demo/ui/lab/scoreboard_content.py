"""The scoreboard in words: rows of a board as cells to read, numbers to sort by, and lines to copy or keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from s2s_demo import engines, tasks
from s2s_demo.figures.theme import look
from s2s_demo.lab.scoreboard.rows import Board, Key, Row, csv_cell, markdown_cell
from s2s_demo.lab.scoreboard.structure import LONG, SHORT
from s2s_demo.task import Approach
from s2s_demo.ui.words import machine_in, said, said_of

NONE = "–"
WORDS = ("find", "copy", "copied", "csv", "none", "count", "sort")
COLUMNS = ("score", "parameters", "minutes", "p50", "p95", "state", "peak", "back", "far")
HIGH = ("score", "back", "far")
CSV = (
    "task,engine,approach,measure,score,least,most,seeds,baseline,parameters,minutes,machine,p50_ms,p95_ms,answers_timed,"
    "state_bytes_64,state_bytes_256,state_is_own,peak_bytes,steps_back,steps_ahead,far,far_of"
)


@dataclass(frozen=True)
class TableCell:
    """text, and small print under it; value: what it is sorted by."""

    text: str = NONE
    small: str = ""
    value: float | str | None = None


def board_table(boards: Sequence[Board], lang: str, chosen: Key | None = None) -> dict[str, Any]:
    """What `BoardView` draws of one board, or of several with their tasks named."""
    several = len(boards) > 1
    names = {key: said(f"board.{key}", lang) for key in ("engine", *(["task"] if several else []), *COLUMNS)}
    if not several and boards:
        names["score"] = f"{names['score']}: {said_of('board.score', boards[0].measure, lang)}"
    rows = [row for board in boards for row in _rows(board, lang, several, chosen)]
    return {
        "columns": [
            {"key": key, "name": name, "text": key in ("engine", "task"), "high": key in HIGH}
            for key, name in names.items()
        ],
        "rows": rows,
        "csv": CSV,
        "markdown": [_line(list(names.values())), _line(["---" if k in ("engine", "task") else "---:" for k in names])],
        "foot": _foot(boards, lang),
        "file": "scoreboard" if several or not boards else f"scoreboard-{boards[0].task}",
        "words": {key: said(f"board.{key}", lang) for key in WORDS} | {"table": said("lab.board", lang)},
    }


def _rows(board: Board, lang: str, several: bool, chosen: Key | None) -> list[dict[str, Any]]:
    task = tasks.get(board.task)
    rows = []
    approaches = len({row.approach for row in board.rows}) > 1
    machines = {row.machine for row in board.rows}
    for row in board.rows:
        name = TableCell(
            title(row, lang), said(f"approach.{row.approach}", lang) if approaches else "", title(row, lang)
        )
        cells = [name, *_costs(board, row, lang, apart=len(machines) > 1)]
        rows.append(_row(task.title.say(lang), cells, several, csv_line(board, row)))
        rows[-1] |= {"look": "chosen" if row.key == chosen else "", "tone": look(row.engine)[0]}
    for name, share in board.baselines.items():
        text = said_of("card.baseline", name, lang)
        cells = [TableCell(text, "", text), TableCell(percent(share), "", share), *[TableCell()] * (len(COLUMNS) - 1)]
        line = ",".join(map(csv_cell, [board.task, name, "", board.measure, f"{share:.6f}"])) + "," * 18
        rows.append(_row(task.title.say(lang), cells, several, line) | {"look": "base", "tone": ""})
    return rows


def _foot(boards: Sequence[Board], lang: str) -> str:
    """The machine that all were trained on; nothing where they differ, as each row then names its own."""
    machines = {row.machine for board in boards for row in board.rows}
    return said("board.trained", lang, machine=machine_in(machines.pop(), lang)) if len(machines) == 1 else ""


def _row(task: str, cells: list[TableCell], several: bool, csv: str) -> dict[str, Any]:
    name, *rest = cells
    named = [name, *([TableCell(task, "", task)] if several else []), *rest]
    texts = [cell.text + (f" ({cell.small})" if cell.small else "") for cell in named]
    return {
        "cells": [{"t": cell.text, "s": cell.small, "v": cell.value} for cell in named],
        "find": f"{name.text} {name.small}".lower(),
        "csv": csv,
        "markdown": _line(texts),
    }


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(map(markdown_cell, cells))} |"


def title(row: Row, lang: str, *, approach: bool = False) -> str:
    """The engine's name; approach: with that in brackets."""
    name = engines.get(row.engine).title.say(lang)
    return f"{name} ({said(f'approach.{Approach(row.approach).value}', lang)})" if approach else name


def _costs(board: Board, row: Row, lang: str, *, apart: bool) -> list[TableCell]:
    """apart: rows were trained on different machines, so each names its own."""
    return [
        _score(board, row, lang),
        TableCell(f"{row.parameters:,}", size(row.weight_bytes), row.parameters),
        TableCell(f"{row.minutes:.1f}", machine_in(row.machine, lang) if apart else "", row.minutes),
        *_times(row),
        _state(row, lang),
        TableCell()
        if not row.timing or row.timing.peak is None
        else TableCell(size(row.timing.peak), "", row.timing.peak),
        _reach(row, lang),
        _distance(row, lang),
    ]


def _score(board: Board, row: Row, lang: str) -> TableCell:
    if row.score is None:
        return TableCell(NONE, said("card.none", lang))
    facts = {"least": percent(row.score.least), "most": percent(row.score.most), "count": row.score.count}
    seeds = "one" if row.score.count == 1 else "folds" if board.folds else "seeds"
    spread = said(f"board.score.{seeds}", lang, **facts)
    if facts["least"] != facts["most"]:
        spread = said("board.score.range", lang, **facts) + spread
    return TableCell(percent(row.score.mean), spread, row.score.mean)


def _times(row: Row) -> list[TableCell]:
    if row.timing is None:
        return [TableCell(), TableCell()]
    p50, p95 = row.timing.p50, row.timing.p95
    return [
        TableCell(milliseconds(p50), f"n = {row.timing.n}", p50),
        TableCell() if p95 is None else TableCell(milliseconds(p95), "", p95),
    ]


def _state(row: Row, lang: str) -> TableCell:
    at_64, at_256 = row.structure.state_bytes
    other = "" if row.structure.own_state else " · " + said("board.state.other", lang)
    if not row.structure.grows:
        return TableCell(size(at_256), said("board.state.flat", lang) + other, at_256)
    each = said("board.state.grows", lang, bytes=size((at_256 - at_64) / (LONG - SHORT)))
    return TableCell(f"{size(at_64)} → {size(at_256)}", each + other, at_256)


def _reach(row: Row, lang: str) -> TableCell:
    back, ahead = (f"≥ {n}" if n >= LONG else str(n) for n in (row.structure.back, row.structure.ahead))
    return TableCell(
        said("board.back.steps", lang, n=back), said("board.ahead.steps", lang, n=ahead), float(row.structure.back)
    )


def _distance(row: Row, lang: str) -> TableCell:
    chains = row.lengths.get("chain")
    if chains:
        steps = max(chains)
        text = said("board.far.chain", lang, steps=steps)
        random = row.lengths.get("random", {}).get(steps)
        if random:
            text += " · " + said("board.far.random", lang, steps=steps, share=percent(random.mean))
        return TableCell(percent(chains[steps].mean), text, steps + chains[steps].mean)
    parts = [
        said(f"board.far.{problem}", lang, steps=steps)
        for problem, steps in sorted(row.solved.items())
        if steps and problem in ("adding", "recall")
    ]
    if parts:
        return TableCell(parts[0], " · ".join(parts[1:]), float(row.solved.get("adding", 0)))
    return TableCell(said("board.far.none", lang), "", 0.0) if row.solved else TableCell()


def csv_line(board: Board, row: Row) -> str:
    """The row's numbers in full, with a point for the decimals; what was not taken is empty."""
    score, timing, structure = row.score, row.timing, row.structure
    far, of = _distance_of(row)
    cells: list[object] = [row.task, row.engine, row.approach, board.measure]
    cells += [score.mean, score.least, score.most] if score else [None] * 3
    cells += [row.seeds, board.baseline, row.parameters, row.minutes, row.machine]
    cells += [timing.p50 * 1000, timing.p95 and timing.p95 * 1000, timing.n] if timing else [None] * 3
    cells += [
        *structure.state_bytes,
        structure.own_state,
        timing.peak if timing else None,
        structure.back,
        structure.ahead,
        far,
        of,
    ]
    return ",".join(csv_cell("" if c is None else f"{c:.6g}" if isinstance(c, float) else str(c)) for c in cells)


def _distance_of(row: Row) -> tuple[object, str]:
    chains = row.lengths.get("chain")
    if chains:
        return chains[max(chains)].mean, f"exact on carry chains of {max(chains)} digits"
    if "adding" in row.solved:
        return row.solved["adding"], "longest adding problem solved, steps"
    return None, ""


def percent(share: float) -> str:
    """ "99.93%": two digits close to 100, where engines differ little."""
    return f"{100 * share:.2f}%" if 0.985 < share < 1 else f"{100 * share:.1f}%"


def milliseconds(seconds: float) -> str:
    """ "0.35 ms", "12.4 ms"."""
    ms = 1000 * seconds
    return f"{ms:.2f} ms" if ms < 10 else f"{ms:.1f} ms" if ms < 100 else f"{ms:,.0f} ms"


def size(count: float) -> str:
    """Bytes in units of 1,000: "64 B", "9.8 kB", "2.7 MB"."""
    for unit, factor in (("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            value = count / factor
            return f"{value:.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"
    return f"{count:.0f} B"
