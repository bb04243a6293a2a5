"""Data checks for labels and symbols: too few of a kind, too many of another, or only one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from s2s_demo.custom.issue import Fix, Issue, example_of, issue_of, short
from s2s_demo.custom.plan import UNIT_NAMES, Pair, Plan
from s2s_demo.custom.tokenization import Tokenizer, tokenizers
from s2s_demo.prediction import Template, Words
from s2s_demo.task import Shape, nfc

DOMINANT = 0.8
MOST_DROPPED = 0.1


def spaced_labels(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Labels of several words."""
    if (
        plan.shape is Shape.N21
        and plan.by_y != "label"
        and (found := [pair for pair in pairs if len(pair[1].split()) > 1])
    ):
        words = Template(
            "라벨에 띄어쓰기가 있는 쌍이 {n}개입니다. 띄어쓰기를 ‘_’로 바꾸면 이름 하나가 됩니다.",
            "Pairs whose label has spaces in it: {n}. With “_” for each space, a label is one name.",
        )
        yield issue_of("spaced-label", found, words, lambda pairs: [(x, "_".join(y.split())) for x, y in pairs])


def constant_side(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """A column in which every cell says the same."""
    for name, values in (("x", {nfc(x) for x, _ in pairs}), ("y", {nfc(y) for _, y in pairs})):
        if len(pairs) > 1 and len(values) == 1 and not (name == "x" and plan.shape is Shape.LM):
            value = next(iter(values))
            words = Words(
                f"모든 쌍의 {name}가 ‘{short(value)}’ 하나입니다. 배울 차이가 없습니다. 다른 열을 고르세요.",
                f"Every {name} is “{short(value)}”: there is no difference to learn. Choose another column.",
            )
            yield Issue("one-value", len(pairs), words, example_of(pairs[0]), None)


def single_labels(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Labels that occur once."""
    counts = Counter(nfc(y) for _, y in pairs)
    lonely = {y for y, n in counts.items() if n == 1}
    if plan.shape is Shape.N21 and lonely and len(counts) > 1:
        found = [pair for pair in pairs if nfc(pair[1]) in lonely]
        words = Template(
            "한 번만 나오는 라벨이 {n}개입니다. 배우거나 시험하거나 둘 중 하나만 할 수 있습니다.",
            "Labels that occur only once: {n}. Such a label can be learned or tested, not both.",
        )
        # If all labels are lonely, leaving them out would leave nothing.
        fix = None if len(lonely) == len(counts) else lambda pairs: [p for p in pairs if nfc(p[1]) not in lonely]
        yield issue_of("lonely-label", found, words, fix)


def imbalance(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Class imbalance: one label dominates."""
    counts = Counter(nfc(y) for _, y in pairs)
    if plan.shape is not Shape.N21 or len(counts) < 2:
        return
    label, most = counts.most_common(1)[0]
    share = most / len(pairs)
    if share >= DOMINANT or (len(counts) > 2 and most >= 10 * median(counts.values())):
        words = Words(
            f"라벨이 치우쳐 있습니다. 늘 ‘{short(label)}’라고만 답해도 {100 * share:.0f} %가 맞습니다. 점수를 이 수와 견주어 보세요.",
            f"The labels are lopsided: always answering “{short(label)}” is right in {100 * share:.0f} %. Hold the score against that.",
        )
        yield Issue("imbalance", most, words, example_of(next(p for p in pairs if nfc(p[1]) == label)), None)


def rare_symbols(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Symbols that one pair alone holds."""
    sides = (0, 1) if plan.shape is not Shape.N21 else (0,)
    for side in sides:
        by, name, cut = (plan.by_x, plan.by_y)[side], "xy"[side], tokenizers(pairs, plan)[side]
        counts = Counter(piece for pair in pairs for piece in set(cut(pair[side])))
        rare = {piece for piece, n in counts.items() if n == 1}
        found = [pair for pair in pairs if not rare.isdisjoint(cut(pair[side]))]
        if not found:
            continue
        unit = UNIT_NAMES[by]
        words = Words(
            f"{name}에 한 쌍에서만 나오는 {unit.ko}가 {len(rare):,}개 있습니다(전체 {len(counts):,}개). 배우기에는 너무 적게 나옵니다.",
            f"{unit.en.capitalize()} steps of {name} that only one pair holds: {len(rare):,} of {len(counts):,} different ones. Too few to learn them.",
        )
        few = len(found) <= MOST_DROPPED * len(pairs)
        fix = _without(rare, side, cut) if few else None
        example = f"{short(min(rare))}: {example_of(found[0])}"
        yield Issue("rare", len(rare), words, example, fix)


def _without(rare: set[str], side: int, cut: Tokenizer) -> Fix:
    return lambda pairs: [pair for pair in pairs if rare.isdisjoint(cut(pair[side]))]
