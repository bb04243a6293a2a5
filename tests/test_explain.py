"""Answers and lenses: confidence is a probability, zeros are structural, and what cannot be looked at is NaN."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from s2s_demo import decoding, explain, lenses, tasks
from s2s_demo.batch import shift
from s2s_demo.explain import END, predict
from s2s_demo.lenses import LONGEST_LOOK
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Shape, Task


@cache
def looked(model, text="bdace"):
    """One answer with its trace."""
    (answer,) = predict(model, [text], look=True)
    return answer


def test_confidence_is_the_probability_of_what_was_chosen(cell, model):
    answer = looked(model)
    x = model.x_codec.encode("bdace")[None]
    y = torch.tensor(decoding.decode_batch(model, [x[0]])[0].symbols)
    p = model(x, torch.ones_like(x, dtype=torch.bool), y[None]).softmax(-1)[0].detach()
    assert len(answer.confidence) == len(answer.y_pieces) == len(y)
    assert ((answer.confidence > 0) & (answer.confidence <= 1)).all()
    p[:, [0, 1, 3] if cell.shape in (Shape.N2M, Shape.LM) else [0, 1, 2, 3]] = (
        0  # no padding, beginning or unknown answers
    )
    np.testing.assert_allclose(answer.confidence, p.amax(-1), rtol=1e-6)
    assert torch.equal(p.argmax(-1), y)


def test_an_answer_that_ends_shows_its_end_last(toy_model):
    ended = 0
    for engine in ("rnn", "lstm", "gru", "transformer"):
        model = toy_model(Shape.N2M, engine)
        with torch.no_grad():
            model.head.bias[2] += 2.0
            answers = predict(model, ["abc", "e", "bdace", "dd"])
            model.head.bias[2] -= 2.0
        for answer in answers:
            assert END not in answer.y_pieces[:-1]
            assert len(answer.y_pieces) <= model.config.longest
            assert answer.y == "".join(p for p in answer.y_pieces if p in "uvwxyz")
            ended += answer.y_pieces[-1] == END
    assert ended > 0


@pytest.mark.parametrize("name", tasks.TASKS)
def test_whatever_a_task_reads_predict_reads(name, toy_sets):
    """A text goes through the reader of the model's task, once; what was read already stays as it is."""
    task = tasks.get(name)
    model = SimpleNamespace(config=SimpleNamespace(task=name), shape=task.shape)
    for text in (*task.examples, *(f" {text}\u3000" for text in task.examples)):
        if task.input == "text":
            assert explain._parsed(model, text) == task.read(text) == explain._parsed(model, task.read(text))
    if task.input != "text":
        with pytest.raises(UserError):
            explain._parsed(model, "no-such.mp4")
        clip = object()
        assert explain._parsed(model, clip) is clip
    other = SimpleNamespace(config=SimpleNamespace(task=name), shape=None)
    assert explain._parsed(other, "?? 한 ") == "?? 한 ", "custom data that has the name of a task"


def test_custom_text_is_read_in_its_composed_form():
    task = Task.from_pairs([(f"가{c}", f"나{c}") for c in "abcdefghijk"], shape=Shape.N2N)
    model = Seq2Seq(ModelConfig.of(task, "rnn", dim=8)).eval()
    (apart,), (whole,) = (predict(model, [unicodedata.normalize(form, "가a")]) for form in ("NFD", "NFC"))
    assert (apart.x, apart.y) == (whole.x, whole.y) == ("가a", whole.y) and len(apart.x) == 2


def test_the_length_of_an_answer_follows_from_the_shape(cell, model):
    answer = looked(model)
    expected = {Shape.N2N: 5, Shape.N21: 1}.get(cell.shape)
    assert len(answer.y_pieces) == expected if expected else 1 <= len(answer.y_pieces) <= 7


def test_answers_come_in_the_order_of_the_questions(toy_model):
    model, texts = toy_model(Shape.N2N, "lstm"), ["abc", "e", "cab", "dd", "bca"]
    assert [answer.x for answer in predict(model, texts)] == texts
    assert predict(model, []) == []


