"""Words seen whole and by their n-grams: the vector of a word, and models that read (T, K) steps."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
import torch

from s2s_demo.batch import collate, pad, shift
from s2s_demo.codecs import PAD, UNK, HashedNgrams, Symbols
from s2s_demo.codecs.hashed_ngrams import FIRST, word_hashes
from s2s_demo.embed import WordEmbedding, embedding
from s2s_demo.explain import predict
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import Words
from s2s_demo.task import Approach, Shape, Task
from tests.conftest import DIM, OPTIONS, redrawn

EXACT = {"rtol": 0.0, "atol": 1e-9}
WORDS = HashedNgrams(word_hashes("we", "see", "갔다"), grams=40)
LETTERS = replace(WORDS, letters=12)
PAIRS = {
    Shape.N2N: [("we see", "a b"), ("갔다 왔다 we whistled today", "c a b b c"), ("x see we", "b a c")],
    Shape.N21: [("we see", "a"), ("갔다 왔다 we whistled today", "c"), ("x see we", "b")],
}
ENGINES = pytest.mark.parametrize("engine", ["conv", "lstm", "attention", "transformer"])
SHAPES = pytest.mark.parametrize("shape", [Shape.N2N, Shape.N21], ids=lambda shape: shape.name)


def loud_embedding(codec=WORDS, hide=0.5):
    made = embedding(codec, DIM, {"width": 5, "buckets": 97, "hide": hide})
    assert isinstance(made, WordEmbedding)
    redrawn(made)
    return made.double().eval()


def vectors(text, codec=WORDS, made=None):
    return (made or loud_embedding(codec))(codec.encode(text)[None])[0]


def test_n_grams_that_are_padding_do_not_change_a_vector():
    made = loud_embedding()
    short, long = (HashedNgrams(WORDS.words, grams=n) for n in (40, 60))
    text = "we seen 왔다 see"
    assert (short.encode(text)[:, -1] == PAD).all()
    assert torch.allclose(vectors(text, short, made), vectors(text, long, made), **EXACT)


def test_equal_words_have_equal_vectors_wherever_they_stand():
    made = loud_embedding()
    e = vectors("see we went see", made=made)
    assert torch.equal(e[0], e[3]) and torch.allclose(vectors("see", made=made)[0], e[0], **EXACT)
    assert (e[0] - e[1]).abs().max() > 1e-3
    batch, _ = pad([WORDS.encode("see"), WORDS.encode("whistled we see")])
    assert torch.allclose(made(batch)[1, 2], e[0], **EXACT)


def test_unknown_words_are_told_apart_by_their_spelling_and_known_ones_also_by_themselves():
    e = vectors("left felt left")
    assert torch.equal(e[0], e[2]) and (e[0] - e[1]).abs().max() > 1e-3
    made, x = loud_embedding(), WORDS.encode("see")
    nobody = x.clone()
    nobody[:, 0] = UNK
    assert (made(x[None]) - made(nobody[None])).abs().max() > 1e-3


def hidden_rows(made, blind):
    """400 times the same word while training, and in eval mode with and without its own number, `blind` set to zero."""
    with torch.no_grad():
        blind.weight.zero_()
    x = WORDS.encode(" ".join(["see"] * 400))[None]
    nobody = x.clone()
    nobody[..., 0] = UNK
    known, unknown = made(x), made(nobody)
    assert torch.equal(known, made(x)) and (known == known[:, :1]).all(), "nothing is hidden after training"
    return made.train()(x), known, unknown


def test_words_are_hidden_while_training_and_never_after():
    made = loud_embedding(hide=0.25)
    seen, known, unknown = hidden_rows(made, made.gram)
    is_hidden = torch.isclose(seen, unknown, **EXACT).all(-1)
    assert torch.equal(torch.isclose(seen, known, **EXACT).all(-1), ~is_hidden)
    assert 60 < int(is_hidden.sum()) < 140


def test_n_grams_are_left_out_while_training_and_never_after():
    made = loud_embedding(hide=0.25)
    seen, known, _ = hidden_rows(made, made.word)
    assert int(torch.isclose(seen, known, **EXACT).all(-1).sum()) < 100
    assert len(seen[0].detach().unique(dim=0)) > 20
    nothing = loud_embedding(hide=0.0)
    assert torch.equal(nothing.train()(WORDS.encode("see")[None]), nothing.eval()(WORDS.encode("see")[None]))


@cache
def built(shape, engine, approach=None, pool="last", **options):
    """A loud double-precision model that reads words."""
    task = Task("toy-words", Words("", ""), Words("", ""), shape, lambda *_: iter(PAIRS[shape]), WORDS, _tags())
    more = {"embed": {"width": 5, "buckets": 97}, "drop": 0.5, "pool": pool}
    config = ModelConfig.of(task, engine, approach, dim=DIM, **more, **{**OPTIONS.get(engine, {}), **options})
    model = Seq2Seq(ModelConfig.from_json(config.to_json()))
    redrawn(model)
    return model.double().eval()


def _tags():
    return Symbols(("a", "b", "c"), by="word")


def padded_and_alone(model, shape):
    """Each row's logits inside a batch whose padding holds other words, and by itself."""
    batch = collate(PAIRS[shape], model.x_codec, model.y_codec, shape)
    words = model.x_codec.encode("today")[0].expand_as(batch.x_BS)
    x_BSK = torch.where(batch.x_mask_BS[..., None], batch.x_BS, words)
    together = model(x_BSK, batch.x_mask_BS, batch.y_BM)
    for i, mask in enumerate(batch.x_mask_BS):
        x, y = batch.x_BS[i, mask][None], batch.y_BM[i, batch.y_mask_BM[i]][None]
        yield together[i, : y.shape[1]], model(x, torch.ones_like(mask[mask])[None], y)[0]


