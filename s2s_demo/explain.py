"""Answers, and a look inside while they are given: texts in, `Prediction`s out. The lenses themselves are in `lenses`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from s2s_demo import tasks
from s2s_demo.codecs import EOS
from s2s_demo.decoding import Decoded, encode_all, greedy_decode, masked_probs, most_probable
from s2s_demo.lenses import LENSES, compute_grids
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Prediction, Trace
from s2s_demo.task import nfc

LONGEST_NAMED = 1000
END = "⏎"


def predict(model: Seq2Seq, xs: list[Any], *, look: bool = False) -> list[Prediction]:
    """The likeliest y of every x, one step after another (greedy), however the x is written: a text goes through the reader of the
    model's task, as on the page and in the command.

    Args:
        model: a trained model, as `load` gives it.
        xs: what a person types, or of a video task the path of a video or a `Clip`.
        look: fill the Trace as well. Above 64 steps it is left empty, above 1,000 the names of the steps too.

    Raises:
        UserError: an x is empty, is not what the task reads, or cannot be written in the model's symbols.

    >>> predict(load("addition", "rnn"), ["４７ + 9"])[0].y   # doctest: +SKIP
    '056'
    """
    return predict_parsed(model, [_parsed(model, x) for x in xs], look=look)


def predict_parsed(model: Seq2Seq, xs: list[Any], *, look: bool = False) -> list[Prediction]:
    """The same for xs that a task has read or made already, such as those of a test set, which no limit for visitors holds for.

    Raises:
        UserError: an x is empty or cannot be written in the model's symbols.
    """
    steps = encode_all(model, xs)
    done = [_prediction(model, x, answer) for x, answer in zip(xs, greedy_decode(model, steps), strict=True)]
    if look:
        return [_with_trace(model, answer, x_S) for answer, x_S in zip(done, steps, strict=True)]
    return done


def _parsed(model: Seq2Seq, x: Any) -> Any:
    """x as the model's task reads it; the reader of custom data, whose task is known by its name no more, is the normal form of text."""
    if not isinstance(x, str):
        return x
    task = tasks.TASKS.get(model.config.task)
    return task.read(x) if task is not None and task.shape is model.shape else nfc(x)


def _prediction(model: Seq2Seq, x: Any, answer: Decoded) -> Prediction:
    y, names, pieces = answer.symbols, (), []
    if len(y) <= LONGEST_NAMED:
        names, pieces = names_of(model, y), model.x_codec.tokens(x)
    return Prediction(
        x,
        model.y_codec.decode(y),
        tuple(pieces),
        names,
        answer.prob_M.numpy(),
        answer.seconds,
        symbols=tuple(y),
        device=model.device.type,
    )


def names_of(model: Seq2Seq, symbols: list[int]) -> tuple[str, ...]:
    """The names of output steps, "⏎" for the end."""
    return tuple(END if i == EOS else name for i, name in zip(symbols, model.y_codec.names(symbols), strict=True))


def _with_trace(model: Seq2Seq, answer: Prediction, x_S: Tensor) -> Prediction:
    """The same answer with the grids of the lenses that come with it, and the likeliest symbols of every step."""
    # from the last: what the model itself says, its attention, stands before what is computed of it, and is shown where there is one view
    kinds = [lens.name for lens in reversed(LENSES.values()) if lens.with_answer]
    grids = tuple(grid for kind in kinds for grid in compute_grids(model, answer, kind))
    if not grids:
        return answer
    y_BM = torch.tensor([answer.symbols], device=model.device)
    return replace(answer, trace=Trace(grids), top=likeliest(model, x_S[None].to(model.device), y_BM))


@torch.no_grad()
def likeliest(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, count: int = 5) -> tuple[tuple[tuple[str, float], ...], ...]:
    """For each step of y, fed its true past, the `count` likeliest answers that can stand there, each by the name of its likeliest
    symbol, and their probabilities."""
    mask_BS = torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
    share_MV = masked_probs(model, model(x_BS, mask_BS, y_BM)[0].float())
    answers_V = torch.arange(share_MV.shape[1]) if model.canonical is None else torch.tensor(model.canonical)
    answers_V = answers_V.to(share_MV.device)
    rows: list[list[tuple[str, float]]] = [[] for _ in range(len(share_MV))]
    for _ in range(min(count, share_MV.shape[1])):
        share_M, symbol_M = most_probable(model, share_MV)
        for row, name, share in zip(rows, names_of(model, symbol_M.tolist()), share_M.tolist(), strict=True):
            row += [(name, share)] if share > 0 else []
        share_MV = share_MV.masked_fill(answers_V == answers_V[symbol_M][:, None], 0.0)
    return tuple(map(tuple, rows))
