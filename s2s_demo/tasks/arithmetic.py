"""Arithmetic from a string (N2M): "347+589", "1204-77", "38*45" into the digits of the result.

    347+589   x  3 4 7 + 5 8 9     y  + 6 3 9 0 0 0                       (sign, then ones first)
    38*45     x  3 8 × 4 5         y  0 9 1 0 · 2 5 1 0 · + 0 1 7 1 0 0   (38 × 5, 38 × 4, then the result)
    45-47     x  4 5 - 4 7         y  8 9 9 9 9 9 · − 2 0 0 0 0 0         (45 − 47 column by column, then the result)

Digits know their column (see codecs.digits). How y is written is an option: "worked" (the default, a product and a difference
show their working), "reversed" (no working), "plain" (no working, first digit first). With its working, no digit of a result
hangs on a far one: the sign of a difference is 9 or 0 in the last column of the working.

+ and − take up to 5 digits a number, × up to 3. Splits go by unordered pair of operands: no pair of the test set is ever
trained on, in either order or with another sign. Lengths are drawn evenly, and 3 in 10 sums and differences are chains of
carries or borrows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from s2s_demo.codecs import Answer, Expression, Symbols
from s2s_demo.codecs.digits import COMPLEMENT, split
from s2s_demo.prediction import Words
from s2s_demo.task import Pair, Shape, Task, exact_match
from s2s_demo.tasks._numbers import add_columns, chained, number, read_expression, split_of

DIGITS = {"+": 5, "-": 5, "*": 3}
SHARES = {"train": "++---****", "dev": "+-*", "test": "+-*"}
SIZES = {"dev": 1500, "test": 12_000}
SUMS = ("47+38", "99+1", "6+7", "50+25", "347+589", "999+1")


def pairs(split_name: str, seed: int) -> Iterator[Pair]:
    """Endless for "train"; 1,500 pairs for "dev"; 12,000 for "test", a third of each sign."""
    rng = Random(f"arithmetic {split_name} {seed}")
    signs = SHARES[split_name]
    count = SIZES.get(split_name)
    drawn = 0
    while count is None or drawn < count:
        x = _draw(rng, rng.choice(signs) if count is None else signs[drawn % len(signs)])
        a, _, b = split(x)
        if split_of(a, b) == split_name:
            drawn += 1
            yield x, truth(x)


def _draw(rng: Random, sign: str) -> str:
    most = DIGITS[sign]
    m, n = rng.randint(1, most), rng.randint(1, most)
    if sign == "*" and rng.random() < 0.3:
        m = n = most
    a, b = number(rng, m), number(rng, n)
    if sign != "*" and rng.random() < 0.3:
        b = chained(rng, a, 0.9) if sign == "+" else _neighbour(rng, a)
    return f"{a}{sign}{b}"


def _neighbour(rng: Random, a: str) -> str:
    """A number that shares a's first digits: the sign of a − b hangs on a late digit, or a borrow runs far."""
    same = rng.randint(0, len(a))
    rest = "".join(rng.choices("0123456789", k=len(a) - same))
    return (a[:same] + rest).lstrip("0") or "0"


def read(text: str) -> str:
    """What a visitor typed -> "347+589"."""
    return read_expression(text, signs="+-*", digits=DIGITS, example="347+589")


def truth(x: str) -> str:
    """The result, its working first: "38*45" -> "190+1520=1710", "45-47" -> "...999998=-2", "2+3" -> "5"."""
    a, sign, b = split(x)
    if sign == "+":
        return str(int(a) + int(b))
    if sign == "-":
        return f"...{(int(a) - int(b)) % COMPLEMENT:06}={int(a) - int(b)}"
    working = "+".join(str(int(a) * int(d) * 10**j) for j, d in enumerate(reversed(b)))
    return f"{working}={int(a) * int(b)}"


def answer(y: str) -> str:
    """What stands after the working."""
    return y.rpartition("=")[2]


