"""Which columns of a table are x and y, by their names, in English and Korean."""

from __future__ import annotations

from itertools import pairwise

from s2s_demo.custom.reading.table import Table

X = (
    "x text texts sentence sentences source src input inputs question query document utterance tokens token words word from "
    "before comment review prompt instruction original korean ko 입력 문장 글 내용 원문 질문 원본 단어 한국어"
)
Y = (
    "y label labels class category target tgt trg output outputs answer response completion tags tag ner_tags pos_tags upos "
    "intent sentiment summary translation to after english en title rating 출력 라벨 레이블 분류 의도 감정 감성 답 답변 정답 번역 "
    "번역문 요약 품사 영어 결과"
)
OTHERS = "id idx index no in out score ko_kr en_us 제목 한글 영문 번호"
X_NAMES, Y_NAMES = X.split(), Y.split()
FEW, FAR, MOSTLY = 10, 10, 0.8  # rows to tell a numbering with gaps by, the widest gap, and the share that must look so
COLUMN_NAMES = frozenset([*X_NAMES, *Y_NAMES, *OTHERS.split()])


def guess_columns(table: Table) -> tuple[int, int]:
    """(x, y): the columns whose names say so, else the first two that neither number the rows nor are empty."""
    names = [name.casefold() for name in table.header]
    free = [i for i in range(len(names)) if not _numbering(table, i) and not _empty(table, i)]
    free = free if len(free) >= 2 else list(range(len(names)))
    named = {name: i for i, name in enumerate(names) if i in free}
    x = next((named[name] for name in X_NAMES if name in named), None)
    y = next((named[name] for name in Y_NAMES if name in named), None)
    if x is None:
        x = next(i for i in free if i != y)
    if y is None:
        y = next(i for i in [*(i for i in free if i > x), *free] if i != x)
    return x, y


def _numbering(table: Table, column: int) -> bool:
    """Whether the cells count the rows, though some may be missing or come twice."""
    cells = [row[column].strip() for row in table.rows[:1000]]
    if len(cells) < 2 or not all(cell.isascii() and cell.isdigit() and len(cell) < 10 for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return True
    ups = sum(0 < b - a <= FAR for a, b in pairwise(numbers))
    return len(numbers) >= FEW and ups >= MOSTLY * (len(numbers) - 1)


def _empty(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows[:1000]]
    return sum(not cell.strip() for cell in cells) > MOSTLY * len(cells)
