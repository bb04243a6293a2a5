"""From pairs to a task: which shape the relation has and what one step is, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from statistics import mean

from s2s_demo.codecs import Numbers, Symbols
from s2s_demo.codecs.numbers import rows_of
from s2s_demo.custom.series_split import are_number_rows, held_out_sequences
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Shape, Task, holdout_split, nfc

Pair = tuple[str, str]
UNIT_NAMES = {
    "char": Words("글자", "character"),
    "syllable": Words("글자", "character"),
    "jamo": Words("자모", "jamo"),
    "word": Words("단어", "word"),
    "numbers": Words("숫자 줄", "row of numbers"),
    "subword": Words("서브워드", "subword"),
    "label": Words("라벨", "label"),
}
MOST_WORDS = 20_000
MOST_LABELS = 500
SAMPLED = 10_000
MOST_WHOLE = 256
"""Steps: a sequence of numbers up to this length may stay whole."""


@dataclass(frozen=True)
class Plan:
    """How pairs become a task. by_x, by_y: what one step is, "char" (of Hangul a syllable), "jamo", "word" or "subword"; of x also
    "numbers", of y also "label", the whole of it.

    columns: the names of the numbers of a step; made: what made them of a file ("": nothing); rate: steps a second (0: no time).
    """

    shape: Shape
    by_x: str
    by_y: str
    reason: Words
    columns: tuple[str, ...] = ()
    made: str = ""
    rate: float = 0.0

    @property
    def numbers(self) -> bool:
        """Whether a step of x is a row of numbers."""
        return self.by_x == "numbers"


def guess_plan(pairs: list[Pair]) -> Plan:
    """The likeliest plan, judged by lengths, by how many different y there are, and by how many pieces are new in a held-out tenth.

    Raises:
        UserError: no pair has both sides.
    """
    full = [(nfc(x), nfc(y)) for x, y in pairs if x.strip() and y.strip()]
    if not full:
        raise UserError("x와 y가 모두 있는 쌍이 없습니다.", "No pair has both an x and a y.")
    if are_number_rows([x for x, _ in full]):
        return _plan_for_numbers(full)
    return _plan_for_labels(full) or _plan_for_equal_lengths(full) or _plan_for_other_lengths(full)


def task_from_plan(pairs: list[Pair], plan: Plan, name: str = "my-pairs") -> Task:
    """The task of these pairs under this plan; see `Task.from_pairs`.

    Raises:
        UserError: too few pairs, or a pair that does not fit the plan; the sentence names its row.
    """
    by_x, by_y = ("char" if by == "syllable" else by for by in (plan.by_x, plan.by_y))
    if not plan.numbers:
        return Task.from_pairs(pairs, shape=plan.shape, name=name, by_x=by_x, by_y=by_y)
    if plan.shape is Shape.LM:
        raise UserError(
            "숫자 줄은 이어 쓸 수 없습니다. N2N, N21, N2M 가운데 고르세요.",
            "Rows of numbers cannot be continued: choose N2N, N21 or N2M.",
        )
    return Task.from_pairs(
        pairs,
        shape=plan.shape,
        name=name,
        by_y=by_y,
        x_codec=lambda xs: Numbers.of(xs, plan.columns, plan.made, plan.rate),
        split=held_out_sequences,
    )


def train_test_split(pairs: list[Pair], plan: Plan) -> tuple[list[Pair], list[Pair]]:
    """(kept, held) as the task will part them."""
    return (held_out_sequences if plan.numbers else holdout_split)([(nfc(x), nfc(y)) for x, y in pairs])


def pieces(text: str, by: str) -> list[str]:
    """The steps of a text as the task will read it; what is learnt from all pairs, `tokenization.cutters` knows."""
    if by == "numbers":
        return rows_of(text)
    return Symbols((), by="char" if by == "syllable" else by).tokens(nfc(text))


def _plan_for_numbers(pairs: list[Pair]) -> Plan:
    """x is rows of numbers: N2N where y has a word for each, N21 where it is one of few, else N2M."""
    if _equal_length_fraction(pairs, "numbers", "word") == 1 and mean(len(y.split()) for _, y in pairs) > 1:
        words = Words(
            "x는 숫자 줄이고 y에는 줄마다 단어가 하나씩 있습니다: N2N.",
            "x is rows of numbers, y has one word for each: N2N.",
        )
        return Plan(Shape.N2N, "numbers", "word", words)
    counts = Counter(y.strip() for _, y in pairs)
    values = set(counts)
    if len(values) <= max(2, min(MOST_LABELS, len(pairs) // 2)) and (not _have_spaces(counts) or _recur(counts)):
        words = Words(
            f"x는 숫자 줄이고 y는 {len(pairs):,}줄에서 {len(values):,}가지뿐입니다: N21.",
            f"x is rows of numbers, y has only {plural(len(values), 'different value')} in {plural(len(pairs), 'row')}: N21.",
        )
        return Plan(Shape.N21, "numbers", label_unit(values), words)
    by_y, why = _choose_unit([y for _, y in pairs], "y", words=4, new=0.03)
    several = plural(len(values), "different value")
    words = Words(
        f"x는 숫자 줄이고 y는 {len(pairs):,}줄에서 {len(values):,}가지입니다: N2M.",
        f"x is rows of numbers, and y has {several} in {plural(len(pairs), 'row')}: N2M.",
    )
    return Plan(Shape.N2M, "numbers", by_y, _joined(words, why))


def _plan_for_labels(pairs: list[Pair]) -> Plan | None:
    """N21: few different y that come again and again; with spaces in them, where x and y are not step by step."""
    counts = Counter(y.strip() for _, y in pairs)
    n = len(pairs)
    few = len(counts) <= max(2, min(MOST_LABELS, n // 4)) and n >= 2 * len(counts)
    spaced = _have_spaces(counts)
    if not few or (spaced and (not _recur(counts) or _plan_for_equal_lengths(pairs))):
        return None
    if _equal_length_fraction(pairs, "char", "char") == 1 and len({len(x) for x, _ in pairs}) > 1:
        return None
    by_x, why = _choose_unit(list(dict.fromkeys(x for x, _ in pairs)), "x", words=3, new=0.25)
    shape = Words(
        f"y는 {n:,}줄에서 {len(counts):,}가지뿐이고 {'띄어쓰기까지 한 라벨로 봅니다' if spaced else '띄어쓰기가 없습니다'}: N21.",
        f"y has only {plural(len(counts), 'different value')} in {plural(n, 'row')}, "
        f"{'each a label with its spaces' if spaced else 'without spaces'}: N21.",
    )
    return Plan(Shape.N21, by_x, label_unit(counts), _joined(shape, why))


def label_unit(ys: Iterable[str]) -> str:
    """What a step of a label is: a word, or where one has spaces the whole."""
    return "label" if _have_spaces(ys) else "word"


def _have_spaces(ys: Iterable[str]) -> bool:
    return any(len(y.split()) > 1 for y in ys)


def _recur(counts: Counter[str]) -> bool:
    """Whether the values come again: no more than a tenth of them stands there once. Sentences do not, however few are alike."""
    return 10 * sum(n == 1 for n in counts.values()) <= len(counts) and sum(counts.values()) >= 4 * len(counts)


def _plan_for_equal_lengths(pairs: list[Pair]) -> Plan | None:
    """N2N: x and y have as many steps in every row, counted in one of four ways."""
    ways = [("word", "word"), ("char", "char"), ("char", "word"), ("word", "char")]
    equal = [(by_x, by_y) for by_x, by_y in ways if _equal_length_fraction(pairs, by_x, by_y) == 1]
    for by_x, by_y in equal:
        sides = [[side.split() for side in column] for column in zip(*pairs, strict=True)]
        worded = [words for by, words in zip((by_x, by_y), sides, strict=True) if by == "word"]
        if any(mean(map(len, words)) < 1.5 for words in worded):
            continue
        # A tag comes again; a y whose words are new all the time is better spelled.
        if by_y == "word" and _unseen_fraction([y for _, y in pairs], "word") > 0.1:
            continue
        if (
            (by_x, by_y) == ("word", "word")
            and ("char", "char") in equal
            and _unseen_fraction([x for x, _ in pairs], "word") > 0.1
        ):
            continue
        counted = (
            Words(f"{UNIT_NAMES[by_x].ko}로 세면", f"counted by {UNIT_NAMES[by_x].en}")
            if by_x == by_y
            else Words(
                f"x는 {UNIT_NAMES[by_x].ko}로, y는 {UNIT_NAMES[by_y].ko}로 세면",
                f"x counted by {UNIT_NAMES[by_x].en}, y by {UNIT_NAMES[by_y].en}",
            )
        )
        return Plan(
            Shape.N2N,
            by_x,
            by_y,
            Words(
                f"{counted.ko} x와 y의 길이가 100 %의 줄에서 같습니다: N2N.",
                f"x and y have equal length in 100 % of rows ({counted.en}): N2N.",
            ),
        )
    return None


def _plan_for_other_lengths(pairs: list[Pair]) -> Plan:
    share = _equal_length_fraction(pairs, "char", "char")
    by_x, why_x = _choose_unit(list(dict.fromkeys(x for x, _ in pairs)), "x", words=4, new=0.1)
    by_y, why_y = _choose_unit([y for _, y in pairs], "y", words=4, new=0.03)
    percent, values = f"{int(share * 1000) / 10:g} %", len({y.strip() for _, y in pairs})
    shape = Words(
        f"x와 y의 글자 수가 같은 줄은 {percent}이고 y는 {len(pairs):,}줄에서 {values:,}가지입니다: N2M.",
        f"x and y have equal length in {percent} of rows, and y has {plural(values, 'different value')} in {plural(len(pairs), 'row')}: N2M.",
    )
    return Plan(Shape.N2M, by_x, by_y, _joined(shape, why_x, why_y))


def _choose_unit(texts: list[str], side: str, *, words: int, new: float) -> tuple[str, Words]:
    """What one step of this side is: a word where there are `words` of them on average and few are `new` in held-out rows."""
    many, letters = mean(len(text.split()) for text in texts), "".join(texts[:SAMPLED])
    share = _unseen_fraction(texts, "word") if many >= words else 0.0
    percent = f"{100 * share:.0f} %"
    if many >= words and share <= new and len({word for text in texts for word in text.split()}) <= MOST_WORDS:
        return "word", Words(
            f"{side}는 단어 단위: 한 줄에 평균 {many:.0f}개이고, 따로 둔 줄의 단어 중 처음 보는 것은 {percent}입니다.",
            f"{side} by word: {many:.0f} a row on average, and {percent} of those in held-out rows are new.",
        )
    hangul = sum("가" <= c <= "힣" for c in letters) > 0.5 * len(letters)
    if hangul and (rare := _unseen_fraction(texts, "char")) > 0.01:
        return "jamo", Words(
            f"{side}는 자모 단위: 따로 둔 줄의 글자 중 {100 * rare:.0f} %가 처음 보는 음절입니다.",
            f"{side} by jamo: {100 * rare:.0f} % of the syllables in held-out rows are new.",
        )
    unit = Words("음절(글자) 단위", "by syllable (character)") if hangul else Words("글자 단위", "by character")
    if many >= words:
        return "char", Words(
            f"{side}는 {unit.ko}: 단어로 나누면 따로 둔 줄의 단어 중 {percent}가 처음 보는 것입니다.",
            f"{side} {unit.en}: of the words in held-out rows {percent} would be new.",
        )
    return "char", Words(
        f"{side}는 {unit.ko}: 한 줄에 단어가 평균 {many:.1f}개입니다.",
        f"{side} {unit.en}: {many:.1f} words a row on average.",
    )


def _equal_length_fraction(pairs: list[Pair], by_x: str, by_y: str) -> float:
    """Share of rows whose sides have as many steps, 0 to 1."""
    return mean(len(pieces(x, by_x)) == len(pieces(y, by_y)) for x, y in pairs)


def _unseen_fraction(texts: list[str], by: str) -> float:
    """Share of the pieces in a tenth of the texts that no other text has, 0 to 1; looked at in at most 10,000 texts."""
    drawn = Random(0).sample(texts, min(len(texts), SAMPLED))
    held = len(drawn) // 10
    known = {piece for text in drawn[held:] for piece in pieces(text, by)}
    met = [piece for text in drawn[:held] for piece in pieces(text, by)]
    return mean(piece not in known for piece in met) if met else 0.0


def plural(n: int, what: str) -> str:
    """ "1 row", "2 rows"."""
    return f"{n:,} {what}{'s' if n != 1 else ''}"


def _joined(*words: Words) -> Words:
    return Words(" ".join(one.ko for one in words), " ".join(one.en for one in words))