def without_carry(x: str) -> str:
    """The baseline: sums column by column without a carry; differences without a borrow; × of the first digits alone."""
    a, sign, b = split(x)
    if sign == "+":
        return str(int(add_columns(a, b, carries=False)))
    if sign == "-":
        width = max(len(a), len(b))
        columns = zip(a.zfill(width), b.zfill(width), strict=True)
        size = int("".join(str(abs(int(u) - int(v))) for u, v in columns))
        return str(-size if int(a) < int(b) else size)
    return str(int(a[0]) * int(b[0]) * 10 ** (len(a) + len(b) - 2))


def score(xs: list[str], answers: list[str], truths: list[str]) -> dict[str, float]:
    """`exact` over all, and over each sign (exact_add, exact_subtract, exact_multiply) and hardest length (exact_3x3)."""
    scores = exact_match(xs, answers, truths)
    kinds = {"add": "+", "subtract": "-", "multiply": "*"}
    rows = list(zip(xs, answers, truths, strict=True))
    for kind, sign in kinds.items():
        scores |= _share(f"exact_{kind}", [row for row in rows if split(row[0])[1] == sign])
    hardest = [row for row in rows if "*" in row[0] and list(map(len, row[0].split("*"))) == [3, 3]]
    return scores | _share("exact_3x3", hardest)


def _share(name: str, rows: list[tuple[str, str, str]]) -> dict[str, float]:
    """{name: share of rows that are right}; {} without rows, since JSON has no NaN."""
    return {name: sum(a == t for _, a, t in rows) / len(rows)} if rows else {}


def sums(task: Task, *, digits: int, **_: Any) -> Task:
    """The small form: sums of two numbers of up to `digits` digits, the result written ones first, no working."""

    def drawn(split: str, seed: int) -> Iterator[Pair]:
        return _sums(split, seed, digits)

    def read_sum(text: str) -> str:
        return read_expression(text, signs="+", digits={"+": digits}, example="47+38")

    asks = {"examples": SUMS if digits > 2 else SUMS[:4], "read": read_sum, "truth": _sum}
    y_codec = Symbols(tuple("0123456789"), backwards=True)
    return replace(task, pairs=drawn, y_codec=y_codec, y_texts={}, longest=digits + 3, **asks)


def _sums(split: str, seed: int, digits: int) -> Iterator[Pair]:
    """Endless for "train", 1,000 pairs for any other split, lengths drawn evenly; splits as in the whole task."""
    rng, left = Random(f"small arithmetic {split} {seed} {digits}"), 1000
    while split == "train" or left:
        a, b = number(rng, rng.randint(1, digits)), number(rng, rng.randint(1, digits))
        if split_of(a, b) == split:
            left -= 1
            yield f"{a}+{b}", str(int(a) + int(b))


def _sum(x: str) -> str | None:
    a, sign, b = x.partition("+")
    return str(int(a) + int(b)) if sign else None


TASK = Task(
    name="arithmetic",
    title=Words("산수 (문자열, N2M)", "Arithmetic (a string, N2M)"),
    about=Words(
        "식을 글자 그대로 읽고 결과를 한 자리씩 씁니다. 덧셈과 뺄셈은 5자리, 곱셈은 3자리까지. 뺄셈과 곱셈은 중간 과정을 먼저 씁니다.",
        "Reads an expression as typed and writes the result digit by digit: + and − up to 5 digits, × up to 3; "
        "− and × show their working first.",
    ),
    shape=Shape.N2M,
    pairs=pairs,
    x_codec=Expression(),
    y_codec=Answer(),
    y_texts={text: Answer(text) for text in ("worked", "reversed", "plain")},
    examples=("347+589", "1204-77", "38*45", "99999+1", "50000-49999", "987*654", "77-1204"),
    read=read,
    answer=answer,
    truth=truth,
    baseline=without_carry,
    baseline_name="no-carries",
    score=score,
    longest=24,
    endless=True,
    trained_digits={"+": 5, "-": 5, "*": 3},
    small=sums,
    race_note=Words(
        "산수를 아주 쉽게 줄인 것: 두 자리까지의 덧셈만, 일의 자리부터 씁니다. 개발 세트 점수는 답 전체가 맞은 비율입니다.",
        "A very easy form of arithmetic: sums of up to two digits only, written ones first. The score is the share of whole answers "
        "right on the dev split.",
    ),
    input_label=Words("식", "Expression"),
    order=1,
)
