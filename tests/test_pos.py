"""Parts of speech: .conllu row by row, words as each treebank cuts them, scores and the baseline."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from s2s_demo.codecs.hashed_ngrams import word_hashes
from s2s_demo.tasks import _conllu, pos_en, pos_ko
from s2s_demo.tasks._conllu import UPOS
from s2s_demo.tasks._pos import MEANINGS, fine_tags, most_frequent_tag, tag_scores, treebank
from tests.conftest import forget_sets, read_or_told, told
from tests.toy_sets import conllu

TASKS = pytest.mark.parametrize("task", [pos_en.TASK, pos_ko.TASK], ids=lambda task: task.name)
HOSTILE = [
    "", " ", "\n\t\r", "\u3000", "\x00", "\x1b[31m see", "see\x00me", "\ud800", "see \udfff me", "\u202e see", "🐳", "👩‍👩‍👧‍👦 run", "é" * 3,
    "\u0301", "a" * 5000, "가" * 5000, "a" * 20_000, "a" * 20_001, "a " * 300, "a " * 301, "(" * 20_000, "'" * 400,
    '"' * 300, "``''", "<img src=x onerror=alert(1)>", "${alert(1)}", "\u1112\u1161\u11ab" * 50, "ﷺ" * 300, "_", "- -",
    "1\t", "1\tsee\t_\tVERB", "1\tsee\t_\tVERB\n\n2", "٣\ta\tb\tc\td\te\tf\tg\th\ti", "1\t\ud800\t_\tX" + "\t_" * 6,
    "1\tsee\t_\tVERB\t_\t_\thead\t_\t_\t_", "".join(f"{i}\ta\t_\tX" + "\t_" * 6 + "\n" for i in range(1, 400)),
]  # fmt: skip


def row(number="1", form="see", tag="VERB", head="0", cells=10):
    return "\t".join([number, form, "_", tag, "_", "_", head, "_", "_", "_"][:cells]) + "\n"


def test_multiword_tokens_and_empty_nodes_are_not_words():
    text = conllu("we/PRON do/AUX n't/PART wait/VERB and/CCONJ smile/VERB")
    assert "\n2-3\tdon't\t" in text and "\n5.1\tghost\t" in text
    assert _conllu.sentences(text) == [("we do n't wait and smile", "PRON/pr AUX/au PART/pa VERB/ve CCONJ/cc VERB/ve")]


def test_sentences_are_parted_by_empty_rows_and_comments_are_no_words():
    text = f"# 1\tsee\n{row()}{row('2', 'me', 'PRON')}\n\n# next\n{row(form='go')}"
    assert _conllu.sentences(text) == [("see me", "VERB/_ PRON/_"), ("go", "VERB/_")]
    assert _conllu.sentences(text.replace("\n", "\r\n")) == _conllu.sentences(text)


def test_a_space_inside_a_word_does_not_make_two():
    assert _conllu.sentences(row(form="1 000", tag="NUM")) == [("1_000", "NUM/_")]


@pytest.mark.parametrize(
    "broken",
    [
        row(cells=9), row()[:-1] + "\tmore\n", "see me\n", row(form=""), row("x"), row("1-"), row("1--2"), row("1."),
        row("²"), row("٣"), row(head="root"),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_broken_row_is_named(broken):
    assert "Row 4" in told(f"# a\n{row()}\n{broken}{row('2')}\n", _conllu.sentences)


@pytest.mark.parametrize("tag", ["NN", "verb", "_", "", "x" * 500, "\x1b[31m", "\ud800"], ids=ascii)
def test_a_wrong_tag_is_named_with_its_row(tag):
    said = told(row() + row("2", "me", tag), _conllu.sentences)
    assert "Row 2" in said and (tag[:20] in said or not tag.isprintable())


@pytest.mark.parametrize("text", ["", "\n\n", "# text = see\n\n", f"1-2\tdont{chr(9)}{'_	' * 7}_\n"], ids=ascii)
def test_a_file_without_a_sentence_is_told(text):
    assert "no sentence" in told(text, _conllu.sentences)


@TASKS
def test_a_pasted_conllu_is_read_as_its_first_sentence(task):
    text = conllu("we/PRON do/AUX n't/PART wait/VERB") + conllu("go/VERB")
    assert task.read(text) == task.read("\n\n" + text.rstrip()) == "we do n't wait"
    assert "Row 2" in told(row() + row("2", "me", "NN"), task.read)


def test_english_is_cut_as_its_treebank_is():
    for text, words in {
        "I don't know.": "I do n't know .",
        "She can’t; he’ll go": "She ca n't ; he 'll go",
        "“Time flies,” said Mina's gull.": '" Time flies , " said Mina \'s gull .',
        'He said "no"': 'He said " no "',
        "  a \t b\nc  ": "a b c",
        "wait... (3,000 %)": "wait ... ( 3,000 % )",
    }.items():
        assert pos_en.read(text) == words


def test_korean_is_cut_at_spaces_and_around_punctuation():
    for text, words in {
        "나는 학교에 갔다.": "나는 학교에 갔다 .",
        "(고래는) ‘노래했다’!": "( 고래는 ) ‘ 노래했다 ’ !",
        "3.14배, 1,000원, 12:30에": "3.14배 , 1,000원 , 12:30에",
        "글쎄......그럴까?": "글쎄 ...... 그럴까 ?",
    }.items():
        assert pos_ko.read(text) == words


@TASKS
def test_korean_typed_in_jamo_is_the_same_as_in_syllables(task):
    text = "고래는 연못에서 노래했다."
    assert len(unicodedata.normalize("NFD", text)) > len(text)
    assert task.read(unicodedata.normalize("NFD", text)) == task.read(text)


@TASKS
def test_whatever_is_typed_is_read_or_told_in_one_sentence(task, toy_sets):
    read_or_told(task, HOSTILE, most=300)


@TASKS
def test_long_input_is_read_up_to_its_bounds(task):
    assert task.read("a" * 5000) == "a" * 5000
    assert task.read("a " * 300) == " ".join("a" * 300)
    assert "301" in told("a " * 301, task.read)
    assert "20,001" in told("a" * 20_001, task.read)


@TASKS
def test_the_true_tags_are_known_for_sentences_of_the_test_set_alone(task, toy_sets):
    tests, train = (list(task.pairs(name, 0)) for name in ("test", "train"))
    assert len(tests) == 12 and all(task.truth(x) == y for x, y in tests)
    assert all(task.truth(x) is None for x, _ in train)


@TASKS
def test_without_the_set_nothing_is_known_and_nothing_fetched(task, toy_sets):
    (x, _), *_ = task.pairs("test", 0)
    for path in toy_sets.glob("ud_*/*-test.conllu"):
        path.unlink()
    forget_sets()
    assert task.truth(x) is None


@TASKS
def test_splits_are_those_of_the_treebank_and_dev_is_shuffled_alike(task, toy_sets):
    found = {name: list(task.pairs(name, 0)) for name in ("train", "dev", "test")}
    assert all(len(pairs) == 12 for pairs in found.values()) and len({x for p in found.values() for x, _ in p}) == 36
    assert list(task.pairs("dev", 1)) == found["dev"]


@TASKS
def test_words_met_once_are_left_to_their_spelling(task, toy_sets):
    counts = [word for x, _ in task.pairs("train", 0) for word in x.split(" ")]
    assert (
        set(task.get_x_codec().words)
        == set(word_hashes(*(w for w in counts if counts.count(w) > 1)))
        != set(word_hashes(*counts))
    )


def test_scores_count_words_and_whole_sentences():
    truths = ["DET/dt NOUN/nn VERB/vb", "PRON/* VERB/vb"]
    assert tag_scores(["", ""], truths, truths) == {"accuracy": 1, "exact": 1}
    assert tag_scores(["", ""], ["DET/x NOUN NOUN/nn", "PRON/pr VERB/*"], truths) == {"accuracy": 0.8, "exact": 0.5}
    assert tag_scores([], [], []) == {"accuracy": 0, "exact": 0}


def test_every_word_gets_the_tag_it_had_most_often():
    train = [("can can can", "AUX/md NOUN/nn AUX/x"), ("fish swim", "NOUN/nn VERB/*"), ("fish the", "NOUN/a DET/b")]
    tags = most_frequent_tag([*train, ("fish", "VERB/nn"), ("pond", "NOUN/nn")])
    assert tags(["can fish the", "heron swim"]) == ["AUX NOUN DET", "NOUN VERB"]


def test_every_tag_has_a_meaning_in_both_languages():
    assert len(MEANINGS) == 17 and all(words.ko.strip() and words.en.strip() for words in MEANINGS.values())


def test_finer_tags_are_kept_where_they_are_common_and_the_universal_one_always(toy_sets):
    counts = Counter(tag for _, y in treebank(pos_en.PREFIX, "train") for tag in y.split(" "))
    codec, most = fine_tags(pos_en.PREFIX, least=10), counts.most_common(1)[0][0]
    assert counts[most] >= 10 > min(counts.values())
    assert set(codec.symbols) == {tag for tag in counts if counts[tag] >= 10} | {f"{tag}/*" for tag in UPOS}
    assert codec.names(codec.encode(f"{most} X/{most} INTJ/in").tolist()) == [most, "X/*", "INTJ/*"]


@TASKS
def test_what_counts_of_a_tag_is_the_universal_part(task, toy_sets):
    for x, y in task.pairs("test", 0):
        tags = task.answer(y).split(" ")
        assert set(tags) <= set(MEANINGS) and len(tags) == len(x.split(" "))