def test_many_questions_are_answered_in_several_batches(toy_model, monkeypatch):
    model, texts = toy_model(Shape.N2N, "gru"), ["abc", "cab", "bca", "aaa", "eee"]
    whole = predict(model, texts)
    monkeypatch.setattr(decoding, "LARGEST_BATCH", 2)
    assert [a.y for a in predict(model, texts)] == [a.y for a in whole]


def test_what_a_model_does_not_know_is_told(toy_model):
    for shape, text in ((Shape.N2N, "xyz"), (Shape.N2N, ""), (Shape.N21, ""), (Shape.N2M, "")):
        with pytest.raises(UserError) as told:
            predict(toy_model(shape, "rnn"), ["abc", text])
        assert told.value.words.ko and told.value.words.en


def test_a_language_model_may_begin_from_nothing(toy_model):
    assert predict(toy_model(Shape.LM, "gru"), [""], look=True)[0].y_pieces


def test_long_inputs_have_an_answer_and_no_trace(toy_model):
    model = toy_model(Shape.N2N, "rnn")
    assert not looked(model, "a" * (LONGEST_LOOK + 1)).trace.grids
    assert looked(model, "a" * LONGEST_LOOK).trace.grids
    assert len(looked(model, "a" * (LONGEST_LOOK + 1)).y_pieces) == LONGEST_LOOK + 1


def test_rows_of_attention_sum_to_one(cell, model):
    grids = looked(model).trace.of("attention")
    for grid in grids:
        rows = np.nansum(grid.values, axis=1)
        np.testing.assert_allclose(rows, 1, atol=1e-6)
        assert (np.nan_to_num(grid.values) >= 0).all() and grid.unit == "share of 1"
    if cell.engine == "transformer":
        assert len(grids) == 4 and len({grid.where for grid in grids}) == 4
    elif cell.engine == "attention":
        assert len(grids) == 1


def test_only_the_future_of_a_stream_cannot_be_looked_at(cell, model):
    answer = looked(model)
    S, M = len(answer.x_pieces), len(answer.y_pieces)
    for grid in answer.trace.of("attention"):
        if cell.approach is Approach.DECODER_ONLY:
            assert grid.values.shape == (M, S + M)
            future = np.arange(S + M)[None] > S + np.arange(M)[:, None]
            assert (np.isnan(grid.values) == future).all()
        else:
            assert grid.values.shape == (M, S) and not np.isnan(grid.values).any()


@pytest.mark.parametrize("shape", [Shape.N2M, Shape.LM])
def test_columns_of_a_stream_are_named_in_the_order_they_were_fed(shape, toy_model):
    model = toy_model(shape, "transformer", Approach.DECODER_ONLY)
    answer = looked(model, "abc")
    begun = ("▸", "a", "b", "c") if shape is Shape.LM else ("a", "b", "c", "▸")
    for grid in answer.trace.of("attention"):
        assert grid.columns == (*begun, *answer.y_pieces[:-1])


def bahdanau_weights(model, x, y):
    """(M, S) attention of an encoder-decoder, from the model's own parts and one step at a time."""
    state, rows = model.start(x, torch.ones_like(x, dtype=torch.bool)), []
    decoder = model.wiring.decoder
    for fed in shift(y).unbind(1):
        s, _, keys = state
        rows.append(decoder.score(torch.tanh(decoder.query(s)[:, None] + keys))[0, :, 0].softmax(0))
        _, state = model.step(fed, state)
    return torch.stack(rows).detach()


def test_the_row_of_attention_is_the_step_that_produces_the_symbol(toy_model):
    model = toy_model(Shape.N2M, "attention")
    answer = looked(model, "abcd")
    x = model.x_codec.encode("abcd")[None]
    y = torch.tensor(decoding.decode_batch(model, [x[0]])[0].symbols)
    (grid,) = answer.trace.of("attention")
    np.testing.assert_allclose(grid.values, bahdanau_weights(model, x, y[None]), atol=1e-6)


