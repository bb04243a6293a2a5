"""What leaves a model: numbers whose axes have names, answers, and sentences in two languages.

Nothing here knows torch or gradio, so a picture or a test can be made by hand from these types alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a downloaded model reads this file where there is no numpy
    import numpy as np
    from typing_extensions import LiteralString

# What may follow a field's ":": a thousands comma, a few places, a kind of number. A width would let a number set the size of a text.
SPEC = re.compile(r"\+?(0?[1-9])?,?(\.[0-9])?[defg%]?")


@dataclass(frozen=True)
class Words:
    """One finished sentence of the page in both languages. It cannot be formatted again, so that a visitor's text in it stays text."""

    ko: str
    en: str

    def say(self, lang: str) -> str:
        """The sentence in `lang`: "ko" gives Korean, anything else English."""
        return self.ko if lang == "ko" else self.en


@dataclass(frozen=True)
class Template:
    """A sentence with `{name}` places. Its text is written in our code: the type checker refuses any other, such as a visitor's.

    A place is a bare name with perhaps a number format, "{n:,}" or "{share:.1%}": no attribute, no index, no width of a caller's.
    What is filled in is never read as a template.

    >>> Template("{name}: {n:,}", "{name}: {n:,}").format(name="{n.__class__}", n=1000).en
    '{n.__class__}: 1,000'
    """

    ko: LiteralString
    en: LiteralString

    def __post_init__(self) -> None:
        for text in (self.ko, self.en):
            check_template(text)

    def format(self, **facts: object) -> Words:
        """The sentence with its places filled in both languages."""
        return Words(self.ko.format(**facts), self.en.format(**facts))


def check_template(text: str) -> None:
    """Refuses a template that could do more than put facts in their places.

    Raises:
        ValueError: a place is not a bare name, or its format is none of `SPEC`.
    """
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None and (not name.isidentifier() or conversion or not SPEC.fullmatch(spec or "")):
            raise ValueError(f"no place of a template: {{{name}:{spec}}}")


class UserError(Exception):
    """A visitor's mistake, told as one plain sentence that says what to do."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(ko, en)

    def __reduce__(self) -> tuple[type[UserError], tuple[str, str]]:
        """Crosses to another process whole: pickle would call the class with what `Exception` keeps, the English alone."""
        return type(self), (self.words.ko, self.words.en)


def quoted(text: str, most: int = 40) -> str:
    """What a visitor wrote, fit to stand in a sentence: cut short, what cannot be printed as "�"."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:most])


class Scale(Enum):
    """How numbers are drawn: from 0 to 1; by powers of ten, 0 being no path; around 0 with equal limits; from 0 to the largest."""

    SHARE = "share"
    DECADES = "decades"
    SIGNED = "signed"
    LENGTH = "length"


@dataclass(frozen=True)
class Grid:
    """Numbers with a name for every row and column.

    values: (rows, columns) floats; NaN means "cannot look" (structurally zero), which is not the number zero.
    kind: "attention" (share of 1, a row sums to 1), "gradient" (|d log p(y_k) / d e_t|, in nats per unit of embedding),
    "occlusion" (nats, signed), "hidden" (Mamba's hidden attention, signed) or "state" (a length; its rows are states).
    where: which part of the model it was read from, e.g. "decoder.0.reads head 2".
    scale, states: as its lens says: how its numbers are drawn, and whether its rows are states and not output steps.
    """

    kind: str
    where: str
    values: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str
    scale: Scale = Scale.DECADES
    states: bool = False

    def __post_init__(self) -> None:
        assert self.values.shape == (len(self.rows), len(self.columns)), (self.values.shape, self.rows, self.columns)


@dataclass(frozen=True)
class Trace:
    """All grids of one answer. Every grid but "state" has the same rows (output steps); columns are what was fed in."""

    grids: tuple[Grid, ...] = ()

    def of(self, kind: str) -> tuple[Grid, ...]:
        """The grids of one kind, in the order the model computed them."""
        return tuple(grid for grid in self.grids if grid.kind == kind)


@dataclass(frozen=True)
class Prediction:
    """One answer.

    x, y: as a person writes them; x is a `Clip` where the input is a video. x_pieces, y_pieces: the names of the input and output steps, in the model's order.
    confidence: (M,) probability of each answer, 0 to 1, summed over the symbols that give it, such as the fine tags of one part of
    speech. seconds: wall-clock time of the batch it was in.
    top: for each output step the likeliest answers with their probabilities, filled together with the trace.
    symbols: the M numbers of the answer in the model's own alphabet, its end included. device: the kind that answered.
    """

    x: Any
    y: str
    x_pieces: tuple[str, ...]
    y_pieces: tuple[str, ...]
    confidence: np.ndarray
    seconds: float
    trace: Trace = field(default_factory=Trace)
    top: tuple[tuple[tuple[str, float], ...], ...] = ()
    symbols: tuple[int, ...] = ()
    device: str = "cpu"
