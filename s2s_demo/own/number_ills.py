"""The data doctor's look at rows of numbers: ragged rows, missing cells, columns that never change, sequences that come twice or lie apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import torch
from torch import Tensor

from s2s_demo.codecs import Numbers
from s2s_demo.codecs.numbers import sequence_of, tried, width_of
from s2s_demo.own.finding import Finding, finding_of, short, shown
from s2s_demo.own.plan import Pair, Plan, parted
from s2s_demo.own.sequences import bare
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.task import Shape

FAR, FEW = 3.0, 5
Numbered = tuple[Pair, Tensor]


def ragged(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Pairs with a row that is not as wide as the others, or not of numbers."""
    width = width_of(x for x, _ in pairs)
    if found := [pair for pair in pairs if tried(pair[0], width) is None]:
        words = Words(
            f"한 단계가 숫자 {width}개가 아니거나 숫자가 아닌 칸이 있는 쌍이 {{n}}개입니다. 그대로는 학습할 수 없습니다.",
            f"Pairs with a step that is not {width} numbers: {{n}}. They cannot be trained on as they are.",
        )
        yield finding_of(
            "ragged", found, words, lambda pairs: [pair for pair in pairs if tried(pair[0], width) is not None]
        )


def missing(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Cells that are missing."""
    gaps = [(pair, int(table.isnan().sum())) for pair, table in _tables(pairs)]
    if found := [pair for pair, count in gaps if count]:
        words = Words(
            "빈 칸이 {n}개 있습니다. 그 열의 평균으로 읽습니다.",
            "Missing cells: {n}. Each is read as the mean of its column.",
        )
        yield finding_of("missing", found, words, None, sum(count for _, count in gaps))


def constant(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Columns that never change in the pairs that are trained on."""
    try:
        codec = Numbers.of((x for x, _ in parted(pairs, plan)[0]), plan.columns)
    except UserError:
        return
    if found := [name for name, spread in zip(codec.columns, codec.spread, strict=True) if not spread]:
        words = Words(
            f"학습 쌍에서 변하지 않는 열이 {{n}}개 있습니다: {quoted(', '.join(found), 80)}. 모델은 보지 않습니다.",
            f"Columns that never change where it is trained: {{n}} ({quoted(', '.join(found), 80)}). The model does not see them.",
        )
        yield finding_of("constant", pairs[:1], words, None, len(found))


def twice(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Pairs with the numbers of another one, whatever their names."""
    seen = Counter(bare(x) for x, _ in pairs)
    kept, held = parted(pairs, plan)
    known = {bare(x) for x, _ in kept}
    leaks = sum(bare(x) in known for x, _ in held)
    if found := [pair for pair in pairs if seen[bare(pair[0])] > 1]:
        words = Words(
            f"x의 숫자가 다른 쌍과 똑같은 것이 {{n}}개입니다. 그중 {leaks:,}개는 채점용인데 학습 쌍에도 있습니다.",
            f"Pairs whose numbers repeat those of another: {{n}}; of the held-out pairs {leaks:,} are trained on too.",
        )
        yield finding_of("leak" if leaks else "duplicate", found, words, _once, sum(seen.values()) - len(seen))


def _once(pairs: list[Pair]) -> list[Pair]:
    first: dict[str, Pair] = {}
    for x, y in pairs:
        first.setdefault(bare(x), (x, y))
    return list(first.values())


def apart(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Sequences whose numbers lie far from those of all the others, as of a camera that stood elsewhere."""
    tables: dict[str, list[Tensor]] = defaultdict(list)
    for (x, _), table in _tables(pairs):
        tables[sequence_of(x)].append(table)
    if not 1 < len(tables) <= len(pairs) // 2:
        return
    found = []
    for name, own in tables.items():
        rest = torch.cat([table for other, some in tables.items() if other != name for table in some])
        spread_F = rest.nan_to_num(0).std(0)
        moved_F = (torch.cat(own).nanmean(0) - rest.nanmean(0)).abs() / torch.where(spread_F > 0, spread_F, torch.inf)
        narrow_F = torch.cat(own).nan_to_num(0).std(0) / torch.where(spread_F > 0, spread_F, torch.inf)
        if float(moved_F.nanmedian()) > FAR or float(narrow_F.nanmedian()) < 1 / (2 * FAR):
            found.append(name)
    if found:
        words = Words(
            f"숫자의 위치나 크기가 나머지와 크게 다른 시퀀스가 {{n}}개입니다: {quoted(', '.join(found), 60)}. 시퀀스마다 평균을 빼고 표준편차로 나눠 보세요.",
            f"Sequences whose numbers lie or spread far from the others': {{n}} ({quoted(', '.join(found), 60)}). Try to z-score each sequence by itself.",
        )
        example = next(pair for pair in pairs if sequence_of(pair[0]) == found[0])
        yield finding_of("apart", [example], words, None, len(found))


def seldom(pairs: list[Pair], plan: Plan) -> Iterator[Finding]:
    """Labels of steps that hardly ever occur, as of a slip of the pen."""
    if plan.shape is not Shape.N2N:
        return
    counts = Counter(word for _, y in pairs for word in y.split())
    rare = {word for word, n in counts.items() if n < FEW}
    if not rare:
        return
    found = [pair for pair in pairs if not rare.isdisjoint(pair[1].split())]
    words = Words(
        f"{FEW}단계도 나오지 않는 라벨이 {{n}}개 있습니다: {quoted(', '.join(sorted(rare)), 60)}. 잘못 적은 것인지 보세요.",
        f"Labels of fewer than {FEW} steps: {{n}} ({quoted(', '.join(sorted(rare)), 60)}). Are they slips of the pen?",
    )
    yield Finding("seldom", len(rare), words.format(n=len(rare)), f"{short(min(rare))}: {shown(found[0])}", None)


def _tables(pairs: list[Pair]) -> list[Numbered]:
    width = width_of(x for x, _ in pairs)
    tables = [(pair, tried(pair[0], width)) for pair in pairs]
    return [(pair, table) for pair, table in tables if table is not None and len(table)]
