"""Intent, English (N21): what somebody wants, one of 150 intents in 10 domains, or none of them.

    move 100 dollars from checking to savings   ->   banking/transfer

The last vector of the sentence has to hold all of it. Data: CLINC150, official splits; 1,000 test questions belong to no intent
("oos"). A model is trained on the 150 alone; it says "not something I know" below a confidence chosen on validation data.
"""

from __future__ import annotations

import json
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

OOS = "oos"
FILES = ("clinc150/domains.json", "clinc150/data_full.json")
PARTS = {"train": ("train",), "dev": ("val", "oos_val"), "test": ("test", "oos_test")}


@lru_cache(maxsize=1)
def domains() -> dict[str, str]:
    """The domain of every intent."""
    found = json.loads(datasets.read_text("clinc150/domains.json"))
    return {intent: domain for domain, intents in found.items() for intent in intents}


@lru_cache(maxsize=3)
def rows(split: str) -> tuple[Pair, ...]:
    """(utterance, "domain/intent" or "oos") of an official split with its share of out-of-scope questions."""
    full = json.loads(datasets.read_text("clinc150/data_full.json"))
    return tuple((utterance(x), labelled(y)) for part in PARTS[split] for x, y in full[part])


def labelled(intent: str) -> str:
    """ "transfer" -> "banking/transfer"; "oos" stays.

    Raises:
        UserError: there is no such intent.
    """
    plain = intent.strip().rpartition("/")[2]
    if plain != OOS and plain not in domains():
        raise UserError(
            f"‘{quoted(intent)}’라는 의도는 없습니다. 모르는 말은 {OOS}로 적으세요.",
            f"There is no intent ‘{quoted(intent)}’. Write {OOS} where none fits.",
        )
    return plain if plain == OOS else f"{domains()[plain]}/{plain}"


def pairs(split: str, seed: int) -> Iterator[Pair]:
    """The official splits, dev and test with their out-of-scope questions; dev is shuffled, always in the same way."""
    found = list(rows(split))
    if split == "dev":
        Random(0).shuffle(found)
    return iter(found)


def labels() -> Symbols:
    """The 150 intents with their domains."""
    return Symbols(tuple(sorted({f"{domain}/{intent}" for intent, domain in domains().items()})), by="word")


@lru_cache(maxsize=1)
def vocabulary() -> HashedNgrams:
    """The words met at least twice in training, and the n-grams of all."""
    return HashedNgrams.of((x for x, _ in rows("train")), least=2, grams=28, case=False)


TASK = Task(
    name="intent-en",
    title=Words("영어 의도 (N21)", "English, 150 intents (N21)"),
    about=Words(
        "문장 전체에 의도 하나. 열 분야의 150가지 의도 가운데 하나를 고르거나, 모르는 말이라고 합니다.",
        "One intent for the whole sentence: one of 150 in ten domains, or “not something I know”.",
    ),
    shape=Shape.N21,
    pairs=pairs,
    offline=local_or_excerpt("intent-en", pairs, lambda split: FILES),
    x_codec=vocabulary,
    y_codec=labels,
    examples=(
        "move 100 dollars from my checking to my savings account",
        "i am not asking for the weather, just set an alarm for six",
        "how would they say thank you in korean",
        "did my flight to busan get delayed or cancelled",
        "what is the airspeed velocity of an unladen swallow",
    ),
    read=utterance,
    read_label=labelled,
    score=accuracy,
    measure="accuracy",
    baselines={"tfidf-svm": tfidf_svm, "majority": majority},
    unknown=OOS,
    small=of_words,
    race_note=race_note(4000, SENTENCES),
    room="intent",
    input_label=Words("하고 싶은 말", "What you would say"),
    data="CLINC150 (Larson et al. 2019), CC BY 3.0",
    licence="cc-by-3.0",
    order=20,
)
