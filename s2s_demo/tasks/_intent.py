"""What the intent tasks share: reading an utterance, scores, and two baselines."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable

from s2s_demo.codecs import normal
from s2s_demo.prediction import UserError
from s2s_demo.task import Pair

MOST_CHARACTERS, MOST_WORDS = 2_000, 200


def utterance(text: str) -> str:
    """What a visitor typed, as 3i4K and CLINC150 write it: small letters, no punctuation but the apostrophe, single spaces.

    Raises:
        UserError: no word is left, or there are too many.
    """
    if len(text) > MOST_CHARACTERS:
        raise UserError(
            f"{len(text):,}자는 너무 깁니다. {MOST_CHARACTERS:,}자까지의 한 문장을 써 주세요.",
            f"{len(text):,} characters are too many: write one sentence of up to {MOST_CHARACTERS:,}.",
        )
    plain = normal(text).replace("’", "'").lower()
    words = "".join(c if unicodedata.category(c)[0] in "LNM" or c in "'$%&+" else " " for c in plain).split()
    if not words:
        raise UserError("말을 한 문장 입력해 주세요.", "Type what you would say, in words.")
    if len(words) > MOST_WORDS:
        raise UserError(
            f"단어가 {len(words):,}개입니다. {MOST_WORDS}개까지의 한 문장을 써 주세요.",
            f"{len(words):,} words are too many: write one sentence of up to {MOST_WORDS}.",
        )
    return " ".join(words)


def accuracy(xs: list[str], answers: list[str], truths: list[str]) -> dict[str, float]:
    """`accuracy`: share of utterances with the right intent; `macro_f1`: the mean over intents of F1."""
    right = Counter(t for a, t in zip(answers, truths, strict=True) if a == t)
    said, true = Counter(answers), Counter(truths)
    f1 = [2 * right[label] / (said[label] + true[label]) for label in true]
    return {"accuracy": sum(right.values()) / max(1, len(truths)), "macro_f1": sum(f1) / max(1, len(f1))}


def majority(train: list[Pair]) -> Callable[[list[str]], list[str]]:
    """The baseline that always gives the commonest intent of training."""
    common = Counter(y for _, y in train).most_common(1)[0][0]
    return lambda xs: [common] * len(xs)


def tfidf_svm(train: list[Pair]) -> Callable[[list[str]], list[str]]:
    """The baseline to beat: TF-IDF of words (1 to 2) and characters (2 to 5) into a linear SVM, by scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  slow to import, needed to score alone
    from sklearn.pipeline import make_pipeline, make_union  # noqa: PLC0415
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+")
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    model = make_pipeline(make_union(words, characters), LinearSVC(C=0.5))
    model.fit([x for x, _ in train], [y for _, y in train])
    return lambda xs: list(map(str, model.predict(xs))) if xs else []
