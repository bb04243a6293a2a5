"""What the part-of-speech tasks share: reading a sentence, the official splits, the baseline, and the meaning of each tag."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from random import Random

from s2s_demo import datasets
from s2s_demo.codecs import Symbols, normal
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Pair
from s2s_demo.tasks._conllu import UPOS, is_conllu, sentences
from s2s_demo.tasks._offline import Splits, local_or_excerpt

MOST_CHARACTERS, MOST_WORDS = 20_000, 300
MEANINGS = {
    "ADJ": Words("형용사", "adjective"),
    "ADP": Words("부치사·조사", "adposition"),
    "ADV": Words("부사", "adverb"),
    "AUX": Words("보조 용언·조동사", "auxiliary"),
    "CCONJ": Words("등위 접속", "coordinating conjunction"),
    "DET": Words("관형사·한정사", "determiner"),
    "INTJ": Words("감탄사", "interjection"),
    "NOUN": Words("명사", "noun"),
    "NUM": Words("수사", "numeral"),
    "PART": Words("불변화사", "particle"),
    "PRON": Words("대명사", "pronoun"),
    "PROPN": Words("고유 명사", "proper noun"),
    "PUNCT": Words("문장 부호", "punctuation"),
    "SCONJ": Words("종속 접속", "subordinating conjunction"),
    "SYM": Words("기호", "symbol"),
    "VERB": Words("동사", "verb"),
    "X": Words("그 밖", "other"),
}
assert list(MEANINGS) == UPOS


@lru_cache(maxsize=6)
def treebank(prefix: str, split: str) -> tuple[Pair, ...]:
    """Every sentence of an official split, e.g. of "ud_english_ewt/en_ewt-ud"."""
    return tuple(sentences(datasets.read_text(f"{prefix}-{split}.conllu")))


def splits(prefix: str) -> Splits:
    """The task's `pairs`: the official splits; dev is shuffled, always in the same way."""

    def pairs(split: str, seed: int) -> Iterator[Pair]:
        found = list(treebank(prefix, split))
        if split == "dev":
            Random(0).shuffle(found)
        return iter(found)

    return pairs


def offline(task: str, prefix: str) -> Splits:
    """The task's `offline`."""
    return local_or_excerpt(task, splits(prefix), lambda split: (f"{prefix}-{split}.conllu",))


def known_tags(there: Splits) -> Callable[[str], str | None]:
    """The task's `truth`: the tags of a sentence of the test set, or of its excerpt; never fetched. there: the task's `offline`."""

    @lru_cache(maxsize=1)
    def answers() -> dict[str, str]:
        try:
            return dict(there("test", 0))
        except UserError:  # a damaged copy is told where it is trained on or scored, not to a visitor who only asks
            return {}

    return lambda x: answers().get(x)


def words_of(text: str, tokenise: Callable[[str], list[str]]) -> str:
    """What a visitor typed or pasted, .conllu too, as words between single spaces.

    Raises:
        UserError: there is no word, there are too many, or a pasted .conllu is broken.
    """
    if len(text) > MOST_CHARACTERS:
        raise UserError(
            f"{len(text):,}자는 너무 깁니다. {MOST_CHARACTERS:,}자까지 읽을 수 있습니다.",
            f"{len(text):,} characters are too many: up to {MOST_CHARACTERS:,} can be read.",
        )
    if is_conllu(text):
        words = sentences(text.strip("\n") + "\n\n")[0][0].split(" ")
    else:
        kept = [c if c.isprintable() else " " for c in normal(text)]
        words = tokenise("".join(kept))
    if not words:
        raise UserError("문장을 입력해 주세요.", "Type a sentence.")
    if len(words) > MOST_WORDS:
        raise UserError(
            f"단어가 {len(words):,}개입니다. 한 번에 {MOST_WORDS}개까지 읽습니다. 문장을 나누어 주세요.",
            f"{len(words):,} words are too many: up to {MOST_WORDS} at once. Try one sentence at a time.",
        )
    return " ".join(word.replace(" ", "_") for word in words).encode("utf-8", "replace").decode()


def upos(tags: str) -> str:
    """ "PRON/WP SCONJ/IN" -> "PRON SCONJ": the part of y that counts."""
    return " ".join(tag.partition("/")[0] for tag in tags.split(" "))


def fine_tags(prefix: str, least: int) -> Symbols:
    """UPOS with the treebank's own tag where the two met at least `least` times in training, else "UPOS/*".

    The finer tag is a second, harder label of the same word; what is scored is the universal one.
    """
    counts = Counter(tag for _, y in treebank(prefix, "train") for tag in y.split(" "))
    kept = [tag for tag, n in sorted(counts.items()) if n >= least]
    return Symbols((*kept, *(f"{tag}/*" for tag in UPOS)), by="word")


def tag_scores(xs: list[str], answers: list[str], truths: list[str]) -> dict[str, float]:
    """`accuracy`: share of words with the right tag; `exact`: share of sentences with all tags right."""
    rows = [(upos(a).split(" "), upos(t).split(" ")) for a, t in zip(answers, truths, strict=True)]
    count = sum(len(t) for _, t in rows)
    right = sum(u == v for a, t in rows for u, v in zip(a, t, strict=True))
    return {"accuracy": right / max(1, count), "exact": sum(a == t for a, t in rows) / max(1, len(rows))}


def most_frequent_tag(train: list[Pair]) -> Callable[[list[str]], list[str]]:
    """The baseline: every word gets the tag it had most often in training; an unknown word the commonest tag of all."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for x, y in train:
        for word, tag in zip(x.split(" "), upos(y).split(" "), strict=True):
            seen[word][tag] += 1
    common = sum(seen.values(), Counter()).most_common(1)[0][0]
    table = {word: tags.most_common(1)[0][0] for word, tags in seen.items()}
    return lambda xs: [" ".join(table.get(word, common) for word in x.split(" ")) for x in xs]
