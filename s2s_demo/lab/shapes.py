"""One sentence in four shapes: what is fed at each step, which steps a step may look at, and where the loss stands.

The masks are read off a small Transformer with fresh weights while it runs: a weight is exactly 0 where the mask forbids a look
and nowhere else, so what is drawn is what the model uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from s2s_demo.batch import collate
from s2s_demo.codecs import Symbols
from s2s_demo.lenses import BEGIN
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError, Words
from s2s_demo.seeding import Seeded
from s2s_demo.task import FITS, Approach, Shape, Task
from s2s_demo.trace import recording

END = "⏎"
MOST_WORDS, MOST_LENGTH, MOST_M = 8, 20, 6


@dataclass(frozen=True)
class Mask:
    """may: (rows, columns) bool, True where the row's step may look at the column's. kind: "self" (one's own steps) or "reads" (x)."""

    kind: str
    of: str
    may: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One shape. fed: rows of (what reads it, the names of its steps). out: the outputs. counted: the steps of the last row whose
    output is compared with y, which is where the loss stands. masks: in the order in which the model applies them."""

    shape: Shape
    approach: Approach
    fed: tuple[tuple[str, tuple[str, ...]], ...]
    out: tuple[str, ...]
    counted: tuple[int, ...]
    masks: tuple[Mask, ...]


def bounded(words: list[str]) -> list[str]:
    """The same words, two to eight of them.

    Raises:
        UserError: there are fewer or more.
    """
    if not 2 <= len(words) <= MOST_WORDS or any(len(word) > MOST_LENGTH for word in words):
        raise UserError(
            f"낱말 2개에서 {MOST_WORDS}개까지의 문장을 써 주세요 (문장 부호도 하나로 셉니다. 하나에 {MOST_LENGTH}자까지).",
            f"Write a sentence of 2 to {MOST_WORDS} words, each of up to {MOST_LENGTH} characters; marks count as words.",
        )
    return words


def cards(words: list[str], tags: list[str], label: str, m: int) -> list[Card]:
    """The sentence as N2N (a tag a word), N21 (one label), N2M (m symbols, whatever they stand for) and continued (LM).

    tags: as many as words. m: 1 to 6.
    """
    half = (len(words) + 1) // 2
    symbols = [f"y{chr(0x2080 + i)}" for i in range(1, m + 1)]
    asked = [(Shape.N2N, words, tags), (Shape.N21, words, [label]), (Shape.N2M, words, symbols)]
    return [_card(*one) for one in (*asked, (Shape.LM, words[:half], words[half:]))]


def _card(shape: Shape, x: list[str], y: list[str]) -> Card:
    model, told = _fresh(shape, x, y)
    with torch.no_grad(), recording("attention") as record:
        model(*told)
    may = [(weight_BHTS[0, 0] > 0).numpy() for _, weight_BHTS in record.of("attention")]
    ends = [END] if shape in (Shape.N2M, Shape.LM) else []
    fed_y = tuple([BEGIN, *y, *ends][: len(told[2][0])])
    xs, out = tuple(x), (*y, *ends)
    if model.approach is Approach.ENCODER_ONLY:
        counted = tuple(range(len(x))) if shape is Shape.N2N else (len(x) - 1,)
        return Card(shape, model.approach, (("encoder", xs),), out, counted, (Mask("self", "encoder", may[0], xs, xs),))
    if model.approach is Approach.ENCODER_DECODER:
        names = [("self", "encoder", xs, xs), ("self", "decoder", fed_y, fed_y), ("reads", "decoder", fed_y, xs)]
        masks = tuple(Mask(kind, of, m, r, c) for (kind, of, r, c), m in zip(names, may, strict=True))
        return Card(shape, model.approach, (("encoder", xs), ("decoder", fed_y)), out, tuple(range(len(out))), masks)
    stream = (BEGIN, *xs, *fed_y[1:])
    last = len(stream) - len(out)
    return Card(
        shape,
        model.approach,
        (("decoder", stream),),
        out,
        tuple(range(last, len(stream))),
        (Mask("self", "decoder", may[0], stream, stream),),
    )


def _fresh(shape: Shape, x: list[str], y: list[str]) -> tuple[Seq2Seq, tuple[Tensor, Tensor, Tensor]]:
    """A small Transformer for this one pair, and the pair as it is fed under teacher forcing; only the lengths matter to a mask."""
    x, y = ([f"{side}{i}" for i in range(len(names))] for side, names in (("x", x), ("y", y)))
    x_codec, y_codec = Symbols(tuple(x), by="word"), Symbols(tuple(y), by="word")
    pair = (" ".join(x), " ".join(y))
    task = Task("shape", Words("", ""), Words("", ""), shape, lambda split, seed: iter([pair]), x_codec, y_codec)
    with Seeded(0):
        model = Seq2Seq(ModelConfig.of(task, "transformer", FITS[shape][0], dim=8, depth=1, heads=1)).eval()
    batch = collate([pair], x_codec, y_codec, shape)
    return model, (batch.x_BS, batch.x_mask_BS, batch.y_BM)
