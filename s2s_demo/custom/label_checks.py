"""The data doctor's look at labels and symbols: too few of a kind, too many of another, or only one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from s2s_demo.custom.issue import Finding, Mend, finding_of, short, shown
from s2s_demo.custom.plan import STEPS, Pair, Plan
from s2s_demo.custom.tokenization import Cut, cutters
from s2s_demo.prediction import Template, Words
from s2s_demo.task import Shape, nfc

ONE_SIDED = 0.8
MANY_RARE = 0.1


def spaced_labels(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
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
        yield finding_of("spaced-label", found, words, lambda pairs: [(x, "_".join(y.split())) for x, y in pairs])


def one_value(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """A column in which every cell says the same."""
    for name, values in (("x", {nfc(x) for x, _ in pairs}), ("y", {nfc(y) for _, y in pairs})):
        if len(pairs) > 1 and len(values) == 1 and not (name == "x" and plan.shape is Shape.LM):
            value = next(iter(values))
            words = Words(
                f"모든 쌍의 {name}가 ‘{short(value)}’ 하나입니다. 배울 차이가 없습니다. 다른 열을 고르세요.",
                f"Every {name} is “{short(value)}”: there is no difference to learn. Choose another column.",
            )
            yield Finding("one-value", len(pairs), words, shown(pairs[0]), None)


def lonely(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
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
        mend = None if len(lonely) == len(counts) else lambda pairs: [p for p in pairs if nfc(p[1]) not in lonely]
        yield finding_of("lonely-label", found, words, mend)


def lopsided(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Labels of which one is nearly all there is."""
    counts = Counter(nfc(y) for _, y in pairs)
    if plan.shape is not Shape.N21 or len(counts) < 2:
        return
    label, most = counts.most_common(1)[0]
    share = most / len(pairs)
    if share >= ONE_SIDED or (len(counts) > 2 and most >= 10 * median(counts.values())):
        words = Words(
            f"라벨이 치우쳐 있습니다. 늘 ‘{short(label)}’라고만 답해도 {100 * share:.0f} %가 맞습니다. 점수를 이 수와 견주어 보세요.",
            f"The labels are lopsided: always answering “{short(label)}” is right in {100 * share:.0f} %. Hold the score against that.",
        )
        yield Finding("imbalance", most, words, shown(next(p for p in pairs if nfc(p[1]) == label)), None)


def rare(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Symbols that one pair alone holds."""
    sides = (0, 1) if plan.shape is not Shape.N21 else (0,)
    for side in sides:
        by, name, cut = (plan.by_x, plan.by_y)[side], "xy"[side], cutters(pairs, plan)[side]
        counts = Counter(piece for pair in pairs for piece in set(cut(pair[side])))
        rare = {piece for piece, n in counts.items() if n == 1}
        found = [pair for pair in pairs if not rare.isdisjoint(cut(pair[side]))]
        if not found:
            continue
        unit = STEPS[by]
        words = Words(
            f"{name}에 한 쌍에서만 나오는 {unit.ko}가 {len(rare):,}개 있습니다(전체 {len(counts):,}개). 배우기에는 너무 적게 나옵니다.",
            f"{unit.en.capitalize()} steps of {name} that only one pair holds: {len(rare):,} of {len(counts):,} different ones. Too few to learn them.",
        )
        few = len(found) <= MANY_RARE * len(pairs)
        mend = _without(rare, side, cut) if few else None
        example = f"{short(min(rare))}: {shown(found[0])}"
        yield Finding("rare", len(rare), words, example, mend)


def _without(rare: set[str], side: int, cut: Cut) -> Mend:
    return lambda pairs: [pair for pair in pairs if rare.isdisjoint(cut(pair[side]))]