@ENGINES
@SHAPES
@pytest.mark.parametrize("approach", Approach, ids=lambda a: a.value)
def test_padding_is_invisible(shape, engine, approach):
    for together, alone in padded_and_alone(built(shape, engine, approach), shape):
        assert torch.allclose(together, alone, **EXACT)


@ENGINES
@pytest.mark.parametrize("approach", Approach, ids=lambda a: a.value)
def test_a_step_equals_forward(engine, approach):
    model = built(Shape.N2N, engine, approach)
    x, y = WORDS.encode("whistled we see")[None], torch.tensor([[4, 6, 5]])
    mask = torch.ones(1, 3, dtype=torch.bool)
    state, stepped = model.start(x, mask), []
    for fed in shift(y).unbind(1):
        logits, state = model.step(fed, state)
        stepped.append(logits)
    assert torch.allclose(torch.stack(stepped, 1), model(x, mask, y), **EXACT)


@ENGINES
@SHAPES
def test_the_gradient_lens_has_a_column_a_word(shape, engine):
    (answer,) = predict(built(shape, engine), ["we whistled 왔다 today"], look=True)
    (grid,) = answer.trace.of("gradient")
    assert grid.values.shape == (4 if shape is Shape.N2N else 1, 4) and (grid.values > 0).any()
    assert grid.columns == answer.x_pieces == ("we", "whistled", "왔다", "today")
    assert len(answer.top) == len(answer.y_pieces)
    for five in answer.top:  # a mark such as <bos>, which can stand nowhere, is not among them
        assert 0 < len(five) <= 5 and all(p > 0 and not name.startswith("<") for name, p in five)
    for (name, p), chosen, sure in zip(
        [five[0] for five in answer.top], answer.y_pieces, answer.confidence, strict=True
    ):
        assert name == chosen and p == pytest.approx(float(sure), rel=1e-5)


@ENGINES
def test_answers_are_the_same_alone_and_together(engine):
    model, texts = built(Shape.N2N, engine), ["we see", "whistled", "see we", "왔다 갔다 see"]
    for text, answer in zip(texts, predict(model, texts), strict=True):
        (alone,) = predict(model, [text])
        assert (alone.y, alone.y_pieces) == (answer.y, answer.y_pieces)
        np.testing.assert_allclose(alone.confidence, answer.confidence, rtol=1e-6)


@ENGINES
def test_the_mean_of_all_words_is_another_vector_than_the_last_and_ignores_padding(engine):
    last, mean = (built(Shape.N21, engine, pool=pool) for pool in ("last", "mean"))
    for together, alone in padded_and_alone(mean, Shape.N21):
        assert torch.allclose(together, alone, **EXACT)
    x, y = WORDS.encode("we see today")[None], torch.tensor([[4]])
    mask = torch.ones(1, 3, dtype=torch.bool)
    h = mean.wiring.layer(mean.embed_x(x), mask)
    assert torch.allclose(mean(x, mask, y), mean.head(h.mean(1, keepdim=True)), **EXACT)
    assert torch.allclose(last(x, mask, y), last.head(h[:, -1:]), **EXACT)
    assert (mean(x, mask, y) - last(x, mask, y)).abs().max() > 1e-3


def test_dropout_is_for_training_alone():
    model = Seq2Seq(built(Shape.N21, "lstm").config).eval()
    x, mask, y = WORDS.encode("we see")[None], torch.ones(1, 2, dtype=torch.bool), torch.tensor([[4]])
    assert torch.equal(model(x, mask, y), model(x, mask, y))
    model.train()
    assert not torch.equal(model(x, mask, y), model(x, mask, y))


