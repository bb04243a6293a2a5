"""Data checks for rows of numbers: ragged rows, missing cells, columns that never change, sequences that come twice or lie apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor

from s2s_demo.codecs import Numbers
from s2s_demo.codecs.numbers import parsed_or_none, sequence_of, width_of
from s2s_demo.custom.issue import Issue, example_of, issue_of, short
from s2s_demo.custom.plan import Pair, Plan, train_test_split
from s2s_demo.custom.series_split import without_name
from s2s_demo.prediction import Template, UserError, quoted
from s2s_demo.task import Shape

OUTLIER_DEVIATIONS, FEW = 3.0, 5
Numbered = tuple[Pair, Tensor]


@dataclass(frozen=True)
class ColumnStats:
    """Of each column of a table the mean of the cells that are there, and the squared deviations of all, a missing one read as 0."""

    rows: int
    there_F: Tensor
    sum_F: Tensor
    filled_F: Tensor
    squares_F: Tensor

    @classmethod
    def of(cls, table_TF: Tensor) -> ColumnStats:
        """Those of one table of a row or more."""
        filled_TF = table_TF.nan_to_num(0)
        mean_F = filled_TF.mean(0)
        there_F = (~table_TF.isnan()).sum(0).double()
        return cls(len(table_TF), there_F, filled_TF.sum(0), mean_F, (filled_TF - mean_F).square().sum(0))

    def joined(self, other: ColumnStats) -> ColumnStats:
        """Those of both tables as one (Chan, Golub & LeVeque 1983)."""
        rows = self.rows + other.rows
        apart_F = other.filled_F - self.filled_F
        mean_F = self.filled_F + apart_F * other.rows / rows
        squares_F = self.squares_F + other.squares_F + apart_F.square() * self.rows * other.rows / rows
        return ColumnStats(rows, self.there_F + other.there_F, self.sum_F + other.sum_F, mean_F, squares_F)

    @property
    def mean_F(self) -> Tensor:
        """NaN for a column without a cell."""
        return self.sum_F / self.there_F

    @property
    def spread_F(self) -> Tensor:
        """The standard deviation, NaN of a single row."""
        return (self.squares_F / (self.rows - 1 or torch.nan)).sqrt()


def ragged(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Pairs with a row that is not as wide as the others, or not of numbers."""
    width = width_of(x for x, _ in pairs)
    if found := [pair for pair in pairs if parsed_or_none(pair[0], width) is None]:
        words = Template(
            "한 단계가 숫자 {width}개가 아니거나 숫자가 아닌 칸이 있는 쌍이 {n}개입니다. 그대로는 학습할 수 없습니다.",
            "Pairs with a step that is not {width} numbers: {n}. They cannot be trained on as they are.",
        )
        sound = lambda pairs: [pair for pair in pairs if parsed_or_none(pair[0], width) is not None]  # noqa: E731
        yield issue_of("ragged", found, words, sound, width=width)


