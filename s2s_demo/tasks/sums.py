"""Sums of two numbers of up to three digits, from a string to a string (N2M): the lecture's own example.

    347+589   x  3 4 7 + 5 8 9     y  6 3 9 ␣        (ones first)
    47+9      x  ␣ 4 7 + ␣ ␣ 9     y  6 5 ␣ ␣

Every x has seven steps and every y four, three digits and padding: the encoder turns x into one vector, which is copied into the
decoder. y begins with its ones, as one adds on paper, so that a digit hangs on no digit that is written later.

The lengths of both numbers are drawn evenly. Splits go by unordered pair of numbers: no pair of dev or test is ever trained on,
in either order.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from s2s_demo.codecs.digits import split
from s2s_demo.codecs.padded import PaddedNumber, PaddedSum
from s2s_demo.prediction import Words
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.tasks._numbers import add_columns, number, read_expression, split_of

PLACES = 3
SIZES = {"dev": 1000, "test": 5000}


def pairs(split_name: str, seed: int) -> Iterator[Pair]:
    """Endless for "train"; 1,000 different sums for "dev"; 5,000 for "test"."""
    rng = Random(f"sums {split_name} {seed}")
    count, seen = SIZES.get(split_name), set[str]()
    while count is None or len(seen) < count:
        a, b = (number(rng, rng.randint(1, PLACES)) for _ in range(2))
        x = f"{a}+{b}"
        if split_of(a, b) != split_name or (count is not None and x in seen):
            continue
        if count is not None:
            seen.add(x)
        yield x, truth(x)


def read(text: str) -> str:
    """What a visitor typed -> "347+589"."""
    return read_expression(text, signs="+", digits={"+": PLACES}, example="347+589")


def truth(x: str) -> str:
    """The sum."""
    a, _, b = split(x)
    return str(int(a) + int(b))


def without_carry(x: str) -> str:
    """The baseline: every column by itself."""
    a, _, b = split(x)
    return str(int(add_columns(a, b, carries=False)))


def aligned(x: str, steps: int) -> list[int] | None:
    """The step of x a step of y is about: the second number's digit of the same column; the first digit where there is none."""
    ends = 2 * PLACES
    return [max(ends - k, PLACES + 1) for k in range(steps)]


TASK = Task(
    name="sums",
    title=Words("세 자리 덧셈 (N2M)", "Three-digit sums (N2M)"),
    about=Words(
        "글자 그대로의 식이 x, 합의 자릿수가 y입니다. x는 늘 일곱 단계, y는 세 자리에 패딩을 더한 네 단계이고 일의 자리부터 씁니다.",
        "x is the sum as typed, always seven steps; y its digits, ones first, three and padding: always four.",
    ),
    shape=Shape.N2M,
    pairs=pairs,
    x_codec=PaddedSum(PLACES),
    y_codec=PaddedNumber(PLACES + 1),
    examples=("347+589", "58+67", "999+1", "123+456", "808+94", "7+8", "999+999"),
    read=read,
    truth=truth,
    baseline=without_carry,
    longest=PLACES + 2,
    endless=True,
    race_note=Words(
        "세 자리 덧셈 과제 그대로(일의 자리부터). 점수는 합 전체가 맞은 비율입니다.",
        "The three-digit sums as they are, ones first. The score is the share of whole sums right.",
    ),
    room="arithmetic",
    input_label=Words("식", "Expression"),
    order=0,
)