def slopes(model):
    (grid,) = looked(model).trace.of("gradient")
    return grid.values


def test_independent_steps_have_no_gradient_between_them(toy_model):
    values = slopes(toy_model(Shape.N2N, "independent"))
    assert ((values != 0) == np.eye(5, dtype=bool)).all()


@pytest.mark.parametrize("engine", ["rnn", "lstm", "gru", "mamba"])
def test_the_future_has_no_gradient_in_a_causal_engine(engine, toy_model):
    values = slopes(toy_model(Shape.N2N, engine))
    assert ((values != 0) == np.tri(5, dtype=bool)).all()


def test_looking_leaves_no_gradient_and_no_mode_behind(toy_model):
    model = toy_model(Shape.N2M, "transformer")
    looked(model)
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not model.training


def test_the_gradient_of_a_given_y_is_taken_along_that_y(toy_model):
    model = toy_model(Shape.N2M, "transformer")
    grid = lenses.gradient_of(model, "bdace", "wvu")
    assert (grid.rows, grid.columns) == (("w", "v", "u"), tuple("bdace"))
    other = lenses.gradient_of(model, "bdace", "wxu")
    assert (grid.values[0] == other.values[0]).all() and (grid.values[1:] != other.values[1:]).all()
    assert lenses.gradient_of(model, "a" * (LONGEST_LOOK + 1), "w") is None


def test_the_gradient_follows_the_weights_as_they_are_trained(new_model):
    model = new_model(Shape.N2N, "gru").eval()
    first, again = (lenses.gradient_of(model, "abc", "uvw").values for _ in range(2))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5)
    later = lenses.gradient_of(model, "abc", "uvw").values
    assert (first == again).all() and not np.allclose(first, later, rtol=1e-2)


def test_a_signal_that_has_vanished_is_a_small_number_and_no_zero(new_model):
    model = new_model(Shape.N21, "rnn", depth=1).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.mul_(0.01 if "weight_hh" in name else 1.0)
    (grid,) = predict(model, ["a" * LONGEST_LOOK], look=True)[0].trace.of("gradient")
    assert 0 < grid.values[0, 0] < 1e-50


@pytest.mark.parametrize("length", [1, 7, 8, 9, 12, 13, 30, 101])
def test_windows_keep_every_step_once_and_never_one_at_a_cut_edge(length):
    found = decoding.windows(length, 8)
    assert [step for s in found for step in range(s.first, s.last)] == list(range(length))
    for span in found:
        assert span.start <= span.first < span.last <= span.stop <= length
        assert span.first == 0 or span.first - span.start >= 2
        assert span.last == length or span.stop - span.last >= 2
    assert len({s.stop - s.start for s in found}) == 1


def test_a_long_input_is_answered_in_windows_and_joined(new_model):
    whole = new_model(Shape.N2N, "independent").eval()
    cut = Seq2Seq(replace(whole.config, window=8)).eval()
    cut.load_state_dict(whole.state_dict())
    texts = ["abcde" * 9, "abc", "edcba" * 5]
    for a, b in zip(predict(whole, texts), predict(cut, texts), strict=True):
        assert a.y == b.y and a.x_pieces == b.x_pieces and a.y_pieces == b.y_pieces
        np.testing.assert_allclose(a.confidence, b.confidence, rtol=1e-5)


def test_a_window_shows_a_model_no_more_steps_than_its_size(new_model, monkeypatch):
    model = Seq2Seq(replace(new_model(Shape.N2N, "gru").config, window=8)).eval()
    lengths = []
    answers = decoding.decode_batch
    monkeypatch.setattr(decoding, "decode_batch", lambda m, xs: (lengths.extend(map(len, xs)), answers(m, xs))[1])
    predict(model, ["abcde" * 9, "abc"])
    assert set(lengths) == {8, 3}
