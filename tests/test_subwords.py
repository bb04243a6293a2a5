"""Learnt subwords: what is merged, that nothing is lost or forged, what training may see of them, and where they are offered."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random

import pytest

from s2s_demo import codecs
from s2s_demo.codecs import UNK, Subwords, Symbols
from s2s_demo.codecs.subwords import MARK, MOST_MERGES
from s2s_demo.custom.data_checks import find_issues
from s2s_demo.custom.export.card import make_card
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.tokenization import NO_SUBWORDS, UNITS, tokenizers, units_for
from s2s_demo.custom.training_setup import new_model, task_for
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape, Task, holdout_split
from s2s_demo.ui.custom import reading
from s2s_demo.ui.custom import text as own_text
from train.__main__ import _parser
from train.pairs import cut, planned

TEXTS = ["low lower lowest, newer", "new newest wide wider", "낮은 낮다 낮았다", "low  low\tlow\nlow"] * 6
PAIRS = [(f"the{'mest' * (i % 3)} {i} low lowest", f"낮은 {i} 낮다") for i in range(60)]


def plan(shape=Shape.N2M, by_x="subword", by_y="subword"):
    return Plan(shape, by_x, by_y, Words("", ""))


def test_the_pair_that_stands_together_most_often_is_merged_first():
    words = ["low"] * 5 + ["lowest"] * 2 + ["newer"] * 6 + ["wider"] * 3 + ["new"] * 2
    merges = Subwords.of(words, least=2, most=4).merges
    # e+r stands in newer and wider: 9 times, as often as " "+... of no other pair; then what is commonest with it in place.
    assert merges[0] == ("e", "r")
    by_hand, left = [], [list(f" {word}") for word in words]
    for _ in range(4):
        counts = {}
        for word in left:
            for pair in pairwise(word):
                counts[pair] = counts.get(pair, 0) + 1
        best = merges[len(by_hand)]
        assert counts[best] == max(counts.values())
        by_hand.append(best)
        left = [joined(word, best) for word in left]
    codec = Subwords.of(words, least=2, most=4)
    assert [codec.tokens(word) for word in words] == [[p.replace(" ", MARK) for p in word] for word in left]


def joined(word, pair):
    found = []
    for piece in word:
        if found and (found[-1], piece) == pair:
            found[-1] += piece
        else:
            found.append(piece)
    return found


def test_a_letter_that_repeats_is_merged_from_the_left_in_learning_and_in_cutting():
    codec = Subwords.of(["aaa aaaa aaaaa"] * 5)
    assert codec.merges[0] == ("a", "a")
    for text in ("a", "aa", "aaa", "aaaa", "aaaaaaa"):
        assert codec.decode(codec.encode(text).tolist()) == text


@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_in_known_characters_comes_back_as_it_was(seed):
    codec, rng = Subwords.of(TEXTS), Random(seed)
    alphabet = list(codec.alphabet)
    for _ in range(300):
        text = "".join(rng.choices(alphabet, k=rng.randrange(60)))
        assert codec.decode(codec.encode(text).tolist()) == text
        assert len(codec.tokens(text)) == len(codec.encode(text))
    for text in ("", " ", "  low", "low ", "\tlow", "\n", "low\n low"):
        assert codec.decode(codec.encode(text).tolist()) == text


def test_the_mark_of_a_word_cannot_be_typed():
    codec = Subwords.of([*TEXTS, MARK])
    forged, real = codec.encode(f"{MARK}low").tolist(), codec.encode("low").tolist()
    assert forged != real and codec.decode(forged) == f"{MARK}low" and codec.decode(real) == "low"
    unheard = Subwords.of(TEXTS, unknown=True)
    assert unheard.encode(f"{MARK}low").tolist()[:2].count(UNK) == 1


def test_a_character_never_met_is_unknown_or_told():
    open_codec, closed = Subwords.of(TEXTS, unknown=True), Subwords.of(TEXTS)
    assert open_codec.encode("loΩw").tolist().count(UNK) == 1
    with pytest.raises(UserError, match="does not know the character ‘Ω’"):
        closed.encode("loΩw")


def test_the_same_texts_in_another_order_give_the_same_codec_and_so_does_its_json():
    shuffled = list(TEXTS)
    Random(1).shuffle(shuffled)
    codec = Subwords.of(TEXTS, unknown=True)
    assert Subwords.of(shuffled, unknown=True) == codec and codec.merges
    again = codecs.from_json(json.loads(json.dumps(codec.to_json())))
    assert again == codec and again.encode("lowest new").tolist() == codec.encode("lowest new").tolist()
    assert len(set(codec.symbols)) == len(codec.symbols) == codec.size - len(codecs.SPECIALS)


def test_a_piece_lies_within_a_word_and_a_bound_is_kept():
    codec = Subwords.of(TEXTS)
    assert all(" " not in piece[1:] and "\t" not in piece[1:] for piece in codec.symbols)
    assert len(Subwords.of(TEXTS, most=3).merges) == 3
    too_many = {**codec.to_json(), "merges": [["a", "b"]] * (MOST_MERGES + 1)}
    with pytest.raises(ValueError, match="merges"):
        codecs.from_json(too_many)


def test_two_merges_may_spell_one_piece():
    codec = Subwords((" ", "a", "b", "c"), (("a", "b"), ("b", "c"), ("ab", "c"), ("a", "bc")))
    assert codec.symbols == (" ", "a", "b", "c", "ab", "bc", "abc")
    assert codec.names(codec.encode("abc").tolist()) == codec.tokens("abc") == [MARK, "abc"]


def test_subwords_are_learnt_from_what_is_trained_on_alone():
    kept, held = holdout_split(PAIRS)
    task = Task.from_pairs(PAIRS, shape=Shape.N2M, by="subword")
    assert task.get_x_codec() == Subwords.of([x for x, _ in kept], unknown=True)
    secret = [(x.replace("low", "qqqq"), y) if (x, y) in held else (x, y) for x, y in PAIRS]
    kept_again, held_again = holdout_split(secret)
    learnt = Task.from_pairs(secret, shape=Shape.N2M, by="subword").get_x_codec()
    assert learnt == Subwords.of([x for x, _ in kept_again], unknown=True)
    assert any("qqqq" in x for x, _ in held_again) or any("qqqq" in x for x, _ in kept_again)


@pytest.mark.parametrize("shape", [Shape.N2M, Shape.LM])
def test_a_task_by_subwords_can_be_trained_on(shape):
    task = task_for(PAIRS, plan(shape), Recipe(dim=8))
    model = new_model(task, "gru", task.approaches[0].value, Recipe(dim=8))
    assert isinstance(model.x_codec, Subwords) and isinstance(model.y_codec, Subwords)
    assert "merges of byte-pair encoding" in make_card(model, {}) and "frequent parts of words" in make_card(model, {})


def test_where_lengths_or_labels_forbid_them_one_sentence_says_why():
    with pytest.raises(UserError, match="N2N cannot pair"):
        Task.from_pairs(PAIRS, shape=Shape.N2N, by="subword")
    labelled = [(x, "odd" if i % 2 else "even") for i, (x, _) in enumerate(PAIRS)]
    with pytest.raises(UserError, match="one step, whole"):
        Task.from_pairs(labelled, shape=Shape.N21, by_y="subword")
    assert isinstance(Task.from_pairs(labelled, shape=Shape.N21, by="subword").get_y_codec(), Symbols)
    copied = [(x, x) for x, _ in PAIRS]
    assert Task.from_pairs(copied, shape=Shape.N2N, by="subword").shape is Shape.N2N  # these lengths do fit


def test_a_shape_offers_them_only_where_they_fit():
    assert {shape: ["subword" in ways for ways in units_for(shape)] for shape in Shape} == {
        Shape.N2N: [False, False],
        Shape.N21: [True, False],
        Shape.N2M: [True, True],
        Shape.LM: [True, True],
    }
    assert set(NO_SUBWORDS) == {shape for shape in Shape if units_for(shape)[1] != UNITS}


def test_the_doctor_counts_steps_as_training_will_cut_them():
    pairs = [(" ".join(["wonderful"] * 40), f"y{i}") for i in range(20)] + [("a", "b")]
    assert any(one.kind == "long" for one in find_issues(pairs, plan(by_x="char")))
    assert not any(one.kind == "long" for one in find_issues(pairs, plan()))
    cut_x, _ = tokenizers(pairs, plan())
    kept, _ = holdout_split(pairs)
    assert cut_x("wonderful day") == Subwords.of([x for x, _ in kept], unknown=True).tokens("wonderful day")


def test_the_page_shows_how_a_pair_is_cut_and_keeps_to_what_the_shape_offers():
    mine = reading.read_input("\n".join(f"{x}\t{y}" for x, y in PAIRS), None)
    chosen = reading.with_plan(mine, "N2M", "subword", "char")
    assert (chosen.plan.by_x, chosen.plan.by_y) == ("subword", "char")
    again = reading.with_plan(chosen, None, None, None)
    assert (again.plan.shape, again.plan.by_x, again.plan.by_y) == (chosen.plan.shape, "subword", "char")
    x, y = reading.tokenization_preview(chosen, "en").split("\n")
    steps = tokenizers(PAIRS, chosen.plan)[0](PAIRS[0][0])
    assert (
        x.rstrip() == f"**x** is cut into {len(steps)} steps: " + own_text.escape_markdown(" | ".join(steps))
        and MARK in x
    )
    assert "낮 &#124; 은 &#124; ␣" in y
    labelled = reading.read_input(
        "\n".join(f"{x}\t{'odd' if i % 2 else 'even'}" for i, (x, _) in enumerate(PAIRS)), None
    )
    assert reading.with_plan(labelled, "N21", "subword", "subword").plan.by_y == "word"
    copied = reading.read_input("\n".join(f"{x}\t{x[::-1]}" for x, _ in PAIRS), None)
    plan_of_copies = reading.with_plan(copied, "N2N", "subword", "subword").plan
    assert (plan_of_copies.by_x, plan_of_copies.by_y) == ("char", "char")


def test_a_cut_is_no_markup_and_is_bounded():
    mine = reading.read_input("\n".join(f"<b>*{i}* {'word ' * 300}\ty{i}" for i in range(20)), None)
    x = reading.tokenization_preview(reading.with_plan(mine, "N2M", "char", "char"), "ko").split("\n")[0]
    assert "<" not in x and x.count("&#124;") == reading.MOST_CUT and x.rstrip().endswith("…")


def test_the_command_can_ask_for_them():
    args = _parser().parse_args(["pairs", "file.tsv", "--by-x", "subword"])
    made = cut(planned(PAIRS, "n2m"), args.by_x, args.by_y)
    assert made.by_x == "subword" and made.by_y == planned(PAIRS, "n2m").by_y
    with pytest.raises(SystemExit):
        _parser().parse_args(["pairs", "file.tsv", "--by-y", "letters"])
