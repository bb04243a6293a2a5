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
    """One problem: pairs of x and y, how each becomes steps, and how an answer is scored."""

    name: str
    """What it is called in commands and folders."""
    title: Words
    """What a visitor calls it."""
    about: Words
    """One sentence on what x and y are."""
    shape: Shape
    """How many outputs N inputs have."""
    pairs: Callable[[str, int], Iterator[Pair]]
    """(split, seed) -> pairs. "train" is endless if `endless` says so; every other split is finite and disjoint from it."""
    x_codec: Codec | Callable[[], Codec]
    """How x becomes steps, or what makes that codec when it is first asked for."""
    y_codec: Codec | Callable[[], Codec]
    """The same for y."""
    examples: tuple[str, ...] = ()
    """Inputs to try, as a person types them."""
    offline: Callable[[str, int], Iterator[Pair]] | None = None
    """As `pairs`, but nothing is fetched: of a set that does not lie on this machine an excerpt in the repository (None: `pairs`)."""
    tests: tuple[str, ...] = ("test",)
    """Names of the splits that `evaluate` reads, the main one first."""
    y_texts: Mapping[str, Codec] = field(default_factory=dict)
    """Other ways to write y, by name; the command's --format picks one, `y_codec` is the default."""
    read: Callable[[str], Any] = read_text
    """What a visitor typed, or the path of a video -> x. Raises UserError with what to do."""
    warn: Callable[[Any], Words | None] = _unknown
    """What to tell about an x that looks unlike what was trained on, or None."""
    answer: Callable[[str], str] = _as_is
    """The part of y that counts, as a person writes it."""
    read_label: Callable[[str], str] = _as_is
    """A label of a person's own test file -> y."""
    from_file: Callable[[str], list[Pair]] | None = None
    """The text of a person's own test file -> pairs; by default x<TAB>y rows, y through `read_label`."""
    from_folder: Callable[[Path], list[Pair]] | None = None
    """The same for a folder of files, for what is no text."""
    truth: Callable[[Any], str | None] = _unknown
    """The true answer to x where it can be known."""
    aligned: Callable[[Any, int], list[int] | None] | None = None
    """(x, steps of y) -> for every step of y the step of x it is about; None where that is not known."""
    baseline: Callable[[Any], str] | None = None
    """An answer that needs no learning."""
    baseline_name: str = "no-learning"
    """What that is called."""
    baselines: Mapping[str, Learner] = field(default_factory=dict)
    """Ones that learn from the training pairs, the one to beat first."""
    score: Callable[[list[Any], list[str], list[str]], dict[str, float]] = exact_match
    """(xs, answers, truths) -> measures, fractions from 0 to 1."""
    measure: str = "exact"
    """The main measure."""
    unknown: str = ""
    """The y of a test pair that no answer fits; a model answers it where its confidence is below its threshold."""
    longest: int = 64
    """The most steps of y a model may take (N2M)."""
    endless: bool = False
    """Whether the training pairs never end."""
    meanings: Mapping[str, Words] = field(default_factory=dict)
    """What a symbol of y says, for a hover."""
    room: str = ""
    """The page it shares with other tasks; empty: one of its own."""
    input_label: Words = INPUT
    """What the input box is called."""
    input: str = "text"
    """Its kind, the name of a file in ui/inputs/. All but text need `clips` and `film`."""
    clips: Mapping[str, Words] = field(default_factory=dict)
    """Sample inputs by name."""
    film: Callable[[str], Film] | None = None
    """Renders one of them."""
    window: int = 0
    """Above so many steps a model answers in overlapping windows, as it was never trained on longer x (0: all at once)."""
    folds: int = 0
    """A checkpoint of seed s is trained without fold s and tested on that fold alone (0: one test set for all)."""
    data: str = "synthetic"
    """Where the pairs come from, for the model card."""
    licence: str = "apache-2.0"
    """Of the data, as the Hub writes it."""
    label: Words | None = None
    """What it is called in short; by default its title up to the first bracket."""
    small: Callable[..., Task] | None = None
    """(task, digits=, most=, words=) -> a problem of the same shape that a minute on one core is enough to learn; by default the
    task itself with `most` of its training pairs."""
    race_pairs: int = 4000
    """How many pairs a race is run on."""
    race_note: Words | None = None
    """The sentence that says so there."""
    trained_digits: Mapping[str, int] = field(default_factory=dict)
    """By sign, the most digits of a number in training; the page then draws a map of the score by length."""
    order: float = 100
    """Its place among the others, low first."""

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
        """A task from a person's own pairs; a tenth is kept for testing, never trained on (see `holdout_split`).

        Text is read in its composed form (NFC).

        Args:
            pairs: x and y as text.
            shape: what an answer is.
            name: what the task is called.
            by: what a step is, "char", "jamo", "word", or "subword", pieces learned from the pairs that are trained on.
            by_x, by_y: the same for one side; a label (N21) is a word unless by_y says otherwise, e.g. "label".
            x_codec: learns the codec of x from the xs that are trained on, in place of by_x, e.g. `Numbers.of`.
            split: pairs -> (pairs trained on, pairs held out), in place of `holdout_split`.

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
        longest = _check_steps(pairs, shape, reads, y_codec, subwords="subword" in (by_x, by_y))

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


def _check_steps(pairs: list[Pair], shape: Shape, x_codec: Codec, y_codec: Codec, *, subwords: bool) -> int:
    """The most steps of a y, after every pair was held to the shape.

    Raises:
        UserError: a pair does not fit; the sentence names its row.
    """
    longest = 0
    for row, (x, y) in enumerate(pairs, 1):
        x_steps, y_steps = len(x_codec.tokens(x)), len(y_codec.tokens(y))
        longest = max(longest, y_steps)
        if not x_steps and shape is not Shape.LM:
            raise UserError(f"{row}번째 쌍의 x가 비어 있습니다.", f"Pair {row}: x is empty.")
        if shape is Shape.N21 and y_steps != 1:
            raise UserError(
                f"{row}번째 쌍의 y는 띄어쓰기 없는 이름 하나여야 합니다.",
                f"Pair {row}: y must be one label without spaces.",
            )
        if shape is Shape.N2N and x_steps != y_steps:
            if subwords:
                raise UserError(UNEQUAL.ko, UNEQUAL.en)
            raise UserError(
                f"{row}번째 쌍의 x와 y 길이가 다릅니다. N2N은 길이가 같아야 합니다.",
                f"Pair {row}: x and y differ in length; N2N needs equal lengths.",
            )
    return longest


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
