"""Addition, digit by digit (N2N): x is a column of two digits, y is one digit of the sum, ones first.

    47 + 9      x  7+9  4+0  0+0        y  6  5  0

Framed this way the problem needs one bit of memory, the carry, and length is no obstacle: trained on up to 10 digits, tested
on up to 5,000. The same sums as a string of characters are another, far harder problem (see `arithmetic`).

Splits: train; dev; random-L (1,000 sums of two L-digit numbers); chain-L (1,000: the ones carry, 9 of 10 other columns sum
to 9); full-50 (1,000: one carry runs from end to end). A chain begins in the ones unless the first number ends in 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from s2s_demo.codecs import DigitPairs, Symbols
from s2s_demo.codecs.digits import split
from s2s_demo.prediction import Words
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.tasks._numbers import add_columns, chained, number, read_expression, split_of

TRAINED_DIGITS, TESTED = 10, 1000
LENGTHS = (5, 10, 50, 500, 5000)
LONGEST = 10_000


def pairs(split_name: str, seed: int) -> Iterator[Pair]:
    """Endless for "train"; 1,000 pairs for "dev" and every test split."""
    rng = Random(f"addition {split_name} {seed}")
    kind, _, length = split_name.partition("-")
    if kind == "train":
        while True:
            yield from _drawn(rng, "train")
    for _ in range(TESTED):
        if kind == "dev":
            yield next(_drawn(rng, "dev"))
        else:
            yield _test_pair(rng, kind, int(length))


def _drawn(rng: Random, wanted: str) -> Iterator[Pair]:
    while True:
        m, n = rng.randint(1, TRAINED_DIGITS), rng.randint(1, TRAINED_DIGITS)
        a = number(rng, m)
        b = chained(rng, a, 0.9) if rng.random() < 0.3 else number(rng, m if rng.random() < 0.5 else n)
        if split_of(a, b) == wanted:
            yield _pair(a, b)


def _test_pair(rng: Random, kind: str, length: int) -> Pair:
    while True:
        a = str(rng.randint(1, 9)) + "".join(rng.choices("0123456789", k=length - 1))
        if kind == "random":
            b = str(rng.randint(1, 9)) + "".join(rng.choices("0123456789", k=length - 1))
        else:
            b = chained(rng, a, 0.9 if kind == "chain" else 1.0)
        if length > TRAINED_DIGITS or split_of(a, b) == "test":
            return _pair(a, b)


def grid_pairs(longest: int, each: int, seed: int) -> list[Pair]:
    """`each` sums no training ever draws from, for every pair of lengths up to `longest`."""
    rng = Random(f"addition grid {seed}")
    found = []
    for m in range(1, longest + 1):
        for n in range(1, longest + 1):
            tries = ((number(rng, m), number(rng, n)) for _ in range(each * 60))
            held = [_pair(a, b) for a, b in tries if split_of(a, b) == "test"]
            found += list(dict.fromkeys(held))[:each]
    return found


def _pair(a: str, b: str) -> Pair:
    return f"{a}+{b}", add_columns(a, b)


def read(text: str) -> str:
    """What a visitor typed -> "47+9"."""
    return read_expression(text, signs="+", digits={"+": LONGEST}, example="347+589")


def truth(x: str) -> str:
    """The sum in as many digits as x has columns."""
    a, _, b = split(x)
    return add_columns(a, b)


def without_carry(x: str) -> str:
    """The baseline: every column by itself."""
    a, _, b = split(x)
    return add_columns(a, b, carries=False)


def answer(y: str) -> str:
    """The number without the zeros in front."""
    return y.lstrip("0") or "0"


TASK = Task(
    name="addition",
    title=Words("덧셈 (자리별, N2N)", "Addition (digit by digit, N2N)"),
    about=Words(
        "두 수를 일의 자리부터 한 자리씩 짝지어 x로, 합의 한 자리를 y로 둡니다. 10자리까지만 배우고 5,000자리에서 시험합니다.",
        "x is a column of two digits, ones first; y is one digit of the sum. Trained on up to 10 digits, tested on 5,000.",
    ),
    shape=Shape.N2N,
    pairs=pairs,
    x_codec=DigitPairs(),
    y_codec=Symbols(tuple("0123456789"), backwards=True),
    examples=("347+589", "99999999+1", "1204+77", "31415926535897932384+27182818284590452353"),
    tests=(
        *(f"random-{length}" for length in LENGTHS),
        *(f"chain-{length}" for length in LENGTHS),
        "full-50",
    ),
    read=read,
    answer=answer,
    truth=truth,
    aligned=lambda x, steps: list(range(steps)),
    baseline=without_carry,
    baseline_name="no-carries",
    endless=True,
    trained_digits={"+": TRAINED_DIGITS},
    race_note=Words(
        "덧셈 과제 그대로(10자리까지, 자리별). 점수는 합 전체가 맞은 비율입니다.",
        "The addition task as it is (up to ten digits, column by column). The score is the share of whole sums right.",
    ),
    room="arithmetic",
    input_label=Words("식", "Expression"),
    order=2,
)
