"""Intent, Korean (N21): the speech act of an utterance, one of seven.

    지금 몇 시야   ->   question          문 좀 닫아 줘   ->   command

Data: 3i4K, official test split; a tenth of train+val, chosen by a hash of the text, is kept for development. The text has no
punctuation, so a visitor's is taken off as well. 617 of the 6,121 test utterances also occur in train+val: `test-new` leaves them out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache
from random import Random

from s2s_demo import datasets
from s2s_demo.codecs import HashedNgrams, Symbols
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.tasks._intent import accuracy, majority, tfidf_svm, utterance
from s2s_demo.tasks._offline import local_or_excerpt
from s2s_demo.tasks._words import SENTENCES, of_words, race_note

ACTS = (
    "fragment",
    "statement",
    "question",
    "command",
    "rhetorical-question",
    "rhetorical-command",
    "intonation-dependent",
)
MEANINGS = {
    "fragment": Words("조각말", "a fragment, too little to tell"),
    "statement": Words("서술", "a statement"),
    "question": Words("질문", "a question"),
    "command": Words("명령·부탁", "a command or request"),
    "rhetorical-question": Words("수사적 질문: 답을 바라지 않음", "a rhetorical question: no answer is wanted"),
    "rhetorical-command": Words("수사적 명령: 시키는 것이 아님", "a rhetorical command: nothing is asked for"),
    "intonation-dependent": Words("억양에 따라 달라짐", "hangs on the intonation"),
}
assert tuple(MEANINGS) == ACTS


@lru_cache(maxsize=2)
def rows(name: str) -> tuple[Pair, ...]:
    """(utterance, act) of a file, rows without a word left out."""
    found = []
    for line in datasets.read_text(f"3i4k/{name}.txt").splitlines():
        label, _, text = line.partition("\t")
        if label.strip().isdecimal() and text.strip():
            found.append((utterance(text), ACTS[int(label)]))
    return tuple(found)


def labelled(act: str) -> str:
    """An act by its name or its number in 3i4K.

    Raises:
        UserError: there is no such act.
    """
    act = act.strip()
    if act in ACTS:
        return act
    if act.isascii() and act.isdigit() and int(act) < len(ACTS):
        return ACTS[int(act)]
    there = ", ".join(ACTS)
    raise UserError(
        f"‘{quoted(act)}’라는 의도는 없습니다. 있는 의도: {there}",
        f"There is no intent ‘{quoted(act)}’. There are: {there}",
    )


def pairs(split: str, seed: int) -> Iterator[Pair]:
    """train, dev (a tenth of train+val), test, test-new (no utterance that occurs in train+val)."""
    if split.startswith("test"):
        seen = {x for x, _ in rows("fci_train_val")} if split == "test-new" else set()
        return (pair for pair in rows("fci_test") if pair[0] not in seen)
    found = [pair for pair in rows("fci_train_val") if (zlib.crc32(pair[0].encode()) % 10 == 0) == (split == "dev")]
    if split == "dev":
        Random(0).shuffle(found)
    return iter(found)


def files(split: str) -> tuple[str, ...]:
    """The files that `pairs` reads."""
    train, test = "3i4k/fci_train_val.txt", "3i4k/fci_test.txt"
    return {"test": (test,), "test-new": (train, test)}.get(split, (train,))


@lru_cache(maxsize=1)
def vocabulary() -> HashedNgrams:
    """The words met at least three times in training, and the n-grams of all."""
    return HashedNgrams.of((x for x, _ in pairs("train", 0)), least=3, grams=44, case=False)


TASK = Task(
    name="intent-ko",
    title=Words("한국어 화행 (N21)", "Korean, seven speech acts (N21)"),
    about=Words(
        "말 한마디에 의도 하나: 조각말, 서술, 질문, 명령, 수사적 질문, 수사적 명령, 억양에 따라 달라지는 말.",
        "One intent for a whole utterance: fragment, statement, question, command, rhetorical question, rhetorical "
        "command, or hanging on the intonation.",
    ),
    shape=Shape.N21,
    pairs=pairs,
    offline=local_or_excerpt("intent-ko", pairs, files),
    x_codec=vocabulary,
    y_codec=Symbols(ACTS, by="word"),
    examples=(
        "지금 몇 시야",
        "문 좀 닫아 줄래",
        "내가 그걸 어떻게 알아",
        "밥은 먹고 다니냐",
        "가지 말라고 하지 않은 게 아니야",
    ),
    tests=("test", "test-new"),
    read=utterance,
    read_label=labelled,
    score=accuracy,
    measure="accuracy",
    baselines={"tfidf-svm": tfidf_svm, "majority": majority},
    meanings=MEANINGS,
    small=of_words,
    race_note=race_note(4000, SENTENCES),
    room="intent",
    input_label=Words("하고 싶은 말", "What you would say"),
    data="3i4K (Cho et al. 2018), CC BY-SA 4.0",
    licence="cc-by-sa-4.0",
    order=21,
)
