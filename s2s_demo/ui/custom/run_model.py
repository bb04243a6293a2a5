"""What is done with a trained run: third step of the tab, as plain functions; no component is named here."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from s2s_demo import checkpoints
from s2s_demo.codecs import UNK, Numbers, Subwords, Symbols
from s2s_demo.codecs.numbers import looks_like_rows
from s2s_demo.custom.export import publish
from s2s_demo.custom.export.bundle import make_bundle
from s2s_demo.custom.export.card import make_card
from s2s_demo.custom.jobs import runs
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.reading import media
from s2s_demo.custom.training_setup import LONGEST, task_for
from s2s_demo.explain import predict_parsed
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, UserError
from s2s_demo.task import Pair, Task
from s2s_demo.ui.custom import reading
from s2s_demo.ui.custom.text import escape_markdown, run_lengths
from s2s_demo.ui.input_kind import few_ticks
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import mistake, said

MOST_TESTED, MOST_NAMED, MOST_TICKS = 2_000, 24, 12
MOST_TYPED, MOST_NUMBERS, MOST_STEPS = 8 * LONGEST, 1_000_000, 4 * LONGEST
"""Of what is asked of a run's model: characters of text, of rows of numbers, and steps. It was trained on `LONGEST` steps at most."""


@lru_cache(maxsize=8)
def _task_of(run: str, changed: int) -> Task:
    folder = files.root() / run
    return task_for(files.pairs_of(folder), files.plan_of(folder), files.suggestion_of(folder)[0].recipe)


_COPIES: OrderedDict[str, set[str]] = OrderedDict()
MOST_COPIED = 1_000


def remember_copy(run: str, path: str) -> None:
    """Notes that a copy of the run's model lies there for download, so that it can be deleted with the run."""
    _COPIES.setdefault(run, set()).add(path)
    while len(_COPIES) > MOST_COPIED:
        _COPIES.popitem(last=False)


def forget_run(run: str) -> None:
    """Deletes copies of the run's model that were made for download, and drops the pairs of runs that are remembered."""
    _task_of.cache_clear()
    for path in _COPIES.pop(run, ()):
        with suppress(OSError):
            Path(path).unlink(missing_ok=True)


@user_errors_only
def task_of(run: str) -> Task:
    """The task of a run.

    Raises:
        UserError: there is no such run.
    """
    runs.status(run)
    return _task_of(run, (files.root() / run / "recipe.json").stat().st_mtime_ns)


@user_errors_only
def answer(run: str, text: str) -> Prediction:
    """The answer of a run's model, with its trace.

    Raises:
        UserError: there is no model yet, or the text has symbols it does not know.
    """
    return predictions(run, [parse_input(task_of(run), text)], True)[0]


def parse_input(task: Task, text: str) -> str:
    """x as a run's task reads it, if it is no longer than a model may be asked.

    Raises:
        UserError: it is too long.
    """
    codec = task.get_x_codec()
    most = MOST_NUMBERS if isinstance(codec, Numbers) else MOST_TYPED
    if len(text) > most:
        raise mistake("own.typed.long", n=len(text), most=most)
    x = task.read(text)
    if (steps := len(codec.tokens(x))) > MOST_STEPS:
        raise mistake("own.typed.steps", n=steps, most=MOST_STEPS)
    return x


@user_errors_only
def headline(answer: Prediction) -> str | None:
    """The answer in big type where x is rows of numbers, equal labels in a row as one ("rest ×12 · lift ×3"); None for other x."""
    if not looks_like_rows(str(answer.x)):
        return None
    return run_lengths(answer.y)


def with_sparse_ticks(grid: Grid | None, answer: Prediction) -> Grid | None:
    """The grid with some of its input steps named, where they are many rows of numbers and their names would overlap."""
    if grid is None or len(grid.columns) <= MOST_TICKS or headline(answer) is None:
        return grid
    return replace(grid, columns=few_ticks(grid.columns))


def predictions(run: str, xs: list[str], look: bool) -> list[Prediction]:
    """The answers of a run's model. look: with their traces."""
    model = runs.model_of(run)
    return predict_parsed(model, xs, look=look)


@user_errors_only
def input_hint(run: str, lang: str) -> tuple[str, str, bool]:
    """(how x is written for a run's model, an example of it from the held-out pairs, whether it also takes sounds or clips); nothing
    where x is plain text.

    Raises:
        UserError: there is no such run.
    """
    task = task_of(run)
    codec = task.get_x_codec()
    if not isinstance(codec, Numbers):
        return "", "", False
    x, _ = next(task.pairs("test", 0))
    if codec.made:
        return said("own.made", lang, n=codec.size), x, True
    columns = escape_markdown(", ".join(codec.columns[:MOST_NAMED]) + (", …" if codec.size > MOST_NAMED else ""))
    return said("own.numbers.how", lang, n=codec.size, columns=columns), x, False


