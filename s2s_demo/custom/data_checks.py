"""Data checks: what in a set of pairs will hurt training, how often, an example, and a fix where there is one.

Every fix is a pure function of the pairs; none is applied unasked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from s2s_demo.custom import label_checks, numeric_checks
from s2s_demo.custom.issue import Issue, issue_of, short
from s2s_demo.custom.plan import Pair, Plan, pieces, train_test_split
from s2s_demo.custom.tokenization import tokenizers
from s2s_demo.prediction import Template, Words
from s2s_demo.task import Shape, holdout_split, nfc
from s2s_demo.text import normalised

FEWEST, FEW = 10, 200
LONG = 256


def find_issues(pairs: list[Pair], plan: Plan) -> list[Issue]:
    """All issues, those that prevent training first."""
    looks = (_empty, _unequal_lengths, label_checks.spaced_labels, _few)
    if plan.numbers:
        looks += (
            numeric_checks.ragged,
            numeric_checks.duplicates,
            numeric_checks.missing,
            numeric_checks.constant,
            numeric_checks.outlier_sequences,
        )
        looks += (numeric_checks.rare_step_labels, label_checks.single_labels, label_checks.imbalance)
    else:
        looks += (_decomposed, _spaces, _duplicates, _conflicts, _leaks, _too_long)
        looks += (
            label_checks.constant_side,
            label_checks.single_labels,
            label_checks.imbalance,
            label_checks.rare_symbols,
        )
    found = [issue for look in looks for issue in look(pairs, plan)]
    return [_without_fatal_fix(issue, pairs) for issue in found]


def _without_fatal_fix(issue: Issue, pairs: list[Pair]) -> Issue:
    """The finding without a remedy that would leave too few pairs to train on where there are enough now."""
    fatal = issue.fix is not None and len(pairs) >= FEWEST > len(set(issue.fix(pairs)))
    return replace(issue, fix=None) if fatal else issue


def _empty(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    def bad(pair: Pair) -> bool:
        x_missing = plan.shape is not Shape.LM and not pieces(pair[0].strip(), plan.by_x)
        return x_missing or not pair[1].strip()

    if found := [pair for pair in pairs if bad(pair)]:
        words = Template(
            "x나 y가 빈 쌍이 {n}개 있습니다. 빈 x에서는 배울 것이 없습니다.",
            "Pairs with an empty x or y: {n}. Nothing can be learned from an empty side.",
        )
        yield issue_of("empty", found, words, lambda pairs: [pair for pair in pairs if not bad(pair)])


def _unequal_lengths(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    cut_x, cut_y = tokenizers(pairs, plan)

    def bad(pair: Pair) -> bool:
        return len(cut_x(pair[0])) != len(cut_y(pair[1]))

    if plan.shape is Shape.N2N and (found := [pair for pair in pairs if bad(pair)]):
        words = Template(
            "{n}개 쌍의 x와 y 길이가 다릅니다. N2N은 길이가 같아야 합니다. 빼거나, 모양을 N2M으로 바꾸세요.",
            "Pairs whose x and y have unequal lengths: {n}. N2N needs equal lengths: leave them out, or choose N2M.",
        )
        yield issue_of("unequal", found, words, lambda pairs: [pair for pair in pairs if not bad(pair)])


def _few(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    n = len({(nfc(x), nfc(y)) for x, y in pairs})
    if n < FEWEST:
        words = Words(
            f"서로 다른 쌍이 {n}개뿐입니다. 학습하려면 {FEWEST}개 이상이 필요합니다.",
            f"Different pairs: only {n}. Training needs at least {FEWEST}.",
        )
        yield Issue("few", n, words, "", None)
    elif n < FEW:
        held = len(train_test_split(pairs, plan)[1])
        words = Words(
            f"서로 다른 쌍이 {n}개입니다. 학습은 되지만 점수를 {held}개 쌍으로만 재므로 크게 흔들립니다.",
            f"Different pairs: {n}. Training works, but the score rests on {held} held-out pairs and will be rough.",
        )
        yield Issue("few", n, words, "", None)


def _decomposed(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    def bad(pair: Pair) -> bool:
        return any(normalised("NFC", side) != side for side in pair)

    if found := [pair for pair in pairs if bad(pair)]:
        words = Template(
            "{n}개 쌍에 풀어 쓴(NFD) 글자가 있습니다. 화면에서는 같아도 다른 기호입니다. 학습할 때는 모아 쓴(NFC) 것으로 읽습니다.",
            "Pairs with decomposed letters (NFD): {n}. They look the same but are other symbols; training reads them composed (NFC).",
        )
        yield issue_of("decomposed", found, words, lambda pairs: [(nfc(x), nfc(y)) for x, y in pairs])


def _spaces(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    def stripped(pair: Pair) -> Pair:
        x, y = pair[0].strip(), pair[1].strip()
        # Where every character has its answer, a space at the end has one too.
        torn = plan.shape is Shape.N2N and len(pieces(x, plan.by_x)) != len(pieces(y, plan.by_y))
        return pair if torn else (x, y)

    if found := [pair for pair in pairs if stripped(pair) != pair]:
        words = Template(
            "{n}개 쌍의 앞이나 뒤에 빈칸이 있습니다. 모델은 빈칸도 배웁니다.",
            "Pairs that begin or end with white space: {n}. A model learns that too.",
        )
        yield issue_of("space", found, words, lambda pairs: [stripped(pair) for pair in pairs])


def _duplicates(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    seen = Counter((nfc(x), nfc(y)) for x, y in pairs)
    if found := [pair for pair, n in seen.items() if n > 1]:
        words = Template(
            "같은 쌍이 되풀이된 것이 {n}개입니다. 학습에는 한 번만 쓰입니다.",
            "Pairs that repeat another one: {n}. Training uses each once.",
        )
        count = sum(seen.values()) - len(seen)
        yield issue_of("duplicate", found, words, _drop_duplicates, count)


def _drop_duplicates(pairs: list[Pair]) -> list[Pair]:
    return list({(nfc(x), nfc(y)): (x, y) for x, y in reversed(pairs)}.values())[::-1]


def _conflicts(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    answers = _answers_by_x(pairs)
    if found := [x for x, ys in answers.items() if len(ys) > 1]:
        words = Template(
            "y가 둘 이상인 x가 {n}개입니다. 번역처럼 정답이 여럿일 수도 있지만, 그렇지 않다면 모델은 둘 다 맞힐 수 없습니다.",
            "Different x with more than one y: {n}. Translations may; otherwise no model can be right about both.",
        )
        first = answers[found[0]]
        example = f"{short(found[0])} → {' / '.join(short(y) for y in list(first)[:3])}"
        yield Issue("conflict", len(found), words.format(n=f"{len(found):,}"), example, _keep_commonest)


def _answers_by_x(pairs: list[Pair]) -> dict[str, Counter[str]]:
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for x, y in pairs:
        answers[nfc(x)][nfc(y)] += 1
    return answers


def _keep_commonest(pairs: list[Pair]) -> list[Pair]:
    """Of each x the pairs with its commonest y, of equally common ones the first."""
    best = {x: max(ys, key=lambda y, ys=ys: ys[y]) for x, ys in _answers_by_x(pairs).items()}
    return [(x, y) for x, y in pairs if best[nfc(x)] == nfc(y)]


def _leaks(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    if found := _leaking_pairs(pairs):
        words = Template(
            "따로 둔 쌍 가운데 {n}개의 x가 학습 쌍에도 있습니다(대소문자와 빈칸 차이만 빼고). 그런 쌍의 점수는 외운 것을 잽니다.",
            "Held-out pairs whose x is also trained on, but for capitals and spaces: {n}. Their score measures memory.",
        )
        yield issue_of("leak", found, words, _drop_leaks)


def _leaking_pairs(pairs: list[Pair]) -> list[Pair]:
    """Held-out pairs whose x, small letters and single spaces taken, is the x of a pair that is trained on."""
    kept, held = holdout_split([(nfc(x), nfc(y)) for x, y in pairs])
    known = {_folded(x) for x, _ in kept}
    return [pair for pair in held if _folded(pair[0]) in known]


def _drop_leaks(pairs: list[Pair]) -> list[Pair]:
    """One way to write each x, the first; where there are too few x to hold some out, one pair of each."""
    first: dict[str, str] = {}
    for x, _ in pairs:
        first.setdefault(_folded(x), nfc(x))
    same = [(x, y) for x, y in pairs if nfc(x) == first[_folded(x)]]
    return list({nfc(x): (x, y) for x, y in reversed(same)}.values())[::-1] if _leaking_pairs(same) else same


def _folded(text: str) -> str:
    return " ".join(nfc(text).casefold().split())


def _too_long(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    cuts = tokenizers(pairs, plan)

    def bad(pair: Pair) -> bool:
        return any(len(cut(side)) > LONG for side, cut in zip(pair, cuts, strict=True))

    if found := [pair for pair in pairs if bad(pair)]:
        words = Template(
            "{n}개 쌍이 {long}단계보다 깁니다. 긴 쌍 하나가 묶음 전체를 느리게 합니다.",
            "Pairs of more than {long} steps: {n}. One long pair slows down its whole batch.",
        )
        yield issue_of("long", found, words, lambda pairs: [pair for pair in pairs if not bad(pair)], long=LONG)