def missing(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Cells that are missing."""
    gaps = [(pair, int(table.isnan().sum())) for pair, table in _tables(pairs)]
    if found := [pair for pair, count in gaps if count]:
        words = Template(
            "빈 칸이 {n}개 있습니다. 그 열의 평균으로 읽습니다.",
            "Missing cells: {n}. Each is read as the mean of its column.",
        )
        yield issue_of("missing", found, words, None, sum(count for _, count in gaps))


def constant(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Columns that never change in the pairs that are trained on."""
    try:
        codec = Numbers.of((x for x, _ in train_test_split(pairs, plan)[0]), plan.columns)
    except UserError:
        return
    if found := [name for name, spread in zip(codec.columns, codec.std, strict=True) if not spread]:
        words = Template(
            "학습 쌍에서 변하지 않는 열이 {n}개 있습니다: {names}. 모델은 보지 않습니다.",
            "Columns that never change where it is trained: {n} ({names}). The model does not see them.",
        )
        yield issue_of("constant", pairs[:1], words, None, len(found), names=quoted(", ".join(found), 80))


def duplicates(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Pairs with the numbers of another one, whatever their names."""
    seen = Counter(without_name(x) for x, _ in pairs)
    kept, held = train_test_split(pairs, plan)
    known = {without_name(x) for x, _ in kept}
    leaks = sum(without_name(x) in known for x, _ in held)
    if found := [pair for pair in pairs if seen[without_name(pair[0])] > 1]:
        words = Template(
            "x의 숫자가 다른 쌍과 똑같은 것이 {n}개입니다. 그중 {leaks:,}개는 채점용인데 학습 쌍에도 있습니다.",
            "Pairs whose numbers repeat those of another: {n}; of the held-out pairs {leaks:,} are trained on too.",
        )
        kind, count = "leak" if leaks else "duplicate", sum(seen.values()) - len(seen)
        yield issue_of(kind, found, words, _drop_duplicates, count, leaks=leaks)


def _drop_duplicates(pairs: list[Pair]) -> list[Pair]:
    first: dict[str, Pair] = {}
    for x, y in pairs:
        first.setdefault(without_name(x), (x, y))
    return list(first.values())


def outlier_sequences(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Outlier sequences: column means or spreads far from those of all the others, e.g. from another camera position."""
    tables: dict[str, list[Tensor]] = defaultdict(list)
    for (x, _), table in _tables(pairs):
        tables[sequence_of(x)].append(table)
    if not 1 < len(tables) <= len(pairs) // 2:
        return
    own = [ColumnStats.of(torch.cat(some)) for some in tables.values()]
    found = [name for name, one, rest in zip(tables, own, _stats_of_others(own), strict=True) if _is_outlier(one, rest)]
    if found:
        words = Template(
            "숫자의 위치나 크기가 나머지와 크게 다른 시퀀스가 {n}개입니다: {names}. 시퀀스마다 평균을 빼고 표준편차로 나눠 보세요.",
            "Sequences whose numbers lie or spread far from the others': {n} ({names}). Try to z-score each sequence by itself.",
        )
        example = next(pair for pair in pairs if sequence_of(pair[0]) == found[0])
        yield issue_of("apart", [example], words, None, len(found), names=quoted(", ".join(found), 60))


def _is_outlier(own: ColumnStats, rest: ColumnStats) -> bool:
    spread_F = torch.where(rest.spread_F > 0, rest.spread_F, torch.inf)
    moved_F = (own.mean_F - rest.mean_F).abs() / spread_F
    return float(moved_F.nanmedian()) > OUTLIER_DEVIATIONS or float((own.spread_F / spread_F).nanmedian()) < 1 / (
        2 * OUTLIER_DEVIATIONS
    )


def _stats_of_others(own: list[ColumnStats]) -> list[ColumnStats]:
    """For each of these the moments of all the others: what stands before it joined to what stands after it.

    Joined rather than taken away from a total, since one wild sequence would drown the others in that.
    """
    before = list(accumulate(own[:-1], ColumnStats.joined))
    after = list(accumulate(own[:0:-1], ColumnStats.joined))[::-1]
    between = [left.joined(right) for left, right in zip(before, after[1:], strict=False)]
    return [after[0], *between, before[-1]]


def rare_step_labels(pairs: list[Pair], plan: Plan) -> Iterator[Issue]:
    """Rare step labels, possibly typing errors."""
    if plan.shape is not Shape.N2N:
        return
    counts = Counter(word for _, y in pairs for word in y.split())
    rare = {word for word, n in counts.items() if n < FEW}
    if not rare:
        return
    found = [pair for pair in pairs if not rare.isdisjoint(pair[1].split())]
    words = Template(
        "{few}단계도 나오지 않는 라벨이 {n}개 있습니다: {names}. 잘못 적은 것인지 보세요.",
        "Labels of fewer than {few} steps: {n} ({names}). Are they slips of the pen?",
    ).format(few=FEW, n=len(rare), names=quoted(", ".join(sorted(rare)), 60))
    yield Issue("seldom", len(rare), words, f"{short(min(rare))}: {example_of(found[0])}", None)


def _tables(pairs: list[Pair]) -> list[Numbered]:
    width = width_of(x for x, _ in pairs)
    tables = [(pair, parsed_or_none(pair[0], width)) for pair in pairs]
    return [(pair, table) for pair, table in tables if table is not None and len(table)]