@user_errors_only
def answer_file(run: str, path: str) -> Prediction:
    """The answer of a run's model to a sound or a clip, with its trace.

    Raises:
        UserError: there is no model yet, it takes no files, or this one cannot be read.
    """
    codec = task_of(run).get_x_codec()
    if not isinstance(codec, Numbers) or not codec.made:
        raise mistake("own.no_file")
    return predictions(run, [media.rows_of_file(path, codec.made)], True)[0]


@user_errors_only
def score_file(run: str, path: str, lang: str) -> str:
    """The score of a run's model on the pairs of a file, in one sentence.

    Raises:
        UserError: the file cannot be read, or there is no model yet.
    """
    task, model = task_of(run), runs.model_of(run)
    some = _to_test(path, files.plan_of(files.root() / run), model)[:MOST_TESTED]
    right, done = 0.0, 0
    xs, ys = [], []
    for x, y in _as_trained(run, some):
        try:
            x = parse_input(task, x)
            model.x_codec.encode(x)
        except UserError:
            continue
        xs.append(x)
        ys.append(y)
    if xs:
        answers = [one.y for one in predictions(run, xs, False)]
        right, done = task.score(xs, answers, ys)[task.measure], len(xs)
    told = said("own.tested", lang, share=right, n=done, refused=len(some) - len(xs))
    seen = len(set(zip(xs, ys, strict=True)) & set(task.pairs("train", 0)))
    return told + (" " + said("own.tested.seen", lang, n=seen) if seen else "")


@user_errors_only
def unknown_symbols_note(task: Task, answer: Prediction, lang: str) -> str:
    """Which steps of x the model never met in training, as text that is safe in Markdown; "" if it met all, or reads spellings."""
    codec = task.get_x_codec()
    if not isinstance(codec, Symbols | Subwords):
        return ""
    pieces, symbols = codec.tokens(answer.x), codec.encode(answer.x).tolist()
    new = list(dict.fromkeys(piece for piece, symbol in zip(pieces, symbols, strict=True) if symbol == UNK))
    return said("own.unmet", lang, n=len(new), pieces=escape_markdown(" ".join(new[:MOST_TICKS]))) if new else ""


def _as_trained(run: str, some: list[Pair]) -> list[Pair]:
    """Pairs of a test file without what the training pairs are free of: blanks at the ends, and pairs with an empty side."""
    kept = files.pairs_of(files.root() / run)
    if any(text != text.strip() or not text for pair in kept for text in pair):
        return some
    return [(x.strip(), y.strip()) for x, y in some if x.strip() and y.strip()]


def _to_test(path: str, plan: Plan, model: Seq2Seq) -> list[Pair]:
    """The pairs of a test file; in a table of steps the columns are found by the names that the model knows."""
    mine = reading.read_input("", path)
    if not isinstance(model.x_codec, Numbers) or mine.series is None:
        return list(mine.pairs)
    steps = mine.series
    if set(model.x_codec.columns) <= set(mine.table.header):
        steps = replace(steps, numbers=tuple(mine.table.header.index(name) for name in model.x_codec.columns))
    return list(reading.from_series(mine.table, steps, plan.shape).pairs)


@user_errors_only
def stale_note(run: str, lang: str) -> str:
    """Of which step the weights are that answer, and how far training is, where that is further; "" where these are the newest.

    To be asked before the weights are read: newer ones may be kept in between.

    Raises:
        UserError: there is no such run.
    """
    now, kept = runs.status(run), saved_step(run)
    if kept is None or now.step <= kept:
        return ""
    return said("own.older.over" if now.over else "own.older", lang, kept=kept, step=now.step)


def saved_step(run: str) -> int | None:
    """The step whose weights are kept; None where there are none, or where their file is damaged, which whoever reads them says."""
    with suppress(UserError, OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return int(checkpoints.facts_at_least(runs.model_folder(run))["steps"])
    return None


@user_errors_only
def zip_model(run: str) -> str:
    """The path of the zip of a run's model; it lies in the run's folder and goes with it.

    Raises:
        UserError: there is no model yet, or the disk is full.
    """
    made, path = make_bundle(*_described(run)), runs.model_folder(run).parent / "model.zip"
    try:
        path.write_bytes(made)
    except OSError as e:
        raise files.disk_error(e) from e
    return str(path)


@user_errors_only
def push_model(run: str, repo: str, token: str) -> str:
    """The address to which a run's model was uploaded, with the visitor's own token, which is kept nowhere.

    Raises:
        UserError: the name, the token or the connection is not good, or there is no model yet.
    """
    return publish.push(make_bundle(*_described(run)), repo, token)


def _described(run: str) -> tuple[Seq2Seq, dict[str, Any], str]:
    model, facts = runs.model_of(run), runs.facts_of(run)
    return model, facts, make_card(model, facts)
