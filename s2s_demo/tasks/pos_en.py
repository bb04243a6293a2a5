"""Parts of speech, English (N2N): one of 17 universal tags for each word.

    Time  flies  like  an   arrow  .
    NOUN  VERB   ADP   DET  NOUN   PUNCT

Data: UD English EWT r2.16, official splits, gold words. A visitor's text is cut by NLTK's Treebank rules, which that treebank
follows: "don't" is do + n't.
"""

from __future__ import annotations

from functools import lru_cache, partial

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

PREFIX = "ud_english_ewt/en_ewt-ud"
OFFLINE = offline("pos-en", PREFIX)


def words(text: str) -> list[str]:
    """ "Don't go." -> Do, n't, go, ."""
    from nltk.tokenize import NLTKWordTokenizer  # noqa: PLC0415  a slow import, paid by the first question

    plain = text.replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")
    return [{"``": '"', "''": '"'}.get(word, word) for word in NLTKWordTokenizer().tokenize(plain)]


def read(text: str) -> str:
    """What a visitor typed or pasted (.conllu too) -> words between spaces."""
    return words_of(text, words)


@lru_cache(maxsize=1)
def vocabulary() -> HashedNgrams:
    """The words met at least twice in training, and the n-grams and letters of all."""
    return HashedNgrams.of((x for x, _ in treebank(PREFIX, "train")), least=2, grams=32, apart=True, letters=20)


@lru_cache(maxsize=1)
def tags() -> Symbols:
    """The universal tags, each with the treebank's own."""
    return fine_tags(PREFIX, least=10)


TASK = Task(
    name="pos-en",
    title=Words("영어 품사 (N2N)", "English (N2N)"),
    about=Words(
        "단어마다 보편 품사(UPOS) 하나를 붙입니다. 단어는 통째로도, 글자 조각으로도 보므로 처음 보는 단어도 읽습니다.",
        "One universal part of speech for every word. A word is seen whole and through its character n-grams, so unknown "
        "words work too.",
    ),
    shape=Shape.N2N,
    pairs=splits(PREFIX),
    offline=OFFLINE,
    x_codec=vocabulary,
    y_codec=tags,
    examples=(
        "The old man the boats .",
        "Time flies like an arrow; fruit flies like a banana.",
        "The keys to the old wooden cabinet are on the table.",
        "She googled how to unsubscribe from glorpify's newsletter.",
        "I can can the can, but can you?",
    ),
    read=read,
    answer=upos,
    truth=known_tags(OFFLINE),
    score=tag_scores,
    measure="accuracy",
    baselines={"most-frequent-tag": most_frequent_tag},
    from_file=sentences,
    meanings=MEANINGS,
    small=partial(of_words, case=True),
    race_pairs=2000,
    race_note=race_note(2000, TAGS),
    room="pos",
    input_label=Words("문장", "Sentence"),
    data="UD English EWT r2.16 (Silveira et al. 2014 and contributors), CC BY-SA 4.0",
    licence="cc-by-sa-4.0",
    order=10,
)
