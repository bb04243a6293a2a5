"""What the two arithmetic tasks share: reading an expression, the split by operand pair, and numbers with many carries."""

from __future__ import annotations

import re
import unicodedata
import zlib
from random import Random

from s2s_demo.codecs import normal
from s2s_demo.prediction import UserError

SIGNS = {"×": "*", "✕": "*", "x": "*", "X": "*", "∗": "*", "·": "*", "−": "-", "–": "-", "—": "-", "﹣": "-"}
LONGEST_TEXT = 20_100
BLOCK = 1000  # Python refuses to read an int of more than 4,300 digits


def read_expression(text: str, *, signs: str, digits: dict[str, int], example: str) -> str:
    """ "０４７ + ９" -> "47+9": digits of any script, spaces dropped, leading zeros dropped.

    signs: those that are allowed. digits: for each sign, the most digits a number may have.

    Raises:
        UserError: with the one sentence that says what to type instead.
    """
    printed = " ".join(signs).replace("*", "×").replace("-", "−")
    if not text.strip():
        raise UserError(f"식을 입력해 주세요. 예: {example}", f"Type an expression, for example {example}")
    if len(text) > LONGEST_TEXT:
        raise UserError(
            f"{len(text):,}자는 너무 깁니다. {example} 같은 짧은 식을 입력해 주세요.",
            f"{len(text):,} characters are too many. Type a short expression such as {example}",
        )
    asked = normal(text).strip().rstrip("=? ")  # "347+589 = ?"; between the numbers an = means something else
    plain = "".join(_plain(c) for c in asked if not c.isspace())
    wrong = next((c for c in plain if not (c.isascii() and c.isdigit()) and c not in "+-*"), None)
    if wrong is not None:
        wrong = wrong if wrong.isprintable() else f"U+{ord(wrong):04X}"
        raise UserError(
            f"‘{wrong}’ 기호는 읽을 수 없습니다. 숫자와 {printed} 만 써 주세요. 예: {example}",
            f"‘{wrong}’ cannot be read here. Use digits and {printed} only, for example {example}",
        )
    match = re.fullmatch(r"(\d+)([+\-*])(\d+)", plain)
    if match is None:
        raise UserError(
            f"두 수 사이에 기호 하나가 있는 식이어야 합니다. 예: {example}",
            f"It must be two numbers with one sign between them, for example {example}",
        )
    a, sign, b = match[1].lstrip("0") or "0", match[2], match[3].lstrip("0") or "0"
    if sign not in signs:
        raise UserError(
            f"이 과제는 {printed} 만 배웠습니다. 예: {example}",
            f"This task has learned {printed} only, for example {example}",
        )
    if max(len(a), len(b)) > digits[sign]:
        raise UserError(
            f"‘{sign}’ 식의 수는 {digits[sign]:,}자리까지 쓸 수 있습니다.",
            f"With ‘{sign}’ a number may have up to {digits[sign]:,} digits.",
        )
    return f"{a}{sign}{b}"


def split_of(a: str, b: str) -> str:
    """The split an operand pair belongs to, whatever its order or sign: test 10 %, dev 5 %, train the rest."""
    low, high = sorted((a, b), key=lambda n: (len(n), n))
    share = zlib.crc32(f"{low},{high}".encode()) % 100
    return "test" if share < 10 else "dev" if share < 15 else "train"


def number(rng: Random, digits: int) -> str:
    """A number of exactly that many digits (0 is one of one digit)."""
    return str(rng.randrange(0 if digits == 1 else 10 ** (digits - 1), 10**digits))


def chained(rng: Random, a: str, share: float) -> str:
    """A number as long as `a` whose columns sum to 9 with `a`'s with probability `share`.

    Its ones column carries, unless `a` ends in 0: no digit makes 10 with that.
    """
    digits = [str(9 - int(d)) if rng.random() < share else str(rng.randrange(10)) for d in a[:-1]]
    ones = int(a[-1])
    last = str(rng.randrange(10 - ones, 10)) if ones else "9"
    return "".join([*digits, last]).lstrip("0") or "0"


def add_columns(a: str, b: str, *, carries: bool = True) -> str:
    """a + b written in max(len) + 1 digits; without carries every column is added by itself."""
    width = max(len(a), len(b)) + 1
    a, b = a.zfill(width), b.zfill(width)
    if not carries:
        return "".join(str((int(u) + int(v)) % 10) for u, v in zip(a, b, strict=True))
    carry, blocks = 0, []
    for end in range(width, 0, -BLOCK):
        start = max(0, end - BLOCK)
        total = str(int(a[start:end]) + int(b[start:end]) + carry).zfill(end - start)
        carry, digits = (int(total[0]), total[1:]) if len(total) > end - start else (0, total)
        blocks.append(digits)
    return "".join(reversed(blocks))


def _plain(c: str) -> str:
    value = unicodedata.digit(c, None)
    return str(value) if value is not None else SIGNS.get(c, c)