@pytest.mark.parametrize(
    "wrong",
    [{"pool": "max"}, {"drop": 1.0}, {"drop": -0.1}, {"embed": {"width": 10**6}}, {"embed": {"buckets": 0}}]
    + [{"embed": {"spell": n}} for n in (-1, 10**6)],
    ids=str,
)
def test_a_config_out_of_bounds_is_refused(wrong):
    with pytest.raises(ValueError, match="out of bounds"):
        ModelConfig.from_json({**built(Shape.N21, "lstm").config.to_json(), **wrong})


def test_a_word_embedding_has_one_vector_a_word_and_as_many_for_n_grams_as_told():
    made = loud_embedding()
    assert made.word.num_embeddings == FIRST + len(WORDS.words) and made.gram.num_embeddings == 97


def test_apart_the_shape_is_never_hidden_and_speaks_for_itself():
    codec = HashedNgrams(
        word_hashes(
            "see",
        ),
        apart=True,
    )
    made = loud_embedding(codec, hide=0.99)
    e = vectors("See see Bee", codec, made)
    assert (e[0] - e[1]).abs().max() > 1e-3
    x = codec.encode(" ".join(["Zzyzx"] * 50 + ["zzyzx"] * 50))[None]
    big, small = made.train()(x)[0].split(50)
    assert (big.mode(0).values - small.mode(0).values).abs().max() > 1e-3


def spelling_embedding(codec=LETTERS):
    """A loud embedding that reads nothing but letters."""
    made = embedding(codec, DIM, {"width": 5, "buckets": 97, "spell": 6})
    assert isinstance(made, WordEmbedding)
    redrawn(made)
    with torch.no_grad():
        made.word.weight.zero_()
        made.gram.weight.zero_()
    return made.double().eval()


def test_letters_tell_words_apart_by_their_order_and_their_capitals():
    made = spelling_embedding()
    e = vectors("felt left Left 갔다 왔다 left", LETTERS, made)
    assert all((a - b).abs().max() > 1e-3 for a, b in combinations(e[:5], 2))
    assert torch.allclose(e[1], e[5], **EXACT)


def test_letters_beside_longer_words_and_more_padding_give_the_same_vector():
    made, text = spelling_embedding(), "we see 왔다"
    alone = vectors(text, LETTERS, made)
    assert torch.allclose(vectors(text, replace(LETTERS, letters=30), made_with(made, 30)), alone, **EXACT)
    batch, mask = pad([LETTERS.encode(text), LETTERS.encode("whistled unbelievable things went on we")])
    assert torch.allclose(made(batch)[0, mask[0]], alone, **EXACT)


def made_with(made, letters):
    """The same weights, told of another number of columns."""
    other = spelling_embedding(replace(LETTERS, letters=letters))
    other.load_state_dict(made.state_dict())
    return other


def test_every_letter_that_is_kept_counts():
    made = spelling_embedding()
    e = vectors("abcdefghijkl", LETTERS, made)[0]
    for i in range(12):
        word = "abcdefghijkl"[:i] + "z" + "abcdefghijkl"[i + 1 :]
        assert (vectors(word, LETTERS, made)[0] - e).abs().max() > 1e-6
    assert torch.isfinite(vectors("🐳 \ud800 \x00 " + "m" * 5000, LETTERS, made)).all()


def test_a_model_that_was_told_not_to_spell_ignores_the_letters():
    made = embedding(LETTERS, DIM, {"width": 5, "buckets": 97})
    assert isinstance(made, WordEmbedding) and made.spelling is None
    plain = embedding(WORDS, DIM, {"width": 5, "buckets": 97})
    plain.load_state_dict(made.state_dict())
    text = "we whistled 왔다"
    assert torch.equal(made.eval()(LETTERS.encode(text)[None]), plain.eval()(WORDS.encode(text)[None]))


@SHAPES
def test_padding_is_invisible_to_a_model_that_spells(shape):
    task = Task("toy-words", Words("", ""), Words("", ""), shape, lambda *_: iter(PAIRS[shape]), LETTERS, _tags())
    embed = {"width": 5, "buckets": 97, "spell": 6, "norm": True}
    config = ModelConfig.of(task, "lstm", dim=DIM, embed=embed, both_ways=True)
    model = Seq2Seq(ModelConfig.from_json(config.to_json()))
    redrawn(model)
    for together, alone in padded_and_alone(model.double().eval(), shape):
        assert torch.allclose(together, alone, **EXACT)


def test_a_word_starts_at_variance_1_where_it_is_told_to_and_near_0_where_not():
    spreads = []
    for norm in (True, False):
        torch.manual_seed(0)
        made = embedding(LETTERS, 64, {"width": 32, "spell": 8, "norm": norm}).eval()
        e = made(LETTERS.encode("we whistled 왔다 today")[None])[0].detach()
        spreads.append(e.std(-1, correction=0))
    assert torch.allclose(spreads[0], torch.ones(4), atol=1e-2) and (spreads[1] < 0.5).all()
