"""Four shapes of one sentence: the masks are the model's own, and the loss stands where it is trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from s2s_demo.codecs import PAD
from s2s_demo.lab.shapes import masks
from s2s_demo.prediction import UserError
from s2s_demo.task import Shape
from s2s_demo.training import loss_of
from s2s_demo.ui.lab.shapes import cards as shape_cards

WORDS = ["book", "a", "flight", "to", "busan"]
TAGS = ["VERB", "DET", "NOUN", "ADP", "PROPN"]


def four(m=3):
    return {card.shape: card for card in masks.cards(WORDS, TAGS, "book flight", m)}


def test_an_encoder_sees_everything_and_a_decoder_no_future():
    cards = four()
    assert cards[Shape.N2N].masks[0].allowed.all() and cards[Shape.N21].masks[0].allowed.all()
    itself, own, reads = cards[Shape.N2M].masks
    assert itself.allowed.shape == (5, 5) and itself.allowed.all()
    assert (own.allowed == np.tri(4, dtype=bool)).all()
    assert reads.allowed.shape == (4, 5) and reads.allowed.all()
    (stream,) = cards[Shape.LM].masks
    assert (stream.allowed == np.tri(6, dtype=bool)).all()


@pytest.mark.parametrize("m", [1, 5])
def test_masks_of_equal_size_are_not_mixed_up(m):
    itself, own, reads = four(m)[Shape.N2M].masks
    assert itself.allowed.all() and reads.allowed.all()
    assert (own.allowed == np.tri(m + 1, dtype=bool)).all()


def test_the_drawn_mask_is_where_a_look_moves_the_output():
    card = four()[Shape.LM]
    model, (x, mask, y) = masks._untrained(Shape.LM, WORDS[:3], WORDS[3:])
    first = len(card.inputs[0][1]) - len(card.outputs)
    with torch.no_grad():
        whole = model(x, mask, y)
        other = y.clone()
        other[0, 1] = y[0, 0]
        moved = (model(x, mask, other) - whole).abs().amax(-1)[0] > 0
    # y's second symbol is fed at stream step 5: only the row that may look there moves
    assert moved.tolist() == [bool(card.masks[0].allowed[first + k, 5]) for k in range(3)]


def test_the_loss_counts_the_steps_that_are_marked():
    for shape, x, y in ((Shape.N2N, WORDS, TAGS), (Shape.N2M, WORDS, ["a", "b"]), (Shape.LM, WORDS[:3], WORDS[3:])):
        model, (xs, mask, ys) = masks._untrained(shape, x, y)
        card = masks._card(shape, x, y)
        logits = model(xs, mask, ys)
        assert logits.shape[1] == len(card.loss_steps) == len(card.outputs)
        batch = type("B", (), {"x_BS": xs, "x_mask_BS": mask, "y_BM": ys})
        assert torch.equal(loss_of(model, batch), F.cross_entropy(logits[0], ys[0], ignore_index=PAD))
    assert four()[Shape.N21].loss_steps == (4,)


def test_what_is_fed_is_y_one_step_late():
    cards = four(2)
    assert cards[Shape.N2M].inputs[1] == ("decoder", ("▸", "y₁", "y₂"))
    assert cards[Shape.N2M].outputs == ("y₁", "y₂", "⏎")
    assert cards[Shape.LM].inputs == (("decoder", ("▸", *WORDS)),)
    assert cards[Shape.LM].outputs == ("to", "busan", "⏎")


@pytest.mark.parametrize("text", ["word", "", "a b c d e f g h i", "x" * 21 + " y"])
def test_a_sentence_of_another_size_is_refused_in_one_sentence(text):
    with pytest.raises(UserError) as told:
        masks.check_words(text.split())
    assert told.value.words.ko != told.value.words.en


@pytest.mark.parametrize("text, n", [("We don't know.", 5), ("나는 어제 학교에 갔다.", 5)])
def test_the_panel_tags_the_words_as_the_tagger_reads_them(text, n):
    data = shape_cards(text, 2, "en")
    assert [len(card["x"]) for card in data["cards"]] == [n, n, n, 3]
    assert len(data["cards"][0]["y"]) == n and "?" not in data["cards"][0]["y"]
    assert all(len(mask["may"]) == len(mask["rows"]) for card in data["cards"] for mask in card["masks"])
