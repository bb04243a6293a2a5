"""How the texts of a plan are cut into steps, and which ways to cut a shape leaves open."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from s2s_demo.codecs import Subwords
from s2s_demo.custom.plan import Pair, Plan, pieces
from s2s_demo.prediction import Words
from s2s_demo.task import Shape, holdout_split, nfc

Tokenizer = Callable[[str], list[str]]
UNITS = ("char", "jamo", "word", "subword")
LABEL = "label"
"""A way to cut the y of N21 alone: not at all."""
NUMBERS = "numbers"
"""A way to cut x alone: into rows of numbers."""
NO_SUBWORDS = {
    Shape.N2N: Words(
        "서브워드는 없습니다: x와 y가 서로 다른 수로 잘려 짝이 맞지 않습니다.",
        "No subwords: they cut x and y into unequal numbers of steps, which N2N cannot pair.",
    ),
    Shape.N21: Words("서브워드는 없습니다: 라벨은 통째로 한 단계입니다.", "No subwords: a label is one step, whole."),
}


def units_for(shape: Shape) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ways to cut x, and those to cut y. A side without subwords has its reason in `WHY_NOT`."""
    x = UNITS[:-1] if shape is Shape.N2N else UNITS
    if shape is Shape.N21:
        return x, (*UNITS[:-1], LABEL)
    return x, UNITS[:-1] if shape in NO_SUBWORDS else UNITS


def tokenizers(pairs: list[Pair], plan: Plan) -> tuple[Tokenizer, Tokenizer]:
    """Text -> its steps, of x and of y, as training will cut them: subwords are learnt from the pairs that are trained on alone."""
    return _tokenizer(pairs, 0, plan.by_x), _tokenizer(pairs, 1, plan.by_y)


def _tokenizer(pairs: list[Pair], side: int, by: str) -> Tokenizer:
    if by != "subword":
        return lambda text: pieces(text, by)
    kept, _ = holdout_split([(nfc(x), nfc(y)) for x, y in pairs])
    codec = _subwords(tuple(pair[side] for pair in kept))
    return lambda text: codec.tokens(nfc(text))


@lru_cache(maxsize=4)
def _subwords(texts: tuple[str, ...]) -> Subwords:
    return Subwords.of(texts, unknown=True)
