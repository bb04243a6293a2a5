"""The contract of a task: what x and y are, and the shape of the relation between them.

A task is frozen data. It knows no engine; the approach follows from its shape through one table, `FITS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from pathlib import Path
from typing import Any

from s2s_demo.codecs import Codec, fit_codec, normal
from s2s_demo.prediction import UserError, Words
from s2s_demo.text import normalised, whole
from s2s_demo.video.clip import Film

Pair = tuple[Any, str]
"""x and y: y is always text; x is text, or a `Clip` where the input is a video."""
MOST_TYPED = 2_000
INPUT = Words("입력", "Input")
UNEQUAL = Words(
    "서브워드는 x와 y를 서로 다른 수로 자르므로 길이가 같아야 하는 N2N에는 맞지 않습니다. 글자나 단어로 나누세요.",
    "Subwords cut x and y into unequal numbers of steps, which N2N cannot pair: use characters or words.",
)
WHOLE = Words(
    "라벨은 통째로 한 단계입니다. y는 단어로 두세요.", "A label is one step, whole: let a step of y be a word."
)
Learner = Callable[[list[Pair]], Callable[[list[Any]], list[str]]]


class Shape(Enum):
    """How many outputs a sequence of N inputs has. The value is the sentence that says so."""

    N2N = Words("입력 하나마다 출력 하나 (N → N)", "one output for each input (N → N)")
    N21 = Words("입력 전체에 출력 하나 (N → 1)", "one output for the whole input (N → 1)")
    N2M = Words("길이가 다른 출력 (N → M)", "an output of another length (N → M)")
    LM = Words("다음에 올 것을 잇기 (디코더만)", "what comes next (decoder only)")


class Approach(Enum):
    """Which wiring of layers answers. The value is its name on disk and on the command line."""

    ENCODER_ONLY = "encoder-only"
    ENCODER_DECODER = "encoder-decoder"
    DECODER_ONLY = "decoder-only"


FITS: dict[Shape, tuple[Approach, ...]] = {
    Shape.N2N: (Approach.ENCODER_ONLY, Approach.ENCODER_DECODER, Approach.DECODER_ONLY),
    Shape.N21: (Approach.ENCODER_ONLY, Approach.ENCODER_DECODER, Approach.DECODER_ONLY),
    Shape.N2M: (Approach.ENCODER_DECODER, Approach.DECODER_ONLY),
    Shape.LM: (Approach.DECODER_ONLY,),
}


def exact_match(xs: list[Any], answers: list[str], truths: list[str]) -> dict[str, float]:
    """`exact`: share of whole answers that are right, 0 to 1."""
    right = sum(a == t for a, t in zip(answers, truths, strict=True))
    return {"exact": right / max(1, len(truths))}


def _as_is(text: str) -> str:
    return text


def read_text(text: str) -> str:
    """What a visitor typed, one way to write each character, where a task does not say how it reads.

    Raises:
        UserError: there is nothing to read, or too much.
    """
    if len(text) > MOST_TYPED:
        raise UserError(
            f"{len(text):,}자는 너무 깁니다. {MOST_TYPED:,}자까지 써 주세요.",
            f"{len(text):,} characters are too many: write up to {MOST_TYPED:,}.",
        )
    plain = normal(whole(text)).strip()
    if not any(c.isprintable() and not c.isspace() for c in plain):
        raise UserError("글을 입력해 주세요.", "Type something to read.")
    return plain


def _unknown(x: Any) -> None:
    return None


@dataclass(frozen=True)
class Task:
    """One problem: pairs of x and y, how each becomes steps, and how an answer is scored.

    pairs: (split, seed) -> pairs. "train" is endless if `endless` says so; every other split is finite, disjoint from it.
    offline: likewise, but nothing is fetched: of a set that does not lie on this machine an excerpt in the repository (None: pairs).
    tests: names of the splits that `evaluate` reads, the main one first.
    y_texts: other ways to write y, by name; the command's --format picks one, `y_codec` is the default.
    read: what a visitor typed, or the path of a video -> x; raises UserError with what to do (by default `read_text`).
    warn: what to tell about an x that looks unlike what was trained on, or None.
    answer: the part of y that counts, as a person writes it. truth: the true answer to x where it can be known.
    from_file: the text of a person's own test file -> pairs; by default x<TAB>y rows, y through `read_label`.
    from_folder: likewise a folder of files, for what is no text.
    aligned: (x, steps of y) -> for every step of y the step of x it is about, where that is known; None where it is not.
    baseline: an answer that needs no learning, and what it is called; baselines: ones that learn from the training pairs, the one to beat first.
    score: (xs, answers, truths) -> measures, shares from 0 to 1. measure: the main one.
    unknown: the y of a test pair that no answer fits; a model answers it by being less sure than its threshold.
    longest: the most steps of y a model may take (N2M). meanings: what a symbol of y says, for a hover.
    trained_digits: by sign, the most digits of a number in training; the page then draws a map of the score by length.
    room: the tab it shares with others. asks: what the input box is called. licence: of the data, as the Hub writes it.
    input: its kind, the name of a file in ui/inputs/. Of all but text, clips names samples and film draws one.
    window: above so many steps a model answers in overlapping windows (0: all at once), as it was never trained on longer x.
    folds: a checkpoint of seed s is trained without fold s and tested on that fold alone (0: one test set for all).
    label: what its tab is called in short; by default its title up to the first bracket.
    small: (task, digits=, most=, words=) -> a problem of the same shape that a minute on one core is enough to learn; by default the
    task itself with `most` of its training pairs. few: how many of them a race is run on. raced: the sentence that says so there.
    """

    name: str
    title: Words
    about: Words
    shape: Shape
    pairs: Callable[[str, int], Iterator[Pair]]
    x_codec: Codec | Callable[[], Codec]
    y_codec: Codec | Callable[[], Codec]
    examples: tuple[str, ...] = ()
    offline: Callable[[str, int], Iterator[Pair]] | None = None
    tests: tuple[str, ...] = ("test",)
    y_texts: Mapping[str, Codec] = field(default_factory=dict)
    read: Callable[[str], Any] = read_text
    warn: Callable[[Any], Words | None] = _unknown
    answer: Callable[[str], str] = _as_is
    read_label: Callable[[str], str] = _as_is
    from_file: Callable[[str], list[Pair]] | None = None
    from_folder: Callable[[Path], list[Pair]] | None = None
    truth: Callable[[Any], str | None] = _unknown
    aligned: Callable[[Any, int], list[int] | None] | None = None
    baseline: Callable[[Any], str] | None = None
    baseline_name: str = "no-learning"
    baselines: Mapping[str, Learner] = field(default_factory=dict)
    score: Callable[[list[Any], list[str], list[str]], dict[str, float]] = exact_match
    measure: str = "exact"
    unknown: str = ""
    longest: int = 64
    endless: bool = False
    meanings: Mapping[str, Words] = field(default_factory=dict)
    room: str = ""
    input_label: Words = INPUT
    input: str = "text"
    clips: Mapping[str, Words] = field(default_factory=dict)
    film: Callable[[str], Film] | None = None
    window: int = 0
    folds: int = 0
    data: str = "synthetic"
    licence: str = "apache-2.0"
    label: Words | None = None
    small: Callable[..., Task] | None = None
    race_pairs: int = 4000
    race_note: Words | None = None
    trained_digits: Mapping[str, int] = field(default_factory=dict)
    order: float = 100

    def get_x_codec(self) -> Codec:
        """The codec of x; one that is learned from the data is made when it is first asked for."""
        return self.x_codec() if callable(self.x_codec) else self.x_codec

    def get_y_codec(self) -> Codec:
        """The codec of y, likewise."""
        return self.y_codec() if callable(self.y_codec) else self.y_codec

    @property
    def typed(self) -> bool:
        """Whether a visitor types x; every other kind of input has samples to begin with."""
        return self.input == "text"

    @property
    def short(self) -> Words:
        """What its tab is called."""
        return self.label or Words(*(text.partition(" (")[0] for text in (self.title.ko, self.title.en)))

    def local_pairs(self, split: str, seed: int = 0) -> Iterator[Pair]:
        """The pairs of a split that can be had without the network: all of them, or an excerpt; see `offline`."""
        return (self.offline or self.pairs)(split, seed)

    @property
    def approaches(self) -> tuple[Approach, ...]:
        """The approaches that fit this shape, the natural one first."""
        return FITS[self.shape]

    @staticmethod
    def from_pairs(
        pairs: list[Pair],
        *,
        shape: Shape,
        name: str = "my-pairs",
        by: str = "char",
        by_x: str = "",
        by_y: str = "",
        x_codec: Callable[[Iterable[str]], Codec] | None = None,
        split: Callable[[list[Pair]], tuple[list[Pair], list[Pair]]] | None = None,
    ) -> Task:
        """A task from pairs of one's own; a tenth is kept for testing, never trained on (see `holdout_split`).

        Text is read in its composed form (NFC). by: what a step is, "char", "jamo", "word", or "subword", pieces learnt from the
        pairs that are trained on; by_x and by_y say it for one side, and a label (N21) is a word unless by_y says otherwise, e.g. "label".
        x_codec: learns the codec of x from the xs that are trained on, in place of by_x, e.g. `Numbers.of`. split: (pairs trained on,
        pairs held out), in place of `holdout_split`.

        Raises:
            UserError: fewer than ten different pairs, or a pair that does not fit the shape; the sentence names its row.
        """
        pairs = [(nfc(x), nfc(y)) for x, y in pairs]
        if (count := len(set(pairs))) < 10:
            raise UserError(
                f"서로 다른 쌍이 {count}개뿐입니다. 10개 이상 넣어 주세요.",
                f"Only {count} different pairs: give at least 10.",
            )
        kept, held = (split or holdout_split)(pairs)
        by_x, by_y = by_x or by, by_y or ("word" if shape is Shape.N21 else by)
        if shape is Shape.N21 and by_y == "subword":
            raise UserError(WHOLE.ko, WHOLE.en)
        xs = [x for x, _ in kept]
        reads = x_codec(xs) if x_codec else fit_codec(xs, by_x, unknown=True)
        y_codec = fit_codec((y for _, y in kept), by_y, unknown=True)
        longest = 0
        for row, (x, y) in enumerate(pairs, 1):
            x_steps, y_steps = len(reads.tokens(x)), len(y_codec.tokens(y))
            longest = max(longest, y_steps)
            if not x_steps and shape is not Shape.LM:
                raise UserError(f"{row}번째 쌍의 x가 비어 있습니다.", f"Pair {row}: x is empty.")
            if shape is Shape.N21 and y_steps != 1:
                raise UserError(
                    f"{row}번째 쌍의 y는 띄어쓰기 없는 이름 하나여야 합니다.",
                    f"Pair {row}: y must be one label without spaces.",
                )
            if shape is Shape.N2N and x_steps != y_steps:
                if "subword" in (by_x, by_y):
                    raise UserError(UNEQUAL.ko, UNEQUAL.en)
                raise UserError(
                    f"{row}번째 쌍의 x와 y 길이가 다릅니다. N2N은 길이가 같아야 합니다.",
                    f"Pair {row}: x and y differ in length; N2N needs equal lengths.",
                )

        def read_split(split: str, seed: int) -> Iterator[Pair]:
            return iter(kept if split == "train" else held)

        return Task(
            name,
            Words(name, name),
            Words("내 데이터", "my own pairs"),
            shape,
            read_split,
            reads,
            y_codec,
            read=nfc,
            longest=min(max(64, longest + 1), 4096),
            data="own",
        )


def nfc(text: str) -> str:
    """The text in its composed form, whole: a Hangul syllable is one character, on whatever machine it was typed."""
    return text if text.isascii() else normalised("NFC", whole(text))


def holdout_split(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """(kept, held): the different pairs, without those of a tenth of the different xs; and those.

    All pairs of one x fall on one side, so that no answer to a held-out x was ever shown; where there are fewer than ten
    different xs, a tenth of the pairs is held out instead. Which tenth follows from a hash of the text: the same on every
    machine, whatever the order of the rows and whatever period they have.
    """
    distinct = list(dict.fromkeys(pairs))
    by_x = len({x for x, _ in distinct}) >= 10
    keys = [str(x) if by_x else f"{x}\t{y}" for x, y in distinct]
    ranked = sorted(set(keys), key=lambda key: (blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), key))
    held = set(ranked[: -(-len(ranked) // 10)])
    sides = [key in held for key in keys]
    return (
        [pair for pair, out in zip(distinct, sides, strict=True) if not out],
        [pair for pair, out in zip(distinct, sides, strict=True) if out],
    )
