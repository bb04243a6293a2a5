"""One sentence in four shapes: what is fed at each step, which steps a step may attend to, and which outputs the loss compares with y.

The masks are read off a small untrained Transformer while it runs: an attention weight is exactly 0 where the mask forbids it and nowhere
else, so what is drawn is what the model uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from s2s_demo.batch import collate
from s2s_demo.codecs import Symbols
from s2s_demo.explain import END
from s2s_demo.lenses import BEGIN
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError, Words
from s2s_demo.seeding import LocalSeed
from s2s_demo.task import FITS, Approach, Shape, Task
from s2s_demo.trace import recording

MOST_WORDS, MOST_LENGTH, MOST_M = 8, 20, 6


@dataclass(frozen=True)
class Mask:
    """Which steps may attend to which."""

    kind: str
    """"self": a part's own steps; "reads": the steps of x (cross-attention)."""
    part: str
    """"encoder" or "decoder"."""
    allowed: np.ndarray
    """(rows, columns) bool, True where the row's step may attend to the column's."""
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One shape with its approach."""

    shape: Shape
    approach: Approach
    inputs: tuple[tuple[str, tuple[str, ...]], ...]
    """(part of the model, names of the steps it is fed), one a part."""
    outputs: tuple[str, ...]
    loss_steps: tuple[int, ...]
    """The steps of the last part whose outputs are compared with y."""
    masks: tuple[Mask, ...]
    """In the order in which the model applies them."""


def check_words(words: list[str]) -> list[str]:
    """The words, if there are 2 to 8 of them, each of up to 20 characters.

    Raises:
        UserError: there are fewer or more, or one is longer.
    """
    if not 2 <= len(words) <= MOST_WORDS or any(len(word) > MOST_LENGTH for word in words):
        raise UserError(
            f"낱말 2개에서 {MOST_WORDS}개까지의 문장을 써 주세요 (문장 부호도 하나로 셉니다. 하나에 {MOST_LENGTH}자까지).",
            f"Write a sentence of 2 to {MOST_WORDS} words, each of up to {MOST_LENGTH} characters; marks count as words.",
        )
    return words


def cards(words: list[str], tags: list[str], label: str, m: int) -> list[Card]:
    """The sentence as N2N (a tag a word), N21 (one label), N2M (`m` symbols, whatever they stand for) and continued (LM).

    Args:
        words: of the sentence.
        tags: as many as words.
        label: of the whole sentence.
        m: 1 to 6.
    """
    half = (len(words) + 1) // 2
    symbols = [f"y{chr(0x2080 + i)}" for i in range(1, m + 1)]
    pairs = [(Shape.N2N, words, tags), (Shape.N21, words, [label]), (Shape.N2M, words, symbols)]
    return [_card(*pair) for pair in (*pairs, (Shape.LM, words[:half], words[half:]))]


def _card(shape: Shape, x: list[str], y: list[str]) -> Card:
    model, batch = _untrained(shape, x, y)
    with torch.no_grad(), recording("attention") as record:
        model(*batch)
    allowed = [(weight_BHTS[0, 0] > 0).numpy() for _, weight_BHTS in record.of("attention")]
    ends = [END] if shape in (Shape.N2M, Shape.LM) else []
    xs, outputs, fed_y = tuple(x), (*y, *ends), tuple([BEGIN, *y, *ends][: batch[2].shape[1]])
    if model.approach is Approach.ENCODER_ONLY:
        loss_steps = tuple(range(len(x))) if shape is Shape.N2N else (len(x) - 1,)
        mask = Mask("self", "encoder", allowed[0], xs, xs)
        return Card(shape, model.approach, (("encoder", xs),), outputs, loss_steps, (mask,))
    if model.approach is Approach.ENCODER_DECODER:
        sides = [("self", "encoder", xs, xs), ("self", "decoder", fed_y, fed_y), ("reads", "decoder", fed_y, xs)]
        masks = tuple(Mask(kind, part, a, r, c) for (kind, part, r, c), a in zip(sides, allowed, strict=True))
        inputs = (("encoder", xs), ("decoder", fed_y))
        return Card(shape, model.approach, inputs, outputs, tuple(range(len(outputs))), masks)
    stream = (BEGIN, *xs, *fed_y[1:])
    loss_steps = tuple(range(len(stream) - len(outputs), len(stream)))
    mask = Mask("self", "decoder", allowed[0], stream, stream)
    return Card(shape, model.approach, (("decoder", stream),), outputs, loss_steps, (mask,))


def _untrained(shape: Shape, x: list[str], y: list[str]) -> tuple[Seq2Seq, tuple[Tensor, Tensor, Tensor]]:
    """A small Transformer for this one pair, and the pair (x_BS, x_mask_BS, y_BM); only the lengths matter to a mask."""
    x, y = ([f"{side}{i}" for i in range(len(names))] for side, names in (("x", x), ("y", y)))
    x_codec, y_codec = Symbols(tuple(x), by="word"), Symbols(tuple(y), by="word")
    pair = (" ".join(x), " ".join(y))
    task = Task("shape", Words("", ""), Words("", ""), shape, lambda split, seed: iter([pair]), x_codec, y_codec)
    with LocalSeed(0):
        model = Seq2Seq(ModelConfig.of(task, "transformer", FITS[shape][0], dim=8, depth=1, heads=1)).eval()
    batch = collate([pair], x_codec, y_codec, shape)
    return model, (batch.x_BS, batch.x_mask_BS, batch.y_BM)
