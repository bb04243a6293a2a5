"""Parts of speech, Korean (N2N): one of 17 universal tags for each eojeol, seen through its jamo as well.

    나는   학교에   갔다   .
    PRON   ADV      VERB   PUNCT

Data: UD Korean Kaist r2.10, official splits, gold words. (From r2.11 on auxiliaries are tagged otherwise, and UD Korean GSD follows
other rules: their labels must not be mixed.) A visitor's text is cut as that treebank is: at spaces, and before and after
punctuation.
"""

from __future__ import annotations

import re
from functools import lru_cache

from s2s_demo.codecs import HashedNgrams, Symbols
from s2s_demo.prediction import Words
from s2s_demo.task import Shape, Task
from s2s_demo.tasks._conllu import sentences
from s2s_demo.tasks._pos import (
    MEANINGS,
    fine_tags,
    known_tags,
    most_frequent_tag,
    offline,
    splits,
    tag_scores,
    treebank,
    upos,
    words_of,
)
from s2s_demo.tasks._words import TAGS, of_words, race_note

PREFIX = "ud_korean_kaist/ko_kaist-ud"
OFFLINE = offline("pos-ko", PREFIX)


def words(text: str) -> list[str]:
    """ "나는 학교에 갔다." -> 나는, 학교에, 갔다, ."""
    return re.findall(r"\d+(?:[.,:]\d+)+\w*|\.{2,}|\w+|[^\w\s]", text)


def read(text: str) -> str:
    """What a visitor typed or pasted (.conllu too) -> words between spaces."""
    return words_of(text, words)


@lru_cache(maxsize=1)
def vocabulary() -> HashedNgrams:
    """The words met at least three times in training, and the n-grams and jamo of all."""
    return HashedNgrams.of((x for x, _ in treebank(PREFIX, "train")), least=3, grams=44, letters=24)


@lru_cache(maxsize=1)
def tags() -> Symbols:
    """The universal tags, each with the treebank's own."""
    return fine_tags(PREFIX, least=30)


TASK = Task(
    name="pos-ko",
    title=Words("한국어 품사 (N2N)", "Korean (N2N)"),
    about=Words(
        "어절마다 보편 품사(UPOS) 하나를 붙입니다. 어절은 통째로도, 자모 조각으로도 봅니다.",
        "One universal part of speech for every eojeol (a word between spaces), seen whole and through its jamo.",
    ),
    shape=Shape.N2N,
    pairs=splits(PREFIX),
    offline=OFFLINE,
    x_codec=vocabulary,
    y_codec=tags,
    examples=(
        "나는 어제 친구와 함께 학교에 갔다.",
        "하늘을 나는 새를 나는 보았다.",
        "그 배는 배를 싣고 떠났다.",
        "우리 동네 깐부치킨은 엄청 뿌링클하다.",
        "아무도 그가 오지 않을 것이라고 말하지 않았다.",
    ),
    read=read,
    answer=upos,
    truth=known_tags(OFFLINE),
    score=tag_scores,
    measure="accuracy",
    baselines={"most-frequent-tag": most_frequent_tag},
    from_file=sentences,
    meanings=MEANINGS,
    small=of_words,
    race_pairs=2000,
    race_note=race_note(2000, TAGS),
    room="pos",
    input_label=Words("문장", "Sentence"),
    data="UD Korean Kaist r2.10 (Chun et al. 2018; Choi et al. 1994), CC BY-SA 4.0",
    licence="cc-by-sa-4.0",
    order=11,
)
